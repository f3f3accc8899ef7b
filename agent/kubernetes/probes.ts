import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** Whether the pod may be used, as its readiness probe asks. Ready from the beginning, unless somebody says otherwise. */
export class Readiness {
  private reason: string | null = null;

  /** Not yet, and why. */
  notYet(reason: string): void {
    this.reason = reason;
  }

  now(): void {
    this.reason = null;
  }

  /** null: ready. */
  get why(): string | null {
    return this.reason;
  }
}

/** What the probes are answered from: all of it is known at once, so that no probe waits for anything. */
export interface Probed {
  /** Segments are taken: the database may start. */
  started: () => boolean;
  readiness: Readiness;
  /** Prometheus' text; undefined before the first look, and where the last one failed. */
  metrics: () => string | undefined;
}

interface Reply {
  status: number;
  text: string;
}

/** Answers the kubelet's probes and Prometheus. */
export class Probes {
  private readonly server: Server;

  constructor(private readonly probed: Probed) {
    this.server = createServer((request, response) => this.answer(request, response));
  }

  async listen(port: number): Promise<void> {
    this.server.listen(port);
    await once(this.server, "listening");
  }

  async close(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, "close");
  }

  private answer({ method, url = "" }: IncomingMessage, response: ServerResponse): void {
    const { status, text } =
      method === "GET" || method === "HEAD" ? this.reply(url) : { status: 405, text: "GET only" };
    response.writeHead(status, { "content-type": "text/plain; version=0.0.4; charset=utf-8" });
    response.end(method === "HEAD" ? undefined : text.replace(/\n?$/, "\n"));
  }

  private reply(url: string): Reply {
    const { started, readiness, metrics } = this.probed;
    const good = (problem: string | null): Reply =>
      problem === null ? { status: 200, text: "yes" } : { status: 503, text: `not yet: ${problem}` };
    switch (url.split("?")[0]) {
      case "/startz":
        return good(started() ? null : "segments are not taken");
      case "/readyz":
        return good(started() ? readiness.why : "segments are not taken");
      case "/livez":
        return good(null);
      case "/metrics":
        return metricsReply(metrics());
      default:
        return { status: 404, text: "/startz, /readyz, /livez and /metrics are here" };
    }
  }
}

function metricsReply(text: string | undefined): Reply {
  // Old numbers would keep alarms quiet.
  return text === undefined ? { status: 503, text: "the status is not known" } : { status: 200, text };
}
