import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CatalogEntry, StoredSegment } from "../../model/catalog";
import { segmentName } from "../../model/layout";
import { PlanRefused } from "../../model/planRefused";
import type { StoredWatermark } from "../../model/watermarks";
import { type BaseAndLog, chooseBaseAndLog, logAfter, segmentsOf } from "../../model/replay";
import { Tier } from "../../model/tier";
import { catalog, entry, idOf, refusalOf } from "./fixtures";

const day = "2026-11-23T";
const clock = (time: string): string => `${day}${time}.000Z`;
const name = (number: number): string => segmentName(BigInt(number));

interface Sketch {
  /** End of the copy, `hh:mm:ss`. */
  at: string;
  stream?: string;
  /** Open when it began and when it ended. */
  open: [number, number];
  anchors?: Record<string, number>;
  index?: number;
  problem?: string;
  tier?: Tier;
}

/** A base of `l-one`. */
function base(number: number, sketch: Sketch): CatalogEntry {
  const { at, stream = "s1", open, anchors = {}, index = number * 100, tier = Tier.Snapshots } = sketch;
  return entry(
    {
      backupId: idOf(number),
      tier,
      copiedAt: clock(at),
      index: { low: index, high: index },
      wal: {
        stream,
        anchors: Object.entries(anchors).map(([of, newest]) => ({ stream: of, segment: name(newest) })),
        open: { first: name(open[0]), last: name(open[1]) },
        segments: [],
      },
    },
    { storedAt: clock(at), problem: sketch.problem ?? null },
  );
}

/** Segments of a stream: number and when it was stored. */
function log(stored: Record<number, string>, stream = "s1", change: Partial<StoredSegment> = {}): StoredSegment[] {
  return Object.entries(stored).map(([number, at]) => ({
    place: "primary",
    lineage: "l-one",
    stream,
    segment: name(Number(number)),
    bytes: 1000,
    storedAt: clock(at),
    ...change,
  }));
}

function choose(
  entries: CatalogEntry[],
  segments: StoredSegment[],
  until: string | null,
  { stream, watermarks }: { stream?: string; watermarks?: StoredWatermark[] } = {},
): BaseAndLog {
  const target = until === null ? null : new Date(clock(until));
  return chooseBaseAndLog({
    catalog: catalog({ entries }),
    lineage: "l-one",
    segments,
    until: target,
    stream,
    watermarks,
  });
}

/** What a node said: commit index and open segment. */
function mark(at: string, commitIndex: number, open: number, change: Partial<StoredWatermark> = {}): StoredWatermark {
  return {
    format: "neumann-watermark/1",
    lineage: "l-one",
    stream: "s1",
    at: clock(at),
    leads: true,
    commitIndex,
    openSegment: name(open),
    archiveTimeoutSeconds: 60,
    storedAt: clock(at),
    ...change,
  };
}

function refusal(...asked: Parameters<typeof choose>): string {
  return refusalOf(() => choose(...asked));
}

const hourly = { 0: "04:10:00", 1: "04:20:00", 2: "04:30:00", 3: "04:40:00", 4: "04:50:00" };
const first = base(1, { at: "04:05:00", open: [0, 0] });
const second = base(2, { at: "04:32:00", open: [3, 3], anchors: { s1: 2 } });

