import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import path from "node:path";
import { stringify } from "smol-toml";
import type { ResolvedPlan } from "../../agent/commands/plan";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import {
  databaseImage,
  Kubelet,
  nodeImage,
  PodLab,
  type RunningPod,
  snapshotDriver,
  SnapshotDriver,
  surroundingsOf,
} from "../../lab/kubernetes/pods";
import { request, until } from "../../lab/neumann/harness";
import { Store, type StoreUser } from "../../lab/store/store";
import { backupObjects, fieldManager, signingSecret } from "../../model/kubernetes/backupObjects";
import { clusterObjects, type ClusterRequest, recordName } from "../../model/kubernetes/clusterObjects";
import { podAddress, podPaths, type PodRecovery } from "../../model/kubernetes/pod";
import { rehearsalLimits, rehearsalNamespace } from "../../model/kubernetes/rehearsalObjects";
import { jobDuties, neverScheduled } from "../../model/kubernetes/request";
import { archiveInPod } from "../../model/kubernetes/settings";
import { resolvePolicy } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import type { PlanSpec } from "../../model/specs";
import { handoverProgram } from "../agent/podContainers";
import { bundle, calm, filesBelow, must, quickPolicy } from "../agent/support";
import { databaseName, namespace, pods, server, usersObjects } from "./userSet";

export const agentName = "registry.example/neumann-backup:1.0";
/** The database's, before an agent writes into it what differs between pods. */
export const clusterConfiguration = stringify({ cluster: { name: "prod" }, ...calm });
const apiServer = "kubernetes.default.svc";
const clusterId = "prod";
/** Namespace and name in the archive of a cluster that comes from no backup. */
export const newcomer = "newcomer";
/** The same of a rehearsal. */
export const rehearsed = "rehearsed";
/** Secret with the keys of a rehearsal. */
const keysName = "neumann-rehearsal-keys";
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** A plan as the agent shows it. */
type ShownPlan = Pick<ResolvedPlan, "plan" | "digest">;

interface JobObject {
  status: { conditions?: { type: string; status: string }[] };
}

/** A user's cluster on a real control plane, its pods run on this machine, and a store with two buckets. */
export class RunSite {
  private constructor(
    readonly plane: ControlPlane,
    readonly kubelet: Kubelet,
    readonly lab: PodLab,
    /** The store, the archive in it as pods reach it, and what takes snapshots of volumes. */
    private readonly kept: { store: Store; archive: ArchiveSpec<S3Location>; own: S3Location; driver?: SnapshotDriver },
  ) {}

  /** `snapshotClass`: the storage takes snapshots of volumes, in a class of this name. */
  static async open({ snapshotClass }: { snapshotClass?: string } = {}): Promise<RunSite> {
    const [plane, store] = await Promise.all([startControlPlane({ say }), Store.start(say)]);
    const environment = { KUBERNETES_SERVICE_HOST: apiServer, KUBERNETES_SERVICE_PORT: "443" };
    const surroundings = surroundingsOf(plane, environment);
    const lab = await PodLab.start({ images, surroundings, progress: say });
    const port = (url: string): number => Number(new URL(url).port);
    await lab.network.offer(port(plane.server), `${lab.network.address}:443`);
    lab.name(apiServer, lab.network.address);
    const endpoint = `http://${await lab.network.offer(port(store.endpoint))}`;
    const archives = await makeArchives(store, endpoint);
    await plane.createNamespace(namespace, "restricted");
    const driver = snapshotClass === undefined ? undefined : await startDriver(plane, lab, snapshotClass);
    return new RunSite(plane, await Kubelet.start(plane, lab), lab, { store, driver, ...archives });
  }

  /** What `KubernetesBackups` makes. */
  private get objects() {
    const policy = resolvePolicy(quickPolicy);
    const { archive } = this.kept;
    return backupObjects({ image: agentName, databaseImage: databaseName, archive, policy, access: { kind: "keys" } });
  }

