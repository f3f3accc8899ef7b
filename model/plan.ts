import { createHash } from "node:crypto";
import { type Json, canonicalJson } from "./canonical";
import {
  ancestors,
  type Catalog,
  type CatalogEntry,
  damagedLineages,
  goodBackups,
  newestGood,
  type Place,
  productionLineage,
  type StoredSegment,
} from "./catalog";
import type { InPlace } from "./inPlace";
import { isRecoveryId } from "./layout";
import { softwareOf, storedBytes } from "./manifest";
import { PlanRefused } from "./planRefused";
import type { LineageRecord, RecoveryPin } from "./records";
import { type BaseAndLog, chooseBaseAndLog, type ReplayPlan } from "./replay";
import { parseRestorePoint, type RestorePoint } from "./restorePoint";
import { type BackupSoftware, describeSoftware } from "./software";
import { type Frozen, frozenTogether, type ThawPhase, thawPhase } from "./thaw";
import { Tier } from "./tier";
import { counted, formatBytes, formatCount, formatSeconds } from "./units";
import { describeVolume, refuseOtherNamespace, refuseOutsidePods, type StoredVolume, volumeSource } from "./volumePlan";
import type { SnapshottedVolume } from "./volumeRecord";
import type { StoredWatermark } from "./watermarks";

/** What a recovery will do: resolved once, shown, approved by its digest, then executed as it stands (protocol 21). */
export interface RestorePlan {
  format: "neumann-plan/1";
  clusterId: string;
  recoveryId: string;
  /** As the user wrote it. */
  restorePoint: string;
  source: {
    place: "primary" | "offsite";
    /** `volume`: nothing is fetched, it lies on the volume that the pod finds. */
    tier: Tier | "volume";
    backupId: string;
    lineage: string;
    databaseClusterId: string;
    manifestSha256: string;
    /** Begin of the backup by its node's clock: what was written later is lost. */
    createdAt: string;
    index: { low: number; high: number };
    totalEntries: number | null;
    storedBytes: number;
    plainBytes: number;
    files: number;
    walSegments: number;
    /** An identity of one of these is needed; left out where the backup is not encrypted. */
    recipients?: string[];
    /** What new nodes can be made of, beside the backup; left out where its manifest names nothing. */
    software?: BackupSoftware[];
    /** Delete markers hide some of it: it is read by version ids. */
    hidden?: true;
    /** The snapshot of a volume that the first pod's claim is made of; then `manifestSha256` is of its record. */
    volume?: SnapshottedVolume;
  };
  /** The log that is replayed on top of it; null: the backup as it is. */
  replay: ReplayPlan | null;
  /** The first one restores, the others join it, empty. */
  nodes: string[];
  /** Expected duration of the whole, by the sizes. */
  estimatedSeconds: number;
  /** The nodes are members of a cluster that is there: its data is put aside. */
  inPlace?: InPlace;
  /** The result is a clone under this name, in an archive of its own. */
  cloneAs?: string;
  /** What of backup and log lay in an archive class when the plan was made: it is thawed first. */
  frozen?: Frozen;
}

export interface PlanRequest {
  catalog: Catalog;
  /** The archived log of every place; only looked at for a restore point that needs it. */
  segments: readonly StoredSegment[];
  /** What nodes said after the time that is to be restored. */
  watermarks?: readonly StoredWatermark[];
  /** By the clock of whoever asks: only said to a person. */
  now?: Date;
  restorePoint: string;
  recoveryId: string;
  /** Node ids, the first of which restores. */
  nodes: readonly string[];
  /** The plan that this recovery has been pinned to. */
  pin?: RecoveryPin;
  inPlace?: InPlace;
  cloneAs?: string;
  /** Where the pods are to be. */
  kubernetes?: { namespace: string };
  /** What a restore point of that kind names. */
  volume?: StoredVolume;
}

/** SHA-256 over the canonical plan: what `approvedPlanDigest` names. */
export function planDigest(plan: RestorePlan): string {
  return createHash("sha256")
    .update(canonicalJson(approved(plan) as unknown as Json))
    .digest("hex");
}

