import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  archiveRules,
  bucketPrefixOf,
  mostLockDays,
  offsiteLockContradiction,
  replicatedPrefixes,
  usualLockDays,
} from "../../../model/aws/archivePlaces";
import { type BackupPolicy, resolvePolicy, standardPolicy } from "../../../model/policy";
import { anyPolicy } from "./policies";

const days = fc.integer({ min: 1, max: 800 });

/** What lies in the off-site bucket, by the beginnings of its keys. */
function kept(policy: BackupPolicy, replicate: boolean): string[] {
  const log = policy.offsite.continuousWal ? ["prod/wal/"] : [];
  return ["prod/offsite/", ...log, ...(replicate ? replicatedPrefixes("prod", policy) : [])];
}

describe("the off-site bucket's lock", () => {
  it("never outlasts the expiry of anything that lies there, whatever policy is accepted", () => {
    let accepted = 0;
    fc.assert(
      fc.property(anyPolicy, fc.boolean(), days, (policy, replicate, wanted) => {
        const rules = archiveRules({ clusterId: "prod", policy, place: "offsite", undeleteDays: 14 }, replicate);
        const expiries = rules.flatMap(({ expireAfterDays, prefix }) =>
          expireAfterDays !== undefined && kept(policy, replicate).some((at) => prefix.startsWith(at))
            ? [expireAfterDays]
            : [],
        );
        expect(expiries.length).toBeGreaterThan(0);
        expect(usualLockDays(policy, replicate)).toBeLessThanOrEqual(Math.min(...expiries));
        expect(usualLockDays(policy, replicate)).toBeGreaterThan(0);
        if (offsiteLockContradiction(wanted, policy, replicate) !== null) return;
        accepted += 1;
        expect(wanted).toBeLessThanOrEqual(Math.min(...expiries));
      }),
      { numRuns: 500 },
    );
    expect(accepted).toBeGreaterThan(20);
  });

  it("is 30 days by the standard policy, and no longer than copies are kept", () => {
    expect(usualLockDays(standardPolicy, false)).toBe(30);
    expect(mostLockDays(standardPolicy, false)).toBe(365);
    expect(mostLockDays(standardPolicy, true)).toBe(30);
    expect(offsiteLockContradiction(31, standardPolicy, true)).toEqual({
      problem: "locks longer than the policy keeps what is replicated (30 days): it could not be given up",
      most: 30,
    });
    expect(offsiteLockContradiction(366, standardPolicy, true)?.problem).toContain("offsite (365 days)");
  });
});

describe("the rules of a bucket", () => {
  it("have each an id of its own, and each copied prefix a rule by which it goes", () => {
    fc.assert(
      fc.property(anyPolicy, (policy) => {
        const rules = archiveRules({ clusterId: "prod", policy, place: "offsite", undeleteDays: 14 }, true);
        const ids = rules.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const going = rules.filter(({ expireAfterDays, tagged }) => tagged && expireAfterDays !== undefined);
        for (const key of ["prod/full/manifest/x", "prod/full/data/x", "prod/wal/x", "prod/offsite/data/x"]) {
          expect(going.filter(({ prefix }) => key.startsWith(prefix)).length, key).toBe(1);
        }
      }),
      { numRuns: 50 },
    );
  });

  it("are about copies only where there are any", () => {
    const of = (replicate: boolean) =>
      archiveRules({ clusterId: "prod", policy: standardPolicy, place: "offsite", undeleteDays: 14 }, replicate);
    expect(of(false).filter(({ prefix }) => prefix.includes("/full/"))).toEqual([]);
    expect(of(true).filter(({ prefix }) => prefix.includes("/full/")).length).toBe(4);
    expect(of(true).filter(({ prefix }) => prefix.includes("/snapshots/"))).toEqual([]);
  });
});

describe("what is replicated", () => {
  it("is never a record: each bucket has markers and claims of its own", () => {
    const continuous = resolvePolicy({ offsite: { continuousWal: true } });
    expect(replicatedPrefixes("prod", standardPolicy)).toEqual(["prod/full/", "prod/wal/"]);
    expect(replicatedPrefixes("prod", continuous)).toEqual(["prod/full/"]);
  });
});

describe("the beginning of a bucket's name", () => {
  it("is one that AWS takes, however long the cluster's name is", () => {
    const clusterIds = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/);
    fc.assert(
      fc.property(clusterIds, fc.boolean(), fc.boolean(), (clusterId, away, logs) => {
        const prefix = bucketPrefixOf(clusterId, away ? "offsite" : "primary", logs);
        expect(prefix).toMatch(/^[a-z0-9][a-z0-9-]{1,35}-$/);
      }),
    );
    expect(bucketPrefixOf("prod", "primary")).toBe("prod-backup-");
  });
});
