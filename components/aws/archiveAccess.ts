import * as iam from "@pulumi/aws/iam";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import * as pulumi from "@pulumi/pulumi";
import { checkHolder, HolderKind, holderKinds, trustPolicy } from "../../model/aws/accessTrust";
import { aloneDuties, duties as allDuties, Duty, rightsOf } from "../../model/aws/duties";
import { type BucketPlace, dutyPolicy, mostCharacters, policyText } from "../../model/aws/dutyPolicy";
import type { Place } from "../../model/catalog";
import type { Mistakes } from "../../model/mistakes";
import { ArchiveKind } from "../../model/reference";
import type { S3ObjectLock } from "../../model/s3Location";
import {
  type ArchiveReference,
  type BucketCredentials,
  checkArchiveReference,
  type KnownPlace,
} from "../archiveReference";
import { checkArguments, type Pending } from "../arguments";

/**
 * Who holds the rights.
 */
export interface AccessHolder {
  /**
   * `instance-profile`, `service-account` (IRSA), `pod-identity`, `role`, `user`, or `policies` for none: roles of others get
   * them, such as those of Ec2Nodes. Plain: it decides which resources there are.
   */
  kind: string;
  /**
   * For `service-account`: ARN of the cluster's OIDC provider.
   */
  oidcProviderArn?: pulumi.Input<string>;
  /**
   * For `service-account` and `pod-identity`: the namespace of the one service account.
   */
  namespace?: pulumi.Input<string>;
  /**
   * For `service-account` and `pod-identity`: its name.
   */
  serviceAccount?: pulumi.Input<string>;
  /**
   * For `role`: ARNs of the users, roles or accounts that may assume it.
   */
  assumedBy?: pulumi.Input<pulumi.Input<string>[]>;
}

/**
 * Arguments of an ArchiveAccess.
 */
export interface ArchiveAccessArgs {
  /**
   * The archive, whose buckets are in AWS. A folder in it is left out.
   */
  archive: pulumi.Input<ArchiveReference>;
  /**
   * What the holder does: `node`, `offsite-writer`, `pruner`, `restorer`, `auditor`, `deployer`, `break-glass`; docs/aws-rights.md
   * says what each may. `pruner` and `break-glass` go with no other. Plain: each has a policy of its own.
   */
  duties: string[];
  /**
   * Who holds the rights.
   */
  holder: AccessHolder;
  /**
   * `primary` or `offsite`, where the rights shall reach one of the two only.
   * @default both, as far as each is a bucket
   */
  place?: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts the first bucket.
   * @default `encryption.kmsKeyId` of the reference, where it is an ARN
   */
  primaryKmsKeyArn?: pulumi.Input<string>;
  /**
   * ARN of the key that encrypts the off-site bucket.
   * @default `offsite.encryption.kmsKeyId` of the reference, where it is an ARN
   */
  offsiteKmsKeyArn?: pulumi.Input<string>;
  /**
   * ARN of a policy beyond which the role or user never goes.
   * @default none
   */
  permissionsBoundaryArn?: pulumi.Input<string>;
  /**
   * Path of the role, user and policies in IAM, with a slash at both ends.
   * @default /
   */
  path?: pulumi.Input<string>;
  /**
   * Tags of all that is made.
   * @default none
   */
  tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/**
 * The rights that duties need in an archive, and no others: a policy for each duty, and the role or the user that holds them. What
 * they may is derived from what the agent calls.
 *
 * ```ts
 * const access = new ArchiveAccess("prod-nodes", {
 *   archive: archive.reference,
 *   duties: ["node", "offsite-writer"],
 *   holder: { kind: "instance-profile" },
 * });
 * ```
 */
export class ArchiveAccess extends pulumi.ComponentResource {
  /**
   * ARNs of the policies, in the order of the duties. A list whose items are outputs, not an output of a list.
   */
  readonly policyArns: pulumi.Output<string>[];
  /**
   * ARN of the role; undefined for a user, and for the policies alone.
   */
  readonly roleArn: pulumi.Output<string | undefined>;
  /**
   * Name of the instance profile; undefined for other holders.
   */
  readonly instanceProfileName: pulumi.Output<string | undefined>;
  /**
   * Keys of the user, for a place of an archive reference; secret. Undefined for other holders, which need none.
   */
  readonly credentials: pulumi.Output<pulumi.Unwrap<BucketCredentials> | undefined>;
  /**
   * The policies by duty, as JSON.
   */
  readonly policyJson: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: ArchiveAccessArgs, opts?: pulumi.ComponentResourceOptions) {
    const checked = checkArguments({
      subject: `ArchiveAccess ${JSON.stringify(name)} cannot be created`,
      args,
      structure: (given, mistakes) => checkStructure(given, fullName(name), mistakes),
      check: checkArgs,
    });
    super("pulumi-neumann:index:ArchiveAccess", name, {}, opts);

    const partition = getPartitionOutput({}, { parent: this });
    // Nothing of what follows holds a key of the reference.
    const open = pulumi.unsecret(pulumi.all([checked, partition]).apply(([known, found]) => planOf(known, found)));
    this.policyJson = open.policies;
    const common = { path: open.path, tags: open.tags };
    const named = fullName(name);
    const own = { parent: this, deleteBeforeReplace: true };
    const policies = args.duties.map((duty) => {
      const policy = open.policies.apply((documents) => documents[duty] as string);
      const description = `neumann-backup: ${duty}`;
      return new iam.Policy(`${name}-${duty}`, { ...common, name: `${named}-${duty}`, description, policy }, own);
    });
    this.policyArns = policies.map(({ arn }) => arn);
    const held = holderOf({ name, args, policies, values: { ...common, name: named } }, open, this);
    this.roleArn = pulumi.output(held.roleArn);
    this.instanceProfileName = pulumi.output(held.instanceProfileName);
    this.credentials = pulumi.output(held.credentials);
    const { policyArns, roleArn, instanceProfileName, credentials, policyJson } = this;
    this.registerOutputs({ policyArns, roleArn, instanceProfileName, credentials, policyJson });
  }
}

