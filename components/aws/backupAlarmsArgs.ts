import type * as pulumi from "@pulumi/pulumi";
import type { BackupPolicyArgs } from "../policyArgs";

/**
 * A bucket of the archive, and the key of its objects.
 */
export interface WatchedBucket {
  /**
   * Name of the bucket.
   */
  bucket: pulumi.Input<string>;
  /**
   * The bucket's region: its metrics and events are there, and so are the alarms.
   */
  region: pulumi.Input<string>;
  /**
   * What the archive's keys in the bucket begin with, without slashes at its ends.
   * @default the whole bucket
   */
  prefix?: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts the bucket's objects: who disables or deletes it is reported.
   * @default no key is watched
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/**
 * Arguments of BackupAlarms.
 */
export interface BackupAlarmsArgs {
  /**
   * The cluster's name in the archive, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * What differs from the runbook's table: the same as that of the cluster's ClusterBackups, for its promises are the
   * alarms' thresholds. What decides which alarms there are must be plain: `offsite.continuousWal`, the intervals of
   * `verification`, and the list `encryption.recipients`.
   * @default the standard policy
   */
  policy?: pulumi.Input<BackupPolicyArgs>;
  /**
   * Ids of all nodes: each that says nothing is an alarm. A plain list.
   */
  nodes: string[];
  /**
   * The first bucket. A plain object. What the nodes say of themselves has to be in the CloudWatch of its region.
   */
  primary: WatchedBucket;
  /**
   * The off-site bucket. A plain object.
   * @default there is none
   */
  offsite?: WatchedBucket;
  /**
   * A provider for the account of the off-site bucket. A plain value.
   * @default the provider of the first bucket
   */
  offsiteProvider?: pulumi.ProviderResource;
  /**
   * Ids of the rules that replicate the first bucket into the off-site one, with metrics switched on: for an S3Archive with
   * `replicate` those of `replicationRuleIds(clusterId, policy)`. A plain list.
   * @default nothing is replicated by S3
   */
  replicationRuleIds?: string[];
  /**
   * A rehearsal is due so often, in days. A workflow has to say when the last one was: docs/aws.md.
   * @default no alarm about rehearsals
   */
  rehearsalEveryDays?: pulumi.Input<number>;
  /**
   * A topic of SNS in the first bucket's region that is there already. Its policy has to let alarms and events publish:
   * docs/aws.md.
   * @default a new one
   */
  topicArn?: pulumi.Input<string>;
  /**
   * A topic in the off-site bucket's region that is there already.
   * @default a new one
   */
  offsiteTopicArn?: pulumi.Input<string>;
  /**
   * Key that encrypts the new topic in the first bucket's region: id, ARN or alias. Its policy has to let CloudWatch and
   * EventBridge use it: docs/aws.md.
   * @default the topic is not encrypted
   */
  kmsKeyId?: pulumi.Input<string>;
  /**
   * Key that encrypts the new topic in the off-site bucket's region.
   * @default the topic is not encrypted
   */
  offsiteKmsKeyId?: pulumi.Input<string>;
  /**
   * Addresses that get an e-mail for each alarm, once they have confirmed it. A plain list.
   * @default none
   */
  emails?: string[];
  /**
   * Let the buckets send their events to EventBridge: without that nobody hears of what is deleted. A bucket has one
   * configuration of notifications: true replaces whatever was set up there, and a second BucketNotification for the same
   * bucket, in this program or another, would replace this one without a word. A plain value.
   * @default false: whoever owns the buckets' notifications has to set `eventbridge: true`
   */
  sendEvents?: boolean;
}

/** The arguments without the provider, which is no value. */
export type BackupAlarmsValues = Omit<BackupAlarmsArgs, "offsiteProvider">;
export type KnownAlarms = pulumi.Unwrap<BackupAlarmsValues>;
