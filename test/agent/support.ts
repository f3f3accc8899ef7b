import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { agentProgram, walPushProgram } from "../../scripts/agentProgram.mjs";
import type { AgentConfig, NodeConfig } from "../../model/agentConfig";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { ArchiveSpec, DirectoryLocation } from "../../model/reference";
import type { InstallSpec, NodeSpec, PlanSpec, RestoreSpec } from "../../model/specs";
import { LabCluster, type LabNode, programsFolder, startCluster, until } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";

/** Every process that a test starts, and all that come from it, carry this in their environment. */
const marker = "NEUMANN_AGENT_TEST";
export const label = randomUUID();

/** A folder for a test file, outside the project. */
export function scratch(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `agent-${name}-`));
}

interface Programs {
  program: string;
  /** What the launcher runs for `archive_command`: CONFIG PATH NAME. */
  walPush: string;
  /** Of `program`. */
  sha256: string;
}

let bundled: Programs | undefined;

/** The agent, bundled from the sources as they are now: a build elsewhere does not change it in the middle of a test. */
export function bundle(): Programs {
  if (bundled) return bundled;
  const place = scratch("program");
  process.once("exit", () => fs.rmSync(place, { recursive: true, force: true }));
  const write = (name: string, content: Buffer): string => {
    fs.writeFileSync(path.join(place, name), content);
    return path.join(place, name);
  };
  const content = agentProgram("0.0.0-test");
  bundled = {
    program: write("neumann-backup.cjs", content),
    walPush: write("neumann-wal-push.cjs", walPushProgram()),
    sha256: createHash("sha256").update(content).digest("hex"),
  };
  return bundled;
}

/** How a run of the agent ended. */
export interface Ran {
  /** null: it was killed. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface AgentOptions {
  /** Written to standard input as JSON; a string as it is. */
  spec?: unknown;
  /** `<command>/<step>:<before|in|after>`. */
  failpoint?: string;
  environment?: Record<string, string>;
  /** Sees the process as soon as it runs. */
  started?: (child: ChildProcess) => void;
  /** Another bundle. */
  program?: string;
}

/** Runs the agent in a process group of its own. */
export function agent(args: readonly string[], options: AgentOptions = {}): Promise<Ran> {
  const environment: NodeJS.ProcessEnv = { ...process.env, [marker]: label, ...options.environment };
  delete environment.NEUMANN_BACKUP_FAILPOINT;
  delete environment.NEUMANN_BACKUP_CONFIG;
  if (options.failpoint !== undefined) environment.NEUMANN_BACKUP_FAILPOINT = options.failpoint;
  const child = spawn(process.execPath, [options.program ?? bundle().program, ...args], {
    env: environment,
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  options.started?.(child);
  const parts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => (parts[name] += text));
  }
  child.stdin.on("error", () => undefined);
  const { spec } = options;
  child.stdin.end(spec === undefined ? "" : typeof spec === "string" ? spec : JSON.stringify(spec));
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...parts }));
  });
}

/** Runs the agent; throws unless it ends with 0. Its result object. */
export async function must<T = Record<string, unknown>>(
  args: readonly string[],
  options: AgentOptions = {},
): Promise<T> {
  const ran = await agent(["--json", ...args], options);
  if (ran.code !== 0) throw new Error(`agent ${args.join(" ")}: exit ${ran.code}\n${ran.stderr}${ran.stdout}`);
  return JSON.parse(ran.stdout.trim().split("\n").at(-1) ?? "{}") as T;
}

/** What an agent's `--json` run said went wrong. */
export function complaint(ran: Ran): string {
  return ran.stderr
    .split("\n")
    .flatMap((line) => {
      try {
        const event = JSON.parse(line) as { event: string; message?: string };
        return event.event === "error" ? [event.message ?? ""] : [];
      } catch {
        return line === "" ? [] : [line];
      }
    })
    .join("\n");
}

/** Short times, so that tests are short. */
export const quickPolicy: BackupPolicyOverrides = {
  full: { maxPauseSeconds: 5 },
  wal: { archiveTimeoutSeconds: 1, arrivalDeadlineSeconds: 60, freeSpaceAlarmMebibytes: 64 },
};

export type FolderArchive = ArchiveSpec<DirectoryLocation>;

/** A database node with its agent, wherever its process comes from. */
export interface Host<A extends ArchiveSpec = FolderArchive> {
  node: NodeConfig;
  agentDirectory: string;
  configFile: string;
  archive: A;
  policy: BackupPolicyOverrides;
}

