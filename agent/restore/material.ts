import { createHash } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { dataPrefix, manifestKey, segmentKey } from "../../model/layout";
import { type BackupPart, type Manifest, parseManifest } from "../../model/manifest";
import type { RestorePlan } from "../../model/plan";
import { type ReplayPlan, segmentsOf } from "../../model/replay";
import { signatureProblem } from "../../model/signature";
import { Tier } from "../../model/tier";
import { formatBytes } from "../../model/units";
import { fetchedTier } from "../../model/volumePlan";
import type { Archive } from "../archive/archive";
import { dataPart, encryptedPart } from "../backup/steps";
import type { Node } from "../context";
import { scratchConfig } from "../database/scratch";
import { freeBytes, makeDirectory, pipeHashed, streamInto, withFile } from "../host/files";
import { unpackTree } from "../host/tarball";
import { inParallel } from "../host/tree";
import { Damaged, WorldFault } from "../run/errors";
import type { StepControl } from "../run/steps";
import { checkTree } from "./checkTree";
import { FileHashes, watchUnpacked } from "./fileHashes";
import { identitiesOf, openSegment, unsealed } from "./unsealed";

/** What a plan brings to a folder of this host: the same for a recovery and for a look back. */
export interface Material {
  node: Node;
  plan: RestorePlan;
  /** It holds the backup and its log. */
  archive: Archive;
  manifest: Manifest;
  /** Any of them opens what is encrypted. */
  identities: readonly string[];
  /** Everything lies below it. */
  folder: string;
}

/** A folder whose tree is made ready. */
export type Staged = Pick<Material, "node" | "folder">;

const otherPoint = "Nothing was put in place. A recovery needs another restore point under a new recoveryId.";

/** The unpacked tarball: `data/…` and `config/…`. */
export function treeOf({ folder }: Pick<Material, "folder">): string {
  return path.join(folder, "tree");
}

function logOf({ folder }: Pick<Material, "folder">): string {
  return path.join(folder, "wal");
}

/**
 * The manifest that the plan was made from, to the byte, and signed as asked for: the plan may be one that somebody pinned
 * in the archive, which the catalog had no say in.
 */
export async function readManifest(
  archive: Archive,
  { source, clusterId }: RestorePlan,
  trustedKeys: readonly string[],
): Promise<Manifest> {
  const key = manifestKey(clusterId, fetchedTier(source), source.lineage, source.backupId);
  const text = (await archive.getText(key)) ?? "";
  if (createHash("sha256").update(text).digest("hex") !== source.manifestSha256) {
    throw new Damaged(
      `${key} is gone or was changed after the plan was made. Choose another backup: restorePoint backup:ID.`,
    );
  }
  const manifest = parseManifest(text, key);
  const problem = signatureProblem(text, trustedKeys);
  if (problem === null) return manifest;
  throw new Damaged(`backup ${source.backupId} is not restored: ${problem}. ${otherPoint}`);
}

/** The one data object. */
function partOf({ backupId, parts, encryption }: Manifest): BackupPart {
  const name = encryption === undefined ? dataPart : encryptedPart;
  const part = parts.find((found) => found.name === name);
  if (part === undefined) throw new Damaged(`backup ${backupId} lists no ${name}`);
  return part;
}

/** Unpacks the backup into an empty folder, hashing its files meanwhile. */
export async function fetchBackup(material: Material, control: StepControl): Promise<FileHashes> {
  const { archive, manifest } = material;
  const tree = treeOf(material);
  await makeDirectory(tree, 0o700);
  const part = partOf(manifest);
  const key = dataPrefix(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId) + part.name;
  const sealed =
    manifest.encryption === undefined ? undefined : unsealed(await archive.getStream(key), identitiesOf(material));
  const content = sealed?.plain ?? archive.fileOf?.(key) ?? (await archive.getStream(key));
  await control.point();
  const hashes = new FileHashes(tree);
  const watch = watchUnpacked(tree, manifest.files);
  const plain = await unpackTree(content, tree, {
    progress: (bytes) => control.progress(bytes, part.bytes),
    unpacked: (name) => {
      watch(name);
      hashes.add(name);
    },
    largestFileBytes: Math.max(0, ...manifest.files.map((file) => file.bytes)),
  }).catch((error: unknown) => {
    if (!(error instanceof Damaged)) throw error;
    throw new Damaged(`${key} cannot be unpacked: ${error.message}. ${otherPoint}`);
  });
  await hashes.settled();
  const unpacked = sealed?.stored() ?? plain;
  if (unpacked.sha256 !== part.sha256 || unpacked.bytes !== part.bytes) {
    throw new Damaged(
      `${key} is not what its manifest says (${unpacked.bytes} bytes, SHA-256 ${unpacked.sha256}). Nothing was put in place. Choose another backup: restorePoint backup:ID.`,
    );
  }
  control.note(`${formatBytes(unpacked.bytes)} fetched, ${formatBytes(manifest.plainBytes)} unpacked`);
  return hashes;
}

/** Holds every file against the manifest. */
export async function checkBackup(material: Material, control: StepControl, hashes?: FileHashes): Promise<void> {
  const { files, plainBytes } = material.manifest;
  const tree = treeOf(material);
  const known = hashes ?? new FileHashes(tree);
  await checkTree(tree, { files, hashes: known }, (bytes) => control.progress(bytes, plainBytes));
}

