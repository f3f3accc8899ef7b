import * as core from "@pulumi/kubernetes/core/v1";
import * as networking from "@pulumi/kubernetes/networking/v1";
import * as pulumi from "@pulumi/pulumi";
import { checkFields, cpuQuantity, memoryQuantity, wholeNumber } from "../../model/kubernetes/fieldChecks";
import { rehearsalLimits, rehearsalNamespace } from "../../model/kubernetes/rehearsalObjects";
import { isClusterId } from "../../model/layout";
import type { Mistakes } from "../../model/mistakes";
import { clusterIdRemedy } from "../../model/reference";
import { checkArguments, type Pending } from "../arguments";
import { after } from "../dependency";
import { fieldsOf } from "./fields";

/**
 * What a rehearsal may use of its Kubernetes at most.
 */
export interface RehearsalQuotaArgs {
  /**
   * The sum of all volumes, such as 300Gi: those of the pods.
   */
  storage: pulumi.Input<string>;
  /**
   * @default 20
   */
  pods?: pulumi.Input<number>;
  /**
   * Processors that all pods together ask for, such as 8.
   * @default 8
   */
  cpu?: pulumi.Input<string>;
  /**
   * Memory that all pods together ask for, such as 16Gi.
   * @default 16Gi
   */
  memory?: pulumi.Input<string>;
}

/**
 * Arguments of RehearsalNamespace.
 */
export interface RehearsalNamespaceArgs {
  /**
   * Name of the cluster that is rehearsed: for labels.
   */
  clusterId: pulumi.Input<string>;
  quota: pulumi.Input<RehearsalQuotaArgs>;
}

type Known = pulumi.Unwrap<RehearsalNamespaceArgs>;

/**
 * A namespace for a rehearsal: with a name that nobody has, a quota, pod security at its strictest level, and a policy that
 * denies all traffic, to which the policies of KubernetesCluster add what it must reach. Destroying it deletes all that is in it,
 * volumes too.
 *
 * ```ts
 * const place = new RehearsalNamespace("rehearsal", { clusterId: "prod", quota: { storage: "300Gi" } });
 * const copy = new KubernetesCluster("rehearsal", { namespace: place.namespace, rehearsal: true, restoreFrom: { cloneOf, … }, … });
 * ```
 */
export class RehearsalNamespace extends pulumi.ComponentResource {
  /**
   * Its name. Who uses it waits for quota and policy.
   */
  readonly namespace: pulumi.Output<string>;

  constructor(name: string, args: RehearsalNamespaceArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `RehearsalNamespace ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({ subject, args, check });
    super("pulumi-neumann:index:RehearsalNamespace", name, {}, opts);
    const own = { parent: this };
    const made = new core.Namespace(
      `${name}-namespace`,
      fieldsOf(
        checked.apply((known) => rehearsalNamespace(known)),
        "metadata",
      ),
      own,
    );
    const limits = pulumi
      .all([checked, made.metadata.name])
      .apply(([known, namespace]) => rehearsalLimits(known, namespace));
    const quota = limits.apply((all) => all.quota);
    const denyAll = limits.apply((all) => all.denyAll);
    const resources = [
      new core.ResourceQuota(`${name}-quota`, fieldsOf(quota, "metadata", "spec"), own),
      new networking.NetworkPolicy(`${name}-deny-all`, fieldsOf(denyAll, "metadata", "spec"), own),
    ];
    this.namespace = after(resources, made.metadata.name);
    this.registerOutputs({ namespace: this.namespace });
  }
}

function check({ clusterId, quota }: Known, mistakes: Mistakes, pending: Pending): void {
  if (!pending("clusterId") && !(typeof clusterId === "string" && isClusterId(clusterId))) {
    mistakes.add("clusterId", "is no name for a cluster", clusterId ?? "", clusterIdRemedy);
  }
  if (pending("quota")) return;
  const rules = { storage: memoryQuantity, pods: wholeNumber(1, 1000), cpu: cpuQuantity, memory: memoryQuantity };
  checkFields(quota ?? null, "quota", rules, mistakes);
  const { storage } = (quota ?? {}) as { storage?: unknown };
  if (storage === undefined)
    mistakes.add("quota.storage", "is required", storage, "Such as 300Gi: all volumes together.");
}
