import { type ArchiveLocation, ArchiveKind } from "../reference";
import { jobSelector } from "./jobs";
import { labelsOf, podLabel, prefix } from "./names";
import { sidecarPort } from "./pod";
import type { Backups } from "./request";

/** Where a machine, or what runs on it, tells who asks what its rights are. */
const metadataCidrs = ["169.254.0.0/16"];
const metadataCidrs6 = ["fe80::/10", "fd00:ec2::/32"];

/** The address that NodeLocal DNSCache has on every node. */
const nodeDnsCidr = "169.254.20.10/32";

/** Policies of the jobs' pods; and of the database's, where the user's own isolate them already. */
export function networkPolicies(backups: Backups) {
  return [jobPolicy(backups), ...(backups.traffic.isolatedPods === true ? [podPolicy(backups)] : [])];
}

export function networkPolicyName(whose: "jobs" | "pods"): string {
  return `${prefix}-${whose}`;
}

/** Jobs reach DNS and the archive; nobody reaches them. */
function jobPolicy(backups: Backups) {
  const { archive, namespace } = backups;
  return {
    apiVersion: "networking.k8s.io/v1" as const,
    kind: "NetworkPolicy" as const,
    metadata: { name: networkPolicyName("jobs"), namespace, labels: labelsOf(archive.clusterId, "jobs") },
    spec: {
      podSelector: { matchLabels: jobSelector(backups) as Record<string, string> },
      policyTypes: ["Ingress", "Egress"],
      egress: [toDns(backups), toArchive(backups), ...toMetadata(backups)],
    },
  };
}

/**
 * What the sidecar needs. A policy that selects a pod isolates it: that the database's clients reach it can only be said by
 * who knows them. So this is for pods that are isolated already, where it only adds.
 */
function podPolicy(backups: Backups) {
  const { archive, namespace, statefulSet } = backups;
  return {
    apiVersion: "networking.k8s.io/v1" as const,
    kind: "NetworkPolicy" as const,
    metadata: { name: networkPolicyName("pods"), namespace, labels: labelsOf(archive.clusterId, "pods") },
    spec: {
      podSelector: { matchLabels: { [podLabel]: statefulSet.name } },
      policyTypes: ["Ingress", "Egress"],
      ingress: [{ ports: [{ protocol: "TCP", port: sidecarPort }] }],
      egress: [toDns(backups), toArchive(backups), ...toMetadata(backups), toApiServer],
    },
  };
}

export function toDns({ traffic }: Backups) {
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": traffic.dnsNamespace } };
  const ports = ["UDP", "TCP"].map((protocol) => ({ protocol, port: 53 }));
  return { to: [{ namespaceSelector }, { ipBlock: { cidr: nodeDnsCidr } }], ports };
}

export function toArchive(backups: Backups) {
  const { traffic, archive } = backups;
  const to = traffic.archiveCidrs === undefined ? anywhereElse : traffic.archiveCidrs.map(block);
  return { to, ports: archivePorts(archive).map((port) => ({ protocol: "TCP", port })) };
}

function block(cidr: string): { ipBlock: { cidr: string; except?: string[] } } {
  return { ipBlock: { cidr } };
}

/** Everywhere but to what a machine says to itself. */
const anywhereElse: ReturnType<typeof block>[] = [
  { ipBlock: { cidr: "0.0.0.0/0", except: metadataCidrs } },
  { ipBlock: { cidr: "::/0", except: metadataCidrs6 } },
];

/** Where an account has a role, the store's and the token service's port are the same. */
export function archivePorts({ offsite, ...primary }: Backups["archive"]): number[] {
  const places: ArchiveLocation[] = [primary, ...(offsite === undefined ? [] : [offsite])];
  return [...new Set(places.flatMap(portOf))].sort((a, b) => a - b);
}

function portOf(place: ArchiveLocation): number[] {
  if (place.kind === ArchiveKind.Directory) return [];
  if (place.endpoint === undefined) return [443];
  const port = /:(\d+)\/?$/.exec(place.endpoint)?.[1];
  return [port === undefined ? (place.endpoint.startsWith("http:") ? 80 : 443) : Number(port)];
}

/** 80: machines of AWS, Azure and Google, and the agent of EKS Pod Identity; 988: GKE's own for workload identity. */
export function toMetadata({ traffic }: Backups) {
  if (traffic.allowMetadata !== true) return [];
  const to = [block("169.254.169.254/32"), block("169.254.170.23/32"), block("169.254.169.252/32")];
  return [{ to, ports: [80, 988].map((port) => ({ protocol: "TCP", port })) }];
}

/** Its address is the cluster's own affair. */
export const toApiServer = {
  to: anywhereElse,
  ports: [443, 6443].map((port) => ({ protocol: "TCP", port })),
};