  /** Applies the user's objects and waits until the database's cluster is whole. */
  async startDatabase(): Promise<void> {
    await this.plane.apply(usersObjects(), { fieldManager: "kubectl" });
    await this.rolled();
  }

  /** Applies everything of the backups, the patch last; the set's pods are made anew one after the other. */
  async applyBackups(): Promise<void> {
    const made = this.objects;
    const secrets = [signing(namespace), ...(made.credentials === undefined ? [] : [made.credentials])];
    const rights = [made.lease, made.role, made.roleBinding, ...made.accounts, ...made.networkPolicies];
    await this.plane.apply([made.settings, ...secrets, ...rights, ...made.cronJobs, made.patch], { fieldManager });
    await this.rolled();
  }

  /** Gives the patch up, as its deletion by Pulumi does. */
  async removePatch(): Promise<void> {
    const { apiVersion, kind, metadata } = this.objects.patch;
    await this.plane.apply([{ apiVersion, kind, metadata }], { fieldManager });
    await this.rolled();
  }

  /**
   * Loses the user's cluster and recovers a backup of it into a namespace of its own, as `KubernetesCluster` does: its
   * objects, from the plan that the agent shows. Ends when the Job that waits for the acceptance has ended well.
   */
  async recover(target: string, request: { backupId: string; recoveryId: string }): Promise<void> {
    const cluster = await this.recovering(target, request);
    await this.plane.kubectl(["delete", "statefulset", "neumann", "-n", namespace, "--wait"]);
    await until("the old pods are gone", () => pods.every((name) => !this.kubelet.pod(namespace, name)), 60_000);
    const waits = await this.applyCluster(cluster, target);
    await this.jobDone(waits?.metadata.name ?? "", target, 240_000);
    await this.rolled(target);
  }

  /**
   * Makes a cluster as `KubernetesCluster` does without a backup: in a namespace, and an archive, of its own. Again with
   * another request it changes what is there.
   */
  async begin(target: string, more: Partial<ClusterRequest> = {}): Promise<void> {
    await this.applyCluster({ ...this.ownIn(target), ...more, own: {} }, target);
    await this.rolled(target);
  }

  /** The plan of a recovery of such a cluster from a snapshot of a volume, as the preview of its component makes it. */
  planVolume(target: string, { backupId, recoveryId }: { backupId: string; recoveryId: string }): Promise<ShownPlan> {
    const spec = this.volumePlan(target, { backupId, recoveryId });
    return this.agent<ShownPlan>("neumann-1", ["plan"], { stdin: JSON.stringify(spec), where: target });
  }

  /** Carries it out, in the same namespace, as the component does. */
  async recoverVolume(target: string, { plan, digest }: ShownPlan, more: Partial<ClusterRequest>): Promise<void> {
    const spec = this.volumePlan(target, { backupId: plan.source.backupId, recoveryId: plan.recoveryId });
    const restoredVolume = plan.source.volume?.name;
    const own = { recovery: this.recoveryIn(target, spec, digest) };
    const waits = await this.applyCluster({ ...this.ownIn(target), ...more, restoredVolume, own }, target);
    await this.jobDone(waits?.metadata.name ?? "", target, 120_000);
    await this.rolled(target);
  }

  private volumePlan(target: string, { backupId, recoveryId }: { backupId: string; recoveryId: string }): PlanSpec {
    const { archive, access } = this.ownIn(target);
    return {
      archive: archiveInPod({ archive, access }),
      restorePoint: `volume-snapshot:${backupId}`,
      kubernetes: { namespace: target },
      recoveryId,
      nodes: pods,
    };
  }

  /** Loses a cluster: its pods with everything on their volumes. */
  async lose(target: string): Promise<void> {
    await this.plane.kubectl(["delete", "statefulset", "neumann", "-n", target, "--wait"]);
    await until("the pods are gone", () => pods.every((name) => !this.kubelet.pod(target, name)), 60_000);
    const claims = pods.map((pod) => `data-${pod}`);
    await this.plane.kubectl(["delete", "pvc", ...claims, "-n", target, "--timeout=60s"]);
    for (const claim of claims) this.lab.wipe(target, claim);
  }

