import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { logBucketPolicy, logPrefixes } from "../../model/aws/bucketPolicy";
import type { LifecycleRule } from "../../model/aws/lifecycle";
import type { Account } from "./account";
import { closeBucket, encryptBucket, type MadeBucket, versionBucket } from "./bucketBasics";
import { bucketLifecycle } from "./bucketLifecycle";
import type { BucketPlan } from "./s3ArchivePlan";

/** What a bucket for access logs and inventories is made from. */
export interface LogsRequest {
  /** Name of the component and place, such as `prod-offsite`. */
  name: string;
  /** The bucket that they are about. */
  source: MadeBucket;
  plan: pulumi.Output<BucketPlan>;
  account: pulumi.Output<Account>;
  accessLogs: boolean;
  inventory: boolean;
  disposable: boolean;
}

/** The bucket for logs, and what is told to write there. */
export interface Logs {
  bucket: s3.Bucket;
  resources: pulumi.Resource[];
}

const keepHiddenDays = 30;

/** A bucket beside an archive's, in its region and account, as S3 wants it; undefined where nothing is written there. */
export function logBucket(request: LogsRequest, opts: pulumi.CustomResourceOptions): Logs | undefined {
  if (!request.accessLogs && !request.inventory) return undefined;
  const { plan, source } = request;
  const name = `${request.name}-logs`;
  const { region } = source;
  const bucket = new s3.Bucket(
    `${name}-bucket`,
    { bucketPrefix: plan.logsPrefix, region, forceDestroy: request.disposable, tags: plan.tags },
    opts,
  );
  const made = { bucket, region };
  const closed = closeBucket(name, made, opts);
  const versioning = versionBucket(name, made, opts);
  // S3 delivers access logs to no bucket whose default is a key of the key service.
  const encryption = encryptBucket(name, made, opts);
  const rules = plan.apply(({ logRetentionDays }) => logRules(logRetentionDays));
  const lifecycle = bucketLifecycle(name, { ...made, rules }, { ...opts, dependsOn: [versioning] });
  const policy = new s3.BucketPolicy(
    `${name}-policy`,
    { bucket: bucket.id, region, policy: policyOf(request, bucket) },
    { ...opts, dependsOn: closed },
  );
  const ready = { ...opts, dependsOn: [policy, encryption] };
  const resources = [bucket, ...closed, versioning, encryption, lifecycle, policy, ...writers(request, bucket, ready)];
  return { bucket, resources };
}

function policyOf({ source, account }: LogsRequest, bucket: s3.Bucket): pulumi.Output<string> {
  return pulumi
    .all([bucket.arn, source.bucket.arn, account])
    .apply(([bucketArn, sourceArn, { accountId }]) =>
      JSON.stringify(logBucketPolicy({ bucketArn, sourceArn, accountId })),
    );
}

function logRules(days: number): LifecycleRule[] {
  const common = { prefix: "", tagged: false, transitions: [] };
  return [
    { ...common, id: "old-logs", expireAfterDays: days, noncurrentDays: keepHiddenDays },
    { ...common, id: "unfinished-uploads", removeDeleteMarkers: true, abortUploadsAfterDays: 7 },
  ];
}

/** Tells the archive's bucket to write there. */
function writers(request: LogsRequest, bucket: s3.Bucket, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, source, account } = request;
  const common = { bucket: source.bucket.id, region: source.region };
  const resources: pulumi.Resource[] = [];
  if (request.accessLogs) {
    const args = { ...common, targetBucket: bucket.id, targetPrefix: logPrefixes.access };
    resources.push(new s3.BucketLogging(`${name}-logging`, args, opts));
  }
  if (!request.inventory) return resources;
  const inventory = new s3.Inventory(
    `${name}-inventory`,
    {
      ...common,
      name: "every-version-every-day",
      includedObjectVersions: "All",
      schedule: { frequency: "Daily" },
      destination: {
        bucket: {
          accountId: account.accountId,
          bucketArn: bucket.arn,
          format: "CSV",
          prefix: logPrefixes.inventory.replace(/\/$/, ""),
          encryption: { sseS3: {} },
        },
      },
      optionalFields: [
        "Size",
        "LastModifiedDate",
        "StorageClass",
        "EncryptionStatus",
        "IsMultipartUploaded",
        "ReplicationStatus",
        "ObjectLockMode",
        "ObjectLockRetainUntilDate",
      ],
    },
    opts,
  );
  return [...resources, inventory];
}
