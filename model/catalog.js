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
  inOrder: () => inOrder,
  missingObjects: () => missingObjects,
  newestGood: () => newestGood,
  productionLineage: () => productionLineage
});
module.exports = __toCommonJS(catalog_exports);
function missingObjects(manifest, dataPrefix, listed) {
  const expected = [
    ...manifest.parts.map((part) => ({ key: `${dataPrefix}${part.name}`, bytes: part.bytes })),
    ...manifest.wal.segments.map((s) => ({ key: `${dataPrefix}wal/${s.stream}/${s.name}`, bytes: s.bytes }))
  ];
  if (manifest.parts.length === 0) return "the manifest lists no data";
  const faults = expected.flatMap(({ key, bytes }) => {
    const found = listed.get(key);
    if (found === void 0) return [`${key} is missing`];
    return found === bytes ? [] : [`${key} has ${found} bytes, not ${bytes}`];
  });
  return faults.length === 0 ? null : faults.slice(0, 3).join("; ");
}
function inOrder(catalog) {
  return [...catalog.entries].sort(
    (a, b) => depth(catalog, a.manifest.lineage) - depth(catalog, b.manifest.lineage) || a.manifest.lineage.localeCompare(b.manifest.lineage) || a.manifest.index.low - b.manifest.index.low || a.manifest.backupId.localeCompare(b.manifest.backupId)
  );
}
function depth(catalog, lineage) {
  let steps = 0;
  let at = catalog.lineages.find((record) => record.lineage === lineage);
  while (at?.parent && steps < catalog.lineages.length) {
    const parent = at.parent.lineage;
    at = catalog.lineages.find((record) => record.lineage === parent);
    steps += 1;
  }
  return steps;
}
function productionLineage(catalog) {
  const accepted = new Set(catalog.accepted.map((record) => record.lineage));
  const candidates = catalog.lineages.filter(
    (record) => record.purpose === "production" && (record.parent === null || accepted.has(record.lineage))
  );
  const followed = new Set(candidates.map((record) => record.parent?.lineage));
  const leaves = candidates.filter((record) => !followed.has(record.lineage));
  const [only] = leaves;
  if (only === void 0) return { refused: `no lineage of ${catalog.clusterId} is recorded in this archive` };
  if (leaves.length > 1) {
    const names = leaves.map((record) => `${record.lineage} (begun ${record.createdAt})`).join(" and ");
    return { refused: `two histories could be meant: ${names}. Name the backup: restorePoint backup:ID` };
  }
  return { lineage: only };
}
function newestGood(catalog, lineage, where = {}) {
  return inOrder(catalog).filter((entry) => entry.manifest.lineage === lineage && entry.problem === null).filter((entry) => where.places?.includes(entry.place) ?? true).filter((entry) => where.tiers?.includes(entry.manifest.tier) ?? true).at(-1);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  inOrder,
  missingObjects,
  newestGood,
  productionLineage
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2F0YWxvZy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQTBDTyxTQUFTLGVBQ2QsVUFDQSxZQUNBLFFBQ2U7QUFDZixRQUFNLFdBQVc7QUFBQSxJQUNmLEdBQUcsU0FBUyxNQUFNLElBQUksQ0FBQyxVQUFVLEVBQUUsS0FBSyxHQUFHLFVBQVUsR0FBRyxLQUFLLElBQUksSUFBSSxPQUFPLEtBQUssTUFBTSxFQUFFO0FBQUEsSUFDekYsR0FBRyxTQUFTLElBQUksU0FBUyxJQUFJLENBQUMsT0FBTyxFQUFFLEtBQUssR0FBRyxVQUFVLE9BQU8sRUFBRSxNQUFNLElBQUksRUFBRSxJQUFJLElBQUksT0FBTyxFQUFFLE1BQU0sRUFBRTtBQUFBLEVBQ3pHO0FBQ0EsTUFBSSxTQUFTLE1BQU0sV0FBVyxFQUFHLFFBQU87QUFDeEMsUUFBTSxTQUFTLFNBQVMsUUFBUSxDQUFDLEVBQUUsS0FBSyxNQUFNLE1BQU07QUFDbEQsVUFBTSxRQUFRLE9BQU8sSUFBSSxHQUFHO0FBQzVCLFFBQUksVUFBVSxPQUFXLFFBQU8sQ0FBQyxHQUFHLEdBQUcsYUFBYTtBQUNwRCxXQUFPLFVBQVUsUUFBUSxDQUFDLElBQUksQ0FBQyxHQUFHLEdBQUcsUUFBUSxLQUFLLGVBQWUsS0FBSyxFQUFFO0FBQUEsRUFDMUUsQ0FBQztBQUNELFNBQU8sT0FBTyxXQUFXLElBQUksT0FBTyxPQUFPLE1BQU0sR0FBRyxDQUFDLEVBQUUsS0FBSyxJQUFJO0FBQ2xFO0FBR08sU0FBUyxRQUFRLFNBQWtDO0FBQ3hELFNBQU8sQ0FBQyxHQUFHLFFBQVEsT0FBTyxFQUFFO0FBQUEsSUFDMUIsQ0FBQyxHQUFHLE1BQ0YsTUFBTSxTQUFTLEVBQUUsU0FBUyxPQUFPLElBQUksTUFBTSxTQUFTLEVBQUUsU0FBUyxPQUFPLEtBQ3RFLEVBQUUsU0FBUyxRQUFRLGNBQWMsRUFBRSxTQUFTLE9BQU8sS0FDbkQsRUFBRSxTQUFTLE1BQU0sTUFBTSxFQUFFLFNBQVMsTUFBTSxPQUN4QyxFQUFFLFNBQVMsU0FBUyxjQUFjLEVBQUUsU0FBUyxRQUFRO0FBQUEsRUFDekQ7QUFDRjtBQUVBLFNBQVMsTUFBTSxTQUFrQixTQUF5QjtBQUN4RCxNQUFJLFFBQVE7QUFDWixNQUFJLEtBQUssUUFBUSxTQUFTLEtBQUssQ0FBQyxXQUFXLE9BQU8sWUFBWSxPQUFPO0FBQ3JFLFNBQU8sSUFBSSxVQUFVLFFBQVEsUUFBUSxTQUFTLFFBQVE7QUFDcEQsVUFBTSxTQUFpQixHQUFHLE9BQU87QUFDakMsU0FBSyxRQUFRLFNBQVMsS0FBSyxDQUFDLFdBQVcsT0FBTyxZQUFZLE1BQU07QUFDaEUsYUFBUztBQUFBLEVBQ1g7QUFDQSxTQUFPO0FBQ1Q7QUFTTyxTQUFTLGtCQUFrQixTQUFxQztBQUNyRSxRQUFNLFdBQVcsSUFBSSxJQUFJLFFBQVEsU0FBUyxJQUFJLENBQUMsV0FBVyxPQUFPLE9BQU8sQ0FBQztBQUN6RSxRQUFNLGFBQWEsUUFBUSxTQUFTO0FBQUEsSUFDbEMsQ0FBQyxXQUFXLE9BQU8sWUFBWSxpQkFBaUIsT0FBTyxXQUFXLFFBQVEsU0FBUyxJQUFJLE9BQU8sT0FBTztBQUFBLEVBQ3ZHO0FBQ0EsUUFBTSxXQUFXLElBQUksSUFBSSxXQUFXLElBQUksQ0FBQyxXQUFXLE9BQU8sUUFBUSxPQUFPLENBQUM7QUFDM0UsUUFBTSxTQUFTLFdBQVcsT0FBTyxDQUFDLFdBQVcsQ0FBQyxTQUFTLElBQUksT0FBTyxPQUFPLENBQUM7QUFDMUUsUUFBTSxDQUFDLElBQUksSUFBSTtBQUNmLE1BQUksU0FBUyxPQUFXLFFBQU8sRUFBRSxTQUFTLGlCQUFpQixRQUFRLFNBQVMsK0JBQStCO0FBQzNHLE1BQUksT0FBTyxTQUFTLEdBQUc7QUFDckIsVUFBTSxRQUFRLE9BQU8sSUFBSSxDQUFDLFdBQVcsR0FBRyxPQUFPLE9BQU8sV0FBVyxPQUFPLFNBQVMsR0FBRyxFQUFFLEtBQUssT0FBTztBQUNsRyxXQUFPLEVBQUUsU0FBUyxpQ0FBaUMsS0FBSyw0Q0FBNEM7QUFBQSxFQUN0RztBQUNBLFNBQU8sRUFBRSxTQUFTLEtBQUs7QUFDekI7QUFHTyxTQUFTLFdBQ2QsU0FDQSxTQUNBLFFBQWdFLENBQUMsR0FDdkM7QUFDMUIsU0FBTyxRQUFRLE9BQU8sRUFDbkIsT0FBTyxDQUFDLFVBQVUsTUFBTSxTQUFTLFlBQVksV0FBVyxNQUFNLFlBQVksSUFBSSxFQUM5RSxPQUFPLENBQUMsVUFBVSxNQUFNLFFBQVEsU0FBUyxNQUFNLEtBQUssS0FBSyxJQUFJLEVBQzdELE9BQU8sQ0FBQyxVQUFVLE1BQU0sT0FBTyxTQUFTLE1BQU0sU0FBUyxJQUFJLEtBQUssSUFBSSxFQUNwRSxHQUFHLEVBQUU7QUFDVjsiLAogICJuYW1lcyI6IFtdCn0K
