import { describe, expect, it } from "vitest";
import type { Place, StoredSegment } from "../../model/catalog";
import { segmentName } from "../../model/layout";
import { missingOffsite, offsiteBase, offsiteReach } from "../../model/offsiteLog";
import { PlanRefused } from "../../model/planRefused";
import { describePlan, planDigest, resolvePlan } from "../../model/plan";
import { Tier } from "../../model/tier";
import { catalog, entry, idOf, lineage } from "./fixtures";

const now = new Date("2026-11-23T12:00:00.000Z");
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const at = (number: number): string => segmentName(BigInt(number));

function segments(place: Place, stream: string, numbers: Record<number, number>, of = "l-one"): StoredSegment[] {
  return Object.entries(numbers).map(([number, seconds]) => ({
    place,
    lineage: of,
    stream,
    segment: at(Number(number)),
    bytes: 10,
    storedAt: ago(seconds),
  }));
}

const wal = {
  stream: "node1-aa",
  anchors: [
    { stream: "node1-aa", segment: at(3) },
    { stream: "node2-bb", segment: at(7) },
  ],
  open: { first: at(4), last: at(4) },
  segments: [],
};
const base = entry({ tier: Tier.Offsite, backupId: idOf(3), wal, copiedAt: ago(3600) }, { storedAt: ago(3500) });
const names = (found: StoredSegment[] | null): string[] | undefined => found?.map(({ segment }) => segment);

describe("what the off-site archive lacks", () => {
  const primary = segments("primary", "node1-aa", { 2: 4000, 3: 3800, 4: 3000, 5: 2000, 6: 1000, 7: 10 });

  it("is what follows the base in that stream, holes of a run before included", () => {
    const offsite = segments("offsite", "node1-aa", { 4: 2900, 6: 900 });
    expect(names(missingOffsite(base, "node1-aa", { primary, offsite }))).toEqual([at(5), at(7)]);
  });

  it("is nothing of what lies before the base, of other streams and of other histories", () => {
    const others = [
      ...segments("primary", "node2-bb", { 8: 100 }),
      ...segments("primary", "node1-aa", { 9: 5 }, "l-two"),
    ];
    const found = missingOffsite(base, "node1-aa", { primary: [...primary, ...others], offsite: [] });
    expect(names(found)).toEqual([4, 5, 6, 7].map(at));
  });

  it("is not what another stream or history has under the same name", () => {
    const offsite = [
      ...segments("offsite", "node2-bb", { 4: 9, 5: 9 }),
      ...segments("offsite", "node1-aa", { 6: 9 }, "l-two"),
    ];
    expect(names(missingOffsite(base, "node1-aa", { primary, offsite }))).toEqual([4, 5, 6, 7].map(at));
  });

  it("cannot be said of a stream that the base does not serve (protocol 5)", () => {
    const young = segments("primary", "node3-cc", { 0: 100 });
    expect(missingOffsite(base, "node3-cc", { primary: young, offsite: [] })).toBeNull();
  });

  it("begins with the segment that was open where the base has no anchor in its own stream", () => {
    const first = entry({ tier: Tier.Offsite, wal: { ...wal, anchors: [] } });
    expect(names(missingOffsite(first, "node1-aa", { primary, offsite: [] }))).toEqual([4, 5, 6, 7].map(at));
  });

  it("is asked of the newest good off-site backup of the history", () => {
    const older = entry({ tier: Tier.Offsite, backupId: idOf(2), index: { low: 10, high: 10 } });
    const bad = entry({ tier: Tier.Offsite, backupId: idOf(4), index: { low: 2000, high: 2000 } }, { problem: "gone" });
    const foreign = entry({
      tier: Tier.Offsite,
      backupId: idOf(5),
      lineage: "l-two",
      index: { low: 9000, high: 9000 },
    });
    const full = entry({ backupId: idOf(6), index: { low: 9000, high: 9000 } });
    const found = offsiteBase(catalog({ entries: [older, base, bad, foreign, full] }), "l-one");
    expect(found?.manifest.backupId).toBe(base.manifest.backupId);
  });
});

