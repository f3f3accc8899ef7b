import { describe, expect, it } from "vitest";
import { statusTable } from "../../agent/cli/statusTable";
import { segmentName } from "../../model/layout";
import type { StoredSegment } from "../../model/catalog";
import { resolvePolicy, standardPolicy } from "../../model/policy";
import { exposition } from "../../model/prometheus";
import { type ArchiveFindings, judgeStatus, type Status, type StatusFindings } from "../../model/status";
import { statusMetricNames, statusMetrics } from "../../model/statusMetrics";
import { Tier } from "../../model/tier";
import { readDocument, tableAfter } from "../format/document";
import { catalog, entry, idOf, sha } from "./fixtures";

const now = new Date("2026-11-23T12:00:00.000Z");
const ago = (seconds: number): string => new Date(now.getTime() - seconds * 1000).toISOString();
const name = (number: number): string => segmentName(BigInt(number));
const day = 86_400;

/** A good backup of stream `s1`, which the store has kept for so many seconds. */
function aged(tier: Tier, seconds: number, change: object = {}) {
  const number = { snapshots: 1, full: 2, offsite: 3 }[tier];
  const anchors = [{ stream: "s1", segment: name(0) }];
  const wal = { stream: "s1", anchors, open: { first: name(0), last: name(0) }, segments: [] };
  const program = { role: "database-program", name: "neumann", bytes: 1, sha256: sha("1") };
  const source = { tier: Tier.Full, backupId: idOf(2), manifestSha256: sha("d"), software: [program] };
  const from = tier === Tier.Offsite ? { source } : {};
  const copy = { tier, backupId: idOf(number), wal, copiedAt: ago(seconds + 5), ...from, ...change };
  return entry(copy, { storedAt: ago(seconds) });
}

const stored = { place: "primary" as const, lineage: "l-one", stream: "s1", segment: name(0), bytes: 10 };

function archived(change: Partial<ArchiveFindings> = {}): ArchiveFindings {
  return {
    now,
    catalog: catalog({ entries: [aged(Tier.Snapshots, 400), aged(Tier.Full, 3600), aged(Tier.Offsite, day)] }),
    segments: [{ ...stored, storedAt: ago(30) }],
    offsiteSegments: [],
    leases: [],
    running: [],
    verifications: [],
    lastAttempts: {},
    ...change,
  };
}

const both = [
  { place: "primary" as const, fault: null },
  { place: "offsite" as const, fault: null },
];

function judged(change: Partial<StatusFindings> = {}): Status {
  return judgeStatus({
    clusterId: "prod",
    node: "node1",
    at: now,
    policy: standardPolicy,
    archives: both,
    archived: archived(),
    database: { role: "leader", commitIndex: 1000 },
    log: { stream: "s1", lastArchived: name(0), waiting: [] },
    heldSince: null,
    localLeases: [],
    freeBytes: 1e12,
    verificationFailures: {},
    faults: [],
    ...change,
  });
}

const waits = (seconds: number, number: number) => ({ segment: name(number), bytes: 1000, writtenAt: ago(seconds) });
const verification = {
  format: "neumann-verification/1" as const,
  depth: "bytes",
  backupId: null,
  at: ago(100),
  storedAt: ago(100),
  seconds: 3,
  by: "host",
  places: ["primary" as const],
  backups: 3,
  bytes: 30_000,
  good: true,
  newest: [
    { tier: Tier.Full, place: "primary" as const, backupId: idOf(2) },
    { tier: Tier.Offsite, place: "offsite" as const, backupId: idOf(3) },
  ],
  faults: [],
};
const fault = { backupId: idOf(2), place: "primary" as const, problem: "data.tar.zst has another SHA-256" };

