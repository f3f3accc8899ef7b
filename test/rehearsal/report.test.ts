import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { renderReport } from "../../rehearsal/html/report";
import { writeReport } from "../../rehearsal/report";
import { summarize } from "../../rehearsal/summary";
import { resultOf, rowsOf } from "./sample";

describe("report.html", () => {
  it("needs no other file, no network and no script", () => {
    const html = renderReport(resultOf());
    expect(html).not.toMatch(/<script|https?:|@import|<img|url\(/);
    expect(html).toContain("default-src 'none'");
  });

  it("begins with the verdict", () => {
    expect(renderReport(resultOf())).toMatch(/<header><div class="verdict good" role="status">PASS</);
    expect(renderReport(resultOf({ verdict: "FAIL" }))).toMatch(/class="verdict bad" role="status">FAIL</);
  });

  it("shows text of any kind as text", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const hostile = `<b a="${text}" c='d'>&amp;</b>`;
        const check = { name: "n", title: hostile, expected: hostile, found: hostile, passed: false };
        const html = renderReport(resultOf({ checks: [check], clusterId: hostile, tools: { [hostile]: hostile } }));
        expect(html).not.toContain("<b a=");
      }),
    );
  });

  it("keeps every bar of the timeline within it", () => {
    const moment = fc.integer({ min: -100, max: 200 });
    fc.assert(
      fc.property(moment, moment, fc.double({ min: 0, max: 1e5, noNaN: true }), (from, length, seconds) => {
        const sample = resultOf();
        const iso = (second: number) => new Date(Date.parse(sample.startedAt) + second * 1000).toISOString();
        const phases = sample.phases.map((phase) => ({
          ...phase,
          startedAt: iso(from),
          endedAt: iso(from + Math.abs(length)),
        }));
        const html = renderReport({ ...sample, seconds, phases, marks: [{ name: "loss", title: "L", at: iso(from) }] });
        for (const [, left] of html.matchAll(/left:([^%;"]+)%/g)) {
          expect(Number(left)).toBeGreaterThanOrEqual(0);
          expect(Number(left)).toBeLessThanOrEqual(100);
        }
        for (const [, width] of html.matchAll(/width:([^%;"]+)%/g)) expect(Number(width)).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it("does without rows where nobody noted them", () => {
    expect(renderReport(resultOf({ rows: null }))).not.toContain("Rows written");
  });
});

describe("the summary on a terminal", () => {
  it("tells written, acknowledged, recovered and lost, the objectives and the verdict", () => {
    expect(summarize(resultOf())).toMatchInlineSnapshot(`
      "  Rows written           60,000
          acknowledged         59,000
          recovered            41,000, compared one by one
          lost                 18,000
        Recovery point (RPO)   4.5 s of 7 d allowed  met
        Recovery time (RTO)    14 s of 8 h allowed  met
        Checks passed          1 of 1

        18,000 writes are lost.

        PASS in 55 s"
    `);
  });

  it("names each failed check", () => {
    const check = { name: "m", title: "Members", expected: "3", found: "2", passed: false };
    const text = summarize(resultOf({ verdict: "FAIL", checks: [check], rows: rowsOf({ lost: 0 }) }));
    expect(text).toContain("failed: Members: expected 3, found 2");
    expect(text).toContain("FAIL in 55 s");
  });

  it("uses colours only when told to", () => {
    expect(summarize(resultOf(), true)).toContain("\x1b[32m");
    expect(summarize(resultOf())).not.toContain("\x1b");
  });
});

describe("writing the report", () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), "report-"));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("puts both files in place whole, and nothing else", async () => {
    const { json, html } = await writeReport(folder, resultOf());
    expect(readdirSync(folder).sort()).toEqual(["report.html", "report.json"]);
    expect(JSON.parse(readFileSync(json, "utf8"))).toEqual(resultOf());
    expect(readFileSync(html, "utf8")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });
});
