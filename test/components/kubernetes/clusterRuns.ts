import { KubernetesCluster, type KubernetesClusterArgs } from "../../../components/kubernetes";
import { planResult, run, type Run, type RunOptions } from "../harness";
import { args as backups, usual } from "./backupRuns";

const args: KubernetesClusterArgs = {
  ...backups,
  configuration: '[cluster]\nname = "prod"\n',
  storage: { size: "100Gi" },
};

const accepted = {
  recoveryId: "2026-11-23",
  state: "accepted",
  restored: { index: 7, totalEntries: 5, bytes: 9, seconds: 3 },
  accepted: { recoveryId: "2026-11-23", lineage: "l-1", baseBackupId: "b-1", members: ["neumann-0"], seconds: 60 },
};

/** The agent's report, in the place of the provider of commands. */
export const recovering: RunOptions = {
  made: (type, name, inputs) =>
    name.endsWith("-report") ? { stdout: `${JSON.stringify(accepted)}\n` } : usual.made!(type, name, inputs),
};

/** What the agent plans for the snapshot of a volume. */
export function volumePlan(): object {
  const { plan, ...planned } = planResult() as { plan: { source: object } };
  const source = { ...plan.source, tier: "volume", volume: { namespace: "neumann", name: "cut-1" } };
  return { ...planned, plan: { ...plan, source } };
}

/** The same from it. */
export const recoveringVolume: RunOptions = { ...recovering, agent: volumePlan };
export const volumePoint = "volume-snapshot:20261122T040000Z-01020304";

export function makeCluster(
  change: Partial<KubernetesClusterArgs> = {},
  options: RunOptions = {},
): Promise<Run<KubernetesCluster>> {
  return run((opts) => new KubernetesCluster("prod", { ...args, ...change }, opts), { ...usual, ...options });
}
