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
var http_exports = {};
__export(http_exports, {
  AdminHttp: () => AdminHttp,
  parseMetrics: () => parseMetrics
});
module.exports = __toCommonJS(http_exports);
var import_node_http = require("node:http");
var import_errors = require("../run/errors");
class AdminHttp {
  constructor(url) {
    this.url = url;
  }
  url;
  async metrics() {
    const { status, body } = await this.call("GET", "/metrics");
    if (status !== 200) throw new import_errors.WorldFault(`${this.url}/metrics answered ${status}`);
    return parseMetrics(body, this.url);
  }
  /** Asks for a snapshot; false when this node does not lead. */
  async requestSnapshot() {
    const { status } = await this.call("POST", "/admin/snapshot");
    return status >= 200 && status < 300;
  }
  /** True when something answers there. */
  async answers() {
    return this.call("GET", "/health", 2).then(
      () => true,
      () => false
    );
  }
  call(method, path, timeoutSeconds = 10) {
    return new Promise((resolve, reject) => {
      const fail = (error) => reject(new import_errors.WorldFault(`${method} ${this.url}${path}: ${error.message}`));
      const sent = (0, import_node_http.request)(
        new URL(path, this.url),
        { method, agent: false, timeout: timeoutSeconds * 1e3 },
        (reply) => {
          const chunks = [];
          reply.on("data", (chunk) => chunks.push(chunk));
          reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
          reply.on("error", fail);
        }
      );
      sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutSeconds} s`)));
      sent.on("error", fail);
      sent.end();
    });
  }
}
const linePattern = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})?\s+(\S+)/;
function parseMetrics(text, url) {
  const samples = text.split("\n").flatMap((line) => {
    const match = linePattern.exec(line);
    return match ? [{ name: match[1], labels: match[2] ?? "", value: Number(match[3]) }] : [];
  });
  const value = (name) => samples.find((sample) => sample.name === `tensor_chain_${name}`)?.value;
  const needed = (name) => {
    const found = value(name);
    if (found === void 0 || Number.isNaN(found)) throw new import_errors.WorldFault(`${url}/metrics has no tensor_chain_${name}`);
    return found;
  };
  return {
    term: needed("term"),
    commitIndex: needed("commit_index"),
    appliedIndex: needed("applied_index"),
    snapshotIndex: value("snapshot_index") ?? 0,
    role: roleOf(
      samples.filter((sample) => sample.name === "tensor_chain_raft_state"),
      url
    )
  };
}
const roles = ["follower", "candidate", "leader"];
function roleOf(samples, url) {
  for (const { labels, value } of samples) {
    const label = /state="([^"]*)"/.exec(labels)?.[1]?.toLowerCase();
    const role = label === void 0 ? roles[value] : roles.find((name) => name === label && value === 1);
    if (role !== void 0) return role;
  }
  throw new import_errors.WorldFault(`${url}/metrics has no readable tensor_chain_raft_state`);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  AdminHttp,
  parseMetrics
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaHR0cC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsdUJBQXdCO0FBQ3hCLG9CQUEyQjtBQWtCcEIsTUFBTSxVQUFVO0FBQUEsRUFDckIsWUFBcUIsS0FBYTtBQUFiO0FBQUEsRUFBYztBQUFBLEVBQWQ7QUFBQSxFQUVyQixNQUFNLFVBQTRCO0FBQ2hDLFVBQU0sRUFBRSxRQUFRLEtBQUssSUFBSSxNQUFNLEtBQUssS0FBSyxPQUFPLFVBQVU7QUFDMUQsUUFBSSxXQUFXLElBQUssT0FBTSxJQUFJLHlCQUFXLEdBQUcsS0FBSyxHQUFHLHFCQUFxQixNQUFNLEVBQUU7QUFDakYsV0FBTyxhQUFhLE1BQU0sS0FBSyxHQUFHO0FBQUEsRUFDcEM7QUFBQTtBQUFBLEVBR0EsTUFBTSxrQkFBb0M7QUFDeEMsVUFBTSxFQUFFLE9BQU8sSUFBSSxNQUFNLEtBQUssS0FBSyxRQUFRLGlCQUFpQjtBQUM1RCxXQUFPLFVBQVUsT0FBTyxTQUFTO0FBQUEsRUFDbkM7QUFBQTtBQUFBLEVBR0EsTUFBTSxVQUE0QjtBQUNoQyxXQUFPLEtBQUssS0FBSyxPQUFPLFdBQVcsQ0FBQyxFQUFFO0FBQUEsTUFDcEMsTUFBTTtBQUFBLE1BQ04sTUFBTTtBQUFBLElBQ1I7QUFBQSxFQUNGO0FBQUEsRUFFUSxLQUFLLFFBQWdCLE1BQWMsaUJBQWlCLElBQXFCO0FBQy9FLFdBQU8sSUFBSSxRQUFRLENBQUMsU0FBUyxXQUFXO0FBQ3RDLFlBQU0sT0FBTyxDQUFDLFVBQXVCLE9BQU8sSUFBSSx5QkFBVyxHQUFHLE1BQU0sSUFBSSxLQUFLLEdBQUcsR0FBRyxJQUFJLEtBQUssTUFBTSxPQUFPLEVBQUUsQ0FBQztBQUM1RyxZQUFNLFdBQU87QUFBQSxRQUNYLElBQUksSUFBSSxNQUFNLEtBQUssR0FBRztBQUFBLFFBQ3RCLEVBQUUsUUFBUSxPQUFPLE9BQU8sU0FBUyxpQkFBaUIsSUFBSztBQUFBLFFBQ3ZELENBQUMsVUFBVTtBQUNULGdCQUFNLFNBQW1CLENBQUM7QUFDMUIsZ0JBQU0sR0FBRyxRQUFRLENBQUMsVUFBa0IsT0FBTyxLQUFLLEtBQUssQ0FBQztBQUN0RCxnQkFBTSxHQUFHLE9BQU8sTUFBTSxRQUFRLEVBQUUsUUFBUSxNQUFNLGNBQWMsR0FBRyxNQUFNLE9BQU8sT0FBTyxNQUFNLEVBQUUsU0FBUyxFQUFFLENBQUMsQ0FBQztBQUN4RyxnQkFBTSxHQUFHLFNBQVMsSUFBSTtBQUFBLFFBQ3hCO0FBQUEsTUFDRjtBQUNBLFdBQUssR0FBRyxXQUFXLE1BQU0sS0FBSyxRQUFRLElBQUksTUFBTSxnQkFBZ0IsY0FBYyxJQUFJLENBQUMsQ0FBQztBQUNwRixXQUFLLEdBQUcsU0FBUyxJQUFJO0FBQ3JCLFdBQUssSUFBSTtBQUFBLElBQ1gsQ0FBQztBQUFBLEVBQ0g7QUFDRjtBQUVBLE1BQU0sY0FBYztBQUdiLFNBQVMsYUFBYSxNQUFjLEtBQXNCO0FBQy9ELFFBQU0sVUFBVSxLQUFLLE1BQU0sSUFBSSxFQUFFLFFBQVEsQ0FBQyxTQUFTO0FBQ2pELFVBQU0sUUFBUSxZQUFZLEtBQUssSUFBSTtBQUNuQyxXQUFPLFFBQVEsQ0FBQyxFQUFFLE1BQU0sTUFBTSxDQUFDLEdBQUcsUUFBUSxNQUFNLENBQUMsS0FBSyxJQUFJLE9BQU8sT0FBTyxNQUFNLENBQUMsQ0FBQyxFQUFFLENBQUMsSUFBSSxDQUFDO0FBQUEsRUFDMUYsQ0FBQztBQUNELFFBQU0sUUFBUSxDQUFDLFNBQ2IsUUFBUSxLQUFLLENBQUMsV0FBVyxPQUFPLFNBQVMsZ0JBQWdCLElBQUksRUFBRSxHQUFHO0FBQ3BFLFFBQU0sU0FBUyxDQUFDLFNBQXlCO0FBQ3ZDLFVBQU0sUUFBUSxNQUFNLElBQUk7QUFDeEIsUUFBSSxVQUFVLFVBQWEsT0FBTyxNQUFNLEtBQUssRUFBRyxPQUFNLElBQUkseUJBQVcsR0FBRyxHQUFHLGdDQUFnQyxJQUFJLEVBQUU7QUFDakgsV0FBTztBQUFBLEVBQ1Q7QUFDQSxTQUFPO0FBQUEsSUFDTCxNQUFNLE9BQU8sTUFBTTtBQUFBLElBQ25CLGFBQWEsT0FBTyxjQUFjO0FBQUEsSUFDbEMsY0FBYyxPQUFPLGVBQWU7QUFBQSxJQUNwQyxlQUFlLE1BQU0sZ0JBQWdCLEtBQUs7QUFBQSxJQUMxQyxNQUFNO0FBQUEsTUFDSixRQUFRLE9BQU8sQ0FBQyxXQUFXLE9BQU8sU0FBUyx5QkFBeUI7QUFBQSxNQUNwRTtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxNQUFNLFFBQVEsQ0FBQyxZQUFZLGFBQWEsUUFBUTtBQUdoRCxTQUFTLE9BQU8sU0FBdUQsS0FBOEI7QUFDbkcsYUFBVyxFQUFFLFFBQVEsTUFBTSxLQUFLLFNBQVM7QUFDdkMsVUFBTSxRQUFRLGtCQUFrQixLQUFLLE1BQU0sSUFBSSxDQUFDLEdBQUcsWUFBWTtBQUMvRCxVQUFNLE9BQU8sVUFBVSxTQUFZLE1BQU0sS0FBSyxJQUFJLE1BQU0sS0FBSyxDQUFDLFNBQVMsU0FBUyxTQUFTLFVBQVUsQ0FBQztBQUNwRyxRQUFJLFNBQVMsT0FBVyxRQUFPO0FBQUEsRUFDakM7QUFDQSxRQUFNLElBQUkseUJBQVcsR0FBRyxHQUFHLGtEQUFrRDtBQUMvRTsiLAogICJuYW1lcyI6IFtdCn0K
