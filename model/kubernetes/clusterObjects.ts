import { createHash } from "node:crypto";
import { backupObjects } from "./backupObjects";
import { jobSelector } from "./jobs";
import { labelsOf, objectNames, podLabel, prefix, volumeNames } from "./names";
import { podPaths, raftPort, sidecarPort } from "./pod";
import { credentialsVolume, podParts, settingsVolume } from "./podParts";
import { type BackupRequest, type Backups, type ContainerResources, withDefaults } from "./request";
import { resourcesOf } from "./resources";
import { type Scheduling, schedulingOf } from "./scheduling";
import { containerSecurity, podSecurity } from "./security";
import { dataClaim, volumeSnapshotKind } from "./volumeSnapshots";
import { toApiServer, toArchive, toDns, toMetadata } from "./traffic";

/** Where a pod's data lies. */
export interface DataVolume {
  /** As Kubernetes writes quantities. */
  size: string;
  /** @default the cluster's default class */
  storageClass?: string;
}

/** Who may reach the database. */
export interface ClientTraffic {
  /** Labels of the pods that do. @default those that have `neumann-client: "true"` */
  podLabels?: Record<string, string>;
  /** Namespaces of these pods, by name. @default the cluster's own */
  namespaces?: string[];
  /** Namespace from which Prometheus asks. @default every one */
  monitoringNamespace?: string;
}

/** From what a cluster of our own is made. */
export interface ClusterRequest extends BackupRequest {
  /** The database's image: its server is of it. */
  databaseImage: string;
  /** `config.toml`; what differs between pods is written into it in each. */
  configuration: string;
  storage: DataVolume;
  serverResources?: ContainerResources;
  /** Where the database's pods run. @default any node */
  podScheduling?: Scheduling;
  clients?: ClientTraffic;
  /** Annotations of the pods' account, such as the ARN of a role. */
  podAccountAnnotations?: Record<string, string>;
  /** Secret whose `identity.txt` opens what is restored. */
  identitySecret?: string;
  own: NonNullable<BackupRequest["own"]>;
  /** VolumeSnapshot that the first pod's volume is made of. */
  restoredVolume?: string;
}

const serverResources: ContainerResources = { cpuRequest: "500m", memoryRequest: "1Gi" };

/** Ports of the database: for members, and for what they tell each other. */
const gossipPort = 7879;

/** Time for a server to end in order, and for its last segments to be stored after it. */
const endSeconds = 300;

/** A recovery moves as much data as there is. In seconds. */
export const recoverySeconds = 24 * 3600;

/** All objects of a cluster of our own, with its backups. The same request gives the same objects. */
export function clusterObjects(request: ClusterRequest) {
  const cluster = { ...request, ...withDefaults(withAccount(request)) };
  const { patch, ...backups } = backupObjects(cluster);
  return {
    backups,
    account: podAccount(cluster),
    configuration: configurationMap(cluster),
    services: [headlessService(cluster), clientService(cluster)],
    budget: disruptionBudget(cluster),
    networkPolicies: [databasePolicy(cluster)],
    record: recordMap(cluster),
    claim: firstClaim(cluster),
    statefulSet: statefulSet(cluster, patch.spec.template.metadata.annotations),
    awaitRecovery: recoveryJob(cluster),
  };
}

type Cluster = ClusterRequest & Backups;

/** The namespace's own account is everybody's: the rights of these pods are theirs alone. */
function withAccount(request: ClusterRequest): ClusterRequest {
  const serviceAccount = request.statefulSet?.serviceAccount ?? objectNames.pods;
  return { ...request, statefulSet: { ...request.statefulSet, serviceAccount } };
}

/** ConfigMap that holds the record of a recovery: one for each, so that another one never finds this one's. */
export function recordName(recoveryId: string): string {
  const plain = /^[a-z0-9]([-a-z0-9]{0,28}[a-z0-9])?$/.test(recoveryId);
  const word = plain ? recoveryId : createHash("sha256").update(recoveryId).digest("hex").slice(0, 16);
  return `${prefix}-recovery-${word}`;
}

function metadataOf({ archive, namespace }: Backups, name: string, component: string) {
  return { name, namespace, labels: labelsOf(archive.clusterId, component) };
}

function podAccount(cluster: Cluster) {
  return {
    apiVersion: "v1" as const,
    kind: "ServiceAccount" as const,
    metadata: {
      ...metadataOf(cluster, cluster.statefulSet.serviceAccount, "database"),
      annotations: cluster.podAccountAnnotations ?? {},
    },
    automountServiceAccountToken: false,
  };
}

function configurationMap(cluster: Cluster) {
  return {
    apiVersion: "v1" as const,
    kind: "ConfigMap" as const,
    metadata: metadataOf(cluster, cluster.configMap, "database"),
    data: { "config.toml": cluster.configuration },
  };
}

