import { parseArgs } from "node:util";
import { readConfig } from "./config";
import { messageOf } from "./files";
import { initCluster, replayWal, verifyChecksums } from "./offline";
import { ask, type Info, query, queryStream } from "./client";

const usage = `usage: neumann-admin COMMAND
  cluster-info | cluster-status | stats | pause-writes | resume-writes | verify-checksums
  query STATEMENT | query -
  wal-replay --wal-dir DIR [--until TIME]
  init-cluster --bootstrap`;

class UsageError extends Error {}

function options(argv: string[], names: string[], flags: string[] = []): Record<string, string | boolean | undefined> {
  const all = [...names.map((name) => [name, { type: "string" }]), ...flags.map((name) => [name, { type: "boolean" }])];
  try {
    const { values } = parseArgs({
      args: argv,
      options: Object.fromEntries(all) as Record<string, { type: "string" | "boolean" }>,
    });
    return values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

async function clusterInfo(): Promise<void> {
  print(JSON.stringify(await ask<Info>(readConfig(), "GET", "/internal/info"), null, 2));
}

function table(rows: string[][]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

async function clusterStatus(): Promise<void> {
  const config = readConfig();
  const info = await ask<Info>(config, "GET", "/internal/info");
  const rows = info.members.map(({ id, address, state, role }) => [id, address, state, role]);
  print(table([["ID", "ADDRESS", "STATE", "ROLE"], ...rows]));
  await ask(config, "GET", "/internal/quorum");
  const healthy = info.members.filter((member) => member.state === "healthy").length;
  if (healthy <= info.members.length / 2) throw new Error("too few members are healthy");
}

async function stats(): Promise<void> {
  const info = await ask<Info>(readConfig(), "GET", "/internal/info");
  print(`total_entries: ${info.commit_index}\napplied_index: ${info.applied_index}\nterm: ${info.term}`);
}

async function runQuery(argv: string[]): Promise<void> {
  const [statement, ...rest] = argv;
  if (statement === undefined || rest.length > 0) throw new UsageError("query takes one statement, or -");
  if (statement === "-") await queryStream(readConfig());
  else await query(readConfig(), statement);
}

async function verify(): Promise<void> {
  const { faults, checked } = await verifyChecksums(readConfig());
  faults.forEach((fault) => process.stderr.write(`${fault}\n`));
  if (faults.length > 0) throw new Error(`${faults.length} damaged`);
  print(`ok: ${checked.length} checked`);
}

/** Reads a time with optional fractions of a second. */
function readTime(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const whole = match ? Date.parse(`${match[1]}${match[3]}`) : NaN;
  if (Number.isNaN(whole)) throw new UsageError(`"${text}" is no time; write it like 2024-01-15T10:30:00Z`);
  return whole + Number(`0${match?.[2] ?? ""}`) * 1000;
}

async function walReplay(argv: string[]): Promise<void> {
  const values = options(argv, ["wal-dir", "until"]);
  const from = values["wal-dir"];
  if (typeof from !== "string") throw new UsageError("wal-replay needs --wal-dir");
  const until = typeof values.until === "string" ? readTime(values.until) : undefined;
  print(`reached index ${await replayWal(readConfig(), from, until)}`);
}

async function bootstrap(argv: string[]): Promise<void> {
  if (options(argv, [], ["bootstrap"]).bootstrap !== true) throw new UsageError("init-cluster needs --bootstrap");
  print(`cluster_id ${await initCluster(readConfig())}`);
}

function plain(command: () => Promise<unknown>): (argv: string[]) => Promise<unknown> {
  return (argv) => {
    options(argv, []);
    return command();
  };
}

const commands: Record<string, (argv: string[]) => Promise<unknown>> = {
  "cluster-info": plain(clusterInfo),
  "cluster-status": plain(clusterStatus),
  stats: plain(stats),
  "pause-writes": plain(() => ask(readConfig(), "POST", "/internal/pause-writes")),
  "resume-writes": plain(() => ask(readConfig(), "POST", "/internal/resume-writes")),
  query: runQuery,
  "verify-checksums": plain(verify),
  "wal-replay": walReplay,
  "init-cluster": bootstrap,
};

async function main(): Promise<void> {
  const [name = "", ...argv] = process.argv.slice(2);
  const command = commands[name];
  if (!command) throw new UsageError(name === "" ? "a command is missing" : `there is no command "${name}"`);
  await command(argv);
}

main().catch((error: unknown) => {
  process.stderr.write(`neumann-admin: ${messageOf(error)}\n`);
  if (error instanceof UsageError) process.stderr.write(`${usage}\n`);
  // Standard input may still be open: nothing more is read from it.
  process.exit(error instanceof UsageError ? 2 : 1);
});
