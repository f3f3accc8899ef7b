import { constants, type Stats } from "node:fs";
import { copyFile, lstat, mkdir, open, readlink, rm, stat, symlink, unlink } from "node:fs/promises";
import path from "node:path";
import { mustRun } from "./run";
import { together } from "../run/together";
import { hashFile, isCode, makeDirectory, temporaryName, walkTree, writeDurably } from "./files";
import type { BackupFile } from "../../model/manifest";

/** What a file looked like before it was copied. */
interface Seen {
  size: number;
  ino: number;
  /** File, folder or link, by the mode's type bits. */
  kind: number;
}

/** Files whose times lie so far before a pass began are copied again all the same (protocol 10). */
const clockGrainMs = 2000;
const parallelCopies = 4;

export interface PassResult {
  files: number;
  bytes: number;
}

/**
 * Keeps a copy of a folder that changes while it is copied. Each pass copies what may have changed since the pass
 * before began and removes what vanished; a pass over a frozen folder leaves an exact copy.
 */
export class TreeCopy {
  private seen = new Map<string, Seen>();
  /** Time of the file system when the last pass began; nothing is older before the first. */
  private since = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly source: string,
    private readonly target: string,
  ) {}

  async pass(progress: (bytes: number) => void): Promise<PassResult> {
    const began = await writtenOut(this.source);
    const result = await this.copyChanges(progress);
    this.since = began;
    return result;
  }

  /** The last pass, over a frozen folder: no other follows, so nothing has to be written out first. */
  async lastPass(progress: (bytes: number) => void): Promise<PassResult> {
    return this.copyChanges(progress);
  }

  private async copyChanges(progress: (bytes: number) => void): Promise<PassResult> {
    const files = await walkTree(this.source);
    await makeDirectory(this.target);
    await this.removeVanished(new Map(files.map(({ path: name, stats }) => [name, kindOf(stats)])));
    const changed = files.filter(({ path: name, stats }) => this.mayHaveChanged(name, stats));
    const result = { files: 0, bytes: 0 };
    for (const { path: name } of changed.filter(({ stats }) => stats.isDirectory())) {
      await mkdir(path.join(this.target, name), { recursive: true });
    }
    await inParallel(
      changed.filter(({ stats }) => !stats.isDirectory()),
      async ({ path: name, stats }) => {
        if (!(await this.copy(name, stats))) return;
        result.files += 1;
        result.bytes += stats.size;
        progress(result.bytes);
      },
    );
    this.seen = new Map(files.map(({ path: name, stats }) => [name, seenAs(stats)]));
    return result;
  }

  private mayHaveChanged(name: string, stats: Stats): boolean {
    return mayHaveChanged(this.seen.get(name), stats, this.since);
  }

  /** Also what has become something else: a file is never copied through a link that was there before it. */
  private async removeVanished(present: ReadonlyMap<string, number>): Promise<void> {
    for (const [name, { kind }] of this.seen) {
      if (present.get(name) !== kind) await rm(path.join(this.target, name), { recursive: true, force: true });
    }
  }

  /** False when the file vanished meanwhile. */
  private async copy(name: string, stats: Stats): Promise<boolean> {
    return copyEntry(path.join(this.source, name), path.join(this.target, name), stats);
  }
}

/**
 * Writes a folder's files out; the time by its file system before that. A page that is changed through a memory map gives
 * its file a new time when it is touched first after it was written out: so whatever is touched after this shows.
 */
export async function writtenOut(root: string): Promise<number> {
  const began = await fileSystemTime(root);
  await mustRun("sync", ["-f", root], { timeoutSeconds: 600 });
  return began;
}

/** Whether what was seen may be another since a time of its file system (protocol 10). */
export function mayHaveChanged(known: Pick<Seen, "size" | "ino"> | undefined, stats: Stats, since: number): boolean {
  if (known === undefined || known.size !== stats.size || known.ino !== stats.ino) return true;
  return !stats.isDirectory() && Math.max(stats.mtimeMs, stats.ctimeMs) >= since - clockGrainMs;
}

function kindOf(stats: Stats): number {
  return stats.mode & constants.S_IFMT;
}

function seenAs(stats: Stats): Seen {
  return { size: stats.size, ino: stats.ino, kind: kindOf(stats) };
}

async function copyEntry(from: string, to: string, stats: Stats): Promise<boolean> {
  try {
    if (stats.isSymbolicLink()) {
      await rm(to, { force: true });
      await symlink(await readlink(from), to);
      return true;
    }
    if (!stats.isFile()) return false; // A socket or a pipe: no data.
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

/** Copies a folder or a file that nobody changes; the source is only read. */
export async function copyTree(source: string, target: string): Promise<void> {
  const stats = await lstat(source);
  if (!stats.isDirectory()) {
    await makeDirectory(path.dirname(target));
    await copyEntry(source, target, stats);
    return;
  }
  const entries = await walkTree(source);
  await makeDirectory(target);
  for (const { path: name, stats: found } of entries) {
    if (found.isDirectory()) await mkdir(path.join(target, name), { recursive: true });
  }
  const files = entries.filter(({ stats: found }) => !found.isDirectory());
  await inParallel(files, async ({ path: name, stats: found }) => {
    await copyEntry(path.join(source, name), path.join(target, name), found);
  });
}

/** The clock by which this file system stamps its files. */
async function fileSystemTime(directory: string): Promise<number> {
  const probe = temporaryName(directory);
  await writeDurably(probe, "");
  const { mtimeMs } = await stat(probe);
  await unlink(probe);
  return mtimeMs;
}

/** A few at a time. The first failure is thrown when those that were under way are over; no more are begun then. */
export async function inParallel<T>(
  items: readonly T[],
  work: (item: T) => Promise<void>,
  width = parallelCopies,
): Promise<void> {
  const queue = [...items];
  const worker = async (): Promise<void> => {
    try {
      for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
    } finally {
      queue.length = 0; // Nothing is left, or one has failed.
    }
  };
  await together(...Array.from({ length: width }, worker));
}

/** Size and SHA-256 of every file below a folder. */
export async function hashTree(root: string): Promise<BackupFile[]> {
  const files = (await walkTree(root)).filter(({ stats }) => stats.isFile());
  const hashed: BackupFile[] = [];
  await inParallel(files, async ({ path: name, stats }) => {
    hashed.push({ path: name, bytes: stats.size, sha256: await hashFile(path.join(root, name)) });
  });
  return hashed.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Forces every file and folder below a folder to the disk. */
export async function syncTree(root: string): Promise<void> {
  await mustRun("sync", ["-f", root], { timeoutSeconds: 600 });
  const handle = await open(root, "r");
  await handle.sync();
  await handle.close();
}
