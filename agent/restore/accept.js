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
var accept_exports = {};
__export(accept_exports, {
  restoreAccept: () => restoreAccept,
  restoreBase: () => restoreBase,
  restoreRelease: () => restoreRelease
});
module.exports = __toCommonJS(accept_exports);
var import_promises = require("node:timers/promises");
var import_catalog = require("../../model/catalog");
var import_parse = require("../../model/parse");
var import_records = require("../../model/records");
var import_plan = require("../commands/plan");
var import_full = require("../commands/full");
var import_catalog2 = require("../archive/catalog");
var import_open = require("../archive/open");
var import_config = require("../database/config");
var import_files = require("../host/files");
var import_lineage = require("../lineage");
var import_errors = require("../run/errors");
var import_steps = require("../run/steps");
var import_context = require("./context");
var import_errors2 = require("../run/errors");
const restoreRelease = {
  name: "restore-release",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    { name: "peers", title: "write the final list of peers", run: peers },
    { name: "lineage", title: "begin the new lineage", run: lineage },
    { name: "release", title: "let archiving flow", run: release }
  ]
};
const restoreBase = {
  name: "restore-base",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    { name: "base", title: "take the first base backup", run: base }
  ]
};
const restoreAccept = {
  name: "restore-accept",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    { name: "members", title: "check the members", run: members },
    { name: "data", title: "check counts and checksums", run: data },
    { name: "base", title: "check the base backup", run: checkBase },
    { name: "record", title: "record the acceptance", run: record }
  ]
};
async function look(context) {
  await (0, import_context.openPhase)(context);
  const { recoveryId } = context.spec.plan;
  context.restored = await (0, import_context.readRestored)(context);
  if (context.restored === void 0) throw new import_errors2.Refused(`recovery ${recoveryId} has not restored its first node yet`);
  if ((await (0, import_context.readMark)(context.node.config.node.dataDirectory))?.recoveryId !== recoveryId) {
    throw new import_errors2.Refused(`${context.spec.node} is not a node of recovery ${recoveryId}: its data folder does not say so`);
  }
  const key = (0, import_plan.recoveryKey)(context.spec.plan, "accepted");
  const text = await (0, import_context.recordsOf)(context).getText(key);
  if (text !== void 0) context.accepted = (0, import_parse.parseJsonAs)(import_records.recoveryAcceptedSchema, text, key);
}
function restoredOf(context) {
  if (context.restored === void 0) throw new Error("the first step reads the record");
  return context.restored;
}
async function peers(context) {
  const { members: all, node } = context.spec;
  const others = all.filter((member) => member.id !== node).map((member) => member.address);
  await (0, import_config.changeConfig)(context.node.config.node.configFile, { cluster: { peers: others } });
}
async function lineage(context) {
  const restored = restoredOf(context);
  const { clusterId } = context.spec.plan.archive;
  const { plan } = await (0, import_plan.resolve)({ ...context.spec.plan, approvedPlanDigest: void 0 });
  const record2 = await (0, import_lineage.writeLineage)((0, import_context.recordsOf)(context), {
    format: "neumann-lineage/1",
    lineage: restored.lineage,
    clusterId,
    databaseClusterId: restored.databaseClusterId,
    purpose: "production",
    createdAt: restored.restoredAt,
    parent: {
      lineage: plan.source.lineage,
      index: restored.index,
      backupId: plan.source.backupId,
      recoveryId: plan.recoveryId
    }
  });
  for (const archive of await ownArchives(context)) await (0, import_lineage.writeLineage)(archive, record2);
  context.result.lineage = record2.lineage;
}
async function ownArchives(context) {
  const { archive } = context.node.config;
  const primary = await (0, import_open.openArchive)(archive, archive.clusterId, "primary");
  if (archive.offsite === void 0) return [primary];
  return [primary, await (0, import_open.openArchive)(archive.offsite, archive.clusterId, "offsite")];
}
async function release(context, control) {
  const { hold } = context.node.paths;
  if (!await (0, import_files.exists)(hold)) return;
  await control.point();
  await (0, import_files.removeFile)(hold);
}
async function findBase(context) {
  const { archive } = context.node.config;
  const primary = await (0, import_open.openArchive)(archive, archive.clusterId, "primary");
  const catalog = await (0, import_catalog2.readCatalog)(archive.clusterId, [{ place: "primary", archive: primary }]);
  return (0, import_catalog.newestGood)(catalog, restoredOf(context).lineage);
}
async function base(context) {
  const there = context.accepted ? void 0 : await findBase(context);
  context.result.backupId = context.accepted?.baseBackupId ?? there?.manifest.backupId ?? null;
  if (context.result.backupId !== null) return;
  const { leaderId, nodeId } = await context.node.admin.clusterInfo();
  if (leaderId !== nodeId) return;
  const backup = { node: context.node };
  await (0, import_steps.runProcedure)(import_full.full, backup, context.reporter);
  context.result.backupId = backup.run?.backupId ?? null;
}
const healthyDeadlineMs = 6e4;
async function members(context) {
  if (context.accepted) return;
  const expected = context.spec.members.map((member) => member.id).sort();
  for (const deadline = Date.now() + healthyDeadlineMs; ; await (0, import_promises.setTimeout)(100)) {
    const info = await context.node.admin.clusterInfo().catch(() => void 0);
    const found = info?.members.map((member) => member.id).sort() ?? [];
    const same = JSON.stringify(found) === JSON.stringify(expected);
    if (same && await context.node.admin.healthyQuorum()) return;
    if (Date.now() > deadline) {
      throw new import_errors.WorldFault(
        `the cluster's members are ${found.join(", ") || "unknown"}; expected ${expected.join(", ")}, all healthy`
      );
    }
  }
}
async function data(context) {
  if (context.accepted) return;
  const { totalEntries } = restoredOf(context);
  const found = await context.node.admin.totalEntries();
  if (totalEntries !== null && found !== null && found < totalEntries) {
    throw new import_errors.Damaged(
      `${context.spec.node} counts ${found} entries, fewer than the ${totalEntries} that were restored`
    );
  }
  await context.node.admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
}
async function checkBase(context) {
  if (context.accepted) return;
  context.base = await findBase(context);
  if (context.base === void 0) {
    throw new import_errors.TryLater(
      "the recovered cluster has no good base backup yet (leadership moved while it was taken): run `pulumi up` again. Until then it is not accepted."
    );
  }
}
async function record(context) {
  const restored = restoredOf(context);
  const { members: all, plan } = context.spec;
  const accepted = context.accepted ?? {
    format: "neumann-recovery-accepted/1",
    recoveryId: plan.recoveryId,
    lineage: restored.lineage,
    baseBackupId: context.base?.manifest.backupId ?? "",
    baseTier: context.base?.manifest.tier ?? "full",
    acceptedAt: (/* @__PURE__ */ new Date()).toISOString(),
    members: all.map((member) => member.id)
  };
  const text = `${JSON.stringify(accepted)}
`;
  const key = (0, import_plan.recoveryKey)(plan, "accepted");
  if (context.accepted === void 0) await (0, import_context.recordsOf)(context).putText(key, text);
  for (const archive of await ownArchives(context)) {
    if (await archive.getText(key) === void 0) await archive.putText(key, text);
  }
  const seconds = (Date.parse(accepted.acceptedAt) - Date.parse(restored.restoredAt)) / 1e3 + restored.seconds;
  Object.assign(context.result, accepted, { state: "accepted", index: restored.index, seconds });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  restoreAccept,
  restoreBase,
  restoreRelease
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiYWNjZXB0LnRzIl0sCiAgIm1hcHBpbmdzIjogIjs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBLHNCQUFvQztBQUNwQyxxQkFBOEM7QUFFOUMsbUJBQTRCO0FBQzVCLHFCQUF1QztBQUN2QyxrQkFBcUM7QUFDckMsa0JBQXVDO0FBQ3ZDLElBQUFBLGtCQUE0QjtBQUM1QixrQkFBNEI7QUFDNUIsb0JBQTZCO0FBQzdCLG1CQUFtQztBQUNuQyxxQkFBNkI7QUFDN0Isb0JBQThDO0FBRTlDLG1CQUErRDtBQUMvRCxxQkFBa0Y7QUFDbEYsSUFBQUMsaUJBQXdCO0FBVWpCLE1BQU0saUJBQTJDO0FBQUEsRUFDdEQsTUFBTTtBQUFBLEVBQ04sT0FBTztBQUFBLElBQ0wsRUFBRSxNQUFNLFFBQVEsT0FBTyx5Q0FBeUMsS0FBSyxLQUFLO0FBQUEsSUFDMUUsRUFBRSxNQUFNLFNBQVMsT0FBTyxpQ0FBaUMsS0FBSyxNQUFNO0FBQUEsSUFDcEUsRUFBRSxNQUFNLFdBQVcsT0FBTyx5QkFBeUIsS0FBSyxRQUFRO0FBQUEsSUFDaEUsRUFBRSxNQUFNLFdBQVcsT0FBTyxzQkFBc0IsS0FBSyxRQUFRO0FBQUEsRUFDL0Q7QUFDRjtBQUdPLE1BQU0sY0FBd0M7QUFBQSxFQUNuRCxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsSUFDTCxFQUFFLE1BQU0sUUFBUSxPQUFPLHlDQUF5QyxLQUFLLEtBQUs7QUFBQSxJQUMxRSxFQUFFLE1BQU0sUUFBUSxPQUFPLDhCQUE4QixLQUFLLEtBQUs7QUFBQSxFQUNqRTtBQUNGO0FBR08sTUFBTSxnQkFBMEM7QUFBQSxFQUNyRCxNQUFNO0FBQUEsRUFDTixPQUFPO0FBQUEsSUFDTCxFQUFFLE1BQU0sUUFBUSxPQUFPLHlDQUF5QyxLQUFLLEtBQUs7QUFBQSxJQUMxRSxFQUFFLE1BQU0sV0FBVyxPQUFPLHFCQUFxQixLQUFLLFFBQVE7QUFBQSxJQUM1RCxFQUFFLE1BQU0sUUFBUSxPQUFPLDhCQUE4QixLQUFLLEtBQUs7QUFBQSxJQUMvRCxFQUFFLE1BQU0sUUFBUSxPQUFPLHlCQUF5QixLQUFLLFVBQVU7QUFBQSxJQUMvRCxFQUFFLE1BQU0sVUFBVSxPQUFPLHlCQUF5QixLQUFLLE9BQU87QUFBQSxFQUNoRTtBQUNGO0FBRUEsZUFBZSxLQUFLLFNBQXVDO0FBQ3pELFlBQU0sMEJBQVUsT0FBTztBQUN2QixRQUFNLEVBQUUsV0FBVyxJQUFJLFFBQVEsS0FBSztBQUNwQyxVQUFRLFdBQVcsVUFBTSw2QkFBYSxPQUFPO0FBQzdDLE1BQUksUUFBUSxhQUFhLE9BQVcsT0FBTSxJQUFJLHVCQUFRLFlBQVksVUFBVSxzQ0FBc0M7QUFDbEgsT0FBSyxVQUFNLHlCQUFTLFFBQVEsS0FBSyxPQUFPLEtBQUssYUFBYSxJQUFJLGVBQWUsWUFBWTtBQUN2RixVQUFNLElBQUksdUJBQVEsR0FBRyxRQUFRLEtBQUssSUFBSSw4QkFBOEIsVUFBVSxtQ0FBbUM7QUFBQSxFQUNuSDtBQUNBLFFBQU0sVUFBTSx5QkFBWSxRQUFRLEtBQUssTUFBTSxVQUFVO0FBQ3JELFFBQU0sT0FBTyxVQUFNLDBCQUFVLE9BQU8sRUFBRSxRQUFRLEdBQUc7QUFDakQsTUFBSSxTQUFTLE9BQVcsU0FBUSxlQUFXLDBCQUFZLHVDQUF3QixNQUFNLEdBQUc7QUFDMUY7QUFFQSxTQUFTLFdBQVcsU0FBMEM7QUFDNUQsTUFBSSxRQUFRLGFBQWEsT0FBVyxPQUFNLElBQUksTUFBTSxpQ0FBaUM7QUFDckYsU0FBTyxRQUFRO0FBQ2pCO0FBR0EsZUFBZSxNQUFNLFNBQXVDO0FBQzFELFFBQU0sRUFBRSxTQUFTLEtBQUssS0FBSyxJQUFJLFFBQVE7QUFDdkMsUUFBTSxTQUFTLElBQUksT0FBTyxDQUFDLFdBQVcsT0FBTyxPQUFPLElBQUksRUFBRSxJQUFJLENBQUMsV0FBVyxPQUFPLE9BQU87QUFDeEYsWUFBTSw0QkFBYSxRQUFRLEtBQUssT0FBTyxLQUFLLFlBQVksRUFBRSxTQUFTLEVBQUUsT0FBTyxPQUFPLEVBQUUsQ0FBQztBQUN4RjtBQUVBLGVBQWUsUUFBUSxTQUF1QztBQUM1RCxRQUFNLFdBQVcsV0FBVyxPQUFPO0FBQ25DLFFBQU0sRUFBRSxVQUFVLElBQUksUUFBUSxLQUFLLEtBQUs7QUFDeEMsUUFBTSxFQUFFLEtBQUssSUFBSSxVQUFNLHFCQUFRLEVBQUUsR0FBRyxRQUFRLEtBQUssTUFBTSxvQkFBb0IsT0FBVSxDQUFDO0FBQ3RGLFFBQU1DLFVBQVMsVUFBTSxpQ0FBYSwwQkFBVSxPQUFPLEdBQUc7QUFBQSxJQUNwRCxRQUFRO0FBQUEsSUFDUixTQUFTLFNBQVM7QUFBQSxJQUNsQjtBQUFBLElBQ0EsbUJBQW1CLFNBQVM7QUFBQSxJQUM1QixTQUFTO0FBQUEsSUFDVCxXQUFXLFNBQVM7QUFBQSxJQUNwQixRQUFRO0FBQUEsTUFDTixTQUFTLEtBQUssT0FBTztBQUFBLE1BQ3JCLE9BQU8sU0FBUztBQUFBLE1BQ2hCLFVBQVUsS0FBSyxPQUFPO0FBQUEsTUFDdEIsWUFBWSxLQUFLO0FBQUEsSUFDbkI7QUFBQSxFQUNGLENBQUM7QUFFRCxhQUFXLFdBQVcsTUFBTSxZQUFZLE9BQU8sRUFBRyxXQUFNLDZCQUFhLFNBQVNBLE9BQU07QUFDcEYsVUFBUSxPQUFPLFVBQVVBLFFBQU87QUFDbEM7QUFFQSxlQUFlLFlBQVksU0FBd0I7QUFDakQsUUFBTSxFQUFFLFFBQVEsSUFBSSxRQUFRLEtBQUs7QUFDakMsUUFBTSxVQUFVLFVBQU0seUJBQVksU0FBUyxRQUFRLFdBQVcsU0FBUztBQUN2RSxNQUFJLFFBQVEsWUFBWSxPQUFXLFFBQU8sQ0FBQyxPQUFPO0FBQ2xELFNBQU8sQ0FBQyxTQUFTLFVBQU0seUJBQVksUUFBUSxTQUFTLFFBQVEsV0FBVyxTQUFTLENBQUM7QUFDbkY7QUFFQSxlQUFlLFFBQVEsU0FBd0IsU0FBcUM7QUFDbEYsUUFBTSxFQUFFLEtBQUssSUFBSSxRQUFRLEtBQUs7QUFDOUIsTUFBSSxDQUFFLFVBQU0scUJBQU8sSUFBSSxFQUFJO0FBQzNCLFFBQU0sUUFBUSxNQUFNO0FBQ3BCLFlBQU0seUJBQVcsSUFBSTtBQUN2QjtBQUVBLGVBQWUsU0FBUyxTQUEyRDtBQUNqRixRQUFNLEVBQUUsUUFBUSxJQUFJLFFBQVEsS0FBSztBQUNqQyxRQUFNLFVBQVUsVUFBTSx5QkFBWSxTQUFTLFFBQVEsV0FBVyxTQUFTO0FBQ3ZFLFFBQU0sVUFBVSxVQUFNLDZCQUFZLFFBQVEsV0FBVyxDQUFDLEVBQUUsT0FBTyxXQUFXLFNBQVMsUUFBUSxDQUFDLENBQUM7QUFDN0YsYUFBTywyQkFBVyxTQUFTLFdBQVcsT0FBTyxFQUFFLE9BQU87QUFDeEQ7QUFFQSxlQUFlLEtBQUssU0FBdUM7QUFDekQsUUFBTSxRQUFRLFFBQVEsV0FBVyxTQUFZLE1BQU0sU0FBUyxPQUFPO0FBQ25FLFVBQVEsT0FBTyxXQUFXLFFBQVEsVUFBVSxnQkFBZ0IsT0FBTyxTQUFTLFlBQVk7QUFDeEYsTUFBSSxRQUFRLE9BQU8sYUFBYSxLQUFNO0FBQ3RDLFFBQU0sRUFBRSxVQUFVLE9BQU8sSUFBSSxNQUFNLFFBQVEsS0FBSyxNQUFNLFlBQVk7QUFDbEUsTUFBSSxhQUFhLE9BQVE7QUFDekIsUUFBTSxTQUFzQixFQUFFLE1BQU0sUUFBUSxLQUFLO0FBQ2pELFlBQU0sMkJBQWEsa0JBQU0sUUFBUSxRQUFRLFFBQVE7QUFDakQsVUFBUSxPQUFPLFdBQVcsT0FBTyxLQUFLLFlBQVk7QUFDcEQ7QUFFQSxNQUFNLG9CQUFvQjtBQUUxQixlQUFlLFFBQVEsU0FBdUM7QUFDNUQsTUFBSSxRQUFRLFNBQVU7QUFDdEIsUUFBTSxXQUFXLFFBQVEsS0FBSyxRQUFRLElBQUksQ0FBQyxXQUFXLE9BQU8sRUFBRSxFQUFFLEtBQUs7QUFDdEUsYUFBVyxXQUFXLEtBQUssSUFBSSxJQUFJLHFCQUFxQixVQUFNLGdCQUFBQyxZQUFNLEdBQUcsR0FBRztBQUN4RSxVQUFNLE9BQU8sTUFBTSxRQUFRLEtBQUssTUFBTSxZQUFZLEVBQUUsTUFBTSxNQUFNLE1BQVM7QUFDekUsVUFBTSxRQUFRLE1BQU0sUUFBUSxJQUFJLENBQUMsV0FBVyxPQUFPLEVBQUUsRUFBRSxLQUFLLEtBQUssQ0FBQztBQUNsRSxVQUFNLE9BQU8sS0FBSyxVQUFVLEtBQUssTUFBTSxLQUFLLFVBQVUsUUFBUTtBQUM5RCxRQUFJLFFBQVMsTUFBTSxRQUFRLEtBQUssTUFBTSxjQUFjLEVBQUk7QUFDeEQsUUFBSSxLQUFLLElBQUksSUFBSSxVQUFVO0FBQ3pCLFlBQU0sSUFBSTtBQUFBLFFBQ1IsNkJBQTZCLE1BQU0sS0FBSyxJQUFJLEtBQUssU0FBUyxjQUFjLFNBQVMsS0FBSyxJQUFJLENBQUM7QUFBQSxNQUM3RjtBQUFBLElBQ0Y7QUFBQSxFQUNGO0FBQ0Y7QUFFQSxlQUFlLEtBQUssU0FBdUM7QUFDekQsTUFBSSxRQUFRLFNBQVU7QUFDdEIsUUFBTSxFQUFFLGFBQWEsSUFBSSxXQUFXLE9BQU87QUFDM0MsUUFBTSxRQUFRLE1BQU0sUUFBUSxLQUFLLE1BQU0sYUFBYTtBQUNwRCxNQUFJLGlCQUFpQixRQUFRLFVBQVUsUUFBUSxRQUFRLGNBQWM7QUFDbkUsVUFBTSxJQUFJO0FBQUEsTUFDUixHQUFHLFFBQVEsS0FBSyxJQUFJLFdBQVcsS0FBSyw0QkFBNEIsWUFBWTtBQUFBLElBQzlFO0FBQUEsRUFDRjtBQUNBLFFBQU0sUUFBUSxLQUFLLE1BQU0sUUFBUSxDQUFDLGtCQUFrQixHQUFHLEVBQUUsZ0JBQWdCLEtBQUssQ0FBQztBQUNqRjtBQUVBLGVBQWUsVUFBVSxTQUF1QztBQUM5RCxNQUFJLFFBQVEsU0FBVTtBQUN0QixVQUFRLE9BQU8sTUFBTSxTQUFTLE9BQU87QUFDckMsTUFBSSxRQUFRLFNBQVMsUUFBVztBQUM5QixVQUFNLElBQUk7QUFBQSxNQUNSO0FBQUEsSUFDRjtBQUFBLEVBQ0Y7QUFDRjtBQUVBLGVBQWUsT0FBTyxTQUF1QztBQUMzRCxRQUFNLFdBQVcsV0FBVyxPQUFPO0FBQ25DLFFBQU0sRUFBRSxTQUFTLEtBQUssS0FBSyxJQUFJLFFBQVE7QUFDdkMsUUFBTSxXQUE2QixRQUFRLFlBQVk7QUFBQSxJQUNyRCxRQUFRO0FBQUEsSUFDUixZQUFZLEtBQUs7QUFBQSxJQUNqQixTQUFTLFNBQVM7QUFBQSxJQUNsQixjQUFjLFFBQVEsTUFBTSxTQUFTLFlBQVk7QUFBQSxJQUNqRCxVQUFVLFFBQVEsTUFBTSxTQUFTLFFBQVE7QUFBQSxJQUN6QyxhQUFZLG9CQUFJLEtBQUssR0FBRSxZQUFZO0FBQUEsSUFDbkMsU0FBUyxJQUFJLElBQUksQ0FBQyxXQUFXLE9BQU8sRUFBRTtBQUFBLEVBQ3hDO0FBQ0EsUUFBTSxPQUFPLEdBQUcsS0FBSyxVQUFVLFFBQVEsQ0FBQztBQUFBO0FBQ3hDLFFBQU0sVUFBTSx5QkFBWSxNQUFNLFVBQVU7QUFDeEMsTUFBSSxRQUFRLGFBQWEsT0FBVyxXQUFNLDBCQUFVLE9BQU8sRUFBRSxRQUFRLEtBQUssSUFBSTtBQUM5RSxhQUFXLFdBQVcsTUFBTSxZQUFZLE9BQU8sR0FBRztBQUNoRCxRQUFLLE1BQU0sUUFBUSxRQUFRLEdBQUcsTUFBTyxPQUFXLE9BQU0sUUFBUSxRQUFRLEtBQUssSUFBSTtBQUFBLEVBQ2pGO0FBQ0EsUUFBTSxXQUFXLEtBQUssTUFBTSxTQUFTLFVBQVUsSUFBSSxLQUFLLE1BQU0sU0FBUyxVQUFVLEtBQUssTUFBTyxTQUFTO0FBQ3RHLFNBQU8sT0FBTyxRQUFRLFFBQVEsVUFBVSxFQUFFLE9BQU8sWUFBWSxPQUFPLFNBQVMsT0FBTyxRQUFRLENBQUM7QUFDL0Y7IiwKICAibmFtZXMiOiBbImltcG9ydF9jYXRhbG9nIiwgImltcG9ydF9lcnJvcnMiLCAicmVjb3JkIiwgInNsZWVwIl0KfQo=
