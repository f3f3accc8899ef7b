import type * as pulumi from "@pulumi/pulumi";
import type { Architecture } from "../../model/runtime";
import type { SshJumpArgs } from "../ssh";

/**
 * One node and the subnet that it is in.
 */
export interface Ec2NodeArgs {
  /**
   * `[node] id`, unique in the cluster, and the first part of its DNS name: lower-case letters, digits and dashes, such as
   * `node1`. A plain value, because resources are named after it.
   */
  nodeId: string;
  /**
   * The subnet, best one in another zone for each node.
   */
  subnetId: pulumi.Input<string>;
  /**
   * A higher number replaces the instance: the new one has the present `amiId` and user data, and the same data, name, address
   * and host key. Nothing else does. Replace one node at a time: docs/aws.md. A plain value.
   * @default 1
   */
  generation?: number;
}

/**
 * The database's package in a bucket. It has to be there before the nodes are.
 */
export interface DatabasePackageArgs {
  /**
   * Name of the bucket.
   */
  bucket: pulumi.Input<string>;
  /**
   * Key of the package, which ends in `.deb`, `.rpm` or `.tar.gz` (unpacked into `/`).
   */
  key: pulumi.Input<string>;
  /**
   * The bucket's region.
   */
  region: pulumi.Input<string>;
  /**
   * SHA-256 of the package, 64 hex digits: another one is not installed.
   */
  sha256: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts it.
   * @default the bucket's objects are encrypted by the store's own key
   */
  kmsKeyArn?: pulumi.Input<string>;
}

/**
 * Who logs in by SSH. The host's key is not asked for: it is made before the host is.
 */
export interface NodeLoginArgs {
  /**
   * The user, who gets `sudo` without a password: the agent needs root.
   */
  user: pulumi.Input<string>;
  /**
   * Public key of the user, such as `ssh-ed25519 AAAA…`.
   */
  publicKey: pulumi.Input<string>;
  /**
   * Private key, PEM or OpenSSH format. Kept secret in state; it never reaches a node.
   */
  privateKey: pulumi.Input<string>;
  /**
   * Pass phrase of the private key. Kept secret in state.
   * @default the key has none
   */
  privateKeyPassword?: pulumi.Input<string>;
  /**
   * A host through which the nodes are reached. Its address has to be among those of the operators.
   * @default none: directly, by their private addresses
   */
  jump?: SshJumpArgs;
}

/**
 * Arguments of Ec2Nodes.
 */
