import { chown, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type RecoveryReplayed, recoveryReplayedSchema } from "../../model/records";
import { Conflict } from "../archive/archive";
import { parseStored } from "../archive/stored";
import { recoveryKey } from "../commands/plan";
import { walkTree } from "../host/files";
import { syncTree } from "../host/tree";
import { Damaged } from "../run/errors";
import type { Step, StepControl } from "../run/steps";
import { readingSource } from "./clone";
import { recordsOf, resolvedOf, restorePaths, type RestoreContext, sourceArchive } from "./context";
import {
  bootstrapStaged,
  checkBackup,
  checkSpace,
  fetchBackup,
  fetchSegments,
  type Material,
  replaySegments,
} from "./material";
import { isProven, noteProven, prove } from "./proof";
import { checkVolume, copyVolume } from "./volume";
import { swapUnderWay } from "./swap";
import { readingThawed, thaw } from "./thaw";
import { oneOrNone } from "./unsealed";

/** All in staging (protocol 23): what comes out of these steps is proven, bootstrapped and was never started. */
export const stagingSteps: Step<RestoreContext>[] = [
  { name: "fetch", title: "fetch and unpack the backup", run: fetch },
  { name: "check-files", title: "check every file", run: checkFiles },
  { name: "fetch-log", title: "fetch the log", run: fetchLog },
  { name: "replay", title: "replay the log", run: replay },
  { name: "bootstrap", title: "make it the beginning of a new cluster", run: bootstrap },
  { name: "prove", title: "start a copy alone and question it", run: proveCopy },
].map(unlessProven);

/** Once the plan is pinned, so that nobody gives the backup up meanwhile. */
export const thawFirst: Step<RestoreContext> = unlessProven({
  name: "thaw",
  title: "thaw what lies in an archive class",
  run: async (context, control) => {
    if (context.volume === undefined) await thaw(materialOf(context), control);
  },
});

/** A run before this one has proven the staged data, or is putting it in place. */
function unlessProven(step: Step<RestoreContext>): Step<RestoreContext> {
  return {
    ...step,
    async run(context, control) {
      if (!(await isProven(context)) && !(await swapUnderWay(context))) await step.run(context, control);
    },
  };
}

function materialOf(context: RestoreContext): Material {
  const { node, manifest } = context;
  if (manifest === undefined) throw new Error("the first step reads the manifest");
  const { plan } = resolvedOf(context);
  const identities = oneOrNone(context.spec.plan.identity);
  return { node, plan, manifest, identities, archive: sourceArchive(context), folder: restorePaths(context).staging };
}

async function fetch(context: RestoreContext, control: StepControl): Promise<void> {
  const { dataDirectory } = context.node.config.node;
  const { staging, tree } = restorePaths(context);
  // A staging folder whose proof was broken off may hold half a replay or bootstrap: it is fetched again (protocol 23).
  // Those of recoveries that were given up go too: we hold the claim on this target, and no swap is under way.
  await rm(path.dirname(staging), { recursive: true, force: true });
  const { volume } = context;
  if (volume !== undefined) {
    await checkSpace({ plan: resolvedOf(context).plan, manifest: volume }, dataDirectory);
    return copyVolume({ dataDirectory, tree, record: volume }, control);
  }
  const material = materialOf(context);
  await checkSpace(material, dataDirectory);
  context.hashes = await readingSource(context, () =>
    readingThawed(material, control, () => fetchBackup(material, control)),
  );
}

async function checkFiles(context: RestoreContext, control: StepControl): Promise<void> {
  if (context.volume !== undefined) await checkVolume(restorePaths(context).tree, context.volume, control);
  else await checkBackup(materialOf(context), control, context.hashes);
  await control.point();
}

async function fetchLog(context: RestoreContext, control: StepControl): Promise<void> {
  const { replay: wanted } = resolvedOf(context).plan;
  if (wanted === null) return;
  const material = materialOf(context);
  await readingSource(context, () => readingThawed(material, control, () => fetchSegments(material, wanted, control)));
}

async function replay(context: RestoreContext, control: StepControl): Promise<void> {
  const { replay: wanted } = resolvedOf(context).plan;
  if (wanted !== null) await recordIndex(context, await replaySegments(materialOf(context), wanted, control));
}

/** A repetition must reach the same (protocol 25). */
async function recordIndex(context: RestoreContext, index: number): Promise<void> {
  const { recoveryId } = resolvedOf(context).plan;
  const record: RecoveryReplayed = { format: "neumann-recovery-replayed/1", recoveryId, index };
  const key = recoveryKey(context.spec.plan, "replayed");
  try {
    await recordsOf(context).putText(key, `${JSON.stringify(record)}\n`);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    throw new Damaged(
      `wal-replay reached index ${index}, but a run before this one another (${key}). Nothing was put in place. Look at both before you use a new recoveryId.`,
    );
  }
}

/** The index that the restored data ends at. */
export async function reachedIndex(context: RestoreContext): Promise<number> {
  const { source, replay: wanted } = resolvedOf(context).plan;
  if (wanted === null) return source.index.high;
  const key = recoveryKey(context.spec.plan, "replayed");
  const text = await recordsOf(context).getText(key);
  if (text === undefined) throw new Damaged(`${key}, which tells how far the log was replayed, is gone`);
  return parseStored(recoveryReplayedSchema, text, key).index;
}

/** At least so many entries must be there; null where nothing is promised: what was replayed may have deleted some. */
export function promisedEntries(context: RestoreContext): number | null {
  const { source, replay: wanted } = resolvedOf(context).plan;
  return wanted === null ? source.totalEntries : null;
}

async function bootstrap(context: RestoreContext, control: StepControl): Promise<void> {
  await bootstrapStaged({ node: context.node, folder: restorePaths(context).staging }, control);
}

async function proveCopy(context: RestoreContext, control: StepControl): Promise<void> {
  await prove(context, promisedEntries(context), control);
  await giveToDatabaseUser(context);
  await syncTree(restorePaths(context).tree);
  await noteProven(context);
}

/** The data folder's owner owns what comes into it. */
async function giveToDatabaseUser(context: RestoreContext): Promise<void> {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(context.node.config.node.dataDirectory);
  const tree = path.join(restorePaths(context).tree, "data");
  for (const entry of await walkTree(tree)) await chown(path.join(tree, entry.path), uid, gid);
}
