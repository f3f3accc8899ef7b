import * as pulumi from "@pulumi/pulumi";
import { AwsRecovery } from "../../../components/aws";
import { readAwsRecovery } from "../recoverySettings";

/** A lost cluster back on new instances, from its off-site bucket alone. */
const settings = readAwsRecovery(new pulumi.Config());
const recovered = new AwsRecovery("recovery", settings);

export const plan = recovered.plan;
export const planDigest = recovered.planDigest;
export const predictedSeconds = recovered.predictedSeconds;
export const predictedDollarsPerHour = recovered.predictedDollarsPerHour;
export const report = recovered.report;
export const lineage = recovered.lineage;
export const publicKeys = recovered.publicKeys;
export const archiveReference = recovered.reference;
export const instanceIds = recovered.instanceIds;
export const accountId = recovered.accountId;
