import { describe, expect, it } from "vitest";
import { type EmbeddedMetrics, embeddedMetrics } from "../../../model/aws/embeddedMetrics";
import { fullStatus, hostNow } from "./fullStatus";

/** Every metric with its labels, as CloudWatch tells metrics apart. */
function valuesOf(lines: EmbeddedMetrics[]): Map<string, number> {
  return new Map(
    lines.flatMap(({ _aws, ...line }) =>
      _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name }): [string, number] => [
            `${Name} ${names.map((name) => `${name}=${String(line[name])}`).join(" ")}`,
            line[Name] as number,
          ]),
        ),
      ),
    ),
  );
}

describe("a status for CloudWatch", () => {
  it("is these lines", () => {
    expect(embeddedMetrics(fullStatus())).toMatchSnapshot();
  });

  it("keeps the rules of the format", () => {
    for (const { _aws, ...line } of embeddedMetrics(fullStatus())) {
      expect(_aws.Timestamp).toBe(hostNow.getTime());
      for (const { Dimensions, Metrics } of _aws.CloudWatchMetrics) {
        expect(Metrics.length).toBeGreaterThan(0);
        expect(Metrics.length).toBeLessThanOrEqual(100);
        for (const { Name } of Metrics) expect(line[Name], Name).toEqual(expect.any(Number));
        for (const name of Dimensions.flat()) expect(line[name], name).toMatch(/^[\x20-\x7e]{1,1024}$/);
        const described = [...Metrics.map(({ Name }) => Name), ...Dimensions.flat()];
        expect(new Set(Object.keys(line))).toEqual(new Set(described));
      }
    }
  });

  it("gives ages by the clock that judged: the store's, of what the store dates", () => {
    const values = valuesOf(embeddedMetrics(fullStatus()));
    expect(values.get("newest_good_age_seconds cluster=prod tier=full")).toBe(3600);
    expect(values.get("verification_age_seconds cluster=prod depth=manifest")).toBe(100);
    expect(values.get("wal_archived_age_seconds cluster=prod node=node1")).toBe(30);
    expect([...values.keys()].filter((name) => name.includes("timestamp"))).toEqual([]);
  });

  it("says what a verification found as a value, for a label that changes would be another metric", () => {
    const values = valuesOf(embeddedMetrics(fullStatus()));
    expect(values.get("verification_good cluster=prod depth=manifest")).toBe(1);
    expect(values.get("verification_good cluster=prod depth=bytes")).toBe(0);
  });

  it("says what a node says of itself also without the node, so that an alarm sees the worst of all", () => {
    const values = valuesOf(embeddedMetrics(fullStatus({ freeBytes: 7 })));
    expect(values.get("data_disk_free_bytes cluster=prod node=node1")).toBe(7);
    expect(values.get("data_disk_free_bytes cluster=prod")).toBe(7);
  });

  it("says nothing of what is not known", () => {
    const archives = (["primary", "offsite"] as const).map((place) => ({ place, fault: "gone" }));
    const values = valuesOf(embeddedMetrics(fullStatus({ archives, archived: null, log: null })));
    expect(values.get("archive_reachable cluster=prod place=primary")).toBe(0);
    expect(values.get("objectives_kept cluster=prod node=node1")).toBe(0);
    expect([...values.keys()].filter((name) => /_age_|wal_lag|unrecoverable|verification_good/.test(name))).toEqual([]);
  });
});
