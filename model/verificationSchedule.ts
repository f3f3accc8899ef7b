import type { Catalog, Place } from "./catalog";
import { type BackupPolicy, lookSeconds } from "./policy";
import type { StoredVerification } from "./records";
import { ageSeconds } from "./schedule";
import { formatSeconds } from "./units";
import { everySeconds, type VerificationDepth, verificationDepths, verifiedWithinSeconds } from "./verification";

/** A run on this host that came to no verdict. */
export interface FailedVerification {
  /** By the store's clock. */
  endedAt: string;
  message: string;
}

export type VerificationFailures = Partial<Record<VerificationDepth, FailedVerification>>;

/** What decides which verifications are due: the records of those that were made, so that any node may make the next. */
export interface VerificationRequest {
  policy: BackupPolicy;
  /** The store's clock. */
  now: Date;
  /** All archives of the cluster: a verification that missed one is none. */
  places: readonly Place[];
  /** The newest of all backups, one a depth. */
  verifications: readonly StoredVerification[];
  /** When the oldest good backup was stored; null without any. */
  oldestGoodAt: string | null;
  failures?: VerificationFailures;
}

/** Whether a verification is due, and why. */
export interface VerificationDue {
  depth: VerificationDepth;
  due: boolean;
  reason: string;
  /** By the store's clock; null where none is scheduled. */
  nextAt: string | null;
  /** So long it has been due; 0 where it is not. */
  lateSeconds: number;
  /** It should have been made long ago: that is a problem. */
  overdue: boolean;
}

/** Every depth with whether it is due now, in the order in which they should be made. */
export function dueVerifications(request: VerificationRequest): VerificationDue[] {
  return verificationDepths.map((depth) => judge(request, depth));
}

/** When the oldest good backup was stored: since then there is something to verify. */
export function oldestGoodAt({ entries }: Catalog): string | null {
  const times = entries.filter(({ problem }) => problem === null).map(({ storedAt }) => storedAt);
  return times.sort()[0] ?? null;
}

/** Since when the next one is waited for, how long, and why it is due then. */
interface Wait {
  since: string;
  seconds: number;
  reason: string;
}

/** An installation has other things to do in its first hour. */
const firstSeconds = 3600;
/** A run that failed is not tried again before, nor does a leader do the work of its followers. */
const patienceSeconds = 3600;

function judge(request: VerificationRequest, depth: VerificationDepth): VerificationDue {
  const { policy, now } = request;
  const every = everySeconds(policy.verification, depth);
  const nothing = { depth, due: false, nextAt: null, lateSeconds: 0, overdue: false };
  if (every === 0) return { ...nothing, reason: "the policy has none on the schedule" };
  const wait = waitFor(request, depth, every);
  if (wait === null) return { ...nothing, reason: "there is no good backup yet" };
  const age = ageSeconds(wait.since, now);
  const rest = restSeconds(request, depth, every);
  const left = Math.max(wait.seconds - age, rest);
  const verdict = {
    depth,
    nextAt: new Date(now.getTime() + Math.max(0, left) * 1000).toISOString(),
    overdue: Number.isFinite(age) && age > verifiedWithinSeconds(policy.verification, depth),
  };
  if (age < wait.seconds) return { ...verdict, due: false, reason: `not before ${verdict.nextAt}`, lateSeconds: 0 };
  const lateSeconds = Math.min(age - wait.seconds, Number.MAX_SAFE_INTEGER);
  if (rest <= 0) return { ...verdict, due: true, reason: wait.reason, lateSeconds };
  const reason = `${wait.reason}; the last run failed, wait until ${verdict.nextAt}`;
  return { ...verdict, due: false, reason, lateSeconds };
}

function waitFor(
  { verifications, places, oldestGoodAt: oldest }: VerificationRequest,
  depth: VerificationDepth,
  every: number,
): Wait | null {
  const newest = verifications.find((record) => record.depth === depth);
  if (newest === undefined) {
    if (oldest === null) return null;
    return { since: oldest, seconds: Math.min(every, firstSeconds), reason: "none was ever made" };
  }
  const { storedAt: since } = newest;
  const missed = places.filter((place) => !newest.places.includes(place));
  if (missed.length > 0) {
    return { since, seconds: 0, reason: `the newest did not reach the ${missed.join(" and the ")} archive` };
  }
  // What would be late at the next look is due now.
  const seconds = every - Math.min(lookSeconds, every / 2);
  return { since, seconds, reason: `the newest is of ${since}, one is made every ${formatSeconds(every)}` };
}

/** Seconds until a run that failed on this host may be tried again. */
function restSeconds({ failures = {}, now }: VerificationRequest, depth: VerificationDepth, every: number): number {
  const failed = failures[depth];
  return failed === undefined ? 0 : Math.min(every, patienceSeconds) - ageSeconds(failed.endedAt, now);
}

/** What a node knows of its part in the cluster. */
export interface VerifyingNode {
  leads: boolean;
  /** There is no other member. */
  alone: boolean;
}

/**
 * Why another node should make a verification that is due; null: this one. Followers have the time: a leader takes the
 * backups, and only does what none of them has done for an hour.
 */
export function whyElsewhere({ leads, alone }: VerifyingNode, { lateSeconds }: VerificationDue): string | null {
  if (!leads || alone || lateSeconds >= patienceSeconds) return null;
  return "a follower makes it";
}

/** The failures that no verification has followed since. */
export function standingFailures(
  failures: VerificationFailures,
  verifications: readonly StoredVerification[],
): VerificationFailures {
  const made = new Map(verifications.map(({ depth, storedAt }) => [depth, storedAt]));
  const standing = Object.entries(failures).filter(([depth, { endedAt }]) => (made.get(depth) ?? "") <= endedAt);
  return Object.fromEntries(standing);
}
