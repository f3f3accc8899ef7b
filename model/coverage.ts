import { ArchivedLog, type Run, type StreamLog } from "./archivedLog";
import { type Catalog, type CatalogEntry, goodBackups, type StoredSegment } from "./catalog";
import { isSegmentName, segmentName, segmentNumber } from "./layout";

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
  let reached: Reached = new Map();
  for (const base of bases) {
    const { backupId, copiedAt } = base.manifest;
    const runs = log.after(base);
    const until = [copiedAt, ...runs.map(({ last }) => last.storedAt)].reduce((a, b) => (b > a ? b : a));
    const before = found.at(-1);
    const apart = before === undefined || (before.until < copiedAt && !reachesTo(reached, base));
    if (apart) reached = new Map();
    noteReach(reached, base, runs);
    if (apart) {
      found.push({ lineage, from: copiedAt, until, bases: [backupId] });
      continue;
    }
    before.bases.push(backupId);
    if (until > before.until) before.until = until;
  }
  return found;
}

/** Of each stream the number up to which a range holds all of it. */
type Reached = Map<string, bigint>;

/** Less than -1, to which an empty stream is whole. */
const nowhere = -2n;

/** A good backup holds what was archived when it began, and all before the segment that was open at its end (protocol 7). */
function noteReach(reached: Reached, { manifest: { wal } }: CatalogEntry, runs: readonly Run[]): void {
  const note = (stream: string, segment: string, by = 0n): void => {
    if (!isSegmentName(segment)) return;
    const number = segmentNumber(segment) + by;
    if (number > (reached.get(stream) ?? nowhere)) reached.set(stream, number);
  };
  for (const { stream, segment } of wal.anchors) note(stream, segment);
  if (wal.stream !== null) note(wal.stream, wal.open.last, -1n);
  for (const { stream, last, gap } of runs) if (!gap) note(stream, last.segment);
}

/**
 * A cluster that rested before a backup had nothing in its open segment, else that would have arrived (protocol 7): what
 * reaches up to it reaches up to the backup, however long nothing was stored.
 */
function reachesTo(reached: Reached, { manifest: { wal } }: CatalogEntry): boolean {
  if (wal.stream === null || !isSegmentName(wal.open.last)) return false;
  return (reached.get(wal.stream) ?? nowhere) >= segmentNumber(wal.open.last) - 1n;
}

/** Times that cannot be restored; `until` is null while this goes on. */
export interface LostRange {
  lineage: string;
  from: string;
  until: string | null;
}

/**
 * What cannot be recovered: the holes, and in the history that is written now what is archived behind the last range,
 * in a stream that no backup serves or behind a gap. Streams of several nodes do not end at the same moment: so many
 * seconds are no loss.
 */
export function lostRanges(
  { holes, ranges, streams }: Coverage,
  lineage: string | null,
  graceSeconds: number,
): LostRange[] {
  const last = ranges.filter((range) => range.lineage === lineage).at(-1);
  if (last === undefined) return holes;
  const end = Date.parse(last.until) + graceSeconds * 1000;
  const beyond = streams.some((stream) => stream.lineage === lineage && Date.parse(stream.storedAt) > end);
  return beyond ? [...holes, { lineage: last.lineage, from: last.until, until: null }] : holes;
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
