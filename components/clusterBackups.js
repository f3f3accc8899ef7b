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
var clusterBackups_exports = {};
__export(clusterBackups_exports, {
  ClusterBackups: () => ClusterBackups
});
module.exports = __toCommonJS(clusterBackups_exports);
var pulumi = __toESM(require("@pulumi/pulumi"));
var import_arguments = require("./arguments");
var import_dependency = require("./dependency");
var import_hostCommand = require("./hostCommand");
var import_hosts = require("./hosts");
var import_policyArgs = require("./policyArgs");
var import_protection = require("./protection");
var import_timeouts = require("./timeouts");
class ClusterBackups extends pulumi.ComponentResource {
  /**
   * Names what is installed: changes whenever the agent, its configuration or the policy change on any node.
   */
  generation;
  /**
   * The archive; who uses it waits until the cluster is protected.
   */
  archive;
  /**
   * The complete policy.
   */
  policy;
  /**
   * When the agent makes which backup.
   */
  schedules;
  constructor(name, args, opts) {
    const subject = `ClusterBackups ${JSON.stringify(name)} cannot be created`;
    const checked = (0, import_arguments.checkArguments)({
      subject,
      args,
      open: () => ({ ...args, nodes: (0, import_hosts.withoutConnections)(args.nodes) }),
      structure: (given, mistakes) => {
        (0, import_hosts.checkHostStructure)(given.nodes, "nodes", mistakes);
        (0, import_protection.checkOnUnreachable)(given.onUnreachable, mistakes);
      },
      check: import_protection.checkProtection
    });
    super("pulumi-neumann:index:ClusterBackups", name, {}, opts);
    const owner = (0, import_protection.ownerOf)("ClusterBackups", name);
    const plan = checked.apply((known) => (0, import_protection.planProtection)(known, { owner, hold: false }));
    const nodes = (0, import_protection.installAgents)({ name, subject, args }, plan, { parent: this });
    const rolledOut = rollOut(name, nodes, { parent: this });
    for (const advice of (0, import_hosts.adviseHosts)(args.nodes, "nodes")) void pulumi.log.warn(advice, this);
    this.generation = plan.apply((known) => known.generation);
    this.archive = (0, import_dependency.after)(
      rolledOut,
      plan.apply((known) => known.archive)
    );
    this.policy = plan.apply((known) => known.policy);
    this.schedules = plan.apply((known) => (0, import_policyArgs.schedulesOf)(known.policy));
    const { generation, archive, policy, schedules } = this;
    this.registerOutputs({ generation, archive, policy, schedules });
  }
}
function rollOut(name, nodes, opts) {
  const done = nodes.map((node) => node.install.resource);
  for (const turn of ["follower", "last"]) {
    const role = turn === "follower" ? "rollout" : "rollout-last";
    for (const { nodeId, host, specification } of nodes) {
      const step = {
        host,
        copy: import_hostCommand.AgentCopy.Installed,
        create: ["rollout", "--turn", turn],
        specification,
        timeoutMinutes: import_timeouts.healthMinutes
      };
      done.push((0, import_hostCommand.hostCommand)(`${name}-${role}-${nodeId}`, step, { ...opts, dependsOn: [...done] }).resource);
    }
  }
  return done;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  ClusterBackups
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsiY2x1c3RlckJhY2t1cHMudHMiXSwKICAibWFwcGluZ3MiOiAiOzs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7Ozs7QUFBQTtBQUFBO0FBQUE7QUFBQTtBQUFBO0FBQUEsYUFBd0I7QUFHeEIsdUJBQStCO0FBQy9CLHdCQUFzQjtBQUN0Qix5QkFBdUM7QUFDdkMsbUJBQW1GO0FBQ25GLHdCQUF3RTtBQUN4RSx3QkFRTztBQUNQLHNCQUE4QjtBQXFDdkIsTUFBTSx1QkFBdUIsT0FBTyxrQkFBa0I7QUFBQTtBQUFBO0FBQUE7QUFBQSxFQUlsRDtBQUFBO0FBQUE7QUFBQTtBQUFBLEVBSUE7QUFBQTtBQUFBO0FBQUE7QUFBQSxFQUlBO0FBQUE7QUFBQTtBQUFBO0FBQUEsRUFJQTtBQUFBLEVBRVQsWUFBWSxNQUFjLE1BQTBCLE1BQXdDO0FBQzFGLFVBQU0sVUFBVSxrQkFBa0IsS0FBSyxVQUFVLElBQUksQ0FBQztBQUN0RCxVQUFNLGNBQVUsaUNBQWU7QUFBQSxNQUM3QjtBQUFBLE1BQ0E7QUFBQSxNQUNBLE1BQU0sT0FBTyxFQUFFLEdBQUcsTUFBTSxXQUFPLGlDQUFtQixLQUFLLEtBQUssRUFBRTtBQUFBLE1BQzlELFdBQVcsQ0FBQyxPQUFPLGFBQWE7QUFDOUIsNkNBQW1CLE1BQU0sT0FBTyxTQUFTLFFBQVE7QUFDakQsa0RBQW1CLE1BQU0sZUFBZSxRQUFRO0FBQUEsTUFDbEQ7QUFBQSxNQUNBLE9BQU87QUFBQSxJQUNULENBQUM7QUFDRCxVQUFNLHVDQUF1QyxNQUFNLENBQUMsR0FBRyxJQUFJO0FBRTNELFVBQU0sWUFBUSwyQkFBUSxrQkFBa0IsSUFBSTtBQUM1QyxVQUFNLE9BQU8sUUFBUSxNQUFNLENBQUMsY0FBVSxrQ0FBZSxPQUFPLEVBQUUsT0FBTyxNQUFNLE1BQU0sQ0FBQyxDQUFDO0FBQ25GLFVBQU0sWUFBUSxpQ0FBYyxFQUFFLE1BQU0sU0FBUyxLQUFLLEdBQUcsTUFBTSxFQUFFLFFBQVEsS0FBSyxDQUFDO0FBQzNFLFVBQU0sWUFBWSxRQUFRLE1BQU0sT0FBTyxFQUFFLFFBQVEsS0FBSyxDQUFDO0FBQ3ZELGVBQVcsY0FBVSwwQkFBWSxLQUFLLE9BQU8sT0FBTyxFQUFHLE1BQUssT0FBTyxJQUFJLEtBQUssUUFBUSxJQUFJO0FBRXhGLFNBQUssYUFBYSxLQUFLLE1BQU0sQ0FBQyxVQUFVLE1BQU0sVUFBVTtBQUN4RCxTQUFLLGNBQVU7QUFBQSxNQUNiO0FBQUEsTUFDQSxLQUFLLE1BQU0sQ0FBQyxVQUFVLE1BQU0sT0FBTztBQUFBLElBQ3JDO0FBQ0EsU0FBSyxTQUFTLEtBQUssTUFBTSxDQUFDLFVBQVUsTUFBTSxNQUFNO0FBQ2hELFNBQUssWUFBWSxLQUFLLE1BQU0sQ0FBQyxjQUFVLCtCQUFZLE1BQU0sTUFBTSxDQUFDO0FBQ2hFLFVBQU0sRUFBRSxZQUFZLFNBQVMsUUFBUSxVQUFVLElBQUk7QUFDbkQsU0FBSyxnQkFBZ0IsRUFBRSxZQUFZLFNBQVMsUUFBUSxVQUFVLENBQUM7QUFBQSxFQUNqRTtBQUNGO0FBR0EsU0FBUyxRQUFRLE1BQWMsT0FBaUMsTUFBdUQ7QUFDckgsUUFBTSxPQUEwQixNQUFNLElBQUksQ0FBQyxTQUFTLEtBQUssUUFBUSxRQUFRO0FBQ3pFLGFBQVcsUUFBUSxDQUFDLFlBQVksTUFBTSxHQUFZO0FBQ2hELFVBQU0sT0FBTyxTQUFTLGFBQWEsWUFBWTtBQUMvQyxlQUFXLEVBQUUsUUFBUSxNQUFNLGNBQWMsS0FBSyxPQUFPO0FBQ25ELFlBQU0sT0FBTztBQUFBLFFBQ1g7QUFBQSxRQUNBLE1BQU0sNkJBQVU7QUFBQSxRQUNoQixRQUFRLENBQUMsV0FBVyxVQUFVLElBQUk7QUFBQSxRQUNsQztBQUFBLFFBQ0EsZ0JBQWdCO0FBQUEsTUFDbEI7QUFDQSxXQUFLLFNBQUssZ0NBQVksR0FBRyxJQUFJLElBQUksSUFBSSxJQUFJLE1BQU0sSUFBSSxNQUFNLEVBQUUsR0FBRyxNQUFNLFdBQVcsQ0FBQyxHQUFHLElBQUksRUFBRSxDQUFDLEVBQUUsUUFBUTtBQUFBLElBQ3RHO0FBQUEsRUFDRjtBQUNBLFNBQU87QUFDVDsiLAogICJuYW1lcyI6IFtdCn0K
