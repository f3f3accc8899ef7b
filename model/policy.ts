import { checkRecipients } from "./ageKeys";
import { Mistakes } from "./mistakes";
import { checkTrustedKeys, type SigningPolicy } from "./signature";
import { tiers } from "./tier";
import { checkQueries, checkVerification, standardVerification, type VerificationPolicy } from "./verification";

/** How often a tier is backed up, how long its backups are kept and what it promises. */
export interface TierPolicy {
  /** Longest time between two backups, in minutes. */
  everyMinutes: number;
  /** How long a backup is kept, in days. The last good one is kept for ever. */
  retentionDays: number;
  /** So many good backups are kept whatever their age. */
  keepAtLeast: number;
  /** Recovery point objective: how much time of writes may be lost, in minutes. */
  recoveryPointMinutes: number;
  /** Recovery time objective: how long a recovery from this tier may take, in minutes. */
  recoveryTimeMinutes: number;
}

/** Snapshots are also taken by the number of entries written. */
export interface SnapshotPolicy extends TierPolicy {
  /** A snapshot is due after so many entries of the log. */
  everyEntries: number;
  /** Never two archived snapshots closer than this, in seconds (protocol 17). */
  minIntervalSeconds: number;
}

/** Full backups pause writes for as long as the changes of the last moments take to copy. */
export interface FullPolicy extends TierPolicy {
  /** Writes are resumed by guards on every node after so many seconds, whatever happened to the backup. */
  maxPauseSeconds: number;
}

/** Off-site backups copy a verified full backup. */
export interface OffsitePolicy extends TierPolicy {
  /** A full backup older than this is not copied; take a new one first. In hours. */
  maxSourceAgeHours: number;
  /** Every node also copies its archived log off-site, every five minutes: the loss of the primary archive costs minutes. */
  continuousWal: boolean;
  /** Recovery point objective of that copy, in minutes. */
  walRecoveryPointMinutes: number;
}

/** Continuous archiving of the write-ahead log. */
export interface WalPolicy {
  /** A segment with entries is finished after so many seconds: the recovery point of the log. */
  archiveTimeoutSeconds: number;
  /** How long segments are kept, in days, unless a kept backup needs them longer. */
  retentionDays: number;
  /** A backup whose WAL has not arrived after so many seconds is void (protocol 7). */
  arrivalDeadlineSeconds: number;
  /** `status` and `wal-push` alarm below so much free space on the data disk, in MiB. */
  freeSpaceAlarmMebibytes: number;
}

/** Client-side encryption by age. */
export interface EncryptionPolicy {
  /** `age1…`: each of them can decrypt what is stored from now on. None: nothing is encrypted. */
  recipients: string[];
}

/** What is backed up, how often, how long it is kept and what is promised: one for a cluster. */
export interface BackupPolicy {
  snapshots: SnapshotPolicy;
  full: FullPolicy;
  offsite: OffsitePolicy;
  wal: WalPolicy;
  /** Whose backups are believed. */
  signing: SigningPolicy;
  /** How often the backups are verified, and what a restored one must hold. */
  verification: VerificationPolicy;
  /** Who can read the backups. */
  encryption: EncryptionPolicy;
}

/** How often every node looks what is due, in seconds. */
export const lookSeconds = 300;

const hour = 60;
const day = 24 * hour;

/** The runbook's table. */
export const standardPolicy: BackupPolicy = {
  snapshots: {
    everyEntries: 10_000,
    everyMinutes: 15,
    minIntervalSeconds: 300,
    retentionDays: 7,
    keepAtLeast: 3,
    recoveryPointMinutes: 15,
    recoveryTimeMinutes: 30,
  },
  full: {
    everyMinutes: day,
    retentionDays: 30,
    keepAtLeast: 3,
    recoveryPointMinutes: day,
    recoveryTimeMinutes: 4 * hour,
    maxPauseSeconds: 60,
  },
  offsite: {
    everyMinutes: 7 * day,
    retentionDays: 365,
    keepAtLeast: 4,
    recoveryPointMinutes: 7 * day,
    recoveryTimeMinutes: 8 * hour,
    maxSourceAgeHours: 48,
    continuousWal: false,
    walRecoveryPointMinutes: 15,
  },
  wal: {
    archiveTimeoutSeconds: 60,
    retentionDays: 30,
    arrivalDeadlineSeconds: 900,
    freeSpaceAlarmMebibytes: 2048,
  },
  signing: { trustedKeys: [] },
  verification: standardVerification,
  encryption: { recipients: [] },
};

/** Any part of a policy; what is left out is as in `standardPolicy`. */
export interface BackupPolicyOverrides {
  snapshots?: Partial<SnapshotPolicy>;
  full?: Partial<FullPolicy>;
  offsite?: Partial<OffsitePolicy>;
  wal?: Partial<WalPolicy>;
  signing?: Partial<SigningPolicy>;
  verification?: Partial<VerificationPolicy>;
  encryption?: Partial<EncryptionPolicy>;
}

const subject = "The backup policy cannot be used";

