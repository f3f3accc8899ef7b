import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { KubernetesApi, type KubernetesObject, ObjectChanged } from "../../agent/kubernetes/api";
import { leaseSeconds, PodLease } from "../../agent/kubernetes/lease";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import { type LabCluster, until } from "../../lab/neumann/harness";
import { createTable } from "../../lab/neumann/writer";
import { scheduleLease, scheduleRole, scheduleRoleBinding } from "../../model/kubernetes/access";
import type { Backups } from "../../model/kubernetes/request";
import { inFolders } from "../agent/keeping";
import { type LabPod, labPods } from "../agent/pods";
import { at, endAll, must, scratch } from "../agent/support";

/** The agent's own client and its Lease, with a pod's token and rights, at a real API server. */
const folder = scratch("lease");
const namespace = "neumann";
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/neumann-backup`;
let plane: ControlPlane;
let token: string;

/** Lays down what the kubelet mounts into a pod. */
function mountAccount(account: string, secret = token): string {
  fs.mkdirSync(account, { recursive: true });
  fs.writeFileSync(path.join(account, "token"), `${secret}\n`);
  fs.writeFileSync(path.join(account, "ca.crt"), plane.authority);
  fs.writeFileSync(path.join(account, "namespace"), namespace);
  return account;
}

function apiOf(account: string): KubernetesApi {
  const { hostname: host, port } = new URL(plane.server);
  return new KubernetesApi({ host, port, account });
}

async function holder(): Promise<string | undefined> {
  const lease = await plane.get<{ spec?: { holderIdentity?: string } }>("lease", "neumann-backup", namespace);
  return lease.spec?.holderIdentity;
}

beforeAll(async () => {
  plane = await startControlPlane();
  await plane.createNamespace(namespace);
  const backups = { archive: { clusterId: "prod" }, namespace, statefulSet: { serviceAccount: "neumann" } };
  const objects = [scheduleLease, scheduleRole, scheduleRoleBinding].map((make) => make(backups as Backups));
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "neumann", namespace } };
  await plane.apply([account, ...objects], { fieldManager: "test" });
  token = await plane.createToken(namespace, "neumann");
});

afterAll(async () => {
  await endAll();
  await plane.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("the Lease", () => {
  it("is one pod's at a time, until it is given back or rests too long", async () => {
    const api = apiOf(mountAccount(path.join(folder, "account")));
    let now = 0;
    const lease = (pod: string) => new PodLease(api, { name: "neumann-backup", holder: pod, now: () => now });
    const [first, second] = [lease("neumann-0"), lease("neumann-1")];
    expect(await first.hold()).toBeNull();
    expect(await second.hold()).toBe("neumann-0");
    now += (leaseSeconds - 1) * 1000;
    expect(await second.hold()).toBe("neumann-0");
    // Renewed: it begins anew, by whatever clock.
    expect(await first.hold()).toBeNull();
    now += (leaseSeconds - 1) * 1000;
    expect(await second.hold()).toBe("neumann-0");
    now += leaseSeconds * 1000;
    expect(await second.hold()).toBeNull();
    expect(await first.hold()).toBe("neumann-1");
    const { spec } = await plane.get<{ spec: object }>("lease", "neumann-backup", namespace);
    expect(spec).toMatchObject({ holderIdentity: "neumann-1", leaseDurationSeconds: 60, leaseTransitions: 2 });
    // Not its own: nothing happens.
    await first.release();
    expect(await holder()).toBe("neumann-1");
    await second.release();
    expect(await first.hold()).toBeNull();
    // The same pod, started again, goes on at once.
    expect(await lease("neumann-0").hold()).toBeNull();
    await first.release();
    expect(await holder()).toBe("");
  });

  it("is taken by one of two at the same moment", async () => {
    const api = apiOf(mountAccount(path.join(folder, "account")));
    const pods = ["neumann-0", "neumann-1", "neumann-2"].map(
      (pod) => new PodLease(api, { name: "neumann-backup", holder: pod }),
    );
    const found = await Promise.all(pods.map((pod) => pod.hold()));
    expect(found.filter((other) => other === null)).toHaveLength(1);
    for (const pod of pods) await pod.release();
  });
});

describe("the client", () => {
  it("replaces an object only as it was read", async () => {
    const api = apiOf(mountAccount(path.join(folder, "account")));
    const read = (await api.get<KubernetesObject & { spec?: object }>(leasePath))!;
    await api.update(leasePath, { ...read, spec: { holderIdentity: "x" } });
    await expect(api.update(leasePath, { ...read, spec: { holderIdentity: "y" } })).rejects.toThrow(ObjectChanged);
    expect(await holder()).toBe("x");
    await api.update(leasePath, { ...(await api.get<typeof read>(leasePath))!, spec: {} });
    await expect(api.update(leasePath, { metadata: { name: "neumann-backup" } })).rejects.toThrow(
      "only as it was read",
    );
  });

  it("may do nothing else, and says what the server says", async () => {
    const api = apiOf(mountAccount(path.join(folder, "account")));
    await expect(api.get(leasePath.replace("neumann-backup", "another"))).rejects.toThrow(
      /^the API server answered GET .*\/leases\/another with 403: leases\.coordination\.k8s\.io "another" is forbidden: User "system:serviceaccount:neumann:neumann" cannot get/,
    );
    await expect(api.get(`/api/v1/namespaces/${namespace}/secrets`)).rejects.toThrow("with 403: secrets is forbidden");
  });

  it("reads its token for each call, and believes its own authority only", async () => {
    const account = mountAccount(path.join(folder, "renewed"));
    const api = apiOf(account);
    expect((await api.get(leasePath))?.metadata.name).toBe("neumann-backup");
    mountAccount(account, "revoked");
    await expect(api.get(leasePath)).rejects.toThrow("with 401: Unauthorized");
    mountAccount(account);
    expect((await api.get(leasePath))?.metadata.name).toBe("neumann-backup");
    fs.writeFileSync(path.join(account, "ca.crt"), "");
    await expect(api.get(leasePath)).rejects.toThrow(
      /^the API server 127\.0\.0\.1:\d+ does not answer GET .*certificate/,
    );
    fs.rmSync(path.join(account, "token"));
    await expect(api.get(leasePath)).rejects.toThrow(/^the service account of this pod cannot be read: ENOENT/);
  });
});

describe("a sidecar", () => {
  let cluster: LabCluster;
  let pod: LabPod;

  afterAll(() => cluster.close());

  it("takes backups under the Lease, and none while it is another's", async () => {
    const keeper = inFolders(path.join(folder, "kept"));
    const { archive } = await keeper.at("pod");
    const made = await labPods(path.join(folder, "pods"), { nodes: 1, archive });
    cluster = made.cluster;
    pod = made.pods[0] as LabPod;
    mountAccount(pod.account);
    const { hostname, port } = new URL(plane.server);
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const give = (to: string): Promise<string> => {
      const spec = { holderIdentity: to, leaseDurationSeconds: 3600, renewTime: "2026-01-01T00:00:00.000000Z" };
      return plane.kubectl([
        "patch",
        "lease",
        "neumann-backup",
        "-n",
        namespace,
        "--type=merge",
        "-p",
        JSON.stringify({ spec }),
      ]);
    };
    await give("neumann-1");
    expect((await pod.configure()).code).toBe(0);
    await pod.startSidecar({ environment });
    await pod.node.start();
    await cluster.whenHealthy();
    await createTable(pod.node);
    const backups = async (): Promise<number> =>
      (await must<{ entries: unknown[] }>([...at(pod.host), "list"])).entries.length;
    await until(
      "the sidecar sees the other's Lease",
      () => pod.log.includes("the Lease is neumann-1's: no backups are taken here") || undefined,
    );
    expect(await backups()).toBe(0);
    // Started again it looks at once.
    expect((await pod.endSidecar("SIGKILL")).code).toBeNull();
    await give("");
    await pod.startSidecar({ environment });
    await until("it has the Lease", async () => (await holder()) === "neumann-0" || undefined);
    await until("both backups", async () => (await backups()) === 2 || undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${pod.log}`);
    });
    await until("the Lease is given back", async () => (await holder()) === "" || undefined);
    expect(pod.log).not.toContain("cannot be asked for");
    expect((await pod.endSidecar()).code).toBe(0);
  });
});
