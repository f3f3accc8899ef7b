import * as pulumi from "@pulumi/pulumi";
import { alertRules } from "../model/alertRules";
import { describeRecoveryPoints, type RecoveryPoint as PolicyPoint, recoveryPoints } from "../model/disasters";
import type { BackupPolicy } from "../model/policy";
import type { ArchiveReference } from "./archiveReference";
import { checkArguments } from "./arguments";
import { after } from "./dependency";
import { checkReconcile, showDrift } from "./drift";
import { AgentCopy, hostCommand } from "./hostCommand";
import { adviseHosts, checkHostStructure, type HostArgs, withoutConnections } from "./hosts";
import { type BackupPolicyArgs, type BackupSchedule, schedulesOf } from "./policyArgs";
import {
  adviseKeys,
  checkOnUnreachable,
  checkProtection,
  installAgents,
  keysOf,
  type OnUnreachable,
  ownerOf,
  planProtection,
  type ProtectedNode,
  type ProtectionPlan,
} from "./protection";
import { checkKitFile, keepKit } from "./recoveryKit";
import type { NodeKey, RecoveryPoint } from "./results";
import { sealed } from "./sealed";
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
   * Where backups go, such as the `reference` of a DirectoryArchive or a BucketArchive.
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
  /**
   * A text that you change to have mended what somebody changed by hand on the hosts, such as today's date. A preview
   * warns of what differs; an up leaves it as it is until this has another value, then puts everything there again, and
   * restarts nodes, one at a time, where config.toml had to be changed.
   * @default none
   */
  reconcile?: pulumi.Input<string>;
  /**
   * Absolute path of a file on the machine where Pulumi runs that gets the recovery kit too. Its folder must be there; an
   * older kit of the same cluster is replaced, and nothing else. Destroying the component leaves it.
   * @default none: the kit lies in the archives and is the output `recoveryKit`
   */
  kitFile?: pulumi.Input<string>;
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
   * Names what is installed: changes with `reconcile`, and whenever the agent, its configuration or the policy change on
   * any node.
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
  /**
   * What every kind of disaster may cost, and what it is recovered from.
   */
  readonly recoveryPoints: pulumi.Output<RecoveryPoint[]>;
  /**
   * Public keys of the nodes, in their order: what they sign backups with. Keep them apart from the archive, and name them
   * in the policy of a recovery (`policy.signing.trustedKeys`).
   */
  readonly publicKeys: pulumi.Output<string[]>;
  /**
   * Prometheus' alerting rules for this cluster and policy, as YAML: docs/monitoring.md says what each means.
   */
  readonly alertRules: pulumi.Output<string>;
  /**
   * The recovery kit, for `npx pulumi-neumann recover` on the worst day: everything that must be known then, and no
   * secret. It lies in both archives too. Keep a copy where only operators write, apart from cluster and archives.
   */
  readonly recoveryKit: pulumi.Output<string>;

  constructor(name: string, args: ClusterBackupsArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `ClusterBackups ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({ ...args, nodes: withoutConnections(args.nodes), archive: sealed(args.archive) }),
      structure: (given, mistakes) => {
        checkHostStructure(given.nodes, "nodes", mistakes);
        checkOnUnreachable(given.onUnreachable, mistakes);
      },
      check: (known, mistakes, pending) => {
        checkProtection(known, mistakes, pending);
        if (!pending("kitFile")) checkKitFile(known.kitFile, mistakes);
        if (!pending("reconcile")) checkReconcile(known.reconcile, mistakes);
      },
    });
    super("pulumi-neumann:index:ClusterBackups", name, {}, opts);

    const owner = ownerOf("ClusterBackups", name);
    const plan = checked.apply((known) => planProtection(known, { owner, hold: false, reconcile: known.reconcile }));
    const nodes = installAgents({ name, subject, args, owner }, plan, { parent: this });
    const rolledOut = rollOut(name, nodes, { parent: this });
    for (const advice of adviseHosts(args.nodes, "nodes")) void pulumi.log.warn(advice, this);

    const open = pulumi.unsecret(
      plan.apply((known) => ({
        generation: known.generation,
        policy: known.policy,
        alertRules: rulesOf(known),
        recoveryPoints: pointsOf(known),
      })),
    );
    this.generation = open.generation;
    this.archive = after<ArchiveReference>(
      rolledOut,
      plan.apply((known) => known.archive),
    );
    this.policy = open.policy;
    this.schedules = this.policy.apply(schedulesOf);
    this.alertRules = open.alertRules;
    this.recoveryPoints = open.recoveryPoints.apply((points) =>
      points.map(({ lostSeconds, ...point }) => ({ ...point, ...(lostSeconds === null ? {} : { lostSeconds }) })),
    );
    if (pulumi.runtime.isDryRun()) {
      showRecoveryPoints(this, open.recoveryPoints);
      showDrift(this, { name, owner }, nodes);
    }
    const keys = keysOf(nodes);
    this.publicKeys = keys.apply((known) => known.map(({ publicKey }) => publicKey));
    warnOfKeys(this, keys);
    const file = args.kitFile === undefined ? undefined : checked.apply((known) => known.kitFile as string);
    this.recoveryKit = keepKit(name, { plan, nodes, keys, file: file && pulumi.unsecret(file) }, { parent: this });
    const { generation, archive, policy, schedules, publicKeys, alertRules, recoveryPoints, recoveryKit } = this;
    const outputs = { generation, archive, policy, schedules, publicKeys, alertRules };
    this.registerOutputs({ ...outputs, recoveryPoints, recoveryKit });
  }
}

/** A key is known only once its node is installed: too late to refuse, and no reason to. */
function warnOfKeys(backups: ClusterBackups, keys: pulumi.Output<NodeKey[]>): void {
  pulumi.all([keys, backups.policy]).apply(async ([known, { signing }]) => {
    const advice = adviseKeys(known, signing);
    if (advice !== null) await pulumi.log.warn(advice, backups);
  });
}

/** Keys of the archive are not in it: only its name is. */
function rulesOf({ archive, policy, hosts }: ProtectionPlan): string {
  const { clusterId, offsite } = archive;
  return alertRules({ clusterId, policy, offsite: offsite !== undefined, nodes: hosts.map(({ node }) => node.id) });
}

function pointsOf({ archive, policy, hosts }: ProtectionPlan): PolicyPoint[] {
  return recoveryPoints({ policy, nodes: hosts.length, primary: archive.kind, offsite: archive.offsite?.kind });
}

/** Before the worst day, and where the policy is changed. */
function showRecoveryPoints(backups: ClusterBackups, points: pulumi.Output<PolicyPoint[]>): void {
  points.apply((known) => pulumi.log.info(describeRecoveryPoints(known), backups));
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
