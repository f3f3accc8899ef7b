import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { newestKit, putKit } from "../../agent/archive/kits";
import { createArchive } from "../../agent/archive/open";
import { findKit, kitFile, type KitFileContext, kitStore, type KitStoreContext } from "../../agent/commands/kit";
import type { Node } from "../../agent/context";
import { runProcedure } from "../../agent/run/steps";
import { standardPolicy } from "../../model/policy";
import { makeRecoveryKit, type RecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";

const root = mkdtempSync(path.join(tmpdir(), "neumann-kits-"));
let folder: string;
let spec: ArchiveSpec;
let made = 0;

beforeEach(async () => {
  folder = path.join(root, String((made += 1)));
  mkdirSync(folder);
  const [location, away] = [path.join(folder, "archive"), path.join(folder, "offsite")];
  const offsite = { kind: "directory", location: away } as const;
  spec = { kind: "directory", location, clusterId: "prod", offsite };
  await createArchive({ kind: "directory", location }, "prod", "primary");
  await createArchive(offsite, "prod", "offsite");
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

function kitOf(name: string, clusterId = "prod"): RecoveryKit {
  const versions = { library: "1.2.3", agent: "a".repeat(64) };
  const nodes = [{ nodeId: name, address: "10.0.0.1:7878", publicKey: null }];
  return makeRecoveryKit({ archive: { ...spec, clusterId }, policy: standardPolicy, nodes, versions });
}

const records = (place: string) => path.join(folder, place, "prod", "records", "kits");
const namesIn = (place: string) => readdirSync(records(place)).filter((name) => name.endsWith(".json"));
const silent = { emit: () => undefined };

async function store(kit: RecoveryKit): Promise<Record<string, unknown>> {
  const node = { config: { archive: spec } } as unknown as Node;
  const context: KitStoreContext = { node, spec: { kit: serializeRecoveryKit(kit) }, result: {} };
  await runProcedure(kitStore, context, silent);
  return context.result;
}

async function write(kit: RecoveryKit, file: string): Promise<Record<string, unknown>> {
  const context: KitFileContext = { spec: { kit: serializeRecoveryKit(kit), file }, result: {} };
  await runProcedure(kitFile, context, silent);
  return context.result;
}

const newest = async (place: string) =>
  newestKit(new DirectoryArchive(path.join(folder, place)), "prod", () => undefined);

describe("kit-store", () => {
  it("puts a kit into both archives, once", async () => {
    expect(await store(kitOf("one"))).toMatchObject({ stored: ["primary", "offsite"] });
    expect(await store(kitOf("one"))).toMatchObject({ stored: [] });
    for (const place of ["archive", "offsite"]) {
      expect(namesIn(place)).toHaveLength(1);
      expect((await newest(place))?.kit).toEqual(kitOf("one"));
    }
  });

  it("keeps older ones, and what is stored again is the newest again", async () => {
    for (const name of ["one", "two", "one"]) await store(kitOf(name));
    expect(namesIn("offsite")).toHaveLength(3);
    expect((await newest("offsite"))?.kit).toEqual(kitOf("one"));
  });

  it("mends what a run that died between the archives left", async () => {
    await putKit(new DirectoryArchive(path.join(folder, "archive")), kitOf("one"));
    expect(await store(kitOf("one"))).toMatchObject({ stored: ["offsite"] });
  });

  it("takes the archives that it is told where this machine is no node of the cluster", async () => {
    const given = (kit: RecoveryKit, archive = spec): KitStoreContext => ({
      spec: { kit: serializeRecoveryKit(kit), archive },
      result: {},
    });
    const context = given(kitOf("neumann-0"));
    await runProcedure(kitStore, context, silent);
    expect(context.result).toMatchObject({ stored: ["primary", "offsite"] });
    expect((await newest("offsite"))?.kit).toEqual(kitOf("neumann-0"));
    const other = given(kitOf("one", "other"));
    await expect(runProcedure(kitStore, other, silent)).rejects.toThrow("other, and the archive is of prod");
  });

  it("refuses an edited kit and another cluster's, and stores nothing", async () => {
    const edited = { ...kitOf("one"), steps: ["do this"] };
    await expect(store(edited)).rejects.toThrow("seal: does not match the content");
    await expect(store(kitOf("one", "other"))).rejects.toThrow("the kit is of cluster other");
    expect(() => namesIn("archive")).toThrow("ENOENT");
  });
});

describe("kit", () => {
  it("finds the newest of what is left, and passes over one that is not whole", async () => {
    await store(kitOf("one"));
    await store(kitOf("two"));
    const last = namesIn("offsite").sort().at(-1) ?? "";
    const file = path.join(records("offsite"), last);
    writeFileSync(file, readFileSync(file, "utf8").replace("10.0.0.1", "10.0.0.2"));
    const notes: string[] = [];
    const note = (message: string) => void notes.push(message);
    expect((await findKit(spec, { note })).kit).toEqual(kitOf("two"));
    rmSync(path.join(folder, "archive"), { recursive: true });
    expect((await findKit(spec, { note })).kit).toEqual(kitOf("one"));
    expect(notes.join("\n")).toContain(`${last} is no recovery kit of prod: 1 mistake\n  - seal:`);
  });

  it("says where there is none", async () => {
    await expect(findKit(spec, { note: () => undefined })).rejects.toThrow(
      "there is no recovery kit of cluster prod in",
    );
  });
});

describe("kit-file", () => {
  it("writes a kit, over an older one of the cluster, and for everybody to read", async () => {
    const file = path.join(folder, "prod.kit.json");
    expect(await write(kitOf("one"), file)).toMatchObject({ file, written: true });
    expect(await write(kitOf("one"), file)).toMatchObject({ written: false });
    expect(await write(kitOf("two"), file)).toMatchObject({ written: true });
    expect(readFileSync(file, "utf8")).toBe(serializeRecoveryKit(kitOf("two")));
    expect(statSync(file).mode & 0o777).toBe(0o644);
  });

  it("leaves everything else as it is", async () => {
    const file = path.join(folder, "file");
    for (const content of ["a user's own", serializeRecoveryKit(kitOf("one", "other")), ""]) {
      writeFileSync(file, content);
      await expect(write(kitOf("one"), file)).rejects.toThrow("it was left as it is");
      expect(readFileSync(file, "utf8")).toBe(content);
    }
    await expect(write(kitOf("one"), path.join(folder, "no", "disk"))).rejects.toThrow("mount the disk");
  });
});
