import { firstBackupSeconds, sampledSeconds, staleSeconds, statusEverySeconds } from "../alertRules";
import type { Place } from "../catalog";
import type { BackupPolicy } from "../policy";
import { logObjectiveSeconds, pauseGraceSeconds } from "../status";
import { Tier, tiers } from "../tier";
import { formatBytes, formatSeconds } from "../units";
import { everySeconds, type VerificationDepth, verificationDepths, verifiedWithinSeconds } from "../verification";
import { alarmName, helpAt } from "./alarmNames";
import { bucketAlarms } from "./bucketAlarms";
import { metricNamespace } from "./embeddedMetrics";

/** What alarms of CloudWatch are made from. */
export interface AlarmRequest {
  /** The cluster's name in the archive: the dimension `cluster` of its metrics. */
  clusterId: string;
  policy: BackupPolicy;
  /** Node ids: each that says nothing is an alarm. */
  nodes: readonly string[];
  /** Name of the first bucket. */
  bucket: string;
  /** Name of the off-site bucket; left out: there is none. */
  offsiteBucket?: string;
  /** Ids of the rules that replicate the first bucket into the off-site one, with metrics. */
  replicationRuleIds?: readonly string[];
  /** A rehearsal is due so often; left out: nothing is expected of rehearsals. */
  rehearsalEveryDays?: number;
}

/** What an alarm makes of a period without data: it is bad, it is good, or all stays as it was. */
export type MissingData = "breaching" | "notBreaching" | "ignore";

/** An alarm as CloudWatch takes it. */
export interface AlarmDefinition {
  /** Behind `neumann-<clusterId>-`, for ever. */
  what: string;
  name: string;
  severity: "critical" | "warning";
  /** What is wrong, and the page that helps. */
  description: string;
  /** In which bucket's region its metric is. */
  place: Place;
  namespace: string;
  metricName: string;
  dimensions: Record<string, string>;
  statistic: "Maximum" | "Minimum" | "Sum" | "Average" | "SampleCount";
  /** `outside`: of the band that the past lets expect, so many standard deviations wide. */
  breaches: "above" | "below" | "outside";
  threshold: number;
  periodSeconds: number;
  /** So many periods in a row. */
  periods: number;
  missingData: MissingData;
}

/** All alarms of a cluster, in the order in which docs/aws.md lists them. The same request gives the same names. */
export function alarmDefinitions(request: AlarmRequest): AlarmDefinition[] {
  const drafts = [
    ...silence(request),
    ...backups(request),
    ...log(request),
    ...verifications(request),
    ...writes(request),
    ...bucketAlarms(request),
  ];
  return drafts.map((draft) => ({ ...draft, name: alarmName(request.clusterId, draft.what) }));
}

/** An alarm that has no name yet. */
export type AlarmDraft = Omit<AlarmDefinition, "name">;

interface OfStatus {
  what: string;
  severity: AlarmDefinition["severity"];
  metric: string;
  dimensions?: Record<string, string>;
  statistic: AlarmDefinition["statistic"];
  breaches: "above" | "below";
  threshold: number;
  forSeconds: number;
  says: string;
  /** Of the alert of Prometheus that means the same, behind `NeumannBackup`. */
  alert: string;
  missingData?: MissingData;
}

/** What nobody says is as bad as what is wrong: silence is where backups are lost. */
function ofStatus({ clusterId }: AlarmRequest, draft: OfStatus): AlarmDraft {
  const { what, severity, metric, dimensions, statistic, breaches, threshold, forSeconds, says, alert } = draft;
  return {
    what,
    severity,
    description: `${clusterId}: ${says} Help: ${helpAt(`neumannbackup${alert.toLowerCase()}`)}`,
    place: "primary",
    namespace: metricNamespace,
    metricName: metric,
    dimensions: { cluster: clusterId, ...dimensions },
    statistic,
    breaches,
    threshold,
    periodSeconds: statusEverySeconds,
    periods: Math.max(1, Math.ceil(forSeconds / statusEverySeconds)),
    missingData: draft.missingData ?? "breaching",
  };
}

