import { labelsOf, objectNames, prefix } from "./names";
import { volumeSnapshotKind } from "./volumeSnapshots";
import { accountDuties, type AccountDuty, type Backups, type JobDuty } from "./request";

/** Account of a job: those that look and those that read have the same rights. */
export function accountOf(duty: JobDuty): AccountDuty {
  return duty === "look" ? "verify" : duty;
}

export function accountName(duty: AccountDuty): string {
  return `${prefix}-${duty}`;
}

/** An account for each kind of job; none of them may do anything in the cluster. */
export function jobAccounts(backups: Backups) {
  const { archive, namespace, accountAnnotations } = backups;
  return accountDuties.map((duty) => ({
    apiVersion: "v1" as const,
    kind: "ServiceAccount" as const,
    metadata: {
      name: accountName(duty),
      namespace,
      labels: labelsOf(archive.clusterId, duty),
      annotations: accountAnnotations[duty] ?? {},
    },
    automountServiceAccountToken: false,
  }));
}

/** Whose schedule runs: sidecars write it, so nothing but its name is ours. */
export function scheduleLease({ archive, namespace }: Backups) {
  return {
    apiVersion: "coordination.k8s.io/v1" as const,
    kind: "Lease" as const,
    metadata: { name: objectNames.lease, namespace, labels: labelsOf(archive.clusterId, "schedule") },
  };
}

/**
 * All that the pods may do in the cluster: see that one of them, and no other, runs the schedule; and keep the record of the
 * recovery that they come from; and, where they are wanted, take snapshots of volumes and delete them.
 */
export function scheduleRole({ archive, namespace, own, volumeSnapshots }: Backups) {
  const record = own?.recovery?.record;
  return {
    apiVersion: "rbac.authorization.k8s.io/v1" as const,
    kind: "Role" as const,
    metadata: { name: objectNames.role, namespace, labels: labelsOf(archive.clusterId, "schedule") },
    rules: [
      {
        apiGroups: ["coordination.k8s.io"],
        resources: ["leases"],
        resourceNames: [objectNames.lease as string],
        verbs: ["get", "update"],
      },
      ...(record === undefined
        ? []
        : [{ apiGroups: [""], resources: ["configmaps"], resourceNames: [record], verbs: ["get", "update"] }]),
      ...(volumeSnapshots === undefined
        ? []
        : [
            {
              apiGroups: [volumeSnapshotKind.group],
              resources: [volumeSnapshotKind.plural],
              // Names are not known before: nothing narrower than all of the namespace can be said.
              verbs: ["create", "get", "list", "delete"],
            },
          ]),
    ],
  };
}

export function scheduleRoleBinding({ archive, namespace, statefulSet }: Backups) {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1" as const,
    kind: "RoleBinding" as const,
    metadata: { name: objectNames.role, namespace, labels: labelsOf(archive.clusterId, "schedule") },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: objectNames.role },
    subjects: [{ kind: "ServiceAccount", name: statefulSet.serviceAccount, namespace }],
  };
}
