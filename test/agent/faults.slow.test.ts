import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Fault } from "../../lab/store/faultyProxy";
import { until } from "../../lab/neumann/harness";
import { loadNode } from "../../agent/context";
import type { RestoreContext } from "../../agent/restore/context";
import { restoreFirst } from "../../agent/restore/first";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { agentProgram } from "../../scripts/agentProgram.mjs";
import { World } from "../soak/world";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  endAll,
  endSchedule,
  type FolderArchive,
  filesBelow,
  freshHost,
  type Host,
  must,
  mustPhase,
  nodeSpec,
  noStraysOf,
  phase,
  protectedCluster,
  type Ran,
  recoveryOf,
  scratch,
} from "./support";

/**
 * Faults of archive and disk while a database is written to: how the command ends, what is left, and that the same
 * command ends well afterwards.
 *
 * Elsewhere: a leader that dies or sleeps, a clock that is wrong, an archive that goes away, a second run on one node
 * (full.slow), a full or read-only archive and a full data disk at `wal-push` (wal-push.slow), each answer of a store
 * for each call (archive-s3.slow), a store that is full and a data disk that turns read-only (disk-faults.slow),
 * damaged bodies at a restore and two recoveries on one node (restore*.slow), a partitioned leader and a rebooted host
 * (hosts/ssh.slow), nodes that lose their disks or are rolled back (replaced-nodes.slow), all of it at once (soak).
 */
