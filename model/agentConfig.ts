import * as v from "valibot";
import { type BackupPolicy, resolvePolicy } from "./policy";
import type { ArchiveLocation, ArchiveSpec } from "./reference";
import { parseJsonAs } from "./parse";

/** How the database runs on a host. */
export const ServiceManager = {
  /** A detached process with a pid file: the embedded default. */
  Process: "process",
  /** The unit `neumann`. */
  Systemd: "systemd",
} as const;
export type ServiceManager = (typeof ServiceManager)[keyof typeof ServiceManager];

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
  serviceManager: ServiceManager;
}

/** What the agent on a host knows: written by the install command as `agent.json`. */
export interface AgentConfig {
  format: "neumann-agent/1";
  /** Names this installation: a later one has another, and an old uninstall leaves it alone. */
  generation: string;
  node: NodeConfig;
  archive: ArchiveSpec;
  policy: BackupPolicy;
  /** Program, configuration and state of the agent. */
  agentDirectory: string;
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
};

export const archiveLocationSchema: v.GenericSchema<unknown, ArchiveLocation> = v.variant("kind", [
  v.object(directoryEntries),
  v.object(s3Entries),
]);

export const nodeConfigSchema: v.GenericSchema<unknown, NodeConfig> = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  address: v.string(),
  adminUrl: v.string(),
  configFile: v.string(),
  dataDirectory: v.string(),
  programDirectory: v.nullable(v.string()),
  serviceManager: v.picklist(["process", "systemd"]),
});

const specEntries = { clusterId: v.string(), offsite: v.optional(archiveLocationSchema) };

export const archiveSpecSchema: v.GenericSchema<unknown, ArchiveSpec> = v.variant("kind", [
  v.object({ ...directoryEntries, ...specEntries }),
  v.object({ ...s3Entries, ...specEntries }),
]);

export const agentConfigSchema: v.GenericSchema<unknown, AgentConfig> = v.object({
  format: v.literal("neumann-agent/1"),
  generation: v.string(),
  node: nodeConfigSchema,
  archive: archiveSpecSchema,
  policy: v.custom<BackupPolicy>((value) => typeof value === "object" && value !== null, "a policy"),
  agentDirectory: v.string(),
});

/** @throws InputError naming what is wrong with the file. */
export function parseAgentConfig(text: string, subject: string): AgentConfig {
  const config = parseJsonAs(agentConfigSchema, text, subject);
  return { ...config, policy: resolvePolicy(config.policy) };
}
