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
var lineage_exports = {};
__export(lineage_exports, {
  lineageKey: () => lineageKey,
  lineageName: () => lineageName,
  lineageOf: () => lineageOf,
  readLineage: () => readLineage,
  writeLineage: () => writeLineage
});
module.exports = __toCommonJS(lineage_exports);
var import_node_crypto = require("node:crypto");
var import_layout = require("../model/layout");
var import_parse = require("../model/parse");
var import_records = require("../model/records");
var import_archive = require("./archive/archive");
var import_errors = require("./run/errors");
function lineageName(databaseClusterId) {
  return `l-${(0, import_node_crypto.createHash)("sha256").update(databaseClusterId).digest("hex").slice(0, 16)}`;
}
function lineageKey(clusterId, lineage) {
  return (0, import_layout.recordKey)(clusterId, "lineages", `${lineage}.json`);
}
async function readLineage(archive, clusterId, lineage) {
  const key = lineageKey(clusterId, lineage);
  const text = await archive.getText(key);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(import_records.lineageSchema, text, key);
}
async function lineageOf(archive, clusterId, databaseClusterId) {
  const lineage = lineageName(databaseClusterId);
  const known = await readLineage(archive, clusterId, lineage);
  if (known !== void 0) return known;
  const others = (await archive.list((0, import_layout.recordPrefix)(clusterId, "lineages"))).map((object) => object.key);
  if (others.length > 0) {
    throw new import_errors.Refused(
      `the archive ${archive.description} of ${clusterId} holds another database's history (${others.join(", ")}), and this one's cluster id is ${databaseClusterId}. A restored cluster gets its lineage by a recovery; a new cluster needs an archive or a clusterId of its own.`
    );
  }
  return writeLineage(archive, {
    format: "neumann-lineage/1",
    lineage,
    clusterId,
    databaseClusterId,
    purpose: "production",
    createdAt: (/* @__PURE__ */ new Date()).toISOString(),
    parent: null
  });
}
async function writeLineage(archive, record) {
  const key = lineageKey(record.clusterId, record.lineage);
  try {
    await archive.putText(key, `${JSON.stringify(record)}
`);
    return record;
  } catch (error) {
    if (!(error instanceof import_archive.Conflict)) throw error;
    return (0, import_parse.parseJsonAs)(import_records.lineageSchema, await archive.getText(key) ?? "", key);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  lineageKey,
  lineageName,
  lineageOf,
  readLineage,
  writeLineage
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibGluZWFnZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEseUJBQTJCO0FBQzNCLG9CQUF3QztBQUN4QyxtQkFBNEI7QUFDNUIscUJBQWtEO0FBQ2xELHFCQUF1QztBQUN2QyxvQkFBd0I7QUFHakIsU0FBUyxZQUFZLG1CQUFtQztBQUM3RCxTQUFPLFNBQUssK0JBQVcsUUFBUSxFQUFFLE9BQU8saUJBQWlCLEVBQUUsT0FBTyxLQUFLLEVBQUUsTUFBTSxHQUFHLEVBQUUsQ0FBQztBQUN2RjtBQUVPLFNBQVMsV0FBVyxXQUFtQixTQUF5QjtBQUNyRSxhQUFPLHlCQUFVLFdBQVcsWUFBWSxHQUFHLE9BQU8sT0FBTztBQUMzRDtBQUVBLGVBQXNCLFlBQ3BCLFNBQ0EsV0FDQSxTQUNvQztBQUNwQyxRQUFNLE1BQU0sV0FBVyxXQUFXLE9BQU87QUFDekMsUUFBTSxPQUFPLE1BQU0sUUFBUSxRQUFRLEdBQUc7QUFDdEMsU0FBTyxTQUFTLFNBQVksYUFBWSwwQkFBWSw4QkFBZSxNQUFNLEdBQUc7QUFDOUU7QUFNQSxlQUFzQixVQUNwQixTQUNBLFdBQ0EsbUJBQ3dCO0FBQ3hCLFFBQU0sVUFBVSxZQUFZLGlCQUFpQjtBQUM3QyxRQUFNLFFBQVEsTUFBTSxZQUFZLFNBQVMsV0FBVyxPQUFPO0FBQzNELE1BQUksVUFBVSxPQUFXLFFBQU87QUFDaEMsUUFBTSxVQUFVLE1BQU0sUUFBUSxTQUFLLDRCQUFhLFdBQVcsVUFBVSxDQUFDLEdBQUcsSUFBSSxDQUFDLFdBQVcsT0FBTyxHQUFHO0FBQ25HLE1BQUksT0FBTyxTQUFTLEdBQUc7QUFDckIsVUFBTSxJQUFJO0FBQUEsTUFDUixlQUFlLFFBQVEsV0FBVyxPQUFPLFNBQVMsc0NBQXNDLE9BQU8sS0FBSyxJQUFJLENBQUMsbUNBQW1DLGlCQUFpQjtBQUFBLElBRS9KO0FBQUEsRUFDRjtBQUNBLFNBQU8sYUFBYSxTQUFTO0FBQUEsSUFDM0IsUUFBUTtBQUFBLElBQ1I7QUFBQSxJQUNBO0FBQUEsSUFDQTtBQUFBLElBQ0EsU0FBUztBQUFBLElBQ1QsWUFBVyxvQkFBSSxLQUFLLEdBQUUsWUFBWTtBQUFBLElBQ2xDLFFBQVE7QUFBQSxFQUNWLENBQUM7QUFDSDtBQUdBLGVBQXNCLGFBQWEsU0FBa0IsUUFBK0M7QUFDbEcsUUFBTSxNQUFNLFdBQVcsT0FBTyxXQUFXLE9BQU8sT0FBTztBQUN2RCxNQUFJO0FBQ0YsVUFBTSxRQUFRLFFBQVEsS0FBSyxHQUFHLEtBQUssVUFBVSxNQUFNLENBQUM7QUFBQSxDQUFJO0FBQ3hELFdBQU87QUFBQSxFQUNULFNBQVMsT0FBTztBQUNkLFFBQUksRUFBRSxpQkFBaUIseUJBQVcsT0FBTTtBQUN4QyxlQUFPLDBCQUFZLDhCQUFnQixNQUFNLFFBQVEsUUFBUSxHQUFHLEtBQU0sSUFBSSxHQUFHO0FBQUEsRUFDM0U7QUFDRjsiLAogICJuYW1lcyI6IFtdCn0K
