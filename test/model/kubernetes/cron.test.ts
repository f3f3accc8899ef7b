import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cronAtLeastEvery, isCron, isTimeZone, minuteOf } from "../../../model/kubernetes/cron";

/** The values of a field that has steps, one value or all. */
function valuesOf(field: string, least: number, most: number): number[] {
  const all = Array.from({ length: most - least + 1 }, (_, at) => at + least);
  if (field === "*") return all;
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step === undefined ? [Number(field)] : all.filter((value) => (value - least) % Number(step) === 0);
}

/** The pauses between two runs of a schedule, in minutes, over two weeks. */
function pausesOf(schedule: string): number[] {
  const [minutes = "", hours = "", , , days = ""] = schedule.split(" ");
  const runs: number[] = [];
  for (let day = 0; day < 14; day++) {
    if (!valuesOf(days, 0, 6).includes(day % 7)) continue;
    for (const hour of valuesOf(hours, 0, 23)) {
      for (const minute of valuesOf(minutes, 0, 59)) runs.push((day * 24 + hour) * 60 + minute);
    }
  }
  runs.push((runs[0] as number) + 14 * 24 * 60);
  return runs.slice(1).map((run, at) => run - (runs[at] as number));
}

describe("cronAtLeastEvery", () => {
  it("never lets more time pass than was asked for, and always the same", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 * 24 * 60 }), fc.nat(23), fc.nat(59), (minutes, hour, minute) => {
        const schedule = cronAtLeastEvery(minutes, { hour, minute });
        expect(isCron(schedule)).toBe(true);
        const pauses = pausesOf(schedule);
        expect(Math.max(...pauses)).toBeLessThanOrEqual(minutes);
        expect(Math.min(...pauses)).toBe(Math.max(...pauses));
      }),
    );
  });

  it("runs what is made once a day or a week at night", () => {
    const at = { hour: 3, minute: 7 };
    expect(cronAtLeastEvery(1440, at)).toBe("7 3 * * *");
    expect(cronAtLeastEvery(10_080, at)).toBe("7 3 * * 0");
    expect(cronAtLeastEvery(20_000, at)).toBe("7 3 * * 0");
  });
});

describe("isCron", () => {
  it.each(["* * * * *", "*/5 0-6,22 1 jan-mar mon", "59 23 31 12 6", "0 3 * * SUN", "0-30/10 * * * *"])(
    "takes %s",
    (text) => expect(isCron(text)).toBe(true),
  );

  it.each([
    "",
    "* * * *",
    "* * * * * *",
    "60 * * * *",
    "* 24 * * *",
    "* * 0 * *",
    "* * * 13 *",
    "* * * * 7",
    "5-1 * * * *",
    "*/0 * * * *",
    "@daily",
    "TZ=UTC 0 3 * * *",
    "0  3 * * *",
    "a * * * *",
    "1-2-3 * * * *",
    "1/2/3 * * * *",
    "1, * * * *",
  ])("refuses %j", (text) => expect(isCron(text)).toBe(false));

  it("refuses what is no text", () => expect(isCron(5)).toBe(false));
});

it("spreads clusters over the hour, each in its own minute for ever", () => {
  const minutes = Array.from({ length: 100 }, (_, at) => minuteOf(`neumann/cluster-${at}`));
  expect(new Set(minutes).size).toBeGreaterThan(30);
  expect(minuteOf("neumann/prod")).toBe(16);
});

it("knows time zones by their names", () => {
  for (const name of ["Etc/UTC", "Europe/Berlin", "America/New_York"]) expect(isTimeZone(name)).toBe(true);
  for (const name of ["", "Local", "Berlin", 7]) expect(isTimeZone(name)).toBe(false);
});
