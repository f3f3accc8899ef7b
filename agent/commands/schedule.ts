import path from "node:path";
import type { Place } from "../../model/catalog";
import { lookSeconds } from "../../model/policy";
import { dueTiers, type TierDue } from "../../model/schedule";
import type { ArchiveSpec } from "../../model/reference";
import { Tier } from "../../model/tier";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { lookAtPlaces } from "../archive/open";
import { agentConfigFile, loadConfig, type Node, nodeOf } from "../context";
import { parseGeneration } from "../../model/agentConfig";
import { DetachedProcess } from "../host/detached";
import { exists, readIfThere, removeFile } from "../host/files";
import { removeLeftovers } from "../host/leftovers";
import { lineageOf } from "../lineage";
import { endExpiredPauses, endLocalPauses } from "../pause";
import { explain, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { rest } from "../run/interrupt";
import { runProcedure } from "../run/steps";
import { trustingItself } from "../signing";
import { newestSegments, readStream } from "../stream";
import { putWatermarkWhenDue } from "../watermark";
import { attempt, attemptFile, lastAttempts, readAttempt } from "./attempts";
import { full, type FullContext } from "./full";
import { offsite } from "./offsite";
import { offsiteWal, type OffsiteWalContext } from "./offsiteWal";
import { prune, type PruneContext } from "./prune";
import { snapshot, type SnapshotContext } from "./snapshot";
import { type VerificationRun, verifyDue } from "./verifyDue";

/** What one look at the schedule found and did. */
export interface DueRun {
  /** Why no backup was looked at; null when this node leads. */
  skipped: string | null;
  tiers: (TierDue & { outcome: "not due" | "due" | "done" | "failed" | "later"; message?: string })[];
  /** Whether what the policy no longer keeps was given up; null where this node has no say in it. */
  expiry: { outcome: "not due" | "due" | "done" | "failed" | "later"; message?: string } | null;
  /** Empty while archiving is held. */
  verifications: VerificationRun[];
  /** Pauses of dead backups that were ended. */
  resumed: string[];
  /** What was done to have this node's log off-site too; null where the policy does not ask for it. */
  offsiteWal: { outcome: "done" | "failed"; copied: number; message?: string } | null;
  /** Whether this node said how far its log had come (protocol 8); null where it could not. */
  watermark: boolean | null;
}

/** What a look may do, beside what every node does for the cluster. */
export interface Duties {
  tiers: readonly Tier[];
  /** Giving up what the policy no longer keeps. */
  expiry: boolean;
  verification: boolean;
}

const allDuties: Duties = { tiers: [Tier.Snapshots, Tier.Full, Tier.Offsite], expiry: true, verification: true };

/**
 * Does what is due, once. Every node runs it (protocol 14): first each ends pauses whose time is up, then only the
 * leader takes backups, and last somebody, rather not the leader, verifies them.
 */
export async function runDue(
  node: Node,
  reporter: Reporter,
  { dryRun = false, duties = allDuties }: { dryRun?: boolean; duties?: Duties } = {},
): Promise<DueRun> {
  const { primary, away, fault } = await openPlaces(node.config.archive);
  const everyNode = dryRun
    ? { resumed: [], watermark: false, offsiteWal: null }
    : await byEveryNode(node, primary, reporter);
  const places = placesOf(primary, away);
  const nothing = { tiers: [], expiry: null, verifications: [], ...everyNode };
  if (await exists(node.paths.hold)) {
    return { ...nothing, skipped: "archiving is held until the recovery is accepted" };
  }
  const { role } = await node.http.metrics();
  const leads = role === "leader";
  const done: DueRun = leads
    ? { ...nothing, skipped: null, ...(await backUpAndExpire({ node, places, fault }, reporter, { dryRun, duties })) }
    : { ...nothing, skipped: `${node.config.node.id} does not lead` };
  if (!duties.verification) return done;
  const meanwhile = async (): Promise<void> => {
    done.resumed.push(...(await byEveryNode(node, primary, reporter)).resumed);
  };
  done.verifications = await verifyDue({ node, places, leads, duties: meanwhile }, reporter, dryRun);
  return done;
}

/** What the leader does. */
async function backUpAndExpire(
  { node, places, fault }: { node: Node; places: ReturnType<typeof placesOf>; fault: string | null },
  reporter: Reporter,
  { dryRun, duties }: { dryRun: boolean; duties: Duties },
): Promise<Pick<DueRun, "tiers" | "expiry">> {
  const [{ archive: primary }] = places;
  const info = await node.admin.clusterInfo();
  const { lineage } = await lineageOf(primary, node.config.archive.clusterId, info.clusterId);
  const done: DueRun["tiers"] = [];
  for (const tier of duties.tiers) {
    const verdict = await judge({ node, places, lineage }, tier);
    if (verdict === undefined) continue;
    done.push(
      dryRun
        ? { ...verdict, outcome: verdict.due ? "due" : "not due" }
        : await take({ node, archive: primary }, verdict, reporter),
    );
  }
  if (duties.tiers.includes(Tier.Offsite)) done.push(...withoutOffsite(fault));
  // Where a rule of the store deletes, a node has no rights to mark: whoever has them runs `prune` (protocol 19).
  const expires = duties.expiry && places.some(({ archive }) => !archive.expiresLater);
  return { tiers: done, expiry: expires ? await expireDaily({ node, archive: primary }, reporter, dryRun) : null };
}

/** The primary archive must be within reach. Without the off-site one its own tiers go on. */
async function openPlaces(
  spec: ArchiveSpec,
): Promise<{ primary: Archive; away: Archive | undefined; fault: string | null }> {
  const found: Partial<Record<Place, Archive>> = {};
  let fault: string | null = null;
  for (const look of await lookAtPlaces(spec)) {
    if ("archive" in look) found[look.place] = look.archive;
    else if (look.place === "primary" || !(look.fault instanceof WorldFault)) throw look.fault;
    else fault = look.fault.message;
  }
  if (found.primary === undefined) throw new Error("every archive has a primary place");
  return { primary: found.primary, away: found.offsite, fault };
}

function withoutOffsite(fault: string | null): DueRun["tiers"] {
  if (fault === null) return [];
  const verdict = { tier: Tier.Offsite, due: false, reason: "its archive cannot be read", slot: "", nextAt: null };
  return [{ ...verdict, outcome: "failed", message: fault }];
}

/** What a node does whether it leads or not. */
async function byEveryNode(
  node: Node,
  archive: Archive,
  reporter: Reporter,
): Promise<Pick<DueRun, "resumed" | "watermark" | "offsiteWal">> {
  const resumed = [...(await endLocalPauses(node, archive)), ...(await endExpiredPauses(node, archive))];
  await removeLeftovers(node).catch((error: unknown) => {
    reporter.emit({ event: "error", message: `what dead runs left cannot be removed: ${explain(error).message}` });
  });
  const watermark = await sayHowFar({ node, archive }, reporter);
  return { resumed, watermark, offsiteWal: await copyLogAway(node, reporter) };
}

/** No backup waits for it, and none fails with it. */
async function copyLogAway(node: Node, reporter: Reporter): Promise<DueRun["offsiteWal"]> {
  const { archive, policy } = node.config;
  if (archive.offsite === undefined || !policy.offsite.continuousWal || (await exists(node.paths.hold))) return null;
  const context: OffsiteWalContext = { node };
  try {
    await runProcedure(offsiteWal, context, reporter);
    return { outcome: "done", copied: context.copied ?? 0 };
  } catch (error) {
    const { message } = explain(error);
    reporter.emit({ event: "error", message: `offsite-wal: ${message}` });
    return { outcome: "failed", copied: context.copied ?? 0, message };
  }
}

/** Whether a tier is due. Asked for each anew: the off-site copy may wait for the full backup that was just taken. */
async function judge(
  { node, places, lineage }: { node: Node; places: ReturnType<typeof placesOf>; lineage: string },
  tier: Tier,
): Promise<TierDue | undefined> {
  const { clusterId } = node.config.archive;
  const [{ archive: primary }] = places;
  const catalog = await readCatalog(clusterId, places, node.config.policy.signing.trustedKeys);
  const anchors = await newestSegments(primary, clusterId, lineage);
  const verdicts = dueTiers({
    policy: node.config.policy,
    catalog,
    lineage,
    now: await primary.now(),
    commitIndex: (await node.http.metrics()).commitIndex,
    streams: anchors.map(({ stream }) => stream),
    offsite: places.length > 1,
    ownStream: (await readStream(node).catch(() => undefined))?.stream,
    lastAttempts: await lastAttempts(node, { catalog, lineage }),
  });
  return verdicts.find((found) => found.tier === tier);
}

/** No backup waits for it: a node that cannot say how far it has come may still be able to save what it has. */
async function sayHowFar(
  { node, archive }: { node: Node; archive: Archive },
  reporter: Reporter,
): Promise<boolean | null> {
  try {
    if (await exists(node.paths.hold)) return false;
    return await putWatermarkWhenDue(node, archive);
  } catch (error) {
    reporter.emit({ event: "note", message: `no watermark: ${explain(error).message}` });
    return null;
  }
}

/** One of the cluster's archives, opened. */
export interface PlacedArchive {
  place: Place;
  archive: Archive;
}

function placesOf(primary: Archive, away: Archive | undefined): [PlacedArchive, ...PlacedArchive[]] {
  const first = { place: "primary" as const, archive: primary };
  return away === undefined ? [first] : [first, { place: "offsite", archive: away }];
}

const expiryEverySeconds = 86_400;

/** Once a day, and last: what was just taken counts. */
async function expireDaily(
  { node, archive }: { node: Node; archive: Archive },
  reporter: Reporter,
  dryRun: boolean,
): Promise<DueRun["expiry"]> {
  const file = attemptFile(node, "prune");
  const last = await readAttempt(file);
  const age = last === undefined ? Infinity : ((await archive.now()).getTime() - Date.parse(last.endedAt)) / 1000;
  // A time in the future is a clock that was set back.
  if (age >= 0 && age < expiryEverySeconds) return { outcome: "not due" };
  if (dryRun) return { outcome: "due" };
  const { archive: spec, policy, node: self } = node.config;
  const context: PruneContext = {
    archive: spec,
    policy,
    holder: self.id,
    onSchedule: true,
    expiring: [],
    finished: [],
  };
  const ended = await attempt(file, archive, {
    what: "prune",
    reporter,
    work: () => runProcedure(prune, context, reporter),
  });
  if (ended.outcome !== "done") await removeFile(file); // The next look tries again.
  return ended;
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

async function backUp(node: Node, tier: Tier, reporter: Reporter): Promise<void> {
  if (tier === Tier.Snapshots) return runProcedure(snapshot, { node } satisfies SnapshotContext, reporter);
  if (tier === Tier.Full) return runProcedure(full, { node } satisfies FullContext, reporter);
  return runProcedure(offsite, { config: node.config }, reporter);
}

/** A leader looks at once after a start, then in this rhythm; so do the others (protocol 14). */
const firstLookSeconds = 60;

/**
 * The timer of a host without one (service manager `process`): looks again and again until its installation is gone or
 * another has taken its place.
 */
export async function runSchedule(configFile: string, generation: string, reporter: Reporter): Promise<void> {
  for (let wait = firstLookSeconds; await stillInstalled(configFile, generation, wait); wait = lookSeconds) {
    try {
      await runDue(await trustingItself(nodeOf(await loadConfig(configFile))), reporter);
    } catch (error) {
      reporter.emit({ event: "error", message: explain(error).message });
    }
  }
}

/** Waits; false as soon as the installation that it belongs to is no more. */
async function stillInstalled(configFile: string, generation: string, seconds: number): Promise<boolean> {
  for (let waited = 0; ; waited += 1) {
    const text = await readIfThere(configFile);
    if (text === undefined || parseGeneration(text, configFile) !== generation) return false;
    if (waited >= seconds) return true;
    await rest(1000);
  }
}

/** The schedule of an installation, of whatever generation unless one is named. */
function scheduleOf(node: Node, generation?: string): DetachedProcess {
  const words = [agentConfigFile(node.config), "schedule", ...(generation === undefined ? [] : [generation])];
  return new DetachedProcess(path.join(node.paths.state, "schedule.pid"), words);
}

/** Whether the process of this very installation runs. */
export async function scheduleRuns(node: Node): Promise<boolean> {
  return (await scheduleOf(node, node.config.generation).pid()) !== undefined;
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
