import { walPush } from "./commands/walPush";
import { loadConfig, nodeOf } from "./context";
import { explain } from "./run/errors";
import { quietReporter } from "./run/events";
import { listenForSignals } from "./run/interrupt";
import { runProcedure } from "./run/steps";

/** `--config FILE wal-push PATH NAME`, just as `archive_command` has it: runs without loading the command line's parser. */
function fastWalPush(words: readonly string[]): { config: string; file: string; segment: string } | undefined {
  const [flag, config, command, file, segment, ...rest] = words;
  if (flag !== "--config" || command !== "wal-push" || rest.length > 0) return undefined;
  if (config === undefined || file === undefined || segment === undefined || file.startsWith("-")) return undefined;
  return { config, file, segment };
}

async function main(): Promise<number> {
  listenForSignals();
  const push = fastWalPush(process.argv.slice(2));
  if (push === undefined) {
    const { runCommandLine } = await import("./cli/program");
    return runCommandLine(process.argv);
  }
  const node = nodeOf(await loadConfig(push.config));
  const reporter = quietReporter("wal-push", (line) => process.stderr.write(line));
  await runProcedure(walPush, { node, file: push.file, segment: push.segment }, reporter);
  return 0;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    const { exitCode, message } = explain(error);
    process.stderr.write(`neumann-backup: ${message}\n`);
    process.exitCode = exitCode;
  },
);
