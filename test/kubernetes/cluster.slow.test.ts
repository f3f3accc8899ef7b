import { afterAll, beforeAll, expect, it } from "vitest";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { clusterObjects } from "../../model/kubernetes/clusterObjects";
import { request } from "../model/kubernetes/requests";

/** The objects of KubernetesCluster, shown to a real API server whose namespace takes restricted pods only. */
let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ say: console.error });
  await plane.createNamespace("neumann", "restricted");
}, 1_800_000);
afterAll(() => plane.stop());

function recovering(): object[] {
  const { archive } = request;
  const record = "neumann-backup-recovery-r1";
  const plan = { archive, restorePoint: "latest", recoveryId: "r1", nodes: ["neumann-0"] };
  const recovery = { plan, planDigest: "a".repeat(64), clusterName: "prod", members: [], record };
  const { backups, ...own } = clusterObjects({
    ...request,
    databaseImage: "registry.example.com/neumann:1.4.2",
    configuration: '[cluster]\nname = "prod"\n',
    storage: { size: "1Gi" },
    own: { recovery },
  });
  const { monitoring, ...others } = backups;
  void monitoring;
  const all = [...Object.values(own), ...Object.values(others)] as (object | object[] | undefined)[];
  return all.flat().filter((object) => object !== undefined);
}

it("takes all of them, and makes the first pod alone", async () => {
  const { warnings } = await plane.apply(recovering(), { fieldManager: "pulumi-neumann" });
  expect(warnings).toEqual([]);
  const pods = await until("the pods", async () => {
    const names = (await plane.list("pods", "neumann")).map(({ metadata }) => metadata.name);
    return names.length >= 2 ? names.sort() : undefined;
  });
  expect(pods).toEqual(["neumann-0", expect.stringMatching(/^neumann-backup-await-r1-/)]);
});
