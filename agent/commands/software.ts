import { chmod, rename } from "node:fs/promises";
import path from "node:path";
import { type CatalogEntry, inOrder } from "../../model/catalog";
import { softwareOf } from "../../model/manifest";
import { InputError } from "../../model/mistakes";
import type { ArchiveSpec } from "../../model/reference";
import { type BackupSoftware, softwareKey, SoftwareRole } from "../../model/software";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import {
  dropFile,
  exists,
  hashFile,
  makeDirectory,
  pipeHashed,
  streamInto,
  temporaryName,
  withFile,
} from "../host/files";
import { Damaged, Refused, WorldFault } from "../run/errors";

/** What is fetched, and where to. */
export interface SoftwareRequest {
  archive: ArchiveSpec;
  trustedKeys: readonly string[];
  /** The newest off-site backup that names any, unless one is named. */
  backupId?: string;
  /** A folder, which may be there. */
  to: string;
}

export interface FetchedSoftware {
  backupId: string;
  files: (BackupSoftware & { file: string })[];
}

/** Puts what an off-site backup names for a recovery into a folder; a name is there only when it is whole. */
export async function fetchSoftware(request: SoftwareRequest): Promise<FetchedSoftware> {
  const { archive: spec, trustedKeys, to } = request;
  const places = await openReachable(spec);
  const away = places.find(({ place }) => place === "offsite");
  if (away === undefined) {
    throw new WorldFault(
      "software lies in the off-site archive, and none can be read: mount it, or name it with --offsite.",
    );
  }
  const catalog = await readCatalog(spec.clusterId, [away], trustedKeys);
  const { manifest } = chosen(inOrder(catalog), request.backupId);
  const folder = path.resolve(to);
  await makeDirectory(folder);
  const files: FetchedSoftware["files"] = [];
  for (const software of softwareOf(manifest)) {
    const file = path.join(folder, software.name);
    await fetch(away.archive, softwareKey(spec.clusterId, software), { software, file });
    files.push({ ...software, file });
  }
  return { backupId: manifest.backupId, files };
}

const stores = "The next `neumann-backup offsite` of an agent of this version stores it.";

function chosen(entries: readonly CatalogEntry[], backupId: string | undefined): CatalogEntry {
  const naming = entries.filter(({ manifest }) => softwareOf(manifest).length > 0);
  const named = entries.find(({ manifest }) => manifest.backupId === backupId);
  if (backupId !== undefined && named === undefined) {
    const known = naming.map(({ manifest }) => manifest.backupId).slice(-5);
    const remedy = `Off-site backups with software: ${known.join(", ") || "none"}.`;
    const mistake = { path: "backup", problem: "is not in the off-site archive", received: backupId, remedy };
    throw new InputError("The software cannot be fetched", [mistake]);
  }
  const found = named ?? naming.filter(({ problem }) => problem === null).at(-1);
  // What nobody has signed is not run.
  if (found?.problem)
    throw new Damaged(`backup ${found.manifest.backupId} is not to be trusted with programs: ${found.problem}`);
  if (found === undefined) throw new WorldFault(`no good off-site backup names software. ${stores}`);
  if (softwareOf(found.manifest).length > 0) return found;
  throw new WorldFault(`backup ${found.manifest.backupId} names no software: it was made by an older agent. ${stores}`);
}

const programs: readonly string[] = [SoftwareRole.Agent, SoftwareRole.Runtime, SoftwareRole.DatabaseProgram];

async function fetch(
  archive: Archive,
  key: string,
  { software, file }: { software: BackupSoftware; file: string },
): Promise<void> {
  if (await exists(file)) {
    if ((await hashFile(file)) === software.sha256) return;
    throw new Refused(`${file} is there and holds something else: name an empty folder. It was left as it is.`);
  }
  const temporary = temporaryName(path.dirname(file));
  try {
    const content = await archive.getStream(key);
    const { sha256 } = await withFile(temporary, "wx", async (handle) => {
      const read = await pipeHashed(content, streamInto(handle), () => undefined);
      await handle.sync();
      return read;
    });
    if (sha256 !== software.sha256) {
      throw new Damaged(
        `${key} in ${archive.description} has SHA-256 ${sha256}: it was not kept. Name an older backup.`,
      );
    }
    await chmod(temporary, programs.includes(software.role) ? 0o755 : 0o644);
    await rename(temporary, file);
  } finally {
    await dropFile(temporary);
  }
}
