import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, type KubernetesObject, startControlPlane } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { fieldManager } from "../../model/kubernetes/backupObjects";
import { clusterObjects, type ClusterRequest } from "../../model/kubernetes/clusterObjects";
import { request } from "../model/kubernetes/requests";
import { changed, clusterChanges } from "./changes";

/** The objects of KubernetesCluster, shown to a real API server whose namespace takes restricted pods only. */
let plane: ControlPlane;
const namespace = "neumann";

interface SetObject {
  spec: { template: { spec: { serviceAccountName: string } } };
}

beforeAll(async () => {
  plane = await startControlPlane({ say: console.error });
  await plane.createNamespace(namespace, "restricted");
}, 1_800_000);
afterAll(() => plane.stop());

const record = "neumann-backup-recovery-r1";

/** The objects of a cluster that comes from a backup. */
function recovering(change: Partial<ClusterRequest> = {}): KubernetesObject[] {
  const { archive } = request;
  const plan = { archive, restorePoint: "latest", recoveryId: "r1", nodes: ["neumann-0"] };
  const recovery = { plan, planDigest: "a".repeat(64), clusterName: "prod", members: [], record };
  const { backups, ...own } = clusterObjects({
    ...request,
    databaseImage: "registry.example.com/neumann:1.4.2",
    configuration: '[cluster]\nname = "prod"\n',
    storage: { size: "1Gi" },
    own: { recovery },
    ...change,
  });
  const { monitoring, ...others } = backups;
  void monitoring;
  const all = [...Object.values(own), ...Object.values(others)] as (
    KubernetesObject | KubernetesObject[] | undefined
  )[];
  return all.flat().filter((object) => object !== undefined);
}

const identity = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;

it("takes all of them, and makes the first pod alone; a second time changes nothing", async () => {
  const { objects, warnings } = await plane.apply(recovering(), { fieldManager });
  expect(warnings).toEqual([]);
  const pods = await until("the pods", async () => {
    const names = (await plane.list("pods", namespace)).map(({ metadata }) => metadata.name);
    return names.length >= 2 ? names.sort() : undefined;
  });
  expect(pods).toEqual(["neumann-0", expect.stringMatching(/^neumann-backup-await-r1-/)]);
  const specs = (all: KubernetesObject[]) =>
    all.map((each) => [identity(each), each.metadata.uid, each.metadata.generation ?? each.metadata.resourceVersion]);
  const again = await plane.apply(recovering(), { fieldManager });
  expect(specs(again.objects)).toEqual(specs(objects));
});

it("lets its pods use the one Lease and the one record, and no other", async () => {
  const names = { "leases.coordination.k8s.io": ["neumann-backup"], configmaps: [record, "neumann-config"] };
  const rights = (serviceAccount: string) => plane.rights({ namespace, serviceAccount, names });
  const idle = await rights("idle");
  const [set] = await plane.list("statefulsets", namespace);
  const account = (set as unknown as SetObject).spec.template.spec.serviceAccountName;
  expect((await rights(account)).filter((right) => !idle.includes(right))).toEqual([
    `get configmaps/${record}`,
    "get leases.coordination.k8s.io/neumann-backup",
    `update configmaps/${record}`,
    "update leases.coordination.k8s.io/neumann-backup",
  ]);
});

it("keeps all that is there when any one argument differs", async () => {
  const { objects: old } = await plane.apply(recovering(), { fieldManager, dryRun: true });
  const uid = new Map(old.map((object) => [identity(object), object.metadata.uid]));
  for (const [argument, change] of Object.entries(clusterChanges)) {
    // A Job is never changed: the provider leaves it as it is.
    const differing = changed(recovering(), recovering(change)).filter(({ kind }) => kind !== "Job");
    expect(differing.map(identity), argument).not.toEqual([]);
    const { objects } = await plane.apply(differing, { fieldManager, dryRun: true });
    const kept = objects.filter((object) => uid.has(identity(object)));
    expect(
      kept.map(({ metadata }) => metadata.uid),
      argument,
    ).toEqual(kept.map((object) => uid.get(identity(object))));
  }
});

it("keeps the set under another request; a claim template that differs it takes from nobody", async () => {
  const before = await plane.list("statefulsets", namespace);
  const image = "registry.example.com/neumann-backup:0.2.0";
  const { objects } = await plane.apply(
    recovering({
      image,
      podScheduling: { nodeSelector: { pool: "data" }, tolerations: [{ key: "dedicated" }] },
      configuration: '[cluster]\nname = "prod"\n\n[metrics]\nbind_address = "127.0.0.1:9090"\n',
    }).filter(
      // A Job is never changed: the provider leaves it as it is.
      ({ kind }) => kind !== "Job",
    ),
    { fieldManager },
  );
  const uids = (all: KubernetesObject[]) =>
    all.filter(({ kind }) => kind === "StatefulSet").map((each) => each.metadata.uid);
  expect(uids(objects)).toEqual(before.map(({ metadata }) => metadata.uid));
  await expect(plane.apply(recovering({ storage: { size: "2Gi" } }), { fieldManager })).rejects.toThrow(/Forbidden/);
});
