import { randomBytes } from "node:crypto";
import { archiveMarkerKey, makeBackupId, walPrefix } from "../../model/layout";
import type { BackupPolicy } from "../../model/policy";
import type { ExpiredRecord, RecoveryPin } from "../../model/records";
import type { ArchiveSpec } from "../../model/reference";
import type { RetentionPlan } from "../../model/retention";
import { type Tier, tiers } from "../../model/tier";
import { counted, formatBytes } from "../../model/units";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { type Announced, announceExpiry, type Expiring, readExpiring, settleExpiry } from "../archive/expired";
import { oldWatermarks } from "../archive/watermarks";
import { type Claim, takeClaim } from "../claims";
import { inParallel } from "../host/tree";
import { TryLater } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import { chooseExpiry, claimsOf, type PlacedArchive, pinsOf, placesOf } from "./expiry";

/** What a prune works on. */
export interface PruneContext {
  archive: ArchiveSpec;
  policy: BackupPolicy;
  /** Name of whoever runs it, for the claim. */
  holder: string;
  /** A node's own schedule: it leaves places alone whose store deletes by a rule, for it has no rights there. */
  onSchedule?: boolean;
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
    {
      name: "watermarks",
      title: "give up watermarks older than the log, and what killed writers left",
      run: giveLeftoversUp,
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
  // Announced and then not marked would be hidden from every reader for nothing.
  for (const { archive } of mine(context)) await archive.tryExpiry?.(archiveMarkerKey(context.archive.clusterId));
}

/** Where this run may give anything up. */
function mine(context: PruneContext): PlacedArchive[] {
  return placesIn(context).filter(({ archive }) => context.onSchedule !== true || !archive.expiresLater);
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

/**
 * What was announced is judged anew: the record may be wrong, or forged by a stolen host, and the world has changed. While
 * somebody recovers, nothing that was announced is touched either way.
 */
async function finish(context: PruneContext, control: StepControl): Promise<void> {
  const { clusterId } = context.archive;
  const open: { place: PlacedArchive; announced: Announced }[] = [];
  for (const place of mine(context)) {
    for (const announced of await readExpiring(place.archive, clusterId)) open.push({ place, announced });
  }
  if (open.length === 0) return;
  if ((await claimsOf(placesIn(context), clusterId)).some(isRecovery)) {
    control.note("a recovery is under way: what was announced before stays as it is");
    return;
  }
  const now = await chooseExpiry(context, "there");
  for (const { place, announced } of open) await finishOne(context, { place, announced, now }, control);
}

async function finishOne(
  context: PruneContext,
  { place: { place, archive }, announced, now }: { place: PlacedArchive; announced: Announced; now: RetentionPlan },
  control: StepControl,
): Promise<void> {
  const { record, pruneId, storedAt } = announced;
  const named = new Set(kinds.flatMap((kind) => record[kind]));
  const kept = now.keep.find((item) => item.place === place && named.has(item.key));
  if (kept !== undefined) {
    await withdraw(context, archive, announced);
    control.note(`${pruneId} is withdrawn, for ${kept.key} stays: ${kept.reason}`);
    return;
  }
  const chosen = new Set(now.expire.filter((item) => item.place === place).map((item) => item.key));
  for (const kind of kinds) {
    const keys = record[kind].filter((key) => chosen.has(key));
    await giveUp(context, { archive, keys }, control);
  }
  if (await settleIfGone(archive, context.archive.clusterId, announced)) context.finished.push(pruneId);
  else if ((await archive.now()).getTime() > storedAt.getTime() + patienceMs) {
    control.note(
      `ALARM: ${archive.description} still holds what prune ${pruneId} tagged at ${storedAt.toISOString()}: has the bucket a lifecycle rule that deletes what is tagged?`,
    );
  }
}

/** So long a store may take to carry out its own rule. */
const patienceMs = 4 * 86_400_000;

const kinds = ["manifests", "data", "segments"] as const;

/** What the store has not deleted counts again: manifests last, when all that they name is sure to stay. */
async function withdraw(context: PruneContext, archive: Archive, { pruneId, record }: Expiring): Promise<void> {
  for (const kind of [...kinds].reverse()) {
    await inParallel(record[kind], async (key) => archive.revive?.(key));
  }
  await context.claim?.stillHeld();
  await settleExpiry(archive, context.archive.clusterId, { pruneId, how: "withdrawn" });
}

async function choose(context: PruneContext, control: StepControl): Promise<void> {
  const plan = await chooseExpiry(context);
  context.plan = plan;
  const own = mine(context).map(({ place }) => place);
  const going = plan.expire.filter(({ place }) => own.includes(place));
  const bytes = going.reduce((sum, item) => sum + item.bytes, 0);
  control.note(`${going.length} objects of ${formatBytes(bytes)} go, ${plan.keep.length} stay`);
}

async function announce(context: PruneContext, control: StepControl): Promise<void> {
  const expire = context.plan?.expire ?? [];
  if (expire.length === 0) return;
  await context.claim?.stillHeld();
  const pruneId = makeBackupId(new Date(), randomBytes(4).toString("hex"));
  for (const place of mine(context)) {
    const keys = (kind: string): string[] =>
      expire.filter((item) => item.place === place.place && item.kind === kind).map((item) => item.key);
    const record: ExpiredRecord = {
      format: "neumann-expired/1",
      manifests: keys("manifest"),
      data: keys("data"),
      segments: keys("segment"),
    };
    if (kinds.every((kind) => record[kind].length === 0)) continue;
    const expiring = { pruneId, record };
    context.pruneId = pruneId;
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
      await withdraw(context, place.archive, withdrawn);
    }
    throw new TryLater(`${wanted}: nothing was expired. Run it again afterwards.`);
  }
}

/** Who restores from something that is about to go, or null. */
async function wantedBy(context: PruneContext, record: ExpiredRecord): Promise<string | null> {
  const places = placesIn(context);
  const { clusterId } = context.archive;
  const claims = await claimsOf(places, clusterId);
  const recovery = claims.find(isRecovery);
  if (recovery !== undefined) return `${recovery} is under way`;
  const { accepted } = await readCatalog(clusterId, places, context.policy.signing.trustedKeys);
  const settled = new Set(accepted.map(({ recoveryId }) => recoveryId));
  const pin = (await pinsOf(places, clusterId)).find(
    (found) =>
      !settled.has(found.recoveryId) && record.manifests.some((key) => key.endsWith(`/${sourceOf(found)}.json`)),
  );
  return pin === undefined ? null : `recovery ${pin.recoveryId} restores from ${sourceOf(pin)} and is not accepted yet`;
}

function isRecovery(claim: string): boolean {
  return claim.startsWith("recovery/");
}

function sourceOf(pin: RecoveryPin): string {
  return (pin.plan as { source?: { backupId?: string } } | null)?.source?.backupId ?? "?";
}

async function give(context: PruneContext, kind: (typeof kinds)[number], control: StepControl): Promise<void> {
  for (const { place, expiring } of context.expiring) {
    await giveUp(context, { archive: place.archive, keys: expiring.record[kind] }, control);
  }
}

/** So many objects are given up before it is looked whether another run has taken over. */
const portion = 500;

async function giveUp(
  context: PruneContext,
  { archive, keys }: { archive: Archive; keys: readonly string[] },
  control: StepControl,
): Promise<void> {
  for (let at = 0; at < keys.length; at += portion) {
    await context.claim?.stillHeld();
    const [first, ...others] = keys.slice(at, at + portion) as [string, ...string[]];
    await archive.expire(first);
    if (at === 0) await control.point();
    await inParallel(others, (key) => archive.expire(key));
  }
}

/** Nobody writes one file for so long without a word. */
const writersMs = 7 * 86_400_000;

/** Watermarks of a log that is gone, and half files of killed writers: nothing has to be announced for them. */
async function giveLeftoversUp(context: PruneContext, control: StepControl): Promise<void> {
  const days = context.policy.wal.retentionDays;
  for (const { archive } of mine(context)) {
    const now = (await archive.now()).getTime();
    const before = new Date(now - days * 86_400_000);
    await giveUp(context, { archive, keys: await oldWatermarks(archive, context.archive.clusterId, before) }, control);
    const removed = (await archive.sweep?.(context.archive.clusterId, new Date(now - writersMs))) ?? 0;
    if (removed > 0) control.note(`${counted(removed, "file")} of killed writers removed from ${archive.description}`);
  }
}

async function done(context: PruneContext): Promise<void> {
  for (const { place, expiring } of context.expiring) {
    await settleIfGone(place.archive, context.archive.clusterId, expiring);
  }
}

/** A store that deletes later leaves the record open: until then what it names counts as gone because of the record. */
async function settleIfGone(archive: Archive, clusterId: string, { pruneId, record }: Expiring): Promise<boolean> {
  const prefixes = [...tiers.flatMap((tier: Tier) => [`${clusterId}/${tier}/`]), walPrefix(clusterId)];
  const listed = await Promise.all(prefixes.map((prefix) => archive.list(prefix)));
  const there = new Set(listed.flat().map((object) => object.key));
  if (kinds.some((kind) => record[kind].some((key) => there.has(key)))) return false;
  await settleExpiry(archive, clusterId, { pruneId, how: "done" });
  return true;
}
