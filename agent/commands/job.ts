import { createHash } from "node:crypto";
import { open, readFile, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type AgentConfig, ServiceManager } from "../../model/agentConfig";
import { DetachedProcess } from "../host/detached";
import { exists, makeDirectory, readIfThere, replaceFile } from "../host/files";
import { run } from "../host/run";
import { TryLater, WorldFault } from "../run/errors";

/** Long work that goes on when whoever asked for it is cut off: asked for again, it is attached to and not begun twice. */
export interface Job {
  config: AgentConfig;
  /** The agent's words, such as `restore --phase first`. */
  words: readonly string[];
  /** Its standard input: the specification. It may hold keys and never leaves a folder that only root can read. */
  input: string;
  /** Takes its events, as they come. */
  events: (text: string) => void;
}

/** How a job ended. */
export interface JobEnd {
  exitCode: number;
  output: string;
}

/** One job at a time on a host. */
const unit = "neumann-backup-job.service";
const startTimeoutMs = 10_000;
const pollMs = 100;

/** Notes how the work ended as the last thing: whoever asks later finds all of it or nothing. */
const script = [
  // It may hold an identity: gone from the disk before the work begins, also for a host that dies in it.
  'folder=$1; shift; exec 3<"$folder/input"; rm -f "$folder/input"',
  '"$@" <&3 3<&- >"$folder/output" 2>"$folder/events"; code=$?',
  'echo "$code" >"$folder/.ended" && mv "$folder/.ended" "$folder/ended"',
].join("; ");

/** Begins the work as a unit of its own, or finds it under way, and waits for its end. */
export async function runJob(job: Job): Promise<JobEnd> {
  const { config, words, input } = job;
  const folder = path.join(config.agentDirectory, "job");
  const asked = createHash("sha256")
    .update(JSON.stringify([words, input]))
    .digest("hex");
  const manager = managerOf(config, folder);
  if (!(await manager.active())) {
    await rm(folder, { recursive: true, force: true });
    await makeDirectory(folder, 0o700);
    await replaceFile(path.join(folder, "input"), input, 0o600);
    await replaceFile(path.join(folder, "asked"), asked, 0o600);
    const launcher = path.join(config.agentDirectory, "neumann-backup");
    await manager.start(["/bin/sh", "-c", script, "sh", folder, launcher, ...words]);
  } else if ((await readIfThere(path.join(folder, "asked"))) !== asked) {
    throw new TryLater(`other work is under way on this host (${manager.name}); run the same again when it has ended`);
  }
  return follow(job, folder, manager);
}

async function follow({ events }: Job, folder: string, manager: Manager): Promise<JobEnd> {
  const log = await open(path.join(folder, "events"), "a+");
  try {
    for (let at = 0; ; await sleep(pollMs)) {
      // Asked before what it has said is read: nothing that it says at its end is missed.
      const goesOn = await manager.active();
      const { size } = await log.stat();
      if (size > at) {
        const buffer = Buffer.alloc(size - at);
        await log.read(buffer, 0, buffer.length, at);
        events(buffer.toString());
        at = size;
      }
      if (goesOn) continue;
      const ended = await readIfThere(path.join(folder, "ended"));
      if (ended === undefined) {
        throw new WorldFault(`${manager.name} was ended from outside before its work was done; run the same again`);
      }
      return { exitCode: Number(ended), output: await readFile(path.join(folder, "output"), "utf8") };
    }
  } finally {
    await log.close();
  }
}

/** What keeps the work alive. */
interface Manager {
  name: string;
  active(): Promise<boolean>;
  start(command: readonly string[]): Promise<void>;
}

function managerOf(config: AgentConfig, folder: string): Manager {
  return config.node.serviceManager === ServiceManager.Systemd ? transientUnit : detached(folder);
}

const transientUnit: Manager = {
  name: unit,
  async active() {
    const { stdout } = await run("systemctl", ["show", "--property=ActiveState", "--value", unit]);
    return ["active", "activating", "deactivating"].includes(stdout.trim());
  },
  async start(command) {
    const words = ["--quiet", "--collect", `--unit=${unit}`, "--property=TimeoutStopSec=300", "--", ...command];
    const { code, stderr } = await run("systemd-run", words);
    if (code !== 0) throw new WorldFault(`systemd-run failed: ${stderr.trim()}`);
  },
};

function detached(folder: string): Manager {
  const process = new DetachedProcess(path.join(path.dirname(folder), "job.pid"), [folder]);
  return {
    name: "a process of its own",
    active: async () => (await process.pid()) !== undefined,
    async start(command) {
      const over = () => exists(path.join(folder, "ended"));
      if (!(await process.start(command, startTimeoutMs, { over }))) throw new WorldFault("the work did not start");
    },
  };
}
