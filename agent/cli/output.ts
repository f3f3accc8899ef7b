import { type Catalog, inOrder, type UnreadableManifest } from "../../model/catalog";
import type { Coverage } from "../../model/coverage";
import { softwareOf } from "../../model/manifest";
import type { RetentionItem, RetentionPlan } from "../../model/retention";
import { counted, formatBytes, formatCount, formatSeconds } from "../../model/units";
import type { VolumeEntry } from "../archive/volumes";
import type { Check } from "../commands/doctor";
import type { HiddenList } from "../commands/listHidden";
import type { DueRun } from "../commands/schedule";
import type { UndeleteContext } from "../commands/undelete";
import type { Unread, Verdict } from "../commands/verify";

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

/** Snapshots of volumes, beside the backups. */
export interface ListedVolumes {
  entries: readonly VolumeEntry[];
  unreadable: readonly UnreadableManifest[];
}

export function catalogTable(
  catalog: Catalog,
  now: Date,
  volumes: ListedVolumes = { entries: [], unreadable: [] },
): string {
  const rows = inOrder(catalog).map(({ manifest, place, problem, storedAt, frozen }) => [
    manifest.backupId,
    manifest.tier,
    place,
    manifest.lineage,
    formatCount(manifest.index.low),
    formatBytes(manifest.parts.reduce((sum, part) => sum + part.bytes, 0)),
    formatSeconds(Math.max(0, (now.getTime() - Date.parse(storedAt)) / 1000)),
    problem ?? (frozen === undefined ? "good" : `good, in ${frozen.storageClass}: thaw it first`),
  ]);
  rows.push(...volumes.entries.filter(isListed).map((entry) => volumeRow(entry, now)));
  const bad = [...catalog.unreadable, ...volumes.unreadable].map(({ key, place, problem }) => [
    key,
    "?",
    place,
    "?",
    "?",
    "?",
    "?",
    problem,
  ]);
  const all = [...rows, ...bad];
  if (all.length === 0) return "There is no backup.";
  const backups = table(["BACKUP", "TIER", "PLACE", "LINEAGE", "INDEX", "SIZE", "AGE", "STATE"], all);
  const software = softwareTable(catalog);
  return software === undefined ? backups : `${backups}\n\n${software}`;
}

/** What was given up on purpose is no news. */
function isListed({ givenUp }: VolumeEntry): boolean {
  return givenUp === null || givenUp.cause === "gone";
}

/** It lies with the storage system: its place is the VolumeSnapshot. */
function volumeRow({ record, storedAt, problem, givenUp }: VolumeEntry, now: Date): string[] {
  const { backupId, volume, lineage, index, plainBytes } = record;
  return [
    backupId,
    "volume",
    `${volume.namespace}/${volume.name}`,
    lineage,
    formatCount(index.low),
    formatBytes(plainBytes),
    formatSeconds(Math.max(0, (now.getTime() - Date.parse(storedAt)) / 1000)),
    givenUp === null ? (problem ?? "good") : `GONE: ${givenUp.reason}`,
  ];
}

/** What the newest off-site backup names for a recovery; undefined where there is none, or one of an agent before. */
function softwareTable(catalog: Catalog): string | undefined {
  const newest = inOrder(catalog)
    .filter(({ manifest, problem }) => problem === null && softwareOf(manifest).length > 0)
    .at(-1);
  if (newest === undefined) return undefined;
  const rows = softwareOf(newest.manifest).map(({ role, name, bytes, sha256 }) => [
    role,
    name,
    formatBytes(bytes),
    sha256,
  ]);
  return table([`SOFTWARE OF ${newest.manifest.backupId}`, "NAME", "SIZE", "SHA-256"], rows);
}

