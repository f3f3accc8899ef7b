import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Manifest, parseManifest, serializeManifest, signedText, storedBytes } from "../../model/manifest";
import { anyManifest, manifest, mistakesOf, sha, shuffleKeys } from "./fixtures";

/** The manifest with one value, named by its path, replaced or (undefined) taken away. */
function damaged(path: string, value: unknown): string {
  const copy = JSON.parse(serializeManifest(complete)) as Record<string, unknown>;
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  const holder = keys.reduce((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.stringify(copy);
}

const complete: Manifest = manifest({
  wal: {
    stream: "node1-aa",
    anchors: [{ stream: "node1-aa", segment: "0000000000000003.wal" }],
    open: { first: "0000000000000004.wal", last: "0000000000000004.wal" },
    segments: [{ name: "0000000000000004.wal", bytes: 5, sha256: sha("e"), stream: "node1-aa" }],
  },
  source: {
    tier: "full",
    backupId: "x",
    manifestSha256: sha("f"),
    agent: { version: "0.0.9", sha256: sha("9") },
    signature: { keyId: "k", publicKey: "p", value: "v" },
    software: [{ role: "agent", name: "neumann-backup.cjs", bytes: 5, sha256: sha("9") }],
  },
  signature: { keyId: "k", publicKey: "p", value: "v" },
});

/** Every leaf of the complete manifest, as a path. */
function leaves(value: unknown, path = ""): string[] {
  if (value === null || typeof value !== "object") return [path];
  return Object.entries(value).flatMap(([key, member]) => leaves(member, path === "" ? key : `${path}.${key}`));
}

describe("a manifest", () => {
  it("is the same after it was stored and read", () => {
    fc.assert(
      fc.property(anyManifest, (one) => {
        expect(parseManifest(serializeManifest(one), "m")).toEqual(one);
      }),
    );
  });

  it("is read whatever a later version adds, at every place", () => {
    fc.assert(
      fc.property(anyManifest, fc.string(), fc.jsonValue(), (one, key, value) => {
        const known = JSON.stringify(one);
        const name = `later-${key}`;
        const more = JSON.parse(known, (_, member: unknown) =>
          member !== null && typeof member === "object" && !Array.isArray(member)
            ? { ...member, [name]: value }
            : member,
        ) as unknown;
        expect(parseManifest(JSON.stringify(more), "m")).toEqual(one);
      }),
    );
  });

  it.each(leaves(complete))("is refused without %s, which is named", (path) => {
    const paths = mistakesOf(() => parseManifest(damaged(path, undefined), "m")).map((m) => m.path);
    expect(paths).toEqual([path]);
  });

  it.each(leaves(complete))("is refused with a list in the place of %s, which is named", (path) => {
    const [mistake, ...more] = mistakesOf(() => parseManifest(damaged(path, []), "m"));
    expect(more).toEqual([]);
    expect(mistake).toMatchObject({ path, received: [], remedy: "See docs/format.md." });
    expect(mistake?.problem).toMatch(/^must be /);
  });

  it.each([
    ["plainBytes", -1],
    ["plainBytes", 0.5],
    ["plainBytes", 2 ** 53],
    ["index.low", -5],
    ["node.term", "3"],
    ["createdAt", "yesterday"],
    ["createdAt", "2026-11-23"],
    ["pause.from", "2026-13-40T99:00:00Z"],
    ["parts.0.sha256", "abc"],
    ["parts.0.sha256", sha("A")],
    ["files.0.sha256", `${sha("a")}0`],
    ["tier", "weekly"],
    ["format", "neumann-backup/2"],
    ["pause", 5],
    ["source", "full"],
  ])("is refused with %s = %j, which is named", (path, value) => {
    expect(mistakesOf(() => parseManifest(damaged(path, value), "m")).map((m) => [m.path, m.received])).toEqual([
      [path, value],
    ]);
  });

  it("says that it is cut off, and where it was read", () => {
    const text = serializeManifest(complete);
    expect(() => parseManifest(text.slice(0, -20), "prod/full/manifest/x.json")).toThrow(
      /^prod\/full\/manifest\/x\.json: 1 mistake\n {2}- \(the whole\): is not JSON: /,
    );
    expect(mistakesOf(() => parseManifest("null", "m")).map((m) => m.path)).toEqual(["(the whole)"]);
  });

  it("ends with a line end and can be read by people and by line", () => {
    const text = serializeManifest(complete);
    expect(text.endsWith("}\n")).toBe(true);
    expect(text).toContain('\n      "name": "data.tar.zst",\n      "bytes": 10000,\n');
  });
});

describe("signedText", () => {
  it("covers everything but the signature, whatever the order of keys", () => {
    fc.assert(
      fc.property(anyManifest, fc.nat(20), (one, seed) => {
        const text = signedText(one);
        expect(signedText(shuffleKeys(one, seed))).toBe(text);
        expect(signedText({ ...one, signature: { keyId: "other", publicKey: "y", value: "x" } })).toBe(text);
        expect(signedText({ ...one, plainBytes: one.plainBytes === 0 ? 1 : 0 })).not.toBe(text);
      }),
    );
  });

  it.each(leaves(complete).filter((path) => !path.startsWith("signature")))("changes with %s", (path) => {
    const changed = JSON.parse(damaged(path, "other")) as Manifest;
    expect(signedText(changed)).not.toBe(signedText(complete));
  });
});

it("storedBytes adds the parts and the log that it carries", () => {
  expect(storedBytes(complete)).toBe(10_005);
  expect(storedBytes(manifest({ parts: [] }))).toBe(0);
});
