import type * as pulumi from "@pulumi/pulumi";
import { type Mistakes } from "../model/mistakes";
import { ArchiveKind, type ArchiveSpec, checkArchive, type DirectoryLocation } from "../model/reference";

/**
 * A place that holds backups.
 */
export interface ArchivePlace {
  /**
   * Kind of place: `directory`.
   */
  kind: pulumi.Input<string>;
  /**
   * Where it is: for a directory its absolute path.
   */
  location: pulumi.Input<string>;
}

/**
 * The archive of one cluster, as components and stacks hand it to each other. It stays usable without the component
 * that made it: on the worst day the stack that did is gone.
 */
export interface ArchiveReference {
  /**
   * Kind of place: `directory`.
   */
  kind: pulumi.Input<string>;
  /**
   * Where it is: for a directory its absolute path.
   */
  location: pulumi.Input<string>;
  /**
   * The cluster's name in the archive, such as `prod`.
   */
  clusterId: pulumi.Input<string>;
  /**
   * The copy in another place, for the loss of everything else (the runbook's off-site backup).
   * @default none: no recovery from the loss of the first place
   */
  offsite?: pulumi.Input<ArchivePlace>;
}

type KnownReference = pulumi.Unwrap<ArchiveReference>;

/** Collects what is wrong with a reference whose values are known. */
export function checkArchiveReference(reference: KnownReference, path: string, mistakes: Mistakes): void {
  if (reference.kind !== ArchiveKind.Directory) {
    mistakes.add(`${path}.kind`, "is not known", reference.kind, `Use one of: ${ArchiveKind.Directory}.`);
    return;
  }
  const texts = [
    ["location", reference.location],
    ...(reference.offsite === undefined ? [] : [["offsite.location", reference.offsite.location]]),
  ];
  const wrong = texts.filter(([, value]) => typeof value !== "string" || !value.startsWith("/"));
  for (const [key, value] of wrong) {
    const remedy = "Write the whole path, such as /mnt/backup/neumann.";
    mistakes.add(`${path}.${key}`, "must be an absolute path", value, remedy);
  }
  if (wrong.length === 0) checkArchive(archiveSpec(reference), path, mistakes);
}

/** The model's form of a checked reference. */
export function archiveSpec(reference: KnownReference): ArchiveSpec<DirectoryLocation> {
  const { offsite } = reference;
  return {
    ...place(reference),
    clusterId: reference.clusterId,
    ...(offsite === undefined ? {} : { offsite: place(offsite) }),
  };
}

function place(known: pulumi.Unwrap<ArchivePlace>): DirectoryLocation {
  return { kind: known.kind as typeof ArchiveKind.Directory, location: known.location };
}
