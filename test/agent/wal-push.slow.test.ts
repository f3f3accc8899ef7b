import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flipBit } from "../contract/support";
import { contentOf, name, type Offering, Offerings, push, segment, stored, streams } from "./offering";
import {
  agent,
  at,
  bundle,
  complaint,
  contentsOf,
  endAll,
  filesBelow,
  lostFrom,
  type Protected,
  protectedCluster,
  scratch,
} from "./support";

/** One resting node without `archive_command`: the tests offer segments themselves. */
const folder = scratch("wal-push");
let cluster: Protected;
const offerings = new Offerings(folder, () => cluster);
const offering: Offerings["make"] = (options) => offerings.make(options);

beforeAll(async () => {
  cluster = await protectedCluster(path.join(folder, "cluster"), { archiving: false });
});

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("a segment", () => {
  it("is stored byte for byte, in one stream, and offered again it is success", async () => {
    const o = await offering();
    for (const number of [0, 1, 2]) expect(await push(o, segment(o, number))).toMatchObject({ code: 0, stderr: "" });
    const before = contentsOf(o.archive);
    for (const number of [2, 0, 1, 2]) expect((await push(o, path.join(o.wal, name(number)))).code).toBe(0);
    expect(contentsOf(o.archive)).toEqual(before);
    expect(new Set(stored(o).map((file) => path.dirname(file))).size).toBe(1);
    for (const file of stored(o)) {
      expect(contentOf(o, file).equals(fs.readFileSync(path.join(o.wal, path.basename(file))))).toBe(true);
    }
    expect(streams(o).map(({ reason }) => reason)).toEqual(["start"]);
  });

  it("with one flipped byte begins a forked stream; nothing is overwritten (I2)", async () => {
    const o = await offering();
    for (const number of [0, 1, 2]) await push(o, segment(o, number));
    const before = contentsOf(o.archive);
    flipBit(path.join(o.wal, name(1)), 777);
    const ran = await push(o, path.join(o.wal, name(1)));
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain(
      "ALARM: 0000000000000001.wal begins a new stream (fork); nothing was overwritten, a new base backup is needed",
    );
    expect(lostFrom(before, o.archive)).toEqual([]);
    const [first, second] = streams(o);
    expect(second).toMatchObject({ reason: "fork", parent: first?.stream });
    const copies = stored(o).filter((file) => file.endsWith(name(1)));
    expect(copies).toHaveLength(2);
    expect(
      copies.map((file) => contentOf(o, file)).some((c) => c.equals(fs.readFileSync(path.join(o.wal, name(1))))),
    ).toBe(true);
    // The new stream goes on.
    expect((await push(o, segment(o, 2))).code).toBe(0);
    expect((await push(o, segment(o, 3))).code).toBe(0);
    expect(streams(o)).toHaveLength(2);
  });

  it("after a gap begins a new stream", async () => {
    const o = await offering();
    await push(o, segment(o, 0));
    const ran = await push(o, segment(o, 2));
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("ALARM: 0000000000000002.wal begins a new stream (gap)");
    expect(streams(o).map(({ reason }) => reason)).toEqual(["start", "gap"]);
    expect(new Set(stored(o).map((file) => path.dirname(file))).size).toBe(2);
  });

  it("whose forerunner is stored but was not noted is no gap", async () => {
    const o = await offering();
    await push(o, segment(o, 0));
    const note = path.join(o.wal, ".neumann-backup-stream");
    const old = fs.readFileSync(note);
    await push(o, segment(o, 1));
    fs.writeFileSync(note, old);
    expect(await push(o, segment(o, 2))).toMatchObject({ code: 0, stderr: "" });
    expect(streams(o)).toHaveLength(1);
    expect((await push(o, segment(o, 4))).stderr).toContain("(gap)");
  });

  it.each([
    ["another node's", { nodeId: "node9" }],
    ["another machine's", { machineId: "elsewhere" }],
  ])("beside %s note begins a new stream: the disk has moved", async (_what, change) => {
    const o = await offering();
    await push(o, segment(o, 0));
    const note = path.join(o.wal, ".neumann-backup-stream");
    fs.writeFileSync(note, JSON.stringify({ ...JSON.parse(fs.readFileSync(note, "utf8")), ...change }));
    const ran = await push(o, segment(o, 1));
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("begins a new stream (moved)");
    expect(streams(o)).toHaveLength(2);
  });

  it("racing with itself eight times is stored once in each stream, and all are success", async () => {
    const o = await offering();
    await push(o, segment(o, 0));
    const file = segment(o, 1);
    const ended = await Promise.all(Array.from({ length: 8 }, () => push(o, file)));
    expect(ended.map(({ code }) => code)).toEqual(Array(8).fill(0));
    expect(stored(o).filter((each) => each.endsWith(name(1)))).toHaveLength(1);
    expect(streams(o)).toHaveLength(1);
  });

  it("racing from the very first: every success is stored", async () => {
    const o = await offering();
    const file = segment(o, 0);
    const ended = await Promise.all(Array.from({ length: 4 }, () => push(o, file)));
    for (const { code } of ended) expect([0, 4]).toContain(code);
    expect(ended.some(({ code }) => code === 0)).toBe(true);
    for (const copy of stored(o)) expect(contentOf(o, copy).equals(fs.readFileSync(file))).toBe(true);
    expect((await push(o, segment(o, 1))).code).toBe(0);
  });
});

