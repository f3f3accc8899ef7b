import fs from "node:fs";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import { until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { endAll, filesBelow, protectedCluster, scratch } from "./support";

const folder = scratch("backlog");
const backlog = 12;

afterAll(async () => {
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

it("a node that restarts with unpushed segments and no quorum archives them all in its stream", async () => {
  const { cluster, hosts, archive } = await protectedCluster(folder, { nodes: 3 });
  try {
    await createTable(cluster.nodes[0]!);
    const writer = new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 100 }).start();
    const host = hosts[0]!;
    const wal = path.join(host.node.dataDirectory, "raft/wal");
    const stored = () => filesBelow(path.join(archive.location, "prod/wal")).filter((name) => name.includes("/node1-"));
    const pushed = () => stored().filter((name) => name.endsWith(".wal"));
    await until("its stream has begun", () => pushed().length > 0 || undefined);
    // Its archive_command fails from now on.
    const launcher = path.join(host.agentDirectory, "neumann-backup");
    fs.renameSync(launcher, `${launcher}.away`);
    const segments = () => filesBelow(wal).filter((name) => name.endsWith(".wal"));
    await until("a backlog has grown", () => segments().length > backlog || undefined, 60_000);
    await writer.stop();
    await Promise.all(cluster.nodes.map((node) => node.stop("SIGKILL")));
    fs.renameSync(`${launcher}.away`, launcher);
    const waiting = segments().slice(0, -1);
    const contents = new Map(waiting.map((name) => [name, fs.readFileSync(path.join(wal, name))]));
    await cluster.nodes[0]!.start();
    await until(
      "all of it is archived",
      () => {
        const names = pushed().map((name) => path.basename(name));
        return waiting.every((name) => names.includes(name)) || undefined;
      },
      60_000,
    );
    expect(await cluster.nodes[0]!.leads()).toBe(false);
    expect(new Set(pushed().map((name) => path.dirname(name))).size).toBe(1);
    for (const name of pushed().filter((at) => contents.has(path.basename(at)))) {
      const content = fs.readFileSync(path.join(archive.location, "prod/wal", name));
      expect(content.equals(contents.get(path.basename(name))!), name).toBe(true);
    }
    await Promise.all(cluster.nodes.slice(1).map((node) => node.start()));
    await cluster.whenHealthy();
    const { lost, wrong } = writer.compare(await readValues(cluster.nodes[0]!));
    expect({ lost, wrong }).toEqual({ lost: [], wrong: [] });
  } finally {
    await cluster.close();
  }
});