/** With its archive in whatever kind of place. */
export type AnyHost = Host<ArchiveSpec>;

/** Flags that name a host's agent. */
export function at(host: AnyHost): string[] {
  return ["--config", host.configFile];
}

export function installSpec(host: AnyHost, options: { hold?: boolean; generation?: string } = {}): InstallSpec {
  const config = {
    format: "neumann-agent/1",
    generation: options.generation ?? "g1",
    node: host.node,
    archive: host.archive,
    policy: host.policy,
    agentDirectory: host.agentDirectory,
  };
  return { config: config as AgentConfig, sha256: bundle().sha256, hold: options.hold ?? false };
}

/** The launcher that `archive_command` names. */
export function launcherIn(directory: string, id: string): string {
  return path.join(directory, id, "agent", "neumann-backup");
}

export function labNodeConfig(node: LabNode, programDirectory = programsFolder()): NodeConfig {
  return {
    id: node.id,
    address: node.raftAddress,
    adminUrl: node.adminUrl,
    configFile: node.configFile,
    dataDirectory: node.dataDirectory,
    programDirectory,
    serviceManager: "process",
  };
}

/** An archive with its off-site copy in a folder. */
export async function makeArchive(directory: string, clusterId = "prod"): Promise<FolderArchive> {
  const place = (name: string) => ({ kind: "directory" as const, location: path.join(directory, name) });
  const archive: FolderArchive = { ...place("archive"), clusterId, offsite: place("offsite") };
  await must(["archive-create"], { spec: { archive: place("archive"), clusterId, role: "primary" } });
  await must(["archive-create"], { spec: { archive: place("offsite"), clusterId, role: "offsite" } });
  return archive;
}

/** A running, protected cluster of the lab. */
export interface Protected<A extends ArchiveSpec = FolderArchive> {
  cluster: LabCluster;
  archive: A;
  hosts: Host<A>[];
  /** The host that leads now. */
  leader(): Promise<Host<A>>;
  /** A command with `--json` on the leader. */
  onLeader(args: readonly string[], options?: AgentOptions): Promise<Ran>;
}

/** Elections are slow to begin: a busy machine must not look like a dead leader. */
export const calm = {
  raft: { election_timeout_min_ms: 1500, election_timeout_max_ms: 3000, heartbeat_interval_ms: 100 },
};

export interface ProtectedOptions {
  nodes?: number;
  policy?: BackupPolicyOverrides;
  archiving?: boolean;
}

export async function protectedCluster(directory: string, options: ProtectedOptions = {}): Promise<Protected> {
  return protectedBy(await makeArchive(directory), directory, options);
}

/** With an archive that is there. */
export async function protectedBy<A extends ArchiveSpec>(
  archive: A,
  directory: string,
  options: ProtectedOptions = {},
): Promise<Protected<A>> {
  const cluster = await startCluster({
    directory,
    nodes: options.nodes ?? 1,
    archiveCommand: options.archiving === false ? undefined : (id) => `${launcherIn(directory, id)} wal-push %p %f`,
    archiveTimeoutSeconds: 1,
    settings: calm,
  });
  const hosts = cluster.nodes.map((node) => {
    const agentDirectory = path.join(directory, node.id, "agent");
    const configFile = path.join(agentDirectory, "agent.json");
    return { node: labNodeConfig(node), agentDirectory, configFile, archive, policy: options.policy ?? quickPolicy };
  });
  try {
    for (const host of hosts) {
      await must(["install"], { spec: installSpec(host) });
      await endSchedule(host);
    }
  } catch (error) {
    await cluster.close();
    throw error;
  }
  const leader = async (): Promise<Host<A>> => {
    const { id } = await cluster.leader();
    return hosts.find((host) => host.node.id === id) as Host<A>;
  };
  const onLeader = async (args: readonly string[], run: AgentOptions = {}): Promise<Ran> =>
    agent([...at(await leader()), "--json", ...args], run);
  return { cluster, archive, hosts, leader, onLeader };
}

