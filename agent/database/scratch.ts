import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import path from "node:path";
import type { Node } from "../context";
import { makeDirectory, replaceFile } from "../host/files";
import { editConfig } from "./config";

/** A port of loopback that nobody uses at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * A configuration for a copy of the data: alone on loopback, without peers, archiving nothing (protocol 23). All other
 * settings are the node's own.
 */
export async function scratchConfig(
  node: Node,
  copy: { directory: string; dataDirectory: string; archiveCommand?: string },
): Promise<string> {
  const [raft, admin] = await Promise.all([freePort(), freePort()]);
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
