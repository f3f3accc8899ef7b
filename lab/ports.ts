import { randomInt } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import net from "node:net";

/** Those that were given to somebody in this process, who may not listen yet. */
const given = new Set<number>();

const lowest = 15_000;

/**
 * Ports on loopback that nobody listens on, each given once. None of those from which the system takes the local ends of
 * connections: such an end could come between this answer and the server that is started there.
 */
export async function freePorts(count: number): Promise<number[]> {
  const found: number[] = [];
  const below = firstEphemeral();
  for (let tries = 0; found.length < count; tries += 1) {
    if (tries > 10_000) throw new Error(`no free ports between ${lowest} and ${below}`);
    const port = randomInt(lowest, below);
    if (given.has(port)) continue;
    given.add(port);
    if (await isFree(port)) found.push(port);
  }
  return found;
}

function firstEphemeral(): number {
  const file = "/proc/sys/net/ipv4/ip_local_port_range";
  const first = existsSync(file) ? Number(readFileSync(file, "utf8").split(/\s+/)[0]) : 32_768;
  return first > lowest + 1000 ? first : 65_536;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}
