import { explain, ExitCode, TryLater } from "../run/errors";
import type { Reporter } from "../run/events";
import { rest } from "../run/interrupt";
import { type Procedure, runProcedure, type Step } from "../run/steps";
import { type AcceptContext, findBase, lookAtRecovery, restoreRelease } from "../restore/accept";
import { openPhase, readMark, readRestored } from "../restore/context";
import { claimingSteps, livingSteps, releaseClaims } from "../restore/first";
import { catchUp } from "../restore/join";
import { readNote, writeNote } from "./note";
import type { Phases } from "./phases";
import { keep, readKept } from "./record";
import { type PodRecoveryContext, podContext, type PodRecoveryRequest } from "./restore";

const start: Step<PodRecoveryContext> = {
  name: "start",
  title: "wait until the kubelet has started the database",
  run: ({ node }) => node.service.start(),
};

/** Outside the volume first: what the note on it lets go unasked was said there. */
const settleSteps: Step<PodRecoveryContext>[] = [
  {
    name: "keep",
    title: "say outside the volume that it is restored",
    run: ({ store, spec }) => keep(store, spec, "restored"),
  },
  { name: "note", title: "note that this pod is a member", run: ({ node, spec }) => writeNote(node, spec, "live") },
];

/** What is left of the restore once the first pod's database runs. */
export const podFirst: Procedure<PodRecoveryContext> = {
  name: "pod-first",
  steps: [
    ...claimingSteps,
    { name: "since", title: "look when it began", run: since },
    start,
    ...livingSteps,
    ...settleSteps,
  ],
  settle: releaseClaims,
};

/** What is left of the join once another pod's database runs. */
export const podMember: Procedure<PodRecoveryContext> = {
  name: "pod-member",
  steps: [
    { name: "look", title: "look at the recovery", run: lookAtRestored },
    start,
    { name: "catch-up", title: "wait until it has caught up", run: catchUp },
    ...settleSteps,
  ],
};

/** Says that nothing is left to do. */
export const podAccepted: Procedure<PodRecoveryContext> = {
  name: "pod-accepted",
  steps: [
    {
      name: "keep",
      title: "say outside the volume that it is accepted",
      run: ({ store, spec }) => keep(store, spec, "accepted"),
    },
    {
      name: "note",
      title: "note that nothing is left to do",
      async run({ node, spec }, control) {
        await control.point();
        await writeNote(node, spec, "accepted");
      },
    },
  ],
};

/** The init container has done the longer part of it. */
async function since(context: PodRecoveryContext): Promise<void> {
  const kept = await readKept(context.store, context.spec);
  if (kept !== undefined) context.began = performance.now() - Math.max(0, Date.now() - Date.parse(kept.claimedAt));
}

async function lookAtRestored(context: PodRecoveryContext): Promise<void> {
  await openPhase(context);
  context.restored = await readRestored(context);
  if (context.restored === undefined) {
    throw new TryLater(`recovery ${context.spec.plan.recoveryId} has not restored its first pod yet`);
  }
}

export interface PodRecovery extends PodRecoveryRequest {
  reporter: Reporter;
  /** Aborted when the pod ends. */
  stopping: AbortSignal;
  phases: Phases;
  /** Called as soon as the pod may count as ready: the next one is made then. */
  ready: () => void;
}

/**
 * The sidecar's part of a recovery, from whatever point an earlier run of it was ended at: it returns when the recovery
 * is accepted, and what fails meanwhile is said and tried again. A pod that was a member before is ready at once: where
 * all pods come back together the first one must not wait for the others, which are only made when it is ready.
 */
export async function recoverPod(request: PodRecovery): Promise<void> {
  const { node, spec, ready } = request;
  const noted = await readNote(node, spec);
  if (noted !== undefined) ready();
  if (noted === "accepted") return;
  await untilDone(request, () => becomeMember(request));
  ready();
  await untilDone(request, finishing(request));
}

async function becomeMember(request: PodRecovery): Promise<void> {
  const { node, spec, reporter } = request;
  const mark = await readMark(node.config.node.dataDirectory);
  if (mark?.recoveryId !== spec.plan.recoveryId) {
    throw new TryLater(
      `the volume of ${spec.node} is not of recovery ${spec.plan.recoveryId}: its init container has not prepared it`,
    );
  }
  await runProcedure(mark.how === "restored" ? podFirst : podMember, podContext(request), reporter);
}

/** Release on every pod, the first backup on the leader, and acceptance on the first pod, in whatever order they come. */
function finishing(request: PodRecovery): () => Promise<void> {
  const { reporter } = request;
  const context: AcceptContext = { ...podContext(request), reporter };
  let released = false;
  return async () => {
    await lookAtRecovery(context);
    if (!released) {
      await refuseUnlessAllThere(context);
      await runProcedure(restoreRelease, context, reporter);
      released = true;
    }
    await accept(context, request.phases);
    await runProcedure(podAccepted, podContext(request), reporter);
  };
}

/** Its log flows once nobody is missing: the lineage begins with all of them. */
async function refuseUnlessAllThere({ node, spec }: AcceptContext): Promise<void> {
  const { members } = await node.admin.clusterInfo();
  const missing = spec.members.filter(({ id }) => !members.some((member) => member.id === id)).map(({ id }) => id);
  if (missing.length > 0) throw new TryLater(`${missing.join(", ")} did not join yet`);
  if (!(await node.admin.healthyQuorum())) throw new TryLater("the cluster has no healthy quorum yet");
}

/** The first pod accepts also what is accepted: an earlier run may have said so in one archive only. */
async function accept(context: AcceptContext, phases: Phases): Promise<void> {
  const { spec, accepted } = context;
  const [first] = spec.members;
  if (accepted === undefined) await takeBase(context, phases);
  if (first?.id === spec.node) await phases.run("accept");
  else if (accepted === undefined) throw new TryLater(`${first?.id} has not accepted the recovery yet`);
}

async function takeBase(context: AcceptContext, phases: Phases): Promise<void> {
  const { node, spec } = context;
  const { leaderId, nodeId } = await node.admin.clusterInfo();
  const mine = leaderId === nodeId;
  // Once it has ended well it is for nothing, unless leadership moved meanwhile.
  if (mine && (!phases.done.has("base") || (await findBase(context)) === undefined)) await phases.run("base");
  if (spec.members[0]?.id !== spec.node) return;
  // The checks of an acceptance read all data: not before there is something to accept.
  if ((await findBase(context)) === undefined) {
    throw new TryLater("the first backup of the new history is not there yet");
  }
}

const soonMs = 2000;
const laterMs = 60_000;

/** What is wrong is said once for as long as it stays the same. */
async function untilDone(
  { reporter, stopping }: Pick<PodRecovery, "reporter" | "stopping">,
  work: () => Promise<void>,
): Promise<void> {
  for (let said = ""; ;) {
    try {
      return await work();
    } catch (error) {
      stopping.throwIfAborted();
      const { exitCode, message } = explain(error);
      if (message !== said) reporter.emit({ event: "error", message });
      said = message;
      const mayPass = exitCode === ExitCode.TryLater || exitCode === ExitCode.World;
      await rest(mayPass ? soonMs : laterMs);
    }
  }
}
