import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { S3Archive } from "../agent/archive/s3";
import { Store } from "../lab/store/store";
import { dataPrefix, manifestKey, recordKey, segmentKey, segmentName } from "../model/layout";
import { type Manifest, manifestFormat, serializeManifest } from "../model/manifest";
import type { S3Location } from "../model/s3Location";
import { Tier } from "../model/tier";
import { bundle, clusterId, createArchive, inFolder, median, must, type Row, timed } from "./support";

const backups = 10_000;
const segments = 100_000;
const streams = 3;
const runs = 3;
const lineage = "l-one";
const stepMs = 30 * 60_000;
const begin = Date.parse("2026-04-01T00:00:00Z");

/** `list`, `plan` and `prune --dry-run` of a large bucket beside one listing of it, all of them as processes, in turn. */
export async function benchListMany(say: (line: string) => void): Promise<Row[]> {
  return inFolder(async (folder) => {
    const store = await Store.start(say, { parent: folder });
    try {
      const location = await makeBucket(store, say);
      return await compare(folder, location, say);
    } finally {
      await store.stop();
    }
  });
}

async function compare(folder: string, location: S3Location, say: (line: string) => void): Promise<Row[]> {
  const { bucket, region, endpoint } = location;
  const { accessKeyId, secretAccessKey } = location.credentials as { accessKeyId: string; secretAccessKey: string };
  const env = {
    ...process.env,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    NEUMANN_BACKUP_CACHE: path.join(folder, "cache"),
  };
  const policy = path.join(folder, "policy.json");
  fs.writeFileSync(policy, "{}");
  const place = ["--archive", `s3://${bucket}?region=${region}&endpoint=${endpoint ?? ""}`, "--cluster", clusterId];
  const commands: Record<string, string[]> = {
    list: ["list", ...place],
    plan: ["plan", "end-of-log", ...place],
    "prune --dry-run": ["prune", "--dry-run", "--policy", policy, "--no-offsite", ...place],
  };
  const agent = (words: readonly string[]) => timed(() => must("node", [bundle, "--json", ...words], { env }));
  const listing = () => timed(() => must("node", [path.join(__dirname, "listing.js"), JSON.stringify(location)]));
  await listing();
  const cold = await agent(commands.list as string[]);
  say(`  the first list on a machine, which reads every manifest: ${cold.seconds.toFixed(2)} s`);
  const found = (JSON.parse(cold.result) as { entries: { problem: string | null }[] }).entries;
  if (found.length !== backups || found.some(({ problem }) => problem !== null))
    throw new Error(`list shows ${found.length} backups: ${found.find(({ problem }) => problem !== null)?.problem}`);
  const rival: number[] = [];
  const ours = new Map(Object.keys(commands).map((name) => [name, [] as number[]]));
  for (let run = 0; run < runs; run += 1) {
    rival.push((await listing()).seconds);
    for (const [name, words] of Object.entries(commands)) {
      const { seconds } = await agent(words);
      say(`  ${name}: ${seconds.toFixed(2)} s`);
      ours.get(name)?.push(seconds);
    }
  }
  const known = [...ours].map(([name, figures]) => row(`${name} of 10,000 backups, s`, median(figures), median(rival)));
  return [...known, row("the first list on a machine, s", cold.seconds, median(rival))];
}

function row(what: string, ours: number, rival: number): Row {
  return { what, ours, rival, kind: "ratio", atMost: 1.3, rivalName: "one listing of the bucket" };
}

/**
 * Two tiers, and the log of three nodes. Objects are files of the lab's store: they are laid there as it lays them, for
 * 110,000 puts would take longer than all that is measured.
 */
