import { once } from "node:events";
import { createInterface } from "node:readline";
import type { LabNode } from "../lab/neumann/harness";
import { text } from "./support";

const rowBytes = 4096;

/** Writes so many bytes of rows into table `t`, all acknowledged. */
export async function fill(node: LabNode, bytes: number, progress: (done: number) => void): Promise<void> {
  await node.must(["query", "-"], "CREATE TABLE t (k INT, v TEXT)\n");
  const rows = Math.ceil(bytes / rowBytes);
  const child = node.spawnAdmin(["query", "-"]);
  let answered = 0;
  let wrong = "";
  if (!child.stdout || !child.stdin) throw new Error("neumann-admin has no streams");
  createInterface({ input: child.stdout }).on("line", (line) => {
    answered += 1;
    if (line.trim() !== "OK") wrong ||= line;
    if (answered % 10_000 === 0) progress(answered * rowBytes);
  });
  for (let k = 1; k <= rows; k += 1) {
    const more = child.stdin.write(`INSERT INTO t (k, v) VALUES (${k}, '${text(rowBytes, k)}')\n`);
    if (!more) await once(child.stdin, "drain");
  }
  child.stdin.end();
  await once(child, "close");
  if (wrong !== "" || answered !== rows) throw new Error(`${answered} of ${rows} rows were written: ${wrong}`);
}
