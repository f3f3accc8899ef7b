import { randomBytes } from "node:crypto";
import * as v from "valibot";
import {
  recordKey,
  recordPrefix,
  segmentKey,
  segmentName,
  segmentNumber,
  isSegmentName,
  walPrefix,
} from "../model/layout";
import { parseStored } from "./archive/stored";
import type { StreamAnchor } from "../model/manifest";
import type { StreamRecord } from "../model/records";
import type { Archive } from "./archive/archive";
import type { Node } from "./context";
import { readIfThere, replaceFile } from "./host/files";
import { machineIdentity } from "./host/identity";
import { lineageOf } from "./lineage";
import { readdir } from "node:fs/promises";

/** `raft/wal/.neumann-backup-stream`: which life of this node's log is archived, and how far (protocol 6). */
export interface StreamState {
  format: "neumann-stream-state/1";
  stream: string;
  lineage: string;
  nodeId: string;
  machineId: string;
  /** Last segment that the archive holds; null before the first. */
  lastPushed: string | null;
}

const streamStateSchema: v.GenericSchema<unknown, StreamState> = v.object({
  format: v.literal("neumann-stream-state/1"),
  stream: v.string(),
  lineage: v.string(),
  nodeId: v.string(),
  machineId: v.string(),
  lastPushed: v.nullable(v.string()),
});

export async function readStream(node: Node): Promise<StreamState | undefined> {
  const text = await readIfThere(node.paths.stream);
  return text === undefined ? undefined : parseStored(streamStateSchema, text, node.paths.stream);
}

export async function noteStream(node: Node, state: StreamState): Promise<void> {
  await replaceFile(node.paths.stream, `${JSON.stringify(state)}\n`);
}

/** Why the stream on disk cannot take this segment, or null when it can. A segment offered again is decided by its content. */
export async function whyNewStream(
  node: Node,
  archive: Archive,
  { state, segment }: { state: StreamState | undefined; segment: string },
): Promise<string | null> {
  if (state === undefined) return "start";
  if (state.nodeId !== node.config.node.id || state.machineId !== (await machineIdentity(node.config.node)))
    return "moved";
  if (state.lastPushed === null || segmentNumber(segment) <= segmentNumber(state.lastPushed) + 1n) return null;
  // On a full disk segments are stored that could not be noted: the archive knows.
  const before = segmentName(segmentNumber(segment) - 1n);
  const key = segmentKey(node.config.archive.clusterId, state.lineage, state.stream, before);
  return (await archive.storedHash(key)) === undefined ? "gap" : null;
}

/**
 * Begins a stream: its record first, then the note on this node, so that a death in between leaves only an empty stream.
 * The live cluster id is held against the archive's lineages (protocol 29).
 */
export async function beginStream(
  node: Node,
  archive: Archive,
  start: { segment: string; reason: string; parent: string | null },
): Promise<StreamState> {
  const { clusterId } = node.config.archive;
  const info = await node.admin.clusterInfo();
  const { lineage } = await lineageOf(archive, clusterId, info.clusterId);
  const nodeId = node.config.node.id;
  const stream = `${nodeId}-${randomBytes(4).toString("hex")}`;
  const record: StreamRecord = {
    format: "neumann-stream/1",
    stream,
    lineage,
    nodeId,
    createdAt: new Date().toISOString(),
    firstSegment: start.segment,
    reason: start.reason,
    parent: start.parent,
  };
  await archive.putText(recordKey(clusterId, "streams", `${stream}.json`), `${JSON.stringify(record)}\n`);
  const machineId = await machineIdentity(node.config.node);
  const state: StreamState = { format: "neumann-stream-state/1", stream, lineage, nodeId, machineId, lastPushed: null };
  await noteStream(node, state);
  return state;
}

/** The newest archived segment of each stream of a lineage (protocol 5). */
export async function newestSegments(archive: Archive, clusterId: string, lineage: string): Promise<StreamAnchor[]> {
  const newest = new Map<string, string>();
  const prefix = `${walPrefix(clusterId)}${lineage}/`;
  for (const object of await archive.list(prefix)) {
    const [stream, segment] = object.key.slice(prefix.length).split("/");
    if (stream !== undefined && segment !== undefined && isSegmentName(segment)) newest.set(stream, segment);
  }
  return [...newest].map(([stream, segment]) => ({ stream, segment }));
}

/** The segment that the database writes now: the highest number in `raft/wal`, or the one after all that was archived. */
export async function openSegment(node: Node): Promise<string> {
  const newest = (await readdir(node.paths.wal)).filter(isSegmentName).sort().at(-1);
  if (newest !== undefined) return newest;
  const last = (await readStream(node))?.lastPushed ?? null;
  return segmentName(last === null ? 0n : segmentNumber(last) + 1n);
}

/** Ids of all streams that the archive knows. */
export async function knownStreams(archive: Archive, clusterId: string): Promise<string[]> {
  const prefix = recordPrefix(clusterId, "streams");
  return (await archive.list(prefix)).map((object) => object.key.slice(prefix.length).replace(/\.json$/, ""));
}