/** What is approved: to a time, it does not matter how much more of the stream has arrived since the plan was shown. */
function approved(shown: RestorePlan): object {
  const plan = { ...shown, source: { ...shown.source } };
  delete plan.source.hidden; // The same backup, also once somebody has undeleted it.
  delete plan.frozen; // And once a rule of the bucket has moved it.
  if (plan.replay?.frozen !== undefined) plan.replay = withoutFrozen(plan.replay);
  // A forged plan may have none.
  if ((shown.source as unknown) === undefined) return shown;
  // In place, log arrives from the nodes until they are stopped, and then what they still hold: another stream may be surer.
  // Production beside a clone never stops writing.
  if ((plan.inPlace ?? plan.cloneAs) !== undefined && plan.replay !== null) {
    return { ...plan, estimatedSeconds: 0, replay: { until: plan.replay.until } };
  }
  if (plan.replay?.until == null) return plan;
  const { until, stream, first } = plan.replay;
  return { ...plan, estimatedSeconds: 0, replay: { until, stream, first } };
}

function withoutFrozen({ frozen, ...same }: ReplayPlan): ReplayPlan {
  void frozen;
  return same;
}

/**
 * The plan for a request. A recovery that is pinned keeps its plan for ever.
 * @throws PlanRefused with the reason, InputError for a restore point that is none.
 */
export function resolvePlan(request: PlanRequest): RestorePlan {
  const { restorePoint, recoveryId } = request;
  if (!isRecoveryId(recoveryId)) {
    throw new PlanRefused(
      `recoveryId ${JSON.stringify(recoveryId)} cannot name a recovery. Use letters, digits, dots and dashes, such as 2026-11-23.`,
    );
  }
  const point = parseRestorePoint(restorePoint);
  if (point.kind === "volume-snapshot") return planOfVolume(request, point.backupId);
  if (request.pin) return pinnedPlan(request.pin, request);
  refuseUnknownLineage(request);
  return planFor(request, choose(request, point));
}

function planOfVolume(request: PlanRequest, backupId: string): RestorePlan {
  const { namespace } = refuseOutsidePods(backupId, request);
  const { pin, volume } = request;
  if (pin === undefined && volume === undefined) throw new Error("a plan of a volume needs the volume's record");
  const plan =
    pin === undefined ? planWith(request, volumeSource(volume as StoredVolume), null) : pinnedPlan(pin, request);
  refuseOtherNamespace(plan, namespace);
  return plan;
}

/** What a backup of the archive is restored to. */
export type BackupPoint = Exclude<RestorePoint, { kind: "volume-snapshot" }>;

/** A restore point that rolls a backup forward. */
export function needsLog(point: RestorePoint): point is Extract<RestorePoint, { kind: "time" | "end-of-log" }> {
  return point.kind === "time" || point.kind === "end-of-log";
}

/** The history that was production at a time: before a recovery it was the one that the recovery parted from. */
function lineageAt(catalog: Catalog, production: LineageRecord, until: Date): LineageRecord {
  const line = [production, ...ancestors(catalog, production)];
  return line.find(({ createdAt }) => Date.parse(createdAt) <= until.getTime()) ?? line.at(-1) ?? production;
}

function choose({ catalog, segments, watermarks, now }: PlanRequest, point: BackupPoint): BaseAndLog {
  if (!needsLog(point)) return { base: chooseBackup(catalog, point), replay: null };
  const production = productionLineage(catalog);
  if ("refused" in production) throw new PlanRefused(`${production.refused}.${whatIsThere(catalog)}`);
  const { until, stream } = point.kind === "time" ? point : { ...point, until: null };
  const { lineage } = until === null ? production.lineage : lineageAt(catalog, production.lineage, until);
  const place = placeOfLog(catalog, lineage, segments);
  return chooseBaseAndLog({ catalog, lineage, segments, place, until, stream, watermarks, now });
}

/** The primary archive has the newer log; off-site lies what is left where it is lost, or was begun anew. */
function placeOfLog(catalog: Catalog, lineage: string, segments: readonly StoredSegment[]): Place {
  if (goodBackups(catalog, lineage, { places: ["primary"] }).length > 0) return "primary";
  return segments.some((found) => found.place === "offsite" && found.lineage === lineage) ? "offsite" : "primary";
}

/** A typo must not look like data that may go. */
function refuseUnknownLineage({ catalog, inPlace }: PlanRequest): void {
  const known = catalog.lineages.map(({ lineage }) => lineage);
  if (inPlace === undefined || known.includes(inPlace.replaces)) return;
  throw new PlanRefused(
    `no lineage ${inPlace.replaces} is in the archive, and only what is known by name is put aside. Its lineages: ${known.join(", ") || "none"}. \`neumann-backup status\` on a node tells which one it writes.`,
  );
}