  /**
   * A clone of the cluster in a namespace with the limits of a rehearsal, as `KubernetesCluster` with `rehearsal` makes it: it
   * reads the cluster's archive, and writes another. Asked for its plan is a pod of a cluster that runs.
   */
  async rehearse(target: string, request: { backupId: string; recoveryId: string; asked: string }): Promise<void> {
    const { backupId, recoveryId, asked } = request;
    const limits = { clusterId, quota: { storage: "3Gi", pods: 5 } };
    const quota = rehearsalLimits(limits, target);
    const { metadata, ...rest } = rehearsalNamespace(limits);
    await this.plane.apply([{ ...rest, metadata: { ...metadata, name: target } }], { fieldManager });
    await this.plane.apply([...Object.values(quota), this.keysOf(target)], { fieldManager });
    const { offsite, ...near } = this.kept.archive;
    void offsite;
    // Keys of a machine that may open both, as whoever runs a rehearsal has them.
    const here = {
      archive: { ...this.kept.own, clusterId: target },
      cloneOf: near,
      restorePoint: `backup:${backupId}`,
      recoveryId,
      nodes: pods,
    };
    const asking = { stdin: JSON.stringify(here), where: asked };
    const { digest } = await this.agent<{ digest: string }>("neumann-0", ["plan"], asking);
    const access = { kind: "secret" as const, name: keysName };
    const archive = { ...here.archive, credentials: { profile: "own" } };
    const plan = {
      ...here,
      archive: archiveInPod({ archive, access }),
      cloneOf: archiveInPod({ archive: { ...near, credentials: { profile: "source" } }, access }),
    };
    const schedules = Object.fromEntries(jobDuties.map((duty) => [duty, neverScheduled]));
    const own = { recovery: this.recoveryIn(target, plan, digest) };
    const waits = await this.applyObjects({ ...this.clusterIn(target), archive, access, schedules, own }, target);
    await this.jobDone(waits?.metadata.name ?? "", target, 240_000);
    await this.rolled(target);
  }

