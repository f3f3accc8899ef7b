import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lifecycleRules, type LifecycleRule } from "../../../model/aws/lifecycle";
import { describeBackstop, type LifecycleRequest } from "../../../model/aws/lifecycleRequest";
import type { Place } from "../../../model/catalog";
import * as layout from "../../../model/layout";
import { lockContradiction } from "../../../model/objectLock";
import { type BackupPolicy, standardPolicy } from "../../../model/policy";
import { type Tier, tiers } from "../../../model/tier";
import { idOf, messageOf } from "../fixtures";
import { anyPolicy } from "./policies";

const dayMs = 86_400_000;
const places: Place[] = ["primary", "offsite"];
const anyPlace = fc.constantFrom(...places);
const anyPrefix = fc.constantFrom(undefined, "", "neumann/backup");
const anyRequest: fc.Arbitrary<LifecycleRequest> = fc.record({
  clusterId: fc.constant("prod"),
  policy: anyPolicy,
  place: anyPlace,
  undeleteDays: fc.integer({ min: 1, max: 60 }),
  prefix: anyPrefix,
});

/** The midnight at which S3 does what is due so many days after a moment. */
const due = (since: number, days: number): number => Math.ceil((since + days * dayMs) / dayMs) * dayMs;

interface Stored {
  key: string;
  at: number;
  /** When somebody tagged it. */
  taggedAt?: number;
}

const matches = (rule: LifecycleRule, { key, taggedAt }: Stored): boolean =>
  key.startsWith(rule.prefix) && (!rule.tagged || taggedAt !== undefined);

/** What S3 makes of an object: when it is hidden, and when it is gone for good. Never is infinity. */
function fateOf(rules: readonly LifecycleRule[], object: Stored): { hiddenAt: number; goneAt: number } {
  const mine = rules.filter((rule) => matches(rule, object));
  const hidden = mine.map(({ expireAfterDays, tagged }) =>
    expireAfterDays === undefined
      ? Number.POSITIVE_INFINITY
      : Math.max(due(object.at, expireAfterDays), tagged ? due(object.taggedAt ?? 0, 0) : 0),
  );
  const hiddenAt = Math.min(...hidden, Number.POSITIVE_INFINITY);
  return { hiddenAt, goneAt: goneAfter(rules, object, hiddenAt) };
}

function goneAfter(rules: readonly LifecycleRule[], object: Stored, hiddenAt: number): number {
  const mine = rules.filter((rule) => matches(rule, object));
  return Math.min(...mine.map(({ noncurrentDays }) => due(hiddenAt, noncurrentDays ?? Number.POSITIVE_INFINITY)));
}

/** The objects of a backup: what it is made of comes before its manifest, and the log that it needs before that. */
interface Made {
  tier: Tier;
  begunAt: number;
  manifestAt: number;
}

function objectsOf({ tier, begunAt, manifestAt }: Made, prefix: string | undefined) {
  const root = prefix ? `${prefix}/` : "";
  const at = (key: string, time: number): Stored => ({ key: `${root}${key}`, at: time });
  return {
    manifest: at(layout.manifestKey("prod", tier, "l-1", idOf(1)), manifestAt),
    data: at(`${layout.dataPrefix("prod", tier, "l-1", idOf(1))}data.tar.zst`, begunAt),
    log: at(layout.segmentKey("prod", "l-1", "s", "0000000000000001.wal"), begunAt - 60_000),
  };
}

const tiersAt = (place: Place): Tier[] => tiers.filter((tier) => (tier === "offsite") === (place === "offsite"));
const hourMs = 3_600_000;

/** Backups on schedule, each kept waiting or uploaded for less than its rhythm and less than six hours. */
const anyRun = fc.record({
  phase: fc.double({ min: 0, max: 1, noNaN: true }),
  upload: fc.double({ min: 0, max: 0.99, noNaN: true }),
});

describe("what S3 takes", () => {
  it("is kept to by every rule", () => {
    fc.assert(
      fc.property(anyRequest, fc.boolean(), (request, withBackstop) => {
        const rules = lifecycleRules(withBackstop ? { ...request, backstop: latest(request) } : request);
        expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
        for (const { tagged, expireAfterDays, removeDeleteMarkers, abortUploadsAfterDays } of rules) {
          if (tagged) expect({ removeDeleteMarkers, abortUploadsAfterDays }).toEqual({});
          if (removeDeleteMarkers === true) expect(expireAfterDays).toBeUndefined();
        }
      }),
    );
  });
});

