import fs from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import { startCluster, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { pause, scratch } from "./support";

/** Numbers that a seed repeats. */
function random(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2147483648) / 2147483648;
}

it("loses no acknowledged write when nodes are killed at random moments", async () => {
  const seed = Number(process.env.CONTRACT_SEED ?? Date.now() % 1_000_000);
  console.log(`CONTRACT_SEED=${seed}`);
  const next = random(seed);
  const directory = scratch("kill");
  const archive = (id: string) => path.join(directory, "archive", id);
  const cluster = await startCluster({
    directory,
    archiveCommand: (id) => `mkdir -p ${archive(id)} && cp %p ${archive(id)}/%f`,
    archiveTimeoutSeconds: 1,
    settings: { raft: { snapshot_interval: 3000 } },
  });
  try {
    await createTable(cluster.nodes[0]!);
    const running = () => cluster.nodes.filter((node) => node.running);
    const writer = new Writer({ nodes: running, rowsPerSecond: 4000 }).start();
    for (let round = 0; round < 6; round++) {
      const reached = writer.acknowledged;
      await pause(200 + next() * 600);
      const victim = next() < 0.75 ? await cluster.leader() : cluster.nodes[Math.floor(next() * 3)]!;
      await victim.stop("SIGKILL");
      await cluster.leader();
      await writer.reached(reached + 500);
      await victim.start();
      await cluster.whenHealthy(3);
      if (next() < 0.3) {
        // All at once: what was acknowledged is on the disks of a majority.
        await Promise.all(cluster.nodes.map((node) => node.stop("SIGKILL")));
        await Promise.all(cluster.nodes.map((node) => node.start()));
        await cluster.whenHealthy(3);
      }
    }
    await writer.stop();
    expect(writer.acknowledged).toBeGreaterThan(3000);
    for (const node of cluster.nodes) {
      const { lost, wrong, double } = writer.compare(await readValues(node));
      expect({ lost, wrong, double }, `seed ${seed}, ${node.id}`).toEqual({ lost: [], wrong: [], double: [] });
      await node.must(["verify-checksums"]);
    }
  } finally {
    await cluster.close();
  }
  fs.rmSync(directory, { recursive: true });
});

it("replaces a leader that hangs, and the old one acknowledges nothing when it wakes", async () => {
  const directory = scratch("hang");
  const cluster = await startCluster({ directory });
  try {
    await createTable(cluster.nodes[0]!);
    const old = await cluster.leader();
    const others = cluster.nodes.filter((node) => node !== old);
    const writer = new Writer({ nodes: () => others, rowsPerSecond: 2000 }).start();
    await writer.reached(500);
    old.signal("SIGSTOP");
    await until("another leader", async () => {
      for (const node of others) if (await node.leads()) return node;
      return undefined;
    });
    await writer.reached(writer.acknowledged + 500);
    old.signal("SIGCONT");
    await cluster.whenHealthy(3);
    await writer.stop();
    for (const node of cluster.nodes) {
      const { lost, wrong, double } = writer.compare(await readValues(node));
      expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
    }
  } finally {
    await cluster.close();
  }
  fs.rmSync(directory, { recursive: true });
});
