import { writeFile } from "node:fs/promises";
import { Mistakes } from "../model/mistakes";
import { parseRecoveryKit, type RecoveryKit, serializeRecoveryKit } from "../model/recoveryKit";
import { runAgent } from "./agent";
import { type Flag, flagHelp, readFlags } from "./flags";
import { readKit } from "./recoverRequest";
import { CommandFailure, ExitCode, facts, type Terminal } from "./terminal";
import { describeLocation } from "../model/reference";

const flags: readonly Flag[] = [
  { name: "offsite", value: "PLACE", help: "fetch: the off-site archive, a folder or s3://bucket/prefix?region=…" },
  { name: "archive", value: "PLACE", help: "fetch: the first archive, likewise" },
  { name: "cluster", value: "ID", help: "fetch: the cluster's name in the archive" },
  { name: "out", value: "FILE", help: "fetch: a new file for the kit; default: it is printed" },
  { name: "json", help: "print, verify: as one line of JSON" },
  { name: "help", help: "this" },
];

export const kitHelp = `Usage: npx pulumi-neumann kit verify KIT
       npx pulumi-neumann kit print KIT
       npx pulumi-neumann kit fetch --offsite PLACE --cluster ID [--out FILE]

verify tells whether a recovery kit is whole, and of what; print also what a person does with it; fetch gets the newest
one from an archive. Whoever can write into an archive can put a kit there: trust a copy of your own more.

${flagHelp(flags)}

Exit codes: 0 done, 2 wrong input or no whole kit, 4 the archive cannot be read.`;

/** `kit`: the exit code. @throws InputError, CommandFailure */
export async function kit(argv: readonly string[], terminal: Terminal): Promise<number> {
  const mistakes = new Mistakes();
  const given = readFlags(argv, flags, mistakes);
  const [action, ...words] = given.words;
  if (action === "fetch" && words.length === 0) {
    mistakes.throwIfAny("The kit cannot be fetched");
    const place = (["offsite", "archive", "cluster"] as const).flatMap((name) => {
      const value = given.text(name);
      return value === undefined ? [] : [`--${name}`, value];
    });
    if (place.length === 0) mistakes.add("--offsite", "is missing", undefined, "Name the archive and its cluster.");
    mistakes.throwIfAny("The kit cannot be fetched");
    return fetchKit(place, given.text("out"), terminal);
  }
  if (action !== "print" && action !== "verify") {
    mistakes.add("kit", "does not know what to do", action, "Write verify, print or fetch.");
    mistakes.throwIfAny("The command is wrong");
  }
  const found = await readKit(words, mistakes);
  mistakes.throwIfAny("The kit cannot be used");
  if (found === undefined) throw new Error("what is missing is a mistake");
  const text = action === "print" ? `${describeKit(found)}\n\n${found.steps.join("\n")}` : describeKit(found);
  terminal.out(given.has("json") ? JSON.stringify(found) : text);
  return ExitCode.Done;
}

/** What a kit is of, in a few lines. */
export function describeKit({ clusterId, archive, nodes, policy, versions, seal, kubernetes }: RecoveryKit): string {
  const keys = policy.signing.trustedKeys.length;
  return facts([
    ["cluster", clusterId],
    ["first archive", describeLocation(archive)],
    ["off-site", archive.offsite === undefined ? "none" : describeLocation(archive.offsite)],
    ["nodes", nodes.map(({ nodeId, address }) => `${nodeId} (${address})`).join(", ")],
    ...(kubernetes === undefined
      ? []
      : [["pods of", `StatefulSet ${kubernetes.statefulSet}, namespace ${kubernetes.namespace}`] as const]),
    ["trusted keys", keys === 0 ? "none named: whoever signed" : String(keys)],
    ["made with", `pulumi-neumann ${versions.library}, agent ${versions.agent.slice(0, 16)}`],
    ["seal", `${seal}: whole`],
  ]);
}

/** By the agent, which knows every kind of archive. */
async function fetchKit(place: readonly string[], out: string | undefined, terminal: Terminal): Promise<number> {
  const printed = await runAgent(["kit", ...place], [ExitCode.Input]);
  // It comes as the result object of the agent: whatever its layout, the seal is over the content.
  const found = parseRecoveryKit(printed, "What the archive holds is no recovery kit");
  const text = serializeRecoveryKit(found);
  if (out === undefined) {
    terminal.out(text.trimEnd());
    return ExitCode.Done;
  }
  try {
    await writeFile(out, text, { flag: "wx" });
  } catch (error) {
    throw new CommandFailure(`The kit was not written: ${(error as Error).message}`, ExitCode.Input);
  }
  terminal.out(`${describeKit(found)}\n\nwritten to ${out}`);
  return ExitCode.Done;
}
