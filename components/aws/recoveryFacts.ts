import { getAmi } from "@pulumi/aws/ec2/getAmi";
import { getInstanceType } from "@pulumi/aws/ec2/getInstanceType";
import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import { getRouteTable } from "@pulumi/aws/ec2/getRouteTable";
import { getRouteTables } from "@pulumi/aws/ec2/getRouteTables";
import { getSubnet } from "@pulumi/aws/ec2/getSubnet";
import { getVpc } from "@pulumi/aws/ec2/getVpc";
import { getAvailabilityZones } from "@pulumi/aws/getAvailabilityZones";
import { getKey } from "@pulumi/aws/kms/getKey";
import { getServiceQuota } from "@pulumi/aws/servicequotas/getServiceQuota";
import type * as pulumi from "@pulumi/pulumi";
import { quotaOf } from "../../model/aws/instances";
import type { Look, NetworkFacts, RecoveryDemand, RecoveryFacts } from "../../model/aws/recoveryChecks";
import { runningProcessors } from "./runningProcessors";

/** Asks AWS all that a recovery hangs on, in a preview too, and all of it at once. */
export async function recoveryFacts(demand: RecoveryDemand, opts: pulumi.InvokeOptions): Promise<RecoveryFacts> {
  const { region, instanceType, amiId, network, rehearsal } = demand;
  const subnetIds = network?.subnetIds ?? [];
  const [instance, zones, quota, running, image, subnets, secluded, keys] = await Promise.all([
    look(getInstanceType({ instanceType, region }, opts), (found) => ({
      processors: found.defaultVcpus,
      architectures: found.supportedArchitectures,
      volumeMegabytesPerSecond: found.ebsPerformanceBaselineThroughput,
    })),
    look(zonesOffering(demand, opts), (found) => found),
    look(
      getServiceQuota({ serviceCode: "ec2", quotaCode: quotaOf(instanceType).code, region }, opts),
      ({ value }) => value,
    ),
    look(runningProcessors(demand, opts), (found) => found),
    look(imageOf(amiId, region, opts), ({ architecture, state }) => ({ architecture, state })),
    Promise.all(
      subnetIds.map((id) =>
        look(getSubnet({ id, region }, opts), (found) => ({
          vpcId: found.vpcId,
          zone: found.availabilityZone,
          freeAddresses: found.availableIpAddressCount,
        })),
      ),
    ),
    network !== undefined && rehearsal ? look(networkOf(network.vpcId, region, opts), (found) => found) : undefined,
    Promise.all(
      Object.entries(demand.keys).map(async ([path, arn]) => {
        // A key is in its own region alone, which its ARN names.
        const asked = getKey({ keyId: arn, region: arn.split(":")[3] }, opts);
        return [path, await look(asked, ({ enabled, keyState }) => ({ enabled, state: keyState }))] as const;
      }),
    ),
  ]);
  return { instance, zones, quota, running, image, subnets, network: secluded, keys: Object.fromEntries(keys) };
}

/** The answer, or why there is none, in AWS's words. */
async function look<A, T>(asked: Promise<A>, keep: (answer: A) => T): Promise<Look<T>> {
  try {
    return { found: keep(await asked) };
  } catch (error) {
    const text = reasonOf(error as Error);
    return /AccessDenied|UnauthorizedOperation|not authorized/i.test(text) ? { forbidden: text } : { absent: text };
  }
}

/** AWS's sentence, without the names of whoever passed it on. */
export function reasonOf({ message }: Error): string {
  const own = message.replace(/^invocation of \S+ returned an error: /, "").replace(/^invoking \S+: /, "");
  return own
    .replace(/^\d+ errors? occurred:\s*\*\s*/, "")
    .replace(/\s+/g, " ")
    .trim();
}

/** Local zones, which lie elsewhere, are left out. */
async function zonesOffering({ region, instanceType }: RecoveryDemand, opts: pulumi.InvokeOptions): Promise<string[]> {
  const filters = [{ name: "instance-type", values: [instanceType] }];
  const [offered, usual] = await Promise.all([
    getInstanceTypeOfferings({ filters, locationType: "availability-zone", region }, opts),
    getAvailabilityZones(
      { filters: [{ name: "zone-type", values: ["availability-zone"] }], state: "available", region },
      opts,
    ),
  ]);
  return [...new Set(offered.locations)].filter((zone) => usual.names.includes(zone)).sort();
}

function imageOf(amiId: string, region: string, opts: pulumi.InvokeOptions): ReturnType<typeof getAmi> {
  return getAmi({ filters: [{ name: "image-id", values: [amiId] }], includeDeprecated: true, region }, opts);
}

/** What of a route leads to another network of the same people; an internet gateway leads to nobody's. */
const targets = [
  "coreNetworkArn",
  "gatewayId",
  "localGatewayId",
  "networkInterfaceId",
  "transitGatewayId",
  "vpcPeeringConnectionId",
] as const;
const harmless = /^(local|igw-.*|vpce-.*)?$/;

async function networkOf(vpcId: string, region: string, opts: pulumi.InvokeOptions): Promise<NetworkFacts> {
  const [{ tags }, { ids }] = await Promise.all([
    getVpc({ id: vpcId, region }, opts),
    getRouteTables({ vpcId, region }, opts),
  ]);
  const tables = await Promise.all(ids.map((routeTableId) => getRouteTable({ routeTableId, region }, opts)));
  const found = tables.flatMap(({ routes }) => routes.flatMap((route) => targets.map((target) => route[target])));
  const waysOut = found.filter((target) => !harmless.test(target ?? ""));
  return { tags, waysOut: [...new Set(waysOut)].sort() };
}
