import { dataPrefix, segmentKey } from "../../model/layout";
import type { Manifest } from "../../model/manifest";
import type { RestorePlan } from "../../model/plan";
import { segmentsOf } from "../../model/replay";
import { frozenAmong, type ThawPhase, thawPhase, thawRequest } from "../../model/thaw";
import { counted, formatBytes } from "../../model/units";
import { fetchedTier } from "../../model/volumePlan";
import { type Archive, FrozenFault, type Thawed, type Thawing } from "../archive/archive";
import { inParallel } from "../host/tree";
import { TryLater } from "../run/errors";
import type { StepControl } from "../run/steps";

/** A plan, and the archive that it reads. */
export interface Needed {
  plan: RestorePlan;
  manifest: Manifest;
  archive: Archive;
}

/** All is asked for, and cannot be read yet. */
export class NotThawed extends TryLater {}

/** So many are asked about at once. */
const atOnce = 16;

/** What is thawed for a shorter time than this is asked for again: a restore must not lose it half way. */
const leastLeftMs = 24 * 3600 * 1000;

/** All that a restore by this plan reads, but for what is never frozen. */
function keysOf({ plan: { source, replay, clusterId }, manifest }: Needed): string[] {
  const prefix = dataPrefix(clusterId, fetchedTier(source), source.lineage, source.backupId);
  const segments = replay === null ? [] : segmentsOf(replay);
  return [
    ...manifest.parts.map(({ name }) => prefix + name),
    ...segments.map((segment) => segmentKey(clusterId, source.lineage, replay?.stream ?? "", segment)),
  ];
}

/** How it is with each object that is there. */
async function look(needed: Needed, thawing: Thawing): Promise<Map<string, Thawed>> {
  const found = new Map<string, Thawed>();
  const one = async (key: string): Promise<void> => {
    const thawed = await thawing.look(key);
    if (thawed !== undefined) found.set(key, thawed);
  };
  await inParallel(keysOf(needed), one, atOnce);
  return found;
}

/** What of them cannot be read now. */
function phaseOf(found: Iterable<Thawed>): ThawPhase | undefined {
  const closed = [...found].filter((one) => one.state !== "readable");
  const frozen = frozenAmong(closed.map(({ bytes, storageClass }) => ({ bytes, frozen: storageClass })));
  const thawing = closed.filter(({ state }) => state === "thawing").length;
  return frozen === undefined ? undefined : thawPhase(frozen, thawing);
}

/** What a plan that named something frozen has left to thaw; asks for nothing. */
export async function leftToThaw(needed: Needed): Promise<ThawPhase | undefined> {
  const { thawing } = needed.archive;
  if (thawing === undefined || needed.plan.frozen === undefined) return undefined;
  return phaseOf((await look(needed, thawing)).values());
}

/**
 * Sees that all that the plan needs can be read, and asks for what cannot. No request where the plan names nothing frozen.
 * @throws NotThawed until it is thawed.
 */
export async function thaw(needed: Needed, control: StepControl, also: { unplanned?: true } = {}): Promise<void> {
  const { thawing } = needed.archive;
  if (thawing === undefined || (needed.plan.frozen === undefined && also.unplanned !== true)) return;
  const found = await look(needed, thawing);
  const phase = phaseOf(found.values());
  await control.point();
  await inParallel(
    [...found].filter(([, thawed]) => mustAsk(thawed)),
    ([key]) => thawing.ask(key, thawRequest),
    atOnce,
  );
  if (phase !== undefined) throw new NotThawed(notYet(needed.plan, phase, new Date()), phase.hours * 3600);
  const until = earliestEnd(found.values());
  if (until !== undefined) control.note(`what was frozen is thawed until ${until.toISOString()}`);
}

/** Reads what a restore needs; what a rule of the bucket has moved since the plan was made is thawed as well. */
export async function readingThawed<T>(needed: Needed, control: StepControl, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof FrozenFault) await thaw(needed, control, { unplanned: true });
    throw error;
  }
}

function mustAsk(thawed: Thawed): boolean {
  if (thawed.state !== "readable") return thawed.state === "frozen";
  return thawed.until !== undefined && thawed.until.getTime() - Date.now() < leastLeftMs;
}

function earliestEnd(found: Iterable<Thawed>): Date | undefined {
  const ends = [...found].flatMap((one) => (one.state === "readable" && one.until !== undefined ? [one.until] : []));
  return ends.sort((a, b) => a.getTime() - b.getTime())[0];
}

function notYet(
  { source }: RestorePlan,
  { objects, bytes, storageClass, hours, thawing }: ThawPhase,
  now: Date,
): string {
  const asked = objects - thawing;
  const ready = new Date(now.getTime() + hours * 3_600_000).toISOString().replace(/:\d\d\.\d+Z$/, "Z");
  const said = [
    ...(asked === 0
      ? []
      : [`The thaw of ${asked === objects ? "all" : asked} was asked for now: until about ${ready}.`]),
    ...(thawing === 0
      ? []
      : [
          `${thawing === objects ? "All are" : `${thawing} are`} thawing, asked for before: up to ${hours} h from then.`,
        ]),
  ].join(" ");
  return `backup ${source.backupId} cannot be read yet: ${counted(objects, "object")}, ${formatBytes(bytes)}, in ${storageClass}. ${said} Run the same again then; it stays thawed for ${thawRequest.days} days.`;
}
