import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, link, lstat, open, readdir, readFile, rmdir, stat, unlink } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { type Archive, Conflict, metaSuffix, namesOf, type PutResult, type StoredObject } from "./archive";
import { readMeta } from "./s3/meta";
import { Damaged, WorldFault } from "../run/errors";
import { together } from "../run/together";
import {
  copyHashed,
  dropFile,
  Forcing,
  hashFile,
  isCode,
  isTemporary,
  makeDirectory,
  ownPrefix,
  pipeHashed,
  readIfThere,
  removeFile,
  streamInto,
  syncDirectory,
  temporaryName,
  withFile,
  writeDurably,
} from "../host/files";

/** What lies beside each data object, forced to the disk before the object appears (protocol 1). */
interface Meta {
  sha256: string;
  bytes: number;
}

/** What an object is written into before it has its name. */
interface NewFile {
  name: string;
  handle: FileHandle;
  /** Tells that so many bytes more were written. */
  wrote: (bytes: number) => void;
}

/**
 * An archive in a folder. Objects appear by `link`, which never replaces (protocol 2), whole and on the disk.
 */
export class DirectoryArchive implements Archive {
  readonly description: string;
  readonly expiresLater = false;

  constructor(private readonly root: string) {
    this.description = root;
  }

  async putText(key: string, text: string): Promise<PutResult> {
    const content = Buffer.from(text);
    const final = this.file(key);
    const created = await this.publish(final, (temporary) => writeDurably(temporary, content));
    if (!created && !(await readFile(final)).equals(content)) throw new Conflict(key, this.description);
    return { created, bytes: content.length, sha256: sha256(content) };
  }

  async putFile(key: string, file: string): Promise<PutResult> {
    return this.putWithMeta(key, ({ name }) => copyHashed(file, name));
  }

  async putStream(key: string, content: Readable): Promise<PutResult> {
    content.on("error", () => undefined); // It may fail before anybody reads: whoever reads then is told.
    return this.putWithMeta(key, ({ handle, wrote }) => pipeHashed(content, streamInto(handle), wrote));
  }

  async getText(key: string): Promise<string | undefined> {
    await this.sameRoot();
    return readIfThere(this.file(key)).catch(absent);
  }

  getStream(key: string): Promise<Readable> {
    return Promise.resolve(createReadStream(this.file(key), { highWaterMark: 1024 * 1024 }));
  }

  fileOf(key: string): string {
    return this.file(key);
  }

  async storedHash(key: string): Promise<string | undefined> {
    const [meta, there] = await Promise.all([this.meta(key), stat(this.file(key)).catch(absent)]);
    return there === undefined ? undefined : meta?.sha256;
  }

