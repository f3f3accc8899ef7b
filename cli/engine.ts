import { randomBytes } from "node:crypto";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { homedir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { type EngineListener, EventWatch, failureText, waitSeconds } from "./engineEvents";
import { CommandFailure, ExitCode } from "./terminal";

/** The oldest engine that knows all that the components use. */
const oldest = [3, 221] as const;

/** The Pulumi engine: on PATH, else one that was downloaded before, else downloaded now. */
export async function findEngine(say: (line: string) => void): Promise<PulumiCommand> {
  const versions = path.join(process.env.PULUMI_HOME ?? path.join(homedir(), ".pulumi"), "versions");
  const kept = (await readdir(versions).catch((): string[] => [])).sort(byNumber).reverse();
  for (const root of [undefined, ...kept.map((version) => path.join(versions, version))]) {
    const found = await PulumiCommand.get(root === undefined ? {} : { root }).catch(() => undefined);
    if (found !== undefined && isNewEnough(found)) return found;
  }
  say("the Pulumi engine is downloaded from get.pulumi.com");
  return PulumiCommand.install().catch((error: unknown) => {
    const { message } = error as Error;
    throw new CommandFailure(
      `The Pulumi engine is not on PATH and cannot be downloaded: ${message}. Install pulumi ${oldest.join(".")} or newer and run the same command again. Nothing was touched.`,
      ExitCode.World,
    );
  });
}

function byNumber(one: string, other: string): number {
  return one.localeCompare(other, "en", { numeric: true });
}

function isNewEnough({ version }: PulumiCommand): boolean {
  if (version === null) return false;
  return version.major > oldest[0] || (version.major === oldest[0] && version.minor >= oldest[1]);
}

/** The engine broke off: what the user reads of it. */
export class EngineStopped extends Error {
  override readonly name = "EngineStopped";
  constructor(
    message: string,
    /** The same will do later: somebody else is at work, or something takes its time. */
    readonly later: boolean,
    /** How much later at least, where that is known. */
    readonly afterSeconds = 0,
  ) {
    super(message);
  }
}

/**
 * One run of a recovery, on a state of its own that is thrown away. What is done is in the archive's records, so that no
 * run needs what an earlier one left, and none is held up by it.
 */
export class RecoveryRun {
  private constructor(
    private readonly stack: Stack,
    private readonly folder: string,
    private readonly work: string,
  ) {}

  /** Begins a run in a working folder. */
  static async begin(
    work: string,
    command: PulumiCommand,
    program: () => Record<string, unknown>,
  ): Promise<RecoveryRun> {
    await clear(work);
    const folder = path.join(work, `${runPrefix}${process.pid}`);
    const state = path.join(folder, "state");
    await mkdir(state, { recursive: true, mode: 0o700 });
    const stack = await LocalWorkspace.createStack(
      { stackName: "recovery", projectName: "neumann-recovery", program: () => Promise.resolve(program()) },
      {
        workDir: folder,
        pulumiCommand: command,
        envVars: {
          PULUMI_BACKEND_URL: `file://${state}`,
          // Nobody reads this state again: what is secret in it is lost with this process.
          PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
          PULUMI_SKIP_UPDATE_CHECK: "true",
        },
      },
    );
    // After an up the API would start the engine three times more, to ask for what the events have told already.
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return new RecoveryRun(stack, folder, work);
  }

  /** Shows what an up would do, and touches nothing. */
  async preview(listen: EngineListener): Promise<EventWatch> {
    return this.watched(listen, (onEvent) => this.stack.preview({ onEvent }));
  }

  /**
   * Restores. While another run is at work, as one that was killed and whose commands still run, it waits; not for what
   * takes longer than its patience.
   */
  async up(listen: EngineListener): Promise<EventWatch> {
    for (const until = Date.now() + patienceMs; ;) {
      try {
        return await this.watched(listen, (onEvent) => this.stack.up({ onEvent }));
      } catch (error) {
        if (!(error instanceof EngineStopped) || !error.later) throw error;
        if (Date.now() + error.afterSeconds * 1000 > until) throw error;
        listen("another run is at work on it: waiting");
        await sleep(5000);
      }
    }
  }

  /** Ends what is under way, after the steps that cannot be left. */
  async cancel(): Promise<void> {
    await this.stack.cancel();
  }

  /** Leaves nothing behind but what was put into the working folder. */
  async end(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
    await rmdir(this.work).catch((error: unknown) => {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
    });
  }

  private async watched(listen: EngineListener, action: EngineAction): Promise<EventWatch> {
    return watched(listen, action, (errors) => ({
      later: errors.some((text) => /exit status 75\b/.test(text)),
      waits: waitSeconds(errors),
    }));
  }
}

/** An operation of the engine, which tells its events. */
type EngineAction = (onEvent: (event: Parameters<EventWatch["take"]>[0]) => void) => Promise<unknown>;

/**
 * Runs an operation of the engine and collects what it tells; `judge` says whether the same will do later.
 * @throws EngineStopped
 */
export async function watched(
  listen: EngineListener,
  action: EngineAction,
  judge: (errors: readonly string[], error: unknown) => { later: boolean; waits?: number },
): Promise<EventWatch> {
  const watch = new EventWatch(listen);
  try {
    await action((event) => watch.take(event));
    return watch;
  } catch (error) {
    const errors = watch.errors.length > 0 ? watch.errors : [(error as Error).message];
    const { later, waits } = judge(errors, error);
    throw new EngineStopped(failureText(errors), later, waits);
  }
}

const patienceMs = 10 * 60_000;
const runPrefix = "run-";

/**
 * Removes what dead runs left.
 * @throws CommandFailure while another one lives.
 */
async function clear(work: string): Promise<void> {
  const names = await readdir(work).catch((): string[] => []);
  for (const name of names.filter((each) => each.startsWith(runPrefix))) {
    const pid = Number(name.slice(runPrefix.length));
    if (pid !== process.pid && isAlive(pid)) {
      throw new CommandFailure(
        `Another run of this recovery is at work: process ${pid}. Wait for its end; if that process is something else, remove ${path.join(work, name)}.`,
        ExitCode.TryLater,
      );
    }
    await rm(path.join(work, name), { recursive: true, force: true });
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
