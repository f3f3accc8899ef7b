import { type Check, objective, type Objective } from "../model/objectives";
import type { TierPolicy } from "../model/policy";
import { formatCount, formatSeconds } from "../model/units";
import { isFaultless, type RowComparison } from "./comparison";

/** What the objectives are measured from. All times in milliseconds. */
export interface MeasureRequest {
  /** The policy of the tier that was restored from. */
  policy: TierPolicy;
  lostAt: number;
  acceptedAt: number;
  /** Begin of the backup. */
  backupAt: number;
  /** Null where nobody noted the writes. */
  rows: RowComparison | null;
}

/**
 * Recovery point and recovery time against the policy. The recovery point is how long before the loss the first lost
 * write was acknowledged; without notes of a writer it is the backup's age, which is never less.
 */
export function measure(request: MeasureRequest): Objective[] {
  const { policy } = request;
  return [
    objective("recovery-point", policy.recoveryPointMinutes, recoveryPoint(request)),
    objective("recovery-time", policy.recoveryTimeMinutes, {
      seconds: (request.acceptedAt - request.lostAt) / 1000,
      explanation: "from the loss of the last node until the recovered cluster was accepted",
    }),
  ];
}

interface Measured {
  seconds: number;
  explanation: string;
}

function recoveryPoint({ rows, lostAt, backupAt }: MeasureRequest): Measured {
  if (rows === null) return { seconds: (lostAt - backupAt) / 1000, explanation: "from the backup's begin to the loss" };
  if (rows.firstLostAt === null) return { seconds: 0, explanation: "no acknowledged write was lost" };
  const seconds = (lostAt - rows.firstLostAt) / 1000;
  return { seconds, explanation: "from the acknowledgement of the first lost write to the loss" };
}

/** Checks that follow from the comparison of rows. */
export function rowChecks(rows: RowComparison): Check[] {
  const { faults, promised, later } = rows;
  const none = (name: string, title: string, bad: readonly number[], of: string): Check => ({
    name,
    title,
    expected: `none${of}`,
    found: bad.length === 0 ? "none" : `${formatCount(bad.length)}: rows ${examples(bad)}`,
    passed: bad.length === 0,
  });
  return [
    none("promised-rows", "Promised rows that are missing", faults.missing, ` of ${formatCount(promised)}`),
    none("later-rows", "Rows written after the backup that are there", faults.tooNew, ` of ${formatCount(later)}`),
    none("whole-rows", "Rows that differ from what was written", faults.wrong, ""),
    none("single-rows", "Rows that are there twice", faults.double, ""),
  ];
}

const shownExamples = 5;

function examples(rows: readonly number[]): string {
  return rows.slice(0, shownExamples).join(", ") + (rows.length > shownExamples ? ", …" : "");
}

/** Why what was lost is within the policy, or is not. */
export function explainLoss(rows: RowComparison, recoveryPoint: Objective, backupId: string): string {
  if (!isFaultless(rows.faults)) return "The recovered rows are not those that the backup promises: see the checks.";
  if (rows.lost === 0) return "No acknowledged write was lost.";
  const lost = `${formatCount(rows.lost)} ${rows.lost === 1 ? "write" : "writes"} acknowledged after backup ${backupId} was taken`;
  const allowed = `up to ${formatSeconds(recoveryPoint.objectiveSeconds)} of writes`;
  const measured = formatSeconds(recoveryPoint.measuredSeconds);
  return recoveryPoint.met
    ? `${lost} are lost: the last ${measured} before the loss. The policy allows for the loss of ${allowed}.`
    : `${lost} are lost: the last ${measured} before the loss. The policy allows for ${allowed} only.`;
}
