import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlertRule, alertRuleGroups } from "../../../model/alertRules";
import { dashboardBody } from "../../../model/aws/alarmDashboard";
import { eventRules } from "../../../model/aws/alarmEvents";
import { type AlarmDefinition, alarmDefinitions, type AlarmRequest } from "../../../model/aws/alarms";
import { embeddedMetrics, metricNamespace } from "../../../model/aws/embeddedMetrics";
import { type BackupPolicy, resolvePolicy, standardPolicy } from "../../../model/policy";
import { readDocument, tableAfter } from "../../format/document";
import { fullStatus, watchedPolicy } from "./fullStatus";

const request: AlarmRequest = {
  clusterId: "prod",
  policy: watchedPolicy,
  nodes: ["node1", "node2"],
  bucket: "acme-backup",
  offsiteBucket: "acme-offsite",
  replicationRuleIds: ["copies-of-prod"],
  rehearsalEveryDays: 30,
};
const of = (change: Partial<AlarmRequest> = {}): AlarmDefinition[] => alarmDefinitions({ ...request, ...change });
const named = (alarms: AlarmDefinition[], what: string): AlarmDefinition => {
  const found = alarms.find((alarm) => alarm.what === what);
  if (found === undefined) throw new Error(`no alarm ${what}`);
  return found;
};

/** Metrics as CloudWatch tells them apart. */
const key = (metric: string, dimensions: Record<string, string>): string =>
  `${metric} ${JSON.stringify(Object.entries(dimensions).sort())}`;

function written(): Set<string> {
  const lines = ["node1", "node2"].flatMap((node) => embeddedMetrics(fullStatus({ node })));
  return new Set(
    lines.flatMap(({ _aws, ...line }) =>
      _aws.CloudWatchMetrics.flatMap(({ Dimensions, Metrics }) =>
        Dimensions.flatMap((names) =>
          Metrics.map(({ Name }) => key(Name, Object.fromEntries(names.map((name) => [name, line[name] as string])))),
        ),
      ),
    ),
  );
}

const ofStatus = (alarms: AlarmDefinition[]) =>
  alarms.filter(({ namespace, metricName }) => namespace === metricNamespace && !metricName.startsWith("rehearsal_"));

describe("alarms", () => {
  it("are these when all is watched", () => {
    expect(of()).toMatchSnapshot();
  });

  it("have names that are theirs alone and stay, whatever else is watched", () => {
    const all = of().map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
    for (const name of all) expect(name).toMatch(/^neumann-prod-[A-Za-z0-9._-]+$/);
    const few = of({ policy: standardPolicy, nodes: ["node1"], replicationRuleIds: undefined }).map(({ name }) => name);
    expect(few.filter((name) => !all.includes(name))).toEqual([]);
  });

  it("ask for metrics that status writes, and no metric is written that none asks for but these", () => {
    const asked = new Set(ofStatus(of()).map(({ metricName, dimensions }) => key(metricName, dimensions)));
    const told = written();
    expect([...asked].filter((one) => !told.has(one))).toEqual([]);
    const unasked = [...told].filter((one) => !asked.has(one)).map((one) => one.replace(/ .*/, ""));
    expect([...new Set(unasked)].sort()).toEqual([
      // One alarm watches the worst of all nodes: the same, node by node, is for people who look for the node.
      "archive_reachable",
      "archiving_held",
      // A look, not a promise: a pause within its time, and how long nothing was written, are no alarm.
      "data_disk_free_bytes",
      "pause_in_force",
      "verification_failed",
      "wal_archived_age_seconds",
      "wal_lag_bytes",
    ]);
  });

  it("of a node are only its silence and what it does not say; the rest is of the worst node", () => {
    const ofNodes = of().filter(({ dimensions }) => dimensions.node !== undefined);
    expect(ofNodes.map(({ what }) => what)).toEqual([
      "node-silent-node1",
      "node-silent-node2",
      "wal-unknown-node1",
      "wal-unknown-node2",
    ]);
    const many = Array.from({ length: 300 }, (_, index) => `n${index}`);
    expect(of({ nodes: many }).length - of({ nodes: [] }).length).toBe(600);
  });

  it("takes missing data for bad, but where these reasons are", () => {
    const others = of().filter(({ missingData }) => missingData !== "breaching");
    expect(others.map(({ what, missingData }) => [what, missingData])).toEqual([
      // Never made is overdue, another alarm.
      ["verification-failed-manifest", "ignore"],
      ["verification-failed-bytes", "ignore"],
      ["verification-failed-restore", "ignore"],
      // S3 says it only when there is something to copy.
      ["replication-failing-copies-of-prod", "notBreaching"],
      // S3 counts a day late.
      ["odd-count-primary", "ignore"],
      ["odd-size-primary", "ignore"],
      ["odd-count-offsite", "ignore"],
      ["odd-size-offsite", "ignore"],
    ]);
  });

  it("keep CloudWatch's limits", () => {
    const slow = resolvePolicy({ wal: { arrivalDeadlineSeconds: 86_400, archiveTimeoutSeconds: 60 } });
    for (const alarm of [...of(), ...of({ policy: slow })]) {
      const { periodSeconds, periods, description, name } = alarm;
      expect(periodSeconds % 60, name).toBe(0);
      expect(periodSeconds * periods, name).toBeLessThanOrEqual(periodSeconds >= 3600 ? 7 * 86_400 : 86_400);
      expect(description.length).toBeLessThanOrEqual(1024);
      expect(name.length).toBeLessThanOrEqual(255);
    }
  });
});

