import { describePlan, needsLog, planDigest, resolvePlan, type RestorePlan } from "../../model/plan";
import { PlanRefused } from "../../model/planRefused";
import { isRecoveryId, recordKey } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import { parseStored } from "../archive/stored";
import { type RecoveryPin, recoveryPinSchema } from "../../model/records";
import type { PlanSpec } from "../../model/specs";
import { parseRestorePoint } from "../../model/restorePoint";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import { readSegments } from "../archive/segments";
import { Damaged, WorldFault } from "../run/errors";
import type { Place, StoredSegment } from "../../model/catalog";

/** How far a recovery has come, by the archive's records. */
export type RecoveryState = "planned" | "pinned" | "restored" | "accepted";

export interface ResolvedPlan {
  plan: RestorePlan;
  digest: string;
  text: string;
  state: RecoveryState;
}

/** The archives of a recovery: where it reads from, and where its records lie. */
export interface RecoveryPlaces {
  places: { place: Place; archive: Archive }[];
  /** What survives is where the records are: the off-site archive where there is one. */
  records: Archive;
}

export async function openRecovery(spec: PlanSpec): Promise<RecoveryPlaces> {
  parseRestorePoint(spec.restorePoint); // Wrong input fails before anything is looked at.
  if (!isRecoveryId(spec.recoveryId)) {
    const remedy = "Use letters, digits, dots and dashes, such as 2026-11-23.";
    const mistake = { path: "recoveryId", problem: "cannot name a recovery", received: spec.recoveryId, remedy };
    throw new InputError("The recovery cannot be planned", [mistake]);
  }
  const places = await openReachable(spec.archive);
  const home = spec.archive.offsite === undefined ? "primary" : "offsite";
  const records = places.find(({ place }) => place === home);
  if (records === undefined) {
    // Looking elsewhere could miss that this recovery has been done, and do it twice (I4, protocol 26).
    throw new WorldFault(
      `the ${home} archive, where the records of recoveries lie, cannot be read. Mount it, or leave \`offsite\` out of the reference if it is lost for good.`,
    );
  }
  return { places, records: records.archive };
}

export function recoveryKey(spec: PlanSpec, name: string): string {
  return recordKey(spec.archive.clusterId, "recoveries", `${spec.recoveryId}/${name}.json`);
}

export async function readPin(spec: PlanSpec, records: Archive): Promise<RecoveryPin | undefined> {
  const key = recoveryKey(spec, "plan");
  const text = await records.getText(key);
  if (text === undefined) return undefined;
  const pin = parseStored(recoveryPinSchema, text, key);
  if (planDigest(pin.plan as RestorePlan) === pin.digest) return pin;
  throw new Damaged(`${key} does not hold the plan whose digest it names. Nothing was touched; use a new recoveryId.`);
}

async function recoveryState(spec: PlanSpec, records: Archive): Promise<RecoveryState> {
  for (const [name, state] of [
    ["accepted", "accepted"],
    ["restored", "restored"],
    ["plan", "pinned"],
  ] as const) {
    if ((await records.getText(recoveryKey(spec, name))) !== undefined) return state;
  }
  return "planned";
}

/** The plan by what the archives hold at this moment, or the one that was pinned. */
export async function planNow(
  spec: PlanSpec,
  { places }: Pick<RecoveryPlaces, "places">,
  pin?: RecoveryPin,
): Promise<RestorePlan> {
  const { archive, restorePoint, recoveryId, nodes } = spec;
  const log = pin === undefined && needsLog(parseRestorePoint(restorePoint));
  const segments = log ? await usableLog(spec, places) : [];
  return resolvePlan({
    catalog: await readCatalog(archive.clusterId, places),
    segments,
    restorePoint,
    recoveryId,
    nodes,
    pin,
  });
}

async function usableLog(spec: PlanSpec, places: RecoveryPlaces["places"]): Promise<StoredSegment[]> {
  const primary = places.find(({ place }) => place === "primary");
  if (primary !== undefined) return readSegments(primary.archive, spec.archive.clusterId);
  throw new WorldFault(
    `the primary archive, where the log lies, cannot be read: ${spec.restorePoint} cannot be planned. Mount it: it is the archive of the lost cluster, not a new one. If it is lost too, use latest-offsite.`,
  );
}

/**
 * Resolves a plan from what the archives hold now, or the one that the recovery is pinned to. Touches nothing.
 * @throws PlanRefused, also when another plan was approved.
 */
export async function resolve(spec: PlanSpec): Promise<ResolvedPlan> {
  const opened = await openRecovery(spec);
  const pin = await readPin(spec, opened.records);
  const plan = await planNow(spec, opened, pin);
  const digest = pin?.digest ?? planDigest(plan);
  if (spec.approvedPlanDigest !== undefined && spec.approvedPlanDigest !== digest) {
    throw new PlanRefused(
      `the plan is not the one that was approved: approved ${spec.approvedPlanDigest}, now ${digest} (backup ${plan.source.backupId}). ` +
        "Look at the new plan and approve it, or name the backup: restorePoint backup:ID.",
    );
  }
  return {
    plan,
    digest,
    text: describePlan(plan, digest, new Date()),
    state: await recoveryState(spec, opened.records),
  };
}
