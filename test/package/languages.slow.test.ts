import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveSchema, generatePythonSdk, type PackageSpec } from "../../lab/toolchain/schema";
import { pythonProgram, remoteProgram, type RemoteSettings } from "./programs";
import { toolchain, UserStack } from "./stack";
import { filesUnder, installed, makeProject, outside, pack, pinned } from "./support";

const minutes = 60_000;
const folder = outside();
const project = path.join(folder, "remote");
const sdk = path.join(folder, "sdk");
const started: ChildProcess[] = [];

let schema: PackageSpec;
let plugin: string;

beforeAll(async () => {
  const tarball = await pack(path.join(folder, "tarball"));
  const packages = [tarball, ...["@pulumi/pulumi", "@pulumi/command", "typescript"].map(pinned)];
  await makeProject(project, remoteProgram, packages);
  plugin = installed(project);
  schema = deriveSchema(plugin);
}, 10 * minutes);

afterAll(() => {
  for (const child of started) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
});

interface Property {
  type?: string;
  $ref?: string;
  plain?: boolean;
  items?: Property;
}

/** A type as one reads it, such as `plain HostArgs[]`. */
function inShort({ type, $ref, plain, items }: Property): string {
  const name = items ? `${inShort(items)}[]` : ($ref?.replace(/^#\/types\/pulumi-neumann:index:/, "") ?? type ?? "?");
  return plain ? `plain ${name}` : name;
}

/** Starts the package as an engine does that knows PulumiPlugin.yaml; gives the port that it tells. */
function startBySdk(): Promise<string> {
  const program = path.join(project, "node_modules", "@pulumi", "pulumi", "cmd", "run-plugin");
  const env = { ...process.env, NODE_OPTIONS: "" };
  const child = spawn(process.execPath, [program, plugin], { cwd: plugin, env, stdio: ["ignore", "pipe", "pipe"] });
  started.push(child);
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  return new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once("line", resolve);
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the plugin ended with ${code}: ${said}`)));
  });
}

describe("the package for other Pulumi languages", () => {
  it("has a schema, and what programs are written against is what it was", () => {
    const resources = Object.entries(schema.resources).map(([token, resource]) => {
      const inputs = Object.entries(resource.inputProperties ?? {}).map(([name, property]) => {
        const optional = resource.requiredInputs?.includes(name) ? "" : "?";
        return `${name}${optional}: ${inShort(property)}`;
      });
      return [token, inputs.sort()] as const;
    });
    expect(Object.fromEntries(resources.sort())).toMatchInlineSnapshot(`
      {
        "pulumi-neumann:index:BucketArchive": [
          "bucket: string",
          "caFile?: string",
          "clusterId: string",
          "credentials?: BucketCredentials",
          "encryption?: BucketEncryption",
          "endpoint?: string",
          "forcePathStyle?: boolean",
          "objectLock?: BucketObjectLock",
          "offsite?: ArchivePlace",
          "prefix?: string",
          "region: string",
        ],
        "pulumi-neumann:index:ClusterBackups": [
          "archive: ArchiveReference",
          "kitFile?: string",
          "nodes: plain plain HostArgs[]",
          "onUnreachable?: plain OnUnreachable",
          "policy?: BackupPolicyArgs",
          "reconcile?: string",
        ],
        "pulumi-neumann:index:ClusterClone": [
          "approvedPlanDigest?: string",
          "archive: ArchiveReference",
          "clusterName?: string",
          "identity?: string",
          "nodes: plain plain HostArgs[]",
          "onUnreachable?: plain OnUnreachable",
          "policy?: BackupPolicyArgs",
          "productionNodes: ProductionNodeArgs[]",
          "recoveryId: string",
          "restorePoint?: string",
          "source: ArchiveReference",
        ],
        "pulumi-neumann:index:ClusterRestore": [
          "approvedPlanDigest?: string",
          "archive: ArchiveReference",
          "fenced?: string[]",
          "identity?: string",
          "nodes: plain plain HostArgs[]",
          "recoveryId: string",
          "replaces: string",
          "restorePoint: string",
          "trustedKeys?: string[]",
        ],
        "pulumi-neumann:index:DirectoryArchive": [
          "clusterId: string",
          "location: string",
          "offsite?: ArchivePlace",
          "offsiteLocation?: string",
        ],
        "pulumi-neumann:index:DisasterRecovery": [
          "approvedPlanDigest?: string",
          "archive: ArchiveReference",
          "clusterName?: string",
          "identity?: string",
          "nodes: plain plain HostArgs[]",
          "onUnreachable?: plain OnUnreachable",
          "policy?: BackupPolicyArgs",
          "recoveryId: string",
          "restorePoint?: string",
        ],
        "pulumi-neumann:index:LocalNodes": [
          "clusterName: string",
          "nodes: plain plain LocalNodeArgs[]",
          "programDirectory?: string",
          "start?: plain boolean",
        ],
      }
    `);
    expect(schema.name).toBe("pulumi-neumann");
    expect(schema.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it("becomes a Python SDK, in which a type checker finds mistakes", { timeout: 10 * minutes }, async () => {
    await generatePythonSdk(schema, sdk, { progress: (line) => process.stderr.write(`${line}\n`) });
    const code = path.join(sdk, "pulumi_pulumi_neumann");
    const modules = readdirSync(code).filter((name) => name.endsWith(".py"));
    expect(modules).toEqual(expect.arrayContaining(["cluster_backups.py", "disaster_recovery.py", "_inputs.py"]));
    if (spawnSync("python3", ["-m", "venv", "--help"]).status !== 0) {
      process.stderr.write("skipped: type-checking the Python SDK (no python3 with venv)\n");
      return;
    }
    const venv = path.join(folder, "venv");
    execFileSync("python3", ["-m", "venv", venv]);
    const packages = ["pulumi==3.248.0", "parver==0.5", "mypy==1.18.2"];
    execFileSync(path.join(venv, "bin/pip"), ["install", "-q", "--disable-pip-version-check", ...packages]);
    writeFileSync(path.join(sdk, "program.py"), pythonProgram);
    // _utilities.py is the generator's own boilerplate, and has its mistakes.
    const own = modules.filter((name) => name !== "_utilities.py").map((name) => path.join(code, name));
    const words = ["--follow-imports=silent", "--warn-unused-ignores", "program.py", ...own];
    const { stdout, status } = spawnSync(path.join(venv, "bin/mypy"), words, { cwd: sdk, encoding: "utf8" });
    const errors = stdout.split("\n").filter((line) => line.includes(": error: "));
    // The program holds two mistakes, on the lines that say so.
    const lines = pythonProgram.split("\n").flatMap((text, index) => (text.includes("# a mistake") ? [index + 1] : []));
    expect(lines.length).toBe(2);
    expect(errors.map((line) => /^([\w./]+:\d+): /.exec(line)?.[1])).toEqual(lines.map((line) => `program.py:${line}`));
    expect(status).toBe(1);
  });

  it("is constructed by the engine, through its plugin", { timeout: 10 * minutes }, async () => {
    const settings: RemoteSettings = {
      location: path.join(folder, "archive"),
      offsiteLocation: path.join(folder, "offsite"),
      directory: path.join(folder, "nodes"),
      cluster: false,
    };
    const stack = await UserStack.open({ project, tools: await toolchain() });
    await stack.configure("settings", settings);
    const { outputs, types } = await stack.up();
    // The components are the plugin's: it has a provider, and so have their children.
    expect(types).toEqual({
      "pulumi:pulumi:Stack": 1,
      "pulumi:providers:pulumi-neumann": 1,
      "pulumi-neumann:index:DirectoryArchive": 1,
      "pulumi:providers:command": 1,
      "command:local:Command": 2,
    });
    const { location, offsiteLocation } = settings;
    const offsite = { kind: "directory", location: offsiteLocation };
    expect(outputs.reference).toEqual({ kind: "directory", clusterId: "remote", location, offsite });
    expect([location, offsiteLocation].map((place) => filesUnder(place).length > 0)).toEqual([true, true]);
    await stack.preview(true);
  });

  it("is previewed through a plugin that the SDK starts", { timeout: 10 * minutes }, async () => {
    const port = await startBySdk();
    expect(port).toMatch(/^\d+$/);
    const environment = { PULUMI_DEBUG_PROVIDERS: `pulumi-neumann:${port}` };
    const stack = await UserStack.open({ project, tools: await toolchain(), environment });
    const settings: RemoteSettings = {
      location: path.join(folder, "archive"),
      offsiteLocation: path.join(folder, "offsite"),
      directory: path.join(folder, "nodes"),
      cluster: true,
    };
    await stack.configure("settings", settings);
    const { types, outputs } = await stack.preview();
    expect(types).toMatchObject({
      "pulumi-neumann:index:DirectoryArchive": 1,
      "pulumi-neumann:index:LocalNodes": 1,
      "pulumi-neumann:index:ClusterBackups": 1,
      // 2 of the archive, 3 nodes; an installation and two turns of the rollout for each of them; the recovery kit.
      "command:local:Command": 2 + 3 + 3 * 3 + 1,
    });
    expect(outputs.policy).toMatchObject({ wal: { archiveTimeoutSeconds: 30 } });
    expect(existsSync(settings.directory)).toBe(false);
  });
});