/** A host for a recovery: folders and configuration, no data, not started. */
export async function freshHost<A extends ArchiveSpec>(
  directory: string,
  id: string,
  options: { archive: A; hold?: boolean; programDirectory?: string; install?: boolean },
): Promise<Host<A>> {
  const [raft, admin] = await freePorts(2);
  const base = path.join(directory, id);
  const agentDirectory = path.join(base, "agent");
  const host: Host<A> = {
    node: {
      id,
      address: `127.0.0.1:${raft}`,
      adminUrl: `http://127.0.0.1:${admin}`,
      configFile: path.join(base, "etc", "config.toml"),
      dataDirectory: path.join(base, "data"),
      programDirectory: options.programDirectory ?? programsFolder(),
      serviceManager: "process",
    },
    agentDirectory,
    configFile: path.join(agentDirectory, "agent.json"),
    archive: options.archive,
    policy: quickPolicy,
  };
  if (options.install === false) return host;
  await must(["node-create"], { spec: nodeSpec(host) });
  await must(["install"], { spec: installSpec(host, { hold: options.hold ?? true }) });
  await endSchedule(host);
  return host;
}

/** Ends the process that takes backups by itself: the tests take them. */
export async function endSchedule(host: AnyHost): Promise<void> {
  const file = path.join(host.agentDirectory, "state", "schedule.pid");
  const pid = fs.existsSync(file) ? Number(fs.readFileSync(file, "utf8")) : 0;
  if (!labelled().some((found) => found.pid === pid && found.command.includes("schedule"))) return;
  process.kill(pid, "SIGKILL");
  await until("the schedule has ended", () => !labelled().some((found) => found.pid === pid) || undefined);
  fs.rmSync(file);
}

export function nodeSpec(host: AnyHost, more: Partial<NodeSpec> = {}): NodeSpec {
  return { node: host.node, clusterName: "lab", peers: [], bootstrap: false, others: [], start: false, ...more };
}

/** The specification of a recovery onto some hosts, as it stands in the archive now. */
export async function recoveryOf(
  hosts: readonly AnyHost[],
  more: Partial<PlanSpec> = {},
): Promise<(host: AnyHost) => RestoreSpec> {
  const [first] = hosts as [AnyHost];
  const { restorePoint = "latest-offsite", recoveryId = "r1" } = more;
  const plan = { ...more, archive: first.archive, restorePoint, recoveryId, nodes: hosts.map((host) => host.node.id) };
  const { digest } = await must<{ digest: string }>(["plan"], { spec: plan });
  const members = hosts.map(({ node }) => ({ id: node.id, address: node.address }));
  return (host) => ({ plan, planDigest: digest, node: host.node.id, clusterName: "lab", members });
}

/** One phase of a recovery. */
export function phase(name: string, host: AnyHost, spec: RestoreSpec, options: AgentOptions = {}): Promise<Ran> {
  return agent([...at(host), "--json", "restore", "--phase", name], { ...options, spec });
}

export async function mustPhase(name: string, host: AnyHost, spec: RestoreSpec): Promise<Record<string, unknown>> {
  return must([...at(host), "restore", "--phase", name], { spec });
}

/** `neumann-admin` of a host. */
export function admin(host: AnyHost, args: readonly string[], input = ""): Promise<Ran> {
  return runProgram(path.join(host.node.programDirectory ?? "", "neumann-admin"), args, {
    input,
    environment: { NEUMANN_CONFIG: host.node.configFile },
  });
}

export function runProgram(
  program: string,
  args: readonly string[],
  options: { input?: string; environment?: Record<string, string> } = {},
): Promise<Ran> {
  const child = spawn(program, args, { env: { ...process.env, [marker]: label, ...options.environment } });
  const parts = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => (parts[name] += text));
  }
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.input ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, ...parts }));
  });
}

/** The way that `Writer` and `readValues` talk to a host's database. */
export function adminOf(host: AnyHost) {
  return {
    spawnAdmin: (args: string[]) =>
      spawn(path.join(host.node.programDirectory ?? "", "neumann-admin"), args, {
        env: { ...process.env, [marker]: label, NEUMANN_CONFIG: host.node.configFile },
      }),
    async must(args: string[], stdin = ""): Promise<string> {
      const ran = await admin(host, args, stdin);
      if (ran.code !== 0) throw new Error(`neumann-admin ${args.join(" ")}: exit ${ran.code}: ${ran.stderr}`);
      return ran.stdout;
    },
  };
}

