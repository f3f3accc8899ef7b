import type { Metric, Sample } from "./prometheus";
import type { Status } from "./status";
import { verificationDepths } from "./verification";

/** One metric of `status`: its name behind `neumann_backup_`, what it says, and its samples. */
interface Described {
  help: string;
  /** Whose clock its values are times of. */
  clock?: Metric["clock"];
  samples: (status: Status, self: Self) => Sample[];
}

/** Labels of what is said of the cluster, and of the node that says it. */
interface Self {
  cluster: { cluster: string };
  node: { cluster: string; node: string };
}

const seconds = (time: string): number => Date.parse(time) / 1000;
const truth = (is: boolean): number => (is ? 1 : 0);

/** While the primary archive is away, only a pause that this host remembers is known. */
function ofPauses({ archives, pauses }: Status, sample: Sample): Sample[] {
  const known = archives.some(({ place, fault }) => place === "primary" && fault === null);
  return known || pauses.length > 0 ? [sample] : [];
}

const described: Record<string, Described> = {
  status_timestamp_seconds: {
    help: "When this status was made, by the host's clock.",
    clock: "host",
    samples: ({ at }, { node }) => [{ labels: node, value: seconds(at) }],
  },
  objectives_kept: {
    help: "1 when every objective of the policy is kept and nothing is wrong.",
    samples: ({ good }, { node }) => [{ labels: node, value: truth(good) }],
  },
  archive_reachable: {
    help: "1 when the archive can be read from this node.",
    samples: ({ archives }, { node }) =>
      archives.map(({ place, fault }) => ({ labels: { ...node, place }, value: truth(fault === null) })),
  },
  newest_good_timestamp_seconds: {
    help: "When the newest good backup of a tier was stored, by the store's clock.",
    clock: "store",
    samples: ({ tiers }, { cluster }) =>
      tiers.flatMap(({ tier, storedAt }) =>
        storedAt === null ? [] : [{ labels: { ...cluster, tier }, value: seconds(storedAt) }],
      ),
  },
  objective_seconds: {
    help: "The policy's recovery point of a tier: its newest good backup may be so old.",
    samples: ({ tiers }, { cluster }) =>
      tiers.map(({ tier, objectiveSeconds }) => ({ labels: { ...cluster, tier }, value: objectiveSeconds })),
  },
  next_run_timestamp_seconds: {
    help: "When the next backup of a tier is due by time, by the store's clock.",
    clock: "store",
    samples: ({ tiers }, { cluster }) =>
      tiers.flatMap(({ tier, next }) =>
        next?.nextAt == null ? [] : [{ labels: { ...cluster, tier }, value: seconds(next.nextAt) }],
      ),
  },
  damaged_backups: {
    help: "Backups that cannot be restored or are not trusted, and manifests that cannot be read.",
    samples: ({ archives, damaged }, { cluster }) =>
      archives.some(({ fault }) => fault === null) ? [{ labels: cluster, value: damaged.length }] : [],
  },
  wal_lag_seconds: {
    help: "So long the oldest finished segment of this node's log waits for the archive.",
    samples: ({ log }, { node }) => (log === null ? [] : [{ labels: node, value: log.lagSeconds }]),
  },
  wal_lag_bytes: {
    help: "Bytes of finished segments of this node's log that the archive does not hold.",
    samples: ({ log }, { node }) => (log === null ? [] : [{ labels: node, value: log.lagBytes }]),
  },
  wal_lag_objective_seconds: {
    help: "The policy's limit for neumann_backup_wal_lag_seconds: beyond it every backup is void.",
    samples: ({ log }, { node }) => (log === null ? [] : [{ labels: node, value: log.objectiveSeconds }]),
  },
  wal_archived_timestamp_seconds: {
    help: "When the last archived segment of this node's log was stored, by the store's clock.",
    clock: "store",
    samples: ({ log }, { node }) => (log?.archivedAt == null ? [] : [{ labels: node, value: seconds(log.archivedAt) }]),
  },
  offsite_wal_lag_seconds: {
    help: "So long the oldest archived segment that no stream off-site covers has lain in the primary archive.",
    samples: ({ offsiteLog }, { cluster }) =>
      offsiteLog === null ? [] : [{ labels: cluster, value: offsiteLog.lagSeconds }],
  },
  offsite_wal_objective_seconds: {
    help: "The policy's limit for neumann_backup_offsite_wal_lag_seconds.",
    samples: ({ offsiteLog }, { cluster }) =>
      offsiteLog === null ? [] : [{ labels: cluster, value: offsiteLog.objectiveSeconds }],
  },
  unrecoverable_ranges: {
    help: "Ranges of time between the first backup and now that cannot be recovered.",
    samples: ({ lost }, { cluster }) => (lost === null ? [] : [{ labels: cluster, value: lost.length }]),
  },
  verification_timestamp_seconds: {
    help: "When all backups were verified last, by depth and by what was found: good or damaged.",
    clock: "store",
    samples: ({ verifications }, { cluster }) =>
      verifications.map(({ depth, good, at }) => ({
        labels: { ...cluster, depth, result: good ? "good" : "damaged" },
        value: seconds(at),
      })),
  },
  verified_timestamp_seconds: {
    help: "When a backup of a tier was found good last by a verification of all, by depth.",
    clock: "store",
    samples: ({ verifications }, { cluster }) =>
      verifications.flatMap(({ depth, at, newest }) =>
        newest.map(({ tier }) => ({ labels: { ...cluster, depth, tier }, value: seconds(at) })),
      ),
  },
  verification_next_timestamp_seconds: {
    help: "When the next verification of a depth is due, by the store's clock.",
    clock: "store",
    samples: ({ verificationRuns }, { cluster }) =>
      verificationRuns.flatMap(({ depth, nextAt }) =>
        nextAt === null ? [] : [{ labels: { ...cluster, depth }, value: seconds(nextAt) }],
      ),
  },
  verification_failed: {
    help: "1 when a verification that this node began came to no verdict, and none was made since.",
    samples: ({ verificationFailures }, { node }) =>
      verificationDepths.map((depth) => ({
        labels: { ...node, depth },
        value: truth(verificationFailures[depth] !== undefined),
      })),
  },
  pause_in_force: {
    help: "Pauses of writes by backups that nobody has ended yet.",
    samples: (status, { cluster }) => ofPauses(status, { labels: cluster, value: status.pauses.length }),
  },
  pause_overdue_seconds: {
    help: "So long a pause of writes should have ended; 0 within its time and without one.",
    samples: (status, { cluster }) => {
      const value = Math.max(0, ...status.pauses.map(({ overdueSeconds }) => overdueSeconds));
      return ofPauses(status, { labels: cluster, value });
    },
  },
  archiving_held: {
    help: "1 while this node keeps its log back until a recovery is accepted.",
    samples: ({ heldSince }, { node }) => [{ labels: node, value: truth(heldSince !== null) }],
  },
  data_disk_free_bytes: {
    help: "Free space on the disk of this node's data, where its log waits for the archive.",
    samples: ({ freeBytes }, { node }) => [{ labels: node, value: freeBytes }],
  },
};

/** What the names of all metrics begin with. */
export const metricPrefix = "neumann_backup_";

/** The names of all metrics of a status. */
export const statusMetricNames: readonly string[] = Object.keys(described).map((name) => metricPrefix + name);

/** A status as metrics. What is not known has no sample. */
export function statusMetrics(status: Status): Metric[] {
  const cluster = { cluster: status.clusterId };
  const self = { cluster, node: { ...cluster, node: status.node } };
  return Object.entries(described).map(([name, { help, clock, samples }]) => ({
    name: metricPrefix + name,
    help,
    clock,
    samples: samples(status, self),
  }));
}
