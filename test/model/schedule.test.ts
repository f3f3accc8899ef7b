import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolvePolicy } from "../../model/policy";
import { dueTiers, type ScheduleRequest, type TierDue } from "../../model/schedule";
import { Tier, tiers } from "../../model/tier";
import { catalog, entry, idOf } from "./fixtures";

const now = new Date("2026-11-23T12:00:00.000Z");
const before = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const anchors = [{ stream: "s1", segment: "0000000000000001.wal" }];

/** A good backup that the store has kept for so many seconds. */
function aged(tier: Tier, seconds: number, change: object = {}) {
  const ids = { snapshots: 1, full: 2, offsite: 3 };
  const open = { first: "0000000000000004.wal", last: "0000000000000004.wal" };
  const wal = { stream: "s1", anchors, open, segments: [] };
  const source = tier === Tier.Offsite ? { tier: Tier.Full, backupId: idOf(99), manifestSha256: "" } : null;
  return entry({ tier, backupId: idOf(ids[tier]), wal, source, ...change }, { storedAt: before(seconds) });
}

const fresh = [aged(Tier.Snapshots, 400), aged(Tier.Full, 3600), aged(Tier.Offsite, 86_400)];

function ask(change: Partial<ScheduleRequest> = {}): Record<Tier, TierDue | undefined> {
  const verdicts = dueTiers({
    policy: resolvePolicy(),
    catalog: catalog({ entries: fresh }),
    lineage: "l-one",
    now,
    commitIndex: 1000,
    streams: ["s1"],
    offsite: true,
    ...change,
  });
  const of = (tier: Tier): TierDue | undefined => verdicts.find((verdict) => verdict.tier === tier);
  return { snapshots: of(Tier.Snapshots), full: of(Tier.Full), offsite: of(Tier.Offsite) };
}

const withNewest = (tier: Tier, seconds: number, change: object = {}): Partial<ScheduleRequest> => ({
  catalog: catalog({ entries: [...fresh.filter((e) => e.manifest.tier !== tier), aged(tier, seconds, change)] }),
});

describe("dueTiers", () => {
  it("finds nothing due when all is fresh, and says when it will be", () => {
    const found = ask();
    expect(found.snapshots).toEqual({
      tier: "snapshots",
      due: false,
      reason: "not before 2026-11-23T12:03:20.000Z, or 10,000 entries",
      slot: `l-one/after-${idOf(1)}`,
      nextAt: "2026-11-23T12:03:20.000Z",
    });
    expect([found.full?.due, found.offsite?.due]).toEqual([false, false]);
  });

  it("finds everything due in an empty archive, the off-site copy after the full backup", () => {
    const found = ask({ catalog: catalog() });
    expect(found.snapshots).toMatchObject({ due: true, slot: "l-one/first", reason: "no backup serves stream s1 yet" });
    expect(found.full).toMatchObject({ due: true, reason: "there is no good full backup of lineage l-one" });
    expect(found.offsite).toMatchObject({
      due: false,
      reason: "there is no good offsite backup of lineage l-one; it waits for a full backup, because there is none",
    });
  });

  it("does not count another history's backups, damaged ones, or those of the other place", () => {
    for (const tier of tiers) {
      const other = { ...aged(tier, 10), place: tier === Tier.Offsite ? ("primary" as const) : ("offsite" as const) };
      for (const entries of [
        [aged(tier, 10, { lineage: "l-two" })],
        [{ ...aged(tier, 10), problem: "bad" }],
        [other],
      ]) {
        const rest = fresh.filter((e) => e.manifest.tier !== tier);
        expect(ask({ catalog: catalog({ entries: [...rest, ...entries] }), streams: [] })[tier]?.due).toBe(true);
      }
    }
  });

  it("leaves the off-site tier out where there is no off-site archive, and asks no full backup for it", () => {
    const found = ask({ ...withNewest(Tier.Offsite, 9e6), offsite: false });
    expect(found.offsite).toBeUndefined();
    expect(found.full?.due).toBe(false);
  });

  it.each(tiers)("takes a %s backup in time: never later than the policy's interval at the next look", (tier) => {
    const every = resolvePolicy()[tier].everyMinutes * 60;
    fc.assert(
      fc.property(fc.nat(2 * every), fc.nat(2000), fc.nat(600), (age, look, seconds) => {
        const lastAttempts = { [tier]: { endedAt: before(age), seconds } };
        const found = ask({ ...withNewest(tier, age), lookEverySeconds: look, lastAttempts })[tier];
        if (tier === Tier.Snapshots && (age < 300 || age < 2 * seconds)) return; // Resting: tested below.
        const due = age >= every || (age + look + seconds > every && age > every / 2);
        const early = age < every / 2 && age + look + seconds < every;
        if (due || early) expect(found?.due).toBe(due);
      }),
    );
  });

  it("asks a full backup first when the newest is too old to go off-site, or is there already", () => {
    const old = [aged(Tier.Snapshots, 400), aged(Tier.Full, 49 * 3600), aged(Tier.Offsite, 7 * 86_400)];
    const policy = resolvePolicy({ full: { everyMinutes: 2880, recoveryPointMinutes: 2880 } });
    expect(ask({ catalog: catalog({ entries: old }), policy }).full?.due).toBe(true);
    const copied = [
      aged(Tier.Full, 3600),
      aged(Tier.Offsite, 7 * 86_400, { source: { tier: Tier.Full, backupId: idOf(2), manifestSha256: "" } }),
    ];
    const found = ask({ catalog: catalog({ entries: copied }) });
    expect(found.full).toMatchObject({
      due: true,
      reason: `the off-site copy is due, and ${idOf(2)} is off-site already`,
    });
    expect(found.offsite?.due).toBe(false);
    expect(ask(withNewest(Tier.Offsite, 7 * 86_400)).offsite?.due).toBe(true);
  });

  it("takes what the store kept in the future for one to be renewed", () => {
    for (const tier of tiers) expect(ask(withNewest(tier, -86_400))[tier]?.due).toBe(true);
    expect(ask(withNewest(Tier.Full, -30)).full?.due).toBe(false);
  });
});

