import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import * as automation from "@pulumi/pulumi/automation";
import { afterAll } from "vitest";
import { ensureToolchain, type Toolchain } from "../../../lab/toolchain";

/** Everything below a temporary folder that is removed when the file's tests are done. */
export function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "neumann-plugin-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The toolchain with the plugin that COMMAND_PLUGIN names, else the one that this machine can have. */
export function toolchain(): Promise<Toolchain> {
  return ensureToolchain({ progress: (line) => process.stderr.write(`${line}\n`) });
}

/** A message of a resource, as the engine showed it. */
export interface Message {
  resource: string;
  text: string;
  ephemeral: boolean;
  severity: string;
}

/** What a deployment showed. */
export class Events {
  readonly messages: Message[] = [];

  readonly onEvent = (event: automation.EngineEvent): void => {
    const diagnostic = event.diagnosticEvent;
    if (!diagnostic) return;
    const resource = diagnostic.urn?.split("::").at(-1) ?? "";
    const { severity } = diagnostic;
    this.messages.push({
      resource,
      text: diagnostic.message.trimEnd(),
      ephemeral: diagnostic.ephemeral ?? false,
      severity,
    });
  };

  /** The texts about one resource. */
  of(resource: string): string[] {
    return this.messages.filter((message) => message.resource === resource).map((message) => message.text);
  }

  /** All texts of errors. */
  get errors(): string {
    return this.messages
      .filter((message) => message.severity === "error")
      .map((message) => message.text)
      .join("\n");
  }
}

/** A stack of its own, with a program that can be exchanged between deployments. */
export class Project {
  private constructor(
    readonly stack: automation.Stack,
    readonly folder: string,
    private readonly name: string,
    private readonly current: { program: automation.PulumiFn },
  ) {}

  static async make(name: string, parent: string): Promise<Project> {
    const tools = await toolchain();
    const folder = path.join(parent, name);
    mkdirSync(path.join(folder, "state"), { recursive: true });
    const current: { program: automation.PulumiFn } = { program: () => Promise.resolve() };
    const root = path.dirname(path.dirname(tools.pulumi));
    const stack = await automation.LocalWorkspace.createOrSelectStack(
      { stackName: "test", projectName: name, program: () => current.program() },
      {
        workDir: folder,
        pulumiCommand: await automation.PulumiCommand.get({ root }),
        envVars: {
          ...tools.environment,
          PULUMI_BACKEND_URL: `file://${path.join(folder, "state")}`,
          PULUMI_CONFIG_PASSPHRASE: "test",
        },
      },
    );
    return new Project(stack, folder, name, current);
  }

  /** Exchanges the program. */
  set program(program: () => Record<string, unknown> | void) {
    // eslint-disable-next-line @typescript-eslint/require-await -- the Automation API wants an asynchronous function
    this.current.program = async () => program();
  }

  /** Deploys and returns outputs and events. */
  async up(): Promise<{ outputs: Record<string, unknown>; events: Events; result: automation.UpResult }> {
    const events = new Events();
    const result = await this.stack.up({ onEvent: events.onEvent });
    const outputs = Object.fromEntries(
      Object.entries(result.outputs).map(([key, output]) => [key, output.value as unknown]),
    );
    return { outputs, events, result };
  }

  /** Deploys something that must fail, and returns what was shown. */
  async fail(): Promise<Events> {
    const events = new Events();
    let failed = false;
    await this.stack.up({ onEvent: events.onEvent, continueOnError: true }).catch(() => (failed = true));
    if (!failed) throw new Error("the deployment succeeded");
    return events;
  }

  /** The state as it lies on disk. */
  stateFile(): string {
    return readFileSync(path.join(this.folder, "state/.pulumi/stacks", this.name, "test.json"), "utf8");
  }

  /** The resources in the state by their names; the engine decrypts what is secret. */
  async resources(): Promise<Map<string, Resource>> {
    const { deployment } = (await this.stack.exportStack()) as { deployment: { resources?: Resource[] } };
    return new Map((deployment.resources ?? []).map((resource) => [resource.urn.split("::").at(-1) ?? "", resource]));
  }
}

/** A resource as the state holds it. */
export interface Resource {
  urn: string;
  id: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

/** The lines of a file that commands append to; none if it is not there. */
export function lines(file: string): string[] {
  try {
    return readFileSync(file, "utf8").split("\n").slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Whether a process lives; one that has ended and is only not collected yet does not. */
export function alive(pid: number): boolean {
  const state = process.platform === "linux" ? procState(pid) : psState(pid);
  return state !== "" && !state.startsWith("Z");
}

function procState(pid: number): string {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) ? readFileSync(file, "utf8").replace(/^.*\) /, "") : "";
}

function psState(pid: number): string {
  return spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" }).stdout.trim();
}
