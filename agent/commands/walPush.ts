import { stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { segmentKey, segmentNumber, isSegmentName } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import { Conflict, type Archive } from "../archive/archive";
import { openArchive } from "../archive/open";
import type { Node } from "../context";
import { storeAhead } from "../ahead";
import { exists, freeBytes, isCode, makeDirectory, removeFile } from "../host/files";
import { Damaged, TryLater } from "../run/errors";
import type { Procedure } from "../run/steps";
import { beginStream, noteStream, readStream, type StreamState, whyNewStream } from "../stream";

export interface WalPush {
  node: Node;
  /** `%p` and `%f` of `archive_command`. */
  file: string;
  segment: string;
  /** Opens the archive. @default anew, by the node's configuration */
  open?: () => Promise<Archive>;
  archive?: Archive;
  stream?: StreamState;
  created?: boolean;
}

/** Stores one finished segment. Exit code 0 is the promise that the archive holds it (I1). */
export const walPush: Procedure<WalPush> = {
  name: "wal-push",
  steps: [
    { name: "check", title: "check what is offered", run: check },
    { name: "stream", title: "find the stream", run: findStream },
    { name: "store", title: "store the segment", run: store },
    { name: "note", title: "note that it is stored", run: note },
    { name: "ahead", title: "store what waits behind it", run: ahead },
  ],
};

async function check(push: WalPush): Promise<void> {
  const { segment, file } = push;
  if (!isSegmentName(segment) || path.basename(file) !== segment) {
    const remedy = "archive_command is: neumann-backup wal-push %p %f";
    const problem = "is no segment with its path";
    throw new InputError("wal-push cannot store this", [
      { path: "%p %f", problem, received: `${file} ${segment}`, remedy },
    ]);
  }
  await refuseUnlessFile(file);
  const { archive } = push.node.config;
  const opening = push.open?.() ?? openArchive(archive, archive.clusterId, "primary");
  opening.catch(() => undefined); // Awaited below.
  await unlessFull(makeDirectory(push.node.paths.state));
  await unlessFull(writeFile(push.node.paths.offered, segment));
  if (await exists(push.node.paths.hold)) {
    throw new TryLater("archiving is held until the recovery is accepted; the segment stays in raft/wal");
  }
  push.archive = await opening;
}

async function refuseUnlessFile(file: string): Promise<void> {
  const found = await stat(file).catch((error: unknown) => {
    if (!isCode(error, "ENOENT", "ENOTDIR")) throw error;
  });
  if (found?.isFile() === true) return;
  const problem = found === undefined ? "is not there" : "is no file";
  const remedy = "Give the path of a finished segment, as the database does: nothing else is ever archived.";
  throw new InputError("wal-push cannot store this", [{ path: "%p", problem, received: file, remedy }]);
}

/** A full disk is freed by storing its log: what is only noted there must not keep a segment from the archive. */
async function unlessFull(noting: Promise<void>): Promise<void> {
  await noting.catch((error: unknown) => {
    if (!isCode(error, "ENOSPC", "EDQUOT")) throw error;
  });
}

async function findStream(push: WalPush, control: { note(message: string): void }): Promise<void> {
  let damaged = false;
  const state = await readStream(push.node).catch((error: unknown) => {
    if (!(error instanceof Damaged)) throw error;
    damaged = true;
    return undefined;
  });
  const why = await whyNewStream(push.node, push.archive as Archive, { state, segment: push.segment });
  const reason = damaged ? "damaged" : why;
  push.stream = reason === null ? state : await begin(push, reason, state);
  if (reason !== null && reason !== "start") control.note(alarm(reason, push));
  const free = await freeBytes(push.node.config.node.dataDirectory);
  const limit = push.node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < limit)
    control.note(`ALARM: ${Math.floor(free / 1024 / 1024)} MiB are free for the log, less than the policy's limit`);
}

async function begin(push: WalPush, reason: string, parent: StreamState | undefined): Promise<StreamState> {
  // What was stored ahead is in the stream that ends here.
  await removeFile(push.node.paths.ahead);
  const start = { segment: push.segment, reason, parent: parent?.stream ?? null };
  return beginStream(push.node, push.archive as Archive, start);
}

function alarm(reason: string, push: WalPush): string {
  return `ALARM: ${push.segment} begins a new stream (${reason}); nothing was overwritten, a new base backup is needed`;
}

async function store(push: WalPush, control: { point(): Promise<void>; note(message: string): void }): Promise<void> {
  await control.point();
  try {
    push.created = await put(push);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    // This log has parted from the one that was archived: a disk was rolled back, or a copy runs elsewhere (I2).
    push.stream = await begin(push, "fork", push.stream);
    control.note(alarm("fork", push));
    push.created = await put(push);
  }
}

async function put(push: WalPush): Promise<boolean> {
  const key = keyOf(push, push.segment);
  const archive = push.archive as Archive;
  if (isPlain(push)) return (await archive.putFile(key, push.file)).created;
  const { putSealed } = await import("../sealedSegment");
  return (await putSealed(archive, key, { file: push.file, sealing: sealingOf(push.node) })).created;
}

function keyOf({ node, stream }: WalPush, segment: string): string {
  const { lineage, stream: name } = stream as StreamState;
  return segmentKey(node.config.archive.clusterId, lineage, name, segment);
}

const isPlain = ({ node }: WalPush): boolean => node.config.policy.encryption.recipients.length === 0;

function sealingOf({ paths, config }: Node): { folder: string; recipients: readonly string[] } {
  return { folder: paths.sealed, recipients: config.policy.encryption.recipients };
}

async function note(push: WalPush): Promise<void> {
  await noteLast(push, push.segment);
  if (isPlain(push)) return;
  const { forgetBefore } = await import("../sealedSegment");
  await forgetBefore(push.segment, sealingOf(push.node));
}

async function noteLast(push: WalPush, segment: string): Promise<void> {
  const stream = push.stream as StreamState;
  const { lastPushed } = stream;
  if (lastPushed !== null && segmentNumber(segment) <= segmentNumber(lastPushed)) return;
  push.stream = { ...stream, lastPushed: segment };
  await unlessFull(noteStream(push.node, push.stream));
}

/** What of it fails is decided when it is offered itself. */
async function ahead(push: WalPush, control: { point(): Promise<void> }): Promise<void> {
  const archive = push.archive as Archive;
  const last = await storeAhead(push.node, push.file, async (file, segment) => {
    try {
      await archive.putFile(keyOf(push, segment), await toStore(push, file));
      await control.point();
      return true;
    } catch {
      return false;
    }
  });
  if (last !== undefined) await noteLast(push, last);
}

/** A ciphertext that cannot be kept on this node must not be stored ahead: it would differ when it is offered. */
async function toStore(push: WalPush, file: string): Promise<string> {
  if (isPlain(push)) return file;
  const { sealSegment } = await import("../sealedSegment");
  return sealSegment(file, sealingOf(push.node));
}
