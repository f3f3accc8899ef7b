import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseRestorePoint } from "../../model/restorePoint";
import { hex8, messageOf } from "./fixtures";

describe("parseRestorePoint", () => {
  it("reads the words of the grammar", () => {
    expect(parseRestorePoint("latest")).toEqual({ kind: "latest" });
    expect(parseRestorePoint("latest-offsite")).toEqual({ kind: "latest-offsite" });
  });

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
    "time:2026-11-23T04:00:00Z",
    "20261123T040000Z-0011aabb",
  ])("refuses %j and says what to write", (text) => {
    expect(messageOf(() => parseRestorePoint(text))).toBe(
      "The restore point cannot be used: 1 mistake\n" +
        `  - restorePoint: is no restore point (received ${JSON.stringify(text)}). Write one of: latest-offsite | latest | backup:ID. An ID is as \`neumann-backup list\` shows it.`,
    );
  });
});
