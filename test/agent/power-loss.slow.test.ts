import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { full } from "../../agent/commands/full";
import { install, rollout, uninstall } from "../../agent/commands/install";
import { kitFile, kitStore } from "../../agent/commands/kit";
import { nodeCreate, nodeDelete } from "../../agent/commands/node";
import { offsite } from "../../agent/commands/offsite";
import { offsiteWal } from "../../agent/commands/offsiteWal";
import { prune } from "../../agent/commands/prune";
import { query } from "../../agent/commands/query";
import { snapshot } from "../../agent/commands/snapshot";
import { verify } from "../../agent/commands/verify";
import { verifyRestored } from "../../agent/commands/verifyRestored";
import { walPush } from "../../agent/commands/walPush";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { giveUp } from "../../agent/restore/giveUp";
import { restoreJoin } from "../../agent/restore/join";
import { restoreStatus } from "../../agent/restore/status";
import { whyNoDisks } from "../../lab/disk/disk";
import { until } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import { kitOf } from "./kitOf";
import { type Steps, untilDone } from "./killing";
import { gate, givingUp, recovery } from "./losingRecoveries";
import { pruning, reading } from "./losingReaders";
import { type Loss, losePowerAt, losePowerWhenDone, lossMoments, lost, withstood } from "./losing";
import { ownCluster } from "./ownCluster";
import { allThere, boot, listed, listing, placesIn, removeDisks, write } from "./powered";
import {
  adminOf,
  agent,
  type AgentOptions,
  at,
  bundle,
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
  makeArchive,
  must,
  nodeSpec,
  scratch,
} from "./support";

/**
 * As kill-points.slow.test.ts, but the host loses power: of what was not synced nothing is there (lab/disk). Node and
 * archives have a disk each. Afterwards the host starts what it starts by itself, and the command is run again.
 */
const why = whyNoDisks();
if (why !== undefined) console.log(`skipped: kill points with power loss: ${why}`);

const folder = scratch("power");
const place = placesIn(folder);

