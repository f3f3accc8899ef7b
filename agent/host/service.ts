import path from "node:path";
import { kubelet, type NodeConfig, ServiceManager } from "../../model/agentConfig";
import { programPath } from "../database/admin";
import { AdminHttp } from "../database/http";
import { Refused, WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import { asRoot } from "./asRoot";
import { DetachedProcess } from "./detached";
import { exists, withFile } from "./files";
import { gateFile } from "./gate";
import { initScriptRuns, untilRuns } from "./initScript";
import { run } from "./run";

/** Starts and stops the database on this host. */
export interface Service {
  running(): Promise<boolean>;
  /** Starts it; refuses while the gate is there. Nothing happens when it runs. */
  start(): Promise<void>;
  /** Asks it to stop and waits until it is gone. Nothing happens when it does not run. */
  stop(): Promise<void>;
  /**
   * From now on it starts with the host, where something on the host starts it at all. A unit that whoever made the host
   * has masked, so that nothing but a recovery starts it, is masked no more.
   */
  enable(): Promise<void>;
}

/** The service of a node under its manager. */
export function serviceOf(node: NodeConfig): Service {
  const gate = gateFile(node);
  if (node.serviceManager === ServiceManager.Systemd) return new SystemdService(gate);
  if (node.serviceManager === ServiceManager.SysV) return new InitScriptService(gate);
  if (node.serviceManager === kubelet) return new PodService(node, gate);
  return new ProcessService(node, gate);
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
      throw gated(this.gate);
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

  /** Nothing starts it with the host: it is for clusters that live as long as a test or a rehearsal. */
  enable(): Promise<void> {
    return Promise.resolve();
  }
}

/** The unit that the database's package installs (contract: service). */
const unit = "neumann";

/** The unit `neumann`. */
class SystemdService implements Service {
  constructor(private readonly gate: string) {}

  async running(): Promise<boolean> {
    return (await run("systemctl", ["is-active", "--quiet", unit])).code === 0;
  }

  async start(): Promise<void> {
    if (await this.running()) return;
    if (await exists(this.gate)) throw gated(this.gate);
    await asRoot({ do: "systemctl", verb: "start" });
    // A condition that does not hold is no failure to systemd: the unit is just not started.
    if (!(await this.running())) {
      throw new WorldFault(
        `${unit} was started and does not run. Look at: journalctl -u ${unit}; systemctl status ${unit}`,
      );
    }
  }

  async stop(): Promise<void> {
    await asRoot({ do: "systemctl", verb: "stop" });
  }

  async enable(): Promise<void> {
    await asRoot({ do: "systemctl", verb: "unmask" });
    await asRoot({ do: "systemctl", verb: "enable" });
  }
}

/** The init script `neumann`. */
class InitScriptService implements Service {
  constructor(private readonly gate: string) {}

  running(): Promise<boolean> {
    return initScriptRuns();
  }

  async start(): Promise<void> {
    if (await this.running()) return;
    // The script would refuse too: this says it better.
    if (await exists(this.gate)) throw gated(this.gate);
    await asRoot({ do: "initScript", verb: "start" });
    await untilRuns(true);
  }

  async stop(): Promise<void> {
    await asRoot({ do: "initScript", verb: "stop" });
    await untilRuns(false);
  }

  async enable(): Promise<void> {
    await asRoot({ do: "initScript", verb: "enable" });
  }
}

const kubeletTimeoutMs = 300_000;

/** The database of a pod, in a container beside this one: the kubelet starts and stops it. */
export class PodService implements Service {
  private readonly http: AdminHttp;

  constructor(
    private readonly node: Pick<NodeConfig, "id" | "adminUrl">,
    private readonly gate: string,
    private readonly timeoutMs = kubeletTimeoutMs,
  ) {
    this.http = new AdminHttp(node.adminUrl);
  }

  running(): Promise<boolean> {
    return this.http.answers();
  }

  /** The kubelet starts it once our init containers are done: what is left is to wait for it. */
  async start(): Promise<void> {
    if (await exists(this.gate)) throw gated(this.gate);
    for (const deadline = Date.now() + this.timeoutMs; !(await this.running()); await rest(200)) {
      if (Date.now() <= deadline) continue;
      const { id, adminUrl } = this.node;
      const look = `Look at: kubectl describe pod ${id}; kubectl logs ${id}`;
      throw new WorldFault(
        `the database of ${id} does not answer at ${adminUrl} after ${this.timeoutMs / 1000} s. ${look}`,
      );
    }
  }

  async stop(): Promise<void> {
    if (!(await this.running())) return;
    const { id } = this.node;
    throw new Refused(`the kubelet stops the database of a pod, not the agent: kubectl delete pod ${id}`);
  }

  enable(): Promise<void> {
    return Promise.resolve();
  }
}

function gated(gate: string): Refused {
  return new Refused(`the database is not started: ${gate} says that a restore is under way or was broken off`);
}
