import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { replicationRuleIds, S3Archive } from "../../../components/aws";
import { ClusterBackups } from "../../../components/clusterBackups";
import type { PolicyDocument } from "../../../model/aws/policyDocument";
import { localHosts, Machine, type Registered, run, valueOf } from "../harness";
import { args, make, named, ofAws, sorted } from "./archiveRuns";
import { cloud, OtherAccount } from "./cloud";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const documentOf = (resources: Registered[], name: string) =>
  JSON.parse(named(resources, name).inputs.policy as string) as PolicyDocument;

/** Everything that can be chosen. */
function everything(opts: pulumi.ComponentResourceOptions): S3Archive {
  return new S3Archive(
    "prod",
    {
      ...args,
      offsiteProvider: new OtherAccount("vault"),
      expectedAccountId: "111122223333",
      bucket: "acme-backup",
      kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/own",
      offsiteLock: { mode: "compliance", days: 20, acceptIrreversibleDays: 20 },
      replicate: true,
      breakGlassArns: ["arn:aws:iam::111122223333:role/break-glass"],
      administratorArns: ["arn:aws:iam::111122223333:role/deploy"],
      undeleteDays: 20,
      logRetentionDays: 90,
      tags: { team: "storage" },
      credentials: { file: "/etc/neumann/first" },
      offsiteCredentials: { file: "/etc/neumann/offsite" },
    },
    opts,
  );
}

