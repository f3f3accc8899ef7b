/** Whom a statement is about: anybody, or by kind (`AWS`, `Service`, `Federated`) named principals. */
export type Principals = "*" | Record<string, string | string[]>;

/** Operators of IAM, each with the keys of a request's context and what they are held against. */
export type Conditions = Record<string, Record<string, string | string[]>>;

/** One statement of a policy that lies on a bucket, a key or a role. */
export interface PolicyStatement {
  /** Letters and digits, unique in its document: docs/aws.md says what each is for. */
  Sid: string;
  Effect: "Allow" | "Deny";
  /** Left out in a policy of a role, which is about that role. */
  Principal?: Principals;
  Action: string[];
  /** Left out in a policy of trust. */
  Resource?: string[];
  Condition?: Conditions;
}

/** A policy as IAM, S3 and KMS take it. */
export interface PolicyDocument {
  Version: "2012-10-17";
  Statement: PolicyStatement[];
}

export function policyDocument(statements: PolicyStatement[]): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** True for everybody but some; a request by a service has no principal's ARN and is none of them. Nobody named: true for all. */
export function allBut(arns: readonly string[]): { Condition?: Conditions } {
  return arns.length === 0 ? {} : { Condition: { ArnNotLike: { "aws:PrincipalArn": [...arns] } } };
}
