import type { BackupPolicy } from "../model/policy";
import type { RowComparison } from "./comparison";
import type { Check, Objective } from "../model/objectives";
import type { PlanOutput, ReportOutput } from "./outputs";
import type { Mark, Phase } from "./timeline";

export const resultFormat = "neumann-rehearsal/1";

/** A backup that was taken during the run. */
export interface TakenBackup {
  tier: string;
  backupId: string;
  startedAt: string;
  seconds: number;
  /** How long writes rested; null for a hot snapshot or a copy. */
  pauseSeconds: number | null;
  storedBytes: number | null;
}

/** What was lost. */
export interface Loss {
  at: string;
  /** What was destroyed, in words. */
  destroyed: string[];
  /** Why it is within the policy, or is not. */
  explanation: string;
}

/** What a rehearsal found: `report.json`. docs/rehearsal.md explains each part. */
export interface RehearsalResult {
  format: typeof resultFormat;
  verdict: "PASS" | "FAIL";
  clusterId: string;
  startedAt: string;
  endedAt: string;
  seconds: number;
  rows: RowComparison | null;
  objectives: Objective[];
  loss: Loss;
  plan: PlanOutput & { digest: string };
  recovery: ReportOutput;
  backups: TakenBackup[];
  /** Segments of the log that the archive held at the moment of the loss. */
  archivedSegments: number;
  policy: BackupPolicy;
  /** What differs from the standard policy, in words. */
  policyOverrides: string[];
  checks: Check[];
  phases: Phase[];
  marks: Mark[];
  /** What it ran with, such as `Pulumi` and `Node`. */
  tools: Record<string, string>;
}
