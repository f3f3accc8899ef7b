import fs from "node:fs";
import path from "node:path";
import { hashFile } from "../agent/host/files";
import { hashTree } from "../agent/host/tree";
import { median, must, type Row, timed } from "./support";

const runs = 9;

/**
 * The data's way of a restore (fetch, hash, decompress, unpack, check every file) beside the bare pipe, from the same
 * object. What a recovery does beyond it (bootstrap, proof, start) is not part of this figure.
 */
export async function restoreRows(folder: string, object: string, say: (line: string) => void): Promise<Row[]> {
  const ours: number[] = [];
  const rival: number[] = [];
  const reference = fs.mkdtempSync(path.join(folder, "reference-"));
  must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${reference}`]);
  const expected = path.join(folder, "expected.json");
  fs.writeFileSync(expected, JSON.stringify({ sha256: await hashFile(object), files: await hashTree(reference) }));
  fs.rmSync(reference, { recursive: true });
  for (let run = 0; run < runs; run += 1) {
    for (const [figures, work] of [
      [rival, pipe],
      [ours, checked],
    ] as const) {
      const target = fs.mkdtempSync(path.join(folder, "restore-"));
      figures.push(await work(target));
      fs.rmSync(target, { recursive: true });
    }
  }
  say(`  restore, ${runs} runs each: ours ${ours.map(show).join(" ")}, pipe ${rival.map(show).join(" ")}`);
  const figures = { ours: median(ours), rival: median(rival) };
  return [
    {
      what: "restore into a checked folder, s",
      ...figures,
      kind: "ratio",
      atMost: 1.2,
      rivalName: "zstd -d into tar -x",
    },
  ];

  async function pipe(target: string): Promise<number> {
    return (await timed(() => must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${target}`]))).seconds;
  }

  function checked(target: string): number {
    return Number(must("node", [path.join(__dirname, "unpack.js"), object, target, expected]));
  }
}

function show(value: number): string {
  return value.toFixed(2);
}
