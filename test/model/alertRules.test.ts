import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type AlertRule, alertRuleGroups, alertRules, type AlertRulesRequest } from "../../model/alertRules";
import { resolvePolicy, standardPolicy } from "../../model/policy";
import { exposition, selector } from "../../model/prometheus";
import { judgeStatus } from "../../model/status";
import { statusMetricNames, statusMetrics } from "../../model/statusMetrics";
import { readDocument, tableAfter } from "../format/document";
import { catalog } from "./fixtures";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "alert-rules-"));
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const request: AlertRulesRequest = {
  clusterId: "prod",
  policy: standardPolicy,
  offsite: true,
  nodes: ["node1", "node2"],
};
const away = resolvePolicy({ offsite: { continuousWal: true } });
const rulesOf = (change: Partial<AlertRulesRequest> = {}): AlertRule[] =>
  alertRuleGroups({ ...request, ...change }).groups.flatMap(({ rules }) => rules);

describe("alerting rules", () => {
  it("are these for the standard policy", () => {
    expect(alertRules(request)).toMatchSnapshot();
    expect(alertRules(request)).toBe(alertRules({ ...request, policy: resolvePolicy({}) }));
  });

  it("take their limits from the policy", () => {
    const policy = resolvePolicy({
      full: { everyMinutes: 60, recoveryPointMinutes: 120 },
      verification: { restoreEveryMinutes: 600 },
      wal: { arrivalDeadlineSeconds: 1234, freeSpaceAlarmMebibytes: 7 },
    });
    const before = new Map(rulesOf().map((rule) => [rule.annotations.summary, rule.expr]));
    const changed = rulesOf({ policy }).filter(({ annotations, expr }) => before.get(annotations.summary) !== expr);
    expect(changed.map(({ alert, expr }) => [alert, expr.replace(/.*[<>] /, "")])).toEqual([
      ["NeumannBackupTooOld", "7200"],
      ["NeumannBackupWalLate", "1234"],
      ["NeumannBackupVerificationOverdue", expect.stringMatching(/^72000 or absent/) as string],
      ["NeumannBackupDiskLow", String(7 * 1024 * 1024)],
    ]);
  });

  it("watch the log off-site where the policy has it copied", () => {
    const [late, ...others] = rulesOf({ policy: away }).filter(
      ({ annotations }) => !rulesOf().some((rule) => rule.annotations.summary === annotations.summary),
    );
    expect(others).toEqual([]);
    const lag = 'neumann_backup_offsite_wal_lag_seconds{cluster="prod"}';
    expect(late).toMatchObject({
      alert: "NeumannBackupOffsiteWalLate",
      expr: `max by (cluster) (${lag}) > 900 or absent(${lag})`,
    });
  });

  it("know no off-site tier and no silent node where there is none", () => {
    const missing = rulesOf({ offsite: false, nodes: undefined }).map(({ annotations }) => annotations.summary);
    expect(missing.filter((summary) => /offsite|says nothing of/.test(summary))).toEqual([]);
    expect(rulesOf()).toHaveLength(missing.length + 3);
  });

  it("expect no verification that the policy leaves out", () => {
    const policy = resolvePolicy({ verification: { bytesEveryMinutes: 0, restoreEveryMinutes: 0 } });
    const overdue = rulesOf({ policy }).filter(({ alert }) => alert === "NeumannBackupVerificationOverdue");
    expect(overdue.map(({ expr }) => /depth="(\w+)"/.exec(expr)?.[1])).toEqual(["manifest"]);
  });

  it("ask for metrics that status writes, and for no others", () => {
    const asked = rulesOf({ policy: away }).flatMap(({ expr }) =>
      [...expr.matchAll(/neumann_backup_\w+/g)].map(([name]) => name),
    );
    expect(asked.filter((name) => !statusMetricNames.includes(name))).toEqual([]);
    for (const { expr } of rulesOf()) expect(expr).toContain(selector({ cluster: "prod" }).slice(0, -1));
  });

  it("each has a severity, says what it is about and where help is", () => {
    const page = readDocument("docs/monitoring.md");
    const rules = rulesOf({ policy: away });
    expect(tableAfter(page, "### Rules")).toEqual([...new Set(rules.map(({ alert }) => alert))]);
    for (const { alert, labels, annotations } of rules) {
      expect(["critical", "warning"]).toContain(labels.severity);
      expect(annotations.summary).toMatch(/^prod: ./);
      expect(annotations.description).toMatch(/./);
      expect(annotations.runbook_url).toBe(`docs/monitoring.md#${alert.toLowerCase()}`);
      expect(page).toContain(`\n### ${alert}\n`);
    }
  });
});

