import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Manifest, parseManifest, serializeManifest } from "../../model/manifest";
import { Mistakes } from "../../model/mistakes";
import { checkTrustedKeys, isPublicKey, keyIdOf, signatureProblem } from "../../model/signature";
import { anyManifest, copied, makeKeys, manifest, sha, shuffleKeys, signed } from "./fixtures";

const [a, b, foreign] = [makeKeys(), makeKeys(), makeKeys()];
const problem = (one: unknown, ...trusted: string[]): string | null => signatureProblem(JSON.stringify(one), trusted);

/** Every leaf but those of the signature, as a path. */
function leaves(value: unknown, path: string[] = []): string[][] {
  if (value === null || typeof value !== "object") return [path];
  if (path[0] === "signature") return [];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, [...path, key]));
}

function changed(one: Manifest, path: readonly string[]): unknown {
  const copy = structuredClone(one) as unknown as Record<string, unknown>;
  const last = path.at(-1) ?? "";
  const holder = path.slice(0, -1).reduce((at, key) => at[key] as Record<string, unknown>, copy);
  holder[last] = typeof holder[last] === "number" ? holder[last] + 1 : `${String(holder[last])}x`;
  return copy;
}

describe("signatureProblem", () => {
  it("is none for what a trusted key signed, however it was stored", () => {
    fc.assert(
      fc.property(anyManifest, fc.nat(20), (any, seed) => {
        const one = signed({ ...any, source: null }, a);
        expect(signatureProblem(serializeManifest(one), [b.publicKey, a.publicKey])).toBeNull();
        expect(signatureProblem(serializeManifest(one), [])).toBeNull();
        expect(problem(shuffleKeys(one, seed), a.publicKey)).toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  it.each(leaves(signed(manifest(), a)))("tells that %s.%s.%s was changed", (...path) => {
    const one = changed(
      signed(manifest(), a),
      path.filter((key) => key !== undefined),
    );
    for (const trusted of [[], [a.publicKey]]) {
      expect(problem(one, ...trusted)).toBe("it does not match its signature: it was changed after it was signed");
    }
  });

  it("covers fields of a later version, which this one drops", () => {
    const later = signed({ ...manifest(), more: { level: 3 } } as Manifest, a);
    expect(problem(later, a.publicKey)).toBeNull();
    expect(problem({ ...later, more: { level: 4 } }, a.publicKey)).toMatch(/^it does not match/);
    const { signature } = parseManifest(JSON.stringify(later), "m");
    expect(problem({ ...manifest(), signature }, a.publicKey)).toMatch(/^it does not match/);
  });

  it("is a key that is not trusted once any is named, and says which", () => {
    const one = signed(manifest(), foreign);
    expect(problem(one)).toBeNull();
    expect(problem(one, a.publicKey, b.publicKey)).toBe(`it is signed by a key that is not trusted (${foreign.keyId})`);
  });

  it("is the lack of a signature once any key is named", () => {
    expect(problem(manifest())).toBeNull();
    expect(problem(manifest(), a.publicKey)).toBe("it is not signed");
  });

  it("cannot be avoided by naming another's key", () => {
    const forged = signed(manifest(), foreign);
    const named = { ...forged, signature: { ...forged.signature, publicKey: a.publicKey, keyId: a.keyId } };
    expect(problem(named, a.publicKey)).toMatch(/^it does not match its signature/);
    const borrowed = { ...forged, signature: { ...forged.signature, keyId: a.keyId } };
    expect(problem(borrowed, a.publicKey)).toBe("it names a key for its signature that is none");
  });

  it.each(["", "AAAA", "not base64 at all", "A".repeat(88)])("is a signature such as %j", (value) => {
    const one = signed(manifest(), a);
    expect(problem({ ...one, signature: { ...one.signature, value } })).toMatch(/^it does not match/);
  });

  it("is a key that is none", () => {
    const one = signed(manifest(), a);
    for (const publicKey of ["", "x", a.publicKey.slice(0, -1), `${a.publicKey} `]) {
      expect(problem({ ...one, signature: { ...one.signature, publicKey } })).toMatch(/^it names a key/);
    }
  });
});

describe("an off-site copy", () => {
  const source = signed(manifest(), a);

  it("is believed by the keys of both, and by none when none is named", () => {
    const copy = copied(source, b);
    expect(problem(copy, a.publicKey, b.publicKey)).toBeNull();
    expect(problem(copy)).toBeNull();
  });

  it("is not believed for who copied it: the source may have been planted", () => {
    const planted = signed(manifest(), foreign);
    const text = `its source ${planted.backupId} is signed by a key that is not trusted (${foreign.keyId})`;
    expect(problem(copied(planted, b), a.publicKey, b.publicKey)).toBe(text);
    expect(problem(copied(manifest(), b), b.publicKey)).toBe(`its source ${planted.backupId} is not signed`);
    expect(problem(copied(source, foreign), a.publicKey)).toMatch(/^it is signed by a key that is not trusted/);
  });

  it("cannot differ from its source, whoever signed it", () => {
    const other = { parts: [{ name: "data.tar.zst", bytes: 10_000, sha256: sha("0") }] };
    for (const change of [other, { index: { low: 9, high: 9 } }, { lineage: "l-two" }, { totalEntries: null }]) {
      for (const trusted of [[], [a.publicKey, b.publicKey]]) {
        const text = `its source ${source.backupId} does not match its signature: it was changed after it was signed`;
        expect(problem(copied(source, b, change), ...trusted)).toBe(text);
      }
    }
  });
});

describe("a public key", () => {
  it("has one form and a short name", () => {
    expect(a.publicKey).toMatch(/^MCowBQYDK2VwAyEA/);
    const raw = Buffer.from(a.publicKey, "base64").subarray(-32);
    expect(keyIdOf(a.publicKey)).toBe(createHash("sha256").update(raw).digest("hex").slice(0, 16));
    expect(isPublicKey(a.publicKey)).toBe(true);
  });

  const pem = a.privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const der = a.privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
  const padded = `${a.publicKey.slice(0, -2)}${a.publicKey.at(-2) === "B" ? "C" : "B"}=`;

  it.each([undefined, 5, "", "ssh-ed25519 AAAA", padded, pem, der])("is not %j", (value) => {
    const mistakes = new Mistakes();
    checkTrustedKeys([a.publicKey, value], "policy.signing.trustedKeys", mistakes);
    expect(mistakes.all).toMatchObject([
      { path: "policy.signing.trustedKeys[1]", problem: "is no Ed25519 public key" },
    ]);
    expect(() => mistakes.throwIfAny("s")).toThrow(/Copy a value of the output publicKeys of ClusterBackups/);
    // The wrong half of a pair is repeated nowhere.
    expect(JSON.stringify(mistakes.all)).not.toContain(der.slice(-24));
    expect(JSON.stringify(mistakes.all)).not.toContain(pem.slice(40, 60));
  });

  it("comes in lists", () => {
    const mistakes = new Mistakes();
    checkTrustedKeys([a.publicKey, b.publicKey], "k", mistakes);
    checkTrustedKeys([], "k", mistakes);
    expect(mistakes.all).toEqual([]);
    checkTrustedKeys(a.publicKey, "k", mistakes);
    expect(mistakes.all).toMatchObject([{ path: "k", problem: "must be a list of public keys" }]);
  });
});
