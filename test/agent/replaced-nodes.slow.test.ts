import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type LabNode, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { differences, none } from "../soak/invariants";
import {
  adminOf,
  agent,
  commandLines,
  complaint,
  endAll,
  type FolderArchive,
  filesBelow,
  freshHost,
  mustPhase,
  must,
  nodeSpec,
  type Protected,
  protectedCluster,
  recoveryOf,
  scratch,
} from "./support";

/**
 * Every node loses its disk, one after the other, between two backups, and one is rolled back afterwards: their streams
 * begin anew (protocols 5 and 6). Whatever time is asked for, there are the right rows or a refusal.
 */
const folder = scratch("replaced");
const times: number[] = [];
let archive: FolderArchive;
let writer: Writer;
let count = 0;

beforeAll(async () => {
  const source = await protectedCluster(path.join(folder, "source"), { nodes: 3 });
  ({ archive } = source);
  const { cluster } = source;
  try {
    await createTable(await cluster.leader());
    const running = () => cluster.nodes.filter((node) => node.running);
    writer = new Writer({ nodes: running, rowsPerSecond: 50 }).start();
    await passed();
    await full(source);
    for (const node of cluster.nodes) {
      await passed();
      await replaced(source, node);
    }
    await passed();
    await full(source);
    await passed();
    await rolledBack(source, cluster.nodes[2]!);
    await full(source);
    await passed();
    await writer.stop();
    const end = Date.now();
    await until("every node's log has arrived", () => streams(end).size >= 3 || undefined, 60_000);
  } finally {
    await writer.stop();
    await cluster.close();
  }
});

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Rows, and a moment among them to which somebody will want to go back. */
async function passed(): Promise<void> {
  await writer.reached(writer.acknowledged + 100);
  times.push(Date.now());
  await writer.reached(writer.acknowledged + 100);
}

async function full(source: Protected): Promise<void> {
  let last = "";
  const once = async (): Promise<true | undefined> => {
    const ran = await source.onLeader(["full"]);
    last = complaint(ran);
    return ran.code === 0 || undefined;
  };
  await until("a full backup", once, 60_000).catch((error: unknown) => {
    throw new Error(`${String(error)}: ${last}`);
  });
}

/** The node is dead, and so is what it had started: that would write on into the disk that is taken away. */
async function powerOff(node: LabNode): Promise<void> {
  await node.stop("SIGKILL");
  await until("nothing of it runs", () => !commandLines().some(({ command }) => command.includes(node.dataDirectory)));
}

/** A machine with a new disk. */
async function replaced({ cluster }: Protected, node: LabNode): Promise<void> {
  await powerOff(node);
  fs.rmSync(node.dataDirectory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  cluster.configure(node, cluster.nodes);
  await node.start();
  await cluster.whenHealthy();
  await until("its log flows", () => streamsOf(node).size > 1 || undefined, 60_000);
}

/** A machine whose disk is as it was some rows ago, also what it says of its log. */
async function rolledBack({ cluster }: Protected, node: LabNode): Promise<void> {
  const before = streamsOf(node).size;
  const copy = path.join(folder, "disk");
  await powerOff(node);
  fs.cpSync(node.dataDirectory, copy, { recursive: true, preserveTimestamps: true });
  await node.start();
  await passed();
  await passed();
  await powerOff(node);
  fs.rmSync(node.dataDirectory, { recursive: true, maxRetries: 20, retryDelay: 100 });
  fs.renameSync(copy, node.dataDirectory);
  await node.start();
  await cluster.whenHealthy();
  await until("its log forks", () => streamsOf(node).size > before || undefined, 60_000);
}

/** Streams that have had a segment since. */
function streams(since = 0): Set<string> {
  const wal = path.join(archive.location, "prod/wal");
  const late = filesBelow(wal).filter((name) => name.endsWith(".wal") && storedAt(path.join(wal, name)) > since);
  return new Set(late.map((name) => path.dirname(name)));
}

const storedAt = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;

function streamsOf({ id }: LabNode): Set<string> {
  return new Set([...streams()].filter((name) => path.basename(name).startsWith(`${id}-`)));
}

/** Restores to a time by some streams alone: the rows, or undefined where the plan refuses. */
async function restored(time: number, only: (stream: string) => boolean = () => true): Promise<string[] | undefined> {
  const place = path.join(folder, `case-${(count += 1)}`);
  fs.cpSync(archive.location, path.join(place, "archive"), { recursive: true, preserveTimestamps: true });
  for (const stream of streams()) {
    if (!only(path.basename(stream))) fs.rmSync(path.join(place, "archive/prod/wal", stream), { recursive: true });
  }
  const own = { kind: "directory" as const, clusterId: "prod", location: path.join(place, "archive") };
  const host = await freshHost(place, "new1", { archive: own });
  const restorePoint = `time:${new Date(time).toISOString()}`;
  const plan = { archive: own, restorePoint, recoveryId: "r1", nodes: ["new1"] };
  const looked = await agent(["--json", "plan"], { spec: plan });
  if (looked.code === 3) return undefined;
  await mustPhase("first", host, (await recoveryOf([host], { restorePoint }))(host));
  const values = await readValues(adminOf(host));
  await must(["node-delete"], { spec: nodeSpec(host) });
  return values;
}

it("each time gives its rows, or is refused where no stream spans it", async () => {
  const found: (string[] | undefined)[] = [];
  for (const time of times.slice(1, 5)) found.push(await restored(time));
  for (const [at, values] of found.entries())
    if (values !== undefined) expect(differences(writer, values, times[at + 1]!)).toEqual(none);
  // The node that was replaced last spans all up to then; after that nobody does before the next backup.
  expect(found.map((values) => values !== undefined)).toEqual([true, true, true, false]);
});

it("what a node archived before its disk was rolled back, and what it archived then, can both be replayed", async () => {
  const own = [...streams()].map((name) => path.basename(name)).filter((name) => name.startsWith("node3-"));
  const last = (stream: string): number => {
    const wal = path.join(archive.location, "prod/wal");
    const files = filesBelow(wal).filter((name) => name.includes(`/${stream}/`));
    return Math.max(...files.map((name) => storedAt(path.join(wal, name))));
  };
  const [forked, before] = own.sort((a, b) => last(b) - last(a)) as [string, string];
  for (const [stream, time] of [
    [before, times[6]!],
    [forked, times.at(-1)!],
  ] as const) {
    const values = await restored(time, (name) => name === stream);
    expect(values, stream).toBeDefined();
    expect(differences(writer, values ?? [], time)).toEqual(none);
  }
});
