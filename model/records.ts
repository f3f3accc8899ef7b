import * as v from "valibot";
import { type OldMember, oldMemberSchema } from "./inPlace";
import { isoTime, sha256Hex, wholeNumber } from "./parse";
import { tiers } from "./tier";
import type { VerifiedBackup } from "./verification";

/** `records/archive.json`: what this folder or bucket is. */
export interface ArchiveMarker {
  format: "neumann-archive/1";
  clusterId: string;
  role: "primary" | "offsite";
}

export const archiveMarkerSchema: v.GenericSchema<unknown, ArchiveMarker> = v.object({
  format: v.literal("neumann-archive/1"),
  clusterId: v.string(),
  role: v.picklist(["primary", "offsite"]),
});

/** `records/lineages/<lineage>.json`: one uninterrupted history of the log. */
export interface LineageRecord {
  format: "neumann-lineage/1";
  lineage: string;
  clusterId: string;
  /** The database's own cluster id: `init-cluster` makes a new one. */
  databaseClusterId: string;
  /** Only production lineages are candidates for `latest`. */
  purpose: "production" | "clone" | "rehearsal";
  createdAt: string;
  /** The history that it parted from, and where; null for the first. */
  parent: { lineage: string; index: number; backupId: string; recoveryId: string } | null;
}

export const lineageSchema: v.GenericSchema<unknown, LineageRecord> = v.object({
  format: v.literal("neumann-lineage/1"),
  lineage: v.string(),
  clusterId: v.string(),
  databaseClusterId: v.string(),
  purpose: v.picklist(["production", "clone", "rehearsal"]),
  createdAt: isoTime,
  parent: v.nullable(
    v.object({ lineage: v.string(), index: wholeNumber, backupId: v.string(), recoveryId: v.string() }),
  ),
});

/** `records/streams/<stream>.json`: one life of one node's log. */
export interface StreamRecord {
  format: "neumann-stream/1";
  stream: string;
  lineage: string;
  nodeId: string;
  createdAt: string;
  /** First segment that the stream was offered. */
  firstSegment: string;
  /** Why it was begun: `start`, `fork`, `gap`, `moved`. */
  reason: string;
  /** The stream that this node wrote before. */
  parent: string | null;
}

export const streamRecordSchema: v.GenericSchema<unknown, StreamRecord> = v.object({
  format: v.literal("neumann-stream/1"),
  stream: v.string(),
  lineage: v.string(),
  nodeId: v.string(),
  createdAt: isoTime,
  firstSegment: v.string(),
  reason: v.string(),
  parent: v.nullable(v.string()),
});

/**
 * `records/keys/<keyId>.json`: the key that a node signs its manifests with. For people: a record alone makes no key a
 * trusted one, because whoever can write a manifest can write this too (protocol 18).
 */
export interface KeyRecord {
  format: "neumann-key/1";
  keyId: string;
  publicKey: string;
  nodeId: string;
}

export const keyRecordSchema: v.GenericSchema<unknown, KeyRecord> = v.object({
  format: v.literal("neumann-key/1"),
  keyId: v.string(),
  publicKey: v.string(),
  nodeId: v.string(),
});

/** `records/recoveries/<recoveryId>/plan.json`: the plan that was approved, word for word. */
export interface RecoveryPin {
  format: "neumann-recovery/1";
  recoveryId: string;
  restorePoint: string;
  digest: string;
  /** Node that restores; all others join it. */
  firstNode: string;
  plan: unknown;
}

export const recoveryPinSchema: v.GenericSchema<unknown, RecoveryPin> = v.object({
  format: v.literal("neumann-recovery/1"),
  recoveryId: v.string(),
  restorePoint: v.string(),
  digest: sha256Hex,
  firstNode: v.string(),
  plan: v.unknown(),
});

