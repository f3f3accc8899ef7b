import { type Catalog, newestGood, type Place, productionLineage, type StoredSegment } from "./catalog";
import { type Coverage, coverageOf, type LostRange, lostRanges } from "./coverage";
import { decryptionProblem } from "./decryption";
import { offsiteBase, offsiteReach, type OffsiteLogReach } from "./offsiteLog";
import { softwareOf } from "./manifest";
import type { BackupPolicy } from "./policy";
import type { StoredVerification, VerificationRecord } from "./records";
import { dueTiers, type LastAttempt, type TierDue } from "./schedule";
import { carriesDatabase } from "./software";
import { Tier, tiers } from "./tier";
import { counted, formatBytes, formatSeconds } from "./units";
import { everySeconds, type VerifiedBackup } from "./verification";
import {
  dueVerifications,
  oldestGoodAt,
  standingFailures,
  type VerificationDue,
  type VerificationFailures,
} from "./verificationSchedule";
import { type NewestVolume, type VolumeStatus, volumeStatus } from "./volumeStatus";

/** A segment of a node's log that is finished and that the archive does not hold. */
export interface WaitingSegment {
  segment: string;
  bytes: number;
  /** When it was written last, by the host's clock. */
  writtenAt: string;
}

/** What a node knows of its own log. */
export interface LocalLog {
  /** Which life of this node's log is archived; null before its first segment was. */
  stream: string | null;
  /** The last segment that the archive holds. */
  lastArchived: string | null;
  /** Oldest first. */
  waiting: WaitingSegment[];
}

/** A pause of ours that nobody has released. */
export interface PauseLease {
  leaseId: string;
  node: string;
  /** When every guard ends it, by the store's clock. */
  until: string;
}

/** Work that is claimed (protocol 15). */
export interface RunningWork {
  name: string;
  node: string;
  since: string;
  /** Afterwards another may take over. */
  until: string;
}

/** An archive, and why it cannot be read; null: it can. */
export interface ArchiveStatus {
  place: Place;
  fault: string | null;
}

/** What the archives tell that can be read. */
export interface ArchiveFindings {
  /** The store's clock. */
  now: Date;
  catalog: Catalog;
  /** The log of the primary archive; null where that cannot be read. */
  segments: readonly StoredSegment[] | null;
  /** The log of the off-site archive; null where that cannot be read or there is none. */
  offsiteSegments: readonly StoredSegment[] | null;
  leases: PauseLease[];
  running: RunningWork[];
  /** Null where there is none; left out where nobody looked. */
  newestVolume?: NewestVolume | null;
  /** The newest of all backups, one a depth. */
  verifications: StoredVerification[];
  lastAttempts: Partial<Record<Tier, LastAttempt>>;
}

/** All that a status is judged on. */
export interface StatusFindings {
  clusterId: string;
  node: string;
  /** The host's clock. */
  at: Date;
  policy: BackupPolicy;
  archives: ArchiveStatus[];
  /** Null where no archive can be read. */
  archived: ArchiveFindings | null;
  /** What the database says of itself; null where it does not answer. */
  database: { role: string; commitIndex: number } | null;
  /** Null where it cannot be read; `faults` says why. */
  log: LocalLog | null;
  /** Since when archiving is held on this node (protocol 28), by the host's clock. */
  heldSince: string | null;
  /** Pauses that this host remembers: for while the archive is away. */
  localLeases: PauseLease[];
  freeBytes: number;
  /** Verifications that this host began and that came to no verdict. */
  verificationFailures: VerificationFailures;
  /** What could not be found out here, and why. */
  faults: string[];
}

/** `kept`, `late`: against the objective; `none`: there is no good backup; `unknown`: its archive cannot be read. */
export type TierState = "kept" | "late" | "none" | "unknown";

