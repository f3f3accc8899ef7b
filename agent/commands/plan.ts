import { describePlan, needsLog, planDigest, resolvePlan, type RestorePlan } from "../../model/plan";
import { PlanRefused } from "../../model/planRefused";
import { checkCloneArchive } from "../../model/clone";
import { archiveMarkerKey, isRecoveryId, recordKey } from "../../model/layout";
import { InputError, Mistakes, show } from "../../model/mistakes";
import { parseStored } from "../archive/stored";
import { type RecoveryPin, recoveryPinSchema } from "../../model/records";
import type { ArchiveSpec } from "../../model/reference";
import type { PlanSpec } from "../../model/specs";
import { parseRestorePoint, type RestorePoint } from "../../model/restorePoint";
import { type ThawPhase, thawPhase } from "../../model/thaw";
import type { StoredVolume } from "../../model/volumePlan";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { readHiddenBackups, readingOf, versionedPlaces } from "../archive/hidden";
import { lookAtPlaces, openReachable } from "../archive/open";
import { readSegments } from "../archive/segments";
import { watermarksAfter } from "../archive/watermarks";
import { readManifest } from "../restore/material";
import { leftToThaw } from "../restore/thaw";
import { findVolume } from "../restore/volume";
import { oneOrNone, refuseUnlessOpened, refuseWithoutIdentity } from "../restore/unsealed";
import { Damaged, Refused, WorldFault } from "../run/errors";
import type { Catalog, Place, StoredSegment } from "../../model/catalog";

/** How far a recovery has come, by the archive's records. */
export type RecoveryState = "planned" | "pinned" | "restored" | "accepted";

export interface ResolvedPlan {
  plan: RestorePlan;
  digest: string;
  text: string;
  state: RecoveryState;
  /** What must be thawed before the plan can be carried out, by what the store says now. */
  thaw?: ThawPhase;
}

/** The archives of a recovery: where it reads from, and where its records lie. */
export interface RecoveryPlaces {
  places: { place: Place; archive: Archive }[];
  /** What survives is where the records are: the off-site archive where there is one. */
  records: Archive;
}

export function openRecovery(spec: PlanSpec): Promise<RecoveryPlaces> {
  parseRestorePoint(spec.restorePoint); // Wrong input fails before anything is looked at.
  return openRecords(spec);
}

/** A recovery, as far as its records are found by it. */
export type RecoveryName = Pick<PlanSpec, "archive" | "recoveryId" | "cloneOf">;

/** The same, for who knows no more than the recovery's name. */
export async function openRecords(spec: RecoveryName): Promise<RecoveryPlaces> {
  if (!isRecoveryId(spec.recoveryId)) {
    const remedy = "Use letters, digits, dots and dashes, such as 2026-11-23.";
    const mistake = { path: "recoveryId", problem: "cannot name a recovery", received: spec.recoveryId, remedy };
    throw new InputError("The recovery cannot be planned", [mistake]);
  }
  refuseMixedArchives(spec);
  const places = await openReachable(spec.archive);
  const home = spec.archive.offsite === undefined ? "primary" : "offsite";
  const records = places.find(({ place }) => place === home);
  if (records === undefined) {
    // Looking elsewhere could miss that this recovery has been done, and do it twice (I4, protocol 26).
    throw new WorldFault(
      `the ${home} archive, where the records of recoveries lie, cannot be read. Mount it, or leave \`offsite\` out of the reference if it is lost for good.`,
    );
  }
  if (spec.cloneOf === undefined) return { places, records: records.archive };
  await refuseProductionsArchive(places, spec.cloneOf);
  return { places: await openSource(spec, spec.cloneOf, records.archive), records: records.archive };
}

/** @throws InputError where a clone would write into the archive that it is made from. */
function refuseMixedArchives({ archive, cloneOf }: RecoveryName): void {
  if (cloneOf === undefined) return;
  const mistakes = new Mistakes();
  checkCloneArchive(archive, cloneOf, { path: "archive", mistakes });
  mistakes.throwIfAny("The clone cannot be made");
}

/** A folder may have two names, a bucket two endpoints: what lies there tells. */
async function refuseProductionsArchive(own: RecoveryPlaces["places"], { clusterId }: ArchiveSpec): Promise<void> {
  for (const { archive } of own) {
    if ((await archive.getText(archiveMarkerKey(clusterId))) === undefined) continue;
    throw new Refused(
      `${archive.description} holds the archive of ${clusterId}, which is cloned: a clone writes nothing there. Give it a place of its own.`,
    );
  }
}

/** Once its plan is pinned, only a fetch needs the archive that a clone is made from. */
async function openSource(
  spec: RecoveryName,
  source: ArchiveSpec,
  records: Archive,
): Promise<RecoveryPlaces["places"]> {
  try {
    return await openReachable(source);
  } catch (error) {
    const begun = (await records.getText(recoveryKey(spec, "plan"))) !== undefined;
    if (begun && error instanceof WorldFault) return [];
    throw error;
  }
}

