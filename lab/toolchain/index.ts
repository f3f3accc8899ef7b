import path from "node:path";
import { commandPlugin } from "./command-plugin";
import { ensureEngine } from "./engine";
import { defaultHome } from "./home";
import { lackingPrograms, ToolchainError } from "./needs";
import { ensurePlugin, type PluginChoice } from "./plugin";
import { Steps } from "./progress";

export { commandVersion } from "./command-plugin";
export { engineVersion } from "./engine";
export { type Lack, ToolchainError } from "./needs";

/** The engine and the provider plugin, ready to use. */
export interface Toolchain {
  /** The engine's own folder: plugins, versions, credentials. */
  pulumiHome: string;
  /** The path of the CLI. For the Automation API: `PulumiCommand.get({ root: path.dirname(path.dirname(pulumi)) })`. */
  pulumi: string;
  /** The CLI's version, without a "v". */
  version: string;
  /** Whether the `command` provider is Pulumi's own or the lab's stand-in. */
  commandPlugin: "official" | "stand-in";
  /** What child processes and the Automation API need in their environment. */
  environment: Record<string, string>;
}

/** How the toolchain is ensured. */
export interface ToolchainOptions {
  /** Receives a line for each thing that is done, and every ten seconds while it lasts. */
  progress: (line: string) => void;
  /** @default PULUMI_HOME, else ~/.pulumi */
  pulumiHome?: string;
  /** @default COMMAND_PLUGIN, else "auto": the official plugin where it can be had. */
  commandPlugin?: PluginChoice;
  /** Ends what is under way; nothing that looks complete is left behind. */
  signal?: AbortSignal;
}

/**
 * Finds the Pulumi engine and the `command` provider; what is missing is downloaded, and where that is blocked, the
 * engine is built from its Go modules and the stand-in is installed for the provider. See docs/toolchain.md.
 */
export async function ensureToolchain(options: ToolchainOptions): Promise<Toolchain> {
  const pulumiHome = path.resolve(options.pulumiHome ?? defaultHome());
  const choice = options.commandPlugin ?? choiceFromEnvironment();
  const steps = new Steps(options.progress);
  const searchPath = process.env["PATH"];
  const engine = await ensureEngine({ pulumiHome, steps, searchPath, signal: options.signal });
  const lacks = lackingPrograms(searchPath);
  if (lacks.length > 0) throw new ToolchainError(lacks);
  // The engine starts Node programs by name: they shall run on the Node that runs this.
  const folders = [path.dirname(engine.pulumi), path.dirname(process.execPath), searchPath ?? ""];
  const environment: Record<string, string> = {
    PATH: folders.join(path.delimiter),
    PULUMI_HOME: pulumiHome,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  const { pulumi } = engine;
  const installed = await ensurePlugin(commandPlugin, {
    pulumi,
    pulumiHome,
    environment,
    choice,
    steps,
    signal: options.signal,
  });
  // With the stand-in in place nothing else can be had from there either: say so at once rather than wait for it.
  if (installed === "stand-in") environment["PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"] = "true";
  return { pulumiHome, pulumi, version: engine.version, commandPlugin: installed, environment };
}

function choiceFromEnvironment(): PluginChoice {
  const value = process.env["COMMAND_PLUGIN"] ?? "auto";
  if (value === "auto" || value === "official" || value === "stand-in") return value;
  throw new Error(`COMMAND_PLUGIN is "${value}": write auto, official or stand-in`);
}
