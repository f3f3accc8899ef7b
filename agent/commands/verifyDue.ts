import { tiers } from "../../model/tier";
import { everySeconds, type VerificationDepth, verificationDepths } from "../../model/verification";
import {
  dueVerifications,
  oldestGoodAt,
  type VerificationDue,
  type VerifyingNode,
  whyElsewhere,
} from "../../model/verificationSchedule";
import { readCatalog } from "../archive/catalog";
import { newestVerifications } from "../archive/verifications";
import { liveClaimsIn, takeClaim } from "../claims";
import { agentConfigFile, type Node } from "../context";
import { AgentPart } from "../host/agentPart";
import { ExitCode, explain, TryLater, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { interrupted } from "../run/interrupt";
import { attempt, attemptFile, type Ended, verificationFailures } from "./attempts";
import type { PlacedArchive } from "./schedule";
import type { Verdict, VerifyContext } from "./verify";

/** What became of a verification at one look. */
export interface VerificationRun extends VerificationDue {
  outcome: "not due" | "due" | "elsewhere" | "damaged" | Ended["outcome"];
  message?: string;
}

/** Who looks for verifications that are due. */
export interface VerifyJob {
  node: Node;
  /** The primary one first. */
  places: [PlacedArchive, ...PlacedArchive[]];
  leads: boolean;
  /** What the node owes the cluster meanwhile, however long it takes. */
  duties: () => Promise<void>;
}

/** Makes the verifications that are due, one after the other, where this node is to make them. */
export async function verifyDue(job: VerifyJob, reporter: Reporter, dryRun: boolean): Promise<VerificationRun[]> {
  const verdicts = await judge(job);
  if (verdicts.every(({ due }) => !due)) return verdicts.map((verdict) => ({ ...verdict, outcome: "not due" }));
  const { members } = await job.node.admin.clusterInfo();
  const self = { leads: job.leads, alone: members.length <= 1 };
  const runs: VerificationRun[] = [];
  for (const verdict of verdicts) runs.push(await decide({ ...job, self }, verdict, { reporter, dryRun }));
  return runs;
}

interface Decided extends VerifyJob {
  self: VerifyingNode;
}

async function decide(
  job: Decided,
  verdict: VerificationDue,
  { reporter, dryRun }: { reporter: Reporter; dryRun: boolean },
): Promise<VerificationRun> {
  if (!verdict.due) return { ...verdict, outcome: "not due" };
  const elsewhere = whyElsewhere(job.self, verdict);
  if (elsewhere !== null) return { ...verdict, outcome: "elsewhere", message: elsewhere };
  return dryRun ? { ...verdict, outcome: "due" } : make(job, verdict, reporter);
}

/** The records of the first archive, where all of the schedule's lie; the catalog only where it is needed. */
async function judge({ node, places }: VerifyJob): Promise<VerificationDue[]> {
  const { archive, policy } = node.config;
  const primary = places[0].archive;
  const verifications = await newestVerifications(primary, archive.clusterId);
  const scheduled = verificationDepths.filter((depth) => everySeconds(policy.verification, depth) > 0);
  const never = scheduled.some((depth) => verifications.every((made) => made.depth !== depth));
  const catalog = never ? await readCatalog(archive.clusterId, places, policy.signing.trustedKeys) : undefined;
  return dueVerifications({
    policy,
    now: await primary.now(),
    places: places.map(({ place }) => place),
    verifications,
    oldestGoodAt: catalog === undefined ? null : oldestGoodAt(catalog),
    failures: await verificationFailures(node),
  });
}

async function make(job: Decided, verdict: VerificationDue, reporter: Reporter): Promise<VerificationRun> {
  const { node, places } = job;
  const { depth } = verdict;
  const [{ archive }] = places;
  let damage: string | null = null;
  const work = async (): Promise<void> => {
    const claim = { name: "verify", node: node.config.node.id, timeToLiveSeconds: 12 * 3600 };
    const held = await takeClaim(archive, node.config.archive.clusterId, claim);
    try {
      // Another node may have made it since this one looked.
      const due = (await judge(job)).find((found) => found.depth === depth)?.due;
      if (due !== true) throw new TryLater("another node has just made it");
      await refuseBesideBackup(job);
      reporter.emit({ event: "note", message: `verification (${depth}) is due: ${verdict.reason}` });
      damage = await supervise(job, depth, reporter);
    } catch (error) {
      // Whoever stops this look stops its part as well: that is no failure of the verification.
      throw interrupted.aborted ? new TryLater("it was stopped; the next look makes it") : error;
    } finally {
      await held.release();
    }
  };
  const what = `verification (${depth})`;
  const ended = await attempt(attemptFile(node, `verify-${depth}`), archive, { what, reporter, work });
  if (damage === null) return { ...verdict, ...ended };
  reporter.emit({ event: "error", message: `${what}: ${String(damage)}` });
  return { ...verdict, outcome: "damaged", message: damage };
}

/** It takes disk and processor time of a host, and would read what is being written: backups go first. */
async function refuseBesideBackup({ node, places }: VerifyJob): Promise<void> {
  const live = await liveClaimsIn(places[0].archive, node.config.archive.clusterId);
  const backups = ["pause", ...tiers];
  const backup = live.find(({ name }) => backups.some((what) => name === what || name.startsWith(`${what}/`)));
  if (backup === undefined) return;
  throw new TryLater(`a backup (${backup.name}) is being made on node ${backup.node}; it is verified afterwards`);
}

const lookMs = 2000;
/** Every so many looks the node does what it owes the cluster. */
const dutyLooks = 30;

/**
 * Runs the verification as a part of its own, so that it can be ended in order at any moment: a node that begins to lead
 * has backups to take. What damage was found, or null.
 */
async function supervise(job: Decided, depth: VerificationDepth, reporter: Reporter): Promise<string | null> {
  const config = agentConfigFile(job.node.config);
  const part = new AgentPart(["--config", config, "--json", "verify", "--depth", depth]);
  try {
    for (let looks = 1; await part.runs(lookMs); looks += 1) {
      if (await mustTakeBackups(job)) throw new TryLater("this node leads now, and backups go first");
      if (looks % dutyLooks === 0) await doDuties(job, reporter);
    }
  } finally {
    await part.stop();
  }
  const { code, stdout, complaint } = await part.ended;
  if (code === ExitCode.TryLater) throw new TryLater(complaint || unreadIn(stdout));
  if (code !== ExitCode.Done && code !== ExitCode.Damaged) throw new WorldFault(complaint);
  const { verdicts } = JSON.parse(stdout) as { verdicts: Verdict[] };
  const found = verdicts.flatMap(({ backupId, place, problem }) =>
    problem === null ? [] : [`${backupId} (${place}): ${problem}`],
  );
  return found.length === 0 ? null : `found damage: ${found.join("; ")}`;
}

function unreadIn(stdout: string): string {
  const { unread = [] } = JSON.parse(stdout) as Pick<VerifyContext, "unread">;
  return unread.map(({ backupId, place, reason }) => `${backupId} (${place}): ${reason}`).join("; ");
}

async function mustTakeBackups({ node, self }: Decided): Promise<boolean> {
  if (self.leads || self.alone) return false;
  return (await node.http.metrics().catch(() => undefined))?.role === "leader";
}

async function doDuties({ duties }: VerifyJob, reporter: Reporter): Promise<void> {
  try {
    await duties();
  } catch (error) {
    reporter.emit({ event: "note", message: `beside a verification: ${explain(error).message}` });
  }
}
