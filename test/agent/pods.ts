import { type ChildProcess, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { handoverCommand, podPlaces, sharedPlaces } from "../../agent/kubernetes/places";
import { LabCluster, type LabNode, request, until } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";
import { podPaths, type PodConfig } from "../../model/kubernetes/pod";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import { agent, type AgentOptions, type AnyHost, bundle, calm, labNodeConfig, quickPolicy, type Ran } from "./support";

/** The program that hands segments over, built from its sources as they are now, beside the agent's as in its image. */
export function handoverProgram(): string {
  const program = path.join(path.dirname(bundle().program), path.basename(podPaths.handover));
  if (fs.existsSync(program)) return program;
  const words = ["build", "-trimpath", "-buildvcs=false", "-o", program, "."];
  const cwd = path.join(__dirname, "..", "..", "agent", "handover");
  execFileSync("go", words, { cwd, env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off" }, stdio: "pipe" });
  return program;
}

export interface PodOptions {
  archive: ArchiveSpec;
  policy?: BackupPolicyOverrides;
  /** The sidecar's volume, where the test itself writes the segments. @default the database's own */
  data?: string;
}

/** A pod as plain processes of this machine: the test is the kubelet. Its volumes lie below one folder. */
export class LabPod {
  readonly host: AnyHost;
  private sidecar: { child: ChildProcess; ended: Promise<Ran> } | undefined;
  private said = "";

  private constructor(
    readonly node: LabNode,
    private readonly root: string,
    private readonly port: number,
    { data, ...options }: { archive: ArchiveSpec; policy: BackupPolicyOverrides; data: string },
  ) {
    const agentDirectory = path.join(data, path.basename(podPaths.agent));
    this.host = {
      ...options,
      node: {
        ...labNodeConfig(node),
        dataDirectory: data,
        configFile: path.join(root, podPaths.config),
        address: `${node.id}.lab:7878`,
        serviceManager: "kubelet",
      },
      agentDirectory,
      configFile: path.join(agentDirectory, "agent.json"),
    };
  }

  static async make(node: LabNode, options: PodOptions & { pods: string[] }): Promise<LabPod> {
    handoverProgram();
    const root = path.join(node.folder, "pod");
    const [port] = await freePorts(1);
    const pod = new LabPod(node, root, port as number, { policy: quickPolicy, data: node.dataDirectory, ...options });
    const places = podPlaces(root);
    for (const file of [places.settings, pod.host.node.configFile])
      fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.mkdirSync(places.given, { recursive: true });
    fs.mkdirSync(pod.wal, { recursive: true });
    fs.copyFileSync(node.configFile, path.join(places.given, "config.toml"));
    if (options.data === undefined) {
      // The database's container sees what the init container writes under the name that it knows.
      fs.rmSync(node.configFile);
      fs.symlinkSync(pod.host.node.configFile, node.configFile);
    }
    fs.writeFileSync(places.settings, JSON.stringify(pod.settings(options.pods)));
    return pod;
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

  /** The init container. */
  configure(options: AgentOptions = {}): Promise<Ran> {
    return agent(["--json", "pod", "configure", "--root", this.root, "--pod", this.node.id], options);
  }

  /** Starts the sidecar; resolves when the kubelet would start the database, or, with a failpoint, when it died before. */
  async startSidecar(options: AgentOptions = {}): Promise<void> {
    const words = ["--json", "pod", "sidecar", "--root", this.root, "--pod", this.node.id, "--port", String(this.port)];
    let child: ChildProcess | undefined;
    let over = false;
    const ended = agent(words, {
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

/** A cluster that is not started, each node in a pod. */
export async function labPods(
  directory: string,
  options: PodOptions & { nodes: number },
): Promise<{ cluster: LabCluster; pods: LabPod[] }> {
  const cluster = new LabCluster({ directory, settings: calm });
  for (let i = 0; i < options.nodes; i += 1) await cluster.addNode(`neumann-${i}`);
  for (const node of cluster.nodes) cluster.configure(node, cluster.nodes);
  const pods: LabPod[] = [];
  const names = cluster.nodes.map(({ id }) => id);
  for (const node of cluster.nodes) pods.push(await LabPod.make(node, { ...options, pods: names }));
  return { cluster, pods };
}
