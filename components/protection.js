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
var protection_exports = {};
__export(protection_exports, {
  OnUnreachable: () => OnUnreachable,
  checkOnUnreachable: () => checkOnUnreachable,
  checkProtection: () => checkProtection,
  installAgents: () => installAgents,
  ownerOf: () => ownerOf,
  planProtection: () => planProtection
});
module.exports = __toCommonJS(protection_exports);
var import_node_crypto = require("node:crypto");
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_canonical = require("../model/canonical");
var import_mistakes = require("../model/mistakes");
var import_agentBundle = require("./agentBundle");
var import_archiveReference = require("./archiveReference");
var import_arguments = require("./arguments");
var import_hostCommand = require("./hostCommand");
var import_hosts = require("./hosts");
var import_policyArgs = require("./policyArgs");
var import_timeouts = require("./timeouts");
const OnUnreachable = {
  /** Fail, and keep the resource: `pulumi state delete` forgets it once the host is known to be gone. */
  Fail: "fail",
  /** Never remove the agent from hosts reached by SSH: it stays where a host lives on. */
  Forget: "forget"
};
function checkOnUnreachable(value, mistakes) {
  const choices = Object.values(OnUnreachable);
  if (value === void 0 || choices.includes(value)) return;
  const received = (0, import_arguments.isPlain)(value) ? value : "an output";
  mistakes.add("onUnreachable", "is not known", received, `Write one of: ${choices.join(", ")}.`);
}
function checkProtection(known, mistakes, pending) {
  const hosts = (0, import_hosts.resolveHosts)(known.nodes, "nodes", mistakes);
  if (!pending("policy")) (0, import_policyArgs.planPolicy)(known.policy, "policy", mistakes);
  if (pending("archive")) return;
  if (typeof known.archive !== "object") {
    const remedy = "Give the reference of an archive, such as new DirectoryArchive(\u2026).reference.";
    mistakes.add("archive", "is required", known.archive, remedy);
    return;
  }
  (0, import_archiveReference.checkArchiveReference)(known.archive, "archive", mistakes);
  if (!pending("nodes")) refuseArchiveInNode(known, hosts, mistakes);
}
function refuseArchiveInNode(known, hosts, mistakes) {
  const places = [
    ["archive.location", known.archive.location],
    ["archive.offsite.location", known.archive.offsite?.location]
  ];
  for (const [path, location] of places) {
    if (typeof location !== "string") continue;
    const index = hosts.findIndex(({ node, agentDirectory }, at) => {
      const own = known.nodes[at]?.kind === import_hosts.HostKind.Local ? known.nodes[at].directory : void 0;
      return [own, node.dataDirectory, agentDirectory].some(
        (folder) => folder !== void 0 && (0, import_hosts.overlaps)(location, folder)
      );
    });
    if (index < 0) continue;
    const remedy = "Choose a folder on another disk, outside every node's folders.";
    mistakes.add(path, `shares a folder with nodes[${index}] and would be lost with it`, location, remedy);
  }
}
function planProtection(known, installer) {
  const archive = (0, import_archiveReference.archiveSpec)(known.archive);
  const policy = (0, import_policyArgs.planPolicy)(known.policy, "policy", new import_mistakes.Mistakes());
  const hosts = (0, import_hosts.resolveHosts)(known.nodes, "nodes", new import_mistakes.Mistakes());
  const { sha256 } = (0, import_agentBundle.agentBundle)();
  const installs = hosts.map(({ node, agentDirectory }) => {
    const content = { format: "neumann-agent/1", node, archive, policy, agentDirectory };
    const generation = digest({ owner: installer.owner, sha256, content });
    const config = { ...content, generation };
    return { config, sha256, hold: installer.hold };
  });
  return { archive, policy, hosts, installs, generation: digest(installs.map((install) => install.config.generation)) };
}
function digest(value) {
  return (0, import_node_crypto.createHash)("sha256").update((0, import_canonical.canonicalJson)(value)).digest("hex").slice(0, 16);
}
function ownerOf(type, name) {
  return `${pulumi.getProject()}/${pulumi.getStack()}/${type}/${name}`;
}
function installAgents(component, plan, opts) {
  const { name, subject, args } = component;
  return args.nodes.map((node, index) => {
    const { nodeId } = node;
    const agentDirectory = plan.apply((known) => known.hosts[index].agentDirectory);
    const host = (0, import_hostCommand.commandHost)(subject, node, { path: `nodes[${index}]`, agentDirectory });
    const delivered = (0, import_hostCommand.deliverAgent)(`${name}-program-${nodeId}`, host, opts);
    const specification = plan.apply((known) => known.installs[index]);
    const install = (0, import_hostCommand.hostCommand)(
      `${name}-install-${nodeId}`,
      {
        host,
        copy: import_hostCommand.AgentCopy.Package,
        create: ["install"],
        // The copy on the host: it is there for as long as there is something to remove.
        delete: { copy: import_hostCommand.AgentCopy.Installed, words: ["uninstall"] },
        specification,
        timeoutMinutes: import_timeouts.settingsMinutes
      },
      {
        ...opts,
        dependsOn: delivered && [delivered],
        // A command by SSH cannot tell a dead host from another failure: forgetting is decided beforehand.
        retainOnDelete: host.ssh !== void 0 && args.onUnreachable === OnUnreachable.Forget ? true : void 0
      }
    );
    return { nodeId, host, install, specification };
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  OnUnreachable,
  checkOnUnreachable,
  checkProtection,
  installAgents,
  ownerOf,
  planProtection
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicHJvdGVjdGlvbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEseUJBQTJCO0FBQzNCLGFBQXdCO0FBRXhCLHVCQUF5QztBQUN6QyxzQkFBdUQ7QUFJdkQseUJBQTRCO0FBQzVCLDhCQUEwRTtBQUMxRSx1QkFBc0M7QUFDdEMseUJBT087QUFDUCxtQkFBbUY7QUFDbkYsd0JBQWtEO0FBQ2xELHNCQUFnQztBQUd6QixNQUFNLGdCQUFnQjtBQUFBO0FBQUEsRUFFM0IsTUFBTTtBQUFBO0FBQUEsRUFFTixRQUFRO0FBQ1Y7QUFzQ08sU0FBUyxtQkFBbUIsT0FBZ0IsVUFBMEI7QUFDM0UsUUFBTSxVQUFxQixPQUFPLE9BQU8sYUFBYTtBQUN0RCxNQUFJLFVBQVUsVUFBYSxRQUFRLFNBQVMsS0FBSyxFQUFHO0FBQ3BELFFBQU0sZUFBVywwQkFBUSxLQUFLLElBQUksUUFBUTtBQUMxQyxXQUFTLElBQUksaUJBQWlCLGdCQUFnQixVQUFVLGlCQUFpQixRQUFRLEtBQUssSUFBSSxDQUFDLEdBQUc7QUFDaEc7QUFHTyxTQUFTLGdCQUFnQixPQUF3QixVQUFvQixTQUF3QjtBQUNsRyxRQUFNLFlBQVEsMkJBQWEsTUFBTSxPQUFPLFNBQVMsUUFBUTtBQUN6RCxNQUFJLENBQUMsUUFBUSxRQUFRLEVBQUcsbUNBQVcsTUFBTSxRQUFRLFVBQVUsUUFBUTtBQUNuRSxNQUFJLFFBQVEsU0FBUyxFQUFHO0FBQ3hCLE1BQUksT0FBTyxNQUFNLFlBQVksVUFBVTtBQUNyQyxVQUFNLFNBQVM7QUFDZixhQUFTLElBQUksV0FBVyxlQUFlLE1BQU0sU0FBUyxNQUFNO0FBQzVEO0FBQUEsRUFDRjtBQUNBLHFEQUFzQixNQUFNLFNBQVMsV0FBVyxRQUFRO0FBQ3hELE1BQUksQ0FBQyxRQUFRLE9BQU8sRUFBRyxxQkFBb0IsT0FBTyxPQUFPLFFBQVE7QUFDbkU7QUFHQSxTQUFTLG9CQUFvQixPQUF3QixPQUFnQyxVQUEwQjtBQUM3RyxRQUFNLFNBQVM7QUFBQSxJQUNiLENBQUMsb0JBQW9CLE1BQU0sUUFBUSxRQUFRO0FBQUEsSUFDM0MsQ0FBQyw0QkFBNEIsTUFBTSxRQUFRLFNBQVMsUUFBUTtBQUFBLEVBQzlEO0FBQ0EsYUFBVyxDQUFDLE1BQU0sUUFBUSxLQUFLLFFBQVE7QUFDckMsUUFBSSxPQUFPLGFBQWEsU0FBVTtBQUNsQyxVQUFNLFFBQVEsTUFBTSxVQUFVLENBQUMsRUFBRSxNQUFNLGVBQWUsR0FBRyxPQUFPO0FBQzlELFlBQU0sTUFBTSxNQUFNLE1BQU0sRUFBRSxHQUFHLFNBQVMsc0JBQVMsUUFBUSxNQUFNLE1BQU0sRUFBRSxFQUFFLFlBQVk7QUFDbkYsYUFBTyxDQUFDLEtBQUssS0FBSyxlQUFlLGNBQWMsRUFBRTtBQUFBLFFBQy9DLENBQUMsV0FBVyxXQUFXLGNBQWEsdUJBQVMsVUFBVSxNQUFNO0FBQUEsTUFDL0Q7QUFBQSxJQUNGLENBQUM7QUFDRCxRQUFJLFFBQVEsRUFBRztBQUNmLFVBQU0sU0FBUztBQUNmLGFBQVMsSUFBSSxNQUFnQiw4QkFBOEIsS0FBSywrQkFBK0IsVUFBVSxNQUFNO0FBQUEsRUFDakg7QUFDRjtBQUdPLFNBQVMsZUFBZSxPQUF3QixXQUFzQztBQUMzRixRQUFNLGNBQVUscUNBQVksTUFBTSxPQUFPO0FBQ3pDLFFBQU0sYUFBUyw4QkFBVyxNQUFNLFFBQVEsVUFBVSxJQUFJLGdCQUFBQSxTQUFZLENBQUM7QUFDbkUsUUFBTSxZQUFRLDJCQUFhLE1BQU0sT0FBTyxTQUFTLElBQUksZ0JBQUFBLFNBQVksQ0FBQztBQUNsRSxRQUFNLEVBQUUsT0FBTyxRQUFJLGdDQUFZO0FBQy9CLFFBQU0sV0FBVyxNQUFNLElBQUksQ0FBQyxFQUFFLE1BQU0sZUFBZSxNQUFtQjtBQUNwRSxVQUFNLFVBQVUsRUFBRSxRQUFRLG1CQUE0QixNQUFNLFNBQVMsUUFBUSxlQUFlO0FBQzVGLFVBQU0sYUFBYSxPQUFPLEVBQUUsT0FBTyxVQUFVLE9BQU8sUUFBUSxRQUFRLENBQUM7QUFDckUsVUFBTSxTQUFzQixFQUFFLEdBQUcsU0FBUyxXQUFXO0FBQ3JELFdBQU8sRUFBRSxRQUFRLFFBQVEsTUFBTSxVQUFVLEtBQUs7QUFBQSxFQUNoRCxDQUFDO0FBQ0QsU0FBTyxFQUFFLFNBQVMsUUFBUSxPQUFPLFVBQVUsWUFBWSxPQUFPLFNBQVMsSUFBSSxDQUFDLFlBQVksUUFBUSxPQUFPLFVBQVUsQ0FBQyxFQUFFO0FBQ3RIO0FBRUEsU0FBUyxPQUFPLE9BQXdCO0FBQ3RDLGFBQU8sK0JBQVcsUUFBUSxFQUN2QixXQUFPLGdDQUFjLEtBQWEsQ0FBQyxFQUNuQyxPQUFPLEtBQUssRUFDWixNQUFNLEdBQUcsRUFBRTtBQUNoQjtBQUdPLFNBQVMsUUFBUSxNQUFjLE1BQXNCO0FBQzFELFNBQU8sR0FBRyxPQUFPLFdBQVcsQ0FBQyxJQUFJLE9BQU8sU0FBUyxDQUFDLElBQUksSUFBSSxJQUFJLElBQUk7QUFDcEU7QUFXTyxTQUFTLGNBQ2QsV0FDQSxNQUNBLE1BQ2lCO0FBQ2pCLFFBQU0sRUFBRSxNQUFNLFNBQVMsS0FBSyxJQUFJO0FBQ2hDLFNBQU8sS0FBSyxNQUFNLElBQUksQ0FBQyxNQUFNLFVBQVU7QUFDckMsVUFBTSxFQUFFLE9BQU8sSUFBSTtBQUNuQixVQUFNLGlCQUFpQixLQUFLLE1BQU0sQ0FBQyxVQUFXLE1BQU0sTUFBTSxLQUFLLEVBQW1CLGNBQWM7QUFDaEcsVUFBTSxXQUFPLGdDQUFZLFNBQVMsTUFBTSxFQUFFLE1BQU0sU0FBUyxLQUFLLEtBQUssZUFBZSxDQUFDO0FBQ25GLFVBQU0sZ0JBQVksaUNBQWEsR0FBRyxJQUFJLFlBQVksTUFBTSxJQUFJLE1BQU0sSUFBSTtBQUN0RSxVQUFNLGdCQUFnQixLQUFLLE1BQU0sQ0FBQyxVQUFVLE1BQU0sU0FBUyxLQUFLLENBQWdCO0FBQ2hGLFVBQU0sY0FBVTtBQUFBLE1BQ2QsR0FBRyxJQUFJLFlBQVksTUFBTTtBQUFBLE1BQ3pCO0FBQUEsUUFDRTtBQUFBLFFBQ0EsTUFBTSw2QkFBVTtBQUFBLFFBQ2hCLFFBQVEsQ0FBQyxTQUFTO0FBQUE7QUFBQSxRQUVsQixRQUFRLEVBQUUsTUFBTSw2QkFBVSxXQUFXLE9BQU8sQ0FBQyxXQUFXLEVBQUU7QUFBQSxRQUMxRDtBQUFBLFFBQ0EsZ0JBQWdCO0FBQUEsTUFDbEI7QUFBQSxNQUNBO0FBQUEsUUFDRSxHQUFHO0FBQUEsUUFDSCxXQUFXLGFBQWEsQ0FBQyxTQUFTO0FBQUE7QUFBQSxRQUVsQyxnQkFBZ0IsS0FBSyxRQUFRLFVBQWEsS0FBSyxrQkFBa0IsY0FBYyxTQUFTLE9BQU87QUFBQSxNQUNqRztBQUFBLElBQ0Y7QUFDQSxXQUFPLEVBQUUsUUFBUSxNQUFNLFNBQVMsY0FBYztBQUFBLEVBQ2hELENBQUM7QUFDSDsiLAogICJuYW1lcyI6IFsiTWlzdGFrZUxpc3QiXQp9Cg==