/** One tier against the policy's objective. */
export interface TierStatus {
  tier: Tier;
  state: TierState;
  newest: string | null;
  /** By the store's clock; null without a good backup. */
  storedAt: string | null;
  ageSeconds: number | null;
  objectiveSeconds: number;
  /** When it is due by time at the latest; null where that cannot be told. */
  next: Pick<TierDue, "due" | "nextAt" | "reason"> | null;
}

/** How far this node's log is archived. */
export interface LogStatus extends Omit<LocalLog, "waiting"> {
  /** When the last archived segment was stored, by the store's clock. */
  archivedAt: string | null;
  waitingSegments: number;
  /** Bytes of finished segments that the archive does not hold. */
  lagBytes: number;
  /** So long the oldest of them waits. */
  lagSeconds: number;
  objectiveSeconds: number;
}

/** How far the log lies off-site. */
export interface OffsiteLogStatus extends OffsiteLogReach {
  objectiveSeconds: number;
}

export interface PauseStatus extends PauseLease {
  /** So long it should have ended; 0 within its time. */
  overdueSeconds: number;
}

export interface VerificationStatus {
  depth: string;
  at: string;
  ageSeconds: number;
  good: boolean;
  backups: number;
  bytes: number;
  places: Place[];
  /** The newest backup of each tier that it found good. */
  newest: VerifiedBackup[];
  faults: VerificationRecord["faults"];
}

/** How a cluster's backups are, seen from one node. */
export interface Status {
  clusterId: string;
  node: string;
  role: string | null;
  /** By the host's clock. */
  at: string;
  /** The same moment by the store's clock, by which backups and verifications are judged; null where no archive can be read. */
  storeAt: string | null;
  /** The history that production writes; null where it cannot be told. */
  lineage: string | null;
  archives: ArchiveStatus[];
  tiers: TierStatus[];
  log: LogStatus | null;
  /** Null where the policy does not ask for it, no off-site backup is there, or one of the archives cannot be read. */
  offsiteLog: OffsiteLogStatus | null;
  heldSince: string | null;
  /** Null where the primary archive cannot be read. */
  lost: LostRange[] | null;
  /** Backups that cannot be restored, and manifests that cannot be read. */
  damaged: { name: string; problem: string }[];
  pauses: PauseStatus[];
  running: RunningWork[];
  /** The newest snapshot of a pod's volume; null where there is none. */
  volume: VolumeStatus | null;
  verifications: VerificationStatus[];
  /** When the next of each depth is due; empty where that cannot be told. */
  verificationRuns: VerificationDue[];
  /** Of this host, with no verification since. */
  verificationFailures: VerificationFailures;
  freeBytes: number;
  /** Every objective of the policy is kept, and nothing is wrong. */
  good: boolean;
  problems: string[];
}

const placeOf: Record<Tier, Place> = { snapshots: "primary", full: "primary", offsite: "offsite" };

/** A log that waits longer voids every backup (protocol 7): the objective of the log. In seconds. */
export function logObjectiveSeconds({ wal }: BackupPolicy): number {
  return wal.arrivalDeadlineSeconds;
}

/** Judges what was found against the policy. */
export function judgeStatus(found: StatusFindings): Status {
  const { clusterId, node, at, archives, archived, database, heldSince, freeBytes, policy } = found;
  const seen = archived === null ? blind(at) : lookInto(archived);
  const { lineage, coverage, now } = seen;
  const facts = {
    clusterId,
    node,
    role: database?.role ?? null,
    at: at.toISOString(),
    storeAt: seen.storeAt,
    lineage,
    archives,
    tiers: judgeTiers(found, lineage, coverage),
    log: judgeLog(found, coverage),
    offsiteLog: judgeOffsiteLog(found, lineage),
    heldSince,
    lost: coverage === null ? null : lostRanges(coverage, lineage, logObjectiveSeconds(policy)),
    damaged: seen.damaged,
    pauses: judgePauses(found, now),
    running: seen.running,
    volume: volumeStatus(archived),
    verifications: seen.verifications,
    verificationRuns: verificationRuns(found),
    verificationFailures: standingFailures(found.verificationFailures, archived?.verifications ?? []),
    freeBytes,
  };
  const closed = archived === null ? null : decryptionProblem(policy, archived.verifications);
  const problems = [
    ...found.faults,
    ...seen.refused,
    ...problemsOf(facts, policy),
    ...softwareProblem(archived, lineage),
    ...(closed === null ? [] : [closed]),
  ];
  return { ...facts, good: problems.length === 0, problems };
}

