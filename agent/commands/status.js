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
  const { archive: spec, policy } = node.config;
  const places = await (0, import_open.openReachable)(spec);
  const primary = places.find(({ place }) => place === "primary");
  const catalog = await (0, import_catalog2.readCatalog)(spec.clusterId, places);
  const production = (0, import_catalog.productionLineage)(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : null;
  const problems = "refused" in production ? [production.refused] : [];
  problems.push(...catalog.unreadable.map(({ key, problem }) => `${key}: ${problem}`));
  problems.push(
    ...catalog.entries.filter((e) => e.problem !== null).map((e) => `${e.manifest.backupId}: ${e.problem}`)
  );
  const now = (await (primary ?? places[0])?.archive.now())?.getTime() ?? Date.now();
  const found = import_tier.tiers.filter((tier) => tier !== "offsite" || spec.offsite !== void 0).map((tier) => {
    const entry = lineage === null ? void 0 : (0, import_catalog.newestGood)(catalog, lineage, { tiers: [tier] });
    const ageSeconds = entry === void 0 ? null : Math.max(0, (now - Date.parse(entry.storedAt)) / 1e3);
    const objectiveSeconds = policy[tier].recoveryPointMinutes * 60;
    const within = ageSeconds !== null && ageSeconds <= objectiveSeconds;
    return { tier, newest: entry?.manifest.backupId ?? null, ageSeconds, objectiveSeconds, within };
  });
  for (const { tier, within, newest } of found) {
    if (!within)
      problems.push(
        newest === null ? `${tier}: there is no good backup` : `${tier}: ${newest} is older than the objective`
      );
  }
  const wal = await walStatus(node);
  if (wal.held) problems.push("archiving is held until a recovery is accepted");
  const running = primary === void 0 ? [] : await (0, import_claims.liveClaims)(primary.archive, spec.clusterId);
  return {
    clusterId: spec.clusterId,
    node: node.config.node.id,
    lineage,
    tiers: found,
    wal,
    running,
    good: problems.length === 0,
    problems
  };
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
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RhdHVzLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEscUJBQThDO0FBQzlDLG9CQUE4QjtBQUM5QixrQkFBaUM7QUFDakMsSUFBQUEsa0JBQTRCO0FBQzVCLGtCQUE4QjtBQUM5QixvQkFBMkI7QUFFM0IsbUJBQXVCO0FBQ3ZCLG9CQUF3QztBQWlDeEMsZUFBc0IsT0FBTyxNQUE2QjtBQUN4RCxRQUFNLEVBQUUsU0FBUyxNQUFNLE9BQU8sSUFBSSxLQUFLO0FBQ3ZDLFFBQU0sU0FBUyxVQUFNLDJCQUFjLElBQUk7QUFDdkMsUUFBTSxVQUFVLE9BQU8sS0FBSyxDQUFDLEVBQUUsTUFBTSxNQUFNLFVBQVUsU0FBUztBQUM5RCxRQUFNLFVBQVUsVUFBTSw2QkFBWSxLQUFLLFdBQVcsTUFBTTtBQUN4RCxRQUFNLGlCQUFhLGtDQUFrQixPQUFPO0FBQzVDLFFBQU0sVUFBVSxhQUFhLGFBQWEsV0FBVyxRQUFRLFVBQVU7QUFDdkUsUUFBTSxXQUFXLGFBQWEsYUFBYSxDQUFDLFdBQVcsT0FBTyxJQUFJLENBQUM7QUFDbkUsV0FBUyxLQUFLLEdBQUcsUUFBUSxXQUFXLElBQUksQ0FBQyxFQUFFLEtBQUssUUFBUSxNQUFNLEdBQUcsR0FBRyxLQUFLLE9BQU8sRUFBRSxDQUFDO0FBQ25GLFdBQVM7QUFBQSxJQUNQLEdBQUcsUUFBUSxRQUFRLE9BQU8sQ0FBQyxNQUFNLEVBQUUsWUFBWSxJQUFJLEVBQUUsSUFBSSxDQUFDLE1BQU0sR0FBRyxFQUFFLFNBQVMsUUFBUSxLQUFLLEVBQUUsT0FBTyxFQUFFO0FBQUEsRUFDeEc7QUFDQSxRQUFNLE9BQU8sT0FBTyxXQUFXLE9BQU8sQ0FBQyxJQUFJLFFBQVEsSUFBSSxJQUFJLFFBQVEsS0FBSyxLQUFLLElBQUk7QUFDakYsUUFBTSxRQUFRLGtCQUNYLE9BQU8sQ0FBQyxTQUFTLFNBQVMsYUFBYSxLQUFLLFlBQVksTUFBUyxFQUNqRSxJQUFJLENBQUMsU0FBcUI7QUFDekIsVUFBTSxRQUFRLFlBQVksT0FBTyxhQUFZLDJCQUFXLFNBQVMsU0FBUyxFQUFFLE9BQU8sQ0FBQyxJQUFJLEVBQUUsQ0FBQztBQUMzRixVQUFNLGFBQWEsVUFBVSxTQUFZLE9BQU8sS0FBSyxJQUFJLElBQUksTUFBTSxLQUFLLE1BQU0sTUFBTSxRQUFRLEtBQUssR0FBSTtBQUNyRyxVQUFNLG1CQUFtQixPQUFPLElBQUksRUFBRSx1QkFBdUI7QUFDN0QsVUFBTSxTQUFTLGVBQWUsUUFBUSxjQUFjO0FBQ3BELFdBQU8sRUFBRSxNQUFNLFFBQVEsT0FBTyxTQUFTLFlBQVksTUFBTSxZQUFZLGtCQUFrQixPQUFPO0FBQUEsRUFDaEcsQ0FBQztBQUNILGFBQVcsRUFBRSxNQUFNLFFBQVEsT0FBTyxLQUFLLE9BQU87QUFDNUMsUUFBSSxDQUFDO0FBQ0gsZUFBUztBQUFBLFFBQ1AsV0FBVyxPQUFPLEdBQUcsSUFBSSw4QkFBOEIsR0FBRyxJQUFJLEtBQUssTUFBTTtBQUFBLE1BQzNFO0FBQUEsRUFDSjtBQUNBLFFBQU0sTUFBTSxNQUFNLFVBQVUsSUFBSTtBQUNoQyxNQUFJLElBQUksS0FBTSxVQUFTLEtBQUssZ0RBQWdEO0FBQzVFLFFBQU0sVUFBVSxZQUFZLFNBQVksQ0FBQyxJQUFJLFVBQU0sMEJBQVcsUUFBUSxTQUFTLEtBQUssU0FBUztBQUM3RixTQUFPO0FBQUEsSUFDTCxXQUFXLEtBQUs7QUFBQSxJQUNoQixNQUFNLEtBQUssT0FBTyxLQUFLO0FBQUEsSUFDdkI7QUFBQSxJQUNBLE9BQU87QUFBQSxJQUNQO0FBQUEsSUFDQTtBQUFBLElBQ0EsTUFBTSxTQUFTLFdBQVc7QUFBQSxJQUMxQjtBQUFBLEVBQ0Y7QUFDRjtBQUVBLGVBQWUsVUFBVSxNQUFvQztBQUMzRCxRQUFNLFFBQVEsVUFBTSwwQkFBVyxJQUFJO0FBQ25DLFFBQU0sT0FBUSxVQUFNLHFCQUFPLEtBQUssTUFBTSxHQUFHLElBQUssVUFBTSwyQkFBWSxJQUFJLElBQUk7QUFDeEUsUUFBTSxPQUFPLE9BQU8sY0FBYztBQUNsQyxRQUFNLFNBQVMsU0FBUyxRQUFRLFNBQVMsT0FBTyxPQUFPLFdBQU8sNkJBQWMsSUFBSSxRQUFJLDZCQUFjLElBQUksQ0FBQyxJQUFJO0FBQzNHLFNBQU87QUFBQSxJQUNMLFFBQVEsT0FBTyxVQUFVO0FBQUEsSUFDekIsWUFBWTtBQUFBLElBQ1osYUFBYTtBQUFBLElBQ2IsUUFBUSxXQUFXLE9BQU8sT0FBTyxLQUFLLElBQUksR0FBRyxNQUFNO0FBQUEsSUFDbkQsTUFBTSxVQUFNLHFCQUFPLEtBQUssTUFBTSxJQUFJO0FBQUEsRUFDcEM7QUFDRjsiLAogICJuYW1lcyI6IFsiaW1wb3J0X2NhdGFsb2ciXQp9Cg==
