import { describe, expect, it } from "vitest";
import { archiveBucketPolicy, type BucketPolicyRequest, logBucketPolicy } from "../../../model/aws/bucketPolicy";
import { allowedBy, deniedBy, type PolicyRequest } from "./evaluator";

const bucketArn = "arn:aws:s3:::acme-offsite";
const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/k1";
const breaker = "arn:aws:iam::111122223333:role/break-glass";
const request: BucketPolicyRequest = { bucketArn, kmsKeyArn, breakGlassArns: [], administratorArns: [], lockDays: 30 };
const document = archiveBucketPolicy(request);

const node = "arn:aws:iam::111122223333:role/node";
const usual = { "aws:SecureTransport": "true", "s3:TlsVersion": "1.3", "aws:PrincipalArn": node };
const object = `${bucketArn}/prod/offsite/data/x`;
const encrypted = {
  "s3:x-amz-server-side-encryption": "aws:kms",
  "s3:x-amz-server-side-encryption-aws-kms-key-id": kmsKeyArn,
};
const creates = { "s3:ObjectCreationOperation": "true" };
const createsNothing = { "s3:ObjectCreationOperation": "false" };
const conditional = { "s3:if-none-match": "*" };

function asked(action: string, context: PolicyRequest["context"] = {}, resource = object): string[] {
  return deniedBy(document, { action: `s3:${action}`, resource, context: { ...usual, ...context } });
}

describe("the policy of an archive's bucket", () => {
  // The contexts are those of AWS's page on enforcing conditional writes: which call creates an object, and has the header.
  it.each<[string, PolicyRequest["context"], string[]]>([
    ["a put that creates", { ...creates, ...conditional, ...encrypted }, []],
    ["a put that creates, by the bucket's own encryption", { ...creates, ...conditional }, []],
    ["a put that may overwrite", { ...creates, ...encrypted }, ["NothingIsOverwritten"]],
    ["a put that replaces a known version", { ...creates, ...encrypted, "s3:if-match": "e" }, ["NothingIsOverwritten"]],
    ["the beginning of an upload in parts", { ...createsNothing, ...encrypted }, []],
    ["a part of it, which says nothing of encryption", createsNothing, []],
    ["its end", { ...creates, ...conditional }, []],
    ["its end, which may overwrite", creates, ["NothingIsOverwritten"]],
    ["a copy within S3", { ...creates, ...encrypted, "s3:x-amz-copy-source": "x" }, ["NothingIsOverwritten"]],
  ])("lets pass or refuses %s", (_what, context, denied) => {
    expect(asked("PutObject", context)).toEqual(denied);
  });

  it.each<[string, PolicyRequest["context"], string[]]>([
    ["the store's own key", { "s3:x-amz-server-side-encryption": "AES256" }, ["KmsOnly"]],
    ["two layers", { ...encrypted, "s3:x-amz-server-side-encryption": "aws:kms:dsse" }, ["KmsOnly"]],
    [
      "another key",
      { ...encrypted, "s3:x-amz-server-side-encryption-aws-kms-key-id": `${kmsKeyArn}2` },
      ["OwnKeyOnly"],
    ],
    ["a key that is not named", { "s3:x-amz-server-side-encryption": "aws:kms" }, ["KeyIsNamed"]],
    ["a key of the caller's", { "s3:x-amz-server-side-encryption-customer-algorithm": "AES256" }, ["NoKeyOfTheCaller"]],
  ])("refuses a put encrypted by %s", (_what, context, denied) => {
    expect(asked("PutObject", { ...creates, ...conditional, ...context })).toEqual(denied);
  });

  it("refuses what does not come by TLS 1.2 at least", () => {
    expect(asked("GetObject")).toEqual([]);
    expect(asked("GetObject", { "aws:SecureTransport": "false", "s3:TlsVersion": undefined })).toEqual(["TlsOnly"]);
    expect(asked("GetObject", { "s3:TlsVersion": "1.1" })).toEqual(["Tls12AtLeast"]);
    expect(asked("ListBucket", { "s3:TlsVersion": "1.1" }, bucketArn)).toEqual(["Tls12AtLeast"]);
    expect(asked("GetObject", { "s3:TlsVersion": "1.2" })).toEqual([]);
  });

  it.each(["DeleteObject", "DeleteObjectVersion", "BypassGovernanceRetention", "PutObjectLegalHold"])(
    "lets nobody %s, but who breaks the glass",
    (action) => {
      expect(asked(action)).toEqual(["NobodyDeletes"]);
      const broken = archiveBucketPolicy({ ...request, breakGlassArns: [breaker] });
      const by = (arn: string | undefined) =>
        deniedBy(broken, {
          action: `s3:${action}`,
          resource: object,
          context: { ...usual, "aws:PrincipalArn": arn },
        });
      expect(by(breaker)).toEqual([]);
      expect(by(node)).toEqual(["NobodyDeletes"]);
      expect(by(undefined)).toEqual(["NobodyDeletes"]);
    },
  );

  it("keeps the bucket itself, and what a node and a prune need stays allowed", () => {
    expect(asked("DeleteBucket", {}, bucketArn)).toEqual(["NobodyDeletes"]);
    for (const action of [
      "GetObject",
      "GetObjectVersion",
      "AbortMultipartUpload",
      "PutObjectTagging",
      "RestoreObject",
    ]) {
      expect(asked(action), action).toEqual([]);
    }
  });

  it("lets nobody lock for longer than the bucket does", () => {
    const days = "s3:object-lock-remaining-retention-days";
    expect(asked("PutObjectRetention", { [days]: "31" })).toEqual([]);
    expect(asked("PutObjectRetention", { [days]: "32" })).toEqual(["LocksNoLonger"]);
    expect(asked("PutObject", { ...creates, ...conditional, [days]: "36500" })).toEqual(["LocksNoLonger"]);
    const unlocked = archiveBucketPolicy({ ...request, lockDays: undefined });
    expect(unlocked.Statement.map(({ Sid }) => Sid)).not.toContain("LocksNoLonger");
  });

  it.each([
    "PutLifecycleConfiguration",
    "PutBucketVersioning",
    "PutBucketPolicy",
    "DeleteBucketPolicy",
    "PutBucketObjectLockConfiguration",
    "PutEncryptionConfiguration",
    "PutReplicationConfiguration",
    "PutBucketPublicAccessBlock",
  ])("leaves %s to the administrators, where there are any", (action) => {
    const administrators = ["arn:aws:iam::111122223333:role/deploy*"];
    const settled = archiveBucketPolicy({ ...request, administratorArns: administrators });
    const by = (arn: string) => ({
      action: `s3:${action}`,
      resource: bucketArn,
      context: { ...usual, "aws:PrincipalArn": arn },
    });
    expect(deniedBy(settled, by("arn:aws:iam::111122223333:role/deploy-prod"))).toEqual([]);
    expect(deniedBy(settled, by(node))).toEqual(["SettingsByAdministrators"]);
    expect(asked(action, {}, bucketArn)).toEqual([]);
  });

  it("gives rights to nobody but S3's role of another account, and that one nothing that deletes", () => {
    expect(document.Statement.filter(({ Effect }) => Effect === "Allow")).toEqual([]);
    const role = "arn:aws:iam::444455556666:role/copies";
    const copied = archiveBucketPolicy({ ...request, replicationRoleArn: role });
    const allowed = copied.Statement.filter(({ Effect }) => Effect === "Allow");
    expect(allowed.every(({ Principal }) => JSON.stringify(Principal) === JSON.stringify({ AWS: [role] }))).toBe(true);
    expect(allowed.flatMap(({ Action }) => Action).filter((action) => /Delete/.test(action))).toEqual([]);
    const copy = { action: "s3:ReplicateObject", resource: object, context: { ...usual, "aws:PrincipalArn": role } };
    expect(deniedBy(copied, copy)).toEqual([]);
    expect(allowedBy(copied, copy)).toEqual(["CopiesOfTheOtherBucket"]);
  });

  it("names each statement once, and stays below what S3 takes", () => {
    const full = archiveBucketPolicy({
      ...request,
      breakGlassArns: [breaker, node],
      administratorArns: [breaker, node],
      replicationRoleArn: node,
    });
    const names = full.Statement.map(({ Sid }) => Sid);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
    expect(JSON.stringify(full).length).toBeLessThan(20_480);
  });
});

