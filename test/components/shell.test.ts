import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandLine } from "../../components/shell";

describe("commandLine", () => {
  it("leaves plain words as they are", () => {
    expect(commandLine(["node", "/a/b.cjs", "restore", "--phase", "first"])).toBe(
      "node /a/b.cjs restore --phase first",
    );
  });

  it("is read back by a shell word for word", () => {
    const word = fc.string({ unit: "grapheme" }).filter((text) => !text.includes("\0"));
    const tricky = fc.constantFrom("it's", "$HOME", "`id`", "a b", "", "*", "\\", "\n", "--", "~");
    const words = fc.array(fc.array(fc.oneof(word, tricky), { minLength: 1, maxLength: 20 }), {
      minLength: 40,
      maxLength: 40,
    });
    fc.assert(
      fc.property(words, (lines) => {
        // One shell for many lines: to start one takes longer than to read a line.
        const script = lines.map((line) => commandLine(["printf", "%s\\0", ...line])).join("\n");
        const answer = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
        expect(answer.split("\0").slice(0, -1)).toEqual(lines.flat());
      }),
      { numRuns: 10 },
    );
  });
});
