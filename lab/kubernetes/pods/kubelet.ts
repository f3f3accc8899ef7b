import { setTimeout as sleep } from "node:timers/promises";
import { type Api, checked, claimPath } from "./calls";
import type { PodLab } from "./lab";
import type { RunningPod } from "./pod";
import { type ClaimObject, type DataObject, namespaceOf, type PodObject, type Surroundings } from "./spec";
import { statusOf } from "./status";

const node = "lab";
const leases = "/apis/coordination.k8s.io/v1/namespaces/kube-node-lease/leases";
const roundMs = 200;
const heartbeatMs = 10_000;

/** What pods of an API server refer to: its ConfigMaps and Secrets as they are now, and tokens that are bound to the pod. */
export function surroundingsOf(api: Api, environment: Readonly<Record<string, string>>): Surroundings {
  return {
    environment,
    async find(kind, name, namespace) {
      const plural = kind === "ConfigMap" ? "configmaps" : "secrets";
      const { status, body } = await api.call({ path: `/api/v1/namespaces/${namespace}/${plural}/${name}` });
      if (status === 404) return undefined;
      return checked({ status, body }, `${kind} ${name}`) as DataObject;
    },
    async token({ pod, audience, expirationSeconds }) {
      const { name, uid } = pod.metadata;
      const boundObjectRef = { kind: "Pod", apiVersion: "v1", name, uid };
      const audiences = audience === undefined ? [] : [audience];
      const path = `/api/v1/namespaces/${namespaceOf(pod)}/serviceaccounts/${pod.spec.serviceAccountName ?? "default"}/token`;
      const body = { spec: { audiences, expirationSeconds, boundObjectRef } };
      const answer = await api.call({ method: "POST", path, body });
      return (checked(answer, `a token for ${name}`) as { status: { token: string } }).status.token;
    },
  };
}

/**
 * A node of an API server: binds every pod to itself, runs it, tells its status, and ends it when it is deleted. With
 * the real controllers behind that server, StatefulSets roll and Jobs complete.
 */
export class Kubelet {
  private readonly running = new Map<string, RunningPod>();
  private readonly told = new Map<string, string>();
  private readonly problems = new Map<string, string>();
  private readonly since = new Date().toISOString().replace(/\.\d+Z$/, "Z");
  private beaten = 0;
  private stopped = false;
  private work: Promise<void> = Promise.resolve();

  private constructor(
    private readonly api: Api,
    private readonly lab: PodLab,
  ) {}

  /** Registers the node and begins. */
  static async start(api: Api, lab: PodLab): Promise<Kubelet> {
    const kubelet = new Kubelet(api, lab);
    await kubelet.register();
    kubelet.work = kubelet.run();
    return kubelet;
  }

  /** A pod that runs, by its name; undefined while none does. */
  pod(namespace: string, name: string): RunningPod | undefined {
    return [...this.running.values()].find(
      (pod) => pod.name === name && pod.namespace === namespace && !pod.terminating,
    );
  }

  /** Pods that cannot be started, and why: for messages. */
  get complaints(): string {
    return [...this.problems].map(([name, why]) => `${name}: ${why}`).join("\n");
  }

  /** Looks after nothing any more; what runs is the lab's to end. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.work;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // The server may be gone for a moment, or refuse what has changed meanwhile: the next round sees.
      await this.round().catch((error: unknown) => this.problems.set("round", (error as Error).message));
      await sleep(roundMs, undefined, { ref: false });
    }
  }

  private async register(): Promise<void> {
    const object = { apiVersion: "v1", kind: "Node", metadata: { name: node } };
    checked(await this.api.call({ method: "POST", path: "/api/v1/nodes", body: object }), "the node");
    const now = this.since;
    const ready = { type: "Ready", status: "True", reason: "Lab", lastHeartbeatTime: now, lastTransitionTime: now };
    await this.patch(`/api/v1/nodes/${node}/status`, { status: { conditions: [ready] } });
    const lease = { metadata: { name: node }, spec: { holderIdentity: node, leaseDurationSeconds: 40 } };
    checked(await this.api.call({ method: "POST", path: leases, body: lease }), "the node's lease");
  }

  /** Without it the pods of a node are given up. */
  private async beat(): Promise<void> {
    if (Date.now() - this.beaten < heartbeatMs) return;
    this.beaten = Date.now();
    const renewTime = new Date().toISOString().replace("Z", "000Z");
    await this.patch(`${leases}/${node}`, { spec: { renewTime } });
  }

