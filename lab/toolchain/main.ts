import { Command } from "commander";
import { ensureToolchain, ToolchainError } from "./index";

class Interrupted extends Error {}

async function main(): Promise<void> {
  const program = new Command("toolchain")
    .description("Finds the Pulumi engine and the command provider, else downloads, else builds them, and prints them.")
    .option("--json", "print the result as JSON on stdout")
    .option("--pulumi-home <folder>", "the engine's folder (default: PULUMI_HOME, else ~/.pulumi)")
    .parse();
  const flags = program.opts<{ json?: boolean; pulumiHome?: string }>();
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interrupt.abort(new Interrupted(`ended by ${name}`)));
  }
  const toolchain = await ensureToolchain({
    progress: (line) => process.stderr.write(`${line}\n`),
    pulumiHome: flags.pulumiHome,
    signal: interrupt.signal,
  });
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(toolchain, undefined, 2)}\n`);
    return;
  }
  process.stdout.write(
    `pulumi ${toolchain.version}: ${toolchain.pulumi}\ncommand provider: ${toolchain.commandPlugin}\n`,
  );
}

/** What is worth a stack trace is a mistake of ours; what the user did or lacks is not. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const known = error instanceof ToolchainError || error instanceof Interrupted;
  return known ? error.message : (error.stack ?? error.message);
}

main().catch((error: unknown) => {
  process.stderr.write(`toolchain: ${describe(error)}\n`);
  process.exitCode = error instanceof Interrupted ? 130 : 1;
});
