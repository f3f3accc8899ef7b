import type { Fault } from "../../lab/store/faultyProxy";

/** Numbers from 0 to below 1 that a seed decides. */
export type Random = () => number;

/** mulberry32: small, and good enough to choose by. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A run of the agent. */
export interface PlannedRun {
  words: string[];
  /** Only the leader takes backups; others must say so. */
  on: "leader" | number;
  /** SIGKILL to its whole process group so much later, if it still runs. */
  killAfterMs: number | undefined;
}

/** What happens at a moment of the soak. Each ends by itself. */
export type Act =
  | { kind: "kill-node"; at: number; node: number; forMs: number }
  | { kind: "stop-leader"; at: number; forMs: number }
  | { kind: "archive"; at: number; forMs: number; fault: Fault; share: number; seed: number }
  | { kind: "run"; at: number; runs: PlannedRun[] }
  | { kind: "install"; at: number; node: number }
  | { kind: "age"; at: number; newest: number }
  | { kind: "lifecycle"; at: number; share: number; seed: number };

export const nodeCount = 3;

/** Away means that nobody listens, as far as a client can tell. */
const archiveFaults: readonly { fault: Fault; share: number }[] = [
  { fault: { answer: 500, code: "InternalError" }, share: 0.6 },
  { fault: { answer: 503, code: "SlowDown" }, share: 0.6 },
  { fault: { answer: 403, code: "AccessDenied" }, share: 0.3 },
  { fault: { reset: "before" }, share: 1 },
  { fault: { reset: "after" }, share: 0.5 },
  { fault: { upload: "cut" }, share: 0.5 },
  { fault: { upload: "flip" }, share: 0.5 },
  { fault: { download: "cut" }, share: 0.5 },
  { fault: { download: "flip" }, share: 0.3 },
  { fault: { bytesPerSecond: 100_000 }, share: 1 },
  { fault: { hang: true }, share: 0.4 },
];

const backups = [["full"], ["full"], ["full"], ["snapshot"], ["snapshot"], ["offsite"], ["run-due"]];
const others = [["prune"], ["verify"], ["offsite-wal"], ["run-due"], ["resume-writes", "--expired"], ["status"]];

/** Everything that goes wrong in a soak, and every command that is started: the same for the same seed. */
export function scheduleOf(seed: number, seconds: number): Act[] {
  const end = seconds * 1000;
  // A generator for each kind: a longer soak begins with the same acts.
  const tracks = [nodeActs, archiveActs, runActs, installActs, expiryActs].map((acts, index) =>
    acts(randomOf(seed * 31 + index), end),
  );
  return tracks.flat().sort((a, b) => a.at - b.at);
}

function between(random: Random, low: number, high: number): number {
  return Math.floor(low + random() * (high - low));
}

function pick<T>(random: Random, from: readonly T[]): T {
  return from[Math.floor(random() * from.length)] as T;
}

/** One node at a time: a majority is always there, so writes must be taken. */
function nodeActs(random: Random, end: number): Act[] {
  const acts: Act[] = [];
  for (let at = between(random, 6000, 10_000); ; at += between(random, 12_000, 20_000)) {
    const forMs = between(random, 500, 6000);
    const node = Math.floor(random() * nodeCount);
    const stops = random() < 0.4;
    if (at + forMs > end) return acts;
    acts.push(stops ? { kind: "stop-leader", at, forMs } : { kind: "kill-node", at, node, forMs });
  }
}

function archiveActs(random: Random, end: number): Act[] {
  const acts: Act[] = [];
  // Every fault comes before one comes twice.
  let left: (typeof archiveFaults)[number][] = [];
  for (let at = between(random, 8000, 12_000); ; at += between(random, 8000, 11_000)) {
    if (left.length === 0) left = [...archiveFaults];
    const [{ fault, share } = { fault: {}, share: 0 }] = left.splice(Math.floor(random() * left.length), 1);
    const forMs = between(random, 1500, 6000);
    const seed = between(random, 0, 2 ** 31);
    if (at + forMs > end) return acts;
    acts.push({ kind: "archive", at, forMs, fault, share, seed });
  }
}

function runActs(random: Random, end: number): Act[] {
  const acts: Act[] = [];
  for (let at = 1000; at < end; at += between(random, 2500, 5000)) {
    const runs = Array.from({ length: random() < 0.3 ? 2 : 1 }, (): PlannedRun => {
      const isBackup = random() < 0.65;
      const words = pick(random, isBackup ? backups : others);
      const node = Math.floor(random() * nodeCount);
      const on = isBackup && random() < 0.9 ? "leader" : node;
      // Most commands take one to three seconds.
      const after = between(random, 100, 3000);
      return { words, on, killAfterMs: random() < 0.5 ? after : undefined };
    });
    acts.push({ kind: "run", at, runs });
  }
  return acts;
}

function installActs(random: Random, end: number): Act[] {
  const acts: Act[] = [];
  for (let at = between(random, 10_000, 30_000); at < end; at += between(random, 30_000, 60_000)) {
    acts.push({ kind: "install", at, node: Math.floor(random() * nodeCount) });
  }
  return acts;
}

/** What was stored grows old, somebody prunes, and after a while the bucket's rule deletes some of what has its tag. */
function expiryActs(random: Random, end: number): Act[] {
  const acts: Act[] = [];
  for (let at = between(random, 12_000, 18_000); at < end; at += between(random, 14_000, 22_000)) {
    const node = Math.floor(random() * nodeCount);
    const after = between(random, 300, 3000);
    const killAfterMs = random() < 0.5 ? after : undefined;
    acts.push({ kind: "age", at, newest: 1 + Math.floor(random() * 3) });
    acts.push({ kind: "run", at, runs: [{ words: ["prune"], on: node, killAfterMs }] });
    const later = at + between(random, 2000, 12_000);
    acts.push({ kind: "lifecycle", at: later, share: 0.3 + 0.7 * random(), seed: between(random, 0, 2 ** 31) });
  }
  return acts.filter((act) => act.at < end);
}
