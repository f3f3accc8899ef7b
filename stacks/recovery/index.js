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
var index_exports = {};
__export(index_exports, {
  archiveReference: () => archiveReference,
  hosts: () => hosts,
  lineage: () => lineage,
  plan: () => plan,
  planDigest: () => planDigest,
  report: () => report
});
module.exports = __toCommonJS(index_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_directoryArchive = require("../../components/directoryArchive");
var import_disasterRecovery = require("../../components/disasterRecovery");
var import_localNodes = require("../../components/localNodes");
var import_settings = require("../settings");
const settings = (0, import_settings.readRecovery)(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, archiveLocation, offsiteLocation, policy } = settings;
const { recoveryId, restorePoint, approvedPlanDigest } = settings;
const archive = new import_directoryArchive.DirectoryArchive(clusterId, { clusterId, location: archiveLocation, offsiteLocation });
const fresh = new import_localNodes.LocalNodes(clusterId, { clusterName, nodes, programDirectory, start: false });
const recovered = new import_disasterRecovery.DisasterRecovery(clusterId, {
  archive: archive.reference,
  nodes: fresh.hosts,
  clusterName,
  policy,
  recoveryId,
  restorePoint,
  approvedPlanDigest
});
const hosts = fresh.hosts;
const archiveReference = archive.reference;
const plan = recovered.plan;
const planDigest = recovered.planDigest;
const report = recovered.report;
const lineage = recovered.lineage;
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveReference,
  hosts,
  lineage,
  plan,
  planDigest,
  report
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaW5kZXgudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLGFBQXdCO0FBQ3hCLDhCQUFpQztBQUNqQyw4QkFBaUM7QUFDakMsd0JBQTJCO0FBQzNCLHNCQUE2QjtBQUc3QixNQUFNLGVBQVcsOEJBQWEsSUFBSSxPQUFPLE9BQU8sQ0FBQztBQUNqRCxNQUFNLEVBQUUsV0FBVyxhQUFhLE9BQU8sa0JBQWtCLGlCQUFpQixpQkFBaUIsT0FBTyxJQUFJO0FBQ3RHLE1BQU0sRUFBRSxZQUFZLGNBQWMsbUJBQW1CLElBQUk7QUFFekQsTUFBTSxVQUFVLElBQUkseUNBQWlCLFdBQVcsRUFBRSxXQUFXLFVBQVUsaUJBQWlCLGdCQUFnQixDQUFDO0FBQ3pHLE1BQU0sUUFBUSxJQUFJLDZCQUFXLFdBQVcsRUFBRSxhQUFhLE9BQU8sa0JBQWtCLE9BQU8sTUFBTSxDQUFDO0FBQzlGLE1BQU0sWUFBWSxJQUFJLHlDQUFpQixXQUFXO0FBQUEsRUFDaEQsU0FBUyxRQUFRO0FBQUEsRUFDakIsT0FBTyxNQUFNO0FBQUEsRUFDYjtBQUFBLEVBQ0E7QUFBQSxFQUNBO0FBQUEsRUFDQTtBQUFBLEVBQ0E7QUFDRixDQUFDO0FBRU0sTUFBTSxRQUFRLE1BQU07QUFDcEIsTUFBTSxtQkFBbUIsUUFBUTtBQUNqQyxNQUFNLE9BQU8sVUFBVTtBQUN2QixNQUFNLGFBQWEsVUFBVTtBQUM3QixNQUFNLFNBQVMsVUFBVTtBQUN6QixNQUFNLFVBQVUsVUFBVTsiLAogICJuYW1lcyI6IFtdCn0K
