import fs from "node:fs";
import path from "node:path";
import { KubernetesApi } from "../../agent/kubernetes/api";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import { scheduleLease, scheduleRole, scheduleRoleBinding } from "../../model/kubernetes/access";
import type { Backups } from "../../model/kubernetes/request";

const namespace = "neumann";

/** A real API server as the pods of a database know it: by their account, with its rights and no others. */
export class PodApi {
  private constructor(
    readonly plane: ControlPlane,
    /** Of the account. */
    private readonly token: string,
  ) {}

  /** `record`: ConfigMap of a recovery that the pods may write; it is made empty. */
  static async start(record?: string): Promise<PodApi> {
    const plane = await startControlPlane();
    await plane.createNamespace(namespace);
    const own = record === undefined ? {} : { own: { recovery: { record } } };
    const backups = { archive: { clusterId: "prod" }, namespace, statefulSet: { serviceAccount: "neumann" }, ...own };
    const objects = [scheduleLease, scheduleRole, scheduleRoleBinding].map((make) => make(backups as Backups));
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "neumann", namespace } };
    const map = { apiVersion: "v1", kind: "ConfigMap", metadata: { name: record, namespace } };
    await plane.apply([account, ...objects, ...(record === undefined ? [] : [map])], { fieldManager: "test" });
    return new PodApi(plane, await plane.createToken(namespace, "neumann"));
  }

  /** Lays down what the kubelet mounts into a pod. */
  mount(account: string, secret = this.token): string {
    fs.mkdirSync(account, { recursive: true });
    fs.writeFileSync(path.join(account, "token"), `${secret}\n`);
    fs.writeFileSync(path.join(account, "ca.crt"), this.plane.authority);
    fs.writeFileSync(path.join(account, "namespace"), namespace);
    return account;
  }

  /** What the kubelet writes into a container's environment. */
  get environment(): Record<string, string> {
    const { hostname, port } = new URL(this.plane.server);
    return { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
  }

  /** The agent's own client. */
  client(account: string): KubernetesApi {
    const { hostname: host, port } = new URL(this.plane.server);
    return new KubernetesApi({ host, port, account });
  }

  private async lease() {
    interface Lease {
      spec?: { holderIdentity?: string; renewTime?: string };
    }
    return (await this.plane.get<Lease>("lease", "neumann-backup", namespace)).spec ?? {};
  }

  /** Who has the Lease. */
  async holder(): Promise<string | undefined> {
    return (await this.lease()).holderIdentity;
  }

  /** When that one has said so last. */
  async renewed(): Promise<string | undefined> {
    return (await this.lease()).renewTime;
  }

  /** Another one takes the Lease, and never renews it; an empty name gives it back. */
  async give(to: string): Promise<void> {
    const spec = { holderIdentity: to, leaseDurationSeconds: 3600, renewTime: "2026-01-01T00:00:00.000000Z" };
    const patch = ["--type=merge", "-p", JSON.stringify({ spec })];
    await this.plane.kubectl(["patch", "lease", "neumann-backup", "-n", namespace, ...patch]);
  }

  stop(): Promise<void> {
    return this.plane.stop();
  }
}
