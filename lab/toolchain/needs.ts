import { existsSync, statfsSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { findOnPath } from "./files";

/** One thing that this machine lacks. */
export interface Lack {
  name: string;
  why: string;
  remedy: string;
}

/** Everything that is missing, in one message: nobody should install one thing only to be told of the next. */
export class ToolchainError extends Error {
  constructor(
    readonly lacks: readonly Lack[],
    readonly reason?: string,
  ) {
    const list = lacks.map((lack) => `  - ${lack.name}: ${lack.why}\n    ${lack.remedy}`).join("\n");
    super(`this machine lacks what the toolchain needs:\n${list}${reason === undefined ? "" : `\n(${reason})`}`);
    this.name = "ToolchainError";
  }
}

const packages: Record<string, { debian: string; brew: string }> = {
  tar: { debian: "tar", brew: "gnu-tar" },
  zstd: { debian: "zstd", brew: "zstd" },
};

/** Programs that the agent and the installation call and that are not on PATH. */
export function lackingPrograms(searchPath: string | undefined): Lack[] {
  return Object.entries(packages)
    .filter(([name]) => findOnPath(name, searchPath) === undefined)
    .map(([name, install]) => ({
      name,
      why: "backups are packed and unpacked with it, and it is not on PATH",
      remedy: `apt-get install ${install.debian}, or: brew install ${install.brew}`,
    }));
}

/** What a build of the engine needs beyond that. */
export function lackingForBuild(searchPath: string | undefined, folder: string): Lack[] {
  const lacks: Lack[] = [];
  if (findOnPath("go", searchPath) === undefined) {
    lacks.push({
      name: "go",
      why: "the Pulumi CLI could not be downloaded, so it must be built from its Go modules, and go is not on PATH",
      remedy: "install Go 1.25 or newer (https://go.dev/dl, or: brew install go), or put a Pulumi CLI on PATH",
    });
  }
  const free = freeGiB(folder);
  const temporary = freeGiB(os.tmpdir());
  const needed = 4;
  if (Math.min(free, temporary) < needed) {
    const [place, amount] = free < temporary ? [folder, free] : [os.tmpdir(), temporary];
    lacks.push({
      name: "disk space",
      why: `building the Pulumi CLI takes about ${needed} GiB, and ${amount.toFixed(1)} GiB are free at ${place}`,
      remedy: "free some space, or set PULUMI_HOME, GOCACHE, GOMODCACHE and TMPDIR to a larger file system",
    });
  }
  return lacks;
}

/** Free space where the path is, or will be, in GiB. */
export function freeGiB(folder: string): number {
  let existing = path.resolve(folder);
  while (!existsSync(existing)) existing = path.dirname(existing);
  const stat = statfsSync(existing);
  return (stat.bavail * stat.bsize) / 2 ** 30;
}
