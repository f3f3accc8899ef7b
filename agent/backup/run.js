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
var run_exports = {};
__export(run_exports, {
  beginBackup: () => beginBackup,
  claimTier: () => claimTier,
  dataKey: () => dataKey,
  stillLeads: () => stillLeads,
  writeManifest: () => writeManifest
});
module.exports = __toCommonJS(run_exports);
var import_node_crypto = require("node:crypto");
var import_node_path = __toESM(require("node:path"));
var import_layout = require("../../model/layout");
var import_manifest = require("../../model/manifest");
var import_claims = require("../claims");
var import_open = require("../archive/open");
var import_lineage = require("../lineage");
var import_identity = require("../identity");
var import_errors = require("../run/errors");
const maxClockSkewMs = 6e4;
async function beginBackup(node, tier) {
  const { archive: spec } = node.config;
  const archive = await (0, import_open.openArchive)(spec, spec.clusterId, "primary");
  const createdAt = /* @__PURE__ */ new Date();
  const skew = createdAt.getTime() - (await archive.now()).getTime();
  if (Math.abs(skew) > maxClockSkewMs) {
    throw new import_errors.Refused(
      `this node's clock and the archive's are ${Math.round(skew / 1e3)} s apart: no backup is made. Set the clock (WAL still flows).`
    );
  }
  const info = await node.admin.clusterInfo();
  const metrics = await node.http.metrics();
  if (info.leaderId !== info.nodeId || metrics.role !== "leader") {
    throw new import_errors.TryLater(
      `node ${info.nodeId} does not lead; ${info.leaderId ?? "nobody"} does. Backups are taken on the leader.`
    );
  }
  const { lineage } = await (0, import_lineage.lineageOf)(archive, spec.clusterId, info.clusterId);
  const backupId = (0, import_layout.makeBackupId)(createdAt, (0, import_node_crypto.randomBytes)(4).toString("hex"));
  return {
    node,
    tier,
    backupId,
    createdAt,
    archive,
    lineage,
    databaseClusterId: info.clusterId,
    term: metrics.term,
    anchors: [],
    work: import_node_path.default.join(node.paths.work, `${tier}-${backupId}`),
    tree: import_node_path.default.join(node.paths.work, `${tier}-${backupId}`, "tree"),
    index: { low: 0, high: 0 },
    pause: null,
    totalEntries: null,
    openSegment: "",
    copiedAt: 0,
    files: [],
    plainBytes: 0,
    parts: []
  };
}
async function claimTier(run, timeToLiveSeconds) {
  run.claim = await (0, import_claims.takeClaim)(run.archive, run.node.config.archive.clusterId, {
    name: run.tier,
    node: run.node.config.node.id,
    timeToLiveSeconds
  });
}
async function stillLeads(run) {
  const metrics = await run.node.http.metrics();
  if (metrics.role === "leader" && metrics.term === run.term) return;
  throw new import_errors.WorldFault(
    `leadership changed while backup ${run.backupId} was taken (term ${run.term}, now ${metrics.term}, this node is ${metrics.role}): it is void. The new leader takes it again.`
  );
}
function dataKey(run, name) {
  return (0, import_layout.dataPrefix)(run.node.config.archive.clusterId, run.tier, run.lineage, run.backupId) + name;
}
async function writeManifest(run, stream) {
  await run.claim?.stillHeld();
  const { clusterId } = run.node.config.archive;
  const manifest = {
    format: import_manifest.manifestFormat,
    backupId: run.backupId,
    tier: run.tier,
    clusterId,
    lineage: run.lineage,
    databaseClusterId: run.databaseClusterId,
    createdAt: run.createdAt.toISOString(),
    node: { id: run.node.config.node.id, term: run.term },
    index: run.index,
    pause: run.pause,
    totalEntries: run.totalEntries,
    plainBytes: run.plainBytes,
    parts: run.parts,
    files: run.files,
    wal: { stream, anchors: run.anchors, segments: [] },
    source: null,
    agent: await (0, import_identity.agentIdentity)()
  };
  await run.archive.putText((0, import_layout.manifestKey)(clusterId, run.tier, run.lineage, run.backupId), (0, import_manifest.serializeManifest)(manifest));
  return manifest;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  beginBackup,
  claimTier,
  dataKey,
  stillLeads,
  writeManifest
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicnVuLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEseUJBQTRCO0FBQzVCLHVCQUFpQjtBQUNqQixvQkFBc0Q7QUFDdEQsc0JBT087QUFHUCxvQkFBMEI7QUFFMUIsa0JBQTRCO0FBRTVCLHFCQUEwQjtBQUMxQixzQkFBOEI7QUFDOUIsb0JBQThDO0FBK0I5QyxNQUFNLGlCQUFpQjtBQU12QixlQUFzQixZQUFZLE1BQVksTUFBZ0M7QUFDNUUsUUFBTSxFQUFFLFNBQVMsS0FBSyxJQUFJLEtBQUs7QUFDL0IsUUFBTSxVQUFVLFVBQU0seUJBQVksTUFBTSxLQUFLLFdBQVcsU0FBUztBQUNqRSxRQUFNLFlBQVksb0JBQUksS0FBSztBQUMzQixRQUFNLE9BQU8sVUFBVSxRQUFRLEtBQUssTUFBTSxRQUFRLElBQUksR0FBRyxRQUFRO0FBQ2pFLE1BQUksS0FBSyxJQUFJLElBQUksSUFBSSxnQkFBZ0I7QUFDbkMsVUFBTSxJQUFJO0FBQUEsTUFDUiwyQ0FBMkMsS0FBSyxNQUFNLE9BQU8sR0FBSSxDQUFDO0FBQUEsSUFDcEU7QUFBQSxFQUNGO0FBQ0EsUUFBTSxPQUFPLE1BQU0sS0FBSyxNQUFNLFlBQVk7QUFDMUMsUUFBTSxVQUFVLE1BQU0sS0FBSyxLQUFLLFFBQVE7QUFDeEMsTUFBSSxLQUFLLGFBQWEsS0FBSyxVQUFVLFFBQVEsU0FBUyxVQUFVO0FBQzlELFVBQU0sSUFBSTtBQUFBLE1BQ1IsUUFBUSxLQUFLLE1BQU0sbUJBQW1CLEtBQUssWUFBWSxRQUFRO0FBQUEsSUFDakU7QUFBQSxFQUNGO0FBQ0EsUUFBTSxFQUFFLFFBQVEsSUFBSSxVQUFNLDBCQUFVLFNBQVMsS0FBSyxXQUFXLEtBQUssU0FBUztBQUMzRSxRQUFNLGVBQVcsNEJBQWEsZUFBVyxnQ0FBWSxDQUFDLEVBQUUsU0FBUyxLQUFLLENBQUM7QUFDdkUsU0FBTztBQUFBLElBQ0w7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLElBQ0EsbUJBQW1CLEtBQUs7QUFBQSxJQUN4QixNQUFNLFFBQVE7QUFBQSxJQUNkLFNBQVMsQ0FBQztBQUFBLElBQ1YsTUFBTSxpQkFBQUEsUUFBSyxLQUFLLEtBQUssTUFBTSxNQUFNLEdBQUcsSUFBSSxJQUFJLFFBQVEsRUFBRTtBQUFBLElBQ3RELE1BQU0saUJBQUFBLFFBQUssS0FBSyxLQUFLLE1BQU0sTUFBTSxHQUFHLElBQUksSUFBSSxRQUFRLElBQUksTUFBTTtBQUFBLElBQzlELE9BQU8sRUFBRSxLQUFLLEdBQUcsTUFBTSxFQUFFO0FBQUEsSUFDekIsT0FBTztBQUFBLElBQ1AsY0FBYztBQUFBLElBQ2QsYUFBYTtBQUFBLElBQ2IsVUFBVTtBQUFBLElBQ1YsT0FBTyxDQUFDO0FBQUEsSUFDUixZQUFZO0FBQUEsSUFDWixPQUFPLENBQUM7QUFBQSxFQUNWO0FBQ0Y7QUFFQSxlQUFzQixVQUFVLEtBQWdCLG1CQUEwQztBQUN4RixNQUFJLFFBQVEsVUFBTSx5QkFBVSxJQUFJLFNBQVMsSUFBSSxLQUFLLE9BQU8sUUFBUSxXQUFXO0FBQUEsSUFDMUUsTUFBTSxJQUFJO0FBQUEsSUFDVixNQUFNLElBQUksS0FBSyxPQUFPLEtBQUs7QUFBQSxJQUMzQjtBQUFBLEVBQ0YsQ0FBQztBQUNIO0FBTUEsZUFBc0IsV0FBVyxLQUErQjtBQUM5RCxRQUFNLFVBQVUsTUFBTSxJQUFJLEtBQUssS0FBSyxRQUFRO0FBQzVDLE1BQUksUUFBUSxTQUFTLFlBQVksUUFBUSxTQUFTLElBQUksS0FBTTtBQUM1RCxRQUFNLElBQUk7QUFBQSxJQUNSLG1DQUFtQyxJQUFJLFFBQVEsb0JBQW9CLElBQUksSUFBSSxTQUFTLFFBQVEsSUFBSSxrQkFBa0IsUUFBUSxJQUFJO0FBQUEsRUFDaEk7QUFDRjtBQUVPLFNBQVMsUUFBUSxLQUFnQixNQUFzQjtBQUM1RCxhQUFPLDBCQUFXLElBQUksS0FBSyxPQUFPLFFBQVEsV0FBVyxJQUFJLE1BQU0sSUFBSSxTQUFTLElBQUksUUFBUSxJQUFJO0FBQzlGO0FBR0EsZUFBc0IsY0FBYyxLQUFnQixRQUEwQztBQUM1RixRQUFNLElBQUksT0FBTyxVQUFVO0FBQzNCLFFBQU0sRUFBRSxVQUFVLElBQUksSUFBSSxLQUFLLE9BQU87QUFDdEMsUUFBTSxXQUFxQjtBQUFBLElBQ3pCLFFBQVE7QUFBQSxJQUNSLFVBQVUsSUFBSTtBQUFBLElBQ2QsTUFBTSxJQUFJO0FBQUEsSUFDVjtBQUFBLElBQ0EsU0FBUyxJQUFJO0FBQUEsSUFDYixtQkFBbUIsSUFBSTtBQUFBLElBQ3ZCLFdBQVcsSUFBSSxVQUFVLFlBQVk7QUFBQSxJQUNyQyxNQUFNLEVBQUUsSUFBSSxJQUFJLEtBQUssT0FBTyxLQUFLLElBQUksTUFBTSxJQUFJLEtBQUs7QUFBQSxJQUNwRCxPQUFPLElBQUk7QUFBQSxJQUNYLE9BQU8sSUFBSTtBQUFBLElBQ1gsY0FBYyxJQUFJO0FBQUEsSUFDbEIsWUFBWSxJQUFJO0FBQUEsSUFDaEIsT0FBTyxJQUFJO0FBQUEsSUFDWCxPQUFPLElBQUk7QUFBQSxJQUNYLEtBQUssRUFBRSxRQUFRLFNBQVMsSUFBSSxTQUFTLFVBQVUsQ0FBQyxFQUFFO0FBQUEsSUFDbEQsUUFBUTtBQUFBLElBQ1IsT0FBTyxVQUFNLCtCQUFjO0FBQUEsRUFDN0I7QUFDQSxRQUFNLElBQUksUUFBUSxZQUFRLDJCQUFZLFdBQVcsSUFBSSxNQUFNLElBQUksU0FBUyxJQUFJLFFBQVEsT0FBRyxtQ0FBa0IsUUFBUSxDQUFDO0FBQ2xILFNBQU87QUFDVDsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
