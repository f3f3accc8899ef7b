import * as ec2 from "@pulumi/aws/ec2";
import * as pulumi from "@pulumi/pulumi";
import { checkRange, standardCidr, subnetRanges } from "../../model/aws/networkRanges";
import { rehearsalTag } from "../../model/aws/recoveryChecks";
import { bucketsOnly, endpointServiceName } from "../../model/aws/recoveryEndpoints";
import type { Mistakes } from "../../model/mistakes";
import { checkArguments, isPlain, type Pending } from "../arguments";
import { accountOf } from "./account";

/**
 * Arguments of a RecoveryNetwork.
 */
export interface RecoveryNetworkArgs {
  /**
   * Region of the network.
   */
  region: pulumi.Input<string>;
  /**
   * Zones, such as `eu-west-1a`, each of which gets a subnet. A plain list. Where a zone is moves nothing later.
   */
  zones: pulumi.Input<string>[];
  /**
   * Range of the network's addresses.
   * @default 10.213.0.0/20
   */
  cidr?: pulumi.Input<string>;
  /**
   * Services of AWS that are reached by an interface endpoint, as in `com.amazonaws.<region>.<service>`, or by their full
   * names. A plain list.
   * @default ssm and monitoring: host keys of nodes, and what they say of themselves
   */
  services?: string[];
  /**
   * Buckets that can be reached from here; every other one cannot, whatever rights somebody has.
   * @default every bucket
   */
  buckets?: pulumi.Input<pulumi.Input<string>[]>;
  /**
   * One more subnet, in the first zone, which alone has a route to the internet: for a host that SSH goes through. A plain
   * value.
   * @default false
   */
  publicSubnet?: boolean;
  /**
   * It is of a rehearsal, and gets the tag `neumann-rehearsal`. A plain value.
   * @default false
   */
  rehearsal?: boolean;
  /**
   * Tags of all that is made.
   * @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * A network for recovered nodes: private subnets, and no way in or out but to the services of AWS that the nodes need. There is
 * no peering and no route to any other network, and from the nodes' subnets none to the internet.
 *
 * ```ts
 * const network = new RecoveryNetwork("dr", { region: "eu-west-1", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] });
 * ```
 */
export class RecoveryNetwork extends pulumi.ComponentResource {
  /**
   * The VPC. Who uses it waits for the endpoints.
   */
  readonly vpcId: pulumi.Output<string>;
  /**
   * Range of its addresses.
   */
  readonly cidr: pulumi.Output<string>;
  /**
   * The subnets, in the order of the zones.
   */
  readonly subnetIds: pulumi.Output<string[]>;
  /**
   * With `publicSubnet`: that one.
   */
  readonly publicSubnetId: pulumi.Output<string | undefined>;
  /**
   * The table of routes of the private subnets.
   */
  readonly routeTableId: pulumi.Output<string>;
  /**
   * Prefix list of S3, for the nodes' `servicePrefixListIds`.
   */
  readonly storePrefixListId: pulumi.Output<string>;
  /**
   * Security group of the interface endpoints, for the nodes' `serviceSecurityGroupIds`.
   */
  readonly endpointSecurityGroupId: pulumi.Output<string>;

