import { providerError, type RunOptions } from "../harness";
import { type Cloud, usualCloud } from "./cloud";
import { nodeCloud } from "./nodeRuns";

/** An instance of others, or of an earlier up. */
export interface Running {
  type: string;
  processors: number;
  state?: string;
  lifecycle?: string;
  tenancy?: string;
  tags?: Record<string, string>;
}

/** What AWS is like where a recovery is made, as far as a test is about it. */
export interface RecoveryCloud extends Cloud {
  /** Zones that offer the instance type. */
  offering: string[];
  processors: number;
  architectures: string[];
  quota: number;
  /** Instances that run, by their ids. */
  running: Record<string, Running>;
  image: { architecture: string; state: string };
  subnets: Record<string, { vpcId: string; availabilityZone: string; availableIpAddressCount: number }>;
  vpcTags: Record<string, string>;
  routes: Record<string, string>[];
  keys: Record<string, string>;
  /** Invokes that fail, by the end of their names, with what AWS says. */
  fails: Record<string, string>;
}

export const vpcId = "vpc-0123456789abcdef0";
export const subnetIds = ["subnet-0000000000000000a", "subnet-0000000000000000b", "subnet-0000000000000000c"];
const room = { vpcId, availableIpAddressCount: 100 };

export const usualRecoveryCloud: RecoveryCloud = {
  ...usualCloud,
  offering: ["eu-west-1a", "eu-west-1b", "eu-west-1c"],
  processors: 2,
  architectures: ["x86_64"],
  quota: 64,
  running: {},
  image: { architecture: "x86_64", state: "available" },
  subnets: Object.fromEntries(
    subnetIds.map((id) => [id, { ...room, availabilityZone: `eu-west-1${id.at(-1) as string}` }]),
  ),
  vpcTags: {},
  routes: [],
  keys: {},
  fails: {},
};

type Inputs = Record<string, unknown>;

const answers: Record<string, (is: RecoveryCloud, inputs: Inputs) => object> = {
  getInstanceType: ({ processors, architectures, running }, { instanceType }) => ({
    defaultVcpus: Object.values(running).find(({ type }) => type === instanceType)?.processors ?? processors,
    supportedArchitectures: architectures,
    ebsPerformanceBaselineThroughput: 81.25,
  }),
  // A local zone is among them.
  getInstanceTypeOfferings: ({ offering }) => ({ locations: [...offering, "eu-west-1-lon-1a"] }),
  getAvailabilityZones: () => ({ names: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] }),
  getServiceQuota: ({ quota }) => ({ value: quota }),
  getInstances: ({ running }, inputs) => ({
    ids: Object.keys(running).filter((id) => matches(running[id] as Running, inputs)),
  }),
  getInstance: ({ running }, { instanceId }) => ({ instanceType: running[instanceId as string]?.type }),
  getAmi: ({ image }) => image,
  getSubnet: ({ subnets }, { id }) =>
    subnets[id as string] ?? { vpcId: `vpc of ${id as string}`, availabilityZone: id },
  getVpc: ({ vpcTags }) => ({ tags: vpcTags }),
  getRouteTables: () => ({ ids: ["rtb-1"] }),
  getRouteTable: ({ routes }) => ({ routes }),
  getKey: ({ keys }, { keyId }) => {
    const keyState = keys[keyId as string] ?? "Enabled";
    return { enabled: keyState === "Enabled", keyState };
  },
};

/** As EC2 filters: each filter by any of its values, an asterisk for any text. */
function matches({ type, state = "running", lifecycle, tenancy = "default", tags = {} }: Running, inputs: Inputs) {
  const { filters, instanceStateNames } = inputs as { filters: Filter[]; instanceStateNames: string[] };
  const has: Record<string, string | undefined> = { "instance-type": type, "instance-lifecycle": lifecycle, tenancy };
  for (const [name, value] of Object.entries(tags)) has[`tag:${name}`] = value;
  const like = (value: string | undefined, wanted: string): boolean =>
    wanted.endsWith("*") ? value?.startsWith(wanted.slice(0, -1)) === true : value === wanted;
  return (
    instanceStateNames.includes(state) &&
    filters.every(({ name, values }) => values.some((wanted) => like(has[name], wanted)))
  );
}

interface Filter {
  name: string;
  values: string[];
}

/** Answers in AWS's place, for `run`. */
export function recoveryCloud(change: Partial<RecoveryCloud> = {}): Pick<RunOptions, "invoke" | "made"> {
  const is: RecoveryCloud = { ...usualRecoveryCloud, ...change };
  const usual = nodeCloud(is);
  return {
    invoke: (token, inputs) => {
      const name = token.split(":").at(-1) as string;
      const fault = is.fails[name];
      if (fault !== undefined) throw providerError(fault);
      return token.startsWith("aws:") && answers[name] !== undefined
        ? answers[name](is, inputs)
        : usual.invoke?.(token, inputs);
    },
    made: (type, name, inputs) => ({ ...usual.made?.(type, name, inputs), ...madeBy[type]?.(name, inputs) }),
  };
}

const madeBy: Record<string, (name: string, inputs: Inputs) => object> = {
  "aws:ec2/vpcEndpoint:VpcEndpoint": () => ({ prefixListId: "pl-0123456789abcdef0" }),
  "aws:iam/policy:Policy": (name) => ({ arn: `arn:aws:iam::111122223333:policy/${name}` }),
  "aws:ec2/instance:Instance": (name) => (name.endsWith("-jump") ? { publicIp: "203.0.113.10" } : {}),
  "aws:ec2/vpc:Vpc": () => ({ id: vpcId }),
  "aws:ec2/subnet:Subnet": (name) => ({ id: subnetIds[Number(name.at(-1)) - 1] }),
  "aws:ec2/securityGroup:SecurityGroup": (name) => ({ id: name.endsWith("endpoints") ? "sg-0e" : "sg-0a" }),
};
