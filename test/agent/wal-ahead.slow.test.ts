import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  configure,
  contentOf,
  name,
  offer,
  type Offering,
  Offerings,
  push,
  segment,
  stored,
  streams,
} from "./offering";
import { agent, bundle, endAll, makeArchive, type Protected, protectedCluster, scratch } from "./support";

const encrypts = spawnSync("age", ["--version"]).status === 0;
const folder = scratch("wal-ahead");
let cluster: Protected;
const offerings = new Offerings(folder, () => cluster);

beforeAll(async () => {
  cluster = await protectedCluster(path.join(folder, "cluster"), { archiving: false });
});

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

const noteOf = ({ host }: Offering): string => path.join(host.agentDirectory, "state/ahead");
const numbersIn = (o: Offering): number[] => stored(o).map((file) => parseInt(path.basename(file), 16));
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, n) => from + n);

/** From now on only the launcher can answer: what it would start is gone. */
function withoutProgram({ host }: Offering): void {
  fs.rmSync(path.join(host.agentDirectory, "neumann-wal-push.cjs"));
}

/** A backlog whose last segment is still written to. */
async function backlog(segments: number): Promise<Offering> {
  const o = await offerings.make();
  for (const number of range(0, segments)) segment(o, number);
  expect(await offer(o, 0)).toMatchObject({ code: 0, stderr: "" });
  return o;
}

describe("a backlog", () => {
  it("is stored with the segment that is offered, sixteen at once, and each is answered for when it is offered", async () => {
    const o = await backlog(20);
    expect(numbersIn(o)).toEqual(range(0, 16));
    withoutProgram(o);
    for (const number of range(1, 16)) {
      expect(await offer(o, number), name(number)).toMatchObject({ code: 0, stderr: "" });
      expect(fs.readFileSync(path.join(o.host.agentDirectory, "state/offered"), "utf8")).toBe(name(number));
    }
    expect((await offer(o, 17)).code).not.toBe(0);
    configure(o.host);
    expect(await offer(o, 17)).toMatchObject({ code: 0, stderr: "" });
    for (const file of stored(o)) {
      expect(contentOf(o, file).equals(fs.readFileSync(path.join(o.wal, path.basename(file)))), file).toBe(true);
    }
    expect(streams(o)).toHaveLength(1);
  });

  it("ends before the segment that is still written to, and before one that is missing", async () => {
    const o = await backlog(3);
    expect(numbersIn(o)).toEqual([0, 1, 2]);
    for (const number of [4, 5, 7, 8, 9]) segment(o, number);
    expect((await offer(o, 3)).code).toBe(0);
    // 5 is not finished: nothing says so while 6 is not there.
    expect(numbersIn(o)).toEqual([0, 1, 2, 3, 4]);
  });

  it("is noted as archived up to the first that could not be stored", async () => {
    const o = await offerings.make();
    expect((await push(o, segment(o, 0))).code).toBe(0);
    const [{ stream, lineage }] = [
      JSON.parse(fs.readFileSync(path.join(o.wal, ".neumann-backup-stream"), "utf8")) as Record<string, string>,
    ];
    // Something is in the way of 3.
    fs.mkdirSync(path.join(o.archive, "prod/wal", lineage!, stream!, name(3)));
    for (const number of range(1, 7)) segment(o, number);
    expect(await offer(o, 1)).toMatchObject({ code: 0, stderr: "" });
    const note = JSON.parse(fs.readFileSync(path.join(o.wal, ".neumann-backup-stream"), "utf8")) as object;
    expect(note).toMatchObject({ lastPushed: name(2) });
    withoutProgram(o);
    expect((await offer(o, 2)).code).toBe(0);
    expect((await offer(o, 3)).code).not.toBe(0);
  });
});