function pinnedPlan(pin: RecoveryPin, request: PlanRequest): RestorePlan {
  const { restorePoint } = request;
  if (pin.restorePoint !== restorePoint) {
    throw new PlanRefused(
      `recovery ${pin.recoveryId} was begun with restore point ${pin.restorePoint} and cannot be continued with ${restorePoint}. ` +
        "Use a new recoveryId for another restore point.",
    );
  }
  const plan = pin.plan as RestorePlan;
  const [begun, now] = [describeKind(plan), describeKind(request)];
  if (begun === now) return plan;
  throw new PlanRefused(
    `recovery ${pin.recoveryId} was begun ${begun} and cannot be continued ${now}. Use a new recoveryId.`,
  );
}

function describeKind({ inPlace, cloneAs }: Pick<RestorePlan, "inPlace" | "cloneAs">): string {
  if (cloneAs !== undefined) return `as a clone named ${cloneAs}`;
  if (inPlace === undefined) return "onto empty nodes";
  return `in place of ${inPlace.replaces} (fenced: ${inPlace.fenced.join(", ") || "none"})`;
}

function chooseBackup(catalog: Catalog, point: BackupPoint): CatalogEntry {
  if (point.kind === "backup") return namedBackup(catalog, point.backupId);
  const production = productionLineage(catalog);
  if ("refused" in production) throw new PlanRefused(`${production.refused}.${whatIsThere(catalog)}`);
  if (point.kind === "index") return knownIndex(catalog, production.lineage.lineage, point.index);
  const where = point.kind === "latest-offsite" ? { places: ["offsite" as const], tiers: [Tier.Offsite] } : {};
  const entry = newestGood(catalog, production.lineage.lineage, where);
  if (entry === undefined) {
    throw new PlanRefused(
      `there is no good backup for ${point.kind} in lineage ${production.lineage.lineage}.${whatIsThere(catalog)}`,
    );
  }
  return entry;
}

/** Only where a backup ends exactly there: segments are opaque, so no other index is known (protocol 25). */
function knownIndex(catalog: Catalog, lineage: string, index: number): CatalogEntry {
  const known = goodBackups(catalog, lineage)
    .filter(({ manifest }) => manifest.index.low === manifest.index.high)
    .sort((a, b) => a.manifest.index.high - b.manifest.index.high);
  const found = known.find(({ manifest }) => manifest.index.high === index);
  if (found !== undefined) return found;
  const below = known.filter(({ manifest }) => manifest.index.high < index).at(-1);
  const above = known.find(({ manifest }) => manifest.index.high > index);
  const nearest = [below, above].flatMap((entry) =>
    entry === undefined ? [] : [`${entry.manifest.index.high} (${entry.manifest.backupId})`],
  );
  throw new PlanRefused(
    `no backup of lineage ${lineage} ends at index ${index}, and no other index is known before the log is replayed. The nearest: ${nearest.join(" and ") || "none"}. Or use a time.`,
  );
}

function namedBackup(catalog: Catalog, backupId: string): CatalogEntry {
  const found = catalog.entries.filter((entry) => entry.manifest.backupId === backupId);
  const good = found.find((entry) => entry.problem === null);
  if (good) return good;
  const unreadable = catalog.unreadable.find(({ key }) => key.endsWith(`/${backupId}.json`));
  const problem = found[0]?.problem ?? unreadable?.problem;
  if (problem) throw new PlanRefused(`backup ${backupId} cannot be restored: ${problem}.${goodOnes(catalog)}`);
  throw new PlanRefused(`backup ${backupId} is not in the archive.${whatIsThere(catalog)}`);
}

function goodOnes(catalog: Catalog): string {
  const good = catalog.entries.filter((entry) => entry.problem === null).map((entry) => entry.manifest.backupId);
  return good.length === 0 ? " No good backup is listed." : ` Good backups: ${good.slice(-5).join(", ")}.`;
}

function whatIsThere(catalog: Catalog): string {
  // Those were named as the reason.
  const damaged = new Set(damagedLineages(catalog).map(({ key }) => key));
  const bad = [
    ...catalog.entries.filter((e) => e.problem !== null).map((e) => `${e.manifest.backupId}: ${e.problem}`),
    ...catalog.unreadable.filter((u) => !damaged.has(u.key)).map((u) => `${u.key}: ${u.problem}`),
  ];
  const goodText = goodOnes(catalog);
  return bad.length === 0 ? goodText : `${goodText} Not usable: ${bad.slice(-3).join("; ")}.`;
}

