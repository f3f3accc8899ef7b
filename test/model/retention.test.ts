import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog, CatalogEntry, Place, StoredSegment } from "../../model/catalog";
import { newestGood, productionLineage } from "../../model/catalog";
import { dataPrefix, manifestKey, segmentKey, segmentName, segmentNumber } from "../../model/layout";
import { type BackupPolicy, resolvePolicy } from "../../model/policy";
import {
  planRetention,
  type RetentionItem,
  type RetentionPlan,
  type RetentionRequest,
  type StoredData,
} from "../../model/retention";
import type { LineageRecord } from "../../model/records";
import { Tier, tiers } from "../../model/tier";
import { accepted, catalog, entry, idOf, lineage, manifest } from "./fixtures";

const now = new Date("2027-12-01T00:00:00.000Z");
const daysAgo = (days: number): string => new Date(now.getTime() - days * 86_400_000).toISOString();
const policy: BackupPolicy = resolvePolicy({
  snapshots: { keepAtLeast: 2 },
  full: { keepAtLeast: 2 },
  offsite: { keepAtLeast: 2 },
});

interface Sketch {
  days: number;
  tier?: Tier;
  lineage?: string;
  anchors?: [stream: string, number: number][];
  problem?: string | null;
  place?: Place;
}

/** A backup; its number is its id and its place in the order. */
function backup(number: number, sketch: Sketch): CatalogEntry {
  const { days, tier = Tier.Full, problem = null, anchors = [] } = sketch;
  const named = anchors.map(([stream, at]) => ({ stream, segment: segmentName(BigInt(at)) }));
  const wal = { ...manifest().wal, stream: null, anchors: named };
  const place = sketch.place ?? (tier === Tier.Offsite ? ("offsite" as const) : ("primary" as const));
  const index = { low: number, high: number };
  const { lineage: name = "l-one" } = sketch;
  return entry(
    { backupId: idOf(number), tier, lineage: name, index, wal },
    { place, storedAt: daysAgo(days), problem },
  );
}

function dataOf(one: CatalogEntry): StoredData {
  const { tier, lineage: name, backupId } = one.manifest;
  const key = `${dataPrefix("prod", tier, name, backupId)}data.tar.zst`;
  return { place: one.place, tier, lineage: name, backupId, key, bytes: 10_000, storedAt: one.storedAt };
}

function segment(number: number, days: number, change: Partial<StoredSegment> = {}): StoredSegment {
  const name = segmentName(BigInt(number));
  return {
    place: "primary",
    lineage: "l-one",
    stream: "s1",
    segment: name,
    bytes: 5,
    storedAt: daysAgo(days),
    ...change,
  };
}

function plan(entries: CatalogEntry[], change: Partial<RetentionRequest> = {}): RetentionPlan {
  const data = entries.map(dataOf);
  return planRetention({ catalog: catalog({ entries }), data, segments: [], policy, now, claims: [], ...change });
}

const keysOf = (items: readonly RetentionItem[], kind: string): string[] =>
  items.filter((item) => item.kind === kind).map((item) => item.key);

/** Numbers of the backups whose manifests expire. */
function expired(found: RetentionPlan): number[] {
  return keysOf(found.expire, "manifest").map((key) => Number.parseInt(key.slice(-13, -5), 16));
}

/** Reasons why backups stay. */
function whyKept(found: RetentionPlan, number: number): string | undefined {
  return found.keep.find((item) => item.kind === "manifest" && item.key.endsWith(`${idOf(number)}.json`))?.reason;
}

