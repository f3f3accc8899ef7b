import { createHash } from "node:crypto";
import path from "node:path";
import { manifestKey } from "../../model/layout";
import { PlanRefused } from "../../model/planRefused";
import type { RestorePlan } from "../../model/plan";
import { signatureProblem } from "../../model/signature";
import { counted } from "../../model/units";
import { fetchedTier, type StoredVolume } from "../../model/volumePlan";
import { parseVolumeRecord, volumeKey, type VolumeRecord } from "../../model/volumeRecord";
import type { Archive } from "../archive/archive";
import { readExpiring } from "../archive/expired";
import type { Place } from "../../model/catalog";
import { makeDirectory, type TreeFile, walkTree } from "../host/files";
import { copyTree, inParallel } from "../host/tree";
import { Damaged, Refused } from "../run/errors";
import type { StepControl } from "../run/steps";
import { checkTree } from "./checkTree";
import { FileHashes } from "./fileHashes";

/** What is read of a plan to find the record of its volume. */
interface Wanted {
  clusterId: string;
  backupId: string;
  trustedKeys: readonly string[];
}

/**
 * The record of a volume snapshot that can be restored.
 * @throws PlanRefused where there is none, or it does not count
 */
export async function findVolume(
  places: readonly { place: Place; archive: Archive }[],
  { clusterId, backupId, trustedKeys }: Wanted,
): Promise<StoredVolume> {
  for (const { place, archive } of places) {
    const text = await archive.getText(volumeKey(clusterId, backupId));
    if (text === undefined) continue;
    const record = readRecord(text, { clusterId, backupId, trustedKeys });
    await refuseGivenUpVolume(archive, clusterId, backupId);
    return { place, record, sha256: createHash("sha256").update(text).digest("hex") };
  }
  throw new PlanRefused(
    `volume snapshot ${backupId} is not in the archive: one without a record counts for nothing. \`neumann-backup list\` shows those that do.`,
  );
}

function readRecord(text: string, { clusterId, backupId, trustedKeys }: Wanted): VolumeRecord {
  const key = volumeKey(clusterId, backupId);
  const record = parseVolumeRecord(text, `${key} is no record of a volume snapshot`);
  const problem =
    record.backupId === backupId && record.clusterId === clusterId
      ? signatureProblem(text, trustedKeys)
      : `${key} is the record of ${record.backupId} of ${record.clusterId}`;
  if (problem === null) return record;
  throw new PlanRefused(
    `volume snapshot ${backupId} is not restored: ${problem}. Choose another restore point, such as latest-offsite.`,
  );
}

/** @throws PlanRefused for one whose VolumeSnapshot is deleted, or is being deleted */
async function refuseGivenUpVolume(archive: Archive, clusterId: string, backupId: string): Promise<void> {
  if ((await archive.getText(volumeKey(clusterId, backupId, "given-up"))) === undefined) return;
  throw new PlanRefused(
    `volume snapshot ${backupId} was given up: its VolumeSnapshot is deleted. Choose a newer one under a new recoveryId; nothing was touched.`,
  );
}

/**
 * Pinned first, looked at then: who announces later that it gives the backup up finds the pin.
 * @throws PlanRefused
 */
export async function refuseExpiring(archive: Archive, { source, clusterId }: RestorePlan): Promise<void> {
  if (source.volume !== undefined) return refuseGivenUpVolume(archive, clusterId, source.backupId);
  const key = manifestKey(clusterId, fetchedTier(source), source.lineage, source.backupId);
  const expiring = await readExpiring(archive, clusterId);
  if (!expiring.some(({ record }) => record.manifests.includes(key))) return;
  throw new PlanRefused(
    `backup ${source.backupId} is being expired at this moment. Choose a newer one under a new recoveryId; nothing was touched.`,
  );
}

/**
 * The record that the plan was made from, to the byte, and signed as asked for.
 * @throws Damaged
 */
export async function readPlannedVolume(
  archive: Archive,
  { source, clusterId }: RestorePlan,
  trustedKeys: readonly string[],
): Promise<VolumeRecord> {
  const { backupId, manifestSha256 } = source;
  const key = volumeKey(clusterId, backupId);
  const text = (await archive.getText(key)) ?? "";
  if (createHash("sha256").update(text).digest("hex") !== manifestSha256) {
    throw new Damaged(
      `${key} is gone or was changed after the plan was made. Nothing was put in place. Choose another restore point under a new recoveryId.`,
    );
  }
  return readRecord(text, { clusterId, backupId, trustedKeys });
}

/** In a record `data/` stands for the root of the volume. */
const root = "data/";

/** What a restore makes anew: nothing of it is taken, so it may be whatever it is. */
const ofTheNode = "raft/";

/**
 * The volume is a copy of this snapshot, by the names and sizes of its files: before anything of it is touched.
 * @throws Refused naming the first few differences
 */
export async function refuseOtherVolume(
  dataDirectory: string,
  { backupId, volume, files }: VolumeRecord,
): Promise<void> {
  const expected = new Map(files.map(({ path: name, bytes }) => [name, bytes]));
  const faults: string[] = [];
  for (const entry of await walkTree(dataDirectory)) {
    const name = root + entry.path;
    const fault = entry.stats.isDirectory() ? null : faultOf(entry, expected.get(name));
    if (fault !== null) faults.push(`${entry.path} ${fault}`);
    expected.delete(name);
  }
  for (const name of expected.keys()) faults.push(`${name.slice(root.length)} is missing`);
  if (faults.length === 0) return;
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : "";
  throw new Refused(
    `${dataDirectory} does not hold what volume snapshot ${backupId} does: ${faults.slice(0, 5).join("; ")}${more}. Nothing was touched. The first pod's claim must be made of VolumeSnapshot ${volume.namespace}/${volume.name}, and nobody may have written to its volume.`,
  );
}

function faultOf({ path: name, stats }: TreeFile, bytes: number | undefined): string | null {
  if (bytes === undefined) return name.startsWith(ofTheNode) ? null : "is not of it";
  if (!stats.isFile()) return "is no file";
  return stats.size === bytes ? null : `has ${counted(stats.size, "byte")}, not ${bytes}`;
}

/** Copies what the record lists into an empty folder: the volume itself stays as it is until all is proven. */
export async function copyVolume(
  { dataDirectory, tree, record }: { dataDirectory: string; tree: string; record: VolumeRecord },
  control: StepControl,
): Promise<void> {
  await makeDirectory(tree, 0o700);
  let done = 0;
  await inParallel(record.files, async ({ path: name, bytes }) => {
    await copyTree(path.join(dataDirectory, name.slice(root.length)), path.join(tree, name));
    control.progress((done += bytes), record.plainBytes);
  });
  await control.point();
}

/** Holds every file of the copy against the record. */
export async function checkVolume(tree: string, record: VolumeRecord, control: StepControl): Promise<void> {
  const { files, plainBytes, backupId } = record;
  const what = `the volume does not hold what volume snapshot ${backupId} recorded`;
  await checkTree(tree, { files, hashes: new FileHashes(tree), what }, (bytes) => control.progress(bytes, plainBytes));
}
