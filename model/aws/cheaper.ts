import type { Place } from "../catalog";
import { Mistakes } from "../mistakes";
import type { BackupPolicy } from "../policy";
import type { Tier } from "../tier";
import { formatCount } from "../units";
import { type ArchivePart, archiveParts, tiersOf } from "./archiveParts";
import { checkLifecycle, lifeDays } from "./lifecycleChecks";
import type { LifecycleRequest, StorageStep, TierSteps } from "./lifecycleRequest";
import { simulate } from "./simulate";
import { type Simulation, type SimulationRequest, withPlaces } from "./simulation";
import { summarizeSimulation, type SimulationSummary } from "./simulationSummary";
import { listPrices, StorageClass } from "./storageClasses";
import { lifeCost, loadOf, readsPerMonth, totalOf } from "./storageCost";

/** The same recovery points for less. */
export interface Cheaper {
  /** What to change, for people. */
  changes: string[];
  request: SimulationRequest;
  summary: SimulationSummary;
}

/**
 * Looks for a policy that keeps the same recovery points and costs less: cheaper storage where that is no loss, and fewer
 * snapshots where full backups and the log reach every moment too. What is found was lived through as well; null where
 * nothing is cheaper.
 */
export function cheaperThan(request: SimulationRequest, now: Simulation): Cheaper | null {
  const same = { request, changes: [] };
  const fewer = withFewerSnapshots(same);
  const candidates = [withSteps(fewer), withSteps(same), fewer];
  const seen = new Set<string>();
  const found = candidates.flatMap((candidate) => {
    const key = candidate.changes.join();
    if (candidate.changes.length === 0 || seen.has(key) || !isAccepted(candidate.request)) return [];
    seen.add(key);
    const then = simulate(candidate.request);
    return keepsAll(now, then) ? [{ ...candidate, summary: summarizeSimulation(then) }] : [];
  });
  const best = found.sort((a, b) => a.summary.monthDollars - b.summary.monthDollars)[0];
  return best !== undefined && best.summary.monthDollars < summarizeSimulation(now).monthDollars ? best : null;
}

type Candidate = Omit<Cheaper, "summary">;

/** Steps that somebody has stated may not fit to fewer days. */
function isAccepted(request: SimulationRequest): boolean {
  const { sizes, prices = listPrices } = request;
  const mistakes = new Mistakes();
  for (const place of withPlaces(request)) {
    checkLifecycle(planOf(request, place), { path: place, mistakes, sizes, prices });
  }
  return mistakes.all.length === 0;
}

/** The first weeks, in which nothing is old yet, are the same for every policy. */
function keepsAll(now: Simulation, then: Simulation): boolean {
  const settled = Math.floor(now.days.length / 2);
  return then.days.slice(settled).every(({ windowDays, problems }, at) => {
    const before = now.days[settled + at]?.windowDays ?? 0;
    return problems.length === 0 && (windowDays ?? 0) >= before;
  });
}

function withFewerSnapshots({ request, changes }: Candidate): Candidate {
  const { policy } = request;
  const { snapshots, full } = policy;
  const least = Math.max(1, Math.ceil((snapshots.keepAtLeast * snapshots.everyMinutes) / 1440));
  if (least >= snapshots.retentionDays) return { request, changes };
  const fewer: BackupPolicy = { ...policy, snapshots: { ...snapshots, retentionDays: least } };
  const change = `snapshots.retentionDays ${snapshots.retentionDays} -> ${least}: an older moment is restored from a full backup and more of the log, in up to ${formatCount(full.recoveryTimeMinutes)} minutes`;
  return { request: { ...request, policy: fewer }, changes: [...changes, change] };
}

const ages = [0, 3, 7, 30, 60, 90, 180];
/** What must be thawed is nothing to be advised: the day on which it is needed is bad enough. */
const classes = [StorageClass.IntelligentTiering, StorageClass.StandardIa, StorageClass.GlacierInstant];

/** Of each part that has no steps the single one that saves most. */
function withSteps(from: Candidate): Candidate {
  let candidate = from;
  for (const place of withPlaces(from.request)) {
    const plan = planOf(from.request, place);
    for (const part of archiveParts(plan)) {
      const step = part.kind === "data" || part.kind === "log" ? bestStep(part, plan, from.request) : null;
      if (step !== null) candidate = withStep(candidate, { place, part, step });
    }
  }
  return candidate;
}

function withStep(
  { request, changes }: Candidate,
  { place, part, step }: { place: Place; part: ArchivePart; step: StorageStep },
): Candidate {
  const rules = request[place] ?? {};
  const steps: TierSteps = { ...rules.steps, [part.kept]: [step] };
  const change = `${place}.steps.${part.kept}: ${step.storageClass} after ${step.afterDays} days`;
  return { request: { ...request, [place]: { ...rules, steps } }, changes: [...changes, change] };
}

function planOf({ policy, undeleteDays, ...rest }: SimulationRequest, place: Place): LifecycleRequest {
  return { clusterId: "simulated", policy, place, undeleteDays, ...rest[place] };
}

/** So long something is read anyway: the newest of a tier, with its log, by verifications; a full backup to be copied off-site. */
function readDays({ kept }: ArchivePart, { policy, place }: LifecycleRequest): number {
  const newest = (tier: Tier): number => policy[tier].everyMinutes / 1440;
  if (kept === "wal") return Math.max(...tiersOf(place).map(newest));
  return kept === "full" ? Math.max(newest(kept), policy.offsite.maxSourceAgeHours / 24) : newest(kept);
}

function bestStep(part: ArchivePart, plan: LifecycleRequest, request: SimulationRequest): StorageStep | null {
  if (plan.steps?.[part.kept] !== undefined) return null;
  if (part.kept === "wal" && plan.place === "offsite" && !plan.policy.offsite.continuousWal) return null;
  const { policy, sizes, prices = listPrices } = request;
  const { bytes, objectsPerDay } = loadOf(part.kept, policy, sizes);
  const life = {
    bytes,
    days: lifeDays(part, plan),
    keptDays: part.days,
    readsPerMonth: readsPerMonth(part.kept, policy),
    prices,
  };
  const cost = (steps: StorageStep[]): number => objectsPerDay * totalOf(lifeCost(steps, life));
  const possible = classes
    .flatMap((storageClass) => ages.map((afterDays) => ({ afterDays, storageClass })))
    .filter(({ afterDays }) => afterDays >= readDays(part, plan))
    .filter((step) => {
      const mistakes = new Mistakes();
      const steps = { ...plan.steps, [part.kept]: [step] };
      checkLifecycle({ ...plan, steps }, { path: "", mistakes, sizes, prices });
      return mistakes.all.length === 0;
    });
  const [best] = possible.sort((a, b) => cost([a]) - cost([b]));
  return best ?? null;
}
