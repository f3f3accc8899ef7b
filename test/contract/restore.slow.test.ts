import fs from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type LabCluster, type LabNode, startCluster, until } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import {
  filesUnder,
  flipBit,
  insert,
  loneNode,
  pause,
  reachedIndex,
  scratch,
  segmentsIn,
  takeSnapshot,
} from "./support";

/** The times between groups of rows, and what was kept of the cluster that is lost. */
interface Kept {
  /** A copy of raft/snapshots after the first group. */
  snapshots: string;
  /** The same, but from under a pause after the third group, with store/ beside it. */
  paused: string;
  pausedStore: string;
  /** A whole stream of segments. */
  stream: string;
  /** The stream of another node. */
  other: string;
  afterFirst: string;
  afterSecond: string;
  clusterId: string;
}

const rowsAt = { first: 500, second: 1000, third: 1500 };

function copyInto(from: string, to: string): void {
  fs.cpSync(from, to, { recursive: true });
}

describe("a restore by hand", () => {
  const directory = scratch("restore");
  let kept: Kept;
  let restored: LabCluster | undefined;
  let count = 0;

  async function makeSource(): Promise<Kept> {
    const archive = path.join(directory, "archive");
    const cluster = await startCluster({
      directory: path.join(directory, "source"),
      archiveCommand: (id) => `mkdir -p ${archive}/${id} && cp %p ${archive}/${id}/%f`,
      archiveTimeoutSeconds: 1,
    });
    try {
      return await fill(cluster, archive);
    } finally {
      await cluster.close();
    }
  }

  async function fill(cluster: LabCluster, archive: string): Promise<Kept> {
    const node = cluster.nodes[0]!;
    await createTable(node);
    await insert(node, 1, rowsAt.first);
    const { leader } = await takeSnapshot(cluster);
    const snapshots = path.join(directory, "snapshots");
    copyInto(path.join(leader.dataDirectory, "raft/snapshots"), snapshots);
    await pause(2200);
    const afterFirst = new Date(Date.now() - 300).toISOString();
    await insert(node, rowsAt.first + 1, rowsAt.second);
    await pause(2200);
    const afterSecond = new Date(Date.now() - 300).toISOString();
    await insert(node, rowsAt.second + 1, rowsAt.third);
    const source = await cluster.leader();
    await source.must(["pause-writes"]);
    await takeSnapshot(cluster);
    copyInto(path.join(source.dataDirectory, "raft/snapshots"), path.join(directory, "paused"));
    copyInto(path.join(source.dataDirectory, "store"), path.join(directory, "paused-store"));
    await source.must(["resume-writes"]);
    await insert(node, rowsAt.third + 1, rowsAt.third + 1);
    // One more segment at least.
    await pause(2200);
    await insert(node, rowsAt.third + 2, rowsAt.third + 2);
    const other = cluster.nodes.find((each) => each !== source)!;
    // All rows lie in segments up to those that are open now; one more entry makes sure that these get finished.
    const open = [source, other].map((each) => segmentsIn(path.join(each.dataDirectory, "raft/wal")).at(-1)!);
    await createTable(node, "later");
    for (const [i, each] of [source, other].entries()) {
      await until("all is archived", () => segmentsIn(path.join(archive, each.id)).includes(open[i]!) || undefined);
    }
    const { cluster_id } = JSON.parse(await node.must(["cluster-info"])) as { cluster_id: string };
    return {
      snapshots,
      paused: path.join(directory, "paused"),
      pausedStore: path.join(directory, "paused-store"),
      stream: path.join(archive, source.id),
      other: path.join(archive, other.id),
      afterFirst,
      afterSecond,
      clusterId: cluster_id,
    };
  }

  beforeAll(async () => {
    kept = await makeSource();
  });
  afterEach(async () => {
    await restored?.close();
    restored = undefined;
  });
  afterAll(() => fs.rmSync(directory, { recursive: true }));

  /** A stopped node with nothing but a copy of snapshots. */
  async function withSnapshots(from = kept.snapshots): Promise<LabNode> {
    const lone = await loneNode(path.join(directory, `restored-${++count}`));
    restored = lone.cluster;
    copyInto(from, path.join(lone.node.dataDirectory, "raft/snapshots"));
    return lone.node;
  }

  function copyOfStream(from = kept.stream): string {
    const to = path.join(directory, `stream-${++count}`);
    copyInto(from, to);
    return to;
  }

  function replay(node: LabNode, from: string, to?: string) {
    return node.admin(["wal-replay", "--wal-dir", from, ...(to === undefined ? [] : ["--until", to])]);
  }

  async function bootstrapped(node: LabNode): Promise<number> {
    await node.must(["init-cluster", "--bootstrap"]);
    await node.start();
    await until("a leader", async () => (await node.leads()) || undefined);
    return node.count();
  }

  it("starts from a snapshot alone, as the first of a new cluster, at another address", async () => {
    const node = await withSnapshots();
    expect(await bootstrapped(node)).toBe(rowsAt.first);
    const info = JSON.parse(await node.must(["cluster-info"])) as {
      cluster_id: string;
      members: { id: string; address: string }[];
    };
    expect(info.cluster_id).not.toBe(kept.clusterId);
    expect(info.members.map(({ id, address }) => ({ id, address }))).toEqual([
      { id: "restored", address: node.raftAddress },
    ]);
    await insert(node, 9001, 9010);
    const peer = await restored!.addNode("peer", [node]);
    await peer.start();
    await restored!.whenHealthy(2);
    expect(await peer.count()).toBe(rowsAt.first + 10);
    for (const each of [node, peer]) await each.must(["verify-checksums"]);
  });

  it("does not lead without init-cluster: the snapshot's members are needed", async () => {
    const node = await withSnapshots();
    await node.start();
    await pause(2500);
    expect(await node.leads()).toBe(false);
    expect(await node.healthy()).toBe(false);
  });

  it("goes on from snapshots and store without a log, and is still paused", async () => {
    const node = await withSnapshots(kept.paused);
    copyInto(kept.pausedStore, path.join(node.dataDirectory, "store"));
    await node.must(["verify-checksums"]);
    expect(await bootstrapped(node)).toBe(rowsAt.third);
    expect((await node.admin(["query", "-"], "INSERT INTO t (k, v) VALUES (0, 'no')\n")).code).not.toBe(0);
    await node.must(["resume-writes"]);
    await insert(node, 9001, 9001);
    expect(await node.count()).toBe(rowsAt.third + 1);
  });

  it("replays everything, also through a pause", async () => {
    const node = await withSnapshots();
    const { code, stdout, stderr } = await replay(node, kept.stream);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(reachedIndex(stdout)).toBeGreaterThan(rowsAt.third);
    await node.must(["verify-checksums"]);
    expect(await bootstrapped(node)).toBe(rowsAt.third + 2);
    await insert(node, 9001, 9001);
  });

  it("replays to a time, from any node's stream to the same index", async () => {
    const first = await withSnapshots();
    const one = await replay(first, kept.stream, kept.afterSecond);
    expect(one.stderr).toBe("");
    expect(await bootstrapped(first)).toBe(rowsAt.second);
    await restored!.close();
    const second = await withSnapshots();
    const two = await replay(second, kept.other, kept.afterSecond);
    expect(reachedIndex(two.stdout)).toBe(reachedIndex(one.stdout));
    expect(await bootstrapped(second)).toBe(rowsAt.second);
  });

  it("replays nothing when the target lies before the first entry behind the snapshot", async () => {
    const node = await withSnapshots();
    expect((await replay(node, kept.stream, kept.afterFirst)).code).toBe(0);
    expect(await bootstrapped(node)).toBe(rowsAt.first);
  });

  it("replays from the node's own log, and what lies beyond the target does not come back", async () => {
    const node = await withSnapshots();
    copyInto(kept.stream, path.join(node.dataDirectory, "raft/wal"));
    const { code, stderr } = await replay(node, path.join(node.dataDirectory, "raft/wal"), kept.afterSecond);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(await bootstrapped(node)).toBe(rowsAt.second);
  });

  it("takes an unfinished last segment as an end", async () => {
    const node = await withSnapshots();
    const from = copyOfStream();
    const last = path.join(from, segmentsIn(from).at(-1)!);
    fs.truncateSync(last, fs.statSync(last).size - 3);
    const { code, stdout } = await replay(node, from);
    expect(code).toBe(0);
    expect(reachedIndex(stdout)).toBeGreaterThan(rowsAt.second);
  });

  it("does not mind damage behind the target", async () => {
    const node = await withSnapshots();
    const from = copyOfStream();
    const last = path.join(from, segmentsIn(from).at(-1)!);
    flipBit(last, fs.statSync(last).size - 5);
    expect((await replay(node, from, kept.afterSecond)).code).toBe(0);
  });

  async function refused(from: string, to?: string): Promise<void> {
    const node = await withSnapshots();
    const { code, stderr } = await replay(node, from, to);
    expect(code).not.toBe(0);
    expect(stderr).not.toBe("");
  }

  it("refuses a gap in the numbers", async () => {
    const from = copyOfStream();
    const names = segmentsIn(from);
    expect(names.length).toBeGreaterThan(3);
    fs.rmSync(path.join(from, names[names.length - 2]!));
    await refused(from);
  });

  it("refuses a gap between snapshot and first segment", async () => {
    const from = copyOfStream();
    for (const name of segmentsIn(from).slice(0, -1)) fs.rmSync(path.join(from, name));
    await refused(from);
  });

  it("refuses a gap in the indices", async () => {
    const from = copyOfStream();
    const names = segmentsIn(from);
    // A segment that is empty but for its beginning, in the middle.
    const middle = path.join(from, names[names.length - 2]!);
    fs.truncateSync(middle, Math.floor(fs.statSync(middle).size / 2));
    await refused(from);
  });

  it("refuses a damaged segment before the target", async () => {
    const from = copyOfStream();
    const names = segmentsIn(from);
    const middle = path.join(from, names[names.length - 2]!);
    flipBit(middle, Math.floor(fs.statSync(middle).size / 2));
    await refused(from);
  });

  it("refuses a target that no entry reaches, a folder that is not there, a time that is none", async () => {
    await refused(kept.stream, new Date(Date.now() + 60_000).toISOString());
    await restored!.close();
    await refused(path.join(directory, "nowhere"));
    await restored!.close();
    await refused(kept.stream, "yesterday");
  });

  it("finds any flipped bit with verify-checksums", async () => {
    const node = await withSnapshots(kept.paused);
    copyInto(kept.pausedStore, path.join(node.dataDirectory, "store"));
    copyInto(kept.stream, path.join(node.dataDirectory, "raft/wal"));
    await node.must(["verify-checksums"]);
    const files = ["raft/snapshots", "store", "raft/wal"].flatMap((folder) => {
      const found = filesUnder(path.join(node.dataDirectory, folder)).filter((file) => fs.statSync(file).size > 0);
      return found.slice(-2);
    });
    for (const file of files) {
      const at = Math.floor(Math.random() * fs.statSync(file).size);
      flipBit(file, at);
      expect((await node.admin(["verify-checksums"])).code, `${file} byte ${at}`).not.toBe(0);
      flipBit(file, at);
    }
    await node.must(["verify-checksums"]);
  });

  it("finds a cut and a missing file with verify-checksums", async () => {
    const node = await withSnapshots(kept.paused);
    const files = filesUnder(path.join(node.dataDirectory, "raft/snapshots")).filter(
      (file) => fs.statSync(file).size > 0,
    );
    const file = files.reduce((a, b) => (fs.statSync(a).size > fs.statSync(b).size ? a : b));
    fs.truncateSync(file, Math.floor(fs.statSync(file).size / 2));
    expect((await node.admin(["verify-checksums"])).code).not.toBe(0);
    fs.rmSync(file);
    expect((await node.admin(["verify-checksums"])).code).not.toBe(0);
  });
});
