import { describe, expect, it } from "vitest";
import { simulate, simulateChange } from "../../../model/aws/simulate";
import type { SimulatedDay, SimulatedHolding, SimulationRequest } from "../../../model/aws/simulation";
import { summarizeSimulation } from "../../../model/aws/simulationSummary";
import { standardTimes } from "../../../model/aws/simulation";
import type { ArchiveSizes } from "../../../model/aws/storageCost";
import { type BackupPolicyOverrides, resolvePolicy } from "../../../model/policy";

const gibibyte = 1024 ** 3;
const monthDays = 730 / 24;
const sizes: ArchiveSizes = {
  fullGibibytes: 100,
  snapshotGibibytes: 10,
  walGibibytesPerDay: 6,
  compressedTo: 0.5,
  nodes: 3,
};
/** Few snapshots: the same rules in less time. */
const few: BackupPolicyOverrides = { snapshots: { everyMinutes: 1440, recoveryPointMinutes: 1440 } };

function request(overrides: BackupPolicyOverrides = {}, rest: Partial<SimulationRequest> = {}): SimulationRequest {
  return { policy: resolvePolicy({ ...few, ...overrides }), sizes, undeleteDays: 14, days: 60, ...rest };
}

const problems = (days: readonly SimulatedDay[]): string[] =>
  days.flatMap((day) => day.problems.map((problem) => `day ${day.day}: ${problem}`));

const held = ({ holdings }: SimulatedDay, account: string): SimulatedHolding =>
  holdings.find((holding) => holding.account === account) as SimulatedHolding;

const last = (days: readonly SimulatedDay[]): SimulatedDay => days.at(-1) as SimulatedDay;

describe("a year under the standard policy", () => {
  const { days, standsFor } = simulate({ policy: resolvePolicy(), sizes, undeleteDays: 14 });

  it("never lists a backup that could not be restored, and has a good one of each tier from the first on", () => {
    expect(days).toHaveLength(365);
    expect(problems(days)).toEqual([]);
  });

  it("keeps what the policy says, and removes the rest", () => {
    expect(standsFor).toEqual({ snapshots: 4, full: 1, offsite: 1 });
    const snapshots = held(last(days), "primary/snapshots");
    // Seven days, and what was stored between the prune and the end of the day.
    expect(snapshots.count).toBeGreaterThanOrEqual(7 * 96);
    expect(snapshots.count).toBeLessThan(8 * 96);
    expect(held(last(days), "primary/full").count).toBe(31);
    expect(held(last(days), "offsite/offsite").count).toBe(53);
    for (const { windowDays, day } of days.slice(31)) {
      expect([day, windowDays]).toEqual([day, expect.closeTo(30.9, 0)]);
    }
    const log = held(last(days), "primary/wal");
    // Three nodes' log of a day, compressed; one day of it was given up today.
    const logDay = 9 * gibibyte;
    expect((log.bytes.STANDARD ?? 0) / logDay).toBeCloseTo(log.count + log.hiddenBytes / logDay + 1, 6);
  });

  it("costs what lies there, day by day", () => {
    const { costs } = last(days);
    const full = costs.find(({ account, kind }) => account === "primary/full" && kind === "storage");
    const { bytes } = held(last(days), "primary/full");
    expect(full?.dollars).toBeCloseTo(((bytes.STANDARD ?? 0) / gibibyte) * (0.023 / monthDays), 10);
  });
});

describe("a summary", () => {
  it("is of a month like the last thirty days, or like as many as there are", () => {
    const short = summarizeSimulation(simulate(request({}, { days: 10 })));
    expect(short.monthDollars).toBeCloseTo((short.totalDollars / 10) * monthDays, 8);
    const { days, standsFor } = simulate(request({}, { days: 60 }));
    const { monthDollars } = summarizeSimulation({ days, standsFor });
    expect(monthDollars).toBeCloseTo(
      (summarizeSimulation({ days: days.slice(30), standsFor }).totalDollars / 30) * monthDays,
      8,
    );
    const broken = { ...last(days), problems: ["x is gone"] };
    expect(summarizeSimulation({ days: [broken], standsFor }).problems).toEqual(["day 60: x is gone"]);
  });
});

describe("whoever tags", () => {
  it("everything at once takes nothing from the recovery window, and no backup that is listed", () => {
    const { days } = simulate(request({}, { tagging: "everything" }));
    expect(problems(days)).toEqual([]);
    for (const { windowDays } of days.slice(31)) expect(windowDays).toBeGreaterThanOrEqual(30);
    expect(held(last(days), "primary/full").count).toBeGreaterThanOrEqual(30);
  });

  it("nothing leaves everything, but for a backstop", () => {
    const all = simulate(request({}, { tagging: "nobody" })).days;
    expect(held(last(all), "primary/full").count).toBe(60);
    expect(last(all).windowDays).toBeGreaterThan(59);
    const backstop = { snapshots: 40, full: 40, wal: 40 };
    const { days } = simulate(request({}, { tagging: "nobody", primary: { backstop } }));
    expect(problems(days)).toEqual([]);
    // At the midnight after their fortieth day.
    expect(held(last(days), "primary/full").count).toBe(41);
    expect(held(last(days), "primary/snapshots").count).toBe(41);
  });
});

