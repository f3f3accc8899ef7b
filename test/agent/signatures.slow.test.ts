import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Catalog, CatalogEntry } from "../../model/catalog";
import { type Manifest, serializeManifest } from "../../model/manifest";
import { planDigest, type RestorePlan } from "../../model/plan";
import type { BackupPolicyOverrides } from "../../model/policy";
import type { RecoveryPin } from "../../model/records";
import { createTable, readValues, Writer } from "../../lab/neumann/writer";
import { copied, type Keys, makeKeys, signed } from "../model/fixtures";
import {
  adminOf,
  agent,
  at,
  complaint,
  endAll,
  endSchedule,
  filesBelow,
  type FolderArchive,
  freshHost,
  type Host,
  installSpec,
  mustPhase,
  must,
  nodeSpec,
  phase,
  type Protected,
  protectedCluster,
  quickPolicy,
  recoveryOf,
  scratch,
} from "./support";

const folder = scratch("signatures");
const foreign = makeKeys();
/** No backup is void because the machine is busy: that is not what is tried here. */
const patient: BackupPolicyOverrides = { ...quickPolicy, full: { maxPauseSeconds: 60 } };
let cluster: Protected;
let writer: Writer;
let later: Writer;
/** The node, and its agent as it would be on another host of the cluster: with a key of its own. */
let one: Host;
let two: Host;
/** Public keys of the two. */
let a: string;
let b: string;
/** Off-site: the older one by `one`; the newer one by `two`, of a full backup that `one` took. */
let older: string;
let newer: string;
let source: string;
let count = 0;

interface Installed {
  keyId: string;
  publicKey: string;
}

const keyFile = (host: Host): string => path.join(host.agentDirectory, "state", "signing-key.pem");

function configure(host: Host, policy: BackupPolicyOverrides = {}): void {
  fs.mkdirSync(host.agentDirectory, { recursive: true });
  const { config } = installSpec({ ...host, policy: { ...patient, ...policy } });
  fs.writeFileSync(host.configFile, JSON.stringify(config));
}

beforeAll(async () => {
  cluster = await protectedCluster(path.join(folder, "source"), { policy: patient });
  [one] = cluster.hosts as [Host];
  a = (await must<Installed & Record<string, unknown>>(["install"], { spec: installSpec(one) })).publicKey;
  await endSchedule(one);
  const agentDirectory = path.join(folder, "source", "two", "agent");
  two = { ...one, agentDirectory, configFile: path.join(agentDirectory, "agent.json") };
  configure(two);
  await createTable(cluster.cluster.nodes[0]!);
  writer = new Writer({ nodes: () => cluster.cluster.nodes, rows: 100 }).start();
  await writer.finished();
  await must([...at(one), "full"]);
  older = (await must<{ backupId: string }>([...at(one), "offsite"])).backupId;
  later = new Writer({ nodes: () => cluster.cluster.nodes, rows: 20, first: 100_001 }).start();
  await later.finished();
  source = (await must<{ backupId: string }>([...at(one), "full"])).backupId;
  newer = (await must<{ backupId: string }>([...at(two), "offsite"])).backupId;
  b = manifestOf(cluster.archive.offsite!.location, newer).signature!.publicKey;
});

afterAll(async () => {
  await cluster.cluster.close();
  await endAll();
  fs.rmSync(folder, { recursive: true, force: true });
});

function manifestFile(root: string, backupId: string): string {
  return path.join(root, filesBelow(root).find((name) => name.endsWith(`/${backupId}.json`)) ?? "");
}

function manifestOf(root: string, backupId: string): Manifest {
  return JSON.parse(fs.readFileSync(manifestFile(root, backupId), "utf8")) as Manifest;
}

/** A copy of both archives, that may be spoiled. */
function archiveCopy(): FolderArchive {
  const directory = path.join(folder, `case-${count++}`);
  const copy = (from: string, name: string): string => {
    fs.cpSync(from, path.join(directory, name), { recursive: true, preserveTimestamps: true });
    return path.join(directory, name);
  };
  const offsite = { kind: "directory" as const, location: copy(cluster.archive.offsite!.location, "offsite") };
  return { kind: "directory", clusterId: "prod", location: copy(cluster.archive.location, "archive"), offsite };
}

const away = (archive: FolderArchive): string => archive.offsite!.location;

