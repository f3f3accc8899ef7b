import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { createInterface } from "node:readline";
import { programsFolder } from "../neumann/harness";

/** Where a node is, as the programs in `stacks/` are told. */
export interface NodePlace {
  nodeId: string;
  address: string;
  adminUrl: string;
  directory: string;
}

/** How a program ended. */
interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** What `cluster-info` tells. */
export interface ClusterInfo {
  cluster_id: string;
  leader_id: string | null;
  members: { id: string }[];
}

/** A node that somebody else made and runs, talked to as an operator does. */
export class OperatedNode {
  readonly configFile: string;

  constructor(readonly place: NodePlace) {
    this.configFile = path.join(place.directory, "etc", "config.toml");
  }

  /** Starts `neumann-admin` and leaves its streams to the caller. */
  spawnAdmin(args: string[]): ChildProcess {
    const env = { ...process.env, NEUMANN_CONFIG: this.configFile };
    return spawn(path.join(programsFolder(), "neumann-admin"), args, { env });
  }

  /** Runs `neumann-admin`; throws unless it exits 0. */
  async must(args: string[], stdin = ""): Promise<string> {
    const { code, stdout, stderr } = await ended(this.spawnAdmin(args), stdin);
    if (code === 0) return stdout;
    throw new Error(`neumann-admin ${args.join(" ")} on ${this.place.nodeId} ended with ${code}: ${stderr.trim()}`);
  }

  async info(): Promise<ClusterInfo> {
    return JSON.parse(await this.must(["cluster-info"])) as ClusterInfo;
  }

  /** Runs one of the agent's commands, with its events as JSON. */
  async agent(words: readonly string[], line: (text: string) => void): Promise<Outcome> {
    const child = spawn(path.join(this.place.directory, "agent", "neumann-backup"), ["--json", ...words]);
    createInterface({ input: child.stderr }).on("line", line);
    return ended(child, "");
  }

  /** The server's process, by the file that names it. */
  get pid(): number | undefined {
    try {
      const pid = Number(readFileSync(path.join(this.place.directory, "etc", "neumann.pid"), "utf8"));
      return Number.isSafeInteger(pid) && pid > 1 ? pid : undefined;
    } catch {
      return undefined;
    }
  }
}

function ended(child: ChildProcess, stdin: string): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const parts = { stdout: "", stderr: "" };
    for (const name of ["stdout", "stderr"] as const) {
      child[name]?.setEncoding("utf8").on("data", (text: string) => (parts[name] += text));
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code: code ?? -1, ...parts }));
    // A program that ends without reading everything is judged by its exit code.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(stdin);
  });
}
