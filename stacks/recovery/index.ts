import * as pulumi from "@pulumi/pulumi";
import { DirectoryArchive } from "../../components/directoryArchive";
import { DisasterRecovery } from "../../components/disasterRecovery";
import { LocalNodes } from "../../components/localNodes";
import { readRecovery } from "../settings";

/** New nodes on this machine, and the lost cluster on them. */
const settings = readRecovery(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, archiveLocation, offsiteLocation, policy } = settings;
const { recoveryId, restorePoint, approvedPlanDigest } = settings;

const archive = new DirectoryArchive(clusterId, { clusterId, location: archiveLocation, offsiteLocation });
const fresh = new LocalNodes(clusterId, { clusterName, nodes, programDirectory, start: false });
const recovered = new DisasterRecovery(clusterId, {
  archive: archive.reference,
  nodes: fresh.hosts,
  clusterName,
  policy,
  recoveryId,
  restorePoint,
  approvedPlanDigest,
});

export const hosts = fresh.hosts;
export const archiveReference = archive.reference;
export const plan = recovered.plan;
export const planDigest = recovered.planDigest;
export const report = recovered.report;
export const lineage = recovered.lineage;
