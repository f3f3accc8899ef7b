import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type BackupPolicy, type BackupPolicyOverrides, resolvePolicy, standardPolicy } from "../../model/policy";
import { tiers } from "../../model/tier";
import { agePairs, makeKeys, messageOf, mistakesOf } from "./fixtures";

const day = 24 * 60;

describe("standardPolicy", () => {
  it("is the runbook's table", () => {
    const { snapshots, full, offsite, wal } = standardPolicy;
    expect([snapshots.everyEntries, snapshots.retentionDays]).toEqual([10_000, 7]);
    expect([full.everyMinutes, full.retentionDays, full.recoveryPointMinutes]).toEqual([day, 30, day]);
    expect([offsite.everyMinutes, offsite.retentionDays, offsite.recoveryPointMinutes]).toEqual([
      7 * day,
      365,
      7 * day,
    ]);
    expect([wal.archiveTimeoutSeconds, wal.retentionDays]).toEqual([60, 30]);
    // "Minutes" for snapshots, "Hours" for the others.
    expect([snapshots.recoveryPointMinutes, snapshots.recoveryTimeMinutes].every((m) => m <= 60)).toBe(true);
    expect([full.recoveryTimeMinutes, offsite.recoveryTimeMinutes].every((m) => m >= 60 && m <= day)).toBe(true);
  });

  it("is what nothing, or an empty object, or undefined values resolve to", () => {
    for (const overrides of [undefined, {}, { full: undefined }, { full: { retentionDays: undefined } }]) {
      expect(resolvePolicy(overrides)).toEqual(standardPolicy);
    }
  });

  it("takes minutes between snapshots too, so that a slow writer has a recovery point", () => {
    expect(standardPolicy.snapshots.everyMinutes).toBeLessThanOrEqual(standardPolicy.snapshots.recoveryPointMinutes);
  });
});

/** Every contradiction, the value it is about and the whole line that a user reads. */
const contradictions: [BackupPolicyOverrides, string][] = [
  ...tiers.map((tier): [BackupPolicyOverrides, string] => [
    { [tier]: { recoveryPointMinutes: standardPolicy[tier].everyMinutes - 1 } },
    `  - policy.${tier}.everyMinutes: backups this far apart cannot keep a recovery point of ${standardPolicy[tier].everyMinutes - 1} minutes (received ${standardPolicy[tier].everyMinutes}). Write at most ${standardPolicy[tier].everyMinutes - 1}, or raise policy.${tier}.recoveryPointMinutes.`,
  ]),
  [
    { offsite: { retentionDays: 6 } },
    "  - policy.offsite.retentionDays: a backup would expire before the next one is taken (every 10080 minutes) (received 6). Write at least 7, or take backups more often.",
  ],
  [
    { offsite: { maxSourceAgeHours: 23 } },
    "  - policy.offsite.maxSourceAgeHours: full backups are taken every 1440 minutes, so most are too old to be copied off-site (received 23). Write at least 24.",
  ],
  [
    { offsite: { continuousWal: true, walRecoveryPointMinutes: 5 } },
    "  - policy.offsite.walRecoveryPointMinutes: the log is finished every 60 s and copied every 300 s, which cannot keep it (received 5). Write at least 6, or lower policy.wal.archiveTimeoutSeconds.",
  ],
  [
    { offsite: { continuousWal: "yes" as unknown as boolean } },
    '  - policy.offsite.continuousWal: must be true or false (received "yes"). Leave it out for the standard value, false.',
  ],
  [
    { offsite: { maxSourceAgeHours: 30 * 24 + 1 } },
    "  - policy.offsite.maxSourceAgeHours: full backups are kept for 30 days only (received 721). Write at most 720.",
  ],
  [
    { snapshots: { minIntervalSeconds: 901 } },
    "  - policy.snapshots.minIntervalSeconds: contradicts a snapshot every 15 minutes (received 901). Write at most 900.",
  ],
  [
    { wal: { arrivalDeadlineSeconds: 120 } },
    "  - policy.wal.arrivalDeadlineSeconds: a segment may take 60 s to be finished, so good backups would be called void (received 120). Write more than 120.",
  ],
  [
    { wal: { retentionDays: 6 } },
    "  - policy.wal.retentionDays: snapshots are kept for 7 days and could not be rolled forward (received 6). Write at least 7.",
  ],
  [
    { full: { everyMinutes: 1, recoveryPointMinutes: 1, maxPauseSeconds: 61 } },
    "  - policy.full.maxPauseSeconds: is longer than the recovery point objective (received 61). Write at most 60.",
  ],
  [
    { verification: { manifestEveryMinutes: 61, bytesEveryMinutes: 60 } },
    "  - policy.verification.manifestEveryMinutes: every byte is read each 60 minutes, which finds all that this looks for (received 61). Write at most 60, or 0 to leave it out.",
  ],
  [
    { verification: { restoreEveryMinutes: 0, queries: [{ statement: "SELECT COUNT(*) FROM t", minimumRows: 1 }] } },
    '  - policy.verification.queries: are never asked by the schedule: restoreEveryMinutes is 0 (received [{"statement":"SELECT COUNT(*) FROM t","minimumRows":1}]). Let policy.verification.restoreEveryMinutes be more than 0, or name no queries.',
  ],
  [
    { encryption: { recipients: [agePairs[0].recipient] }, verification: { restoreEveryMinutes: 10080 } },
    "  - policy.verification.restoreEveryMinutes: asks nodes to restore what is encrypted, and no node has an identity (received 10080). Leave it out, and run `verify --depth restore --identity-file FILE` on a node from time to time.",
  ],
];

