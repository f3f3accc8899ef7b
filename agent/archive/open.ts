import { archiveMarkerKey } from "../../model/layout";
import { Mistakes } from "../../model/mistakes";
import { parseStored } from "./stored";
import { archiveMarkerSchema, type ArchiveMarker } from "../../model/records";
import { type ArchiveLocation, type ArchiveSpec, checkArchive, describeLocation } from "../../model/reference";
import type { Place } from "../../model/catalog";
import { Refused, WorldFault } from "../run/errors";
import type { Archive } from "./archive";
import { DirectoryArchive } from "./directory";
import { exists, makeDirectory } from "../host/files";

/** The archives of one cluster that are within reach. */
export interface Archives {
  clusterId: string;
  primary: Archive;
  offsite?: Archive;
}

async function connect(location: ArchiveLocation): Promise<Archive> {
  if (location.kind !== "s3") return new DirectoryArchive(location.location);
  // Loaded where it is needed: `wal-push` into a folder is a process for each segment.
  const { S3Archive } = await import("./s3");
  return new S3Archive(location);
}

/** What a person does about a place that is not the archive. */
const hints = {
  directory: { lost: "Is the disk mounted?", wrong: "Name the right folder.", foreign: "Name an empty folder." },
  s3: {
    lost: "Are bucket and prefix the right ones? If it was deleted there, `neumann-backup list --hidden` tells what is left.",
    wrong: "Name the right bucket and prefix.",
    foreign: "Name an empty bucket or another prefix.",
  },
};

async function readMarker(archive: Archive, clusterId: string): Promise<ArchiveMarker | undefined> {
  return markerIn(archive, clusterId, await archive.getText(archiveMarkerKey(clusterId)));
}

/** The marker, or what it was before somebody deleted it. */
async function readHiddenMarker(archive: Archive, clusterId: string): Promise<ArchiveMarker | undefined> {
  const key = archiveMarkerKey(clusterId);
  const hidden = (await archive.versions?.hidden(key))?.find((object) => object.key === key);
  const first = hidden?.versions.at(-1);
  if (first === undefined) return undefined;
  const readable = archive.versions?.reading(new Map([[key, first.versionId]]));
  return markerIn(archive, clusterId, await readable?.getText(key));
}

function markerIn(archive: Archive, clusterId: string, text: string | undefined): ArchiveMarker | undefined {
  if (text === undefined) return undefined;
  return parseStored(archiveMarkerSchema, text, `${archive.description}/${archiveMarkerKey(clusterId)}`);
}

/**
 * Opens one archive. A folder without the marker is not it: a mount that is gone, or another cluster's (hazards 5, 7).
 * @throws Refused with what is wrong.
 */
export async function openArchive(
  location: ArchiveLocation,
  clusterId: string,
  role: Place,
  evenHidden = false,
): Promise<Archive> {
  return recognised(await connect(location), { location, clusterId, role, evenHidden });
}

/**
 * Opens one archive again and again over one connection, whose keys are kept: for a program that stays. Each time it is
 * looked at anew whether it is still that archive.
 */
export function reopening(location: ArchiveLocation, clusterId: string, role: Place): () => Promise<Archive> {
  let connection: Promise<Archive> | undefined;
  return async () => recognised(await (connection ??= connect(location)), { location, clusterId, role });
}

async function recognised(
  archive: Archive,
  expected: { location: ArchiveLocation; clusterId: string; role: Place; evenHidden?: boolean },
): Promise<Archive> {
  const { location, clusterId, role, evenHidden = false } = expected;
  const marker =
    (await readMarker(archive, clusterId)) ?? (evenHidden ? await readHiddenMarker(archive, clusterId) : undefined);
  if (marker === undefined) {
    throw new WorldFault(
      `${describeLocation(location)} is not the ${role} archive of cluster ${clusterId}: ${archiveMarkerKey(clusterId)} is missing. ` +
        `${hints[location.kind].lost} A new archive is made by DirectoryArchive or \`neumann-backup archive-create\`.`,
    );
  }
  if (marker.role !== role || marker.clusterId !== clusterId) {
    throw new Refused(
      `${describeLocation(location)} is the ${marker.role} archive of cluster ${marker.clusterId}, not the ${role} archive of ${clusterId}. ${hints[location.kind].wrong}`,
    );
  }
  return archive;
}

