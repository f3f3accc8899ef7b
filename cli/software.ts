import { locationText } from "../model/locationText";
import { InputError, Mistakes } from "../model/mistakes";
import type { RecoveryKit } from "../model/recoveryKit";
import type { BackupSoftware } from "../model/software";
import { formatBytes } from "../model/units";
import { runAgent } from "./agent";
import { type Flag, flagHelp, readFlags } from "./flags";
import { readKit } from "./recoverRequest";
import { ExitCode, facts, type Terminal } from "./terminal";

const flags: readonly Flag[] = [
  { name: "to", value: "FOLDER", help: "where it is put; required" },
  { name: "offsite", value: "PLACE", help: "where the off-site archive is now; default: what the kit says" },
  { name: "json", help: "the result as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

export const softwareHelp = `Usage: npx pulumi-neumann software KIT --to FOLDER [--offsite PLACE]

Fetches what the newest off-site backup carries for new nodes: the database's package or its programs, a config.toml to
begin with, the agent, and the Node that the hosts had for it. Each file is checked by the hash in the backup's signed
manifest; where the kit names trusted keys, one of them must have signed it.

${flagHelp(flags)}

Credentials of a bucket are taken from the environment, or named in PLACE (credentials-file, profile).
Exit codes: 0 done, 2 wrong input, 3 other files are in the way, 4 the archive cannot be read, 5 a file is damaged.`;

interface Fetched {
  backupId: string;
  files: (BackupSoftware & { file: string })[];
}

/** `software`: the exit code. @throws InputError, CommandFailure */
export async function software(argv: readonly string[], terminal: Terminal): Promise<number> {
  const { kit, to, place, json } = await readOrder(argv);
  const { trustedKeys } = kit.policy.signing;
  const trust = trustedKeys.length === 0 ? [] : ["--trusted-keys", trustedKeys.join(",")];
  const words = ["software", "--to", to, "--offsite", place, "--cluster", kit.clusterId, ...trust];
  const printed = await runAgent(words, [ExitCode.Input, ExitCode.Refused, ExitCode.Damaged]);
  if (json) terminal.out(printed.trim());
  else terminal.out(described(JSON.parse(printed) as Fetched, trustedKeys.length));
  return ExitCode.Done;
}

interface Order {
  kit: RecoveryKit;
  to: string;
  place: string;
  json: boolean;
}

/** @throws InputError with all mistakes. */
async function readOrder(argv: readonly string[]): Promise<Order> {
  const mistakes = new Mistakes();
  const given = readFlags(argv, flags, mistakes);
  const kit = await readKit(given.words, mistakes);
  const to = given.text("to");
  if (to === undefined) mistakes.add("--to", "is missing", undefined, "Name a folder for the files.");
  const place = given.text("offsite") ?? placeIn(kit, mistakes);
  mistakes.throwIfAny(subject);
  if (kit === undefined || to === undefined || place === undefined) throw new InputError(subject, mistakes.all);
  return { kit, to, place, json: given.has("json") };
}

const subject = "The software cannot be fetched";

/** The off-site archive of a kit. */
function placeIn(kit: RecoveryKit | undefined, mistakes: Mistakes): string | undefined {
  if (kit === undefined) return undefined; // That is said already.
  if (kit.archive.offsite !== undefined) return locationText(kit.archive.offsite);
  mistakes.add("--offsite", "is missing: the kit names no off-site archive", undefined, "Name it, if there is one.");
  return undefined;
}

function described({ backupId, files }: Fetched, keys: number): string {
  const rows = files.map(({ role, file, bytes }): [string, string] => [role, `${file} (${formatBytes(bytes)})`]);
  const trust = keys === 0 ? "whoever signed it: the kit names no trusted keys" : "signed by a key that the kit trusts";
  return `Of off-site backup ${backupId}, ${trust}:\n${facts(rows)}`;
}
