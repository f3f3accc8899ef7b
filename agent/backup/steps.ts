import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import { PassThrough, type Readable } from "node:stream";
import type { PutResult } from "../archive/archive";
import { segmentNumber } from "../../model/layout";
import { formatBytes } from "../../model/units";
import { hashStream, readIfThere } from "../host/files";
import { removeLeftovers } from "../host/leftovers";
import { levelFor } from "../host/compression";
import { encrypted } from "../host/age";
import { compareTree, packTree } from "../host/tarball";
import { hashTree } from "../host/tree";
import { Damaged, WorldFault } from "../run/errors";
import type { Step, StepControl } from "../run/steps";
import { newestSegments, openSegment, readStream } from "../stream";
import { beginBackup, type BackupRun, claimTier, dataKey, type LeaderRun, stillLeads, writeManifest } from "./run";
import { rest } from "../run/interrupt";

/** Name of a backup's one data object. */
export const dataPart = "data.tar.zst";
/** The same, encrypted. */
export const encryptedPart = `${dataPart}.age`;

const claimSeconds = 6 * 3600;
const snapshotDeadlineMs = 600_000;

/** The steps that every backup of a node has; they work on a context that holds the run. */
export interface HasRun {
  run?: BackupRun;
}

/** The run that `begin` has made. */
export function runOf<R extends LeaderRun>(context: { run?: R }): R {
  if (context.run === undefined) throw new Error("the first step makes the run");
  return context.run;
}

export const anchors: Step<HasRun> = {
  name: "anchors",
  title: "note what of the log is archived",
  async run(context) {
    const run = runOf(context);
    // Finished segments hold committed entries only: what a later snapshot lacks lies in this one or after it.
    run.firstOpen = await openSegment(run.node);
    run.anchors = await newestSegments(run.archive, run.node.config.archive.clusterId, run.lineage);
  },
};

export const claim: Step<HasRun> = {
  name: "claim",
  title: "claim the tier",
  async run(context) {
    const run = runOf(context);
    await claimTier(run, claimSeconds);
    await removeLeftovers(run.node);
    await removeNameless(run);
  },
};

/** Those of agents before this one name no process: only the holder of the claim may say that they are dead. */
async function removeNameless(run: BackupRun): Promise<void> {
  const names = await readdir(run.node.paths.work).catch(() => []);
  for (const name of names.filter((n) => n.startsWith(`${run.tier}-`) && !n.includes("."))) {
    await rm(path.join(run.node.paths.work, name), { recursive: true, force: true });
  }
}

/** Asks the leader for a snapshot at its present commit index and waits until one covers it (hazard 13). */
export async function takeSnapshot(run: LeaderRun, control: StepControl): Promise<number> {
  const { commitIndex } = await run.node.http.metrics();
  if (!(await run.node.http.requestSnapshot())) {
    throw new WorldFault(`the node refused to take a snapshot: it no longer leads. Backup ${run.backupId} is void.`);
  }
  await control.point();
  for (const deadline = Date.now() + snapshotDeadlineMs; Date.now() < deadline; await rest(20)) {
    const { snapshotIndex, term, role } = await run.node.http.metrics();
    if (term !== run.term || role !== "leader") await stillLeads(run);
    if (snapshotIndex >= commitIndex) return snapshotIndex;
  }
  throw new WorldFault(
    `no snapshot covered index ${commitIndex} after ${snapshotDeadlineMs / 1000} s. Look at the database's log.`,
  );
}

/** After the copy: which segment was open, and that nothing about the leader changed. */
export async function endOfCopy(run: LeaderRun): Promise<void> {
  await stillLeads(run);
  // The time first: all that lies in later segments was written after it.
  run.copiedAt = Date.now();
  run.openSegment = await openSegment(run.node);
}

export const pack: Step<HasRun> = {
  name: "pack",
  title: "compress, hash and store",
  async run(context, control) {
    const run = runOf(context);
    const level = await levelFor(run.tree);
    const hashing = hashTree(run.tree);
    hashing.catch(() => undefined); // Awaited below.
    const { recipients } = run.node.config.policy.encryption;
    const name = recipients.length === 0 ? dataPart : encryptedPart;
    const packed = packTree(run.tree, level);
    const put = async (content: Readable): Promise<PutResult> => {
      await control.point();
      return run.archive.putStream(dataKey(run, name), content);
    };
    const stored = recipients.length === 0 ? await put(packed) : await putCompared(run, packed, put);
    run.files = await hashing;
    run.plainBytes = run.files.reduce((sum, file) => sum + file.bytes, 0);
    run.parts = [{ name, bytes: stored.bytes, sha256: stored.sha256 }];
    control.note(`${formatBytes(run.plainBytes)} in ${run.files.length} files, stored as ${formatBytes(stored.bytes)}`);
  },
};

