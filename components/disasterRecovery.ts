import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { isRecoveryId } from "../model/layout";
import { Mistakes } from "../model/mistakes";
import { parseRestorePoint } from "../model/restorePoint";
import type { PlanSpec, RestoreSpec } from "../model/specs";
import { type ArchiveReference, archiveSpec } from "./archiveReference";
import { asUserError, checkArguments, collect, type Pending, userError } from "./arguments";
import { agentEnvironment, AgentCopy, asStandardInput, hostCommand, packageCommand } from "./hostCommand";
import { adviseHosts, checkHostStructure, type HostArgs, type ResolvedHost, withoutConnections } from "./hosts";
import { type BackupPolicyArgs, planPolicy } from "./policyArgs";
import {
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
import {
  agentMessage,
  describeRecoveryPlan,
  makeReport,
  parsePlanResult,
  type PlanResult,
  type RecoveryPlan,
  type RecoveryReport,
} from "./results";
import { sealed } from "./sealed";
import { dataMinutes } from "./timeouts";

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
    const open = () => ({ ...args, nodes: withoutConnections(args.nodes), archive: sealed(args.archive) });
    const checked = checkArguments({ subject, args, open, structure: checkStructure, check: checkRecovery });
    super("pulumi-neumann:index:DisasterRecovery", name, {}, opts);

    const nodeIds = args.nodes.map((node) => node.nodeId);
    const planSpec = checked.apply((known) => planSpecOf(known, nodeIds));
    // What the agent prints holds no key.
    const result = pulumi.unsecret(showPlan(this, planSpec));
    const owner = ownerOf("DisasterRecovery", name);
    const plan = checked.apply((known) => planProtection(withoutOldKeys(known), { owner, hold: true }));
    // Nothing is touched before there is a plan.
    const planned = pulumi.all([plan, result]).apply(([protection]): ProtectionPlan => protection);
    const nodes = installAgents({ name, subject, args, owner }, planned, { parent: this });
    const restore = pulumi
      .all([checked, planned, planSpec, result])
      .apply(([known, { hosts }, spec, { digest }]) => restoreSpecOf(known, { hosts, spec, digest }));
    const { first, accept } = recover(
      name,
      { nodes, restore, recoveryId: pulumi.unsecret(checked.apply((known) => known.recoveryId)) },
      { parent: this },
    );
    for (const advice of adviseHosts(args.nodes, "nodes")) void pulumi.log.warn(advice, this);

    this.plan = result.apply(describeRecoveryPlan);
    this.planDigest = result.apply(({ digest }) => digest);
    this.report = pulumi.all([first, accept]).apply(([restored, accepted]) => makeReport(restored, accepted));
    this.lineage = this.report.apply(({ lineage }) => lineage);
    this.publicKeys = keysOf(nodes).apply((known) => known.map(({ publicKey }) => publicKey));
    const { planDigest, report, lineage, publicKeys } = this;
    this.registerOutputs({ plan: this.plan, planDigest, report, lineage, publicKeys });
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
  if (!isRecoveryId(known.recoveryId)) {
    const remedy = "Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.";
    mistakes.add("recoveryId", "cannot name a recovery", known.recoveryId, remedy);
  }
  const { approvedPlanDigest, clusterName } = known;
  if (approvedPlanDigest !== undefined && !/^[0-9a-f]{64}$/.test(approvedPlanDigest)) {
    const remedy = "Copy the 64 hex digits after `plan` from the preview.";
    mistakes.add("approvedPlanDigest", "is no digest of a plan", approvedPlanDigest, remedy);
  }
  if (clusterName !== undefined && !/^\S+$/.test(clusterName)) {
    mistakes.add("clusterName", "is no name for a cluster", clusterName, "Such as prod.");
  }
  if (!pending("restorePoint")) checkRestorePoint(known, mistakes, pending);
}

function checkRestorePoint(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  const text = known.restorePoint ?? defaultRestorePoint;
  const point = collect(mistakes, () => parseRestorePoint(text));
  if (point?.kind !== "latest-offsite" || pending("archive") || typeof known.archive !== "object") return;
  if (known.archive.offsite !== undefined) return;
  const remedy = "Write archive.offsite, or another restore point.";
  mistakes.add("restorePoint", "needs an archive with an off-site copy", text, remedy);
}

/** The list names nodes that are gone: by it the new ones would not believe each other. */
function withoutOldKeys(known: KnownArgs): KnownArgs {
  return { ...known, policy: { ...known.policy, signing: undefined } };
}