/** Empty: the pods write it, and nobody else does. */
function recordMap(cluster: Cluster) {
  const record = cluster.own.recovery?.record;
  if (record === undefined) return undefined;
  return {
    apiVersion: "v1" as const,
    kind: "ConfigMap" as const,
    metadata: metadataOf(cluster, record, "recovery"),
  };
}

function podSelector({ statefulSet: { name } }: Backups) {
  return { [podLabel]: name };
}

const port = (name: string, number: number) => ({ name, port: number, targetPort: number, protocol: "TCP" });

/** Members find each other by it before they are ready: only together do they become so. */
function headlessService(cluster: Cluster) {
  return {
    apiVersion: "v1" as const,
    kind: "Service" as const,
    metadata: metadataOf(cluster, cluster.statefulSet.serviceName, "database"),
    spec: {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: podSelector(cluster),
      ports: [port("raft", raftPort), port("gossip", gossipPort)],
    },
  };
}

function clientService(cluster: Cluster) {
  return {
    apiVersion: "v1" as const,
    kind: "Service" as const,
    metadata: metadataOf(cluster, cluster.statefulSet.name, "database"),
    spec: { type: "ClusterIP", selector: podSelector(cluster), ports: [port("raft", raftPort)] },
  };
}

function disruptionBudget(cluster: Cluster) {
  const { name, minAvailable } = cluster.statefulSet;
  return {
    apiVersion: "policy/v1" as const,
    kind: "PodDisruptionBudget" as const,
    metadata: metadataOf(cluster, name, "database"),
    spec: { minAvailable, selector: { matchLabels: podSelector(cluster) } },
  };
}

/** Members among themselves, clients, Prometheus; out to DNS, the archive and the API server. */
function databasePolicy(cluster: Cluster) {
  const { clients = {}, statefulSet: set } = cluster;
  const tcp = (...ports: number[]) => ports.map((number) => ({ protocol: "TCP", port: number }));
  const members = [{ podSelector: { matchLabels: podSelector(cluster) } }];
  const both = [...tcp(raftPort, gossipPort), { protocol: "UDP", port: gossipPort }];
  const { podLabels = { "neumann-client": "true" }, namespaces, monitoringNamespace } = clients;
  const pods = { podSelector: { matchLabels: podLabels } };
  const from = namespaces === undefined ? [pods] : namespaces.map((name) => ({ ...namespaceOf(name), ...pods }));
  return {
    apiVersion: "networking.k8s.io/v1" as const,
    kind: "NetworkPolicy" as const,
    metadata: metadataOf(cluster, set.name, "database"),
    spec: {
      podSelector: { matchLabels: podSelector(cluster) },
      policyTypes: ["Ingress", "Egress"],
      ingress: [
        { from: members, ports: both },
        { from, ports: tcp(raftPort) },
        {
          ...(monitoringNamespace === undefined ? {} : { from: [namespaceOf(monitoringNamespace)] }),
          ports: tcp(sidecarPort),
        },
      ],
      egress: [{ to: members, ports: both }, toDns(cluster), toArchive(cluster), ...toMetadata(cluster), toApiServer],
    },
  };
}

function namespaceOf(name: string) {
  return { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } } };
}

function statefulSet(cluster: Cluster, annotations: Record<string, string>) {
  const { statefulSet: set, storage, imagePullSecrets, own, identitySecret } = cluster;
  const restore = own.recovery && (identitySecret === undefined ? {} : { identitySecret });
  const { initContainers, volumes, serverMounts } = podParts({ ...cluster, ...(restore && { restore }) });
  // Of another name than the jobs' pods, which are found by theirs.
  const named = { "app.kubernetes.io/name": "neumann" };
  const labels = { ...labelsOf(cluster.archive.clusterId, "database"), ...named, ...podSelector(cluster) };
  return {
    apiVersion: "apps/v1" as const,
    kind: "StatefulSet" as const,
    metadata: metadataOf(cluster, set.name, "database"),
    spec: {
      serviceName: set.serviceName,
      replicas: set.replicas,
      podManagementPolicy: "OrderedReady",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      selector: { matchLabels: podSelector(cluster) },
      template: {
        metadata: { labels, annotations },
        spec: {
          serviceAccountName: set.serviceAccount,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          terminationGracePeriodSeconds: endSeconds,
          securityContext: podSecurity,
          topologySpreadConstraints: [spread(cluster, "kubernetes.io/hostname"), spread(cluster, zone)],
          ...schedulingOf(cluster.podScheduling),
          ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          initContainers,
          containers: [server(cluster, serverMounts)],
          volumes,
        },
      },
      volumeClaimTemplates: [{ metadata: { name: set.dataVolume }, spec: claimSpec(storage) }],
    },
  };
}

