import { describe, expect, it } from "vitest";
import { type Coverage, coverageOf, lostRanges } from "../../model/coverage";
import { segmentName } from "../../model/layout";
import { coverageTables } from "../../agent/cli/output";
import { catalog, entry, idOf } from "./fixtures";

const at = (time: string): string => `2026-11-23T${time}.000Z`;
const name = (number: number): string => segmentName(BigInt(number));

/** A base that was copied at a time, while a segment of `s1` was open. */
function base(number: number, time: string, open: number, change: object = {}) {
  const wal = { stream: "s1", anchors: [], open: { first: name(open), last: name(open) }, segments: [] };
  const index = { low: number, high: number };
  return entry({ backupId: idOf(number), copiedAt: at(time), index, wal, ...change });
}

function covered(bases: ReturnType<typeof base>[], stored: Record<number, string>, stream = "s1"): Coverage {
  const segments = Object.entries(stored).map(([number, time]) => ({
    place: "primary" as const,
    lineage: "l-one",
    stream,
    segment: name(Number(number)),
    bytes: 10,
    storedAt: at(time),
  }));
  return coverageOf(catalog({ entries: bases }), segments);
}

const bases = [base(1, "04:00:00", 0), base(2, "05:00:00", 3)];

describe("what the archived log covers", () => {
  it("is one range while the log goes on without a gap", () => {
    const found = covered(bases, { 0: "04:10:00", 1: "04:30:00", 2: "04:50:00", 3: "05:10:00", 4: "05:20:00" });
    expect(found.ranges).toEqual([
      { lineage: "l-one", from: at("04:00:00"), until: at("05:20:00"), bases: [idOf(1), idOf(2)] },
    ]);
    expect(found.holes).toEqual([]);
    expect(found.streams).toEqual([
      {
        lineage: "l-one",
        stream: "s1",
        first: name(0),
        last: name(4),
        segments: 5,
        bytes: 50,
        storedAt: at("05:20:00"),
        gaps: [],
      },
    ]);
  });

  it("ends at a gap and goes on at the next backup; what lies between is a hole", () => {
    const found = covered(bases, { 0: "04:10:00", 2: "04:50:00", 3: "05:10:00", 6: "05:20:00" });
    expect(found.ranges.map(({ from, until }) => [from, until])).toEqual([
      [at("04:00:00"), at("04:10:00")],
      [at("05:00:00"), at("05:10:00")],
    ]);
    expect(found.holes).toEqual([{ lineage: "l-one", from: at("04:10:00"), until: at("05:00:00") }]);
    expect(found.streams[0]?.gaps).toEqual([
      { first: name(1), last: name(1) },
      { first: name(4), last: name(5) },
    ]);
  });

  it("is a moment for a backup that no log follows, and nothing for a damaged one", () => {
    const damaged = { ...base(2, "05:00:00", 3), problem: "gone" };
    expect(covered([bases[0]!, damaged], {}).ranges).toEqual([
      { lineage: "l-one", from: at("04:00:00"), until: at("04:00:00"), bases: [idOf(1)] },
    ]);
  });

  it("goes on while the cluster rests: a backup whose open segment was empty follows without a hole", () => {
    // Written until 04:10, then nothing: at 05:00 segment 1 is still the open one.
    const found = covered([base(1, "04:00:00", 0), base(2, "05:00:00", 1)], { 0: "04:10:00" });
    expect(found.ranges).toMatchObject([{ from: at("04:00:00"), until: at("05:00:00") }]);
    expect(found.holes).toEqual([]);
    // Nothing was written at all.
    expect(covered([base(1, "04:00:00", 0), base(2, "05:00:00", 0)], {}).holes).toEqual([]);
    // Segment 1 was finished before the second backup and is not there.
    expect(covered([base(1, "04:00:00", 0), base(2, "05:00:00", 2)], { 0: "04:10:00" }).holes).toHaveLength(1);
    // The second backup is of another node: only what the first one knew of its stream tells.
    const wal = { stream: "s2", anchors: [], open: { first: name(8), last: name(8) }, segments: [] };
    const knew = (segment: number) => ({
      wal: { ...base(1, "04:00:00", 0).manifest.wal, anchors: [{ stream: "s2", segment: name(segment) }] },
    });
    const other = base(2, "05:00:00", 0, { wal });
    expect(covered([base(1, "04:00:00", 0, knew(7)), other], {}).holes).toEqual([]);
    expect(covered([base(1, "04:00:00", 0, knew(6)), other], {}).holes).toHaveLength(1);
  });

  it("is lost behind its last range, as long as no backup serves what is archived there", () => {
    const found = covered(bases, { 0: "04:10:00", 1: "04:30:00", 2: "05:05:00", 3: "05:10:00", 6: "05:40:00" });
    expect(lostRanges(found, "l-one", 900)).toEqual([{ lineage: "l-one", from: at("05:10:00"), until: null }]);
    expect(lostRanges(found, "l-one", 3600)).toEqual([]);
    expect(lostRanges(found, "l-other", 900)).toEqual([]);
    expect(lostRanges(found, null, 900)).toEqual([]);
    const holed = covered(bases, { 0: "04:10:00" });
    expect(lostRanges(holed, "l-one", 900)).toEqual(holed.holes);
  });

  it("is of no use from a stream that no base knows", () => {
    const found = covered(bases.slice(0, 1), { 0: "04:10:00", 1: "04:30:00" }, "joined");
    expect(found.ranges[0]?.until).toBe(at("04:00:00"));
    expect(found.streams[0]).toMatchObject({ stream: "joined", segments: 2 });
  });

  it("ten thousand backups and a hundred thousand segments in seconds", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => base(i + 1, "05:00:00", i * 10));
    const log = Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [i, "05:10:00"]));
    const began = performance.now();
    expect(covered(many, log).ranges).toHaveLength(1);
    expect((performance.now() - began) / 1000).toBeLessThan(5); // Quadratic, it would take minutes.
  });

  it("is shown in the order of time", () => {
    const found = covered(bases, { 0: "04:10:00", 3: "05:10:00" });
    expect(`\n${coverageTables(found)}\n`).toBe(`
LINEAGE  FROM                      UNTIL AT MOST             STATE
l-one    2026-11-23T04:00:00.000Z  2026-11-23T04:10:00.000Z  can be restored from ${idOf(1)}
l-one    2026-11-23T04:10:00.000Z  2026-11-23T05:00:00.000Z  CANNOT BE RESTORED: no stream spans it
l-one    2026-11-23T05:00:00.000Z  2026-11-23T05:10:00.000Z  can be restored from ${idOf(2)}

LINEAGE  STREAM  FIRST                 LAST                  SEGMENTS  SIZE  GAPS
l-one    s1      0000000000000000.wal  0000000000000003.wal  2         20 B  0000000000000001.wal to 0000000000000002.wal
`);
    expect(coverageTables({ streams: [], ranges: [], holes: [] })).toBe(
      "No time can be restored to.\n\nNo log is archived.",
    );
  });
});
