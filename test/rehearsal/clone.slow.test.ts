import { existsSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { programsFolder } from "../../lab/neumann/harness";
import { freePorts } from "../../lab/ports";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { ensureToolchain } from "../../lab/toolchain";
import { DrivenStack, nothingChanged, openEngine } from "../../rehearsal/engine";
import { adminOf, agent, contentsOf, filesBelow, type Host, lostFrom } from "../agent/support";

/** A clone by the real engine, beside a production that is being written to. */
const root = path.dirname(path.dirname(__dirname));
const folder = mkdtempSync(path.join(os.tmpdir(), "clone-"));
const archiveLocation = path.join(folder, "archive");
const silent = () => undefined;
let environment: DrivenStack;
let engine: Parameters<typeof DrivenStack.create>[2];
let writer: Writer;
const programDirectory = programsFolder();

type Node = Record<"nodeId" | "address" | "adminUrl" | "directory", string>;
let production: Node[];
let copies: Node[];

const hostOf = ({ directory }: Node): Host => {
  const node = { configFile: path.join(directory, "etc/config.toml"), programDirectory };
  return { node, configFile: path.join(directory, "agent/agent.json") } as Host;
};

async function nodesNamed(names: string[]): Promise<Node[]> {
  const ports = await freePorts(2 * names.length);
  return names.map((nodeId, index) => ({
    nodeId,
    address: `127.0.0.1:${ports[2 * index]}`,
    adminUrl: `http://127.0.0.1:${ports[2 * index + 1]}`,
    directory: path.join(folder, nodeId),
  }));
}

/** A command of production's agents, on whichever node does it. */
async function byAgent(words: string[]): Promise<Record<string, unknown>> {
  const said: string[] = [];
  for (const host of production.map(hostOf)) {
    const program = path.join(path.dirname(host.configFile), "neumann-backup.cjs");
    const ran = await agent(["--config", host.configFile, "--json", ...words], { program });
    if (ran.code === 0) return JSON.parse(ran.stdout.trim()) as Record<string, unknown>;
    said.push(ran.stderr);
  }
  throw new Error(`no node does ${words.join(" ")}: ${said.join("\n")}`);
}

beforeAll(async () => {
  const tools = await ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  const options = { ...tools, environment: { ...tools.environment, NODE_OPTIONS: "" } };
  engine = { command: await openEngine(options), options };
  [production, copies] = [await nodesNamed(["node1", "node2", "node3"]), await nodesNamed(["copy1", "copy2"])];
  const place = { project: root, folder: path.join(folder, "environment"), stack: "test" };
  const policy = { wal: { archiveTimeoutSeconds: 1 } };
  const settings = { clusterId: "prod", nodes: production, programDirectory, archiveLocation, policy };
  environment = await DrivenStack.create(place, settings, engine);
  await environment.up(silent);
  await createTable(adminOf(hostOf(production[0]!)));
  writer = new Writer({ nodes: () => production.map((node) => adminOf(hostOf(node))), rowsPerSecond: 100 }).start();
  await writer.reached(200);
  await byAgent(["full"]);
  await writer.reached(400);
}, 300_000);

afterAll(async () => {
  await environment.destroy(silent);
  rmSync(folder, { recursive: true, force: true });
}, 120_000);

describe("a clone that is made by pulumi up", () => {
  it("holds what production held, leaves it alone, changes nothing a second time and goes without a trace", async () => {
    const settings = {
      clusterId: "copy",
      nodes: copies,
      programDirectory,
      archiveLocation: path.join(folder, "own"),
      sourceClusterId: "prod",
      sourceLocation: archiveLocation,
      productionNodes: production,
      recoveryId: "c1",
      restorePoint: "end-of-log",
    };
    const place = { project: path.join(root, "stacks/clone"), folder: path.join(folder, "clone"), stack: "test" };
    const stack = await DrivenStack.create(place, settings, engine);
    const before = contentsOf(archiveLocation);
    const shown = (await stack.preview(silent)).messages.join("\n");
    expect(shown).toContain("CLONE           named copy, beside prod, whose archive is only read");
    expect(existsSync(settings.archiveLocation)).toBe(false);

    const { outputs } = await stack.up(silent);
    expect(outputs.report).toMatchObject({ recoveryId: "c1", members: ["copy1", "copy2"] });
    for (const copy of copies) {
      const values = await readValues(adminOf(hostOf(copy)));
      const { wrong, double } = writer.compare(values);
      expect({ wrong, double }).toEqual({ wrong: [], double: [] });
      expect(values.length).toBeGreaterThanOrEqual(200);
    }
    // Production took a backup all the same, and knows nothing of the clone.
    const taken = await byAgent(["full"]);
    expect(taken.lineage).not.toBe(outputs.lineage);
    const listed = JSON.stringify(await byAgent(["list"]));
    expect(listed).toContain(taken.backupId);
    expect(listed).not.toContain(outputs.lineage);
    expect(lostFrom(before, archiveLocation)).toEqual([]);

    await stack.preview(silent, true);
    expect(nothingChanged((await stack.up(silent)).changes)).toBe(true);
    await stack.destroy(silent);
    expect(filesBelow(archiveLocation).filter((name) => /recover|copy|target/.test(name))).toEqual([]);
    expect(filesBelow(archiveLocation).join("\n")).not.toContain(outputs.lineage);
    expect(lostFrom(before, archiveLocation)).toEqual([]);
    await environment.preview(silent, true);
    await writer.stop();
    const values = await readValues(adminOf(hostOf(production[0]!)));
    expect(writer.compare(values)).toMatchObject({ lost: [], wrong: [], double: [] });
  });
});
