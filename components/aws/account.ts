import { getCallerIdentityOutput } from "@pulumi/aws/getCallerIdentity";
import { getPartitionOutput } from "@pulumi/aws/getPartition";
import * as pulumi from "@pulumi/pulumi";
import { isAmong } from "../../model/aws/callerIdentity";
import { userError } from "../arguments";

/** The account that a provider acts in, and as whom. */
export interface Account {
  accountId: string;
  callerArn: string;
  partition: string;
  /** Ends the names of services, such as `amazonaws.com`. */
  dnsSuffix: string;
}

/** Asks AWS, in a preview too. */
export function accountOf(opts: pulumi.InvokeOutputOptions): pulumi.Output<Account> {
  return pulumi
    .all([getCallerIdentityOutput({}, opts), getPartitionOutput({}, opts)])
    .apply(([{ accountId, arn }, { partition, dnsSuffix }]) => ({ accountId, callerArn: arn, partition, dnsSuffix }));
}

/** What is demanded of an account. */
export interface AccountDemand {
  /** Begins the message: `S3Archive "prod" cannot be created`. */
  subject: string;
  /** The argument that names the account. */
  argument: string;
  expected?: string;
  /** Who alone may change settings from then on. */
  administratorArns: readonly string[];
}

/** @throws RunError where the caller's account is another one, or where the caller would lock himself out. */
export function requireAccount({ accountId, callerArn }: Account, demand: AccountDemand): void {
  const { subject, argument, expected, administratorArns } = demand;
  if (expected !== undefined && expected !== accountId) {
    throw userError(
      `${subject}: the caller ${callerArn} is of account ${accountId}, and ${argument} says ${expected}. Use credentials of that account.`,
    );
  }
  if (administratorArns.length === 0 || isAmong(callerArn, administratorArns)) return;
  throw userError(
    `${subject}: the caller ${callerArn} is not among administratorArns: the next up could change nothing any more. Add its role.`,
  );
}