const promtool = ["promtool", "/usr/bin/promtool"].find((file) => spawnSync(file, ["--version"]).status === 0);
if (promtool === undefined) {
  process.stderr.write("alerting rules are not tried out: there is no promtool (Debian: package prometheus)\n");
}

/** A series of the cluster: `values` is promtool's notation, a value a minute. */
const series = (name: string, labels: Record<string, string>, values: string) => ({
  series: `neumann_backup_${name}${selector({ cluster: "prod", ...labels })}`,
  values,
});

/** Minutes that a test may last. What takes longer began before: times may be negative. */
const minutes = 400;
const day = 86_400;
const nodes = ["node1", "node2"];

/** A healthy cluster, seen by its nodes every minute: times are in seconds since the test began. */
function healthy(): Record<string, ReturnType<typeof series>> {
  const found: Record<string, ReturnType<typeof series>> = {};
  for (const node of nodes) {
    found[`status ${node}`] = series("status_timestamp_seconds", { node }, `0+60x${minutes}`);
    found[`lag ${node}`] = series("wal_lag_seconds", { node }, `0x${minutes}`);
    found[`held ${node}`] = series("archiving_held", { node }, `0x${minutes}`);
    found[`failed ${node}`] = series("verification_failed", { node, depth: "restore" }, `0x${minutes}`);
    found[`free ${node}`] = series("data_disk_free_bytes", { node }, `1e12x${minutes}`);
    for (const place of ["primary", "offsite"]) {
      found[`${place} ${node}`] = series("archive_reachable", { node, place }, `1x${minutes}`);
    }
  }
  for (const tier of ["snapshots", "full", "offsite"]) {
    found[tier] = series("newest_good_timestamp_seconds", { tier }, `0+60x${minutes}`);
  }
  for (const depth of ["bytes", "manifest", "restore"]) {
    found[depth] = series("verification_timestamp_seconds", { depth, result: "good" }, `0+60x${minutes}`);
  }
  found.damaged = series("damaged_backups", {}, `0x${minutes}`);
  found.lost = series("unrecoverable_ranges", {}, `0x${minutes}`);
  found.paused = series("pause_overdue_seconds", {}, `0x${minutes}`);
  return found;
}

interface Case {
  what: string;
  /** What differs from a healthy cluster; null: the series is not there. */
  change: Record<string, Record<string, string> | string | null>;
  /** Alerts at a minute, with the labels that tell them apart. */
  at: Record<number, [alert: string, labels: Record<string, string>][]>;
}

const missing = Object.fromEntries(Object.keys(healthy()).map((key) => [key, null]));
const none = (tier: string): [string, Record<string, string>] => ["None", { tier }];

