import { rm } from "node:fs/promises";
import path from "node:path";
import type { Catalog, CatalogEntry } from "../../model/catalog";
import { storedBytes } from "../../model/manifest";
import { planFor } from "../../model/plan";
import type { ReplayPlan } from "../../model/replay";
import { counted, formatCount } from "../../model/units";
import type { VerificationQuery } from "../../model/verification";
import type { Archive } from "../archive/archive";
import type { Node } from "../context";
import type { Admin } from "../database/admin";
import { makeDirectory } from "../host/files";
import { copyTree } from "../host/tree";
import type { FileHashes } from "../restore/fileHashes";
import {
  bootstrapStaged,
  checkBackup,
  fetchBackup,
  fetchSegments,
  type Material,
  readManifest,
  replaySegments,
  treeOf,
} from "../restore/material";
import { question } from "../restore/proof";
import { readingThawed, thaw } from "../restore/thaw";
import { anotherFile, refuseUnlessOpened } from "../restore/unsealed";
import { makeRoom, scratchFolder, whileScratch } from "../restore/scratch";
import { Damaged } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";

/** A backup that is restored to see that it can be. */
export interface RestoredContext {
  node: Node;
  catalog: Catalog;
  entry: CatalogEntry;
  /** It holds the backup. */
  archive: Archive;
  /** The log that a recovery to its end would replay on it; null: none follows. */
  replay: ReplayPlan | null;
  /** Any of them opens what is encrypted. */
  identities: readonly string[];
  /** Of this run alone; removed at its end. */
  folder: string;
  backup?: Material;
  hashes?: FileHashes;
}

export async function restoredContext(
  context: Omit<RestoredContext, "folder" | "backup" | "hashes">,
): Promise<RestoredContext> {
  return { ...context, folder: await scratchFolder(context.node, "verify") };
}

/**
 * What a recovery would do with a backup, in a scratch folder: exactly as it is, then again with the log that follows it.
 * Both are started alone on loopback and questioned. Neither the node's data nor an archive is written to.
 */
export const verifyRestored: Procedure<RestoredContext> = {
  name: "verify-restored",
  steps: [
    { name: "manifest", title: "read the manifest, make room", run: manifest },
    { name: "thaw", title: "thaw what lies in an archive class", run: thawFirst },
    { name: "fetch", title: "fetch and unpack the backup", run: fetch },
    { name: "check-files", title: "check every file", run: check },
    { name: "set-aside", title: "keep the snapshot for the log", run: setAside },
    { name: "bootstrap", title: "make it a cluster of its own, verify checksums", run: bootstrap },
    { name: "ask", title: "start it alone: counts, queries, a write", run: ask },
    { name: "fetch-log", title: "fetch the log", run: fetchLog },
    { name: "replay", title: "replay the log on the snapshot", run: replayLog },
    { name: "bootstrap-replayed", title: "make that a cluster of its own, verify checksums", run: bootstrapReplayed },
    { name: "ask-replayed", title: "start it alone: queries, a write", run: askReplayed },
  ],
  async settle({ folder }) {
    await rm(folder, { recursive: true, force: true });
  },
};

async function manifest(context: RestoredContext, control: StepControl): Promise<void> {
  const { node, catalog, entry, archive, replay, identities, folder } = context;
  const { backupId } = entry.manifest;
  const request = { catalog, restorePoint: `backup:${backupId}`, recoveryId: "verify", nodes: [node.config.node.id] };
  const plan = planFor(request, { base: entry, replay });
  const found = await readManifest(archive, plan, node.config.policy.signing.trustedKeys);
  context.backup = { node, plan, archive, manifest: found, identities, folder };
  await refuseUnlessOpened(archive, plan, identities, anotherFile);
  await makeRoom(context.backup);
  const log = replay === null ? "no log follows it" : `${counted(replay.segments, "segment")} of ${replay.stream}`;
  control.note(`backup ${backupId} (${entry.manifest.tier}, ${entry.place}), ${log}`);
}

function backupOf({ backup }: RestoredContext): Material {
  if (backup === undefined) throw new Error("the first step reads the manifest");
  return backup;
}

