import { copyFile } from "node:fs/promises";
import path from "node:path";
import { Tier } from "../../model/tier";
import { formatBytes, formatSeconds } from "../../model/units";
import {
  anchors,
  beginBackup,
  claim,
  endOfCopy,
  type HasRun,
  manifest,
  pack,
  readBack,
  runOf,
  settleBackup,
  takeSnapshot,
  walArrived,
} from "../backup/steps";
import type { BackupRun } from "../backup/run";
import { openSnapshot, type OpenSnapshot } from "../backup/openSnapshot";
import { type Claim, takeClaim } from "../claims";
import type { Node } from "../context";
import { freeBytes, makeDirectory, walkTree } from "../host/files";
import { syncTree, TreeCopy } from "../host/tree";
import { endLocalPauses, guardPause, pauseTimeoutSeconds, type PauseGuard, resumeUntilDone } from "../pause";
import { Damaged, WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import { together } from "../run/together";
import type { Procedure, StepControl } from "../run/steps";
import { scratchConfig } from "../database/scratch";

export interface FullContext extends HasRun {
  node: Node;
  store?: TreeCopy;
  /** Opened under the pause, copied after it. */
  snapshot?: OpenSnapshot;
  guard?: PauseGuard;
  pauseClaim?: Claim;
  /** Writes may be paused: it was asked for. */
  paused?: boolean;
  /** The pause was answered: nothing of it is still under way. */
  landed?: boolean;
  /** It was answered before any guard can have ended it. */
  landedInTime?: boolean;
  pausedFrom?: number;
  /** What the frozen node said of itself, to be said again after the copy (protocol 11). */
  frozen?: string;
}

/** A cold backup whose pause is as long as the changes, not as the data. */
export const full: Procedure<FullContext> = {
  name: "full",
  steps: [
    {
      name: "begin",
      title: "find the leader and the archive",
      async run(context) {
        context.run = await beginBackup(context.node, Tier.Full);
        await endLocalPauses(context.node, context.run.archive);
      },
    },
    claim,
    anchors,
    { name: "first-pass", title: "take a snapshot and copy the store while writes go on", run: firstPass },
    { name: "guard", title: "set up what resumes writes if we die", run: guard },
    { name: "pause", title: "pause writes", run: pause },
    { name: "snapshot", title: "take a snapshot of the resting cluster", run: snapshotUnderPause },
    { name: "second-pass", title: "bring the copy up to date", run: secondPass },
    { name: "recheck", title: "check that nothing moved meanwhile", run: recheck },
    { name: "resume", title: "resume writes", run: resume },
    { name: "copy-snapshot", title: "copy the snapshot", run: copySnapshot },
    {
      ...pack,
      title: "verify the copy's checksums; compress, hash and store it",
      // It reads on one core while the others compress.
      run: (context, control) => together(verifyCopy(context), pack.run(context, control)),
    },
    walArrived,
    readBack,
    manifest,
  ],
  async settle(context) {
    try {
      await endOwnPause(context);
    } finally {
      await context.snapshot?.close();
      await settleBackup(context).finally(() => context.pauseClaim?.release());
    }
  },
};

/** A pass that copies less than this changes little more by being repeated. */
const smallPassBytes = 16 * 1024 * 1024;
const maxPasses = 4;

function dataTree(run: BackupRun): string {
  return path.join(run.tree, "data");
}

/** Many engines write only what changed since the last snapshot: after this one, that under the pause is small. */
async function firstPass(context: FullContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  await checkSpace(context.node);
  await makeDirectory(dataTree(run));
  await together(takeSnapshot(run, control), copyStore(context, control));
  // What was written is on the disk before the pause, or the database's own snapshot would wait for it.
  await syncTree(run.tree);
}

async function copyStore(context: FullContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  context.store = new TreeCopy(context.node.paths.store, path.join(dataTree(run), "store"));
  let previous = Number.POSITIVE_INFINITY;
  for (let pass = 0; pass < maxPasses; pass += 1) {
    const { bytes } = await context.store.pass((done) => control.progress(done));
    await control.point();
    if (bytes < smallPassBytes || bytes > previous / 2) break;
    previous = bytes;
  }
}

/** The copy lies beside the data: it must never take the last of the database's disk. */
async function checkSpace(node: Node): Promise<void> {
  const sizes = await Promise.all([node.paths.store, node.paths.snapshots].map((root) => walkTree(root)));
  const needed = sizes.flat().reduce((sum, file) => sum + (file.stats.isFile() ? file.stats.size : 0), 0);
  const free = await freeBytes(node.paths.work);
  const reserve = node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < needed + reserve) {
    throw new WorldFault(
      `${node.paths.work} has ${formatBytes(free)} free; a full backup needs ${formatBytes(needed)} for its copy and leaves ${formatBytes(reserve)} to the database. Free space, or lower policy.wal.freeSpaceAlarmMebibytes.`,
    );
  }
}

async function guard(context: FullContext): Promise<void> {
  const run = runOf(context);
  const { clusterId } = context.node.config.archive;
  const seconds = context.node.config.policy.full.maxPauseSeconds;
  context.pauseClaim = await takeClaim(run.archive, clusterId, {
    name: "pause",
    node: context.node.config.node.id,
    timeToLiveSeconds: seconds + 60,
  });
  context.guard = await guardPause(context.node, run.archive);
}

