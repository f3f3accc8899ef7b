import * as pulumi from "@pulumi/pulumi";
import { Mistakes } from "../model/mistakes";
import type { PlanSpec } from "../model/specs";
import { type ArchiveReference, archiveSpec } from "./archiveReference";
import { checkArguments, type Pending } from "./arguments";
import { checkHostStructure, type HostArgs, withoutConnections } from "./hosts";
import { recoverOntoNew } from "./newNodes";
import { type BackupPolicyArgs, planPolicy } from "./policyArgs";
import { checkIdentity, secretIdentity } from "./identity";
import { checkOnUnreachable, checkProtection, type OnUnreachable } from "./protection";
import { checkClusterName, checkRecoveryNames, checkRestorePoint } from "./recoveryPhases";
import type { RecoveryPlan, RecoveryReport } from "./results";
import { sealed } from "./sealed";

/**
 * Arguments of DisasterRecovery.
 */
export interface DisasterRecoveryArgs {
  /**
   * The archive: its off-site copy is restored from, its first place takes the backups of the recovered cluster. The
   * first place may be new and empty.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * The new nodes, stopped and empty. The first one restores, the others join it one at a time, in this order.
   */
  nodes: HostArgs[];
  /**
   * What to restore: `latest-offsite`, `latest`, `end-of-log`, `backup:ID`, `time:2026-11-23T10:30:00Z` (UTC) or `index:N`
   * (docs/recovery.md). `time` and `end-of-log` need the archive of the lost cluster.
   * @default latest-offsite
   */
  restorePoint?: pulumi.Input<string>;
  /**
   * Names this recovery for ever, such as `2026-11-23`. A recovery restores once: with the same name nothing happens
   * again, whatever became of Pulumi's state; another restore needs another name and empty nodes.
   */
  recoveryId: pulumi.Input<string>;
  /**
   * The digest that a preview showed. With it, any other plan is refused.
   * @default whatever plan the up shows
   */
  approvedPlanDigest?: pulumi.Input<string>;
  /**
   * `[cluster] name` of the recovered cluster.
   * @default the archive's `clusterId`
   */
  clusterName?: pulumi.Input<string>;
  /**
   * What differs from the runbook's table, for the recovered cluster. Only `signing.trustedKeys` is about the lost one: it
   * decides what is restored, and the new nodes, which have new keys, do not get it.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * Opens an encrypted backup: the line of an age identity, as a secret. It reaches the first node by standard input, and
   * stays neither there nor in clear in the state. Not needed any more once the recovery is restored.
   * @default none: only what is not encrypted can be restored
   */
  identity?: pulumi.Input<string>;
  /**
   * What to do about a host that does not answer when the agent should be removed from it.
   * @default fail
   */
  onUnreachable?: OnUnreachable;
}

/**
 * Recovers a lost cluster on new nodes. A preview shows the plan with its digest and touches nothing. An up restores
 * on the first node, proves the data there before it is put in place, bootstraps it once, lets the other nodes join
 * empty, one at a time, and accepts the result when its members, checksums and counts are right and it has a first
 * full backup of its own. From then on the nodes are protected by the agent that this component installed.
 * Run again it changes nothing.
 *
 * In the runbook: "Disaster Recovery (Complete Loss)", "Full Cluster Restore" and "Verification".
 *
 * ```ts
 * const recovered = new DisasterRecovery("dr", {
 *   archive: archive.reference,
 *   nodes: fresh.hosts,
 *   recoveryId: "2026-11-23",
 * });
 * export const report = recovered.report;
 * ```
 */
export class DisasterRecovery extends pulumi.ComponentResource {
  /**
   * What is restored, from where. Known in a preview.
   */
  readonly plan: pulumi.Output<RecoveryPlan>;
  /**
   * Digest of the plan, for `approvedPlanDigest`. Known in a preview.
   */
  readonly planDigest: pulumi.Output<string>;
  /**
   * What the recovery did.
   */
  readonly report: pulumi.Output<RecoveryReport>;
  /**
   * The new history that the recovered cluster writes.
   */
  readonly lineage: pulumi.Output<string>;
  /**
   * Public keys of the new nodes, in their order: for the policy of whatever protects or recovers them next.
   */
  readonly publicKeys: pulumi.Output<string[]>;

  constructor(name: string, args: DisasterRecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `DisasterRecovery ${JSON.stringify(name)} cannot be created`;
    const open = () => ({
      ...args,
      nodes: withoutConnections(args.nodes),
      archive: sealed(args.archive),
      identity: secretIdentity(args.identity),
    });
    const checked = checkArguments({ subject, args, open, structure: checkStructure, check: checkRecovery });
    super("pulumi-neumann:index:DisasterRecovery", name, {}, opts);

    const nodeIds = args.nodes.map((node) => node.nodeId);
    const planSpec = checked.apply((known) => planSpecOf(known, nodeIds));
    const recovered = recoverOntoNew(this, { type: "DisasterRecovery", name, subject, args, checked, planSpec });
    this.plan = recovered.plan;
    this.planDigest = recovered.planDigest;
    this.report = recovered.report;
    this.lineage = recovered.lineage;
    this.publicKeys = recovered.publicKeys;
    this.registerOutputs(recovered);
  }
}

type KnownArgs = pulumi.Unwrap<DisasterRecoveryArgs>;

function checkStructure(args: DisasterRecoveryArgs, mistakes: Mistakes): void {
  checkHostStructure(args.nodes, "nodes", mistakes);
  checkOnUnreachable(args.onUnreachable, mistakes);
}

const defaultRestorePoint = "latest-offsite";

function checkRecovery(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  checkProtection(known, mistakes, pending);
  checkRecoveryNames(known, mistakes);
  checkIdentity(known.identity, mistakes);
  checkClusterName(known.clusterName, mistakes);
  if (pending("restorePoint")) return;
  checkRestorePoint({ ...known, restorePoint: known.restorePoint ?? defaultRestorePoint }, mistakes, pending);
}

function planSpecOf(known: KnownArgs, nodeIds: readonly string[]): PlanSpec {
  const { approvedPlanDigest, recoveryId, identity } = known;
  const { trustedKeys } = planPolicy(known.policy, "policy", new Mistakes()).signing;
  return {
    archive: archiveSpec(known.archive),
    restorePoint: known.restorePoint ?? defaultRestorePoint,
    recoveryId,
    nodes: [...nodeIds],
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    ...(identity === undefined ? {} : { identity }),
  };
}