/** Opens the archive of a reference, and the off-site one where it names one. */
export async function openArchives(spec: ArchiveSpec): Promise<Archives> {
  checkSpec(spec);
  const primary = await openArchive(spec, spec.clusterId, "primary");
  if (spec.offsite === undefined) return { clusterId: spec.clusterId, primary };
  return { clusterId: spec.clusterId, primary, offsite: await openArchive(spec.offsite, spec.clusterId, "offsite") };
}

/** One archive of a reference: opened, or why not. */
export type PlaceLook = { place: Place; archive: Archive } | { place: Place; fault: Error };

/** Tries to open every archive that a reference names; `evenHidden`: also one whose marker somebody deleted. */
export async function lookAtPlaces(spec: ArchiveSpec, evenHidden = false): Promise<PlaceLook[]> {
  checkSpec(spec);
  const places: [Place, ArchiveLocation | undefined][] = [
    ["primary", spec],
    ["offsite", spec.offsite],
  ];
  const looks: PlaceLook[] = [];
  for (const [place, location] of places) {
    if (location === undefined) continue;
    try {
      looks.push({ place, archive: await openArchive(location, spec.clusterId, place, evenHidden) });
    } catch (error) {
      looks.push({ place, fault: error as Error });
    }
  }
  return looks;
}

/** What of a reference can be read: after a disaster only one of the two may be left. */
export async function openReachable(
  spec: ArchiveSpec,
  evenHidden = false,
): Promise<{ place: Place; archive: Archive }[]> {
  const looks = await lookAtPlaces(spec, evenHidden);
  const faults = looks.flatMap((look) => ("fault" in look ? [look.fault] : []));
  const serious = faults.find((fault) => !(fault instanceof WorldFault));
  if (serious !== undefined) throw serious;
  const found = looks.flatMap((look) => ("archive" in look ? [look] : []));
  if (found.length === 0) throw new WorldFault(faults.map(({ message }) => message).join("\n"));
  return found;
}

function checkSpec(spec: ArchiveSpec): void {
  const mistakes = new Mistakes();
  checkArchive(spec, "archive", mistakes);
  mistakes.throwIfAny("The archive cannot be used");
}

/** Makes a place this cluster's archive, or finds that it is one already. */
export async function createArchive(location: ArchiveLocation, clusterId: string, role: Place): Promise<boolean> {
  const mistakes = new Mistakes();
  checkArchive({ ...location, clusterId }, "archive", mistakes);
  mistakes.throwIfAny("The archive cannot be made");
  const archive = await connect(location);
  // A bucket is made by whoever owns it: where it is missing the store says so.
  const there = location.kind === "s3" || (await exists(location.location));
  if (there && (await recognise(archive, { location, clusterId, role }))) return false;
  if (location.kind === "directory") await makeDirectory(location.location);
  const content: ArchiveMarker = { format: "neumann-archive/1", clusterId, role };
  const key = archiveMarkerKey(clusterId);
  const { created } = await archive.putText(key, `${JSON.stringify(content)}\n`);
  if (archive.keepsWhatIsThere !== undefined && !(await archive.keepsWhatIsThere(key))) {
    throw new Refused(
      `the store of ${describeLocation(location)} replaces what it shall keep: it does not know If-None-Match. Two nodes could overwrite each other's backups there: choose another store.`,
    );
  }
  return created;
}

/**
 * True when the place is this archive already.
 * @throws Refused when it is another one, or holds what is not ours.
 */
async function recognise(
  archive: Archive,
  { location, clusterId, role }: { location: ArchiveLocation; clusterId: string; role: Place },
): Promise<boolean> {
  if ((await readMarker(archive, clusterId)) !== undefined) {
    await openArchive(location, clusterId, role);
    return true;
  }
  const squatters = await archive.list(`${clusterId}/`);
  if (squatters[0] === undefined) return false;
  throw new Refused(
    `${describeLocation(location)} holds ${squatters[0].key} but no ${archiveMarkerKey(clusterId)}: it is not an archive that this library made. ${hints[location.kind].foreign}`,
  );
}