/** The data, and a copy of it that is started. */
const spaceFactor = 2.2;

/** Room for what the plan makes of a backup: a replay builds the store anew, beside a snapshot that has none. */
export async function checkSpace(
  { plan, manifest }: { plan: RestorePlan; manifest: { plainBytes: number; tier?: Tier } },
  place: string,
  reserveBytes = 0,
): Promise<void> {
  const log = plan.replay?.bytes ?? 0;
  const rebuilt = plan.replay !== null && manifest.tier === Tier.Snapshots ? manifest.plainBytes : 0;
  const needed = (manifest.plainBytes + rebuilt + 2 * log) * spaceFactor + log;
  const free = await freeBytes(place);
  if (free < needed + reserveBytes) {
    const reserve = reserveBytes === 0 ? "" : `, and ${formatBytes(reserveBytes)} stay free for the database`;
    throw new WorldFault(
      `${place} has ${formatBytes(free)} free; this recovery needs ${formatBytes(needed)} (the data, and a copy that is started to prove it)${reserve}. Use a larger disk.`,
    );
  }
}

/** Fetches the segments that the plan names, each held against the hash that was stored with it. */
export async function fetchSegments(material: Material, replay: ReplayPlan, control: StepControl): Promise<void> {
  const { archive, plan } = material;
  const folder = logOf(material);
  await rm(folder, { recursive: true, force: true });
  await makeDirectory(folder, 0o700);
  let bytes = 0;
  const passed = (more: number): void => control.progress((bytes += more), replay.bytes);
  await inParallel(segmentsOf(replay), async (segment) => {
    const key = segmentKey(plan.clusterId, plan.source.lineage, replay.stream, segment);
    const expected = await archive.storedHash(key);
    if (expected === undefined) throw new Damaged(`${key} is gone. ${otherPoint}`);
    const found = await withFile(path.join(folder, segment), "wx", async (file) =>
      pipeHashed(await archive.getStream(key), streamInto(file), passed),
    );
    if (found.sha256 !== expected) {
      throw new Damaged(
        `${key} is not what was stored: its SHA-256 is ${found.sha256}, not ${expected}. ${otherPoint}`,
      );
    }
    await openSegment(path.join(folder, segment), material);
  });
  await control.point();
  control.note(`${replay.segments} segments, ${formatBytes(bytes)}`);
}

const replayDeadlineSeconds = 24 * 3600;

/** Replays the segments on the snapshot with an empty store (protocol 23); the index that was reached. */
export async function replaySegments(material: Material, replay: ReplayPlan, control: StepControl): Promise<number> {
  const data = path.join(treeOf(material), "data");
  await rm(path.join(data, "store"), { recursive: true, force: true });
  const configFile = await configureStaged(material);
  await control.point();
  const until = replay.until === null ? [] : ["--until", replay.until];
  const { code, stdout, stderr } = await material.node.admin
    .withConfig(configFile)
    .run(["wal-replay", "--wal-dir", logOf(material), ...until], { timeoutSeconds: replayDeadlineSeconds });
  if (code !== 0) {
    // Only the database can read the log: whether it ends before the target shows here first.
    throw new Damaged(
      `the log of stream ${replay.stream} cannot be replayed: ${stderr.trim()}. ${otherPoint} Another stream may serve: ${replay.until === null ? "end-of-log" : `time:${replay.until}`}@STREAM, as \`verify --wal\` lists them. Only if nothing at all was written after the target, end-of-log is the same.`,
    );
  }
  const index = indexOf(stdout);
  const { low } = material.plan.source.index;
  if (index < low) throw new Damaged(`wal-replay reached index ${index}, below the backup's ${low}. ${otherPoint}`);
  await rm(logOf(material), { recursive: true, force: true });
  control.note(`replayed from index ${low} to ${index}`);
  return index;
}

/** `wal-replay` prints the index that it reached, in whatever layout. */
function indexOf(printed: string): number {
  const found = [...printed.matchAll(/index\D*(\d+)/gi)].at(-1) ?? /(\d+)\D*$/.exec(printed);
  if (found?.[1] === undefined) throw new WorldFault(`wal-replay printed no index: ${printed.trim().slice(0, 200)}`);
  return Number(found[1]);
}

/** Says "not now" to every segment: no staged data ever writes into an archive. */
export const holdCommand = "exit 75";

/** `init-cluster --bootstrap` on the staged data, once: a run that dies here fetches again. */
export async function bootstrapStaged(material: Staged, control: StepControl): Promise<void> {
  const admin = material.node.admin.withConfig(await configureStaged(material));
  await control.point();
  await admin.mustRun(["init-cluster", "--bootstrap"], { timeoutSeconds: 600 });
  const { code, stderr } = await admin.run(["verify-checksums"], { timeoutSeconds: 3600 });
  if (code !== 0)
    throw new Damaged(`the staged data fails verify-checksums: ${stderr.trim()}. Nothing was put in place.`);
}

/** A configuration for the staged data, with the folders that the database expects. */
async function configureStaged(material: Staged): Promise<string> {
  const data = path.join(treeOf(material), "data");
  await mkdir(path.join(data, "store"), { recursive: true });
  await mkdir(path.join(data, "raft", "wal"), { recursive: true });
  return scratchConfig(material.node, {
    directory: path.join(material.folder, "config"),
    dataDirectory: data,
    archiveCommand: holdCommand,
  });
}
