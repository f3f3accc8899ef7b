import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { full } from "../../agent/commands/full";
import { install, rollout, uninstall } from "../../agent/commands/install";
import { nodeCreate, nodeDelete } from "../../agent/commands/node";
import { offsite } from "../../agent/commands/offsite";
import { query } from "../../agent/commands/query";
import { snapshot } from "../../agent/commands/snapshot";
import { verify } from "../../agent/commands/verify";
import { walPush } from "../../agent/commands/walPush";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreJoin } from "../../agent/restore/join";
import { restoreStatus } from "../../agent/restore/status";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import {
  adminOf,
  agent,
  type AgentOptions,
  at,
  bundle,
  complaint,
  contentsOf,
  countingPrograms,
  endAll,
  type FolderArchive,
  filesBelow,
  freshHost,
  type Host,
  initialisations,
  inParallel,
  installSpec,
  lostFrom,
  must,
  mustPhase,
  nodeSpec,
  noStraysOf,
  phase,
  type Protected,
  protectedCluster,
  recoveryOf,
  scratch,
} from "./support";
import { type Attempt, killAt, moments, type Steps, survived, tried, untilDone } from "./killing";

/**
 * Every command is killed (SIGKILL to its process group) before, in and after every step, the steps taken from the code.
 * The three kills of a step follow each other: each run after a kill begins where the dead one left things and must
 * reach the same step, and the last one runs to its end. After each kill and each end the invariants are checked.
 */

const folder = scratch("kill");
const open: Protected[] = [];
let stored: { archive: FolderArchive; writer: Writer; target: string };

let made = 0;

/** A folder that no test has used, also when it is tried again. */
function fresh(name: string): string {
  made += 1;
  return path.join(folder, `${name}-${made}`);
}

async function source(name: string, options: Parameters<typeof protectedCluster>[1] = {}): Promise<Protected> {
  const found = await protectedCluster(fresh(name), options);
  open.push(found);
  await createTable(found.cluster.nodes[0]!);
  return found;
}

function writeTo({ cluster }: Protected): Writer {
  return new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 150 }).start();
}

