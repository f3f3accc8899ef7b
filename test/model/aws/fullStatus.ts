import { segmentName } from "../../../model/layout";
import { type BackupPolicy, resolvePolicy } from "../../../model/policy";
import { judgeStatus, type Status, type StatusFindings } from "../../../model/status";
import { Tier } from "../../../model/tier";
import { verificationDepths } from "../../../model/verification";
import { catalog, entry, idOf } from "../fixtures";

/** The store's clock is half a minute ahead of the host's. */
export const storeNow = new Date("2026-11-23T12:00:30.000Z");
export const hostNow = new Date("2026-11-23T12:00:00.000Z");

const ago = (seconds: number): string => new Date(storeNow.getTime() - seconds * 1000).toISOString();
const first = segmentName(0n);
const ages = { snapshots: 400, full: 3600, offsite: 86_400 };
const numbers = { snapshots: 1, full: 2, offsite: 3 };

function aged(tier: Tier) {
  const wal = { stream: "s1", anchors: [{ stream: "s1", segment: first }], open: { first, last: first }, segments: [] };
  return entry({ tier, backupId: idOf(numbers[tier]), wal }, { storedAt: ago(ages[tier]) });
}

const segment = { place: "primary" as const, lineage: "l-one", stream: "s1", segment: first, bytes: 10 };

/** A policy under which all is watched that can be. */
export const watchedPolicy: BackupPolicy = resolvePolicy({ offsite: { continuousWal: true } });

/** A status that knows everything, so that every metric has a value. */
export function fullStatus(change: Partial<StatusFindings> = {}): Status {
  return judgeStatus({
    clusterId: "prod",
    node: "node1",
    at: hostNow,
    policy: watchedPolicy,
    archives: [
      { place: "primary", fault: null },
      { place: "offsite", fault: null },
    ],
    archived: {
      now: storeNow,
      catalog: catalog({ entries: [aged(Tier.Snapshots), aged(Tier.Full), aged(Tier.Offsite)] }),
      segments: [{ ...segment, storedAt: ago(30) }],
      offsiteSegments: [],
      leases: [],
      running: [],
      verifications: verificationDepths.map((depth) => ({
        format: "neumann-verification/1",
        depth,
        backupId: null,
        at: ago(100),
        storedAt: ago(100),
        seconds: 3,
        by: "host",
        places: ["primary", "offsite"],
        backups: 3,
        bytes: 30_000,
        good: depth !== "bytes",
        newest: [{ tier: Tier.Full, place: "primary", backupId: idOf(2) }],
        faults: [],
      })),
      lastAttempts: {},
    },
    database: { role: "leader", commitIndex: 1000 },
    log: { stream: "s1", lastArchived: first, waiting: [] },
    heldSince: null,
    localLeases: [],
    freeBytes: 1e12,
    verificationFailures: {},
    faults: [],
    ...change,
  });
}
