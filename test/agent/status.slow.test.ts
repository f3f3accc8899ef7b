import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";
import type { AgentConfig } from "../../model/agentConfig";
import type { Status } from "../../model/status";
import {
  admin,
  agent,
  type AnyHost,
  at,
  bundle,
  endAll,
  endSchedule,
  filesBelow,
  type Host,
  installSpec,
  must,
  type Protected,
  protectedCluster,
  runProgram,
  scratch,
} from "./support";

/** A real node with its archives, and what `status` says of it while things go wrong and are mended again. */
const folder = scratch("status");
let cluster: Protected;
let host: Host;

beforeAll(async () => {
  cluster = await protectedCluster(path.join(folder, "cluster"));
  host = cluster.hosts[0]!;
  expect((await admin(host, ["query", "CREATE TABLE t (k INT, v TEXT)"])).code).toBe(0);
});

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

async function look(): Promise<Status & { code: number | null }> {
  const ran = await agent([...at(host), "--json", "status"]);
  return { ...(JSON.parse(ran.stdout) as Status), code: ran.code };
}

let key = 0;
async function write(): Promise<void> {
  const ran = await admin(host, ["query", `INSERT INTO t (k, v) VALUES (${key++}, 'x')`]);
  expect(ran.code, ran.stderr).toBe(0);
}

/** All that is archived and kept; the segments that are finished by time among it. */
async function settled(): Promise<Status & { code: number | null }> {
  return until("all of the log is archived", async () => {
    const status = await look();
    return status.log?.waitingSegments === 0 ? status : undefined;
  });
}

/** Makes a file so many seconds older, and gives it its time back at the end. */
async function older(file: string, seconds: number, work: () => Promise<void>): Promise<void> {
  const { atime, mtime } = fs.statSync(file);
  fs.utimesSync(file, atime, new Date(mtime.getTime() - seconds * 1000));
  try {
    await work();
  } finally {
    if (fs.existsSync(file)) fs.utimesSync(file, atime, mtime);
  }
}

const inArchive = (name: string): string => path.join(cluster.archive.location, "prod", name);
const only = (name: string): string => path.join(inArchive(name), filesBelow(inArchive(name))[0]!);

