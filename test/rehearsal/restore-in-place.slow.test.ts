import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programsFolder } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { ensureToolchain } from "../../lab/toolchain";
import { DrivenStack, type EngineFailure, nothingChanged, openEngine } from "../../rehearsal/engine";
import { adminOf, agent, type Host } from "../agent/support";

/** The runbook's "Full Cluster Restore" by the real engine: the environment's stack protects, another one restores in place. */
const root = path.dirname(path.dirname(__dirname));
const folder = mkdtempSync(path.join(os.tmpdir(), "restore-in-place-"));
const silent = () => undefined;
let environment: DrivenStack;
let engine: Parameters<typeof DrivenStack.create>[2];
let cluster: { clusterId: string; nodes: object[]; programDirectory: string; archiveLocation: string };
let hosts: Host[];
let writer: Writer;
let taken: { backupId: string; lineage: string };

const nodeIds = ["node1", "node2", "node3"];

async function describeCluster(): Promise<void> {
  const ports = await freePorts(2 * nodeIds.length);
  const nodes = nodeIds.map((nodeId, index) => ({
    nodeId,
    address: `127.0.0.1:${ports[2 * index]}`,
    adminUrl: `http://127.0.0.1:${ports[2 * index + 1]}`,
    directory: path.join(folder, nodeId),
  }));
  const programDirectory = programsFolder();
  cluster = { clusterId: "prod", nodes, programDirectory, archiveLocation: path.join(folder, "archive") };
  hosts = nodes.map(({ directory }) => {
    const configFile = path.join(directory, "agent/agent.json");
    const node = { configFile: path.join(directory, "etc/config.toml"), programDirectory };
    return { node, configFile } as Host;
  });
}

async function byAgent(words: string[]): Promise<Record<string, string>> {
  for (const host of hosts) {
    const program = path.join(path.dirname(host.configFile), "neumann-backup.cjs");
    const ran = await agent(["--config", host.configFile, "--json", ...words], { program });
    if (ran.code === 0) return JSON.parse(ran.stdout.trim()) as Record<string, string>;
  }
  throw new Error(`no node does ${words.join(" ")}`);
}

beforeAll(async () => {
  const tools = await ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  const options = { ...tools, environment: { ...tools.environment, NODE_OPTIONS: "" } };
  engine = { command: await openEngine(options), options };
  await describeCluster();
  const place = { project: root, folder: path.join(folder, "environment"), stack: "test" };
  environment = await DrivenStack.create(place, { ...cluster, policy: { wal: { archiveTimeoutSeconds: 1 } } }, engine);
  await environment.up(silent);
  await createTable(adminOf(hosts[0]!));
  writer = new Writer({ nodes: () => hosts.map(adminOf), rows: 500 }).start();
  await writer.finished();
  taken = (await byAgent(["full"])) as typeof taken;
  // What must not be there afterwards.
  const mistake = new Writer({ nodes: () => hosts.map(adminOf), rows: 100, first: 10_001 }).start();
  await mistake.finished();
}, 300_000);

afterAll(async () => {
  await environment.destroy(silent);
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

async function restoreStack(name: string, settings: object): Promise<DrivenStack> {
  const place = { project: path.join(root, "stacks/restore"), folder: path.join(folder, name), stack: "test" };
  return DrivenStack.create(place, { ...cluster, ...settings }, engine);
}

describe("a cluster that is restored in place by pulumi up", () => {
  it("shows its plan, does it once, and leaves the environment's stack as it was", async () => {
    const wanted = { restorePoint: `backup:${taken.backupId}`, recoveryId: "r1", replaces: taken.lineage };
    const wrong = await restoreStack("wrong", { ...wanted, replaces: "l-0000000000000000" });
    const refused = await wrong.preview(silent).catch((error: unknown) => (error as EngineFailure).message);
    expect(refused).toContain("Recovery r1 has no plan: ");
    expect(refused).toContain(`Its lineages: ${taken.lineage}.`);

    const stack = await restoreStack("restore", wanted);
    const { messages, outputs, changes } = await stack.preview(silent);
    expect(messages.join("\n")).toContain("IN PLACE        node1, node2, node3: all are stopped first");
    expect(changes).toMatchObject({ create: expect.any(Number) as number });
    expect(await readValues(adminOf(hosts[0]!))).toHaveLength(600);
    await stack.configure({ ...cluster, ...wanted, approvedPlanDigest: outputs.planDigest });
    const { outputs: done } = await stack.up(silent);
    expect(done.report).toMatchObject({ recoveryId: "r1", members: nodeIds });
    expect(done.lineage).not.toBe(taken.lineage);
    for (const host of hosts) {
      const values = await readValues(adminOf(host));
      expect(values).toHaveLength(500);
      expect(writer.compare(values)).toMatchObject({ lost: [], wrong: [], double: [] });
    }
    for (const id of nodeIds) {
      expect(existsSync(path.join(folder, id, "data/.neumann-backup-aside/r1/store"))).toBe(true);
    }

    await stack.preview(silent, true);
    await environment.preview(silent, true);
    const config = readFileSync(hosts[1]!.node.configFile, "utf8");
    expect(nothingChanged((await stack.up(silent)).changes)).toBe(true);
    // Pulumi's state is lost: nothing is restored again.
    await stack.lose();
    const again = await restoreStack("restore", wanted);
    await again.up(silent);
    expect(await readValues(adminOf(hosts[2]!))).toHaveLength(500);
    expect(readFileSync(hosts[1]!.node.configFile, "utf8")).toBe(config);
    await again.destroy(silent);
    expect(await readValues(adminOf(hosts[0]!))).toHaveLength(500);
    // The environment goes on: its agents archive into the new history.
    expect((await byAgent(["full"])).lineage).toBe(done.lineage);
  });
});
