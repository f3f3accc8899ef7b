import { setTimeout as sleep } from "node:timers/promises";
import { formatCount, formatSeconds } from "../model/units";
import { countSegments } from "./files";
import type { Laboratory, RowWriter } from "./laboratory";
import type { Check } from "../model/objectives";
import type { TakenBackup } from "./result";
import type { Teller } from "./timeline";

/** How a cluster is loaded. */
export interface LoadRequest {
  laboratory: Laboratory;
  clusterId: string;
  /** Folder of the first archive. */
  archive: string;
  /** Acknowledged writes at least. */
  writes: number;
  signal?: AbortSignal;
}

/** A cluster under load, with backups taken meanwhile. The writer still writes. */
export interface Load {
  writer: RowWriter;
  backups: TakenBackup[];
  /** Segments of the log in the first archive. */
  archivedSegments: number;
  checks: Check[];
}

/** Backups begin when this part of the writes is acknowledged, and this part follows the last of them at least. */
const part = 0.1;
const commands = ["snapshot", "full", "offsite"] as const;
const maxAttempts = 4;

/**
 * Writes at least as many rows as asked for; meanwhile takes each kind of backup by the agent's own commands, so that
 * the last part of the writes is in no backup.
 */
export async function loadAndBackUp(request: LoadRequest, tell: Teller): Promise<{ result: Load; detail: string }> {
  const { laboratory, writes } = request;
  const began = Date.now();
  const writer = await laboratory.startWriter(laboratory.lost);
  try {
    const state = new LoadState(request, writer, tell);
    await state.reached(writes * part, "");
    const backups: TakenBackup[] = [];
    for (const command of commands) backups.push(await backUp(state, command));
    await state.reached(Math.max(writes, writer.acknowledged + writes * part), "; no backup follows");
    const archivedSegments = await countSegments(request.archive, request.clusterId);
    const rate = Math.round(writer.acknowledged / ((Date.now() - began) / 1000));
    tell.note(
      `${formatCount(archivedSegments)} WAL segments archived; ${formatCount(rate)} acknowledged writes a second`,
    );
    const checks = loadChecks(request, writer, archivedSegments);
    const detail = `${formatCount(writer.acknowledged)} writes acknowledged, ${backups.length} backups taken meanwhile`;
    return { result: { writer, backups, archivedSegments, checks }, detail };
  } catch (error) {
    await writer.stop();
    throw error;
  }
}

function loadChecks({ writes }: LoadRequest, writer: RowWriter, segments: number): Check[] {
  const atLeast = (name: string, title: string, least: number, found: number): Check => ({
    name,
    title,
    expected: `at least ${formatCount(least)}`,
    found: formatCount(found),
    passed: found >= least,
  });
  return [
    atLeast("writes", "Acknowledged writes", writes, writer.acknowledged),
    atLeast("segments", "Log segments archived while writing", 1, segments),
  ];
}

const waitMs = 50;
const stalledMs = 30_000;

class LoadState {
  constructor(
    readonly request: LoadRequest,
    readonly writer: RowWriter,
    readonly tell: Teller,
  ) {}

  say(text: string): void {
    const { writer, request } = this;
    this.tell.now(`${formatCount(writer.acknowledged)} of ${formatCount(request.writes)} writes acknowledged${text}`);
  }

  /** @throws Error when the writer makes no headway. */
  async reached(acknowledged: number, text: string): Promise<void> {
    let last = { at: Date.now(), count: this.writer.acknowledged };
    while (this.writer.acknowledged < acknowledged) {
      this.request.signal?.throwIfAborted();
      this.say(text);
      await sleep(waitMs);
      if (this.writer.acknowledged > last.count) last = { at: Date.now(), count: this.writer.acknowledged };
      if (Date.now() - last.at > stalledMs) throw new Error(this.stalled());
    }
  }

  private stalled(): string {
    const { acknowledged, failures } = this.writer;
    const seconds = formatSeconds(stalledMs / 1000);
    return `no write was acknowledged for ${seconds} (${formatCount(acknowledged)} before, ${failures} broken connections)`;
  }
}

/** Runs one of the agent's commands on the leader; where that has moved, on the next one. */
async function backUp(state: LoadState, command: string): Promise<TakenBackup> {
  const { laboratory, signal } = state.request;
  const from = Date.now();
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    const leader = await laboratory.leaderOf(laboratory.lost);
    let step = "";
    const timer = setInterval(() => state.say(`; ${command} on ${leader.nodeId}: ${step}`), 200).unref();
    try {
      const done = await laboratory.runAgent(leader, [command], (text) => (step = text));
      if (done.exitCode === 0) return taken(state.tell, command, from, done.result);
      if (attempt === maxAttempts) throw new Error(`the ${command} backup failed: ${done.message}`);
      state.tell.note(`${command} is taken again: ${done.message}`);
    } finally {
      clearInterval(timer);
    }
  }
}

function taken(tell: Teller, command: string, from: number, result: Record<string, unknown>): TakenBackup {
  const pause = result.pause as { seconds: number } | null | undefined;
  const seconds = (Date.now() - from) / 1000;
  const backup: TakenBackup = {
    tier: command === "snapshot" ? "snapshots" : command,
    backupId: String(result.backupId),
    startedAt: new Date(from).toISOString(),
    seconds,
    pauseSeconds: pause?.seconds ?? null,
    storedBytes: typeof result.storedBytes === "number" ? result.storedBytes : null,
  };
  tell.part(`${command} backup`, from);
  const rested = backup.pauseSeconds === null ? "" : `, writes rested for ${formatSeconds(backup.pauseSeconds)}`;
  tell.note(`neumann-backup ${command}: ${backup.backupId} (${formatSeconds(seconds)}${rested})`);
  return backup;
}
