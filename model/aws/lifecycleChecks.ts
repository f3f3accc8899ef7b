import type { Mistakes } from "../mistakes";
import { formatBytes, formatCount } from "../units";
import { type ArchivePart, archiveParts, type Kept, tiersOf } from "./archiveParts";
import { apart, type LifecycleRequest, type StorageStep } from "./lifecycleRequest";
import {
  type ClassFacts,
  gibibyte,
  isStorageClass,
  leastMovedBytes,
  listPrices,
  monthDays,
  storageClasses,
  type StoragePrices,
} from "./storageClasses";
import {
  type ArchiveSizes,
  dollars,
  lifeCost,
  type LifeCost,
  type Load,
  loadOf,
  readsPerMonth,
  totalOf,
} from "./storageCost";

/** Where mistakes go, and what the costs are reckoned with. */
export interface LifecycleChecks {
  /** Property path of the request, as the user wrote it. */
  path: string;
  mistakes: Mistakes;
  /** Without them costs are compared for each GiB, in objects that are not small. */
  sizes?: ArchiveSizes;
  /** @default list prices of us-east-1 */
  prices?: StoragePrices;
}

/** Collects what cannot be, what breaks a promise of the policy, and what costs more than it saves. */
export function checkLifecycle(request: LifecycleRequest, checks: LifecycleChecks): void {
  checkPrefix(request, checks);
  checkUndelete(request, checks);
  const { steps, backstop } = request;
  if (steps !== undefined && isSection(steps, { name: "steps", request }, checks)) checkSteps(request, checks);
  if (backstop !== undefined && isSection(backstop, { name: "backstop", request }, checks)) {
    checkBackstops(request, checks);
  }
}

const mostDays = 36_500;

function isDays(value: unknown, least: number): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= mostDays;
}

function checkPrefix({ prefix }: LifecycleRequest, { path, mistakes }: LifecycleChecks): void {
  if (prefix === undefined || prefix === "" || /^[^/]+(\/[^/]+)*$/.test(prefix)) return;
  const remedy = "Leave the slashes at its ends out, such as neumann/backup.";
  mistakes.add(`${path}.prefix`, "must be words between single slashes", prefix, remedy);
}

function checkUndelete({ undeleteDays }: LifecycleRequest, { path, mistakes }: LifecycleChecks): void {
  mistakes.require(isDays(undeleteDays, 1), {
    path: `${path}.undeleteDays`,
    problem: `must be a whole number from 1 to ${mostDays}`,
    received: undeleteDays,
    remedy: "So long what was hidden can be brought back, such as 14.",
  });
}

/** What lies in that bucket may be named, and nothing else. */
function isSection(
  values: object,
  { name, request }: { name: string; request: LifecycleRequest },
  { path, mistakes }: LifecycleChecks,
): boolean {
  const known: string[] = keptIn(request);
  const strange = Object.keys(values).filter((key) => !known.includes(key));
  for (const key of strange) {
    const given = (values as Record<string, unknown>)[key];
    const problem = `does not lie in the ${request.place} archive`;
    mistakes.add(`${path}.${name}.${key}`, problem, given, `Use one of: ${known.join(", ")}.`);
  }
  return strange.length === 0;
}

function keptIn({ place }: LifecycleRequest): Kept[] {
  return [...tiersOf(place), "wal"];
}

function checkSteps(request: LifecycleRequest, checks: LifecycleChecks): void {
  for (const part of archiveParts(request)) {
    if (part.kind !== "data" && part.kind !== "log") continue;
    const steps = request.steps?.[part.kept] ?? [];
    if (!areSteps(steps, `${checks.path}.steps.${part.kept}`, checks.mistakes)) continue;
    const before = checks.mistakes.all.length;
    for (const at of steps.keys()) checkStep({ request, part, steps, at }, checks);
    // What a step costs that cannot be made would only be noise.
    if (checks.mistakes.all.length > before) continue;
    for (const at of steps.keys()) checkCost({ request, part, steps, at }, checks);
  }
}

/** They may come from a file. */
function areSteps(steps: unknown, path: string, mistakes: Mistakes): boolean {
  const fine = Array.isArray(steps) && steps.every((step) => typeof step === "object" && step !== null);
  const remedy = 'Such as [{ "afterDays": 7, "storageClass": "GLACIER_IR" }].';
  return mistakes.require(fine, { path, problem: "must be a list of steps", received: steps, remedy });
}

interface Step {
  request: LifecycleRequest;
  part: ArchivePart;
  steps: readonly StorageStep[];
  at: number;
}

