import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import type { Note, Writer } from "../../lab/neumann/writer";
import { agent, filesBelow, quickPolicy } from "../agent/support";
import { isUnfinished } from "./expiry";
import type { World } from "./world";

/** Writes are taken again so soon after whatever happened (I10). */
const restMs = ((quickPolicy.full?.maxPauseSeconds ?? 0) + 30) * 1000;
/** A client that is not answered goes to another node. */
const impatientMs = 3000;

/** Looks all the time whether rows are acknowledged; says when they were not for too long. */
export class WritesAreTaken {
  longestMs = 0;
  private seen = 0;
  private since = Date.now();
  private impatientAt = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(
    private readonly writer: Writer,
    private readonly fail: (problem: string) => void,
  ) {
    this.timer = setInterval(() => this.look(), 100);
  }

  private look(): void {
    const now = Date.now();
    if (this.writer.acknowledged > this.seen) {
      this.seen = this.writer.acknowledged;
      this.since = now;
    }
    const rest = now - this.since;
    this.longestMs = Math.max(this.longestMs, rest);
    if (rest > restMs) this.fail(`no row was acknowledged for ${Math.round(rest / 1000)} s`);
    if (rest < impatientMs || now - this.impatientAt < impatientMs) return;
    this.impatientAt = now;
    this.writer.interrupt();
  }

  stop(): void {
    clearInterval(this.timer);
  }
}

interface Known {
  sha256: string;
  change: string;
}

/** What has ever been in the archives: nothing may change, and nothing may go but what the policy no longer keeps. */
export class NothingGoes {
  /** How many went that might. */
  gone = 0;
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly folders: readonly string[],
    private readonly judge = (gone: readonly string[]) => gone.map((file) => `${file} is gone`),
  ) {}

  get size(): number {
    return this.known.size;
  }

  /** Problems. `whole`: everything is read again, else only what the file system says was touched. */
  look(whole: boolean): string[] {
    const there = new Set<string>();
    const problems: string[] = [];
    for (const file of this.folders.flatMap(objectsIn)) {
      const stat = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
      if (stat === undefined) continue; // A temporary name that was taken away at this moment.
      there.add(file);
      const change = `${stat.ino} ${stat.size} ${stat.mtimeNs}`;
      const before = this.known.get(file);
      if (!whole && before?.change === change) continue;
      const sha256 = createHash("sha256").update(fs.readFileSync(file)).digest("hex");
      if (before !== undefined && before.sha256 !== sha256) problems.push(`${file} has another content`);
      this.known.set(file, { sha256, change });
    }
    const gone = [...this.known.keys()].filter((file) => !there.has(file));
    for (const file of gone) this.known.delete(file);
    const wrong = this.judge(gone);
    this.gone += gone.length - wrong.length;
    return [...problems, ...wrong];
  }
}

/** Finished objects: what a store and an agent have only begun has another name. */
function objectsIn(folder: string): string[] {
  return filesBelow(folder)
    .filter((name) => !isUnfinished(name))
    .map((name) => path.join(folder, name));
}

interface Verified {
  verdicts: { backupId: string; good: boolean; problem: string | null }[];
}

/** Reads every byte of everything that is listed, over a network that does not ail. Problems. */
export async function verifyAll(world: World): Promise<{ backups: number; problems: string[] }> {
  const ran = await agent(["--json", "verify", "--depth", "bytes", ...world.flags], { environment: world.keys });
  if (ran.code !== 0 && ran.code !== 5) return { backups: 0, problems: [`verify: exit ${ran.code} ${ran.stderr}`] };
  const { verdicts } = JSON.parse(ran.stdout) as Verified;
  const bad = verdicts.filter(({ good }) => !good);
  return { backups: verdicts.length, problems: bad.map(({ backupId, problem }) => `${backupId}: ${problem}`) };
}

/** Protocol 31: acknowledged by then: there. Sent later: not there. In between: either, but whole. */
export function differences(writer: Writer, values: string[], target: number): Record<string, Note[] | number[]> {
  const { wrong, double } = writer.compare(values, () => false);
  const rows = new Set(values.map((value) => Number(/^row-(\d+)-/.exec(value)?.[1])));
  return {
    wrong,
    double,
    lost: writer.notes.filter((note) => (note.acknowledgedAt ?? Infinity) <= target && !rows.has(note.k)),
    tooMuch: writer.notes.filter((note) => note.sentAt > target && rows.has(note.k)),
  };
}

export const none = { wrong: [], double: [], lost: [], tooMuch: [] };
