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
var disasterRecovery_exports = {};
__export(disasterRecovery_exports, {
  DisasterRecovery: () => DisasterRecovery
});
module.exports = __toCommonJS(disasterRecovery_exports);
var command = __toESM(require("@pulumi/command"));
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_layout = require("../model/layout");
var import_restorePoint = require("../model/restorePoint");
var import_archiveReference = require("./archiveReference");
var import_arguments = require("./arguments");
var import_hostCommand = require("./hostCommand");
var import_hosts = require("./hosts");
var import_protection = require("./protection");
var import_results = require("./results");
var import_timeouts = require("./timeouts");
class DisasterRecovery extends pulumi.ComponentResource {
  /**
   * What is restored, from where. Known in a preview.
   */
  plan;
  /**
   * Digest of the plan, for `approvedPlanDigest`. Known in a preview.
   */
  planDigest;
  /**
   * What the recovery did.
   */
  report;
  /**
   * The new history that the recovered cluster writes.
   */
  lineage;
  constructor(name, args, opts) {
    const subject = `DisasterRecovery ${JSON.stringify(name)} cannot be created`;
    const open = () => ({ ...args, nodes: (0, import_hosts.withoutConnections)(args.nodes) });
    const checked = (0, import_arguments.checkArguments)({ subject, args, open, structure: checkStructure, check: checkRecovery });
    super("pulumi-neumann:index:DisasterRecovery", name, {}, opts);
    const nodeIds = args.nodes.map((node) => node.nodeId);
    const planSpec = checked.apply((known) => planSpecOf(known, nodeIds));
    const result = showPlan(this, planSpec);
    const owner = (0, import_protection.ownerOf)("DisasterRecovery", name);
    const plan = checked.apply((known) => (0, import_protection.planProtection)(known, { owner, hold: true }));
    const planned = pulumi.all([plan, result]).apply(([protection]) => protection);
    const nodes = (0, import_protection.installAgents)({ name, subject, args }, planned, { parent: this });
    const restore = pulumi.all([checked, planned, planSpec, result]).apply(([known, { hosts }, spec, { digest }]) => restoreSpecOf(known, { hosts, spec, digest }));
    const { first, accept } = recover(
      name,
      { nodes, restore, recoveryId: checked.apply((k) => k.recoveryId) },
      { parent: this }
    );
    for (const advice of (0, import_hosts.adviseHosts)(args.nodes, "nodes")) void pulumi.log.warn(advice, this);
    this.plan = result.apply(import_results.describeRecoveryPlan);
    this.planDigest = result.apply(({ digest }) => digest);
    this.report = pulumi.all([first, accept]).apply(([restored, accepted]) => (0, import_results.makeReport)(restored, accepted));
    this.lineage = this.report.apply(({ lineage: lineage2 }) => lineage2);
    const { planDigest, report, lineage } = this;
    this.registerOutputs({ plan: this.plan, planDigest, report, lineage });
  }
}
function checkStructure(args, mistakes) {
  (0, import_hosts.checkHostStructure)(args.nodes, "nodes", mistakes);
  (0, import_protection.checkOnUnreachable)(args.onUnreachable, mistakes);
}
const defaultRestorePoint = "latest-offsite";
function checkRecovery(known, mistakes, pending) {
  (0, import_protection.checkProtection)(known, mistakes, pending);
  if (!(0, import_layout.isRecoveryId)(known.recoveryId)) {
    const remedy = "Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.";
    mistakes.add("recoveryId", "cannot name a recovery", known.recoveryId, remedy);
  }
  const { approvedPlanDigest, clusterName } = known;
  if (approvedPlanDigest !== void 0 && !/^[0-9a-f]{64}$/.test(approvedPlanDigest)) {
    const remedy = "Copy the 64 hex digits after `plan` from the preview.";
    mistakes.add("approvedPlanDigest", "is no digest of a plan", approvedPlanDigest, remedy);
  }
  if (clusterName !== void 0 && !/^\S+$/.test(clusterName)) {
    mistakes.add("clusterName", "is no name for a cluster", clusterName, "Such as prod.");
  }
  if (!pending("restorePoint")) checkRestorePoint(known, mistakes, pending);
}
function checkRestorePoint(known, mistakes, pending) {
  const text = known.restorePoint ?? defaultRestorePoint;
  const point = (0, import_arguments.collect)(mistakes, () => (0, import_restorePoint.parseRestorePoint)(text));
  if (point?.kind !== "latest-offsite" || pending("archive") || typeof known.archive !== "object") return;
  if (known.archive.offsite !== void 0) return;
  const remedy = "Write archive.offsite, or another restore point.";
  mistakes.add("restorePoint", "needs an archive with an off-site copy", text, remedy);
}
function planSpecOf(known, nodeIds) {
  const { approvedPlanDigest, recoveryId } = known;
  return {
    archive: (0, import_archiveReference.archiveSpec)(known.archive),
    restorePoint: known.restorePoint ?? defaultRestorePoint,
    recoveryId,
    nodes: [...nodeIds],
    ...approvedPlanDigest === void 0 ? {} : { approvedPlanDigest }
  };
}
function restoreSpecOf(known, planned) {
  const { archive, restorePoint, recoveryId, nodes } = planned.spec;
  return {
    // The approval was asked for with the plan; adding or dropping it later is no change of the recovery.
    plan: { archive, restorePoint, recoveryId, nodes },
    planDigest: planned.digest,
    clusterName: known.clusterName ?? archive.clusterId,
    members: planned.hosts.map(({ node }) => ({ id: node.id, address: node.address }))
  };
}
function showPlan(component, spec) {
  sayWhenUnknown(component, spec);
  return spec.apply(async (known) => {
    const result = await askForPlan(component, known);
    await pulumi.log.info(result.text, component);
    return result;
  });
}
async function askForPlan(component, spec) {
  const request = {
    command: (0, import_hostCommand.packageCommand)(["plan"]),
    stdin: (0, import_hostCommand.asStandardInput)(spec),
    environment: import_hostCommand.agentEnvironment,
    addPreviousOutputInEnv: false,
    logging: command.local.Logging.None
  };
  let stdout;
  try {
    ({ stdout } = await command.local.run(request, { parent: component }));
  } catch (error) {
    throw (0, import_arguments.userError)(`Recovery ${spec.recoveryId} has no plan: ${(0, import_results.agentMessage)(error)}`);
  }
  return (0, import_arguments.asUserError)(() => (0, import_results.parsePlanResult)(stdout));
}
function sayWhenUnknown(component, spec) {
  if (!pulumi.runtime.isDryRun()) return;
  const { isKnown } = spec;
  const text = "The plan cannot be shown yet: it needs values that only exist after an up. The up shows it before anything is restored.";
  void isKnown.then((known) => known ? void 0 : pulumi.log.info(text, component));
}
function recover(name, steps, opts) {
  const done = steps.nodes.map((node) => node.install.resource);
  const run = (role, phase, { nodeId, host }) => {
    const step = {
      host,
      copy: import_hostCommand.AgentCopy.Installed,
      create: ["restore", "--phase", phase],
      update: "status",
      specification: steps.restore.apply((restore) => ({ ...restore, node: nodeId })),
      triggers: [steps.recoveryId],
      timeoutMinutes: import_timeouts.dataMinutes
    };
    const { resource, stdout } = (0, import_hostCommand.hostCommand)(`${name}-${role}`, step, { ...opts, dependsOn: [...done] });
    done.push(resource);
    return stdout;
  };
  const [firstNode, ...others] = steps.nodes;
  const first = run("restore", "first", firstNode);
  for (const node of others) run(`join-${node.nodeId}`, "join", node);
  for (const phase of ["release", "base"]) {
    for (const node of steps.nodes) run(`${phase}-${node.nodeId}`, phase, node);
  }
  return { first, accept: run("accept", "accept", firstNode) };
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  DisasterRecovery
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiZGlzYXN0ZXJSZWNvdmVyeS50cyJdLAogICJtYXBwaW5ncyI6ICI7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7OztBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxjQUF5QjtBQUN6QixhQUF3QjtBQUN4QixvQkFBNkI7QUFFN0IsMEJBQWtDO0FBRWxDLDhCQUFtRDtBQUNuRCx1QkFBOEU7QUFDOUUseUJBQTBGO0FBQzFGLG1CQUFzRztBQUV0Ryx3QkFTTztBQUNQLHFCQVFPO0FBQ1Asc0JBQTRCO0FBaUVyQixNQUFNLHlCQUF5QixPQUFPLGtCQUFrQjtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBSXBEO0FBQUE7QUFBQTtBQUFBO0FBQUEsRUFJQTtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBSUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxFQUlBO0FBQUEsRUFFVCxZQUFZLE1BQWMsTUFBNEIsTUFBd0M7QUFDNUYsVUFBTSxVQUFVLG9CQUFvQixLQUFLLFVBQVUsSUFBSSxDQUFDO0FBQ3hELFVBQU0sT0FBTyxPQUFPLEVBQUUsR0FBRyxNQUFNLFdBQU8saUNBQW1CLEtBQUssS0FBSyxFQUFFO0FBQ3JFLFVBQU0sY0FBVSxpQ0FBZSxFQUFFLFNBQVMsTUFBTSxNQUFNLFdBQVcsZ0JBQWdCLE9BQU8sY0FBYyxDQUFDO0FBQ3ZHLFVBQU0seUNBQXlDLE1BQU0sQ0FBQyxHQUFHLElBQUk7QUFFN0QsVUFBTSxVQUFVLEtBQUssTUFBTSxJQUFJLENBQUMsU0FBUyxLQUFLLE1BQU07QUFDcEQsVUFBTSxXQUFXLFFBQVEsTUFBTSxDQUFDLFVBQVUsV0FBVyxPQUFPLE9BQU8sQ0FBQztBQUNwRSxVQUFNLFNBQVMsU0FBUyxNQUFNLFFBQVE7QUFDdEMsVUFBTSxZQUFRLDJCQUFRLG9CQUFvQixJQUFJO0FBQzlDLFVBQU0sT0FBTyxRQUFRLE1BQU0sQ0FBQyxjQUFVLGtDQUFlLE9BQU8sRUFBRSxPQUFPLE1BQU0sS0FBSyxDQUFDLENBQUM7QUFFbEYsVUFBTSxVQUFVLE9BQU8sSUFBSSxDQUFDLE1BQU0sTUFBTSxDQUFDLEVBQUUsTUFBTSxDQUFDLENBQUMsVUFBVSxNQUFzQixVQUFVO0FBQzdGLFVBQU0sWUFBUSxpQ0FBYyxFQUFFLE1BQU0sU0FBUyxLQUFLLEdBQUcsU0FBUyxFQUFFLFFBQVEsS0FBSyxDQUFDO0FBQzlFLFVBQU0sVUFBVSxPQUNiLElBQUksQ0FBQyxTQUFTLFNBQVMsVUFBVSxNQUFNLENBQUMsRUFDeEMsTUFBTSxDQUFDLENBQUMsT0FBTyxFQUFFLE1BQU0sR0FBRyxNQUFNLEVBQUUsT0FBTyxDQUFDLE1BQU0sY0FBYyxPQUFPLEVBQUUsT0FBTyxNQUFNLE9BQU8sQ0FBQyxDQUFDO0FBQ2hHLFVBQU0sRUFBRSxPQUFPLE9BQU8sSUFBSTtBQUFBLE1BQ3hCO0FBQUEsTUFDQSxFQUFFLE9BQU8sU0FBUyxZQUFZLFFBQVEsTUFBTSxDQUFDLE1BQU0sRUFBRSxVQUFVLEVBQUU7QUFBQSxNQUNqRSxFQUFFLFFBQVEsS0FBSztBQUFBLElBQ2pCO0FBQ0EsZUFBVyxjQUFVLDBCQUFZLEtBQUssT0FBTyxPQUFPLEVBQUcsTUFBSyxPQUFPLElBQUksS0FBSyxRQUFRLElBQUk7QUFFeEYsU0FBSyxPQUFPLE9BQU8sTUFBTSxtQ0FBb0I7QUFDN0MsU0FBSyxhQUFhLE9BQU8sTUFBTSxDQUFDLEVBQUUsT0FBTyxNQUFNLE1BQU07QUFDckQsU0FBSyxTQUFTLE9BQU8sSUFBSSxDQUFDLE9BQU8sTUFBTSxDQUFDLEVBQUUsTUFBTSxDQUFDLENBQUMsVUFBVSxRQUFRLFVBQU0sMkJBQVcsVUFBVSxRQUFRLENBQUM7QUFDeEcsU0FBSyxVQUFVLEtBQUssT0FBTyxNQUFNLENBQUMsRUFBRSxTQUFBQSxTQUFRLE1BQU1BLFFBQU87QUFDekQsVUFBTSxFQUFFLFlBQVksUUFBUSxRQUFRLElBQUk7QUFDeEMsU0FBSyxnQkFBZ0IsRUFBRSxNQUFNLEtBQUssTUFBTSxZQUFZLFFBQVEsUUFBUSxDQUFDO0FBQUEsRUFDdkU7QUFDRjtBQUlBLFNBQVMsZUFBZSxNQUE0QixVQUEwQjtBQUM1RSx1Q0FBbUIsS0FBSyxPQUFPLFNBQVMsUUFBUTtBQUNoRCw0Q0FBbUIsS0FBSyxlQUFlLFFBQVE7QUFDakQ7QUFFQSxNQUFNLHNCQUFzQjtBQUU1QixTQUFTLGNBQWMsT0FBa0IsVUFBb0IsU0FBd0I7QUFDbkYseUNBQWdCLE9BQU8sVUFBVSxPQUFPO0FBQ3hDLE1BQUksS0FBQyw0QkFBYSxNQUFNLFVBQVUsR0FBRztBQUNuQyxVQUFNLFNBQVM7QUFDZixhQUFTLElBQUksY0FBYywwQkFBMEIsTUFBTSxZQUFZLE1BQU07QUFBQSxFQUMvRTtBQUNBLFFBQU0sRUFBRSxvQkFBb0IsWUFBWSxJQUFJO0FBQzVDLE1BQUksdUJBQXVCLFVBQWEsQ0FBQyxpQkFBaUIsS0FBSyxrQkFBa0IsR0FBRztBQUNsRixVQUFNLFNBQVM7QUFDZixhQUFTLElBQUksc0JBQXNCLDBCQUEwQixvQkFBb0IsTUFBTTtBQUFBLEVBQ3pGO0FBQ0EsTUFBSSxnQkFBZ0IsVUFBYSxDQUFDLFFBQVEsS0FBSyxXQUFXLEdBQUc7QUFDM0QsYUFBUyxJQUFJLGVBQWUsNEJBQTRCLGFBQWEsZUFBZTtBQUFBLEVBQ3RGO0FBQ0EsTUFBSSxDQUFDLFFBQVEsY0FBYyxFQUFHLG1CQUFrQixPQUFPLFVBQVUsT0FBTztBQUMxRTtBQUVBLFNBQVMsa0JBQWtCLE9BQWtCLFVBQW9CLFNBQXdCO0FBQ3ZGLFFBQU0sT0FBTyxNQUFNLGdCQUFnQjtBQUNuQyxRQUFNLFlBQVEsMEJBQVEsVUFBVSxVQUFNLHVDQUFrQixJQUFJLENBQUM7QUFDN0QsTUFBSSxPQUFPLFNBQVMsb0JBQW9CLFFBQVEsU0FBUyxLQUFLLE9BQU8sTUFBTSxZQUFZLFNBQVU7QUFDakcsTUFBSSxNQUFNLFFBQVEsWUFBWSxPQUFXO0FBQ3pDLFFBQU0sU0FBUztBQUNmLFdBQVMsSUFBSSxnQkFBZ0IsMENBQTBDLE1BQU0sTUFBTTtBQUNyRjtBQUVBLFNBQVMsV0FBVyxPQUFrQixTQUFzQztBQUMxRSxRQUFNLEVBQUUsb0JBQW9CLFdBQVcsSUFBSTtBQUMzQyxTQUFPO0FBQUEsSUFDTCxhQUFTLHFDQUFZLE1BQU0sT0FBTztBQUFBLElBQ2xDLGNBQWMsTUFBTSxnQkFBZ0I7QUFBQSxJQUNwQztBQUFBLElBQ0EsT0FBTyxDQUFDLEdBQUcsT0FBTztBQUFBLElBQ2xCLEdBQUksdUJBQXVCLFNBQVksQ0FBQyxJQUFJLEVBQUUsbUJBQW1CO0FBQUEsRUFDbkU7QUFDRjtBQUtBLFNBQVMsY0FDUCxPQUNBLFNBQ21CO0FBQ25CLFFBQU0sRUFBRSxTQUFTLGNBQWMsWUFBWSxNQUFNLElBQUksUUFBUTtBQUM3RCxTQUFPO0FBQUE7QUFBQSxJQUVMLE1BQU0sRUFBRSxTQUFTLGNBQWMsWUFBWSxNQUFNO0FBQUEsSUFDakQsWUFBWSxRQUFRO0FBQUEsSUFDcEIsYUFBYSxNQUFNLGVBQWUsUUFBUTtBQUFBLElBQzFDLFNBQVMsUUFBUSxNQUFNLElBQUksQ0FBQyxFQUFFLEtBQUssT0FBTyxFQUFFLElBQUksS0FBSyxJQUFJLFNBQVMsS0FBSyxRQUFRLEVBQUU7QUFBQSxFQUNuRjtBQUNGO0FBTUEsU0FBUyxTQUFTLFdBQTRCLE1BQTBEO0FBQ3RHLGlCQUFlLFdBQVcsSUFBSTtBQUc5QixTQUFPLEtBQUssTUFBTSxPQUFPLFVBQVU7QUFDakMsVUFBTSxTQUFTLE1BQU0sV0FBVyxXQUFXLEtBQUs7QUFDaEQsVUFBTSxPQUFPLElBQUksS0FBSyxPQUFPLE1BQU0sU0FBUztBQUM1QyxXQUFPO0FBQUEsRUFDVCxDQUFDO0FBQ0g7QUFFQSxlQUFlLFdBQVcsV0FBNEIsTUFBcUM7QUFDekYsUUFBTSxVQUFpQztBQUFBLElBQ3JDLGFBQVMsbUNBQWUsQ0FBQyxNQUFNLENBQUM7QUFBQSxJQUNoQyxXQUFPLG9DQUFnQixJQUFJO0FBQUEsSUFDM0IsYUFBYTtBQUFBLElBQ2Isd0JBQXdCO0FBQUEsSUFDeEIsU0FBUyxRQUFRLE1BQU0sUUFBUTtBQUFBLEVBQ2pDO0FBQ0EsTUFBSTtBQUNKLE1BQUk7QUFDRixLQUFDLEVBQUUsT0FBTyxJQUFJLE1BQU0sUUFBUSxNQUFNLElBQUksU0FBUyxFQUFFLFFBQVEsVUFBVSxDQUFDO0FBQUEsRUFDdEUsU0FBUyxPQUFPO0FBQ2QsY0FBTSw0QkFBVSxZQUFZLEtBQUssVUFBVSxxQkFBaUIsNkJBQWEsS0FBSyxDQUFDLEVBQUU7QUFBQSxFQUNuRjtBQUNBLGFBQU8sOEJBQVksVUFBTSxnQ0FBZ0IsTUFBTSxDQUFDO0FBQ2xEO0FBRUEsU0FBUyxlQUFlLFdBQTRCLE1BQXFDO0FBQ3ZGLE1BQUksQ0FBQyxPQUFPLFFBQVEsU0FBUyxFQUFHO0FBRWhDLFFBQU0sRUFBRSxRQUFRLElBQUk7QUFDcEIsUUFBTSxPQUNKO0FBRUYsT0FBSyxRQUFRLEtBQUssQ0FBQyxVQUFXLFFBQVEsU0FBWSxPQUFPLElBQUksS0FBSyxNQUFNLFNBQVMsQ0FBRTtBQUNyRjtBQWFBLFNBQVMsUUFDUCxNQUNBLE9BQ0EsTUFDaUU7QUFDakUsUUFBTSxPQUEwQixNQUFNLE1BQU0sSUFBSSxDQUFDLFNBQVMsS0FBSyxRQUFRLFFBQVE7QUFDL0UsUUFBTSxNQUFNLENBQUMsTUFBYyxPQUFlLEVBQUUsUUFBUSxLQUFLLE1BQTRDO0FBQ25HLFVBQU0sT0FBTztBQUFBLE1BQ1g7QUFBQSxNQUNBLE1BQU0sNkJBQVU7QUFBQSxNQUNoQixRQUFRLENBQUMsV0FBVyxXQUFXLEtBQUs7QUFBQSxNQUNwQyxRQUFRO0FBQUEsTUFDUixlQUFlLE1BQU0sUUFBUSxNQUFNLENBQUMsYUFBYSxFQUFFLEdBQUcsU0FBUyxNQUFNLE9BQU8sRUFBRTtBQUFBLE1BQzlFLFVBQVUsQ0FBQyxNQUFNLFVBQVU7QUFBQSxNQUMzQixnQkFBZ0I7QUFBQSxJQUNsQjtBQUNBLFVBQU0sRUFBRSxVQUFVLE9BQU8sUUFBSSxnQ0FBWSxHQUFHLElBQUksSUFBSSxJQUFJLElBQUksTUFBTSxFQUFFLEdBQUcsTUFBTSxXQUFXLENBQUMsR0FBRyxJQUFJLEVBQUUsQ0FBQztBQUNuRyxTQUFLLEtBQUssUUFBUTtBQUNsQixXQUFPO0FBQUEsRUFDVDtBQUNBLFFBQU0sQ0FBQyxXQUFXLEdBQUcsTUFBTSxJQUFJLE1BQU07QUFDckMsUUFBTSxRQUFRLElBQUksV0FBVyxTQUFTLFNBQVM7QUFDL0MsYUFBVyxRQUFRLE9BQVEsS0FBSSxRQUFRLEtBQUssTUFBTSxJQUFJLFFBQVEsSUFBSTtBQUNsRSxhQUFXLFNBQVMsQ0FBQyxXQUFXLE1BQU0sR0FBRztBQUN2QyxlQUFXLFFBQVEsTUFBTSxNQUFPLEtBQUksR0FBRyxLQUFLLElBQUksS0FBSyxNQUFNLElBQUksT0FBTyxJQUFJO0FBQUEsRUFDNUU7QUFDQSxTQUFPLEVBQUUsT0FBTyxRQUFRLElBQUksVUFBVSxVQUFVLFNBQVMsRUFBRTtBQUM3RDsiLAogICJuYW1lcyI6IFsibGluZWFnZSJdCn0K
