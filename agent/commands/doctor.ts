import { readFile, stat } from "node:fs/promises";
import { kubelet, type NodeConfig } from "../../model/agentConfig";
import { agentConfigFile, loadConfig, type Node } from "../context";
import { lookAtPlaces, openArchives } from "../archive/open";
import { newestVerifications } from "../archive/verifications";
import type { StoredVerification } from "../../model/records";
import { decryptionProblem } from "../../model/decryption";
import { newestOf } from "./status";
import { lookAtProtection } from "../archive/protection";
import { parseConfig } from "../database/config";
import { ageVersion } from "../host/age";
import { exists, freeBytes, hashFile } from "../host/files";
import { run } from "../host/run";
import { formatBytes } from "../../model/units";
import { wrongSchedule, wrongWal } from "./drift";
import { archiveCommand } from "./install";
import { agentProgram } from "../identity";
import { readSigner } from "../signing";

/** One row of contract.md, or of what the agent itself needs, held against this node. */
export interface Check {
  name: string;
  good: boolean;
  /** What was found. */
  found: string;
  /** What to do when it is not good. */
  remedy: string;
}

type Look = (node: Node) => Promise<string>;

interface Row {
  name: string;
  remedy: string;
  /** What was found; throws what is wrong. */
  look: Look;
}

/** Every row on which the agent relies. */
const rows: readonly Row[] = [
  { name: "tar", remedy: "Install GNU tar.", look: () => version("tar", "GNU tar") },
  { name: "zstd", remedy: "Install zstd (apt-get install zstd).", look: () => version("zstd", "Zstandard") },
  { name: "age", remedy: "Install age (apt-get install age).", look: age },
  { name: "config.toml", remedy: "See the keys in the database's manual.", look: configuration },
  { name: "data folder", remedy: "raft/wal, raft/snapshots and store belong below data_dir.", look: dataFolder },
  { name: "cluster-info", remedy: "neumann-admin must reach the node of NEUMANN_CONFIG.", look: clusterInfo },
  { name: "cluster-status", remedy: "Bring the cluster to a healthy quorum.", look: clusterStatus },
  { name: "GET /metrics", remedy: "The metrics of contract.md must be served on the admin port.", look: metrics },
  { name: "GET /health", remedy: "The admin port must answer on loopback.", look: health },
  { name: "stats", remedy: "stats must print total_entries and a number.", look: stats },
  { name: "query", remedy: "The node needs a quorum to answer.", look: query },
  { name: "verify-checksums", remedy: "The data is damaged: restore this node.", look: checksums },
  { name: "archive", remedy: "Mount it, or mend the reference.", look: archives },
  {
    name: "deletion",
    remedy: "Make bucket, objectLock of the archive's reference and the policy's retentionDays agree.",
    look: deletion,
  },
  { name: "archive_command", remedy: "Run `pulumi up` to mend it.", look: walConfiguration },
  { name: "schedule", remedy: "Run `pulumi up` to mend it.", look: schedule },
  {
    name: "signing key",
    remedy: "Run `pulumi up`, and name this node's key in policy.signing.trustedKeys if any is named.",
    look: signingKey,
  },
  {
    name: "decryption",
    remedy: "Run `neumann-backup verify --depth restore --identity-file FILE` on a node.",
    look: decryption,
  },
  { name: "free space", remedy: "Free space on the data disk.", look: freeSpace },
];

/** Looks at every row; none of the looks changes anything. */
export async function doctor(node: Node): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { name, remedy, look } of rows) {
    try {
      checks.push({ name, good: true, found: await look(node), remedy });
    } catch (error) {
      checks.push({ name, good: false, found: (error as Error).message, remedy });
    }
  }
  return checks;
}

/** What looks for due backups, guards pauses and holds the gate. */
async function schedule(node: Node): Promise<string> {
  throwWrong(await wrongSchedule(node));
  return scheduledBy[node.config.node.serviceManager];
}

const scheduledBy: Record<NodeConfig["serviceManager"], string> = {
  process: "a process of the agent",
  systemd: "units of systemd",
  sysv: "entries of cron",
  kubelet: "the pod's sidecar and the cluster's jobs",
};

function throwWrong(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join("; "));
}

async function version(program: string, expected: string): Promise<string> {
  const { stdout, stderr } = await run(program, ["--version"]);
  const line = `${stdout}${stderr}`.split("\n")[0] ?? "";
  if (!line.includes(expected)) throw new Error(`${program} is not ${expected}: ${line}`);
  return line.trim();
}

async function age(node: Node): Promise<string> {
  if (node.config.policy.encryption.recipients.length === 0) return "not needed: the policy names no recipients";
  return ageVersion();
}

/** An identity that was never tried is none. */
async function decryption(node: Node): Promise<string> {
  const { archive: spec, policy } = node.config;
  if (policy.encryption.recipients.length === 0) return "nothing is encrypted: policy.encryption.recipients names none";
  const found: StoredVerification[] = [];
  for (const look of await lookAtPlaces(spec)) {
    if (!("fault" in look)) found.push(...(await newestVerifications(look.archive, spec.clusterId)));
  }
  const problem = decryptionProblem(policy, newestOf(found));
  if (problem !== null) throw new Error(problem);
  return "a backup for these recipients was decrypted";
}

