import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { mustRun, run, type RunOptions, type RunResult } from "../host/run";
import { WorldFault } from "../run/errors";

/** A member as `cluster-info` shows it. */
export interface Member {
  id: string;
  address: string;
  state: string;
  role: string;
}

/** What `cluster-info` says; read tolerantly. */
export interface ClusterInfo {
  clusterId: string;
  nodeId: string;
  leaderId: string | null;
  term: number;
  commitIndex: number;
  members: Member[];
}

/** `neumann-admin` of the node on this machine. */
export class Admin {
  constructor(private readonly node: Pick<NodeConfig, "programDirectory" | "configFile">) {}

  /** The same programs for another configuration: a copy in staging. */
  withConfig(configFile: string): Admin {
    return new Admin({ ...this.node, configFile });
  }

  private get program(): string {
    return programPath(this.node.programDirectory, "neumann-admin");
  }

  private options(options: RunOptions): RunOptions {
    return { ...options, environment: { ...options.environment, NEUMANN_CONFIG: this.node.configFile } };
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    return run(this.program, args, this.options(options));
  }

  mustRun(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return mustRun(this.program, args, this.options(options));
  }

  async clusterInfo(): Promise<ClusterInfo> {
    const text = await this.mustRun(["cluster-info"], { timeoutSeconds: 10 });
    return parseClusterInfo(text);
  }

  /** True with a healthy quorum. */
  async healthyQuorum(): Promise<boolean> {
    return (await this.run(["cluster-status"], { timeoutSeconds: 10 })).code === 0;
  }

  /** `total_entries` of `stats`, in whatever layout; null where the line is not there. */
  async totalEntries(): Promise<number | null> {
    const text = await this.mustRun(["stats"], { timeoutSeconds: 30 });
    const match = /total_entries\W*?(\d+)/.exec(text);
    return match?.[1] === undefined ? null : Number(match[1]);
  }
}

export function programPath(directory: string | null, name: string): string {
  return directory === null ? name : path.join(directory, name);
}

function parseClusterInfo(text: string): ClusterInfo {
  let raw: Record<string, unknown>;
  try {
    raw = JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new WorldFault(`neumann-admin cluster-info printed no JSON: ${text.slice(0, 200)}`);
  }
  const members = Array.isArray(raw.members) ? (raw.members as Record<string, unknown>[]) : [];
  if (typeof raw.cluster_id !== "string" || typeof raw.node_id !== "string") {
    throw new WorldFault(`neumann-admin cluster-info names no cluster_id and node_id: ${text.slice(0, 200)}`);
  }
  return {
    clusterId: raw.cluster_id,
    nodeId: raw.node_id,
    leaderId: typeof raw.leader_id === "string" ? raw.leader_id : null,
    term: Number(raw.term),
    commitIndex: Number(raw.commit_index),
    members: members.map((m) => ({
      id: asText(m.id),
      address: asText(m.address),
      state: asText(m.state),
      role: asText(m.role),
    })),
  };
}

function asText(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
