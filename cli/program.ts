import * as pulumi from "@pulumi/pulumi";
import { createPlaces } from "../components/archivePlaces";
import { DisasterRecovery } from "../components/disasterRecovery";
import type { HostArgs, KnownHost } from "../components/hosts";
import { LocalNodes } from "../components/localNodes";
import type { BackupPolicy } from "../model/policy";
import type { ArchiveSpec } from "../model/reference";
import { isMadeHere } from "./hostsFile";

/** A recovery that was checked. */
export interface RecoveryRequest {
  archive: ArchiveSpec;
  hosts: KnownHost[];
  policy: BackupPolicy;
  clusterName: string;
  restorePoint: string;
  recoveryId: string;
  approvedPlanDigest?: string;
  /** Opens encrypted backups. */
  identity?: string;
}

/** The Pulumi program of a recovery: the same components that a stack of one's own would have. */
export function recoveryProgram(request: RecoveryRequest): Record<string, unknown> {
  const { archive, hosts, ...rest } = request;
  const { clusterId } = archive;
  // Only the first archive may be new. An off-site one that is not there is not to be made: the plan says so.
  const reference = createPlaces(clusterId, { reference: pulumi.output(archive), withOffsite: false }, {});
  const nodes = nodesOf(clusterId, rest.clusterName, hosts);
  const recovered = new DisasterRecovery(clusterId, { archive: reference, nodes, ...rest });
  const { plan, planDigest, report, publicKeys } = recovered;
  return { plan, planDigest, report, publicKeys };
}

function nodesOf(clusterId: string, clusterName: string, hosts: readonly KnownHost[]): HostArgs[] {
  const made = hosts.filter(isMadeHere);
  const [first] = made;
  if (first === undefined) return [...hosts];
  const nodes = made.map(({ nodeId, address, adminUrl, directory }) => ({
    nodeId,
    address,
    adminUrl: adminUrl as string,
    directory: directory as string,
  }));
  const { programDirectory } = first;
  const programs = programDirectory === undefined ? {} : { programDirectory };
  const fresh = new LocalNodes(clusterId, { clusterName, nodes, start: false, ...programs });
  return hosts.map((host) => fresh.hosts.find(({ nodeId }) => nodeId === host.nodeId) ?? host);
}
