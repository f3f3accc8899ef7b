import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { readIfThere } from "../agent/host/files";
import { segmentName } from "../model/layout";
import { inFolder, median, must, protectedCluster, type Row, text, timed } from "./support";

const runs = 21;
/** Left out at the beginning: after a rest the first programs pay for memory that the machine had given back. */
const warmUps = 10;
const segmentBytes = 16 * 1024 * 1024;

/** `wal-push` of a 16 MiB segment into a folder beside `cp` of the same file, in turn. */
export async function benchWalPush(): Promise<Row[]> {
  return inFolder(async (folder) => {
    const bench = await protectedCluster(folder, 1);
    const node = await bench.cluster.leader();
    try {
      const target = path.join(folder, "copies");
      fs.mkdirSync(target);
      const launcher = path.join(folder, "agents", node.id, "neumann-backup");
      const first = await firstFree(folder);
      // Nobody else archives its log meanwhile.
      await node.stop();
      const ours: number[] = [];
      const rival: number[] = [];
      for (let run = 0; run < warmUps + runs; run += 1) {
        const name = segmentName(first + BigInt(run));
        const file = path.join(folder, name);
        fs.writeFileSync(file, text(segmentBytes, run + 1));
        // What was written before is on the disk: neither pays for the other.
        must("sync", []);
        ours.push((await timed(() => must("sh", ["-c", `${launcher} wal-push ${file} ${name}`]))).seconds);
        must("sync", []);
        rival.push((await timed(() => must("sh", ["-c", `cp ${file} ${target}/${name}`]))).seconds);
      }
      const bare = median(await starts());
      process.stderr.write(`  a bare start of Node takes ${bare.toFixed(3)} s of it\n`);
      const figures = { ours: median(ours.slice(warmUps)), rival: median(rival.slice(warmUps)) };
      return [{ what: "wal-push of 16 MiB, s", ...figures, kind: "difference", atMost: 0.1, rivalName: "cp" }];
    } finally {
      await bench.cluster.close();
    }
  });
}

/** What every start of Node costs on this machine at this moment, whatever it then does. */
async function starts(): Promise<number[]> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    seconds.push((await timed(() => must(process.execPath, ["--eval", "0"]))).seconds);
  }
  return seconds;
}

/** The number after the last segment that the node has archived: it has to archive one first. */
export async function firstFree(folder: string): Promise<bigint> {
  const file = path.join(folder, "cluster", "node1", "data", "raft", "wal", ".neumann-backup-stream");
  for (let wait = 0; wait < 300; wait += 1) {
    const text = (await readIfThere(file)) ?? "{}";
    const { lastPushed } = JSON.parse(text) as { lastPushed?: string | null };
    if (typeof lastPushed === "string") return BigInt(`0x${lastPushed.slice(0, 16)}`) + 1n;
    await sleep(100);
  }
  throw new Error("the node archived nothing in 30 s");
}
