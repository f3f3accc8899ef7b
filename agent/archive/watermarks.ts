import { recordKey, recordPrefix, stampOf } from "../../model/layout";
import { type WatermarkRecord, watermarkSchema } from "../../model/records";
import { skewMs, type StoredWatermark, watermarkReachMs } from "../../model/watermarks";
import { inParallel } from "../host/tree";
import { Damaged } from "../run/errors";
import type { Archive } from "./archive";
import { parseStored } from "./stored";

/** Stores what a node read. */
export async function putWatermark(
  archive: Archive,
  clusterId: string,
  { nodeId, record }: { nodeId: string; record: WatermarkRecord },
): Promise<void> {
  const name = `${record.lineage}/${stampOf(new Date(record.at))}-${nodeId}.json`;
  await archive.putText(recordKey(clusterId, "watermarks", name), `${JSON.stringify(record)}\n`);
}

/** What nodes said in the hours after a moment: who asks later needs no more to know whether the log is whole up to it. */
export async function watermarksAfter(archive: Archive, clusterId: string, moment: Date): Promise<StoredWatermark[]> {
  const from = stampOf(new Date(moment.getTime() + skewMs));
  const until = stampOf(new Date(moment.getTime() + watermarkReachMs));
  const wanted = (await archive.list(recordPrefix(clusterId, "watermarks"))).filter(({ key }) => {
    const name = key.slice(key.lastIndexOf("/") + 1);
    return name >= from && name < until;
  });
  const found: StoredWatermark[] = [];
  await inParallel(wanted, async ({ key, storedAt }) => {
    const text = await archive.getText(key);
    const record = text === undefined ? undefined : readable(text, key);
    if (record !== undefined) found.push({ ...record, storedAt: storedAt.toISOString() });
  });
  return found;
}

/** One that cannot be read proves nothing, and hinders no recovery. */
function readable(text: string, key: string): WatermarkRecord | undefined {
  try {
    return parseStored(watermarkSchema, text, key);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}

/** Watermarks that nobody asks for any more: with the log of their time goes what they tell of it. */
export async function oldWatermarks(archive: Archive, clusterId: string, before: Date): Promise<string[]> {
  const all = await archive.list(recordPrefix(clusterId, "watermarks"));
  return all.filter(({ storedAt }) => storedAt < before).map(({ key }) => key);
}
