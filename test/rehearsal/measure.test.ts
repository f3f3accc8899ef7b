import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { standardPolicy } from "../../model/policy";
import type { RowComparison } from "../../rehearsal/comparison";
import { type Check, type Objective, verdictOf } from "../../model/objectives";
import { explainLoss, measure, rowChecks } from "../../rehearsal/measure";
import { rowsOf } from "./sample";

const policy = standardPolicy.offsite;
const lostAt = Date.parse("2026-11-23T05:00:00Z");

function measured(rows: RowComparison | null, acceptedAfter = 1000): Record<Objective["name"], Objective> {
  const all = measure({ policy, lostAt, acceptedAt: lostAt + acceptedAfter, backupAt: lostAt - 9000, rows });
  return Object.fromEntries(all.map((o) => [o.name, o])) as Record<Objective["name"], Objective>;
}

describe("recovery point", () => {
  it("is how long before the loss the first lost write was acknowledged", () => {
    const rows = rowsOf({ lost: 3, firstLostAt: lostAt - 4200 });
    expect(measured(rows)["recovery-point"]).toMatchObject({ measuredSeconds: 4.2, met: true });
  });

  it("is nothing when nothing was lost", () => {
    expect(measured(rowsOf({ lost: 0, firstLostAt: null }))["recovery-point"].measuredSeconds).toBe(0);
  });

  it("is the backup's age where nobody noted the writes", () => {
    expect(measured(null)["recovery-point"].measuredSeconds).toBe(9);
  });

  it("is met exactly up to the objective", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * policy.recoveryPointMinutes * 60_000 }), (age) => {
        const { met, objectiveSeconds } = measured(rowsOf({ lost: 1, firstLostAt: lostAt - age }))["recovery-point"];
        expect(met).toBe(age / 1000 <= objectiveSeconds);
      }),
    );
  });
});

describe("recovery time", () => {
  it("runs from the loss to acceptance and is met exactly up to the objective", () => {
    const limit = policy.recoveryTimeMinutes * 60_000;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2 * limit }), (took) => {
        const { met, measuredSeconds } = measured(null, took)["recovery-time"];
        expect([met, measuredSeconds]).toEqual([took <= limit, took / 1000]);
      }),
    );
  });

  it("is missed when there is no time of acceptance", () => {
    expect(measured(null, NaN)["recovery-time"].met).toBe(false);
  });
});

describe("verdict", () => {
  const check = (passed: boolean): Check => ({ name: "n", title: "t", expected: "e", found: "f", passed });
  const objective = (met: boolean) => ({ ...measured(null)["recovery-time"], met });

  it("is PASS only if all checks passed and all objectives were met", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean()), fc.array(fc.boolean()), (checks, objectives) => {
        const verdict = verdictOf(checks.map(check), objectives.map(objective));
        expect(verdict).toBe(checks.length > 0 && ![...checks, ...objectives].includes(false) ? "PASS" : "FAIL");
      }),
    );
  });

  it("is FAIL when nothing was checked", () => {
    expect(verdictOf([], [])).toBe("FAIL");
  });
});

describe("checks of rows", () => {
  it("name the rows that are at fault, a few of them", () => {
    const missing = [1, 2, 3, 4, 5, 6, 7];
    const checks = rowChecks(rowsOf({ faults: { missing, tooNew: [], wrong: [9], double: [] } }));
    expect(checks.map((c) => [c.name, c.found])).toEqual([
      ["promised-rows", "7: rows 1, 2, 3, 4, 5, …"],
      ["later-rows", "none"],
      ["whole-rows", "1: rows 9"],
      ["single-rows", "none"],
    ]);
    expect(checks.map((c) => c.passed)).toEqual([false, true, false, true]);
  });
});

describe("why something was lost", () => {
  const point = (rows: RowComparison) => measured(rows)["recovery-point"];

  it("says how much, since when, and what the policy allows", () => {
    const rows = rowsOf({ lost: 1234, firstLostAt: lostAt - 4200 });
    expect(explainLoss(rows, point(rows), "B1")).toBe(
      "1,234 writes acknowledged after backup B1 was taken are lost: the last 4.2 s before the loss. " +
        "The policy allows for the loss of up to 7 d of writes.",
    );
  });

  it("says that the policy allows for less", () => {
    const rows = rowsOf({ lost: 1, firstLostAt: lostAt - 8 * 24 * 3_600_000 });
    expect(explainLoss(rows, point(rows), "B1")).toMatch(
      /^1 write .* The policy allows for up to 7 d of writes only\.$/,
    );
  });

  it("explains nothing away when rows are at fault", () => {
    const rows = rowsOf({ faults: { missing: [1], tooNew: [], wrong: [], double: [] } });
    expect(explainLoss(rows, point(rows), "B1")).toContain("not those that the backup promises");
  });

  it("says so when nothing was lost", () => {
    const rows = rowsOf({ lost: 0, firstLostAt: null });
    expect(explainLoss(rows, point(rows), "B1")).toBe("No acknowledged write was lost.");
  });
});
