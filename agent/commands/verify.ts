import { getPriority, hostname, setPriority } from "node:os";
import type { Catalog, CatalogEntry, Place } from "../../model/catalog";
import { type Coverage, coverageOf } from "../../model/coverage";
import { inOrder } from "../../model/catalog";
import { dataPrefix } from "../../model/layout";
import { softwareOf, storedBytes } from "../../model/manifest";
import { InputError } from "../../model/mistakes";
import { PlanRefused } from "../../model/planRefused";
import type { VerificationRecord } from "../../model/records";
import type { ArchiveSpec } from "../../model/reference";
import { logAfter, type LogAfter } from "../../model/replay";
import { type BackupSoftware, softwareKey } from "../../model/software";
import { logObjectiveSeconds } from "../../model/status";
import { isTier } from "../../model/tier";
import { newestOfEachTier, newestVerified, VerificationDepth, type VerifiedBackup } from "../../model/verification";
import { type Archive, FrozenFault } from "../archive/archive";
import { keyOf, readCatalog } from "../archive/catalog";
import { givenUpOf } from "../archive/expired";
import { openReachable } from "../archive/open";
import { readSegments } from "../archive/segments";
import { putDecryption, putVerification } from "../archive/verifications";
import type { Node } from "../context";
import { NotThawed } from "../restore/thaw";
import { refuseWithoutIdentity } from "../restore/unsealed";
import { Damaged, explain, WorldFault } from "../run/errors";
import type { Reporter } from "../run/events";
import { rest } from "../run/interrupt";
import { type Procedure, runProcedure, type StepControl } from "../run/steps";
import { hashStream } from "../host/files";
import { bytesFetched, restoredContext, verifyRestored } from "./verifyRestored";

/** What was found of one backup. */
export interface Verdict {
  backupId: string;
  place: Place;
  tier: string;
  good: boolean;
  problem: string | null;
  bytes: number;
}

/** A backup that could not be looked at so deep: it counts neither as good nor as damaged. */
export interface Unread {
  backupId: string;
  place: Place;
  tier: string;
  /** Why, and what to do. */
  reason: string;
}

export interface VerifyContext {
  archive: ArchiveSpec;
  /** Whose backups are believed; empty: whatever matches the key that it brings. */
  trustedKeys: readonly string[];
  depth: VerificationDepth;
  /** One backup, or all. */
  backupId?: string;
  /** Also where the archived log can restore to, and where not. */
  log?: boolean;
  coverage?: Coverage;
  catalog?: Catalog;
  places?: { place: Place; archive: Archive }[];
  entries?: CatalogEntry[];
  verdicts: Verdict[];
  /** What lies in an archive class; left out where nothing does. */
  unread?: Unread[];
  /** Any of them opens what is encrypted: needed for the depth that restores. */
  identities?: readonly string[];
  /** What was found of software that backups name, by key: most name the same. */
  software?: Map<string, string | null>;
  /** The newest backup that was really decrypted. */
  decrypted?: CatalogEntry;
  /** Where backups are restored to, for the depth that does so. */
  scratch?: { node: Node; reporter: Reporter };
  /** When it began, by `performance.now()`. */
  began?: number;
}

/**
 * Holds the archive against its manifests: that all is there, or every byte of it, or that it can be restored. It gives
 * way to the database that runs on the host.
 */
export const verify: Procedure<VerifyContext> = {
  name: "verify",
  steps: [
    { name: "catalog", title: "read the catalog", run: catalog },
    { name: "backups", title: "verify the backups", run: backups },
    { name: "log", title: "look for gaps in the log", run: log },
    { name: "record", title: "record what was found", run: record },
  ],
};

/** As low as what the units of systemd run with; what is started inherits it. */
const niceness = 10;

function giveWay(): void {
  if (getPriority() < niceness) setPriority(niceness);
}

async function catalog(context: VerifyContext): Promise<void> {
  context.began = performance.now();
  giveWay();
  context.places = await openReachable(context.archive);
  const found = await readCatalog(context.archive.clusterId, context.places, context.trustedKeys);
  context.catalog = found;
  for (const { place, key, problem } of found.unreadable) {
    context.verdicts.push({ backupId: key, place, tier: "", good: false, problem, bytes: 0 });
  }
  context.entries = wanted(context, found);
  if (context.backupId !== undefined && context.entries.length === 0) {
    const known = inOrder(found).map(({ manifest }) => manifest.backupId);
    const remedy = `Known backups: ${known.slice(-5).join(", ") || "none"}.`;
    throw new InputError("The backup cannot be verified", [
      { path: "backup", problem: "is not in the archive", received: context.backupId, remedy },
    ]);
  }
  if (context.depth === VerificationDepth.Restore) refuseClosed(context, context.entries);
}

