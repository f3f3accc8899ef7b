import { holdsIdentity, identityIn } from "./ageKeys";
import { type Mistakes, secretShown } from "./mistakes";

/** The argument that names it. */
const flag = "--identity-file";
const toName = "Name the file that age-keygen wrote.";

/**
 * The identity in a file of age-keygen's; collects what is wrong, and repeats nothing of the file. Nor of its name where that
 * is the identity itself, as which it has been in a list of processes.
 */
export async function identityOfFile(
  file: string | undefined,
  read: (file: string) => Promise<string>,
  mistakes: Mistakes,
): Promise<string | undefined> {
  if (file === undefined) return undefined;
  if (holdsIdentity(file)) {
    mistakes.add(
      flag,
      "is an identity, and not the file of one",
      secretShown,
      `${toName} Others may have seen this one.`,
    );
    return undefined;
  }
  let text: string;
  try {
    text = await read(file);
  } catch (error) {
    mistakes.add(flag, `cannot be read: ${(error as Error).message}`, file, toName);
    return undefined;
  }
  const identity = identityIn(text);
  if (identity === undefined) {
    const remedy = "It has one line that begins with AGE-SECRET-KEY-1, and comments, as age-keygen writes it.";
    mistakes.add(flag, "holds not exactly one X25519 identity of age", secretShown, remedy);
  }
  return identity;
}
