import { readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArchives } from "../../lab/demo/archives";
import { demoLaboratory, demoPorts } from "../../lab/demo/laboratory";
import { holdPorts, type PortBlock } from "../../lab/demo/ports";
import { killAll, processesOf, workVariable } from "../../lab/demo/processes";
import { plainJavaScript, type Settings, typeScriptCommonJs, typeScriptEsm } from "./programs";
import { UserStack, toolchain } from "./stack";
import { filesUnder, installed, makeProject, must, outside, pack, pinned, root } from "./support";

const minutes = 60_000;
const folder = outside();
const at = (name: string) => path.join(folder, name);
const projects = { commonJs: at("commonjs"), esm: at("esm"), plain: at("plain") };
const places = { archive: at("archive"), fresh: at("archive-of-the-recovered"), offsite: at("offsite") };
const compiler = path.join(root, "node_modules", "typescript", "bin", "tsc");

let ports: PortBlock;
let laboratory: ReturnType<typeof demoLaboratory>;

async function open(project: string): Promise<UserStack> {
  return UserStack.open({ project, tools: await toolchain(), environment: { [workVariable]: folder } });
}

function settings(nodes: Settings["nodes"], location: string): Settings {
  return { nodes, programDirectory: laboratory.programDirectory, location, offsiteLocation: places.offsite };
}

/** Runs a command of the agent that the package installed, on the node that leads. */
async function agent(command: string): Promise<void> {
  const { exitCode, message } = await laboratory.runAgent(
    await laboratory.leaderOf(laboratory.lost),
    [command],
    () => undefined,
  );
  expect(exitCode, `${command}: ${message}`).toBe(0);
}

/** Every file of a folder with its content, to be compared later. */
function contents(location: string): Map<string, string> {
  return new Map(filesUnder(location).map((file) => [file, readFileSync(path.join(location, file), "latin1")]));
}

/** Files that are not there any more, or are not what they were. */
function missing(before: ReadonlyMap<string, string>, location: string): string[] {
  const now = contents(location);
  return [...before].flatMap(([file, content]) => (now.get(file) === content ? [] : [file]));
}

beforeAll(async () => {
  // Whatever these tests start carries the mark, and is found by it.
  process.env[workVariable] = folder;
  ports = await holdPorts(demoPorts);
  const { places: archives } = await openArchives("folder", folder, () => undefined);
  laboratory = demoLaboratory({ workFolder: folder, folder: at("nodes"), ports: ports.ports, archives });
  const tarball = await pack(at("tarball"));
  const packages = [tarball, pinned("@pulumi/pulumi"), pinned("@pulumi/command")];
  await makeProject(projects.commonJs, typeScriptCommonJs, [...packages, pinned("@types/node")]);
  await makeProject(projects.esm, typeScriptEsm, [...packages, pinned("@types/node")]);
  await makeProject(projects.plain, plainJavaScript, packages);
}, 15 * minutes);

afterAll(async () => {
  await killAll(() => processesOf(folder));
  delete process.env[workVariable];
  await ports.release();
  rmSync(folder, { recursive: true, force: true });
}, minutes);

describe("the package, installed in projects of its users", () => {
  it("lies in each of them alone, with one copy of Pulumi's SDK", () => {
    for (const project of Object.values(projects)) {
      const place = installed(project);
      expect(place).toBe(path.join(project, "node_modules", "pulumi-neumann"));
      const found = createRequire(path.join(place, "index.js")).resolve("@pulumi/pulumi");
      expect(found.startsWith(path.join(project, "node_modules", "@pulumi", "pulumi"))).toBe(true);
      expect(filesUnder(place).filter((file) => file.startsWith("node_modules"))).toEqual([]);
    }
  });

  it.each(["commonJs", "esm"] as const)("type-checks and compiles as %s, by strict rules", async (kind) => {
    await must(process.execPath, [compiler, "--project", projects[kind]], projects[kind]);
    expect(filesUnder(path.join(projects[kind], "bin"))).toEqual(["index.js"]);
  });

  it("is previewed from plain JavaScript", { timeout: 5 * minutes }, async () => {
    const stack = await open(projects.plain);
    await stack.configure("settings", settings(laboratory.lost, places.archive));
    const { types, outputs, changes } = await stack.preview();
    expect(types).toMatchObject({
      "pulumi-neumann:index:LocalNodes": 1,
      "pulumi-neumann:index:DirectoryArchive": 1,
      "pulumi-neumann:index:ClusterBackups": 1,
    });
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(outputs.resolved).toEqual(outputs.expected);
  });

  it("protects a cluster, and recovers it after its loss", { timeout: 15 * minutes }, async () => {
    const { lost, fresh } = laboratory;
    const environment = await open(projects.commonJs);
    await environment.configure("settings", settings(lost, places.archive));
    const protectedBy = await environment.up();
    expect(protectedBy.outputs.generation).toMatch(/^\w+$/);
    expect(protectedBy.outputs.resolved).toEqual(protectedBy.outputs.expected);
    await environment.preview(true);

    const writer = await laboratory.startWriter(lost);
    await writer.reached(2000);
    await writer.stop();
    await agent("full");
    await agent("offsite");

    expect(await laboratory.destroy(lost)).toBe(lost.length);
    rmSync(places.archive, { recursive: true });
    rmSync(projects.commonJs, { recursive: true });
    const survived = contents(places.offsite);
    expect(survived.size).toBeGreaterThan(0);

    const recovery = await open(projects.esm);
    const wanted = settings(fresh, places.fresh);
    await recovery.configure("settings", wanted);
    const { outputs: planned, messages } = await recovery.preview();
    expect(planned).toMatchObject({ cluster: "imported", plan: { tier: "offsite", restorePoint: "latest-offsite" } });
    const digest = String(planned.planDigest);
    expect(messages.join("\n")).toContain(digest);
    expect(await laboratory.runningOn(fresh)).toEqual([]);

    await recovery.configure("settings", { ...wanted, approvedPlanDigest: digest });
    const { outputs } = await recovery.up();
    expect(outputs).toMatchObject({ planDigest: digest, report: { members: fresh.map(({ nodeId }) => nodeId) } });
    await recovery.preview(true);

    const rows = await laboratory.readRows(await laboratory.leaderOf(fresh));
    const found = new Map(rows.map(({ k, value }) => [k, value]));
    const acknowledged = writer.notes.filter((note) => note.acknowledgedAt !== undefined);
    expect(acknowledged.length).toBe(writer.acknowledged);
    expect(acknowledged.filter(({ k }) => found.get(k) !== laboratory.valueOf(k))).toEqual([]);
    expect(rows.length).toBe(found.size);
    expect(await laboratory.countRows(await laboratory.leaderOf(fresh))).toBe(rows.length);

    const backups = contents(places.fresh);
    expect([...backups.keys()].some((file) => file.includes("/full/manifest/"))).toBe(true);
    const destroyed = await recovery.destroy();
    expect(Object.keys(destroyed.changes)).toEqual(["delete"]);
    expect(await laboratory.runningOn(fresh)).toEqual([]);
    expect(missing(survived, places.offsite)).toEqual([]);
    expect(missing(backups, places.fresh)).toEqual([]);
  });
});
