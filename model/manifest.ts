import * as v from "valibot";
import { canonicalJson } from "./canonical";
import { isSegmentName } from "./layout";
import { isoTime, parseJsonAs, sha256Hex, someOf, textThat, wholeNumber } from "./parse";
import type { Signature } from "./signature";
import { type BackupSoftware, softwareSchema } from "./software";
import { type Tier, tiers } from "./tier";

export const manifestFormat = "neumann-backup/1";

/** One object of a backup's data. */
export interface BackupPart {
  /** Name below the backup's data folder, such as `data.tar.zst`. */
  name: string;
  /** Stored size in bytes. */
  bytes: number;
  /** SHA-256 of the stored bytes. */
  sha256: string;
}

/** One file inside `data.tar.zst`. */
export interface BackupFile {
  /** Path inside the tarball, such as `data/store/pages.db`. */
  path: string;
  bytes: number;
  sha256: string;
}

/** A segment of WAL that an off-site backup carries. */
export interface BackupSegment extends BackupPart {
  stream: string;
}

/** The newest segment of a stream that was archived before the snapshot was asked for (protocol 5). */
export interface StreamAnchor {
  stream: string;
  segment: string;
}

/** What a backup is: written last, when every part it lists is stored and read back. */
export interface Manifest {
  format: typeof manifestFormat;
  backupId: string;
  tier: Tier;
  /** The cluster's name in the archive. */
  clusterId: string;
  /** The history of the log that it belongs to. */
  lineage: string;
  /** The database's own cluster id. */
  databaseClusterId: string;
  /** Begin of the backup by the node's clock. */
  createdAt: string;
  /** End of the copy by the node's clock: nothing in the backup was written later. */
  copiedAt: string;
  node: { id: string; term: number };
  /** The backup holds every entry up to `low`, and none beyond `high`. Equal unless the snapshot's index is unsure. */
  index: { low: number; high: number };
  /** When writes were paused for it, by the node's clock; null for a hot snapshot. */
  pause: { from: string; until: string; seconds: number } | null;
  /** `total_entries` of `stats`: a lower bound for a restored cluster. Null where the node gave none. */
  totalEntries: number | null;
  /** Size of the files before compression. */
  plainBytes: number;
  parts: BackupPart[];
  /** Who can decrypt the parts; left out where they are not encrypted. */
  encryption?: { recipients: string[] };
  files: BackupFile[];
  wal: {
    /** Stream of the node that it was taken on; null where none was begun. */
    stream: string | null;
    anchors: StreamAnchor[];
    /**
     * Segments of `stream` that were open when the backup began and when its copy ended: what follows the backup begins
     * in the first or later, and whatever lies beyond the last was written after `copiedAt`.
     */
    open: { first: string; last: string };
    /** Segments that an off-site backup carries with it. */
    segments: BackupSegment[];
  };
  /**
   * The backup it was copied from, for off-site ones. With these put back in their places the copied manifest is there
   * again, to the last field, and its signature can be checked (protocol 18).
   */
  source: {
    tier: Tier;
    backupId: string;
    manifestSha256: string;
    agent?: { version: string; sha256: string };
    signature?: Signature;
    /**
     * What a recovery of the copy runs on, below `records/software/`; left out by agents before this field. It stands
     * here because an older reader, which puts the copied manifest together again, takes nothing else from here.
     */
    software?: BackupSoftware[];
  } | null;
  /** The agent that wrote it; off-site the agent itself is stored under `records/software/<sha256>`. */
  agent: { version: string; sha256: string };
  /** Ed25519 over the canonical JSON of all the rest, by the node's key. */
  signature?: Signature;
}

const part = { name: v.string(), bytes: wholeNumber, sha256: sha256Hex };
const tierSchema = v.picklist(tiers);
const segmentText = textThat(isSegmentName, "a segment's name, such as 00000000000000a1.wal");

export const agentSchema = v.object({ version: v.string(), sha256: v.string() });
export const signatureSchema = v.object({ keyId: v.string(), publicKey: v.string(), value: v.string() });

/** What every record of a backup tells: of which history it is, when and on whom it was taken, and what it covers. */
export const takenFields = {
  clusterId: v.string(),
  lineage: v.string(),
  databaseClusterId: v.string(),
  createdAt: isoTime,
  copiedAt: isoTime,
  node: v.object({ id: v.string(), term: wholeNumber }),
  index: v.object({ low: wholeNumber, high: wholeNumber }),
};

export const manifestSchema: v.GenericSchema<unknown, Manifest> = v.object({
  format: v.literal(manifestFormat),
  backupId: v.string(),
  tier: tierSchema,
  ...takenFields,
  pause: v.nullable(v.object({ from: isoTime, until: isoTime, seconds: v.number() })),
  totalEntries: v.nullable(wholeNumber),
  plainBytes: wholeNumber,
  parts: v.array(v.object(part)),
  encryption: v.optional(v.object({ recipients: someOf(v.string()) })),
  files: v.array(v.object({ path: v.string(), bytes: wholeNumber, sha256: sha256Hex })),
  wal: v.object({
    stream: v.nullable(v.string()),
    anchors: v.array(v.object({ stream: v.string(), segment: v.string() })),
    open: v.object({ first: segmentText, last: segmentText }),
    segments: v.array(v.object({ ...part, stream: v.string() })),
  }),
  source: v.nullable(
    v.object({
      tier: tierSchema,
      backupId: v.string(),
      manifestSha256: sha256Hex,
      agent: v.optional(agentSchema),
      signature: v.optional(signatureSchema),
      software: v.optional(v.array(softwareSchema)),
    }),
  ),
  agent: agentSchema,
  signature: v.optional(signatureSchema),
});

/** @throws InputError when the text is no manifest of a known format. */
export function parseManifest(text: string, subject: string): Manifest {
  return parseJsonAs(manifestSchema, text, subject);
}

/** The text as it is stored. */
export function serializeManifest(manifest: Manifest): string {
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

/** The bytes that a signature covers: of a manifest, or of another record that is signed like one. */
export function signedText(document: object): string {
  return canonicalJson({ ...document, signature: undefined });
}

/** Bytes that a restore has to fetch. */
export function storedBytes(manifest: Manifest): number {
  const objects = [...manifest.parts, ...manifest.wal.segments];
  return objects.reduce((sum, object) => sum + object.bytes, 0);
}

/** What a recovery of an off-site backup runs on; nothing where the manifest names none. */
export function softwareOf({ source }: Manifest): readonly BackupSoftware[] {
  return source?.software ?? [];
}
