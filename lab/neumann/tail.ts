import fs from "node:fs";
import path from "node:path";
import { type Entry, scanEntries } from "./entry";
import { hex16, listNames, syncDirectory } from "./files";

const tailName = /^[0-9a-f]{16}\.tail$/;
const rotateBytes = 8 * 1024 * 1024;

/** The tail's files, oldest first. */
export function tailFiles(directory: string): string[] {
  return listNames(directory, tailName).map((name) => path.join(directory, name));
}

/**
 * The entries that the tail's files hold, in the order of the log. A later frame with an index that is already there
 * replaces that entry and all behind it: that is how a new leader's entries displace those of an old one.
 */
export function readTail(directory: string): { entries: Entry[]; damaged: string | undefined } {
  const entries: Entry[] = [];
  let damaged: string | undefined;
  for (const file of tailFiles(directory)) {
    const scan = scanEntries(fs.readFileSync(file));
    for (const entry of scan.entries) {
      const first = entries[0]?.index ?? entry.index;
      const keep = entry.index - first;
      if (keep < 0 || keep > entries.length) entries.length = 0;
      else entries.length = keep;
      entries.push(entry);
    }
    if (scan.fault === "damaged") damaged = file;
  }
  return { entries, damaged };
}

interface Pending {
  entries: Entry[];
  resolve: () => void;
  reject: (error: Error) => void;
}

/**
 * The newest entries, committed or not: what is fsynced before anything is acknowledged. Writes that arrive while the
 * disk is busy go out together. Files are replaced by a shorter one when they have grown.
 */
export class Tail {
  private handle: fs.promises.FileHandle | undefined;
  private number = 0;
  private bytes = 0;
  private queue: Pending[] = [];
  private running: Promise<void> | undefined;

  constructor(
    private readonly directory: string,
    private readonly fsync: boolean,
    /** The entries that the segments do not yet hold durably. */
    private readonly retained: () => Promise<Entry[]>,
  ) {}

  /** Starts a new file that holds what must be kept of the old ones. */
  async start(): Promise<void> {
    await this.running;
    const newest = tailFiles(this.directory).at(-1);
    this.number = newest ? parseInt(path.basename(newest).slice(0, 16), 16) : 0;
    await this.rotate();
  }

  /** Resolves when the entries are on disk. */
  append(entries: Entry[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.queue.push({ entries, resolve, reject });
      this.running ??= this.run();
    });
  }

  private async run(): Promise<void> {
    // One turn of the event loop lets writes that arrive together go to disk together.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.queue.length > 0) {
      const batch = this.queue.splice(0);
      try {
        await this.write(batch.flatMap((pending) => pending.entries));
        batch.forEach((pending) => pending.resolve());
      } catch (error) {
        batch.forEach((pending) => pending.reject(error as Error));
      }
    }
    this.running = undefined;
  }

  private async write(entries: Entry[]): Promise<void> {
    if (this.bytes > rotateBytes) await this.rotate();
    await this.put(entries);
  }

  private async put(entries: Entry[]): Promise<void> {
    if (!this.handle) throw new Error("the log is closed");
    const data = Buffer.concat(entries.map((entry) => entry.frame));
    for (let at = 0; at < data.length;) at += (await this.handle.write(data, at)).bytesWritten;
    if (this.fsync) await this.handle.datasync();
    this.bytes += data.length;
  }

  private async rotate(): Promise<void> {
    const kept = await this.retained();
    const old = tailFiles(this.directory);
    await this.handle?.close();
    this.number += 1;
    // Only a whole file may take its name: its first frame displaces what the older files hold.
    const file = path.join(this.directory, `${hex16(this.number)}.tail`);
    this.handle = await fs.promises.open(`${file}.tmp`, "w");
    this.bytes = 0;
    await this.put(kept);
    fs.renameSync(`${file}.tmp`, file);
    syncDirectory(this.directory);
    old.forEach((file) => fs.rmSync(file));
  }

  /** Waits for what is under way and closes. */
  async close(): Promise<void> {
    await this.running;
    await this.handle?.close();
    this.handle = undefined;
  }
}
