import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LabCluster, type LabNode, startCluster, until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import { insert, numberOf, pause, scratch, segmentsIn } from "./support";

/**
 * The command notes each call, refuses while a file named `refuse` is there, and stores else. Its percent sign in the
 * note tells whether `%%` became one.
 */
function archiveScript(directory: string, id: string): string {
  const folder = path.join(directory, "archive", id);
  fs.mkdirSync(folder, { recursive: true });
  return `echo "%f 100%%" >> ${folder}/calls; test ! -e ${directory}/refuse && cp %p ${folder}/%f`;
}

describe("the log", () => {
  const directory = scratch("log");
  let cluster: LabCluster;

  const archived = (node: LabNode) => segmentsIn(path.join(directory, "archive", node.id));
  const inLog = (node: LabNode) => segmentsIn(path.join(node.dataDirectory, "raft/wal"));
  const calls = (node: LabNode) => {
    const file = path.join(directory, "archive", node.id, "calls");
    return fs.existsSync(file) ? fs.readFileSync(file, "utf8").trimEnd().split("\n") : [];
  };

  beforeAll(async () => {
    cluster = await startCluster({
      directory,
      archiveCommand: (id) => archiveScript(directory, id),
      archiveTimeoutSeconds: 1,
    });
    await createTable(cluster.nodes[0]!);
  });
  afterAll(async () => {
    await cluster.close();
    fs.rmSync(directory, { recursive: true });
  });

  it("is archived in order by archive_timeout, from number 0 on", async () => {
    await insert(cluster.nodes[0]!, 1, 100);
    for (const node of cluster.nodes) await until("a segment", () => archived(node).length > 0 || undefined);
    await pause(1500);
    await insert(cluster.nodes[0]!, 101, 200);
    for (const node of cluster.nodes) {
      await until("a second segment", () => archived(node).length > 1 || undefined);
      expect(archived(node).map(numberOf)).toEqual(archived(node).map((_, i) => i));
      expect(calls(node)[0]).toBe("0000000000000000.wal 100%");
    }
  });

  it("makes no segments of nothing", async () => {
    await pause(1500);
    const before = cluster.nodes.map((node) => archived(node).length);
    await pause(2500);
    expect(cluster.nodes.map((node) => archived(node).length)).toEqual(before);
  });

  it("keeps a segment whose command failed, tries it again, and goes on in order", async () => {
    fs.writeFileSync(path.join(directory, "refuse"), "");
    const node = cluster.nodes[1]!;
    const before = archived(node).length;
    await insert(node, 201, 300);
    await until(
      "a refused call",
      () => calls(node).filter((call) => call.startsWith(nameOf(before))).length > 1 || undefined,
    );
    await insert(node, 301, 400);
    await pause(1500);
    expect(archived(node)).toHaveLength(before);
    expect(inLog(node).filter((name) => numberOf(name) >= before).length).toBeGreaterThan(1);
    // Not even a kill makes it forget.
    await node.stop("SIGKILL");
    await node.start();
    await pause(500);
    expect(archived(node)).toHaveLength(before);
    fs.rmSync(path.join(directory, "refuse"));
    await until("what was held back", () => archived(node).length >= before + 2 || undefined);
    expect(archived(node).map(numberOf)).toEqual(archived(node).map((_, i) => i));
  });

  it("cuts segments at 16 MiB, without gaps, and archives bytes that no longer change", async () => {
    await cluster.whenHealthy(3);
    const writer = new Writer({ nodes: () => cluster.nodes, first: 1000, rows: 12_000, valueBytes: 4000 }).start();
    await writer.finished();
    expect(writer.acknowledged).toBe(12_000);
    for (const node of cluster.nodes) {
      const last = () => inLog(node).at(-1);
      await until("all is archived", () => {
        const open = last();
        return (open !== undefined && archived(node).length >= numberOf(open)) || undefined;
      });
      const numbers = archived(node).map(numberOf);
      expect(numbers).toEqual(numbers.map((_, i) => i));
      for (const name of archived(node)) {
        const stored = fs.readFileSync(path.join(directory, "archive", node.id, name));
        expect(stored.length).toBeLessThanOrEqual(16 * 1024 * 1024);
        const kept = path.join(node.dataDirectory, "raft/wal", name);
        if (fs.existsSync(kept)) expect(stored.equals(fs.readFileSync(kept))).toBe(true);
      }
    }
  });

  it("offers a segment again, or goes on, after a kill during the command; never out of order", async () => {
    const node = cluster.nodes[2]!;
    for (let i = 0; i < 4; i++) {
      const before = archived(node).length;
      await insert(cluster.nodes[0]!, 20_000 + i, 20_000 + i);
      await until("the next one", () => archived(node).length > before || undefined);
      await node.stop("SIGKILL");
      await node.start();
      await cluster.whenHealthy(3);
    }
    const offered = calls(node).map(numberOf);
    offered.forEach((number, i) => expect(number - (offered[i - 1] ?? 0)).toBeLessThanOrEqual(1));
    expect(Math.min(...offered.map((number, i) => number - (offered[i - 1] ?? 0)))).toBeGreaterThanOrEqual(0);
  });

  it("gives the same entries in every node's stream", async () => {
    for (const node of cluster.nodes) await node.must(["verify-checksums"]);
  });
});

function nameOf(number: number): string {
  return `${number.toString(16).padStart(16, "0")}.wal`;
}
