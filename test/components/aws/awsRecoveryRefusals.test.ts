import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { AwsRecovery, type AwsRecoveryArgs } from "../../../components/aws";
import { reasonOf } from "../../../components/aws/recoveryFacts";
import { messageOf, planResult, providerError, type Registered, refusalsOf, usualAgent } from "../harness";
import { ofAws } from "./archiveRuns";
import type { RecoveryCloud } from "./recoveryCloud";
import { subnetIds, vpcId } from "./recoveryCloud";
import { args, givenNetwork, make, rehearsal } from "./recoveryRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

/** One mistake a line, without the value received. */
const mistakesOf = (change: Partial<Record<keyof AwsRecoveryArgs, unknown>>): string[] => {
  const message = messageOf(() => new AwsRecovery("dr", { ...args, ...change } as AwsRecoveryArgs));
  return message.split("\n").map((line) => line.replace(/ \(received .*\)\./, "."));
};
const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
const quiet = { alarms: false };

describe("AwsRecovery refuses arguments", () => {
  it("all of them in one message", () => {
    expect(
      mistakesOf({
        clusterId: "Prod",
        offsite: { bucket: "acme_offsite", region: "eu-west-1" },
        recoveryId: "r 1",
        instanceType: "large",
        amiId: "image",
        database: { key: "neumann.zip", sha256: "1234" },
        expectedAccountId: "12",
        restorePoint: "newest",
        zones: ["west"],
        bucket: "Bucket",
        kmsKeyArn: "alias/backup",
        volumeGibibytes: 0,
        prices: { instanceHour: -1 },
        cidr: "10.213.0.0/28",
      }),
    ).toEqual([
      'AwsRecovery "dr" cannot be created: 15 mistakes',
      "  - clusterId: is no name for a cluster. Use lower-case letters, digits and dashes, at most 63, such as prod.",
      "  - offsite.bucket: is no name of a bucket. Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.",
      "  - bucket: is no name of a bucket. Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.",
      "  - zones[0]: is no zone. Write one such as eu-west-1a.",
      "  - instanceType: is no kind of instance. Such as m7i.large.",
      "  - amiId: is no image. Write the image's id in this region, such as ami-0123abcd.",
      '  - expectedAccountId: is no account. Write its twelve digits in quotes, such as "123456789012".',
      "  - database.key: is no key of a package that can be installed. Write one that ends in .deb, .rpm or .tar.gz, without blanks, quotes, * and ?.",
      "  - database.sha256: is no SHA-256. Write the 64 digits that `sha256sum` prints.",
      "  - volumeGibibytes: must be a whole number from 1 to 65536. EBS takes no other.",
      "  - recoveryId: cannot name a recovery. Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.",
      "  - kmsKeyArn: is no ARN of a key. Write arn:…:kms:<region>:<account>:key/<id>: an alias may come to mean another key.",
      "  - prices.instanceHour: is no price. Write dollars as a number, such as 0.08.",
      "  - cidr: does not fit 2 subnets of AWS. Use /16 to /27.",
      "  - restorePoint: is no restore point. Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as `neumann-backup list` shows it, a time as 2026-11-23T10:30:00Z.",
    ]);
  });

  it("nodes that are none, and what decides the resources as outputs", () => {
    const output = pulumi.output("later");
    expect(mistakesOf({ nodeIds: [], zones: [], rehearsal: output, emails: output }).slice(1)).toEqual([
      "  - emails: must be plain. It decides which resources there are.",
      "  - rehearsal: must be plain. It decides which resources there are.",
      '  - nodeIds: names no node. Write a list such as ["node1", "node2", "node3"].',
      '  - zones: names no zone. Write a list such as ["eu-west-1a"], or leave it out.',
    ]);
    expect(mistakesOf({ nodeIds: ["Node 1", "node2", "node2"] }).slice(1)).toEqual([
      "  - nodeIds[0]: is no node id that can be a host's name. Use lower-case letters, digits and dashes, at most 63, such as node1.",
      "  - nodeIds[2]: names another node too: nodeIds[1]. Give each node its own.",
    ]);
  });

  it("what belongs to rehearsals, without one", () => {
    expect(mistakesOf({ expiresAt: "2026-11-24T18:00:00Z", productionNodes: [] }).slice(1)).toEqual([
      "  - expiresAt: is of a rehearsal. Write rehearsal: true, or leave it out.",
      "  - productionNodes: is of a rehearsal. Write rehearsal: true, or leave it out.",
    ]);
  });

  it("a rehearsal that does not say what it needs, or gets what could be production's", () => {
    expect(
      mistakesOf({ rehearsal: true, bucket: "prod-backup", clientPort: 5000, clientSecurityGroupIds: ["sg-1"] }).slice(
        1,
      ),
    ).toEqual([
      "  - expiresAt: is required in a rehearsal. Write when all of it may be cleared away, such as 2026-11-24T18:00:00Z.",
      '  - productionNodes: is required in a rehearsal. Write the addresses of the cluster that runs, such as [{ address: "node1.internal:7878" }].',
      "  - bucket: could be production's, and a rehearsal never writes there. Leave it out: a rehearsal's bucket is new and gets a name that shows it.",
      "  - clientSecurityGroupIds: lets clients into a rehearsal. Leave it out: nobody uses what a rehearsal restores.",
    ]);
  });

  it("a way in and a name that a network has of its own", () => {
    const { jump, ...login } = {
      ...args.login,
      jump: { host: "jump.example.com", user: "me", hostKey: "ssh-ed25519 AAAA" },
    };
    expect(mistakesOf({ nodeIds: ["node1", "jump"], login: { ...login, jump } }).slice(1)).toEqual([
      "  - nodeIds[1]: is what the host is called that leads into the network. Choose another name, such as node1.",
      "  - login.jump: leads into a network that is there, and network names none. Leave it out: a network that is made has its own. Or name the network that it leads into.",
    ]);
  });

  it("what is for a network that is made beside one that is there", () => {
    expect(mistakesOf({ ...givenNetwork, cidr: "10.0.0.0/20", zones: ["eu-west-1a"] }).slice(1)).toEqual([
      "  - cidr: is for a network that is made, and network names one. Leave out one of them.",
      "  - zones: is for a network that is made, and network names one. Leave out one of them.",
    ]);
    expect(mistakesOf({ network: { vpcId, subnetIds: [] } }).slice(1)).toEqual([
      '  - network.subnetIds: names no subnet. Write vpcId and a list such as subnetIds: ["subnet-0123456789abcdef0"].',
    ]);
  });

  it("buckets and keys of another region, which the recovery cannot reach or would lose with it", () => {
    const elsewhere = { ...args.database, region: "eu-central-1" };
    expect(mistakesOf({ region: "eu-north-1", database: elsewhere, kmsKeyArn }).slice(1)).toEqual([
      "  - kmsKeyArn: is not in eu-north-1. Name a key of that region: the lost one's is lost with it.",
      "  - region: is not that of the off-site bucket, eu-west-1, which a network that is made cannot reach. Choose the off-site bucket's region, or name a network that reaches it.",
      "  - database.region: is not eu-north-1, and a network that is made reaches buckets of its own region alone. Copy the package into the off-site bucket.",
    ]);
  });

  it("the off-site bucket as the first one", () => {
    expect(mistakesOf({ bucket: "acme-offsite" }).slice(1)).toEqual([
      "  - bucket: is the off-site bucket, which is restored from. Name a bucket that is not there yet, or leave it out.",
    ]);
  });
});

