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
var full_exports = {};
__export(full_exports, {
  full: () => full
});
module.exports = __toCommonJS(full_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_tier = require("../../model/tier");
var import_units = require("../../model/units");
var import_steps = require("../backup/steps");
var import_claims = require("../claims");
var import_files = require("../host/files");
var import_tree = require("../host/tree");
var import_pause = require("../pause");
var import_errors = require("../run/errors");
var import_scratch = require("../database/scratch");
const full = {
  name: "full",
  steps: [
    {
      name: "begin",
      title: "find the leader and the archive",
      async run(context) {
        context.run = await (0, import_steps.beginBackup)(context.node, import_tier.Tier.Full);
        await (0, import_pause.endLocalPauses)(context.node, context.run.archive);
      }
    },
    import_steps.claim,
    import_steps.anchors,
    { name: "first-pass", title: "copy the store while writes go on", run: firstPass },
    { name: "guard", title: "set up what resumes writes if we die", run: guard },
    { name: "pause", title: "pause writes", run: pause },
    { name: "snapshot", title: "take a snapshot of the resting cluster", run: snapshotUnderPause },
    { name: "second-pass", title: "bring the copy up to date", run: secondPass },
    { name: "recheck", title: "check that nothing moved meanwhile", run: recheck },
    { name: "resume", title: "resume writes", run: resume },
    { name: "verify-copy", title: "verify the copy's checksums", run: verifyCopy },
    import_steps.pack,
    import_steps.walArrived,
    import_steps.readBack,
    import_steps.manifest
  ],
  async settle(context) {
    await endOwnPause(context);
    await context.pauseClaim?.release();
    await (0, import_steps.settleBackup)(context);
  }
};
const smallPassBytes = 16 * 1024 * 1024;
const maxPasses = 4;
function dataTree(run) {
  return import_node_path.default.join(run.tree, "data");
}
async function firstPass(context, control) {
  const run = (0, import_steps.runOf)(context);
  await checkSpace(context.node);
  await (0, import_files.makeDirectory)(dataTree(run));
  context.store = new import_tree.TreeCopy(context.node.paths.store, import_node_path.default.join(dataTree(run), "store"));
  let previous = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const { bytes } = await context.store.pass((done) => control.progress(done));
    await control.point();
    if (bytes < smallPassBytes || bytes > previous / 2) return;
    previous = bytes;
  }
}
async function checkSpace(node) {
  const sizes = await Promise.all([node.paths.store, node.paths.snapshots].map(import_files.walkTree));
  const needed = sizes.flat().reduce((sum, file) => sum + (file.stats.isFile() ? file.stats.size : 0), 0);
  const free = await (0, import_files.freeBytes)(node.paths.work);
  const reserve = node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < needed + reserve) {
    throw new import_errors.WorldFault(
      `${node.paths.work} has ${(0, import_units.formatBytes)(free)} free; a full backup needs ${(0, import_units.formatBytes)(needed)} for its copy and leaves ${(0, import_units.formatBytes)(reserve)} to the database. Free space, or lower policy.wal.freeSpaceAlarmMebibytes.`
    );
  }
}
async function guard(context) {
  const run = (0, import_steps.runOf)(context);
  const { clusterId } = context.node.config.archive;
  const seconds = context.node.config.policy.full.maxPauseSeconds;
  context.pauseClaim = await (0, import_claims.takeClaim)(run.archive, clusterId, {
    name: "pause",
    node: context.node.config.node.id,
    timeToLiveSeconds: seconds + 60
  });
  context.guard = await (0, import_pause.guardPause)(context.node, run.archive);
}
async function pause(context, control) {
  context.paused = true;
  context.pausedFrom = Date.now();
  await context.node.admin.mustRun(["pause-writes"], { timeoutSeconds: import_pause.lateLandingSeconds });
  context.landed = true;
  await control.point();
}
const maxSnapshots = 5;
async function snapshotUnderPause(context, control) {
  const run = (0, import_steps.runOf)(context);
  const counting = context.node.admin.totalEntries();
  counting.catch(() => void 0);
  for (let attempt = 0; attempt < maxSnapshots; attempt += 1) {
    await (0, import_steps.takeSnapshot)(run, control);
    const { snapshotIndex, appliedIndex, commitIndex } = await context.node.http.metrics();
    if (snapshotIndex === commitIndex && appliedIndex === commitIndex) {
      run.index = { low: commitIndex, high: commitIndex };
      run.totalEntries = await counting;
      context.frozen = await stateOf(context, run.totalEntries);
      return;
    }
  }
  throw new import_errors.WorldFault("the log went on although writes were paused: the backup is void. Is another program writing?");
}
async function stateOf(context, totalEntries) {
  const { term, role, commitIndex, appliedIndex, snapshotIndex } = await context.node.http.metrics();
  return JSON.stringify({ term, role, commitIndex, appliedIndex, snapshotIndex, totalEntries });
}
async function secondPass(context, control) {
  const run = (0, import_steps.runOf)(context);
  await context.store?.pass((done) => control.progress(done));
  await control.point();
  const index = await (0, import_steps.copySnapshot)(run, import_node_path.default.join(dataTree(run), "raft", "snapshots"));
  if (index !== run.index.high)
    throw new import_errors.WorldFault(`the newest snapshot covers ${index}, not ${run.index.high}: void`);
  await (0, import_files.makeDirectory)(import_node_path.default.join(run.tree, "config"));
  await (0, import_promises.copyFile)(context.node.config.node.configFile, import_node_path.default.join(run.tree, "config", "config.toml"));
}
async function recheck(context) {
  const run = (0, import_steps.runOf)(context);
  await (0, import_steps.endOfCopy)(run);
  const now = await stateOf(context, await context.node.admin.totalEntries());
  if (now !== context.frozen) {
    throw new import_errors.WorldFault(
      `the node moved under the pause: ${context.frozen} became ${now}. Backup ${run.backupId} is void.`
    );
  }
  if (context.guard?.inForce() !== true) {
    const { maxPauseSeconds } = context.node.config.policy.full;
    throw new import_errors.WorldFault(
      `the copy took longer than the policy's longest pause of ${maxPauseSeconds} s: the backup is void`
    );
  }
}
async function resume(context, control) {
  const from = context.pausedFrom ?? Date.now();
  await control.point();
  await endOwnPause(context);
  const until = Date.now();
  const seconds = (until - from) / 1e3;
  (0, import_steps.runOf)(context).pause = { from: new Date(from).toISOString(), until: new Date(until).toISOString(), seconds };
  control.note(`writes rested for ${(0, import_units.formatSeconds)(seconds)}`);
  await context.pauseClaim?.release();
  context.pauseClaim = void 0;
}
async function endOwnPause(context) {
  if (context.guard === void 0) return;
  if (context.paused === true) await (0, import_pause.resumeUntilDone)(context.node, Date.now() + 6e4);
  if (context.landed === true || context.paused !== true) await context.guard.release();
  context.guard = void 0;
  context.paused = false;
}
async function verifyCopy(context) {
  const run = (0, import_steps.runOf)(context);
  const configFile = await (0, import_scratch.scratchConfig)(context.node, {
    directory: import_node_path.default.join(run.work, "verify"),
    dataDirectory: dataTree(run)
  });
  const { code, stderr } = await context.node.admin.withConfig(configFile).run(["verify-checksums"], { timeoutSeconds: 3600 });
  if (code !== 0) throw new import_errors.Damaged(`the frozen copy fails verify-checksums: ${stderr.trim()}. The backup is void.`);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  full
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZnVsbC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxzQkFBeUI7QUFDekIsdUJBQWlCO0FBQ2pCLGtCQUFxQjtBQUNyQixtQkFBMkM7QUFDM0MsbUJBY087QUFFUCxvQkFBc0M7QUFFdEMsbUJBQW1EO0FBQ25ELGtCQUF5QjtBQUN6QixtQkFBaUc7QUFDakcsb0JBQW9DO0FBRXBDLHFCQUE4QjtBQWlCdkIsTUFBTSxPQUErQjtBQUFBLEVBQzFDLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMO0FBQUEsTUFDRSxNQUFNO0FBQUEsTUFDTixPQUFPO0FBQUEsTUFDUCxNQUFNLElBQUksU0FBUztBQUNqQixnQkFBUSxNQUFNLFVBQU0sMEJBQVksUUFBUSxNQUFNLGlCQUFLLElBQUk7QUFDdkQsa0JBQU0sNkJBQWUsUUFBUSxNQUFNLFFBQVEsSUFBSSxPQUFPO0FBQUEsTUFDeEQ7QUFBQSxJQUNGO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBLEVBQUUsTUFBTSxjQUFjLE9BQU8scUNBQXFDLEtBQUssVUFBVTtBQUFBLElBQ2pGLEVBQUUsTUFBTSxTQUFTLE9BQU8sd0NBQXdDLEtBQUssTUFBTTtBQUFBLElBQzNFLEVBQUUsTUFBTSxTQUFTLE9BQU8sZ0JBQWdCLEtBQUssTUFBTTtBQUFBLElBQ25ELEVBQUUsTUFBTSxZQUFZLE9BQU8sMENBQTBDLEtBQUssbUJBQW1CO0FBQUEsSUFDN0YsRUFBRSxNQUFNLGVBQWUsT0FBTyw2QkFBNkIsS0FBSyxXQUFXO0FBQUEsSUFDM0UsRUFBRSxNQUFNLFdBQVcsT0FBTyxzQ0FBc0MsS0FBSyxRQUFRO0FBQUEsSUFDN0UsRUFBRSxNQUFNLFVBQVUsT0FBTyxpQkFBaUIsS0FBSyxPQUFPO0FBQUEsSUFDdEQsRUFBRSxNQUFNLGVBQWUsT0FBTywrQkFBK0IsS0FBSyxXQUFXO0FBQUEsSUFDN0U7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxFQUNGO0FBQUEsRUFDQSxNQUFNLE9BQU8sU0FBUztBQUNwQixVQUFNLFlBQVksT0FBTztBQUN6QixVQUFNLFFBQVEsWUFBWSxRQUFRO0FBQ2xDLGNBQU0sMkJBQWEsT0FBTztBQUFBLEVBQzVCO0FBQ0Y7QUFHQSxNQUFNLGlCQUFpQixLQUFLLE9BQU87QUFDbkMsTUFBTSxZQUFZO0FBRWxCLFNBQVMsU0FBUyxLQUF3QjtBQUN4QyxTQUFPLGlCQUFBQSxRQUFLLEtBQUssSUFBSSxNQUFNLE1BQU07QUFDbkM7QUFFQSxlQUFlLFVBQVUsU0FBc0IsU0FBcUM7QUFDbEYsUUFBTSxVQUFNLG9CQUFNLE9BQU87QUFDekIsUUFBTSxXQUFXLFFBQVEsSUFBSTtBQUM3QixZQUFNLDRCQUFjLFNBQVMsR0FBRyxDQUFDO0FBQ2pDLFVBQVEsUUFBUSxJQUFJLHFCQUFTLFFBQVEsS0FBSyxNQUFNLE9BQU8saUJBQUFBLFFBQUssS0FBSyxTQUFTLEdBQUcsR0FBRyxPQUFPLENBQUM7QUFDeEYsTUFBSSxXQUFXLE9BQU87QUFDdEIsV0FBUyxPQUFPLEdBQUcsT0FBTyxXQUFXLFFBQVEsR0FBRztBQUM5QyxVQUFNLEVBQUUsTUFBTSxJQUFJLE1BQU0sUUFBUSxNQUFNLEtBQUssQ0FBQyxTQUFTLFFBQVEsU0FBUyxJQUFJLENBQUM7QUFDM0UsVUFBTSxRQUFRLE1BQU07QUFDcEIsUUFBSSxRQUFRLGtCQUFrQixRQUFRLFdBQVcsRUFBRztBQUNwRCxlQUFXO0FBQUEsRUFDYjtBQUNGO0FBR0EsZUFBZSxXQUFXLE1BQTJCO0FBQ25ELFFBQU0sUUFBUSxNQUFNLFFBQVEsSUFBSSxDQUFDLEtBQUssTUFBTSxPQUFPLEtBQUssTUFBTSxTQUFTLEVBQUUsSUFBSSxxQkFBUSxDQUFDO0FBQ3RGLFFBQU0sU0FBUyxNQUFNLEtBQUssRUFBRSxPQUFPLENBQUMsS0FBSyxTQUFTLE9BQU8sS0FBSyxNQUFNLE9BQU8sSUFBSSxLQUFLLE1BQU0sT0FBTyxJQUFJLENBQUM7QUFDdEcsUUFBTSxPQUFPLFVBQU0sd0JBQVUsS0FBSyxNQUFNLElBQUk7QUFDNUMsUUFBTSxVQUFVLEtBQUssT0FBTyxPQUFPLElBQUksMEJBQTBCLE9BQU87QUFDeEUsTUFBSSxPQUFPLFNBQVMsU0FBUztBQUMzQixVQUFNLElBQUk7QUFBQSxNQUNSLEdBQUcsS0FBSyxNQUFNLElBQUksWUFBUSwwQkFBWSxJQUFJLENBQUMsa0NBQThCLDBCQUFZLE1BQU0sQ0FBQyxnQ0FBNEIsMEJBQVksT0FBTyxDQUFDO0FBQUEsSUFDOUk7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxlQUFlLE1BQU0sU0FBcUM7QUFDeEQsUUFBTSxVQUFNLG9CQUFNLE9BQU87QUFDekIsUUFBTSxFQUFFLFVBQVUsSUFBSSxRQUFRLEtBQUssT0FBTztBQUMxQyxRQUFNLFVBQVUsUUFBUSxLQUFLLE9BQU8sT0FBTyxLQUFLO0FBQ2hELFVBQVEsYUFBYSxVQUFNLHlCQUFVLElBQUksU0FBUyxXQUFXO0FBQUEsSUFDM0QsTUFBTTtBQUFBLElBQ04sTUFBTSxRQUFRLEtBQUssT0FBTyxLQUFLO0FBQUEsSUFDL0IsbUJBQW1CLFVBQVU7QUFBQSxFQUMvQixDQUFDO0FBQ0QsVUFBUSxRQUFRLFVBQU0seUJBQVcsUUFBUSxNQUFNLElBQUksT0FBTztBQUM1RDtBQUVBLGVBQWUsTUFBTSxTQUFzQixTQUFxQztBQUM5RSxVQUFRLFNBQVM7QUFDakIsVUFBUSxhQUFhLEtBQUssSUFBSTtBQUM5QixRQUFNLFFBQVEsS0FBSyxNQUFNLFFBQVEsQ0FBQyxjQUFjLEdBQUcsRUFBRSxnQkFBZ0IsZ0NBQW1CLENBQUM7QUFDekYsVUFBUSxTQUFTO0FBQ2pCLFFBQU0sUUFBUSxNQUFNO0FBQ3RCO0FBRUEsTUFBTSxlQUFlO0FBR3JCLGVBQWUsbUJBQW1CLFNBQXNCLFNBQXFDO0FBQzNGLFFBQU0sVUFBTSxvQkFBTSxPQUFPO0FBQ3pCLFFBQU0sV0FBVyxRQUFRLEtBQUssTUFBTSxhQUFhO0FBQ2pELFdBQVMsTUFBTSxNQUFNLE1BQVM7QUFDOUIsV0FBUyxVQUFVLEdBQUcsVUFBVSxjQUFjLFdBQVcsR0FBRztBQUMxRCxjQUFNLDJCQUFhLEtBQUssT0FBTztBQUMvQixVQUFNLEVBQUUsZUFBZSxjQUFjLFlBQVksSUFBSSxNQUFNLFFBQVEsS0FBSyxLQUFLLFFBQVE7QUFDckYsUUFBSSxrQkFBa0IsZUFBZSxpQkFBaUIsYUFBYTtBQUNqRSxVQUFJLFFBQVEsRUFBRSxLQUFLLGFBQWEsTUFBTSxZQUFZO0FBQ2xELFVBQUksZUFBZSxNQUFNO0FBQ3pCLGNBQVEsU0FBUyxNQUFNLFFBQVEsU0FBUyxJQUFJLFlBQVk7QUFDeEQ7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNBLFFBQU0sSUFBSSx5QkFBVyw4RkFBOEY7QUFDckg7QUFFQSxlQUFlLFFBQVEsU0FBc0IsY0FBOEM7QUFDekYsUUFBTSxFQUFFLE1BQU0sTUFBTSxhQUFhLGNBQWMsY0FBYyxJQUFJLE1BQU0sUUFBUSxLQUFLLEtBQUssUUFBUTtBQUNqRyxTQUFPLEtBQUssVUFBVSxFQUFFLE1BQU0sTUFBTSxhQUFhLGNBQWMsZUFBZSxhQUFhLENBQUM7QUFDOUY7QUFFQSxlQUFlLFdBQVcsU0FBc0IsU0FBcUM7QUFDbkYsUUFBTSxVQUFNLG9CQUFNLE9BQU87QUFDekIsUUFBTSxRQUFRLE9BQU8sS0FBSyxDQUFDLFNBQVMsUUFBUSxTQUFTLElBQUksQ0FBQztBQUMxRCxRQUFNLFFBQVEsTUFBTTtBQUNwQixRQUFNLFFBQVEsVUFBTSwyQkFBYSxLQUFLLGlCQUFBQSxRQUFLLEtBQUssU0FBUyxHQUFHLEdBQUcsUUFBUSxXQUFXLENBQUM7QUFDbkYsTUFBSSxVQUFVLElBQUksTUFBTTtBQUN0QixVQUFNLElBQUkseUJBQVcsOEJBQThCLEtBQUssU0FBUyxJQUFJLE1BQU0sSUFBSSxRQUFRO0FBQ3pGLFlBQU0sNEJBQWMsaUJBQUFBLFFBQUssS0FBSyxJQUFJLE1BQU0sUUFBUSxDQUFDO0FBQ2pELFlBQU0sMEJBQVMsUUFBUSxLQUFLLE9BQU8sS0FBSyxZQUFZLGlCQUFBQSxRQUFLLEtBQUssSUFBSSxNQUFNLFVBQVUsYUFBYSxDQUFDO0FBQ2xHO0FBRUEsZUFBZSxRQUFRLFNBQXFDO0FBQzFELFFBQU0sVUFBTSxvQkFBTSxPQUFPO0FBQ3pCLFlBQU0sd0JBQVUsR0FBRztBQUNuQixRQUFNLE1BQU0sTUFBTSxRQUFRLFNBQVMsTUFBTSxRQUFRLEtBQUssTUFBTSxhQUFhLENBQUM7QUFDMUUsTUFBSSxRQUFRLFFBQVEsUUFBUTtBQUMxQixVQUFNLElBQUk7QUFBQSxNQUNSLG1DQUFtQyxRQUFRLE1BQU0sV0FBVyxHQUFHLFlBQVksSUFBSSxRQUFRO0FBQUEsSUFDekY7QUFBQSxFQUNGO0FBQ0EsTUFBSSxRQUFRLE9BQU8sUUFBUSxNQUFNLE1BQU07QUFDckMsVUFBTSxFQUFFLGdCQUFnQixJQUFJLFFBQVEsS0FBSyxPQUFPLE9BQU87QUFDdkQsVUFBTSxJQUFJO0FBQUEsTUFDUiwyREFBMkQsZUFBZTtBQUFBLElBQzVFO0FBQUEsRUFDRjtBQUNGO0FBRUEsZUFBZSxPQUFPLFNBQXNCLFNBQXFDO0FBQy9FLFFBQU0sT0FBTyxRQUFRLGNBQWMsS0FBSyxJQUFJO0FBQzVDLFFBQU0sUUFBUSxNQUFNO0FBQ3BCLFFBQU0sWUFBWSxPQUFPO0FBQ3pCLFFBQU0sUUFBUSxLQUFLLElBQUk7QUFDdkIsUUFBTSxXQUFXLFFBQVEsUUFBUTtBQUNqQywwQkFBTSxPQUFPLEVBQUUsUUFBUSxFQUFFLE1BQU0sSUFBSSxLQUFLLElBQUksRUFBRSxZQUFZLEdBQUcsT0FBTyxJQUFJLEtBQUssS0FBSyxFQUFFLFlBQVksR0FBRyxRQUFRO0FBQzNHLFVBQVEsS0FBSyx5QkFBcUIsNEJBQWMsT0FBTyxDQUFDLEVBQUU7QUFDMUQsUUFBTSxRQUFRLFlBQVksUUFBUTtBQUNsQyxVQUFRLGFBQWE7QUFDdkI7QUFHQSxlQUFlLFlBQVksU0FBcUM7QUFDOUQsTUFBSSxRQUFRLFVBQVUsT0FBVztBQUVqQyxNQUFJLFFBQVEsV0FBVyxLQUFNLFdBQU0sOEJBQWdCLFFBQVEsTUFBTSxLQUFLLElBQUksSUFBSSxHQUFNO0FBQ3BGLE1BQUksUUFBUSxXQUFXLFFBQVEsUUFBUSxXQUFXLEtBQU0sT0FBTSxRQUFRLE1BQU0sUUFBUTtBQUNwRixVQUFRLFFBQVE7QUFDaEIsVUFBUSxTQUFTO0FBQ25CO0FBRUEsZUFBZSxXQUFXLFNBQXFDO0FBQzdELFFBQU0sVUFBTSxvQkFBTSxPQUFPO0FBQ3pCLFFBQU0sYUFBYSxVQUFNLDhCQUFjLFFBQVEsTUFBTTtBQUFBLElBQ25ELFdBQVcsaUJBQUFBLFFBQUssS0FBSyxJQUFJLE1BQU0sUUFBUTtBQUFBLElBQ3ZDLGVBQWUsU0FBUyxHQUFHO0FBQUEsRUFDN0IsQ0FBQztBQUNELFFBQU0sRUFBRSxNQUFNLE9BQU8sSUFBSSxNQUFNLFFBQVEsS0FBSyxNQUN6QyxXQUFXLFVBQVUsRUFDckIsSUFBSSxDQUFDLGtCQUFrQixHQUFHLEVBQUUsZ0JBQWdCLEtBQUssQ0FBQztBQUNyRCxNQUFJLFNBQVMsRUFBRyxPQUFNLElBQUksc0JBQVEsMkNBQTJDLE9BQU8sS0FBSyxDQUFDLHVCQUF1QjtBQUNuSDsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
