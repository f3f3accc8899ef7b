import * as pulumi from "@pulumi/pulumi";
import { AwsRecovery } from "../../../components/aws";
import { readAwsRehearsal } from "../recoverySettings";

/** A recovery beside the cluster that runs, in a network of its own; destroyed afterwards. */
const settings = readAwsRehearsal(new pulumi.Config());
const rehearsed = new AwsRecovery("rehearsal", settings);

/** `npx pulumi-neumann rehearse` takes no program that does not say so. */
export const rehearsal = true;
export const plan = rehearsed.plan;
export const planDigest = rehearsed.planDigest;
export const predictedSeconds = rehearsed.predictedSeconds;
export const report = rehearsed.report;
export const accountId = rehearsed.accountId;
