import { type CatalogEntry, newestGood } from "../../model/catalog";
import type { RecoveryAccepted, RecoveryRestored } from "../../model/records";
import { parseStored } from "../archive/stored";
import { recoveryAcceptedSchema } from "../../model/records";
import { recoveryKey, resolve } from "../commands/plan";
import { full, type FullContext } from "../commands/full";
import { readCatalog } from "../archive/catalog";
import { openArchive } from "../archive/open";
import { changeConfig } from "../database/config";
import { exists, removeFile } from "../host/files";
import { writeLineage } from "../lineage";
import { Damaged, TryLater, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { type Procedure, runProcedure, type StepControl } from "../run/steps";
import { openPhase, readMark, readRestored, recordsOf, type RestoreContext } from "./context";
import { Refused } from "../run/errors";
import { rest } from "../run/interrupt";

export interface AcceptContext extends RestoreContext {
  restored?: RecoveryRestored;
  accepted?: RecoveryAccepted;
  base?: CatalogEntry;
  reporter: Reporter;
}

/** Final peers, the new lineage, and archiving flows. */
export const restoreRelease: Procedure<AcceptContext> = {
  name: "restore-release",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: lookAtRecovery },
    { name: "peers", title: "write the final list of peers", run: peers },
    { name: "lineage", title: "begin the new lineage", run: lineage },
    { name: "release", title: "let archiving flow", run: release },
  ],
};

/** The first backup of the new lineage, on whichever node leads. */
export const restoreBase: Procedure<AcceptContext> = {
  name: "restore-base",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: lookAtRecovery },
    { name: "base", title: "take the first base backup", run: base },
  ],
};

/** Checks everything once more and says "accepted". */
export const restoreAccept: Procedure<AcceptContext> = {
  name: "restore-accept",
  steps: [
    { name: "look", title: "look at the recovery and at this node", run: lookAtRecovery },
    { name: "members", title: "check the members", run: members },
    { name: "data", title: "check counts and checksums", run: data },
    { name: "base", title: "check the base backup", run: checkBase },
    { name: "record", title: "record the acceptance", run: record },
  ],
};

/** How far the recovery is, and whether this is a node of it. @throws Refused where it is not restored. */
export async function lookAtRecovery(context: AcceptContext): Promise<void> {
  await openPhase(context);
  const { recoveryId } = context.spec.plan;
  context.restored = await readRestored(context);
  if (context.restored === undefined)
    throw new Refused(
      `recovery ${recoveryId} has not restored its first node yet: run its phases in their order, as \`pulumi up\` does`,
    );
  if ((await readMark(context.node.config.node.dataDirectory))?.recoveryId !== recoveryId) {
    throw new Refused(`${context.spec.node} is not a node of recovery ${recoveryId}: its data folder does not say so`);
  }
  const key = recoveryKey(context.spec.plan, "accepted");
  const text = await recordsOf(context).getText(key);
  if (text !== undefined) context.accepted = parseStored(recoveryAcceptedSchema, text, key);
}

function restoredOf(context: AcceptContext): RecoveryRestored {
  if (context.restored === undefined) throw new Error("the first step reads the record");
  return context.restored;
}

/** Read by the database at its next start: a running member knows the others from the log. */
async function peers(context: AcceptContext): Promise<void> {
  const { members: all, node } = context.spec;
  const others = all.filter((member) => member.id !== node).map((member) => member.address);
  await changeConfig(context.node.config.node.configFile, { cluster: { peers: others } });
}

async function lineage(context: AcceptContext): Promise<void> {
  const restored = restoredOf(context);
  const { clusterId } = context.spec.plan.archive;
  const { plan } = await resolve({ ...context.spec.plan, approvedPlanDigest: undefined });
  const record = await writeLineage(recordsOf(context), {
    format: "neumann-lineage/1",
    lineage: restored.lineage,
    clusterId,
    databaseClusterId: restored.databaseClusterId,
    purpose: context.spec.plan.cloneOf === undefined ? "production" : "clone",
    createdAt: restored.restoredAt,
    parent: {
      lineage: plan.source.lineage,
      index: restored.index,
      backupId: plan.source.backupId,
      recoveryId: plan.recoveryId,
    },
  });
  // The same record in the archive that this cluster writes from now on, and in the other.
  for (const archive of await ownArchives(context)) await writeLineage(archive, record);
  context.result.lineage = record.lineage;
}

