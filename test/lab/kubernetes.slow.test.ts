import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { callApi, type ControlPlane, type KubernetesObject, startControlPlane } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { run } from "../../lab/toolchain/run";

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane({ say: console.error });
  await plane.createNamespace("jobs", "restricted");
  await plane.createNamespace("other");
}, 1_800_000);
afterAll(() => plane.stop());

const fieldManager = "test";

const restrictedPod = {
  restartPolicy: "Never",
  securityContext: { runAsNonRoot: true, runAsUser: 65534, seccompProfile: { type: "RuntimeDefault" } },
  containers: [
    {
      name: "work",
      image: "example.com/work:1",
      securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
    },
  ],
};

function cronJob(name: string, schedule: string, pod: object = restrictedPod): object {
  return {
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name, namespace: "jobs" },
    spec: { schedule, jobTemplate: { spec: { template: { spec: pod } } } },
  };
}

function podsOf(job: string): Promise<KubernetesObject[]> {
  return plane.list("pods", "jobs", `job-name=${job}`);
}

describe("objects", () => {
  it("become others: a CronJob makes a Job, and the Job a pod", async () => {
    await plane.apply([cronJob("prune", "0 3 * * *")], { fieldManager });
    await plane.kubectl(["create", "job", "now", "--from=cronjob/prune", "-n", "jobs"]);
    const [pod] = await until("the Job's pod", async () => {
      const found = await podsOf("now");
      return found.length > 0 ? found : undefined;
    });
    const job = await plane.get("job", "now", "jobs");
    expect(pod?.metadata.ownerReferences).toMatchObject([{ kind: "Job", uid: job.metadata.uid }]);
    expect(job.metadata.ownerReferences).toMatchObject([{ kind: "CronJob", name: "prune" }]);
  });

  it("are refused with the field's path", async () => {
    await expect(plane.apply([cronJob("wrong", "0 3 * *")], { fieldManager })).rejects.toThrow("spec.schedule");
    const misspelt = { ...restrictedPod, restartPolicies: "Never" };
    await expect(plane.apply([cronJob("wrong", "0 3 * * *", misspelt)], { fieldManager })).rejects.toThrow(
      "spec.jobTemplate.spec.template.spec.restartPolicies",
    );
    expect(await plane.find("cronjob", "wrong", "jobs")).toBeUndefined();
  });

  it("of two managers conflict, and can be forced", async () => {
    await plane.apply([cronJob("shared", "0 3 * * *")], { fieldManager });
    const theirs = plane.apply([cronJob("shared", "0 4 * * *")], { fieldManager: "another" });
    await expect(theirs).rejects.toThrow(/conflict with "test".*\.spec\.schedule/s);
    await plane.apply([cronJob("shared", "0 4 * * *")], { fieldManager: "another", force: true });
    expect(await plane.get("cronjob", "shared", "jobs")).toMatchObject({ spec: { schedule: "0 4 * * *" } });
  });

  it("whose pods the security level forbids are warned of, and make none", async () => {
    const { warnings } = await plane.apply([cronJob("root", "0 3 * * *", { ...restrictedPod, hostNetwork: true })], {
      fieldManager,
    });
    expect(warnings.join()).toContain("hostNetwork");
    await plane.kubectl(["create", "job", "forbidden", "--from=cronjob/root", "-n", "jobs"]);
    await until("the refusal", async () =>
      JSON.stringify(await plane.list("events", "jobs")).includes('violates PodSecurity \\"restricted'),
    );
    expect(await podsOf("forbidden")).toEqual([]);
  });

  it("of the Prometheus operator and of volume snapshots are taken where these are installed", async () => {
    const rule = {
      apiVersion: "monitoring.coreos.com/v1",
      kind: "PrometheusRule",
      metadata: { name: "rule", namespace: "jobs" },
      spec: { groups: [] },
    };
    await expect(plane.apply([rule], { fieldManager })).rejects.toThrow("no matches for kind");
    await plane.installCustomKinds();
    await plane.apply([rule], { fieldManager });
    for (const kind of ["podmonitors.monitoring.coreos.com", "volumesnapshots.snapshot.storage.k8s.io"]) {
      expect(await plane.list(kind, "jobs")).toEqual([]);
    }
    expect(await plane.list("prometheusrules", "jobs")).toHaveLength(1);
  });
});

