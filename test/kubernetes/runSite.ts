import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import path from "node:path";
import { type ControlPlane, startControlPlane } from "../../lab/kubernetes";
import { databaseImage, Kubelet, nodeImage, PodLab, type RunningPod, surroundingsOf } from "../../lab/kubernetes/pods";
import { request, until } from "../../lab/neumann/harness";
import { Store } from "../../lab/store/store";
import { backupObjects, fieldManager, signingSecret } from "../../model/kubernetes/backupObjects";
import { podPaths } from "../../model/kubernetes/pod";
import { resolvePolicy } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { handoverProgram } from "../agent/pods";
import { bundle, filesBelow, must, quickPolicy } from "../agent/support";
import { databaseName, namespace, pods, server, usersObjects } from "./userSet";

const agentName = "registry.example/neumann-backup:1.0";
const apiServer = "kubernetes.default.svc";
const clusterId = "prod";
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface JobObject {
  status: { conditions?: { type: string; status: string }[] };
}

/** A user's cluster on a real control plane, its pods run on this machine, and a store with two buckets. */
export class RunSite {
  private constructor(
    readonly plane: ControlPlane,
    readonly kubelet: Kubelet,
    private readonly lab: PodLab,
    /** The store, and the archive in it as pods reach it. */
    private readonly kept: { store: Store; archive: ArchiveSpec<S3Location> },
  ) {}

  static async open(): Promise<RunSite> {
    const [plane, store] = await Promise.all([startControlPlane({ say }), Store.start(say)]);
    const environment = { KUBERNETES_SERVICE_HOST: apiServer, KUBERNETES_SERVICE_PORT: "443" };
    const surroundings = surroundingsOf(plane, environment);
    const lab = await PodLab.start({ images, surroundings, progress: say });
    const port = (url: string): number => Number(new URL(url).port);
    await lab.network.offer(port(plane.server), `${lab.network.address}:443`);
    lab.name(apiServer, lab.network.address);
    const endpoint = `http://${await lab.network.offer(port(store.endpoint))}`;
    const archive = await makeArchive(store, endpoint);
    await plane.createNamespace(namespace, "restricted");
    return new RunSite(plane, await Kubelet.start(plane, lab), lab, { store, archive });
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
    const privateKey = generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString();
    const signing = signingSecret({ clusterId, namespace }, privateKey);
    const secrets = [signing, ...(made.credentials === undefined ? [] : [made.credentials])];
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

  /** Waits until all pods are of the newest revision and ready. */
  private async rolled(): Promise<void> {
    const words = ["rollout", "status", "statefulset/neumann", "-n", namespace, "--timeout=60s"];
    await this.plane.kubectl(words).catch((error: unknown) => {
      throw new Error(`${(error as Error).message}\n${this.account}`);
    });
  }

  /** All that pods have said: for messages. */
  get account(): string {
    const logs = this.lab.pods.map((pod) => `=== ${pod.name}\n${pod.logs}`);
    return [this.kubelet.complaints, ...logs].join("\n");
  }

  /** A pod of the set that runs. */
  pod(name: string): RunningPod {
    const found = this.kubelet.pod(namespace, name);
    if (found === undefined) throw new Error(`no pod ${name} runs`);
    return found;
  }

  /** The set's pods as a writer uses nodes. */
  get nodes() {
    return pods.map((name) => ({
      spawnAdmin: (args: string[]) => {
        const [program = "", ...words] = this.pod(name).commandIn(server, ["neumann-admin", ...args]);
        return spawn(program, words);
      },
      must: (args: string[], stdin = "") => this.pod(name).must(server, ["neumann-admin", ...args], { stdin }),
    }));
  }

  /** Runs the agent in a pod's sidecar; its result. */
  async agent<T>(pod: string, words: readonly string[]): Promise<T> {
    const config = ["--config", `${podPaths.agent}/agent.json`, "--json"];
    const text = await this.pod(pod).must("neumann-backup", ["neumann-backup", ...config, ...words]);
    return JSON.parse(text.trim().split("\n").at(-1) ?? "{}") as T;
  }

  /** Triggers a CronJob and waits until the controller sees that its Job has succeeded. */
  async runJob(duty: string): Promise<void> {
    const name = `${duty}-by-hand`;
    await this.plane.kubectl(["create", "job", name, "-n", namespace, `--from=cronjob/neumann-backup-${duty}`]);
    const ended = async (): Promise<string | undefined> => {
      const { status } = await this.plane.get<JobObject>("job", name, namespace);
      const last = ["Complete", "Failed"];
      return status.conditions?.find((each) => last.includes(each.type) && each.status === "True")?.type;
    };
    const end = await until(`job ${name} is over`, ended, 90_000).catch((error: unknown) => String(error));
    if (end !== "Complete") throw new Error(`job ${name}: ${end}\n${this.account}`);
  }

  /** Files of a bucket below a folder of the cluster's. */
  stored(bucket: "archive" | "offsite", below: string): string[] {
    return filesBelow(path.join(this.kept.store.folder, "data", bucket, clusterId, below));
  }

  /** What a pod's sidecar tells Prometheus, asked at the pod's address. */
  async metrics(pod: string): Promise<string> {
    const address = await this.lab.reach(this.pod(pod).address, 9190);
    return (await request("GET", `http://${address}/metrics`)).text;
  }

  async close(): Promise<void> {
    await this.kubelet.stop();
    await Promise.all([this.lab.stop(), this.kept.store.stop(), this.plane.stop()]);
  }
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

/** Two buckets of two users, with the markers of a cluster's archive, as the component makes them. */
async function makeArchive(store: Store, endpoint: string): Promise<ArchiveSpec<S3Location>> {
  const [near, away] = [await store.createUser(), await store.createUser()];
  await store.createBucket("archive", near);
  await store.createBucket("offsite", away);
  const place = (bucket: string, credentials: typeof near, at: string): S3Location => {
    return { kind: "s3", bucket, region: store.region, endpoint: at, credentials };
  };
  const own = store.endpoint;
  await must(["archive-create"], { spec: { archive: place("archive", near, own), clusterId, role: "primary" } });
  await must(["archive-create"], { spec: { archive: place("offsite", away, own), clusterId, role: "offsite" } });
  return { ...place("archive", near, endpoint), clusterId, offsite: place("offsite", away, endpoint) };
}