async function ownArchives(context: AcceptContext) {
  const { archive } = context.node.config;
  const primary = await openArchive(archive, archive.clusterId, "primary");
  if (archive.offsite === undefined) return [primary];
  return [primary, await openArchive(archive.offsite, archive.clusterId, "offsite")];
}

async function release(context: AcceptContext, control: StepControl): Promise<void> {
  const { hold } = context.node.paths;
  if (!(await exists(hold))) return;
  await control.point();
  await removeFile(hold);
}

/** A good backup of the new history. */
export async function findBase(context: AcceptContext): Promise<CatalogEntry | undefined> {
  const { archive, policy } = context.node.config;
  const primary = await openArchive(archive, archive.clusterId, "primary");
  const places = [{ place: "primary" as const, archive: primary }];
  const catalog = await readCatalog(archive.clusterId, places, policy.signing.trustedKeys);
  return newestGood(catalog, restoredOf(context).lineage);
}

async function base(context: AcceptContext): Promise<void> {
  const there = context.accepted ? undefined : await findBase(context);
  context.result.backupId = context.accepted?.baseBackupId ?? there?.manifest.backupId ?? null;
  if (context.result.backupId !== null) return;
  const { leaderId, nodeId } = await context.node.admin.clusterInfo();
  if (leaderId !== nodeId) return;
  const backup: FullContext = { node: context.node };
  await runProcedure(full, backup, context.reporter);
  context.result.backupId = backup.run?.backupId ?? null;
}

const healthyDeadlineMs = 60_000;

async function members(context: AcceptContext): Promise<void> {
  if (context.accepted) return;
  const expected = context.spec.members.map((member) => member.id).sort();
  for (const deadline = Date.now() + healthyDeadlineMs; ; await rest(100)) {
    const info = await context.node.admin.clusterInfo().catch(() => undefined);
    const found = info?.members.map((member) => member.id).sort() ?? [];
    const same = JSON.stringify(found) === JSON.stringify(expected);
    if (same && (await context.node.admin.healthyQuorum())) return;
    if (Date.now() > deadline) {
      throw new WorldFault(
        `the cluster's members are ${found.join(", ") || "unknown"}; expected ${expected.join(", ")}, all healthy`,
      );
    }
  }
}

async function data(context: AcceptContext): Promise<void> {
  if (context.accepted) return;
  const { totalEntries } = restoredOf(context);
  const found = await context.node.admin.totalEntries();
  if (totalEntries !== null && found !== null && found < totalEntries) {
    throw new Damaged(
      `${context.spec.node} counts ${found} entries, fewer than the ${totalEntries} that were restored`,
    );
  }
  await context.node.admin.mustRun(["verify-checksums"], { timeoutSeconds: 3600 });
}

async function checkBase(context: AcceptContext): Promise<void> {
  if (context.accepted) return;
  context.base = await findBase(context);
  if (context.base === undefined) {
    throw new TryLater(
      "the recovered cluster has no good base backup yet (leadership moved while it was taken): run `pulumi up` again. Until then it is not accepted.",
    );
  }
}

async function record(context: AcceptContext): Promise<void> {
  const restored = restoredOf(context);
  const { members: all, plan } = context.spec;
  const accepted: RecoveryAccepted = context.accepted ?? {
    format: "neumann-recovery-accepted/1",
    recoveryId: plan.recoveryId,
    lineage: restored.lineage,
    baseBackupId: context.base?.manifest.backupId ?? "",
    baseTier: context.base?.manifest.tier ?? "full",
    acceptedAt: new Date().toISOString(),
    members: all.map((member) => member.id),
  };
  const text = `${JSON.stringify(accepted)}\n`;
  const key = recoveryKey(plan, "accepted");
  if (context.accepted === undefined) await recordsOf(context).putText(key, text);
  for (const archive of await ownArchives(context)) {
    if ((await archive.getText(key)) === undefined) await archive.putText(key, text);
  }
  const seconds = (Date.parse(accepted.acceptedAt) - Date.parse(restored.restoredAt)) / 1000 + restored.seconds;
  Object.assign(context.result, accepted, { state: "accepted", index: restored.index, seconds });
}
