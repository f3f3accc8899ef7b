import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type PortBlock, holdPorts } from "../../lab/demo/ports";
import { killAll, processesOf, workVariable } from "../../lab/demo/processes";
import { programsFolder, until } from "../../lab/neumann/harness";
import { toolchain, UserStack } from "../package/stack";

/** On the real engine: what somebody changes by hand on nodes of this machine is shown, and mended when that is asked for. */
const minutes = 60_000;
const root = path.resolve(__dirname, "../..");
const program = `"use strict";
const pulumi = require("@pulumi/pulumi");
const neumann = require(${JSON.stringify(root)});
const config = new pulumi.Config();
const { nodes, programDirectory, location } = config.requireObject("settings");
const cluster = new neumann.LocalNodes("db", { clusterName: "prod", nodes, programDirectory });
const archive = new neumann.DirectoryArchive("db", { clusterId: "prod", location });
const reconcile = config.get("reconcile");
new neumann.ClusterBackups("db", { nodes: cluster.hosts, archive: archive.reference, reconcile });
`;

let folder: string;
let ports: PortBlock;
let stack: UserStack;
let nodes: { nodeId: string; address: string; adminUrl: string; directory: string }[];

const configFile = (n: number): string => path.join(folder, `node${n}`, "etc", "config.toml");
const isScheduleOfNode3 = ({ command }: { command: string }): boolean => /node3\/agent.* schedule /.test(command);
const pidIn = (...names: string[]): number => Number(readFileSync(path.join(folder, ...names), "utf8"));
const databases = (): number[] => [1, 2, 3].map((n) => pidIn(`node${n}`, "etc", "neumann.pid"));
const warnings = (messages: string[]): string[] => messages.filter((text) => /not as it was|was not asked/.test(text));

beforeAll(async () => {
  mkdirSync(path.join(root, ".work"), { recursive: true });
  folder = mkdtempSync(path.join(root, ".work", "drift-"));
  process.env[workVariable] = folder;
  ports = await holdPorts(6);
  const port = (index: number): number => ports.ports[index] as number;
  nodes = [1, 2, 3].map((n) => ({
    nodeId: `node${n}`,
    address: `127.0.0.1:${port(2 * n - 2)}`,
    adminUrl: `http://127.0.0.1:${port(2 * n - 1)}`,
    directory: path.join(folder, `node${n}`),
  }));
  const project = { name: "drift", main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } };
  writeFileSync(path.join(folder, "Pulumi.yaml"), JSON.stringify(project));
  writeFileSync(path.join(folder, "index.js"), program);
  stack = await UserStack.open({
    project: folder,
    tools: await toolchain(),
    environment: { [workVariable]: folder },
  });
  const settings = { nodes, programDirectory: programsFolder(), location: path.join(folder, "archive") };
  await stack.configure("settings", settings);
}, 5 * minutes);

afterAll(async () => {
  await killAll(() => processesOf(folder));
  delete process.env[workVariable];
  await ports.release();
  rmSync(folder, { recursive: true, force: true });
}, minutes);

describe("what was changed by hand on a node", { timeout: 5 * minutes }, () => {
  let before: number[];

  it("is nothing before and after a first up", async () => {
    expect(warnings((await stack.preview()).messages)).toEqual([]);
    await stack.up();
    expect(warnings((await stack.preview(true)).messages)).toEqual([]);
    before = databases();
  });

  it("is shown by a preview, which has nothing to change; an up leaves it", async () => {
    const text = readFileSync(configFile(2), "utf8");
    writeFileSync(configFile(2), text.replace(/archive_command = .*/, 'archive_command = "cp %p /mnt/%f"'));
    const pid = pidIn("node2", "agent", "state", "schedule.pid");
    process.kill(pid, "SIGKILL");
    const { messages } = await stack.preview(true);
    const launcher = path.join(folder, "node2", "agent", "neumann-backup");
    expect(warnings(messages)).toEqual([
      `node2 is not as it was installed: archive_command in ${configFile(2)} is "cp %p /mnt/%f", not ` +
        `"${launcher} wal-push %p %f"; the process that looks for due backups does not run. An up leaves that as it is: ` +
        "to have it mended, write another value for `reconcile`, such as today's date.",
    ]);
    expect(Object.keys((await stack.up()).changes)).toEqual(["same"]);
    expect(readFileSync(configFile(2), "utf8")).toContain("cp %p");
  });

  it("is mended by an up with another value for `reconcile`, which restarts that node only", async () => {
    await stack.configure("reconcile", "2026-11-25");
    const shown = await stack.preview();
    expect(warnings(shown.messages)).toEqual([
      expect.stringContaining("This up mends that if the preview shows a change of db-install-node2") as string,
    ]);
    expect((await stack.up()).changes).toMatchObject({ update: 9 });
    expect(readFileSync(configFile(2), "utf8")).toContain("wal-push");
    expect(pidIn("node2", "agent", "state", "schedule.pid")).toBeGreaterThan(1);
    const after = databases();
    expect([after[0], after[2]]).toEqual([before[0], before[2]]);
    expect(after[1]).not.toBe(before[1]);
    expect(warnings((await stack.preview(true)).messages)).toEqual([]);
  });

  it("is shown where the agent was taken away", async () => {
    rmSync(path.join(folder, "node3", "agent"), { recursive: true });
    await until("its schedule has ended", async () => !(await processesOf(folder)).some(isScheduleOfNode3));
    const { messages } = await stack.preview(true);
    expect(warnings(messages)).toEqual([
      expect.stringContaining("node3 is not as it was installed: the agent is gone, and archive_command") as string,
    ]);
    await stack.configure("reconcile", "2026-11-26");
    await stack.up();
    expect(warnings((await stack.preview(true)).messages)).toEqual([]);
  });
});