afterAll(async () => {
  await endAll();
  await removeDisks();
  console.log(`${lost.length} kill points with power loss, ${withstood.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(why !== undefined).concurrent("a host that loses power anywhere", { timeout: 900_000 }, () => {
  const half = Math.ceil(full.steps.length / 2);

  it.each<[string, Steps, Steps["steps"]]>([
    ["full, the first half of its steps", full, full.steps.slice(0, half)],
    ["full, the second half of its steps", full, full.steps.slice(half)],
    ["snapshot", snapshot, snapshot.steps],
  ])("%s", async (_name, procedure, steps) => {
    const { directory, disk } = await place("node1", "archive", "offsite");
    const { hosts, archive } = await ownCluster(directory, { nodes: 1 });
    const [host] = hosts as [Host];
    await createTable(adminOf(host));
    const writers = [await write(host, 500)];
    const places = [archive.location, archive.offsite!.location];
    const run = (options: AgentOptions) => agent([...at(host), "--json", procedure.name], options);
    const loss: Loss = {
      procedure,
      run,
      own: disk("node1"),
      others: [disk("archive"), disk("offsite")],
      boot: () => boot(host),
    };
    for (const { name } of steps) {
      const before = places.map((at) => contentsOf(at));
      await losePowerAt(name, loss);
      for (const [index, at] of places.entries()) expect(lostFrom(before[index]!, at), name).toEqual([]);
      // I10: writes are taken, whatever was lost.
      writers.push(await write(host, 5, writers.length * 1000));
    }
    await untilDone(() => run({}));
    const now = await listed(host);
    // Another one, and power is gone as it says that it is done: it is listed, and whole.
    await losePowerWhenDone(loss);
    const then = await listed(host);
    expect(then).toEqual(expect.arrayContaining(now));
    expect(then.length).toBeGreaterThan(now.length);
    await allThere(writers, host);
  });

  it("offsite, offsite-wal", async () => {
    const { directory, disk } = await place("node1", "archive", "offsite");
    const { hosts, archive } = await ownCluster(directory, { nodes: 1 });
    const [host] = hosts as [Host];
    await createTable(adminOf(host));
    const writers = [await write(host, 300)];
    const more = async (): Promise<void> => void writers.push(await write(host, 5, writers.length * 1000));
    const places = [archive.location, archive.offsite!.location];
    const [near, away] = places.map((at) => path.join(at, "prod/wal")) as [string, string];
    const lossOf = (procedure: Steps, run: Loss["run"]): Loss => ({
      procedure,
      run,
      own: disk("node1"),
      others: [disk("archive"), disk("offsite")],
      boot: () => boot(host),
    });
    await must([...at(host), "full"]);
    const copying = lossOf(offsite, (options) => agent([...at(host), "--json", "offsite"], options));
    for (const { name } of offsite.steps) {
      const before = places.map((at) => contentsOf(at));
      await losePowerAt(name, copying);
      for (const [index, at] of places.entries()) expect(lostFrom(before[index]!, at), name).toEqual([]);
    }
    await untilDone(() => copying.run({}));
    const known = await listed(host);
    expect(known).toHaveLength(2);
    // The copy of another one, and power is gone as it says that it is done: it is listed, and whole.
    await must([...at(host), "full"]);
    await losePowerWhenDone(copying);
    expect(await listed(host)).toHaveLength(4);

    const segments = (wal: string): string[] => filesBelow(wal).filter((name) => name.endsWith(".wal"));
    let copied = 0;
    const log = lossOf(offsiteWal, async (options) => {
      // Something is there that is not off-site yet.
      const there = segments(near).length;
      await more();
      await until("one more segment", () => segments(near).length > there || undefined);
      const ran = await agent([...at(host), "--json", "offsite-wal"], options);
      if (ran.code === 0) ({ copied } = JSON.parse(ran.stdout) as { copied: number });
      return ran;
    });
    for (const { name } of offsiteWal.steps) {
      const before = places.map((at) => contentsOf(at));
      await losePowerAt(name, log);
      for (const [index, at] of places.entries()) expect(lostFrom(before[index]!, at), name).toEqual([]);
    }
    await untilDone(() => log.run({}));
    const before = segments(away).length;
    await losePowerWhenDone(log);
    expect(copied).toBeGreaterThan(0);
    expect(segments(away).length).toBe(before + copied);
    const stored = contentsOf(near);
    expect([...contentsOf(away)].filter(([name, sha256]) => stored.get(name) !== sha256)).toEqual([]);
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

  it("restore: first with replay, join, release, base, accept, status", () => recovery(place));

  it("restore in place: gate", () => gate(place));

  it("prune", () => pruning(place));

  it("verify, verify-restored, query", () => reading(place));

  it("give-up", () => givingUp(place));

  it("kit-store, kit-file", async () => {
    const { directory, disk } = await place("node1", "archive", "offsite");
    const archive = await makeArchive(directory);
    const host = await freshHost(directory, "node1", { archive });
    const places = [archive.location, archive.offsite!.location];
    const kits = (): number[] => places.map((at) => path.join(at, "prod/records/kits")).map((at) => listing(at).length);
    const lossOf = (procedure: Steps, words: string[], spec: unknown): Loss => ({
      procedure,
      run: (options) => agent(["--json", ...words], { ...options, spec }),
      own: disk("node1"),
      others: [disk("archive"), disk("offsite")],
      boot: () => Promise.resolve(),
    });
    const [first, second] = [kitOf(archive, "1.0.0"), kitOf(archive, "1.0.1")];
    const words = [...at(host), "kit-store"];
    for (const { name } of kitStore.steps) await losePowerAt(name, lossOf(kitStore, words, { kit: first.kit }));
    await must(words, { spec: { kit: first.kit } });
    expect(kits()).toEqual([1, 1]);
    await losePowerWhenDone(lossOf(kitStore, words, { kit: second.kit }));
    expect(kits()).toEqual([2, 2]);
    expect(await must([...at(host), "kit"])).toMatchObject({ seal: second.seal });
    const file = path.join(directory, "node1", "kit.json");
    const writing = ({ kit }: { kit: string }) => lossOf(kitFile, ["kit-file"], { kit, file });
    for (const { name } of kitFile.steps) await losePowerAt(name, writing(first));
    await must(["kit-file"], { spec: { kit: first.kit, file } });
    await losePowerWhenDone(writing(second));
    expect(fs.readFileSync(file, "utf8")).toBe(second.kit);
  });
});

it.skipIf(why !== undefined)("withstood power loss at every step of these", () => {
  const backups = [full, snapshot, offsite, offsiteWal, walPush, kitStore, kitFile];
  const readers = [prune, verify, verifyRestored, query];
  const all = [...backups, ...readers, install, rollout, uninstall, nodeCreate, nodeDelete, giveUp];
  const phases = [restoreGate, restoreFirst, restoreJoin, restoreRelease, restoreBase, restoreAccept, restoreStatus];
  const points = [...all, ...phases].flatMap(({ name, steps }: Steps) =>
    steps.flatMap((step) => lossMoments.map((moment) => `${name}/${step.name}:${moment}`)),
  );
  expect(points.filter((point) => !withstood.includes(point))).toEqual([]);
  expect(lost.filter((point) => !withstood.includes(point))).toEqual([]);
});
