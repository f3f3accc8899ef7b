import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { Row } from "./support";

const page = path.join(path.dirname(__dirname), "docs", "performance.md");
const begin = "<!-- figures: written by npm run bench -- --page -->";
const end = "<!-- end of figures -->";
const titles = ["what", "ours", "rival", "rival's name", "figure", "to reach", "reached"];

const figure = ({ kind, ours, rival }: Row): number => (kind === "difference" ? ours - rival : ours / rival);

export const isReached = (row: Row): boolean => figure(row) <= row.atMost;

/** As a table in Markdown, which a terminal shows as well. */
export function tableOf(rows: readonly Row[]): string[] {
  return aligned(rows.map(cellsOf));
}

function cellsOf(row: Row): string[] {
  const unit = row.kind === "difference" ? " s more" : "x";
  const shown = [`${figure(row).toFixed(3)}${unit}`, `at most ${row.atMost.toFixed(3)}${unit}`];
  return [row.what, row.ours.toFixed(3), row.rival.toFixed(3), row.rivalName, ...shown, isReached(row) ? "yes" : "NO"];
}

function aligned(cells: readonly string[][]): string[] {
  const widths = titles.map((title, column) =>
    Math.max(...[title, ...cells.map((line) => line[column] ?? "")].map((c) => c.length)),
  );
  const shown = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [shown(titles), shown(widths.map((width) => "-".repeat(width))), ...cells.map(shown)];
}

/** Puts the figures into the page; those of other measurements stay. */
export function updatePage(rows: readonly Row[]): void {
  const text = fs.readFileSync(page, "utf8");
  const [before, rest] = text.split(begin) as [string, string | undefined];
  const [old, after] = (rest ?? "").split(end) as [string, string | undefined];
  if (after === undefined) throw new Error(`${page} has no place for figures: ${begin} … ${end}`);
  const known = new Map<string, string[]>();
  for (const line of old
    .split("\n")
    .filter((each) => each.startsWith("| "))
    .slice(2))
    note(cellsIn(line));
  for (const row of rows) note(cellsOf(row));
  const table = aligned([...known.values()]).join("\n");
  fs.writeFileSync(page, `${before}${begin}\n\n${machine()}\n\n${table}\n\n${end}${after}`);

  function note(cells: string[]): void {
    known.set(`${cells[0]} ${cells[3]}`, cells);
  }
}

const cellsIn = (line: string): string[] =>
  line
    .slice(1, -1)
    .split("|")
    .map((cell) => cell.trim());

function machine(): string {
  const cpus = os.cpus();
  const memory = Math.round(os.totalmem() / 1024 ** 3);
  return `Last measured on ${cpus.length} cores (${cpus[0]?.model.trim() ?? os.arch()}), ${memory} GiB of memory, Linux ${os.release().split("-")[0]}, Node ${process.versions.node}.`;
}
