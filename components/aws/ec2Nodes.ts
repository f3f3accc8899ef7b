import { getSubnetOutput } from "@pulumi/aws/ec2/getSubnet";
import * as route53 from "@pulumi/aws/route53";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { memberAddress } from "../../model/aws/nodeConfiguration";
import { checkNetwork, type PlacedNode, zoneAdvice } from "../../model/aws/nodeZones";
import { waitForNode } from "../../model/aws/userData";
import { ServiceManager } from "../../model/agentConfig";
import { checkArguments, MistakeList, reportMistakes } from "../arguments";
import { after } from "../dependency";
import { type HostArgs, HostKind } from "../hosts";
import { type SshArgs, sshConnection } from "../ssh";
import { accountOf, requireAccount } from "./account";
import type { Ec2NodesArgs, KnownEc2Nodes } from "./ec2NodesArgs";
import { checkNodesStructure, checkNodesValues } from "./ec2NodesChecks";
import { type NodePlan, type NodesPlan, planNodes, sharePlan } from "./ec2NodesPlan";
import { hostKey } from "./hostKey";
import { type NodeGroup, nodeGroup } from "./nodeGroup";
import { type Machine, nodeMachine } from "./nodeMachine";
import { nodeRole } from "./nodeRole";

/**
 * The machines of a cluster or of a recovery in EC2: each with its data on a volume that outlives it, an address and a name
 * that survive a replacement, an SSH host key that is known before the host is there, and the database installed but not
 * started. Nothing gets in but what is named. `hosts` go into ClusterBackups and DisasterRecovery like any others.
 * docs/aws.md names each child.
 *
 * In the runbook: "Provision new nodes".
 *
 * ```ts
 * const fresh = new Ec2Nodes("dr", {
 *   clusterId: "prod",
 *   region: "eu-west-1",
 *   vpcId,
 *   nodes: subnetIds.map((subnetId, index) => ({ nodeId: `node${index + 1}`, subnetId })),
 *   instanceType: "m7i.large",
 *   amiId: "ami-0123456789abcdef0",
 *   backupBytes: 40e9,
 *   database: { bucket: "acme-software", key: "neumann-1.4.0.deb", region: "eu-west-1", sha256 },
 *   login: { user: "deploy", publicKey, privateKey },
 *   operatorCidrs: ["10.0.0.0/24"],
 *   policyArns: access.policyArns,
 * });
 * new DisasterRecovery("dr", { archive, nodes: fresh.hosts, recoveryId: "2026-11-23" });
 * ```
 */
export class Ec2Nodes extends pulumi.ComponentResource {
  /**
   * The nodes, for ClusterBackups and DisasterRecovery; who uses them waits until each has booted. A list whose items hold
   * outputs, not an output of a list: it decides which resources there are.
   */
  readonly hosts: HostArgs[];
  /**
   * Ids of the instances, in the order of the nodes.
   */
  readonly instanceIds: pulumi.Output<string[]>;
  /**
   * Ids of the data volumes, in the order of the nodes.
   */
  readonly volumeIds: pulumi.Output<string[]>;
  /**
   * Private addresses, in the order of the nodes.
   */
  readonly addresses: pulumi.Output<string[]>;
  /**
   * The nodes' security group.
   */
  readonly securityGroupId: pulumi.Output<string>;
  /**
   * The zone that holds their names.
   */
  readonly zoneId: pulumi.Output<string>;

  constructor(name: string, args: Ec2NodesArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `Ec2Nodes ${JSON.stringify(name)} cannot be created`;
    const prefix = `${pulumi.getStack()}-${name}`;
    const checked = checkArguments<Ec2NodesArgs>({
      subject,
      args,
      open: () => withoutKeys(args),
      structure: (given, mistakes) => checkNodesStructure(given, prefix, mistakes),
      check: checkNodesValues,
    }) as pulumi.Output<KnownEc2Nodes>;
    super("pulumi-neumann:index:Ec2Nodes", name, {}, opts);

    const nodes = makeNodes({ name, subject, args, component: this }, checked);
    this.hosts = nodes.hosts;
    this.instanceIds = pulumi.all(nodes.machines.map(({ instance }) => instance.id));
    this.volumeIds = pulumi.all(nodes.machines.map(({ volume }) => volume.id));
    this.addresses = pulumi.all(nodes.machines.map(({ address }) => address));
    this.securityGroupId = nodes.group.id;
    this.zoneId = nodes.zoneId;
    const { hosts, instanceIds, volumeIds, addresses, securityGroupId, zoneId } = this;
    this.registerOutputs({ hosts, instanceIds, volumeIds, addresses, securityGroupId, zoneId });
  }
}

/** What nodes are made from is no secret; keys go into connections alone. */
function withoutKeys(args: Ec2NodesArgs): Ec2NodesArgs {
  const { user, publicKey } = args.login;
  return { ...args, login: { user, publicKey } as Ec2NodesArgs["login"] };
}

interface NodesRequest {
  name: string;
  subject: string;
  args: Ec2NodesArgs;
  component: pulumi.Resource;
}

interface MadeNodes {
  hosts: HostArgs[];
  machines: Machine[];
  group: NodeGroup;
  zoneId: pulumi.Output<string>;
}