function planSpecOf(known: KnownArgs, nodeIds: readonly string[]): PlanSpec {
  const { approvedPlanDigest, recoveryId } = known;
  const { trustedKeys } = planPolicy(known.policy, "policy", new Mistakes()).signing;
  return {
    archive: archiveSpec(known.archive),
    restorePoint: known.restorePoint ?? defaultRestorePoint,
    recoveryId,
    nodes: [...nodeIds],
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
  };
}

/** What every phase on every node is told, but for the node. */
type SharedRestoreSpec = Omit<RestoreSpec, "node">;

function restoreSpecOf(
  known: KnownArgs,
  planned: { hosts: ResolvedHost[]; spec: PlanSpec; digest: string },
): SharedRestoreSpec {
  // The approval was asked for with the plan; adding or dropping it later is no change of the recovery.
  const { approvedPlanDigest, ...plan } = planned.spec;
  void approvedPlanDigest;
  return {
    plan,
    planDigest: planned.digest,
    clusterName: known.clusterName ?? plan.archive.clusterId,
    members: planned.hosts.map(({ node }) => ({ id: node.id, address: node.address })),
  };
}

/**
 * Asks the agent for the plan, in a preview and in an up, and shows it once. The text tells the backup's age: it is
 * shown and never part of a resource, whose input would differ from run to run.
 */
function showPlan(component: pulumi.Resource, spec: pulumi.Output<PlanSpec>): pulumi.Output<PlanResult> {
  sayWhenUnknown(component, spec);
  // The plain form inside of `apply`: the output form would answer nothing in a preview, because the folder of the new
  // archive, on which the reference depends, does not exist yet. The plan needs only what is there already.
  return spec.apply(async (known) => {
    const result = await askForPlan(component, known);
    await pulumi.log.info(result.text, component);
    return result;
  });
}

async function askForPlan(component: pulumi.Resource, spec: PlanSpec): Promise<PlanResult> {
  const request: command.local.RunArgs = {
    command: packageCommand(["plan"]),
    stdin: asStandardInput(spec),
    environment: agentEnvironment,
    addPreviousOutputInEnv: false,
    logging: command.local.Logging.None,
  };
  let stdout: string;
  try {
    ({ stdout } = await command.local.run(request, { parent: component }));
  } catch (error) {
    throw userError(`Recovery ${spec.recoveryId} has no plan: ${agentMessage(error)}`);
  }
  return asUserError(() => parsePlanResult(stdout));
}

function sayWhenUnknown(component: pulumi.Resource, spec: pulumi.Output<PlanSpec>): void {
  if (!pulumi.runtime.isDryRun()) return;
  // The SDK has it but does not declare it.
  const { isKnown } = spec as unknown as { isKnown: Promise<boolean> };
  const text =
    "The plan cannot be shown yet: it needs values that only exist after an up. " +
    "The up shows it before anything is restored.";
  void isKnown.then((known) => (known ? undefined : pulumi.log.info(text, component)));
}

interface RecoverySteps {
  nodes: readonly ProtectedNode[];
  restore: pulumi.Output<SharedRestoreSpec>;
  recoveryId: pulumi.Output<string>;
}

/**
 * The phases of a recovery, each after the one before it. An update only reports and there is no deletion: neither an
 * upgrade nor a destroy restores anything again. They are never tied to the life of another resource, because the
 * engine replaces what is deleted with a replaced one, and a replacement would restore.
 */
function recover(
  name: string,
  steps: RecoverySteps,
  opts: pulumi.CustomResourceOptions,
): { first: pulumi.Output<string>; accept: pulumi.Output<string> } {
  const done: pulumi.Resource[] = steps.nodes.map((node) => node.install.resource);
  const run = (role: string, phase: string, { nodeId, host }: ProtectedNode): pulumi.Output<string> => {
    const step = {
      host,
      copy: AgentCopy.Installed,
      create: ["restore", "--phase", phase],
      long: true,
      update: "status" as const,
      specification: steps.restore.apply((restore) => ({ ...restore, node: nodeId })),
      triggers: [steps.recoveryId],
      timeoutMinutes: dataMinutes,
    };
    const { resource, stdout } = hostCommand(`${name}-${role}`, step, { ...opts, dependsOn: [...done] });
    done.push(resource);
    // What the agent prints holds no key, though its specification may.
    return pulumi.unsecret(stdout);
  };
  const [firstNode, ...others] = steps.nodes as [ProtectedNode, ...ProtectedNode[]];
  const first = run("restore", "first", firstNode);
  for (const node of others) run(`join-${node.nodeId}`, "join", node);
  for (const phase of ["release", "base"]) {
    for (const node of steps.nodes) run(`${phase}-${node.nodeId}`, phase, node);
  }
  return { first, accept: run("accept", "accept", firstNode) };
}
