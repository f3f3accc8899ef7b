import http from "node:http";
import https from "node:https";
import { AwsV4Signer } from "aws4fetch";
import type { S3Location } from "../../../model/s3Location";
import { WorldFault } from "../../run/errors";
import { readAuthorities } from "./authorities";
import type { KeySource } from "./credentials";
import {
  type Asked,
  faultOf,
  frozenFault,
  isExpired,
  isReset,
  networkFault,
  type Refusal,
  thawRequest,
} from "./faults";
import { lockHeaders } from "./meta";
import { text, whole } from "./xml";

/** One request for an object, or for the bucket where `key` is absent. */
export interface S3Request {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: { content: Buffer; sha256: string };
  /** Locked as the archive's reference says. */
  locked?: boolean;
}

export interface S3Response {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: http.IncomingMessage;
  /** S3's name of the refusal, where it is one that the caller judges. */
  code?: string;
}

interface Signed {
  url: URL;
  headers: Record<string, string>;
}

/** SHA-256 of nothing: what requests without a body are signed with. */
const emptySha256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** A connection on which nothing moves for so long is given up. */
const silenceMs = 30_000;

/** A connection that nobody uses is closed: whoever stays, as a pod's sidecar does, would keep one of every look for ever. */
export const idleMs = 5000;

/** Requests that say how long their body is, also where there is none. */
const bodied: readonly string[] = ["PUT", "POST"];

/** Answers that say that it was done. */
const done = [200, 202, 204, 206];
/** Answers that the callers decide on: the rest is a fault. */
const answers = [200, 206, 404, 409, 412];

/**
 * Signed requests over node's own HTTP, without the SDK: `wal-push` is a process for each segment, and loading the SDK
 * would double its time. A signer of a library, because mistakes in signing are subtle.
 */
export class S3Http {
  private readonly base: URL;
  private agent: Promise<http.Agent> | undefined;
  /** Milliseconds that the store's clock is ahead: a signature of another time is refused. */
  private ahead = 0;
  /** The same by its last answer, to the second; undefined before the first one. */
  private aheadSeen: number | undefined;

  constructor(
    private readonly location: S3Location,
    private readonly keys: KeySource,
  ) {
    this.base = new URL(baseUrl(location));
  }

  /** For messages. */
  get host(): string {
    return this.base.host;
  }

  asked(method: string, key?: string): Asked {
    return { location: this.location, method, key };
  }

  /**
   * Sends it once. Answers 404, 409 and 412 are the caller's to judge, but for a bucket that is missing.
   * @throws Transient or WorldFault; a PUT's connection that was reset as it is.
   */
  async send(request: S3Request): Promise<S3Response> {
    const response = await this.exchange(request);
    if (answers.includes(response.status) && request.method === "HEAD") return response;
    if (done.includes(response.status)) return response;
    const refusal = await this.refusalOf(request, response);
    if (isExpired(refusal)) this.keys.forget?.();
    if (answers.includes(response.status) && refusal.code !== "NoSuchBucket")
      return { ...response, code: refusal.code };
    if (refusal.code === "InvalidObjectState") throw frozenFault(this.asked(nameOf(request), request.key), refusal);
    if (response.status === 403) return this.forbidden(request, response, refusal);
    throw faultOf(refusal, this.asked(nameOf(request), request.key));
  }

  /** An answer to HEAD has no text; of keys that expired it says no more than 400, and a listing why. */
  private async refusalOf({ method, key }: S3Request, response: S3Response): Promise<Refusal> {
    const refusal = await readRefusal(response);
    if (method !== "HEAD" || response.status !== 400) return refusal;
    const said = await readRefusal(await this.exchange({ method: "GET", query: listingOf(key ?? "") }));
    return isExpired(said) ? said : refusal;
  }

  /** Answers to HEAD do not say why: it may be the clock, or that there is nothing. */
  private async forbidden(request: S3Request, response: S3Response, refusal: Refusal): Promise<S3Response> {
    if (this.follow(response)) return this.send(request);
    if (await this.hasNone(request)) return { ...response, status: 404 };
    throw faultOf(refusal, this.asked(nameOf(request), request.key));
  }

  /**
   * The text of a small answer.
   * @throws Transient when the connection ends before it: nothing is concluded from half of it.
   */
  async read(response: S3Response, asked = this.asked("GET")): Promise<string> {
    try {
      return (await readAll(response.body)).toString();
    } catch (error) {
      throw networkFault(error, asked, this.host);
    }
  }

  /** The store's time, from any answer. */
  async date(): Promise<Date> {
    const { headers, body, status } = await this.exchange({ method: "HEAD" });
    body.resume();
    const at = Date.parse(headers.date ?? "");
    if (status >= 500 || Number.isNaN(at)) throw faultOf({ status, message: "no time of day" }, this.asked("HEAD"));
    return new Date(at);
  }

  /** The time by which a lock ends: the store's, for a host's clock that is years ahead would lock for years. */
  async storeTime(): Promise<Date> {
    if (this.aheadSeen === undefined) await this.date();
    return new Date(Date.now() + (this.aheadSeen ?? 0));
  }

  /** The authorities that sign the store's certificate; undefined: those that Node knows. */
  async authorities(): Promise<string | undefined> {
    const { caFile } = this.location;
    return caFile === undefined ? undefined : readAuthorities(caFile);
  }

