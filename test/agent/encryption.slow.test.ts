import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { Store } from "../../lab/store/store";
import type { Check } from "../../agent/commands/doctor";
import type { Manifest } from "../../model/manifest";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { ageInstalled, agePair, type AgePair } from "./agePair";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  contentsOf,
  endAll,
  endSchedule,
  filesBelow,
  freshHost,
  installSpec,
  lostFrom,
  makeArchive,
  must,
  mustPhase,
  nodeSpec,
  phase,
  quickPolicy,
  recoveryOf,
  runProgram,
  scratch,
} from "./support";

const folder = scratch("encryption");
const row = "arowthatnobodymayread";

const pair = (name: string): AgePair => agePair(path.join(folder, name));

/** An archive of some kind, and the folders in which its two places keep their objects. */
interface Kept {
  archive: ArchiveSpec;
  near: string;
  away: string;
}

const stores: Store[] = [];

async function inFolders(directory: string): Promise<Kept> {
  const archive = await makeArchive(directory);
  return { archive, near: archive.location, away: archive.offsite!.location };
}

async function inBuckets(): Promise<Kept> {
  const store = await Store.start((line) => process.stderr.write(`${line}\n`));
  stores.push(store);
  const { region, endpoint, root: credentials } = store;
  const place = (bucket: string): S3Location => ({ kind: "s3", bucket, region, endpoint, credentials });
  for (const [bucket, role] of [
    ["archive", "primary"],
    ["offsite", "offsite"],
  ] as const) {
    await store.createBucket(bucket);
    await must(["archive-create"], { spec: { archive: place(bucket), clusterId: "prod", role } });
  }
  const at = (bucket: string): string => path.join(store.folder, "data", bucket);
  const archive = { ...place("archive"), clusterId: "prod", offsite: place("offsite") };
  return { archive, near: at("archive"), away: at("offsite") };
}

const hosts: AnyHost[] = [];
const magic = "age-encryption.org/v1";
const beginning = (file: string): string => fs.readFileSync(file).subarray(0, magic.length).toString("latin1");

/** Encrypted are all data, all segments and all tails of logs; of a folder's archive, `.meta` lies beside them. */
const isClosed = (name: string): boolean =>
  /\/data\/.*\/data\.tar\.zst[^/]*$|\.wal(\.partial)?$/.test(name) && !name.endsWith(".meta");

