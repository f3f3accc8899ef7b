import type { ControlPlane, KubernetesObject } from "../../lab/kubernetes";

export const namespace = "neumann";

const labels = { app: "neumann" };
const metadata = (name: string) => ({ name, namespace, labels });

const container = {
  name: "neumann-server",
  image: "registry.example.com/neumann:1.4.2",
  args: ["--config", "/etc/neumann/config.toml"],
  ports: [{ name: "raft", containerPort: 7878, protocol: "TCP" }],
  securityContext: {
    readOnlyRootFilesystem: true,
    allowPrivilegeEscalation: false,
    capabilities: { drop: ["ALL"] },
  },
  volumeMounts: [
    { name: "data", mountPath: "/var/lib/neumann" },
    { name: "config", mountPath: "/etc/neumann", readOnly: true },
  ],
};

const user = { runAsUser: 65534, runAsGroup: 65534, runAsNonRoot: true, fsGroup: 65534 };

/** What a user has before backups: the names of the contract, and a container and a volume that are their own affair. */
export const database = [
  { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("neumann-config"), data: { "config.toml": "[wal]\n" } },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: metadata("neumann-headless"),
    spec: { clusterIP: "None", selector: labels, ports: [{ name: "raft", port: 7878 }] },
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: metadata("neumann"),
    spec: { minAvailable: 2, selector: { matchLabels: labels } },
  },
  {
    apiVersion: "apps/v1",
    kind: "StatefulSet",
    metadata: metadata("neumann"),
    spec: {
      serviceName: "neumann-headless",
      replicas: 3,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          securityContext: { ...user, seccompProfile: { type: "RuntimeDefault" } },
          initContainers: [{ ...container, name: "permissions", args: ["--version"], ports: [] }],
          containers: [container],
          volumes: [{ name: "config", configMap: { name: "neumann-config" } }],
        },
      },
      volumeClaimTemplates: [
        {
          metadata: { name: "data" },
          spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
        },
      ],
    },
  },
];

/** Without what the server counts and notes. */
export function withoutBookkeeping({ metadata: meta, status, ...rest }: KubernetesObject): object {
  const { managedFields, resourceVersion, generation, ...kept } = meta as KubernetesObject["metadata"] & {
    generation?: number;
  };
  void [managedFields, resourceVersion, generation, status];
  return { ...rest, metadata: kept };
}

/** In place of the kubelet: says of every pod of the database that it runs and is ready, so that the next is made. */
export async function readyPods(plane: ControlPlane): Promise<void> {
  for (const pod of await plane.list("pods", namespace, "app=neumann")) {
    const at = `/api/v1/namespaces/${namespace}/pods/${pod.metadata.name}/status`;
    const conditions = [{ type: "Ready", status: "True" }];
    await plane.call({
      method: "PATCH",
      path: at,
      contentType: "application/strategic-merge-patch+json",
      body: { status: { phase: "Running", conditions } },
    });
  }
}
