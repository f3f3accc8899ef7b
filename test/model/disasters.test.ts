import { describe, expect, it } from "vitest";
import { describeRecoveryPoints, type ProtectedBy, recoveryPoints } from "../../model/disasters";
import { type BackupPolicyOverrides, resolvePolicy } from "../../model/policy";

function costs(change: Partial<ProtectedBy> = {}, policy: BackupPolicyOverrides = {}): Record<string, number | null> {
  const by = { policy: resolvePolicy(policy), nodes: 3, primary: "s3", offsite: "s3", ...change } as const;
  return Object.fromEntries(recoveryPoints(by).map(({ disaster, lostSeconds }) => [disaster, lostSeconds]));
}

const week = 7 * 86_400;

describe("recovery points", () => {
  it("are those of the policy, for every kind of disaster", () => {
    expect(costs()).toEqual({
      process: 0,
      node: 0,
      cluster: 60,
      region: week,
      account: week,
      "operator-error": 0,
      "stolen-host": week,
    });
  });

  it("of a region become minutes with the log off-site", () => {
    const offsite = { continuousWal: true, walRecoveryPointMinutes: 10 };
    expect(costs({}, { offsite })).toMatchObject({ cluster: 60, region: 600, account: 600, "stolen-host": 600 });
  });

  it("without an off-site archive promise nothing beyond the primary one", () => {
    expect(costs({ offsite: undefined })).toMatchObject({
      cluster: 60,
      region: null,
      account: null,
      "stolen-host": null,
    });
  });

  it("of fewer than three nodes count a lost node as a lost cluster", () => {
    expect(costs({ nodes: 1 }, { wal: { archiveTimeoutSeconds: 30 } })).toMatchObject({ process: 0, node: 30 });
  });

  it("promise nothing against a stolen host that mounts the archive", () => {
    expect(costs({ primary: "directory" })["stolen-host"]).toBeNull();
  });

  it("are a table for a preview", () => {
    const policy = resolvePolicy();
    const text = describeRecoveryPoints(
      recoveryPoints({ policy, nodes: 3, primary: "directory", offsite: "directory" }),
    );
    expect(text).toMatchInlineSnapshot(`
      "What each kind of disaster may cost (writes of at most so long), and what it is recovered from:
        process         nothing       the node's own log; the others go on meanwhile
        node            nothing       the other nodes, which hold every acknowledged write
        cluster         60 s          end-of-log: a backup and the archived log, up to its last segment
        region          7 d           latest-offsite: the newest off-site backup; policy.offsite.continuousWal makes that minutes
        account         7 d           latest-offsite: the newest off-site backup; policy.offsite.continuousWal makes that minutes; only if that lies in another account
        operator-error  nothing       time:…, any moment of the last 30 days, for all that was written before it; or query --at
        stolen-host     not promised  a folder that a node can write it can also empty: only what no node reaches is safe"
    `);
  });
});
