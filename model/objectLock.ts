import { Mistakes } from "./mistakes";
import type { BackupPolicy } from "./policy";
import { ArchiveKind, type ArchiveLocation, type ArchiveSpec } from "./reference";

/** Something that the policy gives up after so many days. */
interface Kept {
  what: string;
  days: number;
}

/** What lies in each of a cluster's archives, the shortest first. */
function keptIn(policy: BackupPolicy, place: "primary" | "offsite"): Kept[] {
  const away = policy.offsite.continuousWal ? (["offsite", "wal"] as const) : (["offsite"] as const);
  const names = place === "primary" ? (["snapshots", "full", "wal"] as const) : away;
  return names.map((what) => ({ what, days: policy[what].retentionDays })).sort((a, b) => a.days - b.days);
}

/** Why so many days of lock contradict what the policy gives up in that place, and the most that fits; or null. */
export function lockContradiction(
  days: number,
  policy: BackupPolicy,
  place: "primary" | "offsite",
): { problem: string; most: number } | null {
  const [shortest] = keptIn(policy, place);
  if (shortest === undefined || days <= shortest.days) return null;
  const { what, days: most } = shortest;
  return { problem: `locks longer than the policy keeps ${what} (${most} days): it could not be given up`, most };
}

/** Collects locks that outlast what the policy keeps: it would be paid for, and fill the bucket, against what is written. */
export function checkLocks(archive: ArchiveSpec, policy: BackupPolicy, path: string, mistakes: Mistakes): void {
  checkOne(archive, { policy, place: "primary", path }, mistakes);
  if (archive.offsite !== undefined) {
    checkOne(archive.offsite, { policy, place: "offsite", path: `${path}.offsite` }, mistakes);
  }
}

function checkOne(
  location: ArchiveLocation,
  { policy, place, path }: { policy: BackupPolicy; place: "primary" | "offsite"; path: string },
  mistakes: Mistakes,
): void {
  if (location.kind !== ArchiveKind.S3 || location.objectLock === undefined) return;
  const { days } = location.objectLock;
  const found = lockContradiction(days, policy, place);
  if (found === null) return;
  const remedy = `Write at most ${found.most}, or keep it longer.`;
  mistakes.add(`${path}.objectLock.days`, found.problem, days, remedy);
}

/** @throws InputError naming each lock that contradicts the policy. */
export function requireLocksToFit(archive: ArchiveSpec, policy: BackupPolicy, subject: string): void {
  const mistakes = new Mistakes();
  checkLocks(archive, policy, "archive", mistakes);
  mistakes.throwIfAny(subject);
}
