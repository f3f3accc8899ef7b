import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { counted, formatBytes, formatCount, formatSeconds } from "../../model/units";

describe("formatBytes", () => {
  it.each([
    [0, "0 B"],
    [1023, "1023 B"],
    [1024, "1.0 KiB"],
    [16 * 1024 * 1024, "16.0 MiB"],
    [1024 ** 2 - 1, "1.0 MiB"],
    [1.5 * 1024 ** 3, "1.5 GiB"],
    [5000 * 1024 ** 4, "5000.0 TiB"],
  ])("writes %d as %s", (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it("is within a rounding of the number, and never shows 1024 of a unit that has a larger one", () => {
    const units = ["B", "KiB", "MiB", "GiB", "TiB"];
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 53 - 1 }), (bytes) => {
        const [amount, unit] = formatBytes(bytes).split(" ") as [string, string];
        const scale = 1024 ** units.indexOf(unit);
        expect(Math.abs(Number(amount) * scale - bytes)).toBeLessThanOrEqual(0.0501 * scale);
        if (unit !== "TiB") expect(Number(amount)).toBeLessThan(1024);
      }),
    );
  });
});

describe("formatSeconds", () => {
  it.each([
    [0, "0.0 s"],
    [0.44, "0.4 s"],
    [42.4, "42 s"],
    [119, "119 s"],
    [120, "2 min"],
    [200, "3 min 20 s"],
    [7199, "119 min 59 s"],
    [7200, "2 h"],
    [7500, "2 h 5 min"],
    [172_799, "48 h"],
    [172_800, "2 d"],
    [6 * 86_400 + 4 * 3600, "6 d 4 h"],
  ])("writes %d as %s", (seconds, text) => expect(formatSeconds(seconds)).toBe(text));
});

it("formatCount groups digits in the same way on every machine", () => {
  expect([0, 999, 50_000, 1_234_567].map(formatCount)).toEqual(["0", "999", "50,000", "1,234,567"]);
});

it("counted knows one from many", () => {
  expect([0, 1, 2000].map((count) => counted(count, "backup"))).toEqual(["0 backups", "1 backup", "2,000 backups"]);
});