describe("a backlog of which the storing is killed", () => {
  it("is stored once, in one stream, when it is offered again", async () => {
    const o = await offerings.make();
    for (const number of range(0, 9)) segment(o, number);
    const first = path.join(o.wal, name(0));
    const ran = await agent([o.host.configFile, first, name(0)], {
      program: bundle().walPush,
      failpoint: "wal-push/ahead:in",
    });
    expect(ran.code).toBeNull();
    // Not all of them, and one at least that nobody noted.
    expect(numbersIn(o).length).toBeGreaterThan(1);
    expect(fs.existsSync(noteOf(o))).toBe(false);
    for (const number of range(0, 8)) expect(await offer(o, number)).toMatchObject({ code: 0, stderr: "" });
    expect(numbersIn(o)).toEqual(range(0, 8));
    expect(streams(o)).toHaveLength(1);
  });

  it.skipIf(!encrypts)("so too where each is encrypted: the ciphertexts are kept until they were offered", async () => {
    const key = path.join(folder, "identity");
    execFileSync("age-keygen", ["--output", key], { stdio: "ignore" });
    const o = await offerings.make({ recipients: [execFileSync("age-keygen", ["-y", key]).toString().trim()] });
    for (const number of range(0, 5)) segment(o, number);
    expect(await offer(o, 0)).toMatchObject({ code: 0, stderr: "" });
    expect(numbersIn(o)).toEqual(range(0, 4));
    fs.rmSync(noteOf(o));
    // Offered again, and compared with the archive: other ciphertexts would begin new streams.
    for (const number of range(0, 5)) expect(await offer(o, number)).toMatchObject({ code: 0, stderr: "" });
    expect(streams(o)).toHaveLength(1);
    for (const file of stored(o)) {
      const plain = execFileSync("age", ["-d", "-i", key, path.join(o.archive, "prod/wal", file)]);
      expect(plain.equals(fs.readFileSync(path.join(o.wal, path.basename(file)))), file).toBe(true);
    }
    const kept = fs.readdirSync(path.join(o.host.agentDirectory, "state/sealed"));
    expect(kept.map((file) => file.slice(0, 20))).toEqual([name(5)]);
  });
});

describe("what was stored ahead is not answered for (I1)", () => {
  it("when the file was written to since, even to the same size and time", async () => {
    const o = await backlog(4);
    const file = path.join(o.wal, name(2));
    const { mtimeNs } = fs.statSync(file, { bigint: true });
    const before = path.join(o.host.agentDirectory, "before");
    execFileSync("cp", ["-p", file, before]);
    fs.writeFileSync(file, randomBytes(20_000));
    execFileSync("touch", ["-r", before, file]);
    expect(fs.statSync(file, { bigint: true }).mtimeNs).toBe(mtimeNs);
    const ran = await offer(o, 2);
    expect(ran.stderr).toContain(`${name(2)} begins a new stream (fork)`);
    // What follows belongs to the new stream, though the old one holds it.
    expect((await offer(o, 3)).code).toBe(0);
    const streamOf3 = stored(o).filter((at) => at.endsWith(name(3)));
    expect(streamOf3).toHaveLength(2);
  });

  it("while archiving is held", async () => {
    const o = await backlog(4);
    fs.writeFileSync(path.join(o.host.agentDirectory, "state/archiving-held"), "");
    expect((await offer(o, 1)).code).toBe(75);
    fs.rmSync(path.join(o.host.agentDirectory, "state/archiving-held"));
    expect((await offer(o, 1)).code).toBe(0);
  });

  it("when another archive is named since", async () => {
    const o = await backlog(4);
    const other = offerings.place("other");
    const archive = await makeArchive(other);
    o.host.archive = archive;
    configure(o.host);
    expect((await offer(o, 1)).code).toBe(0);
    const there = { ...o, archive: archive.location };
    // The stream began elsewhere: this archive gets one of its own, from here on.
    expect(numbersIn(there)).toEqual(expect.arrayContaining([1]));
  });

  it("when another name is offered with the same file, or the note is cut short", async () => {
    const o = await backlog(4);
    withoutProgram(o);
    const text = fs.readFileSync(noteOf(o), "utf8");
    fs.writeFileSync(noteOf(o), text.replaceAll(name(1), name(9)));
    expect((await offer(o, 1)).code).not.toBe(0);
    fs.writeFileSync(noteOf(o), text.slice(0, text.indexOf("\n") - 1));
    expect((await offer(o, 1)).code).not.toBe(0);
    fs.writeFileSync(noteOf(o), text);
    expect((await offer(o, 1)).code).toBe(0);
  });
});

it("forgets what was stored ahead when nothing waits any more", async () => {
  const o = await backlog(3);
  expect(fs.existsSync(noteOf(o))).toBe(true);
  for (const number of [1, 2]) await offer(o, number);
  expect((await offer(o, 3)).code).toBe(0);
  expect(fs.existsSync(noteOf(o))).toBe(false);
});
