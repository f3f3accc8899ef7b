import { recordKey, recordPrefix } from "../../model/layout";
import { expiredSchema, type ExpiredRecord } from "../../model/records";
import type { Archive } from "./archive";
import { parseStored } from "./stored";

/** What one prune gives up in one archive, and which prune that was. */
export interface Expiring {
  pruneId: string;
  record: ExpiredRecord;
}

const settledSuffixes = [".done.json", ".withdrawn.json"] as const;

/** Records of prunes whose objects are not all gone yet: what they name counts as gone. */
export async function readExpiring(archive: Archive, clusterId: string): Promise<Expiring[]> {
  const prefix = recordPrefix(clusterId, "expired");
  const keys = (await archive.list(prefix)).map((object) => object.key);
  const settled = new Set(
    keys.flatMap((key) => settledSuffixes.filter((end) => key.endsWith(end)).map((end) => key.slice(0, -end.length))),
  );
  const expiring: Expiring[] = [];
  for (const key of keys) {
    const stem = key.replace(/\.json$/, "");
    if (settledSuffixes.some((end) => key.endsWith(end)) || settled.has(stem)) continue;
    const text = await archive.getText(key);
    if (text === undefined) continue;
    expiring.push({ pruneId: stem.slice(prefix.length), record: parseStored(expiredSchema, text, key) });
  }
  return expiring;
}

/** Says, before anything goes, what goes. */
export async function announceExpiry(
  archive: Archive,
  clusterId: string,
  { pruneId, record }: Expiring,
): Promise<void> {
  await archive.putText(recordKey(clusterId, "expired", `${pruneId}.json`), `${JSON.stringify(record)}\n`);
}

/** `done`: all of it is gone. `withdrawn`: none of it was touched, and it counts again. */
export async function settleExpiry(
  archive: Archive,
  clusterId: string,
  { pruneId, how }: { pruneId: string; how: "done" | "withdrawn" },
): Promise<void> {
  await archive.putText(recordKey(clusterId, "expired", `${pruneId}.${how}.json`), "{}\n");
}
