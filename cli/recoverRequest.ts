import { readFile } from "node:fs/promises";
import path from "node:path";
import { checkHostStructure, type KnownHost, resolveHosts } from "../components/hosts";
import { checkProtection } from "../components/protection";
import { isRecoveryId } from "../model/layout";
import { parseLocation } from "../model/locationText";
import { identityOfFile } from "../model/identityFile";
import { InputError, Mistakes } from "../model/mistakes";
import { nodeKeysOf, parseRecoveryKit, type RecoveryKit } from "../model/recoveryKit";
import { ArchiveKind, type ArchiveLocation, type ArchiveSpec } from "../model/reference";
import { parseRestorePoint } from "../model/restorePoint";
import { type Flag, type GivenFlags, readFlags } from "./flags";
import { checkMadeHere, readHosts } from "./hostsFile";
import type { RecoveryRequest } from "./program";

export const recoverFlags: readonly Flag[] = [
  { name: "hosts", value: "FILE", help: "the new nodes, see below; required" },
  {
    name: "archive",
    value: "PLACE",
    help: "takes the backups of the recovered cluster: new and empty, or the word kit; required",
  },
  { name: "recovery-id", value: "ID", help: "names this recovery for ever, such as 2026-11-23; required" },
  { name: "offsite", value: "PLACE", help: "where the off-site archive is now; default: what the kit says" },
  { name: "restore-point", value: "POINT", help: "default latest-offsite; docs/recovery.md has all" },
  { name: "cluster-name", value: "NAME", help: "[cluster] name in config.toml; default: the kit's cluster id" },
  { name: "credentials-file", value: "FILE", help: "like ~/.aws/credentials, for buckets: here and on each new node" },
  { name: "profile", value: "NAME", help: "section of that file; without these the environment and roles count" },
  { name: "identity-file", value: "FILE", help: "opens encrypted backups: a file that age-keygen wrote" },
  { name: "known-keys-only", help: "restore only what the nodes named in the kit have signed" },
  { name: "dry-run", help: "show the plan with its digest and end" },
  { name: "approve", value: "DIGEST", help: "restore, if the plan is the one with this digest" },
  { name: "yes", help: "restore whatever the plan is" },
  { name: "work", value: "FOLDER", help: "for what a run needs; default neumann-recovery-ID here" },
  { name: "json", help: "the result as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

/** What the command line and the files that it names come to. */
export interface RecoverOrder {
  kit: RecoveryKit;
  request: RecoveryRequest;
  work: string;
  dryRun: boolean;
  yes: boolean;
}

const subject = "The recovery cannot begin, and nothing was touched";

/**
 * Reads and checks everything that was given, before anything is touched.
 * @throws InputError with all mistakes.
 */
export async function readOrder(argv: readonly string[]): Promise<RecoverOrder> {
  const mistakes = new Mistakes();
  const flags = readFlags(argv, recoverFlags, mistakes);
  const kit = await readKit(flags.words, mistakes);
  const hosts = await hostsOf(flags, mistakes);
  checkTexts(flags, mistakes);
  const recoveryId = required(flags, "recovery-id", mistakes);
  const archive = archiveOf(kit, flags, mistakes);
  const identity = await identityOfFile(flags.text("identity-file"), (name) => readFile(name, "utf8"), mistakes);
  if (hosts !== undefined) checkTogether(hosts, archive, mistakes);
  if (!kit || !hosts || !archive || !recoveryId) throw new InputError(subject, mistakes.all);
  mistakes.throwIfAny(subject);
  const policy = policyOf(kit, flags);
  const request: RecoveryRequest = { archive, hosts, policy, recoveryId, ...choicesOf(flags, archive) };
  if (identity !== undefined) request.identity = identity;
  const work = path.resolve(flags.text("work") ?? `neumann-recovery-${recoveryId}`);
  return { kit, request, work, dryRun: flags.has("dry-run"), yes: flags.has("yes") };
}

type Choices = Pick<RecoveryRequest, "clusterName" | "restorePoint" | "approvedPlanDigest">;

function choicesOf(flags: GivenFlags, { clusterId, offsite }: ArchiveSpec): Choices {
  const approvedPlanDigest = flags.text("approve");
  return {
    clusterName: flags.text("cluster-name") ?? clusterId,
    restorePoint: flags.text("restore-point") ?? (offsite === undefined ? "latest" : "latest-offsite"),
    ...(approvedPlanDigest === undefined ? {} : { approvedPlanDigest }),
  };
}

async function hostsOf(flags: GivenFlags, mistakes: Mistakes): Promise<KnownHost[] | undefined> {
  const file = required(flags, "hosts", mistakes);
  const hosts = file === undefined ? undefined : await readHosts(file, mistakes);
  if (hosts === undefined) return undefined;
  checkHostStructure(hosts, "hosts", mistakes);
  checkMadeHere(hosts, mistakes);
  return hosts;
}

/** As the components check it, which call hosts nodes; the kit's policy is checked already. */
function checkTogether(hosts: KnownHost[], archive: ArchiveSpec | undefined, mistakes: Mistakes): void {
  const found = new Mistakes();
  if (archive === undefined) resolveHosts(hosts, "nodes", found);
  else checkProtection({ nodes: hosts, archive }, found, () => false);
  for (const { path: at, problem, received, remedy } of found.all) {
    mistakes.add(at.replace(/^nodes\b/, "hosts"), problem.replace(/\bnodes\[/, "hosts["), received, remedy);
  }
}

/** Reads the one kit that the words name. */
export async function readKit(words: readonly string[], mistakes: Mistakes): Promise<RecoveryKit | undefined> {
  const [file, ...others] = words;
  if (file === undefined || others.length > 0) {
    mistakes.add("kit", "must be one file", words, "Write the file of the recovery kit: recover kit.json …");
    return undefined;
  }
  try {
    return parseRecoveryKit(await readFile(file, "utf8"), subject);
  } catch (error) {
    if (error instanceof InputError) {
      for (const m of error.mistakes) mistakes.add(`${file}: ${m.path}`, m.problem, m.received, m.remedy);
    } else {
      mistakes.add("kit", `cannot be read: ${(error as Error).message}`, file, "Name the file of the recovery kit.");
    }
    return undefined;
  }
}

function required(flags: GivenFlags, name: string, mistakes: Mistakes): string | undefined {
  const value = flags.text(name);
  if (value === undefined && !flags.has(name)) {
    mistakes.add(`--${name}`, "is missing", undefined, "recover --help tells what it is.");
  }
  return value;
}

type TextRule = [flag: string, good: (text: string) => boolean, problem: string, remedy: string];

const rules: readonly TextRule[] = [
  [
    "recovery-id",
    isRecoveryId,
    "cannot name a recovery",
    "Use letters, digits, dots and dashes, at most 63, such as 2026-11-23.",
  ],
  [
    "approve",
    (text) => /^[0-9a-f]{64}$/.test(text),
    "is no digest of a plan",
    "Copy the 64 hex digits that --dry-run shows.",
  ],
  ["cluster-name", (text) => /^\S+$/.test(text), "is no name for a cluster", "Such as prod."],
];

function checkTexts(flags: GivenFlags, mistakes: Mistakes): void {
  for (const [flag, good, problem, remedy] of rules) {
    const text = flags.text(flag);
    if (text !== undefined && !good(text)) mistakes.add(`--${flag}`, problem, text, remedy);
  }
  const point = flags.text("restore-point");
  try {
    if (point !== undefined) parseRestorePoint(point);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    for (const m of error.mistakes) mistakes.add("--restore-point", m.problem, m.received, m.remedy);
  }
}

function archiveOf(kit: RecoveryKit | undefined, flags: GivenFlags, mistakes: Mistakes): ArchiveSpec | undefined {
  const place = (flag: string): ArchiveLocation | undefined => {
    const text = flags.text(flag);
    return text === undefined ? undefined : parseLocation(text, `--${flag}`, mistakes);
  };
  const text = required(flags, "archive", mistakes);
  const [named, moved] = [text === "kit" ? undefined : place("archive"), place("offsite")];
  if (kit === undefined) return undefined;
  const { clusterId, offsite, ...old } = kit.archive;
  const first = text === "kit" ? old : named;
  if (first === undefined) return undefined;
  const away = moved ?? offsite;
  const primary = withCredentials(first, flags);
  return { ...primary, clusterId, ...(away === undefined ? {} : { offsite: withCredentials(away, flags) }) };
}

function withCredentials(place: ArchiveLocation, flags: GivenFlags): ArchiveLocation {
  const [file, profile] = [flags.text("credentials-file"), flags.text("profile")];
  if (place.kind !== ArchiveKind.S3 || place.credentials !== undefined) return place;
  if (file === undefined && profile === undefined) return place;
  const credentials = { ...(file === undefined ? {} : { file }), ...(profile === undefined ? {} : { profile }) };
  return { ...place, credentials };
}

function policyOf(kit: RecoveryKit, flags: GivenFlags): RecoveryRequest["policy"] {
  const { policy } = kit;
  if (!flags.has("known-keys-only")) return policy;
  const trustedKeys = [...new Set([...policy.signing.trustedKeys, ...nodeKeysOf(kit)])];
  return { ...policy, signing: { trustedKeys } };
}
