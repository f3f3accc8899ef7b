import path from "node:path";
import { walPush } from "./commands/walPush";
import { loadNode } from "./context";
import { endWith, ExitCode, NeedsWholeAgent } from "./run/errors";
import { quietReporter } from "./run/events";
import { listenForSignals } from "./run/interrupt";
import { runProcedure } from "./run/steps";

/** What the launcher runs for `archive_command`: CONFIG PATH NAME, and nothing that this does not need is loaded. */
async function main([config = "", file = "", segment = ""]: readonly string[]): Promise<number> {
  listenForSignals();
  const node = await loadNode(config);
  const reporter = quietReporter("wal-push", (line) => process.stderr.write(line));
  try {
    await runProcedure(walPush, { node, file, segment }, reporter);
    return 0;
  } catch (error) {
    if (!(error instanceof NeedsWholeAgent)) throw error;
    return byWholeAgent(config, file, segment);
  }
}

/** Keys that only the SDK can get (a role, a profile): the agent itself stores the segment, in twice the time. */
async function byWholeAgent(config: string, file: string, segment: string): Promise<number> {
  const { spawnSync } = await import("node:child_process");
  const agent = path.join(path.dirname(process.argv[1] ?? ""), "neumann-backup.cjs");
  const words = [agent, "--config", config, "--quiet", "wal-push", file, segment];
  const { status, error } = spawnSync(process.execPath, words, { stdio: "inherit" });
  if (error !== undefined) throw error;
  return status ?? ExitCode.World;
}

// At once: nothing is under way any more, and taking the program apart would only cost time.
endWith(main(process.argv.slice(2)).then((code) => process.exit(code)));
