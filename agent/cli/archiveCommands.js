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
var archiveCommands_exports = {};
__export(archiveCommands_exports, {
  addArchiveCommands: () => addArchiveCommands
});
module.exports = __toCommonJS(archiveCommands_exports);
var import_catalog = require("../archive/catalog");
var import_open = require("../archive/open");
var import_plan = require("../commands/plan");
var import_verify = require("../commands/verify");
var import_context = require("../context");
var import_mistakes = require("../../model/mistakes");
var import_errors = require("../run/errors");
var import_steps = require("../run/steps");
var import_parse = require("../../model/parse");
var import_specs = require("../../model/specs");
var import_output = require("./output");
var import_spec = require("./spec");
async function archiveOf(flags, options) {
  const { archive, offsite, cluster } = flags;
  if (archive === void 0 && offsite === void 0) return (await (0, import_context.loadConfig)(options.config)).archive;
  if (cluster === void 0) {
    const remedy = "Name the cluster as in the archive's first folder: --cluster prod.";
    throw new import_mistakes.InputError("The archive cannot be opened", [
      { path: "--cluster", problem: "is missing", received: void 0, remedy }
    ]);
  }
  const location = archive ?? `${offsite}.primary-is-lost`;
  const away = offsite === void 0 ? void 0 : { kind: "directory", location: offsite };
  return { kind: "directory", clusterId: cluster, location, offsite: away };
}
function withArchive(command) {
  return command.option("--archive <folder>", "the archive, where there is no agent's configuration").option("--offsite <folder>", "the off-site archive, likewise").option("--cluster <id>", "the cluster's name in the archive, likewise");
}
function addArchiveCommands(program, run, options) {
  withArchive(program.command("list").description("every backup with its place, index, size, age and state")).action(
    (flags) => run("list", async () => {
      const spec = await archiveOf(flags, options());
      const places = await (0, import_open.openReachable)(spec);
      const catalog = await (0, import_catalog.readCatalog)(spec.clusterId, places);
      const now = await places[0]?.archive.now() ?? /* @__PURE__ */ new Date();
      return { result: catalog, text: (0, import_output.catalogTable)(catalog, now) };
    })
  );
  withArchive(
    program.command("verify [backup]").description("hold backups against their manifests; exit code 5 when one is damaged")
  ).option("--depth <depth>", "manifest (all objects are there) or bytes (read every one)", "bytes").action(
    (backupId, flags) => run("verify", async (reporter) => {
      const archive = await archiveOf(flags, options());
      const context = { archive, depth: depthOf(flags.depth), backupId, verdicts: [] };
      await (0, import_steps.runProcedure)(import_verify.verify, context, reporter);
      const good = context.verdicts.every((verdict) => verdict.good);
      const exitCode = good ? import_errors.ExitCode.Done : import_errors.ExitCode.Damaged;
      return { result: { good, verdicts: context.verdicts }, text: (0, import_output.verdictTable)(context.verdicts), exitCode };
    })
  );
  withArchive(program.command("plan [restore-point]").description("what a recovery would do; touches nothing")).option("--recovery-id <id>", "name of the recovery", "look").option("--nodes <ids>", "node ids, the first restores", "node1").addHelpText(
    "after",
    "\nWithout a restore point the specification is read from standard input as JSON (docs/development.md)."
  ).action(
    (restorePoint, flags) => run("plan", async () => {
      const spec = restorePoint === void 0 ? await (0, import_spec.readSpec)(import_specs.planSpecSchema, "plan") : (0, import_parse.parseAs)(
        import_specs.planSpecSchema,
        {
          archive: await archiveOf(flags, options()),
          restorePoint,
          recoveryId: flags.recoveryId,
          nodes: flags.nodes.split(",")
        },
        "The plan cannot be made"
      );
      const resolved = await (0, import_plan.resolve)(spec);
      return { result: resolved, text: resolved.text };
    })
  );
}
function depthOf(text) {
  if (text === "manifest" || text === "bytes") return text;
  throw new import_mistakes.InputError("The backups cannot be verified", [
    { path: "--depth", problem: "is not known", received: text, remedy: "Write manifest or bytes." }
  ]);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  addArchiveCommands
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYXJjaGl2ZUNvbW1hbmRzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBRUEscUJBQTRCO0FBQzVCLGtCQUE4QjtBQUM5QixrQkFBd0I7QUFDeEIsb0JBQTZEO0FBQzdELHFCQUEyQjtBQUMzQixzQkFBMkI7QUFDM0Isb0JBQXlCO0FBQ3pCLG1CQUE2QjtBQUM3QixtQkFBd0I7QUFDeEIsbUJBQStCO0FBQy9CLG9CQUEyQztBQUMzQyxrQkFBeUI7QUFVekIsZUFBZSxVQUFVLE9BQXVCLFNBQThDO0FBQzVGLFFBQU0sRUFBRSxTQUFTLFNBQVMsUUFBUSxJQUFJO0FBQ3RDLE1BQUksWUFBWSxVQUFhLFlBQVksT0FBVyxTQUFRLFVBQU0sMkJBQVcsUUFBUSxNQUFNLEdBQUc7QUFDOUYsTUFBSSxZQUFZLFFBQVc7QUFDekIsVUFBTSxTQUFTO0FBQ2YsVUFBTSxJQUFJLDJCQUFXLGdDQUFnQztBQUFBLE1BQ25ELEVBQUUsTUFBTSxhQUFhLFNBQVMsY0FBYyxVQUFVLFFBQVcsT0FBTztBQUFBLElBQzFFLENBQUM7QUFBQSxFQUNIO0FBRUEsUUFBTSxXQUFXLFdBQVcsR0FBRyxPQUFPO0FBQ3RDLFFBQU0sT0FBTyxZQUFZLFNBQVksU0FBWSxFQUFFLE1BQU0sYUFBc0IsVUFBVSxRQUFRO0FBQ2pHLFNBQU8sRUFBRSxNQUFNLGFBQWEsV0FBVyxTQUFTLFVBQVUsU0FBUyxLQUFLO0FBQzFFO0FBRUEsU0FBUyxZQUFZLFNBQTJCO0FBQzlDLFNBQU8sUUFDSixPQUFPLHNCQUFzQixzREFBc0QsRUFDbkYsT0FBTyxzQkFBc0IsZ0NBQWdDLEVBQzdELE9BQU8sa0JBQWtCLDZDQUE2QztBQUMzRTtBQUdPLFNBQVMsbUJBQW1CLFNBQWtCLEtBQWEsU0FBb0M7QUFDcEcsY0FBWSxRQUFRLFFBQVEsTUFBTSxFQUFFLFlBQVkseURBQXlELENBQUMsRUFBRTtBQUFBLElBQzFHLENBQUMsVUFDQyxJQUFJLFFBQVEsWUFBWTtBQUN0QixZQUFNLE9BQU8sTUFBTSxVQUFVLE9BQU8sUUFBUSxDQUFDO0FBQzdDLFlBQU0sU0FBUyxVQUFNLDJCQUFjLElBQUk7QUFDdkMsWUFBTSxVQUFVLFVBQU0sNEJBQVksS0FBSyxXQUFXLE1BQU07QUFDeEQsWUFBTSxNQUFPLE1BQU0sT0FBTyxDQUFDLEdBQUcsUUFBUSxJQUFJLEtBQU0sb0JBQUksS0FBSztBQUN6RCxhQUFPLEVBQUUsUUFBUSxTQUFTLFVBQU0sNEJBQWEsU0FBUyxHQUFHLEVBQUU7QUFBQSxJQUM3RCxDQUFDO0FBQUEsRUFDTDtBQUVBO0FBQUEsSUFDRSxRQUNHLFFBQVEsaUJBQWlCLEVBQ3pCLFlBQVksdUVBQXVFO0FBQUEsRUFDeEYsRUFDRyxPQUFPLG1CQUFtQiw4REFBOEQsT0FBTyxFQUMvRjtBQUFBLElBQU8sQ0FBQyxVQUE4QixVQUNyQyxJQUFJLFVBQVUsT0FBTyxhQUFhO0FBQ2hDLFlBQU0sVUFBVSxNQUFNLFVBQVUsT0FBTyxRQUFRLENBQUM7QUFDaEQsWUFBTSxVQUF5QixFQUFFLFNBQVMsT0FBTyxRQUFRLE1BQU0sS0FBSyxHQUFHLFVBQVUsVUFBVSxDQUFDLEVBQUU7QUFDOUYsZ0JBQU0sMkJBQWEsc0JBQVEsU0FBUyxRQUFRO0FBQzVDLFlBQU0sT0FBTyxRQUFRLFNBQVMsTUFBTSxDQUFDLFlBQVksUUFBUSxJQUFJO0FBQzdELFlBQU0sV0FBVyxPQUFPLHVCQUFTLE9BQU8sdUJBQVM7QUFDakQsYUFBTyxFQUFFLFFBQVEsRUFBRSxNQUFNLFVBQVUsUUFBUSxTQUFTLEdBQUcsVUFBTSw0QkFBYSxRQUFRLFFBQVEsR0FBRyxTQUFTO0FBQUEsSUFDeEcsQ0FBQztBQUFBLEVBQ0g7QUFFRixjQUFZLFFBQVEsUUFBUSxzQkFBc0IsRUFBRSxZQUFZLDJDQUEyQyxDQUFDLEVBQ3pHLE9BQU8sc0JBQXNCLHdCQUF3QixNQUFNLEVBQzNELE9BQU8saUJBQWlCLGdDQUFnQyxPQUFPLEVBQy9EO0FBQUEsSUFDQztBQUFBLElBQ0E7QUFBQSxFQUNGLEVBQ0M7QUFBQSxJQUFPLENBQUMsY0FBa0MsVUFDekMsSUFBSSxRQUFRLFlBQVk7QUFDdEIsWUFBTSxPQUNKLGlCQUFpQixTQUNiLFVBQU0sc0JBQVMsNkJBQWdCLE1BQU0sUUFDckM7QUFBQSxRQUNFO0FBQUEsUUFDQTtBQUFBLFVBQ0UsU0FBUyxNQUFNLFVBQVUsT0FBTyxRQUFRLENBQUM7QUFBQSxVQUN6QztBQUFBLFVBQ0EsWUFBWSxNQUFNO0FBQUEsVUFDbEIsT0FBTyxNQUFNLE1BQU0sTUFBTSxHQUFHO0FBQUEsUUFDOUI7QUFBQSxRQUNBO0FBQUEsTUFDRjtBQUNOLFlBQU0sV0FBVyxVQUFNLHFCQUFRLElBQUk7QUFDbkMsYUFBTyxFQUFFLFFBQVEsVUFBVSxNQUFNLFNBQVMsS0FBSztBQUFBLElBQ2pELENBQUM7QUFBQSxFQUNIO0FBQ0o7QUFFQSxTQUFTLFFBQVEsTUFBMkI7QUFDMUMsTUFBSSxTQUFTLGNBQWMsU0FBUyxRQUFTLFFBQU87QUFDcEQsUUFBTSxJQUFJLDJCQUFXLGtDQUFrQztBQUFBLElBQ3JELEVBQUUsTUFBTSxXQUFXLFNBQVMsZ0JBQWdCLFVBQVUsTUFBTSxRQUFRLDJCQUEyQjtBQUFBLEVBQ2pHLENBQUM7QUFDSDsiLAogICJuYW1lcyI6IFtdCn0K
