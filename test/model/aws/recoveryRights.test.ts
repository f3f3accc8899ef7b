import { describe, expect, it } from "vitest";
import { readingPolicy } from "../../../model/aws/recoveryRights";
import { bucketsOnly, endpointServiceName } from "../../../model/aws/recoveryEndpoints";
import { allowedBy, deniedBy } from "./evaluator";

const kmsKeyArn = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd";
const document = readingPolicy({
  clusterId: "prod",
  partition: "aws",
  places: [{ place: "offsite", bucket: "acme-offsite", region: "eu-west-1", kmsKeyArn }],
});
const bucket = "arn:aws:s3:::acme-offsite";
const object = `${bucket}/prod/offsite/data/L1/a/data.tar.zst`;
const context = { "aws:SecureTransport": "true" };
const allowed = (action: string, resource: string, more = {}) =>
  allowedBy(document, { action, resource, context: { ...context, ...more } }).length > 0 &&
  deniedBy(document, { action, resource, context: { ...context, ...more } }).length === 0;

describe("what a rehearsal may do in production's off-site bucket", () => {
  it("is to read what a restore reads", () => {
    expect(allowed("s3:GetObject", object)).toBe(true);
    expect(allowed("s3:ListBucket", bucket, { "s3:prefix": "prod/offsite/manifest/" })).toBe(true);
    const byS3 = { "kms:ViaService": "s3.eu-west-1.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": bucket };
    expect(allowed("kms:Decrypt", kmsKeyArn, byS3)).toBe(true);
  });

  it("is not another cluster's, nor another bucket's", () => {
    expect(allowed("s3:GetObject", `${bucket}/staging/offsite/data/x`)).toBe(false);
    expect(allowed("s3:GetObject", "arn:aws:s3:::acme-backup/prod/full/data/x")).toBe(false);
  });

  it.each([
    "s3:PutObject",
    "s3:AbortMultipartUpload",
    "s3:RestoreObject",
    "s3:DeleteObject",
    "s3:DeleteObjectVersion",
    "s3:PutObjectTagging",
    "s3:PutObjectRetention",
    "s3:PutBucketPolicy",
  ])("is not %s, though something else attached to the role allowed it", (action) => {
    const at = action === "s3:PutBucketPolicy" ? bucket : object;
    expect(allowed(action, at)).toBe(false);
    if (action === "s3:PutObjectRetention") return; // Locking longer loses nothing; nobody allows it.
    expect(deniedBy(document, { action, resource: at, context })).not.toEqual([]);
  });

  it("allows nothing but reading, whatever a restorer is allowed later", () => {
    const actions = document.Statement.filter(({ Effect }) => Effect === "Allow").flatMap(({ Action }) => Action);
    expect(actions.length).toBeGreaterThan(3);
    for (const action of actions) expect(action).toMatch(/^(s3:(Get|List)\w+|kms:Decrypt)$/);
  });
});

describe("endpoints of a recovery's network", () => {
  it("are called as AWS calls them", () => {
    expect(endpointServiceName("ssm", "eu-west-1", "aws")).toBe("com.amazonaws.eu-west-1.ssm");
    expect(endpointServiceName("monitoring", "cn-north-1", "aws-cn")).toBe("cn.com.amazonaws.cn-north-1.monitoring");
    expect(endpointServiceName("s3", "cn-north-1", "aws-cn")).toBe("com.amazonaws.cn-north-1.s3");
    const whole = "com.amazonaws.vpce.eu-west-1.vpce-svc-0123";
    expect(endpointServiceName(whole, "eu-west-1", "aws")).toBe(whole);
  });

  it("lead to the buckets that are named, and to no other", () => {
    const policy = bucketsOnly(["acme-offsite", "prod-rehearsal-backup-1"], "aws");
    const reached = (resource: string) => allowedBy(policy, { action: "s3:GetObject", resource, context }).length > 0;
    expect(reached(object)).toBe(true);
    expect(reached("arn:aws:s3:::prod-rehearsal-backup-1/x")).toBe(true);
    expect(reached("arn:aws:s3:::acme-backup/prod/full/data/x")).toBe(false);
    expect(bucketsOnly(["acme-offsite", "acme-offsite"], "aws")).toEqual(bucketsOnly(["acme-offsite"], "aws"));
  });
});