/**
 * The complete policy for some overrides.
 * @throws InputError naming every value that is out of range or contradicts another.
 */
export function resolvePolicy(overrides: BackupPolicyOverrides = {}, path = "policy"): BackupPolicy {
  const mistakes = new Mistakes();
  if (!isPlainObject(overrides)) {
    mistakes.add(path, "must be an object", overrides, "Leave it out for the standard policy.");
    mistakes.throwIfAny(subject);
  }
  refuseUnknown(overrides, path, mistakes);
  const policy: BackupPolicy = {
    snapshots: { ...standardPolicy.snapshots, ...defined(overrides.snapshots) },
    full: { ...standardPolicy.full, ...defined(overrides.full) },
    offsite: { ...standardPolicy.offsite, ...defined(overrides.offsite) },
    wal: { ...standardPolicy.wal, ...defined(overrides.wal) },
    signing: { ...standardPolicy.signing, ...defined(overrides.signing) },
    verification: { ...standardPolicy.verification, ...withoutRestores(overrides), ...defined(overrides.verification) },
    encryption: { ...standardPolicy.encryption, ...defined(overrides.encryption) },
  };
  checkNumbers(policy, path, mistakes);
  mistakes.require(typeof policy.offsite.continuousWal === "boolean", {
    path: `${path}.offsite.continuousWal`,
    problem: "must be true or false",
    received: policy.offsite.continuousWal,
    remedy: "Leave it out for the standard value, false.",
  });
  checkTrustedKeys(policy.signing.trustedKeys, `${path}.signing.trustedKeys`, mistakes);
  checkRecipients(policy.encryption.recipients, `${path}.encryption.recipients`, mistakes);
  checkQueries(policy.verification.queries, `${path}.verification.queries`, mistakes);
  // Contradictions between numbers that are themselves wrong would only be noise.
  if (mistakes.all.length === 0) checkContradictions(policy, path, mistakes);
  mistakes.throwIfAny(subject);
  return policy;
}

/** Nodes have no identity: their schedule cannot restore what is encrypted. */
function withoutRestores({ encryption }: BackupPolicyOverrides): Partial<VerificationPolicy> {
  const recipients: unknown = encryption?.recipients;
  return Array.isArray(recipients) && recipients.length > 0 ? { restoreEveryMinutes: 0 } : {};
}

function defined<T extends object>(part: T | undefined): Partial<T> {
  const entries = Object.entries(part ?? {}).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as Partial<T>;
}

function refuseUnknown(overrides: BackupPolicyOverrides, path: string, mistakes: Mistakes): void {
  for (const [section, values] of Object.entries(overrides)) {
    const known = knownKeys(section);
    if (known === undefined) {
      const names = Object.keys(standardPolicy).join(", ");
      mistakes.add(`${path}.${section}`, "is no part of a policy", values, `Use one of: ${names}.`);
    } else if (values !== undefined) {
      refuseUnknownKeys(values, { path: `${path}.${section}`, known }, mistakes);
    }
  }
}

