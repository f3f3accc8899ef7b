import { rm } from "node:fs/promises";
import { changeConfig } from "../database/config";
import { refuseWithoutPrograms } from "../database/programs";
import { recoveryState, type RecoveryState } from "../commands/plan";
import { openPhase, readRestored, recordsOf, resolvedOf, type RestoreContext } from "../restore/context";
import { pinningSteps, placingSteps, releaseClaims, startAlone } from "../restore/first";
import { joinedBefore, type JoinContext, markJoined, refuseUnlessEmpty } from "../restore/join";
import { makeDirectory, replaceFile } from "../host/files";
import { Refused, TryLater } from "../run/errors";
import type { Reporter } from "../run/events";
import { type Procedure, runProcedure, type StepControl } from "../run/steps";
import type { PodRecovery, PodSettings } from "../../model/kubernetes/pod";
import type { RestoreSpec } from "../../model/specs";
import { readNote } from "./note";
import { keep, readKept, type RecordStore } from "./record";

/** A recovery in a pod: the init container's part, and the sidecar's. */
export interface PodRecoveryContext extends JoinContext {
  store: RecordStore;
  state?: RecoveryState;
}

/**
 * The first pod's volume comes from the backup. Nothing is started: that this ends well is what the database's container
 * waits for.
 */
export const podRestore: Procedure<PodRecoveryContext> = {
  name: "pod-restore",
  steps: [
    { name: "records", title: "hold the two records of the recovery against each other", run: lookFirst },
    ...pinningSteps,
    { name: "keep", title: "say outside the volume that it is being restored", run: keepClaimed },
    { name: "forget", title: "forget what another pod noted on the volume", run: forget },
    { name: "hold", title: "hold archiving until it is accepted", run: hold },
    ...placingSteps,
    { name: "configure", title: "configure it as the only member", run: configureFirst },
  ],
  settle: releaseClaims,
};

/** Another pod, or the first one whose volume was lost after the acceptance: it comes up empty beside those that run. */
export const podJoin: Procedure<PodRecoveryContext> = {
  name: "pod-join",
  steps: [
    { name: "records", title: "hold the two records of the recovery against each other", run: lookJoining },
    { name: "hold", title: "hold archiving until it is accepted", run: hold },
    { name: "mark", title: "mark the empty volume", run: markOnce },
    { name: "configure", title: "name the members that run", run: configureJoining },
  ],
};

/** What this pod does, by the records and by what lies on its volume. Changes nothing. */
export async function podTurn(context: PodRecoveryContext): Promise<Procedure<PodRecoveryContext>> {
  const { spec } = context;
  if (spec.members[0]?.id !== spec.node) return podJoin;
  await openPhase(context);
  if (context.mark !== undefined) return context.mark.how === "joined" ? podJoin : podRestore;
  // Whatever lies there: what is accepted is never restored again.
  return (await recoveryState(spec.plan, recordsOf(context))) === "accepted" ? podJoin : podRestore;
}

const done: readonly RecoveryState[] = ["restored", "accepted"];

/** Both records, which must tell the same (protocol 26), and the volume. */
async function look(context: PodRecoveryContext): Promise<void> {
  await openPhase(context);
  const { spec, store, node, mark } = context;
  const { recoveryId } = spec.plan;
  if (mark !== undefined && mark.recoveryId !== recoveryId) {
    throw new Refused(
      `${node.config.node.dataDirectory} on ${spec.node} holds the data of recovery ${mark.recoveryId} (${mark.how}); recovery ${recoveryId} does not touch it. Go back to recoveryId ${mark.recoveryId}, or recover into another namespace, with empty volumes.`,
    );
  }
  const kept = await readKept(store, spec);
  const isKept = kept !== undefined && kept.state !== "claimed";
  context.state = await recoveryState(spec.plan, recordsOf(context));
  if (isKept && !done.includes(context.state)) {
    throw new Refused(
      `${store.name} says that recovery ${recoveryId} is ${kept.state}, and the archive does not: its records are gone, or it is another archive. Nothing was touched. Look at the archive; a second restore needs a new recoveryId and empty volumes.`,
    );
  }
  // A volume that is marked tells that it was restored here: then the sidecar says it again in the record.
  if (mark === undefined && !isKept && done.includes(context.state)) {
    throw new Refused(
      `recovery ${recoveryId} is ${context.state}, and ${store.name} knows nothing of it: it was restored elsewhere, in another namespace or another cluster. Nothing was touched. Use a new recoveryId here.`,
    );
  }
}

