import type { Stats } from "node:fs";
import path from "node:path";
import type { BackupFile } from "../../model/manifest";
import { WorldFault } from "../run/errors";
import { hashFile, isCode, walkTree } from "./files";
import { inParallel, mayHaveChanged, writtenOut } from "./tree";

interface Hashed {
  size: number;
  ino: number;
  /** Of its data and of its inode, the later. */
  touchedMs: number;
  sha256: string;
}

/**
 * The hashes of a folder's files while they change, in passes as of TreeCopy: each hashes what may have changed since the
 * one before began. After a pass over a folder at rest they are those of what lies there.
 */
export class TreeHashes {
  private known = new Map<string, Hashed>();
  private since = Number.NEGATIVE_INFINITY;

  constructor(private readonly root: string) {}

  /** Everything is on the disk when it returns. */
  async pass(progress: (bytes: number) => void = () => undefined): Promise<{ bytes: number }> {
    const began = await writtenOut(this.root);
    const found = new Map<string, Hashed>();
    let bytes = 0;
    await inParallel(await this.files(), async ({ name, stats }) => {
      const known = this.known.get(name);
      const hashed = mayHaveChanged(known, stats, this.since) ? await this.hash(name, stats) : known;
      if (hashed === undefined) return;
      found.set(name, hashed);
      if (hashed !== known) progress((bytes += stats.size));
    });
    this.known = found;
    this.since = began;
    return { bytes };
  }

  /** Whether no file has been touched, come or gone since the last pass read it. */
  async atRest(): Promise<boolean> {
    const files = await this.files();
    if (files.length !== this.known.size) return false;
    return files.every(({ name, stats }) => {
      const known = this.known.get(name);
      return known?.size === stats.size && known.ino === stats.ino && known.touchedMs === touched(stats);
    });
  }

  /** What the last pass found, with names below `prefix`. */
  list(prefix: string): BackupFile[] {
    return [...this.known].map(([name, { size, sha256 }]) => ({
      path: path.posix.join(prefix, name),
      bytes: size,
      sha256,
    }));
  }

  /** @throws WorldFault where there is something else than files and folders: no restore would take it. */
  private async files(): Promise<{ name: string; stats: Stats }[]> {
    const entries = (await walkTree(this.root)).filter(({ stats }) => !stats.isDirectory());
    const other = entries.find(({ stats }) => !stats.isFile());
    if (other !== undefined) {
      throw new WorldFault(
        `${path.join(this.root, other.path)} is neither a file nor a folder: it cannot be backed up`,
      );
    }
    return entries.map(({ path: name, stats }) => ({ name, stats }));
  }

  /** Undefined where it vanished meanwhile. */
  private async hash(name: string, stats: Stats): Promise<Hashed | undefined> {
    try {
      const sha256 = await hashFile(path.join(this.root, name));
      return { size: stats.size, ino: stats.ino, touchedMs: touched(stats), sha256 };
    } catch (error) {
      if (isCode(error, "ENOENT")) return undefined;
      throw error;
    }
  }
}

function touched({ mtimeMs, ctimeMs }: Stats): number {
  return Math.max(mtimeMs, ctimeMs);
}
