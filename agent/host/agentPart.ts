import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { agentProgram } from "../identity";
import { WorldFault } from "../run/errors";
import type { Event } from "../run/events";
import { interrupted } from "../run/interrupt";

/** How a part of the agent ended. */
export interface PartEnd {
  /** 128: by a signal. */
  code: number;
  /** The last line that it printed: its result. */
  stdout: string;
  /** What it said went wrong. */
  complaint: string;
}

/**
 * A command of this agent as a process of its own, in this process's group, so that both die together. It has to be told
 * `--json`.
 */
export class AgentPart {
  readonly ended: Promise<PartEnd>;
  private readonly child: ChildProcess;
  private over = false;

  /** `said` is told of each of its events as it comes; `input` is what it reads. */
  constructor(words: readonly string[], said: (event: Event) => void = () => undefined, input = "") {
    this.child = spawn(process.execPath, [agentProgram(), ...words], { stdio: ["pipe", "pipe", "pipe"] });
    this.child.stdin?.on("error", () => undefined); // Who ended before it has read tells how it ended.
    this.child.stdin?.end(input);
    if (this.child.stderr !== null) {
      createInterface(this.child.stderr).on("line", (line) => {
        if (line.startsWith("{")) said(JSON.parse(line) as Event);
      });
    }
    this.ended = endOf(this.child).finally(() => (this.over = true));
    this.ended.catch(() => undefined); // Awaited by whoever started it, later.
  }

  /** Waits a while for its end; true while it runs. Throws when this process is asked to stop. */
  async runs(milliseconds: number): Promise<boolean> {
    const waiting = new AbortController();
    const signal = AbortSignal.any([interrupted, waiting.signal]);
    const pause = sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    await Promise.race([pause, this.ended.catch(() => undefined)]);
    waiting.abort();
    if (!this.over) interrupted.throwIfAborted();
    return !this.over;
  }

  /**
   * Asks it to end in order, and waits until it has; after so many milliseconds it is killed. Nothing happens when it is
   * over.
   */
  async stop(patienceMs?: number): Promise<void> {
    if (!this.over) this.child.kill("SIGTERM");
    const late = patienceMs === undefined ? undefined : setTimeout(() => this.child.kill("SIGKILL"), patienceMs);
    await this.ended.catch(() => undefined);
    clearTimeout(late);
  }
}

function endOf(child: ChildProcess): Promise<PartEnd> {
  const said = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8");
    child[name]?.on("data", (text: string) => (said[name] += text));
  }
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new WorldFault(`a part of the agent did not start: ${error.message}`)));
    child.once("close", (code, signal) => {
      const stdout = said.stdout.trim().split("\n").at(-1) ?? "";
      const complaint = errorsIn(said.stderr) || `it ended with ${signal ?? `exit code ${code}`}`;
      resolve({ code: code ?? 128, stdout, complaint });
    });
  });
}

/** Messages of its events; a line that is none is one of a program that broke down. */
function errorsIn(stderr: string): string {
  const lines = stderr.split("\n").filter((line) => line !== "");
  return lines
    .flatMap((line) => {
      if (!line.startsWith("{")) return [line];
      const { event, message = "" } = JSON.parse(line) as { event: string; message?: string };
      return event === "error" ? [message] : [];
    })
    .join("\n");
}
