import { hostname } from "node:os";
import type { Command } from "commander";
import { isBackupId } from "../../model/layout";
import { InputError } from "../../model/mistakes";
import { chooseUndelete, undelete, undeleteContext, type Wanted } from "../commands/undelete";
import { ExitCode } from "../run/errors";
import { runProcedure } from "../run/steps";
import { archiveOf, trustedKeysOf, type TrustOptions, withTrustedArchive } from "./archiveFlags";
import { undeleteTable } from "./output";
import type { GlobalOptions, Runner } from "./program";

interface UndeleteOptions extends TrustOptions {
  wal?: true;
  records?: true;
  expired: boolean;
  dryRun: boolean;
}

const help = `
It removes the delete markers of a versioned bucket, and nothing else: the keys need s3:ListBucketVersions,
s3:GetObjectVersion, s3:DeleteObjectVersion, the reading and writing of tags, and s3:PutObject for the claim. Nodes have none
of that: run it where such keys are (docs/agent.md).

Examples:
  neumann-backup list --hidden --archive 's3://acme-backup?region=eu-central-1&profile=rescue' --cluster prod
  neumann-backup undelete --records --archive 's3://acme-backup?region=eu-central-1&profile=rescue' --cluster prod
  neumann-backup undelete 20261123T040506Z-0011aabb --dry-run
  neumann-backup undelete --wal`;

/** The way back from a deletion in a versioned bucket. */
export function addUndeleteCommand(program: Command, run: Runner, options: () => GlobalOptions): void {
  withTrustedArchive(
    program
      .command("undelete [backup]")
      .description(
        "bring back what somebody deleted from a versioned bucket: a backup, the log or the archive's records",
      ),
  )
    .option("--wal", "the segments of the log, instead of a backup")
    .option("--records", "the archive's own records, instead of a backup: they come first")
    .option("--expired", "also what a prune gave up on purpose", false)
    .option("--dry-run", "print what would come back; touches nothing", false)
    .addHelpText("after", help)
    .action((backup: string | undefined, flags: UndeleteOptions) =>
      run("undelete", async (reporter) => {
        const wanted = wantedOf(backup, flags);
        const archive = await archiveOf(flags, options());
        const trustedKeys = await trustedKeysOf(flags, options());
        const context = undeleteContext({ archive, trustedKeys, wanted, expired: flags.expired, holder: hostname() });
        if (flags.dryRun) {
          await chooseUndelete(context);
          for (const { place, objects } of context.chosen) {
            for (const { key, marker } of objects)
              context.undeleted.push({ place: place.place, key, deletedAt: marker.at.toISOString() });
          }
        } else await runProcedure(undelete, context, reporter);
        const { undeleted, left } = context;
        const text = undeleteTable(context, flags.dryRun ? "would come back" : "came back");
        const exitCode = left.length > 0 ? ExitCode.Damaged : ExitCode.Done;
        return { result: { dryRun: flags.dryRun, undeleted, left }, text, exitCode };
      }),
    );
}

function wantedOf(backupId: string | undefined, { wal, records }: UndeleteOptions): Wanted {
  const given = [backupId, wal, records].filter((part) => part !== undefined);
  if (given.length !== 1) {
    const remedy = "Name one backup, or write --wal or --records.";
    const problem =
      given.length === 0 ? "is missing" : "does not go with --wal and --records, nor these with each other";
    throw mistake(problem, backupId, remedy);
  }
  if (wal) return { kind: "wal" };
  if (backupId === undefined) return { kind: "records" };
  if (!isBackupId(backupId))
    throw mistake("is no name of a backup", backupId, "Look at `neumann-backup list --hidden`.");
  return { kind: "backup", backupId };
}

function mistake(problem: string, received: unknown, remedy: string): InputError {
  return new InputError("Nothing can be undeleted", [{ path: "backup", problem, received, remedy }]);
}
