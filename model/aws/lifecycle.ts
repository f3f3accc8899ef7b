import type { Place } from "../catalog";
import { clusterPrefix, manifestPrefix, recordPrefix, walPrefix } from "../layout";
import type { BackupPolicy } from "../policy";
import { Tier } from "../tier";

/** One rule of a bucket's lifecycle, in the terms of S3. */
export interface LifecycleRule {
  id: string;
  /** What the rule's keys begin with. */
  prefix: string;
  /** The rule is about what `prune` has tagged, and nothing else. */
  tagged: boolean;
  /** A current version of this age, in days, is deleted: it becomes a hidden one behind a delete marker. */
  expireAfterDays?: number;
  /** Delete markers go behind which nothing is left. */
  removeDeleteMarkers?: boolean;
  /** A version that has been hidden for so many days goes for good. */
  noncurrentDays?: number;
  /** What was uploaded in parts and never completed goes after so many days. */
  abortUploadsAfterDays?: number;
  /** Cheaper storage with age, the first step first. */
  transitions: StorageStep[];
}

/** From an age on, another storage class. */
export interface StorageStep {
  afterDays: number;
  /** As S3 writes it, such as `STANDARD_IA`. */
  storageClass: string;
}

/** What the rules of a bucket follow from. */
export interface LifecycleRequest {
  /** Without a prefix of the archive in the bucket. */
  clusterId: string;
  policy: BackupPolicy;
  place: Place;
  /** For so many days what was given up, or hidden by hand, can be brought back (`neumann-backup undelete`). */
  undeleteDays: number;
}

/** A prefix with the age below which nothing of it goes, tagged or not. */
interface Part {
  name: string;
  prefix: string;
  days: number;
  /** Of two parts the one with the lower number goes first: manifests, data, the log. */
  order: 0 | 1 | 2;
}

/** Between the parts of a backup that goes, in days: S3 carries out its rules once a day. */
const apart = 2;
const abortDays = 7;

/** For so many days what was given up can be brought back, unless another number is given. */
export const standardUndeleteDays = 14;

/**
 * The rules of a bucket (hazard 9, protocol 19). Of each part of the archive what `prune` has tagged goes, at the earliest
 * at the age that the policy states: a tag that somebody put too early removes nothing that the policy still keeps. For good
 * it goes once it has been hidden for `undeleteDays`, manifests before data, the log last. What nobody tagged stays.
 */
export function lifecycleRules(request: LifecycleRequest): LifecycleRule[] {
  const { undeleteDays: hidden } = request;
  const rules: LifecycleRule[] = [];
  for (const { name, prefix, days, order } of partsOf(request)) {
    const noncurrentDays = hidden + order * apart;
    rules.push(
      { id: `${name}-given-up`, prefix, tagged: true, expireAfterDays: days, noncurrentDays, transitions: [] },
      {
        id: `${name}-hidden`,
        prefix,
        tagged: false,
        removeDeleteMarkers: true,
        // Hidden by somebody, and not by a prune: it stays as long as if it had not been.
        noncurrentDays: Math.max(noncurrentDays, days + order * apart),
        transitions: [],
      },
    );
  }
  const all = clusterPrefix(request.clusterId);
  rules.push({
    id: "unfinished-uploads",
    prefix: all,
    tagged: false,
    abortUploadsAfterDays: abortDays,
    transitions: [],
  });
  return rules;
}

function partsOf({ clusterId, policy, place }: LifecycleRequest): Part[] {
  const tiers = place === "primary" ? [Tier.Snapshots, Tier.Full] : [Tier.Offsite];
  const parts: Part[] = tiers.flatMap((tier): Part[] => {
    const days = policy[tier].retentionDays;
    const data = `${clusterPrefix(clusterId)}${tier}/data/`;
    return [
      { name: `${tier}-manifests`, prefix: manifestPrefix(clusterId, tier), days, order: 0 },
      { name: `${tier}-data`, prefix: data, days, order: 1 },
    ];
  });
  const days = policy.wal.retentionDays;
  return [
    ...parts,
    { name: "wal", prefix: walPrefix(clusterId), days, order: 2 },
    { name: "watermarks", prefix: recordPrefix(clusterId, "watermarks"), days, order: 2 },
  ];
}
