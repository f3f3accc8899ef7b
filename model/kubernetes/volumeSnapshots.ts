import { isBackupId } from "../layout";
import { labelsOf, prefix } from "./names";

/** The kind of Kubernetes that stands for the snapshot of a volume. */
export const volumeSnapshotKind = {
  group: "snapshot.storage.k8s.io",
  apiVersion: "snapshot.storage.k8s.io/v1",
  kind: "VolumeSnapshot",
  plural: "volumesnapshots",
} as const;

/** Label that names the backup of a VolumeSnapshot. */
export const backupIdLabel = `${prefix}/backup-id`;

/** Labels by which a cluster's VolumeSnapshots are found. */
export function volumeSnapshotLabels(clusterId: string) {
  return labelsOf(clusterId, "volume-snapshot");
}

/** Name of a backup's VolumeSnapshot. */
export function volumeSnapshotName(backupId: string): string {
  const good: boolean = isBackupId(backupId);
  if (!good) throw new TypeError(`not a backup id: ${backupId}`);
  return `${prefix}-${backupId.toLowerCase()}`;
}

/** The claim of a pod's data. */
export function dataClaim(dataVolume: string, pod: string): string {
  return `${dataVolume}-${pod}`;
}

export interface VolumeSnapshotRequest {
  clusterId: string;
  namespace: string;
  backupId: string;
  /** The claim whose volume is cut. */
  claim: string;
  className?: string;
}

/** What is created to have a volume cut. */
export function volumeSnapshot({ clusterId, namespace, backupId, claim, className }: VolumeSnapshotRequest) {
  return {
    apiVersion: volumeSnapshotKind.apiVersion,
    kind: volumeSnapshotKind.kind,
    metadata: {
      name: volumeSnapshotName(backupId),
      namespace,
      labels: { ...volumeSnapshotLabels(clusterId), [backupIdLabel]: backupId },
    },
    spec: {
      source: { persistentVolumeClaimName: claim },
      ...(className === undefined ? {} : { volumeSnapshotClassName: className }),
    },
  };
}
