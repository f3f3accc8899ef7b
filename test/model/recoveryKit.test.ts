import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { resolvePolicy, standardPolicy } from "../../model/policy";
import {
  isKitName,
  kitName,
  makeRecoveryKit,
  nodeKeysOf,
  parseRecoveryKit,
  type RecoveryKit,
  serializeRecoveryKit,
} from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";
import { agePairs, hash, makeKeys, messageOf, sha, shuffleKeys } from "./fixtures";

const bucket: ArchiveSpec = {
  kind: "s3",
  bucket: "acme-backup",
  region: "eu-central-1",
  endpoint: "https://s3.example.com",
  encryption: { kind: "kms", kmsKeyId: "alias/neumann" },
  credentials: { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "very-secret", sessionToken: "also-secret" },
  clusterId: "prod",
  offsite: { kind: "s3", bucket: "acme-offsite", region: "eu-west-1", credentials: { file: "/etc/keys" } },
};
const folder: ArchiveSpec = {
  kind: "directory",
  location: "/mnt/backup",
  clusterId: "prod",
  offsite: { kind: "directory", location: "/mnt/offsite" },
};
const node = { nodeId: "node1", address: "10.0.0.1:7878", publicKey: null };
const versions = { library: "1.2.3", agent: sha("a") };
const kitOf = (change: Partial<Parameters<typeof makeRecoveryKit>[0]> = {}) =>
  makeRecoveryKit({ archive: folder, policy: standardPolicy, nodes: [node], versions, ...change });
const parse = (text: string) => parseRecoveryKit(text, "kit.json cannot be used");

const anyKit: fc.Arbitrary<RecoveryKit> = fc
  .record({
    archive: fc.constantFrom(folder, bucket, { ...folder, offsite: undefined }),
    nodes: fc.array(fc.record({ nodeId: fc.string(), address: fc.string(), publicKey: fc.option(fc.string()) }), {
      maxLength: 5,
    }),
    agent: hash,
    days: fc.integer({ min: 60, max: 3000 }),
  })
  .map(({ archive, nodes, agent, days }) =>
    kitOf({
      archive: JSON.parse(JSON.stringify(archive)) as ArchiveSpec,
      nodes,
      policy: resolvePolicy({ full: { retentionDays: days } }),
      versions: { library: "1.2.3", agent },
    }),
  );

