import * as iam from "@pulumi/aws/iam";
import * as pulumi from "@pulumi/pulumi";
import { Duty } from "../../model/aws/duties";
import { type BucketPlace, dutyPolicy, policyText } from "../../model/aws/dutyPolicy";
import { readingPolicy } from "../../model/aws/recoveryRights";
import type { PolicyDocument } from "../../model/aws/policyDocument";
import type { Account } from "./account";
import type { ArchiveBucket } from "./archiveBucket";
import type { RecoveryPlace } from "./recoveryGate";

/** What rights are made from. */
export interface RightsRequest {
  ready: pulumi.Output<RecoveryPlace>;
  account: pulumi.Output<Account>;
  bucket: ArchiveBucket;
  rehearsal: boolean;
}

interface Buckets {
  /** The lost cluster's, or production's. */
  offsite: BucketPlace;
  /** The new one. */
  own: BucketPlace;
}

type Rights = (known: RecoveryPlace, buckets: Buckets, partition: string) => PolicyDocument;

const duty =
  (of: Duty): Rights =>
  ({ clusterId }, { offsite, own }, partition) =>
    dutyPolicy({ duty: of, clusterId, partition, places: [own, offsite] });

const ownDuty =
  (of: Duty): Rights =>
  ({ clusterId }, { own }, partition) =>
    dutyPolicy({ duty: of, clusterId, partition, places: [own] });

/** Of nodes that take a lost cluster's place. */
const recovering: Record<string, Rights> = {
  node: duty(Duty.Node),
  "offsite-writer": duty(Duty.OffsiteWriter),
  restorer: duty(Duty.Restorer),
};

/** Of nodes beside a cluster that runs: production's bucket is read, and everything else is the rehearsal's own. */
const rehearsing: Record<string, Rights> = {
  node: ownDuty(Duty.Node),
  restorer: ownDuty(Duty.Restorer),
  reader: ({ sourceClusterId }, { offsite }, partition) =>
    readingPolicy({ clusterId: sourceClusterId, partition, places: [offsite] }),
};

/** The policies of the nodes' roles. */
export function recoveryRights(name: string, request: RightsRequest, opts: pulumi.CustomResourceOptions): iam.Policy[] {
  const { ready, account, bucket, rehearsal } = request;
  const facts = pulumi.all([ready, account, bucket.bucket.bucket, bucket.key.arn]);
  return Object.entries(rehearsal ? rehearsing : recovering).map(([what, rights]) => {
    const policy = facts.apply(([known, { partition }, made, kmsKeyArn]) =>
      policyText(rights(known, bucketsOf(known, { bucket: made, kmsKeyArn }), partition)),
    );
    const description = ready.apply(({ clusterId }) => `What ${what} may do in the archives of ${clusterId}`);
    const named = `${pulumi.getStack()}-${name}-${what}`;
    const { tags } = ready;
    return new iam.Policy(`${name}-${what}`, { name: named, description, policy, tags }, opts);
  });
}

function bucketsOf({ region, offsite }: RecoveryPlace, own: { bucket: string; kmsKeyArn: string }): Buckets {
  const { bucket, prefix, encryption, objectLock } = offsite;
  return {
    own: { place: "primary", region, ...own },
    offsite: {
      place: "offsite",
      bucket,
      region: offsite.region,
      prefix,
      kmsKeyArn: encryption?.kmsKeyId,
      objectLock,
    },
  };
}
