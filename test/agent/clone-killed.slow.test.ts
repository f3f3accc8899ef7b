import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { restoreAccept, restoreBase, restoreRelease } from "../../agent/restore/accept";
import { restoreFirst } from "../../agent/restore/first";
import { restoreJoin } from "../../agent/restore/join";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import type { RestoreSpec } from "../../model/specs";
import { logArrived } from "./logArrived";
import { allSurvived, killAt, type Steps, survived, tried, untilDone } from "./killing";
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
  type FolderArchive,
  filesBelow,
  freshHost,
  type Host,
  initialisations,
  must,
  mustPhase,
  nodeSpec,
  noStraysOf,
  phase,
  protectedCluster,
  recoveryOf,
  scratch,
} from "./support";

/**
 * A clone, killed (SIGKILL to its process group) before, in and after every step of every phase, the steps taken from the
 * code: run again it is one cluster of its own, with every row, and production's archive never has another byte.
 */
const folder = scratch("clone-kill");
const hosts: Host[] = [];
let source: FolderArchive;
let production: { clusterId: string; lineage: string };
let writer: Writer;
/** After its last row. */
let target: string;

beforeAll(async () => {
  const { cluster, archive, hosts: members } = await protectedCluster(path.join(folder, "production"));
  try {
    const [host] = members as [Host];
    const [node] = cluster.nodes;
    await createTable(node!);
    writer = new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 200, rows: 600 }).start();
    await writer.reached(200);
    const { lineage } = await must<{ lineage: string }>([...at(host), "full"]);
    production = { clusterId: await clusterId(host), lineage };
    await writer.finished();
    target = new Date().toISOString();
    await createTable(node!, "later");
    await logArrived({ hosts: members, nodes: cluster.nodes, wal: path.join(archive.location, "prod/wal") });
  } finally {
    await cluster.close();
  }
  source = { kind: "directory", clusterId: archive.clusterId, location: archive.location };
});

afterAll(async () => {
  for (const host of hosts) await must(["node-delete"], { spec: nodeSpec(host) }).catch(() => undefined);
  await endAll();
  console.log(`${tried.length} kill points, ${survived.length} survived`);
  fs.rmSync(folder, { recursive: true, force: true });
});

async function clusterId(host: Host): Promise<string> {
  return (JSON.parse((await admin(host, ["cluster-info"])).stdout) as { cluster_id: string }).cluster_id;
}

async function clone(): Promise<{ one: Host; two: Host; own: FolderArchive; spec: (host: Host) => RestoreSpec }> {
  const directory = path.join(folder, "clone");
  const location = path.join(directory, "archive");
  const own: FolderArchive = { kind: "directory", location, clusterId: "copy" };
  const spec = { archive: { kind: "directory", location }, clusterId: "copy", role: "primary" };
  await must(["archive-create"], { spec });
  const programDirectory = countingPrograms(path.join(directory, "programs"));
  for (const id of ["copy1", "copy2"]) hosts.push(await freshHost(directory, id, { archive: own, programDirectory }));
  const [one, two] = hosts as [Host, Host];
  return { one, two, own, spec: await recoveryOf(hosts, { restorePoint: `time:${target}`, cloneOf: source }) };
}

it("that is killed anywhere is made once, and production's archive is as it was", { timeout: 900_000 }, async () => {
  const { one, two, own, spec } = await clone();
  const before = contentsOf(source.location);
  const each = async (
    procedure: Steps,
    name: string,
    host: Host,
    check: (step: string, point: string) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> => {
    const run = (options: AgentOptions) => phase(name, host, spec(host), options);
    for (const step of procedure.steps) {
      await killAt(step.name, {
        procedure,
        run,
        async afterKill(point) {
          expect(contentsOf(source.location), point).toEqual(before);
          await check(step.name, point);
        },
      });
    }
    await untilDone(() => run({}));
    expect(contentsOf(source.location), name).toEqual(before);
  };
  const steps: string[] = restoreFirst.steps.map(({ name }) => name);
  await each(restoreFirst, "first", one, async (step, point) => {
    if (steps.indexOf(step) <= steps.indexOf("gate") || steps.indexOf(step) >= steps.indexOf("start")) return;
    const start = await agent(["--json", "node-create"], { spec: nodeSpec(one, { start: true, bootstrap: true }) });
    expect(start.code, `${point}: ${complaint(start)}`).toBe(3);
  });
  await each(restoreJoin, "join", two);
  expect(filesBelow(path.join(own.location, "copy/wal"))).toEqual([]);
  for (const host of hosts) await each(restoreRelease, "release", host);
  const { leader_id } = JSON.parse(await adminOf(one).must(["cluster-info"])) as { leader_id: string };
  await each(
    restoreBase,
    "base",
    hosts.find(({ node }) => node.id === leader_id)!,
  );
  for (const host of hosts) await mustPhase("base", host, spec(host));
  await each(restoreAccept, "accept", one);

  expect([initialisations(one), initialisations(two)]).toEqual([1, 0]);
  const lineages = path.join(own.location, "copy/records/lineages");
  expect(filesBelow(lineages).filter((name) => name.endsWith(".json"))).toHaveLength(1);
  const [record] = filesBelow(lineages).filter((name) => name.endsWith(".json"));
  expect(JSON.parse(fs.readFileSync(path.join(lineages, record!), "utf8"))).toMatchObject({
    purpose: "clone",
    parent: { lineage: production.lineage },
  });
  for (const host of hosts) {
    expect(await clusterId(host)).not.toBe(production.clusterId);
    const { lost, wrong, double } = writer.compare(await readValues(adminOf(host)));
    expect({ lost, wrong, double }, host.node.id).toEqual({ lost: [], wrong: [], double: [] });
  }
  expect(await clusterId(one)).toBe(await clusterId(two));
  expect(await must([...at(one), "verify"])).toMatchObject({ good: true });
  await noStraysOf(...hosts);
});

it("survived every kill point", () => {
  allSurvived([restoreFirst, restoreJoin, restoreRelease, restoreBase, restoreAccept]);
});
