import fs from "node:fs";
import path from "node:path";
import { type Entry, type Scan, scanEntries } from "./entry";
import { crc32, DamageError, hex16, listNames, syncDirectory, syncFile } from "./files";

/** The largest segment, header included. */
export const maxSegmentBytes = 16 * 1024 * 1024;

const magic = "NEUWAL01";
const headerBytes = 40;

/** Names of segments; all other names in the folder are ignored. */
export const segmentName = /^[0-9a-f]{16}\.wal$/;

/** What is known of a segment. */
export interface Segment {
  number: number;
  file: string;
  /** The index that its first entry has or will have. */
  firstIndex: number;
  /** `firstIndex - 1` while it is empty. */
  lastIndex: number;
  /** The term of the entry before its first. */
  previousTerm: number;
  bytes: number;
}

/** A segment's bytes, read and judged. */
export interface SegmentContents extends Scan {
  segment: Segment;
}

function encodeHeader(number: number, firstIndex: number, previousTerm: number): Buffer {
  const header = Buffer.alloc(headerBytes);
  header.write(magic, 0, "latin1");
  header.writeDoubleBE(number, 8);
  header.writeDoubleBE(firstIndex, 16);
  header.writeDoubleBE(previousTerm, 24);
  header.writeUInt32BE(crc32(header.subarray(0, 32)), 32);
  return header;
}

/** Reads a whole segment. A header that was cut short gives an empty, torn segment with `firstIndex` 0. */
export function parseSegment(file: string, bytes: Buffer): SegmentContents {
  const number = segmentNumber(file);
  const segment: Segment = { number, file, firstIndex: 0, lastIndex: -1, previousTerm: 0, bytes: bytes.length };
  if (bytes.length < headerBytes) return { segment, entries: [], end: 0, fault: "torn" };
  const whole =
    bytes.toString("latin1", 0, 8) === magic &&
    crc32(bytes.subarray(0, 32)) === bytes.readUInt32BE(32) &&
    bytes.readUInt32BE(36) === 0 &&
    bytes.readDoubleBE(8) === number;
  if (!whole) return { segment, entries: [], end: 0, fault: "damaged" };
  segment.firstIndex = bytes.readDoubleBE(16);
  segment.previousTerm = bytes.readDoubleBE(24);
  const scan = scanEntries(bytes, headerBytes);
  const misplaced = scan.entries.some((entry, i) => entry.index !== segment.firstIndex + i);
  segment.lastIndex = segment.firstIndex + scan.entries.length - 1;
  return { segment, ...scan, fault: misplaced ? "damaged" : scan.fault };
}

/** A segment's header only; undefined if it is not whole. */
export function readSegmentHead(file: string): Segment | undefined {
  const fd = fs.openSync(file, "r");
  try {
    const header = Buffer.alloc(headerBytes);
    const bytes = header.subarray(0, fs.readSync(fd, header, 0, headerBytes, 0));
    const { segment, fault } = parseSegment(file, bytes);
    return fault ? undefined : { ...segment, bytes: fs.fstatSync(fd).size };
  } finally {
    fs.closeSync(fd);
  }
}

/** The number in a segment's name. */
export function segmentNumber(file: string): number {
  return parseInt(path.basename(file).slice(0, 16), 16);
}

/** The segments of a folder in the order of their numbers. */
export function segmentFiles(directory: string): string[] {
  return listNames(directory, segmentName).map((name) => path.join(directory, name));
}

/**
 * The committed part of the log, in segments. Every entry is written here once it is committed and before its commit
 * is told to anyone, so a segment never holds an entry that a later leader could replace.
 */
export class Wal {
  readonly segments: Segment[] = [];
  private fd = -1;
  private planned: { firstIndex: number; previousTerm: number } | undefined;
  private firstWrittenAt: number | undefined;
  private syncing: Promise<unknown> = Promise.resolve();
  private durable = 0;
  private lastTerm = 0;
  /** Segments that end at or before this index are finished and on disk. */
  private settledThrough = -1;

