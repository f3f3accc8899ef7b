import type { Place } from "../../model/catalog";
import { lockContradiction } from "../../model/objectLock";
import type { BackupPolicy } from "../../model/policy";
import { ArchiveKind, type ArchiveLocation } from "../../model/reference";
import type { S3ObjectLock } from "../../model/s3Location";
import { explain } from "../run/errors";
import type { Archive, BucketSettings } from "./archive";

/** How a place is protected against deletion, and what of that contradicts reference and policy. */
export interface ProtectionLook {
  found: string;
  problems: string[];
}

type Lock = Awaited<ReturnType<BucketSettings["lock"]>>;

/** Looks at a bucket's own settings. Whoever may not read them is told so: that is no fault of the bucket's. */
export async function lookAtProtection(
  { place, location, archive }: { place: Place; location: ArchiveLocation; archive: Archive },
  policy: BackupPolicy,
): Promise<ProtectionLook> {
  const { bucket, description } = archive;
  if (bucket === undefined || location.kind !== ArchiveKind.S3) {
    return { found: `${description}: a folder keeps no versions`, problems: [] };
  }
  const [versioning, lock] = [await asked(() => bucket.versioning()), await asked(() => bucket.lock())];
  const wanted = location.objectLock;
  const problems = "value" in lock ? contradictions(lock.value, wanted, { policy, place }) : [];
  const parts = [
    "value" in versioning ? versioned[versioning.value] : `whether it is versioned cannot be told (${versioning.why})`,
    "value" in lock ? lockInWords(lock.value) : `whether it has object lock cannot be told (${lock.why})`,
    wanted === undefined ? "the agent locks nothing" : `the agent locks for ${wanted.days} days (${wanted.mode})`,
  ];
  return {
    found: `${description}: ${parts.join(", ")}`,
    problems: problems.map((problem) => `${description}: ${problem}`),
  };
}

async function asked<T>(question: () => Promise<T>): Promise<{ value: T } | { why: string }> {
  try {
    return { value: await question() };
  } catch (error) {
    return { why: explain(error).message };
  }
}

const versioned = {
  on: "versioned",
  suspended: "versioning suspended",
  off: "not versioned: what is deleted there is gone",
};

function lockInWords(lock: Lock): string {
  if (lock === null) return "no object lock";
  if (lock.byDefault === null) return "object lock";
  return `object lock, ${lock.byDefault.days} days by default (${lock.byDefault.mode})`;
}

function contradictions(
  lock: Lock,
  wanted: S3ObjectLock | undefined,
  { policy, place }: { policy: BackupPolicy; place: Place },
): string[] {
  if (lock === null) {
    return wanted === undefined ? [] : ["objectLock is given, and the bucket has no object lock: every put is refused"];
  }
  // What the agent says of each object counts before the bucket's own rule.
  if (wanted !== undefined || lock.byDefault === null) return [];
  const found = lockContradiction(lock.byDefault.days, policy, place);
  return found === null ? [] : [`the bucket's own ${lock.byDefault.days} days of lock: ${found.problem}`];
}
