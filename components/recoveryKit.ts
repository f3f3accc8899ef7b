import * as pulumi from "@pulumi/pulumi";
import { podAddress } from "../model/kubernetes/pod";
import { type Backups, podNames } from "../model/kubernetes/request";
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

/** The same of a cluster in pods. */
export interface PodKitRequest {
  backups: pulumi.Output<Backups>;
  /** All pods sign with one key; none is known where it is the user's own. */
  publicKeys: pulumi.Output<string[]>;
}

/**
 * Makes the recovery kit of a cluster in pods, and keeps it in both archives: by this machine, which made their markers, since
 * no pod and no job may write off-site for that alone.
 */
export function keepPodKit(
  name: string,
  { backups, publicKeys }: PodKitRequest,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const kit = pulumi.unsecret(pulumi.all([backups, publicKeys]).apply(([known, [key]]) => podKitOf(known, key)));
  const { resource } = hostCommand(
    `${name}-kit`,
    {
      host: thisMachine("kit"),
      copy: AgentCopy.Package,
      create: ["kit-store"],
      specification: pulumi.all([kit, backups]).apply(([text, { archive }]) => ({ kit: text, archive })),
      timeoutMinutes: settingsMinutes,
    },
    opts,
  );
  return after<string>([resource], kit);
}

function podKitOf(
  { archive, policy, namespace, statefulSet, clusterDomain }: Backups,
  key: string | undefined,
): string {
  const domain = `.${statefulSet.serviceName}.${namespace}.svc.${clusterDomain}`;
  const nodes = podNames(statefulSet).map((nodeId) => ({
    nodeId,
    address: podAddress(nodeId, domain),
    publicKey: key ?? null,
  }));
  const kubernetes = { namespace, statefulSet: statefulSet.name };
  return serializeRecoveryKit(makeRecoveryKit({ archive, policy, nodes, versions: versions(), kubernetes }));
}

const versions = () => ({ library: packageVersion(), agent: agentBundle().sha256 });

function textOf({ archive, policy, hosts }: ProtectionPlan, keys: readonly NodeKey[]): string {
  const nodes = hosts.map(({ node }) => ({
    nodeId: node.id,
    address: node.address,
    publicKey: keys.find(({ nodeId }) => nodeId === node.id)?.publicKey ?? null,
  }));
  return serializeRecoveryKit(makeRecoveryKit({ archive, policy, nodes, versions: versions() }));
}
