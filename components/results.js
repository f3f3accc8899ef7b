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
var results_exports = {};
__export(results_exports, {
  agentMessage: () => agentMessage,
  describeRecoveryPlan: () => describeRecoveryPlan,
  makeReport: () => makeReport,
  parsePlanResult: () => parsePlanResult
});
module.exports = __toCommonJS(results_exports);
var v = __toESM(require("valibot"));
var import_parse = require("../model/parse");
const planSchema = v.object({
  plan: v.custom((value) => typeof value === "object" && value !== null, "a plan"),
  digest: import_parse.sha256Hex,
  text: v.string()
});
const restoredSchema = v.object({
  index: import_parse.wholeNumber,
  totalEntries: v.nullish(import_parse.wholeNumber),
  bytes: v.nullish(import_parse.wholeNumber),
  seconds: v.number()
});
const acceptedSchema = v.object({
  recoveryId: v.string(),
  lineage: v.string(),
  baseBackupId: v.string(),
  members: v.array(v.string()),
  seconds: v.number()
});
function parsePlanResult(stdout) {
  return (0, import_parse.parseJsonAs)(planSchema, lastLine(stdout), "The agent's plan cannot be read");
}
function describeRecoveryPlan({ plan }) {
  const { source } = plan;
  return {
    recoveryId: plan.recoveryId,
    restorePoint: plan.restorePoint,
    place: source.place,
    tier: source.tier,
    backupId: source.backupId,
    lineage: source.lineage,
    createdAt: source.createdAt,
    indexLow: source.index.low,
    indexHigh: source.index.high,
    totalEntries: source.totalEntries ?? void 0,
    storedBytes: source.storedBytes,
    plainBytes: source.plainBytes,
    nodes: plan.nodes,
    estimatedSeconds: plan.estimatedSeconds
  };
}
function makeReport(restoreStdout, acceptStdout) {
  const restored = (0, import_parse.parseJsonAs)(restoredSchema, lastLine(restoreStdout), "The agent's restore result cannot be read");
  const accepted = (0, import_parse.parseJsonAs)(acceptedSchema, lastLine(acceptStdout), "The agent's acceptance cannot be read");
  return {
    ...accepted,
    restoredIndex: restored.index,
    totalEntries: restored.totalEntries ?? void 0,
    restoredBytes: restored.bytes ?? void 0,
    restoreSeconds: restored.seconds
  };
}
function lastLine(stdout) {
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}
function agentMessage(error) {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.split("\n").flatMap(eventMessage);
  return said.length > 0 ? said.join("\n") : text;
}
function eventMessage(line) {
  const start = line.indexOf("{");
  if (start < 0) return [];
  try {
    const event = JSON.parse(line.slice(start));
    return event.event === "error" && typeof event.message === "string" ? [event.message] : [];
  } catch {
    return [];
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  agentMessage,
  describeRecoveryPlan,
  makeReport,
  parsePlanResult
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVzdWx0cy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxRQUFtQjtBQUNuQixtQkFBb0Q7QUFtSHBELE1BQU0sYUFBYSxFQUFFLE9BQU87QUFBQSxFQUMxQixNQUFNLEVBQUUsT0FBb0IsQ0FBQyxVQUFVLE9BQU8sVUFBVSxZQUFZLFVBQVUsTUFBTSxRQUFRO0FBQUEsRUFDNUYsUUFBUTtBQUFBLEVBQ1IsTUFBTSxFQUFFLE9BQU87QUFDakIsQ0FBQztBQUVELE1BQU0saUJBQWlCLEVBQUUsT0FBTztBQUFBLEVBQzlCLE9BQU87QUFBQSxFQUNQLGNBQWMsRUFBRSxRQUFRLHdCQUFXO0FBQUEsRUFDbkMsT0FBTyxFQUFFLFFBQVEsd0JBQVc7QUFBQSxFQUM1QixTQUFTLEVBQUUsT0FBTztBQUNwQixDQUFDO0FBRUQsTUFBTSxpQkFBaUIsRUFBRSxPQUFPO0FBQUEsRUFDOUIsWUFBWSxFQUFFLE9BQU87QUFBQSxFQUNyQixTQUFTLEVBQUUsT0FBTztBQUFBLEVBQ2xCLGNBQWMsRUFBRSxPQUFPO0FBQUEsRUFDdkIsU0FBUyxFQUFFLE1BQU0sRUFBRSxPQUFPLENBQUM7QUFBQSxFQUMzQixTQUFTLEVBQUUsT0FBTztBQUNwQixDQUFDO0FBR00sU0FBUyxnQkFBZ0IsUUFBNEI7QUFDMUQsYUFBTywwQkFBWSxZQUFZLFNBQVMsTUFBTSxHQUFHLGlDQUFpQztBQUNwRjtBQUdPLFNBQVMscUJBQXFCLEVBQUUsS0FBSyxHQUE2QjtBQUN2RSxRQUFNLEVBQUUsT0FBTyxJQUFJO0FBQ25CLFNBQU87QUFBQSxJQUNMLFlBQVksS0FBSztBQUFBLElBQ2pCLGNBQWMsS0FBSztBQUFBLElBQ25CLE9BQU8sT0FBTztBQUFBLElBQ2QsTUFBTSxPQUFPO0FBQUEsSUFDYixVQUFVLE9BQU87QUFBQSxJQUNqQixTQUFTLE9BQU87QUFBQSxJQUNoQixXQUFXLE9BQU87QUFBQSxJQUNsQixVQUFVLE9BQU8sTUFBTTtBQUFBLElBQ3ZCLFdBQVcsT0FBTyxNQUFNO0FBQUEsSUFDeEIsY0FBYyxPQUFPLGdCQUFnQjtBQUFBLElBQ3JDLGFBQWEsT0FBTztBQUFBLElBQ3BCLFlBQVksT0FBTztBQUFBLElBQ25CLE9BQU8sS0FBSztBQUFBLElBQ1osa0JBQWtCLEtBQUs7QUFBQSxFQUN6QjtBQUNGO0FBR08sU0FBUyxXQUFXLGVBQXVCLGNBQXNDO0FBQ3RGLFFBQU0sZUFBVywwQkFBWSxnQkFBZ0IsU0FBUyxhQUFhLEdBQUcsMkNBQTJDO0FBQ2pILFFBQU0sZUFBVywwQkFBWSxnQkFBZ0IsU0FBUyxZQUFZLEdBQUcsdUNBQXVDO0FBQzVHLFNBQU87QUFBQSxJQUNMLEdBQUc7QUFBQSxJQUNILGVBQWUsU0FBUztBQUFBLElBQ3hCLGNBQWMsU0FBUyxnQkFBZ0I7QUFBQSxJQUN2QyxlQUFlLFNBQVMsU0FBUztBQUFBLElBQ2pDLGdCQUFnQixTQUFTO0FBQUEsRUFDM0I7QUFDRjtBQUVBLFNBQVMsU0FBUyxRQUF3QjtBQUN4QyxTQUFPLE9BQU8sUUFBUSxFQUFFLE1BQU0sSUFBSSxFQUFFLEdBQUcsRUFBRSxLQUFLO0FBQ2hEO0FBR08sU0FBUyxhQUFhLE9BQXdCO0FBQ25ELFFBQU0sT0FBTyxpQkFBaUIsUUFBUSxNQUFNLFVBQVUsT0FBTyxLQUFLO0FBQ2xFLFFBQU0sT0FBTyxLQUFLLE1BQU0sSUFBSSxFQUFFLFFBQVEsWUFBWTtBQUNsRCxTQUFPLEtBQUssU0FBUyxJQUFJLEtBQUssS0FBSyxJQUFJLElBQUk7QUFDN0M7QUFFQSxTQUFTLGFBQWEsTUFBd0I7QUFDNUMsUUFBTSxRQUFRLEtBQUssUUFBUSxHQUFHO0FBQzlCLE1BQUksUUFBUSxFQUFHLFFBQU8sQ0FBQztBQUN2QixNQUFJO0FBQ0YsVUFBTSxRQUFRLEtBQUssTUFBTSxLQUFLLE1BQU0sS0FBSyxDQUFDO0FBQzFDLFdBQU8sTUFBTSxVQUFVLFdBQVcsT0FBTyxNQUFNLFlBQVksV0FBVyxDQUFDLE1BQU0sT0FBTyxJQUFJLENBQUM7QUFBQSxFQUMzRixRQUFRO0FBQ04sV0FBTyxDQUFDO0FBQUEsRUFDVjtBQUNGOyIsCiAgIm5hbWVzIjogW10KfQo=
