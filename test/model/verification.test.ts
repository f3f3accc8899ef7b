import { describe, expect, it } from "vitest";
import type { Place } from "../../model/catalog";
import { resolvePolicy } from "../../model/policy";
import type { StoredVerification } from "../../model/records";
import { Tier } from "../../model/tier";
import { newestOfEachTier, newestVerified, verificationDepths, verifiedWithinSeconds } from "../../model/verification";
import {
  dueVerifications,
  oldestGoodAt,
  standingFailures,
  type VerificationDue,
  type VerificationRequest,
  whyElsewhere,
} from "../../model/verificationSchedule";
import { accepted, catalog, entry, idOf, lineage } from "./fixtures";

const now = new Date("2026-11-23T12:00:00.000Z");
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const minute = 60;
const hour = 3600;
const day = 24 * hour;
const both: Place[] = ["primary", "offsite"];

function made(depth: string, seconds: number, change: Partial<StoredVerification> = {}): StoredVerification {
  return {
    format: "neumann-verification/1",
    depth,
    backupId: null,
    at: ago(seconds),
    storedAt: ago(seconds),
    seconds: 1,
    by: "host",
    places: both,
    backups: 3,
    bytes: 0,
    good: true,
    newest: [],
    faults: [],
    ...change,
  };
}

const fresh = verificationDepths.map((depth) => made(depth, hour));

function ask(change: Partial<VerificationRequest> = {}): Record<string, VerificationDue> {
  const found = dueVerifications({
    policy: resolvePolicy(),
    now,
    places: both,
    verifications: fresh,
    oldestGoodAt: ago(30 * day),
    ...change,
  });
  return Object.fromEntries(found.map((due) => [due.depth, due]));
}

const without = (depth: string, ...others: StoredVerification[]): Partial<VerificationRequest> => ({
  verifications: [...fresh.filter((one) => one.depth !== depth), ...others],
});

describe("verifications that are due", () => {
  it("are none when all are fresh; they come in order, the cheapest first", () => {
    const found = ask();
    expect(Object.keys(found)).toEqual(["manifest", "bytes", "restore"]);
    expect(found.manifest).toEqual({
      depth: "manifest",
      due: false,
      reason: `not before ${ago(-(23 * hour - 300))}`,
      nextAt: ago(-(23 * hour - 300)),
      lateSeconds: 0,
      overdue: false,
    });
    expect([found.bytes?.due, found.restore?.due]).toEqual([false, false]);
  });

  it("are due by the record of the last one, one look early", () => {
    expect(ask(without("bytes", made("bytes", 7 * day - 301))).bytes).toMatchObject({ due: false });
    expect(ask(without("bytes", made("bytes", 7 * day - 300))).bytes).toMatchObject({
      due: true,
      reason: `the newest is of ${ago(7 * day - 300)}, one is made every 7 d`,
      nextAt: now.toISOString(),
      lateSeconds: 0,
    });
    expect(ask(without("bytes", made("bytes", 7 * day))).bytes).toMatchObject({ due: true, lateSeconds: 300 });
  });

  it("are spaced by half their interval at least, however short that is", () => {
    const policy = resolvePolicy({ verification: { manifestEveryMinutes: 0, restoreEveryMinutes: 1 } });
    expect(ask({ policy, ...without("restore", made("restore", 29)) }).restore?.due).toBe(false);
    expect(ask({ policy, ...without("restore", made("restore", 30)) }).restore?.due).toBe(true);
  });

  it("begin an hour after the first good backup, and not without one", () => {
    const never = (oldest: string | null) => ask({ ...without("restore"), oldestGoodAt: oldest }).restore;
    expect(never(null)).toMatchObject({ due: false, nextAt: null, reason: "there is no good backup yet" });
    expect(never(ago(hour - 1))).toMatchObject({ due: false, nextAt: ago(-1), overdue: false });
    expect(never(ago(hour))).toMatchObject({ due: true, reason: "none was ever made" });
  });

  it("are none where the policy says so", () => {
    const policy = resolvePolicy({ verification: { restoreEveryMinutes: 0 } });
    expect(ask({ policy, ...without("restore") }).restore).toEqual({
      depth: "restore",
      due: false,
      reason: "the policy has none on the schedule",
      nextAt: null,
      lateSeconds: 0,
      overdue: false,
    });
  });

  it("are due again at once when the last one missed an archive", () => {
    const partial = made("bytes", minute, { places: ["primary"] });
    expect(ask(without("bytes", partial)).bytes).toMatchObject({
      due: true,
      reason: "the newest did not reach the offsite archive",
    });
    expect(ask({ ...without("bytes", partial), places: ["primary"] }).bytes?.due).toBe(false);
  });

  it("are not hurried by one that found damage: that is what it was for", () => {
    expect(ask(without("bytes", made("bytes", hour, { good: false }))).bytes?.due).toBe(false);
  });

  it("are due after a record from the future: the store's clock was set back", () => {
    expect(ask(without("bytes", made("bytes", -day))).bytes).toMatchObject({ due: true, overdue: false });
  });

  it("wait an hour after a run that failed here, then try again", () => {
    const failed = (seconds: number) =>
      ask({ ...without("restore"), failures: { restore: { endedAt: ago(seconds), message: "m" } } }).restore;
    expect(failed(hour - 60)).toMatchObject({ due: false, nextAt: ago(-60) });
    expect(failed(hour - 60)?.reason).toBe(`none was ever made; the last run failed, wait until ${ago(-60)}`);
    expect(failed(hour)).toMatchObject({ due: true });
  });

  it("are overdue after their interval and a day's grace at most", () => {
    const { verification } = resolvePolicy({ verification: { manifestEveryMinutes: 10 } });
    const within = verificationDepths.map((depth) => verifiedWithinSeconds(verification, depth));
    expect(within).toEqual([20 * minute, 8 * day, 8 * day]);
    expect(ask(without("bytes", made("bytes", 8 * day))).bytes?.overdue).toBe(false);
    expect(ask(without("bytes", made("bytes", 8 * day + 1))).bytes?.overdue).toBe(true);
    expect(ask({ ...without("bytes"), oldestGoodAt: ago(8 * day + 1) }).bytes?.overdue).toBe(true);
  });
});

