import { parseArgs } from "node:util";
import { cleanWork, WorkFolderBusy } from "./workFolder";

const usage = "Usage: npm run clean [-- --work DIR]\n";

/** `npm run clean`: gives the exit code. */
export async function runClean(argv: readonly string[], standardFolder: string): Promise<number> {
  const folder = folderOf(argv);
  if (folder === null) return 2;
  try {
    const { killed, removed } = await cleanWork(folder ?? standardFolder);
    const processes = killed.length === 1 ? "1 process" : `${killed.length} processes`;
    process.stdout.write(`${removed ? "Removed the working folder" : "Nothing to remove"}; ${processes} ended.\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof WorkFolderBusy)) throw error;
    process.stderr.write(`npm run clean: ${error.message}\n`);
    return 3;
  }
}

/** Null when the flags are wrong, which has been said. */
function folderOf(argv: readonly string[]): string | undefined | null {
  try {
    return parseArgs({ args: [...argv], options: { work: { type: "string" } }, strict: true }).values.work;
  } catch (error) {
    process.stderr.write(`npm run clean: ${(error as Error).message}\n${usage}`);
    return null;
  }
}
