import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, realpathSync, renameSync, rmSync, statSync } from "node:fs";
import path from "node:path";
import { findOnPath, isExecutable, readJson, writeJson } from "./files";
import { withLock } from "./lock";
import { lackingForBuild, lackingPrograms, ToolchainError } from "./needs";
import type { Steps } from "./progress";
import { unreachable } from "./reach";
import { account, run } from "./run";

/** The version of the Pulumi CLI that this project is developed and tested with. */
export const engineVersion = "3.259.0";

/** Where and with what an engine is looked for. */
export interface EngineOptions {
  pulumiHome: string;
  steps: Steps;
  /** The PATH to search and to run with. */
  searchPath: string | undefined;
  signal?: AbortSignal;
}

/** An engine with its language host beside it or on PATH. */
export interface Engine {
  pulumi: string;
  version: string;
  from: "path" | "cache" | "download" | "build";
}

const cliNames = ["pulumi-language-nodejs", "pulumi"] as const; // the CLI last: it is what others look for

/** Finds the engine, else downloads, else builds it. */
export async function ensureEngine(options: EngineOptions): Promise<Engine> {
  const found = (await onPath(options)) ?? cached(options.pulumiHome);
  if (found) return found;
  const lock = path.join(options.pulumiHome, "versions", `.${engineVersion}.lock`);
  const waiting = (seconds: number) =>
    options.steps.note(`waiting for another process that installs Pulumi ${engineVersion}: ${seconds} s`);
  return withLock(lock, { waiting, signal: options.signal }, async () => {
    const meanwhile = cached(options.pulumiHome);
    if (meanwhile) return meanwhile;
    removeLeftovers(options.pulumiHome);
    const blocked = await download(options);
    const from = blocked === undefined ? "download" : "build";
    if (blocked !== undefined) await buildEngine(options, blocked);
    const installed = cached(options.pulumiHome);
    if (!installed)
      throw new Error(`the ${from} of Pulumi ${engineVersion} ended without leaving it in ${options.pulumiHome}`);
    return { ...installed, from };
  });
}

/** The folder of the official npm shim's cache, which the Automation API uses too. */
export function versionRoot(pulumiHome: string): string {
  return path.join(pulumiHome, "versions", engineVersion);
}

function cached(pulumiHome: string): Engine | undefined {
  const bin = path.join(versionRoot(pulumiHome), "bin");
  if (!cliNames.every((name) => isExecutable(path.join(bin, name)))) return undefined;
  return { pulumi: path.join(bin, "pulumi"), version: engineVersion, from: "cache" };
}

/** Whether a CLI of this version may be used in place of {@link engineVersion}. */
export function acceptable(version: string): boolean {
  const parts = /^v?(\d+)\.(\d+)\.(\d+)$/.exec(version.trim());
  const [major, minor] = engineVersion.split(".").map(Number);
  return parts !== null && Number(parts[1]) === major && Number(parts[2]) >= (minor ?? 0);
}

async function onPath(options: EngineOptions): Promise<Engine | undefined> {
  const command = findOnPath("pulumi", options.searchPath);
  if (command === undefined) return undefined;
  const file = realpathSync(command);
  // npm puts the shim on PATH while it runs a script: asking that one for its version would start a download.
  if (file.includes(`${path.sep}node_modules${path.sep}`)) return undefined;
  const host = "pulumi-language-nodejs";
  if (!isExecutable(path.join(path.dirname(file), host)) && !findOnPath(host, options.searchPath)) return undefined;
  const version = await versionOf(file, options);
  return version !== undefined && acceptable(version) ? { pulumi: file, version, from: "path" } : undefined;
}