/** The plan for a backup and the log on top of it, whatever chose them. */
export function planFor(
  request: Pick<PlanRequest, "catalog" | "restorePoint" | "recoveryId" | "nodes" | "inPlace" | "cloneAs">,
  { base: entry, replay }: BaseAndLog,
): RestorePlan {
  const { manifest } = entry;
  const software = softwareOf(manifest);
  const frozen = frozenTogether([entry.frozen, replay?.frozen]);
  const source: RestorePlan["source"] = {
    place: entry.place,
    tier: manifest.tier,
    backupId: manifest.backupId,
    lineage: manifest.lineage,
    databaseClusterId: manifest.databaseClusterId,
    manifestSha256: entry.manifestSha256,
    createdAt: manifest.createdAt,
    index: manifest.index,
    totalEntries: manifest.totalEntries,
    storedBytes: storedBytes(manifest),
    plainBytes: manifest.plainBytes,
    files: manifest.files.length,
    walSegments: manifest.wal.segments.length,
    ...(manifest.encryption === undefined ? {} : { recipients: manifest.encryption.recipients }),
    ...(software.length === 0 ? {} : { software: [...software] }),
    ...(entry.hidden === true ? { hidden: true as const } : {}),
  };
  return { ...planWith(request, source, replay), ...(frozen === undefined ? {} : { frozen }) };
}

/** The plan around what it restores from. */
function planWith(
  request: Pick<PlanRequest, "catalog" | "restorePoint" | "recoveryId" | "nodes" | "inPlace" | "cloneAs">,
  source: RestorePlan["source"],
  replay: ReplayPlan | null,
): RestorePlan {
  return {
    format: "neumann-plan/1",
    clusterId: request.catalog.clusterId,
    recoveryId: request.recoveryId,
    restorePoint: request.restorePoint,
    source,
    replay,
    nodes: [...request.nodes],
    estimatedSeconds: estimateSeconds(source.plainBytes + (replay?.bytes ?? 0), request.nodes.length),
    ...(request.inPlace === undefined ? {} : { inPlace: request.inPlace }),
    ...(request.cloneAs === undefined ? {} : { cloneAs: request.cloneAs }),
  };
}

/** A plan, with what is left to thaw of it: null is nothing any more. */
export interface ShownPlan extends RestorePlan {
  thaw?: ThawPhase | null;
}

/** What a plan thaws first: by what was looked up for it, else by what was frozen when it was made. */
function thawOf({ thaw, frozen }: ShownPlan): ThawPhase | null {
  if (thaw !== undefined) return thaw;
  return frozen === undefined ? null : thawPhase(frozen);
}

/** Fixed cost of starting, joining and checking a node, and bytes a second through fetch, check, scratch copy and base backup. */
const perNodeSeconds = 5;
export const planBytesPerSecond = 80 * 1024 * 1024;

function estimateSeconds(plainBytes: number, nodes: number): number {
  return Math.ceil(perNodeSeconds * nodes + (plainBytes * (1 + nodes)) / planBytesPerSecond);
}

/** The plan for a person; `now` only tells the backup's age. */
export function describePlan(plan: ShownPlan, digest: string, now: Date, trustedKeys: readonly string[] = []): string {
  const { source } = plan;
  const thaw = thawOf(plan);
  const [first, ...others] = plan.nodes;
  const age = Math.max(0, (now.getTime() - Date.parse(source.createdAt)) / 1000);
  const rows = source.totalEntries === null ? "" : `, at least ${formatCount(source.totalEntries)} entries`;
  return [
    `Recovery ${plan.recoveryId} of cluster ${plan.clusterId}   plan ${digest}`,
    `  restore point   ${plan.restorePoint}`,
    `  backup          ${source.backupId} (${source.tier}, ${source.place}), lineage ${source.lineage}`,
    `  taken           ${source.createdAt}, ${formatSeconds(age)} ago`,
    `  holds           entries up to index ${source.index.low}${rows}`,
    ...describeSize(source),
    `  signatures      ${describeTrust(trustedKeys.length)}`,
    ...describeObjects(source),
    ...describeReplay(plan.replay, source.place),
    ...describeTarget(plan),
    ...(plan.cloneAs === undefined
      ? []
      : [`  CLONE           named ${plan.cloneAs}, beside ${plan.clusterId}, whose archive is only read`]),
    ...(thaw === null ? [] : describeThaw(thaw)),
    `  will do         on ${first}: ${source.volume === undefined ? "fetch" : "copy"}, check every file${plan.replay === null ? "" : ", replay the log"}, prove a copy alone, put in place, bootstrap once, start`,
    `                  then ${others.join(", ") || "no other node"}: join, empty, one at a time; then accept and take a base backup`,
    `  will be lost    ${describeLoss(plan)}`,
    `  should take     about ${formatSeconds(plan.estimatedSeconds)}${thaw === null ? "" : ", once it is thawed"}`,
  ].join("\n");
}

