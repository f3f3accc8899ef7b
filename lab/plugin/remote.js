var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
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
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var remote_exports = {};
__export(remote_exports, {
  copyToRemote: () => copyToRemote,
  runRemote: () => runRemote
});
module.exports = __toCommonJS(remote_exports);
var import_connection = require("./connection");
var import_copy = require("./copy");
var import_environment = require("./environment");
var import_local = require("./local");
var import_operation = require("./operation");
const acceptEnv = "This only works if your SSH server is configured to accept these variables via AcceptEnv. Alternatively, prefix the command itself with the variables in the form 'VAR=value command'";
async function runRemote(command, inputs, previous, operation) {
  const session = await (0, import_connection.dial)(inputs.connection, operation);
  try {
    const env = await acceptedEnvironment(session.client, inputs, previous, operation);
    const streams = new import_operation.Streams(operation.log, inputs.logging);
    const failure = await execute(session.client, { command, env, stdin: inputs.stdin }, streams);
    await streams.end();
    if (failure !== void 0)
      throw new Error(`${failure}: running ${JSON.stringify(command)}:
${streams.combined()}`);
    return { stdout: streams.text("stdout"), stderr: streams.text("stderr") };
  } finally {
    session.close();
  }
}
async function acceptedEnvironment(client, inputs, previous, { log }) {
  const earlier = (0, import_local.previousOutput)(inputs.addPreviousOutputInEnv, previous);
  const wanted = { ...inputs.environment, ...earlier };
  if (Object.keys(wanted).length === 0) return wanted;
  for (const key of await (0, import_environment.refusedVariables)(client, wanted)) {
    const fatal = !(key in earlier);
    await log.lasting(fatal ? "error" : "warning", `Unable to set '${key}'. ${acceptEnv}`);
    if (fatal) throw new Error(`could not set environment variable ${JSON.stringify(key)}: ssh: setenv failed`);
    delete wanted[key];
  }
  return wanted;
}
async function execute(client, { command, env, stdin }, streams) {
  const channel = await new Promise((resolve, reject) => {
    client.exec(command, { env }, (error, opened) => error ? reject(error) : resolve(opened));
  });
  return new Promise((resolve) => {
    let failure = "wait: remote command exited without exit status or exit signal";
    channel.on("data", (chunk) => streams.add("stdout", chunk));
    channel.stderr.on("data", (chunk) => streams.add("stderr", chunk));
    channel.once("exit", (code, signal) => {
      failure = code === 0 ? void 0 : `Process exited with ${code === null ? `signal ${signal ?? "unknown"}` : `status ${code}`}`;
    });
    channel.once("close", () => resolve(failure));
    channel.on("error", () => void 0);
    channel.end(stdin ?? "");
  });
}
async function copyToRemote(inputs, operation) {
  const session = await (0, import_connection.dial)(inputs.connection, operation);
  try {
    const { path, text } = inputs.source;
    if (path) await (0, import_copy.copyPath)(session.client, path, inputs.remotePath);
    else await (0, import_copy.copyText)(session.client, text ?? "", inputs.remotePath);
  } finally {
    session.close();
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  copyToRemote,
  runRemote
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVtb3RlLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFDQSx3QkFBc0M7QUFDdEMsa0JBQW1DO0FBQ25DLHlCQUFpQztBQUNqQyxtQkFBOEM7QUFDOUMsdUJBQXNEO0FBbUJ0RCxNQUFNLFlBQ0o7QUFPRixlQUFzQixVQUNwQixTQUNBLFFBQ0EsVUFDQSxXQUNxQjtBQUNyQixRQUFNLFVBQVUsVUFBTSx3QkFBSyxPQUFPLFlBQVksU0FBUztBQUN2RCxNQUFJO0FBQ0YsVUFBTSxNQUFNLE1BQU0sb0JBQW9CLFFBQVEsUUFBUSxRQUFRLFVBQVUsU0FBUztBQUNqRixVQUFNLFVBQVUsSUFBSSx5QkFBUSxVQUFVLEtBQUssT0FBTyxPQUFPO0FBQ3pELFVBQU0sVUFBVSxNQUFNLFFBQVEsUUFBUSxRQUFRLEVBQUUsU0FBUyxLQUFLLE9BQU8sT0FBTyxNQUFNLEdBQUcsT0FBTztBQUM1RixVQUFNLFFBQVEsSUFBSTtBQUNsQixRQUFJLFlBQVk7QUFDZCxZQUFNLElBQUksTUFBTSxHQUFHLE9BQU8sYUFBYSxLQUFLLFVBQVUsT0FBTyxDQUFDO0FBQUEsRUFBTSxRQUFRLFNBQVMsQ0FBQyxFQUFFO0FBQzFGLFdBQU8sRUFBRSxRQUFRLFFBQVEsS0FBSyxRQUFRLEdBQUcsUUFBUSxRQUFRLEtBQUssUUFBUSxFQUFFO0FBQUEsRUFDMUUsVUFBRTtBQUNBLFlBQVEsTUFBTTtBQUFBLEVBQ2hCO0FBQ0Y7QUFHQSxlQUFlLG9CQUNiLFFBQ0EsUUFDQSxVQUNBLEVBQUUsSUFBSSxHQUMyQjtBQUNqQyxRQUFNLGNBQVUsNkJBQWUsT0FBTyx3QkFBd0IsUUFBUTtBQUN0RSxRQUFNLFNBQWlDLEVBQUUsR0FBRyxPQUFPLGFBQWEsR0FBRyxRQUFRO0FBQzNFLE1BQUksT0FBTyxLQUFLLE1BQU0sRUFBRSxXQUFXLEVBQUcsUUFBTztBQUM3QyxhQUFXLE9BQU8sVUFBTSxxQ0FBaUIsUUFBUSxNQUFNLEdBQUc7QUFDeEQsVUFBTSxRQUFRLEVBQUUsT0FBTztBQUN2QixVQUFNLElBQUksUUFBUSxRQUFRLFVBQVUsV0FBVyxrQkFBa0IsR0FBRyxNQUFNLFNBQVMsRUFBRTtBQUNyRixRQUFJLE1BQU8sT0FBTSxJQUFJLE1BQU0sc0NBQXNDLEtBQUssVUFBVSxHQUFHLENBQUMsc0JBQXNCO0FBQzFHLFdBQU8sT0FBTyxHQUFHO0FBQUEsRUFDbkI7QUFDQSxTQUFPO0FBQ1Q7QUFTQSxlQUFlLFFBQ2IsUUFDQSxFQUFFLFNBQVMsS0FBSyxNQUFNLEdBQ3RCLFNBQzZCO0FBQzdCLFFBQU0sVUFBVSxNQUFNLElBQUksUUFBdUIsQ0FBQyxTQUFTLFdBQVc7QUFDcEUsV0FBTyxLQUFLLFNBQVMsRUFBRSxJQUFJLEdBQUcsQ0FBQyxPQUFPLFdBQVksUUFBUSxPQUFPLEtBQUssSUFBSSxRQUFRLE1BQU0sQ0FBRTtBQUFBLEVBQzVGLENBQUM7QUFDRCxTQUFPLElBQUksUUFBUSxDQUFDLFlBQVk7QUFDOUIsUUFBSSxVQUE4QjtBQUNsQyxZQUFRLEdBQUcsUUFBUSxDQUFDLFVBQWtCLFFBQVEsSUFBSSxVQUFVLEtBQUssQ0FBQztBQUNsRSxZQUFRLE9BQU8sR0FBRyxRQUFRLENBQUMsVUFBa0IsUUFBUSxJQUFJLFVBQVUsS0FBSyxDQUFDO0FBQ3pFLFlBQVEsS0FBSyxRQUFRLENBQUMsTUFBcUIsV0FBb0I7QUFDN0QsZ0JBQ0UsU0FBUyxJQUNMLFNBQ0EsdUJBQXVCLFNBQVMsT0FBTyxVQUFVLFVBQVUsU0FBUyxLQUFLLFVBQVUsSUFBSSxFQUFFO0FBQUEsSUFDakcsQ0FBQztBQUNELFlBQVEsS0FBSyxTQUFTLE1BQU0sUUFBUSxPQUFPLENBQUM7QUFFNUMsWUFBUSxHQUFHLFNBQVMsTUFBTSxNQUFTO0FBQ25DLFlBQVEsSUFBSSxTQUFTLEVBQUU7QUFBQSxFQUN6QixDQUFDO0FBQ0g7QUFHQSxlQUFzQixhQUFhLFFBQW9CLFdBQXFDO0FBQzFGLFFBQU0sVUFBVSxVQUFNLHdCQUFLLE9BQU8sWUFBWSxTQUFTO0FBQ3ZELE1BQUk7QUFDRixVQUFNLEVBQUUsTUFBTSxLQUFLLElBQUksT0FBTztBQUM5QixRQUFJLEtBQU0sV0FBTSxzQkFBUyxRQUFRLFFBQVEsTUFBTSxPQUFPLFVBQVU7QUFBQSxRQUMzRCxXQUFNLHNCQUFTLFFBQVEsUUFBUSxRQUFRLElBQUksT0FBTyxVQUFVO0FBQUEsRUFDbkUsVUFBRTtBQUNBLFlBQVEsTUFBTTtBQUFBLEVBQ2hCO0FBQ0Y7IiwKICAibmFtZXMiOiBbXQp9Cg==
