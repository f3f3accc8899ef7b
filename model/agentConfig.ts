import * as v from "valibot";
import { isAddress, isHttpAddress, isNodeId } from "./addresses";
import { requireLocksToFit } from "./objectLock";
import { type BackupPolicy, resolvePolicy } from "./policy";
import type { ArchiveLocation, ArchiveSpec } from "./reference";
import { parseJsonAs, textThat } from "./parse";

/** How the database runs on a host. */
export const ServiceManager = {
  /** A detached process with a pid file: the embedded default. */
  Process: "process",
  /** The unit `neumann`. */
  Systemd: "systemd",
  /** The init script `neumann`; cron makes the backups. */
  SysV: "sysv",
} as const;
export type ServiceManager = (typeof ServiceManager)[keyof typeof ServiceManager];

/** What starts and stops the database of a pod: not the agent, and no host's service manager. */
export const kubelet = "kubelet";

/** Where the database is on a host. All paths are absolute. */
export interface NodeConfig {
  /** `[node] id`. */
  id: string;
  /** Raft address that other members reach: `host:port`. */
  address: string;
  /** `http://host:port` of the admin interface: loopback. */
  adminUrl: string;
  configFile: string;
  dataDirectory: string;
  /** Folder of `neumann` and `neumann-admin`; null: they are on PATH. */
  programDirectory: string | null;
  /** What the database was installed from: it is kept off-site. Left out: the programs are. */
  databasePackage?: string;
  serviceManager: ServiceManager | typeof kubelet;
}

/** What the agent on a host knows: written by the install command as `agent.json`. */
export interface AgentConfig {
  format: "neumann-agent/1";
  /** Names this installation: a later one has another, and an old uninstall leaves it alone. */
  generation: string;
  /** Project, stack and component that installed it: for people, who find another one's agent on a host. */
  owner?: string;
  node: NodeConfig;
  archive: ArchiveSpec;
  policy: BackupPolicy;
  /** Program, configuration and state of the agent. */
  agentDirectory: string;
  /** The private key that this agent signs with, where something else than `install` made it. */
  signingKeyFile?: string;
}

const directoryEntries = { kind: v.literal("directory"), location: v.string() };

const s3Entries = {
  kind: v.literal("s3"),
  bucket: v.string(),
  prefix: v.optional(v.string()),
  region: v.string(),
  endpoint: v.optional(v.string()),
  forcePathStyle: v.optional(v.boolean()),
  encryption: v.optional(v.object({ kind: v.picklist(["aes256", "kms"]), kmsKeyId: v.optional(v.string()) })),
  credentials: v.optional(
    v.object({
      accessKeyId: v.optional(v.string()),
      secretAccessKey: v.optional(v.string()),
      sessionToken: v.optional(v.string()),
      file: v.optional(v.string()),
      profile: v.optional(v.string()),
    }),
  ),
  caFile: v.optional(v.string()),
  objectLock: v.optional(
    v.object({
      mode: v.picklist(["governance", "compliance"]),
      days: v.number(),
      acceptIrreversibleDays: v.optional(v.number()),
    }),
  ),
};

export const archiveLocationSchema: v.GenericSchema<unknown, ArchiveLocation> = v.variant("kind", [
  v.object(directoryEntries),
  v.object(s3Entries),
]);

/** `[node] id`. */
export const nodeId = textThat(isNodeId, "a node id: letters, digits, dots and dashes, at most 63");

/** Where a node is reached. */
export const address = textThat(isAddress, "host:port, such as node1.internal:7878");

export const nodeConfigSchema: v.GenericSchema<unknown, NodeConfig> = v.object({
  id: nodeId,
  address,
  adminUrl: textThat(isHttpAddress, "http://host:port, such as http://127.0.0.1:9090"),
  configFile: v.string(),
  dataDirectory: v.string(),
  programDirectory: v.nullable(v.string()),
  databasePackage: v.optional(v.string()),
  serviceManager: v.picklist(["process", "systemd", "sysv", kubelet]),
});

const specEntries = { clusterId: v.string(), offsite: v.optional(archiveLocationSchema) };

export const archiveSpecSchema: v.GenericSchema<unknown, ArchiveSpec> = v.variant("kind", [
  v.object({ ...directoryEntries, ...specEntries }),
  v.object({ ...s3Entries, ...specEntries }),
]);

export const agentConfigSchema: v.GenericSchema<unknown, AgentConfig> = v.object({
  format: v.literal("neumann-agent/1"),
  generation: v.string(),
  owner: v.optional(v.string()),
  node: nodeConfigSchema,
  archive: archiveSpecSchema,
  policy: v.custom<BackupPolicy>(
    (value) => typeof value === "object" && value !== null,
    "an object: what differs from the standard policy",
  ),
  agentDirectory: v.string(),
  signingKeyFile: v.optional(v.string()),
});

const remedy = "Run `pulumi up`: the install step writes the file anew.";

/** @throws InputError naming what is wrong with the file. */
export function parseAgentConfig(text: string, subject: string): AgentConfig {
  const config = parseJsonAs(agentConfigSchema, text, subject, remedy);
  const policy = resolvePolicy(config.policy);
  requireLocksToFit(config.archive, policy, subject);
  return { ...config, policy };
}

const installedSchema = v.object({ generation: v.string(), owner: v.optional(v.string()) });

/**
 * Which installation wrote a configuration, whatever else it holds, and whose it is.
 * @throws InputError where that cannot be told.
 */
export function parseInstallation(text: string, file: string): { generation: string; owner?: string } {
  return parseJsonAs(installedSchema, text, `${file} is no configuration of this agent`, remedy);
}

/**
 * Which installation wrote a configuration, whatever else it holds.
 * @throws InputError where that cannot be told.
 */
export function parseGeneration(text: string, file: string): string {
  return parseInstallation(text, file).generation;
}
