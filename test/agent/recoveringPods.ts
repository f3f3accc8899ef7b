import { type ChildProcess, spawn } from "node:child_process";
import { buildSync } from "esbuild";
import fs from "node:fs";
import path from "node:path";
import { stringify } from "smol-toml";
import { programsFolder, until } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";
import type { AgentConfig } from "../../model/agentConfig";
import type { ArchiveSpec } from "../../model/reference";
import type { PlanSpec, RestoreSpec } from "../../model/specs";
import type { PodRequest } from "./podProgram";
import {
  agent,
  type AgentOptions,
  bundle,
  calm,
  commandLines,
  type Host,
  label,
  quickPolicy,
  type Ran,
  recoveryOf,
} from "./support";

/** A pod whose kubelet the test is: a volume, and what is made anew with each pod. */
export interface Pod extends Host<ArchiveSpec> {
  volume: string;
  /** Written by the sidecar as soon as the pod is ready. */
  ready: string;
}

/** Pods of one namespace. */
export interface Namespace {
  pods: Pod[];
  archive: ArchiveSpec;
  /** The ConfigMap with the record. */
  record: string;
}

export async function namespaceOf(
  directory: string,
  archive: ArchiveSpec,
  { names, programDirectory = programsFolder() }: { names: readonly string[]; programDirectory?: string },
): Promise<Namespace> {
  const pods: Pod[] = [];
  for (const id of names) {
    const [raft, admin] = await freePorts(2);
    const base = path.join(directory, id);
    const volume = path.join(base, "data");
    const agentDirectory = path.join(volume, ".neumann-backup-agent");
    fs.mkdirSync(volume, { recursive: true });
    pods.push({
      node: {
        id,
        address: `127.0.0.1:${raft}`,
        adminUrl: `http://127.0.0.1:${admin}`,
        configFile: path.join(base, "etc", "config.toml"),
        dataDirectory: volume,
        programDirectory,
        serviceManager: "process",
      },
      agentDirectory,
      configFile: path.join(agentDirectory, "agent.json"),
      archive,
      policy: quickPolicy,
      volume,
      ready: path.join(base, "ready"),
    });
  }
  return { pods, archive, record: path.join(directory, "record.json") };
}

function agentConfig({ node, archive, policy, agentDirectory }: Pod): AgentConfig {
  return { format: "neumann-agent/1", generation: "g1", node, archive, policy, agentDirectory } as AgentConfig;
}

/** What `pod configure` leaves: each pod begins with the final list of members. */
function configure(pod: Pod, { pods }: Namespace): void {
  fs.mkdirSync(path.join(pod.agentDirectory, "state", "leases"), { recursive: true });
  fs.mkdirSync(path.dirname(pod.node.configFile), { recursive: true });
  fs.writeFileSync(pod.configFile, JSON.stringify(agentConfig(pod)));
  const { id, address, adminUrl } = pod.node;
  const document = {
    node: { id, data_dir: pod.volume, bind_address: address },
    cluster: { name: "lab", peers: pods.filter((other) => other !== pod).map(({ node }) => node.address) },
    wal: {
      archive_command: `${process.execPath} ${bundle().program} --config ${pod.configFile} wal-push %p %f`,
      archive_timeout: 1,
    },
    metrics: { bind_address: adminUrl.replace("http://", "") },
    ...calm,
  };
  fs.writeFileSync(pod.node.configFile, stringify(document));
  fs.rmSync(pod.ready, { force: true });
}

export function peersOf({ node }: Pod): string {
  return /^peers *= *(.*)$/m.exec(fs.readFileSync(node.configFile, "utf8"))?.[1] ?? "";
}

let program: string | undefined;

/** Both containers' functions, from the sources as they are now. */
function podProgram(): string {
  if (program !== undefined) return program;
  program = path.join(path.dirname(bundle().program), "pod.cjs");
  const define = { AGENT_VERSION: '"0.0.0-test"', FORMAT_PAGE: '""', CRON_PROGRAM: '""', WAL_PUSH_PROGRAM: '""' };
  buildSync({
    entryPoints: [path.join(__dirname, "podProgram.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    mainFields: ["module", "main"],
    define,
    outfile: program,
    logLevel: "error",
  });
  return program;
}

/** The specification of a recovery for each pod of a namespace. */
export async function podRecovery(
  { pods }: Namespace,
  more: Partial<PlanSpec> = {},
): Promise<(pod: Pod) => RestoreSpec> {
  return recoveryOf(pods, more);
}

export interface Run extends AgentOptions {
  spec: RestoreSpec;
}

function runPart(mode: "restore" | "sidecar", pod: Pod, { record }: Namespace, options: Run): Promise<Ran> {
  const request: PodRequest = { config: agentConfig(pod), spec: options.spec, store: record, ready: pod.ready };
  return agent([mode], { ...options, spec: request, program: podProgram() });
}

/** The pod starts: `pod configure`, then `pod restore`. */
export function initialise(pod: Pod, namespace: Namespace, options: Run): Promise<Ran> {
  configure(pod, namespace);
  return runPart("restore", pod, namespace, options);
}

export function sidecar(pod: Pod, namespace: Namespace, options: Run): Promise<Ran> {
  return runPart("sidecar", pod, namespace, options);
}

/** The database's container. */
export async function startServer(pod: Pod): Promise<void> {
  if (serverOf(pod) !== undefined) return;
  const log = fs.openSync(path.join(path.dirname(pod.node.configFile), "log"), "a");
  spawn(path.join(pod.node.programDirectory ?? "", "neumann"), ["--config", pod.node.configFile], {
    env: { ...process.env, NEUMANN_AGENT_TEST: label, NEUMANN_CONFIG: pod.node.configFile },
    stdio: ["ignore", log, log],
    detached: true,
  }).unref();
  fs.closeSync(log);
  await until(`${pod.node.id} runs`, () => serverOf(pod));
}

function serverOf(pod: Pod): string | undefined {
  return commandLines().find(({ command }) => command.endsWith(`neumann --config ${pod.node.configFile}`))?.pid;
}

export function isRunning(pod: Pod): boolean {
  return serverOf(pod) !== undefined;
}

export async function stopServer(pod: Pod): Promise<void> {
  const pid = serverOf(pod);
  if (pid === undefined) return;
  process.kill(Number(pid), "SIGTERM");
  await until(`${pod.node.id} has ended`, () => serverOf(pod) === undefined || undefined);
}

/** The claim's volume is gone, and a new one is empty. */
export async function loseVolume(pod: Pod): Promise<void> {
  await stopServer(pod);
  fs.rmSync(pod.volume, { recursive: true });
  fs.mkdirSync(pod.volume);
}

/** A sidecar that goes on by itself once the pod is ready. */
export async function untilReady(pod: Pod, namespace: Namespace, options: Run): Promise<{ ended: Promise<Ran> }> {
  fs.rmSync(pod.ready, { force: true });
  const ended = sidecar(pod, namespace, options);
  await until(`${pod.node.id} is ready`, () => fs.existsSync(pod.ready) || undefined);
  return { ended };
}

/** A sidecar until the pod is ready, which is then ended in order. */
export async function readyOnce(pod: Pod, namespace: Namespace, options: Run): Promise<void> {
  let end = (): void => undefined;
  const started = (child: ChildProcess): void => {
    end = () => void child.kill("SIGTERM");
  };
  const { ended } = await untilReady(pod, namespace, { ...options, started });
  end();
  await ended;
}
