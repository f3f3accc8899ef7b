import path from "node:path";
import * as v from "valibot";
import type { RestoreSpec } from "../../model/specs";
import { parseStored } from "../archive/stored";
import type { Node } from "../context";
import { readIfThere, replaceFile } from "../host/files";
import { readMark } from "../restore/context";

/**
 * What a pod remembers of its recovery on its own volume: a pod that has been a member once starts again without the
 * archive, the API server, and the other members, which may be waiting for it.
 */
export interface RecoveryNote {
  format: "neumann-pod-note/1";
  recoveryId: string;
  /** `live`: it led, or had caught up. `accepted`: nothing is left to do. */
  state: "live" | "accepted";
}

const noteSchema: v.GenericSchema<unknown, RecoveryNote> = v.object({
  format: v.literal("neumann-pod-note/1"),
  recoveryId: v.string(),
  state: v.picklist(["live", "accepted"]),
});

function noteFile({ paths }: Node): string {
  return path.join(paths.state, "recovery.json");
}

/** Undefined where the volume is not this recovery's: a note without the data it speaks of says nothing. */
export async function readNote(
  node: Node,
  { plan }: Pick<RestoreSpec, "plan">,
): Promise<RecoveryNote["state"] | undefined> {
  if ((await readMark(node.config.node.dataDirectory))?.recoveryId !== plan.recoveryId) return undefined;
  const text = await readIfThere(noteFile(node));
  if (text === undefined) return undefined;
  const note = parseStored(noteSchema, text, noteFile(node));
  return note.recoveryId === plan.recoveryId ? note.state : undefined;
}

export async function writeNote(
  node: Node,
  { plan }: Pick<RestoreSpec, "plan">,
  state: RecoveryNote["state"],
): Promise<void> {
  if ((await readNote(node, { plan })) === state) return;
  const note: RecoveryNote = { format: "neumann-pod-note/1", recoveryId: plan.recoveryId, state };
  await replaceFile(noteFile(node), `${JSON.stringify(note)}\n`);
}
