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
var nodeCommands_exports = {};
__export(nodeCommands_exports, {
  addNodeCommands: () => addNodeCommands
});
module.exports = __toCommonJS(nodeCommands_exports);
var import_doctor = require("../commands/doctor");
var import_full = require("../commands/full");
var import_offsite = require("../commands/offsite");
var import_resumeWrites = require("../commands/resumeWrites");
var import_snapshot = require("../commands/snapshot");
var import_status = require("../commands/status");
var import_walPush = require("../commands/walPush");
var import_context = require("../context");
var import_errors = require("../run/errors");
var import_steps = require("../run/steps");
var import_output = require("./output");
function dryRun(procedure) {
  const steps = procedure.steps.map(({ name, title }) => ({ name, title }));
  const text = steps.map((step, index) => `${index + 1}. ${step.name}: ${step.title}`).join("\n");
  return { result: { dryRun: true, command: procedure.name, steps }, text: `${procedure.name} would:
${text}` };
}
function addNodeCommands(program, run, options) {
  const node = async () => (0, import_context.nodeOf)(await (0, import_context.loadConfig)(options().config));
  addBackups(program, run, node);
  program.command("wal-push <path> <name>").description("store one finished WAL segment: what archive_command runs (%p %f)").action(
    (file, segment) => run("wal-push", async (reporter) => {
      const push = { node: await node(), file, segment };
      await (0, import_steps.runProcedure)(import_walPush.walPush, push, reporter);
      return {
        result: { segment, stream: push.stream?.stream, created: push.created },
        text: `${segment} is stored`
      };
    })
  );
  program.command("status").description(
    "age of the newest good backup of each tier and how far the log is archived; exit code 4 when an objective is missed"
  ).action(
    () => run("status", async () => {
      const found = await (0, import_status.status)(await node());
      return { result: found, text: (0, import_output.statusTable)(found), exitCode: found.good ? import_errors.ExitCode.Done : import_errors.ExitCode.World };
    })
  );
  program.command("doctor").description("hold this node against every row of the contract; changes nothing").action(
    () => run("doctor", async () => {
      const checks = await (0, import_doctor.doctor)(await node());
      const good = checks.every((check) => check.good);
      return { result: { good, checks }, text: (0, import_output.doctorTable)(checks), exitCode: good ? import_errors.ExitCode.Done : import_errors.ExitCode.World };
    })
  );
  program.command("resume-writes").description("end pauses that a backup left behind; an operator's own pause stays").option("--expired", "also pauses of other nodes whose time is up", false).option("--watch <lease>", "guard one pause until it ends (started by `full`)").action(
    (flags) => run("resume-writes", async () => {
      const result = await (0, import_resumeWrites.resumeWrites)(await node(), flags);
      const text = result.leases.length === 0 ? "no pause of ours was left" : `ended: ${result.leases.join(", ")}`;
      return { result, text };
    })
  );
}
function addBackups(program, run, node) {
  program.command("snapshot").description("a hot backup: the leader's snapshot").option("--dry-run", "print the steps only", false).action(
    (flags) => run("snapshot", async (reporter) => {
      if (flags.dryRun) return dryRun(import_snapshot.snapshot);
      const context = { node: await node() };
      await (0, import_steps.runProcedure)(import_snapshot.snapshot, context, reporter);
      return backupOutcome(context.run);
    })
  );
  program.command("full").description("a full backup whose pause is as long as the changes").option("--dry-run", "print the steps only", false).action(
    (flags) => run("full", async (reporter) => {
      if (flags.dryRun) return dryRun(import_full.full);
      const context = { node: await node() };
      await (0, import_steps.runProcedure)(import_full.full, context, reporter);
      return backupOutcome(context.run);
    })
  );
  program.command("offsite").description("copy the newest full backup to the off-site archive, complete in itself").option("--dry-run", "print the steps only", false).action(
    (flags) => run("offsite", async (reporter) => {
      if (flags.dryRun) return dryRun(import_offsite.offsite);
      const context = { config: (await node()).config };
      await (0, import_steps.runProcedure)(import_offsite.offsite, context, reporter);
      const { manifest, done } = context;
      const text = `${manifest?.backupId} ${done ? "was off-site already" : "is off-site"} (copy of ${manifest?.source?.backupId})`;
      return {
        result: {
          backupId: manifest?.backupId,
          tier: "offsite",
          source: manifest?.source?.backupId,
          created: done !== true,
          index: manifest?.index
        },
        text
      };
    })
  );
}
function backupOutcome(run) {
  if (run === void 0) throw new Error("the first step makes the run");
  const { backupId, tier, lineage, index, pause, totalEntries, plainBytes, parts } = run;
  const storedBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return {
    result: { backupId, tier, lineage, index, pause, totalEntries, plainBytes, storedBytes },
    text: `${backupId} is good: ${tier}, lineage ${lineage}, up to index ${index.low}`
  };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  addNodeCommands
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibm9kZUNvbW1hbmRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQ0Esb0JBQXVCO0FBQ3ZCLGtCQUF1QztBQUN2QyxxQkFBNkM7QUFDN0MsMEJBQTZCO0FBQzdCLHNCQUErQztBQUMvQyxvQkFBdUI7QUFDdkIscUJBQXNDO0FBQ3RDLHFCQUE4QztBQUM5QyxvQkFBeUI7QUFDekIsbUJBQTZDO0FBQzdDLG9CQUF5QztBQUl6QyxTQUFTLE9BQVUsV0FBa0M7QUFDbkQsUUFBTSxRQUFRLFVBQVUsTUFBTSxJQUFJLENBQUMsRUFBRSxNQUFNLE1BQU0sT0FBTyxFQUFFLE1BQU0sTUFBTSxFQUFFO0FBQ3hFLFFBQU0sT0FBTyxNQUFNLElBQUksQ0FBQyxNQUFNLFVBQVUsR0FBRyxRQUFRLENBQUMsS0FBSyxLQUFLLElBQUksS0FBSyxLQUFLLEtBQUssRUFBRSxFQUFFLEtBQUssSUFBSTtBQUM5RixTQUFPLEVBQUUsUUFBUSxFQUFFLFFBQVEsTUFBTSxTQUFTLFVBQVUsTUFBTSxNQUFNLEdBQUcsTUFBTSxHQUFHLFVBQVUsSUFBSTtBQUFBLEVBQVksSUFBSSxHQUFHO0FBQy9HO0FBR08sU0FBUyxnQkFBZ0IsU0FBa0IsS0FBYSxTQUFvQztBQUNqRyxRQUFNLE9BQU8sZ0JBQTJCLHVCQUFPLFVBQU0sMkJBQVcsUUFBUSxFQUFFLE1BQU0sQ0FBQztBQUNqRixhQUFXLFNBQVMsS0FBSyxJQUFJO0FBRTdCLFVBQ0csUUFBUSx3QkFBd0IsRUFDaEMsWUFBWSxtRUFBbUUsRUFDL0U7QUFBQSxJQUFPLENBQUMsTUFBYyxZQUNyQixJQUFJLFlBQVksT0FBTyxhQUFhO0FBQ2xDLFlBQU0sT0FBZ0IsRUFBRSxNQUFNLE1BQU0sS0FBSyxHQUFHLE1BQU0sUUFBUTtBQUMxRCxnQkFBTSwyQkFBYSx3QkFBUyxNQUFNLFFBQVE7QUFDMUMsYUFBTztBQUFBLFFBQ0wsUUFBUSxFQUFFLFNBQVMsUUFBUSxLQUFLLFFBQVEsUUFBUSxTQUFTLEtBQUssUUFBUTtBQUFBLFFBQ3RFLE1BQU0sR0FBRyxPQUFPO0FBQUEsTUFDbEI7QUFBQSxJQUNGLENBQUM7QUFBQSxFQUNIO0FBRUYsVUFDRyxRQUFRLFFBQVEsRUFDaEI7QUFBQSxJQUNDO0FBQUEsRUFDRixFQUNDO0FBQUEsSUFBTyxNQUNOLElBQUksVUFBVSxZQUFZO0FBQ3hCLFlBQU0sUUFBUSxVQUFNLHNCQUFPLE1BQU0sS0FBSyxDQUFDO0FBQ3ZDLGFBQU8sRUFBRSxRQUFRLE9BQU8sVUFBTSwyQkFBWSxLQUFLLEdBQUcsVUFBVSxNQUFNLE9BQU8sdUJBQVMsT0FBTyx1QkFBUyxNQUFNO0FBQUEsSUFDMUcsQ0FBQztBQUFBLEVBQ0g7QUFFRixVQUNHLFFBQVEsUUFBUSxFQUNoQixZQUFZLG1FQUFtRSxFQUMvRTtBQUFBLElBQU8sTUFDTixJQUFJLFVBQVUsWUFBWTtBQUN4QixZQUFNLFNBQVMsVUFBTSxzQkFBTyxNQUFNLEtBQUssQ0FBQztBQUN4QyxZQUFNLE9BQU8sT0FBTyxNQUFNLENBQUMsVUFBVSxNQUFNLElBQUk7QUFDL0MsYUFBTyxFQUFFLFFBQVEsRUFBRSxNQUFNLE9BQU8sR0FBRyxVQUFNLDJCQUFZLE1BQU0sR0FBRyxVQUFVLE9BQU8sdUJBQVMsT0FBTyx1QkFBUyxNQUFNO0FBQUEsSUFDaEgsQ0FBQztBQUFBLEVBQ0g7QUFFRixVQUNHLFFBQVEsZUFBZSxFQUN2QixZQUFZLHFFQUFxRSxFQUNqRixPQUFPLGFBQWEsK0NBQStDLEtBQUssRUFDeEUsT0FBTyxtQkFBbUIsbURBQW1ELEVBQzdFO0FBQUEsSUFBTyxDQUFDLFVBQ1AsSUFBSSxpQkFBaUIsWUFBWTtBQUMvQixZQUFNLFNBQVMsVUFBTSxrQ0FBYSxNQUFNLEtBQUssR0FBRyxLQUFLO0FBQ3JELFlBQU0sT0FBTyxPQUFPLE9BQU8sV0FBVyxJQUFJLDhCQUE4QixVQUFVLE9BQU8sT0FBTyxLQUFLLElBQUksQ0FBQztBQUMxRyxhQUFPLEVBQUUsUUFBUSxLQUFLO0FBQUEsSUFDeEIsQ0FBQztBQUFBLEVBQ0g7QUFDSjtBQUVBLFNBQVMsV0FBVyxTQUFrQixLQUFhLE1BQWlDO0FBQ2xGLFVBQ0csUUFBUSxVQUFVLEVBQ2xCLFlBQVkscUNBQXFDLEVBQ2pELE9BQU8sYUFBYSx3QkFBd0IsS0FBSyxFQUNqRDtBQUFBLElBQU8sQ0FBQyxVQUNQLElBQUksWUFBWSxPQUFPLGFBQWE7QUFDbEMsVUFBSSxNQUFNLE9BQVEsUUFBTyxPQUFPLHdCQUFRO0FBQ3hDLFlBQU0sVUFBMkIsRUFBRSxNQUFNLE1BQU0sS0FBSyxFQUFFO0FBQ3RELGdCQUFNLDJCQUFhLDBCQUFVLFNBQVMsUUFBUTtBQUM5QyxhQUFPLGNBQWMsUUFBUSxHQUFHO0FBQUEsSUFDbEMsQ0FBQztBQUFBLEVBQ0g7QUFFRixVQUNHLFFBQVEsTUFBTSxFQUNkLFlBQVkscURBQXFELEVBQ2pFLE9BQU8sYUFBYSx3QkFBd0IsS0FBSyxFQUNqRDtBQUFBLElBQU8sQ0FBQyxVQUNQLElBQUksUUFBUSxPQUFPLGFBQWE7QUFDOUIsVUFBSSxNQUFNLE9BQVEsUUFBTyxPQUFPLGdCQUFJO0FBQ3BDLFlBQU0sVUFBdUIsRUFBRSxNQUFNLE1BQU0sS0FBSyxFQUFFO0FBQ2xELGdCQUFNLDJCQUFhLGtCQUFNLFNBQVMsUUFBUTtBQUMxQyxhQUFPLGNBQWMsUUFBUSxHQUFHO0FBQUEsSUFDbEMsQ0FBQztBQUFBLEVBQ0g7QUFFRixVQUNHLFFBQVEsU0FBUyxFQUNqQixZQUFZLHlFQUF5RSxFQUNyRixPQUFPLGFBQWEsd0JBQXdCLEtBQUssRUFDakQ7QUFBQSxJQUFPLENBQUMsVUFDUCxJQUFJLFdBQVcsT0FBTyxhQUFhO0FBQ2pDLFVBQUksTUFBTSxPQUFRLFFBQU8sT0FBTyxzQkFBTztBQUN2QyxZQUFNLFVBQTBCLEVBQUUsU0FBUyxNQUFNLEtBQUssR0FBRyxPQUFPO0FBQ2hFLGdCQUFNLDJCQUFhLHdCQUFTLFNBQVMsUUFBUTtBQUM3QyxZQUFNLEVBQUUsVUFBVSxLQUFLLElBQUk7QUFDM0IsWUFBTSxPQUFPLEdBQUcsVUFBVSxRQUFRLElBQUksT0FBTyx5QkFBeUIsYUFBYSxhQUFhLFVBQVUsUUFBUSxRQUFRO0FBQzFILGFBQU87QUFBQSxRQUNMLFFBQVE7QUFBQSxVQUNOLFVBQVUsVUFBVTtBQUFBLFVBQ3BCLE1BQU07QUFBQSxVQUNOLFFBQVEsVUFBVSxRQUFRO0FBQUEsVUFDMUIsU0FBUyxTQUFTO0FBQUEsVUFDbEIsT0FBTyxVQUFVO0FBQUEsUUFDbkI7QUFBQSxRQUNBO0FBQUEsTUFDRjtBQUFBLElBQ0YsQ0FBQztBQUFBLEVBQ0g7QUFDSjtBQUVBLFNBQVMsY0FBYyxLQUFrQztBQUN2RCxNQUFJLFFBQVEsT0FBVyxPQUFNLElBQUksTUFBTSw4QkFBOEI7QUFDckUsUUFBTSxFQUFFLFVBQVUsTUFBTSxTQUFTLE9BQU8sT0FBTyxjQUFjLFlBQVksTUFBTSxJQUFJO0FBQ25GLFFBQU0sY0FBYyxNQUFNLE9BQU8sQ0FBQyxLQUFLLFNBQVMsTUFBTSxLQUFLLE9BQU8sQ0FBQztBQUNuRSxTQUFPO0FBQUEsSUFDTCxRQUFRLEVBQUUsVUFBVSxNQUFNLFNBQVMsT0FBTyxPQUFPLGNBQWMsWUFBWSxZQUFZO0FBQUEsSUFDdkYsTUFBTSxHQUFHLFFBQVEsYUFBYSxJQUFJLGFBQWEsT0FBTyxpQkFBaUIsTUFBTSxHQUFHO0FBQUEsRUFDbEY7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
