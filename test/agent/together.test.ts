import type { FileHandle } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { Forcing } from "../../agent/host/files";
import { inParallel } from "../../agent/host/tree";

describe("what is sent to the disk while more is written", () => {
  it("is not called safe when the disk once refused it: the system tells of that once only", async () => {
    let asked = 0;
    const datasync = () => (++asked === 1 ? Promise.reject(new Error("EIO")) : Promise.resolve());
    const forcing = new Forcing({ datasync, sync: () => Promise.resolve() } as Partial<FileHandle> as FileHandle);
    for (let i = 0; i < 4; i += 1) {
      forcing.wrote(8 * 1024 * 1024);
      await sleep(1);
    }
    await expect(forcing.sync()).rejects.toThrow("EIO");
  });
});

describe("what is done a few at a time", () => {
  it("begins no more after a failure, and throws it when the others are over", async () => {
    const begun: number[] = [];
    const ended: number[] = [];
    const work = inParallel([1, 2, 3, 4, 5, 6, 7, 8], async (item) => {
      begun.push(item);
      await sleep(item === 1 ? 5 : 50);
      if (item === 1) throw new Error("the first");
      ended.push(item);
    });
    await expect(work).rejects.toThrow("the first");
    expect(begun).toEqual([1, 2, 3, 4]);
    expect(ended).toEqual([2, 3, 4]);
  });
});
