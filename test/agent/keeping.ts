import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { Store } from "../../lab/store/store";
import type { ArchiveLocation, ArchiveSpec } from "../../model/reference";
import { must } from "./support";

/** An archive of some kind, and the folders in which its two places keep their objects. */
export interface Kept {
  archive: ArchiveSpec;
  near: string;
  away: string;
}

/** Places for archives, all of one kind. Each has a name that is used once. */
export interface Keeper {
  kind: "folders" | "buckets";
  at(name: string): Promise<Kept>;
  /** An archive that is there, of which the primary place begins anew or is copied too. */
  copied(kept: Kept, name: string, options?: { primary: boolean }): Promise<Kept>;
  stop(): Promise<void>;
}

interface Place {
  location: ArchiveLocation;
  folder: string;
}

function keeperOf(
  kind: Keeper["kind"],
  place: (name: string, role: "primary" | "offsite") => Place,
  stop: () => Promise<void>,
): Keeper {
  const kept = async (name: string, from: { near?: string; away?: string }): Promise<Kept> => {
    const [near, away] = [place(name, "primary"), place(name, "offsite")];
    for (const [source, folder] of [[from.near, near.folder] as const, [from.away, away.folder] as const]) {
      if (source === undefined) continue;
      fs.mkdirSync(folder, { recursive: true });
      // A store has what it knows of an object in the file's attributes.
      execFileSync("cp", ["--archive", `${source}/.`, folder]);
    }
    for (const [role, { location }] of [["primary", near] as const, ["offsite", away] as const])
      await must(["archive-create"], { spec: { archive: location, clusterId: "prod", role } });
    const archive = { ...near.location, clusterId: "prod", offsite: away.location };
    return { archive, near: near.folder, away: away.folder };
  };
  return {
    kind,
    at: (name) => kept(name, {}),
    copied: ({ near, away }, name, { primary } = { primary: false }) =>
      kept(name, { away, ...(primary ? { near } : {}) }),
    stop,
  };
}

/** In two folders below one. */
export function inFolders(directory: string): Keeper {
  const place = (name: string, role: "primary" | "offsite"): Place => {
    const location = path.join(directory, name, role === "primary" ? "archive" : "offsite");
    return { location: { kind: "directory", location }, folder: location };
  };
  return keeperOf("folders", place, () => Promise.resolve());
}

/** In two buckets of one store, each archive below a prefix. */
export async function inBuckets(): Promise<Keeper> {
  const store = await Store.start((line) => process.stderr.write(`${line}\n`));
  for (const bucket of ["primary", "offsite"]) await store.createBucket(bucket);
  const { region, endpoint, root: credentials } = store;
  const place = (prefix: string, bucket: string): Place => {
    const location = { kind: "s3" as const, bucket, prefix, region, endpoint, credentials };
    return { location, folder: path.join(store.folder, "data", bucket, prefix) };
  };
  return keeperOf("buckets", place, () => store.stop());
}
