import { createHash } from "node:crypto";
import { recordKey, recordPrefix } from "../model/layout";
import { parseStored } from "./archive/stored";
import { type LineageRecord, lineageSchema } from "../model/records";
import { type Archive, Conflict } from "./archive/archive";
import { Refused } from "./run/errors";

/** A lineage is named by the database's cluster id: all nodes that begin it at once agree without talking. */
export function lineageName(databaseClusterId: string): string {
  return `l-${createHash("sha256").update(databaseClusterId).digest("hex").slice(0, 16)}`;
}

export function lineageKey(clusterId: string, lineage: string): string {
  return recordKey(clusterId, "lineages", `${lineage}.json`);
}

export async function readLineage(
  archive: Archive,
  clusterId: string,
  lineage: string,
): Promise<LineageRecord | undefined> {
  const key = lineageKey(clusterId, lineage);
  const text = await archive.getText(key);
  return text === undefined ? undefined : parseStored(lineageSchema, text, key);
}

/**
 * The lineage of a running database, begun when the archive is still empty.
 * @throws Refused when the archive belongs to another database: never two in one place (I3, I8).
 */
export async function lineageOf(
  archive: Archive,
  clusterId: string,
  databaseClusterId: string,
): Promise<LineageRecord> {
  const lineage = lineageName(databaseClusterId);
  const known = await readLineage(archive, clusterId, lineage);
  if (known !== undefined) return known;
  const others = (await archive.list(recordPrefix(clusterId, "lineages"))).map((object) => object.key);
  if (others.length > 0) {
    throw new Refused(
      `the archive ${archive.description} of ${clusterId} holds another database's history (${others.join(", ")}), and this one's cluster id is ${databaseClusterId}. ` +
        "A restored cluster gets its lineage by a recovery; a new cluster needs an archive or a clusterId of its own.",
    );
  }
  return writeLineage(archive, {
    format: "neumann-lineage/1",
    lineage,
    clusterId,
    databaseClusterId,
    purpose: "production",
    createdAt: new Date().toISOString(),
    parent: null,
  });
}

/** Stores a lineage's record once; whoever comes second gets the first one's. */
export async function writeLineage(archive: Archive, record: LineageRecord): Promise<LineageRecord> {
  const key = lineageKey(record.clusterId, record.lineage);
  try {
    await archive.putText(key, `${JSON.stringify(record)}\n`);
    return record;
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return parseStored(lineageSchema, (await archive.getText(key)) ?? "", key);
  }
}
