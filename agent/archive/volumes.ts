import { createHash } from "node:crypto";
import { recordPrefix } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import { signatureProblem } from "../../model/signature";
import {
  parseVolumeRecord,
  type VolumeBegun,
  type VolumeGivenUp,
  volumeGivenUpSchema,
  volumeKey,
  type VolumePart,
  volumePartOf,
  type VolumeRecord,
} from "../../model/volumeRecord";
import { inParallel } from "../host/tree";
import { Damaged } from "../run/errors";
import { type Archive, Conflict, type StoredObject } from "./archive";
import { faultsIn, parseStored } from "./stored";

/** A volume snapshot as the archive knows it. */
export interface VolumeEntry {
  record: VolumeRecord;
  /** SHA-256 of the record's stored text. */
  recordSha256: string;
  /** When the record was stored, by the store's clock. */
  storedAt: string;
  /** Why it is not to be believed; null where all is well. */
  problem: string | null;
  /** It counts no more; null while it does. */
  givenUp: VolumeGivenUp | null;
}

/** All that an archive knows of volume snapshots. */
export interface VolumesFound {
  /** The oldest first, by the store's clock. */
  entries: VolumeEntry[];
  /** Ids of those that were begun and have neither record nor end: dead, or under way. */
  open: string[];
  /** Ids of which an agent ever said that it makes them. */
  begun: ReadonlySet<string>;
  /** Ids of those that were given up. */
  givenUp: ReadonlySet<string>;
  /** Records that cannot be read. */
  unreadable: { key: string; problem: string }[];
}

/** The volume snapshots of a cluster, the oldest first. Where `trustedKeys` names any, others' have a problem. */
export async function readVolumeSnapshots(
  archive: Archive,
  clusterId: string,
  trustedKeys: readonly string[],
): Promise<VolumeEntry[]> {
  return (await readVolumes(archive, clusterId, trustedKeys)).entries;
}

/** Of those that were given up only the ones of the last so many days are read: for whoever asks where one is. */
const shownMs = 7 * 86_400_000;
const parallelReads = 16;

/** All that there is to know. */
export async function readVolumes(
  archive: Archive,
  clusterId: string,
  trustedKeys: readonly string[],
): Promise<VolumesFound> {
  const parts = partsIn(await archive.list(recordPrefix(clusterId, "volumes")), clusterId);
  const { record, begun, "given-up": ended } = parts;
  const found: VolumesFound = {
    entries: [],
    open: [...begun.keys()].filter((id) => !record.has(id) && !ended.has(id)),
    begun: new Set(begun.keys()),
    givenUp: new Set(ended.keys()),
    unreadable: [],
  };
  const since = (await archive.now()).getTime() - shownMs;
  const shown = [...record].filter(([id]) => (ended.get(id)?.storedAt.getTime() ?? Infinity) > since);
  await inParallel(
    shown,
    async ([id, object]) => {
      try {
        const givenUp = ended.has(id) ? await readGivenUp(archive, clusterId, id) : null;
        found.entries.push({ ...(await readEntry(archive, { clusterId, id, object, trustedKeys })), givenUp });
      } catch (error) {
        if (!(error instanceof Damaged)) throw error;
        found.unreadable.push({ key: object.key, problem: error.message });
      }
    },
    parallelReads,
  );
  found.entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  return found;
}

function order({ storedAt, record }: VolumeEntry): string {
  return `${storedAt} ${record.backupId}`;
}

function partsIn(objects: readonly StoredObject[], clusterId: string): Record<VolumePart, Map<string, StoredObject>> {
  const parts: Record<VolumePart, Map<string, StoredObject>> = {
    record: new Map(),
    begun: new Map(),
    "given-up": new Map(),
  };
  for (const object of objects) {
    const known = volumePartOf(clusterId, object.key);
    if (known !== undefined) parts[known.part].set(known.backupId, object);
  }
  return parts;
}

async function readEntry(
  archive: Archive,
  {
    clusterId,
    id,
    object,
    trustedKeys,
  }: {
    clusterId: string;
    id: string;
    object: StoredObject;
    trustedKeys: readonly string[];
  },
): Promise<Omit<VolumeEntry, "givenUp">> {
  const text = (await archive.getText(object.key)) ?? "";
  const record = parsed(text, object.key);
  if (record.clusterId !== clusterId || record.backupId !== id) {
    throw new Damaged(
      `${object.key} tells of ${record.backupId} of cluster ${record.clusterId}: it does not belong there`,
    );
  }
  return {
    record,
    recordSha256: createHash("sha256").update(text).digest("hex"),
    storedAt: object.storedAt.toISOString(),
    problem: signatureProblem(text, trustedKeys),
  };
}

function parsed(text: string, key: string): VolumeRecord {
  try {
    return parseVolumeRecord(text, key);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new Damaged(`${key} cannot be read: ${faultsIn(error)}`);
  }
}

/** One that cannot be read gives up all the same: its name says so. */
async function readGivenUp(archive: Archive, clusterId: string, backupId: string): Promise<VolumeGivenUp> {
  const key = volumeKey(clusterId, backupId, "given-up");
  try {
    return parseStored(volumeGivenUpSchema, (await archive.getText(key)) ?? "", key);
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return { format: "neumann-volume-given-up/1", backupId, node: "?", cause: "void", reason: error.message };
  }
}

/** Says that the VolumeSnapshot of an id is about to be created: what has no such word is never deleted. */
export async function beginVolume(
  archive: Archive,
  clusterId: string,
  begun: Omit<VolumeBegun, "format">,
): Promise<void> {
  const record: VolumeBegun = { format: "neumann-volume-begun/1", ...begun };
  await archive.putText(volumeKey(clusterId, begun.backupId, "begun"), `${JSON.stringify(record)}\n`);
}

/** Says that one counts no more; whoever said it first, and why, stays. */
export async function giveVolumeUp(
  archive: Archive,
  clusterId: string,
  end: Omit<VolumeGivenUp, "format">,
): Promise<void> {
  const record: VolumeGivenUp = { format: "neumann-volume-given-up/1", ...end };
  try {
    await archive.putText(volumeKey(clusterId, end.backupId, "given-up"), `${JSON.stringify(record)}\n`);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
  }
}
