import type { Place } from "../catalog";
import type { BackupPolicy } from "../policy";
import { lockContradiction } from "../objectLock";

/** What AWS says about a bucket (CloudFormation's `AWS::S3::Bucket`), as far as it matters here. */
export interface BucketSettings {
  VersioningConfiguration?: { Status?: string };
  ObjectLockEnabled?: boolean;
  ObjectLockConfiguration?: {
    ObjectLockEnabled?: string;
    Rule?: { DefaultRetention?: { Mode?: string; Days?: number; Years?: number } };
  };
  LifecycleConfiguration?: { Rules?: { Id?: string }[] };
  BucketEncryption?: {
    ServerSideEncryptionConfiguration?: {
      ServerSideEncryptionByDefault?: { SSEAlgorithm?: string; KMSMasterKeyID?: string };
    }[];
  };
  ReplicationConfiguration?: { Rules?: unknown[] };
}

/** A bucket that is there already and is to become an archive's. */
export interface TakeOverRequest {
  bucket: string;
  place: Place;
  clusterId: string;
  policy: BackupPolicy;
  settings: BucketSettings;
  /** Names of other clusters whose marker lies in it. */
  otherClusters: readonly string[];
  /** Ids of the rules that its lifecycle will have. */
  ruleIds: readonly string[];
  /** Days of the lock that it will have. */
  lockDays?: number;
  replicate: boolean;
}

/** What taking over a bucket means. */
export interface TakeOver {
  /** Why it cannot be: data would be lost, or could not be given up. */
  refusals: string[];
  /** What will be another way than it is. */
  changes: string[];
}

/** Decides whether a bucket can be taken over, and says what that changes. */
export function planTakeOver(request: TakeOverRequest): TakeOver {
  const lock = lockOf(request.settings);
  const refusals = [...refuseVersioning(request), ...refuseLock(request, lock), ...refuseOthers(request)];
  return { refusals, changes: [...changedRules(request), ...changedSettings(request, lock)] };
}

interface Lock {
  enabled: boolean;
  days: number;
}

function lockOf({ ObjectLockEnabled: enabled, ObjectLockConfiguration: found }: BucketSettings): Lock {
  const { Days: days = 0, Years: years = 0 } = found?.Rule?.DefaultRetention ?? {};
  return { enabled: enabled === true || found?.ObjectLockEnabled === "Enabled", days: days + 365 * years };
}

function refuseVersioning({ settings }: TakeOverRequest): string[] {
  if (settings.VersioningConfiguration?.Status !== "Suspended") return [];
  return [
    "its versioning is suspended: what was overwritten meanwhile is lost. Find out who suspended it, turn it on, and look at what lies there.",
  ];
}

function refuseLock({ place, policy }: TakeOverRequest, lock: Lock): string[] {
  if (place === "offsite" && !lock.enabled) {
    return [
      "it has no object lock: what lies there can be removed by anybody with the right. Turn object lock on first.",
    ];
  }
  // Off-site it gets the archive's own.
  const found = place === "primary" ? lockContradiction(lock.days, policy, place) : null;
  if (found === null) return [];
  return [`its own lock of ${lock.days} days ${found.problem}. Shorten it to ${found.most}, or keep it longer.`];
}

function refuseOthers({ clusterId, otherClusters }: TakeOverRequest): string[] {
  if (otherClusters.length === 0) return [];
  const names = otherClusters.join(", ");
  return [
    `it is the archive of ${names}: a bucket has one lifecycle, and that of ${clusterId} would end theirs. Name another bucket.`,
  ];
}

/** There is one lifecycle configuration a bucket: another one of ours replaces what is there. */
function changedRules({ settings, ruleIds }: TakeOverRequest): string[] {
  const there = (settings.LifecycleConfiguration?.Rules ?? []).map(({ Id }) => Id ?? "(without an id)");
  const gone = there.filter((id) => !ruleIds.includes(id));
  return gone.length === 0 ? [] : [`its lifecycle rules ${gone.join(", ")} go: the policy's own take their place`];
}

function changedSettings(request: TakeOverRequest, lock: Lock): string[] {
  return [
    ...changedVersioning(request),
    ...changedKey(request),
    ...changedLock(request, lock),
    ...changedCopies(request),
  ];
}

function changedVersioning({ settings }: TakeOverRequest): string[] {
  return settings.VersioningConfiguration?.Status === "Enabled" ? [] : ["versioning is turned on"];
}

function changedKey({ settings }: TakeOverRequest): string[] {
  const [rule] = settings.BucketEncryption?.ServerSideEncryptionConfiguration ?? [];
  const { SSEAlgorithm: algorithm, KMSMasterKeyID: key } = rule?.ServerSideEncryptionByDefault ?? {};
  if (algorithm === "aws:kms" && key !== undefined) return [];
  return [`new objects are encrypted by a key of the archive and not by ${algorithm ?? "what it is now"}`];
}

function changedLock({ place, lockDays }: TakeOverRequest, lock: Lock): string[] {
  if (place === "primary" || lockDays === undefined || lockDays === lock.days) return [];
  return [`new objects are locked for ${lockDays} days and not for ${lock.days}`];
}

function changedCopies({ settings, place, replicate }: TakeOverRequest): string[] {
  const there = settings.ReplicationConfiguration?.Rules?.length ?? 0;
  if (place === "offsite" || !replicate || there === 0) return [];
  return ["its replication becomes the one to the off-site bucket"];
}
