import { archiveRules, bucketPrefixOf, replicatedPrefixes, usualLockDays } from "../../model/aws/archivePlaces";
import { type LifecycleRule, standardUndeleteDays } from "../../model/aws/lifecycle";
import { describeBackstop } from "../../model/aws/lifecycleRequest";
import type { Place } from "../../model/catalog";
import { type BackupPolicy, resolvePolicy } from "../../model/policy";
import type { S3ObjectLock } from "../../model/s3Location";
import type { KnownS3Archive } from "./s3ArchiveArgs";

/** One of an archive's two buckets, as plain data. */
export interface BucketPlan {
  clusterId: string;
  place: Place;
  region: string;
  policy: BackupPolicy;
  /** Its name; undefined: it gets one that begins with the prefix. */
  bucket?: string;
  bucketPrefix: string;
  logsPrefix: string;
  rules: LifecycleRule[];
  /** What goes though no prune gave it up, in words. */
  backstops: string[];
  lock?: S3ObjectLock;
  logRetentionDays: number;
  breakGlassArns: string[];
  administratorArns: string[];
  kmsKeyArn?: string;
  tags: Record<string, string>;
}

/** Both buckets, and what goes from the one to the other. */
export interface ArchivePlan {
  clusterId: string;
  primary: BucketPlan;
  offsite: BucketPlan;
  /** What S3 copies, if it does. */
  replicated: string[];
  /** What was demanded of the accounts. */
  expected: { primary?: string; offsite?: string };
}

/** What follows from checked arguments. */
export function planArchive(known: KnownS3Archive): ArchivePlan {
  const policy = resolvePolicy(known.policy);
  const { clusterId, expectedAccountId, expectedOffsiteAccountId } = known;
  const replicate = known.replicate === true;
  return {
    clusterId,
    primary: {
      ...common(known, policy, "primary"),
      region: known.region,
      bucket: known.bucket ?? known.adoptBucket,
      kmsKeyArn: known.kmsKeyArn,
    },
    offsite: {
      ...common(known, policy, "offsite"),
      region: known.offsiteRegion,
      bucket: known.offsiteBucket ?? known.adoptOffsiteBucket,
      kmsKeyArn: known.offsiteKmsKeyArn,
      lock: lockOf(known, policy),
    },
    replicated: replicate ? replicatedPrefixes(clusterId, policy) : [],
    expected: { primary: expectedAccountId, offsite: expectedOffsiteAccountId },
  };
}

function common(known: KnownS3Archive, policy: BackupPolicy, place: Place) {
  const { clusterId, undeleteDays = standardUndeleteDays } = known;
  const storage =
    place === "primary"
      ? { steps: known.steps, backstop: known.backstopDays }
      : { steps: known.offsiteSteps, backstop: known.offsiteBackstopDays };
  return {
    clusterId,
    place,
    policy,
    bucketPrefix: bucketPrefixOf(clusterId, place),
    logsPrefix: bucketPrefixOf(clusterId, place, true),
    rules: archiveRules({ clusterId, policy, place, undeleteDays, ...storage }, known.replicate === true),
    backstops: describeBackstop({ clusterId, policy, place, undeleteDays, ...storage }),
    logRetentionDays: known.logRetentionDays ?? standardLogDays,
    breakGlassArns: known.breakGlassArns ?? [],
    administratorArns: known.administratorArns ?? [],
    tags: { ...known.tags, "neumann-cluster": clusterId, "neumann-place": place },
  };
}

const standardLogDays = 365;

function lockOf(known: KnownS3Archive, policy: BackupPolicy): S3ObjectLock | undefined {
  if (known.disposable === true) return undefined;
  if (known.offsiteLock !== undefined) return known.offsiteLock as S3ObjectLock;
  return { mode: "governance", days: usualLockDays(policy, known.replicate === true) };
}
