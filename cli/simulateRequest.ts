import { readFile } from "node:fs/promises";
import { checkLifecycle } from "../model/aws/lifecycleChecks";
import { standardUndeleteDays } from "../model/aws/lifecycle";
import type { SimulatedRules, SimulationRequest } from "../model/aws/simulation";
import { type ClassPrices, isStorageClass, listPrices, type StoragePrices } from "../model/aws/storageClasses";
import type { ArchiveSizes } from "../model/aws/storageCost";
import { InputError, Mistakes } from "../model/mistakes";
import { type BackupPolicy, type BackupPolicyOverrides, resolvePolicy } from "../model/policy";
import { type Flag, type GivenFlags, readFlags } from "./flags";

export const simulateFlags: readonly Flag[] = [
  { name: "policy", value: "FILE", help: "the policy as JSON: what differs from the standard one; default: that one" },
  { name: "to", value: "FILE", help: "another policy: what the change would delete, and what it would cost" },
  { name: "full-gib", value: "N", help: "size of a full backup before compression; required" },
  { name: "wal-gib-per-day", value: "N", help: "log of one node before compression; required" },
  { name: "snapshot-gib", value: "N", help: "size of a snapshot before compression; default: as a full backup" },
  { name: "compressed-to", value: "N", help: "what compression leaves, such as 0.4; default 1: nothing is gained" },
  { name: "nodes", value: "N", help: "each archives its own log; default 3" },
  { name: "days", value: "N", help: "so long; default 365" },
  { name: "undelete-days", value: "N", help: "what was given up can be brought back for so long; default 14" },
  { name: "storage", value: "FILE", help: "steps to cheaper storage, backstops and prices as JSON, see below" },
  { name: "no-offsite", help: "there is no off-site archive" },
  { name: "svg", value: "FILE", help: "also draw what is stored by class, day by day" },
  { name: "json", help: "the result as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

/** What the command line and the files that it names come to. */
export interface SimulateOrder {
  request: SimulationRequest;
  to?: BackupPolicy;
  svg?: string;
}

const subject = "Nothing can be simulated";

/** @throws InputError with all mistakes. */
export async function readSimulation(argv: readonly string[]): Promise<SimulateOrder> {
  const mistakes = new Mistakes();
  const flags = readFlags(argv, simulateFlags, mistakes);
  if (flags.words.length > 0) {
    mistakes.add("simulate", "takes no words", flags.words, "Everything is said by flags: --help shows them.");
  }
  const policy = await policyOf(flags, "policy", mistakes);
  const to = flags.has("to") ? await policyOf(flags, "to", mistakes) : undefined;
  const sizes = sizesOf(flags, mistakes);
  const days = numberOf(flags, "days", { least: 1, most: 3660, whole: true, fallback: 365 }, mistakes);
  const undelete = { least: 1, most: 36_500, whole: true, fallback: standardUndeleteDays };
  const undeleteDays = numberOf(flags, "undelete-days", undelete, mistakes);
  const storage = await storageOf(flags, mistakes);
  if (policy === undefined || sizes === undefined) throw new InputError(subject, mistakes.all);
  const request: SimulationRequest = { policy, sizes, days, undeleteDays, ...storage };
  if (flags.has("no-offsite")) request.offsite = null;
  // Costs of what is wrong would only be noise.
  if (mistakes.all.length === 0) checkBoth(request, to, mistakes);
  mistakes.throwIfAny(subject);
  const svg = flags.text("svg");
  return { request, ...(to === undefined ? {} : { to }), ...(svg === undefined ? {} : { svg }) };
}

/** What is wrong by both policies is said once. */
function checkBoth(request: SimulationRequest, to: BackupPolicy | undefined, mistakes: Mistakes): void {
  checkRules(request, mistakes);
  if (to !== undefined && mistakes.all.length === 0) checkRules({ ...request, policy: to }, mistakes);
}

function checkRules({ policy, undeleteDays, sizes, prices, ...rest }: SimulationRequest, mistakes: Mistakes): void {
  for (const place of ["primary", "offsite"] as const) {
    const rules = rest[place];
    if (rules === null || rules === undefined) continue;
    const plan = { clusterId: "simulated", policy, place, undeleteDays, ...rules };
    checkLifecycle(plan, { path: place, mistakes, sizes, ...(prices === undefined ? {} : { prices }) });
  }
}

interface Range {
  least: number;
  most: number;
  whole?: boolean;
  /** Without one the flag is required. */
  fallback?: number;
}

function numberOf(flags: GivenFlags, name: string, range: Range, mistakes: Mistakes): number {
  const text = flags.text(name);
  if (text === undefined) {
    const { fallback = Number.NaN } = range;
    // What is there without a value was refused before.
    const missing = !("fallback" in range) && !flags.has(name);
    if (missing) mistakes.add(`--${name}`, "is missing", undefined, "simulate --help tells what it is.");
    return fallback;
  }
  return parsed(text, { name, range }, mistakes);
}

function parsed(text: string, { name, range }: { name: string; range: Range }, mistakes: Mistakes): number {
  const { least, most, whole = false } = range;
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  const good = number >= least && number <= most && (!whole || Number.isInteger(number));
  const problem = `must be ${whole ? "a whole number" : "a number"} from ${least} to ${most}`;
  const remedy = whole ? "Such as 30." : "Such as 100, or 2.5.";
  mistakes.require(good, { path: `--${name}`, problem, received: text, remedy });
  return number;
}

const most = 1_000_000;

function sizesOf(flags: GivenFlags, mistakes: Mistakes): ArchiveSizes | undefined {
  const size = { least: 0.001, most };
  const fullGibibytes = numberOf(flags, "full-gib", size, mistakes);
  const sizes: ArchiveSizes = {
    fullGibibytes,
    snapshotGibibytes: numberOf(flags, "snapshot-gib", { ...size, fallback: fullGibibytes }, mistakes),
    walGibibytesPerDay: numberOf(flags, "wal-gib-per-day", size, mistakes),
    compressedTo: numberOf(flags, "compressed-to", { least: 0.01, most: 2, fallback: 1 }, mistakes),
    nodes: numberOf(flags, "nodes", { least: 1, most: 99, whole: true, fallback: 3 }, mistakes),
  };
  return Object.values(sizes).some((number) => Number.isNaN(number)) ? undefined : sizes;
}

async function policyOf(flags: GivenFlags, flag: string, mistakes: Mistakes): Promise<BackupPolicy | undefined> {
  const file = flags.text(flag);
  const overrides = file === undefined ? {} : await readJson(file, flag, mistakes);
  if (overrides === undefined) return undefined;
  try {
    return resolvePolicy(overrides as BackupPolicyOverrides);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const m of error.mistakes) mistakes.add(`--${flag} ${file}: ${m.path}`, m.problem, m.received, m.remedy);
    return undefined;
  }
}

async function readJson(file: string, flag: string, mistakes: Mistakes): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    mistakes.add(`--${flag}`, `cannot be read: ${(error as Error).message}`, file, "Name a file with JSON.");
    return undefined;
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    mistakes.add(`--${flag} ${file}`, "is no JSON", text, "simulate --help shows what belongs there.");
    return undefined;
  }
}

