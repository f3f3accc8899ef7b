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
var status_exports = {};
__export(status_exports, {
  status: () => status
});
module.exports = __toCommonJS(status_exports);
var import_catalog = require("../../model/catalog");
var import_layout = require("../../model/layout");
var import_tier = require("../../model/tier");
var import_catalog2 = require("../archive/catalog");
var import_open = require("../archive/open");
var import_claims = require("../claims");
var import_files = require("../host/files");
var import_stream = require("../stream");
async function status(node) {
  const { archive: spec } = node.config;
  const places = await (0, import_open.openReachable)(spec);
  const primary = places.find(({ place }) => place === "primary")?.archive;
  const catalog = await (0, import_catalog2.readCatalog)(spec.clusterId, places);
  const production = (0, import_catalog.productionLineage)(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : null;
  const now = await (primary ?? places[0].archive).now();
  const found = import_tier.tiers.filter((tier) => tier !== import_tier.Tier.Offsite || spec.offsite !== void 0).map((tier) => tierStatus({ catalog, lineage, tier }, node.config.policy, now));
  const wal = await walStatus(node);
  const problems = [
    ..."refused" in production ? [production.refused] : [],
    ...catalog.unreadable.map(({ key, problem }) => `${key}: ${problem}`),
    ...catalog.entries.flatMap((e) => e.problem === null ? [] : [`${e.manifest.backupId}: ${e.problem}`]),
    ...found.flatMap(lateness),
    ...wal.held ? ["archiving is held until a recovery is accepted"] : []
  ];
  const running = primary === void 0 ? [] : await (0, import_claims.liveClaims)(primary, spec.clusterId);
  const good = problems.length === 0;
  return { clusterId: spec.clusterId, node: node.config.node.id, lineage, tiers: found, wal, running, good, problems };
}
function tierStatus({ catalog, lineage, tier }, policy, now) {
  const entry = lineage === null ? void 0 : (0, import_catalog.newestGood)(catalog, lineage, { tiers: [tier] });
  const objectiveSeconds = policy[tier].recoveryPointMinutes * 60;
  if (entry === void 0) return { tier, newest: null, ageSeconds: null, objectiveSeconds, within: false };
  const ageSeconds = Math.max(0, (now.getTime() - Date.parse(entry.storedAt)) / 1e3);
  return {
    tier,
    newest: entry.manifest.backupId,
    ageSeconds,
    objectiveSeconds,
    within: ageSeconds <= objectiveSeconds
  };
}
function lateness({ tier, newest, within }) {
  if (within) return [];
  return [newest === null ? `${tier}: there is no good backup` : `${tier}: ${newest} is older than the objective`];
}
async function walStatus(node) {
  const state = await (0, import_stream.readStream)(node);
  const open = await (0, import_files.exists)(node.paths.wal) ? await (0, import_stream.openSegment)(node) : null;
  const last = state?.lastPushed ?? null;
  const behind = open === null || last === null ? null : Number((0, import_layout.segmentNumber)(open) - (0, import_layout.segmentNumber)(last)) - 1;
  return {
    stream: state?.stream ?? null,
    lastPushed: last,
    openSegment: open,
    behind: behind === null ? null : Math.max(0, behind),
    held: await (0, import_files.exists)(node.paths.hold)
  };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  status
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RhdHVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEscUJBQTREO0FBQzVELG9CQUE4QjtBQUU5QixrQkFBNEI7QUFFNUIsSUFBQUEsa0JBQTRCO0FBQzVCLGtCQUE4QjtBQUM5QixvQkFBMkI7QUFFM0IsbUJBQXVCO0FBQ3ZCLG9CQUF3QztBQWlDeEMsZUFBc0IsT0FBTyxNQUE2QjtBQUN4RCxRQUFNLEVBQUUsU0FBUyxLQUFLLElBQUksS0FBSztBQUMvQixRQUFNLFNBQVMsVUFBTSwyQkFBYyxJQUFJO0FBQ3ZDLFFBQU0sVUFBVSxPQUFPLEtBQUssQ0FBQyxFQUFFLE1BQU0sTUFBTSxVQUFVLFNBQVMsR0FBRztBQUNqRSxRQUFNLFVBQVUsVUFBTSw2QkFBWSxLQUFLLFdBQVcsTUFBTTtBQUN4RCxRQUFNLGlCQUFhLGtDQUFrQixPQUFPO0FBQzVDLFFBQU0sVUFBVSxhQUFhLGFBQWEsV0FBVyxRQUFRLFVBQVU7QUFDdkUsUUFBTSxNQUFNLE9BQU8sV0FBWSxPQUFPLENBQUMsRUFBMkIsU0FBUyxJQUFJO0FBQy9FLFFBQU0sUUFBUSxrQkFDWCxPQUFPLENBQUMsU0FBUyxTQUFTLGlCQUFLLFdBQVcsS0FBSyxZQUFZLE1BQVMsRUFDcEUsSUFBSSxDQUFDLFNBQVMsV0FBVyxFQUFFLFNBQVMsU0FBUyxLQUFLLEdBQUcsS0FBSyxPQUFPLFFBQVEsR0FBRyxDQUFDO0FBQ2hGLFFBQU0sTUFBTSxNQUFNLFVBQVUsSUFBSTtBQUNoQyxRQUFNLFdBQVc7QUFBQSxJQUNmLEdBQUksYUFBYSxhQUFhLENBQUMsV0FBVyxPQUFPLElBQUksQ0FBQztBQUFBLElBQ3RELEdBQUcsUUFBUSxXQUFXLElBQUksQ0FBQyxFQUFFLEtBQUssUUFBUSxNQUFNLEdBQUcsR0FBRyxLQUFLLE9BQU8sRUFBRTtBQUFBLElBQ3BFLEdBQUcsUUFBUSxRQUFRLFFBQVEsQ0FBQyxNQUFPLEVBQUUsWUFBWSxPQUFPLENBQUMsSUFBSSxDQUFDLEdBQUcsRUFBRSxTQUFTLFFBQVEsS0FBSyxFQUFFLE9BQU8sRUFBRSxDQUFFO0FBQUEsSUFDdEcsR0FBRyxNQUFNLFFBQVEsUUFBUTtBQUFBLElBQ3pCLEdBQUksSUFBSSxPQUFPLENBQUMsZ0RBQWdELElBQUksQ0FBQztBQUFBLEVBQ3ZFO0FBQ0EsUUFBTSxVQUFVLFlBQVksU0FBWSxDQUFDLElBQUksVUFBTSwwQkFBVyxTQUFTLEtBQUssU0FBUztBQUNyRixRQUFNLE9BQU8sU0FBUyxXQUFXO0FBQ2pDLFNBQU8sRUFBRSxXQUFXLEtBQUssV0FBVyxNQUFNLEtBQUssT0FBTyxLQUFLLElBQUksU0FBUyxPQUFPLE9BQU8sS0FBSyxTQUFTLE1BQU0sU0FBUztBQUNySDtBQUVBLFNBQVMsV0FDUCxFQUFFLFNBQVMsU0FBUyxLQUFLLEdBQ3pCLFFBQ0EsS0FDWTtBQUNaLFFBQU0sUUFBUSxZQUFZLE9BQU8sYUFBWSwyQkFBVyxTQUFTLFNBQVMsRUFBRSxPQUFPLENBQUMsSUFBSSxFQUFFLENBQUM7QUFDM0YsUUFBTSxtQkFBbUIsT0FBTyxJQUFJLEVBQUUsdUJBQXVCO0FBQzdELE1BQUksVUFBVSxPQUFXLFFBQU8sRUFBRSxNQUFNLFFBQVEsTUFBTSxZQUFZLE1BQU0sa0JBQWtCLFFBQVEsTUFBTTtBQUN4RyxRQUFNLGFBQWEsS0FBSyxJQUFJLElBQUksSUFBSSxRQUFRLElBQUksS0FBSyxNQUFNLE1BQU0sUUFBUSxLQUFLLEdBQUk7QUFDbEYsU0FBTztBQUFBLElBQ0w7QUFBQSxJQUNBLFFBQVEsTUFBTSxTQUFTO0FBQUEsSUFDdkI7QUFBQSxJQUNBO0FBQUEsSUFDQSxRQUFRLGNBQWM7QUFBQSxFQUN4QjtBQUNGO0FBRUEsU0FBUyxTQUFTLEVBQUUsTUFBTSxRQUFRLE9BQU8sR0FBeUI7QUFDaEUsTUFBSSxPQUFRLFFBQU8sQ0FBQztBQUNwQixTQUFPLENBQUMsV0FBVyxPQUFPLEdBQUcsSUFBSSw4QkFBOEIsR0FBRyxJQUFJLEtBQUssTUFBTSw4QkFBOEI7QUFDakg7QUFFQSxlQUFlLFVBQVUsTUFBb0M7QUFDM0QsUUFBTSxRQUFRLFVBQU0sMEJBQVcsSUFBSTtBQUNuQyxRQUFNLE9BQVEsVUFBTSxxQkFBTyxLQUFLLE1BQU0sR0FBRyxJQUFLLFVBQU0sMkJBQVksSUFBSSxJQUFJO0FBQ3hFLFFBQU0sT0FBTyxPQUFPLGNBQWM7QUFDbEMsUUFBTSxTQUFTLFNBQVMsUUFBUSxTQUFTLE9BQU8sT0FBTyxXQUFPLDZCQUFjLElBQUksUUFBSSw2QkFBYyxJQUFJLENBQUMsSUFBSTtBQUMzRyxTQUFPO0FBQUEsSUFDTCxRQUFRLE9BQU8sVUFBVTtBQUFBLElBQ3pCLFlBQVk7QUFBQSxJQUNaLGFBQWE7QUFBQSxJQUNiLFFBQVEsV0FBVyxPQUFPLE9BQU8sS0FBSyxJQUFJLEdBQUcsTUFBTTtBQUFBLElBQ25ELE1BQU0sVUFBTSxxQkFBTyxLQUFLLE1BQU0sSUFBSTtBQUFBLEVBQ3BDO0FBQ0Y7IiwKICAibmFtZXMiOiBbImltcG9ydF9jYXRhbG9nIl0KfQo=
