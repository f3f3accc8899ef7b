#!/usr/bin/env node
import { createInterface } from "node:readline/promises";
import { packageVersion } from "../components/agentBundle";
import { InputError } from "../model/mistakes";
import { kit, kitHelp } from "./kit";
import { recover, recoverHelp } from "./recover";
import { rehearse, rehearseHelp } from "./rehearse";
import { render, renderHelp } from "./render";
import { simulate, simulateHelp } from "./simulate";
import { software, softwareHelp } from "./software";
import { CommandFailure, ExitCode, type Terminal } from "./terminal";

const help = `Usage: npx pulumi-neumann <command> [flags]

  recover   a lost cluster, from a recovery kit: on the worst day, without a stack and without state
  kit       looks at a recovery kit, or fetches the newest one from an archive
  rehearse  a recovery with a stack of yours, measured against the policy and taken down again
  software  fetches what new nodes are made of from the off-site archive of a kit
  render    manifests of a cluster's backups on Kubernetes, for those who apply them themselves
  simulate  what a policy keeps in S3, and what it costs; what a change of it would delete

npx pulumi-neumann recover --help, and so on, say more. Backups are made by stacks (README.md) and by the agent on each node,
neumann-backup.`;

const commands = new Map([
  ["recover", { run: recover, help: recoverHelp }],
  ["kit", { run: kit, help: kitHelp }],
  ["rehearse", { run: rehearse, help: rehearseHelp }],
  ["software", { run: software, help: softwareHelp }],
  ["render", { run: render, help: renderHelp }],
  ["simulate", { run: simulate, help: simulateHelp }],
]);

/** Runs a command line of `pulumi-neumann`; the exit code. */
export async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = argv;
  const command = commands.get(name ?? "");
  if (name === "--version") return say(terminal, packageVersion());
  if (name === undefined || name === "--help" || name === "help") return say(terminal, help);
  try {
    if (command === undefined) throw unknown(name);
    if (rest.includes("--help")) return say(terminal, command.help);
    return await command.run(rest, terminal);
  } catch (error) {
    const { message, exitCode } = explain(error);
    const text = rest.includes("--json") ? JSON.stringify({ event: "error", message, exitCode }) : message;
    terminal.err.write(`${text}\n`);
    return exitCode;
  }
}

function say({ out }: Terminal, text: string): number {
  out(text);
  return ExitCode.Done;
}

function unknown(name: string): InputError {
  const remedy = `Write one of: ${[...commands.keys()].join(", ")}.`;
  return new InputError("The command is wrong", [{ path: "command", problem: "is not known", received: name, remedy }]);
}

function explain(error: unknown): { message: string; exitCode: number } {
  if (error instanceof InputError) return { message: error.message, exitCode: ExitCode.Input };
  if (error instanceof CommandFailure) return { message: error.message, exitCode: error.exitCode };
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { message: `unexpected: ${text}`, exitCode: ExitCode.Bug };
}

async function askOnTerminal(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

if (require.main === module) {
  const terminal: Terminal = {
    out: (text) => void process.stdout.write(`${text}\n`),
    err: process.stderr,
    ...(process.stdin.isTTY ? { ask: askOnTerminal } : {}),
  };
  void runCommandLine(process.argv.slice(2), terminal).then((code) => {
    // What is written to a pipe comes before the end; the engine's server would keep the process alive.
    process.stdout.write("", () => process.exit(code));
  });
}
