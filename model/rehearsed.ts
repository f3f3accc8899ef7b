import { type Check, objective, type Objective, verdictOf } from "./objectives";
import type { BackupPolicy } from "./policy";
import { isTier } from "./tier";
import { formatCount } from "./units";

/** What a rehearsal's plan says of the backup. */
export interface RehearsedPlan {
  tier: string;
  backupId: string;
  /** Begin of the backup, ISO 8601. */
  createdAt: string;
  totalEntries?: number;
  nodes: string[];
}

/** What the recovery reports. */
export interface RehearsedReport {
  members: string[];
  totalEntries?: number;
}

/** A rehearsal that ran to its end. Times in milliseconds. */
export interface Rehearsed {
  plan: RehearsedPlan;
  report: RehearsedReport;
  policy: BackupPolicy;
  /** When the recovery began: as if all had been lost then. */
  beganAt: number;
  acceptedAt: number;
  /** What the stack still has after its destroy. */
  left: readonly string[];
}

/** What a rehearsal came to. */
export interface Judgement {
  verdict: "PASS" | "FAIL";
  objectives: Objective[];
  checks: Check[];
}

/** Judges a rehearsal by the policy of the tier that was restored from. */
export function judgeRehearsal({ plan, report, policy, beganAt, acceptedAt, left }: Rehearsed): Judgement {
  if (!isTier(plan.tier)) throw new Error(`the plan names a tier that is not known: ${plan.tier}`);
  const allowed = policy[plan.tier];
  const objectives = [
    objective("recovery-point", allowed.recoveryPointMinutes, {
      seconds: (beganAt - Date.parse(plan.createdAt)) / 1000,
      explanation: `from the begin of backup ${plan.backupId} until the rehearsal`,
    }),
    objective("recovery-time", allowed.recoveryTimeMinutes, {
      seconds: (acceptedAt - beganAt) / 1000,
      explanation: "from the first resource until the cluster was accepted",
    }),
  ];
  const checks = [membersCheck(plan, report), entriesCheck(plan, report), leftCheck(left)];
  return { verdict: verdictOf(checks, objectives), objectives, checks };
}

function membersCheck({ nodes }: RehearsedPlan, { members }: RehearsedReport): Check {
  const [expected, found] = [nodes, members].map((names) => [...names].sort().join(", ")) as [string, string];
  return { name: "members", title: "Members of the recovered cluster", expected, found, passed: expected === found };
}

function entriesCheck(plan: RehearsedPlan, report: RehearsedReport): Check {
  const [promised, counted] = [plan.totalEntries, report.totalEntries];
  return {
    name: "manifest-count",
    title: "Entries counted, against the manifest",
    expected: promised === undefined ? "not counted" : `at least ${formatCount(promised)}`,
    found: counted === undefined ? "not counted" : formatCount(counted),
    passed: promised === undefined || (counted !== undefined && counted >= promised),
  };
}

function leftCheck(left: readonly string[]): Check {
  const passed = left.length === 0;
  return {
    name: "nothing-left",
    title: "Left after destroy",
    expected: "none",
    found: left.join(", ") || "none",
    passed,
  };
}
