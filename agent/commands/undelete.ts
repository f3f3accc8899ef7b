import type { Place } from "../../model/catalog";
import { expectedObjects } from "../../model/catalog";
import { dataPrefix } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import type { ArchiveSpec } from "../../model/reference";
import { counted } from "../../model/units";
import { type HiddenObject, metaSuffix } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import {
  type HiddenBackup,
  readHiddenBackups,
  readHiddenLog,
  readHiddenRecords,
  readingOf,
  sameInAll,
  type VersionedPlace,
  versionedPlaces,
} from "../archive/hidden";
import { openReachable } from "../archive/open";
import { type Claim, takeClaim } from "../claims";
import { inParallel } from "../host/tree";
import { Damaged, Refused, TryLater, WorldFault } from "../run/errors";
import type { Procedure, StepControl } from "../run/steps";

/** What is brought back. */
export type Wanted = { kind: "backup"; backupId: string } | { kind: "wal" } | { kind: "records" };

export interface UndeleteContext {
  archive: ArchiveSpec;
  trustedKeys: readonly string[];
  wanted: Wanted;
  /** Also what a prune gave up on purpose. */
  expired: boolean;
  /** Name of whoever runs it, for the claim. */
  holder: string;
  places: VersionedPlace[];
  claim?: Claim;
  /** What comes back, in this order. */
  chosen: Chosen[];
  /** Left as it is, and why. */
  left: { place: Place; key: string; problem: string }[];
  /** What came back. */
  undeleted: { place: Place; key: string; deletedAt: string }[];
}

interface Chosen {
  place: VersionedPlace;
  /** Of a backup: it is held against its manifest. */
  backup?: HiddenBackup;
  /** Their order: what an object needs comes back before it. */
  objects: HiddenObject[];
}

/**
 * Brings back what delete markers hide, by removing the markers: nothing else is removed, nothing is copied or overwritten,
 * and every object has the time again at which it was stored (docs/decisions/0024). Killed anywhere, a run again goes on.
 */
export const undelete: Procedure<UndeleteContext> = {
  name: "undelete",
  steps: [
    { name: "begin", title: "open the archives", run: begin },
    { name: "claim", title: "keep prune away", run: claim },
    { name: "choose", title: "find what is hidden", run: choose },
    { name: "check", title: "check that what comes back is what was stored", run: check },
    { name: "uncover", title: "remove the delete markers, manifests last", run: uncover },
    { name: "verify", title: "see that it is there again", run: verify },
  ],
  async settle(context) {
    await context.claim?.release();
  },
};

export function undeleteContext(
  given: Pick<UndeleteContext, "archive" | "trustedKeys" | "wanted" | "expired" | "holder">,
): UndeleteContext {
  return { ...given, places: [], chosen: [], left: [], undeleted: [] };
}

/** What would come back. Touches nothing. */
export async function chooseUndelete(context: UndeleteContext): Promise<void> {
  const silent: StepControl = { progress: () => undefined, note: () => undefined, point: () => Promise.resolve() };
  await begin(context);
  await choose(context);
  await check(context, silent);
}

async function begin(context: UndeleteContext): Promise<void> {
  const opened = await openReachable(context.archive, true);
  context.places = versionedPlaces(opened);
  if (context.places.length === 0) {
    const names = opened.map(({ archive }) => archive.description).join(" and ");
    throw new Refused(`${names}: a folder keeps no versions, so what was deleted there is gone. Nothing was touched.`);
  }
  if (context.wanted.kind === "records") return;
  for (const { archive, versions } of context.places) {
    const [first, ...others] = await readHiddenRecords(versions, context.archive.clusterId);
    if (first === undefined) continue;
    const more = others.length === 0 ? "" : ` and ${counted(others.length, "other record")}`;
    throw new Refused(
      `${archive.description} hides ${first.key}${more}: without its records an archive says the wrong things. Run \`neumann-backup undelete --records\` first; nothing was touched.`,
    );
  }
}

/** While backup and log come back in parts, a prune would take them for leftovers. */
async function claim(context: UndeleteContext): Promise<void> {
  const [first] = context.places;
  // Claims themselves may be hidden: they come back with the records.
  if (first === undefined || context.wanted.kind === "records") return;
  const wanted = { name: "prune", node: context.holder, timeToLiveSeconds: 3600 };
  context.claim = await takeClaim(first.archive, context.archive.clusterId, wanted);
}

