import * as pulumi from "@pulumi/pulumi";
import { isAddress, isHttpAddress, isNodeId } from "../model/addresses";
import { type NodeConfig, ServiceManager } from "../model/agentConfig";
import { type Mistakes } from "../model/mistakes";
import { isPlain } from "./arguments";
import { checkSsh, type SshArgs } from "./ssh";

/** How commands reach a host. */
export const HostKind = {
  /** A folder on the machine where Pulumi runs. */
  Local: "local",
  /** Another machine, by SSH. */
  Ssh: "ssh",
} as const;
export type HostKind = (typeof HostKind)[keyof typeof HostKind];

/**
 * One database node and where it runs.
 */
export interface HostArgs {
  /**
   * How the host is reached. A plain value, because it decides which resources there are.
   */
  kind: HostKind;
  /**
   * `[node] id`, unique in the cluster. A plain value, because resources are named after it.
   */
  nodeId: string;
  /**
   * Raft address that the other members reach, `host:port` (port 7878 by the runbook).
   */
  address: pulumi.Input<string>;
  /**
   * `http://host:port` of the admin interface, as the node itself reaches it. Plain HTTP: keep it on loopback.
   * @default http://127.0.0.1:9090
   */
  adminUrl?: pulumi.Input<string>;
  /**
   * Kind `local` only, and required there: absolute path of the folder that holds everything of the node.
   * @default none
   */
  directory?: pulumi.Input<string>;
  /**
   * Absolute path of the database's configuration.
   * @default `<directory>/etc/config.toml`; kind `ssh`: /etc/neumann/config.toml
   */
  configFile?: pulumi.Input<string>;
  /**
   * Absolute path of the database's data.
   * @default `<directory>/data`; kind `ssh`: /var/lib/neumann
   */
  dataDirectory?: pulumi.Input<string>;
  /**
   * Absolute path of the agent's program, configuration and state, outside the data.
   * @default `<directory>/agent`; kind `ssh`: /var/lib/neumann-backup
   */
  agentDirectory?: pulumi.Input<string>;
  /**
   * Absolute path of the folder that holds `neumann` and `neumann-admin`.
   * @default they are on PATH
   */
  programDirectory?: pulumi.Input<string>;
  /**
   * Absolute path, on the host, of the package that the database was installed from, such as
   * `/var/cache/neumann/neumann_1.2.3_amd64.deb`. Each off-site backup carries it, once, so that new nodes can be made where
   * no software repository is left. The database's user must be able to read it.
   * @default the programs `neumann` and `neumann-admin` are kept instead, without what they may need beside them
   */
  databasePackage?: pulumi.Input<string>;
  /**
   * What starts and stops the database: a unit of systemd, an init script (with cron for the backups), or the agent.
   * @default `process` for kind `local`, `systemd` for kind `ssh`
   */
  serviceManager?: pulumi.Input<ServiceManager>;
  /**
   * Kind `ssh` only, and required there: how the host is reached.
   * @default none
   */
  ssh?: SshArgs;
}

/** A host with every default filled in. */
export interface ResolvedHost {
  node: NodeConfig;
  /** Program, configuration and state of the agent. */
  agentDirectory: string;
}

/** A host as the planner sees it: plain values. */
export type KnownHost = pulumi.Unwrap<HostArgs>;

/** Collects what is wrong with a list of hosts before any value in it is waited for. */
export function checkHostStructure(nodes: unknown, path: string, mistakes: Mistakes): void {
  if (!Array.isArray(nodes)) {
    const remedy = "Give a list, and outputs only inside its items.";
    mistakes.add(path, "must be a plain list: it decides which resources there are", shown(nodes), remedy);
    return;
  }
  if (nodes.length === 0) mistakes.add(path, "must name at least one node", [], "Write one item for each node.");
  nodes.forEach((node: Partial<HostArgs> | null | undefined, index) => {
    if (typeof node !== "object" || node === null) {
      mistakes.add(`${path}[${index}]`, "must be an object", node, "Write kind, nodeId and address of the node.");
      return;
    }
    checkNodeId(node.nodeId, `${path}[${index}].nodeId`, mistakes);
    checkKind(node, `${path}[${index}]`, mistakes);
  });
}

