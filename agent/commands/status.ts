import { type Catalog, newestGood, productionLineage } from "../../model/catalog";
import { segmentNumber } from "../../model/layout";
import type { BackupPolicy } from "../../model/policy";
import { Tier, tiers } from "../../model/tier";
import type { Archive } from "../archive/archive";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import { liveClaims } from "../claims";
import type { Node } from "../context";
import { exists } from "../host/files";
import { openSegment, readStream } from "../stream";

/** One tier against the policy's objective. */
export interface TierStatus {
  tier: Tier;
  newest: string | null;
  /** By the store's clock; null without a good backup. */
  ageSeconds: number | null;
  objectiveSeconds: number;
  within: boolean;
}

export interface Status {
  clusterId: string;
  node: string;
  lineage: string | null;
  tiers: TierStatus[];
  wal: {
    stream: string | null;
    lastPushed: string | null;
    openSegment: string | null;
    /** Finished segments that the archive does not hold yet. */
    behind: number | null;
    held: boolean;
  };
  /** Work that is claimed at this moment. */
  running: string[];
  /** True when every tier keeps its objective and archiving is not held. */
  good: boolean;
  problems: string[];
}

/** Age of the newest good backup of each tier and how far the log is archived, against the policy. */
export async function status(node: Node): Promise<Status> {
  const { archive: spec } = node.config;
  const places = await openReachable(spec);
  const primary = places.find(({ place }) => place === "primary")?.archive;
  const catalog = await readCatalog(spec.clusterId, places);
  const production = productionLineage(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : null;
  const now = await (primary ?? (places[0] as { archive: Archive }).archive).now();
  const found = tiers
    .filter((tier) => tier !== Tier.Offsite || spec.offsite !== undefined)
    .map((tier) => tierStatus({ catalog, lineage, tier }, node.config.policy, now));
  const wal = await walStatus(node);
  const problems = [
    ...("refused" in production ? [production.refused] : []),
    ...catalog.unreadable.map(({ key, problem }) => `${key}: ${problem}`),
    ...catalog.entries.flatMap((e) => (e.problem === null ? [] : [`${e.manifest.backupId}: ${e.problem}`])),
    ...found.flatMap(lateness),
    ...(wal.held ? ["archiving is held until a recovery is accepted"] : []),
  ];
  const running = primary === undefined ? [] : await liveClaims(primary, spec.clusterId);
  const good = problems.length === 0;
  return { clusterId: spec.clusterId, node: node.config.node.id, lineage, tiers: found, wal, running, good, problems };
}

function tierStatus(
  { catalog, lineage, tier }: { catalog: Catalog; lineage: string | null; tier: Tier },
  policy: BackupPolicy,
  now: Date,
): TierStatus {
  const entry = lineage === null ? undefined : newestGood(catalog, lineage, { tiers: [tier] });
  const objectiveSeconds = policy[tier].recoveryPointMinutes * 60;
  if (entry === undefined) return { tier, newest: null, ageSeconds: null, objectiveSeconds, within: false };
  const ageSeconds = Math.max(0, (now.getTime() - Date.parse(entry.storedAt)) / 1000);
  return {
    tier,
    newest: entry.manifest.backupId,
    ageSeconds,
    objectiveSeconds,
    within: ageSeconds <= objectiveSeconds,
  };
}

function lateness({ tier, newest, within }: TierStatus): string[] {
  if (within) return [];
  return [newest === null ? `${tier}: there is no good backup` : `${tier}: ${newest} is older than the objective`];
}

async function walStatus(node: Node): Promise<Status["wal"]> {
  const state = await readStream(node);
  const open = (await exists(node.paths.wal)) ? await openSegment(node) : null;
  const last = state?.lastPushed ?? null;
  const behind = open === null || last === null ? null : Number(segmentNumber(open) - segmentNumber(last)) - 1;
  return {
    stream: state?.stream ?? null,
    lastPushed: last,
    openSegment: open,
    behind: behind === null ? null : Math.max(0, behind),
    held: await exists(node.paths.hold),
  };
}
