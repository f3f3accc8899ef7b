import { readFile } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { type OldMember, oldMemberSchema } from "../../model/inPlace";
import type { RecoveryGated } from "../../model/records";
import { describeLocation } from "../../model/reference";
import { parseStored } from "../archive/stored";
import { archiveFor, recoveryKey, resolve } from "../commands/plan";
import type { Node } from "../context";
import type { ClusterInfo } from "../database/admin";
import { parseConfig } from "../database/config";
import { readIfThere, removeFile, replaceFile } from "../host/files";
import { lineageName } from "../lineage";
import { Refused, WorldFault } from "../run/errors";
import { rest } from "../run/interrupt";
import type { Procedure, StepControl } from "../run/steps";
import { readStream } from "../stream";
import {
  closeGate,
  databaseFiles,
  openPhase,
  readRestored,
  recordsOf,
  refuseChangedPlan,
  type RestoreContext,
  unlessDone,
} from "./context";
import { inPlaceOf, readGated, refuseGivenUp } from "./inPlace";
import { checkSpace, readManifest } from "./material";
import { refuseForeignSwap, swapUnderWay } from "./swap";
import { saveTail } from "./tail";
import { thaw } from "./thaw";
import { mustDecrypt, refuseWithoutAge } from "./unsealed";

/**
 * Stops an old member so that nobody starts it again, and saves what it has not archived. All of them are gated before
 * anything moves (protocol 22). Repeated, it makes sure of it again, until new data is in place.
 */
export const restoreGate: Procedure<RestoreContext> = {
  name: "restore-gate",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: look },
    unlessDone({ name: "plan", title: "hold the plan against what was shown", run: checkPlan }),
    unlessDone({ name: "recognise", title: "recognise the data that is put aside", run: recognise }),
    unlessDone({ name: "members", title: "note the members of the old cluster", run: noteMembers }),
    unlessDone({ name: "thaw", title: "thaw what lies in an archive class, before anything stops", run: thawFirst }),
    unlessDone({ name: "gate", title: "keep the database from starting", run: closeGate }),
    unlessDone({ name: "stop", title: "stop the database", run: stop }),
    unlessDone({ name: "tail", title: "save the log that is not archived yet", run: tail }),
    unlessDone({ name: "hold", title: "hold archiving until the recovery is accepted", run: hold }),
    unlessDone({ name: "record", title: "record that this member is stopped", run: record }),
  ],
};

async function look(context: RestoreContext): Promise<void> {
  await openPhase(context);
  inPlaceOf(context);
  await refuseGivenUp(context);
  const restored = await readRestored(context);
  // From the first move on, this node's own phase knows what there is to do.
  context.done = context.mark !== undefined || restored !== undefined || (await swapUnderWay(context));
  refuseOtherArchive(context);
}

/** The tail goes where this node's log goes, and the plan was made from what lies there. */
function refuseOtherArchive({ node, spec }: RestoreContext): void {
  const [own, planned] = [node.config.archive, spec.plan.archive];
  const same = own.clusterId === planned.clusterId && describeLocation(own) === describeLocation(planned);
  if (same) return;
  throw new Refused(
    `${spec.node} archives into ${describeLocation(own)} of ${own.clusterId}, but the recovery reads ${describeLocation(planned)} of ${planned.clusterId}. A restore in place is made from the cluster's own archive. Nothing was touched.`,
  );
}

/** Before anything is stopped: what would be refused later costs nothing now. */
async function checkPlan(context: RestoreContext): Promise<void> {
  const { spec, node } = context;
  const resolved = await resolve(spec.plan);
  context.resolved = resolved;
  refuseChangedPlan(context, resolved, `nothing on ${spec.node}`);
  if (spec.members[0]?.id !== spec.node) return;
  const { trustedKeys = [] } = spec.plan;
  const archive = await archiveFor(resolved.plan, context.places?.places ?? [], trustedKeys);
  const manifest = await readManifest(archive, resolved.plan, trustedKeys);
  Object.assign(context, { source: archive, manifest });
  if (await mustDecrypt(archive, resolved.plan)) await refuseWithoutAge(spec.node);
  await checkSpace({ plan: resolved.plan, manifest }, node.config.node.dataDirectory);
}

/** By the first node alone: a thaw takes hours, and the cluster takes writes meanwhile. */
async function thawFirst(context: RestoreContext, control: StepControl): Promise<void> {
  const { manifest, source: archive, resolved } = context;
  if (manifest === undefined || archive === undefined || resolved === undefined) return;
  await thaw({ manifest, archive, plan: resolved.plan }, control);
}

