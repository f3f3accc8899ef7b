import type * as pulumi from "@pulumi/pulumi";
import { type VolumePlan, planVolume } from "../../model/aws/dataVolume";
import { nodeConfiguration } from "../../model/aws/nodeConfiguration";
import type { Account } from "./account";
import type { KnownEc2Nodes } from "./ec2NodesArgs";

/** What all nodes have in common, and what each of them is called, as plain data. */
export interface NodesPlan {
  clusterId: string;
  region: string;
  vpcId: string;
  partition: string;
  dnsSuffix: string;
  zoneName: string;
  zoneId?: string;
  instanceType: string;
  amiId: string;
  kmsKeyArn?: string;
  permissionsBoundaryArn?: string;
  volume: VolumePlan;
  database: KnownEc2Nodes["database"];
  login: { user: string; publicKey: string };
  tags: Record<string, string>;
  nodes: NodePlan[];
}

export interface NodePlan {
  nodeId: string;
  hostName: string;
  /** `config.toml`. */
  config: string;
  tags: Record<string, string>;
}

/** Of a plan, what each node is made with, as outputs that all of them share: one for each would take most of a preview's time. */
export interface SharedPlan {
  plan: pulumi.Output<NodesPlan>;
  region: pulumi.Output<string>;
  kmsKeyArn: pulumi.Output<string | undefined>;
  permissionsBoundaryArn: pulumi.Output<string | undefined>;
  instanceType: pulumi.Output<string>;
  amiId: pulumi.Output<string>;
  user: pulumi.Output<string>;
  volume: {
    size: pulumi.Output<number>;
    type: pulumi.Output<string>;
    iops: pulumi.Output<number | undefined>;
    throughput: pulumi.Output<number | undefined>;
  };
}

export function sharePlan(plan: pulumi.Output<NodesPlan>): SharedPlan {
  return {
    plan,
    region: plan.apply(({ region }) => region),
    kmsKeyArn: plan.apply(({ kmsKeyArn }) => kmsKeyArn),
    permissionsBoundaryArn: plan.apply((known) => known.permissionsBoundaryArn),
    instanceType: plan.apply(({ instanceType }) => instanceType),
    amiId: plan.apply(({ amiId }) => amiId),
    user: plan.apply(({ login }) => login.user),
    volume: {
      size: plan.apply(({ volume }) => volume.size),
      type: plan.apply(({ volume }) => volume.type),
      iops: plan.apply(({ volume }) => volume.iops),
      throughput: plan.apply(({ volume }) => volume.throughput),
    },
  };
}

/** Where the database's package puts its data. */
export const dataDirectory = "/var/lib/neumann";

/** What follows from checked arguments. */
export function planNodes(known: KnownEc2Nodes, { partition, dnsSuffix }: Account): NodesPlan {
  const { clusterId, zoneName = `${clusterId}.neumann.internal`, login } = known;
  const { region, vpcId, zoneId, instanceType, amiId, kmsKeyArn, permissionsBoundaryArn, database } = known;
  const tags = { ...known.tags, "neumann-cluster": clusterId };
  return {
    ...{ clusterId, region, vpcId, zoneId, instanceType, amiId, kmsKeyArn, permissionsBoundaryArn, database },
    ...{ partition, dnsSuffix, zoneName },
    volume: planVolume(known),
    login: { user: login.user, publicKey: login.publicKey.trim() },
    tags: { ...tags, Name: `neumann-${clusterId}` },
    nodes: namesOf(known, zoneName).map((node) => ({
      ...node,
      tags: { ...tags, Name: node.hostName, "neumann-node": node.nodeId },
    })),
  };
}

function namesOf(known: KnownEc2Nodes, zoneName: string): Omit<NodePlan, "tags">[] {
  const { clusterId, clusterName = clusterId, moreConfig: more } = known;
  const names = known.nodes.map(({ nodeId }) => ({ nodeId, hostName: `${nodeId}.${zoneName}` }));
  return names.map(({ nodeId, hostName }) => {
    const others = names.filter((other) => other.nodeId !== nodeId).map((other) => other.hostName);
    const config = nodeConfiguration({ nodeId, hostName, others, clusterName, dataDirectory, more });
    return { nodeId, hostName, config };
  });
}
