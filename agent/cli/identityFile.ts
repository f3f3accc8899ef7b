import { readFile } from "node:fs/promises";
import { identityOfFile } from "../../model/identityFile";
import { Mistakes } from "../../model/mistakes";

export interface IdentityFlag {
  identityFile?: string;
}

export const identityFlag = [
  "--identity-file <file>",
  "opens what is encrypted: a file that age-keygen wrote",
] as const;

/**
 * The identity in a file of age-keygen's, which has comments around it.
 * @throws InputError that repeats nothing of the file.
 */
export async function readIdentity(file: string | undefined): Promise<string | undefined> {
  const mistakes = new Mistakes();
  const identity = await identityOfFile(file, (name) => readFile(name, "utf8"), mistakes);
  mistakes.throwIfAny("The identity cannot be used");
  return identity;
}
