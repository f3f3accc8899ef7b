import { describe, expect, it } from "vitest";
import { eventRules, type EventRequest } from "../../../model/aws/alarmEvents";
import { matches } from "./eventMatcher";

const keyArn = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";
const request: EventRequest = {
  clusterId: "prod",
  place: "primary",
  bucket: "acme-backup",
  prefix: "neumann",
  kmsKeyArn: keyArn,
};
const key = "neumann/prod/full/data/l-1/20261122T040000Z-01020304/data.tar.zst";

/** As S3 sends it. */
const deleted = (change: object = {}, object: object = {}) => ({
  version: "0",
  "detail-type": "Object Deleted",
  source: "aws.s3",
  account: "111122223333",
  region: "eu-central-1",
  resources: ["arn:aws:s3:::acme-backup"],
  detail: {
    version: "0",
    bucket: { name: "acme-backup" },
    object: { key, etag: "d41d8cd9", "version-id": "1QW9g1Z99LUNbvaaYVpW9xDlOLU.qxgF", ...object },
    requester: "111122223333",
    "source-ip-address": "1.2.3.4",
    reason: "DeleteObject",
    "deletion-type": "Permanently Deleted",
    ...change,
  },
});
const byRule = { reason: "Lifecycle Expiration", requester: "s3.amazonaws.com" };

/** As CloudTrail sends it. */
const call = (service: string, eventName: string, detail: object) => ({
  source: `aws.${service}`,
  "detail-type": "AWS API Call via CloudTrail",
  detail: { eventSource: `${service}.amazonaws.com`, eventName, userIdentity: { type: "AssumedRole" }, ...detail },
});
const onBucket = (eventName: string, bucketName = "acme-backup") =>
  call("s3", eventName, { requestParameters: { bucketName, Host: "s3.eu-central-1.amazonaws.com" } });
const onKey = (eventName: string, keyId: string, ARN: string = keyArn) =>
  call("kms", eventName, { requestParameters: { keyId }, resources: [{ accountId: "111122223333", ARN }] });

const cases: [what: string, event: object, rules: string[]][] = [
  ["a version that somebody deleted", deleted(), ["version-deleted"]],
  ["an object that somebody hid", deleted({ "deletion-type": "Delete Marker Created" }), ["object-hidden"]],
  ["a version that lifecycle deleted", deleted(byRule), []],
  ["a version that lifecycle hid", deleted({ ...byRule, "deletion-type": "Delete Marker Created" }), []],
  ["another cluster's version", deleted({}, { key: "neumann/prod2/full/data/x" }), []],
  ["what lies beside the archive", deleted({}, { key: "prod/full/data/x" }), []],
  ["another bucket's version", deleted({ bucket: { name: "acme-backup-2" } }), []],
  ["an object that the agent stored", { ...deleted({ reason: "PutObject" }), "detail-type": "Object Created" }, []],
  ["a new policy", onBucket("PutBucketPolicy"), ["settings-changed"]],
  ["a policy that is taken away", onBucket("DeleteBucketPolicy"), ["settings-changed"]],
  ["another lifecycle", onBucket("PutBucketLifecycle"), ["settings-changed"]],
  ["versions that are suspended", onBucket("PutBucketVersioning"), ["settings-changed"]],
  ["another lock", onBucket("PutBucketObjectLockConfiguration"), ["settings-changed"]],
  ["a shorter retention of a version", onBucket("PutObjectRetention"), ["settings-changed"]],
  ["another encryption", onBucket("PutBucketEncryption"), ["settings-changed"]],
  ["public access", onBucket("DeleteBucketPublicAccessBlock"), ["settings-changed"]],
  ["events that are silenced", onBucket("PutBucketNotification"), ["settings-changed"]],
  ["a change of another bucket", onBucket("PutBucketPolicy", "other"), []],
  ["a look at the policy", onBucket("GetBucketPolicy"), []],
  ["a key that is disabled, by its id", onKey("DisableKey", keyArn.replace(/.*\//, "")), ["key-in-danger"]],
  ["a key that shall be deleted, by its ARN", onKey("ScheduleKeyDeletion", keyArn), ["key-in-danger"]],
  ["the same by an alias, which CloudTrail resolves", onKey("DisableKey", "alias/backup"), ["key-in-danger"]],
  ["another key", onKey("DisableKey", "5678", keyArn.replace("1234abcd", "5678abcd")), []],
  ["a key that is used", onKey("Decrypt", keyArn), []],
];

describe("events", () => {
  it("are these rules", () => {
    expect(eventRules(request)).toMatchSnapshot();
  });

  it.each(cases)("%s", (_what, event, expected) => {
    const heard = eventRules(request).filter(({ pattern }) => matches(pattern, event));
    expect(heard.map(({ what }) => what)).toEqual(expected.map((what) => `${what}-primary`));
  });

  it("without a prefix the archive begins at the cluster's name, and without a key none is watched", () => {
    const rules = eventRules({ ...request, prefix: undefined, kmsKeyArn: undefined });
    const heard = rules.filter(({ pattern }) => matches(pattern, deleted({}, { key: "prod/wal/x" })));
    expect(heard.map(({ what }) => what)).toEqual(["version-deleted-primary"]);
    expect(rules.map(({ what }) => what)).not.toContain("key-in-danger-primary");
  });

  it("have patterns within EventBridge's limit", () => {
    for (const { pattern } of eventRules(request)) expect(JSON.stringify(pattern).length).toBeLessThan(2048);
  });
});
