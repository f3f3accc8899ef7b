import * as pulumi from "@pulumi/pulumi";
import { ClusterBackups } from "../../components/clusterBackups";
import { DirectoryArchive } from "../../components/directoryArchive";
import { LocalNodes } from "../../components/localNodes";
import { readEnvironment } from "../settings";

/** A cluster on this machine, protected. */
const settings = readEnvironment(new pulumi.Config());
const { clusterId, clusterName, nodes, programDirectory, archiveLocation, offsiteLocation, policy } = settings;

const archive = new DirectoryArchive(clusterId, { clusterId, location: archiveLocation, offsiteLocation });
const cluster = new LocalNodes(clusterId, { clusterName, nodes, programDirectory });
const backups = new ClusterBackups(clusterId, { nodes: cluster.hosts, archive: archive.reference, policy });

export const hosts = cluster.hosts;
export const archiveReference = backups.archive;
export const generation = backups.generation;
export const resolvedPolicy = backups.policy;
export const schedules = backups.schedules;
