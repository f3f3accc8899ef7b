import * as pulumi from "@pulumi/pulumi";
import { ArchiveKind } from "../../model/reference";
import { createPlaces } from "../archivePlaces";
import type { ArchiveReference } from "../archiveReference";
import { checkArguments } from "../arguments";
import { sealed } from "../sealed";
import { type Account, accountOf, requireAccount } from "./account";
import { archiveBucket, type ArchiveBucket } from "./archiveBucket";
import { replication, replicationRole } from "./replication";
import type { KnownS3Archive, S3ArchiveArgs, S3ArchiveValues } from "./s3ArchiveArgs";
import { checkStructure, checkValues } from "./s3ArchiveChecks";
import { type ArchivePlan, type BucketPlan, planArchive } from "./s3ArchivePlan";
import { requireTakeOver } from "./takeOver";

/**
 * An archive in two buckets of AWS: one beside the cluster, one in another region and, with `offsiteProvider`, in another
 * account. Everything about them follows from the policy that the cluster is backed up by: what goes when, what is locked
 * for how long. Nobody overwrites, nobody deletes, and what belongs to a bucket is protected and kept as one with it.
 * docs/aws.md names each child, and what each statement of the bucket's policy is for.
 *
 * In the runbook: the targets of `aws s3 cp`.
 *
 * ```ts
 * const archive = new S3Archive("prod", { clusterId: "prod", region: "eu-central-1", offsiteRegion: "eu-west-1" });
 * new ClusterBackups("prod", { nodes, archive: archive.reference });
 * ```
 */
export class S3Archive extends pulumi.ComponentResource {
  /**
   * The archive, for ClusterBackups and DisasterRecovery. Who uses it waits for buckets, settings and markers.
   */
  readonly reference: pulumi.Output<ArchiveReference>;
  /**
   * Name of the first bucket.
   */
  readonly bucket: pulumi.Output<string>;
  /**
   * Name of the off-site bucket.
   */
  readonly offsiteBucket: pulumi.Output<string>;
  /**
   * ARN of the first bucket.
   */
  readonly bucketArn: pulumi.Output<string>;
  /**
   * ARN of the off-site bucket.
   */
  readonly offsiteBucketArn: pulumi.Output<string>;
  /**
   * ARN of the first bucket's key.
   */
  readonly kmsKeyArn: pulumi.Output<string>;
  /**
   * ARN of the off-site bucket's key.
   */
  readonly offsiteKmsKeyArn: pulumi.Output<string>;
  /**
   * Account of the first bucket.
   */
  readonly accountId: pulumi.Output<string>;
  /**
   * Account of the off-site bucket.
   */
  readonly offsiteAccountId: pulumi.Output<string>;

  constructor(name: string, args: S3ArchiveArgs, opts?: pulumi.ComponentResourceOptions) {
    const { offsiteProvider: notChecked, ...values } = args;
    void notChecked;
    const subject = `S3Archive ${JSON.stringify(name)}`;
    const checked = checkArguments<S3ArchiveValues>({
      subject: `${subject} cannot be created`,
      args: values,
      open: () => ({
        ...values,
        credentials: values.credentials && sealed(values.credentials),
        offsiteCredentials: values.offsiteCredentials && sealed(values.offsiteCredentials),
      }),
      structure: checkStructure,
      check: checkValues,
    });
    super("pulumi-neumann:index:S3Archive", name, {}, opts);

    const sides = sidesOf(this, args);
    const ready = gate({ name, subject, args, component: this }, checked, sides);
    const { primary, offsite, resources } = makeArchive({ name, args, sides }, ready);
    const reference = referenceOf(checked, ready, { primary, offsite });
    const places = { parent: this, dependsOn: resources };

    this.reference = createPlaces(name, { reference, withOffsite: true }, places);
    this.bucket = primary.bucket.bucket;
    this.offsiteBucket = offsite.bucket.bucket;
    this.bucketArn = primary.bucket.arn;
    this.offsiteBucketArn = offsite.bucket.arn;
    this.kmsKeyArn = primary.key.arn;
    this.offsiteKmsKeyArn = offsite.key.arn;
    this.accountId = sides.primary.account.accountId;
    this.offsiteAccountId = sides.offsite.account.accountId;
    this.registerOutputs({
      reference: this.reference,
      bucket: this.bucket,
      offsiteBucket: this.offsiteBucket,
      bucketArn: this.bucketArn,
      offsiteBucketArn: this.offsiteBucketArn,
      kmsKeyArn: this.kmsKeyArn,
      offsiteKmsKeyArn: this.offsiteKmsKeyArn,
      accountId: this.accountId,
      offsiteAccountId: this.offsiteAccountId,
    });
  }
}

/** One account, and how what lies there is made. */
interface Side {
  account: pulumi.Output<Account>;
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource };
}

interface Sides {
  primary: Side;
  offsite: Side;
}

/** What belongs to a bucket is protected and kept with it: a bucket without its key or its policy is none. */
function sidesOf(parent: pulumi.Resource, { offsiteProvider: provider, disposable }: S3ArchiveArgs): Sides {
  const kept = disposable === true ? {} : { protect: true, retainOnDelete: true };
  const account = accountOf({ parent });
  const primary = { account, opts: { parent, ...kept } };
  if (provider === undefined) return { primary, offsite: primary };
  return { primary, offsite: { account: accountOf({ parent, provider }), opts: { parent, provider, ...kept } } };
}

