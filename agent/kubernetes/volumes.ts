import type { PodVolumeSnapshots } from "../../model/kubernetes/pod";
import { InputError } from "../../model/mistakes";
import { type VolumeDue, volumeDue } from "../../model/volumeSchedule";
import type { Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import { readVolumeSnapshots } from "../archive/volumes";
import { attempt, attemptFile, readAttempt } from "../commands/attempts";
import { type Node, nodeOf } from "../context";
import { lineageOf } from "../lineage";
import { Refused } from "../run/errors";
import type { Reporter } from "../run/events";
import { runProcedure } from "../run/steps";
import { trustingItself } from "../signing";
import { exists } from "../host/files";
import { inCluster } from "./api";
import { readPodSettings } from "./configure";
import type { PodPlaces } from "./places";
import { SnapshotApi } from "./snapshotApi";
import { pruneVolumes, type VolumePruneContext } from "./volumePrune";
import { takeVolumeSnapshot, type VolumeSnapshotContext } from "./volumeSnapshot";

/** What one look at the volume snapshots found and did. */
export interface VolumesRun extends VolumeDue {
  outcome: "not due" | "done" | "failed" | "later";
  /** Why it failed, or has to wait. */
  message?: string;
  /** The one that was taken. */
  backupId?: string;
  /** Names of the VolumeSnapshots that were deleted. */
  deleted: string[];
}

interface Request {
  places: PodPlaces;
  pod: string;
  reporter: Reporter;
}

interface Looking {
  node: Node;
  settings: PodVolumeSnapshots;
  archive: Archive;
  api: SnapshotApi;
}

/**
 * Does what is due, once: deletes what is too many or dead, and takes one.
 * @throws InputError where none are wanted, Refused while archiving is held.
 */
export async function runVolumes({ places, pod, reporter }: Request): Promise<VolumesRun> {
  const { config, volumeSnapshots: settings } = await readPodSettings(places, pod);
  if (settings === undefined) throw nothingWanted(places.settings);
  const node = await trustingItself(nodeOf(config));
  if (await exists(node.paths.hold)) {
    throw new Refused("archiving is held until the recovery is accepted: no snapshot of the volume is taken");
  }
  const archive = await openArchive(config.archive, config.archive.clusterId, "primary");
  const api = new SnapshotApi(inCluster(places.account), config.archive.clusterId);
  const looking: Looking = { node, settings, archive, api };
  const deleted = await prune(looking, reporter);
  const due = await judge(looking);
  if (!due.due) return { ...due, outcome: "not due", deleted };
  reporter.emit({ event: "note", message: `a snapshot of the volume is due: ${due.reason}` });
  const context: VolumeSnapshotContext = { node, pod, settings, api, reporter, result: {} };
  const work = (): Promise<void> => runProcedure(takeVolumeSnapshot, context, reporter);
  const ended = await attempt(attemptFile(node, "volumes"), archive, { what: "volume snapshot", reporter, work });
  if (ended.outcome === "done") deleted.push(...(await prune(looking, reporter)));
  return { ...due, ...ended, ...context.result, deleted };
}

function nothingWanted(file: string): InputError {
  const remedy = "Write volumeSnapshots: { everyMinutes: 60, keep: 24 } in KubernetesBackups or KubernetesCluster.";
  const mistake = { path: file, problem: "asks for no volume snapshots", received: undefined, remedy };
  return new InputError("No snapshot of the volume is taken", [mistake]);
}

async function prune({ node, settings, archive, api }: Looking, reporter: Reporter): Promise<string[]> {
  const context: VolumePruneContext = { node, settings, api, archive, deleted: [] };
  await runProcedure(pruneVolumes, context, reporter);
  return context.deleted;
}

/** What of this history counts; one of another history is no reason to wait. */
async function judge({ node, settings, archive }: Looking): Promise<VolumeDue> {
  const { archive: spec, policy } = node.config;
  const { lineage } = await lineageOf(archive, spec.clusterId, (await node.admin.clusterInfo()).clusterId);
  const all = await readVolumeSnapshots(archive, spec.clusterId, policy.signing.trustedKeys);
  const counting = all.filter(
    ({ record, givenUp, problem }) => record.lineage === lineage && givenUp === null && problem === null,
  );
  return volumeDue({
    everyMinutes: settings.everyMinutes,
    newestAt: counting.at(-1)?.storedAt,
    now: await archive.now(),
    lastAttempt: await readAttempt(attemptFile(node, "volumes")),
  });
}
