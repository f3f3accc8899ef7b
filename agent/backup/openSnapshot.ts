import { constants, type Stats } from "node:fs";
import { copyFile, type FileHandle, lstat, open, readdir } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import type { BackupFile } from "../../model/manifest";
import { hashStream, isCode, makeDirectory, ownPrefix, walkTree } from "../host/files";
import { inParallel } from "../host/tree";
import { WorldFault } from "../run/errors";
import type { Node } from "../context";

/** A snapshot whose files are held open: the database may remove it meanwhile, its content stays (protocol 12). */
export interface OpenSnapshot {
  /** The index that it covers. */
  index: number;
  /** Writes it below a folder, under its own name. */
  copyTo(target: string): Promise<void>;
  /** Sizes and hashes of its files, with names below `prefix`. */
  hashes(prefix: string): Promise<BackupFile[]>;
  /** It lies in its place, as it was opened. */
  stillThere(): Promise<boolean>;
  close(): Promise<void>;
}

interface Held {
  /** Path below `raft/snapshots`. */
  name: string;
  stats: Stats;
  handle?: FileHandle;
}

const attempts = 5;

/**
 * Opens the newest snapshot and tells which index it covers: index and listing are read before and after, and both must
 * be equal (protocol 12). Snapshots appear and vanish at any time, so it is tried a few times. What was renamed into
 * place never changes, so it may be copied when writes go on again: a pause is not made longer by it.
 */
export async function openSnapshot({ node }: { node: Node }): Promise<OpenSnapshot> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const before = await look(node);
    if (before.newest === undefined) throw new WorldFault("the database made a snapshot, but raft/snapshots is empty");
    const held = await hold(node.paths.snapshots, before.newest);
    const after = await look(node);
    if (held !== undefined && before.index === after.index && before.listing === after.listing) {
      const { snapshots } = node.paths;
      return {
        index: before.index,
        copyTo: (target) => copyHeld(held, target),
        hashes: (prefix) => hashesOf(held, prefix),
        stillThere: () => lieIn(snapshots, held),
        close: () => closeAll(held),
      };
    }
    await closeAll(held ?? []);
  }
  throw new WorldFault("the database replaced its newest snapshot each time it was opened; run it again");
}

async function look(node: Node): Promise<{ index: number; listing: string; newest: string | undefined }> {
  const { snapshotIndex } = await node.http.metrics();
  const found: { name: string; changed: number }[] = [];
  for (const name of (await readdir(node.paths.snapshots)).filter((n) => !n.startsWith(ownPrefix))) {
    const stats = await lstat(path.join(node.paths.snapshots, name)).catch(() => undefined);
    // The rename that finished it set the time of its inode; the one renamed last is the newest.
    if (stats !== undefined) found.push({ name, changed: stats.ctimeMs });
  }
  found.sort((a, b) => a.changed - b.changed || (a.name < b.name ? -1 : 1));
  return { index: snapshotIndex, listing: JSON.stringify(found), newest: found.at(-1)?.name };
}

/** Opens every file of a snapshot, which is a folder or a file; undefined when it vanishes meanwhile. */
async function hold(folder: string, snapshot: string): Promise<Held[] | undefined> {
  const held: Held[] = [];
  try {
    const stats = await lstat(path.join(folder, snapshot));
    held.push({ name: snapshot, stats });
    if (stats.isDirectory()) {
      for (const file of await walkTree(path.join(folder, snapshot))) {
        held.push({ name: `${snapshot}/${file.path}`, stats: file.stats });
      }
    }
    for (const item of held) if (item.stats.isFile()) item.handle = await open(path.join(folder, item.name), "r");
    return held;
  } catch (error) {
    await closeAll(held);
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

async function closeAll(held: readonly Held[]): Promise<void> {
  for (const { handle } of held) await handle?.close();
}

async function copyHeld(held: readonly Held[], target: string): Promise<void> {
  await makeDirectory(target);
  for (const { name, stats } of held) if (stats.isDirectory()) await makeDirectory(path.join(target, name));
  await eachFile(held, ({ name }, handle) => copyHandle(handle, path.join(target, name)));
}

async function hashesOf(held: readonly Held[], prefix: string): Promise<BackupFile[]> {
  const hashed: BackupFile[] = [];
  await eachFile(held, async ({ name }, handle) => {
    // By the file that is open, not by its name, which may be gone.
    const content = handle.createReadStream({ autoClose: false, start: 0 });
    hashed.push({ path: path.posix.join(prefix, name), ...(await hashStream(content, () => undefined)) });
  });
  return hashed;
}

async function eachFile(held: readonly Held[], work: (item: Held, handle: FileHandle) => Promise<void>): Promise<void> {
  const others = held.filter(({ stats }) => !stats.isDirectory());
  await inParallel(others, async (item) => {
    if (item.handle === undefined) {
      const what = `the snapshot holds ${item.name}, which is neither a file nor a folder`;
      throw new WorldFault(`${what}: it cannot be backed up`);
    }
    await work(item, item.handle);
  });
}

async function lieIn(folder: string, held: readonly Held[]): Promise<boolean> {
  for (const { name, stats } of held) {
    const now = await lstat(path.join(folder, name)).catch(() => undefined);
    if (now?.ino !== stats.ino || now.size !== stats.size || now.ctimeMs !== stats.ctimeMs) return false;
  }
  return true;
}

/** By the file that is open, not by its name, which may be gone. */
async function copyHandle(handle: FileHandle, to: string): Promise<void> {
  if (process.platform === "linux") return copyFile(`/proc/self/fd/${handle.fd}`, to, constants.COPYFILE_FICLONE);
  const copy = await open(to, "wx");
  await pipeline(handle.createReadStream({ autoClose: false, start: 0 }), copy.createWriteStream());
}
