import type { Place } from "../catalog";
import { archiveMarkerKey, clusterPrefix, manifestPrefix, type RecordKind, recordPrefix, walPrefix } from "../layout";
import { Tier } from "../tier";

/**
 * Who does something with an archive. Each has rights of its own, and nothing else.
 */
export const Duty = {
  /** Makes backups and stores the log: every node. */
  Node: "node",
  /** Copies backups and the log to the off-site archive: every node too, by the rights that it has there. */
  OffsiteWriter: "offsite-writer",
  /** Marks what the policy no longer keeps: one place, and no node. */
  Pruner: "pruner",
  /** Plans and carries out a recovery. */
  Restorer: "restorer",
  /** Looks whether the backups are there; reads no data. */
  Auditor: "auditor",
  /** Makes the archives: where Pulumi runs. */
  Deployer: "deployer",
  /** Brings back what was deleted, or deletes: a person, with a second factor. */
  BreakGlass: "break-glass",
} as const;

export type Duty = (typeof Duty)[keyof typeof Duty];

export const duties: readonly Duty[] = Object.values(Duty);

/** What a cluster's name stands for in patterns: no cluster can be called so. */
export const anyCluster = "<cluster>";

/** Parts of an archive, each with what its keys begin with; a place holds the tiers that are stored there. */
const parts = {
  everything: () => [`${clusterPrefix(anyCluster)}*`],
  marker: () => [archiveMarkerKey(anyCluster)],
  manifests: (place: Place) => tiersOf[place].map((tier) => `${manifestPrefix(anyCluster, tier)}*`),
  data: (place: Place) => tiersOf[place].map((tier) => `${clusterPrefix(anyCluster)}${tier}/data/*`),
  wal: () => [`${walPrefix(anyCluster)}*`],
  records: () => [`${clusterPrefix(anyCluster)}records/*`],
  lineages: () => records("lineages"),
  recoveries: () => records("recoveries"),
  claims: () => records("claims"),
  leases: () => records("leases"),
  watermarks: () => records("watermarks"),
  verifications: () => records("verifications"),
  expired: () => records("expired"),
  tail: () => records("tail"),
  streams: () => records("streams"),
  keys: () => records("keys"),
  software: () => records("software"),
  kits: () => records("kits"),
  volumes: () => records("volumes"),
} satisfies Record<string, (place: Place) => string[]>;

const tiersOf: Record<Place, readonly Tier[]> = { primary: [Tier.Snapshots, Tier.Full], offsite: [Tier.Offsite] };

function records(kind: RecordKind): string[] {
  return [`${recordPrefix(anyCluster, kind)}*`];
}

/** A part of an archive. */
export type Part = keyof typeof parts;

/** Patterns of a part's keys in a place, below the archive's root; `*` stands for anything. */
export function patternsOf(part: Part, place: Place): string[] {
  return parts[part](place);
}

/** Something that a duty may do. */
export interface Right {
  places: readonly Place[];
  /** As IAM names them. */
  actions: readonly string[];
  /** On which objects, or for a list below which prefix; none: on the bucket itself. */
  parts: readonly Part[];
  /** What it is for. */
  why: string;
}

export const listActions: readonly string[] = ["s3:ListBucket", "s3:ListBucketVersions"];

const both: readonly Place[] = ["primary", "offsite"];

const look = (places: readonly Place[]): Right => ({
  places,
  actions: ["s3:ListBucket"],
  parts: ["everything"],
  why: "list, and tell a missing object from a forbidden one",
});

const settings = (places: readonly Place[]): Right => ({
  places,
  actions: ["s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration"],
  parts: [],
  why: "say how the bucket is protected (`doctor`)",
});

const upload: readonly string[] = ["s3:PutObject", "s3:AbortMultipartUpload"];