describe("snapshots", () => {
  it("are due after so many entries, when the last one is far enough back", () => {
    fc.assert(
      fc.property(fc.nat(30_000), fc.nat(590), fc.nat(400), (entries, age, seconds) => {
        const lastAttempts = { snapshots: { endedAt: before(age), seconds } };
        const found = ask({ ...withNewest(Tier.Snapshots, age), commitIndex: 1000 + entries, lastAttempts }).snapshots;
        const mayBe = age >= 300 && age >= 2 * seconds;
        // Ten minutes before the fifteen are over nothing is due by time.
        if (age + 300 + seconds < 900) expect(found?.due).toBe(mayBe && entries >= 10_000);
        if (!mayBe) expect(found?.due).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it("are not due by entries where the commit index is unknown or low, as after a restart", () => {
    for (const commitIndex of [null, 0, 999]) expect(ask({ commitIndex }).snapshots?.due).toBe(false);
  });

  it("are due at once for a stream that none serves, also within the interval", () => {
    const recent = withNewest(Tier.Snapshots, 10);
    expect(ask({ ...recent, streams: ["s1", "s2"] }).snapshots).toMatchObject({
      due: true,
      reason: "no backup serves stream s2 yet",
    });
    expect(ask({ ...recent, streams: ["s1"], commitIndex: 99_999 }).snapshots?.due).toBe(false);
  });

  it("leave a loaded node at least two thirds of its time, even while streams begin one after the other", () => {
    fc.assert(
      fc.property(fc.nat(3600), fc.integer({ min: 1, max: 1800 }), (since, seconds) => {
        const lastAttempts = { snapshots: { endedAt: before(since), seconds } };
        const found = ask({ ...withNewest(Tier.Snapshots, since), streams: ["s9"], lastAttempts }).snapshots;
        expect(found?.due).toBe(since >= 2 * seconds);
      }),
    );
  });

  it("count a full backup that holds the anchor as a base of the stream", () => {
    const wal = {
      stream: "s1",
      anchors: [...anchors, { stream: "s2", segment: "0000000000000001.wal" }],
      segments: [],
    };
    expect(ask({ ...withNewest(Tier.Full, 100, { wal }), streams: ["s1", "s2"] }).snapshots?.due).toBe(false);
    const off = withNewest(Tier.Offsite, 100, { wal });
    expect(ask({ ...off, streams: ["s1", "s2"] }).snapshots?.due).toBe(true);
  });
});

describe("the log off-site", () => {
  const policy = resolvePolicy({ offsite: { continuousWal: true } });
  const served = {
    anchors: [...anchors, { stream: "s2", segment: "0000000000000001.wal" }],
    stream: "s1",
    segments: [],
  };

  it("makes an off-site backup due when none there serves the stream that is written", () => {
    expect(ask({ policy, ownStream: "s1" }).offsite?.due).toBe(false);
    expect(ask({ ownStream: "s2" }).offsite?.due).toBe(false);
    const found = ask({ policy, ownStream: "s2" });
    // Its source must serve it too: the newest full backup does not.
    expect(found.full).toMatchObject({
      due: true,
      reason: `the off-site copy is due, and ${idOf(2)} does not serve stream s2`,
    });
    expect(found.offsite).toMatchObject({
      due: false,
      reason: `no backup there serves stream s2 yet; it waits for a full backup, because ${idOf(2)} does not serve stream s2`,
    });
  });

  it("is served once the full backup that holds the stream's anchor is off-site", () => {
    const full = withNewest(Tier.Full, 100, { wal: served });
    expect(ask({ policy, ownStream: "s2", ...full })).toMatchObject({ full: { due: false }, offsite: { due: true } });
    const off = withNewest(Tier.Offsite, 50, { wal: served });
    expect(ask({ policy, ownStream: "s2", ...off }).offsite?.due).toBe(false);
  });
});

it("names a slot alike on every node, and another one after a good backup only", () => {
  for (const tier of tiers) {
    const slot = ask()[tier]?.slot;
    const later = {
      now: new Date(now.getTime() + 5_000_000),
      commitIndex: 77,
      lastAttempts: { [tier]: { endedAt: before(0), seconds: 5 } },
    };
    expect(ask(later)[tier]?.slot).toBe(slot);
    const place = tier === Tier.Offsite ? ("offsite" as const) : ("primary" as const);
    const newer = entry({ tier, backupId: idOf(50), index: { low: 2000, high: 2000 } }, { place });
    expect(ask({ catalog: catalog({ entries: [...fresh, { ...newer, problem: "void" }] }) })[tier]?.slot).toBe(slot);
    expect(ask({ catalog: catalog({ entries: [...fresh, newer] }) })[tier]?.slot).toBe(`l-one/after-${idOf(50)}`);
  }
});
