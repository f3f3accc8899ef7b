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
var first_exports = {};
__export(first_exports, {
  restoreFirst: () => restoreFirst
});
module.exports = __toCommonJS(first_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:timers/promises");
var import_node_crypto = require("node:crypto");
var import_layout = require("../../model/layout");
var import_manifest = require("../../model/manifest");
var import_plan = require("../../model/plan");
var import_units = require("../../model/units");
var import_archive = require("../archive/archive");
var import_steps = require("../backup/steps");
var import_plan2 = require("../commands/plan");
var import_config = require("../database/config");
var import_files = require("../host/files");
var import_service = require("../host/service");
var import_tarball = require("../host/tarball");
var import_tree = require("../host/tree");
var import_lineage = require("../lineage");
var import_pause = require("../pause");
var import_errors = require("../run/errors");
var import_checkTree = require("./checkTree");
var import_context = require("./context");
var import_proof = require("./proof");
var import_swap = require("./swap");
const restoreFirst = {
  name: "restore-first",
  steps: [
    { name: "plan", title: "resolve the plan", run: plan },
    unlessDone({ name: "claim", title: "claim the recovery", run: import_context.claimRecovery }),
    unlessDone({ name: "recognise", title: "recognise the target", run: recognise }),
    unlessDone({ name: "pin", title: "pin the plan", run: pin }),
    unlessInPlace({ name: "gate", title: "keep the database from starting", run: gate }),
    unlessInPlace({ name: "fetch", title: "fetch and unpack the backup", run: fetch }),
    unlessInPlace({ name: "check-files", title: "check every file", run: checkFiles }),
    unlessInPlace({ name: "bootstrap", title: "make it the beginning of a new cluster", run: bootstrap }),
    unlessInPlace({ name: "prove", title: "start a copy alone and question it", run: proveCopy }),
    unlessInPlace({ name: "swap", title: "put the proven data in place", run: import_swap.swapIn }),
    unlessDone({ name: "configure", title: "configure it as the only member", run: configure }),
    unlessDone({ name: "start", title: "start the node", run: start }),
    unlessDone({ name: "lead", title: "wait until it leads and takes writes", run: lead }),
    unlessDone({ name: "check-live", title: "check counts and checksums", run: checkLive }),
    unlessDone({ name: "record", title: "record that it is restored", run: record }),
    { name: "clean", title: "remove the staging folder", run: clean }
  ],
  async settle(context) {
    await context.claim?.release();
  }
};
function unlessDone(step) {
  return { ...step, run: async (context, control) => context.done === true ? void 0 : step.run(context, control) };
}
function unlessInPlace(step) {
  return unlessDone({
    ...step,
    run: async (context, control) => context.mark === void 0 ? step.run(context, control) : void 0
  });
}
async function plan(context, control) {
  await (0, import_context.openPhase)(context);
  const { spec } = context;
  if (spec.members[0]?.id !== spec.node) {
    throw new import_errors.Refused(`${spec.node} is not the first member: ${spec.members[0]?.id} restores, the others join it`);
  }
  const resolved = await (0, import_plan2.resolve)(spec.plan);
  context.resolved = resolved;
  if (resolved.state === "restored" || resolved.state === "accepted") {
    context.done = true;
    Object.assign(context.result, await (0, import_context.readRestored)(context), { state: resolved.state });
    control.note(`recovery ${spec.plan.recoveryId} is ${resolved.state} already: nothing is restored again`);
    return;
  }
  if (resolved.digest !== spec.planDigest) {
    throw new import_plan.PlanRefused(
      `the archive has changed since the plan was shown: shown ${spec.planDigest}, now ${resolved.digest} (backup ${resolved.plan.source.backupId}). Look at the new plan and run it again; nothing was touched.`
    );
  }
  context.manifest = await readManifest(context);
}
function sourceArchive(context) {
  const { place } = (0, import_context.resolvedOf)(context).plan.source;
  const found = context.places?.places.find((candidate) => candidate.place === place);
  if (found === void 0) throw new import_errors.WorldFault(`the ${place} archive, which holds the backup, cannot be read`);
  return found.archive;
}
async function readManifest(context) {
  const { source, clusterId } = (0, import_context.resolvedOf)(context).plan;
  const key = (0, import_layout.manifestKey)(clusterId, source.tier, source.lineage, source.backupId);
  const text = await sourceArchive(context).getText(key) ?? "";
  if ((0, import_node_crypto.createHash)("sha256").update(text).digest("hex") !== source.manifestSha256) {
    throw new import_errors.Damaged(
      `${key} is gone or was changed after the plan was made. Choose another backup: restorePoint backup:ID.`
    );
  }
  return (0, import_manifest.parseManifest)(text, key);
}
async function recognise(context) {
  const { node, spec, mark } = context;
  const { dataDirectory } = node.config.node;
  if (mark !== void 0) {
    if (mark.recoveryId === spec.plan.recoveryId && mark.how === "restored") return;
    throw new import_errors.Refused(
      `${dataDirectory} holds the data of recovery ${mark.recoveryId} (${mark.how}); recovery ${spec.plan.recoveryId} does not touch it. Use empty nodes.`
    );
  }
  if (await node.service.running() || await node.http.answers()) {
    throw new import_errors.Refused(
      `a database runs on ${spec.node} (${node.config.node.adminUrl}): a recovery never touches a running node. Stop it, or name another node.`
    );
  }
  if (await (0, import_swap.swapUnderWay)(context)) return;
  const files = await (0, import_context.databaseFiles)(dataDirectory);
  if (files[0] !== void 0) {
    throw new import_errors.Refused(
      `${dataDirectory} on ${spec.node} is not empty: it holds ${files.length} files such as ${files[0]}. A recovery goes onto empty nodes; nothing was touched.`
    );
  }
}
async function pin(context) {
  const { digest, plan: approved } = (0, import_context.resolvedOf)(context);
  const { recoveryId, restorePoint } = context.spec.plan;
  const record2 = {
    format: "neumann-recovery/1",
    recoveryId,
    restorePoint,
    digest,
    firstNode: context.spec.node,
    plan: approved
  };
  try {
    await (0, import_context.recordsOf)(context).putText((0, import_plan2.recoveryKey)(context.spec.plan, "plan"), `${JSON.stringify(record2)}
`);
  } catch (error) {
    if (!(error instanceof import_archive.Conflict)) throw error;
    throw new import_plan.PlanRefused(
      `recovery ${recoveryId} is pinned to another plan or another first node. Use a new recoveryId.`
    );
  }
}
async function gate(context) {
  await (0, import_files.replaceFile)((0, import_service.gateFile)(context.node.config.node), `recovery ${context.spec.plan.recoveryId}
`);
}
const fetchedMarker = "fetched";
const spaceFactor = 2.2;
async function fetch(context, control) {
  const paths = (0, import_context.restorePaths)(context);
  if (await (0, import_proof.isProven)(context) || await (0, import_swap.swapUnderWay)(context)) return;
  await (0, import_promises.rm)(paths.staging, { recursive: true, force: true });
  const manifest = manifestOf(context);
  await checkSpace(context, manifest.plainBytes * spaceFactor);
  await (0, import_files.makeDirectory)(paths.tree, 448);
  const part = manifest.parts.find(({ name }) => name === import_steps.dataPart);
  if (part === void 0) throw new import_errors.Damaged(`backup ${manifest.backupId} lists no ${import_steps.dataPart}`);
  const prefix = (0, import_layout.dataPrefix)(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const content = await sourceArchive(context).getStream(prefix + part.name);
  await control.point();
  const unpacked = await (0, import_tarball.unpackTree)(content, paths.tree, (bytes) => control.progress(bytes, part.bytes));
  if (unpacked.sha256 !== part.sha256 || unpacked.bytes !== part.bytes) {
    throw new import_errors.Damaged(
      `${prefix}${part.name} is not what its manifest says (${unpacked.bytes} bytes, SHA-256 ${unpacked.sha256}). Nothing was put in place. Choose another backup: restorePoint backup:ID.`
    );
  }
  control.note(`${(0, import_units.formatBytes)(unpacked.bytes)} fetched, ${(0, import_units.formatBytes)(manifest.plainBytes)} unpacked`);
}
function manifestOf(context) {
  if (context.manifest === void 0) throw new Error("the first step reads the manifest");
  return context.manifest;
}
async function checkSpace(context, needed) {
  const { dataDirectory } = context.node.config.node;
  const free = await (0, import_files.freeBytes)(dataDirectory);
  if (free < needed) {
    throw new import_errors.WorldFault(
      `${dataDirectory} has ${(0, import_units.formatBytes)(free)} free; this recovery needs ${(0, import_units.formatBytes)(needed)} (the data, and a copy that is started to prove it). Use a larger disk.`
    );
  }
}
async function checkFiles(context, control) {
  if (await (0, import_proof.isProven)(context) || await (0, import_swap.swapUnderWay)(context)) return;
  const paths = (0, import_context.restorePaths)(context);
  await (0, import_checkTree.checkTree)(
    paths.tree,
    manifestOf(context).files,
    (bytes) => control.progress(bytes, manifestOf(context).plainBytes)
  );
  await control.point();
  await (0, import_files.replaceFile)(import_node_path.default.join(paths.staging, fetchedMarker), "");
}
async function bootstrap(context, control) {
  if (await (0, import_proof.isProven)(context) || await (0, import_swap.swapUnderWay)(context)) return;
  const tree = import_node_path.default.join((0, import_context.restorePaths)(context).tree, "data");
  await (0, import_promises.mkdir)(import_node_path.default.join(tree, "store"), { recursive: true });
  await (0, import_promises.mkdir)(import_node_path.default.join(tree, "raft", "wal"), { recursive: true });
  await (0, import_proof.bootstrapInStaging)(context, control);
}
async function proveCopy(context, control) {
  if (await (0, import_proof.isProven)(context) || await (0, import_swap.swapUnderWay)(context)) return;
  await (0, import_proof.prove)(context, manifestOf(context), control);
  await giveToDatabaseUser(context);
  await (0, import_tree.syncTree)((0, import_context.restorePaths)(context).tree);
  await (0, import_proof.noteProven)(context);
}
async function giveToDatabaseUser(context) {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await (0, import_promises.stat)(context.node.config.node.dataDirectory);
  const tree = import_node_path.default.join((0, import_context.restorePaths)(context).tree, "data");
  for (const entry of await (0, import_files.walkTree)(tree)) await (0, import_promises.chown)(import_node_path.default.join(tree, entry.path), uid, gid);
}
async function configure(context) {
  await (0, import_config.changeConfig)(context.node.config.node.configFile, { cluster: { peers: [] } });
}
async function start(context, control) {
  await (0, import_files.removeFile)((0, import_service.gateFile)(context.node.config.node));
  await control.point();
  await context.node.service.start();
}
const leadDeadlineMs = 6e4;
async function lead(context) {
  const { node } = context;
  for (const deadline = Date.now() + leadDeadlineMs; ; await (0, import_promises2.setTimeout)(50)) {
    const metrics = await node.http.metrics().catch(() => void 0);
    if (metrics?.role === "leader" && await node.admin.healthyQuorum()) break;
    if (Date.now() > deadline)
      throw new import_errors.WorldFault(
        `${context.spec.node} did not become leader in ${leadDeadlineMs / 1e3} s. Look at the database's log.`
      );
  }
  await (0, import_pause.resumeUntilDone)(node, Date.now() + leadDeadlineMs);
}
async function checkLive(context) {
  const { admin } = context.node;
  const expected = (0, import_context.resolvedOf)(context).plan.source.totalEntries;
  const found = await admin.totalEntries();
  if (expected !== null && found !== null && found < expected) {
    throw new import_errors.Damaged(`the restored node counts ${found} entries; the backup's manifest promises at least ${expected}`);
  }
  await admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
  context.result.totalEntries = found;
}
async function record(context, control) {
  const info = await context.node.admin.clusterInfo();
  const { source, recoveryId } = (0, import_context.resolvedOf)(context).plan;
  const restored = {
    format: "neumann-recovery-restored/1",
    recoveryId,
    nodeId: context.spec.node,
    databaseClusterId: info.clusterId,
    lineage: (0, import_lineage.lineageName)(info.clusterId),
    index: source.index.high,
    totalEntries: context.result.totalEntries,
    restoredAt: (/* @__PURE__ */ new Date()).toISOString(),
    seconds: (performance.now() - context.began) / 1e3
  };
  await control.point();
  await (0, import_context.recordsOf)(context).putText((0, import_plan2.recoveryKey)(context.spec.plan, "restored"), `${JSON.stringify(restored)}
`);
  Object.assign(context.result, restored, { state: "restored", bytes: source.plainBytes });
}
async function clean(context) {
  if (context.mark?.recoveryId !== context.spec.plan.recoveryId) return;
  const paths = (0, import_context.restorePaths)(context);
  await (0, import_files.removeFile)(paths.journal);
  await (0, import_promises.rm)(paths.staging, { recursive: true, force: true });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  restoreFirst
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZmlyc3QudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQXVDO0FBQ3ZDLHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBb0M7QUFDcEMseUJBQTJCO0FBQzNCLG9CQUF3QztBQUN4QyxzQkFBNkM7QUFDN0Msa0JBQTRCO0FBRTVCLG1CQUE0QjtBQUM1QixxQkFBdUM7QUFDdkMsbUJBQXlCO0FBQ3pCLElBQUFDLGVBQXFDO0FBQ3JDLG9CQUE2QjtBQUM3QixtQkFBNEU7QUFDNUUscUJBQXlCO0FBQ3pCLHFCQUEyQjtBQUMzQixrQkFBeUI7QUFDekIscUJBQTRCO0FBQzVCLG1CQUFnQztBQUNoQyxvQkFBNkM7QUFFN0MsdUJBQTBCO0FBQzFCLHFCQVNPO0FBQ1AsbUJBQWdFO0FBQ2hFLGtCQUFxQztBQUc5QixNQUFNLGVBQTBDO0FBQUEsRUFDckQsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLElBQ0wsRUFBRSxNQUFNLFFBQVEsT0FBTyxvQkFBb0IsS0FBSyxLQUFLO0FBQUEsSUFDckQsV0FBVyxFQUFFLE1BQU0sU0FBUyxPQUFPLHNCQUFzQixLQUFLLDZCQUFjLENBQUM7QUFBQSxJQUM3RSxXQUFXLEVBQUUsTUFBTSxhQUFhLE9BQU8sd0JBQXdCLEtBQUssVUFBVSxDQUFDO0FBQUEsSUFDL0UsV0FBVyxFQUFFLE1BQU0sT0FBTyxPQUFPLGdCQUFnQixLQUFLLElBQUksQ0FBQztBQUFBLElBQzNELGNBQWMsRUFBRSxNQUFNLFFBQVEsT0FBTyxtQ0FBbUMsS0FBSyxLQUFLLENBQUM7QUFBQSxJQUNuRixjQUFjLEVBQUUsTUFBTSxTQUFTLE9BQU8sK0JBQStCLEtBQUssTUFBTSxDQUFDO0FBQUEsSUFDakYsY0FBYyxFQUFFLE1BQU0sZUFBZSxPQUFPLG9CQUFvQixLQUFLLFdBQVcsQ0FBQztBQUFBLElBQ2pGLGNBQWMsRUFBRSxNQUFNLGFBQWEsT0FBTywwQ0FBMEMsS0FBSyxVQUFVLENBQUM7QUFBQSxJQUNwRyxjQUFjLEVBQUUsTUFBTSxTQUFTLE9BQU8sc0NBQXNDLEtBQUssVUFBVSxDQUFDO0FBQUEsSUFDNUYsY0FBYyxFQUFFLE1BQU0sUUFBUSxPQUFPLGdDQUFnQyxLQUFLLG1CQUFPLENBQUM7QUFBQSxJQUNsRixXQUFXLEVBQUUsTUFBTSxhQUFhLE9BQU8sbUNBQW1DLEtBQUssVUFBVSxDQUFDO0FBQUEsSUFDMUYsV0FBVyxFQUFFLE1BQU0sU0FBUyxPQUFPLGtCQUFrQixLQUFLLE1BQU0sQ0FBQztBQUFBLElBQ2pFLFdBQVcsRUFBRSxNQUFNLFFBQVEsT0FBTyx3Q0FBd0MsS0FBSyxLQUFLLENBQUM7QUFBQSxJQUNyRixXQUFXLEVBQUUsTUFBTSxjQUFjLE9BQU8sOEJBQThCLEtBQUssVUFBVSxDQUFDO0FBQUEsSUFDdEYsV0FBVyxFQUFFLE1BQU0sVUFBVSxPQUFPLDhCQUE4QixLQUFLLE9BQU8sQ0FBQztBQUFBLElBQy9FLEVBQUUsTUFBTSxTQUFTLE9BQU8sNkJBQTZCLEtBQUssTUFBTTtBQUFBLEVBQ2xFO0FBQUEsRUFDQSxNQUFNLE9BQU8sU0FBUztBQUNwQixVQUFNLFFBQVEsT0FBTyxRQUFRO0FBQUEsRUFDL0I7QUFDRjtBQUVBLFNBQVMsV0FBVyxNQUFrRDtBQUNwRSxTQUFPLEVBQUUsR0FBRyxNQUFNLEtBQUssT0FBTyxTQUFTLFlBQWEsUUFBUSxTQUFTLE9BQU8sU0FBWSxLQUFLLElBQUksU0FBUyxPQUFPLEVBQUc7QUFDdEg7QUFHQSxTQUFTLGNBQWMsTUFBa0Q7QUFDdkUsU0FBTyxXQUFXO0FBQUEsSUFDaEIsR0FBRztBQUFBLElBQ0gsS0FBSyxPQUFPLFNBQVMsWUFBYSxRQUFRLFNBQVMsU0FBWSxLQUFLLElBQUksU0FBUyxPQUFPLElBQUk7QUFBQSxFQUM5RixDQUFDO0FBQ0g7QUFFQSxlQUFlLEtBQUssU0FBeUIsU0FBcUM7QUFDaEYsWUFBTSwwQkFBVSxPQUFPO0FBQ3ZCLFFBQU0sRUFBRSxLQUFLLElBQUk7QUFDakIsTUFBSSxLQUFLLFFBQVEsQ0FBQyxHQUFHLE9BQU8sS0FBSyxNQUFNO0FBQ3JDLFVBQU0sSUFBSSxzQkFBUSxHQUFHLEtBQUssSUFBSSw2QkFBNkIsS0FBSyxRQUFRLENBQUMsR0FBRyxFQUFFLCtCQUErQjtBQUFBLEVBQy9HO0FBQ0EsUUFBTSxXQUFXLFVBQU0sc0JBQVEsS0FBSyxJQUFJO0FBQ3hDLFVBQVEsV0FBVztBQUNuQixNQUFJLFNBQVMsVUFBVSxjQUFjLFNBQVMsVUFBVSxZQUFZO0FBQ2xFLFlBQVEsT0FBTztBQUNmLFdBQU8sT0FBTyxRQUFRLFFBQVEsVUFBTSw2QkFBYSxPQUFPLEdBQUcsRUFBRSxPQUFPLFNBQVMsTUFBTSxDQUFDO0FBQ3BGLFlBQVEsS0FBSyxZQUFZLEtBQUssS0FBSyxVQUFVLE9BQU8sU0FBUyxLQUFLLHFDQUFxQztBQUN2RztBQUFBLEVBQ0Y7QUFDQSxNQUFJLFNBQVMsV0FBVyxLQUFLLFlBQVk7QUFDdkMsVUFBTSxJQUFJO0FBQUEsTUFDUiwyREFBMkQsS0FBSyxVQUFVLFNBQVMsU0FBUyxNQUFNLFlBQVksU0FBUyxLQUFLLE9BQU8sUUFBUTtBQUFBLElBQzdJO0FBQUEsRUFDRjtBQUNBLFVBQVEsV0FBVyxNQUFNLGFBQWEsT0FBTztBQUMvQztBQUVBLFNBQVMsY0FBYyxTQUFrQztBQUN2RCxRQUFNLEVBQUUsTUFBTSxRQUFJLDJCQUFXLE9BQU8sRUFBRSxLQUFLO0FBQzNDLFFBQU0sUUFBUSxRQUFRLFFBQVEsT0FBTyxLQUFLLENBQUMsY0FBYyxVQUFVLFVBQVUsS0FBSztBQUNsRixNQUFJLFVBQVUsT0FBVyxPQUFNLElBQUkseUJBQVcsT0FBTyxLQUFLLGtEQUFrRDtBQUM1RyxTQUFPLE1BQU07QUFDZjtBQUVBLGVBQWUsYUFBYSxTQUE0QztBQUN0RSxRQUFNLEVBQUUsUUFBUSxVQUFVLFFBQUksMkJBQVcsT0FBTyxFQUFFO0FBQ2xELFFBQU0sVUFBTSwyQkFBWSxXQUFXLE9BQU8sTUFBTSxPQUFPLFNBQVMsT0FBTyxRQUFRO0FBQy9FLFFBQU0sT0FBUSxNQUFNLGNBQWMsT0FBTyxFQUFFLFFBQVEsR0FBRyxLQUFNO0FBQzVELFVBQUksK0JBQVcsUUFBUSxFQUFFLE9BQU8sSUFBSSxFQUFFLE9BQU8sS0FBSyxNQUFNLE9BQU8sZ0JBQWdCO0FBQzdFLFVBQU0sSUFBSTtBQUFBLE1BQ1IsR0FBRyxHQUFHO0FBQUEsSUFDUjtBQUFBLEVBQ0Y7QUFDQSxhQUFPLCtCQUFjLE1BQU0sR0FBRztBQUNoQztBQUdBLGVBQWUsVUFBVSxTQUF3QztBQUMvRCxRQUFNLEVBQUUsTUFBTSxNQUFNLEtBQUssSUFBSTtBQUM3QixRQUFNLEVBQUUsY0FBYyxJQUFJLEtBQUssT0FBTztBQUN0QyxNQUFJLFNBQVMsUUFBVztBQUN0QixRQUFJLEtBQUssZUFBZSxLQUFLLEtBQUssY0FBYyxLQUFLLFFBQVEsV0FBWTtBQUN6RSxVQUFNLElBQUk7QUFBQSxNQUNSLEdBQUcsYUFBYSwrQkFBK0IsS0FBSyxVQUFVLEtBQUssS0FBSyxHQUFHLGVBQWUsS0FBSyxLQUFLLFVBQVU7QUFBQSxJQUNoSDtBQUFBLEVBQ0Y7QUFDQSxNQUFLLE1BQU0sS0FBSyxRQUFRLFFBQVEsS0FBTyxNQUFNLEtBQUssS0FBSyxRQUFRLEdBQUk7QUFDakUsVUFBTSxJQUFJO0FBQUEsTUFDUixzQkFBc0IsS0FBSyxJQUFJLEtBQUssS0FBSyxPQUFPLEtBQUssUUFBUTtBQUFBLElBQy9EO0FBQUEsRUFDRjtBQUNBLE1BQUksVUFBTSwwQkFBYSxPQUFPLEVBQUc7QUFDakMsUUFBTSxRQUFRLFVBQU0sOEJBQWMsYUFBYTtBQUMvQyxNQUFJLE1BQU0sQ0FBQyxNQUFNLFFBQVc7QUFDMUIsVUFBTSxJQUFJO0FBQUEsTUFDUixHQUFHLGFBQWEsT0FBTyxLQUFLLElBQUksMkJBQTJCLE1BQU0sTUFBTSxrQkFBa0IsTUFBTSxDQUFDLENBQUM7QUFBQSxJQUNuRztBQUFBLEVBQ0Y7QUFDRjtBQUVBLGVBQWUsSUFBSSxTQUF3QztBQUN6RCxRQUFNLEVBQUUsUUFBUSxNQUFNLFNBQVMsUUFBSSwyQkFBVyxPQUFPO0FBQ3JELFFBQU0sRUFBRSxZQUFZLGFBQWEsSUFBSSxRQUFRLEtBQUs7QUFDbEQsUUFBTUMsVUFBc0I7QUFBQSxJQUMxQixRQUFRO0FBQUEsSUFDUjtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsSUFDQSxXQUFXLFFBQVEsS0FBSztBQUFBLElBQ3hCLE1BQU07QUFBQSxFQUNSO0FBQ0EsTUFBSTtBQUNGLGNBQU0sMEJBQVUsT0FBTyxFQUFFLFlBQVEsMEJBQVksUUFBUSxLQUFLLE1BQU0sTUFBTSxHQUFHLEdBQUcsS0FBSyxVQUFVQSxPQUFNLENBQUM7QUFBQSxDQUFJO0FBQUEsRUFDeEcsU0FBUyxPQUFPO0FBQ2QsUUFBSSxFQUFFLGlCQUFpQix5QkFBVyxPQUFNO0FBQ3hDLFVBQU0sSUFBSTtBQUFBLE1BQ1IsWUFBWSxVQUFVO0FBQUEsSUFDeEI7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxlQUFlLEtBQUssU0FBd0M7QUFDMUQsWUFBTSw4QkFBWSx5QkFBUyxRQUFRLEtBQUssT0FBTyxJQUFJLEdBQUcsWUFBWSxRQUFRLEtBQUssS0FBSyxVQUFVO0FBQUEsQ0FBSTtBQUNwRztBQUVBLE1BQU0sZ0JBQWdCO0FBQ3RCLE1BQU0sY0FBYztBQUVwQixlQUFlLE1BQU0sU0FBeUIsU0FBcUM7QUFDakYsUUFBTSxZQUFRLDZCQUFhLE9BQU87QUFDbEMsTUFBSyxVQUFNLHVCQUFTLE9BQU8sS0FBTyxVQUFNLDBCQUFhLE9BQU8sRUFBSTtBQUVoRSxZQUFNLG9CQUFHLE1BQU0sU0FBUyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUN4RCxRQUFNLFdBQVcsV0FBVyxPQUFPO0FBQ25DLFFBQU0sV0FBVyxTQUFTLFNBQVMsYUFBYSxXQUFXO0FBQzNELFlBQU0sNEJBQWMsTUFBTSxNQUFNLEdBQUs7QUFDckMsUUFBTSxPQUFPLFNBQVMsTUFBTSxLQUFLLENBQUMsRUFBRSxLQUFLLE1BQU0sU0FBUyxxQkFBUTtBQUNoRSxNQUFJLFNBQVMsT0FBVyxPQUFNLElBQUksc0JBQVEsVUFBVSxTQUFTLFFBQVEsYUFBYSxxQkFBUSxFQUFFO0FBQzVGLFFBQU0sYUFBUywwQkFBVyxTQUFTLFdBQVcsU0FBUyxNQUFNLFNBQVMsU0FBUyxTQUFTLFFBQVE7QUFDaEcsUUFBTSxVQUFVLE1BQU0sY0FBYyxPQUFPLEVBQUUsVUFBVSxTQUFTLEtBQUssSUFBSTtBQUN6RSxRQUFNLFFBQVEsTUFBTTtBQUNwQixRQUFNLFdBQVcsVUFBTSwyQkFBVyxTQUFTLE1BQU0sTUFBTSxDQUFDLFVBQVUsUUFBUSxTQUFTLE9BQU8sS0FBSyxLQUFLLENBQUM7QUFDckcsTUFBSSxTQUFTLFdBQVcsS0FBSyxVQUFVLFNBQVMsVUFBVSxLQUFLLE9BQU87QUFDcEUsVUFBTSxJQUFJO0FBQUEsTUFDUixHQUFHLE1BQU0sR0FBRyxLQUFLLElBQUksbUNBQW1DLFNBQVMsS0FBSyxtQkFBbUIsU0FBUyxNQUFNO0FBQUEsSUFDMUc7QUFBQSxFQUNGO0FBQ0EsVUFBUSxLQUFLLE9BQUcsMEJBQVksU0FBUyxLQUFLLENBQUMsaUJBQWEsMEJBQVksU0FBUyxVQUFVLENBQUMsV0FBVztBQUNyRztBQUVBLFNBQVMsV0FBVyxTQUFtQztBQUNyRCxNQUFJLFFBQVEsYUFBYSxPQUFXLE9BQU0sSUFBSSxNQUFNLG1DQUFtQztBQUN2RixTQUFPLFFBQVE7QUFDakI7QUFFQSxlQUFlLFdBQVcsU0FBeUIsUUFBK0I7QUFDaEYsUUFBTSxFQUFFLGNBQWMsSUFBSSxRQUFRLEtBQUssT0FBTztBQUM5QyxRQUFNLE9BQU8sVUFBTSx3QkFBVSxhQUFhO0FBQzFDLE1BQUksT0FBTyxRQUFRO0FBQ2pCLFVBQU0sSUFBSTtBQUFBLE1BQ1IsR0FBRyxhQUFhLFlBQVEsMEJBQVksSUFBSSxDQUFDLGtDQUE4QiwwQkFBWSxNQUFNLENBQUM7QUFBQSxJQUM1RjtBQUFBLEVBQ0Y7QUFDRjtBQUVBLGVBQWUsV0FBVyxTQUF5QixTQUFxQztBQUN0RixNQUFLLFVBQU0sdUJBQVMsT0FBTyxLQUFPLFVBQU0sMEJBQWEsT0FBTyxFQUFJO0FBQ2hFLFFBQU0sWUFBUSw2QkFBYSxPQUFPO0FBQ2xDLFlBQU07QUFBQSxJQUFVLE1BQU07QUFBQSxJQUFNLFdBQVcsT0FBTyxFQUFFO0FBQUEsSUFBTyxDQUFDLFVBQ3RELFFBQVEsU0FBUyxPQUFPLFdBQVcsT0FBTyxFQUFFLFVBQVU7QUFBQSxFQUN4RDtBQUNBLFFBQU0sUUFBUSxNQUFNO0FBQ3BCLFlBQU0sMEJBQVksaUJBQUFDLFFBQUssS0FBSyxNQUFNLFNBQVMsYUFBYSxHQUFHLEVBQUU7QUFDL0Q7QUFFQSxlQUFlLFVBQVUsU0FBeUIsU0FBcUM7QUFDckYsTUFBSyxVQUFNLHVCQUFTLE9BQU8sS0FBTyxVQUFNLDBCQUFhLE9BQU8sRUFBSTtBQUNoRSxRQUFNLE9BQU8saUJBQUFBLFFBQUssU0FBSyw2QkFBYSxPQUFPLEVBQUUsTUFBTSxNQUFNO0FBQ3pELFlBQU0sdUJBQU0saUJBQUFBLFFBQUssS0FBSyxNQUFNLE9BQU8sR0FBRyxFQUFFLFdBQVcsS0FBSyxDQUFDO0FBQ3pELFlBQU0sdUJBQU0saUJBQUFBLFFBQUssS0FBSyxNQUFNLFFBQVEsS0FBSyxHQUFHLEVBQUUsV0FBVyxLQUFLLENBQUM7QUFDL0QsWUFBTSxpQ0FBbUIsU0FBUyxPQUFPO0FBQzNDO0FBRUEsZUFBZSxVQUFVLFNBQXlCLFNBQXFDO0FBQ3JGLE1BQUssVUFBTSx1QkFBUyxPQUFPLEtBQU8sVUFBTSwwQkFBYSxPQUFPLEVBQUk7QUFDaEUsWUFBTSxvQkFBTSxTQUFTLFdBQVcsT0FBTyxHQUFHLE9BQU87QUFDakQsUUFBTSxtQkFBbUIsT0FBTztBQUNoQyxZQUFNLDBCQUFTLDZCQUFhLE9BQU8sRUFBRSxJQUFJO0FBQ3pDLFlBQU0seUJBQVcsT0FBTztBQUMxQjtBQUdBLGVBQWUsbUJBQW1CLFNBQXdDO0FBQ3hFLE1BQUksUUFBUSxTQUFTLE1BQU0sRUFBRztBQUM5QixRQUFNLEVBQUUsS0FBSyxJQUFJLElBQUksVUFBTSxzQkFBSyxRQUFRLEtBQUssT0FBTyxLQUFLLGFBQWE7QUFDdEUsUUFBTSxPQUFPLGlCQUFBQSxRQUFLLFNBQUssNkJBQWEsT0FBTyxFQUFFLE1BQU0sTUFBTTtBQUN6RCxhQUFXLFNBQVMsVUFBTSx1QkFBUyxJQUFJLEVBQUcsV0FBTSx1QkFBTSxpQkFBQUEsUUFBSyxLQUFLLE1BQU0sTUFBTSxJQUFJLEdBQUcsS0FBSyxHQUFHO0FBQzdGO0FBRUEsZUFBZSxVQUFVLFNBQXdDO0FBQy9ELFlBQU0sNEJBQWEsUUFBUSxLQUFLLE9BQU8sS0FBSyxZQUFZLEVBQUUsU0FBUyxFQUFFLE9BQU8sQ0FBQyxFQUFFLEVBQUUsQ0FBQztBQUNwRjtBQUVBLGVBQWUsTUFBTSxTQUF5QixTQUFxQztBQUNqRixZQUFNLDZCQUFXLHlCQUFTLFFBQVEsS0FBSyxPQUFPLElBQUksQ0FBQztBQUNuRCxRQUFNLFFBQVEsTUFBTTtBQUNwQixRQUFNLFFBQVEsS0FBSyxRQUFRLE1BQU07QUFDbkM7QUFFQSxNQUFNLGlCQUFpQjtBQUV2QixlQUFlLEtBQUssU0FBd0M7QUFDMUQsUUFBTSxFQUFFLEtBQUssSUFBSTtBQUNqQixhQUFXLFdBQVcsS0FBSyxJQUFJLElBQUksa0JBQWtCLFVBQU0saUJBQUFDLFlBQU0sRUFBRSxHQUFHO0FBQ3BFLFVBQU0sVUFBVSxNQUFNLEtBQUssS0FBSyxRQUFRLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFDL0QsUUFBSSxTQUFTLFNBQVMsWUFBYSxNQUFNLEtBQUssTUFBTSxjQUFjLEVBQUk7QUFDdEUsUUFBSSxLQUFLLElBQUksSUFBSTtBQUNmLFlBQU0sSUFBSTtBQUFBLFFBQ1IsR0FBRyxRQUFRLEtBQUssSUFBSSw2QkFBNkIsaUJBQWlCLEdBQUk7QUFBQSxNQUN4RTtBQUFBLEVBQ0o7QUFFQSxZQUFNLDhCQUFnQixNQUFNLEtBQUssSUFBSSxJQUFJLGNBQWM7QUFDekQ7QUFFQSxlQUFlLFVBQVUsU0FBd0M7QUFDL0QsUUFBTSxFQUFFLE1BQU0sSUFBSSxRQUFRO0FBQzFCLFFBQU0sZUFBVywyQkFBVyxPQUFPLEVBQUUsS0FBSyxPQUFPO0FBQ2pELFFBQU0sUUFBUSxNQUFNLE1BQU0sYUFBYTtBQUN2QyxNQUFJLGFBQWEsUUFBUSxVQUFVLFFBQVEsUUFBUSxVQUFVO0FBQzNELFVBQU0sSUFBSSxzQkFBUSw0QkFBNEIsS0FBSyxxREFBcUQsUUFBUSxFQUFFO0FBQUEsRUFDcEg7QUFDQSxRQUFNLE1BQU0sUUFBUSxDQUFDLGtCQUFrQixHQUFHLEVBQUUsZ0JBQWdCLEtBQUssQ0FBQztBQUNsRSxVQUFRLE9BQU8sZUFBZTtBQUNoQztBQUVBLGVBQWUsT0FBTyxTQUF5QixTQUFxQztBQUNsRixRQUFNLE9BQU8sTUFBTSxRQUFRLEtBQUssTUFBTSxZQUFZO0FBQ2xELFFBQU0sRUFBRSxRQUFRLFdBQVcsUUFBSSwyQkFBVyxPQUFPLEVBQUU7QUFDbkQsUUFBTSxXQUE2QjtBQUFBLElBQ2pDLFFBQVE7QUFBQSxJQUNSO0FBQUEsSUFDQSxRQUFRLFFBQVEsS0FBSztBQUFBLElBQ3JCLG1CQUFtQixLQUFLO0FBQUEsSUFDeEIsYUFBUyw0QkFBWSxLQUFLLFNBQVM7QUFBQSxJQUNuQyxPQUFPLE9BQU8sTUFBTTtBQUFBLElBQ3BCLGNBQWMsUUFBUSxPQUFPO0FBQUEsSUFDN0IsYUFBWSxvQkFBSSxLQUFLLEdBQUUsWUFBWTtBQUFBLElBQ25DLFVBQVUsWUFBWSxJQUFJLElBQUksUUFBUSxTQUFTO0FBQUEsRUFDakQ7QUFDQSxRQUFNLFFBQVEsTUFBTTtBQUNwQixZQUFNLDBCQUFVLE9BQU8sRUFBRSxZQUFRLDBCQUFZLFFBQVEsS0FBSyxNQUFNLFVBQVUsR0FBRyxHQUFHLEtBQUssVUFBVSxRQUFRLENBQUM7QUFBQSxDQUFJO0FBQzVHLFNBQU8sT0FBTyxRQUFRLFFBQVEsVUFBVSxFQUFFLE9BQU8sWUFBWSxPQUFPLE9BQU8sV0FBVyxDQUFDO0FBQ3pGO0FBRUEsZUFBZSxNQUFNLFNBQXdDO0FBQzNELE1BQUksUUFBUSxNQUFNLGVBQWUsUUFBUSxLQUFLLEtBQUssV0FBWTtBQUMvRCxRQUFNLFlBQVEsNkJBQWEsT0FBTztBQUVsQyxZQUFNLHlCQUFXLE1BQU0sT0FBTztBQUM5QixZQUFNLG9CQUFHLE1BQU0sU0FBUyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUMxRDsiLAogICJuYW1lcyI6IFsiaW1wb3J0X3Byb21pc2VzIiwgImltcG9ydF9wbGFuIiwgInJlY29yZCIsICJwYXRoIiwgInNsZWVwIl0KfQo=
