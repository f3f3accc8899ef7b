import { describe, expect, it } from "vitest";
import { headerIn, headerLimit, opensHeader } from "../../model/ageHeader";
import { agePairs } from "./fixtures";

const [ours, other] = agePairs;

/** As the program `age` wrote them, to the first and to both. */
const headers = {
  ours: "age-encryption.org/v1\n-> X25519 YsaeWy3jqUT8RZpDhd9cBQjcPsfVxXqCytSv1Wyys3U\ns75MmvDJ+FoeY7Lre39ON86Ulm7Hs/kld9vjRH7kUMs\n--- Jirw3LKB6X0jzYxWXD5o9cISx0fhGhMwnit67KNjVdw\n",
  both: "age-encryption.org/v1\n-> X25519 2nhKZYWkQGF25AjBVh+nJdg1B6KzF0eJEIXzmmDOcx8\nO5d6jJI1uj8s/Y7MA3DzKMfMHhcO0uUIQzKTLhK/UZI\n-> X25519 a2M3aehRFi18RU3EQ2M3OVHtPMBLnO5hWbOsJ+D931I\ngC3mlnY+h0j/jkwXpu03R1CBT5miQtu6Kgjv8f19L4M\n--- A1dOGWHxzHTBc3RxdYKTaDSBA4vvzMm4PGdzRzNyHYc\n",
};

describe("the header of an encrypted object", () => {
  it("is found as soon as it is whole, and in nothing else", () => {
    const header = headers.both;
    const content = Buffer.concat([Buffer.from(header, "latin1"), Buffer.from([0, 255, 10, 45, 45, 45, 32, 10])]);
    for (let length = 0; length < header.length; length += 1) {
      expect(headerIn(content.subarray(0, length))).toBeUndefined();
    }
    for (const length of [header.length, content.length]) {
      expect(headerIn(content.subarray(0, length))).toBe(header);
    }
    for (const plain of ["NWAL\0\0", "age-encryption.org/v2\n", "age-encryption.org/v1 \n"]) {
      expect(headerIn(Buffer.from(plain))).toBeNull();
    }
    expect(headerIn(Buffer.from(`age-encryption.org/v1\n${"x".repeat(headerLimit)}`))).toBeNull();
  });

  it("tells whom it opens for, and of a damaged one nobody", () => {
    expect([ours, other].map(({ identity }) => opensHeader(headers.ours, identity))).toEqual([true, false]);
    expect([ours, other].map(({ identity }) => opensHeader(headers.both, identity))).toEqual([true, true]);
    const at = headers.ours.indexOf("\n", 30) + 5;
    const damaged = headers.ours.slice(0, at) + (headers.ours[at] === "A" ? "B" : "A") + headers.ours.slice(at + 1);
    expect(opensHeader(damaged, ours.identity)).toBe(false);
    expect(opensHeader("age-encryption.org/v1\n--- x\n", ours.identity)).toBe(false);
    const zero = `-> X25519 ${"A".repeat(43)}\n${"A".repeat(43)}\n`;
    expect(opensHeader(`age-encryption.org/v1\n${zero}--- x\n`, ours.identity)).toBe(false);
  });
});
