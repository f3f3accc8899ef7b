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
  generation: () => generation,
  hosts: () => hosts,
  resolvedPolicy: () => resolvedPolicy,
  schedules: () => schedules
});
module.exports = __toCommonJS(index_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_clusterBackups = require("../../components/clusterBackups");
var import_directoryArchive = require("../../components/directoryArchive");
var import_localNodes = require("../../components/localNodes");
var import_settings = require("../settings");
const settings = (0, import_settings.readEnvironment)(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, archiveLocation, offsiteLocation, policy } = settings;
const archive = new import_directoryArchive.DirectoryArchive(clusterId, { clusterId, location: archiveLocation, offsiteLocation });
const cluster = new import_localNodes.LocalNodes(clusterId, { clusterName, nodes, programDirectory });
const backups = new import_clusterBackups.ClusterBackups(clusterId, { nodes: cluster.hosts, archive: archive.reference, policy });
const hosts = cluster.hosts;
const archiveReference = backups.archive;
const generation = backups.generation;
const resolvedPolicy = backups.policy;
const schedules = backups.schedules;
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveReference,
  generation,
  hosts,
  resolvedPolicy,
  schedules
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaW5kZXgudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxhQUF3QjtBQUN4Qiw0QkFBK0I7QUFDL0IsOEJBQWlDO0FBQ2pDLHdCQUEyQjtBQUMzQixzQkFBZ0M7QUFHaEMsTUFBTSxlQUFXLGlDQUFnQixJQUFJLE9BQU8sT0FBTyxDQUFDO0FBQ3BELE1BQU0sRUFBRSxXQUFXLGFBQWEsT0FBTyxrQkFBa0IsaUJBQWlCLGlCQUFpQixPQUFPLElBQUk7QUFFdEcsTUFBTSxVQUFVLElBQUkseUNBQWlCLFdBQVcsRUFBRSxXQUFXLFVBQVUsaUJBQWlCLGdCQUFnQixDQUFDO0FBQ3pHLE1BQU0sVUFBVSxJQUFJLDZCQUFXLFdBQVcsRUFBRSxhQUFhLE9BQU8saUJBQWlCLENBQUM7QUFDbEYsTUFBTSxVQUFVLElBQUkscUNBQWUsV0FBVyxFQUFFLE9BQU8sUUFBUSxPQUFPLFNBQVMsUUFBUSxXQUFXLE9BQU8sQ0FBQztBQUVuRyxNQUFNLFFBQVEsUUFBUTtBQUN0QixNQUFNLG1CQUFtQixRQUFRO0FBQ2pDLE1BQU0sYUFBYSxRQUFRO0FBQzNCLE1BQU0saUJBQWlCLFFBQVE7QUFDL0IsTUFBTSxZQUFZLFFBQVE7IiwKICAibmFtZXMiOiBbXQp9Cg==
