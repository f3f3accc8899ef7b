import { randomBytes } from "node:crypto";
import { hostname } from "node:os";
import { decryptedDepth } from "../../model/decryption";
import { recordKey, recordPrefix, stampOf } from "../../model/layout";
import { type StoredVerification, type VerificationRecord, verificationSchema } from "../../model/records";
import { Damaged } from "../run/errors";
import type { Archive } from "./archive";
import { parseStored } from "./stored";

/** Says, once and for ever, what a verification found. */
export async function putVerification(archive: Archive, clusterId: string, record: VerificationRecord): Promise<void> {
  const name = `${record.depth}/${stampOf(new Date(record.at))}-${randomBytes(4).toString("hex")}.json`;
  await archive.putText(recordKey(clusterId, "verifications", name), `${JSON.stringify(record)}\n`);
}

/** Says that what was encrypted to these recipients was really decrypted. */
export async function putDecryption(archive: Archive, clusterId: string, recipients: string[]): Promise<void> {
  await putVerification(archive, clusterId, {
    format: "neumann-verification/1",
    depth: decryptedDepth,
    backupId: null,
    at: new Date().toISOString(),
    seconds: 0,
    by: hostname(),
    places: [],
    backups: 1,
    bytes: 0,
    good: true,
    recipients,
    faults: [],
  });
}

/** The newest verification of all backups at each depth. */
export async function newestVerifications(archive: Archive, clusterId: string): Promise<StoredVerification[]> {
  const prefix = recordPrefix(clusterId, "verifications");
  const newest = new Map<string, StoredVerification>();
  // Their names are their times: the newest first, and no more than is needed is read.
  for (const { key, storedAt } of (await archive.list(prefix)).reverse()) {
    const depth = key.slice(prefix.length).split("/")[0] ?? "";
    if (newest.has(depth)) continue;
    const record = readable((await archive.getText(key)) ?? "", key);
    if (record?.backupId === null) newest.set(depth, { ...record, storedAt: storedAt.toISOString() });
  }
  return [...newest.values()];
}

/** One that cannot be read says nothing. */
function readable(text: string, key: string): VerificationRecord | undefined {
  try {
    return parseStored(verificationSchema, text, key);
  } catch (error) {
    if (error instanceof Damaged) return undefined;
    throw error;
  }
}