  /** A Secret as a user makes it for a rehearsal. */
  private keysOf(where: string) {
    const section = (name: string, { credentials = {} }: S3Location) =>
      `[${name}]\naws_access_key_id = ${credentials.accessKeyId}\naws_secret_access_key = ${credentials.secretAccessKey}\n`;
    const credentials = `${section("own", this.kept.own)}${section("source", this.kept.archive)}`;
    return {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: keysName, namespace: where },
      stringData: { credentials },
    };
  }

  private recoveryIn(target: string, plan: PlanSpec, planDigest: string): PodRecovery {
    const domain = `.neumann-headless.${target}.svc.cluster.local`;
    const members = pods.map((id) => ({ id, address: podAddress(id, domain) }));
    return { plan, planDigest, clusterName: "prod", members, record: recordName(plan.recoveryId) };
  }

  private async applyCluster(cluster: ClusterRequest, target: string) {
    await this.plane.createNamespace(target, "restricted");
    return this.applyObjects(cluster, target);
  }

  private async applyObjects(cluster: ClusterRequest, target: string) {
    const { backups, statefulSet, awaitRecovery, ...surroundings } = clusterObjects(cluster);
    const objects = [...Object.values(surroundings), ...Object.values(backups)].flat();
    const there = [...objects, signing(target), statefulSet, awaitRecovery].filter((each) => each !== undefined);
    await this.plane.apply(there, { fieldManager });
    return awaitRecovery;
  }

  private ownIn(target: string): Omit<ClusterRequest, "own"> {
    return { ...this.clusterIn(target), archive: { ...this.kept.archive, clusterId: target } };
  }

  private clusterIn(target: string): Omit<ClusterRequest, "own"> {
    return {
      image: agentName,
      databaseImage: databaseName,
      archive: this.kept.archive,
      access: { kind: "keys" },
      policy: resolvePolicy(quickPolicy),
      namespace: target,
      configuration: clusterConfiguration,
      storage: { size: "1Gi" },
    };
  }

  private async recovering(
    target: string,
    { backupId, recoveryId }: { backupId: string; recoveryId: string },
  ): Promise<ClusterRequest> {
    const { archive } = this.kept;
    const access = { kind: "keys" as const };
    const plan = {
      archive: archiveInPod({ archive, access }),
      restorePoint: `backup:${backupId}`,
      recoveryId,
      nodes: pods,
    };
    const { digest } = await this.agent<{ digest: string }>("neumann-0", ["plan"], { stdin: JSON.stringify(plan) });
    return { ...this.clusterIn(target), own: { recovery: this.recoveryIn(target, plan, digest) } };
  }

  /** Waits until all pods are of the newest revision and ready. */
  async rolled(where = namespace): Promise<void> {
    const words = ["rollout", "status", "statefulset/neumann", "-n", where, "--timeout=60s"];
    await this.plane.kubectl(words).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${this.account}`);
    });
  }

  /** All that pods have said: for messages. */
  get account(): string {
    const logs = this.lab.pods.map((pod) => `=== ${pod.name}\n${pod.logs}`);
    return [this.kubelet.complaints, this.kept.driver?.complaints, ...logs].join("\n");
  }

  /** A pod of the set that runs. */
  pod(name: string, where = namespace): RunningPod {
    const found = this.kubelet.pod(where, name);
    if (found === undefined) throw new Error(`no pod ${name} runs in ${where}`);
    return found;
  }

  /** The user's pods as a writer uses nodes. */
  get nodes() {
    return this.nodesIn(namespace);
  }

  nodesIn(where: string) {
    return pods.map((name) => ({
      spawnAdmin: (args: string[]) => {
        const [program = "", ...words] = this.pod(name, where).commandIn(server, ["neumann-admin", ...args]);
        return spawn(program, words);
      },
      must: (args: string[], stdin = "") => this.pod(name, where).must(server, ["neumann-admin", ...args], { stdin }),
    }));
  }

  /** Runs the agent in a pod's sidecar; its result. */
  async agent<T>(
    pod: string,
    words: readonly string[],
    { stdin = "", where = namespace }: { stdin?: string; where?: string } = {},
  ): Promise<T> {
    const config = ["--config", `${podPaths.agent}/agent.json`, "--json"];
    const text = await this.pod(pod, where).must("neumann-backup", ["neumann-backup", ...config, ...words], { stdin });
    return JSON.parse(text.trim().split("\n").at(-1) ?? "{}") as T;
  }

  /** Loses the volume of a set's pod, and the pod with it; the controller makes another one, which finds it empty. */
  async loseVolume(pod: string, where: string): Promise<void> {
    const { uid } = (await this.plane.get<{ metadata: { uid: string } }>("pod", pod, where)).metadata;
    this.lab.wipe(where, `data-${pod}`);
    await this.plane.kubectl(["delete", "pod", pod, "-n", where]);
    await until("another pod in its place", async () => {
      const found = await this.plane.get<{ metadata: { uid: string } }>("pod", pod, where).catch(() => undefined);
      return found !== undefined && found.metadata.uid !== uid && this.kubelet.pod(where, pod) !== undefined;
    });
  }

  /** Triggers a CronJob and waits until the controller sees that its Job has succeeded. */
  async runJob(duty: string): Promise<void> {
    const name = `${duty}-by-hand`;
    await this.plane.kubectl(["create", "job", name, "-n", namespace, `--from=cronjob/neumann-backup-${duty}`]);
    await this.jobDone(name, namespace, 90_000);
  }

  private async jobDone(name: string, where: string, ms: number): Promise<void> {
    const ended = async (): Promise<string | undefined> => {
      const { status } = await this.plane.get<JobObject>("job", name, where);
      const last = ["Complete", "Failed"];
      return status.conditions?.find((each) => last.includes(each.type) && each.status === "True")?.type;
    };
    const end = await until(`job ${name} is over`, ended, ms).catch((error: unknown) => String(error));
    if (end !== "Complete") throw new Error(`job ${name}: ${end}\n${this.account}`);
  }

  /** Makes buckets that one user has; where they are for pods, and that user's keys. */
  async makeBuckets<N extends string>(...names: N[]): Promise<{ places: Record<N, string>; keys: StoreUser }> {
    const { store, archive } = this.kept;
    const keys = await store.createUser();
    for (const name of names) await store.createBucket(name, keys);
    const query = `region=${store.region}&endpoint=${encodeURIComponent(archive.endpoint ?? "")}`;
    const places = Object.fromEntries(names.map((name) => [name, `s3://${name}?${query}`])) as Record<N, string>;
    return { places, keys };
  }

  /** The folder that holds a bucket's objects as files. */
  bucketFolder(bucket: string): string {
    return path.join(this.kept.store.folder, "data", bucket);
  }

  /** Files of a bucket below a folder of a cluster's. */
  stored(bucket: string, below: string, cluster = clusterId): string[] {
    return filesBelow(path.join(this.bucketFolder(bucket), cluster, below));
  }

  /** What a pod's sidecar tells Prometheus, asked at the pod's address. */
  async metrics(pod: string): Promise<string> {
    const address = await this.lab.reach(this.pod(pod).address, 9190);
    return (await request("GET", `http://${address}/metrics`)).text;
  }

  async close(): Promise<void> {
    await this.kept.driver?.stop();
    await this.kubelet.stop();
    await Promise.all([this.lab.stop(), this.kept.store.stop(), this.plane.stop()]);
  }
}

