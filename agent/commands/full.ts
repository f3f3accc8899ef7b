import { copyFile } from "node:fs/promises";
import path from "node:path";
import { Tier } from "../../model/tier";
import { formatBytes } from "../../model/units";
import {
  anchors,
  beginBackup,
  claim,
  manifest,
  pack,
  readBack,
  runOf,
  settleBackup,
  takeSnapshot,
  walArrived,
} from "../backup/steps";
import type { BackupRun } from "../backup/run";
import { endOwnPause, guard, pause, type PausedContext, recheck, resume, snapshotUnderPause } from "../backup/paused";
import { openSnapshot, type OpenSnapshot } from "../backup/openSnapshot";
import type { Node } from "../context";
import { freeBytes, makeDirectory, walkTree } from "../host/files";
import { syncTree, TreeCopy } from "../host/tree";
import { endLocalPauses } from "../pause";
import { Damaged, WorldFault } from "../run/errors";
import { together } from "../run/together";
import type { Procedure, StepControl } from "../run/steps";
import { scratchConfig } from "../database/scratch";

export interface FullContext extends PausedContext {
  run?: BackupRun;
  store?: TreeCopy;
  /** Opened under the pause, copied after it. */
  snapshot?: OpenSnapshot;
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
    { name: "recheck", title: "check that nothing moved meanwhile", run: (context) => recheck(context) },
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
