import { randomBytes } from "node:crypto";
import type { Place } from "../../model/catalog";
import { isBackupId, makeBackupId, recordPrefix, walPrefix } from "../../model/layout";
import type { BackupPolicy } from "../../model/policy";
import { type ExpiredRecord, type RecoveryPin, recoveryPinSchema } from "../../model/records";
import type { ArchiveSpec } from "../../model/reference";
import { planRetention, type RetentionPlan, type StoredData } from "../../model/retention";
import { type Tier, tiers } from "../../model/tier";
import { formatBytes } from "../../model/units";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { announceExpiry, type Expiring, readExpiring, settleExpiry } from "../archive/expired";
import { openArchives } from "../archive/open";
import { listSegments } from "../archive/segments";
import { parseStored } from "../archive/stored";
import { type Claim, liveClaims, takeClaim } from "../claims";
import { Refused, TryLater } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";

interface PlacedArchive {
  place: Place;
  archive: Archive;
}

/** What a prune works on. */
export interface PruneContext {
  archive: ArchiveSpec;
  policy: BackupPolicy;
  /** Name of whoever runs it, for the claim. */
  holder: string;
  places?: PlacedArchive[];
  claim?: Claim;
  plan?: RetentionPlan;
  pruneId?: string;
  /** What goes now, by place. */
  expiring: { place: PlacedArchive; expiring: Expiring }[];
  /** Prunes before this one that were broken off and are done now. */
  finished: string[];
}

/**
 * Gives up what the policy no longer keeps (protocol 19): first it says what, in a record that every reader of the
 * catalog heeds, then manifests go, then data, the log last. Killed anywhere, the next run goes on.
 */
export const prune: Procedure<PruneContext> = {
  name: "prune",
  steps: [
    { name: "begin", title: "open every archive", run: begin },
    { name: "claim", title: "claim the expiry", run: claim },
    { name: "finish", title: "finish what a prune before began", run: finish },
    { name: "choose", title: "choose what the policy no longer keeps", run: choose },
    { name: "announce", title: "record what goes", run: announce },
    { name: "recheck", title: "see that no recovery has begun meanwhile", run: recheck },
    { name: "manifests", title: "give manifests up", run: (context, control) => give(context, "manifests", control) },
    { name: "data", title: "give their data up", run: (context, control) => give(context, "data", control) },
    {
      name: "log",
      title: "give segments of the log up",
      run: (context, control) => give(context, "segments", control),
    },
    { name: "done", title: "record that it is gone", run: done },
  ],
  async settle(context) {
    await context.claim?.release();
  },
};

async function begin(context: PruneContext): Promise<void> {
  // All of them: what cannot be seen cannot be judged.
  context.places = await placesOf(context.archive);
  for (const { archive } of context.places) {
    if (archive.expire !== undefined) continue;
    throw new Refused(`${archive.description} lets nobody here expire anything: its store's own rules do that`);
  }
}

async function placesOf(spec: ArchiveSpec): Promise<PlacedArchive[]> {
  const { primary, offsite } = await openArchives(spec);
  return [
    { place: "primary", archive: primary },
    ...(offsite === undefined ? [] : [{ place: "offsite" as const, archive: offsite }]),
  ];
}

function placesIn(context: PruneContext): PlacedArchive[] {
  if (context.places === undefined) throw new Error("the first step opens the places");
  return context.places;
}

async function claim(context: PruneContext): Promise<void> {
  const [primary] = placesIn(context);
  const wanted = { name: "prune", node: context.holder, timeToLiveSeconds: 3600 };
  context.claim = await takeClaim((primary as PlacedArchive).archive, context.archive.clusterId, wanted);
}

async function finish(context: PruneContext, control: StepControl): Promise<void> {
  const { clusterId } = context.archive;
  for (const place of placesIn(context)) {
    for (const expiring of await readExpiring(place.archive, clusterId)) {
      // It may have died before it looked whether somebody restores from what it named.
      const wanted = await wantedBy(context, expiring.record);
      if (wanted !== null) {
        await settleExpiry(place.archive, clusterId, { pruneId: expiring.pruneId, how: "withdrawn" });
        control.note(`${expiring.pruneId} is withdrawn: ${wanted}`);
        continue;
      }
      for (const kind of kinds) await giveUp(place.archive, expiring.record[kind], control);
      await settleIfGone(place.archive, clusterId, expiring);
      context.finished.push(expiring.pruneId);
    }
  }
}

const kinds = ["manifests", "data", "segments"] as const;

async function choose(context: PruneContext, control: StepControl): Promise<void> {
  const plan = await chooseExpiry(context);
  context.plan = plan;
  const bytes = plan.expire.reduce((sum, item) => sum + item.bytes, 0);
  control.note(`${plan.expire.length} objects of ${formatBytes(bytes)} go, ${plan.keep.length} stay`);
}

/** What would go at this moment, and why. Touches nothing. */
export async function chooseExpiry(context: Pick<PruneContext, "archive" | "policy">): Promise<RetentionPlan> {
  const { clusterId } = context.archive;
  const places = await placesOf(context.archive);
  // Claims and pins first: whoever takes one later finds what is announced, or is found by the recheck.
  const claims = await claimsOf(places, clusterId);
  const pins = await pinsOf(places, clusterId);
  const nows = await Promise.all(places.map(({ archive }) => archive.now()));
  return planRetention({
    catalog: await readCatalog(clusterId, places),
    data: await dataOf(places, clusterId),
    segments: (await Promise.all(places.map(({ place, archive }) => listSegments(archive, clusterId, place)))).flat(),
    policy: context.policy,
    now: new Date(Math.min(...nows.map((now) => now.getTime()))),
    claims,
    pins,
  });
}

