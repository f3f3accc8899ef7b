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
var catalog_exports = {};
__export(catalog_exports, {
  readCatalog: () => readCatalog
});
module.exports = __toCommonJS(catalog_exports);
var import_node_crypto = require("node:crypto");
var import_catalog = require("../../model/catalog");
var import_layout = require("../../model/layout");
var import_manifest = require("../../model/manifest");
var import_parse = require("../../model/parse");
var import_records = require("../../model/records");
var import_tier = require("../../model/tier");
async function readCatalog(clusterId, places) {
  const catalog = { clusterId, entries: [], unreadable: [], lineages: [], accepted: [] };
  for (const { place, archive } of places) {
    for (const tier of import_tier.tiers) {
      const read = await readTier(archive, { clusterId, place, tier });
      catalog.entries.push(...read.entries);
      catalog.unreadable.push(...read.unreadable);
    }
    merge(catalog.lineages, await readRecords(archive, `${(0, import_layout.recordPrefix)(clusterId, "lineages")}`, import_records.lineageSchema));
    const recoveries = (0, import_layout.recordPrefix)(clusterId, "recoveries");
    merge(catalog.accepted, await readRecords(archive, recoveries, import_records.recoveryAcceptedSchema, "/accepted.json"));
  }
  return catalog;
}
function merge(into, found) {
  for (const record of found) if (!into.some((known) => known.lineage === record.lineage)) into.push(record);
}
async function readRecords(archive, prefix, schema, ending = ".json") {
  const records = [];
  for (const object of await archive.list(prefix)) {
    if (!object.key.endsWith(ending)) continue;
    const text = await archive.getText(object.key);
    if (text !== void 0) records.push((0, import_parse.parseJsonAs)(schema, text, object.key));
  }
  return records;
}
async function readTier(archive, where) {
  const { clusterId, tier } = where;
  const data = await archive.list(`${clusterId}/${tier}/data/`);
  const listed = new Map(data.map((object) => [object.key, object.bytes]));
  const entries = [];
  const unreadable = [];
  for (const object of await archive.list((0, import_layout.manifestPrefix)(clusterId, tier))) {
    try {
      entries.push(await readEntry(archive, object, { ...where, listed }));
    } catch (error) {
      unreadable.push({ place: where.place, key: object.key, problem: error.message });
    }
  }
  return { entries, unreadable };
}
async function readEntry(archive, object, where) {
  const text = await archive.getText(object.key) ?? "";
  const manifest = (0, import_manifest.parseManifest)(text, object.key);
  const expected = `${(0, import_layout.manifestPrefix)(where.clusterId, where.tier)}${manifest.lineage}/${manifest.backupId}.json`;
  if (manifest.clusterId !== where.clusterId || manifest.tier !== where.tier || expected !== object.key) {
    throw new Error(`belongs to ${manifest.clusterId}/${manifest.tier}/${manifest.lineage}/${manifest.backupId}`);
  }
  const prefix = (0, import_layout.dataPrefix)(where.clusterId, where.tier, manifest.lineage, manifest.backupId);
  return {
    place: where.place,
    manifest,
    manifestSha256: (0, import_node_crypto.createHash)("sha256").update(text).digest("hex"),
    storedAt: object.storedAt.toISOString(),
    problem: (0, import_catalog.missingObjects)(manifest, prefix, where.listed)
  };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  readCatalog
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2F0YWxvZy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUEyQjtBQUMzQixxQkFNTztBQUNQLG9CQUF5RDtBQUN6RCxzQkFBOEI7QUFDOUIsbUJBQTRCO0FBQzVCLHFCQUFpRztBQUNqRyxrQkFBaUM7QUFLakMsZUFBc0IsWUFDcEIsV0FDQSxRQUNrQjtBQUNsQixRQUFNLFVBQW1CLEVBQUUsV0FBVyxTQUFTLENBQUMsR0FBRyxZQUFZLENBQUMsR0FBRyxVQUFVLENBQUMsR0FBRyxVQUFVLENBQUMsRUFBRTtBQUM5RixhQUFXLEVBQUUsT0FBTyxRQUFRLEtBQUssUUFBUTtBQUN2QyxlQUFXLFFBQVEsbUJBQU87QUFDeEIsWUFBTSxPQUFPLE1BQU0sU0FBUyxTQUFTLEVBQUUsV0FBVyxPQUFPLEtBQUssQ0FBQztBQUMvRCxjQUFRLFFBQVEsS0FBSyxHQUFHLEtBQUssT0FBTztBQUNwQyxjQUFRLFdBQVcsS0FBSyxHQUFHLEtBQUssVUFBVTtBQUFBLElBQzVDO0FBQ0EsVUFBTSxRQUFRLFVBQVUsTUFBTSxZQUFZLFNBQVMsT0FBRyw0QkFBYSxXQUFXLFVBQVUsQ0FBQyxJQUFJLDRCQUFhLENBQUM7QUFDM0csVUFBTSxpQkFBYSw0QkFBYSxXQUFXLFlBQVk7QUFDdkQsVUFBTSxRQUFRLFVBQVUsTUFBTSxZQUFZLFNBQVMsWUFBWSx1Q0FBd0IsZ0JBQWdCLENBQUM7QUFBQSxFQUMxRztBQUNBLFNBQU87QUFDVDtBQUVBLFNBQVMsTUFBa0QsTUFBVyxPQUEyQjtBQUMvRixhQUFXLFVBQVUsTUFBTyxLQUFJLENBQUMsS0FBSyxLQUFLLENBQUMsVUFBVSxNQUFNLFlBQVksT0FBTyxPQUFPLEVBQUcsTUFBSyxLQUFLLE1BQU07QUFDM0c7QUFFQSxlQUFlLFlBQ2IsU0FDQSxRQUNBLFFBQ0EsU0FBUyxTQUNLO0FBQ2QsUUFBTSxVQUFlLENBQUM7QUFDdEIsYUFBVyxVQUFVLE1BQU0sUUFBUSxLQUFLLE1BQU0sR0FBRztBQUMvQyxRQUFJLENBQUMsT0FBTyxJQUFJLFNBQVMsTUFBTSxFQUFHO0FBQ2xDLFVBQU0sT0FBTyxNQUFNLFFBQVEsUUFBUSxPQUFPLEdBQUc7QUFDN0MsUUFBSSxTQUFTLE9BQVcsU0FBUSxTQUFLLDBCQUFZLFFBQVEsTUFBTSxPQUFPLEdBQUcsQ0FBQztBQUFBLEVBQzVFO0FBQ0EsU0FBTztBQUNUO0FBRUEsZUFBZSxTQUNiLFNBQ0EsT0FDd0U7QUFDeEUsUUFBTSxFQUFFLFdBQVcsS0FBSyxJQUFJO0FBQzVCLFFBQU0sT0FBTyxNQUFNLFFBQVEsS0FBSyxHQUFHLFNBQVMsSUFBSSxJQUFJLFFBQVE7QUFDNUQsUUFBTSxTQUFTLElBQUksSUFBSSxLQUFLLElBQUksQ0FBQyxXQUFXLENBQUMsT0FBTyxLQUFLLE9BQU8sS0FBSyxDQUFDLENBQUM7QUFDdkUsUUFBTSxVQUEwQixDQUFDO0FBQ2pDLFFBQU0sYUFBbUMsQ0FBQztBQUMxQyxhQUFXLFVBQVUsTUFBTSxRQUFRLFNBQUssOEJBQWUsV0FBVyxJQUFJLENBQUMsR0FBRztBQUN4RSxRQUFJO0FBQ0YsY0FBUSxLQUFLLE1BQU0sVUFBVSxTQUFTLFFBQVEsRUFBRSxHQUFHLE9BQU8sT0FBTyxDQUFDLENBQUM7QUFBQSxJQUNyRSxTQUFTLE9BQU87QUFDZCxpQkFBVyxLQUFLLEVBQUUsT0FBTyxNQUFNLE9BQU8sS0FBSyxPQUFPLEtBQUssU0FBVSxNQUFnQixRQUFRLENBQUM7QUFBQSxJQUM1RjtBQUFBLEVBQ0Y7QUFDQSxTQUFPLEVBQUUsU0FBUyxXQUFXO0FBQy9CO0FBRUEsZUFBZSxVQUNiLFNBQ0EsUUFDQSxPQUN1QjtBQUN2QixRQUFNLE9BQVEsTUFBTSxRQUFRLFFBQVEsT0FBTyxHQUFHLEtBQU07QUFDcEQsUUFBTSxlQUFXLCtCQUFjLE1BQU0sT0FBTyxHQUFHO0FBQy9DLFFBQU0sV0FBVyxPQUFHLDhCQUFlLE1BQU0sV0FBVyxNQUFNLElBQUksQ0FBQyxHQUFHLFNBQVMsT0FBTyxJQUFJLFNBQVMsUUFBUTtBQUN2RyxNQUFJLFNBQVMsY0FBYyxNQUFNLGFBQWEsU0FBUyxTQUFTLE1BQU0sUUFBUSxhQUFhLE9BQU8sS0FBSztBQUNyRyxVQUFNLElBQUksTUFBTSxjQUFjLFNBQVMsU0FBUyxJQUFJLFNBQVMsSUFBSSxJQUFJLFNBQVMsT0FBTyxJQUFJLFNBQVMsUUFBUSxFQUFFO0FBQUEsRUFDOUc7QUFDQSxRQUFNLGFBQVMsMEJBQVcsTUFBTSxXQUFXLE1BQU0sTUFBTSxTQUFTLFNBQVMsU0FBUyxRQUFRO0FBQzFGLFNBQU87QUFBQSxJQUNMLE9BQU8sTUFBTTtBQUFBLElBQ2I7QUFBQSxJQUNBLG9CQUFnQiwrQkFBVyxRQUFRLEVBQUUsT0FBTyxJQUFJLEVBQUUsT0FBTyxLQUFLO0FBQUEsSUFDOUQsVUFBVSxPQUFPLFNBQVMsWUFBWTtBQUFBLElBQ3RDLGFBQVMsK0JBQWUsVUFBVSxRQUFRLE1BQU0sTUFBTTtBQUFBLEVBQ3hEO0FBQ0Y7IiwKICAibmFtZXMiOiBbXQp9Cg==
