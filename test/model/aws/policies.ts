import fc from "fast-check";
import { type BackupPolicy, resolvePolicy } from "../../../model/policy";

const day = 1440;

interface Drawn {
  every: number;
  extraDays: number;
  keepAtLeast: number;
}

/** A tier whose backups come every so often, and are kept for at least as long. */
function tier(leastEvery: number, mostEvery: number): fc.Arbitrary<Drawn> {
  return fc.record({
    every: fc.integer({ min: leastEvery, max: mostEvery }),
    extraDays: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 400 })),
    keepAtLeast: fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 100 })),
  });
}

const tierOf = ({ every, extraDays, keepAtLeast }: Drawn) => ({
  everyMinutes: every,
  recoveryPointMinutes: every,
  retentionDays: Math.ceil(every / day) + extraDays,
  keepAtLeast,
});

/** Any policy that is accepted. */
export const anyPolicy: fc.Arbitrary<BackupPolicy> = fc
  .record({
    snapshots: tier(5, 2 * day),
    full: tier(60, 7 * day),
    offsite: tier(60, 40 * day),
    sourceHours: fc.nat({ max: 24 * 7 }),
    logDays: fc.nat({ max: 60 }),
    continuousWal: fc.boolean(),
  })
  .map(({ sourceHours, logDays, continuousWal, ...drawn }) => {
    const [snapshots, full, offsite] = [tierOf(drawn.snapshots), tierOf(drawn.full), tierOf(drawn.offsite)];
    const leastHours = Math.ceil(full.everyMinutes / 60);
    const maxSourceAgeHours = Math.min(leastHours + sourceHours, full.retentionDays * 24);
    return resolvePolicy({
      snapshots: { ...snapshots, minIntervalSeconds: 0 },
      full,
      offsite: { ...offsite, maxSourceAgeHours, continuousWal },
      wal: { retentionDays: snapshots.retentionDays + logDays },
    });
  });
