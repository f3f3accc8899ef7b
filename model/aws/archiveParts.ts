import type { Place } from "../catalog";
import { clusterPrefix, manifestPrefix, recordPrefix, walPrefix } from "../layout";
import type { BackupPolicy } from "../policy";
import { Tier } from "../tier";

/** What a policy keeps in an archive: a tier, or the log. */
export type Kept = Tier | "wal";

/** Where an archive's objects lie, and by which policy. */
export interface ArchivePlan {
  clusterId: string;
  policy: BackupPolicy;
  place: Place;
  /** What the archive's keys in the bucket begin with, without slashes at its ends. @default the whole bucket */
  prefix?: string;
}

/** A prefix with the age below which nothing of it goes, tagged or not. */
export interface ArchivePart {
  name: string;
  kept: Kept;
  kind: "manifests" | "data" | "log" | "watermarks";
  prefix: string;
  days: number;
  /** Of two parts the one with the lower number goes first: manifests, data, the log. */
  order: 0 | 1 | 2;
}

/** The tiers that lie there. */
export function tiersOf(place: Place): Tier[] {
  return place === "primary" ? [Tier.Snapshots, Tier.Full] : [Tier.Offsite];
}

/** All parts of an archive that anything ever goes from. Records stay, but for watermarks. */
export function archiveParts({ clusterId, policy, place, prefix }: ArchivePlan): ArchivePart[] {
  const at = (key: string): string => `${rootOf(prefix)}${key}`;
  const parts = tiersOf(place).flatMap((tier): ArchivePart[] => {
    const days = tierDays(policy, tier);
    const data = `${clusterPrefix(clusterId)}${tier}/data/`;
    return [
      {
        name: `${tier}-manifests`,
        kept: tier,
        kind: "manifests",
        prefix: at(manifestPrefix(clusterId, tier)),
        days,
        order: 0,
      },
      { name: `${tier}-data`, kept: tier, kind: "data", prefix: at(data), days, order: 1 },
    ];
  });
  const days = logDays(policy, place);
  const marks = at(recordPrefix(clusterId, "watermarks"));
  return [
    ...parts,
    { name: "wal", kept: "wal", kind: "log", prefix: at(walPrefix(clusterId)), days, order: 2 },
    { name: "watermarks", kept: "wal", kind: "watermarks", prefix: marks, days, order: 2 },
  ];
}

/** What every key of an archive begins with. */
export function rootOf(prefix: string | undefined): string {
  return prefix === undefined || prefix === "" ? "" : `${prefix}/`;
}

const dayMinutes = 1440;
/** As long as a policy can keep anything. */
const mostDays = 36_500;

/**
 * Retention, or as long as it takes to make the least number that is kept, and one more: where backups keep to their
 * schedule, none of that number is older.
 */
export function tierDays(policy: BackupPolicy, tier: Tier): number {
  const { retentionDays, keepAtLeast, everyMinutes } = policy[tier];
  const numberDays = Math.ceil(((keepAtLeast + 1) * everyMinutes) / dayMinutes);
  return Math.min(mostDays, Math.max(retentionDays, numberDays));
}

/** A kept backup is rolled forward with the log that follows it; off-site only the newest one is (hazard 10). */
function logDays(policy: BackupPolicy, place: Place): number {
  const { wal, offsite } = policy;
  const bases = tiersOf(place).map((tier) => tierDays(policy, tier));
  // What lies there without it was copied before it was turned off.
  if (place === "primary" || !offsite.continuousWal) return Math.max(wal.retentionDays, ...bases);
  const newest = (2 * offsite.everyMinutes) / dayMinutes + offsite.maxSourceAgeHours / 24;
  return Math.max(wal.retentionDays, Math.ceil(newest));
}
