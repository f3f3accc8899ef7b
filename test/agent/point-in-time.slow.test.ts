import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Coverage } from "../../model/coverage";
import { segmentNumber, stampOf } from "../../model/layout";
import { parseManifest } from "../../model/manifest";
import type { RestorePlan } from "../../model/plan";
import type { WatermarkRecord } from "../../model/records";
import { until } from "../../lab/neumann/harness";
import { createTable, type Note, readValues, Writer } from "../../lab/neumann/writer";
import { inParallel } from "../../agent/host/tree";
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
  noStraysOf,
  phase,
  protectedCluster,
  recoveryOf,
  scratch,
} from "./support";

/** A cluster of three that was written to all the time, two snapshots and a full backup in between. */
const folder = scratch("point");
/** More of them on two cores only wait for each other. */
const clustersAtOnce = 2;
let stored: FolderArchive;
let writer: Writer;
/** Backups in order: begins and ends of their copies, and indices. */
let bases: { backupId: string; createdAt: number; copiedAt: number; index: number }[];
/** What each node's schedule did when nobody wrote any more. */
let looks: Look[];
interface Look {
  watermark: boolean | null;
}
const hosts: Host[] = [];
let count = 0;

beforeAll(async () => {
  const source = await protectedCluster(path.join(folder, "source"), { nodes: 3 });
  try {
    await createTable(source.cluster.nodes[0]!);
    writer = new Writer({ nodes: () => source.cluster.nodes, rowsPerSecond: 200 }).start();
    await writer.reached(200);
    for (const [rows, tier] of [
      [600, "snapshot"],
      [1500, "full"],
      [2400, "snapshot"],
      [3200, null],
    ] as const) {
      await writer.reached(rows);
      if (tier !== null) expect((await source.onLeader([tier])).code).toBe(0);
    }
    await writer.stop();
    const end = Date.now();
    await until("every node's log has arrived", () => {
      const wal = walFolder(source.archive);
      const late = filesBelow(wal).filter((name) => storedAt(path.join(wal, name)) > end);
      return new Set(late.map((name) => path.dirname(name))).size === 3 || undefined;
    });
    // A node whose last segment is not archived yet has nothing to say.
    looks = await Promise.all(
      source.hosts.map((host) =>
        until("the node has spoken", async () => {
          const look = await must<Look>([...at(host), "run-due"]);
          return look.watermark === true ? look : undefined;
        }),
      ),
    );
  } finally {
    await source.cluster.close();
  }
  stored = source.archive;
  bases = manifests(stored);
}, 300_000);

