import * as v from "valibot";
import { type BackupPolicy, resolvePolicy } from "./policy";
import { type ArchiveSpec } from "./reference";
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

const location = { kind: v.picklist(["directory"]), location: v.string() };

export const nodeConfigSchema: v.GenericSchema<unknown, NodeConfig> = v.object({
  id: v.pipe(v.string(), v.minLength(1)),
  address: v.string(),
  adminUrl: v.string(),
  configFile: v.string(),
  dataDirectory: v.string(),
  programDirectory: v.nullable(v.string()),
  serviceManager: v.picklist(["process", "systemd"]),
});

export const archiveSpecSchema: v.GenericSchema<unknown, ArchiveSpec> = v.object({
  ...location,
  clusterId: v.string(),
  offsite: v.optional(v.object(location)),
});

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
