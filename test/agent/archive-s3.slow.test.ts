import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { buildSync } from "esbuild";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { Conflict } from "../../agent/archive/archive";
import { createArchive, openArchive } from "../../agent/archive/open";
import { S3Archive } from "../../agent/archive/s3";
import { ExitCode, explain } from "../../agent/run/errors";
import { FaultyProxy, type Seen } from "../../lab/store/faultyProxy";
import { Store, type StoreUser } from "../../lab/store/store";
import type { S3Location } from "../../model/s3Location";
import { archiveSuite } from "./archiveSuite";
import { filesBelow, scratch } from "./support";

const folder = scratch("archive-s3");
let store: Store;
let user: StoreUser;
let proxy: FaultyProxy;
let places = 0;

beforeAll(async () => {
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  user = await store.createUser();
  await store.createBucket("archive", user);
  proxy = await FaultyProxy.start(store.endpoint);
});

afterAll(async () => {
  await proxy.stop();
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** An empty prefix of the bucket. */
function place(more: Partial<S3Location> = {}): S3Location {
  const { region, endpoint } = store;
  const keys = { accessKeyId: user.accessKeyId, secretAccessKey: user.secretAccessKey };
  return { kind: "s3", bucket: "archive", prefix: `p/${places++}`, region, endpoint, credentials: keys, ...more };
}

const behindProxy = (more: Partial<S3Location> = {}) => place({ endpoint: proxy.endpoint, ...more });
const impatient = { retrySeconds: 10 };
const mebibyte = 1024 * 1024;

function sha(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** A stream of random-looking content, and that content. */
function large(bytes: number, seed = 1): { content: Buffer; stream: () => Readable } {
  const content = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 4096) content.writeUInt32LE((at * 2654435761 + seed) >>> 0, at);
  const chunks = function* () {
    for (let at = 0; at < bytes; at += 300_000) yield content.subarray(at, at + 300_000);
  };
  return { content, stream: () => Readable.from(chunks()) };
}

async function read(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function failure(work: Promise<unknown>): Promise<{ exitCode: number; message: string }> {
  const error: unknown = await work.then(
    () => expect.fail("it succeeded"),
    (reason: unknown) => reason,
  );
  return explain(error);
}

const module = path.resolve(__dirname, "../../agent/archive/s3");

archiveSuite("a bucket", {
  folder,
  place: () => Promise.resolve(place()),
  connect: (location) => new S3Archive(location),
  source: (location) => ({
    imports: `import { S3Archive } from ${JSON.stringify(module)};`,
    expression: `new S3Archive(${JSON.stringify(location)})`,
  }),
});

describe("a bucket as archive: large streams", () => {
  it("come back byte by byte, with their hash, and are the same when they come again", async () => {
    const archive = new S3Archive(place());
    const { content, stream } = large(20 * mebibyte + 77);
    const expected = { bytes: content.length, sha256: sha(content) };
    expect(await archive.putStream("d/data", stream())).toEqual({ created: true, ...expected });
    expect(await archive.storedHash("d/data")).toBe(expected.sha256);
    expect(sha(await read(await archive.getStream("d/data")))).toBe(expected.sha256);
    expect(await archive.putStream("d/data", stream())).toEqual({ created: false, ...expected });
    await expect(archive.putStream("d/data", large(20 * mebibyte + 77, 2).stream())).rejects.toThrow(Conflict);
    await expect(archive.putText("d/data", "small")).rejects.toThrow(Conflict);
    expect(sha(await read(await archive.getStream("d/data")))).toBe(expected.sha256);
    expect((await archive.list("")).map(({ key }) => key)).toEqual(["d/data"]);
  });

  it("lets exactly one of eight with other contents win", async () => {
    const location = place();
    const contents = Array.from({ length: 8 }, (_, i) => large(9 * mebibyte, i));
    const results = await Promise.allSettled(
      contents.map(({ stream }) => new S3Archive(location).putStream("race/large", stream())),
    );
    const won = results.flatMap((result, i) => (result.status === "fulfilled" ? [i] : []));
    expect(won).toHaveLength(1);
    for (const result of results) if (result.status === "rejected") expect(result.reason).toBeInstanceOf(Conflict);
    const archive = new S3Archive(location);
    const winner = sha(contents[won[0]!]!.content);
    expect(await archive.storedHash("race/large")).toBe(winner);
    expect(sha(await read(await archive.getStream("race/large")))).toBe(winner);
  });

  it("need little memory: 500 MiB there and back", () => {
    const program = path.join(folder, "memory.cjs");
    const entry = path.join(folder, "memory.ts");
    fs.writeFileSync(
      entry,
      `import { S3Archive } from ${JSON.stringify(module)};
import { Readable } from "node:stream";
const archive = new S3Archive(${JSON.stringify(place())});
async function main() {
  await archive.putText("warm", "x");
  const before = process.memoryUsage().rss;
  await archive.putStream("large", Readable.from((function* () { for (let i = 0; i < 500; i++) yield Buffer.alloc(1 << 20, i); })()));
  let bytes = 0;
  for await (const chunk of await archive.getStream("large")) bytes += chunk.length;
  process.stdout.write(JSON.stringify({ bytes, rise: process.resourceUsage().maxRSS * 1024 - before }));
}
void main();`,
    );
    buildSync({ entryPoints: [entry], outfile: program, bundle: true, platform: "node", logLevel: "error" });
    const { stdout, stderr } = spawnSync(process.execPath, [program], { encoding: "utf8" });
    expect(stderr).toBe("");
    const { bytes, rise } = JSON.parse(stdout) as { bytes: number; rise: number };
    expect(bytes).toBe(500 * mebibyte);
    expect(rise).toBeLessThan(250 * mebibyte);
  });
});

const isPut = ({ method, headers }: Seen) => method === "PUT" && Number(headers["content-length"]) > 0;
const completes = ({ method, url }: Seen) => method === "POST" && url.includes("uploadId=");

describe("a bucket as archive: faults", () => {
  beforeEach(() => {
    proxy.fault = () => undefined;
    proxy.seen.length = 0;
  });

  it.each([500, 502, 503, 429])("a store that answers %i for a while is asked again", async (status) => {
    const archive = new S3Archive(behindProxy(), impatient);
    const { content, stream } = large(18 * mebibyte);
    const fault = { answer: status, code: "SlowDown" };
    for (const [name, work] of Object.entries({
      putText: () => archive.putText("small", "text"),
      putStream: () => archive.putStream("large", stream()),
      getText: () => archive.getText("small"),
      getStream: async () => expect(sha(await read(await archive.getStream("large")))).toBe(sha(content)),
      list: async () => expect(await archive.list("")).toHaveLength(2),
      storedHash: () => archive.storedHash("large"),
      now: () => archive.now(),
    })) {
      proxy.failNext(2, fault);
      await work().catch((error: unknown) => expect.fail(`${name}: ${String(error)}`));
    }
  });

  it("a store that goes on failing is given up after the time for it, as a fault of the world", async () => {
    const archive = new S3Archive(behindProxy(), { retrySeconds: 2 });
    proxy.fault = () => ({ answer: 503, code: "SlowDown" });
    const began = Date.now();
    const { exitCode, message } = await failure(archive.putText("small", "text"));
    expect(Date.now() - began).toBeLessThan(4000);
    expect(exitCode).toBe(ExitCode.World);
    expect(message).toMatch(
      /^PUT p\/\d+\/small in s3:\/\/archive at http:\S+ was answered with 503 SlowDown \(No\)\. Tried \d+ times in \d s; run the same command again when that is over\.$/,
    );
    expect(proxy.seen.length).toBeGreaterThan(3);
    const large18 = await failure(archive.putStream("large", large(18 * mebibyte).stream()));
    expect(large18.exitCode).toBe(ExitCode.World);
    proxy.fault = () => undefined;
    expect(await archive.list("")).toEqual([]);
  });

  it("a store that forbids it is not asked again", async () => {
    const archive = new S3Archive(behindProxy(), impatient);
    proxy.fault = () => ({ answer: 403, code: "AccessDenied" });
    const puts = [() => archive.putText("a", "b"), () => archive.putStream("large", large(18 * mebibyte).stream())];
    for (const put of puts) {
      const { exitCode, message } = await failure(put());
      expect(exitCode).toBe(ExitCode.World);
      expect(message).toMatch(/403 AccessDenied \(No\)\. Allow these credentials to do that in archive\.$/);
    }
    expect(proxy.seen.length).toBeLessThan(4);
  });

  it("an object that a store calls forbidden, and a listing shows to be missing, is missing", async () => {
    const archive = new S3Archive(behindProxy(), impatient);
    await archive.putText("there", "text");
    await archive.putText("there-too", "text");
    proxy.seen.length = 0;
    // So does AWS where credentials may list their own prefix only.
    proxy.fault = ({ method, url }) =>
      method !== "PUT" && !url.includes("list-type") ? { answer: 403, code: "AccessDenied" } : undefined;
    expect(await archive.getText("ther")).toBeUndefined();
    expect(await archive.storedHash("ther")).toBeUndefined();
    await archive.expire("ther");
    await expect(archive.getStream("ther").then(read)).rejects.toThrow("there is nothing under");
    for (const work of [() => archive.getText("there"), () => archive.storedHash("there")]) {
      expect((await failure(work())).message).toMatch(/403.*Allow these credentials to do that in archive\.$/);
    }
    // Who may not list either is told what is forbidden.
    proxy.fault = () => ({ answer: 403, code: "AccessDenied" });
    expect((await failure(archive.getText("ther"))).message).toMatch(/^GET p\/\d+\/ther in .* 403 AccessDenied/);
  });

  it.each(["before", "after"] as const)("a connection that is reset %s the work leads to one object", async (reset) => {
    const archive = new S3Archive(behindProxy(), impatient);
    proxy.failNext(2, { reset }, isPut);
    expect(await archive.putText("small", "text")).toMatchObject({ bytes: 4 });
    expect(await archive.getText("small")).toBe("text");
    proxy.failNext(1, { reset }, isPut);
    await expect(archive.putText("small", "other")).rejects.toThrow(Conflict);
    const { content, stream } = large(18 * mebibyte);
    proxy.failNext(2, { reset }, isPut);
    expect(await archive.putStream("large", stream())).toMatchObject({ created: true, sha256: sha(content) });
    proxy.failNext(1, { reset }, completes);
    expect(await archive.putStream("larger", stream())).toMatchObject({ created: true, sha256: sha(content) });
    expect((await archive.list("")).map(({ key }) => key)).toEqual(["large", "larger", "small"]);
  });

  it.each(["cut", "flip"] as const)("a body that arrives %s is not stored", async (upload) => {
    const archive = new S3Archive(behindProxy(), { retrySeconds: 2 });
    const { content, stream } = large(18 * mebibyte);
    proxy.failNext(1, { upload }, isPut);
    await archive.putText("small", "text of some length");
    proxy.failNext(1, { upload }, isPut);
    await archive.putStream("large", stream());
    expect(await archive.getText("small")).toBe("text of some length");
    expect(sha(await read(await archive.getStream("large")))).toBe(sha(content));

    proxy.fault = (request) => (isPut(request) ? { upload } : undefined);
    const puts = [() => archive.putText("never", "text of some length"), () => archive.putStream("never", stream())];
    for (const put of puts) {
      expect((await failure(put())).exitCode).toBe(ExitCode.World);
    }
    proxy.fault = () => undefined;
    expect((await archive.list("")).map(({ key }) => key)).toEqual(["large", "small"]);
  });

  it("what comes back cut is read on from there, what comes back changed is not taken", async () => {
    const archive = new S3Archive(behindProxy(), impatient);
    const { content, stream } = large(18 * mebibyte);
    await archive.putStream("large", stream());
    await archive.putText("small", "text of some length");
    proxy.failNext(3, { download: "cut" });
    expect(sha(await read(await archive.getStream("large")))).toBe(sha(content));
    proxy.failNext(1, { download: "cut" });
    expect(await archive.getText("small")).toBe("text of some length");
    // Half of a list is none.
    proxy.failNext(2, { download: "cut" });
    expect((await archive.list("")).map(({ key }) => key)).toEqual(["large", "small"]);
    proxy.failNext(2, { download: "short" });
    expect((await archive.list("")).map(({ key }) => key)).toEqual(["large", "small"]);
    proxy.failNext(2, { download: "short" });
    expect(await archive.versions.hidden("")).toEqual([]);
    proxy.failNext(1, { download: "flip" });
    const { exitCode, message } = await failure(archive.getText("small"));
    expect(exitCode).toBe(ExitCode.Damaged);
    expect(message).toMatch(/small does not have the SHA-256 that was stored with it: [0-9a-f]{64}$/);
  });

  it("asks the store to encrypt where that is configured", async () => {
    const kms = new S3Archive(behindProxy({ encryption: { kind: "kms", kmsKeyId: "alias/backup" } }));
    await kms.putText("small", "x").catch(() => undefined);
    await kms.putStream("large", large(9 * mebibyte).stream()).catch(() => undefined);
    const begun = proxy.seen.filter(
      ({ method, url }) => (method === "PUT" && !url.includes("uploadId")) || url.endsWith("?uploads"),
    );
    expect(begun.length).toBeGreaterThanOrEqual(2);
    for (const { headers } of begun) {
      expect(headers).toMatchObject({
        "x-amz-server-side-encryption": "aws:kms",
        "x-amz-server-side-encryption-aws-kms-key-id": "alias/backup",
      });
    }
  });

  it("signs by the store's clock when this host's is wrong", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3600_000 });
    try {
      const archive = new S3Archive(place(), impatient);
      expect(await archive.storedHash("small")).toBeUndefined();
      await archive.putText("small", "text");
      expect(await archive.getText("small")).toBe("text");
      expect(Math.abs((await archive.now()).getTime() - (Date.now() - 3600_000))).toBeLessThan(10_000);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe("which bucket it is", () => {
  it("is made once and recognised ever after", async () => {
    const location = place();
    expect(await createArchive(location, "prod", "primary")).toBe(true);
    expect(await createArchive(location, "prod", "primary")).toBe(false);
    const name = `s3://archive/${location.prefix} at ${store.endpoint}`;
    await expect(openArchive(location, "prod", "offsite")).rejects.toThrow(
      `${name} is the primary archive of cluster prod, not the offsite archive of prod. Name the right bucket and prefix.`,
    );
    await expect(openArchive(location, "test", "primary")).rejects.toThrow(
      `${name} is not the primary archive of cluster test: test/records/archive.json is missing. Are bucket and prefix the right ones?`,
    );
  });

  it("refuses a prefix that holds something under the cluster's name", async () => {
    const location = place();
    await new S3Archive(location).putText("prod/precious", "x");
    await expect(createArchive(location, "prod", "primary")).rejects.toThrow(
      /holds prod\/precious but no prod\/records\/archive\.json: it is not an archive that this library made\. Name an empty bucket or another prefix\.$/,
    );
  });

  it("refuses a store that replaces what it shall keep", async () => {
    let puts = 0;
    proxy.fault = (request) => (isPut(request) && ++puts === 2 ? { answer: 200 } : undefined);
    await expect(createArchive(behindProxy(), "prod", "primary")).rejects.toThrow("it does not know If-None-Match");
    proxy.fault = () => undefined;
  });

  it.each<[string, () => Partial<S3Location>, RegExp]>([
    [
      "a bucket that is missing",
      () => ({ bucket: "nowhere" }),
      /404 NoSuchBucket .*Name the right bucket, or create it/,
    ],
    ["another region", () => ({ region: "eu-west-1" }), /The bucket lies in us-east-1: write region: "us-east-1"\.$/],
    [
      "a wrong secret",
      () => ({ credentials: { accessKeyId: user.accessKeyId, secretAccessKey: "wrong-secret" } }),
      /403 SignatureDoesNotMatch .*The secret key is not that of the access key/,
    ],
    [
      "an unknown key",
      () => ({ credentials: { accessKeyId: "NOBODY", secretAccessKey: "wrong-secret" } }),
      /403 InvalidAccessKeyId .*The store does not know this access key/,
    ],
    [
      "a name that is not known",
      () => ({ endpoint: "http://nowhere.invalid" }),
      /that name is not known: correct endpoint/,
    ],
    ["a port where nothing listens", () => ({ endpoint: "http://127.0.0.1:1" }), /nothing listens there/],
    [
      "credentials that are not there",
      () => ({ credentials: { file: "/nonexistent/credentials" } }),
      /credentials cannot be read: .*Put the file there/,
    ],
  ])("says what to do about %s", async (_what, change, message) => {
    const failed = await failure(new S3Archive(place(change()), { retrySeconds: 1 }).getText("x"));
    expect(failed.message).toMatch(message);
    expect(failed.message).not.toContain("secret-");
    expect(failed.message).not.toContain("wrong-secret");
    expect(failed.exitCode).toBe(ExitCode.World);
  });

  it("reads keys from a file, and again when they were replaced", async () => {
    const file = path.join(folder, "credentials");
    const write = (keys: StoreUser) =>
      fs.writeFileSync(
        file,
        `[default]\naws_access_key_id = nobody\naws_secret_access_key = none\n\n[backup]\naws_access_key_id = ${keys.accessKeyId}\naws_secret_access_key = ${keys.secretAccessKey}\n`,
        { mode: 0o600 },
      );
    write(user);
    const archive = new S3Archive(place({ credentials: { file, profile: "backup" } }), impatient);
    await archive.putStream("large", large(9 * mebibyte).stream());
    write({ accessKeyId: "replaced", secretAccessKey: "replaced" });
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 120_000 });
    try {
      await expect(archive.getText("large")).rejects.toThrow("InvalidAccessKeyId");
    } finally {
      vi.useRealTimers();
    }
    fs.writeFileSync(file, "[default]\naws_secret_access_key = precious\n");
    const { message } = await failure(new S3Archive(place({ credentials: { file } })).getText("x"));
    expect(message).toBe(
      `${file} has no keys in [default]: it needs aws_access_key_id and aws_secret_access_key there, a line each.`,
    );
  });

  it("lists more than fits into one answer", async () => {
    const archive = new S3Archive(place());
    const keys = Array.from({ length: 1203 }, (_, i) => `many/${String(i).padStart(5, "0")}`);
    for (let at = 0; at < keys.length; at += 100) {
      await Promise.all(keys.slice(at, at + 100).map((key) => archive.putText(key, key)));
    }
    expect((await archive.list("many/")).map(({ key }) => key)).toEqual(keys);
  });

  it("lies in the bucket as docs/format.md says", async () => {
    const location = place();
    const archive = new S3Archive(location);
    await archive.putStream("d/data.tar.zst", large(9 * mebibyte).stream());
    await archive.putText("d/record.json", "{}");
    const files = filesBelow(path.join(store.folder, "data", "archive", location.prefix ?? "", "d"));
    expect(files).toEqual([
      "data.tar.zst",
      expect.stringMatching(/^data\.tar\.zst\.[0-9a-f]{12}\.meta$/),
      "record.json",
    ]);
  });
});
