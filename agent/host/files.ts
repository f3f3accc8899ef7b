import { createHash, randomBytes } from "node:crypto";
import { constants, type Stats } from "node:fs";
import {
  access,
  chmod,
  copyFile,
  type FileHandle,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  statfs,
  unlink,
} from "node:fs/promises";
import path from "node:path";
import { type Readable, Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TryLater } from "../run/errors";
import { together } from "../run/together";

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

/** Whether a file's name is one of those. */
export function isTemporary(name: string): boolean {
  return name.startsWith(`${ownPrefix}-tmp-`);
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

/** Replaces a file that others read, whole: by a rename, and readable for all whatever the caller's umask is. */
export async function publishFile(file: string, content: string): Promise<void> {
  const mask = process.umask(0o022);
  try {
    await replaceFile(file, content);
  } finally {
    process.umask(mask);
  }
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

/** What is left of an open file, in pieces; the next is read while one is looked at. A piece is gone when the next is asked for. */
async function* pieces(file: FileHandle, pieceBytes: number): AsyncGenerator<Buffer> {
  const { size } = await file.stat();
  const buffers = [0, 1].map(() => Buffer.allocUnsafe(Math.min(pieceBytes, size + 1)));
  const readInto = (turn: number) => {
    const buffer = buffers[turn % 2] as Buffer;
    const reading = file.read(buffer, 0, buffer.length);
    reading.catch(() => undefined); // Thrown by the wait for it, unless nobody asks any more.
    return reading;
  };
  let reading = readInto(0);
  for (let turn = 1; ; turn += 1) {
    const { bytesRead, buffer } = await reading;
    if (bytesRead === 0) return;
    reading = readInto(turn);
    yield buffer.subarray(0, bytesRead);
  }
}

/** So much is written before the disk is asked for it: each asking costs a flush. */
const forcedBytes = 4 * 1024 * 1024;

/** Sends what is written to the disk while more is written: the sync at the end then has little to wait for. */
export class Forcing {
  private forced: Promise<void> = Promise.resolve();
  private busy = false;
  private unforced = 0;

  constructor(private readonly file: FileHandle) {}

  /** So many bytes were given to the system. */
  wrote(bytes: number): void {
    this.unforced += bytes;
    if (this.busy || this.unforced < forcedBytes) return;
    this.unforced = 0;
    this.busy = true;
    this.forced = this.forced.then(() => this.file.datasync()).finally(() => (this.busy = false));
    this.forced.catch(() => undefined); // Thrown by `sync`: the system tells of a failure once only.
  }

  /** All of it is on the disk. */
  async sync(): Promise<void> {
    await this.forced;
    await this.file.sync();
  }
}

/** The system copies a file into one that exists; its hash is taken beside that, from the source. */
export async function copyHashed(from: string, to: string): Promise<{ sha256: string; bytes: number }> {
  const { mode } = await stat(to);
  let bytes = 0;
  const hashing = hashFile(from, (done) => (bytes = done));
  await together(hashing, copyFile(from, to));
  await chmod(to, mode);
  const { size } = await stat(to);
  if (size !== bytes)
    throw new TryLater(`${from} changed while it was copied: ${bytes} bytes were read, ${size} copied`);
  return { sha256: await hashing, bytes };
}

/** Sends a stream on, hashing what passes. */
export async function pipeHashed(
  content: Readable,
  into: Writable,
  passed: (bytes: number) => void,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const measure = new Transform({
    highWaterMark: 1024 * 1024,
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      bytes += chunk.length;
      passed(chunk.length);
      done(null, chunk);
    },
  });
  await pipeline(content, measure, into);
  return { sha256: hash.digest("hex"), bytes };
}

/** Reads a stream to its end; `passed` is told of the bytes of each piece. */
export async function hashStream(
  content: Readable,
  passed: (bytes: number) => void,
): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  content.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    passed(chunk.length);
  });
  await pipeline(content, hash);
  return { sha256: hash.digest("hex"), bytes };
}

/** A stream into an open file, which stays open when the stream has ended. */
export function streamInto(file: FileHandle): Writable {
  const write = (piece: Buffer, done: (error?: Error) => void): void => {
    writeWhole(file, piece).then(() => done(), done);
  };
  return new Writable({
    highWaterMark: 4 * 1024 * 1024,
    write: (chunk: Buffer, _encoding, done) => write(chunk, done),
    writev: (waiting, done) => write(Buffer.concat(waiting.map(({ chunk }) => chunk as Buffer)), done),
  });
}

async function writeWhole(to: FileHandle, piece: Buffer): Promise<void> {
  for (let at = 0; at < piece.length;) at += (await to.write(piece, at)).bytesWritten;
}

/** SHA-256 of a file, in constant memory. */
export async function hashFile(file: string, progress: (bytes: number) => void = () => undefined): Promise<string> {
  return withFile(file, "r", async (handle) => {
    const hash = createHash("sha256");
    let bytes = 0;
    // Small: a hash is taken while others wait for this thread.
    for await (const piece of pieces(handle, 256 * 1024)) {
      hash.update(piece);
      progress((bytes += piece.length));
    }
    return hash.digest("hex");
  });
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
