import * as pulumi from "@pulumi/pulumi";
import { ClusterClone } from "../../components/clusterClone";
import { LocalNodes } from "../../components/localNodes";
import { makeArchive } from "../archive";
import { placesOfRehearsal, readClone } from "../settings";

/** New nodes on this machine, and a copy of a cluster that goes on running on them. */
const settings = readClone(new pulumi.Config());
const { clusterId, clusterName, programDirectory, policy } = settings;
const { recoveryId, restorePoint, approvedPlanDigest, productionNodes } = settings;
// A destroy deletes no data, so that each rehearsal needs a place of its own.
const { nodes, places } = settings.rehearsal === true ? placesOfRehearsal(settings) : settings;

const archive = makeArchive(clusterId, places);
const fresh = new LocalNodes(clusterId, { clusterName, nodes, programDirectory, start: false });
const clone = new ClusterClone(clusterId, {
  // Only named: nothing of this stack makes or changes it.
  source: { ...settings.source.primary, clusterId: settings.sourceClusterId, offsite: settings.source.offsite },
  productionNodes,
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
export const plan = clone.plan;
export const planDigest = clone.planDigest;
export const report = clone.report;
export const lineage = clone.lineage;
export const publicKeys = clone.publicKeys;
/** Whether `npx pulumi-neumann rehearse` may destroy it. */
export const rehearsal = settings.rehearsal === true;