/** Names in IAM are one account's, of all its stacks. */
function fullName(name: string): string {
  return `${pulumi.getStack()}-${name}`;
}

interface HolderRequest {
  name: string;
  args: ArchiveAccessArgs;
  policies: iam.Policy[];
  /** What role, user and profile have in common. */
  values: Pick<iam.RoleArgs, "name" | "path" | "tags">;
}

interface Holder {
  roleArn?: pulumi.Output<string>;
  instanceProfileName?: pulumi.Output<string>;
  credentials?: pulumi.Output<pulumi.Unwrap<BucketCredentials>>;
}

/** Makes who holds the policies, if anybody. */
function holderOf(request: HolderRequest, plan: pulumi.Output<AccessPlan>, parent: pulumi.Resource): Holder {
  const { name, args, policies, values } = request;
  const own = { parent, deleteBeforeReplace: true };
  const { kind } = args.holder;
  const attach = { policies, duties: args.duties };
  if (kind === HolderKind.Policies) return {};
  const bounded = { ...values, permissionsBoundary: plan.permissionsBoundaryArn };
  if (kind === HolderKind.User) {
    const user = new iam.User(name, bounded, own);
    attachTo(name, { ...attach, user }, { parent });
    // The provider's own class keeps `secret` as one.
    const key = new iam.AccessKey(`${name}-key`, { user: user.name }, { parent });
    return { credentials: pulumi.secret(pulumi.all([key.id, key.secret]).apply(asCredentials)) };
  }
  const role = new iam.Role(name, { ...bounded, assumeRolePolicy: plan.trust }, own);
  attachTo(name, { ...attach, role }, { parent });
  if (kind !== HolderKind.InstanceProfile) return { roleArn: role.arn };
  const profile = new iam.InstanceProfile(name, { ...values, role: role.name }, own);
  return { roleArn: role.arn, instanceProfileName: profile.name };
}

interface Attachment {
  policies: iam.Policy[];
  duties: string[];
  role?: iam.Role;
  user?: iam.User;
}

function attachTo(
  name: string,
  { policies, duties, role, user }: Attachment,
  opts: pulumi.CustomResourceOptions,
): void {
  for (const [index, { arn: policyArn }] of policies.entries()) {
    const child = `${name}-${duties[index]}`;
    if (role !== undefined) new iam.RolePolicyAttachment(child, { role: role.name, policyArn }, opts);
    if (user !== undefined) new iam.UserPolicyAttachment(child, { user: user.name, policyArn }, opts);
  }
}

