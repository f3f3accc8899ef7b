import { describe, expect, it } from "vitest";
import { lifecycleRules } from "../../../model/aws/lifecycle";
import { checkLifecycle } from "../../../model/aws/lifecycleChecks";
import type { LifecycleRequest, StorageStep, TierSteps } from "../../../model/aws/lifecycleRequest";
import { listPrices } from "../../../model/aws/storageClasses";
import { type ArchiveSizes, dollars, lifeCost, totalOf } from "../../../model/aws/storageCost";
import { Mistakes } from "../../../model/mistakes";
import { type BackupPolicyOverrides, resolvePolicy } from "../../../model/policy";

const gibibyte = 1024 ** 3;
const sizes: ArchiveSizes = {
  fullGibibytes: 200,
  snapshotGibibytes: 10,
  walGibibytesPerDay: 5,
  compressedTo: 0.5,
  nodes: 3,
};

function request(
  place: LifecycleRequest["place"],
  steps: TierSteps,
  overrides: BackupPolicyOverrides = {},
): LifecycleRequest {
  return { clusterId: "prod", policy: resolvePolicy(overrides), place, undeleteDays: 14, steps };
}

/** Each mistake as `path: problem (received). remedy`, without the path of the request. */
function refusals(one: LifecycleRequest, known?: ArchiveSizes, prices = listPrices): string[] {
  const mistakes = new Mistakes();
  checkLifecycle(one, { path: "l", mistakes, ...(known === undefined ? {} : { sizes: known }), prices });
  return mistakes.all.map(
    ({ path, problem, received, remedy }) => `${path.slice(2)}: ${problem} (${String(received)}). ${remedy}`,
  );
}

const to = (storageClass: string, afterDays: number): StorageStep => ({ storageClass, afterDays });

const noBytes = { verification: { bytesEveryMinutes: 0 } };

describe("steps to cheaper storage", () => {
  it("are part of the rule about everything that has the prefix, of data and log only", () => {
    const steps = { offsite: [to("GLACIER_IR", 7)] };
    const rules = lifecycleRules(request("offsite", steps, noBytes)).filter(
      ({ transitions }) => transitions.length > 0,
    );
    expect(rules).toEqual([
      expect.objectContaining({
        id: "offsite-data-hidden",
        prefix: "prod/offsite/data/",
        tagged: false,
        transitions: [{ storageClass: "GLACIER_IR", afterDays: 7 }],
      }),
    ]);
  });

  it("are refused where S3 refuses them, all at once", () => {
    const steps = {
      full: [to("STANDARD_IA", 29), to("INTELLIGENT_TIERING", 29.5)],
      snapshots: [to("GLACIER_IR", 3), to("STANDARD_IA", 31)],
      wal: [to("CHEAP", 3), to("ONEZONE_IA", 30), to("STANDARD", 1)],
    };
    expect(refusals(request("primary", steps))).toEqual([
      "steps.snapshots[1].afterDays: snapshots goes at 7 days: nothing would be moved that stays (31). Write less than 7, or leave the step out.",
      "steps.snapshots[1].storageClass: S3 moves nothing from GLACIER_IR there (STANDARD_IA). From there: GLACIER, DEEP_ARCHIVE.",
      "steps.full[0].afterDays: S3 moves nothing to STANDARD_IA before 30 days (29). Write at least 30.",
      "steps.full[1].afterDays: must be a whole number from 0 on (29.5). Write at least 0.",
      "steps.full[1].afterDays: STANDARD_IA begins at 29 days and lasts at least 30 (29.5). Write at least 59.",
      "steps.wal[0].storageClass: is no class that a rule of S3 moves to (CHEAP). Use one of: INTELLIGENT_TIERING, STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE.",
      "steps.wal[1].storageClass: lies in one availability zone: the backups would be lost with it (ONEZONE_IA). Use one of: INTELLIGENT_TIERING, STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE.",
      "steps.wal[2].storageClass: is where everything begins (STANDARD). Use one of: INTELLIGENT_TIERING, STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE.",
    ]);
  });

  it("are lists of steps", () => {
    const steps = { full: "GLACIER", wal: [7] } as unknown as TierSteps;
    expect(refusals(request("primary", steps))).toEqual([
      'steps.full: must be a list of steps (GLACIER). Such as [{ "afterDays": 7, "storageClass": "GLACIER_IR" }].',
      'steps.wal: must be a list of steps (7). Such as [{ "afterDays": 7, "storageClass": "GLACIER_IR" }].',
    ]);
  });

  it("are for what lies in that bucket", () => {
    expect(refusals(request("primary", { offsite: [] }))).toEqual([
      "steps.offsite: does not lie in the primary archive (). Use one of: snapshots, full, wal.",
    ]);
  });
});

