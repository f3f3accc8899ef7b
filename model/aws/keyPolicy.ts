import { allBut, policyDocument, type PolicyDocument, type PolicyStatement } from "./policyDocument";

/** What the policy of an archive's key follows from. */
export interface KeyPolicyRequest {
  partition: string;
  accountId: string;
  region: string;
  /** Ends the names of services, such as `amazonaws.com`. */
  dnsSuffix: string;
  /** Who alone disables the key or has it deleted. Nobody named: nobody, until the key's policy is another one. */
  breakGlassArns: readonly string[];
  /** S3's role in another account, which encrypts the copies that it brings from there. */
  replicationRoleArn?: string;
}

/**
 * The policy of the key of a bucket. IAM of the account decides who uses it; that nobody makes all backups unreadable at
 * once does not depend on IAM.
 */
export function archiveKeyPolicy(request: KeyPolicyRequest): PolicyDocument {
  const { partition, accountId, breakGlassArns } = request;
  return policyDocument([
    {
      Sid: "IamOfTheAccountDecides",
      Effect: "Allow",
      Principal: { AWS: [`arn:${partition}:iam::${accountId}:root`] },
      Action: ["kms:*"],
      Resource: ["*"],
    },
    {
      Sid: "NobodyTakesTheKeyAway",
      Effect: "Deny",
      Principal: "*",
      Action: ["kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:DeleteImportedKeyMaterial"],
      Resource: ["*"],
      ...allBut(breakGlassArns),
    },
    ...copiesFrom(request),
  ]);
}

function copiesFrom({ replicationRoleArn, region, dnsSuffix }: KeyPolicyRequest): PolicyStatement[] {
  if (replicationRoleArn === undefined) return [];
  return [
    {
      Sid: "CopiesOfTheOtherBucket",
      Effect: "Allow",
      Principal: { AWS: [replicationRoleArn] },
      Action: ["kms:Encrypt"],
      Resource: ["*"],
      Condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix}` } },
    },
  ];
}
