import { setTimeout as sleep } from "node:timers/promises";
import { readIfThere, removeFile } from "./files";
import { processCommand } from "./identity";

/** Notes its own process id, then becomes the program: nobody can die in between and lose sight of it. */
const startScript = 'echo $$ >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"';

/** How a process that outlives us is started. */
export interface StartOptions {
  /** File descriptor that takes both outputs. @default nothing is kept */
  log?: number;
  directory?: string;
  /** False: it stays in this process's group and dies with it. @default true */
  detached?: boolean;
  /** Whether it has done its work and is gone: what is quick is never seen. @default it goes on until it is stopped */
  over?: () => Promise<boolean>;
}

/** A process of its own that a file names; a pid that another program has got meanwhile is not it. */
export class DetachedProcess {
  /** `words` tell it from others: all of them are on its command line. */
  constructor(
    private readonly pidFile: string,
    private readonly words: readonly string[],
  ) {}

  /** Its process id while it runs. */
  async pid(): Promise<number | undefined> {
    const pid = Number(await readIfThere(this.pidFile));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const command = (await processCommand(pid))?.split(" ") ?? [];
    return this.words.every((word) => command.includes(word)) ? pid : undefined;
  }

  /** Starts it and waits until it is seen, or over; false when it was not in time. */
  async start(command: readonly string[], timeoutMs: number, options: StartOptions = {}): Promise<boolean> {
    await removeFile(this.pidFile);
    const { spawn } = await import("node:child_process"); // Not before it is needed: see host/run.ts.
    const { log, directory: cwd, detached = true, over = () => Promise.resolve(false) } = options;
    const output = log ?? "ignore";
    spawn("sh", ["-c", startScript, "sh", this.pidFile, ...command], {
      cwd,
      detached,
      stdio: ["ignore", output, output],
    }).unref();
    return this.until(async () => (await this.pid()) !== undefined || (await over()), timeoutMs);
  }

  /** Asks it to end and waits until it is gone; false when it was not in time. Nothing happens when it does not run. */
  async stop(timeoutMs: number): Promise<boolean> {
    const pid = await this.pid();
    if (pid !== undefined) process.kill(pid, "SIGTERM");
    if (pid !== undefined && !(await this.until(async () => (await this.pid()) !== pid, timeoutMs))) return false;
    await removeFile(this.pidFile);
    return true;
  }

  private async until(reached: () => Promise<boolean>, timeoutMs: number): Promise<boolean> {
    for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await sleep(10)) {
      if (await reached()) return true;
    }
    return reached();
  }
}
