import * as v from "valibot";
import { parseJsonAs, sha256Hex, wholeNumber } from "../model/parse";
import type { RestorePlan } from "../model/plan";
import type { ThawPhase } from "../model/thaw";

/**
 * What a recovery will do, or has done. docs/recovery.md explains each line.
 */
export interface RecoveryPlan {
  /**
   * Names this recovery for ever.
   */
  recoveryId: string;
  /**
   * As the user wrote it.
   */
  restorePoint: string;
  /**
   * Where the backup lies: `primary` or `offsite`.
   */
  place: string;
  /**
   * `snapshots`, `full` or `offsite`.
   */
  tier: string;
  /**
   * The backup that is restored.
   */
  backupId: string;
  /**
   * The uninterrupted history that it belongs to.
   */
  lineage: string;
  /**
   * Begin of the backup, ISO 8601 in UTC: what was acknowledged later is lost.
   */
  createdAt: string;
  /**
   * The restored log ends at this index or later.
   */
  indexLow: number;
  /**
   * The restored log ends at this index or earlier.
   */
  indexHigh: number;
  /**
   * Entries that the database counted when the backup was taken.
   */
  totalEntries?: number;
  /**
   * Bytes to fetch.
   */
  storedBytes: number;
  /**
   * Bytes once unpacked.
   */
  plainBytes: number;
  /**
   * Node ids; the first one restores, the others join it, empty.
   */
  nodes: string[];
  /**
   * How long the whole should take, in seconds, without a thaw.
   */
  estimatedSeconds: number;
  /**
   * Hours until what lies in an archive class is thawed, from when the first run asks for it; left out where nothing has
   * to be thawed.
   */
  thawHours?: number;
}

/**
 * What a recovery did.
 */
export interface RecoveryReport {
  /**
   * Names this recovery for ever.
   */
  recoveryId: string;
  /**
   * The new history that the recovered cluster writes.
   */
  lineage: string;
  /**
   * The new history's first full backup.
   */
  baseBackupId: string;
  /**
   * Members of the recovered cluster.
   */
  members: string[];
  /**
   * How long the recovery took, in seconds.
   */
  seconds: number;
  /**
   * Index that the restored log ended at, as replay reached it.
   */
  restoredIndex: number;
  /**
   * Entries that the restored database counts.
   */
  totalEntries?: number;
  /**
   * Bytes that were restored.
   */
  restoredBytes?: number;
  /**
   * How long the first node took, in seconds.
   */
  restoreSeconds: number;
}

/** Result of the agent's `plan`. */
export interface PlanResult {
  plan: RestorePlan;
  digest: string;
  /** For a person; holds the backup's age, so it differs from run to run. */
  text: string;
  /** What must be thawed first, at this moment. */
  thaw?: Pick<ThawPhase, "hours">;
  /** How far the recovery has come, by its records: `planned` where nothing has begun. */
  state?: string;
}

const otherAgent = "Another version of the agent printed it: install the package again.";

const planSchema = v.object({
  plan: v.custom<RestorePlan>((value) => typeof value === "object" && value !== null, "a plan"),
  digest: sha256Hex,
  text: v.string(),
  thaw: v.optional(v.object({ hours: v.number() })),
  state: v.optional(v.string()),
});

const installedSchema = v.object({ nodeId: v.optional(v.string(), "?"), publicKey: v.optional(v.string()) });

/** What `install` says of a node's key. */
export interface NodeKey {
  nodeId: string;
  publicKey: string;
}

const restoredSchema = v.object({
  index: wholeNumber,
  totalEntries: v.nullish(wholeNumber),
  bytes: v.nullish(wholeNumber),
  seconds: v.number(),
});

const acceptedSchema = v.object({
  recoveryId: v.string(),
  lineage: v.string(),
  baseBackupId: v.string(),
  members: v.array(v.string()),
  seconds: v.number(),
});

/** @throws InputError when the agent printed something else. */
export function parsePlanResult(stdout: string): PlanResult {
  return parseJsonAs(planSchema, lastLine(stdout), "The agent's plan cannot be read", otherAgent);
}

/**
 * The key of an installation; none where an agent that signed nothing yet was installed.
 * @throws InputError when the agent printed something else.
 */
export function parseInstalled(stdout: string): NodeKey[] {
  const installed = parseJsonAs(
    installedSchema,
    lastLine(stdout),
    "The agent's install result cannot be read",
    otherAgent,
  );
  const { nodeId, publicKey } = installed;
  return publicKey === undefined ? [] : [{ nodeId, publicKey }];
}

/** The plan as an output: flat, for every Pulumi language. */
export function describeRecoveryPlan({ plan, thaw }: PlanResult): RecoveryPlan {
  const { source } = plan;
  return {
    recoveryId: plan.recoveryId,
    restorePoint: plan.restorePoint,
    place: source.place,
    tier: source.tier,
    backupId: source.backupId,
    lineage: source.lineage,
    createdAt: source.createdAt,
    indexLow: source.index.low,
    indexHigh: source.index.high,
    totalEntries: source.totalEntries ?? undefined,
    storedBytes: source.storedBytes,
    plainBytes: source.plainBytes,
    nodes: plan.nodes,
    estimatedSeconds: plan.estimatedSeconds,
    thawHours: thaw?.hours,
  };
}

/** @throws InputError when the agent printed something else. */
export function makeReport(restoreStdout: string, acceptStdout: string): RecoveryReport {
  const restored = parseJsonAs(
    restoredSchema,
    lastLine(restoreStdout),
    "The agent's restore result cannot be read",
    otherAgent,
  );
  const accepted = parseJsonAs(
    acceptedSchema,
    lastLine(acceptStdout),
    "The agent's acceptance cannot be read",
    otherAgent,
  );
  return {
    ...accepted,
    restoredIndex: restored.index,
    totalEntries: restored.totalEntries ?? undefined,
    restoredBytes: restored.bytes ?? undefined,
    restoreSeconds: restored.seconds,
  };
}

/**
 * What `recovery-report` printed, as the two phases would have.
 * @throws InputError when the agent printed something else.
 */
export function parseFacts(stdout: string): { restored: string; accepted: string } {
  const facts = v.object({ restored: v.unknown(), accepted: v.unknown() });
  const found = parseJsonAs(facts, lastLine(stdout), "The agent's report cannot be read", otherAgent);
  return { restored: JSON.stringify(found.restored), accepted: JSON.stringify(found.accepted) };
}

function lastLine(stdout: string): string {
  return stdout.trimEnd().split("\n").at(-1) ?? "";
}

/** What the agent said when it refused: its own words, without the provider's around them. */
export function agentMessage(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = text.split("\n").flatMap(eventMessage);
  return said.length > 0 ? said.join("\n") : text;
}

function eventMessage(line: string): string[] {
  const start = line.indexOf("{");
  if (start < 0) return [];
  try {
    const event = JSON.parse(line.slice(start)) as { event?: unknown; message?: unknown };
    return event.event === "error" && typeof event.message === "string" ? [event.message] : [];
  } catch {
    return [];
  }
}

/**
 * What a kind of disaster may cost, by the policy.
 */
export interface RecoveryPoint {
  /**
   * The kind: process, node, cluster, region, account, operator-error or stolen-host.
   */
  disaster: string;
  /**
   * Writes of at most so many seconds are lost; left out where nothing is promised.
   */
  lostSeconds?: number;
  /**
   * What it is recovered from, and on what that depends.
   */
  recoveredFrom: string;
}