  /**
   * Whether a listing shows that there is no such object. AWS says of a missing one that it is forbidden unless the whole
   * bucket may be listed, and rights for one prefix (`s3:prefix`) are none for the whole.
   */
  private async hasNone({ method, key, query }: S3Request): Promise<boolean> {
    if (key === undefined || !["GET", "HEAD"].includes(method) || query?.versionId !== undefined) return false;
    const response = await this.send({ method: "GET", query: listingOf(key) }).catch((error: unknown) => {
      if (error instanceof WorldFault) return undefined; // Nor may it list.
      throw error;
    });
    if (response?.status !== 200) return false;
    return text(whole(await this.read(response), "ListBucketResult"), "Key") !== key;
  }

  /** Takes the store's clock for signing; false when that would change nothing. */
  private follow({ headers }: S3Response): boolean {
    const ahead = Date.parse(headers.date ?? "") - Date.now();
    if (Number.isNaN(ahead) || Math.abs(ahead - this.ahead) < 60_000) return false;
    this.ahead = ahead;
    return true;
  }

  private async exchange(request: S3Request): Promise<S3Response> {
    const { method, body, key } = request;
    const { url, headers } = await this.signed(request);
    const agent = await (this.agent ??= this.connections());
    try {
      const response = await this.transfer(url, { method, headers, content: body?.content, agent });
      const at = Date.parse(response.headers.date ?? "");
      if (!Number.isNaN(at)) this.aheadSeen = at - Date.now();
      return response;
    } catch (error) {
      if (method === "PUT" && isReset(error)) throw error;
      throw networkFault(error, this.asked(nameOf(request), key), url.host);
    }
  }

  private async connections(): Promise<http.Agent> {
    const options = { keepAlive: true, maxSockets: 16, timeout: idleMs };
    if (this.base.protocol !== "https:") return new http.Agent(options);
    return new https.Agent({ ...options, ca: await this.authorities() });
  }

  private async lock(): Promise<Record<string, string>> {
    const { objectLock } = this.location;
    return objectLock === undefined ? {} : lockHeaders(objectLock, await this.storeTime());
  }

  private async signed({ method, key, query = {}, headers, body, locked }: S3Request): Promise<Signed> {
    const url = new URL(this.base);
    if (key !== undefined) url.pathname = `${url.pathname.replace(/\/$/, "")}/${key}`;
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    const lock = locked === true ? await this.lock() : {};
    const { accessKeyId, secretAccessKey, sessionToken } = await this.keys();
    const signer = new AwsV4Signer({
      method,
      url: url.href,
      headers: { ...headers, ...lock, "x-amz-content-sha256": body?.sha256 ?? emptySha256 },
      service: "s3",
      region: this.location.region,
      datetime: new Date(Date.now() + this.ahead).toISOString().replace(/[:-]|\.\d{3}/g, ""),
      accessKeyId,
      secretAccessKey,
      sessionToken,
    });
    const signed = await signer.sign();
    const sent = Object.fromEntries(signed.headers);
    if (bodied.includes(method)) sent["content-length"] = String(body?.content.length ?? 0);
    return { url: signed.url, headers: sent };
  }

  private transfer(
    url: URL,
    {
      method,
      headers,
      content,
      agent,
    }: { method: string; headers: Signed["headers"]; content?: Buffer; agent: http.Agent },
  ): Promise<S3Response> {
    const client = url.protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const request = client.request(url, { method, headers, agent, timeout: silenceMs });
      request.once("response", (body) => resolve({ status: body.statusCode ?? 0, headers: body.headers, body }));
      request.once("timeout", () => {
        request.destroy(Object.assign(new Error(`silent for ${silenceMs / 1000} s`), { code: "ETIMEDOUT" }));
      });
      // A store may answer and close while the body is still on its way: then the answer counts.
      request.on("error", reject);
      request.end(content);
    });
  }
}

/** What begins with the key comes behind the key itself. */
function listingOf(key: string): Record<string, string> {
  return { "list-type": "2", prefix: key, "max-keys": "1" };
}

/** For messages. */
function nameOf({ method, query }: S3Request): string {
  return query?.restore === undefined ? method : thawRequest;
}

/** Where the bucket's objects are. */
function baseUrl({ bucket, region, endpoint, forcePathStyle }: S3Location): string {
  const domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
  const service = new URL(endpoint ?? `https://s3.${region}.${domain}`);
  // A name with dots has no valid certificate as a host's name.
  if (forcePathStyle ?? (endpoint !== undefined || bucket.includes("."))) return `${service.origin}/${bucket}`;
  return `${service.protocol}//${bucket}.${service.host}/`;
}

async function readRefusal({ status, headers, body }: S3Response): Promise<Refusal> {
  const xml = (await readAll(body).catch(() => Buffer.alloc(0))).subarray(0, 65_536).toString();
  const region = headers["x-amz-bucket-region"];
  return {
    status,
    code: text(xml, "Code"),
    message: text(xml, "Message"),
    region: typeof region === "string" ? region : text(xml, "Region"),
    storageClass: text(xml, "StorageClass"),
  };
}

async function readAll(body: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
