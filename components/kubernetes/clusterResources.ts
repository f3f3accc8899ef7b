import * as apps from "@pulumi/kubernetes/apps/v1";
import * as batch from "@pulumi/kubernetes/batch/v1";
import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as policy from "@pulumi/kubernetes/policy/v1";
import type * as pulumi from "@pulumi/pulumi";
import type { clusterObjects } from "../../model/kubernetes/clusterObjects";
import { fieldsOf } from "./fields";

type Objects = ReturnType<typeof clusterObjects>;

/** What decides which resources there are. */
export interface ClusterShape {
  name: string;
  /** The account of the pods is ours. */
  account: boolean;
  recovers: boolean;
  /** The first pod's volume is made of a snapshot. */
  fromVolume: boolean;
  /** All of it goes when it is destroyed. */
  rehearsal: boolean;
}

/** What the pods need before there are any. */
export function makeSurroundings(
  { name, account, recovers, fromVolume, rehearsal }: ClusterShape,
  objects: pulumi.Output<Objects>,
  opts: pulumi.CustomResourceOptions,
): pulumi.Resource[] {
  const made: pulumi.Resource[] = [
    new core.ConfigMap(
      `${name}-config`,
      fieldsOf(
        objects.apply(({ configuration }) => configuration),
        "metadata",
        "data",
      ),
      opts,
    ),
    ...["headless", "client"].map((role, at) => {
      const service = objects.apply(({ services }) => services[at] as Objects["services"][number]);
      return new core.Service(
        `${name}-${role}`,
        fieldsOf(service, "metadata", "spec"),
        // Its address in the cluster is none: nothing has to be behind it before the pods are.
        { ...opts, customTimeouts: { create: "5m" } },
      );
    }),
    new policy.PodDisruptionBudget(
      `${name}-budget`,
      fieldsOf(
        objects.apply(({ budget }) => budget),
        "metadata",
        "spec",
      ),
      opts,
    ),
    new networking.NetworkPolicy(
      `${name}-network-database`,
      fieldsOf(
        objects.apply(({ networkPolicies }) => networkPolicies[0] as Objects["networkPolicies"][number]),
        "metadata",
        "spec",
      ),
      opts,
    ),
  ];
  if (account) {
    const found = objects.apply((known) => known.account);
    made.push(
      new core.ServiceAccount(`${name}-pods`, fieldsOf(found, "metadata", "automountServiceAccountToken"), opts),
    );
  }
  if (fromVolume) made.push(makeClaim(name, objects, opts));
  if (recovers) made.push(makeRecord(name, objects, { ...opts, retainOnDelete: !rehearsal }));
  return made;
}

/** As the set's own claims: it stays when the stack goes, and what it was made of is looked at once. */
function makeClaim(
  name: string,
  objects: pulumi.Output<Objects>,
  opts: pulumi.CustomResourceOptions,
): core.PersistentVolumeClaim {
  const claim = objects.apply((known) => known.claim as NonNullable<Objects["claim"]>);
  return new core.PersistentVolumeClaim(`${name}-volume`, fieldsOf(claim, "metadata", "spec"), {
    ...opts,
    protect: true,
    retainOnDelete: true,
    ignoreChanges: ["spec"],
  });
}

/** Made empty, written by the pods, and there as long as their volumes may be; `opts` says whether that is beyond this stack. */
function makeRecord(name: string, objects: pulumi.Output<Objects>, opts: pulumi.CustomResourceOptions): core.ConfigMap {
  const record = objects.apply((known) => known.record as NonNullable<Objects["record"]>);
  return new core.ConfigMap(`${name}-record`, fieldsOf(record, "metadata"), {
    ...opts,
    ignoreChanges: ["data"],
  });
}

/** Kubernetes changes none of these in a set that is there: another one would be made in its place. */
const fixed = ["spec.volumeClaimTemplates", "spec.podManagementPolicy", "spec.serviceName", "spec.selector"];

export function makeStatefulSet(
  name: string,
  objects: pulumi.Output<Objects>,
  { minutes, ...opts }: pulumi.CustomResourceOptions & { minutes: number; protect: boolean },
): apps.StatefulSet {
  const set = objects.apply(({ statefulSet }) => statefulSet);
  const timeout = `${minutes}m`;
  return new apps.StatefulSet(`${name}-set`, fieldsOf(set, "metadata", "spec"), {
    ...opts,
    ignoreChanges: fixed,
    customTimeouts: { create: timeout, update: timeout },
  });
}

/** Done when the recovery is accepted: its success is what is waited for, once. */
export function makeAwait(
  name: string,
  objects: pulumi.Output<Objects>,
  { minutes, ...opts }: pulumi.CustomResourceOptions & { minutes: number },
): batch.Job {
  const job = objects.apply((known) => known.awaitRecovery as NonNullable<Objects["awaitRecovery"]>);
  return new batch.Job(`${name}-await-recovery`, fieldsOf(job, "metadata", "spec"), {
    ...opts,
    ignoreChanges: ["spec"],
    customTimeouts: { create: `${minutes}m` },
  });
}
