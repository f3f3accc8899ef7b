import { parseArgs } from "node:util";

/** What `npm start -- …` was told. */
export interface DemoFlags {
  help: boolean;
  json: boolean;
  keep: boolean;
  /** Acknowledged writes at least. */
  writes: number;
  /** The working folder, if not `.work`. */
  work: string | undefined;
}

/** A flag that cannot be used: what is wrong with it. */
export class DemoUsageError extends Error {
  override readonly name = "DemoUsageError";
}

const fewest = 1000;
const most = 10_000_000;
const standardWrites = 50_000;

export const demoHelp = `Usage: npm start -- [flags]

Brings up a protected cluster of three nodes on this machine, writes to it, backs it up, destroys it,
recovers it from its off-site backup alone with \`pulumi up\`, compares every row, and reports.
Everything lies in .work; \`npm run clean\` removes it.

  --writes N   acknowledged writes, at least (default ${standardWrites}, from ${fewest} to ${most})
  --keep       leave the recovered cluster running, to look at it; \`npm run clean\` ends it
  --work DIR   another working folder than .work
  --json       the result as one line of JSON on standard output, progress on standard error
  --help       this text

Environment: NEUMANN_BIN names another folder with \`neumann\` and \`neumann-admin\`;
PULUMI_HOME the engine's folder; COMMAND_PLUGIN is auto, official or stand-in.

Exit codes: 0 PASS, 1 FAIL, 2 wrong flags, 3 another run is under way here, 130 stopped by Ctrl-C.
`;

/** @throws DemoUsageError that says what is wrong. */
export function parseFlags(argv: readonly string[]): DemoFlags {
  const { writes, ...others } = parsed(argv);
  return { ...others, work: others.work, writes: writes === undefined ? standardWrites : wholeNumber(writes) };
}

function parsed(argv: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const options = { help: { ...flag, short: "h" }, json: flag, keep: flag, writes: text, work: text } as const;
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw new DemoUsageError(`${(error as Error).message}\nnpm start -- --help shows the flags.`);
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= fewest && number <= most) return number;
  const range = `a whole number from ${fewest} to ${most}`;
  throw new DemoUsageError(
    `--writes must be ${range}, not ${JSON.stringify(text)}.\nnpm start -- --help shows the flags.`,
  );
}
