import fs from "node:fs";
import path from "node:path";
import { expect } from "vitest";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { giveUp } from "../../agent/restore/giveUp";
import { restoreJoin } from "../../agent/restore/join";
import { restoreStatus } from "../../agent/restore/status";
import { until } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import { type Steps, untilDone } from "./killing";
import { type Loss, losePowerAt, losePowerWhenDone } from "./losing";
import { ownCluster } from "./ownCluster";
import { allThere, boot, listing, type MakePlace, write } from "./powered";
import {
  admin,
  adminOf,
  agent,
  type AgentOptions,
  at,
  complaint,
  contentsOf,
  countingPrograms,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  initialisations,
  lostFrom,
  must,
  mustPhase,
  nodeSpec,
  phase,
  recoveryOf,
} from "./support";

/** A recovery onto two empty nodes, through all its phases. */
export async function recovery(place: MakePlace): Promise<void> {
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
  const [one, two] = hosts as [Host, Host];
  const spec = await recoveryOf(hosts, { restorePoint: `time:${target}` });
  const names: string[] = restoreFirst.steps.map(({ name }) => name);
  const places = [archive.location, archive.offsite.location];
  const lossOf = (procedure: Steps, name: string, host: Host, start: Loss["boot"]): Loss => ({
    procedure,
    run: (options) => phase(name, host, spec(host), options),
    own: disk(host.node.id),
    others: [disk("archive"), disk("offsite")],
    boot: start,
  });
  /** `starts`: what the host does when power is back after it was lost at a step. */
  const each = async (
    procedure: Steps,
    name: string,
    host: Host,
    starts: (step: string) => Promise<void> | undefined,
  ): Promise<void> => {
    const before = places.map((place) => contentsOf(place));
    let step = "";
    const loss = lossOf(procedure, name, host, async () => starts(step));
    for ({ name: step } of procedure.steps) await losePowerAt(step, loss);
    await untilDone(() => loss.run({}));
    for (const [index, place] of places.entries()) expect(lostFrom(before[index]!, place), name).toEqual([]);
  };
  const gatedAt = (step: string): boolean =>
    names.indexOf(step) > names.indexOf("gate") && names.indexOf(step) < names.indexOf("start");
  const refused = async (host: Host): Promise<void> => {
    const start = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true, bootstrap: true }) });
    expect(start.code, complaint(start)).toBe(3);
  };
  // I4: what is not proven and whole in place cannot be started.
  await each(restoreFirst, "first", one, (step) => (gatedAt(step) ? refused(one) : undefined));
  expect(initialisations(one)).toBe(1);
  await boot(one);
  await allThere(writer, one);
  // Nothing starts a node that did not join yet.
  await each(restoreJoin, "join", two, (step) => (["start", "catch-up"].includes(step) ? boot(two) : undefined));
  expect(initialisations(two)).toBe(0);
  for (const host of hosts) {
    await each(restoreRelease, "release", host, () => boot(host));
    await losePowerWhenDone(
      lossOf(restoreRelease, "release", host, () => boot(host)),
      ` ${host.node.id}`,
    );
    expect(fs.existsSync(path.join(host.agentDirectory, "state", "archiving-held"))).toBe(false);
  }
  // The new history, and the one that it came from, of which nothing went off-site.
  const histories = () => places.map((place) => listing(path.join(place, "prod/records/lineages")).length);
  expect(histories()).toEqual([2, 1]);
  const leader = await leaderOf(hosts);
  await each(restoreBase, "base", leader, () => boot(leader));
  for (const host of hosts) await mustPhase("base", host, spec(host));
  await each(restoreAccept, "accept", one, () => boot(one));
  await losePowerWhenDone(lossOf(restoreAccept, "accept", one, () => boot(one)));
  await each(restoreStatus, "status", one, () => boot(one));
  expect(await mustPhase("status", two, spec(two))).toMatchObject({ state: "accepted" });
  expect(histories()).toEqual([2, 1]);
  for (const host of hosts) await allThere(writer, host);
}

async function leaderOf(hosts: readonly Host[]): Promise<Host> {
  const { leader_id } = JSON.parse(await adminOf(hosts[0]!).must(["cluster-info"])) as { leader_id: string };
  return hosts.find(({ node }) => node.id === leader_id)!;
}

/** A cluster of two with rows and a full backup, on disks that may lose power. */
async function protectedPair(place: MakePlace) {
  const { directory, disk } = await place("node1", "node2", "archive", "offsite");
  const { hosts, archive } = await ownCluster(directory, { nodes: 2 });
  const [one, two] = hosts as [Host, Host];
  await createTable(adminOf(one));
  const writer = await write(one, 300);
  const backup = await must<{ lineage: string; backupId: string }>([...at(await leaderOf(hosts)), "full"]);
  return { disk, hosts, one, two, archive, writer, ...backup };
}

/** A member of the cluster that is replaced. */
export async function gate(place: MakePlace): Promise<void> {
  const { disk, hosts, one, two, archive, writer, lineage, backupId } = await protectedPair(place);
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
}

/** A recovery in place that is given up. */
export async function givingUp(place: MakePlace): Promise<void> {
  const { disk, hosts, one, two, archive, writer, lineage } = await protectedPair(place);
  const spec = await recoveryOf(hosts, { restorePoint: "latest", inPlace: { replaces: lineage, fenced: [] } });
  for (const host of hosts) await mustPhase("gate", host, spec(host));
  await phase("first", one, spec(one), { failpoint: "restore-first/prove:after" });
  for (const name of ["node1", "archive", "offsite"]) await disk(name).sync();
  const archived = contentsOf(archive.location);
  const starts = () => agent(["--json", "node-create"], { spec: nodeSpec(one, { start: true }) });
  let step = "";
  const loss: Loss = {
    procedure: giveUp,
    run: (options) => agent([...at(one), "--json", "give-up", "r1"], options),
    own: disk("node1"),
    others: [disk("archive"), disk("offsite")],
    async boot() {
      // Its gate goes in the last step; alone the node would wait for the others then.
      if (step !== "start") expect((await starts()).code, step).toBe(3);
    },
  };
  for ({ name: step } of giveUp.steps) await losePowerAt(step, loss);
  await untilDone(() => loss.run({}));
  await losePowerWhenDone(loss);
  await must([...at(two), "give-up", "r1"]);
  // It comes back whatever was lost then.
  expect((await starts()).code).toBe(0);
  await until("the old cluster is back", async () => {
    const { code } = await admin(two, ["cluster-status"]);
    return code === 0 || undefined;
  });
  for (const host of hosts) await allThere(writer, host);
  expect(lostFrom(archived, archive.location)).toEqual([]);
  expect(complaint(await phase("first", one, spec(one)))).toContain("recovery r1 was given up");
}