describe("backups", () => {
  const five = [1, 2, 3, 4, 5].map((n) => backup(n, { days: 100 - n }));

  it("expire by age, but for the newest good ones of their number", () => {
    const found = plan(five);
    expect(expired(found)).toEqual([1, 2, 3]);
    expect(whyKept(found, 4)).toBe("one of the 2 newest good full backups of history l-one");
    expect(found.expire[0]).toEqual({
      kind: "manifest",
      place: "primary",
      key: manifestKey("prod", Tier.Full, "l-one", idOf(1)),
      bytes: 0,
      reason: "99 d old, kept for 30 days; newer good backups are kept",
    });
  });

  it("of exactly the age of the policy stay", () => {
    const rest = [backup(2, { days: 0 }), backup(3, { days: 0 })];
    expect(expired(plan([backup(1, { days: 30 }), ...rest]))).toEqual([]);
    expect(expired(plan([backup(1, { days: 30.01 }), ...rest]))).toEqual([1]);
  });

  it("stay when the store's clock cannot be right", () => {
    const odd = { ...backup(1, { days: 0 }), storedAt: "no time" };
    expect(expired(plan([odd, backup(2, { days: -40 }), ...[3, 4].map((n) => backup(n, { days: 0 }))]))).toEqual([]);
  });

  it("that are damaged do not count, and expire by age themselves", () => {
    const some = [
      backup(1, { days: 90 }),
      backup(2, { days: 80 }),
      backup(3, { days: 70, problem: "x" }),
      backup(4, { days: 60 }),
    ];
    expect(expired(plan(some))).toEqual([1, 3]);
  });

  it("stay all where none of a tier is good: a disk may be half mounted", () => {
    const found = plan(five.map((one) => ({ ...one, problem: "gone" })));
    expect(found.expire).toEqual([]);
    expect(whyKept(found, 1)).toBe("none of the full backups of history l-one is good");
  });

  it("of each tier and place are counted apart", () => {
    const some = tiers.flatMap((tier, t) => [1, 2, 3].map((n) => backup(10 * t + n, { days: 1000 - n, tier })));
    expect(expired(plan(some)).sort((a, b) => a - b)).toEqual([1, 11, 21]);
  });

  it("of the history before are kept until the new one has its own", () => {
    const lineages = [lineage("l-one"), lineage("l-two", "l-one")];
    const before = [1, 2].map((n) => backup(n, { days: 90 }));
    const after = [backup(3, { days: 80, lineage: "l-two" })];
    const where = (entries: CatalogEntry[]): Partial<RetentionRequest> => ({
      catalog: catalog({ entries, lineages, accepted: [accepted("l-two")] }),
    });
    expect(expired(plan([...before, ...after], where([...before, ...after])))).toEqual([1]);
    const more = [...before, ...after, backup(4, { days: 70, lineage: "l-two" })];
    expect(expired(plan(more, where(more)))).toEqual([1, 2]);
  });

  it("of production are not crowded out by a recovery that is not accepted, or by a clone", () => {
    for (const purpose of ["production", "clone"] as const) {
      const lineages = [lineage("l-one"), lineage("l-two", "l-one", { purpose })];
      const entries = [
        ...[1, 2].map((n) => backup(n, { days: 90 })),
        ...[3, 4].map((n) => backup(n, { days: 80, lineage: "l-two" })),
      ];
      const acceptedNow = purpose === "clone" ? [accepted("l-two")] : [];
      expect(expired(plan(entries, { catalog: catalog({ entries, lineages, accepted: acceptedNow }) }))).toEqual([]);
    }
  });

  it("stay while a recovery, or an off-site copy of them, is under way, or nobody can tell", () => {
    expect(expired(plan(five, { claims: ["recovery/r1"] }))).toEqual([]);
    expect(expired(plan(five, { claims: ["offsite"] }))).toEqual([]);
    expect(expired(plan(five, { claims: ["offsite/l-one/first"] }))).toEqual([]);
    expect(plan(five, { claims: null }).expire).toEqual([]);
    expect(expired(plan(five, { claims: ["full", "pause", "snapshots"] }))).toEqual([1, 2, 3]);
  });

  it("stay until a recovery that was begun from them is accepted", () => {
    const pin = {
      format: "neumann-recovery/1" as const,
      recoveryId: "to-l-two",
      restorePoint: "latest",
      digest: "",
      firstNode: "n",
      plan: { source: { backupId: idOf(2) } },
    };
    const found = plan(five, { pins: [pin] });
    expect(expired(found)).toEqual([1, 3]);
    expect(whyKept(found, 2)).toBe("recovery to-l-two restores from it and is not accepted yet");
    const done = catalog({ entries: five, accepted: [accepted("l-two")] });
    expect(expired(plan(five, { pins: [pin, { ...pin, plan: null }], catalog: done }))).toEqual([1, 2, 3]);
  });
});

