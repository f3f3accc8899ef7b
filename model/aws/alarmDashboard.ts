import type { Place } from "../catalog";
import { logObjectiveSeconds } from "../status";
import { Tier, tiers } from "../tier";
import type { AlarmRequest } from "./alarms";
import { bucketMetrics } from "./bucketAlarms";
import { metricNamespace } from "./embeddedMetrics";

/** What a dashboard is made from. */
export interface DashboardRequest extends AlarmRequest {
  region: string;
  offsiteRegion?: string;
}

/** A metric as a widget names it: namespace, name, dimensions by turns, and how it is drawn. */
type MetricLine = (string | Record<string, string>)[];

interface Widget {
  type: "text" | "metric";
  x: number;
  y: number;
  width: number;
  height: number;
  properties: Record<string, unknown>;
}

const columns = 24;

/** One look: ages against the promises, the log, disks, and what the buckets hold. As CloudWatch's JSON. */
export function dashboardBody(request: DashboardRequest): string {
  const { clusterId } = request;
  const text: Widget = {
    type: "text",
    x: 0,
    y: 0,
    width: columns,
    height: 2,
    properties: {
      markdown: [
        `# Backups of ${clusterId}`,
        "A line across is what the policy promises. What to do: docs/monitoring.md · how to recover: docs/recovery.md · what is watched: docs/aws.md#backupalarms",
      ].join("\n"),
    },
  };
  const graphs = [...ages(request), logLag(request), offsiteLag(request), disk(request), ...contents(request)];
  const placed = graphs.map((properties, at): Widget => {
    const width = columns / 3;
    return { type: "metric", x: (at % 3) * width, y: 2 + Math.floor(at / 3) * 6, width, height: 6, properties };
  });
  return JSON.stringify({ widgets: [text, ...placed] });
}

interface Graph {
  title: string;
  region: string;
  metrics: MetricLine[];
  stat: string;
  period?: number;
  /** What the policy promises. */
  promise?: { label: string; value: number };
}

function graph({ title, region, metrics, stat, period = 300, promise }: Graph): Record<string, unknown> {
  const lines = promise === undefined ? {} : { annotations: { horizontal: [promise] } };
  return { title, region, metrics, stat, period, view: "timeSeries", yAxis: { left: { min: 0 } }, ...lines };
}

function ages({ clusterId, policy, region, offsiteBucket }: DashboardRequest): Record<string, unknown>[] {
  const there = tiers.filter((tier) => tier !== Tier.Offsite || offsiteBucket !== undefined);
  return there.map((tier) =>
    graph({
      title: `Age of the newest good backup: ${tier}`,
      region,
      metrics: [[metricNamespace, "newest_good_age_seconds", "cluster", clusterId, "tier", tier]],
      stat: "Minimum",
      promise: { label: "recovery point", value: policy[tier].recoveryPointMinutes * 60 },
    }),
  );
}

function ofNodes({ clusterId, nodes }: DashboardRequest, metric: string): MetricLine[] {
  return nodes.map((node) => [metricNamespace, metric, "cluster", clusterId, "node", node, { label: node }]);
}

function logLag(request: DashboardRequest): Record<string, unknown> {
  return graph({
    title: "The log waits for the archive",
    region: request.region,
    metrics: ofNodes(request, "wal_lag_seconds"),
    stat: "Maximum",
    promise: { label: "arrival deadline", value: logObjectiveSeconds(request.policy) },
  });
}

function offsiteLag({ clusterId, policy, region }: DashboardRequest): Record<string, unknown> {
  const { continuousWal, walRecoveryPointMinutes } = policy.offsite;
  const lag = [metricNamespace, "offsite_wal_lag_seconds", "cluster", clusterId];
  const lost = [metricNamespace, "unrecoverable_ranges", "cluster", clusterId];
  return graph({
    title: continuousWal ? "The log off-site is behind" : "Ranges of time that cannot be recovered",
    region,
    metrics: [continuousWal ? lag : lost],
    stat: "Maximum",
    promise: continuousWal ? { label: "recovery point", value: walRecoveryPointMinutes * 60 } : undefined,
  });
}

function disk(request: DashboardRequest): Record<string, unknown> {
  return graph({
    title: "Free on the data disks",
    region: request.region,
    metrics: ofNodes(request, "data_disk_free_bytes"),
    stat: "Minimum",
    promise: { label: "least", value: request.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024 },
  });
}

function contents(request: DashboardRequest): Record<string, unknown>[] {
  const { bucket, region, offsiteBucket, offsiteRegion } = request;
  const buckets: { place: Place; name: string; region: string }[] = [{ place: "primary", name: bucket, region }];
  if (offsiteBucket !== undefined) {
    buckets.push({ place: "offsite", name: offsiteBucket, region: offsiteRegion ?? region });
  }
  return buckets.flatMap(({ place, name, region: home }) =>
    bucketMetrics.map(({ metricName, storageType, of }) =>
      graph({
        title: `${of} in the ${place} bucket`,
        region: home,
        metrics: [["AWS/S3", metricName, "BucketName", name, "StorageType", storageType]],
        stat: "Average",
        period: 86_400,
      }),
    ),
  );
}
