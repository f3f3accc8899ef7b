import { stringify } from "yaml";
import { backupObjects } from "../model/kubernetes/backupObjects";
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

const patchHead = `${header}
# Not a whole StatefulSet: it only adds to yours. Never delete by this file: that would delete the StatefulSet.`;

/**
 * Everything of a cluster's backups, what is referred to before what refers to it; the patch of the StatefulSet last. No
 * Secret is among it.
 */
export function renderedBackups(request: BackupRequest): { objects: RenderedObject[]; patch: RenderedObject } {
  const { settings, credentials, accounts, lease, role, roleBinding, networkPolicies, cronJobs, monitoring, patch } =
    backupObjects(request);
  if (credentials !== undefined) throw new Error("a Secret would be rendered");
  const watched = monitoring === undefined ? [] : [monitoring.prometheusRule, monitoring.podMonitor];
  const all = [settings, ...accounts, lease, role, roleBinding, ...networkPolicies, ...cronJobs, ...watched];
  const objects = all.map((object) => ({ file: fileOf(object), yaml: `${header}\n${yamlOf(object)}` }));
  const file = `${patchFolder}/${fileOf(patch)}`;
  return { objects, patch: { file, yaml: `${patchHead}\n${yamlOf(patch)}` } };
}

function fileOf({ kind, metadata }: KubernetesObject): string {
  return `${kind.toLowerCase()}-${metadata.name}.yaml`;
}

/** As kubectl reads it, which follows YAML 1.1: `no` and `0440` are texts in quotes. */
function yamlOf(object: unknown): string {
  return stringify(object, null, { version: "1.1", directives: false, aliasDuplicateObjects: false, lineWidth: 0 });
}
