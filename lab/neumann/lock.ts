import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

/** The data folder is in use. */
export class LockedError extends Error {}

/** A lock that ends with the process, however that ends. */
export interface Lock {
  release(): Promise<void>;
}

function addressFor(directory: string): string {
  const { dev, ino } = fs.statSync(directory);
  const name = `neumann-data-${dev}-${ino}`;
  // Linux has socket names without files: nothing is left behind by a killed process.
  return process.platform === "linux" ? `\0${name}` : path.join(os.tmpdir(), `${name}.sock`);
}

function listen(address: string): Promise<net.Server> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.once("error", reject);
    server.listen(address, () => resolve(server));
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** Takes the data folder for this process alone, or throws. */
export async function lock(directory: string): Promise<Lock> {
  const address = addressFor(directory);
  if (!address.startsWith("\0") && !(await answers(address))) fs.rmSync(address, { force: true });
  try {
    const server = await listen(address);
    server.unref();
    return { release: () => new Promise((resolve) => server.close(() => resolve())) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new LockedError(`${directory} is in use by a running process: stop the node first`);
  }
}
