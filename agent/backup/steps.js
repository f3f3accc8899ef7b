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
var steps_exports = {};
__export(steps_exports, {
  anchors: () => anchors,
  beginBackup: () => import_run.beginBackup,
  claim: () => claim,
  copySnapshot: () => copySnapshot,
  dataPart: () => dataPart,
  endOfCopy: () => endOfCopy,
  manifest: () => manifest,
  pack: () => pack,
  readBack: () => readBack,
  runOf: () => runOf,
  settleBackup: () => settleBackup,
  takeSnapshot: () => takeSnapshot,
  walArrived: () => walArrived
});
module.exports = __toCommonJS(steps_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:timers/promises");
var import_layout = require("../../model/layout");
var import_units = require("../../model/units");
var import_files = require("../host/files");
var import_tarball = require("../host/tarball");
var import_tree = require("../host/tree");
var import_errors = require("../run/errors");
var import_stream = require("../stream");
var import_run = require("./run");
const dataPart = "data.tar.zst";
const claimSeconds = 6 * 3600;
const snapshotDeadlineMs = 6e5;
function runOf(context) {
  if (context.run === void 0) throw new Error("the first step makes the run");
  return context.run;
}
const anchors = {
  name: "anchors",
  title: "note what of the log is archived",
  async run(context) {
    const run = runOf(context);
    run.anchors = await (0, import_stream.newestSegments)(run.archive, run.node.config.archive.clusterId, run.lineage);
  }
};
const claim = {
  name: "claim",
  title: "claim the tier",
  async run(context) {
    const run = runOf(context);
    await removeLeftovers(run);
    await (0, import_run.claimTier)(run, claimSeconds);
  }
};
async function removeLeftovers(run) {
  const names = await (0, import_promises.readdir)(run.node.paths.work).catch(() => []);
  for (const name of names.filter((n) => n.startsWith(`${run.tier}-`))) {
    await (0, import_promises.rm)(import_node_path.default.join(run.node.paths.work, name), { recursive: true, force: true });
  }
}
async function takeSnapshot(run, control) {
  const { commitIndex } = await run.node.http.metrics();
  if (!await run.node.http.requestSnapshot()) {
    throw new import_errors.WorldFault(`the node refused to take a snapshot: it no longer leads. Backup ${run.backupId} is void.`);
  }
  await control.point();
  for (const deadline = Date.now() + snapshotDeadlineMs; Date.now() < deadline; await (0, import_promises2.setTimeout)(20)) {
    const { snapshotIndex, term, role } = await run.node.http.metrics();
    if (term !== run.term || role !== "leader") await (0, import_run.stillLeads)(run);
    if (snapshotIndex >= commitIndex) return snapshotIndex;
  }
  throw new import_errors.WorldFault(
    `no snapshot covered index ${commitIndex} after ${snapshotDeadlineMs / 1e3} s. Look at the database's log.`
  );
}
async function copySnapshot(run, target) {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const before = await look(run);
    if (before.newest === void 0) throw new import_errors.WorldFault("the database made a snapshot, but raft/snapshots is empty");
    await (0, import_tree.copyTree)(import_node_path.default.join(run.node.paths.snapshots, before.newest), import_node_path.default.join(target, before.newest));
    const after = await look(run);
    if (before.index === after.index && before.listing === after.listing) return before.index;
    await (0, import_promises.rm)(target, { recursive: true, force: true });
  }
  throw new import_errors.WorldFault("the database replaced its newest snapshot each time it was copied; run it again");
}
async function look(run) {
  const { snapshotIndex } = await run.node.http.metrics();
  const found = [];
  for (const name of (await (0, import_promises.readdir)(run.node.paths.snapshots)).filter((n) => !n.startsWith(import_files.ownPrefix))) {
    const stats = await (0, import_promises.lstat)(import_node_path.default.join(run.node.paths.snapshots, name)).catch(() => void 0);
    if (stats !== void 0) found.push({ name, changed: stats.ctimeMs });
  }
  found.sort((a, b) => a.changed - b.changed || (a.name < b.name ? -1 : 1));
  return { index: snapshotIndex, listing: JSON.stringify(found), newest: found.at(-1)?.name };
}
async function endOfCopy(run) {
  await (0, import_run.stillLeads)(run);
  run.openSegment = await (0, import_stream.openSegment)(run.node);
  run.copiedAt = Date.now();
}
const pack = {
  name: "pack",
  title: "compress, hash and store",
  async run(context, control) {
    const run = runOf(context);
    const hashing = (0, import_tree.hashTree)(run.tree);
    hashing.catch(() => void 0);
    const content = (0, import_tarball.packTree)(run.tree);
    await control.point();
    const stored = await run.archive.putStream((0, import_run.dataKey)(run, dataPart), content);
    run.files = await hashing;
    run.plainBytes = run.files.reduce((sum, file) => sum + file.bytes, 0);
    run.parts = [{ name: dataPart, bytes: stored.bytes, sha256: stored.sha256 }];
    control.note(`${(0, import_units.formatBytes)(run.plainBytes)} in ${run.files.length} files, stored as ${(0, import_units.formatBytes)(stored.bytes)}`);
  }
};
const readBack = {
  name: "read-back",
  title: "read back what was stored and compare it with the copy",
  async run(context, control) {
    const run = runOf(context);
    for (const part of run.parts) {
      const content = await run.archive.getStream((0, import_run.dataKey)(run, part.name));
      const read = await (0, import_tarball.compareTree)(content, run.tree, (bytes) => control.progress(bytes, part.bytes));
      if (read.sha256 !== part.sha256 || read.bytes !== part.bytes) {
        throw new import_errors.Damaged(`${(0, import_run.dataKey)(run, part.name)} does not read back as it was written. Look at the archive's disk.`);
      }
    }
  }
};
const walArrived = {
  name: "wal-arrived",
  title: "wait until the log has arrived",
  async run(context, control) {
    const run = runOf(context);
    const { arrivalDeadlineSeconds } = run.node.config.policy.wal;
    await control.point();
    while (!await arrived(run)) {
      if (Date.now() > run.copiedAt + arrivalDeadlineSeconds * 1e3) {
        throw new import_errors.WorldFault(
          `the WAL of backup ${run.backupId} did not arrive in ${arrivalDeadlineSeconds} s (segment ${run.openSegment}): it is void. Look at archive_command in the database's log.`
        );
      }
      await (0, import_promises2.setTimeout)(100);
    }
  }
};
const finishGraceMs = 5e3;
async function arrived(run) {
  const state = await (0, import_stream.readStream)(run.node);
  if (state === void 0 || state.lineage !== run.lineage) return false;
  const archived = await (0, import_stream.newestSegments)(run.archive, run.node.config.archive.clusterId, run.lineage);
  const newest = archived.find((anchor) => anchor.stream === state.stream)?.segment;
  const last = newest === void 0 ? -1n : (0, import_layout.segmentNumber)(newest);
  const open = (0, import_layout.segmentNumber)(run.openSegment);
  if (last >= open) return true;
  const waited = Date.now() - run.copiedAt;
  const resting = waited > run.node.config.policy.wal.archiveTimeoutSeconds * 1e3 + finishGraceMs;
  return resting && last === open - 1n && await (0, import_stream.openSegment)(run.node) === run.openSegment;
}
const manifest = {
  name: "manifest",
  title: "write the manifest",
  async run(context, control) {
    const run = runOf(context);
    await control.point();
    await (0, import_run.writeManifest)(run, (await (0, import_stream.readStream)(run.node))?.stream ?? null);
  }
};
async function settleBackup(context) {
  const { run } = context;
  if (run === void 0) return;
  await (0, import_promises.rm)(run.work, { recursive: true, force: true });
  await run.claim?.release();
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  anchors,
  beginBackup,
  claim,
  copySnapshot,
  dataPart,
  endOfCopy,
  manifest,
  pack,
  readBack,
  runOf,
  settleBackup,
  takeSnapshot,
  walArrived
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RlcHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQW1DO0FBQ25DLHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBb0M7QUFDcEMsb0JBQThCO0FBQzlCLG1CQUE0QjtBQUM1QixtQkFBMEI7QUFDMUIscUJBQXNDO0FBQ3RDLGtCQUFtQztBQUNuQyxvQkFBb0M7QUFFcEMsb0JBQXdEO0FBQ3hELGlCQUEyRjtBQUdwRixNQUFNLFdBQVc7QUFFeEIsTUFBTSxlQUFlLElBQUk7QUFDekIsTUFBTSxxQkFBcUI7QUFRcEIsU0FBUyxNQUFNLFNBQTRCO0FBQ2hELE1BQUksUUFBUSxRQUFRLE9BQVcsT0FBTSxJQUFJLE1BQU0sOEJBQThCO0FBQzdFLFNBQU8sUUFBUTtBQUNqQjtBQUVPLE1BQU0sVUFBd0I7QUFBQSxFQUNuQyxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsRUFDUCxNQUFNLElBQUksU0FBUztBQUNqQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLFFBQUksVUFBVSxVQUFNLDhCQUFlLElBQUksU0FBUyxJQUFJLEtBQUssT0FBTyxRQUFRLFdBQVcsSUFBSSxPQUFPO0FBQUEsRUFDaEc7QUFDRjtBQUVPLE1BQU0sUUFBc0I7QUFBQSxFQUNqQyxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsRUFDUCxNQUFNLElBQUksU0FBUztBQUNqQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLFVBQU0sZ0JBQWdCLEdBQUc7QUFDekIsY0FBTSxzQkFBVSxLQUFLLFlBQVk7QUFBQSxFQUNuQztBQUNGO0FBR0EsZUFBZSxnQkFBZ0IsS0FBK0I7QUFDNUQsUUFBTSxRQUFRLFVBQU0seUJBQVEsSUFBSSxLQUFLLE1BQU0sSUFBSSxFQUFFLE1BQU0sTUFBTSxDQUFDLENBQUM7QUFDL0QsYUFBVyxRQUFRLE1BQU0sT0FBTyxDQUFDLE1BQU0sRUFBRSxXQUFXLEdBQUcsSUFBSSxJQUFJLEdBQUcsQ0FBQyxHQUFHO0FBQ3BFLGNBQU0sb0JBQUcsaUJBQUFDLFFBQUssS0FBSyxJQUFJLEtBQUssTUFBTSxNQUFNLElBQUksR0FBRyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUFBLEVBQ2pGO0FBQ0Y7QUFHQSxlQUFzQixhQUFhLEtBQWdCLFNBQXVDO0FBQ3hGLFFBQU0sRUFBRSxZQUFZLElBQUksTUFBTSxJQUFJLEtBQUssS0FBSyxRQUFRO0FBQ3BELE1BQUksQ0FBRSxNQUFNLElBQUksS0FBSyxLQUFLLGdCQUFnQixHQUFJO0FBQzVDLFVBQU0sSUFBSSx5QkFBVyxtRUFBbUUsSUFBSSxRQUFRLFdBQVc7QUFBQSxFQUNqSDtBQUNBLFFBQU0sUUFBUSxNQUFNO0FBQ3BCLGFBQVcsV0FBVyxLQUFLLElBQUksSUFBSSxvQkFBb0IsS0FBSyxJQUFJLElBQUksVUFBVSxVQUFNLGlCQUFBQyxZQUFNLEVBQUUsR0FBRztBQUM3RixVQUFNLEVBQUUsZUFBZSxNQUFNLEtBQUssSUFBSSxNQUFNLElBQUksS0FBSyxLQUFLLFFBQVE7QUFDbEUsUUFBSSxTQUFTLElBQUksUUFBUSxTQUFTLFNBQVUsV0FBTSx1QkFBVyxHQUFHO0FBQ2hFLFFBQUksaUJBQWlCLFlBQWEsUUFBTztBQUFBLEVBQzNDO0FBQ0EsUUFBTSxJQUFJO0FBQUEsSUFDUiw2QkFBNkIsV0FBVyxVQUFVLHFCQUFxQixHQUFJO0FBQUEsRUFDN0U7QUFDRjtBQU1BLGVBQXNCLGFBQWEsS0FBZ0IsUUFBaUM7QUFDbEYsV0FBUyxVQUFVLEdBQUcsVUFBVSxHQUFHLFdBQVcsR0FBRztBQUMvQyxVQUFNLFNBQVMsTUFBTSxLQUFLLEdBQUc7QUFDN0IsUUFBSSxPQUFPLFdBQVcsT0FBVyxPQUFNLElBQUkseUJBQVcsMkRBQTJEO0FBQ2pILGNBQU0sc0JBQVMsaUJBQUFELFFBQUssS0FBSyxJQUFJLEtBQUssTUFBTSxXQUFXLE9BQU8sTUFBTSxHQUFHLGlCQUFBQSxRQUFLLEtBQUssUUFBUSxPQUFPLE1BQU0sQ0FBQztBQUNuRyxVQUFNLFFBQVEsTUFBTSxLQUFLLEdBQUc7QUFDNUIsUUFBSSxPQUFPLFVBQVUsTUFBTSxTQUFTLE9BQU8sWUFBWSxNQUFNLFFBQVMsUUFBTyxPQUFPO0FBQ3BGLGNBQU0sb0JBQUcsUUFBUSxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUFBLEVBQ25EO0FBQ0EsUUFBTSxJQUFJLHlCQUFXLGlGQUFpRjtBQUN4RztBQUVBLGVBQWUsS0FBSyxLQUF5RjtBQUMzRyxRQUFNLEVBQUUsY0FBYyxJQUFJLE1BQU0sSUFBSSxLQUFLLEtBQUssUUFBUTtBQUN0RCxRQUFNLFFBQTZDLENBQUM7QUFDcEQsYUFBVyxTQUFTLFVBQU0seUJBQVEsSUFBSSxLQUFLLE1BQU0sU0FBUyxHQUFHLE9BQU8sQ0FBQyxNQUFNLENBQUMsRUFBRSxXQUFXLHNCQUFTLENBQUMsR0FBRztBQUNwRyxVQUFNLFFBQVEsVUFBTSx1QkFBTSxpQkFBQUEsUUFBSyxLQUFLLElBQUksS0FBSyxNQUFNLFdBQVcsSUFBSSxDQUFDLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFFMUYsUUFBSSxVQUFVLE9BQVcsT0FBTSxLQUFLLEVBQUUsTUFBTSxTQUFTLE1BQU0sUUFBUSxDQUFDO0FBQUEsRUFDdEU7QUFDQSxRQUFNLEtBQUssQ0FBQyxHQUFHLE1BQU0sRUFBRSxVQUFVLEVBQUUsWUFBWSxFQUFFLE9BQU8sRUFBRSxPQUFPLEtBQUssRUFBRTtBQUN4RSxTQUFPLEVBQUUsT0FBTyxlQUFlLFNBQVMsS0FBSyxVQUFVLEtBQUssR0FBRyxRQUFRLE1BQU0sR0FBRyxFQUFFLEdBQUcsS0FBSztBQUM1RjtBQUdBLGVBQXNCLFVBQVUsS0FBK0I7QUFDN0QsWUFBTSx1QkFBVyxHQUFHO0FBQ3BCLE1BQUksY0FBYyxVQUFNLDJCQUFZLElBQUksSUFBSTtBQUM1QyxNQUFJLFdBQVcsS0FBSyxJQUFJO0FBQzFCO0FBRU8sTUFBTSxPQUFxQjtBQUFBLEVBQ2hDLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxFQUNQLE1BQU0sSUFBSSxTQUFTLFNBQVM7QUFDMUIsVUFBTSxNQUFNLE1BQU0sT0FBTztBQUN6QixVQUFNLGNBQVUsc0JBQVMsSUFBSSxJQUFJO0FBQ2pDLFlBQVEsTUFBTSxNQUFNLE1BQVM7QUFDN0IsVUFBTSxjQUFVLHlCQUFTLElBQUksSUFBSTtBQUNqQyxVQUFNLFFBQVEsTUFBTTtBQUNwQixVQUFNLFNBQVMsTUFBTSxJQUFJLFFBQVEsY0FBVSxvQkFBUSxLQUFLLFFBQVEsR0FBRyxPQUFPO0FBQzFFLFFBQUksUUFBUSxNQUFNO0FBQ2xCLFFBQUksYUFBYSxJQUFJLE1BQU0sT0FBTyxDQUFDLEtBQUssU0FBUyxNQUFNLEtBQUssT0FBTyxDQUFDO0FBQ3BFLFFBQUksUUFBUSxDQUFDLEVBQUUsTUFBTSxVQUFVLE9BQU8sT0FBTyxPQUFPLFFBQVEsT0FBTyxPQUFPLENBQUM7QUFDM0UsWUFBUSxLQUFLLE9BQUcsMEJBQVksSUFBSSxVQUFVLENBQUMsT0FBTyxJQUFJLE1BQU0sTUFBTSx5QkFBcUIsMEJBQVksT0FBTyxLQUFLLENBQUMsRUFBRTtBQUFBLEVBQ3BIO0FBQ0Y7QUFFTyxNQUFNLFdBQXlCO0FBQUEsRUFDcEMsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLEVBQ1AsTUFBTSxJQUFJLFNBQVMsU0FBUztBQUMxQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLGVBQVcsUUFBUSxJQUFJLE9BQU87QUFDNUIsWUFBTSxVQUFVLE1BQU0sSUFBSSxRQUFRLGNBQVUsb0JBQVEsS0FBSyxLQUFLLElBQUksQ0FBQztBQUNuRSxZQUFNLE9BQU8sVUFBTSw0QkFBWSxTQUFTLElBQUksTUFBTSxDQUFDLFVBQVUsUUFBUSxTQUFTLE9BQU8sS0FBSyxLQUFLLENBQUM7QUFDaEcsVUFBSSxLQUFLLFdBQVcsS0FBSyxVQUFVLEtBQUssVUFBVSxLQUFLLE9BQU87QUFDNUQsY0FBTSxJQUFJLHNCQUFRLE9BQUcsb0JBQVEsS0FBSyxLQUFLLElBQUksQ0FBQyxvRUFBb0U7QUFBQSxNQUNsSDtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0Y7QUFFTyxNQUFNLGFBQTJCO0FBQUEsRUFDdEMsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLEVBQ1AsTUFBTSxJQUFJLFNBQVMsU0FBUztBQUMxQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLFVBQU0sRUFBRSx1QkFBdUIsSUFBSSxJQUFJLEtBQUssT0FBTyxPQUFPO0FBQzFELFVBQU0sUUFBUSxNQUFNO0FBQ3BCLFdBQU8sQ0FBRSxNQUFNLFFBQVEsR0FBRyxHQUFJO0FBQzVCLFVBQUksS0FBSyxJQUFJLElBQUksSUFBSSxXQUFXLHlCQUF5QixLQUFNO0FBQzdELGNBQU0sSUFBSTtBQUFBLFVBQ1IscUJBQXFCLElBQUksUUFBUSxzQkFBc0Isc0JBQXNCLGVBQWUsSUFBSSxXQUFXO0FBQUEsUUFDN0c7QUFBQSxNQUNGO0FBQ0EsZ0JBQU0saUJBQUFDLFlBQU0sR0FBRztBQUFBLElBQ2pCO0FBQUEsRUFDRjtBQUNGO0FBR0EsTUFBTSxnQkFBZ0I7QUFNdEIsZUFBZSxRQUFRLEtBQWtDO0FBQ3ZELFFBQU0sUUFBUSxVQUFNLDBCQUFXLElBQUksSUFBSTtBQUN2QyxNQUFJLFVBQVUsVUFBYSxNQUFNLFlBQVksSUFBSSxRQUFTLFFBQU87QUFDakUsUUFBTSxXQUFXLFVBQU0sOEJBQWUsSUFBSSxTQUFTLElBQUksS0FBSyxPQUFPLFFBQVEsV0FBVyxJQUFJLE9BQU87QUFDakcsUUFBTSxTQUFTLFNBQVMsS0FBSyxDQUFDLFdBQVcsT0FBTyxXQUFXLE1BQU0sTUFBTSxHQUFHO0FBQzFFLFFBQU0sT0FBTyxXQUFXLFNBQVksQ0FBQyxTQUFLLDZCQUFjLE1BQU07QUFDOUQsUUFBTSxXQUFPLDZCQUFjLElBQUksV0FBVztBQUMxQyxNQUFJLFFBQVEsS0FBTSxRQUFPO0FBQ3pCLFFBQU0sU0FBUyxLQUFLLElBQUksSUFBSSxJQUFJO0FBQ2hDLFFBQU0sVUFBVSxTQUFTLElBQUksS0FBSyxPQUFPLE9BQU8sSUFBSSx3QkFBd0IsTUFBTztBQUNuRixTQUFPLFdBQVcsU0FBUyxPQUFPLE1BQU8sVUFBTSwyQkFBWSxJQUFJLElBQUksTUFBTyxJQUFJO0FBQ2hGO0FBRU8sTUFBTSxXQUF5QjtBQUFBLEVBQ3BDLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxFQUNQLE1BQU0sSUFBSSxTQUFTLFNBQVM7QUFDMUIsVUFBTSxNQUFNLE1BQU0sT0FBTztBQUN6QixVQUFNLFFBQVEsTUFBTTtBQUNwQixjQUFNLDBCQUFjLE1BQU0sVUFBTSwwQkFBVyxJQUFJLElBQUksSUFBSSxVQUFVLElBQUk7QUFBQSxFQUN2RTtBQUNGO0FBR0EsZUFBc0IsYUFBYSxTQUFnQztBQUNqRSxRQUFNLEVBQUUsSUFBSSxJQUFJO0FBQ2hCLE1BQUksUUFBUSxPQUFXO0FBQ3ZCLFlBQU0sb0JBQUcsSUFBSSxNQUFNLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQ25ELFFBQU0sSUFBSSxPQUFPLFFBQVE7QUFDM0I7IiwKICAibmFtZXMiOiBbImltcG9ydF9wcm9taXNlcyIsICJwYXRoIiwgInNsZWVwIl0KfQo=
