import * as iam from "@pulumi/aws/iam";
import type * as ssm from "@pulumi/aws/ssm";
import * as pulumi from "@pulumi/pulumi";
import { HolderKind, trustPolicy } from "../../model/aws/accessTrust";
import { policyText } from "../../model/aws/dutyPolicy";
import { nodeRights } from "../../model/aws/nodeRights";
import type { NodesPlan, SharedPlan } from "./ec2NodesPlan";

/** What a node's role is made from. */
export interface NodeRoleRequest {
  /** Name of the component. */
  name: string;
  nodeId: string;
  shared: SharedPlan;
  /** Holds the node's own host key. */
  parameter: ssm.Parameter;
  /** Policies that come from elsewhere: what it may in an archive. */
  policyArns: pulumi.Input<string>[];
  tags: pulumi.Output<Record<string, string>>;
}

/** A role, and what has to be there before an instance uses it. */
export interface NodeRole {
  profileName: pulumi.Output<string>;
  resources: pulumi.Resource[];
}

/** A role of the node's own, for its own host key: who gets into one node cannot answer for another. */
export function nodeRole(request: NodeRoleRequest, opts: pulumi.CustomResourceOptions): NodeRole {
  const { name, nodeId, shared, parameter, policyArns, tags } = request;
  const own = { ...opts, deleteBeforeReplace: true };
  const called = roleName(name, nodeId);
  const role = new iam.Role(
    `${name}-role-${nodeId}`,
    {
      name: called,
      assumeRolePolicy: shared.plan.apply(trust),
      permissionsBoundary: shared.permissionsBoundaryArn,
      tags,
    },
    own,
  );
  const policy = pulumi
    .all([shared.plan, parameter.arn])
    .apply(([known, parameterArn]) => policyText(nodeRights({ ...known, parameterArn })));
  const resources: pulumi.Resource[] = [
    new iam.RolePolicy(`${name}-rights-${nodeId}`, { name: "first-boot", role: role.name, policy }, own),
  ];
  for (const [index, policyArn] of policyArns.entries()) {
    const child = `${name}-rights-${nodeId}-${index}`;
    resources.push(new iam.RolePolicyAttachment(child, { role: role.name, policyArn }, opts));
  }
  const profile = new iam.InstanceProfile(`${name}-role-${nodeId}`, { name: called, role: role.name, tags }, own);
  return { profileName: profile.name, resources };
}

/** Names in IAM are one account's, of all its stacks. */
export function roleName(name: string, nodeId: string): string {
  return `${pulumi.getStack()}-${name}-${nodeId}`;
}

function trust({ partition, dnsSuffix }: NodesPlan): string {
  return policyText(trustPolicy({ kind: HolderKind.InstanceProfile }, { partition, dnsSuffix, withFactor: false }));
}
