import type { BackupPolicy } from "./policy";
import { formatSeconds } from "./units";

/** Kinds of disaster, from the mildest on. */
export const Disaster = {
  /** A database process dies. */
  Process: "process",
  /** A node is lost with its disk. */
  Node: "node",
  /** Every node is lost; the archives are left. */
  Cluster: "cluster",
  /** Every node and the primary archive are lost. */
  Region: "region",
  /** Whoever owns the account of the nodes and of the primary archive has lost it. */
  Account: "account",
  /** Somebody deleted or spoilt data by the database's own means. */
  OperatorError: "operator-error",
  /** Somebody else has a node, with all that lies on it. */
  StolenHost: "stolen-host",
} as const;
export type Disaster = (typeof Disaster)[keyof typeof Disaster];

/** What a kind of disaster costs, by the policy. */
export interface RecoveryPoint {
  disaster: Disaster;
  /** Writes of at most so many seconds are lost; null: nothing is promised. */
  lostSeconds: number | null;
  /** What it is recovered from, and on what that depends. */
  recoveredFrom: string;
}

/** What the promises follow from. */
export interface ProtectedBy {
  policy: BackupPolicy;
  nodes: number;
  primary: "directory" | "s3";
  /** Undefined where there is no off-site archive. */
  offsite?: "directory" | "s3";
}

const nothing = "nothing: give the archive an off-site location";

/** The recovery point for every kind of disaster, as long as `status` finds nothing wrong. */
export function recoveryPoints(by: ProtectedBy): RecoveryPoint[] {
  const { policy, nodes, primary } = by;
  const log = policy.wal.archiveTimeoutSeconds;
  const cluster = {
    lostSeconds: log,
    recoveredFrom: "end-of-log: a backup and the archived log, up to its last segment",
  };
  const region = offsitePoint(by);
  const days = policy.wal.retentionDays;
  return [
    { disaster: Disaster.Process, lostSeconds: 0, recoveredFrom: "the node's own log; the others go on meanwhile" },
    nodes >= 3
      ? {
          disaster: Disaster.Node,
          lostSeconds: 0,
          recoveredFrom: "the other nodes, which hold every acknowledged write",
        }
      : { disaster: Disaster.Node, ...cluster },
    { disaster: Disaster.Cluster, ...cluster },
    { disaster: Disaster.Region, ...region },
    {
      disaster: Disaster.Account,
      lostSeconds: region.lostSeconds,
      recoveredFrom:
        region.lostSeconds === null ? nothing : `${region.recoveredFrom}; only if that lies in another account`,
    },
    {
      disaster: Disaster.OperatorError,
      lostSeconds: 0,
      recoveredFrom: `time:…, any moment of the last ${days} days, for all that was written before it; or query --at`,
    },
    { disaster: Disaster.StolenHost, ...stolenHost(primary, region) },
  ];
}

function offsitePoint({ policy: { offsite }, offsite: kind }: ProtectedBy): Omit<RecoveryPoint, "disaster"> {
  if (kind === undefined) return { lostSeconds: null, recoveredFrom: nothing };
  if (offsite.continuousWal) {
    const recoveredFrom = "end-of-log: the newest off-site backup and the log off-site";
    return { lostSeconds: offsite.walRecoveryPointMinutes * 60, recoveredFrom };
  }
  const hint = "policy.offsite.continuousWal makes that minutes";
  return {
    lostSeconds: offsite.recoveryPointMinutes * 60,
    recoveredFrom: `latest-offsite: the newest off-site backup; ${hint}`,
  };
}

function stolenHost(
  primary: ProtectedBy["primary"],
  region: Omit<RecoveryPoint, "disaster">,
): Omit<RecoveryPoint, "disaster"> {
  if (primary === "s3") {
    return {
      lostSeconds: region.lostSeconds,
      recoveredFrom: "the buckets, only if the nodes' keys may not delete or overwrite",
    };
  }
  const recoveredFrom = "a folder that a node can write it can also empty: only what no node reaches is safe";
  return { lostSeconds: null, recoveredFrom };
}

/** As a table for a preview. */
export function describeRecoveryPoints(points: readonly RecoveryPoint[]): string {
  const width = Math.max(...points.map(({ disaster }) => disaster.length));
  const rows = points.map(({ disaster, lostSeconds, recoveredFrom }) => {
    const lost = lostSeconds === null ? "not promised" : lostSeconds === 0 ? "nothing" : formatSeconds(lostSeconds);
    return `  ${disaster.padEnd(width)}  ${lost.padEnd(12)}  ${recoveredFrom}`;
  });
  return [
    "What each kind of disaster may cost (writes of at most so long), and what it is recovered from:",
    ...rows,
  ].join("\n");
}
