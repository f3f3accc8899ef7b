import { firstAfter } from "./archivedLog";
import { type Catalog, type CatalogEntry, newestGood, type Place } from "./catalog";
import { type BackupPolicy, lookSeconds } from "./policy";
import { Tier } from "./tier";
import { formatCount, formatSeconds } from "./units";

/** How the last run of a tier in this cluster went, good or void. */
export interface LastAttempt {
  /** When it ended, by the store's clock. */
  endedAt: string;
  seconds: number;
  /** Why it failed; not there when it ended well. */
  failure?: string;
}

/** What decides which tiers are due. The same on every node, so that any leader takes the same slot (protocol 14). */
export interface ScheduleRequest {
  policy: BackupPolicy;
  catalog: Catalog;
  /** The lineage of the running database. */
  lineage: string;
  /** The store's clock (protocol 16). */
  now: Date;
  /** Commit index of the leader now; null where it is not known, as after a restart. */
  commitIndex: number | null;
  /** Streams of this lineage that hold segments in the archive. */
  streams: readonly string[];
  /** The stream of the node that asks, which leads: what it writes is the newest. */
  ownStream?: string;
  /** False where there is no off-site archive. */
  offsite: boolean;
  lastAttempts?: Partial<Record<Tier, LastAttempt>>;
  /** How often somebody looks, in seconds: what would be late at the next look is due now. @default 300 */
  lookEverySeconds?: number;
}

/** Whether a tier is due, and why. */
export interface TierDue {
  tier: Tier;
  due: boolean;
  reason: string;
  /**
   * Names the backup that is due next, for its claim `<tier>/<slot>`: all nodes name it alike, because it says which
   * good backup it follows, and a run that was void leaves it free.
   */
  slot: string;
  /** When it is due by time at the latest, by the store's clock; null where nothing is scheduled. */
  nextAt: string | null;
}

/** Every tier of the policy with whether it is due now, in the order in which they should be taken. */
export function dueTiers(request: ScheduleRequest): TierDue[] {
  const { offsite } = request;
  const offsiteDue = judgeOffsite(request);
  const full = judgeFull(request, offsiteDue);
  return [judgeSnapshots(request), full, ...(offsite ? [offsiteDue.verdict] : [])];
}

const placeOf: Record<Tier, Place> = { snapshots: "primary", full: "primary", offsite: "offsite" };

function newestOf({ catalog, lineage }: ScheduleRequest, tier: Tier): CatalogEntry | undefined {
  return newestGood(catalog, lineage, { tiers: [tier], places: [placeOf[tier]] });
}

/** Store clocks are kept by the network's time: more than this ahead of it is a clock that was set back. In seconds. */
const skewSeconds = 60;

/**
 * Seconds since the store kept it. Endless for what it kept in the future: the next one sets that right, while waiting
 * for the clock could take for ever.
 */
export function ageSeconds(storedAt: string, now: Date): number {
  const age = (now.getTime() - Date.parse(storedAt)) / 1000;
  return age >= -skewSeconds ? Math.max(0, age) : Number.POSITIVE_INFINITY;
}

interface ByTime {
  newest: CatalogEntry | undefined;
  due: string | null;
  slot: string;
  nextAt: string;
}

/** Due by the time that has passed: when it would be too late at the next look. */
function byTime(request: ScheduleRequest, tier: Tier): ByTime {
  const { now, policy, lineage } = request;
  const newest = newestOf(request, tier);
  const every = policy[tier].everyMinutes * 60;
  if (newest === undefined) {
    const due = `there is no good ${tier} backup of lineage ${lineage}`;
    return { newest, due, slot: `${lineage}/first`, nextAt: now.toISOString() };
  }
  const wait = Math.max(0, every - leadSeconds(request, tier));
  const age = ageSeconds(newest.storedAt, now);
  const old = Number.isFinite(age) ? `${formatSeconds(age)} old` : "from the future by the store's clock";
  const due = age < wait ? null : `the newest is ${old}, one is taken every ${formatSeconds(every)}`;
  const nextAt = new Date(now.getTime() + Math.max(0, wait - age) * 1000).toISOString();
  return { newest, due, slot: `${lineage}/after-${newest.manifest.backupId}`, nextAt };
}

/** So much earlier a run begins: the time to the next look and the time that the last run took, at most half the interval. */
function leadSeconds(request: ScheduleRequest, tier: Tier): number {
  const { lookEverySeconds = lookSeconds, lastAttempts = {}, policy } = request;
  const lead = lookEverySeconds + (lastAttempts[tier]?.seconds ?? 0);
  return Math.min(lead, policy[tier].everyMinutes * 30);
}

function judgeSnapshots(request: ScheduleRequest): TierDue {
  const tier = Tier.Snapshots;
  const { newest, due: late, slot, nextAt } = byTime(request, tier);
  const stream = unservedStream(request);
  const due = stream ?? late ?? byEntries(request, newest);
  const verdict = { tier, slot, nextAt };
  if (due === null)
    return { ...verdict, due: false, reason: `not before ${nextAt}, or ${entriesLeft(request, newest)}` };
  const rest = restSeconds(request, newest, stream !== null);
  if (rest <= 0) return { ...verdict, due: true, reason: due };
  const from = new Date(request.now.getTime() + rest * 1000).toISOString();
  return {
    ...verdict,
    due: false,
    reason: `${due}; the last one was taken just now, wait until ${from}`,
    nextAt: from,
  };
}

