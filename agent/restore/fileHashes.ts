import { lstatSync, type Stats } from "node:fs";
import { lstat } from "node:fs/promises";
import path from "node:path";
import type { BackupFile } from "../../model/manifest";
import { hashFile } from "../host/files";
import { HashThread } from "../host/hashThread";
import { Damaged } from "../run/errors";

interface Hashed {
  stats: Stats;
  sha256: string;
}

/**
 * Hashes of files, taken from the disk while others are still being unpacked. A hash counts only while its file is the
 * one that was read; whatever is not known, or was touched since, is read again by whoever asks.
 */
export class FileHashes {
  private readonly known = new Map<string, Hashed>();
  private readonly thread = new HashThread();
  private working: Promise<void> = Promise.resolve();

  constructor(private readonly root: string) {}

  /** A file is whole: it is read in the background, in turn. */
  add(name: string): void {
    this.working = this.working.then(() => this.hash(name));
  }

  /** All that was added is hashed. */
  async settled(): Promise<void> {
    await this.working;
    await this.thread.close();
  }

  /** SHA-256 of a file that looks like this. */
  async of(name: string, stats: Stats): Promise<string> {
    const found = this.known.get(name);
    return found !== undefined && same(found.stats, stats) ? found.sha256 : hashFile(path.join(this.root, name));
  }

  private async hash(name: string): Promise<void> {
    const file = path.join(this.root, name);
    try {
      const stats = await lstat(file);
      if (stats.isFile()) this.known.set(name, { stats, sha256: (await this.thread.hash(file)).sha256 });
    } catch {
      this.known.delete(name); // The check itself reads it and says what is wrong.
    }
  }
}

/** A backup has a handful of folders. */
const mostFolders = 10_000;

/**
 * Looks at what is unpacked as it comes: a tarball that was changed could hold anything, and would fill the disk long before
 * its hash is known.
 */
export function watchUnpacked(root: string, files: readonly BackupFile[]): (name: string) => void {
  const listed = new Map(files.map((file) => [file.path, file.bytes]));
  // Such a name comes in pieces: the check afterwards finds what is wrong.
  const blind = files.some((file) => file.path.includes("\n"));
  let folders = 0;
  return (name) => {
    if (blind) return;
    if (name === "" || name.endsWith("/")) {
      if ((folders += 1) > mostFolders) throw new Damaged(`it holds more than ${mostFolders} folders`);
      return;
    }
    const stats = lstatSync(path.join(root, name), { throwIfNoEntry: false });
    const fault = faultOf(stats, listed.get(name));
    if (fault !== null) throw new Damaged(`${name} ${fault}`);
  };
}

/** Why a file that lies there is none of the backup's, as far as its look tells; null when it may be one. */
export function faultOf(stats: Stats | undefined, bytes: number | undefined): string | null {
  if (stats !== undefined && (!stats.isFile() || stats.nlink > 1)) return "is a link or a device";
  if (bytes === undefined) return "is not in the manifest";
  return stats?.size === bytes ? null : `has ${stats?.size ?? "no"} bytes, not ${bytes}`;
}

function same(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.ctimeMs === b.ctimeMs && a.mtimeMs === b.mtimeMs;
}
