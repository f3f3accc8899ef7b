import { describe, expect, it } from "vitest";
import { cheaperThan } from "../../../model/aws/cheaper";
import { simulate } from "../../../model/aws/simulate";
import type { SimulationRequest } from "../../../model/aws/simulation";
import { summarizeSimulation } from "../../../model/aws/simulationSummary";
import { type BackupPolicyOverrides, resolvePolicy } from "../../../model/policy";

const sizes = { fullGibibytes: 100, snapshotGibibytes: 50, walGibibytesPerDay: 0.1, compressedTo: 0.5, nodes: 3 };

/** Few snapshots, for speed; kept for long enough that fewer of them would do. */
function request(overrides: BackupPolicyOverrides = {}, rest: Partial<SimulationRequest> = {}): SimulationRequest {
  const snapshots = { everyMinutes: 720, recoveryPointMinutes: 720, keepAtLeast: 2 };
  const policy = resolvePolicy({ ...overrides, snapshots: { ...snapshots, ...overrides.snapshots } });
  return { policy, sizes, undeleteDays: 14, days: 90, ...rest };
}

const cheaperOf = (one: SimulationRequest) => cheaperThan(one, simulate(one));

describe("a cheaper policy", () => {
  it("keeps fewer snapshots where full backups and the log reach every moment too", () => {
    const one = request();
    const found = cheaperOf(one);
    expect(found?.changes).toEqual([
      "snapshots.retentionDays 7 -> 1: an older moment is restored from a full backup and more of the log, in up to 240 minutes",
    ]);
    const [before, after] = [summarizeSimulation(simulate(one)), found?.summary];
    expect(after?.windowDays).toBeGreaterThanOrEqual(before.windowDays ?? 0);
    expect(after?.monthDollars).toBeLessThan(before.monthDollars);
  });

  it("moves what is not read to cheaper storage, and nothing to where it must be thawed", () => {
    const withLog = { sizes: { ...sizes, walGibibytesPerDay: 6 } };
    const noBytes = { verification: { bytesEveryMinutes: 0 } };
    const found = cheaperOf(request({ ...noBytes, snapshots: { retentionDays: 1 } }, withLog));
    expect(found?.changes).toEqual([
      "primary.steps.full: GLACIER_IR after 3 days",
      "primary.steps.wal: GLACIER_IR after 3 days",
      "offsite.steps.offsite: GLACIER_IR after 7 days",
    ]);
  });

  it("has no steps that its own days do not fit", () => {
    const steps = { snapshots: [{ afterDays: 3, storageClass: "GLACIER_IR" }] };
    const one = request({ verification: { bytesEveryMinutes: 0 } }, { primary: { steps }, days: 60 });
    const { changes, request: then } = cheaperOf(one) ?? {};
    // Cheaper storage of the other parts, and not fewer snapshots, which would be gone before their step.
    expect(changes?.length).toBeGreaterThan(0);
    expect(changes?.join()).not.toContain("retentionDays");
    expect(then?.primary?.steps?.snapshots).toEqual(steps.snapshots);
  });

  it("is none where so few days do not earn what the moves cost", () => {
    const little = { fullGibibytes: 0.01, snapshotGibibytes: 0.01, walGibibytesPerDay: 1, compressedTo: 1, nodes: 3 };
    const overrides = { verification: { bytesEveryMinutes: 0 }, snapshots: { retentionDays: 1 } };
    expect(cheaperOf(request(overrides, { sizes: little, days: 9 }))).toBeNull();
    expect(cheaperOf(request(overrides, { sizes: little, days: 90 }))).not.toBeNull();
  });

  it("is none where there is nothing to gain", () => {
    expect(cheaperOf(request({ snapshots: { retentionDays: 1 } }, { days: 60 }))).toBeNull();
  });

  it("never shortens what only snapshots reach", () => {
    // Full backups are gone before the snapshots are.
    const one = request({ snapshots: { retentionDays: 20 }, full: { retentionDays: 10 } }, { days: 60 });
    expect(cheaperOf(one)).toBeNull();
  });
});
