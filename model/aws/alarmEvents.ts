import type { Place } from "../catalog";
import { clusterPrefix } from "../layout";
import { alarmName, helpAt } from "./alarmNames";

/** What rules of EventBridge are made from, for one bucket and its key. */
export interface EventRequest {
  clusterId: string;
  place: Place;
  /** Name of the bucket. */
  bucket: string;
  /** What the archive's keys in the bucket begin with, without slashes at its ends. */
  prefix?: string;
  /** ARN of the key that the bucket's objects are encrypted with. */
  kmsKeyArn?: string;
}

/** What an event has to look like: each name with the values that it may have, or one deeper. */
export interface EventPattern {
  [name: string]: EventPattern | EventPattern[] | EventValue[];
}

/** A value, or what it begins with. */
export type EventValue = string | { prefix: string };

/** A rule of EventBridge. */
export interface EventRuleDefinition {
  /** Behind `neumann-<clusterId>-`, for ever. */
  what: string;
  name: string;
  description: string;
  place: Place;
  pattern: EventPattern;
}

/** Rules that nothing but a person, or what he runs, can set off: neither the agent's nodes nor the bucket's lifecycle. */
export function eventRules(request: EventRequest): EventRuleDefinition[] {
  const drafts = [...deletions(request), settings(request), ...keyInDanger(request)];
  const { clusterId, place } = request;
  return drafts.map(({ what, says, help, pattern }) => ({
    what: `${what}-${place}`,
    name: alarmName(clusterId, `${what}-${place}`),
    description: `${clusterId}: ${says} Help: ${helpAt(help)}`,
    place,
    pattern,
  }));
}

interface Draft {
  what: string;
  says: string;
  /** Anchor of docs/monitoring.md. */
  help: string;
  pattern: EventPattern;
}

/** Lifecycle rules delete with another reason, `Lifecycle Expiration`. */
function deletions({ clusterId, bucket, prefix }: EventRequest): Draft[] {
  const root = prefix === undefined ? "" : `${prefix}/`;
  const byHand = (deletion: string): EventPattern => ({
    source: ["aws.s3"],
    "detail-type": ["Object Deleted"],
    detail: {
      bucket: { name: [bucket] },
      object: { key: [{ prefix: root + clusterPrefix(clusterId) }] },
      reason: ["DeleteObject"],
      "deletion-type": [deletion],
    },
  });
  return [
    {
      what: "version-deleted",
      says: `somebody deleted an object of bucket ${bucket} for good.`,
      help: "deleted-by-hand",
      pattern: byHand("Permanently Deleted"),
    },
    {
      what: "object-hidden",
      says: `somebody hid an object of bucket ${bucket} behind a delete marker.`,
      help: "deleted-by-hand",
      pattern: byHand("Delete Marker Created"),
    },
  ];
}

/** As CloudTrail names them. */
const settingCalls = [
  "DeleteBucket",
  "PutBucketPolicy",
  "DeleteBucketPolicy",
  "PutBucketLifecycle",
  "DeleteBucketLifecycle",
  "PutBucketVersioning",
  "PutBucketObjectLockConfiguration",
  "PutBucketEncryption",
  "DeleteBucketEncryption",
  "PutBucketPublicAccessBlock",
  "DeleteBucketPublicAccessBlock",
  "PutBucketAcl",
  "PutBucketOwnershipControls",
  "DeleteBucketOwnershipControls",
  "PutBucketReplication",
  "DeleteBucketReplication",
  "PutBucketNotification",
];

/** These are told only where a trail records data events of the bucket. */
const lockCalls = ["PutObjectRetention", "PutObjectLegalHold"];

function settings({ bucket }: EventRequest): Draft {
  return {
    what: "settings-changed",
    says: `somebody changed, or tried to change, what protects bucket ${bucket}.`,
    help: "settings-changed",
    pattern: {
      source: ["aws.s3"],
      "detail-type": ["AWS API Call via CloudTrail"],
      detail: {
        eventSource: ["s3.amazonaws.com"],
        eventName: [...settingCalls, ...lockCalls],
        requestParameters: { bucketName: [bucket] },
      },
    },
  };
}

const keyCalls = [
  "DisableKey",
  "ScheduleKeyDeletion",
  "PutKeyPolicy",
  "DisableKeyRotation",
  "DeleteImportedKeyMaterial",
  "RevokeGrant",
];

/** A call names the key as it likes, by ARN or id; what CloudTrail adds names it by ARN. */
function keyInDanger({ bucket, kmsKeyArn }: EventRequest): Draft[] {
  if (kmsKeyArn === undefined) return [];
  const keyId = kmsKeyArn.slice(kmsKeyArn.lastIndexOf("/") + 1);
  return [
    {
      what: "key-in-danger",
      says: `somebody disabled the key of bucket ${bucket}, marked it for deletion or changed who may use it, or tried to.`,
      help: "key-in-danger",
      pattern: {
        source: ["aws.kms"],
        "detail-type": ["AWS API Call via CloudTrail"],
        detail: {
          eventSource: ["kms.amazonaws.com"],
          eventName: keyCalls,
          $or: [{ requestParameters: { keyId: [kmsKeyArn, keyId] } }, { resources: { ARN: [kmsKeyArn] } }],
        },
      },
    },
  ];
}
