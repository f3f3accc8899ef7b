import type { RecoveryRestored } from "../../model/records";
import { changeConfig } from "../database/config";
import { restartDueFile } from "../commands/install";
import { removeFile, replaceFile } from "../host/files";
import { Refused, WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import {
  databaseFiles,
  markFile,
  openGate,
  openPhase,
  readRestored,
  type RecoveryMark,
  recordsOf,
  type RestoreContext,
} from "./context";
import { refuseWithoutPrograms } from "../database/programs";
import { readGated, refuseGivenUp } from "./inPlace";
import { putAside, swapUnderWay } from "./swap";
import { rest } from "../run/interrupt";

export interface JoinContext extends RestoreContext {
  restored?: RecoveryRestored;
}

/** Joins this node, empty, to the members before it, and waits until it has what they have (protocol 27). */
export const restoreJoin: Procedure<JoinContext> = {
  name: "restore-join",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    { name: "put-aside", title: "put the old data aside", run: putOldAside },
    { name: "mark", title: "mark the empty data folder", run: markJoined },
    { name: "configure", title: "name the members that run", run: configure },
    { name: "start", title: "start the node, empty", run: start },
    { name: "catch-up", title: "wait until it has caught up", run: catchUp },
  ],
};

/** Members before this one, in the order of joining. */
export function joinedBefore(context: RestoreContext): string[] {
  const { members, node } = context.spec;
  const at = members.findIndex((member) => member.id === node);
  return members.slice(0, at).map((member) => member.address);
}

async function look(context: JoinContext): Promise<void> {
  await openPhase(context);
  await refuseGivenUp(context);
  const { spec, node, mark: found } = context;
  if (spec.members[0]?.id === spec.node)
    throw new Refused(`${spec.node} is the first member: it restores and joins nobody`);
  context.restored = await readRestored(context);
  if (context.restored === undefined) {
    throw new Refused(
      `recovery ${spec.plan.recoveryId} has no restored first node yet: an empty node must not start before it, or it could begin a cluster of its own. Restore the first node, then run this again`,
    );
  }
  if (found?.recoveryId === spec.plan.recoveryId && found.how === "joined") return;
  await refuseUnlessTarget(context);
  await refuseWithoutPrograms(node.config.node);
  if ((await node.service.running()) || (await node.http.answers())) {
    throw new Refused(
      `a database runs on ${spec.node} (${node.config.node.adminUrl}) that this recovery did not start. Stop it, or name another node.`,
    );
  }
}

/** The target is empty, or gated for this recovery (I5). */
async function refuseUnlessTarget(context: JoinContext): Promise<void> {
  if (context.spec.plan.inPlace === undefined) return refuseUnlessEmpty(context);
  if (!(await swapUnderWay(context))) await refuseUnlessGated(context);
}

export async function refuseUnlessEmpty({ node, spec, mark: found }: JoinContext): Promise<void> {
  const { dataDirectory } = node.config.node;
  const [file] = await databaseFiles(dataDirectory);
  if (found === undefined && file === undefined) return;
  const what = found === undefined ? `it holds ${file}` : `it holds the data of recovery ${found.recoveryId}`;
  throw new Refused(
    `${dataDirectory} on ${spec.node} is not empty: ${what}. Only an empty node joins; nothing was touched.`,
  );
}

/** The first node has looked at the others before anything moved; here it is this node's own turn. */
async function refuseUnlessGated(context: JoinContext): Promise<void> {
  const { spec } = context;
  if ((await readGated(recordsOf(context), spec.plan, spec.node)) !== undefined) return;
  throw new Refused(`${spec.node} is not gated for recovery ${spec.plan.recoveryId}. Nothing was touched.`);
}

async function putOldAside(context: JoinContext, control: StepControl): Promise<void> {
  if (context.spec.plan.inPlace === undefined || context.mark !== undefined) return;
  await putAside(context, control);
}

/** Whose node this is, before it is anything. */
export async function markJoined(context: JoinContext): Promise<void> {
  if (context.mark !== undefined) return;
  context.mark = {
    format: "neumann-recovery-mark/1",
    recoveryId: context.spec.plan.recoveryId,
    digest: context.spec.planDigest,
    how: "joined",
  } satisfies RecoveryMark;
  await replaceFile(markFile(context.node.config.node.dataDirectory), `${JSON.stringify(context.mark)}\n`);
}

async function configure(context: JoinContext): Promise<void> {
  if (await context.node.service.running()) return;
  await changeConfig(context.node.config.node.configFile, { cluster: { peers: joinedBefore(context) } });
}

async function start(context: JoinContext, control: StepControl): Promise<void> {
  if (context.spec.plan.inPlace !== undefined) await openGate(context.node);
  await control.point();
  if (!(await context.node.service.running())) await removeFile(restartDueFile(context.node.config));
  // Before it starts: a masked unit cannot be started.
  await context.node.service.enable();
  await context.node.service.start();
}

const catchUpDeadlineMs = 3_600_000;

/** A healthy member that has applied at least what the cluster had committed when it was asked. */
export async function catchUp(context: JoinContext): Promise<void> {
  const { node, spec, restored } = context;
  const goal = Math.max(restored?.index ?? 0, await committed(context));
  for (const deadline = Date.now() + catchUpDeadlineMs; ; await rest(50)) {
    const metrics = await node.http.metrics().catch(() => undefined);
    if (metrics !== undefined && metrics.appliedIndex >= goal && (await node.admin.healthyQuorum())) break;
    if (Date.now() > deadline)
      throw new WorldFault(`${spec.node} did not catch up to index ${goal}. Look at the database's log.`);
  }
  const info = await node.admin.clusterInfo();
  if (restored !== undefined && info.clusterId !== restored.databaseClusterId) {
    throw new Refused(
      `${spec.node} belongs to cluster ${info.clusterId}, not to the restored ${restored.databaseClusterId}: it found other peers. Stop it and look at its network.`,
    );
  }
  context.result.joined = true;
  context.result.appliedIndex = goal;
}

const memberDeadlineMs = 120_000;

/** The cluster's commit index, as soon as this node is a member that sees a leader. */
async function committed({ node, spec }: JoinContext): Promise<number> {
  for (const deadline = Date.now() + memberDeadlineMs; ; await rest(50)) {
    const info = await node.admin.clusterInfo().catch(() => undefined);
    if (info?.leaderId && info.members.some((member) => member.id === spec.node)) return info.commitIndex;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `${spec.node} did not become a member in ${memberDeadlineMs / 1000} s. Can it reach ${spec.members[0]?.address}?`,
      );
    }
  }
}