afterAll(async () => {
  for (const host of hosts) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
  await endAll();
  for (const store of stores) await store.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(!ageInstalled).each([
  ["folders", inFolders],
  ["buckets", inBuckets],
] as const)("a cluster whose backups are encrypted, in %s", (kind, keep) => {
  const directory = path.join(folder, kind);
  let kept: Kept;
  let source: AnyHost;
  let ours: AgePair;
  let foreign: AgePair;
  let lineage: string;
  /** Id of the full backup. */
  let full: string;
  /** Before the last row was written. */
  let target: Date;
  let expected: { whole: string[]; before: string[] };
  let pushes: (number | null)[];
  /** Before its byte was flipped. */
  let whole: Buffer | undefined;

  beforeAll(async () => {
    fs.mkdirSync(directory);
    [ours, foreign] = [pair(`${kind}-ours`), pair(`${kind}-foreign`)];
    kept = await keep(directory);
    source = await running(path.join(directory, "source"), kept.archive, ours.recipient);
    for (const table of ["t", "idle"]) await createTable(adminOf(source), table);
    const writer = new Writer({ nodes: () => [adminOf(source)], rows: 300 }).start();
    await writer.finished();
    const made = await must<{ lineage: string; backupId: string }>([...at(source), "full"]);
    ({ lineage, backupId: full } = made);
    await must([...at(source), "offsite"]);
    await insert(source, 900_001);
    await must([...at(source), "snapshot"]);
    await insert(source, 900_002);
    const before = await readValues(adminOf(source));
    target = await logArrived();
    await insert(source, 900_003);
    expected = { before, whole: await readValues(adminOf(source)) };
    await logArrived();
    pushes = await pushAgain(source);
  }, 300_000);

  /** All that was written until the moment that it gives is archived. */
  async function logArrived(): Promise<Date> {
    const moment = new Date();
    const wal = path.join(kept.near, "prod/wal");
    // One that was stored at once may have been finished before.
    const late = (name: string): boolean => fs.statSync(path.join(wal, name)).mtimeMs > moment.getTime() + 1500;
    await until("the log has arrived", async () => {
      if (filesBelow(wal).some(late)) return true;
      // An idle node finishes no segment.
      await insert(source, Date.now() - moment.getTime(), "idle");
      return undefined;
    });
    return moment;
  }

  /** A segment of the test's own: again, again with another content, and with the first one again. */
  async function pushAgain(host: AnyHost): Promise<(number | null)[]> {
    const stream = path.join(host.node.dataDirectory, "raft/wal/.neumann-backup-stream");
    const note = fs.readFileSync(stream, "utf8");
    const name = `${(0xfff0).toString(16).padStart(16, "0")}.wal`;
    const file = path.join(directory, name);
    const wal = path.join(kept.near, "prod/wal");
    const copies = (): string[] => filesBelow(wal).filter((found) => found.endsWith(name));
    const push = async (content: string): Promise<number | null> => {
      fs.writeFileSync(file, content);
      return (await agent([...at(host), "wal-push", file, name])).code;
    };
    // A segment of the node's own that came in between would be in the way.
    await until("the node is idle", async () => {
      const known = filesBelow(wal).length;
      await sleep(3000);
      return filesBelow(wal).length === known || undefined;
    });
    const codes = [await push(`segment ${row}`)];
    const [first] = copies().map((copy) => fs.readFileSync(path.join(wal, copy)));
    codes.push(await push(`segment ${row}`));
    expect(copies()).toHaveLength(1);
    codes.push(await push(`SEGMENT ${row}`));
    expect(copies()).toHaveLength(2);
    expect(copies().some((copy) => fs.readFileSync(path.join(wal, copy)).equals(first!))).toBe(true);
    // They are no part of the log.
    for (const copy of copies()) fs.rmSync(path.join(wal, copy));
    fs.writeFileSync(stream, note);
    return codes;
  }

  async function fresh(id: string): Promise<AnyHost> {
    const host = await freshHost(path.join(directory, id), "node1", { archive: kept.archive });
    hosts.push(host);
    return host;
  }

  const closedFiles = (place: string): string[] =>
    filesBelow(place)
      .filter(isClosed)
      .map((name) => path.join(place, name));

  it("stores data and log that nobody reads, and names who can", () => {
    for (const place of [kept.near, kept.away]) {
      expect(spawnSync("grep", ["-r", "-l", "-a", row, place]).stdout.toString()).toBe("");
      expect(closedFiles(place).length).toBeGreaterThan(0);
      for (const file of closedFiles(place)) expect(beginning(file), file).toBe(magic);
      const manifests = filesBelow(place).filter((name) => /\/manifest\/.*\.json$/.test(name));
      expect(manifests.length).toBeGreaterThan(0);
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

  it("has a status and a doctor that fail until a backup was really decrypted, and answers a look back", async () => {
    const before = await judge(source);
    expect(before.problems.join("\n")).toContain(`no backup for ${ours.recipient} was ever decrypted`);
    expect(before.check).toMatchObject({ good: false });
    const closed = await agent([...at(source), "--json", "verify", "--depth", "restore"]);
    expect([closed.code, complaint(closed)]).toEqual([3, expect.stringContaining(ours.recipient)]);
    // One that is named is enough: after a change of recipients the newest of another tier may still be an older one's.
    await must([...at(source), "verify", full, "--depth", "restore", "--identity-file", ours.file]);
    const after = await judge(source);
    expect(after.problems.join("\n")).not.toContain("was ever decrypted");
    expect(after.check).toMatchObject({ good: true });
    const point = `time:${target.toISOString()}`;
    const statement = "SELECT COUNT(*) FROM t";
    const look = ["query", "--at", point, "--identity-file", ours.file, statement];
    const { answer } = await must<{ answer: string }>([...at(source), ...look]);
    expect(answer).toContain(String(expected.before.length));
  }, 60_000);

  it("is refused by the plan without an identity, and with another, before anything is touched", async () => {
    const host = await fresh("refused");
    for (const [identity, message] of [
      [undefined, "no identity was given"],
      [foreign.identity, `opens what is encrypted to ${foreign.recipient}`],
    ] as const) {
      const nodes = [host.node.id];
      const spec = { archive: kept.archive, restorePoint: "end-of-log", recoveryId: "refused", nodes, identity };
      const refused = await agent(["--json", "plan"], { spec });
      expect([refused.code, complaint(refused)]).toEqual([3, expect.stringContaining(message)]);
      expect(complaint(refused)).toContain(ours.recipient);
      expect(refused.stderr + refused.stdout).not.toContain(foreign.identity);
    }
    const point = { restorePoint: "end-of-log", recoveryId: "refused", identity: ours.identity };
    const spec = (await recoveryOf([host], point))(host);
    const { identity, ...plan } = spec.plan;
    expect(identity).toBe(ours.identity);
    expect((await phase("first", host, { ...spec, plan })).code).toBe(3);
    expect(fs.existsSync(path.join(host.node.dataDirectory, "raft"))).toBe(false);
  });

  it("comes back with it, the log too, and the identity stays nowhere", async () => {
    const host = await fresh("back");
    const point = { restorePoint: "end-of-log", recoveryId: "back", identity: ours.identity };
    await mustPhase("first", host, (await recoveryOf([host], point))(host));
    expect(await readValues(adminOf(host))).toEqual(expected.whole);
    for (const place of [directory, kept.near, kept.away]) {
      expect(spawnSync("grep", ["-r", "-l", "-a", ours.identity, place]).stdout.toString()).toBe("");
    }
  }, 60_000);

  it("finds one flipped byte of an encrypted backup, and puts nothing in place", async () => {
    const host = await fresh("flipped");
    const [file] = closedFiles(kept.away).filter((name) => name.endsWith("data.tar.zst.age"));
    whole ??= fs.readFileSync(file!);
    const content = Buffer.from(whole);
    content.writeUInt8(content.readUInt8(content.length - 40) ^ 1, content.length - 40);
    fs.writeFileSync(file!, content);
    const spec = (await recoveryOf([host], { recoveryId: "flipped", identity: ours.identity }))(host);
    const damaged = await phase("first", host, spec);
    expect([damaged.code, complaint(damaged)]).toEqual([5, expect.stringMatching(/decrypted|unpacked/)]);
    expect(fs.existsSync(path.join(host.node.dataDirectory, "raft"))).toBe(false);
  });

  it("goes back in place to a time, saves the tail of its log encrypted, and loses nothing that was stored", async () => {
    await insert(source, 900_004);
    const archived = contentsOf(kept.near);
    const { identity } = ours;
    const restorePoint = `time:${target.toISOString()}`;
    const inPlace = { replaces: lineage, fenced: [] };
    const spec = (await recoveryOf([source], { restorePoint, recoveryId: "place", inPlace, identity }))(source);
    const { identity: secret, ...plan } = spec.plan;
    expect(secret).toBe(identity);
    const broken = path.join(directory, "without-age");
    fs.mkdirSync(broken);
    fs.writeFileSync(path.join(broken, "age"), "#!/bin/sh\nexit 127\n", { mode: 0o755 });
    const environment = { PATH: `${broken}:${process.env.PATH}` };
    const early = await phase("gate", source, { ...spec, plan }, { environment });
    expect([early.code, complaint(early)]).toEqual([3, expect.stringContaining("node1 has to decrypt, and cannot")]);
    await insert(source, 900_005);
    for (const name of ["gate", "first", "release", "base", "accept"]) {
      await mustPhase(name, source, name === "first" ? spec : { ...spec, plan });
    }
    expect(await readValues(adminOf(source))).toEqual(expected.before);
    expect(lostFrom(archived, kept.near)).toEqual([]);
    const files = closedFiles(kept.near);
    expect(files.some((file) => file.endsWith(".wal.partial"))).toBe(true);
    for (const file of files) expect(beginning(file), file).toBe(magic);
    expect(spawnSync("grep", ["-r", "-l", "-a", row, kept.near]).stdout.toString()).toBe("");
  }, 60_000);
});

describe.skipIf(!ageInstalled)("a cluster whose recipients were changed", () => {
  it("is verified with the identities of both, and has a doctor that asks for the newest one's", async () => {
    const directory = path.join(folder, "changed");
    fs.mkdirSync(directory);
    const [older, newer] = [pair("older"), pair("newer")];
    const { archive } = await inFolders(directory);
    const source = await running(path.join(directory, "source"), archive, older.recipient);
    await createTable(adminOf(source));
    // The older one is the last in the order of tiers.
    await must([...at(source), "full"]);
    source.policy = { ...quickPolicy, encryption: { recipients: [newer.recipient] } };
    await must(["install"], { spec: installSpec(source, { generation: "2" }) });
    await endSchedule(source);
    await insert(source, 900_001);
    await must([...at(source), "snapshot"]);

    const restored = [...at(source), "--json", "verify", "--depth", "restore"];
    const refused = await agent([...restored, "--identity-file", newer.file]);
    expect([refused.code, complaint(refused)]).toEqual([3, expect.stringContaining(`encrypted to ${older.recipient}`)]);
    expect(complaint(refused)).toContain("repeat --identity-file, with the older one too, or name one backup");
    expect((await judge(source)).check).toMatchObject({ good: false });
    const both = [older.file, newer.file].flatMap((file) => ["--identity-file", file]);
    const { verdicts } = await must<{ verdicts: object[] }>([...at(source), "verify", "--depth", "restore", ...both]);
    expect(verdicts).toMatchObject([
      { tier: "snapshots", good: true },
      { tier: "full", good: true },
    ]);
    expect((await judge(source)).check).toMatchObject({ good: true });
    const look = ["query", "--at", "end-of-log", ...both, "SELECT COUNT(*) FROM t"];
    expect((await must<{ answer: string }>([...at(source), ...look])).answer).toContain("1");
  }, 120_000);
});

/** One node that the agent itself starts and stops: it can be restored in place. */
async function running(directory: string, archive: ArchiveSpec, recipient: string): Promise<AnyHost> {
  const host: AnyHost = await freshHost(directory, "node1", { archive, install: false });
  hosts.push(host);
  host.policy = { ...quickPolicy, encryption: { recipients: [recipient] } };
  await must(["node-create"], { spec: nodeSpec(host, { bootstrap: true }) });
  await must(["install"], { spec: installSpec(host) });
  await endSchedule(host);
  await must(["node-create"], { spec: nodeSpec(host, { bootstrap: true, start: true }) });
  return host;
}

async function insert(host: AnyHost, k: number, table = "t"): Promise<void> {
  const program = path.join(host.node.programDirectory ?? "", "neumann-admin");
  const ran = await runProgram(program, ["query", "-"], {
    input: `INSERT INTO ${table} (k, v) VALUES (${k}, 'row-${k}-${row}.')\n`,
    environment: { NEUMANN_CONFIG: host.node.configFile },
  });
  expect([ran.code, ran.stdout]).toEqual([0, expect.stringContaining("OK")]);
}

async function judge(host: AnyHost): Promise<{ problems: string[]; check: Check | undefined }> {
  const { stdout } = await agent([...at(host), "--json", "status"]);
  const doctor = await agent([...at(host), "--json", "doctor"]);
  const { checks: found } = JSON.parse(doctor.stdout) as { checks: Check[] };
  const { problems: all } = JSON.parse(stdout) as { problems: string[] };
  return { problems: all, check: found.find(({ name }) => name === "decryption") };
}
