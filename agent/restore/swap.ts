import { rename } from "node:fs/promises";
import path from "node:path";
import * as v from "valibot";
import { parseStored } from "../archive/stored";
import { formatBytes } from "../../model/units";
import {
  exists,
  makeDirectory,
  ownPrefix,
  readIfThere,
  removeFile,
  replaceFile,
  syncDirectory,
  walkTree,
} from "../host/files";
import { Refused, WorldFault } from "../run/errors";
import type { StepControl } from "../run/steps";
import { markFile, readMark, type RecoveryMark, resolvedOf, restorePaths, type RestoreContext } from "./context";

/** The moves of a swap, written before the first of them: killed anywhere, the next run goes on (protocol 24). */
interface Journal {
  format: "neumann-swap/1";
  recoveryId: string;
  moves: { from: string; to: string }[];
}

const journalSchema: v.GenericSchema<unknown, Journal> = v.object({
  format: v.literal("neumann-swap/1"),
  recoveryId: v.string(),
  moves: v.array(v.object({ from: v.string(), to: v.string() })),
});

async function readJournal(context: RestoreContext): Promise<Journal | undefined> {
  const { journal } = restorePaths(context);
  const text = await readIfThere(journal);
  return text === undefined ? undefined : parseStored(journalSchema, text, journal);
}

/** A run before this one died in the middle of this recovery's swap. */
export async function swapUnderWay(context: RestoreContext): Promise<boolean> {
  return (await readJournal(context))?.recoveryId === context.spec.plan.recoveryId;
}

/** @throws Refused when another recovery's swap was broken off here: its data may be half in place. */
export async function refuseForeignSwap(context: RestoreContext): Promise<void> {
  const journal = await readJournal(context);
  if (journal === undefined || journal.recoveryId === context.spec.plan.recoveryId) return;
  throw new Refused(
    `recovery ${journal.recoveryId} was broken off on ${context.spec.node} while it put data in place (${restorePaths(context).journal}). Run that recovery to its end, or use an empty node. Nothing was touched.`,
  );
}

/** `raft/` and `store/` are one unit: both or none (hazard 4). */
const units = ["raft", "store"];

/** Moves what lay there aside and the proven data into place; the mark comes last. */
export async function swapIn(context: RestoreContext, control: StepControl): Promise<void> {
  await refuseForeignSwap(context);
  await perform(context, control, (await readJournal(context)) ?? (await journalOfSwap(context)));
  context.mark = await readMark(context.node.config.node.dataDirectory);
}

/** Moves what lies there aside: the node is empty then. Nothing is done where it is. */
export async function putAside(context: RestoreContext, control: StepControl): Promise<void> {
  await refuseForeignSwap(context);
  const journal = (await readJournal(context)) ?? (await writeJournal(context, await asideMoves(context)));
  await perform(context, control, journal);
  await sayWhatIsAside(context, control);
}

async function perform(context: RestoreContext, control: StepControl, journal: Journal): Promise<void> {
  for (const move of journal.moves) {
    await moveOnce(move);
    await control.point();
  }
  await removeFile(restorePaths(context).journal);
}

/** Nothing of it is ever deleted by a recovery. */
export async function sayWhatIsAside(context: RestoreContext, control: StepControl): Promise<void> {
  const { aside } = restorePaths(context);
  const files = await walkTree(aside, { own: true });
  const bytes = files.reduce((sum, { stats }) => sum + (stats.isFile() ? stats.size : 0), 0);
  if (bytes === 0) return;
  context.result.aside = { folder: aside, bytes };
  control.note(`the old data, ${formatBytes(bytes)}, lies in ${aside}. When nobody needs it any more: rm -r ${aside}`);
}

/** What lay in place before, and the mark of the recovery that it came from. */
async function asideMoves(context: RestoreContext): Promise<Journal["moves"]> {
  const { dataDirectory } = context.node.config.node;
  const { aside } = restorePaths(context);
  await makeDirectory(aside, 0o700);
  const moves = [
    ...units.map((unit) => ({ from: path.join(dataDirectory, unit), to: path.join(aside, unit) })),
    { from: markFile(dataDirectory), to: path.join(aside, "recovery-mark.json") },
  ];
  const there = await Promise.all(moves.map(({ from }) => exists(from)));
  // Only what is there now: after the swap the same name is the new data.
  return moves.filter((_, index) => there[index]);
}

async function journalOfSwap(context: RestoreContext): Promise<Journal> {
  const { dataDirectory } = context.node.config.node;
  const paths = restorePaths(context);
  const { recoveryId } = context.spec.plan;
  const mark: RecoveryMark = {
    format: "neumann-recovery-mark/1",
    recoveryId,
    digest: resolvedOf(context).digest,
    how: "restored",
  };
  const stagedMark = path.join(paths.staging, `${ownPrefix}-mark`);
  await replaceFile(stagedMark, `${JSON.stringify(mark)}\n`);
  return writeJournal(context, [
    ...(await asideMoves(context)),
    ...units.map((unit) => ({ from: path.join(paths.tree, "data", unit), to: path.join(dataDirectory, unit) })),
    { from: stagedMark, to: markFile(dataDirectory) },
  ]);
}

async function writeJournal(context: RestoreContext, moves: Journal["moves"]): Promise<Journal> {
  const journal: Journal = { format: "neumann-swap/1", recoveryId: context.spec.plan.recoveryId, moves };
  await replaceFile(restorePaths(context).journal, `${JSON.stringify(journal)}\n`);
  return journal;
}

async function moveOnce({ from, to }: { from: string; to: string }): Promise<void> {
  if (!(await exists(to))) {
    if (!(await exists(from)))
      throw new WorldFault(`neither ${from} nor ${to} is there: somebody else moved it. Nothing was deleted.`);
    await rename(from, to);
  }
  // Also when a run before this one moved it: it may have died before that was on the disk, and the journal goes next.
  await syncDirectory(path.dirname(from));
  await syncDirectory(path.dirname(to));
}
