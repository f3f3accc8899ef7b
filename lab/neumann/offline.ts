import fs from "node:fs";
import path from "node:path";
import { randomUUID } from "node:crypto";
import { type Config, dataPaths, type DataPaths } from "./config";
import { encodeEntry, type Entry, EntryType, scanEntries } from "./entry";
import { DamageError, isMissing, readIfThere, syncDirectory } from "./files";
import { firstEntry } from "./joining";
import { lock } from "./lock";
import { Log } from "./log";
import { makeFolders, openStore, readArchived, readNodeState, recover, writeNodeState } from "./recovery";
import { createSnapshot, listSnapshots, verifySnapshot } from "./snapshot";
import { type Store, verifyStore } from "./store";
import { tailFiles } from "./tail";
import { parseSegment, segmentFiles, segmentNumber, Wal } from "./wal";

/** Runs something on a stopped node's data, and keeps the server from starting meanwhile. */
async function alone<T>(config: Config, work: (paths: DataPaths) => Promise<T>): Promise<T> {
  fs.mkdirSync(config.dataDirectory, { recursive: true });
  const held = await lock(config.dataDirectory);
  try {
    return await work(dataPaths(config.dataDirectory));
  } finally {
    await held.release();
  }
}

/**
 * Makes the data the beginning of a new cluster of one: all entries that the node has count as committed, and one more
 * says who the only member is. A pause stays.
 */
export function initCluster(config: Config): Promise<string> {
  return alone(config, async (paths) => {
    const { store, segments, base, tail, state } = await recover(paths);
    const clusterId = randomUUID();
    const members = [{ id: config.nodeId, address: config.advertised }];
    const last = tail.at(-1) ?? base;
    const term = Math.max(state.term, last.term) + 1;
    const data = Buffer.from(JSON.stringify({ clusterId, members }));
    const entry =
      last.index === 0
        ? firstEntry(clusterId, members)
        : encodeEntry({ index: last.index + 1, term, time: Date.now(), type: EntryType.members, data });
    const wal = new Wal(paths.wal, true, (error) => {
      throw error;
    });
    wal.adopt(segments, segments.length > 0 ? base.term : 0);
    const log = new Log(wal, paths.tail, true);
    await log.start(base, tail);
    await log.append([entry]);
    store.apply(log.commitTo(entry.index));
    await store.checkpoint();
    writeNodeState(paths, { term: entry.term, votedFor: config.nodeId });
    fs.rmSync(path.join(paths.raft, "forming"), { force: true });
    await log.close();
    store.close();
    return clusterId;
  });
}

/** Reads everything that has a checksum; returns what is wrong and how much was read. */
export async function verifyChecksums(config: Config): Promise<{ faults: string[]; checked: string[] }> {
  const paths = dataPaths(config.dataDirectory);
  const faults: string[] = [];
  const checked: string[] = [];
  const check = async (name: string, verify: () => string[] | Promise<string[]>) => {
    checked.push(name);
    faults.push(...(await steady(verify)));
  };
  if (!fs.existsSync(config.dataDirectory)) throw new Error(`${config.dataDirectory} does not exist`);
  for (const snapshot of listSnapshots(paths.snapshots)) {
    await check(snapshot.directory, async () => (fs.existsSync(snapshot.directory) ? verifySnapshot(snapshot) : []));
  }
  for (const file of segmentFiles(paths.wal)) await check(file, () => verifySegment(paths, file));
  for (const file of tailFiles(paths.tail)) await check(file, () => verifyTail(file));
  await check(paths.store, () => verifyStore(paths.store));
  for (const [file, read] of [
    [paths.state, readNodeState],
    [paths.archived, readArchived],
  ] as const) {
    if (!fs.existsSync(file)) continue;
    await check(file, () => {
      read(paths);
      return [];
    });
  }
  return { faults, checked };
}

/** A running node may be writing what is read: only what stays wrong is wrong. */
async function steady(verify: () => string[] | Promise<string[]>): Promise<string[]> {
  let faults: string[] = [];
  for (let attempt = 0; attempt < 6; attempt++) {
    if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, 30 * attempt));
    try {
      faults = await verify();
    } catch (error) {
      if (!(error instanceof DamageError) && !isMissing(error)) throw error;
      faults = [(error as Error).message];
    }
    if (faults.length === 0) return [];
  }
  return faults;
}

function verifySegment(paths: DataPaths, file: string): string[] {
  const bytes = readIfThere(file);
  if (!bytes) return [];
  const { fault } = parseSegment(file, bytes);
  const last = segmentFiles(paths.wal).at(-1) === file;
  if (fault === undefined || (fault === "torn" && last)) return [];
  return [`${file}: ${fault === "torn" ? "is cut short" : "checksum does not match"}`];
}

function verifyTail(file: string): string[] {
  const bytes = readIfThere(file);
  return bytes && scanEntries(bytes).fault === "damaged" ? [`${file}: checksum does not match`] : [];
}

/** Until when to replay: everything, or entries not after a time in milliseconds. */
export type Target = number | undefined;

