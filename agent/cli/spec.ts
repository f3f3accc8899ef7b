import type { GenericSchema } from "valibot";
import { InputError } from "../../model/mistakes";
import { parseJsonAs } from "../../model/parse";

/** The specification that a component hands over on standard input. */
export async function readSpec<T>(schema: GenericSchema<unknown, T>, command: string): Promise<T> {
  const subject = `The specification of ${command} on standard input is wrong`;
  const remedy = "docs/development.md shows what belongs there; components write it themselves.";
  if (process.stdin.isTTY) {
    const problem = "is expected, and standard input is a terminal";
    throw new InputError(subject, [{ path: "(the whole)", problem, received: undefined, remedy }]);
  }
  return parseJsonAs(schema, await readInput(), subject, remedy);
}

/** All of standard input. */
export async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