  async list(prefix: string): Promise<StoredObject[]> {
    const folder = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    const found: StoredObject[] = [];
    await this.collect(folder, found);
    return found.filter((object) => object.key.startsWith(prefix)).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** The object first: one without its hash could not be told from damage. */
  async expire(key: string): Promise<void> {
    await this.sameRoot();
    const file = this.file(key);
    await removeFile(file);
    await removeFile(file + metaSuffix);
    // An empty folder is no object; one that somebody fills at this moment stays.
    await rmdir(path.dirname(file)).catch((error: unknown) => {
      if (!isCode(error, "ENOTEMPTY", "EEXIST", "ENOENT")) throw error;
    });
  }

  async sweep(folder: string, before: Date): Promise<number> {
    await this.sameRoot();
    const below = (await readdir(path.join(this.root, folder), { recursive: true }).catch(absent)) ?? [];
    const names = [...(await readdir(this.root)), ...below.map((name) => path.join(folder, name))];
    let removed = 0;
    for (const name of names.filter((found) => isTemporary(path.basename(found)))) {
      const file = path.join(this.root, name);
      const stats = await lstat(file).catch(absent);
      if (stats?.isFile() !== true || stats.mtime >= before) continue;
      await removeFile(file);
      removed += 1;
    }
    return removed;
  }

  async now(): Promise<Date> {
    const probe = temporaryName(this.root);
    await writeDurably(probe, "");
    const { mtime } = await stat(probe);
    await unlink(probe);
    return mtime;
  }

  private file(key: string): string {
    return path.join(this.root, ...namesOf(key));
  }

  private async meta(key: string): Promise<Meta | undefined> {
    const text = await readIfThere(this.file(key) + metaSuffix);
    if (text === undefined) return undefined;
    const meta = readMeta(text);
    if (meta !== undefined) return meta;
    throw new Damaged(
      `${key}${metaSuffix} in ${this.description} holds no hash: the object beside it cannot be checked, and nothing is stored in its place. Bring the file back as it was.`,
    );
  }

  private identity: string | undefined;

  /** A mount that came or went while we work leaves another folder under the same name: nothing is written there. */
  private async sameRoot(): Promise<void> {
    const stats = await stat(this.root).catch(absent);
    const found = stats === undefined ? "nothing" : `${stats.dev}:${stats.ino}`;
    // An archive that is about to be made has no folder yet.
    if (this.identity === undefined && stats !== undefined) this.identity = found;
    if (this.identity === undefined || this.identity === found) return;
    throw new WorldFault(
      `${this.root} is ${stats === undefined ? "gone" : "another folder than before"}: is the disk mounted? Nothing more was written; run the same command again when it is back.`,
    );
  }

  private async collect(folder: string, found: StoredObject[]): Promise<void> {
    const directory = path.join(this.root, folder);
    const entries = await readdir(directory, { withFileTypes: true }).catch(absent);
    for (const entry of entries ?? []) {
      if (entry.name.startsWith(ownPrefix) || entry.name.endsWith(metaSuffix)) continue;
      const key = `${folder}${entry.name}`;
      if (entry.isDirectory()) {
        await this.collect(`${key}/`, found);
        continue;
      }
      const stats = await stat(path.join(directory, entry.name)).catch(absent);
      if (stats) found.push({ key, bytes: stats.size, storedAt: stats.mtime });
    }
  }

  /** `write` fills the file and tells its hash; when both are on the disk the object appears. */
  private async putWithMeta(key: string, write: (to: NewFile) => Promise<Meta>): Promise<PutResult> {
    const final = this.file(key);
    await this.sameRoot();
    await makeDirectory(path.dirname(final));
    const temporary = temporaryName(path.dirname(final));
    try {
      const meta = await withFile(temporary, "wx", async (handle) => {
        const forcing = new Forcing(handle);
        const written = await write({ name: temporary, handle, wrote: (bytes) => forcing.wrote(bytes) });
        await together(forcing.sync(), this.claimMeta(key, written));
        return written;
      });
      await this.sameRoot();
      const created = await linkNew(temporary, final);
      await syncDirectory(path.dirname(final));
      if (!created) await this.sameContent(key, meta);
      return { created, ...meta };
    } finally {
      await dropFile(temporary);
    }
  }

  /** The hash is on the disk before the object is: whoever dies in between leaves a hash that only the same content matches. */
  private async claimMeta(key: string, meta: Meta): Promise<void> {
    const text = `${JSON.stringify(meta)}\n`;
    const file = this.file(key) + metaSuffix;
    if (await this.publish(file, (temporary) => writeDurably(temporary, text))) return;
    const there = await this.meta(key);
    if (there?.sha256 !== meta.sha256 || there.bytes !== meta.bytes) throw new Conflict(key, this.description);
  }

  /** The object that is there has the promised hash; its bytes are looked at too, for a disk may have changed them. */
  private async sameContent(key: string, meta: Meta): Promise<void> {
    const found = await hashFile(this.file(key));
    if (found !== meta.sha256) throw new Conflict(key, this.description);
  }

  private async publish(final: string, write: (temporary: string) => Promise<void>): Promise<boolean> {
    await this.sameRoot();
    await makeDirectory(path.dirname(final));
    const temporary = temporaryName(path.dirname(final));
    try {
      await write(temporary);
      const created = await linkNew(temporary, final);
      await syncDirectory(path.dirname(final));
      return created;
    } finally {
      await dropFile(temporary);
    }
  }
}

function sha256(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Gives a whole file its name; false when the name is taken. Never replaces. */
async function linkNew(temporary: string, final: string): Promise<boolean> {
  try {
    await link(temporary, final);
    return true;
  } catch (error) {
    if (isCode(error, "EEXIST")) return false;
    if (isCode(error, "EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS")) return copyExclusively(temporary, final);
    throw error;
  }
}

/** Where the file system has no links: an exclusive create. A death in the middle leaves a short object that the hash refuses. */
async function copyExclusively(temporary: string, final: string): Promise<boolean> {
  const handle = await open(final, "wx").catch((error: unknown) => {
    if (isCode(error, "EEXIST")) return undefined;
    throw error;
  });
  if (handle === undefined) return false;
  try {
    for await (const chunk of createReadStream(temporary)) await handle.write(chunk as Buffer);
    await handle.sync();
  } finally {
    await handle.close();
  }
  return true;
}

function absent(error: unknown): undefined {
  if (isCode(error, "ENOENT", "ENOTDIR")) return undefined;
  throw error;
}