/** Before anything is fetched. */
function refuseClosed({ identities = [], backupId: named }: VerifyContext, entries: readonly CatalogEntry[]): void {
  for (const { manifest, problem } of entries) {
    if (problem !== null) continue;
    const { backupId, encryption } = manifest;
    try {
      refuseWithoutIdentity({ source: { backupId, recipients: encryption?.recipients } }, identities);
    } catch (error) {
      if (named !== undefined || identities.length === 0 || !(error instanceof PlanRefused)) throw error;
      throw new PlanRefused(
        `${error.message} The newest backup of each tier is restored: after a change of recipients repeat --identity-file, with the older one too, or name one backup: \`verify ID\`.`,
      );
    }
  }
}

/** To restore all of them would take days: the newest of each tier stand for the others, which only have to be there. */
function wanted({ backupId, depth }: VerifyContext, found: Catalog): CatalogEntry[] {
  const all = inOrder(found);
  if (backupId !== undefined) return all.filter(({ manifest }) => manifest.backupId === backupId);
  if (depth !== VerificationDepth.Restore) return all;
  return [...all.filter(({ problem }) => problem !== null), ...newestOfEachTier(found)];
}

async function backups(context: VerifyContext, control: StepControl): Promise<void> {
  for (const entry of context.entries ?? []) {
    const { manifest, place } = entry;
    const found = await lookUnlessFrozen(context, entry, control);
    if (found === "unread") continue;
    if (found === undefined) {
      control.note(`${manifest.backupId} was given up meanwhile: it is not judged`);
      continue;
    }
    const { problem, bytes } = found;
    context.verdicts.push({
      backupId: manifest.backupId,
      place,
      tier: manifest.tier,
      good: problem === null,
      problem,
      bytes,
    });
  }
}

type Found = Pick<Verdict, "problem" | "bytes">;

/** Reading every byte thaws nothing; a restore asks for the thaw, and is made once that is there. */
async function lookUnlessFrozen(
  context: VerifyContext,
  entry: CatalogEntry,
  control: StepControl,
): Promise<Found | undefined | "unread"> {
  try {
    return await lookUnlessGivenUp(context, entry, control);
  } catch (error) {
    if (!(error instanceof NotThawed) && !(error instanceof FrozenFault)) throw error;
    const { backupId, tier } = entry.manifest;
    const { storageClass = "an archive class" } = entry.frozen ?? {};
    const reason =
      error instanceof NotThawed
        ? `not restored: ${error.message}`
        : `not read: it lies in ${storageClass}; \`verify ${backupId} --depth restore\` asks for its thaw`;
    (context.unread ??= []).push({ backupId, place: entry.place, tier, reason });
    return "unread";
  }
}

/** Undefined for a backup that a prune has begun to take away since the catalog was read. */
async function lookUnlessGivenUp(
  context: VerifyContext,
  entry: CatalogEntry,
  control: StepControl,
): Promise<Found | undefined> {
  if (entry.problem !== null) return { problem: entry.problem, bytes: 0 };
  try {
    const found = await look(context, entry, control);
    return found.problem !== null && (await givenUp(context, entry)) ? undefined : found;
  } catch (error) {
    if (await givenUp(context, entry).catch(() => false)) return undefined;
    throw error;
  }
}

async function givenUp({ archive: spec, places = [] }: VerifyContext, entry: CatalogEntry): Promise<boolean> {
  const archive = places.find(({ place }) => place === entry.place)?.archive;
  return archive !== undefined && (await givenUpOf(archive, spec.clusterId, [keyOf(entry)])).size > 0;
}

/** What the catalog sees nothing wrong with. */
async function look(context: VerifyContext, entry: CatalogEntry, control: StepControl): Promise<Found> {
  if (context.depth === VerificationDepth.Manifest) return { problem: null, bytes: 0 };
  const archive = context.places?.find(({ place }) => place === entry.place)?.archive;
  if (archive === undefined) return { problem: "unreachable", bytes: 0 };
  return context.depth === VerificationDepth.Bytes
    ? readAll(context, { archive, entry }, control)
    : restore(context, entry, archive);
}

/** A backup that cannot be restored is damaged; a host on which nothing can be restored says nothing of it. */
async function restore(context: VerifyContext, entry: CatalogEntry, archive: Archive): Promise<Found> {
  const { scratch, catalog: found } = context;
  if (scratch === undefined || found === undefined) throw new Error("whoever asks for this depth names the node");
  const { node, reporter } = scratch;
  const { replay, problem } = await logBehind(node, entry, archive);
  const { identities = [] } = context;
  const restored = await restoredContext({ node, catalog: found, entry, archive, replay, identities });
  try {
    await runProcedure(verifyRestored, restored, reporter);
    noteDecrypted(context, entry, found);
    return { problem, bytes: bytesFetched(restored) };
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    return { problem: error.message, bytes: bytesFetched(restored) };
  }
}

