import { WorldFault } from "../run/errors";

/** What a node says of itself on its admin port. */
export interface Metrics {
  term: number;
  commitIndex: number;
  appliedIndex: number;
  /** Index that the newest finished snapshot covers; 0 before the first. */
  snapshotIndex: number;
  role: "follower" | "candidate" | "leader";
}

interface Answer {
  status: number;
  body: string;
}

/** The admin interface of one node: plain HTTP on loopback. */
export class AdminHttp {
  constructor(readonly url: string) {}

  async metrics(): Promise<Metrics> {
    const { status, body } = await this.call("GET", "/metrics");
    if (status !== 200) throw new WorldFault(`${this.url}/metrics answered ${status}`);
    return parseMetrics(body, this.url);
  }

  /** Asks for a snapshot; false when this node does not lead. */
  async requestSnapshot(): Promise<boolean> {
    const { status } = await this.call("POST", "/admin/snapshot");
    return status >= 200 && status < 300;
  }

  /** True when something answers there. */
  async answers(): Promise<boolean> {
    return this.call("GET", "/health", 2).then(
      () => true,
      () => false,
    );
  }

  private async call(method: string, path: string, timeoutSeconds = 10): Promise<Answer> {
    const { request } = await import("node:http"); // Not before it is needed: see host/run.ts.
    return new Promise((resolve, reject) => {
      const fail = (error: Error): void => reject(new WorldFault(`${method} ${this.url}${path}: ${error.message}`));
      const sent = request(
        new URL(path, this.url),
        { method, agent: false, timeout: timeoutSeconds * 1000 },
        (reply) => {
          const chunks: Buffer[] = [];
          reply.on("data", (chunk: Buffer) => chunks.push(chunk));
          reply.on("end", () => resolve({ status: reply.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
          reply.on("error", fail);
        },
      );
      sent.on("timeout", () => sent.destroy(new Error(`no answer in ${timeoutSeconds} s`)));
      sent.on("error", fail);
      sent.end();
    });
  }
}

const linePattern = /^([a-zA-Z_:][\w:]*)(\{[^}]*\})?\s+(\S+)/;

/** Reads the Prometheus text; labels may or may not be there. */
export function parseMetrics(text: string, url: string): Metrics {
  const samples = text.split("\n").flatMap((line) => {
    const match = linePattern.exec(line);
    return match ? [{ name: match[1], labels: match[2] ?? "", value: Number(match[3]) }] : [];
  });
  const value = (name: string): number | undefined =>
    samples.find((sample) => sample.name === `tensor_chain_${name}`)?.value;
  const needed = (name: string): number => {
    const found = value(name);
    if (found === undefined || Number.isNaN(found)) throw new WorldFault(`${url}/metrics has no tensor_chain_${name}`);
    return found;
  };
  return {
    term: needed("term"),
    commitIndex: needed("commit_index"),
    appliedIndex: needed("applied_index"),
    snapshotIndex: value("snapshot_index") ?? 0,
    role: roleOf(
      samples.filter((sample) => sample.name === "tensor_chain_raft_state"),
      url,
    ),
  };
}

const roles = ["follower", "candidate", "leader"] as const;

/** A number 0, 1, 2, or a `state` label whose sample is 1. */
function roleOf(samples: readonly { labels: string; value: number }[], url: string): Metrics["role"] {
  for (const { labels, value } of samples) {
    const label = /state="([^"]*)"/.exec(labels)?.[1]?.toLowerCase();
    const role = label === undefined ? roles[value] : roles.find((name) => name === label && value === 1);
    if (role !== undefined) return role;
  }
  throw new WorldFault(`${url}/metrics has no readable tensor_chain_raft_state`);
}
