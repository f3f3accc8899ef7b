import { createHash, getFips } from "node:crypto";
import { homedir } from "node:os";
import path from "node:path";
import { exists, makeDirectory, readIfThere, replaceFile } from "../host/files";
import type { Archive, StoredObject } from "./archive";

/** So few are soon read: for them alone nothing is written. */
const worthwhile = 32;

/**
 * Texts of manifests that this user has read before. Never the truth: the listing alone says which backups there are, and
 * a text is taken only where the listing shows, for that very key, the MD5 of this text as the content's. So what is
 * stale, damaged or forged here only has to be read again. Where a listing tells another ETag (as with keys of KMS) or
 * none (as a folder), nothing is ever taken.
 */
export class ManifestCache {
  private readonly wanted = new Set<string>();
  private missed = 0;

  private constructor(
    private readonly file: string | undefined,
    private readonly known: ReadonlyMap<string, string>,
  ) {}

  /** What is known of a place. */
  static async open({ description }: Archive, clusterId: string): Promise<ManifestCache> {
    const folder = await cacheFolder();
    // A machine that is held to FIPS has no MD5.
    if (folder === undefined || getFips() !== 0) return new ManifestCache(undefined, new Map());
    const name = createHash("sha256").update(`${description}\n${clusterId}`).digest("hex").slice(0, 32);
    const file = path.join(folder, `manifests-${name}.json`);
    return new ManifestCache(file, await readTexts(file));
  }

  /** The manifest's text, if need be by asking for the object. */
  async textOf(archive: Archive, { key, bytes, md5 }: StoredObject): Promise<string> {
    const known = md5 === undefined ? undefined : this.known.get(md5);
    if (known !== undefined && Buffer.byteLength(known) === bytes) {
      this.wanted.add(known);
      return known;
    }
    const text = (await archive.getText(key)) ?? "";
    if (md5 !== undefined && text !== "") {
      this.wanted.add(text);
      this.missed += 1;
    }
    return text;
  }

  /** Keeps what was used, once enough of it is new. */
  async keep(): Promise<void> {
    if (this.file === undefined || this.missed < worthwhile) return;
    try {
      await makeDirectory(path.dirname(this.file), 0o700);
      await replaceFile(this.file, JSON.stringify([...this.wanted]));
    } catch {
      // A full or read-only disk: the next run reads them again, and nothing else depends on it.
    }
  }
}

async function readTexts(file: string): Promise<Map<string, string>> {
  try {
    const texts: unknown = JSON.parse((await readIfThere(file)) ?? "[]");
    if (!Array.isArray(texts)) return new Map();
    const strings = texts.filter((text) => typeof text === "string");
    return new Map(strings.map((text) => [createHash("md5").update(text).digest("hex"), text]));
  } catch {
    return new Map(); // Torn or not ours to read: as if it were not there.
  }
}

/**
 * Undefined where the user has none. A folder is never made in a home that has no `.cache`: the home of a database's user
 * may be its data.
 */
async function cacheFolder(): Promise<string | undefined> {
  const named = process.env.NEUMANN_BACKUP_CACHE;
  if (named !== undefined) return named === "" ? undefined : named;
  const base = process.env.XDG_CACHE_HOME ?? path.join(homedir(), ".cache");
  return path.isAbsolute(base) && (await exists(base)) ? path.join(base, "neumann-backup") : undefined;
}
