import * as kms from "@pulumi/aws/kms";
import * as pulumi from "@pulumi/pulumi";
import { archiveKeyPolicy } from "../../model/aws/keyPolicy";
import type { Account } from "./account";
import type { BucketPlan } from "./s3ArchivePlan";

/** What the key of a bucket is made from. */
export interface KeyRequest {
  /** Name of the component and place, such as `prod-offsite`. */
  name: string;
  plan: pulumi.Output<BucketPlan>;
  account: pulumi.Output<Account>;
  /** A key that is there already was named. */
  given: boolean;
  /** Of another account. */
  replicationRoleArn?: pulumi.Output<string>;
}

/** A key, and all that has to be there before it is used. */
export interface ArchiveKey {
  arn: pulumi.Output<string>;
  resources: pulumi.Resource[];
}

/** The key of a bucket, in its region: with policy and alias, or one that is there already. */
export function archiveKey(request: KeyRequest, opts: pulumi.CustomResourceOptions): ArchiveKey {
  const { name, plan, account, given, replicationRoleArn } = request;
  if (given) return { arn: plan.apply(({ kmsKeyArn }) => kmsKeyArn as string), resources: [] };
  const region = plan.region;
  const key = new kms.Key(
    `${name}-key`,
    {
      description: pulumi.interpolate`Backups of ${plan.clusterId} (${plan.place})`,
      enableKeyRotation: true,
      rotationPeriodInDays: 365,
      deletionWindowInDays: 30,
      region,
      tags: plan.tags,
    },
    opts,
  );
  const policy = pulumi
    .all([plan, account, replicationRoleArn])
    .apply(([known, { partition, accountId, dnsSuffix }, role]) =>
      JSON.stringify(archiveKeyPolicy({ ...known, partition, accountId, dnsSuffix, replicationRoleArn: role })),
    );
  const keyPolicy = new kms.KeyPolicy(`${name}-key-policy`, { keyId: key.keyId, policy, region }, opts);
  const namePrefix = pulumi.interpolate`alias/neumann-${plan.clusterId}-${plan.place}-`;
  const alias = new kms.Alias(`${name}-key-alias`, { namePrefix, targetKeyId: key.keyId, region }, opts);
  return { arn: key.arn, resources: [key, keyPolicy, alias] };
}
