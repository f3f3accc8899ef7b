import { type Catalog, inOrder } from "../../model/catalog";
import type { Coverage } from "../../model/coverage";
import type { RetentionItem, RetentionPlan } from "../../model/retention";
import { formatBytes, formatCount, formatSeconds } from "../../model/units";
import type { Check } from "../commands/doctor";
import type { DueRun } from "../commands/schedule";
import type { Status } from "../commands/status";
import type { Verdict } from "../commands/verify";

/** A table for people: columns as wide as their widest cell. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => Math.max(...all.map((row) => (row[column] ?? "").length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

export function catalogTable(catalog: Catalog, now: Date): string {
  const rows = inOrder(catalog).map(({ manifest, place, problem, storedAt }) => [
    manifest.backupId,
    manifest.tier,
    place,
    manifest.lineage,
    formatCount(manifest.index.low),
    formatBytes(manifest.parts.reduce((sum, part) => sum + part.bytes, 0)),
    formatSeconds(Math.max(0, (now.getTime() - Date.parse(storedAt)) / 1000)),
    problem ?? "good",
  ]);
  const bad = catalog.unreadable.map(({ key, place, problem }) => [key, "?", place, "?", "?", "?", "?", problem]);
  const all = [...rows, ...bad];
  if (all.length === 0) return "There is no backup.";
  return table(["BACKUP", "TIER", "PLACE", "LINEAGE", "INDEX", "SIZE", "AGE", "STATE"], all);
}

/** What goes, one line for each reason of a kind; then how much stays. */
export function expiryTable(plan: RetentionPlan | undefined, verb: string): string {
  const { expire = [], keep = [] } = plan ?? {};
  const stays = `${formatCount(keep.length)} objects of ${formatBytes(sumOf(keep))} stay.`;
  if (expire.length === 0) return `The policy keeps everything. ${stays}`;
  const groups = new Map<string, RetentionItem[]>();
  for (const item of expire) {
    // Each backup is named; its data and the segments of the log are counted.
    const subject = item.kind === "manifest" ? item.key : item.key.split("/").slice(0, 3).join("/");
    const name = [item.kind, item.place, subject, item.reason].join("\0");
    groups.set(name, [...(groups.get(name) ?? []), item]);
  }
  const rows = [...groups].map(([name, items]) => {
    const [kind = "", place = "", subject = "", reason = ""] = name.split("\0");
    return [kind, place, subject, String(items.length), formatBytes(sumOf(items)), reason];
  });
  const total = `${formatCount(expire.length)} objects of ${formatBytes(sumOf(expire))} ${verb}. ${stays}`;
  return `${table(["KIND", "PLACE", "WHAT", "OBJECTS", "SIZE", "WHY"], rows)}\n${total}`;
}

function sumOf(items: readonly RetentionItem[]): number {
  return items.reduce((sum, item) => sum + item.bytes, 0);
}

export function doctorTable(checks: readonly Check[]): string {
  const rows = checks.map((check) => [check.good ? "ok" : "FAILED", check.name, check.found]);
  const remedies = checks.filter((check) => !check.good).map((check) => `${check.name}: ${check.remedy}`);
  return [table(["", "ROW", "FOUND"], rows), ...remedies].join("\n");
}

export function verdictTable(verdicts: readonly Verdict[]): string {
  if (verdicts.length === 0) return "There is no backup.";
  const rows = verdicts.map((v) => [
    v.backupId,
    v.tier,
    v.place,
    v.bytes === 0 ? "" : formatBytes(v.bytes),
    v.problem ?? "good",
  ]);
  return table(["BACKUP", "TIER", "PLACE", "READ", "STATE"], rows);
}

/** Which times can be restored to, then the streams. */
export function coverageTables({ ranges, holes, streams }: Coverage): string {
  const covered = ranges.map(({ lineage, from, until, bases }) => ({
    at: `${lineage} ${from}`,
    cells: [lineage, from, until, `can be restored from ${bases.length === 1 ? bases[0] : `${bases.length} backups`}`],
  }));
  const lost = holes.map(({ lineage, from, until }) => ({
    at: `${lineage} ${from}`,
    cells: [lineage, from, until, "CANNOT BE RESTORED: no stream spans it"],
  }));
  const times = [...covered, ...lost].sort((a, b) => (a.at < b.at ? -1 : 1)).map(({ cells }) => cells);
  const logs = streams.map(({ lineage, stream, first, last, segments, bytes, gaps }) => [
    lineage,
    stream,
    first,
    last,
    formatCount(segments),
    formatBytes(bytes),
    gaps.length === 0 ? "none" : gaps.map((gap) => `${gap.first} to ${gap.last}`).join(", "),
  ]);
  return [
    times.length === 0 ? "No time can be restored to." : table(["LINEAGE", "FROM", "UNTIL AT MOST", "STATE"], times),
    logs.length === 0
      ? "No log is archived."
      : table(["LINEAGE", "STREAM", "FIRST", "LAST", "SEGMENTS", "SIZE", "GAPS"], logs),
  ].join("\n\n");
}

export function dueTable(run: DueRun): string {
  const resumed = run.resumed.map((lease) => `ended the pause ${lease}`);
  if (run.skipped !== null) return [...resumed, `nothing to do here: ${run.skipped}`].join("\n");
  const rows = run.tiers.map(({ tier, outcome, message, reason }) => [tier, outcome, message ?? reason]);
  const expiry = run.expiry === null ? [] : [["prune", run.expiry.outcome, run.expiry.message ?? "once a day"]];
  return [...resumed, table(["WHAT", "", "WHY"], [...rows, ...expiry])].join("\n");
}

export function statusTable(status: Status): string {
  const rows = status.tiers.map((tier) => [
    tier.tier,
    tier.newest ?? "none",
    tier.ageSeconds === null ? "" : formatSeconds(tier.ageSeconds),
    formatSeconds(tier.objectiveSeconds),
    tier.within ? "ok" : "LATE",
  ]);
  const { wal } = status;
  return [
    `cluster ${status.clusterId}, node ${status.node}, lineage ${status.lineage ?? "unknown"}`,
    table(["TIER", "NEWEST GOOD", "AGE", "OBJECTIVE", "STATE"], rows),
    `wal: stream ${wal.stream ?? "none"}, archived to ${wal.lastPushed ?? "nothing"}, ${wal.behind ?? "?"} finished segments behind${wal.held ? ", HELD" : ""}`,
    ...(status.running.length > 0 ? [`running: ${status.running.join(", ")}`] : []),
    ...status.problems.map((problem) => `problem: ${problem}`),
  ].join("\n");
}