/** Asks a CLI for its version; the answer is kept, since the question takes half a second. */
async function versionOf(file: string, options: EngineOptions): Promise<string | undefined> {
  const note = path.join(options.pulumiHome, "pulumi-neumann", "cli-on-path.json");
  const stat = statSync(file);
  const key = `${file} ${stat.size} ${stat.mtimeMs}`;
  const known = readJson(note) as { key?: string; version?: string } | undefined;
  if (known?.key === key && typeof known.version === "string") return known.version;
  const env = { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true", PULUMI_HOME: options.pulumiHome };
  const result = await run(file, ["version"], { timeoutSeconds: 20, env, signal: options.signal });
  if (result.code !== 0) {
    options.steps.note(`ignoring ${file}: it ${account(result, 3)}`);
    return undefined;
  }
  const version = result.stdout.trim().replace(/^v/, "");
  writeJson(note, { key, version });
  return version;
}

function temporaryRoot(pulumiHome: string): string {
  const folder = path.join(pulumiHome, "versions", `.${engineVersion}-${randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Folders of runs that were killed. The lock is held, so nobody works in them. */
function removeLeftovers(pulumiHome: string): void {
  const versions = path.join(pulumiHome, "versions");
  for (const name of readdirSync(versions)) {
    if (name.startsWith(`.${engineVersion}-`)) rmSync(path.join(versions, name), { recursive: true, force: true });
  }
}

/** Moves a complete set of programs into the cache, the CLI last. */
function install(from: string, pulumiHome: string): void {
  const bin = path.join(versionRoot(pulumiHome), "bin");
  mkdirSync(bin, { recursive: true });
  const others = readdirSync(from).filter((name) => name !== "pulumi");
  for (const name of [...others, "pulumi"]) renameSync(path.join(from, name), path.join(bin, name));
}

/** Runs the official shim's own download into a folder aside. Returns why it could not, or undefined when done. */
async function download(options: EngineOptions): Promise<string | undefined> {
  const blocked = await unreachable("https://get.pulumi.com/install.sh", 10, options.signal);
  if (blocked !== undefined) return blocked;
  const shim = path.join(path.dirname(require.resolve("pulumi/package.json")), "run.js");
  const home = temporaryRoot(options.pulumiHome);
  const env = { ...process.env, PULUMI_HOME: home, PULUMI_VERSION: engineVersion, PULUMI_SKIP_UPDATE_CHECK: "true" };
  try {
    return await options.steps.step(`downloading Pulumi ${engineVersion}`, async (detail) => {
      const line = (text: string) => detail(text.trim());
      const result = await run(process.execPath, [shim, "version"], {
        timeoutSeconds: 600,
        env,
        signal: options.signal,
        line,
      });
      const bin = path.join(versionRoot(home), "bin");
      if (result.code !== 0 || !cliNames.every((name) => isExecutable(path.join(bin, name)))) {
        return `the download of Pulumi ${engineVersion} ${account(result, 5)}`;
      }
      install(bin, options.pulumiHome);
      return undefined;
    });
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

const builds = [
  {
    folder: "language-host",
    name: "pulumi-language-nodejs",
    module: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
  { folder: "engine", name: "pulumi", module: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
] as const;

async function buildEngine(options: EngineOptions, reason: string): Promise<void> {
  const lacks = [...lackingPrograms(options.searchPath), ...lackingForBuild(options.searchPath, options.pulumiHome)];
  if (lacks.length > 0) throw new ToolchainError(lacks, reason);
  options.steps.note(`building Pulumi ${engineVersion} from its Go modules, once (a few minutes), because ${reason}`);
  const temporary = temporaryRoot(options.pulumiHome);
  try {
    for (const target of builds) await build(target, temporary, options);
    install(temporary, options.pulumiHome);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

async function build(target: (typeof builds)[number], into: string, options: EngineOptions): Promise<void> {
  const cwd = path.join(__dirname, target.folder);
  if (!existsSync(path.join(cwd, "go.sum")))
    throw new Error(`${path.join(cwd, "go.sum")} is missing from this checkout`);
  const version = `-X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${engineVersion}`;
  const args = ["build", "-v", "-mod=readonly", "-buildvcs=false", "-ldflags", `-s -w ${version}`];
  await options.steps.step(`building ${target.name}`, async (detail) => {
    let lines = 0;
    const line = (text: string) => detail(text.startsWith("go: ") ? text : `${(lines += 1)} packages compiled`);
    const result = await run("go", [...args, "-o", path.join(into, target.name), target.module], {
      cwd,
      env: { ...process.env, GOWORK: "off" },
      timeoutSeconds: 3600,
      signal: options.signal,
      line,
    });
    if (result.code !== 0) throw new Error(`go build of ${target.name} ${account(result)}`);
  });
}
