import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { S3Archive } from "../../agent/archive/s3";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { until } from "../../lab/neumann/harness";
import { type ArchiveClass, Freezer } from "../../lab/store/freezer";
import { Store } from "../../lab/store/store";
import { type ThawPhase, thawRequest } from "../../model/thaw";
import type { ArchiveSpec } from "../../model/reference";
import type { S3Location } from "../../model/s3Location";
import { moments } from "./killing";
import { ownNodes } from "./ownCluster";
import {
  adminOf,
  agent,
  type AnyHost,
  at,
  bundle,
  complaint,
  endAll,
  filesBelow,
  freshHost,
  must,
  nodeSpec,
  noStraysOf,
  phase,
  type Protected,
  protectedBy,
  type Ran,
  recoveryOf,
  scratch,
} from "./support";

/**
 * Backups that lie in an archive class: the lab's S3 server, and before it what does with archive classes as S3's
 * documentation says. Nothing of this was tried with S3 itself.
 */

const folder = scratch("thaw");
let store: Store;
let freezer: Freezer;
let source: Protected<ArchiveSpec>;
let writer: Writer;
let offsiteBackup = "";
let fullBackup = "";
let target = "";
let made = 0;

/** Both buckets by way of the freezer. */
function archive(prefix = "backup"): ArchiveSpec<S3Location> {
  const { region, root: credentials } = store;
  const place = (bucket: string): S3Location => {
    return { kind: "s3", bucket, prefix, region, endpoint: freezer.endpoint, credentials };
  };
  return { ...place("primary"), clusterId: "prod", offsite: place("offsite") };
}