beforeAll(async () => {
  bundle();
  // One small off-site archive from which all recoveries start.
  const cluster = await source("stored");
  const writer = new Writer({ nodes: () => cluster.cluster.nodes, rows: 2000 }).start();
  await writer.finished();
  const { hosts, archive } = cluster;
  await must([...at(hosts[0]!), "full"]);
  await must([...at(hosts[0]!), "offsite"]);
  // A time to which all of these rows, and none of the later ones, are replayed.
  const target = new Date().toISOString();
  await createTable(cluster.cluster.nodes[0]!, "later");
  const wal = path.join(archive.location, "prod", "wal");
  const storedAt = (name: string) => fs.statSync(path.join(wal, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const newest = () => Math.max(...filesBelow(wal).map(storedAt));
  await until("the log has arrived", () => newest() > Date.parse(target) || undefined);
  await cluster.cluster.close();
  stored = { archive, writer, target };
});

afterAll(async () => {
  for (const { cluster } of open) await cluster.close();
  await endAll();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Backups whose manifest is listed, and that all of their bytes are what it says (I7). */
async function listedAreGood(host: Host): Promise<string[]> {
  const { verdicts } = await must<{ verdicts: { backupId: string; good: boolean; problem: string | null }[] }>([
    ...at(host),
    "verify",
    "--depth",
    "bytes",
  ]);
  expect(verdicts.filter((verdict) => !verdict.good)).toEqual([]);
  return verdicts.map((verdict) => verdict.backupId);
}

function backupAttempt(cluster: Protected, procedure: Steps, writer: Writer): Attempt {
  const host = cluster.hosts[0]!;
  const lease = 5;
  return {
    procedure,
    run: (options) => agent([...at(host), "--json", procedure.name], options),
    async afterKill(point) {
      // I10: writes are taken again within the lease, whatever died.
      await writer.reached(writer.acknowledged + 20, (lease + 10) * 1000).catch((error: unknown) => {
        throw new Error(`${point}: ${String(error)}`);
      });
    },
  };
}

async function killBackup(cluster: Protected, procedure: Steps, steps = procedure.steps): Promise<void> {
  const host = cluster.hosts[0]!;
  const writer = writeTo(cluster);
  const attempt = backupAttempt(cluster, procedure, writer);
  const { archive } = cluster;
  try {
    let good: string[] = [];
    for (const { name } of steps) {
      const before = { primary: contentsOf(archive.location), offsite: contentsOf(archive.offsite!.location) };
      await killAt(name, attempt);
      await untilDone(() => attempt.run({}));
      // I2: nothing that was stored is gone or changed.
      expect(lostFrom(before.primary, archive.location), name).toEqual([]);
      expect(lostFrom(before.offsite, archive.offsite!.location), name).toEqual([]);
      // I7: what is listed now is whole; the run that ended well is among it.
      const now = await listedAreGood(host);
      expect(now).toEqual(expect.arrayContaining(good));
      expect(now.length).toBeGreaterThan(good.length);
      good = now;
      // Copies of dead runs are gone. Watchdogs end by themselves.
      expect(filesBelow(path.join(host.node.dataDirectory, ".neumann-backup-work")), name).toEqual([]);
      expect(filesBelow(path.join(host.agentDirectory, "state", "leases")), name).toEqual([]);
    }
    await writer.stop();
    await noStraysOf(host);
    // Nothing that was acknowledged is lost by any of it.
    const { lost, wrong, double } = writer.compare(await readValues(cluster.cluster.nodes[0]!));
    expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
  } finally {
    await writer.stop();
  }
}

describe.concurrent("a command that is killed anywhere is run again", { timeout: 900_000 }, () => {
  const half = Math.ceil(full.steps.length / 2);

  it("full, the first half of its steps", async () => {
    await killBackup(await source("full-1"), full, full.steps.slice(0, half));
  });

  it("full, the second half of its steps", async () => {
    await killBackup(await source("full-2"), full, full.steps.slice(half));
  });

  it("snapshot, then offsite", async () => {
    const cluster = await source("hot");
    await killBackup(cluster, snapshot);
    const [host] = cluster.hosts as [Host];
    await untilDone(() => agent([...at(host), "--json", "full"]));
    for (const { name } of offsite.steps) {
      // Each time into an off-site archive that does not hold this backup yet.
      const location = fresh(`offsite-${name}`);
      const away = { kind: "directory" as const, location };
      await must(["archive-create"], { spec: { archive: away, clusterId: "prod", role: "offsite" } });
      const sender = { ...host, archive: { ...host.archive, offsite: away }, configFile: `${location}.json` };
      fs.writeFileSync(sender.configFile, JSON.stringify(installSpec(sender).config));
      const before = contentsOf(cluster.archive.location);
      const run = (options: AgentOptions) => agent([...at(sender), "--json", "offsite"], options);
      await killAt(name, { procedure: offsite, run });
      await untilDone(() => run({}));
      expect(lostFrom(before, cluster.archive.location), name).toEqual([]);
      await listedAreGood(sender);
    }
    const run = (options: AgentOptions) => agent([...at(host), "--json", "verify"], options);
    for (const { name } of verify.steps) await killAt(name, { procedure: verify, run });
    await cluster.cluster.close();
  });

  it("wal-push", async () => {
    const cluster = await source("wal", { archiving: false });
    const host = cluster.hosts[0]!;
    const offered = fresh("offered");
    fs.mkdirSync(offered);
    let number = 0;
    for (const { name } of walPush.steps) {
      for (const again of [false, true]) {
        const segment = `${(number++).toString(16).padStart(16, "0")}.wal`;
        const file = path.join(offered, segment);
        fs.writeFileSync(file, Buffer.alloc(50_000, `${name}${segment}`));
        const before = contentsOf(cluster.archive.location);
        // As `archive_command` runs it, and by hand.
        const run = (options: AgentOptions) =>
          again
            ? agent([...at(host), "--json", "wal-push", file, segment], options)
            : agent([host.configFile, file, segment], { ...options, program: bundle().walPush });
        if (again) expect((await run({})).code).toBe(0); // The same segment is offered again after a success.
        await killAt(name, { procedure: walPush, run });
        expect((await untilDone(() => run({}))).code).toBe(0);
        // I1: what was acknowledged is stored, whole, exactly once.
        const wal = path.join(cluster.archive.location, "prod", "wal");
        const copies = filesBelow(wal).filter((stored) => stored.endsWith(segment));
        expect(copies, `${name} ${segment}`).toHaveLength(1);
        expect(fs.readFileSync(path.join(wal, copies[0]!)).equals(fs.readFileSync(file))).toBe(true);
        expect(lostFrom(before, cluster.archive.location)).toEqual([]);
      }
    }
    const streams = filesBelow(path.join(cluster.archive.location, "prod", "records", "streams"));
    // Deaths while a stream begins may leave records of streams that hold nothing.
    const used = new Set(filesBelow(path.join(cluster.archive.location, "prod", "wal")).map((f) => path.dirname(f)));
    expect(used.size).toBe(1);
    expect(streams.length).toBeLessThanOrEqual(4);
    await cluster.cluster.close();
  });

  it("install, rollout, uninstall, node-create, node-delete", async () => {
    const directory = fresh("node");
    const counting = countingPrograms(fresh("node-programs"));
    const archive = await archiveCopy(directory, { offsite: false });
    const host = await freshHost(directory, "node1", { archive, programDirectory: counting, install: false });
    const create = nodeSpec(host, { bootstrap: true, start: true });
    const run = (command: string, spec: unknown) => (options: AgentOptions) =>
      agent(["--json", ...command.split(" ")], { ...options, spec });
    const each = async (procedure: Steps, spec: unknown, command = procedure.name): Promise<void> => {
      for (const { name } of procedure.steps) await killAt(name, { procedure, run: run(command, spec) });
      await untilDone(() => run(command, spec)({}));
    };
    await each(nodeCreate, create);
    await createTable(adminOf(host));
    const writer = new Writer({ nodes: () => [adminOf(host)], rows: 200 }).start();
    await writer.finished();
    const original = fs.readFileSync(host.node.configFile, "utf8");
    fs.writeFileSync(host.node.configFile, `# a comment of the user\n${original}\n[custom]\nkey = "kept"\n`);
    // Again with data: it begins nothing anew (hazard 25).
    await each(nodeDelete, create);
    await each(nodeCreate, create);
    await each(install, installSpec(host));
    const wanted = /archive_command = "[^"]*neumann-backup wal-push %p %f"/;
    expect(fs.readFileSync(host.node.configFile, "utf8")).toMatch(wanted);
    await each(rollout, installSpec(host), "rollout --turn last");
    // The log flows with what was installed.
    await until("a segment is archived", () => filesBelow(path.join(archive.location, "prod", "wal"))[0]);
    await each(uninstall, installSpec(host));
    const text = fs.readFileSync(host.node.configFile, "utf8");
    expect(text).not.toMatch(/archive_command|archive_timeout/);
    expect(text).toContain("# a comment of the user");
    expect(text).toContain('key = "kept"');
    expect(filesBelow(host.agentDirectory)).toEqual([]);
    const { lost, wrong } = writer.compare(await readValues(adminOf(host)));
    expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
    await each(nodeDelete, create);
    await noStraysOf(host);
  });

  it("restore: first", async () => {
    const counting = countingPrograms(fresh("first-programs"));
    await inParallel(restoreFirst.steps, async ({ name }) => {
      await killFirst(name, counting);
    });
  });

  it("query", async () => {
    const directory = fresh("query");
    const archive = await archiveCopy(directory, { offsite: true, primary: true });
    const host = await freshHost(directory, "node1", { archive });
    const before = contentsOf(directory);
    const words = ["--json", "query", "--at", stored.target, "SELECT k, v FROM t"];
    const run = (options: AgentOptions) => agent([...at(host), ...words], options);
    for (const { name } of query.steps) {
      await killAt(name, { procedure: query, run });
      const { answer } = JSON.parse((await untilDone(() => run({}))).stdout) as { answer: string };
      const values = [...answer.matchAll(/row-\d+-[0-9a-z]*\./g)].map(([value]) => value);
      expect(stored.writer.compare(values)).toMatchObject({ lost: [], wrong: [], double: [] });
      // Neither the archive nor the node's own data has seen any of it; copies of dead runs are gone.
      expect(contentsOf(directory), name).toEqual(before);
    }
    await noStraysOf(host);
  });

  it("restore: join, release, base, accept, status", async () => {
    const directory = fresh("phases");
    const counting = countingPrograms(fresh("phases-programs"));
    const archive = await archiveCopy(directory);
    const hosts: Host[] = [];
    for (const id of ["node1", "node2"])
      hosts.push(await freshHost(directory, id, { archive, programDirectory: counting }));
    const [one, two] = hosts as [Host, Host];
    const spec = await recoveryOf(hosts);
    await mustPhase("first", one, spec(one));
    const each = async (procedure: Steps, name: string, host: Host): Promise<void> => {
      const before = contentsOf(archive.offsite!.location);
      const run = (options: AgentOptions) => phase(name, host, spec(host), options);
      for (const step of procedure.steps) await killAt(step.name, { procedure, run });
      await untilDone(() => run({}));
      expect(lostFrom(before, archive.offsite!.location), name).toEqual([]);
    };
    await each(restoreJoin, "join", two);
    for (const host of hosts) {
      // Nothing flows before the release (I8).
      expect(fs.existsSync(path.join(host.agentDirectory, "state", "archiving-held"))).toBe(true);
    }
    expect(filesBelow(path.join(archive.location, "prod", "wal"))).toEqual([]);
    for (const host of hosts) await each(restoreRelease, "release", host);
    const { leader_id } = JSON.parse(await adminOf(one).must(["cluster-info"])) as { leader_id: string };
    await each(
      restoreBase,
      "base",
      hosts.find((host) => host.node.id === leader_id)!,
    );
    for (const host of hosts) await mustPhase("base", host, spec(host));
    await each(restoreAccept, "accept", one);
    await each(restoreStatus, "status", two);
    await untilDone(() => phase("base", one, spec(one)));
    expect(await mustPhase("status", two, spec(two))).toMatchObject({ state: "accepted" });
    // One history more, one base backup, every row on every member, one cluster.
    expect(filesBelow(path.join(archive.offsite!.location, "prod", "records", "lineages"))).toHaveLength(2);
    expect(await listedAreGood(one)).toHaveLength(2);
    expect(await clusterIds(hosts)).toHaveLength(1);
    for (const host of hosts) await allRows(host);
    expect(initialisations(one)).toBe(1);
    expect(initialisations(two)).toBe(0);
    await noStraysOf(...hosts);
    for (const host of hosts) await must(["node-delete"], { spec: nodeSpec(host) });
  });
});

it("survived every kill point", () => {
  const all = [full, snapshot, offsite, verify, query, walPush, install, rollout, uninstall, nodeCreate, nodeDelete];
  const phases = [restoreFirst, restoreJoin, restoreRelease, restoreBase, restoreAccept, restoreStatus];
  const points = [...all, ...phases].flatMap(({ name, steps }: Steps) =>
    steps.flatMap((step) => moments.map((moment) => `${name}/${step.name}:${moment}`)),
  );
  expect(points.filter((point) => !survived.includes(point))).toEqual([]);
  expect(tried.filter((point) => !survived.includes(point))).toEqual([]);
});

/** One recovery, killed at the three moments of a step, then run to its end. */
async function killFirst(step: string, programDirectory: string): Promise<void> {
  const directory = fresh(`first-${step}`);
  const replays = step === "fetch-log" || step === "replay";
  const archive = await archiveCopy(directory, { offsite: true, primary: replays });
  const host = await freshHost(directory, "node1", { archive, programDirectory });
  const spec = (await recoveryOf([host], replays ? { restorePoint: `time:${stored.target}` } : {}))(host);
  const before = contentsOf(archive.offsite!.location);
  const names: string[] = restoreFirst.steps.map(({ name }) => name);
  const run = (options: AgentOptions) => phase("first", host, spec, options);
  await killAt(step, {
    procedure: restoreFirst,
    run,
    async afterKill(point) {
      // I4: what is not proven and whole in place cannot be started.
      const [gated, opened] = [names.indexOf("gate"), names.indexOf("start")];
      const at = names.indexOf(step);
      if (at <= gated || at >= opened) return;
      const start = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true, bootstrap: true }) });
      expect(start.code, `${point}: ${complaint(start)}`).toBe(3);
      expect(complaint(start)).toContain("a restore is under way or was broken off");
    },
  });
  await untilDone(() => run({}));
  expect(lostFrom(before, archive.offsite!.location), step).toEqual([]);
  await allRows(host);
  expect(await clusterIds([host])).toHaveLength(1);
  expect(initialisations(host), step).toBe(1);
  // Nothing of the work is left: staging, journal, gate, scratch servers.
  const left = fs.readdirSync(host.node.dataDirectory).filter((name) => /staging|swap|work/.test(name));
  expect(
    left.flatMap((name) => filesBelow(path.join(host.node.dataDirectory, name))),
    step,
  ).toEqual([]);
  expect(filesBelow(path.join(directory, "node1", "etc")).filter((name) => name.includes("gate"))).toEqual([]);
  // Again: it says so and restores nothing.
  const info = await clusterIds([host]);
  expect(await mustPhase("first", host, spec)).toMatchObject({ state: "restored" });
  expect(await clusterIds([host])).toEqual(info);
  await noStraysOf(host);
  await must(["node-delete"], { spec: nodeSpec(host) });
  fs.rmSync(directory, { recursive: true });
}