/** `records/recoveries/<recoveryId>/gated-<node>.json`: an old member is stopped, and does not start by itself (protocol 22). */
export interface RecoveryGated {
  format: "neumann-recovery-gated/1";
  recoveryId: string;
  nodeId: string;
  /** Its own. */
  address: string;
  /** Node that restores. */
  firstNode: string;
  /** The other members of its cluster, as it knows them. */
  members: OldMember[];
  gatedAt: string;
}

export const recoveryGatedSchema: v.GenericSchema<unknown, RecoveryGated> = v.object({
  format: v.literal("neumann-recovery-gated/1"),
  recoveryId: v.string(),
  nodeId: v.string(),
  address: v.string(),
  firstNode: v.string(),
  members: v.array(oldMemberSchema),
  gatedAt: isoTime,
});

/** `records/recoveries/<recoveryId>/given-up.json`: the old cluster comes back; nothing is restored under this id. */
export interface RecoveryGivenUp {
  format: "neumann-recovery-given-up/1";
  recoveryId: string;
  nodeId: string;
  at: string;
}

export const recoveryGivenUpSchema: v.GenericSchema<unknown, RecoveryGivenUp> = v.object({
  format: v.literal("neumann-recovery-given-up/1"),
  recoveryId: v.string(),
  nodeId: v.string(),
  at: isoTime,
});

/** `records/recoveries/<recoveryId>/replayed.json`: how far the log went. A repetition must reach the same (protocol 25). */
export interface RecoveryReplayed {
  format: "neumann-recovery-replayed/1";
  recoveryId: string;
  /** What `wal-replay` printed. */
  index: number;
}

export const recoveryReplayedSchema: v.GenericSchema<unknown, RecoveryReplayed> = v.object({
  format: v.literal("neumann-recovery-replayed/1"),
  recoveryId: v.string(),
  index: wholeNumber,
});

/** `records/recoveries/<recoveryId>/restored.json`: the first node runs on the restored data. Never restore again. */
export interface RecoveryRestored {
  format: "neumann-recovery-restored/1";
  recoveryId: string;
  nodeId: string;
  databaseClusterId: string;
  lineage: string;
  index: number;
  totalEntries: number | null;
  restoredAt: string;
  seconds: number;
}

export const recoveryRestoredSchema: v.GenericSchema<unknown, RecoveryRestored> = v.object({
  format: v.literal("neumann-recovery-restored/1"),
  recoveryId: v.string(),
  nodeId: v.string(),
  databaseClusterId: v.string(),
  lineage: v.string(),
  index: wholeNumber,
  totalEntries: v.nullable(wholeNumber),
  restoredAt: isoTime,
  seconds: v.number(),
});

/** `records/recoveries/<recoveryId>/accepted.json`: the new lineage has its first good base backup. */
export interface RecoveryAccepted {
  format: "neumann-recovery-accepted/1";
  recoveryId: string;
  lineage: string;
  baseBackupId: string;
  baseTier: (typeof tiers)[number];
  acceptedAt: string;
  members: string[];
}

export const recoveryAcceptedSchema: v.GenericSchema<unknown, RecoveryAccepted> = v.object({
  format: v.literal("neumann-recovery-accepted/1"),
  recoveryId: v.string(),
  lineage: v.string(),
  baseBackupId: v.string(),
  baseTier: v.picklist(tiers),
  acceptedAt: isoTime,
  members: v.array(v.string()),
});

/** `records/expired/<pruneId>.json`: what a prune gives up in this archive, said before anything goes (protocol 19). */
export interface ExpiredRecord {
  format: "neumann-expired/1";
  /** Keys, in the order in which they go: manifests, then data, the log last. */
  manifests: string[];
  data: string[];
  segments: string[];
}

export const expiredSchema: v.GenericSchema<unknown, ExpiredRecord> = v.object({
  format: v.literal("neumann-expired/1"),
  manifests: v.array(v.string()),
  data: v.array(v.string()),
  segments: v.array(v.string()),
});

