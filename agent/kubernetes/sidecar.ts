import type { PodSettings } from "../../model/kubernetes/pod";
import { type Node, nodeOf } from "../context";
import { explain, ExitCode } from "../run/errors";
import type { Reporter } from "../run/events";
import type { Procedure, StepControl } from "../run/steps";
import { trustingItself } from "../signing";
import { inCluster } from "./api";
import { readPodSettings } from "./configure";
import { type Duty, guardPauses, Metrics, Schedule } from "./duties";
import { PodLease } from "./lease";
import { Phases } from "./phases";
import { type PodPlaces, sharedPlaces } from "./places";
import { Probes, Readiness } from "./probes";
import { Pushing } from "./pushing";
import { ConfigMapStore } from "./recordStore";
import { recoverPod } from "./recovery";
import { podSpec } from "./restore";
import { WalSocket } from "./walSocket";

/** The agent beside the database of a pod, for as long as the pod lives. */
export interface PodSidecar {
  places: PodPlaces;
  /** The pod's name. */
  pod: string;
  /** For probes and metrics. */
  port: number;
  reporter: Reporter;
  /** Aborted by the signal that ends the pod. */
  stopping: AbortSignal;
  readiness: Readiness;
  metrics: Metrics;
  settings?: PodSettings;
  node?: Node;
  pushing?: Pushing;
  socket?: WalSocket;
  probes?: Probes;
  schedule?: Schedule;
  /** Of the recovery, where there is one. */
  phases?: Phases;
  result: Record<string, unknown>;
}

export function podSidecarContext(
  options: Pick<PodSidecar, "places" | "pod" | "port" | "reporter" | "stopping">,
): PodSidecar {
  return { ...options, readiness: new Readiness(), metrics: new Metrics(), result: {} };
}

/** Takes segments and backups until the pod ends; it is started before the database and ends after it. */
export const podSidecar: Procedure<PodSidecar> = {
  name: "pod-sidecar",
  steps: [
    { name: "settings", title: "read the pod's settings", run: settings },
    { name: "listen", title: "take segments, and answer probes", run: listen },
    { name: "serve", title: "guard pauses and take what is due, until the pod ends", run: serve },
    { name: "end", title: "end what runs, and store what the database has finished", run: end },
  ],
  async settle({ socket, probes }) {
    await socket?.close();
    await probes?.close();
  },
};

async function settings(context: PodSidecar): Promise<void> {
  context.settings = await readPodSettings(context.places, context.pod);
  context.node = await trustingItself(nodeOf(context.settings.config));
  const { recovery } = context.settings;
  if (recovery !== undefined) context.readiness.notYet(`recovery ${recovery.plan.recoveryId} is under way`);
}

/** The first step has read both. */
function known({ settings, node }: PodSidecar): { settings: PodSettings; node: Node } {
  if (settings === undefined || node === undefined) throw new Error("the first step reads the settings");
  return { settings, node };
}

/** Before the database starts: `/startz` says when. */
async function listen(context: PodSidecar): Promise<void> {
  const { node } = known(context);
  const pushing = new Pushing(node, context.reporter);
  const socket = new WalSocket(sharedPlaces(node.config.node).socket, (offer) => pushing.push(offer));
  const { readiness, metrics } = context;
  const probes = new Probes({ started: () => socket.listening, readiness, metrics: () => metrics.text });
  Object.assign(context, { pushing, socket, probes });
  await probes.listen(context.port);
  await socket.listen();
}

async function serve(context: PodSidecar, control: StepControl): Promise<void> {
  const { node, settings: pod } = known(context);
  const { reporter, stopping, places } = context;
  const duty: Duty = { node, reporter, stopping };
  const lease = once(() => new PodLease(inCluster(places.account), { name: pod.lease, holder: pod.pod }));
  const volumes = pod.volumeSnapshots === undefined ? undefined : volumeWords(places, pod.pod);
  const schedule = new Schedule(duty, lease, volumes);
  context.schedule = schedule;
  const asked = new Promise((resolve) => stopping.addEventListener("abort", resolve, { once: true }));
  const work = Promise.all([guardPauses(duty), context.metrics.refresh(duty), schedule.run(), recovered(context)]);
  await control.point();
  // None of them ends by itself; one that breaks ends the sidecar, for the kubelet to start it anew.
  await Promise.race([work, stopping.aborted ? undefined : asked]);
}

/** In a process of its own, as all that pauses writes. */
function volumeWords({ root }: PodPlaces, pod: string): string[] {
  return ["pod", "volume-snapshot", "--pod", pod, "--root", root];
}

/** A cluster that comes from a backup: what the init container has left to do. Archiving is held until it is accepted. */
async function recovered(context: PodSidecar): Promise<void> {
  const { node, settings: pod } = known(context);
  const { places, reporter, readiness, stopping } = context;
  if (pod.recovery === undefined) return;
  const store = new ConfigMapStore(inCluster(places.account), pod.recovery.record);
  const common = { node, spec: podSpec(pod), reporter, stopping };
  const phases = (context.phases = new Phases(common));
  await recoverPod({ ...common, store, phases, ready: () => readiness.now() });
}

/** One for the whole life: it notes how long it has seen another's rest. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/** The kubelet ends a native sidecar after the database: what that one finished last is stored now. */
async function end(context: PodSidecar, control: StepControl): Promise<void> {
  const stopped = Promise.all([context.schedule?.stop(), context.phases?.stop()]);
  await control.point();
  const { exitCode, message, stored } = (await context.pushing?.finish()) ?? { exitCode: ExitCode.Done, stored: [] };
  if (exitCode !== ExitCode.Done) {
    control.note(`what the database has finished stays on its volume, for the next start of this pod: ${message}`);
  }
  await stopped.catch((error: unknown) => control.note(explain(error).message));
  Object.assign(context.result, { pod: context.pod, stored });
}
