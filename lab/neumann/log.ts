import { type Entry } from "./entry";
import { Tail } from "./tail";
import type { Wal } from "./wal";

const cacheBytes = 16 * 1024 * 1024;

/** The log of a node: committed entries in segments, all that is newer also in the tail, the newest in memory. */
export class Log {
  /** Entries in memory, without a gap, up to the last one. */
  private entries: Entry[] = [];
  private bytes = 0;
  /** The entry before the first in memory. */
  private base = { index: 0, term: 0 };
  private readonly tail: Tail;
  private epoch = 0;
  private lastAppend: Promise<void> = Promise.resolve();
  /** All entries up to here are on disk. */
  durableIndex = 0;
  /** All entries up to here are committed and in segments. */
  commitIndex = 0;

  constructor(
    readonly wal: Wal,
    tailDirectory: string,
    fsync: boolean,
  ) {
    this.tail = new Tail(tailDirectory, fsync, async () => {
      const durable = await wal.sync();
      return this.entries.filter((entry) => entry.index > durable);
    });
  }

  /** Begins with a committed index and the entries behind it that the tail held. */
  async start(base: { index: number; term: number }, entries: Entry[]): Promise<void> {
    this.base = { ...base };
    this.entries = [...entries];
    this.bytes = entries.reduce((sum, entry) => sum + entry.frame.length, 0);
    this.commitIndex = base.index;
    this.durableIndex = this.lastIndex;
    this.wal.begin(base.index + 1, base.term);
    await this.tail.start();
  }

  /** The last entry's index. */
  get lastIndex(): number {
    return this.base.index + this.entries.length;
  }

  /** The last entry's term. */
  get lastTerm(): number {
    return this.entries.at(-1)?.term ?? this.base.term;
  }

  /** Bytes that are not committed yet. */
  get uncommittedBytes(): number {
    let sum = 0;
    for (let i = this.entries.length - 1; i >= 0; i--) {
      const entry = this.entries[i];
      if (!entry || entry.index <= this.commitIndex) break;
      sum += entry.frame.length;
    }
    return sum;
  }

  /** The term of an entry; undefined if it is not in memory. */
  term(index: number): number | undefined {
    return index === this.base.index ? this.base.term : this.get(index)?.term;
  }

  /** An entry, if it is in memory. */
  get(index: number): Entry | undefined {
    return this.entries[index - this.base.index - 1];
  }

  /** Entries behind an index, from memory; at least one if there is one. */
  private slice(from: number, maxBytes: number): Entry[] {
    const start = from - this.base.index - 1;
    let end = start;
    for (let bytes = 0; end < this.entries.length; end++) {
      bytes += this.entries[end]?.frame.length ?? 0;
      if (end > start && bytes > maxBytes) break;
    }
    return this.entries.slice(start, end);
  }

  /** Entries from an index on, with the term before them; undefined if they are no longer kept. */
  async read(from: number, maxBytes: number): Promise<{ entries: Entry[]; previousTerm: number } | undefined> {
    const previousTerm = this.term(from - 1);
    if (previousTerm !== undefined) return { entries: this.slice(from, maxBytes), previousTerm };
    return this.wal.read(from);
  }

  /** The uncommitted and cached entries of one kind, newest first. */
  findLast(test: (entry: Entry) => boolean): Entry | undefined {
    return this.entries.findLast(test);
  }

  /** Adds entries; resolves when they are on disk. An index that is already there displaces what follows it. */
  append(entries: Entry[]): Promise<void> {
    const first = entries[0];
    const last = entries.at(-1);
    if (!first || !last) return this.lastAppend;
    if (first.index <= this.lastIndex) this.truncate(first.index);
    if (first.index !== this.lastIndex + 1) throw new Error(`entry ${first.index} does not follow ${this.lastIndex}`);
    this.entries.push(...entries);
    for (const entry of entries) this.bytes += entry.frame.length;
    const epoch = this.epoch;
    this.lastAppend = this.tail.append(entries).then(() => {
      if (this.epoch === epoch) this.durableIndex = Math.max(this.durableIndex, last.index);
    });
    return this.lastAppend;
  }

  private truncate(from: number): void {
    if (from <= this.commitIndex) throw new Error(`entry ${from} is committed and cannot be displaced`);
    const removed = this.entries.splice(from - this.base.index - 1);
    for (const entry of removed) this.bytes -= entry.frame.length;
    this.epoch += 1;
    this.durableIndex = Math.min(this.durableIndex, from - 1);
  }

  /** Writes entries up to an index into the segments as committed, and returns them. */
  commitTo(index: number): Entry[] {
    const start = this.commitIndex - this.base.index;
    const committed = this.entries.slice(start, index - this.base.index);
    this.wal.append(committed);
    this.commitIndex = index;
    this.trim();
    return committed;
  }

  private trim(): void {
    let count = 0;
    while (this.bytes > cacheBytes) {
      const entry = this.entries[count];
      if (!entry || entry.index >= this.commitIndex) break;
      this.bytes -= entry.frame.length;
      this.base = { index: entry.index, term: entry.term };
      count += 1;
    }
    if (count > 0) this.entries.splice(0, count);
  }

  /** Goes on behind a snapshot that came from the leader. */
  async restart(base: { index: number; term: number }): Promise<void> {
    this.epoch += 1;
    this.entries = [];
    this.bytes = 0;
    this.base = { ...base };
    this.commitIndex = base.index;
    this.durableIndex = base.index;
    this.wal.begin(base.index + 1, base.term);
    await this.tail.start();
  }

  /** Puts everything on disk and closes. */
  async close(): Promise<void> {
    await this.tail.close();
    await this.wal.close();
  }
}
