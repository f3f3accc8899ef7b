import type * as pulumi from "@pulumi/pulumi";
import type { ArchiveReference } from "../components/archiveReference";
import { BucketArchive } from "../components/bucketArchive";
import { DirectoryArchive } from "../components/directoryArchive";
import type { ArchivePlaces } from "./settings";

/** The archive of a stack, of the kind that its configuration names. */
export function makeArchive(
  clusterId: string,
  { primary, offsite }: ArchivePlaces,
): { reference: pulumi.Output<ArchiveReference> } {
  if (primary.kind === "s3") {
    const { kind, ...bucket } = primary;
    void kind;
    return new BucketArchive(clusterId, { ...bucket, clusterId, offsite });
  }
  const { location } = primary;
  if (offsite?.kind !== "directory") return new DirectoryArchive(clusterId, { clusterId, location, offsite });
  return new DirectoryArchive(clusterId, { clusterId, location, offsiteLocation: offsite.location });
}
