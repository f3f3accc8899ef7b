import { ancestors, type Catalog, type CatalogEntry, inOrder, type Place, type StoredSegment } from "./catalog";
import { dataPrefix, isSegmentName, manifestKey, manifestPrefix, segmentKey, segmentNumber } from "./layout";
import type { Manifest } from "./manifest";
import type { BackupPolicy } from "./policy";
import type { RecoveryPin } from "./records";
import { Tier, tiers } from "./tier";
import { formatSeconds } from "./units";

/** A data object of any backup, as a listing of `<clusterId>/<tier>/data/` shows it. */
export interface StoredData {
  place: Place;
  tier: Tier;
  lineage: string;
  backupId: string;
  key: string;
  bytes: number;
  /** By the store's clock. */
  storedAt: string;
}

/** What expiry is decided on. All listings are of one moment, taken after `claims` were read. */
export interface RetentionRequest {
  catalog: Catalog;
  /** Every data object of every place that the catalog was read from. */
  data: readonly StoredData[];
  /** Every segment of these places. */
  segments: readonly StoredSegment[];
  policy: BackupPolicy;
  /** The store's clock (protocol 16). */
  now: Date;
  /** Names of the claims that somebody holds now (protocol 15); null when they cannot be read. */
  claims: readonly string[] | null;
  /** Plans of recoveries that were begun: what they restore from stays until they are accepted. */
  pins?: readonly RecoveryPin[];
}

/** One object that goes or stays, and why. */
export interface RetentionItem {
  kind: "manifest" | "data" | "segment";
  place: Place;
  key: string;
  bytes: number;
  reason: string;
}

/** What may go, in the order in which it must go, and all that stays. */
export interface RetentionPlan {
  /** Manifests first, then data, the log last: whatever is listed as good at any moment can be restored. */
  expire: RetentionItem[];
  keep: RetentionItem[];
}

/**
 * Data without a manifest goes when nobody works on its tier and its newest object is older than this, in hours: far
 * beyond the six hours that a claim of a backup lives.
 */
export const leftoverHours = 72;

/**
 * Chooses what may expire (hazards 8 to 10, protocol 19, invariant I6). It is chosen from the catalog and never by a
 * file's age alone. Kept are: whatever is younger than the policy says; of each tier, place and history that nothing
 * accepted has followed, the newest good backups up to the policy's number, counted back through its ancestors; a
 * tier's backups where none of them is good; backups that somebody copies or restores from; and the log that a kept
 * backup needs. Records, unreadable manifests and their data are never chosen.
 */
export function planRetention(request: RetentionRequest): RetentionPlan {
  const verdicts = judgeBackups(request);
  const plan: RetentionPlan = { expire: [], keep: [] };
  const { clusterId } = request.catalog;
  for (const { entry, keep, reason } of verdicts) {
    const { tier, lineage, backupId } = entry.manifest;
    const key = manifestKey(clusterId, tier, lineage, backupId);
    (keep ? plan.keep : plan.expire).push({ kind: "manifest", place: entry.place, key, bytes: 0, reason });
  }
  judgeData(request, verdicts, plan);
  judgeLog(
    request,
    verdicts.filter((verdict) => verdict.keep).map((verdict) => verdict.entry),
    plan,
  );
  return plan;
}

interface Verdict {
  entry: CatalogEntry;
  keep: boolean;
  reason: string;
}

const dayMs = 86_400_000;
const places: readonly Place[] = ["primary", "offsite"];

/** Negative for what the future has stored; NaN, which is never older than anything, for what has no readable time. */
function ageMs(storedAt: string, now: Date): number {
  return now.getTime() - Date.parse(storedAt);
}

