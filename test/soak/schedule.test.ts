import { expect, it } from "vitest";
import { type Act, scheduleOf } from "./schedule";

const of = (acts: Act[], ...kinds: string[]) => acts.filter(({ kind }) => kinds.includes(kind));

it("is the same for the same seed, and another for another", () => {
  expect(scheduleOf(7, 120)).toEqual(scheduleOf(7, 120));
  expect(scheduleOf(7, 120)).not.toEqual(scheduleOf(8, 120));
});

it("begins alike, however long it lasts", () => {
  const runs = (seconds: number) => of(scheduleOf(7, seconds), "run");
  expect(runs(600).slice(0, runs(120).length)).toEqual(runs(120));
});

it("never takes a second node before the first is back, and everything is over at the end", () => {
  for (let seed = 1; seed <= 200; seed++) {
    const acts = scheduleOf(seed, 120);
    for (const kinds of [["kill-node", "stop-leader"], ["archive"]]) {
      let over = 0;
      for (const act of of(acts, ...kinds)) {
        expect(act.at).toBeGreaterThan(over);
        over = act.at + ("forMs" in act ? act.forMs : 0);
      }
      expect(over).toBeGreaterThan(0);
      expect(over).toBeLessThanOrEqual(120_000);
    }
  }
});

it("in two minutes shows most faults of an archive, kills, and pairs of commands", () => {
  for (let seed = 1; seed <= 50; seed++) {
    const acts = scheduleOf(seed, 120);
    expect(of(acts, "archive").length).toBeGreaterThanOrEqual(9);
    expect(of(acts, "kill-node", "stop-leader").length).toBeGreaterThanOrEqual(5);
    const runs = acts.flatMap((act) => (act.kind === "run" ? [act.runs] : []));
    expect(of(acts, "age").length).toBeGreaterThanOrEqual(4);
    expect(runs.filter(([run]) => run?.words[0] === "prune").length).toBeGreaterThanOrEqual(4);
    expect(of(acts, "lifecycle").length).toBeGreaterThanOrEqual(3);
    expect(runs.some(({ length }) => length === 2)).toBe(true);
    expect(runs.flat().filter(({ killAfterMs }) => killAfterMs !== undefined).length).toBeGreaterThan(3);
  }
});
