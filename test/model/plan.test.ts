import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../model/catalog";
import { InputError } from "../../model/mistakes";
import {
  describePlan,
  planDigest,
  type PlanRequest,
  resolvePlan,
  type RestorePlan,
  type ShownPlan,
} from "../../model/plan";
import { thawPhase } from "../../model/thaw";
import { PlanRefused } from "../../model/planRefused";
import { segmentName } from "../../model/layout";
import { Tier } from "../../model/tier";
import {
  accepted,
  anyManifest,
  catalog,
  entry,
  idOf,
  lineage,
  messageOf,
  pinOf,
  refusalOf,
  sha,
  shuffleKeys,
} from "./fixtures";

const full = entry({ backupId: idOf(1), index: { low: 1000, high: 1000 } });
const off = entry({ backupId: idOf(2), tier: Tier.Offsite, index: { low: 900, high: 900 } });
const both = catalog({ entries: [full, off] });

function ask(change: Partial<PlanRequest> = {}): RestorePlan {
  return resolvePlan({
    catalog: both,
    segments: [],
    restorePoint: "latest-offsite",
    recoveryId: "r1",
    nodes: ["node1", "node2"],
    ...change,
  });
}

function refusal(change: Partial<PlanRequest>): string {
  return refusalOf(() => ask(change));
}

