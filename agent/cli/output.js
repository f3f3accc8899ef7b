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
var output_exports = {};
__export(output_exports, {
  catalogTable: () => catalogTable,
  doctorTable: () => doctorTable,
  statusTable: () => statusTable,
  table: () => table,
  verdictTable: () => verdictTable
});
module.exports = __toCommonJS(output_exports);
var import_catalog = require("../../model/catalog");
var import_units = require("../../model/units");
function table(head, rows) {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all.map(
    (row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ").trimEnd()
  ).join("\n");
}
function catalogTable(catalog, now) {
  const rows = (0, import_catalog.inOrder)(catalog).map(({ manifest, place, problem, storedAt }) => [
    manifest.backupId,
    manifest.tier,
    place,
    manifest.lineage,
    (0, import_units.formatCount)(manifest.index.low),
    (0, import_units.formatBytes)(manifest.parts.reduce((sum, part) => sum + part.bytes, 0)),
    (0, import_units.formatSeconds)(Math.max(0, (now.getTime() - Date.parse(storedAt)) / 1e3)),
    problem ?? "good"
  ]);
  const bad = catalog.unreadable.map(({ key, place, problem }) => [key, "?", place, "?", "?", "?", "?", problem]);
  const all = [...rows, ...bad];
  if (all.length === 0) return "There is no backup.";
  return table(["BACKUP", "TIER", "PLACE", "LINEAGE", "INDEX", "SIZE", "AGE", "STATE"], all);
}
function doctorTable(checks) {
  const rows = checks.map((check) => [check.good ? "ok" : "FAILED", check.name, check.found]);
  const remedies = checks.filter((check) => !check.good).map((check) => `${check.name}: ${check.remedy}`);
  return [table(["", "ROW", "FOUND"], rows), ...remedies].join("\n");
}
function verdictTable(verdicts) {
  if (verdicts.length === 0) return "There is no backup.";
  const rows = verdicts.map((v) => [
    v.backupId,
    v.tier,
    v.place,
    v.bytes === 0 ? "" : (0, import_units.formatBytes)(v.bytes),
    v.problem ?? "good"
  ]);
  return table(["BACKUP", "TIER", "PLACE", "READ", "STATE"], rows);
}
function statusTable(status) {
  const rows = status.tiers.map((tier) => [
    tier.tier,
    tier.newest ?? "none",
    tier.ageSeconds === null ? "" : (0, import_units.formatSeconds)(tier.ageSeconds),
    (0, import_units.formatSeconds)(tier.objectiveSeconds),
    tier.within ? "ok" : "LATE"
  ]);
  const { wal } = status;
  return [
    `cluster ${status.clusterId}, node ${status.node}, lineage ${status.lineage ?? "unknown"}`,
    table(["TIER", "NEWEST GOOD", "AGE", "OBJECTIVE", "STATE"], rows),
    `wal: stream ${wal.stream ?? "none"}, archived to ${wal.lastPushed ?? "nothing"}, ${wal.behind ?? "?"} finished segments behind${wal.held ? ", HELD" : ""}`,
    ...status.running.length > 0 ? [`running: ${status.running.join(", ")}`] : [],
    ...status.problems.map((problem) => `problem: ${problem}`)
  ].join("\n");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  catalogTable,
  doctorTable,
  statusTable,
  table,
  verdictTable
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsib3V0cHV0LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxxQkFBc0M7QUFDdEMsbUJBQXdEO0FBTWpELFNBQVMsTUFBTSxNQUF5QixNQUE4QztBQUMzRixRQUFNLE1BQU0sQ0FBQyxNQUFNLEdBQUcsSUFBSTtBQUMxQixRQUFNLFNBQVMsS0FBSyxJQUFJLENBQUMsR0FBRyxXQUFXLEtBQUssSUFBSSxHQUFHLElBQUksSUFBSSxDQUFDLFNBQVMsSUFBSSxNQUFNLEtBQUssSUFBSSxNQUFNLENBQUMsQ0FBQztBQUNoRyxTQUFPLElBQ0o7QUFBQSxJQUFJLENBQUMsUUFDSixJQUNHLElBQUksQ0FBQyxNQUFNLFdBQVcsS0FBSyxPQUFPLE9BQU8sTUFBTSxLQUFLLENBQUMsQ0FBQyxFQUN0RCxLQUFLLElBQUksRUFDVCxRQUFRO0FBQUEsRUFDYixFQUNDLEtBQUssSUFBSTtBQUNkO0FBRU8sU0FBUyxhQUFhLFNBQWtCLEtBQW1CO0FBQ2hFLFFBQU0sV0FBTyx3QkFBUSxPQUFPLEVBQUUsSUFBSSxDQUFDLEVBQUUsVUFBVSxPQUFPLFNBQVMsU0FBUyxNQUFNO0FBQUEsSUFDNUUsU0FBUztBQUFBLElBQ1QsU0FBUztBQUFBLElBQ1Q7QUFBQSxJQUNBLFNBQVM7QUFBQSxRQUNULDBCQUFZLFNBQVMsTUFBTSxHQUFHO0FBQUEsUUFDOUIsMEJBQVksU0FBUyxNQUFNLE9BQU8sQ0FBQyxLQUFLLFNBQVMsTUFBTSxLQUFLLE9BQU8sQ0FBQyxDQUFDO0FBQUEsUUFDckUsNEJBQWMsS0FBSyxJQUFJLElBQUksSUFBSSxRQUFRLElBQUksS0FBSyxNQUFNLFFBQVEsS0FBSyxHQUFJLENBQUM7QUFBQSxJQUN4RSxXQUFXO0FBQUEsRUFDYixDQUFDO0FBQ0QsUUFBTSxNQUFNLFFBQVEsV0FBVyxJQUFJLENBQUMsRUFBRSxLQUFLLE9BQU8sUUFBUSxNQUFNLENBQUMsS0FBSyxLQUFLLE9BQU8sS0FBSyxLQUFLLEtBQUssS0FBSyxPQUFPLENBQUM7QUFDOUcsUUFBTSxNQUFNLENBQUMsR0FBRyxNQUFNLEdBQUcsR0FBRztBQUM1QixNQUFJLElBQUksV0FBVyxFQUFHLFFBQU87QUFDN0IsU0FBTyxNQUFNLENBQUMsVUFBVSxRQUFRLFNBQVMsV0FBVyxTQUFTLFFBQVEsT0FBTyxPQUFPLEdBQUcsR0FBRztBQUMzRjtBQUVPLFNBQVMsWUFBWSxRQUFrQztBQUM1RCxRQUFNLE9BQU8sT0FBTyxJQUFJLENBQUMsVUFBVSxDQUFDLE1BQU0sT0FBTyxPQUFPLFVBQVUsTUFBTSxNQUFNLE1BQU0sS0FBSyxDQUFDO0FBQzFGLFFBQU0sV0FBVyxPQUFPLE9BQU8sQ0FBQyxVQUFVLENBQUMsTUFBTSxJQUFJLEVBQUUsSUFBSSxDQUFDLFVBQVUsR0FBRyxNQUFNLElBQUksS0FBSyxNQUFNLE1BQU0sRUFBRTtBQUN0RyxTQUFPLENBQUMsTUFBTSxDQUFDLElBQUksT0FBTyxPQUFPLEdBQUcsSUFBSSxHQUFHLEdBQUcsUUFBUSxFQUFFLEtBQUssSUFBSTtBQUNuRTtBQUVPLFNBQVMsYUFBYSxVQUFzQztBQUNqRSxNQUFJLFNBQVMsV0FBVyxFQUFHLFFBQU87QUFDbEMsUUFBTSxPQUFPLFNBQVMsSUFBSSxDQUFDLE1BQU07QUFBQSxJQUMvQixFQUFFO0FBQUEsSUFDRixFQUFFO0FBQUEsSUFDRixFQUFFO0FBQUEsSUFDRixFQUFFLFVBQVUsSUFBSSxTQUFLLDBCQUFZLEVBQUUsS0FBSztBQUFBLElBQ3hDLEVBQUUsV0FBVztBQUFBLEVBQ2YsQ0FBQztBQUNELFNBQU8sTUFBTSxDQUFDLFVBQVUsUUFBUSxTQUFTLFFBQVEsT0FBTyxHQUFHLElBQUk7QUFDakU7QUFFTyxTQUFTLFlBQVksUUFBd0I7QUFDbEQsUUFBTSxPQUFPLE9BQU8sTUFBTSxJQUFJLENBQUMsU0FBUztBQUFBLElBQ3RDLEtBQUs7QUFBQSxJQUNMLEtBQUssVUFBVTtBQUFBLElBQ2YsS0FBSyxlQUFlLE9BQU8sU0FBSyw0QkFBYyxLQUFLLFVBQVU7QUFBQSxRQUM3RCw0QkFBYyxLQUFLLGdCQUFnQjtBQUFBLElBQ25DLEtBQUssU0FBUyxPQUFPO0FBQUEsRUFDdkIsQ0FBQztBQUNELFFBQU0sRUFBRSxJQUFJLElBQUk7QUFDaEIsU0FBTztBQUFBLElBQ0wsV0FBVyxPQUFPLFNBQVMsVUFBVSxPQUFPLElBQUksYUFBYSxPQUFPLFdBQVcsU0FBUztBQUFBLElBQ3hGLE1BQU0sQ0FBQyxRQUFRLGVBQWUsT0FBTyxhQUFhLE9BQU8sR0FBRyxJQUFJO0FBQUEsSUFDaEUsZUFBZSxJQUFJLFVBQVUsTUFBTSxpQkFBaUIsSUFBSSxjQUFjLFNBQVMsS0FBSyxJQUFJLFVBQVUsR0FBRyw0QkFBNEIsSUFBSSxPQUFPLFdBQVcsRUFBRTtBQUFBLElBQ3pKLEdBQUksT0FBTyxRQUFRLFNBQVMsSUFBSSxDQUFDLFlBQVksT0FBTyxRQUFRLEtBQUssSUFBSSxDQUFDLEVBQUUsSUFBSSxDQUFDO0FBQUEsSUFDN0UsR0FBRyxPQUFPLFNBQVMsSUFBSSxDQUFDLFlBQVksWUFBWSxPQUFPLEVBQUU7QUFBQSxFQUMzRCxFQUFFLEtBQUssSUFBSTtBQUNiOyIsCiAgIm5hbWVzIjogW10KfQo=
