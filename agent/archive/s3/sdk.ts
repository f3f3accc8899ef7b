import { createHash, randomBytes } from "node:crypto";
import https from "node:https";
import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  S3Client,
  type S3ClientConfig,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import type { S3Location } from "../../../model/s3Location";
import { WorldFault } from "../../run/errors";
import { metaSuffix, type PutResult } from "../archive";
import type { Keys, KeySource } from "./credentials";
import { faultOf, isExpired, isReset, networkFault } from "./faults";
import { lockedUntil, type Meta, metadata, type Present } from "./meta";
import { mostParts } from "./parts";
import { isExplained, type Patience, retrying, Transient } from "./retry";

// Its releases of 2027 need Node 22, and it says so on standard error on every start.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= "true";

/** What a client needs to reach its store. */
export interface Connection {
  keys: KeySource;
  /** Certificates of the authorities, in PEM; undefined: those that Node knows. */
  authorities?: string;
}

function clientFor(location: S3Location, connection?: Connection): S3Client {
  const { region, endpoint, forcePathStyle, credentials, bucket } = location;
  const config: S3ClientConfig = {
    region,
    endpoint,
    forcePathStyle: forcePathStyle ?? (endpoint !== undefined || bucket.includes(".")),
    maxAttempts: 1, // Tries are counted here, for all requests alike.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 10_000,
      socketTimeout: 30_000,
      requestTimeout: 120_000,
      ...(connection?.authorities === undefined
        ? {}
        : { httpsAgent: new https.Agent({ keepAlive: true, maxSockets: 50, ca: connection.authorities }) }),
    },
    ...(connection === undefined ? chainOf(credentials?.profile) : { credentials: askedEachTime(connection.keys) }),
  };
  return new S3Client(config);
}

/** The client hands this to its chain, which else reads the user's files once and never again. */
function chainOf(profile: string | undefined): { profile?: string; ignoreCache: true } {
  return { profile, ignoreCache: true };
}

/** A client keeps keys without an end for ever: what was forgotten here would live on there. */
function askedEachTime(keys: KeySource): () => Promise<Keys> {
  return async () => ({ ...(await keys()), expiration: new Date(0) });
}

/** Keys by the SDK's own chain: the user's files, a web identity, the container's or machine's role. */
export async function chainKeys(location: S3Location): Promise<Keys> {
  const client = clientFor(location);
  try {
    return await client.config.credentials();
  } catch (error) {
    throw new WorldFault(
      `no credentials for s3://${location.bucket} were found: ${(error as Error).message}. Give the archive credentials, best as a file, or this host a role.`,
    );
  } finally {
    client.destroy();
  }
}

/** What an upload needs of its archive. */
export interface UploadWork {
  /** The store's time: what a lock is counted from. */
  now: Date;
  begin: Buffer[];
  rest: AsyncGenerator<Buffer, undefined>;
  /** Stores the hash beside the object, create-only, under a name that nobody else uses. */
  claim(name: string, meta: Meta): Promise<unknown>;
  look(): Promise<Present | undefined>;
  /** @throws Conflict */
  compare(there: Present, meta: Meta): Promise<void>;
}

const partsInFlight = 4;

/**
 * A stream of unknown length, in parts, each with its own checksum. Its hash is known only at the end, but metadata has
 * to be given at the beginning: so the metadata names an object beside it, and that is stored before the upload is
 * completed. The object thus appears with its hash, and a death before leaves the key free.
 */
export class Upload {
  private readonly client: S3Client;

  constructor(
    private readonly location: S3Location,
    private readonly connection: Connection,
    private readonly patience: Patience,
  ) {
    this.client = clientFor(location, connection);
  }

  async store(at: string, work: UploadWork): Promise<PutResult> {
    const sha256In = `${at.slice(at.lastIndexOf("/") + 1)}.${randomBytes(6).toString("hex")}${metaSuffix}`;
    const id = await this.create(at, sha256In, work.now);
    let done = false;
    try {
      const { parts, meta } = await this.send(at, id, work);
      await work.claim(sha256In, meta);
      const created = await this.complete(at, id, { parts, work, meta, sha256In });
      done = created;
      return { created, ...meta };
    } finally {
      if (!done) await this.abort(at, id);
      this.client.destroy();
    }
  }

  private create(at: string, sha256In: string, now: Date): Promise<string> {
    const { bucket, encryption, objectLock } = this.location;
    const command = new CreateMultipartUploadCommand({
      Bucket: bucket,
      Key: at,
      Metadata: metadata({ sha256In }),
      ChecksumAlgorithm: "SHA256",
      ServerSideEncryption: encryption && (encryption.kind === "kms" ? "aws:kms" : "AES256"),
      SSEKMSKeyId: encryption?.kmsKeyId,
      ...(objectLock === undefined
        ? {}
        : {
            ObjectLockMode: objectLock.mode === "compliance" ? "COMPLIANCE" : "GOVERNANCE",
            ObjectLockRetainUntilDate: lockedUntil(objectLock, now),
          }),
    });
    return this.ask("POST", at, async () => {
      const { UploadId } = await this.client.send(command);
      if (UploadId === undefined) throw new Transient(`beginning the upload of ${at} brought no id.`);
      return UploadId;
    });
  }