describe("data without a manifest", () => {
  const good = backup(9, { days: 1 });
  const leftover = { ...dataOf(backup(1, { days: 4 })) };
  const ask = (change: Partial<RetentionRequest>, object = leftover): RetentionPlan =>
    plan([good], { data: [dataOf(good), object], ...change });

  it("goes when nobody works on it and it is older than the backstop", () => {
    expect(keysOf(ask({}).expire, "data")).toEqual([leftover.key]);
  });

  it("stays while a backup of its tier is being made, whatever its age", () => {
    expect(ask({ claims: ["full"] }).expire).toEqual([]);
    expect(ask({ claims: ["full/l-one/first"] }).expire).toEqual([]);
    expect(ask({ claims: null }).expire).toEqual([]);
    expect(keysOf(ask({ claims: ["fullest", "snapshots"] }).expire, "data")).toEqual([leftover.key]);
  });

  it("stays while any object of it is young", () => {
    const young = { ...leftover, key: `${leftover.key}.2`, storedAt: daysAgo(2.9) };
    expect(plan([good], { data: [leftover, young] }).expire).toEqual([]);
  });

  it("stays when its manifest cannot be read", () => {
    const unreadable = [
      { place: "primary" as const, key: manifestKey("prod", Tier.Full, "l-one", idOf(1)), problem: "x" },
    ];
    expect(ask({ catalog: catalog({ entries: [good], unreadable }) }).expire).toEqual([]);
  });
});