/** All files below a folder with their SHA-256; unfinished ones, which no listing shows, left out. */
export function contentsOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of fs.readdirSync(folder, { recursive: true }) as string[]) {
    if (name.includes(".neumann-backup-tmp")) continue;
    try {
      const file = path.join(folder, name);
      if (fs.statSync(file).isFile()) found.set(name, createHash("sha256").update(fs.readFileSync(file)).digest("hex"));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  return found;
}

/** What of an older state of a folder is gone or another now: I2 says nothing, ever. */
export function lostFrom(before: ReadonlyMap<string, string>, folder: string): string[] {
  const now = contentsOf(folder);
  return [...before].filter(([name, sha256]) => now.get(name) !== sha256).map(([name]) => name);
}

/** Processes that came from this test file and are none of the servers of these hosts. */
export function strays(servers: readonly AnyHost[] = []): { pid: number; command: string }[] {
  const configs = servers.map((host) => host.node.configFile);
  return labelled().filter(
    ({ command }) => !(command.includes("neumann --config") && configs.some((file) => command.endsWith(file))),
  );
}

function labelled(): { pid: number; command: string }[] {
  return fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((name) => {
      try {
        const stat = fs.readFileSync(`/proc/${name}/stat`, "latin1");
        if (stat.slice(stat.lastIndexOf(")")).startsWith(") Z")) return [];
        if (!fs.readFileSync(`/proc/${name}/environ`, "latin1").includes(`${marker}=${label}`)) return [];
        const command = fs.readFileSync(`/proc/${name}/cmdline`, "latin1").replaceAll("\0", " ").trim();
        return [{ pid: Number(name), command }];
      } catch {
        return []; // It ended while it was looked at.
      }
    });
}

/** Stops everything that came from this test file. */
export async function endAll(): Promise<void> {
  await until("all processes of the test are gone", () => {
    const left = labelled();
    for (const { pid } of left) {
      try {
        process.kill(pid, "SIGKILL");
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
      }
    }
    return left.length === 0 || undefined;
  });
}

/** Waits until nothing that came from this test file runs but these servers. */
export async function noStrays(servers: readonly AnyHost[] = [], ms = 20_000): Promise<void> {
  let left: { pid: number; command: string }[] = [];
  await until("no process is left behind", () => (left = strays(servers)).length === 0 || undefined, ms).catch(() => {
    throw new Error(`left behind: ${JSON.stringify(left)}`);
  });
}

/** All files below a folder, relative. */
export function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.isFile() === true)
    .sort();
}

/** Command lines of all processes, by their ids; their words are parted by spaces. */
export function commandLines(): { pid: string; command: string }[] {
  return fs.readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return [];
    try {
      return [{ pid, command: fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ").trim() }];
    } catch {
      return []; // It ended while it was looked at.
    }
  });
}

/** Nothing of the hosts' folder runs but their servers: other tests of this file run beside this one. */
export async function noStraysOf(...hosts: AnyHost[]): Promise<void> {
  const folders = hosts.map((host) => path.dirname(host.agentDirectory));
  const servers = hosts.map((host) => `neumann --config ${host.node.configFile}`);
  let left: string[] = [];
  const look = (): boolean => {
    left = commandLines().flatMap(({ pid, command }) => {
      const ours = folders.some((name) => command.includes(`${name}/`));
      return ours && !servers.some((server) => command.endsWith(server)) ? [`${pid} ${command}`] : [];
    });
    return left.length === 0;
  };
  await until("no process is left behind", () => look() || undefined).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${left.join("; ")}`);
  });
}

const counter = ".neumann-backup-test-initialised";

/** The database's programs, but each `init-cluster` leaves a line in the data that it works on. */
export function countingPrograms(directory: string): string {
  fs.mkdirSync(directory, { recursive: true });
  const programs = programsFolder();
  fs.symlinkSync(path.join(programs, "neumann"), path.join(directory, "neumann"));
  const script = `#!/bin/sh
if [ "$1" = init-cluster ]; then
  data=$(sed -n "s/^data_dir *= *[\\"']\\(.*\\)[\\"'].*/\\1/p" "$NEUMANN_CONFIG")
  mkdir -p "$data/raft" && echo "$data" >>"$data/raft/${counter}"
fi
exec "${path.join(programs, "neumann-admin")}" "$@"
`;
  fs.writeFileSync(path.join(directory, "neumann-admin"), script, { mode: 0o755 });
  return directory;
}

/** How often `init-cluster` was run on the data that is in place. */
export function initialisations(host: AnyHost): number {
  const file = path.join(host.node.dataDirectory, "raft", counter);
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim().split("\n").length : 0;
}
