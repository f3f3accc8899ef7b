import { describe, expect, it } from "vitest";
import { resolvePolicy } from "../../model/policy";
import { judgeRehearsal, type Rehearsed } from "../../model/rehearsed";

const beganAt = Date.parse("2026-11-23T10:00:00Z");
const good: Rehearsed = {
  plan: { tier: "full", backupId: "b1", createdAt: "2026-11-23T09:00:00Z", totalEntries: 500, nodes: ["b", "a"] },
  report: { members: ["a", "b"], totalEntries: 500 },
  policy: resolvePolicy({}),
  beganAt,
  acceptedAt: beganAt + 90_000,
  left: [],
};

const failed = (of: Partial<Rehearsed>): string[] => {
  const { verdict, checks, objectives } = judgeRehearsal({ ...good, ...of });
  const names = [...checks.filter(({ passed }) => !passed), ...objectives.filter(({ met }) => !met)].map(
    ({ name }) => name,
  );
  expect(verdict).toBe(names.length === 0 ? "PASS" : "FAIL");
  return names;
};

describe("a rehearsal", () => {
  it("passes where members, entries and objectives are as they must be", () => {
    expect(failed({})).toEqual([]);
    const { objectives } = judgeRehearsal(good);
    expect(objectives.map(({ measuredSeconds }) => measuredSeconds)).toEqual([3600, 90]);
  });

  it("fails for each thing that is not", () => {
    expect(failed({ report: { ...good.report, members: ["a"] } })).toEqual(["members"]);
    expect(failed({ report: { ...good.report, totalEntries: 499 } })).toEqual(["manifest-count"]);
    expect(failed({ report: { members: ["a", "b"] } })).toEqual(["manifest-count"]);
    expect(failed({ left: ["node1-volume"] })).toEqual(["nothing-left"]);
    expect(failed({ plan: { ...good.plan, createdAt: "2026-11-01T00:00:00Z" } })).toEqual(["recovery-point"]);
    expect(failed({ acceptedAt: beganAt + 5 * 3600_000 })).toEqual(["recovery-time"]);
    expect(failed({ plan: { ...good.plan, createdAt: "some day" } })).toEqual(["recovery-point"]);
  });

  it("needs no count where the database counted nothing", () => {
    const { totalEntries, ...uncounted } = good.plan;
    expect(totalEntries).toBe(500);
    expect(failed({ plan: uncounted })).toEqual([]);
  });

  it("refuses a tier that nobody knows", () => {
    expect(() => failed({ plan: { ...good.plan, tier: "warm" } })).toThrow("a tier that is not known: warm");
  });
});