describe("backups that stop", () => {
  it("leave the least number of each tier, for ever", () => {
    const { days } = simulate(request({}, { lastBackupDay: 40, days: 80 }));
    expect(problems(days)).toEqual([]);
    expect(held(last(days), "primary/full").count).toBe(3);
    expect(held(last(days), "primary/snapshots").count).toBe(3);
  });

  it("leave none behind a backstop: it says so", () => {
    const backstop = { snapshots: 40, full: 40, wal: 40 };
    const { days } = simulate(request({}, { lastBackupDay: 40, days: 90, primary: { backstop } }));
    expect(problems(days)[0]).toMatch(/^day 8\d: there is no (snapshots|full) backup left$/);
  });
});

describe("uploads across midnight", () => {
  const across = (pruneAt: number, uploadMinutes: number, rest: Partial<SimulationRequest> = {}) =>
    simulate(
      request(
        {},
        {
          times: {
            begins: { ...standardTimes.begins, full: 1430, offsite: 1435 },
            uploadMinutes: { ...standardTimes.uploadMinutes, full: uploadMinutes, offsite: uploadMinutes },
            pruneAt,
          },
          ...rest,
        },
      ),
    );

  it("survive a prune between their first object and their manifest", () => {
    const { days } = across(5, 60);
    expect(problems(days)).toEqual([]);
    // One a day, each complete the day after.
    expect(days.slice(0, 20).map((day) => held(day, "primary/full").count)).toEqual([...Array(20).keys()]);
    // Nothing was tagged: each day has an upload of 50 GiB in parts of 8 and 32 MiB, and one of a manifest.
    for (const { costs } of days.slice(1, 20)) {
      const requests = costs.find(({ account, kind }) => account === "primary/full" && kind === "requests");
      expect(requests?.dollars).toBeCloseTo((2 + 2000 + 1100 + 1) * (0.005 / 1000), 10);
    }
  });

  it("are removed as one, by whoever tags them", () => {
    for (const tagging of ["prune", "everything"] as const) {
      const { days } = across(5, 600, { tagging });
      expect(problems(days)).toEqual([]);
      expect(held(last(days), "primary/full").count).toBeGreaterThanOrEqual(30);
    }
  });
});

describe("steps to cheaper storage", () => {
  const noBytes = { verification: { bytesEveryMinutes: 0 } };

  it("move what is old enough, for the price of a move, and bill what leaves too early", () => {
    const { days } = simulate(
      request(noBytes, { primary: { steps: { full: [{ afterDays: 5, storageClass: "GLACIER_IR" }] } } }),
    );
    const { bytes, hiddenBytes } = held(last(days), "primary/full");
    // Backups of the last five full days are Standard: the day's own, and five before it; with their manifests.
    expect(bytes.STANDARD).toBeCloseTo(6 * 50 * gibibyte, -7);
    expect(hiddenBytes).toBeGreaterThan(15 * 50 * gibibyte);
    const cost = (kind: string) =>
      last(days).costs.find((found) => found.kind === kind && found.storageClass === "GLACIER_IR")?.dollars;
    // And for the tag of what is given up.
    expect(cost("requests")).toBeCloseTo((0.02 + 0.005) / 1000, 10);
    // One backup a day goes: it was moved at midnight of day 6, and hidden for 17 days from day 32 on.
    const lived = (bytes.GLACIER_IR ?? 0) / (50 * gibibyte);
    expect(cost("early")).toBeCloseTo((90 - lived) * 50 * (0.004 / monthDays), 10);
  });

  it("never move what is small", () => {
    const steps = { wal: [{ afterDays: 0, storageClass: "GLACIER_IR" }] };
    const { days } = simulate(request(noBytes, { primary: { steps }, sizes: { ...sizes, walGibibytesPerDay: 0.1 } }));
    expect(Object.keys(held(last(days), "primary/wal").bytes)).toEqual(["STANDARD"]);
  });
});

describe("the log off-site", () => {
  it("is kept from the newest backup there on, and as long as the policy says", () => {
    const offsite = { continuousWal: true };
    const { days } = simulate(request({ offsite }));
    expect(problems(days)).toEqual([]);
    expect(held(last(days), "offsite/wal").count).toBeGreaterThanOrEqual(30);
    expect(held(last(days), "offsite/wal").count).toBeLessThan(33);
  });
});

describe("a change of the policy", () => {
  it("says what the next prune gives up because of it, and what the days cost then", () => {
    const { before, after, givenUp } = simulateChange(
      request(),
      resolvePolicy({ ...few, full: { retentionDays: 10 } }),
    );
    expect(givenUp).toEqual([
      { account: "primary/full", count: 20, bytes: 20 * 50 * gibibyte },
      // A day that only the oldest of them needed.
      { account: "primary/wal", count: 1, bytes: 9 * gibibyte },
    ]);
    const held10 = held(last(after.days), "primary/full").count;
    expect([held(last(before.days), "primary/full").count, held10]).toEqual([31, 11]);
    expect(problems(after.days)).toEqual([]);
  });

  it("that keeps more gives nothing up", () => {
    const { givenUp } = simulateChange(request(), resolvePolicy({ ...few, full: { retentionDays: 90 } }));
    expect(givenUp).toEqual([]);
  });

  it("is held to the least number", () => {
    const to = resolvePolicy({ ...few, full: { retentionDays: 2, keepAtLeast: 25 } });
    expect(simulateChange(request(), to).givenUp.find(({ account }) => account === "primary/full")?.count).toBe(5);
  });
});