  constructor(name: string, args: RecoveryNetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = checkArguments({
      subject: `RecoveryNetwork ${JSON.stringify(name)} cannot be created`,
      args,
      structure: checkStructure,
      check: checkValues,
    });
    super("pulumi-neumann:index:RecoveryNetwork", name, {}, opts);

    const made = makeNetwork({ name, args, checked }, { parent: this });
    const ready = pulumi.all([made.vpc.id, ...made.resources.map(({ urn }) => urn)]);
    this.vpcId = ready.apply(([vpcId]) => vpcId as string);
    this.cidr = checked.apply((known) => known.cidr ?? standardCidr);
    this.subnetIds = pulumi.all(made.subnets.map(({ id }) => id));
    this.publicSubnetId = pulumi.output(made.publicSubnet?.id);
    this.routeTableId = made.routes.id;
    this.storePrefixListId = made.store.prefixListId;
    this.endpointSecurityGroupId = made.group.id;
    const { vpcId, cidr, subnetIds, publicSubnetId, routeTableId, storePrefixListId, endpointSecurityGroupId } = this;
    this.registerOutputs({
      ...{ vpcId, cidr, subnetIds, publicSubnetId, routeTableId, storePrefixListId, endpointSecurityGroupId },
    });
  }
}

interface Request {
  name: string;
  args: RecoveryNetworkArgs;
  checked: pulumi.Output<pulumi.Unwrap<RecoveryNetworkArgs>>;
}

interface MadeNetwork {
  vpc: ec2.Vpc;
  subnets: ec2.Subnet[];
  publicSubnet?: ec2.Subnet;
  routes: ec2.RouteTable;
  store: ec2.VpcEndpoint;
  group: ec2.SecurityGroup;
  /** What has to be there before the network is of use. */
  resources: pulumi.Resource[];
}

function makeNetwork({ name, args, checked }: Request, opts: pulumi.CustomResourceOptions): MadeNetwork {
  const region = checked.region;
  const tags = tagsOf(args, checked);
  const named = (role: string) => tags.apply((all): Record<string, string> => ({ ...all, Name: `${name}-${role}` }));
  const cidr = checked.apply((known) => known.cidr ?? standardCidr);
  const vpc = new ec2.Vpc(
    `${name}-vpc`,
    { cidrBlock: cidr, enableDnsSupport: true, enableDnsHostnames: true, region, tags: named("vpc") },
    opts,
  );
  const vpcId = vpc.id;
  // AWS's own group lets its members reach each other and everybody: nobody is to be in it by oversight.
  const emptied = new ec2.DefaultSecurityGroup(
    `${name}-default-group`,
    { vpcId, ingress: [], egress: [], region, tags: named("unused") },
    opts,
  );
  const routes = new ec2.RouteTable(`${name}-routes`, { vpcId, routes: [], region, tags: named("routes") }, opts);
  const inside = { vpcId, cidr, region, named, ranges: rangeCount(args), checked };
  const subnets = args.zones.map((_, index) =>
    makeSubnet(name, { ...inside, index, role: `subnet-${index + 1}` }, opts),
  );
  const routed = subnets.map(
    (subnet, index) =>
      new ec2.RouteTableAssociation(
        `${name}-routes-${index + 1}`,
        { subnetId: subnet.id, routeTableId: routes.id, region },
        opts,
      ),
  );
  const open = args.publicSubnet === true ? makePublic(name, { ...inside, index: args.zones.length }, opts) : undefined;
  const endpoints = makeEndpoints({ name, args, checked }, { vpc, subnets, routes, cidr, named }, opts);
  const { store, group, services } = endpoints;
  const resources = [emptied, ...routed, ...(open?.resources ?? []), store, ...services];
  return { vpc, subnets, publicSubnet: open?.subnet, routes, store, group, resources };
}

/** Parts of one size that the range is cut into. */
function rangeCount({ zones, publicSubnet }: Pick<RecoveryNetworkArgs, "zones" | "publicSubnet">): number {
  return zones.length + (publicSubnet === true ? 1 : 0);
}

interface SubnetRequest {
  vpcId: pulumi.Output<string>;
  region: pulumi.Output<string>;
  cidr: pulumi.Output<string>;
  ranges: number;
  /** Of the part of the range, and of the zone, where there is one. */
  index: number;
  checked: Request["checked"];
  named: (role: string) => pulumi.Output<Record<string, string>>;
}

function makeSubnet(
  name: string,
  { vpcId, region, cidr, ranges, index, checked, named, role }: SubnetRequest & { role: string },
  opts: pulumi.CustomResourceOptions,
): ec2.Subnet {
  const cidrBlock = cidr.apply((range) => subnetRanges(range, ranges)[index] as string);
  const availabilityZone = checked.apply(({ zones }) => (zones[index] ?? zones[0]) as string);
  const subnet = { vpcId, cidrBlock, availabilityZone, mapPublicIpOnLaunch: false, region, tags: named(role) };
  // What is offered where may change; nodes stay where they are.
  return new ec2.Subnet(`${name}-${role}`, subnet, { ...opts, ignoreChanges: ["availabilityZone"] });
}

/** A subnet whose hosts can have an address of the internet. */
function makePublic(
  name: string,
  request: SubnetRequest,
  opts: pulumi.CustomResourceOptions,
): { subnet: ec2.Subnet; resources: pulumi.Resource[] } {
  const { vpcId, region, named } = request;
  const gateway = new ec2.InternetGateway(`${name}-gateway`, { vpcId, region, tags: named("gateway") }, opts);
  const table = new ec2.RouteTable(
    `${name}-public-routes`,
    { vpcId, routes: [{ cidrBlock: "0.0.0.0/0", gatewayId: gateway.id }], region, tags: named("public-routes") },
    opts,
  );
  const subnet = makeSubnet(name, { ...request, role: "public-subnet" }, opts);
  const association = { subnetId: subnet.id, routeTableId: table.id, region };
  const routed = new ec2.RouteTableAssociation(`${name}-public-routes`, association, opts);
  return { subnet, resources: [gateway, routed] };
}

interface Inside {
  vpc: ec2.Vpc;
  subnets: ec2.Subnet[];
  routes: ec2.RouteTable;
  cidr: pulumi.Output<string>;
  named: (role: string) => pulumi.Output<Record<string, string>>;
}

/** S3 by a route of its own, which costs nothing; the others by an address in each subnet. */
function makeEndpoints(
  { name, args, checked }: Request,
  { vpc, subnets, routes, cidr, named }: Inside,
  opts: pulumi.CustomResourceOptions,
): { store: ec2.VpcEndpoint; group: ec2.SecurityGroup; services: pulumi.Resource[] } {
  const region = checked.region;
  const account = accountOf({ parent: opts.parent });
  const serviceName = (service: string) =>
    pulumi.all([region, account]).apply(([at, { partition }]) => endpointServiceName(service, at, partition));
  const policy =
    args.buckets === undefined
      ? undefined
      : pulumi
          .all([checked, account])
          .apply(([{ buckets = [] }, { partition }]) => JSON.stringify(bucketsOnly(buckets, partition)));
  const store = new ec2.VpcEndpoint(
    `${name}-store`,
    {
      vpcId: vpc.id,
      serviceName: serviceName("s3"),
      vpcEndpointType: "Gateway",
      routeTableIds: [routes.id],
      policy,
      region,
      tags: named("store"),
    },
    opts,
  );
  const group = new ec2.SecurityGroup(
    `${name}-endpoints`,
    {
      vpcId: vpc.id,
      description: "Services of AWS, by HTTPS from this network",
      ingress: [
        { protocol: "tcp", fromPort: 443, toPort: 443, cidrBlocks: [cidr], description: "HTTPS from this network" },
      ],
      egress: [],
      region,
      tags: named("endpoints"),
    },
    opts,
  );
  const services = (args.services ?? standardServices).map((service) => {
    const role = service.split(".").at(-1) as string;
    return new ec2.VpcEndpoint(
      `${name}-${role}`,
      {
        vpcId: vpc.id,
        serviceName: serviceName(service),
        vpcEndpointType: "Interface",
        privateDnsEnabled: true,
        subnetIds: subnets.map(({ id }) => id),
        securityGroupIds: [group.id],
        region,
        tags: named(role),
      },
      opts,
    );
  });
  return { store, group, services };
}

export const standardServices: readonly string[] = ["ssm", "monitoring"];

function tagsOf(args: RecoveryNetworkArgs, checked: Request["checked"]): pulumi.Output<Record<string, string>> {
  const shown: Record<string, string> = args.rehearsal === true ? { [rehearsalTag]: "true" } : {};
  return checked.apply(({ tags }) => ({ ...tags, ...shown }));
}

function checkStructure(args: RecoveryNetworkArgs, mistakes: Mistakes): void {
  const { zones, services } = args;
  const remedy = 'Write a plain list such as ["eu-west-1a", "eu-west-1b", "eu-west-1c"].';
  if (!Array.isArray(zones) || zones.length === 0) mistakes.add("zones", "names no zone", shown(zones), remedy);
  for (const path of ["publicSubnet", "rehearsal"] as const) {
    const value: unknown = args[path];
    if (value === undefined || typeof value === "boolean") continue;
    mistakes.add(path, "must be a plain boolean", shown(value), "Write true or false.");
  }
  if (services === undefined) return;
  if (!Array.isArray(services)) {
    mistakes.add("services", "must be a plain list", shown(services), 'Write a list such as ["ssm", "monitoring"].');
    return;
  }
  services.forEach((service: unknown, index) => {
    if (typeof service === "string" && /^[a-z0-9.-]*[a-z0-9]$/.test(service)) return;
    mistakes.add(`services[${index}]`, "is no service", shown(service), "Write one such as ssm.");
  });
}

function shown(value: unknown): unknown {
  return isPlain(value) ? value : "an output";
}

type KnownNetwork = pulumi.Unwrap<RecoveryNetworkArgs>;

function checkValues(known: KnownNetwork, mistakes: Mistakes, pending: Pending): void {
  const { region, cidr, buckets } = known;
  if (!isRegion(region)) mistakes.add("region", "is no region", region, "Write it as in eu-west-1.");
  checkRange(cidr ?? standardCidr, rangeCount(known), { path: "cidr", mistakes });
  checkZones(known, mistakes, pending);
  if (buckets !== undefined && !pending("buckets") && !Array.isArray(buckets)) {
    mistakes.add("buckets", "must be a list", buckets, "Write the buckets' names in brackets.");
  }
}

function isRegion(region: unknown): region is string {
  return typeof region === "string" && /^[a-z]{2,}(-[a-z]+)+-\d+$/.test(region);
}

function checkZones({ region, zones }: KnownNetwork, mistakes: Mistakes, pending: Pending): void {
  const begin = isRegion(region) && !pending("region") ? region : "";
  for (const [index, zone] of zones.entries() as Iterable<[number, unknown]>) {
    const path = `zones[${index}]`;
    if (pending(path)) continue;
    if (typeof zone !== "string" || !/^[a-z]{2,}(-[a-z]+)+-\d+[a-z]$/.test(zone)) {
      mistakes.add(path, "is no zone", zone, "Write one such as eu-west-1a.");
    } else if (zones.indexOf(zone) !== index) {
      mistakes.add(path, "is there twice", zone, "Keep one of them.");
    } else if (!zone.startsWith(begin)) {
      mistakes.add(path, `is not in ${region}`, zone, "Name a zone of that region.");
    }
  }
}
