import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRestorePoint } from "../../model/restorePoint";
import { hex8, messageOf } from "./fixtures";

describe("parseRestorePoint", () => {
  it("reads the words of the grammar", () => {
    expect(parseRestorePoint("latest")).toEqual({ kind: "latest" });
    expect(parseRestorePoint("latest-offsite")).toEqual({ kind: "latest-offsite" });
    expect(parseRestorePoint("end-of-log")).toEqual({ kind: "end-of-log" });
    expect(parseRestorePoint("index:1200")).toEqual({ kind: "index", index: 1200 });
  });

  it("reads the stream that the log shall come from", () => {
    const stream = "node-1.a-0011aabb";
    expect(parseRestorePoint(`end-of-log@${stream}`)).toEqual({ kind: "end-of-log", stream });
    const until = new Date("2026-11-23T10:30:00Z");
    expect(parseRestorePoint(`time:2026-11-23T10:30:00Z@${stream}`)).toEqual({ kind: "time", until, stream });
  });

  it.each(["2026-11-23T10:30:00Z", "2026-11-23T10:30:00.5Z", "2026-11-23T10:30:00.123Z"])(
    "reads the time %s",
    (text) => {
      expect(parseRestorePoint(`time:${text}`)).toEqual({ kind: "time", until: new Date(text) });
    },
  );

  it("reads any backup's id", () => {
    fc.assert(
      fc.property(hex8, (digits) => {
        const backupId = `20261123T040000Z-${digits}`;
        expect(parseRestorePoint(`backup:${backupId}`)).toEqual({ kind: "backup", backupId });
      }),
    );
  });

  it.each([
    "",
    "newest",
    "Latest",
    " latest",
    "latest ",
    "backup:",
    "backup:latest",
    "backup:20261123T040000Z-XYZ",
    "time:2026-11-23 04:00:00Z",
    "time:2026-11-23T04:00Z",
    "time:2026-02-30T04:00:00Z",
    "time:2026-11-23T24:00:00Z",
    "time:yesterday",
    "index:",
    "index:-1",
    "index:1e3",
    "end-of-log:1",
    "end-of-log@",
    "end-of-log@node1",
    "latest@node1-0011aabb",
    "time:2026-11-23T04:00:00Z@",
    "20261123T040000Z-0011aabb",
  ])("refuses %j and says what to write", (text) => {
    expect(messageOf(() => parseRestorePoint(text))).toBe(
      "The restore point cannot be used: 1 mistake\n" +
        `  - restorePoint: is no restore point (received ${JSON.stringify(text)}). Write one of: latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`,
    );
  });

  it.each([
    [
      "2026-11-23T04:00:00",
      "has no time zone",
      "Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.",
    ],
    [
      "2026-11-23 04:00",
      "has no time zone",
      "Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.",
    ],
    ["2026-11-23T04:00:00+01:00", "is not in UTC", "The same moment in UTC is time:2026-11-23T03:00:00Z."],
    [
      "2026-11-23T23:30:00.5-0100@n-0011aabb",
      "is not in UTC",
      "The same moment in UTC is time:2026-11-24T00:30:00.500Z@n-0011aabb.",
    ],
  ])("guesses no zone for time:%s", (time, problem, remedy) => {
    expect(messageOf(() => parseRestorePoint(`time:${time}`))).toBe(
      `The restore point cannot be used: 1 mistake\n  - restorePoint: ${problem} (received "time:${time}"). ${remedy}`,
    );
  });
});
