import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as coordination from "@pulumi/kubernetes/coordination/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { type backupObjects, fieldManager } from "../../model/kubernetes/backupObjects";
import { accountDuties, jobDuties } from "../../model/kubernetes/request";
import { fieldsOf } from "./fields";

type Objects = ReturnType<typeof backupObjects>;

/** All of them but the Secrets: none of these holds a key. */
export type OpenObjects = Omit<Objects, "credentials">;

/** What decides which resources there are. */
export interface Shape {
  name: string;
  isolatedPods: boolean;
  monitoring: boolean;
}

/** What the pods cannot start without, and what watches over them: there before the patch, and until it is gone. */
export function makeBelongings(
  { name, isolatedPods }: Shape,
  objects: pulumi.Output<OpenObjects>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const settings = objects.apply((found) => found.settings);
  const policies = ["jobs", ...(isolatedPods ? ["pods"] : [])];
  return [
    new core.ConfigMap(`${name}-settings`, fieldsOf(settings, "metadata", "data"), opts),
    ...accountDuties.map((duty, at) => {
      const account = objects.apply((found) => found.accounts[at] as Objects["accounts"][number]);
      return new core.ServiceAccount(
        `${name}-${duty}`,
        fieldsOf(account, "metadata", "automountServiceAccountToken"),
        opts,
      );
    }),
    new coordination.Lease(
      `${name}-lease`,
      fieldsOf(
        objects.apply(({ lease }) => lease),
        "metadata",
      ),
      opts,
    ),
    new rbac.Role(
      `${name}-role`,
      fieldsOf(
        objects.apply(({ role }) => role),
        "metadata",
        "rules",
      ),
      opts,
    ),
    new rbac.RoleBinding(
      `${name}-role-binding`,
      fieldsOf(
        objects.apply(({ roleBinding }) => roleBinding),
        "metadata",
        "roleRef",
        "subjects",
      ),
      opts,
    ),
    ...policies.map((role, at) => {
      const policy = objects.apply((found) => found.networkPolicies[at] as Objects["networkPolicies"][number]);
      return new networking.NetworkPolicy(`${name}-network-${role}`, fieldsOf(policy, "metadata", "spec"), opts);
    }),
  ];
}

/** Pods restart one after the other: minutes for each, with what the server replays. */
const rolloutMinutes = 60;

/** Adds the agent to the set. Who applies it has one name for ever: by it the cluster knows what goes with the patch. */
export function patchStatefulSet(
  name: string,
  objects: pulumi.Output<OpenObjects>,
  opts: pulumi.CustomResourceOptions,
): apps.StatefulSetPatch {
  const patch = objects.apply((found) => found.patch);
  const metadata = patch.apply(({ metadata: own }) => ({
    ...own,
    annotations: { "pulumi.com/patchFieldManager": fieldManager },
  }));
  const timeout = `${rolloutMinutes}m`;
  return new apps.StatefulSetPatch(
    `${name}-patch`,
    { metadata, ...fieldsOf(patch, "spec") },
    { ...opts, customTimeouts: { create: timeout, update: timeout } },
  );
}

export function makeJobs(
  name: string,
  objects: pulumi.Output<OpenObjects>,
  opts: pulumi.CustomResourceOptions,
): batch.CronJob[] {
  return jobDuties.map((duty, at) => {
    const job = objects.apply((found) => found.cronJobs[at] as Objects["cronJobs"][number]);
    return new batch.CronJob(`${name}-job-${duty}`, fieldsOf(job, "metadata", "spec"), opts);
  });
}

/** For the operator of Prometheus, where its kinds are there. */
export function makeMonitoring(
  { name, monitoring }: Shape,
  objects: pulumi.Output<OpenObjects>,
  opts: pulumi.CustomResourceOptions,
): void {
  if (!monitoring) return;
  const made = objects.apply((found) => found.monitoring as NonNullable<Objects["monitoring"]>);
  const apiVersion = "monitoring.coreos.com/v1";
  const rule = made.apply(({ prometheusRule }) => prometheusRule);
  const monitor = made.apply(({ podMonitor }) => podMonitor);
  new apiextensions.CustomResource(
    `${name}-rules`,
    { apiVersion, kind: "PrometheusRule", ...fieldsOf(rule, "metadata", "spec") },
    opts,
  );
  new apiextensions.CustomResource(
    `${name}-monitor`,
    { apiVersion, kind: "PodMonitor", ...fieldsOf(monitor, "metadata", "spec") },
    opts,
  );
}
