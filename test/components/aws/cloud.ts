import * as pulumi from "@pulumi/pulumi";
import type { RunOptions } from "../harness";

/** What AWS is like, as far as a test is about it. */
export interface Cloud {
  accountId: string;
  callerArn: string;
  partition: string;
  dnsSuffix: string;
  /** Buckets that are there: what AWS says of each, and the keys in it. */
  buckets: Record<string, { settings: object; keys: string[] }>;
}

export const usualCloud: Cloud = {
  accountId: "111122223333",
  callerArn: "arn:aws:sts::111122223333:assumed-role/deploy/session",
  partition: "aws",
  dnsSuffix: "amazonaws.com",
  buckets: {},
};

/** Answers in AWS's place, for `run`. */
export function cloud(change: Partial<Cloud> = {}): Pick<RunOptions, "invoke" | "made"> {
  const is: Cloud = { ...usualCloud, ...change };
  return {
    invoke: (token, inputs) => {
      if (!token.startsWith("aws:")) return undefined;
      const answer = answers[token];
      if (answer === undefined) throw new Error(`no answer to ${token}`);
      return answer(is, inputs);
    },
    made: (type, name, inputs) => madeBy[type]?.(is, name, inputs) ?? {},
  };
}

type Inputs = Record<string, unknown>;

const answers: Record<string, (is: Cloud, inputs: Inputs) => object> = {
  "aws:index/getCallerIdentity:getCallerIdentity": ({ accountId, callerArn }) => ({
    accountId,
    arn: callerArn,
    id: accountId,
    userId: "AROA:session",
  }),
  "aws:index/getPartition:getPartition": ({ partition, dnsSuffix }) => ({
    partition,
    dnsSuffix,
    id: partition,
    reverseDnsPrefix: dnsSuffix.split(".").reverse().join("."),
  }),
  "aws:cloudcontrol/getResource:getResource": (is, inputs) => ({
    ...inputs,
    properties: JSON.stringify(bucketIn(is, inputs.identifier).settings),
  }),
  "aws:s3/getObjects:getObjects": (is, inputs) => {
    const all = bucketIn(is, inputs.bucket).keys;
    if (inputs.delimiter === undefined) {
      return { keys: all.filter((key) => key.startsWith(inputs.prefix as string)), commonPrefixes: [] };
    }
    return { keys: [], commonPrefixes: [...new Set(all.map((key) => `${key.split("/")[0]}/`))] };
  },
};

function bucketIn({ buckets }: Cloud, name: unknown): { settings: object; keys: string[] } {
  const found = buckets[name as string];
  if (found === undefined) throw new Error(`no bucket ${String(name)}`);
  return found;
}

const madeBy: Record<string, (is: Cloud, name: string, inputs: Inputs) => object> = {
  "aws:s3/bucket:Bucket": ({ partition }, _name, inputs) => {
    const { bucket = `${String(inputs.bucketPrefix)}2026` } = inputs as { bucket?: string };
    return { bucket, arn: `arn:${partition}:s3:::${bucket}` };
  },
  "aws:kms/key:Key": ({ partition, accountId }, name, inputs) => ({
    keyId: `id-of-${name}`,
    arn: `arn:${partition}:kms:${String(inputs.region)}:${accountId}:key/id-of-${name}`,
  }),
  "aws:iam/role:Role": ({ partition, accountId }, name) => ({ arn: `arn:${partition}:iam::${accountId}:role/${name}` }),
};

/** A provider for another account. */
export class OtherAccount extends pulumi.ProviderResource {
  constructor(name: string) {
    super("aws", name, {});
  }
}
