import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import type { Outcome } from "../neumann/harness";

export type { Outcome };

/** How a program is run. */
export interface CallOptions {
  /** @default nothing */
  stdin?: string | Buffer;
  /** It is killed after this time. @default 120 */
  timeoutSeconds?: number;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
}

const standardTimeoutSeconds = 120;

/** A program failed: with its command line, its code and what it said. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  constructor(
    what: string,
    readonly outcome: Outcome,
  ) {
    const said = `${outcome.stderr}${outcome.stdout}`.trim().slice(-2000);
    super(`${what} ended with ${outcome.code}${said === "" ? "" : `: ${said}`}`);
  }
}

/** Runs a program to its end. A non-zero code is a result; that it took too long is an error. */
export function call(words: readonly string[], options: CallOptions = {}): Promise<Outcome> {
  const [program = "", ...args] = words;
  const seconds = options.timeoutSeconds ?? standardTimeoutSeconds;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: options.env, cwd: options.cwd, stdio: "pipe" });
    const outcome = collect(child);
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new Error(`${words.join(" ")} did not end in ${seconds} s: ${outcome.stderr}${outcome.stdout}`));
    }, seconds * 1000);
    child.once("error", reject);
    child.once("close", (code) => {
      clearTimeout(timer);
      resolve({ ...outcome, code: code ?? -1 });
    });
    // A program that ends before it has read everything is judged by its code.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.stdin);
  });
}

function collect(child: ChildProcess): Outcome {
  const outcome = { code: 0, stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => (outcome[name] += text));
  }
  return outcome;
}

/** Runs a program and gives what it wrote; throws unless it ends with 0. */
export async function must(words: readonly string[], options: CallOptions = {}): Promise<string> {
  const outcome = await call(words, options);
  if (outcome.code !== 0) throw new CommandError(words.join(" "), outcome);
  return outcome.stdout;
}

/** Gives the code of a program that is over at once and whose output nobody wants. */
export function runSync(program: string, args: readonly string[]): number {
  return spawnSync(program, args, { stdio: "ignore" }).status ?? -1;
}

/** A word as the shell reads it. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
