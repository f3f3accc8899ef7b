import { walPush } from "./commands/walPush";
import { loadConfig, nodeOf } from "./context";
import { endWith } from "./run/errors";
import { quietReporter } from "./run/events";
import { listenForSignals } from "./run/interrupt";
import { runProcedure } from "./run/steps";

/** What the launcher runs for `archive_command`: CONFIG PATH NAME, and nothing that this does not need is loaded. */
async function main([config = "", file = "", segment = ""]: readonly string[]): Promise<number> {
  listenForSignals();
  const node = nodeOf(await loadConfig(config));
  const reporter = quietReporter("wal-push", (line) => process.stderr.write(line));
  await runProcedure(walPush, { node, file, segment }, reporter);
  return 0;
}

endWith(main(process.argv.slice(2)));
