import { createHash, randomUUID } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import { isExecutable, readJson, writeJson } from "./files";
import { withLock } from "./lock";
import type { Steps } from "./progress";
import { unreachable } from "./reach";
import { account, run } from "./run";

/** Which of the two is wanted: `auto` takes the official one where it can be had. */
export type PluginChoice = "auto" | "official" | "stand-in";

/** A provider plugin of Pulumi's, and what takes its place where it cannot be had. */
export interface Plugin {
  /** As the engine knows it: `command`. */
  name: string;
  /** The version that the library is pinned to. */
  version: string;
  /** What takes its place. */
  standIn: {
    /** To a reader of messages: "the stand-in for the command provider". */
    title: string;
    /** The executable. */
    file: string;
    /** Makes it where that takes more than this checkout has. */
    make: () => Promise<void>;
  };
}

/** How a plugin is ensured. */
export interface PluginOptions {
  pulumi: string;
  pulumiHome: string;
  environment: Record<string, string>;
  choice: PluginChoice;
  steps: Steps;
  signal?: AbortSignal;
}

/** Lies beside the executable and says that it is the stand-in, and which one. */
const markerName = "stand-in.json";
/** How long a failed download is not tried again. */
const blockedHours = 12;

const sha256 = (file: string) => createHash("sha256").update(readFileSync(file)).digest("hex");

type Installed = { kind: "none" } | { kind: "official" } | { kind: "stand-in"; intact: boolean };

/** Installs a provider plugin if it is not there and says which one it is. */
export async function ensurePlugin(plugin: Plugin, options: PluginOptions): Promise<"official" | "stand-in"> {
  const work = new Installation(plugin, options);
  const result = work.ready() ?? (await work.installLocked());
  if (result === "stand-in") options.steps.note(`using ${plugin.standIn.title}, not the official one`);
  return result;
}

class Installation {
  constructor(
    private readonly plugin: Plugin,
    private readonly options: PluginOptions,
  ) {}

  /** "command provider": for messages. */
  private get title(): string {
    return `${this.plugin.name} provider`;
  }

  private get folder(): string {
    const { name, version } = this.plugin;
    return path.join(this.options.pulumiHome, "plugins", `resource-${name}-v${version}`);
  }

  private get executable(): string {
    return `pulumi-resource-${this.plugin.name}`;
  }

  /** What is in the plugin folder now. */
  private installed(): Installed {
    const file = path.join(this.folder, this.executable);
    // A ".partial" file beside the folder is the engine's own mark of an installation that did not end.
    if (!isExecutable(file) || existsSync(`${this.folder}.partial`)) return { kind: "none" };
    const marker = readJson(path.join(this.folder, markerName)) as { sha256?: string } | undefined;
    if (marker === undefined) return { kind: "official" };
    const hash = sha256(file);
    const own = this.plugin.standIn.file;
    return { kind: "stand-in", intact: marker.sha256 === hash && existsSync(own) && sha256(own) === hash };
  }

  /** What is there, if nothing is to be done. */
  ready(): "official" | "stand-in" | undefined {
    const { choice, pulumiHome } = this.options;
    const now = this.installed();
    if (now.kind === "official") {
      if (choice !== "stand-in") return "official";
      const remedy = "set PULUMI_HOME to another folder to test the stand-in";
      throw new Error(`the official ${this.title} is installed in ${pulumiHome}, and is not overwritten: ${remedy}`);
    }
    if (now.kind === "none" || !now.intact || choice === "official") return undefined;
    return choice === "stand-in" || this.downloadIsKnownToFail() ? "stand-in" : undefined;
  }

  async installLocked(): Promise<"official" | "stand-in"> {
    const { pulumiHome, steps, choice, signal } = this.options;
    const { name, version } = this.plugin;
    const lock = path.join(pulumiHome, "plugins", `.${name}-${version}.lock`);
    const waiting = (seconds: number) => steps.note(`waiting for another process that installs a plugin: ${seconds} s`);
    return withLock(lock, { waiting, signal }, async () => {
      const meanwhile = this.ready();
      if (meanwhile) return meanwhile;
      const blocked = choice === "stand-in" ? "it was not asked for" : await this.download();
      if (blocked === undefined) return "official";
      if (choice === "official") throw new Error(`the official ${this.title} cannot be had: ${blocked}`);
      await this.installStandIn(blocked);
      return "stand-in";
    });
  }

  private get blockedNote(): string {
    return path.join(this.options.pulumiHome, "pulumi-neumann", `${this.plugin.name}-download.json`);
  }

  private downloadIsKnownToFail(): boolean {
    const note = readJson(this.blockedNote) as { triedAt?: string } | undefined;
    const age = Date.now() - Date.parse(note?.triedAt ?? "");
    return age >= 0 && age < blockedHours * 3_600_000;
  }

  /** Lets the engine download the official plugin. Returns why it could not, or undefined when done. */
  private async download(): Promise<string | undefined> {
    const { choice, steps, signal } = this.options;
    const { name, version } = this.plugin;
    if (choice === "auto" && this.downloadIsKnownToFail()) return "its download failed a short time ago";
    const fail = (reason: string) => {
      writeJson(this.blockedNote, { triedAt: new Date().toISOString(), reason });
      return reason;
    };
    const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
    const file = `${this.executable}-v${version}-${platform}.tar.gz`;
    const blocked = await unreachable(`https://get.pulumi.com/releases/plugins/${file}`, 10, signal);
    if (blocked !== undefined) return fail(blocked);
    return steps.step(`downloading the ${name} provider ${version}`, async () => {
      const result = await this.pluginInstall([], 180);
      return result === undefined ? undefined : fail(result);
    });
  }

  private async installStandIn(reason: string): Promise<void> {
    const { steps, pulumiHome } = this.options;
    const { title, make } = this.plugin.standIn;
    await make();
    if (this.installed().kind === "stand-in") {
      steps.note(`replacing ${title} by this checkout's`);
      this.putStandIn(this.folder);
      return;
    }
    const folder = path.join(pulumiHome, "pulumi-neumann", `stand-in-${randomUUID()}`);
    mkdirSync(folder, { recursive: true });
    try {
      this.putStandIn(folder);
      await steps.step(`installing ${title} (${reason})`, async () => {
        const failure = await this.pluginInstall(["--reinstall", "--file", folder], 60);
        if (failure !== undefined) throw new Error(`installing ${title} failed: ${failure}`);
      });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  /** Puts the stand-in into a folder. The executable appears by rename: another clone's engine may start it right now. */
  private putStandIn(folder: string): void {
    const { name, version, standIn } = this.plugin;
    const temporary = path.join(folder, `.${randomUUID()}`);
    copyFileSync(standIn.file, temporary);
    renameSync(temporary, path.join(folder, this.executable));
    writeJson(path.join(folder, markerName), { standInFor: `${name} v${version}`, sha256: sha256(standIn.file) });
  }

  private async pluginInstall(args: string[], timeoutSeconds: number): Promise<string | undefined> {
    const { pulumi, environment, signal } = this.options;
    const { name, version } = this.plugin;
    const all = ["plugin", "install", "resource", name, `v${version}`, ...args, "--non-interactive"];
    const result = await run(pulumi, all, { timeoutSeconds, env: { ...process.env, ...environment }, signal });
    return result.code === 0 ? undefined : `pulumi plugin install ${account(result, 5)}`;
  }
}