/** The data that goes aside is that of the lineage that was named, and of nothing else (I5). */
async function recognise(context: RestoreContext): Promise<void> {
  const { node, spec } = context;
  const { replaces } = inPlaceOf(context);
  const { dataDirectory, adminUrl } = node.config.node;
  await refuseForeignSwap(context);
  const running = await node.service.running();
  if (!running && (await node.http.answers())) {
    throw new Refused(
      `a database runs on ${spec.node} (${adminUrl}) that its service manager did not start, and could not be kept stopped. Stop it by hand; nothing was touched.`,
    );
  }
  const stream = await readStream(node);
  const info = running ? await infoOf(node, stream !== undefined) : undefined;
  const found = [
    ...(stream === undefined ? [] : [stream.lineage]),
    ...(info === undefined ? [] : [lineageName(info.clusterId)]),
  ];
  const other = found.find((lineage) => lineage !== replaces);
  if (other !== undefined) {
    throw new Refused(
      `${dataDirectory} on ${spec.node} holds lineage ${other}, not ${replaces}, which this recovery replaces. Is it the right host? Nothing was touched.`,
    );
  }
  if (stream !== undefined && stream.nodeId !== spec.node) {
    throw new Refused(`${dataDirectory} on ${spec.node} holds the log of ${stream.nodeId}. Nothing was touched.`);
  }
  if (found.length === 0) await refuseUnknownData(context);
}

/** A database that runs and does not answer is often why one restores: what is known otherwise must do then. */
function infoOf(node: Node, elsewhere: boolean): Promise<ClusterInfo | undefined> {
  return node.admin.clusterInfo().catch((error: unknown) => {
    if (!elsewhere) throw error;
    return undefined;
  });
}

/** A member whose disk was replaced has nothing to lose. */
async function refuseUnknownData(context: RestoreContext): Promise<void> {
  const { node, spec } = context;
  const { dataDirectory } = node.config.node;
  if ((await databaseFiles(dataDirectory)).length === 0) return;
  if ((await readGated(recordsOf(context), spec.plan, spec.node)) !== undefined) return;
  throw new Refused(
    `${dataDirectory} on ${spec.node} holds data, and neither a running database nor the note of its log tells of which lineage it is. Start it and run this again, or move the data away by hand. Nothing was touched.`,
  );
}

/**
 * By the configuration, and by the database where it runs: one of them may know of a member that the other does not. What
 * was known is kept: when a run that dies has stopped the database, the next one cannot ask it any more.
 */
async function noteMembers(context: RestoreContext): Promise<void> {
  const { configFile, address, id } = context.node.config.node;
  const peers = parseConfig(await readFile(configFile, "utf8"), configFile).cluster?.peers;
  const configured: OldMember[] = (Array.isArray(peers) ? peers : []).map((peer) => ({
    id: null,
    address: String(peer),
  }));
  const info = (await context.node.service.running()) ? await infoOf(context.node, true) : undefined;
  const live: OldMember[] = (info?.members ?? []).map((member) => ({ id: member.id, address: member.address }));
  const others = [...configured, ...live].filter((member) => member.address !== address && member.id !== id);
  const { recoveryId } = context.spec.plan;
  context.members = distinct([...(await notedMembers(context)), ...others]);
  await replaceFile(membersFile(context), `${JSON.stringify({ recoveryId, members: context.members })}\n`);
}

function membersFile({ node }: RestoreContext): string {
  return path.join(node.paths.state, "old-members.json");
}

const notedSchema = v.object({ recoveryId: v.string(), members: v.array(oldMemberSchema) });

/** What an earlier run of this phase found. */
async function notedMembers(context: RestoreContext): Promise<OldMember[]> {
  const file = membersFile(context);
  const text = await readIfThere(file);
  const noted = text === undefined ? undefined : parseStored(notedSchema, text, file);
  return noted?.recoveryId === context.spec.plan.recoveryId ? noted.members : [];
}

function distinct(members: readonly OldMember[]): OldMember[] {
  return [...new Map(members.map((member) => [`${member.id} ${member.address}`, member])).values()];
}

const stopDeadlineMs = 30_000;

/** Asked to stop, and seen to be gone: a server that is slow to end still takes writes. */
async function stop(context: RestoreContext, control: StepControl): Promise<void> {
  const { node, spec } = context;
  await node.service.stop();
  await control.point();
  for (const deadline = Date.now() + stopDeadlineMs; ; await rest(100)) {
    if (!(await node.service.running()) && !(await node.http.answers())) return;
    if (Date.now() > deadline)
      throw new WorldFault(`the database on ${spec.node} was stopped and still answers. Look at its processes.`);
  }
}

async function tail(context: RestoreContext, control: StepControl): Promise<void> {
  context.result.tail = await saveTail(context.node, inPlaceOf(context).replaces, control);
}

/** What the agent remembers of the old log says nothing about the new one. */
async function hold(context: RestoreContext): Promise<void> {
  const { paths } = context.node;
  await replaceFile(paths.hold, `until recovery ${context.spec.plan.recoveryId} is accepted\n`);
  for (const file of [paths.offered, paths.ahead, path.join(paths.state, "last-watermark")]) await removeFile(file);
}

async function record(context: RestoreContext): Promise<void> {
  const { spec, node } = context;
  const { recoveryId } = spec.plan;
  context.result.state = "gated";
  if ((await readGated(recordsOf(context), spec.plan, spec.node)) !== undefined) return;
  const gated: RecoveryGated = {
    format: "neumann-recovery-gated/1",
    recoveryId,
    nodeId: spec.node,
    address: node.config.node.address,
    firstNode: spec.members[0]?.id ?? spec.node,
    members: context.members ?? [],
    gatedAt: new Date().toISOString(),
  };
  await recordsOf(context).putText(recoveryKey(spec.plan, `gated-${spec.node}`), `${JSON.stringify(gated)}\n`);
  await removeFile(membersFile(context));
}
