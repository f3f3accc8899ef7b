import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import fc from "fast-check";
import type { Catalog, CatalogEntry, Place } from "../../model/catalog";
import { type Manifest, manifestFormat, signedText } from "../../model/manifest";
import { InputError, type Mistake } from "../../model/mistakes";
import { planDigest, type RestorePlan } from "../../model/plan";
import { PlanRefused } from "../../model/planRefused";
import type { LineageRecord, RecoveryAccepted, RecoveryPin } from "../../model/records";
import { keyIdOf } from "../../model/signature";
import { Tier } from "../../model/tier";
import type { VolumeRecord } from "../../model/volumeRecord";

/** Sixty-four times the same hex digit: a SHA-256 that is easy to tell apart. */
export const sha = (digit: string): string => digit.repeat(64);

/** Eight hex digits and a time: a backup id from a small number. */
export function idOf(number: number, time = "20261123T040000Z"): string {
  return `${time}-${number.toString(16).padStart(8, "0")}`;
}

/** A full backup of `prod`, complete; parts of it may be replaced. */
export function manifest(change: Partial<Manifest> = {}): Manifest {
  return {
    format: manifestFormat,
    backupId: idOf(1),
    tier: Tier.Full,
    clusterId: "prod",
    lineage: "l-one",
    databaseClusterId: "db-one",
    createdAt: "2026-11-23T04:00:00.000Z",
    copiedAt: "2026-11-23T04:00:30.000Z",
    node: { id: "node1", term: 3 },
    index: { low: 1000, high: 1000 },
    pause: { from: "2026-11-23T04:00:00.000Z", until: "2026-11-23T04:00:00.200Z", seconds: 0.2 },
    totalEntries: 900,
    plainBytes: 30_000,
    parts: [{ name: "data.tar.zst", bytes: 10_000, sha256: sha("a") }],
    files: [{ path: "data/store/pages.db", bytes: 30_000, sha256: sha("b") }],
    wal: {
      stream: "node1-aa",
      anchors: [{ stream: "node1-aa", segment: "0000000000000003.wal" }],
      open: { first: "0000000000000004.wal", last: "0000000000000004.wal" },
      segments: [],
    },
    source: null,
    agent: { version: "0.1.0", sha256: sha("c") },
    ...change,
  };
}

/** A snapshot of a volume of `prod`, recorded; parts of it may be replaced. */
export function volumeRecord(change: Partial<VolumeRecord> = {}): VolumeRecord {
  return {
    format: "neumann-volume-snapshot/1",
    backupId: "20261128T190000Z-0a1b2c3d",
    clusterId: "prod",
    lineage: "l-0123456789abcdef",
    databaseClusterId: "c-1",
    createdAt: "2026-11-28T19:00:00.000Z",
    copiedAt: "2026-11-28T19:00:09.000Z",
    node: { id: "neumann-0", term: 3 },
    index: { low: 70, high: 70 },
    pause: { from: "2026-11-28T19:00:05.000Z", until: "2026-11-28T19:00:09.100Z", seconds: 4.1 },
    totalEntries: 66,
    plainBytes: 12,
    volume: {
      namespace: "neumann",
      name: "neumann-backup-20261128t190000z-0a1b2c3d",
      uid: "f3b7f2f0-0000-4000-8000-000000000000",
      claim: "data-neumann-0",
      className: "fast",
      content: "snapcontent-f3b7f2f0",
      cutAt: "2026-11-28T19:00:07Z",
      restoreSize: "10Gi",
    },
    files: [{ path: "data/store/pages.db", bytes: 12, sha256: "a".repeat(64) }],
    agent: { version: "0.1.0", sha256: "b".repeat(64) },
    ...change,
  };
}

