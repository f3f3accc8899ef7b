import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { killAll, processesOf } from "../../lab/demo/processes";
import type { RehearsalResult } from "../../rehearsal/result";

const root = path.dirname(path.dirname(__dirname));
const minutes = 60_000;

let folder: string;
const works: string[] = [];

/** A working folder of its own for each run that may be under way together with others. */
function workFolder(name: string): string {
  const work = path.join(folder, name);
  works.push(work);
  return work;
}

beforeAll(() => {
  folder = realpathSync(mkdtempSync(path.join(os.tmpdir(), "start-")));
});

afterAll(async () => {
  for (const work of works) await killAll(() => processesOf(work));
  rmSync(folder, { recursive: true, force: true });
});

/** A run of `npm start` without npm, in a process group of its own, as a shell starts it. */
class Run {
  output = "";
  result = "";
  readonly child: ChildProcess;
  readonly ended: Promise<number | null>;

  constructor(script: string, flags: readonly string[], environment: Record<string, string> = {}) {
    const program = path.join(root, "scripts", script);
    const env = { ...process.env, ...environment };
    this.child = spawn(process.execPath, [program, ...flags], { cwd: folder, detached: true, stdio: "pipe", env });
    this.child.stdout?.on("data", (text: Buffer) => {
      this.output += text.toString();
      this.result += text.toString();
    });
    this.child.stderr?.on("data", (text: Buffer) => (this.output += text.toString()));
    this.ended = new Promise((resolve) => this.child.once("close", resolve));
  }

  get pid(): number {
    return this.child.pid ?? NaN;
  }

  async said(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.child.exitCode !== null) throw new Error(`it ended before it said ${pattern}:\n${this.output}`);
      await sleep(50);
    }
  }
}

function start(work: string, ...flags: string[]): Run {
  return new Run("start.mjs", ["--work", work, ...flags]);
}

function checkout(): string {
  return execFileSync("git", ["status", "--porcelain", "--", "stacks", "Pulumi.yaml"], { cwd: root, encoding: "utf8" });
}

describe("npm start", () => {
  let work: string;
  let result: RehearsalResult;

  beforeAll(async () => {
    work = workFolder("whole");
    const before = checkout();
    const run = start(work, "--json");
    expect(await run.ended, run.output).toBe(0);
    result = JSON.parse(run.result) as RehearsalResult;
    expect(checkout(), "nothing is written beside the programs").toBe(before);
  }, 8 * minutes);

  it("passes, with every row accounted for", () => {
    expect(result.checks.filter((check) => !check.passed)).toEqual([]);
    expect(result.verdict).toBe("PASS");
    const { rows } = result;
    expect(rows?.acknowledged).toBeGreaterThanOrEqual(50_000);
    expect(rows?.lost).toBeGreaterThan(0);
    expect(rows?.promised).toBeGreaterThan(5000);
    expect(result.backups.map((backup) => backup.tier)).toEqual(["snapshots", "full", "offsite"]);
    expect(result.archivedSegments).toBeGreaterThan(0);
    expect(result.phases.map((phase) => phase.name)).toEqual(
      ["protect", "load", "lose", "plan", "recover", "repeat"], // The report itself is the seventh.
    );
  });

  it("leaves no process, and the same result in report.json", async () => {
    expect(await processesOf(work)).toEqual([]);
    expect(JSON.parse(readFileSync(path.join(work, "report.json"), "utf8"))).toEqual(result);
  });

  describe.skipIf(browserPath() === undefined)("report.html in a browser (skipped where there is none)", () => {
    let browser: Browser;
    beforeAll(async () => {
      browser = await chromium.launch({ executablePath: browserPath(), args: browserFlags });
    });
    afterAll(() => browser.close());

    it.each(["light", "dark"] as const)("shows verdict and timeline, %s", async (colorScheme) => {
      const page = await browser.newPage({ colorScheme });
      const complaints: string[] = [];
      page.on("console", (message) => complaints.push(message.text()));
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => {
        if (!/^(file|data):/.test(request.url())) complaints.push(request.url());
      });
      await page.goto(`file://${path.join(work, "report.html")}`);
      const verdict = page.getByRole("status");
      expect(await verdict.isVisible()).toBe(true);
      expect(await verdict.textContent()).toBe("PASS");
      expect(await page.locator(".lane.phase .bar").count()).toBe(result.phases.length);
      for (const bar of await page.locator(".bar, .span").all()) {
        const box = await bar.boundingBox();
        expect(box && box.width > 1 && box.height > 1).toBe(true);
      }
      const wide = await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth");
      expect(wide, "nothing runs out of the page").toBe(true);
      expect(await page.locator("h2").allTextContents()).toContain("Timeline");
      expect(complaints).toEqual([]);
      await page.close();
    });
  });
});

const browserFlags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function browserPath(): string | undefined {
  return ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find((file) => existsSync(file));
}

describe("runs side by side", () => {
  it(
    "do not disturb each other, one of them with another NEUMANN_BIN and with buckets as archives; a second one in the same folder is refused",
    async () => {
      const [a, b] = [workFolder("left"), workFolder("right")];
      const bin = path.join(folder, "bin");
      cpSync(path.join(root, "lab", "neumann", "bin"), bin, { recursive: true });
      const other = new Run("start.mjs", ["--work", b, "--writes", "3000", "--archive", "s3"], {
        NEUMANN_BIN: bin,
      });
      const runs = [start(a, "--writes", "3000"), other];
      await runs[0]?.said(/\[1\/7\]/);
      const second = start(a);
      expect(await second.ended).toBe(3);
      expect(second.output).toMatch(/process \d+ runs in .*left/);
      for (const run of runs) expect(await run.ended, run.output).toBe(0);
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
      const work = workFolder("interrupted");
      const run = start(work, "--writes", "1000");
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
      const work = workFolder("interrupted");
      const run = start(work, "--writes", "1000");
      await run.said(/\[2\/7\].*…/);
      process.kill(run.pid, "SIGKILL");
      await run.ended;
      expect((await processesOf(work)).length).toBeGreaterThan(0);
      const next = start(work, "--writes", "1000", "--keep");
      expect(await next.ended, next.output).toBe(0);
      expect(next.output).toMatch(/Ended \d+ processes that an earlier run had left/);
      expect((await processesOf(work)).length, "the recovered cluster keeps running").toBeGreaterThanOrEqual(3);
      const clean = new Run("clean.mjs", ["--work", work]);
      expect(await clean.ended, clean.output).toBe(0);
      expect(await processesOf(work)).toEqual([]);
      expect(existsSync(work)).toBe(false);
    },
    8 * minutes,
  );

  it("with wrong flags says so", async () => {
    const run = start(workFolder("unused"), "--writes", "few");
    expect(await run.ended).toBe(2);
    expect(run.output).toContain('--writes must be a whole number from 1000 to 10000000, not "few"');
  });
});
