import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { account, run } from "../toolchain/run";
import { callApi, type ApiAnswer, type ApiCall } from "./api";
import { controlPlanePrograms } from "./programs";
import { rightsOf, type RightsQuestion } from "./rights";
import { startServers, type Servers } from "./servers";

/** An object of the API, as much of it as all have. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

/** An object's metadata, as far as it is read here. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  /** Counts the changes of what is wanted, where a kind has a status beside it. */
  generation?: number;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  managedFields?: { manager: string; operation: string }[];
  ownerReferences?: { kind: string; name: string; uid: string }[];
}

/** Who applies, and whether against another's will. */
export interface ApplyOptions {
  /** The field manager. */
  fieldManager: string;
  /** Takes over fields that another manager has. @default false: a conflict is an error that names both */
  force?: boolean;
  /** The server does all but keep it. @default false */
  dryRun?: boolean;
}

/** What an apply made of the objects, in their order. */
export interface Applied {
  objects: KubernetesObject[];
  /** What the server warns of, such as a template of a pod that the namespace's security level would warn about. */
  warnings: string[];
}

/** How kubectl is called. */
export interface KubectlOptions {
  /** What it reads. @default nothing */
  stdin?: string;
  /** Whose call it is. @default one who may do everything */
  token?: string;
}

/** How a control plane is started. */
export interface ControlPlaneOptions {
  /** Told what is built, the first time. @default nobody */
  say?: (line: string) => void;
  /** Its folder is made below this one. @default the system's folder for temporary files */
  parent?: string;
}

/**
 * Kubernetes without nodes: a real API server with RBAC and the admission of pods by security level, the controllers that
 * make Jobs of CronJobs and pods of Jobs and StatefulSets, and etcd. No pod is ever started, no volume made. Several may
 * run at once; all is gone when it is stopped, or when the process that started it is.
 */
export class ControlPlane {
  private constructor(
    /** Its logs and its store. */
    readonly folder: string,
    private readonly servers: Servers,
    private readonly program: string,
  ) {}