afterEach(async () => {
  for (const host of hosts.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function storedAt(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function walFolder(archive: FolderArchive): string {
  return path.join(archive.location, "prod", "wal");
}

function manifests(archive: FolderArchive): typeof bases {
  const root = path.join(archive.location, "prod");
  return filesBelow(root)
    .filter((name) => name.includes("/manifest/"))
    .map((name) => parseManifest(fs.readFileSync(path.join(root, name), "utf8"), name))
    .map(({ backupId, createdAt, copiedAt, index }) => ({
      backupId,
      createdAt: Date.parse(createdAt),
      copiedAt: Date.parse(copiedAt),
      index: index.high,
    }))
    .sort((a, b) => a.index - b.index);
}

/** A copy of the archive that a test may spoil. */
function archiveCopy(): FolderArchive {
  const location = path.join(folder, `archive-${count++}`);
  fs.cpSync(stored.location, location, { recursive: true, preserveTimestamps: true });
  return { kind: "directory", clusterId: "prod", location };
}

async function fresh(archive: FolderArchive): Promise<Host> {
  const host = await freshHost(path.join(folder, `host-${count++}`), "node1", { archive });
  hosts.push(host);
  return host;
}

/** What a restore point is refused with, before anything is touched. */
async function refusal(archive: FolderArchive, restorePoint: string): Promise<string> {
  const before = filesBelow(archive.location);
  const spec = { archive, restorePoint, recoveryId: "no", nodes: ["node1"] };
  const ran = await agent(["--json", "plan"], { spec });
  expect(ran.code, complaint(ran)).toBe(3);
  expect(filesBelow(archive.location)).toEqual(before);
  return complaint(ran);
}

async function planOf(archive: FolderArchive, restorePoint: string): Promise<RestorePlan> {
  const spec = { archive, restorePoint, recoveryId: "look", nodes: ["node1"] };
  return (await must<{ plan: RestorePlan }>(["plan"], { spec })).plan;
}

async function restored(host: Host, restorePoint: string, recoveryId: string): Promise<Set<number>> {
  const spec = (await recoveryOf([host], { restorePoint, recoveryId }))(host);
  await mustPhase("first", host, spec);
  const values = await readValues(adminOf(host));
  expect(writer.compare(values, () => false)).toMatchObject({ wrong: [], double: [] });
  return new Set(values.map((value) => Number(/^row-(\d+)-/.exec(value)?.[1])));
}

/** Protocol 31: acknowledged by then: there. Sent later: not there. In between: either. */
function differences(rows: ReadonlySet<number>, target: number): { lost: Note[]; tooMuch: Note[] } {
  return {
    lost: writer.notes.filter((note) => (note.acknowledgedAt ?? Infinity) <= target && !rows.has(note.k)),
    tooMuch: writer.notes.filter((note) => note.sentAt > target && rows.has(note.k)),
  };
}

const lastWrite = (): number => Math.max(...writer.notes.map((note) => note.acknowledgedAt ?? 0));
const iso = (time: number): string => new Date(time).toISOString();

describe("a cluster is restored to a time", () => {
  it("ten times, row by row", async () => {
    const [from, to] = [bases[0]!.copiedAt, lastWrite()];
    // Every third of the range between bases, and as near to their ends as can be.
    const random = Array.from({ length: 7 }, () => Math.floor(from + Math.random() * (to - from)));
    const targets = [from, bases[1]!.copiedAt, bases[2]!.copiedAt - 1, ...random];
    const sizes = new Set<number>();
    const check = async (target: number): Promise<void> => {
      const host = await fresh(stored);
      const rows = await restored(host, `time:${iso(target)}`, `to-${count++}`);
      expect(differences(rows, target), `target ${iso(target)}`).toEqual({ lost: [], tooMuch: [] });
      sizes.add(rows.size);
    };
    await inParallel(targets, check, clustersAtOnce);
    expect(sizes.size).toBeGreaterThan(5);
  });

  it("or to the end of the log, with every row that was acknowledged; how far it went is recorded", async () => {
    const host = await fresh(stored);
    const rows = await restored(host, "end-of-log", "end");
    expect(differences(rows, lastWrite())).toEqual({ lost: [], tooMuch: [] });
    const recovery = path.join(stored.offsite!.location, "prod/records/recoveries/end");
    const read = (name: string) => JSON.parse(fs.readFileSync(path.join(recovery, name), "utf8")) as { index: number };
    expect(read("replayed.json").index).toBeGreaterThan(bases.at(-1)!.index);
    expect(read("restored.json").index).toBe(read("replayed.json").index);
  });

  it("or to a known index, which is a backup; others are refused with the nearest two", async () => {
    const [first, second] = bases as [(typeof bases)[0], (typeof bases)[0]];
    const rows = await restored(await fresh(stored), `index:${first.index}`, "index");
    expect(differences(rows, first.copiedAt).tooMuch).toEqual([]);
    expect(await refusal(stored, `index:${first.index + 1}`)).toContain(
      `The nearest: ${first.index} (${first.backupId}) and ${second.index} (${second.backupId}). Or use a time.`,
    );
  });
});

describe("a look back", () => {
  it("asks a scratch copy beside the running database, which goes on, and leaves nothing behind", async () => {
    const host = await fresh(archiveCopy());
    await restored(host, "end-of-log", "running");
    const archived = contentsOf(host.archive.location);
    const production = new Writer({ nodes: () => [adminOf(host)], rowsPerSecond: 50, table: "now" });
    await createTable(adminOf(host), "now");
    production.start();
    const target = Math.floor((bases[1]!.copiedAt + bases[2]!.copiedAt) / 2);
    const look = (...words: string[]) => must<{ answer: string; index: number }>([...at(host), "query", ...words]);
    const { answer, index } = await look("--at", iso(target), "SELECT k, v FROM t");
    const rows = new Set([...answer.matchAll(/row-(\d+)-/g)].map(([, k]) => Number(k)));
    expect(differences(rows, target)).toEqual({ lost: [], tooMuch: [] });
    expect(index).toBeGreaterThan(bases[1]!.index);
    // Several statements; what is written to the copy is gone with it.
    const words = ["INSERT INTO t (k, v) VALUES (1, 'row-x.')", "SELECT COUNT(*) FROM t"];
    expect((await look("--at", `backup:${bases[0]!.backupId}`, ...words)).answer).toMatch(/^OK\n.*\d/s);
    const { acknowledged } = production;
    await production.reached(acknowledged + 20);
    await production.stop();
    expect(production.compare(await readValues(adminOf(host), "now"))).toMatchObject({ lost: [], wrong: [] });
    expect(await readValues(adminOf(host))).not.toContain("row-x.");
    expect(contentsOf(host.archive.location)).toEqual(archived);
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
    await noStraysOf(host);
  });

  it("killed alone, its server goes on; the next look ends it and takes the copy away", async () => {
    const host = await fresh(stored);
    const work = path.join(host.node.dataDirectory, ".neumann-backup-work");
    const words = [...at(host), "query", "--at", iso(bases[1]!.copiedAt), "SELECT COUNT(*) FROM t"];
    const dying = agent(words, {
      started(child) {
        const timer = setInterval(() => {
          if (!filesBelow(work).some((name) => name.endsWith("alone/neumann.pid"))) return;
          clearInterval(timer);
          child.kill("SIGKILL");
        }, 5);
        child.once("close", () => clearInterval(timer));
      },
    });
    expect((await dying).code).toBeNull();
    expect(filesBelow(work)).not.toEqual([]);
    await must(words);
    expect(filesBelow(work)).toEqual([]);
    await noStraysOf(host);
  });

  it("says what is wrong with the time or the statement, and touches nothing", async () => {
    const host = await fresh(stored);
    const wrong = async (...words: string[]) => {
      const ran = await agent([...at(host), "--json", "query", ...words]);
      return `${ran.code} ${complaint(ran)}`;
    };
    expect(await wrong("--at", "2026-11-23T10:30", "SELECT COUNT(*) FROM t")).toMatch(
      /^2 .*--at: has no time zone \(received "2026-11-23T10:30"\)/s,
    );
    const at0 = ["--at", iso(bases[0]!.copiedAt)];
    expect(await wrong(...at0, " ", "SELECT 1\n-- FROM t")).toMatch(
      /^2 .*2 mistakes.*statement: is empty.*statement: has more than one line/s,
    );
    expect(await wrong("--at", "2001-01-01T00:00:00Z", "SELECT COUNT(*) FROM t")).toMatch(
      /^3 .*before the first backup/,
    );
    expect(await wrong("--at", iso(bases[1]!.copiedAt), "SELECT COUNT(*) FROM missing")).not.toMatch(/^0/);
    expect(await wrong("SELECT COUNT(*) FROM t")).toMatch(/^2 .*--at/s);
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
  });
});

describe("what cannot be restored is refused before anything is touched", () => {
  it("before the first base and after the end", async () => {
    expect(await refusal(stored, `time:${iso(bases[0]!.copiedAt - 1)}`)).toContain(
      `the earliest time that can be restored is ${iso(bases[0]!.copiedAt)}.`,
    );
    expect(await refusal(stored, `time:${iso(Date.now() + 60_000)}`)).toContain("after the end of the archived log");
  });

  it("without the first archive, where the log is", async () => {
    const gone = { ...stored, location: path.join(folder, "nowhere") };
    const spec = { archive: gone, restorePoint: "end-of-log", recoveryId: "r", nodes: ["node1"] };
    const ran = await agent(["--json", "plan"], { spec });
    expect(ran.code).not.toBe(0);
    expect(complaint(ran)).toMatch(
      /the primary archive, where the log lies, cannot be read, and no log lies off-site: end-of-log/,
    );
  });

  it("a time that the log reaches, but after which nothing was written: nothing is in place", async () => {
    const { replay } = await planOf(stored, "end-of-log");
    const host = await fresh(stored);
    const spec = (await recoveryOf([host], { restorePoint: `time:${replay!.storedAt}`, recoveryId: "quiet" }))(host);
    const ran = await phase("first", host, spec);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toMatch(
      /the log of stream \S+ cannot be replayed: .*Nothing was put in place\. A recovery needs another restore point under a new recoveryId\. Another stream may serve: time:\S+@STREAM, as `verify --wal` lists them\./,
    );
    await nothingInPlace(host);
  });
});

describe("a damaged log", () => {
  it("in one stream costs nothing: another serves", async () => {
    const archive = archiveCopy();
    const target = Math.floor((bases[0]!.copiedAt + bases[1]!.copiedAt) / 2);
    const { replay, source } = await planOf(archive, `time:${iso(target)}`);
    const streamOf = (plan: RestorePlan): string => path.join(source.lineage, plan.replay!.stream);
    fs.rmSync(path.join(walFolder(archive), source.lineage, replay!.stream, replay!.first));
    const other = await planOf(archive, `time:${iso(target)}`);
    expect(other.replay!.stream).not.toBe(replay!.stream);
    // What a prune has announced is as good as gone.
    const key = `prod/wal/${streamOf(other)}/${other.replay!.first}`;
    const expired = path.join(archive.location, "prod/records/expired");
    fs.mkdirSync(expired, { recursive: true });
    const record = { format: "neumann-expired/1", manifests: [], data: [], segments: [key] };
    fs.writeFileSync(path.join(expired, "20261123T040000Z-00000001.json"), JSON.stringify(record));
    const third = await planOf(archive, `time:${iso(target)}`);
    expect([replay!.stream, other.replay!.stream]).not.toContain(third.replay!.stream);
    const rows = await restored(await fresh(archive), `time:${iso(target)}`, "third");
    expect(differences(rows, target)).toEqual({ lost: [], tooMuch: [] });
  });

  it("with the same hole in every stream: verify --wal says which times are lost, and no plan leads there", async () => {
    const whole = await verifyLog(stored);
    expect(whole).toMatchObject({ code: 0, wal: { holes: [] } });
    expect(whole.wal.ranges).toHaveLength(1);
    expect(whole.wal.streams).toHaveLength(3);
    const archive = archiveCopy();
    const [first, second] = bases as [(typeof bases)[0], (typeof bases)[0]];
    // All that was stored between two bases, but for what the second one's log begins with.
    const gone = filesBelow(walFolder(archive)).filter((name) => {
      const at = storedAt(path.join(walFolder(archive), name));
      return at > first.copiedAt + 1000 && at < second.createdAt;
    });
    expect(gone.length).toBeGreaterThan(2);
    for (const name of gone) fs.rmSync(path.join(walFolder(archive), name));
    const holey = await verifyLog(archive);
    expect(holey.code).toBe(5);
    expect(holey.wal.holes).toHaveLength(1);
    const hole = holey.wal.holes[0]!;
    expect(Date.parse(hole.until)).toBe(second.copiedAt);
    const inside = Math.floor((Date.parse(hole.from) + Date.parse(hole.until)) / 2);
    expect(await refusal(archive, `time:${iso(inside)}`)).toMatch(/lies behind a gap in the log|after the end/);
    const rows = await restored(await fresh(archive), `time:${iso(second.copiedAt + 300)}`, "beyond");
    expect(differences(rows, second.copiedAt + 300)).toEqual({ lost: [], tooMuch: [] });
  });

  it("a flipped byte: nothing in place, and the segment is named", async () => {
    const archive = archiveCopy();
    const { replay, source } = await planOf(archive, "end-of-log");
    const file = path.join(walFolder(archive), source.lineage, replay!.stream, replay!.last);
    const { atime, mtime } = fs.statSync(file);
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, bytes);
    fs.utimesSync(file, atime, mtime);
    const host = await fresh(archive);
    const spec = (await recoveryOf([host], { restorePoint: "end-of-log", recoveryId: "flip" }))(host);
    const ran = await phase("first", host, spec);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toContain(`${replay!.stream}/${replay!.last} is not what was stored`);
    await nothingInPlace(host);
  });
});

async function verifyLog(archive: FolderArchive): Promise<{ code: number | null; wal: Coverage }> {
  const flags = ["--archive", archive.location, "--cluster", "prod", "--depth", "manifest"];
  const ran = await agent(["--json", "verify", "--wal", ...flags]);
  return { code: ran.code, wal: (JSON.parse(ran.stdout) as { wal: Coverage }).wal };
}

/** Nothing of a backup lies in place and the node cannot be started. */
async function nothingInPlace(host: Host): Promise<void> {
  for (const unit of ["raft", "store"]) expect(fs.existsSync(path.join(host.node.dataDirectory, unit))).toBe(false);
  const started = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
  expect(started.code, complaint(started)).toBe(3);
}

describe("a time after the last write of a quiet cluster", () => {
  const folderOf = (archive: FolderArchive) => path.join(archive.location, "prod/records/watermarks");

  function marksIn(archive: FolderArchive): { name: string; mark: WatermarkRecord }[] {
    return filesBelow(folderOf(archive)).map((name) => ({
      name,
      mark: JSON.parse(fs.readFileSync(path.join(folderOf(archive), name), "utf8")) as WatermarkRecord,
    }));
  }

  /** What the nodes would have said, had the cluster stood still for so many seconds more. */
  function saidLater(archive: FolderArchive, seconds: number, change: Partial<WatermarkRecord> = {}): void {
    for (const { name, mark } of marksIn(stored)) {
      const moment = new Date(Date.parse(mark.at) + seconds * 1000);
      const nodeId = name.slice(name.lastIndexOf("/") + 1).replace(/^[^-]*-/, "");
      const file = path.join(folderOf(archive), mark.lineage, `${stampOf(moment)}-${nodeId}`);
      fs.writeFileSync(file, JSON.stringify({ ...mark, at: moment.toISOString(), ...change }));
      fs.utimesSync(file, moment, moment);
    }
  }

  /** A little more than a clock's error after the last segment of any stream. */
  function target(): string {
    const stores = filesBelow(walFolder(stored)).map((name) => storedAt(path.join(walFolder(stored), name)));
    return `time:${iso(Math.max(...stores) + 61_000)}`;
  }

  it("is what each node speaks of: how far the cluster has come, and one that it leads", () => {
    expect(looks.map(({ watermark }) => watermark)).toEqual([true, true, true]);
    const marks = marksIn(stored).map(({ mark }) => mark);
    expect(marks.filter(({ leads }) => leads)).toHaveLength(1);
    expect(new Set(marks.map(({ commitIndex }) => commitIndex)).size).toBe(1);
    for (const { stream, openSegment, at } of marks) {
      const segments = filesBelow(walFolder(stored))
        .filter((name) => name.includes(`/${stream}/`) && name.endsWith(".wal"))
        .map((name) => ({
          number: segmentNumber(path.basename(name)),
          stored: storedAt(path.join(walFolder(stored), name)),
        }));
      const open = segmentNumber(openSegment);
      expect(segments.map(({ number }) => number)).toContain(open - 1n);
      // Then it was open: the database may have finished it since, while another node had not spoken yet.
      const since = segments.filter(({ number }) => number >= open);
      expect(since.filter((segment) => segment.stored <= Date.parse(at))).toEqual([]);
    }
  });

  it("is refused as long as nobody has said that nothing was written since", async () => {
    const archive = archiveCopy();
    expect(await refusal(archive, target())).toContain("No node that led said afterwards");
    saidLater(archive, 200);
    expect(await refusal(archive, target())).toContain("it cannot be told that this is archived");
    saidLater(archive, 240, { leads: false });
    expect(await planOf(archive, target())).toMatchObject({ replay: { until: null } });
    // It was not quiet: the cluster has gone on, and the log of that has not arrived.
    const busy = archiveCopy();
    saidLater(busy, 200, { commitIndex: 1_000_000 });
    saidLater(busy, 240);
    expect(await refusal(busy, target())).toContain("the cluster had come to index 1000000");
  });

  it("is restored to with every row that was acknowledged", async () => {
    const archive = archiveCopy();
    for (const seconds of [200, 240]) saidLater(archive, seconds);
    // One that cannot be read proves nothing and hinders nothing.
    const [{ name, mark }] = marksIn(archive).slice(-1) as [{ name: string; mark: WatermarkRecord }];
    fs.writeFileSync(path.join(folderOf(archive), mark.lineage, `${path.basename(name).slice(0, 17)}x.json`), "{");
    const host = await fresh(archive);
    const rows = await restored(host, target(), "quiet");
    expect(differences(rows, lastWrite())).toEqual({ lost: [], tooMuch: [] });
    expect(rows.size).toBeGreaterThanOrEqual(3200);
  });
});
