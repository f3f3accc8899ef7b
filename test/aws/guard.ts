import http from "node:http";
import type net from "node:net";
import { type AnyStatement, type Asked, decide } from "./policyEvaluator";
import { askedFor, readRequest, type S3Asked, signerOf } from "./requests";

/** A request that came by, what IAM would be asked for it, and what was decided. */
export interface Passed {
  signer: string;
  request: S3Asked;
  asked: Asked[];
  allowed: boolean;
  /** What the store answered; undefined where it was not asked. */
  status?: number;
  /** S3's name of its refusal. */
  code?: string;
}

/**
 * Stands before a store and decides by whole policy documents, with their conditions, of which the store knows few. What it lets
 * through the store judges again, by actions and prefixes. It answers as AWS does where something is missing: forbidden,
 * to whoever may not list the whole bucket.
 */
export class Guard {
  readonly passed: Passed[] = [];
  /** More of a request's context, such as that of a session with a second factor. */
  readonly contexts = new Map<string, Record<string, string>>();
  /** By access key; whoever is not here passes unjudged. */
  readonly policies = new Map<string, readonly AnyStatement[]>();
  /** Sees each request first, and names S3's reason to refuse its keys; undefined: they count. */
  refusal: (request: S3Asked) => string | undefined = () => undefined;
  /** As it is handed on to the target. */
  translated: (request: S3Asked, target: string) => Promise<S3Asked> = (request) => Promise.resolve(request);

  private constructor(
    private readonly server: http.Server,
    readonly endpoint: string,
    private readonly target: string,
  ) {}

  static async start(target: string): Promise<Guard> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const guard = new Guard(server, `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`, target);
    server.on("request", (request, response) => void guard.serve(request, response));
    return guard;
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(incoming: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    try {
      const body = await collect(incoming);
      const { method = "", url = "", headers } = incoming;
      const request: S3Asked = { method, url, headers, body: body.length < 100_000 ? body.toString() : undefined };
      const refused = this.refusal(request);
      if (refused !== undefined) return refuse(response, method, { status: 400, code: refused });
      const signer = signerOf(request);
      const more = this.contexts.get(signer) ?? {};
      const asked = askedFor(request).map((one) => ({ ...one, context: { ...one.context, ...more } }));
      const passed: Passed = { signer, request, asked, allowed: asked.every((one) => this.allows(signer, one)) };
      this.passed.push(passed);
      if (!passed.allowed) return forbid(response, method);
      const back = await forward(this.target, await this.translated(request, this.target), body);
      passed.status = back.status;
      passed.code = codeIn(back);
      if (back.status === 404 && this.hides(signer, request)) return forbid(response, method);
      response.writeHead(back.status, back.headers);
      response.end(back.content);
    } catch {
      response.destroy(); // One side went away: so does the other.
    }
  }

  private allows(signer: string, asked: Asked): boolean {
    const statements = this.policies.get(signer);
    return statements === undefined || decide(statements, asked) === "allowed";
  }

  private hides(signer: string, request: S3Asked): boolean {
    const { key, bucket } = readRequest(request);
    const whole = {
      action: "s3:ListBucket",
      resource: `arn:aws:s3:::${bucket}`,
      context: { "aws:SecureTransport": "true" },
    };
    return key !== undefined && ["GET", "HEAD"].includes(request.method) && !this.allows(signer, whole);
  }
}

function forbid(response: http.ServerResponse, method: string): void {
  refuse(response, method, { status: 403, code: "AccessDenied" });
}

function refuse(
  response: http.ServerResponse,
  method: string,
  { status, code }: { status: number; code: string },
): void {
  response.writeHead(status, { "content-type": "application/xml", date: new Date().toUTCString() });
  const text = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>${code} it is</Message></Error>`;
  response.end(method === "HEAD" ? undefined : text);
}

function codeIn({ status, content }: { status: number; content: Buffer }): string | undefined {
  return status < 400 ? undefined : /<Code>(\w+)<\/Code>/.exec(content.toString())?.[1];
}

async function collect(stream: http.IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function forward(
  target: string,
  { method, url, headers }: S3Asked,
  body: Buffer,
): Promise<{ status: number; headers: http.IncomingHttpHeaders; content: Buffer }> {
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
