import { describe, expect, it } from "vitest";
import { volumeDue } from "../../model/volumeSchedule";

const now = new Date("2026-11-28T12:00:00.000Z");
const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000).toISOString();
const due = (change: Partial<Parameters<typeof volumeDue>[0]>) =>
  volumeDue({ everyMinutes: 60, newestAt: ago(10), now, lastAttempt: undefined, ...change });

describe("a snapshot of the volume is due", () => {
  it("when the newest would be too old at the next look, and when there is none", () => {
    expect(due({})).toEqual({
      due: false,
      reason: "not before 2026-11-28T12:45:00.000Z",
      nextAt: "2026-11-28T12:45:00.000Z",
    });
    expect(due({ newestAt: ago(54) }).due).toBe(false);
    expect(due({ newestAt: ago(55) })).toMatchObject({ due: true, nextAt: now.toISOString() });
    expect(due({ newestAt: undefined })).toMatchObject({ due: true, reason: "there is none" });
    // The next look is later than the half of so short an interval.
    expect(due({ everyMinutes: 5, newestAt: ago(2) }).due).toBe(false);
    expect(due({ everyMinutes: 5, newestAt: ago(2.5) }).due).toBe(true);
  });

  it("for one that the store kept in the future", () => {
    expect(due({ newestAt: ago(-600) })).toMatchObject({
      due: true,
      reason: expect.stringContaining("from the future") as string,
    });
  });

  it("not soon after one that failed: each pauses writes", () => {
    const failed = (minutes: number) => ({ endedAt: ago(minutes), seconds: 9, failure: "the disk is on fire" });
    expect(due({ newestAt: undefined, lastAttempt: failed(14) })).toEqual({
      due: false,
      reason: "the last one failed: the disk is on fire",
      nextAt: "2026-11-28T12:01:00.000Z",
    });
    expect(due({ newestAt: undefined, lastAttempt: failed(15) }).due).toBe(true);
    expect(due({ everyMinutes: 20, newestAt: undefined, lastAttempt: failed(14) }).due).toBe(false);
    expect(due({ everyMinutes: 240, newestAt: undefined, lastAttempt: failed(59) }).due).toBe(false);
    expect(due({ everyMinutes: 240, newestAt: undefined, lastAttempt: failed(60) }).due).toBe(true);
    expect(due({ newestAt: undefined, lastAttempt: { endedAt: ago(1), seconds: 9 } }).due).toBe(true);
    // By a clock that was set back.
    expect(due({ newestAt: undefined, lastAttempt: failed(-600) }).due).toBe(true);
  });
});