  static async start({ say = () => undefined, parent = os.tmpdir() }: ControlPlaneOptions): Promise<ControlPlane> {
    const programs = await controlPlanePrograms(say);
    const folder = mkdtempSync(path.join(parent, "lab-kubernetes-"));
    try {
      return new ControlPlane(folder, await startServers(programs, folder), programs.kubectl);
    } catch (error) {
      rmSync(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** `https://127.0.0.1:PORT`. */
  get server(): string {
    return this.servers.server;
  }

  /** The certificate that vouches for the server, in PEM. */
  get authority(): string {
    return this.servers.authority;
  }

  /** Of one who may do everything. */
  get token(): string {
    return this.servers.token;
  }

  /** A file for kubectl and other clients, with the token of one who may do everything. */
  get kubeconfig(): string {
    return this.servers.kubeconfig;
  }

  /** Runs kubectl; resolves to its standard output. Rejects, with what it said, where it does not end with code 0. */
  async kubectl(args: readonly string[], options: KubectlOptions = {}): Promise<string> {
    return (await this.kubectlStreams(args, options)).stdout;
  }

  /** One call to the API without kubectl, by one who may do everything unless a token says otherwise. */
  call(call: Omit<ApiCall, "token"> & { token?: string }): Promise<ApiAnswer> {
    return callApi(this.servers, { token: this.token, ...call });
  }

  /**
   * Applies objects on the server, which refuses fields that it does not know. Objects without a namespace go to
   * `default`, or to the cluster.
   */
  async apply(
    objects: readonly object[],
    { fieldManager, force = false, dryRun = false }: ApplyOptions,
  ): Promise<Applied> {
    if (objects.length === 0) return { objects: [], warnings: [] };
    const words = ["apply", "--server-side", "--validate=strict", `--field-manager=${fieldManager}`];
    const forced = [...(force ? ["--force-conflicts"] : []), ...(dryRun ? ["--dry-run=server"] : [])];
    const stdin = documents(objects);
    const { stdout, stderr } = await this.kubectlStreams([...words, ...forced, "-o", "json", "-f", "-"], { stdin });
    const warnings = stderr.split("\n").filter((line) => line.startsWith("Warning: "));
    return { objects: listed(stdout), warnings: warnings.map((line) => line.slice("Warning: ".length)) };
  }

  /** The named object; undefined where there is none. `kind` as kubectl takes it: `cronjob`, `podmonitors.monitoring.coreos.com`. */
  async find<T = KubernetesObject>(kind: string, name: string, namespace?: string): Promise<T | undefined> {
    const words = ["get", kind, name, ...inNamespace(namespace), "--ignore-not-found", "-o", "json"];
    const text = await this.kubectl(words);
    return text === "" ? undefined : (JSON.parse(text) as T);
  }

  /** The named object; rejects where there is none. */
  async get<T = KubernetesObject>(kind: string, name: string, namespace?: string): Promise<T> {
    return JSON.parse(await this.kubectl(["get", kind, name, ...inNamespace(namespace), "-o", "json"])) as T;
  }

  /** All objects of the kinds (separated by commas) in a namespace, or in the cluster. */
  async list<T = KubernetesObject>(kinds: string, namespace?: string, selector?: string): Promise<T[]> {
    const chosen = selector === undefined ? [] : ["-l", selector];
    return listed<T>(await this.kubectl(["get", kinds, ...inNamespace(namespace), ...chosen, "-o", "json"]));
  }

  /**
   * Deletes objects and waits until they, and what belongs to them, are gone: half a minute where their kind was
   * installed just now.
   */
  async delete(objects: readonly object[]): Promise<void> {
    const stdin = documents(objects);
    await this.kubectl(["delete", "--cascade=foreground", "--timeout=60s", "-f", "-"], { stdin });
  }

  /**
   * Makes a namespace.
   *
   * @param level what pods must keep to; templates of pods that do not are warned of. Default: everything goes
   */
  async createNamespace(name: string, level?: "baseline" | "restricted"): Promise<void> {
    const security = "pod-security.kubernetes.io";
    const labels = level === undefined ? {} : { [`${security}/enforce`]: level, [`${security}/warn`]: level };
    const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
    await this.apply([namespace], { fieldManager: "lab" });
    await this.kubectl(["wait", "--for=create", "--timeout=60s", "-n", name, "serviceaccount/default"]);
  }

  /** The kinds that a cluster has only where the Prometheus operator, or snapshots of volumes, are installed. */
  async installCustomKinds(): Promise<void> {
    const folder = path.join(__dirname, "crds");
    await this.kubectl(["apply", "--server-side", "--validate=strict", "-f", folder]);
    await this.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", folder]);
  }

  /** A token as a pod of that service account gets one, for an hour. */
  async createToken(namespace: string, serviceAccount: string): Promise<string> {
    return (await this.kubectl(["create", "token", serviceAccount, "-n", namespace])).trim();
  }

  /**
   * All that a service account may do in a namespace: each verb with each kind that the server knows, by the question that
   * `kubectl auth can-i` asks, in lines such as `get leases.coordination.k8s.io/neumann-backup`, sorted.
   */
  rights(question: RightsQuestion): Promise<string[]> {
    return rightsOf((call) => this.call(call), question);
  }

  /** What a program wrote, for a message about what went wrong. */
  log(program: "etcd" | "kube-apiserver" | "kube-controller-manager"): string {
    return readFileSync(path.join(this.folder, `${program}.log`), "utf8");
  }

  /** Ends all programs and removes what they held. */
  async stop(): Promise<void> {
    await this.servers.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async kubectlStreams(
    args: readonly string[],
    { stdin, token }: KubectlOptions,
  ): Promise<{ stdout: string; stderr: string }> {
    const cache = path.join(this.folder, "kubectl");
    const who = token === undefined ? ["--kubeconfig", this.kubeconfig] : this.words(token);
    const env = { ...process.env, KUBECONFIG: path.join(this.folder, "none") };
    const all = [...who, "--cache-dir", cache, ...args];
    const result = await run(this.program, all, { env, stdin, timeoutSeconds: 120 });
    if (result.code !== 0) throw new Error(`kubectl ${args.join(" ")} ${account(result, 40)}`);
    return result;
  }

  /** Without the administrator's file, whose token would win. */
  private words(token: string): string[] {
    const authority = path.join(this.folder, "certificates", "apiserver.crt");
    return ["--server", this.server, "--certificate-authority", authority, "--token", token];
  }
}

/** Starts one; the programs are built the first time. */
export function startControlPlane(options: ControlPlaneOptions = {}): Promise<ControlPlane> {
  return ControlPlane.start(options);
}

/** One after the other: as a list kubectl itself would check them, with messages of its own. */
function documents(objects: readonly object[]): string {
  return objects.map((object) => JSON.stringify(object)).join("\n---\n");
}

function inNamespace(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ["-n", namespace];
}

/** kubectl writes a list for several and the object itself for one. */
function listed<T = KubernetesObject>(text: string): T[] {
  const parsed = JSON.parse(text) as { kind: string; items?: T[] };
  return parsed.kind === "List" && parsed.items !== undefined ? parsed.items : [parsed as T];
}
