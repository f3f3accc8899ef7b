import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type KubernetesObject, ObjectChanged } from "../../agent/kubernetes/api";
import { leaseSeconds, PodLease } from "../../agent/kubernetes/lease";
import { type LabCluster, until } from "../../lab/neumann/harness";
import { createTable, Writer } from "../../lab/neumann/writer";
import { freePorts } from "../../lab/ports";
import { inFolders } from "../agent/keeping";
import { type LabPod, labPods } from "../agent/pods";
import { at, endAll, filesBelow, must, quickPolicy, scratch } from "../agent/support";
import { PodApi } from "./podApi";
import { nothingWritten, StandingStill } from "./standingStill";

/** The agent's own client and its Lease, with a pod's token and rights, at a real API server. */
const folder = scratch("lease");
const namespace = "neumann";
const leasePath = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/neumann-backup`;
let pods: PodApi;

beforeAll(async () => {
  pods = await PodApi.start();
});

afterAll(async () => {
  await endAll();
  await pods.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

describe("the Lease", () => {
  it("is one pod's at a time, until it is given back or rests too long", async () => {
    const api = pods.client(pods.mount(path.join(folder, "account")));
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
    const { spec } = await pods.plane.get<{ spec: object }>("lease", "neumann-backup", namespace);
    expect(spec).toMatchObject({ holderIdentity: "neumann-1", leaseDurationSeconds: 60, leaseTransitions: 2 });
    // Not its own: nothing happens.
    await first.release();
    expect(await pods.holder()).toBe("neumann-1");
    await second.release();
    expect(await first.hold()).toBeNull();
    // The same pod, started again, goes on at once.
    expect(await lease("neumann-0").hold()).toBeNull();
    await first.release();
    expect(await pods.holder()).toBe("");
  });

  it("is taken by one of two at the same moment", async () => {
    const api = pods.client(pods.mount(path.join(folder, "account")));
    const all = ["neumann-0", "neumann-1", "neumann-2"].map(
      (pod) => new PodLease(api, { name: "neumann-backup", holder: pod }),
    );
    const found = await Promise.all(all.map((pod) => pod.hold()));
    expect(found.filter((other) => other === null)).toHaveLength(1);
    for (const pod of all) await pod.release();
  });
});

describe("the client", () => {
  it("replaces an object only as it was read", async () => {
    const api = pods.client(pods.mount(path.join(folder, "account")));
    const read = (await api.get<KubernetesObject & { spec?: object }>(leasePath))!;
    await api.update(leasePath, { ...read, spec: { holderIdentity: "x" } });
    await expect(api.update(leasePath, { ...read, spec: { holderIdentity: "y" } })).rejects.toThrow(ObjectChanged);
    expect(await pods.holder()).toBe("x");
    await api.update(leasePath, { ...(await api.get<typeof read>(leasePath))!, spec: {} });
    await expect(api.update(leasePath, { metadata: { name: "neumann-backup" } })).rejects.toThrow(
      "only as it was read",
    );
  });

  it("may do nothing else, and says what the server says", async () => {
    const api = pods.client(pods.mount(path.join(folder, "account")));
    await expect(api.get(leasePath.replace("neumann-backup", "another"))).rejects.toThrow(
      /^the API server answered GET .*\/leases\/another with 403: leases\.coordination\.k8s\.io "another" is forbidden: User "system:serviceaccount:neumann:neumann" cannot get/,
    );
    await expect(api.get(`/api/v1/namespaces/${namespace}/secrets`)).rejects.toThrow("with 403: secrets is forbidden");
  });

  it("reads its token for each call, and believes its own authority only", async () => {
    const account = pods.mount(path.join(folder, "renewed"));
    const api = pods.client(account);
    expect((await api.get(leasePath))?.metadata.name).toBe("neumann-backup");
    pods.mount(account, "revoked");
    await expect(api.get(leasePath)).rejects.toThrow("with 401: Unauthorized");
    pods.mount(account);
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
    pods.mount(pod.account);
    const { environment } = pods;
    await pods.give("neumann-1");
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
    await pods.give("");
    await pod.startSidecar({ environment });
    await until("it has the Lease", async () => (await pods.holder()) === "neumann-0" || undefined);
    await until("both backups", async () => (await backups()) === 2 || undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${pod.log}`);
    });
    await until("the Lease is given back", async () => (await pods.holder()) === "" || undefined);
    expect(pod.log).not.toContain("cannot be asked for");
    expect((await pod.endSidecar()).code).toBe(0);
  });
});

interface Listed {
  entries: { manifest: { tier: string; node: { id: string } }; problem: string | null }[];
  unreadable: unknown[];
}

