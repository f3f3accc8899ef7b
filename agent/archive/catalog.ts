import { createHash } from "node:crypto";
import {
  type Catalog,
  type CatalogEntry,
  missingObjects,
  type Place,
  type UnreadableManifest,
} from "../../model/catalog";
import { dataPrefix, manifestPrefix, recordPrefix } from "../../model/layout";
import { parseManifest } from "../../model/manifest";
import { readExpiring } from "./expired";
import { parseStored } from "./stored";
import { type LineageRecord, lineageSchema, recoveryAcceptedSchema, type RecoveryAccepted } from "../../model/records";
import { type Tier, tiers } from "../../model/tier";
import type { Archive, StoredObject } from "./archive";
import type { GenericSchema } from "valibot";

/** Reads everything that is known of a cluster's backups from the places that are within reach. */
export async function readCatalog(
  clusterId: string,
  places: readonly { place: Place; archive: Archive }[],
): Promise<Catalog> {
  const catalog: Catalog = { clusterId, entries: [], unreadable: [], lineages: [], accepted: [] };
  for (const { place, archive } of places) {
    // What a prune gives up counts as gone: its data may be so in a moment.
    const expiring = await readExpiring(archive, clusterId);
    const gone = new Set(expiring.flatMap(({ record }) => record.manifests));
    for (const tier of tiers) {
      const read = await readTier(archive, { clusterId, place, tier, gone });
      catalog.entries.push(...read.entries);
      catalog.unreadable.push(...read.unreadable);
    }
    merge(catalog.lineages, await readRecords(archive, `${recordPrefix(clusterId, "lineages")}`, lineageSchema));
    const recoveries = recordPrefix(clusterId, "recoveries");
    merge(catalog.accepted, await readRecords(archive, recoveries, recoveryAcceptedSchema, "/accepted.json"));
  }
  return catalog;
}

function merge<T extends LineageRecord | RecoveryAccepted>(into: T[], found: readonly T[]): void {
  for (const record of found) if (!into.some((known) => known.lineage === record.lineage)) into.push(record);
}

async function readRecords<T>(
  archive: Archive,
  prefix: string,
  schema: GenericSchema<unknown, T>,
  ending = ".json",
): Promise<T[]> {
  const records: T[] = [];
  for (const object of await archive.list(prefix)) {
    if (!object.key.endsWith(ending)) continue;
    const text = await archive.getText(object.key);
    if (text !== undefined) records.push(parseStored(schema, text, object.key));
  }
  return records;
}

async function readTier(
  archive: Archive,
  where: { clusterId: string; place: Place; tier: Tier; gone: ReadonlySet<string> },
): Promise<{ entries: CatalogEntry[]; unreadable: UnreadableManifest[] }> {
  const { clusterId, tier } = where;
  const data = await archive.list(`${clusterId}/${tier}/data/`);
  const listed = new Map(data.map((object) => [object.key, object.bytes]));
  const entries: CatalogEntry[] = [];
  const unreadable: UnreadableManifest[] = [];
  for (const object of await archive.list(manifestPrefix(clusterId, tier))) {
    if (where.gone.has(object.key)) continue;
    try {
      entries.push(await readEntry(archive, object, { ...where, listed }));
    } catch (error) {
      unreadable.push({ place: where.place, key: object.key, problem: (error as Error).message });
    }
  }
  return { entries, unreadable };
}

async function readEntry(
  archive: Archive,
  object: StoredObject,
  where: { clusterId: string; place: Place; tier: Tier; listed: ReadonlyMap<string, number> },
): Promise<CatalogEntry> {
  const text = (await archive.getText(object.key)) ?? "";
  const manifest = parseManifest(text, object.key);
  const expected = `${manifestPrefix(where.clusterId, where.tier)}${manifest.lineage}/${manifest.backupId}.json`;
  if (manifest.clusterId !== where.clusterId || manifest.tier !== where.tier || expected !== object.key) {
    throw new Error(`belongs to ${manifest.clusterId}/${manifest.tier}/${manifest.lineage}/${manifest.backupId}`);
  }
  const prefix = dataPrefix(where.clusterId, where.tier, manifest.lineage, manifest.backupId);
  return {
    place: where.place,
    manifest,
    manifestSha256: createHash("sha256").update(text).digest("hex"),
    storedAt: object.storedAt.toISOString(),
    problem: missingObjects(manifest, prefix, where.listed),
  };
}