describe("the log", () => {
  const numbers = (items: readonly RetentionItem[]): number[] =>
    keysOf(items, "segment").map((key) => Number.parseInt(key.slice(-20, -4), 16));
  const log = [0, 1, 2, 3, 4, 5].map((n) => segment(n, 100 - n));

  it("stays from the anchor of the oldest kept base on, whatever its age", () => {
    const bases = [
      backup(1, { days: 99, anchors: [["s1", 1]] }),
      ...[2, 4].map((n) => backup(n, { days: 50, anchors: [["s1", n]] })),
    ];
    const found = plan(bases, { segments: log });
    expect(numbers(found.expire)).toEqual([0, 1]);
    expect(found.keep.find((item) => item.kind === "segment")?.reason).toBe(
      `backup ${idOf(2)} is rolled forward with it`,
    );
  });

  it("stays whole in a stream that a kept base knew nothing of", () => {
    expect(numbers(plan([backup(1, { days: 1, anchors: [["s2", 7]] })], { segments: log }).expire)).toEqual([]);
  });

  it("is not kept for a year by off-site backups: only the newest is rolled forward, by what lies off-site", () => {
    const bases = [1, 2, 3].map((n) => backup(n, { days: 99 - n, tier: Tier.Offsite, anchors: [["s1", n]] }));
    const off = log.map((one) => ({ ...one, place: "offsite" as const }));
    expect(numbers(plan(bases, { segments: log }).expire)).toEqual([0, 1, 2, 3, 4]);
    expect(numbers(plan(bases, { segments: off }).expire)).toEqual([0, 1, 2]);
  });

  it("keeps what is young and what follows it, without a gap", () => {
    const odd = [segment(0, 90), segment(1, 10), segment(2, 90), segment(3, 90)];
    expect(numbers(plan([], { segments: odd }).expire)).toEqual([0]);
  });

  it("keeps the newest segment of a stream of the present history: the next backup's anchor", () => {
    expect(numbers(plan([], { segments: log }).expire)).toEqual([0, 1, 2, 3, 4]);
    const lineages = [lineage("l-one"), lineage("l-two", "l-one")];
    const followed = catalog({ lineages, accepted: [accepted("l-two")] });
    expect(numbers(plan([], { segments: log, catalog: followed }).expire)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("is in order of its numbers, also beyond what a double can hold", () => {
    const far = [2n ** 60n + 1n, 2n ** 60n, 2n ** 60n + 2n].map((n) => ({
      ...segment(0, 90),
      segment: segmentName(n),
    }));
    const found = keysOf(plan([], { segments: far }).expire, "segment").map((key) => segmentNumber(key.slice(-20)));
    expect(found).toEqual([2n ** 60n, 2n ** 60n + 1n]);
  });

  it("does not touch what is no segment, and keeps more when an anchor cannot be read", () => {
    const base = backup(1, { days: 1, anchors: [["s1", 4]] });
    base.manifest.wal.anchors = [{ stream: "s1", segment: "?" }];
    const found = plan([base], { segments: [...log, { ...segment(0, 90), segment: "notes.txt" }] });
    expect(found.expire).toEqual([]);
    expect(numbers(found.keep)).toHaveLength(6);
  });
});

const anySketch = fc.record({
  days: fc.integer({ min: 0, max: 500 }),
  tier: fc.constantFrom(...tiers),
  lineage: fc.constantFrom("l-one", "l-two", "l-three", "l-unrecorded"),
  anchors: fc.uniqueArray(fc.tuple(fc.constantFrom("s1", "s2", "s3"), fc.nat(9)), { selector: ([stream]) => stream }),
  problem: fc.constantFrom(null, null, "damaged"),
});
const anySegment = fc
  .record({
    number: fc.nat(9),
    days: fc.integer({ min: 0, max: 100 }),
    stream: fc.constantFrom("s1", "s2", "s3"),
    lineage: fc.constantFrom("l-one", "l-two", "l-three"),
    place: fc.constantFrom<Place>("primary", "offsite"),
  })
  .map(({ number, days, ...rest }) => segment(number, days, rest));
const anyLineages = fc.constantFrom<LineageRecord[][]>(
  [lineage("l-one")],
  [lineage("l-one"), lineage("l-two", "l-one"), lineage("l-three", "l-two")],
  [lineage("l-one"), lineage("l-two", "l-one"), lineage("l-three", "l-one")],
  [lineage("l-one"), lineage("l-two", "l-one", { purpose: "clone" }), lineage("l-three")],
);
const anyRequest: fc.Arbitrary<RetentionRequest> = fc
  .record({
    sketches: fc.array(anySketch, { maxLength: 20 }),
    orphans: fc.array(anySketch, { maxLength: 4 }),
    segments: fc.uniqueArray(anySegment, {
      selector: (s) => Object.values({ ...s, storedAt: 0 }).join(),
      maxLength: 30,
    }),
    lineages: anyLineages,
    names: fc.subarray(["l-two", "l-three"]),
    claims: fc.option(fc.subarray(["full", "offsite", "snapshots/x", "recovery/r"], { maxLength: 2 }), { freq: 10 }),
    keep: fc.integer({ min: 1, max: 4 }),
  })
  .map(({ sketches, orphans, segments, lineages, names, claims, keep }) => {
    const entries = sketches.map((sketch, number) => backup(number + 1, sketch));
    const data = [...entries, ...orphans.map((sketch, number) => backup(number + 900, sketch))].map(dataOf);
    const least = { keepAtLeast: keep };
    return {
      catalog: catalog({ entries, lineages, accepted: names.map(accepted) }),
      data,
      segments,
      policy: resolvePolicy({ snapshots: least, full: least, offsite: least }),
      now,
      claims,
    };
  });

const nameOf = (place: Place, key: string): string => `${place} ${key}`;

/** What is left after the first so many steps of a plan. */
function after({ catalog: all, data, segments }: RetentionRequest, steps: readonly RetentionItem[]) {
  const gone = new Set(steps.map((item) => nameOf(item.place, item.key)));
  const manifest = ({ place, manifest: m }: CatalogEntry): string =>
    nameOf(place, manifestKey("prod", m.tier, m.lineage, m.backupId));
  const segmentName = (s: StoredSegment): string => nameOf(s.place, segmentKey("prod", s.lineage, s.stream, s.segment));
  return {
    catalog: { ...all, entries: all.entries.filter((one) => !gone.has(manifest(one))) } satisfies Catalog,
    data: new Set(data.map((object) => nameOf(object.place, object.key)).filter((name) => !gone.has(name))),
    segments: segments.filter((one) => !gone.has(segmentName(one))),
  };
}

describe("I6, for any archive", () => {
  const check = (property: (request: RetentionRequest, found: RetentionPlan) => void): void =>
    fc.assert(
      fc.property(anyRequest, (request) => property(request, planRetention(request))),
      { numRuns: 150 },
    );

  it("every object is judged once", () => {
    check((request, found) => {
      const all = [...found.expire, ...found.keep].map((item) => nameOf(item.place, item.key));
      expect(new Set(all).size).toBe(all.length);
      expect(all.length).toBe(request.catalog.entries.length + request.data.length + request.segments.length);
      expect([...found.expire, ...found.keep].every((item) => item.reason !== "")).toBe(true);
    });
  });

  it("the newest good backup of every tier, place and history that may be meant is still the newest", () => {
    check((request, found) => {
      const left = after(request, found.expire).catalog;
      const production = productionLineage(request.catalog);
      if (!("lineage" in production)) return;
      const name = production.lineage.lineage;
      for (const tier of tiers) {
        for (const place of ["primary", "offsite"] as const) {
          const where = { tiers: [tier], places: [place] };
          expect(newestGood(left, name, where)).toBe(newestGood(request.catalog, name, where));
        }
      }
      expect(newestGood(left, name)).toBe(newestGood(request.catalog, name));
    });
  });

  it("no tier loses its last good backup, and none falls below its least number", () => {
    check((request, found) => {
      const left = after(request, found.expire).catalog;
      for (const tier of tiers) {
        const good = (one: Catalog): number =>
          one.entries.filter((e) => e.manifest.tier === tier && e.problem === null).length;
        const least = Math.min(good(request.catalog), request.policy[tier].keepAtLeast);
        expect(good(left)).toBeGreaterThanOrEqual(least);
      }
    });
  });

  it("nothing that is younger than the policy says expires", () => {
    check((request, found) => {
      const left = new Set(after(request, found.expire).catalog.entries);
      for (const one of request.catalog.entries) {
        const limit = request.policy[one.manifest.tier].retentionDays * 86_400_000;
        if (now.getTime() - Date.parse(one.storedAt) <= limit) expect(left.has(one)).toBe(true);
      }
    });
  });

  it("at every moment of the plan a listed backup has its data and its log", () => {
    check((request, found) => {
      const kept = new Set(after(request, found.expire).catalog.entries);
      for (let steps = 0; steps <= found.expire.length; steps += 1) {
        const left = after(request, found.expire.slice(0, steps));
        for (const one of left.catalog.entries) {
          const { place, key } = dataOf(one);
          expect(left.data.has(nameOf(place, key))).toBe(true);
          if (one.manifest.tier !== Tier.Offsite && kept.has(one))
            expect(logOf(request.segments, one)).toEqual(logOf(left.segments, one));
        }
      }
    });
  });

  it("manifests go before data, and the log last, each stream from its beginning", () => {
    check((request, found) => {
      const kinds = found.expire.map((item) => item.kind);
      expect(kinds).toEqual([...kinds].sort((a, b) => rank(a) - rank(b)));
      const left = after(request, found.expire).segments;
      for (const gone of request.segments.filter((one) => !left.includes(one))) {
        const older = left.filter((one) => sameStream(one, gone) && one.segment < gone.segment);
        expect(older).toEqual([]);
      }
    });
  });

  it("nothing of a tier that somebody works on, and that has no manifest, expires", () => {
    check((request, found) => {
      const claims = request.claims ?? ["full", "offsite", "snapshots"];
      const busy = tiers.filter((tier) => claims.some((claim) => claim.split("/")[0] === tier));
      const listed = new Set(request.catalog.entries.map((one) => dataOf(one).key));
      for (const key of keysOf(found.expire, "data")) {
        if (!listed.has(key)) expect(busy.some((tier) => key.startsWith(`prod/${tier}/`))).toBe(false);
      }
    });
  });

  it("the plan is the same again once it is carried out: nothing more goes", () => {
    check((request, found) => {
      const left = after(request, found.expire);
      const data = request.data.filter((object) => left.data.has(nameOf(object.place, object.key)));
      expect(planRetention({ ...request, ...left, data }).expire).toEqual([]);
    });
  });
});

const rank = (kind: RetentionItem["kind"]): number => ["manifest", "data", "segment"].indexOf(kind);

function sameStream(a: StoredSegment, b: StoredSegment): boolean {
  return a.place === b.place && a.lineage === b.lineage && a.stream === b.stream;
}

/** The segments that a base is rolled forward with: those after its anchors. */
function logOf(segments: readonly StoredSegment[], { place, manifest }: CatalogEntry): string[] {
  const after = new Map(manifest.wal.anchors.map((anchor) => [anchor.stream, anchor.segment]));
  return segments
    .filter(
      (one) => one.place === place && one.lineage === manifest.lineage && one.segment > (after.get(one.stream) ?? ""),
    )
    .map((one) => `${one.stream}/${one.segment}`);
}
