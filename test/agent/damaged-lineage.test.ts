import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, it } from "vitest";
import type { Archive } from "../../agent/archive/archive";
import { readCatalog } from "../../agent/archive/catalog";
import { DirectoryArchive } from "../../agent/archive/directory";
import { productionLineage } from "../../model/catalog";
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

it("an acceptance that cannot be read is listed too, and no history is taken for the newest while it cannot", async () => {
  const records = { "l-one": JSON.stringify(lineage("l-one")) };
  const [near, away] = [await placeWith("accepted-near", records), await placeWith("accepted-away", records)];
  const at = recordKey("prod", "recoveries", "r1/accepted.json");
  await near.putText(at, '{"format":"neumann-reco');
  const primary = { place: "primary" as const, archive: near };
  const found = await readCatalog("prod", [primary], []);
  expect(found.unreadable).toMatchObject([{ place: "primary", key: at }]);
  expect(productionLineage(found)).toEqual({
    refused: expect.stringMatching(/^which history is the newest cannot be told: .*r1\/accepted\.json/) as string,
  });
  const accepted = {
    format: "neumann-recovery-accepted/1",
    recoveryId: "r1",
    lineage: "l-two",
    baseBackupId: "b",
    baseTier: "full",
    acceptedAt: "2026-11-23T00:00:00.000Z",
    members: [],
  };
  await away.putText(at, JSON.stringify(accepted));
  const both = await readCatalog("prod", [primary, { place: "offsite", archive: away }], []);
  expect(productionLineage(both)).toMatchObject({ lineage: { lineage: "l-one" } });
});
