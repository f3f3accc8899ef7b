import type { CatalogEntry, StoredSegment } from "./catalog";
import { isSegmentName, segmentName, segmentNumber } from "./layout";

/** Segments of one stream that follow each other. */
export interface Run {
  stream: string;
  /** In the order of their numbers; at least one. */
  first: StoredSegment;
  last: StoredSegment;
  /** There are later ones behind a gap. */
  gap: boolean;
}

/** A stream of the log, in the order of its numbers. */
export interface StreamLog {
  lineage: string;
  stream: string;
  segments: StoredSegment[];
  /** For each segment the position of the last one that follows it without a gap. */
  ends: number[];
  /** Position of a segment by its name. */
  positions: Map<string, number>;
}

/** The log of the primary archive, made ready to be asked by many backups. */
export class ArchivedLog {
  readonly streams: readonly StreamLog[];
  private readonly byName: ReadonlyMap<string, StreamLog>;

  constructor(segments: readonly StoredSegment[]) {
    const found = new Map<string, StoredSegment[]>();
    for (const segment of segments) {
      if (segment.place !== "primary" || !isSegmentName(segment.segment)) continue;
      const name = nameOf(segment.lineage, segment.stream);
      const known = found.get(name);
      if (known === undefined) found.set(name, [segment]);
      else known.push(segment);
    }
    this.byName = new Map([...found.keys()].sort().map((name) => [name, inOrder(found.get(name) ?? [])]));
    this.streams = [...this.byName.values()];
  }

  /**
   * What follows a backup in each stream that serves it: one that has an anchor in it, and the one that it was taken
   * from. Others may only look whole (protocol 5).
   */
  after({ manifest }: CatalogEntry): Run[] {
    const { anchors, stream: own, open } = manifest.wal;
    const readable = anchors.filter(({ segment }) => isSegmentName(segment));
    const begins = new Map(readable.map(({ stream, segment }) => [stream, segmentName(segmentNumber(segment) + 1n)]));
    if (own !== null && (!begins.has(own) || this.has(manifest.lineage, own, open.first))) begins.set(own, open.first);
    return [...begins].flatMap(([stream, begin]) => this.from(manifest.lineage, stream, begin) ?? []);
  }

  private has(lineage: string, stream: string, segment: string): boolean {
    return this.byName.get(nameOf(lineage, stream))?.positions.has(segment) === true;
  }

  private from(lineage: string, stream: string, begin: string): Run | undefined {
    const log = this.byName.get(nameOf(lineage, stream));
    const at = log?.positions.get(begin);
    if (log === undefined || at === undefined) return undefined;
    const end = log.ends[at] ?? at;
    const [first, last] = [log.segments[at], log.segments[end]] as [StoredSegment, StoredSegment];
    return { stream, first, last, gap: end < log.segments.length - 1 };
  }

  /** All segments of a run up to a number, or to its end. */
  segmentsOf({ first, last }: Run, upTo?: bigint): StoredSegment[] {
    const log = this.byName.get(nameOf(first.lineage, first.stream));
    const [begin, end] = [first, last].map(({ segment }) => log?.positions.get(segment) ?? 0);
    const all = log?.segments.slice(begin, (end ?? 0) + 1) ?? [];
    return upTo === undefined ? all : all.filter(({ segment }) => segmentNumber(segment) <= upTo);
  }
}

function nameOf(lineage: string, stream: string): string {
  return `${lineage}/${stream}`;
}

/** 16 hex digits: the order of the names is that of the numbers. */
function inOrder(segments: StoredSegment[]): StreamLog {
  segments.sort((a, b) => (a.segment < b.segment ? -1 : 1));
  const ends: number[] = [];
  for (let at = segments.length - 1; at >= 0; at -= 1) {
    const [here, next] = [segments[at], segments[at + 1]] as [StoredSegment, StoredSegment | undefined];
    const follows = next !== undefined && segmentNumber(next.segment) === segmentNumber(here.segment) + 1n;
    ends[at] = follows ? (ends[at + 1] ?? at) : at;
  }
  const [{ lineage, stream }] = segments as [StoredSegment];
  const positions = new Map(segments.map(({ segment }, at) => [segment, at]));
  return { lineage, stream, segments, ends, positions };
}