/** A good entry of a catalog. */
export function entry(change: Partial<Manifest> = {}, rest: Partial<CatalogEntry> = {}): CatalogEntry {
  const place: Place = (change.tier ?? Tier.Full) === Tier.Offsite ? "offsite" : "primary";
  return {
    place,
    manifest: manifest(change),
    manifestSha256: sha("d"),
    storedAt: "2026-11-23T04:01:00.000Z",
    problem: null,
    ...rest,
  };
}

/** The record of a lineage; with a parent, of one that a recovery began. */
export function lineage(
  name: string,
  parent: string | null = null,
  change: Partial<LineageRecord> = {},
): LineageRecord {
  return {
    format: "neumann-lineage/1",
    lineage: name,
    clusterId: "prod",
    databaseClusterId: `db-${name}`,
    purpose: "production",
    createdAt: "2026-11-01T00:00:00.000Z",
    parent: parent === null ? null : { lineage: parent, index: 500, backupId: idOf(99), recoveryId: `to-${name}` },
    ...change,
  };
}

/** Says that the recovery that began a lineage was accepted. */
export function accepted(name: string): RecoveryAccepted {
  return {
    format: "neumann-recovery-accepted/1",
    recoveryId: `to-${name}`,
    lineage: name,
    baseBackupId: idOf(77),
    baseTier: Tier.Full,
    acceptedAt: "2026-11-02T00:00:00.000Z",
    members: ["node1"],
  };
}

/** A catalog of `prod` with the lineage `l-one`. */
export function catalog(change: Partial<Catalog> = {}): Catalog {
  return { clusterId: "prod", entries: [], unreadable: [], lineages: [lineage("l-one")], accepted: [], ...change };
}

/** The whole message of what a call throws; fails when it throws nothing. */
export function messageOf(call: () => unknown): string {
  return errorOf(call).message;
}

/** The mistakes of the InputError that a call throws. */
export function mistakesOf(call: () => unknown): readonly Mistake[] {
  const error = errorOf(call);
  if (error instanceof InputError) return error.mistakes;
  throw error;
}

function errorOf(call: () => unknown): Error {
  try {
    call();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

/** The same value with the keys of every object in another order. */
export function shuffleKeys<T>(value: T, seed: number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shuffleKeys(item, seed)) as T;
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).map(([key, member]) => [key, shuffleKeys<unknown>(member, seed)] as const);
  const turn = entries.length === 0 ? 0 : seed % entries.length;
  return Object.fromEntries([...entries.slice(turn), ...entries.slice(0, turn)].reverse()) as T;
}

