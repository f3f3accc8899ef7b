import { describe, expect, it } from "vitest";
import { planDigest, planResult, type Registered, valueOf } from "../harness";
import { agePairs } from "../../model/fixtures";
import { buckets, bucketsWithoutKeys, named } from "./backupRuns";
import { makeCluster, recovering } from "./clusterRuns";

const [{ identity }] = agePairs;

interface Spec {
  spec: Record<string, unknown> & {
    template: { spec: { initContainers: { name: string }[]; serviceAccountName: string } };
  };
}

function podConfigOf(resources: Registered[]): { recovery: Record<string, unknown> } {
  const data = named(resources, "prod-settings").inputs.data as Record<string, string>;
  return JSON.parse(data["pod.json"]!) as { recovery: Record<string, unknown> };
}

function setOf(resources: Registered[]): Spec["spec"] {
  return (named(resources, "prod-set").inputs as unknown as Spec).spec;
}

describe("KubernetesCluster without a recovery", () => {
  it("is a set whose pods come in order and whose volumes stay", async () => {
    const { resources } = await makeCluster();
    const spec = setOf(resources);
    expect(spec).toMatchObject({
      podManagementPolicy: "OrderedReady",
      persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
      replicas: 3,
      serviceName: "neumann-headless",
    });
    expect(spec.template.spec.initContainers.map(({ name }) => name)).toEqual([
      "neumann-backup-programs",
      "neumann-backup-configure",
      "neumann-backup",
    ]);
    const names = resources.map(({ name }) => name);
    expect(names).not.toContain("prod-patch");
    expect(names).not.toContain("prod-record");
    expect(names).not.toContain("prod-await-recovery");
    const settings = named(resources, "prod-settings").inputs.data as Record<string, string>;
    expect(JSON.parse(settings["pod.json"]!)).toMatchObject({ ownsConfiguration: true });
    expect(named(resources, "prod-headless").inputs).toMatchObject({
      spec: { clusterIP: "None", publishNotReadyAddresses: true },
    });
    expect(named(resources, "prod-budget").inputs).toMatchObject({ spec: { minAvailable: 2 } });
  });

  it("names every mistake at once", async () => {
    const wrong = { configuration: "", storage: { size: "big" }, restoreFrom: { recoveryId: "a b" } };
    await expect(makeCluster(wrong)).rejects.toThrow(
      /configuration: is required[^]*storage\.size: is no amount[^]*restoreFrom\.recoveryId: cannot name a recovery/,
    );
  });
});

describe("KubernetesCluster with restoreFrom", () => {
  const restoreFrom = { recoveryId: "2026-11-23" };

  it("restores by the first pod's init container and waits for the acceptance", async () => {
    const { result, resources, calls, logs } = await makeCluster({ restoreFrom }, recovering);
    const spec = setOf(resources);
    expect(spec.template.spec.initContainers.map(({ name }) => name)).toEqual([
      "neumann-backup-programs",
      "neumann-backup-configure",
      "neumann-backup-restore",
      "neumann-backup",
    ]);
    expect(calls.filter(({ token }) => token === "command:local:run")).toHaveLength(1);
    expect(logs.map(({ text }) => text)).toContain((planResult() as { text: string }).text);
    const { recovery } = podConfigOf(resources);
    expect(recovery).toMatchObject({
      planDigest,
      record: "neumann-backup-recovery-2026-11-23",
      members: [0, 1, 2].map((at) => ({
        id: `neumann-${at}`,
        address: `neumann-${at}.neumann-headless.neumann.svc.cluster.local:7878`,
      })),
    });
    expect(named(resources, "prod-record").options).toMatchObject({ ignoreChanges: ["data"], retainOnDelete: true });
    expect(named(resources, "prod-role").inputs.rules).toContainEqual({
      apiGroups: [""],
      resources: ["configmaps"],
      resourceNames: ["neumann-backup-recovery-2026-11-23"],
      verbs: ["get", "update"],
    });
    expect(named(resources, "prod-await-recovery").options.dependsOn).toEqual(["prod-set"]);
    expect(named(resources, "prod-set").options).toMatchObject({ protect: true });
    await expect(valueOf(result.report!)).resolves.toMatchObject({ lineage: "l-1", restoredIndex: 7, seconds: 60 });
  });

  it("keeps every key and the identity out of all but Secrets", async () => {
    const { resources } = await makeCluster({ restoreFrom: { ...restoreFrom, identity } }, recovering);
    const open = resources.filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith(":Secret"));
    expect(open.length).toBeGreaterThan(15);
    for (const { name, inputs } of open) {
      const text = JSON.stringify(inputs);
      for (const secret of ["near-secret", "away-secret", identity]) expect(text, name).not.toContain(secret);
    }
    expect(JSON.stringify(setOf(resources))).toContain("neumann-backup-identity");
  });

  it("is a clone that is refused into the other archive, and without keys that pods can have for it", async () => {
    const cloneOf = { ...bucketsWithoutKeys, clusterId: "prod" };
    const own = { ...bucketsWithoutKeys, offsite: undefined, clusterId: "copy" };
    const mixed = { archive: own, workloadIdentity: true, restoreFrom: { ...restoreFrom, cloneOf } };
    await expect(makeCluster(mixed, recovering)).rejects.toThrow("is an archive of the cluster that is cloned");
    const apart = { ...buckets, offsite: undefined, bucket: "acme-copy", clusterId: "copy" };
    await expect(makeCluster({ archive: apart, restoreFrom: { ...restoreFrom, cloneOf } }, recovering)).rejects.toThrow(
      "restoreFrom.cloneOf.credentials: has no keys in the pods",
    );
  });
});
