import { rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programsFolder } from "../neumann/harness";
import { createTable, readValues, valueOf, Writer } from "../neumann/writer";
import type { DemoArchives } from "./archives";
import { type NodePlace, OperatedNode } from "./node";
import { killAll, type OwnProcess, processesOf } from "./processes";

const nodesOfACluster = 3;
const portsOfANode = 2;

/** How many ports `demoLaboratory` needs: two clusters. */
export const demoPorts = 2 * nodesOfACluster * portsOfANode;

/** How a laboratory is set up. */
export interface LaboratoryOptions {
  /** The marked folder of the run: see `workVariable`. */
  workFolder: string;
  /** Nodes get a folder each below this one. */
  folder: string;
  ports: readonly number[];
  archives: DemoArchives["places"];
}

/** What an exercise is done with: two clusters on loopback, one to be lost, one to take its place. */
export function demoLaboratory(options: LaboratoryOptions) {
  const places = placesOf(options);
  const lost = places.slice(0, nodesOfACluster);
  const fresh = places.slice(nodesOfACluster);
  return {
    programDirectory: programsFolder(),
    lost,
    fresh,
    archives: options.archives,
    startWriter,
    valueOf: (k: number) => valueOf(k),
    readRows,
    countRows,
    leaderOf,
    runAgent,
    observe,
    destroy: (nodes: readonly NodePlace[]) => destroy(options.workFolder, nodes),
    runningOn: async (nodes: readonly NodePlace[]) =>
      (await runningOn(options.workFolder, nodes)).map(({ pid }) => pid),
  };
}

function placesOf({ folder, ports }: LaboratoryOptions): NodePlace[] {
  const number = ports.length / portsOfANode;
  return Array.from({ length: number }, (_, index) => ({
    nodeId: `node${index + 1}`,
    address: `127.0.0.1:${ports[index * portsOfANode]}`,
    adminUrl: `http://127.0.0.1:${ports[index * portsOfANode + 1]}`,
    directory: path.join(folder, `node${index + 1}`),
  }));
}

/** Fast enough for many writes in little time, and slow enough to leave the machine to the backups. */
const rowsPerSecond = 6500;

async function startWriter(nodes: readonly NodePlace[]): Promise<Writer> {
  const operated = nodes.map((place) => new OperatedNode(place));
  const [first] = operated;
  if (first === undefined) throw new Error("there is no node to write to");
  await createTable(first);
  return new Writer({ nodes: () => operated, rowsPerSecond }).start();
}

async function readRows(place: NodePlace): Promise<{ k: number; value: string }[]> {
  const values = await readValues(new OperatedNode(place));
  return values.map((value) => ({ k: Number(/^row-(\d+)-/.exec(value)?.[1] ?? NaN), value }));
}

async function countRows(place: NodePlace): Promise<number> {
  const text = await new OperatedNode(place).must(["query", "SELECT COUNT(*) FROM t"]);
  const number = /^\W*(\d+)\W*$/m.exec(text)?.[1];
  if (number === undefined) throw new Error(`${place.nodeId} gave no count: ${text}`);
  return Number(number);
}

const leaderDeadlineMs = 20_000;

async function leaderOf(nodes: readonly NodePlace[]): Promise<NodePlace> {
  for (const deadline = Date.now() + leaderDeadlineMs; Date.now() < deadline; await sleep(50)) {
    for (const place of nodes) {
      const info = await new OperatedNode(place).info().catch(() => undefined);
      const leader = nodes.find(({ nodeId }) => nodeId === info?.leader_id);
      if (leader !== undefined) return leader;
    }
  }
  throw new Error(`no node led in ${leaderDeadlineMs / 1000} s`);
}

async function runAgent(place: NodePlace, words: readonly string[], listen: (text: string) => void) {
  let message = "";
  const { code, stdout } = await new OperatedNode(place).agent(words, (line) => {
    const event = eventOf(line);
    if (event?.event === "error") message = event.message;
    else if (event !== undefined) listen(event.message);
    else message = line;
  });
  if (code !== 0) return { exitCode: code, result: {}, message: message || `it ended with ${code}` };
  return { exitCode: code, result: JSON.parse(stdout) as Record<string, unknown>, message };
}

function eventOf(line: string): { event: string; message: string } | undefined {
  try {
    const { event, message, step } = JSON.parse(line) as Record<string, unknown>;
    return { event: String(event), message: typeof message === "string" ? message : String(step) };
  } catch {
    return undefined;
  }
}

async function observe(nodes: readonly NodePlace[]) {
  const operated = nodes.map((place) => new OperatedNode(place));
  const info = await new OperatedNode(await leaderOf(nodes)).info();
  const processes = operated.map(({ place, pid }): [string, number] => [place.nodeId, pid ?? 0]);
  return {
    clusterId: info.cluster_id,
    members: info.members.map(({ id }) => id),
    processes: Object.fromEntries(processes),
  };
}

/** All processes of the run that work in one of the nodes' folders: servers, agents, what `archive_command` runs. */
async function runningOn(workFolder: string, nodes: readonly NodePlace[]): Promise<OwnProcess[]> {
  const own = await processesOf(workFolder);
  return own.filter(({ command }) => nodes.some(({ directory }) => command.includes(`${directory}${path.sep}`)));
}

async function destroy(workFolder: string, nodes: readonly NodePlace[]): Promise<number> {
  const operated = nodes.map((place) => new OperatedNode(place));
  const servers = operated.flatMap(({ pid }) => pid ?? []);
  const killed = await killAll(() => runningOn(workFolder, nodes));
  await Promise.all(nodes.map(({ directory }) => rm(directory, { recursive: true, force: true })));
  return killed.filter(({ pid }) => servers.includes(pid)).length;
}