function checkStep(step: Step, checks: LifecycleChecks): void {
  const { part, steps, at } = step;
  const { afterDays, storageClass } = steps[at] as StorageStep;
  const path = `${checks.path}.steps.${part.kept}[${at}]`;
  const facts = isStorageClass(storageClass) ? storageClasses[storageClass] : undefined;
  const classProblem = problemOfClass(storageClass, facts);
  if (facts === undefined || classProblem !== null) {
    const remedy = "Use one of: INTELLIGENT_TIERING, STANDARD_IA, GLACIER_IR, GLACIER, DEEP_ARCHIVE.";
    checks.mistakes.add(`${path}.storageClass`, classProblem ?? "is not known", storageClass, remedy);
    return;
  }
  checkAge(step, { path, facts, checks });
  checkOrder(step, path, checks);
  if (isDays(afterDays, 0)) checkThaw(step, { path, facts, checks });
}

function problemOfClass(storageClass: string, facts: ClassFacts | undefined): string | null {
  if (facts === undefined) return "is no class that a rule of S3 moves to";
  if (storageClass === "STANDARD") return "is where everything begins";
  return facts.oneZone === true ? "lies in one availability zone: the backups would be lost with it" : null;
}

interface Judged {
  path: string;
  facts: ClassFacts;
  checks: LifecycleChecks;
}

function checkAge({ part, steps, at }: Step, { path, facts, checks: { mistakes } }: Judged): void {
  const { afterDays, storageClass } = steps[at] as StorageStep;
  const name = `${path}.afterDays`;
  const least = facts.leastAgeDays;
  const good = mistakes.require(isDays(afterDays, least), {
    path: name,
    problem:
      least === 0 ? "must be a whole number from 0 on" : `S3 moves nothing to ${storageClass} before ${least} days`,
    received: afterDays,
    remedy: `Write at least ${least}.`,
  });
  if (!good) return;
  mistakes.require(afterDays < part.days, {
    path: name,
    problem: `${part.kept} goes at ${part.days} days: nothing would be moved that stays`,
    received: afterDays,
    remedy: `Write less than ${part.days}, or leave the step out.`,
  });
}

function checkOrder({ steps, at }: Step, path: string, { mistakes }: LifecycleChecks): void {
  const [before, step] = [steps[at - 1], steps[at] as StorageStep];
  if (before === undefined || !isStorageClass(before.storageClass)) return;
  const { next, leastStayDays } = storageClasses[before.storageClass];
  const names: readonly string[] = next;
  mistakes.require(names.includes(step.storageClass), {
    path: `${path}.storageClass`,
    problem: `S3 moves nothing from ${before.storageClass} there`,
    received: step.storageClass,
    remedy: names.length === 0 ? "It is the last step: leave this one out." : `From there: ${names.join(", ")}.`,
  });
  const least = before.afterDays + Math.max(1, leastStayDays);
  mistakes.require(!(step.afterDays < least), {
    path: `${path}.afterDays`,
    problem: `${before.storageClass} begins at ${before.afterDays} days and lasts at least ${Math.max(1, leastStayDays)}`,
    received: step.afterDays,
    remedy: `Write at least ${least}.`,
  });
}

function checkThaw(step: Step, { path, facts, checks: { mistakes } }: Judged): void {
  const hours = facts.thawHours?.standard;
  if (hours === undefined) return;
  const { request, part, steps, at } = step;
  const { storageClass } = steps[at] as StorageStep;
  const promised = recoveryTime(step);
  mistakes.require(hours * 60 < promised.minutes, {
    path: `${path}.storageClass`,
    problem: `takes up to ${hours} hours to thaw, and policy.${promised.tier}.recoveryTimeMinutes promises ${promised.minutes} minutes`,
    received: storageClass,
    remedy: `Use GLACIER_IR, which is read at once, or promise more than ${hours * 60} minutes.`,
  });
  const { bytesEveryMinutes } = request.policy.verification;
  mistakes.require(part.kind === "log" || bytesEveryMinutes === 0, {
    path: `${path}.storageClass`,
    problem: `must be thawed, and policy.verification.bytesEveryMinutes has every byte read every ${bytesEveryMinutes} minutes`,
    received: storageClass,
    remedy: "Use GLACIER_IR, which is read at once, or verify bytes by hand (bytesEveryMinutes: 0).",
  });
}

/** The shortest time that a recovery with what has reached this step may take. */
function recoveryTime({ request: { policy, place }, part, steps, at }: Step): { tier: string; minutes: number } {
  const { afterDays } = steps[at] as StorageStep;
  const users = part.kept === "wal" ? archiveParts({ clusterId: "x", policy, place }) : [part];
  const tiers = users.filter(({ kind, days }) => kind === "data" && days > afterDays).map(({ kept }) => kept);
  const some = tiers.length > 0 ? tiers : tiersOf(place);
  const times = some.flatMap((kept) =>
    kept === "wal" ? [] : [{ tier: kept, minutes: policy[kept].recoveryTimeMinutes }],
  );
  return times.reduce((a, b) => (b.minutes < a.minutes ? b : a));
}

