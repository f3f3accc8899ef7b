import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import {
  DeleteBucketPolicyCommand,
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectTaggingCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createArchive } from "../../agent/archive/open";
import { S3Archive } from "../../agent/archive/s3";
import { prune, type PruneContext } from "../../agent/commands/prune";
import { runProcedure } from "../../agent/run/steps";
import { type Fault, FaultyProxy, type Seen } from "../../lab/store/faultyProxy";
import { Store, type StoreUser } from "../../lab/store/store";
import { dataPrefix, manifestKey, recordKey, segmentKey, segmentName } from "../../model/layout";
import { type Manifest, serializeManifest } from "../../model/manifest";
import { resolvePolicy } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { Tier } from "../../model/tier";
import { idOf, lineage, manifest } from "../model/fixtures";
import { allSurvived, killAt } from "./killing";
import { killed } from "./procedures";
import { agent, type AgentOptions, complaint, filesBelow, scratch } from "./support";

/**
 * Expiry in a bucket (protocol 19): `prune` tags, and the store deletes by a rule of its own, sooner or later. The lab's
 * store knows no such rules: a test takes the tagged objects away itself.
 */
const folder = scratch("prune-bucket");
const policy = { full: { keepAtLeast: 2 }, snapshots: { keepAtLeast: 1 } };
const bucket = "archive";
let store: Store;
let user: StoreUser;
let client: S3Client;
let policyFile: string;
let prefix: string;
let count = 0;

beforeAll(async () => {
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  user = await store.createUser();
  await store.createBucket(bucket, user);
  const { endpoint, region } = store;
  client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: user });
  fs.mkdirSync(folder, { recursive: true });
  policyFile = path.join(folder, "policy.json");
  fs.writeFileSync(policyFile, JSON.stringify(policy));
});

afterAll(async () => {
  client.destroy();
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  prefix = `p${count++}`;
  await createArchive(location(), "prod", "primary");
  const record = `${JSON.stringify(lineage("l-one"))}\n`;
  await archive().putText(recordKey("prod", "lineages", "l-one.json"), record);
  for (const [number, days] of [90, 80, 70, 60].entries()) await backup(number + 1, days, number * 2);
  for (let number = 0; number < 10; number++) await segment(number, 95 - number);
});

function location(): S3Location {
  const { region, endpoint } = store;
  return { kind: "s3", bucket, prefix, region, endpoint, credentials: { ...user } };
}

const archive = () => new S3Archive(location());
const whole = (key: string) => `${prefix}/${key}`;

/** Objects of the store are files: their times are its times. */
function age(key: string, days: number): void {
  const time = new Date(Date.now() - days * 86_400_000);
  fs.utimesSync(path.join(store.folder, "data", bucket, whole(key)), time, time);
}

async function backup(number: number, days: number, anchor: number, content?: Buffer): Promise<void> {
  const backupId = idOf(number);
  const data = content ?? Buffer.from(`data of ${backupId}`);
  const key = `${dataPrefix("prod", Tier.Full, "l-one", backupId)}data.tar.zst`;
  await archive().putStream(key, Readable.from([data]));
  const open = { first: segmentName(BigInt(anchor + 1)), last: segmentName(BigInt(anchor + 1)) };
  const made: Manifest = {
    ...manifest({ backupId, tier: Tier.Full, lineage: "l-one", index: { low: number, high: number } }),
    parts: [{ name: "data.tar.zst", bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") }],
    wal: { stream: "s1", anchors: [{ stream: "s1", segment: segmentName(BigInt(anchor)) }], open, segments: [] },
  };
  const text = manifestKey("prod", Tier.Full, "l-one", backupId);
  await archive().putText(text, serializeManifest(made));
  for (const name of [key, text]) age(name, days);
}

async function segment(number: number, days: number): Promise<void> {
  const key = segmentKey("prod", "l-one", "s1", segmentName(BigInt(number)));
  await archive().putText(key, `segment ${number}`);
  age(key, days);
}

/** The text of the bucket as an operator writes it; keys come from the environment. */
const place = () => `s3://${bucket}/${prefix}?region=${store.region}&endpoint=${store.endpoint}`;

function run(words: string[], keys: StoreUser = user, options: AgentOptions = {}) {
  const flags = ["--archive", place(), ...(words[0] === "prune" ? ["--no-offsite"] : []), "--cluster", "prod"];
  const environment = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
  return agent(["--json", ...words, ...flags], { environment, ...options });
}

const pruned = (keys?: StoreUser) => run(["prune", "--policy", policyFile], keys);

interface Result {
  pruneId: string | null;
  expired: { kind: string; key: string }[];
  finished: string[];
}

async function prunedWell(): Promise<Result> {
  const ran = await pruned();
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as Result;
}

async function keysThere(): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: `${prefix}/` }));
  return Contents.map(({ Key = "" }) => Key);
}

