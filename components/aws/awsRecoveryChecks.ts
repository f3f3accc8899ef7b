import { namedPackage, type RecoveryPackage } from "../../model/aws/recoveryPackage";
import { checkRange, standardCidr } from "../../model/aws/networkRanges";
import { isClusterId } from "../../model/layout";
import { type Mistakes, Mistakes as MistakeList, secretShown } from "../../model/mistakes";
import { clusterIdRemedy } from "../../model/reference";
import { checkS3, type S3ObjectLock } from "../../model/s3Location";
import { isPlain, type Pending } from "../arguments";
import { checkIdentity } from "../identity";
import { planPolicy } from "../policyArgs";
import { checkClusterName, checkRecoveryNames, checkRestorePoint } from "../recoveryPhases";
import type { AwsRecoveryArgs, KnownAwsRecovery } from "./awsRecoveryArgs";
import type { KnownEc2Nodes } from "./ec2NodesArgs";
import { checkNodesStructure, checkNodesValues } from "./ec2NodesChecks";
import { nodesArgs } from "./recoveryNodes";

const structural = [
  "offsite",
  "nodeIds",
  "database",
  "login",
  "operatorCidrs",
  "clientPort",
  "clientSecurityGroupIds",
  "network",
  "zones",
  "policy",
  "emails",
  "alarms",
  "rehearsal",
] as const;

/** What decides which resources there are; `prefix`: what names in IAM begin with. */
export function checkStructure(args: AwsRecoveryArgs, prefix: string, mistakes: Mistakes): void {
  for (const path of structural) {
    if (!isPlain(args[path])) mistakes.add(path, "must be plain", "an output", "It decides which resources there are.");
  }
  checkPlainValues(args, mistakes);
  checkPlace(args, mistakes);
  checkRehearsal(args, mistakes);
  if (mistakes.all.length > 0) return;
  const place = {
    ...placeholder,
    clusterId: args.clusterId,
    region: "any",
    database: packageOf(args as KnownAwsRecovery),
  };
  translated(mistakes, (found) => checkNodesStructure(nodesArgs(args, place), prefix, found));
}

/** What is an output was said. */
function checkPlainValues(args: AwsRecoveryArgs, mistakes: Mistakes): void {
  for (const path of ["alarms", "rehearsal"] as const) {
    const value: unknown = args[path];
    if (value === undefined || typeof value === "boolean" || !isPlain(value)) continue;
    mistakes.add(path, "must be true or false", value, "Write it without quotes.");
  }
  if (namesNothing(args.nodeIds)) {
    mistakes.add("nodeIds", "names no node", args.nodeIds, 'Write a list such as ["node1", "node2", "node3"].');
  }
  if (args.zones !== undefined && namesNothing(args.zones)) {
    mistakes.add("zones", "names no zone", args.zones, 'Write a list such as ["eu-west-1a"], or leave it out.');
  }
}

function namesNothing(list: unknown): boolean {
  return isPlain(list) && (!Array.isArray(list) || list.length === 0);
}

/** In place of a network that is to be made. */
const placeholder = { vpcId: "vpc-00000000", subnetIds: ["subnet-00000000"], backupBytes: 0, policyArns: [] };

/** Either a network that is there, or what one is made from. */
function checkPlace(args: AwsRecoveryArgs, mistakes: Mistakes): void {
  const { network, cidr, zones } = args;
  if (network === undefined) {
    checkWayIn(args, mistakes);
    return;
  }
  if (!isPlain(network)) return; // It was said.
  const ids: unknown = (network as Partial<typeof network> | null)?.subnetIds;
  if (!isPlain(ids) || namesNothing(ids)) {
    const remedy = 'Write vpcId and a list such as subnetIds: ["subnet-0123456789abcdef0"].';
    mistakes.add("network.subnetIds", "names no subnet", shown(ids), remedy);
  }
  const made = { cidr, zones };
  for (const [path, value] of Object.entries(made)) {
    if (value === undefined) continue;
    mistakes.add(path, "is for a network that is made, and network names one", shown(value), "Leave out one of them.");
  }
}

