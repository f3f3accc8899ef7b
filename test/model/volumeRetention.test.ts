import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type KeptVolume, volumeRetention, type VolumeRetentionRequest } from "../../model/volumeRetention";

const namespace = "neumann";
const idOf = (at: number) => `20261128T${String(100_000 + at)}Z-00000000`;
const kept = (at: number, where = namespace): KeptVolume => ({
  record: { backupId: idOf(at), volume: { namespace: where, name: `n${at}`, uid: `u${at}` } as never },
  storedAt: new Date(1_800_000_000_000 + at * 1000).toISOString(),
});
const object = (at: number, change: object = {}) => ({
  name: `n${at}`,
  uid: `u${at}`,
  backupId: idOf(at),
  leaving: false,
  ...change,
});
const ids = (...numbers: number[]) => new Set(numbers.map(idOf));

const retention = (change: Partial<VolumeRetentionRequest>) =>
  volumeRetention({
    namespace,
    keep: 2,
    entries: [1, 2, 3].map((at) => kept(at)),
    open: [],
    begun: ids(1, 2, 3),
    givenUp: new Set(),
    found: [1, 2, 3].map((at) => object(at)),
    ...change,
  });

describe("of snapshots of volumes go", () => {
  it("the oldest beyond those that are kept", () => {
    expect(retention({})).toEqual({
      ends: [{ backupId: idOf(1), cause: "expired", reason: "2 newer ones are kept" }],
      deletions: [{ name: "n1", uid: "u1", backupId: idOf(1) }],
    });
    expect(retention({ keep: 3 })).toEqual({ ends: [], deletions: [] });
  });

  it("what a dead agent left, with its object where there is one", () => {
    const { ends, deletions } = retention({
      keep: 3,
      open: [idOf(4), idOf(5)],
      begun: ids(1, 2, 3, 4, 5),
      found: [1, 2, 3, 5].map((at) => object(at)),
    });
    expect(ends.map(({ backupId, cause }) => [backupId, cause])).toEqual([
      [idOf(4), "void"],
      [idOf(5), "void"],
    ]);
    expect(deletions).toEqual([{ name: "n5", uid: "u5", backupId: idOf(5) }]);
  });

  it("what was given up before its object was deleted", () => {
    const { ends, deletions } = retention({ keep: 3, entries: [kept(2), kept(3)], givenUp: ids(1) });
    expect(ends).toEqual([]);
    expect(deletions.map(({ name }) => name)).toEqual(["n1"]);
  });

  it("what somebody else deleted, without an older one in its place", () => {
    for (const found of [
      [object(1), object(2)],
      [object(1), object(2), object(3, { leaving: true })],
      [object(1), object(2), object(3, { uid: "other" })],
    ]) {
      const { ends, deletions } = retention({ found });
      expect(ends).toEqual([
        { backupId: idOf(3), cause: "gone", reason: "somebody deleted VolumeSnapshot n3 in namespace neumann" },
      ]);
      expect(deletions.map(({ uid }) => uid)).toEqual(found[2]?.uid === "other" ? ["other"] : []);
    }
  });

  it("nothing of which this archive never spoke, and nothing of another namespace", () => {
    const entries = [kept(1, "elsewhere"), kept(2), kept(3)];
    expect(
      retention({ entries, found: [object(2), object(3), object(9), object(8, { backupId: undefined })] }),
    ).toEqual({
      ends: [],
      deletions: [],
    });
  });

  it("nothing that was given up without ever having been begun", () => {
    expect(retention({ keep: 3, givenUp: ids(9), found: [1, 2, 3, 9].map((at) => object(at)) }).deletions).toEqual([]);
  });

  it("never the newest that is there, and never one that is not given up first", () => {
    const numbers = fc.uniqueArray(fc.integer({ min: 0, max: 40 }), { maxLength: 12 });
    fc.assert(
      fc.property(numbers, numbers, numbers, fc.integer({ min: 0, max: 5 }), (recorded, there, open, keep) => {
        const entries = recorded.map((at) => kept(at));
        const dead = open.filter((at) => !recorded.includes(at)).map(idOf);
        const { ends, deletions } = retention({
          keep,
          entries,
          open: dead,
          begun: ids(...recorded, ...open),
          found: there.map((at) => object(at)),
        });
        const ended = ends.map(({ backupId }) => backupId);
        for (const { backupId } of deletions) expect(ended).toContain(backupId);
        const alive = recorded.filter((at) => there.includes(at)).sort((a, b) => b - a);
        if (alive[0] !== undefined) expect(ended).not.toContain(idOf(alive[0]));
        expect(new Set(ended).size).toBe(ended.length);
      }),
    );
  });
});
