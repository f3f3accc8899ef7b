import type { Command } from "commander";
import path from "node:path";
import { InputError } from "../../model/mistakes";
import {
  archiveCreateSchema,
  installSpecSchema,
  kitFileSpecSchema,
  kitStoreSpecSchema,
  nodeSpecSchema,
  remoteDriftSpecSchema,
  type RestoreSpec,
  restoreSpecSchema,
} from "../../model/specs";
import { describeLocation } from "../../model/reference";
import { Architecture } from "../../model/runtime";
import { createArchive } from "../archive/open";
import { drift } from "../commands/drift";
import { installContext, install, rollout, uninstall, type InstallContext } from "../commands/install";
import { kitFile, type KitFileContext, kitStore, type KitStoreContext } from "../commands/kit";
import { runJob } from "../commands/job";
import { nodeContext, nodeCreate, nodeDelete, type NodeContext } from "../commands/node";
import { remoteDrift } from "../commands/remoteDrift";
import { fetchRuntime } from "../commands/runtime";
import { loadConfig, loadNode, type Node, nodeOf } from "../context";
import { servedAsRoot } from "../host/asRoot";
import { restoreAccept, restoreBase, restoreRelease } from "../restore/accept";
import type { AcceptContext } from "../restore/accept";
import { restoreFirst } from "../restore/first";
import { restoreGate } from "../restore/gate";
import { giveUp } from "../restore/giveUp";
import { restoreJoin } from "../restore/join";
import { restoreStatus } from "../restore/status";
import type { Reporter } from "../run/events";
import { type Procedure, runProcedure } from "../run/steps";
import { trustingItself } from "../signing";
import { readInput, readSpec } from "./spec";
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
  addDrift(program, run);
  addKits(program, run, options);
  addRestore(program, run, options);
  addGiveUp(program, run, options);
  addShipping(program, run, options);
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
  const perform = (procedure: Procedure<InstallContext>, given?: string): Promise<void> =>
    run(procedure.name, async (reporter) => {
      const turn = given === undefined ? undefined : turnOf(given);
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
    .action((flags: { turn: string }) => perform(rollout, flags.turn));
  program
    .command("uninstall")
    .description(
      "take the agent off this host unless a later generation is installed (specification on standard input)",
    )
    .action(() => perform(uninstall));
}

/** What a preview asks. */
function addDrift(program: Command, run: Runner): void {
  program
    .command("drift")
    .description("what on this host differs from an installation; only looks (specification on standard input)")
    .option("--by-ssh", "ask another host", false)
    .action((flags: { bySsh: boolean }) =>
      run("drift", async () => {
        const found = flags.bySsh
          ? await remoteDrift(await readSpec(remoteDriftSpecSchema, "drift --by-ssh"))
          : await drift(await readSpec(installSpecSchema, "drift"));
        return outcome({ ...found });
      }),
    );
}

/** Where the recovery kit is kept. */
function addKits(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("kit-store")
    .description(
      "store the recovery kit in the archives, by default those of this node (specification on standard input)",
    )
    .action(() =>
      run("kit-store", async (reporter) => {
        const spec = await readSpec(kitStoreSpecSchema, "kit-store");
        const known = spec.archive === undefined ? { node: await loadNode(path.resolve(options().config)) } : {};
        const context: KitStoreContext = { ...known, spec, result: {} };
        await runProcedure(kitStore, context, reporter);
        return outcome(context.result);
      }),
    );
  program
    .command("kit-file")
    .description("write the recovery kit to a file of this machine (specification on standard input)")
    .action(() =>
      run("kit-file", async (reporter) => {
        const context: KitFileContext = { spec: await readSpec(kitFileSpecSchema, "kit-file"), result: {} };
        await runProcedure(kitFile, context, reporter);
        return outcome(context.result);
      }),
    );
}

function turnOf(text: string): "follower" | "last" {
  if (text === "follower" || text === "last") return text;
  const remedy = "Write follower or last.";
  throw new InputError("The node cannot be restarted", [
    { path: "--turn", problem: "is not known", received: text, remedy },
  ]);
}

/** What brings the agent to hosts that are reached by SSH, and keeps its work alive there. */
function addShipping(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("runtime")
    .description("the pinned Node that is copied to hosts: from the cache, else by npm")
    .requiredOption("--architecture <kind>", Object.values(Architecture).join(" or "))
    .action((flags: { architecture: string }) =>
      run("runtime", async () => {
        const architecture = Object.values(Architecture).find((known) => known === flags.architecture);
        if (architecture === undefined)
          throw unknownFlag("--architecture", flags.architecture, Object.values(Architecture));
        return outcome({ file: await fetchRuntime(architecture) });
      }),
    );

  program
    .command("job")
    .description("run a command of this agent so that it outlives whoever asked for it, or attach to it where it runs")
    .argument("<words...>", "the command, after --: job -- restore --phase first")
    .action((words: string[]) =>
      run("job", async () => {
        const config = await loadConfig(path.resolve(options().config));
        const input = await readInput();
        const { exitCode, output } = await runJob({
          config,
          words,
          input,
          events: (text) => process.stderr.write(text),
        });
        return { result: {}, text: output.trimEnd(), exitCode };
      }),
    );
}

function unknownFlag(flag: string, received: string, known: readonly string[]): InputError {
  const remedy = `Write one of: ${known.join(", ")}.`;
  return new InputError("The command is wrong", [{ path: flag, problem: "is not known", received, remedy }]);
}

const phases: Record<string, Procedure<AcceptContext>> = {
  gate: restoreGate,
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
        const procedure = Object.hasOwn(phases, flags.phase) ? phases[flags.phase] : undefined;
        if (procedure === undefined) {
          const remedy = `Write one of: ${Object.keys(phases).join(", ")}.`;
          const mistake = { path: "--phase", problem: "is not known", received: flags.phase, remedy };
          throw new InputError("The recovery cannot go on", [mistake]);
        }
        if (flags.dryRun)
          return outcome({ dryRun: true, steps: procedure.steps.map(({ name, title }) => ({ name, title })) });
        const node = nodeOf(await loadConfig(path.resolve(options().config)));
        const code = await servedAsRoot(node.config.node);
        if (code !== undefined) process.exit(code); // The part that did the work has said everything.
        const spec = await readSpec(restoreSpecSchema, "restore");
        return outcome(await performPhase(procedure, spec, { reporter, node: await trustingItself(node) }));
      }),
    );
}

