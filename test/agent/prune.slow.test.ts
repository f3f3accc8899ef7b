import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { readCatalog } from "../../agent/archive/catalog";
import { prune } from "../../agent/commands/prune";
import { type Verdict, verify, type VerifyContext } from "../../agent/commands/verify";
import { runProcedure } from "../../agent/run/steps";
import type { AgentConfig } from "../../model/agentConfig";
import { dataPrefix, manifestKey, recordKey, segmentKey, segmentName } from "../../model/layout";
import { type Manifest, serializeManifest } from "../../model/manifest";
import { resolvePolicy } from "../../model/policy";
import type { RetentionPlan } from "../../model/retention";
import { Tier } from "../../model/tier";
import { VerificationDepth } from "../../model/verification";
import { idOf, lineage, manifest } from "../model/fixtures";
import { agent, type AgentOptions, complaint, filesBelow, must, type Ran, scratch } from "./support";

/**
 * Expiry of real archives (protocol 19, I6): two folders with backups and a log, aged by the times of their files. No
 * database takes part: `prune` knows only archives and the policy.
 */
const folder = scratch("prune");
let at: string;
let config: string;
let count = 0;
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

const places = { primary: "archive", offsite: "offsite" } as const;
type Place = keyof typeof places;

beforeEach(async () => {
  at = path.join(folder, String(count++));
  for (const [role, name] of Object.entries(places)) {
    const archive = { kind: "directory", location: path.join(at, name) };
    await must(["archive-create"], { spec: { archive, clusterId: "prod", role } });
    await archiveOf(role as Place).putText(
      recordKey("prod", "lineages", "l-one.json"),
      `${JSON.stringify(lineage("l-one"))}\n`,
    );
  }
  config = path.join(at, "agent.json");
  const content: AgentConfig = {
    format: "neumann-agent/1",
    generation: "g1",
    node: {
      id: "node1",
      address: "127.0.0.1:1",
      adminUrl: "http://127.0.0.1:1",
      configFile: "/nowhere/config.toml",
      dataDirectory: "/nowhere",
      programDirectory: null,
      serviceManager: "systemd",
    },
    archive: {
      kind: "directory",
      clusterId: "prod",
      location: path.join(at, places.primary),
      offsite: { kind: "directory", location: path.join(at, places.offsite) },
    },
    policy: resolvePolicy({ full: { keepAtLeast: 2 }, snapshots: { keepAtLeast: 1 }, offsite: { keepAtLeast: 1 } }),
    agentDirectory: at,
  };
  fs.writeFileSync(config, JSON.stringify(content));
  await history();
});

function archiveOf(place: Place): DirectoryArchive {
  return new DirectoryArchive(path.join(at, places[place]));
}

function age(place: Place, key: string, days: number): void {
  const time = new Date(Date.now() - days * 86_400_000);
  fs.utimesSync(path.join(at, places[place], key), time, time);
}

/** Stores a backup whose data can be read, so many days ago. */
async function backup(number: number, tier: Tier, days: number, anchor: number): Promise<void> {
  const place: Place = tier === Tier.Offsite ? "offsite" : "primary";
  const backupId = idOf(number);
  const key = `${dataPrefix("prod", tier, "l-one", backupId)}data.tar.zst`;
  const content = `data of ${backupId}`;
  const stored = await archiveOf(place).putStream(key, Readable.from([Buffer.from(content)]));
  const open = { first: segmentName(BigInt(anchor + 1)), last: segmentName(BigInt(anchor + 1)) };
  const made: Manifest = {
    ...manifest({ backupId, tier, lineage: "l-one", index: { low: number, high: number } }),
    parts: [{ name: "data.tar.zst", bytes: stored.bytes, sha256: createHash("sha256").update(content).digest("hex") }],
    wal: { stream: "s1", anchors: [{ stream: "s1", segment: segmentName(BigInt(anchor)) }], open, segments: [] },
  };
  const text = manifestKey("prod", tier, "l-one", backupId);
  await archiveOf(place).putText(text, serializeManifest(made));
  for (const name of [key, text]) age(place, name, days);
}

async function segment(number: number, days: number): Promise<void> {
  const key = segmentKey("prod", "l-one", "s1", segmentName(BigInt(number)));
  await archiveOf("primary").putStream(key, Readable.from([Buffer.from(`segment ${number}`)]));
  age("primary", key, days);
}

/** Full backups 1 to 4, of which the policy keeps 3 and 4; snapshots 5 and 6; off-site 7; segments 0 to 9. */
async function history(): Promise<void> {
  for (const [number, days] of [90, 80, 70, 60].entries()) await backup(number + 1, Tier.Full, days, number * 2);
  await backup(5, Tier.Snapshots, 50, 6);
  await backup(6, Tier.Snapshots, 1, 7);
  await backup(7, Tier.Offsite, 20, 6);
  for (let number = 0; number < 10; number++) await segment(number, 95 - number);
}