/** A backstop that is accepted. */
function latest({ place }: LifecycleRequest): Record<string, number> {
  return place === "primary" ? { snapshots: 5000, full: 5000, wal: 5000 } : { offsite: 5000, wal: 5000 };
}

describe("the parts of an archive", () => {
  const kinds: layout.RecordKind[] = [
    "lineages",
    "recoveries",
    "claims",
    "leases",
    "watermarks",
    "verifications",
    "expired",
    "tail",
    "streams",
    "keys",
    "software",
    "kits",
    "volumes",
  ];

  it("each have one rule for what is tagged and one for what is hidden; records but watermarks none", () => {
    fc.assert(
      fc.property(anyRequest, (request) => {
        const rules = lifecycleRules(request);
        const root = request.prefix ? `${request.prefix}/` : "";
        const removing = (key: string) =>
          rules
            .filter(({ prefix }) => `${root}${key}`.startsWith(prefix))
            .filter((rule) => rule.expireAfterDays !== undefined || rule.noncurrentDays !== undefined)
            .map(({ tagged }) => tagged);
        const going = [
          ...tiersAt(request.place).flatMap((tier) =>
            Object.values(objectsOf({ tier, begunAt: 0, manifestAt: 0 }, "")),
          ),
          { key: layout.recordKey("prod", "watermarks", "node1/1.json") },
        ];
        for (const { key } of going) expect(removing(key)).toEqual([true, false]);
        const staying = [
          layout.archiveMarkerKey("prod"),
          ...kinds.filter((kind) => kind !== "watermarks").map((kind) => layout.recordKey("prod", kind, "x.json")),
        ];
        for (const key of staying) expect(removing(key)).toEqual([]);
        expect(rules.filter(({ prefix }) => `${root}other/wal/x`.startsWith(prefix))).toEqual([]);
      }),
    );
  });

  it("are named so that new records are thought of", () => {
    const all: Record<layout.RecordKind, true> = Object.fromEntries(kinds.map((kind) => [kind, true])) as never;
    expect(Object.keys(all)).toHaveLength(13);
  });
});

describe("somebody who tags everything at once", () => {
  it("removes nothing that is younger than its retention, and for good nothing before it could be brought back", () => {
    fc.assert(
      fc.property(anyRequest, fc.nat({ max: dayMs }), (request, at) => {
        const rules = lifecycleRules(request);
        for (const tier of tiersAt(request.place)) {
          const { manifest, data, log } = objectsOf({ tier, begunAt: at, manifestAt: at }, request.prefix);
          for (const object of [manifest, data, log]) {
            const { hiddenAt, goneAt } = fateOf(rules, { ...object, taggedAt: object.at });
            const days = request.policy[object === log ? "wal" : tier].retentionDays;
            expect(hiddenAt - object.at).toBeGreaterThanOrEqual(days * dayMs);
            expect(goneAt - hiddenAt).toBeGreaterThanOrEqual(request.undeleteDays * dayMs);
          }
        }
      }),
    );
  });

  it("hides nothing of the least number of backups, and removes nothing of the recovery window, with backups on schedule", () => {
    fc.assert(
      fc.property(anyRequest, anyRun, fc.nat({ max: dayMs }), (request, { phase, upload }, now) => {
        const rules = lifecycleRules(request);
        for (const tier of tiersAt(request.place)) {
          const { everyMinutes, keepAtLeast, retentionDays } = request.policy[tier];
          const every = everyMinutes * 60_000;
          const uploadMs = Math.min(upload * every, 6 * hourMs);
          const fate = (manifestAt: number) => {
            const made = objectsOf({ tier, begunAt: manifestAt - uploadMs, manifestAt }, request.prefix);
            // Off-site only the newest backup is rolled forward: see below.
            const needed = [made.manifest, made.data, ...(tier === "offsite" ? [] : [made.log])];
            return needed.map((object) => fateOf(rules, { ...object, taggedAt: object.at }));
          };
          const oldestOfNumber = now - phase * every - (keepAtLeast - 1) * every;
          for (const { hiddenAt } of fate(oldestOfNumber).slice(0, 2)) expect(hiddenAt).toBeGreaterThanOrEqual(now);
          for (const { goneAt } of fate(oldestOfNumber)) expect(goneAt).toBeGreaterThan(now);
          for (const { goneAt } of fate(now - retentionDays * dayMs)) expect(goneAt).toBeGreaterThan(now);
        }
      }),
    );
  });
});