describe("a target in time", () => {
  it("takes the newest base before it and what follows that", () => {
    const { base: chosen, replay } = choose([first, second], log(hourly), "04:45:00");
    expect(chosen.manifest.backupId).toBe(idOf(2));
    expect(replay).toEqual({
      until: clock("04:45:00"),
      wholeAt: null,
      stream: "s1",
      first: name(3),
      last: name(4),
      segments: 2,
      bytes: 2000,
      storedAt: clock("04:50:00"),
      gap: false,
    });
  });

  it("never takes a base that was copied after it", () => {
    const { base: chosen, replay } = choose([first, second], log(hourly), "04:31:59");
    expect(chosen.manifest.backupId).toBe(idOf(1));
    expect(replay).toMatchObject({ first: name(0) });
  });

  it("is bounded by what was open at the next backup, a minute of skew allowed", () => {
    const third = base(3, { at: "04:46:00", open: [4, 4], anchors: { s1: 3 } });
    const longer = { ...hourly, 5: "05:00:00", 6: "05:10:00", 7: "05:20:00" };
    expect(choose([first, second, third], log(longer), "04:45:00").replay).toMatchObject({
      first: name(3),
      last: name(5),
    });
    // Half a minute before that backup is too near for clocks that differ.
    expect(choose([first, second, third], log(longer), "04:45:30").replay).toMatchObject({ last: name(7) });
  });

  it("of a stream without an anchor only that of the node itself serves (protocol 5)", () => {
    const joined = log({ 0: "04:06:00", 1: "04:55:00" }, "s2");
    expect(refusal([first], joined, "04:30:00")).toBe(
      `no archived log follows the backups before 2026-11-23T04:30:00.000Z. The newest of them is backup:${idOf(1)}.`,
    );
    expect(choose([first], [...joined, ...log(hourly)], "04:30:00").replay).toMatchObject({ stream: "s1" });
  });

  it("takes another stream where one has a gap", () => {
    const holey = log({ 3: "04:40:00", 5: "05:00:00" });
    const whole = log({ 8: "04:41:00", 9: "04:51:00", 10: "05:01:00" }, "s2");
    const anchored = base(2, { at: "04:32:00", open: [3, 3], anchors: { s1: 2, s2: 7 } });
    expect(choose([anchored], [...holey, ...whole], "04:55:00").replay).toMatchObject({ stream: "s2", segments: 3 });
  });

  it("never a stream that ended soon after the target, where another goes on: its last segment may have come late", () => {
    const anchored = base(2, { at: "04:32:00", open: [3, 3], stream: "s3", anchors: { s1: 2, s2: 7 } });
    const dead = log({ 8: "04:46:00" }, "s2");
    const plan = choose([anchored], [...dead, ...log({ 3: "04:40:00", 4: "05:30:00" })], "04:45:00");
    expect(plan.replay).toMatchObject({ stream: "s1", segments: 2 });
    // But the dead one when it is asked for.
    const asked = choose([anchored], [...dead, ...log({ 3: "04:40:00", 4: "05:30:00" })], "04:45:00", { stream: "s2" });
    expect(asked.replay).toMatchObject({ stream: "s2", segments: 1 });
  });

  it("and of all the one that a later backup bounds: it holds the target for sure", () => {
    const anchored = base(2, { at: "04:32:00", open: [3, 3], anchors: { s1: 2, s2: 7 } });
    const later = base(3, { at: "04:50:00", open: [5, 5] });
    const own = log({ 3: "04:40:00", 4: "04:45:00", 5: "04:50:00", 6: "04:55:00" });
    const other = log({ 8: "04:41:00", 9: "06:00:00" }, "s2");
    expect(choose([anchored, later], [...own, ...other], "04:43:00").replay).toMatchObject({
      stream: "s1",
      last: name(6),
    });
  });

  it("falls back to the anchor where the archive lacks the segment that was open", () => {
    const odd = base(2, { at: "04:32:00", open: [0, 0], anchors: { s1: 2 } });
    expect(choose([odd], log({ 3: "04:40:00" }), "04:35:00").replay).toMatchObject({ first: name(3) });
  });

  it("takes an older base where the newer one's log has a gap", () => {
    const other = base(1, { at: "04:05:00", open: [0, 0], stream: "s2" });
    const holey = log({ 4: "04:50:00" });
    const whole = log({ 0: "04:30:00", 1: "05:00:00" }, "s2");
    expect(choose([other, second], [...holey, ...whole], "04:45:00")).toMatchObject({
      base: { manifest: { backupId: idOf(1) } },
      replay: { stream: "s2" },
    });
  });

  it("refuses a time before the first base", () => {
    expect(refusal([first, second], log(hourly), "04:04:59")).toBe(
      "2026-11-23T04:04:59.000Z lies before the first backup that is left: the earliest time that can be restored is 2026-11-23T04:05:00.000Z.",
    );
  });

  it("refuses a time after the end", () => {
    expect(refusal([first, second], log(hourly), "04:50:01")).toBe(
      `2026-11-23T04:50:01.000Z lies after the end of the archived log, which reaches to ${name(4)} of stream s1, stored at 2026-11-23T04:50:00.000Z. No node that led said afterwards whether anything had been written since. Use an earlier time, or end-of-log for all there is.`,
    );
  });

  it("refuses a time behind a gap", () => {
    expect(refusal([first], log({ 0: "04:10:00", 2: "04:30:00" }), "04:25:00")).toBe(
      `2026-11-23T04:25:00.000Z lies behind a gap in the log: it is whole up to ${name(0)} of stream s1, stored at 2026-11-23T04:10:00.000Z. Times before that can be restored, or a later backup: backup:ID.`,
    );
  });

  it("needs a good base in the primary archive", () => {
    const broken = base(1, { at: "04:05:00", open: [0, 0], problem: "data.tar.zst is missing" });
    const away = base(2, { at: "04:05:00", open: [0, 0], tier: Tier.Offsite });
    expect(refusal([broken, away], log(hourly), "04:30:00")).toContain("holds no good backup of lineage l-one");
  });

  it("looks at this lineage's log in the primary archive only", () => {
    const others = [...log(hourly, "s1", { lineage: "l-two" }), ...log(hourly, "s1", { place: "offsite" })];
    expect(refusal([first], others, "04:30:00")).toContain("no archived log follows");
  });
});