async function tagsOf(key: string): Promise<Record<string, string>> {
  const { TagSet = [] } = await client.send(new GetObjectTaggingCommand({ Bucket: bucket, Key: key }));
  return Object.fromEntries(TagSet.map(({ Key = "", Value = "" }) => [Key, Value]));
}

async function tagged(): Promise<string[]> {
  const found: string[] = [];
  for (const key of await keysThere()) if ((await tagsOf(key))["neumann-backup"] === "expired") found.push(key);
  return found.map((key) => key.slice(prefix.length + 1)).sort();
}

async function lifecycle(): Promise<void> {
  for (const key of await tagged()) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: whole(key) }));
}

async function listed(): Promise<string[]> {
  const ran = await run(["list"]);
  const { entries } = JSON.parse(ran.stdout) as { entries: { manifest: { backupId: string } }[] };
  return entries.map(({ manifest: { backupId } }) => backupId).sort();
}

describe("prune in a bucket", () => {
  it("tags what goes and nothing else; it counts as gone at once, and is said once", async () => {
    const before = await keysThere();
    const { expired, pruneId } = await prunedWell();
    const keys = expired.map(({ key }) => key).sort();
    expect(expired.filter(({ kind }) => kind === "manifest").map(({ key }) => key.slice(-29, -5))).toEqual([
      idOf(1).slice(-24),
      idOf(2).slice(-24),
    ]);
    expect(expired.some(({ kind }) => kind === "segment")).toBe(true);
    expect(await tagged()).toEqual(keys);
    expect((await keysThere()).filter((key) => before.includes(key))).toEqual(before);
    expect(await listed()).toEqual([idOf(3), idOf(4)]);
    // The store has deleted nothing yet: there is nothing new to say, and nothing is done.
    expect(await prunedWell()).toMatchObject({ pruneId: null, expired: [], finished: [] });
    await lifecycle();
    expect(await prunedWell()).toMatchObject({ pruneId: null, expired: [], finished: [pruneId] });
    expect((await keysThere()).filter((key) => key.includes("/expired/")).map((key) => path.basename(key))).toEqual([
      `${pruneId}.done.json`,
      `${pruneId}.json`,
    ]);
    expect(await prunedWell()).toMatchObject({ pruneId: null, expired: [], finished: [] });
    expect(await listed()).toEqual([idOf(3), idOf(4)]);
  });

  it("leaves the tags of others on an object, and tags the hash beside an upload in parts", async () => {
    await backup(0, 100, 0, Buffer.alloc(12 * 1024 * 1024, "x"));
    const key = `${dataPrefix("prod", Tier.Full, "l-one", idOf(0))}data.tar.zst`;
    const own = { Key: "cost:centre", Value: "a + b" };
    await client.send(new PutObjectTaggingCommand({ Bucket: bucket, Key: whole(key), Tagging: { TagSet: [own] } }));
    await prunedWell();
    expect(await tagsOf(whole(key))).toEqual({ [own.Key]: own.Value, "neumann-backup": "expired" });
    expect((await tagged()).filter((name) => name.startsWith(`${key}.`) && name.endsWith(".meta"))).toHaveLength(1);
  });

  it("takes back what a recovery wants, as long as the store has not deleted it", async () => {
    await prunedWell();
    expect(await tagged()).not.toEqual([]);
    const pin = {
      format: "neumann-recovery/1",
      recoveryId: "r1",
      restorePoint: `backup:${idOf(1)}`,
      digest: "a".repeat(64),
      firstNode: "node1",
      plan: { source: { backupId: idOf(1) } },
    };
    await archive().putText(recordKey("prod", "recoveries", "r1/plan.json"), JSON.stringify(pin));
    const ran = await pruned();
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toMatch(/is withdrawn, for .* stays: recovery r1 restores from it/);
    expect(await listed()).toContain(idOf(1));
    // What the recovery does not want was announced and tagged anew.
    const left = await tagged();
    expect(left.filter((key) => key.includes(idOf(1)))).toEqual([]);
    expect(left.filter((key) => key.endsWith(".wal"))).toEqual([]); // Rolled forward with all of it.
    expect(left.some((key) => key.includes(idOf(2)))).toBe(true);
  });

  it("without the right to tag announces nothing, and goes on with the right", async () => {
    const node = await store.createUser();
    const Resource = [`arn:aws:s3:::${bucket}`, `arn:aws:s3:::${bucket}/*`];
    const allow = ({ accessKeyId }: StoreUser, ...Action: string[]) => ({
      Effect: "Allow",
      Principal: { AWS: [accessKeyId] },
      Action,
      Resource,
    });
    const Statement = [
      allow(user, "s3:*"), // This store's owners obey the policy too.
      allow(node, "s3:GetObject", "s3:PutObject", "s3:ListBucket", "s3:GetObjectTagging"),
    ];
    const Policy = JSON.stringify({ Version: "2012-10-17", Statement });
    await client.send(new PutBucketPolicyCommand({ Bucket: bucket, Policy }));
    try {
      const ran = await pruned(node);
      expect(ran.code).toBe(4);
      expect(complaint(ran)).toContain("403 AccessDenied");
    } finally {
      await client.send(new DeleteBucketPolicyCommand({ Bucket: bucket }));
    }
    expect(await tagged()).toEqual([]);
    expect((await keysThere()).filter((key) => key.includes("/expired/"))).toEqual([]);
    expect(await listed()).toHaveLength(4);
    await prunedWell();
    expect(await listed()).toEqual([idOf(3), idOf(4)]);
  });

  it("believes no record that names what the policy keeps: a stolen host may have put it", async () => {
    await backup(5, 1, 8);
    const kept = manifestKey("prod", Tier.Full, "l-one", idOf(5));
    const foreign = "other/full/manifest/x.json";
    await archive().putText("other/full/manifest/x.json", "{}");
    const old = manifestKey("prod", Tier.Full, "l-one", idOf(1));
    const forged = (manifests: string[]) =>
      JSON.stringify({ format: "neumann-expired/1", manifests, data: [], segments: [] });
    await archive().putText(recordKey("prod", "expired", "20261101T000000Z-00000001.json"), forged([old, kept]));
    await archive().putText(recordKey("prod", "expired", "20261101T000000Z-00000002.json"), forged([foreign]));
    const ran = await pruned();
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stderr).toContain(`20261101T000000Z-00000001 is withdrawn, for ${kept} stays`);
    const marked = await tagged();
    expect(marked).toContain(old); // By the policy.
    expect(marked).not.toContain(kept);
    expect(marked).not.toContain(foreign);
    expect(await listed()).toContain(idOf(5));
  });

  it("tries again where the store is busy with an object, and takes no refusal for an answer", async () => {
    const busy = await FaultyProxy.start(store.endpoint);
    try {
      const through = new S3Archive({ ...location(), endpoint: busy.endpoint }, { retrySeconds: 10 });
      const key = manifestKey("prod", Tier.Full, "l-one", idOf(1));
      const put = ({ method, url }: Seen): boolean => method === "PUT" && url.includes("tagging");
      const ills: Fault[] = [
        { answer: 409, code: "OperationAborted" },
        { answer: 503 },
        { reset: "before" },
        { reset: "after" },
      ];
      busy.fault = (request) => (put(request) ? ills.shift() : undefined);
      await through.expire(key);
      expect(busy.seen.filter(put)).toHaveLength(4); // What a cut-off put had done is seen.
      expect(await tagged()).toEqual([key]);
    } finally {
      await busy.stop();
    }
  });

  it("is no business of a node's schedule: that prunes its folder alone", async () => {
    const near = path.join(folder, prefix);
    await createArchive({ kind: "directory", location: near }, "prod", "primary");
    const away = { ...location(), prefix: `${prefix}-offsite` };
    await createArchive(away, "prod", "offsite");
    const spec: ArchiveSpec = { kind: "directory", location: near, clusterId: "prod", offsite: away };
    prefix = away.prefix;
    const record = `${JSON.stringify(lineage("l-one"))}\n`;
    await archive().putText(recordKey("prod", "lineages", "l-one.json"), record);
    for (let number = 0; number < 3; number++) await segment(number, 95 - number);
    fs.mkdirSync(path.join(near, "prod/wal/l-one/s1"), { recursive: true });
    for (let number = 0; number < 3; number++) {
      const file = path.join(near, segmentKey("prod", "l-one", "s1", segmentName(BigInt(number))));
      fs.writeFileSync(file, "x");
      const time = new Date(Date.now() - 90 * 86_400_000);
      fs.utimesSync(file, time, time);
    }
    const context = (onSchedule: boolean): PruneContext => ({
      archive: spec,
      policy: resolvePolicy(policy),
      holder: "node1",
      onSchedule,
      expiring: [],
      finished: [],
    });
    const silent = { emit: () => undefined };
    await runProcedure(prune, context(true), silent);
    expect(await tagged()).toEqual([]);
    expect(filesBelow(path.join(near, "prod/wal"))).toHaveLength(1);
    await runProcedure(prune, context(false), silent);
    expect(await tagged()).not.toEqual([]);
  });

  it("needs every archive, or the word that there is no other: records of recoveries lie off-site", async () => {
    const ran = await agent(["--json", "prune", "--archive", place(), "--cluster", "prod", "--policy", policyFile]);
    expect(ran.code).toBe(2);
    expect(complaint(ran)).toBe(
      "Nothing can be expired: 1 mistake\n  - --offsite: is missing (received nothing). Name the off-site archive, or write --no-offsite where the cluster has none.",
    );
  });

  it("needs a policy that somebody wrote down", async () => {
    const ran = await run(["prune"]);
    expect(ran.code).toBe(2);
    expect(complaint(ran)).toBe(
      "Nothing can be expired: 1 mistake\n  - --policy: is missing (received nothing). Name a file with the cluster's policy; one with {} means the standard policy.",
    );
  });
});

