import path from "node:path";
import { segmentNumber } from "../model/layout";
import { watermarkEverySeconds } from "../model/watermarks";
import type { Archive } from "./archive/archive";
import { putWatermark } from "./archive/watermarks";
import type { Node } from "./context";
import type { Metrics } from "./database/http";
import { readIfThere, replaceFile } from "./host/files";
import { openSegment, readStream } from "./stream";

/** Looks come a little early or late. */
const toleranceSeconds = 10;

/**
 * Puts this node's watermark when its time has come (protocol 8). True when it did; while finished segments wait for the
 * archive there is nothing to say.
 */
export async function putWatermarkWhenDue(node: Node, archive: Archive): Promise<boolean> {
  const at = new Date();
  const file = path.join(node.paths.state, "last-watermark");
  const last = Date.parse((await readIfThere(file)) ?? "");
  const age = (at.getTime() - last) / 1000;
  // A time in the future is a clock that was set back.
  if (age >= 0 && age < watermarkEverySeconds - toleranceSeconds) return false;
  const before = await node.http.metrics();
  // In this order (protocol 4): all up to the commit index lies in segments up to the one that is open afterwards.
  const open = await openSegment(node);
  const stream = await readStream(node);
  if (stream === undefined || !isNext(open, stream.lastPushed)) return false;
  await putWatermark(archive, node.config.archive.clusterId, {
    nodeId: node.config.node.id,
    record: {
      format: "neumann-watermark/1",
      lineage: stream.lineage,
      stream: stream.stream,
      at: at.toISOString(),
      leads: await leads(node, before),
      commitIndex: before.commitIndex,
      openSegment: open,
      archiveTimeoutSeconds: node.config.policy.wal.archiveTimeoutSeconds,
    },
  });
  await replaceFile(file, `${at.toISOString()}\n`);
  return true;
}

/** Where finished segments wait, or the disk was rolled back, the stream is not yet what this node's log is. */
function isNext(open: string, lastPushed: string | null): boolean {
  return lastPushed !== null && segmentNumber(open) === segmentNumber(lastPushed) + 1n;
}

/** A leader that is cut off may not know it yet: it has to have a quorum, and still to lead in the same term afterwards. */
async function leads(node: Node, before: Metrics): Promise<boolean> {
  if (before.role !== "leader" || !(await node.admin.healthyQuorum())) return false;
  const after = await node.http.metrics();
  return after.role === "leader" && after.term === before.term;
}