export const hex8 = fc.stringMatching(/^[0-9a-f]{8}$/);
export const hash = fc.stringMatching(/^[0-9a-f]{64}$/);
const size = fc.nat({ max: Number.MAX_SAFE_INTEGER });
const time = fc
  .date({ min: new Date("2000-01-01"), max: new Date("2099-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString());
const segmentText = fc.stringMatching(/^[0-9a-f]{16}\.wal$/);
const part = fc.record({ name: fc.string(), bytes: size, sha256: hash });

/** Any manifest of the format. */
export const anyManifest: fc.Arbitrary<Manifest> = fc.record(
  {
    format: fc.constant(manifestFormat),
    backupId: hex8.map((digits) => `20261123T040000Z-${digits}`),
    tier: fc.constantFrom(...Object.values(Tier)),
    clusterId: fc.string(),
    lineage: fc.string(),
    databaseClusterId: fc.string(),
    createdAt: time,
    copiedAt: time,
    node: fc.record({ id: fc.string(), term: size }),
    index: fc.record({ low: size, high: size }),
    pause: fc.option(fc.record({ from: time, until: time, seconds: fc.nat() })),
    totalEntries: fc.option(size),
    plainBytes: size,
    parts: fc.array(part, { maxLength: 3 }),
    files: fc.array(fc.record({ path: fc.string(), bytes: size, sha256: hash }), { maxLength: 3 }),
    wal: fc.record({
      stream: fc.option(fc.string()),
      anchors: fc.array(fc.record({ stream: fc.string(), segment: fc.string() }), { maxLength: 3 }),
      open: fc.record({ first: segmentText, last: segmentText }),
      segments: fc.array(fc.record({ name: fc.string(), bytes: size, sha256: hash, stream: fc.string() }), {
        maxLength: 2,
      }),
    }),
    source: fc.option(
      fc.record(
        {
          tier: fc.constantFrom(...Object.values(Tier)),
          backupId: fc.string(),
          manifestSha256: hash,
          software: fc.array(
            fc.record({ role: fc.string(), name: fc.constantFrom("neumann", "x_1.deb"), bytes: size, sha256: hash }),
            { maxLength: 3 },
          ),
        },
        { requiredKeys: ["tier", "backupId", "manifestSha256"] },
      ),
    ),
    agent: fc.record({ version: fc.string(), sha256: hash }),
    signature: fc.record({ keyId: fc.string(), publicKey: fc.string(), value: fc.string() }),
  },
  {
    requiredKeys: [
      "format",
      "backupId",
      "tier",
      "clusterId",
      "lineage",
      "databaseClusterId",
      "createdAt",
      "copiedAt",
      "node",
      "index",
      "pause",
      "totalEntries",
      "plainBytes",
      "parts",
      "files",
      "wal",
      "source",
      "agent",
    ],
  },
);

/** A pair of keys as a node has it. */
export interface Keys {
  privateKey: KeyObject;
  publicKey: string;
  keyId: string;
}

export function makeKeys(): Keys {
  const { privateKey, publicKey: made } = generateKeyPairSync("ed25519");
  const publicKey = made.export({ format: "der", type: "spki" }).toString("base64");
  return { privateKey, publicKey, keyId: keyIdOf(publicKey) };
}

/** The same, signed; what was signed before is signed anew. */
export function signed(one: Manifest, { privateKey, publicKey, keyId }: Keys): Manifest {
  const value = sign(null, Buffer.from(signedText(one)), privateKey).toString("base64");
  return { ...one, signature: { keyId, publicKey, value } };
}

/** An off-site copy of a backup, signed by whoever copied it. */
export function copied(source: Manifest, keys: Keys, change: Partial<Manifest> = {}): Manifest {
  const { tier, backupId, agent, signature } = source;
  const from = { tier, backupId, manifestSha256: sha("d"), agent, ...(signature ? { signature } : {}) };
  const copy = {
    ...source,
    backupId: idOf(2),
    tier: Tier.Offsite,
    source: from,
    agent: { version: "2", sha256: sha("5") },
  };
  return signed({ ...copy, ...change }, keys);
}

/** The message of a refusal, which must be one. */
export function refusalOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    if (!(error instanceof PlanRefused)) throw error;
    return error.message;
  }
  throw new Error("a plan was made");
}

/** The record that pins a recovery to a plan. */
export function pinOf(plan: RestorePlan): RecoveryPin {
  const { recoveryId, restorePoint, nodes } = plan;
  const digest = planDigest(plan);
  return { format: "neumann-recovery/1", recoveryId, restorePoint, digest, firstNode: nodes[0] ?? "", plan };
}
/** Pairs of age, made by `age-keygen` for tests; they open nothing else. */
export const agePairs = [
  {
    recipient: "age1glluflsdzryfc3wc4k9pvnq7gldhjd480zpzc3d0gwpp33k3t5dsuqj3ux",
    identity: "AGE-SECRET-KEY-1R8VW7453NWH8PS7WG4M84Z03X8RG47J2N9AF0SD6XFZGG55YCHCSXFWPFM",
  },
  {
    recipient: "age1g6u2pech4spt7a9vwepmx2y32r90c487ywp4dm3gxkkrns6vt9yse67l6t",
    identity: "AGE-SECRET-KEY-15N6ASRVJTH4CRCWNTKP2YCZ625DCGRGPWGLFNSD6PG66MKLH6KUQMFEEET",
  },
] as const;
