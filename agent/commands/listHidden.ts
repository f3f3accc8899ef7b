import type { Place } from "../../model/catalog";
import type { Archive } from "../archive/archive";
import {
  type HiddenBackup,
  type HiddenLog,
  readHiddenBackups,
  readHiddenLog,
  readHiddenRecords,
  versionedPlaces,
} from "../archive/hidden";
import { explain } from "../run/errors";

/** What delete markers hide, for people and machines. */
export interface HiddenList {
  backups: {
    backupId: string;
    tier: string;
    place: Place;
    lineage: string;
    /** When the last of its objects was deleted, by the store's clock. */
    deletedAt: string;
    /** Whose the delete marker is, where the store says so. */
    deletedBy: string | null;
    /** Every object is still there as an older version. */
    restorable: boolean;
    /** What is missing where it cannot be restored. */
    problem: string | null;
    /** The prune that gave it up on purpose. */
    givenUpBy: string | null;
    objects: { key: string; deletedAt: string; markerId: string; versionId: string | null }[];
  }[];
  log: {
    place: Place;
    lineage: string;
    stream: string;
    /** Segments that no prune gave up. */
    segments: number;
    first: string;
    last: string;
    /** Segments that a prune gave up on purpose. */
    givenUp: number;
  }[];
  /** Records of the archive itself, without watermarks. */
  records: { place: Place; key: string; deletedAt: string; restorable: boolean }[];
  /** What cannot be told, and why. */
  notes: string[];
}

/** Everything that somebody deleted, or a rule of the store, and that has an older version. */
export async function listHidden(
  places: readonly { place: Place; archive: Archive }[],
  { clusterId, trustedKeys }: { clusterId: string; trustedKeys: readonly string[] },
): Promise<HiddenList> {
  const found: HiddenList = { backups: [], log: [], records: [], notes: [] };
  for (const { archive } of places) {
    if (archive.versions === undefined)
      found.notes.push(`${archive.description}: a folder keeps no versions; what was deleted there is gone.`);
  }
  for (const placed of versionedPlaces(places)) {
    const { place, versions, archive } = placed;
    found.backups.push(...(await readHiddenBackups(placed, { clusterId, trustedKeys })).map(shown));
    found.log.push(...(await readHiddenLog(placed, clusterId)).map(shownLog));
    for (const { key, marker, versions: all } of await readHiddenRecords(versions, clusterId)) {
      found.records.push({ place, key, deletedAt: marker.at.toISOString(), restorable: all.length > 0 });
    }
    const note = await noteOf(archive);
    if (note !== undefined) found.notes.push(note);
  }
  return found;
}

async function noteOf({ bucket, description }: Archive): Promise<string | undefined> {
  try {
    const versioning = await bucket?.versioning();
    if (versioning === "off") return `${description}: the bucket is not versioned; what is deleted there is gone.`;
    if (versioning === "suspended")
      return `${description}: versioning is suspended; what is stored from now on is gone once it is deleted.`;
    return undefined;
  } catch (error) {
    return `${description}: whether it is versioned cannot be told: ${explain(error).message}`;
  }
}

function shown(backup: HiddenBackup): HiddenList["backups"][number] {
  const { backupId, tier, place, lineage, deletedAt, deletedBy, problem, givenUp } = backup;
  return {
    backupId,
    tier,
    place,
    lineage,
    deletedAt,
    deletedBy,
    restorable: problem === null,
    problem,
    givenUpBy: givenUp?.pruneId ?? null,
    objects: backup.objects.map(({ object: { key, marker }, versionId }) => ({
      key,
      deletedAt: marker.at.toISOString(),
      markerId: marker.versionId,
      versionId,
    })),
  };
}

function shownLog({ place, lineage, stream, objects, wanted }: HiddenLog): HiddenList["log"][number] {
  const names = (all: HiddenLog["objects"]): string[] =>
    all.map(({ key }) => key.slice(key.lastIndexOf("/") + 1)).filter((name) => name.endsWith(".wal"));
  const [all, left] = [names(objects), names(wanted)];
  const range = left.length > 0 ? left : all;
  return {
    place,
    lineage,
    stream,
    segments: left.length,
    first: range[0] ?? "",
    last: range.at(-1) ?? "",
    givenUp: all.length - left.length,
  };
}
