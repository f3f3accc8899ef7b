import type { ArchivePlan, Kept } from "./archiveParts";

/** From an age on, another storage class. */
export interface StorageStep {
  afterDays: number;
  /** As S3 writes it, such as `STANDARD_IA`. */
  storageClass: string;
}

/** Steps of each tier, and of the log, the first step first. */
export interface TierSteps {
  snapshots?: StorageStep[];
  full?: StorageStep[];
  offsite?: StorageStep[];
  wal?: StorageStep[];
}

/** At this age what nobody tagged goes too, in days. */
export interface BackstopDays {
  snapshots?: number;
  full?: number;
  offsite?: number;
  wal?: number;
}

/** What the rules of a bucket follow from. */
export interface LifecycleRequest extends ArchivePlan {
  /** For so many days what was given up, or hidden by hand, can be brought back (`neumann-backup undelete`). */
  undeleteDays: number;
  /** Cheaper storage with age, for data and for the log. Manifests and records never leave Standard. @default none */
  steps?: TierSteps;
  /**
   * What nobody tagged goes at this age: also the last good backup, if none was made for so long.
   * @default never
   */
  backstop?: BackstopDays;
}

/** Between the parts of a backup that goes, in days: S3 carries out its rules once a day. */
export const apart = 2;

/** What is said of each part of a backstop. */
export function describeBackstop({ backstop = {} }: LifecycleRequest): string[] {
  return Object.entries(backstop).map(
    ([kept, days]: [string, number]) =>
      `${kept as Kept}: what is ${days} days old goes without a prune; if none was made for so long, the last good one too`,
  );
}
