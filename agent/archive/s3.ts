import { createHash } from "node:crypto";
import { readFile, stat } from "node:fs/promises";
import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { expiredTag } from "../../model/expiredTag";
import { describeLocation } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { Damaged, NeedsWholeAgent, WorldFault } from "../run/errors";
import {
  type Archive,
  type BucketSettings,
  Conflict,
  metaSuffix,
  namesOf,
  type PutResult,
  type StoredObject,
  type Thawing,
  type Versions,
} from "./archive";
import { bucketSettings } from "./s3/bucket";
import { kept, plainKeys, type KeySource } from "./s3/credentials";
import { isReset } from "./s3/faults";
import { S3Http } from "./s3/http";
import { listed, type Page } from "./s3/listing";
import { whole } from "./s3/xml";
import { type Meta, metaHeaders, type Present, presentIn, readMeta } from "./s3/meta";
import { inParts } from "./s3/parts";
import { NotThere, type ReadAt, readObject } from "./s3/read";
import { type Patience, retrying, Transient } from "./s3/retry";
import { marked, taggingOf, tagsIn } from "./s3/tags";
import { bucketThawing } from "./s3/thawing";
import { BucketVersions } from "./s3/versions";

/** Defined in the bundle of `wal-push` alone, which then leaves the SDK out. */
declare const WITHOUT_SDK: boolean | undefined;

async function sdk(): Promise<typeof import("./s3/sdk")> {
  if (typeof WITHOUT_SDK === "undefined") return import("./s3/sdk");
  throw new NeedsWholeAgent("this needs the SDK");
}

/** Up to here a file is one request: what is read for its hash is what is sent. */
const wholeBytes = 64 * 1024 * 1024;

/**
 * An archive in a bucket. Every put carries `If-None-Match: *`; an answer that says "taken", and a connection that was
 * closed in the middle, mean that what is there has to be compared (protocol 2). Objects in one request are sent by
 * `S3Http` from every program, so that all of them treat a key alike; large streams go through the SDK.
 */
export class S3Archive implements Archive {
  readonly description: string;
  readonly expiresLater = true;
  private readonly http: S3Http;
  private readonly patience: Patience;
  private readonly keys: KeySource;
  private readonly root: string;

  /** `versions`: keys that are read in a version of theirs, and which. */
  constructor(
    private readonly location: S3Location,
    patience: Partial<Patience> = {},
    private readonly read: ReadonlyMap<string, string> = new Map(),
  ) {
    this.description = describeLocation(location);
    this.patience = { retrySeconds: 60, ...patience };
    this.root = location.prefix === undefined ? "" : `${location.prefix}/`;
    const chain = kept(async () => (await sdk()).chainKeys(location));
    this.keys = plainKeys(location) ?? chain;
    this.http = new S3Http(location, this.keys);
  }

  get versions(): Versions {
    return new BucketVersions(this.http, this.root, {
      patience: this.patience,
      untag: (at, versionId) => this.tag(at, undefined, { versionId }),
      reading: (versions) => new S3Archive(this.location, this.patience, versions),
    });
  }

  get bucket(): BucketSettings {
    return bucketSettings(this.http, this.patience);
  }

  get thawing(): Thawing {
    return bucketThawing(this.http, { patience: this.patience, from: (key) => this.from(key) });
  }

  async putText(key: string, text: string): Promise<PutResult> {
    return this.putWhole(key, Buffer.from(text));
  }

  async putFile(key: string, file: string): Promise<PutResult> {
    namesOf(key);
    if ((await stat(file)).size > wholeBytes) return this.putStream(key, createReadStream(file));
    return this.putWhole(key, await readFile(file));
  }

