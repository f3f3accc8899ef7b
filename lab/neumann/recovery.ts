import fs from "node:fs";
import type { DataPaths } from "./config";
import { type Entry, type Membership, EntryType, membershipOf } from "./entry";
import { DamageError, readIfThere, seal, syncDirectory, unseal, writeAtomic } from "./files";
import { listSnapshots, readSnapshotState, removeUnfinished } from "./snapshot";
import { Store } from "./store";
import { readTail } from "./tail";
import { parseSegment, readSegmentHead, segmentFiles, segmentNumber, type Segment, type SegmentContents } from "./wal";

/** What a node must not forget besides its log. */
export interface NodeState {
  term: number;
  votedFor: string | null;
}

/** Reads term and vote. */
export function readNodeState(paths: DataPaths): NodeState | undefined {
  const bytes = readIfThere(paths.state);
  return bytes && (unseal(bytes, paths.state) as NodeState);
}

/** Writes term and vote; they are on disk when it returns. */
export function writeNodeState(paths: DataPaths, state: NodeState): void {
  writeAtomic(paths.state, seal(state));
}

/** The number of the last segment that was archived; -1 if none was. */
export function readArchived(paths: DataPaths): number {
  const bytes = readIfThere(paths.archived);
  return bytes ? (unseal(bytes, paths.archived) as { through: number }).through : -1;
}

/** Notes that segments up to a number are archived. */
export function writeArchived(paths: DataPaths, through: number): void {
  writeAtomic(paths.archived, seal({ through }));
}

/** Makes the folders of a node. */
export function makeFolders(paths: DataPaths): void {
  for (const folder of [paths.wal, paths.tail, paths.snapshots, paths.store]) {
    fs.mkdirSync(folder, { recursive: true });
  }
  syncDirectory(paths.raft);
}

/** What lies on disk, brought in order. */
export interface Recovered {
  store: Store;
  segments: Segment[];
  /** The last committed entry. */
  base: { index: number; term: number };
  /** Entries behind the committed ones. */
  tail: Entry[];
  state: NodeState;
}

/** Opens the store where it can be trusted and is not older than the newest snapshot, else rebuilds it from that. */
export async function openStore(paths: DataPaths): Promise<Store> {
  const store = new Store(paths.store);
  const snapshot = listSnapshots(paths.snapshots).at(-1);
  if ((await store.load()) && store.state.index >= (snapshot?.index ?? 0)) return store;
  if (snapshot) await store.restore(snapshot.directory, readSnapshotState(snapshot));
  else store.reset();
  return store;
}

interface Segments {
  segments: Segment[];
  last: { index: number; term: number } | undefined;
}

/**
 * Reads the segments in order and applies what the store lacks. A segment that a crash cut short is cut back to its
 * last whole entry, and what follows it dropped, if the tail still has what is lost by that.
 */
function readSegments(paths: DataPaths, store: Store, tailFirst: number): Segments {
  const result: Segments = { segments: [], last: undefined };
  const files = segmentFiles(paths.wal);
  const heads = files.map(readSegmentHead);
  for (const [i, file] of files.entries()) {
    const applied = wholeApplied(heads[i], heads[i + 1], store);
    if (applied) {
      checkOrder(result.segments.at(-1), applied, store);
      result.segments.push(applied);
      continue;
    }
    const contents = parseSegment(file, fs.readFileSync(file));
    const { segment, entries } = contents;
    const previous = result.segments.at(-1);
    const headless = segment.firstIndex === 0;
    if (headless) segment.lastIndex = previous?.lastIndex ?? store.state.index;
    if (contents.fault) repair(paths, contents, headless, tailFirst);
    if (headless) return result;
    checkOrder(previous, segment, store);
    applyMissing(store, entries);
    result.last = entries.at(-1) ?? { index: segment.firstIndex - 1, term: segment.previousTerm };
    result.segments.push(segment);
    if (contents.fault) return result;
  }
  return result;
}

/** A segment of which the store has everything: it is kept for the archive and for members that lag, but not read. */
function wholeApplied(head: Segment | undefined, next: Segment | undefined, store: Store): Segment | undefined {
  if (!head || !next || next.firstIndex > store.state.index + 1) return undefined;
  return { ...head, lastIndex: next.firstIndex - 1 };
}

/** Cuts a segment back to its last whole entry. */
function repair(paths: DataPaths, contents: SegmentContents, headless: boolean, tailFirst: number): void {
  const { segment, end, fault } = contents;
  const isLast = segmentFiles(paths.wal).at(-1) === segment.file;
  if (!(fault === "torn" && isLast) && tailFirst > segment.lastIndex + 1) {
    throw new DamageError(`${segment.file} is damaged`);
  }
  dropAfter(paths, headless ? segment.number - 1 : segment.number);
  if (headless) return;
  fs.truncateSync(segment.file, end);
  segment.bytes = end;
}

function checkOrder(previous: Segment | undefined, segment: Segment, store: Store): void {
  if (previous && segment.number !== previous.number + 1) {
    throw new DamageError(`segments are missing between ${previous.file} and ${segment.file}`);
  }
  if (segment.firstIndex > store.state.index + 1) {
    throw new DamageError(
      `${segment.file} begins at ${segment.firstIndex}, but the store ends at ${store.state.index}`,
    );
  }
}

function applyMissing(store: Store, entries: Entry[]): void {
  const missing = entries.filter((entry) => entry.index > store.state.index);
  for (let at = 0; at < missing.length; at += 1000) store.apply(missing.slice(at, at + 1000));
}

function dropAfter(paths: DataPaths, number: number): void {
  for (const file of segmentFiles(paths.wal)) if (segmentNumber(file) > number) fs.rmSync(file);
  syncDirectory(paths.wal);
}

/** Reads everything that a node has and puts it in a state to go on from. */
export async function recover(paths: DataPaths): Promise<Recovered> {
  makeFolders(paths);
  removeUnfinished(paths.snapshots);
  const store = await openStore(paths);
  const { entries, damaged } = readTail(paths.tail);
  if (damaged !== undefined) throw new DamageError(`${damaged} is damaged`);
  const { segments, last } = readSegments(paths, store, entries[0]?.index ?? Infinity);
  const applied = { index: store.state.index, term: store.state.term };
  const base = last && last.index >= applied.index ? last : applied;
  const tail = entries.filter((entry) => entry.index > base.index);
  if (tail[0] && tail[0].index !== base.index + 1) {
    throw new DamageError(`the log has no entries between ${base.index} and ${tail[0].index}`);
  }
  return { store, segments, base, tail, state: currentState(paths, tail.at(-1)?.term ?? base.term) };
}

/** Term and vote; no older than the newest entry, where the note of them was not restored. */
function currentState(paths: DataPaths, newestTerm: number): NodeState {
  const state = readNodeState(paths);
  return state && state.term >= newestTerm ? state : { term: newestTerm, votedFor: null };
}

/** The membership that holds: that of the newest entry, committed or not, else the applied one. */
export function newestMembership(store: Store, tail: Entry[]): Membership {
  const entry = tail.findLast((each) => each.type === EntryType.members);
  return entry ? membershipOf(entry) : { clusterId: store.state.clusterId, members: store.state.members };
}