describe("status of a running cluster", () => {
  it("is bad before the first backups and good after them", async () => {
    await write();
    const before = await look();
    expect(before.code).toBe(4);
    expect(before.problems).toEqual(
      expect.arrayContaining(["snapshots", "full", "offsite"].map((tier) => `${tier}: there is no good backup`)),
    );
    for (const command of ["snapshot", "full", "offsite"]) await must([...at(host), command]);
    // The cluster rests between two backups: nothing is lost by that.
    await must([...at(host), "snapshot"]);
    const after = await settled();
    expect(after).toMatchObject({ code: 0, good: true, problems: [], role: "leader", lost: [], verifications: [] });
    expect(after.tiers.map(({ tier, state }) => [tier, state])).toEqual([
      ["snapshots", "kept"],
      ["full", "kept"],
      ["offsite", "kept"],
    ]);
    for (const { next } of after.tiers) expect(Date.parse(next?.nextAt ?? "")).toBeGreaterThan(Date.parse(after.at));
    expect(after.log).toMatchObject({ lagBytes: 0, lagSeconds: 0 });
    expect(after.log?.archivedAt).not.toBeNull();
    const people = await agent([...at(host), "status"]);
    expect(people).toMatchObject({ code: 0, stderr: "" });
    expect(people.stdout).toMatch(/every objective is kept\nTIER.*\nsnapshots .* ok .*\nfull .* ok .*\noffsite .* ok /);
  });

  it("writes metrics whole, for whoever reads them", async () => {
    const file = path.join(folder, "neumann-backup.prom");
    fs.writeFileSync(file, "of yesterday");
    const words = [process.execPath, bundle().program, ...at(host), "status", "--prometheus-file", file];
    const ran = await runProgram("/bin/sh", ["-c", 'umask 077; exec "$@"', "sh", ...words]);
    expect(ran.code, ran.stderr).toBe(0);
    expect(fs.statSync(file).mode & 0o777).toBe(0o644);
    const text = fs.readFileSync(file, "utf8");
    expect(text).toMatch(/^neumann_backup_objectives_kept\{cluster="prod",node="node1"\} 1$/m);
    expect(text).toMatch(/^neumann_backup_newest_good_timestamp_seconds\{cluster="prod",tier="full"\} \d{10}/m);
    expect(filesBelow(folder).filter((name) => name.includes("neumann-backup-tmp"))).toEqual([]);
    const printed = await agent([...at(host), "status", "--prometheus"]);
    expect(printed.stdout.split("\n").map((line) => line.split(" ")[0])).toEqual(
      text.split("\n").map((line) => line.split(" ")[0]),
    );
    const checked = spawnSync("promtool", ["check", "metrics"], { input: text, encoding: "utf8" });
    if (checked.error === undefined) expect(checked).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  it("names a tier that is late", async () => {
    await older(only("full/manifest"), 86_401, async () => {
      const { code, tiers, problems } = await look();
      expect(code).toBe(4);
      expect(tiers.map(({ state }) => state)).toEqual(["kept", "late", "kept"]);
      expect(problems).toEqual([expect.stringMatching(/^full: .* is 24 h.* old, the objective is 24 h$/)]);
    });
  });

  it("tells what the last verification found, by depth", async () => {
    await must([...at(host), "verify", "--depth", "manifest"]);
    const data = path.join(
      inArchive("full/data"),
      filesBelow(inArchive("full/data")).find((n) => n.endsWith(".zst"))!,
    );
    const good = fs.readFileSync(data);
    const bad = Buffer.from(good);
    bad[bad.length >> 1]! ^= 1;
    fs.chmodSync(data, 0o644);
    fs.writeFileSync(data, bad);
    expect((await agent([...at(host), "verify"])).code).toBe(5);
    const damaged = await look();
    expect(damaged.code).toBe(4);
    expect(damaged.verifications.map(({ depth, good, backups }) => [depth, good, backups])).toEqual([
      ["bytes", false, 4],
      ["manifest", true, 4],
    ]);
    expect(damaged.problems).toEqual([
      expect.stringMatching(/^verification \(bytes\) of .* found damage: .* \(primary\): data.tar.zst has SHA-256/),
    ]);
    fs.writeFileSync(data, good);
    // One backup alone says nothing of the others.
    await must([...at(host), "verify", damaged.verifications[0]!.faults[0]!.backupId]);
    expect((await look()).code).toBe(4);
    await must([...at(host), "verify"]);
    expect(await look()).toMatchObject({ code: 0, problems: [] });
  });

  it("counts what of the log waits while archiving is held", async () => {
    const hold = path.join(host.agentDirectory, "state", "archiving-held");
    fs.writeFileSync(hold, "");
    try {
      await write();
      const { log, code, problems } = await until("a finished segment waits", async () => {
        const status = await look();
        return status.log?.waitingSegments === 1 ? status : undefined;
      });
      expect(code).toBe(4);
      expect(problems).toEqual([expect.stringMatching(/^archiving is held since /)]);
      const wal = path.join(host.node.dataDirectory, "raft/wal");
      const names = fs
        .readdirSync(wal)
        .filter((name) => name.endsWith(".wal"))
        .sort();
      const waiting = names.find((name) => name > log!.lastArchived!);
      expect(log?.lagBytes).toBe(fs.statSync(path.join(wal, waiting!)).size);
      await older(path.join(wal, waiting!), 3600, async () => {
        const late = await look();
        expect(late.log?.lagSeconds).toBeGreaterThan(3600);
        expect(late.problems[1]).toMatch(
          /^log: not archived: 1 finished segment .*, the oldest for 60 min.* objective is 60 s$/,
        );
      });
    } finally {
      fs.rmSync(hold);
    }
    expect(await settled()).toMatchObject({ code: 0, heldSince: null, log: { lagBytes: 0 } });
  });

  it("shows a pause that is in force, and complains when nobody ends it", async () => {
    const lease = { format: "neumann-lease/1", leaseId: "node9-1", node: "node9", seconds: 50 };
    const record = inArchive("records/leases/node9-1.json");
    fs.writeFileSync(record, JSON.stringify(lease));
    expect(await look()).toMatchObject({ code: 0, pauses: [{ leaseId: "node9-1", node: "node9", overdueSeconds: 0 }] });
    expect((await agent([...at(host), "status"])).stdout).toMatch(/^paused +by node9 until \d{4}-.*Z at the latest$/m);
    await older(record, 600, async () => {
      const late = await look();
      expect(late.code).toBe(4);
      expect(late.problems).toEqual([expect.stringMatching(/^writes may still be paused: the pause node9-1 of node9/)]);
      await must([...at(host), "resume-writes", "--expired"]);
      expect(await look()).toMatchObject({ code: 0, pauses: [] });
    });
  });

  it("says what it knows when an archive is away, or both are", async () => {
    const { location, offsite } = cluster.archive;
    fs.renameSync(location, `${location}-away`);
    try {
      const one = await look();
      expect(one.code).toBe(4);
      expect(one.problems).toEqual([
        expect.stringMatching(
          /^primary archive: .* is not the primary archive of cluster prod: .* Is the disk mounted\?/,
        ),
      ]);
      expect(one.tiers.map(({ state }) => state)).toEqual(["unknown", "unknown", "kept"]);
      expect(one.log?.stream).toMatch(/^node1-/);
      fs.renameSync(offsite!.location, `${offsite!.location}-away`);
      const none = await agent([...at(host), "status", "--prometheus"]);
      expect(none.code).toBe(4);
      for (const place of ["primary", "offsite"]) expect(none.stdout).toContain(`place="${place}"} 0\n`);
      expect(none.stdout).toMatch(/^neumann_backup_wal_lag_seconds\{.*\} 0$/m);
      expect(none.stdout).not.toContain("newest_good");
      expect((await look()).tiers.map(({ state }) => state)).toEqual(["unknown", "unknown", "unknown"]);
    } finally {
      for (const place of [location, offsite!.location]) {
        if (fs.existsSync(`${place}-away`)) fs.renameSync(`${place}-away`, place);
      }
    }
    expect((await look()).code).toBe(0);
  });

  it.skipIf(process.getuid?.() !== 0)("as root looks as the database's user, and writes the file as root", async () => {
    const nobody = 65_534;
    const open = path.join(folder, "open");
    const data = path.join(open, "data");
    const location = path.join(open, "archive");
    fs.chmodSync(folder, 0o755);
    fs.mkdirSync(path.join(data, "raft/wal"), { recursive: true });
    const archive = { kind: "directory" as const, location, clusterId: "prod" };
    await must(["archive-create"], { spec: { archive, clusterId: "prod", role: "primary" } });
    for (const name of ["", ...(fs.readdirSync(open, { recursive: true }) as string[])]) {
      fs.chownSync(path.join(open, name), nobody, nobody);
    }
    fs.mkdirSync(path.join(open, "agent"));
    const other: AnyHost = { ...host, node: { ...host.node, dataDirectory: data }, archive };
    const config = { ...installSpec(other).config, agentDirectory: path.join(open, "agent") };
    const configFile = path.join(open, "agent", "agent.json");
    fs.writeFileSync(configFile, JSON.stringify(config));
    // Nobody may write there but root; what is there for root alone is not seen.
    const textfiles = path.join(open, "textfiles");
    fs.mkdirSync(textfiles);
    const secret = path.join(location, "prod/records/verifications");
    fs.mkdirSync(secret, { recursive: true, mode: 0o700 });
    const file = path.join(textfiles, "n.prom");
    const ran = await agent(["--config", configFile, "--json", "status", "--prometheus-file", file]);
    expect(ran.code, ran.stderr).toBe(4);
    expect((JSON.parse(ran.stdout) as Status).archives).toEqual([
      { place: "primary", fault: expect.stringMatching(/EACCES/) as string },
    ]);
    expect(fs.statSync(file)).toMatchObject({ uid: 0, mode: 0o100_644 });
    expect(fs.readFileSync(file, "utf8")).toMatch(/^neumann_backup_archive_reachable\{.*\} 0$/m);
    fs.rmSync(secret, { recursive: true });
    expect((await agent(["--config", configFile, "--json", "status", "--prometheus-file", file])).code).toBe(4);
    expect(fs.readFileSync(file, "utf8")).toMatch(/^neumann_backup_archive_reachable\{.*\} 1$/m);
    // Without the file nothing stays root.
    expect((await agent(["--config", configFile, "status"])).stdout).toContain("no lineage of prod is recorded");
  });

  it("with a broken signing key still tells all the rest", async () => {
    const key = path.join(host.agentDirectory, "state", "signing-key.pem");
    const good = fs.readFileSync(key);
    const config = fs.readFileSync(host.configFile, "utf8");
    const { publicKey } = await must<{ publicKey: string }>(["install"], { spec: installSpec(host) });
    await endSchedule(host);
    const trusting = JSON.parse(config) as AgentConfig;
    trusting.policy.signing = { trustedKeys: [publicKey] };
    fs.writeFileSync(host.configFile, JSON.stringify(trusting));
    fs.writeFileSync(key, "no key");
    try {
      const { code, tiers, problems } = await look();
      expect(code).toBe(4);
      expect(problems).toEqual([expect.stringMatching(/^signing key: .* holds no Ed25519 key/)]);
      expect(tiers.map(({ state }) => state)).toEqual(["kept", "kept", "kept"]);
    } finally {
      fs.writeFileSync(key, good);
      fs.writeFileSync(host.configFile, config);
    }
  });

  it("prints rules for the agent's policy", async () => {
    const { stdout, code } = await agent([...at(host), "alert-rules", "--nodes", "node1,node2"]);
    expect(code).toBe(0);
    expect(stdout).toContain('expr: "neumann_backup_wal_lag_seconds{cluster=\\"prod\\"} > 60"');
    expect(stdout).toContain('node=\\"node2\\"');
  });
});
