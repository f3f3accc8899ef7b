import type { ChildProcess, SpawnOptions } from "node:child_process";
import { WorldFault } from "../run/errors";
import { interrupted } from "../run/interrupt";

export interface RunOptions {
  input?: string;
  environment?: Record<string, string>;
  directory?: string;
  /** After so many seconds it is killed and counts as failed. Default 60. */
  timeoutSeconds?: number;
  /** Goes on although the command was asked to stop: for what must be settled. */
  evenIfInterrupted?: boolean;
  /** In a group of its own and without a terminal: it asks nobody, and all that it started is killed with it. */
  apart?: boolean;
}

export interface RunResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs a program to its end. It is in this process's group, so both die together. */
export async function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  // Not before it is needed: what is loaded is paid for at each start, and `wal-push` runs nothing.
  const { spawn } = await import("node:child_process");
  const limit = (options.timeoutSeconds ?? 60) * 1000;
  const spawnOptions: SpawnOptions = {
    cwd: options.directory,
    env: { ...process.env, ...options.environment },
    stdio: ["pipe", "pipe", "pipe"],
    ...(options.apart
      ? { detached: true }
      : { killSignal: "SIGKILL", signal: options.evenIfInterrupted ? undefined : interrupted }),
  };
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, spawnOptions);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    const over = options.apart ? endGroupOf(child, limit) : endAfter(child, limit);
    child.stdout?.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr?.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", (error) => {
      if (child.pid === undefined) over();
      reject(explainSpawn(program, error));
    });
    child.on("close", (code, signal) => {
      over();
      const stderr = Buffer.concat(err).toString() + (signal ? `\n${program} was ended by ${signal}` : "");
      resolve({ code: code ?? 128, stdout: Buffer.concat(out).toString(), stderr });
    });
    // A program that ends without reading its input is judged by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(options.input ?? "");
  });
}

/**
 * Kills a program when its time is up. Gives what is called when it has ended, or never began: Node's own limit would then
 * keep this process alive until it is reached.
 */
function endAfter(child: ChildProcess, milliseconds: number): () => void {
  const timer = setTimeout(() => child.kill("SIGKILL"), milliseconds);
  return () => clearTimeout(timer);
}

/** Kills a group when its time is up, or when this command is asked to stop. Gives what is called when it has ended. */
function endGroupOf({ pid }: ChildProcess, milliseconds: number): () => void {
  const kill = (): void => {
    if (pid === undefined) return;
    try {
      // Its first process may be gone, and others not: those hold what it prints.
      process.kill(-pid, "SIGKILL");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  };
  const timer = setTimeout(kill, milliseconds);
  interrupted.addEventListener("abort", kill, { once: true });
  return () => {
    clearTimeout(timer);
    interrupted.removeEventListener("abort", kill);
  };
}

/** Runs a program that must succeed; its standard output. */
export async function mustRun(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const result = await run(program, args, options);
  if (result.code !== 0) {
    const reason = (result.stderr || result.stdout).trim().split("\n").slice(-3).join("; ");
    throw new WorldFault(`${[program, ...args].join(" ")} failed with exit code ${result.code}: ${reason}`);
  }
  return result.stdout;
}

/** Why a program could not be started, or that this command was asked to end. */
export function explainSpawn(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code === "ENOENT") return new WorldFault(`${program} was not found. Install it or put it on PATH.`);
  if (error.name === "AbortError") return interrupted.reason as Error;
  return error;
}