/** The host that leads into a network that is made. */
export const jumpName = "jump";

function checkWayIn({ login, nodeIds }: AwsRecoveryArgs, mistakes: Mistakes): void {
  const taken = Array.isArray(nodeIds) ? nodeIds.indexOf(jumpName) : -1;
  if (taken >= 0) {
    const problem = "is what the host is called that leads into the network";
    mistakes.add(`nodeIds[${taken}]`, problem, jumpName, "Choose another name, such as node1.");
  }
  if ((login as Partial<AwsRecoveryArgs["login"]> | undefined)?.jump === undefined) return;
  const remedy = "Leave it out: a network that is made has its own. Or name the network that it leads into.";
  mistakes.add("login.jump", "leads into a network that is there, and network names none", secretShown, remedy);
}

const ofRehearsals = ["expiresAt", "productionNodes"] as const;

/** A rehearsal shows what it is, and is given nothing of production's that it could write to. */
function checkRehearsal(args: AwsRecoveryArgs, mistakes: Mistakes): void {
  if (args.rehearsal !== true) {
    for (const path of ofRehearsals) {
      if (args[path] === undefined) continue;
      mistakes.add(path, "is of a rehearsal", shown(args[path]), "Write rehearsal: true, or leave it out.");
    }
    return;
  }
  if (args.expiresAt === undefined) {
    const remedy = "Write when all of it may be cleared away, such as 2026-11-24T18:00:00Z.";
    mistakes.add("expiresAt", "is required in a rehearsal", undefined, remedy);
  }
  if (args.productionNodes === undefined) {
    const remedy = 'Write the addresses of the cluster that runs, such as [{ address: "node1.internal:7878" }].';
    mistakes.add("productionNodes", "is required in a rehearsal", undefined, remedy);
  }
  if (args.bucket !== undefined) {
    const remedy = "Leave it out: a rehearsal's bucket is new and gets a name that shows it.";
    mistakes.add("bucket", "could be production's, and a rehearsal never writes there", shown(args.bucket), remedy);
  }
  if (args.clientSecurityGroupIds !== undefined) {
    const remedy = "Leave it out: nobody uses what a rehearsal restores.";
    mistakes.add("clientSecurityGroupIds", "lets clients into a rehearsal", shown(args.clientSecurityGroupIds), remedy);
  }
}

function shown(value: unknown): unknown {
  return isPlain(value) ? value : "an output";
}

/** What is wrong with values that are known. */
export function checkValues(known: KnownAwsRecovery, mistakes: Mistakes, pending: Pending): void {
  checkSource(known, mistakes);
  checkTexts(known, mistakes, pending);
  checkNodes(known, mistakes, pending);
  checkRecoveryNames(known, mistakes);
  checkIdentity(known.identity, mistakes);
  checkClusterName(known.clusterName, mistakes);
  planPolicy(known.policy, "policy", mistakes);
  checkKeys(known, mistakes, pending);
  checkPrices(known, mistakes);
  if (known.network === undefined) {
    const count = known.zones?.length ?? subnetCount(known.nodeIds);
    // One more is for the host that leads in.
    checkRange(known.cidr ?? standardCidr, count + 1, { path: "cidr", mistakes });
    checkStoreRegion(known, mistakes, pending);
  }
  if (pending("restorePoint")) return;
  // Off-site there is an archive: that is what a recovery is made from.
  const archive = { kind: "s3", clusterId: "any", offsite: { kind: "s3" } };
  checkRestorePoint({ restorePoint: known.restorePoint ?? standardRestorePoint, archive }, mistakes, () => false);
}

