import { ArchivedLog, type Run } from "./archivedLog";
import type { Catalog, CatalogEntry, StoredSegment } from "./catalog";
import { segmentName, segmentNumber } from "./layout";
import { PlanRefused } from "./planRefused";

/** The log that a recovery replays on top of its backup. */
export interface ReplayPlan {
  /** Nothing written after this time is applied; null: all that was archived is. */
  until: string | null;
  /** One stream serves a recovery: two are never mixed. */
  stream: string;
  /** First and last segment; all between them are there. Segments are opaque: these are bounds (protocol 25). */
  first: string;
  last: string;
  segments: number;
  bytes: number;
  /** When the last of them was stored, by the store's clock: nothing in it was written later. */
  storedAt: string;
}

/** A backup and the log on top of it; null where there is nothing to replay. */
export interface BaseAndLog {
  base: CatalogEntry;
  replay: ReplayPlan | null;
}

export interface ReplayRequest {
  catalog: Catalog;
  /** The history to restore. */
  lineage: string;
  /** Segments of all its streams that nobody is about to expire. */
  segments: readonly StoredSegment[];
  /** Null: to the end of what was archived. */
  until: Date | null;
}

/** Clocks may be so far apart (protocol 16). */
const skewMs = 60_000;

/** What of the log follows a base. */
interface Candidate extends Run {
  base: CatalogEntry;
}

/** Names of the segments of a replay, in order. */
export function segmentsOf({ first, last }: Pick<ReplayPlan, "first" | "last">): string[] {
  const names: string[] = [];
  for (let at = segmentNumber(first); at <= segmentNumber(last); at += 1n) names.push(segmentName(at));
  return names;
}

/**
 * The newest backup before the target, with a stream that serves it up to the target (protocol 5).
 * @throws PlanRefused before the first base, behind a gap and after the end, with what can be restored.
 */
export function chooseBaseAndLog(request: ReplayRequest): BaseAndLog {
  const log = new ArchivedLog(request.segments);
  const bases = basesOf(request);
  return request.until === null ? toTheEnd(log, bases) : toTime(request, { log, bases, until: request.until });
}

/** The newest first, by index and never by a clock (protocol 16). */
function basesOf({ catalog, lineage, until }: ReplayRequest): CatalogEntry[] {
  const good = catalog.entries
    .filter((entry) => entry.place === "primary" && entry.problem === null && entry.manifest.lineage === lineage)
    .sort((a, b) => b.manifest.index.high - a.manifest.index.high);
  if (good.length === 0) {
    throw new PlanRefused(
      `the primary archive holds no good backup of lineage ${lineage}: there is nothing that the log could be replayed on. Use latest-offsite.`,
    );
  }
  if (until === null) return good;
  const before = good.filter((entry) => Date.parse(entry.manifest.copiedAt) <= until.getTime());
  if (before.length > 0) return before;
  const times = good.map((entry) => entry.manifest.copiedAt).sort();
  throw new PlanRefused(
    `${until.toISOString()} lies before the first backup that is left: the earliest time that can be restored is ${times[0]}.`,
  );
}

/** The run that reaches farthest; of equals the one of the newest base, which has the least to replay. */
function toTheEnd(log: ArchivedLog, bases: readonly CatalogEntry[]): BaseAndLog {
  const [newest] = bases as [CatalogEntry];
  let best: Candidate | undefined;
  for (const base of bases) {
    for (const run of log.after(base)) {
      const reached = best?.last.storedAt ?? newest.manifest.copiedAt;
      if (run.last.storedAt > reached) best = { ...run, base };
    }
  }
  if (best === undefined) return { base: newest, replay: null };
  return { base: best.base, replay: planOf(log.segmentsOf(best), null) };
}

function toTime(
  { catalog }: ReplayRequest,
  { log, bases, until }: { log: ArchivedLog; bases: readonly CatalogEntry[]; until: Date },
): BaseAndLog {
  const tried: Candidate[] = [];
  for (const base of bases) {
    const runs = log.after(base).map((run) => ({ ...run, base }));
    const [best] = runs
      .flatMap((run) => {
        const upTo = endFor(catalog, run, until);
        return upTo === undefined ? [] : [{ gap: run.gap, segments: log.segmentsOf(run, upTo) }];
      })
      .sort((a, b) => Number(a.gap) - Number(b.gap) || a.segments.length - b.segments.length);
    if (best !== undefined) return { base, replay: planOf(best.segments, until) };
    tried.push(...runs);
  }
  throw new PlanRefused(whyNot(tried, until));
}

/** The number up to which a run is needed to reach the target surely; undefined where it does not reach it. */
function endFor(catalog: Catalog, { base, first, last, stream }: Candidate, until: Date): bigint | undefined {
  const end = segmentNumber(last.segment);
  // A later backup of the same node tells which segment was open then: the target lies in it or before (protocol 8).
  const open = catalog.entries
    .map(({ manifest }) => manifest)
    .filter((m) => m.lineage === base.manifest.lineage && m.wal.stream === stream)
    .filter((m) => Date.parse(m.copiedAt) >= until.getTime() + skewMs)
    .map((m) => segmentNumber(m.wal.open.last))
    .filter((number) => number >= segmentNumber(first.segment) && number <= end)
    .sort((a, b) => (a < b ? -1 : 1))[0];
  if (open !== undefined) return open + 1n;
  return Date.parse(last.storedAt) >= until.getTime() ? end : undefined;
}

function planOf(segments: readonly StoredSegment[], until: Date | null): ReplayPlan {
  const [first, last] = [segments[0], segments.at(-1)] as [StoredSegment, StoredSegment];
  return {
    until: until?.toISOString() ?? null,
    stream: first.stream,
    first: first.segment,
    last: last.segment,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    storedAt: last.storedAt,
  };
}

/** Why no run reaches a time, and the nearest that can be had. */
function whyNot(runs: readonly Candidate[], until: Date): string {
  const target = until.toISOString();
  const [farthest] = [...runs].sort((a, b) => (a.last.storedAt < b.last.storedAt ? 1 : -1));
  if (farthest === undefined) return `no archived log follows the backups before ${target}. Use latest, or backup:ID.`;
  const { last, stream, gap } = farthest;
  const reach = `${last.segment} of stream ${stream}, stored at ${last.storedAt}`;
  return gap
    ? `${target} lies behind a gap in the log: it is whole up to ${reach}. Times before that can be restored, or a later backup: backup:ID.`
    : `${target} lies after the end of the archived log, which reaches to ${reach}. Use an earlier time, or end-of-log for all there is.`;
}
