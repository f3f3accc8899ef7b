import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import {
  type ConfigMap,
  LocalWorkspace,
  PulumiCommand,
  type ProjectSettings,
  type Stack,
} from "@pulumi/pulumi/automation";
import { type CommandSpan, type EngineListener, EventWatch, failureText, unchanged } from "../cli/engineEvents";

/** The Pulumi engine as the toolchain found it. */
export interface EngineOptions {
  /** Path of the CLI. */
  pulumi: string;
  /** The engine's own folder. */
  pulumiHome: string;
  /** Variables for the engine and what it starts. */
  environment: Record<string, string>;
}

/** A program that the engine runs, and where its state lies. */
export interface StackPlace {
  /** Folder of the program's `Pulumi.yaml`. It is only read. */
  project: string;
  /** Folder for the stack's configuration, state and passphrase. */
  folder: string;
  stack: string;
}

/** What a preview told. */
export interface PreviewResult {
  /** Outputs as far as they are known before an up. */
  outputs: Record<string, unknown>;
  /** What components said to the user. */
  messages: string[];
  /** How many resources there will be of each operation, such as `create`. */
  changes: Record<string, number>;
}

/** What an up did. */
export interface UpResult {
  outputs: Record<string, unknown>;
  changes: Record<string, number>;
  commands: CommandSpan[];
}

/** The engine broke off: what the user reads of it. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";
}

/** True when an operation touched nothing. */
export function nothingChanged(changes: Readonly<Record<string, number>>): boolean {
  return Object.entries(changes).every(([operation, count]) => unchanged.has(operation) || count === 0);
}

/** The engine's command line, found once. */
export async function openEngine(options: EngineOptions): Promise<PulumiCommand> {
  return PulumiCommand.get({ root: path.dirname(path.dirname(options.pulumi)) });
}

/** A stack of one of the programs in `stacks/`, driven with the Automation API. Nothing is written beside the program. */
export class DrivenStack {
  private constructor(
    private readonly stack: Stack,
    private readonly place: StackPlace,
  ) {}

  /** Creates the stack with a passphrase and a state of its own. */
  static async create(
    place: StackPlace,
    settings: object,
    engine: { command: PulumiCommand; options: EngineOptions },
  ): Promise<DrivenStack> {
    const { command, options } = engine;
    const project = await projectOf(place.project);
    const passphrase = path.join(place.folder, "passphrase");
    const state = path.join(place.folder, "state");
    await mkdir(state, { recursive: true });
    await writeFile(passphrase, randomBytes(24).toString("base64url"), { mode: 0o600 });
    const stack = await LocalWorkspace.createStack(
      { stackName: place.stack, workDir: place.folder },
      {
        pulumiCommand: command,
        pulumiHome: options.pulumiHome,
        projectSettings: project,
        stackSettings: { [place.stack]: { config: configOf(project.name, settings) } },
        envVars: {
          ...options.environment,
          PULUMI_BACKEND_URL: `file://${state}`,
          PULUMI_CONFIG_PASSPHRASE_FILE: passphrase,
        },
      },
    );
    // After an up or a destroy the API starts the CLI three times more, to ask for what the events have told already.
    stack.outputs = () => Promise.resolve({});
    stack.info = () => Promise.resolve(undefined);
    return new DrivenStack(stack, place);
  }

  /** Changes the stack's configuration. */
  async configure(settings: object): Promise<void> {
    const { workspace, name } = this.stack;
    const [project, current] = await Promise.all([workspace.projectSettings(), workspace.stackSettings(name)]);
    await workspace.saveStackSettings(name, { ...current, config: configOf(project.name, settings) });
  }

  /** Shows what an up would do. With `expectNoChanges` it fails when that is anything. */
  async preview(listen: EngineListener, expectNoChanges = false): Promise<PreviewResult> {
    const watch = new EventWatch(listen);
    const { changeSummary } = await this.explained(watch, () =>
      this.stack.preview({ onEvent: (event) => watch.take(event), expectNoChanges }),
    );
    return { outputs: watch.outputs, messages: watch.messages, changes: { ...changeSummary } };
  }

  /** Makes the world as the program says, without a preview. */
  async up(listen: EngineListener): Promise<UpResult> {
    const watch = new EventWatch(listen);
    await this.explained(watch, () => this.stack.up({ onEvent: (event) => watch.take(event) }));
    const { outputs, changes, commands } = watch;
    // Without a summary nobody knows: that must not look like nothing.
    if (changes === undefined) throw new EngineFailure(`the program in ${this.place.project} ended without a summary`);
    return { outputs, changes, commands };
  }

  /** Takes everything down that the stack made. */
  async destroy(listen: EngineListener): Promise<void> {
    const watch = new EventWatch(listen);
    await this.explained(watch, () => this.stack.destroy({ onEvent: (event) => watch.take(event) }));
  }

  /** Deletes the stack's state and passphrase, as a disaster would. */
  async lose(): Promise<void> {
    await rm(this.place.folder, { recursive: true, force: true });
  }

  private async explained<T>(watch: EventWatch, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      const errors = watch.errors.length > 0 ? watch.errors : [(error as Error).message];
      const said = failureText(errors);
      throw new EngineFailure(`the program in ${this.place.project} broke off:\n${said}`, { cause: error });
    }
  }
}

/** The project as it is, with its program named by its whole path: so that it can run from another folder. */
async function projectOf(folder: string): Promise<ProjectSettings> {
  const workspace = await LocalWorkspace.create({ workDir: folder, pulumiCommand: idleCommand() });
  const project = await workspace.projectSettings();
  return { ...project, main: path.resolve(folder, project.main ?? ".") };
}

/** A workspace that only reads files needs no command line. */
function idleCommand(): PulumiCommand {
  const refuse = () => Promise.reject(new Error("this workspace only reads project files"));
  return { command: "pulumi", version: null, run: refuse } as unknown as PulumiCommand;
}

/** Configuration as a stack's file holds it: texts, everything else as JSON. */
export function configOf(project: string, settings: object): ConfigMap & Record<string, string> {
  const entries = Object.entries(settings).filter(([, value]) => value !== undefined);
  const texts = entries.map(([key, value]: [string, unknown]): [string, string] => [
    `${project}:${key}`,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return Object.fromEntries(texts) as unknown as ConfigMap & Record<string, string>;
}