  /** A few parts are on their way at any time: memory is theirs and that of the one that is being filled. */
  private async send(at: string, id: string, work: UploadWork): Promise<{ parts: CompletedPart[]; meta: Meta }> {
    const hash = createHash("sha256");
    const parts: CompletedPart[] = [];
    const inFlight = new Set<Promise<void>>();
    const failures: unknown[] = [];
    let bytes = 0;
    const sendOne = (content: Buffer): void => {
      hash.update(content);
      bytes += content.length;
      const number = parts.length + 1;
      if (number > mostParts)
        throw new WorldFault(`${at} is too large for one object: ${bytes} bytes are not all of it`);
      const part: CompletedPart = { PartNumber: number };
      parts.push(part);
      const sending = this.sendPart(at, { id, part, content })
        .catch((error: unknown) => void failures.push(error))
        .finally(() => inFlight.delete(sending));
      inFlight.add(sending);
    };
    try {
      work.begin.splice(0).forEach(sendOne);
      for await (const content of work.rest) {
        sendOne(content);
        if (inFlight.size >= partsInFlight) await Promise.race(inFlight);
        if (failures.length > 0) break;
      }
    } finally {
      await Promise.all(inFlight);
    }
    if (failures.length > 0) throw failures[0];
    return { parts, meta: { sha256: hash.digest("hex"), bytes } };
  }

  private async sendPart(
    at: string,
    { id, part, content }: { id: string; part: CompletedPart; content: Buffer },
  ): Promise<void> {
    part.ChecksumSHA256 = createHash("sha256").update(content).digest("base64");
    const command = new UploadPartCommand({
      Bucket: this.location.bucket,
      Key: at,
      UploadId: id,
      PartNumber: part.PartNumber,
      Body: content,
      ContentLength: content.length,
      ChecksumSHA256: part.ChecksumSHA256,
    });
    const { ETag } = await this.ask("PUT", at, () => this.client.send(command));
    part.ETag = ETag;
  }

  /** True when the object is ours, also where an earlier answer was lost; false when the same was there. */
  private complete(
    at: string,
    id: string,
    { parts, work, meta, sha256In }: { parts: CompletedPart[]; work: UploadWork; meta: Meta; sha256In: string },
  ): Promise<boolean> {
    const command = new CompleteMultipartUploadCommand({
      Bucket: this.location.bucket,
      Key: at,
      UploadId: id,
      IfNoneMatch: "*",
      MultipartUpload: { Parts: parts },
    });
    return retrying(this.patience, async () => {
      try {
        await this.client.send(command);
        return true;
      } catch (error) {
        const there = await work.look();
        if (there?.sha256In === sha256In) return true;
        if (there === undefined) throw this.unfinished(error, at);
        await work.compare(there, meta);
        return false;
      }
    });
  }

  /** Why an upload could not be completed where nothing is under its key. */
  private unfinished(error: unknown, at: string): Error {
    const status = statusOf(error);
    if (status === 404) return new WorldFault(`the upload of ${at} was taken away before its end: run it again.`);
    if (status === 409 || status === 412)
      return new Transient(`completing ${at} was answered with ${status}, and nothing is there.`);
    return this.explained(error, "POST", at);
  }

  /** What is left of an upload costs money: told to go, at once; a bucket should also have a rule for the dead's. */
  private async abort(at: string, id: string): Promise<void> {
    const command = new AbortMultipartUploadCommand({ Bucket: this.location.bucket, Key: at, UploadId: id });
    await this.client.send(command).catch(() => undefined);
  }

  private ask<T>(method: string, at: string, work: () => Promise<T>): Promise<T> {
    return retrying(this.patience, async () => {
      try {
        return await work();
      } catch (error) {
        throw this.explained(error, method, at);
      }
    });
  }

  private explained(error: unknown, method: string, key: string): Error {
    if (isExplained(error)) return error as Error;
    const asked = { location: this.location, method, key };
    const status = statusOf(error);
    const { name, message, Region: region } = error as Error & { Region?: string };
    if (status !== undefined && status >= 300) {
      if (isExpired({ code: name })) this.connection.keys.forget?.();
      return faultOf({ status, code: name, message, region }, asked);
    }
    const { code } = error as NodeJS.ErrnoException;
    const timedOut = name === "TimeoutError" && !isReset(error);
    if (timedOut) return networkFault({ code: "ETIMEDOUT", message }, asked, hostOf(this.location));
    return typeof code === "string" ? networkFault(error, asked, hostOf(this.location)) : (error as Error);
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode;
}

function hostOf({ endpoint, region }: S3Location): string {
  return endpoint ?? `S3 in ${region}`;
}
