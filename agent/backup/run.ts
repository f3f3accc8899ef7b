import { randomBytes } from "node:crypto";
import path from "node:path";
import { dataPrefix, makeBackupId, manifestKey } from "../../model/layout";
import {
  type BackupFile,
  type BackupPart,
  type Manifest,
  manifestFormat,
  serializeManifest,
  type StreamAnchor,
} from "../../model/manifest";
import type { Tier } from "../../model/tier";
import type { Claim } from "../claims";
import { takeClaim } from "../claims";
import type { Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import type { Node } from "../context";
import { lineageOf } from "../lineage";
import { workFolder } from "../host/leftovers";
import { agentIdentity } from "../identity";
import { ensureSigner, publishKey, type Signer } from "../signing";
import { Refused, TryLater, WorldFault } from "../run/errors";

/** A backup that is being made: what the steps of `snapshot` and `full` hand to each other. */
export interface BackupRun {
  node: Node;
  tier: Tier;
  backupId: string;
  createdAt: Date;
  archive: Archive;
  signer: Signer;
  claim?: Claim;
  lineage: string;
  databaseClusterId: string;
  /** The leader and its term, to which the whole run is pinned. */
  term: number;
  anchors: StreamAnchor[];
  /** Everything of this run on this node's disk; removed at its end. */
  work: string;
  /** Frozen copy: packed as it is. */
  tree: string;
  index: { low: number; high: number };
  pause: Manifest["pause"];
  totalEntries: number | null;
  /** The segments that were open on this node before its snapshot was asked for and at the end of the copy. */
  firstOpen: string;
  openSegment: string;
  /** The end of the copy: nothing in it was written later. */
  copiedAt: number;
  files: BackupFile[];
  plainBytes: number;
  parts: BackupPart[];
}

/** Clocks further apart than this make no backup (protocol 16). */
const maxClockSkewMs = 60_000;

/**
 * Begins a backup on the leader: archive, claim, lineage.
 * @throws TryLater when this node does not lead or somebody else works on the tier.
 */
export async function beginBackup(node: Node, tier: Tier): Promise<BackupRun> {
  const { archive: spec } = node.config;
  const archive = await openArchive(spec, spec.clusterId, "primary");
  const createdAt = new Date();
  const skew = createdAt.getTime() - (await archive.now()).getTime();
  if (Math.abs(skew) > maxClockSkewMs) {
    throw new Refused(
      `this node's clock and the archive's are ${Math.round(skew / 1000)} s apart: no backup is made. Set the clock (WAL still flows).`,
    );
  }
  const info = await node.admin.clusterInfo();
  const metrics = await node.http.metrics();
  if (info.leaderId !== info.nodeId || metrics.role !== "leader") {
    throw new TryLater(
      `node ${info.nodeId} does not lead; ${info.leaderId ?? "nobody"} does. Backups are taken on the leader.`,
    );
  }
  // A key that cannot be read fails here, before writes are paused for nothing.
  const signer = await ensureSigner(node.paths);
  const { lineage } = await lineageOf(archive, spec.clusterId, info.clusterId);
  const backupId = makeBackupId(createdAt, randomBytes(4).toString("hex"));
  const work = await workFolder(node, `${tier}-${backupId}`);
  return {
    node,
    tier,
    backupId,
    createdAt,
    archive,
    signer,
    lineage,
    databaseClusterId: info.clusterId,
    term: metrics.term,
    anchors: [],
    work,
    tree: path.join(work, "tree"),
    index: { low: 0, high: 0 },
    pause: null,
    totalEntries: null,
    firstOpen: "",
    openSegment: "",
    copiedAt: 0,
    files: [],
    plainBytes: 0,
    parts: [],
  };
}

export async function claimTier(run: BackupRun, timeToLiveSeconds: number): Promise<void> {
  run.claim = await takeClaim(run.archive, run.node.config.archive.clusterId, {
    name: run.tier,
    node: run.node.config.node.id,
    timeToLiveSeconds,
  });
}

/**
 * Leader and term are as at the beginning (I9).
 * @throws WorldFault: the backup is void.
 */
export async function stillLeads(run: BackupRun): Promise<void> {
  const metrics = await run.node.http.metrics();
  if (metrics.role === "leader" && metrics.term === run.term) return;
  throw new WorldFault(
    `leadership changed while backup ${run.backupId} was taken (term ${run.term}, now ${metrics.term}, this node is ${metrics.role}): it is void. The new leader takes it again.`,
  );
}

export function dataKey(run: BackupRun, name: string): string {
  return dataPrefix(run.node.config.archive.clusterId, run.tier, run.lineage, run.backupId) + name;
}

/** Signs and writes the manifest: from here on the backup exists. */
export async function writeManifest(run: BackupRun, stream: string | null): Promise<Manifest> {
  await run.claim?.stillHeld();
  const { clusterId } = run.node.config.archive;
  const { recipients } = run.node.config.policy.encryption;
  const manifest = run.signer.sign({
    format: manifestFormat,
    backupId: run.backupId,
    tier: run.tier,
    clusterId,
    lineage: run.lineage,
    databaseClusterId: run.databaseClusterId,
    createdAt: run.createdAt.toISOString(),
    copiedAt: new Date(run.copiedAt).toISOString(),
    node: { id: run.node.config.node.id, term: run.term },
    index: run.index,
    pause: run.pause,
    totalEntries: run.totalEntries,
    plainBytes: run.plainBytes,
    parts: run.parts,
    ...(recipients.length === 0 ? {} : { encryption: { recipients } }),
    files: run.files,
    wal: { stream, anchors: run.anchors, open: { first: run.firstOpen, last: run.openSegment }, segments: [] },
    source: null,
    agent: await agentIdentity(),
  });
  await publishKey(run.archive, { clusterId, nodeId: run.node.config.node.id }, run.signer);
  await run.archive.putText(manifestKey(clusterId, run.tier, run.lineage, run.backupId), serializeManifest(manifest));
  return manifest;
}
