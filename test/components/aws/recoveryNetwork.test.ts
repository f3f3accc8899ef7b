import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it } from "vitest";
import { RecoveryNetwork, type RecoveryNetworkArgs } from "../../../components/aws";
import { Machine, messageOf, run, type RunOptions, valueOf } from "../harness";
import { named, ofAws, sorted } from "./archiveRuns";
import { recoveryCloud, subnetIds, vpcId } from "./recoveryCloud";

const args: RecoveryNetworkArgs = { region: "eu-west-1", zones: ["eu-west-1a", "eu-west-1b", "eu-west-1c"] };
const make = (change: Partial<RecoveryNetworkArgs> = {}, options: RunOptions = {}) =>
  run((opts) => new RecoveryNetwork("dr", { ...args, ...change }, opts), { ...recoveryCloud(), ...options });

describe("RecoveryNetwork", () => {
  it("has these resources and options for ever", async () => {
    const { resources } = await make({ publicSubnet: true, rehearsal: true, buckets: ["acme-offsite"] });
    expect(sorted(resources)).toMatchSnapshot();
  });

  it("has a subnet a zone, and no way out", async () => {
    const { resources, result } = await make();
    const subnets = resources.filter(({ type }) => type === "aws:ec2/subnet:Subnet").map(({ inputs }) => inputs);
    expect(subnets.map(({ cidrBlock, availabilityZone }) => [cidrBlock, availabilityZone])).toEqual([
      ["10.213.0.0/22", "eu-west-1a"],
      ["10.213.4.0/22", "eu-west-1b"],
      ["10.213.8.0/22", "eu-west-1c"],
    ]);
    for (const { type, inputs } of resources) {
      expect(type).not.toMatch(/gateway|peering/i);
      if (type.endsWith(":RouteTable")) expect(inputs.routes).toEqual([]);
    }
    expect(await valueOf(result.vpcId)).toBe(vpcId);
    expect(await valueOf(result.subnetIds)).toEqual(subnetIds);
    expect(await valueOf(result.cidr)).toBe("10.213.0.0/20");
    expect(await valueOf(result.publicSubnetId)).toBeUndefined();
    expect(named(resources, "dr-store").inputs.policy).toBeUndefined();
  });

  it("has one subnet with a route to the internet where it is asked for, which no other one shares", async () => {
    const { resources, result } = await make({ publicSubnet: true, cidr: "192.168.0.0/24", zones: ["eu-west-1b"] });
    expect(named(resources, "dr-public-subnet").inputs).toMatchObject({
      cidrBlock: "192.168.0.128/25",
      availabilityZone: "eu-west-1b",
      mapPublicIpOnLaunch: false,
    });
    const associated = resources.filter(({ type }) => type.endsWith(":RouteTableAssociation"));
    expect(associated.map(({ inputs }) => [inputs.subnetId, inputs.routeTableId])).toEqual([
      [subnetIds[0], "dr-routes-id"],
      [await valueOf(result.publicSubnetId), "dr-public-routes-id"],
    ]);
  });

  it("reaches services by endpoints, which let in this network alone", async () => {
    const { resources } = await make({ services: ["ssm", "com.amazonaws.vpce.eu-west-1.vpce-svc-0123"] });
    const endpoints = resources.filter(({ type }) => type.endsWith(":VpcEndpoint"));
    expect(endpoints.map(({ name, inputs }) => [name, inputs.vpcEndpointType, inputs.serviceName])).toEqual([
      ["dr-store", "Gateway", "com.amazonaws.eu-west-1.s3"],
      ["dr-ssm", "Interface", "com.amazonaws.eu-west-1.ssm"],
      ["dr-vpce-svc-0123", "Interface", "com.amazonaws.vpce.eu-west-1.vpce-svc-0123"],
    ]);
    expect(named(resources, "dr-endpoints").inputs.ingress).toEqual([
      expect.objectContaining({ fromPort: 443, toPort: 443, cidrBlocks: ["10.213.0.0/20"] }),
    ]);
  });

  it("has a region on every child, and stands twice in one program", async () => {
    const { resources } = await run(
      (opts) => [new RecoveryNetwork("dr", args, opts), new RecoveryNetwork("two", args, opts)],
      recoveryCloud(),
    );
    for (const { name, inputs, options } of ofAws(resources)) {
      expect(inputs.region, name).toBe("eu-west-1");
      expect(options.parent, name).toBe(name.split("-")[0]);
    }
    expect(new Set(resources.map(({ urn }) => urn)).size).toBe(resources.length);
  });

  it("is previewed while region, zones and range are unknown, with the same resources as an up", async () => {
    const program = (opts: pulumi.ComponentResourceOptions) => {
      const { address } = new Machine("one");
      return new RecoveryNetwork("dr", { region: address, zones: [address, address, address], cidr: address }, opts);
    };
    const { resources } = await run(program, { ...recoveryCloud(), preview: true });
    const { resources: known } = await make();
    const urns = (all: typeof resources) => sorted(all.filter(({ name }) => name !== "one")).map(({ urn }) => urn);
    expect(urns(resources)).toEqual(urns(known));
  });

  it("names everything that is wrong", () => {
    const wrong = { region: "west", zones: ["eu-west-1a", "eu-west-1a", "x"], cidr: "10.0.0.0/8" };
    expect(messageOf(() => new RecoveryNetwork("dr", wrong)).split("\n")).toEqual([
      'RecoveryNetwork "dr" cannot be created: 4 mistakes',
      '  - region: is no region (received "west"). Write it as in eu-west-1.',
      '  - cidr: does not fit 3 subnets of AWS (received "10.0.0.0/8"). Use /16 to /26.',
      '  - zones[1]: is there twice (received "eu-west-1a"). Keep one of them.',
      '  - zones[2]: is no zone (received "x"). Write one such as eu-west-1a.',
    ]);
    const outside = { ...args, zones: ["eu-north-1a"] };
    expect(messageOf(() => new RecoveryNetwork("dr", outside))).toContain(
      '  - zones[0]: is not in eu-west-1 (received "eu-north-1a"). Name a zone of that region.',
    );
    const shapes = { ...args, zones: [], services: ["S 3"], publicSubnet: "yes" } as unknown as RecoveryNetworkArgs;
    expect(
      messageOf(() => new RecoveryNetwork("dr", shapes))
        .split("\n")
        .slice(1),
    ).toEqual([
      '  - zones: names no zone (received []). Write a plain list such as ["eu-west-1a", "eu-west-1b", "eu-west-1c"].',
      '  - publicSubnet: must be a plain boolean (received "yes"). Write true or false.',
      '  - services[0]: is no service (received "S 3"). Write one such as ssm.',
    ]);
  });
});
