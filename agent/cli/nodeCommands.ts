import path from "node:path";
import type { Command } from "commander";
import { doctor } from "../commands/doctor";
import { full, type FullContext } from "../commands/full";
import { offsite, type OffsiteContext } from "../commands/offsite";
import { offsiteWal, type OffsiteWalContext } from "../commands/offsiteWal";
import { resumeWrites } from "../commands/resumeWrites";
import { type DueRun, runDue, runSchedule } from "../commands/schedule";
import { snapshot, type SnapshotContext } from "../commands/snapshot";
import { walPush, type WalPush } from "../commands/walPush";
import { Mistakes } from "../../model/mistakes";
import { isTier, type Tier, tiers } from "../../model/tier";
import type { Node } from "../context";
import { ExitCode } from "../run/errors";
import { type Procedure, runProcedure } from "../run/steps";
import { loadOwnNode } from "../signing";
import { doctorTable, dueTable } from "./output";
import { addQueryCommand } from "./queryCommand";
import type { GlobalOptions, Outcome, Runner } from "./program";

/** What `--dry-run` prints: the steps, in order; nothing is touched. */
function dryRun<C>(procedure: Procedure<C>): Outcome {
  const steps = procedure.steps.map(({ name, title }) => ({ name, title }));
  const text = steps.map((step, index) => `${index + 1}. ${step.name}: ${step.title}`).join("\n");
  return { result: { dryRun: true, command: procedure.name, steps }, text: `${procedure.name} would:\n${text}` };
}

/** Commands that work on the node of this host. */
export function addNodeCommands(program: Command, run: Runner, options: () => GlobalOptions): void {
  const node = (): Promise<Node> => loadOwnNode(options().config);
  addBackups(program, run, node);
  addSchedule(program, run, { node, options });
  addQueryCommand(program, run, node);

  program
    .command("wal-push <path> <name>")
    .description("store one finished WAL segment: what archive_command runs (%p %f)")
    .action((file: string, segment: string) =>
      run("wal-push", async (reporter) => {
        const push: WalPush = { node: await node(), file, segment };
        await runProcedure(walPush, push, reporter);
        return {
          result: { segment, stream: push.stream?.stream, created: push.created },
          text: `${segment} is stored`,
        };
      }),
    );

  program
    .command("doctor")
    .description("hold this node against every row of the contract; changes nothing")
    .action(() =>
      run("doctor", async () => {
        const checks = await doctor(await node());
        const good = checks.every((check) => check.good);
        return { result: { good, checks }, text: doctorTable(checks), exitCode: good ? ExitCode.Done : ExitCode.World };
      }),
    );

  program
    .command("resume-writes")
    .description("end pauses that a backup left behind; an operator's own pause stays")
    .option("--expired", "also pauses of other nodes whose time is up", false)
    .option("--watch <lease>", "guard one pause until it ends (started by `full`)")
    .option("--watch-all", "guard every pause of this host until there is none (a unit of systemd)", false)
    .action((flags: { expired: boolean; watch?: string; watchAll: boolean }) =>
      run("resume-writes", async () => {
        const result = await resumeWrites(await node(), flags);
        const text = result.leases.length === 0 ? "no pause of ours was left" : `ended: ${result.leases.join(", ")}`;
        return { result, text };
      }),
    );
}

function addSchedule(
  program: Command,
  run: Runner,
  { node, options }: { node: () => Promise<Node>; options: () => GlobalOptions },
): void {
  program
    .command("run-due")
    .description(
      "take the backups that are due, on the leader; verify them; end pauses that a dead backup left: what timers call",
    )
    .option("--dry-run", "print what is due only", false)
    .option(
      "--tiers <tiers>",
      "take no others than these, or none; expire and verify nothing: what a pod's sidecar calls",
    )
    .action(({ dryRun, tiers }: { dryRun: boolean; tiers?: string }) =>
      run("run-due", async (reporter) => {
        const duties = tiers === undefined ? undefined : { tiers: tiersOf(tiers), expiry: false, verification: false };
        const result = await runDue(await node(), reporter, { dryRun, duties });
        return { result, text: dueTable(result), exitCode: exitCodeOf(result) };
      }),
    );

  program
    .command("schedule")
    .description("do `run-due` again and again, as long as this installation is there: for hosts without timers")
    .requiredOption("--generation <name>", "the installation that it belongs to")
    .action((flags: { generation: string }) =>
      run("schedule", async (reporter) => {
        await runSchedule(path.resolve(options().config), flags.generation, reporter);
        return { result: { ended: flags.generation }, text: "the installation is gone: the schedule has ended" };
      }),
    );
}

