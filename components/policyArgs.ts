import type * as pulumi from "@pulumi/pulumi";
import { type Mistakes } from "../model/mistakes";
import { type BackupPolicy, resolvePolicy, standardPolicy } from "../model/policy";
import { collect } from "./arguments";

/**
 * Snapshots: hot, of the leader, also taken by the number of entries written (the runbook's row "Snapshots").
 */
export interface SnapshotPolicyArgs {
  /**
   * A snapshot is due after so many entries of the log.
   * @default 10000
   */
  everyEntries?: pulumi.Input<number>;
  /**
   * Longest time between two snapshots, in minutes: the recovery point when writes are slow.
   * @default 15
   */
  everyMinutes?: pulumi.Input<number>;
  /**
   * Never two archived snapshots closer than this, in seconds.
   * @default 300
   */
  minIntervalSeconds?: pulumi.Input<number>;
  /**
   * How long a snapshot is kept, in days. The last good one is kept for ever.
   * @default 7
   */
  retentionDays?: pulumi.Input<number>;
  /**
   * So many good snapshots are kept whatever their age.
   * @default 3
   */
  keepAtLeast?: pulumi.Input<number>;
  /**
   * How much time of writes may be lost, in minutes.
   * @default 15
   */
  recoveryPointMinutes?: pulumi.Input<number>;
  /**
   * How long a recovery may take, in minutes.
   * @default 30
   */
  recoveryTimeMinutes?: pulumi.Input<number>;
}

/**
 * Full backups: store, snapshot and configuration, copied under a short pause (the runbook's row "Full backup").
 */
export interface FullPolicyArgs {
  /**
   * Longest time between two full backups, in minutes.
   * @default 1440
   */
  everyMinutes?: pulumi.Input<number>;
  /**
   * How long a full backup is kept, in days. The last good one is kept for ever.
   * @default 30
   */
  retentionDays?: pulumi.Input<number>;
  /**
   * So many good full backups are kept whatever their age.
   * @default 3
   */
  keepAtLeast?: pulumi.Input<number>;
  /**
   * How much time of writes may be lost, in minutes.
   * @default 1440
   */
  recoveryPointMinutes?: pulumi.Input<number>;
  /**
   * How long a recovery may take, in minutes.
   * @default 240
   */
  recoveryTimeMinutes?: pulumi.Input<number>;
  /**
   * Writes are resumed by guards on every node after so many seconds, whatever happened to the backup.
   * @default 60
   */
  maxPauseSeconds?: pulumi.Input<number>;
}

/**
 * Off-site backups: verified full backups, copied to another place (the runbook's row "Off-site").
 */
export interface OffsitePolicyArgs {
  /**
   * Longest time between two off-site backups, in minutes.
   * @default 10080
   */
  everyMinutes?: pulumi.Input<number>;
  /**
   * How long an off-site backup is kept, in days. The last good one is kept for ever.
   * @default 365
   */
  retentionDays?: pulumi.Input<number>;
  /**
   * So many good off-site backups are kept whatever their age.
   * @default 4
   */
  keepAtLeast?: pulumi.Input<number>;
  /**
   * How much time of writes may be lost, in minutes.
   * @default 10080
   */
  recoveryPointMinutes?: pulumi.Input<number>;
  /**
   * How long a recovery may take, in minutes.
   * @default 480
   */
  recoveryTimeMinutes?: pulumi.Input<number>;
  /**
   * A full backup older than this is not copied; a new one is taken first. In hours.
   * @default 48
   */
  maxSourceAgeHours?: pulumi.Input<number>;
  /**
   * Every node also copies its archived log off-site, every five minutes: the loss of the primary archive and of every
   * node then costs minutes, and not the time since the last off-site backup.
   * @default false
   */
  continuousWal?: pulumi.Input<boolean>;
  /**
   * How much time of writes may be lost with that copy, in minutes.
   * @default 15
   */
  walRecoveryPointMinutes?: pulumi.Input<number>;
}

/**
 * Continuous archiving of the write-ahead log (the runbook's `archive_command` and `archive_timeout`).
 */
export interface WalPolicyArgs {
  /**
   * A segment with entries is finished after so many seconds: the recovery point of the log.
   * @default 60
   */
  archiveTimeoutSeconds?: pulumi.Input<number>;
  /**
   * How long segments are kept, in days, unless a kept backup needs them longer.
   * @default 30
   */
  retentionDays?: pulumi.Input<number>;
  /**
   * A backup whose log has not arrived after so many seconds is void.
   * @default 900
   */
  arrivalDeadlineSeconds?: pulumi.Input<number>;
  /**
   * An alarm is raised below so much free space on the data disk, in MiB.
   * @default 2048
   */
  freeSpaceAlarmMebibytes?: pulumi.Input<number>;
}

