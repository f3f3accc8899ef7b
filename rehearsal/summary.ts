import { formatCount, formatSeconds } from "../model/units";
import type { Objective } from "../model/objectives";
import type { RehearsalResult } from "./result";

/** The result as the last thing on a terminal. */
export function summarize(result: RehearsalResult, colour = false): string {
  const { rows, objectives, checks, verdict } = result;
  const failed = checks.filter((check) => !check.passed);
  const paint = painter(colour);
  const good = (is: boolean, text: string) => (is ? paint.green(text) : paint.red(text));
  const passed = `${checks.length - failed.length} of ${checks.length}`;
  const lines: [string, string][] = [
    ...rowLines(rows),
    ...objectives.map((o): [string, string] => [o.title, `${measured(o)}  ${good(o.met, o.met ? "met" : "MISSED")}`]),
    ["Checks passed", good(failed.length === 0, passed)],
  ];
  const width = Math.max(...lines.map(([label]) => label.length));
  const table = lines.map(([label, value]) => `  ${label.padEnd(width)}   ${value}`);
  const wrong = failed.map((c) => `  ${paint.red("failed")}: ${c.title}: expected ${c.expected}, found ${c.found}`);
  const head = paint.bold(good(verdict === "PASS", verdict));
  return [
    ...table,
    "",
    `  ${result.loss.explanation}`,
    ...wrong,
    "",
    `  ${head} in ${formatSeconds(result.seconds)}`,
  ].join("\n");
}

function rowLines(rows: RehearsalResult["rows"]): [string, string][] {
  if (rows === null) return [];
  return [
    ["Rows written", formatCount(rows.sent)],
    ["  acknowledged", formatCount(rows.acknowledged)],
    ["  recovered", `${formatCount(rows.recovered)}, compared one by one`],
    ["  lost", formatCount(rows.lost)],
  ];
}

/** A measured time beside its objective, such as `4.2 s of 7 d allowed`. */
export function measured({ measuredSeconds, objectiveSeconds }: Objective): string {
  return `${formatSeconds(measuredSeconds)} of ${formatSeconds(objectiveSeconds)} allowed`;
}

function painter(colour: boolean) {
  const paint = (code: number) => (text: string) => (colour ? `\x1b[${code}m${text}\x1b[0m` : text);
  return { green: paint(32), red: paint(31), bold: paint(1) };
}
