import * as pulumi from "@pulumi/pulumi";
import { checkCloneArchive, hostOf, type ProductionNode } from "../model/clone";
import { Mistakes } from "../model/mistakes";
import type { PlanSpec } from "../model/specs";
import { type ArchiveReference, archiveSpec, checkArchiveReference } from "./archiveReference";
import { checkArguments, type Pending } from "./arguments";
import { checkHostStructure, type HostArgs, HostKind, overlaps, withoutConnections } from "./hosts";
import { checkIdentity, secretIdentity } from "./identity";
import { recoverOntoNew } from "./newNodes";
import { type BackupPolicyArgs, planPolicy } from "./policyArgs";
import { checkOnUnreachable, checkProtection, type OnUnreachable } from "./protection";
import { checkClusterName, checkRecoveryNames, checkRestorePoint } from "./recoveryPhases";
import type { RecoveryPlan, RecoveryReport } from "./results";
import { sealed } from "./sealed";

/**
 * A node of the cluster that is cloned: what the clone stays away from. The hosts of that cluster can be given as they are.
 */
export interface ProductionNodeArgs {
  /**
   * Raft address, `host:port`.
   */
  address: pulumi.Input<string>;
  /**
   * Its admin interface.
   * @default nothing is compared
   */
  adminUrl?: pulumi.Input<string>;
  /**
   * Folder that holds everything of a node on this machine.
   * @default nothing is compared
   */
  directory?: pulumi.Input<string>;
  /**
   * Folder of its data.
   * @default nothing is compared
   */
  dataDirectory?: pulumi.Input<string>;
}

/**
 * Arguments of ClusterClone.
 */
export interface ClusterCloneArgs {
  /**
   * Archive of the cluster that is cloned. It is only read: credentials that cannot write there are enough, and best.
   */
  source: pulumi.Input<ArchiveReference>;
  /**
   * The nodes of the cluster that is cloned. Their addresses and folders are refused for the clone.
   */
  productionNodes: pulumi.Input<pulumi.Input<ProductionNodeArgs>[]>;
  /**
   * The clone's own archive, in another place and under another `clusterId`: for its records, log and backups.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * The clone's nodes, stopped and empty. The first one restores, the others join it one at a time, in this order.
   */
  nodes: HostArgs[];
  /**
   * What to clone: `latest`, `end-of-log`, `latest-offsite`, `backup:ID`, `time:2026-11-23T10:30:00Z` (UTC) or `index:N`
   * (docs/recovery.md).
   * @default latest
   */
  restorePoint?: pulumi.Input<string>;
  /**
   * Names this clone for ever, such as `2026-11-23`. With the same name nothing happens again; another clone needs another
   * name and empty nodes.
   */
  recoveryId: pulumi.Input<string>;
  /**
   * The digest that a preview showed. With it, any other plan is refused.
   * @default whatever plan the up shows
   */
  approvedPlanDigest?: pulumi.Input<string>;
  /**
   * `[cluster] name` of the clone.
   * @default the `clusterId` of its own archive
   */
  clusterName?: pulumi.Input<string>;
  /**
   * What differs from the runbook's table, for the clone. Only `signing.trustedKeys` is about the cluster that is cloned.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * Opens an encrypted backup: the line of an age identity, as a secret. It reaches the first node by standard input, and
   * stays neither there nor in clear in the state. Not needed any more once the clone is restored.
   * @default none: only what is not encrypted can be cloned
   */
  identity?: pulumi.Input<string>;
  /**
   * What to do about a host that does not answer when the agent should be removed from it.
   * @default fail
   */
  onUnreachable?: OnUnreachable;
}

