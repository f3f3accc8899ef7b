import path from "node:path";
import * as v from "valibot";
import { type Catalog, newestGood } from "../../model/catalog";
import { InputError } from "../../model/mistakes";
import { isoTime, parseJsonAs } from "../../model/parse";
import { dueTiers, type LastAttempt, type TierDue } from "../../model/schedule";
import { Tier } from "../../model/tier";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openArchives } from "../archive/open";
import { agentConfigFile, loadConfig, type Node, nodeOf } from "../context";
import { DetachedProcess } from "../host/detached";
import { exists, readIfThere, removeFile, replaceFile } from "../host/files";
import { lineageOf } from "../lineage";
import { endExpiredPauses, endLocalPauses } from "../pause";
import { explain, ExitCode, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { rest } from "../run/interrupt";
import { runProcedure } from "../run/steps";
import { newestSegments } from "../stream";
import { full, type FullContext } from "./full";
import { offsite } from "./offsite";
import { prune, type PruneContext } from "./prune";
import { snapshot, type SnapshotContext } from "./snapshot";

/** What one look at the schedule found and did. */
export interface DueRun {
  /** Why nothing was looked at; null when this node leads. */
  skipped: string | null;
  tiers: (TierDue & { outcome: "not due" | "due" | "done" | "failed" | "later"; message?: string })[];
  /** Whether what the policy no longer keeps was given up; null where this node has no say in it. */
  expiry: { outcome: "not due" | "due" | "done" | "failed" | "later"; message?: string } | null;
  /** Pauses of dead backups that were ended. */
  resumed: string[];
}

/**
 * Does what is due, once. Every node runs it (protocol 14): first each ends pauses whose time is up, then only the
 * leader takes backups.
 */
export async function runDue(node: Node, reporter: Reporter, { dryRun = false } = {}): Promise<DueRun> {
  const { archive: spec } = node.config;
  const { primary, offsite: away } = await openArchives(spec);
  const resumed = dryRun ? [] : [...(await endLocalPauses(node, primary)), ...(await endExpiredPauses(node, primary))];
  const skipped = await whyNotHere(node);
  if (skipped !== null) return { skipped, tiers: [], expiry: null, resumed };
  const info = await node.admin.clusterInfo();
  const { lineage } = await lineageOf(primary, spec.clusterId, info.clusterId);
  const done: DueRun = { skipped: null, tiers: [], expiry: null, resumed };
  for (const tier of [Tier.Snapshots, Tier.Full, Tier.Offsite] as const) {
    // Asked again for each: the off-site copy may wait for the full backup that was just taken.
    const catalog = await readCatalog(spec.clusterId, [
      { place: "primary", archive: primary },
      ...(away === undefined ? [] : [{ place: "offsite" as const, archive: away }]),
    ]);
    const anchors = await newestSegments(primary, spec.clusterId, lineage);
    const verdicts = dueTiers({
      policy: node.config.policy,
      catalog,
      lineage,
      now: await primary.now(),
      commitIndex: (await node.http.metrics()).commitIndex,
      streams: anchors.map(({ stream }) => stream),
      offsite: away !== undefined,
      lastAttempts: await lastAttempts(node, { catalog, lineage }),
    });
    const verdict = verdicts.find((found) => found.tier === tier);
    if (verdict === undefined) continue;
    done.tiers.push(
      dryRun
        ? { ...verdict, outcome: verdict.due ? "due" : "not due" }
        : await take({ node, archive: primary }, verdict, reporter),
    );
  }
  done.expiry = await expireDaily({ node, archive: primary }, reporter, dryRun);
  return done;
}

const expiryEverySeconds = 86_400;

/** Once a day, and last: what was just taken counts. */
async function expireDaily(
  { node, archive }: { node: Node; archive: Archive },
  reporter: Reporter,
  dryRun: boolean,
): Promise<DueRun["expiry"]> {
  if (archive.expire === undefined) return null;
  const file = path.join(node.paths.state, "last-prune.json");
  const text = await readIfThere(file);
  const last = text === undefined ? undefined : readAttempt(text);
  const age = last === undefined ? Infinity : ((await archive.now()).getTime() - Date.parse(last.endedAt)) / 1000;
  // A time in the future is a clock that was set back.
  if (age >= 0 && age < expiryEverySeconds) return { outcome: "not due" };
  if (dryRun) return { outcome: "due" };
  const { archive: spec, policy, node: self } = node.config;
  const context: PruneContext = { archive: spec, policy, holder: self.id, expiring: [], finished: [] };
  const ended = await attempt(file, archive, {
    what: "prune",
    reporter,
    work: () => runProcedure(prune, context, reporter),
  });
  if (ended.outcome !== "done") await removeFile(file); // The next look tries again.
  return ended;
}

async function whyNotHere(node: Node): Promise<string | null> {
  if (await exists(node.paths.hold)) return "archiving is held until the recovery is accepted";
  const metrics = await node.http.metrics();
  return metrics.role === "leader" ? null : `${node.config.node.id} does not lead`;
}

function attemptFile(node: Node, tier: Tier): string {
  return path.join(node.paths.state, `last-${tier}.json`);
}

/** Runs of this node; a node that leads since a moment ago knows none, and the catalog still keeps the interval. */
async function lastAttempts(
  node: Node,
  { catalog, lineage }: { catalog: Catalog; lineage: string },
): Promise<Partial<Record<Tier, LastAttempt>>> {
  const found: Partial<Record<Tier, LastAttempt>> = {};
  for (const tier of [Tier.Snapshots, Tier.Full, Tier.Offsite] as const) {
    const text = await readIfThere(attemptFile(node, tier));
    const newest = newestGood(catalog, lineage, { tiers: [tier] });
    const noted = text === undefined ? undefined : readAttempt(text);
    if (noted !== undefined) found[tier] = noted;
    else if (newest !== undefined) found[tier] = { endedAt: newest.storedAt, seconds: 0 };
  }
  return found;
}

const attemptSchema = v.object({ endedAt: isoTime, seconds: v.number() });

/** A note that cannot be read delays nothing: it only spaces runs. */
function readAttempt(text: string): LastAttempt | undefined {
  try {
    return parseJsonAs(attemptSchema, text, "the note of the last run");
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

async function take(
  { node, archive }: { node: Node; archive: Archive },
  verdict: TierDue,
  reporter: Reporter,
): Promise<DueRun["tiers"][number]> {
  if (!verdict.due) return { ...verdict, outcome: "not due" };
  reporter.emit({ event: "note", message: `${verdict.tier} is due: ${verdict.reason}` });
  const work = (): Promise<void> => backUp(node, verdict.tier, reporter);
  const ended = await attempt(attemptFile(node, verdict.tier), archive, { what: verdict.tier, reporter, work });
  return { ...verdict, ...ended };
}

/** Does something and notes, good or bad, when it ended and how long it took. */
async function attempt(
  file: string,
  archive: Archive,
  { what, reporter, work }: { what: string; reporter: Reporter; work: () => Promise<void> },
): Promise<{ outcome: "done" | "failed" | "later"; message?: string }> {
  const began = Date.now();
  try {
    await work();
    return { outcome: "done" };
  } catch (error) {
    const { exitCode, message } = explain(error);
    reporter.emit({ event: "error", message: `${what}: ${message}` });
    return { outcome: exitCode === ExitCode.TryLater ? "later" : "failed", message };
  } finally {
    // By the store's clock, as all ages are (protocol 16).
    const note: LastAttempt = { endedAt: (await archive.now()).toISOString(), seconds: (Date.now() - began) / 1000 };
    await replaceFile(file, `${JSON.stringify(note)}\n`);
  }
}

async function backUp(node: Node, tier: Tier, reporter: Reporter): Promise<void> {
  if (tier === Tier.Snapshots) return runProcedure(snapshot, { node } satisfies SnapshotContext, reporter);
  if (tier === Tier.Full) return runProcedure(full, { node } satisfies FullContext, reporter);
  return runProcedure(offsite, { config: node.config }, reporter);
}

/** A leader looks at once after a start, then in this rhythm; so do the others (protocol 14). */
const firstLookSeconds = 60;
const lookSeconds = 300;

/**
 * The timer of a host without one (service manager `process`): looks again and again until its installation is gone or
 * another has taken its place.
 */
export async function runSchedule(configFile: string, generation: string, reporter: Reporter): Promise<void> {
  for (let wait = firstLookSeconds; await stillInstalled(configFile, generation, wait); wait = lookSeconds) {
    try {
      await runDue(nodeOf(await loadConfig(configFile)), reporter);
    } catch (error) {
      reporter.emit({ event: "error", message: explain(error).message });
    }
  }
}

/** Waits; false as soon as the installation that it belongs to is no more. */
async function stillInstalled(configFile: string, generation: string, seconds: number): Promise<boolean> {
  for (let waited = 0; ; waited += 1) {
    const text = await readIfThere(configFile);
    if (text === undefined || (JSON.parse(text) as { generation?: string }).generation !== generation) return false;
    if (waited >= seconds) return true;
    await rest(1000);
  }
}

/** The schedule of an installation, of whatever generation unless one is named. */
function scheduleOf(node: Node, generation?: string): DetachedProcess {
  const words = [agentConfigFile(node.config), "schedule", ...(generation === undefined ? [] : [generation])];
  return new DetachedProcess(path.join(node.paths.state, "schedule.pid"), words);
}

const startTimeoutMs = 5000;
const settleTimeoutMs = 120_000;

/** Starts the schedule of an installation as a process of its own; one of an older installation ends. */
export async function startSchedule(node: Node): Promise<void> {
  const { generation, agentDirectory } = node.config;
  const own = scheduleOf(node, generation);
  if ((await own.pid()) !== undefined) return;
  await stopSchedule(node);
  const program = path.join(agentDirectory, "neumann-backup.cjs");
  const config = agentConfigFile(node.config);
  const command = [process.execPath, program, "--config", config, "--quiet", "schedule", "--generation", generation];
  if (await own.start(command, startTimeoutMs)) return;
  throw new WorldFault("the schedule's process did not start: look whether node runs on this host");
}

/** Ends the schedule's process; a backup that it is taking ends in order first: whoever goes on may take its files away. */
export async function stopSchedule(node: Node): Promise<void> {
  if (await scheduleOf(node).stop(settleTimeoutMs)) return;
  throw new WorldFault(`the schedule did not end in ${settleTimeoutMs / 1000} s; run it again`);
}
