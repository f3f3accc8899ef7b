import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { readCatalog } from "../../agent/archive/catalog";
import { S3Archive } from "../../agent/archive/s3";
import { FaultyProxy } from "../../lab/store/faultyProxy";
import { Store, type StoreUser } from "../../lab/store/store";
import { dataPrefix, manifestKey } from "../../model/layout";
import { serializeManifest } from "../../model/manifest";
import { Tier } from "../../model/tier";
import { idOf, manifest } from "../model/fixtures";
import { scratch } from "./support";

/** Manifests that were read before are not asked for again, and what lies on this machine is never believed. */
const folder = scratch("manifest-cache");
const bucket = "archive";
const backups = 40;
let store: Store;
let user: StoreUser;
let proxy: FaultyProxy;
let cache: string;
let count = 0;

beforeAll(async () => {
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  user = await store.createUser();
  await store.createBucket(bucket, user);
  proxy = await FaultyProxy.start(store.endpoint);
  const archive = of(store.endpoint);
  for (let number = 1; number <= backups; number += 1) await putBackup(archive, number);
});

afterAll(async () => {
  await proxy.stop();
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

beforeEach(() => {
  cache = path.join(folder, `cache-${(count += 1)}`);
  vi.stubEnv("NEUMANN_BACKUP_CACHE", cache);
  proxy.seen.length = 0;
});

afterEach(() => vi.unstubAllEnvs());

function of(endpoint: string): S3Archive {
  return new S3Archive({ kind: "s3", bucket, region: store.region, endpoint, credentials: { ...user } });
}

const textOf = (number: number, index = number): string =>
  serializeManifest(manifest({ backupId: idOf(number), index: { low: index, high: index } }));

const keyOf = (number: number): string => manifestKey("prod", Tier.Full, "l-one", idOf(number));

async function putBackup(archive: S3Archive, number: number): Promise<void> {
  const data = `${dataPrefix("prod", Tier.Full, "l-one", idOf(number))}data.tar.zst`;
  await archive.putText(data, "x".repeat(10_000));
  await archive.putText(keyOf(number), textOf(number));
}

const read = () => readCatalog("prod", [{ place: "primary", archive: of(proxy.endpoint) }], []);

/** What the bucket itself says, with no cache. */
async function truth() {
  vi.stubEnv("NEUMANN_BACKUP_CACHE", "");
  const found = await read();
  vi.stubEnv("NEUMANN_BACKUP_CACHE", cache);
  proxy.seen.length = 0;
  return found;
}

const asked = () =>
  proxy.seen.filter(({ method, url }) => method === "GET" && url.includes("/manifest/") && !url.includes("?"));

const file = () => path.join(cache, fs.readdirSync(cache)[0] ?? "");
const rewrite = (change: (text: string) => string) => fs.writeFileSync(file(), change(fs.readFileSync(file(), "utf8")));

it("asks for no manifest that it has read before, and shows the same", async () => {
  const first = await read();
  expect(first.entries).toHaveLength(backups);
  expect(asked()).toHaveLength(backups);
  proxy.seen.length = 0;
  expect(await read()).toEqual(first);
  expect(asked()).toEqual([]);
  expect(await truth()).toEqual(first);
});

it.each([
  [
    "forged: other contents of the same length",
    (text: string) => text.replaceAll('"term\\": 3', '"term\\": 4').replaceAll('\\"term\\":3', '\\"term\\":4'),
  ],
  ["forged: backups that are not there", () => JSON.stringify([textOf(700), textOf(701)])],
  ["cut off", (text: string) => text.slice(0, text.length / 2)],
  ["no list", () => '{"a": 1}'],
  ["a list of other things", () => "[1, null, {}]"],
  ["empty", () => ""],
])("a cache that is %s hides and invents nothing", async (_, change) => {
  const right = await truth();
  await read();
  const before = fs.readFileSync(file(), "utf8");
  rewrite(change);
  expect(fs.readFileSync(file(), "utf8")).not.toBe(before);
  expect(await read()).toEqual(right);
});

it("what came, went and was changed since is shown as it is now", async () => {
  await read();
  const stored = (number: number) => path.join(store.folder, "data", bucket, keyOf(number));
  fs.rmSync(stored(1));
  await putBackup(of(store.endpoint), 99);
  // Somebody with all rights replaces a manifest by one of the same length.
  fs.rmSync(stored(2));
  await of(store.endpoint).putText(keyOf(2), textOf(2, 9));
  const found = await read();
  expect(found).toEqual(await truth());
  const ids = found.entries.map((entry) => entry.manifest.backupId);
  expect(ids).not.toContain(idOf(1));
  expect(ids).toContain(idOf(99));
  expect(found.entries.find((entry) => entry.manifest.backupId === idOf(2))?.manifest.index.low).toBe(9);
});

it("a folder that cannot be written costs nothing but time", async () => {
  const right = await truth();
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(cache, "a file where the folder would be");
  expect(await read()).toEqual(right);
});

it("a text is known by the hash that the listing shows", async () => {
  const [object] = await of(store.endpoint).list(keyOf(3));
  expect(object?.md5).toBe(createHash("md5").update(textOf(3)).digest("hex"));
});