/** Replays archived segments on top of the newest snapshot; returns the index reached. */
export function replayWal(config: Config, from: string, target: Target): Promise<number> {
  return alone(config, async (paths) => {
    const files = listReplay(from);
    makeFolders(paths);
    const wasEmpty = !fs.existsSync(path.join(paths.store, "header"));
    const store = await openStore(paths);
    try {
      applySegments(paths, store, files, target);
    } catch (error) {
      // Nothing half replayed may be taken for a store at the next try.
      if (wasEmpty) store.discard();
      throw error;
    }
    await store.checkpoint();
    await createSnapshot(store, paths.snapshots);
    setAside(paths);
    writeNodeState(paths, { term: store.state.term, votedFor: null });
    store.close();
    return store.state.index;
  });
}

function applySegments(paths: DataPaths, store: Store, files: string[], target: Target): void {
  const base = listSnapshots(paths.snapshots).at(-1)?.index ?? 0;
  checkBase(store, target);
  const seen = new Replay(store, base, target);
  for (const file of files) if (!seen.done) seen.read(file);
  if (!seen.done && seen.newest < (target ?? -Infinity)) {
    const last = new Date(seen.newest).toISOString();
    throw new Error(`no entry is at or after the target: the last one is of ${last}`);
  }
  if (seen.done && seen.stoppedAt <= store.state.index) {
    throw new Error(`the data already holds entry ${store.state.index}, which is after the target: empty store/`);
  }
}

function listReplay(from: string): string[] {
  if (!fs.existsSync(from) || !fs.statSync(from).isDirectory()) throw new Error(`${from} is no local folder`);
  const files = segmentFiles(from);
  if (files.length === 0) throw new Error(`${from} has no segments`);
  const numbers = files.map(segmentNumber);
  numbers.forEach((number, i) => {
    const before = numbers[i - 1];
    if (before !== undefined && number !== before + 1) {
      throw new Error(`segments are missing between ${files[i - 1]} and ${files[i]}`);
    }
  });
  return files;
}

function checkBase(store: Store, target: Target): void {
  if (target === undefined || store.state.time <= target) return;
  const at = new Date(store.state.time).toISOString();
  throw new Error(`the data already reaches ${at}, which is after the target: take an older snapshot, empty store/`);
}

/** Goes through segments in order and applies what the data lacks. */
class Replay {
  done = false;
  /** The latest time seen. */
  newest = -Infinity;
  /** The index of the entry that ended it. */
  stoppedAt = Infinity;
  private lastIndex: number | undefined;
  private lastTerm = 0;
  private previousFile = "";

  constructor(
    private readonly store: Store,
    private readonly base: number,
    private readonly target: Target,
  ) {}

  read(file: string): void {
    if (this.previousFile !== "" && this.previousTorn) throw new Error(`${this.previousFile} is cut short`);
    const { segment, entries, fault } = parseSegment(file, fs.readFileSync(file));
    if (fault === "damaged" && segment.firstIndex === 0) throw new Error(`${file} is damaged`);
    if (segment.firstIndex > 0) this.checkOrder(file, segment.firstIndex);
    const stop = entries.findIndex((entry) => this.isAfter(entry));
    const wanted = stop < 0 ? entries : entries.slice(0, stop);
    this.apply(file, wanted);
    const last = entries[stop];
    if (last) {
      this.done = true;
      this.newest = Math.max(this.newest, last.time);
      this.stoppedAt = last.index;
    } else if (fault === "damaged") {
      throw new Error(`${file} is damaged`);
    }
    this.previousFile = file;
    this.previousTorn = fault === "torn";
  }

  private previousTorn = false;

  private isAfter(entry: Entry): boolean {
    return this.target !== undefined && entry.time > this.target;
  }

  private checkOrder(file: string, firstIndex: number): void {
    if (this.lastIndex === undefined && firstIndex > this.base + 1) {
      throw new Error(`${file} begins at ${firstIndex}, but the snapshot ends at ${this.base}`);
    }
    if (this.lastIndex !== undefined && firstIndex !== this.lastIndex + 1) {
      throw new Error(`${file} begins at ${firstIndex}, but the segment before it ends at ${this.lastIndex}`);
    }
    this.lastIndex = firstIndex - 1;
  }

  private apply(file: string, entries: Entry[]): void {
    for (const entry of entries) {
      if (entry.term < this.lastTerm) throw new Error(`${file}: entry ${entry.index} is of another history`);
      this.lastTerm = entry.term;
      this.lastIndex = entry.index;
      this.newest = Math.max(this.newest, entry.time);
      const { index, term } = this.store.state;
      if (entry.index === index && entry.term !== term) {
        throw new Error(`${file}: entry ${index} is of another history than the snapshot`);
      }
    }
    const missing = entries.filter((entry) => entry.index > this.store.state.index);
    for (let at = 0; at < missing.length; at += 1000) this.store.apply(missing.slice(at, at + 1000));
  }
}

/** Takes the node's own log out of the way: what it holds beyond the point reached must not come back. */
function setAside(paths: DataPaths): void {
  const files = [...segmentFiles(paths.wal), ...tailFiles(paths.tail)];
  if (files.length > 0) {
    const aside = path.join(paths.raft, `replayed-${new Date().toISOString().replace(/\D/g, "")}`);
    fs.mkdirSync(aside);
    files.forEach((file) => fs.renameSync(file, path.join(aside, path.basename(file))));
    syncDirectory(aside);
  }
  fs.rmSync(paths.archived, { force: true });
  for (const folder of [paths.wal, paths.tail, paths.raft]) syncDirectory(folder);
}