/** Oldest first, each with why it goes or stays. */
function judgeBackups(request: RetentionRequest): Verdict[] {
  const { catalog, policy, now } = request;
  const needed = keptWhateverTheirAge(request);
  return inOrder(catalog).map((entry) => {
    const { tier } = entry.manifest;
    const age = ageMs(entry.storedAt, now);
    const days = policy[tier].retentionDays;
    if (!(age > days * dayMs)) return { entry, keep: true, reason: `younger than ${days} days` };
    const reason = needed.get(entry);
    if (reason !== undefined) return { entry, keep: true, reason };
    const old = formatSeconds(age / 1000);
    return { entry, keep: false, reason: `${old} old, kept for ${days} days; newer good backups are kept` };
  });
}

function keptWhateverTheirAge(request: RetentionRequest): Map<CatalogEntry, string> {
  const { catalog, policy } = request;
  const kept = new Map<CatalogEntry, string>();
  const newestFirst = inOrder(catalog).reverse();
  for (const history of openHistories(catalog)) {
    const entries = history.flatMap((name) => newestFirst.filter((entry) => entry.manifest.lineage === name));
    for (const tier of tiers) {
      const name = `${tier} backups of history ${history[0]}`;
      for (const place of places) {
        const some = entries.filter((entry) => entry.place === place && entry.manifest.tier === tier);
        for (const [entry, why] of leastOf(some, { least: policy[tier].keepAtLeast, name })) kept.set(entry, why);
      }
    }
  }
  for (const entry of catalog.entries) {
    const use = inUse(entry, request);
    if (use !== null) kept.set(entry, use);
  }
  return kept;
}

/** Of backups of one tier and place, newest first: those that stay by their number. */
function leastOf(
  entries: readonly CatalogEntry[],
  { least, name }: { least: number; name: string },
): (readonly [CatalogEntry, string])[] {
  const good = entries.filter((entry) => entry.problem === null).slice(0, Math.max(1, least));
  if (good.length > 0) return good.map((entry) => [entry, `one of the ${good.length} newest good ${name}`]);
  // A disk that is half mounted shows only damaged backups: that is no time to expire any.
  return entries.map((entry) => [entry, `none of the ${name} is good`]);
}

/**
 * The histories that may be wanted again, each with its ancestors, the nearest first: all that no accepted history
 * descends from. Those of recoveries that are not accepted yet, and all candidates where production cannot be told,
 * are among them.
 */
function openHistories(catalog: Catalog): string[][] {
  const accepted = new Set(catalog.accepted.map((record) => record.lineage));
  const settled = catalog.lineages.filter((r) => r.purpose === "production" && accepted.has(r.lineage));
  const followed = new Set(settled.flatMap((record) => ancestors(catalog, record).map((a) => a.lineage)));
  const recorded = new Set(catalog.lineages.map((record) => record.lineage));
  const unrecorded = new Set(
    catalog.entries.map((entry) => entry.manifest.lineage).filter((name) => !recorded.has(name)),
  );
  const open = catalog.lineages.filter((record) => !followed.has(record.lineage));
  // Damaged records that follow each other leave nobody open: then every one is.
  const all = open.length > 0 ? open : catalog.lineages;
  return [
    ...all.map((record) => [record.lineage, ...ancestors(catalog, record).map((a) => a.lineage)]),
    ...[...unrecorded].map((name) => [name]),
  ];
}

/** Why somebody needs this backup at this moment, or null. */
function inUse(entry: CatalogEntry, request: RetentionRequest): string | null {
  const { claims, catalog, pins = [] } = request;
  const { backupId, tier } = entry.manifest;
  if (claims === null) return "it cannot be told who works on the archive";
  if (claims.some((name) => claimed(name, "recovery"))) return "a recovery is under way";
  if (tier === Tier.Full && claims.some((name) => claimed(name, Tier.Offsite))) return "an off-site copy is under way";
  const done = new Set(catalog.accepted.map((record) => record.recoveryId));
  const pin = pins.find((candidate) => !done.has(candidate.recoveryId) && pinnedBackup(candidate) === backupId);
  return pin === undefined ? null : `recovery ${pin.recoveryId} restores from it and is not accepted yet`;
}

