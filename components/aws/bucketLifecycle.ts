import * as s3 from "@pulumi/aws/s3";
import type * as inputs from "@pulumi/aws/types/input";
import type * as pulumi from "@pulumi/pulumi";
import type { LifecycleRule } from "../../model/aws/lifecycle";
import { expiredTag } from "../../model/expiredTag";
import type { MadeBucket } from "./bucketBasics";

type ProviderRule = inputs.s3.BucketLifecycleConfigurationRule;

/**
 * The one lifecycle configuration of a bucket: a second one would replace it without a word. Objects below 128 KiB stay
 * where they are: elsewhere each is paid for as if it were larger.
 */
export function bucketLifecycle(
  name: string,
  { bucket, region, rules }: MadeBucket & { rules: pulumi.Output<LifecycleRule[]> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  return new s3.BucketLifecycleConfiguration(
    `${name}-lifecycle`,
    {
      bucket: bucket.id,
      region,
      rules: rules.apply((all) => all.map(providerRule)),
      transitionDefaultMinimumObjectSize: "all_storage_classes_128K",
    },
    opts,
  );
}

/** A rule as the provider takes it. Days and the removal of markers are never in one rule: that would not converge. */
export function providerRule(rule: LifecycleRule): ProviderRule {
  const { expireAfterDays, removeDeleteMarkers, noncurrentDays, abortUploadsAfterDays } = rule;
  return {
    id: rule.id,
    status: "Enabled",
    filter: rule.tagged
      ? { and: { prefix: rule.prefix, tags: { [expiredTag.key]: expiredTag.value } } }
      : { prefix: rule.prefix },
    ...(expireAfterDays === undefined ? {} : { expiration: { days: expireAfterDays } }),
    ...(removeDeleteMarkers === true ? { expiration: { expiredObjectDeleteMarker: true } } : {}),
    ...(noncurrentDays === undefined ? {} : { noncurrentVersionExpiration: { noncurrentDays } }),
    ...(abortUploadsAfterDays === undefined
      ? {}
      : { abortIncompleteMultipartUpload: { daysAfterInitiation: abortUploadsAfterDays } }),
    ...(rule.transitions.length === 0
      ? {}
      : { transitions: rule.transitions.map(({ afterDays, storageClass }) => ({ days: afterDays, storageClass })) }),
  };
}
