import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { LabDisk, whyNoDisks } from "../../lab/disk/disk";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { at, endAll, filesBelow, type Host, must, noStraysOf, protectedCluster, scratch } from "./support";

/**
 * An archive whose disk takes no write and refuses none, as a mount does whose server is silent: frozen by `fsfreeze`,
 * whoever writes there stands still in the kernel, and not even SIGKILL ends it before the disk goes on.
 */
const why = whyNoDisks();
if (why !== undefined) console.log(`skipped: an archive that hangs: ${why}`);

const folder = scratch("hanging");

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function freeze(disk: LabDisk, flag: "-f" | "-u"): void {
  const { status, stderr } = spawnSync("fsfreeze", [flag, disk.path]);
  if (status !== 0) throw new Error(`fsfreeze ${flag}: ${stderr.toString()}`);
}

describe.skipIf(why !== undefined)("an archive that hangs under wal-push", () => {
  it("holds no write up; when it goes on the log flows, without a gap and with nothing half stored", async () => {
    const disk = await LabDisk.make(path.join(folder, "archive"), 128);
    const source = await protectedCluster(folder);
    const [host] = source.hosts as [Host];
    const [node] = source.cluster.nodes;
    const wal = path.join(disk.path, "prod/wal");
    const segments = (): string[] => filesBelow(wal).filter((name) => name.endsWith(".wal"));
    let frozen = false;
    try {
      await createTable(node!);
      const writer = new Writer({ nodes: () => source.cluster.nodes, rowsPerSecond: 100 }).start();
      await until("the log flows", () => segments().length > 0);
      freeze(disk, "-f");
      frozen = true;
      const stored = segments();
      const rows = writer.acknowledged;
      // Many finished segments wait meanwhile, and no write does.
      await writer.reached(rows + 500, 30_000);
      expect(segments()).toEqual(stored);
      expect(fs.readdirSync(path.join(host.node.dataDirectory, "raft/wal")).length).toBeGreaterThan(1);
      freeze(disk, "-u");
      frozen = false;
      await writer.stop();
      await until("what waited has arrived", () => segments().length > stored.length + 1);
      await must([...at(host), "full"]);
      const found = await must<{ verdicts: { good: boolean }[] }>([...at(host), "verify", "--depth", "bytes"]);
      expect(found.verdicts.map(({ good }) => good)).toEqual([true]);
      await must([...at(host), "verify", "--wal"]);
      expect(writer.compare(await readValues(node!))).toMatchObject({ lost: [], wrong: [], double: [] });
      await noStraysOf(host);
      expect(filesBelow(disk.path).filter((name) => name.includes("neumann-backup-tmp"))).toEqual([]);
    } finally {
      if (frozen) freeze(disk, "-u");
      await source.cluster.close();
      await endAll();
      await disk.remove();
    }
  });
});
