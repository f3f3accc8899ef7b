import { readFile } from "node:fs/promises";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import path from "node:path";
import { promisify } from "node:util";
import type { Node } from "../context";
import { makeDirectory, replaceFile } from "../host/files";
import { editConfig } from "./config";

/** Different ports of loopback that nobody uses at this moment. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => promisify(server.close.bind(server))()));
  return ports;
}

/**
 * A configuration for a copy of the data: alone on loopback, without peers, archiving nothing (protocol 23). All other
 * settings are the node's own.
 */
export async function scratchConfig(
  node: Node,
  copy: { directory: string; dataDirectory: string; archiveCommand?: string },
): Promise<string> {
  const [raft, admin] = await freePorts(2);
  const source = node.config.node.configFile;
  const text = editConfig(
    await readFile(source, "utf8"),
    {
      node: { data_dir: copy.dataDirectory, bind_address: `127.0.0.1:${raft}` },
      cluster: { peers: [] },
      wal: { archive_command: copy.archiveCommand, archive_timeout: undefined },
      metrics: { bind_address: `127.0.0.1:${admin}` },
    },
    source,
  );
  await makeDirectory(copy.directory, 0o700);
  const file = path.join(copy.directory, "config.toml");
  await replaceFile(file, text, 0o600);
  return file;
}
