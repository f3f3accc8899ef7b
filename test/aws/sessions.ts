import http from "node:http";
import type net from "node:net";
import { AwsV4Signer } from "aws4fetch";
import type { StoreUser } from "../../lab/store/store";
import { readRequest, type S3Asked, signerOf } from "./requests";

/** Keys as STS gives them: they count only with their token, and until they are ended. */
export interface Session extends StoreUser {
  sessionToken: string;
}

/** Two sessions of one duty. The first one ends while the second part of an upload is on its way. */
export class Sessions {
  private ended = false;
  /** What was asked for by keys that had ended. */
  refused: string[] = [];
  readonly first: Session;
  readonly second: Session;

  constructor([first, second]: [StoreUser, StoreUser]) {
    this.first = { ...first, sessionToken: "token-of-the-first" };
    this.second = { ...second, sessionToken: "token-of-the-second" };
  }

  /** What whoever gives keys has at this moment. */
  now(): Session {
    return this.ended ? this.second : this.first;
  }

  begin(): void {
    this.ended = false;
    this.refused = [];
  }

  private of(request: S3Asked): Session | undefined {
    return [this.first, this.second].find(({ accessKeyId }) => accessKeyId === signerOf(request));
  }

  /** For the guard: the store knows no sessions, and gets the same request signed by the user alone. */
  async translated(request: S3Asked, target: string): Promise<S3Asked> {
    const session = this.of(request);
    if (session === undefined || request.headers["x-amz-security-token"] === undefined) return request;
    const { accessKeyId, secretAccessKey } = session;
    const { host, authorization, ...headers } = request.headers as Record<string, string>;
    void [host, authorization];
    delete headers["x-amz-security-token"];
    const datetime = headers["x-amz-date"];
    const { url: path, method } = request;
    const own = { accessKeyId, secretAccessKey, service: "s3", region: "us-east-1", datetime };
    const signed = await new AwsV4Signer({ ...own, method, url: `${target}${path}`, headers }).sign();
    return { ...request, headers: Object.fromEntries(signed.headers) };
  }

  /** For the guard. `atEnd` runs once, as the first session ends. */
  refusal(atEnd: () => void): (request: S3Asked) => string | undefined {
    return (request) => {
      const session = this.of(request);
      if (session === undefined) return undefined;
      if (!isSignedWith(session, request)) return "InvalidToken";
      if (!this.ended && request.method === "PUT" && readRequest(request).query.get("partNumber") === "2") {
        this.ended = true;
        atEnd();
      }
      if (session === this.second || !this.ended) return undefined;
      this.refused.push(`${request.method} ${request.url}`);
      return "ExpiredToken";
    };
  }
}

function isSignedWith({ sessionToken }: Session, { headers }: S3Asked): boolean {
  const signed = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "")?.[1]?.split(";") ?? [];
  return signed.includes("x-amz-security-token") && headers["x-amz-security-token"] === sessionToken;
}

/** Gives keys as a container's agent does, and as the metadata of an instance (version 2), with an end that is far away. */
export class KeyServer {
  private constructor(
    private readonly server: http.Server,
    readonly endpoint: string,
  ) {}

  static async start(now: () => Session): Promise<KeyServer> {
    const server = http.createServer((request, response) => {
      const { status, text } = answer(`${request.method} ${request.url}`, now());
      response.writeHead(status, { "content-type": "application/json" }).end(text);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return new KeyServer(server, `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }
}

const roles = "/latest/meta-data/iam/security-credentials/";

function answer(asked: string, session: Session): { status: number; text: string } {
  if (asked === "PUT /latest/api/token") return { status: 200, text: "token-of-the-metadata" };
  if (asked === `GET ${roles}`) return { status: 200, text: "offsite-writer" };
  if (asked !== `GET ${roles}offsite-writer` && asked !== "GET /keys") return { status: 404, text: "" };
  const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: Token } = session;
  const Expiration = new Date(Date.now() + 3600_000).toISOString();
  return { status: 200, text: JSON.stringify({ Code: "Success", AccessKeyId, SecretAccessKey, Token, Expiration }) };
}
