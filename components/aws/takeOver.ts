import { getResource } from "@pulumi/aws/cloudcontrol/getResource";
import { getObjects } from "@pulumi/aws/s3/getObjects";
import * as pulumi from "@pulumi/pulumi";
import { type BucketSettings, planTakeOver } from "../../model/aws/takeOver";
import { archiveMarkerKey, isClusterId } from "../../model/layout";
import { userError } from "../arguments";
import type { BucketPlan } from "./s3ArchivePlan";

/** A bucket that is there already and is to become one of an archive. */
export interface TakeOverRequest {
  /** Begins a message: `S3Archive "prod"`. */
  subject: string;
  bucket: string;
  replicate: boolean;
}

/**
 * Lets the plan pass once AWS was asked what the bucket is like, in a preview too, and says what it will be like.
 * @throws RunError where data would be lost, or could not be given up.
 */
export async function requireTakeOver(
  plan: pulumi.Unwrap<BucketPlan>,
  { subject, bucket, replicate }: TakeOverRequest,
  opts: pulumi.InvokeOptions,
): Promise<BucketPlan> {
  const [settings, otherClusters] = await Promise.all([
    settingsOf(bucket, plan.region, opts),
    otherClustersIn(bucket, plan, opts),
  ]);
  const { refusals, changes } = planTakeOver({
    ...plan,
    bucket,
    settings,
    otherClusters,
    replicate,
    ruleIds: plan.rules.map(({ id }) => id),
    lockDays: plan.lock?.days,
  });
  if (refusals.length > 0) throw userError(`${subject} cannot take over the bucket ${bucket}:\n${listed(refusals)}`);
  const also = "its bucket policy, if it has one, becomes the archive's";
  void pulumi.log.info(`${subject} has the bucket ${bucket}, which was there before:\n${listed([...changes, also])}`);
  return plan;
}

function listed(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join("\n");
}

/** All settings by one question: the provider has one for each bucket only where they are set. */
async function settingsOf(bucket: string, region: string, opts: pulumi.InvokeOptions): Promise<BucketSettings> {
  const { properties } = await getResource({ typeName: "AWS::S3::Bucket", identifier: bucket, region }, opts);
  return JSON.parse(properties) as BucketSettings;
}

/** Clusters whose archive the bucket is already, but this one. */
async function otherClustersIn(bucket: string, plan: BucketPlan, opts: pulumi.InvokeOptions): Promise<string[]> {
  const { region, clusterId } = plan;
  const { commonPrefixes } = await getObjects({ bucket, region, delimiter: "/" }, opts);
  const names = commonPrefixes.map((prefix) => prefix.replace(/\/$/, ""));
  const others = names.filter((name) => name !== clusterId && isClusterId(name));
  const marked = await Promise.all(
    others.map(async (name) => {
      const { keys } = await getObjects({ bucket, region, prefix: archiveMarkerKey(name), maxKeys: 1 }, opts);
      return keys.length > 0;
    }),
  );
  return others.filter((_, index) => marked[index]);
}
