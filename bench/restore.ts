import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { unpackTree } from "../agent/host/tarball";
import { hashTree } from "../agent/host/tree";
import { checkTree } from "../agent/restore/checkTree";
import { FileHashes } from "../agent/restore/fileHashes";
import { median, must, type Row, timed } from "./support";

const runs = 5;

/**
 * The data's way of a restore (fetch, hash, decompress, unpack, check every file) beside the bare pipe, from the same
 * object. What a recovery does beyond it (bootstrap, proof, start) is not part of this figure.
 */
export async function restoreRows(folder: string, object: string, say: (line: string) => void): Promise<Row[]> {
  const ours: number[] = [];
  const rival: number[] = [];
  const expected = createHash("sha256").update(fs.readFileSync(object)).digest("hex");
  const reference = fs.mkdtempSync(path.join(folder, "reference-"));
  must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${reference}`]);
  const files = await hashTree(reference);
  fs.rmSync(reference, { recursive: true });
  for (let run = 0; run < runs; run += 1) {
    for (const [figures, work] of [
      [rival, pipe],
      [ours, checked],
    ] as const) {
      const target = fs.mkdtempSync(path.join(folder, "restore-"));
      figures.push((await timed(() => work(target))).seconds);
      fs.rmSync(target, { recursive: true });
    }
  }
  say(`  restore, ${runs} runs each: ours ${ours.map(show).join(" ")}, pipe ${rival.map(show).join(" ")}`);
  const figures = { ours: median(ours), rival: median(rival) };
  return [
    { what: "restore into a checked folder, s", ...figures, kind: "ratio", atMost: 1.2, rivalName: "zstd -d | tar -x" },
  ];

  function pipe(target: string): void {
    must("sh", ["-c", `zstd -dqc ${object} | tar -x -C ${target}`]);
  }

  async function checked(target: string): Promise<void> {
    const hashes = new FileHashes(target);
    const { sha256 } = await unpackTree(fs.createReadStream(object, { highWaterMark: 1024 * 1024 }), target, {
      progress: () => undefined,
      unpacked: (name) => hashes.add(name),
    });
    await hashes.settled();
    if (sha256 !== expected) throw new Error("the object was not read as it is");
    await checkTree(target, { files, hashes }, () => undefined);
  }
}

function show(value: number): string {
  return value.toFixed(2);
}
