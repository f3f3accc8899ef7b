import { stringify } from "yaml";
import { backupObjects } from "../model/kubernetes/backupObjects";
import { clusterObjects, type ClusterRequest } from "../model/kubernetes/clusterObjects";
import type { BackupRequest } from "../model/kubernetes/request";

/** An object as it is written. */
export interface RenderedObject {
  /** Its file within the folder: the same for the same object, whatever else there is. */
  file: string;
  yaml: string;
}

interface KubernetesObject {
  kind: string;
  metadata: { name: string };
}

/** First line of every file: by it the next run knows what is its own. */
export const header = "# Made by `npx pulumi-neumann render`: change the configuration and render again.";

/** Beside the others, so that whoever deletes those does not delete the StatefulSet. */
export const patchFolder = "patch";

/** What a cluster has in steps of their own: each is applied when the one before it is done. */
export const clusterFolders = { database: "database", recovery: "recovery", jobs: "jobs" } as const;

/** All folders that an earlier run may have written to. */
export const folders: readonly string[] = [patchFolder, ...Object.values(clusterFolders)];

const patchHead = `${header}
# Not a whole StatefulSet: it only adds to yours. Never delete by this file: that would delete the StatefulSet.`;

const databaseHead = `${header}
# Deleting by this file deletes the database's pods, or the record of its recovery. Volumes stay.`;

/**
 * Everything of a cluster's backups, what is referred to before what refers to it; the patch of the StatefulSet last. No
 * Secret is among it.
 */
export function renderedBackups(request: BackupRequest): { objects: RenderedObject[]; patch: RenderedObject } {
  const { patch, cronJobs, ...others } = backupObjects(request);
  const objects = [...belongings(others), ...cronJobs, ...watches(others)].map((object) => rendered(object));
  return { objects, patch: rendered(patch, { folder: patchFolder, head: patchHead }) };
}

/** Everything of a cluster with its backups, in the order in which it is applied. No Secret is among it. */
export function renderedCluster(request: ClusterRequest): RenderedObject[] {
  const { backups, ...own } = clusterObjects(request);
  const { configuration, account, services, budget, networkPolicies, record, claim, statefulSet, awaitRecovery } = own;
  const accounts = request.statefulSet?.serviceAccount === undefined ? [account] : [];
  const { database: folder, recovery, jobs } = clusterFolders;
  const database = { folder, head: databaseHead };
  return [
    ...[configuration, ...accounts, ...belongings(backups), ...networkPolicies, ...services, budget].map((object) =>
      rendered(object),
    ),
    ...watches(backups).map((object) => rendered(object)),
    ...(record === undefined ? [] : [rendered(record, database)]),
    ...(claim === undefined ? [] : [rendered(claim, database)]),
    rendered(statefulSet, database),
    ...(awaitRecovery === undefined ? [] : [rendered(awaitRecovery, { folder: recovery })]),
    ...backups.cronJobs.map((job) => rendered(job, { folder: jobs })),
  ];
}

type Backups = Omit<ReturnType<typeof backupObjects>, "patch" | "cronJobs">;

function belongings({ settings, credentials, accounts, lease, role, roleBinding, networkPolicies }: Backups) {
  if (credentials !== undefined) throw new Error("a Secret would be rendered");
  return [settings, ...accounts, lease, role, roleBinding, ...networkPolicies];
}

function watches({ monitoring }: Pick<Backups, "monitoring">) {
  return monitoring === undefined ? [] : [monitoring.prometheusRule, monitoring.podMonitor];
}

function rendered(
  object: KubernetesObject,
  { folder, head = header }: { folder?: string; head?: string } = {},
): RenderedObject {
  const file = `${object.kind.toLowerCase()}-${object.metadata.name}.yaml`;
  return { file: folder === undefined ? file : `${folder}/${file}`, yaml: `${head}\n${yamlOf(object)}` };
}

/** As kubectl reads it, which follows YAML 1.1: `no` and `0440` are texts in quotes. */
function yamlOf(object: unknown): string {
  return stringify(object, null, { version: "1.1", directives: false, aliasDuplicateObjects: false, lineWidth: 0 });
}
