import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { isSegmentName, manifestKey, recordKey, recordPrefix, walPrefix } from "../model/layout";
import { type Manifest, parseManifest } from "../model/manifest";
import { parseJsonAs } from "../model/parse";
import { type RecoveryAccepted, recoveryAcceptedSchema, type RecoveryPin, recoveryPinSchema } from "../model/records";
import { isTier } from "../model/tier";
import type { PlanOutput } from "./outputs";

/** SHA-256 of each file by its path below a folder. */
export type Fingerprint = ReadonlyMap<string, string>;

/** The fingerprint of everything in a folder that a filter lets through; a folder that is not there is empty. */
export async function fingerprint(folder: string, keep: (key: string) => boolean = () => true): Promise<Fingerprint> {
  const result = new Map<string, string>();
  for (const key of await filesIn(folder)) {
    if (!keep(key)) continue;
    const content = await readFile(path.join(folder, key));
    result.set(key, createHash("sha256").update(content).digest("hex"));
  }
  return result;
}

/** Files of the first fingerprint that the second lacks or that differ there. */
export function lostOrChanged(before: Fingerprint, after: Fingerprint): string[] {
  return [...before].filter(([key, hash]) => after.get(key) !== hash).map(([key]) => key);
}

/** True when both hold the same files with the same content. */
export function isSame(before: Fingerprint, after: Fingerprint): boolean {
  return before.size === after.size && lostOrChanged(before, after).length === 0;
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();
}

/** Claims, leases and temporary names come and go while agents work; everything else in an archive stays. */
export function isLasting(clusterId: string): (key: string) => boolean {
  const passing = [recordPrefix(clusterId, "claims"), recordPrefix(clusterId, "leases")];
  return (key) => !passing.some((prefix) => key.startsWith(prefix)) && !path.basename(key).startsWith(".");
}

/** Records of recoveries only. */
export function isRecoveryRecord(clusterId: string): (key: string) => boolean {
  return (key) => key.startsWith(recordPrefix(clusterId, "recoveries"));
}

/** Segments of the log that an archive holds; of one lineage, if it is named. */
export async function countSegments(folder: string, clusterId: string, lineage = ""): Promise<number> {
  const keys = await filesIn(path.join(folder, walPrefix(clusterId), lineage));
  return keys.filter((key) => isSegmentName(path.basename(key))).length;
}

/** The manifest of the backup that a plan names. */
export async function readManifest(folder: string, clusterId: string, plan: PlanOutput): Promise<Manifest> {
  if (!isTier(plan.tier)) throw new Error(`the plan names a tier that is not known: ${plan.tier}`);
  const key = manifestKey(clusterId, plan.tier, plan.lineage, plan.backupId);
  return parseManifest(await readFile(path.join(folder, key), "utf8"), key);
}

/** What the archive says of a recovery: the pinned plan and the acceptance. */
export async function readRecovery(
  folder: string,
  clusterId: string,
  recoveryId: string,
): Promise<{ pin: RecoveryPin; accepted: RecoveryAccepted }> {
  const read = (name: string) => {
    const key = recordKey(clusterId, "recoveries", `${recoveryId}/${name}.json`);
    return readFile(path.join(folder, key), "utf8").then((text) => ({ text, key }));
  };
  const [pin, accepted] = await Promise.all([read("plan"), read("accepted")]);
  return {
    pin: parseJsonAs(recoveryPinSchema, pin.text, pin.key),
    accepted: parseJsonAs(recoveryAcceptedSchema, accepted.text, accepted.key),
  };
}
