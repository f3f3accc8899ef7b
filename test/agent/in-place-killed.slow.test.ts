import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { giveUp } from "../../agent/restore/giveUp";
import { restoreJoin } from "../../agent/restore/join";
import { restoreStatus } from "../../agent/restore/status";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { inBuckets, inFolders, type Keeper, type Kept } from "./keeping";
import { listedAreGood } from "./killCases";
import { allSurvived, killAt, type Steps, survived, tried, untilDone } from "./killing";
import { killed } from "./procedures";
import {
  admin,
  adminOf,
  agent,
  type AgentOptions,
  type AnyHost,
  at,
  complaint,
  contentsOf,
  countingPrograms,
  endAll,
  filesBelow,
  initialisations,
  lostFrom,
  must,
  mustPhase,
  nodeSpec,
  noStraysOf,
  phase,
  recoveryOf,
  scratch,
} from "./support";
import { ownNodes } from "./ownCluster";

/**
 * A restore in place, killed (SIGKILL to its process group) before, in and after every step, the steps taken from the
 * code: nothing that was there before is lost, no old member starts, and the new cluster begins once.
 */

const folder = scratch("in-place-kill");
const open: AnyHost[] = [];
const folders = inFolders(path.join(folder, "kept"));
let buckets: Keeper;

beforeAll(async () => {
  buckets = await inBuckets();
});