describe("resolvePlan", () => {
  it("holds everything that a preview shows", () => {
    expect(ask()).toEqual({
      format: "neumann-plan/1",
      clusterId: "prod",
      recoveryId: "r1",
      restorePoint: "latest-offsite",
      source: {
        place: "offsite",
        tier: "offsite",
        backupId: idOf(2),
        lineage: "l-one",
        databaseClusterId: "db-one",
        manifestSha256: sha("d"),
        createdAt: "2026-11-23T04:00:00.000Z",
        index: { low: 900, high: 900 },
        totalEntries: 900,
        storedBytes: 10_000,
        plainBytes: 30_000,
        files: 1,
        walSegments: 0,
      },
      replay: null,
      nodes: ["node1", "node2"],
      estimatedSeconds: 11,
    });
  });

  it("chooses by the restore point", () => {
    expect(ask({ restorePoint: "latest" }).source.backupId).toBe(idOf(1));
    expect(ask({ restorePoint: `backup:${idOf(2)}` }).source.backupId).toBe(idOf(2));
  });

  it("rolls a backup forward, and tells what is replayed and lost", () => {
    const first = { place: "primary" as const, lineage: "l-one", stream: "node1-aa", bytes: 1024 };
    const segments = [4, 5].map((number) => ({
      ...first,
      segment: `000000000000000${number}.wal`,
      storedAt: `2026-11-23T04:0${number}:00.000Z`,
    }));
    const plan = ask({ segments, restorePoint: "time:2026-11-23T04:04:30Z" });
    expect(plan).toMatchObject({
      source: { backupId: idOf(1) },
      replay: { until: "2026-11-23T04:04:30.000Z", stream: "node1-aa", segments: 2, bytes: 2048 },
    });
    const lines = describePlan(plan, "d", new Date("2026-11-23T05:00:00.000Z")).split("\n");
    expect(lines.slice(7, 10)).toEqual([
      "  log             stream node1-aa: 2 segments, 2.0 KiB, 0000000000000004.wal to 0000000000000005.wal, stored until 2026-11-23T04:05:00.000Z",
      "  replayed        until 2026-11-23T04:04:30.000Z; the exact index is known when it is done",
      "  will do         on node1: fetch, check every file, replay the log, prove a copy alone, put in place, bootstrap once, start",
    ]);
    expect(lines[11]).toBe("  will be lost    every write acknowledged after 2026-11-23T04:04:30.000Z");
    const end = describePlan(ask({ segments, restorePoint: "end-of-log" }), "d", new Date());
    expect(end).toContain("\n  replayed        to its end; the exact index is known when it is done\n");
    expect(end).toContain(
      "\n  will be lost    every write that is not in these segments: all that node1-aa archived after 2026-11-23T04:05:00.000Z\n",
    );
    const gap = describePlan({ ...plan, replay: { ...plan.replay!, gap: true } }, "d", new Date());
    expect(gap).toContain("\n  A GAP           follows: what this stream holds behind it is not replayed\n");
    expect(planDigest(plan)).not.toBe(planDigest(ask({ segments, restorePoint: "end-of-log" })));
  });

  it("to a time keeps its digest while more of the log arrives", () => {
    const of = (count: number, restorePoint: string) => {
      const segments = Array.from({ length: count }, (_, i) => ({
        place: "primary" as const,
        lineage: "l-one",
        stream: "node1-aa",
        bytes: 16 * 1024 * 1024,
        segment: segmentName(BigInt(4 + i)),
        storedAt: new Date(Date.parse("2026-11-23T05:00:00.000Z") + i * 1000).toISOString(),
      }));
      return planDigest(ask({ segments, restorePoint }));
    };
    expect(of(1, "time:2026-11-23T04:30:00Z")).toBe(of(90, "time:2026-11-23T04:30:00Z"));
    expect(of(1, "time:2026-11-23T04:30:00Z")).not.toBe(of(1, "time:2026-11-23T04:30:01Z"));
    expect(of(1, "end-of-log")).not.toBe(of(90, "end-of-log"));
  });

  it("to a time before a recovery takes the history that was production then", () => {
    const segments = ["l-one", "l-two"].map((name) => ({
      place: "primary" as const,
      lineage: name,
      stream: "node1-aa",
      bytes: 1,
      segment: segmentName(4n),
      storedAt: "2026-11-23T12:00:00.000Z",
    }));
    const later = entry({ backupId: idOf(3), lineage: "l-two", copiedAt: "2026-11-23T08:00:00.000Z" });
    const two = lineage("l-two", "l-one", { createdAt: "2026-11-23T06:00:00.000Z" });
    const both = catalog({
      entries: [full, later],
      lineages: [lineage("l-one"), two],
      accepted: [accepted("l-two")],
    });
    const of = (time: string) =>
      ask({ catalog: both, segments, restorePoint: `time:2026-11-23T${time}Z` }).source.lineage;
    expect(of("05:59:59")).toBe("l-one");
    expect(of("09:00:00")).toBe("l-two");
    const between = { catalog: both, segments, restorePoint: "time:2026-11-23T07:00:00Z" };
    expect(refusal(between)).toContain("the earliest time that can be restored is 2026-11-23T08:00:00.000Z");
  });

  it("offers an index only where one is known", () => {
    expect(ask({ restorePoint: "index:1000" })).toMatchObject({ source: { backupId: idOf(1) }, replay: null });
    expect(refusal({ restorePoint: "index:950" })).toBe(
      `no backup of lineage l-one ends at index 950, and no other index is known before the log is replayed. The nearest: 900 (${idOf(2)}) and 1000 (${idOf(1)}). Or use a time.`,
    );
  });

  it("takes a good copy of a named backup when another copy is damaged", () => {
    const bad = { ...full, place: "offsite" as const, problem: "gone" };
    expect(ask({ catalog: catalog({ entries: [bad, full] }), restorePoint: `backup:${idOf(1)}` }).source.place).toBe(
      "primary",
    );
  });

  it("takes a backup of the new history once its recovery was accepted, never of one that was not", () => {
    const lineages = [lineage("l-one"), lineage("l-two", "l-one")];
    const newer = entry({ backupId: idOf(3), lineage: "l-two", index: { low: 3, high: 3 } });
    const before: Catalog = catalog({ entries: [full, newer], lineages });
    expect(ask({ catalog: before, restorePoint: "latest" }).source.backupId).toBe(idOf(1));
    const after = { ...before, accepted: [accepted("l-two")] };
    expect(ask({ catalog: after, restorePoint: "latest" }).source.backupId).toBe(idOf(3));
  });

  it("takes longer for more data and more nodes", () => {
    const large = catalog({ entries: [entry({ plainBytes: 80 * 1024 ** 3 })] });
    const point = { catalog: large, restorePoint: "latest" };
    expect(ask({ ...point, nodes: ["a"] }).estimatedSeconds).toBe(5 + 2 * 1024);
    expect(ask({ ...point, nodes: ["a", "b", "c"] }).estimatedSeconds).toBe(15 + 4 * 1024);
  });

  it("keeps the pinned plan for ever, whatever the archive holds by now", () => {
    const pin = pinOf(ask());
    fc.assert(
      fc.property(fc.array(anyManifest, { maxLength: 4 }), fc.boolean(), (manifests, lost) => {
        const entries = manifests.map((one) => entry({ ...one, lineage: "l-one", tier: Tier.Offsite }));
        const now = catalog({ entries: lost ? [] : entries, lineages: lost ? [] : both.lineages });
        expect(planDigest(ask({ catalog: now, pin }))).toBe(pin.digest);
      }),
    );
  });
});

