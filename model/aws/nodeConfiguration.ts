import { memberPorts } from "./nodeTraffic";

/** What a node's config.toml says. */
export interface NodeConfiguration {
  nodeId: string;
  hostName: string;
  /** Host names of the other members. */
  others: readonly string[];
  clusterName: string;
  dataDirectory: string;
  /** More tables, as text. */
  more?: string;
}

/** Where the admin interface listens, which is plain HTTP. */
export const adminPort = 9090;
const adminAddress = `127.0.0.1:${adminPort}`;

/** Tables that are the library's: others may be given as text. */
export const ownTables = ["node", "cluster", "storage", "metrics"];

/** The whole file as it is before a recovery, which writes its own peers, starts the database. */
export function nodeConfiguration(node: NodeConfiguration): string {
  const { nodeId, hostName, others, clusterName, dataDirectory, more } = node;
  const peers = others.map((name) => text(memberAddress(name)));
  const lines = [
    "[node]",
    `id = ${text(nodeId)}`,
    `data_dir = ${text(dataDirectory)}`,
    `bind_address = ${text(memberAddress(hostName))}`,
    "",
    "[cluster]",
    `name = ${text(clusterName)}`,
    `peers = [${peers.join(", ")}]`,
    "",
    "[storage]",
    `wal_sync_mode = "fsync"`,
    "",
    "[metrics]",
    `bind_address = ${text(adminAddress)}`,
    ...(more === undefined ? [] : ["", more.trim()]),
  ];
  return `${lines.join("\n")}\n`;
}

/** Where the other members find a node. */
export function memberAddress(hostName: string): string {
  return `${hostName}:${memberPorts.raft}`;
}

/** JSON's strings are TOML's. */
function text(value: string): string {
  return JSON.stringify(value);
}
