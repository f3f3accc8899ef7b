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
var localNodes_exports = {};
__export(localNodes_exports, {
  LocalNodes: () => LocalNodes
});
module.exports = __toCommonJS(localNodes_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_mistakes = require("../model/mistakes");
var import_arguments = require("./arguments");
var import_dependency = require("./dependency");
var import_hostCommand = require("./hostCommand");
var import_hosts = require("./hosts");
var import_timeouts = require("./timeouts");
class LocalNodes extends pulumi.ComponentResource {
  /**
   * The nodes, for ClusterBackups and DisasterRecovery; who uses them waits for all of them. A list whose items hold
   * outputs, not an output of a list: it decides which resources there are.
   */
  hosts;
  constructor(name, args, opts) {
    const subject = `LocalNodes ${JSON.stringify(name)} cannot be created`;
    const checked = (0, import_arguments.checkArguments)({ subject, args, structure: checkStructure, check: checkNodes });
    super("pulumi-neumann:index:LocalNodes", name, {}, opts);
    const commands = [];
    args.nodes.forEach(({ nodeId }, index) => {
      const before = commands.at(-1);
      const command = (0, import_hostCommand.hostCommand)(
        `${name}-node-${nodeId}`,
        {
          host: (0, import_hostCommand.thisMachine)(nodeId),
          copy: import_hostCommand.AgentCopy.Package,
          create: ["node-create"],
          delete: { copy: import_hostCommand.AgentCopy.Package, words: ["node-delete"] },
          specification: checked.apply((known) => nodeSpec(known, index)),
          timeoutMinutes: import_timeouts.healthMinutes
        },
        { parent: this, dependsOn: before && [before.resource] }
      );
      commands.push(command);
    });
    this.hosts = args.nodes.map(({ nodeId }, index) => {
      const resources = commands.map((command) => command.resource);
      const of = (pick) => (0, import_dependency.after)(
        resources,
        checked.apply((known) => pick(localHosts(known)[index]))
      );
      return {
        kind: import_hosts.HostKind.Local,
        nodeId,
        address: of((host) => host.address),
        adminUrl: of((host) => host.adminUrl),
        directory: of((host) => host.directory),
        ...args.programDirectory === void 0 ? {} : { programDirectory: of((host) => host.programDirectory) }
      };
    });
    this.registerOutputs({ hosts: this.hosts });
  }
}
function checkStructure(args, mistakes) {
  const nodes = args.nodes;
  (0, import_hosts.checkHostStructure)(Array.isArray(nodes) ? args.nodes.map(asHost) : nodes, "nodes", mistakes);
  if ((0, import_arguments.isPlain)(args.start)) return;
  mistakes.add("start", "must be a plain value", "an output", "Write true or false.");
}
function asHost(node) {
  return { kind: import_hosts.HostKind.Local, ...node };
}
function localHosts(known) {
  const { programDirectory } = known;
  return known.nodes.map((node) => ({ kind: import_hosts.HostKind.Local, ...node, programDirectory }));
}
function checkNodes(known, mistakes) {
  if (typeof known.clusterName !== "string" || !/^\S+$/.test(known.clusterName)) {
    mistakes.add("clusterName", "is no name for a cluster", known.clusterName, "Such as prod.");
  }
  known.nodes.forEach((node, index) => {
    if (node.adminUrl !== void 0) return;
    const remedy = "Such as http://127.0.0.1:9091.";
    mistakes.add(`nodes[${index}].adminUrl`, "is required for local nodes", void 0, remedy);
  });
  if (known.programDirectory !== void 0) (0, import_hosts.checkAbsolute)(known.programDirectory, "programDirectory", mistakes);
  const hosts = known.nodes.map((node) => ({ kind: import_hosts.HostKind.Local, ...node }));
  (0, import_hosts.resolveHosts)(hosts, "nodes", mistakes);
}
function nodeSpec(known, index) {
  const nodes = (0, import_hosts.resolveHosts)(localHosts(known), "nodes", new import_mistakes.Mistakes()).map((host) => host.node);
  const start = known.start ?? true;
  return {
    node: nodes[index],
    clusterName: known.clusterName,
    peers: start ? nodes.slice(0, index).map((node) => node.address) : [],
    bootstrap: start && index === 0,
    start
  };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  LocalNodes
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibG9jYWxOb2Rlcy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQUN4QixzQkFBdUQ7QUFFdkQsdUJBQXdDO0FBQ3hDLHdCQUFzQjtBQUN0Qix5QkFBOEU7QUFDOUUsbUJBQXlHO0FBQ3pHLHNCQUE4QjtBQWtFdkIsTUFBTSxtQkFBbUIsT0FBTyxrQkFBa0I7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBSzlDO0FBQUEsRUFFVCxZQUFZLE1BQWMsTUFBc0IsTUFBd0M7QUFDdEYsVUFBTSxVQUFVLGNBQWMsS0FBSyxVQUFVLElBQUksQ0FBQztBQUNsRCxVQUFNLGNBQVUsaUNBQWUsRUFBRSxTQUFTLE1BQU0sV0FBVyxnQkFBZ0IsT0FBTyxXQUFXLENBQUM7QUFDOUYsVUFBTSxtQ0FBbUMsTUFBTSxDQUFDLEdBQUcsSUFBSTtBQUV2RCxVQUFNLFdBQWtDLENBQUM7QUFDekMsU0FBSyxNQUFNLFFBQVEsQ0FBQyxFQUFFLE9BQU8sR0FBRyxVQUFVO0FBQ3hDLFlBQU0sU0FBUyxTQUFTLEdBQUcsRUFBRTtBQUM3QixZQUFNLGNBQVU7QUFBQSxRQUNkLEdBQUcsSUFBSSxTQUFTLE1BQU07QUFBQSxRQUN0QjtBQUFBLFVBQ0UsVUFBTSxnQ0FBWSxNQUFNO0FBQUEsVUFDeEIsTUFBTSw2QkFBVTtBQUFBLFVBQ2hCLFFBQVEsQ0FBQyxhQUFhO0FBQUEsVUFDdEIsUUFBUSxFQUFFLE1BQU0sNkJBQVUsU0FBUyxPQUFPLENBQUMsYUFBYSxFQUFFO0FBQUEsVUFDMUQsZUFBZSxRQUFRLE1BQU0sQ0FBQyxVQUFVLFNBQVMsT0FBTyxLQUFLLENBQUM7QUFBQSxVQUM5RCxnQkFBZ0I7QUFBQSxRQUNsQjtBQUFBLFFBQ0EsRUFBRSxRQUFRLE1BQU0sV0FBVyxVQUFVLENBQUMsT0FBTyxRQUFRLEVBQUU7QUFBQSxNQUN6RDtBQUNBLGVBQVMsS0FBSyxPQUFPO0FBQUEsSUFDdkIsQ0FBQztBQUVELFNBQUssUUFBUSxLQUFLLE1BQU0sSUFBSSxDQUFDLEVBQUUsT0FBTyxHQUFHLFVBQVU7QUFDakQsWUFBTSxZQUFZLFNBQVMsSUFBSSxDQUFDLFlBQVksUUFBUSxRQUFRO0FBQzVELFlBQU0sS0FBSyxDQUFJLGFBQ2I7QUFBQSxRQUNFO0FBQUEsUUFDQSxRQUFRLE1BQU0sQ0FBQyxVQUFVLEtBQUssV0FBVyxLQUFLLEVBQUUsS0FBSyxDQUFjLENBQUM7QUFBQSxNQUN0RTtBQUNGLGFBQU87QUFBQSxRQUNMLE1BQU0sc0JBQVM7QUFBQSxRQUNmO0FBQUEsUUFDQSxTQUFTLEdBQUcsQ0FBQyxTQUFTLEtBQUssT0FBTztBQUFBLFFBQ2xDLFVBQVUsR0FBRyxDQUFDLFNBQVMsS0FBSyxRQUFrQjtBQUFBLFFBQzlDLFdBQVcsR0FBRyxDQUFDLFNBQVMsS0FBSyxTQUFtQjtBQUFBLFFBQ2hELEdBQUksS0FBSyxxQkFBcUIsU0FDMUIsQ0FBQyxJQUNELEVBQUUsa0JBQWtCLEdBQUcsQ0FBQyxTQUFTLEtBQUssZ0JBQTBCLEVBQUU7QUFBQSxNQUN4RTtBQUFBLElBQ0YsQ0FBQztBQUNELFNBQUssZ0JBQWdCLEVBQUUsT0FBTyxLQUFLLE1BQU0sQ0FBQztBQUFBLEVBQzVDO0FBQ0Y7QUFJQSxTQUFTLGVBQWUsTUFBc0IsVUFBMEI7QUFDdEUsUUFBTSxRQUFpQixLQUFLO0FBQzVCLHVDQUFtQixNQUFNLFFBQVEsS0FBSyxJQUFJLEtBQUssTUFBTSxJQUFJLE1BQU0sSUFBSSxPQUFPLFNBQVMsUUFBUTtBQUMzRixVQUFJLDBCQUFRLEtBQUssS0FBSyxFQUFHO0FBQ3pCLFdBQVMsSUFBSSxTQUFTLHlCQUF5QixhQUFhLHNCQUFzQjtBQUNwRjtBQUVBLFNBQVMsT0FBTyxNQUErQjtBQUM3QyxTQUFPLEVBQUUsTUFBTSxzQkFBUyxPQUFPLEdBQUcsS0FBSztBQUN6QztBQUVBLFNBQVMsV0FBVyxPQUErQjtBQUNqRCxRQUFNLEVBQUUsaUJBQWlCLElBQUk7QUFDN0IsU0FBTyxNQUFNLE1BQU0sSUFBSSxDQUFDLFVBQVUsRUFBRSxNQUFNLHNCQUFTLE9BQU8sR0FBRyxNQUFNLGlCQUFpQixFQUFFO0FBQ3hGO0FBRUEsU0FBUyxXQUFXLE9BQWtCLFVBQTBCO0FBQzlELE1BQUksT0FBTyxNQUFNLGdCQUFnQixZQUFZLENBQUMsUUFBUSxLQUFLLE1BQU0sV0FBVyxHQUFHO0FBQzdFLGFBQVMsSUFBSSxlQUFlLDRCQUE0QixNQUFNLGFBQWEsZUFBZTtBQUFBLEVBQzVGO0FBQ0EsUUFBTSxNQUFNLFFBQVEsQ0FBQyxNQUFNLFVBQVU7QUFDbkMsUUFBSSxLQUFLLGFBQWEsT0FBVztBQUNqQyxVQUFNLFNBQVM7QUFDZixhQUFTLElBQUksU0FBUyxLQUFLLGNBQWMsK0JBQStCLFFBQVcsTUFBTTtBQUFBLEVBQzNGLENBQUM7QUFDRCxNQUFJLE1BQU0scUJBQXFCLE9BQVcsaUNBQWMsTUFBTSxrQkFBa0Isb0JBQW9CLFFBQVE7QUFDNUcsUUFBTSxRQUFRLE1BQU0sTUFBTSxJQUFJLENBQUMsVUFBVSxFQUFFLE1BQU0sc0JBQVMsT0FBTyxHQUFHLEtBQUssRUFBRTtBQUMzRSxpQ0FBYSxPQUFPLFNBQVMsUUFBUTtBQUN2QztBQUdBLFNBQVMsU0FBUyxPQUFrQixPQUF5QjtBQUMzRCxRQUFNLFlBQVEsMkJBQWEsV0FBVyxLQUFLLEdBQUcsU0FBUyxJQUFJLGdCQUFBQSxTQUFZLENBQUMsRUFBRSxJQUFJLENBQUMsU0FBUyxLQUFLLElBQUk7QUFDakcsUUFBTSxRQUFRLE1BQU0sU0FBUztBQUM3QixTQUFPO0FBQUEsSUFDTCxNQUFNLE1BQU0sS0FBSztBQUFBLElBQ2pCLGFBQWEsTUFBTTtBQUFBLElBQ25CLE9BQU8sUUFBUSxNQUFNLE1BQU0sR0FBRyxLQUFLLEVBQUUsSUFBSSxDQUFDLFNBQVMsS0FBSyxPQUFPLElBQUksQ0FBQztBQUFBLElBQ3BFLFdBQVcsU0FBUyxVQUFVO0FBQUEsSUFDOUI7QUFBQSxFQUNGO0FBQ0Y7IiwKICAibmFtZXMiOiBbIk1pc3Rha2VMaXN0Il0KfQo=
