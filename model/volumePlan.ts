import type { Place } from "./catalog";
import type { RestorePlan } from "./plan";
import { PlanRefused } from "./planRefused";
import type { Tier } from "./tier";
import { counted, formatBytes } from "./units";
import type { VolumeRecord } from "./volumeRecord";

/** The record of a volume snapshot, as it was found in an archive. */
export interface StoredVolume {
  place: Place;
  record: VolumeRecord;
  /** SHA-256 of the record's stored text. */
  sha256: string;
}

const anotherPoint = "Choose another restore point, such as latest-offsite.";

/**
 * A volume comes back only where the snapshot of it is: nothing else can read it.
 * @throws PlanRefused
 */
export function refuseOutsidePods(
  backupId: string,
  { kubernetes, cloneAs }: { kubernetes?: { namespace: string }; cloneAs?: string },
): { namespace: string } {
  if (cloneAs !== undefined) {
    throw new PlanRefused(
      `volume snapshot ${backupId} is nothing to clone from: two clusters would use one namespace. ${anotherPoint}`,
    );
  }
  if (kubernetes !== undefined) return kubernetes;
  throw new PlanRefused(
    `volume snapshot ${backupId} lies in a storage system of Kubernetes: only KubernetesCluster restores it, in the namespace that it was taken in. ${anotherPoint}`,
  );
}

/** The tier of what is fetched: a volume has none. */
export function fetchedTier({ tier, backupId }: RestorePlan["source"]): Tier {
  if (tier !== "volume") return tier;
  throw new Error(`${backupId} is a volume: there is nothing to fetch`);
}

/** @throws PlanRefused for a snapshot of another namespace: no claim there can be made of it. */
export function refuseOtherNamespace({ source }: RestorePlan, namespace: string): void {
  const { volume, backupId } = source;
  if (volume === undefined || volume.namespace === namespace) return;
  throw new PlanRefused(
    `volume snapshot ${backupId} lies in namespace ${volume.namespace}, and this cluster is to be in ${namespace}: a volume is made of a snapshot of its own namespace only. Recover into ${volume.namespace}, or choose another restore point, such as latest-offsite.`,
  );
}

/** What a plan restores from, where that is a volume. */
export function volumeSource({ place, record, sha256 }: StoredVolume): RestorePlan["source"] {
  const { backupId, lineage, databaseClusterId, createdAt, index, totalEntries, plainBytes, files, volume } = record;
  return {
    place,
    tier: "volume",
    ...{ backupId, lineage, databaseClusterId, createdAt, index, totalEntries, plainBytes, volume },
    manifestSha256: sha256,
    storedBytes: 0,
    files: files.length,
    walSegments: 0,
  };
}

/** What is said of it beside what is said of every backup. */
export function describeVolume({ volume, plainBytes, files }: RestorePlan["source"]): string[] {
  if (volume === undefined) return [];
  const { namespace, name, claim, cutAt } = volume;
  return [
    `  size            nothing to fetch, ${formatBytes(plainBytes)} on the volume, ${counted(files, "file")}`,
    `  VOLUME          of claim ${claim}, as VolumeSnapshot ${namespace}/${name} holds it, cut ${cutAt}: it is lost with its`,
    "                  storage system. The first pod's claim is made of it",
  ];
}