async function claimsOf(places: readonly PlacedArchive[], clusterId: string): Promise<string[]> {
  const found = await Promise.all(places.map(({ archive }) => liveClaims(archive, clusterId)));
  return [...new Set(found.flat())];
}

async function pinsOf(places: readonly PlacedArchive[], clusterId: string): Promise<RecoveryPin[]> {
  const pins: RecoveryPin[] = [];
  for (const { archive } of places) {
    for (const { key } of await archive.list(recordPrefix(clusterId, "recoveries"))) {
      if (!key.endsWith("/plan.json")) continue;
      pins.push(parseStored(recoveryPinSchema, (await archive.getText(key)) ?? "", key));
    }
  }
  return pins;
}

async function dataOf(places: readonly PlacedArchive[], clusterId: string): Promise<StoredData[]> {
  const found: StoredData[] = [];
  for (const { place, archive } of places) {
    for (const tier of tiers) {
      const prefix = `${clusterId}/${tier}/data/`;
      for (const { key, bytes, storedAt } of await archive.list(prefix)) {
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

async function announce(context: PruneContext, control: StepControl): Promise<void> {
  const expire = context.plan?.expire ?? [];
  if (expire.length === 0) return;
  await context.claim?.stillHeld();
  context.pruneId = makeBackupId(new Date(), randomBytes(4).toString("hex"));
  for (const place of placesIn(context)) {
    const keys = (kind: string): string[] =>
      expire.filter((item) => item.place === place.place && item.kind === kind).map((item) => item.key);
    const record: ExpiredRecord = {
      format: "neumann-expired/1",
      manifests: keys("manifest"),
      data: keys("data"),
      segments: keys("segment"),
    };
    if (kinds.every((kind) => record[kind].length === 0)) continue;
    const expiring = { pruneId: context.pruneId, record };
    await announceExpiry(place.archive, context.archive.clusterId, expiring);
    context.expiring.push({ place, expiring });
    await control.point();
  }
}

/**
 * A recovery that pinned one of these before it was announced wins; one that pins later sees the announcement and
 * refuses. Either way nothing that somebody restores from goes.
 */
async function recheck(context: PruneContext): Promise<void> {
  for (const { expiring } of context.expiring) {
    const wanted = await wantedBy(context, expiring.record);
    if (wanted === null) continue;
    for (const { place, expiring: withdrawn } of context.expiring) {
      const { pruneId } = withdrawn;
      await settleExpiry(place.archive, context.archive.clusterId, { pruneId, how: "withdrawn" });
    }
    throw new TryLater(`${wanted}: nothing was expired. Run it again afterwards.`);
  }
}

/** Who restores from something that is about to go, or null. */
async function wantedBy(context: PruneContext, record: ExpiredRecord): Promise<string | null> {
  const places = placesIn(context);
  const { clusterId } = context.archive;
  const claims = await claimsOf(places, clusterId);
  const recovery = claims.find((name) => name.startsWith("recovery/"));
  if (recovery !== undefined) return `${recovery} is under way`;
  const { accepted } = await readCatalog(clusterId, places);
  const settled = new Set(accepted.map(({ recoveryId }) => recoveryId));
  const pin = (await pinsOf(places, clusterId)).find(
    (found) =>
      !settled.has(found.recoveryId) && record.manifests.some((key) => key.endsWith(`/${sourceOf(found)}.json`)),
  );
  return pin === undefined ? null : `recovery ${pin.recoveryId} restores from ${sourceOf(pin)} and is not accepted yet`;
}

function sourceOf(pin: RecoveryPin): string {
  return (pin.plan as { source?: { backupId?: string } } | null)?.source?.backupId ?? "?";
}

async function give(context: PruneContext, kind: (typeof kinds)[number], control: StepControl): Promise<void> {
  for (const { place, expiring } of context.expiring) await giveUp(place.archive, expiring.record[kind], control);
}

async function giveUp(archive: Archive, keys: readonly string[], control: StepControl): Promise<void> {
  for (const [index, key] of keys.entries()) {
    await archive.expire?.(key);
    if (index === 0) await control.point();
  }
}

async function done(context: PruneContext): Promise<void> {
  for (const { place, expiring } of context.expiring) {
    await settleIfGone(place.archive, context.archive.clusterId, expiring);
  }
}

/** A store that deletes later leaves the record open: until then what it names counts as gone because of the record. */
async function settleIfGone(archive: Archive, clusterId: string, { pruneId, record }: Expiring): Promise<void> {
  const prefixes = [...tiers.flatMap((tier: Tier) => [`${clusterId}/${tier}/`]), walPrefix(clusterId)];
  const listed = await Promise.all(prefixes.map((prefix) => archive.list(prefix)));
  const there = new Set(listed.flat().map((object) => object.key));
  if (kinds.some((kind) => record[kind].some((key) => there.has(key)))) return;
  await settleExpiry(archive, clusterId, { pruneId, how: "done" });
}
