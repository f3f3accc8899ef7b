import { allBut, policyDocument, type PolicyDocument, type PolicyStatement } from "./policyDocument";

/** What the policy of an archive's bucket follows from. */
export interface BucketPolicyRequest {
  bucketArn: string;
  /** The one key that everything in the bucket is encrypted with. */
  kmsKeyArn: string;
  /** Days of the bucket's lock; undefined: it has none. */
  lockDays?: number;
  /** Who alone deletes versions and ends locks early. Nobody named: nobody can. */
  breakGlassArns: readonly string[];
  /** Who alone changes the bucket's settings. Nobody named: whoever IAM gives the right. */
  administratorArns: readonly string[];
  /** S3's role in another account, which brings the copies from there. */
  replicationRoleArn?: string;
}

const anybody = { Effect: "Deny", Principal: "*" } as const;

/** What loses backups, or the means to get them back. A plain delete is among them: it hides what a node needs next. */
const destroying = [
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:DeleteBucket",
  "s3:BypassGovernanceRetention",
  "s3:PutObjectLegalHold",
];

/** Settings that protect what lies in the bucket. */
const settings = [
  "s3:DeleteBucketPolicy",
  "s3:PutBucketAcl",
  "s3:PutBucketLogging",
  "s3:PutBucketObjectLockConfiguration",
  "s3:PutBucketOwnershipControls",
  "s3:PutBucketPolicy",
  "s3:PutBucketPublicAccessBlock",
  "s3:PutBucketVersioning",
  "s3:PutEncryptionConfiguration",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
];

/**
 * The policy of an archive's bucket. It gives no right to anybody of its own account, and takes from all of them what
 * could lose a backup: a right given elsewhere by mistake, or a stolen credential, does not pass it.
 */
export function archiveBucketPolicy(request: BucketPolicyRequest): PolicyDocument {
  const { bucketArn, breakGlassArns, administratorArns } = request;
  return policyDocument([
    ...overTls(bucketArn),
    ...encryptedBy(request),
    createOnly(bucketArn),
    {
      ...anybody,
      Sid: "NobodyDeletes",
      Action: destroying,
      Resource: everything(bucketArn),
      ...allBut(breakGlassArns),
    },
    ...lockNoLonger(request),
    ...settingsBy(bucketArn, administratorArns),
    ...copiesFrom(request),
  ]);
}

function everything(bucketArn: string): string[] {
  return [bucketArn, `${bucketArn}/*`];
}

/** Two statements: in one, both conditions would have to hold. */
function overTls(bucketArn: string): PolicyStatement[] {
  const all = { ...anybody, Action: ["s3:*"], Resource: everything(bucketArn) };
  return [
    { ...all, Sid: "TlsOnly", Condition: { Bool: { "aws:SecureTransport": "false" } } },
    { ...all, Sid: "Tls12AtLeast", Condition: { NumericLessThan: { "s3:TlsVersion": "1.2" } } },
  ];
}

const algorithm = "s3:x-amz-server-side-encryption";
const keyId = `${algorithm}-aws-kms-key-id`;

/**
 * A put that says nothing of encryption gets the bucket's key, and a part of an upload says nothing ever: so what is said
 * is held against the right value only where it is said. `StringNotEqualsIfExists` is not that: in a denial it also
 * holds where the key is missing.
 */
function encryptedBy({ bucketArn, kmsKeyArn }: BucketPolicyRequest): PolicyStatement[] {
  const puts = { ...anybody, Action: ["s3:PutObject"], Resource: [`${bucketArn}/*`] };
  const said = (key: string, right: string) => ({
    Condition: { Null: { [key]: "false" }, StringNotEquals: { [key]: right } },
  });
  return [
    { ...puts, Sid: "KmsOnly", ...said(algorithm, "aws:kms") },
    { ...puts, Sid: "OwnKeyOnly", ...said(keyId, kmsKeyArn) },
    {
      ...puts,
      // KMS without a key's name is not the bucket's key, but one of AWS that no key policy guards.
      Sid: "KeyIsNamed",
      Condition: { StringEquals: { [algorithm]: "aws:kms" }, Null: { [keyId]: "true" } },
    },
    { ...puts, Sid: "NoKeyOfTheCaller", Condition: { Null: { [`${algorithm}-customer-algorithm`]: "false" } } },
  ];
}

