import * as pulumi from "@pulumi/pulumi";
import type { Mistakes } from "../model/mistakes";
import { ArchiveKind } from "../model/reference";
import { checkPlaces, createPlaces } from "./archivePlaces";
import type { ArchivePlace, ArchiveReference } from "./archiveReference";
import { checkArguments, isPlain, type Pending } from "./arguments";
import { sealed } from "./sealed";

/**
 * Arguments of a DirectoryArchive.
 */
export interface DirectoryArchiveArgs {
  /**
   * The cluster's name in the archive: lower-case letters, digits and dashes, such as `prod`. Backups of several
   * clusters may share a folder, each under its own name.
   */
  clusterId: pulumi.Input<string>;
  /**
   * Absolute path of the folder that takes backups and the log, such as `/mnt/backup/neumann`.
   */
  location: pulumi.Input<string>;
  /**
   * Absolute path of the folder that takes off-site backups: on another disk, in another place.
   * @default none: nothing survives the loss of the first folder
   */
  offsiteLocation?: pulumi.Input<string>;
  /**
   * The place of off-site backups where it is no folder, such as a bucket: in place of `offsiteLocation`.
   * @default none
   */
  offsite?: pulumi.Input<ArchivePlace>;
}

/**
 * An archive in a folder, local or mounted, with an optional copy in a second one. Creates the folders and the markers
 * by which a missing mount or another cluster's folder is recognised. Destroying it deletes no backup: the folders stay.
 * Refused is a folder that is another cluster's archive.
 *
 * In the runbook: `archive_command = "cp %p /mnt/backup/wal/%f"` and the targets of `rsync` and `aws s3 cp`.
 *
 * ```ts
 * const archive = new DirectoryArchive("prod", { clusterId: "prod", location: "/mnt/backup/neumann" });
 * ```
 */
export class DirectoryArchive extends pulumi.ComponentResource {
  /**
   * The archive, for ClusterBackups and DisasterRecovery. Known in a preview; who uses it waits for the folders.
   */
  readonly reference: pulumi.Output<ArchiveReference>;

  constructor(name: string, args: DirectoryArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `DirectoryArchive ${JSON.stringify(name)} cannot be created`;
    const withOffsite = args.offsiteLocation !== undefined || args.offsite !== undefined;
    const checked = checkArguments({
      subject,
      args,
      open: () => ({ ...args, offsite: args.offsite && sealed(args.offsite) }),
      structure: checkStructure,
      check: checkArgs,
    });
    super("pulumi-neumann:index:DirectoryArchive", name, {}, opts);

    this.reference = createPlaces(name, { reference: checked.apply(asReference), withOffsite }, { parent: this });
    this.registerOutputs({ reference: this.reference });
  }
}

type KnownArgs = pulumi.Unwrap<DirectoryArchiveArgs>;

function checkStructure({ offsite, offsiteLocation }: DirectoryArchiveArgs, mistakes: Mistakes): void {
  if (offsite === undefined || offsiteLocation === undefined) return;
  const received = isPlain(offsiteLocation) ? offsiteLocation : "an output";
  mistakes.add("offsiteLocation", "stands beside offsite", received, "Give one of the two.");
}

function asReference({ clusterId, location, offsiteLocation, offsite }: KnownArgs): pulumi.Unwrap<ArchiveReference> {
  const kind = ArchiveKind.Directory;
  const away = offsiteLocation === undefined ? offsite : { kind, location: offsiteLocation };
  return { kind, location, clusterId, ...(away === undefined ? {} : { offsite: away }) };
}

function checkArgs(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  if (["clusterId", "location", "offsiteLocation", "offsite"].some(pending)) return;
  const rename = (path: string): string =>
    known.offsiteLocation === undefined ? path : path.replace("offsite.location", "offsiteLocation");
  checkPlaces(asReference(known), mistakes, rename);
}
