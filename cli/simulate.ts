import { writeFile } from "node:fs/promises";
import { type Cheaper, cheaperThan } from "../model/aws/cheaper";
import { simulate as live, simulateChange, type SimulatedChange } from "../model/aws/simulate";
import type { Account, GivenUp, Simulation } from "../model/aws/simulation";
import { type KeptSummary, type SimulationSummary, summarizeSimulation } from "../model/aws/simulationSummary";
import { dollars } from "../model/aws/storageCost";
import { counted, formatBytes, formatCount, formatSeconds } from "../model/units";
import { flagHelp } from "./flags";
import { readSimulation, simulateFlags, type SimulateOrder } from "./simulateRequest";
import { type Panel, simulationPicture } from "./simulationPicture";
import { CommandFailure, ExitCode, type Terminal } from "./terminal";

export const simulateHelp = `Usage: npx pulumi-neumann simulate --full-gib N --wal-gib-per-day N [--policy FILE] [--to FILE] [flags]

Lives through a year of backups in S3: made by the policy, given up by the prune, removed and moved by the rules of the
buckets. Shows what is kept in the end, what can be restored and what it costs; with --to what a change of the policy would
delete; and a cheaper policy with the same recovery points, if there is one. It touches nothing and asks nobody.

${flagHelp(simulateFlags)}

--storage is a file such as (each part may be left out; prices in dollars, by default list prices of us-east-1, 2026-11):
  {
    "primary": { "steps": { "full": [{ "afterDays": 3, "storageClass": "GLACIER_IR" }] }, "backstop": { "full": 90 } },
    "offsite": { "steps": { "offsite": [{ "afterDays": 30, "storageClass": "GLACIER_IR" }] } },
    "prices": { "STANDARD": { "storage": 0.0245 } }
  }

Examples:
  npx pulumi-neumann simulate --full-gib 200 --snapshot-gib 20 --wal-gib-per-day 5 --compressed-to 0.4
  npx pulumi-neumann simulate --policy now.json --to shorter.json --full-gib 200 --wal-gib-per-day 5 --svg year.svg
  npx pulumi-neumann simulate --policy now.json --storage cold.json --full-gib 200 --wal-gib-per-day 5 --json

Exit codes: 0 shown; 2 wrong input, with all that is wrong; 4 the picture cannot be written; 5 a backup that is listed could
not be restored on some day: the rules and the policy do not fit.`;

/** `simulate`: the exit code. @throws InputError, CommandFailure */
export async function simulate(argv: readonly string[], terminal: Terminal): Promise<number> {
  const order = await readSimulation(argv);
  const found = look(order);
  if (order.svg !== undefined) await draw(order.svg, found);
  terminal.out(argv.includes("--json") ? JSON.stringify(resultOf(found)) : textOf(order, found));
  const problems = [found.now, found.change?.after].flatMap((one) =>
    one === undefined ? [] : summarizeSimulation(one).problems,
  );
  return problems.length === 0 ? ExitCode.Done : ExitCode.Damaged;
}

interface Found {
  now: Simulation;
  change?: SimulatedChange;
  cheaper: Cheaper | null;
}

function look({ request, to }: SimulateOrder): Found {
  if (to === undefined) {
    const now = live(request);
    return { now, cheaper: cheaperThan(request, now) };
  }
  const change = simulateChange(request, to);
  // Cheaper than what is meant to come.
  return { now: change.before, change, cheaper: cheaperThan({ ...request, policy: to }, change.after) };
}

async function draw(file: string, { now, change }: Found): Promise<void> {
  const panels: Panel[] = [{ title: "by the policy", simulation: now }];
  if (change !== undefined) panels.push({ title: "after the change", simulation: change.after });
  try {
    await writeFile(file, simulationPicture(panels));
  } catch (error) {
    throw new CommandFailure(`The picture was not written: ${(error as Error).message}`, ExitCode.World);
  }
}

function resultOf({ now, change, cheaper }: Found): unknown {
  return {
    policy: summarizeSimulation(now),
    ...(change === undefined ? {} : { to: summarizeSimulation(change.after), givenUp: change.givenUp }),
    cheaper: cheaper === null ? null : { changes: cheaper.changes, summary: cheaper.summary },
  };
}