describe("who makes a verification", () => {
  const due = (seconds: number) => ask(without("bytes", made("bytes", 7 * day - 300 + seconds))).bytes!;

  it("is a follower; the leader does it where it is alone, or when nobody did for an hour", () => {
    expect(whyElsewhere({ leads: false, alone: false }, due(0))).toBeNull();
    expect(whyElsewhere({ leads: true, alone: false }, due(0))).toBe("a follower makes it");
    expect(whyElsewhere({ leads: true, alone: false }, due(hour - 1))).toBe("a follower makes it");
    expect(whyElsewhere({ leads: true, alone: false }, due(hour))).toBeNull();
    expect(whyElsewhere({ leads: true, alone: true }, due(0))).toBeNull();
  });
});

describe("failures", () => {
  it("stand until a verification of that depth was made, by whomever", () => {
    const failure = { endedAt: ago(100), message: "m" };
    const failures = { bytes: failure, restore: failure };
    expect(standingFailures(failures, [])).toEqual(failures);
    expect(standingFailures(failures, [made("bytes", 50), made("restore", 200)])).toEqual({ restore: failure });
  });
});

describe("what is verified", () => {
  it("by restoring is the newest good backup of each tier, of production's history", () => {
    const snapshots = [1, 2, 3].map((n) =>
      entry(
        { tier: Tier.Snapshots, backupId: idOf(n), index: { low: n, high: n } },
        { problem: n === 3 ? "cut" : null },
      ),
    );
    const full = entry({ backupId: idOf(9), index: { low: 5, high: 5 } });
    const givenUp = entry({ backupId: idOf(8), lineage: "l-two", index: { low: 9, high: 9 } });
    const lineages = [lineage("l-one"), lineage("l-two", "l-one")];
    const names = (found: ReturnType<typeof catalog>) => newestOfEachTier(found).map((e) => e.manifest.backupId);
    const entries = [...snapshots, full, givenUp];
    expect(names(catalog({ entries, lineages }))).toEqual([idOf(2), idOf(9)]);
    expect(names(catalog({ entries, lineages, accepted: [accepted("l-two")] }))).toEqual([idOf(2), idOf(8)]);
    expect(names(catalog())).toEqual([]);
  });

  it("since the oldest good one was stored", () => {
    const stored = [300, 200, 100].map((seconds, at) =>
      entry({ backupId: idOf(at) }, { storedAt: ago(seconds), problem: at === 0 ? "cut" : null }),
    );
    expect(oldestGoodAt(catalog({ entries: stored }))).toBe(ago(200));
    expect(oldestGoodAt(catalog())).toBeNull();
  });

  it("is noted by the newest of each tier and place", () => {
    const of = (tier: Tier, place: Place, n: number) => ({ tier, place, backupId: idOf(n) });
    const found = [of(Tier.Offsite, "offsite", 1), of(Tier.Full, "primary", 2), of(Tier.Full, "primary", 3)];
    expect(newestVerified(found)).toEqual([of(Tier.Full, "primary", 3), of(Tier.Offsite, "offsite", 1)]);
  });
});
