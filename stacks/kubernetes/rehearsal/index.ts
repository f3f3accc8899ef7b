import * as core from "@pulumi/kubernetes/core/v1";
import * as pulumi from "@pulumi/pulumi";
import { BucketArchive } from "../../../components/bucketArchive";
import { KubernetesCluster, RehearsalNamespace } from "../../../components/kubernetes";
import { readKubernetesRehearsal } from "../rehearsalSettings";

/** A clone of a cluster in a namespace of its own, which reads its archive and writes another; destroyed afterwards. */
const settings = readKubernetesRehearsal(new pulumi.Config());
const { clusterId, own, source, credentials, recoveryId } = settings;

const place = new RehearsalNamespace("rehearsal", { clusterId, quota: settings.quota });
const archive = new BucketArchive("rehearsal", {
  clusterId: `${clusterId}-rehearsal`,
  ...own,
  credentials: credentials && { profile: "own" },
});
const keys =
  credentials &&
  new core.Secret("rehearsal-keys", {
    metadata: { name: "neumann-rehearsal-keys", namespace: place.namespace },
    stringData: { credentials },
  });
const copy = new KubernetesCluster("rehearsal", {
  rehearsal: true,
  namespace: place.namespace,
  image: settings.image,
  databaseImage: settings.databaseImage,
  configuration: settings.configuration,
  storage: { size: settings.volumeSize, storageClass: settings.storageClass },
  statefulSet: settings.statefulSet,
  archive: archive.reference,
  credentialsSecret: keys?.metadata.name,
  workloadIdentity: keys === undefined,
  podAccountAnnotations: settings.podAccountAnnotations,
  policy: settings.policy,
  traffic: settings.archiveCidrs && { archiveCidrs: settings.archiveCidrs },
  restoreFrom: {
    recoveryId,
    restorePoint: settings.restorePoint,
    approvedPlanDigest: settings.approvedPlanDigest,
    timeoutMinutes: settings.timeoutMinutes,
    cloneOf: { clusterId, ...source },
  },
});

/** `npx pulumi-neumann rehearse` takes no program that does not say so. */
export const rehearsal = true;
export const plan = copy.plan;
export const planDigest = copy.planDigest;
export const report = copy.report;
export const namespace = place.namespace;
