import { clusterRequestOf } from "../components/kubernetes/kubernetesClusterChecks";
import { parsePlanResult, type PlanResult } from "../components/results";
import type { ClusterRequest } from "../model/kubernetes/clusterObjects";
import type { PlanSpec } from "../model/specs";
import { runAgent } from "./agent";
import { type ClusterOrder, renderOwner } from "./renderConfig";
import { CommandFailure, ExitCode } from "./terminal";

/** What a cluster's objects are made from, with the plan where it comes from a backup. */
export interface PlannedCluster {
  request: ClusterRequest;
  plan?: PlanResult;
}

/** Asks for the plan, which touches nothing. @throws CommandFailure where there is none. */
export async function plannedCluster({ known, plan, identitySecret }: ClusterOrder): Promise<PlannedCluster> {
  const found = plan === undefined ? undefined : await planOf(plan);
  const request = clusterRequestOf(known, renderOwner, found);
  return {
    request: { ...request, ...(identitySecret === undefined ? {} : { identitySecret }) },
    ...(found === undefined ? {} : { plan: found }),
  };
}

const told = [ExitCode.Input, ExitCode.Refused, ExitCode.Damaged, ExitCode.TryLater];

async function planOf(spec: PlanSpec): Promise<PlanResult> {
  try {
    return parsePlanResult(await runAgent(["plan"], told, spec));
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    const text = `Recovery ${spec.recoveryId} has no plan, and nothing was written: ${error.message}`;
    throw new CommandFailure(text, error.exitCode);
  }
}
