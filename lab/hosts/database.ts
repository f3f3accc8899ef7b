import { readFileSync } from "node:fs";
import path from "node:path";
import { stringify } from "smol-toml";
import { programsFolder, type Settings } from "../neumann/harness";
import { makeFolder, writeOpen } from "./files";
import { nodeOnHosts } from "./image";
import type { Host } from "./host";

/** How an operator has installed the database, by its package: neither enabled nor started. */
const unit = `[Unit]
Description=Neumann
Wants=network-online.target
After=network-online.target

[Service]
User=neumann
Group=neumann
ExecStart=/usr/bin/neumann --config /etc/neumann/config.toml
Restart=on-failure
RestartSec=1

[Install]
WantedBy=multi-user.target
`;

const configFile = "/etc/neumann/config.toml";
const ports = { raft: 7878, admin: 9090 };

/** Writes the layer of a host's disk that holds the database's programs and its unit; gives its folder. */
export function databaseLayer(folder: string): string {
  const layer = path.join(folder, "database");
  const bin = makeFolder(layer, "usr/bin");
  const units = makeFolder(layer, "usr/lib/systemd/system");
  for (const name of ["neumann", "neumann-admin"]) installProgram(path.join(programsFolder(), name), bin);
  writeOpen(path.join(units, "neumann.service"), unit);
  return layer;
}

/** The lab's own programs are scripts for Node, which hosts have, but not on their PATH. */
function installProgram(file: string, bin: string): void {
  const shebang = Buffer.from("#!/usr/bin/env node\n");
  const content = readFileSync(file);
  const own = content.subarray(0, shebang.length).equals(shebang);
  const program = own ? Buffer.concat([Buffer.from(`#!${nodeOnHosts}\n`), content.subarray(shebang.length)]) : content;
  writeOpen(path.join(bin, path.basename(file)), program, 0o755);
}

/** What a node's config.toml says. */
export interface DatabaseOptions {
  id: string;
  clusterName: string;
  /** Addresses of the other members, `host` or `host:port`. */
  peers: readonly string[];
  /** More for config.toml, by section. It wins over the rest. */
  settings?: Settings;
}

/** Writes a running host's config.toml as an operator would; the service is left as it is. */
export async function installDatabase(host: Host, options: DatabaseOptions): Promise<void> {
  const document: Settings = {
    node: { id: options.id, data_dir: "/var/lib/neumann", bind_address: `${host.address}:${ports.raft}` },
    cluster: { name: options.clusterName, peers: options.peers.map(withPort) },
    metrics: { bind_address: `127.0.0.1:${ports.admin}` },
  };
  for (const [section, values] of Object.entries(options.settings ?? {})) {
    document[section] = { ...document[section], ...values };
  }
  await host.put(Buffer.from(stringify(document)), configFile, { owner: "root", group: "neumann", mode: "640" });
}

function withPort(peer: string): string {
  return peer.includes(":") ? peer : `${peer}:${ports.raft}`;
}

/** Installs a cluster on running, empty hosts, starts it and waits until all are healthy members. */
export async function startDatabase(
  hosts: readonly Host[],
  options: { clusterName?: string; settings?: Settings } = {},
): Promise<void> {
  const { clusterName = "lab", settings } = options;
  await Promise.all(
    hosts.map((host) => {
      const peers = hosts.filter((other) => other !== host).map((other) => other.address);
      return installDatabase(host, { id: host.name, clusterName, peers, settings });
    }),
  );
  await Promise.all(hosts.map((host) => host.must("systemctl enable --quiet --now neumann")));
  await Promise.all(hosts.map((host) => host.must(whenHealthy(hosts.length))));
}

/** Waits on the host, where asking costs no login each time. */
function whenHealthy(members: number): string {
  return `for _ in $(seq 200); do
    [ "$(neumann-admin cluster-status 2>/dev/null | grep -c ' healthy ')" != ${members} ] || exit 0
    sleep 0.1
  done
  neumann-admin cluster-status; systemctl status --no-pager neumann; exit 1`;
}
