import { createHash, randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { isExecutable, readJson, writeJson } from "./files";
import { withLock } from "./lock";
import type { Steps } from "./progress";
import { unreachable } from "./reach";
import { account, run } from "./run";

/** The version of the `command` provider that the library is pinned to. */
export const commandVersion = "1.2.1";

/** Which of the two is wanted: `auto` takes the official one where it can be had. */
export type CommandPluginChoice = "auto" | "official" | "stand-in";

/** How the plugin is ensured. */
export interface CommandPluginOptions {
  pulumi: string;
  pulumiHome: string;
  environment: Record<string, string>;
  choice: CommandPluginChoice;
  steps: Steps;
  signal?: AbortSignal;
}

const executable = "pulumi-resource-command";
/** Lies beside the executable and says that it is the stand-in, and which one. */
const markerName = "stand-in.json";
/** How long a failed download is not tried again. */
const blockedHours = 12;

/** The stand-in of this checkout, as `npm run build` bundles it. */
const bundle = path.join(path.dirname(__dirname), "plugin", "bin", "pulumi-resource-command.cjs");

function pluginFolder(pulumiHome: string): string {
  return path.join(pulumiHome, "plugins", `resource-command-v${commandVersion}`);
}

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

type Installed = { kind: "none" } | { kind: "official" } | { kind: "stand-in"; intact: boolean };

/** What is in the plugin folder now. */
function installed(pulumiHome: string): Installed {
  const folder = pluginFolder(pulumiHome);
  const file = path.join(folder, executable);
  // A ".partial" file beside the folder is the engine's own mark of an installation that did not end.
  if (!isExecutable(file) || existsSync(`${folder}.partial`)) return { kind: "none" };
  const marker = readJson(path.join(folder, markerName)) as { sha256?: string } | undefined;
  if (marker === undefined) return { kind: "official" };
  const hash = sha256(file);
  return { kind: "stand-in", intact: marker.sha256 === hash && existsSync(bundle) && sha256(bundle) === hash };
}

/** Installs the `command` provider plugin if it is not there and says which one it is. */
export async function ensureCommandPlugin(options: CommandPluginOptions): Promise<"official" | "stand-in"> {
  const result = ready(options) ?? (await installLocked(options));
  if (result === "stand-in") {
    options.steps.note(
      `using the stand-in for the command provider ${commandVersion} (lab/plugin), not the official one`,
    );
  }
  return result;
}

/** What is there, if nothing is to be done. */
function ready(options: CommandPluginOptions): "official" | "stand-in" | undefined {
  const now = installed(options.pulumiHome);
  if (now.kind === "official") {
    if (options.choice !== "stand-in") return "official";
    const remedy = "set PULUMI_HOME to another folder to test the stand-in";
    throw new Error(
      `the official command provider is installed in ${options.pulumiHome}, and is not overwritten: ${remedy}`,
    );
  }
  if (now.kind === "none" || !now.intact || options.choice === "official") return undefined;
  return options.choice === "stand-in" || downloadIsKnownToFail(options.pulumiHome) ? "stand-in" : undefined;
}

async function installLocked(options: CommandPluginOptions): Promise<"official" | "stand-in"> {
  const lock = path.join(options.pulumiHome, "plugins", `.command-${commandVersion}.lock`);
  const waiting = (seconds: number) =>
    options.steps.note(`waiting for another process that installs a plugin: ${seconds} s`);
  return withLock(lock, { waiting, signal: options.signal }, async () => {
    const meanwhile = ready(options);
    if (meanwhile) return meanwhile;
    const blocked = options.choice === "stand-in" ? "it was not asked for" : await download(options);
    if (blocked === undefined) return "official";
    if (options.choice === "official") throw new Error(`the official command provider cannot be had: ${blocked}`);
    await installStandIn(options, blocked);
    return "stand-in";
  });
}

function blockedNote(pulumiHome: string): string {
  return path.join(pulumiHome, "pulumi-neumann", "command-download.json");
}

function downloadIsKnownToFail(pulumiHome: string): boolean {
  const note = readJson(blockedNote(pulumiHome)) as { triedAt?: string } | undefined;
  const age = Date.now() - Date.parse(note?.triedAt ?? "");
  return age >= 0 && age < blockedHours * 3_600_000;
}

/** Lets the engine download the official plugin. Returns why it could not, or undefined when done. */
async function download(options: CommandPluginOptions): Promise<string | undefined> {
  if (options.choice === "auto" && downloadIsKnownToFail(options.pulumiHome))
    return "its download failed a short time ago";
  const fail = (reason: string) => {
    writeJson(blockedNote(options.pulumiHome), { triedAt: new Date().toISOString(), reason });
    return reason;
  };
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const url = `https://get.pulumi.com/releases/plugins/pulumi-resource-command-v${commandVersion}-${platform}.tar.gz`;
  const blocked = await unreachable(url, 10, options.signal);
  if (blocked !== undefined) return fail(blocked);
  return options.steps.step(`downloading the command provider ${commandVersion}`, async () => {
    const result = await pluginInstall(options, [`v${commandVersion}`], 180);
    return result === undefined ? undefined : fail(result);
  });
}

async function installStandIn(options: CommandPluginOptions, reason: string): Promise<void> {
  if (!existsSync(bundle)) throw new Error(`${bundle} is missing: run npm run build`);
  if (installed(options.pulumiHome).kind === "stand-in") {
    options.steps.note("replacing the stand-in for the command provider by this checkout's");
    putStandIn(pluginFolder(options.pulumiHome));
    return;
  }
  const folder = path.join(options.pulumiHome, "pulumi-neumann", `stand-in-${randomUUID()}`);
  mkdirSync(folder, { recursive: true });
  try {
    putStandIn(folder);
    await options.steps.step(`installing the stand-in for the command provider (${reason})`, async () => {
      const failure = await pluginInstall(options, [`v${commandVersion}`, "--reinstall", "--file", folder], 60);
      if (failure !== undefined) throw new Error(`installing the stand-in failed: ${failure}`);
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Puts the stand-in into a folder. The executable appears by rename: another clone's engine may start it right now. */
function putStandIn(folder: string): void {
  const temporary = path.join(folder, `.${randomUUID()}`);
  copyFileSync(bundle, temporary);
  renameSync(temporary, path.join(folder, executable));
  writeJson(path.join(folder, markerName), { standInFor: `command v${commandVersion}`, sha256: sha256(bundle) });
}

async function pluginInstall(
  options: CommandPluginOptions,
  args: string[],
  timeoutSeconds: number,
): Promise<string | undefined> {
  const all = ["plugin", "install", "resource", "command", ...args, "--non-interactive"];
  const env = { ...process.env, ...options.environment };
  const result = await run(options.pulumi, all, { timeoutSeconds, env, signal: options.signal });
  return result.code === 0 ? undefined : `pulumi plugin install ${account(result, 5)}`;
}
