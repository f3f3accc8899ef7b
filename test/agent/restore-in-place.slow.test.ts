import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { loadNode } from "../../agent/context";
import type { RestoreContext } from "../../agent/restore/context";
import { restoreFirst } from "../../agent/restore/first";
import type { InPlace } from "../../model/inPlace";
import type { RestoreSpec } from "../../model/specs";
import { until } from "../../lab/neumann/harness";
import { createTable, type Note, readValues, Writer } from "../../lab/neumann/writer";
import {
  admin,
  adminOf,
  agent,
  at,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  type FolderArchive,
  type Host,
  lostFrom,
  must,
  mustPhase,
  nodeSpec,
  noStraysOf,
  phase,
  recoveryOf,
  scratch,
} from "./support";
import { ownCluster } from "./ownCluster";

/** Point-in-time recovery and restore of a cluster onto its own nodes (protocols 9, 22 to 28). */
const folder = scratch("in-place");
const running: Host[] = [];
let count = 0;

interface Cluster {
  hosts: Host[];
  archive: FolderArchive;
  lineage: string;
  writer: Writer;
}

/** A protected cluster that is being written to, with one full backup. */
async function cluster(nodes = 3): Promise<Cluster> {
  const { hosts, archive } = await ownCluster(path.join(folder, `cluster-${(count += 1)}`), { nodes });
  running.push(...hosts);
  const connections = hosts.map(adminOf);
  await createTable(connections[0]!);
  const writer = new Writer({ nodes: () => connections, rowsPerSecond: 200 }).start();
  await writer.reached(200);
  const leader = await leaderOf(hosts);
  const { lineage } = await must<{ lineage: string }>([...at(leader), "full"]);
  return { hosts, archive, lineage, writer };
}

async function leaderOf(hosts: readonly Host[]): Promise<Host> {
  const info = JSON.parse((await admin(hosts[0]!, ["cluster-info"])).stdout) as { leader_id: string };
  return hosts.find(({ node }) => node.id === info.leader_id)!;
}

const rowsOf = async (host: Host): Promise<Set<number>> =>
  new Set((await readValues(adminOf(host))).map((value) => Number(/^row-(\d+)-/.exec(value)?.[1])));

/** Protocol 31: acknowledged by then: there. Sent later: not there. In between: either. */
function differences(notes: readonly Note[], rows: ReadonlySet<number>, target: number): unknown {
  return {
    lost: notes.filter((note) => (note.acknowledgedAt ?? Infinity) <= target && !rows.has(note.k)),
    tooMuch: notes.filter((note) => note.sentAt > target && rows.has(note.k)),
  };
}

/** The log after this moment has arrived from every node. */
async function arrived({ archive, hosts }: Cluster, after: number): Promise<void> {
  const wal = path.join(archive.location, "prod", "wal");
  await until("the log has arrived", () => {
    const late = filesBelow(wal).filter((name) => fs.statSync(path.join(wal, name)).mtimeMs > after + 1500);
    return new Set(late.map((name) => path.dirname(name))).size >= hosts.length || undefined;
  });
}

type Specs = (host: Host) => RestoreSpec;

function specsOf({ hosts, lineage }: Cluster, more: { restorePoint: string; recoveryId?: string } & Partial<InPlace>) {
  const { replaces = lineage, fenced = [], restorePoint, recoveryId } = more;
  return recoveryOf(hosts, { restorePoint, recoveryId, inPlace: { replaces, fenced } });
}

/** All phases, as `pulumi up` runs them. */
async function restore(hosts: readonly Host[], spec: Specs): Promise<Record<string, unknown>> {
  const [first, ...others] = hosts as [Host, ...Host[]];
  for (const host of hosts) await mustPhase("gate", host, spec(host));
  await mustPhase("first", first, spec(first));
  for (const host of others) await mustPhase("join", host, spec(host));
  for (const name of ["release", "base"]) for (const host of hosts) await mustPhase(name, host, spec(host));
  return mustPhase("accept", first, spec(first));
}

async function startNode(host: Host): Promise<number | null> {
  return (await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) })).code;
}