describe("the end of the log", () => {
  it("is what reaches farthest, from the newest base", () => {
    expect(choose([first, second], log(hourly), null)).toMatchObject({
      base: { manifest: { backupId: idOf(2) } },
      replay: { until: null, first: name(3), last: name(4) },
    });
  });

  it("may lie in another stream than the newest base's own, when its node died", () => {
    const anchored = base(2, { at: "04:32:00", open: [3, 3], anchors: { s1: 2, s2: 7 } });
    const later = log({ 8: "04:41:00", 9: "05:51:00" }, "s2");
    expect(choose([anchored], [...log(hourly), ...later], null).replay).toMatchObject({ stream: "s2", last: name(9) });
  });

  it("is a backup alone where nothing follows it", () => {
    expect(choose([first, second], log({ 0: "04:10:00" }), null)).toMatchObject({
      base: { manifest: { backupId: idOf(2) } },
      replay: null,
    });
  });
});

describe("whatever is planned", () => {
  const seconds = fc.integer({ min: 0, max: 86_399 });
  const time = (at: number): string => new Date(at * 1000).toISOString().slice(11, 19);
  const bases = fc.uniqueArray(fc.tuple(seconds, fc.nat({ max: 8 })), {
    minLength: 1,
    maxLength: 4,
    selector: ([at]) => at,
  });
  const segments = fc.uniqueArray(fc.nat({ max: 12 }), { maxLength: 13 });

  it("has a base before the target and a log without a gap that is all there and follows the base", () => {
    fc.assert(
      fc.property(bases, segments, seconds, (made, numbers, target) => {
        const entries = made
          .sort(([a], [b]) => a - b)
          .map(([at, open], i) => base(i + 1, { at: time(at), open: [open, open] }));
        const stored = log(Object.fromEntries(numbers.map((n) => [n, time(Math.min(n * 7000, 86_399))])));
        let plan: BaseAndLog;
        try {
          plan = choose(entries, stored, time(target));
        } catch (error) {
          expect(error).toBeInstanceOf(PlanRefused);
          return;
        }
        const { manifest } = plan.base;
        expect(manifest.copiedAt <= clock(time(target))).toBe(true);
        const names = segmentsOf(plan.replay!);
        expect(names).toHaveLength(plan.replay!.segments);
        expect(names[0]).toBe(manifest.wal.open.first);
        for (const wanted of names) expect(stored.some(({ segment }) => segment === wanted)).toBe(true);
      }),
    );
  });
});

