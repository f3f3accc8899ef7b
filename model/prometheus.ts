/** A value with what tells it from others of its metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

/** A gauge: something that goes up and down. */
export interface Metric {
  name: string;
  help: string;
  /** Whose clock its values are times of; left out: they are no times. */
  clock?: "host" | "store";
  samples: readonly Sample[];
}

/** Prometheus' text format, version 0.0.4. Metrics without samples are left out: absence is what alarms look for. */
export function exposition(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, samples }) =>
      [
        `# HELP ${name} ${help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}`,
        `# TYPE ${name} gauge`,
        ...samples.map(({ labels, value }) => `${name}${selector(labels)} ${value}`),
        "",
      ].join("\n"),
    )
    .join("");
}

/** Labels as the text format and PromQL both write them; nothing without any. */
export function selector(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? "" : `{${pairs.join(",")}}`;
}

function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}
