import { randomInt } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { until } from "../../lab/neumann/harness";
import { readValues } from "../../lab/neumann/writer";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  complaint,
  filesBelow,
  freshHost,
  must,
  mustPhase,
  nodeSpec,
  noStrays,
  recoveryOf,
  scratch,
} from "../agent/support";
import { Faults, rest } from "./faults";
import { differences, none, NothingGoes, verifyAll, WritesAreTaken } from "./invariants";
import { restorableFrom } from "./expiry";
import { randomOf, scheduleOf } from "./schedule";
import { World } from "./world";

/**
 * Everything at once, for a while: nodes die and stand still, the store ails in every way, commands are killed and run
 * two at a time, agents are replaced. The seed is printed; with it the same things go wrong at the same moments.
 */
const seed = Number(process.env.SOAK_SEED ?? randomInt(1, 1_000_000));
const seconds = Number(process.env.SOAK_SECONDS ?? 120);
const verifyEveryMs = 20_000;

/** Lets it all happen, and looks whether what must hold holds. */
async function soak(world: World, archive: NothingGoes): Promise<void> {
  const problems: string[] = [];
  const fail = (problem: string): void => void problems.push(problem);
  const writes = new WritesAreTaken(world.writer, fail);
  const faults = new Faults(world, fail);
  const began = Date.now();
  let verifiedAt = began;
  let verifying: Promise<void> = Promise.resolve();
  try {
    const acts = scheduleOf(seed, seconds);
    while (Date.now() < began + seconds * 1000 && problems.length === 0) {
      while (acts[0] !== undefined && Date.now() >= began + acts[0].at) faults.perform(acts.shift()!);
      problems.push(...archive.look(false));
      if (Date.now() > verifiedAt + verifyEveryMs) {
        verifiedAt = Date.now();
        verifying = verifying
          .then(() => verifyAll(world))
          .then((found) => found.problems.forEach(fail))
          .catch((error: unknown) => fail(String(error)));
      }
      await rest(100);
    }
    await verifying;
    await faults.over();
    await settled(world);
    problems.push(...archive.look(true));
    await pruned(world);
    problems.push(...archive.look(true));
  } finally {
    writes.stop();
  }
  const ended = [...faults.ended].sort().map(([name, times]) => `${name}: ${times}`);
  process.stderr.write(`soak: ${ended.join(", ")}\n`);
  process.stderr.write(
    `soak: ${world.writer.acknowledged} rows, ${archive.size} objects, ${archive.gone} given up, longest rest of writes ${writes.longestMs} ms\n`,
  );
  expect(problems).toEqual([]);
}

/** After all faults every node is there, writes are taken, no pause of ours is left, and backups succeed again. */
async function settled(world: World): Promise<void> {
  const { cluster, writer, hosts } = world;
  await cluster.whenHealthy();
  await writer.reached(writer.acknowledged + 50, 35_000);
  await good(world, ["full"]);
  await good(world, ["offsite"]);
  for (const host of hosts) await must([...at(host), "resume-writes", "--expired"]);
  await noStrays(hosts, 60_000);
}

/** What is old is given up, and the bucket's rule deletes all that has its tag; then nothing has. */
async function pruned(world: World): Promise<void> {
  await good(world, ["prune"]);
  await world.expiry.lifecycle(1, seed);
  await good(world, ["prune"]);
  expect(await world.expiry.lifecycle(1, seed)).toBe(0);
}

const manifestsIn = (folder: string) => filesBelow(folder).filter((name) => name.includes("/manifest/"));

/** What a dead run claimed is free once it is seen to be dead; a busy machine may void a backup. */
async function good(world: World, words: string[]): Promise<void> {
  let last = "";
  await until(
    words.join(" "),
    async () => {
      const leader = await world.leader();
      if (leader === undefined) return undefined;
      const ran = await agent([...at(leader), "--json", ...words]);
      last = complaint(ran);
      return ran.code === 0 || undefined;
    },
    90_000,
  ).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last}`);
  });
}

/** No row is written any more, and what was written lies in the archive, from every node. */
async function archived(world: World): Promise<number> {
  await world.writer.stop();
  const end = Date.now();
  const wal = path.join(world.archiveFolders[0], "prod/wal");
  await until(
    "every node's log has arrived",
    () => {
      const late = filesBelow(wal).filter((name) => fs.statSync(path.join(wal, name)).mtimeMs > end);
      return new Set(late.map((name) => path.dirname(name))).size >= world.hosts.length || undefined;
    },
    60_000,
  );
  return end;
}

/** Onto nodes that have nothing: the first restores, a second one joins it. */
async function recovered(world: World, restorePoint: string, names: string[]): Promise<string[][]> {
  const place = path.join(world.folder, `recovered-${names.join("-")}`);
  const hosts: AnyHost[] = [];
  for (const name of names) hosts.push(await freshHost(place, name, { archive: world.archive }));
  onTestFinished(async () => {
    for (const host of hosts) await must(["node-delete"], { spec: nodeSpec(host) });
  });
  const spec = await recoveryOf(hosts, { restorePoint, recoveryId: `soak-${names.join("-")}` });
  const [first, ...others] = hosts as [AnyHost, ...AnyHost[]];
  await mustPhase("first", first, spec(first));
  for (const host of others) await mustPhase("join", host, spec(host));
  return Promise.all(hosts.map((host) => readValues(adminOf(host))));
}

it(`loses nothing (SOAK_SEED=${seed})`, { timeout: (seconds + 400) * 1000, retry: 0 }, async () => {
  process.stderr.write(`SOAK_SEED=${seed} SOAK_SECONDS=${seconds}\n`);
  const world = await World.open(scratch("soak"));
  onTestFinished(() => world.close());
  const archive = new NothingGoes(world.archiveFolders, (gone) => world.expiry.problems(gone));
  await backedUp(world, archive);
  await soak(world, archive);
  const end = await archived(world);

  const live = await readValues(await world.cluster.leader());
  expect(differences(world.writer, live, end)).toEqual(none);
  const found = await verifyAll(world);
  expect(found.problems).toEqual([]);
  expect(found.backups).toBeGreaterThanOrEqual(3);

  const base = restorableFrom(world.archiveFolders[0]);
  const last = Math.max(...world.writer.notes.map((note) => note.acknowledgedAt ?? 0));
  const target = Math.floor(base + randomOf(seed)() * (last - base));
  process.stderr.write(`soak: to ${new Date(target).toISOString()}, ${last - target} ms before the last row\n`);
  for (const values of await recovered(world, `time:${new Date(target).toISOString()}`, ["new1", "new2"]))
    expect(differences(world.writer, values, target)).toEqual(none);
  for (const values of await recovered(world, "end-of-log", ["new3"]))
    expect(differences(world.writer, values, end)).toEqual(none);
});

/** Backups before anything goes wrong, and an expiry that takes the first ones from both archives. */
async function backedUp(world: World, archive: NothingGoes): Promise<void> {
  for (const rows of [100, 200]) {
    await world.writer.reached(rows);
    await good(world, ["full"]);
    await good(world, ["offsite"]);
  }
  world.expiry.age(1);
  expect(archive.look(false)).toEqual([]);
  const before = world.archiveFolders.map(manifestsIn);
  await pruned(world);
  expect(archive.look(true)).toEqual([]);
  for (const [place, folder] of world.archiveFolders.entries())
    expect(manifestsIn(folder)).toHaveLength((before[place]?.length ?? 0) - 1);
}