function refuseUnknownKeys(values: unknown, section: { path: string; known: string[] }, mistakes: Mistakes): void {
  if (!isPlainObject(values)) {
    mistakes.add(section.path, "must be an object", values, "Leave it out for the standard values.");
    return;
  }
  for (const [key, value] of Object.entries(values)) {
    if (section.known.includes(key)) continue;
    mistakes.add(`${section.path}.${key}`, "is not known", value, `Use one of: ${section.known.join(", ")}.`);
  }
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Settings of a part of a policy; undefined where there is no such part. */
function knownKeys(section: string): string[] | undefined {
  return Object.hasOwn(standardPolicy, section)
    ? Object.keys(standardPolicy[section as keyof BackupPolicy])
    : undefined;
}

/** Least and greatest value of each setting; all of them are whole numbers. */
const ranges: Record<string, readonly [number, number]> = {
  everyMinutes: [1, 366 * day],
  everyEntries: [1, 1e9],
  minIntervalSeconds: [0, 86_400],
  retentionDays: [1, 36_500],
  keepAtLeast: [1, 10_000],
  recoveryPointMinutes: [1, 366 * day],
  recoveryTimeMinutes: [1, 366 * day],
  maxPauseSeconds: [5, 3600],
  maxSourceAgeHours: [1, 24 * 366],
  walRecoveryPointMinutes: [1, 366 * day],
  archiveTimeoutSeconds: [1, 86_400],
  arrivalDeadlineSeconds: [5, 86_400],
  freeSpaceAlarmMebibytes: [1, 1e9],
  manifestEveryMinutes: [0, 366 * day],
  bytesEveryMinutes: [0, 366 * day],
  restoreEveryMinutes: [0, 366 * day],
};

function checkNumbers(policy: BackupPolicy, path: string, mistakes: Mistakes): void {
  for (const [section, values] of Object.entries(policy) as [string, Record<string, unknown>][]) {
    for (const [key, value] of Object.entries(values)) {
      // A key that is none was refused before; `ranges.toString` is no range.
      const range = Object.hasOwn(ranges, key) ? ranges[key] : undefined;
      if (range === undefined) continue;
      const [least, greatest] = range;
      const good = typeof value === "number" && Number.isInteger(value) && value >= least && value <= greatest;
      if (good) continue;
      const problem = `must be a whole number from ${least} to ${greatest}`;
      mistakes.add(`${path}.${section}.${key}`, problem, value, `Leave it out for ${standardValue(section, key)}.`);
    }
  }
}

function standardValue(section: string, key: string): string {
  const standard = standardPolicy as unknown as Record<string, Record<string, number> | undefined>;
  return `the standard value, ${standard[section]?.[key]}`;
}

function checkContradictions(policy: BackupPolicy, path: string, mistakes: Mistakes): void {
  for (const tier of tiers) checkTier(policy[tier], `${path}.${tier}`, mistakes);
  checkAcrossTiers(policy, path, mistakes);
  checkPauseAndWal(policy, path, mistakes);
  const encrypted = policy.encryption.recipients.length > 0;
  checkVerification(policy.verification, { path: `${path}.verification`, encrypted }, mistakes);
}

function checkTier(tier: TierPolicy, path: string, mistakes: Mistakes): void {
  mistakes.require(tier.everyMinutes <= tier.recoveryPointMinutes, {
    path: `${path}.everyMinutes`,
    problem: `backups this far apart cannot keep a recovery point of ${tier.recoveryPointMinutes} minutes`,
    received: tier.everyMinutes,
    remedy: `Write at most ${tier.recoveryPointMinutes}, or raise ${path}.recoveryPointMinutes.`,
  });
  mistakes.require(tier.everyMinutes <= tier.retentionDays * day, {
    path: `${path}.retentionDays`,
    problem: `a backup would expire before the next one is taken (every ${tier.everyMinutes} minutes)`,
    received: tier.retentionDays,
    remedy: `Write at least ${Math.ceil(tier.everyMinutes / day)}, or take backups more often.`,
  });
}

function checkAcrossTiers(policy: BackupPolicy, path: string, mistakes: Mistakes): void {
  const { full, offsite, snapshots } = policy;
  mistakes.require(offsite.maxSourceAgeHours * hour >= full.everyMinutes, {
    path: `${path}.offsite.maxSourceAgeHours`,
    problem: `full backups are taken every ${full.everyMinutes} minutes, so most are too old to be copied off-site`,
    received: offsite.maxSourceAgeHours,
    remedy: `Write at least ${Math.ceil(full.everyMinutes / hour)}.`,
  });
  mistakes.require(offsite.maxSourceAgeHours <= full.retentionDays * 24, {
    path: `${path}.offsite.maxSourceAgeHours`,
    problem: `full backups are kept for ${full.retentionDays} days only`,
    received: offsite.maxSourceAgeHours,
    remedy: `Write at most ${full.retentionDays * 24}.`,
  });
  const leastMinutes = Math.ceil((policy.wal.archiveTimeoutSeconds + lookSeconds) / 60);
  mistakes.require(!offsite.continuousWal || offsite.walRecoveryPointMinutes >= leastMinutes, {
    path: `${path}.offsite.walRecoveryPointMinutes`,
    problem: `the log is finished every ${policy.wal.archiveTimeoutSeconds} s and copied every ${lookSeconds} s, which cannot keep it`,
    received: offsite.walRecoveryPointMinutes,
    remedy: `Write at least ${leastMinutes}, or lower ${path}.wal.archiveTimeoutSeconds.`,
  });
  mistakes.require(snapshots.minIntervalSeconds <= snapshots.everyMinutes * 60, {
    path: `${path}.snapshots.minIntervalSeconds`,
    problem: `contradicts a snapshot every ${snapshots.everyMinutes} minutes`,
    received: snapshots.minIntervalSeconds,
    remedy: `Write at most ${snapshots.everyMinutes * 60}.`,
  });
}

function checkPauseAndWal(policy: BackupPolicy, path: string, mistakes: Mistakes): void {
  const { wal, full, snapshots } = policy;
  mistakes.require(wal.arrivalDeadlineSeconds > 2 * wal.archiveTimeoutSeconds, {
    path: `${path}.wal.arrivalDeadlineSeconds`,
    problem: `a segment may take ${wal.archiveTimeoutSeconds} s to be finished, so good backups would be called void`,
    received: wal.arrivalDeadlineSeconds,
    remedy: `Write more than ${2 * wal.archiveTimeoutSeconds}.`,
  });
  mistakes.require(wal.retentionDays >= snapshots.retentionDays, {
    path: `${path}.wal.retentionDays`,
    problem: `snapshots are kept for ${snapshots.retentionDays} days and could not be rolled forward`,
    received: wal.retentionDays,
    remedy: `Write at least ${snapshots.retentionDays}.`,
  });
  mistakes.require(full.maxPauseSeconds <= full.recoveryPointMinutes * 60, {
    path: `${path}.full.maxPauseSeconds`,
    problem: `is longer than the recovery point objective`,
    received: full.maxPauseSeconds,
    remedy: `Write at most ${full.recoveryPointMinutes * 60}.`,
  });
}
