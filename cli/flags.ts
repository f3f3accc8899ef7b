import { parseArgs } from "node:util";
import type { Mistakes } from "../model/mistakes";

/** A flag of a command. */
export interface Flag {
  name: string;
  /** Stands for its value in the help; without one it takes none. */
  value?: string;
  help: string;
}

/** What a command line says. */
export interface GivenFlags {
  words: string[];
  text(name: string): string | undefined;
  has(name: string): boolean;
}

/** Reads a command line; collects what is wrong with it. */
export function readFlags(argv: readonly string[], flags: readonly Flag[], mistakes: Mistakes): GivenFlags {
  const options = Object.fromEntries(
    flags.map(({ name, value }) => [name, { type: value === undefined ? ("boolean" as const) : ("string" as const) }]),
  );
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true });
  const given = new Map<string, string | true>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === "positional") words.push(token.value);
    if (token.kind !== "option") continue;
    const flag = flags.find(({ name }) => name === token.name);
    const problem = problemOf(flag, token.value, given);
    if (problem === undefined) given.set(token.name, token.value ?? true);
    else mistakes.add(token.rawName, problem, token.value, "--help shows all flags.");
  }
  return {
    words,
    has: (name) => given.has(name),
    text: (name) => {
      const value = given.get(name);
      return value === true ? undefined : value;
    },
  };
}

function problemOf(
  flag: Flag | undefined,
  value: string | undefined,
  given: ReadonlyMap<string, unknown>,
): string | undefined {
  if (flag === undefined) return "is no flag of this command";
  if (given.has(flag.name)) return "is there twice";
  if (flag.value === undefined) return value === undefined ? undefined : "takes no value";
  return value === undefined || value === "" ? "needs a value" : undefined;
}

/** The flags as the help shows them. */
export function flagHelp(flags: readonly Flag[]): string {
  const named = flags.map(({ name, value, help }) => [`--${name}${value === undefined ? "" : ` ${value}`}`, help]);
  const width = Math.max(...named.map(([name = ""]) => name.length));
  return named.map(([name = "", help = ""]) => `  ${name.padEnd(width)}  ${help}`).join("\n");
}
