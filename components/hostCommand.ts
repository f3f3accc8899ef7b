import { createHash } from "node:crypto";
import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Json, canonicalJson } from "../model/canonical";
import { LookCode } from "../model/drift";
import { Architecture, runtimeFile, runtimes } from "../model/runtime";
import { agentBundle, startScript } from "./agentBundle";
import { userError } from "./arguments";
import { type HostArgs, HostKind } from "./hosts";
import { agentMessage } from "./results";
import { commandLine } from "./shell";
import { sshConnection, usesSudo } from "./ssh";

/** A host as commands reach it. */
export interface CommandHost {
  nodeId: string;
  /** Where the agent is installed. */
  agentDirectory: pulumi.Output<string>;
  starts: pulumi.Output<Starts>;
  /** How it is reached; undefined: it is this machine. */
  ssh?: SshConnection;
}

/** A checked connection. */
export interface SshConnection {
  connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  architecture: pulumi.Output<Architecture>;
  /** Where agent and runtime are copied to before `install` takes them from there, relative to the user's home. */
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

/** What command lines of a host are made of. One output a host: it has many commands, and each output takes its time. */
interface Starts extends Record<AgentCopy, string[]> {
  /** What goes before a program that root runs. */
  root: string[];
  /** The agent where it is installed. */
  launcher: string;
}

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
  /** It may take long: on a host that is reached by SSH it outlives a connection that is cut, and is attached to again. */
  long?: boolean;
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
  const { agentDirectory, owner } = where;
  if (kind === HostKind.Local || ssh === undefined) return onThisHost(nodeId, agentDirectory);
  const connection = sshConnection(subject, ssh, `${where.path}.ssh`);
  // Two stacks, and two nodes on one host, remove each only their own copy.
  const own = createHash("sha256").update(`${owner}/${nodeId}`).digest("hex").slice(0, 12);
  const architecture = pulumi.output(ssh.architecture).apply((kind) => kind ?? Architecture.X64);
  const delivered = `.neumann-backup/${own}`;
  const starts = pulumi.all([agentDirectory, usesSudo(ssh), architecture]).apply(([folder, sudo, kind]): Starts => {
    const root = sudo ? ["sudo", "-n"] : [];
    const launcher = `${folder}/neumann-backup`;
    const runtime = [kind, runtimeFile(kind), runtimes[kind].sha512];
    const packaged = ["sh", `${delivered}/${shipped.start()}`, ...runtime, folder, shipped.program()];
    return { root, launcher, package: [...root, ...packaged], installed: [...root, launcher] };
  });
  return { nodeId, agentDirectory, starts, ssh: { connection, architecture, delivered } };
}

function onThisHost(nodeId: string, agentDirectory: pulumi.Output<string>): CommandHost {
  const starts = agentDirectory.apply((folder): Starts => {
    const launcher = `${folder}/neumann-backup.cjs`;
    return { root: [], launcher, package: ["node", agentBundle().file], installed: ["node", launcher] };
  });
  return { nodeId, agentDirectory, starts };
}

/** The machine where Pulumi runs, for commands that need no installed agent. */
export function thisMachine(nodeId: string): CommandHost {
  return onThisHost(nodeId, pulumi.output(""));
}

