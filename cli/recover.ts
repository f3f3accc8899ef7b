import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import type { RecoveryPlan, RecoveryReport } from "../components/results";
import { formatBytes, formatCount, formatSeconds } from "../model/units";
import { EngineStopped, findEngine, RecoveryRun } from "./engine";
import type { EventWatch } from "./engineEvents";
import { flagHelp } from "./flags";
import { hostsHelp } from "./hostsFile";
import { recoveryProgram } from "./program";
import { type Progress, progressOn, silentProgress } from "./progress";
import { readOrder, recoverFlags, type RecoverOrder } from "./recoverRequest";
import { stopOnSignals } from "./signals";
import { CommandFailure, ExitCode, facts, type Terminal } from "./terminal";

export const recoverHelp = `Usage: npx pulumi-neumann recover KIT --hosts FILE --archive PLACE --recovery-id ID [flags]

Recovers a lost cluster onto new nodes, from a recovery kit and the off-site archive that it names. It needs no stack, no
state and nothing of the lost site. Without --approve or --yes it shows the plan, which touches nothing, and asks.
It may be killed at any moment and run again: it goes on, and a recovery with one id never happens twice.

${flagHelp(recoverFlags)}

A PLACE is a folder's absolute path or s3://bucket/prefix?region=eu-central-1 (docs/components.md); for --archive also the
word kit: the first archive that the kit names, where that still stands.

${hostsHelp}

Examples:
  npx pulumi-neumann recover kit.json --hosts hosts.json --archive /mnt/backup-new --recovery-id 2026-11-23 --dry-run
  npx pulumi-neumann recover kit.json --hosts hosts.json --archive /mnt/backup-new --recovery-id 2026-11-23 --approve 3f1c…
  npx pulumi-neumann recover kit.json --hosts hosts.json --archive kit --recovery-id back --restore-point time:2026-11-23T10:30:00Z

Exit codes: 0 recovered, or with --dry-run a plan was shown; 2 wrong input; 3 no plan, or not approved (nothing was touched);
4 broke off: run the same again; 75 not yet: another run is at work, or a thaw is under way.`;

/** What a recovery's run gives to machines. */
interface Result {
  clusterId: string;
  plan: RecoveryPlan;
  planDigest: string;
  /** Only where it restored. */
  report?: RecoveryReport;
  publicKeys?: string[];
}

/** `recover`: the exit code. @throws InputError, CommandFailure */
export async function recover(argv: readonly string[], terminal: Terminal): Promise<number> {
  const json = argv.includes("--json");
  const order = await readOrder(argv);
  const progress = json ? silentProgress : progressOn(terminal.err);
  const engine = await findEngine((line) => void terminal.err.write(`${line}\n`));
  await mkdir(order.work, { recursive: true, mode: 0o700 });
  const { request } = order;
  const run = await RecoveryRun.begin(order.work, engine, () => recoveryProgram(request));
  const stop = stopOnSignals(run, "stopping after what is under way; run the same command again to go on", terminal);
  try {
    const shown = await look(order, run, progress);
    if (!json) terminal.err.write("\n");
    if (order.dryRun) return finish(order, shown, { terminal, json });
    await approve(order, shown, terminal);
    request.approvedPlanDigest = shown.planDigest;
    const result = await restore(order, run, progress);
    await writeFile(path.join(order.work, "report.json"), `${JSON.stringify(result, null, 2)}\n`);
    return finish(order, result, { terminal, json });
  } finally {
    stop();
    await run.end();
  }
}

async function look(order: RecoverOrder, run: RecoveryRun, progress: Progress): Promise<Result> {
  progress.begin({ number: 1, of: order.dryRun ? 1 : 2, title: "Look at the plan" });
  try {
    const watch = await run.preview((text) => progress.now(text));
    const result = resultOf(order, watch);
    progress.note(watch.messages.find((message) => message.includes("restore point")) ?? watch.messages.join("\n"));
    progress.end(`nothing was touched; digest ${result.planDigest}`);
    return result;
  } catch (error) {
    throw stopped(error, progress, { what: "There is no plan, and nothing was touched", exitCode: ExitCode.Refused });
  }
}

async function restore(order: RecoverOrder, run: RecoveryRun, progress: Progress): Promise<Result> {
  progress.begin({ number: 2, of: 2, title: "Recover" });
  try {
    const result = resultOf(order, await run.up((text) => progress.now(text)));
    if (result.report === undefined) throw new EngineStopped("it ended without a report", false);
    progress.end("recovered and accepted");
    return result;
  } catch (error) {
    const what = "The recovery broke off. Mend what it says and run the same command again: it goes on";
    throw stopped(error, progress, { what, exitCode: ExitCode.World });
  }
}

function stopped(
  error: unknown,
  progress: Progress,
  { what, exitCode }: { what: string; exitCode: ExitCode },
): unknown {
  if (!(error instanceof EngineStopped)) return error;
  progress.fail("see below");
  if (!error.later) return new CommandFailure(`${what}:\n${error.message}`, exitCode);
  const waits = "Not yet. Run the same command again later: it goes on";
  return new CommandFailure(`${waits}:\n${error.message}`, ExitCode.TryLater);
}

function resultOf({ request }: RecoverOrder, { outputs }: EventWatch): Result {
  const { plan, planDigest, report, publicKeys } = outputs as unknown as Result;
  if (typeof planDigest !== "string") throw new EngineStopped("the preview gave no plan", false);
  return { clusterId: request.archive.clusterId, plan, planDigest, report, publicKeys };
}

async function approve(order: RecoverOrder, shown: Result, { ask }: Terminal): Promise<void> {
  if (order.yes || order.request.approvedPlanDigest === shown.planDigest) return;
  const answer = await ask?.("Restore exactly this? Write yes: ");
  if (answer?.trim() === "yes") return;
  throw new CommandFailure(
    `Not approved, and nothing was touched. To restore exactly this: the same command with --approve ${shown.planDigest}`,
    ExitCode.Refused,
  );
}

function finish(
  order: RecoverOrder,
  result: Result,
  { terminal, json }: { terminal: Terminal; json: boolean },
): number {
  if (json) terminal.out(JSON.stringify(result));
  else terminal.out(result.report === undefined ? planText(result) : reportText(order, result, result.report));
  return ExitCode.Done;
}

function planText({ planDigest }: Result): string {
  return `To restore exactly this: the same command with --approve ${planDigest} in place of --dry-run`;
}

function reportText({ work }: RecoverOrder, { clusterId, plan }: Result, report: RecoveryReport): string {
  const table = facts([
    ["cluster", clusterId],
    ["recovery", report.recoveryId],
    ["backup", `${plan.backupId} (${plan.tier}, ${plan.place}), taken ${plan.createdAt}`],
    ["restored until", `index ${formatCount(report.restoredIndex)}`],
    ["entries", report.totalEntries === undefined ? "not counted" : `at least ${formatCount(report.totalEntries)}`],
    ["bytes", report.restoredBytes === undefined ? "not counted" : formatBytes(report.restoredBytes)],
    ["members", report.members.join(", ")],
    ["new history", report.lineage],
    ["its first backup", report.baseBackupId],
    ["took", formatSeconds(report.seconds)],
  ]);
  const next =
    "Look at your most important tables, point the clients to it, take an off-site copy (`neumann-backup offsite`), and\n" +
    "protect it by ClusterBackups: until then the kit in the archives is that of the lost cluster.";
  return `Recovered and accepted.\n\n${table}\n\n${next}\nReport: ${path.join(work, "report.json")}`;
}