export interface Ec2NodesArgs {
  /**
   * The cluster's name in the archive: lower-case letters, digits and dashes, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * `[cluster] name`.
   * @default `clusterId`
   */
  clusterName?: pulumi.Input<string>;
  /**
   * The nodes. A plain list, because it decides which resources there are.
   */
  nodes: Ec2NodeArgs[];
  /**
   * Region of the nodes, such as `eu-west-1`.
   */
  region: pulumi.Input<string>;
  /**
   * The network that the subnets are in. It needs DNS support and DNS host names.
   */
  vpcId: pulumi.Input<string>;
  /**
   * Kind of instance, such as `m7i.large`.
   */
  instanceType: pulumi.Input<string>;
  /**
   * The image, with systemd, cloud-init, Python 3, OpenSSH, sudo, GNU tar and zstd. A later change replaces no node.
   */
  amiId: pulumi.Input<string>;
  /**
   * The image's processor.
   * @default x64
   */
  architecture?: pulumi.Input<Architecture>;
  /**
   * Bytes that a backup has once it is unpacked: the volumes are made three times as large. `plan` tells them.
   * @default 0: a new cluster, which needs `volumeGibibytes`
   */
  backupBytes?: pulumi.Input<number>;
  /**
   * Size of each data volume. Refused where it is too small for `backupBytes`. A volume can grow, never shrink.
   * @default three times `backupBytes`, and 20 at least
   */
  volumeGibibytes?: pulumi.Input<number>;
  /**
   * `gp3` or `io2`.
   * @default gp3
   */
  volumeType?: pulumi.Input<string>;
  /**
   * Operations a second of each data volume.
   * @default 3000 for gp3; required for io2
   */
  volumeIops?: pulumi.Input<number>;
  /**
   * MiB a second of each data volume, for gp3.
   * @default 125
   */
  volumeThroughputMebibytes?: pulumi.Input<number>;
  /**
   * ARN of a key in `region` that encrypts volumes and host keys.
   * @default the account's own keys for volumes and for parameters
   */
  kmsKeyArn?: pulumi.Input<string>;
  /**
   * What the nodes install.
   */
  database: DatabasePackageArgs;
  /**
   * More tables for config.toml, as text, such as `[raft]` and what belongs to it. `[node]`, `[cluster]`, `[storage]` and
   * `[metrics]` are the component's own.
   * @default none
   */
  moreConfig?: pulumi.Input<string>;
  /**
   * Who logs in.
   */
  login: NodeLoginArgs;
  /**
   * IPv4 networks that reach the nodes by SSH: the machine where Pulumi runs, or the jump host. Never everybody. A plain list.
   * @default none
   */
  operatorCidrs?: pulumi.Input<string>[];
  /**
   * Security groups that reach the nodes by SSH. A plain list. One of the two lists names somebody.
   * @default none
   */
  operatorSecurityGroupIds?: pulumi.Input<string>[];
  /**
   * TCP port of the database's clients. A plain value.
   * @default nobody but the members reaches the database
   */
  clientPort?: number;
  /**
   * IPv4 networks that reach `clientPort`. Never everybody. A plain list.
   * @default none
   */
  clientCidrs?: pulumi.Input<string>[];
  /**
   * Security groups that reach `clientPort`. A plain list.
   * @default none
   */
  clientSecurityGroupIds?: pulumi.Input<string>[];
  /**
   * Prefix lists that the nodes reach by HTTPS: that of S3, by a gateway endpoint. A plain list.
   * @default none
   */
  servicePrefixListIds?: pulumi.Input<string>[];
  /**
   * Security groups of interface endpoints that the nodes reach by HTTPS: those of SSM and KMS. A plain list.
   * @default none
   */
  serviceSecurityGroupIds?: pulumi.Input<string>[];
  /**
   * IPv4 networks that the nodes reach by HTTPS. A plain list.
   * @default everything, unless one of the other two lists names something
   */
  serviceCidrs?: pulumi.Input<string>[];
  /**
   * Name of the private DNS zone, such as `prod.example.internal`. Nodes are found as `<nodeId>.<zoneName>`. Required with
   * `zoneId`.
   * @default `<clusterId>.neumann.internal`
   */
  zoneName?: pulumi.Input<string>;
  /**
   * A private zone that is there already and is seen in the network.
   * @default a new one
   */
  zoneId?: pulumi.Input<string>;
  /**
   * ARNs of policies for the nodes' roles, such as `policyArns` of an ArchiveAccess. A plain list.
   * @default none: the nodes read their host key and the package, and reach no archive
   */
  policyArns?: pulumi.Input<string>[];
  /**
   * ARN of a policy beyond which the nodes' roles never go.
   * @default none
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * The account that the nodes belong to, twelve digits. Where the caller is of another one, nothing is made.
   * @default the caller's, whichever it is
   */
  expectedAccountId?: pulumi.Input<string>;
  /**
   * Tags of all that is made, beside `Name`, `neumann-cluster` and `neumann-node`.
   * @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /**
   * The data goes with the component: for rehearsals alone. A plain value.
   * @default false: the data's volumes are never deleted by Pulumi
   */
  disposable?: boolean;
}

type Known = pulumi.Unwrap<Ec2NodesArgs>;

/** Once they are known, the arguments are without private keys. */
export type KnownEc2Nodes = Known & { login: Partial<Known["login"]> };
