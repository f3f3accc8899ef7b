import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { processesOf } from "../../lab/demo/processes";
import type { RehearsalResult } from "../../rehearsal/result";
import { minutes, root, Runs } from "./startRuns";

const runs = new Runs();

afterAll(() => runs.end());

function checkout(): string {
  return execFileSync("git", ["status", "--porcelain", "--", "stacks", "Pulumi.yaml"], { cwd: root, encoding: "utf8" });
}

describe("npm start", () => {
  let work: string;
  let result: RehearsalResult;

  beforeAll(async () => {
    work = runs.work("whole");
    const before = checkout();
    const run = runs.start(work, "--json");
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
