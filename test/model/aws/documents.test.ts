import { describe, expect, it } from "vitest";
import { isAmong, principalOf } from "../../../model/aws/callerIdentity";
import { archiveKeyPolicy } from "../../../model/aws/keyPolicy";
import { replicationPolicy, replicationTrust } from "../../../model/aws/replicationPolicy";
import { allowedBy, deniedBy } from "./evaluator";

const accounts = {
  partition: "aws-cn",
  accountId: "111122223333",
  region: "cn-north-1",
  dnsSuffix: "amazonaws.com.cn",
};
const breaker = "arn:aws-cn:iam::111122223333:role/break-glass";
const deletion = (arn: string) => ({
  action: "kms:ScheduleKeyDeletion",
  resource: "*",
  context: { "aws:PrincipalArn": arn },
});

describe("the policy of a bucket's key", () => {
  it("leaves its use to IAM of the account", () => {
    const [first] = archiveKeyPolicy({ ...accounts, breakGlassArns: [] }).Statement;
    expect(first).toMatchObject({ Effect: "Allow", Principal: { AWS: ["arn:aws-cn:iam::111122223333:root"] } });
  });

  it("lets nobody take the key away, but who breaks the glass", () => {
    const closed = archiveKeyPolicy({ ...accounts, breakGlassArns: [] });
    expect(deniedBy(closed, deletion(breaker))).toEqual(["NobodyTakesTheKeyAway"]);
    const open = archiveKeyPolicy({ ...accounts, breakGlassArns: [breaker] });
    expect(deniedBy(open, deletion(breaker))).toEqual([]);
    expect(deniedBy(open, deletion(`${breaker}2`))).toEqual(["NobodyTakesTheKeyAway"]);
  });

  it("lets S3's role of another account encrypt by S3 alone", () => {
    const role = "arn:aws-cn:iam::444455556666:role/copies";
    const policy = archiveKeyPolicy({ ...accounts, breakGlassArns: [], replicationRoleArn: role });
    const by = (service: string) =>
      allowedBy(policy, { action: "kms:Encrypt", resource: "*", context: { "kms:ViaService": service } });
    expect(by("s3.cn-north-1.amazonaws.com.cn")).toContain("CopiesOfTheOtherBucket");
    expect(by("ec2.cn-north-1.amazonaws.com.cn")).not.toContain("CopiesOfTheOtherBucket");
  });
});

describe("the role of a replication", () => {
  const end = (name: string, region: string) => ({
    bucketArn: `arn:aws:s3:::${name}`,
    kmsKeyArn: `arn:aws:kms:${region}:111122223333:key/${name}`,
    region,
  });
  const request = {
    source: end("first", "eu-central-1"),
    destination: end("second", "eu-west-1"),
    dnsSuffix: "amazonaws.com",
    anotherAccount: false,
  };

  it("reads there, writes here, and deletes nowhere", () => {
    const policy = replicationPolicy(request);
    const may = (action: string, resource: string, context = {}) =>
      allowedBy(policy, { action, resource, context }).length > 0;
    expect(may("s3:GetObjectVersionForReplication", "arn:aws:s3:::first/prod/full/x")).toBe(true);
    expect(may("s3:ReplicateObject", "arn:aws:s3:::second/prod/full/x")).toBe(true);
    expect(may("s3:ReplicateObject", "arn:aws:s3:::first/prod/full/x")).toBe(false);
    expect(may("s3:ReplicateDelete", "arn:aws:s3:::second/prod/full/x")).toBe(false);
    const via = (region: string) => ({ "kms:ViaService": `s3.${region}.amazonaws.com` });
    expect(may("kms:Decrypt", request.source.kmsKeyArn, via("eu-central-1"))).toBe(true);
    expect(may("kms:Decrypt", request.destination.kmsKeyArn, via("eu-west-1"))).toBe(false);
    expect(may("kms:Encrypt", request.destination.kmsKeyArn, via("eu-west-1"))).toBe(true);
    expect(policy.Statement.flatMap(({ Action }) => Action).filter((action) => /Delete|Put/.test(action))).toEqual([]);
  });

  it("hands the copies to the other account only where there is one", () => {
    const actions = (anotherAccount: boolean) =>
      replicationPolicy({ ...request, anotherAccount }).Statement.flatMap(({ Action }) => Action);
    expect(actions(true)).toContain("s3:ObjectOwnerOverrideToBucketOwner");
    expect(actions(false)).not.toContain("s3:ObjectOwnerOverrideToBucketOwner");
    expect(replicationTrust().Statement[0]?.Principal).toEqual({ Service: ["s3.amazonaws.com"] });
  });
});

describe("who the caller is", () => {
  const session = "arn:aws:sts::111122223333:assumed-role/deploy/me@acme";

  it("is the role behind a session, and a user as he is", () => {
    expect(principalOf(session)).toBe("arn:aws:iam::111122223333:role/deploy");
    expect(principalOf("arn:aws:iam::111122223333:user/me")).toBe("arn:aws:iam::111122223333:user/me");
  });

  it.each<[string, boolean]>([
    ["arn:aws:iam::111122223333:role/deploy", true],
    ["arn:aws:iam::111122223333:role/with/a/path/deploy", true],
    ["arn:aws:iam::111122223333:role/dep*", true],
    ["arn:aws:iam::111122223333:role/deploy2", false],
    ["arn:aws:iam::444455556666:role/deploy", false],
    ["arn:aws:iam::111122223333:user/deploy", false],
  ])("is among %s: %s", (pattern, among) => {
    expect(isAmong(session, [pattern])).toBe(among);
  });
});