async function makeBucket(store: Store, say: (line: string) => void): Promise<S3Location> {
  const user = await store.createUser();
  const bucket = await store.createBucket("bench", user);
  const location: S3Location = {
    kind: "s3",
    bucket,
    region: store.region,
    endpoint: store.endpoint,
    credentials: { ...user },
  };
  createArchive(location);
  const archive = new S3Archive(location);
  await archive.putText(recordKey(clusterId, "lineages", `${lineage}.json`), `${JSON.stringify(lineageRecord)}\n`);
  const root = path.join(store.folder, "data", bucket);
  for (let n = 0; n < backups; n += 1) putBackup(root, n);
  say(`  ${backups} backups laid into the bucket`);
  for (let n = 0; n < segments; n += 1) {
    const of = n % streams;
    const at = segmentKey(clusterId, lineage, streamOf(of), segmentName(BigInt(Math.floor(n / streams))));
    put(root, at, "s", begin + (n / segments) * backups * stepMs);
  }
  must("python3", ["-c", markAll, root, archiveMarker(root)]);
  say(`  ${segments} segments laid into the bucket`);
  return location;
}

const streamOf = (n: number): string => `node${n + 1}-aabbccd${n}`;

const lineageRecord = {
  format: "neumann-lineage/1",
  lineage,
  clusterId,
  databaseClusterId: "db",
  purpose: "production",
  createdAt: new Date(begin).toISOString(),
  parent: null,
};

/** A file that the store itself made: what it writes beside a content is copied from there. */
function archiveMarker(root: string): string {
  return path.join(root, recordKey(clusterId, "lineages", `${lineage}.json`));
}

/** The store keeps MD5 and metadata of an object as attributes of its file. */
const markAll = `
import hashlib, json, os, sys
root, template = sys.argv[1:]
kind = os.getxattr(template, "user.content-type")
for folder, _, names in os.walk(root):
    for name in names:
        at = os.path.join(folder, name)
        if "user.etag" in os.listxattr(at): continue
        content = open(at, "rb").read()
        os.setxattr(at, "user.etag", ('"%s"' % hashlib.md5(content).hexdigest()).encode())
        os.setxattr(at, "user.metadata", json.dumps({"sha256": hashlib.sha256(content).hexdigest()}).encode())
        os.setxattr(at, "user.content-type", kind)
`;

const made = new Set<string>();

function put(root: string, key: string, content: string, atMs: number): void {
  const file = path.join(root, key);
  const folder = path.dirname(file);
  if (!made.has(folder)) fs.mkdirSync(folder, { recursive: true });
  made.add(folder);
  fs.writeFileSync(file, content);
  fs.utimesSync(file, atMs / 1000, atMs / 1000);
}

function putBackup(root: string, n: number): void {
  const made = manifestOf(n);
  const { tier, backupId } = made;
  const at = begin + n * stepMs + 60_000;
  put(root, `${dataPrefix(clusterId, tier, lineage, backupId)}data.tar.zst`, `data of ${backupId}`, at);
  put(root, manifestKey(clusterId, tier, lineage, backupId), serializeManifest(made), at);
}

function manifestOf(n: number): Manifest {
  const from = new Date(begin + n * stepMs).toISOString();
  const backupId = `${from.replace(/[:-]|\.\d{3}/g, "")}-${n.toString(16).padStart(8, "0")}`;
  const sha = (of: string) => createHash("sha256").update(of).digest("hex");
  const segment = (more: number) => segmentName(BigInt(Math.floor((n * segments) / streams / backups) + more));
  const full = n % 10 === 0;
  const stream = streamOf(0);
  return {
    format: manifestFormat,
    backupId,
    tier: full ? Tier.Full : Tier.Snapshots,
    clusterId,
    lineage,
    databaseClusterId: "db",
    createdAt: from,
    copiedAt: from,
    node: { id: "node1", term: 3 },
    index: { low: 1000 + n * 10_000, high: 1000 + n * 10_000 },
    pause: full ? { from, until: from, seconds: 0 } : null,
    totalEntries: 1000 + n * 10_000,
    plainBytes: 30_000,
    parts: [{ name: "data.tar.zst", bytes: `data of ${backupId}`.length, sha256: sha(backupId) }],
    files: Array.from({ length: 8 }, (_, of) => ({
      path: `data/store/pages-${of}.db`,
      bytes: 3750,
      sha256: sha(`${backupId}${of}`),
    })),
    wal: {
      stream,
      anchors: Array.from({ length: streams }, (_, of) => ({ stream: streamOf(of), segment: segment(0) })),
      open: { first: segment(1), last: segment(1) },
      segments: [],
    },
    source: null,
    agent: { version: "0.1.0", sha256: sha("agent") },
  };
}