describe("nothing is acknowledged that is not stored (I1)", () => {
  async function refused(o: Offering, file: string, code: number, message: string | RegExp): Promise<void> {
    const before = contentsOf(o.archive);
    const ran = await push(o, file);
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stderr).toMatch(message);
    expect(contentsOf(o.archive)).toEqual(before);
    expect(fs.existsSync(file)).toBe(true);
  }

  it("while archiving is held", async () => {
    const o = await offering();
    fs.mkdirSync(path.join(o.host.agentDirectory, "state"));
    fs.writeFileSync(path.join(o.host.agentDirectory, "state/archiving-held"), "");
    await refused(
      o,
      segment(o, 0),
      75,
      "archiving is held until the recovery is accepted; the segment stays in raft/wal",
    );
    expect(stored(o)).toEqual([]);
  });

  it("when the archive is away: nothing is written to the disk below", async () => {
    const o = await offering();
    const file = segment(o, 0);
    fs.renameSync(o.archive, `${o.archive}.away`);
    const ran = await push(o, file);
    expect(ran).toMatchObject({ code: 4 });
    expect(ran.stderr).toContain(`${o.archive} is not the primary archive of cluster prod`);
    expect(ran.stderr).toContain("Is the disk mounted?");
    expect(fs.existsSync(o.archive)).toBe(false);
    fs.mkdirSync(o.archive); // The empty mount point.
    expect((await push(o, file)).code).toBe(4);
    expect(fs.readdirSync(o.archive)).toEqual([]);
    fs.rmdirSync(o.archive);
    fs.renameSync(`${o.archive}.away`, o.archive);
    expect((await push(o, file)).code).toBe(0);
  });

  it("when the archive holds another database's history (I3, I8)", async () => {
    const o = await offering();
    const foreign = { format: "neumann-lineage/1", lineage: "l-0123456789abcdef", clusterId: "prod" };
    const record = {
      databaseClusterId: "other",
      purpose: "production",
      createdAt: new Date().toISOString(),
      parent: null,
    };
    const folderOf = path.join(o.archive, "prod/records/lineages");
    fs.mkdirSync(folderOf);
    fs.writeFileSync(path.join(folderOf, "l-0123456789abcdef.json"), JSON.stringify({ ...foreign, ...record }));
    const file = segment(o, 0);
    const ran = await push(o, file);
    expect(ran.code).toBe(3);
    expect(ran.stderr).toMatch(/holds another database's history \(.*l-0123456789abcdef\.json\)/);
    expect(stored(o)).toEqual([]);
  });

  it("when the marker is the off-site one's", async () => {
    const o = await offering();
    const marker = { format: "neumann-archive/1", clusterId: "prod", role: "offsite" };
    fs.writeFileSync(path.join(o.archive, "prod/records/archive.json"), JSON.stringify(marker));
    await refused(o, segment(o, 0), 3, "is the offsite archive of cluster prod, not the primary archive of prod");
  });

  it("when what is offered is no segment", async () => {
    const o = await offering();
    const file = path.join(o.wal, "0000.partial");
    fs.writeFileSync(file, "x");
    await refused(
      o,
      file,
      2,
      /is no segment with its path \(received .*archive_command is: neumann-backup wal-push %p %f/,
    );
    const other = segment(o, 7);
    const ran = await agent([o.host.configFile, other, name(8)], { program: bundle().walPush });
    expect(ran.code).toBe(2);
    const gone = await push(o, path.join(o.wal, name(9)));
    expect(gone.code).toBe(2);
    expect(gone.stderr).toContain(`%p: is not there (received "${path.join(o.wal, name(9))}")`);
  });

  it("when the note of the stream is damaged", async () => {
    const o = await offering();
    await push(o, segment(o, 0));
    fs.writeFileSync(path.join(o.wal, ".neumann-backup-stream"), '{"format":"neumann-str');
    const ran = await push(o, segment(o, 1));
    expect(ran.code).toBe(0);
    expect(ran.stderr).toContain("begins a new stream (damaged)");
    expect(streams(o).map(({ reason }) => reason)).toEqual(["start", "damaged"]);
  });
});

describe.skipIf(process.getuid?.() !== 0 || spawnSync("mount", ["--version"]).status !== 0)("on small disks", () => {
  const mounted: string[] = [];

  function smallDisk(sizeKib: number): string {
    const at = offerings.place("disk");
    fs.mkdirSync(at);
    const { status, stderr } = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeKib}k`, "tmpfs", at]);
    if (status !== 0) throw new Error(`no small disk: ${stderr.toString()}`);
    mounted.push(at);
    return at;
  }

  afterAll(() => {
    for (const at of mounted) spawnSync("umount", ["-l", at]);
  });

  it("a full archive takes no segment and says what to do; with space again it does", async () => {
    const o = await offering({ archive: smallDisk(300) });
    expect((await push(o, segment(o, 0))).code).toBe(0);
    const filler = path.join(o.archive, "filler");
    try {
      fs.writeFileSync(filler, Buffer.alloc(400_000));
    } catch {
      // It is full now.
    }
    const ran = await push(o, segment(o, 1));
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(/ENOSPC.*The disk is full: free space there and run the same command again\./);
    expect(stored(o).map((file) => path.basename(file))).toEqual([name(0)]);
    expect(filesBelow(o.archive).filter((file) => file.includes("-tmp-"))).toEqual([]);
    fs.rmSync(filler);
    expect((await push(o, path.join(o.wal, name(1)))).code).toBe(0);
  });

  it("a full data disk still gives its log to the archive: that is what frees it", async () => {
    const o = await offering({ data: smallDisk(400) });
    expect((await push(o, segment(o, 0))).code).toBe(0);
    for (const number of [1, 2, 3]) segment(o, number);
    try {
      fs.writeFileSync(path.join(o.host.node.dataDirectory, "filler"), Buffer.alloc(500_000));
    } catch {
      // It is full now.
    }
    for (const number of [1, 2, 3]) {
      const ran = await push(o, path.join(o.wal, name(number)));
      expect(ran.code, ran.stderr).toBe(0);
      expect(ran.stderr).toContain("ALARM");
    }
    expect(stored(o).map((file) => path.basename(file))).toEqual([0, 1, 2, 3].map(name));
    expect(streams(o)).toHaveLength(1);
  });

  it("a read-only archive refuses, and nothing is lost", async () => {
    const o = await offering({ archive: smallDisk(300) });
    await push(o, segment(o, 0));
    spawnSync("mount", ["-o", "remount,ro", o.archive]);
    const ran = await push(o, segment(o, 1));
    expect(ran.code).toBe(4);
    expect(ran.stderr).toMatch(
      /EROFS.*The file system is read-only: make it writable and run the same command again\./,
    );
  });
});

describe("what V8 compiled in the first run", () => {
  const cacheOf = ({ host }: Offering): string => path.join(host.agentDirectory, "state/wal-push.cache");

  it("is used by the next ones, and made anew where it is damaged", async () => {
    const o = await offering();
    await push(o, segment(o, 0));
    const { ino, size } = fs.statSync(cacheOf(o));
    await push(o, segment(o, 1));
    expect(fs.statSync(cacheOf(o))).toMatchObject({ ino, size });
    const whole = fs.readFileSync(cacheOf(o));
    const zeros = Buffer.alloc(whole.length);
    const damaged = [whole.subarray(0, 50_000), Buffer.alloc(0), zeros, Buffer.concat([whole.subarray(0, 32), zeros])];
    for (const [index, content] of damaged.entries()) {
      fs.writeFileSync(cacheOf(o), content);
      expect(await push(o, segment(o, 2 + index))).toMatchObject({ code: 0, stderr: "" });
      const made = fs.readFileSync(cacheOf(o));
      expect(made.length).toBeGreaterThan(50_000);
      expect(made.subarray(32, 4096).equals(zeros.subarray(32, 4096))).toBe(false);
    }
    expect(stored(o)).toHaveLength(2 + damaged.length);
  });

  it("need not be kept: where it cannot be written, segments are stored all the same", async () => {
    const o = await offering();
    fs.mkdirSync(path.join(cacheOf(o), "taken"), { recursive: true });
    for (const number of [0, 1]) expect(await push(o, segment(o, number))).toMatchObject({ code: 0, stderr: "" });
    expect(fs.readdirSync(path.dirname(cacheOf(o))).sort()).toEqual(["offered", "wal-push.cache"]);
  });
});

it("says the complaint of a --json run as an event", async () => {
  const o = await offering();
  const ran = await agent([...at(o.host), "--json", "wal-push", path.join(o.wal, "x"), "x"]);
  expect(ran.code).toBe(2);
  expect(complaint(ran)).toContain("wal-push cannot store this");
});
