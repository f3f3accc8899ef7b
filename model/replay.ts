import { ArchivedLog, type Run } from "./archivedLog";
import { type Catalog, type CatalogEntry, goodBackups, type StoredSegment } from "./catalog";
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
  /** The stream goes on behind a gap, which is not replayed. */
  gap: boolean;
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
  /** Only this stream, whatever others would serve. */
  stream?: string;
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
  const { stream, segments } = request;
  const log = new ArchivedLog(stream === undefined ? segments : segments.filter((s) => s.stream === stream));
  const bases = basesOf(request);
  return request.until === null ? toTheEnd(log, bases) : toTime(request, { log, bases, until: request.until });
}

/** The newest first, by index and never by a clock (protocol 16). */
function basesOf({ catalog, lineage, until }: ReplayRequest): CatalogEntry[] {
  const good = goodBackups(catalog, lineage, { places: ["primary"] });
  good.sort((a, b) => b.manifest.index.high - a.manifest.index.high);
  if (good.length === 0) {
    throw new PlanRefused(
      `the primary archive holds no good backup of lineage ${lineage}: there is nothing that the log could be replayed on. Is it the archive of the lost cluster? If that is lost too, use latest-offsite.`,
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
  return { base: best.base, replay: planOf(best, log.segmentsOf(best), null) };
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
        const bound = boundOf(catalog, run, until);
        return bound === undefined && !reaches(run, until) ? [] : [{ run, bound }];
      })
      .sort(surestFirst);
    if (best !== undefined) return { base, replay: planOf(best.run, log.segmentsOf(best.run, best.bound), until) };
    tried.push(...runs);
  }
  throw new PlanRefused(whyNot(bases, tried, until));
}

interface Reaching {
  run: Candidate;
  /** Up to where it is needed, where that is known for sure. */
  bound: bigint | undefined;
}

/**
 * A run that a later backup bounds holds the target for sure. Of the others the one that was stored last: that its last
 * segment was stored after the target does not say that it holds anything so late.
 */
function surestFirst(a: Reaching, b: Reaching): number {
  const sure = Number(a.bound === undefined) - Number(b.bound === undefined);
  if (sure !== 0) return sure;
  if (a.run.last.storedAt !== b.run.last.storedAt) return a.run.last.storedAt > b.run.last.storedAt ? -1 : 1;
  const own = ({ run }: Reaching): number => Number(run.stream !== run.base.manifest.wal.stream);
  return own(a) - own(b);
}

function reaches({ last }: Run, until: Date): boolean {
  return Date.parse(last.storedAt) >= until.getTime();
}

/** The number up to which a run is needed for the target, where a later backup tells that it surely lies before. */
function boundOf(catalog: Catalog, { base, first, last, stream }: Candidate, until: Date): bigint | undefined {
  const end = segmentNumber(last.segment);
  // A later backup of the same node tells which segment was open then: the target lies in it or before (protocol 8).
  const open = catalog.entries
    .map(({ manifest }) => manifest)
    .filter((m) => m.lineage === base.manifest.lineage && m.wal.stream === stream)
    .filter((m) => Date.parse(m.copiedAt) >= until.getTime() + skewMs)
    .map((m) => segmentNumber(m.wal.open.last))
    .filter((number) => number >= segmentNumber(first.segment) && number <= end)
    .sort((a, b) => (a < b ? -1 : 1))[0];
  return open === undefined ? undefined : open + 1n;
}

function planOf({ gap }: Run, segments: readonly StoredSegment[], until: Date | null): ReplayPlan {
  const [first, last] = [segments[0], segments.at(-1)] as [StoredSegment, StoredSegment];
  return {
    until: until?.toISOString() ?? null,
    stream: first.stream,
    first: first.segment,
    last: last.segment,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    storedAt: last.storedAt,
    gap,
  };
}

/** Why no run reaches a time, and the nearest that can be had. */
function whyNot(bases: readonly CatalogEntry[], runs: readonly Candidate[], until: Date): string {
  const target = until.toISOString();
  const [farthest] = [...runs].sort((a, b) => (a.last.storedAt < b.last.storedAt ? 1 : -1));
  if (farthest === undefined) {
    return `no archived log follows the backups before ${target}. The newest of them is backup:${bases[0]?.manifest.backupId}.`;
  }
  const { last, stream, gap } = farthest;
  const reach = `${last.segment} of stream ${stream}, stored at ${last.storedAt}`;
  return gap
    ? `${target} lies behind a gap in the log: it is whole up to ${reach}. Times before that can be restored, or a later backup: backup:ID.`
    : `${target} lies after the end of the archived log, which reaches to ${reach}. Use an earlier time, or end-of-log for all there is.`;
}
