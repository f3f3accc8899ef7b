import fs from "node:fs";
import { unpackTree } from "../agent/host/tarball";
import type { BackupFile } from "../model/manifest";
import { checkTree } from "../agent/restore/checkTree";
import { FileHashes } from "../agent/restore/fileHashes";

/**
 * A restore's way of the data, in a process of its own as the agent is: OBJECT TARGET EXPECTED, which lists the files.
 * Prints the seconds that it took once it ran.
 */
async function main([object = "", target = "", expected = ""]: readonly string[]): Promise<void> {
  const { sha256, files } = JSON.parse(fs.readFileSync(expected, "utf8")) as { sha256: string; files: BackupFile[] };
  const began = performance.now();
  const hashes = new FileHashes(target);
  const read = await unpackTree(object, target, {
    progress: () => undefined,
    unpacked: (name) => hashes.add(name),
  });
  await hashes.settled();
  if (read.sha256 !== sha256) throw new Error("the object was not read as it is");
  await checkTree(target, { files, hashes }, () => undefined);
  process.stdout.write(`${(performance.now() - began) / 1000}\n`);
}

void main(process.argv.slice(2));
