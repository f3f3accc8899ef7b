import fs from "node:fs";
import path from "node:path";
import { hashFile } from "../agent/host/files";
import { hashTree } from "../agent/host/tree";
import { median, must, type Row, timed } from "./support";

const runs = 9;

/**
 * The data's way of a restore (fetch, hash, decompress, unpack, check every file) beside the bare pipe, from the same
 * object, and beside the same checks typed by hand. What a recovery does beyond it (bootstrap, proof, start) is not part
 * of these figures.
 */
export async function restoreRows(folder: string, object: string, say: (line: string) => void): Promise<Row[]> {
  const ours: number[] = [];
  const rival: number[] = [];
  const byHand: number[] = [];
  const reference = fs.mkdtempSync(path.join(folder, "reference-"));
  must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${reference}`]);
  const expected = path.join(folder, "expected.json");
  const sums = path.join(folder, "expected.sha256");
  const [sha256, files] = [await hashFile(object), await hashTree(reference)];
  fs.writeFileSync(expected, JSON.stringify({ sha256, files }));
  fs.writeFileSync(sums, files.map((file) => `${file.sha256}  ${file.path}\n`).join(""));
  fs.rmSync(reference, { recursive: true });
  for (let run = 0; run < runs; run += 1) {
    for (const [figures, work] of [
      [rival, pipe],
      [byHand, checkedByHand],
      [ours, checked],
    ] as const) {
      const target = fs.mkdtempSync(path.join(folder, "restore-"));
      figures.push(await work(target));
      fs.rmSync(target, { recursive: true });
    }
  }
  say(`  restore, ${runs} runs each: ours ${ours.map(show).join(" ")}, pipe ${rival.map(show).join(" ")}`);
  const of = { what: "restore into a checked folder, s", ours: median(ours), kind: "ratio" } as const;
  return [
    { ...of, rival: median(rival), atMost: 1.2, rivalName: "zstd -d into tar -x" },
    { ...of, rival: median(byHand), atMost: 1, rivalName: "the same and sha256sum" },
  ];

  async function pipe(target: string): Promise<number> {
    return (await timed(() => must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${target}`]))).seconds;
  }

  async function checkedByHand(target: string): Promise<number> {
    const hashes = `sha256sum ${object} & zstd -dqc ${object} | tar -x -C ${target}; wait`;
    return (await timed(() => must("sh", ["-ec", `${hashes}; cd ${target}; sha256sum --quiet --check ${sums}`])))
      .seconds;
  }

  function checked(target: string): number {
    return Number(must("node", [path.join(__dirname, "unpack.js"), object, target, expected]));
  }
}

function show(value: number): string {
  return value.toFixed(2);
}
