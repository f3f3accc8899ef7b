var import_commander = require("commander");
var import_index = require("./index");
async function main() {
  const program = new import_commander.Command("toolchain").description("Finds the Pulumi engine and the command provider, else downloads, else builds them, and prints them.").option("--json", "print the result as JSON on stdout").option("--pulumi-home <folder>", "the engine's folder (default: PULUMI_HOME, else ~/.pulumi)").parse();
  const flags = program.opts();
  const interrupt = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"]) {
    process.once(name, () => interrupt.abort(new Error(`ended by ${name}`)));
  }
  const toolchain = await (0, import_index.ensureToolchain)({
    progress: (line) => process.stderr.write(`${line}
`),
    pulumiHome: flags.pulumiHome,
    signal: interrupt.signal
  });
  if (flags.json) {
    process.stdout.write(`${JSON.stringify(toolchain, void 0, 2)}
`);
    return;
  }
  process.stdout.write(
    `pulumi ${toolchain.version}: ${toolchain.pulumi}
command provider: ${toolchain.commandPlugin}
`
  );
}
main().catch((error) => {
  const text = error instanceof import_index.ToolchainError ? error.message : error instanceof Error ? error.stack ?? error.message : String(error);
  process.stderr.write(`toolchain: ${text}
`);
  process.exitCode = 1;
});
//# sourceMappingURL=data:application/json;base64,ewogICJ2ZXJzaW9uIjogMywKICAic291cmNlcyI6IFsibWFpbi50cyJdLAogICJtYXBwaW5ncyI6ICJBQUFBLHVCQUF3QjtBQUN4QixtQkFBZ0Q7QUFFaEQsZUFBZSxPQUFzQjtBQUNuQyxRQUFNLFVBQVUsSUFBSSx5QkFBUSxXQUFXLEVBQ3BDLFlBQVksc0dBQXNHLEVBQ2xILE9BQU8sVUFBVSxvQ0FBb0MsRUFDckQsT0FBTywwQkFBMEIsNERBQTRELEVBQzdGLE1BQU07QUFDVCxRQUFNLFFBQVEsUUFBUSxLQUE4QztBQUNwRSxRQUFNLFlBQVksSUFBSSxnQkFBZ0I7QUFDdEMsYUFBVyxRQUFRLENBQUMsVUFBVSxTQUFTLEdBQVk7QUFDakQsWUFBUSxLQUFLLE1BQU0sTUFBTSxVQUFVLE1BQU0sSUFBSSxNQUFNLFlBQVksSUFBSSxFQUFFLENBQUMsQ0FBQztBQUFBLEVBQ3pFO0FBQ0EsUUFBTSxZQUFZLFVBQU0sOEJBQWdCO0FBQUEsSUFDdEMsVUFBVSxDQUFDLFNBQVMsUUFBUSxPQUFPLE1BQU0sR0FBRyxJQUFJO0FBQUEsQ0FBSTtBQUFBLElBQ3BELFlBQVksTUFBTTtBQUFBLElBQ2xCLFFBQVEsVUFBVTtBQUFBLEVBQ3BCLENBQUM7QUFDRCxNQUFJLE1BQU0sTUFBTTtBQUNkLFlBQVEsT0FBTyxNQUFNLEdBQUcsS0FBSyxVQUFVLFdBQVcsUUFBVyxDQUFDLENBQUM7QUFBQSxDQUFJO0FBQ25FO0FBQUEsRUFDRjtBQUNBLFVBQVEsT0FBTztBQUFBLElBQ2IsVUFBVSxVQUFVLE9BQU8sS0FBSyxVQUFVLE1BQU07QUFBQSxvQkFBdUIsVUFBVSxhQUFhO0FBQUE7QUFBQSxFQUNoRztBQUNGO0FBRUEsS0FBSyxFQUFFLE1BQU0sQ0FBQyxVQUFtQjtBQUMvQixRQUFNLE9BQ0osaUJBQWlCLDhCQUNiLE1BQU0sVUFDTixpQkFBaUIsUUFDZCxNQUFNLFNBQVMsTUFBTSxVQUN0QixPQUFPLEtBQUs7QUFDcEIsVUFBUSxPQUFPLE1BQU0sY0FBYyxJQUFJO0FBQUEsQ0FBSTtBQUMzQyxVQUFRLFdBQVc7QUFDckIsQ0FBQzsiLAogICJuYW1lcyI6IFtdCn0K
