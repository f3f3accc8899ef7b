import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";
import { parse } from "smol-toml";
import { isMissing } from "./files";

/** Where something listens. */
export interface Endpoint {
  host: string;
  port: number;
}

/** What config.toml and the command line say, with the defaults filled in. */
export interface Config {
  file: string;
  nodeId: string;
  dataDirectory: string;
  /** The raft listener. */
  raft: Endpoint;
  /** The raft address that other members dial. */
  advertised: string;
  http: Endpoint;
  clusterName: string;
  peers: string[];
  electionMinMs: number;
  electionMaxMs: number;
  heartbeatMs: number;
  snapshotInterval: number;
  archiveCommand: string | undefined;
  archiveTimeoutSeconds: number;
  fsync: boolean;
  bootstrap: boolean;
  logLevel: string;
}

type Table = Record<string, unknown>;

const defaultFile = "/etc/neumann/config.toml";

/** Reads `host`, `host:port` or `[v6]:port`. */
export function parseEndpoint(text: string, defaultPort: number): Endpoint {
  const match = /^(\[[^\]]+\]|[^:]*)(?::(\d+))?$/.exec(text.trim());
  const host = match?.[1]?.replace(/^\[|\]$/g, "");
  if (!match || !host) throw new Error(`"${text}" is no address; write host or host:port`);
  const port = match[2] === undefined ? defaultPort : Number(match[2]);
  if (port > 65535) throw new Error(`"${text}": there is no port ${port}`);
  return { host, port };
}

/** `host:port` of an endpoint. */
export function endpointText({ host, port }: Endpoint): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

class Reader {
  constructor(
    private readonly file: string,
    private readonly document: Table,
  ) {}

  private value(section: string, key: string): unknown {
    const table = this.document[section];
    return typeof table === "object" && table !== null ? (table as Table)[key] : undefined;
  }

  text(section: string, key: string, fallback: string): string {
    const value = this.value(section, key) ?? fallback;
    if (typeof value === "string") return value;
    throw new Error(`${this.file}: [${section}] ${key} must be a string`);
  }

  number(section: string, key: string, fallback: number): number {
    const value = this.value(section, key) ?? fallback;
    if (typeof value === "number" && value >= 0) return value;
    throw new Error(`${this.file}: [${section}] ${key} must be a number that is not negative`);
  }

  list(section: string, key: string): string[] {
    const value = this.value(section, key) ?? [];
    if (Array.isArray(value) && value.every((item): item is string => typeof item === "string")) return value;
    throw new Error(`${this.file}: [${section}] ${key} must be a list of strings`);
  }
}

/** The address others are told: a listener on every interface is reached by the machine's name. */
function advertisedAddress(raft: Endpoint, explicit: string): string {
  if (explicit !== "") return endpointText(parseEndpoint(explicit, raft.port));
  const everywhere = raft.host === "0.0.0.0" || raft.host === "::";
  return endpointText(everywhere ? { host: os.hostname(), port: raft.port } : raft);
}

interface Flags {
  config?: string;
  "node-id"?: string;
  "data-dir"?: string;
  bind?: string;
  bootstrap?: boolean;
  "log-level"?: string;
}

/** Reads the configuration of the server, or of the node that `neumann-admin` is to talk to (without flags). */
export function readConfig(flags: Flags = {}): Config {
  const file = flags.config ?? process.env.NEUMANN_CONFIG ?? defaultFile;
  const read = new Reader(file, parseFile(file));
  return { file, ...readNode(read, flags), ...readRaft(read), ...readLog(read, flags) };
}

function readNode(read: Reader, flags: Flags) {
  const raft = parseEndpoint(flags.bind ?? read.text("node", "bind_address", "127.0.0.1"), 7878);
  const advertised = advertisedAddress(raft, read.text("node", "advertise_address", ""));
  return {
    nodeId: flags["node-id"] ?? read.text("node", "id", os.hostname()),
    dataDirectory: path.resolve(flags["data-dir"] ?? read.text("node", "data_dir", "/var/lib/neumann")),
    raft,
    advertised,
    http: parseEndpoint(read.text("metrics", "bind_address", "127.0.0.1"), 9090),
    clusterName: read.text("cluster", "name", "neumann"),
    // One text may serve all nodes, as a ConfigMap does: then a node finds itself in it.
    peers: read
      .list("cluster", "peers")
      .map((peer) => endpointText(parseEndpoint(peer, 7878)))
      .filter((peer) => peer !== advertised),
    bootstrap: flags.bootstrap ?? false,
  };
}

function readRaft(read: Reader) {
  const electionMinMs = read.number("raft", "election_timeout_min_ms", 150);
  return {
    electionMinMs,
    electionMaxMs: Math.max(read.number("raft", "election_timeout_max_ms", 300), electionMinMs + 1),
    heartbeatMs: Math.max(read.number("raft", "heartbeat_interval_ms", 50), 5),
    snapshotInterval: Math.max(read.number("raft", "snapshot_interval", 10_000), 1),
  };
}

function readLog(read: Reader, flags: Flags) {
  return {
    archiveCommand: read.text("wal", "archive_command", "") || undefined,
    archiveTimeoutSeconds: read.number("wal", "archive_timeout", 0),
    fsync: read.text("storage", "wal_sync_mode", "fsync") !== "none",
    logLevel: flags["log-level"] ?? "info",
  };
}

function parseFile(file: string): Table {
  try {
    return parse(fs.readFileSync(file, "utf8"));
  } catch (error) {
    if (isMissing(error)) throw new Error(`${file} does not exist; name the configuration with NEUMANN_CONFIG`);
    throw new Error(`${file}: ${(error as Error).message}`);
  }
}

/** The server's command line. */
export function readServerFlags(argv: string[]): Config {
  const { values } = parseArgs({
    args: argv,
    options: {
      config: { type: "string" },
      "node-id": { type: "string" },
      "data-dir": { type: "string" },
      bind: { type: "string" },
      bootstrap: { type: "boolean" },
      "log-level": { type: "string" },
    },
  });
  return readConfig(values);
}

/** The folders of a node's data. */
export function dataPaths(dataDirectory: string) {
  const raft = path.join(dataDirectory, "raft");
  return {
    raft,
    wal: path.join(raft, "wal"),
    tail: path.join(raft, "tail"),
    snapshots: path.join(raft, "snapshots"),
    state: path.join(raft, "state"),
    archived: path.join(raft, "wal", "archived"),
    store: path.join(dataDirectory, "store"),
  };
}

/** The folders of a node's data. */
export type DataPaths = ReturnType<typeof dataPaths>;
