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
  openRecovery: () => openRecovery,
  readPin: () => readPin,
  recoveryKey: () => recoveryKey,
  resolve: () => resolve
});
module.exports = __toCommonJS(plan_exports);
var import_plan = require("../../model/plan");
var import_layout = require("../../model/layout");
var import_parse = require("../../model/parse");
var import_records = require("../../model/records");
var import_restorePoint = require("../../model/restorePoint");
var import_catalog = require("../archive/catalog");
var import_open = require("../archive/open");
var import_errors = require("../run/errors");
async function openRecovery(spec) {
  (0, import_restorePoint.parseRestorePoint)(spec.restorePoint);
  const places = await (0, import_open.openReachable)(spec.archive);
  const home = spec.archive.offsite === void 0 ? "primary" : "offsite";
  const records = places.find(({ place }) => place === home);
  if (records === void 0) {
    throw new import_errors.WorldFault(
      `the ${home} archive, where the records of recoveries lie, cannot be read. Mount it, or leave \`offsite\` out of the reference if it is lost for good.`
    );
  }
  return { places, records: records.archive };
}
function recoveryKey(spec, name) {
  return (0, import_layout.recordKey)(spec.archive.clusterId, "recoveries", `${spec.recoveryId}/${name}.json`);
}
async function readPin(spec, records) {
  const key = recoveryKey(spec, "plan");
  const text = await records.getText(key);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(import_records.recoveryPinSchema, text, key);
}
async function recoveryState(spec, records) {
  for (const [name, state] of [
    ["accepted", "accepted"],
    ["restored", "restored"],
    ["plan", "pinned"]
  ]) {
    if (await records.getText(recoveryKey(spec, name)) !== void 0) return state;
  }
  return "planned";
}
async function resolve(spec) {
  const { places, records } = await openRecovery(spec);
  const pin = await readPin(spec, records);
  const catalog = await (0, import_catalog.readCatalog)(spec.archive.clusterId, places);
  const plan = (0, import_plan.resolvePlan)({
    catalog,
    restorePoint: spec.restorePoint,
    recoveryId: spec.recoveryId,
    nodes: spec.nodes,
    pin
  });
  const digest = pin?.digest ?? (0, import_plan.planDigest)(plan);
  if (spec.approvedPlanDigest !== void 0 && spec.approvedPlanDigest !== digest) {
    throw new import_plan.PlanRefused(
      `the plan is not the one that was approved: approved ${spec.approvedPlanDigest}, now ${digest} (backup ${plan.source.backupId}). Look at the new plan and approve it, or name the backup: restorePoint backup:ID.`
    );
  }
  return { plan, digest, text: (0, import_plan.describePlan)(plan, digest, /* @__PURE__ */ new Date()), state: await recoveryState(spec, records) };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  openRecovery,
  readPin,
  recoveryKey,
  resolve
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicGxhbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLGtCQUFxRjtBQUNyRixvQkFBMEI7QUFDMUIsbUJBQTRCO0FBQzVCLHFCQUFvRDtBQUVwRCwwQkFBa0M7QUFFbEMscUJBQTRCO0FBQzVCLGtCQUE4QjtBQUM5QixvQkFBMkI7QUFvQjNCLGVBQXNCLGFBQWEsTUFBeUM7QUFDMUUsNkNBQWtCLEtBQUssWUFBWTtBQUNuQyxRQUFNLFNBQVMsVUFBTSwyQkFBYyxLQUFLLE9BQU87QUFDL0MsUUFBTSxPQUFPLEtBQUssUUFBUSxZQUFZLFNBQVksWUFBWTtBQUM5RCxRQUFNLFVBQVUsT0FBTyxLQUFLLENBQUMsRUFBRSxNQUFNLE1BQU0sVUFBVSxJQUFJO0FBQ3pELE1BQUksWUFBWSxRQUFXO0FBRXpCLFVBQU0sSUFBSTtBQUFBLE1BQ1IsT0FBTyxJQUFJO0FBQUEsSUFDYjtBQUFBLEVBQ0Y7QUFDQSxTQUFPLEVBQUUsUUFBUSxTQUFTLFFBQVEsUUFBUTtBQUM1QztBQUVPLFNBQVMsWUFBWSxNQUFnQixNQUFzQjtBQUNoRSxhQUFPLHlCQUFVLEtBQUssUUFBUSxXQUFXLGNBQWMsR0FBRyxLQUFLLFVBQVUsSUFBSSxJQUFJLE9BQU87QUFDMUY7QUFFQSxlQUFzQixRQUFRLE1BQWdCLFNBQW9EO0FBQ2hHLFFBQU0sTUFBTSxZQUFZLE1BQU0sTUFBTTtBQUNwQyxRQUFNLE9BQU8sTUFBTSxRQUFRLFFBQVEsR0FBRztBQUN0QyxTQUFPLFNBQVMsU0FBWSxhQUFZLDBCQUFZLGtDQUFtQixNQUFNLEdBQUc7QUFDbEY7QUFFQSxlQUFlLGNBQWMsTUFBZ0IsU0FBMEM7QUFDckYsYUFBVyxDQUFDLE1BQU0sS0FBSyxLQUFLO0FBQUEsSUFDMUIsQ0FBQyxZQUFZLFVBQVU7QUFBQSxJQUN2QixDQUFDLFlBQVksVUFBVTtBQUFBLElBQ3ZCLENBQUMsUUFBUSxRQUFRO0FBQUEsRUFDbkIsR0FBWTtBQUNWLFFBQUssTUFBTSxRQUFRLFFBQVEsWUFBWSxNQUFNLElBQUksQ0FBQyxNQUFPLE9BQVcsUUFBTztBQUFBLEVBQzdFO0FBQ0EsU0FBTztBQUNUO0FBTUEsZUFBc0IsUUFBUSxNQUF1QztBQUNuRSxRQUFNLEVBQUUsUUFBUSxRQUFRLElBQUksTUFBTSxhQUFhLElBQUk7QUFDbkQsUUFBTSxNQUFNLE1BQU0sUUFBUSxNQUFNLE9BQU87QUFDdkMsUUFBTSxVQUFVLFVBQU0sNEJBQVksS0FBSyxRQUFRLFdBQVcsTUFBTTtBQUNoRSxRQUFNLFdBQU8seUJBQVk7QUFBQSxJQUN2QjtBQUFBLElBQ0EsY0FBYyxLQUFLO0FBQUEsSUFDbkIsWUFBWSxLQUFLO0FBQUEsSUFDakIsT0FBTyxLQUFLO0FBQUEsSUFDWjtBQUFBLEVBQ0YsQ0FBQztBQUNELFFBQU0sU0FBUyxLQUFLLGNBQVUsd0JBQVcsSUFBSTtBQUM3QyxNQUFJLEtBQUssdUJBQXVCLFVBQWEsS0FBSyx1QkFBdUIsUUFBUTtBQUMvRSxVQUFNLElBQUk7QUFBQSxNQUNSLHVEQUF1RCxLQUFLLGtCQUFrQixTQUFTLE1BQU0sWUFBWSxLQUFLLE9BQU8sUUFBUTtBQUFBLElBRS9IO0FBQUEsRUFDRjtBQUNBLFNBQU8sRUFBRSxNQUFNLFFBQVEsVUFBTSwwQkFBYSxNQUFNLFFBQVEsb0JBQUksS0FBSyxDQUFDLEdBQUcsT0FBTyxNQUFNLGNBQWMsTUFBTSxPQUFPLEVBQUU7QUFDakg7IiwKICAibmFtZXMiOiBbXQp9Cg==
