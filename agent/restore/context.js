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
var context_exports = {};
__export(context_exports, {
  claimRecovery: () => claimRecovery,
  databaseFiles: () => databaseFiles,
  markFile: () => markFile,
  openPhase: () => openPhase,
  readMark: () => readMark,
  readRestored: () => readRestored,
  recordsOf: () => recordsOf,
  resolvedOf: () => resolvedOf,
  restorePaths: () => restorePaths
});
module.exports = __toCommonJS(context_exports);
var import_node_path = __toESM(require("node:path"));
var v = __toESM(require("valibot"));
var import_parse = require("../../model/parse");
var import_records = require("../../model/records");
var import_claims = require("../claims");
var import_plan = require("../commands/plan");
var import_files = require("../host/files");
var import_errors = require("../run/errors");
const markSchema = v.object({
  format: v.literal("neumann-recovery-mark/1"),
  recoveryId: v.string(),
  digest: v.string(),
  how: v.picklist(["restored", "joined"])
});
function markFile(dataDirectory) {
  return import_node_path.default.join(dataDirectory, `${import_files.ownPrefix}-recovery`);
}
async function readMark(dataDirectory) {
  const text = await (0, import_files.readIfThere)(markFile(dataDirectory));
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(markSchema, text, markFile(dataDirectory));
}
function restorePaths(context) {
  const { dataDirectory } = context.node.config.node;
  const { recoveryId } = context.spec.plan;
  const staging = import_node_path.default.join(dataDirectory, `${import_files.ownPrefix}-staging`, recoveryId);
  return {
    staging,
    tree: import_node_path.default.join(staging, "tree"),
    proof: import_node_path.default.join(staging, "proof"),
    aside: import_node_path.default.join(dataDirectory, `${import_files.ownPrefix}-aside`, recoveryId),
    journal: import_node_path.default.join(dataDirectory, `${import_files.ownPrefix}-swap.json`)
  };
}
async function databaseFiles(dataDirectory) {
  return (await (0, import_files.walkTree)(dataDirectory)).filter(({ stats }) => !stats.isDirectory()).map((file) => file.path);
}
function recordsOf(context) {
  if (context.places === void 0) throw new Error("the first step opens the places");
  return context.places.records;
}
function resolvedOf(context) {
  if (context.resolved === void 0) throw new Error("the first step resolves the plan");
  return context.resolved;
}
async function readRestored(context) {
  const key = (0, import_plan.recoveryKey)(context.spec.plan, "restored");
  const text = await recordsOf(context).getText(key);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(import_records.recoveryRestoredSchema, text, key);
}
async function openPhase(context) {
  const { spec, node } = context;
  const ids = spec.members.map((member) => member.id);
  if (spec.node !== node.config.node.id || !ids.includes(spec.node)) {
    throw new import_errors.Refused(
      `this agent serves node ${node.config.node.id}, but the recovery was sent to ${spec.node} (members: ${ids.join(", ")}). Nothing was touched.`
    );
  }
  context.places = await (0, import_plan.openRecovery)(spec.plan);
  context.mark = await readMark(node.config.node.dataDirectory);
}
async function claimRecovery(context) {
  context.claim = await (0, import_claims.takeClaim)(recordsOf(context), context.spec.plan.archive.clusterId, {
    name: `recovery/${context.spec.plan.recoveryId}`,
    node: context.spec.node,
    timeToLiveSeconds: 24 * 3600
  });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  claimRecovery,
  databaseFiles,
  markFile,
  openPhase,
  readMark,
  readRestored,
  recordsOf,
  resolvedOf,
  restorePaths
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29udGV4dC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsdUJBQWlCO0FBQ2pCLFFBQW1CO0FBRW5CLG1CQUE0QjtBQUM1QixxQkFBOEQ7QUFHOUQsb0JBQXNDO0FBQ3RDLGtCQUFrRjtBQUVsRixtQkFBaUQ7QUFDakQsb0JBQXdCO0FBNEJ4QixNQUFNLGFBQXFELEVBQUUsT0FBTztBQUFBLEVBQ2xFLFFBQVEsRUFBRSxRQUFRLHlCQUF5QjtBQUFBLEVBQzNDLFlBQVksRUFBRSxPQUFPO0FBQUEsRUFDckIsUUFBUSxFQUFFLE9BQU87QUFBQSxFQUNqQixLQUFLLEVBQUUsU0FBUyxDQUFDLFlBQVksUUFBUSxDQUFDO0FBQ3hDLENBQUM7QUFFTSxTQUFTLFNBQVMsZUFBK0I7QUFDdEQsU0FBTyxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsR0FBRyxzQkFBUyxXQUFXO0FBQ3pEO0FBRUEsZUFBc0IsU0FBUyxlQUEwRDtBQUN2RixRQUFNLE9BQU8sVUFBTSwwQkFBWSxTQUFTLGFBQWEsQ0FBQztBQUN0RCxTQUFPLFNBQVMsU0FBWSxhQUFZLDBCQUFZLFlBQVksTUFBTSxTQUFTLGFBQWEsQ0FBQztBQUMvRjtBQWdCTyxTQUFTLGFBQWEsU0FBOEQ7QUFDekYsUUFBTSxFQUFFLGNBQWMsSUFBSSxRQUFRLEtBQUssT0FBTztBQUM5QyxRQUFNLEVBQUUsV0FBVyxJQUFJLFFBQVEsS0FBSztBQUNwQyxRQUFNLFVBQVUsaUJBQUFBLFFBQUssS0FBSyxlQUFlLEdBQUcsc0JBQVMsWUFBWSxVQUFVO0FBQzNFLFNBQU87QUFBQSxJQUNMO0FBQUEsSUFDQSxNQUFNLGlCQUFBQSxRQUFLLEtBQUssU0FBUyxNQUFNO0FBQUEsSUFDL0IsT0FBTyxpQkFBQUEsUUFBSyxLQUFLLFNBQVMsT0FBTztBQUFBLElBQ2pDLE9BQU8saUJBQUFBLFFBQUssS0FBSyxlQUFlLEdBQUcsc0JBQVMsVUFBVSxVQUFVO0FBQUEsSUFDaEUsU0FBUyxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsR0FBRyxzQkFBUyxZQUFZO0FBQUEsRUFDNUQ7QUFDRjtBQUdBLGVBQXNCLGNBQWMsZUFBMEM7QUFDNUUsVUFBUSxVQUFNLHVCQUFTLGFBQWEsR0FBRyxPQUFPLENBQUMsRUFBRSxNQUFNLE1BQU0sQ0FBQyxNQUFNLFlBQVksQ0FBQyxFQUFFLElBQUksQ0FBQyxTQUFTLEtBQUssSUFBSTtBQUM1RztBQUVPLFNBQVMsVUFBVSxTQUFrQztBQUMxRCxNQUFJLFFBQVEsV0FBVyxPQUFXLE9BQU0sSUFBSSxNQUFNLGlDQUFpQztBQUNuRixTQUFPLFFBQVEsT0FBTztBQUN4QjtBQUVPLFNBQVMsV0FBVyxTQUF1QztBQUNoRSxNQUFJLFFBQVEsYUFBYSxPQUFXLE9BQU0sSUFBSSxNQUFNLGtDQUFrQztBQUN0RixTQUFPLFFBQVE7QUFDakI7QUFFQSxlQUFzQixhQUFhLFNBQWdFO0FBQ2pHLFFBQU0sVUFBTSx5QkFBWSxRQUFRLEtBQUssTUFBTSxVQUFVO0FBQ3JELFFBQU0sT0FBTyxNQUFNLFVBQVUsT0FBTyxFQUFFLFFBQVEsR0FBRztBQUNqRCxTQUFPLFNBQVMsU0FBWSxhQUFZLDBCQUFZLHVDQUF3QixNQUFNLEdBQUc7QUFDdkY7QUFHQSxlQUFzQixVQUFVLFNBQXdDO0FBQ3RFLFFBQU0sRUFBRSxNQUFNLEtBQUssSUFBSTtBQUN2QixRQUFNLE1BQU0sS0FBSyxRQUFRLElBQUksQ0FBQyxXQUFXLE9BQU8sRUFBRTtBQUNsRCxNQUFJLEtBQUssU0FBUyxLQUFLLE9BQU8sS0FBSyxNQUFNLENBQUMsSUFBSSxTQUFTLEtBQUssSUFBSSxHQUFHO0FBQ2pFLFVBQU0sSUFBSTtBQUFBLE1BQ1IsMEJBQTBCLEtBQUssT0FBTyxLQUFLLEVBQUUsa0NBQWtDLEtBQUssSUFBSSxjQUFjLElBQUksS0FBSyxJQUFJLENBQUM7QUFBQSxJQUN0SDtBQUFBLEVBQ0Y7QUFDQSxVQUFRLFNBQVMsVUFBTSwwQkFBYSxLQUFLLElBQUk7QUFDN0MsVUFBUSxPQUFPLE1BQU0sU0FBUyxLQUFLLE9BQU8sS0FBSyxhQUFhO0FBQzlEO0FBRUEsZUFBc0IsY0FBYyxTQUF3QztBQUMxRSxVQUFRLFFBQVEsVUFBTSx5QkFBVSxVQUFVLE9BQU8sR0FBRyxRQUFRLEtBQUssS0FBSyxRQUFRLFdBQVc7QUFBQSxJQUN2RixNQUFNLFlBQVksUUFBUSxLQUFLLEtBQUssVUFBVTtBQUFBLElBQzlDLE1BQU0sUUFBUSxLQUFLO0FBQUEsSUFDbkIsbUJBQW1CLEtBQUs7QUFBQSxFQUMxQixDQUFDO0FBQ0g7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
