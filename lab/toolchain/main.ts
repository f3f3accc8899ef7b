import { Command } from "commander";
import { ensureToolchain, ToolchainError } from "./index";

async function main(): Promise<void> {
  const program = new Command("toolchain")
    .description("Finds the Pulumi engine and the command provider, else downloads, else builds them, and prints them.")
    .option("--json", "print the result as JSON on stdout")
    .option("--pulumi-home <folder>", "the engine's folder (default: PULUMI_HOME, else ~/.pulumi)")
    .parse();
  const flags = program.opts<{ json?: boolean; pulumiHome?: string }>();
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => interrupt.abort(new Error(`ended by ${name}`)));
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

main().catch((error: unknown) => {
  const text =
    error instanceof ToolchainError
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  process.stderr.write(`toolchain: ${text}\n`);
  process.exitCode = 1;
});
