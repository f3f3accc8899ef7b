import path from "node:path";
import type { BackupFile } from "../../model/manifest";
import { hashFile, walkTree } from "../host/files";
import { Damaged } from "../run/errors";

/**
 * A folder holds exactly the listed files, byte for byte, and nothing but files and folders (protocol 30).
 * @throws Damaged naming the first few differences.
 */
export async function checkTree(
  root: string,
  files: readonly BackupFile[],
  progress: (bytes: number) => void,
): Promise<void> {
  const expected = new Map(files.map((file) => [file.path, file]));
  const faults: string[] = [];
  let done = 0;
  for (const { path: name, stats } of await walkTree(root)) {
    if (stats.isDirectory()) continue;
    const listed = expected.get(name);
    expected.delete(name);
    if (!stats.isFile() || stats.nlink > 1) faults.push(`${name} is a link or a device`);
    else if (listed === undefined) faults.push(`${name} is not in the manifest`);
    else if (listed.bytes !== stats.size) faults.push(`${name} has ${stats.size} bytes, not ${listed.bytes}`);
    else if ((await hashFile(path.join(root, name))) !== listed.sha256) faults.push(`${name} has another SHA-256`);
    progress((done += stats.size));
  }
  for (const name of expected.keys()) faults.push(`${name} is missing`);
  if (faults.length > 0) {
    const shown = faults.slice(0, 5).join("; ");
    throw new Damaged(
      `the backup is not what its manifest says: ${shown}${faults.length > 5 ? `; and ${faults.length - 5} more` : ""}. Nothing was put in place.`,
    );
  }
}
