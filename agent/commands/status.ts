import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { type Catalog, type Place, productionLineage, type StoredSegment } from "../../model/catalog";
import { isSegmentName } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import type { StoredVerification } from "../../model/records";
import {
  type ArchiveFindings,
  type ArchiveStatus,
  judgeStatus,
  type LocalLog,
  type PauseLease,
  type RunningWork,
  type Status,
  type StatusFindings,
  type WaitingSegment,
} from "../../model/status";
import type { Archive } from "../archive/archive";
import { mergeCatalogs, readCatalog } from "../archive/catalog";
import { lookAtPlaces } from "../archive/open";
import { readSegments } from "../archive/segments";
import { newestVerifications } from "../archive/verifications";
import { readVolumeSnapshots } from "../archive/volumes";
import type { NewestVolume } from "../../model/volumeStatus";
import { liveClaimsIn } from "../claims";
import type { Node } from "../context";
import { freeBytes, isCode, readIfThere } from "../host/files";
import { localLeases, openLeases } from "../pause";
import { explain } from "../run/errors";
import { trustingItself } from "../signing";
import { readStream } from "../stream";
import { lastAttempts, verificationFailures } from "./attempts";

/**
 * How the backups of this node's cluster are. What cannot be found out is a fault of the status, never its end: it is
 * asked for when things are broken.
 */
export async function status(node: Node): Promise<Status> {
  const { archive: spec, policy, node: self } = node.config;
  const faults: string[] = [];
  const tolerant = async <T>(what: string, work: Promise<T>): Promise<T | undefined> =>
    work.catch((error: unknown) => {
      faults.push(`${what}: ${explain(error).message}`);
      return undefined;
    });
  // Its key may be what is broken.
  const trusting = (await tolerant("signing key", trustingItself(node))) ?? node;
  const { archives, archived } = await readArchives(trusting);
  const found: Omit<StatusFindings, "at"> = {
    clusterId: spec.clusterId,
    node: self.id,
    policy,
    archives,
    archived,
    database: await node.http.metrics().catch(() => null),
    log: (await tolerant("log", localLog(node))) ?? null,
    heldSince: (await tolerant("archiving-held", heldSince(node))) ?? null,
    localLeases: ((await tolerant("leases", localLeases(node))) ?? []).map(plainLease),
    freeBytes: await freeBytes(self.dataDirectory),
    verificationFailures: (await tolerant("verifications", verificationFailures(node))) ?? {},
    faults,
  };
  return judgeStatus({ ...found, at: new Date() });
}

/** What one archive tells. */
interface PlaceFindings {
  now: Date;
  catalog: Catalog;
  segments: StoredSegment[] | null;
  offsiteSegments: StoredSegment[] | null;
  leases: PauseLease[];
  running: RunningWork[];
  newestVolume?: NewestVolume | null;
  verifications: StoredVerification[];
}

/** Each archive by itself: one that is away or damaged takes nothing from what the other tells. */
async function readArchives(node: Node): Promise<Pick<StatusFindings, "archives" | "archived">> {
  const { archive: spec } = node.config;
  const archives: ArchiveStatus[] = [];
  const read: PlaceFindings[] = [];
  for (const look of await lookAtPlaces(spec)) {
    const { place } = look;
    try {
      if ("fault" in look) throw look.fault;
      read.push(await readPlace(node, place, look.archive));
      archives.push({ place, fault: null });
    } catch (error) {
      if (error instanceof InputError) throw error;
      archives.push({ place, fault: explain(error).message });
    }
  }
  return { archives, archived: await together(node, read) };
}

async function readPlace({ config }: Node, place: Place, archive: Archive): Promise<PlaceFindings> {
  const { clusterId } = config.archive;
  const catalog = await readCatalog(clusterId, [{ place, archive }], config.policy.signing.trustedKeys);
  const verifications = await newestVerifications(archive, clusterId);
  const now = await archive.now();
  const segments = await readSegments(archive, clusterId, place);
  // Whoever works says so in the primary archive.
  const none = { segments: null, offsiteSegments: null, leases: [], running: [] };
  if (place !== "primary") return { ...none, now, catalog, offsiteSegments: segments, verifications };
  const leases = (await openLeases(archive, clusterId)).map(plainLease);
  const running = (await liveClaimsIn(archive, clusterId)).map(({ name, node, since, until }) => ({
    name,
    node,
    since: since.toISOString(),
    until: until.toISOString(),
  }));
  const newestVolume = await newestVolumeIn(archive, config);
  return { ...none, now, catalog, segments, leases, running, newestVolume, verifications };
}

async function newestVolumeIn(
  archive: Archive,
  { archive: spec, policy }: Node["config"],
): Promise<NewestVolume | null> {
  const all = await readVolumeSnapshots(archive, spec.clusterId, policy.signing.trustedKeys);
  const newest = all.filter(({ givenUp, problem }) => givenUp === null && problem === null).at(-1);
  if (newest === undefined) return null;
  const { backupId, volume } = newest.record;
  return { backupId, storedAt: newest.storedAt, namespace: volume.namespace, name: volume.name };
}

async function together(node: Node, read: readonly PlaceFindings[]): Promise<ArchiveFindings | null> {
  const [first] = read; // The primary one where it can be read.
  if (first === undefined) return null;
  const catalog = mergeCatalogs(
    node.config.archive.clusterId,
    read.map((found) => found.catalog),
  );
  const production = productionLineage(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : undefined;
  return {
    ...first,
    offsiteSegments: read.find(({ offsiteSegments }) => offsiteSegments !== null)?.offsiteSegments ?? null,
    catalog,
    verifications: newestOf(read.flatMap(({ verifications }) => verifications)),
    lastAttempts: lineage === undefined ? {} : await lastAttempts(node, { catalog, lineage }),
  };
}

export function newestOf(verifications: readonly StoredVerification[]): StoredVerification[] {
  const newest = new Map<string, StoredVerification>();
  for (const record of verifications) {
    const known = newest.get(record.depth);
    if (known === undefined || known.storedAt < record.storedAt) newest.set(record.depth, record);
  }
  return [...newest.values()].sort((a, b) => (a.depth < b.depth ? -1 : 1));
}

function plainLease({ leaseId, node, until }: { leaseId: string; node: string; until: Date }): PauseLease {
  return { leaseId, node, until: until.toISOString() };
}

/** Since when archiving is held; null: it is not. */
async function heldSince(node: Node): Promise<string | null> {
  return (await statIfThere(node.paths.hold))?.mtime.toISOString() ?? null;
}

/** What of this node's log is finished and not archived. Only that is counted: `archive_timeout` bounds what is in the open segment. */
async function localLog(node: Node): Promise<LocalLog> {
  const { stream = null, lastPushed: lastArchived = null } = (await readStream(node)) ?? {};
  const names = (await readdir(node.paths.wal)).filter(isSegmentName).sort();
  const offered = await readIfThere(node.paths.offered);
  // Finished is any but the newest, and one that was offered.
  const finished = names.filter((name, at) => at < names.length - 1 || name === offered);
  const waiting: WaitingSegment[] = [];
  for (const segment of finished.filter((name) => lastArchived === null || name > lastArchived)) {
    const stats = await statIfThere(path.join(node.paths.wal, segment));
    if (stats !== undefined) waiting.push({ segment, bytes: stats.size, writtenAt: stats.mtime.toISOString() });
  }
  return { stream, lastArchived, waiting };
}

async function statIfThere(file: string): Promise<{ size: number; mtime: Date } | undefined> {
  return stat(file).catch((error: unknown) => {
    if (isCode(error, "ENOENT")) return undefined;
    throw error;
  });
}
