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
  const program = request.copy === AgentCopy.Package ? (0, import_agentBundle.agentBundle)().file : installedProgram(request.host);
  const line = (words) => pulumi.output(program).apply((p) => agentLine(["node", p], words));
  const keep = request.update === "status";
  const resource = new command.local.Command(
    name,
    {
      create: line(request.create),
      // The result of `create` stays this resource's result; what the status says is shown.
      update: keep ? line(statusWords).apply((status) => `${status} >&2 && ${printPrevious}`) : line(request.create),
      delete: request.delete && removal(request, line(request.delete)),
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
const statusWords = ["restore", "--phase", "status"];
const printPrevious = `printf '%s\\n' "$PULUMI_COMMAND_STDOUT"`;
function bySsh(name, request, opts) {
  const { ssh } = request;
  const program = request.copy === AgentCopy.Package ? ssh.delivered : installedProgram(request.host);
  const prefix = ssh.sudo.apply((sudo) => sudo ? ["sudo", "-n"] : []);
  const line = (words) => pulumi.all([prefix, program]).apply(([start, p]) => agentLine([...start, "node", p], words));
  const resource = new command.remote.Command(
    name,
    {
      connection: ssh.connection,
      create: line(request.create),
      update: line(request.update === "status" ? statusWords : request.create),
      delete: request.delete && removal(request, line(request.delete), prefix),
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
function installedProgram(host) {
  return host.agentDirectory.apply((directory) => `${directory}/neumann-backup.cjs`);
}
function agentLine(start, words) {
  return (0, import_shell.commandLine)([...start, ...words, "--json"]);
}
function removal(request, line, prefix = []) {
  if (request.copy === AgentCopy.Package) return line;
  return pulumi.all([prefix, installedProgram(request.host), line]).apply(([start, program, remove]) => `${(0, import_shell.commandLine)([...start, "test", "!", "-e", program])} || ${remove}`);
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
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaG9zdENvbW1hbmQudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxjQUF5QjtBQUN6QixhQUF3QjtBQUN4Qix1QkFBeUM7QUFDekMseUJBQTRCO0FBQzVCLG1CQUF3QztBQUN4QyxtQkFBNEI7QUFDNUIsaUJBQXdDO0FBb0JqQyxNQUFNLFlBQVk7QUFBQTtBQUFBLEVBRXZCLFNBQVM7QUFBQTtBQUFBLEVBRVQsV0FBVztBQUNiO0FBNEJPLFNBQVMsWUFBWSxTQUFpQixNQUFnQixPQUErQjtBQUMxRixRQUFNLEVBQUUsUUFBUSxNQUFNLElBQUksSUFBSTtBQUM5QixNQUFJLFNBQVMsc0JBQVMsU0FBUyxRQUFRLE9BQVcsUUFBTyxFQUFFLFFBQVEsZ0JBQWdCLE1BQU0sZUFBZTtBQUN4RyxRQUFNLGlCQUFhLDBCQUFjLFNBQVMsS0FBSyxHQUFHLE1BQU0sSUFBSSxNQUFNO0FBQ2xFLFFBQU0sWUFBWSx1QkFBbUIsZ0NBQVksRUFBRSxPQUFPLE1BQU0sR0FBRyxFQUFFLENBQUM7QUFDdEUsU0FBTyxFQUFFLFFBQVEsZ0JBQWdCLE1BQU0sZ0JBQWdCLEtBQUssRUFBRSxZQUFZLFVBQU0scUJBQVMsR0FBRyxHQUFHLFVBQVUsRUFBRTtBQUM3RztBQUdPLFNBQVMsWUFBWSxRQUE2QjtBQUN2RCxTQUFPLEVBQUUsUUFBUSxnQkFBZ0IsT0FBTyxPQUFPLEVBQUUsRUFBRTtBQUNyRDtBQVVPLFNBQVMsWUFDZCxNQUNBLFNBQ0EsTUFDcUI7QUFDckIsUUFBTSxRQUFRLEdBQUcsUUFBUSxjQUFjO0FBQ3ZDLFFBQU0sUUFBUSxFQUFFLEdBQUcsTUFBTSxnQkFBZ0IsRUFBRSxRQUFRLE9BQU8sUUFBUSxPQUFPLFFBQVEsTUFBTSxFQUFFO0FBQ3pGLFFBQU0sRUFBRSxJQUFJLElBQUksUUFBUTtBQUN4QixTQUFPLFFBQVEsU0FBWSxjQUFjLE1BQU0sU0FBUyxLQUFLLElBQUksTUFBTSxNQUFNLEVBQUUsR0FBRyxTQUFTLElBQUksR0FBRyxLQUFLO0FBQ3pHO0FBR08sU0FBUyxhQUNkLE1BQ0EsTUFDQSxNQUNtQztBQUNuQyxNQUFJLEtBQUssUUFBUSxPQUFXLFFBQU87QUFDbkMsUUFBTSxFQUFFLFlBQVksVUFBVSxJQUFJLEtBQUs7QUFDdkMsUUFBTSxTQUFTLElBQUksT0FBTyxNQUFNLGNBQVUsZ0NBQVksRUFBRSxJQUFJO0FBQzVELFNBQU8sSUFBSSxRQUFRLE9BQU8sYUFBYSxNQUFNLEVBQUUsWUFBWSxRQUFRLFlBQVksVUFBVSxHQUFHLElBQUk7QUFDbEc7QUFHTyxTQUFTLGdCQUFnQixlQUFnQztBQUM5RCxhQUFPLGdDQUFjLGFBQXFCO0FBQzVDO0FBTU8sTUFBTSxtQkFBbUIsRUFBRSxjQUFjLElBQUkscUJBQXFCLEdBQUc7QUFHckUsU0FBUyxlQUFlLE9BQWtDO0FBQy9ELGFBQU8sMEJBQVksQ0FBQyxZQUFRLGdDQUFZLEVBQUUsTUFBTSxHQUFHLE9BQU8sUUFBUSxDQUFDO0FBQ3JFO0FBRUEsU0FBUyxjQUFjLE1BQWMsU0FBc0IsTUFBeUQ7QUFDbEgsUUFBTSxVQUFVLFFBQVEsU0FBUyxVQUFVLGNBQVUsZ0NBQVksRUFBRSxPQUFPLGlCQUFpQixRQUFRLElBQUk7QUFDdkcsUUFBTSxPQUFPLENBQUMsVUFBNkIsT0FBTyxPQUFPLE9BQU8sRUFBRSxNQUFNLENBQUMsTUFBTSxVQUFVLENBQUMsUUFBUSxDQUFDLEdBQUcsS0FBSyxDQUFDO0FBQzVHLFFBQU0sT0FBTyxRQUFRLFdBQVc7QUFDaEMsUUFBTSxXQUFXLElBQUksUUFBUSxNQUFNO0FBQUEsSUFDakM7QUFBQSxJQUNBO0FBQUEsTUFDRSxRQUFRLEtBQUssUUFBUSxNQUFNO0FBQUE7QUFBQSxNQUUzQixRQUFRLE9BQU8sS0FBSyxXQUFXLEVBQUUsTUFBTSxDQUFDLFdBQVcsR0FBRyxNQUFNLFdBQVcsYUFBYSxFQUFFLElBQUksS0FBSyxRQUFRLE1BQU07QUFBQSxNQUM3RyxRQUFRLFFBQVEsVUFBVSxRQUFRLFNBQVMsS0FBSyxRQUFRLE1BQU0sQ0FBQztBQUFBLE1BQy9ELE9BQU8sUUFBUSxjQUFjLE1BQU0sZUFBZTtBQUFBLE1BQ2xELFVBQVUsUUFBUTtBQUFBLE1BQ2xCLGFBQWE7QUFBQSxNQUNiLHdCQUF3QjtBQUFBLE1BQ3hCLFNBQVMsUUFBUSxNQUFNLFFBQVE7QUFBQSxJQUNqQztBQUFBLElBQ0E7QUFBQSxFQUNGO0FBQ0EsU0FBTyxFQUFFLFVBQVUsUUFBUSxTQUFTLE9BQU87QUFDN0M7QUFFQSxNQUFNLGNBQWMsQ0FBQyxXQUFXLFdBQVcsUUFBUTtBQUNuRCxNQUFNLGdCQUFnQjtBQUV0QixTQUFTLE1BQ1AsTUFDQSxTQUNBLE1BQ3FCO0FBQ3JCLFFBQU0sRUFBRSxJQUFJLElBQUk7QUFDaEIsUUFBTSxVQUFVLFFBQVEsU0FBUyxVQUFVLFVBQVUsSUFBSSxZQUFZLGlCQUFpQixRQUFRLElBQUk7QUFDbEcsUUFBTSxTQUFTLElBQUksS0FBSyxNQUFNLENBQUMsU0FBVSxPQUFPLENBQUMsUUFBUSxJQUFJLElBQUksQ0FBQyxDQUFFO0FBQ3BFLFFBQU0sT0FBTyxDQUFDLFVBQ1osT0FBTyxJQUFJLENBQUMsUUFBUSxPQUFPLENBQUMsRUFBRSxNQUFNLENBQUMsQ0FBQyxPQUFPLENBQUMsTUFBTSxVQUFVLENBQUMsR0FBRyxPQUFPLFFBQVEsQ0FBQyxHQUFHLEtBQUssQ0FBQztBQUM3RixRQUFNLFdBQVcsSUFBSSxRQUFRLE9BQU87QUFBQSxJQUNsQztBQUFBLElBQ0E7QUFBQSxNQUNFLFlBQVksSUFBSTtBQUFBLE1BQ2hCLFFBQVEsS0FBSyxRQUFRLE1BQU07QUFBQSxNQUMzQixRQUFRLEtBQUssUUFBUSxXQUFXLFdBQVcsY0FBYyxRQUFRLE1BQU07QUFBQSxNQUN2RSxRQUFRLFFBQVEsVUFBVSxRQUFRLFNBQVMsS0FBSyxRQUFRLE1BQU0sR0FBRyxNQUFNO0FBQUEsTUFDdkUsT0FBTyxRQUFRLGNBQWMsTUFBTSxlQUFlO0FBQUEsTUFDbEQsVUFBVSxRQUFRO0FBQUE7QUFBQSxNQUVsQix3QkFBd0I7QUFBQSxNQUN4QixTQUFTLFFBQVEsT0FBTyxRQUFRO0FBQUEsSUFDbEM7QUFBQSxJQUNBO0FBQUEsRUFDRjtBQUNBLFNBQU8sRUFBRSxVQUFVLFFBQVEsU0FBUyxPQUFPO0FBQzdDO0FBRUEsU0FBUyxpQkFBaUIsTUFBMEM7QUFDbEUsU0FBTyxLQUFLLGVBQWUsTUFBTSxDQUFDLGNBQWMsR0FBRyxTQUFTLHFCQUFxQjtBQUNuRjtBQUVBLFNBQVMsVUFBVSxPQUEwQixPQUFrQztBQUM3RSxhQUFPLDBCQUFZLENBQUMsR0FBRyxPQUFPLEdBQUcsT0FBTyxRQUFRLENBQUM7QUFDbkQ7QUFHQSxTQUFTLFFBQ1AsU0FDQSxNQUNBLFNBQWlDLENBQUMsR0FDWDtBQUN2QixNQUFJLFFBQVEsU0FBUyxVQUFVLFFBQVMsUUFBTztBQUMvQyxTQUFPLE9BQ0osSUFBSSxDQUFDLFFBQVEsaUJBQWlCLFFBQVEsSUFBSSxHQUFHLElBQUksQ0FBQyxFQUNsRCxNQUFNLENBQUMsQ0FBQyxPQUFPLFNBQVMsTUFBTSxNQUFNLE9BQUcsMEJBQVksQ0FBQyxHQUFHLE9BQU8sUUFBUSxLQUFLLE1BQU0sT0FBTyxDQUFDLENBQUMsT0FBTyxNQUFNLEVBQUU7QUFDOUc7IiwKICAibmFtZXMiOiBbXQp9Cg==
