import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { parse } from "smol-toml";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { editConfig } from "../../agent/database/config";
import { LabCluster, type LabNode, programsFolder, startCluster, until } from "../../lab/neumann/harness";
import { type Manifest, serializeManifest } from "../../model/manifest";
import { resolvePolicy } from "../../model/policy";
import type { ArchiveSpec, DirectoryLocation } from "../../model/reference";
import type { InstallSpec } from "../../model/specs";
import { makeKeys, signed } from "../model/fixtures";
import { markedCommands, readDocument } from "./document";

const page = readDocument("docs/format.md");
const rows = 3000;

/** A value that is hard to get right by accident: every row its own. */
const valueOf = (k: number): string => `row-${k}-${createHash("sha256").update(String(k)).digest("hex").slice(0, 24)}`;

let folder: string;
let program: string;
let archive: ArchiveSpec<DirectoryLocation>;
let source: LabCluster;
let target: LabCluster | undefined;
/** Public keys as `install` printed them. */
let keys: string[];
/** File of an identity, and its recipient; the first backups and the log behind them are encrypted to it. */
const age = { identity: "", recipients: [] as string[] };
const encrypts = spawnSync("age", ["--version"]).status === 0;
if (!encrypts) console.warn("skipped: the program age is not on PATH (Debian: apt-get install age)");

beforeAll(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "by-hand-"));
  // A copy: whoever builds the bundle anew in the middle does not change what is installed.
  program = path.join(folder, "neumann-backup.cjs");
  fs.copyFileSync(path.resolve(__dirname, "../../agent/bundle/neumann-backup.cjs"), program);
  archive = {
    kind: "directory",
    clusterId: "prod",
    location: path.join(folder, "archive"),
    offsite: { kind: "directory", location: path.join(folder, "offsite") },
  };
  source = await startCluster({ directory: path.join(folder, "source"), start: false });
  agent(["archive-create"], {
    archive: { kind: "directory", location: archive.location },
    clusterId: "prod",
    role: "primary",
  });
  agent(["archive-create"], { archive: archive.offsite, clusterId: "prod", role: "offsite" });
  if (encrypts) {
    age.identity = path.join(folder, "identity");
    execFileSync("age-keygen", ["--output", age.identity], { stdio: "ignore" });
    age.recipients = [execFileSync("age-keygen", ["-y", age.identity], { encoding: "utf8" }).trim()];
  }
  keys = install(age.recipients);
  await Promise.all(source.nodes.map((node) => node.start()));
  await source.whenHealthy();
});

afterAll(async () => {
  await source.close();
  await target?.close();
  fs.rmSync(folder, { recursive: true, force: true });
});

function install(recipients: string[]): string[] {
  return source.nodes.map((node) => {
    const { publicKey } = agent(["install"], installation(node, recipients));
    endSchedule(node);
    return publicKey as string;
  });
}

/** This test takes its backups itself: the schedule that `install` starts would come in between on a slow machine. */
function endSchedule(node: LabNode): void {
  const pid = Number(fs.readFileSync(path.join(node.folder, "agent", "state", "schedule.pid"), "utf8"));
  expect(pid).toBeGreaterThan(1);
  process.kill(pid, "SIGTERM");
}

function installation(node: LabNode, recipients: string[]): InstallSpec {
  const wal = { archiveTimeoutSeconds: 1, arrivalDeadlineSeconds: 60, freeSpaceAlarmMebibytes: 1 };
  const overrides = { wal, encryption: { recipients } };
  return {
    config: {
      format: "neumann-agent/1",
      generation: "by-hand",
      node: {
        id: node.id,
        address: node.raftAddress,
        adminUrl: node.adminUrl,
        configFile: node.configFile,
        dataDirectory: node.dataDirectory,
        programDirectory: programsFolder(),
        serviceManager: "process",
      },
      archive,
      policy: resolvePolicy(overrides),
      agentDirectory: path.join(node.folder, "agent"),
    },
    sha256: createHash("sha256").update(fs.readFileSync(program)).digest("hex"),
    hold: false,
  };
}

