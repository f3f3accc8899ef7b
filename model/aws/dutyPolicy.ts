import type { Place } from "../catalog";
import type { S3ObjectLock } from "../s3Location";
import { rootOf } from "./archiveParts";
import { policyDocument, type PolicyDocument, type PolicyStatement } from "./policyDocument";
import { anyCluster, Duty, kmsActionsOf, listActions, patternsOf, type Right, rightsOf } from "./duties";

/** A bucket as a policy sees it. */
export interface BucketPlace {
  place: Place;
  bucket: string;
  /** What the archive's keys begin with, without slashes at its ends. */
  prefix?: string;
  region: string;
  /** ARN of the key that encrypts its objects. */
  kmsKeyArn?: string;
  objectLock?: S3ObjectLock;
}

export interface DutyRequest {
  duty: Duty;
  clusterId: string;
  /** `aws`, `aws-cn`, `aws-us-gov`, … */
  partition: string;
  places: readonly BucketPlace[];
}

/** What IAM allows for a managed policy, in characters without white space. */
export const mostCharacters = 6144;

/** The policy of one duty: what it may do, each thing on the prefixes that it is for, and what it never may. */
export function dutyPolicy(request: DutyRequest): PolicyDocument {
  const allowed = request.places.flatMap((place) => [
    ...allowances(request, place),
    ...locking(request, place),
    ...keyUse(request, place),
  ]);
  const denied = denials(request);
  return policyDocument([...merged(allowed).map((one) => withFactor(request, one)), ...denied]);
}

export function policyText(document: PolicyDocument): string {
  return JSON.stringify(document);
}

function bucketArn({ partition }: DutyRequest, { bucket }: BucketPlace): string {
  return `arn:${partition}:s3:::${bucket}`;
}

function keysOf(request: DutyRequest, place: BucketPlace, right: Right): string[] {
  const patterns = right.parts.flatMap((part) => patternsOf(part, place.place));
  return patterns.map((pattern) => rootOf(place.prefix) + pattern.replace(anyCluster, () => request.clusterId));
}

function allowances(request: DutyRequest, place: BucketPlace): PolicyStatement[] {
  const arn = bucketArn(request, place);
  return rightsOf(request.duty)
    .filter((right) => right.places.includes(place.place))
    .flatMap((right, index) => {
      const Sid = `${place.place}${index + 1}`;
      const keys = keysOf(request, place, right);
      const Action = [...right.actions];
      if (keys.length === 0) return [{ Sid, Effect: "Allow" as const, Action, Resource: [arn] }];
      if (right.actions.some((action) => listActions.includes(action))) {
        const Condition = { StringLike: { "s3:prefix": keys } };
        return [{ Sid, Effect: "Allow" as const, Action, Resource: [arn], Condition }];
      }
      return [{ Sid, Effect: "Allow" as const, Action, Resource: keys.map((key) => `${arn}/${key}`) }];
    });
}

/** A put that locks needs a right of its own, and no longer a lock than the archive's: that would be paid for, for years. */
function locking(request: DutyRequest, place: BucketPlace): PolicyStatement[] {
  const { objectLock } = place;
  const puts = ({ places, actions }: Right): boolean =>
    places.includes(place.place) && actions.includes("s3:PutObject");
  if (objectLock === undefined || !rightsOf(request.duty).some(puts)) return [];
  const Resource = [`${bucketArn(request, place)}/${rootOf(place.prefix)}${request.clusterId}/*`];
  const Condition = {
    StringEquals: { "s3:object-lock-mode": objectLock.mode.toUpperCase() },
    NumericLessThanEquals: { "s3:object-lock-remaining-retention-days": String(objectLock.days) },
  };
  const Action = ["s3:PutObjectRetention"];
  return [{ Sid: `${place.place}Lock`, Effect: "Allow", Action, Resource, Condition }];
}

