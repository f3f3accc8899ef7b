import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StorageClass, storageClasses } from "../../model/aws/storageClasses";
import { type FrozenClass, frozenAmong, frozenClass, frozenTogether, thawPhase } from "../../model/thaw";

const anyClass = fc.constantFrom<FrozenClass | undefined>(undefined, "GLACIER", "DEEP_ARCHIVE");
const objects = fc.array(fc.record({ bytes: fc.nat(), frozen: anyClass }));

describe("what lies in an archive class", () => {
  it("is what S3 thaws, and no other class", () => {
    const frozen = Object.values(StorageClass).filter((name) => frozenClass(name) !== undefined);
    expect(frozen).toEqual(Object.values(StorageClass).filter((name) => storageClasses[name].thawHours !== undefined));
    expect(frozen).toEqual(["GLACIER", "DEEP_ARCHIVE"]);
    for (const other of [undefined, "", "glacier", "GLACIER_IR", 1]) expect(frozenClass(other)).toBeUndefined();
  });

  it("is counted, and of several classes named by the slowest", () => {
    fc.assert(
      fc.property(objects, (all) => {
        const frozen = all.filter((one) => one.frozen !== undefined);
        const found = frozenAmong(all);
        if (frozen.length === 0) return void expect(found).toBeUndefined();
        const deep = frozen.some((one) => one.frozen === "DEEP_ARCHIVE");
        expect(found).toEqual({
          objects: frozen.length,
          bytes: frozen.reduce((sum, { bytes }) => sum + bytes, 0),
          storageClass: deep ? "DEEP_ARCHIVE" : "GLACIER",
        });
      }),
    );
  });

  it("is the same counted together or in parts", () => {
    fc.assert(
      fc.property(objects, objects, (some, others) => {
        expect(frozenTogether([frozenAmong(some), frozenAmong(others)])).toEqual(frozenAmong([...some, ...others]));
      }),
    );
  });

  it("takes the hours of its class", () => {
    const frozen = { objects: 2, bytes: 3 };
    const phase = thawPhase({ ...frozen, storageClass: "GLACIER" }, 1);
    expect(phase).toEqual({ ...frozen, storageClass: "GLACIER", retrieval: "standard", hours: 5, thawing: 1 });
    expect(thawPhase({ ...frozen, storageClass: "DEEP_ARCHIVE" })).toMatchObject({ hours: 12, thawing: 0 });
  });
});
