import { recordKey, recordPrefix } from "./layout";
import type { Manifest } from "./manifest";
import type { LineageRecord, RecoveryAccepted } from "./records";
import type { Frozen, FrozenClass } from "./thaw";
import type { Tier } from "./tier";

/** Which of a cluster's archives. */
export type Place = "primary" | "offsite";

/** A backup as the catalog sees it. */
export interface CatalogEntry {
  place: Place;
  manifest: Manifest;
  /** SHA-256 of the manifest's stored text. */
  manifestSha256: string;
  /** When the manifest was stored, by the store's clock: the age of a backup. */
  storedAt: string;
  /** Why it cannot be restored; null when every object that it lists is there with the right size. */
  problem: string | null;
  /** Delete markers hide some of it: it is read by version ids. */
  hidden?: true;
  /** What of its data lies in an archive class: a restore thaws that first. */
  frozen?: Frozen;
}

/** Something in the place of a manifest, of a lineage's record, or of an acceptance, that is none. */
export interface UnreadableManifest {
  place: Place;
  key: string;
  problem: string;
}

/** Everything that is known of a cluster's backups. Computed from listings by the same code everywhere. */
export interface Catalog {
  clusterId: string;
  entries: CatalogEntry[];
  unreadable: UnreadableManifest[];
  lineages: LineageRecord[];
  accepted: RecoveryAccepted[];
}

/** A segment of WAL, as a listing of `<clusterId>/wal/` shows it. */
export interface StoredSegment {
  place: Place;
  lineage: string;
  stream: string;
  /** Its name, `<16 hex digits>.wal`. */
  segment: string;
  bytes: number;
  /** By the store's clock. */
  storedAt: string;
  /** It lies in an archive class. */
  frozen?: FrozenClass;
}

/** An object in a listing. */
export interface ListedObject {
  key: string;
  bytes: number;
}

/** The objects of a backup's data. `dataPrefix` ends with a slash. */
export function expectedObjects(manifest: Manifest, dataPrefix: string): (ListedObject & { sha256: string })[] {
  return [
    ...manifest.parts.map(({ name, bytes, sha256 }) => ({ key: `${dataPrefix}${name}`, bytes, sha256 })),
    ...manifest.wal.segments.map(({ stream, name, bytes, sha256 }) => ({
      key: `${dataPrefix}wal/${stream}/${name}`,
      bytes,
      sha256,
    })),
  ];
}

/** Why a backup's objects do not match its manifest, or null; `listed` knows sizes by key. `dataPrefix` ends with a slash. */
export function missingObjects(
  manifest: Manifest,
  dataPrefix: string,
  listed: Pick<ReadonlyMap<string, number>, "get">,
): string | null {
  const expected = expectedObjects(manifest, dataPrefix);
  if (manifest.parts.length === 0) return "the manifest lists no data";
  const faults = expected.flatMap(({ key, bytes }) => {
    const found = listed.get(key);
    if (found === undefined) return [`${key} is missing`];
    return found === bytes ? [] : [`${key} has ${found} bytes, not ${bytes}`];
  });
  return faults.length === 0 ? null : faults.slice(0, 3).join("; ");
}

/** Newest last: within one lineage by index, never by a clock; lineages by their descent. */
export function inOrder(catalog: Catalog): CatalogEntry[] {
  const depths = new Map(catalog.lineages.map((record) => [record.lineage, ancestors(catalog, record).length]));
  const depth = (entry: CatalogEntry): number => depths.get(entry.manifest.lineage) ?? 0;
  return [...catalog.entries].sort(
    (a, b) =>
      depth(a) - depth(b) ||
      a.manifest.lineage.localeCompare(b.manifest.lineage) ||
      a.manifest.index.low - b.manifest.index.low ||
      a.manifest.backupId.localeCompare(b.manifest.backupId),
  );
}

function recordOf(catalog: Catalog, lineage: string): LineageRecord | undefined {
  return catalog.lineages.find((record) => record.lineage === lineage);
}

/** The histories that one descends from, the nearest first, as far as their records are there. */
export function ancestors(catalog: Catalog, lineage: LineageRecord): LineageRecord[] {
  const found: LineageRecord[] = [];
  let at = lineage.parent === null ? undefined : recordOf(catalog, lineage.parent.lineage);
  // A damaged record may name a descendant as its parent.
  while (at !== undefined && at !== lineage && !found.includes(at)) {
    found.push(at);
    at = at.parent === null ? undefined : recordOf(catalog, at.parent.lineage);
  }
  return found;
}

