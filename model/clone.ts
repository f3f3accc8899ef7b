import type { Mistakes } from "./mistakes";
import { ArchiveKind, type ArchiveLocation, type ArchiveSpec, describeLocation, within } from "./reference";
import { bucketOf } from "./s3Location";

/** A node of the cluster that is cloned. */
export interface ProductionNode {
  address: string;
  adminUrl?: string;
  directory?: string;
  dataDirectory?: string;
}

/** Where a clone writes must be nowhere near what it is made from (hazard 5, protocol 29). */
export function checkCloneArchive(
  own: ArchiveSpec,
  source: ArchiveSpec,
  { path, mistakes }: { path: string; mistakes: Mistakes },
): void {
  if (own.clusterId === source.clusterId) {
    const remedy = "Give the clone a name of its own, such as prod-clone.";
    mistakes.add(`${path}.clusterId`, "is the name of the cluster that is cloned", own.clusterId, remedy);
  }
  const places: [string, ArchiveLocation | undefined][] = [
    [path, own],
    [`${path}.offsite`, own.offsite],
  ];
  for (const [at, place] of places) {
    if (place === undefined) continue;
    const clash = [source, source.offsite].find((other) => other !== undefined && share(place, other));
    if (clash === undefined) continue;
    const field = place.kind === ArchiveKind.S3 ? "bucket" : "location";
    const remedy = `Choose ${place.kind === ArchiveKind.S3 ? "another bucket" : "a folder outside"}: a clone writes nothing into ${describeLocation(clash)}.`;
    const received = place.kind === ArchiveKind.S3 ? place.bucket : place.location;
    mistakes.add(`${at}.${field}`, "is an archive of the cluster that is cloned", received, remedy);
  }
}

/** Rules and credentials are a bucket's: another prefix in it is no other place. */
function share(one: ArchiveLocation, other: ArchiveLocation): boolean {
  if (one.kind === ArchiveKind.S3) return other.kind === ArchiveKind.S3 && bucketOf(one) === bucketOf(other);
  if (other.kind !== ArchiveKind.Directory) return false;
  return within(one.location, other.location) || within(other.location, one.location);
}

/** The host in `host:port`. */
export function hostOf(address: string): string {
  return address.slice(0, address.lastIndexOf(":"));
}
