import type { BackupFile } from "../../model/manifest";
import { type TreeFile, walkTree } from "../host/files";
import { Damaged } from "../run/errors";
import { faultOf, type FileHashes } from "./fileHashes";

/** What a folder must hold. */
export interface Checked {
  files: readonly BackupFile[];
  hashes: FileHashes;
  /** What is wrong where it holds something else. */
  what?: string;
}

/**
 * A folder holds exactly the listed files, byte for byte, and nothing but files and folders (protocol 30); names that
 * the agent keeps for itself are no exception, or a forged tarball could plant them.
 * @throws Damaged naming the first few differences.
 */
export async function checkTree(
  root: string,
  { files, hashes, what = "the backup is not what its manifest says" }: Checked,
  progress: (bytes: number) => void,
): Promise<void> {
  const expected = new Map(files.map((file) => [file.path, file]));
  const faults: string[] = [];
  let done = 0;
  for (const entry of (await walkTree(root, { own: true })).filter(({ stats }) => !stats.isDirectory())) {
    const fault = await problemOf(entry, expected.get(entry.path), hashes);
    if (fault !== null) faults.push(`${entry.path} ${fault}`);
    expected.delete(entry.path);
    progress((done += entry.stats.size));
  }
  for (const name of expected.keys()) faults.push(`${name} is missing`);
  if (faults.length === 0) return;
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : "";
  throw new Damaged(`${what}: ${faults.slice(0, 5).join("; ")}${more}. Nothing was put in place.`);
}

async function problemOf(entry: TreeFile, listed: BackupFile | undefined, hashes: FileHashes): Promise<string | null> {
  const fault = faultOf(entry.stats, listed?.bytes);
  if (fault !== null || listed === undefined) return fault;
  return (await hashes.of(entry.path, entry.stats)) === listed.sha256 ? null : "has another SHA-256";
}
