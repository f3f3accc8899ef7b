import * as pulumi from "@pulumi/pulumi";
import { checkVolume, planVolume } from "../../model/aws/dataVolume";
import {
  checkRecoveryFacts,
  type RecoveryDemand,
  type RecoveryFacts,
  rehearsalTag,
  zonesFor,
} from "../../model/aws/recoveryChecks";
import {
  describePrediction,
  type Prediction,
  type PredictionRequest,
  predictRecovery,
  recoveryListPrices,
  volumeMebibytesPerSecond,
} from "../../model/aws/recoveryPrediction";
import { packageFor, type RecoveryPackage } from "../../model/aws/recoveryPackage";
import { type Mistakes, Mistakes as MistakeList } from "../../model/mistakes";
import { type BackupPolicyOverrides, resolvePolicy } from "../../model/policy";
import { ArchiveKind, type ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import type { PlanSpec } from "../../model/specs";
import { formatSeconds } from "../../model/units";
import { reportMistakes } from "../arguments";
import { askForPlan } from "../recoveryPhases";
import { describeRecoveryPlan, type PlanResult, type RecoveryPlan } from "../results";
import { type Account, requireAccount } from "./account";
import type { KnownAwsRecovery } from "./awsRecoveryArgs";
import { keysOf, ownClusterId, standardRestorePoint, subnetCount } from "./awsRecoveryChecks";
import { standardServices } from "./recoveryNetwork";

/** All that is made follows from this: it is there once nothing speaks against the recovery. */
export interface RecoveryPlace {
  /** As its own archive calls the cluster. */
  clusterId: string;
  /** As the off-site archive calls it. */
  sourceClusterId: string;
  region: string;
  /** Of a network that is to be made. */
  zones: string[];
  tags: Record<string, string>;
  policy: BackupPolicyOverrides | undefined;
  bucket: string | undefined;
  kmsKeyArn: string | undefined;
  offsite: S3Location;
  plan: RecoveryPlan;
  planDigest: string;
  /** Bytes that come to lie on each node's volume. */
  backupBytes: number;
  prediction: Prediction;
  /** What new nodes install. */
  database: RecoveryPackage;
}

/** Asks AWS and the archive, in a preview too; the answers are facts about one account and one region. */
export interface GateRequest {
  /** `AwsRecovery "dr"`. */
  subject: string;
  component: pulumi.Resource;
  facts: (demand: RecoveryDemand) => Promise<RecoveryFacts>;
}

/**
 * What the recovery will be.
 * @throws RunError with everything that speaks against it.
 */
export async function passGate(
  { subject, component, facts: ask }: GateRequest,
  known: KnownAwsRecovery,
  account: Account,
): Promise<RecoveryPlace> {
  const expected = known.expectedAccountId;
  const refused = `${subject} cannot be made`;
  requireAccount(account, { subject: refused, argument: "expectedAccountId", expected, administratorArns: [] });
  void pulumi.log.info(`${subject}: account ${account.accountId}, as ${account.callerArn}`, component);
  const demand = demandOf(known);
  const mistakes = new MistakeList();
  const [facts, planned] = await Promise.all([ask(demand), planOf(component, known, mistakes)]);
  const unseen = checkRecoveryFacts(demand, facts, mistakes);
  if (planned !== undefined) checkRoom(known, planned, mistakes);
  const database = planned === undefined ? undefined : packageFor(known, planned.plan.source, mistakes);
  // Machines that run outlive their image, and fill their subnets: what has begun goes on.
  const begun = (planned?.state ?? "planned") !== "planned";
  const warnings = begun ? mistakes.all.map(({ path, problem }) => `${path} ${problem}`) : [];
  if (!begun || database === undefined) reportMistakes(refused, mistakes);
  for (const words of [...unseen, ...warnings]) void pulumi.log.warn(`${subject}: ${words}`, component);
  const found = { known, demand, facts, database: database as RecoveryPackage };
  return placeOf({ subject, component }, found, planned as PlanResult);
}

function demandOf(known: KnownAwsRecovery): RecoveryDemand {
  const { nodeIds, instanceType, amiId, architecture = "x64", zones, network, rehearsal } = known;
  return {
    region: known.region ?? known.offsite.region,
    nodes: nodeIds.length,
    instanceType,
    amiId,
    architecture,
    zones,
    zoneCount: zones?.length ?? subnetCount(nodeIds),
    network,
    rehearsal: rehearsal === true,
    tags: ownTags(known),
    keys: keysOf(known),
  };
}

/** In place of an archive that nobody looks into: of the lost region's nothing is asked, and the new one is not there yet. */
export const nowhere = "/var/empty/no-archive";

/** The off-site archive in the agent's terms. */
export function offsiteOf({ offsite }: Pick<KnownAwsRecovery, "offsite">): S3Location {
  const { bucket, region, prefix, kmsKeyArn, objectLock } = offsite;
  return {
    kind: ArchiveKind.S3,
    bucket,
    region,
    ...(prefix === undefined ? {} : { prefix }),
    ...(kmsKeyArn === undefined ? {} : { encryption: { kind: "kms" as const, kmsKeyId: kmsKeyArn } }),
    ...(objectLock === undefined ? {} : { objectLock: objectLock as S3Location["objectLock"] }),
  };
}

/** The plan by the off-site archive alone: it has the digest that the recovery's own will have. */
async function planOf(
  component: pulumi.Resource,
  known: KnownAwsRecovery,
  mistakes: Mistakes,
): Promise<PlanResult | undefined> {
  const restorePoint = known.restorePoint ?? standardRestorePoint;
  try {
    const result = await askForPlan(component, planSpecOf(known, restorePoint));
    if (pulumi.runtime.isDryRun()) void pulumi.log.info(result.text, component);
    return result;
  } catch (error) {
    const { message } = error as Error;
    mistakes.add("restorePoint", message, restorePoint, "docs/recovery.md explains what refuses one.");
    return undefined;
  }
}

function planSpecOf(known: KnownAwsRecovery, restorePoint: string): PlanSpec {
  const { recoveryId, nodeIds, clusterId, approvedPlanDigest, identity } = known;
  const { trustedKeys } = resolvePolicy(known.policy).signing;
  const empty = { kind: ArchiveKind.Directory, location: nowhere };
  const source: ArchiveSpec = { ...empty, clusterId, offsite: offsiteOf(known) };
  const archives =
    known.rehearsal === true
      ? { archive: { ...empty, clusterId: ownClusterId(known) }, cloneOf: source }
      : { archive: source };
  return {
    ...archives,
    restorePoint,
    recoveryId,
    nodes: [...nodeIds],
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    ...(identity === undefined ? {} : { identity }),
  };
}

function bytesOf({ plan }: PlanResult): number {
  return plan.source.plainBytes + (plan.replay?.bytes ?? 0);
}

function checkRoom(known: KnownAwsRecovery, planned: PlanResult, mistakes: Mistakes): void {
  const { volumeGibibytes, volumeThroughputMebibytes } = known;
  const volume = { backupBytes: bytesOf(planned), volumeGibibytes, volumeThroughputMebibytes };
  checkVolume(volume, mistakes, () => false);
}

interface Found {
  known: KnownAwsRecovery;
  demand: RecoveryDemand;
  facts: RecoveryFacts;
  database: RecoveryPackage;
}

function placeOf(
  { subject, component }: Pick<GateRequest, "subject" | "component">,
  { known, demand, facts, database }: Found,
  planned: PlanResult,
): RecoveryPlace {
  const zones = zonesFor(demand, facts);
  const request = predictionRequest({ known, demand, facts }, planned);
  const prediction = predictRecovery(request);
  void pulumi.log.info(`${subject}\n${describePrediction(request, prediction)}`, component);
  const allowed = resolvePolicy(known.policy).offsite.recoveryTimeMinutes * 60;
  if (prediction.seconds > allowed) {
    const words = `longer than policy.offsite.recoveryTimeMinutes allows (${formatSeconds(allowed)}): faster volumes or instances would help`;
    void pulumi.log.warn(`${subject} should take ${formatSeconds(prediction.seconds)}, ${words}`, component);
  }
  return {
    clusterId: ownClusterId(known),
    sourceClusterId: known.clusterId,
    region: demand.region,
    zones,
    tags: tagsOf(known),
    policy: known.policy,
    bucket: known.bucket,
    kmsKeyArn: known.kmsKeyArn,
    offsite: offsiteOf(known),
    plan: describeRecoveryPlan(planned),
    planDigest: planned.digest,
    backupBytes: bytesOf(planned),
    prediction,
    database,
  };
}

function predictionRequest({ known, demand, facts }: Omit<Found, "database">, planned: PlanResult): PredictionRequest {
  const { volumeGibibytes, volumeThroughputMebibytes, prices, network } = known;
  const instance = "found" in facts.instance ? facts.instance.found : undefined;
  const megabytes = instance?.volumeMegabytesPerSecond;
  return {
    nodes: demand.nodes,
    instanceType: demand.instanceType,
    processors: instance?.processors ?? 0,
    ...(megabytes === undefined || megabytes === 0
      ? {}
      : { instanceMebibytesPerSecond: (megabytes * 1e6) / 1024 ** 2 }),
    volumeGibibytes: planVolume({ backupBytes: bytesOf(planned), volumeGibibytes }).size,
    volumeMebibytesPerSecond: volumeThroughputMebibytes ?? volumeMebibytesPerSecond,
    ...(network === undefined
      ? { endpoints: standardServices.length * demand.zoneCount, jumps: 1 }
      : { endpoints: 0, jumps: 0 }),
    plan: { ...planned.plan.source, estimatedSeconds: planned.plan.estimatedSeconds },
    prices: { ...recoveryListPrices, ...given(prices ?? {}) },
  };
}

function given<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** What shows whose it is, and of a rehearsal that it is one. */
function tagsOf(known: KnownAwsRecovery): Record<string, string> {
  const { tags, rehearsal, expiresAt } = known;
  const own = { ...tags, ...ownTags(known) };
  return rehearsal === true ? { ...own, [rehearsalTag]: "true", expiresAt: expiresAt as string } : own;
}

/** All that this recovery makes has them, and nothing else. */
function ownTags(known: KnownAwsRecovery): Record<string, string> {
  return { "neumann-cluster": ownClusterId(known), "neumann-recovery": known.recoveryId };
}
