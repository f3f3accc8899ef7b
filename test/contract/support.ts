import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { LabCluster, type LabNode } from "../../lab/neumann/harness";

/** A folder for a test, outside the project. */
export function scratch(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `contract-${name}-`));
}

/** A single node without data and without peers, not started. */
export async function loneNode(directory: string, id = "restored"): Promise<{ cluster: LabCluster; node: LabNode }> {
  const cluster = new LabCluster({ directory });
  const node = await cluster.addNode(id);
  return { cluster, node };
}

/** Inserts rows from one number to another in one batch; throws unless every answer is OK. */
export async function insert(node: LabNode, from: number, to: number): Promise<void> {
  const lines: string[] = [];
  for (let k = from; k <= to; k++) lines.push(`INSERT INTO t (k, v) VALUES (${k}, 'row-${k}-x.')`);
  const answers = (await node.must(["query", "-"], `${lines.join("\n")}\n`)).trim().split("\n");
  const odd = answers.find((answer) => answer !== "OK");
  if (answers.length !== lines.length || odd !== undefined) {
    throw new Error(`${answers.length} answers to ${lines.length} statements: ${odd}`);
  }
}

/** Names and contents of everything under a folder, with the times that a change would move. */
export function fingerprint(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of fs.readdirSync(folder, { recursive: true }) as string[]) {
    const stat = fs.statSync(path.join(folder, name), { bigint: true });
    found[name] = `${stat.size} ${stat.ino} ${stat.mtimeNs} ${stat.ctimeNs}`;
  }
  return found;
}

/** All files under a folder. */
export function filesUnder(folder: string): string[] {
  return (fs.readdirSync(folder, { recursive: true }) as string[])
    .map((name) => path.join(folder, name))
    .filter((file) => fs.statSync(file).isFile())
    .sort();
}

/** Flips one bit. */
export function flipBit(file: string, at: number): void {
  const bytes = fs.readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  fs.writeFileSync(file, bytes);
}

/** The segments in a folder, in order. */
export function segmentsIn(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs
    .readdirSync(folder)
    .filter((name) => /^[0-9a-f]{16}\.wal$/.test(name))
    .sort();
}

/** The number in a segment's name. */
export function numberOf(name: string): number {
  return parseInt(name.slice(0, 16), 16);
}

/** The index in what `wal-replay` printed. */
export function reachedIndex(output: string): number {
  const number = /(\d+)/.exec(output)?.[1];
  if (number === undefined) throw new Error(`no index in: ${output}`);
  return Number(number);
}

/** Asks the leader for a snapshot and waits until it covers what was committed at the call. */
export async function takeSnapshot(cluster: LabCluster): Promise<{ leader: LabNode; index: number }> {
  const leader = await cluster.leader();
  const wanted = (await leader.metric("commit_index")) ?? NaN;
  const answer = await fetch(`${leader.adminUrl}/admin/snapshot`, { method: "POST" });
  if (!answer.ok) throw new Error(`the leader refused a snapshot: ${answer.status}`);
  for (let i = 0; i < 200; i++) {
    const index = (await leader.metric("snapshot_index")) ?? 0;
    if (index >= wanted) return { leader, index };
    await pause(50);
  }
  throw new Error(`no snapshot of ${wanted}`);
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
