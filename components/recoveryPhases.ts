import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { isRecoveryId } from "../model/layout";
import type { Mistakes } from "../model/mistakes";
import { parseRestorePoint } from "../model/restorePoint";
import type { PlanSpec, RestoreSpec } from "../model/specs";
import type { ArchiveReference } from "./archiveReference";
import { asUserError, collect, type Pending, userError } from "./arguments";
import {
  agentEnvironment,
  AgentCopy,
  asStandardInput,
  type CommandHost,
  hostCommand,
  packageCommand,
} from "./hostCommand";
import type { ResolvedHost } from "./hosts";
import { agentMessage, parsePlanResult, type PlanResult } from "./results";
import { dataMinutes } from "./timeouts";

/** Collects what is wrong with the names of a recovery. */
export function checkRecoveryNames(
  { recoveryId, approvedPlanDigest }: { recoveryId: string; approvedPlanDigest?: string },
  mistakes: Mistakes,
): void {
  if (!isRecoveryId(recoveryId)) {
    const remedy = "Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.";
    mistakes.add("recoveryId", "cannot name a recovery", recoveryId, remedy);
  }
  if (approvedPlanDigest !== undefined && !/^[0-9a-f]{64}$/.test(approvedPlanDigest)) {
    const remedy = "Copy the 64 hex digits after `plan` from the preview.";
    mistakes.add("approvedPlanDigest", "is no digest of a plan", approvedPlanDigest, remedy);
  }
}

/** Collects what is wrong with `[cluster] name`. */
export function checkClusterName(clusterName: string | undefined, mistakes: Mistakes): void {
  if (clusterName === undefined || /^\S+$/.test(clusterName)) return;
  mistakes.add("clusterName", "is no name for a cluster", clusterName, "Such as prod.");
}

/** Collects what is wrong with a restore point, also in view of the archive. */
export function checkRestorePoint(
  {
    restorePoint,
    archive,
    from = "archive",
  }: { restorePoint: unknown; archive: pulumi.Unwrap<ArchiveReference>; from?: string },
  mistakes: Mistakes,
  pending: Pending,
): void {
  if (typeof restorePoint !== "string") {
    const remedy = "Write what to restore, such as time:2026-11-23T10:30:00Z: there is no default.";
    mistakes.add("restorePoint", "is required", restorePoint, remedy);
    return;
  }
  const point = collect(mistakes, () => parseRestorePoint(restorePoint));
  if (point?.kind !== "latest-offsite" || pending(from) || typeof archive !== "object") return;
  if (archive.offsite !== undefined) return;
  const remedy = `Write ${from}.offsite, or another restore point.`;
  mistakes.add("restorePoint", "needs an archive with an off-site copy", restorePoint, remedy);
}

/** What every phase on every node is told, but for the node. */
export type SharedRestoreSpec = Omit<RestoreSpec, "node">;

/** The specification of all phases, once there is a plan. */
export function restoreSpecOf(planned: {
  clusterName: string | undefined;
  hosts: readonly ResolvedHost[];
  spec: PlanSpec;
  digest: string;
}): SharedRestoreSpec {
  // The approval was asked for with the plan; adding or dropping it later is no change of the recovery.
  const { approvedPlanDigest, ...plan } = planned.spec;
  void approvedPlanDigest;
  return {
    plan,
    planDigest: planned.digest,
    clusterName: planned.clusterName ?? plan.archive.clusterId,
    members: planned.hosts.map(({ node }) => ({ id: node.id, address: node.address })),
  };
}

/**
 * Asks the agent for the plan, in a preview and in an up, and shows it once. The text tells the backup's age: it is
 * shown and never part of a resource, whose input would differ from run to run.
 */
export function showPlan(component: pulumi.Resource, spec: pulumi.Output<PlanSpec>): pulumi.Output<PlanResult> {
  sayWhenUnknown(component, spec);
  // The plain form inside of `apply`: the output form would answer nothing in a preview, because the folder of the new
  // archive, on which the reference depends, does not exist yet. The plan needs only what is there already.
  return spec.apply(async (known) => {
    const result = await askForPlan(component, known);
    await pulumi.log.info(result.text, component);
    return result;
  });
}

/** The plan, or why there is none. */
export async function askForPlan(component: pulumi.Resource, spec: PlanSpec): Promise<PlanResult> {
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

/** A node that takes part. */
export interface RecoveryNode {
  nodeId: string;
  host: CommandHost;
}

/** What a recovery is made of. */
export interface RecoverySteps {
  /** The first one restores, the others join it in this order. */
  nodes: readonly RecoveryNode[];
  /** What comes before. */
  after: readonly pulumi.Resource[];
  restore: pulumi.Output<SharedRestoreSpec>;
  recoveryId: pulumi.Output<string>;
  /** The nodes hold the cluster that is replaced: all of them are gated before the first restores. */
  inPlace?: boolean;
}

/** Only the phase that decrypts gets the identity. */
function specificationFor(phase: string, restore: SharedRestoreSpec, node: string): RestoreSpec {
  if (phase === "first") return { ...restore, node };
  const { identity, ...plan } = restore.plan;
  void identity;
  return { ...restore, plan, node };
}

/**
 * The phases of a recovery, each after the one before it. An update only reports and there is no deletion: neither an
 * upgrade nor a destroy restores anything again. They are never tied to the life of another resource, because the
 * engine replaces what is deleted with a replaced one, and a replacement would restore.
 */
export function recover(
  name: string,
  steps: RecoverySteps,
  opts: pulumi.CustomResourceOptions,
): { first: pulumi.Output<string>; accept: pulumi.Output<string> } {
  const done: pulumi.Resource[] = [...steps.after];
  const run = (role: string, phase: string, { nodeId, host }: RecoveryNode): pulumi.Output<string> => {
    const step = {
      host,
      copy: AgentCopy.Installed,
      create: ["restore", "--phase", phase],
      long: true,
      update: "status" as const,
      specification: steps.restore.apply((restore) => specificationFor(phase, restore, nodeId)),
      triggers: [steps.recoveryId],
      timeoutMinutes: dataMinutes,
    };
    const { resource, stdout } = hostCommand(`${name}-${role}`, step, { ...opts, dependsOn: [...done] });
    done.push(resource);
    // What the agent prints holds no key, though its specification may.
    return pulumi.unsecret(stdout);
  };
  const each = (phase: string, nodes: readonly RecoveryNode[]): void => {
    for (const node of nodes) run(`${phase}-${node.nodeId}`, phase, node);
  };
  const [firstNode, ...others] = steps.nodes as [RecoveryNode, ...RecoveryNode[]];
  if (steps.inPlace === true) each("gate", steps.nodes);
  const first = run("restore", "first", firstNode);
  each("join", others);
  each("release", steps.nodes);
  each("base", steps.nodes);
  return { first, accept: run("accept", "accept", firstNode) };
}
