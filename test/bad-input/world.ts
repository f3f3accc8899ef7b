import { createHash } from "node:crypto";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";
import type { AgentConfig } from "../../model/agentConfig";
import { segmentName } from "../../model/layout";
import { type Manifest, serializeManifest } from "../../model/manifest";
import type { ArchiveSpec, DirectoryLocation } from "../../model/reference";
import type { PlanSpec, RestoreSpec } from "../../model/specs";
import { Tier } from "../../model/tier";
import { idOf, lineage, manifest } from "../model/fixtures";

/** A node with its agent, and an archive with backups and log, in one folder: small, and nothing of it runs. */
export interface World {
  folder: string;
  configFile: string;
  config: AgentConfig;
  /** Something answers on the node's admin port from now on. */
  run(): Promise<void>;
  close(): Promise<void>;
}

/** Index of the newest full backup and of the one before. */
export const known = { older: idOf(1), newest: idOf(2), offsite: idOf(3), stream: "node1-0011aabb" };

/** The archive, as references name it. */
export const archive: ArchiveSpec<DirectoryLocation> = {
  kind: "directory",
  location: "…/archive",
  clusterId: "prod",
  offsite: { kind: "directory", location: "…/offsite" },
};

export const node = {
  id: "node1",
  address: "127.0.0.1:7878",
  adminUrl: "http://127.0.0.1:9",
  configFile: "…/etc/config.toml",
  dataDirectory: "…/data",
  programDirectory: "…/programs",
  serviceManager: "process" as const,
};

const agentConfig: AgentConfig = {
  format: "neumann-agent/1",
  generation: "g1",
  node,
  archive,
  policy: {} as AgentConfig["policy"],
  agentDirectory: "…/agent",
};

/** Specifications on standard input, right as they stand. */
export const specs = {
  archive: { archive: { kind: "directory", location: "…/new" }, clusterId: "prod", role: "primary" },
  node: { node, clusterName: "prod", peers: [], bootstrap: true, others: [], start: true },
  install: { config: agentConfig, sha256: "0".repeat(64), hold: false },
  plan: { archive, restorePoint: "latest", recoveryId: "r1", nodes: ["node1"] } satisfies PlanSpec,
  restore: (digest = "0".repeat(64)): RestoreSpec => ({
    plan: { archive, restorePoint: "latest", recoveryId: "r1", nodes: ["node1"] },
    planDigest: digest,
    node: "node1",
    clusterName: "prod",
    members: [{ id: "node1", address: "127.0.0.1:7878" }],
  }),
};

/** Where things lie in the archive. */
export const at = {
  manifest: (id = known.newest) => `…/archive/prod/full/manifest/l-one/${id}.json`,
  data: (id = known.newest) => `…/archive/prod/full/data/l-one/${id}/data.tar.zst`,
  lineage: "…/archive/prod/records/lineages/l-one.json",
  segment: (number: number) => `…/archive/prod/wal/l-one/${known.stream}/${segmentName(BigInt(number))}`,
  pin: "…/offsite/prod/records/recoveries/r1/plan.json",
};

const sha256 = (content: string | Buffer): string => createHash("sha256").update(content).digest("hex");

let packed: Buffer | undefined;

/** A real tarball of a small snapshot. */
export function tarball(): Buffer {
  if (packed !== undefined) return packed;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "bad-tar-"));
  try {
    fs.mkdirSync(path.join(folder, "data/raft/snapshots"), { recursive: true });
    fs.writeFileSync(path.join(folder, "data/raft/snapshots/s1"), rows);
    const script =
      'tar --create --sort=name --mtime=@0 --numeric-owner --format=gnu --directory "$1" . | zstd -3 --quiet --stdout';
    const { status, stdout } = spawnSync("sh", ["-c", script, "sh", folder]);
    if (status !== 0) throw new Error("tar and zstd are needed");
    return (packed = stdout);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

const rows = "one\n".repeat(5000);

/** The manifest of a backup of the world. */
export function manifestOf(id: string, change: Partial<Manifest> = {}): Manifest {
  const content = tarball();
  return manifest({
    backupId: id,
    plainBytes: rows.length,
    parts: [{ name: "data.tar.zst", bytes: content.length, sha256: sha256(content) }],
    files: [{ path: "data/raft/snapshots/s1", bytes: rows.length, sha256: sha256(rows) }],
    wal: {
      stream: known.stream,
      anchors: [{ stream: known.stream, segment: segmentName(3n) }],
      open: { first: segmentName(4n), last: segmentName(4n) },
      segments: [],
    },
    ...change,
  });
}

export function makeWorld(folder: string): World {
  const put = (name: string, content: string | Buffer, mode?: number): void => {
    const file = name.replaceAll("…", folder);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, content, { mode });
  };
  const text = (value: object): string => `${JSON.stringify(value)}\n`;
  for (const [place, role] of [
    ["archive", "primary"],
    ["offsite", "offsite"],
  ]) {
    put(`…/${place}/prod/records/archive.json`, text({ format: "neumann-archive/1", clusterId: "prod", role }));
    put(`…/${place}/prod/records/lineages/l-one.json`, text(lineage("l-one")));
  }
  putBackup(put, "archive", manifestOf(known.older, { index: { low: 900, high: 900 } }));
  putBackup(put, "archive", manifestOf(known.newest, { index: { low: 1000, high: 1000 } }));
  const source = { tier: Tier.Full, backupId: known.older, manifestSha256: "0".repeat(64) };
  putBackup(put, "offsite", manifestOf(known.offsite, { tier: Tier.Offsite, index: { low: 900, high: 900 }, source }));
  for (const number of [3, 4, 5]) {
    const content = `segment ${number}`;
    put(at.segment(number), content);
    put(`${at.segment(number)}.meta`, text({ sha256: sha256(content), bytes: content.length }));
    const storedAt = new Date(`2026-11-23T05:0${number}:00Z`);
    fs.utimesSync(at.segment(number).replace("…", folder), storedAt, storedAt);
  }
  put(node.configFile, `# ours\n[node]\nid = "node1"\ndata_dir = "${folder}/data"\n`);
  put("…/programs/neumann-admin", "#!/bin/sh\necho 'no server answers' >&2\nexit 1\n", 0o755);
  fs.mkdirSync(path.join(folder, "data"));
  let server: http.Server | undefined;
  const world: World = {
    folder,
    configFile: path.join(folder, "agent.json"),
    config: agentConfig,
    async run() {
      server = http.createServer((_, answer) => answer.end("{}"));
      await new Promise<void>((resolve) => server?.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const file = world.configFile;
      fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace(/127\.0\.0\.1:9\b/, `127.0.0.1:${port}`));
    },
    close: () => new Promise((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))),
  };
  return world;
}

function putBackup(put: (name: string, content: string | Buffer) => void, place: string, one: Manifest): void {
  const below = `…/${place}/prod/${one.tier}`;
  put(`${below}/manifest/l-one/${one.backupId}.json`, serializeManifest(one));
  put(`${below}/data/l-one/${one.backupId}/data.tar.zst`, tarball());
}
