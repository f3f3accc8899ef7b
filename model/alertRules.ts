import type { BackupPolicy } from "./policy";
import { selector } from "./prometheus";
import { logObjectiveSeconds, pauseGraceSeconds } from "./status";
import { metricPrefix } from "./statusMetrics";
import { Tier, tiers } from "./tier";
import { formatBytes, formatSeconds } from "./units";
import { everySeconds, type VerificationDepth, verificationDepths, verifiedWithinSeconds } from "./verification";

/** What alerting rules are made from. */
export interface AlertRulesRequest {
  /** The cluster's name in the archive: the label `cluster` of its metrics. */
  clusterId: string;
  policy: BackupPolicy;
  /** False where there is no off-site archive. */
  offsite: boolean;
  /** Node ids: each that says nothing is an alarm. Without them only the silence of all of them is. */
  nodes?: readonly string[];
}

/** A rule as Prometheus reads it. */
export interface AlertRule {
  alert: string;
  expr: string;
  /** So long it has to hold. */
  for: string;
  labels: { severity: "critical" | "warning"; cluster: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

/** A file of rules. */
export interface AlertRuleGroups {
  groups: { name: string; rules: AlertRule[] }[];
}

/** How often a node writes its status, in seconds, at the latest: docs/monitoring.md shows the timer. */
export const statusEverySeconds = 300;
/** Three were missed: what the file says is history. */
export const staleSeconds = 3 * statusEverySeconds;
/** A value may be so old when it is read, and a backup be stored meanwhile. */
export const sampledSeconds = 2 * statusEverySeconds;

/** In the order in which docs/monitoring.md explains them. */
export function alertRuleGroups(request: AlertRulesRequest): AlertRuleGroups {
  const make = new Rules(request);
  const rules = [
    ...silence(make),
    ...backups(make),
    ...log(make),
    ...verifications(make),
    ...writes(make),
    ...disks(make),
  ];
  return { groups: [{ name: `neumann-backup-${request.clusterId}`, rules }] };
}

/** The same as YAML, for a file that `rule_files` of Prometheus names. The same request gives the same text. */
export function alertRules(request: AlertRulesRequest): string {
  const text = alertRuleGroups(request).groups.map(({ name, rules }) =>
    [`  - name: ${JSON.stringify(name)}`, "    rules:", ...rules.map(yamlOf)].join("\n"),
  );
  return ["groups:", ...text, ""].join("\n");
}

/** A JSON string is one of YAML as well. */
function yamlOf({ alert, expr, for: time, labels, annotations }: AlertRule): string {
  const lines = (entries: object): string[] =>
    Object.entries(entries).map(([key, value]) => `          ${key}: ${JSON.stringify(value)}`);
  return [
    `      - alert: ${alert}`,
    `        expr: ${JSON.stringify(expr)}`,
    `        for: ${time}`,
    "        labels:",
    ...lines(labels),
    "        annotations:",
    ...lines(annotations),
  ].join("\n");
}

interface Draft {
  /** Behind `NeumannBackup`. */
  name: string;
  severity: "critical" | "warning";
  expr: string;
  forSeconds: number;
  summary: string;
  description: string;
}

/** Writes rules of one cluster. */
class Rules {
  constructor(readonly request: AlertRulesRequest) {}

  get policy(): BackupPolicy {
    return this.request.policy;
  }

  /** A metric of this cluster, with more labels where they are given. */
  metric(name: string, labels: Record<string, string> = {}): string {
    return `${metricPrefix}${name}${selector({ cluster: this.request.clusterId, ...labels })}`;
  }

  rule({ name, severity, expr, forSeconds, summary, description }: Draft): AlertRule {
    const { clusterId } = this.request;
    const alert = `NeumannBackup${name}`;
    return {
      alert,
      expr,
      for: `${forSeconds}s`,
      labels: { severity, cluster: clusterId },
      annotations: {
        summary: `${clusterId}: ${summary}`,
        description,
        runbook_url: `docs/monitoring.md#${alert.toLowerCase()}`,
      },
    };
  }
}

function silence(make: Rules): AlertRule[] {
  const { nodes = [] } = make.request;
  const each = nodes.map((node) => `absent(${make.metric("status_timestamp_seconds", { node })})`);
  const ofNodes = make.rule({
    name: "NodeSilent",
    severity: "warning",
    expr: each.join(" or "),
    forSeconds: staleSeconds,
    summary: "node {{ $labels.node }} says nothing of its backups",
    description: "Nobody sees whether the log of this node is archived. Is the host up, and does its timer run?",
  });
  return [
    make.rule({
      name: "StatusMissing",
      severity: "critical",
      expr: `absent(${make.metric("status_timestamp_seconds")})`,
      forSeconds: staleSeconds,
      summary: "no node says anything of its backups",
      description: "Every other alarm but those of missing data is blind. Does the timer run that writes the metrics?",
    }),
    ...(nodes.length === 0 ? [] : [ofNodes]),
    make.rule({
      name: "StatusStale",
      severity: "warning",
      expr: `time() - ${make.metric("status_timestamp_seconds")} > ${staleSeconds}`,
      forSeconds: 0,
      summary: "the status of node {{ $labels.node }} is {{ $value | humanizeDuration }} old",
      description: `It should be written every ${formatSeconds(statusEverySeconds)}. The file is read, but nobody writes it.`,
    }),
  ];
}

function backups(make: Rules): AlertRule[] {
  const there = tiers.filter((tier) => tier !== Tier.Offsite || make.request.offsite);
  return [
    ...there.flatMap((tier) => ofTier(make, tier)),
    make.rule({
      name: "ArchiveUnreachable",
      severity: "critical",
      expr: `${make.metric("archive_reachable")} == 0`,
      forSeconds: logObjectiveSeconds(make.policy),
      summary: "node {{ $labels.node }} cannot read the {{ $labels.place }} archive",
      description: "Nothing can be stored there or be restored from it. `neumann-backup status` on the node says why.",
    }),
    make.rule({
      name: "Damaged",
      severity: "critical",
      expr: `max by (cluster) (${make.metric("damaged_backups")}) > 0`,
      forSeconds: sampledSeconds,
      summary: "{{ $value }} backups cannot be restored",
      description:
        "Objects are missing or have another size, or a manifest cannot be read or is not trusted. `neumann-backup list` names them.",
    }),
  ];
}

/** A backup may run so long before anybody takes its claim over: nothing is missing before that. */
export const firstBackupSeconds = 6 * 3600;

function ofTier(make: Rules, tier: Tier): AlertRule[] {
  const objective = make.policy[tier].recoveryPointMinutes * 60;
  const newest = make.metric("newest_good_timestamp_seconds", { tier });
  return [
    make.rule({
      name: "TooOld",
      severity: "critical",
      expr: `time() - max by (cluster, tier) (${newest}) > ${objective}`,
      forSeconds: sampledSeconds,
      summary: `the newest good backup of tier ${tier} is {{ $value | humanizeDuration }} old`,
      description: `The policy promises ${formatSeconds(objective)}: what was written since would be lost with what this tier protects from.`,
    }),
    make.rule({
      name: "None",
      severity: "critical",
      expr: `absent(${newest})`,
      forSeconds: Math.min(objective, firstBackupSeconds),
      summary: `no good backup of tier ${tier} is known`,
      description: "There is none, or no node can read the archive: nothing says that this cluster could be recovered.",
    }),
  ];
}

function log(make: Rules): AlertRule[] {
  const limit = logObjectiveSeconds(make.policy);
  const status = make.metric("status_timestamp_seconds");
  return [
    make.rule({
      name: "WalLate",
      severity: "critical",
      expr: `${make.metric("wal_lag_seconds")} > ${limit}`,
      forSeconds: statusEverySeconds,
      summary: "the log of node {{ $labels.node }} waits for the archive since {{ $value | humanizeDuration }}",
      description: `The policy promises ${formatSeconds(limit)}. Backups are void while their log does not arrive, and the log fills the data disk.`,
    }),
    make.rule({
      name: "WalUnknown",
      severity: "warning",
      expr: `${status} unless on (cluster, node) ${make.metric("wal_lag_seconds")}`,
      forSeconds: staleSeconds,
      summary: "node {{ $labels.node }} cannot say how far its log is archived",
      description:
        "Its data folder or the agent's note in it cannot be read. `neumann-backup status` on the node says why.",
    }),
    ...offsiteLog(make),
    make.rule({
      name: "RangeLost",
      severity: "critical",
      expr: `max by (cluster) (${make.metric("unrecoverable_ranges")}) > 0`,
      forSeconds: sampledSeconds,
      summary: "{{ $value }} ranges of time cannot be recovered",
      description:
        "No stream of the log spans them. `neumann-backup status` names them; a new backup ends one that is open.",
    }),
  ];
}

function offsiteLog(make: Rules): AlertRule[] {
  const { continuousWal, walRecoveryPointMinutes } = make.policy.offsite;
  if (!continuousWal) return [];
  const limit = walRecoveryPointMinutes * 60;
  const lag = make.metric("offsite_wal_lag_seconds");
  return [
    make.rule({
      name: "OffsiteWalLate",
      severity: "critical",
      expr: `max by (cluster) (${lag}) > ${limit} or absent(${lag})`,
      forSeconds: statusEverySeconds,
      summary: "the log off-site is {{ $value | humanizeDuration }} behind, or nothing says how far it is",
      description: `The policy promises ${formatSeconds(limit)} where the primary archive is lost. \`neumann-backup status\` says how far it reaches.`,
    }),
  ];
}

function verifications(make: Rules): AlertRule[] {
  const scheduled = verificationDepths.filter((depth) => everySeconds(make.policy.verification, depth) > 0);
  return [
    make.rule({
      name: "VerificationFailed",
      severity: "critical",
      expr: `max by (cluster, depth) (${make.metric("verification_timestamp_seconds", { result: "damaged" })}) > 0`,
      forSeconds: sampledSeconds,
      summary: "the last verification ({{ $labels.depth }}) found damage",
      description:
        "A backup is not what its manifest says, or does not hold what it must. `neumann-backup status` names it; take a new one at once.",
    }),
    make.rule({
      name: "VerificationImpossible",
      severity: "warning",
      expr: `${make.metric("verification_failed")} == 1`,
      forSeconds: sampledSeconds,
      summary: "node {{ $labels.node }} could not verify the backups ({{ $labels.depth }})",
      description: "It came to no verdict. `neumann-backup status` on the node says why; it is tried again every hour.",
    }),
    ...scheduled.map((depth) => overdue(make, depth)),
  ];
}

const whatOverdue: Record<VerificationDepth, string> = {
  manifest: "looked whether the backups are all there",
  bytes: "read the backups",
  restore: "tried to restore a backup",
};

function overdue(make: Rules, depth: VerificationDepth): AlertRule {
  const limit = verifiedWithinSeconds(make.policy.verification, depth);
  const newest = make.metric("verification_timestamp_seconds", { depth });
  return make.rule({
    name: "VerificationOverdue",
    severity: "warning",
    expr: `time() - max by (cluster, depth) (${newest}) > ${limit} or absent(${newest})`,
    // The first one may take its time; an old one has had its grace.
    forSeconds: firstBackupSeconds,
    summary: `nobody has ${whatOverdue[depth]} for too long`,
    description: `The schedule should verify at the depth ${depth} at least every ${formatSeconds(limit)}: \`neumann-backup run-due --dry-run\` says what keeps it.`,
  });
}

function writes(make: Rules): AlertRule[] {
  const limit = logObjectiveSeconds(make.policy);
  return [
    make.rule({
      name: "PauseTooLong",
      severity: "critical",
      expr: `max by (cluster) (${make.metric("pause_overdue_seconds")}) > ${pauseGraceSeconds}`,
      forSeconds: 0,
      summary: "a pause of writes should have ended {{ $value | humanizeDuration }} before the last status",
      description: `A backup may pause writes for ${make.policy.full.maxPauseSeconds} s, then every guard ends it. Are writes taken? \`neumann-backup resume-writes --expired\``,
    }),
    make.rule({
      name: "ArchivingHeld",
      severity: "warning",
      expr: `${make.metric("archiving_held")} == 1`,
      forSeconds: limit,
      summary: "node {{ $labels.node }} keeps its log back",
      description: "What is written is not archived until the recovery is accepted. Finish the recovery.",
    }),
  ];
}

function disks(make: Rules): AlertRule[] {
  const limit = make.policy.wal.freeSpaceAlarmMebibytes * 1024 * 1024;
  return [
    make.rule({
      name: "DiskLow",
      severity: "critical",
      expr: `${make.metric("data_disk_free_bytes")} < ${limit}`,
      forSeconds: statusEverySeconds,
      summary: "{{ $value | humanize1024 }}B are free on the data disk of node {{ $labels.node }}",
      description: `The policy's limit is ${formatBytes(limit)}. A log that waits for the archive is kept there.`,
    }),
  ];
}