function textOf({ request }: SimulateOrder, { now, change, cheaper }: Found): string {
  const summary = summarizeSimulation(now);
  const after = change === undefined ? undefined : summarizeSimulation(change.after);
  const blocks = [`By the policy, after ${summary.days} days:`, tableOf(summary)];
  if (change !== undefined && after !== undefined) {
    blocks.push(`After the change, once ${after.days} days have passed:`, tableOf(after));
    blocks.push(changeText(change.givenUp, { summary, after, undeleteDays: request.undeleteDays }));
  }
  blocks.push(cheaperText(cheaper, after ?? summary));
  blocks.push(
    "Not counted: transfer between regions, encryption keys, lists, replication, restores, volume discounts and tax.",
  );
  return blocks.join("\n\n");
}

const names: Partial<Record<Account, string>> = {
  "primary/snapshots": "snapshots",
  "primary/full": "full",
  "primary/wal": "log",
  "offsite/offsite": "off-site",
  "offsite/wal": "log off-site",
};

function nameOf(account: Account): string {
  return names[account] ?? account;
}

const daySeconds = 86_400;

function tableOf(summary: SimulationSummary): string {
  const order = Object.keys(names);
  const kept = [...summary.kept].sort((a, b) => order.indexOf(a.account) - order.indexOf(b.account));
  const rows = [["", "kept", "oldest", "stored", "of it hidden", "a month"], ...kept.map(rowOf)];
  rows.push(["all", "", "", "", "", dollars(summary.monthDollars)]);
  const { storage, requests, early, reads } = summary.byKind;
  const spent = Object.entries({ storage, requests, "removed too early": early, "read by verifications": reads })
    .map(([name, amount]) => `${name} ${dollars(amount)}`)
    .join(", ");
  const byClass = Object.entries(summary.byClass).map(([name, amount]) => `${name} ${dollars(amount)}`);
  const window = summary.windowDays === null ? "" : formatSeconds(summary.windowDays * daySeconds);
  const { problems } = summary;
  const verdict =
    problems.length === 0
      ? "On every day all that was listed as good could be restored."
      : `On some days this was not so:\n  ${problems.slice(0, 10).join("\n  ")}`;
  return [
    columns(rows),
    `  a month: ${spent}`,
    `  by class: ${byClass.join(", ")}; all ${summary.days} days: ${dollars(summary.totalDollars)}`,
    `  any moment of the last ${window} can be restored from the first archive`,
    `  ${verdict}`,
  ].join("\n");
}

function rowOf({ account, count, oldestDays, bytes, hiddenBytes, monthDollars }: KeptSummary): string[] {
  const unit = account.endsWith("/wal") ? " days" : "";
  const stored = Object.entries(bytes).map(([name, size]) => `${name} ${formatBytes(Math.round(size))}`);
  return [
    nameOf(account),
    `${formatCount(count)}${unit}`,
    oldestDays === null ? "" : formatSeconds(oldestDays * daySeconds),
    stored.join(", "),
    formatBytes(Math.round(hiddenBytes)),
    dollars(monthDollars),
  ];
}

/** The first column to the left, amounts to the right. */
function columns(rows: readonly string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const pad = (text: string, at: number): string =>
    at === 0 || at === 3 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0);
  return rows.map((row) => `  ${row.map(pad).join("  ")}`.trimEnd()).join("\n");
}

function changeText(
  givenUp: readonly GivenUp[],
  { summary, after, undeleteDays }: { summary: SimulationSummary; after: SimulationSummary; undeleteDays: number },
): string {
  const lines = givenUp.map(
    ({ account, count, bytes }) => `  ${whatOf(account, count)}, ${formatBytes(Math.round(bytes))}`,
  );
  const gone =
    lines.length === 0
      ? "The change gives nothing up."
      : `The next prune gives up because of the change, to be brought back for ${undeleteDays} days:\n${lines.join("\n")}`;
  return `${gone}\nA month costs ${comparison(after.monthDollars, summary.monthDollars)}.`;
}

function whatOf(account: Account, count: number): string {
  if (account.endsWith("/wal")) return `${counted(count, "day")} of the ${nameOf(account)}`;
  return account === "primary/snapshots" ? counted(count, "snapshot") : counted(count, `${nameOf(account)} backup`);
}

function comparison(then: number, now: number): string {
  const difference = then <= now ? `${dollars(now - then)} less` : `${dollars(then - now)} more`;
  return `${dollars(then)} instead of ${dollars(now)}: ${difference}`;
}

function cheaperText(cheaper: Cheaper | null, now: SimulationSummary): string {
  if (cheaper === null) return "No cheaper policy with the same recovery points was found.";
  const changes = cheaper.changes.map((change) => `  ${change}`).join("\n");
  return `The same recovery points for ${comparison(cheaper.summary.monthDollars, now.monthDollars)} a month:\n${changes}`;
}
