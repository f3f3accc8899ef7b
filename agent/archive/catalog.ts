import { createHash } from "node:crypto";
import {
  type Catalog,
  type CatalogEntry,
  missingObjects,
  type Place,
  type UnreadableManifest,
} from "../../model/catalog";
import { dataPrefix, manifestKey, manifestPrefix, recordKey, recordPrefix } from "../../model/layout";
import { type Manifest, parseManifest } from "../../model/manifest";
import { InputError, show } from "../../model/mistakes";
import { signatureProblem } from "../../model/signature";
import { type AnnouncedIs, goneFrom, givenUpOf } from "./expired";
import { Damaged } from "../run/errors";
import { faultsIn, parseStored } from "./stored";
import { inParallel } from "../host/tree";
import { ManifestCache } from "./manifestCache";
import { type LineageRecord, lineageSchema, recoveryAcceptedSchema, type RecoveryAccepted } from "../../model/records";
import { type Frozen, frozenAmong } from "../../model/thaw";
import { type Tier, tiers } from "../../model/tier";
import type { Archive, StoredObject } from "./archive";

/**
 * Reads everything that is known of a cluster's backups from the places that are within reach. Where `trustedKeys` names
 * any, a backup that none of them signed has a problem: it is listed and never chosen (protocol 18).
 */
export async function readCatalog(
  clusterId: string,
  places: readonly { place: Place; archive: Archive }[],
  trustedKeys: readonly string[],
  announced: AnnouncedIs = "gone",
): Promise<Catalog> {
  const found: Catalog[] = [];
  for (const placed of places) found.push(await readPlace(clusterId, placed, { trustedKeys, announced }));
  return mergeCatalogs(clusterId, found);
}

/** What one place tells. */
async function readPlace(
  clusterId: string,
  { place, archive }: { place: Place; archive: Archive },
  { trustedKeys, announced }: { trustedKeys: readonly string[]; announced: AnnouncedIs },
): Promise<Catalog> {
  // What a prune gives up counts as gone: its data may be so in a moment.
  const gone = await goneFrom(archive, clusterId, "manifests", announced);
  const read: (CatalogEntry | UnreadableManifest)[] = [];
  const cache = await ManifestCache.open(archive, clusterId);
  for (const tier of tiers) {
    read.push(...(await readTier(archive, { clusterId, place, tier, gone, trustedKeys, cache })));
  }
  await cache.keep();
  const found = announced === "there" ? read : await notGivenUpMeanwhile(archive, clusterId, read);
  const entries = found.filter((entry): entry is CatalogEntry => !("key" in entry));
  const unreadable = found.filter((entry): entry is UnreadableManifest => "key" in entry);
  const lineages = await readRecords(
    archive,
    { prefix: recordPrefix(clusterId, "lineages"), ending: ".json" },
    (text, key) => lineageOfRecord(text, key, { archive, clusterId }),
  );
  const accepted = await readRecords(
    archive,
    { prefix: recordPrefix(clusterId, "recoveries"), ending: "/accepted.json" },
    (text, key) => parseStored(recoveryAcceptedSchema, text, key),
  );
  for (const damaged of [...lineages.damaged, ...accepted.damaged]) unreadable.push({ place, ...damaged });
  return { clusterId, entries, unreadable, lineages: lineages.records, accepted: accepted.records };
}

/** What a prune took away while it was read is not damaged. */
async function notGivenUpMeanwhile(
  archive: Archive,
  clusterId: string,
  found: (CatalogEntry | UnreadableManifest)[],
): Promise<(CatalogEntry | UnreadableManifest)[]> {
  const at = (entry: CatalogEntry | UnreadableManifest): string => ("key" in entry ? entry.key : keyOf(entry));
  const doubtful = found.filter(({ problem }) => problem !== null).map(at);
  const gone = await givenUpOf(archive, clusterId, doubtful);
  return found.filter((entry) => entry.problem === null || !gone.has(at(entry)));
}

/** Where an entry's manifest lies. */
export function keyOf({ manifest: { clusterId, tier, lineage, backupId } }: CatalogEntry): string {
  return manifestKey(clusterId, tier, lineage, backupId);
}

/** One catalog of several places; of records that lie in both the first place's counts. */
export function mergeCatalogs(clusterId: string, catalogs: readonly Catalog[]): Catalog {
  const merged: Catalog = { clusterId, entries: [], unreadable: [], lineages: [], accepted: [] };
  for (const { entries, unreadable, lineages, accepted } of catalogs) {
    merged.entries.push(...entries);
    merged.unreadable.push(...unreadable);
    merge(merged.lineages, lineages);
    merge(merged.accepted, accepted);
  }
  return merged;
}

