import { newestGood, productionLineage } from "../../model/catalog";
import { segmentNumber } from "../../model/layout";
import { type Tier, tiers } from "../../model/tier";
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
  const { archive: spec, policy } = node.config;
  const places = await openReachable(spec);
  const primary = places.find(({ place }) => place === "primary");
  const catalog = await readCatalog(spec.clusterId, places);
  const production = productionLineage(catalog);
  const lineage = "lineage" in production ? production.lineage.lineage : null;
  const problems = "refused" in production ? [production.refused] : [];
  problems.push(...catalog.unreadable.map(({ key, problem }) => `${key}: ${problem}`));
  problems.push(
    ...catalog.entries.filter((e) => e.problem !== null).map((e) => `${e.manifest.backupId}: ${e.problem}`),
  );
  const now = (await (primary ?? places[0])?.archive.now())?.getTime() ?? Date.now();
  const found = tiers
    .filter((tier) => tier !== "offsite" || spec.offsite !== undefined)
    .map((tier): TierStatus => {
      const entry = lineage === null ? undefined : newestGood(catalog, lineage, { tiers: [tier] });
      const ageSeconds = entry === undefined ? null : Math.max(0, (now - Date.parse(entry.storedAt)) / 1000);
      const objectiveSeconds = policy[tier].recoveryPointMinutes * 60;
      const within = ageSeconds !== null && ageSeconds <= objectiveSeconds;
      return { tier, newest: entry?.manifest.backupId ?? null, ageSeconds, objectiveSeconds, within };
    });
  for (const { tier, within, newest } of found) {
    if (!within)
      problems.push(
        newest === null ? `${tier}: there is no good backup` : `${tier}: ${newest} is older than the objective`,
      );
  }
  const wal = await walStatus(node);
  if (wal.held) problems.push("archiving is held until a recovery is accepted");
  const running = primary === undefined ? [] : await liveClaims(primary.archive, spec.clusterId);
  return {
    clusterId: spec.clusterId,
    node: node.config.node.id,
    lineage,
    tiers: found,
    wal,
    running,
    good: problems.length === 0,
    problems,
  };
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
