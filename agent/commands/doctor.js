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
var doctor_exports = {};
__export(doctor_exports, {
  doctor: () => doctor
});
module.exports = __toCommonJS(doctor_exports);
var import_promises = require("node:fs/promises");
var import_open = require("../archive/open");
var import_config = require("../database/config");
var import_files = require("../host/files");
var import_run = require("../host/run");
var import_units = require("../../model/units");
var import_install = require("./install");
var import_identity = require("../identity");
const rows = [
  { name: "tar", remedy: "Install GNU tar.", look: () => version("tar", "GNU tar") },
  { name: "zstd", remedy: "Install zstd (apt-get install zstd).", look: () => version("zstd", "Zstandard") },
  { name: "config.toml", remedy: "See the keys in the database's manual.", look: configuration },
  { name: "data folder", remedy: "raft/wal, raft/snapshots and store belong below data_dir.", look: dataFolder },
  { name: "cluster-info", remedy: "neumann-admin must reach the node of NEUMANN_CONFIG.", look: clusterInfo },
  { name: "cluster-status", remedy: "Bring the cluster to a healthy quorum.", look: clusterStatus },
  { name: "GET /metrics", remedy: "The metrics of contract.md must be served on the admin port.", look: metrics },
  { name: "GET /health", remedy: "The admin port must answer on loopback.", look: health },
  { name: "stats", remedy: "stats must print total_entries and a number.", look: stats },
  { name: "query", remedy: "The node needs a quorum to answer.", look: query },
  { name: "verify-checksums", remedy: "The data is damaged: restore this node.", look: checksums },
  { name: "archive", remedy: "Mount it, or mend the reference.", look: archives },
  { name: "archive_command", remedy: "Run `pulumi up` to mend it.", look: walConfiguration },
  { name: "free space", remedy: "Free space on the data disk.", look: freeSpace }
];
async function doctor(node) {
  const checks = [];
  for (const { name, remedy, look } of rows) {
    try {
      checks.push({ name, good: true, found: await look(node), remedy });
    } catch (error) {
      checks.push({ name, good: false, found: error.message, remedy });
    }
  }
  return checks;
}
async function version(program, expected) {
  const { stdout, stderr } = await (0, import_run.run)(program, ["--version"]);
  const line = `${stdout}${stderr}`.split("\n")[0] ?? "";
  if (!line.includes(expected)) throw new Error(`${program} is not ${expected}: ${line}`);
  return line.trim();
}
async function configuration(node) {
  const { configFile, id, dataDirectory } = node.config.node;
  const tables = (0, import_config.parseConfig)(await (0, import_promises.readFile)(configFile, "utf8"), configFile);
  if (tables.node?.id !== id) throw new Error(`[node] id is ${String(tables.node?.id)}, not ${id}`);
  if (tables.node?.data_dir !== dataDirectory)
    throw new Error(`[node] data_dir is ${String(tables.node?.data_dir)}, not ${dataDirectory}`);
  return configFile;
}
async function dataFolder(node) {
  for (const directory of [node.paths.wal, node.paths.snapshots, node.paths.store]) {
    if (!await (0, import_files.exists)(directory)) throw new Error(`${directory} is not there`);
  }
  return node.config.node.dataDirectory;
}
async function clusterInfo(node) {
  const info = await node.admin.clusterInfo();
  if (info.nodeId !== node.config.node.id)
    throw new Error(`answers for node ${info.nodeId}, not ${node.config.node.id}`);
  return `cluster ${info.clusterId}, ${info.members.length} members, leader ${info.leaderId ?? "unknown"}`;
}
async function clusterStatus(node) {
  await node.admin.mustRun(["cluster-status"]);
  return "healthy quorum";
}
async function metrics(node) {
  const found = await node.http.metrics();
  return `${found.role}, term ${found.term}, commit ${found.commitIndex}, applied ${found.appliedIndex}, snapshot ${found.snapshotIndex}`;
}
async function health(node) {
  if (!await node.http.answers()) throw new Error(`${node.config.node.adminUrl}/health does not answer`);
  return node.config.node.adminUrl;
}
async function stats(node) {
  const entries = await node.admin.totalEntries();
  if (entries === null) throw new Error("no total_entries");
  return `${entries} entries`;
}
async function query(node) {
  const { code, stdout, stderr } = await node.admin.run(["query", "-"], { input: "" });
  if (code !== 0) throw new Error(`query - fails: ${(stderr || stdout).trim()}`);
  return "answers";
}
async function checksums(node) {
  await node.admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
  return "all whole";
}
async function archives(node) {
  const opened = await (0, import_open.openArchives)(node.config.archive);
  return [opened.primary, opened.offsite].flatMap((archive) => archive?.description ?? []).join(" and ");
}
async function walConfiguration(node) {
  const { configFile } = node.config.node;
  const wal = (0, import_config.parseConfig)(await (0, import_promises.readFile)(configFile, "utf8"), configFile).wal;
  const expected = (0, import_install.archiveCommand)(node.config);
  if (wal?.archive_command !== expected)
    throw new Error(`archive_command is ${JSON.stringify(wal?.archive_command)}, not ${expected}`);
  return `${expected}, agent ${(await (0, import_files.hashFile)((0, import_identity.agentProgram)())).slice(0, 12)}`;
}
async function freeSpace(node) {
  const free = await (0, import_files.freeBytes)(node.config.node.dataDirectory);
  const limit = node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < limit) throw new Error(`${(0, import_units.formatBytes)(free)} free, below the policy's ${(0, import_units.formatBytes)(limit)}`);
  return `${(0, import_units.formatBytes)(free)} free`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  doctor
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZG9jdG9yLnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQXlCO0FBRXpCLGtCQUE2QjtBQUM3QixvQkFBNEI7QUFDNUIsbUJBQTRDO0FBQzVDLGlCQUFvQjtBQUNwQixtQkFBNEI7QUFDNUIscUJBQStCO0FBQy9CLHNCQUE2QjtBQXNCN0IsTUFBTSxPQUF1QjtBQUFBLEVBQzNCLEVBQUUsTUFBTSxPQUFPLFFBQVEsb0JBQW9CLE1BQU0sTUFBTSxRQUFRLE9BQU8sU0FBUyxFQUFFO0FBQUEsRUFDakYsRUFBRSxNQUFNLFFBQVEsUUFBUSx3Q0FBd0MsTUFBTSxNQUFNLFFBQVEsUUFBUSxXQUFXLEVBQUU7QUFBQSxFQUN6RyxFQUFFLE1BQU0sZUFBZSxRQUFRLDBDQUEwQyxNQUFNLGNBQWM7QUFBQSxFQUM3RixFQUFFLE1BQU0sZUFBZSxRQUFRLDZEQUE2RCxNQUFNLFdBQVc7QUFBQSxFQUM3RyxFQUFFLE1BQU0sZ0JBQWdCLFFBQVEsd0RBQXdELE1BQU0sWUFBWTtBQUFBLEVBQzFHLEVBQUUsTUFBTSxrQkFBa0IsUUFBUSwwQ0FBMEMsTUFBTSxjQUFjO0FBQUEsRUFDaEcsRUFBRSxNQUFNLGdCQUFnQixRQUFRLGdFQUFnRSxNQUFNLFFBQVE7QUFBQSxFQUM5RyxFQUFFLE1BQU0sZUFBZSxRQUFRLDJDQUEyQyxNQUFNLE9BQU87QUFBQSxFQUN2RixFQUFFLE1BQU0sU0FBUyxRQUFRLGdEQUFnRCxNQUFNLE1BQU07QUFBQSxFQUNyRixFQUFFLE1BQU0sU0FBUyxRQUFRLHNDQUFzQyxNQUFNLE1BQU07QUFBQSxFQUMzRSxFQUFFLE1BQU0sb0JBQW9CLFFBQVEsMkNBQTJDLE1BQU0sVUFBVTtBQUFBLEVBQy9GLEVBQUUsTUFBTSxXQUFXLFFBQVEsb0NBQW9DLE1BQU0sU0FBUztBQUFBLEVBQzlFLEVBQUUsTUFBTSxtQkFBbUIsUUFBUSwrQkFBK0IsTUFBTSxpQkFBaUI7QUFBQSxFQUN6RixFQUFFLE1BQU0sY0FBYyxRQUFRLGdDQUFnQyxNQUFNLFVBQVU7QUFDaEY7QUFHQSxlQUFzQixPQUFPLE1BQThCO0FBQ3pELFFBQU0sU0FBa0IsQ0FBQztBQUN6QixhQUFXLEVBQUUsTUFBTSxRQUFRLEtBQUssS0FBSyxNQUFNO0FBQ3pDLFFBQUk7QUFDRixhQUFPLEtBQUssRUFBRSxNQUFNLE1BQU0sTUFBTSxPQUFPLE1BQU0sS0FBSyxJQUFJLEdBQUcsT0FBTyxDQUFDO0FBQUEsSUFDbkUsU0FBUyxPQUFPO0FBQ2QsYUFBTyxLQUFLLEVBQUUsTUFBTSxNQUFNLE9BQU8sT0FBUSxNQUFnQixTQUFTLE9BQU8sQ0FBQztBQUFBLElBQzVFO0FBQUEsRUFDRjtBQUNBLFNBQU87QUFDVDtBQUVBLGVBQWUsUUFBUSxTQUFpQixVQUFtQztBQUN6RSxRQUFNLEVBQUUsUUFBUSxPQUFPLElBQUksVUFBTSxnQkFBSSxTQUFTLENBQUMsV0FBVyxDQUFDO0FBQzNELFFBQU0sT0FBTyxHQUFHLE1BQU0sR0FBRyxNQUFNLEdBQUcsTUFBTSxJQUFJLEVBQUUsQ0FBQyxLQUFLO0FBQ3BELE1BQUksQ0FBQyxLQUFLLFNBQVMsUUFBUSxFQUFHLE9BQU0sSUFBSSxNQUFNLEdBQUcsT0FBTyxXQUFXLFFBQVEsS0FBSyxJQUFJLEVBQUU7QUFDdEYsU0FBTyxLQUFLLEtBQUs7QUFDbkI7QUFFQSxlQUFlLGNBQWMsTUFBNkI7QUFDeEQsUUFBTSxFQUFFLFlBQVksSUFBSSxjQUFjLElBQUksS0FBSyxPQUFPO0FBQ3RELFFBQU0sYUFBUywyQkFBWSxVQUFNLDBCQUFTLFlBQVksTUFBTSxHQUFHLFVBQVU7QUFDekUsTUFBSSxPQUFPLE1BQU0sT0FBTyxHQUFJLE9BQU0sSUFBSSxNQUFNLGdCQUFnQixPQUFPLE9BQU8sTUFBTSxFQUFFLENBQUMsU0FBUyxFQUFFLEVBQUU7QUFDaEcsTUFBSSxPQUFPLE1BQU0sYUFBYTtBQUM1QixVQUFNLElBQUksTUFBTSxzQkFBc0IsT0FBTyxPQUFPLE1BQU0sUUFBUSxDQUFDLFNBQVMsYUFBYSxFQUFFO0FBQzdGLFNBQU87QUFDVDtBQUVBLGVBQWUsV0FBVyxNQUE2QjtBQUNyRCxhQUFXLGFBQWEsQ0FBQyxLQUFLLE1BQU0sS0FBSyxLQUFLLE1BQU0sV0FBVyxLQUFLLE1BQU0sS0FBSyxHQUFHO0FBQ2hGLFFBQUksQ0FBRSxVQUFNLHFCQUFPLFNBQVMsRUFBSSxPQUFNLElBQUksTUFBTSxHQUFHLFNBQVMsZUFBZTtBQUFBLEVBQzdFO0FBQ0EsU0FBTyxLQUFLLE9BQU8sS0FBSztBQUMxQjtBQUVBLGVBQWUsWUFBWSxNQUE2QjtBQUN0RCxRQUFNLE9BQU8sTUFBTSxLQUFLLE1BQU0sWUFBWTtBQUMxQyxNQUFJLEtBQUssV0FBVyxLQUFLLE9BQU8sS0FBSztBQUNuQyxVQUFNLElBQUksTUFBTSxvQkFBb0IsS0FBSyxNQUFNLFNBQVMsS0FBSyxPQUFPLEtBQUssRUFBRSxFQUFFO0FBQy9FLFNBQU8sV0FBVyxLQUFLLFNBQVMsS0FBSyxLQUFLLFFBQVEsTUFBTSxvQkFBb0IsS0FBSyxZQUFZLFNBQVM7QUFDeEc7QUFFQSxlQUFlLGNBQWMsTUFBNkI7QUFDeEQsUUFBTSxLQUFLLE1BQU0sUUFBUSxDQUFDLGdCQUFnQixDQUFDO0FBQzNDLFNBQU87QUFDVDtBQUVBLGVBQWUsUUFBUSxNQUE2QjtBQUNsRCxRQUFNLFFBQVEsTUFBTSxLQUFLLEtBQUssUUFBUTtBQUN0QyxTQUFPLEdBQUcsTUFBTSxJQUFJLFVBQVUsTUFBTSxJQUFJLFlBQVksTUFBTSxXQUFXLGFBQWEsTUFBTSxZQUFZLGNBQWMsTUFBTSxhQUFhO0FBQ3ZJO0FBRUEsZUFBZSxPQUFPLE1BQTZCO0FBQ2pELE1BQUksQ0FBRSxNQUFNLEtBQUssS0FBSyxRQUFRLEVBQUksT0FBTSxJQUFJLE1BQU0sR0FBRyxLQUFLLE9BQU8sS0FBSyxRQUFRLHlCQUF5QjtBQUN2RyxTQUFPLEtBQUssT0FBTyxLQUFLO0FBQzFCO0FBRUEsZUFBZSxNQUFNLE1BQTZCO0FBQ2hELFFBQU0sVUFBVSxNQUFNLEtBQUssTUFBTSxhQUFhO0FBQzlDLE1BQUksWUFBWSxLQUFNLE9BQU0sSUFBSSxNQUFNLGtCQUFrQjtBQUN4RCxTQUFPLEdBQUcsT0FBTztBQUNuQjtBQUVBLGVBQWUsTUFBTSxNQUE2QjtBQUNoRCxRQUFNLEVBQUUsTUFBTSxRQUFRLE9BQU8sSUFBSSxNQUFNLEtBQUssTUFBTSxJQUFJLENBQUMsU0FBUyxHQUFHLEdBQUcsRUFBRSxPQUFPLEdBQUcsQ0FBQztBQUNuRixNQUFJLFNBQVMsRUFBRyxPQUFNLElBQUksTUFBTSxtQkFBbUIsVUFBVSxRQUFRLEtBQUssQ0FBQyxFQUFFO0FBQzdFLFNBQU87QUFDVDtBQUVBLGVBQWUsVUFBVSxNQUE2QjtBQUNwRCxRQUFNLEtBQUssTUFBTSxRQUFRLENBQUMsa0JBQWtCLEdBQUcsRUFBRSxnQkFBZ0IsS0FBSyxDQUFDO0FBQ3ZFLFNBQU87QUFDVDtBQUVBLGVBQWUsU0FBUyxNQUE2QjtBQUNuRCxRQUFNLFNBQVMsVUFBTSwwQkFBYSxLQUFLLE9BQU8sT0FBTztBQUNyRCxTQUFPLENBQUMsT0FBTyxTQUFTLE9BQU8sT0FBTyxFQUFFLFFBQVEsQ0FBQyxZQUFZLFNBQVMsZUFBZSxDQUFDLENBQUMsRUFBRSxLQUFLLE9BQU87QUFDdkc7QUFFQSxlQUFlLGlCQUFpQixNQUE2QjtBQUMzRCxRQUFNLEVBQUUsV0FBVyxJQUFJLEtBQUssT0FBTztBQUNuQyxRQUFNLFVBQU0sMkJBQVksVUFBTSwwQkFBUyxZQUFZLE1BQU0sR0FBRyxVQUFVLEVBQUU7QUFDeEUsUUFBTSxlQUFXLCtCQUFlLEtBQUssTUFBTTtBQUMzQyxNQUFJLEtBQUssb0JBQW9CO0FBQzNCLFVBQU0sSUFBSSxNQUFNLHNCQUFzQixLQUFLLFVBQVUsS0FBSyxlQUFlLENBQUMsU0FBUyxRQUFRLEVBQUU7QUFDL0YsU0FBTyxHQUFHLFFBQVEsWUFBWSxVQUFNLDJCQUFTLDhCQUFhLENBQUMsR0FBRyxNQUFNLEdBQUcsRUFBRSxDQUFDO0FBQzVFO0FBRUEsZUFBZSxVQUFVLE1BQTZCO0FBQ3BELFFBQU0sT0FBTyxVQUFNLHdCQUFVLEtBQUssT0FBTyxLQUFLLGFBQWE7QUFDM0QsUUFBTSxRQUFRLEtBQUssT0FBTyxPQUFPLElBQUksMEJBQTBCLE9BQU87QUFDdEUsTUFBSSxPQUFPLE1BQU8sT0FBTSxJQUFJLE1BQU0sT0FBRywwQkFBWSxJQUFJLENBQUMsaUNBQTZCLDBCQUFZLEtBQUssQ0FBQyxFQUFFO0FBQ3ZHLFNBQU8sT0FBRywwQkFBWSxJQUFJLENBQUM7QUFDN0I7IiwKICAibmFtZXMiOiBbXQp9Cg==
