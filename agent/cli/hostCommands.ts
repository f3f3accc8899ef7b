import type { Command } from "commander";
import path from "node:path";
import { InputError } from "../../model/mistakes";
import {
  archiveCreateSchema,
  installSpecSchema,
  nodeSpecSchema,
  type RestoreSpec,
  restoreSpecSchema,
} from "../../model/specs";
import { describeLocation } from "../../model/reference";
import { createArchive } from "../archive/open";
import { installContext, install, rollout, uninstall, type InstallContext } from "../commands/install";
import { nodeContext, nodeCreate, nodeDelete, type NodeContext } from "../commands/node";
import { loadConfig, nodeOf } from "../context";
import { restoreAccept, restoreBase, restoreRelease } from "../restore/accept";
import type { AcceptContext } from "../restore/accept";
import { restoreFirst } from "../restore/first";
import { restoreJoin } from "../restore/join";
import { restoreStatus } from "../restore/status";
import type { Reporter } from "../run/events";
import { type Procedure, runProcedure } from "../run/steps";
import { readSpec } from "./spec";
import type { GlobalOptions, Outcome, Runner } from "./program";

function outcome(result: Record<string, unknown>): Outcome {
  const text = Object.entries(result)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join("\n");
  return { result, text };
}

/** Commands that the components call; all take their specification on standard input. */
export function addHostCommands(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("archive-create")
    .description("make a folder a cluster's archive, or find that it is one (specification on standard input)")
    .action(() =>
      run("archive-create", async () => {
        const { archive, clusterId, role } = await readSpec(archiveCreateSchema, "archive-create");
        const created = await createArchive(archive, clusterId, role);
        return outcome({ location: describeLocation(archive), role, created });
      }),
    );

  addNodes(program, run);
  addInstallation(program, run);
  addRestore(program, run, options);
}

function addNodes(program: Command, run: Runner): void {
  const add = (procedure: Procedure<NodeContext>, description: string): void => {
    program
      .command(procedure.name)
      .description(`${description} (specification on standard input)`)
      .action(() =>
        run(procedure.name, async (reporter) => {
          const context = nodeContext(await readSpec(nodeSpecSchema, procedure.name));
          await runProcedure(procedure, context, reporter);
          return outcome(context.result);
        }),
      );
  };
  add(nodeCreate, "make and start a node of kind process");
  add(nodeDelete, "stop a node of kind process; deletes no data");
}

function addInstallation(program: Command, run: Runner): void {
  const perform = (procedure: Procedure<InstallContext>, turn?: InstallContext["turn"]): Promise<void> =>
    run(procedure.name, async (reporter) => {
      const context = installContext(await readSpec(installSpecSchema, procedure.name));
      await runProcedure(procedure, { ...context, turn }, reporter);
      return outcome(context.result);
    });
  program
    .command("install")
    .description("install the agent and its WAL configuration on this host (specification on standard input)")
    .action(() => perform(install));
  program
    .command("rollout")
    .description("restart the node if its configuration changed (specification on standard input)")
    .requiredOption("--turn <turn>", "follower: not if it leads; last: in any case")
    .action((flags: { turn: string }) => perform(rollout, turnOf(flags.turn)));
  program
    .command("uninstall")
    .description(
      "take the agent off this host unless a later generation is installed (specification on standard input)",
    )
    .action(() => perform(uninstall));
}

function turnOf(text: string): "follower" | "last" {
  if (text === "follower" || text === "last") return text;
  const remedy = "Write follower or last.";
  throw new InputError("The node cannot be restarted", [
    { path: "--turn", problem: "is not known", received: text, remedy },
  ]);
}

const phases: Record<string, Procedure<AcceptContext>> = {
  first: restoreFirst,
  join: restoreJoin,
  release: restoreRelease,
  base: restoreBase,
  accept: restoreAccept,
  status: restoreStatus,
};

function addRestore(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("restore")
    .description("one phase of a recovery on this node (specification on standard input)")
    .requiredOption("--phase <phase>", Object.keys(phases).join(", "))
    .option("--dry-run", "print the steps only", false)
    .action((flags: { phase: string; dryRun: boolean }) =>
      run("restore", async (reporter) => {
        const procedure = phases[flags.phase];
        if (procedure === undefined) {
          const remedy = `Write one of: ${Object.keys(phases).join(", ")}.`;
          const mistake = { path: "--phase", problem: "is not known", received: flags.phase, remedy };
          throw new InputError("The recovery cannot go on", [mistake]);
        }
        if (flags.dryRun)
          return outcome({ dryRun: true, steps: procedure.steps.map(({ name, title }) => ({ name, title })) });
        const spec = await readSpec(restoreSpecSchema, "restore");
        return outcome(await performPhase(procedure, spec, { reporter, options: options() }));
      }),
    );
}

async function performPhase(
  procedure: Procedure<AcceptContext>,
  spec: RestoreSpec,
  { reporter, options }: { reporter: Reporter; options: GlobalOptions },
): Promise<Record<string, unknown>> {
  const node = nodeOf(await loadConfig(path.resolve(options.config)));
  const result = { recoveryId: spec.plan.recoveryId, nodeId: spec.node };
  const context: AcceptContext = { node, spec, reporter, began: performance.now(), result };
  await runProcedure(procedure, context, reporter);
  return context.result;
}
