import path from "node:path";
import { Command, CommanderError, Option } from "commander";
import { agentProgram, agentVersion } from "../identity";
import { explain, ExitCode } from "../run/errors";
import { humanReporter, jsonReporter, quietReporter, type Reporter } from "../run/events";
import { addArchiveCommands } from "./archiveCommands";
import { addHostCommands } from "./hostCommands";
import { addNodeCommands } from "./nodeCommands";
import { addPodCommands } from "./podCommands";
import { addPodRecovery, addRecoveryReport } from "./podRecoveryCommands";
import { addPruneCommand } from "./pruneCommand";
import { addSoftwareCommand } from "./softwareCommand";
import { addStatusCommands } from "./statusCommand";
import { addUndeleteCommand } from "./undeleteCommand";

/** What a command hands back: an object for machines, a text for people, and how it ended. */
export interface Outcome {
  result: object;
  text: string;
  exitCode?: number;
}

export interface GlobalOptions {
  json: boolean;
  quiet: boolean;
  config: string;
}

/** How every command runs: its reporter, its result, its exit code. */
export type Runner = (name: string, work: (reporter: Reporter) => Promise<Outcome>) => Promise<void>;

const help = `
Examples:
  neumann-backup status                        are the policy's objectives kept, and what is wrong?
  neumann-backup doctor                        does this node obey the contract?
  neumann-backup full                          a full backup, now, on the leader
  neumann-backup list --json                   every backup, for a machine
  neumann-backup plan latest-offsite           what a recovery would do; touches nothing
  neumann-backup verify --depth bytes          read every byte of every backup
  neumann-backup query --at 2026-11-23T10:30:00Z "SELECT COUNT(*) FROM t"   what it held then
  neumann-backup prune --dry-run               what the policy no longer keeps, and why
  neumann-backup list --hidden                 what somebody deleted from a versioned bucket; undelete brings it back

Exit codes: 0 done, 2 wrong input, 3 refused as unsafe, 4 the world failed (run it again), 5 damaged data, 75 try later.`;

/** Parses and runs a command line; the exit code. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  let exitCode: number = ExitCode.Done;
  const program = new Command("neumann-backup")
    .description("Backup and recovery of a Neumann cluster: the agent on each node.")
    .version(agentVersion)
    .option(
      "--config <file>",
      "the agent's configuration",
      process.env.NEUMANN_BACKUP_CONFIG ?? path.join(path.dirname(agentProgram()), "agent.json"),
    )
    .addOption(
      new Option("--json", "events as JSON lines on standard error, the result as one line on standard output")
        .default(false)
        .conflicts("quiet"),
    )
    .option("--quiet", "silent but for errors: for timers", false)
    .addHelpText("after", help)
    .exitOverride()
    .showHelpAfterError("(neumann-backup --help shows examples)");

  const run: Runner = async (name, work) => {
    const options = program.opts<GlobalOptions>();
    const reporter = reporterFor(name, options);
    try {
      const outcome = await work(reporter);
      process.stdout.write(`${options.json ? JSON.stringify(outcome.result) : outcome.text}\n`);
      exitCode = outcome.exitCode ?? ExitCode.Done;
    } catch (error) {
      const { exitCode: code, message, ...when } = explain(error);
      reporter.emit({
        event: "error",
        message: options.json || options.quiet ? message : `neumann-backup ${name}: ${message}`,
        ...when,
      });
      exitCode = code;
    }
  };

  const options = (): GlobalOptions => program.opts<GlobalOptions>();
  addNodeCommands(program, run, options);
  addStatusCommands(program, run, options);
  addArchiveCommands(program, run, options);
  addHostCommands(program, run, options);
  addPruneCommand(program, run, options);
  addUndeleteCommand(program, run, options);
  addSoftwareCommand(program, run, options);
  addPodRecovery(addPodCommands(program, run), run);
  addRecoveryReport(program, run);
  for (const command of program.commands) explainMistakes(command, `neumann-backup ${command.name()}`);
  try {
    await program.parseAsync(argv);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.Done : ExitCode.Input;
    throw error;
  }
  return exitCode;
}

function explainMistakes(command: Command, call: string): void {
  command.exitOverride().showHelpAfterError(`(${call} --help shows how)`);
  for (const part of command.commands) explainMistakes(part, `${call} ${part.name()}`);
}

function reporterFor(name: string, options: GlobalOptions): Reporter {
  const write = (text: string): void => {
    process.stderr.write(text);
  };
  if (options.json) return jsonReporter(name, write);
  if (options.quiet) return quietReporter(name, write);
  return humanReporter(write, process.stderr.isTTY);
}
