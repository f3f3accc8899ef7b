import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { randomUUID } from "node:crypto";
import path from "node:path";
import { findOnPath, isExecutable } from "./files";
import { defaultHome } from "./home";
import { withLock } from "./lock";
import { ToolchainError } from "./needs";
import { Steps } from "./progress";
import { account, run } from "./run";

/** A program of the laboratory that is built from its Go module. */
export interface GoProgram {
  /** What the built file is called. */
  name: string;
  /** The module's version, by which the built file is kept. */
  version: string;
  /** What it is to a reader of messages: "the S3 server". */
  role: string;
  /** The package with its `main`. */
  package: string;
  /** The folder of the `go.mod` that has it as a tool, with committed checksums. */
  module: string;
  /** The oldest Go that compiles it. */
  go: string;
  /** Further words of `go build`. @default none */
  flags?: readonly string[];
  /** The linker's further words. @default none */
  ldflags?: string;
  /** Further environment of `go build`. @default none */
  env?: NodeJS.ProcessEnv;
  /** Files of another module that the package in `module` embeds as if they lay beside it. @default none */
  embeds?: { module: string; folder: string; files: readonly string[] };
}

/** Where the program's file is, or will be. */
export function goProgramFile({ name, version }: GoProgram, pulumiHome = defaultHome()): string {
  return path.join(pulumiHome, "pulumi-neumann", `${name}-${version}`);
}

/** The program's file, built on first use and kept beside what else the toolchain builds. */
export async function ensureGoProgram(
  program: GoProgram,
  say: (line: string) => void,
  pulumiHome = defaultHome(),
): Promise<string> {
  const file = goProgramFile(program, pulumiHome);
  const [folder, name] = [path.dirname(file), path.basename(file)];
  if (isExecutable(file)) return file;
  const waiting = (seconds: number) => say(`waiting for another process that builds ${title(program)}: ${seconds} s`);
  return withLock(path.join(folder, `.${name}.lock`), { waiting }, async () => {
    if (!isExecutable(file)) await build(program, file, new Steps(say));
    return file;
  });
}

function title({ role, name }: GoProgram): string {
  return `${role} ${name}`;
}

async function build(program: GoProgram, file: string, steps: Steps): Promise<void> {
  if (findOnPath("go", process.env["PATH"]) === undefined) {
    const why = `${title(program)} for the tests is built from its Go modules, and go is not on PATH`;
    const remedy = `install Go ${program.go} or newer (https://go.dev/dl, or: brew install go)`;
    throw new ToolchainError([{ name: "go", why, remedy }]);
  }
  const cwd = program.module;
  if (!existsSync(path.join(cwd, "go.sum"))) throw new Error(`${cwd}/go.sum is missing from this checkout`);
  mkdirSync(path.dirname(file), { recursive: true });
  const temporary = `${file}.${randomUUID()}`;
  const ldflags = ["-ldflags", `-s -w ${program.ldflags ?? ""}`.trim()];
  const flags = ["-v", "-mod=readonly", "-buildvcs=false", ...(program.flags ?? []), ...ldflags];
  try {
    await steps.step(`building ${title(program)} ${program.version}`, async (detail) => {
      let lines = 0;
      const line = (text: string) => detail(text.startsWith("go: ") ? text : `${(lines += 1)} packages compiled`);
      const env = { ...process.env, GOWORK: "off", ...program.env };
      const args = ["build", ...flags, ...(await overlayFlags(program, temporary)), "-o", temporary, program.package];
      const result = await run("go", args, { cwd, env, timeoutSeconds: 1800, line });
      if (result.code !== 0) throw new Error(`go build of ${program.package} ${account(result)}`);
    });
    renameSync(temporary, file);
  } finally {
    for (const each of [temporary, overlayOf(temporary)]) rmSync(each, { force: true });
  }
}

const overlayOf = (temporary: string): string => `${temporary}.overlay.json`;

/** Shows the compiler files of a module where the package embeds them: nothing is copied into this checkout. */
async function overlayFlags({ embeds, module: cwd, env }: GoProgram, temporary: string): Promise<string[]> {
  if (embeds === undefined) return [];
  const args = ["mod", "download", "-json", embeds.module];
  const options = { cwd, env: { ...process.env, GOWORK: "off", ...env }, timeoutSeconds: 600 };
  const result = await run("go", args, options);
  if (result.code !== 0) throw new Error(`go mod download of ${embeds.module} ${account(result)}`);
  const { Dir: folder } = JSON.parse(result.stdout) as { Dir: string };
  const pairs = embeds.files.map((name) => [path.join(cwd, name), path.join(folder, embeds.folder, name)]);
  writeFileSync(overlayOf(temporary), JSON.stringify({ Replace: Object.fromEntries(pairs) as object }));
  return ["-overlay", overlayOf(temporary)];
}