/** What delete markers hide: backups, then the log, then records, then what cannot be told. */
export function hiddenTables({ backups, log, records, notes }: HiddenList): string {
  const rows = backups.map((b) => [
    b.backupId,
    b.tier,
    b.place,
    b.deletedAt,
    b.deletedBy ?? "?",
    String(b.objects.length),
    hiddenState(b),
  ]);
  const streams = log.map((l) => [
    l.lineage,
    l.stream,
    l.place,
    l.first,
    l.last,
    formatCount(l.segments),
    formatCount(l.givenUp),
  ]);
  const [record] = records;
  return [
    rows.length === 0
      ? "No backup is hidden."
      : table(["HIDDEN BACKUP", "TIER", "PLACE", "DELETED", "BY", "OBJECTS", "STATE"], rows),
    ...(streams.length === 0
      ? []
      : [table(["LINEAGE", "HIDDEN STREAM", "PLACE", "FIRST", "LAST", "SEGMENTS", "GIVEN UP"], streams)]),
    ...(record === undefined
      ? []
      : [`${counted(records.length, "record")} hidden, such as ${record.key}: begin with \`undelete --records\`.`]),
    ...notes,
  ].join("\n\n");
}

function hiddenState({ problem, givenUpBy }: HiddenList["backups"][number]): string {
  if (problem !== null) return `LOST: ${problem}`;
  return givenUpBy === null ? "can be undeleted" : `given up by prune ${givenUpBy}; comes back with --expired`;
}

/** What comes back, by folder; then what stays as it is. */
export function undeleteTable({ undeleted, left }: Pick<UndeleteContext, "undeleted" | "left">, verb: string): string {
  const folders = new Map<string, { place: string; folder: string; objects: number; deletedAt: string }>();
  for (const { place, key, deletedAt } of undeleted) {
    const folder = key.slice(0, key.lastIndexOf("/") + 1);
    const row = folders.get(`${place} ${folder}`) ?? { place, folder, objects: 0, deletedAt };
    row.objects += 1;
    if (deletedAt > row.deletedAt) row.deletedAt = deletedAt;
    folders.set(`${place} ${folder}`, row);
  }
  const rows = [...folders.values()].map((row) => [row.place, row.folder, String(row.objects), row.deletedAt]);
  const total =
    undeleted.length === 0
      ? "Nothing that was asked for is hidden."
      : `${counted(undeleted.length, "object")} ${verb}.`;
  return [
    ...(rows.length === 0 ? [] : [table(["PLACE", "WHAT", "OBJECTS", "DELETED UNTIL"], rows)]),
    total,
    ...left.map(({ place, key, problem }) => `LEFT AS IT IS: ${key} (${place}): ${problem}`),
  ].join("\n");
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
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
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

export function verdictTable(verdicts: readonly Verdict[], unread: readonly Unread[] = []): string {
  if (verdicts.length + unread.length === 0) return "There is no backup.";
  const rows = verdicts.map((v) => [
    v.backupId,
    v.tier,
    v.place,
    v.bytes === 0 ? "" : formatBytes(v.bytes),
    v.problem ?? "good",
  ]);
  const left = unread.map(({ backupId, tier, place, reason }) => [backupId, tier, place, "", reason]);
  return table(["BACKUP", "TIER", "PLACE", "READ", "STATE"], [...rows, ...left]);
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
  const away = run.offsiteWal === null ? [] : [logAway(run.offsiteWal)];
  const skipped = run.skipped === null ? [] : [`no backups are taken here: ${run.skipped}`];
  const rows = run.tiers.map(({ tier, outcome, message, reason }) => [tier, outcome, message ?? reason]);
  const expiry = run.expiry === null ? [] : [["prune", run.expiry.outcome, run.expiry.message ?? "once a day"]];
  const verified = run.verifications.map((v) => [`verify ${v.depth}`, v.outcome, v.message ?? v.reason]);
  const all = [...rows, ...expiry, ...verified];
  return [...resumed, ...away, ...skipped, ...(all.length === 0 ? [] : [table(["WHAT", "", "WHY"], all)])].join("\n");
}

function logAway({ copied, message }: NonNullable<DueRun["offsiteWal"]>): string {
  return `segments copied off-site: ${copied}${message === undefined ? "" : `; ${message}`}`;
}
