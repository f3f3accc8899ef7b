import * as v from "valibot";
import { parseAs, sha256Hex, wholeNumber } from "../model/parse";

/** The plan as the recovery program's output `plan` tells it (docs/recovery.md). */
export interface PlanOutput {
  recoveryId: string;
  restorePoint: string;
  place: string;
  tier: string;
  backupId: string;
  lineage: string;
  createdAt: string;
  indexLow: number;
  indexHigh: number;
  totalEntries?: number;
  storedBytes: number;
  plainBytes: number;
  nodes: string[];
  estimatedSeconds: number;
}

/** The recovery program's output `report`. */
export interface ReportOutput {
  recoveryId: string;
  lineage: string;
  baseBackupId: string;
  members: string[];
  seconds: number;
  restoredIndex: number;
  totalEntries?: number;
  restoredBytes?: number;
  restoreSeconds: number;
}

const planSchema = v.object({
  recoveryId: v.string(),
  restorePoint: v.string(),
  place: v.string(),
  tier: v.string(),
  backupId: v.string(),
  lineage: v.string(),
  createdAt: v.string(),
  indexLow: wholeNumber,
  indexHigh: wholeNumber,
  totalEntries: v.optional(wholeNumber),
  storedBytes: wholeNumber,
  plainBytes: wholeNumber,
  nodes: v.array(v.string()),
  estimatedSeconds: v.number(),
});

const shownSchema = v.object({ plan: planSchema, planDigest: sha256Hex });

const reportSchema = v.object({
  recoveryId: v.string(),
  lineage: v.string(),
  baseBackupId: v.string(),
  members: v.array(v.string()),
  seconds: v.number(),
  restoredIndex: wholeNumber,
  totalEntries: v.optional(wholeNumber),
  restoredBytes: v.optional(wholeNumber),
  restoreSeconds: v.number(),
});

/** @throws InputError when a preview gave no plan. */
export function readPlan(outputs: Record<string, unknown>): { plan: PlanOutput; digest: string } {
  const { plan, planDigest } = parseAs(shownSchema, outputs, "The preview of the recovery shows no plan");
  return { plan, digest: planDigest };
}

/** @throws InputError when an up gave no report. */
export function readReport(outputs: Record<string, unknown>): ReportOutput {
  return parseAs(reportSchema, outputs.report, "The recovery gave no report");
}
