import { type CatalogEntry, expectedObjects, type ListedObject, type Place } from "../../model/catalog";
import { dataPrefix, manifestKey, manifestPrefix, recordPrefix, walPrefix } from "../../model/layout";
import { type Manifest, parseManifest } from "../../model/manifest";
import { type Tier, tiers } from "../../model/tier";
import { inParallel } from "../host/tree";
import {
  type Archive,
  type HiddenObject,
  metaSuffix,
  type ObjectVersion,
  type StoredObject,
  type Versions,
} from "./archive";
import { entryOf, type Listed, type Where } from "./catalog";
import { type GivenUp, readGivenUp } from "./expired";

/** A backup of which delete markers hide some object, or all. */
export interface HiddenBackup {
  place: Place;
  tier: Tier;
  lineage: string;
  backupId: string;
  /** When the last of its objects was deleted, by the store's clock. */
  deletedAt: string;
  /** Whose the delete marker is, where the store says so. */
  deletedBy: string | null;
  /** Why it cannot be restored even by version ids; null: every object is there as it should be. */
  problem: string | null;
  /** The prune that gave it up on purpose. */
  givenUp: GivenUp | null;
  /** Its catalog entry, as far as its manifest can be read. */
  entry: CatalogEntry | null;
  /** What is hidden, manifest last, with the version that belongs to the backup; null: none of them does. */
  objects: { object: HiddenObject; versionId: string | null }[];
}

/** Segments of one stream that delete markers hide. */
export interface HiddenLog {
  place: Place;
  lineage: string;
  stream: string;
  objects: HiddenObject[];
  /** Those that no prune gave up. */
  wanted: HiddenObject[];
}

interface Look {
  clusterId: string;
  place: Place;
  trustedKeys: readonly string[];
}

/** One place with what it keeps of deleted objects. */
export interface VersionedPlace {
  place: Place;
  archive: Archive;
  versions: Versions;
}

/** Keys by which hidden objects are read, each in one version. */
type Chosen = Map<string, string>;

/** The backups of a place that delete markers hide, wholly or in part. */
export async function readHiddenBackups(
  { place, archive, versions }: VersionedPlace,
  { clusterId, trustedKeys }: Pick<Look, "clusterId" | "trustedKeys">,
): Promise<HiddenBackup[]> {
  const found: Found[] = [];
  for (const tier of tiers) {
    const where: Where = { clusterId, place, tier, trustedKeys };
    const hidden = await hiddenIn(archive, versions, where);
    for (const [name, objects] of hidden.backups) {
      const backup = await lookAt({ archive, versions }, { ...where, name, objects, listed: hidden.listed });
      if (backup !== undefined) found.push(backup);
    }
  }
  if (found.length === 0) return [];
  const givenUp = await readGivenUp(archive, clusterId);
  const keyOf = ({ tier, lineage, backupId }: Found): string => manifestKey(clusterId, tier, lineage, backupId);
  return found.map((backup) => ({ ...backup, givenUp: givenUp.get(keyOf(backup)) ?? null }));
}

interface HiddenIn {
  /** By `<lineage>/<backupId>`. */
  backups: Map<string, HiddenObject[]>;
  /** Data that is there. */
  listed: Listed;
}

async function hiddenIn(archive: Archive, versions: Versions, { clusterId, tier }: Where): Promise<HiddenIn> {
  const [manifests, data] = [manifestPrefix(clusterId, tier), `${clusterId}/${tier}/data/`];
  const backups = new Map<string, HiddenObject[]>();
  const note = (name: string, object: HiddenObject): void => {
    backups.set(name, [...(backups.get(name) ?? []), object]);
  };
  for (const object of await versions.hidden(data)) {
    const [lineage = "", backupId = ""] = object.key.slice(data.length).split("/");
    note(`${lineage}/${backupId}`, object);
  }
  for (const object of await versions.hidden(manifests)) {
    if (object.key.endsWith(".json")) note(object.key.slice(manifests.length, -".json".length), object);
  }
  const listed = backups.size === 0 ? [] : await archive.list(data);
  return { backups, listed: new Map(listed.map((object) => [object.key, object])) };
}

