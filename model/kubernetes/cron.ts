/** Schedules of the jobs, as the five fields of cron. */

const hour = 60;
const day = 24 * hour;
const week = 7 * day;

/**
 * A schedule whose runs are at most so many minutes apart. What happens once a day or once a week does so at night, in a
 * minute that differs from cluster to cluster.
 */
export function cronAtLeastEvery(minutes: number, at: { hour: number; minute: number }): string {
  if (minutes >= week) return `${at.minute} ${at.hour} * * 0`;
  if (minutes >= day) return `${at.minute} ${at.hour} * * *`;
  if (minutes >= 2 * hour) return `${at.minute} */${largestDivisor(24, Math.floor(minutes / hour))} * * *`;
  if (minutes >= hour) return `${at.minute} * * * *`;
  return `*/${largestDivisor(60, Math.max(1, Math.floor(minutes)))} * * * *`;
}

/** Others leave a shorter pause at the day's or the hour's end, and a longer one nowhere. */
function largestDivisor(of: number, most: number): number {
  for (let found = Math.min(most, of); ; found--) if (of % found === 0) return found;
}

/** A minute of the hour, by a name: not all clusters call the store at once. */
export function minuteOf(name: string): number {
  let hash = 0;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return hash % 60;
}

const fields: readonly { least: number; most: number; names?: readonly string[] }[] = [
  { least: 0, most: 59 },
  { least: 0, most: 23 },
  { least: 1, most: 31 },
  {
    least: 1,
    most: 12,
    names: ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
  },
  { least: 0, most: 6, names: ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] },
];

/** Whether the controller of CronJobs understands it: five fields, without a time zone before them. */
export function isCron(text: unknown): boolean {
  if (typeof text !== "string") return false;
  const parts = text.split(" ");
  return parts.length === fields.length && parts.every((part, at) => part.split(",").every((item) => isItem(item, at)));
}

function isItem(item: string, at: number): boolean {
  const [range = "", step, ...more] = item.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (range === "*") return true;
  const ends = range.split("-").map((text) => valueOf(text, at));
  if (ends.length > 2 || ends.includes(undefined)) return false;
  const [first, last = first] = ends as number[];
  return (first as number) <= (last as number);
}

function valueOf(text: string, at: number): number | undefined {
  const { least, most, names } = fields[at] ?? { least: 0, most: -1 };
  const named = names?.indexOf(text.toLowerCase()) ?? -1;
  if (named >= 0) return named + least;
  if (!/^\d{1,2}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= least && value <= most ? value : undefined;
}

/** Whether a time zone has this name. */
export function isTimeZone(name: unknown): boolean {
  if (typeof name !== "string" || name === "" || name === "Local") return false;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
