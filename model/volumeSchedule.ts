import { ageSeconds, type LastAttempt } from "./schedule";
import { lookSeconds } from "./policy";
import { formatSeconds } from "./units";

/** Whether a snapshot of the leader's volume is due, and why. */
export interface VolumeDue {
  due: boolean;
  reason: string;
  /** When it is due at the latest, by the store's clock. */
  nextAt: string;
}

export interface VolumeScheduleRequest {
  everyMinutes: number;
  /** When the newest that counts was stored, by the store's clock; undefined where none does. */
  newestAt: string | undefined;
  /** The store's clock. */
  now: Date;
  lastAttempt: LastAttempt | undefined;
}

/** After one that failed the next waits so long at least: each pauses writes. */
const leastRetrySeconds = 900;

/** By time alone: when it would be too late at the next look. */
export function volumeDue({ everyMinutes, newestAt, now, lastAttempt }: VolumeScheduleRequest): VolumeDue {
  const every = everyMinutes * 60;
  const failed = retryAt(every, now, lastAttempt);
  if (failed > now.getTime()) {
    return { due: false, reason: `the last one failed: ${lastAttempt?.failure ?? ""}`, nextAt: iso(failed) };
  }
  if (newestAt === undefined) return { due: true, reason: "there is none", nextAt: now.toISOString() };
  const wait = every - Math.min(lookSeconds, every / 2);
  const age = ageSeconds(newestAt, now);
  const nextAt = iso(now.getTime() + Math.max(0, wait - age) * 1000);
  if (age < wait) return { due: false, reason: `not before ${nextAt}`, nextAt };
  const old = Number.isFinite(age) ? `${formatSeconds(age)} old` : "from the future by the store's clock";
  return { due: true, reason: `the newest is ${old}, one is taken every ${formatSeconds(every)}`, nextAt };
}

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

/** A time in the future is a clock that was set back. */
function retryAt(every: number, now: Date, lastAttempt: LastAttempt | undefined): number {
  if (lastAttempt?.failure === undefined) return 0;
  const age = ageSeconds(lastAttempt.endedAt, now);
  return now.getTime() + (Math.max(leastRetrySeconds, every / 4) - age) * 1000;
}
