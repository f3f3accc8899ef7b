import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Store, type StoreUser } from "../store/store";
import type { DemoArchive } from "./flags";

/** A place of an archive: what the programs in `stacks/` are told, and where its objects lie as files. */
interface Place {
  location: string;
  folder: string;
}

/** The archives of a run: of the cluster that is lost, of the one that takes its place, and off-site. */
export interface DemoArchives {
  places: Record<"lost" | "fresh" | "offsite", Place>;
  /** Ends what serves them. */
  close(): Promise<void>;
}

/** Makes ready what the archives lie in: nothing for folders, a server with empty buckets for S3. */
export function openArchives(kind: DemoArchive, folder: string, say: (line: string) => void): Promise<DemoArchives> {
  return kind === "s3" ? buckets(folder, say) : Promise.resolve(folders(folder));
}

function folders(folder: string): DemoArchives {
  const place = (name: string): Place => ({ location: path.join(folder, name), folder: path.join(folder, name) });
  const places = { lost: place("archive"), fresh: place("archive-of-the-recovered"), offsite: place("offsite") };
  return { places, close: () => Promise.resolve() };
}

/** Three buckets, the off-site one under other keys than the first ones. */
async function buckets(folder: string, say: (line: string) => void): Promise<DemoArchives> {
  mkdirSync(folder, { recursive: true });
  // In the run's own folder: what a killed run leaves goes with the next one.
  const store = await Store.start((line) => say(`tools: ${line}`), { parent: folder });
  try {
    const [near, away] = [await store.createUser(), await store.createUser()];
    const keys = path.join(folder, "credentials");
    writeFileSync(keys, `${section("near", near)}\n${section("away", away)}`, { mode: 0o600 });
    const place = async (bucket: string, profile: "near" | "away"): Promise<Place> => {
      await store.createBucket(bucket, profile === "near" ? near : away);
      const query = new URLSearchParams({
        region: store.region,
        endpoint: store.endpoint,
        "credentials-file": keys,
        profile,
      });
      return { location: `s3://${bucket}?${query.toString()}`, folder: path.join(store.folder, "data", bucket) };
    };
    const lost = await place("archive", "near");
    const fresh = await place("archive-of-the-recovered", "near");
    const offsite = await place("offsite", "away");
    return { places: { lost, fresh, offsite }, close: () => store.stop() };
  } catch (error) {
    await store.stop();
    throw error;
  }
}

function section(name: string, { accessKeyId, secretAccessKey }: StoreUser): string {
  return `[${name}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}
