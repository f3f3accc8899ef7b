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
var service_exports = {};
__export(service_exports, {
  ProcessService: () => ProcessService,
  gateFile: () => gateFile,
  serviceOf: () => serviceOf
});
module.exports = __toCommonJS(service_exports);
var import_node_child_process = require("node:child_process");
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:timers/promises");
var import_admin = require("../database/admin");
var import_errors = require("../run/errors");
var import_files = require("./files");
var import_identity = require("./identity");
var import_run = require("./run");
function gateFile(node) {
  return import_node_path.default.join(import_node_path.default.dirname(node.configFile), `${import_files.ownPrefix}-gate`);
}
function serviceOf(node) {
  return node.serviceManager === "systemd" ? new SystemdService() : new ProcessService(node, gateFile(node));
}
const startTimeoutMs = 5e3;
const stopTimeoutMs = 2e4;
const startScript = 'echo $$ >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"';
class ProcessService {
  /** Without a `gate` it is a scratch server: nothing holds it back, and it dies with this process's group. */
  constructor(node, gate) {
    this.node = node;
    this.gate = gate;
    this.pidFile = import_node_path.default.join(import_node_path.default.dirname(node.configFile), "neumann.pid");
    this.logFile = import_node_path.default.join(import_node_path.default.dirname(node.configFile), "neumann.log");
  }
  node;
  gate;
  pidFile;
  logFile;
  /** The process, if the file names one that runs with this configuration. */
  async pid() {
    const pid = Number(await (0, import_files.readIfThere)(this.pidFile));
    if (!Number.isSafeInteger(pid) || pid <= 1) return void 0;
    const command = await (0, import_identity.processCommand)(pid);
    return command?.split(" ").includes(this.node.configFile) ? pid : void 0;
  }
  async running() {
    return await this.pid() !== void 0;
  }
  async start() {
    if (await this.running()) return;
    if (this.gate !== null && await (0, import_files.exists)(this.gate)) {
      throw new import_errors.Refused(`the database is not started: ${this.gate} says that a restore is under way or was broken off`);
    }
    await (0, import_files.removeFile)(this.pidFile);
    const program = (0, import_admin.programPath)(this.node.programDirectory, "neumann");
    const log = await (0, import_promises.open)(this.logFile, "a");
    try {
      const words = ["-c", startScript, "sh", this.pidFile, program, "--config", this.node.configFile];
      (0, import_node_child_process.spawn)("sh", words, {
        cwd: import_node_path.default.dirname(this.node.configFile),
        detached: this.gate !== null,
        stdio: ["ignore", log.fd, log.fd]
      }).unref();
    } finally {
      await log.close();
    }
    await this.appeared();
  }
  async appeared() {
    for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await (0, import_promises2.setTimeout)(10)) {
      if (await this.running()) return;
    }
    throw new import_errors.WorldFault(`the database ended at once or did not start. Its log: ${this.logFile}`);
  }
  async stop() {
    const pid = await this.pid();
    if (pid === void 0) return (0, import_files.removeFile)(this.pidFile);
    process.kill(pid, "SIGTERM");
    const deadline = Date.now() + stopTimeoutMs;
    while (await this.running()) {
      if (Date.now() > deadline) {
        process.kill(pid, "SIGKILL");
        throw new import_errors.WorldFault(`the database (process ${pid}) did not stop in ${stopTimeoutMs / 1e3} s and was killed`);
      }
      await (0, import_promises2.setTimeout)(25);
    }
    await (0, import_files.removeFile)(this.pidFile);
  }
}
class SystemdService {
  async systemctl(verb) {
    const { code, stderr } = await (0, import_run.run)("systemctl", [verb, "neumann"], { timeoutSeconds: 120 });
    if (code !== 0) throw new import_errors.WorldFault(`systemctl ${verb} neumann failed: ${stderr.trim()}`);
  }
  async running() {
    return (await (0, import_run.run)("systemctl", ["is-active", "--quiet", "neumann"])).code === 0;
  }
  async start() {
    await this.systemctl("start");
  }
  async stop() {
    await this.systemctl("stop");
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ProcessService,
  gateFile,
  serviceOf
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsic2VydmljZS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsZ0NBQXNCO0FBQ3RCLHNCQUFxQjtBQUNyQix1QkFBaUI7QUFDakIsSUFBQUEsbUJBQW9DO0FBRXBDLG1CQUE0QjtBQUM1QixvQkFBb0M7QUFDcEMsbUJBQTJEO0FBQzNELHNCQUErQjtBQUMvQixpQkFBb0I7QUFZYixTQUFTLFNBQVMsTUFBMEI7QUFDakQsU0FBTyxpQkFBQUMsUUFBSyxLQUFLLGlCQUFBQSxRQUFLLFFBQVEsS0FBSyxVQUFVLEdBQUcsR0FBRyxzQkFBUyxPQUFPO0FBQ3JFO0FBR08sU0FBUyxVQUFVLE1BQTJCO0FBQ25ELFNBQU8sS0FBSyxtQkFBbUIsWUFBWSxJQUFJLGVBQWUsSUFBSSxJQUFJLGVBQWUsTUFBTSxTQUFTLElBQUksQ0FBQztBQUMzRztBQUVBLE1BQU0saUJBQWlCO0FBQ3ZCLE1BQU0sZ0JBQWdCO0FBR3RCLE1BQU0sY0FBYztBQUdiLE1BQU0sZUFBa0M7QUFBQTtBQUFBLEVBSzdDLFlBQ21CLE1BQ0EsTUFDakI7QUFGaUI7QUFDQTtBQUVqQixTQUFLLFVBQVUsaUJBQUFBLFFBQUssS0FBSyxpQkFBQUEsUUFBSyxRQUFRLEtBQUssVUFBVSxHQUFHLGFBQWE7QUFDckUsU0FBSyxVQUFVLGlCQUFBQSxRQUFLLEtBQUssaUJBQUFBLFFBQUssUUFBUSxLQUFLLFVBQVUsR0FBRyxhQUFhO0FBQUEsRUFDdkU7QUFBQSxFQUxtQjtBQUFBLEVBQ0E7QUFBQSxFQU5GO0FBQUEsRUFDQTtBQUFBO0FBQUEsRUFZakIsTUFBYyxNQUFtQztBQUMvQyxVQUFNLE1BQU0sT0FBTyxVQUFNLDBCQUFZLEtBQUssT0FBTyxDQUFDO0FBQ2xELFFBQUksQ0FBQyxPQUFPLGNBQWMsR0FBRyxLQUFLLE9BQU8sRUFBRyxRQUFPO0FBQ25ELFVBQU0sVUFBVSxVQUFNLGdDQUFlLEdBQUc7QUFDeEMsV0FBTyxTQUFTLE1BQU0sR0FBRyxFQUFFLFNBQVMsS0FBSyxLQUFLLFVBQVUsSUFBSSxNQUFNO0FBQUEsRUFDcEU7QUFBQSxFQUVBLE1BQU0sVUFBNEI7QUFDaEMsV0FBUSxNQUFNLEtBQUssSUFBSSxNQUFPO0FBQUEsRUFDaEM7QUFBQSxFQUVBLE1BQU0sUUFBdUI7QUFDM0IsUUFBSSxNQUFNLEtBQUssUUFBUSxFQUFHO0FBQzFCLFFBQUksS0FBSyxTQUFTLFFBQVMsVUFBTSxxQkFBTyxLQUFLLElBQUksR0FBSTtBQUNuRCxZQUFNLElBQUksc0JBQVEsZ0NBQWdDLEtBQUssSUFBSSxxREFBcUQ7QUFBQSxJQUNsSDtBQUNBLGNBQU0seUJBQVcsS0FBSyxPQUFPO0FBQzdCLFVBQU0sY0FBVSwwQkFBWSxLQUFLLEtBQUssa0JBQWtCLFNBQVM7QUFDakUsVUFBTSxNQUFNLFVBQU0sc0JBQUssS0FBSyxTQUFTLEdBQUc7QUFDeEMsUUFBSTtBQUNGLFlBQU0sUUFBUSxDQUFDLE1BQU0sYUFBYSxNQUFNLEtBQUssU0FBUyxTQUFTLFlBQVksS0FBSyxLQUFLLFVBQVU7QUFDL0YsMkNBQU0sTUFBTSxPQUFPO0FBQUEsUUFDakIsS0FBSyxpQkFBQUEsUUFBSyxRQUFRLEtBQUssS0FBSyxVQUFVO0FBQUEsUUFDdEMsVUFBVSxLQUFLLFNBQVM7QUFBQSxRQUN4QixPQUFPLENBQUMsVUFBVSxJQUFJLElBQUksSUFBSSxFQUFFO0FBQUEsTUFDbEMsQ0FBQyxFQUFFLE1BQU07QUFBQSxJQUNYLFVBQUU7QUFDQSxZQUFNLElBQUksTUFBTTtBQUFBLElBQ2xCO0FBQ0EsVUFBTSxLQUFLLFNBQVM7QUFBQSxFQUN0QjtBQUFBLEVBRUEsTUFBYyxXQUEwQjtBQUN0QyxlQUFXLFdBQVcsS0FBSyxJQUFJLElBQUksZ0JBQWdCLEtBQUssSUFBSSxJQUFJLFVBQVUsVUFBTSxpQkFBQUMsWUFBTSxFQUFFLEdBQUc7QUFDekYsVUFBSSxNQUFNLEtBQUssUUFBUSxFQUFHO0FBQUEsSUFDNUI7QUFDQSxVQUFNLElBQUkseUJBQVcseURBQXlELEtBQUssT0FBTyxFQUFFO0FBQUEsRUFDOUY7QUFBQSxFQUVBLE1BQU0sT0FBc0I7QUFDMUIsVUFBTSxNQUFNLE1BQU0sS0FBSyxJQUFJO0FBQzNCLFFBQUksUUFBUSxPQUFXLFlBQU8seUJBQVcsS0FBSyxPQUFPO0FBQ3JELFlBQVEsS0FBSyxLQUFLLFNBQVM7QUFDM0IsVUFBTSxXQUFXLEtBQUssSUFBSSxJQUFJO0FBQzlCLFdBQU8sTUFBTSxLQUFLLFFBQVEsR0FBRztBQUMzQixVQUFJLEtBQUssSUFBSSxJQUFJLFVBQVU7QUFDekIsZ0JBQVEsS0FBSyxLQUFLLFNBQVM7QUFDM0IsY0FBTSxJQUFJLHlCQUFXLHlCQUF5QixHQUFHLHFCQUFxQixnQkFBZ0IsR0FBSSxtQkFBbUI7QUFBQSxNQUMvRztBQUNBLGdCQUFNLGlCQUFBQSxZQUFNLEVBQUU7QUFBQSxJQUNoQjtBQUNBLGNBQU0seUJBQVcsS0FBSyxPQUFPO0FBQUEsRUFDL0I7QUFDRjtBQUdBLE1BQU0sZUFBa0M7QUFBQSxFQUN0QyxNQUFjLFVBQVUsTUFBNkI7QUFDbkQsVUFBTSxFQUFFLE1BQU0sT0FBTyxJQUFJLFVBQU0sZ0JBQUksYUFBYSxDQUFDLE1BQU0sU0FBUyxHQUFHLEVBQUUsZ0JBQWdCLElBQUksQ0FBQztBQUMxRixRQUFJLFNBQVMsRUFBRyxPQUFNLElBQUkseUJBQVcsYUFBYSxJQUFJLG9CQUFvQixPQUFPLEtBQUssQ0FBQyxFQUFFO0FBQUEsRUFDM0Y7QUFBQSxFQUVBLE1BQU0sVUFBNEI7QUFDaEMsWUFBUSxVQUFNLGdCQUFJLGFBQWEsQ0FBQyxhQUFhLFdBQVcsU0FBUyxDQUFDLEdBQUcsU0FBUztBQUFBLEVBQ2hGO0FBQUEsRUFFQSxNQUFNLFFBQXVCO0FBQzNCLFVBQU0sS0FBSyxVQUFVLE9BQU87QUFBQSxFQUM5QjtBQUFBLEVBRUEsTUFBTSxPQUFzQjtBQUMxQixVQUFNLEtBQUssVUFBVSxNQUFNO0FBQUEsRUFDN0I7QUFDRjsiLAogICJuYW1lcyI6IFsiaW1wb3J0X3Byb21pc2VzIiwgInBhdGgiLCAic2xlZXAiXQp9Cg==
