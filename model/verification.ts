import type { Catalog, CatalogEntry, Place } from "./catalog";
import { inOrder, newestGood, productionLineage } from "./catalog";
import type { Mistakes } from "./mistakes";
import { type Tier, tiers } from "./tier";

/** How deep a verification looks, the cheapest first. */
export const VerificationDepth = {
  /** All objects of every backup are there, with their sizes. */
  Manifest: "manifest",
  /** Every byte of every backup is read. */
  Bytes: "bytes",
  /** The newest good backup of each tier is restored into a scratch database, with the log that follows it. */
  Restore: "restore",
} as const;
export type VerificationDepth = (typeof VerificationDepth)[keyof typeof VerificationDepth];

export const verificationDepths: readonly VerificationDepth[] = [
  VerificationDepth.Manifest,
  VerificationDepth.Bytes,
  VerificationDepth.Restore,
];

/** What a restored copy is asked, and what it has to answer. */
export interface VerificationQuery {
  /** One `SELECT COUNT(…)` on one line. */
  statement: string;
  /** The number that it answers is this at least. */
  minimumRows: number;
}

/** How often the schedule verifies the backups. Zero: not by the schedule. */
export interface VerificationPolicy {
  /** Longest time between two looks whether all objects are there, in minutes. */
  manifestEveryMinutes: number;
  /** Longest time between two readings of every byte, in minutes. */
  bytesEveryMinutes: number;
  /** Longest time between two restores into a scratch database, in minutes. */
  restoreEveryMinutes: number;
  /** What a restored copy has to hold: every backup that is restored, so also the oldest of them. */
  queries: VerificationQuery[];
}

const day = 24 * 60;

export const standardVerification: VerificationPolicy = {
  manifestEveryMinutes: day,
  bytesEveryMinutes: 7 * day,
  restoreEveryMinutes: 7 * day,
  queries: [],
};

/** Longest time between two verifications of a depth, in seconds; 0: none by the schedule. */
export function everySeconds(policy: VerificationPolicy, depth: VerificationDepth): number {
  const minutes = {
    manifest: policy.manifestEveryMinutes,
    bytes: policy.bytesEveryMinutes,
    restore: policy.restoreEveryMinutes,
  };
  return minutes[depth] * 60;
}

/** So old the newest verification of a depth may be before that is a problem, in seconds: a day's grace at most. */
export function verifiedWithinSeconds(policy: VerificationPolicy, depth: VerificationDepth): number {
  const every = everySeconds(policy, depth);
  return every + Math.min(every, day * 60);
}

const example = `Write such as { statement: "SELECT COUNT(*) FROM orders", minimumRows: 1000 }.`;
/** The one kind of question whose answer every version of the database gives as a number. */
const countPattern = /^SELECT\s+COUNT\s*\([^;]*$/i;
const longestStatement = 1000;

/** Collects what is wrong with a list of queries. */
export function checkQueries(queries: unknown, path: string, mistakes: Mistakes): void {
  if (!Array.isArray(queries)) {
    mistakes.add(path, "must be a list", queries, `Leave it out, or name queries. ${example}`);
    return;
  }
  queries.forEach((query: unknown, at) => checkQuery(query, `${path}[${at}]`, mistakes));
  const statements = queries.map((query: unknown) => (query as Partial<VerificationQuery> | null)?.statement);
  statements.forEach((statement, at) => {
    mistakes.require(statement === undefined || statements.indexOf(statement) === at, {
      path: `${path}[${at}].statement`,
      problem: "is asked twice",
      received: statement,
      remedy: "Keep the one with the greater minimumRows.",
    });
  });
}

function checkQuery(query: unknown, path: string, mistakes: Mistakes): void {
  if (typeof query !== "object" || query === null || Array.isArray(query)) {
    mistakes.add(path, "must be an object", query, example);
    return;
  }
  const { statement, minimumRows, ...rest } = query as Record<string, unknown>;
  const text = typeof statement === "string" && statement.length <= longestStatement ? statement : "";
  mistakes.require(countPattern.test(text) && !/[\r\n]/.test(text), {
    path: `${path}.statement`,
    problem: "must be one SELECT COUNT(…) on one line, without a semicolon",
    received: statement,
    remedy: example,
  });
  mistakes.require(Number.isSafeInteger(minimumRows) && (minimumRows as number) >= 0, {
    path: `${path}.minimumRows`,
    problem: "must be a whole number from 0",
    received: minimumRows,
    remedy: "Write what every backup that is restored must hold.",
  });
  for (const [key, value] of Object.entries(rest)) {
    mistakes.add(`${path}.${key}`, "is not known", value, "Use statement and minimumRows.");
  }
}

/** Collects what contradicts itself. */
export function checkVerification(
  policy: VerificationPolicy,
  { path, encrypted }: { path: string; encrypted: boolean },
  mistakes: Mistakes,
): void {
  const { manifestEveryMinutes, bytesEveryMinutes, restoreEveryMinutes, queries } = policy;
  mistakes.require(bytesEveryMinutes === 0 || manifestEveryMinutes <= bytesEveryMinutes, {
    path: `${path}.manifestEveryMinutes`,
    problem: `every byte is read each ${bytesEveryMinutes} minutes, which finds all that this looks for`,
    received: manifestEveryMinutes,
    remedy: `Write at most ${bytesEveryMinutes}, or 0 to leave it out.`,
  });
  mistakes.require(!encrypted || restoreEveryMinutes === 0, {
    path: `${path}.restoreEveryMinutes`,
    problem: "asks nodes to restore what is encrypted, and no node has an identity",
    received: restoreEveryMinutes,
    remedy: "Leave it out, and run `verify --depth restore --identity-file FILE` on a node from time to time.",
  });
  mistakes.require(encrypted || restoreEveryMinutes > 0 || queries.length === 0, {
    path: `${path}.queries`,
    problem: "are never asked by the schedule: restoreEveryMinutes is 0",
    received: queries,
    remedy: `Let ${path}.restoreEveryMinutes be more than 0, or name no queries.`,
  });
}

/**
 * What a verification by restoring restores: the newest good backup of each tier, of the history that production writes
 * where that can be told.
 */
export function newestOfEachTier(catalog: Catalog): CatalogEntry[] {
  const production = productionLineage(catalog);
  const good = inOrder(catalog).filter(({ problem }) => problem === null);
  return tiers.flatMap((tier) => {
    const own =
      "lineage" in production ? newestGood(catalog, production.lineage.lineage, { tiers: [tier] }) : undefined;
    return own ?? good.filter(({ manifest }) => manifest.tier === tier).at(-1) ?? [];
  });
}

/** A backup that a verification found good. */
export interface VerifiedBackup {
  tier: Tier;
  place: Place;
  backupId: string;
}

/** The newest of each tier and place; `found` in the order of the catalog, the newest last. */
export function newestVerified(found: readonly VerifiedBackup[]): VerifiedBackup[] {
  const newest = new Map(found.map(({ tier, place, backupId }) => [`${tier} ${place}`, { tier, place, backupId }]));
  return [...newest.values()].sort((a, b) => tiers.indexOf(a.tier) - tiers.indexOf(b.tier));
}
