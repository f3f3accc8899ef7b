import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { stringify } from "smol-toml";
import { freePorts } from "../ports";

/** The folder that holds `neumann` and `neumann-admin`. */
export function programsFolder(): string {
  return path.resolve(process.env.NEUMANN_BIN ?? path.join(__dirname, "bin"));
}

/** Sections of config.toml. */
export type Settings = Record<string, Record<string, string | number | boolean | string[]>>;

/** What `startCluster` needs to know. */
export interface ClusterOptions {
  /** Everything is put here, a folder a node. */
  directory: string;
  /** How many nodes. @default 3 */
  nodes?: number;
  /** `archive_command`; a function is asked for each node. */
  archiveCommand?: string | ((id: string) => string);
  archiveTimeoutSeconds?: number;
  /** More settings for config.toml, by section. They win over the harness's own. */
  settings?: Settings;
  /** Whether to start the nodes and wait until all are members and healthy. @default true */
  start?: boolean;
}

/** How a program ended. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

const marker = "NEUMANN_LAB";
/** A machine that is busy with other tests may take its time. */
const waitMs = 60_000;

/** Waits for something to be so, and says what was waited for when it never is. */
export async function until<T>(
  what: string,
  test: () => Promise<T | undefined> | T | undefined,
  ms = waitMs,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const value = await test();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** A call to a node's port for administration. */
export function request(method: string, url: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const call = http.request(url, { method, agent: false, timeout: 5000 }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.on("error", reject);
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    call.on("timeout", () => call.destroy(new Error(`${url}: no answer`)));
    call.on("error", reject);
    call.end();
  });
}

/** One node: its folder, its configuration and, while it runs, its process. */
export class LabNode {
  readonly folder: string;
  readonly configFile: string;
  readonly dataDirectory: string;
  readonly logFile: string;
  private child: ChildProcess | undefined;
  private exited: Promise<void> = Promise.resolve();

  constructor(
    readonly id: string,
    directory: string,
    readonly raftAddress: string,
    private readonly place: { httpAddress: string; label: string },
  ) {
    this.folder = path.join(directory, id);
    this.configFile = path.join(this.folder, "config.toml");
    this.dataDirectory = path.join(this.folder, "data");
    this.logFile = path.join(this.folder, "log");
    fs.mkdirSync(this.folder, { recursive: true });
  }

  /** Where metrics and administration are. */
  get adminUrl(): string {
    return `http://${this.place.httpAddress}`;
  }

