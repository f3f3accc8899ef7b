import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { Check } from "../../agent/commands/doctor";
import type { Manifest } from "../../model/manifest";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  endAll,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  must,
  mustPhase,
  nodeSpec,
  phase,
  protectedCluster,
  quickPolicy,
  recoveryOf,
  runProgram,
  scratch,
} from "./support";

const installed = spawnSync("age", ["--version"]).status === 0;
if (!installed) console.warn("skipped: the program age is not on PATH (Debian: apt-get install age)");

const folder = scratch("encryption");
const row = "a-row-that-nobody-may-read";

interface Pair {
  file: string;
  identity: string;
  recipient: string;
}

function pair(name: string): Pair {
  const file = path.join(folder, name);
  execFileSync("age-keygen", ["--output", file], { stdio: "ignore" });
  const identity = /^AGE-SECRET-KEY-.*$/m.exec(fs.readFileSync(file, "utf8"))?.[0] ?? "";
  return { file, identity, recipient: execFileSync("age-keygen", ["-y", file]).toString().trim() };
}

const hosts: Host[] = [];
let ours: Pair;
let foreign: Pair;
let stored: FolderArchive;
let expected: string[];
let away: string;
let problems: { before: string[]; after: string[] };
let checks: { before: Check | undefined; after: Check | undefined };
let asked: string;
let pushes: (number | null)[];
let count = 0;

describe.skipIf(!installed)("a cluster whose backups are encrypted", () => {
  beforeAll(async () => {
    ours = pair("ours");
    foreign = pair("foreign");
    const policy = { ...quickPolicy, encryption: { recipients: [ours.recipient] } };
    const source = await protectedCluster(path.join(folder, "source"), { policy });
    try {
      const [host] = source.hosts as [Host];
      await createTable(source.cluster.nodes[0]!);
      const writer = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
      await writer.finished();
      await must([...at(host), "full"]);
      await must([...at(host), "offsite"]);
      await query(host, `INSERT INTO ${tableOf()} (k, v) VALUES (900001, '${row}')\n`);
      await must([...at(host), "snapshot"]);
      await query(host, `INSERT INTO ${tableOf()} (k, v) VALUES (900002, '${row}-2')\n`);
      const last = Date.now();
      const wal = path.join(source.archive.location, "prod/wal");
      await until("the log has arrived", () =>
        filesBelow(wal).some((name) => fs.statSync(path.join(wal, name)).mtimeMs > last + 50) ? true : undefined,
      );
      expected = await readValues(source.cluster.nodes[0]!);
      pushes = await pushAgain(host, source.archive);
      const before = await judge(host);
      await must([...at(host), "verify", "--depth", "restore", "--identity-file", ours.file]);
      asked = (
        await must<{ answer: string }>([
          ...at(host),
          ...["query", "--at", "latest", "--identity-file", ours.file, `SELECT COUNT(*) FROM ${tableOf()}`],
        ])
      ).answer;
      const after = await judge(host);
      problems = { before: before.problems, after: after.problems };
      checks = { before: before.check, after: after.check };
      const closed = await agent([...at(host), "--json", "verify", "--depth", "restore"]);
      expect([closed.code, complaint(closed)]).toEqual([3, expect.stringContaining(ours.recipient)]);
    } finally {
      await source.cluster.close();
    }
    stored = source.archive;
    away = stored.offsite!.location;
  }, 120_000);

  afterEach(async () => {
    for (const host of hosts.splice(0)) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
  });

  afterAll(async () => {
    await endAll();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it("stores data and log that nobody reads, and names who can", () => {
    for (const place of [stored.location, away]) {
      expect(spawnSync("grep", ["-r", "-l", "-a", row, place]).stdout.toString()).toBe("");
      const data = filesBelow(place).filter((name) => /\/data\/.*\/data\.tar[^/]*(?<!\.meta)$|\.wal$/.test(name));
      expect(data.length).toBeGreaterThan(0);
      for (const name of data) {
        expect(fs.readFileSync(path.join(place, name)).subarray(0, 21).toString("latin1")).toBe(
          "age-encryption.org/v1",
        );
      }
      const manifests = filesBelow(place).filter((name) => /\/manifest\/.*\.json$/.test(name));
      for (const name of manifests) {
        const manifest = JSON.parse(fs.readFileSync(path.join(place, name), "utf8")) as Manifest;
        expect(manifest.encryption).toEqual({ recipients: [ours.recipient] });
        expect(manifest.parts.map((part) => part.name)).toEqual(["data.tar.zst.age"]);
      }
    }
  });

  it("takes the same segment again, and a changed one into another stream only", () => {
    expect(pushes).toEqual([0, 0, 0]);
  });

  it("has a status and a doctor that fail until a backup was really decrypted, and answers a look back", () => {
    expect(problems.before.join("\n")).toContain(`no backup for ${ours.recipient} was ever decrypted`);
    expect(problems.after.join("\n")).not.toContain("was ever decrypted");
    expect(checks.before).toMatchObject({ good: false });
    expect(checks.after).toMatchObject({ good: true });
    expect(asked).toMatch(/30[12]/);
  });

  it("is refused by the plan without an identity, and with another, before anything is touched", async () => {
    const { host, archive } = await fresh();
    for (const [identity, message] of [
      [undefined, "no identity was given"],
      [foreign.identity, `opens what is encrypted to ${foreign.recipient}`],
    ] as const) {
      const plan = { archive, restorePoint: "end-of-log", recoveryId: "r1", nodes: [host.node.id], identity };
      const refused = await agent(["--json", "plan"], { spec: plan });
      expect([refused.code, complaint(refused)]).toEqual([3, expect.stringContaining(message)]);
      expect(complaint(refused)).toContain(ours.recipient);
      expect(refused.stderr + refused.stdout).not.toContain(foreign.identity);
    }
    const spec = (await recoveryOf([host], { restorePoint: "end-of-log", identity: ours.identity }))(host);
    const { identity, ...plan } = spec.plan;
    expect(identity).toBe(ours.identity);
    expect((await phase("first", host, { ...spec, plan })).code).toBe(3);
    expect(fs.existsSync(path.join(host.node.dataDirectory, "raft"))).toBe(false);
  });

  it("comes back with it, the log too, and the identity stays nowhere", async () => {
    const { host, directory } = await fresh();
    const spec = (await recoveryOf([host], { restorePoint: "end-of-log", identity: ours.identity }))(host);
    await mustPhase("first", host, spec);
    expect(await readValues(adminOf(host))).toEqual(expected);
    expect(spawnSync("grep", ["-r", "-l", "-a", ours.identity, directory]).stdout.toString()).toBe("");
  }, 60_000);

  it("finds one flipped byte of an encrypted backup, and puts nothing in place", async () => {
    const { host, archive } = await fresh();
    const place = archive.offsite!.location;
    const [data] = filesBelow(place).filter((name) => name.endsWith("data.tar.zst.age"));
    const file = path.join(place, data!);
    const content = fs.readFileSync(file);
    content.writeUInt8(content.readUInt8(content.length - 40) ^ 1, content.length - 40);
    fs.writeFileSync(file, content);
    const spec = (await recoveryOf([host], { identity: ours.identity }))(host);
    const damaged = await phase("first", host, spec);
    expect([damaged.code, complaint(damaged)]).toEqual([5, expect.stringMatching(/decrypted|unpacked/)]);
    expect(fs.existsSync(path.join(host.node.dataDirectory, "raft"))).toBe(false);
  });
});

const tableOf = (): string => "t";

async function query(host: AnyHost, input: string): Promise<void> {
  const program = path.join(host.node.programDirectory ?? "", "neumann-admin");
  const ran = await runProgram(program, ["query", "-"], {
    input,
    environment: { NEUMANN_CONFIG: host.node.configFile },
  });
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("OK")]);
}

