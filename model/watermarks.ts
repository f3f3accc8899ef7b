import type { Run } from "./archivedLog";
import type { StoredSegment } from "./catalog";
import { isSegmentName, segmentNumber } from "./layout";
import type { WatermarkRecord } from "./records";

/** A watermark as the archive holds it. */
export interface StoredWatermark extends WatermarkRecord {
  /** By the store's clock. */
  storedAt: string;
}

/** How often each node puts one, in seconds (protocol 8). */
export const watermarkEverySeconds = 300;

/** Clocks may be so far apart (protocol 16). */
export const skewMs = 60_000;

/** So long after a moment the watermarks are looked for that tell whether the log up to it is whole. */
export const watermarkReachMs = 4 * 3_600_000;

/** A run and when each of its segments was stored. */
interface ArchivedRun {
  run: Run;
  stored: ReadonlyMap<string, string>;
}

/** True when a node said it after a moment, whoever's clock is asked. */
export function isAfter({ at, storedAt }: Pick<StoredWatermark, "at" | "storedAt">, moment: Date): boolean {
  return Math.min(Date.parse(at), Date.parse(storedAt)) >= moment.getTime() + skewMs;
}

/**
 * Since when it is known that a run of the log holds all that was committed before a moment; undefined: it is not known.
 * The node that led says how far the cluster had come then, and the run's own node that this lies in what is archived.
 */
export function wholeSince(
  { run, segments }: { run: Run; segments: readonly StoredSegment[] },
  moment: Date,
  marks: readonly StoredWatermark[],
): string | undefined {
  const later = marks
    .filter((mark) => mark.lineage === run.first.lineage && isSegmentName(mark.openSegment) && isAfter(mark, moment))
    .sort((a, b) => (a.at < b.at ? -1 : 1));
  const leader = later.find(({ leads }) => leads);
  if (leader === undefined) return undefined;
  const own = later.filter(({ stream, commitIndex }) => stream === run.stream && commitIndex >= leader.commitIndex);
  const stored = new Map(segments.map(({ segment, storedAt }) => [segment, storedAt]));
  return own.some((mark) => isArchived(mark, { run, stored }, own)) ? leader.at : undefined;
}

/** Whether all up to a watermark's commit index lies in a run of its stream. */
function isArchived(mark: StoredWatermark, { run, stored }: ArchivedRun, own: readonly StoredWatermark[]): boolean {
  const end = segmentNumber(run.last.segment);
  const open = segmentNumber(mark.openSegment);
  // One that was archived before it was open is of another life of the node's disk.
  if (open <= end) return (stored.get(mark.openSegment) ?? "") >= mark.storedAt;
  // The segment after the last may have been open and empty: with an entry in it, it would have been finished in time.
  return open === end + 1n && own.some((other) => isSettled(mark, other));
}

/** True when the same segment was still open so much later that it held nothing. */
function isSettled(mark: StoredWatermark, other: StoredWatermark): boolean {
  const seconds = (Date.parse(other.at) - Date.parse(mark.at)) / 1000;
  return other.openSegment === mark.openSegment && seconds >= 2 * mark.archiveTimeoutSeconds + 30;
}
