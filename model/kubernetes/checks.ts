import { type Mistakes, secretShown } from "../mistakes";
import { type ArchiveLocation, ArchiveKind } from "../reference";
import type { S3Location } from "../s3Location";
import { isCron, isTimeZone } from "./cron";
import {
  absolutePath,
  checkField,
  checkFields,
  checkItems,
  cidr,
  cpuQuantity,
  type FieldRule,
  labelName,
  memoryQuantity,
  objectName,
  pinnedImage,
  texts,
  trueOrFalse,
  wholeNumber,
} from "./fieldChecks";
import { checkScheduling } from "./scheduling";
import { accountDuties, type BackupRequest, jobDuties, neverScheduled, type Whereabouts } from "./request";

/** A request as a user wrote it; what is not known yet is `undefined`. */
export type GivenRequest = Partial<Omit<BackupRequest, "archive">> & { archive?: BackupRequest["archive"] };

/** Whether the value at a path is not known yet. */
export type Later = (path: string) => boolean;

/**
 * Collects what is wrong with a request. Policy, and the archive as far as it is the same everywhere, are checked by those
 * who read them.
 */
export function checkBackupRequest(request: GivenRequest, mistakes: Mistakes, later: Later = () => false): void {
  checkImages(request, mistakes, later);
  checkWhereabouts(request, mistakes);
  checkNames(request, mistakes);
  checkSchedules(request, mistakes);
  const annotations = Object.fromEntries(accountDuties.map((duty) => [duty, texts]));
  checkFields(request.accountAnnotations, "accountAnnotations", annotations, mistakes);
  checkFields(request.sidecarResources, "sidecarResources", resourceRules, mistakes);
  checkFields(request.jobResources, "jobResources", resourceRules, mistakes);
  checkScheduling(request.jobScheduling, "jobScheduling", mistakes);
  checkScratch(request, mistakes);
  checkVolumeSnapshots(request, mistakes);
  checkTraffic(request, mistakes);
  checkAuthorities(request.authorities, mistakes);
  if (!later("archive")) checkPlaces(request.archive, { path: "archive", access: request.access, later }, mistakes);
}

/** Collects what is wrong with the names by which the database is found. */
export function checkWhereabouts(
  { namespace, configMap, statefulSet }: Pick<GivenRequest, keyof Whereabouts>,
  mistakes: Mistakes,
): void {
  checkField(namespace, "namespace", labelName, mistakes);
  checkField(configMap, "configMap", objectName, mistakes);
  checkFields(statefulSet, "statefulSet", statefulSetRules, mistakes);
}

function checkNames(request: GivenRequest, mistakes: Mistakes): void {
  const rules: [keyof GivenRequest, FieldRule][] = [
    ["clusterDomain", objectName],
    ["pruneCredentialsSecret", objectName],
    ["signingKeySecret", objectName],
    ["monitoring", trueOrFalse],
  ];
  for (const [name, rule] of rules) checkField(request[name], name, rule, mistakes);
  checkItems(request.imagePullSecrets, "imagePullSecrets", objectName, mistakes);
}

function checkImages(request: GivenRequest, mistakes: Mistakes, later: Later): void {
  const { image, databaseImage, programDirectory } = request;
  if (!later("image") && !pinnedImage.good(image)) {
    mistakes.add("image", pinnedImage.problem, image, pinnedImage.remedy);
  }
  checkField(databaseImage, "databaseImage", pinnedImage, mistakes);
  checkField(programDirectory, "programDirectory", absolutePath, mistakes);
  if (later("databaseImage") || later("programDirectory")) return;
  if (databaseImage === undefined && programDirectory === undefined) {
    const remedy = "Name the image of the StatefulSet: the agent takes the database's programs from there.";
    mistakes.add("databaseImage", "is required", databaseImage, remedy);
  } else if (databaseImage !== undefined && programDirectory !== undefined) {
    const remedy =
      "Leave out one of them: programDirectory is for an agent's image that brings the database's programs.";
    mistakes.add("programDirectory", "does not go with databaseImage", programDirectory, remedy);
  }
}

const statefulSetRules: Record<string, FieldRule> = {
  name: labelName,
  replicas: wholeNumber(1, 99),
  container: labelName,
  serviceName: labelName,
  dataVolume: labelName,
  serviceAccount: objectName,
  minAvailable: wholeNumber(0, 99),
};

export const resourceRules: Record<string, FieldRule> = {
  cpuRequest: cpuQuantity,
  cpuLimit: cpuQuantity,
  memoryRequest: memoryQuantity,
  memoryLimit: memoryQuantity,
};

const volumeSnapshotRules: Record<string, FieldRule> = {
  className: objectName,
  everyMinutes: { ...wholeNumber(5, 10_080), remedy: "Write minutes, such as 60." },
  keep: { ...wholeNumber(2, 1000), remedy: "Write how many are kept, such as 24." },
};

const schedule: FieldRule = {
  good: (value) => value === neverScheduled || isCron(value),
  problem: "is no schedule",
  remedy: `Write five fields of cron, such as "30 3 * * 0", or "${neverScheduled}".`,
};

const timeZone: FieldRule = {
  good: isTimeZone,
  problem: "is no time zone",
  remedy: "Write its name, such as Europe/Berlin.",
};

function checkSchedules({ schedules }: GivenRequest, mistakes: Mistakes): void {
  const rules = Object.fromEntries(jobDuties.map((duty) => [duty, schedule]));
  checkFields(schedules, "schedules", { ...rules, timeZone }, mistakes);
}

