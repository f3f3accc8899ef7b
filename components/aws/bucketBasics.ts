import * as s3 from "@pulumi/aws/s3";
import type * as pulumi from "@pulumi/pulumi";

/** A bucket whose settings are made. */
export interface MadeBucket {
  bucket: s3.Bucket;
  region: pulumi.Input<string>;
}

/** Public access blocked, and every object the property of the bucket's owner: no list of rights on an object counts. */
export function closeBucket(
  name: string,
  { bucket, region }: MadeBucket,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const closed = new s3.BucketPublicAccessBlock(
    `${name}-public-access`,
    {
      bucket: bucket.id,
      region,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    },
    opts,
  );
  const owned = new s3.BucketOwnershipControls(
    `${name}-ownership`,
    { bucket: bucket.id, region, rule: { objectOwnership: "BucketOwnerEnforced" } },
    // S3 refuses two changes of a bucket's rights at the same time.
    { ...opts, dependsOn: [closed] },
  );
  return [closed, owned];
}

export function versionBucket(
  name: string,
  { bucket, region }: MadeBucket,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const versioningConfiguration = { status: "Enabled" };
  return new s3.BucketVersioning(`${name}-versioning`, { bucket: bucket.id, region, versioningConfiguration }, opts);
}

/** Encrypts what comes without a word of it; keys that the caller brings are refused. */
export function encryptBucket(
  name: string,
  { bucket, region, kmsKeyArn }: MadeBucket & { kmsKeyArn?: pulumi.Input<string> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const byDefault =
    kmsKeyArn === undefined ? { sseAlgorithm: "AES256" } : { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn };
  return new s3.BucketServerSideEncryptionConfiguration(
    `${name}-encryption`,
    {
      bucket: bucket.id,
      region,
      rules: [
        {
          applyServerSideEncryptionByDefault: byDefault,
          // One key of the bucket's for many objects: a hundredth of the requests to the key service.
          bucketKeyEnabled: kmsKeyArn === undefined ? undefined : true,
          blockedEncryptionTypes: ["SSE-C"],
        },
      ],
    },
    opts,
  );
}
