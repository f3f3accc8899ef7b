import { isClusterId } from "./layout";
import { Mistakes } from "./mistakes";

/** Kinds of place that hold an archive. */
export const ArchiveKind = {
  /** A folder, local or mounted. */
  Directory: "directory",
} as const;
export type ArchiveKind = (typeof ArchiveKind)[keyof typeof ArchiveKind];

/** A place that holds backups. */
export interface ArchiveLocation {
  kind: ArchiveKind;
  /** Absolute path of the folder. */
  location: string;
}

/** The archive of one cluster: what stacks hand to each other. */
export interface ArchiveSpec extends ArchiveLocation {
  /** The cluster's name in the archive. */
  clusterId: string;
  /** The copy in another place; without it no disaster recovery. */
  offsite?: ArchiveLocation;
}

/** Collects what is wrong with an archive reference. */
export function checkArchive(archive: ArchiveSpec, path: string, mistakes: Mistakes): void {
  if (!isClusterId(archive.clusterId)) {
    const remedy = "Use lower-case letters, digits and dashes, at most 63, such as prod.";
    mistakes.add(`${path}.clusterId`, "is no name for a cluster", archive.clusterId, remedy);
  }
  checkLocation(archive, path, mistakes);
  if (archive.offsite === undefined) return;
  checkLocation(archive.offsite, `${path}.offsite`, mistakes);
  if (within(archive.location, archive.offsite.location) || within(archive.offsite.location, archive.location)) {
    const remedy = "Choose a folder on another disk, outside the first.";
    mistakes.add(`${path}.offsite.location`, "shares the fate of the first archive", archive.offsite.location, remedy);
  }
}

/** True when `other` is `folder` or lies in it. */
function within(folder: unknown, other: unknown): boolean {
  // What is no text is a mistake of its own.
  if (typeof folder !== "string" || typeof other !== "string") return false;
  const [outer, inner] = [namesIn(folder), namesIn(other)];
  return outer.every((name, at) => inner[at] === name);
}

function namesIn(location: string): string[] {
  return location.split("/").filter((name) => name !== "" && name !== ".");
}

function checkLocation(place: ArchiveLocation, path: string, mistakes: Mistakes): void {
  if (!Object.values(ArchiveKind).includes(place.kind)) {
    mistakes.add(`${path}.kind`, "is not known", place.kind, `Use one of: ${Object.values(ArchiveKind).join(", ")}.`);
  }
  const bad = typeof place.location !== "string" || !place.location.startsWith("/") || place.location === "/";
  if (bad || place.location.split("/").includes("..")) {
    const remedy = "Write the whole path, such as /mnt/backup/neumann.";
    mistakes.add(`${path}.location`, "must be an absolute path", place.location, remedy);
  }
}
