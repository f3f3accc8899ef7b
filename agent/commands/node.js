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
var node_exports = {};
__export(node_exports, {
  nodeContext: () => nodeContext,
  nodeCreate: () => nodeCreate,
  nodeDelete: () => nodeDelete
});
module.exports = __toCommonJS(node_exports);
var import_node_path = __toESM(require("node:path"));
var import_promises = require("node:timers/promises");
var import_toml_patch = require("@decimalturn/toml-patch");
var import_agentConfig = require("../../model/agentConfig");
var import_mistakes = require("../../model/mistakes");
var import_admin = require("../database/admin");
var import_config = require("../database/config");
var import_http = require("../database/http");
var import_files = require("../host/files");
var import_service = require("../host/service");
var import_context = require("../restore/context");
var import_errors = require("../run/errors");
function nodeContext(spec) {
  return { spec, result: { nodeId: spec.node.id } };
}
const nodeCreate = {
  name: "node-create",
  steps: [
    { name: "check", title: "check the specification", run: check },
    { name: "configuration", title: "write config.toml where there is none", run: configuration },
    { name: "initialise", title: "begin the cluster where the data folder is empty", run: initialise },
    { name: "start", title: "start the node", run: start },
    { name: "healthy", title: "wait until it is a healthy member", run: healthy }
  ]
};
const nodeDelete = {
  name: "node-delete",
  steps: [
    {
      name: "stop",
      title: "stop the node",
      async run({ spec, result }) {
        const service = (0, import_service.serviceOf)(spec.node);
        result.stopped = await service.running();
        await service.stop();
      }
    }
  ]
};
function check({ spec }) {
  const mistakes = new import_mistakes.Mistakes();
  const { node } = spec;
  mistakes.require(node.serviceManager === import_agentConfig.ServiceManager.Process, {
    path: "node.serviceManager",
    problem: "only nodes of kind process are made here",
    received: node.serviceManager,
    remedy: "Install the database on the host by its package."
  });
  for (const [name, value] of Object.entries({ configFile: node.configFile, dataDirectory: node.dataDirectory })) {
    if (!import_node_path.default.isAbsolute(value))
      mistakes.add(`node.${name}`, "must be an absolute path", value, "Write the whole path.");
  }
  mistakes.throwIfAny("The node cannot be made");
  return Promise.resolve();
}
async function configuration({ spec }) {
  const { node } = spec;
  const text = await (0, import_files.readIfThere)(node.configFile);
  if (text !== void 0) {
    const id = (0, import_config.parseConfig)(text, node.configFile).node?.id;
    if (id === node.id) return;
    throw new import_errors.Refused(`${node.configFile} is of node ${String(id)}, not of ${node.id}: nothing was changed`);
  }
  await (0, import_files.makeDirectory)(node.dataDirectory, 448);
  const url = new URL(node.adminUrl);
  const tables = {
    node: { id: node.id, data_dir: node.dataDirectory, bind_address: node.address },
    cluster: { name: spec.clusterName, peers: spec.peers },
    storage: { wal_sync_mode: "fsync" },
    metrics: { bind_address: url.host }
  };
  await (0, import_files.replaceFile)(node.configFile, (0, import_toml_patch.stringify)(tables), 384);
}
const initialisedMarker = "initialised";
async function initialise({ spec, result }) {
  const { node } = spec;
  const marker = import_node_path.default.join(import_node_path.default.dirname(node.configFile), initialisedMarker);
  if (!spec.bootstrap || !spec.start || await (0, import_files.exists)(marker)) return;
  if (await (0, import_service.serviceOf)(node).running()) return;
  if ((await (0, import_context.databaseFiles)(node.dataDirectory)).length > 0 && !await (0, import_files.exists)(`${marker}.begun`)) return;
  await (0, import_files.replaceFile)(`${marker}.begun`, "");
  await new import_admin.Admin(node).mustRun(["init-cluster", "--bootstrap"]);
  await (0, import_files.replaceFile)(marker, "");
  await (0, import_files.removeFile)(`${marker}.begun`);
  result.initialised = true;
}
async function start({ spec, result }) {
  const service = (0, import_service.serviceOf)(spec.node);
  result.started = false;
  if (!spec.start || await service.running()) return;
  await service.start();
  result.started = true;
}
const healthyDeadlineMs = 6e4;
async function healthy({ spec }) {
  if (!spec.start) return;
  const admin = new import_admin.Admin(spec.node);
  const http = new import_http.AdminHttp(spec.node.adminUrl);
  for (const deadline = Date.now() + healthyDeadlineMs; ; await (0, import_promises.setTimeout)(50)) {
    if (await http.answers() && await admin.healthyQuorum() && await isMember(admin, spec.node.id)) return;
    if (Date.now() > deadline) {
      throw new import_errors.WorldFault(
        `${spec.node.id} is no healthy member after ${healthyDeadlineMs / 1e3} s. Its log lies beside ${spec.node.configFile}`
      );
    }
  }
}
async function isMember(admin, id) {
  const info = await admin.clusterInfo().catch(() => void 0);
  return info?.leaderId != null && info.members.some((member) => member.id === id);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  nodeContext,
  nodeCreate,
  nodeDelete
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibm9kZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsdUJBQWlCO0FBQ2pCLHNCQUFvQztBQUNwQyx3QkFBMEI7QUFDMUIseUJBQStCO0FBQy9CLHNCQUF5QjtBQUV6QixtQkFBc0I7QUFDdEIsb0JBQTRCO0FBQzVCLGtCQUEwQjtBQUMxQixtQkFBNEU7QUFDNUUscUJBQTBCO0FBQzFCLHFCQUE4QjtBQUM5QixvQkFBb0M7QUFRN0IsU0FBUyxZQUFZLE1BQTZCO0FBQ3ZELFNBQU8sRUFBRSxNQUFNLFFBQVEsRUFBRSxRQUFRLEtBQUssS0FBSyxHQUFHLEVBQUU7QUFDbEQ7QUFHTyxNQUFNLGFBQXFDO0FBQUEsRUFDaEQsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLElBQ0wsRUFBRSxNQUFNLFNBQVMsT0FBTywyQkFBMkIsS0FBSyxNQUFNO0FBQUEsSUFDOUQsRUFBRSxNQUFNLGlCQUFpQixPQUFPLHlDQUF5QyxLQUFLLGNBQWM7QUFBQSxJQUM1RixFQUFFLE1BQU0sY0FBYyxPQUFPLG9EQUFvRCxLQUFLLFdBQVc7QUFBQSxJQUNqRyxFQUFFLE1BQU0sU0FBUyxPQUFPLGtCQUFrQixLQUFLLE1BQU07QUFBQSxJQUNyRCxFQUFFLE1BQU0sV0FBVyxPQUFPLHFDQUFxQyxLQUFLLFFBQVE7QUFBQSxFQUM5RTtBQUNGO0FBR08sTUFBTSxhQUFxQztBQUFBLEVBQ2hELE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMO0FBQUEsTUFDRSxNQUFNO0FBQUEsTUFDTixPQUFPO0FBQUEsTUFDUCxNQUFNLElBQUksRUFBRSxNQUFNLE9BQU8sR0FBRztBQUMxQixjQUFNLGNBQVUsMEJBQVUsS0FBSyxJQUFJO0FBQ25DLGVBQU8sVUFBVSxNQUFNLFFBQVEsUUFBUTtBQUN2QyxjQUFNLFFBQVEsS0FBSztBQUFBLE1BQ3JCO0FBQUEsSUFDRjtBQUFBLEVBQ0Y7QUFDRjtBQUVBLFNBQVMsTUFBTSxFQUFFLEtBQUssR0FBK0I7QUFDbkQsUUFBTSxXQUFXLElBQUkseUJBQVM7QUFDOUIsUUFBTSxFQUFFLEtBQUssSUFBSTtBQUNqQixXQUFTLFFBQVEsS0FBSyxtQkFBbUIsa0NBQWUsU0FBUztBQUFBLElBQy9ELE1BQU07QUFBQSxJQUNOLFNBQVM7QUFBQSxJQUNULFVBQVUsS0FBSztBQUFBLElBQ2YsUUFBUTtBQUFBLEVBQ1YsQ0FBQztBQUNELGFBQVcsQ0FBQyxNQUFNLEtBQUssS0FBSyxPQUFPLFFBQVEsRUFBRSxZQUFZLEtBQUssWUFBWSxlQUFlLEtBQUssY0FBYyxDQUFDLEdBQUc7QUFDOUcsUUFBSSxDQUFDLGlCQUFBQSxRQUFLLFdBQVcsS0FBSztBQUN4QixlQUFTLElBQUksUUFBUSxJQUFJLElBQUksNEJBQTRCLE9BQU8sdUJBQXVCO0FBQUEsRUFDM0Y7QUFDQSxXQUFTLFdBQVcseUJBQXlCO0FBQzdDLFNBQU8sUUFBUSxRQUFRO0FBQ3pCO0FBRUEsZUFBZSxjQUFjLEVBQUUsS0FBSyxHQUErQjtBQUNqRSxRQUFNLEVBQUUsS0FBSyxJQUFJO0FBQ2pCLFFBQU0sT0FBTyxVQUFNLDBCQUFZLEtBQUssVUFBVTtBQUM5QyxNQUFJLFNBQVMsUUFBVztBQUN0QixVQUFNLFNBQUssMkJBQVksTUFBTSxLQUFLLFVBQVUsRUFBRSxNQUFNO0FBQ3BELFFBQUksT0FBTyxLQUFLLEdBQUk7QUFDcEIsVUFBTSxJQUFJLHNCQUFRLEdBQUcsS0FBSyxVQUFVLGVBQWUsT0FBTyxFQUFFLENBQUMsWUFBWSxLQUFLLEVBQUUsdUJBQXVCO0FBQUEsRUFDekc7QUFDQSxZQUFNLDRCQUFjLEtBQUssZUFBZSxHQUFLO0FBQzdDLFFBQU0sTUFBTSxJQUFJLElBQUksS0FBSyxRQUFRO0FBQ2pDLFFBQU0sU0FBUztBQUFBLElBQ2IsTUFBTSxFQUFFLElBQUksS0FBSyxJQUFJLFVBQVUsS0FBSyxlQUFlLGNBQWMsS0FBSyxRQUFRO0FBQUEsSUFDOUUsU0FBUyxFQUFFLE1BQU0sS0FBSyxhQUFhLE9BQU8sS0FBSyxNQUFNO0FBQUEsSUFDckQsU0FBUyxFQUFFLGVBQWUsUUFBUTtBQUFBLElBQ2xDLFNBQVMsRUFBRSxjQUFjLElBQUksS0FBSztBQUFBLEVBQ3BDO0FBQ0EsWUFBTSwwQkFBWSxLQUFLLGdCQUFZLDZCQUFVLE1BQU0sR0FBRyxHQUFLO0FBQzdEO0FBRUEsTUFBTSxvQkFBb0I7QUFHMUIsZUFBZSxXQUFXLEVBQUUsTUFBTSxPQUFPLEdBQStCO0FBQ3RFLFFBQU0sRUFBRSxLQUFLLElBQUk7QUFDakIsUUFBTSxTQUFTLGlCQUFBQSxRQUFLLEtBQUssaUJBQUFBLFFBQUssUUFBUSxLQUFLLFVBQVUsR0FBRyxpQkFBaUI7QUFDekUsTUFBSSxDQUFDLEtBQUssYUFBYSxDQUFDLEtBQUssU0FBVSxVQUFNLHFCQUFPLE1BQU0sRUFBSTtBQUM5RCxNQUFJLFVBQU0sMEJBQVUsSUFBSSxFQUFFLFFBQVEsRUFBRztBQUNyQyxPQUFLLFVBQU0sOEJBQWMsS0FBSyxhQUFhLEdBQUcsU0FBUyxLQUFLLENBQUUsVUFBTSxxQkFBTyxHQUFHLE1BQU0sUUFBUSxFQUFJO0FBRWhHLFlBQU0sMEJBQVksR0FBRyxNQUFNLFVBQVUsRUFBRTtBQUN2QyxRQUFNLElBQUksbUJBQU0sSUFBSSxFQUFFLFFBQVEsQ0FBQyxnQkFBZ0IsYUFBYSxDQUFDO0FBQzdELFlBQU0sMEJBQVksUUFBUSxFQUFFO0FBQzVCLFlBQU0seUJBQVcsR0FBRyxNQUFNLFFBQVE7QUFDbEMsU0FBTyxjQUFjO0FBQ3ZCO0FBRUEsZUFBZSxNQUFNLEVBQUUsTUFBTSxPQUFPLEdBQStCO0FBQ2pFLFFBQU0sY0FBVSwwQkFBVSxLQUFLLElBQUk7QUFDbkMsU0FBTyxVQUFVO0FBQ2pCLE1BQUksQ0FBQyxLQUFLLFNBQVUsTUFBTSxRQUFRLFFBQVEsRUFBSTtBQUM5QyxRQUFNLFFBQVEsTUFBTTtBQUNwQixTQUFPLFVBQVU7QUFDbkI7QUFFQSxNQUFNLG9CQUFvQjtBQUUxQixlQUFlLFFBQVEsRUFBRSxLQUFLLEdBQStCO0FBQzNELE1BQUksQ0FBQyxLQUFLLE1BQU87QUFDakIsUUFBTSxRQUFRLElBQUksbUJBQU0sS0FBSyxJQUFJO0FBQ2pDLFFBQU0sT0FBTyxJQUFJLHNCQUFVLEtBQUssS0FBSyxRQUFRO0FBQzdDLGFBQVcsV0FBVyxLQUFLLElBQUksSUFBSSxxQkFBcUIsVUFBTSxnQkFBQUMsWUFBTSxFQUFFLEdBQUc7QUFDdkUsUUFBSyxNQUFNLEtBQUssUUFBUSxLQUFPLE1BQU0sTUFBTSxjQUFjLEtBQU8sTUFBTSxTQUFTLE9BQU8sS0FBSyxLQUFLLEVBQUUsRUFBSTtBQUN0RyxRQUFJLEtBQUssSUFBSSxJQUFJLFVBQVU7QUFDekIsWUFBTSxJQUFJO0FBQUEsUUFDUixHQUFHLEtBQUssS0FBSyxFQUFFLCtCQUErQixvQkFBb0IsR0FBSSwyQkFBMkIsS0FBSyxLQUFLLFVBQVU7QUFBQSxNQUN2SDtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxlQUFlLFNBQVMsT0FBYyxJQUE4QjtBQUNsRSxRQUFNLE9BQU8sTUFBTSxNQUFNLFlBQVksRUFBRSxNQUFNLE1BQU0sTUFBUztBQUM1RCxTQUFPLE1BQU0sWUFBWSxRQUFRLEtBQUssUUFBUSxLQUFLLENBQUMsV0FBVyxPQUFPLE9BQU8sRUFBRTtBQUNqRjsiLAogICJuYW1lcyI6IFsicGF0aCIsICJzbGVlcCJdCn0K
