import http from "node:http";
import type net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

/** What goes wrong with one request: one of these. */
export interface Fault {
  /** An answer of that status; the store sees nothing of the request. */
  answer?: number;
  /** S3's name of the fault, for that answer. */
  code?: string;
  /** The connection is closed: before the store sees anything, or after it has done its work. */
  reset?: "before" | "after";
  /** The body on its way to the store is cut in the middle, or has one bit changed. */
  upload?: "cut" | "flip";
  /** The same on the way back, or cut behind a length that is right for what is left. */
  download?: "cut" | "flip" | "short";
  /** It is taken, and never answered; the connection stays open. */
  hang?: true;
  /** Bodies pass no faster, in either direction. */
  bytesPerSecond?: number;
}

/** A request as the proxy saw it. */
export interface Seen {
  method: string;
  url: string;
  headers: http.IncomingHttpHeaders;
}

/** Stands between a client and a store and does to requests what a network, or a store that ails, would. */
export class FaultyProxy {
  readonly seen: Seen[] = [];
  /** Decides about each request. */
  fault: (request: Seen) => Fault | undefined = () => undefined;

  private constructor(
    private readonly server: http.Server,
    readonly endpoint: string,
  ) {}

  static async start(target: string): Promise<FaultyProxy> {
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const proxy = new FaultyProxy(server, `http://127.0.0.1:${(server.address() as net.AddressInfo).port}`);
    server.on("request", (request, response) => void proxy.serve(target, request, response));
    return proxy;
  }

  /** The next so many requests that match fail so. */
  failNext(times: number, fault: Fault, matches: (request: Seen) => boolean = () => true): void {
    let left = times;
    this.fault = (request) => (matches(request) && left-- > 0 ? fault : undefined);
  }

  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async serve(target: string, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const seen = { method: request.method ?? "", url: request.url ?? "", headers: request.headers };
    this.seen.push(seen);
    const fault = this.fault(seen) ?? {};
    try {
      const body = await collect(request, fault.bytesPerSecond);
      if (fault.hang === true) return;
      if (fault.answer !== undefined) return void answer(response, fault.answer, fault.code);
      if (fault.reset === "before") return void response.destroy();
      const back = await forward(target, seen, spoiled(body, fault.upload));
      if (back === undefined || fault.reset === "after") return void response.destroy();
      await handBack(response, back, fault);
    } catch {
      response.destroy(); // The other side went away: so does this one.
    }
  }
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  content: Buffer;
}

async function handBack(response: http.ServerResponse, back: Answer, fault: Fault): Promise<void> {
  const { status, headers, content } = back;
  if (fault.download === "short") {
    const { "transfer-encoding": chunked, ...others } = headers;
    void chunked;
    const short = spoiled(content, "cut");
    response.writeHead(status, { ...others, "content-length": short.length });
    return void response.end(short);
  }
  response.writeHead(status, headers);
  if (fault.download === "cut") {
    response.write(content.subarray(0, content.length / 2), () => response.destroy());
    return;
  }
  const whole = spoiled(content, fault.download);
  const step = 64 * 1024;
  for (let at = 0; fault.bytesPerSecond !== undefined && at + step < whole.length; at += step) {
    response.write(whole.subarray(at, at + step));
    await sleep((step / fault.bytesPerSecond) * 1000);
  }
  const sent = fault.bytesPerSecond === undefined ? 0 : Math.max(Math.ceil(whole.length / step) - 1, 0) * step;
  response.end(whole.subarray(sent));
}

async function collect(stream: http.IncomingMessage, bytesPerSecond = Infinity): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) {
    chunks.push(chunk as Buffer);
    if (bytesPerSecond !== Infinity) await sleep(((chunk as Buffer).length / bytesPerSecond) * 1000);
  }
  return Buffer.concat(chunks);
}

function spoiled(content: Buffer, how: "cut" | "flip" | undefined): Buffer {
  if (how === undefined) return content;
  if (how === "cut") return content.subarray(0, content.length / 2);
  const changed = Buffer.from(content);
  const middle = Math.floor(changed.length / 2);
  changed[middle] = (changed[middle] ?? 0) ^ 1;
  return changed;
}

function answer(response: http.ServerResponse, status: number, code: string | undefined): void {
  response.writeHead(status, { "content-type": "application/xml" });
  response.end(
    code === undefined ? "" : `<?xml version="1.0"?><Error><Code>${code}</Code><Message>No.</Message></Error>`,
  );
}

/** Hands a request on as it came; a body that is shorter than announced ends with the connection. */
function forward(target: string, { method, url, headers }: Seen, body: Buffer): Promise<Answer | undefined> {
  return new Promise((resolve) => {
    const request = http.request(`${target}${url}`, { method, headers, agent: false });
    request.once("error", () => resolve(undefined));
    request.once("response", (response) => {
      collect(response).then(
        (content) => resolve({ status: response.statusCode ?? 0, headers: response.headers, content }),
        () => resolve(undefined),
      );
    });
    const announced = Number(headers["content-length"] ?? body.length);
    if (body.length === announced) request.end(body);
    else request.write(body, () => setTimeout(() => request.destroy(), 100));
  });
}
