import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Archive } from "../../agent/archive/archive";
import { readCatalog } from "../../agent/archive/catalog";
import { DirectoryArchive } from "../../agent/archive/directory";
import { manifestKey, recordKey } from "../../model/layout";
import { serializeManifest } from "../../model/manifest";
import { lineage, manifest } from "../model/fixtures";

const root = mkdtempSync(path.join(tmpdir(), "neumann-damaged-lineage-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const key = (name: string): string => recordKey("prod", "lineages", `${name}.json`);

async function placeWith(name: string, records: Record<string, string>): Promise<Archive> {
  mkdirSync(path.join(root, name));
  const archive = new DirectoryArchive(path.join(root, name));
  for (const [at, text] of Object.entries(records)) await archive.putText(key(at), text);
  return archive;
}

it("a lineage's record that cannot be read is listed with its problem, and hides nothing else", async () => {
  const kept = manifest({ lineage: "l-one" });
  const archive = await placeWith("primary", { "l-one": JSON.stringify(lineage("l-one")), "l-two": "{" });
  await archive.putText(manifestKey("prod", kept.tier, "l-one", kept.backupId), serializeManifest(kept));
  const found = await readCatalog("prod", [{ place: "primary", archive }], []);
  expect(found.lineages.map((record) => record.lineage)).toEqual(["l-one"]);
  expect(found.entries.map((entry) => entry.manifest.backupId)).toEqual([kept.backupId]);
  expect(found.unreadable).toEqual([
    {
      place: "primary",
      key: key("l-two"),
      problem: expect.stringContaining(`${key("l-two")} cannot be read`) as string,
    },
  ]);
});

it("one that another place still holds as it was counts", async () => {
  const whole = { "l-one": JSON.stringify(lineage("l-one")) };
  const places = [
    { place: "primary" as const, archive: await placeWith("near", { "l-one": "" }) },
    { place: "offsite" as const, archive: await placeWith("away", whole) },
  ];
  const found = await readCatalog("prod", places, []);
  expect(found.lineages).toEqual([lineage("l-one")]);
  expect(found.unreadable.map(({ key: at, place }) => [at, place])).toEqual([[key("l-one"), "primary"]]);
});