describe("prune in a bucket, killed", () => {
  const kind = "buckets";

  it.each(prune.steps)("at $name: what is listed is whole, and the next run goes on", async ({ name }) => {
    await killAt(name, {
      procedure: prune,
      kind,
      run: (options) => run(["prune", "--policy", policyFile], user, options),
      async afterKill(point) {
        const ran = await run(["verify", "--depth", "bytes"]);
        expect(ran.code, `${point}: ${complaint(ran)}`).toBe(0);
        const { verdicts } = JSON.parse(ran.stdout) as { verdicts: { backupId: string }[] };
        const whole = verdicts.map(({ backupId }) => backupId);
        expect(whole, point).toEqual(expect.arrayContaining([idOf(3), idOf(4)]));
      },
    });
    await prunedWell();
    expect(await listed()).toEqual([idOf(3), idOf(4)]);
    const gone = await tagged();
    expect(gone.filter((key) => /\/manifest\//.test(key)).sort()).toEqual(
      [1, 2].map((number) => manifestKey("prod", Tier.Full, "l-one", idOf(number))),
    );
    expect(gone.filter((key) => key.endsWith("data.tar.zst"))).toHaveLength(2);
    // Those behind the anchor of the oldest backup that is kept stay.
    expect(gone.filter((key) => key.endsWith(".wal"))).toEqual(
      [0, 1, 2, 3].map((number) => segmentKey("prod", "l-one", "s1", segmentName(BigInt(number)))),
    );
    await lifecycle();
    expect(await prunedWell()).toMatchObject({ pruneId: null, expired: [] });
    const records = (await keysThere()).filter((key) => key.includes("/expired/"));
    expect(records.filter((key) => key.endsWith(".done.json"))).toHaveLength(records.length / 2);
    expect(records).not.toEqual([]);
  });

  it("survived every kill point", () => {
    allSurvived(killed.buckets["prune-bucket"], kind);
  });
});