/**
 * Whose backups are believed. Each node signs its own with a key that is made when the agent is installed.
 */
export interface SigningPolicyArgs {
  /**
   * Public keys of nodes: the output `publicKeys` of the ClusterBackups that protected them. Once any is named, only
   * backups that one of them signed are chosen; all others are listed with the reason. In a DisasterRecovery they are the
   * keys of the lost nodes. The list comes from here and never from the archive.
   * @default none: a signature has to match, whoever made it
   */
  trustedKeys?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * What a restored copy is asked, and what it has to answer.
 */
export interface VerificationQueryArgs {
  /**
   * One `SELECT COUNT(…)` on one line, such as `SELECT COUNT(*) FROM orders`.
   */
  statement: pulumi.Input<string>;
  /**
   * The number that it answers is this at least, in every backup that is restored: also in the off-site one, which is the
   * oldest of them.
   */
  minimumRows: pulumi.Input<number>;
}

/**
 * How often the schedule verifies the backups: a backup that nobody has restored is a hope.
 */
export interface VerificationPolicyArgs {
  /**
   * Longest time between two looks whether all objects of every backup are there, in minutes. 0: not by the schedule.
   * @default 1440
   */
  manifestEveryMinutes?: pulumi.Input<number>;
  /**
   * Longest time between two readings of every byte of every backup, in minutes. 0: not by the schedule.
   * @default 10080
   */
  bytesEveryMinutes?: pulumi.Input<number>;
  /**
   * Longest time between two restores of the newest backup of each tier into a scratch database, in minutes. 0: not by the
   * schedule.
   * @default 10080
   */
  restoreEveryMinutes?: pulumi.Input<number>;
  /**
   * What the restored databases are asked.
   * @default none
   */
  queries?: pulumi.Input<pulumi.Input<VerificationQueryArgs>[]>;
}

/**
 * Client-side encryption: data and log leave a node encrypted by age.
 */
export interface EncryptionPolicyArgs {
  /**
   * Recipients, `age1…`, as `age-keygen -y` prints them. The identity of any of them opens what is stored from then on. No
   * node has an identity: keep it where the recovery kit is not.
   * @default none: nothing is encrypted
   */
  recipients?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * What differs from the standard policy, which is the runbook's table. See docs/policy.md.
 */
export interface BackupPolicyArgs {
  /**
   * Snapshots.
   * @default as the standard policy
   */
  snapshots?: pulumi.Input<SnapshotPolicyArgs>;
  /**
   * Full backups.
   * @default as the standard policy
   */
  full?: pulumi.Input<FullPolicyArgs>;
  /**
   * Off-site backups.
   * @default as the standard policy
   */
  offsite?: pulumi.Input<OffsitePolicyArgs>;
  /**
   * The write-ahead log.
   * @default as the standard policy
   */
  wal?: pulumi.Input<WalPolicyArgs>;
  /**
   * Whose backups are believed.
   * @default as the standard policy
   */
  signing?: pulumi.Input<SigningPolicyArgs>;
  /**
   * Verifications of the backups.
   * @default as the standard policy
   */
  verification?: pulumi.Input<VerificationPolicyArgs>;
  /**
   * Who can read the backups.
   * @default as the standard policy
   */
  encryption?: pulumi.Input<EncryptionPolicyArgs>;
}

/** The complete policy; collects what is wrong with the overrides. */
export function planPolicy(
  overrides: pulumi.Unwrap<BackupPolicyArgs> | undefined,
  path: string,
  mistakes: Mistakes,
): BackupPolicy {
  return collect(mistakes, () => resolvePolicy(overrides, path)) ?? standardPolicy;
}

/**
 * When the agent makes a backup.
 */
export interface BackupSchedule {
  /**
   * The agent's command: `snapshot`, `full` or `offsite`.
   */
  command: string;
  /**
   * Longest time between two runs, in minutes.
   */
  everyMinutes: number;
  /**
   * Also due after so many entries of the log.
   */
  everyEntries?: number;
}

/** The schedules of a policy. */
export function schedulesOf(policy: BackupPolicy): BackupSchedule[] {
  const { snapshots, full, offsite } = policy;
  return [
    { command: "snapshot", everyMinutes: snapshots.everyMinutes, everyEntries: snapshots.everyEntries },
    { command: "full", everyMinutes: full.everyMinutes },
    { command: "offsite", everyMinutes: offsite.everyMinutes },
  ];
}
