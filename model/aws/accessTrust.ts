import type { Mistakes } from "../mistakes";
import type { PolicyDocument } from "./policyDocument";

/**
 * Who holds the rights of duties.
 */
export const HolderKind = {
  /** An instance of EC2, by its profile. */
  InstanceProfile: "instance-profile",
  /** A service account of Kubernetes, by the cluster's OIDC provider (IRSA). */
  ServiceAccount: "service-account",
  /** A service account of EKS, by its pod identity agent. */
  PodIdentity: "pod-identity",
  /** Principals of AWS that assume a role. */
  Role: "role",
  /** A user with keys: for what runs outside of AWS. */
  User: "user",
  /** Nobody yet: the policies alone, for roles that are made elsewhere, such as those of Ec2Nodes. */
  Policies: "policies",
} as const;

export type HolderKind = (typeof HolderKind)[keyof typeof HolderKind];

export const holderKinds: readonly string[] = Object.values(HolderKind);

/** How rights are held. */
export interface HolderSpec {
  kind: string;
  oidcProviderArn?: string;
  namespace?: string;
  serviceAccount?: string;
  assumedBy?: string[];
}

/** What each kind needs; the rest it has no use for. */
const needs: Record<string, readonly (keyof HolderSpec)[]> = {
  [HolderKind.InstanceProfile]: [],
  [HolderKind.ServiceAccount]: ["oidcProviderArn", "namespace", "serviceAccount"],
  [HolderKind.PodIdentity]: ["namespace", "serviceAccount"],
  [HolderKind.Role]: ["assumedBy"],
  [HolderKind.User]: [],
  [HolderKind.Policies]: [],
};

const parts = ["oidcProviderArn", "namespace", "serviceAccount", "assumedBy"] as const;

type Good = [good: (value: unknown) => boolean, remedy: string];

// A sign for any text here would let every service account in.
const isLabel = (value: unknown): boolean =>
  typeof value === "string" && /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/.test(value);
const isPrincipal = (value: unknown): boolean =>
  typeof value === "string" &&
  /^arn:aws[a-z-]*:iam::\d{12}:(root|user\/.+|role\/.+)$/.test(value) &&
  !/[*?]/.test(value);

const rules: Record<(typeof parts)[number], Good> = {
  oidcProviderArn: [
    (value) => typeof value === "string" && /^arn:aws[a-z-]*:iam::\d{12}:oidc-provider\/[a-z0-9./-]+$/i.test(value),
    "Write the ARN of the cluster's OIDC provider, such as arn:aws:iam::111122223333:oidc-provider/oidc.eks.eu-central-1.amazonaws.com/id/ABCD.",
  ],
  namespace: [isLabel, "Write the one namespace, such as neumann."],
  serviceAccount: [isLabel, "Write the name of the one service account, such as neumann-backup."],
  assumedBy: [
    (value) => Array.isArray(value) && value.length > 0 && value.every(isPrincipal),
    "Write ARNs of users, roles or accounts, such as arn:aws:iam::111122223333:role/operators.",
  ],
};

/** Collects what is wrong with a holder; `pending`: what is not known yet. */
export function checkHolder(
  holder: HolderSpec,
  { path, mistakes, pending }: { path: string; mistakes: Mistakes; pending: (path: string) => boolean },
): void {
  const wanted = needs[holder.kind];
  if (wanted === undefined) return; // Its kind decides what there is: said apart.
  for (const part of parts) {
    if (pending(`${path}.${part}`)) continue;
    const value = holder[part];
    const [good, remedy] = rules[part];
    if (!wanted.includes(part)) {
      const problem = `does not belong to a holder of kind ${holder.kind}`;
      if (value !== undefined) mistakes.add(`${path}.${part}`, problem, value, "Leave it out.");
    } else if (!good(value)) {
      mistakes.add(`${path}.${part}`, "is not what a holder of this kind needs", value, remedy);
    }
  }
}

interface TrustRequest {
  /** `aws`, `aws-cn`, … */
  partition: string;
  /** Of the partition's services, such as `amazonaws.com`. */
  dnsSuffix: string;
  /** Only with a second factor, given within the hour. */
  withFactor: boolean;
}

/** Who may take the role: exactly the holder. */
export function trustPolicy(holder: HolderSpec, request: TrustRequest): PolicyDocument {
  return { Version: "2012-10-17", Statement: [{ Sid: "Holder", Effect: "Allow", ...trusted(holder, request) }] };
}

type Trusted = Omit<PolicyDocument["Statement"][number], "Sid" | "Effect">;

function trusted(holder: HolderSpec, { dnsSuffix, withFactor }: TrustRequest): Trusted {
  const { namespace, serviceAccount, oidcProviderArn = "", assumedBy } = holder;
  if (holder.kind === HolderKind.InstanceProfile) {
    return { Principal: { Service: `ec2.${dnsSuffix}` }, Action: ["sts:AssumeRole"] };
  }
  if (holder.kind === HolderKind.ServiceAccount) {
    const issuer = oidcProviderArn.slice(oidcProviderArn.indexOf("/") + 1);
    const who = `system:serviceaccount:${namespace}:${serviceAccount}`;
    const Condition = { StringEquals: { [`${issuer}:sub`]: who, [`${issuer}:aud`]: "sts.amazonaws.com" } };
    return { Principal: { Federated: oidcProviderArn }, Action: ["sts:AssumeRoleWithWebIdentity"], Condition };
  }
  if (holder.kind === HolderKind.PodIdentity) {
    const tags = {
      "aws:RequestTag/kubernetes-namespace": namespace ?? "",
      "aws:RequestTag/kubernetes-service-account": serviceAccount ?? "",
    };
    const Action = ["sts:AssumeRole", "sts:TagSession"];
    return { Principal: { Service: "pods.eks.amazonaws.com" }, Action, Condition: { StringEquals: tags } };
  }
  const factor = {
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
  };
  const Principal = { AWS: assumedBy ?? [] };
  return { Principal, Action: ["sts:AssumeRole"], ...(withFactor && { Condition: factor }) };
}
