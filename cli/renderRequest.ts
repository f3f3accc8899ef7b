import { readFile } from "node:fs/promises";
import type { KnownKubernetesBackups, KubernetesBackupsArgs } from "../components/kubernetes/kubernetesBackupsArgs";
import { checkValues, requestOf as backupRequest } from "../components/kubernetes/kubernetesBackupsChecks";
import type { BackupRequest } from "../model/kubernetes/request";
import { isSecret, type Mistakes, Mistakes as MistakeList, secretShown } from "../model/mistakes";
import { type Flag, readFlags } from "./flags";

export const renderFlags: readonly Flag[] = [
  { name: "config", value: "FILE", help: "what KubernetesBackups would be given, as JSON; required" },
  { name: "out", value: "DIR", help: "a file for each object; default: one stream to standard output" },
  { name: "patch", help: "without --out: the patch of the StatefulSet, in place of the objects" },
  { name: "json", help: "with --out: what was written as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

/** What a command line comes to. */
export interface RenderOrder {
  request: BackupRequest;
  /** Folder for the files. */
  out?: string;
  /** The patch of the StatefulSet is wanted, and nothing else. */
  onlyPatch: boolean;
}

const subject = "Nothing can be rendered, and nothing was written";
const shape = "render --help shows what belongs there.";

/** @throws InputError with all mistakes. */
export async function readRender(argv: readonly string[]): Promise<RenderOrder> {
  const mistakes = new MistakeList();
  const flags = readFlags(argv, renderFlags, mistakes);
  if (flags.words.length > 0) {
    mistakes.add("render", "takes no words", flags.words, "Everything is said by flags: --help shows them.");
  }
  if (flags.has("patch") && flags.has("out")) {
    mistakes.add("--patch", "is for standard output, and --out writes all", undefined, "Leave out one of them.");
  }
  if (flags.has("json") && !flags.has("out")) {
    mistakes.add(
      "--json",
      "tells what was written, and without --out nothing is",
      undefined,
      "Name a folder by --out.",
    );
  }
  const given = await configOf(flags.text("config"), flags.has("config"), mistakes);
  const request = given === undefined ? undefined : requestOf(given, mistakes);
  mistakes.throwIfAny(subject);
  const out = flags.text("out");
  return {
    request: request as BackupRequest,
    onlyPatch: flags.has("patch"),
    ...(out === undefined ? {} : { out }),
  };
}

type Config = Record<string, unknown>;

async function configOf(file: string | undefined, said: boolean, mistakes: Mistakes): Promise<Config | undefined> {
  if (file === undefined) {
    if (!said) mistakes.add("--config", "is required", undefined, "Name a file with JSON: render --help shows one.");
    return undefined;
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    mistakes.add("--config", `cannot be read: ${(error as Error).message}`, file, "Name a file with JSON.");
    return undefined;
  }
  const found = parsed(text);
  if (typeof found === "object" && found !== null && !Array.isArray(found)) return found as Config;
  // Of a text that is no JSON nobody knows which part is secret.
  mistakes.add(`--config ${file}`, "is no object in JSON", secretShown, shape);
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** Arguments of KubernetesBackups. */
const known: Record<keyof KubernetesBackupsArgs, true> = {
  namespace: true,
  statefulSet: true,
  configMap: true,
  clusterDomain: true,
  image: true,
  databaseImage: true,
  programDirectory: true,
  imagePullSecrets: true,
  archive: true,
  policy: true,
  credentialsSecret: true,
  workloadIdentity: true,
  pruneCredentialsSecret: true,
  authorities: true,
  signingKeySecret: true,
  schedules: true,
  accountAnnotations: true,
  sidecarResources: true,
  jobResources: true,
  jobScheduling: true,
  scratch: true,
  traffic: true,
  monitoring: true,
};

/** Who installs the agent, for people who look at it. */
export const renderOwner = "npx pulumi-neumann render";

function requestOf(config: Config, mistakes: Mistakes): BackupRequest | undefined {
  for (const [name, value] of Object.entries(config)) {
    if (Object.hasOwn(known, name)) continue;
    mistakes.add(name, "is not known", value, `Use one of: ${Object.keys(known).join(", ")}.`);
  }
  if (refusesSecrets(config, mistakes)) return undefined;
  const args = config as unknown as KnownKubernetesBackups;
  if (args.signingKeySecret === undefined) {
    const remedy = "Make a Secret with a key once, as render --help shows, and write its name.";
    mistakes.add("signingKeySecret", "is required: no file that is rendered holds a key", undefined, remedy);
  }
  const keyless = args.credentialsSecret === undefined && args.workloadIdentity !== true;
  if (keyless) {
    const remedy = "Write the name of a Secret, or workloadIdentity: true where the accounts have the rights.";
    mistakes.add("credentialsSecret", "is required: no file that is rendered holds a key", undefined, remedy);
  }
  // What would be said of keys in the archive is of no use here.
  checkValues(keyless ? { ...args, credentialsSecret: "none" } : args, mistakes, () => false);
  return mistakes.all.length > 0 ? undefined : backupRequest(args, renderOwner);
}

/** What is rendered is committed: keys are in Secrets that somebody else makes. True if one is here. */
function refusesSecrets(config: Config, mistakes: Mistakes): boolean {
  const before = mistakes.all.length;
  const look = (value: unknown, path: string): void => {
    if (typeof value === "object" && value !== null) {
      const at = Array.isArray(value) ? (name: string) => `${path}[${name}]` : (name: string) => `${path}.${name}`;
      for (const [name, inner] of Object.entries(value)) look(inner, path === "" ? name : at(name));
    } else if (isSecret(path) || path.endsWith(".accessKeyId") || isKey(value)) {
      const remedy = "Take it out, put it into a Secret, and write the Secret's name: render --help shows how.";
      mistakes.add(path, "is a secret, and what is rendered is for everybody who reads it", secretShown, remedy);
    }
  };
  look(config, "");
  return mistakes.all.length > before;
}

function isKey(value: unknown): boolean {
  return typeof value === "string" && /PRIVATE KEY-----|AGE-(SECRET-KEY|PLUGIN)-|:\/\/[^\s"]*@/i.test(value);
}