const run = (options: AgentOptions = {}, ...words: string[]): Promise<Ran> =>
  agent(["--config", config, "--json", "prune", ...words], options);

const kept = ["00000003", "00000004"];

/** Objects of both archives, without records. */
function objects(): string[] {
  return Object.values(places).flatMap((name) =>
    filesBelow(path.join(at, name))
      .filter((file) => !file.includes("/records/") && !file.endsWith(".meta"))
      .map((file) => `${name}/${file}`),
  );
}

/** Everything that is listed can be read, byte for byte; the newest of each tier is listed. */
async function allGood(): Promise<string[]> {
  const { good, verdicts } = await must<{ good: boolean; verdicts: { backupId: string }[] }>([
    "--config",
    config,
    "verify",
  ]);
  expect(good).toBe(true);
  const ids = verdicts.map(({ backupId }) => backupId);
  expect(ids).toEqual(expect.arrayContaining([idOf(3), idOf(4), idOf(6), idOf(7)]));
  return ids;
}

describe("prune", () => {
  it("--dry-run says what would go and why, and touches nothing", async () => {
    const before = objects();
    const plan = await must<RetentionPlan>(["--config", config, "prune", "--dry-run"]);
    const manifests = plan.expire.filter((item) => item.kind === "manifest");
    expect(manifests.map((item) => item.key.slice(-13, -5))).toEqual(["00000001", "00000002", "00000005"]);
    expect(manifests[0]?.reason).toMatch(
      /^90d? .*old, kept for 30 days; newer good backups are kept$|old, kept for 30 days/,
    );
    expect(plan.keep.filter((item) => item.kind === "manifest").map((item) => item.key.slice(-13, -5))).toEqual(
      expect.arrayContaining(kept),
    );
    const people = await agent(["--config", config, "prune", "--dry-run"]);
    expect(people.stdout).toMatch(/would go\. .* stay\./);
    expect(objects()).toEqual(before);
    expect(filesBelow(path.join(at, places.primary, "prod/records/expired"))).toEqual([]);
  });

  it("gives up what the policy no longer keeps, with the log that nothing needs; again: nothing more", async () => {
    const half = "prod/full/data/l-one/.neumann-backup-tmp-7-0123456789ab";
    fs.writeFileSync(path.join(at, places.primary, half), "of a writer that was killed");
    age("primary", half, 8);
    const { expired } = await must<{ expired: { key: string }[] }>(["--config", config, "prune"]);
    const left = objects();
    for (const { key } of expired) expect(left.filter((name) => name.endsWith(key))).toEqual([]);
    expect(await allGood()).toHaveLength(4);
    // Full backup 3 has segment 4 as its anchor: that and all after it stay.
    expect(left.filter((name) => name.endsWith(".wal")).map((name) => name.slice(-20))).toEqual(
      [4, 5, 6, 7, 8, 9].map((number) => segmentName(BigInt(number))),
    );
    // No hash without its object, no empty folder, no half file.
    const metas = filesBelow(path.join(at, places.primary)).filter((file) => file.endsWith(".meta"));
    expect(metas.filter((file) => !fs.existsSync(path.join(at, places.primary, file.slice(0, -5))))).toEqual([]);
    expect(fs.readdirSync(path.join(at, places.primary, "prod/full/data/l-one"))).toEqual([idOf(3), idOf(4)]);
    expect(await must(["--config", config, "prune"])).toMatchObject({ pruneId: null, expired: [], finished: [] });
    expect(objects()).toEqual(left);
  });

  it("never takes the last good backup of a tier, however old, and nothing while a listing is incomplete", async () => {
    const away = path.join(at, `${places.offsite}.away`);
    fs.renameSync(path.join(at, places.offsite), away);
    const ran = await run();
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toContain("is not the offsite archive of cluster prod");
    fs.renameSync(away, path.join(at, places.offsite));
    for (const name of objects().filter((file) => !file.endsWith(".wal"))) {
      age(name.startsWith("offsite") ? "offsite" : "primary", name.replace(/^[a-z]+\//, ""), 4000);
    }
    await must(["--config", config, "prune"]);
    expect((await allGood()).sort()).toEqual([idOf(3), idOf(4), idOf(6), idOf(7)]);
  });

  it("waits for a recovery that is under way, and leaves alone what one is pinned to", async () => {
    const pin = {
      format: "neumann-recovery/1",
      recoveryId: "r1",
      restorePoint: `backup:${idOf(1)}`,
      digest: "a".repeat(64),
      firstNode: "node1",
      plan: { source: { backupId: idOf(1) } },
    };
    await archiveOf("offsite").putText(recordKey("prod", "recoveries", "r1/plan.json"), `${JSON.stringify(pin)}\n`);
    await must(["--config", config, "prune"]);
    expect(await allGood()).toContain(idOf(1));
    // Pinned after the prune had chosen: it was killed between, and the next one withdraws it.
    await backup(0, Tier.Full, 100, 0);
    expect((await run({ failpoint: "prune/announce:after" })).code).toBeNull();
    const second = { ...pin, recoveryId: "r2", plan: { source: { backupId: idOf(0) } } };
    await archiveOf("offsite").putText(recordKey("prod", "recoveries", "r2/plan.json"), `${JSON.stringify(second)}\n`);
    await must(["--config", config, "prune"]);
    expect(await allGood()).toContain(idOf(0));
  });

  it("two at once: one works, the other is told to wait", async () => {
    const both = await Promise.all([run(), run()]);
    expect(both.map((ran) => ran.code).sort()).toEqual(expect.arrayContaining([0]));
    for (const ran of both) expect([0, 75], complaint(ran)).toContain(ran.code);
    expect(await allGood()).toHaveLength(4);
  });
});

describe("while somebody verifies", () => {
  /** `when` happens as the backups begin to be read. */
  async function verified(depth: VerificationDepth, when: () => void): Promise<Verdict[]> {
    const { archive } = JSON.parse(fs.readFileSync(config, "utf8")) as AgentConfig;
    const context: VerifyContext = { archive, trustedKeys: [], depth, verdicts: [] };
    const emit = ({ event, step }: { event: string; step?: string }) =>
      event === "step" && step === "backups" ? when() : undefined;
    await runProcedure(verify, context, { emit });
    return context.verdicts;
  }

  const files = () => [manifestKey("prod", Tier.Full, "l-one", idOf(1)), dataOf(idOf(1))];
  const dataOf = (backupId: string) => `${dataPrefix("prod", Tier.Full, "l-one", backupId)}data.tar.zst`;

  function take(keys: readonly string[]): void {
    for (const key of keys) fs.rmSync(path.join(at, places.primary, key));
  }

  function announce(name: string, manifests: readonly string[]): void {
    const record = { format: "neumann-expired/1", manifests, data: [], segments: [] };
    const file = path.join(at, places.primary, recordKey("prod", "expired", name));
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, name.includes(".done") ? "{}" : JSON.stringify(record));
  }

  it("what goes is not called damaged, done or not", async () => {
    for (const done of [false, true]) {
      if (done) await history();
      const verdicts = await verified(VerificationDepth.Bytes, () => {
        const name = `20261101T000000Z-0000000${done ? 2 : 1}`;
        announce(`${name}.json`, files().slice(0, 1));
        if (done) announce(`${name}.done.json`, []);
        take(files());
      });
      expect(verdicts.map(({ backupId }) => backupId)).not.toContain(idOf(1));
      expect(verdicts).toHaveLength(6);
      expect(verdicts.every(({ good }) => good)).toBe(true);
    }
  });

  it("nor unreadable, when it goes while the catalog is read; without a prune it is", async () => {
    const [manifestOf = ""] = files();
    for (const pruned of [true, false]) {
      if (!pruned) await history();
      const archive = archiveOf("primary");
      const getText = archive.getText.bind(archive);
      archive.getText = (key) => {
        if (key !== manifestOf || !fs.existsSync(path.join(at, places.primary, key))) return getText(key);
        if (pruned) for (const name of ["p1.json", "p1.done.json"]) announce(name, files().slice(0, 1));
        else fs.rmSync(path.join(at, places.primary, recordKey("prod", "expired", "p1.json")));
        take(files());
        return getText(key);
      };
      const { entries, unreadable } = await readCatalog("prod", [{ place: "primary", archive }], []);
      expect(entries).toHaveLength(5);
      expect(unreadable.map(({ key }) => key)).toEqual(pruned ? [] : [manifestOf]);
    }
  });

  it("what went without a prune is damaged", async () => {
    const went = verified(VerificationDepth.Bytes, () => take(files().slice(1)));
    await expect(went).rejects.toThrow(/data\.tar\.zst/);
  });
});

describe("killed", () => {
  const points = prune.steps.flatMap(({ name }) => ["before", "in", "after"].map((moment) => `${name}:${moment}`));

  it.each(points)("at %s: what is listed can be restored, and the next run goes on", async (point) => {
    const reached = await run({ failpoint: `prune/${point}` });
    expect(reached.code, `${point} was not reached: ${complaint(reached)}`).toBeNull();
    await allGood();
    const ran = await run();
    expect(ran.code, complaint(ran)).toBe(0);
    expect(await allGood()).toHaveLength(4);
    expect(objects().filter((name) => name.endsWith(".wal"))).toHaveLength(6);
    expect(objects().filter((name) => name.endsWith("data.tar.zst"))).toHaveLength(4);
    const open = filesBelow(path.join(at, places.primary, "prod/records/expired"));
    expect(open.filter((file) => file.endsWith(".done.json"))).toHaveLength(1);
  });
});
