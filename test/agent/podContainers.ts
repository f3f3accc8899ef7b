import { type ChildProcess, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { handoverCommand, podPlaces, sharedPlaces } from "../../agent/kubernetes/places";
import { request, until } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";
import { podPaths, type PodConfig } from "../../model/kubernetes/pod";
import { agent, type AgentOptions, type AnyHost, bundle, type Ran } from "./support";

/** The program that hands segments over, built from its sources as they are now, beside the agent's as in its image. */
export function handoverProgram(): string {
  const program = path.join(path.dirname(bundle().program), path.basename(podPaths.handover));
  if (fs.existsSync(program)) return program;
  const words = ["build", "-trimpath", "-buildvcs=false", "-o", program, "."];
  const cwd = path.join(__dirname, "..", "..", "agent", "handover");
  execFileSync("go", words, { cwd, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" }, stdio: "pipe" });
  return program;
}

/** What the kubelet mounts into the agent's containers of a pod. */
export interface Mounts extends Pick<PodConfig, "pods" | "recovery" | "volumeSnapshots"> {
  /** The user's `config.toml`. */
  given: string;
}

/** The agent's containers of a pod by their command lines, as plain processes of this machine: the test is the kubelet. */
export class PodContainers {
  private port = 0;
  private sidecar: { child: ChildProcess; ended: Promise<Ran> } | undefined;
  private said = "";

  constructor(
    readonly host: AnyHost,
    /** What stands for the `/` of the containers. */
    protected readonly root: string,
  ) {}

  /** Lays the volumes out. */
  async mount({ given, pods, ...others }: Mounts): Promise<void> {
    handoverProgram();
    [this.port] = (await freePorts(1)) as [number];
    const places = podPlaces(this.root);
    for (const file of [places.settings, this.host.node.configFile]) {
      fs.mkdirSync(path.dirname(file), { recursive: true });
    }
    fs.mkdirSync(places.given, { recursive: true });
    fs.writeFileSync(path.join(places.given, "config.toml"), given);
    fs.writeFileSync(places.settings, JSON.stringify({ ...this.settings(pods), ...others }));
  }

  private settings(pods: string[]): PodConfig {
    const { id, address, ...node } = this.host.node;
    void [id, address];
    const { archive, policy, agentDirectory } = this.host;
    const agentConfig = { format: "neumann-agent/1" as const, generation: "g1", archive, agentDirectory, node };
    return {
      format: "neumann-pod/1",
      agent: { ...agentConfig, policy: policy as PodConfig["agent"]["policy"] },
      domain: ".lab",
      pods,
      lease: "neumann-backup",
      ownsConfiguration: false,
    };
  }

  /** What archive_command is in this pod. */
  get command(): string {
    return handoverCommand(this.host.node);
  }

  get socket(): string {
    return sharedPlaces(this.host.node).socket;
  }

  /** Files of the pod's service account. */
  get account(): string {
    return podPlaces(this.root).account;
  }

  get wal(): string {
    return path.join(this.host.node.dataDirectory, "raft", "wal");
  }

  /** All that the sidecars of this pod have said. */
  get log(): string {
    return this.said;
  }

  private words(command: string): string[] {
    return ["--json", "pod", command, "--root", this.root, "--pod", this.host.node.id];
  }

  /** The init container. */
  configure(options: AgentOptions = {}): Promise<Ran> {
    return agent(this.words("configure"), options);
  }

  /** The init container of a recovery, after the other. */
  restore(options: AgentOptions = {}): Promise<Ran> {
    return agent(this.words("restore"), options);
  }

  /** Takes a snapshot of the volume where one is due, as the sidecar's schedule has it done. */
  volumeSnapshot(options: AgentOptions = {}): Promise<Ran> {
    return agent(this.words("volume-snapshot"), options);
  }

  /** Starts the sidecar; resolves when the kubelet would start the database, or, with a failpoint, when it died before. */
  async startSidecar(options: AgentOptions = {}): Promise<void> {
    let child: ChildProcess | undefined;
    let over = false;
    const ended = agent([...this.words("sidecar"), "--port", String(this.port)], {
      ...options,
      started: (process) => {
        child = process;
        process.stderr?.on("data", (text) => (this.said += String(text)));
      },
    });
    void ended.then(() => (over = true));
    this.sidecar = { child: child as ChildProcess, ended };
    await until(
      "the sidecar takes segments",
      async () => over || (await this.probe("startz")).status === 200 || undefined,
    );
    if (over && options.failpoint === undefined) throw new Error(`the sidecar has ended: ${this.said}`);
  }

  /** Waits for the end of the sidecar. */
  async sidecarEnded(): Promise<Ran> {
    if (this.sidecar === undefined) throw new Error("no sidecar was started");
    return this.sidecar.ended;
  }

  /** The end of the pod, as a native sidecar sees it; `group`: of all that it has started too. */
  async endSidecar(signal: NodeJS.Signals = "SIGTERM"): Promise<Ran> {
    const { pid } = (this.sidecar as { child: ChildProcess }).child;
    // A container's processes all die with its first one.
    process.kill(signal === "SIGKILL" ? -(pid as number) : (pid as number), signal);
    return this.sidecarEnded();
  }

  async probe(name: "startz" | "readyz" | "livez" | "metrics"): Promise<{ status: number; text: string }> {
    return request("GET", `http://127.0.0.1:${this.port}/${name}`).catch(() => ({ status: 0, text: "" }));
  }
}