/** Tiers come in no order of time: an older one may be encrypted to the recipients of before. */
function noteDecrypted(context: VerifyContext, entry: CatalogEntry, found: Catalog): void {
  if (entry.manifest.encryption === undefined) return;
  const order = inOrder(found);
  const before = context.decrypted === undefined ? -1 : order.indexOf(context.decrypted);
  if (order.indexOf(entry) > before) context.decrypted = entry;
}

/** `wal-push` stores several segments at once: what is missing may be on its way. */
const onItsWayMs = 10_000;

/** The log in a backup's own archive, which a recovery would replay on it. */
async function logBehind(node: Node, entry: CatalogEntry, archive: Archive): Promise<LogAfter> {
  const { archive: spec, policy } = node.config;
  const now = async (): Promise<LogAfter> =>
    logAfter(entry, await readSegments(archive, spec.clusterId, entry.place), logObjectiveSeconds(policy));
  const first = await now();
  if (first.problem === null) return first;
  await rest(onItsWayMs);
  return now();
}

async function log(context: VerifyContext): Promise<void> {
  const { archive, catalog: found, places = [] } = context;
  if (context.log !== true || found === undefined) return;
  const primary = places.find(({ place }) => place === "primary")?.archive;
  if (primary === undefined) throw new WorldFault("the primary archive, where the log lies, cannot be read. Mount it.");
  context.coverage = coverageOf(found, await readSegments(primary, archive.clusterId, "primary"));
}

/** For `status`. Whoever may only read the archive verifies all the same. */
async function record(context: VerifyContext, control: StepControl): Promise<void> {
  const { archive: spec, depth, backupId = null, verdicts, places = [], began = 0 } = context;
  const [first] = places; // The primary one where it is within reach.
  if (first === undefined || verdicts.length === 0) return;
  const found: VerificationRecord = {
    format: "neumann-verification/1",
    depth,
    backupId,
    at: new Date().toISOString(),
    seconds: (performance.now() - began) / 1000,
    by: hostname(),
    places: places.map(({ place }) => place),
    backups: verdicts.length,
    bytes: verdicts.reduce((sum, { bytes }) => sum + bytes, 0),
    good: verdicts.every(({ good }) => good),
    newest: newestVerified(verdicts.flatMap((verdict) => (isVerified(verdict) ? [verdict] : []))),
    faults: verdicts.flatMap(({ backupId: id, place, problem }) =>
      problem === null ? [] : [{ backupId: id, place, problem }],
    ),
  };
  try {
    await putVerification(first.archive, spec.clusterId, found);
    const recipients = context.decrypted?.manifest.encryption?.recipients;
    if (recipients !== undefined) await putDecryption(first.archive, spec.clusterId, recipients);
  } catch (error) {
    control.note(`what was found could not be recorded in ${first.archive.description}: ${explain(error).message}`);
  }
}

function isVerified(verdict: Verdict): verdict is Verdict & VerifiedBackup {
  return verdict.good && isTier(verdict.tier);
}

interface Placed {
  archive: Archive;
  entry: CatalogEntry;
}

/** A backup's own objects, and what it names beside it. */
async function readAll(context: VerifyContext, { archive, entry }: Placed, control: StepControl): Promise<Found> {
  const own = await readParts(archive, entry, control);
  if (own.problem !== null) return own;
  const known = (context.software ??= new Map<string, string | null>());
  const { clusterId } = entry.manifest;
  let { bytes } = own;
  for (const software of softwareOf(entry.manifest)) {
    const key = softwareKey(clusterId, software);
    if (!known.has(key)) {
      known.set(key, await softwareProblem(archive, key, software));
      bytes += software.bytes;
    }
    const problem = known.get(key);
    if (problem) return { problem: `its data is whole, but ${problem}`, bytes };
  }
  return { problem: null, bytes };
}

async function softwareProblem(archive: Archive, key: string, { sha256 }: BackupSoftware): Promise<string | null> {
  if (!(await archive.list(key)).some((object) => object.key === key)) return `${key} is missing`;
  const found = await hashStream(await archive.getStream(key), () => undefined);
  return found.sha256 === sha256 ? null : `${key} has SHA-256 ${found.sha256}`;
}

/** Data, and the log that an off-site backup carries. */
async function readParts(archive: Archive, { manifest }: CatalogEntry, control: StepControl): Promise<Found> {
  const prefix = dataPrefix(manifest.clusterId, manifest.tier, manifest.lineage, manifest.backupId);
  const segments = manifest.wal.segments.map((segment) => ({
    ...segment,
    name: `wal/${segment.stream}/${segment.name}`,
  }));
  const total = storedBytes(manifest);
  let bytes = 0;
  for (const part of [...manifest.parts, ...segments]) {
    const content = await archive.getStream(prefix + part.name);
    const { sha256: found } = await hashStream(content, (more) => control.progress((bytes += more), total));
    if (found !== part.sha256) return { problem: `${part.name} has SHA-256 ${found}, not ${part.sha256}`, bytes };
  }
  return { problem: null, bytes };
}
