import fs from "node:fs";
import path from "node:path";
import { DamageError, hex16, listNames, seal, syncDirectory, syncFile, unseal } from "./files";
import { pageFileNames, verifyPages } from "./pages";
import type { State, Store } from "./store";

const snapshotName = /^[0-9a-f]{16}$/;
const unfinishedName = /^\.tmp-[0-9a-f]{16}$/;
const metaName = "meta";

/** A snapshot: a folder named after the index it covers, with the state under a checksum and the rows on pages. */
export interface Snapshot {
  directory: string;
  index: number;
}

/** The snapshots in a folder, oldest first. */
export function listSnapshots(directory: string): Snapshot[] {
  return listNames(directory, snapshotName).map((name) => ({
    directory: path.join(directory, name),
    index: parseInt(name, 16),
  }));
}

/** The state that a snapshot holds. */
export function readSnapshotState(snapshot: Snapshot): State {
  const file = path.join(snapshot.directory, metaName);
  const state = unseal(fs.readFileSync(file), file) as State;
  if (state.index !== snapshot.index) throw new DamageError(`${file}: is of index ${state.index}`);
  return state;
}

/** Names of the files that a snapshot consists of, the one that makes it whole last. */
export function snapshotFiles(snapshot: Snapshot): string[] {
  return [...pageFileNames(snapshot.directory), metaName];
}

/** Reads all of a snapshot; returns what is wrong. */
export async function verifySnapshot(snapshot: Snapshot): Promise<string[]> {
  try {
    const state = readSnapshotState(snapshot);
    return await verifyPages(snapshot.directory, state.length);
  } catch (error) {
    return [`${snapshot.directory}: ${(error as Error).message}`];
  }
}

/** Removes what a killed process left half made. */
export function removeUnfinished(directory: string): void {
  for (const name of listNames(directory, unfinishedName)) {
    fs.rmSync(path.join(directory, name), { recursive: true });
  }
}

/** Begins a snapshot under another name. */
export function beginSnapshot(directory: string, index: number): string {
  const temporary = path.join(directory, `.tmp-${hex16(index)}`);
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary);
  return temporary;
}

/** Gives a whole snapshot its name. */
export function publishSnapshot(temporary: string, index: number): Snapshot {
  const directory = path.join(path.dirname(temporary), hex16(index));
  syncDirectory(temporary);
  if (fs.existsSync(directory)) fs.rmSync(directory, { recursive: true });
  fs.renameSync(temporary, directory);
  syncDirectory(path.dirname(directory));
  return { directory, index };
}

/** Makes a snapshot of the store as it is at the call; entries may be applied while it is written. */
export async function createSnapshot(store: Store, directory: string): Promise<Snapshot> {
  const point = store.point();
  const newest = listSnapshots(directory).at(-1);
  if (newest?.index === point.state.index) return newest;
  const temporary = beginSnapshot(directory, point.state.index);
  await store.copyTo(point, temporary, newest?.directory);
  const meta = path.join(temporary, metaName);
  fs.writeFileSync(meta, seal(point.state));
  syncFile(meta);
  return publishSnapshot(temporary, point.state.index);
}

/** Deletes all but the newest ones. */
export function removeOldSnapshots(directory: string, keep: number): void {
  for (const snapshot of listSnapshots(directory).slice(0, -keep)) {
    fs.rmSync(snapshot.directory, { recursive: true, force: true });
  }
}
