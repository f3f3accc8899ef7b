import { isBackupId } from "./layout";
import { InputError } from "./mistakes";

/** What to restore, as a user writes it. */
export type RestorePoint =
  | { kind: "latest-offsite" }
  | { kind: "latest" }
  | { kind: "backup"; backupId: string }
  | { kind: "time"; until: Date; stream?: string }
  | { kind: "end-of-log"; stream?: string }
  | { kind: "index"; index: number }
  /** A snapshot of a pod's volume: only where the claim can be made of it. */
  | { kind: "volume-snapshot"; backupId: string };

const words = ["latest-offsite", "latest"] as const;

export const restorePointGrammar =
  "latest-offsite | latest | end-of-log[@STREAM] | backup:ID | time:UTC[@STREAM] | index:N";

/** In UTC and to the second at least: at night nobody shall have to think of a time zone. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** A stream is named when the plan's choice does not serve: `<node>-<8 hex digits>`. */
const logPattern = /^(?<point>end-of-log|time:(?<time>[^@]*))(@(?<stream>[A-Za-z0-9._-]+-[0-9a-f]{8}))?$/;

/** @throws InputError when the text is none of the grammar. */
export function parseRestorePoint(text: string): RestorePoint {
  const point = words.find((known) => known === text);
  const found = point === undefined ? (backupPoint(text) ?? logPoint(text)) : { kind: point };
  if (found !== undefined) return found;
  refuseOtherZone(text);
  const remedy = `Write one of: ${restorePointGrammar}. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`;
  throw refusal("is no restore point", text, remedy);
}

function refusal(problem: string, received: string, remedy: string): InputError {
  const mistake = { path: "restorePoint", problem, received, remedy };
  return new InputError("The restore point cannot be used", [mistake]);
}

const localPattern = /^time:(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d)?(@.*)?$/;

/** A time that a person would understand, in another zone or in none: whoever guessed would lose or bring back hours. */
function refuseOtherZone(text: string): void {
  const [, time, zone, stream = ""] = localPattern.exec(text) ?? [];
  if (time === undefined || zone === "Z") return;
  if (zone === undefined) {
    throw refusal(
      "has no time zone",
      text,
      "Write the time in UTC, to the second, with a Z at its end: time:2026-11-23T10:30:00Z.",
    );
  }
  const moment = new Date(`${time.replace(" ", "T")}${zone.replace(/^(...)(\d\d)$/, "$1:$2")}`);
  if (Number.isNaN(moment.getTime())) return;
  const utc = moment.toISOString().replace(".000Z", "Z");
  throw refusal("is not in UTC", text, `The same moment in UTC is time:${utc}${stream}.`);
}

function backupPoint(text: string): RestorePoint | undefined {
  const [kind, value] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  if ((kind === "backup" || kind === "volume-snapshot") && isBackupId(value)) return { kind, backupId: value };
  return kind === "index" && /^\d{1,15}$/.test(value) ? { kind, index: Number(value) } : undefined;
}

function logPoint(text: string): RestorePoint | undefined {
  const { point, time, stream: name } = logPattern.exec(text)?.groups ?? {};
  const stream = name === undefined ? {} : { stream: name };
  if (point === "end-of-log") return { kind: point, ...stream };
  return time !== undefined && isTime(time) ? { kind: "time", until: new Date(time), ...stream } : undefined;
}

/** A day that the calendar has: `Date` would take 30 February for 2 March. */
function isTime(text: string): boolean {
  if (!timePattern.test(text)) return false;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
}
