import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { createArchive } from "../../agent/archive/open";
import { S3Archive } from "../../agent/archive/s3";
import type { HiddenList } from "../../agent/commands/listHidden";
import { Store } from "../../lab/store/store";
import type { Catalog } from "../../model/catalog";
import { dataPrefix, manifestKey, recordKey, segmentKey, segmentName } from "../../model/layout";
import { type Manifest, serializeManifest } from "../../model/manifest";
import type { S3Location } from "../../model/s3Location";
import { Tier } from "../../model/tier";
import { idOf, lineage, manifest } from "../model/fixtures";
import { agent, endAll, scratch } from "./support";

/**
 * Buckets of a real store that keep older versions, and what is done with them. Its delete markers are what S3's are, with two
 * differences: a put with `If-None-Match` over a marker is refused, and a version's time is that at which it was covered.
 */
export const folder = scratch("versioned-bucket");
export const bucket = "versioned";
export const locked = "locked";
export const plain = "plain";
export let store: Store;
export let client: S3Client;
export let policyFile: string;
export let prefix: string;
let count = 0;

beforeAll(async () => {
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  const { endpoint, region } = store;
  client = new S3Client({ endpoint, region, forcePathStyle: true, credentials: store.root });
  for (const Bucket of [bucket, plain]) await client.send(new CreateBucketCommand({ Bucket }));
  await client.send(new CreateBucketCommand({ Bucket: locked, ObjectLockEnabledForBucket: true }));
  const VersioningConfiguration = { Status: "Enabled" as const };
  await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
  fs.mkdirSync(folder, { recursive: true });
  policyFile = path.join(folder, "policy.json");
  fs.writeFileSync(policyFile, JSON.stringify({ full: { keepAtLeast: 1 }, snapshots: { keepAtLeast: 1 } }));
});

afterAll(async () => {
  client.destroy();
  await endAll();
  await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

beforeEach(async () => {
  prefix = `p${count++}`;
  await createArchive(location(), "prod", "primary");
  await archive().putText(recordKey("prod", "lineages", "l-one.json"), `${JSON.stringify(lineage("l-one"))}\n`);
});

export function location(change: Partial<S3Location> = {}): S3Location {
  const { region, endpoint } = store;
  return { kind: "s3", bucket, prefix, region, endpoint, credentials: { ...store.root }, ...change };
}

export const archive = (change: Partial<S3Location> = {}) => new S3Archive(location(change));
export const whole = (key: string) => `${prefix}/${key}`;
export const dataKey = (number: number) => `${dataPrefix("prod", Tier.Full, "l-one", idOf(number))}data.tar.zst`;
export const manifestOf = (number: number) => manifestKey("prod", Tier.Full, "l-one", idOf(number));
export const segment = (number: number) => segmentKey("prod", "l-one", "s1", segmentName(BigInt(number)));

/** A full backup whose data is small, or so large that it goes in parts. */
export async function backup(number: number, bytes = 0, into = archive()): Promise<void> {
  const data = bytes === 0 ? Buffer.from(`data of ${number}`) : Buffer.alloc(bytes, String(number));
  await into.putStream(dataKey(number), Readable.from([data]));
  const open = { first: segmentName(BigInt(number)), last: segmentName(BigInt(number)) };
  const made: Manifest = {
    ...manifest({ backupId: idOf(number), tier: Tier.Full, lineage: "l-one", index: { low: number, high: number } }),
    parts: [{ name: "data.tar.zst", bytes: data.length, sha256: createHash("sha256").update(data).digest("hex") }],
    wal: { stream: "s1", anchors: [{ stream: "s1", segment: segmentName(BigInt(number - 1)) }], open, segments: [] },
  };
  await into.putText(manifestOf(number), serializeManifest(made));
}

export async function backups(...numbers: number[]): Promise<void> {
  for (const number of numbers) await backup(number);
}

/** As somebody with the right to delete does it, or a rule of the bucket. */
export async function remove(...keys: string[]): Promise<void> {
  for (const key of keys) await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: whole(key) }));
}

export async function keysThere(below = ""): Promise<string[]> {
  const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: whole(below) }));
  return Contents.map(({ Key = "" }) => Key.slice(prefix.length + 1));
}

/** Every version and every marker, whatever its key. */
export async function everything(): Promise<string[]> {
  const found = await client.send(new ListObjectVersionsCommand({ Bucket: bucket, Prefix: `${prefix}/` }));
  const name = (kind: string) => (entry: { Key?: string; VersionId?: string }) =>
    `${kind} ${entry.Key} ${entry.VersionId}`;
  return [...(found.Versions ?? []).map(name("version")), ...(found.DeleteMarkers ?? []).map(name("marker"))].filter(
    (line) => !line.includes("/records/claims/"),
  );
}

export const place = (change: Partial<S3Location> = {}) => {
  const { bucket: name, endpoint, region } = location(change);
  return `s3://${name}/${prefix}?region=${region}&endpoint=${endpoint}`;
};

export function run(words: string[], keys = store.root, options: { failpoint?: string } = {}) {
  const environment = { AWS_ACCESS_KEY_ID: keys.accessKeyId, AWS_SECRET_ACCESS_KEY: keys.secretAccessKey };
  const more = words[0] === "prune" ? ["--no-offsite", "--policy", policyFile] : [];
  return agent(["--json", ...words, ...more, "--archive", place(), "--cluster", "prod"], { environment, ...options });
}

export async function good<T>(words: string[]): Promise<T> {
  const ran = await run(words);
  expect(ran.code, ran.stderr).toBe(0);
  return JSON.parse(ran.stdout) as T;
}

export interface Undeleted {
  dryRun: boolean;
  undeleted: { place: string; key: string }[];
  left: { key: string; problem: string }[];
}

export async function listed(): Promise<string[]> {
  const { entries } = await good<Catalog>(["list"]);
  return entries.map(({ manifest: { backupId }, problem }) => (problem === null ? backupId : `${backupId} bad`)).sort();
}

export const hidden = async () => (await good<Catalog & { hidden: HiddenList }>(["list", "--hidden"])).hidden;
export const undeleted = async (...words: string[]) =>
  (await good<Undeleted>(["undelete", ...words])).undeleted.map(({ key }) => key).sort();

/** The keys of another archive in the same bucket from now on. */
export function moveTo(other: string): void {
  prefix = other;
}

/** Keys of the store's root in the environment. */
export function rootKeys(): Record<string, string> {
  return { AWS_ACCESS_KEY_ID: store.root.accessKeyId, AWS_SECRET_ACCESS_KEY: store.root.secretAccessKey };
}
