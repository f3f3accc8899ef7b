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
var hostCommand_exports = {};
__export(hostCommand_exports, {
  AgentCopy: () => AgentCopy,
  agentEnvironment: () => agentEnvironment,
  asStandardInput: () => asStandardInput,
  commandHost: () => commandHost,
  deliverAgent: () => deliverAgent,
  hostCommand: () => hostCommand,
  packageCommand: () => packageCommand,
  thisMachine: () => thisMachine
});
module.exports = __toCommonJS(hostCommand_exports);
var command = __toESM(require("@pulumi/command"));
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_canonical = require("../model/canonical");
var import_agentBundle = require("./agentBundle");
var import_hosts = require("./hosts");
var import_shell = require("./shell");
var import_ssh = require("./ssh");
const AgentCopy = {
  /** The one that this package brings: works before and after an installation. */
  Package: "package",
  /** The one on the host. */
  Installed: "installed"
};
function commandHost(subject, host, where) {
  const { nodeId, kind, ssh } = host;
  if (kind === import_hosts.HostKind.Local || ssh === void 0) return { nodeId, agentDirectory: where.agentDirectory };
  const connection = (0, import_ssh.sshConnection)(subject, ssh, `${where.path}.ssh`);
  const delivered = `.neumann-backup-${(0, import_agentBundle.agentBundle)().sha256.slice(0, 16)}.cjs`;
  return { nodeId, agentDirectory: where.agentDirectory, ssh: { connection, sudo: (0, import_ssh.usesSudo)(ssh), delivered } };
}
function thisMachine(nodeId) {
  return { nodeId, agentDirectory: pulumi.output("") };
}
function hostCommand(name, request, opts) {
  const limit = `${request.timeoutMinutes}m`;
  const timed = { ...opts, customTimeouts: { create: limit, update: limit, delete: limit } };
  const { ssh } = request.host;
  return ssh === void 0 ? onThisMachine(name, request, timed) : bySsh(name, { ...request, ssh }, timed);
}
function deliverAgent(name, host, opts) {
  if (host.ssh === void 0) return void 0;
  const { connection, delivered } = host.ssh;
  const source = new pulumi.asset.FileAsset((0, import_agentBundle.agentBundle)().file);
  return new command.remote.CopyToRemote(name, { connection, source, remotePath: delivered }, opts);
}
function asStandardInput(specification) {
  return (0, import_canonical.canonicalJson)(specification);
}
const agentEnvironment = { NODE_OPTIONS: "", NODE_EXTRA_CA_CERTS: "" };
function packageCommand(words) {
  return (0, import_shell.commandLine)(["node", (0, import_agentBundle.agentBundle)().file, ...words, "--json"]);
}
function onThisMachine(name, request, opts) {
  const lines = commandLines(request, { start: pulumi.output(["node"]), delivered: (0, import_agentBundle.agentBundle)().file });
  const keep = request.update === "status";
  const resource = new command.local.Command(
    name,
    {
      ...lines,
      // The result of `create` stays this resource's result; what the status says is shown.
      update: keep ? lines.update.apply((status) => `${status} >&2 && ${printPrevious}`) : lines.update,
      stdin: request.specification.apply(asStandardInput),
      triggers: request.triggers,
      environment: agentEnvironment,
      addPreviousOutputInEnv: keep,
      logging: command.local.Logging.Stderr
    },
    opts
  );
  return { resource, stdout: resource.stdout };
}
const printPrevious = `printf '%s\\n' "$PULUMI_COMMAND_STDOUT"`;
function bySsh(name, request, opts) {
  const { connection, sudo, delivered } = request.ssh;
  const start = sudo.apply((yes) => yes ? ["sudo", "-n", "node"] : ["node"]);
  const resource = new command.remote.Command(
    name,
    {
      connection,
      ...commandLines(request, { start, delivered }),
      stdin: request.specification.apply(asStandardInput),
      triggers: request.triggers,
      // sshd accepts no variables that it was not told to accept.
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.Stderr
    },
    opts
  );
  return { resource, stdout: resource.stdout };
}
function commandLines(request, { start, delivered }) {
  const installed = request.host.agentDirectory.apply((directory) => `${directory}/neumann-backup.cjs`);
  const line = (copy2, words2) => pulumi.all([start, copy2 === AgentCopy.Package ? delivered : installed]).apply(([first, program]) => (0, import_shell.commandLine)([...first, program, ...words2, "--json"]));
  const create = line(request.copy, request.create);
  const update = request.update === "status" ? line(request.copy, ["restore", "--phase", "status"]) : create;
  if (request.delete === void 0) return { create, update };
  const { copy, words } = request.delete;
  const remove = line(copy, words);
  if (copy === AgentCopy.Package) return { create, update, delete: remove };
  const unless = pulumi.all([start, installed, remove]).apply(
    ([first, program, last]) => `${(0, import_shell.commandLine)([...first.slice(0, -1), "test", "!", "-e", program])} || ${last}`
  );
  return { create, update, delete: unless };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  AgentCopy,
  agentEnvironment,
  asStandardInput,
  commandHost,
  deliverAgent,
  hostCommand,
  packageCommand,
  thisMachine
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaG9zdENvbW1hbmQudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxjQUF5QjtBQUN6QixhQUF3QjtBQUN4Qix1QkFBeUM7QUFDekMseUJBQTRCO0FBQzVCLG1CQUF3QztBQUN4QyxtQkFBNEI7QUFDNUIsaUJBQXdDO0FBb0JqQyxNQUFNLFlBQVk7QUFBQTtBQUFBLEVBRXZCLFNBQVM7QUFBQTtBQUFBLEVBRVQsV0FBVztBQUNiO0FBNEJPLFNBQVMsWUFBWSxTQUFpQixNQUFnQixPQUErQjtBQUMxRixRQUFNLEVBQUUsUUFBUSxNQUFNLElBQUksSUFBSTtBQUM5QixNQUFJLFNBQVMsc0JBQVMsU0FBUyxRQUFRLE9BQVcsUUFBTyxFQUFFLFFBQVEsZ0JBQWdCLE1BQU0sZUFBZTtBQUN4RyxRQUFNLGlCQUFhLDBCQUFjLFNBQVMsS0FBSyxHQUFHLE1BQU0sSUFBSSxNQUFNO0FBQ2xFLFFBQU0sWUFBWSx1QkFBbUIsZ0NBQVksRUFBRSxPQUFPLE1BQU0sR0FBRyxFQUFFLENBQUM7QUFDdEUsU0FBTyxFQUFFLFFBQVEsZ0JBQWdCLE1BQU0sZ0JBQWdCLEtBQUssRUFBRSxZQUFZLFVBQU0scUJBQVMsR0FBRyxHQUFHLFVBQVUsRUFBRTtBQUM3RztBQUdPLFNBQVMsWUFBWSxRQUE2QjtBQUN2RCxTQUFPLEVBQUUsUUFBUSxnQkFBZ0IsT0FBTyxPQUFPLEVBQUUsRUFBRTtBQUNyRDtBQVVPLFNBQVMsWUFDZCxNQUNBLFNBQ0EsTUFDcUI7QUFDckIsUUFBTSxRQUFRLEdBQUcsUUFBUSxjQUFjO0FBQ3ZDLFFBQU0sUUFBUSxFQUFFLEdBQUcsTUFBTSxnQkFBZ0IsRUFBRSxRQUFRLE9BQU8sUUFBUSxPQUFPLFFBQVEsTUFBTSxFQUFFO0FBQ3pGLFFBQU0sRUFBRSxJQUFJLElBQUksUUFBUTtBQUN4QixTQUFPLFFBQVEsU0FBWSxjQUFjLE1BQU0sU0FBUyxLQUFLLElBQUksTUFBTSxNQUFNLEVBQUUsR0FBRyxTQUFTLElBQUksR0FBRyxLQUFLO0FBQ3pHO0FBR08sU0FBUyxhQUNkLE1BQ0EsTUFDQSxNQUNtQztBQUNuQyxNQUFJLEtBQUssUUFBUSxPQUFXLFFBQU87QUFDbkMsUUFBTSxFQUFFLFlBQVksVUFBVSxJQUFJLEtBQUs7QUFDdkMsUUFBTSxTQUFTLElBQUksT0FBTyxNQUFNLGNBQVUsZ0NBQVksRUFBRSxJQUFJO0FBQzVELFNBQU8sSUFBSSxRQUFRLE9BQU8sYUFBYSxNQUFNLEVBQUUsWUFBWSxRQUFRLFlBQVksVUFBVSxHQUFHLElBQUk7QUFDbEc7QUFHTyxTQUFTLGdCQUFnQixlQUFnQztBQUM5RCxhQUFPLGdDQUFjLGFBQXFCO0FBQzVDO0FBTU8sTUFBTSxtQkFBbUIsRUFBRSxjQUFjLElBQUkscUJBQXFCLEdBQUc7QUFHckUsU0FBUyxlQUFlLE9BQWtDO0FBQy9ELGFBQU8sMEJBQVksQ0FBQyxZQUFRLGdDQUFZLEVBQUUsTUFBTSxHQUFHLE9BQU8sUUFBUSxDQUFDO0FBQ3JFO0FBRUEsU0FBUyxjQUFjLE1BQWMsU0FBc0IsTUFBeUQ7QUFDbEgsUUFBTSxRQUFRLGFBQWEsU0FBUyxFQUFFLE9BQU8sT0FBTyxPQUFPLENBQUMsTUFBTSxDQUFDLEdBQUcsZUFBVyxnQ0FBWSxFQUFFLEtBQUssQ0FBQztBQUNyRyxRQUFNLE9BQU8sUUFBUSxXQUFXO0FBQ2hDLFFBQU0sV0FBVyxJQUFJLFFBQVEsTUFBTTtBQUFBLElBQ2pDO0FBQUEsSUFDQTtBQUFBLE1BQ0UsR0FBRztBQUFBO0FBQUEsTUFFSCxRQUFRLE9BQU8sTUFBTSxPQUFPLE1BQU0sQ0FBQyxXQUFXLEdBQUcsTUFBTSxXQUFXLGFBQWEsRUFBRSxJQUFJLE1BQU07QUFBQSxNQUMzRixPQUFPLFFBQVEsY0FBYyxNQUFNLGVBQWU7QUFBQSxNQUNsRCxVQUFVLFFBQVE7QUFBQSxNQUNsQixhQUFhO0FBQUEsTUFDYix3QkFBd0I7QUFBQSxNQUN4QixTQUFTLFFBQVEsTUFBTSxRQUFRO0FBQUEsSUFDakM7QUFBQSxJQUNBO0FBQUEsRUFDRjtBQUNBLFNBQU8sRUFBRSxVQUFVLFFBQVEsU0FBUyxPQUFPO0FBQzdDO0FBRUEsTUFBTSxnQkFBZ0I7QUFFdEIsU0FBUyxNQUNQLE1BQ0EsU0FDQSxNQUNxQjtBQUNyQixRQUFNLEVBQUUsWUFBWSxNQUFNLFVBQVUsSUFBSSxRQUFRO0FBQ2hELFFBQU0sUUFBUSxLQUFLLE1BQU0sQ0FBQyxRQUFTLE1BQU0sQ0FBQyxRQUFRLE1BQU0sTUFBTSxJQUFJLENBQUMsTUFBTSxDQUFFO0FBQzNFLFFBQU0sV0FBVyxJQUFJLFFBQVEsT0FBTztBQUFBLElBQ2xDO0FBQUEsSUFDQTtBQUFBLE1BQ0U7QUFBQSxNQUNBLEdBQUcsYUFBYSxTQUFTLEVBQUUsT0FBTyxVQUFVLENBQUM7QUFBQSxNQUM3QyxPQUFPLFFBQVEsY0FBYyxNQUFNLGVBQWU7QUFBQSxNQUNsRCxVQUFVLFFBQVE7QUFBQTtBQUFBLE1BRWxCLHdCQUF3QjtBQUFBLE1BQ3hCLFNBQVMsUUFBUSxPQUFPLFFBQVE7QUFBQSxJQUNsQztBQUFBLElBQ0E7QUFBQSxFQUNGO0FBQ0EsU0FBTyxFQUFFLFVBQVUsUUFBUSxTQUFTLE9BQU87QUFDN0M7QUFnQkEsU0FBUyxhQUFhLFNBQXNCLEVBQUUsT0FBTyxVQUFVLEdBQTZCO0FBQzFGLFFBQU0sWUFBWSxRQUFRLEtBQUssZUFBZSxNQUFNLENBQUMsY0FBYyxHQUFHLFNBQVMscUJBQXFCO0FBQ3BHLFFBQU0sT0FBTyxDQUFDQSxPQUFpQkMsV0FDN0IsT0FDRyxJQUFJLENBQUMsT0FBT0QsVUFBUyxVQUFVLFVBQVUsWUFBWSxTQUFTLENBQUMsRUFDL0QsTUFBTSxDQUFDLENBQUMsT0FBTyxPQUFPLFVBQU0sMEJBQVksQ0FBQyxHQUFHLE9BQU8sU0FBUyxHQUFHQyxRQUFPLFFBQVEsQ0FBQyxDQUFDO0FBQ3JGLFFBQU0sU0FBUyxLQUFLLFFBQVEsTUFBTSxRQUFRLE1BQU07QUFDaEQsUUFBTSxTQUFTLFFBQVEsV0FBVyxXQUFXLEtBQUssUUFBUSxNQUFNLENBQUMsV0FBVyxXQUFXLFFBQVEsQ0FBQyxJQUFJO0FBQ3BHLE1BQUksUUFBUSxXQUFXLE9BQVcsUUFBTyxFQUFFLFFBQVEsT0FBTztBQUMxRCxRQUFNLEVBQUUsTUFBTSxNQUFNLElBQUksUUFBUTtBQUNoQyxRQUFNLFNBQVMsS0FBSyxNQUFNLEtBQUs7QUFDL0IsTUFBSSxTQUFTLFVBQVUsUUFBUyxRQUFPLEVBQUUsUUFBUSxRQUFRLFFBQVEsT0FBTztBQUV4RSxRQUFNLFNBQVMsT0FDWixJQUFJLENBQUMsT0FBTyxXQUFXLE1BQU0sQ0FBQyxFQUM5QjtBQUFBLElBQ0MsQ0FBQyxDQUFDLE9BQU8sU0FBUyxJQUFJLE1BQU0sT0FBRywwQkFBWSxDQUFDLEdBQUcsTUFBTSxNQUFNLEdBQUcsRUFBRSxHQUFHLFFBQVEsS0FBSyxNQUFNLE9BQU8sQ0FBQyxDQUFDLE9BQU8sSUFBSTtBQUFBLEVBQzVHO0FBQ0YsU0FBTyxFQUFFLFFBQVEsUUFBUSxRQUFRLE9BQU87QUFDMUM7IiwKICAibmFtZXMiOiBbImNvcHkiLCAid29yZHMiXQp9Cg==
