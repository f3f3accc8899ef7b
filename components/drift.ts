import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { type Drift, type DriftAsker, driftNews, parseDrift } from "../model/drift";
import type { Mistakes } from "../model/mistakes";
import type { RemoteDriftSpec, SshServer } from "../model/specs";
import { agentEnvironment, asStandardInput, lookLine, packageCommand, type SshConnection } from "./hostCommand";
import type { ProtectedNode } from "./protection";
import { agentMessage } from "./results";

/** Collects what is wrong with the value that has drift mended. */
export function checkReconcile(value: unknown, mistakes: Mistakes): void {
  if (value === undefined || (typeof value === "string" && /^\S(.{0,62}\S)?$/.test(value))) return;
  const remedy = "Write a text that you change when hosts should be mended, such as 2026-11-25.";
  mistakes.add("reconcile", "must be a text of 1 to 64 characters", value, remedy);
}

/**
 * Asks every host what differs there from what is installed, and says so. A host that does not answer, or whose connection
 * is not known yet, holds up nothing.
 */
export function showDrift(
  component: pulumi.Resource,
  { name, owner }: { name: string; owner: string },
  nodes: readonly ProtectedNode[],
): void {
  for (const node of nodes) {
    const asker = { resource: `${name}-install-${node.nodeId}`, owner };
    const ask = (words: string[], specification: unknown): Promise<void> =>
      tell(component, asker, () => askAgent(component, words, { nodeId: node.nodeId, specification }));
    if (node.host.ssh === undefined) node.specification.apply((spec) => ask(["drift"], spec));
    else remoteSpecification(node, node.host.ssh).apply((spec) => ask(["drift", "--by-ssh"], spec));
  }
}

async function tell(component: pulumi.Resource, asker: DriftAsker, ask: () => Promise<Drift>): Promise<void> {
  const news = driftNews(await ask(), asker);
  if (news !== undefined) await pulumi.log[news.severity](news.text, component);
}

function remoteSpecification({ specification, host }: ProtectedNode, ssh: SshConnection) {
  const configFile = specification.apply(({ config }) => config.node.configFile);
  const line = lookLine({ ...host, ssh }, configFile, ["drift"]);
  return pulumi.all([specification, ssh.connection, line]).apply(([install, connection, text]): RemoteDriftSpec => {
    const { proxy, ...server } = connection;
    const jump = proxy === undefined ? {} : { jump: serverOf(proxy) };
    return { install, server: serverOf(server), ...jump, line: text };
  });
}

type Login = pulumi.Unwrap<command.types.input.remote.ProxyConnectionArgs>;

/** Checked before: what is required is there. */
function serverOf({ host, port, user, privateKey, privateKeyPassword, hostKey }: Login): SshServer {
  const password = privateKeyPassword === undefined ? {} : { privateKeyPassword };
  return { host, port, user, privateKey, hostKey, ...password } as SshServer;
}

/** Keys go in by standard input, and a function's arguments are in no state. */
async function askAgent(
  component: pulumi.Resource,
  words: readonly string[],
  { nodeId, specification }: { nodeId: string; specification: unknown },
): Promise<Drift> {
  const request: command.local.RunArgs = {
    command: packageCommand(words),
    stdin: asStandardInput(specification),
    environment: agentEnvironment,
    addPreviousOutputInEnv: false,
    logging: command.local.Logging.None,
  };
  try {
    const { stdout } = await command.local.run(request, { parent: component });
    return parseDrift(stdout);
  } catch (error) {
    return { nodeId, state: "silent", owner: null, differences: [agentMessage(error).replaceAll(/\s*\n\s*/g, " ")] };
  }
}
