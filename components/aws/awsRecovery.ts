import * as pulumi from "@pulumi/pulumi";
import { ArchiveKind } from "../../model/reference";
import type { ArchiveReference } from "../archiveReference";
import { checkArguments, isPlain } from "../arguments";
import { ClusterClone } from "../clusterClone";
import { DisasterRecovery } from "../disasterRecovery";
import type { HostArgs } from "../hosts";
import { secretIdentity } from "../identity";
import type { BackupPolicyArgs, OffsitePolicyArgs } from "../policyArgs";
import type { RecoveryPlan, RecoveryReport } from "../results";
import { type Account, accountOf } from "./account";
import type { AwsRecoveryArgs, KnownAwsRecovery } from "./awsRecoveryArgs";
import { checkStructure, checkValues, standardRestorePoint, subnetCount } from "./awsRecoveryChecks";
import { BackupAlarms } from "./backupAlarms";
import { Ec2Nodes } from "./ec2Nodes";
import { jumpHost } from "./jumpHost";
import { recoveryArchive, type RecoveryArchive } from "./recoveryBucket";
import { recoveryFacts } from "./recoveryFacts";
import { nowhere, passGate, type RecoveryPlace } from "./recoveryGate";
import { RecoveryNetwork } from "./recoveryNetwork";
import { nodesArgs, type NodesPlace } from "./recoveryNodes";
import { recoveryRights } from "./recoveryRights";

/**
 * The recovery of a lost cluster in AWS as one object, from nothing but its off-site bucket: a network, instances with their
 * rights, a first bucket, the newest off-site backup on them, a new history, and alarms. It takes nothing from another
 * stack, no key and no software of the lost region.
 *
 * A preview asks AWS whether it can be made (quota, instance type, image, subnets, keys), shows the plan, the time it should
 * take and what it costs, and touches nothing. With `rehearsal: true` it makes a clone in a network of its own beside the
 * cluster that runs.
 *
 * In the runbook: "Disaster Recovery (Complete Loss)".
 *
 * ```ts
 * const recovered = new AwsRecovery("dr", {
 *   clusterId: "prod",
 *   offsite: { bucket: "acme-offsite", region: "eu-west-1" },
 *   recoveryId: "2026-11-23",
 *   nodeIds: ["node1", "node2", "node3"],
 *   instanceType: "m7i.large",
 *   amiId: "ami-0123456789abcdef0",
 *   database: { key: "software/neumann-1.4.0.deb", sha256 },
 *   login: { user: "deploy", publicKey, privateKey },
 *   operatorCidrs: ["10.0.0.0/24"],
 *   network: { vpcId: "vpc-0123456789abcdef0", subnetIds },
 * });
 * export const report = recovered.report;
 * ```
 */
export class AwsRecovery extends pulumi.ComponentResource {
  /**
   * What is restored, from where. Known in a preview.
   */
  readonly plan: pulumi.Output<RecoveryPlan>;
  /**
   * Digest of the plan, for `approvedPlanDigest`. Known in a preview.
   */
  readonly planDigest: pulumi.Output<string>;
  /**
   * How long all of it should take, in seconds. Known in a preview.
   */
  readonly predictedSeconds: pulumi.Output<number>;
  /**
   * What it costs in an hour, in dollars; undefined where no price of the instances is known. Known in a preview.
   */
  readonly predictedDollarsPerHour: pulumi.Output<number | undefined>;
  /**
   * The same for a month of 730 hours.
   */
  readonly predictedDollarsPerMonth: pulumi.Output<number | undefined>;
  /**
   * What the recovery did.
   */
  readonly report: pulumi.Output<RecoveryReport>;
  /**
   * The new history that the recovered cluster writes.
   */
  readonly lineage: pulumi.Output<string>;
  /**
   * Public keys of the new nodes, in their order.
   */
  readonly publicKeys: pulumi.Output<string[]>;
  /**
   * The new nodes, for ClusterBackups: a list whose items hold outputs.
   */
  readonly hosts: HostArgs[];
  /**
   * Where the recovered cluster's backups go, for ClusterBackups.
   */
  readonly reference: pulumi.Output<ArchiveReference>;
  /**
   * Name of the first bucket.
   */
  readonly bucket: pulumi.Output<string>;
  /**
   * ARN of the first bucket's key.
   */
  readonly kmsKeyArn: pulumi.Output<string>;
  /**
   * The network.
   */
  readonly vpcId: pulumi.Output<string>;
  /**
   * Subnets of the nodes.
   */
  readonly subnetIds: pulumi.Output<string[]>;
  /**
   * Ids of the instances, in the order of the nodes.
   */
  readonly instanceIds: pulumi.Output<string[]>;
  /**
   * Ids of the data volumes, in the order of the nodes.
   */
  readonly volumeIds: pulumi.Output<string[]>;
  /**
   * The account that everything is made in.
   */
  readonly accountId: pulumi.Output<string>;

