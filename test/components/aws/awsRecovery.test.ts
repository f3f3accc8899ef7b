import { gunzipSync } from "node:zlib";
import type * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { AwsRecovery } from "../../../components/aws";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import type { BackupSoftware } from "../../../model/software";
import type { InstallSpec, PlanSpec } from "../../../model/specs";
import { Machine, planDigest, planResult, type Registered, type Run, run, usualAgent, valueOf } from "../harness";
import { named, ofAws, sorted } from "./archiveRuns";
import { recoveryCloud } from "./recoveryCloud";
import { agePairs } from "../../model/fixtures";
import { args, givenNetwork, make, rehearsal } from "./recoveryRuns";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const [{ identity }] = agePairs;

const documentIn = (resources: Registered[], name: string) =>
  JSON.parse(named(resources, name).inputs.policy as string) as PolicyDocument;
const askedPlan = (calls: pulumi.runtime.MockCallArgs[]) => {
  const asked = calls.map(({ inputs }) => inputs as { command?: string; stdin: string });
  const plans = asked.filter(({ command }) => command?.endsWith(" plan --json"));
  return plans.map(({ stdin }) => JSON.parse(stdin) as PlanSpec);
};
const readableUserData = (base64: string): string => {
  const bytes = Buffer.from(base64, "base64");
  return (bytes[0] === 0x1f ? gunzipSync(bytes) : bytes).toString();
};
const stdinOf = (resources: Registered[], name: string): unknown => {
  const found = resources.find((one) => one.name === name && one.type.startsWith("command:"))?.inputs.stdin;
  return JSON.parse(found as string);
};
/** User data is in base64, and long: here as its length. */
const shortened = (resources: Registered[]) =>
  resources.map(({ inputs, ...rest }) => {
    const { userDataBase64, ...more } = inputs;
    return { ...rest, inputs: userDataBase64 === undefined ? more : { ...more, userDataBase64: "(there)" } };
  });