const folder = scratch("faults");

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a bucket that ails", () => {
  let world: World;

  beforeAll(async () => {
    world = await World.open(path.join(folder, "world"));
    // Enough that it takes a while at 1 MB/s.
    await createTable(await world.cluster.leader(), "ballast");
    const ballast = { nodes: () => [...world.cluster.nodes], table: "ballast", rows: 150, valueBytes: 30_000 };
    await new Writer(ballast).start().finished();
  });

  afterAll(() => world?.close());

  let timer: NodeJS.Timeout | undefined;

  afterEach(() => {
    clearTimeout(timer);
    world.proxy.fault = () => undefined;
  });

  /** It ends by itself, or with the test. */
  function ails(fault: Fault, ms: number): void {
    clearTimeout(timer);
    world.proxy.fault = () => fault;
    timer = setTimeout(() => (world.proxy.fault = () => undefined), ms);
  }

  async function leader(): Promise<AnyHost> {
    return until("a leader", () => world.leader());
  }

  const manifests = (): string[] => filesBelow(world.archiveFolders[0]).filter((name) => name.includes("/manifest/"));
  const everywhere = (): string[] =>
    world.archiveFolders.flatMap(filesBelow).filter((name) => /\/manifest\//.test(name));
  const segments = (): number => filesBelow(path.join(world.archiveFolders[0], "prod/wal")).length;

  /** The store ails from the moment at which the backup is packed, for so long. */
  async function fullWhile(fault: Fault, ms: number): Promise<Ran> {
    const host = await leader();
    let began = false;
    const ran = await agent([...at(host), "--json", "full"], {
      started: (child) =>
        child.stderr?.on("data", (text: Buffer) => {
          if (began || !String(text).includes('"event":"step","step":"pack"')) return;
          began = true;
          ails(fault, ms);
        }),
    });
    if (!began) throw new Error(`full never packed: ${complaint(ran)}`);
    return ran;
  }

  async function wellAgain(words: string[]): Promise<void> {
    world.proxy.fault = () => undefined;
    await until(
      words.join(" "),
      async () => (await agent([...at(await leader()), "--json", ...words])).code === 0 || undefined,
      60_000,
    );
  }

  /** A segment that waits, or was stored just now: offered once more, as after a crash. */
  function offered(host: AnyHost): string[] {
    const wal = path.join(host.node.dataDirectory, "raft/wal");
    const [first] = fs.readdirSync(wal).filter((name) => name.endsWith(".wal"));
    return ["wal-push", path.join(wal, first!), first!];
  }

  it.each<[string, Fault]>([
    ["answers 500", { answer: 500, code: "InternalError" }],
    ["answers 503", { answer: 503, code: "SlowDown" }],
    ["takes 1 MB/s", { bytesPerSecond: 1_000_000 }],
    ["gets half of each body", { upload: "cut" }],
    ["gets another body", { upload: "flip" }],
    ["closes connections", { reset: "after" }],
  ])("that %s for five seconds costs no backup, no segment and no write", async (_what, fault) => {
    const before = manifests();
    const rows = world.writer.acknowledged;
    const ran = await fullWhile(fault, 5000);
    expect(ran.code, complaint(ran)).toBe(0);
    expect(manifests()).toHaveLength(before.length + 1);
    ails(fault, 2000);
    const [host] = world.hosts as [AnyHost];
    const pushed = await agent([...at(host), "--json", ...offered(host)]);
    expect(pushed.code, complaint(pushed)).toBe(0);
    const stored = segments();
    await until("the log flows", () => segments() > stored + 3 || undefined);
    expect(world.writer.acknowledged).toBeGreaterThan(rows + 100);
  });

  it("that forbids: told at once, nothing listed, and with the right again all is well", async () => {
    const before = manifests();
    const ran = await fullWhile({ answer: 403, code: "AccessDenied" }, 60_000);
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toMatch(/403 AccessDenied .*Allow these credentials to do that/);
    expect(manifests()).toEqual(before);
    const [host] = world.hosts as [AnyHost];
    const pushed = await agent([...at(host), "--json", ...offered(host)]);
    expect([pushed.code, complaint(pushed)]).toEqual([4, expect.stringContaining("403 AccessDenied")]);
    await wellAgain(["full"]);
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
  });

  it("that takes everything and never answers: writes go on, commands have a deadline, status alarms", async () => {
    const [host] = world.hosts as [AnyHost];
    const before = manifests();
    world.proxy.fault = () => ({ hang: true });
    const rows = world.writer.acknowledged;
    const words = [offered(host), ["full"], ["status"]];
    const [pushed, full, status] = await Promise.all(
      words.map(async (each) => agent([...at(each[0] === "full" ? await leader() : host), "--json", ...each])),
    );
    expect(world.writer.acknowledged).toBeGreaterThan(rows + 1000);
    for (const ran of [pushed!, full!]) {
      expect(ran.code, complaint(ran)).toBe(4);
      expect(complaint(ran)).toMatch(/no answer came in time\. Tried .*run the same command again/);
    }
    expect(status!.code).toBe(4);
    const { problems } = JSON.parse(status!.stdout) as { problems: string[] };
    expect(problems.join("\n")).toMatch(/archive/);
    expect(manifests()).toEqual(before);
    const stored = segments();
    await wellAgain(["full"]);
    await until("the log flows", () => segments() > stored + 3 || undefined, 60_000);
  }, 240_000);

  it.each([
    ["snapshot", [4]],
    ["offsite", [0, 4]], // A copy of what is complete needs no leader.
  ])(
    "its node dies in the middle of %s: nothing half-done is listed, the next leader's is good",
    async (word, codes) => {
      if (word === "offsite") await wellAgain(["full"]);
      const host = await leader();
      const node = world.cluster.nodes.find(({ id }) => id === host.node.id)!;
      const before = everywhere();
      let died: Promise<void> | undefined;
      const ran = await agent([...at(host), "--json", word], {
        started: (child) =>
          child.stderr?.on("data", (text: Buffer) => {
            if (String(text).includes('"event":"step","step":"copy"')) died ??= node.stop("SIGKILL");
          }),
      });
      await died;
      expect(died, complaint(ran)).toBeDefined();
      expect(codes, complaint(ran)).toContain(ran.code);
      expect(everywhere()).toHaveLength(before.length + (ran.code === 0 ? 1 : 0));
      const { acknowledged } = world.writer;
      await world.writer.reached(acknowledged + 100, 35_000);
      await wellAgain([word]);
      expect(everywhere()).toHaveLength(before.length + 1);
      await node.start();
      await world.cluster.whenHealthy();
      expect(await must([...at(host), "verify"])).toMatchObject({ good: true });
    },
  );

  it("lost nothing that was acknowledged", async () => {
    await world.writer.stop();
    const found = world.writer.compare(await readValues(await world.cluster.leader()));
    expect(found).toMatchObject({ lost: [], wrong: [], double: [] });
  });
});

