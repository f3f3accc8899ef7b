import type { ClusterRequest } from "../../model/kubernetes/clusterObjects";
import { recordName } from "../../model/kubernetes/clusterObjects";
import {
  checkField,
  checkFields,
  checkItems,
  labelName,
  labelTexts,
  memoryQuantity,
  objectName,
  texts,
  wholeNumber,
} from "../../model/kubernetes/fieldChecks";
import { resourceRules } from "../../model/kubernetes/checks";
import { checkScheduling } from "../../model/kubernetes/scheduling";
import { type PodRecovery, podAddress } from "../../model/kubernetes/pod";
import {
  defaultStatefulSet,
  jobDuties,
  type JobSchedules,
  neverScheduled,
  podNames,
  withDefaults,
} from "../../model/kubernetes/request";
import { accessOf, checkPlaces } from "../../model/kubernetes/checks";
import { archiveInPod } from "../../model/kubernetes/settings";
import { checkCloneArchive } from "../../model/clone";
import { type Mistakes, Mistakes as MistakeList } from "../../model/mistakes";
import type { PlanSpec } from "../../model/specs";
import { archiveSpec, checkArchiveReference } from "../archiveReference";
import { isPlain, type Pending } from "../arguments";
import { checkIdentity } from "../identity";
import { planPolicy } from "../policyArgs";
import { checkRecoveryNames, checkRestorePoint } from "../recoveryPhases";
import type { PlanResult } from "../results";
import { checkStructure, checkValues, requestOf } from "./kubernetesBackupsChecks";
import type { KnownKubernetesCluster, KubernetesClusterArgs } from "./kubernetesClusterArgs";

export const defaultRestorePoint = "latest-offsite";

/** A week. */
const longestMinutes = 10_080;

/** What decides which resources there are. */
export function checkClusterStructure(args: KubernetesClusterArgs, mistakes: Mistakes): void {
  checkStructure(args, mistakes);
  if (!isPlain(args.restoreFrom)) {
    mistakes.add("restoreFrom", "must be plain", "an output", "It decides which resources there are.");
  } else {
    const minutes = wholeNumber(1, longestMinutes);
    checkField(args.restoreFrom?.timeoutMinutes, "restoreFrom.timeoutMinutes", minutes, mistakes);
  }
  checkRehearsal(args, mistakes);
}

/** A cluster that is no clone writes the history that production goes on with: it is nothing to be destroyed. */
function checkRehearsal({ rehearsal, restoreFrom }: KubernetesClusterArgs, mistakes: Mistakes): void {
  if (rehearsal === undefined || rehearsal === false) return;
  if (rehearsal !== true) {
    mistakes.add("rehearsal", "must be true or false, and plain", rehearsal, "Write it without quotes.");
  } else if (isPlain(restoreFrom) && restoreFrom?.cloneOf === undefined) {
    const remedy = "Name the cluster's archive as restoreFrom.cloneOf, and another one as archive.";
    mistakes.add("restoreFrom.cloneOf", "is required for a rehearsal", undefined, remedy);
  }
}

/** What is wrong with values that are known. */
export function checkClusterValues(known: KnownKubernetesCluster, mistakes: Mistakes, pending: Pending): void {
  const { configuration, storage, serverResources, clients, podAccountAnnotations, restoreFrom, ...others } = known;
  const { rehearsal, podScheduling, ...backups } = others;
  void [configuration, rehearsal];
  checkValues(backups, mistakes, pending);
  checkDatabase(known, mistakes, pending);
  checkFields(serverResources, "serverResources", resourceRules, mistakes);
  checkClients(clients, mistakes);
  checkField(podAccountAnnotations, "podAccountAnnotations", texts, mistakes);
  if (!pending("storage")) checkStorage(storage, mistakes);
  checkScheduling(podScheduling, "podScheduling", mistakes);
  if (restoreFrom !== undefined) checkRestore(known, restoreFrom, { mistakes, pending });
}

