import http from "node:http";
import type net from "node:net";

/** Classes from which nothing can be read before it is thawed. */
export type ArchiveClass = "GLACIER" | "DEEP_ARCHIVE";

/** A thaw that somebody asked for, as it was taken. */
export interface AskedThaw {
  key: string;
  versionId?: string;
  days: number;
  tier: string;
}

/** A request as it came, and what was answered. */
export interface Exchanged {
  method: string;
  url: string;
  status: number;
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  content: Buffer;
}

interface Request {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

/** Parts of an object that can be read while it is frozen. */
const settings = ["tagging", "retention", "legal-hold", "acl"];

/** An object that somebody wants thawed. */
interface Frozen {
  key: string;
  query: URLSearchParams;
  storageClass?: ArchiveClass;
}

const thawTiers: Record<ArchiveClass, readonly string[]> = {
  GLACIER: ["Expedited", "Standard", "Bulk"],
  DEEP_ARCHIVE: ["Standard", "Bulk"],
};

/**
 * Stands before a store that knows no archive classes and does with them what S3 does: listings and HEAD name the class,
 * what is frozen cannot be read, a thaw takes its time and does not last. All else it hands on as it came.
 */
export class Freezer {
  readonly seen: Exchanged[] = [];
  readonly asked: AskedThaw[] = [];
  /** How long a thaw takes. */
  thawMs = 0;
  /** Nobody may thaw anything. */
  forbidsThaw = false;
  /** Answers 503 to so many requests for a thaw. */
  busy = 0;
  private classOf: (key: string) => ArchiveClass | undefined = () => undefined;
  /** By key: from when a thawed copy is there, and until when. */
  private readonly copies = new Map<string, { from: number; until: number }>();

