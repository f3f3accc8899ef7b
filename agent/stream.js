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
var stream_exports = {};
__export(stream_exports, {
  beginStream: () => beginStream,
  knownStreams: () => knownStreams,
  newestSegments: () => newestSegments,
  noteStream: () => noteStream,
  openSegment: () => openSegment,
  readStream: () => readStream,
  whyNewStream: () => whyNewStream
});
module.exports = __toCommonJS(stream_exports);
var import_node_crypto = require("node:crypto");
var v = __toESM(require("valibot"));
var import_layout = require("../model/layout");
var import_parse = require("../model/parse");
var import_files = require("./host/files");
var import_identity = require("./host/identity");
var import_lineage = require("./lineage");
var import_promises = require("node:fs/promises");
const streamStateSchema = v.object({
  format: v.literal("neumann-stream-state/1"),
  stream: v.string(),
  lineage: v.string(),
  nodeId: v.string(),
  machineId: v.string(),
  lastPushed: v.nullable(v.string())
});
async function readStream(node) {
  const text = await (0, import_files.readIfThere)(node.paths.stream);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(streamStateSchema, text, node.paths.stream);
}
async function noteStream(node, state) {
  await (0, import_files.replaceFile)(node.paths.stream, `${JSON.stringify(state)}
`);
}
async function whyNewStream(node, state, segment) {
  if (state === void 0) return "start";
  if (state.nodeId !== node.config.node.id || state.machineId !== await (0, import_identity.machineIdentity)()) return "moved";
  if (state.lastPushed === null) return null;
  return (0, import_layout.segmentNumber)(segment) > (0, import_layout.segmentNumber)(state.lastPushed) + 1n ? "gap" : null;
}
async function beginStream(node, archive, start) {
  const { clusterId } = node.config.archive;
  const info = await node.admin.clusterInfo();
  const { lineage } = await (0, import_lineage.lineageOf)(archive, clusterId, info.clusterId);
  const nodeId = node.config.node.id;
  const stream = `${nodeId}-${(0, import_node_crypto.randomBytes)(4).toString("hex")}`;
  const record = {
    format: "neumann-stream/1",
    stream,
    lineage,
    nodeId,
    createdAt: (/* @__PURE__ */ new Date()).toISOString(),
    firstSegment: start.segment,
    reason: start.reason,
    parent: start.parent
  };
  await archive.putText((0, import_layout.recordKey)(clusterId, "streams", `${stream}.json`), `${JSON.stringify(record)}
`);
  const machineId = await (0, import_identity.machineIdentity)();
  const state = { format: "neumann-stream-state/1", stream, lineage, nodeId, machineId, lastPushed: null };
  await noteStream(node, state);
  return state;
}
async function newestSegments(archive, clusterId, lineage) {
  const newest = /* @__PURE__ */ new Map();
  const prefix = `${(0, import_layout.walPrefix)(clusterId)}${lineage}/`;
  for (const object of await archive.list(prefix)) {
    const [stream, segment] = object.key.slice(prefix.length).split("/");
    if (stream !== void 0 && segment !== void 0 && (0, import_layout.isSegmentName)(segment)) newest.set(stream, segment);
  }
  return [...newest].map(([stream, segment]) => ({ stream, segment }));
}
async function openSegment(node) {
  const names = (await (0, import_promises.readdir)(node.paths.wal)).filter(import_layout.isSegmentName).sort();
  return names.at(-1) ?? (0, import_layout.segmentName)(0n);
}
async function knownStreams(archive, clusterId) {
  const prefix = (0, import_layout.recordPrefix)(clusterId, "streams");
  return (await archive.list(prefix)).map((object) => object.key.slice(prefix.length).replace(/\.json$/, ""));
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  beginStream,
  knownStreams,
  newestSegments,
  noteStream,
  openSegment,
  readStream,
  whyNewStream
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic3RyZWFtLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHlCQUE0QjtBQUM1QixRQUFtQjtBQUNuQixvQkFBOEY7QUFDOUYsbUJBQTRCO0FBSzVCLG1CQUF5QztBQUN6QyxzQkFBZ0M7QUFDaEMscUJBQTBCO0FBQzFCLHNCQUF3QjtBQWF4QixNQUFNLG9CQUEyRCxFQUFFLE9BQU87QUFBQSxFQUN4RSxRQUFRLEVBQUUsUUFBUSx3QkFBd0I7QUFBQSxFQUMxQyxRQUFRLEVBQUUsT0FBTztBQUFBLEVBQ2pCLFNBQVMsRUFBRSxPQUFPO0FBQUEsRUFDbEIsUUFBUSxFQUFFLE9BQU87QUFBQSxFQUNqQixXQUFXLEVBQUUsT0FBTztBQUFBLEVBQ3BCLFlBQVksRUFBRSxTQUFTLEVBQUUsT0FBTyxDQUFDO0FBQ25DLENBQUM7QUFFRCxlQUFzQixXQUFXLE1BQThDO0FBQzdFLFFBQU0sT0FBTyxVQUFNLDBCQUFZLEtBQUssTUFBTSxNQUFNO0FBQ2hELFNBQU8sU0FBUyxTQUFZLGFBQVksMEJBQVksbUJBQW1CLE1BQU0sS0FBSyxNQUFNLE1BQU07QUFDaEc7QUFFQSxlQUFzQixXQUFXLE1BQVksT0FBbUM7QUFDOUUsWUFBTSwwQkFBWSxLQUFLLE1BQU0sUUFBUSxHQUFHLEtBQUssVUFBVSxLQUFLLENBQUM7QUFBQSxDQUFJO0FBQ25FO0FBR0EsZUFBc0IsYUFDcEIsTUFDQSxPQUNBLFNBQ3dCO0FBQ3hCLE1BQUksVUFBVSxPQUFXLFFBQU87QUFDaEMsTUFBSSxNQUFNLFdBQVcsS0FBSyxPQUFPLEtBQUssTUFBTSxNQUFNLGNBQWUsVUFBTSxpQ0FBZ0IsRUFBSSxRQUFPO0FBQ2xHLE1BQUksTUFBTSxlQUFlLEtBQU0sUUFBTztBQUN0QyxhQUFPLDZCQUFjLE9BQU8sUUFBSSw2QkFBYyxNQUFNLFVBQVUsSUFBSSxLQUFLLFFBQVE7QUFDakY7QUFNQSxlQUFzQixZQUNwQixNQUNBLFNBQ0EsT0FDc0I7QUFDdEIsUUFBTSxFQUFFLFVBQVUsSUFBSSxLQUFLLE9BQU87QUFDbEMsUUFBTSxPQUFPLE1BQU0sS0FBSyxNQUFNLFlBQVk7QUFDMUMsUUFBTSxFQUFFLFFBQVEsSUFBSSxVQUFNLDBCQUFVLFNBQVMsV0FBVyxLQUFLLFNBQVM7QUFDdEUsUUFBTSxTQUFTLEtBQUssT0FBTyxLQUFLO0FBQ2hDLFFBQU0sU0FBUyxHQUFHLE1BQU0sUUFBSSxnQ0FBWSxDQUFDLEVBQUUsU0FBUyxLQUFLLENBQUM7QUFDMUQsUUFBTSxTQUF1QjtBQUFBLElBQzNCLFFBQVE7QUFBQSxJQUNSO0FBQUEsSUFDQTtBQUFBLElBQ0E7QUFBQSxJQUNBLFlBQVcsb0JBQUksS0FBSyxHQUFFLFlBQVk7QUFBQSxJQUNsQyxjQUFjLE1BQU07QUFBQSxJQUNwQixRQUFRLE1BQU07QUFBQSxJQUNkLFFBQVEsTUFBTTtBQUFBLEVBQ2hCO0FBQ0EsUUFBTSxRQUFRLFlBQVEseUJBQVUsV0FBVyxXQUFXLEdBQUcsTUFBTSxPQUFPLEdBQUcsR0FBRyxLQUFLLFVBQVUsTUFBTSxDQUFDO0FBQUEsQ0FBSTtBQUN0RyxRQUFNLFlBQVksVUFBTSxpQ0FBZ0I7QUFDeEMsUUFBTSxRQUFxQixFQUFFLFFBQVEsMEJBQTBCLFFBQVEsU0FBUyxRQUFRLFdBQVcsWUFBWSxLQUFLO0FBQ3BILFFBQU0sV0FBVyxNQUFNLEtBQUs7QUFDNUIsU0FBTztBQUNUO0FBR0EsZUFBc0IsZUFBZSxTQUFrQixXQUFtQixTQUEwQztBQUNsSCxRQUFNLFNBQVMsb0JBQUksSUFBb0I7QUFDdkMsUUFBTSxTQUFTLE9BQUcseUJBQVUsU0FBUyxDQUFDLEdBQUcsT0FBTztBQUNoRCxhQUFXLFVBQVUsTUFBTSxRQUFRLEtBQUssTUFBTSxHQUFHO0FBQy9DLFVBQU0sQ0FBQyxRQUFRLE9BQU8sSUFBSSxPQUFPLElBQUksTUFBTSxPQUFPLE1BQU0sRUFBRSxNQUFNLEdBQUc7QUFDbkUsUUFBSSxXQUFXLFVBQWEsWUFBWSxjQUFhLDZCQUFjLE9BQU8sRUFBRyxRQUFPLElBQUksUUFBUSxPQUFPO0FBQUEsRUFDekc7QUFDQSxTQUFPLENBQUMsR0FBRyxNQUFNLEVBQUUsSUFBSSxDQUFDLENBQUMsUUFBUSxPQUFPLE9BQU8sRUFBRSxRQUFRLFFBQVEsRUFBRTtBQUNyRTtBQUdBLGVBQXNCLFlBQVksTUFBNkI7QUFDN0QsUUFBTSxTQUFTLFVBQU0seUJBQVEsS0FBSyxNQUFNLEdBQUcsR0FBRyxPQUFPLDJCQUFhLEVBQUUsS0FBSztBQUN6RSxTQUFPLE1BQU0sR0FBRyxFQUFFLFNBQUssMkJBQVksRUFBRTtBQUN2QztBQUdBLGVBQXNCLGFBQWEsU0FBa0IsV0FBc0M7QUFDekYsUUFBTSxhQUFTLDRCQUFhLFdBQVcsU0FBUztBQUNoRCxVQUFRLE1BQU0sUUFBUSxLQUFLLE1BQU0sR0FBRyxJQUFJLENBQUMsV0FBVyxPQUFPLElBQUksTUFBTSxPQUFPLE1BQU0sRUFBRSxRQUFRLFdBQVcsRUFBRSxDQUFDO0FBQzVHOyIsCiAgIm5hbWVzIjogW10KfQo=
