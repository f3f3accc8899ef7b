import * as pulumi from "@pulumi/pulumi";
import { isLineage } from "../model/layout";
import { Mistakes } from "../model/mistakes";
import { checkTrustedKeys } from "../model/signature";
import type { PlanSpec } from "../model/specs";
import { type ArchiveReference, archiveSpec } from "./archiveReference";
import { checkArguments, type Pending } from "./arguments";
import { commandHost } from "./hostCommand";
import { adviseHosts, checkHostStructure, type HostArgs, resolveHosts, withoutConnections } from "./hosts";
import { checkProtection, ownerOf } from "./protection";
import { checkIdentity, secretIdentity } from "./identity";
import { checkRecoveryNames, checkRestorePoint, recover, restoreSpecOf, showPlan } from "./recoveryPhases";
import { describeRecoveryPlan, makeReport, type RecoveryPlan, type RecoveryReport } from "./results";
import { sealed } from "./sealed";

/**
 * Arguments of ClusterRestore.
 */
export interface ClusterRestoreArgs {
  /**
   * The nodes of the cluster that is restored in place, protected by ClusterBackups. The first one restores, the others
   * join it, empty, one at a time, in this order. A plain list, because it decides which resources there are.
   */
  nodes: HostArgs[];
  /**
   * The cluster's own archive, such as the output `archive` of ClusterBackups.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * What to restore: `time:2026-11-23T10:30:00Z` (UTC), `end-of-log`, `latest`, `latest-offsite`, `backup:ID` or `index:N`
   * (docs/recovery.md). There is no default: all that was written later leaves the cluster.
   */
  restorePoint: pulumi.Input<string>;
  /**
   * Names this restore for ever, such as `2026-11-23`. With the same name nothing happens again, whatever became of
   * Pulumi's state; another restore needs another name.
   */
  recoveryId: pulumi.Input<string>;
  /**
   * The lineage that the nodes write now, as `neumann-backup status` on a node names it. Data of any other is refused, so
   * that a wrong host is never taken for the right one.
   */
  replaces: pulumi.Input<string>;
  /**
   * Members of the cluster that are not among `nodes`, do not run and never will with their data: by id, or by address as
   * `[cluster] peers` names them. You make sure of that: two old members that come back are a majority.
   * @default none
   */
  fenced?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * The digest that a preview showed. With it, any other plan is refused.
   * @default whatever plan the up shows
   */
  approvedPlanDigest?: pulumi.Input<string>;
  /**
   * Opens an encrypted backup: the line of an age identity, as a secret. It reaches the first node by standard input, and
   * stays neither there nor in clear in the state. Not needed any more once the recovery is restored.
   * @default none: only what is not encrypted can be restored
   */
  identity?: pulumi.Input<string>;
  /**
   * Public keys: only backups that one of them signed are restored.
   * @default whatever matches the key that it brings
   */
  trustedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Restores a cluster onto its own nodes. A preview shows the plan with its digest and touches nothing. An up stops every
 * node, keeps it from starting, archives what its log still holds, proves the restored data on the first node before
 * anything moves, puts the old data aside and the new in its place, and lets the others join empty, one at a time. The
 * old data stays on each node until somebody deletes it. The agents stay those of ClusterBackups. Run again it changes
 * nothing; destroying it neither.
 *
 * Until data has moved there is a way back: `neumann-backup give-up <recoveryId>` on each node, the first one first.
 *
 * In the runbook: "Point-in-Time Recovery" and "Full Cluster Restore".
 *
 * ```ts
 * const restored = new ClusterRestore("undo", {
 *   nodes,
 *   archive: backups.archive,
 *   restorePoint: "time:2026-11-23T10:30:00Z",
 *   recoveryId: "2026-11-23",
 *   replaces: "l-4d1a09b2c3d4e5f6",
 * });
 * export const report = restored.report;
 * ```
 */
export class ClusterRestore extends pulumi.ComponentResource {
  /**
   * What is restored, from where. Known in a preview.
   */
  readonly plan: pulumi.Output<RecoveryPlan>;
  /**
   * Digest of the plan, for `approvedPlanDigest`. Known in a preview.
   */
  readonly planDigest: pulumi.Output<string>;
  /**
   * What the restore did.
   */
  readonly report: pulumi.Output<RecoveryReport>;
  /**
   * The new history that the restored cluster writes.
   */
  readonly lineage: pulumi.Output<string>;