  constructor(
    private readonly directory: string,
    private readonly fsync: boolean,
    /** The disk failed behind the back of any caller. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Takes over what recovery found on disk. */
  adopt(segments: Segment[], lastTerm: number): void {
    this.segments.push(...segments);
    this.lastTerm = lastTerm;
    const open = this.open;
    this.durable = open?.lastIndex ?? 0;
    if (!open) return;
    this.fd = fs.openSync(open.file, "a");
    for (const segment of this.fsync ? segments : []) syncFile(segment.file);
    this.settledThrough = segments.at(-2)?.lastIndex ?? -1;
    if (open.lastIndex >= open.firstIndex) this.firstWrittenAt = Date.now();
  }

  /** The segment that is written to. */
  get open(): Segment | undefined {
    return this.segments.at(-1);
  }

  /** The last index written. */
  get lastIndex(): number {
    return this.open?.lastIndex ?? 0;
  }

  /** Bytes of all segments. */
  get totalBytes(): number {
    return this.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  }

  /** Milliseconds since the open segment got its first entry; 0 while it is empty. */
  get openAge(): number {
    return this.firstWrittenAt === undefined ? 0 : Date.now() - this.firstWrittenAt;
  }

  /** Begins a segment for entries from an index on: the first one, or after a snapshot skipped entries. */
  begin(firstIndex: number, previousTerm: number): void {
    const open = this.open;
    if (open && open.lastIndex + 1 === firstIndex) return;
    if (open) this.create(open.number + 1, firstIndex, previousTerm);
    else this.planned = { firstIndex, previousTerm };
  }

  private create(number: number, firstIndex: number, previousTerm: number): void {
    const file = path.join(this.directory, `${hex16(number)}.wal`);
    const fd = fs.openSync(file, "ax");
    fs.writeSync(fd, encodeHeader(number, firstIndex, previousTerm));
    const finished = this.fd;
    this.segments.push({ number, file, firstIndex, lastIndex: firstIndex - 1, previousTerm, bytes: headerBytes });
    this.fd = fd;
    this.lastTerm = previousTerm;
    this.firstWrittenAt = undefined;
    this.chain(() => this.settle(finished, fd, firstIndex - 1)).catch(this.onFailure);
  }

  private chain<T>(work: () => Promise<T>): Promise<T> {
    const next = this.syncing.then(work);
    this.syncing = next;
    return next;
  }

  /** Puts a finished segment and its successor's name on disk, away from the event loop. */
  private async settle(finished: number, created: number, through: number): Promise<void> {
    if (finished >= 0) {
      if (this.fsync) await fsyncAsync(finished);
      fs.closeSync(finished);
    }
    if (this.fsync) await fsyncAsync(created);
    syncDirectory(this.directory);
    this.durable = Math.max(this.durable, through);
    this.settledThrough = Math.max(this.settledThrough, through);
  }

  /** Finished segments that are safely on disk. */
  get finished(): Segment[] {
    const through = this.settledThrough;
    return this.segments.slice(0, -1).filter((segment) => segment.lastIndex <= through);
  }

  /** Writes committed entries; finishes segments that are full. */
  append(entries: Entry[]): void {
    let batch: Buffer[] = [];
    let bytes = 0;
    for (const entry of entries) {
      const open = this.need();
      if (open.bytes + bytes + entry.frame.length > maxSegmentBytes) {
        this.write(batch, bytes);
        [batch, bytes] = [[], 0];
        this.finish();
      }
      batch.push(entry.frame);
      bytes += entry.frame.length;
      this.need().lastIndex = entry.index;
      this.lastTerm = entry.term;
    }
    this.write(batch, bytes);
  }

  private need(): Segment {
    // An empty node may still become a member of any cluster: its first segment is made with its first entry.
    if (!this.open && this.planned) this.create(0, this.planned.firstIndex, this.planned.previousTerm);
    if (!this.open) throw new Error("no segment is open");
    return this.open;
  }

  private write(batch: Buffer[], bytes: number): void {
    if (bytes === 0) return;
    const data = Buffer.concat(batch, bytes);
    for (let at = 0; at < bytes;) at += fs.writeSync(this.fd, data, at);
    this.need().bytes += bytes;
    this.firstWrittenAt ??= Date.now();
  }

  /** Finishes the open segment if it has entries. */
  finish(): void {
    const open = this.need();
    if (open.lastIndex < open.firstIndex) return;
    this.create(open.number + 1, open.lastIndex + 1, this.lastTerm);
  }

  /** Puts all that is written on disk; resolves to the index through which that holds. */
  sync(): Promise<number> {
    return this.chain(async () => {
      const [fd, through] = [this.fd, this.lastIndex];
      if (fd >= 0 && this.fsync) await fsyncAsync(fd);
      this.durable = Math.max(this.durable, through);
      return this.durable;
    });
  }

  /** Reads committed entries from disk, whole segments at a time; none if the index is no longer there. */
  async read(index: number): Promise<{ entries: Entry[]; previousTerm: number } | undefined> {
    const segment = this.segments.find((each) => each.firstIndex <= index && index <= each.lastIndex);
    if (!segment) return undefined;
    const { entries, fault } = parseSegment(segment.file, await fs.promises.readFile(segment.file));
    if (fault === "damaged") throw new DamageError(`${segment.file} is damaged`);
    const skip = index - segment.firstIndex;
    // Behind the last entry of a segment there can be a leap that a snapshot made.
    if (!entries[skip]) return undefined;
    const previousTerm = skip === 0 ? segment.previousTerm : (entries[skip - 1]?.term ?? 0);
    return { entries: entries.slice(skip), previousTerm };
  }

  /** Deletes the oldest finished segments while the test says so. */
  removeWhile(test: (segment: Segment) => boolean): void {
    while (this.segments.length > 1 && this.segments[0] && test(this.segments[0])) {
      fs.rmSync(this.segments[0].file, { force: true });
      this.segments.shift();
    }
  }

  /** Puts everything on disk and closes. */
  async close(): Promise<void> {
    await this.sync();
    if (this.fd >= 0) fs.closeSync(this.fd);
    this.fd = -1;
  }
}

function fsyncAsync(fd: number): Promise<void> {
  return new Promise((resolve, reject) => fs.fsync(fd, (error) => (error ? reject(error) : resolve())));
}
