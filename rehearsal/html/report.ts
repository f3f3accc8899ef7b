import type { BackupPolicy } from "../../model/policy";
import { tiers } from "../../model/tier";
import { formatBytes, formatCount, formatSeconds } from "../../model/units";
import type { RowComparison } from "../comparison";
import type { Objective } from "../../model/objectives";
import type { RehearsalResult } from "../result";
import { code, escape, mark, section, table, terms, time } from "./markup";
import { style } from "./style";
import { renderTimeline } from "./timeline";

/** The report as one page that needs nothing else: no script, no network, no other file. */
export function renderReport(result: RehearsalResult): string {
  const title = `${result.verdict}: recovery of cluster ${result.clusterId}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escape(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${head(result)}${rows(result.rows)}${objectives(result)}${section("timeline", "Timeline", renderTimeline(result))}${loss(
    result,
  )}${plan(result)}${backups(result)}${checks(result)}${policy(result)}${foot(result)}</main>
</body>
</html>
`;
}

function head({ verdict, clusterId, startedAt, seconds, plan: { recoveryId } }: RehearsalResult): string {
  const kind = verdict === "PASS" ? "good" : "bad";
  const when = `<time datetime="${escape(startedAt)}">${escape(startedAt.slice(0, 16).replace("T", " "))} UTC</time>`;
  const what =
    verdict === "PASS"
      ? `Cluster ${clusterId} was lost and recovered as promised`
      : `The recovery of cluster ${clusterId} is not as promised`;
  return (
    `<header><div class="verdict ${kind}" role="status">${verdict}</div>` +
    `<div><h1>${escape(what)}</h1><p>${when} · ${formatSeconds(seconds)} · recovery <code>${escape(recoveryId)}</code></p></div></header>\n`
  );
}

function rows(found: RowComparison | null): string {
  if (found === null) return "";
  const numbers: [string, number][] = [
    ["written", found.sent],
    ["acknowledged", found.acknowledged],
    ["recovered", found.recovered],
    ["lost", found.lost],
  ];
  const items = numbers.map(([name, count]) => `<div><dt>Rows ${name}</dt><dd>${formatCount(count)}</dd></div>`);
  const kept = found.acknowledged - found.lost;
  const share = (count: number) => `flex:${Math.max(count, 0)} 0 0`;
  const label = `${formatCount(kept)} acknowledged rows recovered, ${formatCount(found.lost)} lost`;
  const bar =
    `<div class="share" role="img" aria-label="${label}">` +
    `<span class="kept" style="${share(kept)}"></span><span class="gone" style="${share(found.lost)}"></span></div>`;
  const legend =
    `<ul class="legend"><li style="--swatch: var(--good)">acknowledged and recovered: ${formatCount(kept)}</li>` +
    `<li style="--swatch: var(--point)">acknowledged after the backup, lost: ${formatCount(found.lost)}</li></ul>`;
  return section("rows", "Data", `<dl class="numbers">${items.join("")}</dl>${bar}${legend}\n`);
}

function objectives({ objectives: all }: RehearsalResult): string {
  return section("objectives", "Objectives", `<div class="objectives">${all.map(objective).join("\n")}</div>\n`);
}

function objective({ title, met, measuredSeconds, objectiveSeconds, explanation }: Objective): string {
  const state = mark(met, met ? "met" : "missed") as { markup: string };
  const of = `<small>of ${formatSeconds(objectiveSeconds)} allowed</small>`;
  return (
    `<div class="objective"><h3>${escape(title)} ${state.markup}</h3>` +
    `<p class="measured">${formatSeconds(measuredSeconds)} ${of}</p><p>Measured ${escape(explanation)}.</p></div>`
  );
}

function loss({ loss: { destroyed, explanation } }: RehearsalResult): string {
  const items = destroyed.map((item) => `<li>${escape(item)}</li>`).join("");
  const text = `<p>Destroyed:</p><ul class="plain">${items}</ul><p>Only the off-site copy was left.</p>`;
  return section("loss", "What was lost, and why", `${text}<p><strong>${escape(explanation)}</strong></p>\n`);
}

function plan({ plan: p, recovery }: RehearsalResult): string {
  const content = terms([
    ["Restore point", code(p.restorePoint)],
    ["Backup", code(`${p.backupId} (${p.tier}, ${p.place})`)],
    ["Begun at", `${p.createdAt}`],
    ["Holds", `entries up to index ${formatCount(p.indexLow)}`],
    ["Size", `${formatBytes(p.storedBytes)} to fetch, ${formatBytes(p.plainBytes)} unpacked`],
    ["Plan", code(p.digest)],
    ["Expected to take", formatSeconds(p.estimatedSeconds)],
    ["Took", `${formatSeconds(recovery.seconds)}, the first node ${formatSeconds(recovery.restoreSeconds)} of it`],
    ["New lineage", code(recovery.lineage)],
    ["First backup of it", code(recovery.baseBackupId)],
    ["Members", recovery.members.join(", ")],
  ]);
  return section("plan", "The plan, and what was done", content);
}

function backups({ backups: all, archivedSegments }: RehearsalResult): string {
  const rowsOf = all.map((backup) => [
    backup.tier,
    code(backup.backupId),
    time(backup.startedAt),
    formatSeconds(backup.seconds),
    backup.pauseSeconds === null ? "none" : formatSeconds(backup.pauseSeconds),
    backup.storedBytes === null ? "" : formatBytes(backup.storedBytes),
  ]);
  const caption = `Taken while writes went on; ${formatCount(archivedSegments)} log segments were archived besides`;
  const head = ["Kind", "Backup", "Begun (UTC)", "Took", "Pause of writes", "Stored"];
  return section("backups", "Backups before the loss", table(caption, head, rowsOf));
}

function checks({ checks: all }: RehearsalResult): string {
  const passed = all.filter((check) => check.passed).length;
  const rowsOf = all.map((check) => [
    check.title,
    check.expected,
    check.found,
    mark(check.passed, check.passed ? "passed" : "failed"),
  ]);
  const caption = `${passed} of ${all.length} checks passed`;
  const found = table(caption, ["Check", "Expected", "Found", "Result"], rowsOf);
  return section("checks", "Checks", `<div class="checks">${found}</div>\n`);
}

function policy({ policy: p, policyOverrides }: RehearsalResult): string {
  const differs = policyOverrides.length === 0 ? "" : `, but ${policyOverrides.join(", ")}`;
  const head = ["Backup", "Every", "Kept for", "RPO", "RTO"];
  return section("policy", "Policy", table(`The standard policy${differs}`, head, tierRows(p)));
}

function tierRows(p: BackupPolicy): string[][] {
  return tiers.map((tier) => {
    const { everyMinutes, retentionDays, recoveryPointMinutes, recoveryTimeMinutes } = p[tier];
    const minutes = (count: number) => formatSeconds(count * 60);
    return [
      tier,
      minutes(everyMinutes),
      `${retentionDays} d`,
      minutes(recoveryPointMinutes),
      minutes(recoveryTimeMinutes),
    ];
  });
}

function foot({ tools }: RehearsalResult): string {
  const texts = Object.entries(tools).map(([name, value]) => `${name}: ${value}`);
  return `<footer><p>${escape(texts.join(" · "))}</p></footer>\n`;
}
