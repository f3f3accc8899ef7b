import * as pulumi from "@pulumi/pulumi";
import type { PlanSpec } from "../model/specs";
import { adviseHosts } from "./hosts";
import {
  installAgents,
  type KnownProtection,
  keysOf,
  ownerOf,
  planProtection,
  type ProtectionArgs,
  type ProtectionPlan,
} from "./protection";
import { recover, restoreSpecOf, showPlan } from "./recoveryPhases";
import { describeRecoveryPlan, makeReport, type RecoveryPlan, type RecoveryReport } from "./results";

/** Arguments that a recovery onto new nodes needs, checked. */
type KnownRecovery = KnownProtection & { recoveryId: string; clusterName?: string };

/** A component that recovers onto new nodes. */
interface Recovering<K extends KnownRecovery> {
  type: string;
  name: string;
  subject: string;
  args: ProtectionArgs;
  checked: pulumi.Output<K>;
  planSpec: pulumi.Output<PlanSpec>;
}

/** What such a component tells. */
interface Recovered {
  plan: pulumi.Output<RecoveryPlan>;
  planDigest: pulumi.Output<string>;
  report: pulumi.Output<RecoveryReport>;
  lineage: pulumi.Output<string>;
  publicKeys: pulumi.Output<string[]>;
}

/** Shows the plan, installs agents that hold their archiving, and runs the phases of a recovery. */
export function recoverOntoNew<K extends KnownRecovery>(
  parent: pulumi.Resource,
  { type, name, subject, args, checked, planSpec }: Recovering<K>,
): Recovered {
  // What the agent prints holds no key.
  const result = pulumi.unsecret(showPlan(parent, planSpec));
  const owner = ownerOf(type, name);
  const plan = checked.apply((known) => planProtection(withoutOldKeys(known), { owner, hold: true }));
  // Nothing is touched before there is a plan.
  const planned = pulumi.all([plan, result]).apply(([protection]): ProtectionPlan => protection);
  const nodes = installAgents({ name, subject, args, owner }, planned, { parent });
  const clusterName = checked.apply((known) => known.clusterName);
  const restore = pulumi
    .all([clusterName, planned, planSpec, result])
    .apply(([named, { hosts }, spec, { digest }]) => restoreSpecOf({ clusterName: named, hosts, spec, digest }));
  const steps = { nodes, after: nodes.map(({ install }) => install.resource), restore };
  const recoveryId = pulumi.unsecret(checked.apply((known) => known.recoveryId));
  const { first, accept } = recover(name, { ...steps, recoveryId }, { parent });
  for (const advice of adviseHosts(args.nodes, "nodes")) void pulumi.log.warn(advice, parent);
  const report = pulumi.all([first, accept]).apply(([restored, accepted]) => makeReport(restored, accepted));
  return {
    plan: result.apply(describeRecoveryPlan),
    planDigest: result.apply(({ digest }) => digest),
    report,
    lineage: report.apply(({ lineage }) => lineage),
    publicKeys: keysOf(nodes).apply((known) => known.map(({ publicKey }) => publicKey)),
  };
}

/** The list names the nodes that are restored from: by it the new ones would not believe each other. */
function withoutOldKeys(known: KnownProtection): KnownProtection {
  return { ...known, policy: { ...known.policy, signing: undefined } };
}
