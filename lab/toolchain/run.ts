import { spawn } from "node:child_process";

/** How a child process is run. */
export interface RunOptions {
  /** The working directory. */
  cwd?: string;
  /** Variables that replace the inherited ones. */
  env?: NodeJS.ProcessEnv;
  /** The process group is killed after this time. */
  timeoutSeconds: number;
  /** The process group is killed when this fires. */
  signal?: AbortSignal;
  /** What it reads. @default nothing */
  stdin?: string;
  /** Receives each line of both streams as it is written. */
  line?: (line: string) => void;
}

/** What became of a child process. */
export interface RunResult {
  /** The exit code; null if a signal ended it. */
  code: number | null;
  /** Why it was killed, if this side killed it. */
  killed?: "timeout" | "aborted";
  stdout: string;
  stderr: string;
}

/** Splits a stream into lines and hands each on. */
function byLine(line: (text: string) => void): (chunk: string) => void {
  let rest = "";
  return (chunk) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    lines.forEach(line);
  };
}

/**
 * Runs a program to its end in a process group of its own, so that a time limit or an abort leaves no descendant
 * behind. A non-zero exit code is a result, not an exception.
 */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  options.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: [options.stdin === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      detached: true,
    });
    // Who ends without having read it all says by its exit code what that means.
    child.stdin?.on("error", () => undefined).end(options.stdin);
    const result: RunResult = { code: null, stdout: "", stderr: "" };
    const kill = (reason: "timeout" | "aborted") => {
      result.killed ??= reason;
      if (child.pid !== undefined) killGroup(child.pid);
    };
    const onAbort = () => kill("aborted");
    const timer = setTimeout(() => kill("timeout"), options.timeoutSeconds * 1000);
    const settle = () => {
      clearTimeout(timer);
      options.signal?.removeEventListener("abort", onAbort);
    };
    options.signal?.addEventListener("abort", onAbort, { once: true });
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (chunk: string) => (result[name] += chunk));
      if (options.line) child[name]?.on("data", byLine(options.line));
    }
    child.once("error", (error) => {
      settle();
      reject(error);
    });
    child.once("close", (code) => {
      settle();
      if (options.signal?.aborted) reject(options.signal.reason as Error);
      else resolve({ ...result, code });
    });
  });
}

/** Kills a process group; one that is gone already is what was wanted. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** A short account of a failed run: its last lines. */
export function account(result: RunResult, lines = 12): string {
  const text = `${result.stdout}\n${result.stderr}`.trim().split("\n").slice(-lines).join("\n");
  const end = result.killed === "timeout" ? "took too long and was ended" : `ended with code ${result.code ?? "none"}`;
  return `${end}${text === "" ? "" : `:\n${text}`}`;
}
