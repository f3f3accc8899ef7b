import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { full } from "../../agent/commands/full";
import { install, rollout, uninstall } from "../../agent/commands/install";
import { nodeCreate, nodeDelete } from "../../agent/commands/node";
import { snapshot } from "../../agent/commands/snapshot";
import { walPush } from "../../agent/commands/walPush";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { LabDisk, whyNoDisks } from "../../lab/disk/disk";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { type Steps, untilDone } from "./killing";
import { type Loss, losePowerAt, losePowerWhenDone, lossMoments, lost, withstood } from "./losing";
import { ownCluster } from "./ownCluster";
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
  endSchedule,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  initialisations,
  installSpec,
  lostFrom,
  must,
  mustPhase,
  nodeSpec,
  phase,
  recoveryOf,
  scratch,
} from "./support";

/**
 * As kill-points.slow.test.ts, but the host loses power: of what was not synced nothing is there (lab/disk). Node and
 * archives have a disk each. Afterwards the host starts what it starts by itself, and the command is run again.
 */
const why = whyNoDisks();
if (why !== undefined) console.log(`skipped: kill points with power loss: ${why}`);

const folder = scratch("power");
const disks: LabDisk[] = [];
let made = 0;

/** A folder with a disk for each name. */
async function place(...names: string[]): Promise<{ directory: string; disk: (name: string) => LabDisk }> {
  const directory = path.join(folder, `place-${(made += 1)}`);
  const here = new Map<string, LabDisk>();
  for (const name of names) {
    const disk = await LabDisk.make(path.join(directory, name));
    disks.push(disk);
    here.set(name, disk);
  }
  return { directory, disk: (name) => here.get(name) as LabDisk };
}

