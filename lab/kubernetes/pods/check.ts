import type { ContainerSpec, PodObject, Probe, VolumeSpec } from "./spec";

const volumeKinds = ["emptyDir", "configMap", "secret", "persistentVolumeClaim", "ephemeral", "projected"];
const probeKinds = ["exec", "httpGet", "tcpSocket"];

/** Fields that would change what a pod does, and that this runner does not have. */
const unknownPodFields = [
  "hostNetwork",
  "hostPID",
  "hostIPC",
  "hostAliases",
  "shareProcessNamespace",
  "dnsConfig",
  "activeDeadlineSeconds",
];
const unknownContainerFields = ["lifecycle", "volumeDevices", "stdin", "tty"];

/**
 * Refuses a pod that asks for what the runner does not do: a test must not pass because something was left out.
 * @throws Error naming every such field.
 */
export function checkPod(pod: PodObject): void {
  const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
  const faults = [
    ...present(pod.spec, unknownPodFields).map((field) => `spec.${field}`),
    ...(pod.spec.volumes ?? []).flatMap(volumeFaults),
    ...containers.flatMap(containerFaults),
  ];
  if (faults.length === 0) return;
  throw new Error(`the lab's pod runner does not know, in pod ${pod.metadata.name}: ${faults.join(", ")}`);
}

function present(value: object, fields: readonly string[]): string[] {
  const entries = value as Record<string, unknown>;
  return fields.filter((field) => entries[field] !== undefined && entries[field] !== false);
}

function volumeFaults(volume: VolumeSpec): string[] {
  return present(volume, volumeKinds).length === 1 ? [] : [`volume ${volume.name}: ${Object.keys(volume).join(", ")}`];
}

function containerFaults(container: ContainerSpec): string[] {
  const { startupProbe, readinessProbe, livenessProbe, securityContext } = container;
  const faults = present(container, unknownContainerFields);
  for (const probe of [startupProbe, readinessProbe, livenessProbe]) if (!probeKnown(probe)) faults.push("a probe");
  if (securityContext?.privileged === true) faults.push("privileged");
  if ((securityContext?.capabilities?.add ?? []).length > 0) faults.push("added capabilities");
  return faults.map((fault) => `container ${container.name}: ${fault}`);
}

function probeKnown(probe: Probe | undefined): boolean {
  return probe === undefined || present(probe, probeKinds).length === 1;
}