type Storage = Pick<SimulationRequest, "primary" | "offsite" | "prices">;

async function storageOf(flags: GivenFlags, mistakes: Mistakes): Promise<Storage> {
  const file = flags.text("storage");
  const given = file === undefined ? undefined : await readJson(file, "storage", mistakes);
  if (file === undefined || given === undefined) return {};
  const at = `--storage ${file}`;
  if (!isSection(given, { path: at, known: ["primary", "offsite", "prices"] }, mistakes)) return {};
  const { primary, offsite, prices } = given;
  const storage: Storage = {};
  if (isRules(primary, `${at}: primary`, mistakes)) storage.primary = primary;
  if (isRules(offsite, `${at}: offsite`, mistakes)) storage.offsite = offsite;
  if (prices !== undefined) storage.prices = pricesOf(prices, `${at}: prices`, mistakes);
  return storage;
}

function isRules(value: unknown, path: string, mistakes: Mistakes): value is SimulatedRules {
  if (value === undefined || !isSection(value, { path, known: ["steps", "backstop"] }, mistakes)) return false;
  return [value.steps, value.backstop].every(
    (part) => part === undefined || isSection(part, { path, known: [] }, mistakes),
  );
}

/** An object with known keys; any are good where none are named. */
function isSection(
  value: unknown,
  { path, known }: { path: string; known: readonly string[] },
  mistakes: Mistakes,
): value is Record<string, unknown> {
  const remedy = "simulate --help shows what belongs there.";
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    mistakes.add(path, "must be an object", value, remedy);
    return false;
  }
  const strange = known.length === 0 ? [] : Object.entries(value).filter(([key]) => !known.includes(key));
  for (const [key, inner] of strange) {
    mistakes.add(`${path}.${key}`, "is not known", inner, `Use one of: ${known.join(", ")}.`);
  }
  return true;
}

function pricesOf(given: unknown, path: string, mistakes: Mistakes): StoragePrices {
  const prices = { ...listPrices };
  if (!isSection(given, { path, known: Object.keys(listPrices) }, mistakes)) return prices;
  for (const [name, own] of Object.entries(given)) {
    if (!isStorageClass(name)) continue;
    const known = Object.keys(listPrices[name]);
    if (!isSection(own, { path: `${path}.${name}`, known }, mistakes)) continue;
    for (const [key, price] of Object.entries(own)) {
      const good = typeof price === "number" && price >= 0 && Number.isFinite(price);
      const problem = "must be a number of dollars";
      mistakes.require(good, { path: `${path}.${name}.${key}`, problem, received: price, remedy: "Such as 0.023." });
    }
    prices[name] = { ...listPrices[name], ...(own as Partial<ClassPrices>) };
  }
  return prices;
}