/**
 * Only `If-None-Match` creates an object. The parts of an upload and its beginning create none and have no such header;
 * a copy within S3 cannot have it, so there is none.
 */
function createOnly(bucketArn: string): PolicyStatement {
  return {
    ...anybody,
    Sid: "NothingIsOverwritten",
    Action: ["s3:PutObject"],
    Resource: [`${bucketArn}/*`],
    Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
  };
}

/** Whoever may lock could else lock for a century, which is to be paid for. A day more than the bucket's, for clocks. */
function lockNoLonger({ bucketArn, lockDays }: BucketPolicyRequest): PolicyStatement[] {
  if (lockDays === undefined) return [];
  return [
    {
      ...anybody,
      Sid: "LocksNoLonger",
      Action: ["s3:PutObject", "s3:PutObjectRetention"],
      Resource: [`${bucketArn}/*`],
      Condition: { NumericGreaterThan: { "s3:object-lock-remaining-retention-days": String(lockDays + 1) } },
    },
  ];
}

function settingsBy(bucketArn: string, administratorArns: readonly string[]): PolicyStatement[] {
  if (administratorArns.length === 0) return [];
  const who = allBut(administratorArns);
  return [{ ...anybody, Sid: "SettingsByAdministrators", Action: settings, Resource: [bucketArn], ...who }];
}

function copiesFrom({ bucketArn, replicationRoleArn }: BucketPolicyRequest): PolicyStatement[] {
  if (replicationRoleArn === undefined) return [];
  const role = { Effect: "Allow" as const, Principal: { AWS: [replicationRoleArn] } };
  return [
    {
      ...role,
      Sid: "CopiesOfTheOtherBucket",
      // No ReplicateDelete: what is hidden there stays to be seen here.
      Action: ["s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"],
      Resource: [`${bucketArn}/*`],
    },
    {
      ...role,
      Sid: "CopiesLookAtVersioning",
      Action: ["s3:GetBucketVersioning"],
      Resource: [bucketArn],
    },
  ];
}

/** What the policy of a bucket for access logs and inventories follows from. */
export interface LogBucketPolicyRequest {
  bucketArn: string;
  /** The bucket that they are about. */
  sourceArn: string;
  accountId: string;
}

/** S3 itself writes there, about that one bucket; nobody takes a line away before its time. */
export function logBucketPolicy({ bucketArn, sourceArn, accountId }: LogBucketPolicyRequest): PolicyDocument {
  const about = { ArnLike: { "aws:SourceArn": sourceArn }, StringEquals: { "aws:SourceAccount": accountId } };
  const put = { Effect: "Allow", Action: ["s3:PutObject"], Resource: [`${bucketArn}/*`] } as const;
  return policyDocument([
    ...overTls(bucketArn),
    {
      ...put,
      Action: [...put.Action],
      Resource: [`${bucketArn}/${logPrefixes.access}*`],
      Sid: "AccessLogs",
      Principal: { Service: ["logging.s3.amazonaws.com"] },
      Condition: about,
    },
    {
      ...put,
      Action: [...put.Action],
      Resource: [`${bucketArn}/${logPrefixes.inventory}*`],
      Sid: "Inventories",
      Principal: { Service: ["s3.amazonaws.com"] },
      Condition: {
        ...about,
        StringEquals: { ...about.StringEquals, "s3:x-amz-acl": "bucket-owner-full-control" },
      },
    },
    {
      ...anybody,
      Sid: "NobodyDeletes",
      Action: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:DeleteBucket"],
      Resource: everything(bucketArn),
    },
  ]);
}

/** Where in a bucket for logs they lie. */
export const logPrefixes = { access: "access/", inventory: "inventory/" } as const;
