import type * as pulumi from "@pulumi/pulumi";
import type { BackstopDays, TierSteps } from "../../model/aws/lifecycleRequest";
import type { BucketCredentials, BucketObjectLock } from "../archiveReference";
import type { BackupPolicyArgs } from "../policyArgs";

/**
 * Arguments of an S3Archive.
 */
export interface S3ArchiveArgs {
  /**
   * The cluster's name in the archive: lower-case letters, digits and dashes, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * Region of the first bucket, such as `eu-central-1`: best that of the cluster.
   */
  region: pulumi.Input<string>;
  /**
   * Region of the off-site bucket: another one, which survives the loss of the first.
   */
  offsiteRegion: pulumi.Input<string>;
  /**
   * Both buckets may lie in one region: nothing then survives its loss.
   * @default false
   */
  acceptSameRegion?: pulumi.Input<boolean>;
  /**
   * A provider for the account of the off-site bucket, best one that nobody of the first account can write to. A plain
   * value. `provider` or `providers` in the component's options are the first bucket's.
   * @default the provider of the first bucket
   */
  offsiteProvider?: pulumi.ProviderResource;
  /**
   * The account that the first bucket belongs to, twelve digits. Where the caller is of another one, nothing is made.
   * @default the caller's, whichever it is
   */
  expectedAccountId?: pulumi.Input<string>;
  /**
   * The account that the off-site bucket belongs to.
   * @default `expectedAccountId` where there is no `offsiteProvider`, else the caller's
   */
  expectedOffsiteAccountId?: pulumi.Input<string>;
  /**
   * What differs from the runbook's table: the same as that of the cluster's ClusterBackups. Lifecycle and lock follow
   * from it.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * Name of the first bucket, one among all of the world.
   * @default `<clusterId>-backup-` and what AWS adds to make it unique, the same from then on
   */
  bucket?: pulumi.Input<string>;
  /**
   * Name of the off-site bucket.
   * @default `<clusterId>-offsite-` and what AWS adds to make it unique, the same from then on
   */
  offsiteBucket?: pulumi.Input<string>;
  /**
   * Name of a bucket that is there already and becomes the first one, with all that lies in it; refused where its settings
   * would lose data. A plain value; `region` has to be one too. It can stay, or become `bucket` later.
   * @default a new bucket
   */
  adoptBucket?: string;
  /**
   * Name of a bucket that is there already and becomes the off-site one. A plain value, as `offsiteRegion` then.
   * @default a new bucket
   */
  adoptOffsiteBucket?: string;
  /**
   * ARN of a key in the first bucket's region that is there already. Its policy is left as it is.
   * @default a new key, which is rotated every year
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * ARN of a key in the off-site bucket's region that is there already. Its policy is left as it is.
   * @default a new key, which is rotated every year
   */
  offsiteKmsKeyArn?: pulumi.Input<string>;
  /**
   * For how long nobody can remove what lies off-site.
   * @default governance, for 30 days or as long as the policy keeps what lies there
   */
  offsiteLock?: pulumi.Input<BucketObjectLock>;
  /**
   * S3 copies full backups and the log to the off-site bucket by itself, minutes after they were stored. They count as
   * backups there. A plain value.
   * @default false: off-site is what the nodes copy there
   */
  replicate?: boolean;
  /**
   * ARNs of roles or users, `*` in them as in IAM, who alone may delete versions, end locks early and take the keys away.
   * @default nobody
   */
  breakGlassArns?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * ARNs of roles or users, `*` in them as in IAM, who alone may change the buckets' settings. Whoever runs Pulumi must
   * be among them.
   * @default whoever IAM gives the right
   */
  administratorArns?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * For so many days what was given up, or hidden by hand, can be brought back.
   * @default 14
   */
  undeleteDays?: pulumi.Input<number>;
  /**
   * Cheaper storage with age in the first bucket: of `snapshots`, `full` and `wal`. Manifests never leave Standard. What
   * costs more than it saves, or breaks the time of a recovery, is refused with the numbers.
   * @default none
   */
  steps?: pulumi.Input<TierSteps>;
  /**
   * Cheaper storage with age in the off-site bucket: of `offsite` and `wal`.
   * @default none
   */
  offsiteSteps?: pulumi.Input<TierSteps>;
  /**
   * In the first bucket, the age in days at which `snapshots`, `full` or `wal` go though no prune gave them up: also the
   * last good backup, if none was made for so long.
   * @default never
   */
  backstopDays?: pulumi.Input<BackstopDays>;
  /**
   * The same of `offsite` and `wal` in the off-site bucket.
   * @default never
   */
  offsiteBackstopDays?: pulumi.Input<BackstopDays>;
  /**
   * S3 writes down who asked for what, in a bucket beside each. A plain value.
   * @default true
   */
  accessLogs?: boolean;
  /**
   * S3 lists every day what lies in each bucket, in the same bucket beside it. A plain value.
   * @default true
   */
  inventory?: boolean;
  /**
   * For so many days access logs and inventories are kept.
   * @default 365
   */
  logRetentionDays?: pulumi.Input<number>;
  /**
   * Credentials for the first bucket: needed on each node, and where Pulumi runs.
   * @default the AWS SDK's chain: environment, the user's files, the container's or machine's role
   */
  credentials?: pulumi.Input<BucketCredentials>;
  /**
   * Credentials for the off-site bucket.
   * @default as `credentials`
   */
  offsiteCredentials?: pulumi.Input<BucketCredentials>;
  /**
   * Tags of buckets and keys, beside `neumann-cluster` and `neumann-place`.
   * @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * Everything goes with the component, backups and keys included, and nothing is locked: for rehearsals alone. A plain
   * value.
   * @default false: nothing of it is ever deleted by Pulumi
   */
  disposable?: boolean;
}

/** The arguments without the provider, which is no value. */
export type S3ArchiveValues = Omit<S3ArchiveArgs, "offsiteProvider">;

export type KnownS3Archive = pulumi.Unwrap<S3ArchiveValues>;
