import { type ChildProcess, spawn } from "node:child_process";

/** How a server of the lab is started. */
export interface GuardedOptions {
  /** The descriptor of the file that takes both its streams; the caller closes it. */
  log: number;
  /** Its environment. @default that of this process */
  env?: NodeJS.ProcessEnv;
  /** What ends it: KILL where it would take its time and has nothing to save. @default TERM */
  end?: "TERM" | "KILL";
}

/**
 * Ends the server when the one who started it is gone, however that died: then this shell's standard input ends. The
 * server itself gets none.
 */
const guard = (end: string) =>
  `"$@" </dev/null & child=$!; cat >/dev/null; kill -${end} "$child" 2>/dev/null; wait "$child"`;

/** Starts a server that does not outlive this process. */
export function spawnGuarded(
  program: string,
  args: readonly string[],
  { log, env = process.env, end = "TERM" }: GuardedOptions,
): ChildProcess {
  const child = spawn("sh", ["-c", guard(end), "guard", program, ...args], { stdio: ["pipe", log, log], env });
  child.stdin?.on("error", () => undefined);
  return child;
}

/** Ends such a server and waits until it is gone. */
export async function endGuarded(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  child.stdin?.end();
  await ended;
}
