import { describe, expect, it } from "vitest";
import type { ArchiveReference } from "../../../components/archiveReference";
import { type KubernetesClusterArgs, RehearsalNamespace } from "../../../components/kubernetes";
import { planDigest, planResult, type Registered, run, valueOf } from "../harness";
import { agePairs } from "../../model/fixtures";
import { buckets, bucketsWithoutKeys, named, usual } from "./backupRuns";
import { makeCluster, recovering, recoveringVolume, volumePoint } from "./clusterRuns";

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

const timeoutsOf = (resources: Registered[]) =>
  ["prod-set", "prod-await-recovery"].map((name) => {
    const { customTimeouts } = named(resources, name).options as { customTimeouts?: { create: string } };
    return customTimeouts?.create;
  });

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
    const others = {
      podScheduling: { tolerations: [] },
      serverResources: { cpu: "1" },
      clients: { podLabels: "app", namespaces: ["A"], monitoringNamespace: 1, ports: [1] },
      podAccountAnnotations: "role",
      // A typing error must not restore something else.
      restoreFrom: { recoveryId: "r1", restorepoint: "latest" },
    };
    await expect(makeCluster(others as unknown as object)).rejects.toThrowErrorMatchingInlineSnapshot(`
      [Error: KubernetesCluster "prod" cannot be created: 8 mistakes
        - serverResources.cpu: is not known (received "1"). Use one of: cpuRequest, cpuLimit, memoryRequest, memoryLimit.
        - clients.podLabels: must be an object with labels (received "app"). Write such as {"node.kubernetes.io/instance-type":"m7i.large"}.
        - clients.monitoringNamespace: is no name in Kubernetes (received 1). Use lower-case letters, digits and dashes, at most 63, such as neumann.
        - clients.ports: is not known (received [1]). Use one of: podLabels, namespaces, monitoringNamespace.
        - clients.namespaces[0]: is no name in Kubernetes (received "A"). Use lower-case letters, digits and dashes, at most 63, such as neumann.
        - podAccountAnnotations: must be an object with texts (received "role"). Write such as {"eks.amazonaws.com/role-arn":"arn:aws:iam::123456789012:role/prune"}.
        - podScheduling.tolerations: must be a list with something in it (received []). Put it in brackets, such as [{ key: "dedicated", value: "backup" }].
        - restoreFrom.restorepoint: is not known (received "latest"). Use one of: recoveryId, restorePoint, approvedPlanDigest, timeoutMinutes, cloneOf, identity.]
    `);
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
    expect(timeoutsOf(resources)).toEqual(["1440m", "1440m"]);
    await expect(valueOf(result.report!)).resolves.toMatchObject({ lineage: "l-1", restoredIndex: 7, seconds: 60 });
  });

  it("is waited for as long as it says, in whole minutes", async () => {
    const { resources } = await makeCluster({ restoreFrom: { ...restoreFrom, timeoutMinutes: 90 } }, recovering);
    expect(timeoutsOf(resources)).toEqual(["90m", "90m"]);
    for (const wrong of [0, 1.5, 10_081, "90" as unknown as number]) {
      const refused = makeCluster({ restoreFrom: { ...restoreFrom, timeoutMinutes: wrong } }, recovering);
      await expect(refused).rejects.toThrow("restoreFrom.timeoutMinutes: must be a whole number from 1 to 10080");
    }
  });

  it("makes the first pod's claim of a volume snapshot, which stays; a clone is refused", async () => {
    const restorePoint = volumePoint;
    const { resources } = await makeCluster({ restoreFrom: { ...restoreFrom, restorePoint } }, recoveringVolume);
    const { inputs, options } = named(resources, "prod-volume");
    expect(inputs).toMatchObject({
      metadata: { name: "data-neumann-0", namespace: "neumann" },
      spec: {
        accessModes: ["ReadWriteOnce"],
        resources: { requests: { storage: "100Gi" } },
        dataSource: { apiGroup: "snapshot.storage.k8s.io", kind: "VolumeSnapshot", name: "cut-1" },
      },
    });
    expect(options).toMatchObject({ protect: true, retainOnDelete: true, ignoreChanges: ["spec"] });
    expect(named(resources, "prod-set").options.dependsOn).toContain("prod-volume");
    const { recovery } = podConfigOf(resources);
    expect(recovery.plan).toMatchObject({ restorePoint, kubernetes: { namespace: "neumann" } });
    const cloneOf = { ...bucketsWithoutKeys, clusterId: "other" };
    await expect(makeCluster({ restoreFrom: { ...restoreFrom, restorePoint, cloneOf } }, recovering)).rejects.toThrow(
      "restoreFrom.restorePoint: is nothing to clone from",
    );
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
    const refusals: [Partial<KubernetesClusterArgs>, ArchiveReference, string][] = [
      [{}, cloneOf, "restoreFrom.cloneOf.credentials: has no keys"],
      [{}, { ...buckets, offsite: bucketsWithoutKeys.offsite }, "restoreFrom.cloneOf.offsite.credentials: has no keys"],
      [{ archive: { ...apart, credentials: undefined }, workloadIdentity: true }, buckets, "which workloadIdentity"],
      [
        {},
        { kind: "directory", location: "/srv/prod", clusterId: "prod" },
        "restoreFrom.cloneOf.location: is a folder",
      ],
    ];
    for (const [change, other, message] of refusals) {
      const from = { recoveryId: "2026-11-23", restorePoint: "latest", cloneOf: other };
      const given = { archive: apart, ...change, restoreFrom: from };
      await expect(makeCluster(given, recovering)).rejects.toThrow(message);
    }
  });

  it("is a clone whose keys for the other archive lie in the Secret alone", async () => {
    const archive = {
      ...buckets,
      offsite: undefined,
      bucket: "acme-copy",
      clusterId: "copy",
      credentials: { accessKeyId: "AKIACOPY", secretAccessKey: "copy-secret" },
    };
    const given = { archive, restoreFrom: { ...restoreFrom, cloneOf: buckets } };
    const { resources } = await makeCluster(given, recovering);
    const { plan } = podConfigOf(resources).recovery as { plan: Record<string, object> };
    const file = "/etc/neumann-backup-credentials/credentials";
    expect(plan.archive).toMatchObject({ bucket: "acme-copy", credentials: { file, profile: "primary" } });
    expect(plan.cloneOf).toMatchObject({
      credentials: { file, profile: "clone-of" },
      offsite: { credentials: { file, profile: "clone-of-offsite" } },
    });
    const { data } = named(resources, "prod-credentials").inputs as { data: { value: { credentials: string } } };
    expect(Buffer.from(data.value.credentials, "base64").toString()).toBe(
      [
        "[primary]\naws_access_key_id = AKIACOPY\naws_secret_access_key = copy-secret\n",
        "[clone-of]\naws_access_key_id = AKIANEAR\naws_secret_access_key = near-secret\n",
        "[clone-of-offsite]\naws_access_key_id = AKIAAWAY\naws_secret_access_key = away-secret\n",
      ].join("\n"),
    );
    for (const { name, type, inputs } of resources.filter(({ type }) => type.startsWith("kubernetes:"))) {
      if (type.endsWith(":Secret")) continue;
      expect(JSON.stringify(inputs), name).not.toMatch(/copy-secret|near-secret|away-secret/);
    }
  });
});

