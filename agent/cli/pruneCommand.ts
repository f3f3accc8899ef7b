import type { Command } from "commander";
import { chooseExpiry, prune, type PruneContext } from "../commands/prune";
import { loadConfig } from "../context";
import { runProcedure } from "../run/steps";
import { expiryTable } from "./output";
import type { GlobalOptions, Runner } from "./program";

/** The command that deletes: by the policy of the agent's configuration, and nothing else. */
export function addPruneCommand(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("prune")
    .description("give up what the policy no longer keeps: manifests, then data, the log last")
    .option("--dry-run", "print what would go and why; touches nothing", false)
    .addHelpText("after", "\nExamples:\n  neumann-backup prune --dry-run\n  neumann-backup prune --json")
    .action(({ dryRun }: { dryRun: boolean }) =>
      run("prune", async (reporter) => {
        const { archive, policy, node } = await loadConfig(options().config);
        if (dryRun) {
          const plan = await chooseExpiry({ archive, policy });
          return { result: { dryRun, ...plan }, text: expiryTable(plan, "would go") };
        }
        const context: PruneContext = { archive, policy, holder: node.id, expiring: [], finished: [] };
        await runProcedure(prune, context, reporter);
        const { pruneId = null, finished, plan } = context;
        const { expire = [], keep = [] } = plan ?? {};
        return { result: { pruneId, finished, expired: expire, kept: keep.length }, text: expiryTable(plan, "gone") };
      }),
    );
}