describe("a service account", () => {
  const names = { "leases.coordination.k8s.io": ["mine", "yours"] };
  const meta = (name: string) => ({ name, namespace: "jobs" });

  it("may do what its role says and nothing else, by its own token", async () => {
    const rules = [
      { apiGroups: ["coordination.k8s.io"], resources: ["leases"], resourceNames: ["mine"], verbs: ["get", "update"] },
    ];
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "lease" };
    const subjects = [{ kind: "ServiceAccount", name: "worker", namespace: "jobs" }];
    await plane.apply(
      [
        { apiVersion: "v1", kind: "ServiceAccount", metadata: meta("worker") },
        { apiVersion: "v1", kind: "ServiceAccount", metadata: meta("idle") },
        { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata: meta("mine") },
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: meta("lease"), rules },
        { apiVersion: "rbac.authorization.k8s.io/v1", kind: "RoleBinding", metadata: meta("lease"), roleRef, subjects },
      ],
      { fieldManager },
    );
    const idle = await plane.rights({ namespace: "jobs", serviceAccount: "idle", names });
    const worker = await plane.rights({ namespace: "jobs", serviceAccount: "worker", names });
    expect(idle).toEqual([
      "create selfsubjectaccessreviews.authorization.k8s.io",
      "create selfsubjectreviews.authentication.k8s.io",
      "create selfsubjectrulesreviews.authorization.k8s.io",
    ]);
    expect(worker.filter((right) => !idle.includes(right))).toEqual([
      "get leases.coordination.k8s.io/mine",
      "update leases.coordination.k8s.io/mine",
    ]);
    expect(await plane.rights({ namespace: "other", serviceAccount: "worker", names })).toEqual(idle);

    const token = await plane.createToken("jobs", "worker");
    const path = "/apis/coordination.k8s.io/v1/namespaces/jobs/leases";
    expect((await callApi(plane, { path: `${path}/mine`, token })).status).toBe(200);
    expect((await callApi(plane, { path, token })).status).toBe(403);
    expect((await callApi(plane, { path, token: "made-up" })).status).toBe(401);
    await expect(plane.kubectl(["get", "pods", "-n", "jobs"], { token })).rejects.toThrow("forbidden");
  });

  it("knows the server by the certificate that every namespace has", async () => {
    const given = await plane.get<{ data: Record<string, string> }>("configmap", "kube-root-ca.crt", "jobs");
    expect(given.data["ca.crt"]).toBe(plane.authority);
    await expect(callApi({ ...plane, server: plane.server, authority: "" }, { path: "/", token: "" })).rejects.toThrow(
      "certificate",
    );
  });
});

/** Processes whose words name that folder. */
async function processesIn(folder: string): Promise<string[]> {
  const { stdout } = await run("ps", ["-eo", "args"], { timeoutSeconds: 10 });
  return stdout.split("\n").filter((line) => line.includes(folder) && !line.startsWith("sh -c"));
}

describe("a control plane", () => {
  it("runs beside others; stopped, nothing is left of it", async () => {
    const other = await startControlPlane();
    expect(await other.find("namespace", "jobs")).toBeUndefined();
    expect(await processesIn(other.folder)).toHaveLength(3);
    await other.stop();
    expect(existsSync(other.folder)).toBe(false);
    expect(await processesIn(other.folder)).toEqual([]);
    expect(await plane.find("namespace", "jobs")).toBeDefined();
  });

  it("does not outlive the one who started it, however that dies", async () => {
    const module = JSON.stringify(path.resolve("lab/kubernetes/index.js"));
    const program = `require(${module}).startControlPlane().then((plane) => console.log(plane.folder))`;
    const starter = spawn("node", ["-e", `${program}; setInterval(() => undefined, 1000)`]);
    const folder = await new Promise<string>((resolve, reject) => {
      starter.stdout.once("data", (text: Buffer) => resolve(text.toString().trim()));
      starter.once("exit", () => reject(new Error("it ended before the control plane ran")));
    });
    expect(readFileSync(path.join(folder, "kubeconfig"), "utf8")).toContain("certificate-authority-data");
    expect(await processesIn(folder)).toHaveLength(3);
    starter.kill("SIGKILL");
    await until("all are gone", async () => (await processesIn(folder)).length === 0);
    rmSync(folder, { recursive: true, force: true });
  });
});
