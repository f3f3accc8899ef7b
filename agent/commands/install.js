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
var install_exports = {};
__export(install_exports, {
  archiveCommand: () => archiveCommand,
  install: () => install,
  installContext: () => installContext,
  rollout: () => rollout,
  uninstall: () => uninstall,
  waitHealthy: () => waitHealthy
});
module.exports = __toCommonJS(install_exports);
var import_promises = require("node:fs/promises");
var import_node_path = __toESM(require("node:path"));
var import_promises2 = require("node:timers/promises");
var import_mistakes = require("../../model/mistakes");
var import_open = require("../archive/open");
var import_context = require("../context");
var import_config = require("../database/config");
var import_files = require("../host/files");
var import_identity = require("../identity");
var import_context2 = require("../restore/context");
var import_mistakes2 = require("../../model/mistakes");
var import_errors = require("../run/errors");
var import_layout = require("../../model/layout");
function installContext(spec) {
  return { spec, node: (0, import_context.nodeOf)(spec.config), result: { nodeId: spec.config.node.id } };
}
function programs(config) {
  const at = (name) => import_node_path.default.join(config.agentDirectory, name);
  return { bundle: at("neumann-backup.cjs"), launcher: at("neumann-backup"), config: at("agent.json") };
}
function restartDueFile(config) {
  return import_node_path.default.join((0, import_context.pathsOf)(config).state, "restart-due");
}
const install = {
  name: "install",
  steps: [
    { name: "check", title: "check the host and the archive", run: check },
    { name: "hold", title: "hold archiving until the recovery is accepted", run: hold },
    { name: "program", title: "copy the agent", run: program },
    { name: "configuration", title: "write the agent's configuration", run: configuration },
    { name: "wal", title: "set archive_command in config.toml", run: wal }
  ]
};
async function check({ spec, result }) {
  const { config } = spec;
  const mistakes = new import_mistakes.Mistakes();
  if (!(0, import_layout.isClusterId)(config.archive.clusterId))
    mistakes.add("archive.clusterId", "is no name for a cluster", config.archive.clusterId, "");
  for (const [name, directory] of Object.entries({
    "node.dataDirectory": config.node.dataDirectory,
    "node.configFile": config.node.configFile,
    agentDirectory: config.agentDirectory
  })) {
    if (!import_node_path.default.isAbsolute(directory)) mistakes.add(name, "must be an absolute path", directory, "Write the whole path.");
    if (/[\s'"\\%]/.test(directory)) {
      mistakes.add(
        name,
        "has a space, quote, percent sign or backslash",
        directory,
        "Choose a plain path: it goes into archive_command."
      );
    }
  }
  mistakes.throwIfAny("The agent cannot be installed");
  const text = await (0, import_files.readIfThere)(config.node.configFile);
  if (text === void 0) {
    const mistake = {
      path: "node.configFile",
      problem: "is not there",
      received: config.node.configFile,
      remedy: "Install the database first."
    };
    throw new import_mistakes2.InputError("The agent cannot be installed", [mistake]);
  }
  const configured = (0, import_config.parseConfig)(text, config.node.configFile).node?.id;
  if (configured !== config.node.id) {
    throw new import_errors.Refused(
      `${config.node.configFile} is of node ${String(configured)}, not of ${config.node.id}: nothing was changed`
    );
  }
  if (await (0, import_files.hashFile)((0, import_identity.agentProgram)()) !== spec.sha256) {
    throw new import_errors.Refused(
      `this program is not the agent that was to be installed (SHA-256 ${spec.sha256}): build or install the package again`
    );
  }
  await (0, import_open.openArchives)(config.archive);
  result.generation = config.generation;
}
async function hold({ spec, node }) {
  if (!spec.hold) return;
  const { dataDirectory } = spec.config.node;
  if (await (0, import_context2.readMark)(dataDirectory) !== void 0 || (await (0, import_context2.databaseFiles)(dataDirectory)).length > 0) return;
  await (0, import_files.replaceFile)(node.paths.hold, "until the recovery is accepted\n");
}
async function program({ spec }) {
  const { config } = spec;
  const { bundle, launcher } = programs(config);
  await (0, import_files.makeDirectory)(config.agentDirectory);
  if (!await (0, import_files.exists)(bundle) || await (0, import_files.hashFile)(bundle) !== spec.sha256) {
    const temporary = (0, import_files.temporaryName)(config.agentDirectory);
    await (0, import_promises.copyFile)((0, import_identity.agentProgram)(), temporary);
    await (0, import_promises.chmod)(temporary, 493);
    await (0, import_promises.rename)(temporary, bundle);
    await (0, import_files.syncDirectory)(config.agentDirectory);
  }
  const script = `#!/bin/sh
# Made by pulumi-neumann: the backup agent of node ${config.node.id}.
exec ${process.execPath} ${bundle} --config ${programs(config).config} "$@"
`;
  if (await (0, import_files.readIfThere)(launcher) !== script) await (0, import_files.replaceFile)(launcher, script, 493);
}
async function configuration({ spec }) {
  const { config } = programs(spec.config);
  const text = `${JSON.stringify(spec.config, null, 2)}
`;
  if (await (0, import_files.readIfThere)(config) !== text) await (0, import_files.replaceFile)(config, text, 384);
}
function archiveCommand(config) {
  return `${programs(config).launcher} wal-push %p %f`;
}
async function wal({ spec, result }) {
  const { config } = spec;
  const changes = {
    wal: {
      archive_command: archiveCommand(config),
      archive_timeout: config.policy.wal.archiveTimeoutSeconds
    }
  };
  const due = restartDueFile(config);
  const wasDue = await (0, import_files.exists)(due);
  await (0, import_files.replaceFile)(due, "config.toml changed\n");
  const changed = await (0, import_config.changeConfig)(config.node.configFile, changes);
  if (!changed && !wasDue) await (0, import_files.removeFile)(due);
  result.restartDue = changed || wasDue;
}
const rollout = {
  name: "rollout",
  steps: [{ name: "restart", title: "restart the node if that is due", run: restart }]
};
async function restart(context) {
  const { spec, node, turn, result } = context;
  const due = restartDueFile(spec.config);
  result.restarted = false;
  if (!await (0, import_files.exists)(due)) return;
  if (await node.service.running()) {
    const { leaderId, nodeId } = await node.admin.clusterInfo();
    if (turn === "follower" && leaderId === nodeId) return;
    await waitHealthy(node, "before the restart");
    await node.service.stop();
    await node.service.start();
    await waitHealthy(node, "after the restart");
    result.restarted = true;
  }
  await (0, import_files.removeFile)(due);
}
const healthyDeadlineMs = 12e4;
async function waitHealthy(node, when) {
  for (const deadline = Date.now() + healthyDeadlineMs; ; await (0, import_promises2.setTimeout)(50)) {
    const metrics = await node.http.metrics().catch(() => void 0);
    const info = await node.admin.clusterInfo().catch(() => void 0);
    const caughtUp = metrics !== void 0 && info?.leaderId != null && metrics.appliedIndex >= info.commitIndex;
    if (caughtUp && await node.admin.healthyQuorum()) return;
    if (Date.now() > deadline) {
      throw new import_errors.WorldFault(
        `the cluster was not healthy ${when} of ${node.config.node.id} for ${healthyDeadlineMs / 1e3} s: no further node is restarted`
      );
    }
  }
}
const uninstall = {
  name: "uninstall",
  steps: [
    { name: "recognise", title: "look which installation is there", run: recognise },
    { name: "wal", title: "take archive_command out of config.toml", run: withdrawWal },
    { name: "program", title: "remove the agent", run: removeProgram }
  ]
};
async function recognise({ spec, result }) {
  const text = await (0, import_files.readIfThere)(programs(spec.config).config);
  const generation = text === void 0 ? void 0 : JSON.parse(text).generation;
  result.removed = generation === spec.config.generation;
}
async function withdrawWal({ spec, result }) {
  if (result.removed !== true || !await (0, import_files.exists)(spec.config.node.configFile)) return;
  const text = await (0, import_promises.readFile)(spec.config.node.configFile, "utf8");
  const configured = (0, import_config.parseConfig)(text, spec.config.node.configFile).wal?.archive_command;
  if (configured !== archiveCommand(spec.config)) return;
  await (0, import_config.changeConfig)(spec.config.node.configFile, { wal: { archive_command: void 0, archive_timeout: void 0 } });
}
async function removeProgram({ spec, node, result }) {
  if (result.removed !== true) return;
  const { bundle, launcher, config } = programs(spec.config);
  for (const file of [launcher, bundle, config]) await (0, import_files.removeFile)(file);
  await (0, import_promises.rm)(node.paths.state, { recursive: true, force: true });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  archiveCommand,
  install,
  installContext,
  rollout,
  uninstall,
  waitHealthy
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiaW5zdGFsbC50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsc0JBQXNEO0FBQ3RELHVCQUFpQjtBQUNqQixJQUFBQSxtQkFBb0M7QUFFcEMsc0JBQXlCO0FBRXpCLGtCQUE2QjtBQUM3QixxQkFBMkM7QUFDM0Msb0JBQTBDO0FBQzFDLG1CQVNPO0FBQ1Asc0JBQTZCO0FBQzdCLElBQUFDLGtCQUF3QztBQUN4QyxJQUFBQyxtQkFBMkI7QUFDM0Isb0JBQW9DO0FBRXBDLG9CQUE0QjtBQVNyQixTQUFTLGVBQWUsTUFBbUM7QUFDaEUsU0FBTyxFQUFFLE1BQU0sVUFBTSx1QkFBTyxLQUFLLE1BQU0sR0FBRyxRQUFRLEVBQUUsUUFBUSxLQUFLLE9BQU8sS0FBSyxHQUFHLEVBQUU7QUFDcEY7QUFHQSxTQUFTLFNBQVMsUUFBcUI7QUFDckMsUUFBTSxLQUFLLENBQUMsU0FBeUIsaUJBQUFDLFFBQUssS0FBSyxPQUFPLGdCQUFnQixJQUFJO0FBQzFFLFNBQU8sRUFBRSxRQUFRLEdBQUcsb0JBQW9CLEdBQUcsVUFBVSxHQUFHLGdCQUFnQixHQUFHLFFBQVEsR0FBRyxZQUFZLEVBQUU7QUFDdEc7QUFHQSxTQUFTLGVBQWUsUUFBNkI7QUFDbkQsU0FBTyxpQkFBQUEsUUFBSyxTQUFLLHdCQUFRLE1BQU0sRUFBRSxPQUFPLGFBQWE7QUFDdkQ7QUFHTyxNQUFNLFVBQXFDO0FBQUEsRUFDaEQsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLElBQ0wsRUFBRSxNQUFNLFNBQVMsT0FBTyxrQ0FBa0MsS0FBSyxNQUFNO0FBQUEsSUFDckUsRUFBRSxNQUFNLFFBQVEsT0FBTyxpREFBaUQsS0FBSyxLQUFLO0FBQUEsSUFDbEYsRUFBRSxNQUFNLFdBQVcsT0FBTyxrQkFBa0IsS0FBSyxRQUFRO0FBQUEsSUFDekQsRUFBRSxNQUFNLGlCQUFpQixPQUFPLG1DQUFtQyxLQUFLLGNBQWM7QUFBQSxJQUN0RixFQUFFLE1BQU0sT0FBTyxPQUFPLHNDQUFzQyxLQUFLLElBQUk7QUFBQSxFQUN2RTtBQUNGO0FBRUEsZUFBZSxNQUFNLEVBQUUsTUFBTSxPQUFPLEdBQWtDO0FBQ3BFLFFBQU0sRUFBRSxPQUFPLElBQUk7QUFDbkIsUUFBTSxXQUFXLElBQUkseUJBQVM7QUFDOUIsTUFBSSxLQUFDLDJCQUFZLE9BQU8sUUFBUSxTQUFTO0FBQ3ZDLGFBQVMsSUFBSSxxQkFBcUIsNEJBQTRCLE9BQU8sUUFBUSxXQUFXLEVBQUU7QUFDNUYsYUFBVyxDQUFDLE1BQU0sU0FBUyxLQUFLLE9BQU8sUUFBUTtBQUFBLElBQzdDLHNCQUFzQixPQUFPLEtBQUs7QUFBQSxJQUNsQyxtQkFBbUIsT0FBTyxLQUFLO0FBQUEsSUFDL0IsZ0JBQWdCLE9BQU87QUFBQSxFQUN6QixDQUFDLEdBQUc7QUFDRixRQUFJLENBQUMsaUJBQUFBLFFBQUssV0FBVyxTQUFTLEVBQUcsVUFBUyxJQUFJLE1BQU0sNEJBQTRCLFdBQVcsdUJBQXVCO0FBQ2xILFFBQUksWUFBWSxLQUFLLFNBQVMsR0FBRztBQUMvQixlQUFTO0FBQUEsUUFDUDtBQUFBLFFBQ0E7QUFBQSxRQUNBO0FBQUEsUUFDQTtBQUFBLE1BQ0Y7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNBLFdBQVMsV0FBVywrQkFBK0I7QUFDbkQsUUFBTSxPQUFPLFVBQU0sMEJBQVksT0FBTyxLQUFLLFVBQVU7QUFDckQsTUFBSSxTQUFTLFFBQVc7QUFDdEIsVUFBTSxVQUFVO0FBQUEsTUFDZCxNQUFNO0FBQUEsTUFDTixTQUFTO0FBQUEsTUFDVCxVQUFVLE9BQU8sS0FBSztBQUFBLE1BQ3RCLFFBQVE7QUFBQSxJQUNWO0FBQ0EsVUFBTSxJQUFJLDRCQUFXLGlDQUFpQyxDQUFDLE9BQU8sQ0FBQztBQUFBLEVBQ2pFO0FBQ0EsUUFBTSxpQkFBYSwyQkFBWSxNQUFNLE9BQU8sS0FBSyxVQUFVLEVBQUUsTUFBTTtBQUNuRSxNQUFJLGVBQWUsT0FBTyxLQUFLLElBQUk7QUFDakMsVUFBTSxJQUFJO0FBQUEsTUFDUixHQUFHLE9BQU8sS0FBSyxVQUFVLGVBQWUsT0FBTyxVQUFVLENBQUMsWUFBWSxPQUFPLEtBQUssRUFBRTtBQUFBLElBQ3RGO0FBQUEsRUFDRjtBQUNBLE1BQUssVUFBTSwyQkFBUyw4QkFBYSxDQUFDLE1BQU8sS0FBSyxRQUFRO0FBQ3BELFVBQU0sSUFBSTtBQUFBLE1BQ1IsbUVBQW1FLEtBQUssTUFBTTtBQUFBLElBQ2hGO0FBQUEsRUFDRjtBQUNBLFlBQU0sMEJBQWEsT0FBTyxPQUFPO0FBQ2pDLFNBQU8sYUFBYSxPQUFPO0FBQzdCO0FBR0EsZUFBZSxLQUFLLEVBQUUsTUFBTSxLQUFLLEdBQWtDO0FBQ2pFLE1BQUksQ0FBQyxLQUFLLEtBQU07QUFDaEIsUUFBTSxFQUFFLGNBQWMsSUFBSSxLQUFLLE9BQU87QUFDdEMsTUFBSyxVQUFNLDBCQUFTLGFBQWEsTUFBTyxXQUFjLFVBQU0sK0JBQWMsYUFBYSxHQUFHLFNBQVMsRUFBRztBQUN0RyxZQUFNLDBCQUFZLEtBQUssTUFBTSxNQUFNLGtDQUFrQztBQUN2RTtBQUVBLGVBQWUsUUFBUSxFQUFFLEtBQUssR0FBa0M7QUFDOUQsUUFBTSxFQUFFLE9BQU8sSUFBSTtBQUNuQixRQUFNLEVBQUUsUUFBUSxTQUFTLElBQUksU0FBUyxNQUFNO0FBQzVDLFlBQU0sNEJBQWMsT0FBTyxjQUFjO0FBQ3pDLE1BQUksQ0FBRSxVQUFNLHFCQUFPLE1BQU0sS0FBTyxVQUFNLHVCQUFTLE1BQU0sTUFBTyxLQUFLLFFBQVE7QUFDdkUsVUFBTSxnQkFBWSw0QkFBYyxPQUFPLGNBQWM7QUFDckQsY0FBTSw4QkFBUyw4QkFBYSxHQUFHLFNBQVM7QUFDeEMsY0FBTSx1QkFBTSxXQUFXLEdBQUs7QUFDNUIsY0FBTSx3QkFBTyxXQUFXLE1BQU07QUFDOUIsY0FBTSw0QkFBYyxPQUFPLGNBQWM7QUFBQSxFQUMzQztBQUNBLFFBQU0sU0FBUztBQUFBLHFEQUFpRSxPQUFPLEtBQUssRUFBRTtBQUFBLE9BQVcsUUFBUSxRQUFRLElBQUksTUFBTSxhQUFhLFNBQVMsTUFBTSxFQUFFLE1BQU07QUFBQTtBQUN2SyxNQUFLLFVBQU0sMEJBQVksUUFBUSxNQUFPLE9BQVEsV0FBTSwwQkFBWSxVQUFVLFFBQVEsR0FBSztBQUN6RjtBQUVBLGVBQWUsY0FBYyxFQUFFLEtBQUssR0FBa0M7QUFDcEUsUUFBTSxFQUFFLE9BQU8sSUFBSSxTQUFTLEtBQUssTUFBTTtBQUN2QyxRQUFNLE9BQU8sR0FBRyxLQUFLLFVBQVUsS0FBSyxRQUFRLE1BQU0sQ0FBQyxDQUFDO0FBQUE7QUFDcEQsTUFBSyxVQUFNLDBCQUFZLE1BQU0sTUFBTyxLQUFNLFdBQU0sMEJBQVksUUFBUSxNQUFNLEdBQUs7QUFDakY7QUFHTyxTQUFTLGVBQWUsUUFBNkI7QUFDMUQsU0FBTyxHQUFHLFNBQVMsTUFBTSxFQUFFLFFBQVE7QUFDckM7QUFFQSxlQUFlLElBQUksRUFBRSxNQUFNLE9BQU8sR0FBa0M7QUFDbEUsUUFBTSxFQUFFLE9BQU8sSUFBSTtBQUNuQixRQUFNLFVBQVU7QUFBQSxJQUNkLEtBQUs7QUFBQSxNQUNILGlCQUFpQixlQUFlLE1BQU07QUFBQSxNQUN0QyxpQkFBaUIsT0FBTyxPQUFPLElBQUk7QUFBQSxJQUNyQztBQUFBLEVBQ0Y7QUFDQSxRQUFNLE1BQU0sZUFBZSxNQUFNO0FBRWpDLFFBQU0sU0FBUyxVQUFNLHFCQUFPLEdBQUc7QUFDL0IsWUFBTSwwQkFBWSxLQUFLLHVCQUF1QjtBQUM5QyxRQUFNLFVBQVUsVUFBTSw0QkFBYSxPQUFPLEtBQUssWUFBWSxPQUFPO0FBQ2xFLE1BQUksQ0FBQyxXQUFXLENBQUMsT0FBUSxXQUFNLHlCQUFXLEdBQUc7QUFDN0MsU0FBTyxhQUFhLFdBQVc7QUFDakM7QUFHTyxNQUFNLFVBQXFDO0FBQUEsRUFDaEQsTUFBTTtBQUFBLEVBQ04sT0FBTyxDQUFDLEVBQUUsTUFBTSxXQUFXLE9BQU8sbUNBQW1DLEtBQUssUUFBUSxDQUFDO0FBQ3JGO0FBRUEsZUFBZSxRQUFRLFNBQXdDO0FBQzdELFFBQU0sRUFBRSxNQUFNLE1BQU0sTUFBTSxPQUFPLElBQUk7QUFDckMsUUFBTSxNQUFNLGVBQWUsS0FBSyxNQUFNO0FBQ3RDLFNBQU8sWUFBWTtBQUNuQixNQUFJLENBQUUsVUFBTSxxQkFBTyxHQUFHLEVBQUk7QUFDMUIsTUFBSSxNQUFNLEtBQUssUUFBUSxRQUFRLEdBQUc7QUFDaEMsVUFBTSxFQUFFLFVBQVUsT0FBTyxJQUFJLE1BQU0sS0FBSyxNQUFNLFlBQVk7QUFDMUQsUUFBSSxTQUFTLGNBQWMsYUFBYSxPQUFRO0FBQ2hELFVBQU0sWUFBWSxNQUFNLG9CQUFvQjtBQUM1QyxVQUFNLEtBQUssUUFBUSxLQUFLO0FBQ3hCLFVBQU0sS0FBSyxRQUFRLE1BQU07QUFDekIsVUFBTSxZQUFZLE1BQU0sbUJBQW1CO0FBQzNDLFdBQU8sWUFBWTtBQUFBLEVBQ3JCO0FBQ0EsWUFBTSx5QkFBVyxHQUFHO0FBQ3RCO0FBRUEsTUFBTSxvQkFBb0I7QUFHMUIsZUFBc0IsWUFBWSxNQUFZLE1BQTZCO0FBQ3pFLGFBQVcsV0FBVyxLQUFLLElBQUksSUFBSSxxQkFBcUIsVUFBTSxpQkFBQUMsWUFBTSxFQUFFLEdBQUc7QUFDdkUsVUFBTSxVQUFVLE1BQU0sS0FBSyxLQUFLLFFBQVEsRUFBRSxNQUFNLE1BQU0sTUFBUztBQUMvRCxVQUFNLE9BQU8sTUFBTSxLQUFLLE1BQU0sWUFBWSxFQUFFLE1BQU0sTUFBTSxNQUFTO0FBQ2pFLFVBQU0sV0FBVyxZQUFZLFVBQWEsTUFBTSxZQUFZLFFBQVEsUUFBUSxnQkFBZ0IsS0FBSztBQUNqRyxRQUFJLFlBQWEsTUFBTSxLQUFLLE1BQU0sY0FBYyxFQUFJO0FBQ3BELFFBQUksS0FBSyxJQUFJLElBQUksVUFBVTtBQUN6QixZQUFNLElBQUk7QUFBQSxRQUNSLCtCQUErQixJQUFJLE9BQU8sS0FBSyxPQUFPLEtBQUssRUFBRSxRQUFRLG9CQUFvQixHQUFJO0FBQUEsTUFDL0Y7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNGO0FBR08sTUFBTSxZQUF1QztBQUFBLEVBQ2xELE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMLEVBQUUsTUFBTSxhQUFhLE9BQU8sb0NBQW9DLEtBQUssVUFBVTtBQUFBLElBQy9FLEVBQUUsTUFBTSxPQUFPLE9BQU8sMkNBQTJDLEtBQUssWUFBWTtBQUFBLElBQ2xGLEVBQUUsTUFBTSxXQUFXLE9BQU8sb0JBQW9CLEtBQUssY0FBYztBQUFBLEVBQ25FO0FBQ0Y7QUFFQSxlQUFlLFVBQVUsRUFBRSxNQUFNLE9BQU8sR0FBa0M7QUFDeEUsUUFBTSxPQUFPLFVBQU0sMEJBQVksU0FBUyxLQUFLLE1BQU0sRUFBRSxNQUFNO0FBQzNELFFBQU0sYUFBYSxTQUFTLFNBQVksU0FBYSxLQUFLLE1BQU0sSUFBSSxFQUFrQjtBQUN0RixTQUFPLFVBQVUsZUFBZSxLQUFLLE9BQU87QUFDOUM7QUFFQSxlQUFlLFlBQVksRUFBRSxNQUFNLE9BQU8sR0FBa0M7QUFDMUUsTUFBSSxPQUFPLFlBQVksUUFBUSxDQUFFLFVBQU0scUJBQU8sS0FBSyxPQUFPLEtBQUssVUFBVSxFQUFJO0FBQzdFLFFBQU0sT0FBTyxVQUFNLDBCQUFTLEtBQUssT0FBTyxLQUFLLFlBQVksTUFBTTtBQUMvRCxRQUFNLGlCQUFhLDJCQUFZLE1BQU0sS0FBSyxPQUFPLEtBQUssVUFBVSxFQUFFLEtBQUs7QUFDdkUsTUFBSSxlQUFlLGVBQWUsS0FBSyxNQUFNLEVBQUc7QUFDaEQsWUFBTSw0QkFBYSxLQUFLLE9BQU8sS0FBSyxZQUFZLEVBQUUsS0FBSyxFQUFFLGlCQUFpQixRQUFXLGlCQUFpQixPQUFVLEVBQUUsQ0FBQztBQUNySDtBQUVBLGVBQWUsY0FBYyxFQUFFLE1BQU0sTUFBTSxPQUFPLEdBQWtDO0FBQ2xGLE1BQUksT0FBTyxZQUFZLEtBQU07QUFDN0IsUUFBTSxFQUFFLFFBQVEsVUFBVSxPQUFPLElBQUksU0FBUyxLQUFLLE1BQU07QUFFekQsYUFBVyxRQUFRLENBQUMsVUFBVSxRQUFRLE1BQU0sRUFBRyxXQUFNLHlCQUFXLElBQUk7QUFDcEUsWUFBTSxvQkFBRyxLQUFLLE1BQU0sT0FBTyxFQUFFLFdBQVcsTUFBTSxPQUFPLEtBQUssQ0FBQztBQUM3RDsiLAogICJuYW1lcyI6IFsiaW1wb3J0X3Byb21pc2VzIiwgImltcG9ydF9jb250ZXh0IiwgImltcG9ydF9taXN0YWtlcyIsICJwYXRoIiwgInNsZWVwIl0KfQo=
