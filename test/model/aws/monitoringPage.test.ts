import { describe, expect, it } from "vitest";
import { statusEverySeconds } from "../../../model/alertRules";
import { embeddedMetrics, metricNamespace } from "../../../model/aws/embeddedMetrics";
import { readDocument } from "../../format/document";
import { fullStatus } from "./fullStatus";

const section = /\n## CloudWatch\n([^]*?)\n## /.exec(readDocument("docs/monitoring.md"))?.[1] ?? "";
const blocks = (language: string): string[] =>
  [...section.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].filter((found) => found[1] === language).map((found) => found[2]!);

interface AgentConfiguration {
  logs: { logs_collected: { files: { collect_list: Record<string, unknown>[] } } };
}

describe("docs/monitoring.md, CloudWatch", () => {
  const [unit = ""] = blocks("ini");

  it("has a configuration of the CloudWatch agent that is JSON and reads the file that the unit writes", () => {
    const [json = ""] = blocks("json");
    const { logs } = JSON.parse(json) as AgentConfiguration;
    const files = logs.logs_collected.files.collect_list.map(({ file_path }) => file_path);
    expect(files).toEqual([/^StandardOutput=append:(.*)$/m.exec(unit)?.[1]]);
  });

  it("has a timer that writes as often as the alarms ask", () => {
    expect(unit).toMatch(/^ExecStart=\S+ --quiet status --emf$/m);
    expect(unit).toMatch(/^SuccessExitStatus=4$/m);
    const minutes = /^OnCalendar=\*:0\/(\d+)$/m.exec(unit)?.[1];
    expect(Number(minutes) * 60).toBe(statusEverySeconds);
  });

  it("names the namespace, and only metrics that are written", () => {
    expect(section).toContain(`\`${metricNamespace}\``);
    const written = embeddedMetrics(fullStatus()).flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics.flatMap(({ Metrics }) => Metrics.map(({ Name }) => Name)),
    );
    const named = [...section.matchAll(/`(\w+_age_seconds|verification_good)`/g)].map(([, name]) => name);
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => !written.includes(name!))).toEqual([]);
  });
});