function checkDatabase(known: KnownKubernetesCluster, mistakes: Mistakes, pending: Pending): void {
  const { configuration, databaseImage, programDirectory } = known;
  if (!pending("configuration") && (typeof configuration !== "string" || configuration.trim() === "")) {
    const remedy = "Give the text of the database's config.toml.";
    mistakes.add("configuration", "is required", configuration, remedy);
  }
  if (!pending("databaseImage") && databaseImage === undefined && programDirectory !== undefined) {
    mistakes.add("databaseImage", "is required", undefined, "Name it: the database's own container is of it.");
  }
}

function checkStorage(storage: unknown, mistakes: Mistakes): void {
  checkFields(storage, "storage", { size: memoryQuantity, storageClass: objectName }, mistakes);
  const size = (storage as { size?: unknown } | null | undefined)?.size;
  if (size === undefined) mistakes.add("storage.size", "is required", size, "Such as 100Gi.");
}

function checkClients(clients: unknown, mistakes: Mistakes): void {
  const rules = { podLabels: labelTexts, namespaces: undefined, monitoringNamespace: labelName };
  checkFields(clients, "clients", rules, mistakes);
  const namespaces = (clients as { namespaces?: unknown } | null | undefined)?.namespaces;
  checkItems(namespaces, "clients.namespaces", labelName, mistakes);
}

const restoreFields = ["recoveryId", "restorePoint", "approvedPlanDigest", "timeoutMinutes", "cloneOf", "identity"];

type Restore = NonNullable<KnownKubernetesCluster["restoreFrom"]>;

interface Checking {
  mistakes: Mistakes;
  pending: Pending;
}

function checkRestore(known: KnownKubernetesCluster, restore: Restore, { mistakes, pending }: Checking): void {
  checkFields(restore, "restoreFrom", Object.fromEntries(restoreFields.map((name) => [name, undefined])), mistakes);
  if (typeof restore !== "object" || (restore as unknown) === null) return;
  const inner = new MistakeList();
  const later: Pending = (path) => pending(path === "archive" ? path : `restoreFrom.${path}`);
  checkPoint(known, restore, { mistakes: inner, pending: later });
  for (const { path, problem, received, remedy } of inner.all) {
    mistakes.add(path.startsWith("archive") ? path : `restoreFrom.${path}`, problem, received, remedy);
  }
  const waits = pending("archive") || later("cloneOf") || mistakes.all.length > 0;
  if (restore.cloneOf === undefined || waits) return;
  // Which kind it is does not wait for the Secret's name.
  const named = pending("credentialsSecret") ? { ...known, credentialsSecret: "later" } : known;
  checkClone(named, restore.cloneOf, mistakes);
}

function checkPoint({ archive }: KnownKubernetesCluster, restore: Restore, { mistakes, pending }: Checking): void {
  if (!pending("recoveryId") && !pending("approvedPlanDigest")) checkRecoveryNames(restore, mistakes);
  checkIdentity(restore.identity, mistakes);
  if (pending("restorePoint") || pending("cloneOf")) return;
  const { restorePoint = defaultRestorePoint, cloneOf = archive } = restore;
  checkRestorePoint({ restorePoint, archive: cloneOf }, mistakes, pending);
  if (restore.cloneOf === undefined || !isVolumePoint(restorePoint)) return;
  const remedy = "Two clusters would use one namespace. Write another restore point, such as latest.";
  mistakes.add("restorePoint", "is nothing to clone from", restorePoint, remedy);
}

/** Whether the first pod's claim is made of a snapshot; what is not known yet is none. */
export function isVolumePoint(restorePoint: unknown): boolean {
  return typeof restorePoint === "string" && restorePoint.startsWith("volume-snapshot:");
}

function checkClone(
  { archive, credentialsSecret, workloadIdentity }: KnownKubernetesCluster,
  cloneOf: NonNullable<Restore["cloneOf"]>,
  mistakes: Mistakes,
): void {
  checkArchiveReference(cloneOf, "restoreFrom.cloneOf", mistakes);
  if (mistakes.all.length > 0) return;
  const access = accessOf({ credentialsSecret, workloadIdentity }, new MistakeList());
  checkPlaces(archiveSpec(cloneOf), { path: "restoreFrom.cloneOf", access, later: () => false }, mistakes);
  if (mistakes.all.length > 0) return;
  checkCloneArchive(archiveSpec(archive), archiveSpec(cloneOf), { path: "archive", mistakes });
}

