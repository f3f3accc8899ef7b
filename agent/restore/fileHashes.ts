import { lstat } from "node:fs/promises";
import path from "node:path";
import type { Stats } from "node:fs";
import { hashFile } from "../host/files";
import { HashThread } from "../host/hashThread";

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

function same(a: Stats, b: Stats): boolean {
  return a.dev === b.dev && a.ino === b.ino && a.size === b.size && a.ctimeMs === b.ctimeMs && a.mtimeMs === b.mtimeMs;
}
