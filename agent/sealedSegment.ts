import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import type { Archive, PutResult } from "./archive/archive";
import { encrypted } from "./host/age";
import { exists, hashFile, isCode, makeDirectory, syncDirectory, temporaryName, withFile } from "./host/files";
import { mustRun } from "./host/run";
import { WorldFault } from "./run/errors";

/**
 * Segments encrypted on the node before they are stored. age makes another ciphertext each time, and the archive takes a
 * repeated segment only with the hash that it has: so the ciphertext is kept here until a later segment is stored
 * (protocol 1, docs/decisions/0030-encryption.md). Lost, the same segment begins a new stream, and nothing is overwritten.
 */
export interface Sealing {
  /** Of this node alone, and for nothing else. */
  folder: string;
  recipients: readonly string[];
}

/** Path of a file that holds the segment encrypted: the same bytes for the same segment and the same recipients. */
export async function sealSegment(file: string, { folder, recipients }: Sealing): Promise<string> {
  // Without any, age would ask for a passphrase.
  if (recipients.length === 0) throw new TypeError("nobody could decrypt it");
  await makeDirectory(folder, 0o700);
  const before = await stat(file);
  const content = createHash("sha256").update(`${await hashFile(file)} ${[...recipients].sort().join(" ")}`);
  const final = path.join(folder, `${path.basename(file)}-${content.digest("hex")}.age`);
  if (await exists(final)) return final;
  const temporary = temporaryName(folder);
  const to = recipients.flatMap((recipient) => ["--recipient", recipient]);
  await mustRun("age", ["--encrypt", ...to, "--output", temporary, file], { timeoutSeconds: 600 });
  const after = await stat(file);
  if (after.size !== before.size || after.mtimeMs !== before.mtimeMs) {
    throw new WorldFault(`${file} was written to while it was encrypted: it is no finished segment`);
  }
  // Under this name it is taken for whole: a host that dies must not leave it cut.
  await withFile(temporary, "r+", (handle) => handle.sync());
  await rename(temporary, final);
  await syncDirectory(folder);
  return final;
}

/**
 * Stores a segment encrypted. A disk that takes no more is freed by storing its log: then the ciphertext is not kept, and
 * only if this very segment is offered again does a new stream begin.
 * @throws Conflict when other content has that key.
 */
export async function putSealed(
  archive: Archive,
  key: string,
  { file, sealing }: { file: string; sealing: Sealing },
): Promise<PutResult> {
  const sealed = await sealSegment(file, sealing).catch((error: unknown) => {
    if (isCode(error, "ENOSPC", "EDQUOT") || /no space left|quota exceeded/i.test((error as Error).message))
      return null;
    throw error;
  });
  if (sealed !== null) return archive.putFile(key, sealed);
  return archive.putStream(key, encrypted(createReadStream(file), sealing.recipients));
}

/** Removes those before a segment. It and those after it may still be offered although they were stored. */
export async function forgetBefore(segment: string, { folder }: Pick<Sealing, "folder">): Promise<void> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (!isCode(error, "ENOENT")) throw error;
    return [];
  });
  for (const name of names.filter((other) => other < segment)) {
    await rm(path.join(folder, name), { force: true });
  }
}