/** By way of S3 and for this bucket alone: the key is no way around the bucket's rights. */
function keyUse(request: DutyRequest, place: BucketPlace): PolicyStatement[] {
  const Action = kmsActionsOf(request.duty, place.place);
  if (place.kmsKeyArn === undefined || Action.length === 0) return [];
  const arn = bucketArn(request, place);
  const service = `s3.${place.region}.amazonaws.com`;
  const Condition = {
    StringEquals: {
      "kms:ViaService": request.partition === "aws-cn" ? [service, `${service}.cn`] : service,
    },
    // With a bucket key it is the bucket's, without one the object's.
    StringLike: { "kms:EncryptionContext:aws:s3:arn": [arn, `${arn}/${rootOf(place.prefix)}${request.clusterId}/*`] },
  };
  return [{ Sid: `${place.place}Key`, Effect: "Allow", Action, Resource: [place.kmsKeyArn], Condition }];
}

/** A person with a second factor, given within the hour. */
function withFactor({ duty }: DutyRequest, statement: PolicyStatement): PolicyStatement {
  if (duty !== Duty.BreakGlass) return statement;
  const Condition = {
    ...statement.Condition,
    Bool: { "aws:MultiFactorAuthPresent": "true" },
    NumericLessThan: { "aws:MultiFactorAuthAge": "3600" },
  };
  return { ...statement, Condition };
}

const marking = [
  "s3:PutObjectTagging",
  "s3:PutObjectVersionTagging",
  "s3:DeleteObjectTagging",
  "s3:DeleteObjectVersionTagging",
];

const destroying = [
  "s3:DeleteObject",
  "s3:DeleteObjectVersion",
  "s3:BypassGovernanceRetention",
  "s3:PutObjectLegalHold",
  "s3:PutObjectAcl",
  "s3:PutObjectVersionAcl",
];

/** Settings of a bucket by which it is protected. */
const unprotecting = [
  "s3:PutBucket*",
  "s3:DeleteBucket*",
  "s3:PutLifecycleConfiguration",
  "s3:PutReplicationConfiguration",
  "s3:PutEncryptionConfiguration",
];

/** What a duty never may, whatever else is attached to its role or user. */
function neverOf(duty: Duty): string[] {
  if (duty === Duty.BreakGlass) return [];
  // Whoever deploys makes the buckets as well.
  if (duty === Duty.Deployer) return [...marking, ...destroying];
  return [...(duty === Duty.Pruner ? marking.slice(1) : marking), ...destroying, ...unprotecting];
}

function denials(request: DutyRequest): PolicyStatement[] {
  const buckets = request.places.map((place) => bucketArn(request, place));
  const objects = buckets.map((arn) => `${arn}/*`);
  const all = [...buckets, ...objects];
  const statements: PolicyStatement[] = [
    {
      Sid: "OnlyByTls",
      Effect: "Deny",
      Action: ["s3:*"],
      Resource: all,
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      Sid: "NeverOverwrite",
      Effect: "Deny",
      Action: ["s3:PutObject"],
      Resource: objects,
      // Beginning an upload in parts, and its parts, carry no condition: what counts is its end.
      Condition: { Null: { "s3:if-none-match": "true" }, Bool: { "s3:ObjectCreationOperation": "true" } },
    },
  ];
  const never = neverOf(request.duty);
  if (never.length > 0) statements.push({ Sid: "Never", Effect: "Deny", Action: never, Resource: all });
  return statements;
}

/** Statements of the same objects as one: the document has a greatest length. */
function merged(statements: readonly PolicyStatement[]): PolicyStatement[] {
  const found = new Map<string, PolicyStatement>();
  for (const statement of statements) {
    const key = JSON.stringify([statement.Resource, statement.Condition]);
    const same = found.get(key);
    found.set(
      key,
      same === undefined ? statement : { ...same, Action: [...new Set([...same.Action, ...statement.Action])] },
    );
  }
  return [...found.values()];
}
