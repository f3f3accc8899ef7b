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
var hostCommands_exports = {};
__export(hostCommands_exports, {
  addHostCommands: () => addHostCommands
});
module.exports = __toCommonJS(hostCommands_exports);
var import_node_path = __toESM(require("node:path"));
var import_mistakes = require("../../model/mistakes");
var import_specs = require("../../model/specs");
var import_open = require("../archive/open");
var import_install = require("../commands/install");
var import_node = require("../commands/node");
var import_context = require("../context");
var import_accept = require("../restore/accept");
var import_first = require("../restore/first");
var import_join = require("../restore/join");
var import_status = require("../restore/status");
var import_steps = require("../run/steps");
var import_spec = require("./spec");
function outcome(result) {
  const text = Object.entries(result).map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`).join("\n");
  return { result, text };
}
function addHostCommands(program, run, options) {
  program.command("archive-create").description("make a folder a cluster's archive, or find that it is one (specification on standard input)").action(
    () => run("archive-create", async () => {
      const { archive, clusterId, role } = await (0, import_spec.readSpec)(import_specs.archiveCreateSchema, "archive-create");
      return outcome({ location: archive.location, role, created: await (0, import_open.createArchive)(archive, clusterId, role) });
    })
  );
  addNodes(program, run);
  addInstallation(program, run);
  addRestore(program, run, options);
}
function addNodes(program, run) {
  const add = (procedure, description) => {
    program.command(procedure.name).description(`${description} (specification on standard input)`).action(
      () => run(procedure.name, async (reporter) => {
        const context = (0, import_node.nodeContext)(await (0, import_spec.readSpec)(import_specs.nodeSpecSchema, procedure.name));
        await (0, import_steps.runProcedure)(procedure, context, reporter);
        return outcome(context.result);
      })
    );
  };
  add(import_node.nodeCreate, "make and start a node of kind process");
  add(import_node.nodeDelete, "stop a node of kind process; deletes no data");
}
function addInstallation(program, run) {
  const perform = (procedure, turn) => run(procedure.name, async (reporter) => {
    const context = (0, import_install.installContext)(await (0, import_spec.readSpec)(import_specs.installSpecSchema, procedure.name));
    await (0, import_steps.runProcedure)(procedure, { ...context, turn }, reporter);
    return outcome(context.result);
  });
  program.command("install").description("install the agent and its WAL configuration on this host (specification on standard input)").action(() => perform(import_install.install));
  program.command("rollout").description("restart the node if its configuration changed (specification on standard input)").requiredOption("--turn <turn>", "follower: not if it leads; last: in any case").action((flags) => perform(import_install.rollout, turnOf(flags.turn)));
  program.command("uninstall").description(
    "take the agent off this host unless a later generation is installed (specification on standard input)"
  ).action(() => perform(import_install.uninstall));
}
function turnOf(text) {
  if (text === "follower" || text === "last") return text;
  const remedy = "Write follower or last.";
  throw new import_mistakes.InputError("The node cannot be restarted", [
    { path: "--turn", problem: "is not known", received: text, remedy }
  ]);
}
const phases = {
  first: import_first.restoreFirst,
  join: import_join.restoreJoin,
  release: import_accept.restoreRelease,
  base: import_accept.restoreBase,
  accept: import_accept.restoreAccept,
  status: import_status.restoreStatus
};
function addRestore(program, run, options) {
  program.command("restore").description("one phase of a recovery on this node (specification on standard input)").requiredOption("--phase <phase>", Object.keys(phases).join(", ")).option("--dry-run", "print the steps only", false).action(
    (flags) => run("restore", async (reporter) => {
      const procedure = phases[flags.phase];
      if (procedure === void 0) {
        const remedy = `Write one of: ${Object.keys(phases).join(", ")}.`;
        const mistake = { path: "--phase", problem: "is not known", received: flags.phase, remedy };
        throw new import_mistakes.InputError("The recovery cannot go on", [mistake]);
      }
      if (flags.dryRun)
        return outcome({ dryRun: true, steps: procedure.steps.map(({ name, title }) => ({ name, title })) });
      const spec = await (0, import_spec.readSpec)(import_specs.restoreSpecSchema, "restore");
      return outcome(await performPhase(procedure, spec, { reporter, options: options() }));
    })
  );
}
async function performPhase(procedure, spec, { reporter, options }) {
  const node = (0, import_context.nodeOf)(await (0, import_context.loadConfig)(import_node_path.default.resolve(options.config)));
  const result = { recoveryId: spec.plan.recoveryId, nodeId: spec.node };
  const context = { node, spec, reporter, began: performance.now(), result };
  await (0, import_steps.runProcedure)(procedure, context, reporter);
  return context.result;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  addHostCommands
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaG9zdENvbW1hbmRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUNBLHVCQUFpQjtBQUNqQixzQkFBMkI7QUFDM0IsbUJBTU87QUFDUCxrQkFBOEI7QUFDOUIscUJBQWlGO0FBQ2pGLGtCQUFzRTtBQUN0RSxxQkFBbUM7QUFDbkMsb0JBQTJEO0FBRTNELG1CQUE2QjtBQUM3QixrQkFBNEI7QUFDNUIsb0JBQThCO0FBRTlCLG1CQUE2QztBQUM3QyxrQkFBeUI7QUFHekIsU0FBUyxRQUFRLFFBQTBDO0FBQ3pELFFBQU0sT0FBTyxPQUFPLFFBQVEsTUFBTSxFQUMvQixJQUFJLENBQUMsQ0FBQyxLQUFLLEtBQUssTUFBTSxHQUFHLEdBQUcsS0FBSyxPQUFPLFVBQVUsV0FBVyxRQUFRLEtBQUssVUFBVSxLQUFLLENBQUMsRUFBRSxFQUM1RixLQUFLLElBQUk7QUFDWixTQUFPLEVBQUUsUUFBUSxLQUFLO0FBQ3hCO0FBR08sU0FBUyxnQkFBZ0IsU0FBa0IsS0FBYSxTQUFvQztBQUNqRyxVQUNHLFFBQVEsZ0JBQWdCLEVBQ3hCLFlBQVksNkZBQTZGLEVBQ3pHO0FBQUEsSUFBTyxNQUNOLElBQUksa0JBQWtCLFlBQVk7QUFDaEMsWUFBTSxFQUFFLFNBQVMsV0FBVyxLQUFLLElBQUksVUFBTSxzQkFBUyxrQ0FBcUIsZ0JBQWdCO0FBQ3pGLGFBQU8sUUFBUSxFQUFFLFVBQVUsUUFBUSxVQUFVLE1BQU0sU0FBUyxVQUFNLDJCQUFjLFNBQVMsV0FBVyxJQUFJLEVBQUUsQ0FBQztBQUFBLElBQzdHLENBQUM7QUFBQSxFQUNIO0FBRUYsV0FBUyxTQUFTLEdBQUc7QUFDckIsa0JBQWdCLFNBQVMsR0FBRztBQUM1QixhQUFXLFNBQVMsS0FBSyxPQUFPO0FBQ2xDO0FBRUEsU0FBUyxTQUFTLFNBQWtCLEtBQW1CO0FBQ3JELFFBQU0sTUFBTSxDQUFDLFdBQW1DLGdCQUE4QjtBQUM1RSxZQUNHLFFBQVEsVUFBVSxJQUFJLEVBQ3RCLFlBQVksR0FBRyxXQUFXLG9DQUFvQyxFQUM5RDtBQUFBLE1BQU8sTUFDTixJQUFJLFVBQVUsTUFBTSxPQUFPLGFBQWE7QUFDdEMsY0FBTSxjQUFVLHlCQUFZLFVBQU0sc0JBQVMsNkJBQWdCLFVBQVUsSUFBSSxDQUFDO0FBQzFFLGtCQUFNLDJCQUFhLFdBQVcsU0FBUyxRQUFRO0FBQy9DLGVBQU8sUUFBUSxRQUFRLE1BQU07QUFBQSxNQUMvQixDQUFDO0FBQUEsSUFDSDtBQUFBLEVBQ0o7QUFDQSxNQUFJLHdCQUFZLHVDQUF1QztBQUN2RCxNQUFJLHdCQUFZLDhDQUE4QztBQUNoRTtBQUVBLFNBQVMsZ0JBQWdCLFNBQWtCLEtBQW1CO0FBQzVELFFBQU0sVUFBVSxDQUFDLFdBQXNDLFNBQ3JELElBQUksVUFBVSxNQUFNLE9BQU8sYUFBYTtBQUN0QyxVQUFNLGNBQVUsK0JBQWUsVUFBTSxzQkFBUyxnQ0FBbUIsVUFBVSxJQUFJLENBQUM7QUFDaEYsY0FBTSwyQkFBYSxXQUFXLEVBQUUsR0FBRyxTQUFTLEtBQUssR0FBRyxRQUFRO0FBQzVELFdBQU8sUUFBUSxRQUFRLE1BQU07QUFBQSxFQUMvQixDQUFDO0FBQ0gsVUFDRyxRQUFRLFNBQVMsRUFDakIsWUFBWSw0RkFBNEYsRUFDeEcsT0FBTyxNQUFNLFFBQVEsc0JBQU8sQ0FBQztBQUNoQyxVQUNHLFFBQVEsU0FBUyxFQUNqQixZQUFZLGlGQUFpRixFQUM3RixlQUFlLGlCQUFpQiw4Q0FBOEMsRUFDOUUsT0FBTyxDQUFDLFVBQTRCLFFBQVEsd0JBQVMsT0FBTyxNQUFNLElBQUksQ0FBQyxDQUFDO0FBQzNFLFVBQ0csUUFBUSxXQUFXLEVBQ25CO0FBQUEsSUFDQztBQUFBLEVBQ0YsRUFDQyxPQUFPLE1BQU0sUUFBUSx3QkFBUyxDQUFDO0FBQ3BDO0FBRUEsU0FBUyxPQUFPLE1BQW1DO0FBQ2pELE1BQUksU0FBUyxjQUFjLFNBQVMsT0FBUSxRQUFPO0FBQ25ELFFBQU0sU0FBUztBQUNmLFFBQU0sSUFBSSwyQkFBVyxnQ0FBZ0M7QUFBQSxJQUNuRCxFQUFFLE1BQU0sVUFBVSxTQUFTLGdCQUFnQixVQUFVLE1BQU0sT0FBTztBQUFBLEVBQ3BFLENBQUM7QUFDSDtBQUVBLE1BQU0sU0FBbUQ7QUFBQSxFQUN2RCxPQUFPO0FBQUEsRUFDUCxNQUFNO0FBQUEsRUFDTixTQUFTO0FBQUEsRUFDVCxNQUFNO0FBQUEsRUFDTixRQUFRO0FBQUEsRUFDUixRQUFRO0FBQ1Y7QUFFQSxTQUFTLFdBQVcsU0FBa0IsS0FBYSxTQUFvQztBQUNyRixVQUNHLFFBQVEsU0FBUyxFQUNqQixZQUFZLHdFQUF3RSxFQUNwRixlQUFlLG1CQUFtQixPQUFPLEtBQUssTUFBTSxFQUFFLEtBQUssSUFBSSxDQUFDLEVBQ2hFLE9BQU8sYUFBYSx3QkFBd0IsS0FBSyxFQUNqRDtBQUFBLElBQU8sQ0FBQyxVQUNQLElBQUksV0FBVyxPQUFPLGFBQWE7QUFDakMsWUFBTSxZQUFZLE9BQU8sTUFBTSxLQUFLO0FBQ3BDLFVBQUksY0FBYyxRQUFXO0FBQzNCLGNBQU0sU0FBUyxpQkFBaUIsT0FBTyxLQUFLLE1BQU0sRUFBRSxLQUFLLElBQUksQ0FBQztBQUM5RCxjQUFNLFVBQVUsRUFBRSxNQUFNLFdBQVcsU0FBUyxnQkFBZ0IsVUFBVSxNQUFNLE9BQU8sT0FBTztBQUMxRixjQUFNLElBQUksMkJBQVcsNkJBQTZCLENBQUMsT0FBTyxDQUFDO0FBQUEsTUFDN0Q7QUFDQSxVQUFJLE1BQU07QUFDUixlQUFPLFFBQVEsRUFBRSxRQUFRLE1BQU0sT0FBTyxVQUFVLE1BQU0sSUFBSSxDQUFDLEVBQUUsTUFBTSxNQUFNLE9BQU8sRUFBRSxNQUFNLE1BQU0sRUFBRSxFQUFFLENBQUM7QUFDckcsWUFBTSxPQUFPLFVBQU0sc0JBQVMsZ0NBQW1CLFNBQVM7QUFDeEQsYUFBTyxRQUFRLE1BQU0sYUFBYSxXQUFXLE1BQU0sRUFBRSxVQUFVLFNBQVMsUUFBUSxFQUFFLENBQUMsQ0FBQztBQUFBLElBQ3RGLENBQUM7QUFBQSxFQUNIO0FBQ0o7QUFFQSxlQUFlLGFBQ2IsV0FDQSxNQUNBLEVBQUUsVUFBVSxRQUFRLEdBQ2M7QUFDbEMsUUFBTSxXQUFPLHVCQUFPLFVBQU0sMkJBQVcsaUJBQUFBLFFBQUssUUFBUSxRQUFRLE1BQU0sQ0FBQyxDQUFDO0FBQ2xFLFFBQU0sU0FBUyxFQUFFLFlBQVksS0FBSyxLQUFLLFlBQVksUUFBUSxLQUFLLEtBQUs7QUFDckUsUUFBTSxVQUF5QixFQUFFLE1BQU0sTUFBTSxVQUFVLE9BQU8sWUFBWSxJQUFJLEdBQUcsT0FBTztBQUN4RixZQUFNLDJCQUFhLFdBQVcsU0FBUyxRQUFRO0FBQy9DLFNBQU8sUUFBUTtBQUNqQjsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
