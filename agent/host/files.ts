import { createHash, randomBytes } from "node:crypto";
import { constants, createReadStream, type Stats } from "node:fs";
import {
  access,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  statfs,
  unlink,
} from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";

/** Names with this beginning are ignored by the database and by listings of an archive. */
export const ownPrefix = ".neumann-backup";

export async function exists(file: string): Promise<boolean> {
  return access(file, constants.F_OK).then(
    () => true,
    () => false,
  );
}

export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

export function isCode(error: unknown, ...codes: string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? "");
}

/** Opens a file for some work and closes it whatever happened. */
export async function withFile<T>(file: string, flags: string, work: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file, flags);
  try {
    return await work(handle);
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder survive a loss of power. */
export async function syncDirectory(directory: string): Promise<void> {
  await withFile(directory, "r", (handle) => handle.sync());
}

/** `mkdir -p` whose new folders survive a loss of power. */
export async function makeDirectory(directory: string, mode?: number): Promise<void> {
  const first = await mkdir(directory, { recursive: true, mode });
  if (first === undefined) return;
  for (let at = directory; at.length >= first.length; at = path.dirname(at)) await syncDirectory(path.dirname(at));
}

export function temporaryName(directory: string): string {
  return path.join(directory, `${ownPrefix}-tmp-${process.pid}-${randomBytes(6).toString("hex")}`);
}

/** Writes a new file and forces it to the disk; fails when it exists. */
export async function writeDurably(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const handle = await open(file, "wx", mode);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces a file of ours (state, configuration) whole and durably. Never used on an archive. */
export async function replaceFile(file: string, content: string | Buffer, mode = 0o644): Promise<void> {
  const directory = path.dirname(file);
  await makeDirectory(directory);
  const temporary = temporaryName(directory);
  try {
    await writeDurably(temporary, content, mode);
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(directory);
}

/** Removes a file and makes that durable; nothing happens when it is gone. */
export async function removeFile(file: string): Promise<void> {
  if (await dropFile(file)) await syncDirectory(path.dirname(file));
}

/** Removes a file that nobody would miss if it came back; false when it is gone. Quicker to load than `rm`. */
export async function dropFile(file: string): Promise<boolean> {
  try {
    await unlink(file);
    return true;
  } catch (error) {
    if (isCode(error, "ENOENT")) return false;
    throw error;
  }
}

const pieceBytes = 1024 * 1024;

/** So much is written before the disk is asked for it: each asking costs a flush. */
const forcedBytes = 4 * pieceBytes;

/**
 * Copies what is left of an open file, each piece hashed as it is written: what is hashed is what is there. A piece is
 * written, and what was written before it goes to the disk, while the next is read and hashed; the caller's own sync
 * then has little to wait for.
 */
export async function copyHashed(from: FileHandle, to: FileHandle): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  // One is read into while the other is hashed and written.
  const buffers = [0, 1].map(() => Buffer.allocUnsafe(pieceBytes));
  const readInto = (turn: number) => from.read(buffers[turn % 2] as Buffer, 0, pieceBytes);
  let reading = readInto(0);
  let writing: Promise<void> = Promise.resolve();
  let forced: Promise<void> = Promise.resolve();
  let forcing = false;
  let unforced = 0;
  let bytes = 0;
  for (let turn = 1; ; turn += 1) {
    const { bytesRead, buffer } = await reading;
    await writing;
    if (bytesRead === 0) break;
    const piece = buffer.subarray(0, bytesRead);
    writing = writeWhole(to, piece);
    reading = readInto(turn);
    // A failure is thrown by the wait above; one that comes after another has been told of need not be told.
    for (const work of [reading, writing]) work.catch(() => undefined);
    hash.update(piece);
    bytes += bytesRead;
    unforced += bytesRead;
    if (forcing || unforced < forcedBytes) continue;
    unforced = 0;
    forcing = true;
    forced = forced.then(() => to.datasync()).finally(() => (forcing = false));
    forced.catch(() => undefined); // Thrown below: the system tells of a failure once only.
  }
  await forced;
  return { sha256: hash.digest("hex"), bytes };
}

async function writeWhole(to: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await to.write(piece, at)).bytesWritten;
}

/** SHA-256 of a file, in constant memory. */
export async function hashFile(file: string | FileHandle): Promise<string> {
  const hash = createHash("sha256");
  const options = { highWaterMark: 1024 * 1024 };
  const stream = typeof file === "string" ? createReadStream(file, options) : file.createReadStream(options);
  await pipeline(stream, hash);
  return hash.digest("hex");
}

/** A file below a folder. */
export interface TreeFile {
  /** Path below the folder, with `/`. */
  path: string;
  stats: Stats;
}

/** All files and folders below a folder, sorted by path; our own names left out unless asked for. Vanishing files are skipped. */
export async function walkTree(root: string, options: { own: boolean } = { own: false }): Promise<TreeFile[]> {
  const found: TreeFile[] = [];
  const visit = async (relative: string): Promise<void> => {
    const names = await readdir(path.join(root, relative)).catch((error: unknown) => {
      if (isCode(error, "ENOENT", "ENOTDIR")) return [];
      throw error;
    });
    for (const name of names.sort()) {
      if (!options.own && name.startsWith(ownPrefix)) continue;
      const at = relative === "" ? name : `${relative}/${name}`;
      const stats = await lstat(path.join(root, at)).catch(() => undefined);
      if (stats === undefined) continue;
      found.push({ path: at, stats });
      if (stats.isDirectory()) await visit(at);
    }
  };
  await visit("");
  return found;
}

/** Bytes that the file system of a path has free for us; looks at the nearest folder that exists. */
export async function freeBytes(directory: string): Promise<number> {
  let at = directory;
  while (!(await exists(at)) && at !== path.dirname(at)) at = path.dirname(at);
  const stats = await statfs(at);
  return stats.bavail * stats.bsize;
}
