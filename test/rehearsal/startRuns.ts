import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killAll, processesOf } from "../../lab/demo/processes";

export const root = path.dirname(path.dirname(__dirname));
export const minutes = 60_000;

/** Runs of `npm start`, each in a working folder of its own, which nothing outlives. */
export class Runs {
  readonly folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "start-")));
  private readonly works: string[] = [];

  work(name: string): string {
    const work = path.join(this.folder, name);
    this.works.push(work);
    return work;
  }

  start(work: string, ...flags: string[]): Run {
    return this.run("start.mjs", ["--work", work, ...flags]);
  }

  run(script: string, flags: readonly string[], environment: Record<string, string> = {}): Run {
    return new Run(script, flags, { cwd: this.folder, env: { ...process.env, ...environment } });
  }

  async end(): Promise<void> {
    for (const work of this.works) await killAll(() => processesOf(work));
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A run of `npm start` without npm, in a process group of its own, as a shell starts it. */
export class Run {
  output = "";
  result = "";
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(script: string, flags: readonly string[], place: { cwd: string; env: NodeJS.ProcessEnv }) {
    const program = path.join(root, "scripts", script);
    this.child = spawn(process.execPath, [program, ...flags], { ...place, detached: true, stdio: "pipe" });
    this.child.stdout?.on("data", (text: Buffer) => {
      this.output += text.toString();
      this.result += text.toString();
    });
    this.child.stderr?.on("data", (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  get pid(): number {
    return this.child.pid ?? NaN;
  }

  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.child.exitCode !== null) throw new Error(`it ended before it said ${pattern}:\n${this.output}`);
      await sleep(50);
    }
  }
}