describe("a time after the last segment was stored", () => {
  // Segment 4 was stored at 04:50:00; nobody has written since.
  const quiet = [mark("05:05:00", 500, 5), mark("05:10:00", 500, 5)];
  const plan = (watermarks: StoredWatermark[], until = "05:00:00", segments = log(hourly)) =>
    choose([first], segments, until, { watermarks });
  const said = (watermarks: StoredWatermark[], until?: string) =>
    refusal([first], log(hourly), until ?? "05:00:00", { watermarks });

  it("is restored to by all of the log, where the leader had nothing beyond it", () => {
    expect(plan(quiet).replay).toMatchObject({
      until: null,
      wholeAt: clock("05:05:00"),
      first: name(0),
      last: name(4),
    });
  });

  it("is restored to from another node's stream, whose node had come as far", () => {
    const lead = quiet.map((m) => ({ ...m, stream: "s9" }));
    const own = quiet.map((m) => ({ ...m, leads: false }));
    expect(plan([...lead, ...own]).replay).toMatchObject({ wholeAt: clock("05:05:00"), last: name(4) });
    const behind = own.map((m) => ({ ...m, commitIndex: 499 }));
    expect(said([...lead, ...behind])).toContain("cannot be told that this is archived");
  });

  it.each<[string, StoredWatermark[]]>([
    ["nobody said anything afterwards", []],
    ["it was said before the target", [mark("04:52:00", 500, 5), mark("04:57:00", 500, 5)]],
    ["it was said within a clock's error of the target", [mark("05:00:59", 500, 5), mark("05:00:58", 500, 5)]],
    ["the store got it before the target", quiet.map((m) => ({ ...m, storedAt: clock("04:59:00") }))],
    ["no leader said it", quiet.map((m) => ({ ...m, leads: false }))],
    ["it is of another history", quiet.map((m) => ({ ...m, lineage: "l-two" }))],
    ["it was said once: the open segment may hold something", quiet.slice(0, 1)],
    ["it was said again too soon", [mark("05:05:00", 500, 5), mark("05:07:29", 500, 5)]],
    ["the open segment has gone on", [mark("05:05:00", 500, 5), mark("05:10:00", 500, 6)]],
    ["finished segments are missing", [mark("05:05:00", 500, 6), mark("05:10:00", 500, 6)]],
    ["the open segment was archived long before", [mark("05:05:00", 500, 3), mark("05:10:00", 500, 3)]],
    ["no segment has such a name", quiet.map((m) => ({ ...m, openSegment: "x" }))],
  ])("is refused where %s", (_, watermarks) => {
    expect(said(watermarks)).toContain("lies after the end of the archived log");
  });

  it("is refused where the last segment may hold what is newer, and behind a gap", () => {
    expect(said(quiet, "04:50:59")).toContain("lies after the end of the archived log");
    expect(plan(quiet, "04:51:00").replay?.wholeAt).toBe(clock("05:05:00"));
    const { 3: gone, ...gap } = hourly;
    expect(gone).toBe("04:40:00");
    expect(refusal([first], log(gap), "05:00:00", { watermarks: quiet })).toContain("lies behind a gap");
  });

  it("says how far the cluster had come", () => {
    expect(said([mark("05:05:00", 700, 7)])).toContain(
      `At ${clock("05:05:00")} the cluster had come to index 700, and it cannot be told that this is archived.`,
    );
    expect(said([])).toContain("No node that led said afterwards whether anything had been written since.");
  });

  it("needs nobody's word where the log itself reaches it", () => {
    expect(choose([first], log(hourly), "04:45:00").replay).toMatchObject({ until: clock("04:45:00"), wholeAt: null });
  });
});

describe("the log that follows a backup", () => {
  const taken = base(1, { at: "10:00:00", open: [3, 3], anchors: { s1: 2, s2: 7 } });
  const one = { 3: "10:01:00", 4: "10:02:00", 5: "10:03:00" };
  const after = (...segments: StoredSegment[][]) => logAfter(taken, segments.flat(), 60);

  it("is all of the stream that reaches farthest", () => {
    const { replay, problem } = after(log({ ...one, 2: "09:59:00" }), log({ 8: "10:02:30" }, "s2"));
    expect(problem).toBeNull();
    expect(replay).toMatchObject({ stream: "s1", first: name(3), last: name(5), segments: 3, until: null, gap: false });
  });

  it("is none where nothing was stored since", () => {
    expect(after(log({ 2: "09:59:00" }))).toEqual({ replay: null, problem: null });
    expect(after(log({ 9: "10:05:00" }, "s3"))).toEqual({ replay: null, problem: null });
  });

  it("is not whole with a gap, wherever it lies", () => {
    const inside = after(log({ 3: "10:01:00", 5: "10:03:00" }));
    expect(inside.problem).toBe(`the log that follows it is not whole: ${name(4)} of stream s1 is missing`);
    expect(inside.replay).toMatchObject({ first: name(3), last: name(3), gap: true });
    expect(after(log({ 4: "10:02:00" }))).toEqual({
      replay: null,
      problem: `the log that follows it is not whole: ${name(3)} of stream s1 is missing`,
    });
  });

  it("is whole where another stream goes on to the end, give or take what one may be late", () => {
    const holey = log({ 3: "10:01:00", 5: "10:03:00" });
    expect(after(holey, log({ 8: "10:02:00" }, "s2"))).toMatchObject({ replay: { stream: "s2" }, problem: null });
    // A node that is long gone.
    expect(after(holey, log({ 8: "10:01:59" }, "s2")).problem).toMatch(/is missing$/);
    const both = after(holey, log({ 8: "10:01:00", 10: "10:02:00" }, "s2"));
    expect(both.problem).toBe(
      `the log that follows it is not whole: ${name(4)} of stream s1 and ${name(9)} of stream s2 are missing`,
    );
  });

  it("is that of the backup's own archive", () => {
    const away = { ...taken, place: "offsite" as const };
    expect(logAfter(away, log(one), 60)).toEqual({ replay: null, problem: null });
    expect(logAfter(away, log(one, "s1", { place: "offsite" }), 60).replay).toMatchObject({ last: name(5) });
  });
});