describe("sidecars of three pods", () => {
  const still = new StandingStill(folder);
  let cluster: LabCluster;
  let all: LabPod[];
  let writer: Writer;

  beforeAll(async () => {
    await pods.give("");
    const { archive } = await inFolders(path.join(folder, "three")).at("kept");
    const policy = { ...quickPolicy, full: { maxPauseSeconds: 120 } };
    const { programDirectory } = still;
    const made = await labPods(path.join(folder, "set"), { nodes: 3, archive, policy, programDirectory });
    ({ cluster, pods: all } = made);
    for (const pod of all) pods.mount(pod.account);
    for (const pod of all) expect((await pod.configure()).code).toBe(0);
    for (const { node } of all) await node.start();
    await createTable(await cluster.whenHealthy());
    writer = new Writer({ nodes: () => cluster.nodes, rowsPerSecond: 50 }).start();
  });

  afterAll(async () => {
    await writer.stop();
    await cluster.close();
  });

  const log = (): string => all.map((pod) => pod.log).join("");
  const fulls = async (): Promise<string[]> => {
    const { entries, unreadable } = await must<Listed>([...at(all[0]!.host), "list"]);
    expect(unreadable).toEqual([]);
    expect(entries.filter(({ problem }) => problem !== null)).toEqual([]);
    return entries.flatMap(({ manifest: { tier, node } }) => (tier === "full" ? [node.id] : []));
  };
  const leading = async (): Promise<LabPod> => {
    const { id } = await cluster.leader();
    return all.find(({ node }) => node.id === id)!;
  };

  it("give a backup up under its pause when the Lease becomes another's, and writes go on", async () => {
    const { environment } = pods;
    still.ask("stats");
    for (const pod of all) await pod.startSidecar({ environment });
    await still.reached("stats", log);
    const leader = await leading();
    expect(await pods.holder()).toBe(leader.node.id);
    await nothingWritten(writer);
    const { acknowledged } = writer;
    await pods.give("neumann-9");
    await writer.reached(acknowledged + 20, 25_000);
    await until("it says so", () => leader.log.includes("the Lease is neumann-9's now") || undefined);
    expect(await pods.holder()).toBe("neumann-9");
    const { dataDirectory } = leader.host.node;
    await until(
      "nothing is left of it",
      () => filesBelow(path.join(dataDirectory, ".neumann-backup-work")).length === 0 || undefined,
    );
    expect(filesBelow(path.join(leader.host.agentDirectory, "state", "leases"))).toEqual([]);
    expect(await fulls()).toEqual([]);
  });

  it("take it on the pod that leads then, whose token is replaced meanwhile", async () => {
    const before = await leading();
    still.ask("verify-checksums");
    await before.node.stop();
    still.letGo("stats");
    const leader = await leading();
    expect(leader).not.toBe(before);
    await pods.give(leader.node.id);
    await still.reached("verify-checksums", log);
    pods.mount(leader.account, "replaced");
    const unknown = "the Lease cannot be asked for: the API server answered";
    await until("it asks in vain", () => leader.log.includes(unknown) || undefined);
    pods.mount(leader.account);
    const renewed = await pods.renewed();
    await until("it asks again", async () => (await pods.renewed()) !== renewed || undefined);
    still.letGo("verify-checksums");
    await until("a full backup", async () => (await fulls()).length > 0 || undefined).catch((error: unknown) => {
      throw new Error(`${String(error)}: ${log()}`);
    });
    expect(await fulls()).toEqual([leader.node.id]);
    for (const pod of all) expect((await pod.endSidecar()).code).toBe(0);
  });
});

it("a sidecar whose API server is away the whole time takes both backups, by the archive's claims", async () => {
  const { archive } = await inFolders(path.join(folder, "away")).at("kept");
  const made = await labPods(path.join(folder, "alone"), { nodes: 1, archive });
  const pod = made.pods[0]!;
  try {
    pods.mount(pod.account);
    const [port] = await freePorts(1);
    const environment = { ...pods.environment, KUBERNETES_SERVICE_PORT: String(port) };
    expect((await pod.configure()).code).toBe(0);
    await pod.startSidecar({ environment });
    await pod.node.start();
    await made.cluster.whenHealthy();
    const tiers = async (): Promise<string[]> =>
      (await must<Listed>([...at(pod.host), "list"])).entries.map(({ manifest }) => manifest.tier).sort();
    await until("both backups", async () => (await tiers()).join() === "full,snapshots" || undefined);
    expect(pod.log).toContain(`the API server 127.0.0.1:${port} does not answer`);
    expect((await pod.endSidecar()).code).toBe(0);
  } finally {
    await made.cluster.close();
  }
});