const cases: Case[] = [
  { what: "a healthy cluster", change: {}, at: { 0: [], 30: [], 300: [] } },
  {
    what: "no data at all",
    change: missing,
    at: {
      14: [],
      16: [
        ["StatusMissing", {}],
        ["NodeSilent", { node: "node1" }],
        ["NodeSilent", { node: "node2" }],
        none("snapshots"),
      ],
      361: [
        ["StatusMissing", {}],
        ["NodeSilent", { node: "node1" }],
        ["NodeSilent", { node: "node2" }],
        none("snapshots"),
        none("full"),
        none("offsite"),
        ["VerificationOverdue", { depth: "manifest" }],
        ["VerificationOverdue", { depth: "bytes" }],
        ["VerificationOverdue", { depth: "restore" }],
      ],
    },
  },
  {
    what: "a node that is gone from monitoring",
    change: { "status node2": null, "lag node2": null, "held node2": null, "free node2": null },
    at: { 14: [], 16: [["NodeSilent", { node: "node2" }]] },
  },
  {
    what: "a status file that nobody writes any more",
    change: { "status node1": `0+60x10 600x${minutes - 10}` },
    at: { 25: [], 26: [["StatusStale", { node: "node1" }]] },
  },
  {
    what: "a full backup that fails day after day",
    change: { full: `${600 - day}x${minutes}` },
    at: { 20: [], 22: [["TooOld", { tier: "full" }]] },
  },
  {
    what: "snapshots that stop, and go on",
    change: { snapshots: `0x40 ${41 * 60}+60x${minutes - 41}` },
    at: { 20: [], 26: [["TooOld", { tier: "snapshots" }]], 41: [] },
  },
  {
    what: "an off-site tier without any backup",
    change: { offsite: null },
    at: { 300: [], 361: [none("offsite")] },
  },
  {
    what: "one node's file is old, another's tells of a newer backup",
    change: { "other snapshots": `0x${minutes}` },
    at: { 60: [] },
  },
  {
    what: "an archive that is away",
    change: { "primary node2": `1x9 0x${minutes - 9}` },
    at: { 24: [], 26: [["ArchiveUnreachable", { node: "node2", place: "primary" }]] },
  },
  { what: "a damaged backup", change: { damaged: `2x${minutes}` }, at: { 9: [], 11: [["Damaged", {}]] } },
  {
    what: "a log that waits",
    change: { "lag node1": `0+60x${minutes}` },
    at: { 15: [], 20: [], 22: [["WalLate", { node: "node1" }]] },
  },
  {
    what: "a node that cannot read its own log",
    change: { "lag node1": null },
    at: { 14: [], 16: [["WalUnknown", { node: "node1" }]] },
  },
  { what: "a range that is lost", change: { lost: `1x${minutes}` }, at: { 9: [], 11: [["RangeLost", {}]] } },
  {
    what: "a verification that found damage",
    change: { bytes: null, "damaged bytes": `0+60x${minutes}` },
    at: { 9: [], 11: [["VerificationFailed", { depth: "bytes" }]] },
  },
  {
    what: "a verification that is overdue",
    change: { restore: `${600 - 8 * day}x${minutes}` },
    at: { 370: [], 372: [["VerificationOverdue", { depth: "restore" }]] },
  },
  {
    what: "a look at all objects that is overdue",
    change: { manifest: `${600 - 2 * day}x${minutes}` },
    at: { 370: [], 372: [["VerificationOverdue", { depth: "manifest" }]] },
  },
  {
    what: "a verification that came to no verdict",
    change: { "failed node2": `1x${minutes}` },
    at: { 9: [], 11: [["VerificationImpossible", { node: "node2", depth: "restore" }]] },
  },
  { what: "a pause within its time", change: { paused: `0x10 60x${minutes - 10}` }, at: { 20: [] } },
  {
    what: "a pause that should have ended",
    change: { paused: `0x10 61x${minutes - 10}` },
    at: { 9: [], 11: [["PauseTooLong", {}]] },
  },
  {
    what: "archiving that is held",
    change: { "held node2": `1x${minutes}` },
    at: { 14: [], 16: [["ArchivingHeld", { node: "node2" }]] },
  },
  {
    what: "a disk that fills",
    change: { "free node1": `1e12x9 1e9x${minutes - 9}` },
    at: { 14: [], 16: [["DiskLow", { node: "node1" }]] },
  },
];

/** Series that a case adds to those of a healthy cluster. */
const added: Record<string, (values: string) => ReturnType<typeof series>> = {
  "other snapshots": (values) =>
    series("newest_good_timestamp_seconds", { tier: "snapshots", instance: "old" }, values),
  "damaged bytes": (values) => series("verification_timestamp_seconds", { depth: "bytes", result: "damaged" }, values),
};

function inputOf({ change }: Case): ReturnType<typeof series>[] {
  const usual = healthy();
  for (const [key, values] of Object.entries(change)) {
    if (typeof values !== "string") delete usual[key];
    else usual[key] = added[key]?.(values) ?? { ...usual[key]!, values };
  }
  return Object.values(usual);
}