/** Data is missing where fewer than one sample is there, and where there is no period at all. */
const noSample = { statistic: "SampleCount", breaches: "below", threshold: 1, forSeconds: staleSeconds } as const;

function silence(request: AlarmRequest): AlarmDraft[] {
  const ofNode = (node: string): AlarmDraft =>
    ofStatus(request, {
      ...noSample,
      what: `node-silent-${node}`,
      severity: "warning",
      metric: "objectives_kept",
      dimensions: { node },
      says: `node ${node} has said nothing of its backups for ${formatSeconds(staleSeconds)}.`,
      alert: "NodeSilent",
    });
  return [
    ofStatus(request, {
      ...noSample,
      what: "status-missing",
      severity: "critical",
      metric: "objectives_kept",
      says: `no node has said anything of its backups for ${formatSeconds(staleSeconds)}.`,
      alert: "StatusMissing",
    }),
    ...request.nodes.map(ofNode),
  ];
}

function placesOf({ offsiteBucket }: AlarmRequest): Place[] {
  return offsiteBucket === undefined ? ["primary"] : ["primary", "offsite"];
}

function backups(request: AlarmRequest): AlarmDraft[] {
  const { policy, offsiteBucket } = request;
  const there = tiers.filter((tier) => tier !== Tier.Offsite || offsiteBucket !== undefined);
  return [
    ...there.map((tier) => tooOld(request, tier)),
    ...placesOf(request).map((place) =>
      ofStatus(request, {
        what: `archive-unreachable-${place}`,
        severity: "critical",
        metric: "archive_reachable",
        dimensions: { place },
        statistic: "Minimum",
        breaches: "below",
        threshold: 1,
        forSeconds: logObjectiveSeconds(policy),
        says: `a node cannot read the ${place} archive.`,
        alert: "ArchiveUnreachable",
      }),
    ),
    ofStatus(request, {
      what: "damaged",
      severity: "critical",
      metric: "damaged_backups",
      statistic: "Maximum",
      breaches: "above",
      threshold: 0,
      forSeconds: sampledSeconds,
      says: "backups cannot be restored.",
      alert: "Damaged",
    }),
  ];
}

/** Nodes see the same archive: the youngest age is of the one that looked last. */
function tooOld(request: AlarmRequest, tier: Tier): AlarmDraft {
  const objective = request.policy[tier].recoveryPointMinutes * 60;
  return ofStatus(request, {
    what: `too-old-${tier}`,
    severity: "critical",
    metric: "newest_good_age_seconds",
    dimensions: { tier },
    statistic: "Minimum",
    breaches: "above",
    threshold: objective,
    forSeconds: sampledSeconds,
    says: `the newest good backup of tier ${tier} is older than the policy's ${formatSeconds(objective)}, or none is known.`,
    alert: "TooOld",
  });
}

function log(request: AlarmRequest): AlarmDraft[] {
  const limit = logObjectiveSeconds(request.policy);
  const unknown = (node: string): AlarmDraft =>
    ofStatus(request, {
      ...noSample,
      what: `wal-unknown-${node}`,
      severity: "warning",
      metric: "wal_lag_seconds",
      dimensions: { node },
      says: `nothing says how far the log of node ${node} is archived.`,
      alert: "WalUnknown",
    });
  return [
    ofStatus(request, {
      what: "wal-late",
      severity: "critical",
      metric: "wal_lag_seconds",
      statistic: "Maximum",
      breaches: "above",
      threshold: limit,
      forSeconds: statusEverySeconds,
      says: `the log of a node waits for the archive longer than the policy's ${formatSeconds(limit)}.`,
      alert: "WalLate",
    }),
    ...request.nodes.map(unknown),
    ...offsiteLog(request),
    ofStatus(request, {
      what: "range-lost",
      severity: "critical",
      metric: "unrecoverable_ranges",
      statistic: "Maximum",
      breaches: "above",
      threshold: 0,
      forSeconds: sampledSeconds,
      says: "a range of time cannot be recovered.",
      alert: "RangeLost",
    }),
  ];
}