  private constructor(
    private readonly server: http.Server,
    readonly endpoint: string,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<Freezer> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const freezer = new Freezer(server, `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, target);
    server.on("request", (request, response) => void freezer.serve(request, response));
    return freezer;
  }

  /** From now on keys (`<bucket>/<key>`) lie in these classes, and nothing of them is thawed. */
  freeze(classOf: (key: string) => ArchiveClass | undefined): void {
    this.classOf = classOf;
    this.copies.clear();
    this.asked.length = 0;
    this.seen.length = 0;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      const { method = "", url = "", headers } = incoming;
      const {
        status,
        headers: sent,
        content,
      } = await this.answer({ method, url, headers, body: await collect(incoming) });
      this.seen.push({ method, url, status });
      response.writeHead(status, sent);
      response.end(method === "HEAD" ? undefined : content);
    } catch {
      response.destroy(); // One side went away: so does the other.
    }
  }

  private async answer(request: Request): Promise<Answer> {
    const { pathname, searchParams: query } = new URL(request.url, "http://store");
    const key = decodeURIComponent(pathname).slice(1);
    const storageClass = this.classOf(key);
    if (request.method === "POST" && query.has("restore")) return this.restore(request, { key, query, storageClass });
    const back = await forward(this.target, request);
    if (back.status >= 300) return back;
    if (query.has("list-type") || query.has("versions")) return this.named(back, pathname);
    return storageClass === undefined || [...query.keys()].some((name) => settings.includes(name))
      ? back
      : this.frozen(request.method, back, { key, storageClass });
  }

  /** HEAD and GET of what lies in an archive class. */
  private frozen(
    method: string,
    back: Answer,
    { key, storageClass }: { key: string; storageClass: ArchiveClass },
  ): Answer {
    if (method === "GET" && !this.readable(key))
      return refusal(403, "InvalidObjectState", `<StorageClass>${storageClass}</StorageClass>`);
    const named = { "x-amz-storage-class": storageClass, ...this.restoreHeader(key) };
    return method === "HEAD" || method === "GET" ? { ...back, headers: { ...back.headers, ...named } } : back;
  }

  private readable(key: string): boolean {
    const copy = this.copies.get(key);
    return copy !== undefined && copy.from <= Date.now() && Date.now() < copy.until;
  }

  private restoreHeader(key: string): Record<string, string> {
    const copy = this.copies.get(key);
    if (copy === undefined || Date.now() >= copy.until) return {};
    if (Date.now() < copy.from) return { "x-amz-restore": 'ongoing-request="true"' };
    const until = new Date(copy.until).toUTCString();
    return { "x-amz-restore": `ongoing-request="false", expiry-date="${until}"` };
  }

  /** The store judges signature and rights; what it would do besides does not count. */
  private async restore(request: Request, object: Frozen): Promise<Answer> {
    const judged = await forward(this.target, request);
    if (judged.status === 403 || judged.status === 404) return judged;
    if (this.forbidsThaw) return refusal(403, "AccessDenied");
    if (this.busy > 0) {
      this.busy -= 1;
      return refusal(503, "SlowDown");
    }
    return this.thaw(readRestore(request.body.toString()), object);
  }

  private thaw(wanted: { days: number; tier: string } | undefined, { key, query, storageClass }: Frozen): Answer {
    if (storageClass === undefined) return refusal(403, "InvalidObjectState");
    if (wanted === undefined) return refusal(400, "MalformedXML");
    if (!thawTiers[storageClass].includes(wanted.tier)) return refusal(400, "InvalidArgument");
    const copy = this.copies.get(key);
    if (copy !== undefined && Date.now() < copy.from) return refusal(409, "RestoreAlreadyInProgress");
    const versionId = query.get("versionId");
    this.asked.push({ key, ...(versionId === null ? {} : { versionId }), ...wanted });
    const there = this.readable(key);
    const from = Date.now() + (there ? 0 : this.thawMs);
    this.copies.set(key, { from, until: from + wanted.days * 86_400_000 });
    return { status: there ? 200 : 202, headers: {}, content: Buffer.alloc(0) };
  }

  /** All copies are there, and for so long. */
  endsIn(ms: number): void {
    for (const key of this.copies.keys()) this.copies.set(key, { from: 0, until: Date.now() + ms });
  }

  /** A listing with the classes of what it lists. */
  private named(back: Answer, pathname: string): Answer {
    const bucket = decodeURIComponent(pathname).split("/")[1] ?? "";
    const text = back.content.toString().replace(/<(Contents|Version)>.*?<\/\1>/gs, (element) => {
      const storageClass = this.classOf(`${bucket}/${/<Key>(.*?)<\/Key>/s.exec(element)?.[1] ?? ""}`);
      if (storageClass === undefined) return element;
      return element.replace(/<StorageClass>.*?<\/StorageClass>/, `<StorageClass>${storageClass}</StorageClass>`);
    });
    const content = Buffer.from(text);
    const { "transfer-encoding": chunked, ...headers } = back.headers;
    void chunked;
    return { ...back, headers: { ...headers, "content-length": String(content.length) }, content };
  }
}

/** The one form that S3 takes here; undefined for any other. */
function readRestore(xml: string): { days: number; tier: string } | undefined {
  const form =
    /^<RestoreRequest xmlns="http:\/\/s3\.amazonaws\.com\/doc\/2006-03-01\/"><Days>([1-9]\d*)<\/Days><GlacierJobParameters><Tier>(\w+)<\/Tier><\/GlacierJobParameters><\/RestoreRequest>$/;
  const [, days, tier] = form.exec(xml) ?? [];
  return days === undefined || tier === undefined ? undefined : { days: Number(days), tier };
}

function refusal(status: number, code: string, more = ""): Answer {
  const text = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>No.</Message>${more}</Error>`;
  const headers = { "content-type": "application/xml", date: new Date().toUTCString() };
  return { status, headers, content: Buffer.from(text) };
}

async function collect(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(target: string, { method, url, headers, body }: Request): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request(`${target}${url}`, { method, headers, agent: false });
    request.once("error", reject);
    request.once("response", (response) => {
      collect(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, content }),
        reject,
      );
    });
    request.end(body);
  });
}
