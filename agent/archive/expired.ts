import { manifestPrefix, recordKey, recordPrefix } from "../../model/layout";
import { expiredSchema, type ExpiredRecord } from "../../model/records";
import { tiers } from "../../model/tier";
import type { Archive } from "./archive";
import { parseStored } from "./stored";

/** What one prune gives up in one archive, and which prune that was. */
export interface Expiring {
  pruneId: string;
  record: ExpiredRecord;
}

/** An announcement as the archive holds it. */
export interface Announced extends Expiring {
  /** By the store's clock. */
  storedAt: Date;
}

/** Whether readers count what is announced as gone, as all but `prune` itself do. */
export type AnnouncedIs = "gone" | "there";

const settledSuffixes = [".done.json", ".withdrawn.json"] as const;

/** Records of prunes whose objects are not all gone yet: what they name counts as gone. */
export async function readExpiring(archive: Archive, clusterId: string): Promise<Announced[]> {
  const prefix = recordPrefix(clusterId, "expired");
  const objects = await archive.list(prefix);
  const keys = objects.map((object) => object.key);
  const settled = new Set(
    keys.flatMap((key) => settledSuffixes.filter((end) => key.endsWith(end)).map((end) => key.slice(0, -end.length))),
  );
  const expiring: Announced[] = [];
  for (const { key, storedAt } of objects) {
    const stem = key.replace(/\.json$/, "");
    if (settledSuffixes.some((end) => key.endsWith(end)) || settled.has(stem)) continue;
    const text = await archive.getText(key);
    if (text === undefined) continue;
    expiring.push({ pruneId: stem.slice(prefix.length), record: parseStored(expiredSchema, text, key), storedAt });
  }
  return expiring;
}

/** Keys that count as gone because a prune has announced them. */
export async function goneFrom(
  archive: Archive,
  clusterId: string,
  kind: "manifests" | "data" | "segments",
  announced: AnnouncedIs = "gone",
): Promise<Set<string>> {
  if (announced === "there") return new Set();
  return new Set((await readExpiring(archive, clusterId)).flatMap(({ record }) => record[kind]));
}

/**
 * Of these manifests, those whose backup a prune is taking away, or has taken: what is missing of them is no damage. One that
 * was brought back since counts as there.
 */
export async function givenUpOf(
  archive: Archive,
  clusterId: string,
  manifests: readonly string[],
): Promise<Set<string>> {
  if (manifests.length === 0) return new Set();
  const going = await goneFrom(archive, clusterId, "manifests");
  const found = new Set(manifests.filter((key) => going.has(key)));
  const rest = manifests.filter((key) => !going.has(key));
  const there = new Set<string>();
  for (const tier of rest.length === 0 ? [] : tiers) {
    for (const { key } of await archive.list(manifestPrefix(clusterId, tier))) there.add(key);
  }
  const missing = rest.filter((key) => !there.has(key));
  if (missing.length === 0) return found;
  const keys = (await archive.list(recordPrefix(clusterId, "expired"))).map(({ key }) => key);
  const gone = new Set((await recordsIn(archive, keys)).flatMap(({ record }) => record.manifests));
  for (const key of missing) if (gone.has(key)) found.add(key);
  return found;
}

/** Says, before anything goes, what goes. */
export async function announceExpiry(
  archive: Archive,
  clusterId: string,
  { pruneId, record }: Expiring,
): Promise<void> {
  await archive.putText(recordKey(clusterId, "expired", `${pruneId}.json`), `${JSON.stringify(record)}\n`);
}

/** `done`: all of it is gone. `withdrawn`: what the store has not deleted stays, and counts again. */
export async function settleExpiry(
  archive: Archive,
  clusterId: string,
  { pruneId, how }: { pruneId: string; how: "done" | "withdrawn" },
): Promise<void> {
  await archive.putText(recordKey(clusterId, "expired", `${pruneId}.${how}.json`), "{}\n");
}

/** What prunes gave up on purpose, whatever has become of it since. */
export interface GivenUp {
  pruneId: string;
  /** False while the prune is not recorded as done: the next one judges it anew, and readers count it as gone. */
  done: boolean;
}

/** By key, what prunes gave up and did not take back; also by records that are hidden themselves. */
export async function readGivenUp(archive: Archive, clusterId: string): Promise<Map<string, GivenUp>> {
  const prefix = recordPrefix(clusterId, "expired");
  const hidden = (await archive.versions?.hidden(prefix)) ?? [];
  // Records are written once: what was stored later under the same key was not theirs.
  const oldest = hidden.flatMap(({ key, versions }) => {
    const first = versions.at(-1);
    return first === undefined ? [] : [[key, first.versionId] as const];
  });
  const readable = archive.versions?.reading(new Map(oldest)) ?? archive;
  const keys = [...(await archive.list(prefix)).map(({ key }) => key), ...oldest.map(([key]) => key)];
  const there = new Set(keys);
  const found = new Map<string, GivenUp>();
  for (const { stem, record } of await recordsIn(readable, keys)) {
    const givenUp = { pruneId: stem.slice(prefix.length), done: there.has(`${stem}.done.json`) };
    for (const name of [...record.manifests, ...record.data, ...record.segments]) found.set(name, givenUp);
  }
  return found;
}

/** Of these keys, the records of what was given up and not taken back. */
async function recordsIn(
  archive: Archive,
  keys: readonly string[],
): Promise<{ stem: string; record: ExpiredRecord }[]> {
  const there = new Set(keys);
  const found: { stem: string; record: ExpiredRecord }[] = [];
  for (const key of keys) {
    const stem = key.replace(/\.json$/, "");
    const settled = settledSuffixes.some((end) => key.endsWith(end));
    if (settled || there.has(`${stem}.withdrawn.json`)) continue;
    const text = await archive.getText(key);
    if (text !== undefined) found.push({ stem, record: parseStored(expiredSchema, text, key) });
  }
  return found;
}
