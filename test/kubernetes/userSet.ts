import { stringify } from "smol-toml";
import { calm } from "../agent/support";

export const namespace = "neumann";
export const databaseName = "registry.example/neumann:1.0";
export const pods = ["neumann-0", "neumann-1", "neumann-2"];
export const server = "neumann-server";

const user = 65_534;
const labels = { app: "neumann" };
const domain = `neumann-headless.${namespace}.svc.cluster.local`;
const metadata = (name: string) => ({ name, namespace });

/** What a user of the database has in Kubernetes before there are backups, as the contract has it. */
export function usersObjects(): object[] {
  return [
    { apiVersion: "v1", kind: "ConfigMap", metadata: metadata("neumann-config"), data: configuration() },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: metadata("neumann-headless"),
      spec: {
        clusterIP: "None",
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: "raft", port: 7878, protocol: "TCP" }],
      },
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
        replicas: pods.length,
        podManagementPolicy: "Parallel",
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec() },
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    },
  ];
}

/** One text for all pods. */
function configuration(): Record<string, string> {
  const peers = pods.map((pod) => `${pod}.${domain}:7878`);
  const document = { node: { data_dir: "/var/lib/neumann" }, cluster: { name: "prod", peers }, ...calm };
  return { "config.toml": `# the user's own\n${stringify(document)}` };
}

function podSpec(): object {
  const flags = ["--config", "/etc/neumann/config.toml", "--node-id", "$(POD_NAME)"];
  return {
    terminationGracePeriodSeconds: 60,
    securityContext: { fsGroup: user, seccompProfile: { type: "RuntimeDefault" } },
    containers: [
      {
        name: server,
        image: databaseName,
        command: ["neumann"],
        args: [...flags, "--bind", `$(POD_NAME).${domain}:7878`],
        env: [{ name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }],
        readinessProbe: {
          exec: { command: ["neumann-admin", "cluster-status"] },
          periodSeconds: 2,
          timeoutSeconds: 5,
        },
        securityContext: {
          runAsUser: user,
          runAsGroup: user,
          runAsNonRoot: true,
          readOnlyRootFilesystem: true,
          allowPrivilegeEscalation: false,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "data", mountPath: "/var/lib/neumann" },
          { name: "config", mountPath: "/etc/neumann", readOnly: true },
        ],
      },
    ],
    volumes: [{ name: "config", configMap: { name: "neumann-config" } }],
  };
}
