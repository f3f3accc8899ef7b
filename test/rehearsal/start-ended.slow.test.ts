import { cpSync, existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, describe, expect, it } from "vitest";
import { processesOf } from "../../lab/demo/processes";
import type { RehearsalResult } from "../../rehearsal/result";
import { minutes, root, Runs } from "./startRuns";

const runs = new Runs();

afterAll(() => runs.end());

describe("runs side by side", () => {
  it(
    "do not disturb each other, one of them with another NEUMANN_BIN and with buckets as archives; a second one in the same folder is refused",
    async () => {
      const [a, b] = [runs.work("left"), runs.work("right")];
      const bin = path.join(runs.folder, "bin");
      cpSync(path.join(root, "lab", "neumann", "bin"), bin, { recursive: true });
      const other = runs.run("start.mjs", ["--work", b, "--writes", "3000", "--archive", "s3"], {
        NEUMANN_BIN: bin,
      });
      const both = [runs.start(a, "--writes", "3000"), other];
      await both[0]?.said(/\[1\/7\]/);
      const second = runs.start(a);
      expect(await second.ended).toBe(3);
      expect(second.output).toMatch(/process \d+ runs in .*left/);
      for (const run of both) expect(await run.ended, run.output).toBe(0);
      const report = JSON.parse(readFileSync(path.join(b, "report.json"), "utf8")) as RehearsalResult;
      expect(report.tools.Database).toBe("from NEUMANN_BIN");
      expect(report.verdict).toBe("PASS");
      for (const work of [a, b]) expect(await processesOf(work)).toEqual([]);
    },
    10 * minutes,
  );
});

describe("a run that is ended", () => {
  const moments: [string, RegExp, number, "group" | "process"][] = [
    ["while the cluster starts", /\[1\/7\].*…/, 300, "group"],
    ["while the engine works", /\[1\/7\].*…/, 4000, "process"],
    ["while writes and backups go on", /\[2\/7\].*…/, 1500, "group"],
    ["while the recovery is previewed", /\[4\/7\].*…/, 1000, "process"],
    ["while it recovers", /\[5\/7\].*…/, 5000, "group"],
    ["while it runs again", /\[6\/7\].*…/, 3000, "process"],
  ];

  it.each(moments)(
    "by Ctrl-C %s leaves nothing running",
    async (_, pattern, later, whom) => {
      const work = runs.work("interrupted");
      const run = runs.start(work, "--writes", "1000");
      await run.said(pattern);
      await sleep(later);
      process.kill(whom === "group" ? -run.pid : run.pid, "SIGINT");
      expect(await run.ended, run.output).toBe(130);
      expect(run.output).toContain("Nothing is left running");
      await sleep(500);
      expect(await processesOf(work)).toEqual([]);
    },
    6 * minutes,
  );

  it(
    "by SIGKILL is cleaned up by the next one, which passes",
    async () => {
      const work = runs.work("interrupted");
      const run = runs.start(work, "--writes", "1000");
      await run.said(/\[2\/7\].*…/);
      process.kill(run.pid, "SIGKILL");
      await run.ended;
      expect((await processesOf(work)).length).toBeGreaterThan(0);
      const next = runs.start(work, "--writes", "1000", "--keep");
      expect(await next.ended, next.output).toBe(0);
      expect(next.output).toMatch(/Ended \d+ processes that an earlier run had left/);
      expect((await processesOf(work)).length, "the recovered cluster keeps running").toBeGreaterThanOrEqual(3);
      const clean = runs.run("clean.mjs", ["--work", work]);
      expect(await clean.ended, clean.output).toBe(0);
      expect(await processesOf(work)).toEqual([]);
      expect(existsSync(work)).toBe(false);
    },
    8 * minutes,
  );

  it("with wrong flags says so", async () => {
    const run = runs.start(runs.work("unused"), "--writes", "few");
    expect(await run.ended).toBe(2);
    expect(run.output).toContain('--writes must be a whole number from 1000 to 10000000, not "few"');
  });
});
