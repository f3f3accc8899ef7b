import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { full } from "../../agent/commands/full";
import { offsite } from "../../agent/commands/offsite";
import { snapshot } from "../../agent/commands/snapshot";
import { restoreFirst } from "../../agent/restore/first";
import { agent, complaint, contentsOf, makeArchive, scratch } from "./support";

const folder = scratch("cli");
let flags: string[];

beforeAll(async () => {
  const archive = await makeArchive(path.join(folder, "place"));
  flags = ["--archive", archive.location, "--offsite", archive.offsite!.location, "--cluster", "prod"];
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

describe("the command line", () => {
  it("--help names every command, examples and exit codes", async () => {
    const { code, stdout } = await agent(["--help"]);
    expect(code).toBe(0);
    const commands = [
      "wal-push",
      "snapshot",
      "full",
      "offsite",
      "list",
      "plan",
      "restore",
      "verify",
      "status",
      "alert-rules",
      "doctor",
    ];
    for (const name of [...commands, "resume-writes", "install", "node-create", "archive-create"]) {
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, "m"));
    }
    expect(stdout).toContain("Examples:");
    expect(stdout).toContain(
      "Exit codes: 0 done, 2 wrong input, 3 refused as unsafe, 4 the world failed (run it again), 5 damaged data, 75 try later.",
    );
  });

  it("--version prints it", async () => {
    expect(await agent(["--version"])).toEqual({ code: 0, stdout: "0.0.0-test\n", stderr: "" });
  });

  it.each([
    ["no command", [], /Usage: neumann-backup/],
    ["an unknown command", ["ful"], /unknown command 'ful'[^]*Did you mean full\?/],
    ["an unknown flag", ["full", "--fast"], /unknown option '--fast'/],
    ["a missing argument", ["wal-push", "x"], /missing required argument 'name'/],
    ["an argument too many", ["status", "x"], /too many arguments/],
    [
      "a file that nobody reads",
      ["status", "--prometheus-file", "/nowhere/x.txt"],
      /2 mistakes[^]*--prometheus-file: is no file that[^]*received "\/nowhere\/x.txt"[^]*is in a folder that is not there/,
    ],
    ["a missing flag", ["restore"], /required option '--phase <phase>' not specified/],
  ])("%s: exit code 2 and what is wrong", async (_what, args, message) => {
    const ran = await agent(args);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(message);
    expect(ran.stdout).toBe("");
  });

  it.each([
    [full, ["full"]],
    [snapshot, ["snapshot"]],
    [offsite, ["offsite"]],
    [restoreFirst, ["restore", "--phase", "first"]],
  ])("--dry-run prints the steps of $name, needs nothing and touches nothing", async (procedure, args) => {
    const before = contentsOf(folder);
    const ran = await agent(["--json", "--config", "/nowhere/agent.json", ...args, "--dry-run"]);
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    const { steps } = JSON.parse(ran.stdout) as { steps: { name: string; title: string }[] };
    expect(steps).toEqual(procedure.steps.map(({ name, title }) => ({ name, title })));
    expect(contentsOf(folder)).toEqual(before);
    const human = await agent(["--config", "/nowhere/agent.json", ...args, "--dry-run"]);
    for (const { title } of procedure.steps) expect(human.stdout).toContain(title);
  });

  it("--json: one line of result on standard output, events as JSON lines on standard error", async () => {
    const ran = await agent(["--json", "verify", ...flags]);
    expect(ran.code).toBe(0);
    expect(ran.stdout.trim().split("\n")).toHaveLength(1);
    expect(JSON.parse(ran.stdout)).toEqual({ good: true, verdicts: [] });
    const events = ran.stderr
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.map(({ event, step }) => [event, step])).toEqual([
      ["step", "catalog"],
      ["done", "catalog"],
      ["step", "backups"],
      ["done", "backups"],
      ["step", "log"],
      ["done", "log"],
      ["step", "record"],
      ["done", "record"],
    ]);
    for (const event of events) {
      expect(event).toMatchObject({ command: "verify", at: expect.stringMatching(/^\d{4}-.*Z$/) as string });
    }
  });

  it("for people: text on standard output, steps on standard error, and silent with --quiet", async () => {
    expect(await agent(["list", ...flags])).toMatchObject({ code: 0, stdout: "There is no backup.\n", stderr: "" });
    expect((await agent(["verify", ...flags])).stderr).toMatch(/✓ catalog: read the catalog/);
    expect((await agent(["--quiet", "verify", ...flags])).stderr).toBe("");
  });

  it("an error is an event with --json and a sentence without", async () => {
    const machine = await agent(["--json", "plan", "latest", ...flags]);
    expect(machine.code).toBe(3);
    expect(complaint(machine)).toContain("no lineage of prod is recorded in this archive. No good backup is listed.");
    const person = await agent(["plan", "latest", ...flags]);
    expect(person.code).toBe(3);
    expect(person.stderr).toContain("neumann-backup plan: Refused: no lineage of prod");
  });
});
