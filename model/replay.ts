import { ArchivedLog, type Run } from "./archivedLog";
import { type Catalog, type CatalogEntry, goodBackups, type Place, type StoredSegment } from "./catalog";
import { segmentName, segmentNumber } from "./layout";
import { PlanRefused } from "./planRefused";
import { type Frozen, frozenAmong } from "./thaw";
import { isAfter, skewMs, type StoredWatermark, wholeSince } from "./watermarks";

/** The log that a recovery replays on top of its backup. */
export interface ReplayPlan {
  /** Nothing written after this time is applied; null: all of these segments is. */
  until: string | null;
  /** The node that led said at this time, after the target, that there is nothing beyond these segments; null: nobody did. */
  wholeAt: string | null;
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
  /** What of the segments lay in an archive class when the plan was made. */
  frozen?: Frozen;
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
  /** The archive whose backups and log are looked at. @default primary */
  place?: Place;
  /** Only this stream, whatever others would serve. */
  stream?: string;
  /** What nodes said after the target. */
  watermarks?: readonly StoredWatermark[];
  /** By the clock of whoever asks: only said to a person. */
  now?: Date;
}

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
  const { stream, segments, place } = request;
  if (stream !== undefined) refuseUnknownStream(request, stream);
  const log = new ArchivedLog(stream === undefined ? segments : segments.filter((s) => s.stream === stream), place);
  const bases = basesOf(request);
  return request.until === null ? toTheEnd(log, bases) : toTime(request, { log, bases, until: request.until });
}

function refuseUnknownStream({ segments, lineage, place = "primary" }: ReplayRequest, stream: string): void {
  const there = segments.filter((found) => found.lineage === lineage && found.place === place);
  const known = [...new Set(there.map((found) => found.stream))];
  if (known.includes(stream)) return;
  throw new PlanRefused(
    `no segment of stream ${stream} is archived in lineage ${lineage}. Its streams: ${known.join(", ") || "none"}. Name one of them, or none for the best.`,
  );
}

/** The log that follows a backup. */
export interface LogAfter {
  /** What a recovery would replay on it; null: nothing. */
  replay: ReplayPlan | null;
  /** Why that does not reach the end of what is archived; null where it does. */
  problem: string | null;
}

/**
 * All of the log that follows a backup, in the stream that reaches farthest. Streams of several nodes do not end at the
 * same moment: so many seconds before the end of all count as the end.
 */
export function logAfter(base: CatalogEntry, segments: readonly StoredSegment[], graceSeconds: number): LogAfter {
  const log = new ArchivedLog(segments, base.place);
  const farthestFirst = log.after(base).sort((a, b) => (a.last.storedAt < b.last.storedAt ? 1 : -1));
  const missing = log.missingAfter(base);
  const end = Math.max(...[...farthestFirst, ...missing].map(({ last }) => Date.parse(last.storedAt)));
  const reaches = ({ gap, last }: Run): boolean => !gap && Date.parse(last.storedAt) + graceSeconds * 1000 >= end;
  const run = farthestFirst.find(reaches) ?? farthestFirst[0];
  const replay = run === undefined ? null : planOf(run, log.segmentsOf(run), { until: null, wholeAt: null });
  if (missing.length === 0 || farthestFirst.some(reaches)) return { replay, problem: null };
  const names = missing.map(({ segment, stream }) => `${segment} of stream ${stream}`).join(" and ");
  return {
    replay,
    problem: `the log that follows it is not whole: ${names} ${missing.length === 1 ? "is" : "are"} missing`,
  };
}

/** The newest first, by index and never by a clock (protocol 16). */
function basesOf({ catalog, lineage, until, place = "primary" }: ReplayRequest): CatalogEntry[] {
  const good = goodBackups(catalog, lineage, { places: [place] });
  good.sort((a, b) => b.manifest.index.high - a.manifest.index.high);
  if (good.length === 0) {
    throw new PlanRefused(
      `the ${place} archive holds no good backup of lineage ${lineage}: there is nothing that the log could be replayed on. Is it the archive of the lost cluster? If that is lost too, use latest-offsite.`,
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
  return { base: best.base, replay: planOf(best, log.segmentsOf(best), { until: null, wholeAt: null }) };
}

function toTime(
  { catalog, watermarks = [], now }: ReplayRequest,
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
    const to = { until: until.toISOString(), wholeAt: null };
    if (best !== undefined) return { base, replay: planOf(best.run, log.segmentsOf(best.run, best.bound), to) };
    for (const run of runs) {
      const segments = log.segmentsOf(run);
      const wholeAt = quietSince({ run, segments }, until, watermarks);
      if (wholeAt !== undefined) return { base, replay: planOf(run, segments, { until: null, wholeAt }) };
    }
    tried.push(...runs);
  }
  throw new PlanRefused(whyNot(bases, tried, { until, watermarks, now }));
}

/**
 * Nothing was written for a while before the target and after it (protocol 8): the whole run was stored before it, so that
 * none of it is too new, and nothing is missing. The database would look in vain for an entry after the target.
 */
function quietSince(
  log: { run: Candidate; segments: readonly StoredSegment[] },
  until: Date,
  watermarks: readonly StoredWatermark[],
): string | undefined {
  const { gap, last } = log.run;
  if (gap || Date.parse(last.storedAt) + skewMs > until.getTime()) return undefined;
  return wholeSince(log, until, watermarks);
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

function planOf(
  { gap }: Run,
  segments: readonly StoredSegment[],
  to: Pick<ReplayPlan, "until" | "wholeAt">,
): ReplayPlan {
  const [first, last] = [segments[0], segments.at(-1)] as [StoredSegment, StoredSegment];
  const frozen = frozenAmong(segments);
  return {
    ...to,
    stream: first.stream,
    first: first.segment,
    last: last.segment,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    storedAt: last.storedAt,
    gap,
    ...(frozen === undefined ? {} : { frozen }),
  };
}

/** Why no run reaches a time, and the nearest that can be had. */
function whyNot(
  bases: readonly CatalogEntry[],
  runs: readonly Candidate[],
  { until, watermarks, now }: { until: Date; watermarks: readonly StoredWatermark[]; now?: Date },
): string {
  const future = now !== undefined && until > now;
  const target = `${until.toISOString()}${future ? ", in the future by the clock of this machine," : ""}`;
  const [farthest] = [...runs].sort((a, b) => (a.last.storedAt < b.last.storedAt ? 1 : -1));
  if (farthest === undefined) {
    return `no archived log follows the backups before ${target}. The newest of them is backup:${bases[0]?.manifest.backupId}.`;
  }
  const { last, stream, gap } = farthest;
  const reach = `${last.segment} of stream ${stream}, stored at ${last.storedAt}`;
  return gap
    ? `${target} lies behind a gap in the log: it is whole up to ${reach}. Times before that can be restored, or a later backup: backup:ID.`
    : `${target} lies after the end of the archived log, which reaches to ${reach}. ${whatNodesSaid(until, watermarks)} Use an earlier time, or end-of-log for all there is.`;
}

function whatNodesSaid(until: Date, watermarks: readonly StoredWatermark[]): string {
  const later = watermarks.filter((mark) => isAfter(mark, until));
  const [leader] = later.filter(({ leads }) => leads).sort((a, b) => (a.at < b.at ? -1 : 1));
  if (leader === undefined) return "No node that led said afterwards whether anything had been written since.";
  return `At ${leader.at} the cluster had come to index ${leader.commitIndex}, and it cannot be told that this is archived.`;
}
