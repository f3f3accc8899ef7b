import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { LabDisk, whyNoDisks } from "../../lab/disk/disk";
import { type LabCluster, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { differences, none } from "../soak/invariants";
import { World } from "../soak/world";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  endAll,
  filesBelow,
  freshHost,
  must,
  mustPhase,
  nodeSpec,
  protectedCluster,
  type Ran,
  recoveryOf,
  scratch,
} from "./support";

/** Real disks that fail while a database is written to: the store's is full, a node's turns read-only. */
const folder = scratch("disk-faults");

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

const manifestsIn = (place: string): string[] => filesBelow(place).filter((name) => name.includes("/manifest/"));

async function goodFull(leader: () => Promise<AnyHost | undefined>): Promise<void> {
  let last: Ran | undefined;
  const once = async (): Promise<true | undefined> => {
    const host = await leader();
    if (host === undefined) return undefined;
    last = await agent([...at(host), "--json", "full"]);
    return last.code === 0 || undefined;
  };
  await until("a full backup", once, 90_000).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last && complaint(last)}`);
  });
}

/** A full backup on a host, and what happens when a step of it begins. */
async function fullAt(step: string, host: AnyHost, act: () => void): Promise<Ran> {
  let acted = false;
  return agent([...at(host), "--json", "full"], {
    started: (child) =>
      child.stderr?.on("data", (text: Buffer) => {
        if (acted || !String(text).includes(`"event":"step","step":"${step}"`)) return;
        acted = true;
        act();
      }),
  });
}

const mounts = process.getuid?.() === 0 && spawnSync("mount", ["--version"]).status === 0;

describe.skipIf(!mounts)("an S3 store", () => {
  const disk = path.join(folder, "store");

  it("that is full: writes go on, nothing half-done counts; with room again nothing is missing", async () => {
    fs.mkdirSync(disk);
    expect(spawnSync("mount", ["-t", "tmpfs", "-o", "size=128m", "tmpfs", disk]).status).toBe(0);
    onTestFinished(() => void spawnSync("umount", ["-l", disk]));
    const world = await World.open(path.join(folder, "world"), disk);
    onTestFinished(() => world.close());
    const [place] = world.archiveFolders;
    const [host] = world.hosts as [AnyHost];
    await goodFull(() => world.leader());
    const before = manifestsIn(place);
    let filler: string | undefined;
    const full = fullAt("pack", await until("a leader", () => world.leader()), () => (filler = fill()));
    const waiting = () => (filler === undefined ? [] : waitingOn(world, host));
    const [segment] = await until("segments wait", () => (waiting().length > 2 ? waiting() : undefined), 60_000);
    const { acknowledged } = world.writer;
    const push = await agent([...at(host), "--json", "wal-push", path.join(walOf(host), segment!), segment!]);
    expect(world.writer.acknowledged).toBeGreaterThan(acknowledged + 500);
    expect(manifestsIn(place)).toEqual(before);
    expect(waiting()).toContain(segment);
    fs.rmSync(filler!);
    // It gave up before the push did, and gives back what it has claimed now that there is room.
    for (const ran of [push, await full]) {
      expect(ran.code, complaint(ran)).toBe(4);
      expect(complaint(ran)).toMatch(/507 InsufficientStorage .*The store is full: make room there\./);
    }
    await goodFull(() => world.leader());
    await allThere(world);
  });

  const walOf = ({ node }: AnyHost): string => path.join(node.dataDirectory, "raft/wal");

  /** Finished segments of a node that the store does not hold. */
  function waitingOn({ archiveFolders: [place] }: World, host: AnyHost): string[] {
    const own = filesBelow(path.join(place, "prod/wal")).filter((name) => name.includes(`/${host.node.id}-`));
    const stored = own.map((name) => path.basename(name));
    const segments = fs.readdirSync(walOf(host)).filter((name) => name.endsWith(".wal"));
    return segments
      .sort()
      .slice(0, -1)
      .filter((name) => !stored.includes(name));
  }

  /** To the last byte. */
  function fill(): string {
    const file = path.join(disk, "filler");
    const handle = fs.openSync(file, "w");
    const piece = Buffer.alloc(4096);
    try {
      for (;;) fs.writeSync(handle, piece);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
    } finally {
      fs.closeSync(handle);
    }
    return file;
  }

  /** Every backup verifies, and the log gives every row that was acknowledged. */
  async function allThere(world: World): Promise<void> {
    await world.writer.stop();
    const end = Date.now();
    const arrived = () => world.hosts.every((each) => waitingOn(world, each).length === 0);
    await until("the log has arrived", () => (arrived() && Date.now() > end + 3000) || undefined, 60_000);
    await world.cluster.close();
    const [host] = world.hosts as [AnyHost];
    expect(await must([...at(host), "verify", "--wal"])).toMatchObject({ good: true });
    const fresh = await freshHost(path.join(folder, "recovered"), "new1", { archive: world.archive });
    onTestFinished(async () => void (await must(["node-delete"], { spec: nodeSpec(fresh) })));
    await mustPhase("first", fresh, (await recoveryOf([fresh], { restorePoint: "end-of-log" }))(fresh));
    expect(differences(world.writer, await readValues(adminOf(fresh)), end)).toEqual(none);
  }
});

describe.skipIf(whyNoDisks() !== undefined)("a node's disk", () => {
  it("that turns read-only in the middle of a full backup: none is listed, and writes come back", async () => {
    const place = path.join(folder, "read-only");
    const disk = await LabDisk.make(path.join(place, "node1"));
    onTestFinished(() => disk.remove());
    const { cluster, hosts, archive } = await protectedCluster(place, { nodes: 3 });
    onTestFinished(() => cluster.close());
    const [host] = hosts as [AnyHost];
    await leadBy(cluster, 0);
    await createTable(await cluster.leader());
    const nodes = () => cluster.nodes.filter((node) => node.running);
    const writer = new Writer({ nodes, rowsPerSecond: 50 }).start();
    onTestFinished(() => writer.stop());
    await writer.reached(100);
    for (const [step, what] of Object.entries({
      // On a quick machine it has what it needs before the disk fails, and dies as it resumes writes.
      "second-pass": /"event":"failed"|"step":"resume"/,
      "first-pass": /EROFS|read-only/i,
    })) {
      const before = manifestsIn(archive.location);
      const fails = await disk.failing();
      let acknowledged: number | undefined;
      const running = fullAt(step, host, () => {
        fails();
        ({ acknowledged } = writer);
      });
      const from = await until("the disk is read-only", () => acknowledged);
      await takenWithin(writer, from + 50, hosts.slice(1));
      expect(manifestsIn(archive.location)).toEqual(before);
      disk.cut();
      await disk.back();
      // While its database is away it tries to resume writes: only that may be left of it, and ends with the disk.
      const ran = await running;
      expect(ran.stderr).toMatch(what);
      expect(ran.code).not.toBe(0);
      await cluster.nodes[0]!.stop("SIGKILL");
      await cluster.nodes[0]!.start();
      await leadBy(cluster, 0);
      await goodFull(() => Promise.resolve(host));
      expect(manifestsIn(archive.location)).toHaveLength(before.length + 1);
    }
    await writer.stop();
    expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work"))).toEqual([]);
    const found = writer.compare(await readValues(await cluster.leader()));
    expect(found).toMatchObject({ lost: [], wrong: [], double: [] });
  });

  /** Writes come back by what the other nodes' timers do (I10). */
  async function takenWithin(writer: Writer, rows: number, others: readonly AnyHost[]): Promise<void> {
    const impatient = setInterval(() => writer.interrupt(), 3000); // A client that is not answered goes to another node.
    const guards = (async () => {
      for (const end = Date.now() + 40_000; writer.acknowledged < rows && Date.now() < end;) {
        for (const host of others) await agent([...at(host), "--json", "resume-writes", "--expired"]);
      }
    })();
    await writer.reached(rows, 35_000).finally(() => clearInterval(impatient));
    await guards;
  }

  async function leadBy(cluster: LabCluster, wanted: number): Promise<void> {
    for (;;) {
      const leader = await cluster.whenHealthy();
      if (leader === cluster.nodes[wanted]) return;
      await leader.stop("SIGKILL");
      await cluster.leader();
      await leader.start();
    }
  }
});