  get running(): boolean {
    return this.child !== undefined;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** Writes config.toml. */
  configure(peers: string[], settings: Settings): void {
    const document: Settings = {
      node: { id: this.id, data_dir: this.dataDirectory, bind_address: this.raftAddress },
      cluster: { name: "lab", peers },
      metrics: { bind_address: this.place.httpAddress },
    };
    for (const [section, values] of Object.entries(settings)) document[section] = { ...document[section], ...values };
    fs.writeFileSync(this.configFile, stringify(document));
  }

  private environment(): NodeJS.ProcessEnv {
    return { ...process.env, NEUMANN_CONFIG: this.configFile, [marker]: this.place.label };
  }

  /** Starts the server; resolves when it answers on its port, throws with its log when it ends instead. */
  async start(): Promise<void> {
    if (this.child) throw new Error(`${this.id} runs already`);
    const log = fs.openSync(this.logFile, "a");
    const program = path.join(programsFolder(), "neumann");
    const child = spawn(program, ["--config", this.configFile], {
      env: this.environment(),
      stdio: ["ignore", log, log],
    });
    fs.closeSync(log);
    this.child = child;
    this.exited = new Promise((resolve) => {
      const ended = () => {
        if (this.child === child) this.child = undefined;
        resolve();
      };
      child.once("exit", ended);
      child.once("error", ended);
    });
    await until(`${this.id} answers on its port`, async () => {
      if (this.child !== child)
        throw new Error(`${this.id} ended: ${fs.readFileSync(this.logFile, "utf8").slice(-2000)}`);
      return request("GET", `${this.adminUrl}/metrics`).catch(() => undefined);
    });
  }

  /** Sends a signal and waits for the end of the process. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    this.child?.kill(signal);
    await this.exited;
  }

  /** Sends a signal that does not end the process. */
  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Starts `neumann-admin` and leaves its streams to the caller. */
  spawnAdmin(args: string[]): ChildProcess {
    return spawn(path.join(programsFolder(), "neumann-admin"), args, { env: this.environment() });
  }

  /** Runs `neumann-admin` to its end. */
  admin(args: string[], stdin = ""): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      const child = this.spawnAdmin(args);
      const parts = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name]?.setEncoding("utf8");
        child[name]?.on("data", (text: string) => (parts[name] += text));
      }
      child.once("error", reject);
      child.once("close", (code) => resolve({ code: code ?? -1, ...parts }));
      // A program that ends before it has read everything is judged by its exit code.
      child.stdin?.on("error", () => child.stdin?.destroy());
      child.stdin?.end(stdin);
    });
  }

  /** Runs `neumann-admin`; throws unless it exits 0. */
  async must(args: string[], stdin = ""): Promise<string> {
    const { code, stdout, stderr } = await this.admin(args, stdin);
    if (code !== 0) throw new Error(`neumann-admin ${args.join(" ")} on ${this.id}: exit ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** A number from /metrics; undefined if it is not there or the node does not answer. */
  async metric(name: string): Promise<number | undefined> {
    const answer = await request("GET", `${this.adminUrl}/metrics`).catch(() => undefined);
    const line = answer?.text.split("\n").find((each) => /^[a-z_]+/.exec(each)?.[0] === `tensor_chain_${name}`);
    return line === undefined ? undefined : Number(line.trim().split(/\s+/).at(-1));
  }

  /** Whether the node says that it leads. */
  async leads(): Promise<boolean> {
    if (!this.running) return false;
    const answer = await request("GET", `${this.adminUrl}/health`).catch(() => undefined);
    if (!answer) return false;
    return (JSON.parse(answer.text) as { raft_state: string }).raft_state === "leader";
  }

  /** The number of rows of a table. */
  async count(table = "t"): Promise<number> {
    const text = await this.must(["query", `SELECT COUNT(*) FROM ${table}`]);
    const number = /^\W*(\d+)\W*$/m.exec(text)?.[1];
    if (number === undefined) throw new Error(`no number in: ${text}`);
    return Number(number);
  }

  /** Whether a majority of the members, this one among them, is there. */
  async healthy(): Promise<boolean> {
    return (await this.admin(["cluster-status"])).code === 0;
  }
}

/** Some nodes on loopback. */
export class LabCluster {
  readonly nodes: LabNode[] = [];
  private readonly label = randomUUID();

  constructor(private readonly options: ClusterOptions) {
    fs.mkdirSync(options.directory, { recursive: true });
  }

  get directory(): string {
    return this.options.directory;
  }

  /** Makes another node, with free ports and without data; its peers are those given. */
  async addNode(id: string, peers: LabNode[] = [], settings: Settings = {}): Promise<LabNode> {
    const [raft, admin] = await freePorts(2);
    const place = { httpAddress: `127.0.0.1:${admin}`, label: this.label };
    const node = new LabNode(id, this.directory, `127.0.0.1:${raft}`, place);
    this.nodes.push(node);
    this.configure(node, peers, settings);
    return node;
  }

  /** Writes a node's config.toml anew. */
  configure(node: LabNode, peers: LabNode[], settings: Settings = {}): void {
    const { archiveCommand, archiveTimeoutSeconds } = this.options;
    const wal: Settings[string] = {};
    if (archiveCommand !== undefined) {
      wal.archive_command = typeof archiveCommand === "string" ? archiveCommand : archiveCommand(node.id);
    }
    if (archiveTimeoutSeconds !== undefined) wal.archive_timeout = archiveTimeoutSeconds;
    const merged: Settings = { wal };
    for (const layer of [this.options.settings ?? {}, settings]) {
      for (const [section, values] of Object.entries(layer)) merged[section] = { ...merged[section], ...values };
    }
    node.configure(
      peers.filter((peer) => peer !== node).map((peer) => peer.raftAddress),
      merged,
    );
  }

  /** The node that leads. */
  leader(ms = waitMs): Promise<LabNode> {
    return until(
      "a leader",
      async () => {
        for (const node of this.nodes) if (await node.leads()) return node;
        return undefined;
      },
      ms,
    );
  }

  /** Waits until a leader sees that this many members are healthy. */
  async whenHealthy(members = this.nodes.length): Promise<LabNode> {
    const healthy = async (): Promise<LabNode | undefined> => {
      const leader = await this.leader();
      const { text } = await request("GET", `${leader.adminUrl}/health`).catch(() => ({ text: "{}" }));
      const health = JSON.parse(text) as { healthy_members?: number | unknown[] };
      const count = Array.isArray(health.healthy_members) ? health.healthy_members.length : health.healthy_members;
      return count === members && (await leader.healthy()) ? leader : undefined;
    };
    return until(`${members} healthy members`, healthy);
  }

  /** Kills every process that came from here, and waits until they are gone. */
  async close(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.stop("SIGKILL")));
    for (const pid of await this.leftBehind()) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    await until("all processes are gone", async () => (await this.leftBehind()).length === 0 || undefined);
  }

  /** Processes that still carry this cluster's mark, such as an `archive_command` whose server was killed. */
  async leftBehind(): Promise<number[]> {
    if (process.platform !== "linux") return [];
    const found: number[] = [];
    for (const name of fs.readdirSync("/proc").filter((each) => /^\d+$/.test(each))) {
      const environment = await fs.promises.readFile(`/proc/${name}/environ`, "latin1").catch(() => "");
      const state = await fs.promises.readFile(`/proc/${name}/stat`, "latin1").catch(() => ") Z");
      const gone = state.slice(state.lastIndexOf(")")).startsWith(") Z");
      if (!gone && environment.includes(`${marker}=${this.label}`)) found.push(Number(name));
    }
    return found;
  }
}

/** Makes a cluster on free loopback ports and starts it. Call `close()` whatever happens. */
export async function startCluster(options: ClusterOptions): Promise<LabCluster> {
  const cluster = new LabCluster(options);
  const count = options.nodes ?? 3;
  for (let i = 1; i <= count; i++) await cluster.addNode(`node${i}`);
  for (const node of cluster.nodes) cluster.configure(node, cluster.nodes);
  if (options.start === false) return cluster;
  try {
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.whenHealthy();
  } catch (error) {
    await cluster.close();
    throw error;
  }
  return cluster;
}