describe("the status of a cluster", () => {
  it("is good when every tier keeps its objective and nothing is wrong", () => {
    const status = judged();
    expect(status).toMatchObject({ good: true, problems: [], lineage: "l-one", role: "leader", lost: [] });
    expect(status.tiers.map(({ tier, state, newest, ageSeconds }) => [tier, state, newest, ageSeconds])).toEqual([
      ["snapshots", "kept", idOf(1), 400],
      ["full", "kept", idOf(2), 3600],
      ["offsite", "kept", idOf(3), day],
    ]);
    expect(status.tiers[0]?.next).toMatchObject({ due: false, nextAt: "2026-11-23T12:03:20.000Z" });
    expect(status.log).toEqual({
      stream: "s1",
      lastArchived: name(0),
      archivedAt: ago(30),
      waitingSegments: 0,
      lagBytes: 0,
      lagSeconds: 0,
      objectiveSeconds: 900,
    });
  });

  it("has no off-site tier where there is no off-site archive", () => {
    expect(judged({ archives: both.slice(0, 1) }).tiers.map(({ tier }) => tier)).toEqual(["snapshots", "full"]);
  });

  const bad: [string, Partial<StatusFindings>, RegExp][] = [
    [
      "a tier that is late",
      {
        archived: archived({
          catalog: catalog({ entries: [aged(Tier.Snapshots, 400), aged(Tier.Full, day + 60), aged(Tier.Offsite, 60)] }),
        }),
      },
      /^full: .*-00000002 is 24 h 1 min old, the objective is 24 h$/,
    ],
    [
      "a tier without a good backup",
      { archived: archived({ catalog: catalog({ entries: [aged(Tier.Snapshots, 400), aged(Tier.Full, 60)] }) }) },
      /^offsite: there is no good backup$/,
    ],
    [
      "a log that waits too long",
      { log: { stream: "s1", lastArchived: name(0), waiting: [waits(901, 1), waits(800, 2)] } },
      /^log: not archived: 2 finished segments \(2.0 KiB\), the oldest for 15 min 1 s; the objective is 15 min$/,
    ],
    ["archiving that is held", { heldSince: ago(5) }, /^archiving is held since 2026-11-23T11:59:55/],
    [
      "a pause that should have ended",
      { archived: archived({ leases: [{ leaseId: "node2-1", node: "node2", until: ago(61) }] }) },
      /^writes may still be paused: the pause node2-1 of node2 should have ended at 2026-11-23T11:58:59/,
    ],
    [
      "a verification that found damage",
      { archived: archived({ verifications: [{ ...verification, good: false, faults: [fault] }] }) },
      /^verification \(bytes\) of .* found damage: .*-00000002 \(primary\): data.tar.zst has another SHA-256$/,
    ],
    [
      "a verification that came to no verdict here",
      { verificationFailures: { restore: { endedAt: ago(60), message: "the disk is full" } } },
      /^verification \(restore\) failed on this node at 2026-11-23T11:59:00.000Z: the disk is full$/,
    ],
    [
      "a verification that is overdue",
      {
        archived: archived({
          verifications: [
            { ...verification, depth: "manifest", storedAt: ago(2 * day + 60) },
            { ...verification, places: ["primary", "offsite"] },
            { ...verification, depth: "restore", places: ["primary", "offsite"] },
          ],
        }),
      },
      /^verification \(manifest\) is 2 d.* old, one is due every 24 h$/,
    ],
    [
      "a range that no backup serves",
      {
        policy: resolvePolicy({ wal: { arrivalDeadlineSeconds: 300 } }),
        archived: archived({
          segments: [
            { ...stored, storedAt: ago(1000) },
            { ...stored, stream: "s2", storedAt: ago(30) },
          ],
        }),
      },
      /^cannot be recovered: history l-one from 2026-11-23T11:53:15.* on, until a backup serves its log$/,
    ],
    ["a full disk", { freeBytes: 1024 }, /^1.0 KiB are free on the data disk, less than the policy's 2.0 GiB$/],
    ["what could not be found out", { faults: ["log: it burns"] }, /^log: it burns$/],
    [
      "two histories",
      { archived: archived({ catalog: catalog({ lineages: [] }) }) },
      /^no lineage of prod is recorded in this archive$/,
    ],
  ];

  it.each(bad)("is bad because of %s, and says so", (_what, change, message) => {
    const { good, problems } = judged(change);
    expect(good).toBe(false);
    expect(problems.filter((problem) => message.test(problem))).toHaveLength(1);
  });

  it("is good in the middle of a pause, of a copy of the log, and without a database", () => {
    const lease = { leaseId: "node1-1", node: "node1", until: ago(-50) };
    const running = [{ name: "full", node: "node1", since: ago(20), until: ago(-100) }];
    const log = { stream: "s1", lastArchived: name(0), waiting: [waits(20, 1)] };
    const status = judged({
      archived: archived({ leases: [lease], running }),
      localLeases: [lease],
      log,
      database: null,
    });
    expect(status).toMatchObject({ good: true, role: null, running });
    expect(status.pauses).toEqual([{ ...lease, overdueSeconds: 0 }]);
    expect(status.log).toMatchObject({ lagSeconds: 20, lagBytes: 1000, waitingSegments: 1 });
  });

  it("tells what is known here when no archive can be read, and names the fault once", () => {
    const lost = both.map(({ place }) => ({ place, fault: "Is the disk mounted?" }));
    const lease = { leaseId: "node1-1", node: "node1", until: ago(-50) };
    const status = judged({ archives: lost, archived: null, localLeases: [lease] });
    expect(status.problems).toEqual(["primary archive: Is the disk mounted?", "offsite archive: Is the disk mounted?"]);
    expect(status.tiers.map(({ state, newest, next }) => [state, newest, next])).toEqual(
      Array.from({ length: 3 }, () => ["unknown", null, null]),
    );
    expect(status).toMatchObject({ good: false, lost: null, pauses: [{ leaseId: "node1-1" }] });
    expect(status.log?.lastArchived).toBe(name(0));
  });

  it("says when the newest off-site backup brings no database along", () => {
    const copy = (software: object[]) =>
      aged(Tier.Offsite, day, { source: { tier: Tier.Full, backupId: idOf(2), manifestSha256: sha("d"), software } });
    const problems = (software: object[]) => {
      const entries = [aged(Tier.Snapshots, 400), aged(Tier.Full, 3600), copy(software)];
      return judged({ archived: archived({ catalog: catalog({ entries }) }) }).problems;
    };
    const part = (role: string, file: string) => ({ role, name: file, bytes: 1, sha256: sha("1") });
    expect(problems([part("agent", "neumann-backup.cjs"), part("database-program", "neumann-admin")])).toEqual([
      `offsite: ${idOf(3)} carries neither the database's package nor its programs: a recovery from it needs them from elsewhere`,
    ]);
    expect(problems([part("database-package", "neumann_1.2.3_amd64.deb")])).toEqual([]);
  });

  it("judges each tier by its own archive", () => {
    const archives = [{ place: "primary" as const, fault: "gone" }, both[1]!];
    const away = archived({ catalog: catalog({ entries: [aged(Tier.Offsite, day)] }), segments: null });
    const { tiers, lost } = judged({ archives, archived: away });
    expect(tiers.map(({ state }) => state)).toEqual(["unknown", "unknown", "kept"]);
    expect(lost).toBeNull();
  });
});

describe("the log off-site", () => {
  const policy = resolvePolicy({ offsite: { continuousWal: true, walRecoveryPointMinutes: 10 } });
  const segments = [
    { ...stored, segment: name(1), storedAt: ago(2000) },
    { ...stored, segment: name(2), storedAt: ago(700) },
  ];
  const far = [{ ...stored, place: "offsite" as const, segment: name(1), storedAt: ago(1800) }];
  const log = (offsiteSegments: readonly StoredSegment[] | null, more: Partial<StatusFindings> = {}) =>
    judged({ policy, archived: archived({ segments, offsiteSegments }), ...more });

  it("beyond the policy's recovery point is a problem", () => {
    const { offsiteLog, good, problems } = log(far);
    expect(offsiteLog).toEqual({
      base: idOf(3),
      stream: "s1",
      segment: name(1),
      lagSeconds: 700,
      objectiveSeconds: 600,
    });
    expect({ good, problems }).toEqual({
      good: false,
      problems: [`log: off-site it reaches to ${name(1)} of stream s1, 11 min 40 s behind; the objective is 10 min`],
    });
    expect(log([]).problems).toEqual([
      `log: off-site nothing follows backup ${idOf(3)}, 33 min 20 s behind; the objective is 10 min`,
    ]);
  });

  it("within it is none", () => {
    const whole = [...far, { ...stored, place: "offsite" as const, segment: name(2), storedAt: ago(10) }];
    expect(log(whole)).toMatchObject({ good: true, offsiteLog: { segment: name(2), lagSeconds: 0 } });
  });

  it("is not judged where the policy does not ask for it, or it cannot be seen", () => {
    expect(log(far, { policy: standardPolicy }).offsiteLog).toBeNull();
    expect(log(null).offsiteLog).toBeNull();
  });
});

describe("verifications in the status", () => {
  const all = { ...verification, places: ["primary" as const, "offsite" as const] };
  const runs = (change: Partial<StatusFindings> = {}) =>
    judged({ archived: archived({ verifications: [all] }), ...change }).verificationRuns;

  it("say when the next of each depth is due", () => {
    expect(runs().map(({ depth, due, nextAt }) => [depth, due, nextAt])).toEqual([
      ["manifest", true, now.toISOString()],
      ["bytes", false, ago(100 - 7 * day + 300)],
      ["restore", true, now.toISOString()],
    ]);
  });

  it("are not told where an archive cannot be read: the schedule sees less than all", () => {
    expect(runs({ archives: [both[0]!, { place: "offsite", fault: "gone" }] })).toEqual([]);
  });

  it("a failure is over as soon as any node has made one since", () => {
    const failures = { bytes: { endedAt: ago(200), message: "m" } };
    const status = judged({ archived: archived({ verifications: [all] }), verificationFailures: failures });
    expect(status).toMatchObject({ good: true, verificationFailures: {} });
    const later = { bytes: { endedAt: ago(50), message: "m" } };
    expect(judged({ archived: archived({ verifications: [all] }), verificationFailures: later }).good).toBe(false);
  });

  it("one of an agent that did not note the newest backups yet is none the less one", () => {
    const { newest, ...old } = all;
    expect(newest).not.toEqual([]);
    expect(judged({ archived: archived({ verifications: [old] }) }).verifications[0]).toMatchObject({ newest: [] });
  });
});

describe("for people", () => {
  it("a status is a screen that says what is promised, what is there and what is wrong", () => {
    const text = statusTable(
      judged({
        heldSince: ago(60),
        log: { stream: "s1", lastArchived: name(0), waiting: [waits(901, 1)] },
        archived: archived({
          leases: [{ leaseId: "x", node: "node2", until: ago(-50) }],
          running: [{ name: "full", node: "node2", since: ago(20), until: ago(-100) }],
          verifications: [verification],
        }),
      }),
    );
    expect(text).toMatchSnapshot();
  });

  it("says what is not known", () => {
    const archives = both.map(({ place }) => ({ place, fault: "gone" }));
    const text = statusTable(judged({ archives, archived: null, database: null, log: null }));
    expect(text).toContain("node node1 (its database does not answer), history unknown: OBJECTIVES ARE MISSED");
    expect(text).toMatch(/^full +unknown +24 h +UNKNOWN$/m);
    expect(text).toMatch(/^log +unknown$/m);
    expect(text).toMatch(/^lost +unknown/m);
  });
});

describe("for Prometheus", () => {
  const values = (status: Status): Map<string, string> =>
    new Map(
      exposition(statusMetrics(status))
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => [line.slice(0, line.lastIndexOf(" ")), line.slice(line.lastIndexOf(" ") + 1)]),
    );

  it("a status is metrics in base units, with what they mean", () => {
    const policy = resolvePolicy({ offsite: { continuousWal: true } });
    const status = judged({ policy, archived: archived({ verifications: [verification] }) });
    expect(exposition(statusMetrics(status))).toMatchSnapshot();
    const there = new Set([...values(status).keys()].map((key) => key.replace(/\{.*/, "")));
    expect([...there].sort()).toEqual([...statusMetricNames].sort());
  });

  it("what is not known has no sample, so that its absence is an alarm", () => {
    const archives = both.map(({ place }) => ({ place, fault: "gone" }));
    const known = values(judged({ archives, archived: null, log: null }));
    const node = 'cluster="prod",node="node1"';
    expect(known.get(`neumann_backup_archive_reachable{${node},place="primary"}`)).toBe("0");
    expect(known.get(`neumann_backup_objectives_kept{${node}}`)).toBe("0");
    for (const name of ["newest_good_timestamp_seconds", "wal_lag_seconds", "unrecoverable_ranges", "pause_in_force"]) {
      expect([...known.keys()].filter((key) => key.startsWith(`neumann_backup_${name}`))).toEqual([]);
    }
  });

  it("docs/monitoring.md explains each metric", () => {
    expect(tableAfter(readDocument("docs/monitoring.md"), "### Metrics")).toEqual(statusMetricNames);
  });

  it("labels may hold anything", () => {
    const metric = { name: "m", help: 'a\\b\n"c"', samples: [{ labels: { l: 'a\\b\n"c"' }, value: 1 }] };
    expect(exposition([metric])).toBe('# HELP m a\\\\b\\n"c"\n# TYPE m gauge\nm{l="a\\\\b\\n\\"c\\""} 1\n');
    expect(
      exposition([
        { ...metric, samples: [] },
        { ...metric, samples: [{ labels: {}, value: 0.5 }] },
      ]),
    ).toContain("\nm 0.5\n");
  });
});
