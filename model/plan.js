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
var plan_exports = {};
__export(plan_exports, {
  PlanRefused: () => PlanRefused,
  describePlan: () => describePlan,
  planDigest: () => planDigest,
  resolvePlan: () => resolvePlan
});
module.exports = __toCommonJS(plan_exports);
var import_node_crypto = require("node:crypto");
var import_canonical = require("./canonical");
var import_catalog = require("./catalog");
var import_layout = require("./layout");
var import_manifest = require("./manifest");
var import_restorePoint = require("./restorePoint");
var import_tier = require("./tier");
var import_units = require("./units");
class PlanRefused extends Error {
  name = "PlanRefused";
}
function planDigest(plan) {
  return (0, import_node_crypto.createHash)("sha256").update((0, import_canonical.canonicalJson)(plan)).digest("hex");
}
function resolvePlan(request) {
  const { restorePoint, recoveryId } = request;
  if (!(0, import_layout.isRecoveryId)(recoveryId)) {
    throw new PlanRefused(
      `recoveryId ${JSON.stringify(recoveryId)} cannot name a recovery. Use letters, digits, dots and dashes, such as 2026-11-23.`
    );
  }
  const point = (0, import_restorePoint.parseRestorePoint)(restorePoint);
  if (request.pin) return pinnedPlan(request.pin, restorePoint);
  return planFor(request, chooseBackup(request.catalog, point));
}
function pinnedPlan(pin, restorePoint) {
  if (pin.restorePoint !== restorePoint) {
    throw new PlanRefused(
      `recovery ${pin.recoveryId} was begun with restore point ${pin.restorePoint} and cannot be continued with ${restorePoint}. Use a new recoveryId for another restore point.`
    );
  }
  return pin.plan;
}
function chooseBackup(catalog, point) {
  if (point.kind === "backup") return namedBackup(catalog, point.backupId);
  const production = (0, import_catalog.productionLineage)(catalog);
  if ("refused" in production) throw new PlanRefused(`${production.refused}.${whatIsThere(catalog)}`);
  const where = point.kind === "latest-offsite" ? { places: ["offsite"], tiers: [import_tier.Tier.Offsite] } : {};
  const entry = (0, import_catalog.newestGood)(catalog, production.lineage.lineage, where);
  if (entry === void 0) {
    throw new PlanRefused(
      `there is no good backup for ${point.kind} in lineage ${production.lineage.lineage}.${whatIsThere(catalog)}`
    );
  }
  return entry;
}
function namedBackup(catalog, backupId) {
  const found = catalog.entries.filter((entry) => entry.manifest.backupId === backupId);
  const good = found.find((entry) => entry.problem === null);
  if (good) return good;
  const problem = found[0]?.problem;
  if (problem) throw new PlanRefused(`backup ${backupId} cannot be restored: ${problem}.`);
  throw new PlanRefused(`backup ${backupId} is not in the archive.${whatIsThere(catalog)}`);
}
function whatIsThere(catalog) {
  const good = catalog.entries.filter((entry) => entry.problem === null).map((entry) => entry.manifest.backupId);
  const bad = [
    ...catalog.entries.filter((e) => e.problem !== null).map((e) => `${e.manifest.backupId}: ${e.problem}`),
    ...catalog.unreadable.map((u) => `${u.key}: ${u.problem}`)
  ];
  const goodText = good.length === 0 ? " No good backup is listed." : ` Good backups: ${good.slice(-5).join(", ")}.`;
  return bad.length === 0 ? goodText : `${goodText} Not usable: ${bad.slice(-3).join("; ")}.`;
}
function planFor(request, entry) {
  const { manifest } = entry;
  return {
    format: "neumann-plan/1",
    clusterId: request.catalog.clusterId,
    recoveryId: request.recoveryId,
    restorePoint: request.restorePoint,
    source: {
      place: entry.place,
      tier: manifest.tier,
      backupId: manifest.backupId,
      lineage: manifest.lineage,
      databaseClusterId: manifest.databaseClusterId,
      manifestSha256: entry.manifestSha256,
      createdAt: manifest.createdAt,
      index: manifest.index,
      totalEntries: manifest.totalEntries,
      storedBytes: (0, import_manifest.storedBytes)(manifest),
      plainBytes: manifest.plainBytes,
      files: manifest.files.length,
      walSegments: manifest.wal.segments.length
    },
    nodes: [...request.nodes],
    estimatedSeconds: estimateSeconds(manifest.plainBytes, request.nodes.length)
  };
}
const perNodeSeconds = 5;
const bytesPerSecond = 80 * 1024 * 1024;
function estimateSeconds(plainBytes, nodes) {
  return Math.ceil(perNodeSeconds * nodes + plainBytes * (1 + nodes) / bytesPerSecond);
}
function describePlan(plan, digest, now) {
  const { source } = plan;
  const [first, ...others] = plan.nodes;
  const age = Math.max(0, (now.getTime() - Date.parse(source.createdAt)) / 1e3);
  const rows = source.totalEntries === null ? "" : `, at least ${(0, import_units.formatCount)(source.totalEntries)} entries`;
  return [
    `Recovery ${plan.recoveryId} of cluster ${plan.clusterId}   plan ${digest}`,
    `  restore point   ${plan.restorePoint}`,
    `  backup          ${source.backupId} (${source.tier}, ${source.place}), lineage ${source.lineage}`,
    `  taken           ${source.createdAt}, ${(0, import_units.formatSeconds)(age)} ago`,
    `  holds           entries up to index ${source.index.low}${rows}`,
    `  size            ${(0, import_units.formatBytes)(source.storedBytes)} to fetch, ${(0, import_units.formatBytes)(source.plainBytes)} unpacked, ${source.files} files, ${source.walSegments} WAL segments`,
    `  will do         on ${first}: fetch, check every file, prove a copy alone, put in place, bootstrap once, start`,
    `                  then ${others.join(", ") || "no other node"}: join, empty, one at a time; then accept and take a base backup`,
    `  will be lost    every write acknowledged after ${source.createdAt}`,
    `  should take     about ${(0, import_units.formatSeconds)(plan.estimatedSeconds)}`
  ].join("\n");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  PlanRefused,
  describePlan,
  planDigest,
  resolvePlan
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicGxhbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUEyQjtBQUMzQix1QkFBeUM7QUFDekMscUJBQStFO0FBQy9FLG9CQUE2QjtBQUM3QixzQkFBNEI7QUFFNUIsMEJBQXFEO0FBQ3JELGtCQUFxQjtBQUNyQixtQkFBd0Q7QUFnQ2pELE1BQU0sb0JBQW9CLE1BQU07QUFBQSxFQUNuQixPQUFPO0FBQzNCO0FBYU8sU0FBUyxXQUFXLE1BQTJCO0FBQ3BELGFBQU8sK0JBQVcsUUFBUSxFQUN2QixXQUFPLGdDQUFjLElBQXVCLENBQUMsRUFDN0MsT0FBTyxLQUFLO0FBQ2pCO0FBTU8sU0FBUyxZQUFZLFNBQW1DO0FBQzdELFFBQU0sRUFBRSxjQUFjLFdBQVcsSUFBSTtBQUNyQyxNQUFJLEtBQUMsNEJBQWEsVUFBVSxHQUFHO0FBQzdCLFVBQU0sSUFBSTtBQUFBLE1BQ1IsY0FBYyxLQUFLLFVBQVUsVUFBVSxDQUFDO0FBQUEsSUFDMUM7QUFBQSxFQUNGO0FBQ0EsUUFBTSxZQUFRLHVDQUFrQixZQUFZO0FBQzVDLE1BQUksUUFBUSxJQUFLLFFBQU8sV0FBVyxRQUFRLEtBQUssWUFBWTtBQUM1RCxTQUFPLFFBQVEsU0FBUyxhQUFhLFFBQVEsU0FBUyxLQUFLLENBQUM7QUFDOUQ7QUFFQSxTQUFTLFdBQVcsS0FBa0IsY0FBbUM7QUFDdkUsTUFBSSxJQUFJLGlCQUFpQixjQUFjO0FBQ3JDLFVBQU0sSUFBSTtBQUFBLE1BQ1IsWUFBWSxJQUFJLFVBQVUsaUNBQWlDLElBQUksWUFBWSxpQ0FBaUMsWUFBWTtBQUFBLElBRTFIO0FBQUEsRUFDRjtBQUNBLFNBQU8sSUFBSTtBQUNiO0FBRUEsU0FBUyxhQUFhLFNBQWtCLE9BQW1DO0FBQ3pFLE1BQUksTUFBTSxTQUFTLFNBQVUsUUFBTyxZQUFZLFNBQVMsTUFBTSxRQUFRO0FBQ3ZFLFFBQU0saUJBQWEsa0NBQWtCLE9BQU87QUFDNUMsTUFBSSxhQUFhLFdBQVksT0FBTSxJQUFJLFlBQVksR0FBRyxXQUFXLE9BQU8sSUFBSSxZQUFZLE9BQU8sQ0FBQyxFQUFFO0FBQ2xHLFFBQU0sUUFBUSxNQUFNLFNBQVMsbUJBQW1CLEVBQUUsUUFBUSxDQUFDLFNBQWtCLEdBQUcsT0FBTyxDQUFDLGlCQUFLLE9BQU8sRUFBRSxJQUFJLENBQUM7QUFDM0csUUFBTSxZQUFRLDJCQUFXLFNBQVMsV0FBVyxRQUFRLFNBQVMsS0FBSztBQUNuRSxNQUFJLFVBQVUsUUFBVztBQUN2QixVQUFNLElBQUk7QUFBQSxNQUNSLCtCQUErQixNQUFNLElBQUksZUFBZSxXQUFXLFFBQVEsT0FBTyxJQUFJLFlBQVksT0FBTyxDQUFDO0FBQUEsSUFDNUc7QUFBQSxFQUNGO0FBQ0EsU0FBTztBQUNUO0FBRUEsU0FBUyxZQUFZLFNBQWtCLFVBQWdDO0FBQ3JFLFFBQU0sUUFBUSxRQUFRLFFBQVEsT0FBTyxDQUFDLFVBQVUsTUFBTSxTQUFTLGFBQWEsUUFBUTtBQUNwRixRQUFNLE9BQU8sTUFBTSxLQUFLLENBQUMsVUFBVSxNQUFNLFlBQVksSUFBSTtBQUN6RCxNQUFJLEtBQU0sUUFBTztBQUNqQixRQUFNLFVBQVUsTUFBTSxDQUFDLEdBQUc7QUFDMUIsTUFBSSxRQUFTLE9BQU0sSUFBSSxZQUFZLFVBQVUsUUFBUSx3QkFBd0IsT0FBTyxHQUFHO0FBQ3ZGLFFBQU0sSUFBSSxZQUFZLFVBQVUsUUFBUSwwQkFBMEIsWUFBWSxPQUFPLENBQUMsRUFBRTtBQUMxRjtBQUVBLFNBQVMsWUFBWSxTQUEwQjtBQUM3QyxRQUFNLE9BQU8sUUFBUSxRQUFRLE9BQU8sQ0FBQyxVQUFVLE1BQU0sWUFBWSxJQUFJLEVBQUUsSUFBSSxDQUFDLFVBQVUsTUFBTSxTQUFTLFFBQVE7QUFDN0csUUFBTSxNQUFNO0FBQUEsSUFDVixHQUFHLFFBQVEsUUFBUSxPQUFPLENBQUMsTUFBTSxFQUFFLFlBQVksSUFBSSxFQUFFLElBQUksQ0FBQyxNQUFNLEdBQUcsRUFBRSxTQUFTLFFBQVEsS0FBSyxFQUFFLE9BQU8sRUFBRTtBQUFBLElBQ3RHLEdBQUcsUUFBUSxXQUFXLElBQUksQ0FBQyxNQUFNLEdBQUcsRUFBRSxHQUFHLEtBQUssRUFBRSxPQUFPLEVBQUU7QUFBQSxFQUMzRDtBQUNBLFFBQU0sV0FBVyxLQUFLLFdBQVcsSUFBSSwrQkFBK0Isa0JBQWtCLEtBQUssTUFBTSxFQUFFLEVBQUUsS0FBSyxJQUFJLENBQUM7QUFDL0csU0FBTyxJQUFJLFdBQVcsSUFBSSxXQUFXLEdBQUcsUUFBUSxnQkFBZ0IsSUFBSSxNQUFNLEVBQUUsRUFBRSxLQUFLLElBQUksQ0FBQztBQUMxRjtBQUVBLFNBQVMsUUFBUSxTQUFzQixPQUFrQztBQUN2RSxRQUFNLEVBQUUsU0FBUyxJQUFJO0FBQ3JCLFNBQU87QUFBQSxJQUNMLFFBQVE7QUFBQSxJQUNSLFdBQVcsUUFBUSxRQUFRO0FBQUEsSUFDM0IsWUFBWSxRQUFRO0FBQUEsSUFDcEIsY0FBYyxRQUFRO0FBQUEsSUFDdEIsUUFBUTtBQUFBLE1BQ04sT0FBTyxNQUFNO0FBQUEsTUFDYixNQUFNLFNBQVM7QUFBQSxNQUNmLFVBQVUsU0FBUztBQUFBLE1BQ25CLFNBQVMsU0FBUztBQUFBLE1BQ2xCLG1CQUFtQixTQUFTO0FBQUEsTUFDNUIsZ0JBQWdCLE1BQU07QUFBQSxNQUN0QixXQUFXLFNBQVM7QUFBQSxNQUNwQixPQUFPLFNBQVM7QUFBQSxNQUNoQixjQUFjLFNBQVM7QUFBQSxNQUN2QixpQkFBYSw2QkFBWSxRQUFRO0FBQUEsTUFDakMsWUFBWSxTQUFTO0FBQUEsTUFDckIsT0FBTyxTQUFTLE1BQU07QUFBQSxNQUN0QixhQUFhLFNBQVMsSUFBSSxTQUFTO0FBQUEsSUFDckM7QUFBQSxJQUNBLE9BQU8sQ0FBQyxHQUFHLFFBQVEsS0FBSztBQUFBLElBQ3hCLGtCQUFrQixnQkFBZ0IsU0FBUyxZQUFZLFFBQVEsTUFBTSxNQUFNO0FBQUEsRUFDN0U7QUFDRjtBQUdBLE1BQU0saUJBQWlCO0FBQ3ZCLE1BQU0saUJBQWlCLEtBQUssT0FBTztBQUVuQyxTQUFTLGdCQUFnQixZQUFvQixPQUF1QjtBQUNsRSxTQUFPLEtBQUssS0FBSyxpQkFBaUIsUUFBUyxjQUFjLElBQUksU0FBVSxjQUFjO0FBQ3ZGO0FBR08sU0FBUyxhQUFhLE1BQW1CLFFBQWdCLEtBQW1CO0FBQ2pGLFFBQU0sRUFBRSxPQUFPLElBQUk7QUFDbkIsUUFBTSxDQUFDLE9BQU8sR0FBRyxNQUFNLElBQUksS0FBSztBQUNoQyxRQUFNLE1BQU0sS0FBSyxJQUFJLElBQUksSUFBSSxRQUFRLElBQUksS0FBSyxNQUFNLE9BQU8sU0FBUyxLQUFLLEdBQUk7QUFDN0UsUUFBTSxPQUFPLE9BQU8saUJBQWlCLE9BQU8sS0FBSyxrQkFBYywwQkFBWSxPQUFPLFlBQVksQ0FBQztBQUMvRixTQUFPO0FBQUEsSUFDTCxZQUFZLEtBQUssVUFBVSxlQUFlLEtBQUssU0FBUyxXQUFXLE1BQU07QUFBQSxJQUN6RSxxQkFBcUIsS0FBSyxZQUFZO0FBQUEsSUFDdEMscUJBQXFCLE9BQU8sUUFBUSxLQUFLLE9BQU8sSUFBSSxLQUFLLE9BQU8sS0FBSyxjQUFjLE9BQU8sT0FBTztBQUFBLElBQ2pHLHFCQUFxQixPQUFPLFNBQVMsU0FBSyw0QkFBYyxHQUFHLENBQUM7QUFBQSxJQUM1RCx5Q0FBeUMsT0FBTyxNQUFNLEdBQUcsR0FBRyxJQUFJO0FBQUEsSUFDaEUseUJBQXFCLDBCQUFZLE9BQU8sV0FBVyxDQUFDLGtCQUFjLDBCQUFZLE9BQU8sVUFBVSxDQUFDLGNBQWMsT0FBTyxLQUFLLFdBQVcsT0FBTyxXQUFXO0FBQUEsSUFDdkosd0JBQXdCLEtBQUs7QUFBQSxJQUM3QiwwQkFBMEIsT0FBTyxLQUFLLElBQUksS0FBSyxlQUFlO0FBQUEsSUFDOUQsb0RBQW9ELE9BQU8sU0FBUztBQUFBLElBQ3BFLCtCQUEyQiw0QkFBYyxLQUFLLGdCQUFnQixDQUFDO0FBQUEsRUFDakUsRUFBRSxLQUFLLElBQUk7QUFDYjsiLAogICJuYW1lcyI6IFtdCn0K
