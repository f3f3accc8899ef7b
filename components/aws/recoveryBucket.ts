import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { ArchiveKind } from "../../model/reference";
import { createPlaces } from "../archivePlaces";
import type { ArchiveReference } from "../archiveReference";
import type { Account } from "./account";
import { type ArchiveBucket, archiveBucket } from "./archiveBucket";
import type { AwsRecoveryArgs } from "./awsRecoveryArgs";
import type { RecoveryPlace } from "./recoveryGate";
import { planArchive } from "./s3ArchivePlan";

/** The first bucket of what is recovered, and the archives that it is recovered from and writes to. */
export interface RecoveryArchive {
  bucket: ArchiveBucket;
  /** Where the recovered cluster's records, log and backups go. */
  own: pulumi.Output<pulumi.Unwrap<ArchiveReference>>;
}

/** A new bucket like the first one of an S3Archive; a rehearsal's goes with all that is in it. */
export function recoveryArchive(
  name: string,
  {
    args,
    ready,
    account,
  }: { args: AwsRecoveryArgs; ready: pulumi.Output<RecoveryPlace>; account: pulumi.Output<Account> },
  opts: pulumi.CustomResourceOptions,
): RecoveryArchive {
  const disposable = args.rehearsal === true;
  const plan = ready.apply(({ clusterId, region, tags, policy, bucket, kmsKeyArn }) => {
    const offsiteRegion = region;
    return planArchive({ clusterId, region, offsiteRegion, tags, policy, bucket, kmsKeyArn, disposable }).primary;
  });
  const kept = disposable ? opts : { ...opts, protect: true, retainOnDelete: true };
  const bucket = archiveBucket(
    {
      name: `${name}-primary`,
      plan,
      account,
      named: args.bucket !== undefined,
      keyGiven: args.kmsKeyArn !== undefined,
      locked: false,
      accessLogs: !disposable,
      inventory: !disposable,
      disposable,
    },
    kept,
  );
  const { bucket: made, region } = bucket;
  const events = { bucket: made.id, eventbridge: true, region };
  // The bucket is new: nobody else has set up what it tells.
  const told = new s3.BucketNotification(`${name}-primary-events`, events, kept);
  const reference = pulumi
    .all([ready, made.bucket, bucket.key.arn])
    .apply(([known, bucketName, kmsKeyId]): pulumi.Unwrap<ArchiveReference> => ({
      kind: ArchiveKind.S3,
      clusterId: known.clusterId,
      bucket: bucketName,
      region: known.region,
      encryption: { kind: "kms", kmsKeyId },
      ...(disposable ? {} : { offsite: known.offsite }),
    }));
  // The off-site archive is there: where its marker is missing, it is another bucket.
  const places = { ...opts, dependsOn: [...bucket.resources, told] };
  return { bucket, own: createPlaces(name, { reference, withOffsite: false }, places) };
}
