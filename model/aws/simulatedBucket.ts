import { type ArchivePart, archiveParts } from "./archiveParts";
import { lifecycleRules } from "./lifecycle";
import type { LifecycleRequest, StorageStep } from "./lifecycleRequest";
import {
  gibibyte,
  leastMovedBytes,
  monthDays,
  StorageClass,
  storageClasses,
  type StoragePrices,
} from "./storageClasses";
import { billedBytes, readCost, readsPerMonth, storageCost } from "./storageCost";

export const dayMs = 86_400_000;

/** What is paid for. */
export type CostKind = "storage" | "requests" | "early" | "reads";

/** Versions of objects of one part that are stored together, share a size, and meet the same fate. */
export interface SimulatedVersion {
  readonly part: ArchivePart;
  readonly key: string;
  /** It stands for so many objects. */
  readonly count: number;
  /** Of each. */
  readonly bytes: number;
  /** All by the store's clock, in milliseconds. */
  readonly storedAt: number;
  taggedAt: number | null;
  hiddenAt: number | null;
  gone: boolean;
  storageClass: StorageClass;
  /** When it came into its class. */
  since: number;
  /** Nothing happens to it before. */
  nextAt: number;
}

type NewVersion = Pick<SimulatedVersion, "part" | "key" | "count" | "bytes" | "storedAt">;

/** What of a part lies in a class, objects of one size. */
export interface SimulatedPool extends Pick<SimulatedVersion, "part" | "bytes" | "storageClass"> {
  hidden: boolean;
  count: number;
  /** When it came into its class, where the price depends on that. */
  since: number;
}

/** Pays for what happens. */
export type Pay = (of: Pick<SimulatedVersion, "part" | "storageClass">, kind: CostKind, dollars: number) => void;

/** The rules of one part, of what is tagged and of what is not. */
interface PartRules {
  expireDays: { tagged: number; any: number };
  noncurrentDays: { tagged: number; any: number };
  steps: StorageStep[];
}

/** A versioned bucket with the rules that are made for it, as S3 carries them out: once a day, after midnight (UTC). */
export class SimulatedBucket {
  /** All that can be read, hidden or not. */
  readonly there = new Map<string, SimulatedVersion>();
  /** Their sizes. */
  readonly sizes = new Map<string, number>();
  private readonly pooled = new Map<string, SimulatedPool>();
  private readonly parts: ReadonlyMap<string, ArchivePart>;
  private readonly rules: ReadonlyMap<ArchivePart, PartRules>;

  constructor(
    private readonly request: LifecycleRequest,
    private readonly prices: StoragePrices,
    private readonly pay: Pay,
  ) {
    const parts = archiveParts(request);
    this.parts = new Map(parts.map((part) => [part.name, part]));
    this.rules = new Map(parts.map((part) => [part, rulesFor(part, request)]));
  }

  part(name: string): ArchivePart {
    const part = this.parts.get(name);
    if (part === undefined) throw new Error(`${name} is no part of the ${this.request.place} archive`);
    return part;
  }

  get pools(): SimulatedPool[] {
    return [...this.pooled.values()].filter(({ count }) => count > 0);
  }

  store(stored: NewVersion): SimulatedVersion {
    const version: SimulatedVersion = {
      ...stored,
      taggedAt: null,
      hiddenAt: null,
      gone: false,
      storageClass: StorageClass.Standard,
      since: stored.storedAt,
      nextAt: 0,
    };
    this.there.set(version.key, version);
    this.sizes.set(version.key, version.bytes);
    this.pool(version, version.count);
    const puts = (version.count * requestsOf(version.bytes) * this.prices.STANDARD.thousandPuts) / 1000;
    this.pay(version, "requests", puts);
    return version;
  }

  /** A prune gives it up. */
  tag(version: SimulatedVersion, at: number): void {
    if (version.taggedAt !== null) return;
    version.taggedAt = at;
    version.nextAt = 0;
    this.pay(version, "requests", (version.count * this.prices.STANDARD.thousandPuts) / 1000);
  }

  /** What S3 does after a midnight. Expiry goes before a move, and of two rules the earlier one counts. */
  midnight(now: number): void {
    for (const version of this.there.values()) {
      if (version.nextAt > now) continue;
      if (version.hiddenAt === null) this.judgeCurrent(version, now);
      else this.judgeHidden(version, version.hiddenAt, now);
    }
  }

  private judgeCurrent(version: SimulatedVersion, now: number): void {
    const { expireDays, steps } = this.rulesOf(version);
    const { storedAt, taggedAt, bytes } = version;
    const hideAt = midnightAfter(storedAt, taggedAt === null ? expireDays.any : expireDays.tagged);
    if (hideAt <= now) {
      this.change(version, { hiddenAt: now + workMs });
      return;
    }
    const moves =
      bytes < leastMovedBytes ? [] : steps.map((step) => ({ ...step, at: midnightAfter(storedAt, step.afterDays) }));
    const step = moves.filter(({ at }) => at <= now).at(-1);
    if (step !== undefined && step.storageClass !== version.storageClass) {
      this.leave(version, now);
      const storageClass = step.storageClass as StorageClass;
      this.change(version, { storageClass, since: now });
      this.pay(version, "requests", (version.count * this.prices[storageClass].thousandMoves) / 1000);
    }
    version.nextAt = Math.min(hideAt, ...moves.filter(({ at }) => at > now).map(({ at }) => at));
  }