/** Restored once: a volume that is empty again begins no second cluster out of the old data. */
async function lookFirst(context: PodRecoveryContext): Promise<void> {
  await look(context);
  const { state = "planned", mark, spec } = context;
  if (mark !== undefined || !done.includes(state)) return;
  throw new Refused(
    `recovery ${spec.plan.recoveryId} is ${state}, and the volume of ${spec.node} does not hold it: it is not restored a second time. Nothing was touched. Where it was not accepted, nobody else is known to hold all of it: recover again under a new recoveryId, with empty volumes.`,
  );
}

async function lookJoining(context: PodRecoveryContext, control: StepControl): Promise<void> {
  const { spec, node } = context;
  await look(context);
  if (context.state === "planned" || context.state === "pinned") {
    throw new TryLater(
      `recovery ${spec.plan.recoveryId} has not restored ${spec.members[0]?.id} yet: an empty ${spec.node} waits, or it could begin a cluster of its own`,
    );
  }
  context.restored = await readRestored(context);
  const { mark } = context;
  if (mark?.recoveryId === spec.plan.recoveryId && mark.how === "joined") {
    control.note(`${spec.node} has joined by recovery ${spec.plan.recoveryId} already: its volume stays as it is`);
    return;
  }
  await refuseUnlessEmpty(context);
  await refuseWithoutPrograms(node.config.node);
}

async function keepClaimed({ store, spec, done: restored }: PodRecoveryContext): Promise<void> {
  if (restored !== true) await keep(store, spec, "claimed");
}

/** The volume of a snapshot brings the notes of the pod that it was cut of: they say nothing about the new log. */
async function forget({ volume, mark, node }: PodRecoveryContext): Promise<void> {
  if (volume === undefined || mark !== undefined) return;
  const { state, leases } = node.paths;
  await rm(state, { recursive: true, force: true });
  await makeDirectory(leases, 0o750);
}

/** Only before there is any data: what serves is never held again. */
async function hold({ state, mark, spec, node }: PodRecoveryContext): Promise<void> {
  if (state === "accepted" || mark !== undefined) return;
  await replaceFile(node.paths.hold, `until recovery ${spec.plan.recoveryId} is accepted\n`);
}

async function markOnce(context: PodRecoveryContext): Promise<void> {
  await markJoined(context);
}

/** Each pod brings the final list of members; what is not accepted yet begins alone. */
async function configureFirst(context: PodRecoveryContext): Promise<void> {
  const { state } = resolvedOf(context);
  context.result.state = done.includes(state) ? state : "in place";
  if (state !== "accepted") await startAlone(context);
}

async function configureJoining(context: PodRecoveryContext): Promise<void> {
  const { node, spec, state } = context;
  const others = spec.members.filter(({ id }) => id !== spec.node).map(({ address }) => address);
  const peers = state === "accepted" ? others : joinedBefore(context);
  await changeConfig(node.config.node.configFile, { cluster: { peers } });
  context.result.state = "joining";
  context.result.peers = peers;
}

/** The part of a recovery that is the same for every pod. */
export type PodRecoveryRequest = Pick<RestoreContext, "node" | "spec"> & Pick<PodRecoveryContext, "store">;

export function podContext({ node, spec, store }: PodRecoveryRequest): PodRecoveryContext {
  const result = { recoveryId: spec.plan.recoveryId, nodeId: spec.node };
  return { node, spec, store, began: performance.now(), result };
}

/**
 * What the init container does: prepares this pod's volume, or finds that it is.
 * @throws TryLater where another pod comes first, and Refused where going on could lose data or begin a second cluster.
 */
export async function restorePod(request: PodRecoveryRequest, reporter: Reporter): Promise<Record<string, unknown>> {
  const context = podContext(request);
  if ((await readNote(request.node, request.spec)) === "accepted") {
    return { ...context.result, state: "accepted" };
  }
  await runProcedure(await podTurn(context), context, reporter);
  return context.result;
}

/** @throws Refused for a cluster that does not come from a backup. */
export function recoveryOf({ recovery, pod }: PodSettings): PodRecovery {
  if (recovery !== undefined) return recovery;
  throw new Refused(`${pod} is of a cluster that does not come from a backup: there is no recovery.`);
}

/** What the recovery is to one pod. */
export function podSpec(settings: PodSettings, identity?: string): RestoreSpec {
  const { plan, planDigest, clusterName, members } = recoveryOf(settings);
  const opened = identity === undefined ? plan : { ...plan, identity };
  return { plan: opened, planDigest, clusterName, members, node: settings.pod };
}