/**
 * What goes into age is compared with the copy on its way: nobody here can decrypt it afterwards. The ciphertext is held
 * against its hash when it is read back.
 */
async function putCompared(
  run: BackupRun,
  packed: Readable,
  put: (content: Readable) => Promise<PutResult>,
): Promise<PutResult> {
  const [compared, stored] = [new PassThrough(), new PassThrough()];
  packed.on("error", (error) => {
    compared.destroy(error);
    stored.destroy(error);
  });
  // The comparison listens only when its program runs.
  compared.on("error", () => undefined);
  packed.pipe(compared);
  packed.pipe(stored);
  const comparing = compareTree(compared, run.tree, () => undefined);
  // Neither goes on alone: what is not the copy must not be stored for good.
  comparing.catch((error: Error) => stored.destroy(error));
  try {
    const putting = put(encrypted(stored, run.node.config.policy.encryption.recipients));
    putting.catch((error: Error) => compared.destroy(error));
    const result = await putting;
    await comparing;
    return result;
  } catch (error) {
    packed.destroy();
    throw error;
  }
}

export const readBack: Step<HasRun> = {
  name: "read-back",
  title: "read back what was stored and compare it with the copy",
  async run(context, control) {
    const run = runOf(context);
    for (const part of run.parts) {
      const key = dataKey(run, part.name);
      const progress = (bytes: number): void => control.progress(bytes, part.bytes);
      let seen = 0;
      const read =
        part.name === encryptedPart
          ? await hashStream(await run.archive.getStream(key), (more) => progress((seen += more)))
          : await compareTree(run.archive.fileOf?.(key) ?? (await run.archive.getStream(key)), run.tree, progress);
      if (read.sha256 !== part.sha256 || read.bytes !== part.bytes) {
        throw new Damaged(`${key} does not read back as it was written. Look at the archive's disk.`);
      }
    }
  },
};

export const walArrived: Step<HasRun> = {
  name: "wal-arrived",
  title: "wait until the log has arrived",
  async run(context, control) {
    const run = runOf(context);
    const { arrivalDeadlineSeconds } = run.node.config.policy.wal;
    await control.point();
    while (!(await arrived(run))) {
      if (Date.now() > run.copiedAt + arrivalDeadlineSeconds * 1000) {
        throw new WorldFault(
          `the WAL of backup ${run.backupId} did not arrive in ${arrivalDeadlineSeconds} s (segment ${run.openSegment}): it is void. Look at archive_command in the database's log.`,
        );
      }
      await rest(100);
    }
  },
};

/** Time that finishing and pushing a segment may take beyond `archive_timeout`. */
const finishGraceMs = 5000;

/**
 * The segment that was open at the end of the copy is archived (protocol 7). A cluster that rests never finishes an
 * empty one: when it is still the open one long after `archive_timeout`, it had no entries, and the one before is enough.
 */
async function arrived(run: BackupRun): Promise<boolean> {
  const state = await readStream(run.node);
  if (state === undefined || state.lineage !== run.lineage) return false;
  const archived = await newestSegments(run.archive, run.node.config.archive.clusterId, run.lineage);
  const newest = archived.find((anchor) => anchor.stream === state.stream)?.segment;
  const last = newest === undefined ? -1n : segmentNumber(newest);
  const open = segmentNumber(run.openSegment);
  if (last >= open) return true;
  const waited = Date.now() - run.copiedAt;
  const resting = waited > run.node.config.policy.wal.archiveTimeoutSeconds * 1000 + finishGraceMs;
  if (!resting || last !== open - 1n || (await openSegment(run.node)) !== run.openSegment) return false;
  // One that was offered is finished: it holds entries, and is on its way.
  return (await readIfThere(run.node.paths.offered)) !== run.openSegment;
}

export const manifest: Step<HasRun> = {
  name: "manifest",
  title: "write the manifest",
  async run(context, control) {
    const run = runOf(context);
    await control.point();
    await writeManifest(run, (await readStream(run.node))?.stream ?? null);
  },
};

/** Removes the copy and gives the claim back, whatever happened. */
export async function settleBackup(context: HasRun): Promise<void> {
  const { run } = context;
  if (run === undefined) return;
  await rm(run.work, { recursive: true, force: true });
  await run.claim?.release();
}

export { beginBackup };