/** Data in deep archive, segments of the log in another class. */
const frozen = (key: string): ArchiveClass | undefined => {
  if (/\/data\//.test(key)) return "DEEP_ARCHIVE";
  return /\/prod\/wal\//.test(key) ? "GLACIER" : undefined;
};

const askedKeys = (): string[] => freezer.asked.map(({ key }) => key).sort();
const requests = (method: string, part: string): number =>
  freezer.seen.filter((one) => one.method === method && one.url.includes(part)).length;

beforeAll(async () => {
  bundle();
  store = await Store.start((line) => process.stderr.write(`${line}\n`));
  freezer = await Freezer.start(store.endpoint);
  for (const bucket of ["primary", "offsite"]) await store.createBucket(bucket);
  await makeArchives(archive());
  source = await protectedBy(archive(), path.join(folder, "source"));
  const [host] = source.hosts as [AnyHost];
  await createTable(source.cluster.nodes[0]!);
  writer = new Writer({ nodes: () => source.cluster.nodes, rows: 300 }).start();
  await writer.finished();
  fullBackup = (await must<{ backupId: string }>([...at(host), "full"])).backupId;
  offsiteBackup = (await must<{ backupId: string }>([...at(host), "offsite"])).backupId;
  const wal = path.join(store.folder, "data", "primary", "backup", "prod", "wal");
  const newest = (): number => Math.max(0, ...filesBelow(wal).map((name) => fs.statSync(path.join(wal, name)).mtimeMs));
  target = new Date().toISOString();
  await createTable(source.cluster.nodes[0]!, "later");
  await until("the log has arrived", () => newest() > Date.parse(target) || undefined);
});

async function makeArchives({ offsite, clusterId, ...primary }: ArchiveSpec<S3Location>): Promise<void> {
  for (const [role, location] of [
    ["primary", primary],
    ["offsite", offsite],
  ] as const)
    await must(["archive-create"], { spec: { archive: location, clusterId, role } });
}

beforeEach(() => {
  freezer.freeze(frozen);
  freezer.thawMs = 60_000;
  freezer.forbidsThaw = false;
});

afterAll(async () => {
  await source?.cluster.close();
  await endAll();
  await freezer?.stop();
  await store?.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

function fresh(): Promise<AnyHost> {
  return freshHost(path.join(folder, `case-${(made += 1)}`), "node1", { archive: archive() });
}

interface Planned {
  plan: { frozen?: object };
  digest: string;
  text: string;
  thaw?: ThawPhase;
}

function planned(restorePoint: string): Promise<Planned> {
  const spec = { archive: archive(), restorePoint, recoveryId: "look", nodes: ["node1"] };
  return must<Planned>(["plan"], { spec });
}

/** A recovery onto one fresh node, under a name of its own. */
async function recovery(
  restorePoint = "latest-offsite",
): Promise<{ host: AnyHost; run: (failpoint?: string) => Promise<Ran> }> {
  const host = await fresh();
  const spec = (await recoveryOf([host], { restorePoint, recoveryId: `r${made}` }))(host);
  return { host, run: (failpoint) => phase("first", host, spec, failpoint === undefined ? {} : { failpoint }) };
}

async function allRows(host: AnyHost): Promise<void> {
  expect(writer.compare(await readValues(adminOf(host)))).toMatchObject({ lost: [], wrong: [], double: [] });
  await noStraysOf(host);
  await must(["node-delete"], { spec: nodeSpec(host) });
}

describe("the plan of a restore from an archive class", () => {
  it("names the thaw with its time, and stays the same plan", async () => {
    freezer.freeze(() => undefined);
    const before = await planned("latest-offsite");
    expect(before.plan.frozen).toBeUndefined();
    expect(before.text).not.toContain("THAW");
    freezer.freeze(frozen);
    const now = await planned("latest-offsite");
    expect(now.digest).toBe(before.digest);
    expect(now.thaw).toMatchObject({
      objects: 1,
      storageClass: "DEEP_ARCHIVE",
      retrieval: "standard",
      hours: 12,
      thawing: 0,
    });
    expect(now.text).toMatch(
      /\n {2}THAW FIRST {6}1 object, [\d.]+ \w+, in DEEP_ARCHIVE: up to 12 h from when it is asked for\.\n/,
    );
    expect(now.text).toMatch(/should take {5}about .*, once it is thawed$/);
    expect(freezer.asked).toEqual([]);
  });

  it("counts the log as well, and of two classes names the slower", async () => {
    const { thaw, digest } = await planned(`time:${target}`);
    expect(thaw?.objects).toBeGreaterThan(1);
    expect(thaw).toMatchObject({ storageClass: "DEEP_ARCHIVE", hours: 12 });
    freezer.freeze((key) => (frozen(key) === "GLACIER" ? "GLACIER" : undefined));
    const log = await planned(`time:${target}`);
    expect(log.thaw).toMatchObject({ objects: (thaw?.objects ?? 0) - 1, storageClass: "GLACIER", hours: 5 });
    expect(log.digest).toBe(digest);
  });

  it("costs no request where nothing is frozen", async () => {
    freezer.freeze(() => undefined);
    await planned("latest-offsite");
    expect(requests("HEAD", "/data/")).toBe(0);
    expect(requests("POST", "")).toBe(0);
    expect(freezer.seen.length).toBeLessThan(30);
  });
});

describe("a recovery", () => {
  it("asks for the thaw once, ends with 75 and what to do, and restores by the same command once it is thawed", async () => {
    const { host, run } = await recovery();
    const first = await run();
    expect(first.code, complaint(first)).toBe(75);
    expect(complaint(first)).toMatch(
      new RegExp(
        `backup ${offsiteBackup} cannot be read yet: 1 object, [\\d.]+ \\w+, in DEEP_ARCHIVE\\. The thaw of all was asked for now: until about 20[\\d-]+T[\\d:]+Z\\. Run the same again then; it stays thawed for 7 days\\.$`,
      ),
    );
    expect(freezer.asked).toMatchObject([{ days: 7, tier: "Standard" }]);
    expect(askedKeys()[0]).toContain(`/data/`);
    expect(askedKeys()[0]).toContain(offsiteBackup);
    const again = await run();
    expect(again.code).toBe(75);
    expect(complaint(again)).toContain("All are thawing, asked for before: up to 12 h from then.");
    expect(requests("POST", "?restore")).toBe(1);
    expect(fs.existsSync(path.join(host.node.dataDirectory, "store"))).toBe(false);
    const gates = filesBelow(path.dirname(host.node.configFile)).filter((name) => name.includes("gate"));
    expect(gates).toEqual([]);
    freezer.endsIn(0);
    freezer.thawMs = 0;
    expect((await run()).code).toBe(75);
    const last = await run();
    expect(last.code, complaint(last)).toBe(0);
    expect(last.stderr).toMatch(/what was frozen is thawed until 20/);
    await allRows(host);
  });

  it("asks again for what is thawed for less than a day more", async () => {
    freezer.thawMs = 0;
    const { host, run } = await recovery();
    expect((await run()).code).toBe(75);
    freezer.endsIn(3_600_000);
    const done = await run();
    expect(done.code, complaint(done)).toBe(0);
    expect(askedKeys()).toHaveLength(2);
    await allRows(host);
  });

  it("thaws what a rule of the bucket moved after its plan was pinned", async () => {
    freezer.freeze(() => undefined);
    const { host, run } = await recovery(`time:${target}`);
    expect((await run("restore-first/fetch:before")).code).toBeNull();
    freezer.freeze(frozen);
    freezer.thawMs = 0;
    const moved = await run();
    expect(moved.code, complaint(moved)).toBe(75);
    const needed = askedKeys();
    expect(needed.filter((key) => key.includes("/wal/")).length).toBeGreaterThan(0);
    expect(needed.filter((key) => key.includes("/data/"))).toHaveLength(1);
    const done = await run();
    expect(done.code, complaint(done)).toBe(0);
    await allRows(host);
  });

  it("says which right is missing", async () => {
    const { run } = await recovery();
    freezer.forbidsThaw = true;
    const ran = await run();
    expect(ran.code).toBe(4);
    expect(complaint(ran)).toMatch(
      /^POST \?restore backup\/prod\/offsite\/data\/.* in s3:\/\/offsite.* was answered with 403 AccessDenied \(No\)\. Give these credentials s3:RestoreObject there: the duty restorer has it, a node has not\. Or ask for the thaw with others, and run the same command again once it is thawed\.$/,
    );
  });

  it("takes as said what somebody else has just asked for", async () => {
    const { thawing } = new S3Archive(archive().offsite as S3Location);
    const [name = ""] = filesBelow(path.join(store.folder, "data/offsite/backup/prod/offsite/data"));
    const ask = () => thawing.ask(`prod/offsite/data/${name}`, thawRequest);
    await ask();
    await ask();
    expect(freezer.seen.map(({ status }) => status)).toEqual([202, 409]);
    freezer.endsIn(60_000);
    await ask();
    expect(freezer.seen.at(-1)?.status).toBe(200);
  });

  it("asks again where the store is busy", async () => {
    freezer.busy = 2;
    const { run } = await recovery();
    expect((await run()).code).toBe(75);
    expect(freezer.asked).toHaveLength(1);
  });
});

describe("killed in the middle of the thaw, the same again", () => {
  it.each(moments)("%s: a recovery asks for each object once and restores", async (moment) => {
    freezer.thawMs = 0;
    const { host, run } = await recovery(`time:${target}`);
    // A run that has to ask ends there: the last moment comes when all is thawed.
    if (moment === "after") expect((await run()).code).toBe(75);
    expect((await run(`restore-first/thaw:${moment}`)).code).toBeNull();
    if (moment !== "after") expect(freezer.asked).toEqual([]);
    if (moment !== "after") expect((await run()).code).toBe(75);
    const asked = askedKeys();
    expect(new Set(asked).size).toBe(asked.length);
    const done = await run();
    expect(done.code, complaint(done)).toBe(0);
    expect(askedKeys()).toEqual(asked);
    await allRows(host);
  });
});

describe("beside the running database", () => {
  const host = (): AnyHost => source.hosts[0]!;

  it("query asks for the thaw of backup and log, and answers once it is there", async () => {
    freezer.thawMs = 0;
    const ask = () => agent([...at(host()), "--json", "query", "--at", target, "SELECT COUNT(*) FROM t"]);
    const first = await ask();
    expect(first.code, complaint(first)).toBe(75);
    expect(complaint(first)).toMatch(/cannot be read yet: \d+ objects/);
    expect(askedKeys().some((key) => key.includes("/wal/"))).toBe(true);
    const done = await ask();
    expect(done.code, complaint(done)).toBe(0);
    expect((JSON.parse(done.stdout) as { answer: string }).answer).toMatch(/300/);
  });

  it("list says where a backup lies", async () => {
    const { stdout } = await agent([...at(host()), "list"]);
    expect(stdout).toContain("good, in DEEP_ARCHIVE: thaw it first");
  });

  it("verify of all bytes thaws nothing and says what it could not read", async () => {
    const verify = (...words: string[]) => agent([...at(host()), "--json", "verify", ...words]);
    freezer.freeze((key) => (key.startsWith("offsite/") ? frozen(key) : undefined));
    const all = await verify();
    expect(all.code, complaint(all)).toBe(0);
    const { good, verdicts, unread } = JSON.parse(all.stdout) as Verified;
    expect({ good, read: verdicts.map(({ backupId }) => backupId) }).toEqual({ good: true, read: [fullBackup] });
    expect(unread).toEqual([
      {
        backupId: offsiteBackup,
        place: "offsite",
        tier: "offsite",
        reason: `not read: it lies in DEEP_ARCHIVE; \`verify ${offsiteBackup} --depth restore\` asks for its thaw`,
      },
    ]);
    const named = await verify(offsiteBackup);
    expect(named.code).toBe(75);
    expect(freezer.asked).toEqual([]);
    // What was not read is in no record as verified.
    const record = newestRecord("bytes");
    expect(record).toMatchObject({ good: true, backups: 1, newest: [{ backupId: fullBackup }] });
  });

  it("verify by a restore asks for the thaw, and restores once it is there", async () => {
    freezer.thawMs = 0;
    const verify = () => agent([...at(host()), "--json", "verify", "--depth", "restore", offsiteBackup]);
    const first = await verify();
    expect(first.code, complaint(first)).toBe(75);
    expect((JSON.parse(first.stdout) as Verified).unread).toMatchObject([
      { backupId: offsiteBackup, reason: expect.stringContaining("The thaw of all was asked for now") as string },
    ]);
    const done = await verify();
    expect(done.code, complaint(done)).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ good: true, verdicts: [{ backupId: offsiteBackup, good: true }] });
  });
});

interface Verified {
  good: boolean;
  verdicts: { backupId: string }[];
  unread?: object[];
}

function newestRecord(depth: string): unknown {
  const place = path.join(store.folder, "data/primary/backup/prod/records/verifications", depth);
  const [newest] = filesBelow(place).slice(-1);
  return JSON.parse(fs.readFileSync(path.join(place, newest ?? ""), "utf8"));
}

describe("in place", () => {
  it("waits for the thaw while the cluster takes writes", async () => {
    freezer.thawMs = 0;
    freezer.freeze(() => undefined);
    await makeArchives(archive("own"));
    const [host] = (await ownNodes(archive("own"), path.join(folder, "own"), { nodes: 1 })) as [AnyHost];
    await createTable(adminOf(host));
    const own = new Writer({ nodes: () => [adminOf(host)], rows: 50 }).start();
    await own.finished();
    const backup = await must<{ backupId: string; lineage: string }>([...at(host), "full"]);
    freezer.freeze(frozen);
    const inPlace = { replaces: backup.lineage, fenced: [] };
    const restorePoint = `backup:${backup.backupId}`;
    const spec = (await recoveryOf([host], { restorePoint, recoveryId: "in-place", inPlace }))(host);
    for (const moment of ["before", "in"]) {
      const killed = await phase("gate", host, spec, { failpoint: `restore-gate/thaw:${moment}` });
      expect(killed.code, complaint(killed)).toBeNull();
    }
    const first = await phase("gate", host, spec);
    expect(first.code, complaint(first)).toBe(75);
    expect(askedKeys()).toHaveLength(1);
    // Nothing has stopped.
    await createTable(adminOf(host), "meanwhile");
    const gated = await phase("gate", host, spec);
    expect(gated.code, complaint(gated)).toBe(0);
    const done = await phase("first", host, spec);
    expect(done.code, complaint(done)).toBe(0);
    expect(askedKeys()).toHaveLength(1);
    expect(own.compare(await readValues(adminOf(host)))).toMatchObject({ lost: [], wrong: [], double: [] });
    await must(["node-delete"], { spec: nodeSpec(host) });
  });
});