describe("S3Archive", () => {
  it("has these resources, options and documents for ever", async () => {
    const { resources } = await make();
    expect(sorted(resources)).toMatchSnapshot();
  });

  it("has these with everything that can be chosen", async () => {
    const { resources } = await run(everything, cloud());
    expect(sorted(resources)).toMatchSnapshot();
  });

  it("has a region on every child that is not of the whole account, each bucket's set in its own", async () => {
    const { resources } = await run(everything, cloud());
    for (const { name, type, inputs } of ofAws(resources)) {
      if (type.startsWith("aws:iam/") || type.startsWith("pulumi:providers")) continue;
      expect(inputs.region, name).toBe(name.startsWith("prod-offsite") ? "eu-west-1" : "eu-central-1");
    }
  });

  it("protects and keeps a bucket with all that belongs to it, and nothing is left out", async () => {
    const { resources } = await run(everything, cloud());
    const all = ofAws(resources);
    expect(all.length).toBeGreaterThan(35);
    for (const { name, options } of all) {
      expect(options, name).toMatchObject({ parent: "prod", protect: true, retainOnDelete: true });
    }
  });

  it("relaxes all of that by one argument, which locks nothing", async () => {
    const { resources, result } = await make({ disposable: true });
    for (const { name, options } of ofAws(resources)) {
      expect(options.protect, name).toBeUndefined();
      expect(options.retainOnDelete, name).toBeUndefined();
    }
    for (const name of ["prod-primary-bucket", "prod-offsite-bucket"]) {
      expect(named(resources, name).inputs).toMatchObject({ forceDestroy: true });
    }
    expect(named(resources, "prod-offsite-bucket").inputs.objectLockEnabled).toBeUndefined();
    expect(resources.some(({ name }) => name === "prod-offsite-lock")).toBe(false);
    expect((await valueOf(result.reference)).offsite).not.toHaveProperty("objectLock");
  });

  it("makes the children of the other account by its provider, and asks who the caller is there", async () => {
    const { resources, calls } = await run(everything, cloud());
    for (const { name, options, type } of ofAws(resources)) {
      if (type.startsWith("pulumi:")) continue;
      expect(options.provider !== undefined, name).toBe(name.startsWith("prod-offsite"));
    }
    expect(calls.filter(({ token }) => token.includes("getCallerIdentity")).length).toBe(2);
    const rules = named(resources, "prod-replication").inputs.rules as { destination: object }[];
    expect(rules[0]?.destination).toMatchObject({
      account: "111122223333",
      accessControlTranslation: { owner: "Destination" },
    });
    const allowed = documentOf(resources, "prod-offsite-policy").Statement.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.map(({ Sid }) => Sid)).toEqual(["CopiesOfTheOtherBucket", "CopiesLookAtVersioning"]);
    expect(documentOf(resources, "prod-offsite-key-policy").Statement.map(({ Sid }) => Sid)).toContain(
      "CopiesOfTheOtherBucket",
    );
  });

  it("replicates within one account without rights in the policies, and never a delete marker", async () => {
    const { resources } = await make({ replicate: true });
    const rules = named(resources, "prod-replication").inputs.rules as Record<string, unknown>[];
    expect(rules.map(({ id }) => id)).toEqual(replicationRuleIds("prod"));
    expect(rules.map(({ filter }) => filter)).toEqual([{ prefix: "prod/full/" }, { prefix: "prod/wal/" }]);
    for (const rule of rules) {
      expect(rule).toMatchObject({
        deleteMarkerReplication: { status: "Disabled" },
        sourceSelectionCriteria: { sseKmsEncryptedObjects: { status: "Enabled" } },
        destination: { metrics: { status: "Enabled" } },
      });
      expect(rule.destination).not.toHaveProperty("account");
    }
    expect(documentOf(resources, "prod-offsite-policy").Statement.every(({ Effect }) => Effect === "Deny")).toBe(true);
    expect(named(resources, "prod-replication").options.dependsOn).toEqual(
      expect.arrayContaining(["prod-primary-versioning", "prod-offsite-versioning"]),
    );
  });

  it("has one lifecycle configuration a bucket, with every rule of the policy", async () => {
    const { resources } = await make({ policy: { full: { retentionDays: 60 } } });
    const all = ofAws(resources).filter(({ type }) => type.endsWith(":BucketLifecycleConfiguration"));
    expect(new Set(all.map(({ inputs }) => inputs.bucket)).size).toBe(all.length);
    const rules = named(resources, "prod-primary-lifecycle").inputs.rules as Record<string, unknown>[];
    expect(rules.find(({ id }) => id === "full-data-given-up")).toEqual({
      id: "full-data-given-up",
      status: "Enabled",
      filter: { and: { prefix: "prod/full/data/", tags: { "neumann-backup": "expired" } } },
      expiration: { days: 60 },
      noncurrentVersionExpiration: { noncurrentDays: 16 },
    });
    for (const { inputs } of all) expect(inputs.transitionDefaultMinimumObjectSize).toBe("all_storage_classes_128K");
    // Days beside the removal of markers would never converge.
    for (const { expiration } of rules as { expiration?: object }[]) {
      expect(Object.keys(expiration ?? {}).length).toBeLessThan(2);
    }
  });

  it("moves data to cheaper storage, and says in a preview what goes without a prune", async () => {
    const offsiteSteps = { offsite: [{ afterDays: 30, storageClass: "GLACIER_IR" }] };
    // Each verification would read it all, which costs there.
    const policy = { verification: { bytesEveryMinutes: 0, restoreEveryMinutes: 0 } };
    const change = { policy, offsiteSteps, offsiteBackstopDays: { offsite: 800 }, replicate: true };
    const { resources, logs } = await make(change, {}, { preview: true });
    const rules = named(resources, "prod-offsite-lifecycle").inputs.rules as Record<string, unknown>[];
    expect(rules.find(({ id }) => id === "offsite-data-hidden")?.transitions).toEqual([
      { days: 30, storageClass: "GLACIER_IR" },
    ]);
    expect(rules.find(({ id }) => id === "offsite-data-backstop")?.expiration).toEqual({ days: 802 });
    expect(rules.filter(({ transitions }) => transitions !== undefined).length).toBe(1);
    expect(logs).toContainEqual({
      severity: "warn",
      text: expect.stringContaining(
        'S3Archive "prod", offsite: offsite: what is 800 days old goes without a prune',
      ) as string,
    });
  });

  it("puts the markers after every setting, and has a reference like any other archive's", async () => {
    const { resources, result } = await make();
    const commands = resources.filter(({ type }) => type === "command:local:Command");
    expect(commands.map(({ name }) => name).sort()).toEqual(["prod-offsite", "prod-primary"]);
    const settings = ofAws(resources).map(({ name }) => name);
    for (const { options } of commands) expect(options.dependsOn).toEqual(expect.arrayContaining(settings));
    expect(await valueOf(result.reference)).toStrictEqual({
      kind: "s3",
      clusterId: "prod",
      bucket: "prod-backup-2026",
      region: "eu-central-1",
      encryption: { kind: "kms", kmsKeyId: "arn:aws:kms:eu-central-1:111122223333:key/id-of-prod-primary-key" },
      offsite: {
        kind: "s3",
        bucket: "prod-offsite-2026",
        region: "eu-west-1",
        encryption: { kind: "kms", kmsKeyId: "arn:aws:kms:eu-west-1:111122223333:key/id-of-prod-offsite-key" },
        objectLock: { mode: "governance", days: 30 },
      },
    });
    expect(await valueOf(result.offsiteBucketArn)).toBe("arn:aws:s3:::prod-offsite-2026");
    expect(await valueOf(result.accountId)).toBe("111122223333");
  });

  it("goes into ClusterBackups, whose policy it is held against", async () => {
    const { resources } = await run((opts) => {
      const { reference } = new S3Archive("prod", args, opts);
      return new ClusterBackups("prod", { nodes: localHosts(), archive: reference }, opts);
    }, cloud());
    const install = resources.find(({ name }) => name === "prod-install-node1");
    expect(install?.inputs.stdin).toContain('"bucket":"prod-backup-2026"');
  });

  it("keeps keys as secrets where they are needed, and nothing else for their sake", async () => {
    const secretAccessKey = "very-secret-key";
    const { resources, logs } = await make({ credentials: { accessKeyId: "AKID", secretAccessKey } });
    for (const { name, inputs } of ofAws(resources)) {
      expect(JSON.stringify(inputs), name).not.toContain("4dabf18193072939515e22adb298388d");
      expect(JSON.stringify(inputs), name).not.toContain(secretAccessKey);
    }
    const stdin = resources.find(({ name, type }) => name === "prod-offsite" && type.startsWith("command:"))?.inputs
      .stdin;
    expect(typeof stdin === "object" && stdin !== null && "4dabf18193072939515e22adb298388d" in stdin).toBe(true);
    expect(JSON.stringify(logs)).not.toContain(secretAccessKey);
  });

  it("stands twice in one program", async () => {
    const { resources } = await run(
      (opts) => [
        new S3Archive("prod", args, opts),
        new S3Archive("staging", { ...args, clusterId: "staging", accessLogs: false, inventory: false }, opts),
      ],
      cloud(),
    );
    const urns = resources.map(({ urn }) => urn);
    expect(new Set(urns).size).toBe(urns.length);
    for (const { name, options } of ofAws(resources)) expect(options.parent, name).toBe(name.split("-")[0]);
    expect(resources.filter(({ name }) => name.startsWith("staging") && name.includes("logs"))).toEqual([]);
    expect(named(resources, "staging-offsite-bucket").inputs.bucketPrefix).toBe("staging-offsite-");
  });

  it("is previewed while its arguments are unknown, with the same resources as an up", async () => {
    const program = (opts: pulumi.ComponentResourceOptions) => {
      const { address } = new Machine("one");
      const offsiteLock = address.apply((mode) => ({ mode, days: 7 }));
      return new S3Archive(
        "prod",
        {
          ...args,
          clusterId: address,
          region: address,
          policy: address.apply(() => ({})),
          offsiteLock,
          kmsKeyArn: address,
        },
        opts,
      );
    };
    const { resources } = await run(program, { ...cloud(), preview: true });
    const { resources: known } = await make({ kmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/own" });
    const names = (all: Registered[]) => sorted(all.filter(({ name }) => name !== "one")).map(({ urn }) => urn);
    expect(names(resources)).toEqual(names(known));
  });

  it("is previewed with a name of its own to be made", async () => {
    const { resources, logs } = await make({}, {}, { preview: true });
    expect(named(resources, "prod-primary-bucket").inputs.bucketPrefix).toBe("prod-backup-");
    expect(logs.map(({ text }) => text)).toEqual([
      'S3Archive "prod": account 111122223333, as arn:aws:sts::111122223333:assumed-role/deploy/session',
    ]);
  });

  it.each([
    ["aws-cn", "cn-north-1", "cn-northwest-1", "amazonaws.com.cn"],
    ["aws-us-gov", "us-gov-west-1", "us-gov-east-1", "amazonaws.com"],
  ])("writes no ARN of another partition in %s", async (partition, region, offsiteRegion, dnsSuffix) => {
    const is = { partition, dnsSuffix, callerArn: `arn:${partition}:iam::111122223333:user/me` };
    const { resources } = await make({ region, offsiteRegion, replicate: true }, is);
    const text = JSON.stringify(resources.map(({ inputs }) => inputs));
    const partitions = new Set([...text.matchAll(/arn:([a-z-]+):/g)].map(([, found]) => found));
    expect([...partitions]).toEqual([partition]);
    expect(text).toContain(`s3.${offsiteRegion}.${dnsSuffix}`);
  });
});
