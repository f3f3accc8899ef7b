import * as pulumi from "@pulumi/pulumi";
import { ClusterBackups } from "../../components/clusterBackups";
import { LocalNodes } from "../../components/localNodes";
import { makeArchive } from "../archive";
import { readEnvironment } from "../settings";

/** A cluster on this machine, protected. */
const settings = readEnvironment(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, places, policy, kitFile, reconcile } = settings;

const archive = makeArchive(clusterId, places);
const cluster = new LocalNodes(clusterId, { clusterName, nodes, programDirectory });
const backups = new ClusterBackups(clusterId, {
  nodes: cluster.hosts,
  archive: archive.reference,
  policy,
  ...(kitFile === undefined ? {} : { kitFile }),
  ...(reconcile === undefined ? {} : { reconcile }),
});

export const hosts = cluster.hosts;
export const archiveReference = backups.archive;
export const generation = backups.generation;
export const publicKeys = backups.publicKeys;
export const resolvedPolicy = backups.policy;
export const schedules = backups.schedules;
export const alertRules = backups.alertRules;
export const recoveryPoints = backups.recoveryPoints;
export const recoveryKit = backups.recoveryKit;