/**
 * Makes a copy of a cluster that goes on running. The copy can neither reach the original nor write into its archive: it
 * has peers, an identity, a history and an archive of its own. A preview shows the plan with its digest and touches
 * nothing; an up does what DisasterRecovery does. Run again it changes nothing.
 *
 * In the runbook: "Full Cluster Restore", beside a cluster that runs.
 *
 * ```ts
 * const clone = new ClusterClone("what-if", {
 *   source: archive.reference,
 *   productionNodes: cluster.hosts,
 *   archive: own.reference,
 *   nodes: fresh.hosts,
 *   recoveryId: "2026-11-23",
 * });
 * export const report = clone.report;
 * ```
 */
export class ClusterClone extends pulumi.ComponentResource {
  /**
   * What is restored, from where. Known in a preview.
   */
  readonly plan: pulumi.Output<RecoveryPlan>;
  /**
   * Digest of the plan, for `approvedPlanDigest`. Known in a preview.
   */
  readonly planDigest: pulumi.Output<string>;
  /**
   * What was done.
   */
  readonly report: pulumi.Output<RecoveryReport>;
  /**
   * The history that the clone writes, into its own archive.
   */
  readonly lineage: pulumi.Output<string>;
  /**
   * Public keys of the clone's nodes, in their order.
   */
  readonly publicKeys: pulumi.Output<string[]>;

  constructor(name: string, args: ClusterCloneArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `ClusterClone ${JSON.stringify(name)} cannot be created`;
    const open = () => ({
      ...args,
      nodes: withoutConnections(args.nodes),
      archive: sealed(args.archive),
      source: sealed(args.source),
      identity: secretIdentity(args.identity),
      productionNodes: pulumi.output(args.productionNodes).apply((nodes) => nodes.map(withoutSecrets)),
    });
    const checked = checkArguments({ subject, args, open, structure: checkStructure, check: checkClone });
    super("pulumi-neumann:index:ClusterClone", name, {}, opts);

    const nodeIds = args.nodes.map((node) => node.nodeId);
    const planSpec = checked.apply((known) => planSpecOf(known, nodeIds));
    const made = recoverOntoNew(this, { type: "ClusterClone", name, subject, args, checked, planSpec });
    this.plan = made.plan;
    this.planDigest = made.planDigest;
    this.report = made.report;
    this.lineage = made.lineage;
    this.publicKeys = made.publicKeys;
    this.registerOutputs(made);
  }
}

type KnownArgs = pulumi.Unwrap<ClusterCloneArgs>;

function checkStructure(args: ClusterCloneArgs, mistakes: Mistakes): void {
  checkHostStructure(args.nodes, "nodes", mistakes);
  checkOnUnreachable(args.onUnreachable, mistakes);
}

const defaultRestorePoint = "latest";

function checkClone(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  checkProtection(known, mistakes, pending);
  checkRecoveryNames(known, mistakes);
  checkIdentity(known.identity, mistakes);
  checkClusterName(known.clusterName, mistakes);
  if (!pending("source")) checkSource(known, mistakes, pending);
  if (!pending("productionNodes")) checkProduction(known, mistakes);
  if (pending("restorePoint")) return;
  const restorePoint = known.restorePoint ?? defaultRestorePoint;
  checkRestorePoint({ restorePoint, archive: known.source, from: "source" }, mistakes, pending);
}

function checkSource({ source, archive }: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  if (typeof source !== "object" || (source as unknown) === null) {
    const remedy = "Give the reference of the archive to clone from, such as the output archiveReference of its stack.";
    mistakes.add("source", "is required", source, remedy);
    return;
  }
  const before = mistakes.all.length;
  checkArchiveReference(source, "source", mistakes);
  if (pending("archive") || typeof archive !== "object" || (archive as unknown) === null) return;
  // References that are wrong themselves would only add noise.
  const own = new Mistakes();
  checkArchiveReference(archive, "archive", own);
  if (mistakes.all.length > before || own.all.length > 0) return;
  checkCloneArchive(archiveSpec(archive), archiveSpec(source), { path: "archive", mistakes });
}