  async putStream(key: string, content: Readable): Promise<PutResult> {
    namesOf(key);
    const parts = inParts(content);
    try {
      const first = await parts.next();
      const second = first.done === true ? first : await parts.next();
      if (second.done === true) return await this.putWhole(key, first.value ?? Buffer.alloc(0));
      const { Upload } = await sdk();
      const connection = { keys: this.keys, authorities: await this.http.authorities() };
      const upload = new Upload(this.location, connection, this.patience);
      return await upload.store(this.at(key), {
        now: await retrying(this.patience, () => this.http.storeTime()),
        begin: [first.value as Buffer, second.value],
        rest: parts,
        claim: (name, meta) => this.putWhole(beside(key, name), Buffer.from(`${JSON.stringify(meta)}\n`), true),
        look: () => this.look(key),
        compare: (there, meta) => this.compare(key, there, meta),
      });
    } finally {
      await parts.return(undefined); // Whoever makes the stream shall not wait for a reader that is gone.
    }
  }

  async getText(key: string): Promise<string | undefined> {
    namesOf(key);
    return this.textAt(key);
  }

  getStream(key: string): Promise<Readable> {
    namesOf(key);
    const content = readObject(this.http, this.from(key), this.patience);
    return Promise.resolve(Readable.from(content, { objectMode: false, highWaterMark: 1024 * 1024 }));
  }

  async storedHash(key: string): Promise<string | undefined> {
    namesOf(key);
    const there = await this.look(key);
    return there === undefined ? undefined : this.hashOf(key, there);
  }

  async list(prefix: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    let page: Page | undefined;
    do {
      const after: string | undefined = page?.next;
      page = await retrying(this.patience, () => this.page(prefix, after));
      found.push(...page.objects);
    } while (page.next !== undefined);
    return found.sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  /** Tagged: a lifecycle rule of the bucket deletes what has the tag. */
  async expire(key: string): Promise<void> {
    await this.mark(key, expiredTag.value);
  }

  async revive(key: string): Promise<void> {
    await this.mark(key, undefined);
  }

  /** With a value that no rule knows. */
  async tryExpiry(key: string): Promise<void> {
    await this.tag(this.at(key), "tried");
    await this.tag(this.at(key), undefined);
  }

  async now(): Promise<Date> {
    return retrying(this.patience, () => this.http.date());
  }

  /** Whether the store keeps what is there when it is told to: some take the header and replace. */
  async keepsWhatIsThere(key: string): Promise<boolean> {
    const text = await this.textAt(key);
    if (text === undefined) throw new WorldFault(`${this.description} holds nothing under ${key}`);
    const content = Buffer.from(text);
    const sha256 = hashOf(content);
    return retrying(this.patience, async () => (await this.put(this.at(key), content, sha256)) !== "created");
  }

  /** An upload in parts has its hash beside it, and both go or stay: the hash first, for the object alone names it. */
  private async mark(key: string, value: string | undefined): Promise<void> {
    namesOf(key);
    const there = await this.look(key);
    if (there === undefined) return;
    if (there.sha256In !== undefined) await this.tag(this.at(beside(key, there.sha256In)), value);
    await this.tag(this.at(key), value);
  }

  /** Tags of others stay: a put replaces all of them. */
  private tag(at: string, value: string | undefined, version: { versionId?: string } = {}): Promise<void> {
    const query = { tagging: "", ...version };
    return retrying(this.patience, async () => {
      const found = await this.http.send({ method: "GET", key: at, query });
      if (found.status === 404) return;
      this.sure(found.status, `GET tags of ${at}`);
      const tags = marked(tagsIn(await this.http.read(found)), value);
      if (tags === undefined) return;
      const content = Buffer.from(taggingOf(tags));
      const sha256 = hashOf(content);
      const headers = { "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64") };
      const request = { method: "PUT" as const, key: at, query, headers, body: { content, sha256 } };
      const { status, body } = await this.http.send(request).catch((error: unknown) => {
        // The same put may be sent again: nothing depends on whether the first one arrived.
        if (isReset(error)) throw new Transient(`PUT tags of ${at} was cut off.`);
        throw error;
      });
      body.resume();
      if (status !== 404) this.sure(status, `PUT tags of ${at}`);
    });
  }

  /** What `send` leaves to its callers is no answer here. */
  private sure(status: number, what: string): void {
    if (status !== 200) throw new Transient(`${what} in s3://${this.location.bucket} was answered with ${status}.`);
  }

