import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import path from "node:path";
import { fetchRuntime } from "../../agent/commands/runtime";
import { type Host, HostLab, installDatabase, startDatabase, whyNoHosts } from "../../lab/hosts";
import { type LabNode, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { Store, type StoreUser } from "../../lab/store/store";
import { toolchain, UserStack } from "../package/stack";
import { type Bucket, type Kind, makeProgram, type Settings } from "./programs";

export const why = whyNoHosts();
export const clusterId = "prod";
export const policy = { wal: { archiveTimeoutSeconds: 1 } };

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A running cluster on hosts, and a store that they reach, with two buckets under two users' keys. */
export class Site {
  private readonly programs: string[] = [];

  /** Of the stacks' state: no host and no file may know it. */
  readonly passphrase = `passphrase-${randomUUID()}`;

  private constructor(
    readonly lab: HostLab,
    readonly store: Store,
    readonly endpoint: string,
    readonly users: { near: StoreUser; away: StoreUser },
  ) {}

  static async open(hosts = 3): Promise<Site> {
    // The engine runs where the hosts are, from where there is no way to a registry.
    await fetchRuntime("x64");
    const store = await Store.start(say);
    const lab = await HostLab.start({ hosts, progress: say });
    await startDatabase(lab.hosts, { clusterName: clusterId });
    const users = { near: await store.createUser(), away: await store.createUser() };
    for (const name of ["archive", "archive-of-the-recovered"]) await store.createBucket(name, users.near);
    await store.createBucket("offsite", users.away);
    const endpoint = `http://${await lab.offer(Number(new URL(store.endpoint).port))}`;
    return new Site(lab, store, endpoint, users);
  }

  /** The settings of a program for some hosts. */
  settings(hosts: readonly Host[], bucket: string, more: Partial<Settings> = {}): Settings {
    const place = (name: string, credentials: StoreUser): Bucket => {
      return { bucket: name, region: this.store.region, endpoint: this.endpoint, credentials };
    };
    const nodes = hosts.map((host) => ({
      kind: "ssh" as const,
      nodeId: host.name,
      address: `${host.address}:7878`,
      ssh: { host: host.address, user: "deploy", privateKey: this.lab.privateKey, hostKey: host.hostKey },
    }));
    const archive = { ...place(bucket, this.users.near), offsite: place("offsite", this.users.away) };
    return { clusterId, nodes, archive, policy, ...more };
  }

  /** Makes hosts ready for a recovery as an operator would: the database installed and configured, never started. */
  async prepare(hosts: readonly Host[]): Promise<void> {
    await Promise.all(hosts.map((host) => installDatabase(host, { id: host.name, clusterName: clusterId, peers: [] })));
  }

  /** A stack whose engine runs where the hosts are reachable. */
  async stack(kind: Kind, settings: Settings): Promise<{ stack: UserStack; project: string }> {
    const tools = await toolchain();
    const project = makeProgram(kind);
    this.programs.push(project);
    const shape = settings.nodes.map(({ nodeId, address, serviceManager }) => ({ nodeId, address, serviceManager }));
    const stack = await UserStack.open({
      project,
      tools: { ...tools, pulumi: this.lab.wrapper("bin/pulumi", tools.pulumi) },
      environment: { HOSTS_SHAPE: JSON.stringify(shape), PULUMI_CONFIG_PASSPHRASE: this.passphrase },
    });
    await stack.configure("settings", settings, { secret: true });
    return { stack, project };
  }

  /** Writes rows through whichever of the hosts answers. */
  async startWriter(hosts: readonly Host[], rowsPerSecond: number): Promise<Writer> {
    const nodes = hosts.map((host) => this.operated(host));
    // A backup may pause writes at this moment.
    await until("the table is made", () =>
      createTable(nodes[0] as Operated).then(
        () => true,
        () => false,
      ),
    );
    return new Writer({ nodes: () => nodes, rowsPerSecond }).start();
  }

  /** Writes some rows more into the table that is there. */
  async write(hosts: readonly Host[], rows: { first: number; rows: number }): Promise<Writer> {
    const writer = new Writer({ nodes: () => hosts.map((host) => this.operated(host)), ...rows }).start();
    await writer.finished();
    return writer;
  }

  readRows(host: Host): Promise<string[]> {
    return readValues(this.operated(host));
  }

  private operated(host: Host): Operated {
    const command = (args: readonly string[]): string => ["neumann-admin", ...args].join(" ");
    return {
      spawnAdmin: (args) => {
        const [program = "", ...words] = host.sshCommand(command(args));
        return this.lab.spawn(program, words);
      },
      must: (args, stdin = "") => host.must(command(args), { stdin }),
    };
  }

  async leader(hosts: readonly Host[]): Promise<Host> {
    const info = JSON.parse(await (hosts[0] as Host).must("neumann-admin cluster-info")) as { leader_id: string };
    const found = hosts.find((host) => host.name === info.leader_id);
    if (found === undefined) throw new Error(`no leader among the hosts: ${info.leader_id}`);
    return found;
  }

  async close(): Promise<void> {
    await this.lab.stop();
    await this.store.stop();
    for (const folder of this.programs) rmSync(folder, { recursive: true, force: true });
  }
}

/** A host's node, as the lab's writer uses one. */
type Operated = Pick<LabNode, "spawnAdmin" | "must">;

/** The launcher of the agent on a host. */
export const launcher = "/var/lib/neumann-backup/neumann-backup";

/** Runs the agent on a host by an operator's hand; its result. */
export async function byHand(host: Host, words: string): Promise<Record<string, unknown>> {
  const text = await host.must(`sudo -n ${launcher} --json ${words}`, { user: "deploy", timeoutSeconds: 120 });
  return JSON.parse(text.trim().split("\n").at(-1) ?? "{}") as Record<string, unknown>;
}

/** Where the state of a project's stack lies. */
export function stateFile(project: string, name: string): string {
  return path.join(project, "state", ".pulumi", "stacks", name, "test.json");
}

/** A new pair of age's keys, which is in no file. */
export async function agePair(host: Host): Promise<{ identity: string; recipient: string }> {
  const text = await host.must("age-keygen 2>&1");
  const [identity = ""] = /AGE-SECRET-KEY-1\w+/.exec(text) ?? [];
  const [recipient = ""] = /age1\w+/.exec(text) ?? [];
  return { identity, recipient };
}