/** A step is compared with the same steps without it. */
function checkCost({ request, part, steps, at }: Step, checks: LifecycleChecks): void {
  const { prices = listPrices, sizes, mistakes } = checks;
  const load = sizes === undefined ? undefined : loadOf(part.kept, request.policy, sizes);
  const path = `${checks.path}.steps.${part.kept}[${at}].storageClass`;
  const { storageClass } = steps[at] as StorageStep;
  if (load !== undefined && load.bytes < leastMovedBytes) {
    const problem = `S3 moves no object under 128 KiB, and these have ${formatBytes(Math.round(load.bytes))}: nothing would be moved`;
    mistakes.add(path, problem, storageClass, "Leave the step out.");
    return;
  }
  const life = {
    bytes: load?.bytes ?? gibibyte,
    days: lifeDays(part, request),
    keptDays: part.days,
    readsPerMonth: readsPerMonth(part.kept, request.policy),
    prices,
  };
  const cost = lifeCost(steps.slice(0, at + 1), life);
  const before = totalOf(lifeCost(steps.slice(0, at), life));
  if (totalOf(cost) < before) return;
  const problem = `costs more than it saves in ${life.days} days: ${inNumbers({ cost, before, load })}`;
  const seldom = cost.reads > 0 ? ", or have bytes verified less often (policy.verification.bytesEveryMinutes)" : "";
  mistakes.add(path, problem, storageClass, `Leave the step out${seldom}.`);
}

function inNumbers({ cost, before, load }: { cost: LifeCost; before: number; load: Load | undefined }): string {
  const times = load === undefined ? 1 : load.objectsPerDay * monthDays;
  const [more, less] = [dollars(totalOf(cost) * times), dollars(before * times)];
  const what =
    load === undefined
      ? `for each GiB ${more} instead of ${less}`
      : `${more} instead of ${less} for a month of ${formatCount(Math.round(times))} objects of ${formatBytes(Math.round(load.bytes))}`;
  const { storage, moves, early, reads } = cost;
  const parts = Object.entries({ storage, moves, "removed too early": early, "read by verifications": reads })
    .filter(([, amount]) => amount > 0)
    .map(([name, amount]) => `${name} ${dollars(amount * times)}`);
  return `${what} (${parts.join(", ")})`;
}

/** From the day on which an object is stored until it is gone for good; rules act at the midnight after. */
export function lifeDays({ days, order }: ArchivePart, { undeleteDays }: LifecycleRequest): number {
  return days + 1 + undeleteDays + order * apart + 1;
}

function checkBackstops(request: LifecycleRequest, { path, mistakes }: LifecycleChecks): void {
  const { backstop = {} } = request;
  const before = mistakes.all.length;
  for (const { kept, kind, days } of archiveParts(request)) {
    if (kind !== "data" && kind !== "log") continue;
    const given = backstop[kept];
    if (given === undefined) continue;
    mistakes.require(isDays(given, days + 1), {
      path: `${path}.backstop.${kept}`,
      problem: `would remove what the policy keeps for ${days} days, its recovery window or its least number of backups, without a prune that judged it`,
      received: given,
      remedy: `Write at least ${days + 1}, or leave it out: then nothing goes that no prune has tagged.`,
    });
  }
  if (mistakes.all.length === before) checkLogBackstop(request, { path, mistakes });
}

/** A backup that stays needs its log, but for off-site ones, which carry theirs. */
function checkLogBackstop({ place, backstop = {} }: LifecycleRequest, { path, mistakes }: LifecycleChecks): void {
  const { wal } = backstop;
  if (wal === undefined || place === "offsite") return;
  const bases = tiersOf(place).map((tier) => ({ tier, days: backstop[tier] ?? Number.POSITIVE_INFINITY }));
  const last = bases.reduce((a, b) => (b.days > a.days ? b : a));
  mistakes.require(wal >= last.days, {
    path: `${path}.backstop.wal`,
    problem: Number.isFinite(last.days)
      ? `would remove the log of ${last.tier} backups that go at ${last.days} days only`
      : `would remove the log of ${last.tier} backups, which have no backstop`,
    received: wal,
    remedy: Number.isFinite(last.days)
      ? `Write at least ${last.days}.`
      : `Give ${last.tier} a backstop that is not later, or leave this one out.`,
  });
}