  private async patch(path: string, body: object): Promise<void> {
    const contentType = "application/strategic-merge-patch+json";
    const answer = await this.api.call({ method: "PATCH", path, body, contentType });
    // A pod may be gone by now.
    if (answer.status !== 404) checked(answer, path);
  }

  private async round(): Promise<void> {
    await this.beat();
    const { items } = checked(await this.api.call({ path: "/api/v1/pods" }), "pods") as { items: PodObject[] };
    await Promise.all(items.map((pod) => this.look(pod)));
    const there = new Set(items.map(({ metadata }) => metadata.uid));
    // Gone without having been asked: as one whose deletion was forced.
    for (const [uid, pod] of this.running) if (!there.has(uid)) void this.end(uid, pod, 0);
  }

  private async look(object: PodObject): Promise<void> {
    const { uid = "", deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
    const pod = this.running.get(uid);
    if (deletionTimestamp !== undefined) {
      if (pod === undefined) await this.forget(object);
      else void this.end(uid, pod, deletionGracePeriodSeconds);
    } else if (pod === undefined) {
      await this.begin(object);
    }
    if (pod !== undefined) await this.tell(uid, pod);
  }

  private async begin(object: PodObject): Promise<void> {
    const { name, uid = "" } = object.metadata;
    try {
      await this.refuseWithoutVolumes(object);
      if (object.spec.nodeName === undefined) await this.bind(object);
      this.running.set(uid, await this.lab.run(object));
      this.problems.delete(name);
    } catch (error) {
      this.problems.set(name, (error as Error).message);
    }
  }

  /** A volume that is made of something else is there once its claim is bound; every other one is made on the way. */
  private async refuseWithoutVolumes(object: PodObject): Promise<void> {
    for (const { persistentVolumeClaim: claim } of object.spec.volumes ?? []) {
      if (claim === undefined) continue;
      const path = claimPath(namespaceOf(object), claim.claimName);
      const { spec, status } = checked(await this.api.call({ path }), `claim ${claim.claimName}`) as ClaimObject;
      if (spec.dataSource !== undefined && status?.phase !== "Bound") {
        throw new Error(`claim ${claim.claimName} waits for its volume`);
      }
    }
  }

  private async bind(object: PodObject): Promise<void> {
    const target = { apiVersion: "v1", kind: "Node", name: node };
    const body = { apiVersion: "v1", kind: "Binding", metadata: { name: object.metadata.name }, target };
    checked(await this.api.call({ method: "POST", path: `${pathOf(object)}/binding`, body }), "the binding");
  }

  private async tell(uid: string, pod: RunningPod): Promise<void> {
    const status = statusOf(pod, this.since);
    const text = JSON.stringify(status);
    if (this.told.get(uid) === text) return;
    await this.patch(`${pathOf(pod.object)}/status`, { status });
    this.told.set(uid, text);
  }

  private async end(uid: string, pod: RunningPod, grace: number | undefined): Promise<void> {
    if (pod.terminating) return;
    await pod.delete(grace);
    this.running.delete(uid);
    this.told.delete(uid);
    await this.forget(pod.object);
  }

  /** The object goes once nothing of the pod is left. */
  private async forget(object: PodObject): Promise<void> {
    const body = { gracePeriodSeconds: 0, preconditions: { uid: object.metadata.uid } };
    await this.api.call({ method: "DELETE", path: pathOf(object), body });
  }
}

function pathOf(object: PodObject): string {
  return `/api/v1/namespaces/${namespaceOf(object)}/pods/${object.metadata.name}`;
}
