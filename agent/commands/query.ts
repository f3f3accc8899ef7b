import { rm } from "node:fs/promises";
import type { RestorePlan } from "../../model/plan";
import { formatSeconds } from "../../model/units";
import { openReachable } from "../archive/open";
import type { Node } from "../context";
import type { FileHashes } from "../restore/fileHashes";
import {
  bootstrapStaged,
  checkBackup,
  fetchBackup,
  fetchSegments,
  type Material,
  readManifest,
  replaySegments,
} from "../restore/material";
import { readingThawed, thaw } from "../restore/thaw";
import { anotherFile, refuseUnlessOpened } from "../restore/unsealed";
import { makeRoom, scratchFolder, whileScratch } from "../restore/scratch";
import { WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";
import { archiveFor, planNow } from "./plan";

/** A look back: what a restore point holds, asked of a scratch copy beside the running database. */
export interface QueryContext {
  node: Node;
  restorePoint: string;
  /** One statement a line. */
  statements: string;
  /** Any of them opens what is encrypted. */
  identities: readonly string[];
  /** Of this run alone; removed at its end. */
  folder: string;
  material?: Material;
  hashes?: FileHashes;
  /** Index that the copy ends at. */
  index?: number;
  /** What the database printed. */
  answer?: string;
}

export async function queryContext(asked: Omit<QueryContext, "folder">): Promise<QueryContext> {
  return { ...asked, folder: await scratchFolder(asked.node, "query") };
}

/** Restores into a folder of its own, starts that alone on loopback, asks and throws it away. Production is not touched. */
export const query: Procedure<QueryContext> = {
  name: "query",
  steps: [
    { name: "plan", title: "choose backup and log", run: plan },
    { name: "thaw", title: "thaw what lies in an archive class", run: thawFirst },
    { name: "fetch", title: "fetch and unpack the backup", run: fetch },
    { name: "check-files", title: "check every file", run: check },
    { name: "fetch-log", title: "fetch the log", run: fetchLog },
    { name: "replay", title: "replay the log", run: replay },
    { name: "bootstrap", title: "make the copy a cluster of its own", run: bootstrap },
    { name: "ask", title: "start the copy alone and ask it", run: ask },
  ],
  async settle({ folder }) {
    await rm(folder, { recursive: true, force: true });
  },
};

async function plan(context: QueryContext, control: StepControl): Promise<void> {
  const { node, restorePoint, identities } = context;
  const { archive, policy } = node.config;
  const { trustedKeys } = policy.signing;
  const places = await openReachable(archive);
  const spec = { archive, restorePoint, recoveryId: "look-back", nodes: [node.config.node.id], trustedKeys };
  const chosen = await planNow(spec, { places });
  const source = await archiveFor(chosen, places, trustedKeys);
  const manifest = await readManifest(source, chosen, trustedKeys);
  await refuseUnlessOpened(source, chosen, identities, anotherFile);
  context.material = { node, plan: chosen, archive: source, manifest, identities, folder: context.folder };
  control.note(whatOf(chosen));
}

function whatOf({ source, replay: log, estimatedSeconds }: RestorePlan): string {
  const rolled = log === null ? "" : ` and ${log.segments} segments of ${log.stream}`;
  return `backup ${source.backupId}${rolled}, about ${formatSeconds(estimatedSeconds)}`;
}

function materialOf({ material }: QueryContext): Material {
  if (material === undefined) throw new Error("the first step chooses");
  return material;
}

async function thawFirst(context: QueryContext, control: StepControl): Promise<void> {
  await thaw(materialOf(context), control);
}

async function fetch(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  await makeRoom(material);
  context.hashes = await readingThawed(material, control, () => fetchBackup(material, control));
}

async function check(context: QueryContext, control: StepControl): Promise<void> {
  await checkBackup(materialOf(context), control, context.hashes);
}

async function fetchLog(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  const { replay: log } = material.plan;
  if (log !== null) await readingThawed(material, control, () => fetchSegments(material, log, control));
}

async function replay(context: QueryContext, control: StepControl): Promise<void> {
  const material = materialOf(context);
  const { source, replay: log } = material.plan;
  context.index = log === null ? source.index.high : await replaySegments(material, log, control);
}

async function bootstrap(context: QueryContext, control: StepControl): Promise<void> {
  await bootstrapStaged(materialOf(context), control);
}

/** By standard input: what is asked is nobody's business who may list processes. */
async function ask(context: QueryContext, control: StepControl): Promise<void> {
  await whileScratch(materialOf(context), context.folder, async (admin) => {
    await control.point();
    const { code, stdout, stderr } = await admin.run(["query", "-"], {
      input: context.statements,
      timeoutSeconds: 3600,
    });
    if (code !== 0) throw new WorldFault(`the copy did not answer: ${stderr.trim() || stdout.trim()}`);
    context.answer = stdout;
  });
}
