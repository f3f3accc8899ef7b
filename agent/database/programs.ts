import { constants } from "node:fs";
import { access } from "node:fs/promises";
import path from "node:path";
import type { NodeConfig } from "../../model/agentConfig";
import { Refused } from "../run/errors";

const programs = ["neumann", "neumann-admin"];

/** Before anything is fetched: a recovery needs both of the database's programs. */
export async function refuseWithoutPrograms({ id, programDirectory }: NodeConfig): Promise<void> {
  const folders = programDirectory === null ? (process.env.PATH ?? "").split(path.delimiter) : [programDirectory];
  const absent: string[] = [];
  for (const program of programs) if (!(await isIn(folders, program))) absent.push(program);
  if (absent.length === 0) return;
  const where = programDirectory ?? "any folder of PATH";
  throw new Refused(
    `${id} has no ${absent.join(" and no ")} in ${where}. Install the database on it, or correct programDirectory. Nothing was touched.`,
  );
}

async function isIn(folders: readonly string[], program: string): Promise<boolean> {
  for (const folder of folders) {
    const found = await access(path.join(folder, program), constants.X_OK).then(
      () => true,
      () => false,
    );
    if (found) return true;
  }
  return false;
}
