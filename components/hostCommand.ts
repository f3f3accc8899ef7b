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
  /** How it is reached; undefined: it is this machine. */
  ssh?: SshConnection;
}

/** A checked connection. */
export interface SshConnection {
  connection: pulumi.Output<command.types.input.remote.ConnectionArgs>;
  sudo: pulumi.Output<boolean>;
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
  if (kind === HostKind.Local || ssh === undefined) return { nodeId, agentDirectory };
  const connection = sshConnection(subject, ssh, `${where.path}.ssh`);
  // Two stacks, and two nodes on one host, remove each only their own copy.
  const own = createHash("sha256").update(`${owner}/${nodeId}`).digest("hex").slice(0, 12);
  const architecture = pulumi.output(ssh.architecture).apply((kind) => kind ?? Architecture.X64);
  const delivered = `.neumann-backup/${own}`;
  return { nodeId, agentDirectory, ssh: { connection, sudo: usesSudo(ssh), architecture, delivered } };
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
  const lines = localLines(request);
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
      ...remoteLines(request),
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

/** How a copy of the agent is started: the words before its own. */
type Start = (copy: AgentCopy) => pulumi.Output<string[]>;

function localLines(request: HostCommand): CommandLines {
  const installed = request.host.agentDirectory.apply((directory) => `${directory}/neumann-backup.cjs`);
  const start: Start = (copy) =>
    pulumi.output(copy === AgentCopy.Package ? agentBundle().file : installed).apply((file) => ["node", file]);
  return commandLines(request, { start, test: installed.apply((file) => ["test", "!", "-e", file]) });
}

function remoteLines(request: HostCommand & { ssh: SshConnection }): CommandLines {
  const { root, launcher, packaged } = remoteStarts(request.host, request.ssh);
  const installed = pulumi.all([root, launcher]).apply(([first, file]) => [...first, file]);
  return commandLines(request, {
    start: (copy) => (copy === AgentCopy.Package ? packaged : installed),
    test: pulumi.all([root, launcher]).apply(([first, file]) => [...first, "test", "!", "-e", file]),
  });
}

function remoteStarts({ agentDirectory }: CommandHost, { sudo, architecture, delivered }: SshConnection) {
  const root = sudo.apply((yes) => (yes ? ["sudo", "-n"] : []));
  const packaged = pulumi.all([root, architecture, agentDirectory]).apply(([first, kind, folder]) => {
    const runtime = [kind, runtimeFile(kind), runtimes[kind].sha512];
    return [...first, "sh", `${delivered}/${shipped.start()}`, ...runtime, folder, shipped.program()];
  });
  return { root, packaged, launcher: agentDirectory.apply((directory) => `${directory}/neumann-backup`) };
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
  const { root, launcher, packaged } = remoteStarts(host, host.ssh);
  const start = packaged.apply((first) => commandLine([...first, ...words, "--json"]));
  return pulumi
    .all([root, launcher, start, architecture, host.agentDirectory, configFile])
    .apply(([first, installed, run, kind, folder, config]) => {
      // Everybody may look there. By sudo, one that is refused would look like a host without an agent.
      const test = (flag: string, file: string): string => commandLine(["test", flag, file]);
      const copies = [shipped.start(), shipped.program()]
        .map((name) => test("-f", `${delivered}/${name}`))
        .join(" && ");
      const node = test("-x", `${folder}/runtime/${runtimeFile(kind).replace(/\.tgz$/, "")}/node`);
      const agent = test("-e", installed);
      // Only root and the database may read its configuration.
      const called = commandLine([...first, "grep", "-qsF", "-e", `${installed} wal-push`, config]);
      const otherwise = [
        `${agent} && ${copies} && exit ${LookCode.NoNode}`,
        `${agent} && exit ${LookCode.Unknown}`,
        `${called} && exit ${LookCode.Taken}`,
        `exit ${LookCode.Absent}`,
      ];
      return `${copies} && ${node} || { ${otherwise.join("; ")}; }; ${run}`;
    });
}

function commandLines(
  request: HostCommand,
  { start, test }: { start: Start; test: pulumi.Output<string[]> },
): CommandLines {
  const line = (copy: AgentCopy, words: readonly string[]) =>
    start(copy).apply((first) => commandLine([...first, ...words, "--json"]));
  const long = request.long === true && request.host.ssh !== undefined;
  const create = line(request.copy, long ? ["job", "--", ...request.create] : request.create);
  const update = request.update === "status" ? line(request.copy, ["restore", "--phase", "status"]) : create;
  if (request.delete === undefined) return { create, update };
  const { copy, words } = request.delete;
  const remove = line(copy, words);
  if (copy === AgentCopy.Package) return { create, update, delete: remove };
  // The program goes last when an agent is removed: where it is missing, that is done.
  const unless = pulumi.all([test, remove]).apply(([isGone, last]) => `${commandLine(isGone)} || ${last}`);
  return { create, update, delete: unless };
}