async function startDriver(plane: ControlPlane, lab: PodLab, name: string): Promise<SnapshotDriver> {
  await plane.installCustomKinds();
  const apiVersion = "snapshot.storage.k8s.io/v1";
  const kind = "VolumeSnapshotClass";
  const made = { apiVersion, kind, metadata: { name }, driver: snapshotDriver, deletionPolicy: "Delete" };
  await plane.apply([made], { fieldManager: "lab" });
  return SnapshotDriver.start(plane, lab);
}

/** The agent's image as its Containerfile lays it out, and the database's. */
function images(folder: string) {
  const at = "/usr/local/lib/neumann-backup";
  const launcher = path.join(__dirname, "../../image/neumann-backup.sh");
  const files = [
    { path: "/usr/local/bin/neumann-backup", from: launcher, mode: 0o755 },
    { path: `${at}/neumann-backup.cjs`, from: bundle().program },
    { path: `${at}/${path.basename(podPaths.handover)}`, from: handoverProgram(), mode: 0o755 },
  ];
  return {
    [agentName]: nodeImage(path.join(folder, "agent"), files, ["/usr/local/bin/neumann-backup"]),
    [databaseName]: databaseImage(path.join(folder, "database")),
  };
}

function signing(where: string) {
  const privateKey = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return signingSecret({ clusterId, namespace: where }, privateKey);
}

/** Buckets of a user each, with the markers of a cluster's archive, as the component makes them; `own` is of a rehearsal. */
async function makeArchives(store: Store, endpoint: string) {
  const place = async (bucket: string): Promise<S3Location> => {
    const credentials = await store.createUser();
    await store.createBucket(bucket, credentials);
    return { kind: "s3", bucket, region: store.region, endpoint, credentials };
  };
  const mark = (archive: S3Location, id: string, role: string) =>
    must(["archive-create"], { spec: { archive: { ...archive, endpoint: store.endpoint }, clusterId: id, role } });
  const [near, offsite, own] = [await place("archive"), await place("offsite"), await place("rehearsals")];
  for (const id of [clusterId, newcomer]) {
    await mark(near, id, "primary");
    await mark(offsite, id, "offsite");
  }
  await mark(own, rehearsed, "primary");
  return { archive: { ...near, clusterId, offsite }, own };
}