/** `records/claims/<name>/<epoch>.json` (protocol 15): who works on something, until when. */
export interface ClaimRecord {
  format: "neumann-claim/1";
  name: string;
  epoch: number;
  /** Agent that holds it: its node, and its process on that host. */
  holder: { node: string; host: string; pid: number; started: string };
  timeToLiveSeconds: number;
}

export const claimSchema: v.GenericSchema<unknown, ClaimRecord> = v.object({
  format: v.literal("neumann-claim/1"),
  name: v.string(),
  epoch: wholeNumber,
  holder: v.object({ node: v.string(), host: v.string(), pid: wholeNumber, started: v.string() }),
  timeToLiveSeconds: v.number(),
});

/** `records/leases/<leaseId>.json` (protocol 13): a pause of ours and when it must end. */
export interface LeaseRecord {
  format: "neumann-lease/1";
  leaseId: string;
  node: string;
  /** Seconds after the store's time of this object at which every guard resumes writes. */
  seconds: number;
}

export const leaseSchema: v.GenericSchema<unknown, LeaseRecord> = v.object({
  format: v.literal("neumann-lease/1"),
  leaseId: v.string(),
  node: v.string(),
  seconds: v.number(),
});

/**
 * `records/watermarks/<lineage>/<time>-<node>.json`: what a node read at a moment, in this order (protocols 4 and 8): the
 * archive covers `commitIndex` once `openSegment` is there.
 */
export interface WatermarkRecord {
  format: "neumann-watermark/1";
  lineage: string;
  stream: string;
  /** Before anything was read, by the node's clock. */
  at: string;
  /** It led a healthy quorum, before and after: nothing had been committed beyond `commitIndex`. */
  leads: boolean;
  commitIndex: number;
  openSegment: string;
  /** After so many seconds a segment that has entries is finished. */
  archiveTimeoutSeconds: number;
}

export const watermarkSchema: v.GenericSchema<unknown, WatermarkRecord> = v.object({
  format: v.literal("neumann-watermark/1"),
  lineage: v.string(),
  stream: v.string(),
  at: isoTime,
  leads: v.boolean(),
  commitIndex: wholeNumber,
  openSegment: v.string(),
  archiveTimeoutSeconds: wholeNumber,
});

/** `records/verifications/<depth>/<time>-<random>.json`: what a verification found. */
export interface VerificationRecord {
  format: "neumann-verification/1";
  /** A text: a later version may look deeper. */
  depth: string;
  /** The one backup that was looked at; null: all of them. */
  backupId: string | null;
  /** When it ended, by the clock of whoever looked. */
  at: string;
  seconds: number;
  /** Host that looked. */
  by: string;
  /** The archives that were within reach. */
  places: ("primary" | "offsite")[];
  /** How many backups it looked at, and how many bytes of them it read. */
  backups: number;
  bytes: number;
  good: boolean;
  /** The newest backup of each tier and place that it found good. Agents before this field left it out. */
  newest?: VerifiedBackup[];
  /** Of depth `decrypted`: a backup that was encrypted to these was decrypted with the identity of one of them. */
  recipients?: string[];
  /** What is wrong, a backup each. */
  faults: { backupId: string; place: "primary" | "offsite"; problem: string }[];
}

/** A verification as the archive holds it. */
export interface StoredVerification extends VerificationRecord {
  /** By the store's clock. */
  storedAt: string;
}

const placeSchema = v.picklist(["primary", "offsite"]);

export const verificationSchema: v.GenericSchema<unknown, VerificationRecord> = v.object({
  format: v.literal("neumann-verification/1"),
  depth: v.string(),
  backupId: v.nullable(v.string()),
  at: isoTime,
  seconds: v.number(),
  by: v.string(),
  places: v.array(placeSchema),
  backups: wholeNumber,
  bytes: wholeNumber,
  good: v.boolean(),
  newest: v.optional(v.array(v.object({ tier: v.picklist(tiers), place: placeSchema, backupId: v.string() }))),
  recipients: v.optional(v.array(v.string())),
  faults: v.array(v.object({ backupId: v.string(), place: placeSchema, problem: v.string() })),
});
