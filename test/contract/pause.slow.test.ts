import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabCluster, startCluster, until } from "../../lab/neumann/harness";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { fingerprint, insert, pause, scratch, takeSnapshot } from "./support";

describe("pause-writes", () => {
  const directory = scratch("pause");
  let cluster: LabCluster;

  beforeAll(async () => {
    cluster = await startCluster({ directory });
    await createTable(cluster.nodes[0]!);
  });
  afterAll(async () => {
    await cluster.close();
    fs.rmSync(directory, { recursive: true });
  });

  it("holds what was acknowledged, refuses the rest, and the store stands still", async () => {
    const writer = new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 5000 }).start();
    await writer.reached(2000);
    const node = cluster.nodes[1]!;
    await node.must(["pause-writes"]);
    const store = path.join(node.dataDirectory, "store");
    const before = fingerprint(store);
    const pausedAt = Date.now();
    await pause(700);
    const acknowledgedInside = writer.notes.filter((note) => (note.acknowledgedAt ?? 0) > pausedAt + 300);
    expect(acknowledgedInside).toEqual([]);
    const { code, stdout } = await cluster.nodes[2]!.admin(["query", "-"], "INSERT INTO t (k, v) VALUES (0, 'no')\n");
    expect(code).not.toBe(0);
    expect(stdout).not.toMatch(/^OK/m);
    expect((await readValues(node)).length).toBeGreaterThanOrEqual(writer.acknowledged);
    expect(fingerprint(store)).toEqual(before);
    await node.must(["verify-checksums"]);
    await cluster.nodes[0]!.must(["resume-writes"]);
    await writer.reached(writer.acknowledged + 1000);
    await writer.stop();
    const { lost, wrong, double } = writer.compare(await readValues(cluster.nodes[0]!));
    expect({ lost, wrong, double }).toEqual({ lost: [], wrong: [], double: [] });
  });

  it("may be repeated, and so may resume-writes", async () => {
    for (const node of cluster.nodes) await node.must(["pause-writes"]);
    for (const node of cluster.nodes) await node.must(["resume-writes"]);
    await insert(cluster.nodes[0]!, 1, 1);
  });

  it("gives snapshot, applied and commit index that are equal, while nothing else happens", async () => {
    const leader = await cluster.leader();
    await leader.must(["pause-writes"]);
    await takeSnapshot(cluster);
    const store = fingerprint(path.join(leader.dataDirectory, "store"));
    await pause(300);
    expect(fingerprint(path.join(leader.dataDirectory, "store"))).toEqual(store);
    const commit = await leader.metric("commit_index");
    expect(await leader.metric("applied_index")).toBe(commit);
    expect(await leader.metric("snapshot_index")).toBe(commit);
    await leader.must(["resume-writes"]);
  });

  it("stays through a new leader and a restart of all, and ends only by resume-writes", async () => {
    await cluster.nodes[0]!.must(["pause-writes"]);
    const leader = await cluster.leader();
    await leader.stop("SIGKILL");
    await cluster.leader();
    await leader.start();
    await cluster.whenHealthy(3);
    await Promise.all(cluster.nodes.map((node) => node.stop("SIGKILL")));
    await Promise.all(cluster.nodes.map((node) => node.start()));
    await cluster.whenHealthy(3);
    const write = () => cluster.nodes[1]!.admin(["query", "-"], "INSERT INTO t (k, v) VALUES (0, 'no')\n");
    expect((await write()).code).not.toBe(0);
    await cluster.nodes[2]!.must(["resume-writes"]);
    await until("writes again", async () => ((await write()).code === 0 ? true : undefined));
  });
});
