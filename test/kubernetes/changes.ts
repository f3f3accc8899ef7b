import type { KubernetesObject } from "../../lab/kubernetes";
import type { ClusterRequest } from "../../model/kubernetes/clusterObjects";
import type { BackupRequest } from "../../model/kubernetes/request";
import { resolvePolicy } from "../../model/policy";
import { wholeRequest as request } from "../components/kubernetes/backupRuns";

/** What else a cluster may be asked for, one argument at a time: a new one does not compile until it is here. */

/** Another namespace is another cluster, and so is a clone; without `monitoring` its objects are not made; `own` makes it a cluster of ours. */
type Changed<T> = Required<Omit<T, "namespace" | "cloneOf" | "monitoring" | "own">>;
type Changes<T> = { [K in keyof Changed<T>]: Partial<T> };

export const backupChanges: Changes<BackupRequest> = {
  statefulSet: { statefulSet: { replicas: 5, serviceAccount: "database", minAvailable: 3 } },
  configMap: { configMap: "database-config" },
  clusterDomain: { clusterDomain: "example.internal" },
  image: { image: "registry.example.com/neumann-backup:9.9.9" },
  databaseImage: { databaseImage: "registry.example.com/neumann:9.9.9" },
  programDirectory: { databaseImage: undefined, programDirectory: "/usr/local/bin" },
  imagePullSecrets: { imagePullSecrets: ["pull"] },
  archive: { archive: { ...request.archive, kind: "s3", bucket: "acme-other", region: "eu-central-1" } },
  policy: { policy: resolvePolicy({ full: { everyMinutes: 720 }, verification: { restoreEveryMinutes: 1440 } }) },
  access: { access: { kind: "identity" } },
  pruneCredentialsSecret: { pruneCredentialsSecret: "prune" },
  authorities: { authorities: "-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n" },
  signingKeySecret: { signingKeySecret: "signing" },
  schedules: { schedules: { prune: "7 7 * * *", rehearsal: "none", timeZone: "Europe/Berlin" } },
  accountAnnotations: { accountAnnotations: { prune: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/p" } } },
  sidecarResources: { sidecarResources: { memoryLimit: "2Gi", cpuLimit: "1" } },
  jobResources: { jobResources: { memoryLimit: "4Gi", cpuLimit: "2" } },
  jobScheduling: { jobScheduling: { nodeSelector: { pool: "backup" }, tolerations: [{}], priorityClassName: "low" } },
  scratch: { scratch: { size: "80Gi", storageClass: "fast" } },
  traffic: { traffic: { ...request.traffic, archiveCidrs: ["10.1.0.0/16"], allowMetadata: true } },
  volumeSnapshots: { volumeSnapshots: { className: "fast", everyMinutes: 60, keep: 24 } },
  owner: { owner: "another/stack" },
};

/** What a cluster of ours has beside; `storage` is Kubernetes' to keep, and what it was restored from the past. */
export const clusterChanges: Omit<Changes<ClusterRequest>, "storage" | "identitySecret" | "restoredVolume"> = {
  ...backupChanges,
  // A server of ours has the database's image.
  programDirectory: { programDirectory: "/usr/local/bin" },
  configuration: { configuration: '[cluster]\nname = "prod"\n\n[raft]\nsnapshot_interval = 5000\n' },
  serverResources: { serverResources: { memoryRequest: "4Gi", memoryLimit: "4Gi" } },
  podScheduling: { podScheduling: { nodeSelector: { pool: "data" }, tolerations: [{ key: "dedicated" }] } },
  clients: { clients: { namespaces: ["shop"], monitoringNamespace: "monitoring" } },
  podAccountAnnotations: { podAccountAnnotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/pods" } },
};

/** Those of the later objects that differ from the earlier ones, or are new. */
export function changed(earlier: readonly KubernetesObject[], later: readonly KubernetesObject[]): KubernetesObject[] {
  const known = new Set(earlier.map((object) => JSON.stringify(object)));
  return later.filter((object) => !known.has(JSON.stringify(object)));
}