describe("the log off-site", () => {
  it("stays as long as the newest backup there is rolled forward with it, whoever tags it", () => {
    fc.assert(
      fc.property(anyRequest, anyRun, fc.nat({ max: dayMs }), (request, { phase, upload }, now) => {
        fc.pre(request.place === "offsite" && request.policy.offsite.continuousWal);
        const { everyMinutes, maxSourceAgeHours } = request.policy.offsite;
        const newestAt = now - (phase + upload) * everyMinutes * 60_000;
        const begunAt = newestAt - maxSourceAgeHours * hourMs;
        const { log } = objectsOf({ tier: "offsite", begunAt, manifestAt: newestAt }, request.prefix);
        expect(fateOf(lifecycleRules(request), { ...log, taggedAt: log.at }).hiddenAt).toBeGreaterThanOrEqual(now);
      }),
    );
  });
});

describe("what nobody tagged", () => {
  it("stays for ever, and once it is hidden at least as long as the policy keeps it", () => {
    fc.assert(
      fc.property(anyRequest, fc.nat({ max: dayMs }), (request, at) => {
        const rules = lifecycleRules(request);
        for (const tier of tiersAt(request.place)) {
          const made = objectsOf({ tier, begunAt: at, manifestAt: at }, request.prefix);
          for (const object of Object.values(made)) {
            expect(fateOf(rules, object).hiddenAt).toBe(Number.POSITIVE_INFINITY);
            const { retentionDays } = request.policy[object === made.log ? "wal" : tier];
            const days = Math.max(request.undeleteDays, retentionDays);
            expect(goneAfter(rules, object, at) - at).toBeGreaterThanOrEqual(days * dayMs);
          }
        }
      }),
    );
  });

  it("goes at a backstop, manifests first, and never what is needed", () => {
    fc.assert(
      fc.property(anyRequest, anyRun, fc.nat({ max: 50 }), (request, { upload }, extra) => {
        const backstop = leastBackstop(request, extra);
        const rules = lifecycleRules({ ...request, backstop });
        for (const tier of tiersAt(request.place)) {
          const manifestAt = 1000 * dayMs + 1;
          const made = objectsOf({ tier, begunAt: manifestAt - upload * dayMs, manifestAt }, request.prefix);
          const [manifest, data, log] = [made.manifest, made.data, made.log].map((object) => fateOf(rules, object));
          const { retentionDays, keepAtLeast, everyMinutes } = request.policy[tier];
          const needed = Math.max(retentionDays * dayMs, keepAtLeast * everyMinutes * 60_000);
          expect(manifest?.hiddenAt).toBeGreaterThan(manifestAt + needed);
          expect(data?.hiddenAt).toBeGreaterThan(manifest?.hiddenAt ?? 0);
          if (request.place === "primary") expect(log?.hiddenAt).toBeGreaterThan(data?.hiddenAt ?? 0);
        }
      }),
    );
  });
});

/** The earliest backstop that is accepted, and some days. */
function leastBackstop(request: LifecycleRequest, extra: number): Record<string, number> {
  const days = Object.fromEntries(
    lifecycleRules(request).map(({ id, expireAfterDays }) => [id, (expireAfterDays ?? 0) + 1 + extra]),
  );
  const wal = days["wal-given-up"] ?? 0;
  if (request.place === "offsite") return { offsite: days["offsite-data-given-up"] ?? 0, wal };
  return { snapshots: days["snapshots-data-given-up"] ?? 0, full: days["full-data-given-up"] ?? 0, wal };
}