const names = [...new Set(rulesOf().map(({ alert }) => alert))];

/** A test of promtool's: at each moment every alert is asked for, and those that are not expected must be silent. */
function unitTest(one: Case): object {
  const rules = rulesOf();
  const expected = ([alert, labels]: [string, Record<string, string>]) => {
    // Rules of the three tiers share a name: each says which tier it is of.
    const rule = rules.find(
      (r) => r.alert === `NeumannBackup${alert}` && r.expr.includes(selector(labels).slice(1, -1)),
    );
    return rule ?? rules.find((r) => r.alert === `NeumannBackup${alert}`);
  };
  return {
    name: one.what,
    interval: "1m",
    input_series: inputOf(one),
    alert_rule_test: Object.entries(one.at).flatMap(([minute, alerts]) =>
      names.map((alertname) => ({
        eval_time: `${minute}m`,
        alertname,
        exp_alerts: alerts
          .filter(([alert]) => `NeumannBackup${alert}` === alertname)
          .map((alert) => ({ exp_labels: { ...expected(alert)?.labels, ...alert[1] } })),
      })),
    ),
  };
}

describe.skipIf(promtool === undefined)("alerting rules in Prometheus (skipped where there is no promtool)", () => {
  const check = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync(promtool ?? "", args, { encoding: "utf8", cwd: folder });
    if (status !== 0) throw new Error(`promtool ${args.join(" ")}: ${stdout}${stderr}`);
    return stdout;
  };
  fs.writeFileSync(path.join(folder, "rules.yml"), alertRules(request));
  const silent = rulesOf().map((rule) => ({ ...rule, annotations: {} }));
  fs.writeFileSync(path.join(folder, "bare.yml"), JSON.stringify({ groups: [{ name: "bare", rules: silent }] }));

  const test = (rules: string, one: object): void => {
    const file = { rule_files: [rules], evaluation_interval: "1m", tests: [one] };
    fs.writeFileSync(path.join(folder, "test.yml"), JSON.stringify(file));
    check("test", "rules", "test.yml");
  };

  it("are rules", () => {
    check("check", "rules", "rules.yml");
  });

  it("are rules for a cluster and nodes of any name", () => {
    const odd = { ...request, clusterId: 'a"b\\c', nodes: ['x"y', "z\n"] };
    fs.writeFileSync(path.join(folder, "odd.yml"), alertRules(odd));
    check("check", "rules", "odd.yml");
  });

  it.each(cases)("$what: what shall speak speaks, and nothing else", (one) => {
    test("bare.yml", unitTest(one));
  });

  it("say it in words", () => {
    const exp_labels = { severity: "critical", cluster: "prod", node: "node1" };
    const exp_annotations = {
      summary: "prod: the log of node node1 waits for the archive since 20m 0s",
      description: rulesOf().find(({ alert }) => alert.endsWith("WalLate"))?.annotations.description,
      runbook_url: "docs/monitoring.md#neumannbackupwallate",
    };
    const alert = {
      eval_time: "10m",
      alertname: "NeumannBackupWalLate",
      exp_alerts: [{ exp_labels, exp_annotations }],
    };
    const lag = series("wal_lag_seconds", { node: "node1" }, "1200x10");
    test("rules.yml", { interval: "1m", input_series: [lag], alert_rule_test: [alert] });
  });

  it("the metrics of a status are metrics", () => {
    const status = judgeStatus({
      clusterId: "prod",
      node: "node1",
      at: new Date(),
      policy: standardPolicy,
      archives: [{ place: "primary", fault: null }],
      archived: {
        now: new Date(),
        catalog: catalog(),
        segments: [],
        offsiteSegments: [],
        leases: [],
        running: [],
        verifications: [],
        lastAttempts: {},
      },
      database: null,
      log: { stream: null, lastArchived: null, waiting: [] },
      heldSince: null,
      localLeases: [],
      freeBytes: 1,
      verificationFailures: {},
      faults: [],
    });
    execFileSync(promtool ?? "", ["check", "metrics"], { input: exposition(statusMetrics(status)), stdio: "pipe" });
  });
});
