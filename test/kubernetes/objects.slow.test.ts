import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ControlPlane, type KubernetesObject, startControlPlane } from "../../lab/kubernetes";
import { until } from "../../lab/neumann/harness";
import { backupObjects, fieldManager, signingSecret } from "../../model/kubernetes/backupObjects";
import { cronJobName } from "../../model/kubernetes/jobs";
import { labelsOf } from "../../model/kubernetes/names";
import { type BackupRequest, jobDuties } from "../../model/kubernetes/request";
import { everything, make, privateKey, wholeRequest as request } from "../components/kubernetes/backupRuns";
import { backupChanges, changed } from "./changes";
import { database, namespace, readyPods, withoutBookkeeping } from "./database";

/** All objects that the model makes, the patch last: as those have them who apply them themselves. */
function rendered(of: BackupRequest): KubernetesObject[] {
  const { patch, credentials, monitoring, ...others } = backupObjects(of);
  const signing = signingSecret({ clusterId: of.archive.clusterId, namespace }, privateKey);
  const secrets = credentials === undefined ? [signing] : [signing, credentials];
  return [...Object.values(others).flat(), ...secrets, ...Object.values(monitoring ?? {}), patch] as KubernetesObject[];
}

/** The same as the component hands them to its provider, secrets opened. */
async function captured(): Promise<KubernetesObject[]> {
  const { resources } = await make(everything);
  return resources
    .filter(({ type }) => type.startsWith("kubernetes:"))
    .map(
      ({ inputs }) => JSON.parse(JSON.stringify(inputs), (_key, value: unknown) => opened(value)) as KubernetesObject,
    );
}

function opened(value: unknown): unknown {
  const secret = value as { "4dabf18193072939515e22adb298388d"?: string; value?: unknown } | null;
  return typeof value === "object" && secret?.["4dabf18193072939515e22adb298388d"] !== undefined ? secret.value : value;
}

/** The annotation by which the provider knows who applies the patch: what it is told, not what is meant. */
function withoutProvidersWord({ metadata: { annotations, ...metadata }, ...rest }: KubernetesObject): KubernetesObject {
  const { "pulumi.com/patchFieldManager": manager, ...kept } = annotations ?? {};
  const said = manager === undefined ? annotations : Object.keys(kept).length > 0 ? kept : undefined;
  return { ...rest, metadata: { ...metadata, ...(said === undefined ? {} : { annotations: said }) } };
}

const identity = ({ kind, metadata }: KubernetesObject) => `${kind}/${metadata.name}`;
const versions = (objects: KubernetesObject[]) =>
  objects.map((one) => `${identity(one)} ${one.metadata.uid} ${one.metadata.resourceVersion}`).sort();
const uids = (objects: KubernetesObject[]) => objects.map((one) => `${identity(one)} ${one.metadata.uid}`).sort();

interface Release {
  version: string;
  objects: KubernetesObject[];
}

const releasedFolder = path.join(__dirname, "released");

/** What each release made of this file's request, the oldest first. `RELEASE=0.2.0` in the environment notes today's as that release's. */
function releases(): Release[] {
  const version = process.env["RELEASE"];
  if (version !== undefined) {
    const text = `${JSON.stringify(rendered(request), undefined, 2)}\n`;
    writeFileSync(path.join(releasedFolder, `${version}.json`), text);
  }
  const files = readdirSync(releasedFolder).sort((one, other) => one.localeCompare(other, "en", { numeric: true }));
  return files.map((file) => ({
    version: path.basename(file, ".json"),
    objects: JSON.parse(readFileSync(path.join(releasedFolder, file), "utf8")) as KubernetesObject[],
  }));
}

let plane: ControlPlane;
let before: KubernetesObject;
let wanted: KubernetesObject[];
let warnings: string[];
/** As they were there before those of today took their place. */
const earlier: Release[] = [];

/** The set's rollout, with this test in the place of the kubelet. */
async function rolledOut(): Promise<KubernetesObject[]> {
  return until("all pods are of the set's newest revision", async () => {
    await readyPods(plane);
    const { status } = await plane.get<{ status: Record<string, string> }>("statefulset", "neumann", namespace);
    const pods = await plane.list("pods", namespace, "app=neumann");
    const current = pods.filter(
      ({ metadata }) => metadata.labels?.["controller-revision-hash"] === status["updateRevision"],
    );
    return current.length === 3 ? current : undefined;
  });
}