function claimSpec({ size, storageClass }: DataVolume) {
  return {
    accessModes: ["ReadWriteOnce"],
    ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
    resources: { requests: { storage: size } },
  };
}

/** The set takes a claim over that has the name of one of its own: this one's volume is a copy of the snapshot's. */
function firstClaim(cluster: Cluster) {
  const { restoredVolume: name, statefulSet: set, storage } = cluster;
  if (name === undefined) return undefined;
  const { labels, ...metadata } = metadataOf(cluster, dataClaim(set.dataVolume, `${set.name}-0`), "database");
  const { group: apiGroup, kind } = volumeSnapshotKind;
  return {
    apiVersion: "v1" as const,
    kind: "PersistentVolumeClaim" as const,
    metadata: {
      ...metadata,
      labels: { ...labels, ...podSelector(cluster) },
      // Many classes make a volume only once a pod wants it: nobody waits before there is one.
      annotations: { "pulumi.com/skipAwait": "true" },
    },
    spec: { ...claimSpec(storage), dataSource: { apiGroup, kind, name } },
  };
}

const zone = "topology.kubernetes.io/zone";

function spread(cluster: Cluster, topologyKey: string) {
  const labelSelector = { matchLabels: podSelector(cluster) };
  return { maxSkew: 1, topologyKey, whenUnsatisfiable: "ScheduleAnyway", labelSelector };
}

function server(cluster: Cluster, mounts: ReturnType<typeof podParts>["serverMounts"]) {
  const { statefulSet: set, databaseImage } = cluster;
  return {
    name: set.container,
    image: databaseImage,
    command: ["neumann"],
    args: ["--config", `${podPaths.database}/config.toml`],
    ports: [
      { name: "raft", containerPort: raftPort, protocol: "TCP" },
      { name: "gossip", containerPort: gossipPort, protocol: "TCP" },
    ],
    // Its admin interface is on loopback. That it listens must not wait for a quorum: the next pod is made after this one.
    readinessProbe: { tcpSocket: { port: raftPort }, periodSeconds: 5, timeoutSeconds: 3, failureThreshold: 3 },
    resources: resourcesOf(cluster.serverResources ?? serverResources),
    securityContext: containerSecurity,
    volumeMounts: [
      { name: set.dataVolume, mountPath: podPaths.data },
      // The folder too: an image's own, where there is one, may be closed to the user that the pod runs as.
      { name: volumeNames.given, mountPath: podPaths.database, readOnly: true },
      ...mounts,
    ],
  };
}

/** Waits until the recovery is accepted; its account may do nothing, and it reads the archive alone. */
function recoveryJob(cluster: Cluster) {
  const { own, access, image, jobResources, jobScheduling, imagePullSecrets } = cluster;
  if (own.recovery === undefined) return undefined;
  const labels = labelsOf(cluster.archive.clusterId, "recovery");
  const secret = access.kind === "secret" ? access.name : objectNames.credentials;
  const credentials = access.kind === "identity" ? [] : [credentialsVolume(secret)];
  const folder = (file: string): string => file.slice(0, file.lastIndexOf("/"));
  const readOnly = true;
  return {
    apiVersion: "batch/v1" as const,
    kind: "Job" as const,
    metadata: metadataOf(cluster, own.recovery.record.replace("-recovery-", "-await-"), "recovery"),
    spec: {
      backoffLimit: 2,
      activeDeadlineSeconds: recoverySeconds,
      template: {
        metadata: { labels: { ...labels, ...jobSelector(cluster) } },
        spec: {
          restartPolicy: "Never",
          serviceAccountName: `${prefix}-verify`,
          automountServiceAccountToken: false,
          enableServiceLinks: false,
          securityContext: podSecurity,
          ...schedulingOf(jobScheduling),
          ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
          containers: [
            {
              name: prefix,
              image,
              command: ["neumann-backup"],
              args: ["pod", "await-recovery", "--timeout", String(recoverySeconds - 600)],
              env: [{ name: "HOME", value: "/tmp" }],
              resources: resourcesOf(jobResources),
              securityContext: containerSecurity,
              terminationMessagePolicy: "FallbackToLogsOnError",
              volumeMounts: [
                { name: volumeNames.temporary, mountPath: "/tmp" },
                { name: volumeNames.settings, mountPath: folder(podPaths.settings), readOnly },
                ...credentials.map(({ name }) => ({ name, mountPath: folder(podPaths.credentials), readOnly })),
              ],
            },
          ],
          volumes: [{ name: volumeNames.temporary, emptyDir: { sizeLimit: "1Gi" } }, settingsVolume(), ...credentials],
        },
      },
    },
  };
}
