import { isClusterId } from "./layout";
import { Mistakes } from "./mistakes";
import { bucketOf, checkS3, type S3Location } from "./s3Location";

/** Kinds of place that hold an archive. */
export const ArchiveKind = {
  /** A folder, local or mounted. */
  Directory: "directory",
  /** A bucket, or a prefix in one, of any store that speaks S3 and knows `If-None-Match`. */
  S3: "s3",
} as const;
export type ArchiveKind = (typeof ArchiveKind)[keyof typeof ArchiveKind];

/** A folder that holds backups. */
export interface DirectoryLocation {
  kind: typeof ArchiveKind.Directory;
  /** Absolute path of the folder. */
  location: string;
}

/** A place that holds backups. */
export type ArchiveLocation = DirectoryLocation | S3Location;

/** The archive of one cluster: what stacks hand to each other. */
export type ArchiveSpec<L extends ArchiveLocation = ArchiveLocation> = L & {
  /** The cluster's name in the archive. */
  clusterId: string;
  /** The copy in another place; without it no disaster recovery. */
  offsite?: L;
};

/** The place as a person knows it: a folder's path, or `s3://bucket/prefix`. Never a secret. */
export function describeLocation(place: ArchiveLocation): string {
  if (place.kind === ArchiveKind.Directory) return place.location;
  const name = `s3://${place.bucket}${place.prefix === undefined ? "" : `/${place.prefix}`}`;
  return place.endpoint === undefined ? name : `${name} at ${place.endpoint}`;
}

export const clusterIdRemedy = "Use lower-case letters, digits and dashes, at most 63, such as prod.";

/** Collects what is wrong with an archive reference. */
export function checkArchive(archive: ArchiveSpec, path: string, mistakes: Mistakes): void {
  if (!isClusterId(archive.clusterId)) {
    mistakes.add(`${path}.clusterId`, "is no name for a cluster", archive.clusterId, clusterIdRemedy);
  }
  checkLocation(archive, path, mistakes);
  if (archive.offsite === undefined) return;
  checkLocation(archive.offsite, `${path}.offsite`, mistakes);
  checkFate(archive, archive.offsite, { path: `${path}.offsite`, mistakes });
}

/** What destroys the one must leave the other. */
function checkFate(
  first: ArchiveLocation,
  away: ArchiveLocation,
  { path, mistakes }: { path: string; mistakes: Mistakes },
): void {
  const problem = "shares the fate of the first archive";
  if (first.kind === ArchiveKind.S3 && away.kind === ArchiveKind.S3) {
    if (bucketOf(first) !== bucketOf(away)) return;
    const remedy = "Choose another bucket, in another region and under other credentials.";
    mistakes.add(`${path}.bucket`, problem, away.bucket, remedy);
  }
  if (first.kind !== ArchiveKind.Directory || away.kind !== ArchiveKind.Directory) return;
  if (within(first.location, away.location) || within(away.location, first.location)) {
    mistakes.add(`${path}.location`, problem, away.location, "Choose a folder on another disk, outside the first.");
  }
}

/** True when `other` is `folder` or lies in it. */
export function within(folder: unknown, other: unknown): boolean {
  // What is no absolute path is a mistake of its own.
  if (!isAbsolute(folder) || !isAbsolute(other)) return false;
  const [outer, inner] = [namesIn(folder), namesIn(other)];
  return outer.every((name, at) => inner[at] === name);
}

function isAbsolute(location: unknown): location is string {
  return typeof location === "string" && location.startsWith("/");
}

function namesIn(location: string): string[] {
  return location.split("/").filter((name) => name !== "" && name !== ".");
}

function checkLocation(place: ArchiveLocation, path: string, mistakes: Mistakes): void {
  if (place.kind === ArchiveKind.S3) {
    checkS3(place, path, mistakes);
    return;
  }
  const kinds: string[] = Object.values(ArchiveKind);
  if (!kinds.includes(place.kind)) {
    mistakes.add(`${path}.kind`, "is not known", place.kind, `Use one of: ${kinds.join(", ")}.`);
  }
  const { location } = place;
  const bad = typeof location !== "string" || !location.startsWith("/") || location === "/";
  if (bad || location.split("/").includes("..")) {
    const remedy = "Write the whole path, such as /mnt/backup/neumann.";
    mistakes.add(`${path}.location`, "must be an absolute path", location, remedy);
  }
}
