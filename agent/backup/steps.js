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
var import_node_crypto = require("node:crypto");
var import_promises3 = require("node:stream/promises");
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
    const { content, finished } = (0, import_tarball.packTree)(run.tree);
    await control.point();
    finished.catch((error) => content.destroy(error));
    const stored = await run.archive.putStream((0, import_run.dataKey)(run, dataPart), content);
    await finished;
    run.files = await hashing;
    run.plainBytes = run.files.reduce((sum, file) => sum + file.bytes, 0);
    run.parts = [{ name: dataPart, bytes: stored.bytes, sha256: stored.sha256 }];
    control.note(`${(0, import_units.formatBytes)(run.plainBytes)} in ${run.files.length} files, stored as ${(0, import_units.formatBytes)(stored.bytes)}`);
  }
};
const readBack = {
  name: "read-back",
  title: "read back what was stored",
  async run(context, control) {
    const run = runOf(context);
    for (const part of run.parts) {
      const hash = (0, import_node_crypto.createHash)("sha256");
      let bytes = 0;
      const content = await run.archive.getStream((0, import_run.dataKey)(run, part.name));
      content.on("data", (chunk) => control.progress(bytes += chunk.length, part.bytes));
      await (0, import_promises3.pipeline)(content, hash);
      if (hash.digest("hex") !== part.sha256) {
        throw new import_errors.Damaged(
          `${(0, import_run.dataKey)(run, part.name)} does not read back as it was written. Look at the archive's disk.`
        );
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
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RlcHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQW1DO0FBQ25DLHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBb0M7QUFDcEMsb0JBQThCO0FBQzlCLG1CQUE0QjtBQUM1QixtQkFBMEI7QUFDMUIscUJBQXlCO0FBQ3pCLGtCQUFtQztBQUNuQyx5QkFBMkI7QUFDM0IsSUFBQUEsbUJBQXlCO0FBQ3pCLG9CQUFvQztBQUVwQyxvQkFBd0Q7QUFDeEQsaUJBQTJGO0FBR3BGLE1BQU0sV0FBVztBQUV4QixNQUFNLGVBQWUsSUFBSTtBQUN6QixNQUFNLHFCQUFxQjtBQVFwQixTQUFTLE1BQU0sU0FBNEI7QUFDaEQsTUFBSSxRQUFRLFFBQVEsT0FBVyxPQUFNLElBQUksTUFBTSw4QkFBOEI7QUFDN0UsU0FBTyxRQUFRO0FBQ2pCO0FBRU8sTUFBTSxVQUF3QjtBQUFBLEVBQ25DLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxFQUNQLE1BQU0sSUFBSSxTQUFTO0FBQ2pCLFVBQU0sTUFBTSxNQUFNLE9BQU87QUFDekIsUUFBSSxVQUFVLFVBQU0sOEJBQWUsSUFBSSxTQUFTLElBQUksS0FBSyxPQUFPLFFBQVEsV0FBVyxJQUFJLE9BQU87QUFBQSxFQUNoRztBQUNGO0FBRU8sTUFBTSxRQUFzQjtBQUFBLEVBQ2pDLE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxFQUNQLE1BQU0sSUFBSSxTQUFTO0FBQ2pCLFVBQU0sTUFBTSxNQUFNLE9BQU87QUFDekIsVUFBTSxnQkFBZ0IsR0FBRztBQUN6QixjQUFNLHNCQUFVLEtBQUssWUFBWTtBQUFBLEVBQ25DO0FBQ0Y7QUFHQSxlQUFlLGdCQUFnQixLQUErQjtBQUM1RCxRQUFNLFFBQVEsVUFBTSx5QkFBUSxJQUFJLEtBQUssTUFBTSxJQUFJLEVBQUUsTUFBTSxNQUFNLENBQUMsQ0FBQztBQUMvRCxhQUFXLFFBQVEsTUFBTSxPQUFPLENBQUMsTUFBTSxFQUFFLFdBQVcsR0FBRyxJQUFJLElBQUksR0FBRyxDQUFDLEdBQUc7QUFDcEUsY0FBTSxvQkFBRyxpQkFBQUMsUUFBSyxLQUFLLElBQUksS0FBSyxNQUFNLE1BQU0sSUFBSSxHQUFHLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQUEsRUFDakY7QUFDRjtBQUdBLGVBQXNCLGFBQWEsS0FBZ0IsU0FBdUM7QUFDeEYsUUFBTSxFQUFFLFlBQVksSUFBSSxNQUFNLElBQUksS0FBSyxLQUFLLFFBQVE7QUFDcEQsTUFBSSxDQUFFLE1BQU0sSUFBSSxLQUFLLEtBQUssZ0JBQWdCLEdBQUk7QUFDNUMsVUFBTSxJQUFJLHlCQUFXLG1FQUFtRSxJQUFJLFFBQVEsV0FBVztBQUFBLEVBQ2pIO0FBQ0EsUUFBTSxRQUFRLE1BQU07QUFDcEIsYUFBVyxXQUFXLEtBQUssSUFBSSxJQUFJLG9CQUFvQixLQUFLLElBQUksSUFBSSxVQUFVLFVBQU0saUJBQUFDLFlBQU0sRUFBRSxHQUFHO0FBQzdGLFVBQU0sRUFBRSxlQUFlLE1BQU0sS0FBSyxJQUFJLE1BQU0sSUFBSSxLQUFLLEtBQUssUUFBUTtBQUNsRSxRQUFJLFNBQVMsSUFBSSxRQUFRLFNBQVMsU0FBVSxXQUFNLHVCQUFXLEdBQUc7QUFDaEUsUUFBSSxpQkFBaUIsWUFBYSxRQUFPO0FBQUEsRUFDM0M7QUFDQSxRQUFNLElBQUk7QUFBQSxJQUNSLDZCQUE2QixXQUFXLFVBQVUscUJBQXFCLEdBQUk7QUFBQSxFQUM3RTtBQUNGO0FBTUEsZUFBc0IsYUFBYSxLQUFnQixRQUFpQztBQUNsRixXQUFTLFVBQVUsR0FBRyxVQUFVLEdBQUcsV0FBVyxHQUFHO0FBQy9DLFVBQU0sU0FBUyxNQUFNLEtBQUssR0FBRztBQUM3QixRQUFJLE9BQU8sV0FBVyxPQUFXLE9BQU0sSUFBSSx5QkFBVywyREFBMkQ7QUFDakgsY0FBTSxzQkFBUyxpQkFBQUQsUUFBSyxLQUFLLElBQUksS0FBSyxNQUFNLFdBQVcsT0FBTyxNQUFNLEdBQUcsaUJBQUFBLFFBQUssS0FBSyxRQUFRLE9BQU8sTUFBTSxDQUFDO0FBQ25HLFVBQU0sUUFBUSxNQUFNLEtBQUssR0FBRztBQUM1QixRQUFJLE9BQU8sVUFBVSxNQUFNLFNBQVMsT0FBTyxZQUFZLE1BQU0sUUFBUyxRQUFPLE9BQU87QUFDcEYsY0FBTSxvQkFBRyxRQUFRLEVBQUUsV0FBVyxNQUFNLE9BQU8sS0FBSyxDQUFDO0FBQUEsRUFDbkQ7QUFDQSxRQUFNLElBQUkseUJBQVcsaUZBQWlGO0FBQ3hHO0FBRUEsZUFBZSxLQUFLLEtBQXlGO0FBQzNHLFFBQU0sRUFBRSxjQUFjLElBQUksTUFBTSxJQUFJLEtBQUssS0FBSyxRQUFRO0FBQ3RELFFBQU0sUUFBNkMsQ0FBQztBQUNwRCxhQUFXLFNBQVMsVUFBTSx5QkFBUSxJQUFJLEtBQUssTUFBTSxTQUFTLEdBQUcsT0FBTyxDQUFDLE1BQU0sQ0FBQyxFQUFFLFdBQVcsc0JBQVMsQ0FBQyxHQUFHO0FBQ3BHLFVBQU0sUUFBUSxVQUFNLHVCQUFNLGlCQUFBQSxRQUFLLEtBQUssSUFBSSxLQUFLLE1BQU0sV0FBVyxJQUFJLENBQUMsRUFBRSxNQUFNLE1BQU0sTUFBUztBQUUxRixRQUFJLFVBQVUsT0FBVyxPQUFNLEtBQUssRUFBRSxNQUFNLFNBQVMsTUFBTSxRQUFRLENBQUM7QUFBQSxFQUN0RTtBQUNBLFFBQU0sS0FBSyxDQUFDLEdBQUcsTUFBTSxFQUFFLFVBQVUsRUFBRSxZQUFZLEVBQUUsT0FBTyxFQUFFLE9BQU8sS0FBSyxFQUFFO0FBQ3hFLFNBQU8sRUFBRSxPQUFPLGVBQWUsU0FBUyxLQUFLLFVBQVUsS0FBSyxHQUFHLFFBQVEsTUFBTSxHQUFHLEVBQUUsR0FBRyxLQUFLO0FBQzVGO0FBR0EsZUFBc0IsVUFBVSxLQUErQjtBQUM3RCxZQUFNLHVCQUFXLEdBQUc7QUFDcEIsTUFBSSxjQUFjLFVBQU0sMkJBQVksSUFBSSxJQUFJO0FBQzVDLE1BQUksV0FBVyxLQUFLLElBQUk7QUFDMUI7QUFFTyxNQUFNLE9BQXFCO0FBQUEsRUFDaEMsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLEVBQ1AsTUFBTSxJQUFJLFNBQVMsU0FBUztBQUMxQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLFVBQU0sY0FBVSxzQkFBUyxJQUFJLElBQUk7QUFDakMsWUFBUSxNQUFNLE1BQU0sTUFBUztBQUM3QixVQUFNLEVBQUUsU0FBUyxTQUFTLFFBQUkseUJBQVMsSUFBSSxJQUFJO0FBQy9DLFVBQU0sUUFBUSxNQUFNO0FBRXBCLGFBQVMsTUFBTSxDQUFDLFVBQWlCLFFBQVEsUUFBUSxLQUFLLENBQUM7QUFDdkQsVUFBTSxTQUFTLE1BQU0sSUFBSSxRQUFRLGNBQVUsb0JBQVEsS0FBSyxRQUFRLEdBQUcsT0FBTztBQUMxRSxVQUFNO0FBQ04sUUFBSSxRQUFRLE1BQU07QUFDbEIsUUFBSSxhQUFhLElBQUksTUFBTSxPQUFPLENBQUMsS0FBSyxTQUFTLE1BQU0sS0FBSyxPQUFPLENBQUM7QUFDcEUsUUFBSSxRQUFRLENBQUMsRUFBRSxNQUFNLFVBQVUsT0FBTyxPQUFPLE9BQU8sUUFBUSxPQUFPLE9BQU8sQ0FBQztBQUMzRSxZQUFRLEtBQUssT0FBRywwQkFBWSxJQUFJLFVBQVUsQ0FBQyxPQUFPLElBQUksTUFBTSxNQUFNLHlCQUFxQiwwQkFBWSxPQUFPLEtBQUssQ0FBQyxFQUFFO0FBQUEsRUFDcEg7QUFDRjtBQUVPLE1BQU0sV0FBeUI7QUFBQSxFQUNwQyxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsRUFDUCxNQUFNLElBQUksU0FBUyxTQUFTO0FBQzFCLFVBQU0sTUFBTSxNQUFNLE9BQU87QUFDekIsZUFBVyxRQUFRLElBQUksT0FBTztBQUM1QixZQUFNLFdBQU8sK0JBQVcsUUFBUTtBQUNoQyxVQUFJLFFBQVE7QUFDWixZQUFNLFVBQVUsTUFBTSxJQUFJLFFBQVEsY0FBVSxvQkFBUSxLQUFLLEtBQUssSUFBSSxDQUFDO0FBQ25FLGNBQVEsR0FBRyxRQUFRLENBQUMsVUFBa0IsUUFBUSxTQUFVLFNBQVMsTUFBTSxRQUFTLEtBQUssS0FBSyxDQUFDO0FBQzNGLGdCQUFNLDJCQUFTLFNBQVMsSUFBSTtBQUM1QixVQUFJLEtBQUssT0FBTyxLQUFLLE1BQU0sS0FBSyxRQUFRO0FBQ3RDLGNBQU0sSUFBSTtBQUFBLFVBQ1IsT0FBRyxvQkFBUSxLQUFLLEtBQUssSUFBSSxDQUFDO0FBQUEsUUFDNUI7QUFBQSxNQUNGO0FBQUEsSUFDRjtBQUFBLEVBQ0Y7QUFDRjtBQUVPLE1BQU0sYUFBMkI7QUFBQSxFQUN0QyxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsRUFDUCxNQUFNLElBQUksU0FBUyxTQUFTO0FBQzFCLFVBQU0sTUFBTSxNQUFNLE9BQU87QUFDekIsVUFBTSxFQUFFLHVCQUF1QixJQUFJLElBQUksS0FBSyxPQUFPLE9BQU87QUFDMUQsVUFBTSxRQUFRLE1BQU07QUFDcEIsV0FBTyxDQUFFLE1BQU0sUUFBUSxHQUFHLEdBQUk7QUFDNUIsVUFBSSxLQUFLLElBQUksSUFBSSxJQUFJLFdBQVcseUJBQXlCLEtBQU07QUFDN0QsY0FBTSxJQUFJO0FBQUEsVUFDUixxQkFBcUIsSUFBSSxRQUFRLHNCQUFzQixzQkFBc0IsZUFBZSxJQUFJLFdBQVc7QUFBQSxRQUM3RztBQUFBLE1BQ0Y7QUFDQSxnQkFBTSxpQkFBQUMsWUFBTSxHQUFHO0FBQUEsSUFDakI7QUFBQSxFQUNGO0FBQ0Y7QUFHQSxNQUFNLGdCQUFnQjtBQU10QixlQUFlLFFBQVEsS0FBa0M7QUFDdkQsUUFBTSxRQUFRLFVBQU0sMEJBQVcsSUFBSSxJQUFJO0FBQ3ZDLE1BQUksVUFBVSxVQUFhLE1BQU0sWUFBWSxJQUFJLFFBQVMsUUFBTztBQUNqRSxRQUFNLFdBQVcsVUFBTSw4QkFBZSxJQUFJLFNBQVMsSUFBSSxLQUFLLE9BQU8sUUFBUSxXQUFXLElBQUksT0FBTztBQUNqRyxRQUFNLFNBQVMsU0FBUyxLQUFLLENBQUMsV0FBVyxPQUFPLFdBQVcsTUFBTSxNQUFNLEdBQUc7QUFDMUUsUUFBTSxPQUFPLFdBQVcsU0FBWSxDQUFDLFNBQUssNkJBQWMsTUFBTTtBQUM5RCxRQUFNLFdBQU8sNkJBQWMsSUFBSSxXQUFXO0FBQzFDLE1BQUksUUFBUSxLQUFNLFFBQU87QUFDekIsUUFBTSxTQUFTLEtBQUssSUFBSSxJQUFJLElBQUk7QUFDaEMsUUFBTSxVQUFVLFNBQVMsSUFBSSxLQUFLLE9BQU8sT0FBTyxJQUFJLHdCQUF3QixNQUFPO0FBQ25GLFNBQU8sV0FBVyxTQUFTLE9BQU8sTUFBTyxVQUFNLDJCQUFZLElBQUksSUFBSSxNQUFPLElBQUk7QUFDaEY7QUFFTyxNQUFNLFdBQXlCO0FBQUEsRUFDcEMsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLEVBQ1AsTUFBTSxJQUFJLFNBQVMsU0FBUztBQUMxQixVQUFNLE1BQU0sTUFBTSxPQUFPO0FBQ3pCLFVBQU0sUUFBUSxNQUFNO0FBQ3BCLGNBQU0sMEJBQWMsTUFBTSxVQUFNLDBCQUFXLElBQUksSUFBSSxJQUFJLFVBQVUsSUFBSTtBQUFBLEVBQ3ZFO0FBQ0Y7QUFHQSxlQUFzQixhQUFhLFNBQWdDO0FBQ2pFLFFBQU0sRUFBRSxJQUFJLElBQUk7QUFDaEIsTUFBSSxRQUFRLE9BQVc7QUFDdkIsWUFBTSxvQkFBRyxJQUFJLE1BQU0sRUFBRSxXQUFXLE1BQU0sT0FBTyxLQUFLLENBQUM7QUFDbkQsUUFBTSxJQUFJLE9BQU8sUUFBUTtBQUMzQjsiLAogICJuYW1lcyI6IFsiaW1wb3J0X3Byb21pc2VzIiwgInBhdGgiLCAic2xlZXAiXQp9Cg==
