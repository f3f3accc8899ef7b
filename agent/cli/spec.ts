import type { GenericSchema } from "valibot";
import { parseJsonAs } from "../../model/parse";

/** The specification that a component hands over on standard input. */
export async function readSpec<T>(schema: GenericSchema<unknown, T>, command: string): Promise<T> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return parseJsonAs(
    schema,
    Buffer.concat(chunks).toString(),
    `The specification of ${command} on standard input is wrong`,
  );
}
