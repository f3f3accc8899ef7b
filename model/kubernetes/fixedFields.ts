import type { Mistakes } from "../mistakes";
import { podNames, type StatefulSetSpec } from "./request";

/** What Kubernetes never changes in a StatefulSet that is there. */
export interface FixedFields {
  serviceName: string;
  dataVolume: string;
  size: string;
  /** Empty for the cluster's default class. */
  storageClass: string;
}

interface Wanted {
  namespace: string;
  statefulSet: Required<StatefulSetSpec>;
  storage: { size: string; storageClass?: string };
}

export function fixedFields({ statefulSet, storage }: Wanted): FixedFields {
  const { serviceName, dataVolume } = statefulSet;
  return { serviceName, dataVolume, size: storage.size, storageClass: storage.storageClass ?? "" };
}

/** Collects what would no longer fit together if it changed beside a set that keeps it. */
export function refuseChanges(first: FixedFields, now: FixedFields, mistakes: Mistakes): void {
  for (const name of ["serviceName", "dataVolume"] as const) {
    if (first[name] === now[name]) continue;
    const remedy = `Write ${JSON.stringify(first[name])} again, or recover into a KubernetesCluster of another name and namespace.`;
    mistakes.add(`statefulSet.${name}`, "cannot change in a StatefulSet that is there", now[name], remedy);
  }
}

/** What is asked of volumes that are there, and is not done. */
export function volumeWarnings(first: FixedFields, wanted: Wanted): string[] {
  const now = fixedFields(wanted);
  const warnings: string[] = [];
  if (first.size !== now.size) warnings.push(sizeWarning(first.size, wanted));
  if (first.storageClass !== now.storageClass) {
    warnings.push(
      `storage.storageClass is now ${className(now)}, and the cluster was made with ${className(first)}: Kubernetes changes no claim template, so all volumes, new ones too, keep their class. Recover into a new cluster to change it.`,
    );
  }
  return warnings;
}

function className({ storageClass }: FixedFields): string {
  return storageClass === "" ? "the default class" : storageClass;
}

function sizeWarning(before: string, { namespace, statefulSet, storage }: Wanted): string {
  const claims = podNames(statefulSet).map((pod) => `pvc/${statefulSet.dataVolume}-${pod}`);
  const patch = JSON.stringify({ spec: { resources: { requests: { storage: storage.size } } } });
  return [
    `storage.size is now ${storage.size}, and the cluster was made with ${before}: Kubernetes changes no claim template, so this does not either.`,
    "Volumes never shrink. Where their class allows it (allowVolumeExpansion), they grow by their claims:",
    `${claims.map((claim) => `kubectl patch -n ${namespace} ${claim} --patch '${patch}'`).join("; ")}.`,
    `A claim that is made later has ${before} again.`,
  ].join(" ");
}
