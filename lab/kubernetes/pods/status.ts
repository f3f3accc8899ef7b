import type { RunningPod } from "./pod";
import type { ContainerRunner } from "./runner";

/** `status` of a pod as the API server takes it: what controllers of StatefulSets and Jobs read of it. */
export function statusOf(pod: RunningPod, since: string): object {
  const condition = (type: string, met: boolean) => ({
    type,
    status: met ? "True" : "False",
    lastTransitionTime: since,
  });
  const init = new Set((pod.object.spec.initContainers ?? []).map(({ name }) => name));
  const statuses = (wanted: boolean) =>
    [...pod.runners].filter(([name]) => init.has(name) === wanted).map(([, runner]) => containerStatus(runner, since));
  const begun = pod.phase !== "Pending";
  return {
    phase: pod.phase,
    podIP: pod.address,
    podIPs: [{ ip: pod.address }],
    conditions: [
      ...[condition("PodScheduled", true), condition("Initialized", begun)],
      ...[condition("ContainersReady", pod.ready), condition("Ready", pod.ready)],
    ],
    initContainerStatuses: statuses(true),
    containerStatuses: statuses(false),
  };
}

function containerStatus(runner: ContainerRunner, since: string): object {
  const { name, image } = runner.spec;
  const { ready, started, restarts: restartCount } = runner;
  return { name, image, imageID: image, ready, started, restartCount, state: stateOf(runner, since) };
}

function stateOf({ container, exitCode, problem }: ContainerRunner, since: string): object {
  if (container.running) return { running: { startedAt: since } };
  if (problem !== undefined) return { waiting: { reason: "CreateContainerConfigError", message: problem } };
  if (exitCode === undefined) return { waiting: { reason: "PodInitializing" } };
  const reason = exitCode === 0 ? "Completed" : "Error";
  const message = container.terminationMessage;
  return { terminated: { exitCode, reason, message, startedAt: since, finishedAt: since } };
}
