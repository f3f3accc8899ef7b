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

/** Something that is taken of the leader, of whatever kind. */
export interface LeaderRun {
  node: Node;
  backupId: string;
  createdAt: Date;
  archive: Archive;
  signer: Signer;
  claim?: Claim;
  lineage: string;
  databaseClusterId: string;
  /** The leader and its term, to which the whole run is pinned. */
  term: number;
  index: { low: number; high: number };
  pause: Manifest["pause"];
  totalEntries: number | null;
  /** The segment that was open on this node at the end of the copy. */
  openSegment: string;
  /** The end of the copy: nothing in it was written later. */
  copiedAt: number;
}

/** A backup that is being made: what the steps of `snapshot` and `full` hand to each other. */
export interface BackupRun extends LeaderRun {
  tier: Tier;
  anchors: StreamAnchor[];
  /** Everything of this run on this node's disk; removed at its end. */
  work: string;
  /** Frozen copy: packed as it is. */
  tree: string;
  /** The segment that was open on this node before its snapshot was asked for. */
  firstOpen: string;
  files: BackupFile[];
  plainBytes: number;
  parts: BackupPart[];
}

/** Clocks further apart than this make no backup (protocol 16). */
const maxClockSkewMs = 60_000;

/**
 * Begins on the leader: archive, lineage, id.
 * @throws TryLater when this node does not lead.
 */
export async function beginOnLeader(node: Node): Promise<LeaderRun> {
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
  return {
    node,
    backupId,
    createdAt,
    archive,
    signer,
    lineage,
    databaseClusterId: info.clusterId,
    term: metrics.term,
    index: { low: 0, high: 0 },
    pause: null,
    totalEntries: null,
    openSegment: "",
    copiedAt: 0,
  };
}

/**
 * Begins a backup on the leader.
 * @throws TryLater when this node does not lead.
 */
export async function beginBackup(node: Node, tier: Tier): Promise<BackupRun> {
  const run = await beginOnLeader(node);
  const work = await workFolder(node, `${tier}-${run.backupId}`);
  return {
    ...run,
    tier,
    anchors: [],
    work,
    tree: path.join(work, "tree"),
    firstOpen: "",
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
export async function stillLeads(run: Pick<LeaderRun, "node" | "term" | "backupId">): Promise<void> {
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
  const manifest = run.signer.sign<Manifest>({
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