describe("another version of the agent, and recoveries that meet", () => {
  const place = path.join(folder, "versions");
  const recovered: Host[] = [];
  let archive: FolderArchive;
  let rows: number;

  /** A bundle of another version than the one that restores. */
  function older(): { program: string; sha256: string } {
    const content = agentProgram("0.0.0-older");
    const program = path.join(folder, "older.cjs");
    fs.writeFileSync(program, content);
    return { program, sha256: createHash("sha256").update(content).digest("hex") };
  }

  beforeAll(async () => {
    const source = await protectedCluster(place);
    try {
      const [host] = source.hosts as [Host];
      await createTable(source.cluster.nodes[0]!);
      const writer = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
      await writer.finished();
      const { program } = older();
      for (const words of [["full"], ["offsite"]]) await must([...at(host), ...words], { program });
      rows = 300;
    } finally {
      await source.cluster.close();
    }
    ({ archive } = source);
  });

  afterEach(async () => {
    for (const host of recovered.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) });
  });

  async function fresh(name: string, id = "node1"): Promise<Host> {
    const host = await freshHost(path.join(folder, name), id, { archive });
    recovered.push(host);
    return host;
  }

  it("what an older one backed up is restored by this one", async () => {
    const manifest = filesBelow(archive.location).find((name) => name.includes("/full/manifest/"))!;
    expect(fs.readFileSync(path.join(archive.location, manifest), "utf8")).toContain("0.0.0-older");
    const host = await fresh("by-newer");
    const spec = (await recoveryOf([host], { recoveryId: "newer" }))(host);
    await mustPhase("first", host, spec);
    expect(await readValues(adminOf(host))).toHaveLength(rows);
  });

  it("two recoveries of one id on different nodes: one restores, the other is told that it was done elsewhere", async () => {
    const hosts = [await fresh("one"), await fresh("other")];
    const specs = await Promise.all(
      hosts.map(async (host) => (await recoveryOf([host], { recoveryId: "same" }))(host)),
    );
    const ran = await Promise.all(hosts.map((host, index) => phase("first", host, specs[index]!)));
    for (const each of ran) expect([0, 3, 4, 75], complaint(each)).toContain(each.code);
    const inPlace = () => hosts.filter((host) => fs.existsSync(path.join(host.node.dataDirectory, "store")));
    expect(inPlace(), ran.map(complaint).join("\n")).toHaveLength(1);
    // Again, and again: a second cluster of the same recovery never comes to be (protocol 26).
    for (const [index, host] of hosts.entries()) await phase("first", host, specs[index]!);
    expect(inPlace()).toHaveLength(1);
    expect(await readValues(adminOf(inPlace()[0]!))).toHaveLength(rows);
  });

  it("one of them that stands still between its look and its claim, while the other restores, restores nothing", async () => {
    const [quick, slow] = [await fresh("quick"), await fresh("slow")];
    const spec = (await recoveryOf([slow], { recoveryId: "overtaken" }))(slow);
    const context = { node: await loadNode(slow.configFile), spec, began: 0, result: {} } as RestoreContext;
    const notes: string[] = [];
    const control = {
      progress: () => undefined,
      note: (line: string) => notes.push(line),
      point: () => Promise.resolve(),
    };
    const step = (name: string) => restoreFirst.steps.find((found) => found.name === name)!.run(context, control);
    await step("plan");
    await mustPhase("first", quick, (await recoveryOf([quick], { recoveryId: "overtaken" }))(quick));
    try {
      for (const { name } of restoreFirst.steps.slice(1)) await step(name);
    } finally {
      await restoreFirst.settle?.(context);
    }
    expect(notes).toEqual(["recovery overtaken is restored already: nothing is restored again"]);
    expect(filesBelow(slow.node.dataDirectory)).toEqual([]);
    // The claim was given back.
    expect(await mustPhase("first", quick, spec)).toMatchObject({ state: "restored" });
  });

  // Last: its history is the newest of this archive from then on.
  it("a first node that loses its disk after it was accepted is no beginning of a second cluster", async () => {
    const host = await fresh("volume");
    const spec = (await recoveryOf([host], { recoveryId: "volume" }))(host);
    for (const name of ["first", "release", "base", "accept"]) await mustPhase(name, host, spec);
    await must(["node-delete"], { spec: nodeSpec(host) });
    fs.rmSync(host.node.dataDirectory, { recursive: true });
    expect(await mustPhase("first", host, spec)).toMatchObject({ state: "accepted" });
    expect(filesBelow(host.node.dataDirectory).filter((name) => /^(raft|store)\//.test(name))).toEqual([]);
  });
});

