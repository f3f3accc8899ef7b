import type * as pulumi from "@pulumi/pulumi";
import type { AwsRecoveryArgs } from "./awsRecoveryArgs";
import type { SshJumpArgs } from "../ssh";
import type { DatabasePackageArgs, Ec2NodesArgs } from "./ec2NodesArgs";

/** Where nodes are made, and with what. */
export interface NodesPlace {
  /** As its own archive calls the cluster: names in DNS follow from it. */
  clusterId: pulumi.Input<string>;
  region: pulumi.Input<string>;
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  /** Of the plan, once unpacked. */
  backupBytes: pulumi.Input<number>;
  policyArns: pulumi.Input<string>[];
  database: DatabasePackageArgs;
  /** Of a network that was made. */
  inside?: InsidePlace;
}

/** What leads into a network that was made, and where the services of AWS are in it. */
export interface InsidePlace {
  jump: SshJumpArgs;
  operatorSecurityGroupIds: pulumi.Input<string>[];
  servicePrefixListIds: pulumi.Input<string>[];
  serviceSecurityGroupIds: pulumi.Input<string>[];
}

/** The nodes of a recovery, as Ec2Nodes takes them: they go round the subnets. */
export function nodesArgs(args: AwsRecoveryArgs, place: NodesPlace): Ec2NodesArgs {
  const { clusterName, rehearsal, nodeIds } = args;
  const { subnetIds, inside, ...rest } = place;
  const { jump, ...groups } = inside ?? {};
  return {
    ...rest,
    clusterName,
    nodes: (Array.isArray(nodeIds) ? nodeIds : []).map((nodeId, index) => ({
      nodeId,
      subnetId: subnetIds[index % subnetIds.length] as pulumi.Input<string>,
    })),
    instanceType: args.instanceType,
    amiId: args.amiId,
    architecture: args.architecture,
    volumeGibibytes: args.volumeGibibytes,
    volumeThroughputMebibytes: args.volumeThroughputMebibytes,
    kmsKeyArn: args.volumeKmsKeyArn,
    moreConfig: args.moreConfig,
    login: jump === undefined ? args.login : { ...args.login, jump },
    // Operators reach the host that leads in, and no node.
    ...(inside === undefined ? { operatorCidrs: args.operatorCidrs } : groups),
    clientPort: args.clientPort,
    clientSecurityGroupIds: args.clientSecurityGroupIds,
    permissionsBoundaryArn: args.permissionsBoundaryArn,
    expectedAccountId: args.expectedAccountId,
    tags: args.tags,
    disposable: rehearsal,
  };
}
