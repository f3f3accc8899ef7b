import * as s3 from "@pulumi/aws/s3";
import * as pulumi from "@pulumi/pulumi";
import { archiveBucketPolicy } from "../../model/aws/bucketPolicy";
import type { Account } from "./account";
import { type ArchiveKey, archiveKey } from "./archiveKey";
import { closeBucket, encryptBucket, type MadeBucket, versionBucket } from "./bucketBasics";
import { bucketLifecycle } from "./bucketLifecycle";
import { logBucket } from "./logBucket";
import type { BucketPlan } from "./s3ArchivePlan";

/** What one of the archive's two buckets is made from, with all that belongs to it. */
export interface BucketRequest {
  /** Name of the component and place, such as `prod-offsite`. */
  name: string;
  plan: pulumi.Output<BucketPlan>;
  account: pulumi.Output<Account>;
  /** What the import of a bucket that is there already is called; undefined: a new one. */
  adopt?: string;
  /** Its name was given. */
  named: boolean;
  keyGiven: boolean;
  locked: boolean;
  accessLogs: boolean;
  inventory: boolean;
  disposable: boolean;
  /** S3's role in another account, which brings the copies from there. */
  replicationRoleArn?: pulumi.Output<string>;
}

/** A bucket, and what is to be waited for before it is used. */
export interface ArchiveBucket extends MadeBucket {
  key: ArchiveKey;
  logs?: s3.Bucket;
  /** All of it. */
  resources: pulumi.Resource[];
  versioning: pulumi.Resource;
}

/** Makes a bucket of the archive, or takes it over, and then each of its settings as a resource of its own. */
export function archiveBucket(request: BucketRequest, opts: pulumi.CustomResourceOptions): ArchiveBucket {
  const { name, plan } = request;
  const key = archiveKey({ ...request, given: request.keyGiven }, opts);
  const bucket = bareBucket(request, opts);
  const made = { bucket, region: plan.region };
  const closed = closeBucket(name, made, opts);
  const versioning = versionBucket(name, made, opts);
  const versioned = { ...opts, dependsOn: [versioning] };
  const encryption = encryptBucket(name, { ...made, kmsKeyArn: key.arn }, { ...opts, dependsOn: key.resources });
  const lifecycle = bucketLifecycle(name, { ...made, rules: plan.apply(({ rules }) => rules) }, versioned);
  const lock = request.locked ? [bucketLock(request, bucket, versioned)] : [];
  const policy = new s3.BucketPolicy(
    `${name}-policy`,
    { bucket: bucket.id, region: plan.region, policy: policyOf(request, bucket, key) },
    { ...opts, dependsOn: closed },
  );
  const logs = logBucket({ ...request, source: made }, opts);
  const settings = [...closed, versioning, encryption, lifecycle, ...lock, policy];
  const resources = [...key.resources, bucket, ...settings, ...(logs?.resources ?? [])];
  return { ...made, key, logs: logs?.bucket, resources, versioning };
}

/** What a bucket that was taken over keeps until it is a bucket like any other: the import must find nothing to change. */
const keptAsFound = [
  "accelerationStatus",
  "acl",
  "corsRules",
  "forceDestroy",
  "grants",
  "lifecycleRules",
  "logging",
  "objectLockConfiguration",
  "objectLockEnabled",
  "policy",
  "replicationConfiguration",
  "requestPayer",
  "serverSideEncryptionConfiguration",
  "tags",
  "versioning",
  "website",
];

function bareBucket(request: BucketRequest, opts: pulumi.CustomResourceOptions): s3.Bucket {
  const { name, plan, named, adopt, disposable, locked } = request;
  const naming = named ? { bucket: plan.apply(({ bucket }) => bucket) } : { bucketPrefix: plan.bucketPrefix };
  const args: s3.BucketArgs = {
    ...naming,
    region: plan.region,
    forceDestroy: disposable,
    // Not false: a bucket that was taken over may have a lock, and a change here would replace it.
    objectLockEnabled: locked ? true : undefined,
    tags: plan.tags,
  };
  const adoption = adopt === undefined ? {} : { import: adopt, ignoreChanges: keptAsFound };
  return new s3.Bucket(`${name}-bucket`, args, { ...opts, ...adoption });
}

function bucketLock(
  { name, plan }: BucketRequest,
  bucket: s3.Bucket,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const defaultRetention = plan.apply(({ lock }) => ({ mode: lock?.mode.toUpperCase(), days: lock?.days }));
  return new s3.BucketObjectLockConfiguration(
    `${name}-lock`,
    { bucket: bucket.id, region: plan.region, rule: { defaultRetention } },
    opts,
  );
}

function policyOf(request: BucketRequest, bucket: s3.Bucket, key: ArchiveKey): pulumi.Output<string> {
  const { plan, replicationRoleArn } = request;
  return pulumi
    .all([plan, bucket.arn, key.arn, replicationRoleArn])
    .apply(([{ breakGlassArns, administratorArns, lock }, bucketArn, kmsKeyArn, role]) =>
      JSON.stringify(
        archiveBucketPolicy({
          bucketArn,
          kmsKeyArn,
          lockDays: lock?.days,
          breakGlassArns,
          administratorArns,
          replicationRoleArn: role,
        }),
      ),
    );
}
