import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compareRows, isFaultless, promisedBy, type WriterNote } from "../../rehearsal/comparison";

const valueOf = (k: number) => `value ${k}`;
const promised = { from: 1000, until: 2000 };

/** Notes with distinct numbers; what each one's times make of it is for the test to say. */
const notes = fc
  .array(fc.record({ sentAt: fc.integer({ min: 0, max: 3000 }), wait: fc.option(fc.integer({ min: 0, max: 500 })) }), {
    maxLength: 60,
  })
  .map((all) =>
    all.map(({ sentAt, wait }, k): WriterNote => ({
      k,
      sentAt,
      acknowledgedAt: wait === null ? undefined : sentAt + wait,
    })),
  );

const isPromised = (note: WriterNote) => note.acknowledgedAt !== undefined && note.acknowledgedAt < promised.from;
const isLater = (note: WriterNote) => note.sentAt > promised.until;

function found(all: readonly WriterNote[]) {
  return all.map(({ k }) => ({ k, value: valueOf(k) }));
}

describe("comparing recovered rows with a writer's notes", () => {
  it("accepts every promised row, none that came later, and any of those between", () => {
    fc.assert(
      fc.property(notes, fc.infiniteStream(fc.boolean()), (all, coin) => {
        const there = all.filter((n) => isPromised(n) || (!isLater(n) && coin.next().value === true));
        const result = compareRows({ notes: all, found: found(there), promised, valueOf });
        expect(isFaultless(result.faults)).toBe(true);
        expect(result.promised + result.undecided + result.later).toBe(all.length);
        expect(result.recovered).toBe(there.length);
        const acknowledged = all.filter((n) => n.acknowledgedAt !== undefined);
        expect(result.acknowledged).toBe(acknowledged.length);
        expect(result.lost).toBe(acknowledged.filter((n) => !there.includes(n)).length);
      }),
    );
  });

  it("names each promised row that is missing and each later one that is there", () => {
    fc.assert(
      fc.property(notes, fc.nat(), (all, seed) => {
        const victim = all[seed % Math.max(all.length, 1)];
        fc.pre(victim !== undefined);
        const good = all.filter(isPromised);
        const there = isPromised(victim) ? good.filter((n) => n !== victim) : [...good, victim];
        const { faults } = compareRows({ notes: all, found: found(there), promised, valueOf });
        expect(faults.missing).toEqual(isPromised(victim) ? [victim.k] : []);
        expect(faults.tooNew).toEqual(isLater(victim) ? [victim.k] : []);
      }),
    );
  });

  it("finds a row that is half there, was never sent, has no number, or is there twice", () => {
    const all: WriterNote[] = [{ k: 1, sentAt: 0, acknowledgedAt: 5 }];
    const compare = (rows: { k: number; value: string }[]) =>
      compareRows({ notes: all, found: rows, promised, valueOf }).faults;
    expect(compare([{ k: 1, value: "val" }]).wrong).toEqual([1]);
    expect(compare([...found(all), { k: 7, value: valueOf(7) }]).wrong).toEqual([7]);
    expect(compare([...found(all), { k: NaN, value: "?" }]).wrong).toEqual([-1]);
    expect(compare([...found(all), ...found(all)]).double).toEqual([1]);
  });

  it("allows for clocks that differ", () => {
    const note: WriterNote = { k: 1, sentAt: 900, acknowledgedAt: 990 };
    const request = { notes: [note], found: [], promised, valueOf };
    expect(compareRows(request).faults.missing).toEqual([1]);
    expect(compareRows({ ...request, skewMilliseconds: 50 }).faults.missing).toEqual([]);
  });

  it("copes with more rows than a call takes arguments", () => {
    const all = Array.from({ length: 300_000 }, (_, k): WriterNote => ({
      k,
      sentAt: 2500 + k,
      acknowledgedAt: 2600 + k,
    }));
    const { lost, firstLostAt, lastLostAt } = compareRows({ notes: all, found: [], promised, valueOf });
    expect({ lost, firstLostAt, lastLostAt }).toEqual({ lost: 300_000, firstLostAt: 2600, lastLostAt: 302_599 });
  });
});

describe("what a backup promises", () => {
  const createdAt = "2026-11-23T05:00:00.000Z";

  it("is bounded by its pause", () => {
    const pause = { from: "2026-11-23T05:00:01.000Z", until: "2026-11-23T05:00:01.500Z", seconds: 0.5 };
    const { from, until = NaN } = promisedBy({ createdAt, pause });
    expect(until - from).toBe(500);
  });

  it("has no upper bound for a hot snapshot", () => {
    expect(promisedBy({ createdAt, pause: null })).toEqual({ from: Date.parse(createdAt), until: undefined });
  });
});
