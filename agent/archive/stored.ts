import type { GenericSchema } from "valibot";
import { InputError, show } from "../../model/mistakes";
import { parseJsonAs } from "../../model/parse";
import { Damaged } from "../run/errors";

/**
 * A record that the agent itself wrote once: what is wrong with it is no mistake of the user's.
 * @throws Damaged naming the record, what is wrong and what to do.
 */
export function parseStored<T>(schema: GenericSchema<unknown, T>, text: string, subject: string): T {
  try {
    return parseJsonAs(schema, text, subject);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new Damaged(
      `${subject} cannot be read: ${faultsIn(error)}. It is damaged, or a later version wrote it: bring back the file as it was, or use the agent that wrote it.`,
    );
  }
}

/** What is wrong with something that was stored, in one line. */
export function faultsIn({ mistakes }: InputError): string {
  const shown = mistakes.slice(0, 3).map((m) => `${m.path} ${m.problem} (received ${show(m.received)})`);
  return [...shown, ...(mistakes.length > 3 ? [`and ${mistakes.length - 3} more`] : [])].join("; ");
}
