import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { LabDisk } from "../../lab/disk/disk";
import { readValues, Writer } from "../../lab/neumann/writer";
import { adminOf, agent, at, complaint, type Host, must, nodeSpec } from "./support";

const disks: LabDisk[] = [];
let made = 0;

export interface Place {
  directory: string;
  disk: (name: string) => LabDisk;
}

export type MakePlace = (...names: string[]) => Promise<Place>;

/** Makes folders below one, with a disk for each name. */
export function placesIn(folder: string): MakePlace {
  return async (...names) => {
    const directory = path.join(folder, `place-${(made += 1)}`);
    const here = new Map<string, LabDisk>();
    for (const name of names) {
      const disk = await LabDisk.make(path.join(directory, name));
      disks.push(disk);
      here.set(name, disk);
    }
    return { directory, disk: (name) => here.get(name) as LabDisk };
  };
}

export async function removeDisks(): Promise<void> {
  for (const disk of disks) await disk.remove();
}

/** The host starts its database and ends a pause that a dead backup left (the boot unit). */
export async function boot(host: Host): Promise<void> {
  const started = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
  expect(started.code, complaint(started)).toBe(0);
  // The boot unit is there once the agent is.
  if (fs.existsSync(host.configFile)) await must([...at(host), "resume-writes"]);
}

/** Rows are written, also between two losses of power; those that were acknowledged are noted. */
export async function write(host: Host, rows: number, first = 1): Promise<Writer> {
  const writer = new Writer({ nodes: () => [adminOf(host)], rows, first }).start();
  await writer.finished();
  return writer;
}

/** Of each writer every acknowledged row is there, once and as it was written, and nothing else is. */
export async function allThere(writers: Writer | readonly Writer[], host: Host): Promise<void> {
  const values = await readValues(adminOf(host));
  let known = 0;
  for (const writer of [writers].flat()) {
    const own = new Set(writer.notes.map(({ k }) => `row-${k}-`));
    const mine = values.filter((value) => own.has(/^row-\d+-/.exec(value)?.[0] ?? ""));
    const { lost: gone, wrong, double } = writer.compare(mine);
    expect({ gone, wrong, double }, host.node.id).toEqual({ gone: [], wrong: [], double: [] });
    known += mine.length;
  }
  expect(known, host.node.id).toBe(values.length);
}

/** Everything that is listed is whole (I7). */
export async function listed(host: Host): Promise<string[]> {
  const { verdicts } = await must<{ verdicts: { backupId: string; good: boolean }[] }>([
    ...at(host),
    "verify",
    "--depth",
    "bytes",
  ]);
  expect(verdicts.filter(({ good }) => !good)).toEqual([]);
  return verdicts.map(({ backupId }) => backupId);
}

/** What lies in a folder of an archive; unfinished files are no part of it. */
export function listing(folder: string): string[] {
  return fs.readdirSync(folder).filter((name) => !name.startsWith(".neumann-backup-tmp"));
}