type Found = Omit<HiddenBackup, "givenUp">;

async function lookAt(
  { archive, versions }: { archive: Archive; versions: Versions },
  where: Where & { name: string; objects: readonly HiddenObject[]; listed: Listed },
): Promise<Found | undefined> {
  const { clusterId, place, tier, name, objects } = where;
  const [lineage = "", backupId = ""] = name.split("/");
  const key = manifestKey(clusterId, tier, lineage, backupId);
  const ownManifest = objects.find((object) => object.key === key);
  const newest = [...objects].sort((a, b) => b.marker.at.getTime() - a.marker.at.getTime())[0];
  if (newest === undefined) return undefined;
  const base = {
    place,
    tier,
    lineage,
    backupId,
    deletedAt: newest.marker.at.toISOString(),
    deletedBy: newest.marker.by ?? null,
  };
  const read = await readManifestOf({ archive, versions }, { key, ownManifest, where });
  // Data of an upload that died, or of a backup that went as it should: never one that could be restored.
  if (read === undefined) return undefined;
  const { chosen, entry, problem } = read;
  const named = (object: HiddenObject) => ({ object, versionId: chosen.get(object.key) ?? null });
  const data = objects.filter((object) => object !== ownManifest).map(named);
  return {
    ...base,
    problem,
    entry,
    objects: [...data, ...(ownManifest === undefined ? [] : [named(ownManifest)])],
  };
}

interface ReadManifest {
  chosen: Chosen;
  entry: CatalogEntry | null;
  problem: string | null;
}

/** The manifest that is there, or the newest hidden one that is right: somebody may have stored another one over it. */
async function readManifestOf(
  ways: { archive: Archive; versions: Versions },
  {
    key,
    ownManifest,
    where,
  }: {
    key: string;
    ownManifest: HiddenObject | undefined;
    where: Where & { objects: readonly HiddenObject[]; listed: Listed };
  },
): Promise<ReadManifest | undefined> {
  if (ownManifest === undefined) {
    const [there] = (await ways.archive.list(key)).filter((object) => object.key === key);
    const text = await ways.archive.getText(key);
    if (there === undefined || text === undefined) return undefined;
    return judge(ways, { text, key, storedAt: there.storedAt, where });
  }
  let first: ReadManifest | undefined;
  for (const { versionId, storedAt } of ownManifest.versions) {
    const text = await ways.versions.reading(new Map([[key, versionId]])).getText(key);
    if (text === undefined) continue;
    const read = await judge(ways, { text, key, storedAt, where });
    if (read.entry !== null) read.chosen.set(key, versionId);
    if (read.problem === null) return read;
    first ??= read;
  }
  return first ?? { chosen: new Map(), entry: null, problem: `${key} is gone: no version of it is left` };
}

async function judge(
  { versions }: { versions: Versions },
  {
    text,
    key,
    storedAt,
    where,
  }: {
    text: string;
    key: string;
    storedAt: Date;
    where: Where & { objects: readonly HiddenObject[]; listed: Listed };
  },
): Promise<ReadManifest> {
  try {
    const manifest = parseManifest(text, key);
    const { chosen, listed } = await chooseData(versions, manifest, where);
    const entry = entryOf(text, { key, storedAt }, { ...where, listed });
    return { chosen, entry: { ...entry, hidden: true }, problem: entry.problem };
  } catch (error) {
    return { chosen: new Map(), entry: null, problem: (error as Error).message };
  }
}

/** Of each hidden object the version that the manifest means, with the hashes that lie beside uploads in parts. */
async function chooseData(
  versions: Versions,
  manifest: Manifest,
  where: Where & { objects: readonly HiddenObject[]; listed: Listed },
): Promise<{ chosen: Chosen; listed: Listed }> {
  const chosen: Chosen = new Map();
  const listed = new Map<string, Pick<StoredObject, "bytes" | "frozen">>(where.listed);
  const byKey = new Map(where.objects.map((object) => [object.key, object]));
  for (const { key, versions: all } of where.objects) {
    if (key.endsWith(metaSuffix) && all[0] !== undefined) chosen.set(key, all[0].versionId);
  }
  const prefix = dataPrefix(where.clusterId, where.tier, manifest.lineage, manifest.backupId);
  for (const expected of expectedObjects(manifest, prefix)) {
    const hidden = byKey.get(expected.key);
    if (hidden === undefined || listed.has(expected.key)) continue;
    const version = await versionOf(versions, { hidden, expected, beside: chosen });
    if (version === undefined) continue;
    chosen.set(expected.key, version.versionId);
    listed.set(expected.key, version);
  }
  return { chosen, listed };
}

