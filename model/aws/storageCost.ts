import type { BackupPolicy } from "../policy";
import { formatCount } from "../units";
import type { Kept } from "./archiveParts";
import type { StorageStep } from "./lifecycleRequest";
import {
  gibibyte,
  isStorageClass,
  leastMovedBytes,
  monthDays,
  StorageClass,
  storageClasses,
  type StoragePrices,
} from "./storageClasses";

/** How much there is to store. */
export interface ArchiveSizes {
  /** A full backup before compression, in GiB; an off-site one is a copy of it. */
  fullGibibytes: number;
  /** A snapshot before compression, in GiB. */
  snapshotGibibytes: number;
  /** The log of one node before compression, in GiB a day. */
  walGibibytesPerDay: number;
  /** What compression leaves: 0.4 is two fifths. */
  compressedTo: number;
  /** Each of them archives its own log. */
  nodes: number;
}

/** Objects of one part of an archive, all of one size. */
export interface Load {
  bytes: number;
  objectsPerDay: number;
}

const segmentBytes = 16 * 1024 * 1024;
const dayMinutes = 1440;
const daySeconds = 86_400;

/** The data of a tier, or the log, as they come. */
export function loadOf(kept: Kept, policy: BackupPolicy, sizes: ArchiveSizes): Load {
  const stored = sizes.compressedTo * gibibyte;
  if (kept === "wal") {
    const plainBytes = sizes.walGibibytesPerDay * gibibyte;
    const segments = Math.max(daySeconds / policy.wal.archiveTimeoutSeconds, plainBytes / segmentBytes);
    return { bytes: (plainBytes * sizes.compressedTo) / segments, objectsPerDay: segments * sizes.nodes };
  }
  const gibibytes = kept === "snapshots" ? sizes.snapshotGibibytes : sizes.fullGibibytes;
  return { bytes: gibibytes * stored, objectsPerDay: dayMinutes / policy[kept].everyMinutes };
}

/** How often a month each byte of it is read by the verifications on the schedule: of backups all, of the log next to none. */
export function readsPerMonth(kept: Kept, policy: BackupPolicy): number {
  const { bytesEveryMinutes } = policy.verification;
  return kept === "wal" || bytesEveryMinutes === 0 ? 0 : (monthDays * dayMinutes) / bytesEveryMinutes;
}

/** What an object costs from the day on which it is stored, in dollars; the request that stores it is not counted. */
export interface LifeCost {
  storage: number;
  moves: number;
  /** For what leaves a class sooner than it is billed. */
  early: number;
  reads: number;
}

interface Life {
  bytes: number;
  /** Until it is gone for good. */
  days: number;
  /** Until it is given up: verifications read nothing that is hidden. */
  keptDays: number;
  readsPerMonth: number;
  prices: StoragePrices;
}

/** What an object costs in its life. Classes that are not known cost nothing. */
export function lifeCost(steps: readonly StorageStep[], life: Life): LifeCost {
  const cost: LifeCost = { storage: 0, moves: 0, early: 0, reads: 0 };
  const known = steps.filter(({ storageClass }) => isStorageClass(storageClass));
  const taken = life.bytes < leastMovedBytes ? [] : known.filter(({ afterDays }) => afterDays < life.days);
  const stays = [{ afterDays: 0, storageClass: StorageClass.Standard as string }, ...taken];
  for (const [at, { afterDays, storageClass }] of stays.entries()) {
    const until = stays[at + 1]?.afterDays ?? life.days;
    const own = stayCost(storageClass as StorageClass, { from: afterDays, until }, life);
    cost.storage += own.storage;
    cost.early += own.early;
    cost.reads += own.reads;
    if (at > 0) cost.moves += life.prices[storageClass as StorageClass].thousandMoves / 1000;
  }
  return cost;
}

function stayCost(
  its: StorageClass,
  { from, until }: { from: number; until: number },
  { bytes, keptDays, readsPerMonth: reads, prices }: Life,
): Omit<LifeCost, "moves"> {
  const days = until - from;
  const early = days > 0 ? Math.max(0, storageClasses[its].minimumDays - days) : 0;
  const readMonths = Math.max(0, Math.min(until, keptDays) - from) / monthDays;
  return {
    storage: storageCost(its, { bytes, days, read: reads > 0 }, prices),
    early: (prices[its].storage * billedBytes(its, bytes) * early) / gibibyte / monthDays,
    reads: readCost(its, bytes, prices) * reads * readMonths,
  };
}

/** What it costs to read an object once, in dollars. */
export function readCost(its: StorageClass, bytes: number, prices: StoragePrices): number {
  return prices[its].thousandReads / 1000 + (prices[its].read * bytes) / gibibyte;
}

/** What an object costs in its first so many days in a class, in dollars. */
export function storageCost(
  its: StorageClass,
  { bytes, days, read }: { bytes: number; days: number; read: boolean },
  prices: StoragePrices,
): number {
  const months = days / monthDays;
  const added = (storageClasses[its].addedStandardBytes * prices.STANDARD.storage) / gibibyte;
  const watched = bytes < leastMovedBytes ? 0 : prices[its].thousandWatched / 1000;
  const full = prices[its].storage * months;
  const price = its === StorageClass.IntelligentTiering && !read ? unreadPrice(days, prices) : full;
  return (price * billedBytes(its, bytes)) / gibibyte + (added + watched) * months;
}

/** Intelligent-Tiering by itself moves on what nobody reads for 30 and for 90 days. */
function unreadPrice(days: number, prices: StoragePrices): number {
  const between = (from: number, until: number): number => Math.max(0, Math.min(days, until) - from) / monthDays;
  const later = Number.POSITIVE_INFINITY;
  return (
    prices.INTELLIGENT_TIERING.storage * between(0, 30) +
    prices.STANDARD_IA.storage * between(30, 90) +
    prices.GLACIER_IR.storage * between(90, later)
  );
}

export function totalOf({ storage, moves, early, reads }: LifeCost): number {
  return storage + moves + early + reads;
}

/** An object's bytes as a class bills them. */
export function billedBytes(storageClass: StorageClass, bytes: number): number {
  const { minimumBytes, addedBytes } = storageClasses[storageClass];
  return Math.max(bytes, minimumBytes) + addedBytes;
}

/** Dollars for people: `$0.0345`, `$12.30`, `$1,204`. */
export function dollars(amount: number): string {
  const size = Math.abs(amount);
  const sign = amount < 0 ? "-" : "";
  if (size >= 1000) return `${sign}$${formatCount(Math.round(size))}`;
  return `${sign}$${size.toFixed(size !== 0 && size < 0.1 ? 4 : 2)}`;
}