/** What is wrong with a query, its path behind `queries`, and the problem. */
const badQueries: [unknown, [path: string, problem: RegExp][]][] = [
  ["SELECT", [["", /must be a list/]]],
  [["SELECT COUNT(*) FROM t"], [["[0]", /must be an object/]]],
  [[null], [["[0]", /must be an object/]]],
  [
    [{}],
    [
      ["[0].statement", /must be one SELECT COUNT/],
      ["[0].minimumRows", /must be a whole number from 0/],
    ],
  ],
  ...["SELECT k FROM t", "DELETE FROM t", "SELECT COUNT(*) FROM t; DROP TABLE t", "SELECT COUNT(*)\nFROM t", 7].map(
    (statement): (typeof badQueries)[number] => [
      [{ statement, minimumRows: 1 }],
      [["[0].statement", /must be one SELECT COUNT\(…\) on one line, without a semicolon/]],
    ],
  ),
  ...[-1, 1.5, "1", null].map((minimumRows): (typeof badQueries)[number] => [
    [{ statement: "SELECT COUNT(*) FROM t", minimumRows }],
    [["[0].minimumRows", /must be a whole number from 0/]],
  ]),
  [[{ statement: "SELECT COUNT(*) FROM t", minimumRows: 1, rows: 2 }], [["[0].rows", /is not known/]]],
  [
    [1, 2].map((minimumRows) => ({ statement: "SELECT COUNT(*) FROM t", minimumRows })),
    [["[1].statement", /is asked twice/]],
  ],
];

