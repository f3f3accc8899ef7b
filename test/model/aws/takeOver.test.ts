import { describe, expect, it } from "vitest";
import { type BucketSettings, planTakeOver, type TakeOverRequest } from "../../../model/aws/takeOver";
import { standardPolicy } from "../../../model/policy";

const good: BucketSettings = {
  VersioningConfiguration: { Status: "Enabled" },
  ObjectLockEnabled: true,
  ObjectLockConfiguration: {
    ObjectLockEnabled: "Enabled",
    Rule: { DefaultRetention: { Mode: "GOVERNANCE", Days: 30 } },
  },
  BucketEncryption: {
    ServerSideEncryptionConfiguration: [
      { ServerSideEncryptionByDefault: { SSEAlgorithm: "aws:kms", KMSMasterKeyID: "arn:aws:kms:…" } },
    ],
  },
};

function plan(settings: BucketSettings, change: Partial<TakeOverRequest> = {}) {
  return planTakeOver({
    bucket: "acme",
    place: "offsite",
    clusterId: "prod",
    policy: standardPolicy,
    settings,
    otherClusters: [],
    ruleIds: ["wal-given-up"],
    lockDays: 30,
    replicate: false,
    ...change,
  });
}

describe("taking over a bucket", () => {
  it("has nothing to say of one that is as it should be", () => {
    expect(plan(good)).toEqual({ refusals: [], changes: [] });
  });

  it.each<[string, BucketSettings, Partial<TakeOverRequest>, string]>([
    [
      "suspended versioning",
      { ...good, VersioningConfiguration: { Status: "Suspended" } },
      {},
      "its versioning is suspended",
    ],
    ["no object lock off-site", { VersioningConfiguration: { Status: "Enabled" } }, {}, "it has no object lock"],
    [
      "a lock of its own that outlasts the policy",
      good,
      { place: "primary", lockDays: undefined },
      "its own lock of 30 days locks longer than the policy keeps snapshots (7 days)",
    ],
    [
      "a lock of years",
      { ...good, ObjectLockConfiguration: { Rule: { DefaultRetention: { Years: 2 } } } },
      { place: "primary" },
      "its own lock of 730 days",
    ],
    ["another cluster's archive", good, { otherClusters: ["staging"] }, "it is the archive of staging"],
  ])("is refused with %s", (_what, settings, change, begin) => {
    const { refusals } = plan(settings, change);
    expect(refusals.length).toBe(1);
    expect(refusals[0]?.startsWith(begin)).toBe(true);
  });

  it("needs no lock for the first bucket", () => {
    const { refusals, changes } = plan({}, { place: "primary", lockDays: undefined });
    expect(refusals).toEqual([]);
    expect(changes).toEqual([
      "versioning is turned on",
      "new objects are encrypted by a key of the archive and not by what it is now",
    ]);
  });

  it("says what will be another way", () => {
    const settings: BucketSettings = {
      ...good,
      LifecycleConfiguration: { Rules: [{ Id: "wal-given-up" }, { Id: "old" }, {}] },
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: "AES256" } }],
      },
      ReplicationConfiguration: { Rules: [{}] },
    };
    expect(plan(settings, { lockDays: 20, replicate: true }).changes).toEqual([
      "its lifecycle rules old, (without an id) go: the policy's own take their place",
      "new objects are encrypted by a key of the archive and not by AES256",
      "new objects are locked for 20 days and not for 30",
    ]);
    expect(plan(settings, { place: "primary", replicate: true }).changes).toContain(
      "its replication becomes the one to the off-site bucket",
    );
  });
});
