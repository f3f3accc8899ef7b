import fs from "node:fs";
import type { Readable } from "node:stream";
import { S3Archive } from "../agent/archive/s3";
import type { S3Location } from "../model/s3Location";
import { unpackTree } from "../agent/host/tarball";
import type { BackupFile } from "../model/manifest";
import { checkTree } from "../agent/restore/checkTree";
import { FileHashes } from "../agent/restore/fileHashes";

/** A file, or an object of a bucket as JSON: `{ location, key }`. */
async function contentOf(object: string): Promise<string | Readable> {
  if (!object.startsWith("{")) return object;
  const { location, key } = JSON.parse(object) as { location: S3Location; key: string };
  return new S3Archive(location).getStream(key);
}

/**
 * A restore's way of the data, in a process of its own as the agent is: OBJECT TARGET EXPECTED, which lists the files.
 * Prints the seconds that it took once it ran.
 */
async function main([object = "", target = "", expected = ""]: readonly string[]): Promise<void> {
  const { sha256, files } = JSON.parse(fs.readFileSync(expected, "utf8")) as { sha256: string; files: BackupFile[] };
  const began = performance.now();
  const hashes = new FileHashes(target);
  const read = await unpackTree(await contentOf(object), target, {
    progress: () => undefined,
    unpacked: (name) => hashes.add(name),
  });
  await hashes.settled();
  if (read.sha256 !== sha256) throw new Error("the object was not read as it is");
  await checkTree(target, { files, hashes }, () => undefined);
  process.stdout.write(`${(performance.now() - began) / 1000}\n`);
}

void main(process.argv.slice(2));
