import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect } from "vitest";
import type { Manifest } from "../../model/manifest";
import type { RestoreSpec } from "../../model/specs";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import {
  adminOf,
  agent,
  at,
  complaint,
  endAll,
  type FolderArchive,
  filesBelow,
  freshHost,
  type Host,
  must,
  nodeSpec,
  protectedCluster,
  recoveryOf,
  scratch,
} from "./support";

/** Two off-site backups of one cluster, made once; every test works on a copy of the archive and on fresh nodes. */
export const folder = scratch("restore");
let stored: FolderArchive;
export let backups: string[];
export let writer: Writer;
let count = 0;
export const hosts: Host[] = [];

beforeAll(async () => {
  const source = await protectedCluster(path.join(folder, "source"));
  try {
    const [host] = source.hosts as [Host];
    await createTable(source.cluster.nodes[0]!);
    writer = new Writer({ nodes: () => source.cluster.nodes, rows: 1000 }).start();
    await writer.finished();
    const offsite = async () => {
      await must([...at(host), "full"]);
      return (await must<{ backupId: string }>([...at(host), "offsite"])).backupId;
    };
    const first = await offsite();
    const later = new Writer({ nodes: () => source.cluster.nodes, rows: 50, first: 100_001 }).start();
    await later.finished();
    backups = [first, await offsite()];
  } finally {
    await source.cluster.close();
  }
  stored = source.archive;
});

afterEach(async () => {
  for (const host of hosts.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** A copy of the off-site archive with an empty first one. */
export async function archiveCopy(): Promise<{ directory: string; archive: FolderArchive; away: string }> {
  const directory = path.join(folder, `case-${count++}`);
  const location = path.join(directory, "archive");
  const away = path.join(directory, "offsite");
  await must(["archive-create"], {
    spec: { archive: { kind: "directory", location }, clusterId: "prod", role: "primary" },
  });
  fs.cpSync(stored.offsite!.location, away, { recursive: true, preserveTimestamps: true });
  const offsite = { kind: "directory" as const, location: away };
  return { directory, away, archive: { kind: "directory", clusterId: "prod", location, offsite } };
}

export interface Case {
  directory: string;
  away: string;
  host: Host;
  spec: RestoreSpec;
}

/** A recovery onto one fresh node. `change` may spoil the archive before the plan is made. */
export async function recovery(change?: (away: string) => void, more: { restorePoint?: string } = {}): Promise<Case> {
  const { directory, archive, away } = await archiveCopy();
  change?.(away);
  const host = await freshHost(directory, "node1", { archive });
  hosts.push(host);
  return { directory, away, host, spec: (await recoveryOf([host], more))(host) };
}

export function manifestFile(away: string, backupId: string): string {
  const folderOf = path.join(away, "prod/offsite/manifest");
  return path.join(folderOf, filesBelow(folderOf).find((name) => name.endsWith(`${backupId}.json`)) ?? "");
}

export function dataFile(away: string, backupId: string): string {
  const folderOf = path.join(away, "prod/offsite/data");
  return path.join(folderOf, filesBelow(folderOf).find((name) => name.endsWith(`${backupId}/data.tar.zst`)) ?? "");
}

export function changeManifest(away: string, backupId: string, change: (manifest: Manifest) => void): void {
  const file = manifestFile(away, backupId);
  const manifest = JSON.parse(fs.readFileSync(file, "utf8")) as Manifest;
  change(manifest);
  // What a signature catches is tried in signatures.slow.test.ts; here, what is caught without one.
  delete manifest.signature;
  delete manifest.source?.signature;
  fs.writeFileSync(file, JSON.stringify(manifest, null, 2));
}

/** Nothing of a backup lies in place and the node cannot be started. */
export async function nothingInPlace({ host }: Case, gated = true): Promise<void> {
  for (const unit of ["raft", "store"]) expect(fs.existsSync(path.join(host.node.dataDirectory, unit))).toBe(false);
  if (!gated) return;
  const started = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
  expect(started.code, complaint(started)).toBe(3);
}

export async function rows(host: Host): Promise<string[]> {
  return readValues(adminOf(host));
}
