import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import type { Command } from "commander";
import { Mistakes } from "../../model/mistakes";
import { noJson } from "../../model/parse";
import { type BackupPolicy, type BackupPolicyOverrides, resolvePolicy } from "../../model/policy";
import type { ArchiveSpec } from "../../model/reference";
import { chooseExpiry } from "../commands/expiry";
import { prune, type PruneContext } from "../commands/prune";
import { isCode } from "../host/files";
import { runProcedure } from "../run/steps";
import { loadOwnNode } from "../signing";
import { type ArchiveOptions, archiveOf, withArchive } from "./archiveFlags";
import { expiryTable } from "./output";
import type { GlobalOptions, Runner } from "./program";

interface PruneOptions extends ArchiveOptions {
  policy?: string;
  dryRun: boolean;
}

const examples = `
Examples:
  neumann-backup prune --dry-run
  neumann-backup prune --json
  neumann-backup prune --archive 's3://acme-backup?region=eu-central-1&profile=prune-near' \\
    --offsite 's3://acme-offsite?region=eu-west-1&profile=prune-away' --cluster prod --policy policy.json

In a bucket what goes is tagged neumann-backup=expired, and a lifecycle rule of the bucket deletes it. Nodes have no keys
for that: run it where those keys are, once a day (docs/agent.md).`;

/** The command that deletes: by the policy of the agent's configuration, or of a file, and nothing else. */
export function addPruneCommand(program: Command, run: Runner, options: () => GlobalOptions): void {
  withArchive(
    program
      .command("prune")
      .description("give up what the policy no longer keeps: manifests, then data, the log last")
      .option("--dry-run", "print what would go and why; touches nothing", false),
  )
    .option(
      "--no-offsite",
      "with --archive, where the cluster has no off-site archive: else recoveries would not be seen",
    )
    .option("--policy <file>", "the policy as JSON, with --archive: what differs from the standard policy")
    .addHelpText("after", examples)
    .action((flags: PruneOptions) =>
      run("prune", async (reporter) => {
        const work = await workOf(flags, options());
        if (flags.dryRun) {
          const plan = await chooseExpiry(work);
          return { result: { dryRun: true, ...plan }, text: expiryTable(plan, "would go") };
        }
        const context: PruneContext = { ...work, expiring: [], finished: [] };
        await runProcedure(prune, context, reporter);
        const { pruneId = null, finished, plan } = context;
        const { expire = [], keep = [] } = plan ?? {};
        return {
          result: { pruneId, finished, expired: expire, kept: keep.length },
          text: expiryTable(plan, "given up"),
        };
      }),
    );
}

interface Work {
  archive: ArchiveSpec;
  policy: BackupPolicy;
  holder: string;
}

async function workOf(flags: PruneOptions, options: GlobalOptions): Promise<Work> {
  const mistakes = new Mistakes();
  const own = flags.archive === undefined && flags.offsite === undefined;
  if (own && flags.policy !== undefined) {
    mistakes.add("--policy", "goes with --archive only", flags.policy, "Leave it out.");
  }
  if (!own) checkNamed(flags, mistakes);
  const policy = flags.policy === undefined ? undefined : await readPolicy(flags.policy, mistakes);
  mistakes.throwIfAny(subject);
  if (policy !== undefined) {
    return { archive: await archiveOf(flags, options), policy: resolvePolicy(policy), holder: hostname() };
  }
  const { config } = await loadOwnNode(options.config);
  return {
    archive: flags.cluster === undefined ? config.archive : await archiveOf(flags, options),
    policy: config.policy,
    holder: config.node.id,
  };
}

const subject = "Nothing can be expired";

/** Nothing is taken for granted where archives are named by hand. */
function checkNamed({ policy, offsite, archive }: PruneOptions, mistakes: Mistakes): void {
  // By the standard policy more would go than a longer one promises: the policy is said, be it `{}`.
  mistakes.require(policy !== undefined, {
    path: "--policy",
    problem: "is missing",
    received: undefined,
    remedy: "Name a file with the cluster's policy; one with {} means the standard policy.",
  });
  // Records of recoveries lie off-site where there is such an archive: what they restore from must not go.
  mistakes.require(offsite !== undefined, {
    path: "--offsite",
    problem: "is missing",
    received: undefined,
    remedy: "Name the off-site archive, or write --no-offsite where the cluster has none.",
  });
  mistakes.require(archive !== undefined, {
    path: "--archive",
    problem: "is missing",
    received: undefined,
    remedy: "Name the first archive too: what cannot be seen is not judged.",
  });
}

async function readPolicy(file: string, mistakes: Mistakes): Promise<BackupPolicyOverrides | undefined> {
  const remedy = "Name a file with the policy as JSON.";
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    if (!isCode(error, "ENOENT", "ENOTDIR", "EISDIR")) throw error;
    mistakes.add("--policy", isCode(error, "EISDIR") ? "is a folder" : "names no file", file, remedy);
  });
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as BackupPolicyOverrides;
  } catch (error) {
    const { problem, received } = noJson(text, error as Error);
    mistakes.add(`--policy ${file}`, problem, received, remedy);
    return undefined;
  }
}
