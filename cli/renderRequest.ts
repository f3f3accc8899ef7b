import { readFile } from "node:fs/promises";
import { identityOfFile } from "../model/identityFile";
import type { BackupRequest } from "../model/kubernetes/request";
import { type Mistakes, Mistakes as MistakeList } from "../model/mistakes";
import { type Flag, type GivenFlags, readFlags } from "./flags";
import { backupsOf, type ClusterOrder, clusterOf, readConfig, type RenderConfig, textOf } from "./renderConfig";

export const renderFlags: readonly Flag[] = [
  { name: "config", value: "FILE", help: "what the component would be given, as JSON; required" },
  {
    name: "kind",
    value: "KIND",
    help: "backups, of a StatefulSet that is there (default), or cluster, the database with its backups",
  },
  { name: "configuration", value: "FILE", help: "of a cluster: its config.toml, in place of `configuration`" },
  { name: "identity-file", value: "FILE", help: "of a cluster: opens encrypted backups, for its plan" },
  { name: "out", value: "DIR", help: "a file for each object; default: one stream to standard output" },
  { name: "patch", help: "without --out: the patch of the StatefulSet, in place of the objects" },
  { name: "json", help: "with --out: what was written as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

/** What a command line comes to. */
export interface RenderOrder {
  /** One of both. */
  backups?: BackupRequest;
  cluster?: ClusterOrder;
  /** Folder for the files. */
  out?: string;
  /** The patch of the StatefulSet is wanted, and nothing else. */
  onlyPatch: boolean;
}

const subject = "Nothing can be rendered, and nothing was written";

/** @throws InputError with all mistakes. */
export async function readRender(argv: readonly string[]): Promise<RenderOrder> {
  const mistakes = new MistakeList();
  const flags = readFlags(argv, renderFlags, mistakes);
  const kind = kindOf(flags, mistakes);
  checkFlags(flags, kind, mistakes);
  const config = await readConfig(flags.text("config"), flags.has("config"), mistakes);
  const found =
    config === undefined
      ? {}
      : kind === "cluster"
        ? { cluster: await readCluster(config, flags, mistakes) }
        : { backups: backupsOf(config, mistakes) };
  mistakes.throwIfAny(subject);
  const out = flags.text("out");
  return { ...(found as RenderOrder), onlyPatch: flags.has("patch"), ...(out === undefined ? {} : { out }) };
}

const kinds = ["backups", "cluster"];

function kindOf(flags: GivenFlags, mistakes: Mistakes): string {
  const kind = flags.text("kind") ?? "backups";
  if (!kinds.includes(kind)) mistakes.add("--kind", "is not known", kind, `Use one of: ${kinds.join(", ")}.`);
  return kind;
}

function checkFlags(flags: GivenFlags, kind: string, mistakes: Mistakes): void {
  if (flags.words.length > 0) {
    mistakes.add("render", "takes no words", flags.words, "Everything is said by flags: --help shows them.");
  }
  checkPatch(flags, kind, mistakes);
  for (const name of ["configuration", "identity-file"]) {
    if (!flags.has(name) || kind === "cluster") continue;
    mistakes.add(`--${name}`, "is a cluster's", undefined, "Write --kind cluster, or leave it out.");
  }
  if (flags.has("json") && !flags.has("out")) {
    const remedy = "Name a folder by --out.";
    mistakes.add("--json", "tells what was written, and without --out nothing is", undefined, remedy);
  }
}

function checkPatch(flags: GivenFlags, kind: string, mistakes: Mistakes): void {
  if (!flags.has("patch")) return;
  if (flags.has("out")) {
    mistakes.add("--patch", "is for standard output, and --out writes all", undefined, "Leave out one of them.");
  }
  if (kind === "cluster") {
    const remedy = "Leave it out.";
    mistakes.add("--patch", "is for a StatefulSet that is there, and a cluster has its own", undefined, remedy);
  }
}

async function readCluster(
  config: RenderConfig,
  flags: GivenFlags,
  mistakes: Mistakes,
): Promise<ClusterOrder | undefined> {
  const file = flags.text("configuration");
  const identity = await identityOfFile(flags.text("identity-file"), (name) => readFile(name, "utf8"), mistakes);
  if (file === undefined) return clusterOf(config, identity, mistakes);
  if (config["configuration"] !== undefined) {
    const remedy = "Leave out one of them.";
    mistakes.add("--configuration", "does not go with `configuration` in the other file", file, remedy);
  }
  const text = await textOf("--configuration", file, "Name the database's config.toml.", mistakes);
  return clusterOf({ ...config, configuration: text ?? "unread" }, identity, mistakes);
}