describe("resolvePlan refuses", () => {
  it("a recovery without a name", () => {
    expect(refusal({ recoveryId: "../x" })).toBe(
      'recoveryId "../x" cannot name a recovery. Use letters, digits, dots and dashes, such as 2026-11-23.',
    );
  });

  it("another restore point under a name that is used", () => {
    expect(refusal({ pin: pinOf(ask()), restorePoint: "latest" })).toBe(
      "recovery r1 was begun with restore point latest-offsite and cannot be continued with latest. Use a new recoveryId for another restore point.",
    );
  });

  it("to guess between two histories", () => {
    const lineages = [lineage("l-one"), lineage("l-two")];
    expect(refusal({ catalog: catalog({ lineages, entries: [full] }) })).toBe(
      "two histories could be meant: l-one (begun 2026-11-01T00:00:00.000Z) and l-two (begun 2026-11-01T00:00:00.000Z). Name the backup: restorePoint backup:ID." +
        ` Good backups: ${idOf(1)}.`,
    );
  });

  it("an archive without a history", () => {
    expect(refusal({ catalog: catalog({ lineages: [] }) })).toBe(
      "no lineage of prod is recorded in this archive. No good backup is listed.",
    );
  });

  it("when there is no good backup, and says what is there and why it is not usable", () => {
    const bad = entry({ backupId: idOf(4), tier: Tier.Offsite }, { problem: "data.tar.zst is missing" });
    const unreadable = [
      { place: "offsite" as const, key: "prod/offsite/manifest/l-one/x.json", problem: "is not JSON" },
    ];
    expect(refusal({ catalog: catalog({ entries: [full, bad], unreadable }) })).toBe(
      `there is no good backup for latest-offsite in lineage l-one. Good backups: ${idOf(1)}.` +
        ` Not usable: ${idOf(4)}: data.tar.zst is missing; prod/offsite/manifest/l-one/x.json: is not JSON.`,
    );
  });

  it("a named backup that is damaged, with what is wrong", () => {
    const bad = entry({ backupId: idOf(4) }, { problem: "data.tar.zst has 5 bytes, not 6" });
    expect(refusal({ catalog: catalog({ entries: [bad] }), restorePoint: `backup:${idOf(4)}` })).toBe(
      `backup ${idOf(4)} cannot be restored: data.tar.zst has 5 bytes, not 6. No good backup is listed.`,
    );
  });

  it("a named backup that is not there", () => {
    expect(refusal({ restorePoint: `backup:${idOf(9)}` })).toBe(
      `backup ${idOf(9)} is not in the archive. Good backups: ${idOf(1)}, ${idOf(2)}.`,
    );
  });

  it("a restore point that is none, also of a pinned recovery", () => {
    expect(() => ask({ restorePoint: "newest" })).toThrow(InputError);
    expect(messageOf(() => ask({ restorePoint: "newest", pin: pinOf(ask()) }))).toContain("is no restore point");
  });

  it("ever to choose a backup with a problem", () => {
    const place = fc.constantFrom("latest", "latest-offsite", `backup:${idOf(1)}`, `backup:${idOf(2)}`);
    fc.assert(
      fc.property(place, fc.boolean(), fc.boolean(), (restorePoint, fullIsBad, offIsBad) => {
        const entries = [
          { ...full, problem: fullIsBad ? "bad" : null },
          { ...off, problem: offIsBad ? "bad" : null },
        ];
        let id: string | undefined;
        try {
          id = ask({ catalog: catalog({ entries }), restorePoint }).source.backupId;
        } catch (error) {
          expect(error).toBeInstanceOf(PlanRefused);
        }
        if (fullIsBad) expect(id).not.toBe(idOf(1));
        if (offIsBad) expect(id).not.toBe(idOf(2));
      }),
    );
  });
});