function checkKind(node: Partial<HostArgs>, path: string, mistakes: Mistakes): void {
  const { kind, ssh } = node;
  if (kind !== HostKind.Local && kind !== HostKind.Ssh) {
    const remedy = `Write one of: ${Object.values(HostKind).join(", ")}.`;
    mistakes.add(`${path}.kind`, "is no kind of host", shown(kind), remedy);
  } else if (kind === HostKind.Local && ssh !== undefined) {
    mistakes.add(`${path}.ssh`, "contradicts kind local", "(not shown)", "Write kind ssh, or leave ssh out.");
  } else if (kind === HostKind.Ssh && (typeof ssh !== "object" || (ssh as unknown) === null || !isPlain(ssh))) {
    const remedy = "Write host, user, privateKey and hostKey; each of them may be an output.";
    mistakes.add(`${path}.ssh`, "is required for a host of kind ssh", shown(ssh ?? undefined), remedy);
  }
}

/** Collects what is wrong with a node's id. */
export function checkNodeId(nodeId: unknown, path: string, mistakes: Mistakes): void {
  if (!isPlain(nodeId)) {
    mistakes.add(
      path,
      "must be a plain value: resources are named after it",
      shown(nodeId),
      "Write it out, such as node1.",
    );
  } else if (!isNodeId(nodeId)) {
    const remedy = "Use letters, digits, dots and dashes, at most 63, such as node1.";
    mistakes.add(path, "is no node id", nodeId, remedy);
  }
}

/** The hosts without their connections, which hold secrets and are checked apart. */
export function withoutConnections(nodes: readonly HostArgs[]): HostArgs[] {
  return nodes.map((node) => ({ ...node, ssh: undefined }));
}

function shown(value: unknown): unknown {
  return isPlain(value) ? value : "an output";
}

/** Every host with its defaults; collects all mistakes over all of them. */
export function resolveHosts(hosts: readonly KnownHost[], path: string, mistakes: Mistakes): ResolvedHost[] {
  const resolved = hosts.map((host, index) => resolveHost(host, `${path}[${index}]`, mistakes));
  refuseShared(hosts, path, mistakes);
  return resolved;
}

/** A host with its defaults; collects what is wrong with it. */
export function resolveHost(host: KnownHost, path: string, mistakes: Mistakes): ResolvedHost {
  checkDirectory(host, path, mistakes);
  if (host.ssh !== undefined) checkSsh(host.ssh, `${path}.ssh`, mistakes);
  checkAddresses(host, path, mistakes);
  checkPaths(host, path, mistakes);
  const usual = host.kind === HostKind.Local ? localDefaults(host.directory ?? "") : machineDefaults;
  return {
    agentDirectory: host.agentDirectory ?? usual.agentDirectory,
    node: {
      id: host.nodeId,
      address: host.address,
      adminUrl: host.adminUrl ?? defaultAdminUrl,
      configFile: host.configFile ?? usual.configFile,
      dataDirectory: host.dataDirectory ?? usual.dataDirectory,
      programDirectory: host.programDirectory ?? null,
      ...packageOf(host),
      serviceManager: host.serviceManager ?? usual.serviceManager,
    },
  };
}

/** Absent where none is named: specifications are compared as texts. */
function packageOf({ databasePackage }: KnownHost): Pick<NodeConfig, "databasePackage"> {
  return databasePackage === undefined ? {} : { databasePackage };
}

const defaultAdminUrl = "http://127.0.0.1:9090";

interface HostDefaults {
  configFile: string;
  dataDirectory: string;
  agentDirectory: string;
  serviceManager: ServiceManager;
}

const machineDefaults: HostDefaults = {
  configFile: "/etc/neumann/config.toml",
  dataDirectory: "/var/lib/neumann",
  agentDirectory: "/var/lib/neumann-backup",
  serviceManager: ServiceManager.Systemd,
};

function localDefaults(directory: string): HostDefaults {
  const root = directory.replace(/\/+$/, "");
  return {
    configFile: `${root}/etc/config.toml`,
    dataDirectory: `${root}/data`,
    agentDirectory: `${root}/agent`,
    serviceManager: ServiceManager.Process,
  };
}

function checkDirectory(host: KnownHost, path: string, mistakes: Mistakes): void {
  const { kind, directory } = host;
  if (kind === HostKind.Local && directory === undefined) {
    const remedy = "Write the folder that holds the node.";
    mistakes.add(`${path}.directory`, "is required for a host of kind local", undefined, remedy);
  } else if (kind !== HostKind.Local && directory !== undefined) {
    const remedy = "Write dataDirectory, configFile or agentDirectory.";
    mistakes.add(`${path}.directory`, "is for hosts of kind local", directory, remedy);
  }
}