const refusedBy = async (
  is: Partial<RecoveryCloud>,
  change: Partial<AwsRecoveryArgs> = {},
  agent = usualAgent,
): Promise<string[]> => {
  const [message = ""] = await refusalsOf(() => make({ ...quiet, ...change }, is, { preview: true, agent }));
  return message.split("\n");
};

describe("AwsRecovery looks at AWS before anything is made", () => {
  it("and refuses another account than was expected", async () => {
    const resources: Registered[] = [];
    const program = () => make({ ...quiet, expectedAccountId: "999999999999" }, {}, { resources });
    expect(await refusalsOf(program)).toEqual([
      'AwsRecovery "dr" cannot be made: the caller arn:aws:sts::111122223333:assumed-role/deploy/session is of account 111122223333, and expectedAccountId says 999999999999. Use credentials of that account.',
    ]);
    expect(ofAws(resources)).toEqual([]);
  });

  it("and says everything that speaks against the recovery at once", async () => {
    const agent = (words: string[], spec: unknown) => {
      if (words[0] === "plan") throw providerError("there is no good backup for latest-offsite");
      return usualAgent(words, spec);
    };
    const is = {
      quota: 5,
      architectures: ["arm64"],
      image: { architecture: "arm64", state: "disabled" },
      offering: ["eu-west-1a", "eu-west-1b"],
      keys: { [kmsKeyArn]: "PendingDeletion" },
    };
    const change = { kmsKeyArn, offsite: { ...args.offsite, kmsKeyArn } };
    expect(await refusedBy(is, change, agent)).toEqual([
      'AwsRecovery "dr" cannot be made: 8 mistakes',
      '  - restorePoint: Recovery r1 has no plan: there is no good backup for latest-offsite (received "latest-offsite"). docs/recovery.md explains what refuses one.',
      '  - instanceType: has processors of arm64, and architecture says x64 (received "m7i.large"). Choose a type and an architecture that fit each other.',
      '  - instanceType: is more than the account may run in eu-west-1: 3 x m7i.large need 6 vCPUs, and the quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances is 5 (received "m7i.large"). Ask for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 6 --region eu-west-1; or choose a smaller type.',
      '  - amiId: is disabled (received "ami-0123456789abcdef0"). Name one that is available.',
      '  - amiId: is for arm64, and architecture says x64 (received "ami-0123456789abcdef0"). Name an image for x86_64, or the other architecture.',
      '  - instanceType: is offered in too few zones of eu-west-1: 3 are needed, and m7i.large is offered in eu-west-1a, eu-west-1b (received "m7i.large"). Choose another type, or write zones with fewer.',
      `  - offsite.kmsKeyArn: cannot be used: it is PendingDeletion (received "${kmsKeyArn}"). Run: aws kms cancel-key-deletion --key-id ${kmsKeyArn}, then enable-key.`,
      `  - kmsKeyArn: cannot be used: it is PendingDeletion (received "${kmsKeyArn}"). Run: aws kms cancel-key-deletion --key-id ${kmsKeyArn}, then enable-key.`,
    ]);
  });

  it("counts what others run against the quota, and nothing that counts elsewhere", async () => {
    const tags = { "neumann-cluster": "prod", "neumann-recovery": args.recoveryId as string };
    const running = {
      "i-web": { type: "m7i.xlarge", processors: 4 },
      "i-starting": { type: "c6i.large", processors: 2, state: "pending" },
      "i-spot": { type: "c6i.large", processors: 2, lifecycle: "spot" },
      "i-host": { type: "m7i.xlarge", processors: 4, tenancy: "host" },
      "i-trainium": { type: "trn1.2xlarge", processors: 8 },
      "i-graphics": { type: "g6.xlarge", processors: 4 },
      "i-stopped": { type: "m7i.xlarge", processors: 4, state: "stopped" },
      "i-own": { type: "m7i.large", processors: 2, tags },
      "i-rehearsal": { type: "m7i.large", processors: 2, tags: { ...tags, "neumann-recovery": "other" } },
    };
    expect(await refusedBy({ running, quota: 13 }, quiet)).toEqual([
      'AwsRecovery "dr" cannot be made: 1 mistake',
      '  - instanceType: is more than the account may run in eu-west-1: 3 x m7i.large need 6 vCPUs beside the 8 that 4 running instances have, and the quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances is 13 (received "m7i.large"). Ask for more: aws service-quotas request-service-quota-increase --service-code ec2 --quota-code L-1216C47A --desired-value 14 --region eu-west-1; or choose a smaller type.',
    ]);
    const { resources } = await make(quiet, { running, quota: 14 });
    expect(resources.some(({ name }) => name === "dr-accept")).toBe(true);
  });

  it("counts a hundred of them, and says how many it left out", async () => {
    const running = Object.fromEntries(
      Array.from({ length: 103 }, (_, n) => [`i-${n}`, { type: "m5.large", processors: 2 }]),
    );
    expect((await refusedBy({ running, quota: 205 }, quiet))[1]).toContain(
      "3 x m7i.large need 6 vCPUs beside the 200 that the first 100 of 103 running instances have, and",
    );
    const { logs } = await make(quiet, { running, quota: 206 });
    expect(logs.filter(({ severity }) => severity === "warn").map(({ text }) => text)).toContain(
      'AwsRecovery "dr": instanceType was held against the quota without 3 of 103 instances that run',
    );
  });

  it("warns where nobody may count them, and holds the quota against what it makes", async () => {
    const reason = "UnauthorizedOperation: You are not authorized to perform: ec2:DescribeInstances";
    const fails = { getInstances: reason };
    const { logs } = await make(quiet, { fails });
    expect(logs.filter(({ severity }) => severity === "warn").map(({ text }) => text)).toContain(
      `AwsRecovery "dr": instanceType was held against the quota without what runs already, which could not be counted: ${reason}`,
    );
    expect((await refusedBy({ fails, quota: 5 }, quiet))[1]).toContain("What runs already counts too.");
  });

  it("and at the subnets of a network that is there", async () => {
    const [a, b, c] = subnetIds as [string, string, string];
    const subnets = {
      [a]: { vpcId: "vpc-0ther", availabilityZone: "eu-west-1a", availableIpAddressCount: 100 },
      [b]: { vpcId, availabilityZone: "eu-west-1b", availableIpAddressCount: 0 },
      [c]: { vpcId, availabilityZone: "eu-west-1b", availableIpAddressCount: 100 },
    };
    expect(await refusedBy({ subnets, offering: ["eu-west-1a"] }, givenNetwork)).toEqual([
      'AwsRecovery "dr" cannot be made: 5 mistakes',
      `  - network.subnetIds[0]: is of vpc-0ther (received "${a}"). Name a subnet of ${vpcId} in eu-west-1.`,
      `  - network.subnetIds[1]: has 0 free addresses, and 1 of the nodes come there (received "${b}"). Choose one with room; AWS keeps 5 of each.`,
      `  - network.subnetIds[1]: is in eu-west-1b, and m7i.large is offered in eu-west-1a (received "${b}"). Choose a subnet there, or another type.`,
      `  - network.subnetIds[2]: is in eu-west-1b as network.subnetIds[1] is: both go with that zone (received "${c}"). Name one subnet a zone.`,
      `  - network.subnetIds[2]: is in eu-west-1b, and m7i.large is offered in eu-west-1a (received "${c}"). Choose a subnet there, or another type.`,
    ]);
  });

  it("and refuses a rehearsal in a network that may be production's, or that nobody could look at", async () => {
    const routes: RecoveryCloud["routes"] = [
      { gatewayId: "local" },
      { vpcPeeringConnectionId: "pcx-1" },
      { gatewayId: "vpce-1" },
      { gatewayId: "igw-1" },
    ];
    const change = { ...rehearsal, ...givenNetwork };
    expect(await refusedBy({ routes }, change)).toEqual([
      'AwsRecovery "dr" cannot be made: 2 mistakes',
      `  - network.vpcId: has no tag neumann-rehearsal: it may be production's (received "${vpcId}"). Leave network out, or give a RecoveryNetwork that was made with rehearsal: true.`,
      `  - network.vpcId: has routes to other networks (pcx-1), one of which may be production's (received "${vpcId}"). Take these routes away.`,
    ]);
    const forbidden = { fails: { getVpc: "UnauthorizedOperation: You are not authorized to perform this operation." } };
    expect(await refusedBy(forbidden, change)).toEqual([
      'AwsRecovery "dr" cannot be made: 1 mistake',
      `  - network.vpcId: could not be looked at: UnauthorizedOperation: You are not authorized to perform this operation. (received "${vpcId}"). Leave network out, or give a RecoveryNetwork that was made with rehearsal: true.`,
    ]);
    const tagged = await make({ ...quiet, ...change }, { vpcTags: { "neumann-rehearsal": "true" } }, { preview: true });
    expect(tagged.resources.some(({ name }) => name === "dr-restore")).toBe(true);
  });

  it("and wants zones to be written where it may not see them", async () => {
    const fails = { getAvailabilityZones: "UnauthorizedOperation: no." };
    const zones = args.nodeIds.map((_, index) => `eu-west-1${"abc"[index] as string}`);
    expect(await refusedBy({ fails })).toEqual([
      'AwsRecovery "dr" cannot be made: 1 mistake',
      "  - zones: have to be written, for AWS does not tell which there are: UnauthorizedOperation: no. (received nothing). Write a list such as eu-west-1a, eu-west-1b, eu-west-1c.",
    ]);
    expect(await refusedBy({ offering: ["eu-west-1a"] }, { zones: zones.slice(0, 2) })).toEqual([
      'AwsRecovery "dr" cannot be made: 1 mistake',
      '  - zones[1]: does not offer what is needed: m7i.large is offered in eu-west-1a (received "eu-west-1b"). Choose among these.',
    ]);
    const { logs } = await make({ ...quiet, zones }, { fails }, { preview: true });
    expect(logs.map(({ text }) => text)).toContain(
      'AwsRecovery "dr": zones could not be checked: UnauthorizedOperation: no.',
    );
  });

  it("and refuses what is not there, in AWS's words, and a volume that the backup does not fit into", async () => {
    const big = planResult() as { plan: { source: { plainBytes: number } } };
    big.plan.source.plainBytes = 100 * 1024 ** 3;
    const agent = (words: string[], spec: unknown) => (words[0] === "plan" ? big : usualAgent(words, spec));
    const fails = { getAmi: "invocation of aws:ec2/getAmi:getAmi returned an error: Your query returned no results." };
    expect(await refusedBy({ fails }, { volumeGibibytes: 100 }, agent)).toEqual([
      'AwsRecovery "dr" cannot be made: 2 mistakes',
      '  - amiId: is not there: Your query returned no results. (received "ami-0123456789abcdef0"). An image belongs to one region: name one that is in eu-west-1.',
      "  - volumeGibibytes: is too small: 107374182400 bytes of backup need 300 GiB, 3 times their size and 20 at least (received 100). Leave it out, or write more.",
    ]);
  });

  it("and asks for the database's package where the backup carries none", async () => {
    expect(await refusedBy({}, { database: undefined })).toEqual([
      'AwsRecovery "dr" cannot be made: 1 mistake',
      "  - database: is required, for backup 20261122T040000Z-01020304 carries no package (received nothing). Write key and sha256 of a package in the off-site bucket. For backups to come: databasePackage of the nodes' hosts.",
    ]);
  });

  it.each([
    [
      "invocation of aws:ec2/getAmi:getAmi returned an error: invoking aws:ec2/getAmi:getAmi: 1 error occurred:\n\t* no results\n\n",
      "no results",
    ],
    ["no results", "no results"],
  ])("and repeats AWS's sentence alone", (text, said) => {
    expect(reasonOf(new Error(text))).toBe(said);
  });
});