async function choose(context: UndeleteContext): Promise<void> {
  const { wanted } = context;
  if (wanted.kind === "backup") await chooseBackup(context, wanted.backupId);
  else if (wanted.kind === "wal") await chooseLog(context);
  else await chooseRecords(context);
}

async function chooseBackup(context: UndeleteContext, backupId: string): Promise<void> {
  const { archive, trustedKeys, places } = context;
  const all: { place: VersionedPlace; backup: HiddenBackup }[] = [];
  for (const place of places) {
    const found = await readHiddenBackups(place, { clusterId: archive.clusterId, trustedKeys });
    all.push(...found.map((backup) => ({ place, backup })));
  }
  const named = all.filter(({ backup }) => backup.backupId === backupId);
  if (named.length === 0) return refuseUnlessThere(context, backupId, all);
  for (const { place, backup } of named) {
    refuseGivenUp(context, backup);
    if (backup.problem !== null) throw new Damaged(`backup ${backupId} cannot come back: ${backup.problem}.`);
    refuseCovered(backup);
    context.chosen.push({ place, backup, objects: backup.objects.map(({ object }) => object) });
  }
}

/** A backup that is there needs nothing; one that nobody knows is a mistake. */
async function refuseUnlessThere(
  { archive, trustedKeys, places }: UndeleteContext,
  backupId: string,
  hidden: readonly { backup: HiddenBackup }[],
): Promise<void> {
  const { entries } = await readCatalog(archive.clusterId, places, trustedKeys);
  if (entries.some(({ manifest }) => manifest.backupId === backupId)) return;
  const known = [...new Set(hidden.map(({ backup }) => backup.backupId))].sort();
  const remedy = `Hidden backups: ${known.slice(-5).join(", ") || "none"}. What has no version left is gone.`;
  throw new InputError("The backup cannot be undeleted", [
    { path: "backup", problem: "is neither in the archive nor hidden there", received: backupId, remedy },
  ]);
}

function refuseGivenUp({ expired }: UndeleteContext, { backupId, givenUp }: HiddenBackup): void {
  if (givenUp === null) return;
  if (!expired) {
    throw new Refused(
      `backup ${backupId} was given up on purpose, by prune ${givenUp.pruneId}: with --expired it comes back all the same, until a prune gives it up again. Nothing was touched.`,
    );
  }
  if (!givenUp.done) {
    throw new TryLater(
      `prune ${givenUp.pruneId}, which gave ${backupId} up, is not recorded as done, and until then every reader counts the backup as gone: run \`neumann-backup prune\` first`,
    );
  }
}

/** Removing markers brings back the newest version: it must be the backup's. */
function refuseCovered({ backupId, objects }: HiddenBackup): void {
  const covered = objects.filter(({ object, versionId }) => {
    const belongs = object.key.endsWith(metaSuffix) || object.versions[0]?.versionId === versionId;
    return !belongs;
  });
  const [first] = covered;
  if (first === undefined) return;
  throw new Damaged(
    `${first.object.key} was stored again after backup ${backupId}, with other content, before it was deleted: it would come back as that. Restore the backup directly (backup:${backupId}): that reads the version that belongs to it. Nothing was touched.`,
  );
}

async function chooseLog(context: UndeleteContext): Promise<void> {
  for (const place of context.places) {
    for (const log of await readHiddenLog(place, context.archive.clusterId)) {
      await addSound(context, place, context.expired ? log.objects : log.wanted);
    }
  }
}

async function chooseRecords(context: UndeleteContext): Promise<void> {
  for (const place of context.places) {
    await addSound(context, place, await readHiddenRecords(place.versions, context.archive.clusterId));
  }
}

/** No manifest tells what a segment or a record was: all that was ever stored under its key has to be the same. */
async function addSound(
  { chosen, left }: UndeleteContext,
  place: VersionedPlace,
  objects: readonly HiddenObject[],
): Promise<void> {
  const sound: HiddenObject[] = [];
  await inParallel(objects, async (object) => {
    const problem = await problemOf(place, object);
    if (problem === undefined) sound.push(object);
    else left.push({ place: place.place, key: object.key, problem });
  });
  const order = new Map(objects.map(({ key }, at) => [key, at]));
  sound.sort((a, b) => (order.get(a.key) ?? 0) - (order.get(b.key) ?? 0));
  if (sound.length > 0) chosen.push({ place, objects: sound });
}

