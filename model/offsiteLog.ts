import { ArchivedLog, firstAfter } from "./archivedLog";
import { type Catalog, type CatalogEntry, newestGood, type StoredSegment } from "./catalog";
import { segmentNumber } from "./layout";
import { Tier } from "./tier";

/** The newest off-site backup of a history: the one that the log off-site is rolled forward from. */
export function offsiteBase(catalog: Catalog, lineage: string): CatalogEntry | undefined {
  return newestGood(catalog, lineage, { tiers: [Tier.Offsite], places: ["offsite"] });
}

/**
 * Which segments of a stream the off-site archive lacks, in their order: all that follow its newest backup. Null where
 * that backup does not serve the stream, so that nothing could be done with its segments (protocol 5).
 */
export function missingOffsite(
  base: CatalogEntry,
  stream: string,
  log: { primary: readonly StoredSegment[]; offsite: readonly StoredSegment[] },
): StoredSegment[] | null {
  const begin = firstAfter(base.manifest).get(stream);
  if (begin === undefined) return null;
  const ofStream = (segment: StoredSegment): boolean =>
    segment.lineage === base.manifest.lineage && segment.stream === stream;
  const there = new Set(log.offsite.filter(ofStream).map(({ segment }) => segment));
  return log.primary
    .filter((found) => ofStream(found) && !there.has(found.segment))
    .filter(({ segment }) => segmentNumber(segment) >= segmentNumber(begin))
    .sort((a, b) => (a.segment < b.segment ? -1 : 1));
}

/** How far the log lies off-site: what the loss of the primary archive and of every node would leave. */
export interface OffsiteLogReach {
  /** The backup that it is rolled forward from. */
  base: string;
  /** The stream that reaches farthest, and its last segment; null while none follows the backup. */
  stream: string | null;
  segment: string | null;
  /** So long the oldest segment that is in no such stream has lain in the primary archive, in seconds. */
  lagSeconds: number;
}

/**
 * The stream off-site that reaches farthest, measured against all that the primary archive holds: every node's log holds
 * the same entries, so that one stream whole is enough. Nodes finish their segments at different moments: so many seconds
 * apart are no lag.
 */
export function offsiteReach(
  base: CatalogEntry,
  segments: readonly StoredSegment[],
  { now, graceSeconds }: { now: Date; graceSeconds: number },
): OffsiteLogReach {
  const { lineage, copiedAt, backupId } = base.manifest;
  const primary = segments.filter((found) => found.place === "primary" && found.lineage === lineage);
  const storedAt = new Map(primary.map((found) => [`${found.stream}/${found.segment}`, found.storedAt]));
  const nothing = { stream: null, segment: null, reached: copiedAt };
  const reaches = new ArchivedLog(segments, "offsite").after(base).map(({ stream, last: { segment, ...own } }) => ({
    stream,
    segment,
    // When the primary archive got it; one that it has given up since was there before it lay off-site.
    reached: storedAt.get(`${stream}/${segment}`) ?? own.storedAt,
  }));
  const best = [nothing, ...reaches].reduce((a, b) => (b.reached > a.reached ? b : a));
  const covered = Date.parse(best.reached) + graceSeconds * 1000;
  const beyond = primary.map((found) => Date.parse(found.storedAt)).filter((time) => time > covered);
  const lagSeconds = beyond.length === 0 ? 0 : Math.max(0, (now.getTime() - Math.min(...beyond)) / 1000);
  return { base: backupId, stream: best.stream, segment: best.segment, lagSeconds };
}
