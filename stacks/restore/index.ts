import * as pulumi from "@pulumi/pulumi";
import { ClusterRestore } from "../../components/clusterRestore";
import { HostKind } from "../../components/hosts";
import { makeArchive } from "../archive";
import { readRestore } from "../settings";

/** The nodes of the environment's program, restored in place. */
const settings = readRestore(new pulumi.Config());
const { clusterId, nodes, programDirectory, places, recoveryId, restorePoint, approvedPlanDigest } = settings;

const restored = new ClusterRestore(clusterId, {
  nodes: nodes.map((node) => ({ kind: HostKind.Local, programDirectory, ...node })),
  archive: makeArchive(clusterId, places).reference,
  restorePoint,
  recoveryId,
  replaces: settings.replaces,
  fenced: settings.fenced,
  approvedPlanDigest,
});

export const plan = restored.plan;
export const planDigest = restored.planDigest;
export const report = restored.report;
export const lineage = restored.lineage;