async function problemOf({ versions }: VersionedPlace, object: HiddenObject): Promise<string | undefined> {
  if (object.versions.length === 0) return "no version of it is left";
  if (await sameInAll(versions, object)) return undefined;
  return "other content was stored over it: look who did, and which version is the right one";
}

/** By the hashes that were stored with the objects. */
async function check({ chosen }: UndeleteContext, control: StepControl): Promise<void> {
  for (const { place, backup, objects } of chosen) {
    if (backup?.entry == null) continue;
    const hashes = hashesOf(backup);
    const reading = readingOf(backup, place.versions);
    await inParallel(objects, async ({ key }) => {
      const expected = hashes.get(key);
      if (expected === undefined) return;
      const found = await reading.storedHash(key);
      if (found === expected) return;
      throw new Damaged(
        `${key} has SHA-256 ${found}, not ${expected} as the manifest of ${backup.backupId} says. Nothing was touched.`,
      );
    });
    control.note(`${backup.backupId}: ${counted(objects.length, "object")} deleted until ${backup.deletedAt}`);
  }
}

function hashesOf({ entry }: HiddenBackup): Map<string, string> {
  if (entry === null) return new Map();
  const { manifest } = entry;
  const prefix = dataPrefix(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  return new Map(expectedObjects(manifest, prefix).map(({ key, sha256 }) => [key, sha256]));
}

async function uncover(context: UndeleteContext, control: StepControl): Promise<void> {
  for (const { place, backup, objects } of context.chosen) {
    await context.claim?.stillHeld();
    const bring = async (object: HiddenObject): Promise<void> => {
      await place.versions.uncover(object);
      const { key, marker } = object;
      context.undeleted.push({ place: place.place, key, deletedAt: marker.at.toISOString() });
    };
    const beside = objects.filter(({ key }) => key.endsWith(metaSuffix));
    const others = objects.filter(({ key }) => !key.endsWith(metaSuffix));
    // A hash comes back before its object, a manifest after its data.
    const last = backup === undefined ? undefined : others.at(-1);
    const ownManifest = last?.key.endsWith(".json") === true ? last : undefined;
    await inParallel(beside, bring);
    await control.point();
    if (context.wanted.kind === "records") for (const object of others) await bring(object);
    else
      await inParallel(
        others.filter((object) => object !== ownManifest),
        bring,
      );
    await control.point();
    if (ownManifest !== undefined) await bring(ownManifest);
  }
}

async function verify(context: UndeleteContext): Promise<void> {
  for (const { place, backup, objects } of context.chosen) {
    const still = new Set((await hiddenAgain(place, objects)).map(({ key }) => key));
    const [first] = still;
    if (first !== undefined) {
      throw new WorldFault(
        `${first} is hidden again: somebody, or a rule of the bucket, deletes it at this moment. End that, then run the same command again.`,
      );
    }
    if (backup === undefined) continue;
    const { archive, trustedKeys } = context;
    const { entries } = await readCatalog(archive.clusterId, [place], trustedKeys);
    const entry = entries.find(({ manifest }) => manifest.backupId === backup.backupId);
    const problem = entry === undefined ? "it is not in the catalog" : entry.problem;
    if (problem !== null) throw new Damaged(`backup ${backup.backupId} came back, and ${problem}.`);
    const hashes = hashesOf(backup);
    await inParallel(objects, async ({ key }) => {
      const expected = hashes.get(key);
      if (expected === undefined) return;
      const found = await place.archive.storedHash(key);
      if (found !== expected) throw new Damaged(`${key} came back with SHA-256 ${found}, not ${expected}.`);
    });
  }
}

/** Which of these are hidden now. */
async function hiddenAgain({ versions }: VersionedPlace, objects: readonly HiddenObject[]): Promise<HiddenObject[]> {
  const folders = new Set(objects.map(({ key }) => key.slice(0, key.lastIndexOf("/") + 1)));
  const keys = new Set(objects.map(({ key }) => key));
  const found: HiddenObject[] = [];
  for (const folder of folders) found.push(...(await versions.hidden(folder)).filter(({ key }) => keys.has(key)));
  return found;
}
