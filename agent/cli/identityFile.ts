import { readFile } from "node:fs/promises";
import { identityIn } from "../../model/ageKeys";
import { InputError, secretShown } from "../../model/mistakes";

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
  if (file === undefined) return undefined;
  const wrong = (problem: string, received: unknown, remedy: string): InputError =>
    new InputError("The identity cannot be used", [{ path: "--identity-file", problem, received, remedy }]);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw wrong(`cannot be read: ${(error as Error).message}`, file, "Name the file that age-keygen wrote.");
  });
  const identity = identityIn(text);
  if (identity !== undefined) return identity;
  const remedy = "It has one line that begins with AGE-SECRET-KEY-1, and comments, as age-keygen writes it.";
  throw wrong("holds not exactly one X25519 identity of age", secretShown, remedy);
}
