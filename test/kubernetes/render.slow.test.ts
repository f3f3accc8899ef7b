import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../cli/main";
import { renderOwner } from "../../cli/renderConfig";
import { type ControlPlane, type KubernetesObject, startControlPlane } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { backupObjects, fieldManager } from "../../model/kubernetes/backupObjects";
import { resolvePolicy } from "../../model/policy";

/** In the place of the agent, which would ask an archive. */
const planDigest = "d1".repeat(32);
vi.mock("../../cli/agent", () => ({
  runAgent: () => Promise.resolve(JSON.stringify({ plan: { source: {} }, digest: "d1".repeat(32), text: "the plan" })),
}));

/** What GitOps does with what `render` writes: kubectl and a real API server, without Pulumi. */

const folder = mkdtempSync(path.join(tmpdir(), "neumann-gitops-"));
const manifests = path.join(folder, "manifests");
const namespace = "neumann";
let plane: ControlPlane;

const config = {
  image: `registry.example.com/neumann-backup@sha256:${"a".repeat(64)}`,
  databaseImage: "registry.example.com/neumann:1.2.3",
  archive: { kind: "s3" as const, clusterId: "prod", bucket: "acme-neumann", region: "eu-central-1" },
  signingKeySecret: "neumann-signing",
  monitoring: true,
};

/** The StatefulSet of somebody who has never heard of us. */
const statefulSet = {
  apiVersion: "apps/v1",
  kind: "StatefulSet",
  metadata: { name: "neumann", namespace },
  spec: {
    replicas: 3,
    serviceName: "neumann-headless",
    selector: { matchLabels: { app: "neumann" } },
    template: {
      metadata: { labels: { app: "neumann" } },
      spec: {
        securityContext: {
          runAsNonRoot: true,
          runAsUser: 65534,
          fsGroup: 65534,
          seccompProfile: { type: "RuntimeDefault" },
        },
        containers: [
          {
            name: "neumann-server",
            image: config.databaseImage,
            securityContext: {
              readOnlyRootFilesystem: true,
              allowPrivilegeEscalation: false,
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [
              { name: "data", mountPath: "/var/lib/neumann" },
              { name: "config", mountPath: "/etc/neumann" },
            ],
          },
        ],
        volumes: [{ name: "config", configMap: { name: "neumann-config" } }],
      },
    },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "10Gi" } } },
      },
    ],
  },
};

interface PodObject extends KubernetesObject {
  spec: { initContainers: { name: string; restartPolicy?: string }[] };
}

async function render(): Promise<void> {
  const file = path.join(folder, "cluster.json");
  writeFileSync(file, JSON.stringify({ ...config, workloadIdentity: true }));
  const said: string[] = [];
  const terminal = { out: () => undefined, err: { write: (text: string) => said.push(text) } };
  expect([await runCommandLine(["render", "--config", file, "--out", manifests], terminal), said]).toEqual([0, []]);
}

/** As the page for GitOps says it, and strictly. */
const apply = async () => {
  await plane.kubectl(["apply", "--server-side", "--validate=strict", `--filename=${manifests}`]);
  const patch = [`--field-manager=${fieldManager}`, `--filename=${manifests}/patch`];
  await plane.kubectl(["apply", "--server-side", "--validate=strict", ...patch]);
};

const owner = renderOwner;
const wanted = backupObjects({ ...config, owner, policy: resolvePolicy({}), access: { kind: "identity" } });
const objects = [
  wanted.settings,
  ...wanted.accounts,
  wanted.lease,
  wanted.role,
  wanted.roleBinding,
  ...wanted.networkPolicies,
  ...wanted.cronJobs,
  ...Object.values(wanted.monitoring ?? {}),
] as KubernetesObject[];

const found = ({ kind, metadata }: KubernetesObject) => plane.get(kind, metadata.name, namespace);
const specOf = async () => (await plane.get<{ spec: unknown }>("statefulset", "neumann", namespace)).spec;

beforeAll(async () => {
  plane = await startControlPlane({ say: console.error });
  await plane.createNamespace(namespace, "restricted");
  await plane.installCustomKinds();
  await plane.apply([statefulSet], { fieldManager: "team" });
}, 1_800_000);

afterAll(async () => {
  await plane.stop();
  rmSync(folder, { recursive: true, force: true });
});

