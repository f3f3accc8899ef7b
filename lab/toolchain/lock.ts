import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** How often the holder says that it lives, and after how long a silent holder counts as dead. */
const heartbeatMs = 2_000;
const staleMs = 20_000;

/** How a lock is waited for. */
export interface LockOptions {
  /** Told at most every few seconds while another process holds the lock. */
  waiting: (seconds: number) => void;
  signal?: AbortSignal;
}

/**
 * Runs the work while holding a lock file. The holder touches the file as long as it lives, so a killed one is
 * succeeded after {@link staleMs}. The lock saves duplicate work; what it guards must also be safe without it
 * (results appear by rename), since a machine that slept can wake up beside its successor.
 */
export async function withLock<T>(file: string, options: LockOptions, work: () => Promise<T>): Promise<T> {
  mkdirSync(path.dirname(file), { recursive: true });
  const token = randomUUID();
  const start = Date.now();
  let told = 0;
  while (!tryLock(file, token)) {
    if (Date.now() - told > 5_000) {
      told = Date.now();
      options.waiting(Math.round((told - start) / 1000));
    }
    await sleep(200, undefined, { signal: options.signal });
  }
  const heartbeat = setInterval(() => touch(file, token), heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    if (holder(file) === token) rmSync(file, { force: true });
  }
}

function tryLock(file: string, token: string): boolean {
  try {
    writeFileSync(file, token, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  removeStale(file);
  return false;
}

function holder(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function touch(file: string, token: string): void {
  if (holder(file) !== token) return;
  const now = new Date();
  utimesSync(file, now, now);
}

/** Takes a dead holder's file away. The rename tells which of several waiters did it. */
function removeStale(file: string): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    if (Date.now() - statSync(file).mtimeMs < staleMs) return;
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return;
    throw error;
  }
  rmSync(aside, { force: true });
}