describe("KubernetesCluster of a rehearsal", () => {
  const cloneOf = { ...bucketsWithoutKeys, clusterId: "prod" };
  const archive = { ...bucketsWithoutKeys, offsite: undefined, bucket: "acme-copy", clusterId: "copy" };
  const rehearsal = {
    rehearsal: true,
    archive,
    workloadIdentity: true,
    restoreFrom: { recoveryId: "2026-11-23", cloneOf },
  };

  it("goes with its stack: nothing is protected, no record stays, and no job runs", async () => {
    const { resources } = await makeCluster(rehearsal, recovering);
    expect(named(resources, "prod-set").options.protect).not.toBe(true);
    expect(named(resources, "prod-record").options.retainOnDelete).not.toBe(true);
    const jobs = resources.filter(({ type }) => type.endsWith(":CronJob"));
    expect(jobs.map(({ inputs }) => (inputs.spec as { suspend: boolean }).suspend)).toEqual(jobs.map(() => true));
  });

  it("is a clone, plainly said", async () => {
    const none = { ...rehearsal, restoreFrom: { recoveryId: "2026-11-23" } };
    await expect(makeCluster(none, recovering)).rejects.toThrow(
      "restoreFrom.cloneOf: is required for a rehearsal (received nothing). Name the cluster's archive as restoreFrom.cloneOf, and another one as archive.",
    );
    const unclear = { ...rehearsal, rehearsal: "yes" as unknown as boolean };
    await expect(makeCluster(unclear, recovering)).rejects.toThrow("rehearsal: must be true or false, and plain");
  });
});

describe("RehearsalNamespace", () => {
  const quota = { storage: "300Gi", pods: 12 };

  it("has a name that nobody has, a quota, and lets nobody talk to anybody", async () => {
    const { resources } = await run((opts) => new RehearsalNamespace("r", { clusterId: "prod", quota }, opts), usual);
    const { metadata } = named(resources, "r-namespace").inputs as { metadata: Record<string, object> };
    expect(Object.keys(metadata)).toEqual(["labels"]);
    expect(metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
    expect(named(resources, "r-quota").inputs).toMatchObject({
      spec: { hard: { pods: "12", "requests.storage": "300Gi", "requests.cpu": "8", "requests.memory": "16Gi" } },
    });
    expect(named(resources, "r-deny-all").inputs).toMatchObject({
      spec: { podSelector: {}, policyTypes: ["Ingress", "Egress"] },
    });
    expect(Object.keys(named(resources, "r-deny-all").inputs.spec as object)).toEqual(["podSelector", "policyTypes"]);
  });

  it("names every mistake at once", async () => {
    const wrong = { clusterId: "A B", quota: { pods: 0, disk: "1Gi" } as unknown as { storage: string } };
    await expect(run((opts) => new RehearsalNamespace("r", wrong, opts), usual)).rejects
      .toThrowErrorMatchingInlineSnapshot(`
      [Error: RehearsalNamespace "r" cannot be created: 4 mistakes
        - clusterId: is no name for a cluster (received "A B"). Use lower-case letters, digits and dashes, at most 63, such as prod.
        - quota.pods: must be a whole number from 1 to 1000 (received 0). Leave it out for the standard value.
        - quota.disk: is not known (received "1Gi"). Use one of: storage, pods, cpu, memory.
        - quota.storage: is required (received nothing). Such as 300Gi: all volumes together.]
    `);
  });
});