describe("resolvePolicy", () => {
  it("takes public keys, and names each one that is none by its path", () => {
    const { publicKey } = makeKeys();
    expect(resolvePolicy({ signing: { trustedKeys: [publicKey] } }).signing).toEqual({ trustedKeys: [publicKey] });
    const trustedKeys = [publicKey, "key", publicKey.slice(1)];
    const mistakes = mistakesOf(() => resolvePolicy({ signing: { trustedKeys }, full: { retentionDays: 0 } }));
    expect(mistakes.map(({ path }) => path)).toEqual([
      "policy.full.retentionDays",
      "policy.signing.trustedKeys[1]",
      "policy.signing.trustedKeys[2]",
    ]);
  });

  it.each(contradictions)("refuses %j", (overrides, line) => {
    expect(messageOf(() => resolvePolicy(overrides))).toBe(`The backup policy cannot be used: 1 mistake\n${line}`);
  });

  it("takes the value next to each contradiction", () => {
    const asked = { statement: "SELECT COUNT(*) FROM t", minimumRows: 1 };
    const borders: BackupPolicyOverrides[] = [
      { offsite: { retentionDays: 7 } },
      { offsite: { maxSourceAgeHours: 24 } },
      { offsite: { maxSourceAgeHours: 720 } },
      { snapshots: { minIntervalSeconds: 900 } },
      { wal: { arrivalDeadlineSeconds: 121 } },
      { wal: { retentionDays: 7 } },
      { full: { everyMinutes: 1, recoveryPointMinutes: 1, maxPauseSeconds: 60 } },
      { verification: { manifestEveryMinutes: 60, bytesEveryMinutes: 60 } },
      { verification: { manifestEveryMinutes: 61, bytesEveryMinutes: 0 } },
      { verification: { manifestEveryMinutes: 0, bytesEveryMinutes: 60, restoreEveryMinutes: 0 } },
      { encryption: { recipients: [agePairs[0].recipient] }, verification: { restoreEveryMinutes: 0 } },
      // Asked by the verifications that somebody with an identity runs.
      { encryption: { recipients: [agePairs[0].recipient] }, verification: { queries: [asked] } },
      { encryption: { recipients: [] }, verification: { restoreEveryMinutes: 10080, queries: [asked] } },
      { verification: { queries: [{ statement: "select count(*) from t WHERE v = 'x'", minimumRows: 0 }] } },
    ];
    for (const overrides of borders) expect(() => resolvePolicy(overrides)).not.toThrow();
  });

  it("lets no node restore what is encrypted, unless it is asked to: then it says why not", () => {
    const { recipient } = agePairs[0];
    expect(resolvePolicy({ encryption: { recipients: [recipient] } })).toMatchObject({
      encryption: { recipients: [recipient] },
      verification: { ...standardPolicy.verification, restoreEveryMinutes: 0 },
    });
    expect(resolvePolicy({ encryption: { recipients: [] } })).toEqual(standardPolicy);
    expect(resolvePolicy({ encryption: {} })).toEqual(standardPolicy);
  });

  it.each(badQueries)("refuses the queries %j", (queries, expected) => {
    const overrides = { verification: { queries } } as unknown as BackupPolicyOverrides;
    const found = mistakesOf(() => resolvePolicy(overrides));
    expect(found.map(({ path }) => path)).toEqual(expected.map(([path]) => `policy.verification.queries${path}`));
    for (const [at, [, problem]] of expected.entries()) expect(found[at]?.problem).toMatch(problem);
  });

  it.each([0, -1, 1.5, NaN, Infinity, "7", null, 1e12])("refuses %j as a number of days", (value) => {
    const overrides = { full: { retentionDays: value } } as unknown as BackupPolicyOverrides;
    expect(mistakesOf(() => resolvePolicy(overrides))).toEqual([
      {
        path: "policy.full.retentionDays",
        problem: "must be a whole number from 1 to 36500",
        received: value,
        remedy: "Leave it out for the standard value, 30.",
      },
    ]);
  });

  it("has a range for every setting", () => {
    for (const [section, values] of Object.entries(standardPolicy) as [string, object][]) {
      for (const key of Object.keys(values)) {
        const paths = mistakesOf(() => resolvePolicy({ [section]: { [key]: -1 } })).map((m) => m.path);
        expect(paths).toEqual([`policy.${section}.${key}`]);
      }
    }
  });

  it.each(["constructor", "toString", "__proto__", "wall"])("refuses a part that is none: %s", (section) => {
    const overrides = JSON.parse(`{"${section}": {"everyMinutes": 5}}`) as BackupPolicyOverrides;
    expect(mistakesOf(() => resolvePolicy(overrides))).toEqual([
      {
        path: `policy.${section}`,
        problem: "is no part of a policy",
        received: { everyMinutes: 5 },
        remedy: "Use one of: snapshots, full, offsite, wal, signing, verification, encryption.",
      },
    ]);
  });

  it.each(["constructor", "toString", "retentiondays"])("refuses a setting that is none: %s", (key) => {
    expect(mistakesOf(() => resolvePolicy({ wal: { [key]: 5 } }, "args.policy"))).toEqual([
      {
        path: `args.policy.wal.${key}`,
        problem: "is not known",
        received: 5,
        remedy: "Use one of: archiveTimeoutSeconds, retentionDays, arrivalDeadlineSeconds, freeSpaceAlarmMebibytes.",
      },
    ]);
  });

  it.each([5, "daily", null, [1]])("refuses %j in the place of a part", (value) => {
    const overrides = { full: value } as unknown as BackupPolicyOverrides;
    expect(mistakesOf(() => resolvePolicy(overrides))).toEqual([
      {
        path: "policy.full",
        problem: "must be an object",
        received: value,
        remedy: "Leave it out for the standard values.",
      },
    ]);
  });

  it.each([5, "weekly", null, []])("refuses %j in the place of a policy", (value) => {
    expect(mistakesOf(() => resolvePolicy(value as unknown as BackupPolicyOverrides))).toEqual([
      {
        path: "policy",
        problem: "must be an object",
        received: value,
        remedy: "Leave it out for the standard policy.",
      },
    ]);
  });

  it("says all mistakes at once, and no contradiction of numbers that are wrong themselves", () => {
    const paths = mistakesOf(() =>
      resolvePolicy({ wal: { retentionDays: 0 }, full: { retentionDays: 0 }, snapshots: { everyMinutes: 100 } }),
    ).map((m) => m.path);
    expect(paths).toEqual(["policy.full.retentionDays", "policy.wal.retentionDays"]);
  });

  it("changes nothing of what it was given", () => {
    const overrides: BackupPolicyOverrides = Object.freeze({ full: Object.freeze({ retentionDays: 31 }) });
    expect(resolvePolicy(overrides).full.retentionDays).toBe(31);
    expect(standardPolicy.full.retentionDays).toBe(30);
  });

  it("lets nothing through that breaks a promise", () => {
    let resolved = 0;
    fc.assert(
      fc.property(anyOverrides, (overrides) => {
        let policy: BackupPolicy;
        try {
          policy = resolvePolicy(overrides);
        } catch {
          return;
        }
        resolved += 1;
        expect(broken(policy)).toEqual([]);
        expect(resolvePolicy(policy)).toEqual(policy);
      }),
      { numRuns: 2000 },
    );
    expect(resolved).toBeGreaterThan(20);
  });
});

