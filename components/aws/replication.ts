import * as iam from "@pulumi/aws/iam";
import * as s3 from "@pulumi/aws/s3";
import type * as inputs from "@pulumi/aws/types/input";
import * as pulumi from "@pulumi/pulumi";
import { replicationRuleId } from "../../model/aws/archivePlaces";
import { replicationPolicy, replicationTrust } from "../../model/aws/replicationPolicy";
import type { Account } from "./account";
import type { ArchiveBucket } from "./archiveBucket";
import type { ArchivePlan } from "./s3ArchivePlan";

/** The role that S3 takes on, in the account of the first bucket: before the keys and policies that name it. */
export function replicationRole(
  name: string,
  plan: pulumi.Output<ArchivePlan>,
  opts: pulumi.CustomResourceOptions,
): iam.Role {
  return new iam.Role(
    `${name}-replication-role`,
    {
      description: pulumi.interpolate`S3 copies backups of ${plan.clusterId} off-site`,
      assumeRolePolicy: JSON.stringify(replicationTrust()),
      tags: plan.apply(({ primary }) => primary.tags),
    },
    opts,
  );
}

/** What goes from where to where. */
export interface ReplicationRequest {
  name: string;
  plan: pulumi.Output<ArchivePlan>;
  role: iam.Role;
  primary: ArchiveBucket;
  offsite: ArchiveBucket;
  /** Of the first bucket. */
  account: pulumi.Output<Account>;
  /** Of the off-site bucket, where it is another one. */
  otherAccount?: pulumi.Output<Account>;
}

/** Copies what is new, with its encryption and its tags; a delete marker is not copied. */
export function replication(request: ReplicationRequest, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, plan, role, primary, offsite } = request;
  const rights = new iam.RolePolicy(`${name}-replication-rights`, { role: role.id, policy: rightsOf(request) }, opts);
  const destination = destinationOf(request);
  const rules = pulumi
    .all([plan, destination])
    .apply(([{ replicated }, to]) => replicated.map((prefix, index) => ruleFor(prefix, index, to)));
  const configuration = new s3.BucketReplicationConfig(
    `${name}-replication`,
    { bucket: primary.bucket.id, region: primary.region, role: role.arn, rules },
    { ...opts, dependsOn: [rights, primary.versioning, ...offsite.resources] },
  );
  return [role, rights, configuration];
}

type Destination = inputs.s3.BucketReplicationConfigRuleDestination;

function destinationOf({ offsite, otherAccount }: ReplicationRequest): pulumi.Output<pulumi.Unwrap<Destination>> {
  return pulumi.output({
    bucket: offsite.bucket.arn,
    encryptionConfiguration: { replicaKmsKeyId: offsite.key.arn },
    // Counts what waits and what failed: the alarms look at it.
    metrics: { status: "Enabled" },
    ...(otherAccount === undefined
      ? {}
      : { account: otherAccount.accountId, accessControlTranslation: { owner: "Destination" } }),
  });
}

function ruleFor(
  prefix: string,
  index: number,
  destination: pulumi.Unwrap<Destination>,
): inputs.s3.BucketReplicationConfigRule {
  return {
    id: replicationRuleId(prefix),
    priority: index + 1,
    status: "Enabled",
    filter: { prefix },
    deleteMarkerReplication: { status: "Disabled" },
    sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
    destination,
  };
}

function rightsOf({ primary, offsite, account, otherAccount }: ReplicationRequest): pulumi.Output<string> {
  const end = ({ bucket, key, region }: ArchiveBucket) => ({ bucketArn: bucket.arn, kmsKeyArn: key.arn, region });
  return pulumi
    .all([end(primary), end(offsite), account.dnsSuffix])
    .apply(([source, destination, dnsSuffix]) =>
      JSON.stringify(replicationPolicy({ source, destination, dnsSuffix, anotherAccount: otherAccount !== undefined })),
    );
}
