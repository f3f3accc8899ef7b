import { execFileSync } from "node:child_process";
import { expect, it } from "vitest";
import { alarmDefinitions } from "../../../model/aws/alarms";
import { standardPolicy } from "../../../model/policy";
import { readDocument } from "../../format/document";

/** The commands of the page, with `aws` as a function that prints its words. */
function told(): string[][] {
  const [, commands = ""] = /<!-- rehearsal-metrics -->\s+```bash\n([^]*?)```/.exec(readDocument("docs/aws.md")) ?? [];
  const stand = 'aws() { printf "%s\\t" "$@"; echo; }\n';
  const printed = execFileSync("bash", ["-euc", stand + commands], { encoding: "utf8" });
  return printed
    .trim()
    .split("\n")
    .map((line) => line.trim().split("\t"));
}

it("docs/aws.md: a rehearsal's workflow tells the metrics that the alarms ask for", () => {
  const request = { clusterId: "prod", policy: standardPolicy, nodes: [], bucket: "b", rehearsalEveryDays: 30 };
  const asked = alarmDefinitions(request).filter(({ what }) => what.startsWith("rehearsal-"));
  const lines = told().map((words) => {
    const flag = (name: string): string => words[words.indexOf(name) + 1] ?? "";
    expect(words.slice(0, 2)).toEqual(["cloudwatch", "put-metric-data"]);
    expect(Number(flag("--value"))).toBeGreaterThan(0);
    return [flag("--namespace"), flag("--metric-name"), flag("--dimensions")];
  });
  expect(lines).toEqual(
    asked.map(({ namespace, metricName, dimensions }) => [namespace, metricName, `cluster=${dimensions.cluster}`]),
  );
});
