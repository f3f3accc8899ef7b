import { createHash } from "node:crypto";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, expect, it } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { createArchive } from "../../agent/archive/open";
import { offsite, type OffsiteContext } from "../../agent/commands/offsite";
import { Damaged } from "../../agent/run/errors";
import type { Event } from "../../agent/run/events";
import { runProcedure } from "../../agent/run/steps";
import type { AgentConfig } from "../../model/agentConfig";
import { dataPrefix, manifestKey, recordKey } from "../../model/layout";
import { serializeManifest } from "../../model/manifest";
import { standardPolicy } from "../../model/policy";
import { idOf, lineage, manifest } from "../model/fixtures";

const root = mkdtempSync(path.join(tmpdir(), "neumann-offsite-"));
let config: AgentConfig;
let archive: DirectoryArchive;
let made = 0;

beforeEach(async () => {
  const folder = path.join(root, String((made += 1)));
  mkdirSync(folder);
  const [location, away] = [path.join(folder, "archive"), path.join(folder, "offsite")];
  for (const [place, role] of [
    [location, "primary"],
    [away, "offsite"],
  ] as const) {
    await createArchive({ kind: "directory", location: place }, "prod", role);
  }
  const spec = { kind: "directory", location, clusterId: "prod", offsite: { kind: "directory", location: away } };
  const programs = path.join(folder, "bin");
  mkdirSync(programs);
  for (const name of ["neumann", "neumann-admin"]) writeFileSync(path.join(programs, name), name, { mode: 0o755 });
  const configFile = path.join(folder, "config.toml");
  writeFileSync(configFile, '[node]\nid = "node1"\n');
  const node = { id: "node1", dataDirectory: path.join(folder, "data"), configFile, programDirectory: programs };
  config = { archive: spec, policy: standardPolicy, node, agentDirectory: folder } as unknown as AgentConfig;
  archive = new DirectoryArchive(location);
  await archive.putText(recordKey("prod", "lineages", "l-one.json"), JSON.stringify(lineage("l-one")));
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A full backup; the later, the greater its number. */
async function full(number: number): Promise<string> {
  const [content, backupId] = [`backup ${number}`, idOf(number)];
  const sha256 = createHash("sha256").update(content).digest("hex");
  const parts = [{ name: "data.tar.zst", bytes: content.length, sha256 }];
  await archive.putText(`${dataPrefix("prod", "full", "l-one", backupId)}data.tar.zst`, content);
  const one = manifest({ backupId, parts, index: { low: number, high: number } });
  await archive.putText(manifestKey("prod", "full", "l-one", backupId), serializeManifest(one));
  return backupId;
}

/** Another byte, and the same length: a listing shows nothing of it. */
function damage(backupId: string): void {
  const file = archive.fileOf(`${dataPrefix("prod", "full", "l-one", backupId)}data.tar.zst`);
  rmSync(file);
  appendFileSync(file, "BACKUP 0");
}

async function run(): Promise<{ context: OffsiteContext; notes: string[] }> {
  const notes: string[] = [];
  const context: OffsiteContext = { config };
  const emit = (event: Event): void => void ("message" in event && notes.push(event.message ?? ""));
  await runProcedure(offsite, context, { emit });
  return { context, notes };
}

it("copies the newest good one before a damaged one, and says so", async () => {
  const ids = [await full(1), await full(2), await full(3), await full(4)];
  for (const id of ids.slice(2)) damage(id);
  const { context, notes } = await run();
  expect(context.manifest?.source?.backupId).toBe(ids[1]);
  const alarms = notes.filter((note) => note.startsWith("ALARM: "));
  expect(alarms).toHaveLength(2);
  expect(alarms[1]).toMatch(new RegExp(`${ids[2]}.* is not what its manifest says.* ${ids[1]}, is copied instead`));
});

it("fails where no other is left to copy: the one before is off-site already, or there is none", async () => {
  const first = await full(1);
  await run();
  const newest = await full(2);
  damage(newest);
  await expect(run()).rejects.toThrow(Damaged);
  damage(first);
  rmSync(path.join(root, String(made), "offsite/prod/offsite"), { recursive: true });
  await expect(run()).rejects.toThrow(/was not completed\. Take a new full backup/);
});