/** By size; where several have it, also by the hash that was stored with them. */
async function versionOf(
  versions: Versions,
  { hidden, expected, beside }: { hidden: HiddenObject; expected: ListedObject & { sha256: string }; beside: Chosen },
): Promise<ObjectVersion | undefined> {
  const fitting = hidden.versions.filter(({ bytes }) => bytes === expected.bytes);
  if (fitting.length < 2) return fitting[0] ?? hidden.versions[0];
  for (const version of fitting) {
    const reading = versions.reading(new Map([...beside, [hidden.key, version.versionId]]));
    if ((await reading.storedHash(hidden.key)) === expected.sha256) return version;
  }
  return fitting[0];
}

/** Reads a hidden backup as if nobody had deleted it. */
export function readingOf({ objects }: HiddenBackup, versions: Versions): Archive {
  const chosen: Chosen = new Map();
  for (const { object, versionId } of objects) if (versionId !== null) chosen.set(object.key, versionId);
  return versions.reading(chosen);
}

/** Segments that delete markers hide, by stream. */
export async function readHiddenLog(
  { place, archive, versions }: VersionedPlace,
  clusterId: string,
): Promise<HiddenLog[]> {
  const prefix = walPrefix(clusterId);
  const hidden = await versions.hidden(prefix);
  if (hidden.length === 0) return [];
  const givenUp = await readGivenUp(archive, clusterId);
  const streams = new Map<string, HiddenLog>();
  for (const object of hidden) {
    const [lineage, stream, segment] = object.key.slice(prefix.length).split("/");
    if (lineage === undefined || stream === undefined || segment === undefined) continue;
    const name = `${lineage}/${stream}`;
    const log = streams.get(name) ?? { place, lineage, stream, objects: [], wanted: [] };
    streams.set(name, log);
    log.objects.push(object);
    if (!givenUp.has(ownerOf(object.key))) log.wanted.push(object);
  }
  return [...streams.values()];
}

/** The object that a hash lies beside, or the key itself. */
function ownerOf(key: string): string {
  return key.endsWith(metaSuffix) ? key.replace(/\.[0-9a-f]{12}\.meta$/, "") : key;
}

/**
 * Records that delete markers hide. Watermarks are not among them: `prune` gives old ones up without a word, and every
 * node writes new ones.
 */
export async function readHiddenRecords(versions: Versions, clusterId: string): Promise<HiddenObject[]> {
  const watermarks = recordPrefix(clusterId, "watermarks");
  const all = await versions.hidden(`${clusterId}/records/`);
  // What ends something is back before what it ends: a lease without its release would end a pause again.
  return all.filter(({ key }) => !key.startsWith(watermarks)).sort((a, b) => (a.key < b.key ? 1 : -1));
}

/** Whether all versions of an object have the same content: then the one that comes back is the one that was stored first. */
export async function sameInAll(versions: Versions, { key, versions: all }: HiddenObject): Promise<boolean> {
  if (all.length < 2 || key.endsWith(metaSuffix)) return true;
  const hashes = new Set<string | undefined>();
  await inParallel(all, async ({ versionId }) => {
    hashes.add(await versions.reading(new Map([[key, versionId]])).storedHash(key));
  });
  return hashes.size === 1;
}

/** The places that can keep older versions. */
export function versionedPlaces(places: readonly { place: Place; archive: Archive }[]): VersionedPlace[] {
  return places.flatMap(({ place, archive }) => {
    const { versions } = archive;
    return versions === undefined ? [] : [{ place, archive, versions }];
  });
}
