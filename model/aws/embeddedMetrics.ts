import type { Metric, Sample } from "../prometheus";
import type { Status } from "../status";
import { metricPrefix, statusMetrics } from "../statusMetrics";

/** Where CloudWatch keeps what `status` says. */
export const metricNamespace = "Neumann/Backup";

/** A line of CloudWatch's embedded metric format: `_aws` says which of the other keys are dimensions, and which are metrics. */
export interface EmbeddedMetrics {
  _aws: {
    /** Milliseconds since 1970, by the host's clock. */
    Timestamp: number;
    CloudWatchMetrics: {
      Namespace: string;
      Dimensions: string[][];
      Metrics: { Name: string; Unit: "Seconds" | "Bytes" | "None" }[];
    }[];
  };
  [key: string]: unknown;
}

/**
 * What CloudWatch is not told, for it is paid by the metric: when a status was made stands on each line, the objectives
 * are the alarms' own thresholds, and no alarm asks for what is due or was found good of one tier.
 */
const untold = [
  "status_timestamp_seconds",
  "objective_seconds",
  "wal_lag_objective_seconds",
  "offsite_wal_objective_seconds",
  "next_run_timestamp_seconds",
  "verification_next_timestamp_seconds",
  "verified_timestamp_seconds",
];

interface Told extends Sample {
  name: string;
}

/**
 * A status as lines for CloudWatch, from the same table as Prometheus' text. An alarm there cannot take a time from now:
 * times become ages, by the clock that the status was judged by. What is not known has no value.
 */
export function embeddedMetrics(status: Status): EmbeddedMetrics[] {
  const lines = new Map<string, Told[]>();
  for (const told of statusMetrics(status).flatMap((metric) => toldOf(metric, status))) {
    const key = JSON.stringify(told.labels);
    lines.set(key, [...(lines.get(key) ?? []), told]);
  }
  return [...lines.values()].map((values) => lineOf(values, status));
}

function toldOf({ name, clock, samples }: Metric, status: Status): Told[] {
  const short = name.slice(metricPrefix.length);
  if (untold.includes(short)) return [];
  if (clock === undefined) return samples.map((sample) => ({ ...sample, name: short }));
  const now = clock === "host" ? status.at : status.storeAt;
  if (now === null) return [];
  return samples.flatMap(({ labels, value }) => ageOf(short, { labels, value: age(value, now) }));
}

/** A label that follows what was found would be another metric each time, and an alarm sees only one: it becomes a value. */
function ageOf(name: string, { labels, value }: Sample): Told[] {
  const { result, ...rest } = labels;
  const aged = { name: name.replace("_timestamp_", "_age_"), labels: rest, value };
  if (result === undefined) return [aged];
  return [aged, { name: "verification_good", labels: rest, value: result === "good" ? 1 : 0 }];
}

/** Clocks may differ by a moment. */
function age(seconds: number, now: string): number {
  return Math.max(0, Date.parse(now) / 1000 - seconds);
}

function lineOf(values: Told[], { at }: Status): EmbeddedMetrics {
  const labels = values[0]?.labels ?? {};
  const metrics = Object.fromEntries(values.map(({ name, value }) => [name, value]));
  const described = {
    Namespace: metricNamespace,
    Dimensions: dimensionsOf(Object.keys(labels)),
    Metrics: values.map(({ name }) => ({ Name: name, Unit: unitOf(name) })),
  };
  return { _aws: { Timestamp: Date.parse(at), CloudWatchMetrics: [described] }, ...labels, ...metrics };
}

/** Without the node as well: so one alarm watches the worst of all nodes. */
function dimensionsOf(names: string[]): string[][] {
  return names.includes("node") ? [names, names.filter((name) => name !== "node")] : [names];
}

function unitOf(name: string): "Seconds" | "Bytes" | "None" {
  if (name.endsWith("_seconds")) return "Seconds";
  return name.endsWith("_bytes") ? "Bytes" : "None";
}