/** Each right follows from what the agent's steps call: a test records that, and holds it against this table both ways. */
const table: Record<Duty, readonly Right[]> = {
  node: [
    look(["primary"]),
    settings(["primary"]),
    {
      places: ["primary"],
      actions: ["s3:GetObject"],
      parts: ["everything"],
      why: "read back and verify what it wrote",
    },
    { places: ["primary"], actions: upload, parts: ["manifests", "data", "wal"], why: "add backups and the log" },
    {
      places: ["primary"],
      actions: ["s3:PutObject"],
      parts: [
        "lineages",
        "claims",
        "leases",
        "watermarks",
        "verifications",
        "streams",
        "keys",
        "tail",
        "kits",
        "volumes",
      ],
      why: "add the records of backups, and the end of the log before a restore in place",
    },
  ],
  "offsite-writer": [
    look(both),
    settings(both),
    { places: both, actions: ["s3:GetObject"], parts: ["everything"], why: "read what is copied, and read it back" },
    {
      places: ["primary"],
      actions: ["s3:PutObject"],
      parts: ["claims", "keys"],
      why: "claim the tier, publish its key",
    },
    { places: ["offsite"], actions: upload, parts: ["manifests", "data", "wal"], why: "add copies" },
    { places: ["offsite"], actions: upload, parts: ["software"], why: "add what a recovery from there runs on" },
    {
      places: ["offsite"],
      actions: ["s3:PutObject"],
      parts: ["lineages", "keys", "kits"],
      why: "add what a recovery from there needs to know, and the recovery kit",
    },
  ],
  pruner: [
    look(both),
    { places: both, actions: ["s3:GetObject"], parts: ["everything"], why: "judge, and look before it tags" },
    {
      places: both,
      actions: ["s3:GetObjectTagging", "s3:PutObjectTagging"],
      parts: ["marker", "manifests", "data", "wal", "watermarks"],
      why: "tag what a rule of the bucket shall delete; tried on the marker",
    },
    { places: both, actions: ["s3:PutObject"], parts: ["expired"], why: "announce what goes" },
    { places: ["primary"], actions: ["s3:PutObject"], parts: ["claims"], why: "claim the expiry" },
  ],
  restorer: [
    look(both),
    { places: both, actions: ["s3:ListBucketVersions"], parts: ["everything"], why: "find what was deleted" },
    {
      places: both,
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      parts: ["everything"],
      why: "read, also what was deleted",
    },
    { places: both, actions: ["s3:RestoreObject"], parts: ["data", "wal"], why: "thaw what lies in an archive class" },
    {
      places: both,
      actions: ["s3:PutObject"],
      parts: ["recoveries", "claims", "lineages"],
      why: "pin the plan, claim the recovery, accept it",
    },
  ],
  auditor: [
    { ...look(both), actions: listActions, why: "see names and sizes of everything, also of what was deleted" },
    { places: both, actions: ["s3:GetBucketVersioning"], parts: [], why: "say whether what is deleted can come back" },
    {
      places: both,
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      parts: ["manifests", "records"],
      why: "read manifests and records, no data",
    },
  ],
  deployer: [
    look(both),
    { places: both, actions: ["s3:GetObject"], parts: ["marker"], why: "recognise the archive" },
    { places: both, actions: ["s3:PutObject"], parts: ["marker"], why: "make the archive" },
  ],
  "break-glass": [
    { ...look(both), actions: listActions },
    {
      places: both,
      actions: ["s3:GetObject", "s3:GetObjectVersion"],
      parts: ["everything"],
      why: "see what it is about to touch",
    },
    {
      places: both,
      actions: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:BypassGovernanceRetention"],
      parts: ["everything"],
      why: "delete, or take a delete marker away (`undelete`)",
    },
    {
      places: both,
      actions: ["s3:GetObjectVersionTagging", "s3:PutObjectVersionTagging"],
      parts: ["everything"],
      why: "take the tag off what comes back",
    },
    { places: ["primary"], actions: ["s3:PutObject"], parts: ["claims"], why: "keep a prune away meanwhile" },
  ],
};

export function rightsOf(duty: Duty): readonly Right[] {
  return table[duty];
}

/** What goes with which rights on a bucket whose objects a key of KMS encrypts. */
export function kmsActionsOf(duty: Duty, place: Place): string[] {
  const may = (actions: readonly string[]): boolean =>
    table[duty].some(
      (right) => right.places.includes(place) && right.actions.some((action) => actions.includes(action)),
    );
  return [
    // An upload in parts is decrypted when it is put together.
    ...(may(["s3:GetObject", "s3:PutObject"]) ? ["kms:Decrypt"] : []),
    ...(may(["s3:PutObject"]) ? ["kms:GenerateDataKey"] : []),
  ];
}

/** Duties that no other goes with: whoever has both could end a backup that the other one makes. */
export const aloneDuties: readonly Duty[] = [Duty.Pruner, Duty.BreakGlass];
