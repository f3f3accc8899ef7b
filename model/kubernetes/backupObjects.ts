import { jobAccounts, scheduleLease, scheduleRole, scheduleRoleBinding } from "./access";
import { cronJobs } from "./jobs";
import { monitoringObjects } from "./monitoring";
import { labelsOf, objectNames, podLabel, secretKeys } from "./names";
import { podParts } from "./podParts";
import { type BackupRequest, type Backups, withDefaults } from "./request";
import { credentialsFile, settingsHash, settingsTexts } from "./settings";
import { networkPolicies } from "./traffic";

/**
 * All objects of a cluster's backups, but for the Secret with the signing key: no request holds a private key. The same
 * request gives the same objects.
 */
export function backupObjects(request: BackupRequest) {
  const backups = withDefaults(request);
  const texts = settingsTexts(backups);
  return {
    settings: settingsMap(backups, texts),
    credentials: backups.access.kind === "keys" ? credentialsSecret(backups) : undefined,
    accounts: jobAccounts(backups),
    lease: scheduleLease(backups),
    role: scheduleRole(backups),
    roleBinding: scheduleRoleBinding(backups),
    networkPolicies: networkPolicies(backups),
    cronJobs: cronJobs(backups),
    monitoring: monitoringObjects(backups),
    patch: statefulSetPatch(backups, texts),
  };
}

function settingsMap({ archive, namespace }: Backups, data: Record<string, string>) {
  return {
    apiVersion: "v1" as const,
    kind: "ConfigMap" as const,
    metadata: { name: objectNames.settings, namespace, labels: labelsOf(archive.clusterId, "settings") },
    data,
  };
}

function credentialsSecret({ archive, cloneOf, namespace }: Backups) {
  return {
    apiVersion: "v1" as const,
    kind: "Secret" as const,
    metadata: { name: objectNames.credentials, namespace, labels: labelsOf(archive.clusterId, "credentials") },
    type: "Opaque",
    data: { [secretKeys.credentials]: base64(credentialsFile({ archive, cloneOf })) },
  };
}

/** The Secret with the key that backups are signed with, PEM. */
export function signingSecret({ clusterId, namespace }: { clusterId: string; namespace: string }, privateKey: string) {
  return {
    apiVersion: "v1" as const,
    kind: "Secret" as const,
    metadata: { name: objectNames.signing, namespace, labels: labelsOf(clusterId, "signing") },
    type: "Opaque",
    data: { [secretKeys.signing]: base64(privateKey) },
  };
}

function base64(text: string): string {
  return Buffer.from(text, "utf8").toString("base64");
}

/** Who applies the patch: what it has added is what goes with it. */
export const fieldManager = "pulumi-neumann";

/** Only adds to a StatefulSet: nothing that the user's own objects say is taken over. */
function statefulSetPatch(backups: Backups, texts: Record<string, string>) {
  const { namespace, statefulSet, imagePullSecrets } = backups;
  const { initContainers, volumes, serverMounts } = podParts(backups);
  return {
    apiVersion: "apps/v1" as const,
    kind: "StatefulSet" as const,
    metadata: { name: statefulSet.name, namespace },
    spec: {
      template: {
        metadata: { labels: { [podLabel]: statefulSet.name }, annotations: settingsHash(texts) },
        spec: {
          initContainers,
          containers: [{ name: statefulSet.container, volumeMounts: serverMounts }],
          volumes,
          ...(imagePullSecrets === undefined ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) }),
        },
      },
    },
  };
}
