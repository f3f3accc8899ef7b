import type { Command } from "commander";
import type { ArchiveSpec } from "../../model/reference";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import { resolve } from "../commands/plan";
import { verify, type VerifyContext, type VerifyDepth } from "../commands/verify";
import { loadConfig } from "../context";
import { InputError } from "../../model/mistakes";
import { ExitCode } from "../run/errors";
import { runProcedure } from "../run/steps";
import { parseAs } from "../../model/parse";
import { planSpecSchema } from "../../model/specs";
import { catalogTable, coverageTables, verdictTable } from "./output";
import { readSpec } from "./spec";
import type { GlobalOptions, Runner } from "./program";

interface ArchiveOptions {
  archive?: string;
  offsite?: string;
  cluster?: string;
}

/** The archive of the flags, for a machine that has no agent; else that of the agent's configuration. */
async function archiveOf(flags: ArchiveOptions, options: GlobalOptions): Promise<ArchiveSpec> {
  const { archive, offsite, cluster } = flags;
  if (archive === undefined && offsite === undefined) return (await loadConfig(options.config)).archive;
  if (cluster === undefined) {
    const remedy = "Name the cluster as in the archive's first folder: --cluster prod.";
    throw new InputError("The archive cannot be opened", [
      { path: "--cluster", problem: "is missing", received: undefined, remedy },
    ]);
  }
  // Where only the off-site archive is left the first one is named too, as a folder that is not there.
  const location = archive ?? `${offsite}.primary-is-lost`;
  const away = offsite === undefined ? undefined : { kind: "directory" as const, location: offsite };
  return { kind: "directory", clusterId: cluster, location, offsite: away };
}

function withArchive(command: Command): Command {
  return command
    .option("--archive <folder>", "the archive, where there is no agent's configuration")
    .option("--offsite <folder>", "the off-site archive, likewise")
    .option("--cluster <id>", "the cluster's name in the archive, likewise");
}

/** Commands that read archives, from any machine. */
export function addArchiveCommands(program: Command, run: Runner, options: () => GlobalOptions): void {
  withArchive(program.command("list").description("every backup with its place, index, size, age and state")).action(
    (flags: ArchiveOptions) =>
      run("list", async () => {
        const spec = await archiveOf(flags, options());
        const places = await openReachable(spec);
        const catalog = await readCatalog(spec.clusterId, places);
        const now = (await places[0]?.archive.now()) ?? new Date();
        return { result: catalog, text: catalogTable(catalog, now) };
      }),
  );

  withArchive(
    program
      .command("verify [backup]")
      .description("hold backups against their manifests; exit code 5 when one is damaged"),
  )
    .option("--depth <depth>", "manifest (all objects are there) or bytes (read every one)", "bytes")
    .option("--wal", "also which times the archived log can restore to, and which it cannot")
    .action((backupId: string | undefined, flags: ArchiveOptions & { depth: string; wal?: true }) =>
      run("verify", async (reporter) => {
        const archive = await archiveOf(flags, options());
        const depth = depthOf(flags.depth);
        const context: VerifyContext = { archive, depth, backupId, log: flags.wal, verdicts: [] };
        await runProcedure(verify, context, reporter);
        const { verdicts, coverage } = context;
        const good = verdicts.every((verdict) => verdict.good) && (coverage?.holes.length ?? 0) === 0;
        const exitCode = good ? ExitCode.Done : ExitCode.Damaged;
        const text = [verdictTable(verdicts), ...(coverage ? [coverageTables(coverage)] : [])].join("\n\n");
        return { result: { good, verdicts, ...(coverage ? { wal: coverage } : {}) }, text, exitCode };
      }),
    );

  withArchive(program.command("plan [restore-point]").description("what a recovery would do; touches nothing"))
    .option("--recovery-id <id>", "name of the recovery", "look")
    .option("--nodes <ids>", "node ids, the first restores", "node1")
    .addHelpText(
      "after",
      "\nWithout a restore point the specification is read from standard input as JSON (docs/development.md).",
    )
    .action((restorePoint: string | undefined, flags: ArchiveOptions & { recoveryId: string; nodes: string }) =>
      run("plan", async () => {
        const spec =
          restorePoint === undefined
            ? await readSpec(planSpecSchema, "plan")
            : parseAs(
                planSpecSchema,
                {
                  archive: await archiveOf(flags, options()),
                  restorePoint,
                  recoveryId: flags.recoveryId,
                  nodes: flags.nodes.split(","),
                },
                "The plan cannot be made",
              );
        const resolved = await resolve(spec);
        return { result: resolved, text: resolved.text };
      }),
    );
}

function depthOf(text: string): VerifyDepth {
  if (text === "manifest" || text === "bytes") return text;
  throw new InputError("The backups cannot be verified", [
    { path: "--depth", problem: "is not known", received: text, remedy: "Write manifest or bytes." },
  ]);
}