function asCredentials([accessKeyId, secretAccessKey]: [string, string]): pulumi.Unwrap<BucketCredentials> {
  return { accessKeyId, secretAccessKey };
}

type KnownArgs = pulumi.Unwrap<ArchiveAccessArgs>;

interface AccessPlan {
  policies: Record<string, string>;
  trust: string;
  path: string | undefined;
  tags: Record<string, string> | undefined;
  permissionsBoundaryArn: string | undefined;
}

function planOf(known: KnownArgs, found: { partition: string; dnsSuffix: string }): AccessPlan {
  const { path, tags, permissionsBoundaryArn } = known;
  const policies = documentsOf(known, found.partition);
  return { policies, trust: trustOf(known, found), path, tags, permissionsBoundaryArn };
}

function trustOf({ holder, duties }: KnownArgs, found: { partition: string; dnsSuffix: string }): string {
  const { partition, dnsSuffix } = found;
  if (holder.kind === HolderKind.Policies) return "";
  const withFactor = duties.includes(Duty.BreakGlass);
  return policyText(trustPolicy(holder, { partition, dnsSuffix, withFactor }));
}

function documentsOf(known: KnownArgs, partition: string): Record<string, string> {
  const places = placesOf(known);
  const { clusterId } = known.archive;
  const made = known.duties.map((duty): [string, string] => {
    const document = dutyPolicy({ duty: duty as Duty, clusterId, partition, places });
    return [duty, policyText(document)];
  });
  return Object.fromEntries(made);
}

/** The buckets of an archive that the rights are about. */
function placesOf({ archive, place: only, primaryKmsKeyArn, offsiteKmsKeyArn }: KnownArgs): BucketPlace[] {
  const all: [Place, KnownPlace | undefined, string | undefined][] = [
    ["primary", archive, primaryKmsKeyArn],
    ["offsite", archive.offsite, offsiteKmsKeyArn],
  ];
  return all.flatMap(([place, at, key]) => {
    if (at?.kind !== ArchiveKind.S3 || (only !== undefined && only !== place)) return [];
    return [{ place, ...bucketOf(at), ...keyOf(at, key) }];
  });
}

function bucketOf({ bucket, region, prefix, objectLock }: KnownPlace): Omit<BucketPlace, "place"> {
  return {
    bucket: bucket as string,
    region: region as string,
    ...(prefix === undefined ? {} : { prefix }),
    ...(objectLock === undefined ? {} : { objectLock: objectLock as S3ObjectLock }),
  };
}

function keyOf({ encryption }: KnownPlace, given: string | undefined): { kmsKeyArn?: string } {
  const named = encryption?.kmsKeyId;
  const kmsKeyArn = given ?? (isKeyArn(named) ? named : undefined);
  return kmsKeyArn === undefined ? {} : { kmsKeyArn };
}

const isKeyArn = (value: unknown): boolean =>
  typeof value === "string" && /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/.test(value);

/** What decides which resources there are. */
function checkStructure({ duties, holder }: ArchiveAccessArgs, named: string, mistakes: Mistakes): void {
  if (Array.isArray(duties) && duties.length > 0) {
    for (const index of duties.keys()) checkDuty(duties, index, mistakes);
  } else {
    mistakes.add("duties", "names none", duties, `Write a list of: ${allDuties.join(", ")}.`);
  }
  checkHolderKind(holder?.kind, duties, mistakes);
  const longest = 64;
  if (named.length > longest) {
    const problem = `is longer than IAM takes, as ${named}`;
    const remedy = `Write a name by which stack and name have at most ${longest - 1} letters.`;
    mistakes.add("name", problem, named.length, remedy);
  }
}

function checkHolderKind(kind: unknown, duties: unknown, mistakes: Mistakes): void {
  if (typeof kind !== "string" || !holderKinds.includes(kind)) {
    mistakes.add("holder.kind", "is not known", kind, `Use one of: ${holderKinds.join(", ")}.`);
    return;
  }
  const people: readonly string[] = [HolderKind.Role, HolderKind.User];
  if (Array.isArray(duties) && duties.includes(Duty.BreakGlass) && !people.includes(kind)) {
    const problem = "has no second factor, and break-glass may do nothing without one";
    mistakes.add("holder.kind", problem, kind, "Use role, for the people who may, or user.");
  }
}

