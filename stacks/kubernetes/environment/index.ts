import * as pulumi from "@pulumi/pulumi";
import { BucketArchive } from "../../../components/bucketArchive";
import { KubernetesBackups } from "../../../components/kubernetes";
import { readKubernetesEnvironment } from "../settings";

/** The backups of a database in a StatefulSet that is there, in buckets that are there. */
const settings = readKubernetesEnvironment(new pulumi.Config());
const { clusterId, bucket, offsite, credentials, policy } = settings;

const archive = new BucketArchive(clusterId, {
  clusterId,
  ...bucket,
  credentials,
  offsite: offsite === undefined ? undefined : { kind: "s3", ...offsite, credentials },
});
const backups = new KubernetesBackups(clusterId, {
  image: settings.image,
  databaseImage: settings.databaseImage,
  archive: archive.reference,
  workloadIdentity: credentials === undefined,
  namespace: settings.namespace,
  statefulSet: settings.statefulSet,
  accountAnnotations: settings.accountAnnotations,
  policy,
  schedules: { timeZone: settings.timeZone },
  traffic: { isolatedPods: settings.isolatedPods },
  monitoring: settings.monitoring,
});

export const archiveReference = backups.archive;
export const publicKeys = backups.publicKeys;
export const resolvedPolicy = backups.policy;
export const schedules = backups.schedules;
export const recoveryPoints = backups.recoveryPoints;
export const alertRules = backups.alertRules;
