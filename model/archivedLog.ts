import type { CatalogEntry, Place, StoredSegment } from "./catalog";
import { isSegmentName, segmentName, segmentNumber } from "./layout";
import type { Manifest } from "./manifest";

/** Segments of one stream that follow each other. */
export interface Run {
  stream: string;
  /** In the order of their numbers; at least one. */
  first: StoredSegment;
  last: StoredSegment;
  /** There are later ones behind a gap. */
  gap: boolean;
}

/** A segment that is not there although its stream goes on. */
export interface Missing {
  stream: string;
  segment: string;
  last: StoredSegment;
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

/**
 * The streams that serve a backup, each with the first segment that follows it: those that have an anchor in it, and the
 * one that it was taken from (protocol 5).
 */
export function firstAfter({ wal: { anchors, stream, open } }: Manifest): Map<string, string> {
  const readable = anchors.filter(({ segment }) => isSegmentName(segment));
  const found = new Map(readable.map((anchor) => [anchor.stream, segmentName(segmentNumber(anchor.segment) + 1n)]));
  if (stream !== null && !found.has(stream)) found.set(stream, open.first);
  return found;
}

/** The log of one archive, made ready to be asked by many backups. */
export class ArchivedLog {
  readonly streams: readonly StreamLog[];
  private readonly byName: ReadonlyMap<string, StreamLog>;

  constructor(segments: readonly StoredSegment[], place: Place = "primary") {
    const found = new Map<string, StoredSegment[]>();
    for (const segment of segments) {
      if (segment.place !== place || !isSegmentName(segment.segment)) continue;
      const name = nameOf(segment.lineage, segment.stream);
      const known = found.get(name);
      if (known === undefined) found.set(name, [segment]);
      else known.push(segment);
    }
    this.byName = new Map([...found.keys()].sort().map((name) => [name, inOrder(found.get(name) ?? [])]));
    this.streams = [...this.byName.values()];
  }

  /** What follows a backup in each stream that serves it. Others may only look whole (protocol 5). */
  after(base: CatalogEntry): Run[] {
    return this.begins(base).flatMap(([stream, begin]) => this.from(base.manifest.lineage, stream, begin) ?? []);
  }

  /** Of each stream that serves a backup and goes on behind a gap: what is missing first, and what it ends with. */
  missingAfter(base: CatalogEntry): Missing[] {
    const { lineage } = base.manifest;
    return this.begins(base).flatMap(([stream, begin]) => {
      const last = this.byName.get(nameOf(lineage, stream))?.segments.at(-1);
      if (last === undefined || segmentNumber(last.segment) < segmentNumber(begin)) return [];
      const run = this.from(lineage, stream, begin);
      if (run?.gap === false) return [];
      const segment = run === undefined ? begin : segmentName(segmentNumber(run.last.segment) + 1n);
      return [{ stream, segment, last }];
    });
  }

  /** Where the log that follows a backup begins, in each stream that serves it. */
  private begins({ manifest }: CatalogEntry): [stream: string, segment: string][] {
    const { stream: own, open } = manifest.wal;
    const begins = firstAfter(manifest);
    if (own !== null && this.has(manifest.lineage, own, open.first)) begins.set(own, open.first);
    return [...begins];
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
