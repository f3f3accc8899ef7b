import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeConfig } from "../../model/agentConfig";
import { programPath } from "../database/admin";
import { Refused, WorldFault } from "../run/errors";
import { exists, ownPrefix, readIfThere, removeFile } from "./files";
import { processCommand } from "./identity";
import { run } from "./run";

/** Starts and stops the database on this host. */
export interface Service {
  running(): Promise<boolean>;
  /** Starts it; refuses while the gate is there. Nothing happens when it runs. */
  start(): Promise<void>;
  /** Asks it to stop and waits until it is gone. Nothing happens when it does not run. */
  stop(): Promise<void>;
}

/** While this file is there the database is not started, by anybody (protocol 22). */
export function gateFile(node: NodeConfig): string {
  return path.join(path.dirname(node.configFile), `${ownPrefix}-gate`);
}

/** The service of a node under its manager. */
export function serviceOf(node: NodeConfig): Service {
  return node.serviceManager === "systemd" ? new SystemdService() : new ProcessService(node, gateFile(node));
}

const startTimeoutMs = 5000;
const stopTimeoutMs = 20_000;

/** Notes its own process id, then becomes the database: nobody can die in between and lose sight of it. */
const startScript = 'echo $$ >"$1.new" && mv "$1.new" "$1" && shift && exec "$@"';

/** A detached process that a file beside the configuration names. */
export class ProcessService implements Service {
  private readonly pidFile: string;
  private readonly logFile: string;

  /** Without a `gate` it is a scratch server: nothing holds it back, and it dies with this process's group. */
  constructor(
    private readonly node: Pick<NodeConfig, "configFile" | "programDirectory">,
    private readonly gate: string | null,
  ) {
    this.pidFile = path.join(path.dirname(node.configFile), "neumann.pid");
    this.logFile = path.join(path.dirname(node.configFile), "neumann.log");
  }

  /** The process, if the file names one that runs with this configuration. */
  private async pid(): Promise<number | undefined> {
    const pid = Number(await readIfThere(this.pidFile));
    if (!Number.isSafeInteger(pid) || pid <= 1) return undefined;
    const command = await processCommand(pid);
    return command?.split(" ").includes(this.node.configFile) ? pid : undefined;
  }

  async running(): Promise<boolean> {
    return (await this.pid()) !== undefined;
  }

  async start(): Promise<void> {
    if (await this.running()) return;
    if (this.gate !== null && (await exists(this.gate))) {
      throw new Refused(`the database is not started: ${this.gate} says that a restore is under way or was broken off`);
    }
    await removeFile(this.pidFile);
    const program = programPath(this.node.programDirectory, "neumann");
    const log = await open(this.logFile, "a");
    try {
      const words = ["-c", startScript, "sh", this.pidFile, program, "--config", this.node.configFile];
      spawn("sh", words, {
        cwd: path.dirname(this.node.configFile),
        detached: this.gate !== null,
        stdio: ["ignore", log.fd, log.fd],
      }).unref();
    } finally {
      await log.close();
    }
    await this.appeared();
  }

  private async appeared(): Promise<void> {
    for (const deadline = Date.now() + startTimeoutMs; Date.now() < deadline; await sleep(10)) {
      if (await this.running()) return;
    }
    throw new WorldFault(`the database ended at once or did not start. Its log: ${this.logFile}`);
  }

  async stop(): Promise<void> {
    const pid = await this.pid();
    if (pid === undefined) return removeFile(this.pidFile);
    process.kill(pid, "SIGTERM");
    const deadline = Date.now() + stopTimeoutMs;
    while (await this.running()) {
      if (Date.now() > deadline) {
        process.kill(pid, "SIGKILL");
        throw new WorldFault(`the database (process ${pid}) did not stop in ${stopTimeoutMs / 1000} s and was killed`);
      }
      await sleep(25);
    }
    await removeFile(this.pidFile);
  }
}

/** The unit `neumann`. */
class SystemdService implements Service {
  private async systemctl(verb: string): Promise<void> {
    const { code, stderr } = await run("systemctl", [verb, "neumann"], { timeoutSeconds: 120 });
    if (code !== 0) throw new WorldFault(`systemctl ${verb} neumann failed: ${stderr.trim()}`);
  }

  async running(): Promise<boolean> {
    return (await run("systemctl", ["is-active", "--quiet", "neumann"])).code === 0;
  }

  async start(): Promise<void> {
    await this.systemctl("start");
  }

  async stop(): Promise<void> {
    await this.systemctl("stop");
  }
}