const asideOf = (host: Host, recoveryId = "r1"): string =>
  path.join(host.node.dataDirectory, ".neumann-backup-aside", recoveryId);

afterEach(async () => {
  for (const host of running.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a cluster is restored onto its own nodes", { timeout: 300_000 }, () => {
  it("to a time, once, with the old data put aside, and the old history left as it was", async () => {
    const found = await cluster();
    const { hosts, archive, writer } = found;
    await writer.reached(writer.acknowledged + 200);
    const target = Date.now();
    await writer.reached(writer.acknowledged + 300);
    await arrived(found, target);
    const spec = await specsOf(found, { restorePoint: `time:${new Date(target).toISOString()}` });
    // Nothing was touched by the plan: writes go on until the gates close.
    await writer.reached(writer.acknowledged + 50);
    const archived = contentsOf(archive.location);
    const accepted = await restore(hosts, spec);
    await writer.stop();
    // After the restore the writer's later rows were taken: only what it had sent before the gates is judged.
    const gatedAt = Date.parse(gatedRecord(archive, "node1").gatedAt);
    const before = writer.notes.filter(({ sentAt }) => sentAt < gatedAt - 1000);
    for (const host of hosts) {
      const rows = await rowsOf(host);
      expect(differences(before, rows, target), host.node.id).toEqual({ lost: [], tooMuch: [] });
    }
    expect(lostFrom(archived, archive.location)).toEqual([]);
    expect(accepted).toMatchObject({ recoveryId: "r1", members: ["node1", "node2", "node3"] });
    expect(accepted.lineage).not.toBe(found.lineage);
    for (const host of hosts) {
      expect(filesBelow(path.join(asideOf(host), "raft")).length).toBeGreaterThan(0);
      expect(filesBelow(path.join(asideOf(host), "store")).length).toBeGreaterThan(0);
    }
    // Again, also from a fresh plan as after a lost state: nothing happens.
    const places = hosts.map(({ node }) => fs.statSync(path.join(node.dataDirectory, "store")).ino);
    await restore(hosts, spec);
    await restore(hosts, await specsOf(found, { restorePoint: spec(hosts[0]!).plan.restorePoint }));
    expect(hosts.map(({ node }) => fs.statSync(path.join(node.dataDirectory, "store")).ino)).toEqual(places);
    // The new history can be restored in its turn, over the first one's data.
    const later = new Writer({ nodes: () => hosts.map(adminOf), rows: 100, first: 500_001 }).start();
    await later.finished();
    const leader = await leaderOf(hosts);
    const second = await must<{ backupId: string; lineage: string }>([...at(leader), "full"]);
    expect(second.lineage).toBe(accepted.lineage);
    const again = await specsOf(found, {
      restorePoint: `backup:${second.backupId}`,
      recoveryId: "r2",
      replaces: second.lineage,
    });
    await restore(hosts, again);
    const { lost, wrong } = later.compare(
      (await readValues(adminOf(hosts[1]!))).filter((row) => /^row-5\d{5}-/.test(row)),
    );
    expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
    expect(filesBelow(asideOf(hosts[0]!, "r2")).length).toBeGreaterThan(0);
    expect(filesBelow(asideOf(hosts[0]!)).length).toBeGreaterThan(0);
    await noStraysOf(...hosts);
  });

  it("to the end of the log, with what its nodes had not archived yet", async () => {
    const found = await cluster();
    const { hosts, archive, writer } = found;
    // From here on nothing is archived: what is finished waits on the nodes.
    for (const { agentDirectory } of hosts)
      fs.writeFileSync(path.join(agentDirectory, "state/archiving-held"), "test\n");
    const from = Date.now();
    await writer.reached(writer.acknowledged + 600);
    await until("a finished segment waits", () => {
      const names = fs
        .readdirSync(path.join(hosts[0]!.node.dataDirectory, "raft/wal"))
        .filter((name) => /wal$/.test(name));
      return (names.length > 2 && Date.now() > from + 2500) || undefined;
    });
    await writer.stop();
    const spec = await specsOf(found, { restorePoint: "end-of-log" });
    await restore(hosts, spec);
    const rows = await rowsOf(hosts[0]!);
    // All but what lay in the open segment: that is kept apart, for whoever needs it (protocol 9).
    const tail = filesBelow(path.join(archive.location, "prod/records/tail")).filter((name) => !name.endsWith(".meta"));
    expect(tail.length).toBeGreaterThan(0);
    expect(tail.every((name) => name.endsWith(".wal.partial"))).toBe(true);
    // By time alone, none of what was written since would be there.
    const since = writer.notes.filter(({ sentAt }) => sentAt > from);
    expect(since.filter(({ k }) => rows.has(k)).length).toBeGreaterThan(since.length / 3);
    const lost = writer.notes.filter(({ k, acknowledgedAt }) => acknowledgedAt !== undefined && !rows.has(k));
    const firstLost = Math.min(...lost.map(({ k }) => k));
    expect(Math.max(...rows)).toBeLessThan(firstLost);
  });

  it("after a member was lost for good: named as fenced, or nothing moves", async () => {
    const found = await cluster();
    const { hosts, archive, writer } = found;
    await writer.stop();
    const { backupId } = await must<{ backupId: string }>([...at(await leaderOf(hosts)), "full"]);
    const [one, two, three] = hosts as [Host, Host, Host];
    await must(["node-delete"], { spec: nodeSpec(three) });
    const left = { ...found, hosts: [one, two] };
    const loose = await specsOf(left, { restorePoint: `backup:${backupId}` });
    // The configuration knows nothing of the third, and after this death the database cannot be asked any more.
    expect((await phase("gate", one, loose(one), { failpoint: "restore-gate/tail:before" })).code).toBeNull();
    for (const host of left.hosts) await mustPhase("gate", host, loose(host));
    expect(gatedRecord(archive, "node1").members).toContainEqual({ id: "node3", address: three.node.address });
    const data = contentsOf(one.node.dataDirectory);
    const ran = await phase("first", one, loose(one));
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toBe(
      `node3 (${three.node.address}) belongs to the old cluster and is neither a node of this recovery nor fenced. A node that does not answer is not a stopped one: make sure that it never comes back with its data, then name it in fenced. Nothing was moved.`,
    );
    expect(lostFrom(data, one.node.dataDirectory)).toEqual([]);
    const fenced = await specsOf(left, { restorePoint: `backup:${backupId}`, recoveryId: "r2", fenced: ["node3"] });
    await restore(left.hosts, fenced);
    expect(writer.compare(await readValues(adminOf(two)))).toMatchObject({ lost: [], wrong: [] });
  });
});

interface Gated {
  gatedAt: string;
  members: unknown[];
}

function gatedRecord(archive: FolderArchive, node: string): Gated {
  const file = path.join(archive.offsite!.location, `prod/records/recoveries/r1/gated-${node}.json`);
  return JSON.parse(fs.readFileSync(file, "utf8")) as Gated;
}

describe("what must not be restored is refused before anything moves", { timeout: 300_000 }, () => {
  it("another lineage, a member that is not gated, a recovery without inPlace, and a used id", async () => {
    const found = await cluster(2);
    const { hosts, writer } = found;
    const [one, two] = hosts as [Host, Host];
    await writer.reached(writer.acknowledged + 50);
    const wrong = { restorePoint: "latest", replaces: "l-0000000000000000" };
    await expect(specsOf(found, wrong)).rejects.toThrow(
      `no lineage l-0000000000000000 is in the archive, and only what is known by name is put aside. Its lineages: ${found.lineage}.`,
    );
    const spec = await specsOf(found, { restorePoint: "latest" });
    // A node whose data is of another history than the one that was named.
    const stream = path.join(one.node.dataDirectory, "raft/wal/.neumann-backup-stream");
    const note = fs.readFileSync(stream, "utf8");
    fs.writeFileSync(stream, note.replace(found.lineage, "l-ffffffffffffffff"));
    const foreign = await phase("gate", one, spec(one));
    expect(foreign.code).toBe(3);
    expect(complaint(foreign)).toContain(
      `holds lineage l-ffffffffffffffff, not ${found.lineage}, which this recovery replaces. Is it the right host? Nothing was touched.`,
    );
    fs.writeFileSync(stream, note);
    await writer.reached(writer.acknowledged + 50);
    await mustPhase("gate", one, spec(one));
    await writer.stop();
    // The gated one does not start, by anybody; with the other alone there is no majority.
    expect(await startNode(one)).toBe(3);
    const alone = await phase("first", one, spec(one));
    expect(alone.code).toBe(3);
    expect(complaint(alone)).toBe(
      "node2 is not gated for recovery r1: nothing is moved while a member of the old cluster may run. Run the phase gate there.",
    );
    const early = await phase("join", two, spec(two));
    expect(complaint(early)).toContain("recovery r1 has no restored first node yet");
    const empty = await recoveryOf(hosts, { restorePoint: "latest" });
    expect(complaint(await phase("gate", one, empty(one)))).toContain(
      "recovery r1 goes onto empty nodes: there is nothing to stop. Nothing was touched.",
    );
    expect(complaint(await phase("first", one, empty(one)))).toContain("is not empty");
    await mustPhase("gate", two, spec(two));
    await phase("first", one, spec(one), { failpoint: "restore-first/pin:after" });
    await expect(recoveryOf(hosts, { restorePoint: "latest" })).rejects.toThrow(
      `recovery r1 was begun in place of ${found.lineage} (fenced: none) and cannot be continued onto empty nodes. Use a new recoveryId.`,
    );
  });

  it("given up before data moved, the old cluster comes back with every row; later there is no way back", async () => {
    const found = await cluster();
    const { hosts, writer } = found;
    const [one, two, three] = hosts as [Host, Host, Host];
    const spec = await specsOf(found, { restorePoint: "latest" });
    for (const host of hosts) await mustPhase("gate", host, spec(host));
    await writer.stop();
    expect((await phase("first", one, spec(one), { failpoint: "restore-first/swap:before" })).code).toBeNull();
    const giveUp = (host: Host, id = "r1") => agent([...at(host), "--json", "give-up", id]);
    expect(complaint(await giveUp(two))).toContain(
      "node1 restores and decides: run `neumann-backup give-up r1` there first, then here. Nothing was touched.",
    );
    expect(complaint(await giveUp(one, "r9"))).toContain(
      "node1 was not stopped by recovery r9: there is nothing to give up.",
    );
    // A run that stands still between its look and its claim goes no further when that was decided meanwhile.
    const context = { node: await loadNode(one.configFile), spec: spec(one), began: 0, result: {} } as RestoreContext;
    const control = { progress: () => undefined, note: () => undefined, point: () => Promise.resolve() };
    const step = (name: string) => restoreFirst.steps.find((found) => found.name === name)!.run(context, control);
    await step("plan");
    const dead = await agent([...at(one), "give-up", "r1"], { failpoint: "give-up/record:after" });
    expect(dead.code, complaint(dead)).toBeNull();
    await expect(step("claim")).rejects.toThrow("recovery r1 was given up: the old cluster came back.");
    await restoreFirst.settle?.(context);
    for (const host of [one, two, three]) expect(complaint(await giveUp(host))).toBe("");
    await until("the old cluster is back", async () => (await admin(one, ["cluster-status"])).code === 0 || undefined);
    expect(writer.compare(await readValues(adminOf(three)))).toMatchObject({ lost: [], wrong: [], double: [] });
    expect(complaint(await phase("first", one, spec(one)))).toContain(
      "recovery r1 was given up: the old cluster came back. Use a new recoveryId.",
    );
    // Its log goes on in the same stream, and a recovery under a new name works.
    const more = new Writer({ nodes: () => hosts.map(adminOf), rows: 50, first: 700_001 }).start();
    await more.finished();
    const { backupId } = await must<{ backupId: string }>([...at(await leaderOf(hosts)), "full"]);
    const next = await specsOf(found, { restorePoint: `backup:${backupId}`, recoveryId: "r2" });
    await restore(hosts, next);
    const late = await giveUp(one, "r2");
    expect(late.code).toBe(3);
    expect(complaint(late)).toContain(
      "recovery r2 has put data in place already: there is no way back but another recovery.",
    );
  });
});
