import { readFile } from "node:fs/promises";
import path from "node:path";
import { type AgentConfig, parseAgentConfig } from "../model/agentConfig";
import { InputError } from "../model/mistakes";
import { Admin } from "./database/admin";
import { AdminHttp } from "./database/http";
import { becomeDatabaseUser } from "./host/asRoot";
import { isCode, ownPrefix } from "./host/files";
import { type Service, serviceOf } from "./host/service";

/** The node that the agent works on: its configuration and the ways to its database. */
export interface Node {
  config: AgentConfig;
  admin: Admin;
  http: AdminHttp;
  service: Service;
  paths: NodePaths;
}

export interface NodePaths {
  wal: string;
  snapshots: string;
  store: string;
  /** Copies of a running backup: on the data's file system, for reflinks and renames. */
  work: string;
  /** What the agent remembers on this host. */
  state: string;
  /** Pauses that were asked for on this host and are not over. */
  leases: string;
  /** The segment that the database offered last, whether it could be stored or not. */
  offered: string;
  /** Segments that were stored before they were offered. */
  ahead: string;
  /** The private key that this node signs its manifests with (protocol 18): never leaves this host. */
  signingKey: string;
  /** The segment that is being stored, encrypted: the same bytes when it is offered again. */
  sealed: string;
  /** While it is there, `wal-push` answers "try later" (protocol 28). */
  hold: string;
  /** Identity of this node's log (protocol 6). */
  stream: string;
}

export function pathsOf(config: Pick<AgentConfig, "agentDirectory" | "node" | "signingKeyFile">): NodePaths {
  const { dataDirectory } = config.node;
  const state = path.join(config.agentDirectory, "state");
  return {
    wal: path.join(dataDirectory, "raft", "wal"),
    snapshots: path.join(dataDirectory, "raft", "snapshots"),
    store: path.join(dataDirectory, "store"),
    work: path.join(dataDirectory, `${ownPrefix}-work`),
    state,
    leases: path.join(state, "leases"),
    offered: path.join(state, "offered"),
    ahead: path.join(state, "ahead"),
    signingKey: config.signingKeyFile ?? path.join(state, "signing-key.pem"),
    sealed: path.join(state, "sealed"),
    hold: path.join(state, "archiving-held"),
    stream: path.join(dataDirectory, "raft", "wal", `${ownPrefix}-stream`),
  };
}

/** The agent's configuration lies beside its program. */
export function agentConfigFile(config: Pick<AgentConfig, "agentDirectory">): string {
  return path.join(config.agentDirectory, "agent.json");
}

export function nodeOf(config: AgentConfig): Node {
  return {
    config,
    admin: new Admin(config.node),
    http: new AdminHttp(config.node.adminUrl),
    service: serviceOf(config.node),
    paths: pathsOf(config),
  };
}

/** @throws InputError when the file is missing or wrong. */
export async function loadConfig(file: string): Promise<AgentConfig> {
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (!isCode(error, "ENOENT", "ENOTDIR", "EISDIR")) throw error;
    const problem = isCode(error, "EISDIR") ? "is a folder" : "names no file";
    const remedy = "Name the agent's configuration with --config FILE; the install step of ClusterBackups writes it.";
    throw new InputError("The agent has no configuration", [{ path: "--config", problem, received: file, remedy }]);
  });
  return parseAgentConfig(text, `${file} is no configuration of this agent`);
}

/** The node of this host. Root becomes the database's user: what is written for it must not be in its way. */
export async function loadNode(file: string): Promise<Node> {
  const config = await loadConfig(file);
  await becomeDatabaseUser(config.node);
  return nodeOf(config);
}