/** The one history that production writes now, or why it cannot be told. */
export type ProductionLineage = { lineage: LineageRecord } | { refused: string };

/**
 * The accepted production lineage that no other has followed (protocol 29).
 * A restored history counts once its recovery was accepted.
 */
export function productionLineage(catalog: Catalog): ProductionLineage {
  const accepted = new Set(catalog.accepted.map((record) => record.lineage));
  const settled = catalog.lineages.filter((record) => record.parent === null || accepted.has(record.lineage));
  const unknown = unknownHistory(catalog, settled) ?? damagedAcceptance(catalog);
  if (unknown !== undefined) {
    const problem = unknown.problem.replace(/\.$/, "");
    return {
      refused: `which history is the newest cannot be told: ${problem}. Or name the backup: restorePoint backup:ID`,
    };
  }
  const candidates = writtenBy(settled, catalog.lineages);
  // By descent and not by parenthood: between two accepted histories may lie one that was given up.
  const followed = new Set(candidates.flatMap((record) => ancestors(catalog, record).map((a) => a.lineage)));
  const leaves = candidates.filter((record) => !followed.has(record.lineage));
  const [only] = leaves;
  if (only === undefined) return { refused: `no lineage of ${catalog.clusterId} is recorded in this archive` };
  if (leaves.length > 1) {
    const names = leaves.map((record) => `${record.lineage} (begun ${record.createdAt})`).join(" and ");
    const count = leaves.length === 2 ? "two" : leaves.length;
    return { refused: `${count} histories could be meant: ${names}. Name the backup: restorePoint backup:ID` };
  }
  return { lineage: only };
}

/** Lineages whose records cannot be read, in no place. */
export function damagedLineages({
  clusterId,
  unreadable,
  lineages,
}: Catalog): (UnreadableManifest & { lineage: string })[] {
  const prefix = recordPrefix(clusterId, "lineages");
  const readable = new Set(lineages.map((record) => `${prefix}${record.lineage}.json`));
  return unreadable
    .filter(({ key }) => key.startsWith(prefix) && !readable.has(key))
    .map((found) => ({ ...found, lineage: found.key.slice(prefix.length, -".json".length) }));
}

/**
 * One of them that may be what production writes: to choose another would be to go back unasked. It may where its recovery
 * was accepted, or where it may be the first of all, and none that was accepted has followed it.
 */
function unknownHistory(catalog: Catalog, settled: readonly LineageRecord[]): UnreadableManifest | undefined {
  const followed = new Set(settled.map((record) => record.parent?.lineage));
  const accepted = new Set(catalog.accepted.map((record) => record.lineage));
  const begun = catalog.lineages.some((record) => record.parent === null);
  return damagedLineages(catalog).find(({ lineage }) => !followed.has(lineage) && (accepted.has(lineage) || !begun));
}

/** It may be that of the history that production writes now. */
function damagedAcceptance({ clusterId, unreadable, accepted }: Catalog): UnreadableManifest | undefined {
  const keyOf = (recoveryId: string): string => recordKey(clusterId, "recoveries", `${recoveryId}/accepted.json`);
  const readable = new Set(accepted.map(({ recoveryId }) => keyOf(recoveryId)));
  return unreadable.find(({ key }) => key.startsWith(recordPrefix(clusterId, "recoveries")) && !readable.has(key));
}

/** A clone has an archive of its own, where its history is the one that goes on; beside production's it never counts. */
function writtenBy(settled: readonly LineageRecord[], all: readonly LineageRecord[]): LineageRecord[] {
  const purpose = all.every((record) => record.purpose === "clone") ? "clone" : "production";
  return settled.filter((record) => record.purpose === purpose);
}

interface Where {
  places?: readonly Place[];
  tiers?: readonly Tier[];
}

/** The good backups of a lineage in the named places and tiers, newest last. */
export function goodBackups(catalog: Catalog, lineage: string, where: Where = {}): CatalogEntry[] {
  return inOrder(catalog)
    .filter((entry) => entry.manifest.lineage === lineage && entry.problem === null)
    .filter((entry) => where.places?.includes(entry.place) ?? true)
    .filter((entry) => where.tiers?.includes(entry.manifest.tier) ?? true);
}

/** The newest of them. */
export function newestGood(catalog: Catalog, lineage: string, where: Where = {}): CatalogEntry | undefined {
  return goodBackups(catalog, lineage, where).at(-1);
}