function checkDuty(duties: readonly string[], index: number, mistakes: Mistakes): void {
  const duty = duties[index] as Duty;
  const path = `duties[${index}]`;
  if (!allDuties.includes(duty)) {
    mistakes.add(path, "is not known", duty, `Use: ${allDuties.join(", ")}.`);
  } else if (duties.indexOf(duty) !== index) {
    mistakes.add(path, "is there twice", duty, "Write it once.");
  } else if (aloneDuties.includes(duty) && duties.length > 1) {
    const problem = "goes with no other duty: who makes backups could end them too";
    mistakes.add(path, problem, duty, "Make an ArchiveAccess of its own for it.");
  }
}

function checkArgs(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  if (!pending("archive")) checkPlaces(known, mistakes, pending);
  checkHolder(known.holder, { path: "holder", mistakes, pending });
  checkTexts(known, mistakes, pending);
  if (mistakes.all.length === 0 && !pending("archive") && !pending("place")) checkLengths(known, mistakes);
}

function checkPlaces(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  const { archive, place } = known;
  const before = mistakes.all.length;
  checkArchiveReference(archive, "archive", mistakes);
  if (mistakes.all.length > before) return;
  for (const [path, at] of [
    ["archive", archive],
    ["archive.offsite", archive.offsite],
  ] as const) {
    if (at?.endpoint === undefined) continue;
    mistakes.add(
      `${path}.endpoint`,
      "is no bucket of AWS, and IAM gives no rights there",
      at.endpoint,
      "Leave it out.",
    );
  }
  if (!pending("place")) checkPlace(known, place, mistakes);
}

function checkPlace(known: KnownArgs, place: string | undefined, mistakes: Mistakes): void {
  if (place !== undefined && place !== "primary" && place !== "offsite") {
    mistakes.add("place", "is not known", place, "Use primary or offsite, or leave it out for both.");
    return;
  }
  const reached = placesOf(known).map((found) => found.place);
  if (reached.length === 0) {
    mistakes.add("archive", "has no bucket there", place ?? "both places", "Rights are needed for buckets only.");
    return;
  }
  for (const [index, duty] of known.duties.entries()) {
    if (rightsOf(duty as Duty).some(({ places }) => places.some((one) => reached.includes(one)))) continue;
    const remedy = "Leave place out, or choose another duty.";
    mistakes.add(`duties[${index}]`, `has nothing to do in ${reached.join(", ")}`, duty, remedy);
  }
}

type TextRule = [
  part: "primaryKmsKeyArn" | "offsiteKmsKeyArn" | "permissionsBoundaryArn" | "path",
  good: RegExp,
  remedy: string,
];

const keyRemedy =
  "Write the key's ARN, such as arn:aws:kms:eu-central-1:111122223333:key/1234abcd; an alias names no key in a policy.";
const textRules: TextRule[] = [
  ["primaryKmsKeyArn", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, keyRemedy],
  ["offsiteKmsKeyArn", /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[A-Za-z0-9-]+$/, keyRemedy],
  [
    "permissionsBoundaryArn",
    /^arn:aws[a-z-]*:iam::(\d{12}|aws):policy\/.+$/,
    "Write the ARN of a policy, such as arn:aws:iam::111122223333:policy/boundary.",
  ],
  ["path", /^\/([\x21-\x7e]+\/)?$/, "Write it with a slash at both ends, such as /neumann/."],
];

function checkTexts(known: KnownArgs, mistakes: Mistakes, pending: Pending): void {
  for (const [part, good, remedy] of textRules) {
    const value: unknown = known[part];
    if (value === undefined || pending(part)) continue;
    if (typeof value !== "string" || !good.test(value)) mistakes.add(part, "is not what it should be", value, remedy);
  }
}

function checkLengths(known: KnownArgs, mistakes: Mistakes): void {
  for (const [duty, text] of Object.entries(documentsOf(known, "aws-us-gov"))) {
    if (text.length <= mostCharacters) continue;
    const remedy = "Choose shorter names of buckets, prefix or cluster, or an ArchiveAccess for each place.";
    const problem = `makes a policy for ${duty} that is longer than the ${mostCharacters} characters that IAM takes`;
    mistakes.add("archive", problem, text.length, remedy);
  }
}
