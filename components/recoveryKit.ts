import * as pulumi from "@pulumi/pulumi";
import type { Mistakes } from "../model/mistakes";
import { makeRecoveryKit, serializeRecoveryKit } from "../model/recoveryKit";
import { agentBundle, packageVersion } from "./agentBundle";
import { after } from "./dependency";
import { AgentCopy, hostCommand, thisMachine } from "./hostCommand";
import { checkAbsolute } from "./hosts";
import type { ProtectedNode, ProtectionPlan } from "./protection";
import type { NodeKey } from "./results";
import { settingsMinutes } from "./timeouts";

/** What a kit is made from, and where it is kept. */
export interface KitRequest {
  plan: pulumi.Output<ProtectionPlan>;
  nodes: readonly ProtectedNode[];
  keys: pulumi.Output<NodeKey[]>;
  /** A file on the machine where Pulumi runs. */
  file?: pulumi.Output<string>;
}

/** Collects what is wrong with the name of the kit's file. */
export function checkKitFile(file: unknown, mistakes: Mistakes): void {
  if (file !== undefined) checkAbsolute(file, "kitFile", mistakes);
}

/**
 * Makes the recovery kit and keeps it where it survives: in both archives, by the first node, which reaches them, and in
 * a file where that is wanted. Known once the nodes have their keys; who uses it waits until it is kept.
 */
export function keepKit(name: string, request: KitRequest, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  const { plan, nodes, keys, file } = request;
  // It holds no secret, though the plan may.
  const kit = pulumi.unsecret(pulumi.all([plan, keys]).apply(([known, found]) => textOf(known, found)));
  const dependsOn = nodes.map(({ install }) => install.resource);
  const [first] = nodes as [ProtectedNode];
  const stored = hostCommand(
    `${name}-kit`,
    {
      host: first.host,
      copy: AgentCopy.Installed,
      create: ["kit-store"],
      specification: kit.apply((text) => ({ kit: text })),
      timeoutMinutes: settingsMinutes,
    },
    { ...opts, dependsOn },
  );
  const resources = [stored.resource];
  if (file !== undefined) {
    const written = hostCommand(
      `${name}-kit-file`,
      {
        host: thisMachine("kit"),
        copy: AgentCopy.Package,
        create: ["kit-file"],
        specification: pulumi.all([kit, file]).apply(([text, target]) => ({ kit: text, file: target })),
        timeoutMinutes: settingsMinutes,
      },
      opts,
    );
    resources.push(written.resource);
  }
  return after<string>(resources, kit);
}

function textOf({ archive, policy, hosts }: ProtectionPlan, keys: readonly NodeKey[]): string {
  const nodes = hosts.map(({ node }) => ({
    nodeId: node.id,
    address: node.address,
    publicKey: keys.find(({ nodeId }) => nodeId === node.id)?.publicKey ?? null,
  }));
  const versions = { library: packageVersion(), agent: agentBundle().sha256 };
  return serializeRecoveryKit(makeRecoveryKit({ archive, policy, nodes, versions }));
}
