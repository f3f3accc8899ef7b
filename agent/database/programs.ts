import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { Refused } from "../run/errors";

/** The database's programs. */
export const databasePrograms = ["neumann", "neumann-admin"] as const;

/** Where a program of the database is: in the folder that is named, else on PATH; undefined where it is not. */
export async function findProgram(name: string, directory: string | null): Promise<string | undefined> {
  const folders = directory === null ? (process.env.PATH ?? "").split(path.delimiter) : [directory];
  for (const folder of folders.filter((known) => known !== "")) {
    const file = path.join(folder, name);
    const runs = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runs) return file;
  }
  return undefined;
}

/** Before anything is fetched: a recovery needs both of the database's programs. */
export async function refuseWithoutPrograms({ id, programDirectory }: NodeConfig): Promise<void> {
  const absent: string[] = [];
  for (const name of databasePrograms) {
    if ((await findProgram(name, programDirectory)) === undefined) absent.push(name);
  }
  if (absent.length === 0) return;
  const where = programDirectory ?? "any folder of PATH";
  throw new Refused(
    `${id} has no ${absent.join(" and no ")} in ${where}. Install the database on it, or correct programDirectory. Nothing was touched.`,
  );
}