  private at(key: string): string {
    return this.root + key;
  }

  /** What is read under a key: the object, or a version of it. */
  private from(key: string): ReadAt {
    const versionId = this.read.get(key);
    return { key: this.at(key), ...(versionId === undefined ? {} : { query: { versionId } }) };
  }

  /** One request that stores content and hash together (protocol 1). */
  private async putWhole(key: string, content: Buffer, own = false): Promise<PutResult> {
    if (!own) namesOf(key);
    const meta: Meta = { sha256: hashOf(content), bytes: content.length };
    return retrying(this.patience, async () => {
      const outcome = await this.put(this.at(key), content, meta.sha256);
      if (outcome === "created") return { created: true, ...meta };
      const there = await this.look(key);
      if (there === undefined) {
        const { bucket } = this.location;
        throw new Transient(`PUT ${this.at(key)} in s3://${bucket} was ${outcome}, and nothing is there.`);
      }
      await this.compare(key, there, meta);
      return { created: false, ...meta };
    });
  }

  private async put(at: string, content: Buffer, sha256: string): Promise<"created" | "refused" | "cut off"> {
    const headers = {
      "if-none-match": "*",
      "x-amz-checksum-sha256": Buffer.from(sha256, "hex").toString("base64"),
      ...metaHeaders(this.location, { sha256 }),
    };
    try {
      const request = { method: "PUT" as const, key: at, headers, body: { content, sha256 }, locked: true };
      const { status, body } = await this.http.send(request);
      body.resume();
      if (status === 404) throw new WorldFault(`${this.description} takes nothing: PUT ${at} was answered with 404`);
      return status === 200 ? "created" : "refused";
    } catch (error) {
      if (isReset(error)) return "cut off";
      throw error;
    }
  }

  private look(key: string): Promise<Present | undefined> {
    return retrying(this.patience, async () => {
      const { status, headers, body } = await this.http.send({ method: "HEAD", ...this.from(key) });
      body.resume();
      return status === 200 ? presentIn(headers) : undefined;
    });
  }

  /** @throws Conflict unless what is there has the same content. */
  private async compare(key: string, there: Present, meta: Meta): Promise<void> {
    if (there.bytes !== meta.bytes || (await this.hashOf(key, there)) !== meta.sha256) {
      throw new Conflict(key, this.description);
    }
  }

  private async hashOf(key: string, there: Present): Promise<string> {
    if (there.sha256 !== undefined) return there.sha256;
    if (there.sha256In !== undefined) {
      const text = await this.textAt(beside(key, there.sha256In));
      const meta = text === undefined ? undefined : readMeta(text);
      if (meta?.bytes === there.bytes) return meta.sha256;
      throw new Damaged(
        `${there.sha256In} beside ${key} in ${this.description} is not what was stored with it: the object's hash is not known`,
      );
    }
    // Somebody copied it here without its metadata.
    const hash = createHash("sha256");
    for await (const chunk of await this.getStream(key)) hash.update(chunk as Buffer);
    return hash.digest("hex");
  }

  private async textAt(key: string): Promise<string | undefined> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of readObject(this.http, this.from(key), this.patience)) chunks.push(chunk);
    } catch (error) {
      if (error instanceof NotThere) return undefined;
      throw error;
    }
    return Buffer.concat(chunks).toString();
  }

  private async page(prefix: string, after: string | undefined): Promise<Page> {
    const query: Record<string, string> = { "list-type": "2", prefix: this.at(prefix) };
    if (after !== undefined) query["continuation-token"] = after;
    const response = await this.http.send({ method: "GET", query });
    if (response.status !== 200)
      throw new Transient(`listing ${this.description} was answered with ${response.status}.`);
    return listed(whole(await this.http.read(response), "ListBucketResult"), this.root);
  }
}

function hashOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

/** Key of what lies beside an object. */
function beside(key: string, name: string): string {
  if (!name.endsWith(metaSuffix) || name.includes("/")) throw new Damaged(`${name} beside ${key} is no name of a hash`);
  return key.slice(0, key.lastIndexOf("/") + 1) + name;
}