describe("how far the log lies off-site", () => {
  const reach = (found: StoredSegment[]) => offsiteReach(base, found, { now, graceSeconds: 120 });

  it("is where the farthest stream ends, and no lag when all of the primary archive's log is covered", () => {
    const found = [
      ...segments("primary", "node1-aa", { 4: 3000, 5: 200 }),
      ...segments("primary", "node2-bb", { 8: 3010, 9: 150 }),
      ...segments("offsite", "node1-aa", { 4: 2900, 5: 30 }),
    ];
    expect(reach(found)).toEqual({ base: base.manifest.backupId, stream: "node1-aa", segment: at(5), lagSeconds: 0 });
  });

  it("counts from the oldest segment that no stream covers, whenever the copy was made", () => {
    const found = [
      ...segments("primary", "node1-aa", { 4: 3000, 5: 1200, 6: 600, 7: 10 }),
      ...segments("offsite", "node1-aa", { 4: 5 }),
    ];
    expect(reach(found)).toMatchObject({ segment: at(4), lagSeconds: 1200 });
  });

  it("stops at a gap: what lies behind it is not covered", () => {
    const found = [
      ...segments("primary", "node1-aa", { 4: 3000, 5: 1500, 6: 600 }),
      ...segments("offsite", "node1-aa", { 4: 2900, 6: 500 }),
    ];
    expect(reach(found)).toMatchObject({ segment: at(4), lagSeconds: 1500 });
  });

  it("is a stream that goes on, though the one that was farthest before has ended with its node", () => {
    const found = [
      ...segments("primary", "node1-aa", { 4: 3000 }),
      ...segments("primary", "node2-bb", { 8: 3000, 9: 900, 10: 400 }),
      ...segments("offsite", "node1-aa", { 4: 2900 }),
    ];
    expect(reach(found)).toMatchObject({ stream: "node1-aa", lagSeconds: 900 });
    const copied = [...found, ...segments("offsite", "node2-bb", { 8: 2900, 9: 800, 10: 300 })];
    expect(reach(copied)).toMatchObject({ stream: "node2-bb", segment: at(10), lagSeconds: 0 });
  });

  it("is nowhere when only streams go on that the base does not serve", () => {
    const found = [...segments("primary", "node3-cc", { 0: 2000 }), ...segments("offsite", "node3-cc", { 0: 1900 })];
    expect(reach(found)).toMatchObject({ stream: null, segment: null, lagSeconds: 2000 });
  });
});

describe("a plan when the primary archive is lost", () => {
  const near = entry({ tier: Tier.Full, backupId: idOf(8), wal, index: { low: 1200, high: 1200 } });
  const far = segments("offsite", "node1-aa", { 4: 2900, 5: 30 });
  const plan = (entries = [base], found = far) =>
    resolvePlan({
      catalog: catalog({ entries, lineages: [lineage("l-one")] }),
      segments: found,
      restorePoint: "end-of-log",
      recoveryId: "r1",
      nodes: ["node1"],
    });

  it("rolls the off-site backup forward, and says so", () => {
    const found = plan();
    expect(found.source).toMatchObject({ place: "offsite", backupId: base.manifest.backupId });
    expect(found.replay).toMatchObject({ stream: "node1-aa", first: at(4), last: at(5), segments: 2 });
    const text = describePlan(found, planDigest(found), now);
    expect(text).toContain("FROM OFF-SITE   the primary archive holds no backup of this history, or cannot be read");
  });

  it("uses the primary archive as long as it has a good backup, whatever lies off-site", () => {
    const found = plan([near, base], [...segments("primary", "node1-aa", { 4: 3000 }), ...far]);
    expect(found.source).toMatchObject({ place: "primary", backupId: near.manifest.backupId });
    expect(found.replay).toMatchObject({ last: at(4) });
    expect(describePlan(found, planDigest(found), now)).not.toContain("FROM OFF-SITE");
  });

  it("uses what lies off-site where the primary archive was begun anew, or holds another history only", () => {
    const other = { ...near, manifest: { ...near.manifest, lineage: "l-two" } };
    expect(plan([other, base]).source.place).toBe("offsite");
  });

  it("is refused where neither has a log, naming the archive that was lost", () => {
    expect(() => plan([base], [])).toThrow(PlanRefused);
    expect(() => plan([base], [])).toThrow("the primary archive holds no good backup of lineage l-one");
  });
});