/** A claim is on a tier, or on a slot of it: `full`, `full/<slot>`. */
function claimed(name: string, what: string): boolean {
  return name === what || name.startsWith(`${what}/`);
}

function pinnedBackup(pin: RecoveryPin): string | undefined {
  return (pin.plan as { source?: { backupId?: string } } | null)?.source?.backupId;
}

function judgeData(request: RetentionRequest, verdicts: readonly Verdict[], plan: RetentionPlan): void {
  const byPrefix = new Map<string, Verdict>();
  for (const verdict of verdicts) byPrefix.set(placed(verdict.entry.place, prefixOf(request, verdict.entry)), verdict);
  const leftovers = new Map<string, StoredData[]>();
  for (const object of request.data) {
    const { tier, lineage, backupId, place, key, bytes } = object;
    const prefix = placed(place, dataPrefix(request.catalog.clusterId, tier, lineage, backupId));
    const verdict = byPrefix.get(prefix);
    if (verdict === undefined) {
      leftovers.set(prefix, [...(leftovers.get(prefix) ?? []), object]);
      continue;
    }
    const reason = verdict.keep ? "its backup is kept" : "its backup expires";
    (verdict.keep ? plan.keep : plan.expire).push({ kind: "data", place, key, bytes, reason });
  }
  for (const objects of leftovers.values()) judgeLeftovers(request, objects, plan);
}

function placed(place: Place, key: string): string {
  return `${place} ${key}`;
}

