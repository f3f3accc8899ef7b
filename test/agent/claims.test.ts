import fs from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { liveClaimsIn, takeClaim } from "../../agent/claims";
import { recordKey } from "../../model/layout";
import { scratch } from "./support";

const folder = scratch("claims");
const archive = new DirectoryArchive(folder);
const wanted = { name: "full", node: "node1", timeToLiveSeconds: 60 };
const key = recordKey("prod", "claims", "full/00000001.json");

afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

function age(hours: number): void {
  const time = new Date(Date.now() - hours * 3600_000);
  fs.utimesSync(path.join(folder, key), time, time);
}

describe("a claim that somebody forged", () => {
  it.each([1e12, 1e308])("to last for %d seconds keeps others away for a day", async (timeToLiveSeconds) => {
    fs.rmSync(path.join(folder, "prod"), { recursive: true, force: true });
    const holder = { node: "node9", host: "elsewhere", pid: 1, started: "1" };
    const record = { format: "neumann-claim/1", name: "full", epoch: 1, holder, timeToLiveSeconds };
    await archive.putText(key, JSON.stringify(record));
    age(23);
    await expect(takeClaim(archive, "prod", wanted)).rejects.toThrow("full is being worked on by node node9");
    const [live] = await liveClaimsIn(archive, "prod");
    expect((live?.until.getTime() ?? 0) - (live?.since.getTime() ?? 0)).toBe(86_400_000);
    age(25);
    expect(await liveClaimsIn(archive, "prod")).toEqual([]);
    expect((await takeClaim(archive, "prod", wanted)).epoch).toBe(2);
  });

  it("and cannot be read keeps others away for a day too", async () => {
    fs.rmSync(path.join(folder, "prod"), { recursive: true, force: true });
    await archive.putText(key, "no record");
    age(23);
    await expect(takeClaim(archive, "prod", wanted)).rejects.toThrow(
      "full is being worked on by somebody whose record cannot be read until",
    );
    expect(await liveClaimsIn(archive, "prod")).toMatchObject([{ name: "full", node: "unknown" }]);
    age(25);
    expect((await takeClaim(archive, "prod", wanted)).epoch).toBe(2);
  });

  it("with the last number there is, or another name, is none", async () => {
    fs.rmSync(path.join(folder, "prod"), { recursive: true, force: true });
    const first = await takeClaim(archive, "prod", wanted);
    await first.release();
    for (const name of ["99999999.json", "zzz.json", "00000002.json.new"]) {
      await archive.putText(recordKey("prod", "claims", `full/${name}`), "{}");
    }
    const second = await takeClaim(archive, "prod", wanted);
    expect(second.epoch).toBe(2);
    await second.stillHeld();
    await expect(takeClaim(archive, "prod", wanted)).rejects.toThrow(/being worked on by node node1/);
  });
});
