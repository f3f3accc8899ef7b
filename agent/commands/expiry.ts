import type { Place } from "../../model/catalog";
import { isBackupId, recordPrefix } from "../../model/layout";
import type { BackupPolicy } from "../../model/policy";
import { type RecoveryPin, recoveryPinSchema } from "../../model/records";
import type { ArchiveSpec } from "../../model/reference";
import { planRetention, type RetentionPlan, type StoredData } from "../../model/retention";
import { tiers } from "../../model/tier";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { type AnnouncedIs, goneFrom } from "../archive/expired";
import { openArchives } from "../archive/open";
import { readSegments } from "../archive/segments";
import { parseStored } from "../archive/stored";
import { liveClaims } from "../claims";

export interface PlacedArchive {
  place: Place;
  archive: Archive;
}

export async function placesOf(spec: ArchiveSpec): Promise<PlacedArchive[]> {
  const { primary, offsite } = await openArchives(spec);
  return [
    { place: "primary", archive: primary },
    ...(offsite === undefined ? [] : [{ place: "offsite" as const, archive: offsite }]),
  ];
}

/** What would go at this moment, and why. Touches nothing. */
export async function chooseExpiry(
  context: { archive: ArchiveSpec; policy: BackupPolicy },
  announced: AnnouncedIs = "gone",
): Promise<RetentionPlan> {
  const { clusterId } = context.archive;
  const places = await placesOf(context.archive);
  // Claims and pins first: whoever takes one later finds what is announced, or is found by the recheck.
  const claims = await claimsOf(places, clusterId);
  const pins = await pinsOf(places, clusterId);
  const nows = await Promise.all(places.map(({ archive }) => archive.now()));
  // Beside each other: what was stored meanwhile is too young to be given up, whichever of them has seen it.
  const [catalog, data, segments] = await Promise.all([
    readCatalog(clusterId, places, context.policy.signing.trustedKeys, announced),
    dataOf(places, clusterId, announced),
    Promise.all(places.map(({ place, archive }) => readSegments(archive, clusterId, place, announced))),
  ]);
  return planRetention({
    catalog,
    data,
    segments: segments.flat(),
    policy: context.policy,
    now: new Date(Math.min(...nows.map((now) => now.getTime()))),
    claims,
    pins,
  });
}

export async function claimsOf(places: readonly PlacedArchive[], clusterId: string): Promise<string[]> {
  const found = await Promise.all(places.map(({ archive }) => liveClaims(archive, clusterId)));
  return [...new Set(found.flat())];
}

export async function pinsOf(places: readonly PlacedArchive[], clusterId: string): Promise<RecoveryPin[]> {
  const pins: RecoveryPin[] = [];
  for (const { archive } of places) {
    for (const { key } of await archive.list(recordPrefix(clusterId, "recoveries"))) {
      if (!key.endsWith("/plan.json")) continue;
      pins.push(parseStored(recoveryPinSchema, (await archive.getText(key)) ?? "", key));
    }
  }
  return pins;
}

async function dataOf(
  places: readonly PlacedArchive[],
  clusterId: string,
  announced: AnnouncedIs,
): Promise<StoredData[]> {
  const found: StoredData[] = [];
  for (const { place, archive } of places) {
    const gone = await goneFrom(archive, clusterId, "data", announced);
    for (const tier of tiers) {
      const prefix = `${clusterId}/${tier}/data/`;
      for (const { key, bytes, storedAt } of await archive.list(prefix)) {
        if (gone.has(key)) continue; // Announced before; the store has not deleted it yet.
        const [lineage, backupId] = key.slice(prefix.length).split("/");
        if (lineage === undefined || !isBackupId(backupId)) continue; // Not ours to judge.
        found.push({
          place,
          tier,
          lineage,
          backupId: backupId,
          key,
          bytes,
          storedAt: storedAt.toISOString(),
        });
      }
    }
  }
  return found;
}
