import { type Claim, takeClaim } from "../claims";
import type { Node } from "../context";
import { formatSeconds } from "../../model/units";
import { guardPause, pauseTimeoutSeconds, type PauseGuard, resumeUntilDone } from "../pause";
import { WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import type { StepControl } from "../run/steps";
import type { LeaderRun } from "./run";
import { endOfCopy, runOf, takeSnapshot } from "./steps";

/** Something that is taken while writes rest. */
export interface PausedContext {
  node: Node;
  run?: LeaderRun;
  guard?: PauseGuard;
  pauseClaim?: Claim;
  /** Writes may be paused: it was asked for. */
  paused?: boolean;
  /** The pause was answered: nothing of it is still under way. */
  landed?: boolean;
  /** It was answered before any guard can have ended it. */
  landedInTime?: boolean;
  pausedFrom?: number;
  /** What the frozen node said of itself, to be said again after the copy (protocol 11). */
  frozen?: string;
}

/** Sets up what resumes writes if this process dies. */
export async function guard(context: PausedContext): Promise<void> {
  const run = runOf(context);
  const { clusterId } = context.node.config.archive;
  const seconds = context.node.config.policy.full.maxPauseSeconds;
  context.pauseClaim = await takeClaim(run.archive, clusterId, {
    name: "pause",
    node: context.node.config.node.id,
    timeToLiveSeconds: seconds + 60,
  });
  context.guard = await guardPause(context.node, run.archive);
}

/** Pauses writes. */
export async function pause(context: PausedContext, control: StepControl): Promise<void> {
  context.paused = true;
  context.pausedFrom = Date.now();
  await context.node.admin.mustRun(["pause-writes"], { timeoutSeconds: pauseTimeoutSeconds(context.node) });
  context.landed = true;
  context.landedInTime = context.guard?.inForce();
  await control.point();
}

/**
 * Under the pause snapshot, applied and commit index must be one number (protocol 11). What was under way when the pause
 * began, and entries of the pause itself, may still come: a slow disk takes its time over them.
 */
export async function snapshotUnderPause(context: PausedContext, control: StepControl): Promise<void> {
  const run = runOf(context);
  const { maxPauseSeconds } = context.node.config.policy.full;
  const deadline = Date.now() + Math.min(10, maxPauseSeconds / 3) * 1000;
  const counting = context.node.admin.totalEntries(); // While the snapshot is written: the pause is short.
  counting.catch(() => undefined);
  for (;;) {
    await takeSnapshot(run, control);
    const { snapshotIndex, appliedIndex, commitIndex } = await context.node.http.metrics();
    if (snapshotIndex === commitIndex && appliedIndex === commitIndex) {
      run.index = { low: commitIndex, high: commitIndex };
      run.totalEntries = await counting;
      context.frozen = await stateOf(context, run.totalEntries);
      return;
    }
    await logAtRest(context.node, deadline);
  }
}

/** Returns when the log no longer grows; that of a cluster in which somebody writes under our pause never does. */
async function logAtRest(node: Node, deadline: number): Promise<void> {
  for (let before = -1; ; await rest(50)) {
    const { appliedIndex, commitIndex } = await node.http.metrics();
    if (commitIndex === before && appliedIndex === commitIndex) return;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `the log went on although writes were paused, to ${commitIndex} by now: the backup is void. Is another program writing?`,
      );
    }
    before = commitIndex;
  }
}

async function stateOf(context: PausedContext, totalEntries: number | null): Promise<string> {
  const { term, role, commitIndex, appliedIndex, snapshotIndex } = await context.node.http.metrics();
  return JSON.stringify({ term, role, commitIndex, appliedIndex, snapshotIndex, totalEntries });
}

/**
 * Nothing moved under the pause, and it was in force all the time.
 * @throws WorldFault: the backup is void. `what` took too long, if so.
 */
export async function recheck(context: PausedContext, what = "the copy"): Promise<void> {
  const run = runOf(context);
  await endOfCopy(run);
  const now = await stateOf(context, await context.node.admin.totalEntries());
  if (now !== context.frozen) {
    throw new WorldFault(
      `the node moved under the pause: ${context.frozen} became ${now}. Backup ${run.backupId} is void.`,
    );
  }
  if (context.guard?.inForce() !== true) {
    const { maxPauseSeconds } = context.node.config.policy.full;
    throw new WorldFault(
      `${what} took longer than the policy's longest pause of ${maxPauseSeconds} s: the backup is void`,
    );
  }
}

/** Resumes writes, and notes how long they rested. */
export async function resume(context: PausedContext, control: StepControl): Promise<void> {
  const from = context.pausedFrom ?? Date.now();
  await control.point();
  await endOwnPause(context);
  const until = Date.now();
  const seconds = (until - from) / 1000;
  runOf(context).pause = { from: new Date(from).toISOString(), until: new Date(until).toISOString(), seconds };
  control.note(`writes rested for ${formatSeconds(seconds)}`);
  await context.pauseClaim?.release();
  context.pauseClaim = undefined;
}

/** Takes writes again. The guards go only after a pause that is known to have landed; else the watchdog resumes once more. */
export async function endOwnPause(context: PausedContext): Promise<void> {
  if (context.guard === undefined) return;
  // We slept and a guard has ended our pause: one that is there now is an operator's.
  const ended = context.landedInTime === true && (await context.guard.ended());
  // Without a quorum nobody can resume: the watchdog goes on trying when this process is gone.
  if (context.paused === true && !ended) await resumeUntilDone(context.node, Date.now() + 60_000);
  if (context.landed === true || context.paused !== true) await context.guard.release();
  context.guard = undefined;
  context.paused = false;
}