describe("a plan whose objects lie in an archive class", () => {
  const deep = { objects: 1, bytes: 10_000, storageClass: "DEEP_ARCHIVE" as const };
  const frozenOff = catalog({ entries: [{ ...off, frozen: deep }] });
  const segments = [4, 5].map((number) => ({
    place: "primary" as const,
    lineage: "l-one",
    stream: "node1-aa",
    bytes: 1024,
    segment: segmentName(BigInt(number)),
    storedAt: `2026-11-23T04:0${number}:00.000Z`,
  }));
  const coldLog = segments.map((segment) => ({ ...segment, frozen: "GLACIER" as const }));
  const thawLines = (plan: ShownPlan) =>
    describePlan(plan, "d", new Date())
      .split("\n")
      .filter((line) => /THAW|first run asks|thawed/.test(line));

  it("names them, by class and size", () => {
    expect(ask({ catalog: frozenOff }).frozen).toEqual(deep);
    expect(thawLines(ask({ catalog: frozenOff }))).toEqual([
      "  THAW FIRST      1 object, 9.8 KiB, in DEEP_ARCHIVE: up to 12 h from when it is asked for.",
      "                  The first run asks and ends with exit code 75; the same again, once it is thawed, restores",
      "  should take     about 11 s, once it is thawed",
    ]);
    const both = catalog({ entries: [{ ...full, frozen: deep }] });
    const point = { restorePoint: "end-of-log", catalog: both };
    expect(ask({ ...point, segments: coldLog }).frozen).toEqual({ ...deep, objects: 3, bytes: 12_048 });
  });

  it("says how many were asked for already, and nothing once all is thawed", () => {
    const plan = ask({ catalog: frozenOff });
    const [some] = thawLines({ ...plan, thaw: thawPhase({ ...deep, objects: 3 }, 2) });
    expect(some).toMatch(/from when it is asked for; 2 of them asked for already\.$/);
    expect(thawLines({ ...plan, thaw: thawPhase(deep, 1) })[0]).toMatch(/; asked for already\.$/);
    expect(thawLines({ ...plan, thaw: null })).toEqual([]);
  });

  it.each(["end-of-log", "time:2026-11-23T04:04:30Z", `backup:${idOf(1)}`])(
    "is the same plan before it was moved there, and after: %s",
    (restorePoint) => {
      const cold = catalog({ entries: [{ ...full, frozen: deep }] });
      const frozen = ask({ restorePoint, catalog: cold, segments: coldLog });
      const before = ask({ restorePoint, segments });
      expect(frozen.frozen).toBeDefined();
      expect(planDigest(frozen)).toBe(planDigest(before));
    },
  );
});