function merge<T extends LineageRecord | RecoveryAccepted>(into: T[], found: readonly T[]): void {
  for (const record of found) if (!into.some((known) => known.lineage === record.lineage)) into.push(record);
}

/** Records of a kind; one that cannot be read, or does not belong where it lies, is no reason to show nothing at all. */
async function readRecords<T>(
  archive: Archive,
  { prefix, ending }: { prefix: string; ending: string },
  read: (text: string, key: string) => T,
): Promise<{ records: T[]; damaged: Omit<UnreadableManifest, "place">[] }> {
  const records: T[] = [];
  const damaged: Omit<UnreadableManifest, "place">[] = [];
  for (const { key } of await archive.list(prefix)) {
    const text = key.endsWith(ending) ? await archive.getText(key) : undefined;
    if (text === undefined) continue;
    try {
      records.push(read(text, key));
    } catch (error) {
      if (!(error instanceof Damaged)) throw error;
      damaged.push({ key, problem: error.message });
    }
  }
  return { records, damaged };
}

function lineageOfRecord(
  text: string,
  key: string,
  { archive, clusterId }: { archive: Archive; clusterId: string },
): LineageRecord {
  const record = parseStored(lineageSchema, text, key);
  if (record.clusterId === clusterId && key === recordKey(clusterId, "lineages", `${record.lineage}.json`))
    return record;
  throw new Damaged(
    `${key} in ${archive.description} tells of lineage ${show(record.lineage)} of cluster ${show(record.clusterId)}: it does not belong there. Take it away, or bring back the record as it was.`,
  );
}

/** Data objects as a listing shows them, by key. */
export type Listed = ReadonlyMap<string, Pick<StoredObject, "bytes" | "frozen">>;

/** Where a manifest was found. */
export interface Where {
  clusterId: string;
  place: Place;
  tier: Tier;
  trustedKeys: readonly string[];
}

/** So many are asked for at once; as many connections are kept. */
const parallelReads = 16;

async function readTier(
  archive: Archive,
  where: Where & { gone: ReadonlySet<string>; cache: ManifestCache },
): Promise<(CatalogEntry | UnreadableManifest)[]> {
  const { clusterId, tier, cache } = where;
  const data = await archive.list(`${clusterId}/${tier}/data/`);
  const listed: Listed = new Map(data.map((object) => [object.key, object]));
  const manifests = (await archive.list(manifestPrefix(clusterId, tier))).filter(({ key }) => !where.gone.has(key));
  const found = new Array<CatalogEntry | UnreadableManifest>(manifests.length);
  await inParallel(
    [...manifests.entries()],
    async ([at, object]) => {
      try {
        found[at] = entryOf(await cache.textOf(archive, object), object, { ...where, listed });
      } catch (error) {
        found[at] = { place: where.place, key: object.key, problem: problemOf(error as Error) };
      }
    },
    parallelReads,
  );
  return found;
}

function problemOf(error: Error): string {
  return error instanceof InputError ? faultsIn(error) : error.message;
}

/**
 * A manifest's text as the catalog's entry, held against what is listed.
 * @throws where it is no manifest, or not that of its key.
 */
export function entryOf(
  text: string,
  object: Pick<StoredObject, "key" | "storedAt">,
  where: Where & { listed: Listed },
): CatalogEntry {
  const manifest = parseManifest(text, object.key);
  const expected = `${manifestPrefix(where.clusterId, where.tier)}${manifest.lineage}/${manifest.backupId}.json`;
  if (manifest.clusterId !== where.clusterId || manifest.tier !== where.tier || expected !== object.key) {
    throw new Error(`it belongs to ${manifest.clusterId}/${manifest.tier}/${manifest.lineage}/${manifest.backupId}`);
  }
  const prefix = dataPrefix(where.clusterId, where.tier, manifest.lineage, manifest.backupId);
  const frozen = frozenIn(manifest, prefix, where.listed);
  const sizes = { get: (key: string) => where.listed.get(key)?.bytes };
  return {
    place: where.place,
    manifest,
    manifestSha256: createHash("sha256").update(text).digest("hex"),
    storedAt: object.storedAt.toISOString(),
    problem: signatureProblem(text, where.trustedKeys) ?? missingObjects(manifest, prefix, sizes),
    ...(frozen === undefined ? {} : { frozen }),
  };
}

/** Of the parts alone: a restore takes the log from where all of it lies. */
function frozenIn({ parts }: Manifest, prefix: string, listed: Listed): Frozen | undefined {
  return frozenAmong(parts.flatMap(({ name }) => listed.get(prefix + name) ?? []));
}