/** A preview comes before a clone's own archive: where that is not there yet, nor are records of the clone. */
async function openToPlan(spec: PlanSpec): Promise<{ places: RecoveryPlaces["places"]; records?: Archive }> {
  if (spec.cloneOf === undefined) return openRecovery(spec);
  const looks = await lookAtPlaces(spec.archive);
  if (looks.some((look) => "archive" in look || !(look.fault instanceof WorldFault))) return openRecovery(spec);
  parseRestorePoint(spec.restorePoint);
  refuseMixedArchives(spec);
  return { places: await openReachable(spec.cloneOf) };
}

export function recoveryKey(spec: RecoveryName, name: string): string {
  return recordKey(spec.archive.clusterId, "recoveries", `${spec.recoveryId}/${name}.json`);
}

export async function readPin(spec: PlanSpec, records: Archive): Promise<RecoveryPin | undefined> {
  const key = recoveryKey(spec, "plan");
  const text = await records.getText(key);
  if (text === undefined) return undefined;
  const pin = parseStored(recoveryPinSchema, text, key);
  const { clusterId, recoveryId } = (pin.plan ?? {}) as Partial<RestorePlan>;
  if (recoveryId !== spec.recoveryId || clusterId !== sourceOf(spec).clusterId) {
    throw new Damaged(
      `${key} holds the plan of recovery ${show(recoveryId)} of cluster ${show(clusterId)}: somebody put it there. Nothing was touched; use a new recoveryId.`,
    );
  }
  if (planDigest(pin.plan as RestorePlan) === pin.digest) return pin;
  throw new Damaged(`${key} does not hold the plan whose digest it names. Nothing was touched; use a new recoveryId.`);
}

export async function recoveryState(spec: PlanSpec, records: Archive): Promise<RecoveryState> {
  for (const [name, state] of [
    ["accepted", "accepted"],
    ["restored", "restored"],
    ["plan", "pinned"],
  ] as const) {
    if ((await records.getText(recoveryKey(spec, name))) !== undefined) return state;
  }
  return "planned";
}

/** The archive that a recovery is made from. */
function sourceOf({ archive, cloneOf }: PlanSpec): ArchiveSpec {
  return cloneOf ?? archive;
}

/** The plan by what the archives hold at this moment, or the one that was pinned. */
export async function planNow(
  spec: PlanSpec,
  { places }: Pick<RecoveryPlaces, "places">,
  pin?: RecoveryPin,
): Promise<RestorePlan> {
  const { restorePoint, recoveryId, nodes } = spec;
  const { clusterId } = sourceOf(spec);
  const point = parseRestorePoint(restorePoint);
  const segments = pin === undefined && needsLog(point) ? await readLog(spec, places) : [];
  const until = pin === undefined && point.kind === "time" ? point.until : undefined;
  const primary = places.find(({ place }) => place === "primary");
  const watermarks = primary && until && (await watermarksAfter(primary.archive, clusterId, until));
  return resolvePlan({
    catalog: await catalogWith(pin === undefined ? point : undefined, { spec, places }),
    segments,
    watermarks,
    now: new Date(),
    restorePoint,
    recoveryId,
    nodes,
    pin,
    inPlace: spec.inPlace,
    cloneAs: spec.cloneOf && spec.archive.clusterId,
    kubernetes: spec.kubernetes,
    volume: pin === undefined ? await volumeOf(point, { spec, places }) : undefined,
  });
}

/** The record of a volume snapshot; nothing is looked for where none can be restored. */
async function volumeOf(
  point: RestorePoint,
  { spec, places }: { spec: PlanSpec; places: RecoveryPlaces["places"] },
): Promise<StoredVolume | undefined> {
  if (point.kind !== "volume-snapshot" || spec.kubernetes === undefined || spec.cloneOf !== undefined) return undefined;
  const { trustedKeys = [], archive } = spec;
  return findVolume(places, { clusterId: archive.clusterId, backupId: point.backupId, trustedKeys });
}

/** Keys that may not list versions, and stores that have none: there it is as if nothing had been deleted. */
function noneWithoutRights(error: unknown): [] {
  if (error instanceof WorldFault) return [];
  throw error;
}

