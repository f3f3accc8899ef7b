import { spawn } from "node:child_process";
import path from "node:path";
import { createInterface } from "node:readline";

/** A door from one network namespace to another, for TCP. */
export interface Relay {
  /** `host:port`, in the namespace that the next names. */
  listen: string;
  listenIn: string;
  connect: string;
  connectIn: string;
  /** The cgroup that it ends with. */
  cgroup: string;
}

/** The namespace of this process. */
export const ownNamespace = `/proc/${process.pid}/ns/net`;

const insideProgram = path.join(__dirname, "inside.sh");
/** Its own limit of 256 connections at once is for one service, not for a store. */
const proxy = ["/lib/systemd/systemd-socket-proxyd", "--connections-max=4096"];

/** Opens the door; resolves once it listens. The two programs come with systemd. */
export function startRelay({ listen, listenIn, connect, connectIn, cgroup }: Relay): Promise<void> {
  const enter = (namespace: string) => ["nsenter", `--net=${namespace}`, "--"];
  const listener = [...enter(listenIn), "systemd-socket-activate", "-l", listen];
  const words = [cgroup, ...listener, ...enter(connectIn), ...proxy, connect];
  const child = spawn(insideProgram, words, { stdio: ["ignore", "ignore", "pipe"] });
  return new Promise((resolve, reject) => {
    const said: string[] = [];
    createInterface({ input: child.stderr }).on("line", (line) => {
      said.push(line);
      if (line.startsWith("Listening on ")) resolve();
    });
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`no relay from ${listen}: ${code}: ${said.join("\n")}`)));
    child.unref();
  });
}
