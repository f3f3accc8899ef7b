import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  ancestors,
  type Catalog,
  type CatalogEntry,
  inOrder,
  missingObjects,
  newestGood,
  productionLineage,
} from "../../model/catalog";
import type { LineageRecord } from "../../model/records";
import { Tier, tiers } from "../../model/tier";
import { accepted, catalog, entry, hex8, idOf, lineage, manifest, sha } from "./fixtures";

describe("missingObjects", () => {
  const prefix = "prod/full/data/l-one/id/";
  const one = manifest({
    parts: [{ name: "data.tar.zst", bytes: 10, sha256: sha("a") }],
    wal: {
      stream: "s",
      anchors: [],
      open: { first: "0000000000000004.wal", last: "0000000000000004.wal" },
      segments: [{ stream: "s", name: "0000000000000004.wal", bytes: 5, sha256: sha("b") }],
    },
  });
  const all = new Map([
    [`${prefix}data.tar.zst`, 10],
    [`${prefix}wal/s/0000000000000004.wal`, 5],
    [`${prefix}something-else`, 7],
  ]);

  it("finds nothing wrong when all is there", () => expect(missingObjects(one, prefix, all)).toBeNull());

  it("names what is missing and what has another size, with both sizes", () => {
    const listed = new Map([[`${prefix}data.tar.zst`, 9]]);
    expect(missingObjects(one, prefix, listed)).toBe(
      `${prefix}data.tar.zst has 9 bytes, not 10; ${prefix}wal/s/0000000000000004.wal is missing`,
    );
  });

  it("does not take an empty backup for a good one", () => {
    expect(missingObjects(manifest({ parts: [] }), prefix, all)).toBe("the manifest lists no data");
  });

  it("names three faults at most", () => {
    const parts = [1, 2, 3, 4, 5].map((n) => ({ name: `p${n}`, bytes: n, sha256: sha("a") }));
    expect(missingObjects(manifest({ parts }), prefix, new Map())?.split("; ")).toHaveLength(3);
  });

  it("is null only when every listed object is there with its size", () => {
    const sizes = fc.uniqueArray(fc.tuple(hex8, fc.nat(100)), {
      selector: ([name]) => name,
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(sizes, fc.nat(), fc.integer({ min: -3, max: 3 }), (parts, at, off) => {
        const whole = manifest({ parts: parts.map(([name, bytes]) => ({ name, bytes, sha256: sha("a") })) });
        const listed = new Map(parts.map(([name, bytes]) => [prefix + name, bytes]));
        const [name, bytes] = parts[at % parts.length] ?? ["", 0];
        listed.set(prefix + name, bytes + off);
        expect(missingObjects(whole, prefix, listed) === null).toBe(off === 0);
        listed.delete(prefix + name);
        expect(missingObjects(whole, prefix, listed)).toContain(`${prefix}${name} is missing`);
      }),
    );
  });
});

/** Any tree of histories, with any of them accepted: the parent of each is one before it. */
const anyHistories = fc
  .array(fc.record({ parent: fc.nat(), accepted: fc.boolean(), production: fc.boolean() }), {
    minLength: 1,
    maxLength: 8,
  })
  .map((nodes) => {
    const lineages = nodes.map(({ parent, production }, at) =>
      lineage(`l-${at}`, at === 0 ? null : `l-${parent % at}`, {
        purpose: production || at === 0 ? "production" : "clone",
      }),
    );
    const names = nodes.flatMap((node, at) => (at > 0 && node.accepted ? [`l-${at}`] : []));
    return { lineages, accepted: names.map(accepted) };
  });

const anyEntries = fc.array(
  fc
    .record({
      lineage: fc.nat(7),
      tier: fc.constantFrom(...tiers),
      low: fc.nat(2000),
      id: fc.nat(1000),
      second: fc.nat(59),
      day: fc.integer({ min: 1, max: 28 }),
      bad: fc.boolean(),
    })
    .map((one) =>
      entry(
        {
          lineage: `l-${one.lineage}`,
          tier: one.tier,
          index: { low: one.low, high: one.low + 5 },
          backupId: idOf(
            one.id,
            `202611${String(one.day).padStart(2, "0")}T0400${String(one.second).padStart(2, "0")}Z`,
          ),
          createdAt: `2026-11-${String(one.day).padStart(2, "0")}T04:00:00.000Z`,
        },
        { problem: one.bad ? "damaged" : null, storedAt: `2026-11-${String(29 - one.day).padStart(2, "0")}T00:00:00Z` },
      ),
    ),
  { maxLength: 25 },
);

const anyCatalog: fc.Arbitrary<Catalog> = fc
  .tuple(anyHistories, anyEntries)
  .map(([histories, entries]) => catalog({ ...histories, entries }));

describe("inOrder", () => {
  it("goes by index within a lineage, whatever the clocks said", () => {
    const early = entry(
      { backupId: idOf(1, "20301231T000000Z"), index: { low: 10, high: 10 } },
      { storedAt: "2030-12-31T00:00:00Z" },
    );
    const late = entry(
      { backupId: idOf(2, "20010101T000000Z"), index: { low: 20, high: 20 } },
      { storedAt: "2001-01-01T00:00:00Z" },
    );
    expect(inOrder(catalog({ entries: [late, early] }))).toEqual([early, late]);
  });

  it("puts a history after the one it parted from, whatever their indices and names", () => {
    const lineages = [lineage("l-a", "l-z"), lineage("l-z")];
    const parent = entry({ lineage: "l-z", index: { low: 900, high: 900 } });
    const child = entry({ lineage: "l-a", index: { low: 5, high: 5 } });
    expect(inOrder(catalog({ lineages, entries: [child, parent] }))).toEqual([parent, child]);
  });

  it("does not depend on the order of the listing or on any clock, and changes nothing", () => {
    fc.assert(
      fc.property(anyCatalog, fc.nat(), (one, seed) => {
        const before = JSON.stringify(one);
        const indices = inOrder(one).map((e) => [e.manifest.lineage, e.manifest.index.low]);
        const turn = one.entries.length === 0 ? 0 : seed % one.entries.length;
        const entries = [...one.entries.slice(turn), ...one.entries.slice(0, turn)]
          .reverse()
          .map((e) => ({ ...e, storedAt: "1999-01-01T00:00:00Z" }));
        const other = inOrder({ ...one, entries }).map((e) => [e.manifest.lineage, e.manifest.index.low]);
        expect(other).toEqual(indices);
        expect(JSON.stringify(one)).toBe(before);
      }),
    );
  });

  it("ends although damaged records name each other as parents", () => {
    const lineages = [lineage("l-a", "l-b"), lineage("l-b", "l-a"), lineage("l-c", "l-c"), lineage("l-d", "l-gone")];
    const entries = ["l-a", "l-b", "l-c", "l-d", "l-unknown"].map((name) => entry({ lineage: name }));
    expect(inOrder(catalog({ lineages, entries }))).toHaveLength(5);
  });
});

it("ancestors are the parents of parents, nearest first", () => {
  const lineages = [lineage("l-c", "l-b"), lineage("l-b", "l-a"), lineage("l-a")];
  const [youngest] = lineages as [LineageRecord];
  expect(ancestors(catalog({ lineages }), youngest).map((record) => record.lineage)).toEqual(["l-b", "l-a"]);
});

/** Which of the histories production could be, written in another way: no accepted one descends from it. */
function couldBe(one: Catalog): string[] {
  const isCandidate = (record: LineageRecord): boolean =>
    record.purpose === "production" &&
    (record.parent === null || one.accepted.some((a) => a.lineage === record.lineage));
  const parentOf = new Map(one.lineages.map((record) => [record.lineage, record.parent?.lineage]));
  const descends = (from: string, to: string): boolean => {
    const parent = parentOf.get(from);
    return parent !== undefined && (parent === to || descends(parent, to));
  };
  const candidates = one.lineages.filter(isCandidate).map((record) => record.lineage);
  return candidates.filter((name) => !candidates.some((other) => descends(other, name)));
}

describe("productionLineage", () => {
  it("is the only one there is", () => {
    expect(productionLineage(catalog())).toEqual({ lineage: lineage("l-one") });
  });

  it("is the restored one once its recovery is accepted, and not before", () => {
    const lineages = [lineage("l-one"), lineage("l-two", "l-one")];
    expect(productionLineage(catalog({ lineages }))).toEqual({ lineage: lineages[0] });
    expect(productionLineage(catalog({ lineages, accepted: [accepted("l-two")] }))).toEqual({ lineage: lineages[1] });
  });

  it("is never a clone or a rehearsal", () => {
    for (const purpose of ["clone", "rehearsal"] as const) {
      const lineages = [lineage("l-one"), lineage("l-two", "l-one", { purpose })];
      const found = productionLineage(catalog({ lineages, accepted: [accepted("l-two")] }));
      expect(found).toEqual({ lineage: lineages[0] });
    }
  });

  it("is the clone's own, once accepted, where only a clone writes", () => {
    const lineages = [lineage("l-copy", "l-one", { purpose: "clone" })];
    expect(productionLineage(catalog({ lineages }))).toHaveProperty("refused");
    expect(productionLineage(catalog({ lineages, accepted: [accepted("l-copy")] }))).toEqual({ lineage: lineages[0] });
  });

  it("is the grandchild although the recovery between was given up", () => {
    const lineages = [lineage("l-one"), lineage("l-two", "l-one"), lineage("l-three", "l-two")];
    const found = productionLineage(catalog({ lineages, accepted: [accepted("l-three")] }));
    expect(found).toEqual({ lineage: lineages[2] });
  });

  it("is refused where two could be meant, which are named", () => {
    const lineages = [lineage("l-one"), lineage("l-two", "l-one"), lineage("l-three", "l-one")];
    expect(productionLineage(catalog({ lineages, accepted: [accepted("l-two"), accepted("l-three")] }))).toEqual({
      refused:
        "two histories could be meant: l-two (begun 2026-11-01T00:00:00.000Z) and l-three (begun 2026-11-01T00:00:00.000Z). Name the backup: restorePoint backup:ID",
    });
  });

  it("is refused where a record that cannot be read may be it, and only then", () => {
    const bad = (name: string) => ({
      place: "primary" as const,
      key: `prod/records/lineages/${name}.json`,
      problem: `${name} is damaged.`,
    });
    const refused = (name: string) => ({
      refused: `which history is the newest cannot be told: ${name} is damaged. Or name the backup: restorePoint backup:ID`,
    });
    const [first, second] = [lineage("l-one"), lineage("l-two", "l-one")];
    const found = (more: Parameters<typeof catalog>[0]) => productionLineage(catalog(more));
    // The first of all; one that was accepted; one that was accepted and followed by a recovery that was not.
    expect(found({ lineages: [], unreadable: [bad("l-one")] })).toEqual(refused("l-one"));
    const accepting = { accepted: [accepted("l-two")], unreadable: [bad("l-two")] };
    expect(found({ lineages: [first], ...accepting })).toEqual(refused("l-two"));
    expect(found({ lineages: [first, lineage("l-three", "l-two")], ...accepting })).toEqual(refused("l-two"));
    // A recovery that was never accepted; one that was followed; one that can be read in the other place.
    expect(found({ lineages: [first], unreadable: [bad("l-two")] })).toEqual({ lineage: first });
    expect(found({ lineages: [second], accepted: [accepted("l-two")], unreadable: [bad("l-one")] })).toEqual({
      lineage: second,
    });
    expect(found({ lineages: [first, second], ...accepting })).toEqual({ lineage: second });
  });

  it("is refused where none is recorded", () => {
    expect(productionLineage(catalog({ lineages: [] }))).toEqual({
      refused: "no lineage of prod is recorded in this archive",
    });
  });

  it("is the one that no accepted one descends from, in any tree", () => {
    fc.assert(
      fc.property(anyHistories, (histories) => {
        const one = catalog(histories);
        const found = productionLineage(one);
        const expected = couldBe(one);
        if ("lineage" in found) expect([found.lineage.lineage]).toEqual(expected);
        else expect(expected.filter((name) => found.refused.includes(`${name} (begun`))).toEqual(expected);
        expect("lineage" in found).toBe(expected.length === 1);
      }),
      { numRuns: 500 },
    );
  });
});

describe("newestGood", () => {
  it("is never one with a problem, of another lineage, place or tier; and no good one is newer", () => {
    const places = fc.option(fc.subarray(["primary", "offsite"] as const), { nil: undefined });
    const kinds = fc.option(fc.subarray([...tiers]), { nil: undefined });
    fc.assert(
      fc.property(anyCatalog, places, kinds, (one, wherePlaces, whereTiers) => {
        const fits = (e: CatalogEntry): boolean =>
          e.problem === null &&
          e.manifest.lineage === "l-0" &&
          (wherePlaces === undefined || wherePlaces.includes(e.place)) &&
          (whereTiers === undefined || whereTiers.includes(e.manifest.tier));
        const found = newestGood(one, "l-0", { places: wherePlaces, tiers: whereTiers });
        const all = one.entries.filter(fits);
        expect(found === undefined).toBe(all.length === 0);
        if (found === undefined) return;
        expect(fits(found)).toBe(true);
        expect(found.manifest.index.low).toBe(Math.max(...all.map((e) => e.manifest.index.low)));
      }),
      { numRuns: 500 },
    );
  });

  it("looks everywhere when nothing is said", () => {
    const off = entry({ tier: Tier.Offsite, index: { low: 2000, high: 2000 } });
    expect(newestGood(catalog({ entries: [off, entry()] }), "l-one")).toBe(off);
    expect(newestGood(catalog({ entries: [off] }), "l-one", { places: ["primary"] })).toBeUndefined();
  });
});