describe("planDigest", () => {
  it("is the same whatever the order of keys, and after the plan was stored", () => {
    fc.assert(
      fc.property(anyManifest, fc.nat(20), (one, seed) => {
        const entries = [entry({ ...one, lineage: "l-one", clusterId: "prod", tier: Tier.Full })];
        const plan = ask({ catalog: catalog({ entries }), restorePoint: "latest" });
        const digest = planDigest(plan);
        expect(digest).toMatch(/^[0-9a-f]{64}$/);
        expect(planDigest(shuffleKeys(plan, seed))).toBe(digest);
        expect(planDigest(JSON.parse(JSON.stringify(plan)) as RestorePlan)).toBe(digest);
      }),
    );
  });

  it("changes with the backup, with its manifest's text, with the nodes and their order", () => {
    const other = (change: object, rest: object = {}): Catalog =>
      catalog({
        entries: [entry({ tier: Tier.Offsite, backupId: idOf(2), index: { low: 900, high: 900 }, ...change }, rest)],
      });
    const digests = [
      ask(),
      ask({ catalog: other({ backupId: idOf(3) }) }),
      ask({ catalog: other({}, { manifestSha256: sha("e") }) }),
      ask({ catalog: other({ plainBytes: 30_001 }) }),
      ask({ nodes: ["node2", "node1"] }),
      ask({ nodes: ["node1"] }),
      ask({ recoveryId: "r2" }),
      ask({ restorePoint: `backup:${idOf(2)}` }),
    ].map(planDigest);
    expect(new Set(digests).size).toBe(digests.length);
    expect(planDigest(ask({ catalog: other({}) }))).toBe(digests[0]);
  });

  it("does not change when an older backup comes or goes", () => {
    const older = entry({ backupId: idOf(7), tier: Tier.Offsite, index: { low: 10, high: 10 } });
    expect(planDigest(ask({ catalog: catalog({ entries: [older, full, off] }) }))).toBe(planDigest(ask()));
  });
});

describe("describePlan", () => {
  const now = new Date("2026-11-23T10:30:00.000Z");

  it("says what a person must know before anything is touched", () => {
    expect(`\n${describePlan(ask({ nodes: ["node1", "node2", "node3"] }), sha("9"), now)}\n`).toBe(`
Recovery r1 of cluster prod   plan ${sha("9")}
  restore point   latest-offsite
  backup          ${idOf(2)} (offsite, offsite), lineage l-one
  taken           2026-11-23T04:00:00.000Z, 6 h 30 min ago
  holds           entries up to index 900, at least 900 entries
  size            9.8 KiB to fetch, 29.3 KiB unpacked, 1 files, 0 WAL segments
  signatures      not checked against trusted keys: policy.signing.trustedKeys names none
  will do         on node1: fetch, check every file, prove a copy alone, put in place, bootstrap once, start
                  then node2, node3: join, empty, one at a time; then accept and take a base backup
  will be lost    every write acknowledged after 2026-11-23T04:00:00.000Z
  should take     about 16 s
`);
  });

  it("names what new nodes can be made of, where the backup carries it", () => {
    const software = [
      { role: "agent", name: "neumann-backup.cjs", bytes: 5, sha256: sha("1") },
      { role: "database-package", name: "neumann_1.deb", bytes: 5, sha256: sha("2") },
    ];
    const source = { tier: Tier.Full, backupId: idOf(1), manifestSha256: sha("d"), software };
    const plan = ask({ catalog: catalog({ entries: [entry({ tier: Tier.Offsite, source })] }) });
    expect(plan.source.software).toEqual(software);
    const text = describePlan(plan, "d", new Date());
    expect(text).toContain("\n  beside it       agent neumann-backup.cjs, database-package neumann_1.deb\n");
    expect("software" in ask().source).toBe(false);
  });

  it("says against how many keys signatures are checked", () => {
    const say = (...keys: string[]): string => describePlan(ask(), "d", new Date(), keys);
    expect(say("k")).toContain("\n  signatures      checked against 1 trusted key\n");
    expect(say("k", "l")).toContain("\n  signatures      checked against 2 trusted keys\n");
  });

  it("says it for one node, for a backup without counts, and for a clock that is behind", () => {
    const entries = [entry({ tier: Tier.Offsite, totalEntries: null })];
    const plan = ask({ catalog: catalog({ entries }), nodes: ["node1"] });
    const lines = describePlan(plan, "d", new Date("2026-11-23T03:00:00.000Z")).split("\n");
    expect(lines[3]).toBe("  taken           2026-11-23T04:00:00.000Z, 0.0 s ago");
    expect(lines[4]).toBe("  holds           entries up to index 1000");
    expect(lines[8]).toBe(
      "                  then no other node: join, empty, one at a time; then accept and take a base backup",
    );
  });
});