describe("a prune", () => {
  it("removes a backup's manifest for good before its data, and the log last, whatever midnight lies between", () => {
    fc.assert(
      fc.property(
        anyRequest,
        fc.nat({ max: dayMs }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.nat({ max: 400 }),
        (request, manifestAt, upload, wait) => {
          const rules = lifecycleRules(request);
          for (const tier of tiersAt(request.place)) {
            const made = { tier, begunAt: manifestAt - upload * dayMs, manifestAt };
            const { manifest, data, log } = objectsOf(made, request.prefix);
            const taggedAt = manifestAt + wait * dayMs;
            const [first, second, third] = [manifest, data, log].map(
              (one) => fateOf(rules, { ...one, taggedAt }).goneAt,
            );
            expect(first).toBeLessThan(second ?? 0);
            if (request.place === "primary") expect(second).toBeLessThan(third ?? 0);
          }
        },
      ),
    );
  });
});

describe("object lock", () => {
  it("ends before any rule removes what it holds, wherever its days are accepted", () => {
    fc.assert(
      fc.property(anyRequest, fc.integer({ min: 1, max: 500 }), (request, days) => {
        fc.pre(lockContradiction(days, request.policy, request.place) === null);
        const logLies = request.place === "primary" || request.policy.offsite.continuousWal;
        for (const rule of lifecycleRules(request)) {
          if (!logLies && !rule.id.startsWith("offsite-")) continue;
          const { expireAfterDays, noncurrentDays } = rule;
          if (expireAfterDays !== undefined) expect(expireAfterDays).toBeGreaterThanOrEqual(days);
          // Hidden on the day on which it was stored.
          else if (noncurrentDays !== undefined) expect(noncurrentDays).toBeGreaterThanOrEqual(days);
        }
      }),
    );
  });

  it("of the longest days that are accepted fits the log that once was copied off-site", () => {
    const rules = lifecycleRules({ ...standard, place: "offsite" });
    expect(lockContradiction(365, standardPolicy, "offsite")).toBeNull();
    expect(rules.find(({ id }) => id === "wal-given-up")?.expireAfterDays).toBe(365);
  });
});

const standard: LifecycleRequest = { clusterId: "prod", policy: standardPolicy, place: "primary", undeleteDays: 14 };

describe("the standard policy", () => {
  it("has these rules", () => {
    const shown = places.map((place) => lifecycleRules({ ...standard, place, prefix: "neumann" }));
    expect(shown).toMatchSnapshot();
  });

  it("keeps the log as long as the backups that are rolled forward with it", () => {
    const change = (full: Partial<BackupPolicy["full"]>): BackupPolicy => ({
      ...standardPolicy,
      full: { ...standardPolicy.full, ...full },
    });
    const days = (policy: BackupPolicy, id: string) =>
      lifecycleRules({ ...standard, policy }).find((rule) => rule.id === id)?.expireAfterDays;
    expect(days(change({ retentionDays: 60 }), "wal-given-up")).toBe(60);
    expect(days(change({ keepAtLeast: 40 }), "full-data-given-up")).toBe(41);
    expect(days(change({ keepAtLeast: 40 }), "wal-given-up")).toBe(41);
  });
});

describe("a backstop", () => {
  it("says what it means", () => {
    expect(describeBackstop({ ...standard, backstop: { full: 90 } })).toEqual([
      "full: what is 90 days old goes without a prune; if none was made for so long, the last good one too",
    ]);
    expect(describeBackstop(standard)).toEqual([]);
  });

  it("is refused where it could remove what is needed, all mistakes at once", () => {
    const backstop = { snapshots: 7, full: 30.5, wal: 10 };
    expect(
      messageOf(() => lifecycleRules({ ...standard, undeleteDays: 0, prefix: "/x/", backstop })),
    ).toMatchSnapshot();
  });

  it("is refused for the log of backups that stay", () => {
    expect(messageOf(() => lifecycleRules({ ...standard, backstop: { full: 90, wal: 90 } }))).toBe(
      `The rules of the bucket cannot be made: 1 mistake
  - lifecycle.backstop.wal: would remove the log of snapshots backups, which have no backstop (received 90). Give snapshots a backstop that is not later, or leave this one out.`,
    );
    expect(messageOf(() => lifecycleRules({ ...standard, backstop: { snapshots: 40, full: 90, wal: 80 } }))).toBe(
      `The rules of the bucket cannot be made: 1 mistake
  - lifecycle.backstop.wal: would remove the log of full backups that go at 90 days only (received 80). Write at least 90.`,
    );
  });

  it("is no tier of another place", () => {
    expect(messageOf(() => lifecycleRules({ ...standard, backstop: { offsite: 900 } }))).toContain(
      "lifecycle.backstop.offsite: does not lie in the primary archive (received 900). Use one of: snapshots, full, wal.",
    );
  });
});
