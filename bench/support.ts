import { execFile, spawnSync, type SpawnSyncOptions } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import type { AgentConfig, NodeConfig } from "../model/agentConfig";
import { resolvePolicy } from "../model/policy";
import type { ArchiveLocation, ArchiveSpec } from "../model/reference";
import type { InstallSpec } from "../model/specs";
import { type LabCluster, type LabNode, programsFolder, startCluster } from "../lab/neumann/harness";

/** One line of the result: ours beside its rival, measured in the same run. */
export interface Row {
  what: string;
  ours: number;
  rival: number;
  /** Ours over the rival, or for `difference` ours less the rival's, in seconds. */
  kind: "ratio" | "difference" | "size";
  /** The figure must be at most this. */
  atMost: number;
  rivalName: string;
}

const root = path.dirname(__dirname);
export const bundle = path.join(root, "agent", "bundle", "neumann-backup.cjs");
export const clusterId = "bench";

/** Short enough that no backup waits for its log at the end; as short as a second it would cost half a core by itself. */
const archiveTimeoutSeconds = 5;

/** Seconds that a function takes, with its result. */
export async function timed<T>(work: () => Promise<T> | T): Promise<{ seconds: number; result: T }> {
  const began = performance.now();
  const result = await work();
  return { seconds: (performance.now() - began) / 1000, result };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Runs a program that must succeed. */
export function must(program: string, args: readonly string[], options: SpawnSyncOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, {
    encoding: "utf8",
    maxBuffer: 256 * 1024 * 1024,
    ...options,
  }) as { status: number | null; stdout: string; stderr: string; error?: Error };
  if (error) throw error;
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

/** Does the work in a folder that is removed afterwards. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.mkdtempSync(path.join(process.env.BENCH_DIRECTORY ?? os.tmpdir(), "neumann-bench-"));
  try {
    return await work(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** A cluster whose nodes have the agent, and its archive. */
export interface Bench {
  cluster: LabCluster;
  archive: ArchiveSpec;
  /** Runs the installed agent of a node; standard error holds its events, a JSON line each. */
  agent: (node: LabNode, words: readonly string[]) => Promise<{ stdout: string; events: AgentEvent[] }>;
}

export interface AgentEvent {
  event: string;
  step?: string;
  seconds?: number;
}

/** Without a location, its archive is a folder beside it. */
export async function protectedCluster(folder: string, nodes: number, location?: ArchiveLocation): Promise<Bench> {
  const place = location ?? { kind: "directory" as const, location: path.join(folder, "archive") };
  createArchive(place);
  const archive: ArchiveSpec = { ...place, clusterId };
  const home = (id: string): string => path.join(folder, "agents", id);
  const cluster = await startCluster({
    directory: path.join(folder, "cluster"),
    nodes,
    archiveCommand: (id) => `${home(id)}/neumann-backup wal-push %p %f`,
    archiveTimeoutSeconds,
    settings: { raft: { snapshot_interval: 100_000_000 } },
  });
  for (const node of cluster.nodes) {
    install(nodeConfigOf(node), home(node.id), archive);
  }
  return { cluster, archive, agent: (node, words) => runAgent(path.join(home(node.id), "neumann-backup"), words) };
}

export function createArchive(archive: ArchiveLocation): void {
  const spec = { archive, clusterId, role: "primary" };
  agentGets(["archive-create"], spec);
}

export function nodeConfigOf(node: LabNode): NodeConfig {
  return {
    id: node.id,
    address: node.raftAddress,
    adminUrl: node.adminUrl,
    configFile: node.configFile,
    dataDirectory: node.dataDirectory,
    programDirectory: programsFolder(),
    serviceManager: "process",
  };
}

/** Installs the agent of a node, whose schedule takes no backup but the measured ones. */
export function install(node: NodeConfig, agentDirectory: string, archive: ArchiveSpec, hold = false): void {
  const config: AgentConfig = {
    format: "neumann-agent/1",
    generation: "bench",
    node,
    archive,
    policy: resolvePolicy({ wal: { archiveTimeoutSeconds, arrivalDeadlineSeconds: 120 } }),
    agentDirectory,
  };
  const sha256 = fs.readFileSync(`${bundle}.sha256`, "utf8").slice(0, 64);
  agentGets(["install"], { config, sha256, hold } satisfies InstallSpec);
  endSchedule(agentDirectory);
}

/** Runs the agent with a specification; gives what it printed. */
export function agentGets<T>(words: readonly string[], spec: object): T {
  return JSON.parse(must("node", [bundle, ...words, "--json"], { input: JSON.stringify(spec) })) as T;
}

function endSchedule(agentDirectory: string): void {
  process.kill(Number(fs.readFileSync(path.join(agentDirectory, "state", "schedule.pid"), "utf8")), "SIGTERM");
}

async function runAgent(launcher: string, words: readonly string[]): Promise<{ stdout: string; events: AgentEvent[] }> {
  const { stdout, stderr } = await whileOthersGoOn(launcher, ["--json", ...words]);
  const lines = stderr.split("\n").filter((line) => line.startsWith("{"));
  return { stdout, events: lines.map((line) => JSON.parse(line) as AgentEvent) };
}

/** Runs a program that must succeed, while the load in this process goes on. */
export function whileOthersGoOn(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<{ stdout: string; stderr: string }> {
  return promisify(execFile)(program, [...args], { maxBuffer: 256 * 1024 * 1024, env });
}

/** Seconds that the named steps took together. */
export function stepSeconds(events: readonly AgentEvent[], ...steps: string[]): number {
  const done = events.filter((event) => event.event === "done" && steps.includes(event.step ?? ""));
  return done.reduce((sum, event) => sum + (event.seconds ?? 0), 0);
}

/** Text that shrinks to about a third, as rows of a database do; the same on every run. */
export function text(bytes: number, seed: number): string {
  const words: string[] = [];
  let state = seed * 2654435761;
  for (let length = 0; length < bytes;) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    const word = `${(state >>> 8).toString(36)}${state % 3 === 0 ? " the same words again" : ""} `;
    words.push(word);
    length += word.length;
  }
  return words.join("").slice(0, bytes);
}