/** `none` among them is no tier. */
function tiersOf(text: string): Tier[] {
  const names = text.split(",").filter((name) => name !== "none");
  const mistakes = new Mistakes();
  const remedy = `Write ${tiers.join(", ")} with commas between them, or none.`;
  for (const name of names.filter((found) => !isTier(found))) mistakes.add("--tiers", "is no tier", name, remedy);
  mistakes.throwIfAny("What is due cannot be done");
  return tiers.filter((tier) => names.includes(tier));
}

function exitCodeOf({ tiers, expiry, offsiteWal, verifications }: DueRun): number {
  if ([...tiers, expiry, offsiteWal, ...verifications].some((part) => part?.outcome === "failed"))
    return ExitCode.World;
  return verifications.some(({ outcome }) => outcome === "damaged") ? ExitCode.Damaged : ExitCode.Done;
}

function addBackups(program: Command, run: Runner, node: () => Promise<Node>): void {
  program
    .command("snapshot")
    .description("a hot backup: the leader's snapshot")
    .option("--dry-run", "print the steps only", false)
    .action((flags: { dryRun: boolean }) =>
      run("snapshot", async (reporter) => {
        if (flags.dryRun) return dryRun(snapshot);
        const context: SnapshotContext = { node: await node() };
        await runProcedure(snapshot, context, reporter);
        return backupOutcome(context.run);
      }),
    );

  program
    .command("full")
    .description("a full backup whose pause is as long as the changes")
    .option("--dry-run", "print the steps only", false)
    .action((flags: { dryRun: boolean }) =>
      run("full", async (reporter) => {
        if (flags.dryRun) return dryRun(full);
        const context: FullContext = { node: await node() };
        await runProcedure(full, context, reporter);
        return backupOutcome(context.run);
      }),
    );

  program
    .command("offsite")
    .description("copy the newest full backup to the off-site archive, complete in itself")
    .option("--dry-run", "print the steps only", false)
    .action((flags: { dryRun: boolean }) =>
      run("offsite", async (reporter) => {
        if (flags.dryRun) return dryRun(offsite);
        const context: OffsiteContext = { config: (await node()).config };
        await runProcedure(offsite, context, reporter);
        const { manifest, done } = context;
        const text = `${manifest?.backupId} ${done ? "was off-site already" : "is off-site"} (copy of ${manifest?.source?.backupId})`;
        return {
          result: {
            backupId: manifest?.backupId,
            tier: "offsite",
            source: manifest?.source?.backupId,
            created: done !== true,
            index: manifest?.index,
          },
          text,
        };
      }),
    );

  program
    .command("offsite-wal")
    .description("copy this node's archived log off-site: the newest backup there is rolled forward with it")
    .option("--dry-run", "print the steps only", false)
    .action((flags: { dryRun: boolean }) =>
      run("offsite-wal", async (reporter) => {
        if (flags.dryRun) return dryRun(offsiteWal);
        const context: OffsiteWalContext = { node: await node() };
        await runProcedure(offsiteWal, context, reporter);
        const { copied = 0 } = context;
        return {
          result: { copied },
          text: copied === 0 ? "nothing was missing off-site" : `${copied} segments copied`,
        };
      }),
    );
}

function backupOutcome(run: FullContext["run"]): Outcome {
  if (run === undefined) throw new Error("the first step makes the run");
  const { backupId, tier, lineage, index, pause, totalEntries, plainBytes, parts } = run;
  const storedBytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return {
    result: { backupId, tier, lineage, index, pause, totalEntries, plainBytes, storedBytes },
    text: `${backupId} is good: ${tier}, lineage ${lineage}, up to index ${index.low}`,
  };
}
