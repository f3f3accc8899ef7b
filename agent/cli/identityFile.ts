import { readFile } from "node:fs/promises";
import { Option } from "commander";
import { identityOfFile } from "../../model/identityFile";
import { Mistakes } from "../../model/mistakes";

export interface IdentityFlag {
  identityFile: string[];
}

/** Several, because recipients may have been changed between one backup, or segment, and the next. */
export function identityOption(): Option {
  const text = "opens what is encrypted: a file that age-keygen wrote; repeat it where recipients were changed";
  const all = (file: string, before: string[]): string[] => [...before, file];
  return new Option("--identity-file <file>", text).default([], "none").argParser(all);
}

/**
 * The identities in files of age-keygen's, which have comments around them.
 * @throws InputError that repeats nothing of the files.
 */
export async function readIdentities(files: readonly string[]): Promise<string[]> {
  const mistakes = new Mistakes();
  const found: string[] = [];
  for (const file of files) {
    const identity = await identityOfFile(file, (name) => readFile(name, "utf8"), mistakes);
    if (identity !== undefined) found.push(identity);
  }
  mistakes.throwIfAny("The identity cannot be used");
  return found;
}