async function pause(context: FullContext, control: StepControl): Promise<void> {
  context.paused = true;
  context.pausedFrom = Date.now();
  await context.node.admin.mustRun(["pause-writes"], { timeoutSeconds: pauseTimeoutSeconds(context.node) });
  context.landed = true;
  context.landedInTime = context.guard?.inForce();
  await control.point();
}

/**
 * Under the pause snapshot, applied and commit index must be one number (protocol 11). What was under way when the pause
 * began, and entries of the pause itself, may still come: a slow disk takes its time over them.
 */
async function snapshotUnderPause(context: FullContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  const { maxPauseSeconds } = context.node.config.policy.full;
  const deadline = Date.now() + Math.min(10, maxPauseSeconds / 3) * 1000;
  const counting = context.node.admin.totalEntries(); // While the snapshot is written: the pause is short.
  counting.catch(() => undefined);
  for (;;) {
    await takeSnapshot(run, control);
    const { snapshotIndex, appliedIndex, commitIndex } = await context.node.http.metrics();
    if (snapshotIndex === commitIndex && appliedIndex === commitIndex) {
      run.index = { low: commitIndex, high: commitIndex };
      run.totalEntries = await counting;
      context.frozen = await stateOf(context, run.totalEntries);
      return;
    }
    await logAtRest(context.node, deadline);
  }
}

/** Returns when the log no longer grows; that of a cluster in which somebody writes under our pause never does. */
async function logAtRest(node: Node, deadline: number): Promise<void> {
  for (let before = -1; ; await rest(50)) {
    const { appliedIndex, commitIndex } = await node.http.metrics();
    if (commitIndex === before && appliedIndex === commitIndex) return;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `the log went on although writes were paused, to ${commitIndex} by now: the backup is void. Is another program writing?`,
      );
    }
    before = commitIndex;
  }
}

async function stateOf(context: FullContext, totalEntries: number | null): Promise<string> {
  const { term, role, commitIndex, appliedIndex, snapshotIndex } = await context.node.http.metrics();
  return JSON.stringify({ term, role, commitIndex, appliedIndex, snapshotIndex, totalEntries });
}

async function secondPass(context: FullContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  await context.store?.lastPass((done) => control.progress(done));
  await control.point();
  context.snapshot = await openSnapshot(run);
  const { index } = context.snapshot;
  if (index !== run.index.high) {
    throw new WorldFault(`the newest snapshot covers ${index}, not ${run.index.high}: the backup is void`);
  }
}

/** The snapshot that was opened under the pause never changes: it is copied while writes go on. */
async function copySnapshot(context: FullContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  await context.snapshot?.copyTo(path.join(dataTree(run), "raft", "snapshots"));
  await control.point();
  await makeDirectory(path.join(run.tree, "config"));
  await copyFile(context.node.config.node.configFile, path.join(run.tree, "config", "config.toml"));
}

async function recheck(context: FullContext): Promise<void> {
  const run = runOf(context);
  await endOfCopy(run);
  const now = await stateOf(context, await context.node.admin.totalEntries());
  if (now !== context.frozen) {
    throw new WorldFault(
      `the node moved under the pause: ${context.frozen} became ${now}. Backup ${run.backupId} is void.`,
    );
  }
  if (context.guard?.inForce() !== true) {
    const { maxPauseSeconds } = context.node.config.policy.full;
    throw new WorldFault(
      `the copy took longer than the policy's longest pause of ${maxPauseSeconds} s: the backup is void`,
    );
  }
}

async function resume(context: FullContext, control: StepControl): Promise<void> {
  const from = context.pausedFrom ?? Date.now();
  await control.point();
  await endOwnPause(context);
  const until = Date.now();
  const seconds = (until - from) / 1000;
  runOf(context).pause = { from: new Date(from).toISOString(), until: new Date(until).toISOString(), seconds };
  control.note(`writes rested for ${formatSeconds(seconds)}`);
  await context.pauseClaim?.release();
  context.pauseClaim = undefined;
}

/** Takes writes again. The guards go only after a pause that is known to have landed; else the watchdog resumes once more. */
async function endOwnPause(context: FullContext): Promise<void> {
  if (context.guard === undefined) return;
  // We slept and a guard has ended our pause: one that is there now is an operator's.
  const ended = context.landedInTime === true && (await context.guard.ended());
  // Without a quorum nobody can resume: the watchdog goes on trying when this process is gone.
  if (context.paused === true && !ended) await resumeUntilDone(context.node, Date.now() + 60_000);
  if (context.landed === true || context.paused !== true) await context.guard.release();
  context.guard = undefined;
  context.paused = false;
}

async function verifyCopy(context: FullContext): Promise<void> {
  const run = runOf(context);
  const configFile = await scratchConfig(context.node, {
    directory: path.join(run.work, "verify"),
    dataDirectory: dataTree(run),
  });
  const { code, stderr } = await context.node.admin
    .withConfig(configFile)
    .run(["verify-checksums"], { timeoutSeconds: 3600 });
  if (code !== 0) throw new Damaged(`the frozen copy fails verify-checksums: ${stderr.trim()}. The backup is void.`);
}
