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
var records_exports = {};
__export(records_exports, {
  archiveMarkerSchema: () => archiveMarkerSchema,
  claimSchema: () => claimSchema,
  leaseSchema: () => leaseSchema,
  lineageSchema: () => lineageSchema,
  recoveryAcceptedSchema: () => recoveryAcceptedSchema,
  recoveryPinSchema: () => recoveryPinSchema,
  recoveryRestoredSchema: () => recoveryRestoredSchema,
  streamRecordSchema: () => streamRecordSchema,
  watermarkSchema: () => watermarkSchema
});
module.exports = __toCommonJS(records_exports);
var v = __toESM(require("valibot"));
var import_parse = require("./parse");
var import_tier = require("./tier");
const archiveMarkerSchema = v.object({
  format: v.literal("neumann-archive/1"),
  clusterId: v.string(),
  role: v.picklist(["primary", "offsite"])
});
const lineageSchema = v.object({
  format: v.literal("neumann-lineage/1"),
  lineage: v.string(),
  clusterId: v.string(),
  databaseClusterId: v.string(),
  purpose: v.picklist(["production", "clone", "rehearsal"]),
  createdAt: import_parse.isoTime,
  parent: v.nullable(
    v.object({ lineage: v.string(), index: import_parse.wholeNumber, backupId: v.string(), recoveryId: v.string() })
  )
});
const streamRecordSchema = v.object({
  format: v.literal("neumann-stream/1"),
  stream: v.string(),
  lineage: v.string(),
  nodeId: v.string(),
  createdAt: import_parse.isoTime,
  firstSegment: v.string(),
  reason: v.string(),
  parent: v.nullable(v.string())
});
const recoveryPinSchema = v.object({
  format: v.literal("neumann-recovery/1"),
  recoveryId: v.string(),
  restorePoint: v.string(),
  digest: import_parse.sha256Hex,
  firstNode: v.string(),
  plan: v.unknown()
});
const recoveryRestoredSchema = v.object({
  format: v.literal("neumann-recovery-restored/1"),
  recoveryId: v.string(),
  nodeId: v.string(),
  databaseClusterId: v.string(),
  lineage: v.string(),
  index: import_parse.wholeNumber,
  totalEntries: v.nullable(import_parse.wholeNumber),
  restoredAt: import_parse.isoTime,
  seconds: v.number()
});
const recoveryAcceptedSchema = v.object({
  format: v.literal("neumann-recovery-accepted/1"),
  recoveryId: v.string(),
  lineage: v.string(),
  baseBackupId: v.string(),
  baseTier: v.picklist(import_tier.tiers),
  acceptedAt: import_parse.isoTime,
  members: v.array(v.string())
});
const claimSchema = v.object({
  format: v.literal("neumann-claim/1"),
  name: v.string(),
  epoch: import_parse.wholeNumber,
  holder: v.object({ node: v.string(), host: v.string(), pid: import_parse.wholeNumber, started: v.string() }),
  timeToLiveSeconds: v.number()
});
const leaseSchema = v.object({
  format: v.literal("neumann-lease/1"),
  leaseId: v.string(),
  node: v.string(),
  seconds: v.number()
});
const watermarkSchema = v.object({
  format: v.literal("neumann-watermark/1"),
  lineage: v.string(),
  stream: v.string(),
  at: import_parse.isoTime,
  commitIndex: import_parse.wholeNumber,
  openSegment: v.string()
});
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveMarkerSchema,
  claimSchema,
  leaseSchema,
  lineageSchema,
  recoveryAcceptedSchema,
  recoveryPinSchema,
  recoveryRestoredSchema,
  streamRecordSchema,
  watermarkSchema
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicmVjb3Jkcy50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsUUFBbUI7QUFDbkIsbUJBQWdEO0FBQ2hELGtCQUFzQjtBQVNmLE1BQU0sc0JBQStELEVBQUUsT0FBTztBQUFBLEVBQ25GLFFBQVEsRUFBRSxRQUFRLG1CQUFtQjtBQUFBLEVBQ3JDLFdBQVcsRUFBRSxPQUFPO0FBQUEsRUFDcEIsTUFBTSxFQUFFLFNBQVMsQ0FBQyxXQUFXLFNBQVMsQ0FBQztBQUN6QyxDQUFDO0FBZ0JNLE1BQU0sZ0JBQXlELEVBQUUsT0FBTztBQUFBLEVBQzdFLFFBQVEsRUFBRSxRQUFRLG1CQUFtQjtBQUFBLEVBQ3JDLFNBQVMsRUFBRSxPQUFPO0FBQUEsRUFDbEIsV0FBVyxFQUFFLE9BQU87QUFBQSxFQUNwQixtQkFBbUIsRUFBRSxPQUFPO0FBQUEsRUFDNUIsU0FBUyxFQUFFLFNBQVMsQ0FBQyxjQUFjLFNBQVMsV0FBVyxDQUFDO0FBQUEsRUFDeEQsV0FBVztBQUFBLEVBQ1gsUUFBUSxFQUFFO0FBQUEsSUFDUixFQUFFLE9BQU8sRUFBRSxTQUFTLEVBQUUsT0FBTyxHQUFHLE9BQU8sMEJBQWEsVUFBVSxFQUFFLE9BQU8sR0FBRyxZQUFZLEVBQUUsT0FBTyxFQUFFLENBQUM7QUFBQSxFQUNwRztBQUNGLENBQUM7QUFpQk0sTUFBTSxxQkFBNkQsRUFBRSxPQUFPO0FBQUEsRUFDakYsUUFBUSxFQUFFLFFBQVEsa0JBQWtCO0FBQUEsRUFDcEMsUUFBUSxFQUFFLE9BQU87QUFBQSxFQUNqQixTQUFTLEVBQUUsT0FBTztBQUFBLEVBQ2xCLFFBQVEsRUFBRSxPQUFPO0FBQUEsRUFDakIsV0FBVztBQUFBLEVBQ1gsY0FBYyxFQUFFLE9BQU87QUFBQSxFQUN2QixRQUFRLEVBQUUsT0FBTztBQUFBLEVBQ2pCLFFBQVEsRUFBRSxTQUFTLEVBQUUsT0FBTyxDQUFDO0FBQy9CLENBQUM7QUFhTSxNQUFNLG9CQUEyRCxFQUFFLE9BQU87QUFBQSxFQUMvRSxRQUFRLEVBQUUsUUFBUSxvQkFBb0I7QUFBQSxFQUN0QyxZQUFZLEVBQUUsT0FBTztBQUFBLEVBQ3JCLGNBQWMsRUFBRSxPQUFPO0FBQUEsRUFDdkIsUUFBUTtBQUFBLEVBQ1IsV0FBVyxFQUFFLE9BQU87QUFBQSxFQUNwQixNQUFNLEVBQUUsUUFBUTtBQUNsQixDQUFDO0FBZU0sTUFBTSx5QkFBcUUsRUFBRSxPQUFPO0FBQUEsRUFDekYsUUFBUSxFQUFFLFFBQVEsNkJBQTZCO0FBQUEsRUFDL0MsWUFBWSxFQUFFLE9BQU87QUFBQSxFQUNyQixRQUFRLEVBQUUsT0FBTztBQUFBLEVBQ2pCLG1CQUFtQixFQUFFLE9BQU87QUFBQSxFQUM1QixTQUFTLEVBQUUsT0FBTztBQUFBLEVBQ2xCLE9BQU87QUFBQSxFQUNQLGNBQWMsRUFBRSxTQUFTLHdCQUFXO0FBQUEsRUFDcEMsWUFBWTtBQUFBLEVBQ1osU0FBUyxFQUFFLE9BQU87QUFDcEIsQ0FBQztBQWFNLE1BQU0seUJBQXFFLEVBQUUsT0FBTztBQUFBLEVBQ3pGLFFBQVEsRUFBRSxRQUFRLDZCQUE2QjtBQUFBLEVBQy9DLFlBQVksRUFBRSxPQUFPO0FBQUEsRUFDckIsU0FBUyxFQUFFLE9BQU87QUFBQSxFQUNsQixjQUFjLEVBQUUsT0FBTztBQUFBLEVBQ3ZCLFVBQVUsRUFBRSxTQUFTLGlCQUFLO0FBQUEsRUFDMUIsWUFBWTtBQUFBLEVBQ1osU0FBUyxFQUFFLE1BQU0sRUFBRSxPQUFPLENBQUM7QUFDN0IsQ0FBQztBQVlNLE1BQU0sY0FBcUQsRUFBRSxPQUFPO0FBQUEsRUFDekUsUUFBUSxFQUFFLFFBQVEsaUJBQWlCO0FBQUEsRUFDbkMsTUFBTSxFQUFFLE9BQU87QUFBQSxFQUNmLE9BQU87QUFBQSxFQUNQLFFBQVEsRUFBRSxPQUFPLEVBQUUsTUFBTSxFQUFFLE9BQU8sR0FBRyxNQUFNLEVBQUUsT0FBTyxHQUFHLEtBQUssMEJBQWEsU0FBUyxFQUFFLE9BQU8sRUFBRSxDQUFDO0FBQUEsRUFDOUYsbUJBQW1CLEVBQUUsT0FBTztBQUM5QixDQUFDO0FBV00sTUFBTSxjQUFxRCxFQUFFLE9BQU87QUFBQSxFQUN6RSxRQUFRLEVBQUUsUUFBUSxpQkFBaUI7QUFBQSxFQUNuQyxTQUFTLEVBQUUsT0FBTztBQUFBLEVBQ2xCLE1BQU0sRUFBRSxPQUFPO0FBQUEsRUFDZixTQUFTLEVBQUUsT0FBTztBQUNwQixDQUFDO0FBWU0sTUFBTSxrQkFBNkQsRUFBRSxPQUFPO0FBQUEsRUFDakYsUUFBUSxFQUFFLFFBQVEscUJBQXFCO0FBQUEsRUFDdkMsU0FBUyxFQUFFLE9BQU87QUFBQSxFQUNsQixRQUFRLEVBQUUsT0FBTztBQUFBLEVBQ2pCLElBQUk7QUFBQSxFQUNKLGFBQWE7QUFBQSxFQUNiLGFBQWEsRUFBRSxPQUFPO0FBQ3hCLENBQUM7IiwKICAibmFtZXMiOiBbXQp9Cg==