/** Runs the agent, which must succeed; its result. */
function agent(words: string[], specification?: object): Record<string, unknown> {
  const input = specification === undefined ? "" : JSON.stringify(specification);
  const { status, stdout, stderr } = spawnSync("node", [program, "--json", ...words], { input, encoding: "utf8" });
  if (status !== 0) throw new Error(`${words.join(" ")} ended with ${status}: ${stderr}`);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function write(first: number, count: number): Promise<void> {
  const statements = Array.from(
    { length: count },
    (_, i) => `INSERT INTO t (k, v) VALUES (${first + i}, '${valueOf(first + i)}')`,
  );
  const leader = await source.leader();
  const answers = await leader.must(["query", "-"], `${statements.join("\n")}\n`);
  expect(answers.split("\n").filter((line) => line.trim() === "OK")).toHaveLength(count);
}

/** Runs commands of the page; they must succeed. */
function bash(marker: string, environment: Record<string, string>): string {
  const { status, stdout, stderr } = tryBash(marker, environment);
  if (status !== 0) throw new Error(`the commands of docs/format.md ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

function tryBash(marker: string, environment: Record<string, string>) {
  return tryScript(markedCommands(page, marker), environment);
}

function tryScript(commands: string, environment: Record<string, string>) {
  const script = `set -euo pipefail\n${commands}`;
  const env = { ...process.env, ...environment, PATH: `${programsFolder()}:${process.env.PATH}` };
  return spawnSync("bash", ["-c", script], { env, encoding: "utf8" });
}

const onLeader = async (words: string[]): Promise<Record<string, unknown>> => {
  const leader = await source.leader();
  return agent(["--config", path.join(leader.folder, "agent", "agent.json"), ...words]);
};

async function freshNode(name: string): Promise<{ node: LabNode; environment: Record<string, string> }> {
  target ??= new LabCluster({ directory: path.join(folder, "target") });
  const node = await target.addNode(name);
  fs.mkdirSync(node.dataDirectory, { recursive: true });
  const environment = {
    ARCHIVE: archive.offsite?.location ?? "",
    CLUSTER: "prod",
    TIER: "offsite",
    DATA: node.dataDirectory,
    NEUMANN_CONFIG: node.configFile,
    STAGING: path.join(node.dataDirectory, ".neumann-backup-by-hand"),
  };
  return { node, environment };
}

describe("docs/format.md", () => {
  let taken: Record<string, unknown>;
  /** Backups of the first thousand rows: encrypted. */
  let first: { full: string; offsite: string };
  /** Before the last rows, which come after all backups. */
  let beforeLast: Date;

  beforeAll(async () => {
    const leader = await source.leader();
    await leader.must(["query", "CREATE TABLE t (k INT, v TEXT)"]);
    await write(1, 1000);
    const { backupId: full } = await onLeader(["full"]);
    const { backupId: offsite } = await onLeader(["offsite"]);
    first = { full: full as string, offsite: offsite as string };
    await write(1001, 1000);
    // Now the log behind the first backup is encrypted up to here, and plain from here on.
    await sealedLog();
    install([]);
    await write(2001, rows - 2000);
    await onLeader(["snapshot"]);
    await onLeader(["full"]);
    taken = await onLeader(["offsite"]);
    beforeLast = new Date();
    await write(rows + 1, 10);
    const end = Date.now();
    // All ten are stored for sure when a segment comes that was begun after them.
    await write(rows + 11, 1);
    await until("the log is archived", () => archivedBy(end).size === 3 || undefined);
    await source.close();
  });

  /** Every node has stored a segment of what was written until now. */
  const sealedLog = async (): Promise<void> => {
    const begin = Date.now();
    await until("the log is archived", () => (archivedBy(begin).size === 3 ? true : undefined));
  };

  const archivedBy = (after: number): Set<string> => {
    const wal = path.join(archive.location, "prod", "wal");
    const late = (name: string): boolean =>
      (fs.statSync(path.join(wal, name), { throwIfNoEntry: false })?.mtimeMs ?? 0) > after;
    const names = fs.readdirSync(wal, { recursive: true, encoding: "utf8" });
    return new Set(names.filter((name) => name.endsWith(".wal") && late(name)).map((name) => path.dirname(name)));
  };

  it.each([
    ["to the end of the log", 11],
    ["to a time", 0],
  ])("rolls a snapshot forward %s, row by row", async (_, more) => {
    const target: Record<string, string> = more === 0 ? { UNTIL: beforeLast.toISOString() } : {};
    await rolledForward(`forward-${more}`, { TIER: "snapshots", ...target }, rows + more);
  });

  it.skipIf(!encrypts)("rolls an encrypted backup forward by a log that is encrypted and then plain", async () => {
    const before = { TIER: "full", BACKUP: first.full };
    const { node, environment } = await freshNode("forward-closed");
    const place = { ...environment, ARCHIVE: archive.location, ...before };
    const closed = tryBash("by-hand", { ...place, IDENTITY: path.join(folder, "nobody") });
    expect(closed.status).not.toBe(0);
    expect(fs.readdirSync(node.dataDirectory)).not.toContain("raft");
    expect(fs.readFileSync(objectOf("full", first.full)).subarray(0, 21).toString()).toBe("age-encryption.org/v1");
    await rolledForward("forward-encrypted", { ...before, IDENTITY: age.identity }, rows + 11);
  });

  const objectOf = (tier: string, backupId: string): string => {
    const data = path.join(archive.location, "prod", tier, "data");
    const names = fs.readdirSync(data, { recursive: true, encoding: "utf8" });
    return path.join(data, names.find((name) => name.includes(backupId) && name.endsWith(".age")) ?? "");
  };

  async function rolledForward(name: string, more: Record<string, string>, count: number): Promise<void> {
    const { node, environment } = await freshNode(name);
    const place = { ...environment, ARCHIVE: archive.location, ...more };
    const all = markedCommands(page, "by-hand");
    const last = all.indexOf("neumann-admin init-cluster");
    const commands = [all.slice(0, last), markedCommands(page, "by-hand-forward"), all.slice(last)].join("\n");
    const { status, stderr } = tryScript(commands, place);
    expect(stderr).toBe("");
    expect(status).toBe(0);
    await node.start();
    await until("it leads", async () => (await node.leads()) || undefined);
    bash("by-hand-started", place);
    expect(await valuesIn(node)).toEqual(valuesTo(count));
    await node.stop();
  }

  const valuesTo = (count: number): string[] => Array.from({ length: count }, (_, i) => valueOf(i + 1)).sort();

  async function valuesIn(node: LabNode): Promise<string[]> {
    const text = await node.must(["query", "-"], "SELECT k, v FROM t\n");
    return [...text.matchAll(/row-\d+-[0-9a-f]{24}/g)].map(([value]) => value).sort();
  }

  it.skipIf(!encrypts)("restores an encrypted off-site backup by hand, row by row", async () => {
    const { node, environment } = await freshNode("hand-encrypted");
    const place = { ...environment, BACKUP: first.offsite, IDENTITY: age.identity };
    bash("by-hand", place);
    await node.start();
    await until("it leads", async () => (await node.leads()) || undefined);
    bash("by-hand-started", place);
    expect(await valuesIn(node)).toEqual(valuesTo(1000));
    await node.stop();
  });

  it.each(["offsite", "snapshots"])("restores the newest %s backup by hand, row by row", async (tier) => {
    const { node, environment } = await freshNode(`hand-${tier}`);
    const place: Record<string, string> = tier === "offsite" ? {} : { ARCHIVE: archive.location, TIER: tier };
    const list = bash("by-hand", { ...environment, ...place });
    if (tier === "offsite") expect(list).toContain(taken.backupId as string);
    await node.start();
    await until("it leads", async () => (await node.leads()) || undefined);
    bash("by-hand-started", { ...environment, ...place });
    expect(await node.count()).toBe(rows);
    expect(await valuesIn(node)).toEqual(valuesTo(rows));
    await node.must(["query", `INSERT INTO t (k, v) VALUES (${rows + 1}, 'new')`]);
    expect(await node.count()).toBe(rows + 1);
    await node.stop();
  });

  it("restores the newest off-site backup on a node that is made of what lies in that archive alone", async () => {
    const { node, environment } = await freshNode("hand-alone");
    const SOFTWARE = path.join(folder, "software");
    const all = markedCommands(page, "by-hand");
    const chosen = all.slice(0, all.indexOf("part=$("));
    const { status, stderr, stdout } = tryScript(`${chosen}\n${markedCommands(page, "by-hand-software")}`, {
      ...environment,
      SOFTWARE,
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(stdout.split("\n").slice(-5, -1)).toEqual([
      "agent neumann-backup.cjs",
      "database-program neumann",
      "database-program neumann-admin",
      "config-template config.toml",
    ]);
    expect(fs.readFileSync(path.join(SOFTWARE, "neumann-backup.cjs")).equals(fs.readFileSync(program))).toBe(true);
    const { id, raftAddress, adminUrl, dataDirectory } = node;
    const own = { node: { id, bind_address: raftAddress, data_dir: dataDirectory }, cluster: { peers: [] } };
    const template = fs.readFileSync(path.join(SOFTWARE, "config.toml"), "utf8");
    // What was the old node's own is for the new one to say.
    for (const { raftAddress: old } of source.nodes) expect(template).not.toContain(old);
    expect(template).not.toMatch(/^(id|bind_address|peers|archive_command)\b/m);
    const changes = { ...own, metrics: { bind_address: adminUrl.replace("http://", "") } };
    fs.writeFileSync(node.configFile, editConfig(template, changes, "the template"));
    expect(parse(template).raft).toEqual(parse(fs.readFileSync(source.nodes[0]!.configFile, "utf8")).raft);
    // From here on there are no other programs of the database.
    vi.stubEnv("NEUMANN_BIN", SOFTWARE);
    try {
      bash("by-hand", environment);
      await node.start();
      await until("it leads", async () => (await node.leads()) || undefined);
      bash("by-hand-started", environment);
      expect(await valuesIn(node)).toEqual(valuesTo(rows));
    } finally {
      await node.stop();
      vi.unstubAllEnvs();
    }
  });

  it("stops at a program that is not what the manifest names", async () => {
    const { environment } = await freshNode("hand-spoiled");
    const copy = path.join(folder, "spoiled");
    fs.cpSync(archive.offsite?.location ?? "", copy, { recursive: true });
    const below = path.join(copy, "prod/records/software");
    const names = fs.readdirSync(below, { recursive: true, encoding: "utf8" });
    fs.appendFileSync(path.join(below, names.find((name) => name.endsWith("/neumann")) ?? ""), " ");
    const all = markedCommands(page, "by-hand");
    const commands = `${all.slice(0, all.indexOf("part=$("))}\n${markedCommands(page, "by-hand-software")}`;
    const { status, stderr } = tryScript(commands, {
      ...environment,
      ARCHIVE: copy,
      SOFTWARE: path.join(folder, "spoiled-software"),
    });
    expect(status).not.toBe(0);
    expect(stderr).toContain("computed checksum did NOT match");
  });

  /** Chooses a backup and checks who signed it, as the page says. */
  const checkSignature = (environment: Record<string, string>) => {
    const all = markedCommands(page, "by-hand");
    const chosen = all.slice(0, all.indexOf("part=$("));
    return tryScript(`${chosen}\n${markedCommands(page, "by-hand-signature")}`, environment);
  };
  const tools = ["jq", "openssl"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);

  it.skipIf(tools.length > 0).each(["offsite", "full"])("tells who signed a backup: %s", (tier) => {
    const ARCHIVE = tier === "offsite" ? (archive.offsite?.location ?? "") : archive.location;
    const place = { ARCHIVE, CLUSTER: "prod", TIER: tier };
    const good = checkSignature({ ...place, TRUSTED: keys.join("\n") });
    expect(good.stderr).toBe("");
    expect(good.status).toBe(0);
    expect(good.stdout.match(/Signature Verified Successfully/g)).toHaveLength(tier === "offsite" ? 2 : 1);
    const foreign = makeKeys().publicKey;
    const other = checkSignature({ ...place, TRUSTED: foreign });
    expect(other.status).not.toBe(0);
    expect(other.stderr).toContain("not signed by a key that you trust");
  });

  it.skipIf(tools.length > 0)("tells that a manifest was changed, or its source", () => {
    const copy = path.join(folder, "signed");
    fs.cpSync(archive.offsite?.location ?? "", copy, { recursive: true });
    const manifests = path.join(copy, "prod/offsite/manifest");
    const name = fs
      .readdirSync(manifests, { recursive: true, encoding: "utf8" })
      .find((n) => n.includes(taken.backupId as string));
    const file = path.join(manifests, name ?? "");
    const text = fs.readFileSync(file, "utf8");
    const place = { ARCHIVE: copy, CLUSTER: "prod", TIER: "offsite", BACKUP: taken.backupId as string };
    fs.writeFileSync(file, text.replace('"totalEntries": ', '"totalEntries": 1'));
    const changed = checkSignature({ ...place, TRUSTED: keys.join("\n") });
    expect(changed.status).not.toBe(0);
    expect(changed.stdout + changed.stderr).toContain("Signature Verification Failure");
    // Signed anew by somebody who is trusted: the first check passes, the second does not.
    const copier = makeKeys();
    const forged = signed({ ...(JSON.parse(text) as Manifest), totalEntries: 1 }, copier);
    fs.writeFileSync(file, serializeManifest(forged));
    const copied = checkSignature({ ...place, TRUSTED: [...keys, copier.publicKey].join("\n") });
    expect(copied.status).not.toBe(0);
    expect(copied.stdout + copied.stderr).toMatch(/Signature Verified Successfully\s+Signature Verification Failure/);
  });

  it("stops at a backup of which one byte was changed, and puts nothing in place", async () => {
    const { node, environment } = await freshNode("hand-damaged");
    const copy = path.join(folder, "damaged");
    fs.cpSync(archive.offsite?.location ?? "", copy, { recursive: true });
    const data = path.join(copy, "prod/offsite/data");
    for (const name of fs.readdirSync(data, { recursive: true, encoding: "utf8" })) {
      if (!/data\.tar\.zst(\.age)?$/.test(name)) continue;
      const bytes = fs.readFileSync(path.join(data, name));
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      fs.writeFileSync(path.join(data, name), bytes);
    }
    const { status, stderr } = tryBash("by-hand", { ...environment, ARCHIVE: copy });
    expect(status).not.toBe(0);
    expect(stderr).toContain("computed checksum did NOT match");
    expect(fs.readdirSync(node.dataDirectory)).toEqual([]);
  });

  it("stops at a folder that is not empty", async () => {
    const { node, environment } = await freshNode("hand-full");
    fs.mkdirSync(path.join(node.dataDirectory, "store"));
    expect(tryBash("by-hand", environment).status).not.toBe(0);
    expect(fs.readdirSync(path.join(node.dataDirectory, "store"))).toEqual([]);
  });
});
