import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkVolume, neededGibibytes, planVolume, type VolumeRequest } from "../../../model/aws/dataVolume";
import { Mistakes } from "../../../model/mistakes";

function mistakesOf(request: VolumeRequest, pending: string[] = []): string[] {
  const mistakes = new Mistakes();
  checkVolume(request, mistakes, (path) => pending.includes(path));
  return mistakes.all.map(({ path, problem }) => `${path}: ${problem}`);
}

describe("the volume of a node's data", () => {
  it("has room for what a restore asks for and a tenth more, whatever the backup's size", () => {
    const restoreFactor = 2.2; // of agent/restore
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 20 * 1024 ** 4 }), (backupBytes) => {
        const { size } = planVolume({ backupBytes });
        expect(size * 1024 ** 3).toBeGreaterThan(backupBytes * restoreFactor * 1.1);
        expect(mistakesOf({ backupBytes, volumeGibibytes: size })).toEqual([]);
        if (size > 20) expect(mistakesOf({ backupBytes, volumeGibibytes: size - 1 })).toHaveLength(1);
      }),
    );
  });

  it("is 20 GiB for nothing, and gp3 with what EBS gives by itself", () => {
    expect(neededGibibytes(0)).toBe(20);
    expect(planVolume({ volumeGibibytes: 30 })).toEqual({ size: 30, type: "gp3" });
  });

  it("is as it was asked for", () => {
    const request = { volumeGibibytes: 500, volumeType: "io2", volumeIops: 20_000 };
    expect(mistakesOf(request)).toEqual([]);
    expect(planVolume(request)).toEqual({ size: 500, type: "io2", iops: 20_000 });
  });

  it.each<[VolumeRequest, string[]]>([
    [{ backupBytes: 1.5 }, ["backupBytes: must be a whole number of bytes"]],
    [{ backupBytes: 3e13 }, ["backupBytes: needs a volume of 83820 GiB"]],
    [
      { volumeGibibytes: 19, backupBytes: 0 },
      ["volumeGibibytes: is too small: 0 bytes of backup need 20 GiB, 3 times their size and 20 at least"],
    ],
    [{ volumeGibibytes: 0.5 }, ["volumeGibibytes: must be a whole number from 1 to 65536"]],
    [{ volumeGibibytes: 100, volumeType: "gp2" }, ["volumeType: is no kind of volume for data"]],
    [{ volumeGibibytes: 100, volumeIops: 100 }, ["volumeIops: must be a whole number from 3000 to 80000"]],
    [{ volumeGibibytes: 20, volumeIops: 20_000 }, ["volumeIops: is more than gp3 of 20 GiB has, 500 a GiB"]],
    [
      { volumeGibibytes: 100, volumeThroughputMebibytes: 1000 },
      ["volumeThroughputMebibytes: is more than 3000 operations a second move, a MiB with 4"],
    ],
    [{ volumeGibibytes: 100, volumeType: "io2" }, ["volumeIops: is required for io2"]],
    [
      { volumeGibibytes: 100, volumeType: "io2", volumeIops: 5000, volumeThroughputMebibytes: 200 },
      ["volumeThroughputMebibytes: is for gp3"],
    ],
  ])("is refused: %j", (request, mistakes) => {
    expect(mistakesOf(request)).toEqual(mistakes);
  });

  it("is not held against what is not known yet", () => {
    expect(mistakesOf({}, ["backupBytes"])).toEqual([]);
    expect(mistakesOf({}, ["volumeGibibytes"])).toEqual([]);
    expect(mistakesOf({ volumeGibibytes: 100, volumeType: "io2" }, ["volumeIops"])).toEqual([]);
  });
});