async function allRows(host: Host): Promise<void> {
  const { lost, wrong, double } = stored.writer.compare(await readValues(adminOf(host)));
  expect({ lost, wrong, double }, host.node.id).toEqual({ lost: [], wrong: [], double: [] });
}

async function clusterIds(hosts: readonly Host[]): Promise<string[]> {
  const found = new Set<string>();
  for (const host of hosts) {
    found.add((JSON.parse(await adminOf(host).must(["cluster-info"])) as { cluster_id: string }).cluster_id);
  }
  return [...found];
}

/** A copy of the stored off-site archive, and an empty first one, or a copy of that too. */
async function archiveCopy(
  directory: string,
  options: { offsite: boolean; primary?: boolean } = { offsite: true },
): Promise<FolderArchive> {
  const location = path.join(directory, "archive");
  if (options.primary) fs.cpSync(stored.archive.location, location, { recursive: true, preserveTimestamps: true });
  await must(["archive-create"], {
    spec: { archive: { kind: "directory", location }, clusterId: "prod", role: "primary" },
  });
  const archive: FolderArchive = { kind: "directory", clusterId: "prod", location };
  if (!options.offsite) return archive;
  const away = path.join(directory, "offsite");
  fs.cpSync(stored.archive.offsite!.location, away, { recursive: true, preserveTimestamps: true });
  return { ...archive, offsite: { kind: "directory", location: away } };
}
