import * as pulumi from "@pulumi/pulumi";
import type { BackupPolicy } from "../model/policy";
import type { ArchiveReference } from "./archiveReference";
import { checkArguments } from "./arguments";
import { after } from "./dependency";
import { AgentCopy, hostCommand } from "./hostCommand";
import { adviseHosts, checkHostStructure, type HostArgs, withoutConnections } from "./hosts";
import { type BackupPolicyArgs, type BackupSchedule, schedulesOf } from "./policyArgs";
import {
  checkOnUnreachable,
  checkProtection,
  installAgents,
  type OnUnreachable,
  ownerOf,
  planProtection,
  type ProtectedNode,
} from "./protection";
import { healthMinutes } from "./timeouts";

/**
 * Arguments of ClusterBackups.
 */
export interface ClusterBackupsArgs {
  /**
   * Every node of the cluster. A plain list, because it decides which resources there are.
   */
  nodes: HostArgs[];
  /**
   * Where backups go, such as the `reference` of a DirectoryArchive.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * What differs from the runbook's table.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * What to do about a host that does not answer when the agent should be removed from it.
   * @default fail
   */
  onUnreachable?: OnUnreachable;
}

/**
 * Protects a running cluster: installs the agent on every node, turns on the archiving of the log, and rolls that out
 * one node at a time, first those that follow, then the one that leads, each after the cluster is healthy again.
 * Destroying it stops archiving and removes the agent; no backup is deleted.
 *
 * In the runbook: "Creating Backups" and "Continuous WAL Archiving", on the schedule of "Backup Strategy".
 *
 * ```ts
 * const backups = new ClusterBackups("prod", { nodes: cluster.hosts, archive: archive.reference });
 * ```
 */
export class ClusterBackups extends pulumi.ComponentResource {
  /**
   * Names what is installed: changes whenever the agent, its configuration or the policy change on any node.
   */
  readonly generation: pulumi.Output<string>;
  /**
   * The archive; who uses it waits until the cluster is protected.
   */
  readonly archive: pulumi.Output<ArchiveReference>;
  /**
   * The complete policy.
   */
  readonly policy: pulumi.Output<BackupPolicy>;
  /**
   * When the agent makes which backup.
   */
  readonly schedules: pulumi.Output<BackupSchedule[]>;

  constructor(name: string, args: ClusterBackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `ClusterBackups ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({ ...args, nodes: withoutConnections(args.nodes) }),
      structure: (given, mistakes) => {
        checkHostStructure(given.nodes, "nodes", mistakes);
        checkOnUnreachable(given.onUnreachable, mistakes);
      },
      check: checkProtection,
    });
    super("pulumi-neumann:index:ClusterBackups", name, {}, opts);

    const owner = ownerOf("ClusterBackups", name);
    const plan = checked.apply((known) => planProtection(known, { owner, hold: false }));
    const nodes = installAgents({ name, subject, args }, plan, { parent: this });
    const rolledOut = rollOut(name, nodes, { parent: this });
    for (const advice of adviseHosts(args.nodes, "nodes")) void pulumi.log.warn(advice, this);

    this.generation = plan.apply((known) => known.generation);
    this.archive = after<ArchiveReference>(
      rolledOut,
      plan.apply((known) => known.archive),
    );
    this.policy = plan.apply((known) => known.policy);
    this.schedules = plan.apply((known) => schedulesOf(known.policy));
    const { generation, archive, policy, schedules } = this;
    this.registerOutputs({ generation, archive, policy, schedules });
  }
}

/** Restarts nodes that are due, one at a time: in the first turn those that follow, in the last the one that leads. */
function rollOut(name: string, nodes: readonly ProtectedNode[], opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const done: pulumi.Resource[] = nodes.map((node) => node.install.resource);
  for (const turn of ["follower", "last"] as const) {
    const role = turn === "follower" ? "rollout" : "rollout-last";
    for (const { nodeId, host, specification } of nodes) {
      const step = {
        host,
        copy: AgentCopy.Installed,
        create: ["rollout", "--turn", turn],
        specification,
        timeoutMinutes: healthMinutes,
      };
      done.push(hostCommand(`${name}-${role}-${nodeId}`, step, { ...opts, dependsOn: [...done] }).resource);
    }
  }
  return done;
}