  constructor(name: string, args: ClusterRestoreArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `ClusterRestore ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({
        ...args,
        nodes: withoutConnections(args.nodes),
        archive: sealed(args.archive),
        identity: secretIdentity(args.identity),
      }),
      structure: (given, mistakes) => checkHostStructure(given.nodes, "nodes", mistakes),
      check: checkRestore,
    });
    super("pulumi-neumann:index:ClusterRestore", name, {}, opts);

    const hosts = checked.apply((known) => resolveHosts(known.nodes, "nodes", new Mistakes()));
    const planSpec = checked.apply(planSpecOf);
    // What the agent prints holds no key.
    const result = pulumi.unsecret(showPlan(this, planSpec));
    const owner = ownerOf("ClusterRestore", name);
    const nodes = args.nodes.map((node, index) => {
      // No part of a host is secret, though the plan is where the archive's keys are.
      const agentDirectory = pulumi.unsecret(hosts.apply((known) => known[index]?.agentDirectory ?? ""));
      const place = { path: `nodes[${index}]`, agentDirectory, owner };
      return { nodeId: node.nodeId, host: commandHost(subject, node, place) };
    });
    const restore = pulumi
      .all([hosts, planSpec, result])
      .apply(([known, spec, { digest }]) => restoreSpecOf({ clusterName: undefined, hosts: known, spec, digest }));
    const recoveryId = pulumi.unsecret(checked.apply((known) => known.recoveryId));
    const { first, accept } = recover(name, { nodes, after: [], restore, recoveryId, inPlace: true }, { parent: this });
    for (const advice of adviseHosts(args.nodes, "nodes")) void pulumi.log.warn(advice, this);

    this.plan = result.apply(describeRecoveryPlan);
    this.planDigest = result.apply(({ digest }) => digest);
    this.report = pulumi.all([first, accept]).apply(([restored, accepted]) => makeReport(restored, accepted));
    this.lineage = this.report.apply(({ lineage }) => lineage);
    const { plan, planDigest, report, lineage } = this;
    this.registerOutputs({ plan, planDigest, report, lineage });
  }
}

type KnownArgs = pulumi.Unwrap<ClusterRestoreArgs>;

function checkRestore(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  checkProtection(known, mistakes, pending);
  checkRecoveryNames(known, mistakes);
  checkIdentity(known.identity, mistakes);
  if (!isLineage(known.replaces)) {
    const remedy = "Write it as `neumann-backup status` on a node names it, such as l-4d1a09b2c3d4e5f6.";
    mistakes.add("replaces", "is no lineage", known.replaces, remedy);
  }
  checkFenced(known, mistakes);
  checkTrustedKeys(known.trustedKeys ?? [], "trustedKeys", mistakes);
  if (!pending("restorePoint")) checkRestorePoint(known, mistakes, pending);
}

/** Who is fenced does not run; who is among the nodes is stopped by this. */
function checkFenced({ fenced = [], nodes }: KnownArgs, mistakes: Mistakes): void {
  if (!Array.isArray(fenced)) {
    mistakes.add("fenced", "must be a list", fenced, "Write ids or addresses of members that never come back.");
    return;
  }
  fenced.forEach((name, index) => {
    const at = `fenced[${index}]`;
    if (typeof name !== "string" || name === "") {
      mistakes.add(at, "is no member", name, "Write the id or the address of a member that never comes back.");
    } else if (nodes.some(({ nodeId, address }) => name === nodeId || name === address)) {
      mistakes.add(at, "is also among the nodes", name, "Write it in one place: it is restored, or it is gone.");
    }
  });
}

function planSpecOf(known: KnownArgs): PlanSpec {
  const { approvedPlanDigest, recoveryId, restorePoint, replaces, fenced = [], trustedKeys = [], identity } = known;
  return {
    archive: archiveSpec(known.archive),
    restorePoint,
    recoveryId,
    nodes: known.nodes.map(({ nodeId }) => nodeId),
    inPlace: { replaces, fenced },
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    ...(identity === undefined ? {} : { identity }),
  };
}
