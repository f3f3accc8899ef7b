import type { PodVolumeSnapshots } from "../../model/kubernetes/pod";
import { dataClaim, volumeSnapshotName } from "../../model/kubernetes/volumeSnapshots";
import type { BackupFile } from "../../model/manifest";
import { formatSeconds } from "../../model/units";
import { serializeVolumeRecord, type SnapshottedVolume, volumeKey, type VolumeRecord } from "../../model/volumeRecord";
import { beginVolume, giveVolumeUp } from "../archive/volumes";
import { openSnapshot, type OpenSnapshot } from "../backup/openSnapshot";
import { endOwnPause, guard, pause, type PausedContext, recheck, resume, snapshotUnderPause } from "../backup/paused";
import { beginOnLeader, type LeaderRun } from "../backup/run";
import { runOf, takeSnapshot } from "../backup/steps";
import { takeClaim } from "../claims";
import { TreeHashes } from "../host/treeHashes";
import { agentIdentity } from "../identity";
import { endLocalPauses } from "../pause";
import { explain, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { rest } from "../run/interrupt";
import type { Procedure, StepControl } from "../run/steps";
import { together } from "../run/together";
import { publishKey } from "../signing";
import type { SnapshotApi, VolumeSnapshot } from "./snapshotApi";

/** A snapshot of the leader's volume that is being taken. */
export interface VolumeSnapshotContext extends PausedContext {
  pod: string;
  settings: PodVolumeSnapshots;
  api: SnapshotApi;
  store?: TreeHashes;
  /** Opened under the pause, hashed after it. */
  snapshot?: OpenSnapshot;
  files?: BackupFile[];
  /** The archive knows that it was begun. */
  begun?: boolean;
  /** As it was created: its UID is what this run is about. */
  object?: VolumeSnapshot;
  ready?: VolumeSnapshot;
  recorded?: boolean;
  reporter: Reporter;
  result: Record<string, unknown>;
}

/** Name of the claim, whoever takes or deletes. */
export const volumesClaim = "volumes";
/** Whoever works longer may be overtaken, and is void then. */
export const volumesClaimSeconds = 2 * 3600;

/** The volume is cut while writes rest, and they go on before it is ready. */
export const takeVolumeSnapshot: Procedure<VolumeSnapshotContext> = {
  name: "volume-snapshot",
  steps: [
    { name: "begin", title: "find the leader, the archive and the API server", run: begin },
    { name: "claim", title: "claim the volume snapshots, and say that one is begun", run: claim },
    { name: "first-pass", title: "take a snapshot and hash the store while writes go on", run: firstPass },
    { name: "guard", title: "set up what resumes writes if we die", run: guard },
    { name: "pause", title: "pause writes", run: pause },
    { name: "snapshot", title: "take a snapshot of the resting cluster", run: snapshotUnderPause },
    { name: "second-pass", title: "hash what changed, and force it to the disk", run: secondPass },
    { name: "cut", title: "have the volume cut", run: cut },
    { name: "recheck", title: "check that nothing moved meanwhile", run: recheckAll },
    { name: "resume", title: "resume writes", run: resume },
    { name: "hash-snapshot", title: "hash the snapshot", run: hashSnapshot },
    { name: "ready", title: "wait until the volume's snapshot is ready", run: ready },
    { name: "record", title: "write the record", run: record },
  ],
  async settle(context) {
    try {
      await endOwnPause(context);
    } finally {
      await context.snapshot?.close();
      await giveBack(context).finally(() => context.pauseClaim?.release());
    }
  },
};

async function begin(context: VolumeSnapshotContext): Promise<void> {
  context.run = await beginOnLeader(context.node);
  await endLocalPauses(context.node, context.run.archive);
  // A kind that is not there, or no right to it, is found out before writes are paused for nothing.
  await context.api.list();
}

async function claim(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  const { archive, node } = context.node.config;
  const { clusterId } = archive;
  const wanted = { name: volumesClaim, node: node.id, timeToLiveSeconds: volumesClaimSeconds };
  run.claim = await takeClaim(run.archive, clusterId, wanted);
  context.begun = true;
  const { backupId, claim: held } = run;
  await beginVolume(run.archive, clusterId, { backupId, node: node.id, epoch: held.epoch });
  await control.point();
}

async function firstPass(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  const store = new TreeHashes(context.node.paths.store);
  context.store = store;
  await together(
    takeSnapshot(run, control),
    store.pass((bytes) => control.progress(bytes)).then(() => control.point()),
  );
}

async function secondPass(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  await context.store?.pass((bytes) => control.progress(bytes));
  await control.point();
  context.snapshot = await openSnapshot(run);
  const { index } = context.snapshot;
  if (index !== run.index.high) {
    throw new WorldFault(`the newest snapshot covers ${index}, not ${run.index.high}: the volume's snapshot is void`);
  }
}

const lookMs = 200;

/** What is cut was at rest before the object was made and still is when the storage system says that it has cut it. */
async function cut(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  const { backupId } = runOf(context);
  const { pod, settings, api } = context;
  const { className, dataVolume } = settings;
  context.object = await api.create({
    backupId,
    claim: dataClaim(dataVolume, pod),
    ...(className === undefined ? {} : { className }),
  });
  await control.point();
  while ((await look(context)).status?.creationTime === undefined) {
    if (context.guard?.inForce() !== true) {
      const { maxPauseSeconds } = context.node.config.policy.full;
      throw new WorldFault(
        `the storage system did not cut the volume within the policy's longest pause of ${maxPauseSeconds} s: the snapshot is void. Look at: kubectl describe volumesnapshot ${volumeSnapshotName(backupId)}`,
      );
    }
    await rest(lookMs);
  }
}

/** @throws WorldFault where it is gone, is another, or has failed. */
async function look({ api, run, object }: VolumeSnapshotContext): Promise<VolumeSnapshot> {
  const name = volumeSnapshotName(runOf({ run }).backupId);
  const found = await api.get(name);
  const { uid, deletionTimestamp } = found?.metadata ?? {};
  if (found === undefined || uid !== object?.metadata.uid || deletionTimestamp !== undefined) {
    throw new WorldFault(`somebody deleted VolumeSnapshot ${name} while it was taken: it is void`);
  }
  const { error } = found.status ?? {};
  if (error === undefined) return found;
  throw new WorldFault(
    `the storage system could not take VolumeSnapshot ${name}: ${error.message ?? "it does not say why"}. It is void and is deleted. Look at the class, and at the driver's log.`,
  );
}

async function recheckAll(context: VolumeSnapshotContext): Promise<void> {
  await recheck(context, "cutting the volume");
  const same = (await context.store?.atRest()) === true && (await context.snapshot?.stillThere()) === true;
  if (!same) {
    throw new WorldFault(
      `files of the database changed while writes were paused: the volume's snapshot is void. Is another program writing?`,
    );
  }
}

async function hashSnapshot(context: VolumeSnapshotContext): Promise<void> {
  const { store, snapshot } = context;
  if (store === undefined || snapshot === undefined) throw new Error("earlier steps have read both");
  const files = [...store.list("data/store"), ...(await snapshot.hashes("data/raft/snapshots"))];
  context.files = files.sort((a, b) => (a.path < b.path ? -1 : 1));
  await snapshot.close();
  context.snapshot = undefined;
}

/** A driver that copies what it has cut to another place takes its time over it. */
const readyDeadlineMs = 3600_000;

async function ready(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  await control.point();
  for (const deadline = Date.now() + readyDeadlineMs; Date.now() < deadline; await rest(5 * lookMs)) {
    const found = await look(context);
    if (found.status?.readyToUse !== true) continue;
    context.ready = found;
    return;
  }
  throw new WorldFault(
    `VolumeSnapshot ${volumeSnapshotName(runOf(context).backupId)} was not ready after ${formatSeconds(readyDeadlineMs / 1000)}: it is void and is deleted. Look at the driver's log.`,
  );
}

async function record(context: VolumeSnapshotContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  const { clusterId } = context.node.config.archive;
  await run.claim?.stillHeld();
  await publishKey(run.archive, { clusterId, nodeId: context.node.config.node.id }, run.signer);
  await control.point();
  const signed = run.signer.sign(await recordOf(context));
  await run.archive.putText(volumeKey(clusterId, run.backupId), serializeVolumeRecord(signed));
  context.recorded = true;
  const { backupId, pause: rested, index } = run;
  Object.assign(context.result, {
    backupId,
    index: index.high,
    pauseSeconds: rested?.seconds,
    name: signed.volume.name,
  });
}

async function recordOf(context: VolumeSnapshotContext): Promise<VolumeRecord> {
  const { node, files = [] } = context;
  const run = runOf(context);
  if (run.pause === null) throw new Error("an earlier step has noted it");
  return {
    format: "neumann-volume-snapshot/1",
    backupId: run.backupId,
    clusterId: node.config.archive.clusterId,
    lineage: run.lineage,
    databaseClusterId: run.databaseClusterId,
    createdAt: run.createdAt.toISOString(),
    copiedAt: new Date(run.copiedAt).toISOString(),
    node: { id: node.config.node.id, term: run.term },
    index: run.index,
    pause: run.pause,
    totalEntries: run.totalEntries,
    plainBytes: files.reduce((sum, file) => sum + file.bytes, 0),
    volume: await volumeOf(context),
    files,
    agent: await agentIdentity(),
  };
}

async function volumeOf({ api, settings, pod, ready: found }: VolumeSnapshotContext): Promise<SnapshottedVolume> {
  if (found?.status?.creationTime === undefined) throw new Error("an earlier step has seen it");
  const { name, uid = "" } = found.metadata;
  return {
    namespace: await api.namespace(),
    name,
    uid,
    claim: dataClaim(settings.dataVolume, pod),
    className: found.spec.volumeSnapshotClassName ?? null,
    content: found.status.boundVolumeSnapshotContentName ?? null,
    cutAt: found.status.creationTime,
    restoreSize: found.status.restoreSize ?? null,
  };
}

/** What came to nothing is given up at once; where that fails, the next run does it. */
async function giveBack(context: VolumeSnapshotContext): Promise<void> {
  const { run, begun, recorded } = context;
  if (run === undefined) return;
  try {
    if (begun === true && recorded !== true) await takeAway(context, run);
  } catch (error) {
    const message = `${run.backupId} is not taken away, which the next run does: ${explain(error).message}`;
    context.reporter.emit({ event: "note", message });
  } finally {
    await run.claim?.release();
  }
}

async function takeAway({ node, api, object }: VolumeSnapshotContext, run: LeaderRun): Promise<void> {
  const { archive, node: self } = node.config;
  const end = { backupId: run.backupId, node: self.id, cause: "void" as const, reason: "it was not completed" };
  await giveVolumeUp(run.archive, archive.clusterId, end);
  // It may have been made although nobody was told.
  const made = object ?? (await api.get(volumeSnapshotName(run.backupId)));
  if (made !== undefined) await api.delete({ name: made.metadata.name, uid: made.metadata.uid ?? "" });
}