function offsiteLog(request: AlarmRequest): AlarmDraft[] {
  const { continuousWal, walRecoveryPointMinutes } = request.policy.offsite;
  if (!continuousWal) return [];
  const limit = walRecoveryPointMinutes * 60;
  return [
    ofStatus(request, {
      what: "offsite-wal-late",
      severity: "critical",
      metric: "offsite_wal_lag_seconds",
      statistic: "Maximum",
      breaches: "above",
      threshold: limit,
      forSeconds: statusEverySeconds,
      says: `the log off-site is further behind than the policy's ${formatSeconds(limit)}, or nothing says how far.`,
      alert: "OffsiteWalLate",
    }),
  ];
}

function verifications(request: AlarmRequest): AlarmDraft[] {
  const { verification } = request.policy;
  const scheduled = verificationDepths.filter((depth) => everySeconds(verification, depth) > 0);
  return [
    ...verificationDepths.flatMap((depth) => verdicts(request, depth)),
    ...scheduled.map((depth) => {
      const limit = verifiedWithinSeconds(verification, depth);
      return ofStatus(request, {
        what: `verification-overdue-${depth}`,
        severity: "warning",
        metric: "verification_age_seconds",
        dimensions: { depth },
        statistic: "Minimum",
        breaches: "above",
        threshold: limit,
        forSeconds: firstBackupSeconds,
        says: `the last verification (${depth}) is older than ${formatSeconds(limit)}, or there was none.`,
        alert: "VerificationOverdue",
      });
    }),
  ];
}

function verdicts(request: AlarmRequest, depth: VerificationDepth): AlarmDraft[] {
  return [
    ofStatus(request, {
      what: `verification-failed-${depth}`,
      severity: "critical",
      metric: "verification_good",
      dimensions: { depth },
      statistic: "Minimum",
      breaches: "below",
      threshold: 1,
      forSeconds: sampledSeconds,
      says: `the last verification (${depth}) found damage.`,
      alert: "VerificationFailed",
      // A verification that was never made is overdue, which is another alarm; a verdict stands until the next one.
      missingData: "ignore",
    }),
    ofStatus(request, {
      what: `verification-impossible-${depth}`,
      severity: "warning",
      metric: "verification_failed",
      dimensions: { depth },
      statistic: "Maximum",
      breaches: "above",
      threshold: 0,
      forSeconds: sampledSeconds,
      says: `a verification (${depth}) came to no verdict on a node.`,
      alert: "VerificationImpossible",
    }),
  ];
}

function writes(request: AlarmRequest): AlarmDraft[] {
  const { policy } = request;
  const least = policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  return [
    ofStatus(request, {
      what: "pause-too-long",
      severity: "critical",
      metric: "pause_overdue_seconds",
      statistic: "Maximum",
      breaches: "above",
      threshold: pauseGraceSeconds,
      forSeconds: 0,
      says: `a pause of writes has not ended, though it may last ${policy.full.maxPauseSeconds} s.`,
      alert: "PauseTooLong",
    }),
    ofStatus(request, {
      what: "archiving-held",
      severity: "warning",
      metric: "archiving_held",
      statistic: "Maximum",
      breaches: "above",
      threshold: 0,
      forSeconds: logObjectiveSeconds(policy),
      says: "a node keeps its log back until a recovery is accepted.",
      alert: "ArchivingHeld",
    }),
    ofStatus(request, {
      what: "disk-low",
      severity: "critical",
      metric: "data_disk_free_bytes",
      statistic: "Minimum",
      breaches: "below",
      threshold: least,
      forSeconds: statusEverySeconds,
      says: `less than the policy's ${formatBytes(least)} is free on the data disk of a node.`,
      alert: "DiskLow",
    }),
  ];
}
