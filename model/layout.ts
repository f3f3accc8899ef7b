import type { Tier } from "./tier";

/** Names in the archive: keys are relative to an archive's root and use `/`. docs/format.md explains each. */

/** `<clusterId>/` */
export function clusterPrefix(clusterId: string): string {
  return `${clusterId}/`;
}

export function manifestPrefix(clusterId: string, tier: Tier): string {
  return `${clusterId}/${tier}/manifest/`;
}

export function manifestKey(clusterId: string, tier: Tier, lineage: string, backupId: string): string {
  return `${manifestPrefix(clusterId, tier)}${lineage}/${backupId}.json`;
}

/** Folder of a backup's data objects, with its trailing slash. */
export function dataPrefix(clusterId: string, tier: Tier, lineage: string, backupId: string): string {
  return `${clusterId}/${tier}/data/${lineage}/${backupId}/`;
}

export function walPrefix(clusterId: string): string {
  return `${clusterId}/wal/`;
}

/** Folder of one stream's segments, with its trailing slash. */
export function streamPrefix(clusterId: string, lineage: string, stream: string): string {
  return `${walPrefix(clusterId)}${lineage}/${stream}/`;
}

export function segmentKey(clusterId: string, lineage: string, stream: string, segment: string): string {
  return `${streamPrefix(clusterId, lineage, stream)}${segment}`;
}

/** The kinds of record. All are created once; only watermarks ever expire. */
export type RecordKind =
  | "lineages"
  | "recoveries"
  | "claims"
  | "leases"
  | "watermarks"
  | "verifications"
  | "expired"
  | "tail"
  | "streams"
  | "keys"
  | "software"
  | "kits"
  | "volumes";

export function recordPrefix(clusterId: string, kind: RecordKind): string {
  return `${clusterId}/records/${kind}/`;
}

export function recordKey(clusterId: string, kind: RecordKind, name: string): string {
  return `${recordPrefix(clusterId, kind)}${name}`;
}

/** Says that a folder or bucket is this cluster's archive: a missing mount or a wrong bucket lacks it. */
export function archiveMarkerKey(clusterId: string): string {
  return `${clusterId}/records/archive.json`;
}

const segmentPattern = /^[0-9a-f]{16}\.wal$/;

export function isSegmentName(name: string): boolean {
  return segmentPattern.test(name);
}

/** Number of a segment. 16 hex digits may exceed a double: numbers are bigints. */
export function segmentNumber(name: string): bigint {
  if (!segmentPattern.test(name)) throw new TypeError(`not a segment name: ${name}`);
  return BigInt(`0x${name.slice(0, 16)}`);
}

export function segmentName(number: bigint): string {
  const name = `${number.toString(16).padStart(16, "0")}.wal`;
  if (!segmentPattern.test(name)) throw new TypeError(`not the number of a segment: ${number}`);
  return name;
}

const clusterIdPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What a cluster may be called in an archive: lower-case letters, digits and dashes, at most 63. */
export function isClusterId(value: unknown): value is string {
  return typeof value === "string" && clusterIdPattern.test(value);
}

const backupIdPattern = /^\d{8}T\d{6}Z-[0-9a-f]{8}$/;

export function isBackupId(value: unknown): value is string {
  return typeof value === "string" && backupIdPattern.test(value);
}

/** A moment as names begin with it, to the second, so that their order is that of time. */
export function stampOf(at: Date): string {
  return at.toISOString().replace(/[-:]/g, "").replace(/\.\d+/, "");
}

/** A sortable, unique name for a backup: time of its beginning and eight random hex digits. */
export function makeBackupId(at: Date, random: string): string {
  const id = `${stampOf(at)}-${random}`;
  if (!backupIdPattern.test(id)) throw new TypeError(`not a backup id: ${id}`);
  return id;
}

const lineagePattern = /^l-[0-9a-f]{16}$/;

export function isLineage(value: unknown): value is string {
  return typeof value === "string" && lineagePattern.test(value);
}

const recoveryIdPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

export function isRecoveryId(value: unknown): value is string {
  return typeof value === "string" && recoveryIdPattern.test(value);
}
