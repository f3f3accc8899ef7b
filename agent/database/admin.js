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
var admin_exports = {};
__export(admin_exports, {
  Admin: () => Admin,
  programPath: () => programPath
});
module.exports = __toCommonJS(admin_exports);
var import_node_path = __toESM(require("node:path"));
var import_run = require("../host/run");
var import_errors = require("../run/errors");
class Admin {
  constructor(node) {
    this.node = node;
  }
  node;
  /** The same programs for another configuration: a copy in staging. */
  withConfig(configFile) {
    return new Admin({ ...this.node, configFile });
  }
  get program() {
    return programPath(this.node.programDirectory, "neumann-admin");
  }
  options(options) {
    return { ...options, environment: { ...options.environment, NEUMANN_CONFIG: this.node.configFile } };
  }
  run(args, options = {}) {
    return (0, import_run.run)(this.program, args, this.options(options));
  }
  mustRun(args, options = {}) {
    return (0, import_run.mustRun)(this.program, args, this.options(options));
  }
  async clusterInfo() {
    const text = await this.mustRun(["cluster-info"], { timeoutSeconds: 10 });
    return parseClusterInfo(text);
  }
  /** True with a healthy quorum. */
  async healthyQuorum() {
    return (await this.run(["cluster-status"], { timeoutSeconds: 10 })).code === 0;
  }
  /** `total_entries` of `stats`, in whatever layout; null where the line is not there. */
  async totalEntries() {
    const text = await this.mustRun(["stats"], { timeoutSeconds: 30 });
    const match = /total_entries\W*?(\d+)/.exec(text);
    return match?.[1] === void 0 ? null : Number(match[1]);
  }
}
function programPath(directory, name) {
  return directory === null ? name : import_node_path.default.join(directory, name);
}
function parseClusterInfo(text) {
  let raw;
  try {
    raw = JSON.parse(text);
  } catch {
    throw new import_errors.WorldFault(`neumann-admin cluster-info printed no JSON: ${text.slice(0, 200)}`);
  }
  const members = Array.isArray(raw.members) ? raw.members : [];
  if (typeof raw.cluster_id !== "string" || typeof raw.node_id !== "string") {
    throw new import_errors.WorldFault(`neumann-admin cluster-info names no cluster_id and node_id: ${text.slice(0, 200)}`);
  }
  return {
    clusterId: raw.cluster_id,
    nodeId: raw.node_id,
    leaderId: typeof raw.leader_id === "string" ? raw.leader_id : null,
    term: Number(raw.term),
    commitIndex: Number(raw.commit_index),
    members: members.map((m) => ({
      id: asText(m.id),
      address: asText(m.address),
      state: asText(m.state),
      role: asText(m.role)
    }))
  };
}
function asText(value) {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Admin,
  programPath
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYWRtaW4udHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSx1QkFBaUI7QUFFakIsaUJBQThEO0FBQzlELG9CQUEyQjtBQXFCcEIsTUFBTSxNQUFNO0FBQUEsRUFDakIsWUFBNkIsTUFBMkQ7QUFBM0Q7QUFBQSxFQUE0RDtBQUFBLEVBQTVEO0FBQUE7QUFBQSxFQUc3QixXQUFXLFlBQTJCO0FBQ3BDLFdBQU8sSUFBSSxNQUFNLEVBQUUsR0FBRyxLQUFLLE1BQU0sV0FBVyxDQUFDO0FBQUEsRUFDL0M7QUFBQSxFQUVBLElBQVksVUFBa0I7QUFDNUIsV0FBTyxZQUFZLEtBQUssS0FBSyxrQkFBa0IsZUFBZTtBQUFBLEVBQ2hFO0FBQUEsRUFFUSxRQUFRLFNBQWlDO0FBQy9DLFdBQU8sRUFBRSxHQUFHLFNBQVMsYUFBYSxFQUFFLEdBQUcsUUFBUSxhQUFhLGdCQUFnQixLQUFLLEtBQUssV0FBVyxFQUFFO0FBQUEsRUFDckc7QUFBQSxFQUVBLElBQUksTUFBeUIsVUFBc0IsQ0FBQyxHQUF1QjtBQUN6RSxlQUFPLGdCQUFJLEtBQUssU0FBUyxNQUFNLEtBQUssUUFBUSxPQUFPLENBQUM7QUFBQSxFQUN0RDtBQUFBLEVBRUEsUUFBUSxNQUF5QixVQUFzQixDQUFDLEdBQW9CO0FBQzFFLGVBQU8sb0JBQVEsS0FBSyxTQUFTLE1BQU0sS0FBSyxRQUFRLE9BQU8sQ0FBQztBQUFBLEVBQzFEO0FBQUEsRUFFQSxNQUFNLGNBQW9DO0FBQ3hDLFVBQU0sT0FBTyxNQUFNLEtBQUssUUFBUSxDQUFDLGNBQWMsR0FBRyxFQUFFLGdCQUFnQixHQUFHLENBQUM7QUFDeEUsV0FBTyxpQkFBaUIsSUFBSTtBQUFBLEVBQzlCO0FBQUE7QUFBQSxFQUdBLE1BQU0sZ0JBQWtDO0FBQ3RDLFlBQVEsTUFBTSxLQUFLLElBQUksQ0FBQyxnQkFBZ0IsR0FBRyxFQUFFLGdCQUFnQixHQUFHLENBQUMsR0FBRyxTQUFTO0FBQUEsRUFDL0U7QUFBQTtBQUFBLEVBR0EsTUFBTSxlQUF1QztBQUMzQyxVQUFNLE9BQU8sTUFBTSxLQUFLLFFBQVEsQ0FBQyxPQUFPLEdBQUcsRUFBRSxnQkFBZ0IsR0FBRyxDQUFDO0FBQ2pFLFVBQU0sUUFBUSx5QkFBeUIsS0FBSyxJQUFJO0FBQ2hELFdBQU8sUUFBUSxDQUFDLE1BQU0sU0FBWSxPQUFPLE9BQU8sTUFBTSxDQUFDLENBQUM7QUFBQSxFQUMxRDtBQUNGO0FBRU8sU0FBUyxZQUFZLFdBQTBCLE1BQXNCO0FBQzFFLFNBQU8sY0FBYyxPQUFPLE9BQU8saUJBQUFBLFFBQUssS0FBSyxXQUFXLElBQUk7QUFDOUQ7QUFFQSxTQUFTLGlCQUFpQixNQUEyQjtBQUNuRCxNQUFJO0FBQ0osTUFBSTtBQUNGLFVBQU0sS0FBSyxNQUFNLElBQUk7QUFBQSxFQUN2QixRQUFRO0FBQ04sVUFBTSxJQUFJLHlCQUFXLCtDQUErQyxLQUFLLE1BQU0sR0FBRyxHQUFHLENBQUMsRUFBRTtBQUFBLEVBQzFGO0FBQ0EsUUFBTSxVQUFVLE1BQU0sUUFBUSxJQUFJLE9BQU8sSUFBSyxJQUFJLFVBQXdDLENBQUM7QUFDM0YsTUFBSSxPQUFPLElBQUksZUFBZSxZQUFZLE9BQU8sSUFBSSxZQUFZLFVBQVU7QUFDekUsVUFBTSxJQUFJLHlCQUFXLCtEQUErRCxLQUFLLE1BQU0sR0FBRyxHQUFHLENBQUMsRUFBRTtBQUFBLEVBQzFHO0FBQ0EsU0FBTztBQUFBLElBQ0wsV0FBVyxJQUFJO0FBQUEsSUFDZixRQUFRLElBQUk7QUFBQSxJQUNaLFVBQVUsT0FBTyxJQUFJLGNBQWMsV0FBVyxJQUFJLFlBQVk7QUFBQSxJQUM5RCxNQUFNLE9BQU8sSUFBSSxJQUFJO0FBQUEsSUFDckIsYUFBYSxPQUFPLElBQUksWUFBWTtBQUFBLElBQ3BDLFNBQVMsUUFBUSxJQUFJLENBQUMsT0FBTztBQUFBLE1BQzNCLElBQUksT0FBTyxFQUFFLEVBQUU7QUFBQSxNQUNmLFNBQVMsT0FBTyxFQUFFLE9BQU87QUFBQSxNQUN6QixPQUFPLE9BQU8sRUFBRSxLQUFLO0FBQUEsTUFDckIsTUFBTSxPQUFPLEVBQUUsSUFBSTtBQUFBLElBQ3JCLEVBQUU7QUFBQSxFQUNKO0FBQ0Y7QUFFQSxTQUFTLE9BQU8sT0FBd0I7QUFDdEMsU0FBTyxPQUFPLFVBQVUsWUFBWSxPQUFPLFVBQVUsV0FBVyxPQUFPLEtBQUssSUFBSTtBQUNsRjsiLAogICJuYW1lcyI6IFsicGF0aCJdCn0K