const few = (numbers: number[]): fc.Arbitrary<number> => fc.oneof(fc.constantFrom(...numbers), fc.nat({ max: 20_000 }));
const anyOverrides: fc.Arbitrary<BackupPolicyOverrides> = fc.record(
  {
    snapshots: part({ everyMinutes: [5, 15], minIntervalSeconds: [60, 300], retentionDays: [1, 7, 40] }),
    full: part({ everyMinutes: [60, day], retentionDays: [1, 30], recoveryPointMinutes: [day], maxPauseSeconds: [60] }),
    offsite: part({ everyMinutes: [day, 7 * day], retentionDays: [7, 365], maxSourceAgeHours: [24, 48] }),
    wal: part({ archiveTimeoutSeconds: [1, 60], retentionDays: [7, 30], arrivalDeadlineSeconds: [5, 900] }),
  },
  { requiredKeys: [] },
);

function part(keys: Record<string, number[]>): fc.Arbitrary<Record<string, number>> {
  const model = Object.fromEntries(Object.entries(keys).map(([key, numbers]) => [key, few(numbers)]));
  return fc.record(model, { requiredKeys: [] }) as fc.Arbitrary<Record<string, number>>;
}

/** What the policy promises, written down a second time and in other words. */
function broken(policy: BackupPolicy): string[] {
  const { snapshots, full, offsite, wal } = policy;
  const promises: Record<string, boolean> = {
    "each tier's interval keeps its recovery point": tiers.every(
      (tier) => policy[tier].recoveryPointMinutes - policy[tier].everyMinutes >= 0,
    ),
    "there are always two backups of a tier": tiers.every(
      (tier) => policy[tier].retentionDays * day >= policy[tier].everyMinutes,
    ),
    "something is always kept": tiers.every((tier) => policy[tier].keepAtLeast > 0 && policy[tier].retentionDays > 0),
    "a daily full is young enough to go off-site": offsite.maxSourceAgeHours >= full.everyMinutes / 60,
    "what goes off-site still exists": offsite.maxSourceAgeHours / 24 <= full.retentionDays,
    "snapshots may be as frequent as wanted": snapshots.minIntervalSeconds / 60 <= snapshots.everyMinutes,
    "a snapshot can be rolled forward as long as it is kept": wal.retentionDays >= snapshots.retentionDays,
    "a segment has time to arrive": wal.arrivalDeadlineSeconds / wal.archiveTimeoutSeconds > 2,
    "a pause is shorter than what may be lost": full.maxPauseSeconds / 60 <= full.recoveryPointMinutes,
  };
  return Object.keys(promises).filter((promise) => promises[promise] !== true);
}
