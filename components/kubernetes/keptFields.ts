import * as pulumi from "@pulumi/pulumi";
import { type FixedFields, fixedFields, refuseChanges, volumeWarnings } from "../../model/kubernetes/fixedFields";
import { withDefaultNames } from "../../model/kubernetes/request";
import { MistakeList, reportMistakes } from "../arguments";
import type { KnownKubernetesCluster } from "./kubernetesClusterArgs";

interface KeptRequest<T> {
  name: string;
  subject: string;
  checked: pulumi.Output<KnownKubernetesCluster>;
  /** What the cluster is made from. */
  request: pulumi.Output<T>;
}

/**
 * The request, once nothing in it contradicts what the set was made with. The provider ignores a change of what Kubernetes keeps,
 * and a program cannot read its own state: a Stash has the first value, in a preview too.
 */
export function keepFields<T>(
  component: pulumi.Resource,
  { name, subject, checked, request }: KeptRequest<T>,
): pulumi.Output<T> {
  const wanted = pulumi.unsecret(
    checked.apply(({ storage, ...where }) => ({ ...withDefaultNames(where), storage: { ...storage } })),
  );
  const stash = new pulumi.Stash(`${name}-made-with`, { input: wanted.apply(fixedFields) }, { parent: component });
  const first = stash.output as pulumi.Output<FixedFields | undefined>;
  return pulumi.all([request, wanted, first]).apply(async ([known, now, before]) => {
    if (before === undefined) return known;
    const mistakes = new MistakeList();
    refuseChanges(before, fixedFields(now), mistakes);
    reportMistakes(subject.replace("created", "changed"), mistakes);
    for (const warning of volumeWarnings(before, now)) await pulumi.log.warn(warning, component);
    return known;
  }) as pulumi.Output<T>;
}
