import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { InputError, Mistakes } from "../model/mistakes";
import { type BackupPolicy, type BackupPolicyOverrides, resolvePolicy } from "../model/policy";
import { type Flag, type GivenFlags, readFlags } from "./flags";

export const rehearseFlags: readonly Flag[] = [
  { name: "project", value: "DIR", help: "folder of the program's Pulumi.yaml; required" },
  { name: "stack", value: "NAME", help: "its stack, whose configuration says rehearsal: true; required" },
  { name: "policy", value: "FILE", help: "the cluster's policy as JSON: what differs from the standard one" },
  { name: "report", value: "DIR", help: "for report.json; default: here" },
  { name: "keep", help: "leave the recovered cluster there; the next run takes it down" },
  { name: "json", help: "the report as one line of JSON, for machines" },
  { name: "help", help: "this" },
];

/** What a command line comes to. */
export interface RehearseOrder {
  /** Folder of the program's `Pulumi.yaml`. */
  project: string;
  stack: string;
  policy: BackupPolicy;
  report: string;
  keep: boolean;
}

/** @throws InputError with all mistakes. */
export async function readRehearsal(argv: readonly string[]): Promise<RehearseOrder> {
  const mistakes = new Mistakes();
  const flags = readFlags(argv, rehearseFlags, mistakes);
  if (flags.words.length > 0) {
    mistakes.add("rehearse", "takes no words", flags.words, "Everything is said by flags: --help shows them.");
  }
  const project = required(flags, "project", "Name the folder in which the program's Pulumi.yaml lies.", mistakes);
  const stack = required(flags, "stack", "Name a stack whose configuration says rehearsal: true.", mistakes);
  if (project !== undefined) await checkProject(project, mistakes);
  const policy = await policyOf(flags.text("policy"), mistakes);
  mistakes.throwIfAny("The rehearsal cannot begin, and nothing was touched");
  return {
    project: path.resolve(project as string),
    stack: stack as string,
    policy: policy as BackupPolicy,
    report: path.resolve(flags.text("report") ?? "."),
    keep: flags.has("keep"),
  };
}

function required(flags: GivenFlags, flag: string, remedy: string, mistakes: Mistakes): string | undefined {
  const value = flags.text(flag);
  if (value === undefined) mistakes.add(`--${flag}`, "is required", undefined, remedy);
  return value;
}

async function checkProject(folder: string, mistakes: Mistakes): Promise<void> {
  const file = path.join(folder, "Pulumi.yaml");
  const found = await stat(file).catch(() => undefined);
  if (found?.isFile() === true) return;
  mistakes.add("--project", "holds no Pulumi.yaml", folder, "Name the folder in which the program's Pulumi.yaml lies.");
}

async function policyOf(file: string | undefined, mistakes: Mistakes): Promise<BackupPolicy | undefined> {
  if (file === undefined) return resolvePolicy({});
  try {
    return resolvePolicy(JSON.parse(await readFile(file, "utf8")) as BackupPolicyOverrides);
  } catch (error) {
    if (error instanceof InputError) {
      for (const m of error.mistakes) mistakes.add(`--policy ${file}: ${m.path}`, m.problem, m.received, m.remedy);
    } else {
      const problem = `cannot be read: ${(error as Error).message}`;
      mistakes.add("--policy", problem, file, "Name a file with the policy as JSON.");
    }
    return undefined;
  }
}
