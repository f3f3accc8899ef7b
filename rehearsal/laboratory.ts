import type { FoundRow, WriterNote } from "./comparison";

/** Where a node is: what the programs in `stacks/` are told about it. */
export interface NodePlace {
  nodeId: string;
  address: string;
  adminUrl: string;
  directory: string;
}

/** A place of an archive. */
export interface ArchivePlace {
  /** What the programs in `stacks/` are told: a folder, or a bucket. */
  location: string;
  /** Where its objects lie as files of this machine, by their keys. */
  folder: string;
}

/** Where the archives of an exercise are. */
export interface ArchivePlaces {
  /** First archive of the cluster that will be lost. */
  lost: ArchivePlace;
  /** First archive of the cluster that takes its place. */
  fresh: ArchivePlace;
  offsite: ArchivePlace;
}

/** What tells one life of a cluster from another. */
export interface Observation {
  /** The database's own id of the cluster. */
  clusterId: string;
  members: string[];
  /** Process of each node. */
  processes: Record<string, number>;
}

/** Writes rows and notes what was acknowledged. */
export interface RowWriter {
  readonly notes: readonly WriterNote[];
  readonly acknowledged: number;
  /** Times that a connection or an answer failed. */
  readonly failures: number;
  stop(): Promise<void>;
}

/** A place to lose a cluster and recover it: nodes, a writer, and the means to destroy. */
export interface Laboratory {
  /** Folder of `neumann` and `neumann-admin`. */
  programDirectory: string;
  /** The cluster that will be lost. */
  lost: readonly NodePlace[];
  /** The cluster that takes its place. */
  fresh: readonly NodePlace[];
  archives: ArchivePlaces;
  /** Makes the table and begins to write. */
  startWriter(nodes: readonly NodePlace[]): Promise<RowWriter>;
  /** The value that the writer sends for a row. */
  valueOf(k: number): string;
  /** Every row that a cluster holds. */
  readRows(node: NodePlace): Promise<FoundRow[]>;
  /** What the database itself counts. */
  countRows(node: NodePlace): Promise<number>;
  /** The node that leads. */
  leaderOf(nodes: readonly NodePlace[]): Promise<NodePlace>;
  /** Runs one of the agent's commands on a node. */
  runAgent(node: NodePlace, words: readonly string[], listen: (text: string) => void): Promise<AgentResult>;
  observe(nodes: readonly NodePlace[]): Promise<Observation>;
  /** Kills all that runs on the nodes, at once, and deletes all they had. Gives the number of killed servers. */
  destroy(nodes: readonly NodePlace[]): Promise<number>;
  /** Processes that run on the nodes. */
  runningOn(nodes: readonly NodePlace[]): Promise<number[]>;
}

/** How a command of the agent ended. */
export interface AgentResult {
  /** 0 done; 4 and 75: it may be run again. */
  exitCode: number;
  /** What it printed; empty when it failed. */
  result: Record<string, unknown>;
  /** Why it failed. */
  message: string;
}