  constructor(name: string, args: AwsRecoveryArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `AwsRecovery ${JSON.stringify(name)}`;
    const checked = checkArguments({
      subject: `${subject} cannot be created`,
      args,
      open: () => withoutKeys(args),
      structure: (given, mistakes) => checkStructure(given, `${pulumi.getStack()}-${name}`, mistakes),
      check: checkValues,
    });
    super("pulumi-neumann:index:AwsRecovery", name, {}, opts);

    const account = accountOf({ parent: this });
    const ready = gate(this, { subject, checked, account });
    const request = { name, subject, args, ready, account, parent: this };
    const archive = recoveryArchive(name, request, { parent: this });
    const network = networkOf(request, archive);
    const nodes = makeNodes(request, { archive, network });
    const recovered = recover(request, { archive, hosts: nodes.hosts });
    if (args.alarms !== false) makeAlarms(request, archive);

    this.plan = ready.plan;
    this.planDigest = ready.planDigest;
    this.predictedSeconds = ready.prediction.seconds;
    this.predictedDollarsPerHour = ready.apply(({ prediction }) => prediction.dollarsPerHour);
    this.predictedDollarsPerMonth = ready.apply(({ prediction }) => prediction.dollarsPerMonth);
    this.report = recovered.report;
    this.lineage = recovered.lineage;
    this.publicKeys = recovered.publicKeys;
    this.hosts = nodes.hosts;
    this.reference = archive.own;
    this.bucket = archive.bucket.bucket.bucket;
    this.kmsKeyArn = archive.bucket.key.arn;
    this.vpcId = pulumi.output(network.vpcId);
    this.subnetIds = pulumi.all(network.subnetIds);
    this.instanceIds = nodes.instanceIds;
    this.volumeIds = nodes.volumeIds;
    this.accountId = account.accountId;
    const { plan, planDigest, predictedSeconds, predictedDollarsPerHour, predictedDollarsPerMonth } = this;
    const { report, lineage, publicKeys, hosts, reference, bucket, kmsKeyArn } = this;
    const { vpcId, subnetIds, instanceIds, volumeIds, accountId } = this;
    this.registerOutputs({
      ...{ plan, planDigest, predictedSeconds, predictedDollarsPerHour, predictedDollarsPerMonth },
      ...{ report, lineage, publicKeys, hosts, reference, bucket, kmsKeyArn },
      ...{ vpcId, subnetIds, instanceIds, volumeIds, accountId },
    });
  }
}

/** The key of the login goes to the nodes' connections alone, the identity to the plan and the first node. */
function withoutKeys(args: AwsRecoveryArgs): AwsRecoveryArgs {
  const { user, publicKey } = args.login;
  const login = { user, publicKey } as AwsRecoveryArgs["login"];
  return { ...args, login, identity: secretIdentity(args.identity) };
}

interface Gate {
  subject: string;
  checked: pulumi.Output<KnownAwsRecovery>;
  account: pulumi.Output<Account>;
}

function gate(component: pulumi.Resource, { subject, checked, account }: Gate): pulumi.Output<RecoveryPlace> {
  const facts = (demand: Parameters<typeof recoveryFacts>[0]) => recoveryFacts(demand, { parent: component });
  sayWhenUnknown(component, { subject, checked });
  // What comes of it holds neither the identity nor any other key.
  return pulumi.unsecret(
    pulumi.all([checked, account]).apply(([known, at]) => passGate({ subject, component, facts }, known, at)),
  );
}

function sayWhenUnknown(component: pulumi.Resource, { subject, checked }: Pick<Gate, "subject" | "checked">): void {
  if (!pulumi.runtime.isDryRun()) return;
  // The SDK has it but does not declare it.
  const { isKnown } = checked as unknown as { isKnown: Promise<boolean> };
  const text = `${subject}: nothing could be checked or planned yet: some arguments are known only after an up, which then does it first.`;
  void isKnown.then((known) => (known ? undefined : pulumi.log.warn(text, component)));
}

interface Request {
  name: string;
  subject: string;
  args: AwsRecoveryArgs;
  ready: pulumi.Output<RecoveryPlace>;
  account: pulumi.Output<Account>;
  parent: pulumi.Resource;
}

/** Where nodes are, and how they are reached there. */
type NetworkPlace = Pick<NodesPlace, "vpcId" | "subnetIds" | "inside">;

function networkOf(request: Request, archive: RecoveryArchive): NetworkPlace {
  const { args, ready } = request;
  if (args.network === undefined) return newNetwork(request, archive);
  const { vpcId, subnetIds } = args.network;
  // Nothing is made there before all has been looked at.
  const gated = <T>(value: pulumi.Input<T>) => pulumi.all([value, ready]).apply(([known]) => known as T);
  return { vpcId: gated(vpcId), subnetIds: subnetIds.map((id) => gated(id)) };
}

