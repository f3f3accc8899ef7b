import * as pulumi from "@pulumi/pulumi";
import { type Mistakes, Mistakes as MistakeList } from "../model/mistakes";
import type { NodeSpec } from "../model/specs";
import { checkArguments, isPlain } from "./arguments";
import { after } from "./dependency";
import { AgentCopy, hostCommand, type HostCommandResource, thisMachine } from "./hostCommand";
import { checkAbsolute, checkHostStructure, type HostArgs, HostKind, type KnownHost, resolveHosts } from "./hosts";
import { healthMinutes } from "./timeouts";

/**
 * One database node in a folder of this machine.
 */
export interface LocalNodeArgs {
  /**
   * `[node] id`, unique in the cluster. A plain value, because resources are named after it.
   */
  nodeId: string;
  /**
   * Raft address, `host:port`, of its own for each node.
   */
  address: pulumi.Input<string>;
  /**
   * `http://host:port` of the admin interface, on loopback, of its own for each node.
   */
  adminUrl: pulumi.Input<string>;
  /**
   * Absolute path of the folder that holds everything of the node: `etc`, `data` and `agent`.
   */
  directory: pulumi.Input<string>;
}

/**
 * Arguments of LocalNodes.
 */
export interface LocalNodesArgs {
  /**
   * `[cluster] name`.
   */
  clusterName: pulumi.Input<string>;
  /**
   * The nodes. The first one begins the cluster, the others join it in this order. A plain list, because it decides
   * which resources there are.
   */
  nodes: LocalNodeArgs[];
  /**
   * Absolute path of the folder that holds `neumann` and `neumann-admin`.
   * @default they are on PATH
   */
  programDirectory?: pulumi.Input<string>;
  /**
   * Start a new cluster. With `false` the nodes get their configuration and stay stopped and empty, for a
   * DisasterRecovery to start them.
   * @default true
   */
  start?: boolean;
}

/**
 * A cluster of database processes on the machine where Pulumi runs: for development, tests and rehearsals. The nodes
 * are created one after the other: the first begins the cluster, each of the others joins what runs already, because
 * two empty nodes that see each other would begin a cluster of their own. Destroying it stops the processes and
 * deletes no data.
 *
 * ```ts
 * const nodes = [1, 2, 3].map((n) => ({
 *   nodeId: `node${n}`,
 *   address: `127.0.0.1:${7870 + n}`,
 *   adminUrl: `http://127.0.0.1:${9090 + n}`,
 *   directory: `/srv/neumann/node${n}`,
 * }));
 * const cluster = new LocalNodes("dev", { clusterName: "dev", nodes });
 * ```
 */
export class LocalNodes extends pulumi.ComponentResource {
  /**
   * The nodes, for ClusterBackups and DisasterRecovery; who uses them waits for all of them. A list whose items hold
   * outputs, not an output of a list: it decides which resources there are.
   */
  readonly hosts: HostArgs[];

  constructor(name: string, args: LocalNodesArgs, opts?: pulumi.ComponentResourceOptions) {
    const subject = `LocalNodes ${JSON.stringify(name)} cannot be created`;
    const checked = checkArguments({ subject, args, structure: checkStructure, check: checkNodes });
    super("pulumi-neumann:index:LocalNodes", name, {}, opts);

    const commands: HostCommandResource[] = [];
    args.nodes.forEach(({ nodeId }, index) => {
      const before = commands.at(-1);
      const command = hostCommand(
        `${name}-node-${nodeId}`,
        {
          host: thisMachine(nodeId),
          copy: AgentCopy.Package,
          create: ["node-create"],
          delete: { copy: AgentCopy.Package, words: ["node-delete"] },
          specification: checked.apply((known) => nodeSpec(known, index)),
          timeoutMinutes: healthMinutes,
        },
        { parent: this, dependsOn: before && [before.resource] },
      );
      commands.push(command);
    });

    this.hosts = args.nodes.map(({ nodeId }, index) => {
      const resources = commands.map((command) => command.resource);
      const of = <T>(pick: (host: KnownHost) => T) =>
        after<T>(
          resources,
          checked.apply((known) => pick(localHosts(known)[index] as KnownHost)),
        );
      return {
        kind: HostKind.Local,
        nodeId,
        address: of((host) => host.address),
        adminUrl: of((host) => host.adminUrl as string),
        directory: of((host) => host.directory as string),
        ...(args.programDirectory === undefined
          ? {}
          : { programDirectory: of((host) => host.programDirectory as string) }),
      };
    });
    this.registerOutputs({ hosts: this.hosts });
  }
}

type KnownArgs = pulumi.Unwrap<LocalNodesArgs>;

function checkStructure(args: LocalNodesArgs, mistakes: Mistakes): void {
  const nodes: unknown = args.nodes;
  checkHostStructure(Array.isArray(nodes) ? args.nodes.map(asHost) : nodes, "nodes", mistakes);
  if (isPlain(args.start)) return;
  mistakes.add("start", "must be a plain value", "an output", "Write true or false.");
}

function asHost(node: LocalNodeArgs): HostArgs {
  return { kind: HostKind.Local, ...node };
}

function localHosts(known: KnownArgs): KnownHost[] {
  const { programDirectory } = known;
  return known.nodes.map((node) => ({ kind: HostKind.Local, ...node, programDirectory }));
}

function checkNodes(known: KnownArgs, mistakes: Mistakes): void {
  if (typeof known.clusterName !== "string" || !/^\S+$/.test(known.clusterName)) {
    mistakes.add("clusterName", "is no name for a cluster", known.clusterName, "Such as prod.");
  }
  known.nodes.forEach((node, index) => {
    if (node.adminUrl !== undefined) return;
    const remedy = "Such as http://127.0.0.1:9091.";
    mistakes.add(`nodes[${index}].adminUrl`, "is required for local nodes", undefined, remedy);
  });
  if (known.programDirectory !== undefined) checkAbsolute(known.programDirectory, "programDirectory", mistakes);
  const hosts = known.nodes.map((node) => ({ kind: HostKind.Local, ...node }));
  resolveHosts(hosts, "nodes", mistakes);
}

/** What the agent is told about one node: each joins those before it. */
function nodeSpec(known: KnownArgs, index: number): NodeSpec {
  const nodes = resolveHosts(localHosts(known), "nodes", new MistakeList()).map((host) => host.node);
  const start = known.start ?? true;
  return {
    node: nodes[index] as NodeSpec["node"],
    clusterName: known.clusterName,
    peers: start ? nodes.slice(0, index).map((node) => node.address) : [],
    bootstrap: start && index === 0,
    others: nodes.filter((_, other) => other !== index).map((node) => node.address),
    start,
  };
}
