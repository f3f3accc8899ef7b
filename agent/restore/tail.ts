import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { isSegmentName, recordKey, segmentKey, segmentName, segmentNumber } from "../../model/layout";
import { type Archive, Conflict } from "../archive/archive";
import { openArchive } from "../archive/open";
import type { Node } from "../context";
import { isCode, readIfThere } from "../host/files";
import type { StepControl } from "../run/steps";
import { putSealed } from "../sealedSegment";
import { noteStream, readStream, type StreamState } from "../stream";

/** What became of the log of a stopped node. */
export interface SavedTail {
  /** Finished segments that are archived now under their own names. */
  archived: string[];
  /** What is not finished, or does not continue the stream: kept beside the log, never in its place (protocol 9). */
  partial: string[];
}

/** The log of a stopped node, on its way into the archive. */
interface Log {
  node: Node;
  archive: Archive;
  lineage: string;
  names: readonly string[];
  stream: StreamState | undefined;
  /** What the database offered last. */
  offered: string | undefined;
}

/** Archives what a stopped node still holds of its log. */
export async function saveTail(node: Node, lineage: string, control: StepControl): Promise<SavedTail> {
  const { archive: spec } = node.config;
  const archive = await openArchive(spec, spec.clusterId, "primary");
  const log: Log = {
    node,
    archive,
    lineage,
    names: await segmentsIn(node.paths.wal),
    stream: await readStream(node),
    offered: await readIfThere(node.paths.offered),
  };
  const saved: SavedTail = { archived: [], partial: [] };
  for (const name of log.names) {
    if (await archiveFinished(log, name)) saved.archived.push(name);
    else if (await keepPartial(log, name, control)) saved.partial.push(name);
    await control.point();
  }
  control.note(
    `${saved.archived.length} finished segments are archived, ${saved.partial.length} others are kept as tail`,
  );
  return saved;
}

async function segmentsIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return [];
    throw error;
  });
  return names.filter(isSegmentName).sort();
}

/** False for one that is not finished, that does not continue the stream, or whose name holds other content (I2). */
async function archiveFinished(log: Log, name: string): Promise<boolean> {
  const { node, stream } = log;
  if (stream === undefined || !continues(stream, name) || !isFinished(log, name)) return false;
  const key = segmentKey(node.config.archive.clusterId, stream.lineage, stream.stream, name);
  if (await knownEncrypted(log, key, name)) return true;
  if (!(await stored(log, key, name))) return false;
  if (stream.lastPushed === null || segmentNumber(name) > segmentNumber(stream.lastPushed)) {
    log.stream = { ...stream, lastPushed: name };
    await noteStream(node, log.stream);
  }
  return true;
}

/** Noted and there: its ciphertext is not kept for ever, and another would look like other content. */
async function knownEncrypted({ node, stream, archive }: Log, key: string, name: string): Promise<boolean> {
  const last = stream?.lastPushed ?? null;
  if (node.config.policy.encryption.recipients.length === 0 || last === null) return false;
  return segmentNumber(name) <= segmentNumber(last) && (await archive.storedHash(key)) !== undefined;
}

/** Segment n is finished once n+1 exists or n is offered (contract: logs); what is archived was. */
function isFinished({ names, offered, stream }: Log, name: string): boolean {
  const last = stream?.lastPushed ?? null;
  const archived = last !== null && segmentNumber(name) <= segmentNumber(last);
  return archived || name === offered || names.includes(segmentName(segmentNumber(name) + 1n));
}

function continues({ lastPushed }: StreamState, name: string): boolean {
  return lastPushed === null || segmentNumber(name) <= segmentNumber(lastPushed) + 1n;
}

/** False for an empty one, and where another tail of that name was saved: the old data still has it. */
async function keepPartial(log: Log, name: string, control: StepControl): Promise<boolean> {
  const { node, lineage, stream } = log;
  if ((await stat(path.join(node.paths.wal, name))).size === 0) return false;
  const folder = `${lineage}/${stream?.stream ?? `${node.config.node.id}-no-stream`}`;
  const key = recordKey(node.config.archive.clusterId, "tail", `${folder}/${name}.partial`);
  if (await stored(log, key, name)) return true;
  control.note(`ALARM: another ${name}.partial was saved before; this one stays in the old data only`);
  return false;
}

/** False where the archive holds other content under that key: nothing is overwritten. */
async function stored({ node, archive }: Log, key: string, name: string): Promise<boolean> {
  try {
    const file = path.join(node.paths.wal, name);
    const { recipients } = node.config.policy.encryption;
    if (recipients.length === 0) await archive.putFile(key, file);
    else await putSealed(archive, key, { file, sealing: { folder: node.paths.sealed, recipients } });
    return true;
  } catch (error) {
    if (error instanceof Conflict) return false;
    throw error;
  }
}
