import { describe, expect, it } from "vitest";
import type { KubernetesClusterArgs } from "../../../components/kubernetes";
import { refusalsOf, type Registered, type RunOptions } from "../harness";
import { named, usual } from "./backupRuns";
import { makeCluster } from "./clusterRuns";

const first = { serviceName: "neumann-headless", dataVolume: "data", size: "100Gi", storageClass: "" };

/** The engine, to which a Stash of an earlier up is known. */
const later: RunOptions = {
  made: (type, name, inputs) => (type === "pulumi:index:Stash" ? { output: first } : usual.made!(type, name, inputs)),
};
const changed = (change: Partial<KubernetesClusterArgs>) => makeCluster(change, later);
const warnings = async (change: Partial<KubernetesClusterArgs>) =>
  (await changed(change)).logs.filter(({ severity }) => severity === "warn").map(({ text }) => text);

describe("KubernetesCluster that is there", () => {
  it("notes what it was made with, and says nothing where that is the same", async () => {
    expect(named((await makeCluster()).resources, "prod-made-with").inputs).toEqual({ input: first });
    expect(await warnings({})).toEqual([]);
  });

  it("warns of another size with the commands that grow the volumes, and of another class", async () => {
    const storage = { size: "200Gi", storageClass: "fast" };
    expect(await warnings({ namespace: "db", statefulSet: { replicas: 2 }, storage })).toMatchInlineSnapshot(`
      [
        "storage.size is now 200Gi, and the cluster was made with 100Gi: Kubernetes changes no claim template, so this does not either. Volumes never shrink. Where their class allows it (allowVolumeExpansion), they grow by their claims: kubectl patch -n db pvc/data-neumann-0 --patch '{"spec":{"resources":{"requests":{"storage":"200Gi"}}}}'; kubectl patch -n db pvc/data-neumann-1 --patch '{"spec":{"resources":{"requests":{"storage":"200Gi"}}}}'. A claim that is made later has 100Gi again.",
        "storage.storageClass is now fast, and the cluster was made with the default class: Kubernetes changes no claim template, so all volumes, new ones too, keep their class. Recover into a new cluster to change it.",
      ]
    `);
  });

  it("is refused another Service and another claim template, before anything is made", async () => {
    const statefulSet = { serviceName: "members", dataVolume: "disk" };
    const resources: Registered[] = [];
    const refused = await refusalsOf(() => makeCluster({ statefulSet }, { ...later, resources }));
    expect(resources.filter(({ type }) => type.startsWith("kubernetes:"))).toEqual([]);
    expect(refused.join("\n")).toMatchInlineSnapshot(`
      "KubernetesCluster "prod" cannot be changed: 2 mistakes
        - statefulSet.serviceName: cannot change in a StatefulSet that is there (received "members"). Write "neumann-headless" again, or recover into a KubernetesCluster of another name and namespace.
        - statefulSet.dataVolume: cannot change in a StatefulSet that is there (received "disk"). Write "data" again, or recover into a KubernetesCluster of another name and namespace."
    `);
  });
});