function checkAddresses(host: KnownHost, path: string, mistakes: Mistakes): void {
  if (!isAddress(host.address)) {
    mistakes.add(`${path}.address`, "must be host:port", host.address, "Such as node1.internal:7878.");
  }
  const { adminUrl } = host;
  if (adminUrl === undefined) return;
  const loopback = /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\]):\d{1,5}$/.test(adminUrl);
  if (!loopback || !isHttpAddress(adminUrl)) {
    const problem = "must be http://host:port on loopback: the admin interface is plain HTTP";
    mistakes.add(`${path}.adminUrl`, problem, adminUrl, "Such as http://127.0.0.1:9090.");
  }
}

const pathKeys = [
  "directory",
  "configFile",
  "dataDirectory",
  "agentDirectory",
  "programDirectory",
  "databasePackage",
] as const;

function checkPaths(host: KnownHost, path: string, mistakes: Mistakes): void {
  for (const key of pathKeys) {
    const value = host[key];
    if (value !== undefined) checkAbsolute(value, `${path}.${key}`, mistakes);
  }
  const { serviceManager, agentDirectory, dataDirectory } = host;
  if (serviceManager !== undefined && !Object.values(ServiceManager).includes(serviceManager)) {
    const remedy = `Write one of: ${Object.values(ServiceManager).join(", ")}.`;
    mistakes.add(`${path}.serviceManager`, "is not known", serviceManager, remedy);
  }
  if (agentDirectory !== undefined && dataDirectory !== undefined && overlaps(agentDirectory, dataDirectory)) {
    const remedy = "Choose a folder outside the data.";
    mistakes.add(
      `${path}.agentDirectory`,
      "shares a folder with the data, which a restore moves away",
      agentDirectory,
      remedy,
    );
  }
}

/** Collects a path that is not absolute, or not plain. */
export function checkAbsolute(value: unknown, path: string, mistakes: Mistakes): void {
  const good = typeof value === "string" && value.startsWith("/") && /[^/]/.test(value);
  if (good && !value.split("/").includes("..")) return;
  mistakes.add(path, "must be an absolute path", value, "Write the whole path, without `..`.");
}

/** Whether two folders are the same or one lies in the other. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [one, other].map((text) => `${text.replace(/\/+$/, "")}/`) as [string, string];
  return a.startsWith(b) || b.startsWith(a);
}

/** What two nodes can never share. */
function refuseShared(hosts: readonly KnownHost[], path: string, mistakes: Mistakes): void {
  const same = (a: string, b: string) => a === b;
  refuseClash(hosts, { path, key: "nodeId", problem: "names another node too", clash: same }, mistakes);
  refuseClash(hosts, { path, key: "address", problem: "is another node's address too", clash: same }, mistakes);
  // An absent key means the default; one that holds undefined may be an output that is not known yet.
  const locals = hosts.map((host) =>
    host.kind === HostKind.Local ? { ...("adminUrl" in host ? {} : { adminUrl: defaultAdminUrl }), ...host } : {},
  );
  refuseClash(locals, { path, key: "adminUrl", problem: "is another local node's too", clash: same }, mistakes);
  refuseClash(
    locals,
    { path, key: "directory", problem: "shares a folder with another node", clash: overlaps },
    mistakes,
  );
}

interface Clash {
  path: string;
  key: "nodeId" | "address" | "adminUrl" | "directory";
  problem: string;
  clash: (one: string, other: string) => boolean;
}

function refuseClash(hosts: readonly Partial<KnownHost>[], rule: Clash, mistakes: Mistakes): void {
  hosts.forEach((host, index) => {
    const value = host[rule.key];
    if (typeof value !== "string") return;
    const first = hosts.slice(0, index).findIndex((other) => {
      const taken = other[rule.key];
      return typeof taken === "string" && rule.clash(value, taken);
    });
    if (first < 0) return;
    const where = `${rule.path}[${index}].${rule.key}`;
    mistakes.add(where, `${rule.problem}: ${rule.path}[${first}]`, value, "Give each node its own.");
  });
}

/** What is allowed but rarely meant; shown as a warning. */
export function adviseHosts(nodes: readonly HostArgs[], path: string): string[] {
  if (nodes.length % 2 === 1) return [];
  const fewer = nodes.length - 1;
  return [
    `${path}: ${nodes.length} nodes survive no more failures than ${fewer} do, and need one more to be healthy. ` +
      `Use ${fewer} or ${nodes.length + 1}.`,
  ];
}
