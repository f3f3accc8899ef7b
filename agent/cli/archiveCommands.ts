import type { Command } from "commander";
import { readCatalog } from "../archive/catalog";
import { openReachable } from "../archive/open";
import { findKit } from "../commands/kit";
import { listHidden } from "../commands/listHidden";
import { refuseClosedPlan, resolve } from "../commands/plan";
import { verify, type VerifyContext } from "../commands/verify";
import { Mistakes } from "../../model/mistakes";
import { VerificationDepth, verificationDepths } from "../../model/verification";
import { loadOwnNode } from "../signing";
import { ExitCode } from "../run/errors";
import { runProcedure } from "../run/steps";
import { parseAs } from "../../model/parse";
import { serializeRecoveryKit } from "../../model/recoveryKit";
import { planSpecSchema } from "../../model/specs";
import type { PlacedArchive } from "../commands/schedule";
import { readVolumes } from "../archive/volumes";
import { type ListedVolumes, catalogTable, coverageTables, hiddenTables, verdictTable } from "./output";
import {
  type ArchiveOptions,
  archiveOf,
  trustedKeysOf,
  type TrustOptions,
  withArchive,
  withTrustedArchive,
} from "./archiveFlags";
import { type IdentityFlag, identityOption, readIdentities } from "./identityFile";
import { readSpec } from "./spec";
import type { GlobalOptions, Outcome, Runner } from "./program";

interface VerifyFlags extends TrustOptions, IdentityFlag {
  depth: string;
  wal?: true;
}

/** Commands that read archives, from any machine. */
export function addArchiveCommands(program: Command, run: Runner, options: () => GlobalOptions): void {
  withTrustedArchive(program.command("list").description("every backup with its place, index, size, age and state"))
    .option("--hidden", "also what somebody deleted from a versioned bucket, and whether it can come back")
    .action((flags: TrustOptions & { hidden?: true }) =>
      run("list", async () => {
        const spec = await archiveOf(flags, options());
        const trustedKeys = await trustedKeysOf(flags, options());
        const places = await openReachable(spec, flags.hidden);
        const catalog = await readCatalog(spec.clusterId, places, trustedKeys);
        const now = (await places[0]?.archive.now()) ?? new Date();
        const volumes = await volumesIn(places, spec.clusterId, trustedKeys);
        const text = catalogTable(catalog, now, volumes);
        const result = { ...catalog, volumes: volumes.entries };
        result.unreadable = [...catalog.unreadable, ...volumes.unreadable];
        if (flags.hidden !== true) return { result, text };
        const hidden = await listHidden(places, { clusterId: spec.clusterId, trustedKeys });
        return { result: { ...result, hidden }, text: `${text}\n\n${hiddenTables(hidden)}` };
      }),
    );

  withTrustedArchive(
    program
      .command("verify [backup]")
      .description("hold backups against their manifests; exit code 5 when one is damaged"),
  )
    .option(
      "--depth <depth>",
      "manifest (all objects are there), bytes (read every one) or restore (into a scratch database)",
      "bytes",
    )
    .addOption(identityOption())
    .option("--wal", "also which times the archived log can restore to, and which it cannot")
    .action((backupId: string | undefined, flags: VerifyFlags) =>
      run("verify", async (reporter) => {
        const depth = depthOf(flags);
        const archive = await archiveOf(flags, options());
        const trustedKeys = await trustedKeysOf(flags, options());
        const identities = await readIdentities(flags.identityFile);
        const context: VerifyContext = {
          archive,
          trustedKeys,
          depth,
          backupId,
          log: flags.wal,
          verdicts: [],
          identities,
        };
        if (depth === VerificationDepth.Restore)
          context.scratch = { node: await loadOwnNode(options().config), reporter };
        await runProcedure(verify, context, reporter);
        return verified(context);
      }),
    );

  withArchive(program.command("kit").description("the newest recovery kit of a cluster: for `recover`")).action(
    (flags: ArchiveOptions) =>
      run("kit", async (reporter) => {
        const note = (message: string): void => reporter.emit({ event: "note", message });
        const { kit } = await findKit(await archiveOf(flags, options()), { note });
        return { result: kit, text: serializeRecoveryKit(kit).trimEnd() };
      }),
  );

  withTrustedArchive(program.command("plan [restore-point]").description("what a recovery would do; touches nothing"))
    .option("--recovery-id <id>", "name of the recovery", "look")
    .option("--nodes <ids>", "node ids, the first restores", "node1")
    .addHelpText(
      "after",
      "\nWithout a restore point the specification is read from standard input as JSON (docs/development.md).",
    )
    .action((restorePoint: string | undefined, flags: TrustOptions & { recoveryId: string; nodes: string }) =>
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
                  trustedKeys: await trustedKeysOf(flags, options()),
                },
                "The plan cannot be made",
                "Write node ids with commas between them: --nodes node1,node2,node3.",
              );
        const resolved = await resolve(spec);
        // Components ask before anything is touched; a person who only looks needs no identity.
        if (restorePoint === undefined) await refuseClosedPlan(spec, resolved);
        return { result: resolved, text: resolved.text };
      }),
    );
}

/** The pods of a cluster on Kubernetes say in the primary archive what snapshots of volumes there are. */
async function volumesIn(
  places: readonly PlacedArchive[],
  clusterId: string,
  trustedKeys: readonly string[],
): Promise<ListedVolumes> {
  const primary = places.find(({ place }) => place === "primary");
  if (primary === undefined) return { entries: [], unreadable: [] };
  const { entries, unreadable } = await readVolumes(primary.archive, clusterId, trustedKeys);
  return { entries, unreadable: unreadable.map((one) => ({ place: "primary", ...one })) };
}

function verified({ verdicts, coverage, unread, backupId, depth }: VerifyContext): Outcome {
  const good = verdicts.every((verdict) => verdict.good) && (coverage?.holes.length ?? 0) === 0;
  // What was asked for by name, or what a restore waits for, is not done yet.
  const later = unread !== undefined && (backupId !== undefined || depth === VerificationDepth.Restore);
  const text = [verdictTable(verdicts, unread), ...(coverage ? [coverageTables(coverage)] : [])].join("\n\n");
  const result = { good, verdicts, unread, wal: coverage };
  if (!good) return { result, text, exitCode: ExitCode.Damaged };
  return { result, text, exitCode: later ? ExitCode.TryLater : ExitCode.Done };
}

function depthOf({ depth, archive, offsite }: VerifyFlags): VerificationDepth {
  const known = verificationDepths.find((name) => name === depth);
  const mistakes = new Mistakes();
  if (known === undefined)
    mistakes.add("--depth", "is not known", depth, `Write ${verificationDepths.slice(0, -1).join(", ")} or restore.`);
  mistakes.require(known !== VerificationDepth.Restore || (archive === undefined && !offsite), {
    path: "--depth",
    problem: "needs the database's programs, and so the agent of a node",
    received: depth,
    remedy: "Run it on a node, without --archive and --offsite; or write bytes.",
  });
  mistakes.throwIfAny("The backups cannot be verified");
  return known ?? VerificationDepth.Bytes;
}