function addGiveUp(program: Command, run: Runner, options: () => GlobalOptions): void {
  program
    .command("give-up")
    .description("let the old cluster come back from a restore in place that has moved nothing yet; on every node")
    .argument("<recoveryId>", "the recovery, as the plan names it; the node that restores goes first")
    .option("--dry-run", "print the steps only", false)
    .addHelpText("after", "\nExample:\n  neumann-backup give-up 2026-11-23")
    .action((recoveryId: string, flags: { dryRun: boolean }) =>
      run("give-up", async (reporter) => {
        if (flags.dryRun)
          return outcome({ dryRun: true, steps: giveUp.steps.map(({ name, title }) => ({ name, title })) });
        const node = nodeOf(await loadConfig(path.resolve(options().config)));
        const code = await servedAsRoot(node.config.node);
        if (code !== undefined) process.exit(code); // The part that did the work has said everything.
        await runProcedure(giveUp, { node, recoveryId }, reporter);
        return outcome({ recoveryId, nodeId: node.config.node.id, state: "given up: the database was started" });
      }),
    );
}

async function performPhase(
  procedure: Procedure<AcceptContext>,
  spec: RestoreSpec,
  { reporter, node }: { reporter: Reporter; node: Node },
): Promise<Record<string, unknown>> {
  const result = { recoveryId: spec.plan.recoveryId, nodeId: spec.node };
  const context: AcceptContext = { node, spec, reporter, began: performance.now(), result };
  await runProcedure(procedure, context, reporter);
  return context.result;
}