interface GateRequest {
  name: string;
  subject: string;
  args: S3ArchiveArgs;
  component: pulumi.Resource;
}

/** The plan, once the accounts are the right ones and buckets that are there already can be taken over. */
function gate(
  { subject, args, component }: GateRequest,
  checked: pulumi.Output<KnownS3Archive>,
  { primary, offsite }: Sides,
): pulumi.Output<ArchivePlan> {
  const { adoptBucket, adoptOffsiteBucket } = args;
  const replicate = args.replicate === true;
  // The plan holds no credentials.
  const plan = pulumi.unsecret(checked.apply(planArchive));
  return pulumi.all([plan, primary.account, offsite.account]).apply(async ([known, here, away]) => {
    const { expected, primary: first, offsite: second } = known;
    const elsewhere = args.offsiteProvider === undefined ? (expected.offsite ?? expected.primary) : expected.offsite;
    const demand = { subject: `${subject} cannot be created`, administratorArns: first.administratorArns };
    requireAccount(here, { ...demand, argument: "expectedAccountId", expected: expected.primary });
    requireAccount(away, { ...demand, argument: "expectedOffsiteAccountId", expected: elsewhere });
    void pulumi.log.info(`${subject}: ${spokenAccounts(here, away)}`, component);
    for (const { place, backstops } of [first, second]) {
      for (const words of backstops) void pulumi.log.warn(`${subject}, ${place}: ${words}`, component);
    }
    const takeOver = async (bucket: string | undefined, side: Side, of: BucketPlan): Promise<void> => {
      if (bucket === undefined) return;
      const { parent, provider } = side.opts;
      await requireTakeOver(of, { subject, bucket, replicate }, { parent, provider });
    };
    await Promise.all([takeOver(adoptBucket, primary, first), takeOver(adoptOffsiteBucket, offsite, second)]);
    return known;
  });
}

function spokenAccounts(here: Account, away: Account): string {
  const first = `account ${here.accountId}, as ${here.callerArn}`;
  if (here.accountId === away.accountId) return first;
  return `${first}; off-site account ${away.accountId}, as ${away.callerArn}`;
}

interface ArchiveRequest {
  name: string;
  args: S3ArchiveArgs;
  sides: Sides;
}

interface MadeArchive {
  primary: ArchiveBucket;
  offsite: ArchiveBucket;
  resources: pulumi.Resource[];
}

function makeArchive({ name, args, sides }: ArchiveRequest, plan: pulumi.Output<ArchivePlan>): MadeArchive {
  const disposable = args.disposable === true;
  const role = args.replicate === true ? replicationRole(name, plan, sides.primary.opts) : undefined;
  const another = args.offsiteProvider !== undefined;
  const common = {
    accessLogs: args.accessLogs ?? true,
    inventory: args.inventory ?? true,
    disposable,
  };
  const primary = archiveBucket(
    {
      ...common,
      name: `${name}-primary`,
      plan: plan.apply((known) => known.primary),
      account: sides.primary.account,
      adopt: adoption(args.adoptBucket, args.region),
      named: (args.bucket ?? args.adoptBucket) !== undefined,
      keyGiven: args.kmsKeyArn !== undefined,
      locked: false,
    },
    sides.primary.opts,
  );
  const offsite = archiveBucket(
    {
      ...common,
      name: `${name}-offsite`,
      plan: plan.apply((known) => known.offsite),
      account: sides.offsite.account,
      adopt: adoption(args.adoptOffsiteBucket, args.offsiteRegion),
      named: (args.offsiteBucket ?? args.adoptOffsiteBucket) !== undefined,
      keyGiven: args.offsiteKmsKeyArn !== undefined,
      locked: !disposable,
      replicationRoleArn: another ? role?.arn : undefined,
    },
    sides.offsite.opts,
  );
  const resources = [...primary.resources, ...offsite.resources];
  if (role === undefined) return { primary, offsite, resources };
  const otherAccount = another ? sides.offsite.account : undefined;
  const request = { name, plan, role, primary, offsite, account: sides.primary.account, otherAccount };
  return { primary, offsite, resources: [...resources, ...replication(request, sides.primary.opts)] };
}

/** A bucket of the provider's own region is found by its name alone; this finds it in each. */
function adoption(bucket: string | undefined, region: pulumi.Input<string>): string | undefined {
  return bucket === undefined ? undefined : `${bucket}@${region as string}`;
}

/** The archive in the agent's terms. */
function referenceOf(
  checked: pulumi.Output<KnownS3Archive>,
  ready: pulumi.Output<ArchivePlan>,
  { primary, offsite }: Pick<MadeArchive, "primary" | "offsite">,
): pulumi.Output<pulumi.Unwrap<ArchiveReference>> {
  const place = ({ bucket, key }: ArchiveBucket) => ({ bucket: bucket.bucket, kmsKeyId: key.arn });
  return pulumi
    .all([checked, ready, place(primary), place(offsite)])
    .apply(([{ credentials, offsiteCredentials = credentials }, plan, first, second]) => ({
      kind: ArchiveKind.S3,
      clusterId: plan.clusterId,
      bucket: first.bucket,
      region: plan.primary.region,
      encryption: { kind: "kms", kmsKeyId: first.kmsKeyId },
      credentials,
      offsite: {
        kind: ArchiveKind.S3,
        bucket: second.bucket,
        region: plan.offsite.region,
        encryption: { kind: "kms", kmsKeyId: second.kmsKeyId },
        credentials: offsiteCredentials,
        objectLock: plan.offsite.lock,
      },
    }));
}
