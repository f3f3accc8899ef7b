import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../cli/main";
import type { RehearsalReport } from "../../cli/rehearse";
import { programsFolder, until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import { freePorts } from "../../lab/ports";
import { ensureToolchain } from "../../lab/toolchain";
import { ownCluster } from "../agent/ownCluster";
import { adminOf, at, commandLines, contentsOf, type FolderArchive, type Host, must, nodeSpec } from "../agent/support";

/** Rehearsals by the real engine, as a workflow runs them, beside a production that stands. */
const root = path.dirname(path.dirname(__dirname));
const folder = mkdtempSync(path.join(os.tmpdir(), "rehearse-"));
const project = path.join(folder, "project");
const reports = path.join(folder, "report");
let hosts: Host[];
let archive: FolderArchive;
let takenAt: number;

beforeAll(async () => {
  const tools = await ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
  mkdirSync(path.join(folder, "state"));
  const surroundings = {
    ...tools.environment,
    PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
    PULUMI_CONFIG_PASSPHRASE: "of a test",
    NODE_OPTIONS: "",
  };
  for (const [name, value] of Object.entries(surroundings)) vi.stubEnv(name, value);
  ({ hosts, archive } = await ownCluster(path.join(folder, "production"), { nodes: 1 }));
  const [host] = hosts as [Host];
  await createTable(adminOf(host));
  await new Writer({ nodes: () => [adminOf(host)], rows: 300 }).start().finished();
  takenAt = Date.now();
  await must([...at(host), "full"]);
  mkdirSync(project);
  const main = path.join(root, "stacks/clone/index.js");
  const runtime = { name: "nodejs", options: { typescript: false } };
  writeFileSync(path.join(project, "Pulumi.yaml"), JSON.stringify({ name: "neumann-clone", main, runtime }));
}, 300_000);

afterAll(async () => {
  for (const { pid } of ofCopies()) process.kill(Number(pid)); // Where a test failed.
  for (const host of hosts) await must(["node-delete"], { spec: nodeSpec(host) });
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

/** Writes a stack's file; its text. */
async function stackFile(name: string, more: Record<string, unknown> = {}): Promise<string> {
  const [raft, adminPort] = await freePorts(2);
  const { nodeId, address } = { nodeId: "node1", address: hosts[0]!.node.address };
  const { adminUrl } = hosts[0]!.node;
  const production = { nodeId, address, adminUrl, directory: path.join(folder, "production/node1") };
  const copy = {
    nodeId: "copy1",
    address: `127.0.0.1:${raft}`,
    adminUrl: `http://127.0.0.1:${adminPort}`,
    directory: path.join(folder, name, "copy1"),
  };
  const settings = {
    clusterId: "copy",
    nodes: JSON.stringify([copy]),
    programDirectory: programsFolder(),
    archiveLocation: path.join(folder, name, "own"),
    sourceClusterId: "prod",
    sourceLocation: archive.location,
    productionNodes: JSON.stringify([production]),
    restorePoint: "latest",
    ...more,
  };
  const config = Object.fromEntries(Object.entries(settings).map(([key, value]) => [`neumann-clone:${key}`, value]));
  const text = JSON.stringify({ config }, null, 2);
  writeFileSync(path.join(project, `Pulumi.${name}.yaml`), text);
  return text;
}

const rehearse = (stack: string, ...words: string[]) => rehearseIn(project, stack, ...words);

async function rehearseIn(where: string, stack: string, ...words: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => out.push(text), err: { write: (text: string) => err.push(text) } };
  const argv = ["rehearse", "--project", where, "--stack", stack, "--report", reports, ...words];
  const code = await runCommandLine(argv, terminal);
  return { code, out: out.join("\n"), err: err.join("") };
}

/** Processes that run on a copy's node. */
const ofCopies = () => commandLines().filter(({ command }) => command.includes(folder) && command.includes("copy1"));
const textOf = (stack: string): string => readFileSync(path.join(project, `Pulumi.${stack}.yaml`), "utf8");
const written = (): RehearsalReport =>
  JSON.parse(readFileSync(path.join(reports, "report.json"), "utf8")) as RehearsalReport;

describe("rehearse", { timeout: 300_000 }, () => {
  it("restores beside production and measures: an objective that is missed is FAIL, with an exit code of its own", async () => {
    await stackFile("weekly", { rehearsal: "true" });
    const policy = path.join(folder, "policy.json");
    writeFileSync(policy, JSON.stringify({ full: { everyMinutes: 1, recoveryPointMinutes: 1 } }));
    await until("the backup is older than that", () => Date.now() > takenAt + 61_000 || undefined);
    const { code, out, err } = await rehearse("weekly", "--policy", policy, "--keep");
    expect(code, out + err).toBe(5);
    expect(out).toMatch(/^FAIL\n/);
    expect(out).toMatch(/Recovery point \(RPO\) .*: NOT MET/);
    expect(out).toMatch(/Recovery time \(RTO\) +\d.*, allowed /);
    expect(ofCopies()).not.toEqual([]);
  });

  it("takes down what an earlier run kept, passes, and leaves no trace but the report", async () => {
    const text = textOf("weekly");
    const before = contentsOf(archive.location);
    const { code, out, err } = await rehearse("weekly", "--json");
    expect([code, err], out).toEqual([0, ""]);
    const report = written();
    expect(JSON.parse(out)).toEqual(report);
    expect(report).toMatchObject({
      format: "neumann-rehearsal-run/1",
      verdict: "PASS",
      stack: "weekly",
      failure: null,
    });
    expect(report.report?.members).toEqual(["copy1"]);
    expect(report.objectives.map(({ name, met }) => [name, met])).toEqual([
      ["recovery-point", true],
      ["recovery-time", true],
    ]);
    expect(report.checks.map(({ name, passed }) => [name, passed])).toEqual([
      ["members", true],
      ["manifest-count", true],
      ["nothing-left", true],
    ]);
    expect(textOf("weekly")).toBe(text);
    expect(contentsOf(archive.location)).toEqual(before);
    expect(ofCopies()).toEqual([]);
    expect(readdirSync(reports)).toEqual(["report.json"]);
  });

  it("tells a thaw from a failure, and says when the same will do", async () => {
    const thawing = path.join(folder, "thawing");
    mkdirSync(thawing);
    const said = { event: "error", message: "DEEP_ARCHIVE is thawed at the earliest in 9 h", afterSeconds: 32_400 };
    writeFileSync(path.join(thawing, "said"), `${JSON.stringify(said)}\n`);
    symlinkSync(path.join(root, "node_modules"), path.join(thawing, "node_modules"));
    writeFileSync(
      path.join(thawing, "index.js"),
      `exports.rehearsal = true;
       exports.planDigest = "0";
       exports.plan = { backupId: "b", tier: "offsite", place: "offsite", createdAt: "2026-11-23T00:00:00Z", storedBytes: 1, nodes: [] };
       const { local } = require("@pulumi/command");
       new local.Command("restore", { create: "cat ${thawing}/said >&2; exit 75", delete: "touch ${thawing}/destroyed" });`,
    );
    const runtime = { name: "nodejs", options: { typescript: false } };
    writeFileSync(path.join(thawing, "Pulumi.yaml"), JSON.stringify({ name: "thawing", runtime }));
    writeFileSync(
      path.join(thawing, "Pulumi.weekly.yaml"),
      JSON.stringify({ config: { "thawing:rehearsal": "true" } }),
    );
    const began = Date.now();
    const { code, out, err } = await rehearseIn(thawing, "weekly");
    expect(code, out + err).toBe(75);
    expect(out).toContain("DEEP_ARCHIVE is thawed at the earliest in 9 h");
    const at = written().tryAgainAt ?? "";
    expect(Date.parse(at)).toBeGreaterThan(began + 32_400_000);
    expect(written().failure).toContain(`run the same again after ${at}`);
  });

  it("breaks off: says why, destroys what there is, and the report says FAIL", async () => {
    const text = await stackFile("broken", { rehearsal: "true" });
    // A file where its folder should be.
    const foreign = path.join(folder, "broken/copy1");
    mkdirSync(path.dirname(foreign));
    writeFileSync(foreign, "somebody's");
    const { code, out } = await rehearse("broken");
    expect([code, out.startsWith("FAIL\n")], out).toEqual([4, true]);
    expect(written()).toMatchObject({ verdict: "FAIL", report: null, objectives: [], checks: [] });
    expect(written().failure).toContain(foreign);
    expect(readFileSync(foreign, "utf8")).toBe("somebody's");
    expect(textOf("broken")).toBe(text);
  });

  it("refuses a stack that is no rehearsal, and touches nothing", async () => {
    await stackFile("real");
    const none = await rehearse("real");
    expect([none.code, none.err]).toEqual([
      3,
      expect.stringContaining("its configuration does not say rehearsal: true"),
    ]);
    const absent = await rehearse("absent");
    expect([absent.code, absent.err]).toEqual([3, expect.stringContaining("holds no Pulumi.absent.yaml")]);
    expect(ofCopies()).toEqual([]);
  });
});
