import { checkBackupRequest, accessOf, type GivenRequest } from "../../model/kubernetes/checks";
import type { BackupRequest } from "../../model/kubernetes/request";
import { type Mistakes, Mistakes as MistakeList } from "../../model/mistakes";
import { checkLocks } from "../../model/objectLock";
import type { BackupPolicy } from "../../model/policy";
import { archiveSpec, checkArchiveReference } from "../archiveReference";
import { isPlain, type Pending } from "../arguments";
import { planPolicy } from "../policyArgs";
import { refuseLogToNowhere } from "../protection";
import type { KnownKubernetesBackups, KubernetesBackupsArgs } from "./kubernetesBackupsArgs";

const decides = "It decides which resources there are.";

/** What decides which resources there are. */
export function checkStructure(args: KubernetesBackupsArgs, mistakes: Mistakes): void {
  for (const path of ["workloadIdentity", "monitoring", "traffic"] as const) {
    if (!isPlain(args[path])) mistakes.add(path, "must be plain", "an output", decides);
  }
  if (isPlain(args.traffic) && !isPlain(args.traffic?.isolatedPods)) {
    mistakes.add("traffic.isolatedPods", "must be plain", "an output", decides);
  }
}

/** What is wrong with values that are known. */
export function checkValues(known: KnownKubernetesBackups, mistakes: Mistakes, pending: Pending): void {
  const before = mistakes.all.length;
  const policy = pending("policy") ? undefined : planPolicy(known.policy, "policy", mistakes);
  const sound = !pending("archive") && checkArchive(known, mistakes);
  if (sound && policy !== undefined && mistakes.all.length === before) checkTogether(known, policy, mistakes);
  // Which kind it is does not wait for the Secret's name.
  const waits = pending("credentialsSecret");
  const access = accessOf(waits ? { ...known, credentialsSecret: "later" } : known, mistakes);
  const { archive, policy: overrides, credentialsSecret, workloadIdentity, ...rest } = known;
  void [overrides, credentialsSecret, workloadIdentity];
  const given: GivenRequest = { ...rest, access, ...(sound ? { archive: archiveSpec(archive) } : {}) };
  checkBackupRequest(given, mistakes, (path) => pending(path));
}

/** False where nothing more can be said about it. */
function checkArchive({ archive }: KnownKubernetesBackups, mistakes: Mistakes): boolean {
  if (typeof archive !== "object" || (archive as unknown) === null) {
    const remedy = "Give the reference of an archive, such as new BucketArchive(…).reference.";
    mistakes.add("archive", "is required", archive, remedy);
    return false;
  }
  const before = mistakes.all.length;
  checkArchiveReference(archive, "archive", mistakes);
  return mistakes.all.length === before;
}

function checkTogether(known: KnownKubernetesBackups, policy: BackupPolicy, mistakes: Mistakes): void {
  refuseLogToNowhere(known, mistakes);
  checkLocks(archiveSpec(known.archive), policy, "archive", mistakes);
}

/** What follows from checked arguments. */
export function requestOf(known: KnownKubernetesBackups, owner: string): BackupRequest {
  const { archive, policy, credentialsSecret, workloadIdentity, ...rest } = known;
  return {
    ...rest,
    owner,
    archive: archiveSpec(archive),
    policy: planPolicy(policy, "policy", new MistakeList()),
    access: accessOf({ credentialsSecret, workloadIdentity }, new MistakeList()),
  };
}
