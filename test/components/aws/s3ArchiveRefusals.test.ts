import * as pulumi from "@pulumi/pulumi";
import { describe, expect, it, vi } from "vitest";
import { S3Archive, type S3ArchiveArgs } from "../../../components/aws";
import { type Registered, refusalsOf } from "../harness";
import { args, make, named, ofAws, sorted } from "./archiveRuns";
import type { Cloud } from "./cloud";

vi.mock("../../../components/agentBundle", async () => (await import("../harness")).fakeBundle());

const messagesOf = (change: Partial<S3ArchiveArgs>, is: Partial<Cloud> = {}) => refusalsOf(() => make(change, is));

describe("S3Archive and the caller's account", () => {
  it("refuses another account than was expected, before anything is made", async () => {
    const resources: Registered[] = [];
    const program = () => make({ expectedAccountId: "999999999999" }, {}, { resources });
    expect(await refusalsOf(program)).toEqual([
      'S3Archive "prod" cannot be created: the caller arn:aws:sts::111122223333:assumed-role/deploy/session is of account 111122223333, and expectedAccountId says 999999999999. Use credentials of that account.',
    ]);
    expect(ofAws(resources)).toEqual([]);
  });

  it("holds the off-site account against what was expected of it", async () => {
    const [message] = await messagesOf({ expectedOffsiteAccountId: "999999999999" });
    expect(message).toContain("expectedOffsiteAccountId says 999999999999");
  });

  it("refuses a caller who could change nothing afterwards", async () => {
    const [message] = await messagesOf({ administratorArns: ["arn:aws:iam::111122223333:role/admins"] });
    expect(message).toBe(
      'S3Archive "prod" cannot be created: the caller arn:aws:sts::111122223333:assumed-role/deploy/session is not among administratorArns: the next up could change nothing any more. Add its role.',
    );
  });
});

describe("S3Archive takes over buckets", () => {
  const settings = {
    VersioningConfiguration: { Status: "Enabled" },
    ObjectLockEnabled: true,
    LifecycleConfiguration: { Rules: [{ Id: "old" }] },
  };
  const keys = ["prod/records/archive.json", "notes/x"];
  const there = { buckets: { "acme-old": { settings, keys }, "acme-away": { settings, keys } } };
  const adopted = { adoptBucket: "acme-old", adoptOffsiteBucket: "acme-away" };

  it("by their names and regions, as they are, and says what will be another way", async () => {
    const { resources, logs } = await make(adopted, there, { preview: true });
    const { inputs, options } = named(resources, "prod-offsite-bucket");
    expect(inputs.bucket).toBe("acme-away");
    expect(options).toMatchObject({ import: "acme-away@eu-west-1", protect: true, retainOnDelete: true });
    expect(options.ignoreChanges).toEqual(expect.arrayContaining(["tags", "lifecycleRules", "objectLockEnabled"]));
    const said = logs.map(({ text }) => text).join("\n");
    expect(said).toContain('S3Archive "prod" has the bucket acme-away, which was there before:');
    expect(said).toContain("its lifecycle rules old go");
    expect(said).toContain("new objects are locked for 30 days and not for 0");
  });

  it("with the same resources as any other archive, so that the argument may go later", async () => {
    const urns = async (change: Partial<S3ArchiveArgs>) =>
      sorted((await make(change, there)).resources).map(({ urn }) => urn);
    expect(await urns(adopted)).toEqual(await urns({ bucket: "acme-old", offsiteBucket: "acme-away" }));
  });

  it.each<[string, object, string[], string]>([
    ["no lock", { VersioningConfiguration: { Status: "Enabled" } }, [], "it has no object lock"],
    [
      "suspended versioning",
      { ...settings, VersioningConfiguration: { Status: "Suspended" } },
      [],
      "its versioning is suspended",
    ],
    ["another cluster's marker", settings, ["staging/records/archive.json"], "it is the archive of staging"],
  ])("unless there is %s: then nothing is made", async (_what, found, more, reason) => {
    const resources: Registered[] = [];
    const is = { buckets: { "acme-away": { settings: found, keys: [...keys, ...more] } } };
    const [message] = await refusalsOf(() => make({ adoptOffsiteBucket: "acme-away" }, is, { resources }));
    expect(message).toContain('S3Archive "prod" cannot take over the bucket acme-away:\n  - ');
    expect(message).toContain(reason);
    expect(ofAws(resources)).toEqual([]);
  });
});

