var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var connection_exports = {};
__export(connection_exports, {
  dial: () => dial
});
module.exports = __toCommonJS(connection_exports);
var import_node_net = __toESM(require("node:net"));
var import_promises = require("node:timers/promises");
var import_ssh2 = require("ssh2");
async function dial(connection, operation) {
  const config = await clientConfig(connection);
  if (!connection.proxy) {
    const client = await retrying(
      "Dial",
      connection.dialErrorLimit,
      operation,
      async () => handshake(await connectTcp(connection), config)
    );
    return { client, close: () => client.end() };
  }
  return dialThrough(connection.proxy, connection, config, operation).catch((error) => {
    throw new Error(`proxy: ${error.message}`);
  });
}
async function dialThrough(proxy, target, config, operation) {
  const proxyConfig = await clientConfig(proxy);
  const bastion = await retrying(
    "Dial proxy",
    proxy.dialErrorLimit,
    operation,
    async () => handshake(await connectTcp(proxy), proxyConfig)
  );
  try {
    const client = await retrying(
      "Dial from proxy",
      target.dialErrorLimit,
      operation,
      async () => handshake(await forward(bastion, target), config)
    );
    const close = () => {
      client.end();
      bastion.end();
    };
    return { client, close };
  } catch (error) {
    bastion.end();
    throw error;
  }
}
async function retrying(what, limit, operation, attempt) {
  for (let failures = 0, delay = 100; ; delay = Math.min(delay * 1.5, 5e3)) {
    if (operation.signal.aborted) throw new Error("context canceled");
    try {
      return await attempt();
    } catch (error) {
      if (limit >= 0 && failures >= limit) {
        throw new Error(`after ${failures} failed attempts: ${error.message}`, { cause: error });
      }
      failures += 1;
      await operation.log.status(`${what} ${failures}/${limit === -1 ? "inf" : limit} failed: retrying`);
    }
    await (0, import_promises.setTimeout)(delay, void 0, { signal: operation.signal }).catch(() => void 0);
  }
}
function connectTcp({ host, port, perDialTimeout }) {
  const fail = (reason) => new Error(`dial tcp ${import_node_net.default.isIPv6(host) ? `[${host}]` : host}:${port}: ${reason}`);
  return new Promise((resolve, reject) => {
    const socket = import_node_net.default.connect({ host, port, noDelay: true });
    const timer = perDialTimeout > 0 ? setTimeout(() => socket.destroy(new Error("i/o timeout")), perDialTimeout * 1e3) : void 0;
    socket.once("connect", () => {
      clearTimeout(timer);
      resolve(socket);
    });
    socket.once("error", (error) => {
      clearTimeout(timer);
      reject(fail(error.code === "ECONNREFUSED" ? "connect: connection refused" : error.message));
    });
  });
}
function forward(bastion, { host, port }) {
  return new Promise((resolve, reject) => {
    bastion.forwardOut("127.0.0.1", 0, host, port, (error, stream) => error ? reject(error) : resolve(stream));
  });
}
function handshake(sock, config) {
  return new Promise((resolve, reject) => {
    const client = new import_ssh2.Client();
    let denied = false;
    const { hostVerifier } = config;
    const verify = (key) => {
      denied = !hostVerifier?.(key) && hostVerifier !== void 0;
      return !denied;
    };
    const fail = (error) => {
      client.destroy();
      reject(
        new Error(`ssh: handshake failed: ${denied ? "ssh: host key mismatch" : describe(error)}`, { cause: error })
      );
    };
    client.once("ready", () => resolve(client));
    client.on("error", fail);
    client.once("close", () => fail(new Error("EOF")));
    client.on("keyboard-interactive", (...[, , , prompts, finish]) => finish(prompts.map(() => config.password ?? "")));
    client.connect({ ...config, hostVerifier: verify, sock });
  });
}
function describe(error) {
  const known = "All configured authentication methods failed";
  return error.message === known ? "ssh: unable to authenticate, no supported methods remain" : error.message;
}
async function clientConfig(endpoint) {
  const config = { username: endpoint.user, readyTimeout: 0, ...hostKeyConfig(endpoint.hostKey) };
  const methods = ["none"];
  if (endpoint.privateKey !== void 0) {
    parse(endpoint.privateKey, "ssh: cannot parse the private key", endpoint.privateKeyPassword);
    config.privateKey = endpoint.privateKey;
    config.passphrase = endpoint.privateKeyPassword;
    methods.push("publickey");
  }
  if (endpoint.password !== void 0) {
    config.password = endpoint.password;
    config.tryKeyboard = true;
    methods.push("password", "keyboard-interactive");
  }
  const agent = endpoint.agentSocketPath ?? (process.env["SSH_AUTH_SOCK"] || void 0);
  if (agent !== void 0) {
    await agentAnswers(agent);
    config.agent = agent;
    if (endpoint.privateKey === void 0) methods.push("agent");
  }
  return { ...config, authHandler: methods };
}
function hostKeyConfig(hostKey) {
  if (hostKey === void 0) return {};
  const expected = parse(hostKey, "failed to parse host key");
  const hostVerifier = (key) => key.equals(expected.getPublicSSH());
  return { hostVerifier, algorithms: { serverHostKey: [expected.type] } };
}
function parse(key, message, passphrase) {
  const parsed = import_ssh2.utils.parseKey(key, passphrase);
  if (parsed instanceof Error) throw new Error(`${message}: ${parsed.message}`);
  return parsed;
}
function agentAnswers(path) {
  return new Promise((resolve, reject) => {
    const socket = import_node_net.default.connect(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("error", (error) => {
      reject(
        new Error(
          `dial unix ${path}: connect: ${error.code === "ENOENT" ? "no such file or directory" : error.message}`
        )
      );
    });
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  dial
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29ubmVjdGlvbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxzQkFBZ0I7QUFDaEIsc0JBQW9DO0FBQ3BDLGtCQUFrRDtBQWlDbEQsZUFBc0IsS0FBSyxZQUF3QixXQUF3QztBQUN6RixRQUFNLFNBQVMsTUFBTSxhQUFhLFVBQVU7QUFDNUMsTUFBSSxDQUFDLFdBQVcsT0FBTztBQUNyQixVQUFNLFNBQVMsTUFBTTtBQUFBLE1BQVM7QUFBQSxNQUFRLFdBQVc7QUFBQSxNQUFnQjtBQUFBLE1BQVcsWUFDMUUsVUFBVSxNQUFNLFdBQVcsVUFBVSxHQUFHLE1BQU07QUFBQSxJQUNoRDtBQUNBLFdBQU8sRUFBRSxRQUFRLE9BQU8sTUFBTSxPQUFPLElBQUksRUFBRTtBQUFBLEVBQzdDO0FBQ0EsU0FBTyxZQUFZLFdBQVcsT0FBTyxZQUFZLFFBQVEsU0FBUyxFQUFFLE1BQU0sQ0FBQyxVQUFpQjtBQUMxRixVQUFNLElBQUksTUFBTSxVQUFVLE1BQU0sT0FBTyxFQUFFO0FBQUEsRUFDM0MsQ0FBQztBQUNIO0FBRUEsZUFBZSxZQUNiLE9BQ0EsUUFDQSxRQUNBLFdBQ2tCO0FBQ2xCLFFBQU0sY0FBYyxNQUFNLGFBQWEsS0FBSztBQUM1QyxRQUFNLFVBQVUsTUFBTTtBQUFBLElBQVM7QUFBQSxJQUFjLE1BQU07QUFBQSxJQUFnQjtBQUFBLElBQVcsWUFDNUUsVUFBVSxNQUFNLFdBQVcsS0FBSyxHQUFHLFdBQVc7QUFBQSxFQUNoRDtBQUNBLE1BQUk7QUFDRixVQUFNLFNBQVMsTUFBTTtBQUFBLE1BQVM7QUFBQSxNQUFtQixPQUFPO0FBQUEsTUFBZ0I7QUFBQSxNQUFXLFlBQ2pGLFVBQVUsTUFBTSxRQUFRLFNBQVMsTUFBTSxHQUFHLE1BQU07QUFBQSxJQUNsRDtBQUNBLFVBQU0sUUFBUSxNQUFNO0FBQ2xCLGFBQU8sSUFBSTtBQUNYLGNBQVEsSUFBSTtBQUFBLElBQ2Q7QUFDQSxXQUFPLEVBQUUsUUFBUSxNQUFNO0FBQUEsRUFDekIsU0FBUyxPQUFPO0FBQ2QsWUFBUSxJQUFJO0FBQ1osVUFBTTtBQUFBLEVBQ1I7QUFDRjtBQUdBLGVBQWUsU0FBWSxNQUFjLE9BQWUsV0FBc0IsU0FBdUM7QUFDbkgsV0FBUyxXQUFXLEdBQUcsUUFBUSxPQUFPLFFBQVEsS0FBSyxJQUFJLFFBQVEsS0FBSyxHQUFLLEdBQUc7QUFDMUUsUUFBSSxVQUFVLE9BQU8sUUFBUyxPQUFNLElBQUksTUFBTSxrQkFBa0I7QUFDaEUsUUFBSTtBQUNGLGFBQU8sTUFBTSxRQUFRO0FBQUEsSUFDdkIsU0FBUyxPQUFPO0FBQ2QsVUFBSSxTQUFTLEtBQUssWUFBWSxPQUFPO0FBQ25DLGNBQU0sSUFBSSxNQUFNLFNBQVMsUUFBUSxxQkFBc0IsTUFBZ0IsT0FBTyxJQUFJLEVBQUUsT0FBTyxNQUFNLENBQUM7QUFBQSxNQUNwRztBQUNBLGtCQUFZO0FBQ1osWUFBTSxVQUFVLElBQUksT0FBTyxHQUFHLElBQUksSUFBSSxRQUFRLElBQUksVUFBVSxLQUFLLFFBQVEsS0FBSyxtQkFBbUI7QUFBQSxJQUNuRztBQUNBLGNBQU0sZ0JBQUFBLFlBQU0sT0FBTyxRQUFXLEVBQUUsUUFBUSxVQUFVLE9BQU8sQ0FBQyxFQUFFLE1BQU0sTUFBTSxNQUFTO0FBQUEsRUFDbkY7QUFDRjtBQUVBLFNBQVMsV0FBVyxFQUFFLE1BQU0sTUFBTSxlQUFlLEdBQWtDO0FBQ2pGLFFBQU0sT0FBTyxDQUFDLFdBQW1CLElBQUksTUFBTSxZQUFZLGdCQUFBQyxRQUFJLE9BQU8sSUFBSSxJQUFJLElBQUksSUFBSSxNQUFNLElBQUksSUFBSSxJQUFJLEtBQUssTUFBTSxFQUFFO0FBQ2pILFNBQU8sSUFBSSxRQUFRLENBQUMsU0FBUyxXQUFXO0FBQ3RDLFVBQU0sU0FBUyxnQkFBQUEsUUFBSSxRQUFRLEVBQUUsTUFBTSxNQUFNLFNBQVMsS0FBSyxDQUFDO0FBQ3hELFVBQU0sUUFDSixpQkFBaUIsSUFDYixXQUFXLE1BQU0sT0FBTyxRQUFRLElBQUksTUFBTSxhQUFhLENBQUMsR0FBRyxpQkFBaUIsR0FBSSxJQUNoRjtBQUNOLFdBQU8sS0FBSyxXQUFXLE1BQU07QUFDM0IsbUJBQWEsS0FBSztBQUNsQixjQUFRLE1BQU07QUFBQSxJQUNoQixDQUFDO0FBQ0QsV0FBTyxLQUFLLFNBQVMsQ0FBQyxVQUFpQztBQUNyRCxtQkFBYSxLQUFLO0FBQ2xCLGFBQU8sS0FBSyxNQUFNLFNBQVMsaUJBQWlCLGdDQUFnQyxNQUFNLE9BQU8sQ0FBQztBQUFBLElBQzVGLENBQUM7QUFBQSxFQUNILENBQUM7QUFDSDtBQUVBLFNBQVMsUUFBUSxTQUFpQixFQUFFLE1BQU0sS0FBSyxHQUFpQztBQUM5RSxTQUFPLElBQUksUUFBUSxDQUFDLFNBQVMsV0FBVztBQUN0QyxZQUFRLFdBQVcsYUFBYSxHQUFHLE1BQU0sTUFBTSxDQUFDLE9BQU8sV0FBWSxRQUFRLE9BQU8sS0FBSyxJQUFJLFFBQVEsTUFBTSxDQUFFO0FBQUEsRUFDN0csQ0FBQztBQUNIO0FBRUEsU0FBUyxVQUFVLE1BQWlCLFFBQXdDO0FBQzFFLFNBQU8sSUFBSSxRQUFRLENBQUMsU0FBUyxXQUFXO0FBQ3RDLFVBQU0sU0FBUyxJQUFJLG1CQUFPO0FBQzFCLFFBQUksU0FBUztBQUNiLFVBQU0sRUFBRSxhQUFhLElBQUk7QUFDekIsVUFBTSxTQUFTLENBQUMsUUFBZ0I7QUFDOUIsZUFBUyxDQUFFLGVBQTBELEdBQUcsS0FBSyxpQkFBaUI7QUFDOUYsYUFBTyxDQUFDO0FBQUEsSUFDVjtBQUNBLFVBQU0sT0FBTyxDQUFDLFVBQWlCO0FBQzdCLGFBQU8sUUFBUTtBQUNmO0FBQUEsUUFDRSxJQUFJLE1BQU0sMEJBQTBCLFNBQVMsMkJBQTJCLFNBQVMsS0FBSyxDQUFDLElBQUksRUFBRSxPQUFPLE1BQU0sQ0FBQztBQUFBLE1BQzdHO0FBQUEsSUFDRjtBQUNBLFdBQU8sS0FBSyxTQUFTLE1BQU0sUUFBUSxNQUFNLENBQUM7QUFFMUMsV0FBTyxHQUFHLFNBQVMsSUFBSTtBQUN2QixXQUFPLEtBQUssU0FBUyxNQUFNLEtBQUssSUFBSSxNQUFNLEtBQUssQ0FBQyxDQUFDO0FBQ2pELFdBQU8sR0FBRyx3QkFBd0IsSUFBSSxDQUFDLEVBQUUsRUFBRSxFQUFFLFNBQVMsTUFBTSxNQUFNLE9BQU8sUUFBUSxJQUFJLE1BQU0sT0FBTyxZQUFZLEVBQUUsQ0FBQyxDQUFDO0FBQ2xILFdBQU8sUUFBUSxFQUFFLEdBQUcsUUFBUSxjQUFjLFFBQVEsS0FBSyxDQUFDO0FBQUEsRUFDMUQsQ0FBQztBQUNIO0FBRUEsU0FBUyxTQUFTLE9BQXNCO0FBQ3RDLFFBQU0sUUFBUTtBQUNkLFNBQU8sTUFBTSxZQUFZLFFBQVEsNkRBQTZELE1BQU07QUFDdEc7QUFFQSxlQUFlLGFBQWEsVUFBNEM7QUFDdEUsUUFBTSxTQUF3QixFQUFFLFVBQVUsU0FBUyxNQUFNLGNBQWMsR0FBRyxHQUFHLGNBQWMsU0FBUyxPQUFPLEVBQUU7QUFDN0csUUFBTSxVQUF3QyxDQUFDLE1BQU07QUFDckQsTUFBSSxTQUFTLGVBQWUsUUFBVztBQUVyQyxVQUFNLFNBQVMsWUFBWSxxQ0FBcUMsU0FBUyxrQkFBa0I7QUFDM0YsV0FBTyxhQUFhLFNBQVM7QUFDN0IsV0FBTyxhQUFhLFNBQVM7QUFDN0IsWUFBUSxLQUFLLFdBQVc7QUFBQSxFQUMxQjtBQUNBLE1BQUksU0FBUyxhQUFhLFFBQVc7QUFDbkMsV0FBTyxXQUFXLFNBQVM7QUFDM0IsV0FBTyxjQUFjO0FBQ3JCLFlBQVEsS0FBSyxZQUFZLHNCQUFzQjtBQUFBLEVBQ2pEO0FBQ0EsUUFBTSxRQUFRLFNBQVMsb0JBQW9CLFFBQVEsSUFBSSxlQUFlLEtBQUs7QUFDM0UsTUFBSSxVQUFVLFFBQVc7QUFDdkIsVUFBTSxhQUFhLEtBQUs7QUFDeEIsV0FBTyxRQUFRO0FBQ2YsUUFBSSxTQUFTLGVBQWUsT0FBVyxTQUFRLEtBQUssT0FBTztBQUFBLEVBQzdEO0FBQ0EsU0FBTyxFQUFFLEdBQUcsUUFBUSxhQUFhLFFBQVE7QUFDM0M7QUFFQSxTQUFTLGNBQWMsU0FBNEM7QUFDakUsTUFBSSxZQUFZLE9BQVcsUUFBTyxDQUFDO0FBQ25DLFFBQU0sV0FBVyxNQUFNLFNBQVMsMEJBQTBCO0FBQzFELFFBQU0sZUFBZSxDQUFDLFFBQWdCLElBQUksT0FBTyxTQUFTLGFBQWEsQ0FBQztBQUN4RSxTQUFPLEVBQUUsY0FBYyxZQUFZLEVBQUUsZUFBZSxDQUFDLFNBQVMsSUFBSSxFQUFFLEVBQUU7QUFDeEU7QUFFQSxTQUFTLE1BQU0sS0FBYSxTQUFpQixZQUFxQjtBQUNoRSxRQUFNLFNBQVMsa0JBQU0sU0FBUyxLQUFLLFVBQVU7QUFDN0MsTUFBSSxrQkFBa0IsTUFBTyxPQUFNLElBQUksTUFBTSxHQUFHLE9BQU8sS0FBSyxPQUFPLE9BQU8sRUFBRTtBQUM1RSxTQUFPO0FBQ1Q7QUFFQSxTQUFTLGFBQWEsTUFBNkI7QUFDakQsU0FBTyxJQUFJLFFBQVEsQ0FBQyxTQUFTLFdBQVc7QUFDdEMsVUFBTSxTQUFTLGdCQUFBQSxRQUFJLFFBQVEsSUFBSTtBQUMvQixXQUFPLEtBQUssV0FBVyxNQUFNO0FBQzNCLGFBQU8sUUFBUTtBQUNmLGNBQVE7QUFBQSxJQUNWLENBQUM7QUFDRCxXQUFPLEtBQUssU0FBUyxDQUFDLFVBQWlDO0FBQ3JEO0FBQUEsUUFDRSxJQUFJO0FBQUEsVUFDRixhQUFhLElBQUksY0FBYyxNQUFNLFNBQVMsV0FBVyw4QkFBOEIsTUFBTSxPQUFPO0FBQUEsUUFDdEc7QUFBQSxNQUNGO0FBQUEsSUFDRixDQUFDO0FBQUEsRUFDSCxDQUFDO0FBQ0g7IiwKICAibmFtZXMiOiBbInNsZWVwIiwgIm5ldCJdCn0K
