import net from "node:net";

/** Ports that this run has for itself. */
export interface PortBlock {
  ports: number[];
  release(): Promise<void>;
}

/** Below the range from which systems take the ports of outgoing connections. */
const lowest = 18_000;
const highest = 32_000;

/**
 * A block of free loopback ports. While it is held its first port is listened on, so that no other run takes the same
 * block: the others stay free until the nodes bind them, which may be much later.
 */
export async function holdPorts(count: number): Promise<PortBlock> {
  const size = count + 1;
  const blocks = Math.floor((highest - lowest) / size);
  const start = Math.floor(Math.random() * blocks);
  for (let i = 0; i < blocks; i += 1) {
    const first = lowest + ((start + i) % blocks) * size;
    const guard = await listen(first);
    if (guard === undefined) continue;
    const ports = Array.from({ length: count }, (_, n) => first + 1 + n);
    const free = await Promise.all(ports.map(isFree));
    if (free.every(Boolean)) return { ports, release: () => close(guard) };
    await close(guard);
  }
  throw new Error(`there are no ${size} free ports in a row from ${lowest} to ${highest} on 127.0.0.1`);
}

function listen(port: number): Promise<net.Server | undefined> {
  const server = net.createServer((socket) => socket.destroy());
  return new Promise((resolve) => {
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => resolve(server.unref()));
  });
}

async function isFree(port: number): Promise<boolean> {
  const server = await listen(port);
  if (server === undefined) return false;
  await close(server);
  return true;
}

function close(server: net.Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
