import { rm } from "node:fs/promises";
import { PlanRefused } from "../../model/planRefused";
import type { RecoveryPin, RecoveryRestored } from "../../model/records";
import { counted } from "../../model/units";
import { Conflict } from "../archive/archive";
import { putDecryption } from "../archive/verifications";
import { restartDueFile } from "../commands/install";
import { archiveFor, recoveryKey, recoveryState, resolve } from "../commands/plan";
import { changeConfig } from "../database/config";
import { removeFile } from "../host/files";
import { lineageName } from "../lineage";
import { resumeUntilDone } from "../pause";
import { Damaged, Refused, WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import type { Procedure, Step, StepControl } from "../run/steps";
import {
  claimRecovery,
  closeGate,
  databaseFiles,
  openGate,
  openPhase,
  readRestored,
  recordsOf,
  refuseChangedPlan,
  resolvedOf,
  restorePaths,
  type RestoreContext,
  sourceArchive,
  unlessDone,
} from "./context";
import { readingSource, refuseProductionsNodes } from "./clone";
import { refuseWithoutPrograms } from "../database/programs";
import { refuseGivenUp, refuseUnlessAllGated } from "./inPlace";
import { readManifest } from "./material";
import { oneOrNone, refuseUnlessOpened, refuseWithoutAge } from "./unsealed";
import { promisedEntries, reachedIndex, stagingSteps, thawFirst } from "./stage";
import { readPlannedVolume, refuseExpiring, refuseOtherVolume } from "./volume";
import { refuseForeignSwap, sayWhatIsAside, swapIn, swapUnderWay } from "./swap";

/** Who goes on with a recovery begins with these. */
export const claimingSteps: Step<RestoreContext>[] = [
  { name: "plan", title: "resolve the plan", run: plan },
  unlessDone({ name: "claim", title: "claim the recovery", run: claim }),
];

/** Up to the pinned plan, and what it needs: nothing of the node is touched. */
export const pinningSteps: Step<RestoreContext>[] = [
  ...claimingSteps,
  unlessDone({ name: "recognise", title: "recognise the target", run: recognise }),
  unlessDone({ name: "pin", title: "pin the plan", run: pin }),
  unlessInPlace(thawFirst),
];

/** All is proven in staging before anything of it comes into place; nothing is started there. */
export const placingSteps: Step<RestoreContext>[] = [
  ...stagingSteps.map(unlessInPlace),
  unlessInPlace({ name: "swap", title: "put the proven data in place", run: swapIn }),
];

/** Once the node runs. */
export const livingSteps: Step<RestoreContext>[] = [
  unlessDone({ name: "lead", title: "wait until it leads and takes writes", run: lead }),
  unlessDone({ name: "check-live", title: "check counts and checksums", run: checkLive }),
  unlessDone({ name: "record", title: "record that it is restored", run: record }),
  { name: "clean", title: "remove the staging folder", run: clean },
];

/** Restores on the first node. */
export const restoreFirst: Procedure<RestoreContext> = {
  name: "restore-first",
  steps: [
    ...pinningSteps,
    unlessInPlace({ name: "gate", title: "keep the database from starting", run: closeGate }),
    ...placingSteps,
    unlessDone({ name: "configure", title: "configure it as the only member", run: startAlone }),
    unlessDone({ name: "start", title: "start the node", run: start }),
    ...livingSteps,
  ],
  settle: releaseClaims,
};

export async function releaseClaims(context: RestoreContext): Promise<void> {
  for (const claim of context.claims ?? []) await claim.release();
}

/** The proven data is in place already: a run before this one put it there. */
function unlessInPlace(step: Step<RestoreContext>): Step<RestoreContext> {
  return unlessDone({
    ...step,
    run: async (context, control) => (context.mark === undefined ? step.run(context, control) : undefined),
  });
}

/** What the recovery is, by the archive; `done` where it is restored already. */
async function plan(context: RestoreContext, control: StepControl): Promise<void> {
  await openPhase(context);
  const { spec } = context;
  await refuseGivenUp(context);
  if (spec.members[0]?.id !== spec.node) {
    throw new Refused(`${spec.node} is not the first member: ${spec.members[0]?.id} restores, the others join it`);
  }
  const resolved = await resolve(spec.plan);
  context.resolved = resolved;
  if (await isDone(context, control)) return;
  refuseChangedPlan(context, resolved, "nothing");
  const { trustedKeys = [] } = spec.plan;
  context.source = await archiveFor(resolved.plan, context.places?.places ?? [], trustedKeys);
  const { source } = context;
  if (resolved.plan.source.volume !== undefined) {
    context.volume = await readPlannedVolume(source, resolved.plan, trustedKeys);
  } else {
    context.manifest = await readingSource(context, () => readManifest(source, resolved.plan, trustedKeys));
  }
  await refuseClosed(context);
}

/** Whether it was restored by a run before this one, here or elsewhere; then that run's result is this one's. */
async function isDone(context: RestoreContext, control: StepControl): Promise<boolean> {
  const { state, plan } = resolvedOf(context);
  if (state !== "restored" && state !== "accepted") return false;
  context.done = true;
  Object.assign(context.result, await readRestored(context), { state, bytes: plan.source.plainBytes });
  control.note(`recovery ${plan.recoveryId} is ${state} already: nothing is restored again`);
  return true;
}

/** The plan is held against others' by its pin. Since it was resolved another run may have restored it, or given it up, and let go of the claim. */
async function claim(context: RestoreContext, control: StepControl): Promise<void> {
  await claimRecovery(context);
  await refuseGivenUp(context);
  const state = await recoveryState(context.spec.plan, recordsOf(context));
  context.resolved = { ...resolvedOf(context), state };
  await isDone(context, control);
}

/** What is decrypted already needs nobody's identity to go on. */
async function refuseClosed(context: RestoreContext): Promise<void> {
  if (context.mark !== undefined || (await swapUnderWay(context))) return;
  const { plan: wanted, node } = context.spec;
  const { plan: known } = resolvedOf(context);
  const identities = oneOrNone(wanted.identity);
  const decrypts = await readingSource(context, () => refuseUnlessOpened(sourceArchive(context), known, identities));
  if (decrypts) await refuseWithoutAge(node);
}

/** The target is this recovery's, or empty, or gated for it; it never runs, it is never another's (I5). */
async function recognise(context: RestoreContext): Promise<void> {
  const { node, spec, mark } = context;
  const { dataDirectory } = node.config.node;
  if (mark !== undefined) {
    if (mark.recoveryId === spec.plan.recoveryId && mark.how === "restored") return;
    throw new Refused(
      `${dataDirectory} holds the data of recovery ${mark.recoveryId} (${mark.how}); recovery ${spec.plan.recoveryId} does not touch it. Use empty nodes.`,
    );
  }
  if ((await node.service.running()) || (await node.http.answers())) {
    throw new Refused(
      `a database runs on ${spec.node} (${node.config.node.adminUrl}): a recovery never touches a running node. Stop it, or name another node.`,
    );
  }
  await refuseProductionsNodes(context);
  await refuseForeignSwap(context);
  if (await swapUnderWay(context)) return;
  if (spec.plan.inPlace !== undefined) return refuseUnlessAllGated(context);
  await refuseUnlessEmptyOrOfPlan(context);
  await refuseWithoutPrograms(node.config.node);
}

async function refuseUnlessEmptyOrOfPlan({ node, spec, volume }: RestoreContext): Promise<void> {
  const { dataDirectory } = node.config.node;
  if (volume !== undefined) return refuseOtherVolume(dataDirectory, volume);
  const files = await databaseFiles(dataDirectory);
  if (files[0] !== undefined) {
    throw new Refused(
      `${dataDirectory} on ${spec.node} is not empty: it holds ${counted(files.length, "file")}, such as ${files[0]}. A recovery goes onto empty nodes; nothing was touched.`,
    );
  }
}

async function pin(context: RestoreContext): Promise<void> {
  const { digest, plan: approved } = resolvedOf(context);
  const { recoveryId, restorePoint } = context.spec.plan;
  const record: RecoveryPin = {
    format: "neumann-recovery/1",
    recoveryId,
    restorePoint,
    digest,
    firstNode: context.spec.node,
    plan: approved,
  };
  try {
    await recordsOf(context).putText(recoveryKey(context.spec.plan, "plan"), `${JSON.stringify(record)}\n`);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new PlanRefused(
      `recovery ${recoveryId} is pinned to another plan or another first node. Use a new recoveryId.`,
    );
  }
  await refuseExpiring(sourceArchive(context), resolvedOf(context).plan);
}

/** It knows no other member: it must not wait for one. */
export async function startAlone(context: RestoreContext): Promise<void> {
  await changeConfig(context.node.config.node.configFile, { cluster: { peers: [] } });
}

async function start(context: RestoreContext, control: StepControl): Promise<void> {
  await openGate(context.node);
  await control.point();
  // It starts with the configuration as it is: no restart is due for what was installed before.
  await removeFile(restartDueFile(context.node.config));
  // Before it starts: a masked unit cannot be started.
  await context.node.service.enable();
  await context.node.service.start();
}

const leadDeadlineMs = 60_000;

async function lead(context: RestoreContext): Promise<void> {
  const { node } = context;
  for (const deadline = Date.now() + leadDeadlineMs; ; await rest(50)) {
    const metrics = await node.http.metrics().catch(() => undefined);
    if (metrics?.role === "leader" && (await node.admin.healthyQuorum())) break;
    if (Date.now() > deadline)
      throw new WorldFault(
        `${context.spec.node} did not become leader in ${leadDeadlineMs / 1000} s. Look at the database's log.`,
      );
  }
  // The snapshot may hold the pause under which it was taken (protocol 27).
  await resumeUntilDone(node, Date.now() + leadDeadlineMs);
}

async function checkLive(context: RestoreContext): Promise<void> {
  const { admin } = context.node;
  const expected = promisedEntries(context);
  const found = await admin.totalEntries();
  if (expected !== null && found !== null && found < expected) {
    throw new Damaged(`the restored node counts ${found} entries; the backup's manifest promises at least ${expected}`);
  }
  await admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
  context.result.totalEntries = found;
}

async function record(context: RestoreContext, control: StepControl): Promise<void> {
  const info = await context.node.admin.clusterInfo();
  const { source, recoveryId } = resolvedOf(context).plan;
  const restored: RecoveryRestored = {
    format: "neumann-recovery-restored/1",
    recoveryId,
    nodeId: context.spec.node,
    databaseClusterId: info.clusterId,
    lineage: lineageName(info.clusterId),
    index: await reachedIndex(context),
    totalEntries: context.result.totalEntries as number | null,
    restoredAt: new Date().toISOString(),
    seconds: (performance.now() - context.began) / 1000,
  };
  await control.point();
  await recordsOf(context).putText(recoveryKey(context.spec.plan, "restored"), `${JSON.stringify(restored)}\n`);
  if (source.recipients !== undefined) {
    await putDecryption(recordsOf(context), context.spec.plan.archive.clusterId, source.recipients);
  }
  Object.assign(context.result, restored, { state: "restored", bytes: source.plainBytes });
}

async function clean(context: RestoreContext, control: StepControl): Promise<void> {
  if (context.mark?.recoveryId !== context.spec.plan.recoveryId) return;
  const paths = restorePaths(context);
  await sayWhatIsAside(context, control);
  // The mark moves last: all moves are done, also those of a run that died before it took its journal away.
  await removeFile(paths.journal);
  await rm(paths.staging, { recursive: true, force: true });
}