beforeAll(async () => {
  plane = await startControlPlane({ say: console.error });
  await plane.installCustomKinds();
  await plane.createNamespace(namespace, "restricted");
  await plane.apply(database, { fieldManager: "the-user" });
  await rolledOut();
  before = await plane.get("statefulset", "neumann", namespace);
  wanted = rendered(request);
  for (const release of releases()) {
    const { objects } = await plane.apply(release.objects, { fieldManager });
    earlier.push({ ...release, objects });
  }
  ({ warnings } = await plane.apply(wanted, { fieldManager }));
}, 1_800_000);
afterAll(() => plane.stop());

interface Pod extends KubernetesObject {
  spec: {
    serviceAccountName: string;
    initContainers?: { name: string; restartPolicy?: string }[];
    containers: { name: string; args?: string[]; volumeMounts?: { name: string; mountPath: string }[] }[];
    volumes: { name: string; projected?: object; ephemeral?: object }[];
  };
}

describe("the objects of KubernetesBackups", () => {
  it("are taken under the level `restricted` without a warning, and a second time change nothing", async () => {
    expect(warnings).toEqual([]);
    const first = await plane.apply(wanted, { fieldManager });
    const second = await plane.apply(wanted, { fieldManager });
    expect(second.objects).toHaveLength(wanted.length);
    expect(versions(second.objects)).toEqual(versions(first.objects));
  });

  it("are the same from the component, which change nothing either", async () => {
    const found = await captured();
    expect(found.map(identity).sort()).toEqual(wanted.map(identity).sort());
    const first = await plane.apply(wanted, { fieldManager });
    const second = await plane.apply(found.map(withoutProvidersWord), { fieldManager });
    expect(versions(second.objects)).toEqual(versions(first.objects));
  });

  it.each(jobDuties)("make the job %s when its hour comes, and its pod is admitted", async (duty) => {
    await plane.kubectl(["create", "job", `now-${duty}`, `--from=cronjob/${cronJobName(duty)}`, "-n", namespace]);
    const pod = await until(`the pod of ${duty}`, async () => {
      const [found] = await plane.list<Pod>("pods", namespace, `job-name=now-${duty}`);
      return found;
    });
    expect(pod.metadata.labels).toMatchObject(labelsOf("prod", duty));
    expect(pod.spec.containers[0]?.args?.slice(0, 2)).toEqual(["--config", "/etc/neumann-backup/job.json"]);
    expect(pod.spec.serviceAccountName).toBe(`neumann-backup-${duty === "look" ? "verify" : duty}`);
    expect(pod.spec.volumes.filter(({ projected }) => projected !== undefined)).toEqual([]);
    if (duty !== "rehearsal") return;
    const claim = `${pod.metadata.name}-neumann-backup-scratch`;
    await until("the claim of its scratch volume", () => plane.find("pvc", claim, namespace));
  });

  it("change every pod of the database, one after the other, and each is admitted with all that it needs", async () => {
    const pods = (await rolledOut()) as Pod[];
    for (const { spec } of pods) {
      expect(spec.initContainers?.map(({ name, restartPolicy }) => [name, restartPolicy])).toEqual(
        expect.arrayContaining([
          ["permissions", undefined],
          ["neumann-backup-programs", undefined],
          ["neumann-backup-configure", undefined],
          ["neumann-backup", "Always"],
        ]),
      );
      const server = spec.containers.find(({ name }) => name === "neumann-server");
      expect(server?.volumeMounts?.map(({ mountPath }) => mountPath)).toEqual(
        expect.arrayContaining(["/var/lib/neumann", "/etc/neumann", "/etc/neumann/config.toml", "/neumann-backup"]),
      );
      expect(spec.containers).toHaveLength(1);
    }
  });

  it("let the pods use the one Lease and the jobs nothing at all", async () => {
    const names = { "leases.coordination.k8s.io": ["neumann-backup", "another"], secrets: ["neumann-backup-signing"] };
    const rights = (serviceAccount: string) => plane.rights({ namespace, serviceAccount, names });
    await plane.kubectl(["create", "serviceaccount", "idle", "-n", namespace]);
    const idle = await rights("idle");
    const lease = "leases.coordination.k8s.io/neumann-backup";
    expect((await rights("default")).filter((right) => !idle.includes(right))).toEqual([
      `get ${lease}`,
      `update ${lease}`,
    ]);
    for (const duty of ["offsite", "verify", "prune", "rehearsal"]) {
      expect(await rights(`neumann-backup-${duty}`), duty).toEqual(idle);
    }
    await plane.kubectl(["delete", "serviceaccount", "idle", "-n", namespace]);
  });

  it("take the place of those of every release, and nothing is made anew", async () => {
    expect(earlier.map(({ version }) => version)).toContain("0.1.0");
    const { objects } = await plane.apply(wanted, { fieldManager });
    const now = uids(objects);
    for (const { version, objects: then } of earlier) {
      const kept = uids(then).filter((one) => now.includes(one));
      expect(kept, version).toEqual(uids(then));
    }
  });

  it("of a request that differs in any one argument are taken in the place of the first release's, and nothing is made anew", async () => {
    const [{ version, objects: then }] = earlier as [Release, ...Release[]];
    expect(version).toBe("0.1.0");
    await plane.apply(releases()[0]!.objects, { fieldManager });
    for (const [argument, change] of Object.entries(backupChanges)) {
      const differing = changed(wanted, rendered({ ...request, ...change }));
      expect(differing.map(identity), argument).not.toEqual([]);
      const { objects } = await plane.apply(differing, { fieldManager, dryRun: true });
      const names = objects.map(identity);
      const old = then.filter((one) => names.includes(identity(one)));
      expect(
        uids(objects).filter((one) => uids(old).includes(one)),
        argument,
      ).toEqual(uids(old));
    }
    await plane.apply(wanted, { fieldManager });
  });

  it("of another request take the place of these, and nothing is made anew", async () => {
    const claims = uids(await plane.list("pvc", namespace, "app=neumann"));
    const { objects: old } = await plane.apply(wanted, { fieldManager });
    const next = rendered({
      ...request,
      image: "registry.example.com/neumann-backup:0.2.0",
      databaseImage: "registry.example.com/neumann:1.5.0",
      schedules: { prune: "7 7 * * *", timeZone: "Europe/Berlin", rehearsal: "none" },
      scratch: { size: "80Gi", storageClass: "fast" },
      sidecarResources: { memoryLimit: "2Gi" },
      jobScheduling: {
        nodeSelector: { pool: "backup" },
        tolerations: [{ key: "dedicated", value: "backup", effect: "NoExecute", seconds: 60 }, {}],
        priorityClassName: "low",
      },
      accountAnnotations: { prune: { "eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/prune" } },
    });
    const { objects } = await plane.apply(next, { fieldManager });
    expect(uids(objects)).toEqual(uids(old));
    const set = (found: KubernetesObject) => (found as unknown as { spec: Record<string, unknown> }).spec;
    const now = await plane.get("statefulset", "neumann", namespace);
    expect(now.metadata.uid).toBe(before.metadata.uid);
    expect(set(now)["volumeClaimTemplates"]).toEqual(set(before)["volumeClaimTemplates"]);
    expect(set(now)["podManagementPolicy"]).toBe(set(before)["podManagementPolicy"]);
    expect(uids(await plane.list("pvc", namespace, "app=neumann"))).toEqual(claims);
  });

  it("leave the user's set as it was when the patch is removed, and only volumes when all is deleted", async () => {
    const { metadata, apiVersion, kind } = wanted.at(-1) as KubernetesObject;
    await plane.apply([{ apiVersion, kind, metadata }], { fieldManager });
    const after = await plane.get("statefulset", "neumann", namespace);
    expect(withoutBookkeeping(after)).toEqual(withoutBookkeeping(before));

    const ours = "app.kubernetes.io/name=neumann-backup";
    await plane.delete(wanted.slice(0, -1));
    const kinds = await plane.kubectl(["api-resources", "--verbs=list,delete", "--namespaced", "-o", "name"]);
    const left = await plane.list(kinds.trim().split("\n").join(","), namespace, ours);
    expect(left.map(identity)).toEqual([]);
    expect((await plane.list("pvc", namespace)).map(identity).sort()).toEqual(
      ["data-neumann-0", "data-neumann-1", "data-neumann-2"].map((name) => `PersistentVolumeClaim/${name}`),
    );
  });
});
