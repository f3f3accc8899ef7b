import { spawn } from "node:child_process";
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArchives } from "../../lab/demo/archives";
import { demoLaboratory } from "../../lab/demo/laboratory";
import type { NodePlace } from "../../lab/demo/node";
import { holdPorts, type PortBlock } from "../../lab/demo/ports";
import { killAll, processesOf, workVariable } from "../../lab/demo/processes";
import { account, run } from "../../lab/toolchain/run";
import { makeRecoveryKit, parseRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import { ageInstalled, agePair } from "../agent/agePair";
import { filesWithSecrets } from "../agent/secretWatch";
import { UserStack, toolchain } from "./stack";
import { filesUnder, makeProject, outside, pack, pinned, type ProjectFiles } from "./support";

/**
 * The worst day: of a protected cluster of three nothing is left but the off-site folder and the recovery kit. From the
 * packed package in an empty folder it is recovered onto one new node, and onto five. Its backups are encrypted: the
 * identity is elsewhere, in a file that only the recoveries are told of.
 */
const minutes = 60_000;
const folder = outside();
const at = (name: string) => path.join(folder, name);
const safe = outside();
const pair = ageInstalled ? agePair(path.join(safe, "identity")) : undefined;
/** Nothing is encrypted where age is not there. */
const opening = pair === undefined ? [] : ["--identity-file", pair.file];
const [project, user, offsite, kitFile] = [at("environment"), at("user"), at("offsite"), at("prod.kit.json")];

/** A protected cluster, as somebody's stack. */
const environment: ProjectFiles = {
  "package.json": { name: "environment", private: true },
  "Pulumi.yaml": { name: "environment", main: "index.js", runtime: { name: "nodejs", options: { typescript: false } } },
  "index.js": `"use strict";
const pulumi = require("@pulumi/pulumi");
const neumann = require("pulumi-neumann");
const { nodes, programDirectory, location, offsiteLocation, kitFile, encryption } = new pulumi.Config().requireObject("settings");
const cluster = new neumann.LocalNodes("db", { clusterName: "prod", nodes, programDirectory });
const archive = new neumann.DirectoryArchive("db", { clusterId: "prod", location, offsiteLocation });
const policy = { wal: { archiveTimeoutSeconds: 1 }, encryption };
const args = { nodes: cluster.hosts, archive: archive.reference, policy, kitFile };
exports.recoveryKit = new neumann.ClusterBackups("db", args).recoveryKit;
`,
};

let ports: PortBlock;
let laboratory: ReturnType<typeof demoLaboratory>;
let variables: NodeJS.ProcessEnv;
let expected: Map<number, string>;
let output: string;

/** Runs `npx pulumi-neumann` as a user does, in a folder that has nothing but the installed package. */
async function neumann(...words: string[]) {
  const args = ["--no-install", "pulumi-neumann", ...words];
  const result = await run("npx", args, { cwd: user, env: variables, timeoutSeconds: 400 });
  return { ...result, said: `${words.join(" ")} ${account(result, 40)}` };
}

/** A file that names new nodes. */
function hostsFile(name: string, nodes: readonly NodePlace[]): string {
  const { programDirectory } = laboratory;
  writeFileSync(at(name), JSON.stringify(nodes.map((node) => ({ kind: "local", ...node, programDirectory }))));
  return at(name);
}

/** Every file of a folder with its content, to be compared later. */
function contents(location: string): Map<string, string> {
  return new Map(filesUnder(location).map((file) => [file, readFileSync(path.join(location, file), "latin1")]));
}

/** Files that hold the identity: of the nodes, the archives, and where the recoveries work. */
function holdingTheIdentity(): string[] {
  if (pair === undefined) return [];
  const works = readdirSync(user).filter((name) => name.startsWith("neumann-recovery"));
  expect(works.length).toBeGreaterThan(0);
  const places = [at("nodes"), offsite, ...works.map((name) => path.join(user, name))];
  return places.flatMap((place) => filesWithSecrets(place, [{ name: "identity", value: pair.identity }]));
}

/** Each row that was acknowledged is there, each is what was written, and the database counts the same. */
async function holdsAllRows(nodes: readonly NodePlace[]): Promise<void> {
  const rows = await laboratory.readRows(await laboratory.leaderOf(nodes));
  const found = new Map(rows.map(({ k, value }) => [k, value]));
  expect([...expected].filter(([k, value]) => found.get(k) !== value)).toEqual([]);
  expect(rows.filter(({ k, value }) => laboratory.valueOf(k) !== value)).toEqual([]);
  expect(found.size).toBe(rows.length);
  expect(await laboratory.countRows(await laboratory.leaderOf(nodes))).toBe(rows.length);
}

beforeAll(async () => {
  process.env[workVariable] = folder;
  ports = await holdPorts(18);
  const { places: archives } = await openArchives("folder", folder, () => undefined);
  laboratory = demoLaboratory({ workFolder: folder, folder: at("nodes"), ports: ports.ports, archives });
  const tools = await toolchain();
  const own = Object.entries(process.env).filter(([key]) => key !== "NODE_OPTIONS" && !/^(npm_|VITEST)/i.test(key));
  variables = { ...Object.fromEntries(own), ...tools.environment };
  const packages = [await pack(at("tarball")), pinned("@pulumi/pulumi"), pinned("@pulumi/command")];
  await makeProject(project, environment, packages);
  await makeProject(user, { "package.json": { name: "user", private: true } }, packages);

  const { lost, programDirectory } = laboratory;
  const stack = await UserStack.open({ project, tools, environment: { [workVariable]: folder } });
  const encryption = { recipients: pair === undefined ? [] : [pair.recipient] };
  const places = { location: at("archive"), offsiteLocation: offsite, kitFile };
  const settings = { nodes: lost, programDirectory, encryption, ...places };
  await stack.configure("settings", settings);
  output = String((await stack.up()).outputs.recoveryKit);
  await stack.preview(true);
  const writer = await laboratory.startWriter(lost);
  await writer.reached(2000);
  await writer.stop();
  expected = new Map();
  for (const { k, acknowledgedAt } of writer.notes) {
    if (acknowledgedAt !== undefined) expected.set(k, laboratory.valueOf(k));
  }
  for (const command of ["full", "offsite"]) {
    const leader = await laboratory.leaderOf(lost);
    const { exitCode, message } = await laboratory.runAgent(leader, [command], () => undefined);
    expect(exitCode, `${command}: ${message}`).toBe(0);
  }
  expect(await laboratory.destroy(lost)).toBe(lost.length);
  rmSync(at("archive"), { recursive: true });
  rmSync(project, { recursive: true });
}, 15 * minutes);

afterAll(async () => {
  await killAll(() => processesOf(folder));
  delete process.env[workVariable];
  await ports.release();
  for (const one of [folder, safe]) rmSync(one, { recursive: true, force: true });
}, minutes);

describe("a lost cluster, from the off-site folder and the recovery kit", () => {
  it("has the same kit in its file, its output and off-site, from where it is fetched", async () => {
    const text = readFileSync(kitFile, "utf8");
    expect(output).toBe(text);
    const fetched = await neumann(
      "kit",
      "fetch",
      "--offsite",
      offsite,
      "--cluster",
      "prod",
      "--out",
      at("fetched.json"),
    );
    expect(fetched.code, fetched.said).toBe(0);
    expect(JSON.parse(readFileSync(at("fetched.json"), "utf8"))).toEqual(JSON.parse(text));
    const again = await neumann("kit", "fetch", "--offsite", offsite, "--cluster", "prod", "--out", at("fetched.json"));
    expect(again.code, again.said).toBe(2);
    const printed = await neumann("kit", "print", kitFile);
    expect(printed.stdout).toContain("Recovery of cluster prod, when its nodes are lost.");
  });

  it("is not touched by what is wrong, and says what it is", { timeout: 10 * minutes }, async () => {
    const { fresh } = laboratory;
    const before = contents(offsite);
    const hosts = hostsFile("wrong.json", fresh.slice(0, 1));
    const closed = ["--hosts", hosts, "--archive", at("archive-wrong"), "--recovery-id", "wrong", "--yes"];
    const usual = [...opening, ...closed];
    const kit = parseRecoveryKit(readFileSync(kitFile, "utf8"), "the kit");
    writeFileSync(at("edited.json"), readFileSync(kitFile, "utf8").replaceAll("prod", "prof"));
    const other = { ...kit, archive: { ...kit.archive, clusterId: "other" } };
    writeFileSync(at("other.json"), serializeRecoveryKit(makeRecoveryKit(other)));
    writeFileSync(at("no-hosts.json"), '[{"kind": "local", "nodeId": "node 1"}]');
    const cases: [string[], number, string][] = [
      [[at("edited.json"), ...usual], 2, "seal: does not match the content"],
      [[at("other.json"), ...usual], 3, "is not the offsite archive of cluster other"],
      [[kitFile, ...usual, "--offsite", at("not-mounted")], 3, "Is the disk mounted?"],
      [[kitFile, ...opening, ...closed.slice(2), "--hosts", at("no-hosts.json")], 2, "hosts[0].directory: is required"],
      [[kitFile, ...usual.slice(0, -1), "--approve", "0".repeat(64)], 3, "is not the one that was approved"],
      [[kitFile, ...usual.slice(0, -1)], 3, "Not approved, and nothing was touched"],
      [[kitFile, ...usual, "--restore-point", "backup:20200101T000000Z-00000000"], 3, "20200101T000000Z-00000000"],
    ];
    if (pair !== undefined) {
      const foreign = agePair(path.join(safe, "foreign"));
      cases.push([[kitFile, ...closed], 3, `is encrypted to ${pair.recipient}, and no identity was given`]);
      const other = ["--identity-file", foreign.file];
      cases.push([[kitFile, ...other, ...closed], 3, `opens what is encrypted to ${foreign.recipient}`]);
    }
    for (const [words, code, message] of cases) {
      const result = await neumann("recover", ...words);
      expect(result.code, result.said).toBe(code);
      expect(result.stderr).toContain(message);
      expect(result.stderr).toContain("nothing was touched");
    }
    expect(contents(offsite)).toEqual(before);
    const made = [
      at("archive-wrong"),
      at("not-mounted"),
      path.join(user, "neumann-recovery-wrong"),
      fresh[0]?.directory,
    ];
    expect(made.filter((file) => existsSync(file as string))).toEqual([]);
    expect(await laboratory.runningOn(fresh)).toEqual([]);
  });

  it("is recovered onto one node, by a plan that was shown and approved", { timeout: 10 * minutes }, async () => {
    const nodes = laboratory.fresh.slice(0, 1);
    // Mounted elsewhere than where the kit says; what is there for the next recovery stays as it is.
    cpSync(offsite, at("offsite-one"), { recursive: true, preserveTimestamps: true });
    const words = [kitFile, "--hosts", hostsFile("one.json", nodes), "--archive", at("archive-one")];
    words.push("--offsite", at("offsite-one"), "--recovery-id", "onto-one", "--known-keys-only", ...opening);
    const survived = contents(at("offsite-one"));
    const shown = await neumann("recover", ...words, "--dry-run", "--json");
    expect(shown.code, shown.said).toBe(0);
    const { plan, planDigest } = JSON.parse(shown.stdout) as { plan: { tier: string }; planDigest: string };
    expect(plan).toMatchObject({ tier: "offsite", restorePoint: "latest-offsite", nodes: ["node4"] });
    expect(contents(at("offsite-one"))).toEqual(survived);

    const done = await neumann("recover", ...words, "--approve", planDigest);
    expect(done.code, done.said).toBe(0);
    expect(done.stderr).toContain("checked against 3 trusted keys");
    expect(done.stdout).toMatch(/^Recovered and accepted\.[\s\S]*members +node4\n/);
    const work = path.join(user, "neumann-recovery-onto-one");
    expect(readdirSync(work)).toEqual(["report.json"]);
    expect(JSON.parse(readFileSync(path.join(work, "report.json"), "utf8"))).toMatchObject({ planDigest });
    await holdsAllRows(nodes);

    const life = await laboratory.observe(nodes);
    const again = await neumann("recover", ...words, "--approve", planDigest, "--json");
    expect(again.code, again.said).toBe(0);
    expect(JSON.parse(again.stdout)).toMatchObject({ report: { members: ["node4"] } });
    expect(await laboratory.observe(nodes)).toEqual(life);
    const now = contents(at("offsite-one"));
    expect([...survived].filter(([file, content]) => now.get(file) !== content)).toEqual([]);
  });

  it("is recovered onto five, once, though the first run is killed", { timeout: 15 * minutes }, async () => {
    const nodes = laboratory.fresh.slice(1);
    expect(nodes).toHaveLength(5);
    const words = ["--hosts", hostsFile("five.json", nodes), "--archive", at("archive-five")];
    const all = ["recover", kitFile, ...words, "--recovery-id", "onto-five", "--yes", ...opening];
    const program = path.join(user, "node_modules", ".bin", "pulumi-neumann");
    const killed = spawn(process.execPath, [program, ...all], { cwd: user, env: variables, stdio: "ignore" });
    const ended = new Promise((resolve) => killed.once("exit", (code, signal) => resolve(signal ?? code)));
    const pinned = path.join(offsite, "prod", "records", "recoveries", "onto-five", "plan.json");
    for (const until = Date.now() + 3 * minutes; !existsSync(pinned) && Date.now() < until;) await sleep(20);
    killed.kill("SIGKILL");
    expect(await ended).toBe("SIGKILL");
    expect(holdingTheIdentity()).toEqual([]);

    const done = await neumann(...all);
    expect(done.code, done.said).toBe(0);
    const members = nodes.map(({ nodeId }) => nodeId);
    expect(done.stdout).toContain(`members           ${members.join(", ")}`);
    await holdsAllRows(nodes);
    expect(holdingTheIdentity()).toEqual([]);
    const { members: found } = await laboratory.observe(nodes);
    expect([...found].sort()).toEqual(members);
    // One history beside that of the lost cluster: it was begun once.
    expect(
      readdirSync(path.join(offsite, "prod", "records", "lineages")).filter((f) => f.endsWith(".json")),
    ).toHaveLength(2);
  });
});