/** A network of its own, with one host that leads into it. */
function newNetwork(request: Request, { bucket }: RecoveryArchive): NetworkPlace {
  const { name, args, ready, parent } = request;
  const { cidr, zones, nodeIds, rehearsal } = args;
  const count = zones?.length ?? subnetCount(nodeIds);
  const buckets = [ready.offsite.bucket, ready.database.bucket, bucket.bucket.bucket];
  const network = new RecoveryNetwork(
    name,
    {
      region: ready.region,
      zones: Array.from({ length: count }, (_, index) => ready.apply((known) => known.zones[index] as string)),
      publicSubnet: true,
      tags: ready.tags,
      ...(cidr === undefined ? {} : { cidr }),
      ...(rehearsal === true ? { rehearsal, buckets } : {}),
    },
    { parent },
  );
  const jump = jumpHost({ ...request, network }, { parent });
  return {
    vpcId: network.vpcId,
    subnetIds: Array.from({ length: count }, (_, index) => network.subnetIds.apply((ids) => ids[index] as string)),
    inside: {
      jump: jump.ssh,
      operatorSecurityGroupIds: [jump.securityGroupId],
      servicePrefixListIds: [network.storePrefixListId],
      serviceSecurityGroupIds: [network.endpointSecurityGroupId],
    },
  };
}

function makeNodes(
  { name, args, ready, account, parent }: Request,
  { archive, network }: { archive: RecoveryArchive; network: NetworkPlace },
): Ec2Nodes {
  const rehearsal = args.rehearsal === true;
  const rights = recoveryRights(name, { ready, account, bucket: archive.bucket, rehearsal }, { parent });
  const { clusterId, region, backupBytes, tags } = ready;
  const policyArns = rights.map(({ arn }) => arn);
  const { bucket, key, region: packaged, sha256 } = ready.database;
  const kmsKeyArn = ready.apply(({ database: of }) => of.kmsKeyArn as string);
  const database = { bucket, key, region: packaged, sha256, kmsKeyArn };
  const place = { ...network, clusterId, region, backupBytes, policyArns, database };
  return new Ec2Nodes(name, { ...nodesArgs(args, place), tags }, { parent });
}

type Recovered = Pick<DisasterRecovery, "report" | "lineage" | "publicKeys">;

/** A rehearsal is a clone: nothing is written where it reads, and its history is none of production's. */
function recover(
  { name, args, ready, parent }: Request,
  { archive, hosts }: { archive: RecoveryArchive; hosts: HostArgs[] },
): Recovered {
  const { recoveryId, restorePoint = standardRestorePoint, approvedPlanDigest, clusterName, identity } = args;
  const common = {
    nodes: hosts,
    archive: archive.own,
    recoveryId,
    restorePoint,
    approvedPlanDigest,
    clusterName,
    identity,
    policy: ownPolicy(args),
  };
  if (args.rehearsal !== true) return new DisasterRecovery(name, common, { parent });
  const source = ready.apply(({ sourceClusterId: clusterId, offsite }): pulumi.Unwrap<ArchiveReference> => {
    return { kind: ArchiveKind.Directory, location: nowhere, clusterId, offsite };
  });
  return new ClusterClone(name, { ...common, source, productionNodes: args.productionNodes ?? [] }, { parent });
}

/** A rehearsal has no off-site archive that its log could go to. */
function ownPolicy({ policy, rehearsal }: AwsRecoveryArgs): BackupPolicyArgs | undefined {
  if (rehearsal !== true || policy?.offsite === undefined) return policy;
  const without = (offsite: object): OffsitePolicyArgs => ({ ...offsite, continuousWal: false });
  const { offsite } = policy;
  // What is plain stays so: it decides which alarms there are.
  return { ...policy, offsite: isPlain(offsite) ? without(offsite) : pulumi.output(offsite).apply(without) };
}

function makeAlarms({ name, args, ready, parent }: Request, { bucket }: RecoveryArchive): void {
  const offsite = {
    bucket: ready.offsite.bucket,
    region: ready.offsite.region,
    prefix: ready.apply((known) => known.offsite.prefix as string),
    ...(args.offsite.kmsKeyArn === undefined ? {} : { kmsKeyArn: args.offsite.kmsKeyArn }),
  };
  new BackupAlarms(
    name,
    {
      clusterId: ready.clusterId,
      nodes: args.nodeIds,
      primary: { bucket: bucket.bucket.bucket, region: ready.region, kmsKeyArn: bucket.key.arn },
      ...(args.rehearsal === true ? {} : { offsite }),
      policy: ownPolicy(args),
      emails: args.emails,
    },
    { parent },
  );
}