function prefixOf({ catalog }: RetentionRequest, { manifest }: CatalogEntry): string {
  return dataPrefix(catalog.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
}

/** Objects of one backup that has no manifest: one that is being made, or one that died. */
function judgeLeftovers(request: RetentionRequest, objects: readonly StoredData[], plan: RetentionPlan): void {
  const why = whyLeftoversStay(request, objects);
  const reason = why ?? `no manifest, and none was written for ${leftoverHours} hours`;
  const items = objects.map(({ place, key, bytes }): RetentionItem => ({ kind: "data", place, key, bytes, reason }));
  (why === null ? plan.expire : plan.keep).push(...items);
}

function whyLeftoversStay(request: RetentionRequest, objects: readonly StoredData[]): string | null {
  const { catalog, claims, now } = request;
  const [first] = objects;
  if (first === undefined) return null;
  const { place, tier, backupId } = first;
  const manifests = manifestPrefix(catalog.clusterId, tier);
  // A manifest that cannot be read may name anything of its tier: only one in its usual place is told apart.
  const unreadable = catalog.unreadable.filter((bad) => bad.place === place && bad.key.startsWith(manifests));
  if (unreadable.some(({ key }) => key.endsWith(`/${backupId}.json`))) return "its manifest cannot be read: look at it";
  if (claims === null) return "it cannot be told whether somebody is making this backup";
  if (claims.some((name) => claimed(name, tier))) return "a backup of its tier is being made";
  const young = objects.some((object) => !(ageMs(object.storedAt, now) > leftoverHours * 3_600_000));
  return young ? `no manifest, but younger than ${leftoverHours} hours` : null;
}

/** In each stream the oldest go, up to the first that stays: what is left has no gap that expiry made. */
function judgeLog(request: RetentionRequest, kept: readonly CatalogEntry[], plan: RetentionPlan): void {
  const { catalog } = request;
  const bases = basesOf(catalog, kept);
  const open = new Set(openHistories(catalog).map(([name]) => name));
  for (const stream of streamsOf(request.segments)) {
    const needed = firstNeeded(stream, bases);
    const last = stream.length - 1;
    const whys = stream.map(
      (segment, at) => whySegmentStays(segment, needed, request) ?? whyLastStays(at === last, segment, open),
    );
    const firstKept = whys.findIndex((why) => why !== null);
    for (const [at, { place, lineage, stream: name, segment, bytes }] of stream.entries()) {
      const item = {
        kind: "segment" as const,
        place,
        key: segmentKey(catalog.clusterId, lineage, name, segment),
        bytes,
      };
      if (firstKept < 0 || at < firstKept) {
        plan.expire.push({ ...item, reason: "old, and no backup that is kept needs it" });
      } else plan.keep.push({ ...item, reason: whys[at] ?? "a segment before it is kept" });
    }
  }
}

function whySegmentStays(
  { segment, storedAt }: StoredSegment,
  needed: Needed | null,
  { now, policy }: RetentionRequest,
): string | null {
  if (needed !== null && segmentNumber(segment) >= needed.from)
    return `backup ${needed.backupId} is rolled forward with it`;
  const days = policy.wal.retentionDays;
  return ageMs(storedAt, now) > days * dayMs ? null : `younger than ${days} days`;
}

/** A stream that the archive has forgotten would get no anchor in the next backup and could not serve it (protocol 5). */
function whyLastStays(
  isLast: boolean,
  { lineage }: StoredSegment,
  open: ReadonlySet<string | undefined>,
): string | null {
  return isLast && open.has(lineage) ? "the newest of its stream: the next backup's anchor" : null;
}

/** The segments of each stream in the order of their numbers. */
function streamsOf(segments: readonly StoredSegment[]): StoredSegment[][] {
  const streams = new Map<string, StoredSegment[]>();
  for (const segment of segments) {
    if (!isSegmentName(segment.segment)) continue; // Not ours to touch.
    const name = placed(segment.place, `${segment.lineage}/${segment.stream}`);
    const known = streams.get(name);
    if (known === undefined) streams.set(name, [segment]);
    else known.push(segment);
  }
  const byNumber = (a: StoredSegment, b: StoredSegment): number =>
    segmentNumber(a.segment) < segmentNumber(b.segment) ? -1 : 1;
  return [...streams.values()].map((stream) => stream.sort(byNumber));
}

/** A kept backup from which the log is rolled forward, with the newest segment before it in each stream. */
interface Base {
  place: Place;
  lineage: string;
  backupId: string;
  anchors: ReadonlyMap<string, bigint>;
}

/**
 * Snapshots and full backups are bases. An off-site backup is a restore point (hazard 10): only the newest one of its
 * history is rolled forward, by the log that lies off-site too.
 */
function basesOf(catalog: Catalog, kept: readonly CatalogEntry[]): Base[] {
  const newest = new Map<string, CatalogEntry>();
  for (const entry of inOrder({ ...catalog, entries: [...kept] })) {
    if (entry.manifest.tier === Tier.Offsite && entry.problem === null) newest.set(entry.manifest.lineage, entry);
  }
  return kept
    .filter((entry) => entry.manifest.tier !== Tier.Offsite || newest.get(entry.manifest.lineage) === entry)
    .map(({ place, manifest }) => ({
      place,
      lineage: manifest.lineage,
      backupId: manifest.backupId,
      anchors: anchorsOf(manifest),
    }));
}

/** An anchor that cannot be read is none: more is kept. */
function anchorsOf(manifest: Manifest): Map<string, bigint> {
  const readable = manifest.wal.anchors.filter(({ segment }) => isSegmentName(segment));
  return new Map(readable.map(({ stream, segment }) => [stream, segmentNumber(segment)]));
}

/** From which segment of a stream on the log is needed, and the first backup that says so. */
interface Needed {
  from: bigint;
  backupId: string;
}

/**
 * The log of a base starts after its anchor, which stays as long as the base. A stream without anchor may have begun
 * with the cluster, after the backup looked: it is needed from its beginning (protocol 5).
 */
function firstNeeded(stream: readonly StoredSegment[], bases: readonly Base[]): Needed | null {
  const [first] = stream;
  let needed: Needed | null = null;
  for (const { place, lineage, anchors, backupId } of bases) {
    if (place !== first?.place || lineage !== first.lineage) continue;
    const from = anchors.get(first.stream) ?? 0n;
    if (needed === null || from < needed.from) needed = { from, backupId };
  }
  return needed;
}
