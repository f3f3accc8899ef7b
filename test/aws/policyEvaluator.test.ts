import { describe, expect, it } from "vitest";
import { type AnyStatement, type Asked, decide } from "./policyEvaluator";

const all: AnyStatement = { Effect: "Allow", Action: "s3:*", Resource: "*" };
const asked: Asked = {
  action: "s3:GetObject",
  resource: "arn:aws:s3:::bucket/prod/data",
  context: { "s3:prefix": "prod/", "aws:SecureTransport": "true", "aws:MultiFactorAuthAge": "60" },
};
const when = (Condition: AnyStatement["Condition"]) => decide([{ ...all, Condition }], asked) === "allowed";

describe("the evaluator of policies", () => {
  it("allows what something allows and nothing denies", () => {
    expect(decide([], asked)).toBe("not allowed");
    expect(decide([all], asked)).toBe("allowed");
    expect(decide([all, { ...all, Effect: "Deny" }], asked)).toBe("denied");
    expect(decide([{ ...all, Effect: "Deny", Action: "s3:PutObject" }, all], asked)).toBe("allowed");
  });

  it("knows actions in any letters, with signs for any text, and their opposite", () => {
    for (const Action of ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:GetObjec?", ["s3:x", "*"]]) {
      expect(decide([{ ...all, Action }], asked), String(Action)).toBe("allowed");
    }
    for (const Action of ["s3:GetObjectVersion", "s3:Get", "s3:GetObject?", "s3.GetObject"]) {
      expect(decide([{ ...all, Action }], asked), Action).toBe("not allowed");
    }
    const not = (NotAction: string[]) => decide([{ Effect: "Allow", NotAction, Resource: "*" }], asked);
    expect(not(["s3:Put*"])).toBe("allowed");
    expect(not(["s3:Put*", "s3:Get*"])).toBe("not allowed");
    expect(() => decide([{ Effect: "Allow", Resource: "*" }], asked)).toThrow("one of the two");
  });

  it("knows resources, in their own letters", () => {
    const on = (Resource: string) => decide([{ ...all, Resource }], asked);
    expect(on("arn:aws:s3:::bucket/*")).toBe("allowed");
    expect(on("arn:aws:s3:::bucket/prod/????")).toBe("allowed");
    for (const other of ["arn:aws:s3:::bucket", "arn:aws:s3:::bucket/PROD/*", "arn:aws:s3:::bucket/prod-2/*"]) {
      expect(on(other), other).toBe("not allowed");
    }
    expect(decide([{ Effect: "Allow", Action: "*", NotResource: "arn:aws:s3:::other/*" }], asked)).toBe("allowed");
  });

  it("holds conditions by their operators, of which all must hold", () => {
    expect(when({ StringEquals: { "s3:prefix": "prod/" } })).toBe(true);
    expect(when({ StringEquals: { "S3:Prefix": ["other", "prod/"] } })).toBe(true);
    expect(when({ StringEquals: { "s3:prefix": "prod" } })).toBe(false);
    expect(when({ StringLike: { "s3:prefix": "prod/*" } })).toBe(true);
    expect(when({ StringNotEquals: { "s3:prefix": ["prod/", "x"] } })).toBe(false);
    expect(when({ StringNotLike: { "s3:prefix": "x*" } })).toBe(true);
    expect(when({ Bool: { "aws:SecureTransport": "true" } })).toBe(true);
    expect(when({ NumericLessThan: { "aws:MultiFactorAuthAge": "60" } })).toBe(false);
    expect(when({ NumericLessThanEquals: { "aws:MultiFactorAuthAge": "60" } })).toBe(true);
    expect(when({ NumericGreaterThan: { "aws:MultiFactorAuthAge": "59" } })).toBe(true);
    expect(when({ Bool: { "aws:SecureTransport": "true" }, StringEquals: { "s3:prefix": "x" } })).toBe(false);
  });

  it("takes a key that is absent as IAM does", () => {
    expect(when({ StringEquals: { absent: "x" } })).toBe(false);
    expect(when({ StringEqualsIfExists: { absent: "x" } })).toBe(true);
    expect(when({ StringNotEquals: { absent: "x" } })).toBe(true);
    expect(when({ StringNotEqualsIfExists: { absent: "x" } })).toBe(true);
    expect(when({ StringEqualsIfExists: { "s3:prefix": "x" } })).toBe(false);
    expect(when({ Bool: { absent: "false" } })).toBe(false);
    expect(when({ Null: { absent: "true" } })).toBe(true);
    expect(when({ Null: { absent: "false" } })).toBe(false);
    expect(when({ Null: { "s3:prefix": "false" } })).toBe(true);
  });

  it("is silent about no operator that it does not know", () => {
    expect(() => when({ DateLessThan: { "aws:CurrentTime": "2026" } })).toThrow("does not know DateLessThan");
  });
});
