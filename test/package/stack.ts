import { mkdirSync } from "node:fs";
import path from "node:path";
import { type EngineEvent, LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { ensureToolchain, type Toolchain } from "../../lab/toolchain";

/** The toolchain that this machine can have. */
export function toolchain(): Promise<Toolchain> {
  return ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
}

/** What an operation of the engine showed. */
export interface Shown {
  /** Outputs of the stack, as far as they are known. */
  outputs: Record<string, unknown>;
  /** How many resources there are of each type. */
  types: Record<string, number>;
  /** How many resources there were of each operation, such as `create`. */
  changes: Record<string, number>;
  /** What components said. */
  messages: string[];
  /** What the engine printed. Where it runs in another network its events do not come: this does. */
  text: string;
}

/** Where a user's project is, and what its engine runs with. */
export interface UserStackOptions {
  project: string;
  /** Of the stack. @default test */
  name?: string;
  tools: Toolchain;
  /** For the engine and what it starts. */
  environment?: Record<string, string>;
}

/** A stack of a user's project, as it lies in its folder. */
export class UserStack {
  private constructor(private readonly stack: Stack) {}

  static async open({ project, name = "test", tools, environment }: UserStackOptions): Promise<UserStack> {
    const state = path.join(project, "state");
    mkdirSync(state, { recursive: true });
    const stack = await LocalWorkspace.createOrSelectStack(
      { stackName: name, workDir: project },
      {
        pulumiCommand: await PulumiCommand.get({ root: path.dirname(path.dirname(tools.pulumi)) }),
        pulumiHome: tools.pulumiHome,
        envVars: {
          ...tools.environment,
          NODE_OPTIONS: "",
          PULUMI_BACKEND_URL: `file://${state}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
          ...environment,
        },
      },
    );
    return new UserStack(stack);
  }

  /** Sets a key of the project's configuration; what is no text is set as JSON. */
  async configure(key: string, value: unknown, { secret = false } = {}): Promise<void> {
    await this.stack.setConfig(key, { value: typeof value === "string" ? value : JSON.stringify(value), secret });
  }

  async preview(expectNoChanges = false): Promise<Shown> {
    const watch = new Watch();
    const { changeSummary, stdout } = await this.stack.preview({ expectNoChanges, onEvent: watch.take });
    return { ...watch.shown({ ...changeSummary }), text: stdout };
  }

  async up(): Promise<Shown> {
    const watch = new Watch();
    const { summary, outputs, stdout } = await this.stack.up({ onEvent: watch.take });
    const values: Record<string, unknown> = {};
    for (const [name, { value }] of Object.entries(outputs)) values[name] = value;
    return { ...watch.shown({ ...summary.resourceChanges }), outputs: values, text: stdout };
  }

  /** As `pulumi state unprotect --all`, by whoever means to destroy what is protected. */
  async unprotect(): Promise<void> {
    const exported = await this.stack.exportStack();
    const { resources = [] } = exported.deployment as { resources?: { protect?: boolean }[] };
    for (const resource of resources) delete resource.protect;
    await this.stack.importStack(exported);
  }

  async destroy(): Promise<Shown> {
    const watch = new Watch();
    const { summary, stdout } = await this.stack.destroy({ onEvent: watch.take });
    return { ...watch.shown({ ...summary.resourceChanges }), text: stdout };
  }
}

class Watch {
  private outputs: Record<string, unknown> = {};
  private readonly types: Record<string, number> = {};
  private readonly messages: string[] = [];

  readonly take = (event: EngineEvent): void => {
    const { resourcePreEvent, resOutputsEvent, diagnosticEvent } = event;
    const metadata = resourcePreEvent?.metadata;
    if (metadata) this.types[metadata.type] = (this.types[metadata.type] ?? 0) + 1;
    const ended = resOutputsEvent?.metadata;
    if (ended?.type === "pulumi:pulumi:Stack") this.outputs = ended.new?.outputs ?? this.outputs;
    if (diagnosticEvent) this.messages.push(diagnosticEvent.message.trimEnd());
  };

  shown(changes: Record<string, number>): Omit<Shown, "text"> {
    const { outputs, types, messages } = this;
    return { outputs, types, changes, messages };
  }
}
