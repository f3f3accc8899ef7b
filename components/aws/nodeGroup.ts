import * as ec2 from "@pulumi/aws/ec2";
import * as vpc from "@pulumi/aws/vpc";
import * as pulumi from "@pulumi/pulumi";
import { type Peer, type TrafficRequest, type TrafficRule, trafficRules } from "../../model/aws/nodeTraffic";
import type { Ec2NodesArgs, KnownEc2Nodes } from "./ec2NodesArgs";
import type { NodesPlan } from "./ec2NodesPlan";

/** What the nodes' security group is made from. */
export interface GroupRequest {
  /** Name of the component. */
  name: string;
  args: Ec2NodesArgs;
  checked: pulumi.Output<KnownEc2Nodes>;
  plan: pulumi.Output<NodesPlan>;
}

/** A security group with all of its rules. */
export interface NodeGroup {
  id: pulumi.Output<string>;
  rules: pulumi.Resource[];
}

type Text = pulumi.Output<string>;
type PeerList = Exclude<keyof TrafficRequest<Text>, "clientPort">;

/** What passes to and from the nodes, each rule a resource: nothing else does. */
export function nodeGroup(request: GroupRequest, opts: pulumi.CustomResourceOptions): NodeGroup {
  const { name, args, checked, plan } = request;
  const { region, vpcId, tags } = plan;
  const group = new ec2.SecurityGroup(
    `${name}-nodes`,
    // It cannot be changed without another group: so nothing that may change is in it.
    { name: `${pulumi.getStack()}-${name}`, description: "Nodes of a Neumann cluster", region, vpcId, tags },
    opts,
  );
  const list = (key: PeerList): Text[] =>
    (args[key] ?? []).map((_, index) => checked.apply((known) => known[key]?.[index] as string));
  const rules = trafficRules<Text>({
    operatorCidrs: list("operatorCidrs"),
    operatorSecurityGroupIds: list("operatorSecurityGroupIds"),
    clientPort: args.clientPort,
    clientCidrs: list("clientCidrs"),
    clientSecurityGroupIds: list("clientSecurityGroupIds"),
    servicePrefixListIds: list("servicePrefixListIds"),
    serviceSecurityGroupIds: list("serviceSecurityGroupIds"),
    serviceCidrs: list("serviceCidrs"),
  });
  return { id: group.id, rules: rules.map((rule) => ruleResource(rule, { name, group, plan }, opts)) };
}

function ruleResource(
  rule: TrafficRule<Text>,
  { name, group, plan }: { name: string; group: ec2.SecurityGroup; plan: pulumi.Output<NodesPlan> },
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource {
  const { role, direction, protocol, port, peer, description } = rule;
  const { region, tags } = plan;
  const values = {
    securityGroupId: group.id,
    ...otherEnd(peer, group),
    ...{ ipProtocol: protocol, fromPort: port, toPort: port, description, region, tags },
  };
  // AWS has no two rules that are the same.
  const own = { ...opts, deleteBeforeReplace: true };
  return direction === "in"
    ? new vpc.SecurityGroupIngressRule(`${name}-${role}`, values, own)
    : new vpc.SecurityGroupEgressRule(`${name}-${role}`, values, own);
}

type OtherEnd = Pick<vpc.SecurityGroupIngressRuleArgs, "cidrIpv4" | "prefixListId" | "referencedSecurityGroupId">;

function otherEnd(peer: Peer<Text>, group: ec2.SecurityGroup): OtherEnd {
  if ("members" in peer) return { referencedSecurityGroupId: group.id };
  if ("cidr" in peer) return { cidrIpv4: peer.cidr };
  if ("prefixListId" in peer) return { prefixListId: peer.prefixListId };
  return { referencedSecurityGroupId: peer.securityGroupId };
}