/** What production must not be found by, and what is production's. */
function checkProduction({ nodes, productionNodes }: KnownArgs, mistakes: Mistakes): void {
  if (!Array.isArray(productionNodes) || productionNodes.length === 0) {
    const remedy =
      "Give the nodes of the cluster that is cloned, such as its output hosts: the clone stays away from them.";
    mistakes.add("productionNodes", "is required", productionNodes, remedy);
    return;
  }
  productionNodes.forEach((node: unknown, index) => {
    const { address } = (node ?? {}) as Partial<ProductionNode>;
    if (typeof address === "string" && /^\S+:\d+$/.test(address)) return;
    const remedy = "Write host:port, such as node1.internal:7878.";
    mistakes.add(`productionNodes[${index}].address`, "is no address", address, remedy);
  });
  const known = productionNodes.filter((node) => typeof (node as Partial<ProductionNode> | null)?.address === "string");
  nodes.forEach((node, index) => refuseNear(node, `nodes[${index}]`, { known, mistakes }));
}

/** A node of the clone as its checks see it. */
type CloneNode = pulumi.Unwrap<HostArgs>;

const tooNear: {
  key: "address" | "adminUrl" | "directory" | "dataDirectory";
  problem: string;
  remedy: string;
  clash: (own: CloneNode, production: ProductionNode) => boolean;
}[] = [
  {
    key: "address",
    problem: "is the address of a node of the cluster that is cloned",
    remedy: "Choose another one: the two clusters must never find each other.",
    clash: (own, production) => own.address === production.address,
  },
  {
    key: "address",
    problem: "is on a host of the cluster that is cloned, whose service and agent are there",
    remedy: "Choose another host.",
    clash: (own, { address }) =>
      own.kind === HostKind.Ssh && own.address !== address && hostOf(own.address) === hostOf(address),
  },
  {
    key: "adminUrl",
    problem: "is the admin interface of a node of the cluster that is cloned",
    remedy: "Choose another port.",
    clash: (own, { adminUrl }) => own.kind === HostKind.Local && adminUrl !== undefined && own.adminUrl === adminUrl,
  },
  {
    key: "directory",
    problem: "shares a folder with a node of the cluster that is cloned",
    remedy: "Choose a folder of its own.",
    clash: (own, { directory, dataDirectory }) =>
      [directory, dataDirectory].some((theirs) => bothIn(own.directory, theirs)),
  },
  {
    key: "dataDirectory",
    problem: "shares a folder with a node of the cluster that is cloned",
    remedy: "Choose a folder of its own.",
    clash: (own, { directory, dataDirectory }) =>
      own.kind === HostKind.Local && [directory, dataDirectory].some((theirs) => bothIn(own.dataDirectory, theirs)),
  },
];

function bothIn(one: unknown, other: unknown): boolean {
  return typeof one === "string" && typeof other === "string" && overlaps(one, other);
}

function refuseNear(
  own: CloneNode,
  path: string,
  { known, mistakes }: { known: readonly ProductionNode[]; mistakes: Mistakes },
): void {
  // Whatever else is wrong with it has been said.
  if (typeof own.address !== "string") return;
  for (const { key, problem, remedy, clash } of tooNear) {
    if (known.some((production) => clash(own, production))) mistakes.add(`${path}.${key}`, problem, own[key], remedy);
  }
}

/** The hosts of a cluster may have keys, which nobody needs here. */
function withoutSecrets({ address, adminUrl, directory, dataDirectory }: ProductionNode): ProductionNode {
  return { address, adminUrl, directory, dataDirectory };
}

function planSpecOf(known: KnownArgs, nodeIds: readonly string[]): PlanSpec {
  const { approvedPlanDigest, recoveryId, identity } = known;
  const { trustedKeys } = planPolicy(known.policy, "policy", new Mistakes()).signing;
  return {
    archive: archiveSpec(known.archive),
    cloneOf: archiveSpec(known.source),
    restorePoint: known.restorePoint ?? defaultRestorePoint,
    recoveryId,
    nodes: [...nodeIds],
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    ...(identity === undefined ? {} : { identity }),
  };
}
