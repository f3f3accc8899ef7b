import { createHash } from "node:crypto";
import fs from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { DirectoryArchive } from "../../agent/archive/directory";
import { createArchive } from "../../agent/archive/open";
import { runCommandLine } from "../../cli/main";
import { dataPrefix, manifestKey, recordKey } from "../../model/layout";
import { serializeManifest } from "../../model/manifest";
import { type BackupPolicyOverrides, resolvePolicy } from "../../model/policy";
import { makeRecoveryKit, serializeRecoveryKit } from "../../model/recoveryKit";
import type { ArchiveSpec } from "../../model/reference";
import { softwareKey } from "../../model/software";
import { idOf, lineage, makeKeys, manifest, signed } from "../model/fixtures";

vi.mock("../../components/agentBundle", async () => {
  const { bundle } = await import("../agent/support");
  return { agentBundle: () => ({ file: bundle().program, sha256: bundle().sha256 }), packageVersion: () => "1.2.3" };
});

const folder = fs.mkdtempSync(path.join(tmpdir(), "neumann-cli-software-"));
const at = (name: string): string => path.join(folder, name);
const keys = makeKeys();
const content = "the database's package";
const sha256 = createHash("sha256").update(content).digest("hex");
const software = [{ role: "database-package", name: "neumann_1.deb", bytes: content.length, sha256 }];
const archive: ArchiveSpec = {
  kind: "directory",
  location: "/mnt/lost",
  clusterId: "prod",
  offsite: { kind: "directory", location: at("offsite") },
};

/** A kit in a file. */
function kit(name: string, policy: BackupPolicyOverrides, place: ArchiveSpec = archive): string {
  const versions = { library: "1.2.3", agent: "a".repeat(64) };
  const made = makeRecoveryKit({ archive: place, policy: resolvePolicy(policy), nodes: [], versions });
  fs.writeFileSync(at(name), serializeRecoveryKit(made));
  return at(name);
}

beforeAll(async () => {
  await createArchive(archive.offsite!, "prod", "offsite");
  const offsite = new DirectoryArchive(at("offsite"));
  await offsite.putText(recordKey("prod", "lineages", "l-one.json"), JSON.stringify(lineage("l-one")));
  await offsite.putText(softwareKey("prod", software[0]!), content);
  await offsite.putText(`${dataPrefix("prod", "offsite", "l-one", idOf(1))}data.tar.zst`, "data");
  const parts = [{ name: "data.tar.zst", bytes: 4, sha256: createHash("sha256").update("data").digest("hex") }];
  const full = signed(manifest({ parts }), keys);
  const { tier, backupId, agent, signature } = full;
  const source = { tier, backupId, manifestSha256: sha256, agent, signature: signature!, software };
  const copy = signed({ ...full, backupId: idOf(1), tier: "offsite", source }, keys);
  await offsite.putText(manifestKey("prod", "offsite", "l-one", idOf(1)), serializeManifest(copy));
});
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }));

async function say(...argv: string[]) {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal = { out: (text: string) => out.push(text), err: { write: (text: string) => err.push(text) } };
  const code = await runCommandLine(["software", ...argv], terminal);
  return { code, out: out.join("\n").replaceAll(folder, "DIR"), err: err.join("").replaceAll(folder, "DIR") };
}

describe("software", () => {
  it("is fetched by a kit alone, and told whom it is believed by", async () => {
    expect(await say(kit("any.json", {}), "--to", at("new"))).toEqual({
      code: 0,
      out: `Of off-site backup ${idOf(1)}, whoever signed it: the kit names no trusted keys:\n  database-package  DIR/new/neumann_1.deb (22 B)`,
      err: "",
    });
    expect(fs.readFileSync(at("new/neumann_1.deb"), "utf8")).toBe(content);
    const known = kit("known.json", { signing: { trustedKeys: [keys.publicKey] } });
    const { code, out } = await say(known, "--to", at("known"), "--json");
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      backupId: idOf(1),
      files: [{ ...software[0], file: "DIR/known/neumann_1.deb" }],
    });
  });

  it("is not fetched of a backup that the kit does not trust", async () => {
    const foreign = kit("foreign.json", { signing: { trustedKeys: [makeKeys().publicKey] } });
    const { code, err } = await say(foreign, "--to", at("foreign"));
    expect([code, err]).toEqual([4, expect.stringContaining("no good off-site backup names software")]);
    expect(fs.existsSync(at("foreign"))).toBe(false);
  });

  it("is looked for where it is now", async () => {
    const moved = kit("moved.json", {}, { ...archive, offsite: { kind: "directory", location: "/mnt/elsewhere" } });
    expect((await say(moved, "--to", at("moved"))).code).toBe(4);
    expect((await say(moved, "--to", at("moved"), "--offsite", at("offsite"))).code).toBe(0);
    fs.writeFileSync(at("moved/neumann_1.deb"), "mine");
    const { code, err } = await say(moved, "--to", at("moved"), "--offsite", at("offsite"));
    expect([code, err]).toEqual([3, expect.stringContaining("is there and holds something else")]);
  });

  it("names all mistakes at once", async () => {
    const alone = kit("alone.json", {}, { ...archive, offsite: undefined });
    expect(await say(alone, "--zzz")).toEqual({
      code: 2,
      out: "",
      err: `The software cannot be fetched: 3 mistakes
  - --zzz: is no flag of this command (received nothing). --help shows all flags.
  - --to: is missing (received nothing). Name a folder for the files.
  - --offsite: is missing: the kit names no off-site archive (received nothing). Name it, if there is one.
`,
    });
    expect((await say("--to", at("x"))).err).toContain("kit: must be one file");
    expect((await say("--help")).out).toContain("Usage: npx pulumi-neumann software KIT --to FOLDER");
  });
});
