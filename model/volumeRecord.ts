import * as v from "valibot";
import { isBackupId, recordKey, recordPrefix } from "./layout";
import { agentSchema, type BackupFile, type Manifest, signatureSchema, takenFields } from "./manifest";
import { isoTime, parseJsonAs, sha256Hex, textThat, wholeNumber } from "./parse";

/**
 * `records/volumes/<backupId>.json`: a snapshot of a pod's volume, and what it held. Written last, when the snapshot is
 * ready: one without this record counts for nothing.
 */
export interface VolumeRecord extends Pick<
  Manifest,
  | "backupId"
  | "clusterId"
  | "lineage"
  | "databaseClusterId"
  | "createdAt"
  | "copiedAt"
  | "node"
  | "index"
  | "totalEntries"
  | "plainBytes"
  | "agent"
  | "signature"
> {
  format: "neumann-volume-snapshot/1";
  /** When writes were paused for it, by the node's clock. */
  pause: NonNullable<Manifest["pause"]>;
  volume: SnapshottedVolume;
  /**
   * What a restore takes from the volume: `data/store/…` and, of the snapshots, the one of `index`, as
   * `data/raft/snapshots/…`; `data/` stands for the root of the volume. All else that lies there is not taken.
   */
  files: BackupFile[];
}

/** Where it lies. */
export interface SnapshottedVolume {
  namespace: string;
  /** The VolumeSnapshot. */
  name: string;
  /** Its UID: another one under the same name is not this. */
  uid: string;
  /** The claim that was cut. */
  claim: string;
  /** The VolumeSnapshotClass, as the object names it once it is ready; null where it names none. */
  className: string | null;
  /** The VolumeSnapshotContent that it is bound to: for people, where the namespace is gone. */
  content: string | null;
  /** When it was cut, by the storage system's clock. */
  cutAt: string;
  /** Size of a volume to restore to, as Kubernetes writes quantities; null where the driver tells none. */
  restoreSize: string | null;
}

const backupIdText = textThat(isBackupId, "the id of a backup, such as 20261123T040000Z-0123abcd");

export const volumeRecordSchema: v.GenericSchema<unknown, VolumeRecord> = v.object({
  format: v.literal("neumann-volume-snapshot/1"),
  backupId: backupIdText,
  ...takenFields,
  pause: v.object({ from: isoTime, until: isoTime, seconds: v.number() }),
  totalEntries: v.nullable(wholeNumber),
  plainBytes: wholeNumber,
  volume: v.object({
    namespace: v.string(),
    name: v.string(),
    uid: v.string(),
    claim: v.string(),
    className: v.nullable(v.string()),
    content: v.nullable(v.string()),
    cutAt: isoTime,
    restoreSize: v.nullable(v.string()),
  }),
  files: v.array(v.object({ path: v.string(), bytes: wholeNumber, sha256: sha256Hex })),
  agent: agentSchema,
  signature: v.optional(signatureSchema),
});

/** @throws InputError when the text is no record of a known format. */
export function parseVolumeRecord(text: string, subject: string): VolumeRecord {
  return parseJsonAs(volumeRecordSchema, text, subject);
}

/** The text as it is stored. */
export function serializeVolumeRecord(record: VolumeRecord): string {
  return `${JSON.stringify(record, null, 2)}\n`;
}

/** `records/volumes/<backupId>.begun.json`: an agent is about to create the VolumeSnapshot of this id. */
export interface VolumeBegun {
  format: "neumann-volume-begun/1";
  backupId: string;
  node: string;
  /** The claim's epoch under which it was begun. */
  epoch: number;
}

export const volumeBegunSchema: v.GenericSchema<unknown, VolumeBegun> = v.object({
  format: v.literal("neumann-volume-begun/1"),
  backupId: backupIdText,
  node: v.string(),
  epoch: wholeNumber,
});

const volumeEnds = ["void", "expired", "gone"] as const;
export type VolumeEnd = (typeof volumeEnds)[number];

/** `records/volumes/<backupId>.given-up.json`: it counts no more, and its VolumeSnapshot is deleted. */
export interface VolumeGivenUp {
  format: "neumann-volume-given-up/1";
  backupId: string;
  node: string;
  /** `void`: it never was good; `expired`: newer ones are kept; `gone`: somebody else deleted its VolumeSnapshot. */
  cause: VolumeEnd;
  /** For people. */
  reason: string;
}

export const volumeGivenUpSchema: v.GenericSchema<unknown, VolumeGivenUp> = v.object({
  format: v.literal("neumann-volume-given-up/1"),
  backupId: backupIdText,
  node: v.string(),
  cause: v.picklist(volumeEnds),
  reason: v.string(),
});

/** The three objects that the archive may hold of one volume snapshot. */
export type VolumePart = "record" | "begun" | "given-up";

const endings: Record<VolumePart, string> = { record: ".json", begun: ".begun.json", "given-up": ".given-up.json" };

export function volumeKey(clusterId: string, backupId: string, part: VolumePart = "record"): string {
  return recordKey(clusterId, "volumes", `${backupId}${endings[part]}`);
}

/** Which object a key below `records/volumes/` is; undefined where it is none. */
export function volumePartOf(clusterId: string, key: string): { backupId: string; part: VolumePart } | undefined {
  const name = key.slice(recordPrefix(clusterId, "volumes").length);
  const at = name.indexOf(".");
  const backupId = name.slice(0, at);
  const part = (Object.keys(endings) as VolumePart[]).find((known) => endings[known] === name.slice(at));
  return part !== undefined && isBackupId(backupId) && volumeKey(clusterId, backupId, part) === key
    ? { backupId, part }
    : undefined;
}