afterAll(async () => {
  await endAll();
  for (const disk of disks) await disk.remove();
  console.log(`${lost.length} kill points with power loss, ${withstood.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

/** The host starts its database and ends a pause that a dead backup left (the boot unit). */
async function boot(host: Host): Promise<void> {
  const started = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
  expect(started.code, complaint(started)).toBe(0);
  // The boot unit is there once the agent is.
  if (fs.existsSync(host.configFile)) await must([...at(host), "resume-writes"]);
}

/** Rows are written, also between two losses of power; those that were acknowledged are noted. */
async function write(host: Host, rows: number, first = 1): Promise<Writer> {
  const writer = new Writer({ nodes: () => [adminOf(host)], rows, first }).start();
  await writer.finished();
  return writer;
}

/** Of each writer every acknowledged row is there, once and as it was written, and nothing else is. */
async function allThere(writers: Writer | readonly Writer[], host: Host): Promise<void> {
  const values = await readValues(adminOf(host));
  let known = 0;
  for (const writer of [writers].flat()) {
    const own = new Set(writer.notes.map(({ k }) => `row-${k}-`));
    const mine = values.filter((value) => own.has(/^row-\d+-/.exec(value)?.[0] ?? ""));
    const { lost: gone, wrong, double } = writer.compare(mine);
    expect({ gone, wrong, double }, host.node.id).toEqual({ gone: [], wrong: [], double: [] });
    known += mine.length;
  }
  expect(known, host.node.id).toBe(values.length);
}

/** Everything that is listed is whole (I7). */
async function listed(host: Host): Promise<string[]> {
  const { verdicts } = await must<{ verdicts: { backupId: string; good: boolean }[] }>([
    ...at(host),
    "verify",
    "--depth",
    "bytes",
  ]);
  expect(verdicts.filter(({ good }) => !good)).toEqual([]);
  return verdicts.map(({ backupId }) => backupId);
}

describe.skipIf(why !== undefined).concurrent("a host that loses power anywhere", { timeout: 900_000 }, () => {
  it("full, snapshot", async () => {
    const { directory, disk } = await place("node1", "archive", "offsite");
    const { hosts, archive } = await ownCluster(directory, { nodes: 1 });
    const [host] = hosts as [Host];
    await createTable(adminOf(host));
    const writers = [await write(host, 500)];
    const places = [archive.location, archive.offsite!.location];
    let good: string[] = [];
    for (const procedure of [full, snapshot]) {
      const run = (options: AgentOptions) => agent([...at(host), "--json", procedure.name], options);
      const loss: Loss = {
        procedure,
        run,
        own: disk("node1"),
        others: [disk("archive"), disk("offsite")],
        boot: () => boot(host),
      };
      for (const { name } of procedure.steps) {
        const before = places.map((at) => contentsOf(at));
        await losePowerAt(name, loss);
        for (const [index, at] of places.entries()) expect(lostFrom(before[index]!, at), name).toEqual([]);
        // I10: writes are taken, whatever was lost.
        writers.push(await write(host, 5, writers.length * 1000));
      }
      await untilDone(() => run({}));
      const now = await listed(host);
      expect(now).toEqual(expect.arrayContaining(good));
      // Another one, and power is gone as it says that it is done: it is listed, and whole.
      await losePowerWhenDone(loss);
      const then = await listed(host);
      expect(then).toEqual(expect.arrayContaining(now));
      expect(then.length).toBeGreaterThan(now.length);
      good = await listed(host);
    }
    await allThere(writers, host);
  });

  it("wal-push", async () => {
    const { directory, disk } = await place("node1", "archive", "offsite");
    const { hosts, archive } = await ownCluster(directory, { nodes: 1, archiving: false });
    const [host] = hosts as [Host];
    const wal = path.join(archive.location, "prod", "wal");
    const offered = path.join(host.node.dataDirectory, "offered");
    fs.mkdirSync(offered);
    let number = 0;
    for (const byHand of [false, true]) {
      for (const { name } of walPush.steps) {
        const segment = `${(number++).toString(16).padStart(16, "0")}.wal`;
        const file = path.join(offered, segment);
        fs.writeFileSync(file, Buffer.alloc(50_000, `${name}${segment}`));
        await disk("node1").sync();
        const before = contentsOf(archive.location);
        const run = (options: AgentOptions) =>
          byHand
            ? agent([...at(host), "--json", "wal-push", file, segment], options)
            : agent([host.configFile, file, segment], { ...options, program: bundle().walPush });
        const loss: Loss = {
          procedure: walPush,
          run,
          own: disk("node1"),
          others: [disk("archive")],
          boot: () => boot(host),
        };
        await losePowerAt(name, loss);
        // I1: what was acknowledged is stored, whole and once, also when power goes at that moment.
        await losePowerWhenDone(loss, ` ${name}`);
        const copies = filesBelow(wal).filter((stored) => stored.endsWith(segment));
        expect(copies, `${name} ${segment}`).toHaveLength(1);
        expect(fs.readFileSync(path.join(wal, copies[0]!)).equals(fs.readFileSync(file))).toBe(true);
        expect(lostFrom(before, archive.location)).toEqual([]);
      }
    }
  });

  it("node-create, install, rollout, uninstall, node-delete", async () => {
    const { directory, disk } = await place("node1", "archive");
    const programDirectory = countingPrograms(path.join(directory, "programs"));
    const location = path.join(directory, "archive");
    const archive: FolderArchive = { kind: "directory", clusterId: "prod", location };
    await must(["archive-create"], {
      spec: { archive: { kind: "directory", location }, clusterId: "prod", role: "primary" },
    });
    const host = await freshHost(directory, "node1", { archive, programDirectory, install: false });
    const create = nodeSpec(host, { bootstrap: true, start: true });
    const each = async (procedure: Steps, spec: unknown, words = [procedure.name]): Promise<void> => {
      const run = (options: AgentOptions) => agent(["--json", ...words], { ...options, spec });
      const loss: Loss = {
        procedure,
        run,
        own: disk("node1"),
        others: [disk("archive")],
        boot: async () => {
          // Nothing starts a node that was not made yet, or was deleted.
          if ([install, rollout].includes(procedure as never)) await boot(host);
        },
      };
      for (const { name } of procedure.steps) await losePowerAt(name, loss);
      await untilDone(() => run({}));
      await losePowerWhenDone(loss);
    };
    await each(nodeCreate, create);
    await must(["node-create"], { spec: create });
    expect(initialisations(host)).toBe(1);
    await createTable(adminOf(host));
    const writer = await write(host, 200);
    const original = fs.readFileSync(host.node.configFile, "utf8");
    fs.writeFileSync(host.node.configFile, `# a comment of the user\n${original}\n[custom]\nkey = "kept"\n`);
    await disk("node1").sync();
    await each(install, installSpec(host));
    await endSchedule(host);
    await each(rollout, installSpec(host), ["rollout", "--turn", "last"]);
    await until("a segment is archived", () => filesBelow(path.join(location, "prod", "wal"))[0]);
    await allThere(writer, host);
    await each(uninstall, installSpec(host));
    const text = fs.readFileSync(host.node.configFile, "utf8");
    expect(text).not.toMatch(/archive_command|archive_timeout/);
    expect(text).toContain("# a comment of the user");
    expect(text).toContain('key = "kept"');
    await each(nodeDelete, create);
    await must(["node-create"], { spec: create });
    await allThere(writer, host);
    expect(initialisations(host)).toBe(1);
  });

  it("has the whole program once install has said that it is done", async () => {
    const { directory, disk } = await place("node1", "archive");
    const location = path.join(directory, "archive");
    const primary = { kind: "directory" as const, location };
    await must(["archive-create"], { spec: { archive: primary, clusterId: "prod", role: "primary" } });
    const archive: FolderArchive = { ...primary, clusterId: "prod" };
    const host = await freshHost(directory, "node1", { archive, install: false });
    await must(["node-create"], { spec: nodeSpec(host) });
    await losePowerWhenDone({
      procedure: install,
      run: (options) => agent(["--json", "install"], { ...options, spec: installSpec(host) }),
      own: disk("node1"),
      others: [disk("archive")],
      boot: () => Promise.resolve(),
    });
    const program = fs.readFileSync(path.join(host.agentDirectory, "neumann-backup.cjs"));
    expect(createHash("sha256").update(program).digest("hex")).toBe(bundle().sha256);
  });

  it("restore: first with replay", async () => {
    const { directory, disk } = await place("node1", "node2", "archive", "offsite");
    const source = await ownCluster(path.join(directory, "source"), { nodes: 1 });
    const [old] = source.hosts as [Host];
    await createTable(adminOf(old));
    await must([...at(old), "snapshot"]);
    const writer = await write(old, 500);
    const target = new Date().toISOString();
    const wal = path.join(source.archive.location, "prod/wal");
    const late = () =>
      filesBelow(wal).filter((name) => fs.statSync(path.join(wal, name)).mtimeMs > Date.parse(target) + 1000);
    let more = 0;
    await until("the log behind the target has arrived", async () => {
      // The segment that is finished next may hold nothing of it yet: the one after that does.
      await createTable(adminOf(old), `later${(more += 1)}`);
      return late().filter((name) => name.endsWith(".wal")).length > 1;
    });
    await must(["node-delete"], { spec: nodeSpec(old) });
    // Its disks are far away. Those of the archives from now on may lose power.
    const archive: FolderArchive = { ...source.archive, location: path.join(directory, "archive") };
    archive.offsite = { kind: "directory", location: path.join(directory, "offsite") };
    for (const name of ["archive", "offsite"]) {
      const from = path.join(directory, "source", name);
      fs.cpSync(from, path.join(directory, name), { recursive: true, preserveTimestamps: true });
      await disk(name).sync();
    }
    const programDirectory = countingPrograms(path.join(directory, "programs"));
    const hosts: Host[] = [];
    for (const id of ["node1", "node2"]) hosts.push(await freshHost(directory, id, { archive, programDirectory }));
    const [one] = hosts as [Host];
    const spec = await recoveryOf(hosts, { restorePoint: `time:${target}` });
    const names: string[] = restoreFirst.steps.map(({ name }) => name);
    const each = async (procedure: Steps, name: string, host: Host): Promise<void> => {
      const before = contentsOf(archive.location);
      const run = (options: AgentOptions) => phase(name, host, spec(host), options);
      const loss: Loss = {
        procedure,
        run,
        own: disk(host.node.id),
        others: [disk("archive"), disk("offsite")],
        boot: () => Promise.resolve(),
      };
      for (const { name: step } of procedure.steps) {
        // I4: what is not proven and whole in place cannot be started.
        if (procedure === restoreFirst && gatedAt(step)) loss.boot = () => refused(host);
        else if (procedure === restoreFirst) loss.boot = () => Promise.resolve();
        await losePowerAt(step, loss);
      }
      await untilDone(() => run({}));
      expect(lostFrom(before, archive.location), name).toEqual([]);
    };
    const gatedAt = (step: string): boolean =>
      names.indexOf(step) > names.indexOf("gate") && names.indexOf(step) < names.indexOf("start");
    const refused = async (host: Host): Promise<void> => {
      const start = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true, bootstrap: true }) });
      expect(start.code, complaint(start)).toBe(3);
    };
    await each(restoreFirst, "first", one);
    expect(initialisations(one)).toBe(1);
    await boot(one);
    await allThere(writer, one);
  });

  it("restore in place: gate", async () => {
    const { directory, disk } = await place("node1", "node2", "archive", "offsite");
    const { hosts, archive } = await ownCluster(directory, { nodes: 2 });
    const [one, two] = hosts as [Host, Host];
    await createTable(adminOf(one));
    const writer = await write(one, 300);
    const info = JSON.parse(await adminOf(one).must(["cluster-info"])) as { leader_id: string };
    const { lineage, backupId } = await must<{ lineage: string; backupId: string }>([
      ...at(hosts.find(({ node }) => node.id === info.leader_id)!),
      "full",
    ]);
    const spec = await recoveryOf(hosts, {
      restorePoint: `backup:${backupId}`,
      inPlace: { replaces: lineage, fenced: [] },
    });
    const archived = contentsOf(archive.location);
    const names: string[] = restoreGate.steps.map(({ name }) => name);
    const run = (options: AgentOptions) => phase("gate", one, spec(one), options);
    let step = "";
    const loss: Loss = {
      procedure: restoreGate,
      run,
      own: disk("node1"),
      others: [disk("archive"), disk("offsite")],
      async boot() {
        const { code } = await agent(["--json", "node-create"], { spec: nodeSpec(one, { start: true }) });
        const gate = names.indexOf("gate");
        // Once its gate is there an old member never starts again (protocol 22), whatever was lost.
        if (names.indexOf(step) >= gate) expect(code, step).toBe(3);
        else expect(code, step).toBe(0);
      },
    };
    for (step of names) await losePowerAt(step, loss);
    await untilDone(() => run({}));
    expect(lostFrom(archived, archive.location)).toEqual([]);
    await mustPhase("gate", two, spec(two));
    await mustPhase("first", one, spec(one));
    await mustPhase("join", two, spec(two));
    for (const host of hosts) await allThere(writer, host);
  });
});

it.skipIf(why !== undefined)("withstood power loss at every step of these", () => {
  const all = [full, snapshot, walPush, install, rollout, uninstall, nodeCreate, nodeDelete];
  const phases = [restoreFirst, restoreGate];
  const points = [...all, ...phases].flatMap(({ name, steps }: Steps) =>
    steps.flatMap((step) => lossMoments.map((moment) => `${name}/${step.name}:${moment}`)),
  );
  expect(points.filter((point) => !withstood.includes(point))).toEqual([]);
  expect(lost.filter((point) => !withstood.includes(point))).toEqual([]);
});