/** What follows from the archives alone. */
interface Seen extends Pick<Status, "storeAt" | "lineage" | "damaged" | "running" | "verifications"> {
  /** Why it cannot be told which history production writes. */
  refused: string[];
  /** Null where the log cannot be read. */
  coverage: Coverage | null;
  now: Date;
}

function lookInto({ catalog, segments, now, running, verifications }: ArchiveFindings): Seen {
  const production = productionLineage(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : null;
  return {
    storeAt: now.toISOString(),
    lineage,
    refused: "refused" in production ? [production.refused] : [],
    coverage: segments === null ? null : coverageOf(catalog, segments),
    now,
    damaged: damagedIn(catalog),
    running,
    verifications: verifications.map((record) => judgeVerification(record, now)),
  };
}

/** No archive can be read: nothing is known of what lies there. */
function blind(now: Date): Seen {
  return {
    storeAt: null,
    lineage: null,
    refused: [],
    coverage: null,
    now,
    damaged: [],
    running: [],
    verifications: [],
  };
}

function secondsSince(time: string, now: Date): number {
  return Math.max(0, (now.getTime() - Date.parse(time)) / 1000);
}

function judgeTiers(found: StatusFindings, lineage: string | null, coverage: Coverage | null): TierStatus[] {
  const { archives, archived, policy } = found;
  const next = lineage === null ? [] : nextRuns(found, lineage, coverage);
  const there = tiers.filter((tier) => archives.some(({ place }) => place === placeOf[tier]));
  return there.map((tier) => {
    const objectiveSeconds = policy[tier].recoveryPointMinutes * 60;
    const due = next.find((run) => run.tier === tier);
    const verdict = {
      tier,
      objectiveSeconds,
      next: due === undefined ? null : { due: due.due, nextAt: due.nextAt, reason: due.reason },
    };
    const none = { ...verdict, newest: null, storedAt: null, ageSeconds: null };
    const readable = archives.some(({ place, fault }) => place === placeOf[tier] && fault === null);
    if (archived === null || !readable) return { ...none, state: "unknown" };
    const entry = lineage === null ? undefined : newestGood(archived.catalog, lineage, { tiers: [tier] });
    if (entry === undefined) return { ...none, state: "none" };
    const { storedAt, manifest } = entry;
    const ageSeconds = secondsSince(storedAt, archived.now);
    const state = ageSeconds <= objectiveSeconds ? "kept" : "late";
    return { ...verdict, newest: manifest.backupId, storedAt, ageSeconds, state };
  });
}

/** What is due next; only where the schedule sees all that it decides on. */
function nextRuns(found: StatusFindings, lineage: string, coverage: Coverage | null): TierDue[] {
  const { archives, archived, policy, database } = found;
  if (archived === null || coverage === null || archives.some(({ fault }) => fault !== null)) return [];
  return dueTiers({
    policy,
    catalog: archived.catalog,
    lineage,
    now: archived.now,
    commitIndex: database?.commitIndex ?? null,
    streams: coverage.streams.filter((stream) => stream.lineage === lineage).map(({ stream }) => stream),
    offsite: archives.some(({ place }) => place === "offsite"),
    lastAttempts: archived.lastAttempts,
  });
}

/** Only where all is seen that the schedule decides on. */
function verificationRuns({ archives, archived, policy, verificationFailures }: StatusFindings): VerificationDue[] {
  if (archived === null || archives.some(({ fault }) => fault !== null)) return [];
  const { now, verifications, catalog } = archived;
  return dueVerifications({
    policy,
    now,
    places: archives.map(({ place }) => place),
    verifications,
    oldestGoodAt: oldestGoodAt(catalog),
    failures: verificationFailures,
  });
}

function judgeLog({ log, policy, at }: StatusFindings, coverage: Coverage | null): LogStatus | null {
  if (log === null) return null;
  const { stream, lastArchived, waiting } = log;
  const [oldest] = waiting;
  return {
    stream,
    lastArchived,
    archivedAt: coverage?.streams.find((found) => found.stream === stream)?.storedAt ?? null,
    waitingSegments: waiting.length,
    lagBytes: waiting.reduce((sum, { bytes }) => sum + bytes, 0),
    lagSeconds: oldest === undefined ? 0 : secondsSince(oldest.writtenAt, at),
    objectiveSeconds: logObjectiveSeconds(policy),
  };
}

/** Nodes finish their segments up to the log's timeout apart, and need a moment to store them. */
function judgeOffsiteLog({ archived, policy }: StatusFindings, lineage: string | null): OffsiteLogStatus | null {
  if (archived === null || lineage === null || !policy.offsite.continuousWal) return null;
  const { catalog, segments, offsiteSegments, now } = archived;
  const base = offsiteBase(catalog, lineage);
  if (base === undefined || segments === null || offsiteSegments === null) return null;
  const graceSeconds = policy.wal.archiveTimeoutSeconds + 60;
  const reach = offsiteReach(base, [...segments, ...offsiteSegments], { now, graceSeconds });
  return { ...reach, objectiveSeconds: policy.offsite.walRecoveryPointMinutes * 60 };
}

function damagedIn({ entries, unreadable }: Catalog): Status["damaged"] {
  return [
    ...unreadable.map(({ key, problem }) => ({ name: key, problem })),
    ...entries.flatMap(({ manifest, problem }) => (problem === null ? [] : [{ name: manifest.backupId, problem }])),
  ];
}

/** The archive knows of all; of those that only this host remembers the archive may not have heard. */
function judgePauses({ archived, localLeases }: StatusFindings, now: Date): PauseStatus[] {
  const known = archived?.leases ?? [];
  const own = localLeases.filter(({ leaseId }) => !known.some((lease) => lease.leaseId === leaseId));
  return [...known, ...own].map((lease) => ({ ...lease, overdueSeconds: secondsSince(lease.until, now) }));
}

function judgeVerification(record: StoredVerification, now: Date): VerificationStatus {
  const { depth, storedAt, good, backups, bytes, places, newest = [], faults } = record;
  const ageSeconds = secondsSince(storedAt, now);
  return { depth, at: storedAt, ageSeconds, good, backups, bytes, places, newest, faults };
}

type Facts = Omit<Status, "good" | "problems">;

/** All that is wrong, the most urgent first. */
function problemsOf(facts: Facts, policy: BackupPolicy): string[] {
  return [
    ...facts.archives.flatMap(({ place, fault }) => (fault === null ? [] : [`${place} archive: ${fault}`])),
    ...facts.pauses.flatMap(pauseProblem),
    ...(facts.heldSince === null ? [] : [`archiving is held since ${facts.heldSince}, until a recovery is accepted`]),
    ...logProblem(facts.log),
    ...offsiteLogProblem(facts.offsiteLog),
    ...facts.tiers.flatMap(tierProblem),
    ...facts.damaged.map(({ name, problem }) => `${name}: ${problem}`),
    ...(facts.lost ?? []).map((range) => `cannot be recovered: ${describeLost(range)}`),
    ...facts.verifications.flatMap(verificationProblem),
    ...failureProblems(facts.verificationFailures),
    ...facts.verificationRuns.flatMap((run) => overdueProblem(run, facts.verifications, policy)),
    ...spaceProblem(facts.freeBytes, policy),
  ];
}

/** Guards look every few seconds on the host and every five minutes elsewhere, and try until they succeed. In seconds. */
export const pauseGraceSeconds = 60;

function pauseProblem({ node, until, leaseId, overdueSeconds }: PauseStatus): string[] {
  if (overdueSeconds <= pauseGraceSeconds) return [];
  return [`writes may still be paused: the pause ${leaseId} of ${node} should have ended at ${until}`];
}

function logProblem(log: LogStatus | null): string[] {
  if (log === null || log.lagSeconds <= log.objectiveSeconds) return [];
  const { waitingSegments, lagBytes, lagSeconds, objectiveSeconds } = log;
  return [
    `log: not archived: ${counted(waitingSegments, "finished segment")} (${formatBytes(lagBytes)}), the oldest for ${formatSeconds(lagSeconds)}; the objective is ${formatSeconds(objectiveSeconds)}`,
  ];
}

function offsiteLogProblem(log: OffsiteLogStatus | null): string[] {
  if (log === null || log.lagSeconds <= log.objectiveSeconds) return [];
  const { base, stream, segment, lagSeconds, objectiveSeconds } = log;
  const reach = stream === null ? `nothing follows backup ${base}` : `it reaches to ${segment} of stream ${stream}`;
  return [
    `log: off-site ${reach}, ${formatSeconds(lagSeconds)} behind; the objective is ${formatSeconds(objectiveSeconds)}`,
  ];
}

/** An archive that cannot be read is told once, not for each of its tiers. */
function tierProblem({ tier, state, newest, ageSeconds, objectiveSeconds }: TierStatus): string[] {
  if (state === "none") return [`${tier}: there is no good backup`];
  if (state !== "late") return [];
  const age = formatSeconds(ageSeconds ?? 0);
  return [`${tier}: ${newest} is ${age} old, the objective is ${formatSeconds(objectiveSeconds)}`];
}

/** After the loss of everything the database has to come from somewhere (protocol 20). */
function softwareProblem(archived: ArchiveFindings | null, lineage: string | null): string[] {
  if (archived === null || lineage === null) return [];
  const newest = newestGood(archived.catalog, lineage, { tiers: [Tier.Offsite] });
  if (newest === undefined || carriesDatabase(softwareOf(newest.manifest))) return [];
  return [
    `offsite: ${newest.manifest.backupId} carries neither the database's package nor its programs: a recovery from it needs them from elsewhere`,
  ];
}

/** A range for people. */
export function describeLost({ lineage, from, until }: LostRange): string {
  return `history ${lineage} from ${from} ${until === null ? "on, until a backup serves its log" : `to ${until}`}`;
}

function verificationProblem({ depth, at, good, faults }: VerificationStatus): string[] {
  if (good) return [];
  const [first] = faults;
  const what = first === undefined ? "" : `: ${first.backupId} (${first.place}): ${first.problem}`;
  return [`verification (${depth}) of ${at} found damage${what}`];
}

function failureProblems(failures: VerificationFailures): string[] {
  return Object.entries(failures).map(
    ([depth, { endedAt, message }]) => `verification (${depth}) failed on this node at ${endedAt}: ${message}`,
  );
}

function overdueProblem(
  { depth, overdue }: VerificationDue,
  verifications: readonly VerificationStatus[],
  { verification }: BackupPolicy,
): string[] {
  if (!overdue) return [];
  const newest = verifications.find((found) => found.depth === depth);
  const last = newest === undefined ? "was never made" : `is ${formatSeconds(newest.ageSeconds)} old`;
  return [`verification (${depth}) ${last}, one is due every ${formatSeconds(everySeconds(verification, depth))}`];
}

function spaceProblem(freeBytes: number, { wal }: BackupPolicy): string[] {
  const limit = wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  if (freeBytes >= limit) return [];
  return [`${formatBytes(freeBytes)} are free on the data disk, less than the policy's ${formatBytes(limit)}`];
}
