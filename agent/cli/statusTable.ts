import {
  describeLost,
  type LogStatus,
  type Status,
  type TierStatus,
  type VerificationStatus,
} from "../../model/status";
import { counted, formatBytes, formatSeconds } from "../../model/units";
import { verificationDepths } from "../../model/verification";
import type { VerificationDue } from "../../model/verificationSchedule";
import { table } from "./output";

/** A status for people: what is promised, what is there, what is wrong. */
export function statusTable(status: Status): string {
  const { clusterId, node, role, lineage, good, at } = status;
  const verdict = good ? "every objective is kept" : "OBJECTIVES ARE MISSED";
  const rows: [string, string][] = [
    ["log", logText(status)],
    ...offsiteLogRow(status),
    ...volumeRow(status),
    ...status.pauses.map((pause): [string, string] => [
      "paused",
      `by ${pause.node} until ${pause.until} at the latest`,
    ]),
    ...status.running.map((work): [string, string] => ["running", `${work.name} on ${work.node} since ${work.since}`]),
    ...verifiedRows(status),
    ["lost", lostText(status)],
    ["free", `${formatBytes(status.freeBytes)} on the data disk`],
  ];
  return [
    `cluster ${clusterId}, node ${node} (${role ?? "its database does not answer"}), history ${lineage ?? "unknown"}: ${verdict}`,
    table(
      ["TIER", "NEWEST GOOD", "AGE", "OBJECTIVE", "STATE", "NEXT"],
      status.tiers.map((tier) => tierRow(tier, at)),
    ),
    ...rows.map(([what, text]) => `${what.padEnd(10)}${text}`),
    ...status.problems.map((problem) => `problem: ${problem}`),
  ].join("\n");
}

const states = { kept: "ok", late: "LATE", none: "NONE", unknown: "UNKNOWN" };

function tierRow({ tier, newest, ageSeconds, objectiveSeconds, state, next }: TierStatus, at: string): string[] {
  return [
    tier,
    newest ?? (state === "unknown" ? "unknown" : "none"),
    ageSeconds === null ? "" : formatSeconds(ageSeconds),
    formatSeconds(objectiveSeconds),
    states[state],
    nextText(next, at),
  ];
}

function nextText(next: Pick<VerificationDue, "due" | "nextAt"> | null, at: string): string {
  if (next === null) return "";
  if (next.due) return "now";
  if (next.nextAt === null) return "";
  const seconds = (Date.parse(next.nextAt) - Date.parse(at)) / 1000;
  return seconds > 0 ? `in ${formatSeconds(seconds)}` : "now";
}

function logText({ log, heldSince, at }: Status): string {
  const held = heldSince === null ? [] : [`HELD since ${heldSince}`];
  return [...(log === null ? ["unknown"] : logParts(log, at)), ...held].join("; ");
}

function logParts(log: LogStatus, at: string): string[] {
  const { stream, lastArchived, archivedAt, waitingSegments, lagBytes, lagSeconds } = log;
  const seconds = archivedAt === null ? null : Math.max(0, (Date.parse(at) - Date.parse(archivedAt)) / 1000);
  const stored = seconds === null ? "" : ` ${formatSeconds(seconds)} ago`;
  const archived = lastArchived === null ? "nothing archived yet" : `stream ${stream} to ${lastArchived}${stored}`;
  if (waitingSegments === 0) return [archived, "nothing waits"];
  const what = counted(waitingSegments, "finished segment");
  return [archived, `not archived: ${what} (${formatBytes(lagBytes)}, the oldest for ${formatSeconds(lagSeconds)})`];
}

function offsiteLogRow({ offsiteLog }: Status): [string, string][] {
  if (offsiteLog === null) return [];
  const { base, stream, segment, lagSeconds } = offsiteLog;
  const reach = stream === null ? `nothing follows ${base} yet` : `stream ${stream} to ${segment}, on ${base}`;
  return [["off-site", lagSeconds === 0 ? reach : `${reach}, ${formatSeconds(lagSeconds)} behind`]];
}

function volumeRow({ volume }: Status): [string, string][] {
  if (volume === null) return [];
  const { backupId, ageSeconds, namespace, name } = volume;
  return [["volume", `${backupId}, ${formatSeconds(ageSeconds)} old, in VolumeSnapshot ${namespace}/${name}`]];
}

/** A line each depth: what was found, the newest backups that are known good, and when the next is due. */
function verifiedRows({ verifications, verificationRuns, at }: Status): [string, string][] {
  const depths = verificationDepths.filter(
    (depth) =>
      verifications.some((found) => found.depth === depth) || verificationRuns.some((run) => run.depth === depth),
  );
  if (depths.length === 0) return [["verified", "never"]];
  return depths.map((depth) => {
    const found = verifications.find((one) => one.depth === depth);
    const next = verificationRuns.find((run) => run.depth === depth);
    const parts = [found === undefined ? "never" : verifiedText(found), ...nextVerification(next, at)];
    return ["verified", `${depth} ${parts.join("; ")}`];
  });
}

function verifiedText({ ageSeconds, good, backups, bytes, newest }: VerificationStatus): string {
  const read = bytes === 0 ? "" : `, ${formatBytes(bytes)}`;
  const names = newest.map(({ tier, backupId }) => `${tier} ${backupId}`);
  const upTo = names.length === 0 ? "" : `; good up to ${names.join(", ")}`;
  return `${formatSeconds(ageSeconds)} ago: ${good ? "good" : "DAMAGED"} (${counted(backups, "backup")}${read})${upTo}`;
}

function nextVerification(run: VerificationDue | undefined, at: string): string[] {
  const text = run === undefined ? "" : nextText(run, at);
  return text === "" ? [] : [`next ${text}`];
}

function lostText({ lost }: Status): string {
  if (lost === null) return "unknown: the primary archive cannot be read";
  return lost.length === 0 ? "no time since the first backup" : lost.map(describeLost).join("; ");
}
