import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { programPath } from "../database/admin";
import { Refused, WorldFault } from "../run/errors";
import { DetachedProcess } from "./detached";
import { exists, ownPrefix, withFile } from "./files";
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

/** A detached process that a file beside the configuration names. */
export class ProcessService implements Service {
  private readonly process: DetachedProcess;
  private readonly directory: string;

  /** Without a `gate` it is a scratch server: nothing holds it back, and it dies with this process's group. */
  constructor(
    private readonly node: Pick<NodeConfig, "configFile" | "programDirectory">,
    private readonly gate: string | null,
  ) {
    this.directory = path.dirname(node.configFile);
    this.process = new DetachedProcess(path.join(this.directory, "neumann.pid"), [node.configFile]);
  }

  async running(): Promise<boolean> {
    return (await this.process.pid()) !== undefined;
  }

  async start(): Promise<void> {
    if (await this.running()) return;
    if (this.gate !== null && (await exists(this.gate))) {
      throw new Refused(`the database is not started: ${this.gate} says that a restore is under way or was broken off`);
    }
    const logFile = path.join(this.directory, "neumann.log");
    const command = [programPath(this.node.programDirectory, "neumann"), "--config", this.node.configFile];
    const started = await withFile(logFile, "a", (log) =>
      this.process.start(command, startTimeoutMs, {
        log: log.fd,
        directory: this.directory,
        detached: this.gate !== null,
      }),
    );
    if (!started) throw new WorldFault(`the database ended at once or did not start. Its log: ${logFile}`);
  }

  async stop(): Promise<void> {
    const pid = await this.process.pid();
    if (await this.process.stop(stopTimeoutMs)) return;
    if (pid !== undefined) process.kill(pid, "SIGKILL");
    throw new WorldFault(`the database (process ${pid}) did not stop in ${stopTimeoutMs / 1000} s and was killed`);
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