const mounts = process.getuid?.() === 0 && spawnSync("mount", ["--version"]).status === 0;

describe.skipIf(!mounts)("a data disk", () => {
  const mounted: string[] = [];
  const disk = path.join(folder, "disk");

  function mount(...words: string[]): void {
    const { status, stderr } = spawnSync("mount", words);
    if (status !== 0) throw new Error(`mount ${words.join(" ")}: ${stderr.toString()}`);
  }

  /** Fills it but for a little. */
  function fill(at: string, leave: number): string {
    const { bavail, bsize } = fs.statfsSync(at);
    const file = path.join(at, "filler");
    fs.writeFileSync(file, Buffer.alloc(Math.max(bavail * bsize - leave, 0)));
    return file;
  }

  afterAll(() => {
    for (const at of mounted) spawnSync("umount", ["-l", at]);
  });

  it("that is full: no backup, no restore, writes go on; with room again both end well", async () => {
    fs.mkdirSync(disk);
    const folderOf = path.join(disk, "node1");
    fs.mkdirSync(folderOf);
    mount("-t", "tmpfs", "-o", "size=192m", "tmpfs", folderOf);
    mounted.push(folderOf);
    const source = await protectedCluster(disk);
    const [host] = source.hosts as [Host];
    const [node] = source.cluster.nodes;
    try {
      await createTable(node!);
      const rows = { nodes: () => source.cluster.nodes, rows: 300, valueBytes: 30_000 };
      await new Writer(rows).start().finished();
      const writer = new Writer({ nodes: () => source.cluster.nodes, rowsPerSecond: 20, first: 100_001 }).start();
      const filler = fill(folderOf, 6 * 1024 * 1024);
      const ran = await agent([...at(host), "--json", "full"]);
      expect([3, 4], complaint(ran)).toContain(ran.code);
      expect(complaint(ran)).toMatch(/full|free|room|space/i);
      expect(filesBelow(path.join(source.archive.location, "prod/full/manifest"))).toEqual([]);
      const { acknowledged } = writer;
      await writer.reached(acknowledged + 20, 20_000);
      expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
      fs.rmSync(filler);
      await must([...at(host), "full"]);
      await must([...at(host), "offsite"]);
      await writer.stop();
    } finally {
      await source.cluster.close();
    }
    await restoredOnto(source.archive);
  }, 180_000);

  async function restoredOnto(archive: FolderArchive): Promise<void> {
    const place = path.join(folder, "small");
    const base = path.join(place, "node9");
    fs.mkdirSync(base, { recursive: true });
    mount("-t", "tmpfs", "-o", "size=192m", "tmpfs", base);
    mounted.push(base);
    const host = await freshHost(place, "node9", { archive });
    const spec = (await recoveryOf([host], { recoveryId: "onto-small" }))(host);
    const nothingInPlace = (): void => {
      for (const unit of ["raft", "store"]) expect(fs.existsSync(path.join(host.node.dataDirectory, unit))).toBe(false);
    };
    const filler = fill(base, 4 * 1024 * 1024);
    const full = await phase("first", host, spec);
    expect([3, 4], complaint(full)).toContain(full.code);
    expect(complaint(full)).toMatch(/full|free|room|space/i);
    nothingInPlace();
    fs.rmSync(filler);
    mount("-o", "remount,ro", base);
    const readOnly = await phase("first", host, spec);
    expect(readOnly.code, complaint(readOnly)).toBe(4);
    expect(complaint(readOnly)).toMatch(/EROFS.*make it writable/);
    nothingInPlace();
    mount("-o", "remount,rw", base);
    await mustPhase("first", host, spec);
    expect((await readValues(adminOf(host))).length).toBeGreaterThanOrEqual(300);
    await must(["node-delete"], { spec: nodeSpec(host) });
    await endSchedule(host);
    await noStraysOf(host);
  }
});
