import * as pulumi from "@pulumi/pulumi";
import { ArchiveKind, type ArchiveSpec, type DirectoryLocation } from "../model/reference";
import type { ArchiveCreateSpec } from "../model/specs";
import { type Mistakes, Mistakes as MistakeList } from "../model/mistakes";
import { type ArchiveReference, archiveSpec, checkArchiveReference } from "./archiveReference";
import { checkArguments, type Pending } from "./arguments";
import { after } from "./dependency";
import { AgentCopy, hostCommand, thisMachine } from "./hostCommand";
import { settingsMinutes } from "./timeouts";

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
    const checked = checkArguments({
      subject,
      args,
      check: checkPlaces,
    });
    super("pulumi-neumann:index:DirectoryArchive", name, {}, opts);

    const archive = checked.apply((known) => archiveSpec(asReference(known)));
    const places = args.offsiteLocation === undefined ? [primary] : [primary, offsite];
    const created = places.map(({ role, spec }) =>
      hostCommand(
        `${name}-${role}`,
        {
          host: thisMachine(role),
          copy: AgentCopy.Package,
          create: ["archive-create"],
          specification: archive.apply(spec),
          timeoutMinutes: settingsMinutes,
        },
        { parent: this },
      ),
    );

    this.reference = after<ArchiveReference>(
      created.map((command) => command.resource),
      archive,
    );
    this.registerOutputs({ reference: this.reference });
  }
}

type KnownArgs = pulumi.Unwrap<DirectoryArchiveArgs>;

interface Place {
  role: ArchiveCreateSpec["role"];
  spec: (archive: ArchiveSpec<DirectoryLocation>) => ArchiveCreateSpec;
}

const primary: Place = {
  role: "primary",
  spec: ({ kind, location, clusterId }) => ({ archive: { kind, location }, clusterId, role: "primary" }),
};

const offsite: Place = {
  role: "offsite",
  spec: (archive) => ({ archive: archive.offsite ?? archive, clusterId: archive.clusterId, role: "offsite" }),
};

function asReference({ clusterId, location, offsiteLocation }: KnownArgs): pulumi.Unwrap<ArchiveReference> {
  const kind = ArchiveKind.Directory;
  return {
    kind,
    location,
    clusterId,
    ...(offsiteLocation === undefined ? {} : { offsite: { kind, location: offsiteLocation } }),
  };
}

/** Checks the reference and names what is wrong as the arguments do. */
function checkPlaces(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  if (["clusterId", "location", "offsiteLocation"].some(pending)) return;
  const found = new MistakeList();
  checkArchiveReference(asReference(known), "archive", found);
  for (const { path, problem, received, remedy } of found.all) {
    const argument = path.replace("archive.", "").replace("offsite.location", "offsiteLocation");
    mistakes.add(argument, problem, received, remedy);
  }
}
