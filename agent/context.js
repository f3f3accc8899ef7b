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
  loadConfig: () => loadConfig,
  nodeOf: () => nodeOf,
  pathsOf: () => pathsOf
});
module.exports = __toCommonJS(context_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_agentConfig = require("../model/agentConfig");
var import_mistakes = require("../model/mistakes");
var import_admin = require("./database/admin");
var import_http = require("./database/http");
var import_files = require("./host/files");
var import_service = require("./host/service");
function pathsOf(config) {
  const { dataDirectory } = config.node;
  const state = import_node_path.default.join(config.agentDirectory, "state");
  return {
    wal: import_node_path.default.join(dataDirectory, "raft", "wal"),
    snapshots: import_node_path.default.join(dataDirectory, "raft", "snapshots"),
    store: import_node_path.default.join(dataDirectory, "store"),
    work: import_node_path.default.join(dataDirectory, `${import_files.ownPrefix}-work`),
    state,
    hold: import_node_path.default.join(state, "archiving-held"),
    stream: import_node_path.default.join(dataDirectory, "raft", "wal", `${import_files.ownPrefix}-stream`)
  };
}
function nodeOf(config) {
  return {
    config,
    admin: new import_admin.Admin(config.node),
    http: new import_http.AdminHttp(config.node.adminUrl),
    service: (0, import_service.serviceOf)(config.node),
    paths: pathsOf(config)
  };
}
async function loadConfig(file) {
  const text = await (0, import_promises.readFile)(file, "utf8").catch((error) => {
    if (!(0, import_files.isCode)(error, "ENOENT")) throw error;
    const remedy = "Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.";
    throw new import_mistakes.InputError("The agent has no configuration", [
      { path: "--config", problem: "names no file", received: file, remedy }
    ]);
  });
  return (0, import_agentConfig.parseAgentConfig)(text, `${file} is no configuration of this agent`);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  loadConfig,
  nodeOf,
  pathsOf
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY29udGV4dC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQXlCO0FBQ3pCLHVCQUFpQjtBQUNqQix5QkFBbUQ7QUFDbkQsc0JBQTJCO0FBQzNCLG1CQUFzQjtBQUN0QixrQkFBMEI7QUFDMUIsbUJBQWtDO0FBQ2xDLHFCQUF3QztBQXlCakMsU0FBUyxRQUFRLFFBQWlFO0FBQ3ZGLFFBQU0sRUFBRSxjQUFjLElBQUksT0FBTztBQUNqQyxRQUFNLFFBQVEsaUJBQUFBLFFBQUssS0FBSyxPQUFPLGdCQUFnQixPQUFPO0FBQ3RELFNBQU87QUFBQSxJQUNMLEtBQUssaUJBQUFBLFFBQUssS0FBSyxlQUFlLFFBQVEsS0FBSztBQUFBLElBQzNDLFdBQVcsaUJBQUFBLFFBQUssS0FBSyxlQUFlLFFBQVEsV0FBVztBQUFBLElBQ3ZELE9BQU8saUJBQUFBLFFBQUssS0FBSyxlQUFlLE9BQU87QUFBQSxJQUN2QyxNQUFNLGlCQUFBQSxRQUFLLEtBQUssZUFBZSxHQUFHLHNCQUFTLE9BQU87QUFBQSxJQUNsRDtBQUFBLElBQ0EsTUFBTSxpQkFBQUEsUUFBSyxLQUFLLE9BQU8sZ0JBQWdCO0FBQUEsSUFDdkMsUUFBUSxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsUUFBUSxPQUFPLEdBQUcsc0JBQVMsU0FBUztBQUFBLEVBQ3ZFO0FBQ0Y7QUFFTyxTQUFTLE9BQU8sUUFBMkI7QUFDaEQsU0FBTztBQUFBLElBQ0w7QUFBQSxJQUNBLE9BQU8sSUFBSSxtQkFBTSxPQUFPLElBQUk7QUFBQSxJQUM1QixNQUFNLElBQUksc0JBQVUsT0FBTyxLQUFLLFFBQVE7QUFBQSxJQUN4QyxhQUFTLDBCQUFVLE9BQU8sSUFBSTtBQUFBLElBQzlCLE9BQU8sUUFBUSxNQUFNO0FBQUEsRUFDdkI7QUFDRjtBQUdBLGVBQXNCLFdBQVcsTUFBb0M7QUFDbkUsUUFBTSxPQUFPLFVBQU0sMEJBQVMsTUFBTSxNQUFNLEVBQUUsTUFBTSxDQUFDLFVBQW1CO0FBQ2xFLFFBQUksS0FBQyxxQkFBTyxPQUFPLFFBQVEsRUFBRyxPQUFNO0FBQ3BDLFVBQU0sU0FBUztBQUNmLFVBQU0sSUFBSSwyQkFBVyxrQ0FBa0M7QUFBQSxNQUNyRCxFQUFFLE1BQU0sWUFBWSxTQUFTLGlCQUFpQixVQUFVLE1BQU0sT0FBTztBQUFBLElBQ3ZFLENBQUM7QUFBQSxFQUNILENBQUM7QUFDRCxhQUFPLHFDQUFpQixNQUFNLEdBQUcsSUFBSSxvQ0FBb0M7QUFDM0U7IiwKICAibmFtZXMiOiBbInBhdGgiXQp9Cg==
