import * as pulumi from "@pulumi/pulumi";
import type { Mistakes } from "../model/mistakes";
import { ArchiveKind } from "../model/reference";
import { checkPlaces, createPlaces } from "./archivePlaces";
import type {
  ArchivePlace,
  ArchiveReference,
  BucketCredentials,
  BucketEncryption,
  BucketObjectLock,
} from "./archiveReference";
import { checkArguments, type Pending } from "./arguments";
import { sealed } from "./sealed";

/**
 * Arguments of a BucketArchive.
 */
export interface BucketArchiveArgs {
  /**
   * The cluster's name in the archive: lower-case letters, digits and dashes, such as `prod`. Backups of several
   * clusters may share a bucket, each under its own name.
   */
  clusterId: pulumi.Input<string>;
  /**
   * Name of a bucket that is there already.
   */
  bucket: pulumi.Input<string>;
  /**
   * What the archive's keys in the bucket begin with, without slashes at its ends, such as `neumann/backup`.
   * @default the whole bucket
   */
  prefix?: pulumi.Input<string>;
  /**
   * The bucket's region, such as `eu-central-1`.
   */
  region: pulumi.Input<string>;
  /**
   * `https://host` or `http://host:port` of a store that is not AWS. It must know `If-None-Match`: that is tried.
   * @default AWS
   */
  endpoint?: pulumi.Input<string>;
  /**
   * The bucket's name in the path and not in the host's name.
   * @default true where there is an endpoint
   */
  forcePathStyle?: pulumi.Input<boolean>;
  /**
   * How the store encrypts.
   * @default as the bucket is set up
   */
  encryption?: pulumi.Input<BucketEncryption>;
  /**
   * The bucket's credentials: needed on each node, and where Pulumi runs.
   * @default the AWS SDK's chain: environment, the user's files, the container's or machine's role
   */
  credentials?: pulumi.Input<BucketCredentials>;
  /**
   * Absolute path of a file with the certificates (PEM) of the authorities that sign the store's: needed on each node, and
   * where Pulumi runs.
   * @default the authorities that Node knows
   */
  caFile?: pulumi.Input<string>;
  /**
   * For how long nobody can remove what the agent stores. The bucket must have object lock.
   * @default the agent locks nothing; the bucket may have a lock of its own
   */
  objectLock?: pulumi.Input<BucketObjectLock>;
  /**
   * The place of off-site backups: a bucket in another region, under other credentials, or a folder.
   * @default none: nothing survives the loss of the bucket
   */
  offsite?: pulumi.Input<ArchivePlace>;
}

/**
 * An archive in a bucket that is there already, of AWS or of any other store that speaks S3, with an optional copy in a
 * second place. Puts the markers there by which another cluster's archive is recognised, and tries whether the store
 * keeps what it is told to keep. Destroying it deletes nothing. Old backups are tagged by `neumann-backup prune`, which
 * runs where the keys for that are; a rule of the bucket deletes what is tagged (docs/components.md).
 *
 * In the runbook: the targets of `aws s3 cp`.
 *
 * ```ts
 * const archive = new BucketArchive("prod", {
 *   clusterId: "prod",
 *   bucket: "acme-neumann-backup",
 *   region: "eu-central-1",
 *   offsite: { kind: "s3", bucket: "acme-neumann-offsite", region: "eu-west-1" },
 * });
 * ```
 */
export class BucketArchive extends pulumi.ComponentResource {
  /**
   * The archive, for ClusterBackups and DisasterRecovery. Known in a preview; who uses it waits for the markers.
   */
  readonly reference: pulumi.Output<ArchiveReference>;

  constructor(name: string, args: BucketArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = checkArguments({
      subject: `BucketArchive ${JSON.stringify(name)} cannot be created`,
      args,
      open: () => ({
        ...args,
        credentials: args.credentials && sealed(args.credentials),
        offsite: args.offsite && sealed(args.offsite),
      }),
      check: checkArgs,
    });
    super("pulumi-neumann:index:BucketArchive", name, {}, opts);

    const withOffsite = args.offsite !== undefined;
    this.reference = createPlaces(name, { reference: checked.apply(asReference), withOffsite }, { parent: this });
    this.registerOutputs({ reference: this.reference });
  }
}

type KnownArgs = pulumi.Unwrap<BucketArchiveArgs>;

function asReference(known: KnownArgs): pulumi.Unwrap<ArchiveReference> {
  return { ...known, kind: ArchiveKind.S3 };
}

function checkArgs(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  if (!Object.keys(known).some(pending)) checkPlaces(asReference(known), mistakes);
}
