import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { RestorePlan } from "../../model/plan";
import type { Status } from "../../model/status";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { flipBit } from "../contract/support";
import {
  adminOf,
  agent,
  at,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  must,
  mustPhase,
  nodeSpec,
  type Protected,
  protectedCluster,
  quickPolicy,
  recoveryOf,
  scratch,
} from "./support";

/** The log, copied off-site all the time: what the loss of a region costs. */

const folder = scratch("offsite-wal");
const policy = { ...quickPolicy, offsite: { continuousWal: true } };
let source: Protected;
let writer: Writer;
let archive: FolderArchive;
const recovered: Host[] = [];
let count = 0;

beforeAll(async () => {
  source = await protectedCluster(path.join(folder, "source"), { nodes: 3, policy });
  ({ archive } = source);
  await createTable(source.cluster.nodes[0]!);
  writer = new Writer({ nodes: () => source.cluster.nodes, rowsPerSecond: 200 }).start();
  await writer.reached(300);
  for (const tier of ["full", "offsite"]) expect((await source.onLeader([tier])).code).toBe(0);
  await writer.reached(1200);
}, 300_000);

afterEach(async () => {
  for (const host of recovered.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
});

afterAll(async () => {
  await writer.stop();
  await source.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

const walOf = (location: string): string => path.join(location, "prod", "wal");
const away = (): string => archive.offsite!.location;

async function copyAll(): Promise<number> {
  const runs = await Promise.all(source.hosts.map((host) => must<{ copied: number }>([...at(host), "offsite-wal"])));
  return runs.reduce((sum, { copied }) => sum + copied, 0);
}

/** A copy of what is off-site; the primary archive is gone, or begun anew. */
async function regionLost({ anew = true } = {}): Promise<FolderArchive> {
  const name = count++;
  const offsite = { kind: "directory" as const, location: path.join(folder, `offsite-${name}`) };
  fs.cpSync(away(), offsite.location, { recursive: true, preserveTimestamps: true });
  const primary = { kind: "directory" as const, location: path.join(folder, `primary-${name}`) };
  if (anew) await must(["archive-create"], { spec: { archive: primary, clusterId: "prod", role: "primary" } });
  return { ...primary, clusterId: "prod", offsite };
}

async function planOf(archive: FolderArchive, restorePoint: string): Promise<{ plan: RestorePlan; text: string }> {
  return must(["plan"], { spec: { archive, restorePoint, recoveryId: "look", nodes: ["node1"] } });
}

describe("the log off-site", () => {
  it("is what the primary archive holds, from the off-site backup on, in the stream of every node", async () => {
    await writer.reached(writer.acknowledged + 200);
    let copied = 0;
    // Each node archives in its own time.
    await until("a segment of every node is off-site", async () => {
      copied += await copyAll();
      const streams = new Set([...contentsOf(walOf(away())).keys()].map((name) => path.dirname(name)));
      return copied > 0 && streams.size === 3;
    });
    const [near, far] = [contentsOf(walOf(archive.location)), contentsOf(walOf(away()))];
    for (const [name, content] of far) expect(near.get(name), name).toBe(content);
  });

  it("is copied by every node's schedule, whether it leads or not", async () => {
    await writer.reached(writer.acknowledged + 400);
    const before = filesBelow(walOf(away())).length;
    for (const host of source.hosts) {
      const look = await must<{ offsiteWal: unknown }>([...at(host), "run-due"]);
      expect(look.offsiteWal).toMatchObject({ outcome: "done" });
    }
    expect(filesBelow(walOf(away())).length).toBeGreaterThan(before);
  });

  it("is told of by status", async () => {
    await copyAll();
    const ran = await agent([...at(source.hosts[0]!), "--json", "status"]);
    const { offsiteLog } = JSON.parse(ran.stdout) as Status;
    expect(offsiteLog).toMatchObject({ stream: expect.stringMatching(/^node\d-/) as string, objectiveSeconds: 900 });
    expect(offsiteLog!.lagSeconds).toBeLessThan(60);
    const table = await agent([...at(source.hosts[0]!), "status"]);
    expect(table.stdout).toMatch(/^off-site {2}stream node\d-\S+ to [0-9a-f]{16}\.wal, on \S+/m);
  });

  it("takes no damaged segment; the others are copied, and that one when it is whole again", async () => {
    const host = await source.leader();
    const own = (name: string) => name.includes(`/${host.node.id}-`) && name.endsWith(".wal");
    await must([...at(host), "offsite-wal"]);
    // What lies before the off-site backup is never copied.
    const newest = filesBelow(walOf(away())).filter(own).sort().at(-1)!;
    const missing = (): string[] => {
      const there = new Set(filesBelow(walOf(away())));
      const near = filesBelow(walOf(archive.location)).filter(own);
      return near.filter((name) => name > newest && !there.has(name)).sort();
    };
    const late = await until("three more segments", () => (missing().length >= 3 ? missing() : undefined), 60_000);
    const bad = late[1]!;
    flipBit(path.join(walOf(archive.location), bad), 100);
    const ran = await agent([...at(host), "--json", "offsite-wal"]);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toContain(`prod/wal/${bad} in ${archive.location} is not what was stored`);
    expect(missing()).toContain(bad);
    expect(missing()).not.toContain(late[2]);
    flipBit(path.join(walOf(archive.location), bad), 100);
    await must([...at(host), "offsite-wal"]);
    expect(missing()).not.toContain(bad);
  });

  it("is no reason to take no backups while that archive is away", async () => {
    const hidden = `${away()}-hidden`;
    fs.renameSync(away(), hidden);
    try {
      const ran = await source.onLeader(["run-due"]);
      expect(ran.code).toBe(4);
      const look = JSON.parse(ran.stdout) as { tiers: { tier: string; outcome: string; message?: string }[] };
      expect(look.tiers.map(({ tier }) => tier)).toEqual(["snapshots", "full", "offsite"]);
      expect(look.tiers.find(({ tier }) => tier === "snapshots")!.outcome).not.toBe("failed");
      expect(look.tiers.at(-1)).toMatchObject({
        outcome: "failed",
        message: expect.stringContaining(away()) as string,
      });
      expect(fs.existsSync(away())).toBe(false);
    } finally {
      fs.renameSync(hidden, away());
    }
  });
});

describe("a region is lost", () => {
  it("and every write that was copied is recovered, row by row; the plan says that it is not the primary archive's", async () => {
    await writer.stop();
    const last = Math.max(...writer.notes.map((note) => note.acknowledgedAt ?? 0));
    const storedAt = (name: string) => fs.statSync(path.join(walOf(archive.location), name)).mtimeMs;
    await until("every node's log has arrived", () => {
      const late = filesBelow(walOf(archive.location)).filter((name) => storedAt(name) > last);
      return new Set(late.map((name) => path.dirname(name))).size === 3 || undefined;
    });
    await copyAll();
    const { plan: blind } = await planOf(await regionLost({ anew: false }), "end-of-log");
    const lost = await regionLost();
    const { plan, text } = await planOf(lost, "end-of-log");
    expect(plan).toEqual(blind);
    expect(plan.source).toMatchObject({ place: "offsite", tier: "offsite" });
    expect(text).toContain("  FROM OFF-SITE   the primary archive holds no backup of this history, or cannot be read");
    const rows = await recoveredRows(lost, "end-of-log", "lost-region");
    const { lost: missing, wrong, double } = writer.compare(rows);
    expect({ missing, wrong, double }).toEqual({ missing: [], wrong: [], double: [] });
    expect(rows.length).toBe(writer.notes.filter((note) => note.acknowledgedAt !== undefined).length);
  }, 120_000);

  it("and a time is recovered to from what lies off-site", async () => {
    const lost = await regionLost();
    const from = Date.parse((await planOf(lost, "latest-offsite")).plan.source.createdAt) + 3000;
    const end = Math.max(...writer.notes.map((note) => note.acknowledgedAt ?? 0));
    const target = Math.floor((from + end) / 2);
    const rows = await recoveredRows(lost, `time:${new Date(target).toISOString()}`, "to-a-time");
    const there = new Set(rows.map((value) => Number(/^row-(\d+)-/.exec(value)?.[1])));
    const wrong = writer.notes.filter((note) =>
      there.has(note.k) ? note.sentAt > target : (note.acknowledgedAt ?? Infinity) <= target,
    );
    expect(wrong).toEqual([]);
  });
});

async function recoveredRows(lost: FolderArchive, restorePoint: string, recoveryId: string): Promise<string[]> {
  const host = await freshHost(path.join(folder, `host-${count++}`), "node1", { archive: lost });
  recovered.push(host);
  const spec = (await recoveryOf([host], { restorePoint, recoveryId }))(host);
  await mustPhase("first", host, spec);
  return readValues(adminOf(host));
}