async function judge(host: Host): Promise<{ problems: string[]; check: Check | undefined }> {
  const { stdout } = await agent([...at(host), "--json", "status"]);
  const doctor = await agent([...at(host), "--json", "doctor"]);
  const { checks: found } = JSON.parse(doctor.stdout) as { checks: Check[] };
  const { problems: all } = JSON.parse(stdout) as { problems: string[] };
  return { problems: all, check: found.find(({ name }) => name === "decryption") };
}

/** The newest archived segment: again, again after a note that was lost, and with another content. */
async function pushAgain(host: Host, archive: FolderArchive): Promise<(number | null)[]> {
  const stream = path.join(host.node.dataDirectory, "raft/wal/.neumann-backup-stream");
  const number = 0xfff0;
  const name = (more: number): string => `${(number + more).toString(16).padStart(16, "0")}.wal`;
  const file = path.join(folder, name(0));
  fs.writeFileSync(file, `segment ${row}`);
  const push = async (): Promise<number | null> => (await agent([...at(host), "wal-push", file, name(0)])).code;
  const copies = (): string[] => filesBelow(path.join(archive.location, "prod/wal")).filter((f) => f.endsWith(name(0)));
  const codes = [await push()];
  const note = fs.readFileSync(stream, "utf8");
  codes.push(await push());
  expect(copies()).toHaveLength(1);
  const first = path.join(archive.location, "prod/wal", copies()[0]!);
  const before = fs.readFileSync(first);
  fs.writeFileSync(file, `SEGMENT ${row}`);
  codes.push(await push());
  expect(copies()).toHaveLength(2);
  expect(fs.readFileSync(first).equals(before)).toBe(true);
  // The test's own segments are no part of the log.
  for (const copy of copies()) fs.rmSync(path.join(archive.location, "prod/wal", copy));
  fs.writeFileSync(stream, note);
  return codes;
}

async function fresh(): Promise<{ host: Host; archive: FolderArchive; directory: string }> {
  const directory = path.join(folder, `case-${count++}`);
  fs.mkdirSync(directory);
  const [location, offsite] = [path.join(directory, "archive"), path.join(directory, "offsite")];
  fs.cpSync(stored.location, location, { recursive: true, preserveTimestamps: true });
  fs.cpSync(away, offsite, { recursive: true, preserveTimestamps: true });
  const archive: FolderArchive = { ...stored, location, offsite: { kind: "directory", location: offsite } };
  const host = await freshHost(directory, "node1", { archive });
  hosts.push(host);
  return { host, archive, directory };
}
