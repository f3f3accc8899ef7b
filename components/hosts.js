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
var hosts_exports = {};
__export(hosts_exports, {
  HostKind: () => HostKind,
  adviseHosts: () => adviseHosts,
  checkAbsolute: () => checkAbsolute,
  checkHostStructure: () => checkHostStructure,
  checkNodeId: () => checkNodeId,
  overlaps: () => overlaps,
  resolveHost: () => resolveHost,
  resolveHosts: () => resolveHosts,
  withoutConnections: () => withoutConnections
});
module.exports = __toCommonJS(hosts_exports);
var import_agentConfig = require("../model/agentConfig");
var import_arguments = require("./arguments");
var import_ssh = require("./ssh");
const HostKind = {
  /** A folder on the machine where Pulumi runs. */
  Local: "local",
  /** Another machine, by SSH. */
  Ssh: "ssh"
};
const nodeIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
function checkHostStructure(nodes, path, mistakes) {
  if (!Array.isArray(nodes)) {
    const remedy = "Give a list, and outputs only inside its items.";
    mistakes.add(path, "must be a plain list: it decides which resources there are", shown(nodes), remedy);
    return;
  }
  if (nodes.length === 0) mistakes.add(path, "must name at least one node", [], "Write one item for each node.");
  nodes.forEach((node, index) => {
    checkNodeId(node.nodeId, `${path}[${index}].nodeId`, mistakes);
    checkKind(node, `${path}[${index}]`, mistakes);
  });
}
function checkKind(node, path, mistakes) {
  const { kind, ssh } = node;
  if (kind !== HostKind.Local && kind !== HostKind.Ssh) {
    const remedy = `Write one of: ${Object.values(HostKind).join(", ")}.`;
    mistakes.add(`${path}.kind`, "is no kind of host", shown(kind), remedy);
  } else if (kind === HostKind.Local && ssh !== void 0) {
    mistakes.add(`${path}.ssh`, "contradicts kind local", "(not shown)", "Write kind ssh, or leave ssh out.");
  } else if (kind === HostKind.Ssh && (ssh === void 0 || !(0, import_arguments.isPlain)(ssh))) {
    const remedy = "Write host, user, privateKey and hostKey; each of them may be an output.";
    mistakes.add(`${path}.ssh`, "is required for a host of kind ssh", shown(ssh), remedy);
  }
}
function checkNodeId(nodeId, path, mistakes) {
  if (!(0, import_arguments.isPlain)(nodeId)) {
    mistakes.add(
      path,
      "must be a plain value: resources are named after it",
      shown(nodeId),
      "Write it out, such as node1."
    );
  } else if (typeof nodeId !== "string" || !nodeIdPattern.test(nodeId)) {
    const remedy = "Use letters, digits, dots and dashes, at most 63, such as node1.";
    mistakes.add(path, "is no node id", nodeId, remedy);
  }
}
function withoutConnections(nodes) {
  return nodes.map((node) => ({ ...node, ssh: void 0 }));
}
function shown(value) {
  return (0, import_arguments.isPlain)(value) ? value : "an output";
}
function resolveHosts(hosts, path, mistakes) {
  const resolved = hosts.map((host, index) => resolveHost(host, `${path}[${index}]`, mistakes));
  refuseShared(hosts, path, mistakes);
  return resolved;
}
function resolveHost(host, path, mistakes) {
  checkDirectory(host, path, mistakes);
  if (host.ssh !== void 0) (0, import_ssh.checkSsh)(host.ssh, `${path}.ssh`, mistakes);
  checkAddresses(host, path, mistakes);
  checkPaths(host, path, mistakes);
  const usual = host.kind === HostKind.Local ? localDefaults(host.directory ?? "") : machineDefaults;
  return {
    agentDirectory: host.agentDirectory ?? usual.agentDirectory,
    node: {
      id: host.nodeId,
      address: host.address,
      adminUrl: host.adminUrl ?? defaultAdminUrl,
      configFile: host.configFile ?? usual.configFile,
      dataDirectory: host.dataDirectory ?? usual.dataDirectory,
      programDirectory: host.programDirectory ?? null,
      serviceManager: host.serviceManager ?? usual.serviceManager
    }
  };
}
const defaultAdminUrl = "http://127.0.0.1:9090";
const machineDefaults = {
  configFile: "/etc/neumann/config.toml",
  dataDirectory: "/var/lib/neumann",
  agentDirectory: "/var/lib/neumann-backup",
  serviceManager: import_agentConfig.ServiceManager.Systemd
};
function localDefaults(directory) {
  const root = directory.replace(/\/+$/, "");
  return {
    configFile: `${root}/etc/config.toml`,
    dataDirectory: `${root}/data`,
    agentDirectory: `${root}/agent`,
    serviceManager: import_agentConfig.ServiceManager.Process
  };
}
function checkDirectory(host, path, mistakes) {
  const { kind, directory } = host;
  if (kind === HostKind.Local && directory === void 0) {
    const remedy = "Write the folder that holds the node.";
    mistakes.add(`${path}.directory`, "is required for a host of kind local", void 0, remedy);
  } else if (kind !== HostKind.Local && directory !== void 0) {
    const remedy = "Write dataDirectory, configFile or agentDirectory.";
    mistakes.add(`${path}.directory`, "is for hosts of kind local", directory, remedy);
  }
}
function isAddress(text) {
  const port = typeof text === "string" ? /^(?:[^\s:/[\]]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(text)?.[1] : void 0;
  return port !== void 0 && Number(port) >= 1 && Number(port) <= 65535;
}
function checkAddresses(host, path, mistakes) {
  if (!isAddress(host.address)) {
    mistakes.add(`${path}.address`, "must be host:port", host.address, "Such as node1.internal:7878.");
  }
  const { adminUrl } = host;
  if (adminUrl === void 0) return;
  const loopback = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d{1,5}$/.test(adminUrl);
  if (!loopback || !isAddress(adminUrl.slice("http://".length))) {
    const problem = "must be http://host:port on loopback: the admin interface is plain HTTP";
    mistakes.add(`${path}.adminUrl`, problem, adminUrl, "Such as http://127.0.0.1:9090.");
  }
}
const pathKeys = ["directory", "configFile", "dataDirectory", "agentDirectory", "programDirectory"];
function checkPaths(host, path, mistakes) {
  for (const key of pathKeys) {
    const value = host[key];
    if (value !== void 0) checkAbsolute(value, `${path}.${key}`, mistakes);
  }
  const { serviceManager, agentDirectory, dataDirectory } = host;
  if (serviceManager !== void 0 && !Object.values(import_agentConfig.ServiceManager).includes(serviceManager)) {
    const remedy = `Write one of: ${Object.values(import_agentConfig.ServiceManager).join(", ")}.`;
    mistakes.add(`${path}.serviceManager`, "is not known", serviceManager, remedy);
  }
  if (agentDirectory !== void 0 && dataDirectory !== void 0 && overlaps(agentDirectory, dataDirectory)) {
    const remedy = "Choose a folder outside the data.";
    mistakes.add(
      `${path}.agentDirectory`,
      "shares a folder with the data, which a restore moves away",
      agentDirectory,
      remedy
    );
  }
}
function checkAbsolute(value, path, mistakes) {
  const good = typeof value === "string" && value.startsWith("/") && /[^/]/.test(value);
  if (good && !value.split("/").includes("..")) return;
  mistakes.add(path, "must be an absolute path", value, "Write the whole path, without `..`.");
}
function overlaps(one, other) {
  const [a, b] = [one, other].map((text) => `${text.replace(/\/+$/, "")}/`);
  return a.startsWith(b) || b.startsWith(a);
}
function refuseShared(hosts, path, mistakes) {
  const same = (a, b) => a === b;
  refuseClash(hosts, { path, key: "nodeId", problem: "names another node too", clash: same }, mistakes);
  refuseClash(hosts, { path, key: "address", problem: "is another node's address too", clash: same }, mistakes);
  const locals = hosts.map(
    (host) => host.kind === HostKind.Local ? { ..."adminUrl" in host ? {} : { adminUrl: defaultAdminUrl }, ...host } : {}
  );
  refuseClash(locals, { path, key: "adminUrl", problem: "is another local node's too", clash: same }, mistakes);
  refuseClash(
    locals,
    { path, key: "directory", problem: "shares a folder with another node", clash: overlaps },
    mistakes
  );
}
function refuseClash(hosts, rule, mistakes) {
  hosts.forEach((host, index) => {
    const value = host[rule.key];
    if (typeof value !== "string") return;
    const first = hosts.slice(0, index).findIndex((other) => {
      const taken = other[rule.key];
      return typeof taken === "string" && rule.clash(value, taken);
    });
    if (first < 0) return;
    const where = `${rule.path}[${index}].${rule.key}`;
    mistakes.add(where, `${rule.problem}: ${rule.path}[${first}]`, value, "Give each node its own.");
  });
}
function adviseHosts(nodes, path) {
  if (nodes.length % 2 === 1) return [];
  const fewer = nodes.length - 1;
  return [
    `${path}: ${nodes.length} nodes survive no more failures than ${fewer} do, and need one more to be healthy. Use ${fewer} or ${nodes.length + 1}.`
  ];
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  HostKind,
  adviseHosts,
  checkAbsolute,
  checkHostStructure,
  checkNodeId,
  overlaps,
  resolveHost,
  resolveHosts,
  withoutConnections
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaG9zdHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQ0EseUJBQWdEO0FBRWhELHVCQUF3QjtBQUN4QixpQkFBdUM7QUFHaEMsTUFBTSxXQUFXO0FBQUE7QUFBQSxFQUV0QixPQUFPO0FBQUE7QUFBQSxFQUVQLEtBQUs7QUFDUDtBQXVFQSxNQUFNLGdCQUFnQjtBQUdmLFNBQVMsbUJBQW1CLE9BQWdCLE1BQWMsVUFBMEI7QUFDekYsTUFBSSxDQUFDLE1BQU0sUUFBUSxLQUFLLEdBQUc7QUFDekIsVUFBTSxTQUFTO0FBQ2YsYUFBUyxJQUFJLE1BQU0sOERBQThELE1BQU0sS0FBSyxHQUFHLE1BQU07QUFDckc7QUFBQSxFQUNGO0FBQ0EsTUFBSSxNQUFNLFdBQVcsRUFBRyxVQUFTLElBQUksTUFBTSwrQkFBK0IsQ0FBQyxHQUFHLCtCQUErQjtBQUM3RyxRQUFNLFFBQVEsQ0FBQyxNQUF5QixVQUFVO0FBQ2hELGdCQUFZLEtBQUssUUFBUSxHQUFHLElBQUksSUFBSSxLQUFLLFlBQVksUUFBUTtBQUM3RCxjQUFVLE1BQU0sR0FBRyxJQUFJLElBQUksS0FBSyxLQUFLLFFBQVE7QUFBQSxFQUMvQyxDQUFDO0FBQ0g7QUFFQSxTQUFTLFVBQVUsTUFBeUIsTUFBYyxVQUEwQjtBQUNsRixRQUFNLEVBQUUsTUFBTSxJQUFJLElBQUk7QUFDdEIsTUFBSSxTQUFTLFNBQVMsU0FBUyxTQUFTLFNBQVMsS0FBSztBQUNwRCxVQUFNLFNBQVMsaUJBQWlCLE9BQU8sT0FBTyxRQUFRLEVBQUUsS0FBSyxJQUFJLENBQUM7QUFDbEUsYUFBUyxJQUFJLEdBQUcsSUFBSSxTQUFTLHNCQUFzQixNQUFNLElBQUksR0FBRyxNQUFNO0FBQUEsRUFDeEUsV0FBVyxTQUFTLFNBQVMsU0FBUyxRQUFRLFFBQVc7QUFDdkQsYUFBUyxJQUFJLEdBQUcsSUFBSSxRQUFRLDBCQUEwQixlQUFlLG1DQUFtQztBQUFBLEVBQzFHLFdBQVcsU0FBUyxTQUFTLFFBQVEsUUFBUSxVQUFhLEtBQUMsMEJBQVEsR0FBRyxJQUFJO0FBQ3hFLFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxHQUFHLElBQUksUUFBUSxzQ0FBc0MsTUFBTSxHQUFHLEdBQUcsTUFBTTtBQUFBLEVBQ3RGO0FBQ0Y7QUFHTyxTQUFTLFlBQVksUUFBaUIsTUFBYyxVQUEwQjtBQUNuRixNQUFJLEtBQUMsMEJBQVEsTUFBTSxHQUFHO0FBQ3BCLGFBQVM7QUFBQSxNQUNQO0FBQUEsTUFDQTtBQUFBLE1BQ0EsTUFBTSxNQUFNO0FBQUEsTUFDWjtBQUFBLElBQ0Y7QUFBQSxFQUNGLFdBQVcsT0FBTyxXQUFXLFlBQVksQ0FBQyxjQUFjLEtBQUssTUFBTSxHQUFHO0FBQ3BFLFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxNQUFNLGlCQUFpQixRQUFRLE1BQU07QUFBQSxFQUNwRDtBQUNGO0FBR08sU0FBUyxtQkFBbUIsT0FBd0M7QUFDekUsU0FBTyxNQUFNLElBQUksQ0FBQyxVQUFVLEVBQUUsR0FBRyxNQUFNLEtBQUssT0FBVSxFQUFFO0FBQzFEO0FBRUEsU0FBUyxNQUFNLE9BQXlCO0FBQ3RDLGFBQU8sMEJBQVEsS0FBSyxJQUFJLFFBQVE7QUFDbEM7QUFHTyxTQUFTLGFBQWEsT0FBNkIsTUFBYyxVQUFvQztBQUMxRyxRQUFNLFdBQVcsTUFBTSxJQUFJLENBQUMsTUFBTSxVQUFVLFlBQVksTUFBTSxHQUFHLElBQUksSUFBSSxLQUFLLEtBQUssUUFBUSxDQUFDO0FBQzVGLGVBQWEsT0FBTyxNQUFNLFFBQVE7QUFDbEMsU0FBTztBQUNUO0FBR08sU0FBUyxZQUFZLE1BQWlCLE1BQWMsVUFBa0M7QUFDM0YsaUJBQWUsTUFBTSxNQUFNLFFBQVE7QUFDbkMsTUFBSSxLQUFLLFFBQVEsT0FBVywwQkFBUyxLQUFLLEtBQUssR0FBRyxJQUFJLFFBQVEsUUFBUTtBQUN0RSxpQkFBZSxNQUFNLE1BQU0sUUFBUTtBQUNuQyxhQUFXLE1BQU0sTUFBTSxRQUFRO0FBQy9CLFFBQU0sUUFBUSxLQUFLLFNBQVMsU0FBUyxRQUFRLGNBQWMsS0FBSyxhQUFhLEVBQUUsSUFBSTtBQUNuRixTQUFPO0FBQUEsSUFDTCxnQkFBZ0IsS0FBSyxrQkFBa0IsTUFBTTtBQUFBLElBQzdDLE1BQU07QUFBQSxNQUNKLElBQUksS0FBSztBQUFBLE1BQ1QsU0FBUyxLQUFLO0FBQUEsTUFDZCxVQUFVLEtBQUssWUFBWTtBQUFBLE1BQzNCLFlBQVksS0FBSyxjQUFjLE1BQU07QUFBQSxNQUNyQyxlQUFlLEtBQUssaUJBQWlCLE1BQU07QUFBQSxNQUMzQyxrQkFBa0IsS0FBSyxvQkFBb0I7QUFBQSxNQUMzQyxnQkFBZ0IsS0FBSyxrQkFBa0IsTUFBTTtBQUFBLElBQy9DO0FBQUEsRUFDRjtBQUNGO0FBRUEsTUFBTSxrQkFBa0I7QUFTeEIsTUFBTSxrQkFBZ0M7QUFBQSxFQUNwQyxZQUFZO0FBQUEsRUFDWixlQUFlO0FBQUEsRUFDZixnQkFBZ0I7QUFBQSxFQUNoQixnQkFBZ0Isa0NBQWU7QUFDakM7QUFFQSxTQUFTLGNBQWMsV0FBaUM7QUFDdEQsUUFBTSxPQUFPLFVBQVUsUUFBUSxRQUFRLEVBQUU7QUFDekMsU0FBTztBQUFBLElBQ0wsWUFBWSxHQUFHLElBQUk7QUFBQSxJQUNuQixlQUFlLEdBQUcsSUFBSTtBQUFBLElBQ3RCLGdCQUFnQixHQUFHLElBQUk7QUFBQSxJQUN2QixnQkFBZ0Isa0NBQWU7QUFBQSxFQUNqQztBQUNGO0FBRUEsU0FBUyxlQUFlLE1BQWlCLE1BQWMsVUFBMEI7QUFDL0UsUUFBTSxFQUFFLE1BQU0sVUFBVSxJQUFJO0FBQzVCLE1BQUksU0FBUyxTQUFTLFNBQVMsY0FBYyxRQUFXO0FBQ3RELFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxHQUFHLElBQUksY0FBYyx3Q0FBd0MsUUFBVyxNQUFNO0FBQUEsRUFDN0YsV0FBVyxTQUFTLFNBQVMsU0FBUyxjQUFjLFFBQVc7QUFDN0QsVUFBTSxTQUFTO0FBQ2YsYUFBUyxJQUFJLEdBQUcsSUFBSSxjQUFjLDhCQUE4QixXQUFXLE1BQU07QUFBQSxFQUNuRjtBQUNGO0FBR0EsU0FBUyxVQUFVLE1BQXdCO0FBQ3pDLFFBQU0sT0FBTyxPQUFPLFNBQVMsV0FBVyxpREFBaUQsS0FBSyxJQUFJLElBQUksQ0FBQyxJQUFJO0FBQzNHLFNBQU8sU0FBUyxVQUFhLE9BQU8sSUFBSSxLQUFLLEtBQUssT0FBTyxJQUFJLEtBQUs7QUFDcEU7QUFFQSxTQUFTLGVBQWUsTUFBaUIsTUFBYyxVQUEwQjtBQUMvRSxNQUFJLENBQUMsVUFBVSxLQUFLLE9BQU8sR0FBRztBQUM1QixhQUFTLElBQUksR0FBRyxJQUFJLFlBQVkscUJBQXFCLEtBQUssU0FBUyw4QkFBOEI7QUFBQSxFQUNuRztBQUNBLFFBQU0sRUFBRSxTQUFTLElBQUk7QUFDckIsTUFBSSxhQUFhLE9BQVc7QUFDNUIsUUFBTSxXQUFXLDREQUE0RCxLQUFLLFFBQVE7QUFDMUYsTUFBSSxDQUFDLFlBQVksQ0FBQyxVQUFVLFNBQVMsTUFBTSxVQUFVLE1BQU0sQ0FBQyxHQUFHO0FBQzdELFVBQU0sVUFBVTtBQUNoQixhQUFTLElBQUksR0FBRyxJQUFJLGFBQWEsU0FBUyxVQUFVLGdDQUFnQztBQUFBLEVBQ3RGO0FBQ0Y7QUFFQSxNQUFNLFdBQVcsQ0FBQyxhQUFhLGNBQWMsaUJBQWlCLGtCQUFrQixrQkFBa0I7QUFFbEcsU0FBUyxXQUFXLE1BQWlCLE1BQWMsVUFBMEI7QUFDM0UsYUFBVyxPQUFPLFVBQVU7QUFDMUIsVUFBTSxRQUFRLEtBQUssR0FBRztBQUN0QixRQUFJLFVBQVUsT0FBVyxlQUFjLE9BQU8sR0FBRyxJQUFJLElBQUksR0FBRyxJQUFJLFFBQVE7QUFBQSxFQUMxRTtBQUNBLFFBQU0sRUFBRSxnQkFBZ0IsZ0JBQWdCLGNBQWMsSUFBSTtBQUMxRCxNQUFJLG1CQUFtQixVQUFhLENBQUMsT0FBTyxPQUFPLGlDQUFjLEVBQUUsU0FBUyxjQUFjLEdBQUc7QUFDM0YsVUFBTSxTQUFTLGlCQUFpQixPQUFPLE9BQU8saUNBQWMsRUFBRSxLQUFLLElBQUksQ0FBQztBQUN4RSxhQUFTLElBQUksR0FBRyxJQUFJLG1CQUFtQixnQkFBZ0IsZ0JBQWdCLE1BQU07QUFBQSxFQUMvRTtBQUNBLE1BQUksbUJBQW1CLFVBQWEsa0JBQWtCLFVBQWEsU0FBUyxnQkFBZ0IsYUFBYSxHQUFHO0FBQzFHLFVBQU0sU0FBUztBQUNmLGFBQVM7QUFBQSxNQUNQLEdBQUcsSUFBSTtBQUFBLE1BQ1A7QUFBQSxNQUNBO0FBQUEsTUFDQTtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0Y7QUFHTyxTQUFTLGNBQWMsT0FBZ0IsTUFBYyxVQUEwQjtBQUNwRixRQUFNLE9BQU8sT0FBTyxVQUFVLFlBQVksTUFBTSxXQUFXLEdBQUcsS0FBSyxPQUFPLEtBQUssS0FBSztBQUNwRixNQUFJLFFBQVEsQ0FBQyxNQUFNLE1BQU0sR0FBRyxFQUFFLFNBQVMsSUFBSSxFQUFHO0FBQzlDLFdBQVMsSUFBSSxNQUFNLDRCQUE0QixPQUFPLHFDQUFxQztBQUM3RjtBQUdPLFNBQVMsU0FBUyxLQUFhLE9BQXdCO0FBQzVELFFBQU0sQ0FBQyxHQUFHLENBQUMsSUFBSSxDQUFDLEtBQUssS0FBSyxFQUFFLElBQUksQ0FBQyxTQUFTLEdBQUcsS0FBSyxRQUFRLFFBQVEsRUFBRSxDQUFDLEdBQUc7QUFDeEUsU0FBTyxFQUFFLFdBQVcsQ0FBQyxLQUFLLEVBQUUsV0FBVyxDQUFDO0FBQzFDO0FBR0EsU0FBUyxhQUFhLE9BQTZCLE1BQWMsVUFBMEI7QUFDekYsUUFBTSxPQUFPLENBQUMsR0FBVyxNQUFjLE1BQU07QUFDN0MsY0FBWSxPQUFPLEVBQUUsTUFBTSxLQUFLLFVBQVUsU0FBUywwQkFBMEIsT0FBTyxLQUFLLEdBQUcsUUFBUTtBQUNwRyxjQUFZLE9BQU8sRUFBRSxNQUFNLEtBQUssV0FBVyxTQUFTLGlDQUFpQyxPQUFPLEtBQUssR0FBRyxRQUFRO0FBRTVHLFFBQU0sU0FBUyxNQUFNO0FBQUEsSUFBSSxDQUFDLFNBQ3hCLEtBQUssU0FBUyxTQUFTLFFBQVEsRUFBRSxHQUFJLGNBQWMsT0FBTyxDQUFDLElBQUksRUFBRSxVQUFVLGdCQUFnQixHQUFJLEdBQUcsS0FBSyxJQUFJLENBQUM7QUFBQSxFQUM5RztBQUNBLGNBQVksUUFBUSxFQUFFLE1BQU0sS0FBSyxZQUFZLFNBQVMsK0JBQStCLE9BQU8sS0FBSyxHQUFHLFFBQVE7QUFDNUc7QUFBQSxJQUNFO0FBQUEsSUFDQSxFQUFFLE1BQU0sS0FBSyxhQUFhLFNBQVMscUNBQXFDLE9BQU8sU0FBUztBQUFBLElBQ3hGO0FBQUEsRUFDRjtBQUNGO0FBU0EsU0FBUyxZQUFZLE9BQXNDLE1BQWEsVUFBMEI7QUFDaEcsUUFBTSxRQUFRLENBQUMsTUFBTSxVQUFVO0FBQzdCLFVBQU0sUUFBUSxLQUFLLEtBQUssR0FBRztBQUMzQixRQUFJLE9BQU8sVUFBVSxTQUFVO0FBQy9CLFVBQU0sUUFBUSxNQUFNLE1BQU0sR0FBRyxLQUFLLEVBQUUsVUFBVSxDQUFDLFVBQVU7QUFDdkQsWUFBTSxRQUFRLE1BQU0sS0FBSyxHQUFHO0FBQzVCLGFBQU8sT0FBTyxVQUFVLFlBQVksS0FBSyxNQUFNLE9BQU8sS0FBSztBQUFBLElBQzdELENBQUM7QUFDRCxRQUFJLFFBQVEsRUFBRztBQUNmLFVBQU0sUUFBUSxHQUFHLEtBQUssSUFBSSxJQUFJLEtBQUssS0FBSyxLQUFLLEdBQUc7QUFDaEQsYUFBUyxJQUFJLE9BQU8sR0FBRyxLQUFLLE9BQU8sS0FBSyxLQUFLLElBQUksSUFBSSxLQUFLLEtBQUssT0FBTyx5QkFBeUI7QUFBQSxFQUNqRyxDQUFDO0FBQ0g7QUFHTyxTQUFTLFlBQVksT0FBNEIsTUFBd0I7QUFDOUUsTUFBSSxNQUFNLFNBQVMsTUFBTSxFQUFHLFFBQU8sQ0FBQztBQUNwQyxRQUFNLFFBQVEsTUFBTSxTQUFTO0FBQzdCLFNBQU87QUFBQSxJQUNMLEdBQUcsSUFBSSxLQUFLLE1BQU0sTUFBTSx3Q0FBd0MsS0FBSyw2Q0FDNUQsS0FBSyxPQUFPLE1BQU0sU0FBUyxDQUFDO0FBQUEsRUFDdkM7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