function checkScratch({ scratch }: GivenRequest, mistakes: Mistakes): void {
  checkFields(scratch, "scratch", { size: memoryQuantity, storageClass: objectName, onNode: trueOrFalse }, mistakes);
  if (scratch?.onNode === true && scratch.storageClass !== undefined) {
    const remedy = "Leave it out, or leave out onNode.";
    mistakes.add("scratch.storageClass", "means nothing on the node's own disk", scratch.storageClass, remedy);
  }
}

function checkVolumeSnapshots({ volumeSnapshots }: GivenRequest, mistakes: Mistakes): void {
  if (volumeSnapshots === undefined) return;
  checkFields(volumeSnapshots, "volumeSnapshots", volumeSnapshotRules, mistakes);
  if (typeof volumeSnapshots !== "object" || (volumeSnapshots as unknown) === null) return;
  const { everyMinutes, keep } = volumeSnapshots as Partial<typeof volumeSnapshots>;
  if (everyMinutes === undefined) {
    mistakes.add("volumeSnapshots.everyMinutes", "is required", undefined, "Write minutes, such as 60.");
  }
  if (keep === undefined) {
    mistakes.add("volumeSnapshots.keep", "is required", undefined, "Write how many are kept, such as 24.");
  }
}

function checkTraffic({ traffic }: GivenRequest, mistakes: Mistakes): void {
  const rules = {
    archiveCidrs: undefined,
    allowMetadata: trueOrFalse,
    dnsNamespace: labelName,
    isolatedPods: trueOrFalse,
  };
  checkFields(traffic, "traffic", rules, mistakes);
  const cidrs: unknown = (traffic as { archiveCidrs?: unknown } | null | undefined)?.archiveCidrs;
  checkItems(cidrs, "traffic.archiveCidrs", cidr, mistakes);
}

function checkAuthorities(authorities: unknown, mistakes: Mistakes): void {
  if (authorities === undefined) return;
  const remedy = "Give the certificates as PEM, such as the content of ca.crt.";
  const text = typeof authorities === "string" ? authorities : "";
  if (text.includes("PRIVATE KEY")) mistakes.add("authorities", "holds a private key", secretShown, remedy);
  else if (!text.includes("-----BEGIN CERTIFICATE-----"))
    mistakes.add("authorities", "holds no certificate", authorities, remedy);
}

/** Collects what is wrong with the places of an archive for pods. */
export function checkPlaces(archive: GivenRequest["archive"], at: At, mistakes: Mistakes): void {
  if (typeof archive !== "object") return; // It was said.
  const { offsite } = archive;
  checkPlace(archive, at, mistakes);
  if (offsite !== undefined) checkPlace(offsite, { ...at, path: `${at.path}.offsite` }, mistakes);
}

interface At {
  path: string;
  access: BackupRequest["access"] | undefined;
  later: Later;
}

/** A pod has no folder that outlives it, and no file but those that we lay there. */
function checkPlace(place: ArchiveLocation, { path, access, later }: At, mistakes: Mistakes): void {
  if (place.kind === ArchiveKind.Directory) {
    const remedy = 'Use a bucket, kind: "s3", of AWS or of a store of your own.';
    mistakes.add(`${path}.location`, "is a folder, and pods have no folder that outlives them", place.location, remedy);
    return;
  }
  if (place.caFile !== undefined) {
    const remedy = "Give the certificates themselves as authorities.";
    mistakes.add(`${path}.caFile`, "is a file of a host, and pods have none", place.caFile, remedy);
  }
  if (access !== undefined && !later("archive"))
    checkCredentials(place, { path: `${path}.credentials`, access }, mistakes);
}

function checkCredentials(
  { credentials = {} }: S3Location,
  { path, access }: { path: string; access: BackupRequest["access"] },
  mistakes: Mistakes,
): void {
  const { file, profile } = credentials;
  if (file !== undefined) {
    const remedy = "Name a Secret that holds it, as credentialsSecret.";
    mistakes.add(`${path}.file`, "is a file of a host, and pods have none", file, remedy);
    return;
  }
  if (access.kind !== "secret" && profile !== undefined) {
    mistakes.add(`${path}.profile`, "is a section of a file, and there is none", profile, "Leave it out.");
  }
  checkKeys(credentials, { path, access }, mistakes);
}

function checkKeys(
  { accessKeyId, secretAccessKey, profile }: NonNullable<S3Location["credentials"]>,
  { path, access }: { path: string; access: BackupRequest["access"] },
  mistakes: Mistakes,
): void {
  const keys = accessKeyId !== undefined || secretAccessKey !== undefined;
  if (access.kind === "keys" && !keys && profile === undefined) {
    const remedy =
      "Give accessKeyId and secretAccessKey, or name a credentialsSecret, or write workloadIdentity: true where the accounts have the rights.";
    mistakes.add(path, "has no keys", undefined, remedy);
  } else if (access.kind !== "keys" && keys) {
    const instead = access.kind === "secret" ? "credentialsSecret" : "workloadIdentity";
    mistakes.add(path, `has keys, which ${instead} replaces`, secretShown, "Leave out one of them.");
  }
}

/** From where the archive's rights come, by the arguments that say so; collects what contradicts itself. */
export function accessOf(
  { credentialsSecret, workloadIdentity }: { credentialsSecret?: string; workloadIdentity?: boolean },
  mistakes: Mistakes,
): BackupRequest["access"] {
  checkField(credentialsSecret, "credentialsSecret", objectName, mistakes);
  checkField(workloadIdentity, "workloadIdentity", trueOrFalse, mistakes);
  if (credentialsSecret === undefined) return { kind: workloadIdentity === true ? "identity" : "keys" };
  if (workloadIdentity === true) {
    const remedy = "Leave out one of them.";
    mistakes.add("credentialsSecret", "does not go with workloadIdentity", credentialsSecret, remedy);
  }
  return { kind: "secret", name: credentialsSecret };
}
