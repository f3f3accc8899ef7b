import { benchFullBackup } from "./fullBackup";
import { benchListMany } from "./listMany";
import { benchPreview } from "./preview";
import type { Row } from "./support";
import { benchWalPush } from "./walPush";

const help = `Usage: npm run bench [-- NAME ... --megabytes N]

Prints our figures beside their rivals', measured in one run on this machine.

  wal-push   a 16 MiB segment into a folder, beside cp
  full       pause, time and size of a full backup under load and its restore, beside the runbook's commands
  list       list, plan and prune --dry-run of 10,000 backups in a bucket, beside one listing of it
  preview    a preview of the environment's stack, beside an empty program

Example: npm run bench -- full --megabytes 128`;

const benches: Record<string, (megabytes: number) => Promise<Row[]>> = {
  "wal-push": () => benchWalPush(),
  full: (megabytes) => benchFullBackup(say, megabytes),
  list: () => benchListMany(say),
  preview: () => benchPreview(say),
};

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

function figure({ kind, ours, rival }: Row): number {
  return kind === "difference" ? ours - rival : ours / rival;
}

function print(rows: readonly Row[]): boolean {
  const cells = rows.map((row) => {
    const value = figure(row);
    const unit = row.kind === "difference" ? " s more" : "x";
    const shown = `${value.toFixed(3)}${unit}`;
    const reach = `at most ${row.atMost.toFixed(3)}${unit}`;
    return [
      row.what,
      row.ours.toFixed(3),
      row.rival.toFixed(3),
      row.rivalName,
      shown,
      reach,
      value <= row.atMost ? "yes" : "NO",
    ];
  });
  const all = [["what", "ours", "rival", "rival's name", "figure", "to reach", "reached"], ...cells];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((line) => (line[column] ?? "").length)));
  for (const line of all)
    console.log(`| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`);
  return rows.every((row) => figure(row) <= row.atMost);
}

interface Wish {
  names: string[];
  megabytes: number;
}

/** What a command line asks for, or what is wrong with it. */
function parseWords(words: readonly string[]): Wish | string {
  const size = words.indexOf("--megabytes");
  const megabytes = size < 0 ? 512 : Number(words[size + 1]);
  const names = words.filter((_, index) => size < 0 || (index !== size && index !== size + 1));
  if (!Number.isInteger(megabytes) || megabytes < 1) return `--megabytes takes a whole number, not ${words[size + 1]}`;
  const unknown = names.filter((name) => benches[name] === undefined);
  return unknown.length > 0 ? `there is no bench ${unknown.join(", ")}` : { names, megabytes };
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help")) {
    console.log(help);
    return 0;
  }
  const wish = parseWords(words);
  if (typeof wish === "string") {
    console.error(`${wish}\n\n${help}`);
    return 2;
  }
  const rows: Row[] = [];
  for (const [name, bench] of Object.entries(benches)) {
    if (wish.names.length > 0 && !wish.names.includes(name)) continue;
    say(`${name} …`);
    rows.push(...(await bench(wish.megabytes)));
  }
  return print(rows) ? 0 : 1;
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
