import { standardPolicy } from "../../model/policy";
import type { RowComparison } from "../../rehearsal/comparison";
import type { RehearsalResult } from "../../rehearsal/result";

/** A comparison in which nothing is at fault. */
export function rowsOf(changes: Partial<RowComparison> = {}): RowComparison {
  return {
    sent: 60_000,
    acknowledged: 59_000,
    recovered: 41_000,
    lost: 18_000,
    promised: 40_800,
    undecided: 400,
    later: 18_800,
    firstLostAt: Date.parse("2026-11-23T05:00:20.000Z"),
    lastLostAt: Date.parse("2026-11-23T05:00:24.000Z"),
    faults: { missing: [], tooNew: [], wrong: [], double: [] },
    ...changes,
  };
}

const phase = (name: string, title: string, from: number, until: number) => ({
  name,
  title,
  startedAt: at(from),
  endedAt: at(until),
  seconds: until - from,
  detail: `${title} is done`,
  failed: false,
  parts: [{ title: "a part", startedAt: at(from), endedAt: at(until), seconds: until - from }],
});

function at(second: number): string {
  return new Date(Date.parse("2026-11-23T05:00:00.000Z") + second * 1000).toISOString();
}

/** A result that passes. */
export function resultOf(changes: Partial<RehearsalResult> = {}): RehearsalResult {
  return {
    format: "neumann-rehearsal/1",
    verdict: "PASS",
    clusterId: "demo",
    startedAt: at(0),
    endedAt: at(55),
    seconds: 55,
    rows: rowsOf(),
    objectives: [
      {
        name: "recovery-point",
        title: "Recovery point (RPO)",
        measuredSeconds: 4.5,
        objectiveSeconds: 604_800,
        met: true,
        explanation: "from the acknowledgement of the first lost write to the loss",
      },
      {
        name: "recovery-time",
        title: "Recovery time (RTO)",
        measuredSeconds: 14,
        objectiveSeconds: 28_800,
        met: true,
        explanation: "from the loss of the last node until the recovered cluster was accepted",
      },
    ],
    loss: { at: at(24.5), destroyed: ["every node", "the first archive"], explanation: "18,000 writes are lost." },
    plan: {
      recoveryId: "demonstration",
      restorePoint: "latest-offsite",
      place: "offsite",
      tier: "offsite",
      backupId: "20261123T050018Z-0123abcd",
      lineage: "l-1",
      createdAt: at(17),
      indexLow: 41_002,
      indexHigh: 41_002,
      totalEntries: 41_002,
      storedBytes: 3_400_000,
      plainBytes: 7_000_000,
      nodes: ["node4", "node5", "node6"],
      estimatedSeconds: 16,
      digest: "ab".repeat(32),
    },
    recovery: {
      recoveryId: "demonstration",
      lineage: "l-2",
      baseBackupId: "20261123T050036Z-4567cdef",
      members: ["node4", "node5", "node6"],
      seconds: 9,
      restoredIndex: 41_002,
      totalEntries: 41_003,
      restoreSeconds: 3,
    },
    backups: [
      {
        tier: "full",
        backupId: "20261123T050017Z-89abcdef",
        startedAt: at(17),
        seconds: 2.1,
        pauseSeconds: 0.3,
        storedBytes: 3_400_000,
      },
    ],
    archivedSegments: 34,
    policy: standardPolicy,
    policyOverrides: ["wal.archiveTimeoutSeconds = 1"],
    checks: [{ name: "members", title: "Members", expected: "3", found: "3", passed: true }],
    phases: [phase("protect", "Bring up", 0, 10), phase("load", "Write", 10, 24), phase("recover", "Recover", 25, 40)],
    marks: [
      { name: "backup", title: "Backup that was restored", at: at(17) },
      { name: "loss", title: "Cluster lost", at: at(24.5) },
      { name: "accepted", title: "Recovery accepted", at: at(38.5) },
    ],
    tools: { Pulumi: "3.259.0", Node: "v20.20.2" },
    ...changes,
  };
}
