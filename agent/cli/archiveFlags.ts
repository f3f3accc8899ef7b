import type { Command } from "commander";
import { parseLocation } from "../../model/locationText";
import { Mistakes } from "../../model/mistakes";
import type { ArchiveLocation, ArchiveSpec } from "../../model/reference";
import { checkTrustedKeys } from "../../model/signature";
import { loadNode } from "../context";
import { loadOwnNode } from "../signing";
import type { GlobalOptions } from "./program";

export interface ArchiveOptions {
  archive?: string;
  /** false: `--no-offsite`. */
  offsite?: string | false;
  cluster?: string;
}

export interface TrustOptions extends ArchiveOptions {
  trustedKeys?: string;
}

/** Where only the off-site archive is left, the first one is a folder that is not there. */
const lost: ArchiveLocation = { kind: "directory", location: "/nonexistent/the-first-archive-is-lost" };

/** The archive of the flags, for a machine that has no agent; else that of the agent's configuration. */
export async function archiveOf(flags: ArchiveOptions, options: GlobalOptions): Promise<ArchiveSpec> {
  const { archive, offsite, cluster } = flags;
  const mistakes = new Mistakes();
  if (archive === undefined && !offsite) {
    // Taken without a word, it would be the cluster of the configuration that is shown.
    mistakes.require(cluster === undefined, {
      path: "--cluster",
      problem: "goes with --archive or --offsite only",
      received: cluster,
      remedy: "Name the archive too, or leave it out for the cluster of the agent's configuration.",
    });
    mistakes.throwIfAny("The archive cannot be opened");
    return (await loadNode(options.config)).config.archive;
  }
  const place = (flag: string, text: string | false | undefined): ArchiveLocation | undefined =>
    text ? parseLocation(text, flag, mistakes) : undefined;
  const primary = place("--archive", archive) ?? lost;
  const away = place("--offsite", offsite);
  if (cluster === undefined) {
    const remedy = "Name the cluster as in the archive's first folder: --cluster prod.";
    mistakes.add("--cluster", "is missing", undefined, remedy);
  }
  mistakes.throwIfAny("The archive cannot be opened");
  return { ...primary, clusterId: cluster ?? "", ...(away === undefined ? {} : { offsite: away }) };
}

/**
 * The keys that the flags name; else those of the agent's configuration, unless the archive was named on the command line.
 */
export async function trustedKeysOf(flags: TrustOptions, options: GlobalOptions): Promise<readonly string[]> {
  if (flags.trustedKeys !== undefined) {
    const keys = flags.trustedKeys.split(",").map((key) => key.trim());
    const mistakes = new Mistakes();
    checkTrustedKeys(keys, "--trusted-keys", mistakes);
    mistakes.throwIfAny("The signatures cannot be checked");
    return keys;
  }
  if (flags.archive !== undefined || flags.offsite) return [];
  return (await loadOwnNode(options.config)).config.policy.signing.trustedKeys;
}

/** Adds the flags of `archiveOf` and `trustedKeysOf`. */
export function withTrustedArchive(command: Command): Command {
  return withArchive(command).option(
    "--trusted-keys <keys>",
    "public keys, with commas between them: only what one of them signed counts as good",
  );
}

/** Adds the flags of `archiveOf`. */
export function withArchive(command: Command): Command {
  return command
    .option(
      "--archive <place>",
      "the archive, where there is no agent's configuration: folder or s3://bucket/prefix?region=…",
    )
    .option("--offsite <place>", "the off-site archive, likewise")
    .option("--cluster <id>", "the cluster's name in the archive, likewise");
}
