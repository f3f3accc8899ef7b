import { readFile } from "node:fs/promises";
import { type IncomingMessage } from "node:http";
import { request } from "node:https";
import path from "node:path";
import { WorldFault } from "../run/errors";

/** What every object of Kubernetes has. */
export interface KubernetesObject {
  metadata: { name: string; namespace?: string; resourceVersion?: string; uid?: string };
}

/** Somebody has changed the object since it was read: read it again. */
export class ObjectChanged extends WorldFault {}

/** Where the API server is, and who this pod is there. */
export interface ApiServer {
  host: string;
  port: string;
  /** Folder of `token`, `ca.crt` and `namespace`. */
  account: string;
}

const timeoutMs = 10_000;
/** So many objects of a list come at once. */
const pageSize = 200;
const longestBytes = 4 * 1024 * 1024;

interface Reply {
  status: number;
  text: string;
}

/**
 * The API server, for the few objects that a pod of ours may read and change. No more is needed, and so no library is
 * (docs/decisions/kubernetes-handover.md). The token is read for each call: the kubelet replaces it.
 */
export class KubernetesApi {
  constructor(private readonly server: ApiServer) {}

  /** The namespace of this pod. */
  async namespace(): Promise<string> {
    return (await this.accountFile("namespace")).trim();
  }

  /**
   * An object by its path, such as `/api/v1/namespaces/neumann/configmaps/x`; undefined where it is not there.
   * @throws WorldFault with what the server says.
   */
  async get<T extends KubernetesObject>(at: string): Promise<T | undefined> {
    const reply = await this.call("GET", at);
    if (reply.status === 404) return undefined;
    return parsed<T>(reply, `GET ${at}`);
  }

  /**
   * Replaces an object as it was read: its `resourceVersion` must still be the newest.
   * @throws ObjectChanged when it is not.
   */
  async update<T extends KubernetesObject>(at: string, object: T): Promise<T> {
    if (object.metadata.resourceVersion === undefined) throw new Error(`${at} is replaced only as it was read`);
    const reply = await this.call("PUT", at, JSON.stringify(object));
    if (reply.status === 409) throw new ObjectChanged(`${at} was changed by somebody else at this moment`);
    return parsed<T>(reply, `PUT ${at}`);
  }

  /**
   * Makes an object below the path of its kind.
   * @throws ObjectChanged when there is one of that name.
   */
  async create<T extends KubernetesObject>(at: string, object: T): Promise<T> {
    const reply = await this.call("POST", at, JSON.stringify(object));
    if (reply.status === 409) throw new ObjectChanged(`${at}/${object.metadata.name} is there already`);
    return parsed<T>(reply, `POST ${at}`, 201);
  }

  /**
   * All objects of a kind that have these labels; undefined where the kind is not known there.
   * @throws WorldFault with what the server says.
   */
  async list<T extends KubernetesObject>(at: string, labels: Record<string, string>): Promise<T[] | undefined> {
    const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const found: T[] = [];
    for (let next: string | undefined = ""; next !== undefined;) {
      const query = new URLSearchParams({ labelSelector: selector.join(","), limit: String(pageSize) });
      if (next !== "") query.set("continue", next);
      const reply: Reply = await this.call("GET", `${at}?${query.toString()}`);
      if (reply.status === 404) return undefined;
      const { items, metadata } = parsed<{ items: T[]; metadata: { continue?: string } }>(reply, `GET ${at}`);
      found.push(...items);
      next = metadata.continue === "" ? undefined : metadata.continue;
    }
    return found;
  }

  /** Deletes the object that has this UID; nothing happens where it is not there, or is another. */
  async delete(at: string, uid: string): Promise<void> {
    const options = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid } };
    const reply = await this.call("DELETE", at, JSON.stringify(options));
    if (reply.status !== 404 && reply.status !== 409) parsed(reply, `DELETE ${at}`, 202);
  }

  private async call(method: string, at: string, body?: string): Promise<Reply> {
    const [token, ca] = await Promise.all([this.accountFile("token"), this.accountFile("ca.crt")]);
    const { host, port } = this.server;
    const headers = {
      accept: "application/json",
      authorization: `Bearer ${token.trim()}`,
      ...(body === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(body) }),
    };
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void =>
        reject(new WorldFault(`the API server ${host}:${port} does not answer ${method} ${at}: ${error.message}`));
      const sent = request({ host, port, method, path: at, ca, headers, agent: false }, (reply) => {
        read(reply).then((text) => resolve({ status: reply.statusCode ?? 0, text }), fail);
      });
      const late = setTimeout(() => sent.destroy(new Error(`no answer in ${timeoutMs / 1000} s`)), timeoutMs);
      sent.on("close", () => clearTimeout(late));
      sent.on("error", fail);
      sent.end(body);
    });
  }

  private async accountFile(name: string): Promise<string> {
    const file = path.join(this.server.account, name);
    return readFile(file, "utf8").catch((error: unknown) => {
      throw new WorldFault(`the service account of this pod cannot be read: ${(error as Error).message}`);
    });
  }
}

/**
 * The API server of the cluster that this runs in.
 * @throws WorldFault where that is none.
 */
export function inCluster(account: string): KubernetesApi {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = process.env;
  if (host && port) return new KubernetesApi({ host, port, account });
  throw new WorldFault("KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this runs in no pod");
}

async function read(reply: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of reply) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > longestBytes) throw new Error("the answer is too long");
  }
  return Buffer.concat(pieces).toString();
}

/** `good`: what the server answers beside 200 where all is well. */
function parsed<T>({ status, text }: Reply, call: string, good = 200): T {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new WorldFault(`the API server answered ${call} with ${status} and no JSON: ${text.slice(0, 200)}`);
  }
  if (status === 200 || status === good) return body as T;
  const { message } = body as { message?: unknown };
  const said = typeof message === "string" ? message : text.slice(0, 200);
  throw new WorldFault(`the API server answered ${call} with ${status}: ${said}`);
}
