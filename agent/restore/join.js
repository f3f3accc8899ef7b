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
var join_exports = {};
__export(join_exports, {
  restoreJoin: () => restoreJoin
});
module.exports = __toCommonJS(join_exports);
var import_promises = require("node:timers/promises");
var import_config = require("../database/config");
var import_files = require("../host/files");
var import_errors = require("../run/errors");
var import_context = require("./context");
const restoreJoin = {
  name: "restore-join",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    { name: "mark", title: "mark the empty data folder", run: mark },
    { name: "configure", title: "name the members that run", run: configure },
    { name: "start", title: "start the node, empty", run: start },
    { name: "catch-up", title: "wait until it has caught up", run: catchUp }
  ]
};
function joinedBefore(context) {
  const { members, node } = context.spec;
  const at = members.findIndex((member) => member.id === node);
  return members.slice(0, at).map((member) => member.address);
}
async function look(context) {
  await (0, import_context.openPhase)(context);
  const { spec, node, mark: found } = context;
  if (spec.members[0]?.id === spec.node)
    throw new import_errors.Refused(`${spec.node} is the first member: it restores and joins nobody`);
  context.restored = await (0, import_context.readRestored)(context);
  if (context.restored === void 0) {
    throw new import_errors.Refused(
      `recovery ${spec.plan.recoveryId} has no restored first node yet: an empty node must not start before it (hazard 1)`
    );
  }
  if (found?.recoveryId === spec.plan.recoveryId && found.how === "joined") return;
  await refuseUnlessEmpty(context);
  if (await node.service.running() || await node.http.answers()) {
    throw new import_errors.Refused(
      `a database runs on ${spec.node} (${node.config.node.adminUrl}) that this recovery did not start. Stop it, or name another node.`
    );
  }
}
async function refuseUnlessEmpty({ node, spec, mark: found }) {
  const { dataDirectory } = node.config.node;
  const [file] = await (0, import_context.databaseFiles)(dataDirectory);
  if (found === void 0 && file === void 0) return;
  const what = found === void 0 ? `it holds ${file}` : `it holds the data of recovery ${found.recoveryId}`;
  throw new import_errors.Refused(
    `${dataDirectory} on ${spec.node} is not empty: ${what}. Only an empty node joins; nothing was touched.`
  );
}
async function mark(context) {
  if (context.mark !== void 0) return;
  context.mark = {
    format: "neumann-recovery-mark/1",
    recoveryId: context.spec.plan.recoveryId,
    digest: context.spec.planDigest,
    how: "joined"
  };
  await (0, import_files.replaceFile)((0, import_context.markFile)(context.node.config.node.dataDirectory), `${JSON.stringify(context.mark)}
`);
}
async function configure(context) {
  if (await context.node.service.running()) return;
  await (0, import_config.changeConfig)(context.node.config.node.configFile, { cluster: { peers: joinedBefore(context) } });
}
async function start(context, control) {
  await control.point();
  await context.node.service.start();
}
const catchUpDeadlineMs = 36e5;
async function catchUp(context) {
  const { node, spec, restored } = context;
  const goal = Math.max(restored?.index ?? 0, await committed(context));
  for (const deadline = Date.now() + catchUpDeadlineMs; ; await (0, import_promises.setTimeout)(50)) {
    const metrics = await node.http.metrics().catch(() => void 0);
    if (metrics !== void 0 && metrics.appliedIndex >= goal && await node.admin.healthyQuorum()) break;
    if (Date.now() > deadline)
      throw new import_errors.WorldFault(`${spec.node} did not catch up to index ${goal}. Look at the database's log.`);
  }
  const info = await node.admin.clusterInfo();
  if (restored !== void 0 && info.clusterId !== restored.databaseClusterId) {
    throw new import_errors.Refused(
      `${spec.node} belongs to cluster ${info.clusterId}, not to the restored ${restored.databaseClusterId}: it found other peers. Stop it and look at its network.`
    );
  }
  context.result.joined = true;
  context.result.appliedIndex = goal;
}
const memberDeadlineMs = 12e4;
async function committed({ node, spec }) {
  for (const deadline = Date.now() + memberDeadlineMs; ; await (0, import_promises.setTimeout)(50)) {
    const info = await node.admin.clusterInfo().catch(() => void 0);
    if (info?.leaderId && info.members.some((member) => member.id === spec.node)) return info.commitIndex;
    if (Date.now() > deadline) {
      throw new import_errors.WorldFault(
        `${spec.node} did not become a member in ${memberDeadlineMs / 1e3} s. Can it reach ${spec.members[0]?.address}?`
      );
    }
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  restoreJoin
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiam9pbi50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7O0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHNCQUFvQztBQUVwQyxvQkFBNkI7QUFDN0IsbUJBQTRCO0FBQzVCLG9CQUFvQztBQUVwQyxxQkFBeUc7QUFPbEcsTUFBTSxjQUFzQztBQUFBLEVBQ2pELE1BQU07QUFBQSxFQUNOLE9BQU87QUFBQSxJQUNMLEVBQUUsTUFBTSxRQUFRLE9BQU8seUNBQXlDLEtBQUssS0FBSztBQUFBLElBQzFFLEVBQUUsTUFBTSxRQUFRLE9BQU8sOEJBQThCLEtBQUssS0FBSztBQUFBLElBQy9ELEVBQUUsTUFBTSxhQUFhLE9BQU8sNkJBQTZCLEtBQUssVUFBVTtBQUFBLElBQ3hFLEVBQUUsTUFBTSxTQUFTLE9BQU8seUJBQXlCLEtBQUssTUFBTTtBQUFBLElBQzVELEVBQUUsTUFBTSxZQUFZLE9BQU8sK0JBQStCLEtBQUssUUFBUTtBQUFBLEVBQ3pFO0FBQ0Y7QUFHQSxTQUFTLGFBQWEsU0FBbUM7QUFDdkQsUUFBTSxFQUFFLFNBQVMsS0FBSyxJQUFJLFFBQVE7QUFDbEMsUUFBTSxLQUFLLFFBQVEsVUFBVSxDQUFDLFdBQVcsT0FBTyxPQUFPLElBQUk7QUFDM0QsU0FBTyxRQUFRLE1BQU0sR0FBRyxFQUFFLEVBQUUsSUFBSSxDQUFDLFdBQVcsT0FBTyxPQUFPO0FBQzVEO0FBRUEsZUFBZSxLQUFLLFNBQXFDO0FBQ3ZELFlBQU0sMEJBQVUsT0FBTztBQUN2QixRQUFNLEVBQUUsTUFBTSxNQUFNLE1BQU0sTUFBTSxJQUFJO0FBQ3BDLE1BQUksS0FBSyxRQUFRLENBQUMsR0FBRyxPQUFPLEtBQUs7QUFDL0IsVUFBTSxJQUFJLHNCQUFRLEdBQUcsS0FBSyxJQUFJLG9EQUFvRDtBQUNwRixVQUFRLFdBQVcsVUFBTSw2QkFBYSxPQUFPO0FBQzdDLE1BQUksUUFBUSxhQUFhLFFBQVc7QUFDbEMsVUFBTSxJQUFJO0FBQUEsTUFDUixZQUFZLEtBQUssS0FBSyxVQUFVO0FBQUEsSUFDbEM7QUFBQSxFQUNGO0FBQ0EsTUFBSSxPQUFPLGVBQWUsS0FBSyxLQUFLLGNBQWMsTUFBTSxRQUFRLFNBQVU7QUFDMUUsUUFBTSxrQkFBa0IsT0FBTztBQUMvQixNQUFLLE1BQU0sS0FBSyxRQUFRLFFBQVEsS0FBTyxNQUFNLEtBQUssS0FBSyxRQUFRLEdBQUk7QUFDakUsVUFBTSxJQUFJO0FBQUEsTUFDUixzQkFBc0IsS0FBSyxJQUFJLEtBQUssS0FBSyxPQUFPLEtBQUssUUFBUTtBQUFBLElBQy9EO0FBQUEsRUFDRjtBQUNGO0FBRUEsZUFBZSxrQkFBa0IsRUFBRSxNQUFNLE1BQU0sTUFBTSxNQUFNLEdBQStCO0FBQ3hGLFFBQU0sRUFBRSxjQUFjLElBQUksS0FBSyxPQUFPO0FBQ3RDLFFBQU0sQ0FBQyxJQUFJLElBQUksVUFBTSw4QkFBYyxhQUFhO0FBQ2hELE1BQUksVUFBVSxVQUFhLFNBQVMsT0FBVztBQUMvQyxRQUFNLE9BQU8sVUFBVSxTQUFZLFlBQVksSUFBSSxLQUFLLGlDQUFpQyxNQUFNLFVBQVU7QUFDekcsUUFBTSxJQUFJO0FBQUEsSUFDUixHQUFHLGFBQWEsT0FBTyxLQUFLLElBQUksa0JBQWtCLElBQUk7QUFBQSxFQUN4RDtBQUNGO0FBRUEsZUFBZSxLQUFLLFNBQXFDO0FBQ3ZELE1BQUksUUFBUSxTQUFTLE9BQVc7QUFDaEMsVUFBUSxPQUFPO0FBQUEsSUFDYixRQUFRO0FBQUEsSUFDUixZQUFZLFFBQVEsS0FBSyxLQUFLO0FBQUEsSUFDOUIsUUFBUSxRQUFRLEtBQUs7QUFBQSxJQUNyQixLQUFLO0FBQUEsRUFDUDtBQUNBLFlBQU0sOEJBQVkseUJBQVMsUUFBUSxLQUFLLE9BQU8sS0FBSyxhQUFhLEdBQUcsR0FBRyxLQUFLLFVBQVUsUUFBUSxJQUFJLENBQUM7QUFBQSxDQUFJO0FBQ3pHO0FBRUEsZUFBZSxVQUFVLFNBQXFDO0FBQzVELE1BQUksTUFBTSxRQUFRLEtBQUssUUFBUSxRQUFRLEVBQUc7QUFDMUMsWUFBTSw0QkFBYSxRQUFRLEtBQUssT0FBTyxLQUFLLFlBQVksRUFBRSxTQUFTLEVBQUUsT0FBTyxhQUFhLE9BQU8sRUFBRSxFQUFFLENBQUM7QUFDdkc7QUFFQSxlQUFlLE1BQU0sU0FBc0IsU0FBcUM7QUFDOUUsUUFBTSxRQUFRLE1BQU07QUFDcEIsUUFBTSxRQUFRLEtBQUssUUFBUSxNQUFNO0FBQ25DO0FBRUEsTUFBTSxvQkFBb0I7QUFHMUIsZUFBZSxRQUFRLFNBQXFDO0FBQzFELFFBQU0sRUFBRSxNQUFNLE1BQU0sU0FBUyxJQUFJO0FBQ2pDLFFBQU0sT0FBTyxLQUFLLElBQUksVUFBVSxTQUFTLEdBQUcsTUFBTSxVQUFVLE9BQU8sQ0FBQztBQUNwRSxhQUFXLFdBQVcsS0FBSyxJQUFJLElBQUkscUJBQXFCLFVBQU0sZ0JBQUFBLFlBQU0sRUFBRSxHQUFHO0FBQ3ZFLFVBQU0sVUFBVSxNQUFNLEtBQUssS0FBSyxRQUFRLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFDL0QsUUFBSSxZQUFZLFVBQWEsUUFBUSxnQkFBZ0IsUUFBUyxNQUFNLEtBQUssTUFBTSxjQUFjLEVBQUk7QUFDakcsUUFBSSxLQUFLLElBQUksSUFBSTtBQUNmLFlBQU0sSUFBSSx5QkFBVyxHQUFHLEtBQUssSUFBSSw4QkFBOEIsSUFBSSwrQkFBK0I7QUFBQSxFQUN0RztBQUNBLFFBQU0sT0FBTyxNQUFNLEtBQUssTUFBTSxZQUFZO0FBQzFDLE1BQUksYUFBYSxVQUFhLEtBQUssY0FBYyxTQUFTLG1CQUFtQjtBQUMzRSxVQUFNLElBQUk7QUFBQSxNQUNSLEdBQUcsS0FBSyxJQUFJLHVCQUF1QixLQUFLLFNBQVMseUJBQXlCLFNBQVMsaUJBQWlCO0FBQUEsSUFDdEc7QUFBQSxFQUNGO0FBQ0EsVUFBUSxPQUFPLFNBQVM7QUFDeEIsVUFBUSxPQUFPLGVBQWU7QUFDaEM7QUFFQSxNQUFNLG1CQUFtQjtBQUd6QixlQUFlLFVBQVUsRUFBRSxNQUFNLEtBQUssR0FBaUM7QUFDckUsYUFBVyxXQUFXLEtBQUssSUFBSSxJQUFJLG9CQUFvQixVQUFNLGdCQUFBQSxZQUFNLEVBQUUsR0FBRztBQUN0RSxVQUFNLE9BQU8sTUFBTSxLQUFLLE1BQU0sWUFBWSxFQUFFLE1BQU0sTUFBTSxNQUFTO0FBQ2pFLFFBQUksTUFBTSxZQUFZLEtBQUssUUFBUSxLQUFLLENBQUMsV0FBVyxPQUFPLE9BQU8sS0FBSyxJQUFJLEVBQUcsUUFBTyxLQUFLO0FBQzFGLFFBQUksS0FBSyxJQUFJLElBQUksVUFBVTtBQUN6QixZQUFNLElBQUk7QUFBQSxRQUNSLEdBQUcsS0FBSyxJQUFJLCtCQUErQixtQkFBbUIsR0FBSSxvQkFBb0IsS0FBSyxRQUFRLENBQUMsR0FBRyxPQUFPO0FBQUEsTUFDaEg7QUFBQSxJQUNGO0FBQUEsRUFDRjtBQUNGOyIsCiAgIm5hbWVzIjogWyJzbGVlcCJdCn0K
