import type { VolumeRecord } from "./volumeRecord";

/** What is looked at: a volume snapshot that counts, and whether its object is there. */
export interface KeptVolume {
  record: Pick<VolumeRecord, "backupId" | "volume">;
  /** By the store's clock. */
  storedAt: string;
}

/** A VolumeSnapshot with our labels, as the API server shows it. */
export interface FoundVolumeSnapshot {
  name: string;
  uid: string;
  /** Of the label; undefined where there is none. */
  backupId: string | undefined;
  /** Somebody has deleted it already. */
  leaving: boolean;
}

export interface VolumeRetentionRequest {
  /** The namespace that `found` is of: others' are nobody's affair here. */
  namespace: string;
  keep: number;
  /** Those that count. */
  entries: readonly KeptVolume[];
  /** Ids that were begun and came to no end: whoever made them is dead. */
  open: readonly string[];
  /** Ids of which an agent of this archive ever said that it makes them. */
  begun: ReadonlySet<string>;
  givenUp: ReadonlySet<string>;
  found: readonly FoundVolumeSnapshot[];
}

export interface VolumeRetention {
  /** Given up in the archive first, in this order: before anything is deleted. */
  ends: { backupId: string; cause: "void" | "expired" | "gone"; reason: string }[];
  /** Deleted then. */
  deletions: { name: string; uid: string; backupId: string }[];
}

/** What goes: what dead runs left, what somebody else deleted, and the oldest beyond `keep`. Never the newest that is there. */
export function volumeRetention(request: VolumeRetentionRequest): VolumeRetention {
  const { namespace, found, open, begun, givenUp } = request;
  const here = request.entries.filter(({ record }) => record.volume.namespace === namespace);
  const objects = new Map(found.map((object) => [object.uid, object]));
  const there = here.filter(({ record }) => objects.get(record.volume.uid)?.leaving === false);
  const oldest = [...there].sort((a, b) => (a.storedAt < b.storedAt ? -1 : 1));
  const expired = oldest.slice(0, Math.max(0, oldest.length - Math.max(1, request.keep)));
  const ends: VolumeRetention["ends"] = [
    ...open.map((backupId) => ({ backupId, cause: "void" as const, reason: "the agent that made it has died" })),
    ...here
      .filter((entry) => !there.includes(entry))
      .map(({ record }) => ({
        backupId: record.backupId,
        cause: "gone" as const,
        reason: `somebody deleted VolumeSnapshot ${record.volume.name} in namespace ${namespace}`,
      })),
    ...expired.map(({ record }) => ({
      backupId: record.backupId,
      cause: "expired" as const,
      reason: `${request.keep} newer ones are kept`,
    })),
  ];
  const ended = new Set([...givenUp, ...ends.map(({ backupId }) => backupId)]);
  const deletions = found.flatMap(({ name, uid, backupId, leaving }) =>
    // Of another archive's nobody knows here whether it counts.
    !leaving && backupId !== undefined && begun.has(backupId) && ended.has(backupId) ? [{ name, uid, backupId }] : [],
  );
  return { ends, deletions };
}