/** A network without a way out reaches the store of its own region. */
function checkStoreRegion(known: KnownAwsRecovery, mistakes: Mistakes, pending: Pending): void {
  const { region, offsite, database } = known;
  if (pending("region") || pending("offsite") || pending("database")) return;
  const remedy = "Choose the off-site bucket's region, or name a network that reaches it.";
  const home = offsite?.region;
  const own = region ?? home;
  if (own !== home) {
    const problem = `is not that of the off-site bucket, ${home}, which a network that is made cannot reach`;
    mistakes.add("region", problem, region, remedy);
  }
  const packaged = database?.region ?? own;
  if (packaged === own) return;
  const problem = `is not ${own}, and a network that is made reaches buckets of its own region alone`;
  mistakes.add("database.region", problem, packaged, "Copy the package into the off-site bucket.");
}

export const standardRestorePoint = "latest-offsite";

/** One for each node, as long as a region has zones for them. */
export function subnetCount(nodeIds: readonly string[]): number {
  return Math.min(nodeIds.length, 3);
}

/** The name of what is recovered, in its own archive. */
export function ownClusterId({ clusterId, rehearsal }: Pick<KnownAwsRecovery, "clusterId" | "rehearsal">): string {
  return rehearsal === true ? `${clusterId}-rehearsal` : clusterId;
}

function checkSource(known: KnownAwsRecovery, mistakes: Mistakes): void {
  const { clusterId, offsite } = known;
  if (!isClusterId(clusterId)) mistakes.add("clusterId", "is no name for a cluster", clusterId, clusterIdRemedy);
  else if (!isClusterId(ownClusterId(known))) {
    const remedy = "A rehearsal needs room for -rehearsal behind it, within 63 letters.";
    mistakes.add("clusterId", "is too long for a rehearsal", clusterId, remedy);
  }
  if (typeof offsite !== "object" || (offsite as unknown) === null) {
    mistakes.add("offsite", "is required", offsite, "Write bucket and region of the off-site archive.");
    return;
  }
  const { bucket, region, prefix, objectLock } = offsite;
  const lock = objectLock as S3ObjectLock | undefined;
  checkS3({ kind: "s3", bucket, region, prefix, objectLock: lock }, "offsite", mistakes);
  if (known.bucket === undefined) return;
  checkS3({ kind: "s3", bucket: known.bucket, region: known.region ?? region }, "", renamed(mistakes));
  if (known.bucket !== bucket) return;
  const remedy = "Name a bucket that is not there yet, or leave it out.";
  mistakes.add("bucket", "is the off-site bucket, which is restored from", known.bucket, remedy);
}

/** Paths such as `.bucket` as the argument is called; the region was said. */
function renamed(mistakes: Mistakes): Mistakes {
  return {
    add: (path: string, problem: string, received: unknown, remedy: string) => {
      if (path === ".bucket") mistakes.add("bucket", problem, received, remedy);
    },
  } as Mistakes;
}

/** What Ec2Nodes calls otherwise. */
const names: [of: RegExp, here: string][] = [
  [/^kmsKeyArn/, "volumeKmsKeyArn"],
  [/^vpcId/, "network.vpcId"],
  [/^nodes\[(\d+)\]\.subnetId/, "network.subnetIds[$1]"],
  [/^nodes\[(\d+)\]\.nodeId/, "nodeIds[$1]"],
  [/^nodes/, "nodeIds"],
];
const hereOf = (path: string): string => names.reduce((text, [of, name]) => text.replace(of, name), path);

