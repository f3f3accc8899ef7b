import type * as pulumi from "@pulumi/pulumi";
import type { Architecture } from "../../model/runtime";
import type { BucketObjectLock } from "../archiveReference";
import type { ProductionNodeArgs } from "../clusterClone";
import type { BackupPolicyArgs } from "../policyArgs";
import type { NodeLoginArgs } from "./ec2NodesArgs";

/**
 * The off-site bucket that a recovery is made from: all that it knows of the lost cluster.
 */
export interface RecoverySource {
  /**
   * Name of the bucket.
   */
  bucket: pulumi.Input<string>;
  /**
   * The bucket's region.
   */
  region: pulumi.Input<string>;
  /**
   * What the archive's keys in the bucket begin with, without slashes at its ends.
   * @default the whole bucket
   */
  prefix?: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts the bucket's objects, in the bucket's region.
   * @default the bucket's objects need no key of KMS
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * For how long nobody can remove what the recovered cluster stores there.
   * @default the agent locks nothing; the bucket may have a lock of its own
   */
  objectLock?: pulumi.Input<BucketObjectLock>;
}

/**
 * The database's package. It has to lie where the loss did not reach: best in the off-site bucket.
 */
export interface RecoveryDatabase {
  /**
   * Its key; the ending tells its kind: `.deb`, `.rpm`, or `.tar.gz`, which is unpacked into `/`.
   */
  key: pulumi.Input<string>;
  /**
   * SHA-256 of the file, 64 hex digits: another file is not installed.
   */
  sha256: pulumi.Input<string>;
  /**
   * The bucket that holds it.
   * @default the off-site bucket
   */
  bucket?: pulumi.Input<string>;
  /**
   * That bucket's region.
   * @default the off-site bucket's
   */
  region?: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts it.
   * @default that of the off-site bucket, unless `bucket` names another
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/**
 * A network that is there already.
 */
export interface RecoveryNetworkPlace {
  /**
   * The VPC.
   */
  vpcId: pulumi.Input<string>;
  /**
   * Private subnets of it, each in another zone. Nodes go round them. A plain list.
   */
  subnetIds: pulumi.Input<string>[];
}

/**
 * What things cost, in dollars. All are list prices of us-east-1 unless they are given.
 */
export interface RecoveryPricesArgs {
  /**
   * An instance for an hour.
   * @default the list price of its family, where that is known
   */
  instanceHour?: pulumi.Input<number>;
  /**
   * A GiB of a volume for a month.
   * @default 0.08
   */
  volumeGibibyteMonth?: pulumi.Input<number>;
  /**
   * An interface endpoint in one zone for an hour.
   * @default 0.01
   */
  endpointHour?: pulumi.Input<number>;
  /**
   * The host that leads into a network that is made, with its address, for an hour.
   * @default 0.0102
   */
  jumpHour?: pulumi.Input<number>;
  /**
   * A GiB in the first bucket for a month.
   * @default 0.023
   */
  bucketGibibyteMonth?: pulumi.Input<number>;
}

/**
 * Arguments of an AwsRecovery.
 */
export interface AwsRecoveryArgs {
  /**
   * The lost cluster's name in the archive, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * The off-site bucket. A plain object. It has to belong to the account that everything is made in.
   */
  offsite: RecoverySource;
  /**
   * Names this recovery for ever, such as `2026-11-23`: with the same name nothing is restored again.
   */
  recoveryId: pulumi.Input<string>;
  /**
   * Ids of the new nodes; the first one restores, the others join it. A plain list of plain texts.
   */
  nodeIds: string[];
  /**
   * Region of the new nodes, network and first bucket.
   * @default the off-site bucket's
   */
  region?: pulumi.Input<string>;
  /**
   * The account that everything is made in, twelve digits. Where the caller is of another one, nothing is made.
   * @default the caller's, whichever it is
   */
  expectedAccountId?: pulumi.Input<string>;
  /**
   * Type of the instances, such as `m7g.large`.
   */
  instanceType: pulumi.Input<string>;
  /**
   * The instances' image, in `region`. It needs cloud-init.
   */
  amiId: pulumi.Input<string>;
  /**
   * Processor of instance type and image: `x64` or `arm64`.
   * @default x64
   */
  architecture?: pulumi.Input<Architecture>;
  /**
   * The database's package.
   * @default the one that the off-site backup carries, where the nodes' hosts named their `databasePackage`
   */
  database?: RecoveryDatabase;
  /**
   * Who logs in on the new nodes. A plain object. `jump` is for a network that is there already: one that is made has its
   * own.
   */
  login: NodeLoginArgs;
  /**
   * IPv4 networks from which SSH is let in: of the machine where Pulumi runs, as the internet sees it, or in a network that is
   * there already, as the nodes see it or `login.jump`. A plain list.
   */
  operatorCidrs: pulumi.Input<string>[];
  /**
   * TCP port of the database's clients. A plain value.
   * @default nobody but the nodes reaches the database
   */
  clientPort?: number;
  /**
   * Security groups that reach `clientPort`. A plain list.
   * @default none
   */
  clientSecurityGroupIds?: pulumi.Input<string>[];
  /**
   * A network that is there already. A plain object.
   * @default a RecoveryNetwork is made, with one host in it through which the nodes are reached
   */
  network?: RecoveryNetworkPlace;
  /**
   * Range of the network that is made.
   * @default 10.213.0.0/20
   */
  cidr?: pulumi.Input<string>;
  /**
   * Zones of the network that is made, such as `eu-west-1a`. A plain list.
   * @default the first zones of the region that offer the instance type, one a node, three at most
   */
  zones?: pulumi.Input<string>[];
  /**
   * Size of each node's data volume, in GiB; refused where the backup does not fit.
   * @default by the size of the backup
   */
  volumeGibibytes?: pulumi.Input<number>;
  /**
   * MiB a second of each data volume: what the recovery's time hangs on.
   * @default 125
   */
  volumeThroughputMebibytes?: pulumi.Input<number>;
  /**
   * ARN of the key that encrypts volumes and host keys, in `region`.
   * @default the account's own keys for volumes and for parameters
   */
  volumeKmsKeyArn?: pulumi.Input<string>;
  /**
   * Name of the first bucket of the recovered cluster, one among all of the world.
   * @default `<clusterId>-backup-` and what AWS adds to make it unique, the same from then on
   */
  bucket?: pulumi.Input<string>;
  /**
   * ARN of a key in `region` that encrypts the first bucket. Its policy is left as it is.
   * @default a new key, which is rotated every year
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * What to restore, as far as it lies off-site: `latest-offsite`, `backup:ID`, or with a log that was copied off-site
   * `time:2026-11-23T10:30:00Z` (UTC) and `end-of-log`.
   * @default latest-offsite
   */
  restorePoint?: pulumi.Input<string>;
  /**
   * The digest that a preview showed. With it, any other plan is refused.
   * @default whatever plan the up shows
   */
  approvedPlanDigest?: pulumi.Input<string>;
  /**
   * `[cluster] name` of the recovered cluster.
   * @default `clusterId`, in a rehearsal with `-rehearsal` behind it
   */
  clusterName?: pulumi.Input<string>;
  /**
   * More tables for config.toml, as text, such as `[raft]` and what belongs to it.
   * @default none
   */
  moreConfig?: pulumi.Input<string>;
  /**
   * What differs from the runbook's table, as it was for the lost cluster. A plain object. `signing.trustedKeys` decides
   * what is restored.
   * @default the standard policy
   */
  policy?: BackupPolicyArgs;
  /**
   * Opens an encrypted backup: the line of an age identity, as a secret.
   * @default none: only what is not encrypted can be restored
   */
  identity?: pulumi.Input<string>;
  /**
   * Addresses that get an e-mail for each alarm of the recovered cluster, once they have confirmed it. A plain list.
   * @default none
   */
  emails?: string[];
  /**
   * Alarms for the recovered cluster. A plain value.
   * @default true
   */
  alarms?: boolean;
  /**
   * ARN of a policy beyond which the nodes' roles never go.
   * @default none
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Tags of what is made, beside `neumann-cluster` and `neumann-recovery`.
   * @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * What the cost is reckoned with.
   * @default list prices of us-east-1
   */
  prices?: pulumi.Input<RecoveryPricesArgs>;
  /**
   * A rehearsal beside a cluster that runs: a clone in a network of its own, whose nodes may read the off-site bucket and
   * write to nothing of production's. All of it goes with the component. A plain value.
   * @default false
   */
  rehearsal?: boolean;
  /**
   * Of a rehearsal, and required there: when it may be cleared away, in UTC such as `2026-11-24T18:00:00Z`. It becomes the
   * tag `expiresAt`.
   * @default none
   */
  expiresAt?: pulumi.Input<string>;
  /**
   * Of a rehearsal, and required there: the nodes of the cluster that runs, whose addresses are refused.
   * @default none
   */
  productionNodes?: pulumi.Input<pulumi.Input<ProductionNodeArgs>[]>;
}

export type KnownAwsRecovery = pulumi.Unwrap<AwsRecoveryArgs>;
