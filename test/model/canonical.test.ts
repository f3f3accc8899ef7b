import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../../model/canonical";
import { shuffleKeys } from "./fixtures";

const json = fc.jsonValue() as fc.Arbitrary<Json>;

describe("canonicalJson", () => {
  it("sorts keys, at every depth, and writes no white space", () => {
    expect(canonicalJson({ b: [{ d: 1, c: "x" }], a: null, "10": true, "9": -0 })).toBe(
      '{"10":true,"9":0,"a":null,"b":[{"c":"x","d":1}]}',
    );
  });

  it("sorts by code units and not by any language's rules", () => {
    expect(canonicalJson({ ä: 1, z: 2, Z: 3, "": 4 })).toBe('{"":4,"Z":3,"z":2,"ä":1}');
  });

  it("leaves out what is undefined", () => {
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  });

  it("keeps the order of lists", () => {
    expect(canonicalJson([3, 1, 2])).not.toBe(canonicalJson([1, 2, 3]));
  });

  it.each([NaN, Infinity, -Infinity])("refuses %s, which JSON would turn into null", (number) => {
    expect(() => canonicalJson({ a: [number] })).toThrow(new TypeError(`not a JSON number: ${number}`));
  });

  it("can be read back as the same value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it("is the same text whatever the order of keys, and for no other value", () => {
    fc.assert(
      fc.property(json, json, fc.nat(20), (value, other, seed) => {
        expect(canonicalJson(shuffleKeys(value, seed))).toBe(canonicalJson(value));
        const same = canonicalJson(other) === canonicalJson(value);
        expect(same).toBe(JSON.stringify(sorted(other)) === JSON.stringify(sorted(value)));
      }),
    );
  });
});

function sorted(value: Json): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value).sort();
  return keys.map((key) => [key, sorted(value[key] ?? null)]).concat([["{}"]]);
}