describe("the policy of a bucket for logs", () => {
  const logs = "arn:aws:s3:::prod-logs";
  const policy = logBucketPolicy({ bucketArn: logs, sourceArn: bucketArn, accountId: "111122223333" });
  const about = { "aws:SourceArn": bucketArn, "aws:SourceAccount": "111122223333" };
  const put = (key: string, context: PolicyRequest["context"]) => ({
    action: "s3:PutObject",
    resource: `${logs}/${key}`,
    context: { "aws:SecureTransport": "true", ...context },
  });

  it("takes what S3 writes about that bucket, and nothing about another", () => {
    expect(allowedBy(policy, put("access/x", about))).toEqual(["AccessLogs"]);
    const owned = { ...about, "s3:x-amz-acl": "bucket-owner-full-control" };
    expect(allowedBy(policy, put("inventory/x", owned))).toEqual(["Inventories"]);
    expect(allowedBy(policy, put("access/x", { ...about, "aws:SourceArn": "arn:aws:s3:::other" }))).toEqual([]);
    expect(allowedBy(policy, put("access/x", { ...about, "aws:SourceAccount": "999999999999" }))).toEqual([]);
    expect(allowedBy(policy, put("elsewhere/x", owned))).toEqual([]);
    expect(deniedBy(policy, put("access/x", about))).toEqual([]);
  });

  it("lets nobody take a line away", () => {
    for (const action of ["s3:DeleteObject", "s3:DeleteObjectVersion"]) {
      expect(deniedBy(policy, { ...put("access/x", usual), action })).toEqual(["NobodyDeletes"]);
    }
  });
});
