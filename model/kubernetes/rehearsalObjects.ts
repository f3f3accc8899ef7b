import { labelsOf, prefix } from "./names";

/** What a rehearsal may use of a cluster at most, as Kubernetes writes amounts. */
export interface RehearsalQuota {
  /** Sum of all volumes. */
  storage: string;
  /** @default 20 */
  pods?: number;
  /** What all pods ask for. @default "8" */
  cpu?: string;
  /** What all pods ask for. @default "16Gi" */
  memory?: string;
}

/** What a rehearsal's namespace is made from. */
export interface RehearsalRequest {
  /** Name of the cluster that is rehearsed. */
  clusterId: string;
  quota: RehearsalQuota;
}

const level = "restricted";

/** Without its name: one that nobody has is found for it, so that no namespace of somebody's is taken, and deleted, for it. */
export function rehearsalNamespace({ clusterId }: RehearsalRequest) {
  const security = {
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/enforce-version": "latest",
  };
  return {
    apiVersion: "v1" as const,
    kind: "Namespace" as const,
    metadata: { labels: { ...labelsOf(clusterId, "rehearsal"), ...security } },
  };
}

/** What keeps a rehearsal from the rest of the cluster: it takes no more than this, and talks to nobody but as its cluster says. */
export function rehearsalLimits({ clusterId, quota }: RehearsalRequest, namespace: string) {
  const { storage, pods = 20, cpu = "8", memory = "16Gi" } = quota;
  const metadata = (name: string) => ({ name, namespace, labels: labelsOf(clusterId, "rehearsal") });
  return {
    quota: {
      apiVersion: "v1" as const,
      kind: "ResourceQuota" as const,
      metadata: metadata(`${prefix}-rehearsal`),
      spec: {
        hard: {
          pods: String(pods),
          "requests.cpu": cpu,
          "requests.memory": memory,
          "requests.storage": storage,
          "services.loadbalancers": "0",
          "services.nodeports": "0",
        },
      },
    },
    /** Other policies only add to it. */
    denyAll: {
      apiVersion: "networking.k8s.io/v1" as const,
      kind: "NetworkPolicy" as const,
      metadata: metadata(`${prefix}-deny-all`),
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    },
  };
}
