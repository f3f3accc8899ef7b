import { readFile } from "node:fs/promises";
import path from "node:path";
import {
  type ConfigMap,
  ConcurrentUpdateError,
  LocalWorkspace,
  type PulumiCommand,
  type Stack,
} from "@pulumi/pulumi/automation";
import { watched } from "./engine";
import { type EngineListener, type EventWatch, waitSeconds } from "./engineEvents";
import { replaceFile } from "./files";
import { CommandFailure, ExitCode } from "./terminal";

interface Deployment {
  resources?: { urn: string; type: string }[];
}

/** A stack of a user's own program, in the backend and with the secrets provider that the user's surroundings name. */
export class RehearsalStack {
  private constructor(
    private readonly stack: Stack,
    private readonly file: string,
    private readonly settings: string,
  ) {}

  /**
   * Opens a stack that says of itself that it is a rehearsal.
   * @throws CommandFailure when there is none, or it says nothing of the kind.
   */
  static async open(project: string, name: string, command: PulumiCommand): Promise<RehearsalStack> {
    const place = { stackName: name, workDir: project };
    const settings = await readFile(path.join(project, `Pulumi.${name}.yaml`), "utf8").catch(() => undefined);
    if (settings === undefined) throw refused(name, `${project} holds no Pulumi.${name}.yaml`);
    const stack = await LocalWorkspace.createOrSelectStack(place, { pulumiCommand: command });
    const opened = new RehearsalStack(stack, path.join(project, `Pulumi.${name}.yaml`), settings);
    const config = await stack.getAllConfig();
    if (valueOf(config, "rehearsal") !== "true") throw refused(name, "its configuration does not say rehearsal: true");
    await opened.refuseRecovered(name);
    return opened;
  }

  /** A stack whose last program was none would be taken down with what somebody relies on. */
  private async refuseRecovered(name: string): Promise<void> {
    const outputs = await this.stack.outputs();
    if (Object.keys(outputs).length === 0 || outputs.rehearsal?.value === true) return;
    throw refused(name, "what it holds was made by a program that is no rehearsal");
  }

  /** Names of what the stack holds. */
  async held(): Promise<string[]> {
    const exported = (await this.stack.exportStack()) as { deployment?: Deployment };
    const resources = exported.deployment?.resources ?? [];
    const made = resources.filter(
      ({ type }) => type !== "pulumi:pulumi:Stack" && !type.startsWith("pulumi:providers:"),
    );
    return made.map(({ urn }) => urn.split("::").at(-1) ?? urn);
  }

  async configure(values: Record<string, string>): Promise<void> {
    const entries = Object.entries(values).map(([key, value]) => [key, { value }]);
    await this.stack.setAllConfig(Object.fromEntries(entries) as ConfigMap);
  }

  /** Shows what an up would do. */
  async preview(listen: EngineListener): Promise<EventWatch> {
    return watched(listen, (onEvent) => this.stack.preview({ onEvent }), isLocked);
  }

  async up(listen: EngineListener): Promise<EventWatch> {
    return watched(
      listen,
      (onEvent) => this.stack.up({ onEvent }),
      (errors, error) => ({
        ...isLocked(errors, error),
        waits: waitSeconds(errors),
      }),
    );
  }

  async destroy(listen: EngineListener): Promise<void> {
    await watched(listen, (onEvent) => this.stack.destroy({ onEvent }), isLocked);
  }

  async cancel(): Promise<void> {
    await this.stack.cancel();
  }

  /** The stack's file is what it was before: whoever keeps it with the program sees no change. */
  async end(): Promise<void> {
    await replaceFile(this.file, this.settings);
  }
}

function refused(name: string, why: string): CommandFailure {
  return new CommandFailure(
    `Stack ${name} is not taken for a rehearsal: ${why}. A rehearsal is destroyed afterwards, so its program must ask for that: ` +
      "`pulumi config set rehearsal true`, and `export const rehearsal = true` (docs/rehearsal.md). Nothing was touched.",
    ExitCode.Refused,
  );
}

function valueOf(config: ConfigMap, key: string): string | undefined {
  return Object.entries(config).find(([name]) => name.slice(name.indexOf(":") + 1) === key)?.[1].value;
}

/** Another update is at work on the stack. */
function isLocked(_errors: readonly string[], error: unknown): { later: boolean } {
  return { later: error instanceof ConcurrentUpdateError };
}
