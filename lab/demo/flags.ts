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
  /** Archives in folders, or in buckets of a real S3 server on loopback. */
  archive: DemoArchive;
}

const archives = ["folder", "s3"] as const;
export type DemoArchive = (typeof archives)[number];

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
  --archive A  where the backups go: folder (default), or s3: buckets of a real S3 server, built once
  --work DIR   another working folder than .work
  --json       the result as one line of JSON on standard output, progress on standard error
  --help       this text

Environment: NEUMANN_BIN names another folder with \`neumann\` and \`neumann-admin\`;
PULUMI_HOME the engine's folder; COMMAND_PLUGIN is auto, official or stand-in.

Exit codes: 0 PASS, 1 FAIL, 2 wrong flags, 3 another run is under way here, 130 stopped by Ctrl-C.
`;

/** @throws DemoUsageError that says what is wrong. */
export function parseFlags(argv: readonly string[]): DemoFlags {
  const { writes, archive, ...others } = parsed(argv);
  const flags = { ...others, work: others.work, archive: archiveKind(archive) };
  if (flags.keep && flags.archive === "s3") {
    throw usage("--keep does not go with --archive s3: the S3 server ends with this command.");
  }
  return { ...flags, writes: writes === undefined ? standardWrites : wholeNumber(writes) };
}

function archiveKind(text = "folder"): DemoArchive {
  const kind = archives.find((name) => name === text);
  if (kind === undefined) throw usage(`--archive must be ${archives.join(" or ")}, not ${JSON.stringify(text)}.`);
  return kind;
}

function usage(problem: string): DemoUsageError {
  return new DemoUsageError(`${problem}\nnpm start -- --help shows the flags.`);
}

function parsed(argv: readonly string[]) {
  const flag = { type: "boolean", default: false } as const;
  const text = { type: "string" } as const;
  const options = {
    help: { ...flag, short: "h" },
    json: flag,
    keep: flag,
    writes: text,
    work: text,
    archive: text,
  } as const;
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw usage((error as Error).message);
  }
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (/^\d+$/.test(text) && number >= fewest && number <= most) return number;
  const range = `a whole number from ${fewest} to ${most}`;
  throw usage(`--writes must be ${range}, not ${JSON.stringify(text)}.`);
}
