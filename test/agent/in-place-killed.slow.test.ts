import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { restoreFirst } from "../../agent/restore/first";
import { restoreGate } from "../../agent/restore/gate";
import { giveUp } from "../../agent/restore/giveUp";
import { restoreJoin } from "../../agent/restore/join";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { killAt, moments, type Steps, survived, tried, untilDone } from "./killing";
import {
  admin,
  adminOf,
  agent,
  type AgentOptions,
  at,
  complaint,
  contentsOf,
  countingPrograms,
  endAll,
  type Host,
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
import { ownCluster } from "./ownCluster";

/**
 * A restore in place, killed (SIGKILL to its process group) before, in and after every step, the steps taken from the
 * code: nothing that was there before is lost, no old member starts, and the new cluster begins once.
 */

const folder = scratch("in-place-kill");
const open: Host[] = [];

afterAll(async () => {
  for (const host of open) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
  await endAll();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

let made = 0;

/** Two nodes with some rows and a full backup. */
async function cluster() {
  const directory = path.join(folder, `cluster-${(made += 1)}`);
  const programDirectory = countingPrograms(path.join(directory, "programs"));
  const { hosts, archive } = await ownCluster(directory, { nodes: 2, programDirectory });
  open.push(...hosts);
  const [one, two] = hosts as [Host, Host];
  await createTable(adminOf(one));
  const writer = new Writer({ nodes: () => [adminOf(one)], rows: 500 }).start();
  await writer.finished();
  const backup = (await backedUp(hosts)) as { backupId: string; lineage: string };
  return { hosts, one, two, archive, writer, ...backup };
}

async function backedUp(hosts: readonly Host[]): Promise<Record<string, unknown>> {
  const info = JSON.parse((await admin(hosts[0]!, ["cluster-info"])).stdout) as { leader_id: string };
  return must([...at(hosts.find(({ node }) => node.id === info.leader_id)!), "full"]);
}

/** What the database wrote, wherever it lies now: in place or aside. */
function oldData(host: Host): Map<string, string> {
  const all = contentsOf(host.node.dataDirectory);
  return new Map([...all].filter(([name]) => /^(raft|store)\//.test(name) && !name.includes(".neumann-backup")));
}

function lostOf(before: ReadonlyMap<string, string>, host: Host, recoveryId: string): string[] {
  const inPlace = oldData(host);
  const aside = path.join(host.node.dataDirectory, ".neumann-backup-aside", recoveryId);
  const put = fs.existsSync(aside) ? contentsOf(aside) : new Map<string, string>();
  return [...before]
    .filter(([name, sha256]) => ![inPlace.get(name), put.get(name)].includes(sha256))
    .map(([name]) => name);
}

describe("a restore in place that is killed anywhere is run again", { timeout: 900_000 }, () => {
  it("gate, first, join", async () => {
    const { hosts, one, two, archive, writer, lineage, backupId } = await cluster();
    const spec = await recoveryOf(hosts, {
      restorePoint: `backup:${backupId}`,
      inPlace: { replaces: lineage, fenced: [] },
    });
    const archived = contentsOf(archive.location);
    const each = async (
      procedure: Steps,
      name: string,
      host: Host,
      check: (step: string, point: string) => unknown,
    ) => {
      const run = (options: AgentOptions) => phase(name, host, spec(host), options);
      for (const step of procedure.steps) {
        await killAt(step.name, { procedure, run, afterKill: async (point) => void (await check(step.name, point)) });
      }
      await untilDone(() => run({}));
      expect(lostFrom(archived, archive.location), name).toEqual([]);
    };
    await each(restoreGate, "gate", one, () => undefined);
    await mustPhase("gate", two, spec(two));
    const before = new Map(hosts.map((host) => [host, oldData(host)]));
    const stands = (host: Host, point: string): void => {
      expect(lostOf(before.get(host)!, host, "r1"), point).toEqual([]);
    };
    /** I4: neither the old member nor what is half in place starts. */
    const gated = async (host: Host, point: string): Promise<void> => {
      const start = await agent(["--json", "node-create"], { spec: nodeSpec(host, { start: true }) });
      expect(start.code, `${point}: ${complaint(start)}`).toBe(3);
    };
    const opens = restoreFirst.steps.findIndex(({ name }) => name === "start");
    await each(restoreFirst, "first", one, async (step, point) => {
      stands(one, point);
      stands(two, point);
      await gated(two, point);
      if (restoreFirst.steps.findIndex(({ name }) => name === step) < opens) await gated(one, point);
    });
    expect(initialisations(one)).toBe(1);
    await each(restoreJoin, "join", two, (_step, point) => stands(two, point));
    expect(initialisations(two)).toBe(0);
    for (const name of ["release", "base"]) for (const host of hosts) await mustPhase(name, host, spec(host));
    await mustPhase("accept", one, spec(one));
    for (const host of hosts) {
      const { lost, wrong, double } = writer.compare(await readValues(adminOf(host)));
      expect({ lost, wrong, double }, host.node.id).toEqual({ lost: [], wrong: [], double: [] });
      stands(host, "accepted");
    }
    await noStraysOf(...hosts);
  });

  it("give-up", async () => {
    const { hosts, one, two, archive, writer, lineage } = await cluster();
    const spec = await recoveryOf(hosts, { restorePoint: "latest", inPlace: { replaces: lineage, fenced: [] } });
    for (const host of hosts) await mustPhase("gate", host, spec(host));
    await phase("first", one, spec(one), { failpoint: "restore-first/prove:after" });
    const archived = contentsOf(archive.location);
    for (const host of hosts) {
      const before = oldData(host);
      const run = (options: AgentOptions) => agent([...at(host), "--json", "give-up", "r1"], options);
      for (const { name } of giveUp.steps) {
        await killAt(name, {
          procedure: giveUp,
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
    expect(lostFrom(archived, archive.location)).toEqual([]);
    // Its log flows on, in the old history.
    expect(await backedUp(hosts)).toMatchObject({ lineage });
    expect(complaint(await phase("first", one, spec(one)))).toContain("recovery r1 was given up");
    await noStraysOf(...hosts);
  });
});

it("survived every kill point", () => {
  const points = [restoreGate, restoreFirst, restoreJoin, giveUp].flatMap(({ name, steps }: Steps) =>
    steps.flatMap((step) => moments.map((moment) => `${name}/${step.name}:${moment}`)),
  );
  expect(points.filter((point) => !survived.includes(point))).toEqual([]);
  expect(tried.filter((point) => !survived.includes(point))).toEqual([]);
});