/** A stream that no base has an anchor in cannot serve any: its range is lost until there is a new base (protocol 5). */
function unservedStream({ catalog, lineage, streams }: ScheduleRequest): string | null {
  const bases = catalog.entries.filter(
    ({ manifest, place, problem }) => manifest.lineage === lineage && place === "primary" && problem === null,
  );
  const served = new Set(bases.flatMap(({ manifest }) => manifest.wal.anchors.map((anchor) => anchor.stream)));
  const found = streams.filter((stream) => !served.has(stream));
  return found.length === 0 ? null : `no backup serves stream ${found.join(", ")} yet`;
}

function byEntries({ commitIndex, policy }: ScheduleRequest, newest: CatalogEntry | undefined): string | null {
  if (newest === undefined || commitIndex === null) return null;
  const entries = commitIndex - newest.manifest.index.high;
  const every = policy.snapshots.everyEntries;
  if (entries < every) return null;
  return `${formatCount(entries)} entries since the newest, one is taken every ${formatCount(every)}`;
}

function entriesLeft({ commitIndex, policy }: ScheduleRequest, newest: CatalogEntry | undefined): string {
  const since = commitIndex === null || newest === undefined ? 0 : commitIndex - newest.manifest.index.high;
  return `${formatCount(policy.snapshots.everyEntries - Math.max(0, since))} entries`;
}

/**
 * Seconds until another snapshot may be taken (protocol 17): the policy's interval after the last one that was archived,
 * and twice the time of the last run after that run, so that snapshots never take all of a loaded node. A new stream
 * does not wait for the interval.
 */
function restSeconds(request: ScheduleRequest, newest: CatalogEntry | undefined, atOnce: boolean): number {
  const { policy, now, lastAttempts = {} } = request;
  const last = lastAttempts[Tier.Snapshots];
  const interval =
    newest === undefined || atOnce ? 0 : policy.snapshots.minIntervalSeconds - ageSeconds(newest.storedAt, now);
  if (last === undefined) return interval;
  return Math.max(interval, 2 * last.seconds - ageSeconds(last.endedAt, now));
}

interface OffsiteVerdict {
  verdict: TierDue;
  /** Why a full backup must be taken first, or null. */
  needsFull: string | null;
}

function judgeOffsite(request: ScheduleRequest): OffsiteVerdict {
  const tier = Tier.Offsite;
  const { due: late, slot, nextAt } = byTime(request, tier);
  const verdict = { tier, slot, nextAt };
  const due = unservedOffsite(request) ?? late;
  if (!request.offsite)
    return { verdict: { ...verdict, due: false, reason: "there is no off-site archive" }, needsFull: null };
  if (due === null) return { verdict: { ...verdict, due: false, reason: `not before ${nextAt}` }, needsFull: null };
  const missing = whyNoSource(request);
  const reason = missing === null ? due : `${due}; it waits for a full backup, because ${missing}`;
  return { verdict: { ...verdict, due: missing === null, reason }, needsFull: missing };
}

/** The log that is copied off-site has to follow a backup there (protocol 5). */
function unservedOffsite(request: ScheduleRequest): string | null {
  const { policy, ownStream } = request;
  const newest = newestOf(request, Tier.Offsite);
  if (!policy.offsite.continuousWal || ownStream === undefined || newest === undefined) return null;
  return firstAfter(newest.manifest).has(ownStream) ? null : `no backup there serves stream ${ownStream} yet`;
}

/** Why the newest full backup cannot be copied off-site, or null. */
function whyNoSource(request: ScheduleRequest): string | null {
  const { policy, now, catalog } = request;
  const source = newestOf(request, Tier.Full);
  if (source === undefined) return "there is none";
  const { backupId } = source.manifest;
  const limit = policy.offsite.maxSourceAgeHours;
  if (ageSeconds(source.storedAt, now) > limit * 3600) return `${backupId} is older than ${limit} hours`;
  const { continuousWal } = policy.offsite;
  const { ownStream } = request;
  if (continuousWal && ownStream !== undefined && !firstAfter(source.manifest).has(ownStream)) {
    return `${backupId} does not serve stream ${ownStream}`;
  }
  const copied = catalog.entries.some(
    ({ manifest, place, problem }) => place === "offsite" && problem === null && manifest.source?.backupId === backupId,
  );
  return copied ? `${backupId} is off-site already` : null;
}

function judgeFull(request: ScheduleRequest, offsite: OffsiteVerdict): TierDue {
  const tier = Tier.Full;
  const { due, slot, nextAt } = byTime(request, tier);
  if (due !== null) return { tier, due: true, reason: due, slot, nextAt };
  if (offsite.needsFull !== null) {
    return {
      tier,
      due: true,
      reason: `the off-site copy is due, and ${offsite.needsFull}`,
      slot,
      nextAt: request.now.toISOString(),
    };
  }
  return { tier, due: false, reason: `not before ${nextAt}`, slot, nextAt };
}
