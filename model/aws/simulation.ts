import type { Place } from "../catalog";
import type { BackupPolicy } from "../policy";
import type { Tier } from "../tier";
import type { Kept } from "./archiveParts";
import type { BackstopDays, TierSteps } from "./lifecycleRequest";
import type { CostKind } from "./simulatedBucket";
import type { StorageClass, StoragePrices } from "./storageClasses";
import type { ArchiveSizes } from "./storageCost";

/** Rules of one bucket beyond what the policy says. */
export interface SimulatedRules {
  steps?: TierSteps;
  backstop?: BackstopDays;
}

/** When things happen, in minutes after midnight, and how long they take. */
export interface SimulatedTimes {
  begins: Record<Tier, number>;
  uploadMinutes: Record<Tier, number>;
  pruneAt: number;
}

/** What is simulated. */
export interface SimulationRequest {
  policy: BackupPolicy;
  sizes: ArchiveSizes;
  undeleteDays: number;
  /** @default 365 */
  days?: number;
  primary?: SimulatedRules;
  /** Null where there is no off-site archive. @default no steps and no backstop */
  offsite?: SimulatedRules | null;
  /** @default list prices of us-east-1 */
  prices?: StoragePrices;
  times?: SimulatedTimes;
  /**
   * Who tags: the daily prune; somebody who has stolen its rights and tags all that is there every day, without
   * announcing it; or nobody. @default prune
   */
  tagging?: "prune" | "everything" | "nobody";
  /** After this day no backup is made. @default they go on */
  lastBackupDay?: number;
}

/** What is kept where: the log may lie in both places. */
export type Account = `${Place}/${Kept}`;

/** What a day was paid for, by what is kept, class and kind. */
export interface SimulatedCost {
  account: Account;
  storageClass: StorageClass;
  kind: CostKind;
  dollars: number;
}

/** What is kept at the end of a day. */
export interface SimulatedHolding {
  account: Account;
  /** Good backups that are listed; of the log days that have any. */
  count: number;
  /** Age of the oldest of them; null without any. */
  oldestDays: number | null;
  /** By class, with what is hidden. */
  bytes: Partial<Record<StorageClass, number>>;
  /** Of these: hidden, until it is gone for good. */
  hiddenBytes: number;
}

/** One day of a simulation. */
export interface SimulatedDay {
  /** From 1. */
  day: number;
  holdings: SimulatedHolding[];
  costs: SimulatedCost[];
  /** Any moment of so many days can be restored from the first archive; null before the first backup. */
  windowDays: number | null;
  /** What is listed as good and could not be restored, and tiers without a good backup that had one: never any. */
  problems: string[];
}

/** What a change of the policy gives up at the next prune. */
export interface GivenUp {
  account: Account;
  /** Backups; of the log days. */
  count: number;
  bytes: number;
}

/** What came of it. */
export interface Simulation {
  days: SimulatedDay[];
  /** Of very many backups of a tier one stands for so many. */
  standsFor: Record<Tier, number>;
}

export const standardTimes: SimulatedTimes = {
  begins: { snapshots: 0, full: 180, offsite: 300 },
  uploadMinutes: { snapshots: 2, full: 60, offsite: 90 },
  pruneAt: 240,
};

/** The archives that there are. */
export function withPlaces({ offsite }: SimulationRequest): Place[] {
  return offsite === null ? ["primary"] : ["primary", "offsite"];
}