describe("S3Archive refuses", () => {
  it.each<[Partial<Record<keyof S3ArchiveArgs, unknown>>, string]>([
    [
      { clusterId: "Prod!" },
      'clusterId: is no name for a cluster (received "Prod!"). Use lower-case letters, digits and dashes, at most 63, such as prod.',
    ],
    [
      { offsiteRegion: "eu-central-1" },
      'offsiteRegion: is the region of the first bucket (received "eu-central-1"). Choose another region, or write acceptSameRegion: true if nothing needs to survive the loss of this one.',
    ],
    [{ acceptSameRegion: "yes" }, 'acceptSameRegion: must be true or false (received "yes"). Write it without quotes.'],
    [{ region: "Frankfurt" }, 'region: is no region (received "Frankfurt"). Write it as in eu-central-1.'],
    [
      { expectedAccountId: 123 },
      'expectedAccountId: is no account (received 123). Write its twelve digits in quotes, such as "123456789012".',
    ],
    [
      { bucket: "A" },
      'bucket: is no name of a bucket (received "A"). Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.',
    ],
    [
      { bucket: "same", offsiteBucket: "same" },
      'offsiteBucket: shares the fate of the first archive (received "same"). Choose another bucket, in another region and under other credentials.',
    ],
    [
      { kmsKeyArn: "alias/x" },
      'kmsKeyArn: is no ARN of a key (received "alias/x"). Write arn:…:kms:<region>:<account>:key/<id>: an alias may come to mean another key.',
    ],
    [
      { offsiteKmsKeyArn: "arn:aws:kms:eu-central-1:111122223333:key/k" },
      'offsiteKmsKeyArn: is not in eu-west-1 (received "arn:aws:kms:eu-central-1:111122223333:key/k"). A bucket needs a key of its own region, or it falls with the other one.',
    ],
    [
      { offsiteLock: { mode: "governance", days: 366 } },
      "offsiteLock.days: locks longer than the policy keeps offsite (365 days): it could not be given up (received 366). Write at most 365, or keep it longer.",
    ],
    [
      { replicate: true, offsiteLock: { mode: "governance", days: 31 } },
      "offsiteLock.days: locks longer than the policy keeps what is replicated (30 days): it could not be given up (received 31). Write at most 30, or keep it longer.",
    ],
    [
      { offsiteLock: { mode: "compliance", days: 7 } },
      "offsiteLock.acceptIrreversibleDays: must repeat the days of a lock that nobody can undo (received nothing). Write 7 if nobody, you included, shall be able to remove a backup for 7 days; else use governance.",
    ],
    [
      { breakGlassArns: ["root"] },
      'breakGlassArns[0]: is no ARN of a role or user (received "root"). Write arn:…:iam::<account>:role/<name>, also for sessions of that role.',
    ],
    [{ administratorArns: "x" }, 'administratorArns: must be a list (received "x"). Write the ARNs in brackets.'],
    [
      { undeleteDays: 0 },
      "undeleteDays: must be a whole number from 1 to 365 (received 0). Leave it out for the standard value.",
    ],
    [
      { steps: { offsite: [] } },
      "steps.offsite: does not lie in the primary archive (received []). Use one of: snapshots, full, wal.",
    ],
    [
      { offsiteBackstopDays: { full: 400 } },
      "offsiteBackstopDays.full: does not lie in the offsite archive (received 400). Use one of: offsite, wal.",
    ],
    [{ tags: { team: 1 } }, "tags.team: must be a text (received 1). Write it in quotes."],
    [{ tags: { "aws:x": "1" } }, 'tags.aws:x: is AWS\'s own (received "1"). Use a name without aws: before it.'],
    [
      { replicate: "yes" },
      'replicate: must be a plain boolean (received "yes"). Write true or false: it decides which resources there are.',
    ],
    [
      { adoptBucket: "acme", bucket: "acme" },
      'bucket: is given beside adoptBucket (received "acme"). Give one of them: adoptBucket names the bucket too.',
    ],
    [
      { adoptBucket: "acme", disposable: true },
      'adoptBucket: contradicts disposable (received "acme"). Leave out disposable: it would delete what is there already.',
    ],
    [
      { adoptBucket: "ACME" },
      'adoptBucket: is no name of a bucket (received "ACME"). Use 3 to 63 lower-case letters, digits, dashes and dots, such as acme-neumann-backup.',
    ],
    [
      { adoptBucket: "acme", region: pulumi.output("eu-central-1") },
      'region: must be plain beside adoptBucket (received "an output"). Write the region of the bucket.',
    ],
    [
      { disposable: true, offsiteLock: { mode: "governance", days: 7 } },
      'offsiteLock: contradicts disposable (received {"mode":"governance","days":7}). Leave out one of them: what is locked cannot be disposed of.',
    ],
    [
      { credentials: { file: "keys" } },
      'credentials.file: must be an absolute path (received "keys"). Write the whole path, such as /etc/neumann/backup-credentials.',
    ],
    [
      { offsiteCredentials: { accessKeyId: "A" } },
      "offsiteCredentials.secretAccessKey: is missing (received nothing). Give both keys.",
    ],
  ])("%o", (change, mistake) => {
    const wanted = { ...args, ...change } as S3ArchiveArgs;
    expect(() => new S3Archive("prod", wanted)).toThrow(
      `S3Archive "prod" cannot be created: 1 mistake\n  - ${mistake}`,
    );
  });

  it("a step that costs more than it saves", () => {
    const offsiteSteps = { offsite: [{ afterDays: 30, storageClass: "GLACIER_IR" }] };
    expect(() => new S3Archive("prod", { ...args, offsiteSteps })).toThrow(
      "offsiteSteps.offsite[0].storageClass: costs more than it saves",
    );
  });

  it("all mistakes in one message", () => {
    const wanted = { ...args, clusterId: "A", region: "B", undeleteDays: 0, policy: { full: { retentionDays: 0 } } };
    expect(() => new S3Archive("prod", wanted)).toThrow(
      /4 mistakes\n[^]*clusterId:[^]*region:[^]*undeleteDays:[^]*policy\.full/,
    );
  });

  it("values that are known later, before they are used", async () => {
    const resources: Registered[] = [];
    const found = await refusalsOf(() => make({ offsiteRegion: pulumi.output("eu-central-1") }, {}, { resources }));
    expect(found).toEqual([expect.stringContaining("offsiteRegion: is the region of the first bucket")]);
    expect(ofAws(resources)).toEqual([]);
  });

  it("nothing of two buckets in one region, where that was accepted", async () => {
    const { resources } = await make({ offsiteRegion: "eu-central-1", acceptSameRegion: true });
    expect(named(resources, "prod-offsite-bucket").inputs.region).toBe("eu-central-1");
  });
});
