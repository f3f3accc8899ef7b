import { ArchivedLog, type StreamLog } from "./archivedLog";
import { type Catalog, goodBackups, type StoredSegment } from "./catalog";
import { segmentName, segmentNumber } from "./layout";

/** Segments that are missing in the middle of a stream; both are included. */
export interface LogGap {
  first: string;
  last: string;
}

/** One stream of the archived log. */
export interface StreamCoverage {
  lineage: string;
  stream: string;
  first: string;
  last: string;
  segments: number;
  bytes: number;
  /** When the last of them was stored, by the store's clock. */
  storedAt: string;
  gaps: LogGap[];
}

/** A range of time that can be restored to, from the end of a backup's copy to the end of the log that follows it. */
export interface CoveredRange {
  lineage: string;
  from: string;
  /** Segments are opaque: a bound. The exact end is known when the log is replayed. */
  until: string;
  /** Backups from which the range can be reached. */
  bases: string[];
}

/** What the archived log makes of the backups: where a time can be restored to, and where not. */
export interface Coverage {
  streams: StreamCoverage[];
  ranges: CoveredRange[];
  /** Between two ranges of a lineage: no stream spans it, and no time in it can be restored. */
  holes: { lineage: string; from: string; until: string }[];
}

/** The whole of the primary archive's log, held against its backups. */
export function coverageOf(catalog: Catalog, segments: readonly StoredSegment[]): Coverage {
  const log = new ArchivedLog(segments);
  const lineages = [...new Set(catalog.entries.map(({ manifest }) => manifest.lineage))].sort();
  const ranges = lineages.flatMap((lineage) => rangesOf(catalog, lineage, log));
  const holes = ranges.flatMap(({ lineage, until }, i) => {
    const next = ranges[i + 1];
    return next?.lineage === lineage ? [{ lineage, from: until, until: next.from }] : [];
  });
  return { streams: log.streams.map(streamOf), ranges, holes };
}

/** In the order of time; what overlaps is one range. */
function rangesOf(catalog: Catalog, lineage: string, log: ArchivedLog): CoveredRange[] {
  const bases = goodBackups(catalog, lineage, { places: ["primary"] });
  bases.sort((a, b) => a.manifest.index.high - b.manifest.index.high);
  const found: CoveredRange[] = [];
  for (const base of bases) {
    const { backupId, copiedAt } = base.manifest;
    const ends = log.after(base).map(({ last }) => last.storedAt);
    const until = [copiedAt, ...ends].reduce((latest, end) => (end > latest ? end : latest));
    const before = found.at(-1);
    if (before === undefined || before.until < copiedAt) {
      found.push({ lineage, from: copiedAt, until, bases: [backupId] });
      continue;
    }
    before.bases.push(backupId);
    if (until > before.until) before.until = until;
  }
  return found;
}

function streamOf({ lineage, stream, segments, ends }: StreamLog): StreamCoverage {
  const [first, last] = [segments[0], segments.at(-1)] as [StoredSegment, StoredSegment];
  const gaps: LogGap[] = [];
  for (let at = 0; at < segments.length; at += 1) {
    at = ends[at] ?? at;
    const [end, next] = [segments[at], segments[at + 1]] as [StoredSegment, StoredSegment | undefined];
    if (next !== undefined) gaps.push({ first: beside(end, 1n), last: beside(next, -1n) });
  }
  return {
    lineage,
    stream,
    first: first.segment,
    last: last.segment,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    storedAt: last.storedAt,
    gaps,
  };
}

function beside({ segment }: StoredSegment, by: bigint): string {
  return segmentName(segmentNumber(segment) + by);
}