/** The same backup with its log, in a folder beside; undefined where there is none. */
function replayedOf(context: RestoredContext): (Material & { log: ReplayPlan }) | undefined {
  const { replay, folder } = context;
  if (replay === null) return undefined;
  return { ...backupOf(context), folder: path.join(folder, "replayed"), log: replay };
}

async function thawFirst(context: RestoredContext, control: StepControl): Promise<void> {
  await thaw(backupOf(context), control);
}

async function fetch(context: RestoredContext, control: StepControl): Promise<void> {
  const backup = backupOf(context);
  context.hashes = await readingThawed(backup, control, () => fetchBackup(backup, control));
}

async function check(context: RestoredContext, control: StepControl): Promise<void> {
  await checkBackup(backupOf(context), control, context.hashes);
}

/** A replay starts from the snapshot as it was stored, with an empty store (protocol 23); the other copy is written to. */
async function setAside(context: RestoredContext, control: StepControl): Promise<void> {
  const replayed = replayedOf(context);
  if (replayed === undefined) return;
  const data = path.join(treeOf(replayed), "data");
  await makeDirectory(data);
  await control.point();
  await copyTree(path.join(treeOf(backupOf(context)), "data", "raft"), path.join(data, "raft"));
}

async function bootstrap(context: RestoredContext, control: StepControl): Promise<void> {
  await bootstrapStaged(backupOf(context), control);
}

async function ask(context: RestoredContext, control: StepControl): Promise<void> {
  const backup = backupOf(context);
  await whileScratch(backup, context.folder, async (admin) => {
    await control.point();
    await answers(admin, backup, backup.manifest.totalEntries);
  });
  await rm(treeOf(backup), { recursive: true, force: true });
}

/** The queries first: the probe write of the proof adds a table. */
async function answers(admin: Admin, { node }: Material, promised: number | null): Promise<void> {
  for (const query of node.config.policy.verification.queries) await answer(admin, query);
  await question(admin, promised);
}

/** By standard input: what is asked is nobody's business who may list processes. */
async function answer(admin: Admin, { statement, minimumRows }: VerificationQuery): Promise<void> {
  const input = `${statement}\n`;
  const { code, stdout, stderr } = await admin.run(["query", "-"], { input, timeoutSeconds: 3600 });
  if (code !== 0) throw new Damaged(`${statement}: a restored copy does not answer: ${stderr.trim() || stdout.trim()}`);
  const found = /(\d+)\D*$/.exec(stdout)?.[1];
  if (found === undefined) {
    throw new Damaged(`${statement}: a restored copy answers without a number: ${stdout.trim().slice(0, 200)}`);
  }
  if (Number(found) >= minimumRows) return;
  throw new Damaged(
    `${statement} finds ${formatCount(Number(found))} in a restored copy; the policy expects ${formatCount(minimumRows)} at least`,
  );
}

async function fetchLog(context: RestoredContext, control: StepControl): Promise<void> {
  const replayed = replayedOf(context);
  if (replayed === undefined) return;
  await readingThawed(replayed, control, () => fetchSegments(replayed, replayed.log, control));
}

async function replayLog(context: RestoredContext, control: StepControl): Promise<void> {
  const replayed = replayedOf(context);
  if (replayed !== undefined) await replaySegments(replayed, replayed.log, control);
}

async function bootstrapReplayed(context: RestoredContext, control: StepControl): Promise<void> {
  const replayed = replayedOf(context);
  if (replayed !== undefined) await bootstrapStaged(replayed, control);
}

/** What was replayed may have deleted entries: no number of them is promised. */
async function askReplayed(context: RestoredContext, control: StepControl): Promise<void> {
  const replayed = replayedOf(context);
  if (replayed === undefined) return;
  await whileScratch(replayed, context.folder, async (admin) => {
    await control.point();
    await answers(admin, replayed, null);
  });
}

/** Bytes that are fetched for it. */
export function bytesFetched({ entry, replay }: Pick<RestoredContext, "entry" | "replay">): number {
  return storedBytes(entry.manifest) + (replay?.bytes ?? 0);
}
