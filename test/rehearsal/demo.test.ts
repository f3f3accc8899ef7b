import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openArchives } from "../../lab/demo/archives";
import { DemoUsageError, parseFlags } from "../../lab/demo/flags";
import { demoLaboratory, demoPorts } from "../../lab/demo/laboratory";
import { holdPorts } from "../../lab/demo/ports";
import { killAll, processesOf, workVariable } from "../../lab/demo/processes";
import { cleanWork } from "../../lab/demo/workFolder";
import type { Laboratory } from "../../rehearsal/laboratory";

let folder: string;
beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "demo-")));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("flags of npm start", () => {
  const none = { help: false, json: false, keep: false, work: undefined, writes: 50_000, archive: "folder" };

  it("have defaults", () => {
    expect(parseFlags([])).toEqual(none);
    expect(parseFlags(["--writes", "2000", "--json", "--keep"])).toEqual({
      ...none,
      writes: 2000,
      json: true,
      keep: true,
    });
  });

  it.each([
    [["--writes", "many"], '--writes must be a whole number from 1000 to 10000000, not "many"'],
    [["--writes", "999"], 'not "999"'],
    [["--archive", "gcs"], '--archive must be folder or s3, not "gcs"'],
    [["--archive", "s3", "--keep"], "--keep does not go with --archive s3"],
    [["--writes", "-1"], "--writes"],
    [["--write", "2000"], "Unknown option '--write'"],
    [["now"], "now"],
    [["--keep=yes"], "--keep"],
  ])("%j: says what is wrong", (argv, message) => {
    expect(() => parseFlags(argv)).toThrow(DemoUsageError);
    expect(() => parseFlags(argv)).toThrow(message);
  });
});

describe("ports", () => {
  it("of runs side by side are different, even before anybody listens on them", async () => {
    const blocks = await Promise.all(Array.from({ length: 5 }, () => holdPorts(demoPorts)));
    const all = blocks.flatMap((block) => block.ports);
    expect(new Set(all).size).toBe(5 * demoPorts);
    await Promise.all(blocks.map((block) => block.release()));
  });
});

describe("processes of a run", () => {
  const sleeper = (work: string | undefined) => {
    const env = { ...process.env, ...(work === undefined ? {} : { [workVariable]: work }) };
    return spawn("sh", ["-c", "sleep 60 & sleep 60"], { env, detached: true, stdio: "ignore" });
  };

  it("are found and ended with their children; others are not", async () => {
    const other = sleeper(`${folder}-other`);
    const unmarked = sleeper(undefined);
    sleeper(folder);
    await expect.poll(async () => (await processesOf(folder)).length).toBeGreaterThanOrEqual(2);
    const killed = await killAll(() => processesOf(folder));
    expect(killed.length).toBeGreaterThanOrEqual(2);
    expect(await processesOf(folder)).toEqual([]);
    expect([other.exitCode, other.signalCode, unmarked.exitCode, unmarked.signalCode]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    for (const { pid } of [other, unmarked]) process.kill(-(pid ?? NaN), "SIGKILL");
  });

  it("are ended by a clean-up, which removes the folder", async () => {
    const work = path.join(folder, "work");
    mkdirSync(work);
    sleeper(work);
    await expect.poll(async () => (await processesOf(work)).length).toBeGreaterThanOrEqual(2);
    expect(await cleanWork(work)).toMatchObject({ removed: true });
    expect(await processesOf(work)).toEqual([]);
    expect(await cleanWork(work)).toEqual({ removed: false, killed: [] });
  });
});

describe("the lab", () => {
  it("brings what an exercise needs", async () => {
    const ports = Array.from({ length: demoPorts }, (_, index) => 20_000 + index);
    const { places: archives } = await openArchives("folder", folder, () => undefined);
    const laboratory: Laboratory = demoLaboratory({ workFolder: folder, folder, ports, archives });
    const places = [...laboratory.lost, ...laboratory.fresh];
    expect(places).toHaveLength(6);
    for (const key of ["nodeId", "address", "adminUrl", "directory"] as const) {
      expect(new Set(places.map((place) => place[key])).size).toBe(6);
    }
  });
});