describe("what must be thawed", () => {
  it("is refused where that takes longer than a recovery may, and where it is read by verifications", () => {
    expect(refusals(request("offsite", { offsite: [to("DEEP_ARCHIVE", 7)] }))).toEqual([
      "steps.offsite[0].storageClass: takes up to 12 hours to thaw, and policy.offsite.recoveryTimeMinutes promises 480 minutes (DEEP_ARCHIVE). Use GLACIER_IR, which is read at once, or promise more than 720 minutes.",
      "steps.offsite[0].storageClass: must be thawed, and policy.verification.bytesEveryMinutes has every byte read every 10080 minutes (DEEP_ARCHIVE). Use GLACIER_IR, which is read at once, or verify bytes by hand (bytesEveryMinutes: 0).",
    ]);
    expect(refusals(request("offsite", { offsite: [to("GLACIER", 7)] }, noBytes))).toEqual([]);
  });

  it("is compared with what needs the log when it has been moved", () => {
    const long = { ...noBytes, full: { recoveryTimeMinutes: 600 } };
    // Younger than seven days it is a snapshot's too, which promises 30 minutes.
    expect(refusals(request("primary", { wal: [to("GLACIER", 3)] }, long))[0]).toContain("policy.snapshots.");
    expect(refusals(request("primary", { wal: [to("GLACIER", 7)] }, long))).toEqual([]);
    expect(refusals(request("primary", { wal: [to("GLACIER", 7)] }, noBytes))[0]).toContain(
      "policy.full.recoveryTimeMinutes promises 240",
    );
  });
});

