import * as pulumi from "@pulumi/pulumi";
import { DisasterRecovery } from "../../components/disasterRecovery";
import { LocalNodes } from "../../components/localNodes";
import { makeArchive } from "../archive";
import { readRecovery } from "../settings";

/** New nodes on this machine, and the lost cluster on them. */
const settings = readRecovery(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, places, policy } = settings;
const { recoveryId, restorePoint, approvedPlanDigest } = settings;

const archive = makeArchive(clusterId, places);
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
export const publicKeys = recovered.publicKeys;