/** Adds what the rules of the nodes find, by the names that the arguments have here; once for each. */
function translated(mistakes: Mistakes, check: (found: Mistakes) => void): void {
  const found = new MistakeList();
  check(found);
  for (const { path, problem, received, remedy } of found.all) {
    const here = hereOf(path);
    if (mistakes.all.some((other) => other.path === here)) continue;
    mistakes.add(here, problem.replace(/\bnodes\[/g, "nodeIds["), received, remedy);
  }
}

/** One that the backup carries is known with the plan, and right until then. */
function packageOf({ offsite, database }: Pick<KnownAwsRecovery, "offsite" | "database">): RecoveryPackage {
  const carried = { key: "package.deb", sha256: "0".repeat(64) };
  return namedPackage({ clusterId: "any", offsite: offsite ?? {}, database: database ?? carried }) as RecoveryPackage;
}

const offsiteDefaults: { path: string; given: (known: KnownAwsRecovery) => unknown }[] = [
  { path: "region", given: ({ region }) => region },
  { path: "database.bucket", given: ({ database }) => database?.bucket },
  { path: "database.region", given: ({ database }) => database?.region },
];

/** By the rules of the nodes that will be made. */
function checkNodes(known: KnownAwsRecovery, mistakes: Mistakes, pending: Pending): void {
  const { network, offsite } = known;
  const place = {
    ...placeholder,
    ...(network === undefined ? {} : { vpcId: network.vpcId, subnetIds: network.subnetIds }),
    clusterId: ownClusterId(known),
    region: known.region ?? offsite?.region,
    database: packageOf(known),
  };
  // What follows from the off-site bucket is said there.
  const ofOffsite = offsiteDefaults.filter(({ given }) => given(known) === undefined).map(({ path }) => path);
  const later = (path: string): boolean => [...ofOffsite, "backupBytes"].includes(path) || pending(hereOf(path));
  const nodes = nodesArgs(known, place) as KnownEc2Nodes;
  translated(mistakes, (found) => checkNodesValues(nodes, found, later));
}

function checkTexts(known: KnownAwsRecovery, mistakes: Mistakes, pending: Pending): void {
  const { expiresAt, zones = [] } = known;
  const rules: { path: string; value: unknown; good: RegExp; problem: string; remedy: string }[] = [
    ...zones.map((value, index) => ({
      path: `zones[${index}]`,
      value,
      good: isZone,
      problem: "is no zone",
      remedy: "Write one such as eu-west-1a.",
    })),
    ...(expiresAt === undefined ? [] : [{ path: "expiresAt", value: expiresAt, ...utcTime }]),
  ];
  for (const { path, value, good, problem, remedy } of rules) {
    if (pending(path) || (typeof value === "string" && good.test(value))) continue;
    mistakes.add(path, problem, value, remedy);
  }
}

const isZone = /^[a-z]{2,}(-[a-z]+)+-\d+[a-z]$/;

const utcTime = {
  good: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/,
  problem: "is no time in UTC",
  remedy: "Write one such as 2026-11-24T18:00:00Z.",
};

/** The keys that are named, by argument. */
export function keysOf(known: KnownAwsRecovery): Record<string, string> {
  const all = {
    "offsite.kmsKeyArn": known.offsite?.kmsKeyArn,
    kmsKeyArn: known.kmsKeyArn,
    volumeKmsKeyArn: known.volumeKmsKeyArn,
  };
  return Object.fromEntries(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

const keyArn = /^arn:[a-z-]+:kms:([a-z0-9-]+):\d{12}:key\/[\w-]+$/;

function checkKeys(known: KnownAwsRecovery, mistakes: Mistakes, pending: Pending): void {
  const own = known.region ?? known.offsite?.region;
  // Whatever is pending has no region to be held against.
  const unknown = pending("region") || pending("offsite.region");
  for (const [path, value] of Object.entries(keysOf(known))) {
    if (path === "volumeKmsKeyArn") continue; // By the nodes' rules.
    const found = keyArn.exec(String(value));
    const region = path === "offsite.kmsKeyArn" ? known.offsite.region : own;
    if (found === null) {
      const remedy = "Write arn:…:kms:<region>:<account>:key/<id>: an alias may come to mean another key.";
      mistakes.add(path, "is no ARN of a key", value, remedy);
    } else if (!unknown && found[1] !== region) {
      mistakes.add(path, `is not in ${region}`, value, "Name a key of that region: the lost one's is lost with it.");
    }
  }
}

function checkPrices({ prices }: KnownAwsRecovery, mistakes: Mistakes): void {
  for (const [name, value] of Object.entries(prices ?? {}) as [string, unknown][]) {
    if (value === undefined || (typeof value === "number" && value >= 0 && Number.isFinite(value))) continue;
    mistakes.add(`prices.${name}`, "is no price", value, "Write dollars as a number, such as 0.08.");
  }
}
