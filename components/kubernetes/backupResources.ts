import * as apiextensions from "@pulumi/kubernetes/apiextensions";
import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as coordination from "@pulumi/kubernetes/coordination/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as rbac from "@pulumi/kubernetes/rbac/v1";
import * as pulumi from "@pulumi/pulumi";
import { accountName } from "../../model/kubernetes/access";
import { type backupObjects, fieldManager } from "../../model/kubernetes/backupObjects";
import { cronJobName } from "../../model/kubernetes/jobs";
import { objectNames, prefix } from "../../model/kubernetes/names";
import { accountDuties, jobDuties, type Whereabouts } from "../../model/kubernetes/request";
import { networkPolicyName } from "../../model/kubernetes/traffic";
import { fieldsOf } from "./fields";

type Objects = ReturnType<typeof backupObjects>;

/** All of them but the Secrets: none of these holds a key. */
export type OpenObjects = Omit<Objects, "credentials" | "patch">;

/** What resources are made from. */
export interface ResourcesRequest {
  /** Name of the component. */
  name: string;
  /** Known in every preview, though the archive may not be: the provider wants to know which object it is about. */
  where: pulumi.Output<Whereabouts>;
  objects: pulumi.Output<OpenObjects>;
  /** What decides which resources there are. */
  isolatedPods: boolean;
  monitoring: boolean;
}

/** Only a set that is there already is patched. */
export interface PatchRequest extends Pick<ResourcesRequest, "name" | "where"> {
  objects: pulumi.Output<Pick<Objects, "patch">>;
}

interface Labelled {
  metadata: { labels: Record<string, string> };
}

/** An object's metadata, with its name and namespace apart from what may not be known yet. */
export function metadataOf<T extends Labelled>(
  name: string,
  where: pulumi.Output<Whereabouts>,
  object: pulumi.Output<T>,
) {
  return {
    name,
    namespace: where.apply((known) => known.namespace),
    labels: object.apply(({ metadata }): Record<string, string> => metadata.labels),
  };
}

/** What the pods cannot start without, and what watches over them: there before the patch, and until it is gone. */
export function makeBelongings(request: ResourcesRequest, opts: pulumi.CustomResourceOptions): pulumi.Resource[] {
  const { name, where, objects, isolatedPods } = request;
  const one = <K extends "settings" | "lease" | "role" | "roleBinding">(key: K) => objects.apply((all) => all[key]);
  const [settings, lease, role, binding] = [one("settings"), one("lease"), one("role"), one("roleBinding")];
  return [
    new core.ConfigMap(
      `${name}-settings`,
      { metadata: metadataOf(objectNames.settings, where, settings), ...fieldsOf(settings, "data") },
      opts,
    ),
    ...makeAccounts(request, opts),
    new coordination.Lease(`${name}-lease`, { metadata: metadataOf(objectNames.lease, where, lease) }, opts),
    new rbac.Role(
      `${name}-role`,
      { metadata: metadataOf(objectNames.role, where, role), ...fieldsOf(role, "rules") },
      opts,
    ),
    new rbac.RoleBinding(
      `${name}-role-binding`,
      { metadata: metadataOf(objectNames.role, where, binding), ...fieldsOf(binding, "roleRef", "subjects") },
      opts,
    ),
    ...(["jobs", ...(isolatedPods ? (["pods"] as const) : [])] as const).map((which, at) => {
      const policy = objects.apply((all) => all.networkPolicies[at] as Objects["networkPolicies"][number]);
      const metadata = metadataOf(networkPolicyName(which), where, policy);
      return new networking.NetworkPolicy(`${name}-network-${which}`, { metadata, ...fieldsOf(policy, "spec") }, opts);
    }),
  ];
}

function makeAccounts(
  { name, where, objects }: ResourcesRequest,
  opts: pulumi.CustomResourceOptions,
): core.ServiceAccount[] {
  return accountDuties.map((duty, at) => {
    const account = objects.apply((all) => all.accounts[at] as Objects["accounts"][number]);
    const annotations = account.apply(({ metadata }) => metadata.annotations);
    const metadata = { ...metadataOf(accountName(duty), where, account), annotations };
    const fields = fieldsOf(account, "automountServiceAccountToken");
    return new core.ServiceAccount(`${name}-${duty}`, { metadata, ...fields }, opts);
  });
}

/** Pods restart one after the other: minutes for each, with what the server replays. */
const rolloutMinutes = 60;

/** Adds the agent to the set. Who applies it has one name for ever: by it the cluster knows what goes with the patch. */
export function patchStatefulSet(
  { name, where, objects }: PatchRequest,
  opts: pulumi.CustomResourceOptions,
): apps.StatefulSetPatch {
  const metadata = {
    name: where.apply(({ statefulSet }) => statefulSet.name),
    namespace: where.apply(({ namespace }) => namespace),
    annotations: { "pulumi.com/patchFieldManager": fieldManager },
  };
  const patch = objects.apply((all) => all.patch);
  const timeout = `${rolloutMinutes}m`;
  return new apps.StatefulSetPatch(
    `${name}-patch`,
    { metadata, ...fieldsOf(patch, "spec") },
    { ...opts, customTimeouts: { create: timeout, update: timeout } },
  );
}

export function makeJobs(
  { name, where, objects }: ResourcesRequest,
  opts: pulumi.CustomResourceOptions,
): batch.CronJob[] {
  return jobDuties.map((duty, at) => {
    const job = objects.apply((all) => all.cronJobs[at] as Objects["cronJobs"][number]);
    const metadata = metadataOf(cronJobName(duty), where, job);
    return new batch.CronJob(`${name}-job-${duty}`, { metadata, ...fieldsOf(job, "spec") }, opts);
  });
}

/** For the operator of Prometheus, where its kinds are there. */
export function makeMonitoring(
  { name, where, objects, monitoring }: ResourcesRequest,
  opts: pulumi.CustomResourceOptions,
): void {
  if (!monitoring) return;
  const made = objects.apply((all) => all.monitoring as NonNullable<Objects["monitoring"]>);
  const rule = made.apply(({ prometheusRule }) => prometheusRule);
  const monitor = made.apply(({ podMonitor }) => podMonitor);
  const apiVersion = "monitoring.coreos.com/v1";
  new apiextensions.CustomResource(
    `${name}-rules`,
    { apiVersion, kind: "PrometheusRule", metadata: metadataOf(prefix, where, rule), ...fieldsOf(rule, "spec") },
    opts,
  );
  new apiextensions.CustomResource(
    `${name}-monitor`,
    { apiVersion, kind: "PodMonitor", metadata: metadataOf(prefix, where, monitor), ...fieldsOf(monitor, "spec") },
    opts,
  );
}