describe("an alarm and a promise are the same number", () => {
  const rules = (policy: BackupPolicy): AlertRule[] =>
    alertRuleGroups({ clusterId: "prod", policy, offsite: true, nodes: request.nodes }).groups.flatMap(
      (group) => group.rules,
    );
  /** The rule of Prometheus that means the same. */
  const ruleOf = (alarm: AlarmDefinition, among: AlertRule[]): AlertRule | undefined => {
    const anchor = /#(\S+)$/.exec(alarm.description)?.[1];
    const { tier, depth, node } = alarm.dimensions;
    const same = among.filter(({ alert }) => alert.toLowerCase() === anchor);
    const wanted = tier ?? depth ?? node;
    return same.find(({ expr }) => wanted === undefined || expr.includes(`"${wanted}"`)) ?? same[0];
  };
  /** What CloudWatch has as a number of samples, as 0 or 1, or as a value, is a comparison of another kind in Prometheus. */
  const otherKind =
    /^(status-missing|node-silent|wal-unknown|verification-failed|archive-unreachable|archiving-held|verification-impossible)/;

  const policies = fc.record({
    full: fc.integer({ min: 1440, max: 5000 }),
    snapshots: fc.integer({ min: 15, max: 500 }),
    deadline: fc.integer({ min: 200, max: 86_400 }),
    free: fc.integer({ min: 1, max: 100_000 }),
    verified: fc.integer({ min: 60, max: 20_000 }),
    offsiteLog: fc.integer({ min: 15, max: 500 }),
  });

  it("for any policy: thresholds and times are those of Prometheus' rules", () => {
    fc.assert(
      fc.property(policies, ({ full, snapshots, deadline, free, verified, offsiteLog }) => {
        const policy = resolvePolicy({
          full: { recoveryPointMinutes: full },
          snapshots: { recoveryPointMinutes: snapshots },
          offsite: { continuousWal: true, walRecoveryPointMinutes: offsiteLog },
          wal: { arrivalDeadlineSeconds: deadline, freeSpaceAlarmMebibytes: free },
          verification: { restoreEveryMinutes: verified },
        });
        const among = rules(policy);
        const alarms = ofStatus(of({ policy }));
        for (const alarm of alarms) {
          const rule = ruleOf(alarm, among);
          if (rule === undefined) throw new Error(`${alarm.what} means nothing that Prometheus is told`);
          const periods = Math.max(1, Math.ceil(Number(rule.for.slice(0, -1)) / alarm.periodSeconds));
          expect(alarm.periods, alarm.what).toBe(periods);
          if (otherKind.test(alarm.what)) continue;
          const [, sign, limit] = / ([<>]) (\d+)(?: or |$)/.exec(rule.expr) ?? [];
          expect([alarm.breaches === "above" ? ">" : "<", alarm.threshold], alarm.what).toEqual([sign, Number(limit)]);
        }
        const meant = new Set(alarms.map((alarm) => ruleOf(alarm, among)?.alert));
        // Stale: lines are sent when they are written. None: that the age is missing is the same alarm.
        const without = ["NeumannBackupStatusStale", "NeumannBackupNone"];
        expect(
          among.map(({ alert }) => alert).filter((alert) => !meant.has(alert) && !without.includes(alert)),
        ).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("the delay of replication is what the policy promises of the log off-site", () => {
    const policy = resolvePolicy({ offsite: { continuousWal: true, walRecoveryPointMinutes: 42 } });
    expect(named(of({ policy }), "replication-behind-copies-of-prod").threshold).toBe(42 * 60);
  });

  it("a rehearsal is due as often as it is said", () => {
    expect(named(of({ rehearsalEveryDays: 7 }), "rehearsal-overdue").threshold).toBe(7 * 86_400);
    expect(of({ rehearsalEveryDays: undefined }).filter(({ what }) => what.startsWith("rehearsal"))).toEqual([]);
  });

  it("nothing is watched that is not there", () => {
    const alone = of({ offsiteBucket: undefined, replicationRuleIds: undefined, policy: standardPolicy });
    expect(alone.filter(({ what, place }) => what.includes("offsite") || place === "offsite")).toEqual([]);
    const unscheduled = resolvePolicy({ verification: { bytesEveryMinutes: 0 } });
    expect(of({ policy: unscheduled }).map(({ what }) => what)).not.toContain("verification-overdue-bytes");
  });
});

describe("help", () => {
  const page = readDocument("docs/monitoring.md");
  const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, "")
      .replaceAll(" ", "-"),
  );
  const events = eventRules({ clusterId: "prod", place: "primary", bucket: "b", kmsKeyArn: "arn:x:kms:r:1:key/k" });

  it("is at a place of docs/monitoring.md that is there", () => {
    for (const { description, what } of [...of(), ...events]) {
      const [, anchor = ""] = /^prod: .*\. Help: docs\/monitoring\.md#(\S+)$/.exec(description) ?? [];
      expect(anchors, what).toContain(anchor);
    }
  });
});

describe("docs/aws.md", () => {
  const general = (what: string): string =>
    what
      .replace(/-(snapshots|full|offsite)$/, (found) => (what.startsWith("too-old") ? "-<tier>" : found))
      .replace(/-(primary|offsite)$/, "-<place>")
      .replace(/-(manifest|bytes|restore)$/, "-<depth>")
      .replace(/-node\d$/, "-<node>")
      .replace("-copies-of-prod", "-<rule>");

  it("lists every alarm and every rule", () => {
    const page = readDocument("docs/aws.md");
    const listed = tableAfter(page, "### Alarms");
    expect([...listed].sort()).toEqual([...new Set(of().map(({ what }) => general(what)))].sort());
    const events = eventRules({ clusterId: "prod", place: "primary", bucket: "b", kmsKeyArn: "arn:x:kms:r:1:key/k" });
    expect(tableAfter(page, "### Events")).toEqual(events.map(({ what }) => general(what)));
  });

  it("says what missing data means", () => {
    const page = readDocument("docs/aws.md");
    for (const { what, missingData } of of()) {
      const row = page.split("\n").find((line) => line.startsWith(`| \`${general(what)}\` |`));
      const words = { breaching: "bad", notBreaching: "good", ignore: "as it was" }[missingData];
      expect(row?.split(" | ").at(-1), what).toMatch(new RegExp(`^${words}`));
    }
  });
});

describe("the dashboard", () => {
  const body = (change: Partial<AlarmRequest> = {}) =>
    dashboardBody({ ...request, ...change, region: "eu-central-1", offsiteRegion: "eu-west-1" });

  it("is this", () => {
    expect(JSON.parse(body())).toMatchSnapshot();
  });

  it("shows metrics that are written, each in the region where it is", () => {
    const told = written();
    const { widgets } = JSON.parse(body()) as {
      widgets: { properties: { metrics?: (string | object)[][]; region: string } }[];
    };
    const lines = widgets.flatMap(({ properties: { metrics = [], region } }) =>
      metrics.map((line) => ({ region, words: line.filter((word): word is string => typeof word === "string") })),
    );
    for (const { region, words } of lines) {
      const [namespace, metric = "", ...pairs] = words;
      const dimensions = Object.fromEntries(
        pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1] ?? ""]] : [])),
      ) as Record<string, string>;
      if (namespace === metricNamespace) expect(told, words.join(" ")).toContain(key(metric, dimensions));
      expect(region).toBe(dimensions.BucketName === "acme-offsite" ? "eu-west-1" : "eu-central-1");
    }
    expect(lines.length).toBeGreaterThan(10);
  });
});
