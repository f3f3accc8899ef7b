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
var pause_exports = {};
__export(pause_exports, {
  endExpiredPauses: () => endExpiredPauses,
  endLocalPauses: () => endLocalPauses,
  guardPause: () => guardPause,
  lateLandingSeconds: () => lateLandingSeconds,
  resumeUntilDone: () => resumeUntilDone,
  watchPause: () => watchPause
});
module.exports = __toCommonJS(pause_exports);
var import_node_child_process = require("node:child_process");
var import_node_crypto = require("node:crypto");
var import_node_os = require("node:os");
var import_node_path = __toESM(require("node:path"));
var import_promises = require("node:fs/promises");
var import_promises2 = require("node:timers/promises");
var v = __toESM(require("valibot"));
var import_layout = require("../model/layout");
var import_parse = require("../model/parse");
var import_records = require("../model/records");
var import_files = require("./host/files");
var import_identity = require("./host/identity");
var import_identity2 = require("./identity");
var import_errors = require("./run/errors");
const localLeaseSchema = v.object({
  format: v.literal("neumann-local-lease/1"),
  leaseId: v.string(),
  holder: v.object({ pid: v.number(), started: v.string() }),
  host: v.string(),
  deadlineUptime: v.number()
});
const watchedSuffix = ".watched";
const releasedSuffix = ".released.json";
const pollMs = 100;
function leaseDirectory(node) {
  return import_node_path.default.join(node.paths.state, "leases");
}
function leaseFile(node, leaseId) {
  return import_node_path.default.join(leaseDirectory(node), `${leaseId}.json`);
}
async function readLease(file) {
  const text = await (0, import_files.readIfThere)(file);
  return text === void 0 ? void 0 : (0, import_parse.parseJsonAs)(localLeaseSchema, text, file);
}
async function guardPause(node, archive) {
  const seconds = node.config.policy.full.maxPauseSeconds;
  const leaseId = `${node.config.node.id}-${(0, import_node_crypto.randomBytes)(6).toString("hex")}`;
  const file = leaseFile(node, leaseId);
  const deadlineUptime = (0, import_node_os.uptime)() + seconds;
  await (0, import_files.makeDirectory)(leaseDirectory(node));
  const started = await (0, import_identity.processStart)(process.pid) ?? "";
  const local = {
    format: "neumann-local-lease/1",
    leaseId,
    holder: { pid: process.pid, started },
    host: await (0, import_identity.hostIdentity)(),
    deadlineUptime
  };
  await (0, import_files.replaceFile)(file, `${JSON.stringify(local)}
`);
  const record = { format: "neumann-lease/1", leaseId, node: node.config.node.id, seconds };
  const { clusterId } = node.config.archive;
  await archive.putText((0, import_layout.recordKey)(clusterId, "leases", `${leaseId}.json`), `${JSON.stringify(record)}
`);
  await startWatchdog(node, file);
  return {
    leaseId,
    inForce: () => (0, import_node_os.uptime)() < deadlineUptime,
    async release() {
      await releaseLease(node, archive, leaseId);
    }
  };
}
async function releaseLease(node, archive, leaseId) {
  const key = (0, import_layout.recordKey)(node.config.archive.clusterId, "leases", `${leaseId}${releasedSuffix}`);
  await archive.putText(key, "{}\n");
  await (0, import_files.removeFile)(leaseFile(node, leaseId));
  await (0, import_files.removeFile)(leaseFile(node, leaseId) + watchedSuffix);
}
async function startWatchdog(node, file) {
  const configFile = import_node_path.default.join(node.config.agentDirectory, "agent.json");
  const words = [(0, import_identity2.agentProgram)(), "resume-writes", "--watch", file, "--config", configFile];
  (0, import_node_child_process.spawn)(process.execPath, words, { detached: true, stdio: "ignore" }).unref();
  for (const deadline = Date.now() + 1e4; Date.now() < deadline; await (0, import_promises2.setTimeout)(10)) {
    if (await (0, import_files.exists)(file + watchedSuffix)) return;
  }
  throw new import_errors.WorldFault("the watchdog that would resume writes did not start: writes were not paused");
}
async function watchPause(node, archive, file) {
  await (0, import_files.replaceFile)(file + watchedSuffix, `${process.pid}
`);
  for (; ; ) {
    const lease = await readLease(file);
    if (lease === void 0) return false;
    if (!await holderAlive(lease) || (0, import_node_os.uptime)() >= lease.deadlineUptime) {
      await endPause(node, archive, lease);
      return true;
    }
    await (0, import_promises2.setTimeout)(pollMs);
  }
}
async function holderAlive(lease) {
  if (lease.host !== await (0, import_identity.hostIdentity)()) return false;
  return await (0, import_identity.processStart)(lease.holder.pid) === lease.holder.started;
}
async function endPause(node, archive, lease) {
  await resumeUntilDone(node);
  const rest = lease.host === await (0, import_identity.hostIdentity)() ? lease.deadlineUptime - (0, import_node_os.uptime)() : 0;
  const late = lateLandingSeconds;
  await (0, import_promises2.setTimeout)(Math.min(Math.max(rest, 0), late) * 1e3);
  await resumeUntilDone(node);
  await releaseLease(node, archive, lease.leaseId);
}
const lateLandingSeconds = 10;
async function resumeUntilDone(node, deadline = Number.POSITIVE_INFINITY) {
  for (let wait = 100; ; wait = Math.min(wait * 2, 2e3)) {
    const { code, stderr } = await node.admin.run(["resume-writes"], { timeoutSeconds: 10, evenIfInterrupted: true });
    if (code === 0) return;
    if (Date.now() > deadline) throw new import_errors.WorldFault(`writes could not be resumed: ${stderr.trim()}`);
    await (0, import_promises2.setTimeout)(wait);
  }
}
async function endLocalPauses(node, archive) {
  const names = await (0, import_promises.readdir)(leaseDirectory(node)).catch(() => []);
  const ended = [];
  for (const name of names.filter((n) => n.endsWith(".json"))) {
    const lease = await readLease(import_node_path.default.join(leaseDirectory(node), name));
    if (lease === void 0 || await stillRuns(lease)) continue;
    await resumeUntilDone(node, Date.now() + 6e4);
    await releaseLease(node, archive, lease.leaseId);
    ended.push(lease.leaseId);
  }
  return ended;
}
async function stillRuns(lease) {
  return (0, import_node_os.uptime)() < lease.deadlineUptime && await holderAlive(lease);
}
async function endExpiredPauses(node, archive) {
  const { clusterId } = node.config.archive;
  const objects = await archive.list((0, import_layout.recordPrefix)(clusterId, "leases"));
  const released = new Set(objects.filter((o) => o.key.endsWith(releasedSuffix)).map((o) => o.key));
  const open = objects.filter((o) => !released.has(o.key) && !released.has(o.key.replace(/\.json$/, releasedSuffix)));
  if (open.length === 0) return [];
  const now = (await archive.now()).getTime();
  const ended = [];
  for (const object of open) {
    const lease = (0, import_parse.parseJsonAs)(import_records.leaseSchema, await archive.getText(object.key) ?? "", object.key);
    if (now < object.storedAt.getTime() + lease.seconds * 1e3) continue;
    await resumeUntilDone(node, Date.now() + 6e4);
    await releaseLease(node, archive, lease.leaseId);
    ended.push(lease.leaseId);
  }
  return ended;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  endExpiredPauses,
  endLocalPauses,
  guardPause,
  lateLandingSeconds,
  resumeUntilDone,
  watchPause
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsicGF1c2UudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLGdDQUFzQjtBQUN0Qix5QkFBNEI7QUFDNUIscUJBQXVCO0FBQ3ZCLHVCQUFpQjtBQUNqQixzQkFBd0I7QUFDeEIsSUFBQUEsbUJBQW9DO0FBQ3BDLFFBQW1CO0FBQ25CLG9CQUF3QztBQUN4QyxtQkFBNEI7QUFDNUIscUJBQThDO0FBRzlDLG1CQUE0RTtBQUM1RSxzQkFBMkM7QUFDM0MsSUFBQUMsbUJBQTZCO0FBQzdCLG9CQUEyQjtBQVkzQixNQUFNLG1CQUF5RCxFQUFFLE9BQU87QUFBQSxFQUN0RSxRQUFRLEVBQUUsUUFBUSx1QkFBdUI7QUFBQSxFQUN6QyxTQUFTLEVBQUUsT0FBTztBQUFBLEVBQ2xCLFFBQVEsRUFBRSxPQUFPLEVBQUUsS0FBSyxFQUFFLE9BQU8sR0FBRyxTQUFTLEVBQUUsT0FBTyxFQUFFLENBQUM7QUFBQSxFQUN6RCxNQUFNLEVBQUUsT0FBTztBQUFBLEVBQ2YsZ0JBQWdCLEVBQUUsT0FBTztBQUMzQixDQUFDO0FBRUQsTUFBTSxnQkFBZ0I7QUFDdEIsTUFBTSxpQkFBaUI7QUFDdkIsTUFBTSxTQUFTO0FBRWYsU0FBUyxlQUFlLE1BQW9CO0FBQzFDLFNBQU8saUJBQUFDLFFBQUssS0FBSyxLQUFLLE1BQU0sT0FBTyxRQUFRO0FBQzdDO0FBRUEsU0FBUyxVQUFVLE1BQVksU0FBeUI7QUFDdEQsU0FBTyxpQkFBQUEsUUFBSyxLQUFLLGVBQWUsSUFBSSxHQUFHLEdBQUcsT0FBTyxPQUFPO0FBQzFEO0FBRUEsZUFBZSxVQUFVLE1BQStDO0FBQ3RFLFFBQU0sT0FBTyxVQUFNLDBCQUFZLElBQUk7QUFDbkMsU0FBTyxTQUFTLFNBQVksYUFBWSwwQkFBWSxrQkFBa0IsTUFBTSxJQUFJO0FBQ2xGO0FBZUEsZUFBc0IsV0FBVyxNQUFZLFNBQXVDO0FBQ2xGLFFBQU0sVUFBVSxLQUFLLE9BQU8sT0FBTyxLQUFLO0FBQ3hDLFFBQU0sVUFBVSxHQUFHLEtBQUssT0FBTyxLQUFLLEVBQUUsUUFBSSxnQ0FBWSxDQUFDLEVBQUUsU0FBUyxLQUFLLENBQUM7QUFDeEUsUUFBTSxPQUFPLFVBQVUsTUFBTSxPQUFPO0FBQ3BDLFFBQU0scUJBQWlCLHVCQUFPLElBQUk7QUFDbEMsWUFBTSw0QkFBYyxlQUFlLElBQUksQ0FBQztBQUN4QyxRQUFNLFVBQVcsVUFBTSw4QkFBYSxRQUFRLEdBQUcsS0FBTTtBQUNyRCxRQUFNLFFBQW9CO0FBQUEsSUFDeEIsUUFBUTtBQUFBLElBQ1I7QUFBQSxJQUNBLFFBQVEsRUFBRSxLQUFLLFFBQVEsS0FBSyxRQUFRO0FBQUEsSUFDcEMsTUFBTSxVQUFNLDhCQUFhO0FBQUEsSUFDekI7QUFBQSxFQUNGO0FBQ0EsWUFBTSwwQkFBWSxNQUFNLEdBQUcsS0FBSyxVQUFVLEtBQUssQ0FBQztBQUFBLENBQUk7QUFDcEQsUUFBTSxTQUFzQixFQUFFLFFBQVEsbUJBQW1CLFNBQVMsTUFBTSxLQUFLLE9BQU8sS0FBSyxJQUFJLFFBQVE7QUFDckcsUUFBTSxFQUFFLFVBQVUsSUFBSSxLQUFLLE9BQU87QUFDbEMsUUFBTSxRQUFRLFlBQVEseUJBQVUsV0FBVyxVQUFVLEdBQUcsT0FBTyxPQUFPLEdBQUcsR0FBRyxLQUFLLFVBQVUsTUFBTSxDQUFDO0FBQUEsQ0FBSTtBQUN0RyxRQUFNLGNBQWMsTUFBTSxJQUFJO0FBQzlCLFNBQU87QUFBQSxJQUNMO0FBQUEsSUFDQSxTQUFTLFVBQU0sdUJBQU8sSUFBSTtBQUFBLElBQzFCLE1BQU0sVUFBVTtBQUNkLFlBQU0sYUFBYSxNQUFNLFNBQVMsT0FBTztBQUFBLElBQzNDO0FBQUEsRUFDRjtBQUNGO0FBRUEsZUFBZSxhQUFhLE1BQVksU0FBa0IsU0FBZ0M7QUFDeEYsUUFBTSxVQUFNLHlCQUFVLEtBQUssT0FBTyxRQUFRLFdBQVcsVUFBVSxHQUFHLE9BQU8sR0FBRyxjQUFjLEVBQUU7QUFDNUYsUUFBTSxRQUFRLFFBQVEsS0FBSyxNQUFNO0FBQ2pDLFlBQU0seUJBQVcsVUFBVSxNQUFNLE9BQU8sQ0FBQztBQUN6QyxZQUFNLHlCQUFXLFVBQVUsTUFBTSxPQUFPLElBQUksYUFBYTtBQUMzRDtBQUVBLGVBQWUsY0FBYyxNQUFZLE1BQTZCO0FBQ3BFLFFBQU0sYUFBYSxpQkFBQUEsUUFBSyxLQUFLLEtBQUssT0FBTyxnQkFBZ0IsWUFBWTtBQUNyRSxRQUFNLFFBQVEsS0FBQywrQkFBYSxHQUFHLGlCQUFpQixXQUFXLE1BQU0sWUFBWSxVQUFVO0FBQ3ZGLHVDQUFNLFFBQVEsVUFBVSxPQUFPLEVBQUUsVUFBVSxNQUFNLE9BQU8sU0FBUyxDQUFDLEVBQUUsTUFBTTtBQUMxRSxhQUFXLFdBQVcsS0FBSyxJQUFJLElBQUksS0FBUSxLQUFLLElBQUksSUFBSSxVQUFVLFVBQU0saUJBQUFDLFlBQU0sRUFBRSxHQUFHO0FBQ2pGLFFBQUksVUFBTSxxQkFBTyxPQUFPLGFBQWEsRUFBRztBQUFBLEVBQzFDO0FBQ0EsUUFBTSxJQUFJLHlCQUFXLDZFQUE2RTtBQUNwRztBQUdBLGVBQXNCLFdBQVcsTUFBWSxTQUFrQixNQUFnQztBQUM3RixZQUFNLDBCQUFZLE9BQU8sZUFBZSxHQUFHLFFBQVEsR0FBRztBQUFBLENBQUk7QUFDMUQsYUFBUztBQUNQLFVBQU0sUUFBUSxNQUFNLFVBQVUsSUFBSTtBQUNsQyxRQUFJLFVBQVUsT0FBVyxRQUFPO0FBQ2hDLFFBQUksQ0FBRSxNQUFNLFlBQVksS0FBSyxTQUFNLHVCQUFPLEtBQUssTUFBTSxnQkFBZ0I7QUFDbkUsWUFBTSxTQUFTLE1BQU0sU0FBUyxLQUFLO0FBQ25DLGFBQU87QUFBQSxJQUNUO0FBQ0EsY0FBTSxpQkFBQUEsWUFBTSxNQUFNO0FBQUEsRUFDcEI7QUFDRjtBQUVBLGVBQWUsWUFBWSxPQUFxQztBQUM5RCxNQUFJLE1BQU0sU0FBVSxVQUFNLDhCQUFhLEVBQUksUUFBTztBQUNsRCxTQUFRLFVBQU0sOEJBQWEsTUFBTSxPQUFPLEdBQUcsTUFBTyxNQUFNLE9BQU87QUFDakU7QUFHQSxlQUFlLFNBQVMsTUFBWSxTQUFrQixPQUFrQztBQUN0RixRQUFNLGdCQUFnQixJQUFJO0FBQzFCLFFBQU0sT0FBTyxNQUFNLFNBQVUsVUFBTSw4QkFBYSxJQUFLLE1BQU0scUJBQWlCLHVCQUFPLElBQUk7QUFDdkYsUUFBTSxPQUFPO0FBQ2IsWUFBTSxpQkFBQUEsWUFBTSxLQUFLLElBQUksS0FBSyxJQUFJLE1BQU0sQ0FBQyxHQUFHLElBQUksSUFBSSxHQUFJO0FBQ3BELFFBQU0sZ0JBQWdCLElBQUk7QUFDMUIsUUFBTSxhQUFhLE1BQU0sU0FBUyxNQUFNLE9BQU87QUFDakQ7QUFHTyxNQUFNLHFCQUFxQjtBQUdsQyxlQUFzQixnQkFBZ0IsTUFBWSxXQUFXLE9BQU8sbUJBQWtDO0FBQ3BHLFdBQVMsT0FBTyxPQUFPLE9BQU8sS0FBSyxJQUFJLE9BQU8sR0FBRyxHQUFJLEdBQUc7QUFDdEQsVUFBTSxFQUFFLE1BQU0sT0FBTyxJQUFJLE1BQU0sS0FBSyxNQUFNLElBQUksQ0FBQyxlQUFlLEdBQUcsRUFBRSxnQkFBZ0IsSUFBSSxtQkFBbUIsS0FBSyxDQUFDO0FBQ2hILFFBQUksU0FBUyxFQUFHO0FBQ2hCLFFBQUksS0FBSyxJQUFJLElBQUksU0FBVSxPQUFNLElBQUkseUJBQVcsZ0NBQWdDLE9BQU8sS0FBSyxDQUFDLEVBQUU7QUFDL0YsY0FBTSxpQkFBQUEsWUFBTSxJQUFJO0FBQUEsRUFDbEI7QUFDRjtBQUdBLGVBQXNCLGVBQWUsTUFBWSxTQUFxQztBQUNwRixRQUFNLFFBQVEsVUFBTSx5QkFBUSxlQUFlLElBQUksQ0FBQyxFQUFFLE1BQU0sTUFBTSxDQUFDLENBQUM7QUFDaEUsUUFBTSxRQUFrQixDQUFDO0FBQ3pCLGFBQVcsUUFBUSxNQUFNLE9BQU8sQ0FBQyxNQUFNLEVBQUUsU0FBUyxPQUFPLENBQUMsR0FBRztBQUMzRCxVQUFNLFFBQVEsTUFBTSxVQUFVLGlCQUFBRCxRQUFLLEtBQUssZUFBZSxJQUFJLEdBQUcsSUFBSSxDQUFDO0FBQ25FLFFBQUksVUFBVSxVQUFjLE1BQU0sVUFBVSxLQUFLLEVBQUk7QUFDckQsVUFBTSxnQkFBZ0IsTUFBTSxLQUFLLElBQUksSUFBSSxHQUFNO0FBQy9DLFVBQU0sYUFBYSxNQUFNLFNBQVMsTUFBTSxPQUFPO0FBQy9DLFVBQU0sS0FBSyxNQUFNLE9BQU87QUFBQSxFQUMxQjtBQUNBLFNBQU87QUFDVDtBQUVBLGVBQWUsVUFBVSxPQUFxQztBQUM1RCxhQUFPLHVCQUFPLElBQUksTUFBTSxrQkFBbUIsTUFBTSxZQUFZLEtBQUs7QUFDcEU7QUFNQSxlQUFzQixpQkFBaUIsTUFBWSxTQUFxQztBQUN0RixRQUFNLEVBQUUsVUFBVSxJQUFJLEtBQUssT0FBTztBQUNsQyxRQUFNLFVBQVUsTUFBTSxRQUFRLFNBQUssNEJBQWEsV0FBVyxRQUFRLENBQUM7QUFDcEUsUUFBTSxXQUFXLElBQUksSUFBSSxRQUFRLE9BQU8sQ0FBQyxNQUFNLEVBQUUsSUFBSSxTQUFTLGNBQWMsQ0FBQyxFQUFFLElBQUksQ0FBQyxNQUFNLEVBQUUsR0FBRyxDQUFDO0FBQ2hHLFFBQU0sT0FBTyxRQUFRLE9BQU8sQ0FBQyxNQUFNLENBQUMsU0FBUyxJQUFJLEVBQUUsR0FBRyxLQUFLLENBQUMsU0FBUyxJQUFJLEVBQUUsSUFBSSxRQUFRLFdBQVcsY0FBYyxDQUFDLENBQUM7QUFDbEgsTUFBSSxLQUFLLFdBQVcsRUFBRyxRQUFPLENBQUM7QUFDL0IsUUFBTSxPQUFPLE1BQU0sUUFBUSxJQUFJLEdBQUcsUUFBUTtBQUMxQyxRQUFNLFFBQWtCLENBQUM7QUFDekIsYUFBVyxVQUFVLE1BQU07QUFDekIsVUFBTSxZQUFRLDBCQUFZLDRCQUFjLE1BQU0sUUFBUSxRQUFRLE9BQU8sR0FBRyxLQUFNLElBQUksT0FBTyxHQUFHO0FBQzVGLFFBQUksTUFBTSxPQUFPLFNBQVMsUUFBUSxJQUFJLE1BQU0sVUFBVSxJQUFNO0FBQzVELFVBQU0sZ0JBQWdCLE1BQU0sS0FBSyxJQUFJLElBQUksR0FBTTtBQUMvQyxVQUFNLGFBQWEsTUFBTSxTQUFTLE1BQU0sT0FBTztBQUMvQyxVQUFNLEtBQUssTUFBTSxPQUFPO0FBQUEsRUFDMUI7QUFDQSxTQUFPO0FBQ1Q7IiwKICAibmFtZXMiOiBbImltcG9ydF9wcm9taXNlcyIsICJpbXBvcnRfaWRlbnRpdHkiLCAicGF0aCIsICJzbGVlcCJdCn0K