afterAll(async () => {
  for (const host of open) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
  await endAll();
  await buckets.stop();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

let made = 0;

interface Old extends Kept {
  kind: Keeper["kind"];
  hosts: AnyHost[];
  one: AnyHost;
  two: AnyHost;
  writer: Writer;
  lineage: string;
  backupId: string;
}

/** Two nodes with some rows and a full backup. */
async function cluster(keeper: Keeper): Promise<Old> {
  const name = `cluster-${(made += 1)}`;
  const directory = path.join(folder, name);
  const programDirectory = countingPrograms(path.join(directory, "programs"));
  const kept = await keeper.at(name);
  const hosts = await ownNodes(kept.archive, directory, { nodes: 2, programDirectory });
  open.push(...hosts);
  const [one, two] = hosts as [AnyHost, AnyHost];
  await createTable(adminOf(one));
  const writer = new Writer({ nodes: () => [adminOf(one)], rows: 500 }).start();
  await writer.finished();
  const backup = (await backedUp(hosts)) as { backupId: string; lineage: string };
  return { ...kept, kind: keeper.kind, hosts, one, two, writer, ...backup };
}

async function leaderOf(hosts: readonly AnyHost[]): Promise<AnyHost> {
  const info = JSON.parse((await admin(hosts[0]!, ["cluster-info"])).stdout) as { leader_id: string };
  return hosts.find(({ node }) => node.id === info.leader_id)!;
}

async function backedUp(hosts: readonly AnyHost[]): Promise<Record<string, unknown>> {
  return must([...at(await leaderOf(hosts)), "full"]);
}

/** What the database wrote, wherever it lies now: in place or aside. */
function oldData(host: AnyHost): Map<string, string> {
  const all = contentsOf(host.node.dataDirectory);
  return new Map([...all].filter(([name]) => /^(raft|store)\//.test(name) && !name.includes(".neumann-backup")));
}

function lostOf(before: ReadonlyMap<string, string>, host: AnyHost, recoveryId: string): string[] {
  const inPlace = oldData(host);
  const aside = path.join(host.node.dataDirectory, ".neumann-backup-aside", recoveryId);
  const put = fs.existsSync(aside) ? contentsOf(aside) : new Map<string, string>();
  return [...before]
    .filter(([name, sha256]) => ![inPlace.get(name), put.get(name)].includes(sha256))
    .map(([name]) => name);
}

async function allRows(writer: Writer, host: AnyHost, table?: string): Promise<void> {
  const { lost, wrong, double } = writer.compare(await readValues(adminOf(host), table));
  expect({ lost, wrong, double }, host.node.id).toEqual({ lost: [], wrong: [], double: [] });
}

/** From the gates to the last member that joined. */
async function restored(old: Old, restorePoint: string) {
  const { kind, hosts, one, two, near, lineage } = old;
  const spec = await recoveryOf(hosts, { restorePoint, inPlace: { replaces: lineage, fenced: [] } });
  const archived = contentsOf(near);
  const each = async (
    procedure: Steps,
    host: AnyHost,
    check: (step: string, point: string) => unknown = () => undefined,
  ) => {
    const name = procedure.name.replace("restore-", "");
    const run = (options: AgentOptions) => phase(name, host, spec(host), options);
    for (const step of procedure.steps) {
      const afterKill = async (point: string) => void (await check(step.name, point));
      await killAt(step.name, { procedure, kind, run, afterKill });
    }
    await untilDone(() => run({}));
    expect(lostFrom(archived, near), name).toEqual([]);
  };
  await each(restoreGate, one);
  await mustPhase("gate", two, spec(two));
  const before = new Map(hosts.map((host) => [host, oldData(host)]));
  const stands = (host: AnyHost, point: string): void => {
    expect(lostOf(before.get(host)!, host, "r1"), point).toEqual([]);
  };
  /** I4: neither the old member nor what is half in place starts. */
  const gated = async (host: AnyHost, point: string): Promise<void> => {
    const start = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
    expect(start.code, `${point}: ${complaint(start)}`).toBe(3);
  };
  const opens = restoreFirst.steps.findIndex(({ name }) => name === "start");
  await each(restoreFirst, one, async (step, point) => {
    stands(one, point);
    stands(two, point);
    await gated(two, point);
    if (restoreFirst.steps.findIndex(({ name }) => name === step) < opens) await gated(one, point);
  });
  expect(initialisations(one)).toBe(1);
  await each(restoreJoin, two, (_step, point) => stands(two, point));
  expect(initialisations(two)).toBe(0);
  return { spec, each, stands };
}

describe.concurrent("a restore in place that is killed anywhere is run again", { timeout: 900_000 }, () => {
  it("gate, first, join", async () => {
    const old = await cluster(folders);
    const { hosts, one } = old;
    const { spec, stands } = await restored(old, `backup:${old.backupId}`);
    for (const name of ["release", "base"]) for (const host of hosts) await mustPhase(name, host, spec(host));
    await mustPhase("accept", one, spec(one));
    for (const host of hosts) {
      await allRows(old.writer, host);
      stands(host, "accepted");
    }
    await noStraysOf(...hosts);
  });

  it("all phases, to the end of a log that is kept in buckets", async () => {
    const old = await cluster(buckets);
    const { hosts, one, two, near, away } = old;
    await createTable(adminOf(one), "late");
    const late = new Writer({ nodes: () => [adminOf(one)], rows: 300, table: "late" }).start();
    await late.finished();
    const { spec, each, stands } = await restored(old, "end-of-log");
    for (const host of hosts) await each(restoreRelease, host);
    await each(restoreBase, await leaderOf(hosts));
    for (const host of hosts) await mustPhase("base", host, spec(host));
    await each(restoreAccept, one);
    await each(restoreStatus, two);
    expect(await mustPhase("status", two, spec(two))).toMatchObject({ state: "accepted" });
    // One history more beside the old one, of which nothing went off-site; and each backup whole.
    const histories = (place: string) => filesBelow(path.join(place, "prod", "records", "lineages"));
    expect(histories(near)).toHaveLength(2);
    expect(histories(away)).toHaveLength(1);
    expect(await listedAreGood(one)).toHaveLength(2);
    for (const host of hosts) {
      await allRows(old.writer, host);
      await allRows(late, host, "late");
      stands(host, "accepted");
    }
    await noStraysOf(...hosts);
  });

  it.each([["folders"], ["buckets"]] as const)("give-up, with an archive in %s", async (kind) => {
    const { hosts, one, two, near, writer, lineage } = await cluster(kind === "folders" ? folders : buckets);
    const spec = await recoveryOf(hosts, { restorePoint: "latest", inPlace: { replaces: lineage, fenced: [] } });
    for (const host of hosts) await mustPhase("gate", host, spec(host));
    await phase("first", one, spec(one), { failpoint: "restore-first/prove:after" });
    const archived = contentsOf(near);
    for (const host of hosts) {
      const before = oldData(host);
      const run = (options: AgentOptions) => agent([...at(host), "--json", "give-up", "r1"], options);
      for (const { name } of giveUp.steps) {
        await killAt(name, {
          procedure: giveUp,
          kind,
          run,
          afterKill(point) {
            if (name !== "start") expect(lostOf(before, host, "r1"), point).toEqual([]);
            return Promise.resolve();
          },
        });
      }
      await untilDone(() => run({}));
    }
    await until("the old cluster is back", async () => (await admin(two, ["cluster-status"])).code === 0 || undefined);
    expect(writer.compare(await readValues(adminOf(two)))).toMatchObject({ lost: [], wrong: [], double: [] });
    expect(lostFrom(archived, near)).toEqual([]);
    // Its log flows on, in the old history.
    expect(await backedUp(hosts)).toMatchObject({ lineage });
    expect(complaint(await phase("first", one, spec(one)))).toContain("recovery r1 was given up");
    await noStraysOf(...hosts);
  });
});

it("survived every kill point", () => {
  allSurvived(killed.folders["in-place-killed"]);
  allSurvived(killed.buckets["in-place-killed"], "buckets");
});