function makeNodes(request: NodesRequest, checked: pulumi.Output<KnownEc2Nodes>): MadeNodes {
  const { name, subject, args, component: parent } = request;
  const opts = { parent };
  const plan = pulumi.all([checked, accountOf(opts)]).apply(([known, account]) => {
    const expected = known.expectedAccountId;
    requireAccount(account, { subject, argument: "expectedAccountId", expected, administratorArns: [] });
    const planned = planNodes(known, account);
    const words = `account ${account.accountId}, as ${account.callerArn}; each node has ${planned.volume.size} GiB for its data`;
    void pulumi.log.info(`Ec2Nodes ${JSON.stringify(name)}: ${words}`, parent);
    return planned;
  });
  const places = placesOf(request, checked);
  const group = nodeGroup({ name, args, checked, plan }, opts);
  const zoneId = zoneOf(request, plan);
  const shared = sharePlan(plan);
  const made = args.nodes.map(({ nodeId, generation = 1 }, index) => {
    const node = plan.apply(({ nodes }) => nodes[index] as NodePlan);
    const place = places.apply((all) => all[index] as PlacedNode);
    const of = { name, nodeId, shared, tags: node.tags };
    const key = hostKey({ ...of, region: shared.region, kmsKeyArn: shared.kmsKeyArn }, opts);
    const policyArns = (args.policyArns ?? []).map((_, at) =>
      checked.apply((known) => known.policyArns?.[at] as string),
    );
    const role = nodeRole({ ...of, parameter: key.parameter, policyArns }, opts);
    const disposable = args.disposable === true;
    const machine = nodeMachine({ ...of, generation, node, place, group, zoneId, key, role, disposable }, opts);
    return { nodeId, node, machine, hostKey: key.publicKey };
  });
  const hosts = made.map((one) => hostOf(request, { ...one, user: shared.user }));
  return { hosts, machines: made.map(({ machine }) => machine), group, zoneId };
}

/** Where each node is, once all are in the network that was named. */
function placesOf(request: NodesRequest, checked: pulumi.Output<KnownEc2Nodes>): pulumi.Output<PlacedNode[]> {
  const { name, subject, args, component: parent } = request;
  const subnets = args.nodes.map((_, index) => {
    const { id, region } = {
      id: checked.apply((known) => known.nodes[index]?.subnetId as string),
      region: checked.region,
    };
    return getSubnetOutput({ id, region }, { parent });
  });
  return pulumi.all([checked, pulumi.all(subnets)]).apply(([{ nodes, vpcId }, found]) => {
    const placed = found.map(({ vpcId: of, availabilityZone }, index) => {
      const { nodeId, subnetId } = nodes[index] as KnownEc2Nodes["nodes"][number];
      return { nodeId, subnetId, vpcId: of, availabilityZone };
    });
    const mistakes = new MistakeList();
    checkNetwork(placed, vpcId, mistakes);
    reportMistakes(subject, mistakes);
    const advice = zoneAdvice(placed);
    if (advice !== undefined) void pulumi.log.warn(`Ec2Nodes ${JSON.stringify(name)}: ${advice}`, parent);
    return placed;
  });
}

function zoneOf({ name, args, component: parent }: NodesRequest, plan: pulumi.Output<NodesPlan>) {
  if (args.zoneId !== undefined) return plan.apply(({ zoneId }) => zoneId as string);
  const { zoneName, vpcId, region: vpcRegion, tags, clusterId } = plan;
  const comment = pulumi.interpolate`Nodes of the Neumann cluster ${clusterId}`;
  return new route53.Zone(`${name}-zone`, { name: zoneName, comment, vpcs: [{ vpcId, vpcRegion }], tags }, { parent })
    .zoneId;
}

/** A first boot installs a package: it takes longer than a host that is there. */
const bootMinutes = 30;
const dialAttempts = 60;

interface MadeNode {
  nodeId: string;
  user: pulumi.Output<string>;
  node: pulumi.Output<NodePlan>;
  machine: Machine;
  hostKey: pulumi.Output<string>;
}

/** How a node is reached: by its address, which is known where its name may not be. */
function hostOf({ name, subject, args, component: parent }: NodesRequest, made: MadeNode): HostArgs {
  const { nodeId, user, node, machine } = made;
  const { privateKey, privateKeyPassword, jump } = args.login;
  const ssh: SshArgs = {
    host: machine.address,
    user,
    privateKey,
    hostKey: made.hostKey,
    architecture: args.architecture,
    dialAttempts,
    ...(privateKeyPassword === undefined ? {} : { privateKeyPassword }),
    ...(jump === undefined ? {} : { jump }),
  };
  const limit = `${bootMinutes}m`;
  const ready = new command.remote.Command(
    `${name}-ready-${nodeId}`,
    {
      connection: sshConnection(subject, ssh, "login"),
      create: waitForNode,
      // Another instance is waited for again. No trigger: what is made after this one must not be made again.
      stdin: machine.instance.id,
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.Stderr,
    },
    { parent, dependsOn: [machine.attachment], customTimeouts: { create: limit, update: limit } },
  );
  return {
    kind: HostKind.Ssh,
    nodeId,
    address: after([ready], node.hostName.apply(memberAddress)),
    serviceManager: ServiceManager.Systemd,
    ssh: { ...ssh, host: after([ready], machine.address) },
  };
}
