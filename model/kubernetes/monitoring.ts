import { alertRuleGroups } from "../alertRules";
import { labelsOf, podLabel, prefix } from "./names";
import { metricsPortName } from "./podParts";
import { type Backups, podNames } from "./request";

/** Objects for the operator of Prometheus; none where its kinds are not there. */
export function monitoringObjects(backups: Backups) {
  if (!backups.monitoring) return undefined;
  return { prometheusRule: prometheusRule(backups), podMonitor: podMonitor(backups) };
}

function prometheusRule({ archive, namespace, policy, statefulSet }: Backups) {
  return {
    apiVersion: "monitoring.coreos.com/v1" as const,
    kind: "PrometheusRule" as const,
    metadata: { name: prefix, namespace, labels: labelsOf(archive.clusterId, "monitoring") },
    spec: alertRuleGroups({
      clusterId: archive.clusterId,
      policy,
      offsite: archive.offsite !== undefined,
      nodes: podNames(statefulSet),
    }),
  };
}

function podMonitor({ archive, namespace, statefulSet }: Backups) {
  return {
    apiVersion: "monitoring.coreos.com/v1" as const,
    kind: "PodMonitor" as const,
    metadata: { name: prefix, namespace, labels: labelsOf(archive.clusterId, "monitoring") },
    spec: {
      selector: { matchLabels: { [podLabel]: statefulSet.name } },
      podMetricsEndpoints: [{ port: metricsPortName, path: "/metrics", interval: "60s" }],
    },
  };
}
