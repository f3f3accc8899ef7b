import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";

/** A program whose input or output is a stream. */
export interface Ended {
  child: ChildProcess;
  /** Settles when the program has ended: rejects with its message unless it ended well. */
  ended: Promise<void>;
}

export function start(program: string, args: readonly string[], stdio: (string | number | Readable)[]): Ended {
  const child = spawn(program, args, { stdio: stdio as never, signal: interrupted });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = shorten(stderr + chunk.toString())));
  const ended = new Promise<void>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new WorldFault(`${program} was not found. Install it.`) : error),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve();
      reject(new WorldFault(`${program} failed with ${signal ?? `exit code ${code}`}: ${stderr.trim()}`));
    });
  });
  ended.catch(() => undefined); // Looked at by whoever waits; never an unhandled rejection before that.
  return { child, ended };
}

/** What a program said first, which names the cause, and last, which says how it ended. */
function shorten(text: string): string {
  return text.length <= 2000 ? text : `${text.slice(0, 1000)}\n…\n${text.slice(-900)}`;
}