  private judgeHidden(version: SimulatedVersion, hiddenAt: number, now: number): void {
    const { noncurrentDays } = this.rulesOf(version);
    version.nextAt = midnightAfter(hiddenAt, version.taggedAt === null ? noncurrentDays.any : noncurrentDays.tagged);
    if (version.nextAt > now) return;
    this.leave(version, now);
    this.pool(version, -version.count);
    version.gone = true;
    this.there.delete(version.key);
    this.sizes.delete(version.key);
  }

  /** What leaves its class too early is billed as if it had stayed. */
  private leave(version: SimulatedVersion, now: number): void {
    const { storageClass, since, count, bytes } = version;
    const early = Math.max(0, storageClasses[storageClass].minimumDays - (now - since) / dayMs);
    const daily = (this.prices[storageClass].storage * billedBytes(storageClass, bytes)) / gibibyte / monthDays;
    this.pay(version, "early", count * daily * early);
  }

  private change(
    version: SimulatedVersion,
    to: Partial<Pick<SimulatedVersion, "hiddenAt" | "storageClass" | "since">>,
  ): void {
    this.pool(version, -version.count);
    Object.assign(version, to, { nextAt: 0 });
    this.pool(version, version.count);
  }

  private pool(version: SimulatedVersion, count: number): void {
    const { part, bytes, storageClass, hiddenAt } = version;
    const since = storageClass === StorageClass.IntelligentTiering ? version.since : 0;
    const hidden = hiddenAt !== null;
    const key = [part.name, bytes, storageClass, hidden, since].join();
    const pool = this.pooled.get(key);
    if (pool === undefined) this.pooled.set(key, { part, bytes, storageClass, hidden, since, count });
    else pool.count += count;
  }

  private rulesOf({ part }: SimulatedVersion): PartRules {
    return this.rules.get(part) as PartRules;
  }

  /** Pays for a day, of what has been there at its end. */
  payDay(endsAt: number): void {
    for (const pool of this.pools) {
      const { part, storageClass, bytes, since, count, hidden } = pool;
      const reads = part.kind === "data" ? readsPerMonth(part.kept, this.request.policy) : 0;
      const cost = (days: number): number =>
        storageCost(storageClass, { bytes, days: Math.max(0, days), read: reads > 0 }, this.prices);
      const age = (endsAt - since) / dayMs;
      this.pay(pool, "storage", count * (cost(age) - cost(age - 1)));
      if (!hidden) this.pay(pool, "reads", (count * readCost(storageClass, bytes, this.prices) * reads) / monthDays);
    }
  }
}

/** So long after midnight S3 may be at work: what it hides is hidden by then. */
const workMs = 3_600_000;

/** When a rule of so many days acts: at the next midnight after. */
export function midnightAfter(since: number, days: number): number {
  return Math.ceil((since + days * dayMs) / dayMs) * dayMs;
}

const mebibyte = 1024 * 1024;

/** What the agent uploads in parts, and the sizes of these: so many of each, then the next. */
const wholeBytes = 64 * mebibyte;
const partSizes = [
  { parts: 2000, bytes: 8 * mebibyte },
  { parts: 3000, bytes: 32 * mebibyte },
  { parts: 5000, bytes: 64 * mebibyte },
];

/** Requests that store an object; one in parts is begun and completed. */
function requestsOf(bytes: number): number {
  if (bytes <= wholeBytes) return 1;
  let [left, requests] = [bytes, 2];
  for (const size of partSizes) {
    const parts = Math.min(size.parts, Math.ceil(left / size.bytes));
    requests += parts;
    left = Math.max(0, left - parts * size.bytes);
  }
  return requests;
}

function rulesFor(part: ArchivePart, request: LifecycleRequest): PartRules {
  const mine = lifecycleRules(request).filter(({ prefix }) => `${part.prefix}x`.startsWith(prefix));
  const never = Number.POSITIVE_INFINITY;
  const least = (days: (number | undefined)[]): number => Math.min(...days.map((some) => some ?? never), never);
  const untagged = mine.filter(({ tagged }) => !tagged);
  const expire = (rules: typeof mine): number => least(rules.map(({ expireAfterDays }) => expireAfterDays));
  const noncurrent = (rules: typeof mine): number => least(rules.map(({ noncurrentDays }) => noncurrentDays));
  return {
    expireDays: { tagged: expire(mine), any: expire(untagged) },
    noncurrentDays: { tagged: noncurrent(mine), any: noncurrent(untagged) },
    steps: untagged.flatMap(({ transitions }) => transitions),
  };
}