const withoutAlarms = (resources: Registered[]) =>
  resources.filter(({ type }) => !/^aws:(cloudwatch|sns)\//.test(type));

/** The usual runs, once. */
const runs = new Map<string, Promise<Run<AwsRecovery>>>();
function usual(what: "recovery" | "rehearsal"): Promise<Run<AwsRecovery>> {
  const made = runs.get(what) ?? make(what === "rehearsal" ? rehearsal : {});
  runs.set(what, made);
  return made;
}

describe("AwsRecovery", () => {
  it("has these resources, options and documents for ever", async () => {
    const { resources } = await usual("recovery");
    expect(shortened(sorted(withoutAlarms(resources)))).toMatchSnapshot();
  });

  it("has these names in a network that is there, and in a rehearsal", async () => {
    const given = await make(givenNetwork);
    const rehearsed = await usual("rehearsal");
    expect(sorted(given.resources).map(({ urn }) => urn)).toMatchSnapshot("given network");
    expect(sorted(rehearsed.resources).map(({ urn }) => urn)).toMatchSnapshot("rehearsal");
  });

  it("shows plan, time and cost in a preview, and touches nothing", async () => {
    const { result, logs, resources } = await make({}, {}, { preview: true });
    expect((await valueOf(result.plan)).backupId).toBe("20261122T040000Z-01020304");
    expect(await valueOf(result.planDigest)).toBe(planDigest);
    expect(await valueOf(result.predictedSeconds)).toBe(180 + Math.ceil((16 * 80) / (81.25 / 1.048576)));
    expect(await valueOf(result.predictedDollarsPerHour)).toBeCloseTo(
      3 * 0.1008 + (3 * 20 * 0.08) / 730 + 6 * 0.01 + 0.0102,
      4,
    );
    const info = logs.filter(({ severity }) => severity === "info").map(({ text }) => text);
    expect(info).toContain("Recovery r1 of cluster prod, 3 min ago");
    expect(info).toContain(
      'AwsRecovery "dr": account 111122223333, as arn:aws:sts::111122223333:assumed-role/deploy/session',
    );
    expect(info).toContain(
      [
        'AwsRecovery "dr"',
        "  should take     about 3 min 17 s: 3 min until the instances answer (assumed), then 4.0 KiB at 77.5 MiB a second",
        "  will make       3 m7i.large, each with a volume of 20 GiB",
        "  will cost       about $0.38 an hour, $276.80 a month: list prices of us-east-1 unless prices says otherwise; transfer, requests, alarms and tax are not in it",
      ].join("\n"),
    );
    expect(resources.some(({ name }) => name === "dr-restore")).toBe(true);
  });

  it("hangs all of AWS on its checks: everything there has a region, a tag or a policy that comes of them", async () => {
    // Nothing of it is known while the checks are not.
    const program = (opts: pulumi.ComponentResourceOptions) => {
      const { address } = new Machine("one");
      return new AwsRecovery("dr", { ...args, recoveryId: address }, opts);
    };
    const { resources } = await run(program, { ...recoveryCloud(), preview: true });
    const global = /^aws:(iam|route53)\//;
    for (const { type, name, inputs } of ofAws(resources)) {
      if (!global.test(type)) expect(inputs.region, `${type} ${name}`).toHaveProperty("__pulumiUnknown", true);
    }
    expect(ofAws(resources).length).toBeGreaterThan(100);
  });

  it("takes nothing from another stack: with the environment's backend and passphrase gone it still works", async () => {
    const asked = vi.fn();
    const { resources, calls } = await make(
      {},
      {},
      { made: (...of) => (asked(of[0]), recoveryCloud().made?.(...of) ?? {}) },
    );
    expect(resources.filter(({ type }) => type.startsWith("pulumi:pulumi:StackReference"))).toEqual([]);
    expect(calls.filter(({ token }) => token.startsWith("pulumi:"))).toEqual([]);
    // Nor from the lost region: every question is put to the region that is left, or to none.
    for (const { token, inputs } of calls) {
      const { region = "eu-west-1" } = inputs as { region?: string };
      expect(region, token).toBe("eu-west-1");
    }
    const [plan] = askedPlan(calls);
    expect(plan?.archive).toEqual({
      kind: "directory",
      location: "/var/empty/no-archive",
      clusterId: "prod",
      offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1" },
    });
  });

  it("restores from the off-site bucket into a new first one, onto nodes that reach both", async () => {
    const { resources, result } = await make({ offsite: { ...args.offsite, prefix: "neumann" }, alarms: false });
    const { config } = stdinOf(resources, "dr-install-node1") as InstallSpec;
    expect(config.archive).toEqual({
      kind: "s3",
      clusterId: "prod",
      bucket: "prod-backup-2026",
      region: "eu-west-1",
      encryption: { kind: "kms", kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/id-of-dr-primary-key" },
      offsite: { kind: "s3", bucket: "acme-offsite", prefix: "neumann", region: "eu-west-1" },
    });
    expect(config.node.address).toBe("node1.prod.neumann.internal:7878");
    const writes = (name: string) => JSON.stringify(documentIn(resources, name));
    expect(writes("dr-offsite-writer")).toContain("arn:aws:s3:::acme-offsite/neumann/prod/offsite/data/*");
    expect(writes("dr-restorer")).toContain("arn:aws:s3:::acme-offsite/neumann/prod/records/recoveries/*");
    expect(writes("dr-node")).toContain("arn:aws:s3:::prod-backup-2026/prod/wal/*");
    for (const node of args.nodeIds) {
      const attached = resources.filter(({ name }) => name.startsWith(`dr-rights-${node}-`));
      expect(attached.map(({ inputs }) => inputs.policyArn)).toEqual([
        "arn:aws:iam::111122223333:policy/dr-node",
        "arn:aws:iam::111122223333:policy/dr-offsite-writer",
        "arn:aws:iam::111122223333:policy/dr-restorer",
      ]);
    }
    expect((await valueOf(result.report)).lineage).toBe("L2");
    expect((await valueOf(result.reference)).bucket).toBe("prod-backup-2026");
    expect(await valueOf(result.bucket)).toBe("prod-backup-2026");
  });

  it("puts the marker into the new bucket alone: one that is missing off-site is another bucket", async () => {
    const { resources } = await usual("recovery");
    const commands = resources.filter(({ type }) => type === "command:local:Command").map(({ name }) => name);
    expect(commands.filter((name) => !name.includes("host-key"))).toEqual(["dr-primary"]);
  });

  it("sizes the volumes by the plan, and hands the plan's digest on", async () => {
    const big = planResult() as { plan: { source: { plainBytes: number } } };
    big.plan.source.plainBytes = 100 * 1024 ** 3;
    const agent = (words: string[], spec: unknown) => (words[0] === "plan" ? big : usualAgent(words, spec));
    const { resources } = await make({ approvedPlanDigest: planDigest, alarms: false }, {}, { agent });
    expect(named(resources, "dr-data-node1").inputs.size).toBe(300);
  });

  it("installs the package that the backup carries, where none is named, and reads no other object for it", async () => {
    const carried = planResult() as { plan: { source: { software?: BackupSoftware[] } } };
    const [sha256, name] = ["e5".repeat(32), "neumann_1.4.0_amd64.deb"];
    carried.plan.source.software = [{ role: "database-package", name, bytes: 5, sha256 }];
    const agent = (words: string[], spec: unknown) => (words[0] === "plan" ? carried : usualAgent(words, spec));
    const { database, ...rest } = args;
    expect(database).toBeDefined();
    const offsite = {
      ...args.offsite,
      prefix: "neumann",
      kmsKeyArn: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd",
    };
    const program = (opts: pulumi.ComponentResourceOptions) =>
      new AwsRecovery("dr", { ...rest, offsite, alarms: false }, opts);
    const { resources } = await run(program, { ...recoveryCloud(), agent });
    const { userDataBase64 } = named(resources, "dr-instance-node1").inputs;
    const key = `neumann/prod/records/software/${sha256}/${name}`;
    const text = readableUserData(userDataBase64 as string);
    expect(text).toContain(key);
    expect(text).toContain(sha256);
    const rights = JSON.stringify(documentIn(resources, "dr-rights-node1"));
    expect(rights).toContain(`arn:aws:s3:::acme-offsite/${key}"`);
    expect(rights).toContain(offsite.kmsKeyArn);
  });

  it("leads into the network by one host, whose key is known, and lets nobody else in", async () => {
    const { resources } = await usual("recovery");
    const wayIn = resources.filter(
      ({ type, inputs }) => type.includes("SecurityGroupIngressRule") && inputs.fromPort === 22,
    );
    const ends = wayIn.map(({ name, inputs }) => [name, inputs.cidrIpv4 ?? inputs.referencedSecurityGroupId]);
    expect(ends).toEqual([
      ["dr-jump-in-ssh-0", "198.51.100.7/32"],
      ["dr-in-ssh-group-0", "sg-0a"],
    ]);
    const gateways = resources.filter(({ inputs }) => JSON.stringify(inputs.routes ?? []).includes("gatewayId"));
    expect(gateways.map(({ name }) => name)).toEqual(["dr-public-routes"]);
    const jump = named(resources, "dr-jump").inputs;
    const userData = Buffer.from(jump.userDataBase64 as string, "base64").toString();
    expect(userData).toContain('"steps": [\n     "host key"\n    ]');
    expect(userData).toContain("ssh_genkeytypes: []");
    expect(userData).not.toContain("PRIVATE KEY-----\n");
    expect(documentIn(resources, "dr-rights-jump").Statement.map(({ Action }) => Action)).toEqual([
      ["ssm:GetParameter"],
    ]);
    expect(jump.metadataOptions).toMatchObject({ httpTokens: "required", httpPutResponseHopLimit: 1 });
  });

  it("keeps the login's key and the identity as secrets, and out of everything that AWS gets", async () => {
    const { resources, logs } = await make({ identity, alarms: false });
    const text = JSON.stringify([ofAws(resources).map(({ inputs }) => inputs), logs]);
    expect(text).not.toContain(args.login.privateKey as string);
    expect(text).not.toContain(identity);
  });

  it("stands twice in one program", async () => {
    const { resources } = await run(
      (opts) => [
        new AwsRecovery("dr", args, opts),
        new AwsRecovery("other", { ...args, ...rehearsal, alarms: false }, opts),
      ],
      recoveryCloud(),
    );
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
  });

  it("goes on where it has begun, though its image or its room is gone: it warns", async () => {
    const agent = (words: string[], spec: unknown) =>
      words[0] === "plan" ? { ...planResult(), state: "restored" } : usualAgent(words, spec);
    const { logs, resources } = await make(
      { alarms: false },
      { quota: 1, image: { architecture: "x86_64", state: "deregistered" } },
      { agent },
    );
    const warned = logs.filter(({ severity }) => severity === "warn").map(({ text }) => text);
    expect(warned).toContain('AwsRecovery "dr": amiId is deregistered');
    expect(warned.some((text) => text.includes("is more than the account may run in eu-west-1"))).toBe(true);
    expect(resources.some(({ name }) => name === "dr-accept")).toBe(true);
  });

  it("warns of what it may not look at, and of a time that breaks the policy", async () => {
    const fails = {
      getServiceQuota: "AccessDeniedException: not authorized to perform: servicequotas:GetServiceQuota",
    };
    const policy = { offsite: { recoveryTimeMinutes: 1 } };
    const { logs } = await make({ policy, alarms: false }, { fails });
    const warned = logs.filter(({ severity }) => severity === "warn").map(({ text }) => text);
    expect(warned).toContain(
      'AwsRecovery "dr": instanceType could not be checked: AccessDeniedException: not authorized to perform: servicequotas:GetServiceQuota',
    );
    expect(warned).toContain(
      'AwsRecovery "dr" should take 3 min 17 s, longer than policy.offsite.recoveryTimeMinutes allows (60 s): faster volumes or instances would help',
    );
  });
});

describe("a rehearsal", () => {
  it("may read production's off-site bucket, and write to its own alone", async () => {
    const { resources } = await usual("rehearsal");
    const policies = resources.filter(({ type }) => type === "aws:iam/policy:Policy");
    expect(policies.map(({ name }) => name).sort()).toEqual(["dr-node", "dr-reader", "dr-restorer"]);
    for (const { name } of policies) {
      for (const { Effect, Action, Resource = [] } of documentIn(resources, name).Statement) {
        if (Effect === "Deny" || !Action.some((action) => /^s3:(Put|Abort|Delete|Restore)/.test(action))) continue;
        for (const arn of Resource) expect(arn).toMatch(/^arn:aws:s3:::prod-rehearsal-backup-2026\/prod-rehearsal\//);
      }
    }
    expect(JSON.stringify(documentIn(resources, "dr-reader"))).toContain("arn:aws:s3:::acme-offsite/prod/*");
  });

  it("is a clone with an archive, a name and a history of its own", async () => {
    const { resources, calls } = await usual("rehearsal");
    const { config } = stdinOf(resources, "dr-install-node1") as InstallSpec;
    expect(config.archive).toMatchObject({ clusterId: "prod-rehearsal", bucket: "prod-rehearsal-backup-2026" });
    expect(config.archive).not.toHaveProperty("offsite");
    expect(config.node.address).toBe("node1.prod-rehearsal.neumann.internal:7878");
    const source = {
      kind: "directory",
      location: "/var/empty/no-archive",
      clusterId: "prod",
      offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1" },
    };
    const { plan } = stdinOf(resources, "dr-restore") as { plan: PlanSpec };
    expect(plan.cloneOf).toEqual(source);
    for (const asked of askedPlan(calls)) {
      expect(asked.cloneOf).toEqual(source);
      expect(asked.archive.clusterId).toBe("prod-rehearsal");
    }
  });

  it("has a network of its own, that leads to its buckets and to no other network", async () => {
    const { resources } = await make({ ...rehearsal, policy: { offsite: { continuousWal: true } }, alarms: false });
    const types = new Set(resources.map(({ type }) => type));
    for (const type of types) expect(type).not.toMatch(/peering|transitgateway|vpnGateway|natGateway/i);
    const { Statement } = documentIn(resources, "dr-store");
    expect(Statement[0]?.Resource).toEqual([
      "arn:aws:s3:::acme-offsite",
      "arn:aws:s3:::acme-offsite/*",
      "arn:aws:s3:::prod-rehearsal-backup-2026",
      "arn:aws:s3:::prod-rehearsal-backup-2026/*",
    ]);
  });

  it("shows what it is by its tags, and keeps nothing", async () => {
    const { resources } = await usual("rehearsal");
    const tagged = ofAws(resources).filter(
      ({ inputs, type }) => inputs.tags !== undefined && !/cloudwatch|sns/.test(type),
    );
    expect(tagged.length).toBeGreaterThan(30);
    for (const { name, inputs } of tagged) {
      expect(inputs.tags, name).toMatchObject({ "neumann-rehearsal": "true", expiresAt: "2026-11-24T18:00:00Z" });
    }
    for (const { name, options } of resources) {
      expect(options.protect, name).toBeUndefined();
      expect(options.retainOnDelete, name).toBeUndefined();
    }
    expect(named(resources, "dr-primary-bucket").inputs.forceDestroy).toBe(true);
  });

  it("protects and keeps what a recovery made, and shows no rehearsal there", async () => {
    const { resources } = await usual("recovery");
    for (const name of ["dr-primary-bucket", "dr-primary-key", "dr-data-node1"]) {
      expect(named(resources, name).options, name).toMatchObject({ protect: true, retainOnDelete: true });
    }
    expect(JSON.stringify(resources.map(({ inputs }) => inputs))).not.toContain("neumann-rehearsal");
  });
});