describe("the cost of steps", () => {
  it("counts storage, moves, what is removed too early and what verifications read", () => {
    const life = { bytes: 2 * gibibyte, days: 73, keptDays: 73, readsPerMonth: 2, prices: listPrices };
    const months = 73 / (730 / 24);
    expect(lifeCost([], life)).toEqual({
      storage: expect.closeTo(2 * 0.023 * months, 10) as number,
      moves: 0,
      early: 0,
      reads: expect.closeTo((2 * months * 0.0004) / 1000, 10) as number,
    });
    expect(lifeCost([to("GLACIER_IR", 0)], life)).toEqual({
      storage: expect.closeTo(2 * 0.004 * months, 10) as number,
      moves: 0.02 / 1000,
      early: expect.closeTo((2 * 0.004 * 17) / (730 / 24), 10) as number,
      reads: expect.closeTo(2 * months * (2 * 0.03 + 0.01 / 1000), 10) as number,
    });
  });

  it("counts what S3 adds to frozen objects, and bills small ones as larger; it moves none under 128 KiB", () => {
    const life = { bytes: 128 * 1024, days: 730 / 24, keptDays: 10, readsPerMonth: 0, prices: listPrices };
    const frozen = lifeCost([to("DEEP_ARCHIVE", 0)], life);
    expect(frozen.storage * gibibyte).toBeCloseTo((128 + 32) * 1024 * 0.00099 + 8 * 1024 * 0.023, 5);
    const small = { ...life, bytes: 1024 };
    expect(lifeCost([to("DEEP_ARCHIVE", 0)], small)).toEqual(lifeCost([], small));
  });

  it("ends reads with what is given up, and knows what Intelligent-Tiering does by itself", () => {
    const life = { bytes: gibibyte, days: 120, keptDays: 60, readsPerMonth: 1, prices: listPrices };
    const months = (days: number) => days / (730 / 24);
    expect(lifeCost([to("STANDARD_IA", 30)], life).reads).toBeCloseTo(months(30) * (0.0000004 + 0.010001), 10);
    const watched = (0.0025 / 1000) * months(120);
    const tiering = [to("INTELLIGENT_TIERING", 0)];
    expect(lifeCost(tiering, life).storage).toBeCloseTo(0.023 * months(120) + watched, 10);
    const unread = 0.023 * months(30) + 0.0125 * months(60) + 0.004 * months(30);
    expect(lifeCost(tiering, { ...life, readsPerMonth: 0 }).storage).toBeCloseTo(unread + watched, 10);
  });

  it("is refused where it is more than they save, with the numbers", () => {
    expect(refusals(request("offsite", { offsite: [to("STANDARD_IA", 30)] }))).toEqual([
      "steps.offsite[0].storageClass: costs more than it saves in 383 days: for each GiB $0.65 instead of $0.29 (storage $0.17, moves $0.0000, read by verifications $0.48) (STANDARD_IA). Leave the step out, or have bytes verified less often (policy.verification.bytesEveryMinutes).",
    ]);
    expect(refusals(request("offsite", { offsite: [to("STANDARD_IA", 30)] }, noBytes))).toEqual([]);
    expect(refusals(request("primary", { snapshots: [to("GLACIER_IR", 1)] }, noBytes))).toEqual([]);
    const brief = { ...request("primary", { snapshots: [to("GLACIER_IR", 6)] }, noBytes), undeleteDays: 1 };
    expect(refusals(brief)).toEqual([
      "steps.snapshots[0].storageClass: costs more than it saves in 12 days: for each GiB $0.0164 instead of $0.0091 (storage $0.0053, moves $0.0000, removed too early $0.0110) (GLACIER_IR). Leave the step out.",
    ]);
  });

  it("of moving many small segments is refused, of none that would be moved too", () => {
    const wal = { wal: [to("STANDARD_IA", 30)] };
    const longer = { wal: { retentionDays: 60 } };
    const withLog = (walGibibytesPerDay: number) => ({ ...sizes, walGibibytesPerDay });
    expect(refusals(request("primary", wal, longer))).toEqual([]);
    expect(refusals(request("primary", wal, longer), sizes)).toEqual([]);
    expect(refusals(request("primary", wal, longer), withLog(0.5))).toEqual([
      "steps.wal[0].storageClass: costs more than it saves in 80 days: $2.30 instead of $1.38 for a month of 131,400 objects of 182.0 KiB (storage $0.99, moves $1.31) (STANDARD_IA). Leave the step out.",
    ]);
    expect(refusals(request("primary", wal, longer), withLog(0.1))).toEqual([
      "steps.wal[0].storageClass: S3 moves no object under 128 KiB, and these have 36.4 KiB: nothing would be moved (STANDARD_IA). Leave the step out.",
    ]);
  });

  it("is that of the prices that are given", () => {
    const dear = { ...listPrices, GLACIER_IR: { ...listPrices.GLACIER_IR, storage: 0.03 } };
    const steps = { offsite: [to("GLACIER_IR", 0)] };
    expect(refusals(request("offsite", steps, noBytes), sizes)).toEqual([]);
    expect(refusals(request("offsite", steps, noBytes), sizes, dear)).toHaveLength(1);
  });
});

describe("dollars", () => {
  it("are written so that small ones can be told apart", () => {
    expect([0, 0.01234, 0.5, 12.3, 1204.4, -3].map(dollars)).toEqual([
      "$0.00",
      "$0.0123",
      "$0.50",
      "$12.30",
      "$1,204",
      "-$3.00",
    ]);
    expect(totalOf({ storage: 1, moves: 2, early: 3, reads: 4 })).toBe(10);
  });
});