function describeSize(source: RestorePlan["source"]): string[] {
  if (source.volume !== undefined) return describeVolume(source);
  const { storedBytes: stored, plainBytes: plain, files, walSegments } = source;
  return [
    `  size            ${formatBytes(stored)} to fetch, ${formatBytes(plain)} unpacked, ${files} files, ${walSegments} WAL segments`,
  ];
}

/** What lies beside the backup, who can read it, and that somebody deleted it. */
function describeObjects({ software, recipients, hidden }: RestorePlan["source"]): string[] {
  return [
    ...(software === undefined ? [] : [`  beside it       ${describeSoftware(software)}`]),
    ...(recipients === undefined ? [] : [`  encrypted to    ${recipients.join(", ")}`]),
    ...(hidden === true
      ? ["  DELETED         somebody, or a rule of the bucket, deleted some of it: it is read by version ids"]
      : []),
  ];
}

function describeThaw({ objects, bytes, storageClass, hours, thawing }: ThawPhase): string[] {
  const asked = thawing === 0 ? "" : `; ${thawing === objects ? "asked for" : `${thawing} of them asked for`} already`;
  return [
    `  THAW FIRST      ${counted(objects, "object")}, ${formatBytes(bytes)}, in ${storageClass}: up to ${hours} h from when it is asked for${asked}.`,
    "                  The first run asks and ends with exit code 75; the same again, once it is thawed, restores",
  ];
}

function describeTrust(keys: number): string {
  if (keys === 0) return "not checked against trusted keys: policy.signing.trustedKeys names none";
  return `checked against ${keys} trusted key${keys === 1 ? "" : "s"}`;
}

function describeTarget({ inPlace, nodes, recoveryId }: RestorePlan): string[] {
  if (inPlace === undefined) return [];
  return [
    `  IN PLACE        ${nodes.join(", ")}: all are stopped first, and what they have not archived is. Their data of lineage`,
    `                  ${inPlace.replaces} goes aside, to .neumann-backup-aside/${recoveryId} in the data folder, and stays there`,
    ...(inPlace.fenced.length === 0
      ? []
      : [
          `  FENCED          ${inPlace.fenced.join(", ")}: you say that they do not run and never will with their data`,
        ]),
  ];
}

function describeReplay(replay: ReplayPlan | null, place: Place): string[] {
  if (replay === null) return [];
  const { stream, first, last, segments, bytes, storedAt, wholeAt } = replay;
  const end = replay.until === null ? "to its end" : `until ${replay.until}`;
  return [
    `  log             stream ${stream}: ${segments} segments, ${formatBytes(bytes)}, ${first} to ${last}, stored until ${storedAt}`,
    `  replayed        ${end}; the exact index is known when it is done`,
    ...(wholeAt === null ? [] : [`  quiet           at ${wholeAt} the cluster had nothing beyond it`]),
    // Whoever forgot a mount must see it before it costs data.
    ...(place === "offsite"
      ? [
          "  FROM OFF-SITE   the primary archive holds no backup of this history, or cannot be read: mount it if it is left",
        ]
      : []),
    ...(replay.gap ? ["  A GAP           follows: what this stream holds behind it is not replayed"] : []),
  ];
}

function describeLoss({ source, replay }: RestorePlan): string {
  if (replay === null) return `every write acknowledged after ${source.createdAt}`;
  if (replay.wholeAt !== null) return `every write acknowledged after ${replay.wholeAt}`;
  if (replay.until !== null) return `every write acknowledged after ${replay.until}`;
  return `every write that is not in these segments: all that ${replay.stream} archived after ${replay.storedAt}`;
}