/** A backup that is named is found also where delete markers hide it: then it is read by version ids. */
async function catalogWith(
  point: RestorePoint | undefined,
  { spec, places }: { spec: PlanSpec; places: RecoveryPlaces["places"] },
): Promise<Catalog> {
  const { trustedKeys = [] } = spec;
  const { clusterId } = sourceOf(spec);
  const catalog = await readCatalog(clusterId, places, trustedKeys);
  if (point?.kind !== "backup") return catalog;
  const { backupId } = point;
  const found = catalog.entries.filter(({ manifest }) => manifest.backupId === backupId);
  if (found.some(({ problem }) => problem === null)) return catalog;
  for (const place of versionedPlaces(places)) {
    const hidden = await readHiddenBackups(place, { clusterId, trustedKeys }).catch(noneWithoutRights);
    for (const { entry, givenUp, ...named } of hidden) {
      if (named.backupId !== backupId || entry === null) continue;
      if (givenUp !== null) {
        throw new PlanRefused(
          `backup ${backupId} was given up on purpose, by prune ${givenUp.pruneId}. To restore it all the same: \`neumann-backup undelete ${backupId} --expired\`.`,
        );
      }
      // What is there as it is tells less.
      catalog.entries = catalog.entries.filter((other) => !found.includes(other) || other.place !== place.place);
      catalog.entries.push(entry);
    }
  }
  return catalog;
}

/**
 * The archive that a plan restores from, so that hidden objects of the backup are read too.
 * @throws WorldFault where it cannot be read.
 */
export async function archiveFor(
  { source, clusterId }: RestorePlan,
  places: RecoveryPlaces["places"],
  trustedKeys: readonly string[],
): Promise<Archive> {
  const found = places.find(({ place }) => place === source.place);
  if (found === undefined) throw new WorldFault(`the ${source.place} archive, which holds the backup, cannot be read`);
  const [versioned] = versionedPlaces([found]);
  if (source.hidden !== true || versioned === undefined) return found.archive;
  const hidden = await readHiddenBackups(versioned, { clusterId, trustedKeys });
  const backup = hidden.find(({ backupId, tier }) => backupId === source.backupId && tier === source.tier);
  // Else somebody has undeleted it meanwhile.
  return backup === undefined ? found.archive : readingOf(backup, versioned.versions);
}

/** The log of every archive that can be read: one of them has to hold it. */
async function readLog(spec: PlanSpec, places: RecoveryPlaces["places"]): Promise<StoredSegment[]> {
  const { clusterId } = sourceOf(spec);
  const found = await Promise.all(places.map(({ place, archive }) => readSegments(archive, clusterId, place)));
  const segments = found.flat();
  if (segments.length > 0 || places.some(({ place }) => place === "primary")) return segments;
  throw new WorldFault(
    `the primary archive, where the log lies, cannot be read, and no log lies off-site: ${spec.restorePoint} cannot be planned. Mount it: it is the archive of the lost cluster, not a new one. If it is lost too, use latest-offsite.`,
  );
}

/**
 * Resolves a plan from what the archives hold now, or the one that the recovery is pinned to. Touches nothing.
 * @throws PlanRefused, also when another plan was approved.
 */
export async function resolve(spec: PlanSpec): Promise<ResolvedPlan> {
  const opened = await openToPlan(spec);
  const pin = opened.records && (await readPin(spec, opened.records));
  const plan = await planNow(spec, opened, pin);
  const digest = pin?.digest ?? planDigest(plan);
  if (spec.approvedPlanDigest !== undefined && spec.approvedPlanDigest !== digest) {
    throw new PlanRefused(
      `the plan is not the one that was approved: approved ${spec.approvedPlanDigest}, now ${digest} (backup ${plan.source.backupId}). ` +
        "Look at the new plan and approve it, or name the backup: restorePoint backup:ID.",
    );
  }
  const state = opened.records === undefined ? "planned" : await recoveryState(spec, opened.records);
  const thaw = isFetched(state) ? undefined : await thawNow(plan, opened.places, spec.trustedKeys);
  const text = describePlan({ ...plan, thaw: thaw ?? null }, digest, new Date(), spec.trustedKeys);
  return { plan, digest, text, state, ...(thaw === undefined ? {} : { thaw }) };
}

/** What the archive holds is no longer needed. */
function isFetched(state: RecoveryState): boolean {
  return state === "restored" || state === "accepted";
}

/** Where it cannot be looked up, all counts as frozen that was when the plan was made. */
async function thawNow(
  plan: RestorePlan,
  places: RecoveryPlaces["places"],
  trustedKeys: readonly string[] = [],
): Promise<ThawPhase | undefined> {
  if (plan.frozen === undefined) return undefined;
  try {
    const archive = await archiveFor(plan, places, trustedKeys);
    return await leftToThaw({ plan, archive, manifest: await readManifest(archive, plan, trustedKeys) });
  } catch (error) {
    if (error instanceof WorldFault || error instanceof Damaged) return thawPhase(plan.frozen);
    throw error;
  }
}

/**
 * What is encrypted needs an identity, unless it is restored already.
 * @throws PlanRefused that names the recipients.
 */
export async function refuseClosedPlan(spec: PlanSpec, { plan, state }: ResolvedPlan): Promise<void> {
  if (isFetched(state)) return;
  const identities = oneOrNone(spec.identity);
  refuseWithoutIdentity(plan, identities);
  if (plan.replay === null) return;
  const { places } = await openToPlan(spec);
  await refuseUnlessOpened(await archiveFor(plan, places, spec.trustedKeys ?? []), plan, identities);
}
