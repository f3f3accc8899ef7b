import { isBackupId } from "./layout";
import { InputError } from "./mistakes";

/** What to restore, as a user writes it. */
export type RestorePoint =
  | { kind: "latest-offsite" }
  | { kind: "latest" }
  | { kind: "backup"; backupId: string }
  | { kind: "time"; until: Date }
  | { kind: "end-of-log" }
  | { kind: "index"; index: number };

const words = ["latest-offsite", "latest", "end-of-log"] as const;

export const restorePointGrammar = "latest-offsite | latest | end-of-log | backup:ID | time:UTC | index:N";

/** In UTC and to the second at least: at night nobody shall have to think of a time zone. */
const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;

/** @throws InputError when the text is none of the grammar. */
export function parseRestorePoint(text: string): RestorePoint {
  const word = words.find((known) => known === text);
  if (word !== undefined) return { kind: word };
  const [kind, value] = [text.slice(0, text.indexOf(":")), text.slice(text.indexOf(":") + 1)];
  if (kind === "backup" && isBackupId(value)) return { kind, backupId: value };
  if (kind === "time" && isTime(value)) return { kind, until: new Date(value) };
  if (kind === "index" && /^\d{1,15}$/.test(value)) return { kind, index: Number(value) };
  const remedy = `Write one of: ${restorePointGrammar}. An ID is as \`neumann-backup list\` shows it, a time as 2026-11-23T10:30:00Z.`;
  const mistake = { path: "restorePoint", problem: "is no restore point", received: text, remedy };
  throw new InputError("The restore point cannot be used", [mistake]);
}

/** A day that the calendar has: `Date` would take 30 February for 2 March. */
function isTime(text: string): boolean {
  if (!timePattern.test(text)) return false;
  const time = new Date(text);
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === text.slice(0, 19);
}
