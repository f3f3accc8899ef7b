import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as layout from "../../model/layout";
import { Tier, tiers } from "../../model/tier";
import { hex8 } from "./fixtures";

describe("keys of the archive", () => {
  it("are what docs/format.md says", () => {
    const id = "20261123T040000Z-0011aabb";
    expect({
      cluster: layout.clusterPrefix("prod"),
      marker: layout.archiveMarkerKey("prod"),
      manifests: layout.manifestPrefix("prod", Tier.Full),
      manifest: layout.manifestKey("prod", Tier.Offsite, "l-1", id),
      data: layout.dataPrefix("prod", Tier.Snapshots, "l-1", id),
      wal: layout.walPrefix("prod"),
      stream: layout.streamPrefix("prod", "l-1", "node1-aa"),
      segment: layout.segmentKey("prod", "l-1", "node1-aa", "00000000000000ff.wal"),
      records: layout.recordPrefix("prod", "lineages"),
      record: layout.recordKey("prod", "recoveries", "r1/plan.json"),
    }).toEqual({
      cluster: "prod/",
      marker: "prod/records/archive.json",
      manifests: "prod/full/manifest/",
      manifest: `prod/offsite/manifest/l-1/${id}.json`,
      data: `prod/snapshots/data/l-1/${id}/`,
      wal: "prod/wal/",
      stream: "prod/wal/l-1/node1-aa/",
      segment: "prod/wal/l-1/node1-aa/00000000000000ff.wal",
      records: "prod/records/lineages/",
      record: "prod/records/recoveries/r1/plan.json",
    });
  });

  it("let a rule name one tier, and its manifests apart from its data", () => {
    for (const tier of tiers) {
      const others = tiers.filter((other) => other !== tier);
      const keys = [layout.manifestPrefix("prod", tier), layout.dataPrefix("prod", tier, "l", "b")];
      for (const key of keys) {
        expect(key.startsWith(`prod/${tier}/`)).toBe(true);
        for (const other of others) expect(key.startsWith(`prod/${other}/`)).toBe(false);
      }
      expect(keys[1]?.startsWith(keys[0] ?? "")).toBe(false);
    }
  });
});

describe("segments", () => {
  it("have the number of their name, for every number of 64 bits", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (number) => {
        const name = layout.segmentName(number);
        expect(layout.isSegmentName(name)).toBe(true);
        expect(layout.segmentNumber(name)).toBe(number);
      }),
    );
  });

  it("are in the order of their names", () => {
    const number = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
    fc.assert(
      fc.property(number, number, (a, b) => {
        expect(layout.segmentName(a) < layout.segmentName(b)).toBe(a < b);
      }),
    );
  });

  it.each([
    "",
    "1.wal",
    "000000000000000g.wal",
    "000000000000000F.wal",
    "0000000000000001.wal.meta",
    "x0000000000000001.wal",
    "0000000000000001.WAL",
    "00000000000000001.wal",
    "0000000000000001.wal\n",
  ])("are not called %j", (name) => {
    expect(layout.isSegmentName(name)).toBe(false);
    expect(() => layout.segmentNumber(name)).toThrow(new TypeError(`not a segment name: ${name}`));
  });

  it.each([-1n, 2n ** 64n])("never get a name that is none: %s", (number) => {
    expect(() => layout.segmentName(number)).toThrow(new TypeError(`not the number of a segment: ${number}`));
  });
});

describe("ids", () => {
  it("of backups are unique within a second and sort by their time", () => {
    const date = fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true });
    fc.assert(
      fc.property(date, date, hex8, hex8, (a, b, x, y) => {
        const [first, second] = [layout.makeBackupId(a, x), layout.makeBackupId(b, y)];
        expect(layout.isBackupId(first)).toBe(true);
        const seconds = (at: Date): number => Math.floor(at.getTime() / 1000);
        if (seconds(a) < seconds(b)) expect(first < second).toBe(true);
        if (seconds(a) === seconds(b)) expect(first === second).toBe(x === y);
      }),
    );
    expect(layout.makeBackupId(new Date("2026-11-23T04:05:06.789Z"), "0011aabb")).toBe("20261123T040506Z-0011aabb");
  });

  it.each(["", "0011AABB", "0011aab", "0011aabbc"])("of backups need eight hex digits, not %j", (random) => {
    const id = `20261123T000000Z-${random}`;
    expect(() => layout.makeBackupId(new Date("2026-11-23"), random)).toThrow(new TypeError(`not a backup id: ${id}`));
    expect(layout.isBackupId(id)).toBe(false);
  });

  it.each([
    ["prod", true],
    ["a", true],
    ["prod-eu-1", true],
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    ["", false],
    ["Prod", false],
    ["-prod", false],
    ["prod-", false],
    ["prod/x", false],
    ["..", false],
    ["prod\n", false],
    [7, false],
    [undefined, false],
  ])("of clusters: %j is one: %s", (value, good) => expect(layout.isClusterId(value)).toBe(good));

  it.each([
    ["2026-11-23", true],
    ["dr.2_b", true],
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    ["", false],
    [".hidden", false],
    ["../x", false],
    ["a/b", false],
    ["a b", false],
    [null, false],
  ])("of recoveries: %j is one: %s", (value, good) => expect(layout.isRecoveryId(value)).toBe(good));
});