/** What is asked for a plan: with this machine's own ways to the archive. */
export function planSpecOf(known: KnownKubernetesCluster): PlanSpec {
  const { restoreFrom, statefulSet, policy } = known;
  if (restoreFrom === undefined) throw new Error("only a recovery has a plan");
  const { recoveryId, restorePoint, approvedPlanDigest, cloneOf, identity } = restoreFrom;
  const { trustedKeys } = planPolicy(policy, "policy", new MistakeList()).signing;
  return {
    archive: archiveSpec(known.archive),
    restorePoint: restorePoint ?? defaultRestorePoint,
    ...(isVolumePoint(restorePoint) ? { kubernetes: { namespace: known.namespace ?? "neumann" } } : {}),
    recoveryId,
    nodes: podNames({ ...defaultStatefulSet, ...statefulSet }),
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
    ...(trustedKeys.length === 0 ? {} : { trustedKeys }),
    ...(cloneOf === undefined ? {} : { cloneOf: archiveSpec(cloneOf) }),
    ...(identity === undefined ? {} : { identity }),
  };
}

/** A rehearsal has its jobs, and none of them runs. */
const neverRun = Object.fromEntries(jobDuties.map((duty) => [duty, neverScheduled])) as JobSchedules;

/** What follows from checked arguments, and from the plan where there is a recovery. */
export function clusterRequestOf(
  known: KnownKubernetesCluster,
  owner: string,
  plan: PlanResult | undefined,
): ClusterRequest {
  const { restoreFrom, rehearsal, ...rest } = known;
  const schedules = rehearsal === true ? { schedules: neverRun, volumeSnapshots: undefined } : {};
  const base = { ...(requestOf(rest, owner) as Omit<ClusterRequest, "own">), ...schedules };
  if (plan === undefined || restoreFrom === undefined) return { ...base, own: {} };
  const identitySecret = restoreFrom.identity === undefined ? {} : { identitySecret: "neumann-backup-identity" };
  const cloneOf = restoreFrom.cloneOf === undefined ? {} : { cloneOf: archiveSpec(restoreFrom.cloneOf) };
  const { volume } = plan.plan.source;
  const restoredVolume = volume === undefined ? {} : { restoredVolume: volume.name };
  const own = { recovery: recoveryOf(known, base, plan) };
  return { ...withoutOldKeys(base), ...identitySecret, ...cloneOf, ...restoredVolume, own };
}

/** The list names those who signed what is restored: by it the new pods would not believe each other. */
function withoutOldKeys(base: Omit<ClusterRequest, "own">): Omit<ClusterRequest, "own"> {
  return { ...base, policy: { ...base.policy, signing: { ...base.policy.signing, trustedKeys: [] } } };
}

/** The same for every pod: no key, and no identity. */
function recoveryOf(
  known: KnownKubernetesCluster,
  base: Omit<ClusterRequest, "own">,
  { digest }: PlanResult,
): PodRecovery {
  const { approvedPlanDigest, identity, cloneOf, ...plan } = planSpecOf(known);
  void [approvedPlanDigest, identity];
  const { statefulSet, namespace, clusterDomain, access, authorities } = withDefaults(base);
  const domain = `.${statefulSet.serviceName}.${namespace}.svc.${clusterDomain}`;
  return {
    plan: {
      ...plan,
      archive: archiveInPod({ archive: plan.archive, access, authorities }),
      ...(cloneOf === undefined ? {} : { cloneOf: archiveInPod({ archive: cloneOf, access, authorities }, "cloneOf") }),
    },
    planDigest: digest,
    clusterName: plan.archive.clusterId,
    members: podNames(statefulSet).map((id) => ({ id, address: podAddress(id, domain) })),
    record: recordName(plan.recoveryId),
  };
}
