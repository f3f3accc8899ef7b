import { describe, expect, it } from "vitest";
import { InputError, Mistakes, show } from "../../model/mistakes";
import { messageOf } from "./fixtures";

describe("Mistakes", () => {
  it("throws nothing when there is none", () => {
    expect(() => new Mistakes().throwIfAny("It")).not.toThrow();
  });

  it("throws all of them at once, each with path, value and remedy", () => {
    const mistakes = new Mistakes();
    mistakes.add("a.b", "is wrong", 1, "Write 2.");
    expect(mistakes.require(true, { path: "x", problem: "never", received: 0, remedy: "" })).toBe(true);
    expect(
      mistakes.require(false, { path: "c", problem: "is missing", received: undefined, remedy: "Write it." }),
    ).toBe(false);
    expect(messageOf(() => mistakes.throwIfAny("It cannot be used"))).toBe(
      "It cannot be used: 2 mistakes\n" +
        "  - a.b: is wrong (received 1). Write 2.\n" +
        "  - c: is missing (received nothing). Write it.",
    );
  });

  it("counts one as one", () => {
    const error = new InputError("It", [{ path: "a", problem: "is wrong", received: "x", remedy: "Y." }]);
    expect(error.message).toBe('It: 1 mistake\n  - a: is wrong (received "x"). Y.');
    expect(error.name).toBe("InputError");
  });
});

describe("show", () => {
  it.each([
    [undefined, "nothing"],
    [null, "null"],
    ["a", '"a"'],
    [{ a: [1] }, '{"a":[1]}'],
    [() => 1, "function"],
  ])("shows %s as %s", (value, text) => expect(show(value)).toBe(text));

  it("cuts what is long", () => {
    expect(show("x".repeat(500))).toBe(`"${"x".repeat(116)}…`);
  });
});