/** What a recovery would restore. */
async function planned(archive: FolderArchive, trustedKeys?: string[]): Promise<string> {
  const spec = { archive, restorePoint: "latest-offsite", recoveryId: "look", nodes: ["node1"], trustedKeys };
  const { plan, text } = await must<{ plan: RestorePlan; text: string }>(["plan"], { spec });
  const said = trustedKeys ? `checked against ${trustedKeys.length} trusted key` : "not checked against trusted keys";
  expect(text).toContain(`\n  signatures      ${said}`);
  return plan.source.backupId;
}

function flagsOf(archive: FolderArchive, trustedKeys: readonly string[]): string[] {
  const places = ["--archive", archive.location, "--offsite", away(archive), "--cluster", "prod"];
  return trustedKeys.length === 0 ? places : [...places, "--trusted-keys", trustedKeys.join(",")];
}

async function listed(archive: FolderArchive, trustedKeys: readonly string[] = []): Promise<Map<string, CatalogEntry>> {
  const { entries } = await must<Catalog & Record<string, unknown>>(["list", ...flagsOf(archive, trustedKeys)]);
  return new Map(entries.map((entry) => [entry.manifest.backupId, entry]));
}

describe("a node's key", () => {
  it("is made once, for its own user only, and its public half is told", async () => {
    expect(fs.statSync(keyFile(one)).mode & 0o777).toBe(0o600);
    const before = fs.readFileSync(keyFile(one), "utf8");
    const again = await must<Installed & Record<string, unknown>>(["install"], {
      spec: installSpec(one, { generation: "g2" }),
    });
    await endSchedule(one);
    expect(fs.readFileSync(keyFile(one), "utf8")).toBe(before);
    expect(again.publicKey).toBe(a);
    const raw = Buffer.from(a, "base64").subarray(-32);
    expect(again.keyId).toBe(createHash("sha256").update(raw).digest("hex").slice(0, 16));
    expect(b).not.toBe(a);
  });

  it.skipIf(process.getuid?.() !== 0)(
    "is the database user's where root installs, and no link leads root astray",
    async () => {
      const host = await freshHost(path.join(folder, `hosts-${count++}`), "node1", {
        archive: one.archive,
        install: false,
      });
      await must(["node-create"], { spec: nodeSpec(host) });
      fs.chownSync(host.node.dataDirectory, 65_534, 65_534);
      await must(["install"], { spec: installSpec(host) });
      await endSchedule(host);
      expect(fs.statSync(keyFile(host))).toMatchObject({ uid: 65_534, mode: 0o100600 });
      const secret = path.join(folder, "of-root.pem");
      fs.renameSync(keyFile(host), secret);
      fs.chownSync(secret, 0, 0);
      fs.symlinkSync(secret, keyFile(host));
      await agent(["--json", "install"], { spec: installSpec(host) });
      await endSchedule(host);
      expect(fs.statSync(secret)).toMatchObject({ uid: 0, mode: 0o100600 });
      fs.rmSync(secret);
    },
  );

  it("is nowhere but in its file: not in an archive, a result, an event or a log", async () => {
    const spec = { spec: installSpec(one) };
    const ran = [await agent(["--json", "install"], spec), await agent([...at(one), "--json", "doctor"])];
    await endSchedule(one);
    const said = ran.map(({ stdout, stderr }) => stdout + stderr);
    const seeds = [one, two].map((host) => {
      const der = Buffer.from(fs.readFileSync(keyFile(host), "utf8").split("\n")[1] ?? "", "base64");
      expect(der).toHaveLength(48);
      return der.subarray(-32);
    });
    const files = filesBelow(folder).filter((name) => !name.endsWith("signing-key.pem"));
    expect(files.length).toBeGreaterThan(20);
    const contents = [...files.map((name) => fs.readFileSync(path.join(folder, name))), Buffer.from(said.join(""))];
    for (const seed of seeds) {
      // As bytes, in hex, and in Base64 at each of the three places where it may begin.
      const forms = [seed, Buffer.from(seed.toString("hex"))];
      for (const skip of [0, 1, 2]) forms.push(Buffer.from(seed.subarray(skip, skip + 27).toString("base64")));
      const own = fs.readFileSync(keyFile(seed === seeds[0] ? one : two));
      expect(forms.some((form) => own.includes(form))).toBe(true);
      expect(contents.filter((content) => forms.some((form) => content.includes(form)))).toEqual([]);
    }
  });

  it("is published beside the backups, and off-site", () => {
    for (const root of [cluster.archive.location, away(cluster.archive)]) {
      const keys = path.join(root, "prod", "records", "keys");
      const records = filesBelow(keys).map(
        (name) => JSON.parse(fs.readFileSync(path.join(keys, name), "utf8")) as object,
      );
      expect(records).toHaveLength(2);
      for (const publicKey of [a, b]) {
        expect(records).toContainEqual(
          expect.objectContaining({ format: "neumann-key/1", publicKey, nodeId: "node1" }),
        );
      }
    }
  });

  it("is one of doctor's rows", async () => {
    const row = async (): Promise<{ good: boolean; found: string }> => {
      const ran = await agent([...at(one), "--json", "doctor"]);
      const { checks } = JSON.parse(ran.stdout) as { checks: { name: string; good: boolean; found: string }[] };
      return checks.find(({ name }) => name === "signing key")!;
    };
    try {
      expect(await row()).toMatchObject({ good: true, found: expect.stringContaining("names none") as string });
      fs.chmodSync(keyFile(one), 0o644);
      expect(await row()).toMatchObject({
        good: false,
        found: expect.stringContaining("can be read by others") as string,
      });
      fs.chmodSync(keyFile(one), 0o600);
      configure(one, { signing: { trustedKeys: [b] } });
      expect(await row()).toMatchObject({ good: false, found: expect.stringContaining("is not trusted") as string });
      configure(one, { signing: { trustedKeys: [b, a] } });
      expect(await row()).toMatchObject({ good: true, found: expect.stringContaining(", trusted") as string });
      fs.renameSync(keyFile(one), `${keyFile(one)}.away`);
      expect(await row()).toMatchObject({ good: false, found: expect.stringContaining("is not there") as string });
      fs.writeFileSync(keyFile(one), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
      const broken = await agent([...at(one), "--json", "full"]);
      expect(broken.code).toBe(4);
      expect(complaint(broken)).toMatch(/holds no Ed25519 key: backups cannot be signed\. Move it away/);
      expect(broken.stderr + broken.stdout).not.toContain("c2VjcmV0");
    } finally {
      fs.renameSync(`${keyFile(one)}.away`, keyFile(one));
      fs.chmodSync(keyFile(one), 0o600);
      configure(one);
    }
  });
});

describe("with trusted keys", () => {
  it("the newest copy is chosen where both who took and who copied it are trusted", async () => {
    const archive = archiveCopy();
    for (const keys of [undefined, [a, b]]) expect(await planned(archive, keys)).toBe(newer);
    const all = await listed(archive, [a, b]);
    expect([...all.values()].map(({ problem }) => problem)).toEqual([null, null, null, null]);
    expect((await agent(["verify", "--depth", "manifest", ...flagsOf(archive, [a, b])])).code).toBe(0);
  });

  it("an older backup of a trusted node goes before a newer one of another", async () => {
    const archive = archiveCopy();
    expect(await planned(archive, [a])).toBe(older);
    const entry = (await listed(archive, [a])).get(newer);
    expect(entry?.problem).toMatch(/^it is signed by a key that is not trusted \([0-9a-f]{16}\)$/);
    const verified = await agent(["--json", "verify", "--depth", "manifest", ...flagsOf(archive, [a])]);
    expect(verified.code).toBe(5);
    expect(verified.stdout).toContain("is signed by a key that is not trusted");
    const named = { archive, restorePoint: `backup:${newer}`, recoveryId: "x", nodes: ["n"], trustedKeys: [a] };
    const ran = await agent(["--json", "plan"], { spec: named });
    expect(ran.code).toBe(3);
    expect(complaint(ran)).toContain(`backup ${newer} cannot be restored: it is signed by a key that is not trusted`);
  });

  const signings: [string, (original: Manifest) => Manifest, RegExp][] = [
    ["somebody else signed", (m) => signed(m, foreign), /^it is signed by a key that is not trusted/],
    ["nobody signed", ({ signature, ...m }) => (void signature, m), /^it is not signed$/],
  ];
  it.each(signings)("what %s is listed, with the reason, and never chosen", async (_, change, reason) => {
    const archive = archiveCopy();
    const file = manifestFile(away(archive), newer);
    fs.writeFileSync(file, serializeManifest(change(manifestOf(away(archive), newer))));
    expect(await planned(archive, [a, b])).toBe(older);
    expect((await listed(archive, [a, b])).get(newer)?.problem).toMatch(reason);
    // Nobody said whom to believe.
    expect(await planned(archive)).toBe(newer);
  });

  it("a copy of a planted full backup is not chosen, though a trusted node made it", async () => {
    const archive = archiveCopy();
    const host = await sender(archive, {});
    const planted = plant(archive, foreign);
    // Without keys the node cannot tell, and copies it.
    const { backupId } = await must<{ backupId: string }>([...at(host), "offsite"]);
    const copy = manifestOf(away(archive), backupId);
    expect(copy.source).toMatchObject({ backupId: planted, signature: { keyId: foreign.keyId } });
    const own = copy.signature!.publicKey;
    expect(await planned(archive)).toBe(backupId);
    expect(await planned(archive, [a, b, own])).toBe(newer);
    expect((await listed(archive, [a, b, own])).get(backupId)?.problem).toBe(
      `its source ${planted} is signed by a key that is not trusted (${foreign.keyId})`,
    );
  });

  it("day-to-day work believes the named keys and the node's own, and no other", async () => {
    const archive = archiveCopy();
    const planted = plant(archive, foreign);
    const host = await sender(archive, { signing: { trustedKeys: [a, b] } });
    // The newest one that is trusted is off-site already.
    expect(await must([...at(host), "offsite"])).toMatchObject({ source, created: false });
    fs.rmSync(manifestFile(away(archive), newer));
    const { backupId } = await must<{ backupId: string }>([...at(host), "offsite"]);
    const own = JSON.parse((await agent([...at(host), "--json", "list"])).stdout) as Catalog;
    expect(own.entries.filter((entry) => entry.problem !== null)).toMatchObject([{ manifest: { backupId: planted } }]);
    expect((await listed(archive, [a, b])).get(backupId)?.problem).toMatch(
      /^it is signed by a key that is not trusted/,
    );
    const { problems } = JSON.parse((await agent([...at(host), "--json", "status"])).stdout) as { problems: string[] };
    expect(problems.filter((text) => text.includes("not trusted"))).toEqual([
      `${planted}: it is signed by a key that is not trusted (${foreign.keyId})`,
    ]);
  });

  it("is refused with a list that holds something else, which is not repeated", async () => {
    const pem = fs.readFileSync(keyFile(one), "utf8").split("\n")[1]!;
    const ran = await agent(["--json", "list", ...flagsOf(cluster.archive, [a, pem])]);
    expect(ran.code).toBe(2);
    expect(complaint(ran)).toContain("--trusted-keys[1]: is no Ed25519 public key");
    expect(ran.stderr).not.toContain(pem);
  });
});

/** An agent with a key of its own that works with a copy of the archives. */
function sender(archive: FolderArchive, policy: BackupPolicyOverrides): Promise<Host> {
  const agentDirectory = path.join(folder, `sender-${count++}`);
  const host = { ...one, archive, agentDirectory, configFile: path.join(agentDirectory, "agent.json") };
  configure(host, policy);
  return Promise.resolve(host);
}

/** A full backup as whoever can write into the archive would forge it, newer than all others. */
function plant(archive: FolderArchive, keys: Keys): string {
  const original = manifestOf(archive.location, source);
  const backupId = `${source.slice(0, -8)}ffffffff`;
  const { high } = original.index;
  const forged = signed({ ...original, backupId, index: { low: high + 9, high: high + 9 } }, keys);
  const file = manifestFile(archive.location, source);
  fs.writeFileSync(file.replace(source, backupId), serializeManifest(forged));
  const data = path.join(archive.location, "prod/full/data", original.lineage);
  fs.cpSync(path.join(data, source), path.join(data, backupId), { recursive: true });
  return backupId;
}

describe("a manifest that was changed", () => {
  const changes: [string, (text: string) => string][] = [
    ["one byte", (text) => text.replace('"seconds": ', '"seconds": 1')],
    ["its index", (text) => text.replace(/"low": (\d+)/, (_, low) => `"low": ${Number(low) + 1}`)],
    [
      "the hash of its data",
      (text) => text.replace(/("parts"[^]*?"sha256": ")./, "$1f").replace(/("parts"[^]*?"sha256": ".)./, "$1e"),
    ],
    ["a file's hash", (text) => text.replace(/("files"[^]*?"sha256": ")..../, "$1ffff")],
    ["whom it was copied from", (text) => text.replace(/("manifestSha256": ")..../, "$1ffff")],
    [
      "one byte of the signature",
      (text) => text.replace(/("signature": \{[^}]*"value": "....).(?=[^}]*\}\s*\}\s*$)/, "$1*"),
    ],
  ];
  it.each(changes)("(%s) is listed, and never chosen, whether keys are named or not", async (_, change) => {
    const archive = archiveCopy();
    const file = manifestFile(away(archive), newer);
    const before = fs.readFileSync(file, "utf8");
    const after = change(before);
    expect(after).not.toBe(before);
    fs.writeFileSync(file, after);
    for (const keys of [undefined, [a, b]]) {
      expect(await planned(archive, keys)).toBe(older);
      const problem = (await listed(archive, keys)).get(newer)?.problem;
      expect(problem).toMatch(/does not match its signature: it was changed after it was signed$/);
    }
    const verified = await agent(["verify", newer, "--depth", "manifest", ...flagsOf(archive, [])]);
    expect(verified.code).toBe(5);
  });
});

describe("a recovery", () => {
  it("restores what trusted keys signed, row by row, and the new cluster makes its own keys", async () => {
    const archive = archiveCopy();
    const fresh = { ...archive, location: path.join(folder, `new-${count++}`) };
    const place = { kind: "directory", location: fresh.location };
    await must(["archive-create"], { spec: { archive: place, clusterId: "prod", role: "primary" } });
    const host = await freshHost(path.join(folder, `hosts-${count++}`), "node1", { archive: fresh });
    try {
      const spec = (await recoveryOf([host], { trustedKeys: [a, b] }))(host);
      expect(await mustPhase("first", host, spec)).toMatchObject({ state: "restored" });
      const values = await readValues(adminOf(host));
      for (const one of [writer, later]) expect(one.compare(values)).toMatchObject({ lost: [], double: [] });
      expect(values).toHaveLength(120);
      for (const name of ["release", "base"]) await mustPhase(name, host, spec);
      // By its own key, which no list names.
      expect(await mustPhase("accept", host, spec)).toMatchObject({ state: "accepted" });
    } finally {
      await must(["node-delete"], { spec: nodeSpec(host) });
    }
  });

  it("is refused before anything is touched when somebody pinned a plan that chooses a forged backup", async () => {
    const archive = archiveCopy();
    const original = manifestOf(away(archive), newer);
    const backupId = `${newer.slice(0, -8)}ffffffff`;
    const forged = copied(signed({ ...original, source: null }, foreign), foreign, {
      backupId,
      lineage: original.lineage,
    });
    fs.writeFileSync(manifestFile(away(archive), newer).replace(newer, backupId), serializeManifest(forged));
    const data = path.join(away(archive), "prod/offsite/data", original.lineage);
    fs.cpSync(path.join(data, newer), path.join(data, backupId), { recursive: true });
    const host = await freshHost(path.join(folder, `hosts-${count++}`), "node1", { archive });
    // The plan that nobody would be shown: pinned as if it had been approved.
    const request = { archive, restorePoint: "latest-offsite", recoveryId: "r1", nodes: ["node1"] };
    const named = { ...request, restorePoint: `backup:${backupId}` };
    const { plan } = await must<{ plan: RestorePlan }>(["plan"], { spec: named });
    const pinned = { ...plan, restorePoint: "latest-offsite" };
    // To the byte what this recovery would write, so that nothing else refuses it.
    const pin: RecoveryPin = {
      format: "neumann-recovery/1",
      recoveryId: "r1",
      restorePoint: "latest-offsite",
      digest: planDigest(pinned),
      firstNode: "node1",
      plan: pinned,
    };
    const record = path.join(away(archive), "prod/records/recoveries/r1/plan.json");
    fs.mkdirSync(path.dirname(record), { recursive: true });
    fs.writeFileSync(record, `${JSON.stringify(pin)}\n`);
    const spec = (await recoveryOf([host], { trustedKeys: [a, b] }))(host);
    const ran = await phase("first", host, spec);
    expect(ran.code).toBe(5);
    expect(complaint(ran)).toContain(`backup ${backupId} is not restored: it is signed by a key that is not trusted`);
    expect(filesBelow(host.node.dataDirectory)).toEqual([]);
  });
});
