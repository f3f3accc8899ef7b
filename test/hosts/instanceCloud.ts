import { randomUUID } from "node:crypto";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { AwsClient, AwsV4Signer } from "aws4fetch";
import type { HostLab } from "../../lab/hosts";
import type { Store, StoreUser } from "../../lab/store/store";

/** Where an instance asks for its metadata. */
const metadataAddress = "169.254.169.254";
const region = "eu-central-1";
const roleName = "node-role";

type Answer = [status: number, content: string | Buffer];

/**
 * What AWS answers an instance: its metadata, to who has a token; parameters and objects, to who signs as its role. The lab's
 * S3 server knows no tokens of sessions: a door before it holds the signature against a library's, and signs anew.
 */
export class InstanceCloud {
  /** Region of the parameters. */
  readonly region = region;
  readonly parameters = new Map<string, string>();
  /** What was refused, and why. */
  readonly refused: string[] = [];
  private readonly sessionToken = `session-${randomUUID()}`;
  private readonly metadataToken = `metadata-${randomUUID()}`;
  private readonly servers: http.Server[] = [];

  private constructor(
    private readonly store: Store,
    private readonly keys: StoreUser,
  ) {}

  /** Gives where parameters and objects are asked for, too. */
  static async open(
    lab: HostLab,
    store: Store,
    keys: StoreUser,
  ): Promise<{ cloud: InstanceCloud; endpoints: Endpoints }> {
    const cloud = new InstanceCloud(store, keys);
    await lab.run(["ip", "address", "add", `${metadataAddress}/32`, "dev", "br0"]);
    await lab.offer(await cloud.serve((request) => cloud.metadata(request)), `${metadataAddress}:80`);
    const ssm = await lab.offer(await cloud.serve((request, body) => cloud.parameter(request, body)));
    const s3 = await lab.offer(await cloud.serve((request, body) => cloud.object(request, body)));
    return { cloud, endpoints: { ssm: `http://${ssm}`, s3: `http://${s3}` } };
  }

  close(): void {
    for (const server of this.servers) server.close().closeAllConnections();
  }

  private async serve(
    answer: (request: http.IncomingMessage, body: Buffer) => Answer | Promise<Answer>,
  ): Promise<number> {
    const server = http.createServer((request, response) => {
      const parts: Buffer[] = [];
      request.on("data", (part: Buffer) => parts.push(part));
      request.on("end", () => {
        void Promise.resolve(answer(request, Buffer.concat(parts))).then(([status, content]) => {
          if (status >= 400) this.refused.push(String(content));
          response.writeHead(status).end(content);
        });
      });
    });
    this.servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }

  /** IMDSv2: nothing without a token, which a PUT gives that says how long it is for. */
  private metadata({ method, url, headers }: http.IncomingMessage): Answer {
    if (method === "PUT" && url === "/latest/api/token") {
      const seconds = Number(headers["x-aws-ec2-metadata-token-ttl-seconds"]);
      return seconds >= 1 && seconds <= 21_600 ? [200, this.metadataToken] : [400, "no time to live"];
    }
    if (headers["x-aws-ec2-metadata-token"] !== this.metadataToken) return [401, "no token"];
    const role = "/latest/meta-data/iam/security-credentials/";
    if (url === role) return [200, roleName];
    if (url !== `${role}${roleName}`) return [404, `no ${url}`];
    const { accessKeyId, secretAccessKey } = this.keys;
    const keys = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: this.sessionToken };
    return [200, JSON.stringify({ Code: "Success", Type: "AWS-HMAC", ...keys, Expiration: "2100-01-01T00:00:00Z" })];
  }

  /** GetParameter of Systems Manager. */
  private async parameter(request: http.IncomingMessage, body: Buffer): Promise<Answer> {
    if (!(await this.isSigned(request, body, { service: "ssm", region }))) return [400, "InvalidSignatureException"];
    if (request.headers["x-amz-target"] !== "AmazonSSM.GetParameter") return [400, "UnknownOperationException"];
    const { Name, WithDecryption } = JSON.parse(body.toString()) as { Name: string; WithDecryption: boolean };
    const value = this.parameters.get(Name);
    if (value === undefined) return [400, `ParameterNotFound ${Name}`];
    return [200, JSON.stringify({ Parameter: { Name, Value: WithDecryption ? value : "encrypted" } })];
  }

  private async object(request: http.IncomingMessage, body: Buffer): Promise<Answer> {
    const scope = { service: "s3", region: this.store.region };
    if (!(await this.isSigned(request, body, scope))) return [403, "SignatureDoesNotMatch"];
    const answer = await new AwsClient({ ...this.keys, ...scope }).fetch(`${this.store.endpoint}${request.url}`);
    return [answer.status, Buffer.from(await answer.arrayBuffer())];
  }

  /** By the role: with its session's token, and the signature that a library makes of the same request. */
  private async isSigned(
    { method = "", url, headers }: http.IncomingMessage,
    body: Buffer,
    scope: { service: string; region: string },
  ): Promise<boolean> {
    const [, list = ""] = /SignedHeaders=([^,]+)/.exec(headers.authorization ?? "") ?? [];
    const names = list.split(";").filter((name) => name !== "host");
    const signer = new AwsV4Signer({
      method,
      url: `http://${headers.host}${url}`,
      headers: Object.fromEntries(names.map((name) => [name, String(headers[name])])),
      body: method === "POST" ? body : undefined,
      ...this.keys,
      sessionToken: this.sessionToken,
      ...scope,
      datetime: String(headers["x-amz-date"]),
      allHeaders: true,
    });
    return (await signer.sign()).headers.get("authorization") === headers.authorization;
  }
}

/** The services' addresses on a host. */
export interface Endpoints {
  ssm: string;
  s3: string;
}