async function configuration(node: Node): Promise<string> {
  const { configFile, id, dataDirectory, serviceManager } = node.config.node;
  const tables = parseConfig(await readFile(configFile, "utf8"), configFile);
  // One text serves all pods: the server is told its name, and maybe its folder, on its command line.
  const left = (key: string): boolean => serviceManager === kubelet && tables.node?.[key] === undefined;
  if (!left("id") && tables.node?.id !== id) throw new Error(`[node] id is ${String(tables.node?.id)}, not ${id}`);
  if (!left("data_dir") && tables.node?.data_dir !== dataDirectory)
    throw new Error(`[node] data_dir is ${String(tables.node?.data_dir)}, not ${dataDirectory}`);
  return configFile;
}

async function dataFolder(node: Node): Promise<string> {
  for (const directory of [node.paths.wal, node.paths.snapshots, node.paths.store]) {
    if (!(await exists(directory))) throw new Error(`${directory} is not there`);
  }
  return node.config.node.dataDirectory;
}

async function clusterInfo(node: Node): Promise<string> {
  const info = await node.admin.clusterInfo();
  if (info.nodeId !== node.config.node.id)
    throw new Error(`answers for node ${info.nodeId}, not ${node.config.node.id}`);
  return `cluster ${info.clusterId}, ${info.members.length} members, leader ${info.leaderId ?? "unknown"}`;
}

async function clusterStatus(node: Node): Promise<string> {
  await node.admin.mustRun(["cluster-status"]);
  return "healthy quorum";
}

async function metrics(node: Node): Promise<string> {
  const found = await node.http.metrics();
  return `${found.role}, term ${found.term}, commit ${found.commitIndex}, applied ${found.appliedIndex}, snapshot ${found.snapshotIndex}`;
}

async function health(node: Node): Promise<string> {
  if (!(await node.http.answers())) throw new Error(`${node.config.node.adminUrl}/health does not answer`);
  return node.config.node.adminUrl;
}

async function stats(node: Node): Promise<string> {
  const entries = await node.admin.totalEntries();
  if (entries === null) throw new Error("no total_entries");
  return `${entries} entries`;
}

async function query(node: Node): Promise<string> {
  const { code, stdout, stderr } = await node.admin.run(["query", "-"], { input: "" });
  if (code !== 0) throw new Error(`query - fails: ${(stderr || stdout).trim()}`);
  return "answers";
}

async function checksums(node: Node): Promise<string> {
  await node.admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
  return "all whole";
}

async function archives(node: Node): Promise<string> {
  const opened = await openArchives(node.config.archive);
  return [opened.primary, opened.offsite].flatMap((archive) => archive?.description ?? []).join(" and ");
}

/** What stands between the backups and somebody who deletes them. */
async function deletion(node: Node): Promise<string> {
  const { archive: spec, policy } = node.config;
  const found: string[] = [];
  const wrong: string[] = [];
  for (const look of await lookAtPlaces(spec)) {
    const location = look.place === "primary" ? spec : spec.offsite;
    // Why it cannot be opened is said in the row before.
    if ("fault" in look || location === undefined) {
      found.push(`of the ${look.place} archive it cannot be told`);
      continue;
    }
    const protection = await lookAtProtection({ place: look.place, location, archive: look.archive }, policy);
    found.push(protection.found);
    wrong.push(...protection.problems);
  }
  throwWrong(wrong);
  return found.join(" and ");
}

async function walConfiguration({ config }: Node): Promise<string> {
  throwWrong(await wrongWal(config));
  return `${archiveCommand(config)}, agent ${(await hashFile(agentProgram())).slice(0, 12)}`;
}

/** By the configuration as it was installed: the agent itself believes its own key, a recovery does not. */
async function signingKey(node: Node): Promise<string> {
  const { signingKey: file } = node.paths;
  const signer = await readSigner(node.paths);
  if (signer === undefined) throw new Error(`${file} is not there: the next backup makes a new key`);
  // Of a pod's Secret the pod's group reads it: so the kubelet gives it to a user who is not root.
  const others = node.config.node.serviceManager === kubelet ? 0o037 : 0o077;
  if (((await stat(file)).mode & others) !== 0) throw new Error(`${file} can be read by others: chmod 600 ${file}`);
  const { trustedKeys } = (await loadConfig(agentConfigFile(node.config))).policy.signing;
  if (trustedKeys.length === 0) return `${signer.keyId}; policy.signing.trustedKeys names none`;
  if (trustedKeys.includes(signer.publicKey)) return `${signer.keyId}, trusted`;
  throw new Error(
    `${signer.keyId} (${signer.publicKey}) is not trusted: other nodes and recoveries choose no backup of it`,
  );
}

async function freeSpace(node: Node): Promise<string> {
  const free = await freeBytes(node.config.node.dataDirectory);
  const limit = node.config.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (free < limit) throw new Error(`${formatBytes(free)} free, below the policy's ${formatBytes(limit)}`);
  return `${formatBytes(free)} free`;
}