describe("a recovery kit", () => {
  it("reads back as it was written, whatever its layout", () => {
    fc.assert(
      fc.property(anyKit, fc.integer(), (kit, seed) => {
        expect(parse(serializeRecoveryKit(kit))).toEqual(kit);
        expect(parse(JSON.stringify(shuffleKeys(kit, seed)))).toEqual(kit);
      }),
    );
  });

  it("is the same for the same content", () => {
    fc.assert(
      fc.property(anyKit, fc.integer(), (kit, seed) => {
        const again = makeRecoveryKit(shuffleKeys(kit, seed));
        expect(again.seal).toBe(kit.seal);
      }),
    );
  });

  it("is refused with any one character of its content changed", () => {
    fc.assert(
      fc.property(anyKit, fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (kit, at, character) => {
        const text = JSON.stringify(kit);
        const place = at % text.length;
        const changed = text.slice(0, place) + character + text.slice(place + 1);
        fc.pre(changed !== text && !(/\s/.test(character) && sameJson(changed, text)));
        expect(() => parse(changed)).toThrow(/kit\.json cannot be used/);
      }),
      { numRuns: 500 },
    );
  });

  it("is refused cut off anywhere", () => {
    const text = serializeRecoveryKit(kitOf()).trimEnd();
    for (let length = 0; length < text.length; length += 1)
      expect(() => parse(text.slice(0, length))).toThrow("cut off");
  });

  it("says what is wrong, and where another copy is", () => {
    const kit = kitOf();
    const edited = messageOf(() => parse(JSON.stringify({ ...kit, clusterId: "other" })));
    expect(edited).toContain("seal: does not match the content: it was edited or damaged after it was made");
    expect(edited).toContain("npx pulumi-neumann kit fetch");
    expect(messageOf(() => parse("not a kit"))).toContain("is no JSON object: it is cut off, edited, or another file");
    expect(messageOf(() => parse('{"nodes": []}'))).toContain(
      "format: is not that of a recovery kit (received nothing)",
    );
    const later = messageOf(() => parse(JSON.stringify({ ...kit, format: "neumann-recovery-kit/2" })));
    expect(later).toContain("is of a version that this library does not know");
  });

  it("holds no credentials, in no part of it", () => {
    const text = serializeRecoveryKit(kitOf({ archive: bucket }));
    expect(text).not.toMatch(/AKIAEXAMPLE|very-secret|also-secret|\/etc\/keys/);
    expect(text).toContain("alias/neumann");
  });

  it("tells a person what to do, with the places and the old nodes", () => {
    expect(kitOf({ archive: bucket }).steps.join("\n")).toMatchSnapshot();
    const policy = resolvePolicy({ offsite: { continuousWal: true } });
    expect(kitOf({ policy }).steps.join("\n")).toContain(
      "with --restore-point end-of-log only its last minutes are lost",
    );
    expect(kitOf().steps.join("\n")).not.toContain("end-of-log");
    const alone = { ...folder, offsite: undefined };
    expect(kitOf({ archive: alone }).steps.join("\n")).toContain("There is no off-site copy.");
  });

  it("names who can open the backups, and holds no identity", () => {
    const [{ recipient, identity }, second] = agePairs;
    const policy = resolvePolicy({ encryption: { recipients: [recipient, second.recipient] } });
    const kit = kitOf({ policy });
    expect(kit.steps.filter((line) => /encrypted|identity|\bage\b/.test(line)).join("\n")).toMatchInlineSnapshot(`
      "   The backups are encrypted to age1glluflsdzryfc3wc4k9pvnq7gldhjd480zpzc3d0gwpp33k3t5dsuqj3ux, age1g6u2pech4spt7a9vwepmx2y32r90c487ywp4dm3gxkkrns6vt9yse67l6t.
         Fetch the identity of one of them, which is in no kit: it goes with --identity-file FILE. Install age on the nodes too.
         format lie in the off-site archive too, below prod/records/software/: age, tar, zstd and sha256sum are enough."
    `);
    expect(parse(serializeRecoveryKit(kit)).policy.encryption).toEqual(policy.encryption);
    expect(kitOf().steps.join("\n")).not.toMatch(/encrypted|identity/);
    const closed = messageOf(() => parse(JSON.stringify(kit).replace(second.recipient, identity)));
    expect(closed).not.toContain(identity.slice(16, 40));
  });

  it("adds its nodes' keys to a list of trusted ones, once", () => {
    const [old, own] = [makeKeys().publicKey, makeKeys().publicKey];
    const nodes = [{ ...node, publicKey: own }];
    const policy = { ...standardPolicy, signing: { trustedKeys: [old, own] } };
    expect(kitOf({ nodes, policy }).policy.signing.trustedKeys).toEqual([old, own]);
    const lacking = { ...standardPolicy, signing: { trustedKeys: [old] } };
    expect(kitOf({ nodes, policy: lacking }).policy.signing.trustedKeys).toEqual([old, own]);
    expect(kitOf({ nodes }).policy.signing.trustedKeys).toEqual([]);
    expect(nodeKeysOf(kitOf({ nodes }))).toEqual([own]);
  });
});

describe("the names of stored kits", () => {
  const kit = kitOf();
  const at = (text: string) => new Date(`2026-11-23T${text}Z`);

  it("tell when they were stored, and which they are", () => {
    const name = kitName(kit, at("04:05:06.789"), undefined);
    expect(name).toBe(`20261123T040506Z-${kit.seal.slice(0, 16)}.json`);
    expect(isKitName(name)).toBe(true);
    expect(isKitName("20261123T040506Z-tooshort.json")).toBe(false);
  });

  it("grow, also within a second and where the clock went back", () => {
    let name = kitName(kit, at("23:59:59.100"), undefined);
    for (const time of ["23:59:59.900", "12:00:00.000", "23:59:59.000"]) {
      const next = kitName(kit, at(time), name);
      expect(next > name).toBe(true);
      name = next;
    }
    expect(name.slice(0, 16)).toBe("20261124T000002Z");
  });
});

function sameJson(one: string, other: string): boolean {
  try {
    return JSON.stringify(JSON.parse(one)) === JSON.stringify(JSON.parse(other));
  } catch {
    return false;
  }
}