/** What the planner says about a host. */
export interface HostPlace {
  /** Property path, for messages. */
  path: string;
  agentDirectory: pulumi.Output<string>;
  /** Project, stack and component. */
  owner: string;
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

/** Copies to a host what `install` needs there: nothing for a host on this machine, which has it already. */
export function deliverAgent(
  name: string,
  host: CommandHost,
  opts: pulumi.CustomResourceOptions & { parent: pulumi.Resource },
): pulumi.CustomResource[] {
  if (host.ssh === undefined) return [];
  const { connection, delivered, architecture } = host.ssh;
  const runtime = runtimeAsset(architecture, opts.parent);
  const copies: pulumi.CustomResource[] = [];
  const copy = (role: string, source: pulumi.Input<pulumi.asset.Asset>, file: pulumi.Input<string>): void => {
    const args = { connection, source, remotePath: pulumi.interpolate`${delivered}/${file}` };
    // One after the other: the first makes the folder.
    const dependsOn = [...copies];
    copies.push(new command.remote.CopyToRemote(`${name}-${role}-${host.nodeId}`, args, { ...opts, dependsOn }));
  };
  copy("program", new pulumi.asset.FileAsset(agentBundle().file), shipped.program());
  copy("start", new pulumi.asset.FileAsset(startScript().file), shipped.start());
  copy("runtime", runtime, architecture.apply(runtimeFile));
  return copies;
}

/** Names of the copies: one that is newer never takes the place of one that runs. */
const shipped = {
  program: () => `agent-${agentBundle().sha256.slice(0, 16)}.cjs`,
  start: () => `start-${startScript().sha256.slice(0, 16)}.sh`,
};

/** The pinned Node, which the agent fetches on this machine where it is not there yet: in a preview too. */
function runtimeAsset(
  architecture: pulumi.Output<Architecture>,
  parent: pulumi.Resource,
): pulumi.Output<pulumi.asset.FileAsset> {
  return architecture.apply(async (kind) => {
    const request: command.local.RunArgs = {
      command: packageCommand(["runtime", "--architecture", kind]),
      environment: agentEnvironment,
      addPreviousOutputInEnv: false,
      logging: command.local.Logging.None,
    };
    try {
      const { stdout } = await command.local.run(request, { parent });
      return new pulumi.asset.FileAsset((JSON.parse(stdout) as { file: string }).file);
    } catch (error) {
      throw userError(`There is no Node for hosts of kind ${kind}: ${agentMessage(error)}`);
    }
  });
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
  const lines = commandLines(request);
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
  const { connection } = request.ssh;
  const resource = new command.remote.Command(
    name,
    {
      connection,
      ...commandLines(request),
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

/**
 * The command line that asks a host's agent by SSH and changes nothing there: only where this version of it is ready to
 * run, because the start script would else unpack its Node.
 */
export function lookLine(
  host: CommandHost & { ssh: SshConnection },
  configFile: pulumi.Output<string>,
  words: readonly string[],
): pulumi.Output<string> {
  const { delivered, architecture } = host.ssh;
  return pulumi
    .all([host.starts, architecture, host.agentDirectory, configFile])
    .apply(([{ root, launcher, package: packaged }, kind, folder, config]) => {
      // Everybody may look there. By sudo, one that is refused would look like a host without an agent.
      const test = (flag: string, file: string): string => commandLine(["test", flag, file]);
      const copies = [shipped.start(), shipped.program()]
        .map((name) => test("-f", `${delivered}/${name}`))
        .join(" && ");
      const node = test("-x", `${folder}/runtime/${runtimeFile(kind).replace(/\.tgz$/, "")}/node`);
      const agent = test("-e", launcher);
      // Only root and the database may read its configuration.
      const called = commandLine([...root, "grep", "-qsF", "-e", `${launcher} wal-push`, config]);
      const otherwise = [
        `${agent} && ${copies} && exit ${LookCode.NoNode}`,
        `${agent} && exit ${LookCode.Unknown}`,
        `${called} && exit ${LookCode.Taken}`,
        `exit ${LookCode.Absent}`,
      ];
      const run = commandLine([...packaged, ...words, "--json"]);
      return `${copies} && ${node} || { ${otherwise.join("; ")}; }; ${run}`;
    });
}

function commandLines(request: HostCommand): CommandLines {
  const { starts, ssh } = request.host;
  const line = (copy: AgentCopy, words: readonly string[]): pulumi.Output<string> =>
    starts.apply((all) => agentLine(all, copy, words));
  const long = request.long === true && ssh !== undefined;
  const create = line(request.copy, long ? ["job", "--", ...request.create] : request.create);
  const update = request.update === "status" ? line(request.copy, ["restore", "--phase", "status"]) : create;
  if (request.delete === undefined) return { create, update };
  const { copy, words } = request.delete;
  if (copy === AgentCopy.Package) return { create, update, delete: line(copy, words) };
  // The program goes last when an agent is removed: where it is missing, that is done.
  const unless = starts.apply((all) => {
    const isGone = commandLine([...all.root, "test", "!", "-e", all.launcher]);
    return `${isGone} || ${agentLine(all, copy, words)}`;
  });
  return { create, update, delete: unless };
}

function agentLine(starts: Starts, copy: AgentCopy, words: readonly string[]): string {
  return commandLine([...starts[copy], ...words, "--json"]);
}
