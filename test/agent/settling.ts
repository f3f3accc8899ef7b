import http from "node:http";
import type { AddressInfo } from "node:net";

/** A node whose disk is slow, as its admin port shows it. */
export interface Settling {
  readonly url: string;
  /** From now on the log catches up: it is so many questions behind the real one. */
  begin(): void;
  close(): void;
}

const indices = /^(tensor_chain_(?:commit|applied|snapshot)_index(?:\{[^}]*\})?) (\d+)$/gm;

/**
 * Stands before a node's admin port and shows its indices as if what was under way still came in: with every question
 * one entry more, the snapshot one behind, until all are where they really are.
 */
export async function settling(real: string, questions: number): Promise<Settling> {
  let left = Number.POSITIVE_INFINITY;
  const shown = (text: string): string => {
    if (left === 0 || left === Number.POSITIVE_INFINITY) return text;
    const behind = (left -= 1);
    return text.replace(indices, (_line, name: string, value: string) => {
      const late = name.includes("snapshot") && behind > 0 ? 1 : 0;
      return `${name} ${Number(value) - behind - late}`;
    });
  };
  const server = http.createServer((asked, answer) => {
    const { method, url } = asked;
    http
      .request(new URL(url ?? "/", real), { method, agent: false }, (reply) => {
        const chunks: Buffer[] = [];
        reply.on("data", (chunk: Buffer) => chunks.push(chunk));
        reply.on("end", () => {
          const text = Buffer.concat(chunks).toString();
          answer.writeHead(reply.statusCode ?? 500).end(url === "/metrics" ? shown(text) : text);
        });
      })
      .on("error", (error) => answer.writeHead(502).end(error.message))
      .end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    begin: () => (left = questions),
    close: () => server.close(),
  };
}
