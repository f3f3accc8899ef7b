import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Json, canonicalJson } from "../model/canonical";
import { agentBundle } from "./agentBundle";
import { type HostArgs, HostKind } from "./hosts";
import { commandLine } from "./shell";
import { sshConnection, usesSudo } from "./ssh";

/** A host as commands reach it. */
export interface CommandHost {
  nodeId: string;
  /** Where the agent is installed. */
  agentDirectory: pulumi.Output<string>;
  /** How it is reached; undefined: it is this machine. */
  ssh?: SshConnection;
}

/** A checked connection. */
export interface SshConnection {
  connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  sudo: pulumi.Output<boolean>;
  /** Where the agent's program is put before `install` takes it from there, relative to the user's home. */
  delivered: string;
}

/** Which copy of the agent runs a command. */
export const AgentCopy = {
  /** The one that this package brings: works before and after an installation. */
  Package: "package",
  /** The one on the host. */
  Installed: "installed",
} as const;
export type AgentCopy = (typeof AgentCopy)[keyof typeof AgentCopy];

/** A command of the agent as a resource. */
export interface HostCommand {
  host: CommandHost;
  copy: AgentCopy;
  /** The agent's words, such as `["restore", "--phase", "join"]`. */
  create: readonly string[];
  /** What an update runs; by default the same. */
  update?: "same" | "status";
  /** What a deletion runs, if anything. */
  delete?: { copy: AgentCopy; words: readonly string[] };
  /** Handed over by standard input: never part of a command line, and what decides whether there is an update. */
  specification: pulumi.Output<unknown>;
  /** A change replaces the resource, which runs `create` again. */
  triggers?: pulumi.Input<string>[];
  /** After so many minutes the engine gives up; the agent can be run again. */
  timeoutMinutes: number;
}

/** The result object that a command printed, as text. */
export interface HostCommandResource {
  resource: pulumi.CustomResource;
  stdout: pulumi.Output<string>;
}

/** How a host's commands are run; checks its connection. */
export function commandHost(subject: string, host: HostArgs, where: HostPlace): CommandHost {
  const { nodeId, kind, ssh } = host;
  if (kind === HostKind.Local || ssh === undefined) return { nodeId, agentDirectory: where.agentDirectory };
  const connection = sshConnection(subject, ssh, `${where.path}.ssh`);
  const delivered = `.neumann-backup-${agentBundle().sha256.slice(0, 16)}.cjs`;
  return { nodeId, agentDirectory: where.agentDirectory, ssh: { connection, sudo: usesSudo(ssh), delivered } };
}

/** The machine where Pulumi runs, for commands that need no installed agent. */
export function thisMachine(nodeId: string): CommandHost {
  return { nodeId, agentDirectory: pulumi.output("") };
}

/** What the planner says about a host. */
export interface HostPlace {
  /** Property path, for messages. */
  path: string;
  agentDirectory: pulumi.Output<string>;
}

/** Creates the one resource that runs a command of the agent on a host. */
export function hostCommand(
  name: string,
  request: HostCommand,
  opts: pulumi.CustomResourceOptions,
): HostCommandResource {
  const limit = `${request.timeoutMinutes}m`;
  const timed = { ...opts, customTimeouts: { create: limit, update: limit, delete: limit } };
  const { ssh } = request.host;
  return ssh === undefined ? onThisMachine(name, request, timed) : bySsh(name, { ...request, ssh }, timed);
}

/** Brings the agent's program to a host, for `install`; a host on this machine has it already. */
export function deliverAgent(
  name: string,
  host: CommandHost,
  opts: pulumi.CustomResourceOptions,
): pulumi.CustomResource | undefined {
  if (host.ssh === undefined) return undefined;
  const { connection, delivered } = host.ssh;
  const source = new pulumi.asset.FileAsset(agentBundle().file);
  return new command.remote.CopyToRemote(name, { connection, source, remotePath: delivered }, opts);
}

/** Standard input of a command: the same specification gives the same text. */
export function asStandardInput(specification: unknown): string {
  return canonicalJson(specification as Json);
}

/**
 * What the agent's process gets beside the provider's own environment: nothing. A debugger's or a test runner's
 * options do not belong in it, and extra certificates cost each start 40 ms and serve no folder.
 */
export const agentEnvironment = { NODE_OPTIONS: "", NODE_EXTRA_CA_CERTS: "" };

/** The command line that runs the package's own copy on this machine. */
export function packageCommand(words: readonly string[]): string {
  return commandLine(["node", agentBundle().file, ...words, "--json"]);
}

function onThisMachine(name: string, request: HostCommand, opts: pulumi.CustomResourceOptions): HostCommandResource {
  const lines = commandLines(request, { start: pulumi.output(["node"]), delivered: agentBundle().file });
  const keep = request.update === "status";
  const resource = new command.local.Command(
    name,
    {
      ...lines,
      // The result of `create` stays this resource's result; what the status says is shown.
      update: keep ? lines.update.apply((status) => `${status} >&2 && ${printPrevious}`) : lines.update,
      stdin: request.specification.apply(asStandardInput),
      triggers: request.triggers,
      environment: agentEnvironment,
      addPreviousOutputInEnv: keep,
      logging: command.local.Logging.Stderr,
    },
    opts,
  );
  return { resource, stdout: resource.stdout };
}

const printPrevious = `printf '%s\\n' "$PULUMI_COMMAND_STDOUT"`;

function bySsh(
  name: string,
  request: HostCommand & { ssh: SshConnection },
  opts: pulumi.CustomResourceOptions,
): HostCommandResource {
  const { connection, sudo, delivered } = request.ssh;
  const start = sudo.apply((yes) => (yes ? ["sudo", "-n", "node"] : ["node"]));
  const resource = new command.remote.Command(
    name,
    {
      connection,
      ...commandLines(request, { start, delivered }),
      stdin: request.specification.apply(asStandardInput),
      triggers: request.triggers,
      // sshd accepts no variables that it was not told to accept.
      addPreviousOutputInEnv: false,
      logging: command.remote.Logging.Stderr,
    },
    opts,
  );
  return { resource, stdout: resource.stdout };
}

interface CommandLines {
  create: pulumi.Output<string>;
  update: pulumi.Output<string>;
  delete?: pulumi.Output<string>;
}

/** How the agent is started on a host. */
interface AgentStart {
  /** Words before the program's path. */
  start: pulumi.Output<string[]>;
  /** Path of the package's copy. */
  delivered: string;
}

function commandLines(request: HostCommand, { start, delivered }: AgentStart): CommandLines {
  const installed = request.host.agentDirectory.apply((directory) => `${directory}/neumann-backup.cjs`);
  const line = (copy: AgentCopy, words: readonly string[]) =>
    pulumi
      .all([start, copy === AgentCopy.Package ? delivered : installed])
      .apply(([first, program]) => commandLine([...first, program, ...words, "--json"]));
  const create = line(request.copy, request.create);
  const update = request.update === "status" ? line(request.copy, ["restore", "--phase", "status"]) : create;
  if (request.delete === undefined) return { create, update };
  const { copy, words } = request.delete;
  const remove = line(copy, words);
  if (copy === AgentCopy.Package) return { create, update, delete: remove };
  // The program goes last when an agent is removed: where it is missing, that is done.
  const unless = pulumi
    .all([start, installed, remove])
    .apply(
      ([first, program, last]) => `${commandLine([...first.slice(0, -1), "test", "!", "-e", program])} || ${last}`,
    );
  return { create, update, delete: unless };
}
