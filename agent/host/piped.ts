import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";
import { explainSpawn } from "./run";

/** A program ended badly; its message holds what it said. */
export class ProgramFailed extends WorldFault {}

/** A program whose input or output is a stream. */
export interface Ended {
  child: ChildProcess;
  /** Settles when the program has ended: rejects with its message unless it ended well. */
  ended: Promise<void>;
}

export function start(program: string, args: readonly string[], stdio: (string | number | Readable)[]): Ended {
  // In English: what they say of a disk is looked for in it.
  const env = { ...process.env, LC_ALL: "C.UTF-8" };
  const child = spawn(program, args, { stdio: stdio as never, signal: interrupted, env });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = shorten(stderr + chunk.toString())));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error) => reject(explainSpawn(program, error)));
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      // A signal that asks for an end reaches the whole process group: it is the reason, not this program.
      if (interrupted.aborted) return reject(interrupted.reason as Error);
      reject(new ProgramFailed(`${program} failed with ${signal ?? `exit code ${code}`}: ${stderr.trim()}`));
    });
  });
  ended.catch(() => undefined); // Looked at by whoever waits; never an unhandled rejection before that.
  return { child, ended };
}

/** What a program said first, which names the cause, and last, which says how it ended. */
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 1000)}\n…\n${text.slice(-900)}`;
}