describe("manifests that were rendered", () => {
  it("are, applied by kubectl, the objects of the component; a second time nothing changes", async () => {
    await render();
    const before = await specOf();
    await apply();
    for (const object of objects) expect(filled(await found(object))).toMatchObject(filled(object) as object);
    const patched = await plane.get("statefulset", "neumann", namespace);
    const containers = at(patched, "spec", "template", "spec", "initContainers") as { name: string }[];
    expect(containers.map(({ name }) => name)).toEqual(
      wanted.patch.spec.template.spec.initContainers.map(({ name }) => name),
    );
    expect(patched).toMatchObject({ spec: { replicas: 3, serviceName: "neumann-headless" } });

    const versions = async () =>
      Promise.all([...objects, patched].map(async (object) => (await found(object)).metadata.resourceVersion));
    const first = await versions();
    await render();
    await apply();
    expect(await versions()).toEqual(first);

    // As the page says how it is taken back: the same manager wants nothing any more, then the objects go.
    const nothing = { apiVersion: "apps/v1", kind: "StatefulSet", metadata: { name: "neumann", namespace } };
    await plane.apply([nothing], { fieldManager });
    expect(await specOf()).toEqual(before);
    await plane.kubectl(["delete", "--timeout=60s", `--filename=${manifests}`]);
    expect(await plane.find("statefulset", "neumann", namespace)).toBeDefined();
    expect(await plane.find("cronjob", "neumann-backup-prune", namespace)).toBeUndefined();
  });

  it("make pods that a restricted namespace admits: the set's, and each job's", async () => {
    await render();
    await apply();
    const pods = (selector: string) => plane.list<PodObject>("pods", namespace, selector);
    // It is of the set as it was: with no node to run on it is never ready, and so not replaced.
    await plane.kubectl(["delete", "pod", "neumann-0", "-n", namespace, "--ignore-not-found"]);
    const pod = await until("the set's new pod", async () =>
      (await pods("neumann-backup/statefulset=neumann")).find(({ metadata }) => metadata.name === "neumann-0"),
    );
    expect(pod.spec.initContainers.at(-1)).toMatchObject({ name: "neumann-backup", restartPolicy: "Always" });
    for (const { metadata } of wanted.cronJobs) {
      const job = `now-${metadata.name}`;
      await plane.kubectl(["create", "job", job, `--from=cronjob/${metadata.name}`, "-n", namespace]);
      const [made] = await until(`a pod of ${job}`, async () => {
        const found = await pods(`job-name=${job}`);
        return found.length > 0 ? found : undefined;
      });
      expect(made?.metadata.name).toContain(job);
    }
  });

  it("can be a kustomization's patch: the pods are the same", async () => {
    await render();
    writeFileSync(path.join(folder, "statefulset.yaml"), JSON.stringify(statefulSet));
    const kustomization = {
      resources: ["statefulset.yaml"],
      patches: [{ path: "manifests/patch/statefulset-neumann.yaml" }],
    };
    writeFileSync(path.join(folder, "kustomization.yaml"), JSON.stringify(kustomization));
    const text = await plane.kubectl(["kustomize", folder]);
    const plan = [
      "apply",
      "--server-side",
      "--dry-run=server",
      "--validate=strict",
      "--field-manager=team",
      "-o",
      "json",
    ];
    const built = JSON.parse(await plane.kubectl([...plan, "-f", "-"], { stdin: text })) as KubernetesObject;
    await apply();
    const applied = await plane.get("statefulset", "neumann", namespace);
    expect(sorted(at(built, "spec", "template"))).toEqual(sorted(at(applied, "spec", "template")));
  });
});

describe("a cluster with its database that was rendered", () => {
  const own = "neumann-dr";
  const out = path.join(folder, "cluster");
  const steps = ["", "database", "recovery", "jobs"];
  const given = {
    ...config,
    namespace: own,
    workloadIdentity: true,
    storage: { size: "10Gi" },
    restoreFrom: { recoveryId: "2026-11-23", restorePoint: "latest" },
    podScheduling: { tolerations: [{ key: "dedicated" }] },
  };

  async function renderCluster(): Promise<string[]> {
    const [file, toml] = [path.join(folder, "own.json"), path.join(folder, "config.toml")];
    writeFileSync(file, JSON.stringify(given));
    writeFileSync(toml, '[cluster]\nname = "prod"\n');
    const said: string[] = [];
    const terminal = { out: (text: string) => said.push(text), err: { write: (text: string) => said.push(text) } };
    const words = ["--kind", "cluster", "--config", file, "--configuration", toml, "--out", out, "--json"];
    expect(await runCommandLine(["render", ...words], terminal)).toBe(0);
    const told = JSON.parse(said.join("")) as { written: string[]; planDigest: string };
    expect(told.planDigest).toBe(planDigest);
    return told.written;
  }

  const applySteps = async () => {
    for (const step of steps) {
      await plane.kubectl(["apply", "--server-side", "--validate=strict", `--filename=${path.join(out, step)}`]);
    }
  };

  it("is taken step by step, makes the first pod alone, and changes nothing a second time", async () => {
    await plane.createNamespace(own, "restricted");
    const written = await renderCluster();
    await applySteps();
    const [pod] = await until("the first pod", async () => {
      const found = await plane.list<PodObject>("pods", own, "neumann-backup/statefulset=neumann");
      return found.length > 0 ? found : undefined;
    });
    expect(pod?.spec.initContainers.map(({ name }) => name)).toContain("neumann-backup-restore");
    const objects = () =>
      Promise.all(
        written.map(async (file) => {
          const object = JSON.parse(
            await plane.kubectl(["get", "-o", "json", `--filename=${path.join(out, file)}`]),
          ) as KubernetesObject;
          const { uid, generation, managedFields } = object.metadata as typeof object.metadata & {
            managedFields?: { operation: string; time: string; manager: string }[];
          };
          return [file, uid, generation, managedFields?.filter(({ manager }) => manager === "kubectl")];
        }),
      );
    const first = await objects();
    await renderCluster();
    await applySteps();
    expect(await objects()).toEqual(first);
    expect((await plane.list("pods", own, "neumann-backup/statefulset=neumann")).length).toBe(1);
  });

  it("keeps its database and the record when the rest is deleted", async () => {
    await plane.kubectl(["delete", "--timeout=60s", `--filename=${out}`]);
    expect(await plane.find("statefulset", "neumann", own)).toBeDefined();
    expect(await plane.find("configmap", "neumann-backup-recovery-2026-11-23", own)).toBeDefined();
    expect(await plane.find("role", "neumann-backup", own)).toBeUndefined();
  });
});

/** The server leaves out what is empty. */
function filled(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(filled);
  const empty = (inner: unknown) => typeof inner === "object" && inner !== null && Object.keys(inner).length === 0;
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && !empty(inner));
  return Object.fromEntries(entries.map(([name, inner]) => [name, filled(inner)]));
}

function at(object: unknown, ...names: string[]): unknown {
  return names.reduce((inner, name) => (inner as Record<string, unknown>)[name], object);
}

/** Lists by name: in which order they were merged is of no account but for the init containers. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, inner]) => [name, sorted(inner)])
      .sort(),
  );
}
