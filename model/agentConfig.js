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
var agentConfig_exports = {};
__export(agentConfig_exports, {
  ServiceManager: () => ServiceManager,
  agentConfigSchema: () => agentConfigSchema,
  archiveSpecSchema: () => archiveSpecSchema,
  nodeConfigSchema: () => nodeConfigSchema,
  parseAgentConfig: () => parseAgentConfig
});
module.exports = __toCommonJS(agentConfig_exports);
var v = __toESM(require("valibot"));
var import_policy = require("./policy");
var import_parse = require("./parse");
const ServiceManager = {
  /** A detached process with a pid file: the embedded default. */
  Process: "process",
  /** The unit `neumann`. */
  Systemd: "systemd"
};
const location = { kind: v.picklist(["directory"]), location: v.string() };
const nodeConfigSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  address: v.string(),
  adminUrl: v.string(),
  configFile: v.string(),
  dataDirectory: v.string(),
  programDirectory: v.nullable(v.string()),
  serviceManager: v.picklist(["process", "systemd"])
});
const archiveSpecSchema = v.object({
  ...location,
  clusterId: v.string(),
  offsite: v.optional(v.object(location))
});
const agentConfigSchema = v.object({
  format: v.literal("neumann-agent/1"),
  generation: v.string(),
  node: nodeConfigSchema,
  archive: archiveSpecSchema,
  policy: v.custom((value) => typeof value === "object" && value !== null, "a policy"),
  agentDirectory: v.string()
});
function parseAgentConfig(text, subject) {
  const config = (0, import_parse.parseJsonAs)(agentConfigSchema, text, subject);
  return { ...config, policy: (0, import_policy.resolvePolicy)(config.policy) };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ServiceManager,
  agentConfigSchema,
  archiveSpecSchema,
  nodeConfigSchema,
  parseAgentConfig
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYWdlbnRDb25maWcudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxRQUFtQjtBQUNuQixvQkFBaUQ7QUFFakQsbUJBQTRCO0FBR3JCLE1BQU0saUJBQWlCO0FBQUE7QUFBQSxFQUU1QixTQUFTO0FBQUE7QUFBQSxFQUVULFNBQVM7QUFDWDtBQThCQSxNQUFNLFdBQVcsRUFBRSxNQUFNLEVBQUUsU0FBUyxDQUFDLFdBQVcsQ0FBQyxHQUFHLFVBQVUsRUFBRSxPQUFPLEVBQUU7QUFFbEUsTUFBTSxtQkFBeUQsRUFBRSxPQUFPO0FBQUEsRUFDN0UsSUFBSSxFQUFFLEtBQUssRUFBRSxPQUFPLEdBQUcsRUFBRSxVQUFVLENBQUMsQ0FBQztBQUFBLEVBQ3JDLFNBQVMsRUFBRSxPQUFPO0FBQUEsRUFDbEIsVUFBVSxFQUFFLE9BQU87QUFBQSxFQUNuQixZQUFZLEVBQUUsT0FBTztBQUFBLEVBQ3JCLGVBQWUsRUFBRSxPQUFPO0FBQUEsRUFDeEIsa0JBQWtCLEVBQUUsU0FBUyxFQUFFLE9BQU8sQ0FBQztBQUFBLEVBQ3ZDLGdCQUFnQixFQUFFLFNBQVMsQ0FBQyxXQUFXLFNBQVMsQ0FBQztBQUNuRCxDQUFDO0FBRU0sTUFBTSxvQkFBMkQsRUFBRSxPQUFPO0FBQUEsRUFDL0UsR0FBRztBQUFBLEVBQ0gsV0FBVyxFQUFFLE9BQU87QUFBQSxFQUNwQixTQUFTLEVBQUUsU0FBUyxFQUFFLE9BQU8sUUFBUSxDQUFDO0FBQ3hDLENBQUM7QUFFTSxNQUFNLG9CQUEyRCxFQUFFLE9BQU87QUFBQSxFQUMvRSxRQUFRLEVBQUUsUUFBUSxpQkFBaUI7QUFBQSxFQUNuQyxZQUFZLEVBQUUsT0FBTztBQUFBLEVBQ3JCLE1BQU07QUFBQSxFQUNOLFNBQVM7QUFBQSxFQUNULFFBQVEsRUFBRSxPQUFxQixDQUFDLFVBQVUsT0FBTyxVQUFVLFlBQVksVUFBVSxNQUFNLFVBQVU7QUFBQSxFQUNqRyxnQkFBZ0IsRUFBRSxPQUFPO0FBQzNCLENBQUM7QUFHTSxTQUFTLGlCQUFpQixNQUFjLFNBQThCO0FBQzNFLFFBQU0sYUFBUywwQkFBWSxtQkFBbUIsTUFBTSxPQUFPO0FBQzNELFNBQU8sRUFBRSxHQUFHLFFBQVEsWUFBUSw2QkFBYyxPQUFPLE1BQU0sRUFBRTtBQUMzRDsiLAogICJuYW1lcyI6IFtdCn0K
